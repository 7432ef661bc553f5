#!/usr/bin/env python3
"""Two real nodes that are never up at the same time, and a depositary between them: what
one says is left there, certified, collected and receipted. Once with a depositary that
shares nothing with the program, and once with chirod depositary.

    test_deposit_nodes.py <chiro>
"""
import base64
import os
import shutil
import sys
import tempfile
from pathlib import Path

import api_node
from api_node import Node, open_channel, wait_until
from cli import Cli, tap
from foreign_depositary import Depositary
from neutral_server import Neutral
from sealed_body import PARAGRAPH, seal

LIMITS = api_node.LIMITS


class OwnDepositary(Neutral):
    """chirod depositary, under an URL without a path."""

    def __init__(self, name):
        super().__init__("depositary", name)
        self.url = f"http://127.0.0.1:{self.port}"

    def learn(self, world, charter):
        (self.folder / "charter").write_text(charter)
        self.configure([f"charter {self.folder}/charter"])
        self.start()


class ForeignDepositary(Depositary):
    def learn(self, world, charter):
        for key in world.cli["north"].text("keys", "--vkey").splitlines():
            self.know(key)
        parties = world.channel(world.north)["parties"].values()
        self.know_parties({party["domain"]: base64.b64decode(party["link_key"])
                           for party in parties})


class World:
    def __init__(self, depositary):
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.keeper = depositary("keep.example")
        self.said = {}
        lines = [f"neutral {self.keeper.name} {self.keeper.url}", "deposit-after 1s",
                 "collect-every 1s"]
        self.north, self.south = Node("north", "a.head", lines), Node("south", "b.head", lines)
        self.nodes = (self.north, self.south)
        self.cli = {node.party: Cli(sys.argv[1], CHIRO_SOCKET=str(node.socket),
                                    HOME=str(self.folder))
                    for node in self.nodes}
        self.recipients = None

    def open(self):
        for node in self.nodes:
            node.start()
        api_node.LIMITS = LIMITS + f"depositary {self.keeper.vkey}\ndeemed-allowance 1h\n"
        charter, _ = open_channel(self.nodes)
        self.keeper.learn(self, charter)
        parties = self.channel(self.north)["parties"].values()
        self.recipients = [party["reading_key"] for party in parties]

    def channel(self, node):
        return node.request("GET", node.of_channel())[1]

    def act(self, node, name):
        return node.request("GET", node.of_channel(f"/acts/{name}"))

    def comment(self, node, content):
        blob, line = seal([("1", PARAGRAPH, "en", "authentic", content)], self.recipients)
        node.upload(blob)
        status, answer = node.submit(node.act("comment", line))
        assert status == 201, answer
        return answer["name"]

    def stamps(self, node):
        acts = node.request("GET", node.of_channel("/log?count=500"))[1]["acts"]
        return [act["name"] for act in acts
                if act["kind"] == "stamp" and act["party"] == node.party]

    def remove(self):
        for node in self.nodes:
            node.remove()
        self.keeper.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


world = None


def what_one_says_is_left_and_certified():
    wait_until(lambda: world.channel(world.north)["receipt_awaited_since"] is None, "no receipt")
    world.south.stop()
    said = world.said
    said["small"] = world.comment(world.north, b"a word")
    # Too long to travel with its entry, and in several pieces.
    said["large"] = world.comment(world.north, os.urandom(300000))
    wait_until(lambda: world.channel(world.north)["receipt_withheld_since"] is not None,
               "no certificate")
    wait_until(lambda: world.channel(world.north)["own_size"] ==
               world.channel(world.north)["neutrals"][0]["deposited"], "not left")
    assert world.stamps(world.north)
    text = world.cli["north"].text("status")
    assert "receipt     withheld since " in text and "depositary" in text, text
    act = world.act(world.north, said["small"])[1]
    assert not act["receipted"]
    # What it is worth: at the certificate's time, and the allowance later as received.
    assert act["deemed_by"] in act["certificates"] and act["proved_by"] is not None, act
    assert act["proved"] < act["deemed_receipt"], act
    stamp = world.act(world.north, act["deemed_by"])[1]["stamp"]
    assert stamp["form"] == "certificate" and stamp["log"] == "north", stamp
    assert stamp["neutral"] == world.keeper.vkey.split("+")[0] and not stamp["late"], stamp
    assert stamp["size"] > act["number"] and stamp["denied_by"] is None, stamp
    text = world.cli["north"].text("show", said["small"])
    assert "deemed" in text and act["deemed_by"] in text, text
    text = world.cli["north"].text("show", act["deemed_by"])
    assert f"north was deposited up to {stamp['size']} entries" in " ".join(text.split()), text
    assert "deemed received by" in " ".join(world.cli["north"].text("log").split())


def the_other_side_collects_while_the_first_is_gone():
    world.north.stop()
    world.south.start()
    said = world.said
    for name, content in said.items():
        wait_until(lambda n=name: world.act(world.south, said[n])[0] == 200, f"no {name} act")
    assert world.act(world.south, said["small"])[1]["fault"] is None
    assert world.act(world.south, said["large"])[1]["fault"] is None
    assert world.act(world.south, said["large"])[1]["body"]["complete"]
    assert "a word" in world.cli["south"].text("read", said["small"])
    wait_until(lambda: world.channel(world.south)["own_size"] ==
               world.channel(world.south)["neutrals"][0]["deposited"], "its receipt is not left")
    said["answer"] = world.comment(world.south, b"and another")
    wait_until(lambda: world.stamps(world.south), "no certificate")
    wait_until(lambda: world.channel(world.south)["own_size"] ==
               world.channel(world.south)["neutrals"][0]["deposited"], "its receipt is not left")


def the_receipt_comes_back_the_same_way():
    world.south.stop()
    world.north.start()
    said = world.said
    wait_until(lambda: world.act(world.north, said["answer"])[0] == 200, "no answer")
    wait_until(lambda: world.act(world.north, said["large"])[1]["receipted"], "no receipt")
    assert world.channel(world.north)["receipt_withheld_since"] is None
    assert "withheld" not in world.cli["north"].text("status")


def both_sides_agree_when_the_line_is_back():
    world.south.start()

    def sizes(node):
        channel = world.channel(node)
        return [channel[name] for name in ("own_size", "their_size", "own_cosigned",
                                           "their_cosigned")]
    wait_until(lambda: world.channel(world.north)["link"]["state"] == "up" and
               sizes(world.north)[0] == sizes(world.north)[2] and
               sizes(world.north)[1] == sizes(world.north)[3] and
               sizes(world.north)[:2] == sizes(world.south)[1::-1], "no agreement")
    for node in world.nodes:
        record = world.folder / f"record-{node.party}"
        world.cli[node.party].run("export", record)
        verified = world.cli[node.party].json("verify", record)
        assert verified["intact"], verified
        assert verified["logs"]["north"]["stamps"]["certificate"] > 0, verified
        assert "in the log of north, checked" in \
            " ".join(world.cli[node.party].text("verify", record).split())


def a_depositary_that_denies_is_caught():
    stamped = len(world.stamps(world.south))
    world.south.stop()
    world.keeper.denies = True
    before = len(world.stamps(world.north))
    world.comment(world.north, b"to be denied")
    wait_until(lambda: len(world.stamps(world.north)) > before, "no certificate")
    # The certificate comes by the line; then the line goes, and the depositary is asked.
    world.south.start()
    wait_until(lambda: world.channel(world.south)["their_size"] ==
               world.channel(world.north)["own_size"], "not delivered")
    world.north.stop()
    wait_until(lambda: len(world.stamps(world.south)) > stamped, "its denial is not on record")
    act = world.act(world.south, world.said["small"])[1]
    assert act["deemed_receipt"] is None and act["certificates"], act
    stamp = world.act(world.south, act["certificates"][0])[1]["stamp"]
    assert stamp["denied_by"] in world.stamps(world.south), stamp
    assert "denies it" in " ".join(
        world.cli["south"].text("show", act["certificates"][0]).split())
    assert "DENIED by" in " ".join(world.cli["south"].text("log").split())


def begin(depositary):
    global world  # pylint: disable=global-statement
    if world is not None:
        world.remove()
    world = World(depositary)
    world.open()


def a_channel_with_a_foreign_depositary():
    begin(ForeignDepositary)


def a_channel_with_our_depositary():
    begin(OwnDepositary)


WAY = [what_one_says_is_left_and_certified, the_other_side_collects_while_the_first_is_gone,
       the_receipt_comes_back_the_same_way, both_sides_agree_when_the_line_is_back]
try:
    tap([a_channel_with_a_foreign_depositary, *WAY, a_depositary_that_denies_is_caught,
         a_channel_with_our_depositary, *WAY])
finally:
    world.remove()
