#!/bin/sh
# Checks a Chirograph bundle, a disclosed piece of a record, with stock tools: sh,
# ssh-keygen (OpenSSH 9.1 or later), openssl (3.0 or later), sha256sum and base32 of
# coreutils. This file is the same in every bundle. Exit status 0: all that was checked is
# right; 1: not.
#
# Checked: the signatures over the charter; that each signer in allowed_signers is named by
# the charter or by an act that is here; each act's signatures, against allowed_signers at
# the time at which the act was logged; that each act stands under the signed head of its
# log, at its number; the cosignature of the other side on that head; that the receipts
# which are here cover the acts that they are said to cover; that each part of a body that
# is shown is what its act says; of a certificate of silence, that every entry of the silent
# side from the first that is shown up to its head is here, and none says that it answers.
# Not checked here, but by `chiro verify`: policy and the times in allowed_signers against the
# acts, what the acts mean, witnesses' cosignatures, README.txt, that there is no other file;
# of a certificate of silence, the clock, the deadline, and that the head is later; of a bundle
# about a list, what match.txt says (verify-match.py beside it checks that).
# Not shown by any bundle: what was left out of it.
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

# A pipe would keep us waiting, and a link lead out of the bundle.
odd=$(find . ! -type f ! -type d | head -n 1)
if [ -n "$odd" ]; then
	wrong "$odd is neither a plain file nor a folder"
	exit 1
fi
for file in bundle charter.txt allowed_signers; do
	[ -e "$file" ] || {
		wrong "$file is missing"
		exit 1
	}
done

# field <key> <file>: the value of the first line with this key
field() {
	sed -n "s/^$1 //p" "$2" | head -n 1
}

# party_block <party>: its lines of the charter
party_block() {
	sed -n "/^party $1\$/,/^clock /p" charter.txt | awk 'NR > 1 && $1 == "party" { exit } { print }'
}

# party_field <party> <key>
party_field() {
	party_block "$1" | sed -n "s/^$2 //p" | head -n 1
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

# is_number <text>: that the shell can count with
is_number() {
	case $1 in
	0) return 0 ;;
	'' | 0* | *[!0-9]* | ???????????????????*) return 1 ;;
	esac
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
[ "$(field channel bundle)" = "$channel" ] || wrong "bundle is of another channel"
say "purpose: $(field purpose bundle)"

# other <party>
other() {
	for candidate in $parties; do
		[ "$candidate" = "$1" ] || printf '%s' "$candidate"
	done
}

# is_party <text>
is_party() {
	printf '%s\n' "$parties" | grep -Fqx -e "$1"
}

# size_of <party>: of its head, as the bundle says
size_of() {
	sed -n "s/^log $1 //p" bundle | head -n 1
}

# numbers_of <party>: the entries that are here, one a line
numbers_of() {
	sed -n "s/^acts $1 //p" bundle | awk -F - '
	    /^[0-9]+$/ { print; next }
	    /^[0-9]+-[0-9]+$/ && $2 - $1 < 50000 { for (n = $1; n <= $2; n++) print n }'
}

# act_path <party> <number>: without its ending
act_path() {
	printf '%s/acts/%06d' "$1" "$2"
}

for party in $parties; do
	[ "$(size_of "$party")" != 0 ] || {
		echo "charter: nothing of the log of $party is in this bundle"
		continue
	}
	if [ ! -e "charter.$party.sig" ] || [ ! -e "$party/acts/000000.sig" ]; then
		wrong "charter.$party.sig or the accession of $party is missing"
		continue
	fi
	head=$(party_field "$party" head | cut -d ' ' -f 1)
	last=$party/acts/000000.sig
	[ -e "$party/acts/000000.2.sig" ] && last=$party/acts/000000.2.sig
	if ssh_verify "$head@$party" chirograph-charter "$(field logged "$last")" \
	    "charter.$party.sig" charter.txt; then
		echo "charter: signed by $head@$party"
	else
		wrong "charter.$party.sig is not a signature of $head@$party over charter.txt"
	fi
done

# --- who may sign --------------------------------------------------------------

# raw_key <base64 of an SSH key>: base64 of its last 32 bytes
raw_key() {
	printf '%s' "$1" | openssl base64 -d -A | tail -c 32 | openssl base64
}

# acts_with <party> <line>: the texts of its acts that are here and have this line
acts_with() {
	[ ! -d "$1/acts" ] || find "$1/acts" -name '*.act' -exec grep -Flx -e "$2" {} +
}

# act_names <party> <line> <line>: whether one act of the party has both lines
act_names() {
	acts_with "$1" "$2" >"$work/acts"
	while read -r act; do
		grep -Fqx -e "$3" "$act" && return
	done <"$work/acts"
	return 1
}

# is_named <name> <party> <key type and base64>
is_named() {
	case $1 in
	node)
		raw=$(raw_key "${3#* }")
		[ "$(party_field "$2" node-key)" = "$raw" ] ||
		    act_names "$2" 'office node' "key $raw" ||
		    act_names "$2" 'item node-key' "value $raw"
		;;
	appointing)
		[ "$(party_field "$2" appointing-key)" = "$3" ] ||
		    act_names "$2" 'office appointing' "key $3"
		;;
	*)
		[ "$(party_field "$2" head)" = "$1 $3" ] ||
		    act_names "$2" "delegate $1" "key $3"
		;;
	esac
}

while read -r who options key; do
	name=${who%@*}
	party=${who#*@}
	if ! is_party "$party" || [ -z "$options" ] || ! is_named "$name" "$party" "$key"; then
		wrong "allowed_signers has a key for $who that neither charter nor acts name"
	fi
done <allowed_signers

# --- hash trees ----------------------------------------------------------------

# root_of <index> <size>: what the path in $work/path (base64, one a line) leads to from the
# leaf in $work/node, in base64; RFC 9162, section 2.1.3.2
root_of() {
	fn=$1
	sn=$(($2 - 1))
	while read -r sibling; do
		[ "$sn" -ne 0 ] || return
		printf '%s' "$sibling" | openssl base64 -d -A >"$work/sibling"
		if [ $((fn % 2)) -eq 1 ] || [ "$fn" -eq "$sn" ]; then
			{
				printf '\001'
				cat "$work/sibling" "$work/node"
			} | openssl dgst -sha256 -binary >"$work/joined"
			while [ $((fn % 2)) -eq 0 ] && [ "$fn" -ne 0 ]; do
				fn=$((fn / 2))
				sn=$((sn / 2))
			done
		else
			{
				printf '\001'
				cat "$work/node" "$work/sibling"
			} | openssl dgst -sha256 -binary >"$work/joined"
		fi
		mv "$work/joined" "$work/node"
		fn=$((fn / 2))
		sn=$((sn / 2))
	done <"$work/path"
	[ "$sn" -ne 0 ] || openssl base64 <"$work/node"
}

# --- acts ------------------------------------------------------------------------

# leaf_of <path of an act>: leaves the leaf in $work/node. The entry is the text, a line
# feed, and the signatures with the time.
leaf_of() {
	{
		printf '\000'
		cat "$1.act"
		echo
		cat "$1.sig"
		[ ! -e "$1.2.sig" ] || cat "$1.2.sig"
	} | openssl dgst -sha256 -binary >"$work/node"
}

# check_signature <who> <signature> <time> <act>
check_signature() {
	ssh_verify "$1" chirograph-act "$3" "$2" "$4" && return
	if ssh-keygen -Y check-novalidate -n chirograph-act -s "$2" <"$4" >/dev/null 2>&1; then
		if grep -q "^void $5 $6 " bundle; then
			say "note: $4 is signed, but not by a key that was accredited to $1: void"
		else
			wrong "$4 is signed, but not by a key that is shown to be accredited to $1"
		fi
	else
		wrong "$2 is not a signature over $4"
	fi
}

# check_act <party> <number>
check_act() {
	base=$(act_path "$1" "$2")
	last=$base.sig
	[ -e "$base.2.sig" ] && last=$base.2.sig
	for ending in act sig tlog-proof; do
		[ -e "$base.$ending" ] || {
			wrong "$base.$ending is missing"
			return
		}
	done
	logged=$(field logged "$last")
	[ "$(field party "$base.act") $(field channel "$base.act")" = "$1 $channel" ] ||
	    wrong "$base.act is of another party or channel"
	check_signature "$(field author "$base.act")@$1" "$base.sig" "$logged" "$base.act" "$1" "$2"
	cosigner=$(field cosigner "$base.act")
	[ -z "$cosigner" ] ||
	    check_signature "$cosigner@$1" "$base.2.sig" "$logged" "$base.act" "$1" "$2"

	[ "$(sed -n 2p "$base.tlog-proof")" = "index $2" ] ||
	    wrong "$base.tlog-proof is of another entry"
	sed '1,/^$/d' "$base.tlog-proof" | cmp -s - "$1/checkpoint" ||
	    wrong "$base.tlog-proof is not under the head that is here"
	sed -e '1,2d' -e '/^$/,$d' "$base.tlog-proof" >"$work/path"
	leaf_of "$base"
	[ "$(root_of "$2" "$(size_of "$1")")" = "$(sed -n 3p "$1/checkpoint")" ] ||
	    wrong "$base.act does not stand there under $1/checkpoint"
	checked=$((checked + 1))
}

# --- heads -----------------------------------------------------------------------

# signature_of <note> <key name>: decoded, of the first line by this name
signature_of() {
	awk -v name="$2" 'NR > 4 && $2 == name { print $3; exit }' "$1" | openssl base64 -d -A
}

# log_key <party>: name and key of the log, as of the size of the head that is here
log_key() {
	name=$(party_field "$1" domain)/chirograph/$channel
	key=$(party_field "$1" log-key)
	generation=1
	numbers_of "$1" >"$work/numbers"
	while read -r number; do
		act=$(act_path "$1" "$number").act
		if [ -e "$act" ] && grep -q '^office log$' "$act" &&
		    [ "$(field author "$act") $(field size "$act")" = "appointing $number" ]; then
			generation=$((generation + 1))
			key=$(field key "$act")
		fi
	done <"$work/numbers"
	[ "$generation" -eq 1 ] || name=$name/$generation
}

# receipt_keys <party>: those that charter and acts name
receipt_keys() {
	party_field "$1" receipt-key
	acts_with "$1" 'item receipt-key' | while read -r act; do field value "$act"; done
	acts_with "$1" 'office receipt' | while read -r act; do field key "$act"; done
}

# check_head <party> <other party>
check_head() {
	note=$1/checkpoint
	size=$(size_of "$1")
	if ! is_number "$size"; then
		wrong "bundle does not say the size of the log of $1"
		return 1
	fi
	[ "$size" -ne 0 ] || return 1
	if [ ! -e "$note" ] || [ "$(sed -n 2p "$note")" != "$size" ]; then
		wrong "$note is missing, or of another size"
		return 1
	fi
	log_key "$1"
	head -n 3 "$note" >"$work/text"
	[ "$(head -n 1 "$note")" = "$name" ] || wrong "$note is not of this log"
	signature_of "$note" "$name" | tail -c 64 >"$work/signature"
	ed25519_verify "$key" "$work/text" "$work/signature" ||
	    wrong "$note is not signed by the log of $1"
	check_countersignature "$1" "$2"
}

# check_countersignature <party> <other party>
check_countersignature() {
	signature_of "$1/checkpoint" "$(party_field "$2" domain)/chirograph/$channel/receipt" >"$work/line"
	if [ ! -s "$work/line" ]; then
		echo "$1: this head is not cosigned by $2"
		return
	fi
	time=0
	for byte in $(head -c 12 "$work/line" | tail -c 8 | od -An -v -tu1); do
		time=$((time * 256 + byte))
	done
	{
		printf 'cosignature/v1\ntime %s\n' "$time"
		cat "$work/text"
	} >"$work/message"
	tail -c 64 "$work/line" >"$work/signature"
	receipt_keys "$2" >"$work/keys"
	while read -r key; do
		if ed25519_verify "$key" "$work/message" "$work/signature"; then
			say "$1: head of $size entries, cosigned by $2"
			return
		fi
	done <"$work/keys"
	wrong "$1/checkpoint: the cosignature of $2 does not verify by a key that is shown"
}

for party in $parties; do
	check_head "$party" "$(other "$party")" || continue
	checked=0
	before=-1
	numbers_of "$party" >"$work/list"
	while read -r number; do
		# Each once: else an act that was not checked could hide behind one that was.
		if ! is_number "$number" || [ "$number" -le "$before" ]; then
			wrong "bundle does not name the entries of $party in order"
			break
		fi
		before=$number
		check_act "$party" "$number"
	done <"$work/list"
	[ ! -d "$party/acts" ] ||
	    [ "$(find "$party/acts" -name '*.act' | wc -l)" -eq "$checked" ] ||
	    wrong "$party/acts has other acts than the bundle names"
	echo "$party: $checked entries of $(size_of "$party")"
done

# --- receipts ----------------------------------------------------------------------

sed -n 's/^receipt //p' bundle >"$work/receipts"
while read -r party number by; do
	if ! is_party "$party" || ! is_number "$number" || ! is_number "$by"; then
		wrong "bundle has a line that cannot be read"
		continue
	fi
	base=$(act_path "$party" "$number")
	receipt=$(act_path "$(other "$party")" "$by").act
	if [ ! -e "$base.act" ] || [ ! -e "$base.receipt-proof" ] || [ ! -e "$receipt" ]; then
		wrong "$base.receipt-proof or $receipt is missing"
		continue
	fi
	size=$(field size "$receipt")
	sed -n 's/^path //p' "$base.receipt-proof" >"$work/path"
	leaf_of "$base"
	if [ "$(field act "$receipt") $(field author "$receipt")" = 'receipt node' ] &&
	    is_number "$size" && [ "$size" -gt "$number" ] &&
	    [ "$(root_of "$number" "$size")" = "$(field root "$receipt")" ]; then
		echo "receipt: $base.act is covered by $receipt"
	else
		wrong "$base.act is not covered by $receipt"
	fi
done <"$work/receipts"

# --- parts -------------------------------------------------------------------------

# part_folder <party> <number>: bodies/north-7, bodies/north.2-500
part_folder() {
	generation=1
	numbers_of "$1" >"$work/numbers"
	while read -r at; do
		act=$(act_path "$1" "$at").act
		[ "$at" -le "$2" ] && [ -e "$act" ] && grep -q '^office log$' "$act" &&
		    [ "$(field author "$act")" = appointing ] && generation=$((generation + 1))
	done <"$work/numbers"
	[ "$generation" -eq 1 ] || generation=.$generation
	printf 'bodies/%s%s-%s' "$1" "${generation#1}" "$2"
}

# check_part <party> <number> <part>
check_part() {
	file=$(part_folder "$1" "$2")/$(printf '%04d' "$3")
	act=$(act_path "$1" "$2").act
	if [ ! -e "$file" ] || [ ! -e "$file.proof" ] || [ ! -e "$act" ]; then
		wrong "$file, its proof or its act is missing"
		return
	fi
	line=$(sed -n 3p "$file.proof")
	# shellcheck disable=SC2086 # part, number, bytes, type, language, standing, salt, hash
	set -- "$1" "$2" "$3" $line
	parts=$(field parts "$file.proof")
	{
		printf '\000'
		printf '%s\n' "$line"
	} | openssl dgst -sha256 -binary >"$work/node"
	sed -n 's/^path //p' "$file.proof" >"$work/path"
	if [ "$#" -lt 12 ] || [ "$4 $5" != "part $3" ] || ! is_number "$parts" ||
	    [ "$(field body "$act" | cut -d ' ' -f 1-2)" != "$parts $(root_of $(($3 - 1)) "$parts")" ]; then
		wrong "$file.proof is not of a part of what $act says"
		return
	fi
	hash=$({
		printf '%s' "${10}" | openssl base64 -d -A
		cat "$file"
	} | openssl dgst -sha256 -binary | openssl base64)
	if [ "$hash" = "${11}" ] && [ "$(wc -c <"$file" | tr -d ' ')" = "$6" ]; then
		say "part: $file is part $3 of $parts of what $act says"
	else
		wrong "$file is not what $act says"
	fi
}

sed -n 's/^part //p' bundle | sort -u >"$work/parts"
while read -r party number part; do
	if is_party "$party" && is_number "$number" && is_number "$part" &&
	    [ "$part" -gt 0 ] && [ "$part" -le 4096 ]; then
		check_part "$party" "$number" "$part"
	else
		wrong "bundle has a line that cannot be read"
	fi
done <"$work/parts"
[ ! -d bodies ] || [ "$(find bodies -type f | wc -l)" -eq "$(($(wc -l <"$work/parts") * 2))" ] ||
    wrong "bodies has files that the bundle does not name"

# --- silence -----------------------------------------------------------------------

# names_it <act>: whether it says that it answers entry $number of $party
names_it() {
	grep -Eq "^answers $party(\\.[0-9]+)?-$number " "$1" || return 1
	case $(field act "$1") in
	comment) return 1 ;;
	ack) [ "$duty" = acknowledge ] ;;
	esac
}

# check_span <party> <number> <silent party> <first> <size>: every entry is here, and none
# is an answer
check_span() {
	party=$1
	number=$2
	at=$4
	numbers_of "$3" >"$work/shown"
	while [ "$at" -lt "$5" ]; do
		act=$(act_path "$3" "$at").act
		if ! grep -qx "$at" "$work/shown" || [ ! -e "$act" ]; then
			wrong "$act is not shown: it may be the answer"
			return
		fi
		if names_it "$act" && [ "$form" = whole ]; then
			say "note: $act names it as what it answers: whether that counts, the rules say"
		elif names_it "$act" && [ "$(field act "$act")" != defer ]; then
			wrong "$act answers it"
		fi
		at=$((at + 1))
	done
	act=$(act_path "$3" "$4").act
	if [ "$4" -ne 0 ] && { [ "$(field act "$act") $(field author "$act")" != 'receipt node' ] ||
	    [ "$(field size "$act")" -gt "$2" ]; }; then
		wrong "$act may have known of it: what stands before is not shown"
	fi
	say "silence: entries $4 to $(($5 - 1)) of $3 are here, all that there are up to its head"
}

if [ -e silence ]; then
	form=$(field form silence)
	duty=$(field duty silence)
	first=0
	[ "$form" = whole ] || first=$(field first silence)
	subject=$(field subject bundle)
	party=${subject% *}
	number=${subject#* }
	leaf=''
	if is_party "$party" && is_number "$number" && [ -e "$(act_path "$party" "$number").sig" ]; then
		leaf_of "$(act_path "$party" "$number")"
		leaf=$(openssl base64 <"$work/node")
	fi
	size=$(size_of "$(other "$party")")
	if [ -z "$leaf" ] ||
	    ! field act silence | grep -Eqx "$party(\\.[0-9]+)?-$number [^ ]*" ||
	    [ "$(field act silence | cut -d ' ' -f 2)" != "$leaf" ] ||
	    ! is_number "$first" || ! is_number "$size"; then
		wrong "silence is not about the act that the bundle is about"
	else
		check_span "$party" "$number" "$(other "$party")" "$first" "$size"
	fi
fi

sed -n -e 's/^void \([^ ]* [^ ]*\) /its maker says that this act is void: \1: /p' \
    -e 's/^disputed /its maker says that this act is disputed: /p' \
    -e 's/^faulted /its maker says that the other side found the body at fault: /p' bundle |
    tr -c '[:print:]\n' '?'
grep -qx 'later included' bundle || echo "later corrections are not shown"
if [ "$faults" -gt 0 ]; then
	echo "$faults wrong"
	exit 1
fi
echo "what was checked is right; what was left out of a bundle cannot be seen from it"
