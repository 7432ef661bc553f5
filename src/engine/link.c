#include "allocate.h"
#include "channel_internal.h"
#include "cosignature.h"
#include "journal.h"

#include <stdio.h>

enum { PUSH_BYTES = 900 * 1024 };

static void send_link(struct engine_channel *channel, uint16_t type, const struct buffer *body)
{
	const struct engine_effects *effects = &channel->engine->settings.effects;

	effects->send_link(effects->context, type, buffer_view(body));
}

/* --- to the link ---------------------------------------------------------- */

void channel_announce(struct engine_channel *channel)
{
	const struct party *own = rules_party(channel->rules, channel->own);
	const struct party *other = rules_party(channel->rules, channel->other);
	char own_name[LOG_NAME_CAPACITY], other_name[LOG_NAME_CAPACITY];
	bool dial = channel->engine->settings.configuration->link_dial;
	struct buffer body;
	int r;

	if (!channel->engine->link_ready)
		return;
	charter_log_name(channel->charter, channel->own, 1, "", own_name);
	charter_log_name(channel->charter, channel->other, 1, "", other_name);
	buffer_init(&body, 8192);
	if ((r = buffer_put(&body, channel->id.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put_u8(&body, (uint8_t)channel->own)) != OK ||
	    (r = buffer_put(&body, own->link_key.bytes, sizeof own->link_key.bytes)) != OK ||
	    (r = buffer_put(&body, other->link_key.bytes, sizeof other->link_key.bytes)) != OK ||
	    (r = buffer_put_u8(&body, dial && !channel->faulted)) != OK ||
	    (r = buffer_put_u8(&body, (uint8_t)other->endpoint_count)) != OK)
		goto out;
	for (size_t i = 0; i < other->endpoint_count; i++)
		if ((r = buffer_put_sized_string(&body, other->endpoints[i])) != OK)
			goto out;
	if ((r = buffer_put_sized_string(&body, own_name)) == OK &&
	    (r = buffer_put_sized_string(&body, other_name)) == OK)
		send_link(channel, LINK_CHANNEL, &body);
out:
	if (r != OK)
		journal(JOURNAL_ERROR, "a channel cannot be announced to the link: %s", result_text(r));
	buffer_release(&body);
}

/* A message that is the channel, some bytes, and nothing else. */
static void send_small(struct engine_channel *channel, uint16_t type, struct bytes rest)
{
	struct buffer body;

	buffer_init(&body, FRAME_MAXIMUM + HASH_SIZE + FRAME_HEADER_SIZE);
	if (buffer_put(&body, channel->id.bytes, HASH_SIZE) == OK &&
	    buffer_put_bytes(&body, rest) == OK)
		send_link(channel, type, &body);
	else
		journal(JOURNAL_ERROR, "a message to the link was lost: out of memory");
	buffer_release(&body);
}

void channel_consumed(struct engine_channel *channel, uint32_t frames)
{
	struct buffer count;

	if (!channel->link.up)
		return;
	buffer_init(&count, 4);
	if (buffer_put_u32(&count, frames) == OK)
		send_small(channel, LINK_CONSUMED, buffer_view(&count));
	buffer_release(&count);
}

void channel_close_link(struct engine_channel *channel, int code, const char *reason)
{
	struct buffer rest;

	if (!channel->link.up)
		return;
	buffer_init(&rest, 1024);
	if (buffer_put_u16(&rest, (uint16_t)code) == OK &&
	    buffer_put_sized(&rest, bytes_of(reason, strnlen(reason, 500))) == OK)
		send_small(channel, LINK_CLOSE, buffer_view(&rest));
	buffer_release(&rest);
}

bool channel_has_credit(const struct engine_channel *channel)
{
	return channel->link.credit_used < channel->link.credit_total;
}

static bool costs_credit(uint8_t type)
{
	return type == FRAME_ENTRIES || type == FRAME_BLOB_REQUEST || type == FRAME_BLOB_CHUNK;
}

void channel_send_frame(struct engine_channel *channel, const struct buffer *frame)
{
	/* Type and payload: the link writes the length. */
	if (costs_credit(frame->data[4]))
		channel->link.credit_used++;
	send_small(channel, LINK_SEND, bytes_of(frame->data + 4, frame->size - 4));
}

static int send_hello(struct engine_channel *channel)
{
	struct frame_hello hello = {
		.version_minimum = FRAME_VERSION,
		.version_maximum = FRAME_VERSION,
		.channel = channel->id,
		.party = (uint8_t)channel->own,
		.head = buffer_view(&channel->head_note),
		.held = rules_size(channel->rules, channel->other),
	};
	struct buffer frame;
	int r;

	buffer_init(&frame, FRAME_NOTE_MAXIMUM + 256);
	if ((r = frame_put_hello(&frame, &hello)) == OK)
		channel_send_frame(channel, &frame);
	buffer_release(&frame);
	return r;
}

/* The own line of the newest cosignature, once for each greater size. */
static void send_cosignature(struct engine_channel *channel)
{
	struct frame_cosignature frame_content = { .size = channel->cosigned_size };
	struct buffer frame;

	if (channel->cosigned_size <= channel->link.cosignature_sent ||
	    channel->cosignature.size == 0)
		return;
	frame_content.line = bytes_of(channel->cosignature.data, channel->cosignature.size - 1);
	buffer_init(&frame, FRAME_NOTE_MAXIMUM + 256);
	if (frame_put_cosignature(&frame, &frame_content) == OK) {
		channel_send_frame(channel, &frame);
		channel->link.cosignature_sent = channel->cosigned_size;
	}
	buffer_release(&frame);
}

/* --- pushing entries ------------------------------------------------------- */

/* Appends the blobs of an entry that are small enough to ride along. */
static int add_inline_blob(struct engine_channel *channel, uint64_t number, size_t room,
                           struct buffer *blobs, uint16_t *count)
{
	struct act_place place = { channel->own, number };
	const struct act_summary *act = rules_act(channel->rules, place);
	struct buffer blob;
	int r;

	if (!act->has_body || act->sealed_size > FRAME_INLINE_BLOB_MAXIMUM ||
	    act->sealed_size + 64 > room || !blob_is_held(channel, &act->sealed_hash))
		return OK;
	buffer_init(&blob, FRAME_INLINE_BLOB_MAXIMUM);
	if ((r = store_read_blob(channel->engine->settings.store, channel->number, &act->sealed_hash,
	                         0, (size_t)act->sealed_size, &blob)) == OK &&
	    (r = buffer_put(blobs, act->sealed_hash.bytes, HASH_SIZE)) == OK &&
	    (r = buffer_put_sized(blobs, buffer_view(&blob))) == OK)
		(*count)++;
	buffer_release(&blob);
	return r;
}

static int fill_frame(struct engine_channel *channel, const struct store_entries *page,
                      struct buffer *entries, struct buffer *blobs, struct frame_entries *frame)
{
	int r;

	for (size_t i = 0; i < page->count; i++) {
		const struct store_entry *row = &page->items[i];

		if (row->number >= channel->head_size || frame->count == FRAME_ENTRIES_MAXIMUM ||
		    entries->size + blobs->size + row->bytes.size + 64 > PUSH_BYTES)
			break;
		if ((r = buffer_put_sized(entries, row->bytes)) != OK ||
		    (r = add_inline_blob(channel, row->number,
		                         PUSH_BYTES - entries->size - blobs->size, blobs,
		                         &frame->blob_count)) != OK)
			return r;
		frame->count++;
	}
	return OK;
}

static int push_frame(struct engine_channel *channel)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, channel->own));
	struct frame_entries frame = {
		.checkpoint = buffer_view(&channel->head_note),
		.start = channel->link.sent,
	};
	struct buffer entries, blobs, bytes;
	struct store_entries page;
	struct tree_proof proof;
	int r;

	store_entries_init(&page);
	buffer_init(&entries, FRAME_MAXIMUM);
	buffer_init(&blobs, FRAME_MAXIMUM);
	buffer_init(&bytes, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	if ((r = store_get_entries(channel->engine->settings.store, channel->number, channel->own,
	                           channel->link.sent, FRAME_ENTRIES_MAXIMUM, PUSH_BYTES, &page)) != OK ||
	    (r = fill_frame(channel, &page, &entries, &blobs, &frame)) != OK ||
	    (r = tree_reader_consistency(&reader, frame.start + frame.count, channel->head_size,
	                                 &proof)) != OK)
		goto out;
	frame.entries = buffer_view(&entries);
	frame.blobs = buffer_view(&blobs);
	frame.proof_count = (uint8_t)proof.count;
	frame.proof = bytes_of(proof.hashes, proof.count * HASH_SIZE);
	if ((r = frame_put_entries(&bytes, &frame)) != OK)
		goto out;
	channel_send_frame(channel, &bytes);
	channel->link.sent += frame.count;
out:
	store_entries_release(&page);
	buffer_release(&entries);
	buffer_release(&blobs);
	buffer_release(&bytes);
	return r;
}

void channel_push(struct engine_channel *channel)
{
	int r;

	if (!channel->link.greeted)
		return;
	while (channel->link.sent < channel->head_size && channel_has_credit(channel)) {
		if ((r = push_frame(channel)) != OK) {
			journal(JOURNAL_ERROR, "entries cannot be sent: %s", result_text(r));
			return;
		}
	}
	/* The head that holds a receipt goes before the cosignature that it covers. */
	if (channel->link.sent == channel->head_size)
		send_cosignature(channel);
}

/* --- from the link --------------------------------------------------------- */

void channel_link_down(struct engine_channel *channel, const char *reason)
{
	struct link_state *link = &channel->link;

	/* What was not stored yet is sent again after the next hello; pieces of
	 * blobs are kept and resumed. */
	arrivals_free(channel);
	channel->arrived = channel_edge(channel, channel->other);
	forget_requests(channel);
	link->up = link->greeted = false;
	link->since = engine_now(channel->engine);
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
	    cursor_get_sized_string(cursor, address, sizeof address) != OK || cursor_end(cursor) != OK)
		return error_set(error, ERROR_SYNTAX, "link: malformed message");
	*link = (struct link_state){ .up = true, .since = engine_now(channel->engine) };
	memcpy(link->address, address, sizeof address);
	return send_hello(channel);
}

static int handle_down(struct engine_channel *channel, struct cursor *cursor,
                       struct error *error)
{
	char reason[REASON_CAPACITY];
	uint16_t code;

	if (cursor_get_u16(cursor, &code) != OK ||
	    cursor_get_sized_string(cursor, reason, sizeof reason) != OK || cursor_end(cursor) != OK)
		return error_set(error, ERROR_SYNTAX, "link: malformed message");
	channel_link_down(channel, reason);
	return OK;
}

static int handle_credit(struct engine_channel *channel, struct cursor *cursor,
                         struct error *error)
{
	uint64_t total;

	if (cursor_get_u64(cursor, &total) != OK || cursor_end(cursor) != OK)
		return error_set(error, ERROR_SYNTAX, "link: malformed message");
	channel->link.credit_total = total;
	return OK;
}

static int handle_health(struct engine_channel *channel, struct cursor *cursor,
                         struct error *error)
{
	struct engine *engine = channel->engine;
	uint64_t round_trip, difference, time;

	if (cursor_get_u64(cursor, &round_trip) != OK || cursor_get_u64(cursor, &difference) != OK ||
	    cursor_get_u64(cursor, &time) != OK || cursor_end(cursor) != OK)
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
	struct error why;
	int r;

	if (cursor_get(cursor, public_key.bytes, sizeof public_key.bytes) != OK ||
	    cursor_end(cursor) != OK)
		return error_set(error, ERROR_SYNTAX, "link: malformed message");
	buffer_init(&certificate, 8192);
	buffer_init(&rest, 8192 + 4);
	r = keeper->link_certificate(keeper->context, &channel->id, &public_key, &certificate, &why);
	if (r == OK && (r = buffer_put_sized(&rest, buffer_view(&certificate))) == OK)
		send_small(channel, LINK_CERTIFICATE, buffer_view(&rest));
	else
		journal(JOURNAL_ERROR, "no certificate for the link: %s", why.message);
	buffer_release(&certificate);
	buffer_release(&rest);
	return r == ERROR_NOT_FOUND || r == ERROR_WAIT ? r : OK;
}

/* Their newest head may show a fork at a size that we hold, or that this
 * database lost what they still have. */
static int check_hello(struct engine_channel *channel, const struct frame_hello *hello,
                       struct error *error)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, channel->other));
	struct checkpoint checkpoint;
	struct hash root;
	int r;

	if (hello->version_minimum > FRAME_VERSION || hello->version_maximum < FRAME_VERSION)
		return error_set(error, ERROR_UNSUPPORTED, "no common version of the protocol");
	if (!hash_equal(&hello->channel, &channel->id) || hello->party != channel->other)
		return error_set(error, ERROR_MISMATCH, "another channel or party");
	if (hello->held > channel->head_size)
		channel_refuse_writing(channel, "the other side holds more of our log than this "
		                                "database: it may be an older copy");
	if (hello->head.size == 0)
		return OK;
	if ((r = signed_checkpoint_verify(hello->head, &channel->log_keys[channel->other], NULL, 0,
	                                  &checkpoint, NULL, error)) != OK)
		return r;
	if (checkpoint.size > rules_size(channel->rules, channel->other) ||
	    (r = tree_reader_root(&reader, checkpoint.size, &root)) != OK ||
	    hash_equal(&root, &checkpoint.root))
		return r;
	if ((r = channel_fault(channel, "the other side signed another head for a size that it "
	                                "had signed before", hello->head)) != OK)
		return r;
	return error_set(error, ERROR_FORK, "this head contradicts an earlier one");
}

static int take_hello(struct engine_channel *channel, struct bytes payload, struct error *error)
{
	struct link_state *link = &channel->link;
	struct frame_hello hello;
	int r;

	if ((r = frame_get_hello(payload, &hello, error)) != OK ||
	    (r = check_hello(channel, &hello, error)) != OK)
		return r;
	link->greeted = true;
	link->sent = hello.held < channel->head_size ? hello.held : channel->head_size;
	return OK;
}

/* A cosignature over an own head. One that comes before the receipt that covers
 * it was settled is kept until then. */
static int check_cosignature(struct engine_channel *channel, uint64_t size, struct bytes line,
                             struct error *error)
{
	struct store *store = channel->engine->settings.store;
	const struct note_key *key = &channel->receipt_keys[channel->other];
	struct store_heads page;
	struct buffer bytes;
	struct note note;
	timestamp time;
	int r;

	store_heads_init(&page);
	buffer_init(&bytes, NOTE_MAXIMUM);
	if ((r = store_get_head(store, channel->number, channel->own, size, NULL, &page)) != OK ||
	    page.items[0].size != size) {
		r = error_set(error, ERROR_NOT_FOUND, "a cosignature for a head that was not signed");
		goto out;
	}
	if ((r = buffer_put_bytes(&bytes, page.items[0].note)) != OK ||
	    (r = buffer_put_bytes(&bytes, line)) != OK || (r = buffer_put_u8(&bytes, '\n')) != OK ||
	    (r = note_parse(buffer_view(&bytes), &note, error)) != OK ||
	    (r = cosignature_verify(&note, key, &time, error)) != OK)
		goto out;
	if ((r = engine_write(channel->engine)) != OK)
		goto out;
	r = store_put_cosignature(store, channel->number, channel->own, size, key->name,
	                          bytes_of(bytes.data + page.items[0].note.size, line.size + 1));
	if (r == OK && size > channel->their_cosigned_size)
		channel->their_cosigned_size = size;
out:
	buffer_release(&bytes);
	store_heads_release(&page);
	return r;
}

static int take_cosignature(struct engine_channel *channel, struct bytes payload,
                            struct error *error)
{
	struct frame_cosignature frame;
	int r;

	if ((r = frame_get_cosignature(payload, &frame, error)) != OK)
		return r;
	if (frame.size <= channel->their_cosigned_size)
		return OK;
	if (rules_cosignature_covered(channel->rules, channel->other, frame.size))
		return check_cosignature(channel, frame.size, frame.line, error);
	buffer_clear(&channel->early_cosignature.line);
	channel->early_cosignature.size = frame.size;
	return buffer_put_bytes(&channel->early_cosignature.line, frame.line);
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
	buffer_clear(line);
	if (r == OK || r == ERROR_MEMORY || r == ERROR_IO)
		return r;
	channel_close_link(channel, r, why.message);
	return OK;
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
};

/* What the other side did wrong ends the connection, never the engine. */
static int handle_frame(struct engine_channel *channel, struct cursor *cursor,
                        struct error *error)
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
	if (r == OK)
		return OK;
	if (r == ERROR_MEMORY || r == ERROR_IO) {
		*error = why;
		return r;
	}
	journal(JOURNAL_WARNING, "channel %.20s: the other side's frame is refused: %s",
	        channel->charter->channel, why.message);
	if (r == ERROR_SIGNATURE || r == ERROR_MISMATCH)
		r = channel_keep_evidence(channel, why.message, payload);
	else
		r = OK;
	channel_close_link(channel, why.code, why.message);
	channel->link.greeted = channel->link.up = false;
	return r;
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

int engine_handle_link(struct engine *engine, uint16_t type, struct bytes body,
                       struct error *error)
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
