#!/usr/bin/env python3
"""The keys of a match-only list over two real nodes: what a list is asked by is not destroyed, a
key that is lost takes its class and nothing else, a new epoch helps, and retired nothing is
left.

    test_list_keys.py <chiro>
"""
import base64
import ctypes
import ctypes.util
import json
import os
import shutil
import signal
from pathlib import Path

from api_node import Connection, children_of, wait_until
from cli import tap
from sides import World

ANSWERS = "query-budget-day 1000\n"
GRID = """id,ipv4,domain,contact,protection
dam,198.51.100.0/24,dam.example,soc@dam.example,off-limits
pump,203.0.113.7/32,pump.example,soc@water.example,notify-first
"""
SODIUM = ctypes.CDLL(ctypes.util.find_library("sodium"))
world = World()
north, south = world.sides
known = {}


def request(side, method, path, body=None):
    connection = Connection(side.home / "api.sock")
    connection.request(method, f"/v1/channels/{known['channel']}{path}", body)
    reply = connection.getresponse()
    data = reply.read()
    connection.close()
    return reply.status, json.loads(data)


def element():
    """One that nobody has asked about before: what is asked again is not counted again."""
    point = ctypes.create_string_buffer(32)
    SODIUM.crypto_core_ristretto255_from_hash(point, os.urandom(64))
    return point.raw


def ask(identifier_class):
    status, answer = request(south, "POST",
                             f"/lists/{known['list']}/questions?class={identifier_class}",
                             element())
    assert status == 200, answer
    return answer["outcome"]


def counted(side, identifier_class):
    found = request(side, "GET", "/lists")[1]["lists"][0]["classes"]
    return next(each for each in found if each["class"] == identifier_class)["total"]


def keys():
    status, answer = request(north, "GET", "/list-keys")
    return answer["keys"] if status == 200 else None


def files():
    return sorted(known["lists"].glob("*.key"))


def evaluator():
    return north.cli.json("status")["evaluator"]


def replace_evaluator():
    """Ends the process; waits until another has its place and has said what it has."""
    parent = north.cli.json("status")["pid"]
    before = [pid for pid, role in children_of(parent).items() if role == "chirod evaluato"]
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: [pid for pid, role in children_of(parent).items()
                        if role == "chirod evaluato" and pid not in before] and
               evaluator()["working"], "no evaluator after its end")


def a_list_is_committed_to():
    world.start()
    known["channel"] = world.open(ANSWERS)
    path = world.write("grid.csv", GRID)
    north.cli.run("list", "import", path, "--name", "grid")
    known["list"] = north.cli.json("list", "commit", "grid", "--mode", "match-only",
                                   "--yes")["name"]
    south.has(known["list"])
    known["lists"] = next(Path(north.home).glob("**/keeper/lists"))
    assert len(files()) == 2 and all(file.stat().st_mode & 0o777 == 0o600 for file in files())
    assert [key["list"] for key in keys()] == [known["list"]] * 2
    assert ask("domain") == ask("ipv4") == "evaluated"


def no_key_is_destroyed_by_which_a_list_is_asked():
    status, spare = request(north, "POST", "/list-keys")
    assert status == 201
    assert sorted(key["list"] or "" for key in keys()) == ["", known["list"], known["list"]]
    for file in files():
        status, answer = request(north, "DELETE", f"/list-keys/{file.stem}")
        assert status in (200, 409), answer
    assert len(keys()) == 2 and all(key["list"] for key in keys())
    wait_until(lambda: len(files()) == 2, "the spare key stays on the disk")
    assert spare["public_key"] not in [key["public_key"] for key in keys()]
    assert ask("domain") == ask("ipv4") == "evaluated"


def a_lost_key_takes_its_class_and_nothing_else():
    named = north.shown(known["list"])["text"]
    domain = next(line.split()[1] for line in named.splitlines() if line.startswith("domain "))
    file = next(each for each in files() if each.stem == base64.b64decode(domain).hex())
    file.write_bytes(file.read_bytes()[:-1])
    known["damaged"] = file
    replace_evaluator()
    assert evaluator()["damaged"] == 1 and evaluator()["keys"] == 1
    assert "1 key cannot be read" in " ".join(north.cli.text("status").split())
    north.cli.run("status", "--check", status=1)
    before = counted(south, "domain"), counted(north, "domain")
    outcomes = ask("domain"), ask("ipv4")
    assert outcomes == ("lost", "evaluated"), outcomes
    # What was refused is not counted, by either side.
    assert (counted(south, "domain"), counted(north, "domain")) == before


def keys_that_are_gone_are_missed():
    """The file of the other class is gone: nothing is damaged, and yet what is asked is refused."""
    here = [file for file in files() if file != known["damaged"]]
    kept = here[0].read_bytes()
    owner = here[0].stat()
    known["damaged"].unlink()
    here[0].unlink()
    replace_evaluator()
    assert evaluator()["damaged"] == 0 and evaluator()["keys"] == 0
    shown = " ".join(north.cli.text("status").split())
    assert "LOST KEYS" in shown and known["list"] in shown and "list update" in shown, shown
    north.cli.run("status", "--check", status=1)
    # Who asks has lost nothing.
    assert "LOST" not in south.cli.text("status")
    here[0].write_bytes(kept)
    here[0].chmod(0o600)
    os.chown(here[0], owner.st_uid, owner.st_gid)
    known["damaged"].write_bytes(kept[:-1])
    known["damaged"].chmod(0o600)
    os.chown(known["damaged"], owner.st_uid, owner.st_gid)
    replace_evaluator()


def a_new_epoch_has_keys_again():
    total = counted(south, "ipv4")
    act = north.cli.json("list", "update", "grid", "--yes")["name"]
    south.has(act)
    assert ask("domain") == ask("ipv4") == "evaluated"
    # The budget goes on, over all epochs.
    assert counted(south, "ipv4") == total + 1
    # The former key goes; what cannot be read is nobody's to destroy but the operator's.
    wait_until(lambda: len(files()) == 3, "a former key stays on the disk")
    assert known["damaged"] in files() and len(keys()) == 2
    known["damaged"].unlink()
    replace_evaluator()
    assert evaluator()["damaged"] == 0
    north.cli.run("status", "--check")
    assert ask("domain") == "evaluated"


def nothing_is_left_of_a_retired_list():
    south.has(north.cli.json("list", "retire", "grid", "--yes")["name"])
    wait_until(lambda: not list(known["lists"].glob("*.*")), "a key stays on the disk")
    assert keys() == []
    status, answer = request(south, "POST", f"/lists/{known['list']}/questions?class=ipv4",
                             element())
    assert status == 409 and answer["error"]["reason"] == "retired", answer


def main():
    try:
        tap([a_list_is_committed_to, no_key_is_destroyed_by_which_a_list_is_asked,
             a_lost_key_takes_its_class_and_nothing_else, keys_that_are_gone_are_missed,
             a_new_epoch_has_keys_again,
             nothing_is_left_of_a_retired_list])
    finally:
        world.stop()
        shutil.rmtree(world.folder, ignore_errors=True)


main()
