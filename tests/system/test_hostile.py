#!/usr/bin/env python3
"""A hostile byte anywhere gets a clear line and changes nothing: damaged cards,
charters, signatures, drafts, configurations, identities, records, arguments and
requests, given to real programs over two real nodes.

    test_hostile.py <chiro>
"""
import base64
import hashlib
import json
import os
import random
import re
import shutil
import socket
import sys
import tempfile
from pathlib import Path

from api_node import CHIROD, Node, open_channel, wait_until
from cli import Cli, tap
from hostile import CONTROL, INSERTED, assert_clear, damages, outcome
from sealed_body import PARAGRAPH, seal

SEED = int(os.environ.get("CHIRO_SEED", "1"))
COUNT = int(os.environ.get("CHIRO_HOSTILE", "40"))  # damages of each piece of input
CHIRO = Path(sys.argv[1]).resolve()


class World:
    """Two nodes with a channel in force, and good input of every sort."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.north, self.south = Node("north", "a.head"), Node("south", "b.head")
        self.cli = Cli(str(CHIRO), HOME=str(self.folder), COLUMNS="200",
                       CHIRO_SOCKET=str(self.north.socket),
                       CHIRO_AUTHOR="a.head", CHIRO_KEY=str(self.north.folder / "head"))
        # The home of the person, not of the node.
        self.home = self.folder / ".config" / "chirograph"

    def open(self):
        for node in (self.north, self.south):
            node.start()
        self.charter, self.signatures = open_channel((self.north, self.south))
        self.card = self.south.request("POST", "/v1/setups", self.south.invitation())[1]["card"]
        self.notified = self.notify()
        self.draft = self.north.act("comment", f"matter {self.notified} {self.leaf()}",
                                    self.body())
        self.signature = self.north.sign("chirograph-act", self.draft)
        self.settle()
        self.before = self.state()

    def body(self):
        channel = self.north.request("GET", self.north.of_channel())[1]
        nodes = [channel["parties"][party]["reading_key"] for party in ("north", "south")]
        blob, line = seal([("1", PARAGRAPH, "en", "authentic", b"Words.")], nodes)
        self.north.upload(blob)
        return line

    def notify(self):
        status, answer = self.north.submit(self.north.act(
            "notify", "matter new", "precedence routine", self.body()))
        assert status == 201, answer
        return answer["name"]

    def leaf(self):
        return self.north.request("GET", self.north.of_channel(f"/acts/{self.notified}"))[1]["leaf"]

    def settle(self):
        for node in (self.north, self.south):
            wait_until(lambda n=node: (lambda c: c["own_cosigned"] == c["own_size"])(
                n.request("GET", n.of_channel())[1]), "not countersigned")

    def state(self):
        """What nothing that is refused may change: acts of people, channels, cards being made,
        keys, and the files of the person."""
        found = []
        for node in (self.north, self.south):
            status = node.request("GET", "/v1/status")[1]
            found.append([status["setups"], [channel["channel"] for channel in status["channels"]]])
            acts = node.request("GET", node.of_channel("/log?count=500"))[1]["acts"]
            found.append([act["name"] for act in acts if act["author"] != "node"])
            found.append(node.request("GET", node.of_channel())[1]["parties"])
            found.append((node.folder / "chirod.conf").read_bytes())
        found.append({path: path.read_bytes() for path in self.home.rglob("*") if path.is_file()})
        return found

    def assert_unchanged(self):
        for now, before in zip(self.state(), self.before, strict=True):
            assert now == before, (now, before)

    def chiro(self, *words, data=b"", **environment):
        """Runs in a folder of its own: what is right but for a strange name is written there."""
        return outcome(CHIRO, *words, environment={**self.cli.environment, **environment},
                       data=data, folder=self.folder)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def remove(self):
        self.north.remove()
        self.south.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


world = World()


def refused(what, result, *phrases, before=b""):
    """The result of a program that had to refuse; `before` is what it may show first."""
    status, shown, errors = result
    try:
        assert status in (1, 2), shown
        assert not CONTROL.search(shown.decode().replace("\r\n", "\n")), shown
        assert before or shown == b"", shown
        assert_clear(errors, "chiro", *phrases)
    except (AssertionError, UnicodeDecodeError) as fault:
        raise AssertionError(f"seed {SEED}, {what}: {fault}") from fault


def cards():
    card = world.card.encode()
    shown = world.chiro("join", world.file("card", card), "--fingerprint", "no")[1].decode()
    words = " ".join(re.findall(r"^    ((?:\w+ ){5}\w+)$", shown, re.MULTILINE))
    assert len(words.split()) == 12, shown
    for what, damaged in damages(card, COUNT, SEED):
        path = world.file("card", damaged)
        # What is a card, but of other words, is shown before it is refused.
        refused(f"card, {what}", world.chiro("join", path, "--fingerprint", words), str(path),
                "not the words", "words", before=b"shown")
        assert not (world.home / "cards").exists()
    world.assert_unchanged()


def charters_and_signatures():
    charter = world.charter.encode()
    good = {party: world.file(f"{party}.sig", text.encode())
            for party, text in world.signatures.items()}
    path = world.file("charter", charter)
    assert world.chiro("charter", "check", path, *good.values(), CHIRO_HOME="")[0] in (0, 1)
    words = ("join", "--charter", path)
    signatures = [word for one in good.values() for word in ("--signature", one)]
    for what, damaged in damages(charter, COUNT, SEED):
        world.file("charter", damaged)
        refused(f"charter, {what}", world.chiro(*words, *signatures), str(path), "signature")
        status, shown, errors = world.chiro("charter", "check", path, *good.values())
        assert status in (1, 2), (what, shown)
        assert not CONTROL.search(shown.decode()), (what, shown)
        if errors:
            assert_clear(errors, "chiro", str(path), "charter")
        else:
            assert b"\nNO  " in shown, (what, shown)
    world.file("charter", charter)
    for what, damaged in damages(world.signatures["south"].encode(), COUNT, SEED):
        world.file("south.sig", damaged)
        result = world.chiro(*words, *signatures)
        if damaged.rstrip(b"\n") == world.signatures["south"].encode().rstrip(b"\n"):
            continue  # the files of ssh-keygen end in a line feed, or more
        refused(f"signature, {what}", result, "south.sig", "south", "signature")
    world.assert_unchanged()


def drafts():
    draft, signature = world.draft.encode(), world.signature.encode()
    signed = world.file("draft.sig", signature)
    path = world.file("draft", draft)
    for what, damaged in damages(draft, COUNT, SEED):
        world.file("draft", damaged)
        refused(f"draft, {what}", world.chiro("send", path, "--signature", signed), str(path),
                "signature")
    world.file("draft", draft)
    for what, damaged in damages(signature, COUNT, SEED):
        if damaged.rstrip(b"\n") == signature.rstrip(b"\n"):
            continue
        world.file("draft.sig", damaged)
        refused(f"signature of a draft, {what}", world.chiro("send", path, "--signature", signed),
                str(signed), "signature")
    world.assert_unchanged()


def bodies_and_attachments():
    for what, damaged in damages(b"Words of a body.\n\nAnother paragraph.\n", COUNT, SEED):
        path = world.file("text", damaged)
        status, shown, errors = world.chiro("act", "comment", "--matter", world.notified, "--text",
                                            path, "--draft", world.folder / "new", "--yes")
        assert not CONTROL.search(shown.decode()), (what, shown)
        if status == 0:  # other words are words as well
            (world.folder / "new").unlink()
        else:
            refused(f"text, {what}", (status, shown, errors), str(path), "text", "empty")
            assert not (world.folder / "new").exists()
    world.assert_unchanged()


def configurations():
    path = world.folder / "chirod.conf"
    content = (world.north.folder / "chirod.conf").read_bytes()
    for what, damaged in damages(content, 2 * COUNT, SEED):
        path.write_bytes(damaged)
        status, shown, errors = outcome(CHIROD, "-t", "-f", path)
        if status == 0:  # another path is a path as well
            assert shown.decode() == f"chirod: {path} is correct\n" and errors == b"", errors
            continue
        try:
            assert status == 2 and shown == b""
            assert_clear(errors, "chirod", str(path))
            assert len(errors.splitlines()) == 1
            if not re.search(rb" is (missing|empty|longer than)|user", errors):
                assert re.match(rb"chirod: %s:\d+: " % bytes(path), errors), "no line"
        except AssertionError as fault:
            raise AssertionError(f"seed {SEED}, configuration, {what}: {fault} {errors}") from fault
        status, shown, errors = world.chiro("status", "--home", world.folder, CHIRO_SOCKET="")
        if status != 0:
            refused(f"configuration, {what}", (status, shown, errors), str(path), "socket",
                    "node", "user")
    path.unlink()
    for name in (b"/\xff\x1b[2J", b"/nothing\n", b"\xe2\x80\xae", b"x" * 5000):
        status, shown, errors = outcome(CHIROD, "-t", "-f", name)
        assert status == 2 and shown == b""
        assert_clear(errors, "chirod")
    world.assert_unchanged()


def identities():
    world.home.mkdir(parents=True)
    path = world.home / "identity"
    content = (f"chirograph.identity/1\nauthor a.head\nkey {world.north.folder}/head\n"
               f"reading-identity {world.north.folder}/reading\n").encode()
    for what, damaged in damages(content, COUNT, SEED):
        path.write_bytes(damaged)
        # The draft is damaged as well: nothing is ever logged here.
        draft = world.file("draft", world.draft.encode().replace(b"act comment", b"act comnent"))
        result = world.chiro("send", draft, CHIRO_AUTHOR="", CHIRO_KEY="")
        refused(f"identity, {what}", result, str(path), "draft", "author", "key")
        status, shown, errors = world.chiro("read", world.notified)
        if status != 0:
            refused(f"identity, {what}", (status, shown, errors), str(path), "identity")
    shutil.rmtree(world.home.parent)
    world.assert_unchanged()


def arguments():
    commands = re.findall(r"^  ([a-z]+) ", world.cli.text("help"), re.MULTILINE)
    assert len(commands) >= 15, commands
    chance = random.Random(SEED)
    nasty = [b"", b"-", b"--", b"---", b"-x", b"--=", b"..", b"/", b"%s%n", b"north-1\n",
             *(one for one in INSERTED if b"\0" not in one)]
    for command in [*commands, b"\x1b[2J", b"\xff", b"", b"a" * 70000]:
        options = re.findall(r"^  (--[a-z-]+) [A-Z]", world.chiro("help", command)[1].decode(),
                             re.MULTILINE)
        for word in [*nasty[:COUNT]]:
            lines = [[word], [word, word], [b"--" + word], [b"north-1" + word]]
            lines += [[chance.choice(options), word]] if options else []
            for words in lines:
                if command in ("init", "invite", "test", "export", "backup") and \
                        words[0] in (b"", b"-", b"--"):
                    continue  # it would be right, and make something
                if command == "practice" and words[0] not in (b"---", b"--=", b"----"):
                    continue  # a directory of any name would be made
                if command == "wait" and words[0][-1:].isdigit():
                    continue  # it would be right, and wait
                status, shown, errors = world.chiro(command, *words)
                assert not CONTROL.search(shown.decode()), (command, words[:80], shown)
                if command == "take" and status == 1 and len(words) == 2:
                    for line in errors.splitlines(keepends=True):  # one of each file
                        refused(f"chiro take {words!r:.200}", (status, shown, line), before=shown)
                elif status != 0 and not shown.startswith(b"The record is damaged"):
                    refused(f"chiro {command} {words!r:.200}", (status, shown, errors),
                            before=shown)
    world.assert_unchanged()


def environment():
    nasty = [b"\xff", b"\x1b[2J", "\u202e".encode(), b"a" * 70000, b"\n"]
    for name in ("CHIRO_HOME", "CHIRO_SOCKET", "CHIRO_KEY", "CHIRO_AUTHOR", "CHIRO_CHANNEL", "HOME",
                 "XDG_CONFIG_HOME", "COLUMNS", "TMPDIR", "LANGUAGE"):
        for value in nasty:
            for words in (["status"], ["send", world.file("draft", world.draft.encode()[:-3])]):
                status, shown, errors = outcome(
                    CHIRO, *words, environment={**world.cli.environment, name: value},
                    folder=world.folder)
                assert not CONTROL.search(shown.decode()), (name, value[:80], shown)
                if status != 0:
                    refused(f"{name} {value[:80]!r}", (status, shown, errors), before=shown)
    world.assert_unchanged()


# --- the API ---------------------------------------------------------------------------


def ask(data, timeout=10):
    """(status, body) of the first answer to bytes as they are; (0, what came) where the
    connection was closed."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(timeout)
        client.connect(str(world.north.socket))
        answer = b""
        try:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            while piece := client.recv(65536):
                answer += piece
        except (ConnectionError, BrokenPipeError):
            pass
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 "):
        return 0, answer
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return int(head.split()[1]), body[:int(length[1])] if length else body


def request(method, path, body=b"", head="Host: x"):
    return (f"{method} {path} HTTP/1.1\r\n{head}\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n").encode() + body


def assert_refused(what, status, body):
    """A refusal with a sentence; what the HTTP library refuses by itself is a page, or nothing."""
    assert status in (0, 501) or 400 <= status < 500, f"seed {SEED}, {what}: {status} {body}"
    if status != 0 and body.startswith(b"{"):
        error = json.loads(body)["error"]
        assert error["code"] and error["message"] and len(error["message"]) < 1000, (what, error)
        assert not CONTROL.search(error["message"]), (what, error)


def submission():
    return json.dumps({"text": world.draft, "armors": [world.signature]}).encode()


def bodies_of_requests():
    acts, channels = world.north.of_channel("/acts"), "/v1/channels"
    adoption = json.dumps({"charter": world.charter, "signatures": world.signatures}).encode()
    setup = json.dumps(world.north.invitation()).encode()
    for path, good in ((acts, submission()), (channels, adoption), ("/v1/setups", setup)):
        for what, damaged in damages(good, 2 * COUNT, SEED):
            if is_same_kind(damaged, good, path == "/v1/setups"):
                continue
            status, body = ask(request("POST", path, damaged))
            assert_refused(f"POST {path}, {what}", status, body)
    world.assert_unchanged()


def is_same_kind(damaged, good, any_values):
    """Whether JSON was damaged where it does not matter, or is right with other values."""
    try:
        return json.loads(damaged) == json.loads(good) or (
            any_values and set(json.loads(damaged)) == set(json.loads(good)))
    except ValueError:
        return False


def values_of_requests():
    """Every value of a request replaced by each sort of nonsense."""
    requests = [("POST", world.north.of_channel("/acts"), json.loads(submission())),
                ("POST", world.north.of_channel("/check"), {"text": world.draft}),
                ("POST", "/v1/channels", {"charter": world.charter,
                                          "signatures": world.signatures}),
                ("POST", "/v1/setups", world.north.invitation()),
                ("POST", world.north.of_channel("/keys"), {"purpose": "reading"})]
    nonsense = [None, True, 0, -1, 1e300, "", "x", "\x1b[2J", "\u202e", "\ud800", "\0", "a\nb",
                "a" * 70000, [], ["x"], {}, {"x": "y"}, [[[[[[[[[["x"]]]]]]]]]]]
    for method, path, good in requests:
        for key in good:
            for value in nonsense:
                if isinstance(value, str) and value == "x" and key == "head":
                    continue  # a name
                damaged = json.dumps({**good, key: value}).encode()
                status, body = ask(request(method, path, damaged))
                assert_refused(f"{method} {path} {key}={value!r:.40}", status, body)
    world.assert_unchanged()


def urls():
    channel = world.north.of_channel()
    digest = hashlib.sha256(b"x").hexdigest()
    paths = ["/v1/status", channel, f"{channel}/log?north=0&south=0&count=5&party=north&full=1",
             f"{channel}/acts/{world.notified}", f"{channel}/inbox",
             f"{channel}/matters?from=0&count=4", f"{channel}/matters/{world.notified}",
             f"{channel}/wait?own=0&seconds=0", f"{channel}/blobs/{digest}/data?offset=0&length=9",
             f"{channel}/register?after=0&count=3", "/v1/setups/" + "0" * 32]
    chance = random.Random(SEED)
    for path in paths:
        for what, damaged in damages(path.encode(), COUNT, SEED):
            method = chance.choice((b"GET", b"GET", b"GET", b"PUT", b"DELETE", b"BREW", b"get"))
            data = method + b" " + damaged + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            try:
                status, body = ask(data, 2 if b"/wait" in data else 10)
            except TimeoutError:
                assert b"/wait" in data, data
                continue  # for what will never be
            if status == 200 and method == b"GET":
                continue  # another number is a number as well
            assert_refused(f"{data[:200]!r}, {what}", status, body)
    world.assert_unchanged()


def headers():
    good = request("POST", world.north.of_channel("/check"),
                   json.dumps({"text": world.draft}).encode())
    head, _, body = good.partition(b"\r\n\r\n")
    for what, damaged in damages(head, 2 * COUNT, SEED):
        status, answer = ask(damaged + b"\r\n\r\n" + body)
        if status == 200:
            continue  # it only checks
        assert_refused(f"headers, {what}", status, answer)
    for line in (b"Content-Length: -1", b"Content-Length: 99999999999999999999", b"X: " + b"a" *
                 100000, b"\0: x", b": x", b" folded: x", b"Expect: 100-continue",
                 b"Upgrade: websocket", b"Transfer-Encoding: gzip"):
        status, answer = ask(b"POST /v1/clock HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + line +
                             b"\r\n\r\n")
        assert status != 500, (line[:80], answer)
    world.assert_unchanged()


def uploads():
    """A piece of a blob that is another is never taken for it."""
    blob, _ = seal([("1", PARAGRAPH, "en", "authentic", b"Another body.")],
                   [world.north.reading_key()])
    digest = hashlib.sha256(blob).hexdigest()
    path = world.north.of_channel(f"/blobs/{digest}?size={len(blob)}&offset=0")
    for what, damaged in damages(blob, COUNT // 2, SEED):
        status, body = ask(request("PUT", path, damaged))
        if status == 200:
            assert json.loads(body)["complete"] is False, what
        else:
            assert_refused(f"blob, {what}", status, body)
    world.assert_unchanged()


# --- the record --------------------------------------------------------------------------


def records():
    record = world.folder / "record"
    world.cli.run("export", record)
    assert world.chiro("verify", record)[0] == 0
    files = sorted(path for path in record.rglob("*") if path.is_file())
    assert len(files) > 10, files
    each = max(COUNT * 8 // len(files), 3)
    for path in files:
        if path.name == "README.txt":
            continue  # says how to check the record, and is no part of it
        content = path.read_bytes()
        name = str(path.relative_to(record))
        for what, damaged in damages(content or b"\n", each, f"{SEED} {name}"):
            if damaged == content:
                continue
            path.write_bytes(damaged)
            status, shown, errors = world.chiro("verify", record)
            text = shown.decode()
            assert status == 1 and b"chiro:" not in errors, (name, what, status, text, errors)
            assert "damaged" in text and not CONTROL.search(text), (name, what, text)
            assert name in text or len(damaged) > len(content), (name, what, text)
        path.unlink()
        status, shown, errors = world.chiro("verify", record)
        # A folder without its last file is what is wrong.
        assert status == 1 and path.parent.name in shown.decode(), (name, shown, errors)
        path.write_bytes(content)
    for name in (b"\xff", b"a\x1b[2J", b"a\nb", "\u202e".encode(), b"x" * 200):
        path = bytes(record) + b"/" + name
        Path(os.fsdecode(path)).write_text("")
        status, shown, errors = world.chiro("verify", record)
        assert status == 1 and not CONTROL.search(shown.decode()), (name, shown, errors)
        os.unlink(path)
    (record / "link").symlink_to("charter.txt")
    assert world.chiro("verify", record)[0] == 1
    (record / "link").unlink()
    assert world.chiro("verify", record)[0] == 0


TESTS = [cards, charters_and_signatures, drafts, bodies_and_attachments, configurations,
         identities, arguments, environment, bodies_of_requests, values_of_requests, urls, headers,
         uploads, records]

try:
    world.open()
    tap(TESTS)
finally:
    world.remove()
