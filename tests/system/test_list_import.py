#!/usr/bin/env python3
"""chiro list import, show and diff, without a node: rows that are good, bad, twice; and the real
files, of which it is known what is in them.

    test_list_import.py <chiro>
"""
import json
import os
import stat
import sys
import tempfile
from pathlib import Path

from cli import Cli, assert_fits, tap

SHARED = Path(os.environ.get("CHIRO_SHARED", Path(__file__).parents[2] / ".." / "shared"))
LISTS, CTI = SHARED / "data/lists", SHARED / "data/cti"
FOLDER = Path(tempfile.mkdtemp(prefix="chirograph-", dir="/tmp"))
chiro = Cli(sys.argv[1], HOME="/nonexistent", CHIRO_HOME=str(FOLDER / "home"))
(FOLDER / "home").mkdir()
HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
COUNT = iter(range(1000))


def file(content, name="file"):
    path = FOLDER / f"{next(COUNT)}-{name}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def checked(content, *words, status=0):
    """What would be imported."""
    return chiro.json("list", "import", file(content), "--check", *words, status=status)


def imported(name, content, *words):
    """The text of the list that is made."""
    chiro.run("list", "import", file(content), "--name", name, "--replace", *words)
    return (FOLDER / f"home/lists/{name}.list").read_text()


def reasons(answer):
    return {row["line"]: row["reason"] for row in answer["bad"]}


def columns_are_found_by_their_names():
    text = imported(
        "named", "\ufeffID,Sector,subsector,Function,criticality,region,ipv4,ipv6,asn,Domain,"
        "certificate,spki,contact,protection,valid-from,valid until\r\n"
        "grid-17,energy,electricity,\"Eastern Interconnection, \"\"control\"\" room\",1,US-NY,"
        "198.51.100.7/24 203.0.113.7,2001:DB8::/32,AS64496,Grid.Example.,"
        f"{HEX.upper()},sha256/n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=,soc@grid.example,"
        "notify-first,2026-11-29,2027-11-29T12:00:00Z\r\n"
        "water,Dams,,,,,,2001:db8:1::1,,,,,,,,\r\n", "--scheme", "US-16", "--column", "asn=asn")
    assert text == f"""chirograph.list/1
scheme US-16
entry grid-17
sector energy
subsector electricity
function Eastern Interconnection, "control" room
criticality 1
region US-NY
ipv4 198.51.100.0/24
ipv4 203.0.113.7/32
ipv6 2001:db8::/32
asn 64496
domain grid.example
certificate {HEX}
spki {HEX}
contact soc@grid.example
protection notify-first
valid-from 2026-11-29T00:00:00Z
valid-until 2027-11-29T12:00:00Z
entry water
sector dams
ipv6 2001:db8:1::1/128
protection off-limits
""", text


def the_same_list_has_the_same_bytes():
    one = imported("one", "id,domain\na,B.example\nb,a.example\na,A.example\n")
    other = imported("other", "domain;id\r\n\"a.example B.EXAMPLE.\";a\r\nA.example;b\r\n")
    assert one == other, one + other


def what_columns_hold_can_be_said():
    text = imported("said", "Host;Owner;asn;x\ngrid.example;Grid;64496;1\n", "--column",
                    "Host=domain", "--column", "Owner=contact", "--column", "asn=asn", "--set",
                    "protection=assist-priority", "--set", "region=US", "--set", "contact=nobody")
    for line in ("domain grid.example", "contact Grid", "asn 64496", "region US",
                 "protection assist-priority"):
        assert f"\n{line}\n" in text, text
    answer = checked("domain,asn,colour\ngrid.example,64496,red\n")
    assert answer["columns_not_taken"] == ["asn", "colour"], answer
    # Alone it is what the list is of.
    assert "asn 64496\n" in imported("alone", "asn,name\nAS64496,Grid\n")
    for words in (("--column", "nowhere=domain"), ("--column", "domain"),
                  ("--column", "domain=colour"), ("--set", "id=a"), ("--set", "colour=red"),
                  ("--scheme", "US-17"), ("--format", "xml"), ("--column", "domain=-")):
        said = chiro.refused("list", "import", file("domain\na.example\n"), "--check", *words,
                             status=2)
        assert said
    # What all rows would say wrong is said once.
    many = file("domain\n" + "".join(f"a{number}.example\n" for number in range(50)))
    for words in (("--set", "criticality=9"), ("--set", "valid-until=soon"),
                  ("--scheme", "US-16", "--set", "sector=colour")):
        said = chiro.refused("list", "import", many, "--check", *words, status=2)
        assert "--set: " in said and said.count("\n") <= 2, said


def bad_rows_are_named_and_nothing_is_imported():
    content = ("domain,criticality,valid-until\n"
               "good.example,1,\n"
               "bad_example.org,1,\n"
               "good.example,4,\n"
               "also.example,1,soon\n"
               "\"open.example,1,\n"
               "few.example\n"
               ",,\n"
               "10.example,1,2026-13-01\n"
               "last.example,2,2026-12-01\n")
    path = file(content, "bad.csv")
    answer = chiro.json("list", "import", path, "--name", "bad", status=1)
    assert not answer["imported"] and answer["rows"] == 9, answer
    assert sorted(reasons(answer)) == [3, 4, 5, 6, 7, 8, 9], answer
    for line, word in ((3, "underscore"), (4, "criticality"), (5, "soon"), (6, "quote"),
                       (7, "fields"), (8, "no identifier"), (9, "2026-13-01")):
        assert word in reasons(answer)[line], answer
    assert not (FOLDER / "home/lists/bad.list").exists()
    shown = chiro.run("list", "import", path, "--name", "bad", status=1).decode()
    assert "line 3: 'bad_example.org' has an underscore" in shown, shown
    assert "--skip-bad" in chiro.errors and "7 rows" in chiro.errors
    shown = chiro.text("list", "import", path, "--name", "bad", "--skip-bad")
    assert "line 3:" in shown and "bad rows" in shown, shown
    text = (FOLDER / "home/lists/bad.list").read_text()
    assert text.count("entry ") == 2 and "valid-until 2026-12-01T00:00:00Z" in text


def what_everybody_has_is_no_identifier():
    answer = checked("10.0.0.0/8\n192.168.1.1\n127.0.0.1\n::1\nAS64512\n0.0.0.0/0\n"
                     "198.51.100.0/24\n", status=1)
    assert sorted(reasons(answer)) == [1, 2, 3, 4, 5, 6], answer


def a_plain_file_says_what_each_is_of():
    text = imported("plain", "# networks\n\n198.51.100.0/24 NET-1 (One LLC)\n"
                    "  2001:db8::1   # a host\r\nAS1.10\tasdot\nspki:" + HEX + "\ngrid.example")
    assert "entry 198.51.100.0/24\nfunction NET-1 (One LLC)\nipv4 198.51.100.0/24\n" in text, text
    assert "function a host\nipv6 2001:db8::1/128\n" in text, text
    assert "entry AS65546\nfunction asdot\nasn 65546\n" in text, text
    assert f"spki {HEX}\n" in text and "domain grid.example\n" in text, text
    answer = checked("64496\ngrid\n1.2.3\n", status=1)
    assert sorted(reasons(answer)) == [1, 2, 3], answer


def domains_of_any_script_become_a_labels():
    text = imported("scripts", "Президент.РФ\nbücher.example\nxn--d1abbgf6aiiy.xn--p1ai\n")
    assert text.count("entry ") == 2, text
    assert "domain xn--d1abbgf6aiiy.xn--p1ai\n" in text and "xn--bcher-kva.example" in text
    # An A-label that stands for nothing, and one for what is spelt otherwise.
    answer = checked("xn--zzzzzzzz99999.example\nxn--a.example\n", status=1)
    assert sorted(reasons(answer)) == [1, 2], answer


def rows_about_the_same_entry_become_one():
    answer = checked("id,ipv4,function\na,198.51.100.1,x\nb,198.51.100.1,y\na,198.51.100.2,x\n"
                     "a,198.51.100.2,z\n")
    assert answer["joined"] == [{"line": 4, "first": 2, "otherwise": False}], answer
    assert answer["duplicates"] == [{"line": 5, "first": 2, "otherwise": True}], answer
    assert answer["list"]["entries"] == 2 and answer["list"]["identifiers"] == {"ipv4": 2}
    assert answer["list"]["shared"] == 1, answer
    assert answer["overlaps"] == [{"class": "ipv4", "identifier": "198.51.100.1/32",
                                   "entries": 2}], answer


def what_lies_within_another_is_counted():
    answer = checked("198.51.100.0/24\n198.51.100.128/25\n198.51.100.129\n198.51.101.0/24\n"
                     "grid.example\na.b.grid.example\nmygrid.example\n2001:db8::/32\n"
                     "2001:db8:1::/48\nAS6449\nAS64496\n")
    within = {row["identifier"]: row["within"] for row in answer["overlaps"]}
    assert within == {"198.51.100.128/25": "198.51.100.0/24",
                      "198.51.100.129/32": "198.51.100.128/25",
                      "a.b.grid.example": "grid.example",
                      "2001:db8:1::/48": "2001:db8::/32"}, within
    assert answer["list"]["contained"] == 4


def bundle(*objects):
    return json.dumps({"type": "bundle", "id": "bundle--1", "objects": list(objects)})


ADDRESS = {"type": "ipv4-addr", "id": "ipv4-addr--1", "value": "198.51.100.3"}
DOMAIN = {"type": "domain-name", "id": "domain-name--1", "value": "grid.example",
          "resolves_to_refs": ["ipv4-addr--1"]}
SYSTEM = {"type": "autonomous-system", "id": "autonomous-system--1", "number": 64496}
CERTIFICATE = {"type": "x509-certificate", "id": "x509-certificate--1", "hashes": {"SHA-256": HEX}}


def a_grouping_names_what_is_on_the_list():
    identity = {"type": "identity", "id": "identity--1", "name": "Grid Inc.",
                "contact_information": "soc@grid.example"}
    grouping = {"type": "grouping", "id": "grouping--1", "name": "Control rooms",
                "context": "protected",
                "object_refs": ["identity--1", "ipv4-addr--1", "autonomous-system--1",
                                "x509-certificate--1"]}
    text = imported("stix", bundle(ADDRESS, DOMAIN, SYSTEM, CERTIFICATE, identity, grouping))
    assert "domain" not in text and text.count("entry ") == 3, text
    assert ("entry 198.51.100.3/32\nfunction Control rooms\nipv4 198.51.100.3/32\n"
            "contact soc@grid.example\n") in text, text
    answer = checked(bundle({**grouping, "object_refs": ["ipv4-addr--1", "ipv4-addr--2"]},
                            ADDRESS), status=1)
    assert "ipv4-addr--2" in reasons(answer)[1], answer


def what_is_somebody_elses_is_not_taken_from_stix():
    text = imported("free", bundle(ADDRESS, DOMAIN))
    assert text.count("entry ") == 2, text
    seen = {"type": "observed-data", "id": "observed-data--1", "object_refs": ["ipv4-addr--1"]}
    assert imported("free", bundle(ADDRESS, DOMAIN, seen)).count("entry ") == 1
    indicator = {"type": "indicator", "id": "indicator--1",
                 "pattern": "[ipv4-addr:value = '198.51.100.3']"}
    assert "patterns" in chiro.refused("list", "import", file(bundle(indicator)), "--check")


def hostile_files_are_refused():
    deep = "[" * 5000 + "]" * 5000
    for content in ('{"type": "bundle", "objects": ' + deep + "}", '{"type": "bundle"}',
                    '{"a": 1, "a": 2}', "{", bundle(), '{"type": "bundle", "objects": [1, null]}'):
        chiro.refused("list", "import", file(content), "--check")
    chiro.refused("list", "import", file(""), "--check")
    chiro.refused("list", "import", FOLDER / "nowhere", "--check")
    said = checked("domain,function\na.example,\x1b[31mred\nb.example,\u202egnp\n"
                   "c.example,ok\n", status=1)
    assert sorted(reasons(said)) == [2], said
    answer = checked(b"domain,function\na.example,\xff\xfe\nb.example,ok\n", status=1)
    assert sorted(reasons(answer)) == [2], answer
    answer = checked("domain,function\na.example," + "x" * 70000 + "\nb.example,"
                     + "y" * 600 + "\n", status=1)
    assert sorted(reasons(answer)) == [2, 3], answer


def lists_are_ones_own():
    chiro.run("list", "import", file("a.example\n"), "--name", "own")
    path = FOLDER / "home/lists/own.list"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert "--replace" in chiro.refused("list", "import", file("b.example\n"), "--name", "own")
    for name in ("../own", "Own", "a/b", ".own", "a" * 65):
        chiro.refused("list", "import", file("a.example\n"), "--name", name, status=2)
    chiro.refused("list", "import", file("a.example\n"), status=2)
    assert "own" in [row["name"] for row in chiro.json("list", "show")["lists"]]
    assert "own" in chiro.text("list", "show")
    assert "no list 'other-one'" in chiro.refused("list", "show", "other-one")


def a_list_is_shown_and_searched():
    imported("shown", "id,sector,function,domain,ipv4\n"
             "a,energy,Control room of the grid,grid.example,198.51.100.0/24\n"
             "b,water,Pumps,pumps.example,203.0.113.0/24\n", "--scheme", "US-16")
    shown = chiro.text("list", "show", "shown")
    for word in ("grid.example", "Control room of the grid", "Water and Wastewater", "off limits",
                 "US-16"):
        assert word in shown, shown
    assert_fits(shown, 80)

    def found(text):
        return [entry["id"] for entry in chiro.json("list", "show", "shown", "--find",
                                                    text)["shown"]]
    assert found("198.51.100.7") == ["a"] and found("203.0.0.0/8") == ["b"]
    assert found("www.grid.example") == ["a"] and found("control room") == ["a"]
    assert found("b") == ["b"] and found("elsewhere.example") == []
    assert chiro.json("list", "show", "shown", "--count", "1")["found"] == 2
    (FOLDER / "home/lists/broken.list").write_text("chirograph.list/1\nentry\n")
    assert "line 2" in chiro.refused("list", "show", "broken")
    assert "cannot be read" in chiro.text("list", "show")


def differences_are_told_entry_by_entry():
    imported("before", "id,sector,function,ipv4\na,energy,Old,198.51.100.0/24\n"
             "b,dams,Dam,203.0.113.1\nc,dams,Same,203.0.113.3\n", "--scheme", "US-16")
    imported("after", "id,sector,function,ipv4,contact\na,energy,New,198.51.100.0/25,x@a.example\n"
             "d,dams,Dam,203.0.113.1,\nc,dams,Same,203.0.113.3,\n", "--scheme", "US-16")
    shown = chiro.text("list", "diff", "before", "after")
    for line in ("~ a  New", "  - function    Old", "  + function    New",
                 "  - ipv4        198.51.100.0/24", "  + ipv4        198.51.100.0/25",
                 "  + contact     x@a.example", "- b  Dam", "+ d  Dam",
                 "1 added, 1 removed, 1 changed, 1 as they were"):
        assert line in shown, shown
    assert "Same" not in shown
    answer = chiro.json("list", "diff", "before", "after")
    assert [entry["id"] for entry in answer["added"]] == ["d"]
    assert [entry["id"] for entry in answer["removed"]] == ["b"]
    assert answer["changed"][0]["before"]["function"] == "Old" and answer["same"] == 1
    assert "the same entries" in chiro.text("list", "diff", "after", "after")
    assert "broken" in chiro.refused("list", "diff", "after", "broken")


def sectors_have_codes_and_names():
    schemes = {each["scheme"]: each for each in chiro.json("list", "schemes")["schemes"]}
    assert {name: len(each["sectors"]) for name, each in schemes.items()} == {
        "US-16": 16, "RU-187FZ": 14, "EU-NIS2": 18}
    assert "Водоснабжение и водоотведение" in [row["name_ru"]
                                               for row in schemes["US-16"]["sectors"]]
    assert_fits(chiro.text("list", "schemes", COLUMNS="60"), 60)
    assert_fits(chiro.text("list", "schemes", "RU-187FZ", COLUMNS="60"), 60)
    chiro.refused("list", "schemes", "us-16", status=2)
    for sector in ("Атомная энергия", "nuclear-energy", "Nuclear energy"):
        text = imported("sector", f"domain,sector\na.example,{sector}\n", "--scheme", "RU-187FZ")
        assert "sector nuclear-energy\n" in text, text
    text = imported("sector", "scheme,domain,sector\nEU-NIS2,a.example,space\n")
    assert text.startswith("chirograph.list/1\nscheme EU-NIS2\n"), text
    answer = checked("scheme,domain\nEU-NIS2,a.example\nUS-16,b.example\n", status=1)
    assert sorted(reasons(answer)) == [3], answer
    assert "--scheme" in reasons(checked("domain,sector\na.example,space\n", status=1))[2]


# --- what is in the real files ---------------------------------------------------------

def real(path, *words, status=0):
    return chiro.json("list", "import", path, "--check", *words, status=status)


def the_domains_of_the_american_government():
    """16,539 rows: none malformed, none twice, none within another."""
    answer = real(LISTS / "us-gov-domains.csv")
    assert answer["rows"] == 16539 and answer["bad"] == [], answer["bad"]
    assert answer["duplicates"] == answer["joined"] == answer["overlaps"] == []
    assert answer["list"] == {"entries": 16539, "identifiers": {"domain": 16539}, "shared": 0,
                              "contained": 0}, answer["list"]
    assert answer["columns_not_taken"] == []


def the_domains_of_the_russian_government():
    """7,528 rows: 19 malformed (7 with a port, 12 with an underscore), one with a private
    address, 20 duplicates (of one the organisation differs); 330 addresses of several
    entries, 7,313 domains below another."""
    path = LISTS / "ru-gov-domains.csv"
    answer = real(path, status=1)
    bad = list(reasons(answer).values())
    assert answer["rows"] == 7528 and len(bad) == 20, bad
    assert sum("port" in reason for reason in bad) == 7
    assert sum("underscore" in reason for reason in bad) == 12
    assert [reason for reason in bad if "private" in reason] == [reasons(answer)[1715]]
    assert len(answer["duplicates"]) == 20 and answer["joined"] == []
    assert [row["line"] for row in answer["duplicates"] if row["otherwise"]] == [7502]
    assert answer["list"] == {"entries": 7488, "identifiers": {"ipv4": 870, "domain": 7488},
                              "shared": 330, "contained": 7313}, answer["list"]
    # The numbers are of the networks that the hosts lie in.
    assert answer["columns_not_taken"] == ["asn"]
    answer = real(path, "--column", "asn=asn", "--skip-bad")
    assert answer["list"]["identifiers"]["asn"] > 100


def the_networks_of_russia():
    """11,405 rows: none malformed, none twice, none within another."""
    answer = real(LISTS / "ru-ipv4.txt")
    assert answer["format"] == "plain" and answer["rows"] == 11405 and answer["bad"] == []
    assert answer["duplicates"] == answer["joined"] == answer["overlaps"] == []
    assert answer["list"]["identifiers"] == {"ipv4": 11405}, answer["list"]


def reports_on_attacks_are_no_lists():
    for name in ("revil-stix20.json", "notpetya-stix21.json"):
        assert "anybody's own" in chiro.refused("list", "import", CTI / name, "--check")


MADE = [columns_are_found_by_their_names, the_same_list_has_the_same_bytes,
        what_columns_hold_can_be_said, bad_rows_are_named_and_nothing_is_imported,
        what_everybody_has_is_no_identifier, a_plain_file_says_what_each_is_of,
        domains_of_any_script_become_a_labels, rows_about_the_same_entry_become_one,
        what_lies_within_another_is_counted, a_grouping_names_what_is_on_the_list,
        what_is_somebody_elses_is_not_taken_from_stix, hostile_files_are_refused,
        sectors_have_codes_and_names, lists_are_ones_own, a_list_is_shown_and_searched, differences_are_told_entry_by_entry]
REAL = [the_domains_of_the_american_government, the_domains_of_the_russian_government,
        the_networks_of_russia, reports_on_attacks_are_no_lists]

if not LISTS.is_dir() or not CTI.is_dir():
    print(f"# skipped: {LISTS} and {CTI} are not there: the real files are not read")
    REAL = []
tap(MADE + REAL)
