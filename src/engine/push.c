#include "channel_internal.h"
#include "journal.h"

enum {
	PUSH_BYTES = 900 * 1024,
	/* of a frame of entries beside entries and blobs */
	PUSH_OVERHEAD = FRAME_NOTE_MAXIMUM + FRAME_PROOF_MAXIMUM * HASH_SIZE + 64
};

static void send_link(struct engine_channel *channel, uint16_t type, const struct buffer *body)
{
	const struct engine_effects *effects = &channel->engine->settings.effects;

	effects->send_link(effects->context, type, buffer_view(body));
}

/* --- to the link ---------------------------------------------------------- */

void channel_announce(struct engine_channel *channel)
{
	const struct party *other = rules_party(channel->rules, channel->other);
	const struct link_key_change *change = &channel->link_key_changes[channel->other];
	struct ed25519_public former = { 0 };
	char own_name[LOG_NAME_CAPACITY], other_name[LOG_NAME_CAPACITY];
	bool dial = channel->engine->settings.configuration->link_dial;
	struct buffer body;
	int r;

	if (!channel->engine->link_ready)
		return;
	if (change->under_way)
		former = change->previous;
	charter_log_name(channel->charter, channel->own, 1, "", own_name);
	charter_log_name(channel->charter, channel->other, 1, "", other_name);
	buffer_init(&body, 8192);
	if ((r = buffer_put(&body, channel->id.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put_u8(&body, (uint8_t)channel->own)) != OK ||
	    (r = buffer_put(&body, channel_own_link_key(channel)->bytes, ED25519_PUBLIC_SIZE)) !=
	        OK ||
	    (r = buffer_put(&body, other->link_key.bytes, sizeof other->link_key.bytes)) != OK ||
	    (r = buffer_put(&body, former.bytes, sizeof former.bytes)) != OK ||
	    (r = buffer_put_u8(&body, dial)) != OK ||
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
		journal(JOURNAL_ERROR, "a channel cannot be announced to the link: %s",
		        result_text(r));
	buffer_release(&body);
}

/* A message that is the channel, some bytes, and nothing else. */
void channel_tell_link(struct engine_channel *channel, uint16_t type, struct bytes rest)
{
	struct buffer body;

	buffer_init(&body, FRAME_MAXIMUM + HASH_SIZE + FRAME_HEADER_SIZE);
	if (buffer_reserve(&body, HASH_SIZE + rest.size) == OK &&
	    buffer_put(&body, channel->id.bytes, HASH_SIZE) == OK &&
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
		channel_tell_link(channel, LINK_CONSUMED, buffer_view(&count));
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
		channel_tell_link(channel, LINK_CLOSE, buffer_view(&rest));
	buffer_release(&rest);
}

static uint64_t credit_left(const struct engine_channel *channel)
{
	const struct engine_effects *effects = &channel->engine->settings.effects;

	if (channel->link.credit_used >= channel->link.credit_total ||
	    (effects->link_is_full != NULL && effects->link_is_full(effects->context)))
		return 0;
	return channel->link.credit_total - channel->link.credit_used;
}

bool channel_has_credit(const struct engine_channel *channel)
{
	return credit_left(channel) > 0;
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
	channel_tell_link(channel, LINK_SEND, bytes_of(frame->data + 4, frame->size - 4));
}

int channel_make_hello(struct engine_channel *channel, struct buffer *frame)
{
	const struct their_head *held = &channel->their_head;
	struct frame_hello hello = {
		.version_minimum = FRAME_VERSION,
		.version_maximum = FRAME_VERSION,
		.channel = channel->id,
		.party = (uint8_t)channel->own,
		.head = buffer_view(&channel->head_note),
		.known = buffer_view(&held->note),
	};

	/* Entries before a refused one may be held without a head for them. */
	if (held->note.size > 0)
		hello.held = rules_size(channel->rules, channel->other);
	if (hello.held > held->size)
		hello.held = held->size;
	/* The greatest that was seen, should they have lost it. */
	if (channel->promised.note.size > 0 && channel->promised.size > held->size)
		hello.known = buffer_view(&channel->promised.note);
	return frame_put_hello(frame, &hello);
}

void channel_send_hello(struct engine_channel *channel)
{
	struct buffer frame;

	buffer_init(&frame, 2 * FRAME_NOTE_MAXIMUM + 256);
	if (channel_make_hello(channel, &frame) == OK)
		channel_send_frame(channel, &frame);
	else
		journal(JOURNAL_ERROR, "a hello was lost: out of memory");
	buffer_release(&frame);
}

int channel_make_cosignature(struct engine_channel *channel, struct buffer *frame)
{
	struct frame_cosignature cosignature = { .size = channel->cosigned_size };

	if (channel->cosignature.size == 0)
		return OK;
	cosignature.line = bytes_of(channel->cosignature.data, channel->cosignature.size - 1);
	return frame_put_cosignature(frame, &cosignature);
}

/* The own line of the newest cosignature, once for each greater size. */
static void send_cosignature(struct engine_channel *channel)
{
	struct buffer frame;

	if (channel->cosigned_size <= channel->link.cosignature_sent ||
	    channel->cosignature.size == 0)
		return;
	buffer_init(&frame, FRAME_NOTE_MAXIMUM + 256);
	if (channel_make_cosignature(channel, &frame) == OK) {
		channel_send_frame(channel, &frame);
		channel->link.cosignature_sent = channel->cosigned_size;
	}
	buffer_release(&frame);
}

/* --- pushing entries ------------------------------------------------------- */

/* The blob of an entry, if it is small enough to ride along. */
static bool rides_along(const struct engine_channel *channel, struct act_place place,
                        struct hash *ret_hash, size_t *ret_size)
{
	struct act_place body;
	struct hash hash;
	uint64_t size;

	if (!channel_blob_of(channel, place, &hash, &size, &body) ||
	    size > FRAME_INLINE_BLOB_MAXIMUM || !blob_is_held(channel, &hash))
		return false;
	*ret_hash = hash;
	*ret_size = (size_t)size;
	return true;
}

static int add_blob(struct engine_channel *channel, const struct hash *hash, size_t size,
                    struct buffer *blobs)
{
	struct buffer blob;
	int r;

	buffer_init(&blob, FRAME_INLINE_BLOB_MAXIMUM);
	if ((r = store_read_blob(channel->engine->settings.store, channel->number, hash, 0, size,
	                         &blob)) == OK &&
	    (r = buffer_put(blobs, hash->bytes, HASH_SIZE)) == OK)
		r = buffer_put_sized(blobs, buffer_view(&blob));
	buffer_release(&blob);
	return r;
}

/* As many entries as fit together with the blobs that ride along: one by one,
 * the others cost a request each. */
static int fill_frame(struct engine_channel *channel, const struct store_entries *page,
                      uint64_t end, size_t room, struct buffer *entries, struct buffer *blobs,
                      struct frame_entries *frame)
{
	struct hash hash;
	int r;

	for (size_t i = 0; i < page->count; i++) {
		const struct store_entry *row = &page->items[i];
		size_t size = 0;
		struct act_place place = { row->log % STORE_PARTIES, row->number };
		bool along = rides_along(channel, place, &hash, &size);

		if (row->number >= end || frame->count == FRAME_ENTRIES_MAXIMUM ||
		    entries->size + blobs->size + row->bytes.size + size + 64 > room)
			break;
		if ((r = buffer_put_sized(entries, row->bytes)) != OK ||
		    (along && (r = add_blob(channel, &hash, size, blobs)) != OK))
			return r;
		frame->blob_count += along;
		frame->count++;
	}
	return OK;
}

int channel_make_entries(struct engine_channel *channel, unsigned party, uint64_t start,
                         uint64_t end, struct bytes note, uint64_t size, struct buffer *bytes,
                         uint64_t *ret_count)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, party));
	struct frame_entries frame = { .checkpoint = note, .start = start };
	struct buffer entries, blobs;
	struct store_entries page;
	struct tree_proof proof;
	size_t room = bytes->maximum - bytes->size - PUSH_OVERHEAD;
	int r;

	if (room > PUSH_BYTES)
		room = PUSH_BYTES;
	store_entries_init(&page);
	buffer_init(&entries, FRAME_MAXIMUM);
	buffer_init(&blobs, FRAME_MAXIMUM);
	if ((r = store_get_entries(channel->engine->settings.store, channel->number, party, start,
	                           FRAME_ENTRIES_MAXIMUM, room, &page)) != OK ||
	    (r = fill_frame(channel, &page, end, room, &entries, &blobs, &frame)) != OK ||
	    (r = tree_reader_consistency(&reader, start + frame.count, size, &proof)) != OK)
		goto out;
	frame.entries = buffer_view(&entries);
	frame.blobs = buffer_view(&blobs);
	frame.proof_count = (uint8_t)proof.count;
	frame.proof = bytes_of(proof.hashes, proof.count * HASH_SIZE);
	if ((r = frame_put_entries(bytes, &frame)) == OK)
		*ret_count = frame.count;
out:
	store_entries_release(&page);
	buffer_release(&entries);
	buffer_release(&blobs);
	return r;
}

static int push_frame(struct engine_channel *channel)
{
	struct buffer bytes;
	struct store_head head;
	uint64_t count;
	int r;

	store_head_init(&head);
	buffer_init(&bytes, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	if ((r = channel_head_for(channel, channel->own, channel->link.sent, channel->head_size,
	                          &head)) == OK)
		r = channel_make_entries(channel, channel->own, channel->link.sent, head.size,
		                         head.note, head.size, &bytes, &count);
	if (r == OK) {
		channel_send_frame(channel, &bytes);
		channel->link.sent += count;
	}
	store_head_release(&head);
	buffer_release(&bytes);
	return r;
}

void channel_push(struct engine_channel *channel)
{
	int r;

	if (!channel->link.greeted)
		return;
	/* Entries may wait over there for their blobs, and return no credit meanwhile:
	 * they leave some, or the blobs could never follow. */
	while (channel->link.sent < channel->head_size && credit_left(channel) > CREDIT_FOR_BLOBS) {
		if ((r = push_frame(channel)) != OK) {
			journal(JOURNAL_ERROR, "entries cannot be sent: %s", result_text(r));
			return;
		}
	}
	/* The head that holds a receipt goes before the cosignature that it covers. */
	if (channel->link.sent == channel->head_size)
		send_cosignature(channel);
}
