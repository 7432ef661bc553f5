#!/usr/bin/env python3
"""A channel that lives on files alone, from the charter to the close: two nodes that have
no address and never dial. Volumes, shuffled and twice; damage anywhere; what is not meant
for one; copies.

    test_courier.py <chiro>
"""
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from api_node import CHIROD, PATIENCE, Node, accede, charter, wait_until
from cli import ENVIRONMENT, Cli, tap
from sealed_body import PARAGRAPH, seal

NOTICE = 3


class QuietNode(Node):
    """A node without a line."""

    def __init__(self, party, head):
        super().__init__(party, head)
        path = self.folder / "chirod.conf"
        lines = [line for line in path.read_text().splitlines()
                 if not line.startswith(("listen ", "advertise "))]
        path.write_text("\n".join([*lines, "link-dial no"]) + "\n")
        self.cli = Cli(sys.argv[1], CHIRO_SOCKET=str(self.socket), HOME="/nonexistent",
                       TMPDIR="/tmp")

    def get(self, rest=""):
        status, answer = self.request("GET", self.of_channel(rest))
        assert status == 200, answer
        return answer

    def sizes(self):
        channel = self.get()
        return channel["own_size"], channel["their_size"]

    def entries(self):
        return {act["name"]: act["entry"] for act in self.get("/log?count=500&full=1")["acts"]}

    def say(self, kind, *lines):
        status, answer = self.submit(self.act(kind, *lines))
        assert status == 201, answer
        return answer["name"]

    def comment(self, size=300):
        """A comment with an attachment of this size."""
        keys = [party["reading_key"] for party in self.get()["parties"].values()]
        blob, line = seal([("1", PARAGRAPH, "en", "authentic", b"As attached."),
                           ("2.bin", "application/octet-stream", "-", "-", os.urandom(size))], keys)
        self.upload(blob)
        return self.say("comment", line)


class World:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.nodes = [QuietNode("north", "a.head"), QuietNode("south", "b.head")]
        self.north, self.south = self.nodes
        self.count = 0

    def open(self, notice=NOTICE):
        for node in self.nodes:
            node.start()
        cards = [node.request("POST", "/v1/setups", node.invitation())[1]["card"]
                 for node in self.nodes]
        text = charter(cards).replace("\nnotice 30d\n", f"\nnotice {notice}s\n")
        signatures = {node.party: node.sign("chirograph-charter", text) for node in self.nodes}
        for node in self.nodes:
            status, answer = node.request("POST", "/v1/channels",
                                          {"charter": text, "signatures": signatures})
            assert status == 201, answer
            node.channel = answer["channel"]
        for node in self.nodes:
            status, answer = accede(node, signatures[node.party])
            assert status == 201, answer

    def file(self):
        self.count += 1
        return self.folder / f"{self.count}.courier"

    def pack(self, node, *words):
        """The files of one pack, in the order of their volumes."""
        path = self.file()
        node.cli.run("pack", *(words or [self.other(node).party]), "--output", path)
        if path.exists():
            return [path]
        found = sorted(self.folder.glob(path.name + ".*"), key=lambda p: int(p.suffix[1:]))
        assert len(found) > 1, found
        return found

    def other(self, node):
        return self.nodes[1 - self.nodes.index(node)]

    def post(self, node):
        """What the other side does not have, carried there."""
        for path in self.pack(node):
            self.other(node).cli.run("take", path)

    def exchange(self):
        for node in (self.north, self.south, self.north, self.south):
            self.post(node)

    def agree(self):
        assert self.north.entries() == self.south.entries()
        for node in self.nodes:
            channel = node.get()
            assert channel["faulted"] is None and not channel["read_only"], channel
            assert channel["own_cosigned"] == channel["own_size"], channel
            assert channel["link"]["state"] != "up"

    def remove(self):
        for node in self.nodes:
            node.remove()
        shutil.rmtree(self.folder)


def header(path):
    text = path.read_bytes().split(b"\n\n", 1)[0].decode()
    return dict(line.split(" ", 1) for line in text.splitlines()[1:])


def a_channel_opens_on_files():
    world.open()
    world.exchange()
    for node in world.nodes:
        assert node.get()["state"] == "in-force"
    world.agree()


def acts_and_receipts_travel():
    name = world.north.comment()
    before = world.north.get()["own_receipted"]
    path = world.file()
    path.write_bytes(world.north.cli.run("pack", "south"))
    said = world.south.cli.json("take", path)["files"][0]
    assert said["from"] == "north" and said["to"] == "south" and said["error"] is None
    assert said["stored"] > 0 and said["waiting"] == 0 and said["volumes"] == 1, said
    assert name in world.south.entries()
    world.post(world.south)
    assert world.north.get()["own_receipted"] > before
    # Twice: nothing new.
    before = world.south.sizes()
    said = world.south.cli.json("take", path, path)["files"]
    assert [one["stored"] for one in said] == [0, 0], said
    assert world.south.sizes() == before
    world.exchange()
    world.agree()


def stock_tools_check_a_file():
    path = world.pack(world.north)[0]
    shell = (f"test \"$(head -c -32 {path} | sha256sum | cut -c 1-64)\" = "
             f"\"$(tail -c 32 {path} | od -An -v -tx1 | tr -d ' \\n')\"")
    subprocess.run(["sh", "-c", shell], check=True)
    fields = header(path)
    assert fields["from"] == "north" and fields["to"] == "south", fields
    assert fields["volume"] == "1 of 1" and fields["channel"] == world.north.channel


def standard_input_is_taken():
    world.north.comment()
    packed = world.north.cli.run("pack", "south")
    said = world.south.cli.json("take", "-", data=packed)["files"][0]
    assert said["stored"] > 0 and said["error"] is None, said
    world.exchange()
    world.agree()


def volumes_come_in_any_order_and_twice():
    for _ in range(3):
        world.north.comment(900_000)
        world.north.comment(100)
    files = world.pack(world.north, "south", "--volume", "256K")
    assert len(files) > 8
    assert all(path.stat().st_size <= 256 * 1024 for path in files)
    assert [header(path)["volume"] for path in files] == [
        f"{k} of {len(files)}" for k in range(1, len(files) + 1)]
    assert len({header(path)["pack"] for path in files}) == 1
    shuffled = files * 2
    random.Random(7).shuffle(shuffled)
    waited = 0
    for number, path in enumerate(shuffled):
        said = world.south.cli.json("take", path)["files"][0]
        assert said["error"] is None, said
        waited += said["waiting"]
        if number == len(files):
            world.south.stop()
            world.south.start()
    assert waited > 0
    assert world.north.sizes()[0] == world.south.sizes()[1]
    world.exchange()
    world.agree()
    assert not world.south.get()["waiting"], world.south.get()["waiting"]


def all_volumes_at_once_wait_for_nothing():
    world.south.comment(700_000)
    files = world.pack(world.south, "north", "--volume", "300K")
    assert len(files) >= 3
    said = world.north.cli.json("take", *reversed(files))["files"]
    assert [one["waiting"] for one in said] == [0] * len(files), said
    assert not [act for act in world.north.get("/log?party=north&count=500")["acts"]
                if act["kind"] == "fault"]
    world.exchange()
    world.agree()


def a_missing_volume_is_faulted_and_cured():
    world.north.comment(700_000)
    files = world.pack(world.north, "south", "--volume", "256K")
    world.south.cli.run("take", files[0], files[-1])
    entries = world.south.get("/log?party=south&count=500")["acts"]
    assert entries[-1]["kind"] == "fault", entries[-1]
    # The other side learns it from the receipts, and packs the body again.
    world.post(world.south)
    world.post(world.north)
    assert not world.south.get()["waiting"]
    kinds = [act["kind"] for act in world.south.get("/log?party=south&count=500")["acts"]]
    assert kinds.count("fault") >= 2
    world.exchange()
    world.agree()


def since_packs_again():
    first = world.pack(world.north)[0]
    everything = world.pack(world.north, "south", "--since", "0")[0]
    assert everything.stat().st_size > first.stat().st_size
    said = world.south.cli.json("take", everything)["files"][0]
    assert said["stored"] == 0 and said["error"] is None, said
    assert "entries are signed" in world.north.cli.refused(
        "pack", "south", "--since", "100000", "--output", world.file())


# --- what is wrong ----------------------------------------------------------------------


def a_flipped_bit_anywhere_is_named():
    world.north.comment(2000)
    whole = world.pack(world.north)[0].read_bytes()
    before = world.south.sizes()
    damaged = world.folder / "damaged.courier"
    step = max(1, len(whole) // 60)
    for at in [*range(0, 200, 7), *range(200, len(whole), step), len(whole) - 1]:
        damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1:])
        said = world.south.cli.refused("take", damaged)
        assert str(damaged) in said, said
    assert world.south.sizes() == before
    for size in (0, 5, 20, 100, len(whole) // 2, len(whole) - 1):
        damaged.write_bytes(whole[:size])
        assert str(damaged) in world.south.cli.refused("take", damaged)
    damaged.write_bytes(whole + b"more")
    world.south.cli.refused("take", damaged)
    assert world.south.sizes() == before
    # One bad file does not keep a good one out.
    good = world.folder / "good.courier"
    good.write_bytes(whole)
    world.south.cli.run("take", damaged, good, status=1)
    assert str(damaged) in world.south.cli.errors
    assert world.south.sizes()[1] > before[1]
    world.exchange()
    world.agree()


def resealed(content):
    return content + hashlib.sha256(content).digest()


def malformed_though_whole():
    """With the right SHA-256: somebody made it so."""
    whole = world.pack(world.north)[0].read_bytes()[:-32]
    before = world.south.sizes()
    start = whole.index(b"\n\n") + 2
    bad = world.folder / "bad.courier"
    for content in (whole[:start] + b"\0\0\0\1\x02" + whole[start:],  # no entries in it
                    whole + b"\0\0\0\1\x0c",  # a bye does not stand in a file
                    whole + b"\0\0",
                    whole + b"\xff\xff\xff\xff",
                    whole.replace(b"chirograph.courier/1", b"chirograph.courier/2"),
                    whole.replace(b"volume 1 of 1", b"volume 2 of 1"),
                    whole.replace(b"volume 1 of 1", b"volume 1 of -"),
                    whole.replace(b"\nfrom north", b"\nfrom  north"),
                    whole.replace(b"\nfrom north", b"\nfrom east"),
                    whole.replace(b"\nfrom north", b"\nfrom north\nnote x")):
        bad.write_bytes(resealed(content))
        assert str(bad) in world.south.cli.refused("take", bad), content[:300]
        assert world.south.sizes() == before
    # A frame that is not known, but may be passed over.
    bad.write_bytes(resealed(whole + b"\0\0\0\3\xf0ab"))
    world.south.cli.run("take", bad)


def what_is_not_meant_for_one_is_named():
    path = world.pack(world.north)[0]
    assert "packed here" in world.north.cli.refused("take", path)
    assert str(path) in world.north.cli.errors
    foreign = World()
    try:
        foreign.open()
        foreign.exchange()
        foreign.north.comment()
        theirs = foreign.pack(foreign.north)[0]
        said = world.south.cli.refused("take", theirs)
        assert "does not have" in said and str(theirs) in said, said
        # With our channel's name on it.
        content = theirs.read_bytes()[:-32].replace(foreign.north.channel.encode(),
                                                    world.north.channel.encode())
        theirs.write_bytes(resealed(content))
        before = world.south.sizes()
        assert "another channel" in world.south.cli.refused("take", theirs)
        assert world.south.sizes() == before and world.south.get()["faulted"] is None
    finally:
        foreign.remove()
    world.south.cli.refused("take", "/nonexistent/file")
    world.south.cli.refused("take", world.folder)
    assert "for a terminal" not in world.north.cli.refused("pack", "west", status=2)
    world.north.cli.refused("pack", "south", "--output", path)
    world.north.cli.refused("pack", "south", "--volume", "1M", status=2)
    world.north.cli.refused("pack", "south", "--volume", "3K", "--output", "x", status=2)
    world.north.cli.refused("pack", status=2)


def an_interrupted_take_is_taken_again():
    for _ in range(4):
        world.north.comment(3_000_000)
    path = world.pack(world.north)[0]
    environment = {**ENVIRONMENT, "CHIRO_SOCKET": str(world.south.socket)}
    for moment in (0.01, 0.05, 0.1, 0.2):
        with subprocess.Popen([sys.argv[1], "take", str(path)], env=environment,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            time.sleep(moment)
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
    world.south.process.kill()
    world.south.process.wait()
    world.south.start()
    world.south.cli.run("take", path)
    assert world.south.sizes()[1] == world.north.sizes()[0]
    assert not world.south.get()["waiting"]
    world.exchange()
    world.agree()


def a_full_disk_is_said():
    """Where the files are made: a file system of one megabyte, if that can be had."""
    if os.geteuid() != 0:
        return
    small = world.folder / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "none", small], check=False,
                      capture_output=True).returncode != 0:
        print("# no small file system to be had")
        return
    try:
        world.north.comment(3_000_000)
        for words in ([], ["--volume", "256K"]):
            said = world.north.cli.refused("pack", "south", "--output", small / "full", *words)
            assert "No space" in said, said
            assert not list(small.iterdir()), list(small.iterdir())
    finally:
        subprocess.run(["umount", small], check=True)
    with open("/dev/full", "wb") as full:
        ended = subprocess.run([sys.argv[1], "pack", "south"], stdout=full, check=False,
                               stderr=subprocess.PIPE, env=world.north.cli.environment)
    assert ended.returncode == 1 and b"No space" in ended.stderr, ended


# --- copies -------------------------------------------------------------------------------


class Mirror(QuietNode):
    """Fed from files alone."""

    def start(self):
        self.process = subprocess.Popen(
            [CHIROD, "mirror", "-f", str(self.folder / "chirod.conf")], stdout=subprocess.DEVNULL)
        wait_until(self.answers, "the mirror does not start")


def a_mirror_takes_a_copy_and_follows():
    mirror = Mirror("north", "a.head")
    world.nodes_to_remove.append(mirror)
    mirror.start()
    assert "join" in mirror.cli.refused("take", world.pack(world.north)[0])
    files = world.pack(world.south, "--copy", "--volume", "1M")
    assert "first volume" in mirror.cli.refused("take", files[1])
    mirror.cli.run("take", *files)
    mirror.channel = world.north.channel
    assert mirror.entries() == world.south.entries()
    record = world.folder / "record"
    mirror.cli.run("export", record)
    assert "intact" in mirror.cli.text("verify", record)
    assert mirror.get("/heads")["cosigned"] == world.south.get("/heads")["cosigned"]
    with subprocess.Popen([sys.argv[1], "pack", "--copy", "--follow"], stdout=subprocess.PIPE,
                          env=world.north.cli.environment) as pack, \
            subprocess.Popen([sys.argv[1], "take", "-"], stdin=pack.stdout,
                             stdout=subprocess.DEVNULL, env=mirror.cli.environment) as take:
        for _ in range(3):
            world.north.comment(200_000)
            world.exchange()
            wait_until(lambda: mirror.entries() == world.north.entries(), "the mirror is behind")
        pack.send_signal(signal.SIGTERM)
        pack.wait(PATIENCE)
        pack.stdout.close()
        assert take.wait(PATIENCE) == 0


def a_lost_database_comes_back():
    """The keeper is there: what it has signed comes back from the other side's copy."""
    south = world.south
    before = south.entries()
    south.stop()
    shutil.rmtree(south.folder / "home/data")
    south.start()
    assert south.request("GET", "/v1/status")[1]["channels"] == []
    files = world.pack(world.north, "--copy", "--volume", "2M")
    random.Random(3).shuffle(files)
    south.cli.run("take", *files)
    wait_until(lambda: not south.get()["read_only"], "south is not written to again")
    after = south.entries()
    assert after == before, {n for n in {**after, **before} if after.get(n) != before.get(n)}
    south.comment()
    world.exchange()
    world.agree()


def the_channel_is_closed_on_files():
    world.north.say("withdraw", "from channel")
    world.exchange()
    time.sleep(NOTICE + 1)
    for node in world.nodes:
        node.say("close")
        world.exchange()
    for node in world.nodes:
        assert node.get()["state"] == "closed", node.get()["state"]
    world.agree()
    record = world.folder / "closed"
    world.south.cli.run("export", record)
    assert "intact" in world.south.cli.text("verify", record)


world = World()
world.nodes_to_remove = []
try:
    tap([a_channel_opens_on_files, acts_and_receipts_travel, stock_tools_check_a_file,
         standard_input_is_taken, volumes_come_in_any_order_and_twice,
         all_volumes_at_once_wait_for_nothing, a_missing_volume_is_faulted_and_cured,
         since_packs_again, a_flipped_bit_anywhere_is_named, malformed_though_whole,
         what_is_not_meant_for_one_is_named, an_interrupted_take_is_taken_again,
         a_full_disk_is_said, a_mirror_takes_a_copy_and_follows, a_lost_database_comes_back,
         the_channel_is_closed_on_files])
finally:
    for spare in world.nodes_to_remove:
        spare.remove()
    world.remove()
