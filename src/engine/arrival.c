#include "allocate.h"
#include "channel_internal.h"
#include "cosignature.h"
#include "journal.h"
#include "sha.h"

#include <stdio.h>

/* Frames of entries come in here. What can be checked without state is checked
 * at once: the head's signature, that these entries are its prefix, each
 * entry's form and signatures. Then the frame waits in the queue until its
 * blobs are here; the turn judges and stores it. */

static void arrival_free(struct arrival *arrival)
{
	if (arrival == NULL)
		return;
	buffer_release(&arrival->frame);
	buffer_release(&arrival->head.note);
	release_memory(arrival->entries);
	release_memory(arrival->keys);
	release_memory(arrival);
}

void arrivals_free(struct engine_channel *channel)
{
	struct arrival *arrival;

	while ((arrival = channel->arrivals) != NULL) {
		channel->arrivals = arrival->next;
		arrival_free(arrival);
	}
	channel->arrivals_end = &channel->arrivals;
}

/* Two signed heads that no honest log has: both are kept, for good. */
static int fork_found(struct engine_channel *channel, struct bytes ours, struct bytes theirs)
{
	struct buffer both;
	int r;

	buffer_init(&both, 2 * NOTE_MAXIMUM + 8);
	if ((r = buffer_put_sized(&both, ours)) == OK && (r = buffer_put_sized(&both, theirs)) == OK)
		r = channel_fault(channel, "the other side signed two heads that contradict each other",
		                  buffer_view(&both));
	buffer_release(&both);
	return r;
}

/* The head that a frame is under: signed by the log's key, and not in
 * contradiction to the head that is held. ERROR_FORK when it was, ERROR_SIGNATURE
 * and others when it is not theirs. */
static int check_head(struct engine_channel *channel, struct bytes note_bytes,
                      struct checkpoint *ret_checkpoint, struct error *error)
{
	struct their_head *held = &channel->their_head;
	struct checkpoint checkpoint;
	struct note note;
	int r;

	if (bytes_equal(note_bytes, buffer_view(&channel->verified_note))) {
		if ((r = note_parse(note_bytes, &note, error)) != OK ||
		    (r = checkpoint_parse(note.text, &checkpoint, error)) != OK)
			return r;
	} else {
		if ((r = signed_checkpoint_verify(note_bytes, &channel->log_keys[channel->other], NULL, 0,
		                                  &checkpoint, NULL, error)) != OK)
			return r;
		buffer_clear(&channel->verified_note);
		if ((r = buffer_put_bytes(&channel->verified_note, note_bytes)) != OK)
			return r;
	}
	if (held->note.size > 0 && held->size == checkpoint.size &&
	    !hash_equal(&held->root, &checkpoint.root)) {
		if ((r = fork_found(channel, buffer_view(&held->note), note_bytes)) != OK)
			return r;
		return error_set(error, ERROR_FORK, "two heads of one size");
	}
	*ret_checkpoint = checkpoint;
	return OK;
}

/* The frame's blob of this hash, or an empty view. */
static struct bytes inline_blob(const struct frame_entries *frame, const struct hash *hash,
                                uint64_t size)
{
	struct cursor cursor = cursor_over(frame->blobs);
	struct hash name, computed;
	struct bytes blob;

	while (frame_blobs_next(&cursor, &name, &blob) == OK) {
		if (!hash_equal(&name, hash) || blob.size != size)
			continue;
		sha256_of(&computed, blob);
		if (hash_equal(&computed, hash))
			return blob;
	}
	return bytes_of(NULL, 0);
}

/* Form, channel, party and signatures of the entries from `skip` on. The first
 * that fails is where the log is refused; those before it stand. */
static int check_entries(struct engine_channel *channel, const struct frame_entries *frame,
                         struct arrival *arrival)
{
	struct entry *entry = allocate(1, sizeof *entry);
	struct error why = { 0 };
	int r = OK;

	if (entry == NULL)
		return ERROR_MEMORY;
	for (size_t i = 0; i < arrival->count && r == OK; i++) {
		if ((r = entry_parse(arrival->entries[i], entry, &why)) == ERROR_MEMORY ||
		    (r == OK &&
		     (r = entry_verify(entry, arrival->keys[i], &why)) == ERROR_MEMORY))
			break;
		if (r != OK) {
			arrival->refused = r;
			snprintf(arrival->refused_reason, sizeof arrival->refused_reason,
			         "entry %llu of %s is refused: %s",
			         (unsigned long long)(arrival->start + i),
			         channel->charter->parties[channel->other].id, why.message);
			arrival->count = i;
			r = OK;
			break;
		}
		if (entry->logged > arrival->latest)
			arrival->latest = entry->logged;
		if (entry->act.has_body && !blob_is_held(channel, &entry->act.body.sealed_hash) &&
		    inline_blob(frame, &entry->act.body.sealed_hash, entry->act.body.sealed_size).size ==
		        0)
			r = want_blob(channel, &entry->act.body.sealed_hash, entry->act.body.sealed_size,
			              arrival->start + i);
	}
	release_memory(entry);
	return r;
}

static int new_arrival(struct bytes payload, size_t count, struct arrival **ret_arrival)
{
	struct arrival *arrival = allocate(1, sizeof *arrival);
	int r = ERROR_MEMORY;

	if (arrival == NULL)
		return ERROR_MEMORY;
	buffer_init(&arrival->frame, FRAME_MAXIMUM);
	buffer_init(&arrival->head.note, FRAME_NOTE_MAXIMUM);
	arrival->entries = allocate(count, sizeof *arrival->entries);
	arrival->keys = allocate(count, sizeof *arrival->keys);
	if (arrival->entries == NULL || arrival->keys == NULL ||
	    (r = buffer_put_bytes(&arrival->frame, payload)) != OK) {
		arrival_free(arrival);
		return r;
	}
	*ret_arrival = arrival;
	return OK;
}

/* The new entries' views and leaf hashes, and the proof that they are the
 * head's. */
static int advance(struct engine_channel *channel, const struct frame_entries *frame,
                   const struct checkpoint *checkpoint, size_t skip, struct arrival *arrival,
                   struct edge *ret_edge)
{
	struct cursor cursor = cursor_over(frame->entries);
	struct hash *leaves = allocate(frame->count, sizeof *leaves);
	struct bytes entry;
	size_t index = 0;
	int r = OK;

	if (leaves == NULL)
		return ERROR_MEMORY;
	while (frame_entries_next(&cursor, &entry) == OK) {
		if (index++ < skip)
			continue;
		arrival->entries[arrival->count] = entry;
		tree_hash_leaf(entry, &leaves[arrival->count++]);
	}
	arrival->head.size = checkpoint->size;
	arrival->head.root = checkpoint->root;
	arrival->head.proof.count = frame->proof_count;
	memcpy(arrival->head.proof.hashes, frame->proof.data, frame->proof.size);
	if ((r = buffer_put_bytes(&arrival->head.note, frame->checkpoint)) == OK)
		r = edge_advance(&channel->arrived, leaves, arrival->count, checkpoint->size,
		                 &checkpoint->root, &arrival->head.proof, ret_edge);
	release_memory(leaves);
	return r;
}

static int queue_arrival(struct engine_channel *channel, const struct checkpoint *checkpoint,
                         struct bytes payload, size_t skip)
{
	struct frame_entries frame;
	struct arrival *arrival;
	struct edge edge;
	int r;

	if ((r = frame_get_entries(payload, &frame, NULL)) != OK ||
	    (r = new_arrival(payload, frame.count - skip, &arrival)) != OK)
		return r;
	/* From here on all views are into the arrival's own copy. */
	if ((r = frame_get_entries(buffer_view(&arrival->frame), &frame, NULL)) != OK)
		goto out;
	arrival->start = frame.start + skip;
	if ((r = advance(channel, &frame, checkpoint, skip, arrival, &edge)) != OK ||
	    (r = check_entries(channel, &frame, arrival)) != OK)
		goto out;
	channel->arrived = edge;
	arrival->deadline = engine_monotonic(channel->engine) +
	                    (uint64_t)channel->charter->blob_wait * 1000000000;
	*channel->arrivals_end = arrival;
	channel->arrivals_end = &arrival->next;
	arrival = NULL;
out:
	arrival_free(arrival);
	return r;
}

int arrival_take(struct engine_channel *channel, struct bytes payload, struct error *error)
{
	struct checkpoint checkpoint;
	struct frame_entries frame;
	uint64_t end;
	int r;

	if ((r = frame_get_entries(payload, &frame, error)) != OK)
		return r;
	if (channel->faulted) {
		channel_consumed(channel, 1);
		return OK;
	}
	end = frame.start + frame.count;
	if ((r = check_head(channel, frame.checkpoint, &checkpoint, error)) != OK)
		return r;
	if (end > checkpoint.size)
		return error_set(error, ERROR_MISMATCH, "more entries than the head covers");
	if (frame.start > channel->arrived.size)
		return error_set(error, ERROR_STATE, "entries are missing before %llu",
		                 (unsigned long long)frame.start);
	if (end <= channel->arrived.size) {
		channel_consumed(channel, 1);
		return OK;
	}
	r = queue_arrival(channel, &checkpoint, payload,
	                  (size_t)(channel->arrived.size - frame.start));
	if (r == ERROR_MEMORY)
		return error_set(error, r, "out of memory");
	if (r != OK)
		return error_set(error, r, "the entries are not those of the signed head");
	request_blobs(channel);
	return OK;
}

/* --- waiting ------------------------------------------------------------ */

bool arrival_is_ready(struct engine_channel *channel, const struct arrival *arrival)
{
	uint64_t end = arrival->start + arrival->count;

	if (engine_monotonic(channel->engine) >= arrival->deadline)
		return true;
	for (size_t i = 0; i < channel->wanted_count; i++) {
		const struct wanted_blob *wanted = &channel->wanted[i];

		if (wanted->entry >= arrival->start && wanted->entry < end && !wanted->unavailable)
			return false;
	}
	return true;
}

/* --- judging and storing ------------------------------------------------ */

/* The charter's daily quotas. What exceeds them waits for the next day. */
static bool quota_allows(struct engine_channel *channel, const struct arrival *arrival)
{
	int64_t day = engine_now(channel->engine) / 86400;

	if (day != channel->quota_day) {
		channel->quota_day = day;
		channel->quota_entries = channel->quota_bytes = 0;
	}
	if (channel->quota_entries + arrival->count > channel->charter->quota_entries ||
	    channel->quota_bytes + arrival->frame.size > channel->charter->quota_bytes) {
		snprintf(channel->alarm, sizeof channel->alarm,
		         "the other side has used up its quota for today; %zu of its entries wait",
		         arrival->count);
		return false;
	}
	return true;
}

/* Entries from the future wait, unreceipted; that is no fault. */
static bool time_allows(struct engine_channel *channel, timestamp logged)
{
	char text[TIMESTAMP_CAPACITY];

	if (logged <= engine_now(channel->engine) + CLOCK_TOLERANCE)
		return true;
	timestamp_format(logged, text);
	snprintf(channel->alarm, sizeof channel->alarm,
	         "an entry of the other side is dated %s, ahead of this clock; it waits", text);
	return false;
}

static int store_number(struct engine_channel *channel, const char *key, uint64_t number)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(number >> (56 - 8 * i));
	return store_set_value(channel->engine->settings.store, channel->number, key,
	                       bytes_of(bytes, sizeof bytes));
}

static int count_against_quota(struct engine_channel *channel, uint64_t entries, uint64_t bytes)
{
	int r;

	channel->quota_entries += entries;
	channel->quota_bytes += bytes;
	if ((r = store_number(channel, "quota/day", (uint64_t)channel->quota_day)) != OK ||
	    (r = store_number(channel, "quota/entries", channel->quota_entries)) != OK)
		return r;
	return store_number(channel, "quota/bytes", channel->quota_bytes);
}

/* The other side's own act answers `test` by itself; everything else is for people. */
static int follow_up(struct engine_channel *channel, const struct entry *entry, uint64_t number)
{
	struct act_place place = { channel->other, number };

	switch (entry->act.kind->number) {
	case KIND_TEST:
		return add_errand(channel, KIND_ECHO, place, NULL, 0);
	case KIND_REKEY:
	case KIND_APPOINT:
		channel_announce(channel);
		return channel_update_keys(channel);
	default:
		return OK;
	}
}

static int settle_entry(struct engine_channel *channel, const struct frame_entries *frame,
                        struct bytes bytes, const struct ssh_key keys[2], uint64_t number,
                        struct error *error)
{
	struct entry entry;
	struct verdict verdict;
	struct bytes blob;
	int r;

	if ((r = entry_parse(bytes, &entry, error)) != OK ||
	    (r = rules_append(channel->rules, channel->other, &entry, keys, &verdict, error)) != OK ||
	    (r = channel_store_entry(channel, channel->other, &entry)) != OK)
		return r;
	if (entry.act.has_body) {
		blob = inline_blob(frame, &entry.act.body.sealed_hash, entry.act.body.sealed_size);
		if (blob.size > 0 &&
		    (r = store_small_blob(channel, &entry.act.body.sealed_hash, blob)) != OK)
			return r;
	}
	if (verdict.code != VERDICT_VALID)
		journal(JOURNAL_NOTICE, "channel %.20s: %s-%llu is void: %s", channel->charter->channel,
		        channel->charter->parties[channel->other].id, (unsigned long long)number,
		        void_reason_text(verdict.reason));
	return verdict.code == VERDICT_VALID ? follow_up(channel, &entry, number) : OK;
}

/* Codes of rules_append that say something of the entry, not of this machine. */
static bool refuses_log(int code)
{
	return code != ERROR_MEMORY && code != ERROR_IO && code != ERROR_LIMIT &&
	       code != ERROR_INTERNAL;
}

/* A receipt for more of the own log than there is: either they lie, or this
 * database lost what it had sent. Neither is for a program to decide. */
static void receipt_beyond(struct engine_channel *channel)
{
	channel_refuse_writing(channel, "the other side has receipted more of our log than this "
	                                "database holds: it may be an older copy");
}

static int settle_entries(struct engine_channel *channel, struct arrival *arrival,
                          struct error *error)
{
	struct frame_entries frame;
	char reason[REASON_CAPACITY];
	struct error why;
	size_t taken;
	int r;

	if ((r = frame_get_entries(buffer_view(&arrival->frame), &frame, error)) != OK)
		return r;
	for (taken = 0; taken < arrival->count; taken++) {
		uint64_t number = arrival->start + taken;

		why.message[0] = '\0';
		r = settle_entry(channel, &frame, arrival->entries[taken], arrival->keys[taken], number,
		                 &why);
		if (r == ERROR_WAIT) {
			receipt_beyond(channel);
			return ERROR_WAIT;
		}
		if (r != OK && !refuses_log(r))
			return error_set(error, r, "entries of the other side cannot be stored: %s",
			                 why.message);
		if (r != OK) {
			snprintf(reason, sizeof reason, "entry %llu of %s is refused: %s",
			         (unsigned long long)number, channel->charter->parties[channel->other].id,
			         why.message);
			return channel_fault(channel, reason, buffer_view(&arrival->frame));
		}
	}
	if (arrival->refused != OK)
		return channel_fault(channel, arrival->refused_reason, buffer_view(&arrival->frame));
	return OK;
}

/* The head that the entries came under becomes the one that is held. */
static int adopt_head(struct engine_channel *channel, struct arrival *arrival)
{
	struct buffer old = channel->their_head.note;
	int r;

	channel->their_head = arrival->head;
	arrival->head.note = old;
	if (arrival->head.size != rules_size(channel->rules, channel->other))
		return OK;
	if ((r = engine_write(channel->engine)) != OK)
		return r;
	return store_put_head(channel->engine->settings.store, channel->number, channel->other,
	                      channel->their_head.size, buffer_view(&channel->their_head.note));
}

/* `fault … missing` follows directly the receipt that first covers the act. */
static int fault_missing(struct engine_channel *channel, const struct arrival *arrival)
{
	uint64_t end = arrival->start + arrival->count;
	int r = OK;

	for (size_t i = 0; i < channel->wanted_count && r == OK; i++) {
		struct wanted_blob *wanted = &channel->wanted[i];

		if (wanted->fault_logged || wanted->entry < arrival->start || wanted->entry >= end)
			continue;
		wanted->fault_logged = true;
		r = add_errand(channel, KIND_FAULT, (struct act_place){ channel->other, wanted->entry },
		               "missing", 0);
	}
	return r;
}

int arrival_settle(struct engine_channel *channel, struct error *error)
{
	struct arrival *arrival = channel->arrivals;
	uint64_t held = rules_size(channel->rules, channel->other);
	int r;

	if (!quota_allows(channel, arrival) || !time_allows(channel, arrival->latest))
		return ERROR_WAIT;
	channel->alarm[0] = '\0';
	if ((r = engine_write(channel->engine)) != OK ||
	    (r = settle_entries(channel, arrival, error)) != OK)
		return r;
	if (!channel->faulted && (r = adopt_head(channel, arrival)) != OK)
		return r;
	if ((r = count_against_quota(channel, rules_size(channel->rules, channel->other) - held,
	                             arrival->frame.size)) != OK ||
	    (r = fault_missing(channel, arrival)) != OK)
		return r;
	channel->arrivals = arrival->next;
	if (channel->arrivals == NULL)
		channel->arrivals_end = &channel->arrivals;
	arrival_free(arrival);
	channel_consumed(channel, 1);
	return OK;
}
