#!/usr/bin/env python3
"""From nothing to a logged act as people do it: init, invite, join, charter, act, reply,
send, keys, over two real nodes.

    test_cli_acting.py <chiro>
"""
import base64
import hashlib
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from api_node import CHIROD, PATIENCE, Connection, free_port, wait_until
from cli import Cli, tap
from sealed_body import PARAGRAPH, seal

ROOT = Path(os.environ["CHIRO_ROOT"])
ANSWERS = """chirograph.answers/1
# Comments and empty lines are skipped.

languages en ru
clock position 5d
two-signatures withdraw
retention south 1825d
survives
"""


class Side:
    def __init__(self, party, head, world):
        self.party, self.head, self.world = party, head, world
        self.home = world / party
        self.cli = Cli(sys.argv[1], HOME=str(world), CHIRO_HOME=str(self.home))
        self.port = free_port()
        self.process = None

    def init(self):
        users = ("--user", "daemon", "--keeper-user", "nobody") if os.geteuid() == 0 else ()
        return self.cli.text("init", "--party", self.party, "--domain", f"{self.party}.example",
                             "--name", f"en={self.party.capitalize()}", "--listen",
                             f"127.0.0.1:{self.port}", "--advertise", f"localhost:{self.port}",
                             "--head", self.head, *users)

    def start(self):
        self.process = subprocess.Popen([CHIROD, "-f", str(self.home / "chirod.conf")],
                                        stdout=subprocess.DEVNULL)
        wait_until(lambda: (self.home / "api.sock").exists() and self.answers(),
                   f"{self.party} does not start")

    def answers(self):
        return subprocess.run([sys.argv[1], "status"], env=self.cli.environment, check=False,
                              capture_output=True).returncode == 0

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(PATIENCE)

    def key(self, name=None):
        return self.home / "keys" / (name or self.head)

    def file(self, name):
        return self.world / name

    def words(self, card):
        """The fingerprint that a card is shown with."""
        shown = self.cli.run("join", card, "--fingerprint", "no", status=1).decode()
        rows = re.findall(r"^    ((?:\w+ ){5}\w+)$", shown, re.MULTILINE)
        assert len(rows) == 2, shown
        return " ".join(rows)

    def act(self, kind, *words, **arguments):
        return self.cli.text("act", kind, *words, **arguments).split()[0]

    def shown(self, act):
        return self.cli.json("show", act)

    def has(self, act):
        """Waits until an act of the other side is here."""
        self.cli.run("wait", act, "--timeout", f"{PATIENCE}s")
        return act


world = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
world.chmod(0o711)
north, south = Side("north", "a.head", world), Side("south", "b.head", world)


def on_terminal(side, answers, *words, **environment):
    """What is said on a terminal on which these answers are typed, and the status."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.argv[1], [sys.argv[1], *map(str, words)],
                  {**side.cli.environment, "COLUMNS": "80", "TERM": "dumb", **environment})
    said, deadline, typed = b"", time.monotonic() + PATIENCE + len(answers), 0
    while time.monotonic() < deadline:
        ready = select.select([terminal], [], [], 0.5)[0]
        try:
            piece = os.read(terminal, 65536) if ready else b""
        except OSError:
            break
        said += piece
        if not ready and answers[typed:] and said.rstrip(b" ").endswith((b":", b"]:")):
            os.write(terminal, answers[typed].encode() + b"\n")
            typed += 1
    os.close(terminal)
    return said.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def complaint(cli, *words, status=1):
    """What is said on standard error when something was shown before."""
    cli.run(*words, status=status)
    return cli.errors


def write(name, text):
    (world / name).write_text(text)
    return world / name


def init_makes_a_private_directory_and_overwrites_nothing():
    for side in (north, south):
        said = side.init()
        assert "appointing" in said and "chiro invite" in said
        assert (side.home / "chirod.conf").stat().st_mode & 0o777 == 0o600
        assert side.key().stat().st_mode & 0o777 == 0o600
        assert side.key(f"{side.head}.age").stat().st_mode & 0o777 == 0o600
        assert side.home.stat().st_mode & 0o066 == 0
    before = (north.home / "chirod.conf").read_bytes()
    assert "exists" in north.cli.refused("init", "--party", "other", "--domain", "a.example",
                                         "--name", "en=Other")
    assert (north.home / "chirod.conf").read_bytes() == before


def init_refuses_what_chirod_would():
    for words in (["--party", "North"], ["--domain", "north"], ["--name", "North"],
                  ["--listen", "north"], ["--head", "Head"]):
        given = dict(zip(("--party", "--domain", "--name"), ("x", "x.example", "en=X")))
        given[words[0]] = words[1]
        north.cli.refused("init", "--home", world / "none", *sum(given.items(), ()), status=2)
    north.cli.refused("init", "--home", world / "none", status=2)
    assert not (world / "none").exists()


def invite_writes_a_card():
    for side in (north, south):
        side.start()
        answer = side.cli.json("invite", "--output", side.file(f"{side.party}.card"))
        assert side.file(f"{side.party}.card").read_text() == answer["card"]
        assert answer["card"].startswith(f"chirograph.card/1\nparty {side.party}\n")
    assert "overwritten" in north.cli.refused("invite", "--output", north.file("north.card"))
    assert len(list((north.home / "cards").iterdir())) == 1


def a_card_is_taken_only_with_its_words():
    card = world / "south.card"
    assert "not taken" in complaint(north.cli, "join", card, "--fingerprint", "clover")
    assert "--fingerprint" in complaint(north.cli, "join", card, status=2)
    said, status = on_terminal(north, ["no"], "join", card)
    assert status == 1 and "words differ" in said, said
    assert not (north.home / "cards" / "south.card").exists()
    said, status = on_terminal(north, ["perhaps", "yes"], "join", card)
    assert status == 0 and said.count("Are they the same?") == 2, said
    words = south.words(world / "north.card")
    assert south.cli.json("join", world / "north.card", "--fingerprint",
                          words.upper().replace(" ", "\n "))["party"] == "north"
    # The same again is nothing new; one's own is not the other side's.
    north.cli.run("join", card, "--fingerprint", north.words(card))
    own = world / "north.card"
    assert "own card" in complaint(north.cli, "join", own, "--fingerprint",
                                                       south.words(own), status=2)


def another_card_of_a_party_is_not_taken_silently():
    text = (world / "south.card").read_text().replace("name en South", "name en Sauth")
    forged = write("forged.card", text)
    words = north.words(forged)
    assert "--replace" in complaint(north.cli, "join", forged, "--fingerprint", words)
    north.cli.refused("join", write("broken.card", text.replace("party", "partei")))


def a_charter_is_built_from_answers():
    answers = write("answers", ANSWERS)
    north.cli.run("charter", "build", "--answers", answers, "--text",
                  ROOT / "templates/charter.txt", "--output", world / "charter.txt")
    text = (world / "charter.txt").read_text()
    for line in ("languages en ru", "clock position 5d", "two-signatures withdraw",
                 "retention north 3650d", "retention south 1825d", "clock request 48h"):
        assert f"\n{line}\n" in text, line
    assert "\nsurvives" not in text and "\nPREAMBLE\n" in text
    assert text.index("party north") < text.index("party south")
    other = north.cli.text("charter", "build", "--answers", answers, "--first", "south",
                           "--output", "-")
    assert other.index("party south") < other.index("party north")


def vkey(name):
    """A neutral's, of type 0x04, with a fresh key."""
    raw = b"\4" + os.urandom(32)
    identity = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4].hex()
    return f"{name}+{identity}+{base64.b64encode(raw).decode()}"


def questions_before_neutrals():
    text = (world / "charter.txt").read_text().split("\n\n", maxsplit=1)[0]
    return len(re.findall(r"^(languages|authentic|clock|link-test-failures|confidentiality|"
                          r"right-of-reply|retention|notice|blob-wait|quota|query)", text,
                          re.MULTILINE)) + 4  # succeeds, two-signatures, survives, list-pairs


def a_charter_names_its_neutrals():
    keys = [vkey(name) for name in ("one.example", "two.example", "keep.example")]
    answers = write("neutrals", "chirograph.answers/1\n"
                    f"witness {keys[0]}\nwitness {keys[1]}\nquorum 2\ndepositary {keys[2]}\n")
    text = north.cli.text("charter", "build", "--answers", answers, "--output", "-")
    assert text.rstrip().endswith(f"witness {keys[0]}\nwitness {keys[1]}\nquorum 2\n"
                                  f"depositary {keys[2]}\ndeemed-allowance 24h"), text
    charter = write("neutrals.txt", text)
    shown = north.cli.text("charter", "check", charter)
    assert all(key.split("+", maxsplit=1)[0] in shown for key in keys), shown
    # By questions: several on one line, and the allowance only where it means something.
    questions = [""] * questions_before_neutrals()
    said, status = on_terminal(north, [*questions, f"{keys[0]} {keys[1]}", "1", keys[2], "12h"],
                               "charter", "build", "--output", world / "asked-neutrals.txt")
    assert status == 0, said
    built = (world / "asked-neutrals.txt").read_text()
    assert built.endswith(f"witness {keys[0]}\nwitness {keys[1]}\nquorum 1\n"
                          f"depositary {keys[2]}\ndeemed-allowance 12h\n"), built[-1500:] + said
    more = write("too-many", f"chirograph.answers/1\nwitness {keys[0]}\nquorum 2\n")
    assert "quorum" in north.cli.refused("charter", "build", "--answers", more, "--output", "-")


def wrong_answers_are_named_with_their_line():
    for number, line in ((2, "clock sometimes 5d"), (3, "rules 1\nrules 1"), (2, "languages")):
        answers = write("wrong", f"chirograph.answers/1\n{line}\n")
        said = north.cli.refused("charter", "build", "--answers", answers, "--output", "-",
                                 status=2)
        assert f"line {number}" in said, said
    answers = write("wrong", "chirograph.answers/1\nclock position 5x\n")
    assert "clock position 5x" in north.cli.refused("charter", "build", "--answers", answers,
                                                    "--output", "-")


def a_charter_is_built_by_questions():
    terms = questions_before_neutrals() + 3  # witness, quorum, depositary
    said, status = on_terminal(north, ["", "en ru", "xx", ""] + [""] * terms, "charter", "build",
                               "--output", world / "asked.txt")
    assert status == 0 and said.count("authentic") >= 2, said
    assert "languages en ru\nauthentic equal" in (world / "asked.txt").read_text()


def a_charter_is_signed_by_heads_only():
    charter = world / "charter.txt"
    for side in (north, south):
        side.cli.run("charter", "sign", charter, "--output", world / f"{side.party}.sig")
    appointing = north.key("appointing")
    north.cli.refused("charter", "sign", charter, "--key", appointing, "--output", world / "x.sig")
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "chirograph-charter", "-f",
                    appointing, charter], check=True, capture_output=True)
    checked = north.cli.text("charter", "check", charter, world / "north.sig", world / "south.sig")
    assert checked.count("\nok  ") == 4, checked
    checked = south.cli.run("charter", "check", charter, f"{charter}.sig", status=1).decode()
    assert "\nNO  " in checked, checked
    changed = write("changed.txt", charter.read_text().replace("position 5d", "position 6d"))
    south.cli.run("charter", "check", changed, world / "north.sig", status=1)
    swapped = write("swapped.txt", re.sub("name en South", "name en Sauth", charter.read_text()))
    assert "\nNO  " in north.cli.run("charter", "check", swapped, status=1).decode()


def both_accede_and_the_channel_is_in_force():
    words = ("join", "--charter", world / "charter.txt")
    signatures = ("--signature", world / "south.sig", "--signature", world / "north.sig")
    assert "south" in north.cli.refused(*words, *signatures[2:], status=2)
    north.cli.refused(*words, "--signature", world / "charter.txt.sig")
    for side in (north, south):
        opened = side.cli.json(*words, *signatures)
        assert opened["accede"]["name"] == f"{side.party}-0"
        # Again is no harm.
        assert side.cli.json(*words, *signatures)["accede"] is None
    for side in (north, south):
        wait_until(lambda s=side: s.cli.json("status")["channels"][0]["state"] == "in-force",
                   "not in force")


def an_act_says_what_its_options_say():
    text = write("text", "We propose to test\nthe channel weekly.\n\nEvery Monday.\n")
    russian = write("text.ru", "Мы предлагаем.\n")
    name = north.act("propose", "--subject", "Weekly test", "--text", text, "--language", "en",
                     "--translation", f"ru={russian}", "--detail", "asset=link", "--attach",
                     world / "charter.txt", "--expires", "+10d", "--marking", "TLP:AMBER",
                     "--due", "2099-01-01", "--precedence", "priority", "--not-after", "+1h")
    shown = north.shown(name)
    assert (shown["kind"], shown["author"], shown["verdict"]) == ("propose", "a.head", "valid")
    assert shown["marking"] == "TLP:AMBER" and shown["precedence"] == "priority"
    assert shown["due"] == "2099-01-01T00:00:00Z"
    assert shown["body"]["parts"] == 6 and shown["body"]["complete"]
    said = south.cli.text("read", south.has(name))
    for part in ("Weekly test", "the channel weekly.", "Every Monday.", "Мы предлагаем.", "link",
                 "charter.txt"):
        assert part in said, said
    world.joinpath("proposed").write_text(name)


def an_answer_is_one_that_is_legal():
    name = (world / "proposed").read_text()
    said = south.cli.run("reply", name, status=2).decode()
    assert "accept" in said and "counter" in said and "provide" not in said
    assert "provide" in south.cli.refused("reply", name, "provide")
    assert "--frobnicate" in south.cli.refused("reply", name, "ack", "--frobnicate", status=2)
    acknowledged = south.cli.json("reply", name, "ack")["name"]
    assert south.shown(acknowledged)["answers"] == name
    # The text that is accepted is taken over from the act that is answered.
    accepted = south.cli.json("reply", "--yes", name, "accept")["name"]
    shown = south.shown(accepted)
    assert f"\ntext {south.shown(name)['body']['root']}\n" in shown["text"]
    assert shown["matter"] == name
    assert "answered" in south.cli.refused("reply", name, "reject") or south.cli.errors
    north.cli.refused("reply", name, "ack")


def what_is_missing_or_wrong_is_named():
    text = world / "text"
    for words, named in ((["propose", "--text", text], "--expires"),
                         (["propose", "--expires", "+1d"], "--text"),
                         (["propose", "--text", text, "--expires", "soon"], "soon"),
                         (["notify", "--text", text], "--precedence"),
                         (["notify", "--text", text, "--precedence", "now"], "routine"),
                         (["notify", "--text", text, "--precedence", "flash", "--marking", "RED"],
                          "TLP:RED"),
                         (["retract"], "--target"),
                         (["retract", "--target", "the last"], "the last"),
                         (["withdraw", "--from", "duty"], "talks|channel"),
                         (["rekey", "--item", "endpoint"], "--value"),
                         (["update", "--text", text], "--matter"),
                         (["comment", "--text", text, "--translation", "text"], "--translation"),
                         (["comment", "--text", text, "--detail", "asset"], "--detail"),
                         (["accredit", "--delegate", "c.d", "--role", "king"], "deputy"),
                         (["propose", "--text", text, "--expires", "+1d", "--cosigner-key", "k"],
                          "--cosigner")):
        assert named in north.cli.refused("act", *words, status=2), north.cli.errors
    assert "void" in north.cli.refused("act", "propose", "--text", text, "--expires", "+1d",
                                       "--author", "z.nobody")
    north.cli.refused("act", "comment", "--text", world / "nothing")
    assert "past" in north.cli.refused("act", "accredit", "--delegate", "c.d", "--role", "duty",
                                       "--new-key", north.key(), "--until", "2020-01-01")
    assert "key.pub:" in north.cli.refused("act", "accredit", "--delegate", "c.d", "--role",
                                           "duty", "--new-key", world / "no-key.pub", "--until",
                                           "+1d")
    huge = write("huge", "")
    os.truncate(huge, (64 << 20) + 1)
    assert str(huge) in north.cli.refused("act", "comment", "--text", text, "--attach", huge)
    huge.unlink()
    north.cli.refused("act", "comment", "--text", write("bad", "a\x07b\n"))
    north.cli.refused("act", "allege", status=2)
    north.cli.refused("act", "thing", status=2)
    north.cli.refused("act", "receipt", status=2)


def a_terminal_is_asked():
    editor = write("editor", "#!/bin/sh\nprintf 'Written here.\\n# dropped\\n' > \"$1\"\n")
    editor.chmod(0o755)
    said, status = on_terminal(north, ["+3d", "no"], "act", "propose", EDITOR=str(editor))
    assert status == 1 and "nothing is signed" in said, said
    said, status = on_terminal(north, ["+3d", "yes"], "act", "propose", EDITOR=str(editor))
    assert status == 0 and "(1 part," in said, said
    name = re.search(r"(north-\d+) is logged", said).group(1)
    said = south.cli.text("read", south.has(name))
    assert "Written here." in said and "dropped" not in said
    said, status = on_terminal(south, ["ack", "yes"], "reply", name)
    assert status == 0, said
    # What cannot stand is asked for again, and nothing else is lost.
    said, status = on_terminal(north, ["soon", "+3d", "no"], "act", "propose", EDITOR=str(editor))
    assert status == 1 and "'soon' is not a time" in said and "nothing is signed" in said, said
    said, status = on_terminal(north, ["fast", "flash", "no"], "act", "notify", "--text",
                               world / "text")
    assert status == 1 and "not 'fast'" in said and "nothing is signed" in said, said
    said, status = on_terminal(north, ["+3d"], "act", "propose", EDITOR="false")
    assert status == 1 and "editor" in said, said


def an_interrupt_leaves_the_terminal_sane():
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.argv[1], [sys.argv[1], "join", str(world / "south.card")],
                  {**north.cli.environment, "TERM": "dumb"})
    said = b""
    while b"same?" not in said:
        said += os.read(terminal, 4096)
    os.write(terminal, b"\x03")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 130
    os.close(terminal)


def a_large_attachment_goes_in_pieces():
    large = world / "large.bin"
    large.write_bytes(os.urandom(5 << 20))
    name = north.act("comment", "--attach", large)
    south.cli.run("read", south.has(name), "--to", world / "parts")
    assert any(part.read_bytes() == large.read_bytes() for part in (world / "parts").iterdir())


def two_people_sign_one_text():
    deputy = world / "deputy"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", deputy], check=True)
    accredited = north.act("accredit", "--delegate", "c.deputy", "--role", "deputy", "--new-key",
                           f"{deputy}.pub", "--until", "+90d")
    assert "valid" == north.shown(accredited)["verdict"]
    keys = {key["name"]: key for key in north.cli.json("keys")["north"]["delegates"]}
    assert keys["c.deputy"]["role"] == "deputy" and keys["c.deputy"]["until"]
    assert "c.deputy" in north.cli.text("keys")
    assert "two signatures" in north.cli.refused("act", "withdraw", "--from", "talks")
    name = north.act("comment", "--text", world / "text", "--cosigner", "c.deputy",
                     "--cosigner-key", deputy)
    assert north.shown(name)["cosigner"] == "c.deputy"
    draft = world / "draft.txt"
    north.cli.run("act", "propose", "--text", world / "text", "--expires", "+2d", "--cosigner",
                  "c.deputy", "--draft", draft)
    for key, target in ((north.key(), "a.sig"), (deputy, "b.sig")):
        subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "chirograph-act", "-f", key,
                        draft], check=True, capture_output=True)
        os.rename(f"{draft}.sig", world / target)
    signatures = ("--signature", world / "a.sig", "--signature", world / "b.sig")
    north.cli.refused("send", draft, *signatures[2:])
    north.cli.refused("send", draft, *signatures[2:], *signatures[:2])
    north.cli.refused("send", write("other.txt", draft.read_text().replace("a.head", "x.head")),
                      *signatures)
    sent = north.cli.json("send", draft, *signatures)
    again = north.cli.json("send", draft, *signatures)
    assert again["duplicate"] and again["name"] == sent["name"]
    south.cli.refused("send", draft, *signatures)


def an_exercise_stays_one():
    name = north.act("notify", "--exercise", "--precedence", "flash", "--eyes-heads", "--text",
                     world / "text")
    acknowledged = south.cli.json("reply", south.has(name), "ack")["name"]
    assert south.shown(acknowledged)["exercise"] is True
    identity = south.key(f"{south.head}.age")
    assert "Every Monday" in south.cli.text("read", name, "--identity", identity)
    update = north.act("update", "--matter", name, "--text", world / "text")
    assert north.shown(update)["exercise"] is True


def a_body_that_does_not_open_is_sealed_anew():
    status = north.cli.json("status")["channels"][0]
    keys = north.cli.json("keys")["north"]
    # The receiver's stanza is for somebody else: only the author can open it.
    blob, body = seal([("1", PARAGRAPH, "en", "authentic", b"For both of us.")],
                      [keys["reading_key"], keys["head_reading_key"]])
    connection = Connection(north.home / "api.sock")
    connection.request("PUT", f"/v1/channels/{status['channel']}/blobs/"
                       f"{hashlib.sha256(blob).hexdigest()}?size={len(blob)}&offset=0", blob)
    assert connection.getresponse().status == 200
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    draft = write("spoilt.txt", "\n".join(
        ["chirograph.act/1", f"channel {status['channel']}", "party north", f"time {now}",
         "author a.head", "act notify", "matter new", "precedence routine", body]) + "\n")
    name = north.cli.text("send", draft).split()[0]
    wait_until(lambda: north.shown(name)["fault"], "the fault is not named")
    resealed = north.act("reseal", "--target", name)
    assert north.shown(resealed)["target"] == name
    south.has(resealed)
    assert "For both of us." in south.cli.text("read", resealed)


def the_node_makes_its_own_new_key():
    before = north.cli.json("keys")["north"]["reading_key"]
    north.act("rekey", "--item", "reading-key", "--value", "new")
    after = north.cli.json("keys")["north"]["reading_key"]
    assert before != after and after.startswith("age1")
    name = south.act("comment", "--text", world / "text")
    assert "Every Monday" in north.cli.text("read", north.has(name))


def texts_of_the_other_side_do_not_play_tricks():
    card = (world / "south.card").read_text()
    for trick in ("\x1b[2J", "\x9b2J", "South\r"):
        north.cli.refused("join", write("trick.card", card.replace("en South", "en " + trick)))
    overriding = write("trick.card", card.replace("en South", "en htu\u202eoS"))
    shown = north.cli.run("join", overriding, "--fingerprint", "x", status=1).decode()
    assert "\u202e" not in shown and "<U+202E>" in shown


def main():
    try:
        tap([
            init_makes_a_private_directory_and_overwrites_nothing,
            init_refuses_what_chirod_would,
            invite_writes_a_card,
            a_card_is_taken_only_with_its_words,
            another_card_of_a_party_is_not_taken_silently,
            a_charter_is_built_from_answers,
            wrong_answers_are_named_with_their_line,
            a_charter_names_its_neutrals,
            a_charter_is_built_by_questions,
            a_charter_is_signed_by_heads_only,
            both_accede_and_the_channel_is_in_force,
            an_act_says_what_its_options_say,
            an_answer_is_one_that_is_legal,
            what_is_missing_or_wrong_is_named,
            a_terminal_is_asked,
            an_interrupt_leaves_the_terminal_sane,
            a_large_attachment_goes_in_pieces,
            two_people_sign_one_text,
            an_exercise_stays_one,
            a_body_that_does_not_open_is_sealed_anew,
            the_node_makes_its_own_new_key,
            texts_of_the_other_side_do_not_play_tricks,
        ])
    finally:
        for side in (north, south):
            side.stop()
        shutil.rmtree(world, ignore_errors=True)


main()
