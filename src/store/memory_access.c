#include "memory_access.h"

/* ---- Keys ---- */

void memory_key_add(struct memory_key *key, const void *data, size_t size)
{
	memcpy(key->bytes + key->size, data, size);
	key->size += size;
}

void memory_key_add_number(struct memory_key *key, uint64_t number)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		key->bytes[key->size++] = (uint8_t)(number >> shift);
}

struct memory_key memory_key_of(uint64_t first)
{
	struct memory_key key = { .size = 0 };

	memory_key_add_number(&key, first);
	return key;
}

struct memory_key memory_key_of2(uint64_t first, uint64_t second)
{
	struct memory_key key = memory_key_of(first);

	memory_key_add_number(&key, second);
	return key;
}

struct memory_key memory_key_of3(uint64_t first, uint64_t second, uint64_t third)
{
	struct memory_key key = memory_key_of2(first, second);

	memory_key_add_number(&key, third);
	return key;
}

struct memory_key memory_key_of_hash(uint32_t channel, const struct hash *hash)
{
	struct memory_key key = memory_key_of(channel);

	memory_key_add(&key, hash->bytes, sizeof hash->bytes);
	return key;
}

struct memory_key memory_key_of_name(uint32_t channel, const char *name)
{
	struct memory_key key = memory_key_of(channel);

	memory_key_add(&key, name, strnlen(name, STORE_NAME_CAPACITY));
	return key;
}

struct bytes memory_key_view(const struct memory_key *key)
{
	return bytes_of(key->bytes, key->size);
}

uint64_t memory_key_last_number(struct bytes key)
{
	uint64_t number = 0;

	for (size_t i = key.size - 8; i < key.size; i++)
		number = number << 8 | key.data[i];
	return number;
}

/* ---- Rows ---- */

int memory_exhausted(struct store *store)
{
	return error_set(&store->failure, ERROR_MEMORY, "no memory for a row");
}

int memory_put(struct store *store, enum memory_table_name table, struct memory_key key,
               const void *value, size_t size)
{
	struct memory_store *memory = store->state;

	if (memory_table_put(&memory->tables[table], &memory->journal, memory_key_view(&key),
	                     bytes_of(value, size)) != OK)
		return memory_exhausted(store);
	return OK;
}

const struct memory_row *memory_get(const struct store *store, enum memory_table_name table,
                                    struct memory_key key)
{
	const struct memory_store *memory = store->state;

	return memory_table_get(&memory->tables[table], memory_key_view(&key));
}

int memory_get_fixed(const struct store *store, enum memory_table_name table, struct memory_key key,
                     void *ret_value, size_t size)
{
	const struct memory_row *row = memory_get(store, table, key);

	if (!row)
		return ERROR_NOT_FOUND;
	memcpy(ret_value, memory_row_value(row).data, size);
	return OK;
}

struct memory_walk memory_walk(const struct store *store, enum memory_table_name table,
                               struct memory_key prefix, struct memory_key first)
{
	const struct memory_store *memory = store->state;
	struct memory_walk walk = { .table = &memory->tables[table], .prefix = prefix };

	walk.place = memory_table_seek(walk.table, memory_key_view(&first));
	return walk;
}

const struct memory_row *memory_walk_next(struct memory_walk *walk)
{
	const struct memory_row *row;

	if (walk->place >= walk->table->count)
		return NULL;
	row = walk->table->rows[walk->place];
	if (!bytes_begin_with(memory_row_key(row), memory_key_view(&walk->prefix)))
		return NULL;
	walk->place++;
	return row;
}

const struct memory_row *memory_find_last(const struct store *store, enum memory_table_name table,
                                          struct memory_key prefix, struct memory_key last)
{
	const struct memory_store *memory = store->state;
	const struct memory_table *rows = &memory->tables[table];
	size_t place = memory_table_seek(rows, memory_key_view(&last));

	if (place < rows->count &&
	    bytes_equal(memory_row_key(rows->rows[place]), memory_key_view(&last)))
		return rows->rows[place];
	if (place == 0 ||
	    !bytes_begin_with(memory_row_key(rows->rows[place - 1]), memory_key_view(&prefix)))
		return NULL;
	return rows->rows[place - 1];
}
