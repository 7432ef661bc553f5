# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# The cable is pulled and the other side is dark: what is left with a depositary, and
# what a stick carries.

# until_shows <party> <command> <regular expression>: asks until it does.
until_shows() {
	for _ in $(seq 180); do
		quietly "$1" "$2" >"$out/awaited" 2>&1
		if grep -Eq -- "$3" "$out/awaited"; then
			rm "$out/awaited"
			return
		fi
		sleep 0.5
	done
	cat "$out/awaited" >&2
	fail "this never showed '$3': $2"
}

leave_with_depositary() {
	say "Somebody pulls the cable, and south's node does not run either. North has" \
	    "something urgent to say."
	stop_process cable
	stop_node south
	echo 'The same dropper again, since 19:20 UTC. Please look at your border routers.' \
	    >"$out/north/again.txt"
	on north 'chiro act notify --author a.duty --key keys/a.duty \
    --precedence flash --marking TLP:RED --language en \
    --subject "Again" --text again.txt --detail asset=hospitals'
	urgent=$(logged_act)
	say "North's node leaves it with the depositary, sealed, and gets a certificate of" \
	    "what lay there, and when. The certificate goes into north's own log, as a" \
	    "stamp. By the charter south counts as having received it five seconds later," \
	    "in the dark or not: its clock runs, and nobody can say that nothing came."
	until_shows north "chiro show $urgent" 'deemed'
	on north "chiro show $urgent | sed -n '/^  receipted/,\$p'"
	holds deemed
	on north 'chiro status | sed -n "/^  link/,\$p"'
	holds 'link +down' 'withheld'
	on north 'chiro log --last 1'
	holds 'stamp'
}

collect_from_depositary() {
	say "South's node starts again, still without a cable, and collects what was left."
	type_line south 'chirod -f node/chirod.conf &'
	start_node south
	tail -n 1 "$out/south/chirod.log"
	until_shows south 'chiro inbox' "$urgent +notify"
	on south "chiro read $urgent"
	holds 'border routers'
}

# Without the depositary, so that it is the stick that carries.
answer_by_stick() {
	local answer
	say "The depositary goes down as well. South answers by stick: what north does not" \
	    "have is packed into a file. It is what the line would have carried, signed and" \
	    "sealed; whoever finds the stick learns who wrote when, and reads nothing."
	stop_process depositary
	mkdir -p "$out/stick"
	on south "chiro reply $urgent ack --author b.duty --key keys/b.duty"
	answer=$(logged_act)
	on south 'chiro pack north >../stick/from-south'
	on north 'chiro take ../stick/from-south'
	on north "chiro show $urgent | sed -n '/^  receipted/,\$p'"
	holds 'receipted +yes' "$answer"
	say "And back goes north's receipt."
	on north 'chiro pack south >../stick/from-north'
	on south 'chiro take ../stick/from-north'
	on south "chiro wait $answer --timeout 10s && echo receipted"
	holds '^receipted'
	rm -r "$out/stick"
}

mend_cable() {
	say "The cable is plugged in again. The two nodes find that there is nothing left" \
	    "to say."
	plug_cable
	start_process depositary "$out/neutral/depositary.log" \
	    chirod depositary -f "$out/neutral/depositary.conf"
	until_shows north 'chiro status' 'link +up'
	on north "chiro status | sed -n '/^  link/,\$p'"
}

tell_dark() {
	chapter "The cable is pulled"
	leave_with_depositary
	collect_from_depositary
	answer_by_stick
	mend_cable
	compare_logs
}
