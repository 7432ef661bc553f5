#!/usr/bin/env python3
"""chiro rules: the tables for people, for scripts and drawn; and what the build makes of them.

    test_cli_rules.py <chiro>
"""
import html
import os
import shutil
import subprocess
import sys
from pathlib import Path

from cli import Cli, assert_fits, tap

WIDTH = 60
chiro = Cli(sys.argv[1], HOME="/nonexistent", COLUMNS=str(WIDTH))
TABLES = chiro.json("rules")
MATTERS = {matter["matter"]: matter for matter in TABLES["matters"]}
DRAWN = [name for name, matter in MATTERS.items() if len(matter["states"]) > 1]


def scripts_get_every_row():
    assert TABLES["rules"] == 1
    kinds = {kind["name"]: kind for matter in TABLES["matters"] for kind in matter["kinds"]}
    assert len(kinds) == 66, len(kinds)
    assert kinds["allege"]["signers"] == ["head", "deputy"]
    assert kinds["allege"]["fields"][0]["choices"] == ["offered", "none-offered"]
    assert kinds["propose"]["obliges"] == "position"
    assert kinds["refuse"]["answerable"] == ["request"]
    rows = MATTERS["request"]["rows"]
    assert {"event": "act", "act": "request", "by": "either", "from": [], "crossed": [],
            "to": "requested"} in rows, rows
    assert any(row.get("act") == "provide" and row["word"] == "part" and
               row["to"] == "partly-provided" for row in rows)
    for matter in MATTERS.values():
        for row in matter["rows"]:
            assert set(row["from"]) <= set(matter["states"]), row
            assert row.get("to", matter["states"][0]) in matter["states"], row
            assert row["event"] != "act" or row["act"] in kinds, row


def every_state_is_reached():
    for name in DRAWN:
        matter = MATTERS[name]
        reached = {row["to"] for row in matter["rows"] if not row["from"]}
        while True:
            more = {row["to"] for row in matter["rows"]
                    if "to" in row and reached & set(row["from"])} - reached
            if not more:
                break
            reached |= more
        assert reached == set(matter["states"]), (name, set(matter["states"]) - reached)


def people_read_it_in_sixty_columns():
    text = chiro.text("rules")
    assert_fits(text, WIDTH)
    for matter in MATTERS.values():
        assert f"\n{matter['matter']}\n" in "\n" + text
        for kind in matter["kinds"]:
            assert f"\n  {kind['name']}" in text, kind["name"]


def one_matter_or_kind_is_shown_alone():
    text = chiro.text("rules", "meeting")
    assert "  convene " in text and "minutes agreed" in text and "  allege" not in text
    text = chiro.text("rules", "accept")
    assert "accept exactly the text" in text and "In a matter of the kind 'proposal':" in text
    assert "tabled, countered → accepted" in text
    text = chiro.text("rules", "deny", "leak")
    assert "deny an allegation" in text and "protest" in text
    assert "'nonsense'" in chiro.refused("rules", "nonsense", status=2)


def drawings_are_drawn():
    assert shutil.which("dot"), "graphviz is missing: scripts/setup"
    for name in DRAWN:
        drawing = chiro.text("rules", "--dot", name)
        for state in MATTERS[name]["states"]:
            assert f'"{name}/{state}"' in drawing, (name, state)
        svg = subprocess.run(["dot", "-Tsvg"], input=drawing, capture_output=True, text=True,
                             check=True).stdout
        assert svg.rstrip().endswith("</svg>")
    assert all(f'"cluster_{name}"' in chiro.text("rules", "--dot") for name in DRAWN)
    chiro.refused("rules", "--dot", "service", status=2)
    chiro.refused("rules", "--dot", "nonsense", status=2)


def the_build_draws_them_all():
    folder = Path(os.environ["CHIRO_BUILD"]) / "doc"
    for name in DRAWN:
        svg = html.unescape((folder / f"matter-{name}.svg").read_text())
        for state in MATTERS[name]["states"]:
            assert f">{state}</text>" in svg, (name, state)
    assert (folder / "matters.txt").read_text() == chiro.text("rules", COLUMNS="80",
                                                              LC_ALL="C.UTF-8", LANGUAGE="C")


tap([scripts_get_every_row, every_state_is_reached, people_read_it_in_sixty_columns,
     one_matter_or_kind_is_shown_alone, drawings_are_drawn, the_build_draws_them_all])
