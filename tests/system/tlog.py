"""Transparency logs as a stranger would write them, from the specifications alone and
with nothing but the standard library: Ed25519 (RFC 8032), Merkle trees and proofs (RFC
6962), signed notes, checkpoints and cosignatures (C2SP)."""
import base64
import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def encode(data):
    return base64.b64encode(data).decode()


# --- Ed25519, RFC 8032, section 5.1, in extended coordinates


def add(a, b):
    one = (a[1] - a[0]) * (b[1] - b[0]) % P
    two = (a[1] + a[0]) * (b[1] + b[0]) % P
    three = 2 * a[3] * b[3] * D % P
    four = 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def recover_x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def compress(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decompress(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def number(data):
    return int.from_bytes(hashlib.sha512(data).digest(), "little") % L


class Key:
    """A pair of keys from a seed of 32 bytes."""

    def __init__(self, seed):
        hashed = hashlib.sha512(seed).digest()
        scalar = int.from_bytes(hashed[:32], "little")
        self.scalar = scalar & (1 << 254) - 8 | 1 << 254
        self.prefix = hashed[32:]
        self.seed = seed
        self.public = compress(multiply(self.scalar, BASE))

    def sign(self, message):
        nonce = number(self.prefix + message)
        commitment = compress(multiply(nonce, BASE))
        challenge = number(commitment + self.public + message)
        return commitment + ((nonce + challenge * self.scalar) % L).to_bytes(32, "little")


def verify(public, message, signature):
    point, commitment = decompress(public), decompress(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if point is None or commitment is None or scalar >= L:
        return False
    challenge = number(signature[:32] + public + message)
    left, right = multiply(scalar, BASE), add(commitment, multiply(challenge, point))
    return compress(left) == compress(right)


# --- notes


def key_id(name, kind, public):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def vkey(name, kind, public):
    return f"{name}+{key_id(name, kind, public).hex()}+{encode(bytes([kind]) + public)}"


def read_vkey(text):
    """(name, kind, public key)."""
    name, identity, key = text.split("+", 2)
    typed = base64.b64decode(key)
    assert key_id(name, typed[0], typed[1:]).hex() == identity, text
    return name, typed[0], typed[1:]


def line(name, kind, public, signature):
    return f"\u2014 {name} {encode(key_id(name, kind, public) + signature)}\n"


def cosignature_of(text, lines, cosigner):
    """The time of the one line that the vkey `cosigner` signed over a text."""
    name, kind, public = read_vkey(cosigner)
    assert kind == 4
    found = []
    for one in lines.splitlines():
        dash, by, blob = one.split(" ")
        content = base64.b64decode(blob)
        if dash != "\u2014" or by != name or content[:4] != key_id(name, kind, public):
            continue
        assert len(content) == 76
        time = int.from_bytes(content[4:12], "big")
        message = f"cosignature/v1\ntime {time}\n{text}".encode()
        assert verify(public, message, content[12:]), one
        found.append(time)
    assert len(found) == 1, lines
    return found[0]


# --- trees


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size):
    half = 1
    while half * 2 < size:
        half *= 2
    return half


def root(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = split(len(leaves))
    return node_hash(root(leaves[:half]), root(leaves[half:]))


def consistency(old, leaves, whole=True):
    """The proof from `old` leaves to all of them: RFC 6962, section 2.1.2."""
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    half = split(len(leaves))
    if old <= half:
        return consistency(old, leaves[:half], whole) + [root(leaves[half:])]
    return consistency(old - half, leaves[half:], False) + [root(leaves[:half])]


class Log:
    """A log of short entries."""

    def __init__(self, origin, seed, kind=1):
        self.origin, self.key, self.kind = origin, Key(bytes([seed]) * 32), kind
        self.entries, self.leaves = [], []

    def append(self, *entries):
        for entry in entries:
            self.entries.append(entry)
            self.leaves.append(hashlib.sha256(b"\x00" + entry).digest())

    def grow(self, count):
        self.append(*(f"{self.origin} {len(self.entries) + i}".encode() for i in range(count)))

    def vkey(self):
        return vkey(self.origin, self.kind, self.key.public)

    def text(self, size=None, extension=""):
        leaves = self.leaves if size is None else self.leaves[:size]
        return f"{self.origin}\n{len(leaves)}\n{encode(root(leaves))}\n{extension}"

    def signature(self, text):
        return line(self.origin, self.kind, self.key.public, self.key.sign(text.encode()))

    def checkpoint(self, size=None, extension=""):
        text = self.text(size, extension)
        return text + "\n" + self.signature(text)

    def proof(self, old, size=None):
        leaves = self.leaves if size is None else self.leaves[:size]
        return consistency(old, leaves) if old else []

    def submission(self, old, size=None, proof=None, checkpoint=None):
        """The body of add-checkpoint."""
        if proof is None:
            proof = self.proof(old, size)
        lines = "".join(encode(one) + "\n" for one in proof)
        return f"old {old}\n{lines}\n{checkpoint or self.checkpoint(size)}"
