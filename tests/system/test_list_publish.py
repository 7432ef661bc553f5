#!/usr/bin/env python3
"""Lists are handed over, swapped and committed to: opened, both sides of a swap, match-only
with real data; new versions, retirement; a second signature; interrupted; larger than any
other body. Two real nodes.

    test_list_publish.py <chiro>
"""
import base64
import json
import os
import re
import shutil
from pathlib import Path

from api_node import Connection, wait_until
from cli import tap
from sides import World

ANSWERS = """two-signatures retire-list
query-budget-day 1000
"""
world = World()
north, south = world.sides
SHARED = Path(os.environ.get("CHIRO_SHARED", Path(__file__).resolve().parents[3] / "shared"))
DOMAINS = SHARED / "data/lists/us-gov-domains.csv"
PREFIXES = SHARED / "data/lists/ru-ipv4.txt"
acts = {}

GRID = """id,sector,criticality,ipv4,domain,contact,protection
dam,dams,1,198.51.100.0/24,dam.example,soc@dam.example,off-limits
pump,water,2,203.0.113.7/32,pump.example,soc@water.example,notify-first
"""


def own(side, name):
    return side.home / "lists" / f"{name}.list"


def keep(side, name, text, *words):
    path = world.write(f"{side.party}.{name}.csv", text)
    side.cli.run("list", "import", path, "--name", name, "--scheme", "US-16", *words)
    return own(side, name).read_text()


def commit(side, name, mode, *words, **arguments):
    return side.cli.json("list", "commit", name, "--mode", mode, "--yes", *words,
                         **arguments)["name"]


def api(side, path):
    connection = Connection(side.home / "api.sock")
    connection.request("GET", path)
    reply = connection.getresponse()
    data = reply.read()
    assert reply.status == 200, (reply.status, data)
    connection.close()
    return data


def keys(side):
    """How many keys of lists the node has."""
    return side.cli.json("status")["evaluator"]["keys"]


def field(side, act, name):
    found = re.search(rf"^{name} (.+)$", side.shown(act)["text"], re.MULTILINE)
    return found and found.group(1)


def a_channel_is_open():
    world.start()
    acts["channel"] = world.open(ANSWERS)
    acts["grid 1"] = keep(north, "grid", GRID)


def what_is_opened_is_read_by_the_other_side():
    act = commit(north, "grid", "opened")
    assert field(north, act, "mode") == "opened" and field(north, act, "epoch") == "1"
    south.has(act)
    shown = south.cli.text("list", "show", act)
    for word in ("198.51.100.0/24", "pump.example", "soc@water.example", "US-16"):
        assert word in shown, shown
    assert f"chiro list show {act}" in south.cli.text("read", act) + south.cli.errors
    saved = world.folder / "saved.list"
    assert str(saved) in south.cli.text("list", "show", act, "--output", saved)
    assert saved.read_text() == own(north, "grid").read_text()
    assert saved.stat().st_mode & 0o777 == 0o600
    south.cli.refused("list", "show", act, "--output", saved)
    assert "pump.example" in south.cli.text("list", "show", act, "--find", "pump.example")
    # The signer's own eyes: the same text, by the same name.
    assert north.cli.text("list", "show", act) == north.cli.text("list", "show", "grid")
    acts["opened"] = act


def a_new_version_is_compared_with_the_last():
    keep(north, "grid", GRID.replace("pump,water,2", "pump,water,1") +
         "mast,communications,3,192.0.2.1/32,mast.example,,assist-priority\n",
         "--replace")
    act = north.cli.json("list", "update", "grid", "--yes")["name"]
    assert field(north, act, "epoch") == "2" and field(north, act, "mode") == "opened"
    south.has(act)
    changes = south.cli.json("list", "diff", acts["opened"], act)
    assert [each["id"] for each in changes["added"]] == ["mast"], changes
    assert [each["after"]["id"] for each in changes["changed"]] == ["pump"], changes
    assert changes["removed"] == [] and changes["same"] == 1, changes
    assert "mast" in south.cli.text("list", "diff", acts["opened"], act)
    # Own lists and acts are compared the same.
    changes = north.cli.json("list", "diff", act, "grid")
    assert changes["same"] == 3 and not changes["added"] and not changes["removed"], changes
    acts["updated"] = act


def what_is_no_list_is_not_shown_as_one():
    act = north.act("request", "--wants", "information", "--text", world.write("text", "Please.\n"))
    assert "brings no list" in north.cli.refused("list", "show", act, status=2)
    north.cli.refused("list", "show", "nothing")
    north.cli.refused("list", "commit", "nothing", "--mode", "opened")
    north.cli.refused("list", "commit", "grid", "--mode", "secret", status=2)
    north.cli.refused("list", "commit", "grid", status=2)
    north.cli.refused("list", "commit", "grid", "--mode", "opened", "--answers", act, status=2)
    # What another command makes says which.
    for words in (("list", "--mode", "opened"), ("list",)):
        assert "chiro list commit" in north.cli.refused("act", *words, status=2)
    assert "chiro list check" in north.cli.refused("act", "query", "--epoch", "1", status=2)
    assert "chiro list reply" in north.cli.refused("act", "reply", "--answers", act, status=2)


def a_swap_is_opened_by_both_and_is_what_was_committed_to():
    first = keep(north, "dams", GRID)
    other = keep(south, "mills", GRID.replace("example", "test").replace("dam,", "mill,"))
    act = commit(north, "dams", "swap")
    assert "can never be opened" in " ".join(north.cli.errors.split()), north.cli.errors
    assert field(north, act, "body") is None
    assert len(list(north.home.glob("own/*/swap.*"))) == 1
    assert "not opened yet" in south.cli.refused("list", "show", south.has(act))
    # Not before the other side is committed, too.
    assert f"in answer to {act}" in north.cli.refused("list", "reveal", "dams", "--yes")
    assert "not opened yet" in south.cli.refused("list", "check", act, "a.example", status=3)
    answer = commit(south, "mills", "swap", "--answers", act)
    north.has(answer)
    # Whatever has become of the own list since.
    keep(north, "dams", GRID.replace("dam.example", "other.example"), "--replace")
    revealed = north.cli.json("list", "reveal", "dams", "--yes")["name"]
    south.has(revealed)
    saved = world.folder / "dams.list"
    south.cli.run("list", "show", revealed, "--output", saved)
    # The act that committed to it stands for what it opened.
    assert south.cli.json("list", "show", act) | {"name": revealed} == \
        south.cli.json("list", "show", revealed)
    named = {row["list"]: row for row in south.cli.json("list", "show")["of_channel"]}
    assert named[act]["revealed"] and named[act]["owner"] == "north", named
    assert f"{act}" in south.cli.text("list", "show"), act
    assert saved.read_text() == first
    assert field(north, act, "commitment") == south.shown(revealed)["body"]["root"]
    opened = south.cli.json("list", "reveal", answer, "--yes")["name"]
    north.has(opened)
    saved = world.folder / "mills.list"
    north.cli.run("list", "show", opened, "--output", saved)
    assert saved.read_text() == other
    assert "already" in north.cli.refused("list", "reveal", act, "--yes")
    acts["swap"], acts["swapped"] = act, answer


def a_swap_whose_opening_is_lost_says_so():
    keep(north, "lost", GRID)
    act = commit(north, "lost", "swap")
    kept = [path for path in north.home.glob("own/*/swap.*")
            if path.name.endswith(base64.b64decode(field(north, act, "commitment")).hex())]
    assert len(kept) == 1, kept
    assert kept[0].stat().st_mode & 0o777 == 0o600
    assert b"dam.example" not in kept[0].read_bytes()
    content = kept[0].read_bytes()
    kept[0].write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert "damaged" in north.cli.refused("list", "reveal", act, "--yes")
    kept[0].unlink()
    assert "cannot be opened" in north.cli.refused("list", "reveal", act, "--yes")
    # It was never paired, so it can be withdrawn.
    acts["lost"] = act


def what_is_not_signed_leaves_nothing():
    before = list(north.home.glob("own/*/swap.*"))
    had = keys(north)
    number = len(north.cli.json("log", "--all")["acts"])
    for mode in ("swap", "match-only"):
        said = north.cli.on_terminal("list", "commit", "grid", "--mode", mode, status=1,
                                     answer="no")
        assert "nothing is signed" in said, said
        if mode == "match-only":
            assert "soc@water.example" in said and "whether it has a hit or not" in \
                " ".join(said.split()), said
    assert list(north.home.glob("own/*/swap.*")) == before
    assert keys(north) == had
    assert len(north.cli.json("log", "--all")["acts"]) == number


def a_match_only_list_is_committed_to():
    keep(north, "hidden",
         GRID + GRID.splitlines()[1].replace("dam,dams,1", "weir,dams,3") + "\n")
    act = commit(north, "hidden", "match-only")
    assert keys(north) == 2
    ipv4, domain = field(north, act, "ipv4").split(" "), field(north, act, "domain").split(" ")
    assert ipv4[1] == domain[1] == "64" and ipv4[3] == "24,32" and domain[3] == "-"
    assert ipv4[0] != domain[0] and ipv4[2] != domain[2]
    assert field(north, act, "commitment") is None and field(north, act, "asn") is None
    assert [part["name"] for part in north.cli.json("read", act)["parts"]] == \
        ["pairs.txt", "ipv4", "domain"]
    assert "contact 2 soc@water.example" in north.cli.text("read", act)
    south.has(act)
    for side in (north, south):
        shown = side.cli.text("list", "show", act)
        assert "64 pairs" in shown and "soc@water.example" in shown, shown
        assert "those that the act commits to" in " ".join(shown.split()), shown
        assert "pump.example" not in shown
        assert side.cli.json("list", "show", act) == {
            "act": act, "mode": "match-only", "intact": True, "scheme": "US-16",
            "pairs": {"ipv4": 64, "domain": 64},
            "contacts": ["soc@dam.example", "soc@water.example"]}
        assert "asked" in side.cli.refused("list", "show", act, "--output", "/nonexistent")
    acts["hidden"] = act


def what_has_ended_is_left_out_and_what_stands_twice_is_said():
    keep(north, "ending", "id,domain,valid-until,criticality,protection\n"
         "past,past.example,2020-01-01T00:00:00Z,1,off-limits\n"
         "one,twice.example,,2,off-limits\ntwo,twice.example,,1,notify-first\n")
    said = " ".join(north.cli.on_terminal("list", "commit", "ending", "--mode", "match-only",
                                          status=1, answer="no").split())
    assert "domain: 1 identifier, which with decoys makes 64 pairs" in said, said
    assert "1 identifier stands in several entries" in said, said
    assert "1 entry whose validity has ended is left out" in said, said
    keep(north, "over", "id,domain,valid-until,protection\n"
         "past,past.example,2020-01-01T00:00:00Z,off-limits\n")
    assert "nothing on the list" in north.cli.refused("list", "commit", "over", "--mode",
                                                      "match-only", "--yes")


def a_body_that_is_not_what_its_act_commits_to():
    draft = world.folder / "lie"
    north.cli.run("list", "commit", "ending", "--mode", "match-only", "--draft", draft)
    text = draft.read_text()
    domain = re.search(r"^domain (.+)$", text, re.MULTILINE).group(1).split(" ")
    domain[2] = base64.b64encode(bytes(32)).decode()
    draft.write_text(re.sub(r"^domain .+$", "domain " + " ".join(domain), text,
                            flags=re.MULTILINE))
    act = north.cli.json("send", draft)["name"]
    south.has(act)
    output = south.cli.json("list", "show", act, status=1)
    assert not output["intact"] and output["pairs"]["domain"] == 64, output
    assert "pairs of class domain are not those that the act commits to" in \
        " ".join(south.cli.errors.split()), south.cli.errors


def real_lists_are_committed_to():
    if not DOMAINS.exists() or not PREFIXES.exists():
        print(f"# skipped: {DOMAINS} is not here")
        return
    north.cli.run("list", "import", DOMAINS, "--name", "gov", "--skip-bad")
    act = commit(north, "gov", "match-only")
    count = north.cli.json("list", "show", "gov", "--count", "0")["identifiers"]["domain"]
    pairs = int(field(north, act, "domain").split(" ")[1])
    assert 16000 < count <= pairs <= count * 1.25, (count, pairs)
    south.has(act)
    assert south.cli.json("list", "show", act)["pairs"] == {"domain": pairs}
    north.cli.run("list", "import", PREFIXES, "--name", "net", "--skip-bad")
    act = commit(north, "net", "match-only")
    south.has(act)
    pairs = south.cli.json("list", "show", act)["pairs"]
    assert list(pairs) == ["ipv4"] and pairs["ipv4"] > 11000, pairs
    lengths = field(north, act, "ipv4").split(" ")[3]
    assert re.fullmatch(r"[\d,-]+", lengths), lengths


def an_epoch_of_its_own_keys():
    before = field(north, acts["hidden"], "domain").split(" ")
    had = keys(north)
    act = north.cli.json("list", "update", "hidden", "--yes")["name"]
    after = field(north, act, "domain").split(" ")
    assert field(north, act, "epoch") == "2" and field(north, act, "mode") == "match-only"
    assert before[0] != after[0] and before[2] != after[2]
    south.has(act)
    assert south.cli.json("list", "show", act)["intact"]
    # Once the other side has receipted it, the former keys go.
    wait_until(lambda: keys(north) == had, "the former keys stay")


def interrupted_it_leaves_nothing():
    path = own(north, "many")
    path.write_text("chirograph.list/1\n" + "".join(
        f"entry e{number:07}\ndomain e{number:07}.example\nprotection off-limits\n"
        for number in range(400000)))
    had = keys(north)
    said = north.cli.on_terminal("list", "commit", "many", "--mode", "match-only", status=1,
                                 interrupt=3)
    assert "interrupted" in said and "building the list" in said, said
    assert keys(north) == had
    assert not [each for each in os.listdir(world.folder) if each.startswith("chiro-")]


def a_second_signature_is_waited_for():
    key = north.new_key("c.deputy")
    north.act("accredit", "--delegate", "c.deputy", "--role", "deputy", "--new-key", f"{key}.pub")
    north.cli.refused("list", "retire", acts["lost"], "--yes")
    number = str(north.cli.json("list", "retire", acts["lost"], "--cosigner", "c.deputy",
                                "--yes")["number"])
    assert "retire-list" in north.cli.text("pending", "show", number)
    done = north.cli.json("pending", "sign", number, "--yes", "--author", "c.deputy", "--key", key)
    assert field(north, done["name"], "act") == "retire-list"
    # A body that was made before its act waits with it.
    number = str(north.cli.json("list", "update", "grid", "--cosigner", "c.deputy",
                                "--yes")["number"])
    shown = north.cli.text("pending", "show", number)
    assert "list.txt" in shown and "a list of 3 entries" in shown, shown
    done = north.cli.json("pending", "sign", number, "--yes", "--author", "c.deputy", "--key", key)
    south.has(done["name"])
    assert "mast.example" in south.cli.text("list", "show", done["name"])


def retired_it_is_over():
    key = north.key("c.deputy")
    act = north.cli.json("list", "retire", "grid", "--cosigner", "c.deputy", "--cosigner-key", key,
                         "--yes")["name"]
    south.has(act)
    assert "retired" in north.cli.refused("list", "update", "grid", "--yes")
    assert "retired" in north.cli.refused("list", "retire", "grid", "--yes")
    # Knowledge does not end.
    assert "pump.example" in south.cli.text("list", "show", acts["opened"])


def larger_than_any_other_body():
    path = own(north, "large")
    with path.open("w") as file:
        file.write("chirograph.list/1\n")
        for number in range(150000):
            file.write(f"entry e{number:07}\nfunction {'x' * 400}\n"
                       f"domain e{number:07}.example\nprotection off-limits\n")
    assert path.stat().st_size > 64 << 20
    act = commit(north, "large", "opened")
    south.has(act)
    saved = world.folder / "large.list"
    name = base64.b64decode(south.shown(act)["body"]["sha256"]).hex()
    wait_until(lambda: json.loads(api(south, f"/v1/channels/{acts['channel']}/blobs/{name}"))
               ["complete"], "the body does not come")
    south.cli.run("list", "show", act, "--output", saved)
    assert saved.read_bytes() == path.read_bytes()
    # In a record too, sealed and opened, and the other side's node has found no fault in it.
    record = world.folder / "record"
    south.cli.run("export", "--open", "--acts", "no", record)
    assert (record / f"bodies/{act}/0001").read_bytes() == path.read_bytes()
    south.cli.run("verify", "--quiet", record)
    assert not [each for each in south.cli.json("log", "--all")["acts"]
                if each["kind"] == "fault"]
    # Nothing else is as large.
    with (world.folder / "huge").open("wb") as file:
        file.truncate((64 << 20) + 1)
    assert "64 MiB" in north.cli.refused("act", "request", "--wants", "information", "--attach",
                                         world.folder / "huge", "--yes")


def finish():
    world.stop()
    shutil.rmtree(world.folder)


tap([a_channel_is_open, what_is_opened_is_read_by_the_other_side,
     a_new_version_is_compared_with_the_last, what_is_no_list_is_not_shown_as_one,
     a_swap_is_opened_by_both_and_is_what_was_committed_to, a_swap_whose_opening_is_lost_says_so,
     what_is_not_signed_leaves_nothing, a_match_only_list_is_committed_to,
     what_has_ended_is_left_out_and_what_stands_twice_is_said,
     a_body_that_is_not_what_its_act_commits_to,
     real_lists_are_committed_to, an_epoch_of_its_own_keys, interrupted_it_leaves_nothing,
     a_second_signature_is_waited_for, retired_it_is_over, larger_than_any_other_body, finish])
