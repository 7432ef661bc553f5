"""Real nodes for tests of the API: keys, a charter, acts, and HTTP over the
Unix socket, with nothing but stock tools (ssh-keygen, age) and the standard library."""
import base64
import hashlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

CHIROD = os.environ["CHIRO_CHIROD"]
PATIENCE = 20
CLOCKS = """clock acknowledge-flash 15m
clock acknowledge-immediate 1h
clock acknowledge-priority 8h
clock acknowledge-routine 24h
clock request 48h
clock request-flash 6h
clock position 10d
clock list-changes 5d
clock full-list 180d
clock incident-update 72h
clock conclusion 30d
clock link-test 1h
link-test-failures 2
confidentiality communications
right-of-reply yes
"""
LIMITS = """notice 30d
blob-wait 1m
quota-entries 10000
quota-bytes 1073741824
query-budget-day 1000
query-budget-list 100000
quorum 0
"""


class Connection(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path, timeout=PATIENCE):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def run(*command, data=None):
    return subprocess.run(command, check=True, capture_output=True, input=data).stdout


def encode(data):
    return base64.b64encode(data).decode()


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.05)


def children_of(pid):
    """Process ids and names of those that it has started."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == pid:
                found[int(folder.name)] = (folder / "comm").read_text().strip()
        except OSError:
            pass
    return found


class Node:
    def __init__(self, party, head, grants=()):
        self.party, self.head = party, head
        self.folder = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
        self.folder.chmod(0o711)
        self.socket = self.folder / "api.sock"
        self.port = free_port()
        lines = ["chirograph.conf/1", f"home {self.folder}/home", f"party {party}",
                 f"domain {party}.example", f"name en {party.capitalize()}",
                 f"socket {self.socket}", "socket-mode 0666", f"listen 127.0.0.1:{self.port}",
                 f"advertise localhost:{self.port}", *grants]
        if os.geteuid() == 0:
            lines += ["user daemon", "keeper-user nobody"]
        (self.folder / "chirod.conf").write_text("\n".join(lines) + "\n")
        for name in ("head", "appointing"):
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f",
                str(self.folder / name))
        run("age-keygen", "-o", str(self.folder / "reading"))
        self.process = None
        self.channel = None

    def start(self):
        self.process = subprocess.Popen([CHIROD, "-f", str(self.folder / "chirod.conf")],
                                        stdout=subprocess.DEVNULL)
        wait_until(self.answers, f"{self.party} does not start")

    def answers(self):
        try:
            return self.request("GET", "/v1/status")[0] == 200
        except OSError:
            return False

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)
            self.process = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def request(self, method, path, body=None, timeout=PATIENCE, headers=None):
        """(status, JSON or bytes)."""
        connection = Connection(self.socket, timeout)
        if isinstance(body, dict):
            body = json.dumps(body)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if answer.headers.get("Content-Type") == "application/json":
            content = json.loads(content)
        return answer.status, content

    def public_key(self, name):
        return " ".join((self.folder / f"{name}.pub").read_text().split()[:2])

    def reading_key(self):
        return run("age-keygen", "-y", str(self.folder / "reading")).decode().strip()

    def sign(self, namespace, text):
        return run("ssh-keygen", "-Y", "sign", "-q", "-n", namespace, "-f",
                   str(self.folder / "head"), data=text.encode()).decode()

    def invitation(self):
        return {"head": self.head, "head_key": self.public_key("head"),
                "head_reading_key": self.reading_key(),
                "appointing_key": self.public_key("appointing")}

    def of_channel(self, rest=""):
        return f"/v1/channels/{self.channel}{rest}"

    def act(self, kind, *lines):
        """The text of an act; `lines` are those after the kind's."""
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return "\n".join(["chirograph.act/1", f"channel {self.channel}", f"party {self.party}",
                          f"time {now}", f"author {self.head}", f"act {kind}", *lines]) + "\n"

    def submit(self, text, timeout=PATIENCE):
        armor = self.sign("chirograph-act", text)
        return self.request("POST", self.of_channel("/acts"), {"text": text, "armors": [armor]},
                            timeout)

    def upload(self, blob, piece=1 << 20):
        """Sends a sealed body in pieces; gives its `body` line."""
        name = hashlib.sha256(blob).hexdigest()
        for offset in range(0, len(blob), piece):
            path = self.of_channel(f"/blobs/{name}?size={len(blob)}&offset={offset}")
            status, answer = self.request("PUT", path, blob[offset:offset + piece])
            assert status == 200, answer
        return body_line(blob)


def body_line(blob):
    """The `body` line of an act with this sealed body."""
    return f"body 1 {encode(bytes(32))} {len(blob)} {encode(hashlib.sha256(blob).digest())}"


def charter(cards):
    """The charter of two parties, from their cards."""
    blocks = "".join(card.split("\n", 1)[1] for card in cards)
    retention = "".join(f"retention {block.split()[2]} 3650d\n" for block in cards)
    return ("chirograph.charter/1\nrules 1\nlanguages en\nauthentic equal\n" + blocks + CLOCKS +
            retention + LIMITS)


def accede(node, signature):
    lines = signature.strip().split("\n")[1:-1]
    return node.submit(node.act("accede", "signature " + "".join(lines)))


def open_channel(nodes, terms=lambda charter: charter):
    """From two running nodes to a channel in force; `terms` may change the charter's text. Gives
    the charter and its signatures."""
    cards = [node.request("POST", "/v1/setups", node.invitation())[1]["card"] for node in nodes]
    text = terms(charter(cards))
    signatures = {node.party: node.sign("chirograph-charter", text) for node in nodes}
    for node in nodes:
        status, answer = node.request("POST", "/v1/channels",
                                      {"charter": text, "signatures": signatures})
        assert status == 201, answer
        node.channel = answer["channel"]
    for node in nodes:
        status, answer = accede(node, signatures[node.party])
        assert status == 201, answer
    for node in nodes:
        wait_until(lambda n=node: n.request("GET", n.of_channel())[1]["state"] == "in-force",
                   f"{node.party} is not in force")
    return text, signatures
