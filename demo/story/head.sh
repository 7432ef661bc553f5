# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# North replaces its head, and needs nobody's consent for it.

tell_head() {
	local appointment
	chapter "A change of head"
	say "North's head is dismissed and does not hand over the key. The appointing" \
	    "key, fetched from its safe, names another; south cannot veto it."
	on north "ssh-keygen -q -t ed25519 -N '' -C c.head -f keys/c.head"
	on north 'age-keygen -o keys/c.head.age'
	on north "chiro act appoint --author appointing --key safe/appointing \\
    --office head --delegate c.head --new-key keys/c.head.pub \\
    --reading-key keys/c.head.age"
	appointment=$(logged_act)
	quietly north "chiro wait $appointment --timeout 30s" >/dev/null
	say "The old key signs, and it is worth nothing:"
	refused north 'chiro act suspend --reason "I am still the head" \
    --author a.head --key node/keys/a.head'
	say "South's node says the same, from its own copy of north's log. The new" \
	    "head's acts are valid there:"
	on north "sed -i -e 's/^author .*/author c.head/' \\
    -e 's|^key .*|key ../keys/c.head|' \\
    -e 's|^reading-identity .*|reading-identity ../keys/c.head.age|' node/identity"
	echo 'As of today I speak for the Northern Security Council.' >"$out/north/note.txt"
	on north 'chiro act comment --text note.txt --language en --marking TLP:GREEN'
	new_head_act=$(logged_act)
	quietly north "chiro wait $new_head_act --timeout 30s" >/dev/null
	on south "chiro show $new_head_act | head -n 4; chiro keys | grep -E '[ac]\\.head'"
	holds 'verdict +valid' 'author +c.head@north'
}
