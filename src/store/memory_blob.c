/* Blobs in memory: the pieces as they came, by their offsets. */
#include "memory_access.h"
#include "memory_operations.h"

int memory_put_blob(struct store *store, uint32_t channel, const struct store_blob *blob)
{
	return memory_put(store, TABLE_BLOB, memory_key_of_hash(channel, &blob->hash), blob,
	                  sizeof *blob);
}

int memory_get_blob(struct store *store, uint32_t channel, const struct hash *hash,
                    struct store_blob *ret_blob)
{
	return memory_get_fixed(store, TABLE_BLOB, memory_key_of_hash(channel, hash), ret_blob,
	                        sizeof *ret_blob);
}

int memory_delete_blob(struct store *store, uint32_t channel, const struct hash *hash)
{
	struct memory_store *memory = store->state;
	struct memory_key key = memory_key_of_hash(channel, hash);
	const struct memory_row *row;

	if (memory_table_delete(&memory->tables[TABLE_BLOB], &memory->journal,
	                        memory_key_view(&key)) != OK)
		return memory_exhausted(store);
	for (;;) {
		struct memory_walk walk = memory_walk(store, TABLE_PIECE, key, key);

		row = memory_walk_next(&walk);
		if (!row)
			return OK;
		if (memory_table_delete(&memory->tables[TABLE_PIECE], &memory->journal,
		                        memory_row_key(row)) != OK)
			return memory_exhausted(store);
	}
}

int memory_write_blob(struct store *store, uint32_t channel, const struct hash *hash,
                      uint64_t offset, struct bytes piece)
{
	struct memory_key key = memory_key_of_hash(channel, hash);

	memory_key_add_number(&key, offset);
	return memory_put(store, TABLE_PIECE, key, piece.data, piece.size);
}

int memory_read_blob(struct store *store, uint32_t channel, const struct hash *hash,
                     uint64_t offset, uint8_t *bytes, size_t size)
{
	struct memory_key prefix = memory_key_of_hash(channel, hash), last = prefix;
	const struct memory_row *row;
	struct memory_walk walk;

	memory_key_add_number(&last, offset);
	row = memory_find_last(store, TABLE_PIECE, prefix, last);
	if (!row)
		return error_set(&store->failure, ERROR_INTERNAL, "bytes of a blob are missing");
	last.size = 0;
	memory_key_add(&last, memory_row_key(row).data, memory_row_key(row).size);
	walk = memory_walk(store, TABLE_PIECE, prefix, last);
	while (size > 0 && (row = memory_walk_next(&walk)) != NULL) {
		struct bytes piece = memory_row_value(row);
		uint64_t skipped = offset - memory_key_last_number(memory_row_key(row));
		size_t part = piece.size - (size_t)skipped;

		if (part > size)
			part = size;
		memcpy(bytes, piece.data + skipped, part);
		bytes += part;
		offset += part;
		size -= part;
	}
	return OK;
}
