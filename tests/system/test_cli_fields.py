#!/usr/bin/env python3
"""What each kind must say of its case, over two real nodes: asked for, refused where it is
missing, shown in the reader's language, and named where the other side left it out.

    test_cli_fields.py <chiro>
"""
import hashlib
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from api_node import Connection, open_channel
from cli import assert_fits, tap
from cli_side import CATALOGUES, Side, squeezed
from sealed_body import FIELDS, PARAGRAPH, seal

folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
folder.chmod(0o711)
north, south = Side("north", "a.head", folder), Side("south", "b.head", folder)
TEXT = folder / "text"
TEXT.write_text("We hold the following.\n")

ALLEGATION = {"conduct": "intrusion into the ticket office", "from": "2026-11-01",
              "likelihood": "likely", "confidence": "low",
              "hypothesis": "the ministry did it; their hours", "said-by": "our CERT",
              "deception": "a third party copied their tools; easy", "supplied-by-us": "no"}


def details(values):
    return [word for key, value in values.items()
            for word in ("--detail", f"{key}={value}")]


def without(key):
    return {other: value for other, value in ALLEGATION.items() if other != key}


def allege(values, *words, **arguments):
    return ("act", "allege", "--yes", "--evidence", "none-offered", "--text", TEXT,
            *details(values), *words), arguments


def an_allegation_says_all_that_it_must():
    for key in ALLEGATION:
        words, _ = allege(without(key))
        said = north.cli.refused(*words, status=2)
        assert f"--detail {key}=… is missing" in said, said
    # Several are named at once, and what each is for.
    said = north.cli.refused("act", "allege", "--yes", "--evidence", "offered", "--text", TEXT,
                             status=2)
    assert "what is said to have been done" in said and "likelihood, confidence" in said, said
    name = north.act("allege", "--evidence", "none-offered", "--text", TEXT,
                     *details(ALLEGATION), "--detail", "ticket=4711")
    shown = south.narrow.text("read", south.has(name))
    assert "likely (55 to 80 %)" in shown and "4711" in shown, shown
    assert_fits(shown, 60)
    assert south.remarks(name, "left-out") == []
    fields = [part for part in south.cli.json("read", name)["parts"] if "fields" in part][0]
    assert {"key": "likelihood", "value": "likely"} in fields["fields"], fields


def values_that_cannot_be_are_refused():
    for key, value, named in (("likelihood", "certainly", "almost-certain"),
                              ("confidence", "likely", "moderate"),
                              ("from", "lately", "2026-11-22"),
                              ("supplied-by-us", "perhaps", "yes, no")):
        words, _ = allege({**ALLEGATION, key: value})
        said = north.cli.refused(*words, status=2)
        assert f"--detail {key}" in said and named in said, said
    words, _ = allege(ALLEGATION, "--detail", "standing=yes")
    assert "exclude each other" in north.cli.refused(*words, status=2)
    words, _ = allege(ALLEGATION, "--detail", "likelihood=unlikely")
    assert "only once" in north.cli.refused(*words, status=2)
    words, _ = allege(ALLEGATION, "--detail", "said-by=a medium")
    assert "supplied-by-us" in north.cli.refused(*words, status=2)
    words, _ = allege(ALLEGATION, "--detail", "Bad=1")
    assert "--detail wants" in north.cli.refused(*words, status=2)
    # Standing instead of a time; a span of time is a time.
    standing = north.act("allege", "--evidence", "none-offered",
                         *details({**without("from"), "standing": "yes"}))
    assert north.remarks(standing, "left-out") == []
    spanned = north.act("allege", "--evidence", "none-offered",
                        *details({**ALLEGATION, "from": "-2d"}))
    assert time.strftime("%Y-%m-%d", time.gmtime(time.time() - 2 * 86400)) in \
        north.cli.text("read", spanned)


def a_person_is_asked_for_what_is_missing():
    answers = ["intrusion", "2026-11-01", "certainly", "5", "low", "they did it", "",
               "somebody else did", "", "our CERT", "no", "", "yes"]
    said, status = north.on_terminal(answers, "act", "allege", "--evidence", "none-offered",
                                     "--text", TEXT)
    assert status == 0, said
    assert "what is said to have been done" in said and "likely (55 to 80 %)" in said, said
    assert "almost-certain, not 'certainly'" in squeezed(said), said
    name = re.search(r"(north-\d+) is logged", said).group(1)
    shown = north.cli.text("read", name)
    assert "likely (55 to 80 %)" in shown and "our CERT" in shown, shown


def a_notice_implies_no_attribution():
    for key in ("actor=a state", "attributed-to=them", "likelihood=likely"):
        said = north.cli.refused("act", "notify", "--precedence", "flash", "--text", TEXT,
                                 "--detail", key, status=2)
        assert "implies no attribution" in said and "chiro act allege" in said, said
    # What counts at night stays quick to say.
    name = north.act("notify", "--precedence", "flash", "--text", TEXT, "--detail",
                     "asset=a dam", "--detail", "status=ongoing", "--detail", "observed=-5m")
    assert "it goes on" in south.cli.text("read", south.has(name))


def evidence_is_graded():
    matter = north.act("allege", "--evidence", "offered", *details(ALLEGATION))
    piece = {"exhibit": "a disk image", "collector": "our CERT, on site",
             "custody": "safe 4 since 2026-11-02", "grade": "F6", "cost-to-fake": "moderate"}
    for key in piece:
        words = details({other: value for other, value in piece.items() if other != key})
        said = north.cli.refused("act", "submit", "--matter", matter, *words, status=2)
        assert f"--detail {key}=…" in said or f"--detail {key} is said" in said, said
    for grade in ("G1", "A7", "f6", "A"):
        said = north.cli.refused("act", "submit", "--matter", matter,
                                 *details({**piece, "grade": grade}), status=2)
        assert "such as B2" in said, said
    image = folder / "image"
    image.write_bytes(b"bits")
    name = north.act("submit", "--matter", matter, *details(piece), "--detail",
                     f"capture=@{image}", "--detail", "exhibit=a log", "--detail",
                     "collector=them", "--detail", "custody=us", "--detail", "grade=B2",
                     "--detail", "cost-to-fake=low")
    shown = squeezed(south.cli.text("read", south.has(name)))
    assert "cannot be judged" in shown and "usually reliable source" in shown, shown
    assert hashlib.sha256(b"bits").hexdigest() in shown
    assert south.remarks(name, "left-out") == []


def public_statements_and_meetings_say_theirs():
    for kind, words, named in (
            ("note-public", ("--supplied-by-us", "no"), "quotation"),
            ("convene", ("--held", "+2d"), "participant"),
            ("minutes", ("--held", "-1h"), "participant"),
            ("call", ("--held", "-10m"), "participant")):
        said = north.cli.refused("act", kind, "--text", TEXT, *words, status=2)
        assert f"--detail {named}=…" in said, said
    quoted = {"quotation": "They did it.", "language": "en", "speaker": "a minister",
              "outlet": "The Paper", "date": "2026-11-20", "capture": "0" * 64}
    name = north.act("note-public", "--supplied-by-us", "no", *details(quoted))
    assert "a minister" in south.cli.text("read", south.has(name))


def labels_are_in_the_language_of_the_reader():
    if not (CATALOGUES / "ru/LC_MESSAGES/chirograph.mo").exists():
        return
    name = north.act("notify", "--precedence", "routine", "--detail", "status=over")
    shown = south.russian.text("read", south.has(name))
    assert_fits(shown, 60)


def what_the_other_side_left_out_is_shown():
    keys = north.cli.json("keys")
    status = north.cli.json("status")["channels"][0]
    blob, body = seal([("1", PARAGRAPH, "en", "authentic", b"You did it."),
                       ("fields", FIELDS, "-", "-",
                        b"chirograph.fields/1\nlikelihood surely\nsaid-by a medium\n")],
                      [keys["north"]["reading_key"], keys["south"]["reading_key"]])
    connection = Connection(north.node.socket)
    connection.request("PUT", f"/v1/channels/{status['channel']}/blobs/"
                       f"{hashlib.sha256(blob).hexdigest()}?size={len(blob)}&offset=0", blob)
    assert connection.getresponse().status == 200
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    draft = folder / "poor.txt"
    draft.write_text("\n".join(
        ["chirograph.act/1", f"channel {status['channel']}", "party north", f"time {now}",
         "author a.head", "act allege", "matter new", "evidence none-offered", body]) + "\n")
    name = north.cli.text("send", draft).split()[0]
    assert north.shown(name)["verdict"] == "valid"
    left_out = " ".join(south.remarks(south.has(name), "left-out"))
    for key in ("conduct", "from", "confidence", "hypothesis", "deception", "supplied-by-us"):
        assert key in left_out, left_out
    assert "likelihood" not in left_out
    assert any("surely" in text for text in south.remarks(name, "malformed"))
    shown = south.narrow.text("read", name)
    assert "LEFT OUT" in shown
    assert_fits(shown, 60)


def help_lists_the_fields_of_a_kind():
    said = north.cli.text("help", "act", "allege")
    assert "likelihood *" in said and "state-rogue-conducted" in said
    assert "Details" not in north.cli.text("help", "act", "accredit")


def main():
    try:
        for side in (north, south):
            side.node.start()
        open_channel((north.node, south.node))
        tap([
            an_allegation_says_all_that_it_must,
            values_that_cannot_be_are_refused,
            a_person_is_asked_for_what_is_missing,
            a_notice_implies_no_attribution,
            evidence_is_graded,
            public_statements_and_meetings_say_theirs,
            labels_are_in_the_language_of_the_reader,
            what_the_other_side_left_out_is_shown,
            help_lists_the_fields_of_a_kind,
        ])
    finally:
        for side in (north, south):
            side.node.remove()
        shutil.rmtree(folder, ignore_errors=True)


main()
