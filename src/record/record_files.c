#include "record_files.h"

#include "allocate.h"
#include "memory_tree.h"
#include "record_layout.h"
#include "record_texts.h"
#include "tlog_proof.h"

static int put(const struct record_sink *sink, const char *path, struct bytes content,
               struct error *error)
{
	return sink->put(sink->context, path, content, error);
}

/* Passes on what was appended to `buffer`, unless that failed. */
static int put_made(const struct record_sink *sink, const char *path, int result,
                    const struct buffer *buffer, struct error *error)
{
	if (result != OK)
		return error_set(error, result, "%s cannot be made", path);
	return put(sink, path, buffer_view(buffer), error);
}

/* --- acts ------------------------------------------------------------------ */

int record_put_act(const struct record_state *state, struct act_place place,
                   const struct entry *entry, const struct record_sink *sink, struct error *error)
{
	const uint8_t *end = entry->bytes.data + entry->bytes.size;
	char path[RECORD_PATH_CAPACITY];
	int r;

	record_act_path(state, place, RECORD_ACT_TEXT, path);
	if ((r = put(sink, path, entry->act.text, error)) != OK)
		return r;
	for (unsigned i = 0; i < entry->signature_count; i++) {
		struct bytes armor = entry->armors[i];

		if (i + 1 == entry->signature_count)
			armor.size = (size_t)(end - armor.data);
		record_act_path(state, place, i == 0 ? RECORD_ACT_SIGNATURE : RECORD_ACT_SECOND,
		                path);
		if ((r = put(sink, path, armor, error)) != OK)
			return r;
	}
	return OK;
}

static int put_proofs(const struct record_state *state, unsigned party, struct bytes note,
                      const struct record_sink *sink, struct error *error)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(state->rules, party));
	struct act_place place = { party, 0 };
	struct tlog_proof proof = { .note = note };
	char path[RECORD_PATH_CAPACITY];
	struct buffer text;
	int r = OK;

	buffer_init(&text, TLOG_PROOF_MAXIMUM);
	for (; place.number < state->logs[party].size && r == OK; place.number++) {
		buffer_clear(&text);
		proof.index = place.number;
		record_act_path(state, place, RECORD_ACT_PROOF, path);
		if ((r = tree_reader_inclusion(&reader, place.number, state->logs[party].size,
		                               &proof.path)) == OK)
			r = tlog_proof_print(&proof, &text);
		r = put_made(sink, path, r, &text, error);
	}
	buffer_release(&text);
	return r;
}

/* --- one log ---------------------------------------------------------------- */

int record_put_policy(const struct record_state *state, unsigned party,
                      const struct record_sink *sink, struct error *error)
{
	struct policy *policy = allocate(1, sizeof(*policy));
	char path[RECORD_PATH_CAPACITY];
	struct buffer text;
	int r;

	if (policy == NULL)
		return error_set(error, ERROR_MEMORY, "a policy cannot be held");
	buffer_init(&text, POLICY_TEXT_MAXIMUM);
	if ((r = record_make_policy(state, party, policy, error)) == OK) {
		record_party_path(state, party, RECORD_POLICY, path);
		r = put_made(sink, path, policy_print(policy, &text), &text, error);
	}
	buffer_release(&text);
	release_memory(policy);
	return r;
}

static int put_tiles(const struct record_state *state, unsigned party,
                     const struct record_sink *sink, struct error *error)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(state->rules, party));
	char path[RECORD_PATH_CAPACITY];
	struct tile_iterator iterator;
	struct buffer content;
	struct tile tile;
	int r = OK;

	buffer_init(&content, TILE_SIZE_MAXIMUM);
	tile_iterator_init(&iterator, state->logs[party].size);
	while (r == OK && tile_iterator_next(&iterator, &tile) && tile.kind == TILE_HASHES) {
		buffer_clear(&content);
		record_tile_path(state, party, &tile, path);
		r = put_made(sink, path, tile_encode(&tile, &reader, &content), &content, error);
	}
	buffer_release(&content);
	return r;
}

static int put_log(const struct record_state *state, unsigned party, struct bytes note, bool proofs,
                   const struct record_sink *sink, struct error *error)
{
	char path[RECORD_PATH_CAPACITY];
	int r;

	if ((r = record_put_policy(state, party, sink, error)) != OK ||
	    state->logs[party].size == 0)
		return r;
	record_party_path(state, party, RECORD_CHECKPOINT, path);
	if ((r = put(sink, path, note, error)) != OK ||
	    (r = put_tiles(state, party, sink, error)) != OK)
		return r;
	return proofs ? put_proofs(state, party, note, sink, error) : OK;
}

/* --- everything -------------------------------------------------------------- */

int record_put_charters(const struct record_state *state, const struct record_sink *sink,
                        struct error *error)
{
	char path[RECORD_PATH_CAPACITY];
	int r = OK;

	for (unsigned version = 2; version <= rules_charter_count(state->rules) && r == OK;
	     version++) {
		record_charter_path(version, path);
		r = put(sink, path, rules_charter_version(state->rules, version)->text, error);
	}
	return r;
}

static int put_texts(const struct record_state *state, const struct record_sink *sink,
                     struct error *error)
{
	char path[RECORD_PATH_CAPACITY];
	struct buffer text;
	int r;

	buffer_init(&text, RECORD_TEXT_MAXIMUM);
	if ((r = put(sink, RECORD_CHARTER, state->charter->text, error)) != OK ||
	    (r = record_put_charters(state, sink, error)) != OK ||
	    (r = put(sink, RECORD_SCRIPT, record_script(), error)) != OK ||
	    (r = put_made(sink, RECORD_SIGNERS, record_put_allowed_signers(state, &text), &text,
	                  error)) != OK)
		goto out;
	for (unsigned party = 0; party < 2; party++) {
		if (state->logs[party].size == 0)
			continue;
		buffer_clear(&text);
		record_charter_signature_path(state, party, path);
		r = put_made(sink, path, record_put_charter_signature(state, party, &text), &text,
		             error);
		if (r != OK)
			goto out;
	}
out:
	buffer_release(&text);
	return r;
}

int record_put_derived(const struct record_state *state, const struct bytes notes[2], bool proofs,
                       const struct record_sink *sink, struct error *error)
{
	int r;

	if ((r = put_texts(state, sink, error)) != OK ||
	    (r = put_log(state, 0, notes[0], proofs, sink, error)) != OK)
		return r;
	return put_log(state, 1, notes[1], proofs, sink, error);
}
