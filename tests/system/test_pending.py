#!/usr/bin/env python3
"""An act that needs two signatures waits with the node for the second: another person, with
another key, lists, reads, signs or refuses it. Two real nodes.

    test_pending.py <chiro>
"""
import re
import shutil
import sys
import time

from api_node import wait_until
from cli import Cli, tap
from sides import World

ANSWERS = """two-signatures withdraw propose
notice 2s
"""
world = World()
north, south = world.sides
SECRET = "The deputy must agree first"


def deputy(*words, status=0, **arguments):
    """What the deputy does: with a socket and a key, and nothing of the head's."""
    return cli.run(*words, status=status, **arguments).decode()


cli = Cli(sys.argv[1], HOME="/nonexistent", CHIRO_SOCKET=str(north.home / "api.sock"),
          CHIRO_AUTHOR="c.deputy", CHIRO_KEY=str(north.key("c.deputy")))


def waiting():
    return north.cli.json("pending")["pending"]


def hand_in(*words):
    return str(north.cli.json("act", *words, "--cosigner", "c.deputy", "--yes")["number"])


def propose(*words):
    text = world.write("text", f"{SECRET}.\n\nThen we propose.\n")
    return hand_in("propose", "--text", text, "--subject", "Weekly", "--expires", "+10d", *words)


def a_channel_asks_for_two_signatures():
    world.start()
    world.open(ANSWERS)
    key = north.new_key("c.deputy")
    north.act("accredit", "--delegate", "c.deputy", "--role", "deputy", "--new-key", f"{key}.pub")
    assert "--cosigner" in north.cli.refused("act", "withdraw", "--from", "talks", "--yes")
    assert north.cli.text("pending") == "Nothing waits for a second signature.\n"


def what_one_has_signed_waits_and_is_nothing_yet():
    before = north.cli.json("log", "--all")
    number = propose()
    found = waiting()
    assert [(each["number"], each["state"], each["cosigner"], each["reason"]) for each in found] \
        == [(int(number), "waiting", "c.deputy", None)], found
    assert north.cli.json("log", "--all") == before
    assert re.search(r"lapses +in (7 d|6 d 23 h)", cli.text("pending")), cli.text("pending")
    assert not [each for each in south.cli.json("log", "--all")["acts"]
                if each["kind"] == "propose"]


def the_second_reads_exactly_the_text_and_the_body():
    shown = deputy("pending", "show", "1")
    one = cli.json("pending", "show", "1")
    for line in one["text"].splitlines():
        assert line in shown, (line, shown)
    assert SECRET in shown and "Then we propose." in shown and "not-after " in shown
    assert "cosigner c.deputy" in one["text"]


def only_the_one_who_is_named_signs():
    assert "you are a.head" in north.cli.refused("pending", "sign", "1", "--yes")
    assert "nothing is signed" in cli.errors_of("pending", "sign", "1")
    deputy("pending", "sign", "1", "--yes", "--key", north.key(), status=1)
    deputy("pending", "sign", "2", "--yes", status=1)
    assert "number" in cli.refused("pending", "sign", "x", status=2)
    cli.refused("pending", "frown", "1", status=2)
    assert [each["state"] for each in waiting()] == ["waiting"]


def with_the_second_signature_it_is_logged():
    name = cli.json("pending", "sign", "1", "--yes")["name"]
    shown = south.shown(south.has(name))
    assert (shown["kind"], shown["author"], shown["cosigner"], shown["verdict"]) \
        == ("propose", "a.head", "c.deputy", "valid")
    assert SECRET in south.cli.text("read", name)
    assert waiting() == []
    # Numbers are not used again.
    assert propose() == "2"


def what_is_refused_is_given_back_with_the_reason():
    assert "--reason" in cli.refused("pending", "refuse", "2", status=2)
    blob = cli.json("pending", "show", "2")["body"]["sha256"]
    deputy("pending", "refuse", "2", "--reason", "not before Monday")
    found = waiting()[0]
    assert (found["state"], found["note"]) == ("refused", "not before Monday")
    assert "not before Monday" in north.cli.text("pending")
    deputy("pending", "sign", "2", "--yes", status=1)
    assert "does not wait" in cli.errors
    deputy("pending", "refuse", "2", "--reason", "again", status=1)
    assert blob and "Then we" not in deputy("pending", "show", "2")


def the_author_takes_it_back():
    north.cli.run("pending", "withdraw", "2")
    assert waiting() == []
    number = propose()
    north.cli.run("pending", "withdraw", number)
    deputy("pending", "sign", number, "--yes", status=1)
    assert "no act of this number" in cli.errors


def what_waits_lapses_with_its_not_after():
    number = propose("--not-after", "+2s")
    time.sleep(2.1)
    wait_until(lambda: waiting()[0]["state"] == "lapsed", "it does not lapse")
    assert waiting()[0]["reason"] == "not-after"
    assert "lapsed" in north.cli.text("pending")
    deputy("pending", "sign", number, "--yes", status=1)
    north.cli.run("pending", "withdraw", number)


def what_waits_lapses_when_the_other_side_was_faster():
    text = world.write("text", "An offer.\n")
    offer = south.act("comment", "--text", text)
    offer = north.has(offer)
    key = south.new_key("d.deputy")
    south.act("accredit", "--delegate", "d.deputy", "--role", "deputy", "--new-key", f"{key}.pub")
    offer = south.act("propose", "--text", text, "--expires", "+10d", "--cosigner", "d.deputy",
                      "--cosigner-key", key)
    north.has(offer)
    number = hand_in("reject", "--answers", offer)
    assert waiting()[0]["state"] == "waiting"
    retracted = south.act("retract", "--target", offer)
    north.has(retracted)
    found = waiting()[0]
    assert found["state"] == "lapsed" and found["reason_text"], found
    assert str(found["number"]) == number
    north.cli.run("pending", "withdraw", number)


def what_waits_survives_the_node_and_stays_here():
    number = propose()
    for side in (north, south):
        side.stop()
    for side in (north, south):
        side.start()
    assert [str(each["number"]) for each in waiting()] == [number]
    record = world.folder / "record"
    north.cli.run("export", record)
    everything = b"".join(path.read_bytes() for path in record.rglob("*") if path.is_file())
    found = cli.json("pending", "show", number)
    signature = re.sub(r"\s|-----[^-]+-----", "", found["armor"])[-60:-10]
    assert signature.encode() not in everything.replace(b"\n", b"")
    assert found["text"].encode() not in everything
    north.cli.run("pack", "south", "--output", world.folder / "packed", status=0)
    packed = world.folder / "packed"
    assert not packed.exists() or found["text"].encode() not in packed.read_bytes()
    deputy("pending", "sign", number, "--yes")
    assert waiting() == []


def a_withdrawal_by_two():
    number = hand_in("withdraw", "--from", "talks")
    assert "withdraw" in north.cli.text("pending")
    name = cli.json("pending", "sign", number, "--yes")["name"]
    assert south.shown(south.has(name))["verdict"] == "valid"


def no_more_wait_than_there_is_room_for():
    text = world.write("short", "Short.\n")
    for _ in range(64):
        hand_in("comment", "--text", text)
    assert len(waiting()) == 64
    assert "too many" in north.cli.refused("act", "comment", "--text", text, "--cosigner",
                                           "c.deputy", "--yes")
    north.cli.run("pending", "withdraw", str(waiting()[0]["number"]))
    hand_in("comment", "--text", text)


def errors_of(*words):
    deputy(*words, status=1)
    return cli.errors


cli.errors_of = errors_of

try:
    tap([a_channel_asks_for_two_signatures, what_one_has_signed_waits_and_is_nothing_yet,
         the_second_reads_exactly_the_text_and_the_body, only_the_one_who_is_named_signs,
         with_the_second_signature_it_is_logged, what_is_refused_is_given_back_with_the_reason,
         the_author_takes_it_back, what_waits_lapses_with_its_not_after,
         what_waits_lapses_when_the_other_side_was_faster,
         what_waits_survives_the_node_and_stays_here, a_withdrawal_by_two,
         no_more_wait_than_there_is_room_for])
finally:
    world.stop()
    shutil.rmtree(world.folder, ignore_errors=True)
