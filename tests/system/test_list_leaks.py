#!/usr/bin/env python3
"""What can be learned of a match-only list, and of what is asked of it, by who is not meant to:
the statements of doc/PROTOCOL.match, "What leaks", that can be looked at from outside. Two real
nodes; south keeps the lists, north asks.

    test_list_leaks.py <chiro>
"""
import base64
import os
import re
import subprocess
import time

from api_node import CHIROD, wait_until
from cli import tap
from sides import World
from wiretap import ApiTap, CountedCable, files_under, memory_of, processes_of

BUDGETS = "query-budget-day 1000\nquery-budget-list 5000\n"
ELEMENT, EVALUATION, PAIR = 32, 96, 35

world = World()
north, south = world.sides
cable = CountedCable()
taps = {}

# Letters that do not come together by chance. Names of two labels cost one evaluation each.
LISTED = [f"waterworks-{each}.zuqxv" for each in range(80)]
ASKED = [f"ploughshare-{each}.wyqzk" for each in range(40)]
LISTED_MARKS, ASKED_MARKS = (b"waterworks", b"zuqxv"), (b"ploughshare", b"wyqzk")


def spellings(mark):
    """As it would stand in a text, in hexadecimal, or in base64 wherever it begins."""
    found = {mark, mark.hex().encode(), mark.hex().upper().encode()}
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + mark)
        found.add(coded[-(-offset * 4 // 3):(offset + len(mark)) * 4 // 3])
    return found


def holds(content, marks):
    return [each for mark in marks for each in spellings(mark) if each in content]


def a_mark_is_found_however_it_is_spelled():
    for size in range(6):
        for coded in (b"wyqzk", base64.b64encode(b"x" * size + b"wyqzk--"), b"wyqzk".hex().encode()):
            assert holds(b"..." + coded + b"...", [b"wyqzk"]), coded
    assert not holds(base64.b64encode(b"wyqkz"), [b"wyqzk"])


# --- the nodes, each heard through a tap, joined by a cable that counts


def start(side):
    """What the node says to its journal goes to a file."""
    with open(world.folder / f"{side.party}.journal", "ab") as journal:
        side.process = subprocess.Popen([CHIROD, "-f", str(side.home / "chirod.conf")],
                                        stdout=journal, stderr=journal)
    wait_until(lambda: (side.home / "api.sock").exists() and side.answers(),
               f"{side.party} does not start")


def two_nodes_open_a_channel():
    for number, side in enumerate(world.sides):
        side.init()
        conf = side.home / "chirod.conf"
        text, changed = re.subn(r"(?m)^advertise .*$",
                                f"advertise localhost:{cable.port(number, side.port)}",
                                conf.read_text())
        assert changed == 1, text
        conf.write_text(text)
        start(side)
        taps[side] = ApiTap(side.home / "api.sock")
        side.cli.environment["CHIRO_SOCKET"] = taps[side].path
    world.channel = world.open(BUDGETS)
    assert sum(cable.sent) > 1000, "the cable is not what joins them"


# --- lists


def make_list(name, rows):
    """South's match-only list of these domains; the name of its act."""
    file = world.write(f"{name}.csv", "domain,contact,protection\n" +
                       "".join(f"{row},desk@south.example,notify-first\n" for row in rows))
    south.cli.run("list", "import", file, "--name", name)
    return north.has(south.cli.json("list", "commit", name, "--mode", "match-only",
                                    "--yes")["name"])


def text_of(name):
    """The act, and its class lines with what has to differ left out."""
    text = north.shown(name)["text"]
    lines = [re.sub(r"^(domain|ipv4) \S+ (\d+) \S+ ", r"\1 KEY \2 ROOT ", line)
             for line in text.splitlines()]
    return [re.sub(r"^(body \d+) \S+ (\d+) .*", r"\1 ROOT \2 HASH", line) for line in lines
            if not line.startswith(("time ", "-----", "signature "))]


def lists_within_a_step_look_alike():
    few, more, beyond = (make_list(f"list-{count}", LISTED[:count]) for count in (65, 80, 64))
    assert text_of(few) == text_of(more), (text_of(few), text_of(more))
    assert text_of(few) != text_of(beyond), text_of(few)
    world.list = more


def pairs_of(name):
    content = north.cli.run("read", name, "--part", "2")
    return {content[at:at + PAIR] for at in range(0, len(content), PAIR)}


def a_new_epoch_has_no_pair_of_the_former():
    before = pairs_of(world.list)
    after = pairs_of(north.has(south.cli.json("list", "update", "list-80", "--yes")["name"]))
    assert len(before) == len(after) == 80
    assert not before & after
    assert not {pair[:16] for pair in before} & {pair[:16] for pair in after}


# --- questions


def check(*identifiers, hits=0, evaluations=None):
    """Asks; as many of them are on the list."""
    told = north.cli.json("list", "check", world.list, *identifiers, "--yes",
                          status=0 if hits else 1)
    assert told["found"] == hits, told
    assert evaluations in (None, told["evaluations"]), told


def forget_what_was_asked():
    for path in (north.home / "own").rglob("asked.*"):
        path.unlink()


def questions_heard(side):
    """The bodies of the questions that were put to the node."""
    heard = bytes(taps[side].heard)
    found = []
    for match in re.finditer(rb"POST \S+/questions\?\S* HTTP/1.1\r\n(?:[^\r]+\r\n)*?"
                             rb"(?i:content-length): (\d+)\r\n(?:[^\r]+\r\n)*\r\n", heard):
        found.append(heard[match.end():match.end() + int(match[1])])
    return found


def the_same_question_is_never_the_same_twice():
    first = questions_heard(north)
    check(ASKED[0], evaluations=1)
    check(ASKED[0], evaluations=0)
    forget_what_was_asked()
    check(ASKED[0], evaluations=1)
    once, again = questions_heard(north)[len(first):]
    elements = {content[at:at + ELEMENT] for content in (once, again)
                for at in range(0, len(content), ELEMENT)}
    assert len(once) == len(again) == ELEMENT and len(elements) == 2


def sent_by(work):
    """Bytes that north and south send each other meanwhile."""
    before = settled()
    work()
    return [after - was for after, was in zip(settled(), before)]


def settled():
    """What was sent, once nothing more is sent."""
    seen = None
    while seen != cable.sent:
        seen = list(cable.sent)
        time.sleep(0.3)
    return seen


def least(kinds):
    """What each of three questions took, without what else is said now and then."""
    return [min(sent_by(work) for work in works) for works in kinds]


def asking(*questions, hits=0):
    return [lambda names=names: check(*names, hits=hits) for names in questions]


def frames_tell_the_number_of_evaluations_and_no_more():
    # The statements' numbers have two digits from here on.
    for name in ASKED[1:12]:
        check(name)
    long = [[f"{letter * 60}.{letter * 63}"] for letter in "abc"]
    one = least([asking(*zip(LISTED[10:13]), hits=1), asking(*zip(ASKED[12:15])), asking(*long)])
    assert one[0] == one[1] == one[2], one
    four = least([asking(LISTED[13:17], LISTED[17:21], LISTED[21:25], hits=4),
                  asking(ASKED[15:19], ASKED[19:23], ASKED[23:27])])
    assert four[0] == four[1], four
    assert four[0][0] - one[0][0] >= 3 * ELEMENT and four[0][1] - one[0][1] >= 3 * EVALUATION


def a_question_costs_as_stated():
    """Addresses by the lengths in use, domains by the names above them."""
    listed = ["198.51.100.0/24", "203.0.0.0/16", "192.0.2.128/25"]
    file = world.write("nets.txt", "\n".join(listed) + "\ndeep.zuqxv\n")
    south.cli.run("list", "import", file, "--name", "nets")
    world.list = north.has(south.cli.json("list", "commit", "nets", "--mode", "match-only",
                                          "--yes")["name"])
    assert re.search(r"(?m)^ipv4 \S+ 64 \S+ 16,24-25$", north.shown(world.list)["text"])
    check("198.51.100.7", hits=1, evaluations=3)
    check("203.0.113.0/24", hits=1, evaluations=2)
    check("10.0.0.0/8", evaluations=0)
    check("a.b.deep.zuqxv", hits=1, evaluations=3)
    # What it shares with the one before is known.
    check("c.b.deep.zuqxv", hits=1, evaluations=1)
    left = north.cli.json("list", "check", world.list, "a.b.deep.zuqxv")["left"]
    assert left == {"domain": {"today": 996, "list": 4996}}, left


# --- both nodes


def no_node_has_heard_a_name():
    assert "waterworks" in south.cli.text("list", "show", "list-80")
    for side in world.sides:
        heard = bytes(taps[side].heard)
        assert b"/list" in heard
        for marks in (LISTED_MARKS, ASKED_MARKS):
            assert not holds(heard, marks), (side.party, marks)


def no_node_has_a_name_in_its_files():
    for side in world.sides:
        held = b""
        for folder in ("data", "keeper"):
            for path, content in files_under(side.home / folder):
                found = holds(content, LISTED_MARKS + ASKED_MARKS)
                assert not found, (path, found)
                held += content
        # What is searched for is found where it is: the act, in the database.
        assert b"mode match-only" in held, side.party
        journal = (world.folder / f"{side.party}.journal").read_bytes()
        assert world.channel[:20].encode() in journal
        assert not holds(journal, LISTED_MARKS + ASKED_MARKS), journal


def no_process_of_a_node_has_a_name_in_its_memory():
    if os.geteuid() != 0:
        print("# not root: the processes' memory cannot be read")
        return
    for side in world.sides:
        for pid, name in processes_of(side.process.pid).items():
            seen = False
            for piece in memory_of(pid):
                seen = seen or piece != b""
                found = holds(piece, LISTED_MARKS + ASKED_MARKS)
                assert not found, (side.party, name, found)
            assert seen, name
        engine = next(pid for pid, name in processes_of(side.process.pid).items()
                      if name.endswith("engine"))
        assert any(world.channel.encode() in piece for piece in memory_of(engine))


def the_end():
    world.stop()
    cable.end()


tap([a_mark_is_found_however_it_is_spelled, two_nodes_open_a_channel,
     lists_within_a_step_look_alike, a_new_epoch_has_no_pair_of_the_former,
     the_same_question_is_never_the_same_twice, frames_tell_the_number_of_evaluations_and_no_more,
     a_question_costs_as_stated, no_node_has_heard_a_name, no_node_has_a_name_in_its_files,
     no_process_of_a_node_has_a_name_in_its_memory, the_end])
