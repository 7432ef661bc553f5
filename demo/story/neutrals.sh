# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# Two neutrals: a witness, who sees heads of logs, and a depositary, with whom post
# can be left.

# The cable between the two nodes, so that it can be pulled.
lay_cable() {
	neutrals=yes
	read -r "port[north]" "port[south]" "cable[north]" "cable[south]" \
	    "port[witness]" "port[depositary]" < <(free_ports 6)
	plug_cable
}

plug_cable() {
	start_process cable "$out/cable.log" "$root/demo/cable" \
	    "${cable[north]}:${port[north]}" "${cable[south]}:${port[south]}"
}

# write_neutral <witness|depositary>: its configuration.
write_neutral() {
	local user keeper
	{
		echo chirograph.neutral/1
		echo "home $out/neutral/$1"
		echo "name $1.example"
		echo "listen 127.0.0.1:${port[$1]}"
		read -r user keeper < <(users_of "$1")
		[ -z "$user" ] || printf 'user %s\nkeeper-user %s\n' "$user" "$keeper"
	} >"$out/neutral/$1.conf"
}

found_neutrals() {
	local party neutral
	chapter "Two neutrals"
	say "A third that both accept can witness the logs: it signs that a head is the" \
	    "greatest it has seen, and so holds each side to one history and to a time." \
	    "It sees names, sizes and hashes, and nothing else. A depositary is a witness" \
	    "with whom post can be left, sealed, for a side that does not answer. Each has" \
	    "one key, and the charter will name it."
	mkdir "$out/neutral"
	chmod 0755 "$out/neutral"
	for neutral in witness depositary; do
		write_neutral $neutral
		on neutral "chirod $neutral -k -f $neutral.conf"
		echo "$neutral $(tail -n 1 "$last")" >>"$out/neutral/answers.txt"
		[ $neutral = depositary ] || echo 'quorum 1' >>"$out/neutral/answers.txt"
	done
	echo 'deemed-allowance 5s' >>"$out/neutral/answers.txt"
	say "Where they are reached is for each node to know:"
	for party in north south; do
		on $party "cat >>node/chirod.conf <<END
neutral witness.example http://127.0.0.1:${port[witness]}
neutral depositary.example http://127.0.0.1:${port[depositary]}
END"
		stop_node $party
		start_node $party
	done
}

# Once there is a charter, they know whose logs to look at.
start_neutrals() {
	local neutral
	say "The neutrals get the charter: it names the logs that they are to know."
	cp "$out/north/charter.txt" "$out/neutral"
	for neutral in witness depositary; do
		on neutral "echo \"charter \$PWD/charter.txt\" >>$neutral.conf"
		type_line neutral "chirod $neutral -f $neutral.conf &"
		start_process $neutral "$out/neutral/$neutral.log" \
		    chirod $neutral -f "$out/neutral/$neutral.conf"
		tail -n 1 "$out/neutral/$neutral.log"
	done
}
