#!/usr/bin/env python3
"""Matters from beginning to end as two people draft them, over two real nodes.

    test_cli_kinds.py <chiro>
"""
import shutil
import sys
import tempfile
from pathlib import Path

from api_node import open_channel
from cli import tap
from cli_side import Side, squeezed

folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
folder.chmod(0o711)
north, south = Side("north", "a.head", folder), Side("south", "b.head", folder)
TEXT = folder / "text"
TEXT.write_text("What there is to say.\n")
ALLEGATION = [word for pair in (
    "conduct=intrusion", "from=2026-11-01", "likelihood=likely", "confidence=moderate",
    "hypothesis=they did it", "deception=a third party did", "said-by=our CERT",
    "supplied-by-us=no") for word in ("--detail", pair)]
EXHIBIT = [word for pair in (
    "exhibit=a disk image", "collector=our CERT", "custody=safe 4", "grade=B2",
    "cost-to-fake=moderate") for word in ("--detail", pair)]
QUOTED = [word for pair in (
    "quotation=They did it, and more will come.", "language=en", "speaker=a minister",
    "outlet=The Paper", "date=2026-11-20", f"capture={'0' * 64}") for word in ("--detail", pair)]


def in_state(matter, state):
    for side in (north, south):
        assert side.state(matter) == state, (side.party, side.state(matter), state)


def request(*words):
    return north.act("request", "--wants", "information", "--text", TEXT, *words)


def a_request_is_answered_in_each_way():
    name = request("--precedence", "priority", "--detail", "concerns=198.51.100.7")
    deferred = south.reply(name, "defer", "--until", "+3d", "--detail", "why=the shift is over")
    north.has(deferred)
    in_state(name, "deferred")
    assert "defer" not in south.shown(name)["legal_answers"]
    north.has(south.reply(name, "provide", "--extent", "part", "--text", TEXT, "--detail",
                          "withheld=names of persons"))
    in_state(name, "partly-provided")
    assert "names of persons" in north.cli.text("read", south.shown(name)["answered_by"])
    name = request()
    north.has(south.reply(name, "provide", "--extent", "all", "--text", TEXT))
    in_state(name, "provided")
    name = request()
    south.has(name)
    said = south.cli.refused("reply", name, "refuse", "--yes", status=2)
    assert "--reason is missing" in said, said
    said = south.cli.refused("reply", name, "refuse", "--yes", "--reason", "no", status=2)
    assert "source-protection" in said, said
    refused = south.reply(name, "refuse", "--reason", "legal", "--detail",
                          "instead=ask the court")
    north.has(refused)
    in_state(name, "refused")
    assert "ask the court" in north.cli.text("read", refused)
    name = request()
    north.has(south.reply(name, "not-held", "--detail", "searched=the archive"))
    in_state(name, "not-held")


def a_proposal_is_performed_and_denounced():
    said = north.cli.refused("act", "propose", "--yes", "--text", TEXT, "--expires", "-1d")
    assert "past" in said or "expire" in said, said
    proposal = north.act("propose", "--text", TEXT, "--expires", "+10d", "--detail",
                         "measure=weekly tests")
    counter = south.reply(proposal, "counter", "--text", TEXT, "--expires", "+5d")
    accepted = north.reply(counter, "accept")
    south.has(accepted)
    reported = north.act("report", "--matter", proposal, "--extent", "part", "--text", TEXT,
                         "--detail", "measure=weekly tests", "--detail", "state=partly",
                         "--detail", "why=a holiday")
    assert "partly performed" in south.cli.text("read", south.has(reported))
    denounced = south.act("denounce", "--matter", proposal, "--reason", "no need any more")
    north.has(denounced)
    in_state(proposal, "denounced")
    assert "accept" not in north.shown(counter)["legal_answers"]


def an_incident_is_concluded():
    name = north.act("notify", "--precedence", "immediate", "--text", TEXT, "--detail",
                     "observed=-10m", "--detail", "status=ongoing")
    south.has(name)
    offered = south.act("offer", "--matter", name, "--text", TEXT, "--detail",
                        "offered=samples", "--detail", "until=+2d")
    north.has(offered)
    updated = north.act("update", "--matter", name, "--text", TEXT, "--detail",
                        "status=contained")
    south.has(updated)
    ended = north.act("conclude", "--matter", name, "--detail", "ended=now")
    south.has(ended)
    in_state(name, "concluded")


def an_allegation_is_answered_and_maintained():
    name = north.act("allege", "--evidence", "offered", "--text", TEXT, *ALLEGATION)
    south.has(north.act("submit", "--matter", name, *EXHIBIT))
    in_state(name, "supported")
    denied = south.reply(name, "deny", "--text", TEXT, "--detail", "ground=we were asleep")
    north.has(denied)
    in_state(name, "denied")
    found = north.act("find", "--matter", name, "--text", TEXT, "--detail", "likelihood=likely")
    assert "likely (55" in south.cli.text("read", south.has(found))
    north.has(south.reply(found, "reject"))
    in_state(name, "found-divergent")
    south.has(north.act("maintain", "--matter", name))
    in_state(name, "maintained")
    # Without evidence it stands as what it is until some is lodged.
    bare = north.act("allege", "--evidence", "none-offered", "--text", TEXT, *ALLEGATION)
    assert "no evidence is offered" in south.narrow.text("show", south.has(bare))
    in_state(bare, "unsupported")


def a_public_statement_is_disowned():
    name = north.act("note-public", "--supplied-by-us", "no", "--text", TEXT, *QUOTED)
    north.has(south.reply(name, "disown", "--text", TEXT))
    in_state(name, "disowned")


def a_declaration_may_be_nil_and_superseded():
    nil = north.act("declare", "--new-subject", "policy", "--content", "nil")
    south.has(nil)
    in_state(nil, "declared")
    stated = north.act("declare", "--new-subject", "policy", "--content", "stated", "--text",
                       TEXT, "--supersedes", nil)
    south.has(stated)
    in_state(nil, "superseded")


def a_call_is_minuted():
    name = south.act("call", "--held", "-20m", "--text", TEXT, "--detail",
                     "participant=A. Head, north", "--detail", "participant=B. Head, south",
                     "--detail", "code-words=yes")
    shown = squeezed(north.cli.text("read", north.has(name)))
    assert "A. Head, north" in shown and "code words yes" in shown, shown


def main():
    try:
        for side in (north, south):
            side.node.start()
        open_channel((north.node, south.node))
        tap([
            a_request_is_answered_in_each_way,
            a_proposal_is_performed_and_denounced,
            an_incident_is_concluded,
            an_allegation_is_answered_and_maintained,
            a_public_statement_is_disowned,
            a_declaration_may_be_nil_and_superseded,
            a_call_is_minuted,
        ])
    finally:
        for side in (north, south):
            side.node.remove()
        shutil.rmtree(folder, ignore_errors=True)


main()
