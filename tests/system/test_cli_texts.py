#!/usr/bin/env python3
"""What texts say and in which words, over two real nodes: languages, working translations,
glossaries, protests against a rendering, circular sources, what changed, minutes.

    test_cli_texts.py <chiro>
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from api_node import open_channel, wait_until
from cli import assert_fits, tap
from cli_side import Side, squeezed

folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
folder.chmod(0o711)
north, south = Side("north", "a.head", folder), Side("south", "b.head", folder)
SECRET = "Тайная фраза перевода"


def write(name, text):
    (folder / name).write_text(text)
    return folder / name


TEXT = write("text", "We met an incident.\n\nIt is over.\n")
RUSSIAN = write("text.ru", "Мы столкнулись с событием.\n\nОно закончилось.\n")


def details(*pairs):
    return [word for pair in pairs for word in ("--detail", pair)]


def everything_kept():
    """All bytes that the nodes keep and serve."""
    found = b""
    for side in (north, south):
        for path in side.node.folder.rglob("*"):
            if path.is_file():
                found += path.read_bytes()
    return found


def what_is_authentic_follows_the_charter():
    name = north.act("comment", "--text", TEXT, "--language", "en", "--translation",
                     f"ru={RUSSIAN}")
    assert "goes as a translation" in squeezed(north.cli.errors), north.cli.errors
    assert "by the charter" in " ".join(south.remarks(south.has(name), "language"))
    both = north.act("comment", "--text", TEXT, "--language", "en", "--authentic",
                     f"ru={RUSSIAN}")
    assert "charter" not in north.cli.errors, north.cli.errors
    assert south.remarks(south.has(both), "language") == []
    one = north.act("comment", "--text", TEXT, "--language", "en")
    assert "no text in ru" in squeezed(north.cli.errors)
    assert "no text in ru" in " ".join(south.remarks(south.has(one), "language"))
    shown = south.narrow.text("read", both, "--language", "ru")
    assert "Мы столкнулись" in shown and "We met" not in shown
    assert_fits(shown, 60)
    assert "only in en" in south.cli.refused("read", one, "--language", "ru")
    parts = south.cli.json("read", both, "--language", "ru")["parts"]
    assert {part["language"] for part in parts} == {"ru"}


def a_working_translation_stays_with_the_person():
    name = north.act("comment", "--text", TEXT, "--language", "en")
    south.has(name)
    own = write("own.ru", f"{SECRET}.\n")
    south.cli.refused("translate", name, own, status=2)
    south.cli.run("translate", name, own, "--language", "ru", "--by", "A. Ivanova, translator")
    said = south.cli.text("read", name)
    assert SECRET not in said and "--working" in south.cli.errors
    shown = south.narrow.text("read", name, "--working", "--language", "ru")
    assert SECRET in shown and "commits nobody" in squeezed(shown) and "Ivanova" in shown
    assert_fits(shown, 60)
    working = south.cli.json("read", name, "--working")["working"]
    assert working[0]["fits"] and working[0]["by"] == "A. Ivanova, translator"
    # By another person a second one; by the same it is replaced.
    south.cli.run("translate", name, own, "--language", "ru")
    kept = south.cli.json("translate", name, write("own2.ru", "Иначе.\n"), "--language", "ru")
    assert len(kept["translations"]) == 2
    assert south.cli.json("translate", name) == kept
    # Nowhere else, and at rest only sealed.
    files = [path for path in south.home.rglob("*") if path.is_file()]
    assert any(path.read_bytes().startswith(b"age-encryption.org/v1") for path in files)
    for content in [path.read_bytes() for path in files] + [everything_kept()]:
        assert SECRET.encode() not in content
    assert all(path.stat().st_mode & 0o077 == 0 for path in files if "own" in path.parts)
    # A stock tool opens it.
    identity = next(path for path in files if path.name == "identity")
    sealed = [path for path in files if path.name.endswith(".working")]
    opened = b"".join(subprocess.run(["age", "-d", "-i", identity, path], check=True,
                                     capture_output=True).stdout for path in sealed)
    assert SECRET.encode() in opened and b"by A. Ivanova, translator\n" in opened
    # Records know nothing of it.
    south.cli.run("export", folder / "record", "--open")
    assert not any(SECRET.encode() in path.read_bytes()
                   for path in (folder / "record").rglob("*") if path.is_file())
    # It is of one text: under another act's name it is not shown.
    other = south.has(north.act("comment", "--text", RUSSIAN, "--language", "ru"))
    os.rename(sealed[0], sealed[0].with_name(sealed[0].name.replace(name, other)))
    assert SECRET not in south.cli.text("read", other, "--working")
    south.cli.run("translate", other, "--language", "ru", "--remove")
    south.cli.refused("translate", other, "--language", "ru", "--remove")


GLOSSARY = """chirograph.glossary/1
languages en ru
term 1
en incident
ru инцидент
note not «событие»
term 2
en control system
ru система управления
"""


def an_agreed_glossary_is_in_force():
    broken = write("broken", GLOSSARY.replace("term 2", "term 3"))
    assert "line 7" in north.cli.refused("glossary", "--check", broken)
    said = north.cli.refused("act", "propose", "--yes", "--text", TEXT, "--expires", "+1d",
                             "--glossary", broken)
    assert "line 7" in said, said
    terms = write("terms", GLOSSARY)
    assert "инцидент" in north.cli.text("glossary", "--check", terms)
    proposal = north.act("propose", "--text", TEXT, "--language", "en", "--expires", "+1d",
                         "--glossary", terms)
    assert "No glossary" in north.cli.text("glossary")
    assert "No such term" in north.cli.text("glossary", "incident")
    # It is read before it is accepted.
    assert "инцидент" in south.cli.text("read", south.has(proposal))
    north.has(south.reply(proposal, "accept"))
    for side in (north, south):
        wait_until(lambda s=side: s.cli.json("glossary")["terms"], "it is not in force")
        terms = side.cli.json("glossary")["terms"]
        assert [term["act"] for term in terms] == [proposal] * 2
        assert terms[0]["note"] == "not «событие»"
    found = south.narrow.text("glossary", "System")
    assert "система управления" in found and "инцидент" not in found
    assert_fits(south.narrow.text("glossary"), 60)
    # A hint at drafting, and at reading.
    name = north.act("comment", "--text", TEXT, "--language", "en", "--translation",
                     f"ru={RUSSIAN}")
    assert "'incident' (en)" in squeezed(north.cli.errors), north.cli.errors
    hints = south.remarks(south.has(name), "glossary")
    assert len(hints) == 1 and "инцидент" in hints[0], hints
    good = write("good.ru", "Мы столкнулись с двумя инцидентами.\n\nОни закончились.\n")
    name = north.act("comment", "--text", TEXT, "--language", "en", "--translation",
                     f"ru={good}")
    assert "'incident'" not in north.cli.errors
    assert south.remarks(south.has(name), "glossary") == []
    # Nothing of it is left open at rest.
    assert "инцидент".encode() not in everything_kept()
    # It ends with the agreement.
    north.has(south.act("denounce", "--matter", proposal))
    assert north.cli.json("glossary")["terms"] == []


def a_rendering_is_protested_against():
    name = north.act("notify", "--precedence", "routine", "--text", TEXT, "--language", "en",
                     "--translation", f"ru={RUSSIAN}")
    south.has(name)
    part = next(part["part"] for part in south.cli.json("read", name)["parts"]
                if "событием" in part["text"])
    said = south.cli.refused("reply", name, "comment", "--yes", *details("rendering=событием"),
                             status=2)
    assert "part" in said and "proposed" in said, said
    protest = south.reply(name, "comment", *details("rendering=событием", f"part={part}",
                                                    "language=ru", "proposed=инцидентом",
                                                    "why=an event is no incident"))
    north.has(protest)
    for side in (north, south):
        remarks = [each for each in side.cli.json("read", name)["remarks"]
                   if each["what"] == "rendering"]
        assert len(remarks) == 1 and remarks[0]["part"] == part, remarks
        assert protest in remarks[0]["text"] and "инцидентом" in remarks[0]["text"]
    lines = north.narrow.text("read", name)
    assert lines.index("событием") < lines.index(protest) < lines.index("Оно закончилось")
    assert_fits(lines, 60)


def note(side, supplied, *more, capture, quotation="They have attacked the ticket office.",
         attach=()):
    return side.act("note-public", "--supplied-by-us", supplied,
                    *details(f"quotation={quotation}", "language=en", "speaker=a minister",
                             "outlet=The Paper", "date=2026-11-20", f"capture={capture}", *more),
                    *attach)


def circular_sources_are_shown():
    page = write("page", "the page that was captured\n")
    capture = hashlib.sha256(page.read_bytes()).hexdigest()
    # Who supplied a source itself, says so.
    own = note(south, "yes", capture=capture)
    assert "supplied this source itself" in " ".join(north.remarks(north.has(own), "circular"))
    # The same capture again, and the same words elsewhere.
    cited = note(north, "no", capture=f"@{page}", quotation="Something else was said there.")
    fed = " ".join(south.remarks(south.has(cited), "circular"))
    assert "fed by south" in fed and own in fed, fed
    north.has(own)
    assert own in " ".join(north.remarks(cited, "circular"))
    again = note(north, "no", capture="0" * 64,
                 quotation="“They have  attacked the TICKET office”")
    assert "same words" in " ".join(north.remarks(again, "circular"))
    second = note(north, "no", "url=https://www.example.org/1/", capture="1" * 64,
                  quotation="Yet another sentence was printed.")
    third = note(north, "no", "url=http://example.org/1#top", capture="2" * 64,
                 quotation="And quite another sentence again.")
    said = " ".join(north.remarks(third, "circular"))
    assert "no second source" in said and second in said, said
    # A file that one side handed over comes back as the other's source.
    given = south.act("notify", "--precedence", "routine", "--attach", write("leak", "leaked\n"))
    north.has(given)
    back = note(north, "no", capture=f"@{folder / 'leak'}", quotation="A fourth text was quoted.")
    said = south.narrow.text("read", south.has(back))
    assert "the very file" in squeezed(said) and given in said, said
    assert_fits(said, 60)
    # What rests on nothing else is not suspected.
    clean = note(north, "no", capture="3" * 64, quotation="A fifth text, by nobody before.")
    assert north.remarks(clean, "circular") == []
    # In an allegation each source stands for itself.
    allegation = north.act(
        "allege", "--evidence", "none-offered",
        *details("conduct=intrusion", "standing=yes", "likelihood=likely", "confidence=low",
                 "hypothesis=they did", "deception=others did", "said-by=our CERT",
                 "supplied-by-us=no", "said-by=The Paper", "supplied-by-us=yes",
                 f"capture={capture}"))
    said = " ".join(south.remarks(south.has(allegation), "circular"))
    assert "'The Paper'" in said and "'our CERT'" not in said and own in said, said
    # Nothing that was opened for it is kept.
    assert b"attacked the ticket office" not in everything_kept()


def what_changed_is_shown():
    first = write("doctrine.1", "We do not strike first.\n\nHospitals are spared.\n\nThird.\n")
    second = write("doctrine.2", "We do not ever strike first.\n\nThird.\n\nFourth is new.\n")
    one = north.act("declare", "--new-subject", "doctrine", "--content", "stated", "--text", first)
    two = north.act("declare", "--new-subject", "doctrine", "--content", "stated", "--text",
                    second, "--supersedes", one)
    south.has(two)
    for words in ((one, two), (two, "--previous")):
        shown = south.narrow.text("diff", *words)
        assert "{+ever +}strike" in shown, shown
        assert re.search(r"^- 2 +Hospitals are spared\.$", shown, re.MULTILINE), shown
        assert re.search(r"^\+ 3 +Fourth is new\.$", shown, re.MULTILINE), shown
        assert "= 1 paragraph as it was" in shown, shown
        assert_fits(shown, 60)
    answer = south.cli.json("diff", one, two)
    assert [row["change"] for row in answer["rows"]] == ["changed", "removed", "added"]
    assert not answer["same"] and south.cli.json("diff", one, one)["same"]
    assert "same" in south.cli.text("diff", one, one)
    south.cli.refused("diff", one, "--previous")
    south.cli.refused("diff", one, status=2)
    # A nil declaration has no text to compare.
    nil = north.act("declare", "--new-subject", "posture", "--content", "nil")
    assert "has no body" in south.cli.refused("diff", one, south.has(nil))
    # Two counter-proposals.
    proposal = north.act("propose", "--text", first, "--expires", "+1d")
    counter = south.reply(proposal, "counter", "--text", second, "--expires", "+1d")
    north.has(counter)
    assert "{+ever +}" in north.cli.text("diff", counter, "--previous")


def minutes_are_drafted_from_the_agenda():
    meeting = north.act("convene", "--held", "+2d", "--item", "Exchange of lists", "--item",
                        "Next meeting", *details("participant=A. Head, north",
                                                 "participant=B. Head, south",
                                                 "place=by video"))
    shown = south.cli.text("read", south.has(meeting))
    assert "Exchange of lists" in shown and "by video" in shown, shown
    parts = south.cli.json("read", meeting)["parts"]
    assert [part["text"] for part in parts if part["media_type"].endswith(".item")] == \
        ["Exchange of lists", "Next meeting"]
    accepted = south.reply(meeting, "accept")
    north.has(accepted)
    for matter in (meeting, accepted):
        begun = north.cli.text("act", "minutes", "--matter", matter, "--template")
        for words in (meeting, "1. Exchange of lists", "2. Next meeting", "by video",
                      "A. Head, north; B. Head, south"):
            assert words in begun, begun
    minutes = write("minutes", begun.replace("…", "done"))
    said, status = north.on_terminal(["yes", "yes", "yes"], "act", "minutes", "--matter", meeting,
                                     "--held", "-1h", "--text", minutes)
    assert status == 0 and f"As in {meeting}?" in said and "B. Head, south" in said, said
    # What is signed is shown before.
    assert "2. Next meeting" in said, said
    laid = re.search(r"(north-\d+) is logged", said).group(1)
    agreed = south.reply(laid, "accept")
    root = south.shown(laid)["body"]["root"]
    assert f"\ntext {root}\n" in south.shown(agreed)["text"]
    assert south.state(meeting) == "minutes-agreed"
    # Without a call to the meeting there is room for all of it.
    assert "1. …" in north.cli.text("act", "minutes", "--template")


def main():
    try:
        for side in (north, south):
            side.node.start()
        open_channel((north.node, south.node),
                     lambda charter: charter.replace("languages en\n", "languages en ru\n"))
        tap([
            what_is_authentic_follows_the_charter,
            a_working_translation_stays_with_the_person,
            an_agreed_glossary_is_in_force,
            a_rendering_is_protested_against,
            circular_sources_are_shown,
            what_changed_is_shown,
            minutes_are_drafted_from_the_agenda,
        ])
    finally:
        for side in (north, south):
            side.node.remove()
        shutil.rmtree(folder, ignore_errors=True)


main()
