#!/usr/bin/env python3
"""A real witness, as logs and monitors that know nothing of Chirograph see it: each
status of add-checkpoint, races, crashes between writing and answering, what a restart
remembers, and clients that mean it no good."""
import concurrent.futures
import hashlib
import os
import signal
import socket
import time

import tlog
from api_node import wait_until
from cli import tap
from neutral_server import Neutral

TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"


class World:
    def __init__(self):
        self.logs = [tlog.Log(f"log-{i}.example/x", 10 + i) for i in range(8)]
        self.next = 0
        self.witness = Neutral("witness", "witness.example/w1",
                               [f"log {log.vkey()}" for log in self.logs])
        self.witness.start()

    def log(self, size=0):
        """A log that the witness has not seen yet."""
        log = self.logs[self.next]
        self.next += 1
        log.grow(size)
        return log

    def submit(self, body, prefix=""):
        return self.witness.ask("POST", f"{prefix}/add-checkpoint", body)

    def cosign(self, log, old, size=None, prefix=""):
        """A submission that is cosigned; the time."""
        status, content, lines = self.submit(log.submission(old, size), prefix)
        assert (status, content) == (200, TEXT), (status, lines)
        return tlog.cosignature_of(log.text(size), lines.decode(), self.witness.vkey)

    def recorded(self, log):
        """The size that the witness has recorded, as it tells a client who errs."""
        status, content, size = self.submit(log.submission(1, proof=[]))
        assert (status, content) == (409, SIZE), (status, size)
        return int(size)

    def head(self, log, prefix=""):
        name = hashlib.sha256(log.origin.encode()).hexdigest()
        return self.witness.ask("GET", f"{prefix}/checkpoint/{name}")


world = World()


def one_log_from_its_beginning():
    log = world.log(5)
    before = int(time.time())
    assert before <= world.cosign(log, 0, 1) <= time.time() + 1
    world.cosign(log, 1, 4)
    world.cosign(log, 4, 5)
    log.grow(300)
    world.cosign(log, 5, prefix="/any/prefix")
    # The same head again is cosigned again: fresh evidence.
    world.cosign(log, 305)
    # From the beginning a client that has lost everything learns the size.
    assert world.submit(log.submission(0)) == (409, SIZE, b"305\n")


def each_status():
    log = world.log(9)
    for old in (1, 8):
        assert world.submit(log.submission(old)) == (409, SIZE, b"0\n")
    world.cosign(log, 0, 7)
    stranger = tlog.Log("stranger.example/x", 99)
    stranger.grow(3)
    forger = tlog.Log(log.origin, 98)
    forger.append(*log.entries)
    other = tlog.Log(log.origin, 10 + world.next - 1)
    other.append(b"another history")
    other.grow(8)
    good = log.proof(7)
    unsigned = log.text() + "\n" + stranger.signature(log.text())
    twice = log.checkpoint() + forger.signature(log.text())
    broken = log.checkpoint().replace(log.origin + " ", forger.origin + " ")[:-8] + "AAAAAA==\n"
    cases = [
        (404, stranger.submission(0)),
        (403, log.submission(7, checkpoint=forger.checkpoint(), proof=good)),
        (403, log.submission(7, checkpoint=unsigned, proof=good)),
        (400, log.submission(10, proof=good)),
        (409, log.submission(6, proof=good)),
        (409, log.submission(8, proof=good)),
        (409, log.submission(0, proof=[])),
        (409, other.submission(7, 7)),
        (422, log.submission(7, proof=good[:-1])),
        (422, log.submission(7, proof=good + [bytes(32)])),
        (422, log.submission(7, proof=[])),
        (422, log.submission(7, proof=[bytes(32)] * len(good))),
        (422, log.submission(7, proof=[bytes(32)] * 63)),
        (400, log.submission(7, proof=[bytes(32)] * 64)),
        (422, log.submission(7, 7, proof=[bytes(32)])),
        (422, other.submission(7)),
    ]
    for expected, body in cases:
        status, content, answer = world.submit(body)
        assert status == expected, (expected, status, answer, body)
        if status == 409:
            assert (content, answer) == (SIZE, b"7\n"), (content, answer)
        else:
            assert content == TEXT and answer.endswith(b"\n")
    assert "is not shown" in world.witness.said()
    # A bad line by a key that is known spoils the note; lines by unknown keys are ignored.
    assert world.submit(log.submission(7, checkpoint=broken, proof=good))[0] in (400, 403)
    assert world.recorded(log) == 7
    assert world.submit(log.submission(7, checkpoint=twice, proof=good))[0] == 200
    assert world.recorded(log) == 9
    # With a proof where there is nothing to prove.
    fresh = world.log(3)
    assert world.submit(fresh.submission(0, proof=[bytes(32)]))[0] == 422
    world.cosign(fresh, 0)


def malformed():
    log = world.log(2)
    good = log.submission(0)
    bodies = ["", "\n", "old\n\n" + log.checkpoint(), "old 00\n\n" + log.checkpoint(),
              "old -1\n\n" + log.checkpoint(), "old +0\n\n" + log.checkpoint(),
              "old  0\n\n" + log.checkpoint(), "old 0 \n\n" + log.checkpoint(),
              "old 0\r\n\r\n" + log.checkpoint(), "Old 0\n\n" + log.checkpoint(),
              "old 9223372036854775808\n\n" + log.checkpoint(),
              "old 99999999999999999999999\n\n" + log.checkpoint(),
              "old 0\n" + log.checkpoint(), "old 0\nAAAA\n\n" + log.checkpoint(),
              "old 0\n" + "A" * 44 + "\n\n" + log.checkpoint(), "old 0\n\n", "old 0\n\n" + log.text(),
              "old 0\n\n" + log.text() + "\n", good[:-1], good + "\n", good + "x", good + "x\n",
              "old 0\n\n\n" + log.checkpoint(), good.replace("\n2\n", "\n02\n"),
              good.replace("\n2\n", "\n-2\n"), good.replace("=\n\n", "\n\n"),
              "old 0\n\n" + log.checkpoint(extension="\n"), good.replace("log-", "log\0-")]
    for body in bodies:
        assert world.submit(body)[0] == 400, body
    for body in (b"\xff" * 100, b"old 0\n\n\xff" + log.checkpoint().encode(), bytes(1 << 20)):
        assert world.submit(body)[0] == 400, body[:80]
    empty = log.text(0)
    wrong = empty.replace(tlog.encode(tlog.root([])), tlog.encode(bytes(32)))
    assert world.submit("old 0\n\n" + wrong + "\n" + log.signature(wrong))[0] == 400
    assert world.recorded(log) == 0


def extensions_and_empty_logs():
    """A log that is not Chirograph's may have lines behind the root."""
    log = world.log()
    world.cosign(log, 0)
    world.cosign(log, 0)
    log.grow(3)
    checkpoint = log.checkpoint(extension="an extension\nand another\n")
    status, _, lines = world.submit(log.submission(0, checkpoint=checkpoint))
    assert status == 200
    text = log.text(extension="an extension\nand another\n")
    tlog.cosignature_of(text, lines.decode(), world.witness.vkey)
    assert world.head(log)[2].decode().startswith(text + "\n")


def monitoring():
    log = world.log(4)
    assert world.head(log)[0] == 404
    world.cosign(log, 0, 2)
    # Lines of others and doubles are not kept.
    other = tlog.Log("other.example", 77)
    checkpoint = log.checkpoint() + other.signature(log.text()) + log.signature(log.text())
    assert world.submit(log.submission(2, checkpoint=checkpoint))[0] == 200
    status, content, note = world.head(log, "/some/prefix")
    assert (status, content) == (200, TEXT)
    text, lines = note.decode().rsplit("\n\n", 1)
    assert text + "\n" == log.text()
    own, cosigned = lines.splitlines(keepends=True)
    assert own == log.signature(log.text())
    tlog.cosignature_of(log.text(), cosigned, world.witness.vkey)
    name = hashlib.sha256(log.origin.encode()).hexdigest()
    for method, path, expected in (("GET", "/checkpoint/", 404), ("GET", "/checkpoint", 404),
                                   ("GET", f"/checkpoint/{name.upper()}", 404),
                                   ("GET", f"/checkpoint/{name}/", 404),
                                   ("GET", f"/checkpoint/{name[:-1]}", 404),
                                   ("POST", f"/checkpoint/{name}", 405),
                                   ("GET", "/add-checkpoint", 405),
                                   ("GET", f"/checkpoint/{name}?x", 404),
                                   ("POST", "/add-checkpoint/", 404),
                                   ("POST", "/deposit/certificate", 404),
                                   ("POST", "/collect", 404), ("PUT", "/add-checkpoint", 405),
                                   ("DELETE", f"/checkpoint/{name}", 405)):
        assert world.witness.ask(method, path)[0] == expected, (method, path)


def racing_submissions():
    """However they come, one wins and no size is ever taken back."""
    log = world.log(40)
    world.cosign(log, 0, 1)
    bodies = [log.submission(1, size) for size in range(2, 34)]
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(world.submit, bodies))
    won = [i for i, answer in enumerate(answers) if answer[0] == 200]
    assert len(won) == 1 and all(answer[0] in (200, 409) for answer in answers), answers
    size = won[0] + 2
    assert {answer[2] for answer in answers if answer[0] == 409} == {f"{size}\n".encode()}
    assert world.recorded(log) == size


def crashes():
    """Killed before the state is written it remembers nothing; after it, all: and never
    has a client a line for what is not remembered."""
    log = tlog.Log("crash.example/x", 50)
    log.grow(9)
    witness = Neutral("witness", "crash.example/w", [f"log {log.vkey()}"])
    try:
        for point, remembers in (("notary-signed", False), ("notary-stored", True)):
            witness.start(point)
            old = 0 if point == "notary-signed" else 4
            try:
                status = witness.ask("POST", "/add-checkpoint", log.submission(old, old + 4))[0]
                assert status == 503, status
            except OSError:
                pass
            assert witness.wait() == 1
            witness.start()
            status, _, size = witness.ask("POST", "/add-checkpoint", log.submission(9))
            assert (status, size) == (409, b"8\n" if remembers else b"0\n"), (status, size)
            if not remembers:
                assert witness.ask("POST", "/add-checkpoint", log.submission(0, 4))[0] == 200
            witness.stop()
        # The whole group of processes, at any time.
        for size in (8, 9):
            witness.start()
            status, _, lines = witness.ask("POST", "/add-checkpoint", log.submission(8, size))
            assert status == 200, lines
            witness.kill()
        witness.start()
        assert witness.ask("POST", "/add-checkpoint", log.submission(8))[2] == b"9\n"
    finally:
        witness.remove()


def restarts():
    log = world.log(6)
    world.cosign(log, 0, 5)
    note = world.head(log)
    world.witness.restart()
    assert world.head(log) == note
    assert world.recorded(log) == 5
    world.cosign(log, 5)
    # The counter holds nothing: when it dies another takes its place.
    os.kill(world.witness.child("counter"), signal.SIGKILL)
    wait_until(world.witness.answers, "no counter comes back")
    assert world.recorded(log) == 6


def two_keys_of_one_log():
    """A log may have several keys; any of them will do, and what is kept is by origin."""
    old, new = tlog.Log("keys.example/x", 60), tlog.Log("keys.example/x", 61)
    old.grow(4)
    new.grow(4)
    witness = Neutral("witness", "keys.example/w",
                      [f"log {old.vkey()}", f"log {new.vkey()}"])
    try:
        witness.start()
        assert witness.ask("POST", "/add-checkpoint", old.submission(0, 2))[0] == 200
        assert witness.ask("POST", "/add-checkpoint", new.submission(0, 2))[0] == 409
        assert witness.ask("POST", "/add-checkpoint", new.submission(2))[0] == 200
        both = new.checkpoint() + old.signature(new.text())
        assert witness.ask("POST", "/add-checkpoint", new.submission(4, checkpoint=both))[0] == 200
        name = hashlib.sha256(b"keys.example/x").hexdigest()
        note = witness.ask("GET", f"/checkpoint/{name}")[2].decode()
        assert note.count("\u2014") == 3, note
    finally:
        witness.remove()


def configurations_and_keys():
    witness = Neutral("witness", "one.example")
    log = tlog.Log("x.example", 1)
    try:
        assert witness.run("-k").stdout.strip() == witness.vkey
        assert tlog.read_vkey(witness.vkey)[:2] == ("one.example", 4)
        assert witness.run("-t").returncode == 0
        home = f"home {witness.folder}/home"
        for lines, expected in (([f"log {log.vkey()}"] * 2, "twice"), ([home], "at most 1"),
                                (["log x"], "note key"), ([f"log {witness.vkey}"], "of a log"),
                                (["charter x"], "absolute"), (["quota-bytes 0"], "from 1"),
                                (["expiry soon"], "90d"), (["requests many"], "from 1"),
                                (["nothing x"], "no key 'nothing'"),
                                ([f"charter {witness.folder}/none"], "No such file"),
                                ([f"charter {witness.file}"], "chirograph.charter/1"),
                                ([f"charter {witness.folder}"], "directory")):
            witness.configure(lines)
            outcome = witness.run("-t")
            assert outcome.returncode == 2 and expected in outcome.stderr, (lines, outcome)
        witness.name = "two.example"
        witness.configure([])
        outcome = witness.run("-k")
        assert outcome.returncode == 1 and "one.example" in outcome.stderr, outcome
        witness.name = "one.example"
        witness.configure([])
        # One notary a directory, and no node's home.
        witness.start()
        port, witness.port = witness.port, witness.port + 1
        witness.configure([])
        outcome = witness.run()
        assert outcome.returncode == 1, outcome
        witness.port = port
        witness.stop()
        (witness.folder / "home" / "data").mkdir()
        outcome = witness.run()
        assert outcome.returncode == 1 and "another kind" in outcome.stderr, outcome
    finally:
        witness.remove()


def raw(request, patience=10):
    """What comes back until the connection ends."""
    with socket.create_connection(("127.0.0.1", world.witness.port), patience) as stream:
        stream.sendall(request)
        received = b""
        while True:
            piece = stream.recv(65536)
            if not piece:
                return received
            received += piece


def hostile_http():
    close = b"Connection: close\r\n"
    post = b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n"
    cases = [
        (b"GET / HTTP/1.1\n\n", 400), (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400), (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400), (b"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400), (b"\r\n\r\n", 400), (b"\x16\x03\x01\x02\x00\x01\n\n", 400),
        (b"GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /%41 HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /" + b"a" * 2000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx", 400),
        (b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (post + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
        (post + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400),
        (post + b"Content-Length: +1\r\n\r\nx", 400), (post + b"Content-Length: 1,1\r\n\r\nx", 400),
        (post + b"Content-Length: 99999999999999\r\n\r\nx", 400),
        (post + b"Content-Length: 1100000\r\n\r\n" + bytes(1100000), 413),
        (post + b"Expect: x\r\nContent-Length: 1\r\n\r\nx", 417),
        (b"GET / HTTP/1.0\r\n\r\n", 404), (b"GET / HTTP/1.1\r\nHost: x\r\n" + close + b"\r\n", 404),
        (post + close + b"Content-Length: 0\r\n\r\n", 400),
    ]
    for request, expected in cases:
        answer = raw(request)
        assert answer.startswith(f"HTTP/1.1 {expected} ".encode()), (request[:200], answer)
        assert b"Connection: close\r\n" in answer
    with socket.create_connection(("127.0.0.1", world.witness.port), 10) as stream:
        stream.sendall(post + close + b"Expect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        assert stream.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        stream.sendall(b"old ")
        assert stream.recv(100).startswith(b"HTTP/1.1 400 ")
    # Several requests at once on one connection are answered one after the other.
    answer = raw((b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n" * 5) +
                 b"GET /b HTTP/1.1\r\nHost: x\r\n" + close + b"\r\n")
    assert answer.count(b"HTTP/1.1 404 ") == 6


def many_and_slow_clients():
    """Connections beyond the most wait until one ends; drops of bytes buy no time."""
    crowd = [socket.create_connection(("127.0.0.1", world.witness.port), 10)
             for _ in range(300)]
    for stream in crowd[:100]:
        stream.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nold")
    for stream in crowd[:256]:
        stream.close()
    wait_until(world.witness.answers, "the witness is busy for ever")
    for stream in crowd:
        stream.close()
    # One that closes its half of the connection still gets its answer.
    with socket.create_connection(("127.0.0.1", world.witness.port), 10) as stream:
        stream.sendall(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
        stream.shutdown(socket.SHUT_WR)
        assert stream.recv(100).startswith(b"HTTP/1.1 404 ")


def one_greedy_address():
    """An address may ask so often, and be connected so many times; others go on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent; this asks the system which address it would come from.
            probe.connect(("192.0.2.1", 9))
            address = probe.getsockname()[0]
        except OSError:
            address = "127.0.0.1"
    if address.startswith("127."):
        return  # without a network there is no address that is limited
    witness = Neutral("witness", "greedy.example")
    try:
        witness.configure(["requests 5", f"listen {address}:{witness.port}"])
        witness.start()
        statuses = [witness.ask("GET", "/", host=address)[0] for _ in range(7)]
        assert statuses[:5] == [404] * 5 and statuses[5] == 429, statuses
        assert witness.ask("GET", "/")[0] == 404
        crowd = [socket.create_connection((address, witness.port), 10) for _ in range(17)]
        # The seventeenth is closed at once.
        assert crowd[16].recv(1) == b""
        for stream in crowd:
            stream.close()
    finally:
        witness.remove()


TESTS = [one_log_from_its_beginning, each_status, malformed, extensions_and_empty_logs, monitoring,
         racing_submissions, crashes, restarts, two_keys_of_one_log, configurations_and_keys,
         hostile_http, many_and_slow_clients, one_greedy_address]

try:
    tap(TESTS)
finally:
    world.witness.remove()
