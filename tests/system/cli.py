"""Running chiro as people and scripts do, and saying in TAP how it went."""
import json
import os
import pty
import subprocess
import sys
import time
import traceback
import unicodedata

# The environment of the person, without what would lead chiro elsewhere.
ENVIRONMENT = {name: value for name, value in os.environ.items()
               if not name.startswith("CHIRO_") and name not in ("COLUMNS", "LANGUAGE", "LC_ALL")}


class Cli:
    def __init__(self, program, **environment):
        self.program = program
        self.environment = {**ENVIRONMENT, "LC_ALL": "C.UTF-8", "TZ": "UTC", **environment}

    def run(self, *words, status=0, data=b"", **environment):
        """Standard output as bytes; the exit status must be as expected."""
        done = subprocess.run([self.program, *map(str, words)], input=data, capture_output=True,
                              env={**self.environment, **environment}, timeout=120, check=False)
        self.errors = done.stderr.decode()
        assert done.returncode == status, (
            f"chiro {' '.join(map(str, words))}: {done.returncode}\n"
            f"{done.stdout.decode(errors='replace')}{self.errors}")
        return done.stdout

    def text(self, *words, **arguments):
        return self.run(*words, **arguments).decode()

    def json(self, *words, **arguments):
        """The one JSON document on standard output, without duplicate keys."""
        def unique(pairs):
            assert len({key for key, _ in pairs}) == len(pairs), pairs
            return dict(pairs)
        return json.loads(self.run(*words, "--json", **arguments), object_pairs_hook=unique)

    def refused(self, *words, status=1, **arguments):
        """What it complains about; standard output must be empty."""
        output = self.run(*words, status=status, **arguments)
        assert output == b"", output
        assert self.errors.startswith("chiro: "), self.errors
        return self.errors


    def on_terminal(self, *words, status=0, interrupt=None, answer=None, **environment):
        """What appears on a terminal; after so many seconds Ctrl-C is typed; what is asked
        last, with a colon at its end, is answered."""
        child, terminal = pty.fork()
        if child == 0:
            environment = {**self.environment, "TERM": "xterm", **environment}
            os.execve(self.program, [self.program, *map(str, words)], environment)
        if interrupt is not None:
            time.sleep(interrupt)
            os.write(terminal, b"\x03")
        shown = b""
        while True:
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                piece = b""
            if not piece:
                break
            shown += piece
            if answer is not None and shown.rstrip(b" ").endswith((b":", b"]")):
                os.write(terminal, answer.encode() + b"\n")
                answer = None
        os.close(terminal)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        shown = shown.decode().replace("\r\n", "\n")
        assert ended == status, f"chiro {' '.join(map(str, words))}: {ended}\n{shown}"
        return shown


def columns(line):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


def assert_fits(text, width):
    """No line is wider, save those that are one word or an example as it is typed."""
    for line in text.splitlines():
        assert columns(line) <= width or " " not in line.strip(), f"{columns(line)}: {line}"


def tap(tests):
    failed = False
    for number, test in enumerate(tests, start=1):
        name = test.__name__.replace("_", " ")
        try:
            test()
            print(f"ok {number} - {name}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed = True
            print(f"not ok {number} - {name}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}", flush=True)
    print(f"1..{len(tests)}")
    sys.exit(failed)
