# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# North notifies an incident; south's duty officer reads and acknowledges.

# A STIX 2.1 bundle: what was seen, and where.
write_indicators() {
	cat >"$out/north/indicators.json" <<-'END'
		{
		  "type": "bundle",
		  "id": "bundle--5b7c1f0a-3d0e-4b57-9c55-0d4a2f8f6a11",
		  "objects": [
		    {
		      "type": "identity",
		      "spec_version": "2.1",
		      "id": "identity--0c1b7c2e-62c1-4f9f-8d8e-5c1f5a1d0b01",
		      "created": "2026-11-01T08:00:00.000Z",
		      "modified": "2026-11-01T08:00:00.000Z",
		      "name": "Northern Security Council",
		      "identity_class": "organization"
		    },
		    {
		      "type": "indicator",
		      "spec_version": "2.1",
		      "id": "indicator--8f0e5b62-7f0d-4f2b-9a6c-6a6f3c2f4e02",
		      "created_by_ref": "identity--0c1b7c2e-62c1-4f9f-8d8e-5c1f5a1d0b01",
		      "created": "2026-11-01T08:00:00.000Z",
		      "modified": "2026-11-01T08:00:00.000Z",
		      "name": "Address that the dropper calls",
		      "pattern": "[ipv4-addr:value = '198.51.100.23']",
		      "pattern_type": "stix",
		      "valid_from": "2026-11-01T08:00:00Z"
		    }
		  ]
		}
	END
}

tell_incident() {
	local notice file bundle bundles attach=""
	chapter "An incident, notified and acknowledged"
	cat >"$out/north/incident.txt" <<-'END'
		Since 05:40 UTC ransomware has spread in three of our hospitals. Its
		dropper calls an address in your network. We do not say that you are
		behind it.

		Please stop the address and tell us what else it serves.
	END
	if [ -n "$data" ]; then
		cp "$data"/cti/*.json "$out/north"
		bundles=$(cd "$data/cti" && echo ./*.json | sed 's|\./||g')
	else
		write_indicators
		bundles=indicators.json
	fi
	for bundle in $bundles; do
		attach="$attach \\
    --attach $bundle"
	done
	say "North's duty officer notifies an incident, immediate: south has an hour to" \
	    "say that a person has read it. The indicators go along as STIX."
	on north "chiro act notify --author a.duty --key keys/a.duty \\
    --precedence immediate --marking TLP:RED --language en \\
    --subject 'Ransomware in hospitals' --text incident.txt \\
    --detail asset=hospitals$attach"
	notice=$(logged_act)
	quietly north "chiro wait $notice --timeout 60s" >/dev/null
	on south 'chiro inbox'
	holds "$notice +notify +acknowledge"
	on south "chiro read $notice"
	holds 'three of our hospitals' 'Attachments'
	on south "chiro read $notice --to notice"
	for bundle in $bundles; do
		file=$(cd "$out/south" && ls notice/*-"$bundle")
		on south "cmp $file ../north/$bundle &&
    jq -r '.objects[].type' $file | sort | uniq -c"
	done
	say "To have read is not to agree, and is said by an act of its own."
	on south "chiro reply $notice ack --author b.duty --key keys/b.duty"
	acknowledgement=$(logged_act)
	quietly south "chiro wait $acknowledgement --timeout 60s" >/dev/null
	on north "chiro show $notice | sed -n '/^  receipted/,\$p'"
	holds "read by +$acknowledgement" 'acknowledge.*: met'
	say "South's head answers for the eyes of the two heads: what is sealed to their" \
	    "own keys not even the nodes can open."
	echo 'The address was seized at noon. Its owner is known to us; more by voice.' \
	    >"$out/south/eyes.txt"
	on south "chiro act comment --matter $notice --text eyes.txt --language en \\
    --marking TLP:RED --eyes-heads"
	eyes_act=$(logged_act)
	quietly south "chiro wait $eyes_act --timeout 60s" >/dev/null
	on north "chiro read $eyes_act"
	holds 'seized at noon'
}
