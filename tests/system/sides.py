"""Two sides with a node each, from nothing to a channel in force, as people open one: for
tests of what they do with it then."""
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from api_node import CHIROD, PATIENCE, free_port, wait_until
from cli import Cli


class Side:
    def __init__(self, party, head, world):
        self.party, self.head, self.world = party, head, world
        self.home = world / party
        self.cli = Cli(sys.argv[1], HOME=str(world), CHIRO_HOME=str(self.home))
        self.port = free_port()
        self.process = None

    def init(self):
        users = ("--user", "daemon", "--keeper-user", "nobody") if os.geteuid() == 0 else ()
        self.cli.run("init", "--party", self.party, "--domain", f"{self.party}.example",
                     "--name", f"en={self.party.capitalize()}", "--listen",
                     f"127.0.0.1:{self.port}", "--advertise", f"localhost:{self.port}",
                     "--head", self.head, *users)

    def start(self, **environment):
        self.process = subprocess.Popen([CHIROD, "-f", str(self.home / "chirod.conf")],
                                        stdout=subprocess.DEVNULL,
                                        env={**os.environ, **environment})
        wait_until(lambda: (self.home / "api.sock").exists() and self.answers(),
                   f"{self.party} does not start")

    def answers(self):
        return subprocess.run([sys.argv[1], "status"], env=self.cli.environment, check=False,
                              capture_output=True).returncode == 0

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)
            self.process = None

    def key(self, name=None):
        return self.home / "keys" / (name or self.head)

    def new_key(self, name):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f",
                        self.key(name)], check=True)
        return self.key(name)

    def words(self, card):
        """The fingerprint that a card is shown with."""
        shown = self.cli.run("join", card, "--fingerprint", "no", status=1).decode()
        return " ".join(re.findall(r"^    ((?:\w+ ){5}\w+)$", shown, re.MULTILINE))

    def act(self, kind, *words, **arguments):
        return self.cli.json("act", kind, *words, "--yes", **arguments)["name"]

    def shown(self, act, *words):
        return self.cli.json("show", act, *words)

    def has(self, act, *words):
        """Waits until an act of the other side is here."""
        self.cli.run("wait", act, "--timeout", f"{PATIENCE}s", *words)
        return act

    def state(self, channel=""):
        for found in self.cli.json("status")["channels"]:
            if found["channel"].startswith(channel):
                return found["state"]
        return None


class World:
    """North and south, in a folder of their own."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.north = Side("north", "a.head", self.folder)
        self.south = Side("south", "b.head", self.folder)
        self.sides = (self.north, self.south)
        self.opened = 0

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def start(self):
        for side in self.sides:
            side.init()
            side.start()

    def open(self, answers, *words):
        """A channel by fresh cards and these answers; its id."""
        self.opened += 1
        path = {name: self.folder / f"{self.opened}.{name}"
                for name in ("north.card", "south.card", "charter", "north.sig", "south.sig")}
        for side in self.sides:
            side.cli.run("invite", "--output", path[f"{side.party}.card"])
        for side, other in (self.sides, self.sides[::-1]):
            card = path[f"{other.party}.card"]
            side.cli.run("join", card, "--fingerprint", side.words(card), "--replace")
        given = self.write(f"{self.opened}.answers", "chirograph.answers/1\n" + answers)
        self.north.cli.run("charter", "build", "--answers", given, "--output", path["charter"],
                           "--own", path["north.card"], "--other", path["south.card"], *words)
        for side in self.sides:
            side.cli.run("charter", "sign", path["charter"], "--output",
                         path[f"{side.party}.sig"])
        for side in self.sides:
            opened = side.cli.json("join", "--charter", path["charter"], "--signature",
                                   path["north.sig"], "--signature", path["south.sig"])
        channel = opened["channel"]
        for side in self.sides:
            wait_until(lambda s=side: s.state(channel) == "in-force", "not in force")
        return channel

    def stop(self):
        for side in self.sides:
            side.stop()
