# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# From two empty directories to a channel in force.

declare -A port words
# Where the other side dials, if not the port on which the node listens.
declare -A cable=()
# Not empty: with the neutrals of neutrals.sh.
neutrals=

make_nodes() {
	local party how
	local -A names head
	chapter "Two organisations, two nodes"
	say "north and south are two organisations that do not trust each other and" \
	    "have to talk about cyber security. Each runs a node of its own, with its" \
	    "own keys and its own database; nobody runs anything in the middle." \
	    "Here both stand on this machine, in demo/out/north and demo/out/south;" \
	    "CHIRO_HOME tells chiro which of the two it works for."
	[ -n "${port[north]:-}" ] || read -r "port[north]" "port[south]" < <(free_ports 2)
	names=([north]="Northern Security Council" [south]="Southern Centre for Network Security")
	head=([north]=a.head [south]=b.head)
	for party in north south; do
		[ $party = north ] && how=on || how=likewise
		$how $party "chiro init --home node --party $party --domain $party.example \\
    --name 'en=${names[$party]}' \\
    --listen 127.0.0.1:${port[$party]} --advertise 127.0.0.1:${cable[$party]:-${port[$party]}} \\
    --head ${head[$party]}$(user_options $party)"
		holds 'chirod -f'
	done
	say "The appointing keys leave the machine; here they go to a folder that" \
	    "stands for a safe."
	for party in north south; do
		on $party 'mkdir safe && mv node/keys/appointing safe/'
	done
	say "The nodes are started. Each is eight processes: one watches, one alone" \
	    "holds the keys, one alone the database."
	for party in north south; do
		type_line $party 'chirod -f node/chirod.conf &'
		start_node $party
		tail -n 1 "$out/$party/chirod.log"
	done
}

# Reads the twelve words off what was printed last.
words_of_card() {
	grep -E '^    [a-z]+( [a-z]+){5}$' "$last" | tr -s ' \n' ' ' | sed 's/^ //; s/ $//'
}

# The words in two lines of a command line.
folded() {
	echo "$1" | sed 's/^\(\([^ ]* \)\{6\}\)/\1\n     /; s/ \n/\n/'
}

exchange_cards() {
	local party other how
	chapter "Cards, compared by voice"
	say "Each side makes a card: its public keys, for this channel only. Cards" \
	    "travel by any way, here through the folder mail; who could exchange one" \
	    "on its way could be in the middle for ever."
	for party in north south; do
		on $party 'chiro invite'
		words[$party]=$(words_of_card)
		[ "$(echo "${words[$party]}" | wc -w)" -eq 12 ] || fail "no twelve words"
		cp "$out/$party/$party.card" "$out/mail"
	done
	say "So the words of each card are read over a telephone to somebody whose" \
	    "voice is known. A card with other words is not taken."
	cp "$out/mail/south.card" "$out/north"
	sed 's/^name en .*/name en Southern Centre of Somebody Else/' "$out/mail/south.card" \
	    >"$out/north/forged.card"
	refused north "chiro join forged.card --fingerprint \\
    '$(folded "${words[south]}")'"
	holds 'not the words of this card'
	for party in north south; do
		[ $party = north ] && other=south how=on || other=north how=likewise
		cp "$out/mail/$other.card" "$out/$party"
		$how $party "chiro join $other.card --fingerprint \\
    '$(folded "${words[$other]}")'"
		holds "card of $other is kept"
	done
}

# Answers to the questions of chiro charter build, where not the defaults.
write_answers() {
	cat >"$out/north/answers.txt" <<-'END'
		chirograph.answers/1
		languages en
		clock acknowledge-flash 20s
		clock request 10s
		notice 5s
		two-signatures withdraw
		survives confidentiality right-of-reply retention
		quota-bytes 4294967296
	END
	[ ! -e "$out/neutral/answers.txt" ] || cat "$out/neutral/answers.txt" >>"$out/north/answers.txt"
}

sign_charter() {
	local party
	chapter "A charter, signed by both heads"
	say "What the channel is stands in one text that both heads sign: parties and" \
	    "keys, clocks, what needs two signatures, how one leaves. North builds it" \
	    "by answering questions; here the answers come from a file, and what it" \
	    "leaves out keeps its default. Withdrawal takes effect after five seconds," \
	    "so that this story has an end, a request is to be answered within ten, and what" \
	    "is flash acknowledged within twenty: no clock is turned forward here."
	write_answers
	cp "$root/templates/charter.txt" "$out/north/articles.txt"
	on north 'cat answers.txt'
	on north 'chiro charter build --answers answers.txt --text articles.txt'
	cp "$out/north/charter.txt" "$out/mail"
	cp "$out/mail/charter.txt" "$out/south"
	say "Both read it, and compare its keys with the cards they have taken."
	on north 'chiro charter check charter.txt | sed "/^Text/,/^Fingerprint/d"'
	holds 'ok  north is as on' 'ok  south is as on'
	on south 'chiro charter check charter.txt | tail -n 2'
	holds 'ok  north is as on' 'ok  south is as on'
	for party in north south; do
		on $party 'chiro charter sign charter.txt'
		cp "$out/$party/$party.sig" "$out/mail"
	done
	cp "$out/mail/south.sig" "$out/north"
	cp "$out/mail/north.sig" "$out/south"
	on north 'chiro charter check charter.txt north.sig south.sig | tail -n 4'
	say "Any ssh-keygen agrees that this is the signature of south's head:"
	on north "sed -n 's/^head b.head /b.head /p' charter.txt >heads"
	on north 'ssh-keygen -Y verify -f heads -I b.head -n chirograph-charter \
    -s south.sig <charter.txt'
	holds 'Good "chirograph-charter" signature'
}

accede() {
	local party
	chapter "Accession"
	say "The first entry of each log is its party's accession. The channel is in" \
	    "force when each side has receipted that of the other."
	for party in north south; do
		on $party 'chiro join --charter charter.txt \
    --signature north.sig --signature south.sig'
		holds "$party-0"
	done
	for party in north south; do
		quietly $party 'chiro wait --timeout 30s' >/dev/null
	done
	on north 'chiro status'
	holds 'in force'
}

tell_opening() {
	make_nodes
	exchange_cards
	[ -z "$neutrals" ] || found_neutrals
	sign_charter
	[ -z "$neutrals" ] || start_neutrals
	accede
}
