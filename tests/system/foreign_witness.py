"""A witness that shares nothing with the program: C2SP tlog-witness v1.0.0 from its
text, in Python, with openssl(1) for Ed25519. Holds its callers to the format."""
import base64
import hashlib
import http.server
import subprocess
import tempfile
import threading
import time
from pathlib import Path

PUBLIC_PREFIX = bytes.fromhex("302a300506032b6570032100")


def openssl(*words, data=b""):
    return subprocess.run(["openssl", *map(str, words)], input=data, capture_output=True,
                          check=True).stdout


def key_id(name, kind, public):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def vkey(name, kind, public):
    return (f"{name}+{key_id(name, kind, public).hex()}+"
            f"{base64.b64encode(bytes([kind]) + public).decode()}")


def parse_vkey(text):
    name, identity, key = text.split("+", 2)
    raw = base64.b64decode(key, validate=True)
    assert identity == key_id(name, raw[0], raw[1:]).hex(), text
    return name, raw[0], raw[1:]


def ed25519_verify(public, message, signature):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        (folder / "key").write_bytes(PUBLIC_PREFIX + public)
        (folder / "signature").write_bytes(signature)
        (folder / "message").write_bytes(message)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER",
                               "-inkey", folder / "key", "-rawin", "-in", folder / "message",
                               "-sigfile", folder / "signature"],
                              capture_output=True, check=False).returncode == 0


def signatures(note):
    """(text, [(name, key id, signature)]) of a signed note."""
    text, lines = note.rsplit("\n\n", 1)
    found = []
    assert lines.endswith("\n")
    for line in lines[:-1].split("\n"):
        dash, name, encoded = line.split(" ")
        assert dash == "\u2014"
        raw = base64.b64decode(encoded, validate=True)
        found.append((name, raw[:4], raw[4:]))
    return text + "\n", found


def cosigned_by(note, key):
    """The time in the good line of a witness's vkey, or None."""
    name, kind, public = parse_vkey(key)
    text, lines = signatures(note)
    for who, identity, signature in lines:
        if who != name or identity != key_id(name, kind, public):
            continue
        moment = int.from_bytes(signature[:8], "big")
        message = f"cosignature/v1\ntime {moment}\n{text}".encode()
        return moment if ed25519_verify(public, message, signature[8:]) else None
    return None


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def consistent(old, old_root, new, new_root, proof):
    """RFC 9162, section 2.1.4.2."""
    if old == new:
        return not proof and old_root == new_root
    path = list(proof)
    if old & (old - 1) == 0:
        path = [old_root] + path
    if not path:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for hash_ in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(hash_, fr), node_hash(hash_, sr)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, hash_)
        fn, sn = fn >> 1, sn >> 1
    return fr == old_root and sr == new_root and sn == 0


class Refusal(Exception):
    def __init__(self, status, body="", kind="text/plain"):
        super().__init__(status)
        self.status, self.body, self.kind = status, body, kind


class Witness:
    """One witness on a port of its own, under a prefix. `mood`: `honest`, or a status
    that it always answers with."""

    def __init__(self, name, prefix="/a/prefix"):
        self.name, self.prefix, self.mood = name, prefix, "honest"
        self.folder = tempfile.TemporaryDirectory()
        self.secret = Path(self.folder.name) / "key.pem"
        openssl("genpkey", "-algorithm", "ed25519", "-out", self.secret)
        public = openssl("pkey", "-in", self.secret, "-pubout", "-outform", "DER")[-32:]
        self.public = public
        self.vkey = vkey(name, 4, public)
        self.logs, self.heads, self.asked = {}, {}, 0
        self.lock = threading.Lock()
        self.server = None
        self.listen()

    def listen(self, port=0):
        witness = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format, *arguments):  # pylint: disable=redefined-builtin
                pass

            def handle_body(self, body):
                # A connection that was open when the witness was stopped.
                if witness.server is not self.server:
                    self.close_connection = True
                    return
                try:
                    status, kind, content = 200, "text/plain; charset=utf-8", \
                        witness.answer(self.command, self.path, body)
                except Refusal as refusal:
                    status, kind, content = refusal.status, refusal.kind, refusal.body
                if isinstance(content, bytes):
                    kind = "application/octet-stream"
                else:
                    content = content.encode()
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    self.close_connection = True  # the node was stopped

            def do_POST(self):  # pylint: disable=invalid-name
                self.handle_body(self.rfile.read(int(self.headers["Content-Length"])))

            def do_GET(self):  # pylint: disable=invalid-name
                self.handle_body(b"")

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}{self.prefix}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def know(self, log_vkey):
        name, kind, public = parse_vkey(log_vkey)
        assert kind == 1
        self.logs[name] = public

    def stop(self):
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def remove(self):
        self.stop()
        self.folder.cleanup()

    def answer(self, method, path, body):
        self.asked += 1
        if self.mood != "honest":
            raise Refusal(self.mood)
        if method != "POST" or path != self.prefix + "/add-checkpoint":
            raise Refusal(404)
        with self.lock:
            return self.add_checkpoint(body.decode())

    def add_checkpoint(self, body):
        old, rest = body.split("\n", 1)
        word, old = old.split(" ")
        assert word == "old" and str(int(old)) == old
        proof = []
        while not rest.startswith("\n"):
            line, rest = rest.split("\n", 1)
            proof.append(base64.b64decode(line, validate=True))
            assert len(proof[-1]) == 32
        assert len(proof) <= 63
        text, lines = signatures(rest[1:])
        origin, size, root = text[:-1].split("\n")
        old, size, root = int(old), int(size), base64.b64decode(root, validate=True)
        if origin not in self.logs:
            raise Refusal(404)
        public = self.logs[origin]
        if not any(name == origin and identity == key_id(origin, 1, public) and
                   ed25519_verify(public, text.encode(), signature)
                   for name, identity, signature in lines):
            raise Refusal(403)
        if old > size:
            raise Refusal(400)
        held, held_root = self.heads.get(origin, (0, None))
        if old != held:
            raise Refusal(409, f"{held}\n", "text/x.tlog.size")
        if old == size and root != held_root:
            raise Refusal(409)
        if old > 0 and not consistent(old, held_root, size, root, proof):
            raise Refusal(422)
        self.heads[origin] = (size, root)
        return self.cosign(text)

    def cosign(self, text):
        moment = int(time.time())
        message = Path(self.folder.name) / "message"
        message.write_bytes(f"cosignature/v1\ntime {moment}\n{text}".encode())
        signature = openssl("pkeyutl", "-sign", "-inkey", self.secret, "-rawin", "-in", message)
        line = key_id(self.name, 4, self.public) + moment.to_bytes(8, "big") + signature
        return f"\u2014 {self.name} {base64.b64encode(line).decode()}\n"
