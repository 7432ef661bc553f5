#!/usr/bin/env python3
"""People come and go, over two real nodes: authority that ends, what a party cannot sign any
more, disputed acts, a delegate who leaves.

    test_cli_people.py <chiro>
"""
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from api_document import Document
from api_node import Node, open_channel, run, wait_until
from cli import Cli, assert_fits, tap

WIDTH = 60
CATALOGUES = Path(os.environ.get("CHIRO_BUILD", "nowhere")) / "po"


class Side:
    def __init__(self, party, head, folder):
        self.node, self.head, self.folder = Node(party, head), head, folder
        self.party = party
        self.cli = Cli(sys.argv[1], CHIRO_SOCKET=str(self.node.socket), HOME=str(folder))
        # The system need not have the locale.
        self.narrow = Cli(sys.argv[1], CHIRO_SOCKET=str(self.node.socket), HOME=str(folder),
                          COLUMNS=str(WIDTH))
        self.russian = Cli(sys.argv[1], CHIRO_SOCKET=str(self.node.socket), HOME=str(folder),
                           COLUMNS=str(WIDTH), LANG="ru_RU.UTF-8",
                           CHIRO_LOCALE_DIRECTORY=str(CATALOGUES))
        del self.russian.environment["LC_ALL"]

    def key(self, name):
        if name in (self.head, "appointing"):
            return self.node.folder / ("head" if name == self.head else name)
        path = self.folder / f"{self.party}-{name}"
        if not path.exists():
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path))
        return path

    def act(self, kind, *words, author=None, key=None, **arguments):
        author = author or self.head
        return self.cli.text("act", kind, "--author", author, "--key", self.key(key or author),
                             "--yes", *words, **arguments).split()[0]

    def accredit(self, name, role, until, key=None):
        return self.act("accredit", "--delegate", name, "--role", role, "--new-key",
                        f"{self.key(key or name)}.pub", *(("--until", until) if until else ()))

    def reminders(self, *what):
        """(party, what, delegate or kind, urgent) of each, as status and inbox agree."""
        found = self.cli.json("status")["channels"][0]["reminders"]
        # An end may pass between the two.
        if self.cli.json("inbox")["reminders"] != found:
            found = self.cli.json("status")["channels"][0]["reminders"]
            assert self.cli.json("inbox")["reminders"] == found
        return [(each["party"], each["what"], each["delegate"] or each["kind"], each["urgent"])
                for each in found if not what or each["what"] in what]

    def has(self, act):
        self.cli.run("wait", act, "--timeout", "20s")
        return act


folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
north, south = Side("north", "a.head", folder), Side("south", "b.head", folder)
written = {}


def utc(offset=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset))


def squeezed(text):
    return " ".join(text.split())


def a_second_signature_that_nobody_can_give_is_said():
    assert north.reminders() == [("north", "no-cosigner", "withdraw", False),
                                 ("south", "no-cosigner", "withdraw", False)]
    text = squeezed(north.cli.text("status"))
    assert "nobody of north can give the second signature that 'withdraw' needs" in text, text
    assert "accredit a deputy" in text
    north.cli.run("status", "--check")


def restart(node):
    node.stop()
    node.start()
    wait_until(lambda: node.request("GET", node.of_channel())[1]["link"]["state"] == "up",
               "the link does not come back")


def keys_of_lists_that_cannot_be_read_need_a_person():
    assert "evaluator 0 keys of lists, as user " in squeezed(north.cli.text("status"))
    damaged = north.node.folder / "home/keeper/lists" / f"{'0' * 64}.key"
    damaged.write_bytes(b"chirolst")
    restart(north.node)
    assert "1 key cannot be read" in squeezed(north.cli.text("status"))
    north.cli.run("status", "--check", status=1)
    damaged.unlink()
    restart(north.node)
    north.cli.run("status", "--check")


def a_far_end_is_no_reminder():
    north.has(south.accredit("d.deputy", "deputy", None))
    north.accredit("c.deputy", "deputy", "+15d")
    north.accredit("c.officer", "officer", "+300d")
    assert north.reminders() == [], north.reminders()
    assert "uthority" not in north.cli.text("status") + north.cli.text("inbox")


def an_end_within_two_weeks_is_one():
    name = north.accredit("c.duty", "duty", "+13d")
    assert north.reminders() == [("north", "ends", "c.duty", False)]
    north.cli.run("status", "--check")
    for text in (north.narrow.text("status"), north.narrow.text("inbox")):
        assert re.search(r"c\.duty@north, duty: authority ends .*in 1[23] d", squeezed(text)), \
            text
        assert "accredit them anew" in squeezed(text)
        assert_fits(text, WIDTH)
    # The other side sees it too, without the advice, and is not alarmed.
    south.has(name)
    text = squeezed(south.cli.text("status"))
    assert "c.duty@north" in text and "anew" not in text and "AUTHORITY" not in text, text


def an_end_within_three_days_needs_a_person():
    name = north.accredit("c.duty", "duty", "+2d", key="c.duty.2")
    assert north.reminders() == [("north", "ends", "c.duty", True)]
    assert "AUTHORITY" in north.narrow.text("status")
    north.cli.run("status", "--check", status=1)
    south.has(name)
    assert south.reminders() == [("north", "ends", "c.duty", False)]
    south.cli.run("status", "--check")
    # In time, under another key.
    north.accredit("c.duty", "duty", "+90d", key="c.duty.3")
    assert north.reminders() == []
    north.cli.run("status", "--check")


def what_has_ended_is_said_for_two_weeks():
    north.accredit("c.guest", "duty", "+5s")
    wait_until(lambda: north.reminders("ended"), "the authority does not end")
    assert north.reminders() == [("north", "ended", "c.guest", False)]
    text = squeezed(north.narrow.text("inbox"))
    assert re.search(r"c\.guest@north, duty: authority ended .* s ago", text), text
    assert "authority has ended" in north.cli.text("keys")
    said = north.cli.refused("act", "comment", "--author", "c.guest", "--key",
                             north.key("c.guest"), "--yes", "--text", written["text"])
    assert "ended" in said or "expired" in said, said
    north.act("recall", "--delegate", "c.guest")
    assert north.reminders() == []


def the_last_who_can_give_a_second_signature_is_said_loudly():
    north.accredit("c.deputy", "deputy", "+10d", key="c.deputy.2")
    north.act("recall", "--delegate", "c.officer")
    assert north.reminders("no-cosigner") == [("north", "no-cosigner", "withdraw", False)]
    text = squeezed(north.narrow.text("status"))
    assert "nobody of north can give the second signature" in text and "from " in text, text
    north.cli.run("status", "--check")
    north.accredit("c.deputy", "deputy", "+1d", key="c.deputy.3")
    assert north.reminders() == [("north", "no-cosigner", "withdraw", True),
                                 ("north", "ends", "c.deputy", True)]
    north.cli.run("status", "--check", status=1)
    north.accredit("c.deputy", "deputy", None, key="c.deputy.4")
    assert north.reminders() == []


def the_other_side_has_its_own():
    # South's charter is the same; its people are one deputy without an end.
    south.act("recall", "--delegate", "d.deputy")
    south.accredit("d.duty", "duty", "+5d")
    assert ("south", "no-cosigner", "withdraw", False) in south.reminders()
    south.accredit("d.deputy", "deputy", "+20d", key="d.deputy.2")
    assert south.reminders() == [("south", "ends", "d.duty", False)]


def a_stolen_key_makes_acts_disputed():
    before = north.act("notify", "--precedence", "routine", "--text", written["text"],
                       author="c.duty", key="c.duty.3")
    time.sleep(1.1)
    since = utc()
    stolen = north.act("notify", "--precedence", "routine", "--text", written["text"],
                       author="c.duty", key="c.duty.3")
    recall = north.act("recall", "--delegate", "c.duty", "--since", since, "--reason",
                       "key stolen")
    south.has(recall)
    for side in (north, south):
        assert side.cli.json("show", stolen)["disputed"]
        assert side.cli.json("show", stolen)["verdict"] == "valid"
        assert not side.cli.json("show", before)["disputed"]
        everywhere = {
            "show": side.narrow.text("show", stolen), "log": side.narrow.text("log"),
            "matters": side.narrow.text("log", "--matters"),
            "matter": side.narrow.text("log", "--matter", stolen),
            "inbox": side.narrow.text("inbox"), "keys": side.narrow.text("keys"),
            "read": side.narrow.text("read", stolen) + side.narrow.errors,
        }
        for command, text in everywhere.items():
            assert "disputed" in text.lower(), f"{side.party}: {command}: {text}"
            if command != "keys":
                assert_fits(text, WIDTH)
        assert "DISPUTED" not in side.cli.text("log", "--matter", before)
        assert "DISPUTED since" in side.cli.text("keys") and since in side.cli.text("keys")
        assert side.cli.json("read", stolen)["disputed"] is True
        matters = {each["matter"]: each["disputed"]
                   for each in side.cli.json("log", "--matters")["matters"]}
        assert matters == {before: False, stolen: True}, matters
    record = folder / "disputed"
    south.cli.run("export", record)
    gaps = [gap for gap in south.cli.json("verify", record)["not_checked"]
            if gap["what"] == "disputed"]
    assert [(gap["party"], gap["count"]) for gap in gaps] == [("north", 1)], gaps
    assert "acts are disputed" in squeezed(south.narrow.text("verify", record))
    owed = {each["act"]: each for each in south.cli.json("inbox")["obligations"]}
    assert owed[stolen]["disputed"] and not owed[before]["disputed"]
    assert owed[before]["author_left"]
    south.cli.run("reply", stolen, status=2)
    assert "DISPUTED" in south.cli.errors


def whoever_leaves_leaves_what_they_said():
    north.accredit("c.leaver", "officer", None)
    notified = north.act("notify", "--precedence", "routine", "--text", written["text"],
                         author="c.leaver")
    # A text that is signed and waits, and one that is only drafted.
    draft, unsigned = folder / "draft.txt", folder / "unsigned.txt"
    for path in (draft, unsigned):
        north.act("comment", "--text", written["text"], "--draft", path, author="c.leaver")
    run("ssh-keygen", "-q", "-Y", "sign", "-n", "chirograph-act", "-f",
        str(north.key("c.leaver")), str(draft))
    recall = north.act("recall", "--delegate", "c.leaver")
    said = squeezed(north.cli.errors)
    assert "stands and binds north" in said and "can no longer be logged" in said, said
    assert f"{notified}, notify: acknowledgement is owed by south" in said, said
    assert f"{notified}, notify: update is owed by north" in said, said
    assert north.cli.json("show", recall)["verdict"] == "valid"
    assert "not accredited" in north.cli.refused("send", draft, "--signature", f"{draft}.sig")
    assert "not accredited" in north.cli.refused("send", unsigned, "--author", "c.leaver",
                                                 "--key", north.key("c.leaver"))
    for side in (north, south):
        side.has(recall)
        owed = [each for each in side.cli.json("inbox")["obligations"]
                if each["act"] == notified]
        assert owed and all(each["author_left"] for each in owed), owed
        assert "holds no authority any more" in squeezed(side.narrow.text("inbox"))
        assert_fits(side.narrow.text("inbox"), WIDTH)
    # The other side answers as before, and somebody else of ours follows up.
    answer = south.cli.text("reply", notified, "ack", "--author", "b.head", "--key",
                            south.key("b.head"), "--yes").split()[0]
    assert south.cli.json("show", answer)["verdict"] == "valid"
    update = north.act("update", "--matter", notified, "--text", written["text"],
                       author="c.deputy", key="c.deputy.4")
    assert north.cli.json("show", update)["verdict"] == "valid"


def a_party_without_a_head_is_said_loudly():
    recall = north.act("recall", "--delegate", "a.head", author="appointing")
    south.has(recall)
    assert north.reminders("no-head") == [("north", "no-head", None, True)]
    assert south.reminders("no-head") == [("north", "no-head", None, False)]
    text = squeezed(north.narrow.text("status"))
    assert "north has no head" in text and "appointing key" in text, text
    north.cli.run("status", "--check", status=1)
    text = squeezed(south.narrow.text("status"))
    assert "north has no head" in text and "appointing key" not in text, text
    south.cli.run("status", "--check")
    north.cli.refused("act", "accredit", "--delegate", "c.new", "--role", "duty", "--new-key",
                      f"{north.key('c.new')}.pub", "--author", "a.head", "--key",
                      north.key("a.head"), "--yes")
    north.act("appoint", "--office", "head", "--delegate", "c.head", "--new-key",
              f"{north.key('c.head')}.pub", author="appointing")
    assert north.reminders("no-head") == []
    assert north.cli.json("keys")["north"]["head"] == "c.head"


def answers_are_as_documented():
    document = Document()
    for path, shape in (("", "Channel"), ("/inbox", "Inbox"), ("/matters", "Matters")):
        status, answer = north.node.request("GET", north.node.of_channel(path))
        schema = document.content["components"]["schemas"][shape]
        assert status == 200 and not list(document.faults(answer, schema)), \
            list(document.faults(answer, schema))


def other_languages_show_all_of_it():
    for side in (north, south):
        for words in (["status"], ["inbox"], ["keys"], ["log", "--all"], ["log", "--matters"]):
            text = side.russian.text(*words)
            assert "%" not in text and "(null)" not in text, text
            if words != ["keys"]:
                assert_fits(text, WIDTH)
    said = north.russian.refused("act", "recall", "--yes", "--delegate", "c.nobody", "--author",
                                 "a.head", "--key", north.key("a.head"))
    assert "недействителен" in said and not re.search(r": [a-z]+ [a-z]+ ", said), said


def main():
    try:
        for side in (north, south):
            side.node.start()
        written["text"] = folder / "text"
        written["text"].write_text("Something happened.\n")
        open_channel((north.node, south.node), lambda charter: charter.replace(
            "\nconfidentiality ", "\ntwo-signatures withdraw\nconfidentiality ", 1))
        tap([
            a_second_signature_that_nobody_can_give_is_said,
            keys_of_lists_that_cannot_be_read_need_a_person,
            a_far_end_is_no_reminder,
            an_end_within_two_weeks_is_one,
            an_end_within_three_days_needs_a_person,
            what_has_ended_is_said_for_two_weeks,
            the_last_who_can_give_a_second_signature_is_said_loudly,
            the_other_side_has_its_own,
            a_stolen_key_makes_acts_disputed,
            whoever_leaves_leaves_what_they_said,
            a_party_without_a_head_is_said_loudly,
            answers_are_as_documented,
            other_languages_show_all_of_it,
        ])
    finally:
        for side in (north, south):
            side.node.remove()
        shutil.rmtree(folder, ignore_errors=True)


main()
