/* The memory backend: transactions, channels, values, the register of openings,
 * and the table of operations. */
#include "allocate.h"
#include "memory_access.h"
#include "memory_operations.h"
#include "store_page.h"

/* ---- Transactions ---- */

static void memory_close(struct store *store)
{
	struct memory_store *memory = store->state;

	memory_journal_release(&memory->journal);
	for (size_t i = 0; i < TABLE_COUNT; i++)
		memory_table_release(&memory->tables[i]);
	buffer_release(&memory->scratch);
	release_memory(memory);
}

static int memory_begin(struct store *store)
{
	(void)store;
	return OK;
}

static int memory_commit(struct store *store)
{
	struct memory_store *memory = store->state;

	memory_journal_commit(&memory->journal);
	return OK;
}

static void memory_rollback(struct store *store)
{
	struct memory_store *memory = store->state;

	memory_journal_rollback(&memory->journal);
}

/* There never is a copy for the other operations. */
static int memory_begin_copy(struct store *store, struct store_copy **ret_copy)
{
	(void)ret_copy;
	return error_set(&store->failure, ERROR_UNSUPPORTED, "a store in memory is not copied");
}

/* ---- Channels ---- */

static int memory_count_channels(struct store *store, uint32_t *ret_count)
{
	const struct memory_store *memory = store->state;

	*ret_count = (uint32_t)memory->tables[TABLE_CHANNEL].count;
	return OK;
}

static int memory_list_channels(struct store *store, uint32_t after, size_t capacity,
                                struct store_channel *ret_channels, size_t *ret_count)
{
	struct memory_walk walk = memory_walk(store, TABLE_CHANNEL,
	                                      (struct memory_key){ .size = 0 },
	                                      memory_key_of((uint64_t)after + 1));
	const struct memory_row *row;
	size_t count = 0;

	while (count < capacity && (row = memory_walk_next(&walk)) != NULL)
		memcpy(&ret_channels[count++], memory_row_value(row).data, sizeof *ret_channels);
	*ret_count = count;
	return OK;
}

static int memory_add_channel(struct store *store, const struct store_channel *channel)
{
	struct memory_walk walk = memory_walk(store, TABLE_CHANNEL,
	                                      (struct memory_key){ .size = 0 }, memory_key_of(0));
	const struct memory_row *row;

	while ((row = memory_walk_next(&walk)) != NULL) {
		struct store_channel known;

		memcpy(&known, memory_row_value(row).data, sizeof known);
		if (hash_equal(&known.id, &channel->id))
			return ERROR_EXISTS;
	}
	return memory_put(store, TABLE_CHANNEL, memory_key_of(channel->number), channel,
	                  sizeof *channel);
}

/* ---- Values ---- */

static int memory_set_value(struct store *store, uint32_t channel, const char *key,
                            struct bytes value)
{
	return memory_put(store, TABLE_VALUE, memory_key_of_name(channel, key), value.data,
	                  value.size);
}

static int memory_get_value(struct store *store, uint32_t channel, const char *key,
                            struct buffer *buffer)
{
	const struct memory_row *row = memory_get(store, TABLE_VALUE,
	                                          memory_key_of_name(channel, key));

	return row ? buffer_put_bytes(buffer, memory_row_value(row)) : ERROR_NOT_FOUND;
}

static int memory_delete_value(struct store *store, uint32_t channel, const char *key)
{
	struct memory_store *memory = store->state;
	struct memory_key name = memory_key_of_name(channel, key);

	if (memory_table_delete(&memory->tables[TABLE_VALUE], &memory->journal,
	                        memory_key_view(&name)) != OK)
		return memory_exhausted(store);
	return OK;
}

static int memory_list_values(struct store *store, uint32_t channel, const char *prefix,
                              const char *after, size_t count, struct store_values *page)
{
	struct memory_key first = memory_key_of_name(channel, prefix),
			  last = memory_key_of_name(channel, after);
	size_t channel_size = memory_key_of(channel).size;
	const struct memory_row *row;
	struct memory_walk walk;
	int r;

	if (bytes_compare(memory_key_view(&last), memory_key_view(&first)) > 0)
		walk = memory_walk(store, TABLE_VALUE, first, last);
	else
		walk = memory_walk(store, TABLE_VALUE, first, first);
	while (page->count < count && page->bytes.size < STORE_PAGE_BYTES_MAXIMUM &&
	       (row = memory_walk_next(&walk)) != NULL) {
		struct bytes key = memory_row_key(row);

		if (bytes_equal(key, memory_key_view(&last)))
			continue;
		key = bytes_of(key.data + channel_size, key.size - channel_size);
		if ((r = store_values_add(page, key, memory_row_value(row))) != OK)
			return r;
	}
	return OK;
}

/* ---- Circulation ---- */

static int memory_add_openings(struct store *store, uint32_t channel,
                               const struct store_opening *openings, size_t count)
{
	const struct memory_row *row = memory_find_last(
	    store, TABLE_OPENING, memory_key_of(channel), memory_key_of2(channel, UINT64_MAX));
	uint64_t position = row ? memory_key_last_number(memory_row_key(row)) : 0;

	for (size_t i = 0; i < count; i++) {
		struct store_opening opening = openings[i];
		int r;

		opening.position = ++position;
		r = memory_put(store, TABLE_OPENING, memory_key_of2(channel, position), &opening,
		               sizeof opening);
		if (r != OK)
			return r;
	}
	return OK;
}

static int memory_list_openings(struct store *store, uint32_t channel, uint64_t after,
                                size_t capacity, struct store_opening *ret_openings,
                                size_t *ret_count)
{
	struct memory_walk walk = memory_walk(store, TABLE_OPENING, memory_key_of(channel),
	                                      memory_key_of2(channel, after + 1));
	const struct memory_row *row;
	size_t count = 0;

	while (count < capacity && (row = memory_walk_next(&walk)) != NULL)
		memcpy(&ret_openings[count++], memory_row_value(row).data, sizeof *ret_openings);
	*ret_count = count;
	return OK;
}

static const struct store_backend memory_backend = {
	.close = memory_close,
	.begin = memory_begin,
	.commit = memory_commit,
	.rollback = memory_rollback,
	.begin_copy = memory_begin_copy,
	.add_channel = memory_add_channel,
	.count_channels = memory_count_channels,
	.list_channels = memory_list_channels,
	.set_value = memory_set_value,
	.get_value = memory_get_value,
	.delete_value = memory_delete_value,
	.list_values = memory_list_values,
	.add_entries = memory_add_entries,
	.count_entries = memory_count_entries,
	.count_arrivals = memory_count_arrivals,
	.list_entries = memory_list_entries,
	.add_head = memory_add_head,
	.put_cosignature = memory_put_cosignature,
	.find_head = memory_find_head,
	.read_head = memory_read_head,
	.put_blob = memory_put_blob,
	.get_blob = memory_get_blob,
	.delete_blob = memory_delete_blob,
	.write_blob = memory_write_blob,
	.read_blob = memory_read_blob,
	.add_openings = memory_add_openings,
	.list_openings = memory_list_openings,
};

int store_open_memory(struct store **ret_store)
{
	struct memory_store *memory = allocate(1, sizeof *memory);
	int r;

	if (!memory)
		return ERROR_MEMORY;
	buffer_init(&memory->scratch, sizeof(struct store_entry) + STORE_ENTRY_MAXIMUM);
	r = store_new(&memory_backend, memory, ret_store, NULL);
	if (r != OK)
		release_memory(memory);
	return r;
}
