#!/usr/bin/env python3
"""README.md is true: its ten steps, typed as they stand there, at two terminals. South cannot
be reached from outside, speaks Russian and has a narrow terminal.

    test_readme.py <chiro>
"""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from api_node import CHIROD, PATIENCE, free_port, wait_until
from cli import ENVIRONMENT, tap

ROOT = Path(os.environ["CHIRO_ROOT"])
CHIRO = Path(sys.argv[1]).resolve()
SWAPPED = {"north": "south", "south": "north", "a.head": "b.head", "a.duty": "b.duty"}


def read_steps():
    """The commands of each step, by its number."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split("## Two hosts in ten steps")[1].split("\n## ")[0]
    steps = {}
    for part in re.split(r"^(?=\d+\. )", section, flags=re.MULTILINE)[1:]:
        number = int(part.split(".")[0])
        steps[number] = "\n".join(re.findall(r"^ {8}(.*)$", part, re.MULTILINE))
    return steps


STEPS = read_steps()


class Side:
    """One of the two hosts: its person, at a terminal in a directory of their own."""

    def __init__(self, party, world, **environment):
        self.party, self.world = party, world
        self.home = world / party
        self.home.mkdir(mode=0o711)
        (self.home / "safe").mkdir()
        self.port = free_port()
        self.process = None
        self.environment = {**ENVIRONMENT, "HOME": str(self.home), "TZ": "UTC", "TERM": "xterm",
                            "PATH": f"{CHIRO.parent}:{os.environ['PATH']}", **environment}

    def commands(self, number):
        """The step as this side types it on this machine."""
        text = STEPS[number]
        if self.party == "south":
            text = re.sub("|".join(map(re.escape, SWAPPED)), lambda m: SWAPPED[m[0]], text)
            text = re.sub(r" *--listen .*\n", "", text)
        else:
            text = text.replace("0.0.0.0:7654", f"127.0.0.1:{self.port}")
            text = text.replace("chirograph.north.example:7654", f"127.0.0.1:{self.port}")
        if os.geteuid() == 0 and "chiro init" in text:
            text += " --user daemon --keeper-user nobody"
        for there, here in (("/usr/local/sbin/chirod", CHIROD), ("/media/safe", "~/safe"),
                            ("/usr/local/share/chirograph", str(ROOT / "templates"))):
            text = text.replace(there, here)
        return text

    def step(self, number):
        return self.types(self.commands(number))

    def types(self, script):
        """What appears on the terminal. Whoever is asked says yes, or takes the default."""
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.home)
            os.execvpe("bash", ["bash", "-ec", f"export CHIRO_HOME=~/chirograph\n{script}"],
                       self.environment)
        shown, answered, deadline = "", 0, time.monotonic() + 3 * PATIENCE
        while True:
            assert time.monotonic() < deadline, shown
            if not select.select([terminal], [], [], 0.05)[0]:
                if len(shown) > answered and re.search(r"[?:] $", shown):
                    yes = re.search(r"\((yes/no|да/нет)\): $", shown)
                    os.write(terminal, b"yes\n" if yes else b"\n")
                    answered = len(shown)
                continue
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece.decode(errors="replace")
        os.close(terminal)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        shown = shown.replace("\r\n", "\n")
        assert status == 0, f"{self.party}: {script}: {status}\n{shown}"
        return shown

    def start(self):
        command = self.commands(4).replace('"$CHIRO_HOME"', str(self.home / "chirograph"))
        assert command.startswith(CHIROD), command
        self.process = subprocess.Popen(command.split(), stdout=subprocess.PIPE,
                                        env=self.environment)
        assert self.process.stdout.readline().startswith(b"chirod: ready")

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)

    def sends(self, other, name):
        shutil.copy(self.home / name, other.home / name)


WORLD = Path(tempfile.mkdtemp(prefix="chiro-readme-", dir="/tmp"))
WORLD.chmod(0o711)
NORTH = Side("north", WORLD, LC_ALL="C.UTF-8")
SOUTH = Side("south", WORLD, LANG="ru_RU.UTF-8", LC_ALL="ru_RU.UTF-8", COLUMNS="60")
BOTH = (NORTH, SOUTH)


def there_are_ten_steps():
    assert sorted(STEPS) == list(range(1, 11)), STEPS
    assert "make install" in STEPS[1] and "export CHIRO_HOME=~/chirograph" in STEPS[2], STEPS


def steps_two_to_four_start_a_node():
    for side in BOTH:
        side.step(2)
        side.step(3)
        keys = side.home / "chirograph/keys"
        assert not (keys / "appointing").exists() and (side.home / "safe/appointing").exists()
        side.start()
    assert "listen" not in SOUTH.commands(2)


def steps_five_and_six_exchange_cards():
    for side in BOTH:
        shown = side.step(5)
        assert re.search(r"^    (\w+ ){5}\w+$", shown, re.MULTILINE), shown
    NORTH.sends(SOUTH, "north.card")
    SOUTH.sends(NORTH, "south.card")
    for side in BOTH:
        side.step(6)


def steps_seven_and_eight_sign_a_charter():
    NORTH.step(7)
    NORTH.sends(SOUTH, "charter.txt")
    for side in BOTH:
        side.step(8)
    NORTH.sends(SOUTH, "north.sig")
    SOUTH.sends(NORTH, "south.sig")


def step_nine_opens_the_channel():
    for side in BOTH:
        side.step(9)
    wait_until(lambda: "in force" in NORTH.types("chiro status"), "not in force")


def step_ten_accredits_and_tests():
    for side in BOTH:
        side.types("ssh-keygen -q -t ed25519 -N '' -f duty")
        side.step(10)
    assert "a.duty" in SOUTH.types("chiro keys")


def the_record_is_written_and_verified():
    for side in BOTH:
        side.types("chiro act --help && chiro log && chiro export record && chiro verify record")


def main():
    try:
        tap([there_are_ten_steps, steps_two_to_four_start_a_node,
             steps_five_and_six_exchange_cards, steps_seven_and_eight_sign_a_charter,
             step_nine_opens_the_channel, step_ten_accredits_and_tests,
             the_record_is_written_and_verified])
    finally:
        for side in BOTH:
            side.stop()
        shutil.rmtree(WORLD)


main()
