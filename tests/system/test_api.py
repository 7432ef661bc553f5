#!/usr/bin/env python3
"""The local API of two real nodes: each answer is what doc/openapi.yaml says, and
bad requests, other users, many and slow clients change nothing.

    test_api.py <api_tables>
"""
import base64
import hashlib
import http.client
import json
import os
import pwd
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

try:
    from api_document import Document
except ImportError as missing:
    print(f"1..0 # SKIP {missing}")
    sys.exit(0)
from api_node import (Connection, Node, body_line, children_of, encode, open_channel, run,
                      wait_until)

OUTSTANDING = 64
READER, ACTOR, STRANGER = "games", "mail", "news"


class World:
    """Two nodes with a channel in force between them."""

    def __init__(self):
        self.document = Document()
        grants = [f"may {READER} read", f"may {ACTOR} act"]
        self.north, self.south = Node("north", "a.head", grants), Node("south", "b.head")
        self.seen = set()
        self.charter = self.signatures = None

    def open(self):
        for node in (self.north, self.south):
            node.start()
        self.charter, self.signatures = open_channel((self.north, self.south))

    def remove(self):
        self.north.remove()
        self.south.remove()

    def ask(self, node, method, path, body=None, expect=200):
        """A request whose answer must have this status and follow the document."""
        status, content = node.request(method, path, body)
        assert status == expect, f"{method} {path}: {status} {content}"
        operation = self.document.find(method, path.split("?")[0])
        described = self.document.resolve(
            operation["responses"].get(str(status), operation["responses"]["default"]))
        if "application/json" in described["content"]:
            schema = described["content"]["application/json"]["schema"]
            faults = list(self.document.faults(content, schema))
            assert not faults, faults
        if status < 300:
            self.seen.add((method, operation["summary"]))
        return content

    def get(self, path, node=None, expect=200):
        node = node or self.north
        return self.ask(node, "GET", node.of_channel(path), expect=expect)

    def sealed(self, text):
        recipients = []
        for party in self.get("")["parties"].values():
            recipients += ["-r", party["reading_key"]]
        return run("age", *recipients, data=text)

    def comment(self, node, text=b"words", *lines):
        """Logs a comment with a sealed body."""
        status, answer = node.submit(node.act("comment", *lines, node.upload(self.sealed(text))))
        assert status == 201, answer
        return answer["name"]

    def sizes(self):
        channel = self.get("")
        return channel["own_size"], channel["their_size"]

    def acts(self, party=""):
        """Names of what people have logged; the nodes may log by themselves."""
        return [act["name"] for act in self.get("/log?count=500")["acts"]
                if act["author"] != "node" and act["party"].startswith(party)]


def reference(world, name):
    return f"{name} {world.get(f'/acts/{name}')['leaf']}"


# --- what the API does ----------------------------------------------------------


def status_and_channel(world):
    status = world.ask(world.north, "GET", "/v1/status")
    assert status["party"] == "north" and status["clock"]["trusted"]
    assert [channel["state"] for channel in status["channels"]] == ["in-force"]
    channel = world.get("")
    assert channel["charter"] == world.charter and channel["signatures"] == world.signatures
    assert channel["own"] == "north" and channel["link"]["state"] == "up"
    assert [person["name"] for person in channel["parties"]["south"]["delegates"]] == \
        ["b.head", "node", "appointing"]


def charter_again(world):
    again = {"charter": world.charter, "signatures": world.signatures}
    answer = world.ask(world.north, "POST", "/v1/channels", again, expect=201)
    assert answer["channel"] == world.north.channel
    wrong = {"charter": world.charter, "signatures": {
        "north": world.signatures["south"], "south": world.signatures["south"]}}
    world.ask(world.north, "POST", "/v1/channels", wrong, expect=409)


def invitations(world):
    setup = world.ask(world.north, "POST", "/v1/setups", world.north.invitation(), expect=201)
    path = f"/v1/setups/{setup['setup']}"
    assert world.ask(world.north, "GET", path) == setup
    listed = world.ask(world.north, "GET", "/v1/status")["setups"]
    assert setup["setup"] in [one["setup"] for one in listed]
    assert world.ask(world.north, "DELETE", path) == {}
    world.ask(world.north, "GET", path, expect=404)


def act_with_body(world):
    north, south = world.north, world.south
    blob = world.sealed(b"a line\n" * 200000)
    act = north.act("comment", north.upload(blob, piece=500000))
    digest = act.split("body 1 ")[1].split()[2]
    hexadecimal = base64.b64decode(digest).hex()
    receipted = world.get("")["own_receipted"]
    assert world.ask(north, "POST", north.of_channel("/check"), {"text": act})["verdict"] == "valid"
    armor = north.sign("chirograph-act", act)
    request = {"text": act, "armors": [armor]}
    answer = world.ask(north, "POST", north.of_channel("/acts"), request, expect=201)
    again = world.ask(north, "POST", north.of_channel("/acts"), request, expect=200)
    assert again["duplicate"] and again["name"] == answer["name"]

    wait_until(lambda: world.get(f"/acts/{answer['name']}")["receipted"], "no receipt")
    assert world.get(f"/wait?receipted={receipted}")["own_receipted"] > receipted
    shown = world.get(f"/acts/{answer['name']}", south)
    assert shown["text"] == act and shown["kind"] == "comment" and shown["leaf"] == answer["leaf"]
    assert shown["body"]["complete"] and shown["body"]["held"] == len(blob)
    assert base64.b64decode(shown["entry"]).startswith(act.encode() + b"\n-----BEGIN SSH")
    assert "ack" in shown["legal_answers"]
    blob_path = south.of_channel(f"/blobs/{hexadecimal}")
    assert world.ask(south, "GET", blob_path) == \
        {"size": len(blob), "held": len(blob), "complete": True}
    fetched = b""
    while len(fetched) < len(blob):
        fetched += world.ask(south, "GET", f"{blob_path}/data?offset={len(fetched)}")
    assert fetched == blob

    opened = world.ask(south, "POST", south.of_channel(f"/acts/{answer['name']}/file-key"))
    assert len(base64.b64decode(opened["file_key"])) == 16
    row = world.ask(south, "GET", south.of_channel("/register"))["openings"][-1]
    assert row["act"] == answer["name"] and row["who"] == pwd.getpwuid(os.geteuid()).pw_name


def body_with_act(world):
    """A small body may come in the same request."""
    north = world.north
    blob = world.sealed(b"a short word")
    act = north.act("comment", body_line(blob))
    path = north.of_channel("/acts")
    request = {"text": act, "armors": [north.sign("chirograph-act", act)]}

    def refuse(status, body):
        return world.ask(north, "POST", path, {**request, "body": body}, expect=status)

    world.ask(north, "POST", path, request, expect=409)
    refuse(400, "not base64")
    refuse(413, encode(bytes(65537)))
    refuse(409, encode(blob[:-1]))
    assert "SHA-256" in refuse(409, encode(bytes(len(blob))))["error"]["message"]
    answer = world.ask(north, "POST", path, {**request, "body": encode(blob)}, expect=201)
    again = world.ask(north, "POST", path, {**request, "body": encode(blob)}, expect=200)
    assert again["duplicate"] and again["name"] == answer["name"]
    wait_until(lambda: world.get(f"/acts/{answer['name']}")["receipted"], "no receipt")
    assert world.get(f"/acts/{answer['name']}", world.south)["body"]["complete"]


def body_sealed_anew(world):
    north, south = world.north, world.south
    name = world.comment(north)
    first = world.get(f"/acts/{name}")["body"]
    # What the tests seal is no archive of parts: the other side says so in time.
    wait_until(lambda: world.get(f"/acts/{name}")["fault"] == "mismatch", "no fault")
    size, digest = north.upload(world.sealed(b"words")).split()[3:]
    status, answer = north.submit(north.act("reseal", f"target {reference(world, name)}",
                                            f"blob {size} {digest}"))
    assert status == 201, answer
    anew = f"/acts/{answer['name']}"
    wait_until(lambda: world.get(anew)["receipted"], "no receipt")
    assert world.get(f"/acts/{name}")["resealed_by"] == answer["name"]
    shown = world.get(anew, south)
    assert shown["body"]["sha256"] == digest and shown["body"]["root"] == first["root"]
    assert shown["target"] == name and shown["body"]["complete"]
    world.ask(south, "POST", south.of_channel(f"{anew}/file-key"))


def uploads(world):
    path = world.north.of_channel(f"/blobs/{hashlib.sha256(b'two pieces').hexdigest()}")
    for _ in range(2):
        held = world.ask(world.north, "PUT", f"{path}?size=10&offset=0", b"two p")
        assert held == {"held": 5, "complete": False}
    held = world.ask(world.north, "PUT", f"{path}?size=10&offset=5", b"ieces")
    assert held == {"held": 10, "complete": True}
    path = world.north.of_channel(f"/blobs/{'00' * 32}")
    world.ask(world.north, "PUT", f"{path}?size=10&offset=5", b"abcde", expect=409)
    world.ask(world.north, "PUT", f"{path}?size=3&offset=0", b"abcde", expect=413)
    world.ask(world.north, "PUT", f"{path}?size=5&offset=0", b"abcde", expect=409)
    world.ask(world.north, "GET", path, expect=404)


def void_acts(world):
    north = world.north
    before = world.acts()
    stranger = north.act("propose", "matter new", "expires 2036-01-01T00:00:00Z",
                         north.upload(world.sealed(b"terms"))).replace("author a.head",
                                                                       "author x.nobody")
    check = world.ask(north, "POST", north.of_channel("/check"), {"text": stranger})
    assert check["verdict"] == "void" and check["reason"] and check["reason_text"]
    request = {"text": stranger, "armors": [north.sign("chirograph-act", stranger)]}
    answer = world.ask(north, "POST", north.of_channel("/acts"), request, expect=409)
    assert answer["error"]["code"] == "denied" and answer["error"]["reason"] == check["reason"]
    act = north.act("comment", north.upload(world.sealed(b"words")))
    forged = {"text": act, "armors": [north.sign("another-namespace", act)]}
    answer = world.ask(north, "POST", north.of_channel("/acts"), forged, expect=409)
    broken = {"text": act + "more", "armors": ["x"]}
    answer = world.ask(north, "POST", north.of_channel("/acts"), broken, expect=400)
    assert answer["error"]["line"] > 0
    assert world.acts() == before


def obligations_and_matters(world):
    north, south = world.north, world.south
    names = []
    for precedence in ("routine", "flash"):
        text = north.act("propose", "matter new", f"precedence {precedence}",
                         "expires 2036-01-01T00:00:00Z", north.upload(world.sealed(b"terms")))
        status, answer = north.submit(text)
        if status == 400:  # this kind has no precedence
            status, answer = north.submit(text.replace(f"precedence {precedence}\n", ""))
        assert status == 201, answer
        names.append(answer["name"])
    wait_until(lambda: world.get(f"/acts/{names[1]}")["receipted"], "no receipt")
    inbox = world.get("/inbox", south)
    assert set(names) <= {act["name"] for act in inbox["unread"]}
    owed = [one for one in inbox["obligations"] if one["act"] in names]
    assert owed and all(one["owed_by"] == "south" for one in owed)
    order = ["flash", "immediate", "priority", "routine", None]
    keys = [(order.index(one["precedence"]), one["deadline"] or "z")
            for one in inbox["obligations"]]
    assert keys == sorted(keys)
    matters = {one["matter"]: one for one in world.get("/matters?count=500", south)["matters"]}
    assert matters[names[0]]["kind"] == "proposal"
    page = world.get("/matters?from=1&count=1", south)
    assert len(page["matters"]) == 1

    legal = world.get(f"/acts/{names[0]}", south)["legal_answers"]
    answer = "reject" if "reject" in legal else "ack"
    text = south.act(answer, f"matter {reference(world, names[0])}",
                     f"answers {reference(world, names[0])}")
    status, reply = south.submit(text)
    assert status == 201, reply
    wait_until(lambda: world.get(f"/acts/{names[0]}")["answered_by"] or
               world.get(f"/acts/{names[0]}")["acknowledged_by"], "no answer")
    assert reply["name"] in [act["name"] for act in world.get(f"/matters/{names[0]}")["list"]]
    world.get(f"/matters/{reply['name']}", expect=404)
    unread = [act["name"] for act in world.get("/inbox", south)["unread"]]
    assert names[0] not in unread and names[1] in unread


def agenda_pages_while_the_log_grows(world):
    def key(item):
        order = ["flash", "immediate", "priority", "routine", None]
        return order.index(item["precedence"]), item["deadline"] or "z"

    def name(item):
        return item["act"], item["owed_by"], item["what"]

    whole = world.get("/agenda?count=500", world.south)
    assert whole["next"] is None and whole["items"], whole
    assert [key(item) for item in whole["items"]] == sorted(map(key, whole["items"]))
    given, cursor = [], ""
    while cursor is not None:
        page = world.get("/agenda?count=1" + cursor, world.south)
        given += map(name, page["items"])
        cursor = page["next"] and "&cursor=" + page["next"]
        if len(given) == 1:  # what comes now stands at the end
            text = world.north.act("propose", "matter new", "precedence flash",
                                   "expires 2036-01-01T00:00:00Z",
                                   world.north.upload(world.sealed(b"more terms")))
            status, answer = world.north.submit(text)
            assert status == 201, answer
            wait_until(lambda n=answer["name"]: world.get(f"/acts/{n}")["receipted"], "no receipt")
    assert given[:len(whole["items"])] == [name(item) for item in whole["items"]], given
    assert {each[0] for each in given[len(whole["items"]):]} == {answer["name"]}, given
    assert len(given) == len(set(given))

    owed = world.get("/agenda?side=south&state=due,overdue,silent&count=500", world.south)
    assert owed["items"] and all(item["owed_by"] == "south" and item["state"] == "due"
                                 for item in owed["items"]), owed
    assert owed["counts"]["south"]["due"] == len(owed["items"]), owed
    assert world.get("/agenda?side=north&state=silent", world.south)["items"] == []
    for wrong in ("side=west", "state=late", "state=", "cursor=1.2.3"):
        world.get("/agenda?" + wrong, expect=400)
    elsewhere = ".".join(["1"] + 12 * ["0"])
    world.get("/agenda?cursor=" + elsewhere, expect=409)


def handovers_are_kept_and_accepted(world):
    north, path = world.north, world.north.of_channel("/handovers")
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    text = (f"chirograph.handover/1\nchannel {north.channel}\nparty north\nauthor a.head\n"
            f"from {now}\nto {now}\nown 1\ntheirs 1\n\nAll is quiet.\n")

    def request(text):
        return {"text": text, "armor": north.sign("chirograph-handover", text)}
    assert world.get("/handovers") == {"handovers": [], "more": False}
    for wrong, status in ((text.replace("author a.head", "author b.head"), 409),
                          (text.replace("own 1", "own 99999"), 409),
                          (text.replace("party north", "party south"), 409),
                          (text.replace("quiet.", "quiet. "), 400), (text[:-1], 400)):
        world.ask(north, "POST", path, request(wrong), expect=status)
    forged = {**request(text), "armor": north.sign("chirograph-act", text)}
    world.ask(north, "POST", path, forged, expect=409)
    assert world.ask(north, "POST", path, request(text), expect=201) == {"number": 1}
    assert world.ask(north, "POST", path, request(text), expect=201) == {"number": 1}
    second = text.replace("quiet", "still quiet")
    assert world.ask(north, "POST", path, request(second), expect=201) == {"number": 2}
    page = world.get("/handovers?count=1")
    assert [one["number"] for one in page["handovers"]] == [2] and page["more"], page
    page = world.get("/handovers?before=2")
    assert [one["number"] for one in page["handovers"]] == [1] and not page["more"], page
    assert world.get("/handovers/1")["text"] == text
    world.get("/handovers/3", expect=404)

    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(north.folder / "relief"))
    status, answer = north.submit(north.act("accredit", "delegate a.relief", "role duty",
                                            f"key {north.public_key('relief')}"))
    assert status == 201, answer
    accept = f"{path}/1/accept"
    world.ask(north, "POST", accept, {"armor": north.sign("chirograph-handover", text)}, expect=409)
    armor = run("ssh-keygen", "-Y", "sign", "-q", "-n", "chirograph-handover", "-f",
                str(north.folder / "relief"), data=text.encode()).decode()
    world.ask(north, "POST", accept, {"armor": armor})
    world.ask(north, "POST", accept, {"armor": armor}, expect=409)
    assert world.get("/handovers/1")["accepted_by"] == "a.relief"
    assert "up" in [event["what"] for event in world.get("/link-log")["events"]]


def all_pages(world):
    whole, cursor, more = [], "", True
    while more:
        page = world.get(f"/log?count=3{cursor}")
        assert len(page["acts"]) <= 3
        whole += [act["name"] for act in page["acts"]]
        cursor = "".join(f"&{party}={number}" for party, number in page["next"].items())
        more = page["more"]
    return whole


def log_pages(world):
    found = []

    def has_stood_still():
        """The nodes may still receipt what came before."""
        before = world.sizes()
        everything = world.get("/log?count=500&full=1", world.south)
        found[:] = [all_pages(world), everything, sum(before)]
        return world.sizes() == before and len(everything["acts"]) == sum(before)

    wait_until(has_stood_still, "the logs do not come to rest")
    whole, everything, size = found
    assert len(whole) == len(set(whole)) == size
    assert [act["name"] for act in everything["acts"]] == whole
    assert all("entry" in act for act in everything["acts"])
    one = world.get("/log?party=south&south=1&count=1")
    assert [act["name"] for act in one["acts"]] == ["south-1"] and one["next"]["south"] == 2
    world.get("/log?west=3", expect=400)
    world.get("/log?count=501", expect=413)
    world.get("/log?party=west", expect=400)


def heads(world):
    wait_until(lambda: world.get("")["own_cosigned"] == world.get("")["own_size"], "no cosignature")
    answer = world.get("/heads")
    note = answer["north"]["note"]
    assert note == answer["cosigned"]["north"]["note"]
    assert note.startswith(f"north.example/chirograph/{world.north.channel}\n")
    assert note.count("\n\u2014 north.example/chirograph/") == 1
    assert note.count("\n\u2014 south.example/chirograph/") == 1


def frames_go_and_come(world):
    """What one packs, the other takes; over a line that is up it holds it already."""
    for copy in ("0", "1"):
        place, frames = "", []
        while True:
            answer = world.get(f"/post?copy={copy}&since=0" + (f"&place={place}" if place else ""))
            if answer["frame"] is not None:
                frames.append(base64.b64decode(answer["frame"]))
            place = answer["next"]
            if not answer["more"]:
                break
        types = [frame[4] for frame in frames]
        assert types[0] == (20 if copy == "1" else 1) and 2 in types, types
        for frame in frames:
            assert int.from_bytes(frame[:4], "big") == len(frame) - 4
            # A blob that only a fault is about is not held; what else waits would be wrong.
            answer = world.ask(world.south, "POST", world.south.of_channel("/post"), frame[4:])
            assert answer["result"] in ("held", "stored") and answer["reason"] is None, answer
    take = world.south.of_channel("/post")
    world.ask(world.south, "POST", take, b"", expect=400)
    world.ask(world.south, "POST", take, b"\x02rubbish", expect=400)
    world.ask(world.south, "POST", take, b"\x0c", expect=422)
    world.get("/post?place=1.2", expect=400)
    world.get("/post?bytes=1000", expect=413)
    world.get("/post?since=100000", expect=413)


def tests_are_echoed(world):
    before = world.sizes()[1]
    answer = world.ask(world.north, "POST", world.north.of_channel("/test"), expect=201)
    echoed = f"/wait?theirs={before}&seconds=20"
    assert world.get(echoed)["their_size"] > before
    wait_until(lambda: any(act["kind"] == "echo" and act["target"] == answer["name"]
                           for act in world.get("/log?party=south&count=500")["acts"]), "no echo")


def amends(world, node, text, *lines):
    """Submits an amend to the charter with this text; the status and the answer."""
    sha256 = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    now = base64.b64encode(hashlib.sha256(world.charter.encode()).digest()).decode()
    return node.submit(node.act("amend", *lines, "version 2", f"previous {now}",
                                f"charter {sha256}", node.upload(world.sealed(b"a line\n"))))


def charter_is_amended(world):
    """The text is given first, by each side's own people; it is bound to nothing else."""
    north, south = world.north, world.south
    line = next(one for one in world.charter.splitlines() if one.startswith("clock list-changes "))
    text = world.charter.replace(line, "clock list-changes 4d")
    given = hashlib.sha256(text.encode()).digest()
    path = f"/charters/{given.hex()}"
    assert world.get("/charters") == {"open": [], "charters": [
        {"version": 1, "sha256": base64.b64encode(hashlib.sha256(world.charter.encode()).digest())
         .decode(), "opened": None, "completed": None, "logged": None}]}
    world.get(path, expect=404)
    assert amends(world, north, text)[1]["error"]["code"] == "charter"
    domain = text.replace("\ndomain ", "\ndomain x.", 1)
    for wrong, status in ((text + "\n", 400), ("", 400), (domain, 409)):
        world.ask(north, "POST", north.of_channel("/charters"), {"text": wrong}, expect=status)
    answer = world.ask(north, "POST", north.of_channel("/charters"), {"text": text}, expect=201)
    assert base64.b64decode(answer["sha256"]) == given
    assert world.get(path)["text"] == text
    status, opened = amends(world, north, text)
    assert status == 201, opened
    wait_until(lambda: world.get(f"/acts/{opened['name']}")["receipted"], "no receipt")
    shown = world.get("/charters", south)["open"]
    assert shown == [{"opened": opened["name"], "version": 2, "sha256": answer["sha256"],
                      "state": "open", "held": False}], shown
    assert "amend" in world.get(f"/acts/{opened['name']}", south)["legal_answers"]
    answers = f"answers {reference(world, opened['name'])}"
    assert amends(world, south, text, answers)[1]["error"]["code"] == "charter"
    world.ask(south, "POST", south.of_channel("/charters"), {"text": text}, expect=201)
    status, completed = amends(world, south, text, answers)
    assert status == 201, completed
    wait_until(lambda: world.get("")["charter_version"] == 2, "the charter is not amended")
    channel = world.get("")
    assert channel["charter"] == world.charter and channel["charter_in_force"] == text
    newest = world.get("/charters")["charters"][-1]
    assert newest["opened"] == opened["name"] and newest["completed"] == completed["name"]
    assert world.get("/charters")["open"] == []
    act = world.get(f"/acts/{completed['name']}")
    assert act["charter"] == 1 and act["amendment"] == "completed" and act["answers"] == opened["name"]
    # It is in force here once the other side's act is in its past.
    assert world.get(f"/acts/{world.comment(north)}")["charter"] == 2


def words_for_the_telephone(world):
    north, south = world.north, world.south
    asked = world.ask(north, "POST", north.of_channel("/call"), expect=201)
    answer = world.ask(south, "POST", south.of_channel("/call/answer"),
                       {"challenge": asked["challenge"]["ru"]})
    assert answer == asked, (answer, asked)
    world.ask(south, "POST", south.of_channel("/call/answer"),
              {"challenge": asked["challenge"]["en"]}, expect=409)
    world.ask(south, "POST", south.of_channel("/call/answer"), {"challenge": "x"}, expect=400)
    assert world.get("/words?words=acorn-acorn-acorn-acorn")["acts"] == []
    world.get("/words?words=acorn", expect=400)


def alarms_are_listed(world):
    before = world.ask(world.north, "GET", "/v1/alarms", expect=200)
    assert before["program"] is None, before
    identity = world.ask(world.north, "POST", "/v1/alarms", expect=201)["id"]
    newest = world.ask(world.north, "GET", "/v1/alarms?count=1", expect=200)["alarms"][0]
    assert newest["id"] == identity and newest["event"] == "test", newest
    assert newest["state"] == "noted" and newest["attempts"] == 0, newest
    older = world.ask(world.north, "GET", f"/v1/alarms?before={newest['number']}", expect=200)
    assert older["alarms"] == before["alarms"], older


def nothing_is_to_be_recovered(world):
    north = world.north
    summary = world.get("")
    for answer in (world.get("/recovery"),
                   world.ask(north, "POST", north.of_channel("/recover"), expect=200)):
        assert answer["trouble"] == "none" and answer["reason"] is None
        assert answer["own"] == "north" and answer["other"] == "south"
        assert answer["own_held"] == answer["own_known"] == summary["own_size"]
        assert answer["their_held"] == answer["their_known"] == summary["their_size"]
        assert answer["keeper_size"] == answer["own_signed"] == answer["own_held"]
        assert not answer["asked"] and not answer["by_witnesses"]
        assert answer["evidence_needed"] == 1 and answer["bodies_missing"] == 0
    assert summary["trouble"] == "none" and not summary["read_only"]
    # Nor are its keys to be replaced by fresh ones: the keeper has them.
    answer = world.ask(north, "POST", north.of_channel("/successor"), expect=409)
    assert "keeper is lost" in answer["error"]["message"], answer


def keys_clock_backup(world):
    north = world.north
    made = world.ask(north, "POST", north.of_channel("/keys"), {"purpose": "reading"}, expect=201)
    assert made["key"].startswith("age1")
    for purpose in ("node", "link", "receipt"):
        made = world.ask(north, "POST", north.of_channel("/keys"), {"purpose": purpose},
                         expect=201)
        assert len(base64.b64decode(made["key"])) == 32
    world.ask(north, "POST", north.of_channel("/keys"), {"purpose": "none"}, expect=400)
    assert world.ask(north, "POST", "/v1/clock", {})["trusted"]
    assert world.ask(north, "GET", "/v1/configuration")["text"] == \
        (north.folder / "chirod.conf").read_text()
    made = world.ask(north, "POST", "/v1/backup", expect=201)
    world.ask(north, "POST", "/v1/backup", expect=503)
    state = f"/v1/backup/{made['backup']}"
    wait_until(lambda: world.ask(north, "GET", state)["complete"], "no copy")
    made = world.ask(north, "GET", state)
    assert [each["channel"] for each in made["channels"]] == [north.channel]
    assert made["channels"][0]["own_size"] <= world.get("")["own_size"]
    first = world.ask(north, "GET", f"{state}/data?length=16")
    assert first == b"SQLite format 3\0"
    copy = b""
    while piece := world.ask(north, "GET", f"{state}/data?offset={len(copy)}"):
        copy += piece
    assert len(copy) == made["bytes"]
    with tempfile.TemporaryDirectory(prefix="chirograph-", dir="/tmp") as folder:
        path = Path(folder) / "copy.sqlite"
        path.write_bytes(copy)
        with sqlite3.connect(path) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    world.ask(north, "DELETE", state)
    world.ask(north, "GET", state, expect=404)
    world.ask(north, "GET", f"{state}/data", expect=404)


# --- what it refuses ----------------------------------------------------------------


def raw(node, data, timeout=5):
    """What comes back for bytes as they are."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(timeout)
        client.connect(str(node.socket))
        client.sendall(data)
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = client.recv(65536)
            if not piece:
                break
            answer += piece
        head, _, body = answer.partition(b"\r\n\r\n")
        lengths = [int(line.split(b":")[1]) for line in head.split(b"\r\n")
                   if line.lower().startswith(b"content-length:")]
        while lengths and len(body) < lengths[0]:
            piece = client.recv(65536)
            if not piece:
                break
            body += piece
        return int(head.split()[1]) if head else 0, body


def post(node, path, body, headers=""):
    data = body.encode()
    return (f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(data)}\r\n{headers}\r\n"
            ).encode() + data


def malformed_requests(world):
    north = world.north
    # What south has said may still be on its way.
    before = world.acts("north")
    acts = north.of_channel("/acts")
    status = "GET /v1/status HTTP/1.1\r\nHost: x\r\n"
    log = f"GET {north.of_channel('/log')}"
    cases = [
        (400, b"GET /v1/status HTTP/1.1\r\n\r\n"),
        (400, b"GET /v1/status HTTP/1.0\r\nHost: x\r\n\r\n"),
        (400, (status + "Host: y\r\n\r\n").encode()),
        (400, b"GET /v1/%73tatus HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, b"GET http://x/v1/status HTTP/1.1\r\nHost: x\r\n\r\n"),
        (404, b"GET /v1//status HTTP/1.1\r\nHost: x\r\n\r\n"),
        (404, b"GET /v1/../v1/status HTTP/1.1\r\nHost: x\r\n\r\n"),
        (404, b"GET /v1/status/ HTTP/1.1\r\nHost: x\r\n\r\n"),
        (405, b"PATCH /v1/status HTTP/1.1\r\nHost: x\r\n\r\n"),
        (405, b"DELETE /v1/status HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, (status + "Content-Length: 2\r\n\r\n{}").encode()),
        (400, b"GET /v1/status?a=1 HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, b"GET /v1/status?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, f"{log}?count=1&count=2 HTTP/1.1\r\nHost: x\r\n\r\n".encode()),
        (400, f"{log}?count=-1 HTTP/1.1\r\nHost: x\r\n\r\n".encode()),
        (400, f"GET {north.of_channel('/acts/north')} HTTP/1.1\r\nHost: x\r\n\r\n".encode()),
        (404, f"GET {north.of_channel('/acts/north-99999')} HTTP/1.1\r\nHost: x\r\n\r\n".encode()),
        (400, b"GET /v1/channels/abc HTTP/1.1\r\nHost: x\r\n\r\n"),
        (404, b"GET /v1/channels/" + b"a" * 52 + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
        (400, post(north, acts, "")), (400, post(north, acts, "[]")),
        (400, post(north, acts, "{")), (400, post(north, acts, '{"text":1,"armors":[]}')),
        (400, post(north, acts, '{"text":"a","text":"b","armors":["x"]}')),
        (400, post(north, acts, '{"text":"a","armors":["x"],"more":1}')),
        (400, post(north, acts, '{"text":"a","armors":[]}')),
        (400, post(north, acts, '{"text":"a\\u0000","armors":["x"]}')),
        (413, post(north, acts, '{"text":"a","armors":' + "[" * 9 + "]" * 9 + "}")),
        (413, post(north, acts, '{"text":"' + "a" * 70000 + '","armors":["x"]}')),
        (413, post(north, acts, '{"text":"a","armors":["x","x","x","x","x","x","x","x","x"]}')),
        (400, post(north, acts, "{}", "Transfer-Encoding: chunked\r\n")),
        (400, post(north, acts, "{}", "Content-Length: 2\r\n")),
    ]
    for expected, data in cases:
        status, body = raw(north, data)
        assert status == expected, (status, body, data[:100])
        if b"<" in body:  # the HTTP library refused it itself
            continue
        message = json.loads(body)["error"]["message"]
        assert message and "\n" not in message, message
    status, body = raw(north, b"\x00\x01nonsense\r\n\r\n")
    assert status in (0, 400), (status, body)
    try:
        # It does not read on: what it answers may be lost with what it did not read.
        status, body = raw(north, post(north, acts, "a" * (1 << 21)))
        assert status in (0, 413), (status, body)
    except (BrokenPipeError, ConnectionResetError):
        pass  # it does not read on
    assert world.acts("north") == before, (before, world.acts())


def users(world):
    if os.geteuid() != 0:
        return "only root can ask as another user"
    north = world.north
    paths = {"GET /v1/status": (READER, ACTOR),
             f"POST {north.of_channel('/check')}": (ACTOR,),
             f"POST {north.of_channel('/test')}": (ACTOR,),
             "POST /v1/clock": (), f"GET {north.of_channel('/register')}": ()}
    before = world.sizes()
    for request, allowed in paths.items():
        for user in (READER, ACTOR, STRANGER):
            method, path = request.split()
            data = [] if method == "GET" else ["-d", "{}"]
            output = run("setpriv", "--reuid", user, "--clear-groups", "curl", "-sS", "-X", method,
                         *data, "-w", "\n%{http_code}", "--unix-socket", str(north.socket),
                         f"http://localhost{path}").decode()
            refused = output.endswith("\n403")
            assert refused == (user not in allowed), (user, request, output)
            assert not refused or json.loads(output[:-4])["error"]["code"] == "denied"
    assert world.sizes()[0] > before[0]  # the one test that was allowed
    return None


def many_requests(world):
    north = world.north
    own, acts = world.sizes()[0], world.acts()
    waiting = []
    for _ in range(OUTSTANDING):
        connection = Connection(north.socket)
        connection.request("GET", north.of_channel(f"/wait?own={own + 1000}&seconds=3"))
        waiting.append(connection)
    time.sleep(0.5)
    status, answer = north.request("GET", "/v1/status")
    assert status == 503 and answer["error"]["code"] == "wait", (status, answer)
    for connection in waiting:
        response = connection.getresponse()
        assert response.status == 200
        assert json.loads(response.read())["own_size"] >= own
        connection.close()
    assert world.acts() == acts


def slow_and_gone_clients(world):
    north = world.north
    slow = []
    unfinished = post(north, north.of_channel("/acts"), "{" + " " * 100)[:-50]
    for data in (b"", b"GET /v1/sta", unfinished):
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(north.socket))
        client.sendall(data)
        slow.append(client)
    for _ in range(20):
        gone = Connection(north.socket)
        gone.request("GET", north.of_channel("/wait?own=1000000&seconds=1"))
        gone.close()
    began = time.monotonic()
    world.ask(north, "GET", "/v1/status")
    assert time.monotonic() - began < 1
    for client in slow:
        client.close()
    time.sleep(1.5)
    world.ask(north, "GET", "/v1/status")


def waiting_ends_with_an_act(world):
    north, south = world.north, world.south
    own, theirs = world.sizes()
    answers = []
    watch = threading.Thread(
        target=lambda: answers.append(north.request("GET", north.of_channel(
            f"/wait?theirs={theirs}&seconds=20"))))
    watch.start()
    began = time.monotonic()
    world.comment(south)
    watch.join()
    assert answers[0][0] == 200 and answers[0][1]["their_size"] > theirs
    assert time.monotonic() - began < 10


def entries(world):
    return {act["name"]: act["entry"] for act in world.get("/log?count=500&full=1")["acts"]}


def after_a_restart(world):
    before = entries(world)
    world.north.stop()
    world.north.start()
    after = entries(world)
    assert all(after[name] == entry for name, entry in before.items())
    wait_until(lambda: world.get("")["link"]["state"] == "up", "no link after the restart")
    world.comment(world.north)


def processes_of(world, name):
    """Process ids of a role of the first node."""
    return [pid for pid, role in children_of(world.north.process.pid).items() if role == name]


def http_is_replaced(world):
    north = world.north
    before = processes_of(world, "chirod http")
    assert len(before) == 1, before
    waiting = Connection(north.socket)
    waiting.request("GET", north.of_channel("/wait?own=1000000&seconds=60"))
    os.kill(before[0], signal.SIGKILL)
    try:
        waiting.getresponse()
        raise AssertionError("a killed process has answered")
    except (OSError, http.client.HTTPException):
        pass
    wait_until(north.answers, "no http after its end")
    assert processes_of(world, "chirod http") != before
    world.comment(north)


def fresh_keys_for_a_lost_keeper(world):
    north = world.north
    north.stop()
    for path in (north.folder / "home/keeper").glob("*.*"):
        path.unlink()
    north.start()
    assert world.get("")["trouble"] == "no-keys"
    made = world.ask(north, "POST", north.of_channel("/successor"), expect=201)
    party = world.get("")["parties"]["north"]
    assert made["log_key"] != party["log_key"], made


def a_second_signature_is_waited_for(world):
    south = world.south
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(south.folder / "deputy"))
    status, answer = south.submit(south.act("accredit", "delegate c.deputy", "role deputy",
                                            f"key {south.public_key('deputy')}"))
    assert status == 201, answer
    path = south.of_channel("/pending")
    blob = world.sealed(b"by two")
    line = south.upload(blob)
    text = south.act("comment", line).replace("\nact ", "\ncosigner c.deputy\nact ", 1)
    request = {"text": text, "armor": south.sign("chirograph-act", text)}
    one = text.replace("cosigner c.deputy\n", "")
    world.ask(south, "POST", path, {"text": one, "armor": south.sign("chirograph-act", one)},
              expect=400)
    world.ask(south, "POST", path, {**request, "armor": south.sign("chirograph-act", one)},
              expect=422)
    unknown = text.replace("c.deputy", "d.deputy")
    refused = world.ask(south, "POST", path, {"text": unknown, "armor": south.sign(
        "chirograph-act", unknown)}, expect=409)
    assert refused["error"]["reason"] == "not-accredited", refused
    without = text.replace(line, body_line(b"never uploaded"))
    world.ask(south, "POST", path, {"text": without,
                                    "armor": south.sign("chirograph-act", without)}, expect=409)
    added = world.ask(south, "POST", path, request, expect=201)
    assert world.ask(south, "POST", path, request, expect=201) == added
    one = f"{path}/{added['number']}"
    shown = world.ask(south, "GET", one)
    assert (shown["text"], shown["armor"]) == (text, request["armor"])
    assert shown["body"]["size"] == len(blob)
    opened = world.ask(south, "POST", f"{one}/file-key")
    assert len(base64.b64decode(opened["file_key"])) == 16
    world.ask(south, "POST", f"{one}/refuse", {"reason": "r" * 1025}, expect=413)
    world.ask(south, "POST", f"{one}/refuse", {"reason": "no"})
    world.ask(south, "POST", f"{one}/refuse", {"reason": "no"}, expect=409)
    assert [each["state"] for each in world.ask(south, "GET", path)["pending"]] == ["refused"]
    name = base64.b64decode(shown["body"]["sha256"]).hex()
    world.ask(south, "GET", south.of_channel(f"/blobs/{name}"), expect=404)
    world.ask(south, "DELETE", one)
    world.ask(south, "DELETE", one, expect=404)
    assert world.ask(south, "GET", path)["pending"] == []


def reading_keys_and_holds(world):
    north = world.north
    found = world.get("/reading-keys")
    assert found["retention"] == 3650 * 86400
    assert {key["standing"] for key in found["keys"]} == {"in-use"}, found
    assert [key["recipient"] for key in found["keys"]] \
        == [party["reading_key"] for party in world.get("")["parties"].values()]
    assert sum(key["bodies"] for key in found["keys"]) > 0
    name = world.acts("north")[-1]
    path = north.of_channel("/holds")
    for request in ({"scope": "act", "reason": "case"}, {"scope": "all", "reason": "case"},
                    {"scope": "channel", "act": name, "reason": "case"}):
        world.ask(north, "POST", path, request, expect=400)
    world.ask(north, "POST", path, {"scope": "act", "act": "north-99999", "reason": "x"},
              expect=404)
    one = world.ask(north, "POST", path, {"scope": "channel", "reason": "case"}, expect=201)
    held = world.ask(north, "GET", path)["holds"]
    assert [(hold["number"], hold["scope"], hold["reason"]) for hold in held] \
        == [(one["number"], "channel", "case")]
    assert world.get("/reading-keys")["keys"][0]["held_bodies"] > 0
    world.ask(north, "DELETE", f"{path}/{one['number']}")
    world.ask(north, "DELETE", f"{path}/{one['number']}", expect=404)
    assert world.ask(north, "GET", path)["holds"] == []


# The base point of ristretto255 and its double (RFC 9496, A.1).
ONE = bytes.fromhex("e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76")
TWO = bytes.fromhex("6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919")


def keys_of_lists(world):
    """A key evaluates what is an element, in whatever order, and no longer once it is gone."""
    north = world.north
    path = north.of_channel("/list-keys")
    assert world.ask(north, "GET", path)["keys"] == []
    key = world.ask(north, "POST", path, expect=201)
    assert world.ask(north, "GET", path)["keys"] == [{**key, "list": None}]
    one = f"{path}/{base64.b64decode(key['public_key']).hex()}"
    public = base64.b64decode(key["public_key"])
    # The key times the base point is the public key.
    assert world.ask(north, "POST", f"{one}/evaluations", ONE) == public
    plain = world.ask(north, "POST", f"{one}/evaluations?proofs=0", TWO + ONE)
    proved = world.ask(north, "POST", f"{one}/evaluations?proofs=1", TWO + ONE)
    assert len(plain) == 2 * 32 and len(proved) == 2 * 96
    assert plain == proved[:32] + proved[96:128] and plain[32:] == public
    many = world.ask(north, "POST", f"{one}/evaluations", ONE * 2000)
    assert many == public * 2000
    for wrong, status in ((b"", 413), (ONE[:31], 413), (ONE + b"x", 413), (ONE * 2001, 413),
                          (bytes(32), 400), (ONE + bytes(32), 400), (b"\xff" * 32, 400)):
        world.ask(north, "POST", f"{one}/evaluations", wrong, expect=status)
    world.ask(north, "POST", f"{one}/evaluations?proofs=yes", ONE, expect=400)
    world.ask(north, "POST", f"{path}/{'00' * 32}/evaluations", ONE, expect=404)
    world.ask(north, "POST", f"{path}/00/evaluations", ONE, expect=400)
    status = world.ask(north, "GET", "/v1/status")["evaluator"]
    assert status["working"] and status["keys"] == 1 and status["damaged"] == 0, status
    assert status["apart"] == (os.geteuid() == 0) and 1 <= status["threads"] <= 4, status
    world.ask(north, "DELETE", one)
    world.ask(north, "DELETE", one, expect=404)
    world.ask(north, "POST", f"{one}/evaluations", ONE, expect=404)
    assert world.ask(north, "GET", path)["keys"] == []


def evaluator_is_replaced(world):
    """Who waited is told to ask again, and the key is there when the next one runs."""
    north = world.north
    path = north.of_channel("/list-keys")
    key = world.ask(north, "POST", path, expect=201)
    one = f"{path}/{base64.b64decode(key['public_key']).hex()}/evaluations?proofs=1"
    before = processes_of(world, "chirod evaluato")
    assert len(before) == 1, before
    answers = []

    def ask():
        answers.append(north.request("POST", one, ONE * 2000))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    # Long before these are evaluated.
    wait_until(lambda: north.request("GET", path)[0] == 200, "no answer beside evaluations")
    os.kill(before[0], signal.SIGKILL)
    for thread in threads:
        thread.join()
    lost = [content["error"] for status, content in answers if status != 200]
    assert lost and all(each["code"] == "wait" and "ask again" in each["message"]
                        for each in lost), answers
    wait_until(lambda: north.request("POST", one, ONE)[0] == 200, "no evaluator after its end")
    assert processes_of(world, "chirod evaluato") != before
    assert world.ask(north, "GET", path)["keys"] == [{**key, "list": None}]
    answer = world.ask(north, "POST", one, ONE * 3)
    assert [answer[i:i + 32] for i in (0, 96, 192)] == [base64.b64decode(key["public_key"])] * 3
    # A file that cannot be read takes its key, and is told.
    evaluator = processes_of(world, "chirod evaluato")[0]
    file = next((north.folder / "home/keeper/lists").glob("*.key"))
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    os.kill(evaluator, signal.SIGKILL)
    wait_until(lambda: world.ask(north, "GET", "/v1/status")["evaluator"]["damaged"] == 1,
               "no word of a damaged key")
    world.ask(north, "POST", one, ONE, expect=404)
    evaluator = processes_of(world, "chirod evaluato")[0]
    file.write_bytes(content)
    os.kill(evaluator, signal.SIGKILL)
    wait_until(lambda: north.request("POST", one, ONE)[0] == 200, "the key did not come back")


def lists(world):
    """One that is published and asked; test_exchanges.py asks on."""
    north, south = world.north, world.south
    assert world.get("/lists?from=0&count=10") == {
        "budget_day": 1000, "budget_list": 100000, "lists": [], "more": False}
    key = world.ask(north, "POST", north.of_channel("/list-keys"), expect=201)["public_key"]
    line = north.upload(world.sealed(b"pairs"))
    status, act = north.submit(north.act(
        "list", "matter new", "mode match-only", "epoch 1",
        f"ipv4 {key} 64 {encode(hashlib.sha256(b'pairs').digest())} 16,24", line))
    assert status == 201, act
    wait_until(lambda: world.get("/lists", south)["lists"], "the list does not arrive")
    path = south.of_channel(f"/lists/{act['name']}/questions")
    answer = world.ask(south, "POST", path + "?class=ipv4&epoch=1", ONE + TWO)
    assert answer["outcome"] == "evaluated"
    assert base64.b64decode(answer["evaluations"])[:32] == base64.b64decode(key)
    for wanted in ("/lists", "/lists?from=0&count=1"):
        found = world.get(wanted, south)["lists"][0]
        assert found["list"] == act["name"] and found["mode"] == "match-only", found
        assert found["classes"][0]["prefix_lengths"] == [16, 24], found
        assert found["classes"][0]["left"] == 998 and found["classes"][0]["total"] == 2, found
    assert world.get("/lists?from=1", south)["lists"] == []
    for wrong, status in (("?class=domain", 404), ("?class=colour", 400), ("", 400),
                          ("?class=ipv4&epoch=2", 409), ("?class=ipv4&epoch=x", 400)):
        world.ask(south, "POST", path + wrong, ONE, expect=status)
    world.ask(south, "POST", path + "?class=ipv4", ONE * 513, expect=413)
    world.ask(south, "POST", south.of_channel("/lists/south-0/questions?class=ipv4"), ONE,
              expect=404)


def every_route_was_asked(world):
    all_routes = {(method, operation["summary"])
                  for method, _, operation in world.document.operations()}
    assert world.seen == all_routes, all_routes - world.seen


CASES = [status_and_channel, charter_again, invitations, act_with_body, body_with_act, body_sealed_anew, uploads,
         void_acts, obligations_and_matters, agenda_pages_while_the_log_grows,
         handovers_are_kept_and_accepted, log_pages, heads, frames_go_and_come,
         tests_are_echoed, charter_is_amended, alarms_are_listed,
         words_for_the_telephone,
         nothing_is_to_be_recovered, keys_clock_backup, waiting_ends_with_an_act, malformed_requests, users, many_requests,
         slow_and_gone_clients, http_is_replaced, after_a_restart, a_second_signature_is_waited_for, reading_keys_and_holds,
         keys_of_lists, evaluator_is_replaced, lists,
         fresh_keys_for_a_lost_keeper, every_route_was_asked]


def main():
    world = World()
    failed = False
    try:
        world.open()
        for number, case in enumerate(CASES, start=1):
            name = case.__name__.replace("_", " ")
            try:
                skipped = case(world)
                print(f"ok {number} - {name}" + (f" # SKIP {skipped}" if skipped else ""))
            except (AssertionError, KeyError, OSError, TimeoutError, ValueError,
                    subprocess.CalledProcessError) as fault:
                failed = True
                print(f"not ok {number} - {name}\n# {type(fault).__name__}: {fault}")
            sys.stdout.flush()
        print(f"1..{len(CASES)}")
    finally:
        world.remove()
    sys.exit(failed)


main()
