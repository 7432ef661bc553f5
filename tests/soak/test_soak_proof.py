#!/usr/bin/env python3
"""The soak can fail: each thing that it looks for is found where it is wrong.

    test_soak_proof.py
"""
import base64
import hashlib
import os
import sys
from pathlib import Path

os.environ.setdefault("CHIRO_CHIROD", "chirod")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "system"))

# pylint: disable=wrong-import-position
from cli import tap
from people import Acknowledged
from sealed_body import tree_root
import proof

ORIGINS = {"north": "north.example/log", "south": "south.example/log"}


def entry(text):
    return text.encode() + b"\nsignature\n"


def log(party, count, **changes):
    acts = []
    for number in range(count):
        act = {"name": f"{party}-{number}", "kind": "comment", "receipted": True,
               "verdict": "valid", "reason": None, "fault": None}
        acts.append((act, entry(f"{party} says {number}")))
    for key, value in changes.items():
        acts[-1][0][key] = value
    return acts


def note(party, size, root):
    return (f"{ORIGINS[party]}\n{size}\n{base64.b64encode(root).decode()}\n\n"
            f"— {ORIGINS[party]} AAAA\n")


def roots_are_those_of_the_tree():
    leaves = [hashlib.sha256(bytes([i])).digest() for i in range(40)]
    roots = proof.roots_of(leaves)
    assert len(roots) == 41
    for size in range(1, 41):
        assert roots[size] == tree_root(leaves[:size]), size


def heads_of_another_history_are_forks():
    logs = {"north": log("north", 7), "south": log("south", 3)}
    roots = proof.roots_of([proof.leaf_hash(each) for _, each in logs["north"]])
    heads = proof.Heads()
    for size in (0, 3, 7):
        heads.add(note("north", size, roots[size]))
    assert not proof.no_fork(heads, logs, ORIGINS)
    heads.add(note("north", 5, roots[4]))
    assert len(proof.no_fork(heads, logs, ORIGINS)) == 1
    heads.add(note("north", 3, roots[4]))
    assert len(proof.no_fork(heads, logs, ORIGINS)) == 2
    # What a successor's key signs is of the same log.
    heads.add(note("north", 6, roots[6]).replace("/log", "/log/2"))
    assert len(proof.no_fork(heads, logs, ORIGINS)) == 2
    heads.add(note("south", 4, roots[4]))
    assert len(proof.no_fork(heads, logs, ORIGINS)) == 3


def what_was_acknowledged_is_asked_for():
    logs = {"north": log("north", 2), "south": []}
    acknowledged = Acknowledged()
    acknowledged.add("north-1", "north says 1")
    acknowledged.add("north-1", "north says 1")
    assert not proof.nothing_is_missing(acknowledged, logs)
    acknowledged.add("north.2-0", "north says 0")
    assert not proof.nothing_is_missing(acknowledged, logs)
    acknowledged.add("north-0", "north says something else")
    acknowledged.add("south-0", "south says 0")
    acknowledged.add("north-1", "north says")
    assert len(proof.nothing_is_missing(acknowledged, logs)) == 3


def what_is_not_receipted_void_or_without_body_is_named():
    assert not proof.all_is_receipted({"north": log("north", 4)})
    assert not proof.all_is_receipted(
        {"north": log("north", 4, kind="receipt", receipted=False)})
    for change in ({"receipted": False}, {"verdict": "void"}, {"fault": "missing"}):
        assert len(proof.all_is_receipted({"north": log("north", 4, **change)})) == 1, change


def names_of_signatures_are_read():
    text = note("north", 3, bytes(32)) + "— witness.example/w BBBB\n"
    assert proof.read_note(text) == (ORIGINS["north"], 3, bytes(32),
                                     [ORIGINS["north"], "witness.example/w"])


tap([roots_are_those_of_the_tree, heads_of_another_history_are_forks,
     what_was_acknowledged_is_asked_for, what_is_not_receipted_void_or_without_body_is_named,
     names_of_signatures_are_read])
