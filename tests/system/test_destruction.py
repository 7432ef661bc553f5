#!/usr/bin/env python3
"""Reading keys that both sides give up: what was sealed to them can never be read again, the
logs stay and verify. Two real nodes, retention of seconds, holds, kills, a mirror.

    test_destruction.py <chiro>
"""
import os
import shutil
import signal
import subprocess
import sys
import time

from api_node import CHIROD, wait_until
from cli import Cli, tap
from sides import World

RETENTION = 3
ANSWERS = f"""retention north {RETENTION}s
retention south {RETENTION}s
notice 2s
"""
world = World()
north, south = world.sides
acts = {}
before = {}


def say(side, text, other):
    name = side.act("comment", "--text", world.write("text", text + "\n"))
    other.has(name)
    return name


def standings(side):
    """(party, standing) of every reading key, the side's own first."""
    channel = side.cli.json("status")["channels"][0]["channel"]
    return [(key["party"], key["standing"]) for key in keys(side, channel)["keys"]]


def keys(side, channel):
    answer = subprocess.run(["curl", "-sS", "--unix-socket", side.home / "api.sock",
                             f"http://x/v1/channels/{channel}/reading-keys"],
                            check=True, capture_output=True).stdout
    return __import__("json").loads(answer)


def own(side):
    return [standing for party, standing in standings(side) if party == side.party]


def reads(side, name):
    done = subprocess.run([sys.argv[1], "read", name], env=side.cli.environment, check=False,
                          capture_output=True)
    return done.returncode == 0


def export(side, name):
    record = world.folder / name
    side.cli.run("export", record)
    return record


def entries(record):
    """Every file of the logs of a record."""
    return {str(path.relative_to(record)): path.read_bytes()
            for party in ("north", "south") for path in (record / party / "acts").rglob("*")
            if path.is_file() and path.suffix != ".tlog-proof"}


def verified(record):
    answer = Cli(sys.argv[1], HOME="/nonexistent").json("verify", record)
    assert answer["intact"], answer
    return {(gap["what"], gap["party"]): gap["count"] for gap in answer["not_checked"]}


def both_say_things():
    world.start()
    world.open(ANSWERS)
    for number in range(3):
        acts[f"n{number}"] = say(north, f"north says {number}", south)
    for number in range(2):
        acts[f"s{number}"] = say(south, f"south says {number}", north)
    before.update(entries(export(north, "before")))
    assert ("bodies-absent", "north") not in verified(world.folder / "before")
    assert own(north) == ["in-use"]
    assert "age1" not in north.cli.text("keys").split("endpoint")[1].split("south")[0]


def one_side_alone_destroys_nothing():
    north.cli.run("keys", "--destroy", "--yes", "--key", north.new_key("c.stranger"), status=1)
    said = north.cli.text("keys", "--destroy", "--yes")
    assert "is logged" in said, said
    for word in ("5 bodies", "cannot be taken back", "3 s", "south must give up"):
        assert word in north.cli.errors, (word, north.cli.errors)
    assert own(north) == ["attested", "in-use"]
    time.sleep(RETENTION + 2)
    assert own(north) == ["attested", "in-use"]
    assert all(reads(side, act) for side in world.sides for act in acts.values())
    # What is sealed from now on is sealed to another key.
    acts["n3"] = say(north, "north says more", south)
    acts["s2"] = say(south, "south says more", north)
    assert reads(south, acts["n3"]) and reads(north, acts["s2"])
    # Nothing is left to give up but the key in use: that would be another one.
    assert [standing for party, standing in standings(south) if party == "north"] \
        == ["attested", "in-use"]


def a_hold_keeps_what_it_stands_over():
    assert "--reason" in north.cli.refused("hold", "add", acts["s0"], status=2)
    assert "no such act" in north.cli.refused("hold", "add", "south-999", "--reason", "case")
    north.cli.refused("hold", "frown", "1", status=2)
    assert north.cli.text("hold", "add", acts["s0"], "--reason", "case 17").startswith("hold 1")
    assert north.cli.json("hold")["holds"][0]["act"] == acts["s0"]
    assert "case 17" in north.cli.text("hold")
    acts["by-south"] = north.has(south.cli.json("keys", "--destroy", "--yes")["name"])
    wait_until(lambda: own(north)[0] == "held", "north does not see the hold")
    # South's key is that of bodies, too, which are sealed to north's present one: south would
    # lose what north keeps.
    wait_until(lambda: own(south) == ["attested", "in-use"], "south does not wait")
    assert reads(north, acts["n0"]) and reads(south, acts["n0"])


def the_other_sides_later_key_goes_first():
    south.has(north.cli.json("keys", "--destroy", "--yes")["name"])
    wait_until(lambda: own(south)[0] == "destroyed", "south does not destroy")
    assert "destroyed" in south.cli.text("keys")
    time.sleep(1)
    assert own(north) == ["held", "held", "in-use"]
    # South cannot read any more; north, which holds, can.
    for act in ("n0", "n1", "n2", "s0", "s1", "n3", "s2"):
        said = south.cli.refused("read", acts[act])
        assert "destroyed" in said and acts["by-south"] in " ".join(said.split()), said
        assert reads(north, acts[act])
    shown = south.shown(acts["n0"])
    assert len(shown["attested_by"]) == 2 and shown["destroyed"]
    assert "destroyed" in south.cli.text("show", acts["n0"])
    assert "to be destroyed" in north.cli.text("show", acts["n0"])
    acts["n4"] = say(north, "sealed to new keys", south)
    assert south.shown(acts["n4"])["attested_by"] == [] and reads(south, acts["n4"])


def a_lifted_hold_lets_it_go():
    north.cli.run("hold", "lift", "1")
    north.cli.refused("hold", "lift", "1")
    wait_until(lambda: own(north)[:2] == ["destroyed"] * 2, "north does not destroy")
    for act in ("n0", "n1", "n2", "s0", "s1", "n3", "s2"):
        assert "destroyed" in north.cli.refused("read", acts[act])
    assert reads(north, acts["n4"])


def the_record_verifies_and_says_so():
    for side in world.sides:
        record = export(side, f"after-{side.party}")
        gaps = verified(record)
        assert gaps[("bodies-destroyed", "north")] == 4, gaps
        assert gaps[("bodies-destroyed", "south")] == 3, gaps
        assert ("bodies-absent", "north") not in gaps and ("bodies-absent", "south") not in gaps
        after = entries(record)
        assert all(after[name] == content for name, content in before.items())
        assert "destroyed" in Cli(sys.argv[1], HOME="/nonexistent").text("verify", record)
    script = subprocess.run(["sh", "verify.sh"], cwd=world.folder / "after-north", check=False,
                            capture_output=True)
    assert script.returncode == 0, script
    # A record from before keeps its bodies, and verifies as well.
    assert ("bodies-destroyed", "north") not in verified(world.folder / "before")


def nothing_asks_for_it_again():
    for side in world.sides:
        side.stop()
    for side in world.sides:
        side.start()
    for side in world.sides:
        channel = side.cli.json("status")["channels"][0]
        assert channel["state"] == "in-force", channel
    acts["n5"] = say(north, "after the restart", south)
    assert reads(south, acts["n5"])
    assert not any(act["kind"] == "fault" for side in world.sides
                   for act in side.cli.json("log", "--all")["acts"])
    assert own(north) == ["destroyed", "destroyed", "in-use"]
    assert own(south) == ["destroyed", "in-use"]


def what_is_taken_from_a_copy_does_not_bring_it_back():
    wait_until(lambda: north.shown(acts["n5"])["receipted"], "not receipted")
    copy = world.folder / "copy"
    north.cli.run("pack", "--copy", "--output", copy)
    south.cli.run("take", copy)
    assert own(south)[0] == "destroyed"
    assert not reads(south, acts["n0"])


def a_mirror_does_not_want_it():
    home = world.folder / "mirror"
    home.mkdir(mode=0o711)
    text = (north.home / "chirod.conf").read_text().replace(str(north.home), str(home))
    (home / "chirod.conf").write_text(text)
    process = subprocess.Popen([CHIROD, "mirror", "-f", str(home / "chirod.conf")],
                               stdout=subprocess.DEVNULL)
    cli = Cli(sys.argv[1], HOME=str(world.folder), CHIRO_SOCKET=str(home / "api.sock"))
    try:
        wait_until(lambda: (home / "api.sock").exists(), "the mirror does not start")
        cli.run("take", world.folder / "copy")
        wait_until(lambda: cli.json("show", acts["n0"])["destroyed"], "not seen to be destroyed")
        assert "destroyed" in cli.refused("read", acts["n0"])
        cli.refused("hold", "add", "channel", "--reason", "no")
        record = world.folder / "mirrored"
        cli.run("export", record)
        assert verified(record)[("bodies-destroyed", "north")] == 4
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def a_second_generation(fault):
    """Both give up the next key; north's process is killed at that point and goes on."""
    said = say(north, f"before {fault}", south)
    north.stop()
    north.start(CHIRO_FAULT_POINT=fault)
    wait_until(lambda: north.answers(), "north does not start")
    for side, other in (world.sides, world.sides[::-1]):
        other.has(side.cli.json("keys", "--destroy", "--yes")["name"])
    try:
        north.process.wait(30)
    except subprocess.TimeoutExpired:
        pass
    north.stop()
    north.start()
    wait_until(lambda: own(north)[-2] == "destroyed", "north does not go on")
    assert not reads(north, said)
    left = [path.name for path in (north.home / "home").rglob("*.new")] \
        if (north.home / "home").exists() else []
    assert left == [], left


def killed_before_the_keeper_has_said_so():
    if not os.environ.get("CHIRO_BUILD"):
        return
    a_second_generation("keeper-before-destruction")


def killed_after_the_keeper_has_done_it():
    a_second_generation("keeper-after-destruction")


def killed_before_the_bodies_are_dropped():
    a_second_generation("engine-key-destroyed")


def at_the_end_all_can_go():
    """Attested before closing, destroyed after: retention runs on."""
    last = say(north, "the last word", south)
    for side, other in (world.sides, world.sides[::-1]):
        other.has(side.cli.json("keys", "--destroy", "--yes")["name"])
    for side, other in (world.sides, world.sides[::-1]):
        other.has(side.act("withdraw", "--from", "channel"))
    time.sleep(2.2)
    for side, other in (world.sides, world.sides[::-1]):
        other.has(side.act("close"))
    for side in world.sides:
        wait_until(lambda s=side: own(s)[-2] == "destroyed", f"{side.party} does not destroy")
        assert not reads(side, last)
        assert ("bodies-absent", "north") not in verified(export(side, f"end-{side.party}"))


try:
    tap([both_say_things, one_side_alone_destroys_nothing, a_hold_keeps_what_it_stands_over,
         the_other_sides_later_key_goes_first, a_lifted_hold_lets_it_go, the_record_verifies_and_says_so,
         nothing_asks_for_it_again, what_is_taken_from_a_copy_does_not_bring_it_back,
         a_mirror_does_not_want_it, killed_before_the_keeper_has_said_so,
         killed_after_the_keeper_has_done_it, killed_before_the_bodies_are_dropped,
         at_the_end_all_can_go])
finally:
    world.stop()
    shutil.rmtree(world.folder, ignore_errors=True)
