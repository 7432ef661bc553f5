#!/usr/bin/env python3
"""The commands that read, over two real nodes: status, inbox, log, show, read, wait,
test, export, verify.

    test_cli_reading.py <chiro>
"""
import base64
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from api_node import Node, open_channel, run, wait_until
from cli import Cli, assert_fits, tap
from sealed_body import FIELDS, PARAGRAPH, SUBJECT, seal

WIDTH = 60
PICTURE = os.urandom(700000)
PARTS = [
    ("Subject", SUBJECT, "en", "authentic", b"Scanning of the northern dam"),
    ("1", PARAGRAPH, "en", "authentic", b"It comes from your networks."),
    # What a hostile side may write within a paragraph.
    ("2", PARAGRAPH, "en", "authentic", "Pay \u202etxt.exe\u202c now.".encode()),
    ("1", PARAGRAPH, "ru", "translation", "Оно идёт из ваших сетей.".encode()),
    ("Fields", FIELDS, "-", "-", b"chirograph.fields/1\nconduct scanning\nasset north dam\n"),
    ("picture of the dam; rm -rf.png", "image/png", "-", "-", PICTURE),
]


class World:
    """Two nodes with a channel in force, a notification with a body, one for the eyes of
    the heads, and one whose body is not what the act says."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.north, self.south = Node("north", "a.head"), Node("south", "b.head")
        self.cli = {node.party: Cli(sys.argv[1], CHIRO_SOCKET=str(node.socket),
                                    HOME=str(self.folder))
                    for node in (self.north, self.south)}

    def open(self):
        for node in (self.north, self.south):
            node.start()
        open_channel((self.north, self.south))
        status, channel = self.north.request("GET", self.north.of_channel())
        assert status == 200
        parties = channel["parties"]
        nodes = [parties[party]["reading_key"] for party in ("north", "south")]
        heads = [parties[party]["head_reading_key"] for party in ("north", "south")]
        self.notified = self.notify(nodes, "flash")
        self.for_heads = self.notify(heads, "routine", "eyes heads")
        self.broken = self.notify(nodes, "routine", parts=PARTS[:2], spoil=True)
        wait_until(lambda: self.receipted(self.broken), "not receipted")
        wait_until(lambda: self.fault(self.broken) == "mismatch", "no fault")

    def notify(self, recipients, precedence, *lines, parts=None, spoil=False):
        blob, line = seal(parts or PARTS, recipients)
        self.north.upload(blob)
        if spoil:
            words = line.split()
            words[2] = seal(parts, recipients)[1].split()[2]
            line = " ".join(words)
        text = self.north.act("notify", "matter new", f"precedence {precedence}",
                              "marking TLP:AMBER+STRICT", *lines, line)
        status, answer = self.north.submit(text)
        assert status == 201, answer
        return answer["name"]

    def receipted(self, name):
        return self.north.request("GET", self.north.of_channel(f"/acts/{name}"))[1]["receipted"]

    def fault(self, name):
        return self.north.request("GET", self.north.of_channel(f"/acts/{name}"))[1]["fault"]

    def remove(self):
        self.north.remove()
        self.south.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


world = World()


def status_tells_state_link_and_logs():
    text = world.cli["south"].text("status", COLUMNS=str(WIDTH))
    assert "in force" in text and "North (north)" in text and "up since" in text, text
    assert_fits(text, WIDTH)
    assert world.cli["south"].json("status")["party"] == "south"
    world.cli["south"].run("status", "--channel", "zzz", status=2)
    world.cli["south"].run("status", "--check")


def inbox_shows_what_is_owed_most_urgent_first():
    text = world.cli["south"].text("inbox", COLUMNS=str(WIDTH))
    assert text.index("We owe") < text.index("Not acknowledged"), text
    first = text.split("We owe")[1].strip().splitlines()
    assert first[0].startswith(world.notified) and "acknowledgement" in first[0], text
    assert re.search(r"in 1[45] min", first[1]) and "flash" in " ".join(first[1:3]), text
    assert "north owes" in text
    assert_fits(text, WIDTH)
    inbox = world.cli["south"].json("inbox")
    assert {act["name"] for act in inbox["unread"]} >= {world.notified, world.for_heads}
    world.cli["south"].run("inbox", "--check")
    assert "south owes" in world.cli["north"].text("inbox")


def log_shows_the_acts_of_people():
    north = world.cli["north"]
    text = north.text("log", COLUMNS=str(WIDTH))
    assert_fits(text, WIDTH)
    assert "receipt " not in text and "notify" in text and "accede" in text, text
    assert "receipt" in north.text("log", "--all")
    everything = north.json("log")["acts"]
    assert len(everything) == len({act["name"] for act in everything})
    last = [act["name"] for act in north.json("log", "--last", "2")["acts"]]
    assert last == [act["name"] for act in everything[-2:]], (last, everything)
    last = north.text("log", "--last", "1")
    assert last.startswith("south-") and "fault" in last and world.broken in last, last
    one = [act["name"] for act in north.json("log", "--party", "south")["acts"]]
    assert one == [f"south-{number}" for number in range(len(one))]
    assert north.json("log", "--from", world.for_heads)["acts"][0]["name"] in \
        [act["name"] for act in everything]
    north.refused("log", "--party", "west", status=2)
    north.refused("log", "--from", "north-4000")


def matters_are_listed_and_shown():
    north = world.cli["north"]
    text = north.text("log", "--matters", COLUMNS=str(WIDTH))
    assert world.notified in text and "incident" in text, text
    assert_fits(text, WIDTH)
    assert len(north.json("log", "--matters")["matters"]) == 3
    assert north.text("log", "--matter", world.notified).startswith(f"{world.notified}: incident")
    assert north.json("log", "--matter", world.notified)["list"][0]["name"] == world.notified
    north.refused("log", "--matter", "north-0")


def show_tells_everything_but_the_body():
    south = world.cli["south"]
    text = south.text("show", world.notified, COLUMNS=str(WIDTH))
    for word in ("notify", "a.head@north", "TLP:AMBER+STRICT", "valid", "6 parts",
                 f"chiro reply {world.notified}", "acknowledgement"):
        assert word in text, f"{word}: {text}"
    assert_fits(text, WIDTH)
    act = south.json("show", world.notified)
    assert act["kind"] == "notify" and "ack" in act["legal_answers"]
    signed = south.run("show", world.notified, "--text")
    assert signed.decode() == act["text"]
    south.refused("show", "north-4000")


def read_shows_text_and_what_would_deceive():
    south = world.cli["south"]
    text = south.text("read", world.notified)
    assert "Scanning of the northern dam" in text and "[ru, translation]" in text, text
    assert "Pay <U+202E>txt.exe<U+202C> now." in text, text
    assert "conduct" in text and "north dam" in text
    assert "picture of the dam; rm -rf.png (image/png, 700000 bytes)" in text
    assert "\u202e" not in text
    document = south.json("read", world.notified)
    assert document["parts"][3]["text"] == "Оно идёт из ваших сетей."
    assert "text" not in document["parts"][5] and document["parts"][5]["size"] == len(PICTURE)
    assert south.run("read", world.notified, "--part", "6") == PICTURE
    assert world.cli["north"].run("read", world.notified, "--part", "2") == PARTS[1][4]
    south.refused("read", world.notified, "--part", "7")
    south.refused("read", "south-0")
    register = world.south.request("GET", world.south.of_channel("/register"))[1]["openings"]
    assert len([row for row in register if row["act"] == world.notified]) >= 3


def read_writes_files_with_harmless_names():
    folder = world.folder / "parts"
    south = world.cli["south"]
    written = south.text("read", world.notified, "--to", folder).splitlines()
    assert sorted(written) == sorted(map(str, folder.iterdir()))
    assert (folder / "0006-picture_of_the_dam__rm_-rf.png").read_bytes() == PICTURE
    assert (folder / "0001-Subject.txt").read_bytes() == PARTS[0][4]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in folder.iterdir())
    assert "not overwritten" in south.refused("read", world.notified, "--to", folder)


def an_interrupted_fetch_goes_on():
    act = world.cli["south"].json("show", world.notified)
    blob = world.south.request("GET", world.south.of_channel(
        f"/blobs/{digest_of(act)}/data?offset=0&length=200000"))[1]
    cache = world.folder / "cache" / "chirograph" / digest_of(act)
    south = Cli(sys.argv[1], CHIRO_SOCKET=str(world.south.socket),
                XDG_CACHE_HOME=str(world.folder / "cache"))
    cache.parent.mkdir(parents=True)
    cache.write_bytes(blob)
    assert south.run("read", world.notified, "--part", "6") == PICTURE
    assert not cache.exists()
    cache.write_bytes(bytes(200000))
    assert "try again" in south.refused("read", world.notified, "--part", "6")
    assert south.run("read", world.notified, "--part", "6") == PICTURE
    cache.write_bytes(bytes(2000000))
    assert south.run("read", world.notified, "--part", "6") == PICTURE


def digest_of(act):
    return base64.b64decode(act["body"]["sha256"]).hex()


def eyes_heads_needs_the_heads_own_identity():
    south = world.cli["south"]
    assert "--identity" in south.refused("read", world.for_heads, status=2)
    mine = world.south.folder / "reading"
    assert south.run("read", world.for_heads, "--identity", mine, "--part", "2") == PARTS[1][4]
    identity = world.folder / "identity"
    identity.write_text(f"chirograph.identity/1\nauthor b.head\nkey {world.south.folder}/head\n"
                        f"reading-identity {mine}\n")
    home = world.folder / "home" / ".config" / "chirograph"
    home.mkdir(parents=True)
    identity.rename(home / "identity")
    assert south.run("read", world.for_heads, "--part", "2",
                     HOME=str(world.folder / "home")) == PARTS[1][4]
    other = world.folder / "other"
    other.write_text("# a comment\n" + run("age-keygen").decode())
    assert "not sealed to" in south.refused("read", world.for_heads, "--identity", other)
    other.write_text("AGE-SECRET-KEY-1NONSENSE\n")
    south.refused("read", world.for_heads, "--identity", other)
    south.refused("read", world.for_heads, "--identity", world.folder / "nothing")


def a_body_that_is_another_is_not_shown():
    output = world.cli["south"].refused("read", world.broken)
    assert "cannot be opened" in output, output


def terminals_get_colour_and_no_raw_attachments():
    south = world.cli["south"]
    assert "\x1b[32m" in south.on_terminal("status")
    assert "\x1b" not in south.on_terminal("status", NO_COLOR="1")
    assert "\x1b" not in south.on_terminal("status", TERM="dumb")
    assert "\x1b" not in south.text("status", TERM="xterm")
    shown = south.on_terminal("read", world.notified)
    assert "Pay <U+202E>txt.exe<U+202C> now." in shown and "\u202e" not in shown, shown
    assert "is not text" in south.on_terminal("read", world.notified, "--part", "6", status=2)
    assert "now." in south.on_terminal("read", world.notified, "--part", "3")
    south.on_terminal("wait", "--new", interrupt=1.5, status=130)


def what_was_sealed_anew_opens_by_either_name():
    parties = world.north.request("GET", world.north.of_channel())[1]["parties"]
    stranger = world.folder / "stranger"
    run("age-keygen", "-o", stranger)
    wrong = run("age-keygen", "-y", stranger).decode().strip()
    name = world.notify([parties["north"]["reading_key"], wrong], "routine", parts=PARTS[:2])
    wait_until(lambda: world.fault(name) == "unopenable", "no fault")
    assert "does not open" in world.cli["south"].text("show", name)
    assert world.cli["north"].run("read", name, "--part", "2") == PARTS[1][4]
    resealed = world.cli["north"].text("act", "reseal", "--target", name, "--author", "a.head",
                                       "--key", world.north.folder / "head", "--yes").split()[0]
    world.cli["south"].run("wait", resealed, "--timeout", "20s")
    for either in (name, resealed):
        assert world.cli["south"].run("read", either, "--part", "2") == PARTS[1][4]
    assert f"sealed anew by {resealed}" in world.cli["south"].text("show", name)


def clock_is_shown_and_vouched_for():
    north = world.cli["north"]
    assert "believed" in north.text("clock") and "not believed" not in north.text("clock")
    assert north.json("clock", "--vouch")["trusted"] is True
    assert north.json("clock")["reason"] is None
    assert_fits(north.text("clock", COLUMNS=str(WIDTH)), WIDTH)


def wait_returns_when_it_has_happened():
    north = world.cli["north"]
    north.run("wait", world.notified, "--timeout", "20s")
    assert north.json("wait", world.notified)["own_receipted"] > 0
    north.run("wait", "--timeout", "20s")
    assert "has not happened" in north.refused("wait", "north-4000", "--timeout", "1s")
    world.cli["south"].run("wait", world.notified, "--timeout", "20s")
    north.refused("wait", "west-1", status=2)


def test_logs_an_entry_that_is_echoed():
    name = world.cli["north"].text("test").strip()
    assert re.fullmatch(r"north-\d+", name)
    world.cli["north"].run("wait", name, "--timeout", "20s")
    assert world.cli["south"].json("show", name)["kind"] == "test"
    assert world.cli["south"].json("test")["name"].startswith("south-")


def export_writes_a_record_that_verifies():
    north = world.cli["north"]
    settle()
    sealed = world.folder / "sealed"
    summary = north.json("export", sealed)
    assert summary["bodies"]["sealed"] == 5 and all(
        log["countersigned"] for log in summary["logs"].values()), summary
    assert (sealed / f"bodies/{world.notified}.age").is_file()
    opened = world.folder / "opened"
    said = north.text("export", "--open", "--acts", "yes", opened)
    assert "bodies: 5 sealed, 2 opened" in said, said
    assert (opened / f"bodies/{world.notified}/0006").read_bytes() == PICTURE
    bare = world.folder / "bare"
    assert north.json("export", "--without-bodies", "--acts", "no", bare)["bodies"]["absent"] == 5
    north.refused("export", sealed)
    for record in (sealed, opened, bare):
        answer = north.json("verify", record)
        assert answer["intact"] and answer["state"] == "in-force", answer
        assert answer["logs"]["north"]["size"] == summary["logs"]["north"]["size"]
        text = north.text("verify", record, COLUMNS=str(WIDTH))
        assert "The record is intact." in text and "as of" in text, text
        assert_fits(text, WIDTH)
        assert north.text("verify", "--quiet", record) == ""


def settle():
    """Until both sides hold and have countersigned everything."""
    for node in (world.north, world.south):
        wait_until(lambda n=node: (lambda channel: channel["own_cosigned"] == channel["own_size"])(
            n.request("GET", n.of_channel())[1]), "not countersigned")


def verify_names_what_is_damaged():
    north = world.cli["north"]
    record = world.folder / "sealed"
    for name in ("charter.txt", "allowed_signers", "north/checkpoint",
                 f"bodies/{world.notified}.age"):
        path = record / name
        content = path.read_bytes()
        place = len(content) // 2
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1:])
        answer = north.json("verify", record, status=1)
        assert not answer["intact"] and answer["damage"]["file"] == name, answer
        text = north.text("verify", record, status=1, COLUMNS=str(WIDTH))
        assert "damaged" in text and name in text, text
        path.write_bytes(content)
    (record / "extra\x1b").write_text("")
    text = north.text("verify", record, status=1)
    assert "extra" in text and "\x1b" not in text, text
    assert not north.json("verify", record, status=1)["intact"]


TESTS = [status_tells_state_link_and_logs, inbox_shows_what_is_owed_most_urgent_first,
         log_shows_the_acts_of_people, matters_are_listed_and_shown,
         show_tells_everything_but_the_body, read_shows_text_and_what_would_deceive,
         read_writes_files_with_harmless_names, an_interrupted_fetch_goes_on,
         eyes_heads_needs_the_heads_own_identity, a_body_that_is_another_is_not_shown,
         terminals_get_colour_and_no_raw_attachments, what_was_sealed_anew_opens_by_either_name,
         clock_is_shown_and_vouched_for, wait_returns_when_it_has_happened,
         test_logs_an_entry_that_is_echoed,
         export_writes_a_record_that_verifies, verify_names_what_is_damaged]

try:
    world.open()
    tap(TESTS)
finally:
    world.remove()
