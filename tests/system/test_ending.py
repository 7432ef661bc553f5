#!/usr/bin/env python3
"""How a channel ends, for people: suspended, talks broken off, withdrawn from, closed, the
cable pulled; and the channel that succeeds it. Two real nodes.

    test_ending.py <chiro>
"""
import shutil
import sys
import time

from api_node import wait_until
from cli import Cli, tap
from sides import World

NOTICE = 3
ANSWERS = f"notice {NOTICE}s\n"
world = World()
north, south = world.sides
CARDS = ("--own", world.folder / "1.north.card", "--other", world.folder / "1.south.card")
channels = []
acts = {}


def said(side, *words):
    """What is said on standard error before an act is signed."""
    name = side.act(*words)
    return name, " ".join(side.cli.errors.split())


def text():
    return world.write("text", "We propose.\n")


def in_channel(side, number, *words):
    return side.cli.run(*words, "--channel", channels[number]).decode()


def state(side, number):
    return side.state(channels[number])


def suspension_is_explained():
    world.start()
    channels.append(world.open(ANSWERS))
    offer = south.act("propose", "--text", text(), "--expires", "+1d")
    acts["offer"] = north.has(offer)
    name, words = said(north, "suspend", "--reason", "storm")
    assert "neither side opens new matters" in words and "clocks run" in words, words
    south.has(name)
    assert state(south, 0) == "suspended"
    assert "chiro act resume" in " ".join(south.cli.text("status").split())
    south.cli.run("act", "propose", "--text", text(), "--expires", "+1d", "--yes", status=1)
    assert "see 'chiro status'" in south.cli.errors
    name, words = said(north, "resume")
    assert "ends our suspension" in words, words
    south.has(name)
    assert state(south, 0) == "in-force"


def breaking_off_the_talks_lists_what_lapses():
    name, words = said(north, "withdraw", "--from", "talks")
    assert "Notice is 3 s" in words and "UTC" not in words, words
    assert "Offers that lapse" in words and acts["offer"] in words, words
    assert "nobody offers or accepts" in words and "cannot be taken back" in words, words
    south.has(name)
    assert "talks end" in south.cli.text("status")
    time.sleep(NOTICE + 0.2)
    assert "talks over" in south.cli.text("status")
    assert state(south, 0) == "in-force"
    lapsed = south.cli.json("log", "--matters")["matters"]
    assert {each["matter"]: each["state"] for each in lapsed}[acts["offer"]] == "lapsed"
    north.cli.run("reply", acts["offer"], "accept", "--yes", status=1)
    acts["late"] = south.has(north.act("comment", "--text", text()))


def withdrawal_takes_effect_after_its_notice():
    north.cli.run("act", "close", "--yes", status=1)
    name, words = said(north, "withdraw", "--from", "channel")
    assert "each side can close" in words, words
    south.has(name)
    assert state(south, 0) == "in-force"
    south.cli.run("act", "close", "--yes", status=1)
    wait_until(lambda: state(south, 0) == "withdrawn", "not withdrawn")
    shown = " ".join(south.cli.text("status").split())
    assert "each side can close: chiro act close" in shown and "ended" in shown, shown


def one_side_closes_and_then_the_other():
    name, words = said(north, "close")
    assert "last entry of our log" in words and "--succeeds" in words, words
    south.has(name)
    assert state(south, 0) == "closed-by-one"
    assert "whoever has not closed" in " ".join(south.cli.text("status").split())
    north.cli.run("act", "comment", "--text", text(), "--yes", status=1)
    south.cli.run("reply", acts["late"], "ack", "--yes")
    north.has(south.act("close"))
    for side in world.sides:
        wait_until(lambda s=side: state(s, 0) == "closed", "not closed")
        assert "nothing more is said here" in " ".join(side.cli.text("status").split())
        record = world.folder / f"closed-{side.party}"
        side.cli.run("export", record)
        assert Cli(sys.argv[1], HOME="/nonexistent").json("verify", record)["state"] == "closed"


def another_channel_succeeds_it():
    first = channels[0]
    north.cli.run("charter", "build", "--answers", world.write("a", "chirograph.answers/1\n"),
                  "--output", "-", *CARDS)
    assert "--succeeds" in north.cli.errors and first[:20] in north.cli.errors
    north.cli.run("charter", "build", "--answers", world.write("b", "chirograph.answers/1\n"),
                  "--output", "-", "--succeeds", "zzzz", *CARDS, status=2)
    channels.append(world.open(ANSWERS, "--succeeds", first[:12]))
    for side in world.sides:
        status = {each["channel"]: each for each in side.cli.json("status")["channels"]}
        assert status[channels[1]]["succeeds"] == first
        assert status[first]["succeeded_by"] == channels[1]
        shown = " ".join(side.cli.text("status").split())
        assert f"succeeds {first[:20]}" in shown and "succeeded by" in shown
        assert "succeeds" in in_channel(side, 1, "log")
        assert "succeeded by" in in_channel(side, 0, "log")
    charter = world.folder / "2.charter"
    assert f"\nsucceeds {first}\n" in charter.read_text()
    assert f"Succeeds channel {first[:20]}" in north.cli.text("charter", "show", charter)


def what_was_open_is_taken_up_by_reference():
    first, second = channels
    reference = f"{first[:16]}:{acts['offer']}"
    name = in_channel(north, 1, "act", "comment", "--text", text(), "--refers", reference,
                      "--yes").split()[0]
    in_channel(south, 1, "wait", name, "--timeout", "20s")
    shown = in_channel(south, 1, "read", name)
    assert "earlier-act" in shown and first in shown.replace("\n", "").replace(" ", ""), shown
    assert "is the one that is meant" in " ".join(south.cli.errors.split()), south.cli.errors
    north.cli.run("act", "comment", "--text", text(), "--refers", f"{first[:16]}:north-999",
                  "--channel", second, "--yes", status=1)
    north.cli.run("act", "comment", "--text", text(), "--refers", "zzz:north-1", "--channel",
                  second, "--yes", status=1)
    forged = in_channel(north, 1, "act", "comment", "--text", text(), "--detail",
                        f"earlier-act={first} {acts['offer']} {'A' * 43}=", "--yes").split()[0]
    in_channel(south, 1, "wait", forged, "--timeout", "20s")
    in_channel(south, 1, "read", forged)
    assert "ANOTHER" in south.cli.errors


def both_records_name_the_succession():
    record = world.folder / "second"
    in_channel(north, 1, "export", str(record))
    assert f"succeeds {channels[0]}" in (record / "README.txt").read_text()
    verify = Cli(sys.argv[1], HOME="/nonexistent")
    assert verify.json("verify", record)["intact"]
    assert verify.json("verify", world.folder / "closed-north")["intact"]


def a_pulled_cable_leaves_one_side_free():
    second = channels[1]
    south.stop()
    said_last = in_channel(north, 1, "act", "comment", "--text", text(), "--yes").split()[0]
    in_channel(north, 1, "act", "withdraw", "--from", "channel", "--yes")
    wait_until(lambda: state(north, 1) == "withdrawn", "not withdrawn")
    in_channel(north, 1, "act", "close", "--yes")
    assert state(north, 1) == "closed-by-one"
    record = world.folder / "alone"
    in_channel(north, 1, "export", str(record))
    answer = Cli(sys.argv[1], HOME="/nonexistent").json("verify", record)
    assert answer["intact"] and answer["state"] == "closed-by-one"
    assert any(gap["what"] == "not-countersigned" for gap in answer["not_checked"])
    assert said_last and second
    # It comes back, and finds how the channel ended; a third succeeds what died.
    south.start()
    wait_until(lambda: state(south, 1) == "closed-by-one", "south does not learn of it")
    channels.append(world.open(ANSWERS, "--succeeds", second))
    assert state(south, 2) == "in-force"


def a_channel_whose_node_is_lost_is_succeeded_by_its_whole_id():
    unknown = "a" * 52
    north.cli.run("charter", "build", "--answers", world.write("c", "chirograph.answers/1\n"),
                  "--output", world.folder / "unknown.charter", "--succeeds", unknown, *CARDS)
    assert "not at this node" in " ".join(north.cli.errors.split())
    assert f"\nsucceeds {unknown}\n" in (world.folder / "unknown.charter").read_text()


try:
    tap([suspension_is_explained, breaking_off_the_talks_lists_what_lapses,
         withdrawal_takes_effect_after_its_notice, one_side_closes_and_then_the_other,
         another_channel_succeeds_it, what_was_open_is_taken_up_by_reference,
         both_records_name_the_succession, a_pulled_cable_leaves_one_side_free,
         a_channel_whose_node_is_lost_is_succeeded_by_its_whole_id])
finally:
    world.stop()
    shutil.rmtree(world.folder, ignore_errors=True)
