#!/usr/bin/env python3
"""Questions to a match-only list between two real nodes: what is counted, by both, and what a
curious asker gets who starts anew, puts back its database, waits for another version, or asks
many times at once.

    test_exchanges.py <api_tables>
"""
import base64
import contextlib
import hashlib
import http.client
import os
import signal
import sqlite3
import threading
import time

from api_node import PATIENCE, Node, children_of, encode, open_channel, wait_until
from cli import tap
from sealed_body import PARAGRAPH, seal

DAY, LIST = 60, 100
# RFC 9496, appendix A.1: the generator of ristretto255.
ONE = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
world = None  # pylint: disable=invalid-name


def terms(charter):
    return charter.replace("query-budget-day 1000", f"query-budget-day {DAY}").replace(
        "query-budget-list 100000", f"query-budget-list {LIST}")


class World:
    def __init__(self):
        self.north = Node("north", "a.head", ["tally-after 2s"])
        self.south = Node("south", "b.head", ["tally-after 2s"])
        for node in self.nodes():
            node.start()
        open_channel(self.nodes(), terms)
        # Elements are made by evaluating elements: each is another one.
        self.maker = self.key(self.south)
        self.last = ONE
        self.keys, self.list = {}, None

    def nodes(self):
        return (self.north, self.south)

    def remove(self):
        for node in self.nodes():
            node.remove()

    @staticmethod
    def key(node):
        status, answer = node.request("POST", node.of_channel("/list-keys"))
        assert status == 201, answer
        return base64.b64decode(answer["public_key"])

    def elements(self, count):
        path = self.south.of_channel(f"/list-keys/{self.maker.hex()}/evaluations")
        found = b""
        for _ in range(count):
            answer = [503, b""]

            def is_made(one=answer):
                """Right after a start the evaluator may not be there yet."""
                one[:] = self.south.request("POST", path, self.last)
                return one[0] == 200 or one[1]["error"]["code"] != "wait"
            wait_until(is_made, "no evaluator")
            assert answer[0] == 200, answer
            self.last = answer[1]
            found += self.last
        return found

    def publish(self, epoch):
        """A list of two classes, or another version of it, with fresh keys."""
        self.keys = {name: self.key(self.north) for name in ("ipv4", "domain")}
        root = encode(hashlib.sha256(b"pairs").digest())
        lines = [f"mode match-only\nepoch {epoch}",
                 f"ipv4 {encode(self.keys['ipv4'])} 64 {root} 16,24",
                 f"domain {encode(self.keys['domain'])} 64 {root} -"]
        channel = self.north.request("GET", self.north.of_channel())[1]
        readers = [channel["parties"][party]["reading_key"] for party in ("north", "south")]
        blob, body = seal([("1", PARAGRAPH, "en", "authentic", b"Pairs.")], readers)
        self.north.upload(blob)
        kind, matter = ("list", "matter new") if epoch == 1 else \
            ("update-list", f"matter {self.list} {self.leaf()}")
        status, answer = self.north.submit(self.north.act(kind, matter, *lines, body))
        assert status == 201, answer
        if epoch == 1:
            self.list = answer["name"]
        wait_until(lambda: self.summary(self.south).get("epoch") == epoch, "not delivered")

    def leaf(self):
        return self.north.request("GET", self.north.of_channel(f"/acts/{self.list}"))[1]["leaf"]

    def summary(self, node):
        for found in node.request("GET", node.of_channel("/lists"))[1]["lists"]:
            if found["list"] == self.list:
                return found
        return {}

    def counts(self, node, name="domain"):
        return next(found for found in self.summary(node)["classes"] if found["class"] == name)

    def ask_now(self, elements, name="domain", epoch=""):
        path = self.south.of_channel(f"/lists/{self.list}/questions?class={name}{epoch}")
        return self.south.request("POST", path, elements)

    def try_to_ask(self, elements):
        with contextlib.suppress(OSError, http.client.HTTPException):  # its node is killed
            self.ask_now(elements)

    def ask(self, elements, name="domain", epoch=""):
        """As chiro does: the line may be just coming up."""
        answers = []

        def is_answered():
            answers.append(self.ask_now(elements, name, epoch))
            return answers[-1][1].get("error", {}).get("reason") != "link"
        wait_until(is_answered, "no line")
        return answers[-1]

    def ask_well(self, count, name="domain"):
        elements = self.elements(count)
        status, answer = self.ask(elements, name)
        assert status == 200 and answer["outcome"] == "evaluated", answer
        assert len(base64.b64decode(answer["evaluations"])) == 96 * count
        return elements, answer

    def agree(self, total, name="domain"):
        """Both count the same, and both logs say so."""
        def said(node):
            found = self.counts(node, name)
            return (found["total"], (found["own_tally"] or {}).get("total"),
                    (found["their_tally"] or {}).get("total"), found["open"])
        for node in self.nodes():
            wait_until(lambda n=node: said(n) == (total, total, total, False),
                       f"{node.party} counts {said(node)}, not {total}")

    def linked(self):
        wait_until(lambda: all(node.request("GET", node.of_channel())[1]["link"]["state"] == "up"
                               for node in self.nodes()), "no line")


def refused(answer, reason):
    status, content = answer
    assert status >= 400 and content["error"]["reason"] == reason, answer


def it_is_asked_and_both_count():
    elements, answer = world.ask_well(3)
    assert answer["question"].startswith("chirograph.exchange/1\n"), answer
    for name, side in (("question", world.south), ("answer", world.north)):
        # The node's key, as ssh-keygen would check it.
        assert f"step {name}\n" in answer[name] and "total 3\n" in answer[name], answer
        assert answer[f"{name}_signature"].startswith("-----BEGIN SSH SIGNATURE-----"), side
    assert world.counts(world.south)["left"] == DAY - 3
    # The same again is not counted, and answered as before.
    assert world.ask(elements) == (200, answer)
    world.agree(3)
    world.ask_well(2, "ipv4")
    world.agree(2, "ipv4")
    assert world.counts(world.south)["total"] == 3


def what_is_no_question():
    one = world.elements(1)
    assert world.ask(b"")[0] == 413
    assert world.ask(one + b"x")[0] == 413
    assert world.ask(one * 513)[0] == 413
    assert world.ask(bytes(32))[0] == 400
    assert world.ask(b"\xff" * 32)[0] == 400
    assert world.ask(one, "asn")[0] == 404
    assert world.ask(one, "colour")[0] == 400
    refused(world.ask(one, epoch="&epoch=2"), "epoch")
    assert world.ask(one, epoch="&epoch=1")[0] == 200
    path = world.north.of_channel(f"/lists/{world.list}/questions?class=domain")
    assert world.north.request("POST", path, one)[0] == 409  # one's own list
    world.agree(4)


def many_ask_at_once():
    questions = [world.elements(2) for _ in range(12)]
    answers = [None] * len(questions)

    def ask(number):
        answers[number] = world.ask(questions[number])
    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(status == 200 and answer["outcome"] == "evaluated" for status, answer in answers)
    assert len({answer["question"] for _, answer in answers}) == len(questions)
    world.agree(28)


def a_start_on_either_side_changes_nothing():
    elements, answer = world.ask_well(2)
    for node in world.nodes():
        node.stop()
        node.start()
        world.linked()
    assert world.ask(elements) == (200, answer)
    world.ask_well(2)
    world.agree(32)


def kill(node):
    """All of its processes at once, in the middle of whatever they do."""
    for pid in [node.process.pid, *children_of(node.process.pid)]:
        with contextlib.suppress(ProcessLookupError):  # it went with another
            os.kill(pid, signal.SIGKILL)
    node.process.wait(PATIENCE)
    node.socket.unlink(missing_ok=True)


def killed_in_the_middle_each_question_is_counted_once():
    before = world.counts(world.south)["total"]
    for number in range(6):
        node = world.nodes()[number % 2]
        elements = world.elements(1)
        asked = threading.Thread(target=world.try_to_ask, args=(elements,))
        asked.start()
        time.sleep(number * 0.0015)
        kill(node)
        asked.join()
        node.start()
        status, answer = world.ask(elements)
        assert status == 200 and answer["outcome"] == "evaluated", answer
    world.agree(before + 6)


def without_a_line_nothing_is_counted():
    world.north.stop()
    wait_until(lambda: world.south.request("GET", world.south.of_channel())[1]["link"]["state"] !=
               "up", "still up")
    refused(world.ask_now(world.elements(1)), "link")
    world.north.start()
    world.linked()
    world.agree(38)


def what_is_deleted_in_the_database_is_known_all_the_same():
    """By the own log, and by what the owner shows."""
    world.south.stop()
    store = next(world.south.folder.glob("home/**/store.sqlite"))
    with sqlite3.connect(store) as database:
        deleted = database.execute("DELETE FROM value WHERE CAST(key AS TEXT) LIKE 'match/%'")
        assert deleted.rowcount == 2, deleted.rowcount
    database.close()
    world.south.start()
    world.linked()
    assert world.counts(world.south)["total"] == 38
    world.ask_well(1)
    world.agree(39)


def a_new_version_brings_no_new_budget():
    world.publish(2)
    assert world.counts(world.south)["total"] == 39
    refused(world.ask(world.elements(1), epoch="&epoch=1"), "epoch")
    world.ask_well(DAY - 39 - 1)
    world.ask_well(1)
    world.agree(DAY)
    left = [world.counts(node)["left"] for node in world.nodes()]
    assert left == [0, 0], left


def the_budget_is_out():
    one = world.elements(1)
    refused(world.ask(one), "budget")
    for node in world.nodes():
        node.stop()
        node.start()
    world.linked()
    refused(world.ask(one), "budget")
    world.ask_well(1, "ipv4")
    world.agree(DAY)


def keys_of_the_first_version_are_gone():
    status, answer = world.north.request("GET", world.north.of_channel("/list-keys"))
    assert status == 200
    held = {base64.b64decode(key["public_key"]) for key in answer["keys"]}
    assert held == set(world.keys.values()), held
    status, answer = world.north.submit(world.north.act(
        "retire-list", f"matter {world.list} {world.leaf()}"))
    assert status == 201, answer
    wait_until(lambda: world.summary(world.south)["retired"], "not delivered")
    refused(world.ask(world.elements(1)), "retired")
    wait_until(lambda: world.north.request("GET", world.north.of_channel("/list-keys"))[1]["keys"]
               == [], "its keys are still here")


def a_channel_and_a_list():
    global world  # pylint: disable=global-statement
    world = World()
    world.publish(1)
    assert world.summary(world.south)["mode"] == "match-only"
    lengths = [found["prefix_lengths"] for found in world.summary(world.north)["classes"]]
    assert lengths == [[16, 24], []], lengths


try:
    tap([a_channel_and_a_list, it_is_asked_and_both_count, what_is_no_question, many_ask_at_once,
         a_start_on_either_side_changes_nothing,
         killed_in_the_middle_each_question_is_counted_once, without_a_line_nothing_is_counted,
         what_is_deleted_in_the_database_is_known_all_the_same,
         a_new_version_brings_no_new_budget, the_budget_is_out,
         keys_of_the_first_version_are_gone])
finally:
    if world is not None:
        world.remove()
