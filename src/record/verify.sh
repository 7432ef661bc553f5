#!/bin/sh
# Checks a Chirograph record with stock tools: sh, ssh-keygen (OpenSSH 9.1 or
# later), openssl (3.0 or later), sha256sum and base32 of coreutils. This file is
# the same in every record. Exit status 0: all that was checked is right; 1: not.
#
# Checked: the signatures over the charter, and for each charter.N.txt an act of each
# side that names it and the one before; each act's signatures, against
# allowed_signers at the time at which the act was logged; the hash tree of all
# acts against the checkpoint of each log; the signature of the log and the
# cosignature of the other side on it; that no log ends before what the other side
# has receipted of it; size and SHA-256 of sealed bodies.
# Not checked here, but by `chiro verify`: allowed_signers and policy themselves
# against the acts, tiles and proofs, what the acts mean, witnesses' cosignatures,
# opened bodies.
set -uf
LC_ALL=C
export LC_ALL
CDPATH=
cd "$(dirname "$0")" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
faults=0

# What is quoted from a file must not command the terminal.
say() {
	printf '%s\n' "$*" | tr -c '[:print:]\n' '?'
}

wrong() {
	say "WRONG: $*"
	faults=$((faults + 1))
}

for tool in ssh-keygen openssl sha256sum base32; do
	command -v "$tool" >/dev/null || {
		echo "$tool is not installed: nothing can be checked"
		exit 1
	}
done

# A pipe would keep us waiting, and a link lead out of the record.
odd=$(find . ! -type f ! -type d | head -n 1)
if [ -n "$odd" ]; then
	wrong "$odd is neither a plain file nor a folder"
	exit 1
fi

# field <key> <file>: the value of the first line with this key
field() {
	sed -n "s/^$1 //p" "$2" | head -n 1
}

# party_field <party> <key>: from the party's block of the charter
party_field() {
	sed -n "/^party $1\$/,\$p" charter.txt | sed -n "s/^$2 //p" | head -n 1
}

# verify_time <time>: as ssh-keygen takes it
verify_time() {
	printf '%s' "$1" | tr -d ':T-'
}

# ssh_verify <who> <namespace> <time> <signature> <message>
ssh_verify() {
	ssh-keygen -Y verify -f allowed_signers -I "$1" -n "$2" -s "$4" \
	    -O "verify-time=$(verify_time "$3")" <"$5" >/dev/null 2>&1
}

# ed25519_verify <base64 of the raw key> <message> <signature>
ed25519_verify() {
	{
		printf '\060\052\060\005\006\003\053\145\160\003\041\000'
		printf '%s' "$1" | openssl base64 -d -A
	} >"$work/key"
	openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key" -rawin -in "$2" \
	    -sigfile "$3" >/dev/null 2>&1
}

sha256_file() {
	openssl dgst -sha256 -binary "$1" | openssl base64
}

# --- the charter -------------------------------------------------------------

channel=$(openssl dgst -sha256 -binary charter.txt | base32 | tr -d '=\n' | tr '[:upper:]' '[:lower:]')
parties=$(sed -n 's/^party //p' charter.txt | head -n 2)
# What stands in a charter becomes part of paths and patterns below.
if [ "$(printf '%s\n' "$parties" | grep -c '^[a-z][a-z0-9-]*$')" -ne 2 ]; then
	echo "WRONG: charter.txt does not name two parties"
	exit 1
fi
echo "charter: SHA-256 $(sha256sum <charter.txt | cut -d ' ' -f 1)"
echo "channel: $channel"

# The time of a party's accession, which carries its signature over the charter: of
# the act, or where there are no acts for people, of the first entry of the log.
accession_time() {
	last=$1/acts/000000.sig
	[ -e "$1/acts/000000.2.sig" ] && last=$1/acts/000000.2.sig
	[ -e "$last" ] || last=$1/tile/entries/000
	[ -e "$last" ] || last=$last.p/$(sed -n 2p "$1/checkpoint")
	field logged "$last"
}

for party in $parties; do
	if [ ! -e "charter.$party.sig" ]; then
		if [ -e "$party/checkpoint" ]; then
			wrong "charter.$party.sig is missing"
		else
			echo "charter: $party has not acceded in this record"
		fi
		continue
	fi
	head=$(party_field "$party" head | cut -d ' ' -f 1)
	time=$(accession_time "$party")
	if ssh_verify "$head@$party" chirograph-charter "$time" "charter.$party.sig" charter.txt; then
		echo "charter: signed by $head@$party"
	else
		wrong "charter.$party.sig is not a signature of $head@$party over charter.txt"
	fi
done

# --- hash trees: the right edge in files, one for each bit of the size ---------

# tree_append: adds the leaf in $work/node, as number $count
tree_append() {
	level=0
	rest=$count
	while [ $((rest % 2)) -eq 1 ]; do
		{
			printf '\001'
			cat "$work/edge.$level" "$work/node"
		} | openssl dgst -sha256 -binary >"$work/joined"
		mv "$work/joined" "$work/node"
		level=$((level + 1))
		rest=$((rest / 2))
	done
	mv "$work/node" "$work/edge.$level"
}

# tree_root: of $count leaves, in base64
tree_root() {
	level=0
	rest=$count
	: >"$work/root"
	while [ "$rest" -gt 0 ]; do
		if [ $((rest % 2)) -eq 1 ]; then
			if [ -s "$work/root" ]; then
				{
					printf '\001'
					cat "$work/edge.$level" "$work/root"
				} | openssl dgst -sha256 -binary >"$work/joined"
				mv "$work/joined" "$work/root"
			else
				cp "$work/edge.$level" "$work/root"
			fi
		fi
		level=$((level + 1))
		rest=$((rest / 2))
	done
	openssl base64 <"$work/root"
}

# --- acts ------------------------------------------------------------------------

# check_body <act> <bytes> <base64 of the SHA-256>
check_body() {
	blob=bodies/$1.age
	[ -e "$blob" ] || return
	bodies=$((bodies + 1))
	[ "$(wc -c <"$blob" | tr -d ' ') $(sha256_file "$blob")" = "$2 $3" ] ||
	    wrong "$blob is not the body that the act names"
}

# check_signature <who> <signature> <time> <act>: 0 when somebody accredited signed
check_signature() {
	ssh_verify "$1" chirograph-act "$3" "$2" "$4" && return
	if ssh-keygen -Y check-novalidate -n chirograph-act -s "$2" <"$4" >/dev/null 2>&1; then
		say "note: $4 is signed, but not by a key that was accredited to $1: void"
	else
		wrong "$2 is not a signature over $4"
	fi
	return 1
}

# take_receipt <act>: keeps the greatest size of the other log that was receipted
take_receipt() {
	n=$(field size "$1")
	is_size "$n" && [ "$n" -gt "$receipted" ] && receipted=$n
}

# is_size <text>: of a log that has entries
is_size() {
	case $1 in
	'' | 0* | *[!0-9]* | ???????????????????*) return 1 ;;
	esac
}

# check_act <party> <number>
check_act() {
	base=$1/acts/$(printf '%06d' "$2")
	act=$base.act
	last=$base.sig
	[ -e "$base.2.sig" ] && last=$base.2.sig
	if [ ! -e "$act" ] || [ ! -e "$base.sig" ]; then
		wrong "$act or its signature is missing"
		return 1
	fi
	logged=$(field logged "$last")
	[ "$(field party "$act") $(field channel "$act")" = "$1 $channel" ] ||
	    wrong "$act is of another party or channel"
	check_signature "$(field author "$act")@$1" "$base.sig" "$logged" "$act" &&
	    [ "$(field act "$act")" = receipt ] && take_receipt "$act"
	cosigner=$(field cosigner "$act")
	[ -z "$cosigner" ] || check_signature "$cosigner@$1" "$base.2.sig" "$logged" "$act"

	name=$(act_name "$1" "$2")
	body=$(field body "$act")
	if [ -n "$body" ]; then
		# shellcheck disable=SC2086 # parts, root, bytes, hash
		set -- "$1" "$2" $body
		check_body "$name" "$5" "$6"
	elif [ "$(field act "$act")" = reseal ]; then
		# shellcheck disable=SC2046 # bytes, hash
		set -- "$1" "$2" $(field blob "$act")
		check_body "$name" "$3" "$4"
	fi

	# The entry is the text, a line feed, and the signatures with the time.
	{
		printf '\000'
		cat "$act"
		echo
		cat "$base.sig"
		[ "$last" = "$base.sig" ] || cat "$last"
	} | openssl dgst -sha256 -binary >"$work/node"
}

# --- logs that go on under another key -----------------------------------------------

# successors <party>: a line `<number> <key>` for each act by which the party's
# appointing key has named another log key, for the place at which it stands
successors() {
	[ -d "$1/acts" ] || return
	find "$1/acts" -name '*.act' -exec grep -lx 'office log' {} + | sort | while read -r act; do
		number=$(basename "$act" .act | sed 's/^0*\(.\)/\1/')
		[ "$(field author "$act") $(field size "$act")" = "appointing $number" ] &&
		    ssh_verify "appointing@$1" chirograph-act "$(field logged "${act%.act}.sig")" \
		        "${act%.act}.sig" "$act" &&
		    echo "$number $(field key "$act")"
	done
}

# generation_of <party> <number>: how often the log had changed its key by then, and 1
generation_of() {
	awk -v number="$2" '$1 + 0 <= number + 0 { n++ } END { print n + 1 }' "$work/successors.$1"
}

# act_name <party> <number>: north-7, north.2-500
act_name() {
	generation=$(generation_of "$1" "$2")
	[ "$generation" -eq 1 ] || generation=.$generation
	printf '%s%s-%s' "$1" "${generation#1}" "$2"
}

# --- heads -----------------------------------------------------------------------

# signature_of <note> <key name>: decoded, of the first line by this name
signature_of() {
	awk -v name="$2" 'NR > 4 && $2 == name { print $3; exit }' "$1" | openssl base64 -d -A
}

# check_head <party> <other party> <note>: the log's signature, which must be good
check_head() {
	is_size "$(sed -n 2p "$3")" || {
		wrong "$3 has no size"
		return 1
	}
	name=$(party_field "$1" domain)/chirograph/$channel
	key=$(party_field "$1" log-key)
	if [ -d "$1/acts" ]; then
		generation=$(generation_of "$1" "$(($(sed -n 2p "$3") - 1))")
	else
		# Without the acts for people only the policy tells.
		generation=$(sed -n "1s|^$name/\\([0-9]*\\)\$|\\1|p" "$3")
	fi
	if [ "${generation:-1}" -gt 1 ]; then
		name=$name/$generation
		key=$(sed -n "$((generation - 1))s/^[0-9]* //p" "$work/successors.$1")
		[ -d "$1/acts" ] || {
			key=$(log_key_of_policy "$1")
			say "note: $1 signs by a later log key, taken from $1/policy: its acts are not here"
		}
	fi
	head -n 3 "$3" >"$work/text"
	[ "$(head -n 1 "$3")" = "$name" ] || wrong "$3 is not of this log"
	signature_of "$3" "$name" | tail -c 64 >"$work/signature"
	ed25519_verify "$key" "$work/text" "$work/signature" ||
	    wrong "$3 is not signed by the log of $1"
}

# log_key_of_policy <party>
log_key_of_policy() {
	vkey=$(sed -n 's/^log //p' "$1/policy")
	vkey=${vkey#*+}
	printf '%s' "${vkey#*+}" | openssl base64 -d -A | tail -c 32 | openssl base64
}

# receipt_keys <party> <other party>: the key of the other party that the policy of
# this log names, then those that it had before: of the charter, and of its acts
receipt_keys() {
	vkey=$(sed -n 's/^witness counterpart //p' "$1/policy")
	vkey=${vkey#*+}
	printf '%s' "${vkey#*+}" | openssl base64 -d -A | tail -c 32 | openssl base64
	party_field "$2" receipt-key
	[ ! -d "$2/tile/entries" ] || find "$2/tile/entries" -type f -exec cat {} + |
	    sed -n -e '/^item receipt-key$/{n;s/^value //p;}' -e '/^office receipt$/{n;s/^key //p;}'
}

# check_countersignature <party> <other party> <note>: 1 when there is none
check_countersignature() {
	name=$(party_field "$2" domain)/chirograph/$channel/receipt
	signature_of "$3" "$name" >"$work/line"
	[ -s "$work/line" ] || return 1
	time=0
	for byte in $(head -c 12 "$work/line" | tail -c 8 | od -An -v -tu1); do
		time=$((time * 256 + byte))
	done
	{
		printf 'cosignature/v1\ntime %s\n' "$time"
		cat "$work/text"
	} >"$work/message"
	tail -c 64 "$work/line" >"$work/signature"
	receipt_keys "$1" "$2" >"$work/keys"
	latest=$(head -n 1 "$work/keys")
	sed 1d "$work/keys" | grep -Fqx -e "$latest" ||
	    wrong "$1/policy names no receipt key that $2 has ever had"
	[ "$latest" = "$(party_field "$2" receipt-key)" ] ||
	    echo "note: $2 has changed its receipt key since the charter, by a rekey or appoint act"
	while read -r key; do
		if ed25519_verify "$key" "$work/message" "$work/signature"; then
			[ "$key" = "$latest" ] ||
			    echo "note: $3 is cosigned by a receipt key that $2 has replaced since"
			say "$1: cosigned by $2 at size $(sed -n 2p "$3")"
			return
		fi
	done <"$work/keys"
	wrong "$3: the cosignature of $2 does not verify by any key that $2 has had"
}

# check_log <party> <other party>: leaves its size, and what it has receipted
check_log() {
	note=$1/checkpoint
	size=0
	receipted=0
	if [ ! -e "$note" ]; then
		if [ -e "charter.$1.sig" ] || [ -e "$1/tile" ] || [ -e "$1/acts" ]; then
			wrong "$note is missing"
		fi
		echo "$1: nothing of this log is here"
		return
	fi
	successors "$1" >"$work/successors.$1"
	while read -r number key; do
		echo "note: from $(act_name "$1" "$number") on the log of $1 is signed by another key"
	done <"$work/successors.$1"
	check_head "$1" "$2" "$note" || return
	size=$(sed -n 2p "$note")
	if ! check_countersignature "$1" "$2" "$note"; then
		echo "$1: this head is not cosigned by $2"
		if [ -e "$note.countersigned" ]; then
			check_head "$1" "$2" "$note.countersigned" || return
			[ "$(sed -n 2p "$note.countersigned")" -lt "$size" ] ||
			    wrong "$note.countersigned is no earlier head"
			check_countersignature "$1" "$2" "$note.countersigned" ||
			    wrong "$note.countersigned is not cosigned by $2"
		fi
	fi
	if [ ! -d "$1/acts" ]; then
		echo "$1: acts not checked: there is no folder $1/acts"
		all_acts=no
		return
	fi
	count=0
	while [ "$count" -lt "$size" ]; do
		check_act "$1" "$count" || return
		tree_append
		count=$((count + 1))
		if [ -e "$note.countersigned" ] && [ "$count" = "$(sed -n 2p "$note.countersigned")" ]; then
			[ "$(tree_root)" = "$(sed -n 3p "$note.countersigned")" ] ||
			    wrong "$note.countersigned is not the head of the acts in $1/acts"
		fi
	done
	[ "$(tree_root)" = "$(sed -n 3p "$note")" ] ||
	    wrong "$note is not the head of the acts in $1/acts"
	[ "$(find "$1/acts" -name '*.act' | wc -l)" -eq "$size" ] ||
	    wrong "$1/acts has acts that the log has not"
	echo "$1: $size acts"
}

# check_reach <party> <size> <other party> <size that it has receipted>
check_reach() {
	[ "$2" -ge "$4" ] ||
	    wrong "$1/checkpoint ends at $2 acts, but $3 has a receipt for $4"
}

# --- amended charters --------------------------------------------------------------

# amend_of <party> <version> <previous> <charter>: the first act of the party, signed by
# somebody accredited, that names the three; `with answers`, or without, as in $5
amend_of() {
	[ -d "$1/acts" ] || return 1
	find "$1/acts" -name '*.act' -exec grep -lx "charter $4" {} + | sort >"$work/amends"
	while read -r act; do
		answers=$(field answers "$act")
		[ "$(field act "$act") $(field version "$act")" = "amend $2" ] || continue
		[ "$(field previous "$act")" = "$3" ] || continue
		[ "${answers:+yes}" = "$5" ] || continue
		ssh_verify "$(field author "$act")@$1" chirograph-act \
		    "$(field logged "${act%.act}.sig")" "${act%.act}.sig" "$act" || continue
		[ -z "$answers" ] || [ "$(leaf_of "${answers% *}")" = "${answers#* }" ] || continue
		printf '%s\n' "$act"
		return
	done <"$work/amends"
	return 1
}

# leaf_of <act>: the base64 leaf hash of an act such as north-7
leaf_of() {
	base=${1%-*}
	base=${base%.*}/acts/$(printf '%06d' "${1##*-}")
	last=$base.sig
	[ -e "$base.2.sig" ] && last=$base.2.sig
	[ -e "$base.act" ] && [ -e "$base.sig" ] || return
	{
		printf '\000'
		cat "$base.act"
		echo
		cat "$base.sig"
		[ "$last" = "$base.sig" ] || cat "$last"
	} | openssl dgst -sha256 -binary | openssl base64
}

# check_amended <version> <the one before> <party> <other party>
check_amended() {
	file=charter.$1.txt
	previous=$(sha256_file "$2")
	next=$(sha256_file "$file")
	if [ ! -d "$3/acts" ] || [ ! -d "$4/acts" ]; then
		echo "note: $file is not checked: the acts that put it in force are not here"
		return
	fi
	for side in "$3 $4" "$4 $3"; do
		opened=$(amend_of "${side% *}" "$1" "$previous" "$next" "") || continue
		completed=$(amend_of "${side#* }" "$1" "$previous" "$next" yes) || continue
		say "$file: in force by $opened and $completed"
		return
	done
	wrong "$file was not put in force by an act of each side that names it and $2"
}

bodies=0
all_acts=yes
# shellcheck disable=SC2086 # two words
set -- $parties
check_log "$1" "$2"
size_of_first=$size
receipted_of_second=$receipted
check_log "$2" "$1"
check_reach "$2" "$size" "$1" "$receipted_of_second"
check_reach "$1" "$size_of_first" "$2" "$receipted"

version=2
before=charter.txt
while [ -e "charter.$version.txt" ]; do
	check_amended "$version" "$before" "$1" "$2"
	before=charter.$version.txt
	version=$((version + 1))
done
[ "$(find . -maxdepth 1 -name 'charter.*.txt' | wc -l)" -eq $((version - 2)) ] ||
    wrong "a charter before another is missing"

if [ -d bodies ]; then
	[ $all_acts = no ] || [ "$(find bodies -name '*.age' | wc -l)" -eq "$bodies" ] ||
	    wrong "bodies has sealed bodies that no act names"
	[ -z "$(find bodies -name manifest)" ] || echo "bodies: opened ones were not checked"
fi
echo "bodies: $bodies sealed ones are what the acts name; their content was not seen"

if [ "$faults" -gt 0 ]; then
	echo "$faults wrong"
	exit 1
fi
echo "what was checked is right"
