#!/usr/bin/env python3
"""What a match-only list says, shown to others; and every lie of its owner, found by who asks
and shown to others, or not: doc/PROTOCOL.match, "What a lying owner can do". The owner is a node
that lies (lying_evaluator.c), and lists that are made wrong without any code of ours.

    test_list_proofs.py <chiro> <lying chirod>
"""
import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import lists
from api_node import Node, open_channel, wait_until
from cli import Cli, assert_fits, tap

LYING = sys.argv[2]
NAMES = {"pump.example": lists.label("off-limits", 1, 3, 1),
         "grid.example": lists.label("notify-first", 2, 4, 2),
         "clinic.example": lists.label("assist-priority", 3, 0, 0),
         "dam.example": lists.label("off-limits", 1, 1, 1)}
PREFIXES = {"198.51.100.0/24": lists.label("off-limits", 1, 3, 1),
            "203.0.0.0/16": lists.label("notify-first", 2, 4, 2)}


class Owner(Node):
    lie = ""

    def start(self):
        self.process = subprocess.Popen([LYING, "-f", str(self.folder / "chirod.conf")],
                                        stdout=subprocess.DEVNULL,
                                        env={**os.environ, "CHIRO_LIE": self.lie})
        wait_until(self.answers, f"{self.party} does not start")

    def lies(self, how):
        self.stop()
        self.lie = how
        self.start()


class World:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.north, self.south = Owner("north", "a.head"), Node("south", "b.head")
        self.cli = {node.party: Cli(sys.argv[1], CHIRO_SOCKET=str(node.socket),
                                    HOME=str(self.folder / node.party), CHIRO_AUTHOR=node.head,
                                    CHIRO_KEY=str(node.folder / "head"))
                    for node in (self.north, self.south)}
        self.recipients, self.pairs, self.lists, self.count = [], {}, {}, 0

    def start(self):
        for node in (self.north, self.south):
            (self.folder / node.party).mkdir()
            node.start()
        open_channel((self.north, self.south))
        self.recipients = [self.reading_key(node) for node in (self.north, self.south)]

    def reading_key(self, node):
        """The node's, to which bodies are sealed."""
        keys = node.request("GET", node.of_channel("/reading-keys"))[1]["keys"]
        return next(key["recipient"] for key in keys if key["party"] == node.party)

    def publish(self, name, classes, part_of=None, kind="list", lines=(), epoch=1):
        """A list or version with these classes; `part_of` says what stands in the body instead
        of what is committed to."""
        pairs = {class_name: lists.Pairs(self.north, class_name, entries, lengths)
                 for class_name, entries, lengths in classes}
        parts = [lists.contacts("soc@grid.example, day and night", "duty officer", scheme="US-16")]
        for made in pairs.values():
            part = part_of(made) if part_of else made.part()
            parts += [part] if part else []
        self.pairs[name] = pairs
        act = lists.publish(self.north, self.recipients, kind,
                            [*lines, "mode match-only", f"epoch {epoch}",
                             *(made.commitment() for made in pairs.values())], parts)
        self.has(act)
        return act

    def list(self, name, classes, part_of=None):
        self.lists[name] = self.publish(name, classes, part_of)
        return self.lists[name]

    def has(self, act, at="south"):
        self.cli[at].run("wait", act, "--timeout", "20s")

    def check(self, name, *words, status):
        """What check says in JSON."""
        return self.cli["south"].json("list", "check", self.lists[name], *words, "--yes",
                                      status=status)

    def new(self):
        self.count += 1
        return self.folder / f"bundle{self.count}"

    def link(self):
        wait_until(lambda: self.south.request("GET", "/v1/status")[1]["channels"][0]["link"]
                   ["state"] == "up", "the line does not come up")

    def remove(self):
        self.north.remove()
        self.south.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


world = World()


def script(bundle):
    done = subprocess.run([sys.executable, "-B", str(bundle / "verify-match.py")], check=False,
                          capture_output=True, text=True)
    return done.returncode, done.stdout


def assert_shown(bundle, shows, *absent):
    """By this program, by the script beside it, by stock tools."""
    bundle = Path(bundle)
    verified = world.cli["south"].json("verify", bundle)
    assert verified["intact"] and verified["match"]["shows"] == shows, verified
    status, said = script(bundle)
    assert status == 0 and said.startswith("SHOWN: "), said
    subprocess.run(["sh", bundle / "verify.sh"], check=True, capture_output=True)
    everything = b"".join(path.read_bytes() for path in bundle.rglob("*") if path.is_file())
    for word in absent:
        assert word.encode() not in everything, word
    for width in (60, 80):
        assert_fits(world.cli["south"].text("verify", bundle, COLUMNS=str(width)), width)
    return verified["match"]


def open_it():
    world.start()
    world.list("honest", [("ipv4", PREFIXES, "16,24"), ("domain", NAMES, "-")])
    world.link()


# --- hits -------------------------------------------------------------------------------------

def an_honest_answer_tells_the_label():
    found = world.check("honest", "www.pump.example", status=0)
    assert [hit["by"] for hit in found["hits"]] == ["pump.example"], found
    hit = found["hits"][0]
    assert hit["protection"] == "off-limits" and hit["contact"].startswith("soc@"), hit
    assert found["evaluations"] == 2 and found["evidence"] is None, found
    assert world.check("honest", "well.example", status=1)["not_on_the_list"] == 1
    found = world.check("honest", "198.51.100.7", "203.0.113.9", "192.0.2.1", status=0)
    assert {hit["by"] for hit in found["hits"]} == set(PREFIXES), found
    assert found["evaluations"] == 6


def nothing_is_asked_twice():
    found = world.check("honest", "www.pump.example", "198.51.100.200", status=0)
    assert found["evaluations"] == 0 and found["found"] == 2, found


def a_hit_is_shown_to_others():
    bundle = world.new()
    words = ("list", "prove", world.lists["honest"], "www.pump.example", "--output", bundle)
    # Where nobody can be asked, nothing is written.
    world.cli["south"].run(*words, status=2)
    assert not bundle.exists()
    world.cli["south"].run(*words, "--yes")
    match = assert_shown(bundle, "hit", "soc@grid.example", "grid.example")
    assert match["identifier"] == "pump.example" and match["contact"] is None, match
    assert match["contact_number"] == 1 and match["protection"] == "off-limits"
    shown = world.cli["south"].text("verify", bundle)
    assert "ON THE LIST" in shown and "OFF LIMITS" in shown, shown
    with_contacts = world.new()
    world.cli["south"].run("list", "prove", world.lists["honest"], "198.51.100.7", "--output",
                           with_contacts, "--contacts", "--yes")
    assert assert_shown(with_contacts, "hit")["contact"].startswith("soc@grid.example")


def what_is_no_hit_is_not_shown():
    south, bundle = world.cli["south"], world.new()
    honest = world.lists["honest"]
    assert "not shown to others" in south.refused("list", "prove", honest, "well.example",
                                                  "--output", bundle, "--yes")
    assert "was not asked" in south.refused("list", "prove", honest, "never.example", "--output",
                                            bundle, "--yes")
    assert not bundle.exists()


def a_forged_hit_is_refused():
    bundle = world.new()
    world.cli["south"].run("list", "prove", world.lists["honest"], "pump.example", "--output",
                           bundle, "--yes")
    changes = [("match.txt", rb"identifier pump\.example", b"identifier dam.example"),
               ("match.txt", rb"blind .", b"blind B"), ("match.txt", rb"proof .", b"proof B"),
               ("match.txt", rb"evaluated ..", b"evaluated AA"),
               ("match.txt", rb"pair ....", b"pair AAAA"), ("match.txt", rb"index \d+", b"index 63"),
               ("match.txt", rb"path ....", b"path AAAA"), ("match.txt", rb"epoch 1", b"epoch 2"),
               ("match.txt", rb"shows hit", b"shows label-unopenable")]
    for number, (name, old, new) in enumerate(changes):
        copy = world.folder / f"forged{number}"
        shutil.copytree(bundle, copy)
        content = (copy / name).read_bytes()
        changed = re.sub(old, new, content, count=1)
        if changed == content:
            changed = re.sub(old, new[:-1] + b"C", content, count=1)
        (copy / name).write_bytes(changed)
        status, said = script(copy)
        assert status == 1 and said.startswith("NOT SHOWN: "), (new, said)
        world.cli["south"].run("verify", copy, status=1)


# --- lies of the node ---------------------------------------------------------------------------

def lies_of(how, shows, *words):
    """What is asked of an owner that lies so; the evidence shows it, and nothing of what was
    asked."""
    world.north.lies(how)
    world.link()
    found = world.check("honest", *words, status=3)
    assert found["not_answered"] == len(words) and found["evidence"], (found, world.cli["south"].errors)
    assert_shown(found["evidence"], shows, *words)
    text = world.cli["south"].run("list", "check", world.lists["honest"], *words, "--yes", status=3)
    for word in words:
        assert b"HIT " + word.encode() not in text
    return found


def a_wrong_evaluation_is_found_and_shown():
    found = lies_of("evaluation", "wrong-evaluation", "dam.example", "reservoir.example")
    assert "WRONG" in found["failure"]
    shown = world.cli["south"].text("verify", found["evidence"])
    assert "A WRONG EVALUATION" in shown, shown


def so_is_a_wrong_key():
    lies_of("key", "wrong-evaluation", "sluice.example")


def so_is_a_refusal_within_the_budget():
    found = lies_of("refusal", "refused-within-budget", "weir.example")
    assert "REFUSED" in found["failure"], found
    verified = world.cli["south"].text("verify", found["evidence"])
    # The day is not over: what was asked on record by then may stand in entries to come.
    assert "REFUSED BY THE BUDGET" in verified and "They end before" in verified, verified
    assert world.cli["south"].json("verify", found["evidence"])["match"]["complete"] is False


def a_refusal_is_put_on_record_and_finished():
    south, north = world.cli["south"], world.cli["north"]
    world.north.lies("")
    world.link()
    query = south.json("list", "check", world.lists["honest"], "clinic.example", "--on-record",
                       "--yes")["name"]
    assert "not answered yet" in south.run("list", "check", "--finish", query, status=3).decode() + \
        south.errors
    world.has(query, "north")
    # Nobody else can read the reply, and nobody of the owner's what is asked.
    assert "clinic" not in north.text("show", query)
    # As any answer is made, too.
    reply = north.json("reply", query, "reply", "--yes")["name"]
    world.has(reply)
    found = south.json("list", "check", "--finish", query, "--yes")
    assert [hit["protection"] for hit in found["hits"]] == ["assist-priority"], found
    # It is known from then on, as what was answered by a frame.
    assert world.check("honest", "clinic.example", status=0)["evaluations"] == 0
    bundle = world.new()
    south.run("list", "prove", world.lists["honest"], "clinic.example", "--output", bundle, "--yes")
    assert_shown(bundle, "hit")
    assert "was finished already" in south.run("list", "check", "--finish", query,
                                               status=3).decode() + south.errors


def a_wrong_reply_is_shown_by_the_acts():
    south = world.cli["south"]
    query = south.json("list", "check", world.lists["honest"], "basin.example", "--on-record",
                       "--yes")["name"]
    world.has(query, "north")
    text = south.json("show", query)["text"]
    blinded = base64.b64decode(re.search("^blinded (.*)$", text, re.MULTILINE).group(1))
    suite = lists.vm.Suite(1)
    pair = lists.vm.decode(blinded), lists.vm.multiply(5, lists.vm.decode(blinded))
    evaluated = lists.vm.encode(pair[1]) + suite.prove(5, [pair], 77)
    leaf = world.north.request("GET", world.north.of_channel(f"/acts/{query}"))[1]["leaf"]
    matter = re.search("^matter (.*)$", text, re.MULTILINE).group(1)
    status, answer = world.north.submit(world.north.act(
        "reply", f"matter {matter}", f"answers {query} {leaf}",
        f"evaluated {lists.encode(evaluated)}"))
    assert status == 201, answer
    world.has(answer["name"])
    found = south.json("list", "check", "--finish", query, "--yes", status=3)
    assert "WRONG" in found["failure"], found
    assert_shown(found["evidence"], "wrong-evaluation", "basin.example")
    # The script does not take the reply for one to another query.
    forged = world.new()
    shutil.copytree(found["evidence"], forged)
    acts = forged / "south/acts"
    asked = re.search("^query south ([0-9]+)$", (forged / "match.txt").read_text(), re.MULTILINE)
    for suffix in ("act", "sig"):
        content = (acts / f"{int(asked.group(1)):06d}.{suffix}").read_text()
        (acts / f"099999.{suffix}").write_text(re.sub(
            "(?m)^blinded .*$", f"blinded {lists.encode(lists.vm.encode(pair[1]))}", content))
    said = (forged / "match.txt").read_text().replace(asked.group(0), "query south 99999")
    (forged / "match.txt").write_text(said)
    assert script(forged) == (1, "NOT SHOWN: the reply answers another query\n"), script(forged)


# --- lies of the list ----------------------------------------------------------------------------

def a_missing_tag_is_found_before_anything_is_asked():
    world.list("missing", [("domain", NAMES, "-")], lambda made: made.part(
        b"".join(made.sorted(without=["dam.example"]))))
    found = world.check("missing", "dam.example", status=3)
    assert found["evaluations"] == 0 and "WRONG" in found["failure"], found
    assert_shown(found["evidence"], "body-differs")


def so_are_pairs_in_another_order_and_none_at_all():
    world.list("order", [("domain", NAMES, "-")], lambda made: made.part(
        b"".join(made.sorted()[::-1])))
    assert_shown(world.check("order", "dam.example", status=3)["evidence"], "body-differs")
    world.list("none", [("ipv4", PREFIXES, "16,24"), ("domain", NAMES, "-")],
               lambda made: None if made.class_name == "domain" else made.part())
    assert_shown(world.check("none", "dam.example", status=3)["evidence"], "body-differs")


def a_swapped_label_is_found_with_its_hit():
    def swap(made):
        names = list(made.of)
        first, second = (made.of[name] for name in names[:2])
        made.of[names[0]] = first[:16] + second[16:]
        made.swapped = names[0]
        return made.part()
    # The owner commits to what it swapped: the body is as it should be.
    pairs = lists.Pairs(world.north, "domain", NAMES)
    swap(pairs)
    act = lists.publish(world.north, world.recipients, "list",
                        ["mode match-only", "epoch 1", pairs.commitment()],
                        [lists.contacts("nobody"), pairs.part()])
    world.has(act)
    world.lists["swapped"] = act
    found = world.check("swapped", "pump.example", "grid.example", status=3)
    assert {hit["by"]: hit["label"] for hit in found["hits"]} == {
        "pump.example": False, "grid.example": True}, found
    assert_shown(found["evidence"], "label-unopenable")


def wrong_content_under_the_right_key_is_the_owners_word():
    world.list("content", [("domain", {"pump.example": lists.label("assist-priority", 3, 0, 2)},
                            "-")])
    found = world.check("content", "pump.example", status=0)
    assert found["evidence"] is None and found["hits"][0]["protection"] == "assist-priority"


# --- versions --------------------------------------------------------------------------------------

def another_version_is_asked_anew():
    leaf = world.north.request("GET", world.north.of_channel(
        f"/acts/{world.lists['honest']}"))[1]["leaf"]
    names = {name: content for name, content in NAMES.items() if name != "pump.example"}
    world.publish("second", [("domain", names, "-")], kind="update-list",
                  lines=[f"matter {world.lists['honest']} {leaf}"], epoch=2)
    found = world.check("honest", "pump.example", status=1)
    assert found["epoch"] == 2 and found["evaluations"] == 1, found
    # What was a hit in the first is shown as one of the first.
    bundle = world.new()
    world.cli["south"].run("list", "prove", world.lists["honest"], "pump.example", "--epoch", "1",
                           "--output", bundle, "--yes")
    assert assert_shown(bundle, "hit")["epoch"] == 1
    assert world.check("honest", "198.51.100.7", status=1)["evaluations"] == 0


def an_answer_that_counts_otherwise_is_found_and_shown():
    found = lies_of("count", "wrong-answer", "lock.example")
    assert "WRONG" in found["failure"], found


def close_it():
    world.remove()


tap([open_it, an_honest_answer_tells_the_label, nothing_is_asked_twice, a_hit_is_shown_to_others,
     what_is_no_hit_is_not_shown, a_forged_hit_is_refused, a_wrong_evaluation_is_found_and_shown,
     so_is_a_wrong_key, so_is_a_refusal_within_the_budget,
     a_refusal_is_put_on_record_and_finished,
     a_wrong_reply_is_shown_by_the_acts, a_missing_tag_is_found_before_anything_is_asked,
     so_are_pairs_in_another_order_and_none_at_all, a_swapped_label_is_found_with_its_hit,
     wrong_content_under_the_right_key_is_the_owners_word, another_version_is_asked_anew,
     # The counts of the two are apart after it, until something was asked in vain.
     an_answer_that_counts_otherwise_is_found_and_shown, close_it])
