"""A channel's texts as a stranger would write them: charter, acts and entries of two
parties, heads of their logs, frames, link certificates (X.509), and what a depositary is
asked. Nothing but the standard library and the keys of fixed seeds in tlog.py."""
import base64
import hashlib
import struct
import time

import tlog
from api_node import CLOCKS, LIMITS
from tlog import Key, encode

# Recipients of age: nobody opens anything here.
RECIPIENTS = ["age1x822k6kwajtpzdu3wqmexmnqw9h6c4e6l62dnk5y4qpqgjxlcyfqrpw56n",
              "age1thld6wmt63lklg5wu9wed82mkr49xa6dfz9a47wlr3hqzf9nau3qqx6458",
              "age1r9lu93t8msp7u24d7rkcv6qa4sjd4fmws0992kr4m5a7wdmw2vrq4tn22d",
              "age1wt90q463su6pxpdsx5r5gw2cv2hta9ut8vkd0934w5j35rhyu3nqddcqxx"]


def sized(data):
    return struct.pack(">I", len(data)) + data


def utc(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


# --- keys and signatures of SSH


def ssh_key(key):
    blob = sized(b"ssh-ed25519") + sized(key.public)
    return f"ssh-ed25519 {encode(blob)}"


def armor(key, message, namespace=b"chirograph-act"):
    signed = (b"SSHSIG" + sized(namespace) + sized(b"") + sized(b"sha512") +
              sized(hashlib.sha512(message).digest()))
    blob = (b"SSHSIG" + struct.pack(">I", 1) + sized(sized(b"ssh-ed25519") + sized(key.public)) +
            sized(namespace) + sized(b"") + sized(b"sha512") +
            sized(sized(b"ssh-ed25519") + sized(key.sign(signed))))
    text = encode(blob)
    lines = [text[i:i + 70] for i in range(0, len(text), 70)]
    return ("-----BEGIN SSH SIGNATURE-----\n" + "\n".join(lines) +
            "\n-----END SSH SIGNATURE-----\n").encode()


# --- X.509


def der(tag, *contents):
    content = b"".join(contents)
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82]) + struct.pack(">H", size)
    return bytes([tag]) + length + content


ED25519 = der(0x30, der(0x06, bytes([0x2b, 0x65, 0x70])))


def name_of(party, channel):
    def part(last, text):
        return der(0x31, der(0x30, der(0x06, bytes([0x55, 0x04, last])),
                             der(0x0c, text.encode())))
    return der(0x30, part(10, party), part(3, channel))


def certificate(issuer, party, channel, public, now, before=300, after=86400):
    """A link certificate of a key, by the link key `issuer`."""
    def moment(seconds):
        return der(0x17, time.strftime("%y%m%d%H%M%SZ", time.gmtime(seconds)).encode())
    name = name_of(party, channel)
    key = der(0x30, ED25519, der(0x03, b"\0" + public))
    body = der(0x30, der(0xa0, der(0x02, b"\x02")), der(0x02, b"\x01"), ED25519, name,
               der(0x30, moment(now - before), moment(now + after)), name, key)
    return der(0x30, body, ED25519, der(0x03, b"\0" + issuer.sign(body)))


# --- parties, charter, entries


class Party:
    """A party with keys from one seed, and its log."""

    def __init__(self, name, index):
        self.name, self.index, self.domain = name, index, f"{name}.example"
        purposes = ["appointing", "head", "log", "receipt", "node", "link"]
        self.keys = {purpose: Key(bytes([100 + 20 * index + i]) * 32)
                     for i, purpose in enumerate(purposes)}
        self.generation = 1
        self.leaves, self.entries = [], []

    def block(self):
        def raw(purpose):
            return encode(self.keys[purpose].public)
        return (f"party {self.name}\ndomain {self.domain}\nname en {self.name.capitalize()}\n"
                f"appointing-key {ssh_key(self.keys['appointing'])}\n"
                f"head {self.name}.head {ssh_key(self.keys['head'])}\n"
                f"head-reading-key {RECIPIENTS[2 * self.index]}\n"
                f"log-key {raw('log')}\nreceipt-key {raw('receipt')}\nnode-key {raw('node')}\n"
                f"link-key {raw('link')}\nreading-key {RECIPIENTS[2 * self.index + 1]}\n")


def act(channel, party, author, kind, *lines, at):
    return "\n".join(["chirograph.act/1", f"channel {channel}", f"party {party}",
                      f"time {utc(at)}", f"author {author}", f"act {kind}", *lines]) + "\n"


def entry(key, text, at):
    return (text.encode() + b"\n" + armor(key, text.encode()) +
            f"logged {utc(at)}\n".encode())


class Channel:
    """A channel of north and south, for a depositary with this vkey."""

    def __init__(self, depositary, names=("north", "south")):
        self.parties = [Party(name, index) for index, name in enumerate(names)]
        retention = "".join(f"retention {party.name} 3650d\n" for party in self.parties)
        self.charter = ("chirograph.charter/1\nrules 1\nlanguages en\nauthentic equal\n" +
                        "".join(party.block() for party in self.parties) + CLOCKS + retention +
                        LIMITS + f"depositary {depositary}\ndeemed-allowance 24h\n")
        digest = hashlib.sha256(self.charter.encode()).digest()
        self.id = base64.b32encode(digest).decode().rstrip("=").lower()

    def origin(self, party, generation=None):
        generation = generation or party.generation
        suffix = f"/{generation}" if generation > 1 else ""
        return f"{party.domain}/chirograph/{self.id}{suffix}"

    def append(self, party, *entries):
        for one in entries:
            party.entries.append(one)
            party.leaves.append(hashlib.sha256(b"\0" + one).digest())

    def say(self, party, kind, *lines, by="node", at=None):
        """Appends an entry by the node, or by `appointing` or the head."""
        at = at or int(time.time())
        author = {"node": "node", "appointing": "appointing"}.get(by, f"{party.name}.head")
        key = party.keys[by]
        self.append(party, entry(key, act(self.id, party.name, author, kind, *lines, at=at), at))

    def speak(self, party, blob):
        """An act with a sealed body."""
        digest = encode(hashlib.sha256(blob).digest())
        self.say(party, "notify", "matter new", "precedence routine",
                 f"body 1 {encode(bytes(32))} {len(blob)} {digest}", by="head")

    def test(self, party, count=1):
        for _ in range(count):
            self.say(party, "test", f"nonce {encode(bytes(32))}")

    def succeed(self, party):
        """The appointing key continues the log under another key."""
        size = len(party.leaves)
        following = Key(bytes([200 + 20 * party.index + party.generation]) * 32)
        self.say(party, "appoint", "office log", f"key {encode(following.public)}",
                 f"size {size}", f"root {encode(tlog.root(party.leaves))}", by="appointing")
        party.keys["log"] = following
        party.generation += 1

    def head(self, party, size=None, generation=None, key=None, root=None):
        """A signed head."""
        leaves = party.leaves if size is None else party.leaves[:size]
        origin = self.origin(party, generation)
        text = f"{origin}\n{len(leaves)}\n{encode(root or tlog.root(leaves))}\n"
        key = key or party.keys["log"]
        return text + "\n" + tlog.line(origin, 1, key.public, key.sign(text.encode()))

    def entries_frame(self, party, start, end=None, size=None, blobs=(), head=None, proof=None,
                      named=()):
        """The payload of an `entries` frame; `named`: blobs with names that they may not have."""
        end = len(party.entries) if end is None else end
        size = len(party.entries) if size is None else size
        if proof is None:
            proof = tlog.consistency(end, party.leaves[:size]) if end < size else []
        note = (head or self.head(party, size)).encode()
        content = b"".join(sized(one) for one in party.entries[start:end])
        named = [*((hashlib.sha256(blob).digest(), blob) for blob in blobs), *named]
        carried = b"".join(name + sized(blob) for name, blob in named)
        return (sized(note) + struct.pack(">QI", start, end - start) + content +
                struct.pack(">H", len(named)) + carried + bytes([len(proof)]) + b"".join(proof))


def chunk(blob, offset=0, size=512 * 1024, total=None, name=None):
    """The payload of a `blob chunk` frame."""
    return ((name or hashlib.sha256(blob).digest()) +
            struct.pack(">QQ", len(blob) if total is None else total, offset) +
            sized(blob[offset:offset + size]))


def read_chunk(payload):
    """(hash, total, offset, bytes)."""
    total, offset, size = struct.unpack(">QQI", payload[32:52])
    assert len(payload) == 52 + size
    return payload[:32], total, offset, payload[52:]


def read_sized(data):
    """(first, rest)."""
    size = struct.unpack(">I", data[:4])[0]
    assert len(data) >= 4 + size
    return data[4:4 + size], data[4 + size:]


def read_entries(payload):
    """(note, start, entries, proof) of an `entries` frame."""
    note, rest = read_sized(payload)
    start, count = struct.unpack(">QI", rest[:12])
    rest, entries = rest[12:], []
    for _ in range(count):
        one, rest = read_sized(rest)
        entries.append(one)
    assert rest[:2] == b"\0\0"
    proof = [rest[3 + 32 * i:35 + 32 * i] for i in range(rest[2])]
    assert len(rest) == 3 + 32 * rest[2]
    return note.decode(), start, entries, proof


def read_signed(note, vkey):
    """The lines of a note by a depositary as pairs, after its format line; the line over
    it is good and of the time that it names."""
    text, lines = note.rsplit("\n\n", 1)
    text += "\n"
    pairs = [one.split(" ", 1) for one in text.splitlines()]
    signed_at = tlog.cosignature_of(text, lines, vkey)
    assert dict(pairs[1:])["time"] == utc(signed_at), note
    return pairs[0][0], pairs[1:], signed_at
