#!/usr/bin/env python3
"""Checks a Chirograph bundle of purpose `match` with nothing but Python 3.8 or later: no
package, and nothing of Chirograph. This file is the same in every such bundle.

    python3 verify-match.py [FOLDER]

It reads match.txt, and of the entries that are here the one whose commitment it is about.
It computes anew the oblivious function (RFC 9497, ristretto255-SHA512, mode VOPRF), its
proof, tag and label, and the path to the root that the entry names; of a wrong answer it
checks the signatures and that the proof does not hold under the key that the owner
committed to. That the entry is signed, by whom, and stands in the log, verify.sh checks.
Exit status 0: it is shown; 1: it is not.

Written for reading. Nothing here keeps a secret: do not ask questions with it.
"""
import base64
import hashlib
import hmac
import os
import re
import struct
import sys


class Wrong(Exception):
    """What is said is not shown."""


def need(condition, what):
    if not condition:
        raise Wrong(what)


# --- the field, the curve and the group (RFC 8032, RFC 9496) -----------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def is_negative(x):
    return x % P & 1


def absolute(x):
    return P - x % P if is_negative(x) else x % P


def sqrt_ratio(u, v):
    """Whether u/v is a square, and the root of u/v or of SQRT_M1*u/v (section 4.2)."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    correct, flipped = check == u % P, check == -u % P
    flipped_i = check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        r = r * SQRT_M1 % P
    return correct or flipped, absolute(r)


INVSQRT_A_MINUS_D = sqrt_ratio(1, -1 - D)[1]
ONE_MINUS_D_SQ = (1 - D * D) % P
D_MINUS_ONE_SQ = (D - 1) * (D - 1) % P
# A root of -D - 1: the one that section 4.1 names.
SQRT_AD_MINUS_ONE = (
    25063068953384623474111414158702152701244531502492656460079210482610430750235)

IDENTITY = (0, 1, 1, 0)


def add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e, f = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    g, h = 2 * D * t1 * t2 % P, 2 * z1 * z2 % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    result = IDENTITY
    for bit in bin(scalar)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P


def recover_x(y, sign):
    """The x of a point of the curve; None where there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    was_square, x = sqrt_ratio(square, 1)
    if not was_square or (x == 0 and sign):
        return None
    return P - x if is_negative(x) != sign else x


BASE_X = recover_x(BASE_Y, 0)
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def decode(encoded):
    """A group element; None unless its encoding is canonical (section 4.3.1)."""
    if len(encoded) != 32:
        return None
    s = int.from_bytes(encoded, "little")
    if s >= P or is_negative(s):
        return None
    u1, u2 = (1 - s * s) % P, (1 + s * s) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    was_square, inverse = sqrt_ratio(1, v * u2 * u2)
    dx = inverse * u2 % P
    dy = inverse * dx * v % P
    x, y = absolute(2 * s * dx), u1 * dy % P
    t = x * y % P
    return None if not was_square or is_negative(t) or y == 0 else (x, y, 1, t)


def encode(point):
    """Section 4.3.2."""
    x, y, z, t = point
    u1, u2 = (z + y) * (z - y) % P, x * y % P
    inverse = sqrt_ratio(1, u1 * u2 * u2)[1]
    d1, d2 = inverse * u1 % P, inverse * u2 % P
    z_inverse = d1 * d2 * t % P
    denominator = d2
    if is_negative(t * z_inverse):
        x, y = y * SQRT_M1 % P, x * SQRT_M1 % P
        denominator = d1 * INVSQRT_A_MINUS_D % P
    if is_negative(x * z_inverse):
        y = -y % P
    return absolute(denominator * (z - y)).to_bytes(32, "little")


def element(encoded, what):
    """A group element that is not the identity."""
    point = decode(encoded)
    need(point is not None and encoded != bytes(32), f"{what} is no element of the group")
    return point


def map_to_group(t):
    """Section 4.3.4, MAP."""
    r = SQRT_M1 * t * t % P
    u, c = (r + 1) * ONE_MINUS_D_SQ % P, P - 1
    v = (c - r * D) * (r + D) % P
    was_square, s = sqrt_ratio(u, v)
    if not was_square:
        s, c = P - absolute(s * t), r
    n = (c * (r - 1) * D_MINUS_ONE_SQ - v) % P
    w0, w1 = 2 * s * v % P, n * SQRT_AD_MINUS_ONE % P
    w2, w3 = (1 - s * s) % P, (1 + s * s) % P
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


# --- the function (RFC 9380, RFC 9497) ------------------------------------------------------

def sha512(*pieces):
    return hashlib.sha512(b"".join(pieces)).digest()


def short(data):
    """I2OSP(len(data), 2) || data"""
    return struct.pack(">H", len(data)) + data


def expand(message, tag):
    """expand_message_xmd with SHA-512, to 64 bytes."""
    tag += bytes([len(tag)])
    first = sha512(bytes(128), message, b"\0\x40\0", tag)
    return sha512(first, b"\1", tag)


class Suite:
    """ristretto255-SHA512 in one mode: 0 OPRF, 1 VOPRF."""

    def __init__(self, mode):
        self.context = b"OPRFV1-" + bytes([mode]) + b"-ristretto255-SHA512"

    def to_group(self, message):
        uniform = expand(message, b"HashToGroup-" + self.context)
        halves = [int.from_bytes(half, "little") % 2**255 for half in (uniform[:32], uniform[32:])]
        return add(map_to_group(halves[0]), map_to_group(halves[1]))

    def to_scalar(self, message, name=b"HashToScalar-"):
        return int.from_bytes(expand(message, name + self.context), "little") % L

    def derive_key(self, seed, info):
        for counter in range(256):
            key = self.to_scalar(seed + short(info) + bytes([counter]), b"DeriveKeyPair")
            if key != 0:
                return key
        raise Wrong("no key follows from the seed")

    def blind(self, message, blind):
        return multiply(blind, self.to_group(message))

    def finalize(self, message, blind, evaluated):
        unblinded = encode(multiply(pow(blind, L - 2, L), evaluated))
        return sha512(short(message), short(unblinded), b"Finalize")

    def composites(self, public, pairs):
        seed = sha512(short(public), short(b"Seed-" + self.context))
        m = z = IDENTITY
        for number, (c, d) in enumerate(pairs):
            weight = self.to_scalar(short(seed) + struct.pack(">H", number) + short(encode(c)) +
                                    short(encode(d)) + b"Composite")
            m, z = add(m, multiply(weight, c)), add(z, multiply(weight, d))
        return m, z

    def challenge(self, public, points):
        return self.to_scalar(short(public) + b"".join(short(encode(point)) for point in points) +
                              b"Challenge")

    def prove(self, key, pairs, nonce):
        public = encode(multiply(key, BASE))
        m, z = self.composites(public, pairs)
        c = self.challenge(public, (m, z, multiply(nonce, BASE), multiply(nonce, m)))
        return c.to_bytes(32, "little") + ((nonce - c * key) % L).to_bytes(32, "little")

    def holds(self, public, pairs, proof):
        """Whether the proof says that each pair is x and k*x, for the key of `public`. A
        batch is for the published vectors: Chirograph takes a proof of one pair only."""
        c, s = (int.from_bytes(half, "little") for half in (proof[:32], proof[32:]))
        key = decode(public)
        if len(proof) != 64 or c >= L or s >= L or key is None or public == bytes(32):
            return False
        m, z = self.composites(public, pairs)
        return c == self.challenge(public, (m, z, add(multiply(s, BASE), multiply(c, key)),
                                            add(multiply(s, m), multiply(c, z))))


# --- pairs ----------------------------------------------------------------------------------

CLASSES = ("ipv4", "ipv6", "asn", "domain", "certificate", "spki")
PROTECTIONS = ("off-limits", "notify-first", "assist-priority")


def hkdf(secret, info, size):
    key = hmac.new(bytes(32), secret, hashlib.sha256).digest()
    return hmac.new(key, info + b"\1", hashlib.sha256).digest()[:size]


def chacha20_block(key, counter):
    """RFC 8439 section 2.3, nonce 0."""
    state = list(struct.unpack("<16I", b"expand 32-byte k" + key +
                               struct.pack("<I", counter) + bytes(12)))
    work = state[:]
    for _ in range(10):
        for a, b, c, d in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                           (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            for first, second, third, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8),
                                               (c, d, b, 7)):
                work[first] = (work[first] + work[second]) & 0xffffffff
                mixed = work[third] ^ work[first]
                work[third] = (mixed << turn | mixed >> (32 - turn)) & 0xffffffff
    return struct.pack("<16I", *((x + y) & 0xffffffff for x, y in zip(work, state)))


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
    total = 0
    for start in range(0, len(message), 16):
        total = (total + int.from_bytes(message[start:start + 16] + b"\1", "little")) * r
        total %= 2**130 - 5
    return ((total + int.from_bytes(key[16:32], "little")) % 2**128).to_bytes(16, "little")


def open_sealed(key, sealed):
    """ChaCha20-Poly1305, nonce 0, no associated data; None unless the tag holds."""
    content, tag = sealed[:-16], sealed[-16:]
    padded = content + bytes(-len(content) % 16)
    code = poly1305(chacha20_block(key, 0)[:32], padded + struct.pack("<QQ", 0, len(content)))
    if not hmac.compare_digest(code, tag):
        return None
    return bytes(a ^ b for a, b in zip(content, chacha20_block(key, 1)))


def pair_input(class_name, identifier):
    return class_name.encode() + b"\0" + identifier.encode()


def pair_keys(output):
    return hkdf(output, b"chirograph.match/1 tag", 16), hkdf(output, b"chirograph.match/1 label", 32)


def label_of(content):
    """What a label says; None when it is none."""
    if content is None:
        return None
    protection, criticality = content[0] >> 2, content[0] & 3
    if protection >= len(PROTECTIONS):
        return None
    return {"protection": PROTECTIONS[protection], "criticality": criticality,
            "sector": content[1], "contact": content[2]}


def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_from(index, size, leaf, path):
    """RFC 9162 section 2.1.3.2; None when the path does not fit."""
    if index >= size:
        return None
    first, last, root = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if first & 1 or first == last:
            root = node_hash(step, root)
            while not first & 1 and first != 0:
                first, last = first >> 1, last >> 1
        else:
            root = node_hash(root, step)
        first, last = first >> 1, last >> 1
    return root if last == 0 else None


def tree_root(leaves):
    """RFC 9162 section 2.1.1, without recursion."""
    edge = []  # (leaves, hash) of full subtrees, the greatest first
    for leaf in leaves:
        edge.append((1, leaf))
        while len(edge) > 1 and edge[-1][0] == edge[-2][0]:
            (size, right), (_, left) = edge.pop(), edge.pop()
            edge.append((2 * size, node_hash(left, right)))
    root = edge.pop()[1] if edge else hashlib.sha256().digest()
    while edge:
        root = node_hash(edge.pop()[1], root)
    return root


# --- signatures of nodes (PROTOCOL.sshsig, RFC 8032) ------------------------------------------

def ed25519_holds(public, message, signature):
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    y = int.from_bytes(public, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = recover_x(y, sign) if y < P else None
    if x is None or s >= L or len(signature) != 64:
        return False
    point = (x, y, 1, x * y % P)
    challenge = int.from_bytes(sha512(r, public, message), "little") % L
    x, y, z, _ = add(multiply(s, BASE), multiply(L - challenge, point))
    inverse = pow(z, P - 2, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little") == r


def strings(data):
    """The length-prefixed strings that data consists of."""
    found = []
    while data:
        size = int.from_bytes(data[:4], "big")
        need(len(data) >= 4 + size, "a signature is cut short")
        found.append(data[4:4 + size])
        data = data[4 + size:]
    return found


def sshsig_key(blob, message, name_space):
    """The raw key that signed, once the signature is verified."""
    need(blob[:10] == b"SSHSIG\0\0\0\1", "a signature is none of SSH")
    parts = strings(blob[10:])
    need(len(parts) == 5 and parts[1] == name_space and parts[2] == b"", "another signature")
    key, signature = strings(parts[0]), strings(parts[4])
    need(len(key) == 2 and len(signature) == 2 and key[0] == signature[0] == b"ssh-ed25519",
         "a node's key is an Ed25519 key")
    need(parts[3] in (b"sha256", b"sha512"), "the signature names another hash")
    digest = hashlib.new(parts[3].decode(), message).digest()
    signed = b"SSHSIG" + b"".join(struct.pack(">I", len(part)) + part
                                  for part in (parts[1], b"", parts[3], digest))
    need(ed25519_holds(key[1], signed, signature[1]), "a signature does not verify")
    return key[1]


# --- the bundle -------------------------------------------------------------------------------

def read(folder, name, maximum=1 << 20):
    path = os.path.join(folder, name)
    need(os.path.isfile(path) and not os.path.islink(path), f"{name} is missing")
    with open(path, "rb") as file:
        content = file.read(maximum + 1)
    need(len(content) <= maximum, f"{name} is too long")
    return content


class Text:
    """Lines `key value` in their order."""

    def __init__(self, content, first):
        self.lines = content.decode("utf-8").split("\n")
        need(self.lines.pop() == "" and self.lines and self.lines.pop(0) == first,
             f"this is no {first}")

    def optional(self, key):
        if self.lines and self.lines[0].startswith(key + " "):
            return self.lines.pop(0)[len(key) + 1:]
        return None

    def value(self, key):
        value = self.optional(key)
        need(value is not None, f"the line '{key}' is missing")
        return value

    def all(self, key):
        values = []
        while (value := self.optional(key)) is not None:
            values.append(value)
        return values

    def find(self, key):
        """The first value of this key anywhere; None without."""
        for line in self.lines:
            if line.startswith(key + " "):
                return line[len(key) + 1:]
        return None


def raw(text, size=None):
    decoded = base64.b64decode(text, validate=True)
    need(base64.b64encode(decoded).decode() == text and size in (None, len(decoded)),
         "a value in base64 is malformed")
    return decoded


def number(text):
    need(re.fullmatch("0|[1-9][0-9]{0,18}", text) is not None, "a number is malformed")
    return int(text)


def entry_text(folder, place):
    """The text of an act, by `north 7`."""
    party, index = place.split(" ")
    need(re.fullmatch("[a-z][a-z0-9-]*", party) is not None, "a party is malformed")
    return Text(read(folder, f"{party}/acts/{number(index):06d}.act"), "chirograph.act/1")


class Commitment:
    """What an act says of one class."""

    def __init__(self, value):
        words = value.split(" ")
        need(len(words) == 4, "the commitment is malformed")
        self.public = raw(words[0], 32)
        self.pairs, self.root = number(words[1]), raw(words[2], 32)


class Bundle:
    def __init__(self, folder):
        self.folder = folder
        text = self.text = Text(read(folder, "match.txt"), "chirograph.match/1")
        self.shows = text.value("shows")
        self.list, self.version = text.value("list"), text.value("version")
        self.class_name, self.epoch = text.value("class"), number(text.value("epoch"))
        need(self.class_name in CLASSES, "the class is not known")
        act = entry_text(folder, self.version)
        self.owner = self.version.split(" ")[0]
        need(act.find("act") in ("list", "update-list") and act.find("party") == self.owner,
             f"{self.version} is no list")
        need(act.find("mode") == "match-only", f"{self.version} is not asked about")
        need(act.find("epoch") == str(self.epoch), f"{self.version} is of another epoch")
        value = act.find(self.class_name)
        need(value is not None, f"{self.version} commits to nothing of this class")
        self.commitment = Commitment(value)
        self.act = act

    def node_keys(self, party):
        """The keys that this party's node has had, as charter and entries name them."""
        keys = set()
        for line in read(self.folder, "allowed_signers").decode().splitlines():
            words = line.split(" ")
            if words[0] == f"node@{party}":
                keys.add(strings(raw(words[-1]))[1])
        return keys

    # -- what can be shown --

    def opened(self):
        """The label of the pair; None when it is not sealed under the identifier's key."""
        text, suite = self.text, Suite(1)
        identifier = text.value("identifier")
        blind = int.from_bytes(raw(text.value("blind"), 32), "little")
        need(0 < blind < L, "the blind is no scalar")
        evaluated = element(raw(text.value("evaluated"), 32), "the evaluation")
        proof, pair = raw(text.value("proof"), 64), raw(text.value("pair"), 35)
        index, path = number(text.value("index")), [raw(step, 32) for step in text.all("path")]
        message = pair_input(self.class_name, identifier)
        need(suite.holds(self.commitment.public, [(suite.blind(message, blind), evaluated)], proof),
             "the proof does not hold: this is not the value of the owner's function")
        need(root_from(index, self.commitment.pairs, leaf_hash(pair), path) == self.commitment.root,
             "the pair is not among those that the owner committed to")
        tag, key = pair_keys(suite.finalize(message, blind, evaluated))
        need(tag == pair[:16], "the pair is another identifier's")
        return identifier, label_of(open_sealed(key, pair[16:]))

    def hit(self):
        identifier, label = self.opened()
        need(label is not None, "the label does not open")
        return (f"{self.class_name} {identifier} is on the list: {label['protection']}, criticality "
                f"{label['criticality']}, sector {label['sector']}, contact {label['contact']}")

    def label_unopenable(self):
        identifier, label = self.opened()
        need(label is None, "the label opens")
        return (f"{self.class_name} {identifier} is on the list, and what the owner committed to as "
                "its label is none")

    def statements(self):
        """Question and answer, each signed by its side's node."""
        answerer, found = self.owner, []
        parties = re.findall("^party (.*)$", read(self.folder, "charter.txt").decode(), re.MULTILINE)
        need(answerer in parties, "the charter has no such party")
        asker = parties[1 - parties.index(answerer)]
        for name, party in (("question", asker), ("answer", answerer)):
            statement = raw(self.text.value(name))
            key = sshsig_key(raw(self.text.value(name + "-signature")), statement,
                             b"chirograph-exchange")
            need(key in self.node_keys(party), f"the {name} is signed by no node of {party}")
            found.append((statement, Text(statement, "chirograph.exchange/1")))
        (question, asked), (_, answered) = found
        need(asked.find("step") == "question" and answered.find("step") == "answer" and
             raw(answered.find("previous"), 32) == hashlib.sha256(question).digest(),
             "the answer is to another question")
        listed = self.leaf_of_list()
        for name, expected in (("list", listed), ("class", self.class_name),
                               ("epoch", str(self.epoch))):
            need(asked.find(name) == expected, f"the question is of another {name}")
        return asked, answered

    def leaf_of_list(self):
        """The leaf hash by which a later version, or this one's own proof, names the list."""
        if self.list == self.version:
            return self.leaf_of(self.version)
        matter = self.act.find("matter").split(" ")
        return matter[1]

    def leaf_of(self, place):
        """The leaf hash of an entry, by `north 7`."""
        party, index = place.split(" ")
        name = f"{party}/acts/{number(index):06d}"
        entry = read(self.folder, name + ".act") + b"\n" + read(self.folder, name + ".sig")
        second = name + ".2.sig"
        if os.path.isfile(os.path.join(self.folder, second)):
            entry += read(self.folder, second)
        return base64.b64encode(leaf_hash(entry)).decode()

    def wrong_evaluation(self):
        text, suite = self.text, Suite(1)
        if text.lines and text.lines[0].startswith("query "):
            asked, answering = text.value("query"), text.value("reply")
            query, reply = (entry_text(self.folder, place) for place in (asked, answering))
            need(query.find("act") == "query" and reply.find("act") == "reply" and
                 asked.split(" ")[0] == query.find("party") != self.owner and
                 answering.split(" ")[0] == reply.find("party") == self.owner,
                 f"these are no query and no reply of {self.owner}")
            need(query.find("class") == self.class_name and query.find("epoch") == str(self.epoch)
                 and query.find("matter").split(" ")[1] == self.leaf_of_list(),
                 "the query is of another list, class or epoch")
            need((reply.find("answers") or "- -").split(" ")[1] == self.leaf_of(asked),
                 "the reply answers another query")
            index = number(text.value("element"))
            blinded, evaluated = raw(query.find("blinded")), raw(reply.find("evaluated"))
        else:
            asked, answered = self.statements()
            index = number(text.value("element"))
            blinded = b"".join(raw(value, 32) for value in text.all("blinded"))
            evaluated = b"".join(raw(value, 96) for value in text.all("evaluated"))
            for statement, content, size in ((asked, blinded, 32), (answered, evaluated, 96)):
                digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
                need(statement.find("elements") == f"{len(content) // size} {digest}",
                     "the elements are not those of the statement")
        need(len(blinded) * 3 == len(evaluated) and 1 <= index <= len(blinded) // 32,
             "there is no such element")
        asked_point = element(blinded[index * 32 - 32:index * 32], "what was asked")
        answer = evaluated[index * 96 - 96:index * 96]
        point = decode(answer[:32])
        need(point is None or answer[:32] == bytes(32) or
             not suite.holds(self.commitment.public, [(asked_point, point)], answer[32:]),
             "the proof holds: this is the value of the owner's function")
        return (f"element {index} of an answer of {self.owner} is not evaluated by the key that it "
                f"committed to in {self.version}")

    def wrong_answer(self):
        asked, answered = self.statements()
        same = all(asked.find(key) == answered.find(key)
                   for key in ("channel", "list", "class", "epoch", "exchange", "day"))
        refused = answered.find("outcome") != "evaluated"
        count = number(asked.find("elements").split(" ")[0])
        total, today = (number(asked.find(key)) - refused * count for key in ("total", "today"))
        given = number(answered.find("elements").split(" ")[0])
        right = (same and number(answered.find("total")) == total and
                 number(answered.find("today")) == today and given == (0 if refused else count))
        need(not right, "the answer says what it must")
        return f"an answer that {self.owner} has signed contradicts the question it answers"

    def refused_within_budget(self):
        asked, answered = self.statements()
        need(answered.find("outcome") == "budget", "nothing was refused by the budget")
        charter = read(self.folder, "charter.txt").decode()
        count = number(asked.find("elements").split(" ")[0])
        for key, used in (("query-budget-list", "total"), ("query-budget-day", "today")):
            budget = re.search(f"^{key} ([0-9]+)$", charter, re.MULTILINE)
            need(budget is not None, f"the charter has no {key}")
            need(number(answered.find(used)) + count <= number(budget.group(1)),
                 "the budget did not suffice")
        return (f"{self.owner} refused {count} evaluations that its own count left room for, were "
                "nothing asked beside by query acts, and by the charter as it was signed first "
                "(chiro verify counts the acts, and knows of amendments)")

    def body_differs(self):
        party, index = self.version.split(" ")
        folders = [name for name in os.listdir(os.path.join(self.folder, "bodies"))
                   if re.fullmatch(re.escape(party) + r"(\.[0-9]+)?-" + index, name)]
        need(len(folders) == 1, "the body is not shown")
        folder = os.path.join("bodies", folders[0])
        shown = sorted(name for name in os.listdir(os.path.join(self.folder, folder))
                       if not name.endswith(".proof"))
        found = []
        for name in shown:
            proof = Text(read(self.folder, f"{folder}/{name}.proof"), "chirograph.part-proof/1")
            count, line = number(proof.value("parts")), proof.value("part")
            if line.endswith(" " + self.class_name) and "application/vnd.chirograph.pairs" in line:
                found.append(read(self.folder, f"{folder}/{name}", 256 << 20))
        if not found:
            need(len(shown) == count, "not all parts are shown")
            return f"the body of {self.version} has no pairs of class {self.class_name}"
        content = found[0]
        pairs = [content[start:start + 35] for start in range(0, len(content), 35)]
        need(len(content) % 35 != 0 or len(pairs) != self.commitment.pairs or
             sorted(pairs) != pairs or len({pair[:16] for pair in pairs}) != len(pairs) or
             tree_root(leaf_hash(pair) for pair in pairs) != self.commitment.root,
             "the body is what the owner committed to")
        return f"the pairs of class {self.class_name} in {self.version} are not those it commits to"

    def check(self):
        shown = {"hit": self.hit, "label-unopenable": self.label_unopenable,
                 "wrong-evaluation": self.wrong_evaluation, "wrong-answer": self.wrong_answer,
                 "refused-within-budget": self.refused_within_budget,
                 "body-differs": self.body_differs}.get(self.shows)
        need(shown is not None, "this version knows nothing of the kind")
        sentence = shown()
        need(not self.text.lines, "something follows that does not belong")
        return sentence


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    try:
        print("SHOWN: " + Bundle(folder).check())
        print("That the entry it rests on is signed and in the log: sh verify.sh")
        return 0
    except (Wrong, OSError, ValueError, AttributeError, IndexError) as error:
        print("NOT SHOWN: " + "".join(c if c.isprintable() else "?" for c in str(error)))
        return 1


if __name__ == "__main__":
    sys.exit(main())
