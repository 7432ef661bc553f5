"""People who act all the time and do not give up: what the node acknowledged to them is kept,
to be asked for at the end."""
import base64
import hashlib
import os
import random
import subprocess
import threading
import time

from api_node import body_line, run
from sealed_body import PARAGRAPH, seal

SIZES = ((30, 400), (20, 3000), (8, 70000), (3, 400000), (1, 3000000))


class Acknowledged:
    """{name: text}, of both sides."""

    def __init__(self):
        self.lock = threading.Lock()
        self.texts = {}
        self.contradictions = []

    def add(self, name, text):
        with self.lock:
            if self.texts.setdefault(name, text) != text:
                self.contradictions.append(name)


class Person:
    def __init__(self, node, name, key, seed, acknowledged, say):
        self.node, self.name, self.key = node, name, key
        self.random = random.Random(seed)
        self.acknowledged, self.say = acknowledged, say
        self.stopping = threading.Event()
        self.paused = threading.Event()
        self.at_rest = threading.Event()
        self.refused = {}
        self.count = 0
        self.thread = threading.Thread(target=self.work, daemon=True)

    def work(self):
        while not self.stopping.is_set():
            if self.paused.is_set():
                self.at_rest.set()
                time.sleep(0.05)
                continue
            self.at_rest.clear()
            try:
                self.act()
            except (OSError, subprocess.SubprocessError, KeyError, ValueError) as error:
                self.say(f"{self.name}: {error!r}")
            time.sleep(self.random.expovariate(4))
        self.at_rest.set()

    # --- what they say -------------------------------------------------------------

    def act(self):
        choice = self.random.random()
        if choice < 0.4:
            self.notify()
        elif choice < 0.7:
            self.follow("comment", mine=None)
        else:
            self.follow("ack", mine=False)

    def body(self):
        """(blob, `body` line)"""
        size = self.random.choices([row[1] for row in SIZES], [row[0] for row in SIZES])[0]
        size = self.random.randint(size // 2, size)
        content = base64.b64encode(os.urandom(size * 3 // 4 + 3))[:size]
        lines = b"\n".join(content[i:i + 76] for i in range(0, len(content), 76))
        return seal([("1", PARAGRAPH, "en", "authentic", lines)], self.node.recipients)

    def notify(self):
        blob, line = self.body()
        self.submit(self.text("notify", "matter new", "precedence routine", line), blob)

    def follow(self, kind, mine):
        """Something about an act of late, by a person of either side or of one."""
        act = self.recent(mine)
        if act is None:
            self.notify()
            return
        named = f"{act['name']} {act['leaf']}"
        if kind == "ack":
            self.submit(self.text("ack", f"answers {named}"), None)
            return
        blob, line = self.body()
        self.submit(self.text("comment", f"matter {named}", line), blob)

    def recent(self, mine):
        """An act that opened a matter, among the latest."""
        status, channel = self.node.try_request("GET", self.node.of_channel())
        if status != 200:
            return None
        sizes = {channel["own"]: channel["own_size"], channel["other"]: channel["their_size"]}
        cursor = "&".join(f"{party}={max(0, size - 30)}" for party, size in sizes.items())
        status, page = self.node.try_request("GET", self.node.of_channel(f"/log?count=60&{cursor}"))
        if status != 200:
            return None
        acts = [act for act in page["acts"]
                if act["kind"] == "notify" and act["verdict"] == "valid" and
                (mine is None or (act["party"] == self.node.party) == mine)]
        return self.random.choice(acts) if acts else None

    def text(self, kind, *lines):
        return self.node.act(kind, *lines).replace(f"\nauthor {self.node.head}\n",
                                                   f"\nauthor {self.name}\n", 1)

    # --- until it is answered ---------------------------------------------------------

    def submit(self, text, blob):
        armor = run("ssh-keygen", "-Y", "sign", "-q", "-n", "chirograph-act", "-f",
                    str(self.key), data=text.encode()).decode()
        while not self.stopping.is_set():
            if blob is None or self.upload(blob):
                status, answer = self.node.try_request("POST", self.node.of_channel("/acts"),
                                                       {"text": text, "armors": [armor]}, 30)
                if status in (200, 201):
                    self.acknowledged.add(answer["name"], text)
                    self.count += 1
                    return
                if status in (400, 422) or self.is_refusal(status, answer):
                    reason = answer["error"].get("reason") or answer["error"]["message"]
                    self.refused[reason] = self.refused.get(reason, 0) + 1
                    return
            time.sleep(0.2)

    @staticmethod
    def is_refusal(status, answer):
        """The act itself is refused; what the node is in the middle of passes."""
        return status == 409 and answer["error"]["code"] == "denied"

    def upload(self, blob):
        """Whether all of it is there. An upload that was interrupted begins anew."""
        name, piece = hashlib.sha256(blob).hexdigest(), 1 << 20
        for offset in range(0, len(blob), piece):
            status, answer = self.node.try_request(
                "PUT", self.node.of_channel(f"/blobs/{name}?size={len(blob)}&offset={offset}"),
                blob[offset:offset + piece])
            if status != 200:
                return False
            if answer["complete"]:
                return True
        return False


def accredit(node, name, key):
    """The head gives a person authority."""
    words = " ".join((key.parent / f"{key.name}.pub").read_text().split()[:2])
    status, answer = node.submit(node.act("accredit", f"delegate {name}", "role officer",
                                          f"key {words}"))
    assert status == 201, answer


__all__ = ["Acknowledged", "Person", "accredit", "body_line"]
