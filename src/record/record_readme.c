/* README.txt of a record, and the script beside it. */
#include "record_layout.h"
#include "record_script.h"
#include "record_texts.h"

struct bytes record_script(void)
{
	return bytes_of_string(verify_sh);
}

static const char introduction[] =
    "This folder is the record of a Chirograph channel: everything that two parties\n"
    "have formally said to one another, signed by the people who said it, in two logs\n"
    "that neither can change alone. It can be checked without trusting whoever gave\n"
    "it to you, and without any software of theirs.\n"
    "\n"
    "What to compare first, by telephone or in print, is the identity of the channel:\n"
    "all else follows from it.\n"
    "\n";

static const char with_chirograph[] =
    "\n"
    "Everything at once\n"
    "\n"
    "    chiro verify .\n"
    "\n"
    "computes every file here but this one anew from charter and logs and names the\n"
    "first thing that is wrong. With stock tools only (OpenSSH 9.1 or later, OpenSSL\n"
    "3.0 or later, coreutils):\n"
    "\n"
    "    sh verify.sh\n"
    "\n"
    "says at its beginning what it checks and what it does not.\n"
    "\n"
    "Piece by piece, in this folder\n"
    "\n"
    "The charter's SHA-256 is the identity of the channel:\n"
    "\n"
    "    sha256sum charter.txt\n"
    "    openssl dgst -sha256 -binary charter.txt | base32 | tr -d '=\\n' | tr A-Z a-z; echo\n"
    "\n";

static const char about_times[] =
    "A person's signature is checked as of the time at which the act was logged: the\n"
    "last line of its last signature file. ssh-keygen stops reading before that line.\n"
    "Who was accredited when stands in allowed_signers, which `chiro verify` computes\n"
    "from the acts themselves. Authority rests on the place in the log, not on the times.\n"
    "\n";

static const char about_logs[] =
    "An entry of a log is the text of the act, a line feed, and the signatures with the\n"
    "time; its leaf in the tree is the SHA-256 of a zero byte and the entry. The folders\n"
    "tile/ are C2SP tlog-tiles; checkpoint and policy are C2SP tlog-checkpoint,\n"
    "tlog-cosignature and tlog-policy; .tlog-proof files are C2SP tlog-proof. Any\n"
    "implementation of these can check them.\n"
    "\n";

static const char about_bodies[] =
    "Bodies are in bodies/ where this copy has them. Sealed ones (.age) can be opened by\n"
    "the two parties alone, with age and an identity to which they were sealed:\n"
    "\n"
    "    age -d -i IDENTITY bodies/ACT.age | tar x\n"
    "\n"
    "and are compared with the last two words of the act's `body` line by\n"
    "\n"
    "    wc -c bodies/ACT.age\n"
    "    openssl dgst -sha256 -binary bodies/ACT.age | openssl base64\n"
    "\n"
    "A body that is not here may have been destroyed: reading keys that are replaced are\n"
    "given up in time. A `rekey` act with the line `destroyed` is a head's word that its\n"
    "party has given up that key and all before it; when both have, nobody can open what\n"
    "was sealed to them. What was said, by whom and when is proved by the logs all the\n"
    "same, and `chiro verify` tells such bodies from others that are missing.\n";

/* --- commands for what is here ------------------------------------------------- */

static int put_verify_command(struct buffer *buffer, const char *name_space, const char *author,
                              const char *party, timestamp time, const char *signature,
                              const char *message)
{
	char compact[TIMESTAMP_CAPACITY];

	timestamp_format_compact(time, compact);
	return buffer_put_format(buffer,
	                         "    ssh-keygen -Y verify -f allowed_signers -I %s@%s \\\n"
	                         "        -n %s -O verify-time=%s \\\n"
	                         "        -s %s <%s\n",
	                         author, party, name_space, compact, signature, message);
}

/* The act that serves as the example: a log's latest by a person, else its accession. */
static struct act_place example_of(const struct record_state *state)
{
	for (unsigned party = 0; party < 2; party++)
		for (uint64_t number = state->logs[party].size; number > 0; number--) {
			struct act_place place = { party, number - 1 };
			const struct act_summary *act = rules_act(state->rules, place);

			if (act->verdict.code == VERDICT_VALID && kind_is_for_people(act->kind))
				return place;
		}
	return (struct act_place){ state->logs[0].size == 0, 0 };
}

/* Of the charter in force, when it is not the first. */
static int put_amended(const struct record_state *state, struct buffer *buffer)
{
	unsigned version = rules_charter_count(state->rules);
	char path[RECORD_PATH_CAPACITY], text[RECORD_PATH_CAPACITY];
	char names[2][ACT_NAME_CAPACITY];
	struct act_place acts[2];

	if (!rules_charter_acts(state->rules, version, &acts[0], &acts[1]))
		return OK;
	for (unsigned i = 0; i < 2; i++)
		record_act_name(state, acts[i], names[i]);
	record_charter_path(version, path);
	record_act_path(state, acts[1], RECORD_ACT_TEXT, text);
	return buffer_put_format(
	    buffer,
	    "The charter was amended; now %s is in force. Both heads have signed it by signing\n"
	    "an act that names it: %s, which proposes it, and %s, which completes\n"
	    "it. Its hash stands in both, in the line `charter`; the line `previous` has that\n"
	    "of the charter before:\n"
	    "\n"
	    "    openssl dgst -sha256 -binary %s | openssl base64\n"
	    "    grep '^charter ' %s\n"
	    "\n",
	    path, names[0], names[1], path, text);
}

static int put_charter_commands(const struct record_state *state, struct buffer *buffer)
{
	char path[RECORD_PATH_CAPACITY];
	int r;

	if ((r = buffer_put_string(buffer, "and each head has signed it:\n\n")) != OK)
		return r;
	for (unsigned party = 0; party < 2; party++) {
		if (state->logs[party].size == 0)
			continue;
		record_charter_signature_path(state, party, path);
		r = put_verify_command(
		    buffer, CHARTER_NAMESPACE, state->charter->parties[party].head,
		    record_party(state, party),
		    rules_act(state->rules, (struct act_place){ party, 0 })->logged, path,
		    RECORD_CHARTER);
		if (r != OK)
			return r;
	}
	if ((r = buffer_put_string(buffer, "\n")) != OK)
		return r;
	return put_amended(state, buffer);
}

static int put_act_commands(const struct record_state *state, struct buffer *buffer)
{
	struct act_place place = example_of(state);
	const struct act_summary *act = rules_act(state->rules, place);
	char text[RECORD_PATH_CAPACITY], signature[RECORD_PATH_CAPACITY], name[ACT_NAME_CAPACITY];
	char compact[TIMESTAMP_CAPACITY];
	int r;

	record_act_path(state, place, RECORD_ACT_TEXT, text);
	record_act_path(state, place, RECORD_ACT_SIGNATURE, signature);
	record_act_name(state, place, name);
	timestamp_format_compact(act->logged, compact);
	if ((r = buffer_put_format(buffer, "An act, here %s, and who signed it:\n\n", name)) !=
	        OK ||
	    (r = put_verify_command(buffer, ACT_NAMESPACE, act->author,
	                            record_party(state, place.party), act->logged, signature,
	                            text)) != OK)
		return r;
	return buffer_put_format(buffer,
	                         "    ssh-keygen -Y find-principals -f allowed_signers \\\n"
	                         "        -O verify-time=%s -s %s\n\n",
	                         compact, signature);
}

static int put_identity(const struct record_state *state, struct buffer *buffer)
{
	char name[ACT_NAME_CAPACITY], time[TIMESTAMP_CAPACITY];
	int r;

	if ((r = buffer_put_format(buffer, "    channel  %s\n", state->charter->channel)) != OK ||
	    (state->charter->succeeds[0] != '\0' &&
	     (r = buffer_put_format(buffer, "    succeeds %s\n", state->charter->succeeds)) != OK))
		return r;
	for (unsigned party = 0; party < 2; party++) {
		uint64_t size = state->logs[party].size;

		if (size > 0) {
			record_act_name(state, (struct act_place){ party, size - 1 }, name);
			timestamp_format(rules_last_logged(state->rules, party), time);
			r = buffer_put_format(buffer, "    as of    %s, logged %s\n", name, time);
		} else {
			r = buffer_put_format(buffer, "    as of    nothing by %s\n",
			                      record_party(state, party));
		}
		if (r != OK)
			return r;
	}
	return OK;
}

int record_put_readme(const struct record_state *state, bool has_acts, struct buffer *buffer)
{
	int r;

	if ((r = buffer_put_string(buffer, introduction)) != OK ||
	    (r = put_identity(state, buffer)) != OK ||
	    (r = buffer_put_string(buffer, with_chirograph)) != OK ||
	    (r = put_charter_commands(state, buffer)) != OK)
		return r;
	if (has_acts && ((r = put_act_commands(state, buffer)) != OK ||
	                 (r = buffer_put_string(buffer, about_times)) != OK))
		return r;
	if ((r = buffer_put_string(buffer, about_logs)) != OK)
		return r;
	return buffer_put_string(buffer, about_bodies);
}
