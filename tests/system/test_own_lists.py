#!/usr/bin/env python3
"""What an act mentions is looked up in the reader's own lists, on the reader's machine, and
nobody else hears of it. Over two real nodes.

    test_own_lists.py <chiro>
"""
import json
import shutil
import sys

from cli import tap
from sides import World

world = World()
north, south = world.north, world.south
names = {}

TEXT = """We see scans of 203.0.113.77 and of hxxps://www[.]grid[.]example/login, by AS64496
and out of 192.0.2.0/24. Elsewhere: dam.example, 203.0.114.1, x203.0.113.77y.

Nothing of this is on their list. Скан сайта: плотина.рф.
"""
STIX = {"type": "bundle", "id": "bundle--1",
        "objects": [{"type": "ipv6-addr", "id": "ipv6-addr--1", "value": "2001:db8::17"}]}
LIST = """id,function,identifier,protection
grid,Control room,grid.example,off-limits
lines,Lines of the east,203.0.113.0/24 2001:db8::/32,notify-first
host,One host,192.0.2.9,assist-priority
operator,An operator,AS64496,off-limits
dam,Плотина,плотина.рф,off-limits
below,Below what is named,www.dam.example,off-limits
"""


def of_lists(side, act):
    remarks = side.cli.json("read", act)["remarks"]
    return [remark["text"] for remark in remarks if remark["what"] == "own-list"]


def an_act_that_names_what_somebody_has():
    world.start()
    world.open("languages en\n")
    stix = world.write("seen.json", json.dumps(STIX))
    names["act"] = south.act("notify", "--precedence", "routine", "--marking", "TLP:AMBER",
                             "--subject", "Scans", "--text", world.write("text", TEXT),
                             "--attach", stix)
    north.has(names["act"])
    assert of_lists(north, names["act"]) == []


def what_is_on_ones_own_list_is_shown():
    north.cli.run("list", "import", world.write("assets.csv", LIST), "--name", "assets")
    before = [side.cli.json("log") for side in world.sides]
    told = of_lists(north, names["act"])
    for words in (("203.0.113.77/32 (203.0.113.0/24)", "lines", "to be told first"),
                  ("www.grid.example (grid.example)", "grid", "Control room", "off limits"),
                  ("2001:db8::17/128 (2001:db8::/32)", "lines"), ("AS64496", "operator"),
                  ("192.0.2.0/24 (192.0.2.9/32)", "host"),
                  ("плотина.рф".encode("idna").decode(), "Плотина")):
        assert any(all(word in text for word in words) for text in told), (words, told)
    assert len(told) == 7 and "this machine only" in told[-1], told
    shown = " ".join(north.cli.text("read", names["act"]).split())
    assert "ON YOUR OWN LIST 'assets': 203.0.113.77/32" in shown, shown
    # Nobody hears of it.
    assert [side.cli.json("log") for side in world.sides] == before
    assert of_lists(south, names["act"]) == []


def what_cannot_be_read_is_said():
    path = north.home / "lists/assets.list"
    path.write_text("chirograph.list/1\nscheme\n")
    told = of_lists(north, names["act"])
    assert len(told) == 1 and "cannot be read" in told[0], told


def much_is_counted():
    rows = "".join(f"198.51.100.{i}\n" for i in range(50))
    north.cli.run("list", "import", world.write("many", rows), "--name", "assets", "--replace")
    act = south.act("notify", "--precedence", "routine", "--marking", "TLP:AMBER", "--subject",
                    "Scans", "--text", world.folder / "many")
    told = of_lists(north, north.has(act))
    assert len(told) == 22 and "30 more" in told[20], told


try:
    tap([an_act_that_names_what_somebody_has, what_is_on_ones_own_list_is_shown,
         what_cannot_be_read_is_said, much_is_counted])
finally:
    world.stop()
    shutil.rmtree(world.folder, ignore_errors=True)
