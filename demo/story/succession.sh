# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# A channel that takes the place of the one that was closed.

tell_succession() {
	local party other earlier
	chapter "A channel that succeeds it"
	say "Months later the two want to talk again. A new channel has new keys, and a charter" \
	    "that names the one it succeeds; what was open there can be taken up here."
	earlier=$(quietly north 'chiro status --json' | jq -r '.channels[0].channel')
	for party in north south; do
		likewise $party "chiro invite --output ../mail/$party.second.card"
		words[$party]=$(words_of_card)
	done
	for party in north south; do
		[ $party = north ] && other=south || other=north
		likewise $party "chiro join ../mail/$other.second.card --replace --fingerprint \\
    '$(folded "${words[$other]}")'"
	done
	on north "chiro charter build --succeeds ${earlier:0:12} --answers answers.txt \\
    --own ../mail/north.second.card --other ../mail/south.second.card \\
    --output ../mail/second.txt && grep ^succeeds ../mail/second.txt"
	holds "succeeds $earlier"
	for party in north south; do
		likewise $party "chiro charter sign ../mail/second.txt --output ../mail/$party.second.sig"
	done
	for party in north south; do
		likewise $party "chiro join --charter ../mail/second.txt \\
    --signature ../mail/north.second.sig --signature ../mail/south.second.sig"
	done
	until_shows north 'chiro status' 'in force'
	on north 'chiro status | grep -E "^[a-z2-7]{20}|succe"'
	holds 'in force' 'succeeds' 'succeeded by'
}
