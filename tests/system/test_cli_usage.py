#!/usr/bin/env python3
"""What chiro says without a node: helps, usage errors, complaints.

    test_cli_usage.py <chiro>
"""
import os
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from cli import Cli, assert_fits, tap

WIDTH = 60
chiro = Cli(sys.argv[1], HOME="/nonexistent", COLUMNS=str(WIDTH))
chiro.run("help")
COMMANDS = re.findall(r"^  ([a-z]+) ", chiro.text("help", COLUMNS="200"), re.MULTILINE)
# One of each that needs a node, with words that are right.
NEED_A_NODE = [["status"], ["inbox"], ["agenda"], ["log"], ["show", "north-1"], ["read", "north-1"],
               ["export", "record"], ["wait"], ["test"], ["clock"], ["backup", "copy"]]


def without_examples(text):
    return text.split("\nExamples:\n")[0]


def helps_fit_sixty_columns():
    assert len(COMMANDS) >= 10, COMMANDS
    assert_fits(chiro.text("help"), WIDTH)
    for command in COMMANDS:
        assert_fits(without_examples(chiro.text("help", command)), WIDTH)


def every_command_explains_itself():
    for command in COMMANDS:
        assert chiro.text(command, "--help").startswith(f"usage: chiro {command}")
        assert chiro.text("help", command) == chiro.text(command, "--help")


def other_languages_fit_as_well():
    catalogues = Path(os.environ.get("CHIRO_BUILD", "nowhere")) / "po"
    if not (catalogues / "ru/LC_MESSAGES/chirograph.mo").exists():
        print("# the translations are not built: English only")
        return
    # The system need not have the locale.
    russian = Cli(sys.argv[1], HOME="/nonexistent", COLUMNS=str(WIDTH), LANG="ru_RU.UTF-8",
                  CHIRO_LOCALE_DIRECTORY=str(catalogues))
    del russian.environment["LC_ALL"]
    assert "Команду объясняет" in russian.text("help")
    for command in COMMANDS:
        assert_fits(without_examples(russian.text("help", command)).split("Примеры:")[0], WIDTH)


def the_language_is_found_on_a_bare_system():
    """No locale but C.UTF-8 is generated here, and there need be none."""
    catalogues = Path(os.environ.get("CHIRO_BUILD", "nowhere")) / "po"
    if not (catalogues / "ru/LC_MESSAGES/chirograph.mo").exists():
        print("# the translations are not built: English only")
        return
    bare = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent",
            "CHIRO_LOCALE_DIRECTORY": str(catalogues)}
    for russian, variables in ((True, {"LANG": "ru_RU.UTF-8"}),
                               (True, {"LANG": "ru_RU.UTF-8", "LANGUAGE": ""}),
                               (True, {"LANG": "ru"}),
                               (True, {"LANG": "C.UTF-8", "LC_MESSAGES": "ru_RU.UTF-8"}),
                               (True, {"LANG": "en_US.UTF-8", "LC_ALL": "ru_RU.UTF-8"}),
                               (True, {"LANG": "C.UTF-8", "LANGUAGE": "ru:en"}),
                               (False, {"LANG": "ru_RU.UTF-8", "LC_ALL": "en_US.UTF-8"}),
                               (False, {"LANG": "ru_RU.UTF-8", "LC_ALL": "C.UTF-8"}),
                               (False, {})):
        said = subprocess.run([sys.argv[1], "help"], env={**bare, **variables}, check=True,
                              capture_output=True).stdout.decode()
        assert ("Команду объясняет" in said) == russian, (variables, said)


def usage_errors_exit_with_two():
    assert "usage: chiro" in chiro.run(status=2).decode() + chiro.errors
    for command in COMMANDS:
        assert "--nonsense" in chiro.refused(command, "--nonsense", status=2)
        said = " ".join(chiro.errors.split())
        assert "'chiro " in said or "usage: chiro" in said, said
    for words in NEED_A_NODE:
        chiro.refused(*words, "a", "b", "c", status=2)
        assert len(chiro.errors.splitlines()) <= 3, chiro.errors
        assert "needs a value" in chiro.refused(*words, "--socket", status=2)
        chiro.refused(*words, "--json=yes", status=2)
    for command in ("show", "read", "export", "verify"):
        if command in COMMANDS:
            assert "missing" in chiro.refused(command, status=2)


def unknown_commands_suggest_the_nearest():
    assert "'inbox'" in chiro.refused("inbix", status=2)
    assert "'notify'" in chiro.refused("act", "notfy", status=2)
    assert "'status'" in chiro.refused("help", "statsu", status=2)
    chiro.refused("entirely-else", status=2)


def names_and_numbers_are_checked_before_anything_is_asked():
    for name in ("north", "north-", "-1", "north-01", "NORTH-1", "../north-1", "north-1?x=y",
                 "north-99999999999999999999"):
        for command in ("show", "read"):
            chiro.refused(command, "--", name, status=2)
    chiro.refused("read", "north-1", "--part", "0", status=2)
    chiro.refused("read", "north-1", "--part", "one", status=2)
    chiro.refused("wait", "--timeout", "soon", status=2)
    chiro.refused("wait", "--new", "north-1", status=2)
    chiro.refused("log", "--last", "3", "--from", "north-1", status=2)
    chiro.refused("export", "record", "--acts", "maybe", status=2)
    chiro.refused("export", "record", "--open", "--without-bodies", status=2)


def a_missing_node_is_named():
    with tempfile.TemporaryDirectory() as folder:
        for words in NEED_A_NODE:
            said = chiro.refused(*words, "--socket", f"{folder}/api.sock")
            assert f"{folder}/api.sock" in said and "chirod" in said, said
            said = chiro.refused(*words, CHIRO_SOCKET=f"{folder}/other.sock")
            assert f"{folder}/other.sock" in said, said


def a_node_that_is_gone_is_not_one_that_one_may_not_use():
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as stale:
        stale.bind(f"{folder}/api.sock")
        assert "start it" in chiro.refused("status", "--socket", f"{folder}/api.sock")
        assert "--home" in chiro.refused("status", "--socket", f"{folder}/none.sock")


def complaints_are_wrapped_at_words_on_a_terminal_only():
    name = "/nonexistent/" + "o" * 20 + "/api.sock"
    assert_fits(chiro.on_terminal("status", "--socket", name, status=1, NO_COLOR="1"), WIDTH)
    assert len(chiro.refused("status", "--socket", name).splitlines()) == 1


def what_is_not_utf8_is_shown_and_not_obeyed():
    said = chiro.refused("show", "north\x1b[31m-1\u202e", status=2)
    assert "<U+001B>" in said and "<U+202E>" in said and "\x1b" not in said, said


def verify_needs_no_node():
    if "verify" not in COMMANDS:
        return
    with tempfile.TemporaryDirectory() as folder:
        chiro.refused("verify", f"{folder}/nothing")
        answer = chiro.json("verify", folder, status=1)
        assert answer["intact"] is False and answer["damage"]["file"], answer
        assert "neither a record" in chiro.refused("verify", folder)
        Path(folder, "charter.txt").touch()
        assert "damaged" in chiro.text("verify", folder, status=1)
        chiro.refused("verify", folder, "--threads", "0", status=2)


tap([helps_fit_sixty_columns, every_command_explains_itself, other_languages_fit_as_well,
    the_language_is_found_on_a_bare_system, usage_errors_exit_with_two, unknown_commands_suggest_the_nearest,
     names_and_numbers_are_checked_before_anything_is_asked,
     a_missing_node_is_named, a_node_that_is_gone_is_not_one_that_one_may_not_use,
     complaints_are_wrapped_at_words_on_a_terminal_only, what_is_not_utf8_is_shown_and_not_obeyed, verify_needs_no_node])
