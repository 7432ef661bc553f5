"""A depositary that shares nothing with the program: the calls of doc/PROTOCOL.log,
"Depositary", from their text, on top of the witness of foreign_witness.py."""
import base64
import hashlib
import re
import struct
import time
from pathlib import Path

from foreign_witness import (Refusal, Witness, ed25519_verify, key_id, node_hash, openssl,
                             signatures)

OCTETS = "application/octet-stream"
PIECE = 64 * 1024


def root_of(leaves):
    """RFC 6962, section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(root_of(leaves[:half]), root_of(leaves[half:]))


class Reader:
    """Numbers and sized items off the front of bytes, all of which must be read."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        piece = self.data[self.at:self.at + size]
        assert len(piece) == size
        self.at += size
        return piece

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def sized(self):
        return self.take(self.number(4))

    def end(self):
        assert self.at == len(self.data)


def sized(data):
    return struct.pack(">I", len(data)) + data


def parse_entries(payload):
    """PROTOCOL.link, section 4."""
    reader = Reader(payload)
    checkpoint = reader.sized().decode()
    start, count = reader.number(8), reader.number(4)
    entries = [reader.sized() for _ in range(count)]
    blobs = [(reader.take(32), reader.sized()) for _ in range(reader.number(2))]
    proof = [reader.take(32) for _ in range(reader.number(1))]
    reader.end()
    return checkpoint, start, entries, blobs, proof


def print_entries(checkpoint, start, entries):
    return (sized(checkpoint.encode()) + struct.pack(">QI", start, len(entries)) +
            b"".join(map(sized, entries)) + struct.pack(">HB", 0, 0))


def element(data):
    """One element of DER with a length of the long form: (whole, content, rest)."""
    assert data[1] & 0x80
    octets = data[1] & 0x7F
    size = int.from_bytes(data[2:2 + octets], "big")
    end = 2 + octets + size
    return data[:end], data[2 + octets:end], data[end:]


def certified_key(certificate, issuer):
    """The Ed25519 key in a certificate that the issuer's raw key signed, or None."""
    _, content, rest = element(certificate)
    assert not rest
    to_be_signed, _, _ = element(content)
    if not ed25519_verify(issuer, to_be_signed, certificate[-64:]):
        return None
    pem = openssl("x509", "-inform", "DER", "-pubkey", "-noout", data=certificate)
    return openssl("pkey", "-pubin", "-outform", "DER", data=pem)[-32:]


def moment():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Depositary(Witness):
    """With `denies`, collections find nothing."""

    def __init__(self, name, prefix="/keep"):
        self.kept, self.blobs, self.nonces, self.link_keys = {}, {}, set(), {}
        self.denies = False
        super().__init__(name, prefix)

    def know_parties(self, link_keys):
        """Raw link keys of those who may collect and leave bodies, by domain."""
        self.link_keys = link_keys

    def answer(self, method, path, body):
        calls = {"/deposit/entries": self.take_entries, "/deposit/blob": self.take_blob,
                 "/deposit/certificate": self.certify, "/collect": self.give_entries,
                 "/collect/blob": self.give_blob}
        call = calls.get(path[len(self.prefix):])
        if method != "POST" or call is None or self.mood != "honest":
            return super().answer(method, path, body)
        self.asked += 1
        with self.lock:
            return call(body)

    def sign(self, text):
        """A note whose line is made like a cosignature, at the time in the text."""
        stamp = re.search(r"^time (\S+)$", text, re.MULTILINE).group(1)
        seconds = int(time.mktime(time.strptime(stamp + " UTC", "%Y-%m-%dT%H:%M:%SZ %Z"))) \
            - time.timezone
        message = Path(self.folder.name) / "deposit"
        message.write_bytes(f"cosignature/v1\ntime {seconds}\n{text}".encode())
        signature = openssl("pkeyutl", "-sign", "-inkey", self.secret, "-rawin", "-in", message)
        line = key_id(self.name, 4, self.public) + seconds.to_bytes(8, "big") + signature
        return f"{text}\n\u2014 {self.name} {base64.b64encode(line).decode()}\n"

    # --- leaving

    def take_entries(self, payload):
        note, start, entries, blobs, proof = parse_entries(payload)
        text, lines = signatures(note)
        origin, size, root = text[:-1].split("\n")
        if origin not in self.logs:
            raise Refusal(404)
        public = self.logs[origin]
        if not any(name == origin and ed25519_verify(public, text.encode(), signature)
                   for name, _, signature in lines):
            raise Refusal(403)
        kept, _ = self.kept.get(origin, ([], None))
        if start > len(kept):
            raise Refusal(409, f"{len(kept)}\n", "text/x.tlog.size")
        longer = kept + entries[len(kept) - start:]
        leaves = [hashlib.sha256(b"\0" + entry).digest() for entry in longer]
        if len(longer) != int(size) or proof:
            raise Refusal(501)  # long logs are not for this one
        if root_of(leaves) != base64.b64decode(root):
            raise Refusal(422)
        self.kept[origin] = (longer, note)
        for name, blob in blobs:
            if hashlib.sha256(blob).digest() == name:
                self.blobs[name] = (len(blob), blob)
        return f"size {len(longer)}\n"

    def take_blob(self, body):
        _, payload = self.open_envelope(body, ["chirograph.deposit-blob/1", "log", "chunk",
                                               "nonce", "time"])
        reader = Reader(payload)
        name, total, offset = reader.take(32), reader.number(8), reader.number(8)
        data = reader.sized()
        reader.end()
        named = base64.b64encode(name)
        if not any(named in entry for entries, _ in self.kept.values() for entry in entries):
            raise Refusal(404)
        _, held = self.blobs.get(name, (total, b""))
        if offset > len(held):
            raise Refusal(409, f"{len(held)}\n", "text/x.tlog.size")
        held += data[len(held) - offset:]
        if len(held) == total and hashlib.sha256(held).digest() != name:
            del self.blobs[name]
            raise Refusal(422)
        self.blobs[name] = (total, held)
        return f"size {len(held)}\n"

    def certify(self, body):
        lines = body.decode()[:-1].split("\n")
        word, origin = lines[0].split(" ")
        assert word == "log" and len(lines) <= 17
        if origin not in self.kept:
            raise Refusal(404)
        named = ""
        for line in lines[1:]:
            word, blob = line.split(" ")
            total, held = self.blobs.get(base64.b64decode(blob, validate=True), (1, b""))
            if len(held) != total:
                raise Refusal(409)
            named += f"blob {blob} {total}\n"
        return self.sign(f"chirograph.deposit/1\n{self.state(origin)}time {moment()}\n{named}")

    def state(self, origin, size=None):
        entries, _ = self.kept.get(origin, ([], None))
        entries = entries if size is None else entries[:size]
        root = root_of([hashlib.sha256(b"\0" + entry).digest() for entry in entries])
        return (f"log {origin}\nsize {len(entries)}\n"
                f"root {base64.b64encode(root).decode()}\n")

    # --- what only a party may ask

    def open_envelope(self, body, fields):
        """What is asked, and the bytes after the envelope."""
        reader = Reader(body)
        text, certificate, signature = reader.sized(), reader.sized(), reader.sized()
        rest = body[reader.at:]
        assert len(signature) == 64
        domains = []
        for domain, link_key in self.link_keys.items():
            key = certified_key(certificate, link_key)
            if key is not None and ed25519_verify(key, b"chirograph-collect\n" + text, signature):
                domains.append(domain)
        if not domains:
            raise Refusal(403)
        lines = [line.split(" ") for line in text.decode()[:-1].split("\n")]
        assert [line[0] for line in lines] == fields, lines
        values = {line[0]: line[1] for line in lines[1:]}
        assert len(base64.b64decode(values["nonce"], validate=True)) == 32
        if values["nonce"] in self.nonces:
            raise Refusal(403)
        self.nonces.add(values["nonce"])
        if values["log"] not in self.logs:
            raise Refusal(404)
        if "chunk" not in values:
            assert not rest
        elif (values["log"].split("/")[0] not in domains or
              base64.b64decode(values["chunk"]) != hashlib.sha256(rest).digest()):
            raise Refusal(403)
        return values, rest

    def give_entries(self, body):
        asked, _ = self.open_envelope(body, ["chirograph.collect/1", "log", "from", "nonce",
                                             "time"])
        origin, start = asked["log"], int(asked["from"])
        entries, note = self.kept.get(origin, ([], None))
        denied = 0 if self.denies else None
        answer = self.sign(f"chirograph.collection/1\n{self.state(origin, denied)}"
                           f"nonce {asked['nonce']}\ntime {moment()}\n")
        payload = b""
        if start < len(entries) and not self.denies:
            payload = print_entries(note, start, entries[start:])
        return sized(answer.encode()) + sized(payload)

    def give_blob(self, body):
        asked, _ = self.open_envelope(body, ["chirograph.collect-blob/1", "log", "blob", "offset",
                                             "nonce", "time"])
        name, offset = base64.b64decode(asked["blob"]), int(asked["offset"])
        total, held = self.blobs.get(name, (0, b""))
        if len(held) != total or offset >= total:
            return name + struct.pack(">QQ", 0, 0) + sized(b"")
        return name + struct.pack(">QQ", total, offset) + sized(held[offset:offset + PIECE])
