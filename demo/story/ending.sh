# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# North leaves; both close.

tell_ending() {
	local withdrawal party
	chapter "North withdraws, both close"
	say "To leave needs nobody's consent. But in this charter a withdrawal has two" \
	    "signatures of the party that leaves:"
	refused north 'chiro act withdraw --from channel'
	on north 'chiro act withdraw --from channel \
    --cosigner a.deputy --cosigner-key keys/a.deputy'
	withdrawal=$(logged_act)
	quietly north "chiro wait $withdrawal --timeout 30s" >/dev/null
	on south 'chiro status | grep -E "in force|withdr|ends"'
	holds 'ends '
	say "Five seconds later it is in effect, and each side closes its log: nothing" \
	    "follows a close."
	sleep 6
	on north 'chiro act close'
	quietly north 'chiro wait --timeout 30s' >/dev/null
	on south 'chiro act close'
	quietly south 'chiro wait --timeout 30s' >/dev/null
	refused south 'chiro act comment --text eyes.txt --language en'
	for party in north south; do
		on $party 'chiro status | sed -n "/^[a-z2-7]\{20\}/,\$p"'
		holds '  closed'
	done
	on south 'chiro log'
	holds withdraw close
}
