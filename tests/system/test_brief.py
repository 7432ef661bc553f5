#!/usr/bin/env python3
"""The brief of a head of delegation, as text and as PDF, over two real nodes.

    test_brief.py <chiro>
"""
import re
import shutil
import sys

from api_node import wait_until
from cli import assert_fits, tap
from cli_side import CATALOGUES
from sides import World

world = World()
north, south = world.north, world.south


def section(page, heading):
    """The lines under a heading."""
    found = re.search(rf"^{heading}\n(.*?)(?:\n\n|\n-{{5,}})", page, re.MULTILINE | re.DOTALL)
    assert found, page
    return " ".join(found.group(1).split())


def an_empty_channel_owes_nothing():
    page = north.cli.text("brief")
    assert page.startswith("Brief: the channel with South\n")
    for heading in ("Owed by us", "Owed by them", "Silences", "In force"):
        assert section(page, heading) == "nothing", page
    assert section(page, "Leaks") == "none is on record"
    assert "without the other side's consent" in section(page, "What may be said publicly")
    assert "Under discussion" not in page


def it_says_what_is_owed_and_in_force():
    text = world.write("text", "The duty desks test the line each month.\n\nCosts are shared.\n")
    offer = south.act("propose", "--expires", "+1d", "--subject", "The hotline", "--text", text)
    north.has(offer)
    assert f"{offer} " in section(north.cli.text("brief"), "Owed by us")
    south.has(north.cli.json("reply", offer, "accept", "--yes")["name"])
    asked = north.act("request", "--wants", "evidence", "--subject", "The night of the 3rd",
                      "--text", text)
    south.has(asked)
    page = north.cli.text("brief")
    assert "The hotline" in section(page, "In force"), page
    assert "request: answer" in section(page, "Owed by them"), page
    assert "The night of the 3rd" in section(page, "Owed by them"), page
    assert "request: answer" in section(south.cli.text("brief"), "Owed by us")
    assert "The night" not in north.cli.text("brief", "--without-subjects")


def silence_is_told():
    def silent():
        return "silent" in section(north.cli.text("brief"), "Silences") or \
            "overdue" in section(north.cli.text("brief"), "Silences")
    wait_until(silent, "nobody is silent")


def many_are_counted():
    text = world.folder / "text"
    for _ in range(12):
        last = south.act("propose", "--expires", "+1d", "--text", text)
    north.has(last)
    page = north.cli.text("brief")
    assert "… and 4 more" in section(page, "Under discussion"), page


def it_fits_any_terminal_and_either_language():
    for width in (40, 60, 72, 100):
        assert_fits(north.cli.text("brief", COLUMNS=str(width)), min(width, 72))
    page = north.cli.text("brief", "--language", "ru", CHIRO_LOCALE_DIRECTORY=str(CATALOGUES))
    assert "Мы должны" in page and "Owed by us" not in page, page
    page = north.cli.text("brief", "--language", "en", CHIRO_LOCALE_DIRECTORY=str(CATALOGUES),
                          LC_ALL="ru_RU.UTF-8")
    assert "Owed by us" in page, page
    assert "en or ru" in north.cli.refused("brief", "--language", "fr", status=2)


def what_the_node_says_is_in_the_same_language():
    """Also what has something put in; see src/chiro/sentences.h."""
    russian = {"CHIRO_LOCALE_DIRECTORY": str(CATALOGUES), "LC_ALL": "ru_RU.UTF-8"}
    malformed = world.write("malformed", "chirograph.charter/1\nrules 2\n")
    said = north.cli.refused("charter", "show", malformed, **russian)
    assert "2" in said and not re.search(r"[A-Za-z]{4,}", said.replace("malformed", "").replace(
        str(world.folder), "").replace("chiro", "").replace("rules", "")), said
    missing = world.write("missing", "chirograph.charter/1\nlanguages en\n")
    said = north.cli.refused("charter", "show", missing, **russian)
    assert "«rules»" in said and "languages" in said and "missing;" not in said, said
    said = north.cli.refused("show", "north-999", **russian)
    assert re.search("[а-я]{3,}", said) and "there is" not in said, said


def it_is_one_sheet_of_paper():
    path = world.folder / "brief.pdf"
    north.cli.run("brief", "--pdf", path)
    document = path.read_bytes()
    assert document.startswith(b"%PDF-") and re.search(rb"/Count 1\b", document)
    # What is there is not overwritten.
    assert "not overwritten" in north.cli.refused("brief", "--pdf", path) or north.cli.errors
    assert path.read_bytes() == document


def what_the_other_side_wrote_plays_no_tricks():
    text = world.write("tricks", "Fine.\n")
    act = south.act("propose", "--expires", "+1d", "--subject", "A \u202eB", "--text", text)
    north.has(act)
    assert "\u202e" not in north.cli.text("brief")


try:
    world.start()
    world.open("languages en ru\nclock request 3s\n")
    tap([an_empty_channel_owes_nothing, it_says_what_is_owed_and_in_force, silence_is_told,
         many_are_counted, it_fits_any_terminal_and_either_language,
         what_the_node_says_is_in_the_same_language, it_is_one_sheet_of_paper,
         what_the_other_side_wrote_plays_no_tricks])
except SystemExit as end:
    if end.code:
        print(f"# what it made is in {world.folder}")
    else:
        shutil.rmtree(world.folder, ignore_errors=True)
    raise
finally:
    world.stop()
