#!/usr/bin/env python3
"""Two nodes and what the rules say of lists, as people see it: a sealed swap in which one does
not open, a question to a match-only list that nobody answers, a version that is renewed, and
what is refused. Clocks are of seconds.

    test_list_rules.py <chiro>
"""
import base64
import sys

from api_node import Node, run, wait_until
from cli import tap
from sealed_body import PARAGRAPH, seal
from sides import World

CLOCKS = """\
clock list-changes 4s
clock full-list 6s
clock request 4s
query-budget-day 3
query-budget-list 5
list-pairs 5000
"""
# The generator of ristretto255 (RFC 9496, appendix A.1) and its double: elements.
ELEMENT = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
DOUBLE = bytes.fromhex("6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919")
ROOT = base64.b64encode(bytes(range(32))).decode()

world = World()
north, south = world.north, world.south


def encoded(*pieces):
    return base64.b64encode(b"".join(pieces)).decode()


def commitment(pairs=4096, key=ELEMENT, lengths="-"):
    return f"{encoded(key)} {pairs} {ROOT} {lengths}"


class Pen(Node):
    """Writes acts whose body chiro makes of lists only, for a side."""

    def __init__(self, side):  # pylint: disable=super-init-not-called
        self.party, self.head, self.key = side.party, side.head, side.key()
        self.socket = side.home / "api.sock"
        self.channel = side.cli.json("status")["channels"][0]["channel"]

    def sign(self, namespace, text):
        return run("ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f", str(self.key),
                   data=text.encode()).decode()

    def body(self):
        parties = self.request("GET", self.of_channel())[1]["parties"].values()
        blob, line = seal([("1", PARAGRAPH, "en", "authentic", b"See the list.")],
                          [party["reading_key"] for party in parties])
        self.upload(blob)
        return line

    def answer_to(self, kind, *lines, body=True):
        lines += (self.body(),) if body else ()
        return self.submit(self.act(kind, *lines))

    def say(self, kind, *lines, body=True):
        status, answer = self.answer_to(kind, *lines, body=body)
        assert status == 201, answer
        return answer["name"]

    def refused(self, reason, kind, *lines, body=True):
        status, answer = self.answer_to(kind, *lines, body=body)
        assert status == 409 and answer["error"]["reason"] == reason, answer


def named(side, act):
    return f"{act} {side.shown(act)['leaf']}"


def match_only(side):
    return side.pen.say("list", "matter new", "mode match-only", "epoch 1",
                        f"ipv4 {commitment(64, DOUBLE, '16,19-24')}", f"domain {commitment()}")


def commit(name):
    return f"commitment {encoded(name.ljust(32, b'.'))}"


def swap(side, name, *answers):
    return side.pen.say("list", "matter new", *answers, "mode swap", "epoch 1", commit(name),
                        body=False)


def owed(side, act):
    """What the agenda says of an act: by whom, what, in which state."""
    items = side.cli.json("agenda")["channels"][0]["items"]
    return {(item["owed_by"], item["what"]): item["state"] for item in items
            if item["act"] == act}


def becomes(side, act, whom, what, state):
    wait_until(lambda: owed(side, act).get((whom, what)) == state,
               f"{whom} {what} {act} does not become {state}")


def state_of(side, act):
    matters = side.pen.request("GET", side.pen.of_channel("/matters"))[1]["matters"]
    return next(matter["state"] for matter in matters if matter["matter"] == act)


def refused(side, reason, *words):
    complaint = side.cli.refused("act", *words, "--yes")
    assert reason in complaint, complaint


def test_a_channel_opens():
    world.start()
    world.open(CLOCKS)
    for side in world.sides:
        side.pen = Pen(side)
    terms = north.cli.text("charter", "show")
    assert "of a list        5000" in terms, terms


def test_a_sealed_swap_that_one_does_not_open():
    ours = north.has(south.has(swap(north, b"ours")))
    assert state_of(south, ours) == "committed"
    assert ("south", "answer") in owed(south, ours), owed(south, ours)
    assert "list" in south.cli.json("show", ours)["legal_answers"]
    theirs = swap(south, b"theirs", f"answers {named(south, ours)}")
    north.has(theirs)
    for act in (ours, theirs):
        assert state_of(north, act) == "paired", act
        assert state_of(south, act) == "paired", act
    # What neither opens is on both agendas, and on record.
    for side in (north, south):
        for party in ("north", "south"):
            becomes(side, theirs, party, "reveal", "overdue")
    shown = north.cli.text("agenda")
    assert "opening of the list" in shown, shown
    # Neither gets out of it, and nothing else than what was committed to is opened.
    refused(north, "state of the matter", "retire-list", "--matter", ours)
    north.pen.refused("commitment", "reveal", f"matter {named(north, ours)}", "epoch 1")
    south.pen.refused("already-answered", "list", "matter new", f"answers {named(south, ours)}",
                      "mode swap", "epoch 1", commit(b"more"), body=False)


def test_a_commitment_is_nobody_elses():
    first = south.has(swap(north, b"copied"))
    south.pen.refused("commitment", "list", "matter new", f"answers {named(south, first)}",
                      "mode swap", "epoch 1", commit(b"copied"), body=False)
    south.act("reject", "--answers", first)
    becomes(south, first, "south", "answer", None)
    assert state_of(south, first) == "rejected"


def test_what_is_no_list_is_refused():
    lines = ("list", "matter new", "mode match-only", "epoch 1")
    north.pen.refused("list-pairs", *lines, f"asn {commitment(5001)}")
    north.pen.refused("field", *lines, f"asn {commitment(4096, bytes(31) + bytes([128]))}")
    north.pen.refused("field", *lines)
    north.pen.refused("field", "list", "matter new", "mode opened", "epoch 2")
    north.pen.refused("body", "list", "matter new", "mode opened", "epoch 1", body=False)
    north.pen.refused("body", "list", "matter new", "mode swap", "epoch 1", commit(b"bare"))


def test_a_question_is_put_on_record_and_certified():
    world.held = south.has(match_only(north))
    shown = south.cli.text("show", world.held)
    assert "64 pairs, of prefixes of 16,19-24 bits" in shown, shown
    assert "match-only" in south.cli.text("brief"), "the list is not held"
    words = ("query", "--matter", world.held, "--class", "domain", "--blinded")
    refused(south, "another version", *words, encoded(ELEMENT), "--epoch", "2")
    refused(south, "field", *words, encoded(b"\0" * 32), "--epoch", "1")
    refused(south, "field", *words, encoded(ELEMENT + b"\0"), "--epoch", "1")
    refused(south, "budget", *words, encoded(*[ELEMENT] * 4), "--epoch", "1")
    refused(north, "", *words, encoded(ELEMENT), "--epoch", "1")
    asked = world.asked = south.act(*words, encoded(ELEMENT, DOUBLE), "--epoch", "1")
    assert "2 evaluations" in south.cli.text("show", asked)
    north.has(asked)
    refused(south, "budget", *words, encoded(DOUBLE, ELEMENT), "--epoch", "1")
    # What needs a ground in the logs has none; an answer that is none is none.
    for reason, why in (("budget", "budget"), ("epoch", "another version"),
                        ("retired", "state of the matter")):
        refused(north, why, "reply", "--answers", asked, "--refused", reason)
    refused(north, "field", "reply", "--answers", asked, "--evaluated", encoded(b"\1" * 96))
    assert "chiro list reply" in north.cli.refused("act", "reply", "--answers", asked, "--yes",
                                                   status=2)
    becomes(south, asked, "north", "answer", "silent")
    becomes(north, asked, "north", "answer", "silent")
    assert south.has(north.act("comment", "--answers", asked, "--text",
                                world.write("text", "We look into it.\n")))
    page = south.cli.text("certify", "silence", asked, "--page", "--yes")
    assert "has not answered" in page and "'request'" in page, page
    for words in ([], ["--whole"]):
        folder = world.folder / f"silence{len(words)}"
        south.cli.run("certify", "silence", asked, folder, "--yes", *words)
        verdict = north.cli.text("verify", folder)
        assert "has not answered " + asked in verdict and "is intact" in verdict, verdict
    north.act("reply", "--answers", asked, "--refused", "lost")
    # It is a refusal, and on the agenda as one until the list is retired or asked again.
    becomes(south, asked, "north", "answer", "refused")


def test_a_version_is_renewed():
    list_act = world.held
    becomes(south, list_act, "north", "update", "overdue")
    becomes(south, list_act, "south", "acknowledge", "overdue")
    south.act("ack", "--answers", list_act)
    becomes(south, list_act, "south", "acknowledge", None)
    words = ("update-list", f"matter {named(north, list_act)}")
    domains = f"domain {commitment(4097, DOUBLE)}"
    north.pen.refused("epoch", *words, "mode match-only", "epoch 3", domains)
    north.pen.refused("field", *words, "mode opened", "epoch 2")
    changed = south.has(north.pen.say(*words, "mode match-only", "epoch 2", domains))
    assert state_of(south, list_act) == "updated"
    becomes(south, list_act, "north", "update", None)
    assert ("south", "acknowledge") in owed(south, changed)
    asked = ("query", "--matter", list_act, "--blinded", encoded(ELEMENT), "--class")
    refused(south, "another version", *asked, "domain", "--epoch", "1")
    refused(south, "field", *asked, "ipv4", "--epoch", "2")
    retired = south.has(north.act("retire-list", "--matter", list_act))
    assert state_of(south, list_act) == "retired"
    becomes(south, changed, "north", "update", None)
    becomes(south, world.asked, "north", "answer", None)
    assert ("south", "acknowledge") in owed(south, retired)
    refused(south, "state of the matter", *asked, "domain", "--epoch", "2")


def main():
    try:
        tap([test_a_channel_opens, test_a_sealed_swap_that_one_does_not_open,
             test_a_commitment_is_nobody_elses, test_what_is_no_list_is_refused,
             test_a_question_is_put_on_record_and_certified, test_a_version_is_renewed])
    finally:
        world.stop()


if __name__ == "__main__":
    main()
