#!/usr/bin/env python3
"""chiro-page: a page as data becomes a PDF, and what is none does not.

    test_page.py <chiro-page>
"""
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import cli  # noqa: E402

PROGRAM = sys.argv[1]
HEAD = "chirograph.page/1\ntitle Справка о канале\nunder 2026-11-29\nfoot Хирограф\n"


def make(text, *words, status=0):
    done = subprocess.run([PROGRAM, *words], input=text.encode(), capture_output=True, check=False,
                          timeout=60)
    assert done.returncode == status, done
    return done


def sheets(document):
    return int(re.search(rb"/Count (\d+)", document).group(1))


def a_page_fills_one_sheet():
    for rows in (1, 20, 45):
        text = HEAD + "heading Долги\n" + "row south-1\nsays доказательства, до завтра\n" * rows
        document = make(text).stdout
        assert document.startswith(b"%PDF-") and document.rstrip().endswith(b"%%EOF")
        assert sheets(document) == 1, rows


def a_long_page_goes_on():
    document = make(HEAD + ("text " + "слово " * 100 + "конец\n") * 60).stdout
    assert sheets(document) > 1


def the_same_page_is_the_same_document():
    first, second = (make(HEAD, "2026-11-29T02:00:00Z").stdout for _ in range(2))
    assert first == second


def what_is_no_page_is_refused():
    for text in ("", "chirograph.page/2\ntitle A\n", HEAD + "link https://south.example\n"):
        done = make(text, status=1)
        assert done.stdout == b"" and done.stderr.startswith(b"chiro-page: "), done
    assert b"usage" in make(HEAD, "--help", status=2).stderr


cli.tap([a_page_fills_one_sheet, a_long_page_goes_on, the_same_page_is_the_same_document,
         what_is_no_page_is_refused])
