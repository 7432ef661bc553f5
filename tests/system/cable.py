"""A cable between two nodes that can be cut, let through one way only, or be slow: each node's
listener is reached through it alone."""
import contextlib
import select
import socket
import threading
import time

PIECE = 16384
WAIT = 0.1


class Cable:
    """Both listeners' ways; `side` is 0 or 1 throughout: whose bytes, or whose listener."""

    def __init__(self):
        self.open = True
        self.passes = [True, True]  # what comes from side 0, from side 1
        self.rate = None            # bytes a second and way
        self.sockets = set()
        self.lock = threading.Lock()
        self.listeners = []
        self.over = False

    def port(self, side, target):
        """A port on which the other side reaches the listener of `side`."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.listeners.append(listener)
        threading.Thread(target=self._serve, args=(listener, side, target), daemon=True).start()
        return listener.getsockname()[1]

    def cut(self):
        """What is connected breaks off; nothing can be connected."""
        self.open = False
        with self.lock:
            sockets = list(self.sockets)
        for each in sockets:
            # The thread that reads it closes it.
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def mend(self):
        self.open, self.passes, self.rate = True, [True, True], None

    def end(self):
        self.over = True
        self.cut()
        for listener in self.listeners:
            listener.close()

    def _serve(self, listener, side, target):
        while not self.over:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            if not self.open:
                caller.close()
                continue
            try:
                called = socket.create_connection(("127.0.0.1", target), timeout=5)
            except OSError:
                caller.close()
                continue
            threading.Thread(target=self._join, args=(caller, called, side), daemon=True).start()

    def _join(self, caller, called, side):
        """`called` is of `side`."""
        with self.lock:
            self.sockets |= {caller, called}
        if not self.open:
            self.cut()
        ways = [threading.Thread(target=self._pass, args=(caller, called, 1 - side), daemon=True),
                threading.Thread(target=self._pass, args=(called, caller, side), daemon=True)]
        for way in ways:
            way.start()
        for way in ways:
            way.join()
        with self.lock:
            self.sockets -= {caller, called}
        caller.close()
        called.close()

    def _pass(self, source, target, side):
        """What is not let through waits: a way that is closed loses no bytes."""
        try:
            while not self.over:
                if not self.passes[side]:
                    time.sleep(WAIT)
                    continue
                if not select.select([source], [], [], WAIT)[0]:
                    continue
                rate = self.rate
                data = source.recv(PIECE if rate is None else max(1, min(PIECE, rate // 10)))
                if not data:
                    break
                target.sendall(data)
                if rate is not None:
                    time.sleep(len(data) / rate)
        except (OSError, ValueError):
            pass
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
