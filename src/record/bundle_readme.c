/* README.txt of a bundle, and the script beside it. */
#include "bundle_files.h"
#include "bundle_script.h"
#include "record_layout.h"

struct bytes bundle_script(void)
{
	return bytes_of_string(verify_bundle_sh);
}

static const char introduction[] =
    "This folder is a bundle: a disclosed piece of the record of a Chirograph channel.\n"
    "Two parties have kept two logs of what they formally said to one another, signed by\n"
    "the people who said it, so that neither can change them alone. Somebody has chosen\n"
    "some entries of them, and perhaps some parts of what these entries say. What is here\n"
    "can be checked without trusting whoever gave it to you, and without any software of\n"
    "theirs. What was left out cannot be seen from here.\n"
    "\n"
    "What to compare first, by telephone or in print, is the identity of the channel:\n"
    "all else follows from it.\n"
    "\n";

static const char how_to_check[] =
    "\n"
    "Everything at once\n"
    "\n"
    "    chiro verify .\n"
    "\n"
    "says as of which entries the bundle speaks, what it shows, and what it does not show.\n"
    "With stock tools only (OpenSSH 9.1 or later, OpenSSL 3.0 or later, coreutils):\n"
    "\n"
    "    sh verify.sh\n"
    "\n"
    "says at its beginning what it checks and what it does not.\n"
    "\n"
    "The charter's SHA-256 is the identity of the channel:\n"
    "\n"
    "    openssl dgst -sha256 -binary charter.txt | base32 | tr -d '=\\n' | tr A-Z a-z; echo\n"
    "\n";

static const char about_files[] =
    "An entry of a log is the text of the act (.act), a line feed, and the signatures with\n"
    "the time at which it was logged (.sig, .2.sig); its leaf in the tree is the SHA-256 of a\n"
    "zero byte and the entry. A .tlog-proof (C2SP tlog-proof) leads from it to the log's\n"
    "signed head (checkpoint, C2SP tlog-checkpoint), a .receipt-proof to the root that is in\n"
    "a receipt of the other side. A part of a body that is shown is in bodies/, with the proof\n"
    "that the act says it; what the other parts say is not in this folder. All formats are\n"
    "described in doc/PROTOCOL.body of Chirograph.\n"
    "\n"
    "What a bundle cannot show: whether an act was answered, corrected or taken back in\n"
    "entries that are not here or came later; whether somebody who signed had been recalled\n"
    "in an entry that is not here; what the parts that are not here say. A receipt shows that\n"
    "the other side's node held an act, not that anybody there read or agreed with it.\n";

static const char about_silence[] =
    "\n"
    "This one is a certificate of silence: certificate.txt is its page, which follows from\n"
    "the file silence and the entries. What could have answered the act it has whole: of the\n"
    "silent side every entry from one on at which the act cannot have been known there, up to\n"
    "the head. See \"Certificate of silence\" in doc/PROTOCOL.act of Chirograph.\n";

static const char about_match[] =
    "\n"
    "This one is about a list of critical infrastructure of which the other side can ask, without\n"
    "its owner learning what, whether something is on it. match.txt has what shows it,\n"
    "verdict.txt what it comes to. With Python 3.8 or later, and nothing else,\n"
    "\n"
    "    python3 verify-match.py\n"
    "\n"
    "computes it anew, but for what verify.sh checks: that the acts are signed and in the logs.\n"
    "See \"Proofs\" in doc/PROTOCOL.match of Chirograph, which also says what is not shown.\n";

/* What a purpose has to be said about. */
static const struct {
	const char *purpose, *text;
} about[] = {
	{ BUNDLE_PURPOSE_SILENCE, about_silence },
	{ BUNDLE_PURPOSE_MATCH, about_match },
};

static int put_identity(const struct bundle *bundle, struct buffer *buffer)
{
	char name[ACT_NAME_CAPACITY], time[TIMESTAMP_CAPACITY];
	int r;

	if ((r = buffer_put_format(buffer, "    channel  %s\n", bundle->text.channel)) != OK)
		return r;
	for (unsigned party = 0; party < 2 && r == OK; party++) {
		uint64_t size = bundle->text.sizes[party];
		const struct act_place last = { party, size - 1 };
		const struct bundle_act *act = size == 0 ? NULL : bundle_act_at(bundle, last);

		if (size == 0) {
			r = buffer_put_format(buffer, "    as of    nothing by %s\n",
			                      record_party(&bundle->state, party));
			continue;
		}
		record_act_name(&bundle->state, last, name);
		r = buffer_put_format(buffer, "    as of    %s", name);
		if (r == OK && act != NULL) {
			timestamp_format(act->entry.logged, time);
			r = buffer_put_format(buffer, ", logged %s", time);
		}
		if (r == OK)
			r = buffer_put_u8(buffer, '\n');
	}
	return r;
}

static int put_subjects(const struct bundle *bundle, struct buffer *buffer)
{
	char name[ACT_NAME_CAPACITY];
	int r = OK;

	for (size_t i = 0; i < bundle->text.subject_count && r == OK; i++) {
		const struct act_place place = bundle->text.subjects[i];
		const struct act *act = &bundle_act_at(bundle, place)->entry.act;

		record_act_name(&bundle->state, place, name);
		r = buffer_put_format(buffer, "    %s    %s, %s by %s@%s\n",
		                      i == 0 ? "about" : "     ", name, act->kind->name,
		                      act->author, record_party(&bundle->state, place.party));
	}
	return r;
}

int bundle_put_readme(const struct bundle *bundle, struct buffer *buffer)
{
	int r;

	if ((r = buffer_put_string(buffer, introduction)) != OK ||
	    (r = put_identity(bundle, buffer)) != OK || (r = put_subjects(bundle, buffer)) != OK ||
	    (r = buffer_put_string(buffer, how_to_check)) != OK)
		return r;
	r = buffer_put_string(buffer, about_files);
	for (size_t i = 0; i < sizeof(about) / sizeof(about[0]) && r == OK; i++)
		if (strcmp(bundle->text.purpose, about[i].purpose) == 0)
			r = buffer_put_string(buffer, about[i].text);
	return r;
}
