#!/usr/bin/env python3
"""The agenda over two real nodes whose clocks are seconds: what each side owes, becomes
late, is refused and put off; receipts that are withheld; the page that is drawn anew.

    test_cli_agenda.py <chiro>
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from api_node import Node, open_channel, wait_until
from cli import Cli, assert_fits, tap
from sealed_body import PARAGRAPH, seal

WIDTH = 60
SECONDS = {"acknowledge-flash 15m": "acknowledge-flash 2s", "acknowledge-routine 24h": "acknowledge-routine 2h",
           "position 10d": "position 4s", "request 48h": "request 1h",
           "request-flash 6h": "request-flash 4s"}
PARTS = [("1", PARAGRAPH, "en", "authentic", b"What is asked for.")]


def terms(text):
    for clock, shorter in SECONDS.items():
        assert clock in text
        text = text.replace(clock, shorter)
    return text


class World:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.north, self.south = Node("north", "a.head"), Node("south", "b.head")
        self.cli = {node.party: Cli(sys.argv[1], CHIRO_SOCKET=str(node.socket),
                                    HOME=str(self.folder))
                    for node in (self.north, self.south)}

    def open(self):
        for node in (self.north, self.south):
            node.start()
        open_channel((self.north, self.south), terms)
        parties = self.north.request("GET", self.north.of_channel())[1]["parties"]
        self.recipients = [parties[party]["reading_key"] for party in ("north", "south")]

    def say(self, node, kind, *lines, body=False):
        """Logs an act that the other side receipts, if it is there."""
        if body:
            blob, line = seal(PARTS, self.recipients)
            node.upload(blob)
            lines += (line,)
        status, answer = node.submit(node.act(kind, *lines))
        assert status == 201, answer
        return answer["name"]

    def request(self, node, precedence, matter="new"):
        return self.say(node, "request", f"matter {matter}", f"precedence {precedence}",
                        "wants information", body=True)

    def reference(self, name):
        leaf = self.north.request("GET", self.north.of_channel(f"/acts/{name}"))[1]["leaf"]
        return f"{name} {leaf}"

    def receipted(self, node, name):
        wait_until(lambda: node.request("GET", node.of_channel(f"/acts/{name}"))[1]["receipted"],
                   f"{name} is not receipted")

    def items(self, node, query=""):
        status, page = node.request("GET", node.of_channel(f"/agenda?count=500{query}"))
        assert status == 200, page
        return [(item["act"], item["what"], item["state"]) for item in page["items"]]

    def remove(self):
        self.north.remove()
        self.south.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


world = World()


def squeezed(text):
    return " ".join(text.split())


def what_is_owed_is_due_and_then_late():
    world.flash = world.request(world.north, "flash")
    world.routine = world.request(world.north, "routine")
    world.receipted(world.north, world.routine)
    for node in (world.north, world.south):
        assert (world.flash, "answer", "due") in world.items(node, "&side=south")
    wait_until(lambda: (world.flash, "answer", "silent") in world.items(world.south),
               "the answer is not late")
    for node in (world.north, world.south):
        owed = world.items(node, "&side=south")
        assert owed[:2] == [(world.flash, "acknowledge", "overdue"),
                            (world.flash, "answer", "silent")], owed
        assert (world.routine, "answer", "due") in owed, owed


def the_page_has_sections_and_both_times():
    text = world.cli["south"].text("agenda", TZ="MSK-3", COLUMNS=str(WIDTH))
    assert_fits(text, WIDTH)
    assert text.index("Overdue: we are late") < text.index(world.flash) < text.index("We owe")
    assert "more" not in text, text
    assert re.search(rf"We owe\n{world.routine} +request +answer\n", text), text
    assert re.search(r"in 59 min \d+ s · \S+Z \(\d\d:\d\d:\d\d MSK\) ·", squeezed(text)), text
    assert re.search(r"overdue by \d+ s · \S+Z \(\d\d:\d\d:\d\d MSK\) ·", squeezed(text)), text
    theirs = world.cli["north"].text("agenda", COLUMNS=str(WIDTH))
    for title in ("Silent: south has not answered in time", "Overdue: south is late", "south owes"):
        assert title in theirs, theirs
    shortened = world.cli["north"].text("agenda", "--count", "1")
    assert "… and 1 more" in shortened, shortened
    russian = world.cli["north"].text("agenda", LANGUAGE="ru", COLUMNS=str(WIDTH))
    assert_fits(russian, WIDTH)


def json_has_everything():
    document = world.cli["north"].json("agenda")
    assert [channel["other"] for channel in document["channels"]] == ["south"]
    channel = document["channels"][0]
    assert [(item["act"], item["what"], item["state"]) for item in channel["items"]] == \
        world.items(world.north)
    assert channel["counts"]["south"]["silent"] == 1, channel["counts"]
    world.cli["north"].refused("agenda", "--channel", "zzz", status=2)


def a_refusal_stays_until_it_is_asked_again():
    world.say(world.south, "refuse", f"matter {world.reference(world.routine)}",
              f"answers {world.reference(world.routine)}", "reason legal")
    refused = (world.routine, "answer", "refused")
    wait_until(lambda: refused in world.items(world.north), "it is not refused")
    assert refused in world.items(world.south)
    assert (world.routine, "acknowledge", "due") not in world.items(world.north)
    text = squeezed(world.cli["north"].text("agenda"))
    assert re.search(rf"Refused by south {world.routine} request .*refused by south-\d+: legal",
                     text), text
    again = world.request(world.north, "routine", world.reference(world.routine))
    world.receipted(world.north, again)
    assert refused not in world.items(world.north) + world.items(world.south)
    assert (again, "answer", "due") in world.items(world.north)
    world.again = again


def what_is_put_off_says_until_when():
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2 * 3600))
    world.say(world.south, "defer", f"matter {world.reference(world.routine)}",
              f"answers {world.reference(world.again)}", f"until {until}")
    deferred = (world.again, "answer", "deferred")
    wait_until(lambda: deferred in world.items(world.north), "it is not deferred")
    for side in ("north", "south"):
        text = squeezed(world.cli[side].text("agenda"))
        owner = "us" if side == "south" else "south"
        assert re.search(rf"Deferred {world.again} request answer in (2 h|1 h 59 min) · {until} · "
                         rf"deferred · in {world.routine} · .* owed by {owner}", text), text


def a_reply_shows_the_legal_kinds_and_who_signs_them():
    south, north = world.cli["south"], world.cli["north"]
    text = south.run("reply", world.flash, "--author", "b.head", status=2,
                     COLUMNS=str(WIDTH)).decode()
    assert_fits(text, WIDTH)
    plain = squeezed(text)
    assert re.match(rf"{world.flash} request acknowledgement overdue by", plain), text
    assert "provide provide what was asked for you can sign it, as head" in plain, text
    assert not re.search(r"\n  (accept|counter|deny) ", text), text
    unknown = squeezed(south.run("reply", world.flash, "--author", "nobody", status=2).decode())
    assert "provide what was asked for signed by: head, deputy, officer" in unknown, unknown
    follow = squeezed(north.run("reply", world.flash, status=2).decode())
    assert f"{world.flash} asks us for nothing that is still owed." in follow, follow
    assert "did you mean 'provide'?" in south.refused("reply", world.flash, "provid")
    assert "only by: " in south.refused("reply", world.flash, "accept")
    assert "only by: " in south.refused("reply", world.flash, "frobnicate")


def an_officer_is_told_what_needs_the_head():
    key = world.folder / "officer"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], check=True)
    public = " ".join(Path(f"{key}.pub").read_text().split()[:2])
    world.say(world.south, "accredit", "delegate b.officer", "role officer", f"key {public}")
    offered = world.say(world.north, "propose", "matter new", "precedence routine",
                        "expires 2036-01-01T00:00:00Z", body=True)
    world.receipted(world.north, offered)
    text = squeezed(world.cli["south"].run("reply", offered, "--author", "b.officer",
                                           status=2).decode())
    assert "accept accept exactly the text that is answered NEEDS" in text, text
    assert "comment say something that commits to nothing you can sign it, as officer" in text, text


def inbox_has_the_same_order():
    inbox = world.cli["south"].json("inbox")
    agenda = world.items(world.south, "&state=waiting,due,deferred,overdue,silent")
    assert [(one["act"], one["what"]) for one in inbox["obligations"]] == \
        [item[:2] for item in agenda]


def a_watched_page_is_drawn_on_the_terminal_and_left_clean():
    shown = world.cli["north"].on_terminal("agenda", "--watch", interrupt=2.5, COLUMNS=str(WIDTH))
    assert shown.startswith("\x1b[?1049h\x1b[?25l\x1b[H"), repr(shown[:80])
    assert shown.endswith("\x1b[0m\x1b[?25h\x1b[?1049l"), repr(shown[-80:])
    assert "\x1b[2J" not in shown and "Silent: south" in shown
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert_fits(plain, WIDTH)


def a_watched_page_follows_the_log_where_there_is_no_terminal():
    environment = {**world.cli["south"].environment, "COLUMNS": str(WIDTH)}
    with subprocess.Popen([sys.argv[1], "agenda", "--watch"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=environment) as watch:
        os.set_blocking(watch.stdout.fileno(), False)
        shown = [b""]

        def appears(name):
            shown[0] += watch.stdout.read() or b""
            return name.encode() in shown[0]

        wait_until(lambda: appears(world.flash), "nothing is shown")
        begun = time.monotonic()
        name = world.request(world.north, "immediate")
        wait_until(lambda: appears(name), "what has come is not shown")
        assert time.monotonic() - begun < 5
        assert b"\x1b" not in shown[0]
        watch.send_signal(signal.SIGINT)
        assert watch.wait(10) == 0 and watch.stderr.read() == b""


def a_receipt_is_withheld():
    world.south.stop()
    name = world.say(world.north, "notify", "matter new", "precedence flash", body=True)
    owed = world.items(world.north, "&side=south&state=unreceipted,withheld,waiting")
    assert (name, "receipt", "unreceipted") in owed and (name, "answer", "due") not in owed
    wait_until(lambda: (name, "receipt", "withheld") in world.items(world.north), "not withheld")
    text = squeezed(world.cli["north"].text("agenda"))
    assert re.search(rf"Receipt withheld by south {name} notify receipt logged \d+ s ago", text), text
    world.south.start()
    wait_until(lambda: (name, "receipt", "withheld") not in world.items(world.north),
               "it is still withheld")


def a_handover_tells_what_happened_and_is_signed():
    south = world.cli["south"]
    signer = ("--author", "b.head", "--key", world.south.folder / "head")
    page = south.text("handover", "--print", "--since", "-1h", "--author", "b.head")
    for title in ("Arrived", "Sent", "Answered", "Newly overdue", "Due by", "The link was down",
                  "Alarms", "Everything that is open"):
        assert f"\n{title}" in page, page
    arrived = page[page.index("\nArrived"):page.index("\nSent")]
    assert world.flash in arrived and world.routine in arrived, arrived
    assert re.search(rf"\n{world.routine} by south-\d+ \(refuse\)\n", page), page
    late = page[page.index("\nNewly overdue"):page.index("\nDue by")]
    assert world.flash in late, late
    assert south.json("handover", "--list") == {"handovers": [], "more": False}
    south.refused("handover", *signer, status=2)  # nobody is there to be asked
    made = south.json("handover", "--yes", "--note", "South promised: nothing…", *signer)
    assert made == {"number": 1}, made
    listed = south.json("handover", "--list")["handovers"]
    assert [(each["number"], each["author"], each["accepted_by"]) for each in listed] == \
        [(1, "b.head", None)], listed
    shown = south.json("handover", "--show", "1")
    assert shown["text"].startswith("chirograph.handover/1\n") and "nothing…" in shown["text"]
    assert "no handover" in south.refused("handover", "--show", "2")


def a_handover_is_accepted_by_another_person():
    south, folder = world.cli["south"], world.folder
    head, officer = world.south.folder / "head", folder / "officer"
    assert "cannot also" in south.refused("handover", "--accept", "1", "--yes", "--key", head)
    assert "accredited" in south.refused("handover", "--accept", "1", "--yes", "--key",
                                         world.north.folder / "head")
    assert "signed by" in south.refused("handover", "--yes", "--author", "b.officer", "--key", head)
    assert "accepted" in south.text("handover", "--accept", "1", "--yes", "--key", officer)
    assert "has accepted" in south.refused("handover", "--accept", "1", "--yes", "--key", officer)
    assert "b.officer" in south.text("handover", "--list")
    south.run("handover", "--show", "1", "--save", folder / "page")
    text = (folder / "page").read_bytes()
    for name, signature in (("b.head", "page.sig"), ("b.officer", "page.accepted.sig")):
        for content, good in ((text, True), (text + b"x", False)):
            done = subprocess.run(["ssh-keygen", "-Y", "verify", "-n", "chirograph-handover", "-f",
                                   folder / "page.allowed_signers", "-I", f"{name}@south", "-s",
                                   folder / signature], input=content, capture_output=True,
                                  check=False)
            assert (done.returncode == 0) == good, done


def the_next_handover_begins_where_the_last_ended():
    south = world.cli["south"]
    name = world.request(world.north, "routine")
    world.receipted(world.north, name)
    page = south.text("handover", "--print", "--author", "b.head")
    arrived = page[page.index("\nArrived"):page.index("\nSent")]
    assert name in arrived and world.flash not in arrived, page
    first = south.json("handover", "--show", "1")
    assert f"\nfrom {first['to']}\n" in page, page


def after_a_restart_it_is_the_same():
    before = {each[:2] for each in world.items(world.north, "&state=due,overdue,silent,unread")}
    world.north.stop()
    world.north.start()
    after = {each[:2] for each in world.items(world.north, "&state=due,overdue,silent,unread")}
    assert before == after, before ^ after
    page = world.cli["north"].text("handover", "--print", "--since", "-1h", "--author", "a.head")
    assert "the node was started" in page[page.index("The link was down"):], page


TESTS = [what_is_owed_is_due_and_then_late, the_page_has_sections_and_both_times,
         json_has_everything, a_refusal_stays_until_it_is_asked_again,
         what_is_put_off_says_until_when, a_reply_shows_the_legal_kinds_and_who_signs_them,
         an_officer_is_told_what_needs_the_head, inbox_has_the_same_order,
         a_watched_page_is_drawn_on_the_terminal_and_left_clean,
         a_watched_page_follows_the_log_where_there_is_no_terminal, a_receipt_is_withheld,
         a_handover_tells_what_happened_and_is_signed,
         a_handover_is_accepted_by_another_person, the_next_handover_begins_where_the_last_ended,
         after_a_restart_it_is_the_same]

try:
    world.open()
    tap(TESTS)
finally:
    world.remove()
