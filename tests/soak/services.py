"""What runs for years: a process that is started again whenever it ends, as a service manager
does it, and can be killed, stopped and held."""
import contextlib
import hashlib
import http.client
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

from api_node import Node, free_port

PATIENCE = 60


class Service:
    """chirod with these words; what it says goes to a file."""

    def __init__(self, name, command, output):
        self.name, self.command, self.output = name, command, output
        self.process = None
        self.starts = 0
        self.wanted = threading.Event()
        self.over = False
        self.idle = threading.Event()  # nothing runs
        self.idle.set()
        self.thread = threading.Thread(target=self._keep, daemon=True)
        self.thread.start()

    def _keep(self):
        while not self.over:
            if not self.wanted.wait(0.1):
                self.idle.set()
                continue
            with open(self.output, "ab") as output:
                self.process = subprocess.Popen(self.command, stdout=output, stderr=output,
                                                stdin=subprocess.DEVNULL, start_new_session=True)
            self.starts += 1
            # It may have been stopped since it was seen that it is wanted.
            if not self.wanted.is_set():
                self.process.send_signal(signal.SIGTERM)
            self.process.wait()
            # The roles of a parent that was killed end by themselves, but not at once.
            self._await_group(self.process.pid)
            time.sleep(0.2)

    @staticmethod
    def _await_group(group):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                os.killpg(group, 0)
            except OSError:
                return
            time.sleep(0.05)

    def start(self):
        self.idle.clear()
        self.wanted.set()

    def stop(self, patience=PATIENCE):
        """Ends it gracefully, for good; afterwards nothing of it runs."""
        self.wanted.clear()
        with contextlib.suppress(OSError, AttributeError):
            self.process.send_signal(signal.SIGTERM)
        self._await_idle(patience)

    def kill(self):
        """As a loss of power: everything at once. It is started again if it is wanted."""
        with contextlib.suppress(OSError, AttributeError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def kill_for_good(self):
        self.wanted.clear()
        self.kill()
        self._await_idle(PATIENCE)

    def _await_idle(self, patience):
        if self.starts > 0 and not self.idle.wait(patience):
            raise TimeoutError(f"{self.name} does not end")

    def roles(self):
        """{role: pid} of its processes, the parent among them."""
        process = self.process
        if process is None or process.poll() is not None:
            return {}
        found = {"parent": process.pid}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
                words = (folder / "cmdline").read_bytes().decode().split("\0")
            except (OSError, ValueError, IndexError):
                continue
            if parent == process.pid and "-r" in words:
                found[words[words.index("-r") + 1]] = int(folder.name)
        return found

    def signal(self, role, number):
        """Whether there was such a process."""
        pid = self.roles().get(role)
        if pid is None:
            return False
        with contextlib.suppress(OSError):
            os.kill(pid, number)
        return True

    def end(self):
        self.over = True
        self.wanted.clear()
        self.kill()


class Neutral:
    """A witness or a depositary, kept running. Its key is there before the charter that names it,
    the charter before it serves it."""

    def __init__(self, word, name, program, folder):
        self.word, self.name, self.program = word, name, program
        self.folder = folder / word
        self.folder.mkdir(mode=0o711)
        self.port = free_port()
        self.file = self.folder / f"{word}.conf"
        self.service = None
        self.output = folder / f"{word}.log"
        self.configure()
        self.vkey = subprocess.run([program, word, "-k", "-f", str(self.file)], check=True,
                                   capture_output=True, text=True).stdout.strip()

    def configure(self, *lines):
        text = ["chirograph.neutral/1", f"home {self.folder}/home", f"name {self.name}",
                f"listen 127.0.0.1:{self.port}", "requests 1000000", *lines]
        if os.geteuid() == 0:
            text += ["user daemon", "keeper-user nobody"]
        self.file.write_text("\n".join(text) + "\n")

    def line(self):
        """Of chirod.conf."""
        return f"neutral {self.name} http://127.0.0.1:{self.port}"

    def serve(self, charter):
        path = self.folder / "charter.txt"
        path.write_text(charter)
        self.lines = [f"charter {path}"]
        self.configure(*self.lines)
        self.service = Service(self.word, [self.program, self.word, "-f", str(self.file)],
                               self.output)
        self.service.start()

    def know(self, vkeys):
        """Logs that went on under keys that no charter names."""
        self.service.stop()
        self.configure(*self.lines, *(f"log {vkey}" for vkey in vkeys))
        self.service.start()

    def head(self, origin):
        """The newest head that it has cosigned, or None."""
        name = hashlib.sha256(origin.encode()).hexdigest()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", f"/checkpoint/{name}")
            answer = connection.getresponse()
            return answer.read().decode() if answer.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()


class SoakNode(Node):
    """A node that is reached through the cable and kept running."""

    def __init__(self, party, head, program, folder, lines=()):
        super().__init__(party, head)
        self.service = None
        self.program = program
        self.output = folder / f"{party}.log"
        self.lines = list(lines)
        self.home = self.folder / "home"
        self.database = self.home / "data" / "store.sqlite"
        self.keeper = self.home / "keeper"

    def configure(self, advertised, lines=()):
        """What its configuration says beside the plain one; it advertises another port."""
        path = self.folder / "chirod.conf"
        text = path.read_text().replace(f"advertise localhost:{self.port}",
                                        f"advertise localhost:{advertised}")
        path.write_text(text + "".join(f"{line}\n" for line in lines))

    def start(self):
        if self.service is None:
            self.service = Service(self.party, [self.program, "-f",
                                                str(self.folder / "chirod.conf")], self.output)
        self.service.start()
        self.await_answers()

    def await_answers(self, patience=PATIENCE):
        deadline = time.monotonic() + patience
        while not self.answers():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.party} does not answer")
            time.sleep(0.05)

    def stop(self):
        if self.service is not None:
            self.service.stop()

    def try_request(self, method, path, body=None, timeout=10):
        """As request; (0, None) when the node is not there."""
        try:
            return self.request(method, path, body, timeout)
        except Exception:  # pylint: disable=broad-except
            return 0, None
