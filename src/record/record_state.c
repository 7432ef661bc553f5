#include "record_state.h"

#include "allocate.h"
#include "encoding.h"
#include "record_layout.h"
#include "record_writer.h"
#include "sshsig.h"

static int add_receipt_key(struct record_log *log, const struct ed25519_public *key)
{
	if (log->receipt_key_count == log->receipt_key_capacity) {
		size_t capacity = log->receipt_key_capacity == 0 ? 4
		                                                 : log->receipt_key_capacity * 2;
		void *grown = reallocate(log->receipt_keys, capacity, sizeof(*log->receipt_keys));

		if (grown == NULL)
			return ERROR_MEMORY;
		log->receipt_keys = grown;
		log->receipt_key_capacity = capacity;
	}
	log->receipt_keys[log->receipt_key_count++] = *key;
	return OK;
}

static int log_init(struct record_log *log, const struct party *party)
{
	buffer_init(&log->accession, SSHSIG_BLOB_MAXIMUM);
	buffer_init(&log->signers, SIZE_MAX);
	return add_receipt_key(log, &party->receipt_key);
}

int record_state_init(struct record_state *state, struct bytes charter, struct error *error)
{
	struct record_state made = { .charter = NULL };
	int r;

	if ((r = charter_parse(charter, &made.charter, error)) != OK)
		return r;
	for (unsigned party = 0; party < 2; party++)
		if (strcmp(made.charter->parties[party].id, RECORD_BODIES) == 0) {
			r = error_set(error, ERROR_UNSUPPORTED,
			              "a party called '%s' cannot have a folder in a record",
			              RECORD_BODIES);
			goto out;
		}
	if ((r = rules_new(made.charter, &made.rules)) != OK ||
	    (r = log_init(&made.logs[0], &made.charter->parties[0])) != OK ||
	    (r = log_init(&made.logs[1], &made.charter->parties[1])) != OK)
		error_set(error, r, "the logs cannot be held");
out:
	if (r != OK)
		record_state_release(&made);
	else
		*state = made;
	return r;
}

int record_state_amend(struct record_state *state, const struct bytes *texts, size_t count,
                       struct error *error)
{
	int r = OK;

	for (size_t i = 0; i < count && r == OK; i++)
		r = rules_add_charter(state->rules, texts[i], NULL);
	return r == OK ? OK : error_set(error, r, "a charter cannot be held");
}

const struct charter *record_terms(const struct record_state *state)
{
	return state->bundle ? state->charter : rules_charter_now(state->rules);
}

void record_state_release(struct record_state *state)
{
	for (unsigned party = 0; party < 2; party++) {
		buffer_release(&state->logs[party].accession);
		buffer_release(&state->logs[party].signers);
		release_memory(state->logs[party].receipt_keys);
	}
	rules_free(state->rules);
	charter_free(state->charter);
	*state = (struct record_state){ .charter = NULL };
}

/* The new receipt key that an act names, or NULL. */
static const struct ed25519_public *new_receipt_key(const struct act *act)
{
	static const struct {
		enum kind_number kind;
		const char *what, *receipt, *key;
	} replacing[] = {
		{ KIND_REKEY, "item", "receipt-key", "value" },
		{ KIND_APPOINT, "office", "receipt", "key" },
	};

	for (size_t i = 0; i < sizeof(replacing) / sizeof(replacing[0]); i++)
		if (act->kind->number == replacing[i].kind &&
		    bytes_equal_string(act_field(act, replacing[i].what)->text,
		                       replacing[i].receipt))
			return &act_field(act, replacing[i].key)->as.raw_key;
	return NULL;
}

int record_state_note(struct record_state *state, struct act_place place, const struct entry *entry,
                      struct verdict verdict, struct error *error)
{
	struct record_log *log = &state->logs[place.party];
	const struct ed25519_public *key;
	int r;

	if ((r = buffer_put_u8(&log->signers, (uint8_t)entry->signature_count)) != OK)
		goto out;
	if (place.number == 0 &&
	    (r = base64_decode(&log->accession, act_field(&entry->act, "signature")->text,
	                       BASE64_PADDED)) != OK)
		goto out;
	if (!entry->act.kind->in_this_version)
		log->unknown_kind_count++;
	if (verdict.code == VERDICT_VOID)
		log->void_count++;
	else if ((key = new_receipt_key(&entry->act)) != NULL)
		r = add_receipt_key(log, key);
out:
	return r == OK ? OK : error_set(error, r, "the entry cannot be held");
}

const char *record_party(const struct record_state *state, unsigned party)
{
	return state->charter->parties[party].id;
}

void record_act_name(const struct record_state *state, struct act_place place,
                     char ret_name[ACT_NAME_CAPACITY])
{
	rules_act_name(state->rules, place, ret_name);
}

bool record_acts_by_size(const struct record_state *state)
{
	return state->logs[0].size <= RECORD_ACTS_DEFAULT_MAXIMUM &&
	       state->logs[1].size <= RECORD_ACTS_DEFAULT_MAXIMUM - state->logs[0].size;
}
