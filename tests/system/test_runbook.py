#!/usr/bin/env python3
"""doc/runbook.md is true: the commands of each section, typed as they are printed, on machines to
which its accident has happened.

    test_runbook.py <chiro> <chirod> [heading…]

The convention is told at the end of the runbook: a fence names the machine, `$ ` begins a
command, other lines must appear in this order, `…` stands for anything. A comment `happens`
names what happens there to the machines: a function of this file.
"""
import os
import re
import subprocess
import sys
import textwrap
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from api_node import wait_until
from runbook_world import PATIENCE, World

RUNBOOK = Path(os.environ["CHIRO_ROOT"]) / "doc/runbook.md"
AT_A_TIME = 3  # sections; most of their time is waiting
# Either a block that is typed, or the name of what happens there.
STEP = re.compile(r"^ *(?:```console (\S+)\n(.*?)^ *```|<!-- happens: (\w+) -->)$",
                  re.MULTILINE | re.DOTALL)


HERE = re.compile(r"[^<]<<(\w+)\b")


class Skipped(Exception):
    """What the section needs cannot be had here."""


class Command:
    """What is typed, and the lines of which something must be seen."""

    def __init__(self, text):
        self.text, self.expected = text, []


def commands_of(block):
    """A command goes on after a backslash, and up to the end of what stands `here`."""
    commands = []
    here = None
    for line in block.splitlines():
        last = commands[-1].text if commands else ""
        if here is not None or (last.endswith("\\") and not commands[-1].expected):
            commands[-1].text += "\n" + line
            here = None if line == here else here
        elif line.startswith("$ "):
            commands.append(Command(line[2:]))
            here = HERE.search(line).group(1) if HERE.search(line) else None
        else:
            assert commands, f"output before any command: {line}"
            commands[-1].expected.append(line)
    return commands


def sections():
    """[(heading, steps)] of those with something to type. A step is a function of this file,
    or the name of a machine and a command."""
    found = []
    for part in re.split(r"^## ", RUNBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        heading, text = part.split("\n", 1)
        steps = []
        for machine, block, name in STEP.findall(text):
            steps += [name] if name else [(machine, command) for command in
                                          commands_of(textwrap.dedent(block))]
        if steps:
            found.append((heading, steps))
    return found


def squeezed(text):
    return " ".join(text.split())


def missing(expected, shown):
    """The first expected line that does not appear after those before it; None: all do."""
    text, place = squeezed(shown), 0
    for line in expected:
        if not line.strip() or line.strip() == "…":
            continue
        pattern = ".*?".join(re.escape(squeezed(piece)) for piece in line.split("…"))
        match = re.compile(pattern).search(text, place)
        if match is None:
            return line
        place = match.end()
    return None


def type_it(machine, command):
    """Types a command; what depends on the other side is looked at again for a while."""
    deadline = time.monotonic() + PATIENCE
    while True:
        status, shown = machine.type(command.text)
        wrong = missing(command.expected, shown)
        if status == 0 and wrong is None:
            return
        looks_only = re.match(r"chiro (status|inbox|log|show|keys)\b", command.text)
        if not looks_only or time.monotonic() > deadline:
            fault = f"exit status {status}" if status != 0 else f"not seen: {wrong}"
            raise AssertionError(f"{machine.name}$ {command.text}\n{shown}\n{fault}")
        time.sleep(0.5)


# --- what happens ----------------------------------------------------------------------

def no_channel_yet(_world):
    """Stands at the beginning of a section that opens the channel itself."""


def channel_with_witness(world):
    vkey = world.machine("witness").must(
        'chirod witness -k -f "$CHIRO_HOME"/witness.conf').strip()
    world.open(lambda charter: charter.replace("\nquorum 0\n",
                                               f"\nwitness {vkey}\nquorum 1\n"))


def channel_that_forgets(world):
    """Retention and notice of seconds; in a charter they are years and months."""
    world.open(lambda charter: re.sub(r"\nretention (\w+) \w+", r"\nretention \1 2s",
                                      re.sub(r"\nnotice \w+\n", "\nnotice 5s\n", charter)))


def channel_with_depositary(world, allowance="1h"):
    vkey = world.machine("depositary").must(
        'chirod depositary -k -f "$CHIRO_HOME"/depositary.conf').strip()
    world.open(lambda charter: charter.replace(
        "\nquorum 0\n", f"\nquorum 0\ndepositary {vkey}\ndeemed-allowance {allowance}\n"))


def depositary_at_work(world):
    """As the section that sets one up leaves it, in a hurry."""
    heading = "Setting up a depositary"
    for step in dict(sections())[heading]:
        if step == "channel_with_depositary":
            channel_with_depositary(world, "5s")
            for side in (world.north, world.south):
                side.must('printf "deposit-after 1s\\ncollect-every 1s\\n" '
                          '>>"$CHIRO_HOME"/chirod.conf')
        elif not isinstance(step, str):
            type_it(world.machine(step[0]), step[1])
    wait_until(lambda: "link        up" in world.north.must("chiro status"), "no link")
    world.settle()


def south_dark(world):
    world.south.must("systemctl stop chirod")


def south_back_without_line(world):
    world.cable.cut()
    world.south.must("systemctl start chirod")


def node_killed(world):
    world.north.kill()


def line_cut(world):
    """Neither reaches the other."""
    world.cable.cut()
    wait_until(lambda: "down since" in world.north.must("chiro status"), "the link stays up")


def line_mended(world):
    world.cable.mend()


def disk_full(world):
    """North's home is a small file system of its own, and something has filled it."""
    home, before = world.north.home, world.north.folder / "before"
    world.north.must("systemctl stop chirod")
    home.rename(before)
    home.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=711", "none", str(home)],
                      capture_output=True, check=False).returncode != 0:
        raise Skipped("a file system cannot be mounted here")
    world.mounted.append(home)
    world.north.must(f'cp -a "{before}"/. "$CHIRO_HOME"')
    world.north.must("systemctl start chirod")
    world.north.must('dd if=/dev/zero of="$CHIRO_HOME"/filler bs=64k 2>/dev/null || true')


def room_made(world):
    (world.north.home / "filler").unlink()


def north_has_said_something(world):
    (world.folder / "text").write_text("The line is blocked.\n")
    name = world.north.must("chiro act notify --precedence immediate --subject 'The line' "
                            f"--text {world.folder}/text").split()[0]
    for side in (world.north, world.south):
        side.set("ACT", name)


def south_holds_it(world):
    world.settle()


def north_has_said_something_large(world):
    """Of which south gets all but the first volume."""
    (world.folder / "text").write_text("See what is attached.\n")
    (world.folder / "large").write_bytes(os.urandom(400000))
    name = world.north.must(f"chiro act notify --precedence routine --text {world.folder}/text "
                            f"--attach {world.folder}/large").split()[0]
    for side in (world.north, world.south):
        side.set("ACT", name)
    world.north.must('chiro pack south --output "$STICK"/post --volume 256K')
    assert (world.folder / "stick/post.3").exists()


def copy_home(world):
    """North as it is now; afterwards both go on."""
    world.north.must("systemctl stop chirod")
    world.north.must('cp -a "$CHIRO_HOME" "$HOME"/older')
    world.north.must("systemctl start chirod")
    for side in (world.north, world.south):
        wait_until(lambda s=side: "link        up" in s.must("chiro status"), "no link")
        for _ in range(3):
            side.must("chiro test")
            world.settle()


def keeper_state_lost(world):
    world.settle()
    world.north.kill()
    world.north.must('rm "$CHIRO_HOME"/keeper/*.state && systemctl start chirod')


def keeper_gone(world):
    world.settle()
    world.north.kill()
    world.north.must('rm -r "$CHIRO_HOME"/keeper/* && systemctl start chirod')


def database_lost(world):
    """After a backup, and after more was said."""
    world.north.must('age-keygen -o "$SAFE"/backup.key 2>/dev/null && chiro backup --recipient '
                     '"$SAFE"/backup.key "$BACKUP"/chirograph.age')
    for side in (world.north, world.south):
        for _ in range(3):
            side.must("chiro test")
            world.settle()
    world.north.kill()
    world.north.must('rm "$CHIRO_HOME"/data/*')


def machine_lost(world):
    database_lost(world)
    world.north.must('rm -rf "$CHIRO_HOME"')


def both_from_a_copy(world):
    copy_home(world)
    world.north.kill()
    world.north.must('rm "$CHIRO_HOME"/data/* && '
                     'cp -a "$HOME"/older/data/. "$CHIRO_HOME"/data && '
                     'cp -a "$HOME"/older/keeper/*.state "$CHIRO_HOME"/keeper && '
                     'systemctl start chirod')


def has_delegate(world):
    """c.duty, an officer of north with a key on the head's machine."""
    (world.north.folder / "text.txt").write_text("As agreed by telephone.\n")
    world.north.must("ssh-keygen -q -t ed25519 -N '' -f \"$HOME/c.duty\"")
    world.north.must("chiro act accredit --delegate c.duty --role officer "
                     "--new-key \"$HOME/c.duty.pub\" --until +2d")
    world.settle()


def delegate_has_said_something(world):
    has_delegate(world)
    (world.folder / "text").write_text("Something happened.\n")
    time.sleep(1.1)
    world.north.set("SINCE", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    name = world.north.must(
        "chiro act notify --precedence routine --author c.duty --key \"$HOME/c.duty\" "
        f"--text {world.folder}/text").split()[0]
    for side in (world.north, world.south):
        side.set("ACT", name)
    world.settle()


ACCIDENTS = {function.__name__: function for function in (
    no_channel_yet, channel_that_forgets, channel_with_witness, channel_with_depositary, depositary_at_work, south_dark,
    south_back_without_line, node_killed, disk_full, room_made, line_cut, line_mended,
    north_has_said_something, south_holds_it, north_has_said_something_large, keeper_state_lost,
    keeper_gone, database_lost, machine_lost, both_from_a_copy, has_delegate,
    delegate_has_said_something)}


# --- running ------------------------------------------------------------------------------------

def run_section(chiro, chirod, steps):
    """What to print below the case, and why it was skipped; None and None when all is well."""
    world = World(chiro, chirod)
    try:
        if steps[0] != "no_channel_yet":
            world.open()
        for step in steps:
            if isinstance(step, str):
                ACCIDENTS[step](world)
            else:
                type_it(world.machine(step[0]), step[1])
    except Skipped as reason:
        return None, str(reason)
    except Exception:  # pylint: disable=broad-except
        said = traceback.format_exc().splitlines()
        for machine in world.machines.values():
            for path in machine.folder.glob("*.log"):
                last = path.read_text(errors="replace").splitlines()[-8:]
                said += [f"{machine.name} {path.name}: {line}" for line in last]
        return said, None
    finally:
        world.end()
    return None, None


def what_is_untested():
    """Blocks that nobody types, accidents that nobody needs, sections that do not exist."""
    text = RUNBOOK.read_text(encoding="utf-8")
    headings = re.findall("^## (.*)$", text, re.MULTILINE)
    blocks = len(re.findall("^ *```console", text, re.MULTILINE))
    if len(re.findall("^ *```", text, re.MULTILINE)) != 2 * blocks:
        yield "a block is not of a console"
    happens = {step for _, steps in sections() for step in steps if isinstance(step, str)}
    yield from (f"nothing is known of '{name}'" for name in happens - set(ACCIDENTS))
    yield from (f"'{name}' never happens" for name in set(ACCIDENTS) - happens)
    # Italics begin with a capital letter where they name a section.
    for name in re.findall(r"\*([A-Z][^*]+)\*", " ".join(text.split())):
        if name not in (*headings, "Two hosts in ten steps", "Withheld", "Alarms"):
            yield f"there is no section '{name}'"


def main():
    chiro, chirod, *wanted = sys.argv[1:]
    chosen = [row for row in sections() if not wanted or row[0] in wanted]
    untested = list(what_is_untested())
    print(f"{'not ok' if untested else 'ok'} 1 - everything is typed")
    for fault in untested:
        print(f"# {fault}")
    failed = bool(untested)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        results = pool.map(lambda row: run_section(chiro, chirod, row[1]), chosen)
        for number, ((heading, _), (said, skipped)) in enumerate(zip(chosen, results), start=2):
            print(f"{'not ok' if said else 'ok'} {number} - {heading}"
                  f"{f' # SKIP {skipped}' if skipped else ''}")
            for line in said or ():
                print(f"# {line}")
            sys.stdout.flush()
            failed = failed or bool(said)
    print(f"1..{len(chosen) + 1}")
    sys.exit(failed)


main()
