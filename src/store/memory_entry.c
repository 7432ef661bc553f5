/* Entries and heads in memory. */
#include "memory_access.h"
#include "memory_operations.h"
#include "store_page.h"

/* ---- Entries ---- */

static int add_entry(struct store *store, uint32_t channel, const struct store_entry *entry)
{
	struct memory_store *memory = store->state;
	uint8_t arrival[8];
	int r;

	memcpy(arrival, &entry->arrival, sizeof arrival);
	buffer_clear(&memory->scratch);
	if (buffer_put(&memory->scratch, entry, sizeof *entry) != OK ||
	    buffer_put_bytes(&memory->scratch, entry->bytes) != OK)
		return memory_exhausted(store);
	r = memory_put(store, TABLE_ENTRY, memory_key_of2(channel, entry->arrival),
	               memory->scratch.data, memory->scratch.size);
	if (r != OK)
		return r;
	return memory_put(store, TABLE_NUMBER, memory_key_of3(channel, entry->log, entry->number),
	                  arrival, sizeof arrival);
}

int memory_add_entries(struct store *store, uint32_t channel, unsigned log, uint64_t first_arrival,
                       const struct store_entry *entries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct store_entry entry = entries[i];
		int r;

		entry.log = (uint8_t)log;
		entry.arrival = first_arrival + i;
		if ((r = add_entry(store, channel, &entry)) != OK)
			return r;
	}
	return OK;
}

int memory_count_entries(struct store *store, uint32_t channel, unsigned log, uint64_t *ret_count)
{
	const struct memory_row *row = memory_find_last(store, TABLE_NUMBER,
	                                                memory_key_of2(channel, log),
	                                                memory_key_of3(channel, log, UINT64_MAX));

	*ret_count = row ? memory_key_last_number(memory_row_key(row)) + 1 : 0;
	return OK;
}

int memory_count_arrivals(struct store *store, uint32_t channel, uint64_t *ret_count)
{
	const struct memory_row *row = memory_find_last(store, TABLE_ENTRY, memory_key_of(channel),
	                                                memory_key_of2(channel, UINT64_MAX));

	*ret_count = row ? memory_key_last_number(memory_row_key(row)) + 1 : 0;
	return OK;
}

/* The entry of an TABLE_ENTRY row; its bytes are in the row. */
static struct store_entry entry_of_row(const struct memory_row *row)
{
	struct bytes value = memory_row_value(row);
	struct store_entry entry;

	memcpy(&entry, value.data, sizeof entry);
	entry.bytes = bytes_of(value.data + sizeof entry, value.size - sizeof entry);
	return entry;
}

static struct memory_walk walk_query(const struct store *store, const struct store_query *query)
{
	uint32_t channel = query->channel;

	if (query->order == STORE_ORDER_NUMBER)
		return memory_walk(store, TABLE_NUMBER, memory_key_of2(channel, query->log),
		                   memory_key_of3(channel, query->log, query->from));
	return memory_walk(store, TABLE_ENTRY, memory_key_of(channel),
	                   memory_key_of2(channel, query->from));
}

int memory_list_entries(struct store *store, const struct store_query *query,
                        struct store_entries *page)
{
	struct memory_walk walk = walk_query(store, query);
	const struct memory_row *row;

	while (page->count < query->count && (row = memory_walk_next(&walk)) != NULL) {
		uint64_t arrival = memory_key_last_number(memory_row_key(row));
		struct store_entry entry;
		int r;

		if (query->order == STORE_ORDER_NUMBER)
			memcpy(&arrival, memory_row_value(row).data, sizeof arrival);
		entry = entry_of_row(
		    memory_get(store, TABLE_ENTRY, memory_key_of2(query->channel, arrival)));
		if (page->count > 0 && page->bytes.size + entry.bytes.size > query->maximum)
			break;
		if ((r = store_entries_add(page, &entry)) != OK)
			return r;
	}
	return OK;
}

/* ---- Heads ---- */

int memory_add_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                    struct bytes note)
{
	return memory_put(store, TABLE_HEAD, memory_key_of3(channel, log, size), note.data,
	                  note.size);
}

int memory_put_cosignature(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                           const char *cosigner, struct bytes line)
{
	struct memory_key key = memory_key_of3(channel, log, size);

	memory_key_add(&key, cosigner, strnlen(cosigner, STORE_NAME_CAPACITY));
	return memory_put(store, TABLE_LINE, key, line.data, line.size);
}

static bool has_line(const struct store *store, struct memory_key head, const char *cosigner)
{
	memory_key_add(&head, cosigner, strnlen(cosigner, STORE_NAME_CAPACITY));
	return memory_get(store, TABLE_LINE, head) != NULL;
}

int memory_find_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                     const char *cosigner, uint64_t *ret_size)
{
	struct memory_key prefix = memory_key_of2(channel, log);

	for (;;) {
		const struct memory_row *row = memory_find_last(store, TABLE_HEAD, prefix,
		                                                memory_key_of3(channel, log, size));

		if (!row)
			return ERROR_NOT_FOUND;
		size = memory_key_last_number(memory_row_key(row));
		if (!cosigner || has_line(store, memory_key_of3(channel, log, size), cosigner)) {
			*ret_size = size;
			return OK;
		}
		if (size == 0)
			return ERROR_NOT_FOUND;
		size--;
	}
}

int memory_read_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                     struct store_head *head)
{
	struct memory_key key = memory_key_of3(channel, log, size);
	struct memory_walk lines = memory_walk(store, TABLE_LINE, key, key);
	const struct memory_row *row = memory_get(store, TABLE_HEAD, key);
	int r;

	if (!row)
		return ERROR_NOT_FOUND;
	r = store_head_begin(head, size, memory_row_value(row));
	while (r == OK && (row = memory_walk_next(&lines)) != NULL)
		r = store_head_add_line(head, memory_row_value(row));
	return r;
}
