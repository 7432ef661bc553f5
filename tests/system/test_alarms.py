#!/usr/bin/env python3
"""Alarms over real nodes, with a real program: that it fails, hangs, and that the node dies
under it.

    test_alarms.py <chiro>
"""
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from api_node import CHIROD, Node, children_of, open_channel, wait_until
from cli import Cli, tap
from sealed_body import PARAGRAPH, seal

# What the program does is said by a file; each of its runs leaves one line of JSON.
PROGRAM = """#!/usr/bin/env python3
import json, os, sys, time
from pathlib import Path
out = Path(@OUT@)
environment = {name: value for name, value in os.environ.items() if name != "LC_CTYPE"}
descriptors = [d for d in sorted(map(int, os.listdir("/proc/self/fd"))) if d > 2]
descriptors = [d for d in descriptors if os.path.exists(f"/proc/self/fd/{d}")]
text = sys.stdin.read()
with open(out / "runs", "a") as runs:
    runs.write(json.dumps({"environment": environment, "text": text, "cwd": os.getcwd(),
                           "descriptors": descriptors, "user": os.geteuid(),
                           "session": os.getsid(0) == os.getpid()}) + "\\n")
mode = (out / "mode").read_text().split()
count = len((out / "runs").read_text().splitlines())
print("first line")
print(f"run {count} of '{mode[0]}' \\x07", flush=True)
if mode[0] == "fail" and count <= int(mode[1]):
    sys.exit(3)
if mode[0] == "flood":
    while True:
        print("over and over")
if mode[0] == "close":
    os.close(1)
    os.close(2)
    time.sleep(1.5)
    os._exit(0)
if mode[0] == "hang" and count <= int(mode[1]):
    time.sleep(1000)
"""
CONFIGURATION = ["alarm-timeout 2s", "alarm-retries 3", "alarm-retry-after 1s", "alarm-soon 1h"]


class Alarmed(Node):
    """A node with an alarm program."""

    def __init__(self, party, head, *lines):
        self.out = Path(tempfile.mkdtemp(prefix="chirograph-alarm-", dir="/tmp"))
        self.out.chmod(0o777)
        program = self.out / "program"
        program.write_text(PROGRAM.replace("@OUT@", repr(str(self.out))))
        program.chmod(0o755)
        super().__init__(party, head, [f"alarm-program {program}", *CONFIGURATION, "may *self admin",
                                       *lines])
        self.configuration = (self.folder / "chirod.conf").read_text()
        self.cli = Cli(sys.argv[1])
        self.is_to("succeed")

    def is_to(self, mode):
        (self.out / "mode").write_text(mode)
        (self.out / "runs").write_text("")
        for name in ("mode", "runs"):
            (self.out / name).chmod(0o666)

    def runs(self):
        return [json.loads(line) for line in (self.out / "runs").read_text().splitlines()]

    def events(self):
        return [json.loads(run["text"]) for run in self.runs()]

    def alarms(self):
        return self.request("GET", "/v1/alarms")[1]["alarms"]

    def alarm(self, identity):
        return next(alarm for alarm in self.alarms() if alarm["id"] == identity)

    def raise_test(self):
        status, answer = self.request("POST", "/v1/alarms")
        assert status == 201, answer
        return answer["id"]

    def chiro(self, *words, **arguments):
        return self.cli.text(*words, "--socket", self.socket, **arguments)

    def remove(self):
        super().remove()
        shutil.rmtree(self.out, ignore_errors=True)


def alone(test):
    """With one node that is started and removed."""
    def tried():
        node = Alarmed("north", "a.head")
        try:
            node.start()
            test(node)
        finally:
            node.remove()
    tried.__name__ = test.__name__
    return tried


@alone
def the_program_is_given_the_event_and_nothing_else(node):
    identity = node.raise_test()
    wait_until(lambda: node.alarm(identity)["state"] == "delivered", "not delivered")
    run = node.runs()[0]
    event = json.loads(run["text"])
    assert event["id"] == identity and event["event"] == "test" and event["own"] == "north", event
    assert run["text"].count("\n") == 1
    assert run["cwd"] == "/" and run["descriptors"] == [] and run["session"], run
    environment = run["environment"]
    assert environment.pop("PATH").startswith("/usr/local/sbin:"), environment
    assert environment.pop("LANG") == "C.UTF-8"
    assert environment["CHIRO_ID"] == identity and environment["CHIRO_EVENT"] == "test"
    assert set(environment) == {
        "CHIRO_ID", "CHIRO_EVENT", "CHIRO_TIME", "CHIRO_CHANNEL", "CHIRO_OWN", "CHIRO_OTHER",
        "CHIRO_ACT", "CHIRO_ACT_KIND", "CHIRO_PRECEDENCE", "CHIRO_OWED_BY", "CHIRO_DUTY",
        "CHIRO_DEADLINE", "CHIRO_MORE", "CHIRO_EXERCISE", "CHIRO_TEXT"}, environment
    alarm = node.alarm(identity)
    assert alarm["attempts"] == 1 and alarm["outcome"] == "succeeded", alarm
    assert alarm["line"] == "run 1 of 'succeed' ?", alarm


@alone
def the_command_shows_and_tests(node):
    shown = node.chiro("alarms")
    assert "No alarms." in shown, shown
    shown = node.chiro("alarms", "--test")
    assert "taken by the program" in shown and "run 1 of 'succeed'" in shown, shown
    assert node.cli.json("alarms", "--socket", node.socket)["alarms"][0]["state"] == "delivered"
    node.is_to("fail 1")
    shown = node.chiro("alarms", "--test", status=1)
    assert "ended with status 3" in shown, shown


@alone
def a_program_that_fails_is_run_again(node):
    node.is_to("fail 2")
    begun = time.monotonic()
    identity = node.raise_test()
    wait_until(lambda: node.alarm(identity)["state"] == "delivered", "not delivered")
    # One second, then two.
    assert 2.9 < time.monotonic() - begun < 15
    assert [event["id"] for event in node.events()] == [identity] * 3
    assert node.alarm(identity)["attempts"] == 3


@alone
def a_program_that_always_fails_is_given_up(node):
    node.is_to("fail 99")
    identity = node.raise_test()
    wait_until(lambda: node.alarm(identity)["state"] == "given-up", "not given up")
    alarm = node.alarm(identity)
    assert alarm["attempts"] == 4 and alarm["outcome"] == "failed" and alarm["status"] == 3, alarm
    assert len(node.runs()) == 4
    shown = node.chiro("alarms")
    assert "given up" in shown and "4 attempts" in shown, shown


@alone
def a_program_that_hangs_is_ended_and_hinders_nobody(node):
    node.is_to("hang 1")
    first = node.raise_test()
    wait_until(lambda: len(node.runs()) == 1, "not run")
    second = node.raise_test()
    wait_until(lambda: node.alarm(second)["state"] == "delivered", "the second is not delivered")
    assert node.alarm(first)["state"] == "running"
    wait_until(lambda: node.alarm(first)["outcome"] == "timed-out", "not ended")
    wait_until(lambda: node.alarm(first)["state"] == "delivered", "the first is not delivered")
    assert node.alarm(first)["attempts"] == 2


@alone
def output_without_end_or_beyond_it_harms_nobody(node):
    def roles():
        return [pid for pid, name in children_of(node.process.pid).items() if "alarm" in name]

    # The node answers before its last role has started.
    wait_until(roles, "no alarm role")
    role, = roles()
    node.is_to("close")
    identity = node.raise_test()
    wait_until(lambda: node.alarm(identity)["state"] == "delivered", "not delivered")
    ticks = sum(map(int, Path(f"/proc/{role}/stat").read_text().rpartition(")")[2].split()[11:13]))
    assert ticks < 50, f"{ticks} ticks for nothing"
    node.is_to("flood")
    identity = node.raise_test()
    wait_until(lambda: node.alarm(identity)["outcome"] == "timed-out", "not ended")
    node.is_to("succeed")
    wait_until(lambda: node.alarm(identity)["state"] == "delivered", "not delivered")


@alone
def a_node_that_is_killed_tells_again(node):
    node.is_to("hang 1")
    identity = node.raise_test()
    wait_until(lambda: len(node.runs()) == 1, "not run")
    node.process.send_signal(signal.SIGKILL)
    node.process.wait()
    node.start()
    wait_until(lambda: node.alarm(identity)["state"] == "delivered", "not delivered")
    assert [event["id"] for event in node.events()] == [identity] * 2
    assert node.alarm(identity)["attempts"] == 2
    node.stop()
    node.start()
    time.sleep(1)
    assert len(node.runs()) == 2, "delivered twice"


@alone
def the_role_that_is_killed_is_followed_by_another(node):
    node.is_to("hang 1")
    identity = node.raise_test()
    wait_until(lambda: len(node.runs()) == 1, "not run")
    role = next(pid for pid, name in children_of(node.process.pid).items() if "alarm" in name)
    program = next(iter(children_of(role)))
    os.kill(role, signal.SIGKILL)
    wait_until(lambda: not Path(f"/proc/{program}").exists(), "the program outlives its role")
    wait_until(lambda: node.alarm(identity)["state"] == "delivered", "not delivered")


class Pair:
    """Two nodes with a channel between them; north has an alarm program."""

    def __init__(self, *terms):
        self.terms = terms
        self.north = Alarmed("north", "a.head")
        self.south = Node("south", "b.head", ["may *self admin"])

    def __enter__(self):
        def changed(charter):
            for old, new in self.terms:
                assert old in charter, old
                charter = charter.replace(old, new)
            return charter
        for node in (self.north, self.south):
            node.start()
        open_channel([self.north, self.south], changed)
        return self

    def __exit__(self, *_):
        for node in (self.north, self.south):
            node.remove()

    def notify(self, node, precedence, *lines):
        parties = node.request("GET", node.of_channel())[1]["parties"]
        others = [name for name in parties if name != node.party]
        blob, body = seal([("1", PARAGRAPH, "en", "authentic", b"It has happened.")],
                          [parties[name]["reading_key"] for name in (node.party, *others)])
        node.upload(blob)
        status, answer = node.submit(node.act("notify", "matter new", f"precedence {precedence}",
                                              *lines, body))
        assert status == 201, answer
        return answer["name"]

    def told(self, event, **members):
        """Waits until the program was told of such an event, and gives it."""
        def found():
            return next((each for each in self.north.events() if each["event"] == event and
                         all(each[name] == value for name, value in members.items())), None)
        wait_until(lambda: found() is not None, f"no alarm {event} {members}")
        return found()


def flash_and_immediate_acts_alarm():
    with Pair() as pair:
        pair.notify(pair.south, "routine")
        name = pair.notify(pair.south, "flash")
        event = pair.told("arrival")
        assert event["act"] == name and event["precedence"] == "flash", event
        assert event["act_kind"] == "notify" and event["other"] == "south", event
        assert event["channel"] == pair.north.channel and not event["exercise"], event
        name = pair.notify(pair.south, "immediate")
        assert pair.told("arrival", precedence="immediate")["act"] == name
        # What is one's own, and what was told, is not told again.
        pair.notify(pair.north, "flash")
        pair.north.stop()
        pair.north.start()
        time.sleep(1)
        assert len([e for e in pair.north.events() if e["event"] == "arrival"]) == 2
        assert "It has happened" not in (pair.north.out / "runs").read_text()
        variables = pair.north.runs()[-1]["environment"]
        assert variables["CHIRO_ACT"] == name and "immediate" in variables["CHIRO_TEXT"], variables


def a_flood_is_told_in_few_runs():
    with Pair() as pair:
        pair.north.is_to("hang 4")
        for _ in range(30):
            pair.notify(pair.south, "flash")
        wait_until(lambda: sum(1 + alarm["more"] for alarm in pair.north.alarms()) == 30,
                   "some are not told")
        assert len(pair.north.alarms()) <= 20, len(pair.north.alarms())


def missed_clocks_are_told_once():
    with Pair(("acknowledge-flash 15m", "acknowledge-flash 8s"),
              ("acknowledge-immediate 1h", "acknowledge-immediate 4s")) as pair:
        ours, theirs = pair.notify(pair.south, "flash"), pair.notify(pair.north, "immediate")
        soon = pair.told("due-soon")
        assert soon["act"] == ours and soon["owed_by"] == "north" and soon["deadline"], soon
        assert soon["duty"] == "acknowledge" and soon["precedence"] == "flash", soon
        late = pair.told("overdue", act=theirs)
        assert late["owed_by"] == "south", late
        late = pair.told("overdue", act=ours)
        assert late["owed_by"] == "north" and late["deadline"] == soon["deadline"], late
        assert late["time"] > late["deadline"], late
        shown = pair.north.chiro("alarms")
        assert f"north owes to acknowledge {ours}" in shown, shown
        count = len(pair.north.events())
        pair.north.stop()
        pair.north.start()
        time.sleep(1.5)
        assert len(pair.north.events()) == count, pair.north.events()[count:]


def links_are_tested_by_turns_and_failures_told():
    with Pair(("clock link-test 1h", "clock link-test 4s")) as pair:
        def entries(node, kind):
            log = node.request("GET", node.of_channel(f"/log?party={node.party}&count=500"))[1]
            return [act for act in log["acts"] if act["kind"] == kind]
        wait_until(lambda: entries(pair.north, "test") and entries(pair.south, "test"),
                   "no tests of both sides")
        assert abs(len(entries(pair.north, "test")) - len(entries(pair.south, "test"))) <= 1
        tests = pair.north.request("GET", pair.north.of_channel())[1]["link_tests"]
        assert tests["last"] and not tests["has_failed"] and tests["next_by"], tests
        shown = pair.north.chiro("status")
        assert "the last succeeded" in shown and "next by" in shown, shown
        pair.south.stop()
        made = len(entries(pair.north, "test"))
        event = pair.told("link-test-failed")
        assert event["channel"] == pair.north.channel and "tests of the link" in event["text"], event
        assert "in a row" in pair.north.chiro("status", "--check", status=1)
        assert len(entries(pair.north, "test")) <= made + 1
        pair.south.start()
        wait_until(lambda: not pair.north.request("GET", pair.north.of_channel())[1]["link_tests"]
                   ["failed"], "it fails for ever")


def the_program_has_a_user_of_its_own():
    if os.geteuid() != 0:
        return
    node = Alarmed("north", "a.head", "alarm-user bin")
    try:
        node.start()
        identity = node.raise_test()
        wait_until(lambda: node.alarm(identity)["state"] == "delivered", "not delivered")
        assert node.runs()[0]["user"] == pwd.getpwnam("bin").pw_uid, node.runs()
    finally:
        node.remove()
    for wrong in ("root", "nobody", "no-such-user"):
        text = node.configuration.replace("alarm-user bin", f"alarm-user {wrong}").encode()
        done = subprocess.run([CHIROD, "-t", "-f", "/dev/stdin"], input=text, capture_output=True,
                              check=False)
        assert done.returncode == 2, (wrong, done)


def without_a_program_alarms_are_noted():
    node = Node("north", "a.head", ["may *self admin"])
    try:
        node.start()
        status, answer = node.request("POST", "/v1/alarms")
        assert status == 201, answer
        alarms = node.request("GET", "/v1/alarms")[1]
        assert alarms["program"] is None and alarms["alarms"][0]["state"] == "noted", alarms
    finally:
        node.remove()


if __name__ == "__main__":
    tap([the_program_is_given_the_event_and_nothing_else,
         the_command_shows_and_tests,
         a_program_that_fails_is_run_again,
         a_program_that_always_fails_is_given_up,
         a_program_that_hangs_is_ended_and_hinders_nobody,
         output_without_end_or_beyond_it_harms_nobody,
         a_node_that_is_killed_tells_again,
         the_role_that_is_killed_is_followed_by_another,
         flash_and_immediate_acts_alarm,
         a_flood_is_told_in_few_runs,
         missed_clocks_are_told_once,
         links_are_tested_by_turns_and_failures_told,
         the_program_has_a_user_of_its_own,
         without_a_program_alarms_are_noted])
