/* Blobs in SQLite: a row that describes the blob, and its bytes in chunks.
 *
 *     offset  0            256 KiB        512 KiB      size
 *             |== chunk 0 ==|== chunk 1 ===|== chunk 2 ==|
 *
 * Every chunk but the last is full, so that the place of a byte follows from its
 * offset, in whatever pieces the blob came. A new piece first fills the last
 * chunk up.
 */
#include "sqlite_rows.h"

#include "sqlite_statement.h"

enum { CHUNK_SIZE = 256 << 10 };
#define CHUNKS_MAXIMUM (STORE_BLOB_MAXIMUM / CHUNK_SIZE)

int sqlite_put_blob(struct store *store, uint32_t channel, const struct store_blob *blob)
{
	return sqlite_run(store, SQL_PUT_BLOB,
	                  SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_hash(&blob->hash),
	                                   sqlite_number(blob->total), sqlite_number(blob->size),
	                                   sqlite_number(blob->owner),
	                                   sqlite_number(blob->complete)));
}

static int blob_of_row(struct store *store, sqlite3_stmt *statement, struct store_blob *ret_blob)
{
	struct store_blob blob = {
		.total = sqlite_column_number(statement, 1),
		.size = sqlite_column_number(statement, 2),
		.owner = (uint8_t)sqlite_column_number(statement, 3),
		.complete = sqlite_column_number(statement, 4) != 0,
	};
	int r = sqlite_column_hash(store, statement, 0, &blob.hash);

	if (r == OK)
		*ret_blob = blob;
	return r;
}

int sqlite_get_blob(struct store *store, uint32_t channel, const struct hash *hash,
                    struct store_blob *ret_blob)
{
	sqlite3_stmt *statement = NULL;
	int r = sqlite_start(store, SQL_GET_BLOB,
	                     SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_hash(hash)),
	                     &statement);

	if (r != OK || (r = sqlite_next(store, statement)) != OK)
		return r;
	r = blob_of_row(store, statement, ret_blob);
	sqlite3_reset(statement);
	return r;
}

/* The place of the blob's chunk 0. */
static int find_chunks(struct store *store, uint32_t channel, const struct hash *hash,
                       uint64_t *ret_number, uint64_t *ret_place)
{
	sqlite3_stmt *statement = NULL;
	int r = sqlite_start(store, SQL_FIND_BLOB,
	                     SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_hash(hash)),
	                     &statement);

	if (r != OK || (r = sqlite_next(store, statement)) != OK)
		return r;
	*ret_number = sqlite_column_number(statement, 0);
	*ret_place = *ret_number * CHUNKS_MAXIMUM;
	sqlite3_reset(statement);
	return OK;
}

int sqlite_delete_blob(struct store *store, uint32_t channel, const struct hash *hash)
{
	uint64_t number, place;
	int r;

	if ((r = find_chunks(store, channel, hash, &number, &place)) != OK ||
	    (r = sqlite_run(store, SQL_DELETE_CHUNKS,
	                    SQLITE_ARGUMENTS(sqlite_number(place),
	                                     sqlite_number(place + CHUNKS_MAXIMUM - 1)))) != OK)
		return r;
	return sqlite_run(store, SQL_DELETE_BLOB, SQLITE_ARGUMENTS(sqlite_number(number)));
}

int sqlite_write_blob(struct store *store, uint32_t channel, const struct hash *hash,
                      uint64_t offset, struct bytes piece)
{
	uint64_t number, place;
	int r = find_chunks(store, channel, hash, &number, &place);

	while (r == OK && piece.size > 0) {
		uint64_t chunk = place + offset / CHUNK_SIZE;
		size_t filled = (size_t)(offset % CHUNK_SIZE);
		size_t part = CHUNK_SIZE - filled;

		if (part > piece.size)
			part = piece.size;
		r = sqlite_run(store, filled > 0 ? SQL_EXTEND_CHUNK : SQL_ADD_CHUNK,
		               SQLITE_ARGUMENTS(sqlite_number(chunk),
		                                sqlite_bytes(bytes_of(piece.data, part))));
		offset += part;
		piece = bytes_of(piece.data + part, piece.size - part);
	}
	return r;
}

static int read_chunk(struct store *store, uint64_t chunk, size_t start, uint8_t *bytes,
                      size_t size)
{
	struct bytes view;
	sqlite3_stmt *statement = NULL;
	int r = sqlite_start(
	    store, SQL_READ_CHUNK,
	    SQLITE_ARGUMENTS(sqlite_number(chunk), sqlite_number(start + 1), sqlite_number(size)),
	    &statement);

	if (r != OK)
		return r;
	r = sqlite_next(store, statement);
	if (r == ERROR_NOT_FOUND)
		return error_set(&store->failure, ERROR_IO,
		                 "the database is damaged: a chunk of a blob is missing");
	if (r != OK)
		return r;
	view = sqlite_column_view(statement, 0);
	if (view.size == size)
		memcpy(bytes, view.data, size);
	else
		r = error_set(&store->failure, ERROR_IO,
		              "the database is damaged: a chunk of a blob is too short");
	sqlite3_reset(statement);
	return r;
}

int sqlite_read_blob(struct store *store, uint32_t channel, const struct hash *hash,
                     uint64_t offset, uint8_t *bytes, size_t size)
{
	uint64_t number, place;
	int r = find_chunks(store, channel, hash, &number, &place);

	while (r == OK && size > 0) {
		size_t start = (size_t)(offset % CHUNK_SIZE);
		size_t part = CHUNK_SIZE - start;

		if (part > size)
			part = size;
		r = read_chunk(store, place + offset / CHUNK_SIZE, start, bytes, part);
		offset += part;
		bytes += part;
		size -= part;
	}
	return r;
}
