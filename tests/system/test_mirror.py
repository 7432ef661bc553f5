#!/usr/bin/env python3
"""chirod mirror over a copy of a node's database: it shows what the node has, says of when
it is, and is not written to.

    test_mirror.py <chiro>
"""
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from api_node import CHIROD, Connection, Node, PATIENCE, open_channel, run, wait_until
from cli import Cli, tap


class Mirror(Node):
    """A mirror of a node, with a home, a socket and a configuration of its own."""

    def __init__(self, node):
        # No keys are made for it: it has none.
        # pylint: disable=super-init-not-called
        self.party, self.channel = node.party, node.channel
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.socket = self.folder / "api.sock"
        text = (node.folder / "chirod.conf").read_text()
        (self.folder / "chirod.conf").write_text(
            text.replace(str(node.folder), str(self.folder)))
        self.data = self.folder / "home/data"
        self.process = None

    def take_database(self, node):
        """What a stopped node has."""
        self.data.parent.mkdir(mode=0o711)
        shutil.copytree(node.folder / "home/data", self.data)
        if os.geteuid() == 0:
            for path in (self.data, *self.data.iterdir()):
                shutil.chown(path, "daemon")

    def start(self):
        self.process = subprocess.Popen(
            [CHIROD, "mirror", "-f", str(self.folder / "chirod.conf")],
            stdout=subprocess.DEVNULL, stderr=(self.folder / "journal").open("w"))
        wait_until(self.answers, "the mirror does not start")

    def journal(self):
        return (self.folder / "journal").read_text()


class World:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.north, self.south = Node("north", "a.head"), Node("south", "b.head")
        self.nodes = [self.north, self.south]

    def open(self):
        for node in (self.north, self.south):
            node.start()
        open_channel((self.north, self.south))
        status, answer = self.north.submit(self.north.act("notify", "matter new",
                                                          "precedence routine",
                                                          "marking TLP:AMBER+STRICT",
                                                          self.body()))
        assert status == 201, answer
        self.notified = answer["name"]
        wait_until(lambda: self.get(self.north, "")["own_receipted"] > answer["number"],
                   "not receipted")
        self.north.stop()
        self.mirror = Mirror(self.north)
        self.nodes.append(self.mirror)
        self.mirror.take_database(self.north)
        self.mirror.start()
        self.north.start()
        self.chiro = Cli(sys.argv[1], CHIRO_SOCKET=str(self.mirror.socket),
                         HOME=str(self.folder))

    def body(self):
        return self.north.upload(b"age-encryption.org/v1\nnot really sealed")

    def get(self, node, rest):
        status, answer = node.request("GET", node.of_channel(rest))
        assert status == 200, answer
        return answer

    def remove(self):
        for node in self.nodes:
            node.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


world = World()


def it_says_what_it_is_and_of_when():
    status, answer = world.mirror.request("GET", "/v1/status")
    assert status == 200 and answer["mirror"] and answer["party"] == "north", answer
    channel = answer["channels"][0]
    assert channel["read_only"] and "mirror" in channel["reason"], channel
    assert channel["link"]["state"] == "none" and channel["alarms"] == [], channel
    newest = world.get(world.mirror, f"/acts/north-{channel['own_size'] - 1}")
    assert channel["own_logged"] == newest["logged"], (channel, newest)
    text = world.chiro.text("status", "--check")
    assert "MIRROR" in text and f"north-{channel['own_size'] - 1}, logged" in text, text
    assert not world.north.request("GET", "/v1/status")[1]["mirror"]


def it_shows_what_the_node_shows():
    for rest in ("/log?count=500&full=1", "/heads", "/matters", f"/acts/{world.notified}"):
        ours, theirs = world.get(world.mirror, rest), world.get(world.north, rest)
        if rest.startswith("/log"):
            # Since then the node has gone on.
            ours, theirs = ours["acts"], theirs["acts"][:len(ours["acts"])]
        if rest != "/heads":
            assert ours == theirs, rest
    assert world.get(world.mirror, "/heads")["cosigned"]["north"]["note"]
    assert world.notified in world.chiro.text("log")
    world.chiro.text("inbox")


def its_record_verifies():
    record = world.folder / "record"
    world.chiro.text("export", record)
    assert "intact" in world.chiro.text("verify", record)


def what_writes_is_refused_with_a_sentence():
    mirror = world.mirror
    blob = f"/blobs/{'0' * 64}?size=4&offset=0"
    for method, path, body in (
            ("POST", "/v1/setups", {"head": "a.head", "head_key": "k", "head_reading_key": "r",
                                    "appointing_key": "a"}),
            ("DELETE", "/v1/setups/" + "0" * 32, None),
            ("POST", mirror.of_channel("/acts"), {"text": "t", "armors": ["a"]}),
            ("PUT", mirror.of_channel(blob), b"abcd"),
            ("POST", mirror.of_channel("/keys"), {"purpose": "reading"}),
            ("POST", mirror.of_channel("/test"), None),
            ("POST", mirror.of_channel(f"/acts/{world.notified}/file-key"), None)):
        status, answer = mirror.request(method, path, body)
        assert status == 409 and "mirror" in answer["error"]["message"], (method, path, answer)
    assert "mirror" in world.chiro.refused("test")


def the_processes_are_three():
    parent = world.mirror.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    names = sorted(Path(f"/proc/{child}/comm").read_text().strip() for child in children)
    assert names == ["chirod engine", "chirod http"], names
    assert not (world.mirror.folder / "home/keeper").exists()


def what_means_nothing_to_it_is_said():
    assert "'listen'" in world.mirror.journal(), world.mirror.journal()


def a_home_with_a_keeper_is_refused():
    done = subprocess.run([CHIROD, "mirror", "-f", str(world.north.folder / "chirod.conf")],
                          capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == 1 and b"needs a home of its own" in done.stderr, done
    # Nor did it touch the node.
    assert world.north.answers()


def the_configuration_is_checked():
    configuration = str(world.mirror.folder / "chirod.conf")
    for words, status in ((["-t", "-f", configuration], 0), (["-t", "-f", "/nothing"], 2),
                          (["-x"], 2), (["more"], 2), (["-r", "http"], 2)):
        done = subprocess.run([CHIROD, "mirror", *words], capture_output=True, timeout=PATIENCE,
                              check=False)
        assert done.returncode == status, (words, done)


def it_stops_when_told_and_starts_again():
    world.mirror.process.send_signal(signal.SIGTERM)
    assert world.mirror.process.wait(PATIENCE) == 0
    world.mirror.start()
    before = world.get(world.mirror, "")["own_size"]
    world.mirror.process.send_signal(signal.SIGKILL)
    world.mirror.process.wait(PATIENCE)
    world.mirror.start()
    assert world.get(world.mirror, "")["own_size"] == before


def fresh_mirror():
    mirror = Mirror(world.north)
    world.nodes.append(mirror)
    mirror.start()
    return mirror, Cli(sys.argv[1], CHIRO_SOCKET=str(mirror.socket), HOME=str(world.folder))


def entries(node):
    return world.get(node, "/log?count=500&full=1")["acts"]


def it_is_fed_and_feeds():
    node = Cli(sys.argv[1], CHIRO_SOCKET=str(world.north.socket), HOME=str(world.folder))
    wait_until(lambda: world.get(world.north, "")["own_cosigned"] ==
               world.get(world.north, "")["own_size"], "not cosigned")
    first, chiro = fresh_mirror()
    assert "chiro help take" in " ".join(chiro.text("status").split())
    chiro.run("take", "-", data=node.run("pack", "--copy"))
    # What it has it gives on: a third can begin with a mirror alone.
    second, other = fresh_mirror()
    other.run("take", "-", data=chiro.run("pack", "--copy"))
    for mirror in (first, second):
        assert entries(mirror) == entries(world.north)
        assert world.get(mirror, "/heads")["cosigned"] == world.get(world.north, "/heads")["cosigned"]
    blob = world.get(second, f"/acts/{world.notified}")["body"]
    assert blob["complete"], blob
    record = world.folder / "second"
    other.run("export", record)
    assert "intact" in other.text("verify", record)
    # Again is harmless, and so is being killed.
    second.process.send_signal(signal.SIGKILL)
    second.process.wait(PATIENCE)
    second.start()
    other.run("take", "-", data=chiro.run("pack", "--copy"))
    assert entries(second) == entries(world.north)


def it_follows_also_past_its_own_end():
    mirror, chiro = fresh_mirror()
    node = Cli(sys.argv[1], CHIRO_SOCKET=str(world.north.socket), HOME=str(world.folder))
    with subprocess.Popen([sys.argv[1], "pack", "--copy", "--follow"], env=node.environment,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as pack, \
            subprocess.Popen([sys.argv[1], "take", "-"], env=chiro.environment,
                             stdin=pack.stdout, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL) as take:
        try:
            for _ in range(2):
                answer = world.north.request("POST", world.north.of_channel("/test"))[1]
                wait_until(lambda n=answer["number"]: mirror.answers() and mirror.request(
                    "GET", mirror.of_channel())[1].get("own_size", 0) > n, "it does not follow")
                mirror.process.send_signal(signal.SIGKILL)
                mirror.process.wait(PATIENCE)
                mirror.start()
        finally:
            pack.kill()
            take.kill()


def its_backup_is_one_of_the_node():
    run("age-keygen", "-o", str(world.folder / "key"))
    backup = world.folder / "mirror.age"
    world.chiro.run("backup", "--recipient", world.folder / "key", backup)
    said = world.chiro.text("backup", "--check", backup, "--identity", world.folder / "key",
                            "--chirod", CHIROD)
    assert "as of north-" in said and "of north" in said and "is good" in said, said


def many_ask_at_once():
    connections = [Connection(world.mirror.socket) for _ in range(8)]
    for connection in connections:
        connection.request("GET", "/v1/status")
    assert all(connection.getresponse().status == 200 for connection in connections)


if __name__ == "__main__":
    try:
        world.open()
        tap([it_says_what_it_is_and_of_when, it_shows_what_the_node_shows, its_record_verifies,
             what_writes_is_refused_with_a_sentence, the_processes_are_three,
             what_means_nothing_to_it_is_said, a_home_with_a_keeper_is_refused,
             the_configuration_is_checked, many_ask_at_once, it_is_fed_and_feeds,
             it_follows_also_past_its_own_end, its_backup_is_one_of_the_node,
             it_stops_when_told_and_starts_again])
    finally:
        world.remove()
