#!/usr/bin/env python3
"""Two real nodes, a witness and a depositary. Evidence is asked for and nothing comes: that
is certified, for one who has receipted and for one who is gone, and everybody can check it.
Clocks are of seconds.

    test_silence.py <chiro>
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import api_node
from api_node import Node, open_channel, wait_until
from cli import Cli, tap
from neutral_server import Neutral
from sealed_body import PARAGRAPH, seal


def shorten(charter):
    for name, time in {"acknowledge-flash": "2s", "acknowledge-immediate": "2s",
                       "acknowledge-priority": "2s", "acknowledge-routine": "2s",
                       "request": "4s", "request-flash": "3s"}.items():
        charter = re.sub(f"^clock {name} .*$", f"clock {name} {time}", charter, flags=re.M)
    return charter


class World:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.witness = Neutral("witness", "witness.example")
        self.keeper = Neutral("depositary", "keep.example")
        lines = [f"neutral {neutral.name} http://127.0.0.1:{neutral.port}"
                 for neutral in (self.witness, self.keeper)]
        lines += ["deposit-after 1s", "collect-every 1s"]
        self.north, self.south = Node("north", "a.head", lines), Node("south", "b.head", lines)
        self.nodes = (self.north, self.south)
        self.cli = {node.party: Cli(sys.argv[1], CHIRO_SOCKET=str(node.socket),
                                    HOME=str(self.folder))
                    for node in self.nodes}
        self.stranger = Cli(sys.argv[1], CHIRO_SOCKET="/nonexistent", HOME=str(self.folder))
        self.recipients = None
        self.asked = {}

    def open(self):
        for node in self.nodes:
            node.start()
        api_node.LIMITS = api_node.LIMITS.replace(
            "quorum 0\n", f"witness {self.witness.vkey}\nquorum 1\n"
                          f"depositary {self.keeper.vkey}\ndeemed-allowance 2s\n")
        charter, _ = open_channel(self.nodes, shorten)
        (self.keeper.folder / "charter").write_text(charter)
        self.keeper.configure([f"charter {self.keeper.folder}/charter"])
        self.keeper.start()
        keys = self.cli["north"].text("keys", "--vkey").splitlines()
        self.witness.configure([f"log {key}" for key in keys])
        self.witness.start()
        parties = self.channel(self.north)["parties"].values()
        self.recipients = [party["reading_key"] for party in parties]

    def channel(self, node):
        return node.request("GET", node.of_channel())[1]

    def say(self, node, kind, *lines):
        blob, body = seal([("1", PARAGRAPH, "en", "authentic", os.urandom(8).hex().encode())],
                          self.recipients)
        node.upload(blob)
        status, answer = node.submit(node.act(kind, *lines, body))
        assert status == 201, answer
        return answer["name"]

    def ask_for_evidence(self):
        return self.say(self.north, "request", "matter new", "precedence flash",
                        "wants evidence")

    def act(self, node, name):
        return node.request("GET", node.of_channel(f"/acts/{name}"))[1]

    def verdict(self, name, *words, status=1):
        return self.cli["north"].json("certify", "silence", name, self.folder / "none", *words,
                                      status=status)["verdict"]

    def remove(self):
        for node in self.nodes:
            node.remove()
        self.witness.remove()
        self.keeper.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


world = World()


def a_channel_with_clocks_of_seconds():
    world.open()


def too_early_is_refused():
    asked = world.asked["receipted"] = world.ask_for_evidence()
    wait_until(lambda: world.act(world.north, asked)["receipted"], "no receipt")
    errors = world.cli["north"].refused("certify", "silence", asked)
    assert "the deadline has not passed" in errors and "due by" in errors, errors
    assert world.verdict(asked) == "not-due"
    assert not (world.folder / "none").exists()


def what_is_no_request_is_refused():
    name = world.say(world.north, "comment")
    assert "obliges nobody" in world.cli["north"].refused("certify", "silence", name)
    assert "no such act" in world.cli["north"].refused("certify", "silence", "north-9999")
    world.cli["north"].run("certify", "silence", "north-", status=2)
    world.cli["north"].run("certify", "silence", name, "--duty", "update", status=2)
    world.cli["north"].run("certify", "silence", name, "--language", "fr", status=2)
    world.cli["north"].run("certify", "everything", status=2)
    world.cli["north"].run("certify", status=2)
    assert "certify silence" in world.cli["north"].text("help", "certify")


def silence_of_one_who_receipted_is_certified():
    asked = world.asked["receipted"]
    world.south.stop()
    wait_until(lambda: certifiable(asked), "it is not certified")


def certifiable(asked):
    done = subprocess.run([sys.argv[1], "certify", "silence", asked, "--page"],
                          env=world.cli["north"].environment, capture_output=True, check=False)
    return done.returncode == 0


def stock_tools_agree(directory):
    done = subprocess.run(["sh", directory / "verify.sh"], capture_output=True, check=False,
                          text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all that there are up to its head" in done.stdout, done.stdout


def stock_tools_object(directory, reason):
    done = subprocess.run(["sh", directory / "verify.sh"], capture_output=True, check=False,
                          text=True)
    assert done.returncode == 1 and reason in done.stdout, done.stdout + done.stderr


def check(directory, asked, form):
    page = (directory / "certificate.txt").read_text()
    lines = page.splitlines()
    assert len(lines) <= 66 and max(map(len, lines)) <= 72, page
    assert asked in page
    text = world.stranger.text("verify", directory)
    assert text.startswith(page), text
    document = world.stranger.json("verify", directory)
    assert document["intact"], document
    assert document["silence"]["form"] == form, document
    assert document["silence"]["act"] == asked
    stock_tools_agree(directory)
    assert not (directory / "bodies").exists()


def the_certificate_stands_for_itself():
    asked = world.asked["receipted"]
    for form, words in (("span", []), ("whole", ["--whole", "--language", "ru"])):
        directory = world.folder / form
        # Nobody can be asked here, and nobody has said yes.
        assert "--yes" in world.cli["north"].run("certify", "silence", asked, directory, *words,
                                                 status=1).decode() + world.cli["north"].errors
        assert "Whoever gets this certificate sees" in world.cli["north"].errors
        assert not directory.exists()
        page = world.cli["north"].text("certify", "silence", asked, directory, "--yes", *words)
        assert page == (directory / "certificate.txt").read_text()
        assert page == world.cli["north"].text("certify", "silence", asked, "--page", *words)
        check(directory, asked, form)
    assert "СВИДЕТЕЛЬСТВО О МОЛЧАНИИ" in (world.folder / "whole/certificate.txt").read_text()
    assert len(list((world.folder / "span").rglob("*.act"))) < \
        len(list((world.folder / "whole").rglob("*.act")))
    document = world.cli["north"].json("certify", "silence", asked, world.folder / "third",
                                       "--yes", "--duty", "acknowledge")
    assert document["verdict"] == "certified" and document["duty"] == "acknowledge", document
    check(world.folder / "third", asked, "span")


def damaged(directory, path, change):
    """What verify says of a copy in which one file is another."""
    copy = world.folder / "damaged"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(directory, copy)
    change(copy / path)
    document = world.stranger.json("verify", copy, status=1)
    assert not document["intact"], document
    return document["damage"]["file"]


def rewrite(old, new):
    def change(path):
        content = path.read_text()
        assert old in content, content
        path.write_text(content.replace(old, new, 1))
    return change


def forged_certificates_are_refused():
    asked = world.asked["receipted"]
    for form in ("span", "whole"):
        directory = world.folder / form
        name = "certificate.txt"
        assert damaged(directory, name, rewrite("south", "north")) == name
        assert damaged(directory, name, Path.unlink) == name
        statement = (directory / "silence").read_text()
        for old, new in (("duty answer", "duty acknowledge"), (f"act {asked}", "act north-1"),
                         (f"form {form}", "form whole" if form == "span" else "form span"),
                         ("language ", "language  "), ("silence/1", "silence/2")):
            if old in statement:
                assert damaged(directory, "silence", rewrite(old, new)) in \
                    ("silence", "certificate.txt")
        assert damaged(directory, "silence", Path.unlink) == "silence"
        damaged(directory, "silence", rewrite(" ", " x"))
        stock_tools_object(world.folder / "damaged", "silence is not about the act")
        # The last act of the silent side is left out, and then its whole place in the list.
        last = sorted((directory / "south/acts").glob("*.act"))[-1]
        damaged(directory, last.relative_to(directory), Path.unlink)
        damaged(directory, "bundle", lambda path: path.write_text(
            re.sub(r"^acts south .*\n", "", path.read_text(), flags=re.M)))
        stock_tools_object(world.folder / "damaged", "it may be the answer")
        damaged(directory, "south/checkpoint", rewrite("\n", "\n1"))
        damaged(directory, "bundle", rewrite("purpose silence", "purpose disclosure"))


def silence_of_one_who_was_gone_is_certified():
    """South is gone before the act is there: it is deemed to have received it."""
    asked = world.asked["deemed"] = world.ask_for_evidence()
    assert world.verdict(asked) == "no-clock" or world.verdict(asked) == "not-due"
    wait_until(lambda: certifiable(asked), "it is not certified")
    for form, words in (("span", []), ("whole", ["--whole"])):
        directory = world.folder / f"deemed-{form}"
        page = world.cli["north"].text("certify", "silence", asked, directory, "--yes", *words)
        assert "Deemed" in page and "keep.example" in page or "witness.example" in page, page
        check(directory, asked, form)
        assert world.stranger.json("verify", directory)["silence"]["deemed"]


def an_answer_ends_it():
    world.south.start()
    asked = world.asked["receipted"]
    wait_until(lambda: world.channel(world.north)["link"]["state"] == "up", "no line")
    leaf = world.act(world.south, asked)["leaf"]
    answer = world.say(world.south, "provide", f"matter {asked} {leaf}",
                       f"answers {asked} {leaf}", "extent all")
    wait_until(lambda: world.act(world.north, asked).get("answered_by") == answer or
               world.act(world.north, answer).get("name") == answer, "no answer")
    errors = world.cli["north"].refused("certify", "silence", asked)
    assert answer in errors and "after the deadline" in errors, errors
    document = world.cli["north"].json("certify", "silence", asked, status=1)
    assert document["verdict"] == "answered" and document["answered_by"] == answer, document
    # What was certified before still is what it was: up to that head.
    check(world.folder / "span", asked, "span")


try:
    tap([a_channel_with_clocks_of_seconds, too_early_is_refused, what_is_no_request_is_refused,
         silence_of_one_who_receipted_is_certified, the_certificate_stands_for_itself,
         forged_certificates_are_refused, silence_of_one_who_was_gone_is_certified,
         an_answer_ends_it])
finally:
    world.remove()
