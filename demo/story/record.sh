# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# The record, checked by everybody's tools.

export_record() {
	local party
	chapter "The record"
	say "Each side exports what it holds, once the witness has signed the last heads." \
	    "Both records are the same, byte for byte, but for the second in which the" \
	    "witness signed for the one and for the other."
	for party in north south; do
		until_shows $party 'chiro status' \
		    'witness.example, cosigned ([0-9]+) of our \1, ([0-9]+) of their \2'
	done
	on north 'chiro export ../record'
	on south "chiro export record && diff -r -I '^— witness' record ../record && echo the same"
	holds 'the same'
	say "This is what somebody gets who wants to judge: an auditor, a court, the" \
	    "public. The auditor has neither node, and none of the keys."
	on auditor 'ls -p . north; ls north/acts | head -n 6'
	on auditor 'head -n 13 README.txt'
	on auditor 'chiro verify .'
	holds 'The record is intact' 'state +closed'
}

# Types the commands that README.txt prints, save those that speak of any act
# and those of chirograph; all must succeed.
follow_readme() {
	local line command=
	while IFS= read -r line; do
		command=$command${command:+$'\n'}$line
		case $line in *\\) continue ;; esac
		case $command in
		*ACT*) ;;
		sha256sum* | openssl* | ssh-keygen*) on auditor "$command" ;;
		esac
		command=
	done < <(sed -n 's/^    //p' "$out/record/README.txt")
	holds 'c.head@north'
}

# verify_act <party> <number> <delegate>: as README.txt shows it for one act.
verify_act() {
	local act time
	act=$1/acts/$(printf '%06d' "$2")
	time=$(tail -n 1 "$out/record/$act.sig" | sed 's/logged //; s/[-:T]//g')
	on auditor "ssh-keygen -Y verify -f allowed_signers -I $3@$1 -n chirograph-act \\
    -O verify-time=$time -s $act.sig <$act.act"
	holds "Good \"chirograph-act\" signature for $3@$1"
}

check_with_stock_tools() {
	local act
	chapter "Checked without us"
	say "None of that need be believed. README.txt says how stock tools check the" \
	    "record; these are its commands as it prints them:"
	follow_readme
	say "South's acceptance of the measures, and the acknowledgement by its duty" \
	    "officer, whose key is of the other sort:"
	verify_act south "${acceptance#south-}" b.deputy
	verify_act south "${acknowledgement#south-}" b.duty
	say "A short shell script in the record goes through all of it with ssh-keygen," \
	    "openssl and sha256sum:"
	on auditor 'sh verify.sh'
	say "Sealed bodies open for the two parties alone. With the key of north's first" \
	    "head, age and tar open the one that was for the heads' eyes:"
	act=south/acts/$(printf '%06d' "${eyes_act#south-}").act
	on auditor "age -d -i ../north/node/keys/a.head.age bodies/$eyes_act.age | tar xO 0001; echo"
	holds 'seized at noon'
	say "and it is this body, and no other, that the act commits to:"
	on auditor "grep ^body $act
openssl dgst -sha256 -binary bodies/$eyes_act.age | base64"
	[ "$(sed -n 's/^body .* //p' "$last")" = "$(tail -n 1 "$last")" ] || fail "the hashes differ"
}

# damage <file> <byte>: changes one bit of it.
damage() {
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' ')
	# shellcheck disable=SC2059 # the byte, in octal
	printf "$(printf '\\%03o' $((byte ^ 1)))" |
		dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

change_one_byte() {
	local file number
	number=$(printf '%06d' "${acceptance#south-}")
	chapter "One byte"
	say "Somebody changes one byte in a copy of the record: in an act, in the head of" \
	    "a log, in the tree, in a body. It does not go unnoticed, and the check says" \
	    "where."
	cp -r "$out/record" "$out/damaged"
	for file in "south/acts/$number.act" north/checkpoint "$(cd "$out/record" &&
		find north/tile/0 -type f | head -n 1)" "bodies/$eyes_act.age"; do
		damage "$out/damaged/$file" 300
		printf '\n(byte 300 of %s)' "$file"
		refused auditor 'chiro verify ../damaged'
		holds 'The record is damaged' "file +$file"
		cp "$out/record/$file" "$out/damaged/$file"
	done
	refused_by_script
	on auditor 'chiro verify --quiet ../damaged && echo intact again'
	holds 'intact again'
}

# The script finds the same without us.
refused_by_script() {
	local file
	say "The script without chirograph finds it too:"
	file=south/acts/$(printf '%06d' "${acceptance#south-}").act
	damage "$out/damaged/$file" 300
	printf '\n(byte 300 of %s)' "$file"
	refused auditor 'cd ../damaged && sh verify.sh | grep -e WRONG -e wrong'
	holds "$file"
	cp "$out/record/$file" "$out/damaged/$file"
}

tell_record() {
	export_record
	check_with_stock_tools
	change_one_byte
}
