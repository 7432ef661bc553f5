# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# Who may speak for whom, and whether the line works.

# accredit <party> <role> <delegate> <kind of key>
accredit() {
	local party=$1 role=$2 name=$3 type=$4
	on "$party" "ssh-keygen -q -t $type -N '' -C $name -f keys/$name"
	on "$party" "chiro act accredit --delegate $name --role $role \\
    --new-key keys/$name.pub --until +365d"
	holds "$party-[0-9]+ is logged"
}

accredit_people() {
	chapter "People"
	say "The head speaks for a party, and accredits others: deputies, who may also" \
	    "accept; officers; a duty officer, who notifies and acknowledges at any" \
	    "hour. Each has an SSH key of their own; one of south's is of the sort" \
	    "that government cards hold, ECDSA P-256."
	on south 'mkdir keys'
	accredit south deputy b.deputy ed25519
	accredit south officer b.officer ed25519
	accredit south duty b.duty 'ecdsa -b 256'
	on north 'mkdir keys'
	accredit north deputy a.deputy ed25519
	accredit north officer a.officer ed25519
	accredit north duty a.duty ed25519
	say "An officer may not accredit, whoever asks. The node would not log it, and" \
	    "the other side would not believe it."
	refused south 'chiro act accredit --delegate b.friend --role deputy \
    --new-key keys/b.officer.pub --author b.officer --key keys/b.officer'
	quietly south 'chiro wait --timeout 30s' >/dev/null
	quietly north 'chiro wait --timeout 30s' >/dev/null
	say "This is what north now knows of south:"
	on north 'chiro keys | sed -n "/^south/,\$p"'
	holds 'b.duty +duty' 'b.head +head'
}

test_link() {
	local party other act
	chapter "Link tests, both ways"
	say "A test is an entry that the other node echoes: it proves line, keepers and" \
	    "logs of both sides. Nodes do it by themselves every hour."
	for party in north south; do
		[ $party = north ] && other=south || other=north
		on $party 'chiro test'
		act=$(logged_act)
		on $party "chiro wait $act --timeout 30s && chiro log --party $other | tail -n 2"
		holds "echo"
	done
	on south 'chiro status'
	holds 'link +up' 'round trip'
}

tell_people() {
	accredit_people
	test_link
}
