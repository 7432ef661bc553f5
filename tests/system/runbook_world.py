"""Machines for the runbook: two parties with nodes that `chiro init` made, a channel in force,
and shells in which commands are typed as they are printed.

A machine has its own home and working directory. Before the system's own programs its PATH has
a `systemctl` that starts and stops what the runbook's units stand for, since a test may not
touch the machine's services, and an `ssh` that reaches the other machines of this world.
"""
import json
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

from api_node import Connection, wait_until
from cable import Cable
from cli import ENVIRONMENT

PATIENCE = 60

SYSTEMCTL = """\
#!/bin/sh
# systemctl start|stop|restart UNIT, as far as the runbook needs it.
unit=$2
pidfile=$HOME/.$unit.pid
case $unit in
chirod) set -- "$1" "$CHIROD" -f "$CHIRO_HOME/chirod.conf" ;;
chirograph-mirror) set -- "$1" "$CHIROD" mirror -f "$CHIRO_HOME/chirod.conf" ;;
chirod-witness) set -- "$1" "$CHIROD" witness -f "$CHIRO_HOME/witness.conf" ;;
chirod-depositary) set -- "$1" "$CHIROD" depositary -f "$CHIRO_HOME/depositary.conf" ;;
*) echo "there is no unit $unit" >&2; exit 5 ;;
esac
action=$1
shift
stop() {
	[ -e "$pidfile" ] || return 0
	pid=$(cat "$pidfile")
	rm -f "$pidfile"
	kill "$pid" 2>/dev/null
	for _ in $(seq 300); do
		kill -0 "$pid" 2>/dev/null || return 0
		sleep 0.1
	done
}
start() {
	log=$HOME/$unit.log
	: >>"$log"
	before=$(grep -c ': ready' "$log")
	setsid "$@" >>"$log" 2>&1 </dev/null &
	echo $! >"$pidfile"
	for _ in $(seq 300); do
		[ "$(grep -c ': ready' "$log")" -gt "$before" ] && return 0
		kill -0 "$(cat "$pidfile")" 2>/dev/null || break
		sleep 0.1
	done
	echo "Job for $unit.service failed" >&2
	return 1
}
case $action in
start) start "$@" ;;
stop) stop ;;
restart) stop; start "$@" ;;
*) exit 1 ;;
esac
"""
JOURNALCTL = """\
#!/bin/sh
# journalctl -u UNIT …
cat "$HOME/$2.log"
"""


SSH = """\
#!/bin/sh
# ssh MACHINE COMMAND…, to a machine of this world.
machine=@FOLDER@/$1
shift
. "$machine/.environment"
cd "$machine" || exit
exec sh -c "$*"
"""


def free_port(used=set(), lock=threading.Lock()):  # pylint: disable=dangerous-default-value
    """A port that no other world of this process has, and no outgoing connection takes."""
    with lock:
        while True:
            port = random.randrange(15000, 30000)
            with socket.socket() as listener:
                try:
                    listener.bind(("127.0.0.1", port))
                except OSError:
                    continue
            if port not in used:
                used.add(port)
                return port


class Shell:
    """A bash that stays: variables and directories are kept from command to command."""

    def __init__(self, machine):
        self.file = machine.folder / ".command"
        self.process = subprocess.Popen(
            ["bash", "--norc"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=machine.environment, cwd=machine.folder, text=True,
            errors="replace", start_new_session=True)

    def type(self, command):
        """(exit status, what appeared)"""
        self.file.write_text(command + "\n")
        mark = f"@@{os.urandom(8).hex()}"
        self.process.stdin.write(f". '{self.file}' </dev/null; printf '\\n{mark} %d\\n' $?\n")
        self.process.stdin.flush()
        shown = []
        for line in self.process.stdout:
            if line.startswith(mark):
                return int(line.split()[1]), "".join(shown)
            shown.append(line)
        raise EOFError(f"the shell ended at: {command}\n{''.join(shown)}")

    def end(self):
        """With whatever was left in the background."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)


class Machine:
    def __init__(self, world, name):
        self.world, self.name = world, name
        self.folder = world.folder / name
        self.folder.mkdir(mode=0o711)
        self.home = self.folder / "chirograph"
        self.port = world.ports.setdefault(name, free_port())
        self.environment = {
            **ENVIRONMENT, "LC_ALL": "C.UTF-8", "TZ": "UTC", "COLUMNS": "80",
            "HOME": str(self.folder), "CHIRO_HOME": str(self.home), "CHIROD": world.chirod,
            "PATH": f"{world.folder}/bin:{Path(world.chiro).parent}:{Path(world.chirod).parent}:"
                    f"{os.environ['PATH']}",
            "AS_USER": "daemon" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name,
            "AS_KEEPER": "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name,
            "PORT": str(self.port),
            **{f"{each.upper()}_URL": f"http://127.0.0.1:{port}"
               for each, port in world.ports.items()},
            **{name: str(world.folder / name.lower()) for name in ("STICK", "BACKUP")},
            # All machines but south's are north's, or a stranger's who has no use for it.
            "SAFE": str(world.folder / "safe" / ("south" if name == "south" else "north")),
        }
        self.shell = None
        (self.folder / ".environment").write_text("".join(
            f"export {key}='{self.environment[key]}'\n"
            for key in ("HOME", "CHIRO_HOME", "PATH", "CHIROD", "LC_ALL", "TZ")))

    def type(self, command):
        if self.shell is None:
            self.shell = Shell(self)
        return self.shell.type(command)

    def must(self, command):
        status, shown = self.type(command)
        assert status == 0, f"{self.name}$ {command}\n{shown}exit status {status}"
        return shown

    def json(self, command):
        return json.loads(self.must(f"{command} --json"))

    def set(self, name, value):
        self.environment[name] = str(value)
        if self.shell is not None:
            self.must(f"export {name}='{value}'")

    def pid(self, unit="chirod"):
        try:
            return int((self.folder / f".{unit}.pid").read_text())
        except OSError:
            return None

    def kill(self, unit="chirod"):
        """As a loss of power."""
        pid = self.pid(unit)
        if pid is not None:
            try:
                os.killpg(pid, signal.SIGKILL)
            except OSError:
                pass
            (self.folder / f".{unit}.pid").unlink()
            wait_until(lambda: not Path(f"/proc/{pid}").exists() or
                       "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2],
                       f"{unit} of {self.name} does not die")

    def request(self, method, path, body=None):
        connection = Connection(self.home / "api.sock")
        connection.request(method, path, json.dumps(body) if body is not None else None)
        answer = connection.getresponse()
        content = json.loads(answer.read())
        connection.close()
        return answer.status, content

    def end(self):
        if self.shell is not None:
            self.shell.end()
        for path in self.folder.glob(".*.pid"):
            self.kill(path.name[1:-len(".pid")])


def user_options():
    return " --user daemon --keeper-user nobody" if os.geteuid() == 0 else ""


class World:
    """north and south with a channel in force; further machines when they are named."""

    def __init__(self, chiro, chirod):
        self.chiro, self.chirod = os.path.abspath(chiro), os.path.abspath(chirod)
        self.folder = Path(tempfile.mkdtemp(prefix="chiro-runbook-", dir="/tmp"))
        self.folder.chmod(0o711)
        for name in ("stick", "safe", "backup"):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o777)
        (self.folder / "bin").mkdir()
        for name, text in (("systemctl", SYSTEMCTL), ("journalctl", JOURNALCTL), ("ssh", SSH)):
            path = self.folder / "bin" / name
            path.write_text(text.replace("@FOLDER@", str(self.folder)))
            path.chmod(0o755)
        self.machines = {}
        self.ports = {"witness": free_port(), "depositary": free_port()}
        self.cable = Cable()
        self.advertised = {}
        self.mounted = []

    def machine(self, name):
        if name not in self.machines:
            self.machines[name] = Machine(self, name)
        return self.machines[name]

    @property
    def north(self):
        return self.machine("north")

    @property
    def south(self):
        return self.machine("south")

    def open(self, terms=lambda text: text):
        """A channel in force; each side's appointing key is in the safe. `terms` may change the
        charter's text before it is signed."""
        for side, head in ((self.north, "a.head"), (self.south, "b.head")):
            party = side.name
            self.advertised[party] = self.cable.port(0, side.port)
            side.must(f"chiro init --party {party} --domain {party}.example "
                      f"--name en={party.capitalize()} --listen 127.0.0.1:{side.port} "
                      f"--advertise localhost:{self.advertised[party]} --head {head}{user_options()}")
            side.must('mkdir "$SAFE" && mv "$CHIRO_HOME"/keys/appointing "$SAFE"')
            self.configure(side)
            side.must("systemctl start chirod")
            side.must(f"chiro invite --output {self.folder}/{party}.card")
        for side, other in ((self.north, self.south), (self.south, self.north)):
            side.must(f"chiro join {self.folder}/{other.name}.card --fingerprint "
                      f"\"$(chiro join {self.folder}/{other.name}.card --fingerprint x "
                      "2>/dev/null | grep -E '^    ([a-z]+ ){5}[a-z]+$')\"")
        (self.folder / "answers").write_text("chirograph.answers/1\n\nlanguages en\n")
        charter = self.folder / "charter.txt"
        self.north.must(f"chiro charter build --answers {self.folder}/answers --output {charter}")
        charter.write_text(terms(charter.read_text()))
        charter.chmod(0o644)
        for side in (self.north, self.south):
            side.must(f"chiro charter sign {charter} --output {self.folder}/{side.name}.sig")
        for side in (self.north, self.south):
            side.must(f"chiro join --charter {charter} --signature {self.folder}/north.sig "
                      f"--signature {self.folder}/south.sig")
        for side in (self.north, self.south):
            wait_until(lambda s=side: "in force" in s.must("chiro status"), "not in force")
            self.settle()

    def configure(self, side):
        """For tests that have more to say in chirod.conf before the first start."""

    def settle(self):
        """Until each side has receipted what the other has said."""
        for side in (self.north, self.south):
            side.must(f"chiro wait --timeout {PATIENCE}s")

    def end(self):
        self.cable.end()
        for machine in self.machines.values():
            machine.end()
        for path in self.mounted:
            subprocess.run(["umount", "-l", str(path)], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
