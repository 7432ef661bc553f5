/* The sealed blobs of a deposit box: bytes that somebody who holds a key may open, and
 * this program never tries to. */
#include "deposit_box.h"
#include "encoding.h"
#include "sha.h"

#include <stdio.h>

static const char BLOB_PREFIX[] = "blob/";

enum {
	ROW_SIZE = 8 + 8 + 1,
	KEY_CAPACITY = sizeof(BLOB_PREFIX) + HASH_HEX_CAPACITY,
	OWNER = 0,
	PAGE = 256,
	EXPIRED_AT_ONCE = 64 /* rows that expiry looks at in one call */
};

static void key_of(const struct hash *hash, char ret_key[KEY_CAPACITY])
{
	char hex[HASH_HEX_CAPACITY];

	hash_to_hex(hash, hex);
	snprintf(ret_key, KEY_CAPACITY, "%s%s", BLOB_PREFIX, hex);
}

static int decode(struct bytes value, struct deposit_blob_row *ret_row)
{
	struct cursor cursor = cursor_over(value);
	uint64_t total, since;
	uint8_t state;

	if (cursor_get_u64(&cursor, &total) != OK || cursor_get_u64(&cursor, &since) != OK ||
	    cursor_get_u8(&cursor, &state) != OK || cursor_end(&cursor) != OK ||
	    since > (uint64_t)TIMESTAMP_MAXIMUM || state >= DEPOSIT_BLOB_STATE_COUNT)
		return ERROR_IO;
	*ret_row = (struct deposit_blob_row){ total, (timestamp)since,
		                              (enum deposit_blob_state)state };
	return OK;
}

int deposit_box_find_blob(const struct deposit_box *box, const struct hash *hash,
                          struct deposit_blob_row *ret_row)
{
	char key[KEY_CAPACITY];
	struct buffer value;
	int r;

	key_of(hash, key);
	buffer_init(&value, ROW_SIZE);
	if ((r = store_get_value(box->store, box->channel, key, &value)) == OK)
		r = decode(buffer_view(&value), ret_row);
	buffer_release(&value);
	return r;
}

static int put_row(struct deposit_box *box, const char *key, const struct deposit_blob_row *row)
{
	struct buffer value;
	int r;

	buffer_init(&value, ROW_SIZE);
	if ((r = buffer_put_u64(&value, row->total)) == OK &&
	    (r = buffer_put_u64(&value, (uint64_t)row->since)) == OK &&
	    (r = buffer_put_u8(&value, (uint8_t)row->state)) == OK)
		r = store_set_value(box->store, box->channel, key, buffer_view(&value));
	buffer_release(&value);
	return r;
}

static int put_blob(struct deposit_box *box, const struct hash *hash,
                    const struct deposit_blob_row *row)
{
	char key[KEY_CAPACITY];

	key_of(hash, key);
	return put_row(box, key, row);
}

int deposit_box_name_blob(struct deposit_box *box, const struct hash *hash, uint64_t total)
{
	struct deposit_blob_row row = { .total = total, .state = DEPOSIT_BLOB_NAMED };
	struct deposit_blob_row former;
	int r = deposit_box_find_blob(box, hash, &former);

	/* Nothing is no blob: a total of 0 says that one is not held. */
	if (total == 0)
		return OK;
	return r == ERROR_NOT_FOUND ? put_blob(box, hash, &row) : r;
}

/* Nothing of the blob is here any more. */
static int drop(struct deposit_box *box, const struct hash *hash, struct deposit_blob_row *row)
{
	int r;

	if (row->state == DEPOSIT_BLOB_NAMED)
		return OK;
	if ((r = store_delete_blob(box->store, box->channel, hash)) != OK)
		return r;
	box->blob_bytes -= row->total;
	row->state = DEPOSIT_BLOB_NAMED;
	return put_blob(box, hash, row);
}

/* Whether the bytes of the chunk that are here already are the same. */
static int compare(const struct deposit_box *box, const struct frame_blob_chunk *chunk,
                   uint64_t held, bool *ret_same)
{
	size_t size = chunk->data.size;
	struct buffer here;
	int r = OK;

	if (chunk->offset >= held) {
		*ret_same = true;
		return OK;
	}
	if (size > held - chunk->offset)
		size = (size_t)(held - chunk->offset);
	buffer_init(&here, FRAME_CHUNK_MAXIMUM);
	if (size > 0)
		r = store_read_blob(box->store, box->channel, &chunk->blob, chunk->offset, size,
		                    &here);
	if (r == OK)
		*ret_same = bytes_equal(buffer_view(&here), bytes_of(chunk->data.data, size));
	buffer_release(&here);
	return r;
}

static int hash_blob(const struct deposit_box *box, const struct hash *hash, uint64_t total,
                     struct hash *ret_hash)
{
	struct sha256_stream stream;
	struct buffer piece;
	uint64_t offset = 0;
	int r;

	if ((r = sha256_stream_init(&stream)) != OK)
		return r;
	buffer_init(&piece, STORE_PIECE_MAXIMUM);
	while (r == OK && offset < total) {
		buffer_clear(&piece);
		r = store_read_blob(box->store, box->channel, hash, offset, STORE_PIECE_MAXIMUM,
		                    &piece);
		if (r == OK && piece.size == 0)
			r = ERROR_IO;
		if (r == OK)
			r = sha256_stream_update(&stream, buffer_view(&piece));
		offset += piece.size;
	}
	if (r == OK)
		r = sha256_stream_finish(&stream, ret_hash);
	buffer_release(&piece);
	sha256_stream_release(&stream);
	return r;
}

static int begin(struct deposit_box *box, const struct frame_blob_chunk *chunk,
                 struct deposit_blob_row *row, timestamp now)
{
	int r = store_begin_blob(box->store, box->channel, &chunk->blob, row->total, OWNER);

	if (r != OK)
		return r;
	row->state = DEPOSIT_BLOB_PART;
	row->since = now;
	box->blob_bytes += row->total;
	return put_blob(box, &chunk->blob, row);
}

/* All bytes are here. */
static int finish(struct deposit_box *box, const struct hash *hash, struct deposit_blob_row *row,
                  timestamp now, enum deposit_outcome *ret_outcome, uint64_t *ret_held)
{
	struct hash found;
	int r;

	if ((r = hash_blob(box, hash, row->total, &found)) != OK)
		return r;
	if (!hash_equal(&found, hash)) {
		*ret_outcome = DEPOSIT_WRONG;
		*ret_held = 0;
		return drop(box, hash, row);
	}
	if ((r = store_complete_blob(box->store, box->channel, hash)) != OK)
		return r;
	row->state = DEPOSIT_BLOB_WHOLE;
	row->since = now;
	*ret_outcome = DEPOSIT_TAKEN;
	*ret_held = row->total;
	return put_blob(box, hash, row);
}

/* How much is here. What was left may be none of the blob: when a chunk says otherwise, it
 * is thrown away. */
static int held_of(struct deposit_box *box, const struct frame_blob_chunk *chunk,
                   struct deposit_blob_row *row, uint64_t *ret_held)
{
	struct store_blob blob;
	bool same;
	int r;

	*ret_held = 0;
	if (row->state == DEPOSIT_BLOB_NAMED)
		return OK;
	if ((r = store_get_blob(box->store, box->channel, &chunk->blob, &blob)) != OK ||
	    (r = compare(box, chunk, blob.size, &same)) != OK)
		return r;
	if (!same)
		return drop(box, &chunk->blob, row);
	*ret_held = blob.size;
	return OK;
}

/* Whether so many bytes more may be kept. */
static bool has_room(const struct deposit_box *box, uint64_t total, uint64_t quota)
{
	uint64_t used = box->entry_bytes + box->blob_bytes;

	return total <= STORE_BLOB_MAXIMUM && used <= quota && total <= quota - used;
}

int deposit_box_take(struct deposit_box *box, const struct frame_blob_chunk *chunk,
                     const struct deposit_limits *limits, enum deposit_outcome *ret_outcome,
                     uint64_t *ret_held)
{
	struct deposit_blob_row row;
	uint64_t held;
	int r = deposit_box_find_blob(box, &chunk->blob, &row);

	if (r == ERROR_NOT_FOUND || (r == OK && row.total != chunk->total)) {
		*ret_outcome = DEPOSIT_UNKNOWN;
		return OK;
	}
	if (r != OK)
		return r;
	if (row.since < limits->before && (r = drop(box, &chunk->blob, &row)) != OK)
		return r;
	if (row.state == DEPOSIT_BLOB_WHOLE) {
		*ret_outcome = DEPOSIT_TAKEN;
		*ret_held = row.total;
		return OK;
	}
	if ((r = held_of(box, chunk, &row, &held)) != OK)
		return r;
	*ret_held = held;
	*ret_outcome = DEPOSIT_GAP;
	if (chunk->offset > held)
		return OK;
	if (row.state == DEPOSIT_BLOB_NAMED) {
		*ret_outcome = DEPOSIT_OVER;
		if (!has_room(box, row.total, limits->quota))
			return OK;
		if ((r = begin(box, chunk, &row, limits->now)) != OK)
			return r;
	}
	if (chunk->offset + chunk->data.size > held) {
		if ((r = store_append_blob(box->store, box->channel, &chunk->blob, chunk->offset,
		                           chunk->data)) != OK)
			return r;
		held = chunk->offset + chunk->data.size;
	}
	*ret_outcome = DEPOSIT_TAKEN;
	*ret_held = held;
	return held < row.total
	           ? OK
	           : finish(box, &chunk->blob, &row, limits->now, ret_outcome, ret_held);
}

/* --- counting and expiry ------------------------------------------------------------- */

int deposit_box_for_each(struct deposit_box *box, const char *prefix,
                         int (*take)(struct deposit_box *box, const struct store_value *value))
{
	char after[STORE_NAME_CAPACITY] = "";
	struct store_values page;
	int r;

	store_values_init(&page);
	while ((r = store_list_values(box->store, box->channel, prefix, after, PAGE, &page)) ==
	           OK &&
	       page.count > 0) {
		for (size_t i = 0; r == OK && i < page.count; i++)
			r = take(box, &page.items[i]);
		if (r != OK || (r = bytes_to_string(page.items[page.count - 1].key, after,
		                                    sizeof(after))) != OK)
			break;
	}
	store_values_release(&page);
	return r;
}

static int count_blob(struct deposit_box *box, const struct store_value *value)
{
	struct deposit_blob_row row;
	int r;

	if ((r = decode(value->value, &row)) == OK && row.state != DEPOSIT_BLOB_NAMED)
		box->blob_bytes += row.total;
	return r;
}

int deposit_box_count_blobs(struct deposit_box *box)
{
	box->blob_bytes = 0;
	return deposit_box_for_each(box, BLOB_PREFIX, count_blob);
}

/* The hash that the key of a row ends with. */
static int hash_of(struct bytes key, struct hash *ret_hash)
{
	size_t prefix = sizeof(BLOB_PREFIX) - 1;

	if (key.size < prefix)
		return ERROR_IO;
	return hex_decode_fixed(bytes_of(key.data + prefix, key.size - prefix), ret_hash->bytes,
	                        HASH_SIZE) == OK
	           ? OK
	           : ERROR_IO;
}

static int expire_row(struct deposit_box *box, const struct store_value *value, timestamp before)
{
	struct deposit_blob_row row;
	struct hash hash;
	int r;

	if ((r = decode(value->value, &row)) != OK || (r = hash_of(value->key, &hash)) != OK)
		return r;
	return row.state != DEPOSIT_BLOB_NAMED && row.since < before ? drop(box, &hash, &row) : OK;
}

int deposit_box_expire(struct deposit_box *box, timestamp before)
{
	struct store_values page;
	int r;

	store_values_init(&page);
	r = store_list_values(box->store, box->channel, BLOB_PREFIX, box->scanned_blobs,
	                      EXPIRED_AT_ONCE, &page);
	for (size_t i = 0; r == OK && i < page.count; i++)
		r = expire_row(box, &page.items[i], before);
	/* From the beginning again after the last. */
	if (r == OK && page.count == 0)
		box->scanned_blobs[0] = '\0';
	else if (r == OK)
		r = bytes_to_string(page.items[page.count - 1].key, box->scanned_blobs,
		                    sizeof(box->scanned_blobs));
	store_values_release(&page);
	return r;
}
