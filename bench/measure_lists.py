#!/usr/bin/env python3
"""Figures 6 to 9: measure_lists.py CHIRO BENCH_MATCH SIZE SMALL QUESTIONS SINGLES

Two whole nodes on this machine, joined over loopback. South makes match-only lists of SMALL
and of SIZE domains; north, who has the lists' bodies, puts QUESTIONS questions to the large
one by `chiro list check`, and SINGLES one after the other to its node's API. Bounds come from
BENCH_MATCH, in the same run. CHIRO_CHIROD is the node's program.
"""
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/system"))
# pylint: disable=wrong-import-position
from api_node import children_of
from sides import World

CHIRO, BENCH = sys.argv[1], sys.argv[2]
SIZE, SMALL, QUESTIONS, SINGLES = (int(word) for word in sys.argv[3:7])
ROUNDS = 3
BUDGET = 100_000_000
ANSWERS = f"query-budget-day {BUDGET}\nquery-budget-list {BUDGET}\n"
TICK = os.sysconf("SC_CLK_TCK")
PROCESSORS = os.cpu_count()


def bound(what, count, threads=PROCESSORS):
    return float(subprocess.run([BENCH, what, str(threads), str(count)], check=True,
                                capture_output=True).stdout)


def median(values):
    return sorted(values)[len(values) // 2]


def domains(path, prefix, first, end):
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"{prefix}-{number}.example\n" for number in range(first, end))
    return path


class Work:
    """What one command of chiro and the nodes' processes took."""

    def __init__(self, world):
        # A reader ends with each body that it opens.
        self.nodes = {f"{side.party} {name.removeprefix('chirod ')}": pid for side in world.sides
                      for pid, name in children_of(side.process.pid).items()
                      if "reader" not in name}

    def processor(self):
        found = {}
        for name, pid in self.nodes.items():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            found[name] = (int(fields[11]) + int(fields[12])) / TICK
        return found

    def peaks(self):
        """Megabytes, by process."""
        return {name: int(next(line for line in Path(f"/proc/{pid}/status").read_text().split("\n")
                               if line.startswith("VmHWM")).split()[1]) / 1024
                for name, pid in self.nodes.items()}

    def forget_peaks(self):
        for pid in self.nodes.values():
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def run(self, side, *words):
        """Of chiro: seconds on the clock, of processor, by process, and peaks."""
        self.forget_peaks()
        before = self.processor()
        start = time.monotonic()
        child = subprocess.Popen([CHIRO, *map(str, words)], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, env=side.cli.environment)
        output = child.stdout.read()
        errors = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        if child.returncode != 0:
            sys.exit(f"chiro {' '.join(map(str, words))}: {child.returncode}\n"
                     f"{output.decode()}{errors.decode()}")
        spent = {"chiro": usage.ru_utime + usage.ru_stime}
        spent |= {name: after - before[name] for name, after in self.processor().items()}
        peaks = {"chiro": usage.ru_maxrss / 1024, **self.peaks()}
        return output, seconds, spent, peaks


def told(values, unit, least):
    """The larger of them, the largest first."""
    return ", ".join(f"{name} {value:.{unit}f}" for name, value in
                     sorted(values.items(), key=lambda item: -item[1]) if value >= least)


def make_list(world, work, owner, count):
    """Imports, commits and sends a list; what committing took, and its name."""
    name = f"list-{count}"
    file = domains(world.folder / f"{name}.txt", "listed", 0, count)
    owner.cli.run("list", "import", file, "--name", name, "--set",
                  "protection=notify-first")
    output, *taken = work.run(owner, "list", "commit", name, "--mode", "match-only", "--yes",
                              "--json")
    return json.loads(output)["name"], taken


def measure_building(world, work, owner, asker):
    small, (_, _, small_peaks) = make_list(world, work, owner, SMALL)
    asker.has(small)
    before = bound("entries", SIZE)
    name, (seconds, spent, peaks) = make_list(world, work, owner, SIZE)
    bare = median([before, bound("entries", SIZE)])
    processor = bare * PROCESSORS
    total = sum(spent.values())
    print(f"6. building a match-only list of {SIZE:,} domains: `chiro list commit`, from the file "
          "to the logged act")
    print(f"   bound: their group operations, bare   {bare:8.2f} s   ({PROCESSORS} threads)")
    print(f"   the command                           {seconds:8.2f} s")
    print(f"   ratio                                 {bare / seconds:8.2f}     (aim 0.80 or more)")
    print(f"   processor time                        {total:8.2f} s   ({processor:.2f} needed: "
          f"{processor / total:.2f}; {told(spent, 2, 0.01)})")
    print(f"7. peak memory of that, beside that of {SMALL:,} domains")
    print(f"   {SMALL:>9,}: {told(small_peaks, 0, 1)} MB")
    print(f"   {SIZE:>9,}: {told(peaks, 0, 1)} MB")
    asker.has(name)
    return small, name


def measure_single(world, asker, name):
    text = asker.shown(name)["text"]
    key = re.search(r"^domain (\S+) ", text, re.MULTILINE)[1]
    path = f"/v1/channels/{world.channel}/lists/{name}/questions?class=domain"
    done = subprocess.run([BENCH, "ask", str(asker.home / "api.sock"), path,
                           key, str(SINGLES)], check=True, capture_output=True)
    single, unit = (float(word) * 1000 for word in done.stdout.split())
    bare = bound("questions", 1000, 1)
    print(f"8. one question alone, from an identifier to the proved answer, {SINGLES} times")
    print(f"   bound: its group operations, bare     {bare:8.3f} ms  (one thread)")
    print(f"   unit: append of 4 KiB and fdatasync   {unit:8.3f} ms")
    print(f"   one question over loopback            {single:8.3f} ms  (aim 5 or less)")


def questions_file(world, number):
    """Names that were not asked before, a third of them on the list."""
    hits = QUESTIONS // 3
    path = domains(world.folder / f"asked-{number}", "listed", number * hits, (number + 1) * hits)
    with open(path, "a", encoding="ascii") as file:
        file.writelines(f"other-{number}-{each}.example\n" for each in range(QUESTIONS - hits))
    return path


def measure_many(world, work, asker, name):
    rounds = []
    for number in range(ROUNDS):
        file = questions_file(world, number)
        bare = bound("questions", QUESTIONS)
        output, seconds, spent, _ = work.run(asker, "list", "check", name, "--file", file,
                                             "--yes", "--json")
        hits = json.loads(output)["found"]
        if hits != QUESTIONS // 3:
            sys.exit(f"{hits} hits, {QUESTIONS // 3} expected")
        rounds.append((bare / seconds, bare, seconds, spent))
    ratio, bare, seconds, spent = median(rounds)
    needed, total = bare * PROCESSORS, sum(spent.values())
    print(f"9. {QUESTIONS:,} questions by `chiro list check`, a process from start to end, of a list "
          f"of {SMALL:,}, {ROUNDS} rounds")
    print(f"   bound: group operations of both sides {bare:8.3f} s   ({PROCESSORS} threads; a "
          "question: hash to the group,")
    print("                                                        11 multiplications, 2 of the "
          "base, 2 sums)")
    print(f"   the command                           {seconds:8.3f} s")
    print(f"   ratio                                 {ratio:8.2f}     (aim 0.70 or more)")
    print(f"   processor time                        {total:8.3f} s   ({needed:.3f} needed: "
          f"{needed / total:.2f}; {told(spent, 3, 0.005)})")


def main():
    world = World()
    try:
        world.start()
        world.channel = world.open(ANSWERS)
        work = Work(world)
        small, _ = measure_building(world, work, world.south, world.north)
        measure_single(world, world.north, small)
        measure_many(world, work, world.north, small)
    finally:
        world.stop()


main()
