#!/usr/bin/env python3
"""Two nodes and what may happen to one of them: a keeper without its state or with an older
one, a database that is older or gone, both. What it then says, refuses, and how it comes back:
by copies of the other side and of a mirror, and by the other side's word.

    test_recover.py <chiro>
"""
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from api_node import CHIROD, Node, PATIENCE, children_of, open_channel, wait_until
from cli import Cli, tap


class Hurt(Node):
    """A node whose files are set aside and put back."""

    def start(self, fault=None, ready=True):
        environment = dict(os.environ)
        if fault:
            environment["CHIRO_FAULT_POINT"] = fault
        self.process = subprocess.Popen([CHIROD, "-f", str(self.folder / "chirod.conf")],
                                        stdout=subprocess.DEVNULL, env=environment,
                                        stderr=(self.folder / "journal").open("a"))
        if ready:
            wait_until(self.answers, f"{self.party} does not start")

    def kill(self):
        """All its processes, at once."""
        children = children_of(self.process.pid)
        self.process.kill()
        for child in children:
            try:
                os.kill(child, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait(PATIENCE)
        self.process = None

    def ended(self):
        """Waits until it has ended by itself."""
        self.process.wait(PATIENCE)
        self.process = None

    def copy(self, name):
        """Sets the stopped node's files aside."""
        shutil.copytree(self.folder / "home", self.folder / name, copy_function=copy_with_owner)

    def put_back(self, name, part):
        """`data`: the database; `keeper`: its states, never its keys."""
        pattern = "*.state" if part == "keeper" else "*"
        if part == "data":
            for path in (self.folder / "home/data").iterdir():
                path.unlink()
        for path in (self.folder / name / part).glob(pattern):
            if path.is_file():
                copy_with_owner(path, self.folder / "home" / part / path.name)

    def lose_data(self):
        for path in (self.folder / "home/data").iterdir():
            path.unlink()

    def lose_state(self):
        for path in (self.folder / "home/keeper").glob("*.state"):
            path.unlink()

    def details(self, rest=""):
        status, answer = self.request("GET", self.of_channel(rest))
        assert status == 200, answer
        return answer


def copy_with_owner(source, target):
    shutil.copy2(source, target)
    status = os.stat(source)
    if os.geteuid() == 0:
        os.chown(target, status.st_uid, status.st_gid)


class Mirror(Hurt):
    """A mirror of a node, which it is fed from by files."""

    def __init__(self, node):
        # pylint: disable=super-init-not-called
        self.party, self.channel = node.party, node.channel
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.socket = self.folder / "api.sock"
        text = (node.folder / "chirod.conf").read_text()
        (self.folder / "chirod.conf").write_text(
            text.replace(str(node.folder), str(self.folder)))
        self.process = subprocess.Popen(
            [CHIROD, "mirror", "-f", str(self.folder / "chirod.conf")],
            stdout=subprocess.DEVNULL, stderr=(self.folder / "journal").open("a"))
        wait_until(self.answers, "the mirror does not start")


class World:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.north, self.south = Hurt("north", "a.head"), Hurt("south", "b.head")
        self.chiro = Cli(sys.argv[1], CHIRO_SOCKET=str(self.north.socket),
                         HOME=str(self.north.folder))
        self.names = self.copies = 0
        self.nodes = [self.north, self.south]

    def open(self):
        for node in (self.north, self.south):
            node.start()
        open_channel((self.north, self.south))

    def write(self, node, status=201):
        self.names += 1
        text = node.act("comment", node.upload(b"age-encryption.org/v1\n%d" % self.names))
        code, answer = node.submit(text)
        assert code == status, answer
        return answer

    def settle(self):
        """Both write, and each holds what the other has."""
        for node in (self.north, self.south):
            self.write(node)
        wait_until(self.is_settled, "not settled")

    def is_settled(self):
        north, south = self.north.details(), self.south.details()
        return (north["own_size"] == south["their_size"] == north["own_cosigned"] and
                south["own_size"] == north["their_size"] == south["own_cosigned"] and
                north["trouble"] == south["trouble"] == "none")

    def rest(self):
        """Until neither logs anything any more, not even a receipt."""
        sizes, since = None, time.monotonic()
        while time.monotonic() - since < 1 or not self.is_settled():
            now = [node.details()["own_size"] for node in (self.north, self.south)]
            if now != sizes:
                sizes, since = now, time.monotonic()
            time.sleep(0.1)

    def copy_of(self, node):
        """What `chiro pack --copy` makes at a node."""
        self.copies += 1
        path = self.folder / f"copy{self.copies}"
        cli = Cli(sys.argv[1], CHIRO_SOCKET=str(node.socket), HOME=str(self.folder))
        path.write_bytes(cli.run("pack", "--copy"))
        return path

    def remove(self):
        for node in self.nodes:
            node.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


world = World()


def refuses(trouble):
    """The node says what is wrong, and logs nothing."""
    channel = world.north.details()
    assert channel["trouble"] == trouble and channel["read_only"], channel
    answer = world.write(world.north, status=409)
    assert channel["reason"] in answer["error"]["message"], answer
    text = world.chiro.text("status", "--check", status=1)
    assert "READ ONLY" in text and "chiro recover" in text, text


def recovers(*copies):
    """It may have come back before it is asked again."""
    text = world.chiro.text("recover", "--timeout", "2m", *copies)
    assert "can be written to" in text, text
    assert world.chiro.json("recover")["trouble"] == "none"


def nothing_is_wrong():
    assert "Nothing is wrong" in world.chiro.text("recover")
    assert world.chiro.json("recover")["trouble"] == "none"


def killed_and_started_again():
    for _ in range(3):
        world.write(world.north)
        world.north.kill()
        world.north.start()
        assert world.north.details()["trouble"] == "none"
    world.settle()


def the_last_batch_is_repeated_without_the_link():
    world.south.stop()
    for point in ("engine-before-signing", "keeper-before-slot", "keeper-after-slot",
                  "keeper-after-sync", "keeper-after-signing"):
        world.north.stop()
        world.north.start(fault=point)
        try:
            world.write(world.north)
        except (OSError, AssertionError):
            pass
        world.north.ended()
        world.north.start()
        channel = world.north.details()
        assert channel["trouble"] == "none", (point, channel)
        world.write(world.north)
    world.south.start()
    world.settle()


def a_keeper_without_its_state():
    world.south.stop()
    # Of this the other side has said nothing yet.
    world.write(world.north)
    world.north.stop()
    world.north.lose_state()
    world.north.start()
    refuses("keeper-lost")
    text = world.chiro.text("recover", "--timeout", "1s", status=1)
    assert "lost its memory" in text and "none is missing" in text, text
    assert "south" in world.chiro.errors and "connection" in world.chiro.errors
    report = world.chiro.json("recover", "--timeout", "0s", status=1)
    assert report["keeper_size"] is None and report["evidence_needed"] == 1, report
    # The other side's word comes with the line.
    world.south.start()
    recovers()
    world.settle()


def an_older_keeper():
    world.north.stop()
    world.north.copy("older")
    world.north.start()
    for _ in range(3):
        world.settle()
    world.north.stop()
    world.north.put_back("older", "keeper")
    world.north.start()
    refuses("keeper-behind")
    recovers()
    world.settle()


def it_is_killed_while_it_recovers():
    for point in ("engine-before-recovery", "engine-after-recovery", "keeper-before-recovery",
                  "keeper-after-recovery"):
        world.north.stop()
        world.north.lose_state()
        world.north.start(fault=point)
        # Its node ends in the middle of it.
        world.chiro.run("recover", "--timeout", "2m", status=1)
        world.north.ended()
        world.north.start()
        recovers()
        world.settle()


def an_older_database():
    world.settle()
    then = world.north.details()
    world.north.stop()
    world.north.copy("database")
    world.north.start()
    world.settle()
    world.rest()
    now = world.north.details()
    world.north.stop()
    world.north.put_back("database", "data")
    world.north.start()
    refuses("database-behind")
    report = world.chiro.json("recover", "--timeout", "0s", status=1)
    # A last receipt may have come after the logs were looked at.
    assert then["own_size"] <= report["own_held"] < now["own_size"], (report, then)
    assert report["own_known"] >= now["own_size"], (report, now)
    assert report["their_held"] < report["their_known"], report
    text = world.chiro.text("recover", "--timeout", "0s", status=1)
    assert f"north-{report['own_held']} " in text, text
    assert f"north-{report['own_known'] - 1} " in text, text
    assert "'chiro pack --copy'" in " ".join(world.chiro.errors.split()), world.chiro.errors


def and_a_copy_of_the_other_side():
    copy = world.copy_of(world.south)
    damaged = copy.with_suffix(".damaged")
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    before = world.north.details()["own_size"]
    world.chiro.text("recover", "--timeout", "0s", damaged, status=1)
    assert str(damaged) in world.chiro.errors, world.chiro.errors
    assert world.north.details()["own_size"] == before
    recovers(copy)
    world.settle()


def it_is_killed_while_it_copies():
    world.north.stop()
    world.north.copy("before")
    world.north.start()
    world.settle()
    world.rest()
    copy = world.copy_of(world.south)
    for point in ("engine-before-entries", "engine-entries-stored", "engine-sent"):
        for passage in (3, 6):
            world.north.stop()
            world.north.put_back("before", "data")
            world.north.start(fault=f"{point}:{passage}", ready=False)
            # Wherever that is: while it starts, takes, or has taken.
            subprocess.run([world.chiro.program, "recover", copy, "--timeout", "0s"],
                           env=world.chiro.environment, capture_output=True, check=False,
                           timeout=PATIENCE)
            world.north.process.kill()
            world.north.ended()
            world.north.start()
            recovers(copy)
            world.settle()
            world.rest()
            copy = world.copy_of(world.south)


def nothing_is_left_of_the_database():
    world.rest()
    copy = world.copy_of(world.south)
    world.north.stop()
    world.north.lose_data()
    world.north.start()
    recovers(copy)
    world.settle()


def what_only_the_mirror_has():
    """Entries that the other side never got: it says which are missing, and a mirror has them."""
    world.rest()
    mirror = Mirror(world.north)
    world.nodes.append(mirror)
    feed = Cli(sys.argv[1], CHIRO_SOCKET=str(mirror.socket), HOME=str(world.folder))
    feed.run("take", world.copy_of(world.north))
    theirs = world.copy_of(world.south)
    world.north.stop()
    world.north.copy("unsent")
    world.south.stop()
    world.north.start()
    first = world.write(world.north)["number"]
    last = world.write(world.north)["number"]
    feed.run("take", world.copy_of(world.north))
    world.north.stop()
    world.north.put_back("unsent", "data")
    world.north.start()
    text = world.chiro.text("recover", "--timeout", "0s", theirs, status=1)
    assert f"north-{last} are missing" in text, text
    assert world.north.details("/recovery")["own_held"] <= first
    assert "are gone" in " ".join(world.chiro.errors.split()), world.chiro.errors
    recovers(world.copy_of(mirror))
    world.south.start()
    world.settle()
    assert world.south.details()["their_size"] > last


def both_are_older():
    world.north.stop()
    world.north.copy("both")
    world.north.start()
    world.settle()
    world.rest()
    world.north.stop()
    for part in ("data", "keeper"):
        world.north.put_back("both", part)
    world.north.start()
    wait_until(lambda: world.north.details()["trouble"] == "rolled-back", "nobody noticed")
    refuses("rolled-back")
    recovers(world.copy_of(world.south))
    world.settle()


def another_log_key():
    """The log goes on under it."""
    world.chiro.text("act", "appoint", "--office", "log", "--author", "appointing", "--key",
                     world.north.folder / "appointing", "--yes")
    world.settle()


def older_than_the_logs_present_key():
    for parts in (("keeper",), ("data", "keeper")):
        name = "-".join(("former", *parts))
        world.north.stop()
        world.north.copy(name)
        world.north.start()
        world.settle()
        another_log_key()
        world.settle()
        world.rest()
        world.north.stop()
        for part in parts:
            world.north.put_back(name, part)
        world.north.start()
        # What it has forgotten of itself it hears from the other side.
        wait_until(lambda: world.north.details()["trouble"] != "none", "nobody noticed")
        recovers(*([world.copy_of(world.south)] if "data" in parts else []))
        world.settle()


def older_than_two_of_its_keys():
    world.north.stop()
    world.north.copy("two")
    world.north.start()
    another_log_key()
    another_log_key()
    world.rest()
    world.north.stop()
    world.north.put_back("two", "keeper")
    world.north.start()
    recovers()
    world.settle()


def everything_is_lost_but_the_keys():
    world.rest()
    world.north.stop()
    world.north.lose_data()
    world.north.lose_state()
    world.north.start()
    recovers(world.copy_of(world.south))
    world.settle()


if __name__ == "__main__":
    try:
        world.open()
        tap([nothing_is_wrong, killed_and_started_again,
             the_last_batch_is_repeated_without_the_link, a_keeper_without_its_state,
             an_older_keeper, it_is_killed_while_it_recovers, an_older_database,
             and_a_copy_of_the_other_side, it_is_killed_while_it_copies,
             nothing_is_left_of_the_database, what_only_the_mirror_has, both_are_older,
             older_than_the_logs_present_key, older_than_two_of_its_keys,
             everything_is_lost_but_the_keys])
    finally:
        world.remove()
