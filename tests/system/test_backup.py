#!/usr/bin/env python3
"""chiro backup: sealed to its recipients, opened by age and tar, restored and rehearsed.

    test_backup.py <chiro>
"""
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from api_node import CHIROD, Node, PATIENCE, open_channel, run, wait_until
from cli import Cli, tap
from sealed_body import PARAGRAPH, SUBJECT, seal

LARGE = os.urandom(900000)
PARTS = [("Subject", SUBJECT, "en", "authentic", b"Scanning of the northern dam"),
         ("1", PARAGRAPH, "en", "authentic", b"It comes from your networks."),
         ("large.bin", "application/octet-stream", "-", "-", LARGE)]
INSIDE = {"chirod.conf", "store.sqlite", "manifest"}


class World:
    """Two nodes with a channel in force and some acts with bodies; keys for backups."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.scratch = self.folder / "scratch"
        self.scratch.mkdir()
        if os.geteuid() == 0:
            # The mirror that is started works as another user.
            self.folder.chmod(0o711)
            self.scratch.chmod(0o711)
        self.keys = []
        for name in ("one", "two", "three"):
            run("age-keygen", "-o", str(self.folder / name))
            self.keys.append(run("age-keygen", "-y", str(self.folder / name)).decode().strip())
        self.north, self.south = (Node("north", "a.head", (f"backup-recipient {self.keys[2]}",)),
                                  Node("south", "b.head"))
        self.chiro = Cli(sys.argv[1], CHIRO_SOCKET=str(self.north.socket), HOME=str(self.folder),
                         TMPDIR=str(self.scratch),
                         PATH=f"{Path(CHIROD).parent}:{os.environ['PATH']}")

    def open(self):
        for node in (self.north, self.south):
            node.start()
        open_channel((self.north, self.south))
        parties = self.north.request("GET", self.north.of_channel())[1]["parties"]
        nodes = [parties[party]["reading_key"] for party in ("north", "south")]
        for _ in range(3):
            blob, line = seal(PARTS, nodes)
            self.north.upload(blob)
            status, answer = self.north.submit(self.north.act(
                "notify", "matter new", "precedence routine", "marking TLP:AMBER+STRICT", line))
            assert status == 201, answer
        assert self.north.request("POST", self.north.of_channel("/list-keys"))[0] == 201
        # Nothing more comes by itself, and all is countersigned.
        wait_until(lambda: self.summary()["own_cosigned"] == self.summary()["own_size"] and
                   self.summary()["their_cosigned"] == self.summary()["their_size"],
                   "not countersigned")
        self.backup = self.folder / "backup.age"
        self.said = self.chiro.text("backup", "--recipient", self.keys[0], "--recipient",
                                    self.folder / "two", self.backup)
        self.opened = self.folder / "opened"
        self.opened.mkdir()
        self.unpack(self.backup, "one", self.opened)

    def summary(self):
        return self.north.request("GET", self.north.of_channel())[1]

    def unpack(self, backup, key, folder):
        archive = run("age", "-d", "-i", str(self.folder / key), str(backup))
        run("tar", "-x", "-C", str(folder), data=archive)
        return archive

    def rehearse(self, backup, *words, key="one", status=0, **arguments):
        return self.chiro.run("backup", "--check", backup, "--identity", self.folder / key,
                              *words, status=status, **arguments).decode()

    def refused(self, backup, *words, key="one", status=1, **arguments):
        """What is complained about; nothing may be left."""
        said = self.rehearse(backup, *words, key=key, status=status, **arguments)
        assert said == "" and self.chiro.errors.startswith("chiro: "), (said, self.chiro.errors)
        assert not any(self.scratch.iterdir()), list(self.scratch.iterdir())
        return self.chiro.errors

    def remove(self):
        self.north.remove()
        self.south.remove()
        shutil.rmtree(self.folder, ignore_errors=True)


world = World()


def it_says_what_it_has():
    assert str(world.backup) in world.said and "2 recipients" in world.said, world.said
    assert world.north.channel[:20] in world.said and "of north" in world.said, world.said
    assert world.backup.stat().st_mode & 0o777 == 0o600
    other = world.folder / "other.age"
    said = world.chiro.json("backup", other)
    assert said["recipients"] == 1 and said["bytes"] == other.stat().st_size, said
    sizes = said["channels"][0]["logs"]
    assert sizes == {"north": world.summary()["own_size"],
                     "south": world.summary()["their_size"]}, said


def age_and_tar_open_it():
    for key in ("one", "two"):
        archive = world.unpack(world.backup, key, world.opened)
        names = run("tar", "-t", data=archive).decode().split()
        assert all(name.startswith("chirograph-backup/") for name in names), names
    inside = world.opened / "chirograph-backup"
    names = {path.name for path in inside.iterdir()}
    channel = world.north.channel
    assert names == INSIDE | {f"{channel}.charter", f"{channel}.north.sig",
                              f"{channel}.south.sig"}, names
    assert (inside / "chirod.conf").read_text() == \
        (world.north.folder / "chirod.conf").read_text()
    assert world.summary()["charter"] == (inside / f"{channel}.charter").read_text()
    with sqlite3.connect(inside / "store.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    for line in (inside / "manifest").read_text().splitlines():
        if line.startswith("file "):
            _, digest, size, name = line.split()
            content = (inside / name).read_bytes()
            assert hashlib.sha256(content).hexdigest() == digest and len(content) == int(size)


def nothing_of_the_keeper_is_in_it():
    keeper = world.north.folder / "home/keeper"
    inside = b"".join(path.read_bytes()
                      for path in (world.opened / "chirograph-backup").iterdir())
    files = [path for path in keeper.iterdir() if path.suffix in (".keys", ".state")]
    assert files
    for path in files:
        content = path.read_bytes()
        secrets = [content[start:start + 24] for start in range(0, len(content) - 24, 8)
                   if path.suffix == ".state"][-1:]
        secrets += [line for line in content.split(b"\n") if len(line) > 40 and
                    (b"SECRET" in line or b"secret" in line)]
        assert all(secret not in inside for secret in secrets), path


def no_key_of_a_list_is_in_it():
    inside = b"".join(path.read_bytes()
                      for path in (world.opened / "chirograph-backup").iterdir())
    files = list((world.north.folder / "home/keeper/lists").glob("*.key"))
    assert len(files) == 1
    # Magic, version, channel, public key, time; then the secret (evaluator_file.h).
    assert files[0].read_bytes()[84:116] not in inside


def whoever_is_no_recipient_cannot_open_it():
    done = subprocess.run(["age", "-d", "-i", str(world.folder / "three"), str(world.backup)],
                          capture_output=True, check=False)
    assert done.returncode != 0 and done.stdout == b""


def the_configuration_names_a_recipient():
    backup = world.folder / "configured.age"
    assert "1 recipient" in world.chiro.text("backup", backup)
    world.unpack(backup, "three", world.opened)
    # South's does not.
    chiro = Cli(sys.argv[1], CHIRO_SOCKET=str(world.south.socket), HOME=str(world.folder))
    assert "backup-recipient" in chiro.refused("backup", world.folder / "south.age", status=2)
    assert not (world.folder / "south.age").exists()


def it_goes_to_standard_output_as_well():
    sealed = world.chiro.run("backup", "--recipient", world.keys[0])
    assert "standard output" in world.chiro.errors, world.chiro.errors
    piped = world.folder / "piped.age"
    piped.write_bytes(sealed)
    world.unpack(piped, "one", world.opened)
    assert "terminal" in world.chiro.on_terminal("backup", "--recipient", world.keys[0], status=2)


def it_can_be_left_unsealed():
    plain = world.folder / "plain.tar"
    assert "not sealed" in world.chiro.text("backup", "--unsealed", plain)
    assert b"store.sqlite" in run("tar", "-t", data=plain.read_bytes())
    assert "is good" in world.chiro.text("backup", "--check", plain)


def nothing_is_overwritten_and_nothing_left():
    before = world.backup.read_bytes()
    assert "not overwritten" in world.chiro.refused("backup", world.backup)
    assert world.backup.read_bytes() == before
    world.chiro.refused("backup", "/nothing/at/all/backup")
    world.chiro.refused("backup", "--recipient", "nobody", world.folder / "x", status=2)
    world.chiro.refused("backup", "--recipient", world.keys[0], "--unsealed", "x", status=2)
    world.chiro.refused("backup", "--check", "x", "y", status=2)
    world.chiro.refused("backup", "--identity", "x", "y", status=2)
    assert not (world.folder / "x").exists()
    # Nor in the node's folder.
    data = {path.name for path in (world.north.folder / "home/data").iterdir()}
    assert data <= {"store.sqlite", "store.sqlite-wal"}, data


def a_node_that_is_killed_meanwhile_leaves_nothing():
    status, made = world.south.request("POST", "/v1/backup")
    assert status == 201, made
    world.south.process.send_signal(signal.SIGKILL)
    world.south.process.wait(PATIENCE)
    data = {path.name for path in (world.south.folder / "home/data").iterdir()}
    assert data <= {"store.sqlite", "store.sqlite-wal"}, data
    world.south.start()
    assert world.south.request("GET", f"/v1/backup/{made['backup']}")[0] == 404


def its_node_goes_on_meanwhile_and_is_as_of_the_end():
    number = world.north.request("POST", world.north.of_channel("/test"))[1]["number"]
    wait_until(lambda: world.summary()["own_receipted"] > number, "no receipt")
    wait_until(lambda: world.summary()["own_cosigned"] == world.summary()["own_size"], "no head")
    backup = world.folder / "later.age"
    sizes = world.chiro.json("backup", backup)["channels"][0]["logs"]
    assert sizes["north"] > number, sizes
    said = json.loads(world.rehearse(backup, "--json", key="three"))
    assert said["good"] and said["channels"][0]["logs"]["north"]["size"] == sizes["north"], said


def a_rehearsal_says_as_of_what():
    said = world.rehearse(world.backup)
    assert "as of north-" in said and ", south-" in said and "is good" in said, said
    assert "bodies" in said, said
    assert not any(world.scratch.iterdir())
    said = json.loads(world.rehearse(world.backup, "--json"))
    assert said["good"] and said["party"] == "north", said
    channel = said["channels"][0]
    assert channel["intact"] and channel["channel"] == world.north.channel, said
    assert any(gap["what"] == "bodies-sealed" for gap in channel["not_checked"]), said
    # As well from a pipe, and while the node does not run.
    said = world.chiro.run("backup", "--check", "-", "--identity", world.folder / "one",
                           data=world.backup.read_bytes(), CHIRO_SOCKET="/nowhere").decode()
    assert "is good" in said, said


def what_is_damaged_is_named():
    content = world.backup.read_bytes()
    damaged = world.folder / "damaged.age"
    for place in (100, len(content) // 2, len(content) - 5):
        spoilt = bytearray(content)
        spoilt[place] ^= 1
        damaged.write_bytes(spoilt)
        assert str(damaged) in world.refused(damaged), place
    for size in (0, 10, 150, len(content) // 3, len(content) - 70000, len(content) - 1):
        damaged.write_bytes(content[:size])
        assert str(damaged) in world.refused(damaged), size
    damaged.write_bytes(content + b"x")
    assert str(damaged) in world.refused(damaged)


def what_is_foreign_is_named():
    foreign = world.folder / "foreign"
    for content in (b"", b"not a backup", os.urandom(100000),
                    run("tar", "-c", "-C", "/etc", "hostname")):
        foreign.write_bytes(content)
        assert str(foreign) in world.refused(foreign), content[:20]
    # Sealed to us, and something else.
    sealed = run("age", "-r", world.keys[0], data=b"x" * 5000)
    foreign.write_bytes(sealed)
    assert "not a backup" in world.refused(foreign)
    assert "not sealed to" in world.refused(world.backup, key="three")
    world.refused(world.folder / "missing")
    assert "--identity" in world.chiro.refused("backup", "--check", world.backup, status=2)
    world.chiro.refused("backup", "--check", world.backup, "--identity", "/nothing")


def repacked(change):
    """The backup with its database changed, packed again as an archive that is right."""
    inside = world.folder / "repacked"
    shutil.rmtree(inside, ignore_errors=True)
    inside.mkdir()
    world.unpack(world.backup, "one", inside)
    folder = inside / "chirograph-backup"
    manifest = (folder / "manifest").read_text().splitlines()
    change(folder, manifest)
    names = []
    for index, line in enumerate(manifest):
        if line.startswith("file "):
            name = line.split()[3]
            names.append(name)
            content = (folder / name).read_bytes()
            manifest[index] = f"file {hashlib.sha256(content).hexdigest()} {len(content)} {name}"
    (folder / "manifest").write_text("\n".join(manifest) + "\n")
    moment = next(line for line in manifest if line.startswith("time ")).split()[1]
    archive = b"".join(member(name, (folder / name).read_bytes(), moment)
                       for name in [*names, "manifest"]) + bytes(1024)
    path = world.folder / "repacked.age"
    path.write_bytes(run("age", "-r", world.keys[0], data=archive))
    return path


def member(name, content, moment):
    seconds = int(time.mktime(time.strptime(moment, "%Y-%m-%dT%H:%M:%SZ"))) - time.timezone
    block = bytearray(512)
    for place, text in ((0, name), (100, "0000600"), (108, "0000000"), (116, "0000000"),
                        (124, f"{len(content):011o}"), (136, f"{seconds:011o}"),
                        (148, "        "), (156, "0"), (257, "ustar"), (263, "00"),
                        (329, "0000000"), (337, "0000000"), (345, "chirograph-backup")):
        block[place:place + len(text)] = text.encode()
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    return bytes(block) + content + bytes(-len(content) % 512)


def a_database_that_was_changed_is_found():
    # First that what is packed here is taken at all.
    assert "is good" in world.rehearse(repacked(lambda folder, manifest: None))

    def execute(folder, sql):
        with sqlite3.connect(folder / "store.sqlite") as database:
            assert database.execute(sql).rowcount > 0
        database.close()
    for sql, *words in (("UPDATE chunk SET bytes = zeroblob(length(bytes))", "bodies/north-"),
                        ("DELETE FROM chunk", "body cannot be read"),
                        ("DELETE FROM entry WHERE number > 3", "database"),
                        ("DELETE FROM head", "neither log")):
        path = repacked(lambda folder, manifest, sql=sql: execute(folder, sql))
        said = world.rehearse(path, status=1)
        assert "is good" not in said, sql
        assert any(word in world.chiro.errors for word in words), (sql, world.chiro.errors)
        assert not any(world.scratch.iterdir())


def a_manifest_that_says_otherwise_is_found():
    def longer(folder, manifest):
        for index, line in enumerate(manifest):
            if line.startswith("channel "):
                words = line.split()
                words[3] = str(int(words[3]) + 1)
                manifest[index] = " ".join(words)
    assert "not good" in world.rehearse(repacked(longer), status=1)
    assert "as of" in world.chiro.errors, world.chiro.errors

    def without_charter(folder, manifest):
        manifest[:] = [line for line in manifest if not line.endswith(".charter")]
    assert ".charter" in world.refused(repacked(without_charter))

    def another_charter(folder, manifest):
        (folder / f"{world.north.channel}.charter").write_text("another")
    assert "not good" in world.rehearse(repacked(another_charter), status=1)


def a_mirror_that_cannot_start_is_said():
    assert "--chirod" in world.refused(world.backup, "--chirod", "/nothing/chirod")
    assert "does not start" in world.refused(world.backup, "--chirod", "/bin/false")


def mirrors():
    """Processes whose command line names the scratch folder."""
    found = []
    for path in Path("/proc").iterdir():
        try:
            if path.name.isdigit() and \
                    str(world.scratch).encode() in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except OSError:
            pass
    return found


def interrupting_it_leaves_nothing():
    for number in (signal.SIGINT, signal.SIGTERM):
        # A mirror that starts and then is silent: the rehearsal waits for it.
        silent = world.folder / "silent"
        silent.write_text("#!/bin/sh\nexec sleep 1000\n")
        silent.chmod(0o755)
        process = subprocess.Popen(
            [sys.argv[1], "backup", "--check", str(world.backup), "--identity",
             str(world.folder / "one"), "--chirod", str(silent)],
            env=world.chiro.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wait_until(lambda: any(world.scratch.glob("*/journal")), "no mirror was started")
        process.send_signal(number)
        assert process.wait(PATIENCE) == 130
        assert not any(world.scratch.iterdir()), number
        process.stdout.close()
        process.stderr.close()
    assert mirrors() == []


def nobody_else_reads_it_meanwhile():
    if os.geteuid() != 0:
        return
    # The mirror's user is let through the folder; it is shown while the mirror starts.
    look = world.folder / "look"
    look.write_text(f"#!/bin/sh\nfind {world.scratch}/* -perm /077 ! -type s ! -type l "
                    f"-printf '%m %P\\n' >{world.folder}/open\nexec {CHIROD} \"$@\"\n")
    look.chmod(0o755)
    world.rehearse(world.backup, "--chirod", look)
    found = sorted((world.folder / "open").read_text().split("\n"))
    assert [line for line in found if line] in (["711 ", "711 home"],), found


def a_terminal_interrupts_it():
    world.chiro.on_terminal("backup", "--check", world.backup, "--identity",
                            world.folder / "one", "--chirod", world.folder / "silent",
                            status=130, interrupt=1)
    assert not any(world.scratch.iterdir()) and mirrors() == []


def a_full_disk_is_named():
    done = subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False)
    if done.returncode != 0:
        return
    small = world.folder / "small"
    small.mkdir()
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c",
         f"mount -t tmpfs -o size=1m none {small} && "
         f"TMPDIR={small} {sys.argv[1]} backup --check {world.backup} "
         f"--identity {world.folder}/one; s=$?; ls -A {small}; exit $s"],
        env=world.chiro.environment, capture_output=True, check=False)
    assert done.returncode == 1 and b"the disk is full" in done.stderr, done
    assert b"TMPDIR" in done.stderr and done.stdout == b"", done
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c",
         f"mount -t tmpfs -o size=1m none {small} && "
         f"{sys.argv[1]} backup --unsealed {small}/x; s=$?; ls -A {small}; exit $s"],
        env=world.chiro.environment, capture_output=True, check=False)
    assert done.returncode == 1 and b"the disk is full" in done.stderr, done
    assert done.stdout == b"", done


TESTS = [it_says_what_it_has, age_and_tar_open_it, nothing_of_the_keeper_is_in_it, no_key_of_a_list_is_in_it,
         whoever_is_no_recipient_cannot_open_it, the_configuration_names_a_recipient,
         it_goes_to_standard_output_as_well, it_can_be_left_unsealed,
         nothing_is_overwritten_and_nothing_left, a_node_that_is_killed_meanwhile_leaves_nothing,
         its_node_goes_on_meanwhile_and_is_as_of_the_end, a_rehearsal_says_as_of_what,
         what_is_damaged_is_named, what_is_foreign_is_named,
         a_database_that_was_changed_is_found, a_manifest_that_says_otherwise_is_found,
         a_mirror_that_cannot_start_is_said, interrupting_it_leaves_nothing,
         nobody_else_reads_it_meanwhile, a_terminal_interrupts_it, a_full_disk_is_named]

if __name__ == "__main__":
    try:
        world.open()
        tap(TESTS)
    finally:
        world.remove()
