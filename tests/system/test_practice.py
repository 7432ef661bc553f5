#!/usr/bin/env python3
"""chiro practice: every lesson is done as it says, and the counterpart plays its part.

    test_practice.py <chiro>
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import cli  # noqa: E402

CHIRO = sys.argv[1]
PLACE = Path(tempfile.mkdtemp(prefix="practice", dir="/tmp"))
PLACE.chmod(0o755)
PRACTICE = PLACE / "p"
WAIT_SECONDS = 40
here = cli.Cli(CHIRO, CHIRO_HOME=str(PRACTICE / "you"), CHIRO_PRACTICE=str(PRACTICE))


def until(what, condition):
    """The counterpart looks every second."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"{what} has not happened; the counterpart said:\n"
                         + (PRACTICE / "counterpart.log").read_text())


def lesson():
    """The number of the open lesson and the act with which it was opened."""
    shown = here.text("practice")
    number = re.search(r"Lesson (\d+) of", shown)
    act = re.search(r"^    chiro (?:read|reply) (south-\d+)", shown, re.MULTILINE)
    return int(number.group(1)) if number else None, act.group(1) if act else None


def opened(number):
    return until(f"lesson {number}", lambda: lesson()[0] == number and lesson())[1]


def acts(kind, party="south"):
    log = here.json("log")
    return [act for act in log["acts"] if act["kind"] == kind and act["party"] == party]


def theirs(kind, count=1):
    return until(f"their {kind}", lambda: len(acts(kind)) >= count and acts(kind)[-1])


def say(*words, text=b"Something is said.\n"):
    return here.json(*words, "--yes", data=text)["name"]


def ours(*words):
    """With a text, which stands in standard input."""
    return say("act", *words, "--text", "-")


def a_channel_is_opened():
    shown = here.text("practice", "--no-shell", PRACTICE)
    assert "Lesson 1 of" in shown and "export CHIRO_HOME" in shown, shown
    assert "in force" in here.text("status")


def a_duty_officer_acknowledges():
    key = PRACTICE / "a.duty"
    say("act", "accredit", "--delegate", "a.duty", "--role", "duty", "--new-key", f"{key}.pub",
        "--until", "+30d")
    act = opened(2)
    assert "railway" in here.text("read", act)
    say("reply", act, "ack", "--author", "a.duty", "--key", key)


def proposals_go_back_and_forth():
    say("reply", opened(3), "accept")
    opened(4)
    ours("propose", "--expires", "+1d")
    counter = theirs("counter")["name"]
    assert "Tuesday" in here.text("diff", counter, "--previous")
    say("reply", counter, "accept")


def questions_are_answered_or_not():
    opened(5)
    ours("request", "--wants", "information")
    theirs("provide")
    opened(6)
    ours("request", "--wants", "mitigation")
    theirs("defer")
    evidence = ours("request", "--wants", "evidence")
    ours("request", "--wants", "assistance")
    theirs("refuse")
    assert here.json("show", evidence)["answered_by"] is None
    ours("comment")


def a_body_does_not_open_until_it_is_sealed_anew():
    act = opened(7)
    until("our fault", lambda: acts("fault", "north"))
    here.refused("read", act)
    ours("comment")
    theirs("reseal")
    until("the cure", lambda: here.json("show", act)["fault"] in (None, "cured"))
    assert "firewall" in until("the body", lambda: here.text("read", act))


def a_meeting_ends_in_agreed_minutes():
    opened(8)
    ours("convene", "--held", "+1h", "--detail", "participant=a.head", "--detail",
         "participant=b.head", "--detail", "place=telephone")
    say("reply", theirs("minutes")["name"], "accept")


def an_accusation_is_denied():
    act = opened(9)
    ours_text = here.text("read", act)
    assert "railway" in ours_text, ours_text
    say("reply", act, "deny")


def what_was_refused_is_published_all_the_same():
    act = opened(10)
    say("reply", act, "reject")
    theirs("publish")


def the_press_asks():
    opened(11)
    ours("press-check")
    theirs("confirm")


def a_list_is_asked():
    act = opened(12)
    assert here.json("list", "check", act, "203.0.113.7", "pump.example")["found"] == 1
    here.run("list", "prove", act, "203.0.113.0/24", "--output", PLACE / "hit", "--yes")
    here.run("verify", PLACE / "hit")
    say("reply", act, "ack")


def the_talks_are_suspended_and_the_channel_ends():
    opened(13)
    say("act", "suspend")
    opened(14)
    theirs("withdraw")
    until("the notice", lambda: subprocess.run(
        [CHIRO, "act", "close", "--yes"], env=here.environment | cli.ENVIRONMENT, check=False,
        capture_output=True).returncode == 0)
    theirs("close")
    until("the last lesson", lambda: "last lesson" in here.text("practice"))
    here.run("export", PLACE / "record")
    here.run("verify", PLACE / "record")


def it_ends_and_goes_on():
    here.run("practice", "--stop")
    here.refused("status")
    here.text("practice", "--no-shell")
    assert "closed" in here.text("status")


def on_a_terminal_a_shell_is_opened():
    shell = PLACE / "shell"
    shell.write_text("#!/bin/sh\nchiro status\nchiro practice --next\n"
                     "echo left in $PWD\n")
    shell.chmod(0o755)
    shown = here.on_terminal("practice", PLACE / "q", SHELL=str(shell))
    assert "in force" in shown and f"left in {PLACE}/q" in shown, shown
    # Leaving the shell has ended the practice.
    here.refused("status", CHIRO_HOME=str(PLACE / "q/you"))


def lessons_are_listed_and_skipped():
    assert len(here.text("practice", "--lessons").splitlines()) == 14
    # Also where the person's own node is meant otherwise.
    here.text("practice", "--no-shell", PLACE / "q", CHIRO_PRACTICE="",
              CHIRO_SOCKET="/nowhere", CHIRO_AUTHOR="x.head")
    skipping = {"CHIRO_PRACTICE": str(PLACE / "q"), "CHIRO_HOME": str(PLACE / "q/you")}
    here.run("practice", "--next", **skipping)
    until("the next lesson", lambda: "Lesson 2 of" in here.text("practice", **skipping))
    here.run("practice", "--stop", **skipping)
    for width in ("60", "100"):
        cli.assert_fits(here.text("practice", "--lessons", COLUMNS=width), int(width))


def what_stands_there_is_left_alone():
    occupied = PLACE / "occupied"
    occupied.mkdir()
    assert "remove it" in here.refused("practice", "--no-shell", occupied)
    assert not os.listdir(occupied)
    assert "too long" in here.refused("practice", "--no-shell", "/tmp/" + "x" * 120)


try:
    cli.tap([a_channel_is_opened, a_duty_officer_acknowledges, proposals_go_back_and_forth,
             questions_are_answered_or_not, a_body_does_not_open_until_it_is_sealed_anew,
             a_meeting_ends_in_agreed_minutes, an_accusation_is_denied,
             what_was_refused_is_published_all_the_same, the_press_asks,
             a_list_is_asked, the_talks_are_suspended_and_the_channel_ends, it_ends_and_goes_on,
             on_a_terminal_a_shell_is_opened, lessons_are_listed_and_skipped, what_stands_there_is_left_alone])
except SystemExit as end:
    for made in (PRACTICE, PLACE / "q"):
        subprocess.run([CHIRO, "practice", "--stop", made], check=False, env=here.environment)
    if end.code:
        print(f"# what it made is in {PLACE}")
    else:
        shutil.rmtree(PLACE, ignore_errors=True)
    raise
