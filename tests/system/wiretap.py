"""What somebody sees who stands between: what programs and a node say to each other over its
API's socket, and how much two nodes send each other."""
import contextlib
import os
import socket
import threading
from pathlib import Path

from cable import Cable
from api_node import children_of

PIECE = 65536
SHADOW_MINIMUM = 4 << 30


class ApiTap:
    """A socket beside the node's that passes everything on, and keeps it."""

    def __init__(self, node_socket):
        self.path = f"{node_socket}.tap"
        self.heard = bytearray()
        self.target = str(node_socket)
        self.lock = threading.Lock()
        self.listener = socket.socket(socket.AF_UNIX)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        self.listener.bind(self.path)
        self.listener.listen(64)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            caller, _ = self.listener.accept()
            called = socket.socket(socket.AF_UNIX)
            called.connect(self.target)
            for ends in ((caller, called), (called, caller)):
                threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(PIECE):
                with self.lock:
                    self.heard += data
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


class CountedCable(Cable):
    """A cable that counts the bytes that each side sends."""

    def __init__(self):
        super().__init__()
        self.sent = [0, 0]

    def _pass(self, source, target, side):
        super()._pass(source, Counted(target, self.sent, side), side)


class Counted:
    """A socket whose bytes are counted as they are sent."""

    def __init__(self, target, counts, side):
        self.target, self.counts, self.side = target, counts, side

    def sendall(self, data):
        self.counts[self.side] += len(data)
        self.target.sendall(data)

    def __getattr__(self, name):
        return getattr(self.target, name)


def memory_of(pid):
    """Pieces of all that a process may write to: heap, stacks, data. Needs root. What is larger
    than any of these is the shadow that a sanitizer keeps, which has no content of its own."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, \
            open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            addresses, rights, *_ = line.split()
            if not rights.startswith("rw"):
                continue
            first, end = (int(each, 16) for each in addresses.split("-"))
            if end - first > SHADOW_MINIMUM:
                continue
            with contextlib.suppress(OSError, ValueError):
                memory.seek(first)
                yield memory.read(end - first)


def processes_of(pid):
    """A node's processes by their names."""
    return {each: name for each, name in {pid: "chirod", **children_of(pid)}.items()}


def files_under(folder):
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()
