# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# South proposes, north counters, south accepts.

write_proposal() {
	cat >"$out/south/measures.txt" <<-'END'
		1. Neither side's services interfere with the systems on the attached
		list, in peace or in tension.

		2. A side that sees traffic against a listed system from its own
		territory stops it within 24 hours and says so in this channel.

		3. These measures hold for two years.
	END
	cat >"$out/north/measures.txt" <<-'END'
		1. Neither side's services interfere with the systems on the list that
		is attached to the proposal, in peace or in tension.

		2. A side that sees traffic against a listed system from its own
		territory stops it within 12 hours and says so in this channel.

		3. These measures hold for one year.
	END
	if [ -n "$data" ]; then
		cp "$data"/lists/* "$out/south"
		lists=$(cd "$data/lists" && ls)
	else
		{
			echo 'system,operator,purpose'
			for number in $(seq 40); do
				echo "scada-$number.grid.south.example,South Grid,power"
			done
			echo 'intake.water.south.example,South Water,water'
			echo 'triage.hospital.south.example,Central Hospital,health'
		} >"$out/south/systems.csv"
		lists=systems.csv
	fi
}

propose_measures() {
	local proposal counter attach="" list file
	chapter "A proposal with a list, a counter, an acceptance"
	write_proposal
	for list in $lists; do
		attach="$attach \\
    --attach $list"
	done
	say "South's deputy proposes joint measures. The text and the list are sealed" \
	    "to the two parties before they leave the command; a proposal says until" \
	    "when it stands."
	on south 'cat measures.txt'
	on south "chiro act propose --author b.deputy --key keys/b.deputy \\
    --subject 'Joint measures' --text measures.txt --language en \\
    --marking TLP:AMBER --expires +20d$attach"
	proposal=$(logged_act)
	on south "chiro wait $proposal --timeout 60s && chiro show $proposal"
	holds 'receipted +yes, by north'
	say "North sees what it owes, and reads. What arrived is what was sent."
	on north 'chiro inbox'
	holds "$proposal"
	on north "chiro read $proposal"
	holds '24 hours' 'Attachments'
	on north "chiro read $proposal --to proposal"
	for list in $lists; do
		file=$(cd "$out/north" && ls proposal/*-"$list")
		on north "cmp $file ../south/$list &&
    wc -c $file"
	done
	say "North wants twelve hours instead of 24, and a year instead of two."
	on north "chiro reply $proposal counter --author a.deputy --key keys/a.deputy \\
    --subject 'Joint measures' --text measures.txt --language en \\
    --marking TLP:AMBER --expires +10d"
	counter=$(logged_act)
	quietly north "chiro wait $counter --timeout 60s" >/dev/null
	say "South accepts. What is accepted is exactly one text: the acceptance names" \
	    "the root of its hashes."
	refused south "chiro reply $counter accept --author b.officer --key keys/b.officer"
	on south "chiro reply $counter accept --author b.deputy --key keys/b.deputy"
	acceptance=$(logged_act)
	on south "chiro show $counter --text | grep ^body; chiro show $acceptance --text | grep ^text"
	[ "$(sed -n 's/^body [0-9]* \([^ ]*\) .*/\1/p' "$last")" = "$(sed -n 's/^text //p' "$last")" ] ||
		fail "the acceptance names another text"
	quietly south "chiro wait $acceptance --timeout 60s" >/dev/null
	on north 'chiro log --matters'
	holds 'accepted|in effect'
}

tell_proposal() {
	propose_measures
}
