#!/usr/bin/env python3
"""Matters over two real nodes: what becomes of them, shown alike on both sides.

    test_cli_matters.py <chiro>
"""
import shutil
import sys
import tempfile
from pathlib import Path

from api_node import open_channel
from cli import assert_fits, tap
from cli_side import Side, eventually

folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
folder.chmod(0o711)
north, south = Side("north", "a.head", folder), Side("south", "b.head", folder)
TEXT = folder / "text"
TEXT.write_text("What there is to say.\n")
BODY = ("--text", TEXT)


def details(**values):
    return [word for key, value in values.items()
            for word in ("--detail", f"{key.replace('_', '-')}={value}")]


ALLEGATION = details(conduct="intrusion", likelihood="likely", confidence="low",
                     hypothesis="they did it; their hours", said_by="our CERT",
                     deception="a third party; easy", supplied_by_us="no", **{"from": "2026-11-01"})
EVIDENCE = details(exhibit="a disk image", collector="our CERT", custody="safe 4", grade="B2",
                   cost_to_fake="moderate")
PLACE = details(participant="two of each side", place="by telephone")
MEETING = ("--held", "-1h", *PLACE)


def both_say(act, state):
    """Both sides come to the same state of what the act opened."""
    for side in (north, south):
        side.has(act)
        eventually(lambda s=side: s.shown(act)["state"] == state,
                   f"{side.party}: {act} is {side.shown(act)['state']}, not {state}")


def a_request_is_put_off_and_answered_in_parts():
    request = north.act("request", "--wants", "evidence", *BODY)
    both_say(request, "requested")
    deadline = north.shown(request)["obligations"][0]["deadline"]
    south.reply(request, "defer", "--until", "+20d")
    both_say(request, "deferred")
    duty = north.shown(request)["obligations"][-1]
    assert duty["deferred"] and duty["what"] == "answer" and duty["state"] == "open", duty
    assert deadline is None or duty["deadline"] > deadline, duty
    assert "put off until then" in north.narrow.text("show", request)
    legal = south.shown(request)["legal_answers"]
    assert "provide" in legal and "defer" not in legal, legal
    south.reply(request, "provide", "--extent", "part", *BODY)
    both_say(request, "partly-provided")
    assert "refuse" not in south.shown(request)["legal_answers"]
    assert "provided in part" in north.narrow.text("log", "--matters")
    south.reply(request, "provide", "--extent", "all", *BODY)
    both_say(request, "provided")
    refused = south.cli.refused("reply", request, "refuse", "--reason", "legal", "--yes")
    assert "cannot be answered by 'refuse'" in refused, refused


def a_request_inside_a_matter_is_its_own():
    incident = north.act("notify", "--precedence", "routine", *BODY, *details(status="over"))
    question = south.reply(incident, "request", "--wants", "information", *BODY)
    both_say(incident, "notified")
    both_say(question, "requested")
    assert south.shown(question)["matter"] == incident
    north.reply(question, "not-held")
    both_say(question, "not-held")
    both_say(incident, "notified")
    assert "not held" in south.narrow.text("show", question)


def an_allegation_stays_unsupported_until_evidence_comes():
    allegation = north.act("allege", "--evidence", "offered", *BODY, *ALLEGATION)
    both_say(allegation, "unsupported")
    south.reply(allegation, "deny")
    both_say(allegation, "denied")
    for side in (north, south):
        assert side.cli.json("log", "--matter", allegation)["unsupported"]
        assert "denied, unsupported" in side.narrow.text("log", "--matters")
    north.reply(allegation, "submit", *BODY, *EVIDENCE)
    south.has(north.act("maintain", "--matter", allegation))
    both_say(allegation, "maintained")
    assert not south.cli.json("log", "--matter", allegation)["unsupported"]
    finding = south.act("find", "--matter", allegation, *BODY)
    both_say(allegation, "finding")
    north.reply(finding, "accept")
    both_say(allegation, "found-jointly")
    assert "found jointly" in north.narrow.text("log", "--matter", allegation)


def a_meeting_ends_with_agreed_minutes():
    meeting = south.act("convene", *BODY, "--held", "+2d", *PLACE)
    north.reply(meeting, "accept")
    both_say(meeting, "agreed")
    minutes = north.reply(meeting, "minutes", *BODY, *MEETING)
    both_say(meeting, "held")
    assert "minutes to be agreed" in south.narrow.text("log", "--matters")
    south.reply(minutes, "accept")
    both_say(meeting, "minutes-agreed")


def an_agreement_is_performed_by_both():
    proposal = north.act("propose", "--expires", "+3d", *BODY)
    assert "report" not in north.shown(proposal)["legal_answers"]
    south.reply(proposal, "accept")
    both_say(proposal, "in-effect")
    assert "in effect" in north.narrow.text("log", "--matters")
    south.reply(proposal, "report", "--extent", "all", *BODY)
    both_say(proposal, "performed-by-one")
    north.reply(proposal, "report", "--extent", "all", *BODY)
    both_say(proposal, "performed")


def publications_show_whether_there_was_consent():
    digest = "A" * 43 + "="
    asked = north.act("ask-release", *BODY)
    both_say(asked, "asked")
    north.act("publish", "--matter", asked, "--published", digest)
    both_say(asked, "published-unilaterally")
    assert "published without consent" in south.narrow.text("log", "--matter", asked)
    agreed = north.act("communique", *BODY)
    south.reply(agreed, "accept", "--scope", "all")
    both_say(agreed, "agreed")
    south.act("publish", "--answers", agreed, "--published", digest)
    both_say(agreed, "published")


def a_declaration_supersedes_an_earlier_one():
    first = south.act("declare", "--new-subject", "doctrine", "--content", "nil")
    both_say(first, "declared")
    second = south.act("declare", "--new-subject", "doctrine", "--content", "stated", "--supersedes",
                       first, *BODY)
    both_say(first, "superseded")
    both_say(second, "declared")


def everything_fits():
    for side in (north, south):
        for words in (["log", "--matters"], ["inbox"]):
            assert_fits(side.narrow.text(*words), 60)
            assert_fits(side.russian.text(*words), 60)


def main():
    try:
        for side in (north, south):
            side.node.start()
        open_channel((north.node, south.node))
        tap([
            a_request_is_put_off_and_answered_in_parts,
            a_request_inside_a_matter_is_its_own,
            an_allegation_stays_unsupported_until_evidence_comes,
            a_meeting_ends_with_agreed_minutes,
            an_agreement_is_performed_by_both,
            publications_show_whether_there_was_consent,
            a_declaration_supersedes_an_earlier_one,
            everything_fits,
        ])
    finally:
        for side in (north, south):
            side.node.remove()
        shutil.rmtree(folder, ignore_errors=True)


main()
