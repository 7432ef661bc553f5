"""Bodies of acts made from doc/PROTOCOL.body with stock tools: a tar, sealed by age."""
import base64
import hashlib
import os
import subprocess

SUBJECT = "text/vnd.chirograph.subject"
PARAGRAPH = "text/vnd.chirograph.paragraph"
FIELDS = "text/vnd.chirograph.fields"


def encode(data):
    return base64.b64encode(data).decode()


def tree_root(leaves):
    """RFC 6962, section 2.1."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\1" + tree_root(leaves[:half]) + tree_root(leaves[half:])).digest()


def tar_header(name, size):
    """A ustar header in which nothing is free but name and size."""
    def with_sum(checksum):
        return b"".join([name.encode().ljust(100, b"\0"), b"0000644\0", b"0000000\0" * 2,
                         b"%011o\0" % size, b"00000000000\0", checksum, b"0", bytes(100),
                         b"ustar\00000", bytes(64), b"0000000\0" * 2]).ljust(512, b"\0")
    return with_sum(b"%06o\0 " % sum(with_sum(b" " * 8)))


def body_tar(members):
    archive = b"".join(tar_header(name, len(content)) + content + bytes(-len(content) % 512)
                       for name, content in members)
    return archive + bytes(1024)


def seal(parts, recipients):
    """(blob, `body` line) of parts (name, media type, language, standing, content), sealed
    to the author's and the receiver's reading keys."""
    lines = []
    for number, (name, media_type, language, standing, content) in enumerate(parts, start=1):
        salt = os.urandom(32)
        digest = hashlib.sha256(salt + content).digest()
        lines.append(f"part {number} {len(content)} {media_type} {language} {standing} "
                     f"{encode(salt)} {encode(digest)} {name}\n".encode())
    manifest = b"chirograph.body/1\n" + b"".join(lines)
    members = [("manifest", manifest)]
    members += [(f"{number:04}", part[4]) for number, part in enumerate(parts, start=1)]
    command = ["age"]
    for recipient in recipients:
        command += ["-r", recipient]
    blob = subprocess.run(command, input=body_tar(members), check=True, capture_output=True).stdout
    root = tree_root([hashlib.sha256(b"\0" + line).digest() for line in lines])
    return blob, (f"body {len(parts)} {encode(root)} {len(blob)} "
                  f"{encode(hashlib.sha256(blob).digest())}")
