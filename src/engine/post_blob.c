#include "allocate.h"
#include "channel_internal.h"
#include "destruction.h"
#include "encoding.h"

#include <stdio.h>

/* Chunks of sealed bodies that come without the link. They may come before the
 * entry that names the body: then they are kept under their name all the same, and
 * a mark says since when, so that what nobody ever names does not stay. */

enum { MARK_CAPACITY = sizeof "post-blob/" + 2 * HASH_SIZE };

static void mark_key(const struct hash *hash, char ret_key[MARK_CAPACITY])
{
	memcpy(ret_key, "post-blob/", 10);
	for (size_t i = 0; i < HASH_SIZE; i++)
		snprintf(ret_key + 10 + 2 * i, 3, "%02x", hash->bytes[i]);
}

bool channel_names_blob(const struct engine_channel *channel, const struct hash *hash)
{
	struct act_place place, body;
	struct hash named;
	uint64_t size;

	for (place.party = 0; place.party < 2; place.party++)
		for (place.number = 0; place.number < rules_size(channel->rules, place.party);
		     place.number++)
			if (channel_blob_of(channel, place, &named, &size, &body) &&
			    hash_equal(&named, hash))
				return true;
	return false;
}

static int mark(struct engine_channel *channel, const struct hash *hash)
{
	uint64_t day = (uint64_t)engine_now(channel->engine) / 86400;
	char key[MARK_CAPACITY];
	uint8_t value[8];

	for (size_t i = 0; i < sizeof value; i++)
		value[i] = (uint8_t)(day >> (56 - 8 * i));
	mark_key(hash, key);
	channel->post.blob_count++;
	return store_set_value(channel->engine->settings.store, channel->number, key,
	                       bytes_of(value, sizeof value));
}

int post_blob_named(struct engine_channel *channel, const struct hash *hash)
{
	struct store *store = channel->engine->settings.store;
	char key[MARK_CAPACITY];
	struct buffer value;
	int r;

	if (channel->post.blob_count == 0)
		return OK;
	mark_key(hash, key);
	buffer_init(&value, 8);
	r = store_get_value(store, channel->number, key, &value);
	buffer_release(&value);
	if (r != OK)
		return r == ERROR_NOT_FOUND ? OK : r;
	channel->post.blob_count--;
	return store_delete_value(store, channel->number, key);
}

/* --- one chunk --------------------------------------------------------------- */

/* A blob of which nothing is here yet. */
static int begin(struct engine_channel *channel, const struct wanted_blob *wanted,
                 const struct frame_blob_chunk *chunk, struct error *error)
{
	struct store *store = channel->engine->settings.store;
	unsigned owner = wanted != NULL ? wanted->place.party : channel->other;
	int r;

	quota_start_day(channel);
	if (!channel->copying &&
	    channel->quota_bytes + chunk->total > channel_charter(channel)->quota_bytes)
		return error_set(error, ERROR_LIMIT,
		                 "the other side has used up its quota for today; take it again "
		                 "tomorrow");
	if (wanted == NULL && channel->post.blob_count == POST_BLOBS_MAXIMUM)
		return error_set(error, ERROR_LIMIT,
		                 "too many bodies are here whose acts are not; take the volumes "
		                 "with the acts first");
	if ((r = engine_write(channel->engine)) != OK ||
	    (!channel->copying && (r = quota_count(channel, 0, chunk->total)) != OK) ||
	    (r = store_begin_blob(store, channel->number, &chunk->blob, chunk->total, owner)) !=
	        OK ||
	    (wanted == NULL && (r = mark(channel, &chunk->blob)) != OK)) {
		channel->post.failure = r;
		return error_set(error, r, "a body cannot be stored");
	}
	return OK;
}

/* All of it is here: either it is what its name says, or it goes. */
static int finish(struct engine_channel *channel, const struct frame_blob_chunk *chunk,
                  struct error *error)
{
	struct wanted_blob *wanted;
	int r = verify_blob(channel, &chunk->blob, chunk->total);

	if (r == OK)
		r = blob_arrived(channel, &chunk->blob);
	else if ((wanted = find_wanted(channel, &chunk->blob)) != NULL)
		wanted->held = 0;
	if (r == ERROR_MISMATCH)
		return error_set(error, r, "a body does not have the SHA-256 that names it");
	if (r != OK)
		channel->post.failure = r;
	return r;
}

/* Adds what of the chunk follows on `held` bytes. */
static int add(struct engine_channel *channel, struct wanted_blob *wanted,
               const struct frame_blob_chunk *chunk, uint64_t held, struct error *error)
{
	size_t skip = (size_t)(held - chunk->offset);
	struct bytes piece = bytes_of(chunk->data.data + skip, chunk->data.size - skip);
	int r;

	if ((r = engine_write(channel->engine)) != OK ||
	    (r = store_append_blob(channel->engine->settings.store, channel->number, &chunk->blob,
	                           held, piece)) != OK) {
		channel->post.failure = r;
		return error_set(error, r, "a body cannot be stored");
	}
	held += piece.size;
	channel->post.chunk_came = true;
	if (wanted != NULL) {
		/* A chunk that is under way on the link is not the one that follows any
		 * more: it is passed over, and the next one asked for. */
		wanted->held = held;
		wanted->requested = false;
	}
	return held == chunk->total ? finish(channel, chunk, error) : OK;
}

/* How much is here, of a blob of this size. False: nothing is. */
static int find(struct engine_channel *channel, const struct wanted_blob *wanted,
                const struct frame_blob_chunk *chunk, struct store_blob *ret_blob, bool *ret_found,
                struct error *error)
{
	struct store *store = channel->engine->settings.store;
	struct store_blob blob = { .size = 0 };
	int r;

	*ret_found = store_get_blob(store, channel->number, &chunk->blob, &blob) == OK;
	if (*ret_found && blob.total != chunk->total) {
		/* Of two that say otherwise, the one that an entry names is right. */
		if (blob.complete || wanted == NULL)
			return error_set(error, ERROR_MISMATCH,
			                 "a body was begun with another size");
		if ((r = engine_write(channel->engine)) != OK ||
		    (r = store_delete_blob(store, channel->number, &chunk->blob)) != OK) {
			channel->post.failure = r;
			return error_set(error, r, "a body cannot be stored");
		}
		*ret_found = false;
		blob = (struct store_blob){ .size = 0 };
	}
	*ret_blob = blob;
	return OK;
}

int post_take_chunk(struct engine_channel *channel, struct bytes payload,
                    struct post_outcome *ret_outcome, struct error *error)
{
	struct frame_blob_chunk chunk;
	struct wanted_blob *wanted;
	struct store_blob blob;
	bool found;
	int r;

	if ((r = frame_get_blob_chunk(payload, &chunk, error)) != OK)
		return r;
	if (chunk.data.size == 0)
		return OK;
	if (blob_is_too_large(channel, chunk.total))
		return error_set(error, ERROR_LIMIT, "a body is larger than this channel takes");
	wanted = find_wanted(channel, &chunk.blob);
	if (wanted != NULL && wanted->size != chunk.total)
		return error_set(error, ERROR_MISMATCH, "a body is not of the size of its act");
	if ((r = find(channel, wanted, &chunk, &blob, &found, error)) != OK)
		return r;
	if (blob.complete || chunk.offset + chunk.data.size <= blob.size ||
	    (wanted == NULL && !found && destruction_covers_blob(channel, &chunk.blob)))
		return OK;
	if (chunk.offset > blob.size)
		return error_set(error, ERROR_WAIT, "the body's bytes from %llu on come before it",
		                 (unsigned long long)blob.size);
	ret_outcome->result = POST_STORED;
	if (!found && (r = begin(channel, wanted, &chunk, error)) != OK)
		return r;
	return add(channel, wanted, &chunk, blob.size, error);
}

/* --- blobs that nobody names --------------------------------------------------- */

static int read_mark(const struct store_value *value, struct hash *ret_hash, uint64_t *ret_day)
{
	struct cursor cursor = cursor_over(value->value);
	int r;

	if (value->key.size != MARK_CAPACITY - 1)
		return ERROR_SYNTAX;
	if ((r = hex_decode_fixed(bytes_of(value->key.data + 10, (size_t)2 * HASH_SIZE),
	                          ret_hash->bytes, HASH_SIZE)) != OK)
		return r;
	return cursor_get_u64(&cursor, ret_day);
}

int post_count_blobs(struct engine_channel *channel)
{
	struct store_values page;
	char after[STORE_NAME_CAPACITY] = "";
	int r;

	store_values_init(&page);
	do {
		r = store_list_values(channel->engine->settings.store, channel->number,
		                      "post-blob/", after, STORE_PAGE_MAXIMUM, &page);
		if (r == OK && page.count > 0) {
			channel->post.blob_count += page.count;
			r = bytes_to_string(page.items[page.count - 1].key, after, sizeof after);
		}
	} while (r == OK && page.count > 0);
	store_values_release(&page);
	return r;
}

static int drop_blob(struct engine_channel *channel, const struct hash *hash)
{
	struct store *store = channel->engine->settings.store;
	char key[MARK_CAPACITY];
	int r;

	if ((r = engine_write(channel->engine)) != OK)
		return r;
	mark_key(hash, key);
	channel->post.blob_count--;
	if ((r = store_delete_value(store, channel->number, key)) != OK)
		return r;
	return channel_names_blob(channel, hash) ? OK
	                                         : store_delete_blob(store, channel->number, hash);
}

int post_expire_blobs(struct engine_channel *channel, uint32_t today)
{
	struct store *store = channel->engine->settings.store;
	char after[STORE_NAME_CAPACITY] = "";
	struct store_values page;
	struct hash hash;
	uint64_t day;
	int r;

	store_values_init(&page);
	do {
		r = store_list_values(store, channel->number, "post-blob/", after, 256, &page);
		for (size_t i = 0; i < page.count && r == OK; i++)
			if ((r = read_mark(&page.items[i], &hash, &day)) == OK &&
			    day + POST_DAYS < today)
				r = drop_blob(channel, &hash);
		if (r == OK && page.count > 0)
			r = bytes_to_string(page.items[page.count - 1].key, after, sizeof after);
	} while (r == OK && page.count > 0);
	store_values_release(&page);
	return r;
}
