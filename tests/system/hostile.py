"""Damage done to good input, and what programs must say about it."""
import random
import re
import subprocess

# What a hostile byte is: ends of strings and lines, escapes, halves of UTF-8,
# overrides of direction, and letters where there were others.
INSERTED = [b"\0", b"\n", b"\r", b"\t", b" ", b"\x07", b"\x1b[2J", b"\x7f", b"\x80", b"\xc3",
            b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5", b"\xff\xfe", "\u202e".encode(),
            "\u2028".encode(), b"A", b"0", b"=", b"-", b"9" * 400, b"a" * 70000]
ERRORS_MAXIMUM = 6000
# Tab and line feed are no danger in a message, all other controls are.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")


def damages(content, count, seed):
    """(what was done, the content with it) at sampled places, the ends always among them."""
    chance = random.Random(seed)
    places = [0, max(len(content) - 1, 0), *(chance.randrange(len(content))
                                             for _ in range(count - 2))]
    for number, place in enumerate(places):
        kind = number % 4
        if kind == 0:
            flipped = content[place] ^ 1 << chance.randrange(8)
            yield f"byte {place} flipped", (content[:place] + bytes([flipped]) +
                                            content[place + 1:])
        elif kind == 1:
            what = chance.choice(INSERTED)
            yield (f"{what[:8]!r} ({len(what)} bytes) inserted at {place}",
                   content[:place] + what + content[place:])
        elif kind == 2:
            end = place + chance.choice((1, 1, 1, 2, 40))
            yield f"bytes {place} to {end} deleted", content[:place] + content[end:]
        else:
            yield f"cut at {place}", content[:place]
    yield "empty", b""
    yield "twice", content + content
    yield "a line feed more", content + b"\n"


def assert_clear(output, program, *phrases):
    """One complaint of a program, perhaps a line of advice: the name of the program, one
    of the phrases, nothing that a terminal obeys."""
    text = output.decode()  # what is not UTF-8 is not echoed
    lines = text.splitlines()
    assert text.endswith("\n") and 1 <= len(lines) <= 4, text
    assert lines[0].startswith(f"{program}: ") and len(text) < ERRORS_MAXIMUM, text
    assert sum(line.startswith(f"{program}: ") for line in lines) == 1, text
    assert not CONTROL.search(text), repr(text)
    # There is a reason after what it is about.
    assert len(lines[0].rstrip(": ").split(": ")) >= 2 and not lines[0].rstrip().endswith(":"), text
    assert not phrases or any(phrase in text for phrase in phrases), (phrases, text)


def outcome(*command, environment=None, data=b"", folder=None):
    """(exit status, standard output, standard error) as bytes; no signal ends it."""
    done = subprocess.run(command, input=data, capture_output=True, env=environment, timeout=60,
                          check=False, cwd=folder)
    assert done.returncode in (0, 1, 2), (done.returncode, command, done.stderr)
    return done.returncode, done.stdout, done.stderr
