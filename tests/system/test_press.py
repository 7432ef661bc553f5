#!/usr/bin/env python3
"""What the press claims, checked against the record and shown to others; and publication,
of what both sides agreed to or one-sided. Over two real nodes.

    test_press.py <chiro>
"""
import base64
import hashlib
import shutil
import sys

from cli import assert_fits, tap
from sides import World

world = World()
north, south = world.north, world.south
names = {}


def words_of(answer):
    return [(line["answer"], line["act"]) for line in answer["claims"]]


def open_it():
    world.start()
    world.open("languages en\n")
    text = world.write("minutes", "Both sides met in May.\n\nThe line is tested each month.\n\n"
                       "Costs are shared.\n")
    names["proposal"] = south.act("propose", "--expires", "+1d", "--text", text, "--subject",
                                  "The line")
    north.has(names["proposal"])
    names["request"] = north.act("request", "--wants", "information", "--text", text)
    south.has(names["request"])


def words_are_found_or_cannot_be_shown():
    claim = world.write("words", "The line is tested each month.\n\n“THE LINE is tested, each "
                        "month”\n\nThe line is tested by us each month.\n\nNorth has admitted "
                        "everything.\n")
    answer = north.cli.json("press-check", claim)
    assert [line["answer"] for line in answer["claims"]] == ["in-the-record"] * 3 + [
        "cannot-be-shown"], answer
    assert [line.get("match") for line in answer["claims"]] == ["exact", "words", "differs", None]
    assert answer["claims"][0]["act"] == names["proposal"] and answer["unopened"] == 0
    for width in (60, 80):
        shown = north.cli.text("press-check", claim, COLUMNS=str(width))
        assert "IN THE RECORD" in shown and "CANNOT BE SHOWN" in shown, shown
        assert_fits(shown, width)


def kinds_numbers_and_dates_are_judged():
    claim = world.write("facts", "chirograph.claim/1\nsent south propose\nsent 2 south propose\n"
                        f"sent south allege\nanswered {names['request']}\n")
    assert [kind for kind, _ in words_of(north.cli.json("press-check", claim))] == [
        "in-the-record", "not-in-the-record", "not-in-the-record", "not-in-the-record"]
    north.has(south.act("provide", "--extent", "all", "--answers", names["request"], "--text",
                        world.folder / "minutes"))
    assert words_of(north.cli.json("press-check", claim))[3][0] == "in-the-record"


def others_come_to_the_same_answers():
    claim = world.write("both", "chirograph.claim/1\noutlet The Gazette\nquotation The line is "
                        "tested each month.\nsent south allege\nsent south propose\n"
                        "quotation North has admitted everything.\n")
    bundle = world.folder / "bundle"
    # Where nobody can be asked, nothing is written.
    north.cli.run("press-check", claim, "--prove", bundle, status=2)
    assert "--yes" in north.cli.errors and not bundle.exists()
    shown = north.cli.text("press-check", claim, "--prove", bundle, "--yes")
    assert "IN THE RECORD" in shown and "prove to others" in shown, shown
    assert (bundle / "claim.txt").read_bytes() == claim.read_bytes()
    verified = north.cli.json("verify", bundle)
    assert verified["claims"][0]["match"] == "exact", verified
    assert [line["answer"] for line in verified["claims"]] == [
        "in-the-record", "not-in-the-record", "in-the-record", "cannot-be-shown"]
    # The paragraph quoted is all of the body that is shown.
    parts = sorted(path.name for path in (bundle / "bodies").rglob("0*") if path.suffix == "")
    assert len(parts) == 1, parts


def a_forged_answer_is_refused():
    bundle = world.folder / "bundle"
    forged = {"answer.txt": (b"claim 2 not-in-the-record", b"claim 2 in-the-record 1 south-1"),
              "claim.txt": (b"sent south allege", b"sent south propose")}
    for name, (true, false) in forged.items():
        copy = world.folder / f"forged-{name}"
        shutil.copytree(bundle, copy)
        content = (copy / name).read_bytes()
        assert true in content
        (copy / name).write_bytes(content.replace(true, false))
        assert "damaged" in north.cli.text("verify", copy, status=1).lower() or north.cli.errors


def a_malformed_claim_is_named():
    claim = world.write("malformed", "chirograph.claim/1\nsent east propose\n")
    assert "line 2" in north.cli.refused("press-check", claim)
    claim = world.write("nothing", "chirograph.claim/1\nquotation Nobody has said that.\n")
    assert "nothing to write" in north.cli.run("press-check", claim, "--prove",
                                               world.folder / "none", "--yes",
                                               status=1).decode() + north.cli.errors
    assert not (world.folder / "none").exists()


def a_bare_reply_needs_no_consent():
    asked = north.act("press-check", "--text", world.write("asked", "Did South attack us?\n"))
    south.has(asked)
    # Whoever asks has not said it.
    assert words_of(north.cli.json("press-check", world.folder / "asked")) == [
        ("cannot-be-shown", None)]
    rebuttal = south.cli.json("reply", asked, "rebut", "--yes")["name"]
    north.has(rebuttal)
    shown = south.cli.text("disclose", rebuttal, world.folder / "reply", "--yes")
    assert "right of reply" in shown, shown
    shown = " ".join(north.cli.text("verify", world.folder / "reply").split())
    assert "needs no consent" in shown and "no consent to this disclosure" not in shown, shown
    # With the words of the other side it is none.
    shown = south.cli.text("disclose", rebuttal, asked, world.folder / "asked-too", "--part",
                           f"{asked}:1", "--yes")
    shown = " ".join(north.cli.text("verify", world.folder / "asked-too").split())
    assert "no consent to this disclosure is shown" in shown, shown


def consent_covers_some_parts():
    text = world.write("joint", "The two sides met.\n\nThey spoke of the price.\n\nThey will meet "
                       "again.\n")
    asked = north.act("communique", "--text", text, "--language", "en")
    out = world.folder / "published"
    assert "silence is no consent" in north.cli.refused("publish", asked, out, "--yes")
    assert not out.exists()
    south.has(asked)
    assert "--scope wants" in south.cli.refused("reply", asked, "accept", "--yes", "--scope",
                                                "most of it", status=2)
    accepted = south.cli.json("reply", asked, "accept", "--yes", "--scope", "parts 1,3")["name"]
    north.has(accepted)
    published = north.cli.json("publish", asked, out, "--yes")["name"]
    assert out.read_text() == "The two sides met.\n\nThey will meet again.\n"
    digest = base64.b64encode(hashlib.sha256(out.read_bytes()).digest()).decode()
    assert f"published {digest}" in north.shown(published)["text"]
    # A file of one's own must keep to it.
    more = world.write("more", "The two sides met.\n\nThey spoke of the price.\n")
    assert "paragraph 2" in north.cli.refused("publish", asked, more, "--yes")
    # A piece of a sentence can say the opposite.
    piece = world.write("piece", "The two sides\n")
    assert "paragraph 1" in north.cli.refused("publish", asked, piece, "--yes")
    less = world.write("less", "They will meet again.\n")
    north.cli.json("publish", asked, less, "--yes")
    matters = {matter["matter"]: matter["state"]
               for matter in north.cli.json("log", "--matters")["matters"]}
    assert matters[asked] == "published", matters


def without_consent_it_is_one_sided():
    asked = south.act("ask-release", "--text", world.folder / "joint")
    north.has(asked)
    north.has(south.cli.json("publish", asked, world.folder / "alone", "--unilateral",
                             "--yes")["name"])
    matters = {matter["matter"]: matter["state"]
               for matter in north.cli.json("log", "--matters")["matters"]}
    assert matters[asked] == "published-unilaterally", matters
    allowed, alone = north.cli.text("brief").split("Published without consent")
    allowed = allowed.split("What may be said publicly")[1]
    assert asked not in allowed and asked in alone
    assert "is no communique" in south.cli.refused("publish", names["proposal"],
                                                   world.folder / "x", status=2)


try:
    open_it()
    tap([words_are_found_or_cannot_be_shown, kinds_numbers_and_dates_are_judged,
         others_come_to_the_same_answers, a_forged_answer_is_refused, a_malformed_claim_is_named,
         a_bare_reply_needs_no_consent, consent_covers_some_parts, without_consent_it_is_one_sided])
except SystemExit as end:
    if end.code:
        print(f"# what it made is in {world.folder}")
    else:
        shutil.rmtree(world.folder, ignore_errors=True)
    raise
finally:
    world.stop()
