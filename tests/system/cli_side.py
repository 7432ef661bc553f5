"""A side of a channel as its people see it: a node of its own and chiro with a home."""
import os
import pty
import select
import sys
import time
from pathlib import Path

from api_node import Node, PATIENCE, wait_until
from cli import Cli

CATALOGUES = Path(os.environ.get("CHIRO_BUILD", "nowhere")) / "po"


class Side:
    """`folder` is HOME; the person's own things are kept in it."""

    def __init__(self, party, head, folder):
        self.node, self.head, self.party = Node(party, head), head, party
        self.home = folder / party
        self.home.mkdir()
        environment = {"CHIRO_SOCKET": str(self.node.socket), "HOME": str(self.home),
                       "CHIRO_AUTHOR": head, "CHIRO_KEY": str(self.node.folder / "head")}
        self.cli = Cli(sys.argv[1], **environment)
        self.narrow = Cli(sys.argv[1], COLUMNS="60", **environment)
        # The system need not have the locale.
        self.russian = Cli(sys.argv[1], COLUMNS="60", LANG="ru_RU.UTF-8",
                           CHIRO_LOCALE_DIRECTORY=str(CATALOGUES), **environment)
        del self.russian.environment["LC_ALL"]

    def act(self, kind, *words, **arguments):
        return self.cli.text("act", kind, "--yes", *words, **arguments).split()[0]

    def reply(self, act, kind, *words, **arguments):
        self.has(act)
        return self.cli.text("reply", act, kind, "--yes", *words, **arguments).split()[0]

    def shown(self, act):
        return self.cli.json("show", act)

    def state(self, matter):
        return self.cli.json("log", "--matter", matter)["state"]

    def has(self, act):
        """Waits until an act of the other side is here."""
        self.cli.run("wait", act, "--timeout", f"{PATIENCE}s")
        return act

    def remarks(self, act, what=None):
        """What is said of a body beside what it says."""
        return [each["text"] for each in self.cli.json("read", act)["remarks"]
                if what in (None, each["what"])]

    def on_terminal(self, answers, *words, **environment):
        """What is said on a terminal on which these answers are typed, and the status."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(sys.argv[1], [sys.argv[1], *map(str, words)],
                      {**self.cli.environment, "COLUMNS": "80", "TERM": "dumb", **environment})
        said, deadline, typed = b"", time.monotonic() + PATIENCE, 0
        while time.monotonic() < deadline:
            ready = select.select([terminal], [], [], 0.3)[0]
            try:
                piece = os.read(terminal, 65536) if ready else b""
            except OSError:
                break
            said += piece
            if not ready and answers[typed:] and said.rstrip(b" ").endswith((b":", b"]:")):
                os.write(terminal, answers[typed].encode() + b"\n")
                typed += 1
        os.close(terminal)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        return said.decode().replace("\r\n", "\n"), status


def squeezed(text):
    return " ".join(text.split())


def eventually(condition, what):
    wait_until(condition, what)
