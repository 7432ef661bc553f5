#include "channel_internal.h"
#include "cosignature.h"
#include "journal.h"

#include <stdio.h>

/* --- from the link --------------------------------------------------------- */

void channel_link_down(struct engine_channel *channel, const char *reason)
{
	struct link_state *link = &channel->link;

	/* What was not stored yet is sent again after the next hello; pieces of
	 * blobs are kept and resumed. */
	arrivals_free(channel);
	channel->arrived = channel_edge(channel, channel->other);
	forget_requests(channel);
	match_link_down(channel);
	/* A call that failed leaves it down since when it went down. */
	if (link->up || link->since == 0)
		link->since = engine_now(channel->engine);
	if (link->up) {
		journal(JOURNAL_NOTICE, "channel %.20s: the link is down: %s",
		        channel->charter->channel, reason);
		link_log_note(channel, LINK_EVENT_DOWN, reason);
	}
	link->up = link->greeted = false;
	link->request_count = 0;
	link->round_trip = 0;
	snprintf(link->reason, sizeof link->reason, "%s", reason);
}

static int handle_up(struct engine_channel *channel, struct cursor *cursor, struct error *error)
{
	struct link_state *link = &channel->link;
	char address[sizeof link->address];
	uint8_t dialled;

	if (cursor_get_u8(cursor, &dialled) != OK ||
	    cursor_get_sized_string(cursor, address, sizeof address) != OK ||
	    cursor_end(cursor) != OK)
		return error_set(error, ERROR_SYNTAX, "link: malformed message");
	*link = (struct link_state){ .up = true, .since = engine_now(channel->engine) };
	memcpy(link->address, address, sizeof address);
	link_log_note(channel, LINK_EVENT_UP, address);
	journal(JOURNAL_NOTICE, "channel %.20s: the link is up, %s %s", channel->charter->channel,
	        dialled ? "to" : "from", address);
	channel_send_hello(channel);
	return OK;
}

static int handle_down(struct engine_channel *channel, struct cursor *cursor, struct error *error)
{
	char reason[REASON_CAPACITY];
	uint16_t code;

	if (cursor_get_u16(cursor, &code) != OK ||
	    cursor_get_sized_string(cursor, reason, sizeof reason) != OK ||
	    cursor_end(cursor) != OK)
		return error_set(error, ERROR_SYNTAX, "link: malformed message");
	channel_link_down(channel, reason);
	return OK;
}

static int handle_credit(struct engine_channel *channel, struct cursor *cursor, struct error *error)
{
	uint64_t total;

	if (cursor_get_u64(cursor, &total) != OK || cursor_end(cursor) != OK)
		return error_set(error, ERROR_SYNTAX, "link: malformed message");
	channel->link.credit_total = total;
	return OK;
}

static int handle_health(struct engine_channel *channel, struct cursor *cursor, struct error *error)
{
	struct engine *engine = channel->engine;
	uint64_t round_trip, difference, time;

	if (cursor_get_u64(cursor, &round_trip) != OK ||
	    cursor_get_u64(cursor, &difference) != OK || cursor_get_u64(cursor, &time) != OK ||
	    cursor_end(cursor) != OK)
		return error_set(error, ERROR_SYNTAX, "link: malformed message");
	channel->link.round_trip = round_trip;
	channel->link.clock_difference = (int64_t)difference;
	channel->link.last_test = (timestamp)time;
	/* A peer whose clock agrees is a witness for ours. */
	if (!engine->clock_trusted && channel->link.clock_difference < CLOCK_TOLERANCE * 1000 &&
	    channel->link.clock_difference > -CLOCK_TOLERANCE * 1000)
		engine_confirm_clock(engine);
	return OK;
}

static int handle_need_certificate(struct engine_channel *channel, struct cursor *cursor,
                                   struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	struct ed25519_public public_key;
	struct buffer certificate, rest;
	struct error why = { 0 };
	int r;

	if (cursor_get(cursor, public_key.bytes, sizeof public_key.bytes) != OK ||
	    cursor_end(cursor) != OK)
		return error_set(error, ERROR_SYNTAX, "link: malformed message");
	buffer_init(&certificate, 8192);
	buffer_init(&rest, 8192 + 4);
	r = keeper->link_certificate(keeper->context, &channel->id, &public_key, &certificate,
	                             &why);
	if (r == OK && (r = buffer_put_sized(&rest, buffer_view(&certificate))) == OK)
		channel_tell_link(channel, LINK_CERTIFICATE, buffer_view(&rest));
	else
		journal(JOURNAL_ERROR, "no certificate for the link: %s", why.message);
	buffer_release(&certificate);
	buffer_release(&rest);
	/* A keeper without keys for this channel is no reason to end. */
	return r == ERROR_IO ? error_set(error, r, "%s", why.message) : OK;
}

/* They hold what somebody signed by a log key of ours that was replaced: more than we
 * continued, or something else. Who had that key is for people to find out. */
static int note_outlived(struct engine_channel *channel, struct bytes note,
                         const struct checkpoint *known)
{
	static const char reason[] =
	    "the other side holds a head by our former log key that is not "
	    "of our log";

	snprintf(channel->alarm, sizeof channel->alarm,
	         "%s, for %llu entries: if the key was stolen, take a copy of what the other side "
	         "holds, and appoint a successor that continues it",
	         reason, (unsigned long long)known->size);
	journal(JOURNAL_ERROR, "channel %.20s: %s", channel->charter->channel, channel->alarm);
	return channel_keep_evidence(channel, reason, note);
}

/* They say how much of our log they hold. Only a head that our own key signed
 * proves that this node has lost some: a claim alone must not stop it. To whoever
 * has followed a former key too far our log goes on from where the key was replaced,
 * and what he says of it is not taken: his receipts are of another log. */
static int check_what_is_held(struct engine_channel *channel, const struct frame_hello *hello,
                              uint64_t *ret_sent, bool *ret_deaf, struct error *error)
{
	struct head_origin known = { .party = channel->own };
	const struct checkpoint *head = &known.checkpoint;
	bool fits = true;
	int r;

	if (hello->known.size > 0) {
		if ((r = channel_read_head(channel, hello->known, &known, error)) != OK)
			return r;
		if (known.party != channel->own)
			return error_set(error, ERROR_MISMATCH, "a head of their own log as ours");
		r = channel_verify_head(channel, hello->known, &known, error);
		if (r != OK)
			return r == ERROR_WAIT ? error_set(error, ERROR_STATE, "%s", error->message)
			                       : r;
		fits = channel_has_root(channel, channel->own, head->size, &head->root);
	}
	if (channel_is_outlived(channel, &known) ||
	    (!fits && known.generation < rules_generations(channel->rules, channel->own))) {
		*ret_sent = rules_generation_start(channel->rules, channel->own,
		                                   known.generation + 1);
		*ret_deaf = true;
		return note_outlived(channel, hello->known, head);
	}
	if (!fits) {
		if ((r = channel_rolled_back(channel, hello->known)) != OK)
			return r;
		return error_set(error, ERROR_STATE,
		                 "this node has lost entries that it had signed");
	}
	if (hello->held > channel->head_size || hello->held > head->size)
		return error_set(error, ERROR_STATE,
		                 "more is said to be held than a signed head shows");
	*ret_sent = hello->held;
	*ret_deaf = false;
	return OK;
}

int check_hello(struct engine_channel *channel, const struct frame_hello *hello, bool check_held,
                uint64_t *ret_sent, bool *ret_deaf, struct error *error)
{
	struct checkpoint checkpoint;
	uint64_t sent = 0;
	bool deaf = false;
	int r;

	if (hello->version_minimum > FRAME_VERSION || hello->version_maximum < FRAME_VERSION)
		return error_set(error, ERROR_UNSUPPORTED, "no common version of the protocol");
	if (!hash_equal(&hello->channel, &channel->id) || hello->party != channel->other)
		return error_set(error, ERROR_MISMATCH, "another channel or party");
	if (check_held && (r = check_what_is_held(channel, hello, &sent, &deaf, error)) != OK)
		return r;
	/* By a key that is appointed in what comes next it says nothing yet. */
	r = hello->head.size == 0 ? OK
	                          : arrival_check_head(channel, hello->head, &checkpoint, error);
	if (r == OK && (r = arrival_keep_promise(channel)) != OK)
		return error_set(error, r, "a head cannot be stored");
	if (r == OK || r == ERROR_WAIT) {
		*ret_sent = sent;
		*ret_deaf = deaf;
	}
	return r == ERROR_WAIT ? OK : r;
}

static int take_hello(struct engine_channel *channel, struct bytes payload, struct error *error)
{
	struct link_state *link = &channel->link;
	struct frame_hello hello;
	uint64_t sent;
	bool deaf;
	int r;

	if ((r = frame_get_hello(payload, &hello, error)) != OK ||
	    (r = check_hello(channel, &hello, true, &sent, &deaf, error)) != OK)
		return r;
	link->deaf = deaf;
	link->greeted = link->renewal_due = true;
	link->sent = sent;
	return OK;
}

timestamp channel_kept_time(const struct store_head *head, const struct note_key *key)
{
	struct buffer bytes;
	timestamp time = 0;
	struct note note;

	buffer_init(&bytes, 2 * NOTE_MAXIMUM);
	if (buffer_put_bytes(&bytes, head->note) != OK ||
	    buffer_put_bytes(&bytes, head->cosignatures) != OK ||
	    note_parse(buffer_view(&bytes), &note, NULL) != OK ||
	    cosignature_verify(&note, key, &time, NULL) != OK)
		time = 0;
	buffer_release(&bytes);
	return time;
}

/* A cosignature over an own head. One that comes before the receipt that covers
 * it was settled is kept until then. Of one size the latest is kept: it says that
 * the other side still has seen no greater head. */
int check_cosignature(struct engine_channel *channel, uint64_t size, struct bytes line,
                      struct error *error)
{
	struct store *store = channel->engine->settings.store;
	const struct note_key *key = &channel->receipt_keys[channel->other];
	struct store_head head;
	struct buffer bytes;
	struct note note;
	timestamp time;
	int r;

	store_head_init(&head);
	buffer_init(&bytes, NOTE_MAXIMUM);
	if ((r = store_get_head(store, channel->number, channel->own, size, NULL, &head)) != OK ||
	    head.size != size) {
		r = error_set(error, ERROR_NOT_FOUND,
		              "a cosignature for a head that was not signed");
		goto out;
	}
	if ((r = buffer_put_bytes(&bytes, head.note)) != OK ||
	    (r = buffer_put_bytes(&bytes, line)) != OK || (r = buffer_put_u8(&bytes, '\n')) != OK ||
	    (r = note_parse(buffer_view(&bytes), &note, error)) != OK ||
	    (r = cosignature_verify(&note, key, &time, error)) != OK)
		goto out;
	if (time <= channel_kept_time(&head, key) || (r = engine_write(channel->engine)) != OK)
		goto out;
	r = store_put_cosignature(store, channel->number, channel->own, size, key->name,
	                          bytes_of(bytes.data + head.note.size, line.size + 1));
	if (r == OK && size > channel->their_cosigned_size)
		channel->their_cosigned_size = size;
out:
	buffer_release(&bytes);
	store_head_release(&head);
	return r;
}

static int keep_early_cosignature(struct engine_channel *channel, uint64_t size, struct bytes line)
{
	buffer_clear(&channel->early_cosignature.line);
	channel->early_cosignature.size = size;
	return buffer_put_bytes(&channel->early_cosignature.line, line);
}

/* What waits to be settled may hold the receipt that covers it, or the `rekey`
 * that names the key that it is by. */
static bool may_be_early(const struct engine_channel *channel, int code)
{
	return channel->arrivals != NULL && (code == ERROR_NOT_FOUND || code == ERROR_SIGNATURE);
}

static int take_cosignature(struct engine_channel *channel, struct bytes payload,
                            struct error *error)
{
	struct frame_cosignature frame;
	int r;

	if ((r = frame_get_cosignature(payload, &frame, error)) != OK)
		return r;
	/* Once a connection the newest one is made anew, and that before may come first. */
	if (frame.size < channel->their_cosigned_size ||
	    (frame.size == channel->their_cosigned_size &&
	     channel->link.renewals++ >= RENEWALS_MAXIMUM))
		return OK;
	if (rules_cosignature_covered(channel->rules, channel->other, frame.size) &&
	    ((r = check_cosignature(channel, frame.size, frame.line, error)) == OK ||
	     !may_be_early(channel, r)))
		return r;
	return keep_early_cosignature(channel, frame.size, frame.line);
}

int settle_early_cosignature(struct engine_channel *channel)
{
	struct buffer *line = &channel->early_cosignature.line;
	uint64_t size = channel->early_cosignature.size;
	struct error why;
	int r;

	if (line->size == 0 || !rules_cosignature_covered(channel->rules, channel->other, size))
		return OK;
	r = check_cosignature(channel, size, buffer_view(line), &why);
	if (r == ERROR_MEMORY || r == ERROR_IO || may_be_early(channel, r))
		return r == ERROR_MEMORY || r == ERROR_IO ? r : OK;
	buffer_clear(line);
	if (r != OK)
		channel_close_link(channel, r, why.message);
	return OK;
}

/* Questions to lists are judged in the turn, after the entries that came before them. */
static int take_match_request(struct engine_channel *channel, struct bytes payload,
                              struct error *error)
{
	return match_take_frame(channel, FRAME_MATCH_REQUEST, payload, error);
}

static int take_match_reply(struct engine_channel *channel, struct bytes payload,
                            struct error *error)
{
	return match_take_frame(channel, FRAME_MATCH_REPLY, payload, error);
}

static int take_match_behind(struct engine_channel *channel, struct bytes payload,
                             struct error *error)
{
	return match_take_frame(channel, FRAME_MATCH_BEHIND, payload, error);
}

static const struct {
	uint8_t type;
	bool after_hello;
	int (*take)(struct engine_channel *channel, struct bytes payload, struct error *error);
} frames[] = {
	{ FRAME_HELLO, false, take_hello },
	{ FRAME_ENTRIES, true, arrival_take },
	{ FRAME_COSIGNATURE, true, take_cosignature },
	{ FRAME_BLOB_REQUEST, true, take_blob_request },
	{ FRAME_BLOB_CHUNK, true, take_blob_chunk },
	{ FRAME_MATCH_REQUEST, true, take_match_request },
	{ FRAME_MATCH_REPLY, true, take_match_reply },
	{ FRAME_MATCH_BEHIND, true, take_match_behind },
};

int channel_refuse_frame(struct engine_channel *channel, int code, const struct error *why,
                         struct bytes payload, struct error *error)
{
	int r = OK;

	if (code == ERROR_MEMORY || code == ERROR_IO) {
		*error = *why;
		return code;
	}
	journal(JOURNAL_WARNING, "channel %.20s: the other side's frame is refused: %s",
	        channel->charter->channel, why->message);
	if (code == ERROR_SIGNATURE || code == ERROR_MISMATCH)
		r = channel_keep_evidence(channel, why->message, payload);
	channel_close_link(channel, why->code, why->message);
	channel->link.greeted = channel->link.up = false;
	channel->link.since = engine_now(channel->engine);
	return r;
}

/* What the other side did wrong ends the connection, never the engine. */
static int handle_frame(struct engine_channel *channel, struct cursor *cursor, struct error *error)
{
	struct bytes payload;
	struct error why = { 0 };
	uint8_t type;
	int r = ERROR_UNSUPPORTED;

	if (cursor_get_u8(cursor, &type) != OK)
		return error_set(error, ERROR_SYNTAX, "link: malformed message");
	payload = bytes_of(cursor->at, cursor->left);
	if (!channel->link.up)
		return OK;
	error_set(&why, r, "a frame of type %u was not expected", type);
	for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
		if (frames[i].type == type && frames[i].after_hello == channel->link.greeted)
			r = frames[i].take(channel, payload, &why);
	return r == OK ? OK : channel_refuse_frame(channel, r, &why, payload, error);
}

static const struct {
	uint16_t type;
	int (*handle)(struct engine_channel *channel, struct cursor *cursor, struct error *error);
} messages[] = {
	{ LINK_NEED_CERTIFICATE, handle_need_certificate },
	{ LINK_UP, handle_up },
	{ LINK_DOWN, handle_down },
	{ LINK_FRAME, handle_frame },
	{ LINK_CREDIT, handle_credit },
	{ LINK_HEALTH, handle_health },
};

int engine_handle_link(struct engine *engine, uint16_t type, struct bytes body, struct error *error)
{
	struct cursor cursor = cursor_over(body);
	struct engine_channel *channel;
	struct hash id;

	if (cursor_get(&cursor, id.bytes, HASH_SIZE) != OK)
		return error_set(error, ERROR_SYNTAX, "link: malformed message");
	/* A message may have crossed the channel's removal. */
	if ((channel = engine_find_channel(engine, &id)) == NULL)
		return OK;
	for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
		if (messages[i].type == type)
			return messages[i].handle(channel, &cursor, error);
	return error_set(error, ERROR_UNSUPPORTED, "link: unknown message %u", type);
}
