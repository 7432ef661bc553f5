# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# A node is killed in the middle of a delivery, and comes back.

# api <party> <path>: what the node's API says.
api() {
	curl -s --max-time 5 --unix-socket "$out/$1/node/api.sock" "http://localhost/v1/$2"
}

# held_by_south <channel> <blob>: the bytes of a sealed body that have arrived.
held_by_south() {
	api south "channels/$1/blobs/$2" | jq '.held // 0'
}

# Waits until south has begun to receive a body, then kills every process of its
# node at once.
kill_south_in_delivery() {
	local held
	for _ in $(seq 3000); do
		held=$(held_by_south "$@" 2>/dev/null)
		if [ "${held:-0}" -gt 0 ]; then
			stop_node south KILL
			return 0
		fi
		sleep 0.005
	done
	return 1
}

tell_crash() {
	local act channel name size held
	chapter "Killed in mid-delivery"
	say "North sends a large body, and in the middle of its delivery all" \
	    "processes of south's node are killed, without warning (SIGKILL). The text" \
	    "is drafted and signed in two steps, as one would to sign it elsewhere."
	echo 'The capture that you asked for.' >"$out/north/capture.txt"
	on north 'head -c 60000000 /dev/urandom >capture.bin'
	on north 'chiro act comment --author a.officer --draft capture.act \
    --text capture.txt --language en --marking TLP:RED --attach capture.bin'
	channel=$(api north status | jq -r '.channels[0].channel')
	read -r size name < <(sed -n 's/^body [0-9]* [^ ]* //p' "$out/north/capture.act")
	name=$(echo "$name" | base64 -d | od -An -v -tx1 | tr -d ' \n')
	kill_south_in_delivery "$channel" "$name" &
	on north 'chiro send capture.act --author a.officer --key keys/a.officer'
	act=$(logged_act)
	wait $! || fail "south's node was not killed in time"
	on north "chiro status | sed -n '/link/,\$p'"
	holds 'link +down'
	say "South's node starts again. What had arrived is there, and the delivery" \
	    "goes on from that byte."
	type_line south 'chirod -f node/chirod.conf &'
	start_node south
	tail -n 1 "$out/south/chirod.log"
	held=$(held_by_south "$channel" "$name")
	echo "(south holds $held of $size bytes)"
	[ $((held > 0 && held < size)) -eq 1 ] || fail "this was not in mid-delivery"
	on north "chiro wait $act --timeout 60s && chiro status | sed -n '/link/,\$p'"
	holds 'link +up'
	on south "chiro read $act --to capture"
	on south "sha256sum capture/*capture.bin ../north/capture.bin"
	[ "$(cut -d ' ' -f 1 "$last" | sort -u | wc -l)" -eq 1 ] || fail "the capture differs"
	compare_logs
}

# Every entry of both logs, as each side has it.
compare_logs() {
	local party
	say "Nothing is lost and nothing forked: both sides hold the same two logs."
	for party in north south; do
		on $party "chiro log --all --json | jq -r '.acts[] | .name, .leaf' | sha256sum"
		cp "$last" "$out/$party.logs"
	done
	same "$out/north.logs" "$out/south.logs"
	rm "$out/north.logs" "$out/south.logs"
}
