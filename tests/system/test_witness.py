#!/usr/bin/env python3
"""Two real nodes, two witnesses that are not ours and one that is: every head is cosigned
by all, the record says so to a stranger, and a witness that is gone or refuses stops nobody.

    test_witness.py <chiro>
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import api_node
from api_node import Node, open_channel, wait_until
from cli import Cli, tap
from foreign_witness import Witness, cosigned_by
from neutral_server import Neutral

NAMES = ("witness.example/one", "two.witness.example")


class World:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.witnesses = [Witness(name) for name in NAMES]
        self.own = Neutral("witness", "own.witness.example")
        lines = [f"neutral {witness.name} {witness.url}" for witness in self.witnesses]
        lines.append(f"neutral {self.own.name} http://127.0.0.1:{self.own.port}")
        self.north, self.south = Node("north", "a.head", lines), Node("south", "b.head", lines)
        self.nodes = (self.north, self.south)
        self.cli = {node.party: Cli(sys.argv[1], CHIRO_SOCKET=str(node.socket),
                                    HOME=str(self.folder))
                    for node in self.nodes}

    def open(self):
        for node in self.nodes:
            node.start()
        self.own.start()
        vkeys = "".join(f"witness {witness.vkey}\n" for witness in (*self.witnesses, self.own))
        api_node.LIMITS = api_node.LIMITS.replace("quorum 0\n", vkeys + "quorum 3\n")
        open_channel(self.nodes)

    def channel(self, node):
        return node.request("GET", node.of_channel())[1]

    def neutral(self, node, number):
        return self.channel(node)["neutrals"][number]

    def all_cosigned(self, *numbers):
        """Both logs, on both sides, as much as there is, by these witnesses."""
        for node in self.nodes:
            channel = self.channel(node)
            for number in numbers:
                neutral = channel["neutrals"][number]
                if neutral["own_cosigned"] != channel["own_size"] or \
                        neutral["their_cosigned"] != channel["their_size"]:
                    return False
        sizes = [(self.channel(node)["own_size"], self.channel(node)["their_size"])
                 for node in self.nodes]
        return sizes[0] == sizes[1][::-1]

    def comment(self, node):
        status, answer = node.request("POST", node.of_channel("/test"))
        assert status in (200, 201), answer

    def remove(self):
        for node in self.nodes:
            node.remove()
        for witness in (*self.witnesses, self.own):
            witness.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


world = World()


def a_witness_that_does_not_know_the_log_says_so():
    for number in range(3):
        wait_until(lambda n=number: world.neutral(world.north, n)["reason"] is not None,
                   "no reason")
        assert "chiro keys --vkey" in world.neutral(world.north, number)["reason"]
    assert "fails since" in world.cli["north"].text("status")


def operators_get_the_keys_of_the_logs():
    keys = world.cli["north"].text("keys", "--vkey").splitlines()
    assert len(keys) == 2 and keys[0].startswith("north.example/chirograph/"), keys
    assert world.cli["south"].text("keys", "--vkey").splitlines() == keys[::-1]
    for witness in world.witnesses:
        for key in keys:
            witness.know(key)
    world.own.configure([f"log {key}" for key in keys])
    world.own.restart()


def every_head_is_cosigned_by_all():
    # The nodes wait after their first failure.
    wait_until(lambda: world.all_cosigned(0, 1, 2), "the heads are not cosigned")
    for _ in range(3):
        world.comment(world.north)
        world.comment(world.south)
        wait_until(lambda: world.all_cosigned(0, 1, 2), "the heads are not cosigned")
    for node in world.nodes:
        heads = node.request("GET", node.of_channel("/heads"))[1]
        for party in ("north", "south"):
            for witness in (*world.witnesses, world.own):
                assert cosigned_by(heads[party]["note"], witness.vkey) is not None
    text = world.cli["north"].text("status")
    assert "witness.example/one, cosigned" in text and "fails" not in text, text


def satisfied(policy, checkpoint):
    """Whether the quorum of a C2SP policy is reached, by a reader of its own."""
    good, groups, quorum = set(), {}, None
    for line in policy.splitlines():
        words = line.split(" ")
        if words[0] == "witness" and cosigned_by(checkpoint, words[2]) is not None:
            good.add(words[1])
        elif words[0] == "group":
            members = words[3:]
            needed = {"all": len(members), "any": 1}.get(words[2]) or int(words[2])
            groups[words[1]] = (needed, members)
        elif words[0] == "quorum":
            quorum = words[1]

    def holds(name):
        if name not in groups:
            return name in good
        needed, members = groups[name]
        return sum(map(holds, members)) >= needed
    return holds(quorum)


def the_record_satisfies_the_policy_of_both_logs():
    for node in world.nodes:
        record = world.folder / f"record-{node.party}"
        world.cli[node.party].run("export", record)
        answer = world.cli[node.party].json("verify", record)
        assert answer["intact"], answer
        assert "witnesses" not in str(answer.get("gaps", "")), answer
        subprocess.run(["sh", record / "verify.sh"], check=True, capture_output=True)
        for party in ("north", "south"):
            policy = (record / party / "policy").read_text()
            assert "group witnesses all" in policy, policy
            assert satisfied(policy, (record / party / "checkpoint").read_text()), party
            # The reader can tell: without the witnesses' lines it does not.
            bare = (record / party / "checkpoint").read_text()
            for witness in world.witnesses[:1]:
                bare = "".join(line for line in bare.splitlines(True)
                               if f" {witness.name} " not in line)
            assert not satisfied(policy, bare)


def a_witness_that_is_gone_or_refuses_stops_nobody():
    port = world.witnesses[1].server.server_address[1]
    world.witnesses[0].mood = 429
    world.witnesses[1].stop()
    before = world.channel(world.north)["own_receipted"]
    world.comment(world.north)
    wait_until(lambda: world.channel(world.north)["own_receipted"] > before, "no receipt")
    for number, reason in ((0, "too often"), (1, "no answer")):
        wait_until(lambda n=number: world.neutral(world.north, n)["failing_since"] is not None,
                   "nothing fails")
        assert reason in world.neutral(world.north, number)["reason"]
    world.witnesses[0].mood = "honest"
    world.witnesses[1].listen(port)
    wait_until(lambda: world.all_cosigned(0, 1), "not made up for")


def a_start_remembers_what_was_cosigned():
    cosigned = world.neutral(world.north, 0)["own_cosigned"]
    world.north.stop()
    world.north.start()
    assert world.neutral(world.north, 0)["own_cosigned"] >= cosigned
    wait_until(lambda: world.all_cosigned(0, 1), "the heads are not cosigned")


try:
    world.open()
    tap([a_witness_that_does_not_know_the_log_says_so, operators_get_the_keys_of_the_logs,
         every_head_is_cosigned_by_all, the_record_satisfies_the_policy_of_both_logs,
         a_witness_that_is_gone_or_refuses_stops_nobody, a_start_remembers_what_was_cosigned])
finally:
    world.remove()
