#!/usr/bin/env python3
"""Asking a match-only list of the other side's, over two real nodes and with real lists: what it
costs, what it finds, what is left, and how it goes on after a cut line.

    test_list_check.py <chiro>
"""
import csv
import ipaddress
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from api_node import wait_until
from cli import assert_fits, tap
from sides import World

ROOT = Path(os.environ["CHIRO_ROOT"])
DATA = Path(os.environ.get("CHIRO_SHARED", ROOT / ".." / "shared")).resolve() / "data/lists"
BUDGET_DAY, BUDGET_LIST = 3000, 100000

world = World()
north, south = world.north, world.south
lists = {}


def read_domains(name):
    with open(DATA / name, encoding="utf-8", newline="") as file:
        return [row["domain"] for row in csv.DictReader(file)]


def parents(domain):
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def questions_of(domains):
    """What has to be asked, each thing once."""
    return {parent for domain in domains for parent in parents(domain)}


def left(name, class_name="domain"):
    """(counted, left) by the asker's node."""
    found = south.cli.json("list", "budget", lists[name])["lists"][0]
    row = next(row for row in found["classes"] if row["class"] == class_name)
    return row["total"], row["left"]


def check(*words, status):
    return south.cli.json("list", "check", *words, status=status)


def check_again(*words):
    """Whatever comes of it."""
    done = subprocess.run([sys.argv[1], "list", "check", *map(str, words), "--yes", "--json"],
                          env=south.cli.environment, capture_output=True, check=False, timeout=120)
    assert done.returncode in (0, 1, 3), done.stderr
    return json.loads(done.stdout) if done.stdout else {"not_answered": 1}


def commit(name, source, *words):
    north.cli.run("list", "import", source, "--name", name, *words)
    act = north.cli.json("list", "commit", name, "--mode", "match-only", "--yes")["name"]
    lists[name] = south.has(act)


def open_it():
    world.start()
    world.open(f"languages en\nquery-budget-day {BUDGET_DAY}\nquery-budget-list {BUDGET_LIST}\n")
    commit("gov", DATA / "us-gov-domains.csv", "--skip-bad")
    commit("net", DATA / "ru-ipv4.txt", "--skip-bad")
    wait_until(lambda: south.cli.json("status")["channels"][0]["link"]["state"] == "up", "no line")


# --- one thing ---------------------------------------------------------------------------------

def one_name_is_found_or_not():
    found = check(lists["gov"], "29palms.gov", status=0)
    assert found["found"] == 1 and found["hits"][0]["by"] == "29palms.gov", found
    assert found["evaluations"] == 1, found
    found = check(lists["gov"], "WWW.29Palms.GOV.", status=0)
    # The name above it is known already.
    assert found["hits"][0]["by"] == "29palms.gov" and found["evaluations"] == 1, found
    found = check(lists["gov"], "29palms.example", status=1)
    assert found["not_on_the_list"] == 1 and found["evidence"] is None, found
    assert left("gov") == (3, BUDGET_DAY - 3), left("gov")


def people_are_told_what_a_hit_is():
    for width in (60, 80):
        shown = south.cli.text("list", "check", lists["gov"], "29palms.gov", COLUMNS=str(width))
        assert_fits(shown, width)
        assert_fits(south.cli.errors, width)
        assert "HIT 29palms.gov" in shown and "left of class domain" in shown, shown
        assert "target worth listing" in " ".join(south.cli.errors.split()), south.cli.errors
    shown = south.cli.text("list", "check", lists["gov"], "29palms.example", status=1)
    assert "29palms.example is not on" in shown, shown
    assert "target worth listing" not in south.cli.errors
    assert "0 evaluations (1 known already)" in south.cli.errors, south.cli.errors


def an_address_is_found_by_its_prefix():
    prefixes = [ipaddress.ip_network(line.split()[0])
                for line in (DATA / "ru-ipv4.txt").read_text().splitlines()
                if line and line[0].isdigit()]
    lengths = {prefix.prefixlen for prefix in prefixes}
    some = prefixes[len(prefixes) // 2]
    found = check(lists["net"], str(some[-1]), status=0)
    assert found["evaluations"] == len(lengths), (found, lengths)
    assert str(some) in {hit["by"] for hit in found["hits"]}, found
    # What is wider than any entry costs nothing, and is not found.
    found = check(lists["net"], "0.0.0.0/1", status=1)
    assert found["evaluations"] == 0
    # A class that the list does not have, neither.
    found = check(lists["net"], "pump.example", "AS64496", "2001:db8::1", status=1)
    assert found["evaluations"] == 0 and found["not_on_the_list"] == 3, found
    # People read and scripts get what can be asked about again.
    assert "AS64496 is not on" in south.cli.text("list", "check", lists["net"], "AS64496", status=1)
    found = check(lists["gov"], "Пример.рф", status=1)
    assert found["evaluations"] > 0, found
    again = check(lists["gov"], "xn--e1afmkfd.xn--p1ai", status=1)
    assert again["evaluations"] == 0, again


def what_cannot_be_asked_is_said():
    refused = south.cli.refused
    assert "no list" in refused("list", "check", "north-1", "a.example", status=3)
    assert "our own list" in north.cli.refused("list", "check", lists["gov"], "a.example", status=3)
    assert "no identifier" in refused("list", "check", lists["gov"], "what?", status=2) or \
        south.cli.errors
    refused("list", "check", lists["gov"], status=2)
    assert "the list comes first" in refused("list", "check", "a.example", lists["gov"], status=2)
    refused("list", "check", status=2)


# --- files ---------------------------------------------------------------------------------------

def bad_lines_are_named_and_nothing_is_asked():
    before = left("gov")
    path = world.write("bad", "# names\n\npump.example\nnot a name\n10.0.0.0/33\ngrid.example\n")
    errors = south.cli.refused("list", "check", lists["gov"], "--file", path, status=3)
    assert f"{path}:4: " in errors and f"{path}:5: " in errors, errors
    assert left("gov") == before
    found = check(lists["gov"], "--file", path, "--skip-bad", status=1)
    assert found["skipped"] == 2 and found["asked_about"] == 2, found


def much_is_not_asked_without_consent():
    names = "".join(f"pump{number}.example\n" for number in range(150))
    path = world.write("many", names)
    before = left("gov")
    assert south.cli.run("list", "check", lists["gov"], "--file", path, status=2) == b""
    errors = south.cli.errors
    assert "150 evaluations" in errors and "--yes" in errors, errors
    assert f"left: {before[1]} of {BUDGET_DAY} today" in " ".join(errors.split()), errors
    assert left("gov") == before


def a_real_file_is_asked_and_what_is_found_is_right():
    ours = read_domains("us-gov-domains.csv")
    asked = ours[100:500] + [f"mail.{name}" for name in ours[500:600]]
    asked += read_domains("ru-gov-domains.csv")[:600]
    path = world.write("real", "\n".join(asked) + "\n")
    before = left("gov")
    found = check(lists["gov"], "--file", path, "--yes", status=0)
    listed = {name.lower() for name in ours}
    expected = [name for name in asked if any(parent in listed for parent in parents(name.lower()))]
    assert [hit["identifier"] for hit in found["hits"]] == [name.lower() for name in expected]
    assert found["not_on_the_list"] == len(asked) - len(expected) and found["not_answered"] == 0
    assert [hit["line"] for hit in found["hits"]][:2] == [1, 2], found["hits"][:2]
    cost = found["evaluations"]
    assert cost <= len(questions_of(name.lower() for name in asked)), cost
    assert left("gov")[0] == before[0] + cost, (before, cost, left("gov"))
    # Once more it costs nothing.
    again = check(lists["gov"], "--file", path, status=0)
    assert again["evaluations"] == 0 and again["hits"] == found["hits"]


def both_sides_have_counted_the_same():
    for side in (north, south):
        found = side.cli.json("list", "budget", lists["gov"])["lists"][0]
        assert found["classes"][0]["total"] == left("gov")[0], found
    shown = south.cli.text("list", "budget", COLUMNS="60")
    assert lists["gov"] in shown and lists["net"] in shown and "tally" in shown, shown
    assert_fits(shown, 60)


def interrupted_it_counts_nothing_twice():
    """The node keeps its last answer only, and the next question is under way while an answer is
    looked at."""
    commit("granary", world.write("granary", "granary.example\n"))
    names = [f"mill{row}.invalid" for row in range(1200)]
    path = world.write("mills", "\n".join(names) + "\n")
    for delay, number in ((0.1, signal.SIGINT), (0.2, signal.SIGTERM), (0.3, signal.SIGINT),
                          (0.15, signal.SIGHUP), (0.25, signal.SIGINT)):
        with subprocess.Popen([sys.argv[1], "list", "check", lists["granary"], "--file", path,
                               "--yes", "--json"], env=south.cli.environment,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as asking:
            time.sleep(delay)
            asking.send_signal(number)
    found = check(lists["granary"], "--file", path, "--yes", status=1)
    assert found["not_on_the_list"] == len(names), found
    assert left("granary")[0] == len(questions_of(names)), (left("granary"), found)


def what_does_not_fit_is_left_for_another_day():
    counted, remaining = left("gov")
    names = "".join(f"well{number}.invalid\n" for number in range(remaining + 700))
    path = world.write("beyond", names)
    found = check(lists["gov"], "--file", path, "--yes", status=3)
    assert "more than is left" in " ".join(south.cli.errors.split()) or found["not_answered"] > 0
    # One of them is the domain above them all.
    assert found["evaluations"] == remaining and left("gov") == (counted + remaining, 0), found
    assert found["not_answered"] >= 700 and "another day" in found["failure"], found["failure"]
    found = check(lists["gov"], "29palms.gov", status=0)
    assert found["evaluations"] == 0 and found["left"]["domain"]["today"] == 0, found
    found = check(lists["gov"], "another.example", status=3)
    assert found["not_answered"] == 1 and found["evaluations"] == 0, found


# --- what others see --------------------------------------------------------------------------------

def nobody_but_who_asked_has_what_was_asked():
    for side in (north, south):
        for path in side.home.rglob("*"):
            if path.is_file() and not path.is_socket():
                content = path.read_bytes()
                assert b"29palms.example" not in content, path
                assert b"well17.invalid" not in content, path
    assert list((south.home / "own").rglob("asked.*")), "nothing is kept"


# --- a cut line --------------------------------------------------------------------------------------

def a_cut_line_costs_nothing_twice():
    addresses = "".join(f"2.56.{number >> 8}.{number & 255}/32\n" for number in range(0, 1400))
    path = world.write("addresses", addresses)
    process = subprocess.Popen([sys.argv[1], "list", "check", lists["net"], "--file", str(path),
                                "--yes", "--json"], env=south.cli.environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    before = left("net", "ipv4")[0]
    deadline = time.monotonic() + 20
    while left("net", "ipv4")[0] == before and process.poll() is None and \
            time.monotonic() < deadline:
        time.sleep(0.01)
    north.stop()
    process.communicate(timeout=120)
    north.start()
    wait_until(lambda: south.cli.json("status")["channels"][0]["link"]["state"] == "up", "no line")
    while True:
        found = check_again(lists["net"], "--file", path)
        if found["not_answered"] == 0:
            break
        assert time.monotonic() < deadline + 60, found
    # Both have counted what was asked, each thing once.
    counted = left("net", "ipv4")[0]
    again = check_again(lists["net"], "--file", path)
    assert again["evaluations"] == 0, again
    owner = north.cli.json("list", "budget", lists["net"])["lists"][0]["classes"][0]["total"]
    assert owner == counted, (owner, counted)
    lengths = sorted({ipaddress.ip_network(line.split()[0]).prefixlen
                      for line in (DATA / "ru-ipv4.txt").read_text().splitlines()
                      if line and line[0].isdigit()})
    asked = {ipaddress.ip_network((int(ipaddress.ip_address("2.56.0.0")) + number, length),
                                  strict=False)
             for number in range(1400) for length in lengths}
    assert counted - before <= len(asked) and counted <= BUDGET_DAY, (counted, before, len(asked))


def close_it():
    world.stop()


if not DATA.exists():
    print(f"1..0 # SKIP there is no {DATA}")
    sys.exit(0)
tap([open_it, one_name_is_found_or_not, people_are_told_what_a_hit_is,
     an_address_is_found_by_its_prefix, what_cannot_be_asked_is_said,
     bad_lines_are_named_and_nothing_is_asked, much_is_not_asked_without_consent,
     a_real_file_is_asked_and_what_is_found_is_right, both_sides_have_counted_the_same,
     interrupted_it_counts_nothing_twice,
     what_does_not_fit_is_left_for_another_day, nobody_but_who_asked_has_what_was_asked,
     a_cut_line_costs_nothing_twice, close_it])
