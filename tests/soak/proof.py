"""What must be true of two logs, whatever happened: one history, the same on both sides, that
contains all that anybody was told it contains."""
import base64
import hashlib
import re

PAGE = 200


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def roots_of(leaves):
    """The roots at size 0, 1, 2, … (RFC 6962, section 2.1), each from the edge before it."""
    edge = []  # (size, hash) of complete subtrees, the largest first
    roots = [hashlib.sha256(b"").digest()]
    for leaf in leaves:
        edge.append((1, leaf))
        while len(edge) > 1 and edge[-1][0] == edge[-2][0]:
            right, left = edge.pop(), edge.pop()
            edge.append((left[0] * 2, hashlib.sha256(b"\1" + left[1] + right[1]).digest()))
        root = edge[-1][1]
        for _, left in reversed(edge[:-1]):
            root = hashlib.sha256(b"\1" + left + root).digest()
        roots.append(root)
    return roots


def read_note(note):
    """(origin, size, root, {name: line}) of a checkpoint."""
    text, signatures = note.split("\n\n", 1)
    lines = text.split("\n")
    names = re.findall("^— (\\S+) ", signatures, re.MULTILINE)
    return lines[0], int(lines[1]), base64.b64decode(lines[2]), names


def log_of(origin):
    """A log that went on under another key is the same one: `/2` is not of its name."""
    return re.sub("/[0-9]+$", "", origin)


class Heads:
    """Every head that was ever seen, by log."""

    def __init__(self):
        self.seen = {}
        self.forks = []

    def add(self, note):
        origin, size, root, _ = read_note(note)
        origin = log_of(origin)
        known = self.seen.setdefault((origin, size), root)
        if known != root:
            self.forks.append(f"{origin} has two heads of size {size}")

    def observe(self, node):
        status, heads = node.try_request("GET", node.of_channel("/heads"), timeout=5)
        if status != 200:
            return
        for each in (*heads.values(), *heads["cosigned"].values()):
            if isinstance(each, dict) and "note" in each:
                self.add(each["note"])


def read_log(node, party):
    """[(act, entry)] of one log as the node gives it."""
    acts, place = [], 0
    while True:
        status, page = node.request("GET", node.of_channel(
            f"/log?party={party}&full=1&count={PAGE}&{party}={place}"))
        assert status == 200, page
        acts += [(act, base64.b64decode(act["entry"])) for act in page["acts"]]
        place = page["next"][party]
        if not page["more"]:
            return acts


def no_fork(heads, logs, origins):
    """Every head is one of a prefix of the final log."""
    faults = list(heads.forks)
    for party, acts in logs.items():
        roots = roots_of([leaf_hash(entry) for _, entry in acts])
        for (origin, size), root in heads.seen.items():
            if origin != origins[party]:
                continue
            if size >= len(roots):
                faults.append(f"{party}: a head of size {size} was signed, {len(acts)} are held")
            elif roots[size] != root:
                faults.append(f"{party}: the head of size {size} is of another history")
    return faults


def nothing_is_missing(acknowledged, logs):
    faults = [f"{name} was acknowledged with two texts" for name in acknowledged.contradictions]
    for name, text in acknowledged.texts.items():
        party, number = re.fullmatch(r"(\w+?)(?:\.\d+)?-(\d+)", name).groups()
        number = int(number)
        if number >= len(logs[party]):
            faults.append(f"{name} was acknowledged and is not there")
        elif not logs[party][number][1].startswith(text.encode() + b"\n"):
            faults.append(f"{name} is another text than was acknowledged")
    return faults


def all_is_receipted(logs):
    """But for receipts, which cause none."""
    faults = []
    for party, acts in logs.items():
        last = max((i for i, (act, _) in enumerate(acts) if act["kind"] != "receipt"), default=-1)
        faults += [f"{act['name']} is not receipted" for act, _ in acts[:last + 1]
                   if not act["receipted"]]
        faults += [f"{act['name']} is void: {act['reason']}" for act, _ in acts
                   if act["verdict"] != "valid"]
        faults += [f"the body of {act['name']} is {act['fault']}" for act, _ in acts
                   if act["fault"] is not None]
    return faults
