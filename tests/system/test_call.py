#!/usr/bin/env python3
"""The telephone, over two real nodes: which act is meant, who calls, and the minutes.

    test_call.py <chiro>
"""
import os
import sys
import time
from urllib.parse import quote

from api_node import Node, open_channel, wait_until
from cli import Cli, assert_fits, tap

LISTS = ("en", "ru")


class Officer(Node):
    """A node with somebody at its command line."""

    def __init__(self, party, head):
        super().__init__(party, head, ["may *self admin"])
        self.cli = Cli(sys.argv[1])

    def options(self):
        return ("--socket", self.socket, "--author", self.head, "--key", self.folder / "head")

    def chiro(self, command, *words, **arguments):
        options = ("--socket", self.socket)
        return self.cli.text(command, *words, *options, **arguments)

    def json(self, command, *words, **arguments):
        return self.cli.json(command, *words, "--socket", self.socket, **arguments)

    def comment(self):
        status, answer = self.submit(self.act("comment", self.upload(os.urandom(200))))
        assert status == 201, answer
        return answer["name"]

    def has(self, act):
        wait_until(lambda: self.request("GET", self.of_channel(f"/acts/{act}"))[0] == 200,
                   f"{act} does not come")
        return act


north, south = Officer("north", "a.head"), Officer("south", "b.head")


def words_shown(shown, label):
    """The text beside a label."""
    return next(line.split(label, 1)[1].strip() for line in shown.splitlines()
                if line.strip().startswith(label))


def both_sides_see_the_same_words_of_an_act():
    name = south.has(north.comment())
    ours, theirs = (words_shown(node.chiro("show", name), "code words") for node in (north, south))
    assert ours == theirs and len(ours.split()) == 4, (ours, theirs)
    other = words_shown(north.chiro("show", south.has(north.comment())), "code words")
    assert other != ours
    assert south.json("show", "--words", ours)["name"] == name
    # As somebody notes down what he hears.
    noted = "  ".join(word[:4].upper() for word in ours.split())
    assert south.json("show", "--words", noted)["name"] == name
    # Who reads Russian sees the other list, which the same act is found by.
    shown = south.chiro("show", name, LANGUAGE="ru")
    russian = [" ".join(line.split()[-4:]) for line in shown.splitlines() if len(line.split()) > 3]
    found = [north.request("GET", north.of_channel("/words?words=" + quote(words)))
             for words in russian if not words.isascii()]
    assert (200, {"acts": [name]}) in found, (shown, found)
    log = south.chiro("log", "--words", "--last", "8")
    assert ours in log and other in log, log
    assert ours not in south.chiro("log", "--last", "8")


def words_of_no_act_are_refused():
    complaint = north.cli.refused("show", "--words", "acorn acorn acorn acorn", "--socket",
                                  north.socket)
    assert "no act here has these words" in complaint, complaint
    for wrong in ("acorn acorn acorn", "acorn acorn acorn xylophone", "абрикос acorn acorn acorn",
                  "north-1", "%s%s%s%s"):
        north.cli.refused("show", "--words", wrong, "--socket", north.socket, status=2)
    north.cli.run("show", "--socket", north.socket, status=2)
    north.cli.run("show", "north-0", "--words", "acorn acorn acorn acorn", "--socket", north.socket,
                  status=2)
    status, _ = north.request("GET", north.of_channel("/words?words=acorn"))
    assert status == 400, status


def two_officers_recognise_each_other():
    for asker, other in ((north, south), (south, north)):
        shown = asker.chiro("call")
        challenge = words_shown(shown, "say")
        heard = other.chiro("call", "--answer", challenge)
        assert words_shown(heard, "say") == words_shown(shown, "they answer"), (shown, heard)
        assert words_shown(heard, "they say") == words_shown(shown, "then say"), (shown, heard)
        assert_fits(asker.chiro("call", COLUMNS="60"), 60)
        # Overheard, and said to the same desk again.
        complaint = other.cli.refused("call", "--answer", challenge, "--socket", other.socket)
        assert "answered before" in complaint, complaint


def fresh_questions_have_fresh_answers():
    asked = [north.json("call") for _ in range(4)]
    for part in ("challenge", "answer", "confirmation"):
        for language in LISTS:
            assert len({each[part][language] for each in asked}) == 4, asked
    # In the other list the answer is the same.
    answer = south.json("call", "--answer", asked[0]["challenge"]["ru"])
    assert answer["answer"] == asked[0]["answer"], (answer, asked[0])
    heard = south.chiro("call", "--answer", asked[1]["challenge"]["ru"])
    assert words_shown(heard, "say") == asked[1]["answer"]["ru"], heard


def wrong_questions_are_refused():
    south.cli.refused("call", "--answer", "acorn acorn acorn", "--socket", south.socket)
    words = north.json("call")["challenge"]["en"].split()
    first = "walnut" if words[0] != "walnut" else "acorn"
    complaint = south.cli.refused("call", "--answer", " ".join([first, *words[1:]]), "--socket",
                                  south.socket)
    assert "not words of this time" in complaint, complaint
    south.cli.run("call", "--answer", "x", "--template", "--socket", south.socket, status=2)
    south.cli.run("call", "--held", "-5m", "--socket", south.socket, status=2)
    south.cli.run("call", "north-1", "--socket", south.socket, status=2)


def minutes_are_an_act_that_the_other_side_comments_on():
    template = north.cli.text("call", "--template")
    assert "What was said:" in template and "Code words exchanged" in template, template
    minutes = north.folder / "call.txt"
    minutes.write_text(template.replace("What was said:\n", "What was said:\nThat it rains.\n"))
    name = north.cli.text(
        "call", "--minutes", minutes, "--held", "-20m", *north.options(), "--", "--yes",
        "--subject", "A call", "--detail", "participant=a.head, north",
        "--detail", "participant=b.head, south", "--detail", "code-words=yes").split()[0]
    act = south.json("show", south.has(name))
    assert act["kind"] == "call" and act["verdict"] == "valid", act
    held = next(line.split()[1] for line in act["text"].splitlines() if line.startswith("held "))
    age = time.time() - time.mktime(time.strptime(held + " UTC", "%Y-%m-%dT%H:%M:%SZ %Z")) \
        + time.timezone
    assert 1190 < age < 1230, age
    assert "That it rains." in south.chiro("read", name)
    comment = south.cli.text("act", "comment", "--matter", name, "--text", "-", "--yes",
                             *south.options(), data=b"It did not rain.").split()[0]
    assert north.json("show", north.has(comment))["matter"] == name


def main():
    try:
        for node in (north, south):
            node.start()
        open_channel([north, south])
        tap([both_sides_see_the_same_words_of_an_act,
             words_of_no_act_are_refused,
             two_officers_recognise_each_other,
             fresh_questions_have_fresh_answers,
             wrong_questions_are_refused,
             minutes_are_an_act_that_the_other_side_comments_on])
    finally:
        for node in (north, south):
            node.remove()


main()
