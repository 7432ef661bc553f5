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

void arrival_free(struct arrival *arrival)
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
	channel->arrival_count = 0;
	channel->arrived_generation = 0;
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
	struct hash blob;
	uint64_t size;
	int r = OK;

	if (entry == NULL)
		return ERROR_MEMORY;
	for (size_t i = 0; i < arrival->count && r == OK; i++) {
		if ((r = entry_parse(arrival->entries[i], entry, &why)) == ERROR_MEMORY ||
		    (r == OK && (r = entry_verify(entry, arrival->keys[i], &why)) == ERROR_MEMORY))
			break;
		if (r != OK) {
			arrival->refused = r;
			snprintf(arrival->refused_reason, sizeof arrival->refused_reason,
			         "entry %llu of %s is refused: %s",
			         (unsigned long long)(arrival->start + i),
			         channel->charter->parties[arrival->party].id, why.message);
			arrival->count = i;
			r = OK;
			break;
		}
		if (channel_appoints_log(&entry->act) &&
		    act_field(&entry->act, "size")->as.number == arrival->start + i) {
			arrival->appointments++;
			arrival->begins_generation |= i == 0;
		}
		arrival->amends |= entry->act.kind->number == KIND_AMEND && entry->act.has_answers;
		if (entry->logged > arrival->latest)
			arrival->latest = entry->logged;
		if (entry->act.kind->number == KIND_RECEIPT &&
		    act_field(&entry->act, "size")->as.number > arrival->receipted)
			arrival->receipted = act_field(&entry->act, "size")->as.number;
		if (act_blob(&entry->act, &blob, &size) && !blob_is_held(channel, &blob) &&
		    inline_blob(frame, &blob, size).size == 0)
			r = want_blob(channel, &blob, size,
			              (struct act_place){ arrival->party, arrival->start + i });
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
static int advance(const struct edge *from, const struct frame_entries *frame,
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
		r = edge_advance(from, leaves, arrival->count, checkpoint->size, &checkpoint->root,
		                 &arrival->head.proof, ret_edge);
	release_memory(leaves);
	return r;
}

int arrival_prepare(struct engine_channel *channel, unsigned party, const struct edge *from,
                    const struct checkpoint *checkpoint, struct bytes payload,
                    struct arrival **ret_arrival, struct edge *ret_edge)
{
	struct frame_entries frame;
	struct arrival *arrival;
	struct edge edge;
	size_t skip;
	int r;

	if ((r = frame_get_entries(payload, &frame, NULL)) != OK)
		return r;
	skip = (size_t)(from->size - frame.start);
	if ((r = new_arrival(payload, frame.count - skip, &arrival)) != OK)
		return r;
	/* From here on all views are into the arrival's own copy. */
	if ((r = frame_get_entries(buffer_view(&arrival->frame), &frame, NULL)) != OK)
		goto out;
	arrival->party = party;
	arrival->start = from->size;
	if ((r = advance(from, &frame, checkpoint, skip, arrival, &edge)) != OK ||
	    (r = check_entries(channel, &frame, arrival)) != OK)
		goto out;
	*ret_edge = edge;
	*ret_arrival = arrival;
	arrival = NULL;
out:
	arrival_free(arrival);
	return r;
}

static int queue_arrival(struct engine_channel *channel, const struct checkpoint *checkpoint,
                         struct bytes payload)
{
	struct arrival *arrival;
	int r = arrival_prepare(channel, channel->other, &channel->arrived, checkpoint, payload,
	                        &arrival, &channel->arrived);

	if (r != OK)
		return r;
	channel->arrival_count++;
	arrival->deadline = engine_monotonic(channel->engine) +
	                    (uint64_t)channel_charter(channel)->blob_wait * 1000000000;
	*channel->arrivals_end = arrival;
	channel->arrivals_end = &arrival->next;
	return OK;
}

int arrival_take(struct engine_channel *channel, struct bytes payload, struct error *error)
{
	struct checkpoint checkpoint;
	struct frame_entries frame;
	uint64_t end;
	int r;

	if ((r = frame_get_entries(payload, &frame, error)) != OK)
		return r;
	if (channel->faulted || channel->link.deaf) {
		channel_consumed(channel, 1);
		return OK;
	}
	if (channel->arrival_count == ARRIVALS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "too many frames of entries at once");
	end = frame.start + frame.count;
	if ((r = arrival_check_frame(channel, &frame, &checkpoint, error)) != OK)
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
	r = queue_arrival(channel, &checkpoint, payload);
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

		if (wanted->place.party == arrival->party &&
		    wanted->place.number >= arrival->start && wanted->place.number < end &&
		    !wanted->unavailable)
			return false;
	}
	return true;
}

/* --- judging and storing ------------------------------------------------ */

/* The charter's daily quotas. What exceeds them waits for the next day; one frame
 * a day is taken in any case, or a frame over the whole quota would wait for ever. */
static bool quota_allows(struct engine_channel *channel, const struct arrival *arrival)
{
	const struct charter *charter = channel_charter(channel);

	quota_start_day(channel);
	if (channel->quota_entries == 0 ||
	    (channel->quota_entries + arrival->count <= charter->quota_entries &&
	     channel->quota_bytes + arrival->frame.size <= charter->quota_bytes))
		return true;
	snprintf(channel->alarm, sizeof channel->alarm,
	         "the other side has used up its quota for today; %zu of its entries wait",
	         arrival->count);
	return false;
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

/* The keeper must know who signs their log before it receipts anything more of it. */
static int tell_keeper(struct engine_channel *channel)
{
	struct error why = { 0 };
	int r;

	if (channel->read_only || channel->faulted)
		return OK;
	if ((r = channel_tell_succession(channel, channel->other, &why)) == OK ||
	    r == ERROR_MEMORY || r == ERROR_IO)
		return r;
	return channel_fault(channel, why.message, buffer_view(&channel->their_head.note));
}

/* The other side's `test` is answered by itself; everything else is for people. */
static int follow_up(struct engine_channel *channel, const struct entry *entry,
                     struct act_place place, bool copied)
{
	int r;

	if (!copied && place.party == channel->other && (r = alarm_arrival(channel, place)) != OK)
		return r;
	switch (entry->act.kind->number) {
	case KIND_TEST:
		if (copied)
			return OK;
		return add_errand(channel, KIND_ECHO, place, NULL, 0);
	case KIND_REKEY:
	case KIND_APPOINT:
		channel->announce = true;
		if ((r = channel_update_keys(channel)) != OK || place.party == channel->own)
			return r;
		r = arrival_forget_promise(channel);
		return r == OK ? tell_keeper(channel) : r;
	default:
		return OK;
	}
}

/* What the rules have taken is stored; whatever fails here is this machine's. */
static int store_settled(struct engine_channel *channel, unsigned party,
                         const struct frame_entries *frame, const struct entry *entry)
{
	struct bytes blob;
	struct hash hash;
	uint64_t size;
	int r;

	if ((r = channel_store_entry(channel, party, entry)) != OK ||
	    !act_blob(&entry->act, &hash, &size))
		return r;
	if ((r = post_blob_named(channel, &hash)) != OK)
		return r;
	blob = inline_blob(frame, &hash, size);
	return blob.size > 0 ? store_small_blob(channel, party, &hash, blob) : OK;
}

/* OK, or the machine's failure, or ERROR_WAIT of what is copied: the
 * entry receipts more of the other log than is here. *ret_refused: why the
 * log is refused here. */
static int settle_entry(struct engine_channel *channel, const struct frame_entries *frame,
                        const struct arrival *arrival, size_t index, int *ret_refused,
                        struct error *error)
{
	struct act_place place = { arrival->party, arrival->start + index };
	char name[ACT_NAME_CAPACITY];
	struct verdict verdict;
	struct entry entry;
	int r;

	*ret_refused = OK;
	if ((r = entry_parse(arrival->entries[index], &entry, error)) != OK)
		return r;
	r = channel_append(channel, place.party, &entry, arrival->keys[index], &verdict, error);
	if (r == ERROR_CHARTER)
		return error_set(error, ERROR_WAIT,
		                 "the charter that it puts in force is not here");
	if (r == ERROR_MEMORY || r == ERROR_LIMIT || r == ERROR_INTERNAL ||
	    (r == ERROR_WAIT && arrival->copied))
		return r;
	if (r != OK) {
		*ret_refused = r;
		return OK;
	}
	if ((r = store_settled(channel, place.party, frame, &entry)) != OK)
		return r;
	if (verdict.code == VERDICT_VALID)
		return follow_up(channel, &entry, place, arrival->copied);
	rules_act_name(channel->rules, place, name);
	journal(JOURNAL_NOTICE, "channel %.20s: %s is void: %s", channel->charter->channel, name,
	        void_reason_text(verdict.reason));
	return OK;
}

/* An own entry that is refused was never logged here: nobody's log is faulted. */
static int refuse(struct engine_channel *channel, const struct arrival *arrival, const char *reason,
                  struct error *error)
{
	if (arrival->party == channel->own)
		return error_set(error, ERROR_MISMATCH, "%s", reason);
	return channel_fault(channel, reason, buffer_view(&arrival->frame));
}

static int settle_entries(struct engine_channel *channel, struct arrival *arrival,
                          struct error *error)
{
	struct frame_entries frame;
	char reason[REASON_CAPACITY];
	struct error why;
	int r, refused;

	if ((r = frame_get_entries(buffer_view(&arrival->frame), &frame, error)) != OK)
		return r;
	for (size_t taken = 0; taken < arrival->count; taken++) {
		struct act_place place = { arrival->party, arrival->start + taken };

		why.message[0] = '\0';
		r = settle_entry(channel, &frame, arrival, taken, &refused, &why);
		if (r == ERROR_WAIT)
			return error_set(error, r, "%s", why.message);
		if (r != OK)
			return error_set(error, r, "entries of %s cannot be stored: %s",
			                 channel->charter->parties[place.party].id, why.message);
		if (refused == OK)
			continue;
		/* A receipt for more than was ever pushed: had this node lost entries, the
		 * other side would have shown their head in its hello. */
		snprintf(reason, sizeof reason, "entry %llu of %s is refused: %s",
		         (unsigned long long)place.number,
		         channel->charter->parties[place.party].id, why.message);
		return refuse(channel, arrival, reason, error);
	}
	if (arrival->refused != OK)
		return refuse(channel, arrival, arrival->refused_reason, error);
	return OK;
}

/* Part of the way to a head: it and its proof are kept for a start in between. */
static int store_partial_head(struct engine_channel *channel)
{
	const struct their_head *head = &channel->their_head;
	struct buffer value;
	int r;

	buffer_init(&value, STORE_VALUE_MAXIMUM);
	if ((r = buffer_put_sized(&value, buffer_view(&head->note))) == OK &&
	    (r = buffer_put(&value, head->proof.hashes, head->proof.count * HASH_SIZE)) == OK)
		r = store_set_value(channel->engine->settings.store, channel->number, "their-head",
		                    buffer_view(&value));
	buffer_release(&value);
	return r;
}

/* The head that the entries came under becomes the one that is held. */
static int adopt_head(struct engine_channel *channel, struct arrival *arrival)
{
	struct buffer old = channel->their_head.note;

	channel->their_head = arrival->head;
	arrival->head.note = old;
	if (channel->their_head.size != rules_size(channel->rules, channel->other))
		return store_partial_head(channel);
	return store_put_head(channel->engine->settings.store, channel->number, channel->other,
	                      channel->their_head.size, buffer_view(&channel->their_head.note));
}

/* Of the own log, copied: its head counts when all that it covers is here. */
static int adopt_own_head(struct engine_channel *channel, const struct arrival *arrival)
{
	struct bytes note = buffer_view(&arrival->head.note);
	int r;

	if (arrival->head.size != rules_size(channel->rules, channel->own))
		return OK;
	buffer_clear(&channel->head_note);
	channel->head_size = arrival->head.size;
	if ((r = buffer_put_bytes(&channel->head_note, note)) != OK)
		return r;
	return store_put_head(channel->engine->settings.store, channel->number, channel->own,
	                      arrival->head.size, note);
}

/* `fault … missing` follows directly the receipt that first covers the act. */
static int fault_missing(struct engine_channel *channel, uint64_t start, uint64_t end)
{
	struct act_place body;
	struct hash hash;
	uint64_t size;
	int r = OK;

	for (size_t i = 0; i < channel->wanted_count && r == OK; i++) {
		struct wanted_blob *wanted = &channel->wanted[i];

		if (wanted->fault_logged || wanted->place.party != channel->other ||
		    wanted->place.number < start || wanted->place.number >= end ||
		    !channel_blob_of(channel, wanted->place, &hash, &size, &body))
			continue;
		wanted->fault_logged = true;
		r = add_errand(channel, KIND_FAULT, body, "missing", 0);
	}
	return r;
}

static void remove_first(struct engine_channel *channel)
{
	struct arrival *arrival = channel->arrivals;

	channel->arrivals = arrival->next;
	if (channel->arrivals == NULL)
		channel->arrivals_end = &channel->arrivals;
	channel->arrival_count--;
	arrival_free(arrival);
}

/* What follows on entries of the other log that are settled. */
static int finish_theirs(struct engine_channel *channel, struct arrival *arrival, uint64_t held)
{
	uint64_t now_held = rules_size(channel->rules, channel->other);
	int r;

	if (!channel->faulted && ((r = adopt_head(channel, arrival)) != OK ||
	                          (r = arrival_check_promise(channel)) != OK))
		return r;
	if (!arrival->copied &&
	    ((r = quota_count(channel, now_held - held, arrival->frame.size)) != OK ||
	     (r = fault_missing(channel, held, now_held)) != OK))
		return r;
	if (channel->faulted)
		forget_unstored(channel);
	return OK;
}

int arrival_judge(struct engine_channel *channel, struct arrival *arrival, struct error *error)
{
	uint64_t held = rules_size(channel->rules, arrival->party);
	int r;

	/* What is copied was measured and timed when it first came. */
	if (!arrival->copied &&
	    (!quota_allows(channel, arrival) || !time_allows(channel, arrival->latest)))
		return error_set(error, ERROR_WAIT, "%s", channel->alarm);
	channel->alarm[0] = '\0';
	if ((!arrival->copied && (r = arrival_know_charters(channel, arrival, error)) != OK) ||
	    (r = channel_check_succession(channel, arrival, error)) != OK)
		return r;
	if ((r = engine_write(channel->engine)) != OK ||
	    (r = settle_entries(channel, arrival, error)) != OK)
		return r;
	if (!channel_knows_head(channel, arrival) && !channel->faulted) {
		/* Appointed, and void for something that came before it in this frame. */
		if ((r = refuse(channel, arrival, "the log goes on by a key that is not appointed",
		                error)) != OK)
			return r;
	}
	return arrival->party == channel->own ? adopt_own_head(channel, arrival)
	                                      : finish_theirs(channel, arrival, held);
}

int arrival_settle(struct engine_channel *channel, struct error *error)
{
	int r = arrival_judge(channel, channel->arrivals, error);

	if (r != OK)
		return r;
	remove_first(channel);
	channel_consumed(channel, 1);
	return OK;
}
