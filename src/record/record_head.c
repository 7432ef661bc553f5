#include "record_head.h"

#include "memory_tree.h"
#include "record_texts.h"

/* The generation of a party's log that an origin names, of those up to `last`; 0 for
 * none. */
static unsigned generation_named(const struct record_state *state, unsigned party, unsigned last,
                                 const char *origin)
{
	char name[LOG_NAME_CAPACITY];

	for (unsigned generation = 1; generation <= last; generation++) {
		charter_log_name(state->charter, party, generation, "", name);
		if (strcmp(name, origin) == 0)
			return generation;
	}
	return 0;
}

/* Whether the origin is of a successor of this log, whose key an act names. */
static bool names_successor(const struct record_state *state, unsigned party, const char *origin)
{
	char name[LOG_NAME_CAPACITY];
	size_t size;

	charter_log_name(state->charter, party, 1, "", name);
	size = strlen(name);
	return strncmp(origin, name, size) == 0 && origin[size] == '/';
}

int record_head_read(const struct record_state *state, unsigned party, struct bytes note,
                     struct checkpoint *ret_checkpoint, bool *ret_verified, struct error *error)
{
	struct checkpoint checkpoint;
	unsigned generation, last;
	struct note_key key;
	struct note parsed;
	bool is_read;
	int r;

	if ((r = note_parse(note, &parsed, error)) != OK ||
	    (r = checkpoint_parse(parsed.text, &checkpoint, error)) != OK)
		return r;
	is_read = checkpoint.size > 0 && checkpoint.size <= rules_size(state->rules, party);
	last = rules_generations(state->rules, party);
	generation = generation_named(state, party, last, checkpoint.origin);
	*ret_verified = false;
	if (generation == 0 && !is_read && names_successor(state, party, checkpoint.origin)) {
		*ret_checkpoint = checkpoint;
		return OK;
	}
	if (is_read && generation != rules_head_generation(state->rules, party, checkpoint.size))
		return error_set(error, ERROR_MISMATCH,
		                 "the head is not under the name that the log has at its size");
	if (generation == 0)
		generation = 1; /* then this says what is wrong */
	if ((r = record_log_key(state, party, generation, &key)) != OK)
		return error_set(error, r, "the log's key cannot be named");
	r = signed_checkpoint_verify(note, &key, NULL, 0, ret_checkpoint, NULL, error);
	*ret_verified = r == OK;
	return r;
}

/* Appends the first line by `key` that verifies; whether there is one. */
static int keep_line(const struct note *note, struct bytes lines, const struct note_key *key,
                     struct buffer *settled, bool *ret_kept)
{
	size_t kept;
	int r;

	if ((r = cosignature_keep_verified(note->text, lines, &key, 1, settled, &kept)) == OK)
		*ret_kept = kept > 0;
	return r;
}

static int keep_countersignature(const struct record_state *state, unsigned party,
                                 const struct note *note, struct bytes lines,
                                 struct buffer *settled, struct record_head *head)
{
	const struct record_log *other = &state->logs[1 - party];
	struct note_key key;
	int r;

	/* Of a piece it is not known what receipts there are. */
	if (!state->piece &&
	    !rules_cosignature_covered(state->rules, 1 - party, head->checkpoint.size))
		return OK;
	for (size_t i = other->receipt_key_count; i > 0 && !head->countersigned; i--) {
		if ((r = record_receipt_key(state, 1 - party, &other->receipt_keys[i - 1], &key)) !=
		        OK ||
		    (r = keep_line(note, lines, &key, settled, &head->countersigned)) != OK)
			return r;
		head->earlier_key = head->countersigned && i < other->receipt_key_count;
	}
	return OK;
}

static int keep_witnesses(const struct charter *charter, const struct note *note,
                          struct bytes lines, struct buffer *settled, struct record_head *head)
{
	int r;

	for (size_t i = 0; i < charter->witness_count; i++) {
		struct note_key key;
		bool kept;

		if ((r = note_key_parse(charter->witnesses[i], &key, NULL)) != OK ||
		    (r = keep_line(note, lines, &key, settled, &kept)) != OK)
			return r;
		head->witnesses += kept;
	}
	return OK;
}

static int keep_own_line(const struct record_state *state, unsigned party, const struct note *note,
                         uint64_t size, struct buffer *settled)
{
	unsigned generation = rules_head_generation(state->rules, party, size);
	struct note_key key;
	int r;

	if ((r = record_log_key(state, party, generation, &key)) != OK)
		return r;
	for (size_t i = 0; i < note->line_count; i++)
		if (note_line_is_by(&note->lines[i], &key))
			return buffer_put_bytes(settled, note->lines[i].whole);
	return ERROR_NOT_FOUND;
}

int record_head_settle(const struct record_state *state, unsigned party, struct bytes note,
                       struct buffer *settled, struct record_head *ret_head, struct error *error)
{
	struct record_head head = { .countersigned = false };
	struct note parsed;
	struct bytes lines;
	int r;

	if ((r = note_parse(note, &parsed, error)) != OK ||
	    (r = checkpoint_parse(parsed.text, &head.checkpoint, error)) != OK)
		return r;
	lines = bytes_of(parsed.lines[0].whole.data,
	                 (size_t)(note.data + note.size - parsed.lines[0].whole.data));
	if ((r = buffer_put_bytes(settled, parsed.text)) != OK ||
	    (r = buffer_put_u8(settled, '\n')) != OK ||
	    (r = keep_own_line(state, party, &parsed, head.checkpoint.size, settled)) != OK ||
	    (r = keep_countersignature(state, party, &parsed, lines, settled, &head)) != OK ||
	    (r = keep_witnesses(record_terms(state), &parsed, lines, settled, &head)) != OK)
		return error_set(error, r, "the signatures of the head cannot be sorted");
	*ret_head = head;
	return OK;
}

int record_head_check_root(const struct record_state *state, unsigned party,
                           const struct checkpoint *checkpoint, struct error *error)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(state->rules, party));
	struct hash root;
	int r;

	if (checkpoint->size > rules_size(state->rules, party))
		return error_set(error, ERROR_MISMATCH, "the head is larger than the log");
	if ((r = tree_reader_root(&reader, checkpoint->size, &root)) != OK)
		return error_set(error, r, "the root of the log cannot be computed");
	if (!hash_equal(&root, &checkpoint->root))
		return error_set(error, ERROR_MISMATCH,
		                 "the head's root is not that of the entries");
	return OK;
}
