"""Match-only lists made from doc/PROTOCOL.match without any code of Chirograph: what an owner
publishes who can lie. The arithmetic is that of the script which comes with bundles."""
import hashlib
import importlib.util
import os
import struct
import sys
from pathlib import Path

from sealed_body import encode, seal

ROOT = Path(os.environ.get("CHIRO_ROOT", Path(__file__).resolve().parents[2]))
PAIRS = "application/vnd.chirograph.pairs"
CONTACTS = "text/vnd.chirograph.pairs"


def load_script():
    """src/record/verify-match.py as a module."""
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("verify_match", ROOT / "src/record/verify-match.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


vm = load_script()


def seal_label(key, content):
    """ChaCha20-Poly1305, nonce 0, no associated data."""
    sealed = bytes(a ^ b for a, b in zip(content, vm.chacha20_block(key, 1)))
    padded = sealed + bytes(-len(sealed) % 16)
    return sealed + vm.poly1305(vm.chacha20_block(key, 0)[:32],
                                padded + struct.pack("<QQ", 0, len(sealed)))


def label(protection="off-limits", criticality=0, sector=0, contact=0):
    return bytes([vm.PROTECTIONS.index(protection) << 2 | criticality, sector, contact])


class Key:
    """A key of the owner's evaluator."""

    def __init__(self, node):
        self.node = node
        status, answer = node.request("POST", node.of_channel("/list-keys"), {})
        assert status in (200, 201), answer
        self.public = vm.raw(answer["public_key"], 32)

    def outputs(self, class_name, identifiers):
        """The function's value at each identifier."""
        suite = vm.Suite(1)
        inputs = [vm.pair_input(class_name, identifier) for identifier in identifiers]
        elements = b"".join(vm.encode(suite.to_group(message)) for message in inputs)
        path = self.node.of_channel(f"/list-keys/{self.public.hex()}/evaluations?proofs=0")
        status, evaluated = self.node.request(
            "POST", path, elements, headers={"Content-Type": "application/octet-stream"})
        assert status == 200 and len(evaluated) == len(elements), evaluated
        return [vm.sha512(vm.short(message), vm.short(evaluated[start:start + 32]), b"Finalize")
                for message, start in zip(inputs, range(0, len(evaluated), 32))]


class Pairs:
    """One class of a list; what stands in the body can be another thing than what is committed
    to."""

    def __init__(self, node, class_name, entries, lengths="-"):
        self.key, self.class_name, self.lengths = Key(node), class_name, lengths
        self.of = {}
        outputs = self.key.outputs(class_name, list(entries))
        for (identifier, content), output in zip(entries.items(), outputs):
            tag, label_key = vm.pair_keys(output)
            self.of[identifier] = tag + seal_label(label_key, content)
        self.decoys = [os.urandom(35) for _ in range(64 - len(self.of))]

    def sorted(self, without=()):
        pairs = [pair for identifier, pair in self.of.items() if identifier not in without]
        return sorted(pairs + self.decoys)

    def commitment(self):
        pairs = self.sorted()
        root = vm.tree_root(vm.leaf_hash(pair) for pair in pairs)
        return (f"{self.class_name} {encode(self.key.public)} {len(pairs)} {encode(root)} "
                f"{self.lengths}")

    def part(self, content=None):
        return (self.class_name, PAIRS, "-", "-",
                b"".join(self.sorted()) if content is None else content)


def contacts(*texts, scheme=None):
    lines = ["chirograph.pairs/1"] + ([f"scheme {scheme}"] if scheme else [])
    lines += [f"contact {number} {text}" for number, text in enumerate(texts, start=1)]
    return ("contacts", CONTACTS, "-", "-", ("\n".join(lines) + "\n").encode())


def publish(node, recipients, kind, lines, parts):
    """Logs a list or a version of one; its name."""
    blob, body = seal(parts, recipients)
    for offset in range(0, len(blob), 1 << 20):
        name = hashlib.sha256(blob).hexdigest()
        path = node.of_channel(f"/blobs/{name}?size={len(blob)}&offset={offset}")
        status, answer = node.request("PUT", path, blob[offset:offset + (1 << 20)])
        assert status == 200, answer
    matter = [] if any(line.startswith("matter ") for line in lines) else ["matter new"]
    status, answer = node.submit(node.act(kind, *matter, *lines, body))
    assert status == 201, answer
    return answer["name"]
