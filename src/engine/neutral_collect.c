/* From the depositary: what the other side has left there, while the link is down; and, in
 * a node that is being recovered, the own log too. Entries come with the bodies that
 * they name, bodies first, and are taken like frames of a file. See doc/PROTOCOL.log,
 * "Depositary". */
#include "neutral.h"

#include "allocate.h"
#include "channel_internal.h"
#include "destruction.h"
#include "journal.h"

#include <stdio.h>

enum { BODIES_MAXIMUM = FRAME_ENTRIES_MAXIMUM };

struct wanted_body {
	struct hash hash;
	uint64_t size, offset;
};

struct collecting {
	uint8_t nonce[DEPOSIT_NONCE_SIZE]; /* of the question under way */
	bool asked_for_body;
	struct buffer entries; /* payload that waits for its bodies; empty: none */
	struct wanted_body *bodies;
	size_t body_count, body; /* the one that is next */
	bool more;               /* entries came: there may be others */
	uint64_t round;          /* monotonic: when it was asked last; 0: never */
	timestamp collected;     /* when that succeeded; 0: not since the start */
};

int collecting_new(struct collecting **ret_collecting)
{
	struct collecting *collecting = allocate(1, sizeof *collecting);

	if (collecting == NULL)
		return ERROR_MEMORY;
	buffer_init(&collecting->entries, FRAME_MAXIMUM);
	*ret_collecting = collecting;
	return OK;
}

void collecting_free(struct collecting *collecting)
{
	if (collecting == NULL)
		return;
	buffer_release(&collecting->entries);
	release_memory(collecting->bodies);
	release_memory(collecting);
}

timestamp collecting_time(const struct collecting *collecting)
{
	return collecting->collected;
}

/* --- when ------------------------------------------------------------------------- */

static bool is_wanted(const struct neutral_question *question)
{
	const struct engine_channel *channel = question->channel;

	if (channel->engine->settings.mirror)
		return false;
	if (question->party == channel->own)
		return channel->copying;
	return !channel->faulted && (!channel->read_only || channel->copying);
}

static bool has_step(const struct collecting *collecting)
{
	return collecting->more || collecting->body < collecting->body_count ||
	       collecting->entries.size > 0;
}

static uint64_t collect_due(const struct neutral_question *question)
{
	const struct engine_channel *channel = question->channel;
	const struct collecting *collecting = question->neutral->collecting[question->party];
	int64_t period = channel->engine->settings.configuration->collect_every;

	if (collecting == NULL || !is_wanted(question))
		return UINT64_MAX;
	if (has_step(collecting) || collecting->round == 0)
		return 0;
	/* What the link brings need not be collected. */
	if (channel->link.greeted && !channel->copying)
		return UINT64_MAX;
	return collecting->round + (uint64_t)period * 1000000000;
}

/* --- asking ------------------------------------------------------------------------- */

static int collect_ask(const struct neutral_question *question)
{
	struct engine_channel *channel = question->channel;
	struct collecting *collecting = question->neutral->collecting[question->party];
	struct collect_request request = { .kind = COLLECT_ENTRIES,
		                           .from = rules_size(channel->rules, question->party) };
	struct buffer body;
	int r;

	if (collecting->body < collecting->body_count) {
		request.kind = COLLECT_BLOB;
		request.hash = collecting->bodies[collecting->body].hash;
		request.from = collecting->bodies[collecting->body].offset;
	}
	collecting->asked_for_body = request.kind == COLLECT_BLOB;
	collecting->round = engine_monotonic(channel->engine);
	buffer_init(&body, COLLECT_ENVELOPE_MAXIMUM);
	if ((r = neutral_put_envelope(question, &request, &body)) == OK) {
		memcpy(collecting->nonce, request.nonce, sizeof collecting->nonce);
		r = neutral_ask(question, collecting->asked_for_body ? "collect/blob" : "collect",
		                "application/octet-stream", &body);
	}
	buffer_release(&body);
	return r;
}

/* --- bodies --------------------------------------------------------------------------- */

static void drop_round(struct collecting *collecting)
{
	buffer_clear(&collecting->entries);
	collecting->body = collecting->body_count = 0;
	collecting->more = false;
}

static void want_body(const struct engine_channel *channel, struct collecting *collecting,
                      const struct hash *hash, uint64_t size)
{
	struct store_blob blob = { .size = 0 };

	if (blob_is_held(channel, hash) || blob_is_too_large(channel, size) ||
	    destruction_covers_blob(channel, hash) || collecting->body_count == BODIES_MAXIMUM)
		return;
	for (size_t i = 0; i < collecting->body_count; i++)
		if (hash_equal(&collecting->bodies[i].hash, hash))
			return;
	if (store_get_blob(channel->engine->settings.store, channel->number, hash, &blob) != OK ||
	    blob.total != size)
		blob.size = 0;
	collecting->bodies[collecting->body_count++] = (struct wanted_body){ *hash, size,
		                                                             blob.size };
}

static bool rides_along(const struct frame_entries *frame, const struct hash *hash)
{
	struct cursor cursor = cursor_over(frame->blobs);
	struct hash name;
	struct bytes blob;

	while (frame_blobs_next(&cursor, &name, &blob) == OK)
		if (hash_equal(&name, hash))
			return true;
	return false;
}

/* The bodies that the frame's entries name and that do not come with it. */
static int find_bodies(const struct engine_channel *channel, const struct frame_entries *frame,
                       struct collecting *collecting)
{
	struct cursor cursor = cursor_over(frame->entries);
	struct entry *entry = allocate(1, sizeof *entry);
	struct bytes bytes;
	struct hash hash;
	uint64_t size;
	int r = OK;

	if (entry == NULL)
		return ERROR_MEMORY;
	while (frame_entries_next(&cursor, &bytes) == OK) {
		/* What is wrong with an entry is found when it is taken. */
		if ((r = entry_parse(bytes, entry, NULL)) == ERROR_MEMORY)
			break;
		if (r == OK && act_blob(&entry->act, &hash, &size) && !rides_along(frame, &hash))
			want_body(channel, collecting, &hash, size);
		r = OK;
	}
	release_memory(entry);
	return r;
}

/* Of entries that are held: they may have been left there later. */
static void find_missing(const struct engine_channel *channel, unsigned party,
                         struct collecting *collecting)
{
	for (size_t i = 0; i < channel->wanted_count; i++)
		if (channel->wanted[i].place.party == party)
			want_body(channel, collecting, &channel->wanted[i].hash,
			          channel->wanted[i].size);
}

/* Room for the bodies of one frame. */
static int reserve_bodies(struct collecting *collecting)
{
	collecting->body = collecting->body_count = 0;
	if (collecting->bodies == NULL)
		collecting->bodies = allocate(BODIES_MAXIMUM, sizeof *collecting->bodies);
	return collecting->bodies != NULL ? OK : ERROR_MEMORY;
}

/* --- taking ---------------------------------------------------------------------------- */

static bool is_machine_failure(int code)
{
	return code == ERROR_MEMORY || code == ERROR_IO;
}

/* The frame whose bodies are here, as far as they can be. */
static int take_frame(const struct neutral_question *question, struct error *error)
{
	struct engine_channel *channel = question->channel;
	struct collecting *collecting = question->neutral->collecting[question->party];
	uint64_t before = rules_size(channel->rules, question->party);
	struct post_outcome outcome = { .result = POST_HELD };
	struct error why = { 0 };
	int r;

	r = channel_take_frame(channel, FRAME_ENTRIES, buffer_view(&collecting->entries), &outcome,
	                       &why);
	drop_round(collecting);
	if (is_machine_failure(r))
		return error_set(error, r, "%s", why.message);
	if (r != OK) {
		neutral_failed(question, EFFORT_COLLECT, "what it gives is refused: %s",
		               why.message);
		return OK;
	}
	if (outcome.result == POST_WAITING) {
		neutral_failed(question, EFFORT_COLLECT, "what it gives waits: %s", outcome.reason);
		return OK;
	}
	collecting->more = rules_size(channel->rules, question->party) > before;
	return OK;
}

/* After the bodies: the entries, if there are any that waited for them. */
static int go_on(const struct neutral_question *question, struct error *error)
{
	struct collecting *collecting = question->neutral->collecting[question->party];

	if (collecting->body < collecting->body_count || collecting->entries.size == 0)
		return OK;
	return take_frame(question, error);
}

static int take_body(const struct neutral_question *question, struct bytes payload,
                     struct error *error)
{
	struct collecting *collecting = question->neutral->collecting[question->party];
	struct wanted_body *body = &collecting->bodies[collecting->body];
	struct frame_blob_chunk chunk;
	struct post_outcome outcome;
	struct error why = { 0 };
	int r;

	if ((r = frame_get_blob_chunk(payload, &chunk, &why)) == OK &&
	    (!hash_equal(&chunk.blob, &body->hash) ||
	     (chunk.total != 0 &&
	      (chunk.total != body->size || chunk.offset != body->offset || chunk.data.size == 0))))
		r = error_set(&why, ERROR_MISMATCH, "another piece of a body than was asked for");
	if (r == OK && chunk.total != 0) {
		r = channel_take_frame(question->channel, FRAME_BLOB_CHUNK, payload, &outcome,
		                       &why);
		body->offset += chunk.data.size;
	}
	if (is_machine_failure(r))
		return error_set(error, r, "%s", why.message);
	/* Without the body its entry is taken all the same, and said to lack it. */
	if (r != OK)
		journal(JOURNAL_WARNING, "channel %.20s: a body that %s keeps: %s",
		        question->channel->charter->channel, question->neutral->key.name,
		        why.message);
	if (r != OK || chunk.total == 0 || body->offset >= body->size)
		collecting->body++;
	return go_on(question, error);
}

/* Worth a stamp when it denies a certificate that the other side has on record. */
static int look_at_answer(const struct neutral_question *question, struct bytes note,
                          const struct collection_answer *answer)
{
	struct engine_channel *channel = question->channel;

	if (question->party == channel->own ||
	    !rules_would_deny(channel->rules, question->party, answer->head.size,
	                      &answer->head.root, answer->time))
		return OK;
	journal(JOURNAL_WARNING,
	        "channel %.20s: %s denies to hold what it has certified for %s: its answer is "
	        "put on record",
	        channel->charter->channel, question->neutral->key.name,
	        channel->charter->parties[question->party].id);
	return stamp_add(channel, question->party, note);
}

/* The answer, which is signed, and the frame, which answers for itself. */
static int check_answer(const struct neutral_question *question, struct bytes note,
                        struct collection_answer *ret_answer, struct error *error)
{
	const struct engine_channel *channel = question->channel;
	const struct collecting *collecting = question->neutral->collecting[question->party];
	unsigned generation;
	int r;

	if ((r = collection_answer_verify(note, &question->neutral->key, ret_answer, error)) != OK)
		return r;
	/* It names the log as in the head that it holds, which may be of an earlier key. */
	if (stamp_read_origin(channel->charter, question->party, ret_answer->head.origin,
	                      &generation, NULL) != OK ||
	    memcmp(ret_answer->nonce, collecting->nonce, sizeof collecting->nonce) != 0)
		return error_set(error, ERROR_MISMATCH, "its answer is to another question");
	return OK;
}

static int take_entries(const struct neutral_question *question, struct bytes content,
                        struct error *error)
{
	struct engine_channel *channel = question->channel;
	struct collecting *collecting = question->neutral->collecting[question->party];
	struct cursor cursor = cursor_over(content);
	struct collection_answer answer;
	struct frame_entries frame;
	struct error why = { 0 };
	struct bytes note, payload;
	int r;

	drop_round(collecting);
	if (cursor_get_sized(&cursor, DEPOSIT_NOTE_MAXIMUM, &note) != OK ||
	    cursor_get_sized(&cursor, FRAME_MAXIMUM, &payload) != OK || cursor_end(&cursor) != OK) {
		neutral_failed(question, EFFORT_COLLECT, "its answer cannot be read");
		return OK;
	}
	if ((r = check_answer(question, note, &answer, &why)) == OK && payload.size > 0)
		r = frame_get_entries(payload, &frame, &why);
	if (is_machine_failure(r))
		return error_set(error, r, "%s", why.message);
	if (r != OK) {
		neutral_failed(question, EFFORT_COLLECT, "%s", why.message);
		return OK;
	}
	if ((r = look_at_answer(question, note, &answer)) != OK ||
	    (r = reserve_bodies(collecting)) != OK ||
	    (payload.size > 0 && ((r = find_bodies(channel, &frame, collecting)) != OK ||
	                          (r = buffer_put_bytes(&collecting->entries, payload)) != OK)))
		return error_set(error, r, "out of memory");
	if (payload.size == 0 && answer.head.size > rules_size(channel->rules, question->party)) {
		neutral_failed(question, EFFORT_COLLECT,
		               "it says that it holds %llu entries, and gives none",
		               (unsigned long long)answer.head.size);
		return OK;
	}
	if (payload.size == 0)
		find_missing(channel, question->party, collecting);
	collecting->collected = engine_now(channel->engine);
	neutral_succeeded(question, EFFORT_COLLECT);
	return go_on(question, error);
}

static int collect_answer(const struct neutral_question *question,
                          const struct messenger_answer *answer, struct error *error)
{
	struct collecting *collecting = question->neutral->collecting[question->party];

	if (answer->status == 200 && collecting->asked_for_body)
		return take_body(question, answer->content, error);
	if (answer->status == 200)
		return take_entries(question, answer->content, error);
	/* A body that it does not give is not waited for. */
	if (collecting->asked_for_body) {
		collecting->body++;
		return go_on(question, error);
	}
	if (answer->status == 403)
		neutral_envelope_refused(question, EFFORT_COLLECT, "collect");
	else
		neutral_refused(question, EFFORT_COLLECT, answer);
	return OK;
}

const struct neutral_effort_row neutral_collect_row = { collect_due, collect_ask, collect_answer };
