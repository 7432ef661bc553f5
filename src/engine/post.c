#include "allocate.h"
#include "channel_internal.h"
#include "cosignature.h"
#include "journal.h"

#include <stdio.h>

/* Frames that come in files, from a depositary or in a copy. What a frame can do
 * is what it could do on the link, and no more: the same heads, proofs, signatures
 * and rules decide. What it cannot do yet waits in the spool. */

enum { COSIGNERS = 4 * (WITNESSES_MAXIMUM + 1) };

int post_party_of(const struct engine_channel *channel, struct bytes bytes, unsigned *ret_party,
                  struct error *error)
{
	struct head_origin origin;
	int r = channel_read_head(channel, bytes, &origin, error);

	if (r == OK)
		*ret_party = origin.party;
	return r;
}

/* --- heads ---------------------------------------------------------------- */

/* A head of the own log. If it is signed, and this node has not what it covers, it
 * was restored from an older copy, or runs twice: until that is over, what is
 * missing is to be copied. */
static int check_own_head(struct engine_channel *channel, struct bytes note,
                          struct checkpoint *ret_checkpoint, struct error *error)
{
	uint64_t held = rules_size(channel->rules, channel->own);
	struct head_origin origin;
	struct checkpoint checkpoint;
	bool fits;
	int r;

	if ((r = channel_read_head(channel, note, &origin, error)) != OK ||
	    (r = channel_verify_head(channel, note, &origin, error)) != OK)
		return r;
	checkpoint = origin.checkpoint;
	fits = channel_has_root(channel, channel->own, checkpoint.size, &checkpoint.root);
	if (channel_is_outlived(channel, &origin) ||
	    (!fits && origin.generation < rules_generations(channel->rules, channel->own)))
		return error_set(error, ERROR_DENIED,
		                 "a head by a log key that was replaced before this size, or that "
		                 "is not of this log");
	if (!fits && !channel->copying) {
		if ((r = channel_rolled_back(channel, note)) != OK)
			return r;
		return error_set(error, ERROR_STATE,
		                 "this node has lost entries that it had signed");
	}
	if (!fits && checkpoint.size <= held)
		return error_set(error, ERROR_MISMATCH,
		                 "the copy has another history of %s than this node",
		                 channel->charter->parties[channel->own].id);
	*ret_checkpoint = checkpoint;
	return OK;
}

static int check_head(struct engine_channel *channel, unsigned party, struct bytes note,
                      struct checkpoint *ret_checkpoint, struct error *error)
{
	if (party == channel->own)
		return check_own_head(channel, note, ret_checkpoint, error);
	return arrival_check_head(channel, note, ret_checkpoint, error);
}

/* --- entries -------------------------------------------------------------- */

/* What waits for blobs from the link would overlap with what comes here: the
 * connection starts afresh from what is held then. */
static void restart_link(struct engine_channel *channel)
{
	static const char reason[] = "what was under way came by another way";

	if (channel->arrivals == NULL)
		return;
	channel_close_link(channel, ERROR_STATE, reason);
	channel_link_down(channel, reason);
}

/* Whether what waits is the entry that puts a charter in force. */
static bool lacks_charter(const struct engine_channel *channel, const struct arrival *arrival)
{
	uint64_t next = rules_size(channel->rules, arrival->party);
	struct entry entry;

	return arrival->amends && next >= arrival->start &&
	       next - arrival->start < arrival->count &&
	       entry_parse(arrival->entries[next - arrival->start], &entry, NULL) == OK &&
	       entry.act.kind->number == KIND_AMEND;
}

static int judge(struct engine_channel *channel, struct arrival *arrival, struct error *error)
{
	const char *other = channel->charter->parties[1 - arrival->party].id;
	int r;

	if (!channel->copying && arrival->receipted > rules_size(channel->rules, channel->own))
		return error_set(error, ERROR_WAIT, "it receipts %s-%llu, which is not here", other,
		                 (unsigned long long)arrival->receipted - 1);
	r = arrival_judge(channel, arrival, error);
	if (r == ERROR_WAIT && channel->copying && !lacks_charter(channel, arrival))
		return error_set(error, r, "it receipts entries of %s that are not here yet",
		                 other);
	/* Only an own entry that is refused leaves memory as the database is. */
	if (r != OK && r != ERROR_WAIT && r != ERROR_DENIED &&
	    !(r == ERROR_MISMATCH && arrival->party == channel->own))
		channel->post.failure = r;
	return r;
}

static int settle(struct engine_channel *channel, unsigned party,
                  const struct checkpoint *checkpoint, struct bytes payload, struct error *error)
{
	struct edge from = channel_edge(channel, party), after;
	struct arrival *arrival;
	int r;

	restart_link(channel);
	r = arrival_prepare(channel, party, &from, checkpoint, payload, &arrival, &after);
	if (r == ERROR_MEMORY)
		return error_set(error, r, "out of memory");
	if (r != OK)
		return party == channel->own
		           ? recovery_explain_copy(channel, payload, error)
		           : error_set(error, r, "the entries are not those of the signed head");
	arrival->copied = channel->copying;
	if (party == channel->own && (r = recovery_check_copy(channel, arrival, error)) != OK) {
		arrival_free(arrival);
		forget_unstored(channel);
		return r;
	}
	r = judge(channel, arrival, error);
	arrival_free(arrival);
	channel->arrived = channel_edge(channel, channel->other);
	if (r != OK)
		forget_unstored(channel);
	if (r == OK && party == channel->other && channel->faulted)
		return error_set(error, ERROR_STATE, "%s", channel->reason);
	return r;
}

/* Of a generation that is not known yet it comes with the entry that begins it, or
 * waits for that. */
static int check_frame_head(struct engine_channel *channel, const struct frame_entries *frame,
                            const struct head_origin *origin, uint64_t held,
                            struct checkpoint *ret_checkpoint, struct error *error)
{
	unsigned known = rules_generations(channel->rules, origin->party);
	struct edge from = channel_edge(channel, origin->party);
	struct note_key key;
	int r;

	if (origin->generation <= known)
		return check_head(channel, origin->party, frame->checkpoint, ret_checkpoint, error);
	if (origin->generation > known + 1 || frame->start > held)
		return error_set(error, ERROR_WAIT,
		                 "the entry that appoints its log key is to come first");
	if ((r = arrival_check_successor(channel, frame, origin, &from, &key, error)) == OK)
		*ret_checkpoint = origin->checkpoint;
	return r;
}

static int take_entries(struct engine_channel *channel, struct bytes payload,
                        struct post_outcome *outcome, struct error *error)
{
	struct checkpoint checkpoint;
	struct frame_entries frame;
	struct head_origin origin;
	uint64_t held, end;
	unsigned party;
	int r;

	if ((r = frame_get_entries(payload, &frame, error)) != OK ||
	    (r = channel_read_head(channel, frame.checkpoint, &origin, error)) != OK)
		return r;
	party = origin.party;
	if (party == channel->other && channel->faulted)
		return error_set(error, ERROR_STATE, "nothing more is taken of %s: %s",
		                 channel->charter->parties[party].id, channel->reason);
	held = rules_size(channel->rules, party);
	if ((r = check_frame_head(channel, &frame, &origin, held, &checkpoint, error)) != OK)
		return r;
	end = frame.start + frame.count;
	if (end > checkpoint.size)
		return error_set(error, ERROR_MISMATCH, "more entries than the head covers");
	if (end <= held)
		return OK;
	if (frame.start > held)
		return error_set(error, ERROR_WAIT, "entries of %s from %llu on come before it",
		                 channel->charter->parties[party].id, (unsigned long long)held);
	outcome->result = POST_STORED;
	return settle(channel, party, &checkpoint, payload, error);
}

/* --- what else comes ------------------------------------------------------- */

/* Nobody is greeted: it only shows the sender's head, and what it has seen of the
 * own log. */
static int take_hello(struct engine_channel *channel, struct bytes payload,
                      struct post_outcome *outcome, struct error *error)
{
	struct frame_hello hello;
	uint64_t sent;
	bool deaf;
	int r;

	(void)outcome;
	if ((r = frame_get_hello(payload, &hello, error)) != OK)
		return r;
	if (channel->faulted)
		return OK;
	return check_hello(channel, &hello, !channel->copying, &sent, &deaf, error);
}

static int take_cosignature(struct engine_channel *channel, struct bytes payload,
                            struct post_outcome *outcome, struct error *error)
{
	const char *other = channel->charter->parties[channel->other].id;
	struct frame_cosignature frame;
	int r;

	if ((r = frame_get_cosignature(payload, &frame, error)) != OK)
		return r;
	if (frame.size < channel->their_cosigned_size || channel->faulted)
		return OK;
	if (!rules_cosignature_covered(channel->rules, channel->other, frame.size))
		return error_set(error, ERROR_WAIT, "the receipt of %s that covers it is not here",
		                 other);
	/* Of one size that with the latest time is kept. */
	if (frame.size > channel->their_cosigned_size)
		outcome->result = POST_STORED;
	r = check_cosignature(channel, frame.size, frame.line, error);
	/* The `rekey` that names its key may be to come, or the own head to be copied. */
	if (r == ERROR_SIGNATURE || (r == ERROR_NOT_FOUND && channel->copying))
		return error_set(error, ERROR_WAIT, "what it is checked by is not here");
	return r;
}

static int take_charter(struct engine_channel *channel, struct bytes payload,
                        struct post_outcome *outcome, struct error *error)
{
	struct frame_charter frame;
	int r;

	(void)outcome;
	if ((r = frame_get_charter(payload, &frame, error)) != OK)
		return r;
	if (!bytes_equal(frame.text, channel->charter->text))
		return error_set(error, ERROR_MISMATCH, "the charter of another channel");
	return OK;
}

/* An entry is to name it: see charters.c. */
static int take_amended(struct engine_channel *channel, struct bytes payload,
                        struct post_outcome *outcome, struct error *error)
{
	struct bytes text;
	int r;

	(void)outcome;
	if ((r = frame_get_amended(payload, &text, error)) != OK)
		return r;
	if ((r = channel_take_charter(channel, text)) != OK) {
		channel->post.failure = r;
		return error_set(error, r, "a charter cannot be kept");
	}
	return OK;
}

/* --- heads of a copy ------------------------------------------------------- */

static void add_cosigner(struct note_key keys[COSIGNERS], size_t *count, struct bytes vkey)
{
	struct note_key key;

	if (vkey.size == 0 || *count == COSIGNERS || note_key_parse(vkey, &key, NULL) != OK)
		return;
	for (size_t i = 0; i < *count; i++)
		if (strcmp(keys[i].name, key.name) == 0 &&
		    ed25519_public_equal(&keys[i].public_key, &key.public_key))
			return;
	keys[(*count)++] = key;
}

/* Who may have cosigned a log: the other party, the witnesses of the charter and its
 * depositary, and those of the charters before it, the latest first. */
static size_t cosigners_of(const struct engine_channel *channel, unsigned party,
                           struct note_key ret_keys[COSIGNERS])
{
	size_t count = 0;

	ret_keys[count++] = channel->receipt_keys[1 - party];
	for (unsigned i = rules_charter_count(channel->rules); i > 0; i--) {
		const struct charter *charter = rules_charter_version(channel->rules, i);

		for (size_t j = 0; j < charter->witness_count; j++)
			add_cosigner(ret_keys, &count, charter->witnesses[j]);
		add_cosigner(ret_keys, &count, charter->depositary);
	}
	return count;
}

/* The note as its log signed it: its text and that log's own lines. */
static int bare_note(const struct note *note, const struct note_key *key, struct buffer *bare)
{
	int r = buffer_put_bytes(bare, note->text);

	if (r == OK)
		r = buffer_put_u8(bare, '\n');
	for (size_t i = 0; i < note->line_count && r == OK; i++)
		if (note_line_is_by(&note->lines[i], key))
			r = buffer_put_bytes(bare, note->lines[i].whole);
	return r;
}

/* What a line means for this node's memory of the log. */
static int remember_line(struct engine_channel *channel, unsigned party, uint64_t size,
                         struct bytes line)
{
	if (party == channel->own) {
		if (size > channel->their_cosigned_size &&
		    rules_cosignature_covered(channel->rules, channel->other, size))
			channel->their_cosigned_size = size;
		return OK;
	}
	if (size <= channel->cosigned_size || !channel->copying)
		return OK;
	channel->cosigned_size = size;
	buffer_clear(&channel->cosignature);
	return buffer_put_bytes(&channel->cosignature, line);
}

/* Of a line that is kept already the earliest is worth most, as a time before which
 * the head was there; of the counterpart, and of all in a channel that is to be
 * recovered, the latest (evidence.h). */
static bool is_wanted(const struct engine_channel *channel, const struct store_head *held,
                      const struct note_key *key, bool counterpart, const struct note *note)
{
	timestamp kept = channel_kept_time(held, key), time;

	if (kept == 0 || cosignature_verify(note, key, &time, NULL) != OK)
		return true;
	return (counterpart || channel->recovery.trouble != TROUBLE_NONE) && time > kept;
}

static int keep_lines(struct engine_channel *channel, unsigned party, uint64_t size,
                      const struct note *note, const struct store_head *held)
{
	struct store *store = channel->engine->settings.store;
	struct bytes lines = bytes_of(note->lines[0].whole.data, 0);
	struct note_key keys[COSIGNERS];
	size_t count = cosigners_of(channel, party, keys), kept;
	struct buffer line;
	int r = OK;

	for (size_t i = 0; i < note->line_count; i++)
		lines.size += note->lines[i].whole.size;
	buffer_init(&line, STORE_LINE_MAXIMUM);
	for (size_t i = 0; i < count && r == OK; i++) {
		const struct note_key *key = &keys[i];

		buffer_clear(&line);
		r = cosignature_keep_verified(note->text, lines, &key, 1, &line, &kept);
		if (r != OK || kept == 0 ||
		    (held->size == size && !is_wanted(channel, held, key, i == 0, note)))
			continue;
		r = store_put_cosignature(store, channel->number, party, size, key->name,
		                          buffer_view(&line));
		if (r == OK && i == 0)
			r = remember_line(channel, party, size, buffer_view(&line));
	}
	buffer_release(&line);
	return r;
}

/* The newest head of all that is held, without a proof, takes the place of one
 * that does not fit any more. */
static int remember_head(struct engine_channel *channel, unsigned party,
                         const struct checkpoint *checkpoint, struct bytes note)
{
	struct their_head *head = &channel->their_head;

	if (checkpoint->size != rules_size(channel->rules, party))
		return OK;
	if (party == channel->own) {
		channel->head_size = checkpoint->size;
		buffer_clear(&channel->head_note);
		return buffer_put_bytes(&channel->head_note, note);
	}
	head->size = checkpoint->size;
	head->root = checkpoint->root;
	head->proof.count = 0;
	buffer_clear(&head->note);
	return buffer_put_bytes(&head->note, note);
}

/* One that is held already in another spelling stays as it is. */
static int keep_head(struct engine_channel *channel, unsigned party,
                     const struct checkpoint *checkpoint, const struct note *note)
{
	struct store *store = channel->engine->settings.store;
	struct store_head held;
	struct note_key key;
	struct buffer bare;
	int r;

	store_head_init(&held);
	buffer_init(&bare, NOTE_MAXIMUM);
	r = store_get_head(store, channel->number, party, checkpoint->size, NULL, &held);
	if (r == OK && held.size != checkpoint->size)
		r = ERROR_NOT_FOUND;
	if (r == ERROR_NOT_FOUND && party == channel->own && !channel->copying) {
		/* What the keeper signed it says itself. */
		r = OK;
		goto out;
	}
	if (r == ERROR_NOT_FOUND &&
	    (r = channel_log_key(channel, party,
	                         rules_head_generation(channel->rules, party, checkpoint->size),
	                         &key)) == OK &&
	    (r = bare_note(note, &key, &bare)) == OK &&
	    (r = store_put_head(store, channel->number, party, checkpoint->size,
	                        buffer_view(&bare))) == OK)
		r = remember_head(channel, party, checkpoint, buffer_view(&bare));
	if (r == OK)
		r = keep_lines(channel, party, checkpoint->size, note, &held);
out:
	store_head_release(&held);
	buffer_release(&bare);
	return r;
}

static int take_head(struct engine_channel *channel, struct bytes bytes, struct error *error)
{
	struct checkpoint checkpoint;
	struct note note;
	unsigned party;
	int r;

	if ((r = post_party_of(channel, bytes, &party, error)) != OK)
		return r;
	if (party == channel->other && channel->faulted)
		return OK;
	if ((r = check_head(channel, party, bytes, &checkpoint, error)) != OK ||
	    (r = note_parse(bytes, &note, error)) != OK)
		return r;
	if (checkpoint.size > rules_size(channel->rules, party))
		return error_set(error, ERROR_WAIT, "the entries of %s that it covers are not here",
		                 channel->charter->parties[party].id);
	if ((r = engine_write(channel->engine)) == OK)
		r = keep_head(channel, party, &checkpoint, &note);
	/* Whatever fails here is this machine's. */
	if (r != OK) {
		channel->post.failure = r;
		return error_set(error, r, "a head cannot be stored");
	}
	return OK;
}

static int take_heads(struct engine_channel *channel, struct bytes payload,
                      struct post_outcome *outcome, struct error *error)
{
	struct frame_heads frame;
	struct cursor cursor;
	struct bytes note;
	int r;

	if ((r = frame_get_heads(payload, &frame, error)) != OK)
		return r;
	cursor = cursor_over(frame.notes);
	outcome->result = POST_STORED;
	while (r == OK && frame_notes_next(&cursor, &note) == OK)
		r = take_head(channel, note, error);
	return r;
}

/* --- all of them ------------------------------------------------------------ */

static const struct {
	uint8_t type;
	int (*take)(struct engine_channel *channel, struct bytes payload,
	            struct post_outcome *outcome, struct error *error);
} takers[] = {
	{ FRAME_HELLO, take_hello },
	{ FRAME_ENTRIES, take_entries },
	{ FRAME_COSIGNATURE, take_cosignature },
	{ FRAME_BLOB_CHUNK, post_take_chunk },
	{ FRAME_CHARTER, take_charter },
	{ FRAME_AMENDED, take_amended },
	{ FRAME_HEADS, take_heads },
};

int post_use_frame(struct engine_channel *channel, uint8_t type, struct bytes payload,
                   struct post_outcome *ret_outcome, struct error *error)
{
	struct post_outcome outcome = { .result = POST_HELD };
	int r = ERROR_UNSUPPORTED;

	/* As on the link. */
	if (type >= 0x80) {
		*ret_outcome = outcome;
		return OK;
	}
	error_set(error, r, "a frame of type %u does not stand in a file", type);
	for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++)
		if (takers[i].type == type)
			r = takers[i].take(channel, payload, &outcome, error);
	if (r == ERROR_MEMORY || r == ERROR_IO)
		channel->post.failure = r;
	if (r == OK)
		*ret_outcome = outcome;
	return r;
}

int channel_take_frame(struct engine_channel *channel, uint8_t type, struct bytes payload,
                       struct post_outcome *ret_outcome, struct error *error)
{
	struct error why = { 0 };
	int r = post_use_frame(channel, type, payload, ret_outcome, &why);

	if (r == ERROR_WAIT)
		r = post_keep(channel, type, payload, &why, ret_outcome, &why);
	if (r != OK) {
		if (error != NULL)
			*error = why;
		return r;
	}
	channel->active = engine_monotonic(channel->engine);
	return post_drain(channel);
}
