#!/usr/bin/env python3
"""Two nodes and their neutrals under load to which everything happens, at random; afterwards there is one history,
which contains everything that anybody was told.

    soak.py [--seconds N] [--seed N] <chiro> <chirod>

Which accident comes when follows from the seed; what it meets does not. Prints TAP. When
something is wrong, the folder with both nodes and everything they said is kept, and named.
"""
import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "system"))
os.environ.setdefault("CHIRO_CHIROD", "chirod")

# pylint: disable=wrong-import-position
from api_node import open_channel, run
from cli import ENVIRONMENT
import proof
from accidents import Accidents
from cable import Cable
from people import Acknowledged, Person, accredit
from services import Neutral, SoakNode

SETTLE_SECONDS = 180
# What chiro says when the node is not there, or ends while it is asked.
GONE = re.compile(r"no node|the node at |status 50\d")
PEOPLE = 2  # beside the head, of each side


class World:
    def __init__(self, chiro, chirod, seed, neutrals, without):
        self.chiro = chiro
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-soak-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.began = time.monotonic()
        self.journal = open(self.folder / "journal", "w", encoding="utf-8")
        self.cable = Cable()
        self.nodes = [SoakNode("north", "a.head", chirod, self.folder),
                      SoakNode("south", "b.head", chirod, self.folder)]
        self.neutrals = [Neutral(word, f"{word}.example", chirod, self.folder)
                         for word in neutrals if word]
        self.without = without
        self.acknowledged, self.heads = Acknowledged(), proof.Heads()
        self.people = []
        self.later_keys = set()
        self.seed = seed
        self.observing = threading.Event()

    def say(self, text):
        line = f"{time.monotonic() - self.began:7.1f} {text}"
        self.journal.write(line + "\n")
        self.journal.flush()

    def services(self):
        return [each.service for each in (*self.nodes, *self.neutrals)]

    def terms(self, charter):
        """The charter with its neutrals."""
        vkeys = {neutral.word: neutral.vkey for neutral in self.neutrals}
        witness, depositary = vkeys.get("witness"), vkeys.get("depositary")
        lines = [f"witness {witness}", "quorum 1"] if witness else ["quorum 0"]
        if depositary:
            lines += [f"depositary {depositary}", "deemed-allowance 1h"]
        return charter.replace("quorum 0", "\n".join(lines), 1)

    def open(self):
        for side, node in enumerate(self.nodes):
            node.configure(self.cable.port(side, node.port),
                           [neutral.line() for neutral in self.neutrals] +
                           ["deposit-after 1s", "collect-every 2s"])
            node.start()
        charter, _ = open_channel(self.nodes, self.terms)
        for neutral in self.neutrals:
            neutral.serve(charter)
        channel = self.nodes[0].request("GET", self.nodes[0].of_channel())[1]
        self.origins = {party: channel["parties"][party]["log_name"] for party in
                        ("north", "south")}
        for side, node in enumerate(self.nodes):
            node.recipients = [channel["parties"][party]["reading_key"]
                               for party in ("north", "south")]
            self.people.append(self.person(node, node.head, node.folder / "head"))
            for i in range(PEOPLE):
                name, key = f"{'cd'[side]}.officer{i}", node.folder / f"officer{i}"
                run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key))
                accredit(node, name, key)
                self.people.append(self.person(node, name, key))

    def tell_the_neutrals(self):
        """The keys of the logs as they are now, as their operators would be told."""
        status, said = self.chiro_of(self.nodes[0], "keys", "--vkey")
        assert status == 0, said
        self.later_keys |= {vkey for vkey in said.split() if "/chirograph/" in vkey and
                            proof.log_of(vkey.split("+")[0]) != vkey.split("+")[0]}
        for neutral in self.neutrals:
            neutral.know(sorted(self.later_keys))

    def person(self, node, name, key):
        return Person(node, name, key, f"{self.seed}/{name}", self.acknowledged, self.say)

    def observe(self):
        while not self.observing.wait(0.2):
            for node in self.nodes:
                self.heads.observe(node)
            for neutral in self.neutrals:
                for origin in (*self.origins.values(),
                               *(vkey.split("+")[0] for vkey in tuple(self.later_keys))):
                    note = neutral.head(origin)
                    if note is not None:
                        self.heads.add(note)

    def run(self, seconds):
        accidents = Accidents(self, random.Random(self.seed), self.say)
        threading.Thread(target=self.observe, daemon=True).start()
        for person in self.people:
            person.thread.start()
        accidents.thread.start()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self.heads.forks and not accidents.failure:
            time.sleep(0.2)
        self.say("no more accidents")
        accidents.end()
        for person in self.people:
            person.stopping.set()
        for person in self.people:
            person.thread.join()
        if accidents.failure is not None:
            raise accidents.failure
        return accidents

    # --- and afterwards ----------------------------------------------------------------

    def is_settled(self):
        """Both hold, have receipted and have countersigned everything."""
        channels = [node.try_request("GET", node.of_channel())[1] for node in self.nodes]
        if any(channel is None or "own_size" not in channel for channel in channels):
            return False
        north, south = channels
        return (north["own_size"] == south["their_size"] and
                south["own_size"] == north["their_size"] and
                all(channel["own_cosigned"] == channel["own_size"] and not channel["waiting"]
                    for channel in channels) and
                all(neutral["own_cosigned"] == channel["own_size"] and
                    neutral["their_cosigned"] == channel["their_size"]
                    for channel in channels for neutral in channel["neutrals"]))

    def settle(self):
        for node in self.nodes:
            node.start()
        for neutral in self.neutrals:
            neutral.service.start()
        deadline = time.monotonic() + SETTLE_SECONDS
        while not self.is_settled():
            if time.monotonic() > deadline:
                raise TimeoutError("the nodes do not come to rest: " + "; ".join(
                    str(node.try_request("GET", "/v1/status")[1]) for node in self.nodes))
            time.sleep(0.3)
        self.say("at rest")

    def chiro_of(self, node, *words):
        """(exit status, what was said); again while the node is being started again. A word may
        be a function that gives another one each time."""
        deadline = time.monotonic() + 60
        while True:
            status, said = self.chiro_once(node, *(word() if callable(word) else word
                                                   for word in words))
            if status == 0 or not GONE.search(said) or time.monotonic() > deadline:
                return status, said
            self.say(f"{node.party} was gone: chiro {words[0]}")
            node.await_answers()

    def chiro_once(self, node, *words):
        done = subprocess.run([self.chiro, *map(str, words)], capture_output=True, check=False,
                              env={**ENVIRONMENT, "LC_ALL": "C.UTF-8", "HOME": str(self.folder),
                                   "CHIRO_SOCKET": str(node.socket)})
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")

    def end(self, keep):
        self.observing.set()
        self.cable.end()
        for each in (*self.nodes, *self.neutrals):
            if each.service is not None:
                each.service.end()
                each.service = None
        for node in self.nodes:
            if not keep:
                shutil.rmtree(node.folder, ignore_errors=True)
        self.journal.close()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)


class Proof:
    """The cases, in order: each yields what is wrong."""

    def __init__(self, world):
        self.world = world
        self.logs = {}

    def both_hold_the_same(self):
        for party in ("north", "south"):
            logs = [proof.read_log(node, party) for node in self.world.nodes]
            self.logs[party] = logs[[node.party for node in self.world.nodes].index(party)]
            if [entry for _, entry in logs[0]] != [entry for _, entry in logs[1]]:
                yield f"the log of {party} is not the same on both sides"

    def no_fork(self):
        yield from proof.no_fork(self.world.heads, self.logs, self.world.origins)

    def nothing_acknowledged_is_missing(self):
        yield from proof.nothing_is_missing(self.world.acknowledged, self.logs)

    def all_is_receipted(self):
        yield from proof.all_is_receipted(self.logs)

    def the_neutrals_have_cosigned_everything(self):
        for node in self.world.nodes:
            heads = node.request("GET", node.of_channel("/heads"))[1]
            for party in ("north", "south"):
                _, size, _, names = proof.read_note(heads[party]["note"])
                if size != len(self.logs[party]):
                    yield f"{node.party} has the log of {party} signed up to {size}"
                yield from (f"{neutral.name} has not cosigned {party} {size}, says {node.party}"
                            for neutral in self.world.neutrals if neutral.name not in names)

    def both_records_verify(self):
        for node in self.world.nodes:
            record = self.world.folder / f"record-{node.party}"
            status, said = self.world.chiro_of(node, "export", record)
            if status != 0:
                yield f"{node.party} cannot export: {said}"
                continue
            status, said = self.world.chiro_of(node, "verify", record)
            if status != 0:
                yield f"the record of {node.party} does not verify: {said}"
            bodies = len(list((record / "bodies").glob("*.age")))
            named = sum(1 for acts in self.logs.values() for act, _ in acts if act["has_body"])
            if bodies < named:
                yield f"{node.party} holds {bodies} of {named} bodies"

    def cases(self):
        return [self.both_hold_the_same, self.no_fork, self.nothing_acknowledged_is_missing,
                self.all_is_receipted, self.the_neutrals_have_cosigned_everything,
                self.both_records_verify]


def tell(world, accidents):
    counts = ", ".join(f"{count} × {name}" for name, count in sorted(accidents.counts.items()))
    print(f"# {counts}")
    acts = sum(person.count for person in world.people)
    sizes = world.nodes[0].request("GET", world.nodes[0].of_channel())[1]
    print(f"# {acts} acts acknowledged, {sizes['own_size']} and {sizes['their_size']} entries, "
          f"{len(world.heads.seen)} heads seen")
    refused = {}
    for person in world.people:
        for reason, count in person.refused.items():
            refused[reason] = refused.get(reason, 0) + count
    for reason, count in refused.items():
        print(f"# {count} refused: {reason}")


def judge(world, accidents):
    """Whether something is wrong."""
    failed = False
    tell(world, accidents)
    cases = Proof(world).cases()
    for number, case in enumerate(cases, start=1):
        faults = list(case())
        print(f"{'not ok' if faults else 'ok'} {number} - {case.__name__.replace('_', ' ')}")
        for fault in faults[:20]:
            print(f"# {fault}")
        failed = failed or bool(faults)
    print(f"1..{len(cases)}", flush=True)
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--neutrals", default="witness,depositary", help="which there are, with commas")
    parser.add_argument("--without", default="", help="accidents that do not happen")
    parser.add_argument("chiro")
    parser.add_argument("chirod")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else random.SystemRandom().randrange(10**9)
    print(f"# seed {seed}, {arguments.seconds:g} seconds", flush=True)
    world = World(arguments.chiro, arguments.chirod, seed,
                  arguments.neutrals.split(","), arguments.without.split(","))
    failed = True
    try:
        world.open()
        accidents = world.run(arguments.seconds)
        world.settle()
        world.observing.set()
        failed = judge(world, accidents)
    except Exception:  # pylint: disable=broad-except
        print("Bail out!")
        for line in traceback.format_exc().splitlines():
            print(f"# {line}")
    finally:
        world.end(keep=failed)
        if failed:
            print(f"# seed {seed}; everything is kept in {world.folder} and",
                  ", ".join(str(node.folder) for node in world.nodes), flush=True)
    sys.exit(failed)


main()
