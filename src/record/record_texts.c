#include "record_texts.h"

#include "sshsig.h"

#define COUNTERPART "counterpart"
#define WITNESSES   "witnesses"
#define ACCEPTED    "accepted"

/* --- keys ------------------------------------------------------------------ */

static int make_key(const struct record_state *state, unsigned party, unsigned generation,
                    const char *suffix, enum note_key_type type,
                    const struct ed25519_public *public_key, struct note_key *ret_key)
{
	char name[LOG_NAME_CAPACITY];

	charter_log_name(state->charter, party, generation, suffix, name);
	return note_key_init(ret_key, bytes_of_string(name), type, public_key);
}

int record_log_key(const struct record_state *state, unsigned party, unsigned generation,
                   struct note_key *ret_key)
{
	return make_key(state, party, generation, "", NOTE_KEY_ED25519,
	                rules_log_key(state->rules, party, generation), ret_key);
}

int record_receipt_key(const struct record_state *state, unsigned party,
                       const struct ed25519_public *public_key, struct note_key *ret_key)
{
	return make_key(state, party, 1, "/receipt", NOTE_KEY_COSIGNATURE, public_key, ret_key);
}

/* --- allowed_signers ------------------------------------------------------- */

static int put_bound(struct buffer *buffer, const char *option, timestamp time)
{
	char text[TIMESTAMP_CAPACITY];

	timestamp_format_compact(time, text);
	return buffer_put_format(buffer, ",%s=\"%s\"", option, text);
}

/* ssh-keygen takes both bounds as included. */
static int put_delegate(struct buffer *buffer, const char *party, const struct delegate *delegate)
{
	bool signs_charter = delegate->role == ROLE_HEAD && delegate->entry == UINT64_MAX;
	timestamp until = delegate->until;
	int r;

	if (delegate->recalled && (until == 0 || delegate->ended < until))
		until = delegate->ended;
	if ((r = buffer_put_format(buffer, "%s@%s namespaces=\"%s%s\"", delegate->name, party,
	                           ACT_NAMESPACE, signs_charter ? "," CHARTER_NAMESPACE : "")) !=
	        OK ||
	    (delegate->from != 0 && (r = put_bound(buffer, "valid-after", delegate->from)) != OK) ||
	    (until != 0 && (r = put_bound(buffer, "valid-before", until)) != OK) ||
	    (r = buffer_put_u8(buffer, ' ')) != OK ||
	    (r = ssh_key_print(&delegate->key, buffer)) != OK)
		return r;
	return buffer_put_u8(buffer, '\n');
}

int record_put_allowed_signers(const struct record_state *state, struct buffer *buffer)
{
	int r;

	for (unsigned party = 0; party < 2; party++) {
		size_t count;
		const struct delegate *delegates = rules_delegates(state->rules, party, &count);

		for (size_t i = 0; i < count; i++)
			if ((r = put_delegate(buffer, record_party(state, party), &delegates[i])) !=
			    OK)
				return r;
	}
	return OK;
}

/* --- policy ---------------------------------------------------------------- */

struct witness_name {
	char text[32]; /* `witness-1` */
};

static int add_witnesses(const struct charter *charter, struct policy *policy, struct error *error)
{
	struct witness_name names[WITNESSES_MAXIMUM];
	struct bytes members[WITNESSES_MAXIMUM];
	struct note_key key;
	int r;

	for (size_t i = 0; i < charter->witness_count; i++) {
		snprintf(names[i].text, sizeof(names[i].text), "witness-%zu", i + 1);
		members[i] = bytes_of_string(names[i].text);
		if ((r = note_key_parse(charter->witnesses[i], &key, error)) != OK ||
		    (r = policy_add_witness(policy, members[i], &key, NULL, error)) != OK)
			return r;
	}
	if (charter->quorum == 0)
		return OK;
	if ((r = policy_add_group(policy, bytes_of_string(WITNESSES), (unsigned)charter->quorum,
	                          members, charter->witness_count, error)) != OK)
		return r;
	members[0] = bytes_of_string(COUNTERPART);
	members[1] = bytes_of_string(WITNESSES);
	return policy_add_group(policy, bytes_of_string(ACCEPTED), 0, members, 2, error);
}

int record_make_policy(const struct record_state *state, unsigned party, struct policy *ret_policy,
                       struct error *error)
{
	unsigned other = 1 - party;
	const struct charter *terms = record_terms(state);
	const char *quorum = terms->quorum == 0 ? COUNTERPART : ACCEPTED;
	struct note_key key;
	int r;

	policy_init(ret_policy);
	r = record_log_key(state, party, rules_generations(state->rules, party), &key);
	if (r != OK)
		return error_set(error, r, "the log's key cannot be named");
	if ((r = policy_add_log(ret_policy, &key, NULL, error)) != OK)
		return r;
	r = record_receipt_key(state, other, &rules_party(state->rules, other)->receipt_key, &key);
	if (r != OK)
		return error_set(error, r, "the receipt key cannot be named");
	if ((r = policy_add_witness(ret_policy, bytes_of_string(COUNTERPART), &key, NULL, error)) !=
	        OK ||
	    (r = add_witnesses(terms, ret_policy, error)) != OK)
		return r;
	return policy_set_quorum(ret_policy, bytes_of_string(quorum), error);
}

/* --- charter signature ------------------------------------------------------ */

int record_put_charter_signature(const struct record_state *state, unsigned party,
                                 struct buffer *buffer)
{
	return sshsig_armor(buffer_view(&state->logs[party].accession), buffer);
}
