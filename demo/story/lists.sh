# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# Lists of critical infrastructure: one that can only be asked about, two that are swapped,
# and, with real data, one that is handed over.

# South's list, with a row that is wrong; what is on it, and what is not.
write_lists() {
	cat >"$out/south/grid.csv" <<-'END'
		identifier,sector,function,criticality,contact,protection
		scada.grid.south.example,energy,dispatch of the grid,1,duty desk +99 1 555 01,off-limits
		198.51.100.0/26,energy,substations,1,duty desk +99 1 555 01,off-limits
		198.51.100.77,energy,metering,2,duty desk +99 1 555 01,notify-first
		water plant no. 3,drinking-water,intake,1,water desk +99 1 555 02,off-limits
		intake.water.south.example,drinking-water,intake,1,water desk +99 1 555 02,assist-priority
	END
	printf '%s\n' 192.0.2.16/28 port.north.example >"$out/north/ports.txt"
	printf '%s\n' 203.0.113.32/27 harbour.south.example >"$out/south/harbours.txt"
	if [ -n "$data" ]; then
		cp "$data/lists/us-gov-domains.csv" "$out/south"
		cp "$data/lists/ru-ipv4.txt" "$data/lists/ru-gov-domains.csv" "$out/north"
	fi
}

import_and_commit() {
	chapter "A list that can be asked, and not read"
	say "South has a list of what must be left alone. Shown to north it would be a list of" \
	    "targets. So south commits to it, and north may ask. First it is imported; a row" \
	    "that is no identifier is named, and nothing is imported from a file with such a row" \
	    "unless one says so."
	on south 'cat grid.csv'
	refused south 'chiro list import grid.csv --name grid --scheme EU-NIS2'
	holds 'line 5'
	on south "sed -i 's/^water plant no. 3/plant3.water.south.example/' grid.csv &&
    chiro list import grid.csv --name grid --scheme EU-NIS2"
	say "The act holds a key and a root for each class of identifiers; the body, sealed to" \
	    "north, holds tags that only south's node can compute, and decoys among them."
	on south 'chiro list commit grid --mode match-only --marking TLP:AMBER --yes'
	list=$(logged_act)
	quietly south "chiro wait $list --timeout 60s" >/dev/null
	on south "chiro show $list --text | fold -w 76"
	on north "chiro list show $list"
}

ask_the_list() {
	say "North asks. Its questions are blinded in the command itself: south learns that" \
	    "something was asked, of which class, and how much, and not what. What it answers" \
	    "carries a proof, so that it cannot answer by another list than it has committed to."
	on north "chiro list check $list 198.51.100.40 --yes"
	holds 'HIT 198.51.100.40' 'duty desk'
	refused north "chiro list check $list pump.example --yes"
	holds 'not on'
	on north "printf '%s\n' intake.water.south.example www.example.net 198.51.100.200 >seen.txt &&
    chiro list check $list --file seen.txt --yes"
	holds 'HIT intake.water.south.example'
	say "Both sides count. Only the budgets of the charter keep north from asking about" \
	    "everything there is, and what is used up stays used up, also after a new version."
	on north "chiro list budget $list"
	on south "chiro list budget $list"
	say "A hit can be shown to somebody who trusts neither side."
	on north "chiro list prove $list 198.51.100.40 --output ../hit --yes"
	desk=hit on auditor 'ls && chiro verify .'
	holds 'intact'
	desk=hit on auditor 'python3 verify-match.py'
}

swap_lists() {
	local ours theirs
	chapter "Two lists, swapped"
	say "Neither wants to be the first to show its list. So both commit first, and then both" \
	    "open. Who then did not open is on record."
	on north 'chiro list import ports.txt --name ports && chiro list commit ports --mode swap --yes'
	ours=$(logged_act_in 'is logged')
	quietly north "chiro wait $ours --timeout 60s" >/dev/null
	refused north "chiro list reveal $ours --yes"
	on south "chiro list import harbours.txt --name harbours &&
    chiro list commit harbours --mode swap --answers $ours --yes"
	theirs=$(logged_act_in 'is logged')
	quietly south "chiro wait $theirs --timeout 60s" >/dev/null
	on north "chiro list reveal $ours --yes"
	quietly north 'chiro wait --timeout 60s' >/dev/null
	on north 'chiro agenda'
	holds "$theirs"
	on south "chiro list reveal $theirs --yes"
	quietly south 'chiro wait --timeout 60s' >/dev/null
	on south "chiro list show $ours"
	holds '192.0.2.16/28'
	on north "chiro list show $theirs"
	holds 'harbour.south.example'
}

# With DATA: 16,539 domains and 11,405 prefixes to be asked about, and a list that is opened.
match_real_lists() {
	local domains prefixes opened
	chapter "The same with real lists"
	on south 'chiro list import us-gov-domains.csv --name gov --scheme US-16 \
    --set sector=government'
	on south 'chiro list commit gov --mode match-only --yes'
	domains=$(logged_act)
	on north 'chiro list import ru-ipv4.txt --name net --scheme RU-187FZ'
	on north 'chiro list commit net --mode match-only --yes'
	prefixes=$(logged_act)
	quietly south 'chiro wait --timeout 120s' >/dev/null
	quietly north 'chiro wait --timeout 120s' >/dev/null
	on north "chiro list check $domains www.29palms.gov --yes"
	holds 'HIT'
	on south "chiro list check $prefixes 217.199.253.7 --yes"
	holds 'HIT'
	say "A file from the field has rows that are none; each is named."
	refused north 'chiro list import ru-gov-domains.csv --name domains --scheme RU-187FZ | tail -n 12'
	on north 'chiro list import ru-gov-domains.csv --name domains --scheme RU-187FZ --skip-bad | tail -n 12'
	on north 'chiro list commit domains --mode opened --yes'
	opened=$(logged_act)
	quietly north "chiro wait $opened --timeout 120s" >/dev/null
	on south "chiro list show $opened --count 3"
	holds '7488'
}

tell_lists() {
	write_lists
	import_and_commit
	ask_the_list
	swap_lists
	[ -z "$data" ] || match_real_lists
}
