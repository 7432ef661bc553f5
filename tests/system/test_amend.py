#!/usr/bin/env python3
"""Two real nodes change their charter: a head proposes, the other side's head reads what
would change and completes it, and from then on deadlines, signatures and quotas go by the
new text. What each sees of it, and what is refused.

    test_amend.py <chiro>
"""
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import datetime

from api_node import CHIROD, wait_until
from cli import Cli, tap
from neutral_server import Neutral
from sides import World

ANSWERS = "clock request 48h\nnotice 30d\n"
world = World()
north, south = world.sides
operator = Neutral("witness", "own.witness.example")
stranger = Cli(sys.argv[1], HOME="/nonexistent")


def version(side):
    shown = side.cli.text("charter", "show")
    return int(re.match(r"Charter (\d+) of this channel is in force", shown).group(1))


def amended(side, number):
    wait_until(lambda: version(side) == number, f"{side.party} has no charter {number}")


def amend(side, *words, **arguments):
    return side.cli.json("charter", "amend", *words, "--yes", **arguments)["name"]


def reply(side, act, *words, **arguments):
    side.has(act)
    return side.cli.json("reply", act, "amend", *words, "--yes", **arguments)["name"]


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def clock_of(side, act):
    """Seconds from the start of an act's clock for an answer to its deadline."""
    found = [each for each in side.shown(act)["obligations"] if each["what"] == "answer"]
    assert len(found) == 1 and found[0]["started"] is not None, found
    return moment(found[0]["deadline"]) - moment(found[0]["started"])


def request(side, *words, **arguments):
    text = world.write("text", "Which addresses were it?\n")
    return side.act("request", "--wants", "information", "--text", text, *words, **arguments)


def receipted(side, act):
    wait_until(lambda: side.shown(act)["receipted"], f"{act} is not receipted")
    return act


def the_charter_is_shown():
    operator.start()
    for side in world.sides:
        side.init()
        with (side.home / "chirod.conf").open("a") as conf:
            conf.write(f"neutral {operator.name} http://127.0.0.1:{operator.port}\n")
        side.start()
    world.open(ANSWERS)
    assert version(north) == 1
    assert "answer a request" in north.cli.text("charter", "show")
    text = north.cli.text("charter", "show", "--text")
    assert text.startswith("chirograph.charter/1\n") and "clock request 48h\n" in text
    assert north.cli.text("charter", "show", "--version", "1", "--text") == text
    assert "only 1 charter" in north.cli.refused("charter", "show", "--version", "2")
    world.before = receipted(north, request(north))


def what_cannot_be_changed_is_refused():
    text = north.cli.text("charter", "show", "--text")
    for old, new, said in (("\ndomain north.example\n", "\ndomain other.example\n", "a domain"),
                           ("\nrules 1\n", "\nrules 2\n", ""),
                           ("\nhead a.head ", "\nhead z.head ", "appoint")):
        assert old in text, (old, text)
        file = world.write("new", text.replace(old, new, 1))
        assert said in north.cli.refused("charter", "amend", file, "--yes"), north.cli.errors
    for words, said in ((("--set", "clock request=soon"), "clock request soon"),
                        (("--set", "clock nonsense=1h"), "no term"),
                        (("--set", "clock request"), "wants a term"),
                        ((), "--set"), (("--set", "clock request=48h"), "in force")):
        status = 2 if words in ((), ("--set", "clock request"), ("--set", "clock request=48h"),
                                ("--set", "clock nonsense=1h")) else 1
        assert said in north.cli.refused("charter", "amend", *words, "--yes", status=status), \
            (words, north.cli.errors)
    assert version(north) == 1


def a_head_proposes_and_sees_what_changes():
    shown = north.cli.on_terminal("charter", "amend", "--set", "clock request=1h", "--draft",
                                  world.folder / "draft")
    assert re.search(r"^ *\S*- clock request 48h", shown, re.MULTILINE), shown
    assert re.search(r"^ *\S*\+ clock request 1h", shown, re.MULTILINE), shown
    assert shown.count("clock") == 2 + shown.count("its clocks") and "charter 1" in shown, shown
    world.proposed = amend(north, "--set", "clock request=1h", "--text",
                         world.write("why", "Two days are too long.\n"))
    assert version(north) == 1
    shown = north.cli.text("charter", "show")
    assert f"{world.proposed} would amend it by charter 2" in shown, shown
    # A party has one open.
    assert "another amendment" in north.cli.refused("charter", "amend", "--set",
                                                    "clock request=2h", "--yes")


def the_other_side_reads_and_completes_it():
    south.has(world.proposed)
    shown = south.cli.text("show", world.proposed)
    assert "amend" in shown, shown
    assert world.proposed in south.cli.text("agenda") or world.proposed in south.cli.text("inbox")
    shown = south.cli.text("read", world.proposed)
    assert re.search(r"^ *- clock request 48h\n *\+ clock request 1h$", shown, re.MULTILINE), shown
    assert "Two days are too long." in shown
    south.cli.refused("act", "amend", "--answers", world.proposed, "--charter",
                      world.write("other", south.cli.text("charter", "show", "--text")), "--yes")
    assert "not the charter" in south.cli.errors, south.cli.errors
    world.agreed = reply(south, world.proposed)
    for side in world.sides:
        amended(side, 2)
    text = south.cli.text("charter", "show", "--text")
    assert "clock request 1h\n" in text and north.cli.text("charter", "show", "--text") == text
    assert "48h" in south.cli.text("charter", "show", "--version", "1", "--text")
    shown = north.cli.text("charter", "show")
    assert f"by {world.proposed} and {world.agreed}" in shown, shown
    assert "not in force any more" in north.cli.text("charter", "show", "--version", "1")


def deadlines_go_by_the_charter_of_their_act():
    assert clock_of(north, world.before) == clock_of(south, world.before) == 48 * 3600
    after = receipted(south, request(south))
    assert clock_of(south, after) == clock_of(north, after) == 3600
    assert north.shown(after)["charter"] == 2 and north.shown(world.before)["charter"] == 1


def both_see_it_in_show_and_log():
    for side in world.sides:
        shown = side.cli.text("show", world.proposed)
        assert "charter 2, completed by both sides" in shown, shown
        assert "charter 2, completed by both sides" in side.cli.text("log", "--all")


def each_side_proposes_and_the_first_stands():
    south.stop()
    theirs = amend(north, "--set", "clock request=3h")
    south.start()
    south.has(theirs)
    ours = amend(south, "--set", "clock request=4h")
    north.has(ours)
    assert "another amendment" in north.cli.refused("reply", ours, "amend", "--yes") or \
        "cannot be answered" in north.cli.errors, north.cli.errors
    assert "waits" in north.cli.text("show", ours)
    # North gives way, and completes the other one once south has receipted that.
    gone = north.act("retract", "--target", theirs)
    receipted(north, gone)
    wait_until(lambda: "amend" in north.shown(ours)["legal_answers"], "it cannot be completed")
    reply(north, ours)
    for side in world.sides:
        amended(side, 3)
        assert "clock request 4h\n" in side.cli.text("charter", "show", "--text")


def two_signatures_are_asked_for_from_then_on():
    key = south.new_key("b.deputy")
    south.act("accredit", "--delegate", "b.deputy", "--role", "deputy", "--new-key", f"{key}.pub")
    opened = amend(south, "--set", "two-signatures=request")
    reply(north, opened)
    amended(south, 4)
    text = world.write("text", "Which were it?\n")
    assert "two signatures" in south.cli.refused("act", "request", "--wants", "information",
                                                 "--text", text, "--yes"), south.cli.errors
    request(south, "--cosigner", "b.deputy", "--cosigner-key", key)


def neutrals(side):
    return side.cli.json("status")["channels"][0]["neutrals"]


def is_cosigned(side):
    channel = side.cli.json("status")["channels"][0]
    neutral = channel["neutrals"][0]
    return neutral["own_cosigned"] == channel["own_size"] == channel["own_cosigned"] and \
        neutral["their_cosigned"] == channel["their_size"]


def all_is_cosigned():
    for side in world.sides:
        wait_until(lambda s=side: is_cosigned(s), "the witness is not asked")


def a_witness_that_is_named_is_asked_from_then_on():
    assert neutrals(north) == []
    opened = amend(north, "--set", f"witness={operator.vkey}", "--set", "quorum=1")
    assert neutrals(south) == []
    reply(south, opened)
    amended(north, 5)
    keys = north.cli.text("keys", "--vkey").splitlines()
    operator.configure([f"log {key}" for key in keys])
    operator.restart()
    for side in world.sides:
        assert [each["name"] for each in neutrals(side)] == [operator.name]
    north.act("comment", "--text", world.write("text", "Who has seen this?\n"))
    all_is_cosigned()


def a_text_that_is_lost_is_given_again():
    shown = south.cli.text("charter", "give", world.proposed)
    assert "has the text" in shown, shown
    assert "no charter" in south.cli.refused("charter", "give", request_without_charter())


def request_without_charter():
    return south.has(north.act("comment", "--text", world.write("text", "Hello\n")))


def stock(folder):
    """What verify.sh says, and whether all is right."""
    done = subprocess.run(["sh", folder / "verify.sh"], capture_output=True, text=True, check=False)
    return done.stdout, done.returncode == 0


def the_record_has_every_charter():
    folder = world.record = world.folder / "record"
    all_is_cosigned()
    south.cli.run("export", folder)
    for number in (2, 3, 4, 5):
        assert (folder / f"charter.{number}.txt").read_text() == \
            north.cli.text("charter", "show", "--version", number, "--text")
    assert not (folder / "charter.6.txt").exists()
    shown = stranger.text("verify", folder)
    assert "charter 5 is in force, by north-" in shown, shown
    assert stranger.json("verify", folder)["charter"] == 5
    said, right = stock(folder)
    assert right, said
    for number in (2, 3, 4, 5):
        assert f"charter.{number}.txt: in force by " in said, said
    assert "charter.5.txt is in force" in (folder / "README.txt").read_text()


def a_witness_of_the_charter_in_force_counts_in_the_record():
    for party in ("north", "south"):
        assert operator.vkey in (world.record / party / "policy").read_text()
        assert operator.name in (world.record / party / "checkpoint").read_text()
    assert not [gap for gap in stranger.json("verify", world.record)["not_checked"]
                if gap["what"] == "witnesses"]


def a_mirror_learns_the_charters_from_a_copy():
    folder = world.folder / "mirror"
    (folder / "home").mkdir(parents=True)
    folder.chmod(0o711)
    conf = (south.home / "chirod.conf").read_text().replace(str(south.home), str(folder / "home"))
    (folder / "chirod.conf").write_text(conf)
    copy = folder / "copy"
    copy.write_bytes(south.cli.run("pack", "--copy"))
    if os.geteuid() == 0:
        (folder / "home").chmod(0o711)
    mirror = Cli(sys.argv[1], HOME=str(folder), CHIRO_SOCKET=str(folder / "home/api.sock"))
    with subprocess.Popen([CHIROD, "mirror", "-f", str(folder / "chirod.conf")],
                          stdout=subprocess.DEVNULL) as process:
        try:
            wait_until((folder / "home/api.sock").exists, "the mirror does not start")
            wait_until(lambda: subprocess.run([sys.argv[1], "status"], env=mirror.environment,
                                              capture_output=True, check=False).returncode == 0,
                       "the mirror does not answer")
            mirror.run("take", copy)
            for number in range(1, 6):
                assert mirror.text("charter", "show", "--version", number, "--text") == \
                    south.cli.text("charter", "show", "--version", number, "--text")
            mirror.run("export", folder / "record")
            assert stranger.json("verify", folder / "record")["charter"] == 5
        finally:
            process.send_signal(signal.SIGTERM)


def damage_is_found(change, file, *said):
    """By chiro, in that file, and by the stock tools."""
    folder = world.folder / "damaged"
    shutil.copytree(world.record, folder)
    change(folder)
    report = stranger.json("verify", folder, status=1)
    assert not report["intact"] and report["damage"]["file"] == file, report
    text, right = stock(folder)
    assert not right, text
    for each in said:
        assert each in text, text
    shutil.rmtree(folder)


def a_charter_that_was_changed_is_found():
    def edit(name, old, new):
        def change(folder):
            text = (folder / name).read_text()
            assert old in text
            (folder / name).write_text(text.replace(old, new, 1))
        return change

    damage_is_found(edit("charter.2.txt", "clock request 1h", "clock request 2h"),
                    "charter.2.txt", "charter.2.txt was not put in force")
    damage_is_found(edit("charter.4.txt", "two-signatures request", "two-signatures accept"),
                    "charter.4.txt", "charter.4.txt was not put in force")
    damage_is_found(lambda folder: (folder / "charter.3.txt").unlink(), "charter.3.txt",
                    "a charter before another is missing")
    damage_is_found(lambda folder: shutil.copy(folder / "charter.2.txt", folder / "charter.6.txt"),
                    "charter.6.txt", "charter.6.txt was not put in force")

    def swapped(folder):
        (folder / "charter.2.txt").rename(folder / "x")
        (folder / "charter.3.txt").rename(folder / "charter.2.txt")
        (folder / "x").rename(folder / "charter.3.txt")
    damage_is_found(swapped, "charter.2.txt", "charter.2.txt was not put in force")


try:
    tap([the_charter_is_shown, what_cannot_be_changed_is_refused,
         a_head_proposes_and_sees_what_changes, the_other_side_reads_and_completes_it,
         deadlines_go_by_the_charter_of_their_act, both_see_it_in_show_and_log,
         each_side_proposes_and_the_first_stands, two_signatures_are_asked_for_from_then_on,
         a_witness_that_is_named_is_asked_from_then_on, a_text_that_is_lost_is_given_again,
         the_record_has_every_charter, a_witness_of_the_charter_in_force_counts_in_the_record,
         a_mirror_learns_the_charters_from_a_copy, a_charter_that_was_changed_is_found])
finally:
    world.stop()
    operator.remove()
    shutil.rmtree(world.folder, ignore_errors=True)
