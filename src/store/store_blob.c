/* Blobs. The rules of pieces are here, once for all backends:
 *
 *     |== stored ==============|            total
 *               |== piece ===========|
 *               |-- compared --|-- written --|
 */
#include "store_backend.h"

/* So much of a piece is compared with what is stored at a time. */
enum { COMPARED_AT_ONCE = 4096 };

/* The row of a blob, for a writing call. */
static int open_blob(struct store *store, uint32_t channel, const struct hash *hash,
                     struct store_blob *ret_blob)
{
	int r = store_may_write(store, channel);

	if (r != OK)
		return r;
	r = store->backend->get_blob(store, channel, hash, ret_blob);
	if (r == ERROR_NOT_FOUND)
		return store_refuse(store, r, "the blob was not announced");
	return store_wrote(store, r);
}

/* Whether a blob of this size and owner may be announced. */
static int check_blob(struct store *store, uint32_t channel, uint64_t total, unsigned owner)
{
	int r = store_may_write(store, channel);

	if (r != OK)
		return r;
	if (total == 0 || total > STORE_BLOB_MAXIMUM || owner >= STORE_PARTIES)
		return store_refuse(store, ERROR_LIMIT, "a blob is over the limits");
	return OK;
}

int store_begin_blob(struct store *store, uint32_t channel, const struct hash *hash, uint64_t total,
                     unsigned owner)
{
	struct store_blob blob = { .hash = *hash, .total = total, .owner = (uint8_t)owner };
	struct store_blob known;
	int r;

	if ((r = check_blob(store, channel, total, owner)) != OK)
		return r;
	r = store->backend->get_blob(store, channel, hash, &known);
	if (r == OK) {
		if (known.total == total && known.owner == owner)
			return OK;
		return store_refuse(store, ERROR_MISMATCH,
		                    "the blob was announced with another size or owner");
	}
	if (r == ERROR_NOT_FOUND)
		r = store->backend->put_blob(store, channel, &blob);
	return store_wrote(store, r);
}

int store_add_blob(struct store *store, uint32_t channel, const struct hash *hash, unsigned owner,
                   struct bytes content)
{
	struct store_blob blob = {
		.hash = *hash,
		.total = content.size,
		.size = content.size,
		.owner = (uint8_t)owner,
		.complete = true,
	};
	struct store_blob known;
	int r;

	if ((r = check_blob(store, channel, content.size, owner)) != OK)
		return r;
	if (content.size > STORE_PIECE_MAXIMUM)
		return store_refuse(store, ERROR_LIMIT, "a blob is too long to be stored at once");
	r = store->backend->get_blob(store, channel, hash, &known);
	if (r == OK)
		return store_refuse(store, ERROR_EXISTS, "the blob was announced before");
	if (r == ERROR_NOT_FOUND && (r = store->backend->put_blob(store, channel, &blob)) == OK)
		r = store->backend->write_blob(store, channel, hash, 0, content);
	return store_wrote(store, r);
}

/* Compares the bytes of `piece` with those stored from `offset` on. */
static int compare_stored(struct store *store, uint32_t channel, const struct hash *hash,
                          uint64_t offset, struct bytes piece)
{
	uint8_t stored[COMPARED_AT_ONCE];

	for (size_t done = 0; done < piece.size;) {
		size_t size = piece.size - done;
		int r;

		if (size > sizeof stored)
			size = sizeof stored;
		r = store->backend->read_blob(store, channel, hash, offset + done, stored, size);
		if (r != OK)
			return r;
		if (memcmp(stored, piece.data + done, size) != 0)
			return store_refuse(store, ERROR_MISMATCH,
			                    "a piece of a blob contradicts what is stored");
		done += size;
	}
	return OK;
}

int store_append_blob(struct store *store, uint32_t channel, const struct hash *hash,
                      uint64_t offset, struct bytes piece)
{
	struct store_blob blob;
	size_t known;
	int r;

	if ((r = open_blob(store, channel, hash, &blob)) != OK)
		return r;
	if (piece.size > STORE_PIECE_MAXIMUM || offset > blob.total ||
	    piece.size > blob.total - offset)
		return store_refuse(store, ERROR_LIMIT,
		                    "a piece of a blob goes beyond its end, or is too long");
	if (offset > blob.size)
		return store_refuse(store, ERROR_STATE, "a piece of a blob leaves a gap");
	known = blob.size - offset < piece.size ? (size_t)(blob.size - offset) : piece.size;
	r = compare_stored(store, channel, hash, offset, bytes_of(piece.data, known));
	if (r != OK || known == piece.size)
		return store_wrote(store, r);
	piece = bytes_of(piece.data + known, piece.size - known);
	r = store->backend->write_blob(store, channel, hash, blob.size, piece);
	if (r == OK) {
		blob.size += piece.size;
		r = store->backend->put_blob(store, channel, &blob);
	}
	return store_wrote(store, r);
}

int store_complete_blob(struct store *store, uint32_t channel, const struct hash *hash)
{
	struct store_blob blob;
	int r;

	if ((r = open_blob(store, channel, hash, &blob)) != OK)
		return r;
	if (blob.size != blob.total)
		return store_refuse(store, ERROR_STATE, "bytes of the blob are missing");
	blob.complete = true;
	return store_wrote(store, store->backend->put_blob(store, channel, &blob));
}

int store_delete_blob(struct store *store, uint32_t channel, const struct hash *hash)
{
	struct store_blob blob;
	int r;

	if ((r = store_may_write(store, channel)) != OK)
		return r;
	r = store->backend->get_blob(store, channel, hash, &blob);
	if (r == ERROR_NOT_FOUND)
		return OK;
	if (r == OK)
		r = store->backend->delete_blob(store, channel, hash);
	return store_wrote(store, r);
}

int store_get_blob(struct store *store, uint32_t channel, const struct hash *hash,
                   struct store_blob *ret_blob)
{
	int r = store_may_read(store, channel);

	return r != OK ? r : store->backend->get_blob(store, channel, hash, ret_blob);
}

int store_read_blob(struct store *store, uint32_t channel, const struct hash *hash, uint64_t offset,
                    size_t size, struct buffer *buffer)
{
	size_t before = buffer->size;
	struct store_blob blob;
	uint8_t *place;
	int r;

	if ((r = store_get_blob(store, channel, hash, &blob)) != OK)
		return r;
	if (size > STORE_PIECE_MAXIMUM)
		return ERROR_LIMIT;
	if (offset >= blob.size)
		return OK;
	if (size > blob.size - offset)
		size = (size_t)(blob.size - offset);
	if (size == 0)
		return OK;
	if ((r = buffer_extend(buffer, size, &place)) != OK)
		return r;
	r = store->backend->read_blob(store, channel, hash, offset, place, size);
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}
