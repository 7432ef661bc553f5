"""A real witness or depositary, asked over HTTP as anybody can ask it."""
import http.client
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from api_node import CHIROD, free_port, wait_until

PATIENCE = 20


class Neutral:
    def __init__(self, word, name, lines=()):
        self.word, self.name = word, name
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.file = self.folder / f"{word}.conf"
        self.port = free_port()
        self.process = None
        self.errors = self.folder / "errors"
        self.configure(lines)
        self.vkey = self.run("-k").stdout.strip()

    def configure(self, lines):
        text = ["chirograph.neutral/1", f"home {self.folder}/home", f"name {self.name}",
                f"listen 127.0.0.1:{self.port}", *lines]
        if os.geteuid() == 0:
            text += ["user daemon", "keeper-user nobody"]
        self.file.write_text("\n".join(text) + "\n")

    def run(self, *options):
        return subprocess.run([CHIROD, self.word, *options, "-f", str(self.file)],
                              capture_output=True, text=True)

    def start(self, fault=None):
        environment = dict(os.environ)
        if fault is not None:
            environment["CHIRO_FAULT_POINT"] = fault
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen([CHIROD, self.word, "-f", str(self.file)],
                                            stdout=subprocess.DEVNULL, stderr=errors,
                                            env=environment)
        wait_until(self.answers, f"the {self.word} does not start")

    def answers(self):
        assert self.process.poll() is None, self.said()
        try:
            return self.ask("GET", "/")[0] == 404
        except OSError:
            return False

    def said(self):
        return self.errors.read_text(errors="replace")

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)
            self.process = None

    def wait(self):
        """Until it has ended by itself."""
        status = self.process.wait(PATIENCE)
        self.process = None
        return status

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE)
        self.process = None

    def child(self, role):
        """The process in a role."""
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
            except (OSError, IndexError):
                continue
            if int(parent) == self.process.pid and words[1:3] == [b"-r", role.encode()]:
                return int(entry.name)
        raise AssertionError(f"no {role}")

    def restart(self):
        self.stop()
        self.start()

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, method, path, body=None, host="127.0.0.1"):
        """(status, content type, body)."""
        own = http.client.HTTPConnection(host, self.port, timeout=PATIENCE)
        if isinstance(body, str):
            body = body.encode()
        try:
            own.request(method, path, body)
            answer = own.getresponse()
            return answer.status, answer.headers.get("Content-Type"), answer.read()
        finally:
            own.close()
