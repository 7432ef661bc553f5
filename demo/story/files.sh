# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# A channel between two nodes that no line has ever joined, from invitation to close.

# carry <from> <to>: what the one has for the other, on a stick.
carry() {
	rm -f "$out"/stick/post*
	on "$1" "chiro pack $2 >../stick/post"
	on "$2" 'chiro take ../stick/post'
}

# The same, unseen.
carry_quietly() {
	quietly "$1" "chiro pack $2 >../stick/post" >/dev/null
	quietly "$2" 'chiro take ../stick/post' >/dev/null
}

make_unconnected_nodes() {
	local party
	local -A names=([east]="The vendor" [west]="The customer") head=([east]=e.head [west]=w.head)
	mkdir "$out/stick"
	for party in east west; do
		mkdir "$out/$party"
		on $party "chiro init --home node --party $party --domain $party.example \\
    --name 'en=${names[$party]}' --head ${head[$party]}$(user_options $party)" >/dev/null
		echo 'link-dial no' >>"$out/$party/node/chirod.conf"
		start_node $party
	done
	on east 'grep -e ^listen -e ^advertise -e ^link-dial node/chirod.conf'
	[ "$(cat "$last")" = 'link-dial no' ] || fail "east can be reached"
}

open_by_stick() {
	local party other
	for party in east west; do
		likewise $party "chiro invite --output ../stick/$party.card"
		words[$party]=$(words_of_card)
	done
	for party in east west; do
		[ $party = east ] && other=west || other=east
		likewise $party "chiro join ../stick/$other.card --fingerprint \\
    '$(folded "${words[$other]}")'"
	done
	printf '%s\n' chirograph.answers/1 'notice 2s' >"$out/east/answers.txt"
	likewise east 'chiro charter build --answers answers.txt --output ../stick/charter.txt'
	for party in east west; do
		likewise $party "chiro charter sign ../stick/charter.txt --output ../stick/$party.sig"
	done
	for party in east west; do
		likewise $party 'chiro join --charter ../stick/charter.txt \
    --signature ../stick/east.sig --signature ../stick/west.sig'
	done
	say "Each accession is packed and taken; then the receipts."
	carry east west
	carry west east
	carry_quietly east west
	on west 'chiro status | sed -n "/^[a-z2-7]\{20\}/,\$p"'
	holds 'in force' 'link +down'
}

# A large body in volumes, one of which is damaged on the way.
send_volumes() {
	local act volume
	say "The vendor notifies a flaw in its product, with a build that shows it: 2 MB." \
	    "The way takes 700 kB at a time, so it goes in volumes."
	echo 'Your gateways run a version with a flaw; the build attached shows it.' \
	    >"$out/east/flaw.txt"
	on east 'head -c 2000000 /dev/urandom >build.bin'
	on east "chiro act notify --precedence priority --marking TLP:AMBER --language en \\
    --subject 'A flaw' --text flaw.txt --detail asset=gateways --attach build.bin"
	act=$(logged_act)
	rm "$out"/stick/post
	on east 'chiro pack west --output ../stick/post --volume 700K && ls ../stick'
	holds 'post\.3'
	on west 'head -n 7 ../stick/post.1'
	say "One of them comes over damaged: it is named, and nothing of it is taken."
	cp "$out/stick/post.2" "$out/stick/good"
	damage "$out/stick/post.2" 5000
	refused west 'chiro take ../stick/post.2'
	holds 'post\.2'
	mv "$out/stick/good" "$out/stick/post.2"
	say "They may come in any order, and twice:"
	volume=$(cd "$out/stick" && echo post.* | tr ' ' '\n' | sort -r | sed 's|^|../stick/|' | xargs)
	on west "chiro take $volume"
	on west 'chiro take ../stick/post.1'
	on west "chiro read $act --to flaw && cmp flaw/*build.bin ../east/build.bin && echo as sent"
	holds 'as sent'
	on west "chiro reply $act ack"
	carry west east
	on east "chiro show $act | sed -n '/^  receipted/,\$p'"
	holds 'receipted' 'read by'
}

close_by_stick() {
	say "The vendor withdraws, and both close: by stick, like all the rest."
	on east 'chiro act withdraw --from channel'
	carry_quietly east west
	carry_quietly west east
	sleep 3
	on east 'chiro act close'
	carry_quietly east west
	on west 'chiro act close'
	carry_quietly west east
	carry_quietly east west
	on west 'chiro status | sed -n "/^[a-z2-7]\{20\}/,\$p"'
	holds '  closed'
	on east 'chiro export record >/dev/null && chiro verify record'
	holds 'The record is intact' 'state +closed'
	on west 'chiro export record >/dev/null && diff -r record ../east/record && echo the same'
	holds 'the same'
}

tell_files() {
	chapter "A channel on files alone"
	say "A vendor and a customer, east and west, whose nodes may not be joined by any" \
	    "line: neither listens, neither dials. From the cards to the close everything" \
	    "travels on a stick, here the folder stick. What travels is signed and sealed" \
	    "as ever; a mail, a data diode or a courier would do."
	make_unconnected_nodes
	open_by_stick
	send_volumes
	close_by_stick
	stop_node east
	stop_node west
}
