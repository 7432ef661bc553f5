#!/usr/bin/env python3
"""chiro disclose and chiro verify of bundles, over two real nodes, and from an exported
record: what is shown, what is said not to be, and what nobody can pretend.

    test_disclose.py <chiro>
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from api_node import Node, open_channel, wait_until
from cli import Cli, assert_fits, tap
from sealed_body import FIELDS, PARAGRAPH, SUBJECT, seal

WIDTH = 60
SECRET = b"The name of our source is Rosencrantz."
PARTS = [
    ("Subject", SUBJECT, "en", "authentic", b"Scanning of the northern dam"),
    ("1", PARAGRAPH, "en", "authentic", b"It comes from your networks."),
    ("2", PARAGRAPH, "en", "authentic", SECRET),
    ("1", PARAGRAPH, "ru", "translation", "Оно идёт из ваших сетей.".encode()),
    ("Fields", FIELDS, "-", "-", b"chirograph.fields/1\nconduct scanning\n"),
]
CORRECTION = [("1", PARAGRAPH, "en", "authentic", b"It came from somebody else's networks.")]

RETRACTION = [("1", PARAGRAPH, "en", "authentic", b"We take it back.")]


class World:
    """A notification, its correction, an acknowledgement and an update."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.north, self.south = Node("north", "a.head"), Node("south", "b.head")
        self.cli = {node.party: Cli(sys.argv[1], CHIRO_SOCKET=str(node.socket),
                                    HOME=str(self.folder), COLUMNS=str(WIDTH))
                    for node in (self.north, self.south)}
        self.offline = Cli(sys.argv[1], HOME=str(self.folder), COLUMNS=str(WIDTH))
        self.count = 0

    def open(self):
        for node in (self.north, self.south):
            node.start()
        open_channel((self.north, self.south))
        status, channel = self.north.request("GET", self.north.of_channel())
        assert status == 200
        self.recipients = [channel["parties"][party]["reading_key"]
                           for party in ("north", "south")]
        self.notified = self.say(self.north, "notify", ["matter new", "precedence flash",
                                                        "marking TLP:AMBER+STRICT"], PARTS)
        wait_until(lambda: self.act(self.notified)["receipted"], "not receipted")
        self.plain = self.say(self.north, "notify", ["matter new", "precedence routine"], PARTS)
        leaf = self.act(self.notified)["leaf"]
        self.corrected = self.say(self.north, "correct",
                                  [f"matter {self.notified} {leaf}",
                                   f"target {self.notified} {leaf}"], CORRECTION)
        leaf = self.act(self.plain)["leaf"]
        self.retracted = self.say(self.north, "retract",
                                  [f"matter {self.plain} {leaf}", f"target {self.plain} {leaf}"],
                                  RETRACTION)
        wait_until(lambda: self.act(self.retracted)["receipted"], "not receipted")
        wait_until(self.settled, "heads are not cosigned")

    def say(self, node, kind, lines, parts):
        blob, line = seal(parts, self.recipients)
        node.upload(blob)
        before = [x for x in lines if x.split()[0] in ("matter", "precedence", "marking")]
        rest = [x for x in lines if x not in before]
        status, answer = node.submit(node.act(kind, *before, *rest, line))
        assert status == 201, answer
        return answer["name"]

    def act(self, name):
        return self.north.request("GET", self.north.of_channel(f"/acts/{name}"))[1]

    def settled(self):
        heads = self.north.request("GET", self.north.of_channel("/heads"))[1]
        return all(heads[party]["cosigned"] if "cosigned" in heads[party] else True
                   for party in ("north", "south"))

    def new(self):
        self.count += 1
        return self.folder / f"bundle{self.count}"

    def remove(self):
        self.north.remove()
        self.south.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


WORLD = World()


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def whole_content(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def stock_tools(folder, status=0):
    done = subprocess.run(["sh", str(folder / "verify.sh")], capture_output=True, check=False,
                          timeout=240)
    assert done.returncode == status, done.stdout.decode() + done.stderr.decode()
    return done.stdout.decode()


def disclosed(*words, cli=None, **arguments):
    folder = WORLD.new()
    said = (cli or WORLD.cli["north"]).text("disclose", *words, folder, "--yes", **arguments)
    assert_fits(said, WIDTH)
    return folder, said


def gaps(document, act=None):
    return {gap["what"] for gap in document["not_shown"] if act is None or gap["act"] == act}


def act_of(document, name):
    return next(act for act in document["acts"] if act["act"] == name)


def test_one_paragraph():
    folder, said = disclosed(WORLD.notified, "--paragraph", 1)
    for words in ("can prove to others", "confidential", "TLP:AMBER+STRICT", "no consent",
                  "charter"):
        assert words in said, said
    assert SECRET not in whole_content(folder)
    assert b"It comes from your networks." in whole_content(folder)
    # The correction comes with it, in full.
    assert b"somebody else's" in whole_content(folder)
    shown = WORLD.offline.text("verify", folder)
    assert_fits(shown, WIDTH)
    assert shown.splitlines()[1].strip().startswith("as of"), shown
    for words in ("It comes from your networks.", "corrected", "Not shown:", "a.head@north"):
        assert words in shown, shown
    document = WORLD.offline.json("verify", folder)
    act = act_of(document, WORLD.notified)
    assert document["intact"] and not document["whole"] and document["later"] == "included"
    assert act["receipt"].startswith("south-") and act["subject"]
    assert [part["part"] for part in act["parts"]] == [2]
    assert {r["act"]: r["relation"] for r in act["related"]} == {WORLD.corrected: "corrects"}
    assert {"later", "answers", "rules", "recalled", "parts"} <= gaps(document, WORLD.notified)
    said = stock_tools(folder)
    assert "is part 2 of 5" in said and "what was checked is right" in said, said


def test_the_other_side_discloses():
    folder, said = disclosed(WORLD.notified, "--part", 4, cli=WORLD.cli["south"])
    assert "is a translation" in " ".join(said.split()), said
    document = WORLD.offline.json("verify", folder)
    assert act_of(document, WORLD.notified)["parts"][0]["standing"] == "translation"
    assert "translation" in gaps(document)
    stock_tools(folder)


def test_span_closes_what_it_can():
    folder, said = disclosed(WORLD.notified, "--span")
    document = WORLD.offline.json("verify", folder)
    open_gaps = gaps(document, WORLD.notified)
    assert not open_gaps & {"later", "answers", "fault"}, open_gaps
    assert "rules" in open_gaps
    assert "of its body only" in " ".join(said.split()), said


def test_whole_logs():
    folder, _ = disclosed(WORLD.notified, "--whole")
    document = WORLD.offline.json("verify", folder)
    assert document["whole"]
    assert gaps(document, WORLD.notified) == {"parts"}, gaps(document)
    assert "valid by the rules" in " ".join(WORLD.offline.text("verify", folder).split())


def test_without_later_it_is_said():
    folder, said = disclosed(WORLD.notified, "--part", 2, "--without-later")
    assert WORLD.corrected not in said
    assert "left out" in said
    document = WORLD.offline.json("verify", folder)
    assert document["later"] == "not-shown"
    assert "not shown, as the" in " ".join(WORLD.offline.text("verify", folder).split())
    assert "later corrections are not shown" in stock_tools(folder)


def test_bare_corrections():
    folder, _ = disclosed(WORLD.notified, "--part", 2, "--bare-corrections")
    assert b"somebody else's" not in whole_content(folder)
    document = WORLD.offline.json("verify", folder)
    assert act_of(document, WORLD.notified)["related"][0]["act"] == WORLD.corrected


def test_from_a_record():
    record = WORLD.folder / "record"
    WORLD.cli["south"].run("export", "--open", record)
    folder, _ = disclosed(WORLD.notified, "--part", 1, "--record", record, cli=WORLD.offline)
    document = WORLD.offline.json("verify", folder)
    assert [part["part"] for part in act_of(document, WORLD.notified)["parts"]] == [1]
    # The same as from the node, where the logs have not grown.
    sealed = WORLD.folder / "sealed"
    WORLD.cli["south"].run("export", sealed)
    refused = WORLD.offline.run("disclose", "--record", sealed, WORLD.notified, "--part", 1,
                                WORLD.new(), "--yes", status=1)
    assert b"" == refused and "cannot be opened" in WORLD.offline.errors


def test_several_acts():
    folder, said = disclosed(WORLD.notified, WORLD.plain, "--part", f"{WORLD.plain}:1")
    assert "it was retracted" in " ".join(said.split()), said
    assert b"We take it back." in whole_content(folder)
    document = WORLD.offline.json("verify", folder)
    assert {r["act"]: r["relation"] for r in act_of(document, WORLD.plain)["related"]} == {
        WORLD.retracted: "retracts"}
    assert [a["act"] for a in document["acts"] if a["subject"]] == [WORLD.notified, WORLD.plain]
    WORLD.cli["north"].refused("disclose", WORLD.notified, WORLD.plain, "--part", 1, WORLD.new(),
                               "--yes", status=2)


def test_it_asks():
    folder = WORLD.new()
    WORLD.cli["north"].run("disclose", WORLD.notified, folder, status=2)
    assert "say --yes" in WORLD.cli["north"].errors
    assert not folder.exists()


def test_it_is_refused():
    north = WORLD.cli["north"]
    existing = WORLD.new()
    existing.mkdir()
    for words, status in ((("north-999", WORLD.new()), 1), (("north", WORLD.new()), 2),
                          ((WORLD.notified, "--part", 99, WORLD.new()), 2),
                          ((WORLD.notified, "--paragraph", 9, WORLD.new()), 2),
                          ((WORLD.notified, "--part", "x", WORLD.new()), 2)):
        north.refused("disclose", *words, "--yes", status=status)
    north.run("disclose", WORLD.notified, existing, "--yes", status=1)


def test_nobody_can_pretend():
    """Each change is found by chiro, and those that stock tools can find by them."""
    folder, _ = disclosed(WORLD.notified, "--part", 2)
    number = int(WORLD.notified.split("-")[1])
    act = f"north/acts/{number:06d}"
    part = f"bodies/{WORLD.notified}/0002"
    changes = [
        (f"printf 'It comes from MY networks...' >{part}", True),
        (f"sed -i 's/^precedence .*/precedence routine/' {act}.act", True),
        (f"cp north/acts/000000.tlog-proof {act}.tlog-proof", True),
        (f"cp {part}.proof {part}; true", True),
        ("echo more >more", False),
        ("echo more >bodies/more", True),
        ("rm allowed_signers; ln -s /etc/passwd allowed_signers", True),
        ("mkfifo north/acts/fifo", True),
        (f"truncate -s 4G {act}.act", False),
        (f"truncate -s 4G {part}", False),
        (f"rm {act}.receipt-proof", True),
        ("sed -i 's/^later included/later not-shown/' bundle", False),
        (f"sed -i '/^receipt north {number} /d' bundle; rm {act}.receipt-proof", False),
        # An act that nobody checked, behind one that is named twice.
        ("sed -i 's/^acts south 0$/&\\n&/' bundle; cp south/acts/000000.act south/acts/000099.act",
         True),
        ("sed -i 2d north/checkpoint", True),
        ("sed -i 's/receipt-key [A-Za-z]/receipt-key B/' charter.txt", True),
        ("cp north/policy south/policy", False),
        ("echo lies >README.txt", False),
        ("printf 'a.head@south namespaces=\"chirograph-act\" %s\\n' "
         "\"$(sed -n 's/.*\\(ssh-ed25519 .*\\)/\\1/p' allowed_signers | head -n 1)\" "
         ">>allowed_signers", True),
    ]
    for change, stock in changes:
        copy = WORLD.new()
        shutil.copytree(folder, copy)
        subprocess.run(["sh", "-c", change], cwd=copy, check=True)
        # What only its maker says of it anybody may say: it is shown as said, not as proved.
        said = "later included" in change or "^receipt" in change
        WORLD.offline.run("verify", copy, status=0 if said else 1)
        if stock:
            stock_tools(copy, status=1)
        shutil.rmtree(copy)


TESTS = [test_one_paragraph, test_the_other_side_discloses, test_span_closes_what_it_can,
         test_whole_logs, test_without_later_it_is_said, test_bare_corrections,
         test_from_a_record, test_several_acts, test_it_asks, test_it_is_refused,
         test_nobody_can_pretend]

try:
    WORLD.open()
    tap(TESTS)
finally:
    WORLD.remove()
