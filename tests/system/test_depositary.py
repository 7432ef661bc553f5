#!/usr/bin/env python3
"""A real depositary over HTTP, asked by a client that shares no code with it: what it
takes and refuses, what it certifies, who may collect what, quotas, expiry, and crashes
between writing and answering."""
import concurrent.futures
import hashlib
import itertools
import os
import re
import subprocess
import time
from pathlib import Path

import texts
import tlog
from api_node import wait_until
from cli import tap
from neutral_server import Neutral
from texts import Channel, certificate, chunk, sized, utc
from tlog import Key, encode

TEXT, SIZE, OCTETS = ("text/plain; charset=utf-8", "text/x.tlog.size",
                      "application/octet-stream")
NAME = "depositary.example"


class World:
    """A depositary that takes deposits for one channel; several share its life."""

    def __init__(self, lines=()):
        self.neutral = Neutral("depositary", NAME)
        self.channel = Channel(self.neutral.vkey)
        self.north, self.south = self.channel.parties
        self.charter = self.neutral.folder / "charter"
        self.charter.write_text(self.channel.charter)
        self.lines = [f"charter {self.charter}", *lines]
        self.neutral.configure(self.lines)
        self.nonces = itertools.count()
        self.neutral.start()

    def remove(self):
        self.neutral.remove()

    def post(self, path, body):
        return self.neutral.ask("POST", path, body)

    def entries(self, *arguments, **options):
        return self.post("/deposit/entries", self.channel.entries_frame(*arguments, **options))

    def left(self, party, start, *arguments, **options):
        """Entries that are taken; how many are held then."""
        status, content, answer = self.entries(party, start, *arguments, **options)
        assert (status, content) == (200, TEXT), (status, answer)
        assert answer.startswith(b"size ") and answer.endswith(b"\n"), answer
        return int(answer[5:])

    def chunk_request(self, log, payload, nonce=None, at=None):
        return (f"chirograph.deposit-blob/1\nlog {self.channel.origin(log)}\n"
                f"chunk {encode(hashlib.sha256(payload).digest())}\n"
                f"nonce {encode(nonce or self.nonce())}\ntime {utc(at or time.time())}\n")

    def signed_chunk(self, party, payload, log=None, **options):
        """A party leaves a piece of a body that a log names, as a rule its own."""
        return self.envelope(party, self.chunk_request(log or party, payload), **options) + payload

    def leave(self, party, payload, **options):
        return self.post("/deposit/blob", self.signed_chunk(party, payload, **options))

    def leave_blob(self, party, blob, size=512 * 1024):
        for offset in range(0, len(blob), size):
            status, _, answer = self.leave(party, chunk(blob, offset, size))
            held = min(offset + size, len(blob))
            assert (status, answer) == (200, f"size {held}\n".encode()), (status, answer)

    def ask_certificate(self, party, *blobs, origin=None):
        lines = [f"log {origin or self.channel.origin(party)}\n"]
        lines += [f"blob {encode(hashlib.sha256(blob).digest())}\n" for blob in blobs]
        return self.post("/deposit/certificate", "".join(lines))

    def certificate(self, party, *blobs):
        status, content, note = self.ask_certificate(party, *blobs)
        assert (status, content) == (200, TEXT), (status, note)
        return self.check_certificate(party, note.decode(), blobs)

    def check_certificate(self, party, note, blobs):
        """(size, time) of a certificate that is right in every line."""
        form, pairs, signed_at = texts.read_signed(note, self.neutral.vkey)
        assert form == "chirograph.deposit/1"
        size = int(dict(pairs)["size"])
        expected = [["log", self.channel.origin(party)], ["size", str(size)],
                    ["root", encode(tlog.root(party.leaves[:size]))], ["time", utc(signed_at)]]
        expected += [["blob", f"{encode(hashlib.sha256(blob).digest())} {len(blob)}"]
                     for blob in blobs]
        assert pairs == expected, note
        return size, signed_at

    def nonce(self):
        return hashlib.sha256(str(next(self.nonces)).encode()).digest()

    def envelope(self, party, text, link=None, key=None, signed=None, **validity):
        """A request by a party, in its envelope."""
        key = key or Key(b"\x01" * 32)
        shown = certificate(link or party.keys["link"], party.name, self.channel.id, key.public,
                            int(time.time()), **validity)
        signature = key.sign(b"chirograph-collect\n" + (signed or text).encode())
        return sized(text.encode()) + sized(shown) + sized(signature)

    def request(self, log, start, nonce=None, at=None):
        return (f"chirograph.collect/1\nlog {self.channel.origin(log)}\nfrom {start}\n"
                f"nonce {encode(nonce or self.nonce())}\ntime {utc(at or time.time())}\n")

    def blob_request(self, log, blob, offset):
        return (f"chirograph.collect-blob/1\nlog {self.channel.origin(log)}\n"
                f"blob {encode(hashlib.sha256(blob).digest())}\noffset {offset}\n"
                f"nonce {encode(self.nonce())}\ntime {utc(time.time())}\n")

    def collect(self, party, log, start):
        """(size, time, entries): what is held of a log, and its next entries."""
        nonce = self.nonce()
        body = self.envelope(party, self.request(log, start, nonce))
        status, content, answer = self.post("/collect", body)
        assert (status, content) == (200, OCTETS), (status, answer)
        note, rest = texts.read_sized(answer)
        payload, rest = texts.read_sized(rest)
        assert rest == b""
        form, pairs, signed_at = texts.read_signed(note.decode(), self.neutral.vkey)
        assert form == "chirograph.collection/1"
        size = int(dict(pairs)["size"])
        assert pairs == [["log", self.channel.origin(log)], ["size", str(size)],
                         ["root", encode(tlog.root(log.leaves[:size]))], ["nonce", encode(nonce)],
                         ["time", utc(signed_at)]], note
        entries = self.check_entries(log, start, size, payload) if payload else []
        assert bool(entries) == (start < size)
        return size, signed_at, entries

    def check_entries(self, log, start, size, payload):
        """A frame that can be verified by itself."""
        note, begin, entries, proof = texts.read_entries(payload)
        end = begin + len(entries)
        assert begin == start and end <= size
        assert entries == log.entries[begin:end]
        assert note.startswith(f"{self.channel.origin(log)}\n{size}\n")
        if end < size:
            assert proof == tlog.consistency(end, log.leaves[:size])
        else:
            assert proof == []
        return entries

    def collect_blob(self, party, log, blob, offset):
        """(total, bytes)."""
        body = self.envelope(party, self.blob_request(log, blob, offset))
        status, content, answer = self.post("/collect/blob", body)
        assert (status, content) == (200, OCTETS), (status, answer)
        name, total, at, data = texts.read_chunk(answer)
        assert name == hashlib.sha256(blob).digest() and (total == 0 or at == offset)
        return total, data


def in_a_world(*lines):
    """A test with a depositary of its own."""
    def wrap(test):
        def run():
            world = World(lines)
            try:
                test(world)
            finally:
                world.remove()
        run.__name__ = test.__name__
        return run
    return wrap


@in_a_world()
def a_deposit_from_beginning_to_end(world):
    channel, north, south = world.channel, world.north, world.south
    small, large = b"a small sealed body", os.urandom(1_300_000)
    assert world.ask_certificate(north)[0] == 404
    assert world.collect(south, north, 0)[::2] == (0, [])
    channel.test(north, 3)
    channel.speak(north, small)
    channel.speak(north, large)
    assert world.left(north, 0, blobs=[small]) == 5
    assert world.certificate(north) [0] == 5
    assert world.ask_certificate(north, large)[0] == 409
    world.leave_blob(north, large)
    size, certified = world.certificate(north, small, large)
    assert size == 5
    # The other side collects it all.
    size, answered, entries = world.collect(south, north, 0)
    assert size == 5 and len(entries) == 5 and answered >= certified
    assert world.collect(south, north, 3)[2] == north.entries[3:]
    assert world.collect(south, north, 5)[2] == []
    assert world.collect(south, north, 500)[2] == []
    got = b""
    while len(got) < len(large):
        total, data = world.collect_blob(south, north, large, len(got))
        assert total == len(large) and data
        got += data
    assert got == large
    assert world.collect_blob(south, north, small, 0) == (len(small), small)
    assert world.collect_blob(south, north, large, len(large)) == (len(large), b"")
    assert world.collect_blob(south, north, large, len(large) + 1) == (0, b"")
    assert world.collect_blob(south, north, b"never named", 0) == (0, b"")
    # So does who has left it, after a loss; and the other log is another.
    assert world.collect(north, north, 1)[2] == north.entries[1:]
    assert world.collect(north, south, 0)[::2] == (0, [])
    channel.test(south, 2)
    assert world.left(south, 0) == 2
    assert world.collect(north, south, 0)[2] == south.entries
    # All of it is there after a restart.
    world.neutral.restart()
    assert world.certificate(north, small, large)[0] == 5
    assert world.collect(south, north, 0)[2] == north.entries
    channel.test(north, 2)
    assert world.left(north, 5) == 7


@in_a_world()
def many_entries_in_pieces(world):
    """Frames under a greater head; what ends with no head yet is not certified."""
    channel, north, south = world.channel, world.north, world.south
    channel.test(north, 2500)
    assert world.left(north, 0, 1000) == 1000
    assert world.ask_certificate(north)[0] == 404
    assert world.collect(south, north, 0)[::2] == (0, [])
    world.neutral.restart()
    assert world.left(north, 500, 1500, 2000) == 1500
    assert world.left(north, 1500, 2500) == 2500
    assert world.certificate(north)[0] == 2500
    # The same again, or a part of it, changes nothing.
    assert world.left(north, 0, 1000) == 2500
    assert world.left(north, 100, 200, 200) == 2500
    at, entries = 0, []
    while at < 2500:
        size, _, more = world.collect(south, north, at)
        assert size == 2500 and 0 < len(more) <= 1024
        entries += more
        at += len(more)
    assert entries == north.entries
    assert world.entries(north, 2400)[0] == 200
    # A head alone, for entries that were left under a greater one.
    channel.test(north, 10)
    assert world.left(north, 2500, 2505) == 2505
    assert world.certificate(north)[0] == 2500
    assert world.left(north, 2500, 2505, 2505) == 2505
    assert world.certificate(north)[0] == 2505


@in_a_world()
def refused_entries(world):
    channel, north, south = world.channel, world.north, world.south
    channel.test(north, 8)
    frame = channel.entries_frame
    other = Channel(world.neutral.vkey, ("north", "west"))
    other.test(other.parties[0], 3)
    assert world.left(north, 0, 4, 4) == 4
    bad_head = channel.head(north, 8, key=Key(b"\x07" * 32))
    bad_root = channel.head(north, 8, root=bytes(32))
    bad_root_now = channel.head(north, 4, root=bytes(32))
    foreign = Channel(world.neutral.vkey, ("south", "north"))
    cases = [
        (409, frame(north, 5)), (404, other.entries_frame(other.parties[0], 0)),
        (403, frame(north, 4, head=bad_head)), (422, frame(north, 4, head=bad_root)),
        (422, frame(north, 4, 6, proof=[])), (422, frame(north, 4, 6, proof=[bytes(32)] * 3)),
        (422, frame(north, 4, proof=[bytes(32)])), (400, b""), (400, b"x" * 100),
        (400, frame(north, 4)[:-1]), (400, frame(north, 4) + b"\0"),
        (400, frame(north, 4, head="nonsense\n")), (422, frame(north, 4, 8, 6)),
        (400, frame(north, 4, head=channel.head(north, 8).replace("\n8\n", "\n08\n"))),
    ]
    for expected, body in cases:
        status, content, answer = world.post("/deposit/entries", body)
        assert status == expected, (expected, status, answer)
        if status == 409:
            assert (content, answer) == (SIZE, b"4\n")
    # Nothing new is passed over, whatever the head says of it.
    assert world.entries(north, 0, 4, 4, head=bad_root_now)[0] == 200
    # Entries of another channel, of the other party, not signed, not in their form.
    stolen = texts.Party("north", 0)
    nonce = f"nonce {encode(bytes(32))}"
    text = texts.act(channel.id, "north", "node", "test", nonce, at=int(time.time()))
    good = texts.entry(north.keys["node"], text, int(time.time()))
    unsigned = texts.entry(north.keys["node"], text.replace("test", "tesT"), 0)
    wrong = good.replace(b"act test", b"act echo")
    changed = texts.entry(north.keys["node"], text, int(time.time())).replace(
        text.encode(), text.replace("author node", "author nodes").encode())
    south_act = texts.entry(south.keys["node"], texts.act(channel.id, "south", "node", "test", nonce,
                                                         at=int(time.time())), int(time.time()))
    elsewhere = texts.entry(north.keys["node"], texts.act(foreign.id, "north", "node", "test", nonce,
                                                         at=int(time.time())), int(time.time()))
    for expected, bad in ((422, south_act), (422, elsewhere), (422, b"nothing of ours"),
                          (422, unsigned), (422, wrong), (403, changed), (422, good + b"\n")):
        stolen.entries, stolen.leaves = north.entries[:4], north.leaves[:4]
        channel.append(stolen, bad)
        status, _, answer = world.entries(stolen, 4)
        assert status == expected, (expected, status, answer, bad)
    assert world.certificate(north)[0] == 4
    assert world.left(north, 4) == 8


@in_a_world()
def blobs(world):
    channel, north, south = world.channel, world.north, world.south
    body, other = os.urandom(700_000), os.urandom(1000)
    post = lambda data: world.leave(north, data)
    assert post(chunk(body))[0] == 404
    channel.speak(north, body)
    assert world.left(north, 0) == 1
    assert post(chunk(other))[0] == 404
    assert post(chunk(body, total=len(body) + 1))[0] == 404
    assert post(chunk(body, 10, 100))[::2] == (409, b"0\n")
    assert post(chunk(body, 0, 1000))[::2] == (200, b"size 1000\n")
    assert post(chunk(body, 1001, 100)) == (409, SIZE, b"1000\n")
    assert post(chunk(body, 500, 1000))[::2] == (200, b"size 1500\n")
    assert post(chunk(body, 0, 100))[::2] == (200, b"size 1500\n")
    assert post(chunk(body, 1500, 0))[::2] == (200, b"size 1500\n")
    for malformed in (b"", b"x" * 51, chunk(body)[:-1], chunk(body) + b"x",
                      chunk(body, len(body) - 1, 5, len(body) - 1)):
        assert post(malformed)[0] == 400
    assert world.ask_certificate(north, body)[0] == 409
    assert world.ask_certificate(north, other)[0] == 404
    assert world.collect_blob(south, north, body, 0) == (0, b"")
    # Half of it survives a restart; what is wrong is found out at the end, and dropped.
    world.neutral.restart()
    assert post(chunk(body, 1500, 500_000))[::2] == (200, b"size 501500\n")
    name = hashlib.sha256(body).digest()
    wrong = body[:501_500] + bytes(len(body) - 501_500)
    assert post(chunk(wrong, 501_500, name=name))[0] == 422
    assert world.ask_certificate(north, body)[0] == 409
    # It leaves other bytes first: with the right ones it begins anew.
    noise = os.urandom(len(body))
    assert post(chunk(noise, 0, 2000, name=name))[::2] == (200, b"size 2000\n")
    assert post(chunk(body, 1000, 5000)) == (409, SIZE, b"0\n")
    assert post(chunk(noise, 0, 2000, name=name))[::2] == (200, b"size 2000\n")
    world.leave_blob(north, body)
    assert world.certificate(north, body)[0] == 1
    assert post(chunk(body, 0, 10))[::2] == (200, b"size 700000\n")
    # Named in the other log with another size it stands in nobody's way; with the same,
    # each side leaves it for itself.
    digest = encode(name)
    channel.say(south, "notify", "matter new", "precedence routine",
                f"body 1 {encode(bytes(32))} {len(body) + 7} {digest}", by="head")
    assert world.left(south, 0) == 1
    assert world.ask_certificate(south, body)[0] == 409
    assert world.certificate(north, body)[0] == 1
    channel.speak(south, other)
    channel.speak(north, other)
    assert world.left(south, 1) == 2 and world.left(north, 1) == 2
    world.leave_blob(south, other)
    assert world.ask_certificate(north, other)[0] == 409
    world.leave_blob(north, other)
    assert world.certificate(south, other)[0] == 2 and world.certificate(north, other)[0] == 2


@in_a_world()
def who_may_leave_bodies(world):
    """The side alone whose log names them: the other may profit from their not being whole."""
    channel, north, south = world.channel, world.north, world.south
    body = os.urandom(900_000)
    channel.speak(north, body)
    assert world.left(north, 0) == 1
    name, stranger = hashlib.sha256(body).digest(), Key(b"\x33" * 32)
    noise = os.urandom(len(body))
    post = lambda data: world.post("/deposit/blob", data)
    status = lambda *arguments, **options: world.leave(*arguments, **options)[0]
    first, second = chunk(body, 0, 500_000), chunk(body, 500_000, 500_000)
    wrong = [chunk(noise, 0, 1000, name=name), chunk(noise, 400_000, 500_000, name=name),
             chunk(noise, 500_000, 500_000, name=name)]
    taken = world.signed_chunk(north, first)
    assert post(taken)[::2] == (200, b"size 500000\n")

    def nothing_is_disturbed():
        assert world.leave(north, chunk(body, 500_000, 0))[::2] == (200, b"size 500000\n")
    for payload in [*wrong, first, second]:
        for expected, answer in (
                (403, status(south, payload, log=north)),            # the other side
                (404, status(south, payload)),                       # into its own log
                (403, status(north, payload, log=south)),
                (403, status(north, payload, link=stranger)),        # certified by nobody
                (403, status(north, payload, link=north.keys["log"])),
                (403, status(north, payload, link=south.keys["link"])),
                (403, status(north, payload, signed="something else")),
                (403, status(north, payload, before=86400, after=-10)),
                (400, post(payload)[0]), (400, post(sized(b"") * 3 + payload)[0])):
            assert answer == expected, (expected, answer)
    nothing_is_disturbed()
    # Other bytes after a good request, also those of another good one.
    good = world.signed_chunk(north, second)
    envelope = good[:-len(second)]
    changed = bytearray(good)
    changed[-1] ^= 1
    for bad in (bytes(changed), envelope + first, envelope + wrong[2], good + b"x", good[:-1],
                envelope):
        assert post(bad)[0] == 403
    for skew in (-330, 330):
        late = world.chunk_request(north, second, at=time.time() + skew)
        assert post(world.envelope(north, late) + second)[0] == 403
    text = world.chunk_request(north, second)
    for bad in (text.replace("blob/1", "blob/2"), text + "x y\n", text[:-1],
                text.replace("chunk", "blob"), world.request(north, 0),
                world.blob_request(north, body, 0)):
        assert post(world.envelope(north, bad) + second)[0] == 400, bad
    assert world.post("/collect", world.envelope(north, text))[0] == 400
    assert world.post("/collect", world.envelope(north, world.request(north, 0)) + b"x")[0] == 400
    unknown = text.replace(channel.origin(north), "x.example/y")
    assert post(world.envelope(north, unknown) + second)[0] == 404
    nothing_is_disturbed()
    # What was refused has used up nothing; and none is taken twice.
    assert post(taken)[0] == 403
    assert post(good)[::2] == (200, b"size 900000\n")
    assert post(good)[0] == 403
    world.neutral.restart()
    assert post(taken)[0] == post(good)[0] == 403
    assert world.certificate(north, body)[0] == 1
    total, data = world.collect_blob(south, north, body, 500_000)
    assert total == len(body) and data == body[500_000:]


@in_a_world()
def wrong_bodies_that_come_along(world):
    """With entries, which anybody who has them may leave: they change nothing."""
    channel, north = world.channel, world.north
    body, noise = os.urandom(20_000), os.urandom(20_000)
    name = hashlib.sha256(body).digest()
    channel.speak(north, body)
    channel.test(north, 3)
    assert world.left(north, 0, 1, 1, named=[(name, noise)]) == 1
    assert world.leave(north, chunk(body, 0, 0))[::2] == (200, b"size 0\n")
    assert world.leave(north, chunk(body, 0, 15_000))[::2] == (200, b"size 15000\n")
    assert world.left(north, 1, 2, 2, named=[(name, noise)]) == 2
    assert world.leave(north, chunk(body, 15_000, 0))[::2] == (200, b"size 15000\n")
    # The right one makes it whole.
    assert world.left(north, 2, 3, 3, named=[(name, noise), (name, body), (name, noise)]) == 3
    assert world.certificate(north, body)[0] == 3
    assert world.left(north, 3, 4, 4, named=[(name, noise)]) == 4
    assert world.certificate(north, body)[0] == 4


@in_a_world()
def certificates_asked_for(world):
    channel, north = world.channel, world.north
    bodies = [os.urandom(100 + i) for i in range(17)]
    for body in bodies:
        channel.speak(north, body)
    assert world.left(north, 0, blobs=bodies) == 17
    assert world.certificate(north, *bodies[:16])[0] == 17
    origin = channel.origin(north)
    blob = encode(hashlib.sha256(bodies[0]).digest())
    assert world.ask_certificate(north, *bodies)[0] == 400
    for text in ("", "\n", f"log {origin}", f"log {origin}\n\n", f"log {origin}\nblob\n",
                 f"log {origin}\nblob x\n", f"log {origin}\nblob {blob}\nblob {blob}\n",
                 f"blob {blob}\n", f"log {origin}\nblob {blob} 100\n", f"log {origin} \n",
                 f"log {origin}\n" * 2):
        assert world.post("/deposit/certificate", text)[0] == 400, text
    assert world.ask_certificate(north, origin="nobody.example/x")[0] == 404
    # Its time never goes back.
    times = [world.certificate(north)[1] for _ in range(5)]
    assert times == sorted(times)


@in_a_world()
def who_may_collect(world):
    channel, north, south = world.channel, world.north, world.south
    channel.test(north, 2)
    world.left(north, 0)
    now = time.time()
    stranger = Key(b"\x33" * 32)
    text = world.request(north, 0)
    empty = sized(b"")
    post = lambda body: world.post("/collect", body)[0]
    good = lambda **options: world.envelope(south, world.request(north, 0), **options)
    assert post(good()) == 200
    for expected, body in (
            (403, good(link=stranger)),                        # certified by nobody
            (403, good(link=south.keys["log"])),               # by another key of theirs
            (403, good(signed="something else")),              # signed over another text
            (403, good(before=86400, after=-10)),              # no longer valid
            (403, good(before=-60, after=600)),                # not yet valid
            (403, good(before=300, after=10 * 86400)),         # valid for too long
            (400, good()[:-1]), (400, good() + b"x"), (400, b""), (400, empty * 3),
            (403, sized(text.encode()) + empty + sized(bytes(64))),
            (403, sized(text.encode()) + sized(b"\x30\x03\x02\x01\x01") + sized(bytes(64))),
            (400, sized(text.encode()) + empty + sized(bytes(63))),
            (400, sized(b"x" * 3000) + empty + sized(bytes(64)))):
        assert post(body) == expected, (expected, body)
    # Signed by the link key itself, without a certificate of it.
    link = south.keys["link"]
    own = certificate(link, "south", channel.id, link.public, int(now))
    assert post(sized(text.encode()) + sized(own) +
                sized(stranger.sign(b"chirograph-collect\n" + text.encode()))) == 403
    # The clock: five minutes either way.
    for skew, expected in ((-290, 200), (290, 200), (-330, 403), (330, 403)):
        late = world.request(north, 0, at=time.time() + skew)
        assert post(world.envelope(south, late)) == expected, skew
    # No request is answered twice, also not by another process or in another envelope.
    once = world.request(north, 0)
    assert post(world.envelope(south, once)) == 200
    assert post(world.envelope(south, once)) == 403
    assert post(world.envelope(north, once)) == 403
    world.neutral.restart()
    assert post(world.envelope(south, once)) == 403
    # What was refused has used up nothing.
    again = world.request(north, 0)
    assert post(world.envelope(south, again, link=stranger)) == 403
    assert post(world.envelope(south, again)) == 200
    for bad in (once.replace("from 0", "from 00"), once.replace("from 0", "from -1"),
                once.replace("collect/1", "collect/2"), once + "x y\n", once[:-1], once + "\n",
                world.blob_request(north, b"x", 0)):
        assert post(world.envelope(south, bad)) == 400, bad
    unknown = world.request(north, 0).replace(channel.origin(north), "x.example/y")
    assert post(world.envelope(south, unknown)) == 404
    body = world.envelope(south, world.request(north, 0))
    assert world.post("/collect/blob", body)[0] == 400
    assert world.neutral.ask("GET", "/collect")[0] == 405


@in_a_world()
def changed_link_keys(world):
    channel, north, south = world.channel, world.north, world.south
    old, new, last = south.keys["link"], Key(b"\x41" * 32), Key(b"\x42" * 32)
    post = lambda link: world.post("/collect", world.envelope(
        south, world.request(north, 0), link=link))[0]
    assert (post(old), post(new)) == (200, 403)
    channel.say(south, "rekey", "item link-key", f"value {encode(new.public)}", by="head")
    world.left(south, 0)
    assert (post(old), post(new)) == (200, 200)
    # Not on the word of just anybody: only the appointing key replaces what was stolen.
    channel.say(south, "appoint", "office link", f"key {encode(last.public)}", by="head")
    world.left(south, 1)
    assert (post(new), post(last)) == (200, 403)
    channel.say(south, "appoint", "office link", f"key {encode(last.public)}", by="appointing")
    world.left(south, 2)
    assert (post(old), post(new), post(last)) == (403, 403, 200)
    world.neutral.restart()
    assert (post(old), post(new), post(last)) == (403, 403, 200)
    # Bodies are left by the same keys.
    body = os.urandom(2000)
    channel.speak(south, body)
    world.left(south, 3)
    leave = lambda link: world.leave(south, chunk(body), link=link)[0]
    assert (leave(old), leave(new), leave(last)) == (403, 403, 200)
    assert world.certificate(south, body)[0] == 4


@in_a_world()
def successor_logs(world):
    """The appointing key continues a log under another key: origin and key are others."""
    channel, north, south = world.channel, world.north, world.south
    first_key, first_origin = north.keys["log"], channel.origin(north)
    channel.test(north, 4)
    world.left(north, 0, 3, 3)
    assert world.post("/add-checkpoint", submission(channel, north, 0, 3))[0] == 200
    channel.succeed(north)
    channel.test(north, 2)
    # Nothing by the new key before the entry that names it is here.
    assert world.entries(north, 3, 4, 7)[0] == 403
    forged = Key(b"\x51" * 32)
    assert world.entries(north, 3, head=channel.head(north, 7, key=forged))[0] == 403
    old_head = channel.head(north, 7, generation=1, key=first_key)
    assert world.entries(north, 3, head=old_head)[0] == 403
    assert world.left(north, 3) == 7
    assert world.certificate(north)[0] == 7
    assert world.collect(south, north, 0)[0] == 7
    # It is asked for under either name.
    status, _, note = world.ask_certificate(north, origin=first_origin)
    assert status == 200
    world.check_certificate(north, note.decode(), [])
    # The old key signs nothing that counts beyond its end.
    body = submission(channel, north, 3, 7, generation=1, key=first_key)
    assert world.post("/add-checkpoint", body)[0] == 403
    body = submission(channel, north, 3, 4, generation=1, key=first_key)
    assert world.post("/add-checkpoint", body)[0] == 200
    assert world.post("/add-checkpoint", submission(channel, north, 0, 7))[0] == 200
    world.neutral.restart()
    assert world.certificate(north)[0] == 7
    channel.test(north, 2)
    assert world.left(north, 7) == 9
    assert world.post("/add-checkpoint", submission(channel, north, 7, 9))[0] == 200
    channel.succeed(north)
    assert world.left(north, 9) == 10
    # Bodies are left for it under any of its names.
    body = os.urandom(2000)
    channel.speak(north, body)
    assert world.left(north, 10) == 11
    half = chunk(body, 0, 1000)
    text = world.chunk_request(north, half).replace(channel.origin(north), first_origin)
    assert world.post("/deposit/blob", world.envelope(north, text) + half)[0] == 200
    assert world.leave(north, chunk(body, 1000))[0] == 200
    assert world.certificate(north, body)[0] == 11


def submission(channel, party, old, size, generation=None, key=None):
    proof = tlog.consistency(old, party.leaves[:size]) if 0 < old < size else []
    lines = "".join(encode(one) + "\n" for one in proof)
    return f"old {old}\n{lines}\n{channel.head(party, size, generation, key)}"


@in_a_world()
def deposits_and_heads_agree(world):
    """What was left and what was cosigned cannot contradict each other."""
    channel, north = world.channel, world.north
    twin = Channel(world.neutral.vkey).parties[0]
    channel.test(north, 6)
    for party in (north, twin):
        channel.say(party, "receipt", "size 0", f"root {encode(tlog.root([]))}")
    twin.entries[:0], twin.leaves[:0] = north.entries[:5], north.leaves[:5]
    channel.say(twin, "test", f"nonce {encode(bytes(32))}", at=1_700_000_000)
    assert world.post("/add-checkpoint", submission(channel, north, 0, 6))[0] == 200
    # The fork is refused from its first entry on, for the head of 6 is known.
    assert world.left(twin, 0, 5, 5) == 5
    assert world.entries(twin, 5)[0] == 422
    assert world.left(north, 5) == 7
    # And the other way round: a head that is not that of what was left.
    assert world.post("/add-checkpoint", submission(channel, twin, 6, 7))[0] == 422
    assert world.post("/add-checkpoint", submission(channel, north, 6, 7))[0] == 200
    assert "cosigned" in world.neutral.said()


@in_a_world("quota-entries 10", "quota-bytes 8000")
def quotas(world):
    channel, north, south = world.channel, world.north, world.south
    channel.test(north, 11)
    assert world.entries(north, 0)[0] == 413
    assert world.left(north, 0, 9, 9) == 9
    assert world.entries(north, 9)[0] == 413
    used = sum(len(one) for one in north.entries[:9])
    assert used < 7000
    north.entries, north.leaves = north.entries[:9], north.leaves[:9]
    body = os.urandom(8000 - used)
    channel.speak(north, body)
    assert world.left(north, 9) == 10
    assert world.leave(north, chunk(body, 0, 10))[0] == 413
    # One log's quota is not the other's; and what came along and does not fit is left out.
    large, small = os.urandom(7000), os.urandom(500)
    channel.speak(south, large)
    channel.speak(south, small)
    channel.speak(south, body)
    assert world.left(south, 0, blobs=[small, large, body]) == 3
    assert world.certificate(south, small)[0] == 3
    assert world.ask_certificate(south, large)[0] == 409
    assert world.leave(south, chunk(large))[0] == 413
    world.neutral.restart()
    assert world.leave(south, chunk(large))[0] == 413
    # The answer stays what it was.
    assert world.certificate(north)[0] == 10
    assert world.collect(south, north, 0)[0] == 10
    # An operator who allows more need say no more.
    world.neutral.stop()
    world.neutral.configure([f"charter {world.charter}", "quota-bytes 100000"])
    world.neutral.start()
    world.leave_blob(south, large)
    assert world.certificate(south, small, large)[0] == 3


@in_a_world("expiry 4s")
def expiry(world):
    """Blobs go; entries, their names and the truth about them stay."""
    channel, north, south = world.channel, world.north, world.south
    body, half = os.urandom(3000), os.urandom(3000)
    channel.speak(north, body)
    channel.speak(north, half)
    assert world.left(north, 0) == 2
    world.leave_blob(north, body)
    assert world.leave(north, chunk(half, 0, 1000))[0] == 200
    assert world.certificate(north, body)[0] == 2
    wait_until(lambda: world.ask_certificate(north, body)[0] == 409, "nothing expires")
    assert world.collect_blob(south, north, body, 0) == (0, b"")
    assert world.collect(south, north, 0)[2] == north.entries
    assert world.certificate(north)[0] == 2
    # It can be left again.
    world.leave_blob(north, body)
    assert world.certificate(north, body)[0] == 2
    assert world.collect_blob(south, north, body, 0) == (3000, body)
    wait_until(lambda: world.leave(north, chunk(half, 2000, 10))[::2] == (409, b"0\n"),
               "half a blob does not expire")


@in_a_world()
def crashes(world):
    """Killed between writing and answering: nothing that was answered is missing."""
    channel, north, south = world.channel, world.north, world.south
    body = os.urandom(2000)
    channel.speak(north, body)
    channel.test(north, 3)
    steps = [
        ("deposit-entries", lambda: world.entries(north, 0, 2, 2), 404),
        ("deposit-entries-stored", lambda: world.entries(north, 0, 2, 2), 200),
        ("deposit-blob", lambda: world.leave(north, chunk(body)), 409),
        ("deposit-blob-stored", lambda: world.leave(north, chunk(body)), 200),
    ]
    for point, step, after in steps:
        world.neutral.stop()
        world.neutral.start(point)
        try:
            status = step()[0]
            assert status == 503, status
        except OSError:
            pass
        assert world.neutral.wait() == 1
        world.neutral.start()
        asked = (body,) if "blob" in point else ()
        assert world.ask_certificate(north, *asked)[0] == after, point
    # A request whose nonce was not stored was not answered, and may come again.
    world.neutral.stop()
    world.neutral.start("collect")
    request = world.request(north, 0)
    try:
        assert world.post("/collect", world.envelope(south, request))[0] == 503
    except OSError:
        pass
    assert world.neutral.wait() == 1
    world.neutral.start()
    assert world.post("/collect", world.envelope(south, request))[0] == 200
    world.neutral.kill()
    world.neutral.start()
    assert world.certificate(north, body)[0] == 2
    assert world.left(north, 2) == 4


@in_a_world()
def all_at_once(world):
    """Both sides and their bodies, from many clients."""
    channel, north, south = world.channel, world.north, world.south
    bodies = [os.urandom(20_000) for _ in range(20)]
    for body in bodies:
        channel.speak(north, body)
        channel.test(south)
    frames = [channel.entries_frame(party, 0, n, n) for party in (north, south)
              for n in range(1, 21)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for status, _, answer in pool.map(lambda body: world.post("/deposit/entries", body), frames):
            assert status == 200, answer
        pieces = [chunk(body, offset, 5000) for body in bodies for offset in range(0, 20_000, 5000)]
        for _ in range(4):
            for status, _, answer in pool.map(lambda piece: world.leave(north, piece), pieces):
                assert status in (200, 409), answer
        answers = list(pool.map(lambda _: world.collect(south, north, 0), range(20)))
        assert all(answer[0] == 20 for answer in answers)
    assert world.certificate(north, *bodies[:16])[0] == 20
    assert world.collect(north, south, 0)[2] == south.entries


@in_a_world()
def what_it_opens(world):
    """Nothing: no part of it calls any function that opens a sealed body."""
    folder = Path(os.environ["CHIRO_CHIROD"]).parent.parent / "neutral"
    objects = list(folder.rglob("*.o"))
    assert objects, folder
    called = subprocess.run(["nm", "-u", *map(str, objects)], check=True, capture_output=True,
                            text=True).stdout.split()
    assert "store_append_blob" in called
    assert [name for name in called if re.match("_*(age|body|seal|unseal|keeper|reader)_", name)] == []


TESTS = [a_deposit_from_beginning_to_end, many_entries_in_pieces, refused_entries, blobs,
         who_may_leave_bodies, wrong_bodies_that_come_along, certificates_asked_for,
         who_may_collect, changed_link_keys, successor_logs, deposits_and_heads_agree, quotas,
         expiry, crashes, all_at_once, what_it_opens]

tap(TESTS)
