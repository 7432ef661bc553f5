# shellcheck shell=bash disable=SC2154,SC2016 # common.sh sets what is shared
# What the talks come to: a question that nobody answers, minutes, a communiqué, and what
# the press makes of it.

ask_for_evidence() {
	chapter "A question without an answer"
	cat >"$out/north/evidence.txt" <<-'END'
		Please hand over the logs of the address 198.51.100.23 for the night of
		the attack.
	END
	say "North asks for evidence. By this charter a request is to be answered within ten" \
	    "seconds; nobody at south does."
	on north "chiro act request --wants evidence --author a.officer --key keys/a.officer \\
    --subject 'Logs of the address' --text evidence.txt --language en \\
    --marking TLP:AMBER"
	request=$(logged_act)
	quietly north "chiro wait $request --timeout 30s" >/dev/null
	say "As long as there is time, there is nothing to certify:"
	refused north "chiro certify silence $request ../silence --yes"
	until_shows north 'chiro agenda' 'Silent'
	on north 'chiro agenda'
	holds "$request" 'Silent'
	until_shows north "chiro certify silence $request --page 2>&1 || true" "CERTIFICATE OF SILENCE|Certificate of silence"
}

certify_silence() {
	say "Now there is. A certificate of silence is a folder: the request, the entry by" \
	    "which south's own node received it, every entry of south's log since, and a" \
	    "head that south signed after the deadline. Whoever gets it needs to believe" \
	    "neither side."
	on north "chiro certify silence $request ../silence --yes"
	desk=silence on auditor 'chiro verify .'
	holds 'intact'
	desk=silence on auditor 'sh verify.sh | tail -n 3'
	say "South answers after all. That there was silence until then stays true, and stays" \
	    "provable; a new certificate is refused, for there is an answer now."
	echo 'The logs of that night are not kept any more.' >"$out/south/late.txt"
	on south "chiro reply $request not-held --author b.officer --key keys/b.officer \\
    --text late.txt --language en"
	quietly south 'chiro wait --timeout 30s' >/dev/null
	refused north "chiro certify silence $request ../silence-again --yes"
	desk=silence on auditor 'chiro verify --quiet . && echo still true'
	holds 'still true'
}

agree_minutes() {
	local minutes answer
	chapter "Minutes that both sides agree to"
	cat >"$out/north/minutes.txt" <<-'END'
		The heads met by telephone.

		They agreed that the duty desks test the line on the first Monday of each
		month.

		They did not agree on who pays.
	END
	say "The two heads have met. North lays minutes; what south accepts is exactly this" \
	    "text, and from then on nobody can say that something else was agreed."
	on north "chiro act minutes --held -1h --text minutes.txt --language en --marking TLP:AMBER \\
    --detail participant=c.head --detail participant=b.head --detail place=telephone"
	minutes=$(logged_act)
	quietly north "chiro wait $minutes --timeout 30s" >/dev/null
	on south "chiro read $minutes"
	holds 'first Monday'
	on south "chiro reply $minutes accept"
	answer=$(logged_act)
	quietly south "chiro wait $answer --timeout 30s" >/dev/null
	on north 'chiro log --matters | grep -A 1 -i minutes'
	holds 'minutes agreed'
}

publish_communique() {
	local communique answer
	chapter "A communiqué, as far as both agree"
	cat >"$out/north/communique.txt" <<-'END'
		Both sides met and agreed to test their telephone line each month.

		They discussed an incident in hospitals.

		They will meet again.
	END
	say "What is said here is confidential unless both agree otherwise. North proposes a" \
	    "communiqué; south agrees to two of its three paragraphs."
	on north 'chiro act communique --text communique.txt --language en --marking TLP:AMBER'
	communique=$(logged_act)
	quietly north "chiro wait $communique --timeout 30s" >/dev/null
	on south "chiro reply $communique accept --scope 'parts 1,3'"
	answer=$(logged_act)
	quietly south "chiro wait $answer --timeout 30s" >/dev/null
	say "North publishes what was agreed, and no more: the file is made of these parts," \
	    "and its hash stands in the log."
	refused north "chiro publish $communique communique.txt"
	on north "chiro publish $communique joint.txt && cat joint.txt"
	holds 'test their telephone line' 'meet again'
	! grep -q hospitals "$last" || fail "what was not agreed to is published"
	published=$(grep -Eo -m 1 'north-[0-9]+ is logged' "$last" | cut -d' ' -f 1)
}

check_claims() {
	chapter "What the press says"
	cat >"$out/north/claim.txt" <<-'END'
		chirograph.claim/1
		outlet The Northern Gazette
		quotation They agreed that the duty desks test the line on the first Monday of each month.
		sent south allege
	END
	say "A newspaper prints that the two sides agreed to test a line, and that south has" \
	    "accused north of something. The one stands in the record, to the letter. The" \
	    "other does not: in none of south's entries is there an allegation, and that can" \
	    "be shown without showing what any of them says."
	on north 'cat claim.txt && chiro press-check claim.txt'
	holds 'IN THE RECORD, to the letter' 'NOT IN THE RECORD'
	on north 'chiro press-check claim.txt --prove ../press --yes'
	say "Whoever doubts it gets the bundle. In it are one paragraph of the minutes, and" \
	    "who signed what when; nothing else was disclosed."
	desk=press on auditor 'chiro verify . | head -n 12'
	holds 'IN THE RECORD, to the letter' 'NOT IN THE RECORD' 'intact'
	desk=press on auditor 'ls bodies/*'
	desk=press on auditor 'sh verify.sh | tail -n 3'
	say "The heads are told on one page where things stand."
	on north 'chiro brief'
	holds 'Owed by us' 'In force'
	on north 'chiro brief --language ru --pdf brief.pdf && head -c 5 brief.pdf && echo'
	holds '%PDF-'
}

tell_talks() {
	ask_for_evidence
	certify_silence
	agree_minutes
	publish_communique
	check_claims
}
