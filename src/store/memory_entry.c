/* Entries, tree hashes, heads and usage in memory. */
#include "memory_access.h"
#include "memory_operations.h"
#include "store_page.h"

/* ---- Entries ---- */

int memory_set_usage(struct store *store, uint32_t channel, unsigned log,
                     const struct store_usage *usage)
{
	return memory_put(store, TABLE_USAGE, memory_key_of2(channel, log), usage, sizeof *usage);
}

int memory_get_usage(struct store *store, uint32_t channel, unsigned log,
                     struct store_usage *ret_usage)
{
	if (memory_get_fixed(store, TABLE_USAGE, memory_key_of2(channel, log), ret_usage,
	                     sizeof *ret_usage) != OK)
		*ret_usage = (struct store_usage){ 0 };
	return OK;
}

static int add_entry(struct store *store, uint32_t channel, const struct store_entry *entry)
{
	struct memory_store *memory = store->state;
	struct memory_key text = memory_key_of3(channel, entry->log,
	                                        (uint64_t)entry->time ^ UINT64_C(1) << 63);
	uint8_t arrival[8];
	int r;

	memory_key_add(&text, entry->text_hash.bytes, HASH_SIZE);
	memory_key_add_number(&text, entry->number);
	memcpy(arrival, &entry->arrival, sizeof arrival);
	buffer_clear(&memory->scratch);
	if (buffer_put(&memory->scratch, entry, sizeof *entry) != OK ||
	    buffer_put_bytes(&memory->scratch, entry->bytes) != OK)
		return memory_exhausted(store);
	if ((r = memory_put(store, TABLE_ENTRY, memory_key_of2(channel, entry->arrival),
	                    memory->scratch.data, memory->scratch.size)) != OK ||
	    (r = memory_put(store, TABLE_NUMBER, memory_key_of3(channel, entry->log, entry->number),
	                    arrival, sizeof arrival)) != OK ||
	    (r = memory_put(store, TABLE_TEXT, text, NULL, 0)) != OK)
		return r;
	if (!entry->has_matter)
		return OK;
	return memory_put(
	    store, TABLE_MATTER,
	    memory_key_of4(channel, entry->matter.log, entry->matter.number, entry->arrival), NULL,
	    0);
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
	struct store_reference reference = query->reference;

	if (query->order == STORE_ORDER_NUMBER)
		return memory_walk(store, TABLE_NUMBER, memory_key_of2(channel, reference.log),
		                   memory_key_of3(channel, reference.log, query->from));
	if (query->order == STORE_ORDER_MATTER)
		return memory_walk(
		    store, TABLE_MATTER, memory_key_of3(channel, reference.log, reference.number),
		    memory_key_of4(channel, reference.log, reference.number, query->from));
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

int memory_find_entry(struct store *store, uint32_t channel, unsigned log, timestamp time,
                      const struct hash *text_hash, uint64_t from, uint64_t *ret_number)
{
	struct memory_key prefix = memory_key_of3(channel, log, (uint64_t)time ^ UINT64_C(1) << 63),
			  first;
	const struct memory_row *row;
	struct memory_walk walk;

	memory_key_add(&prefix, text_hash->bytes, HASH_SIZE);
	first = prefix;
	memory_key_add_number(&first, from);
	walk = memory_walk(store, TABLE_TEXT, prefix, first);
	row = memory_walk_next(&walk);
	if (!row)
		return ERROR_NOT_FOUND;
	*ret_number = memory_key_last_number(memory_row_key(row));
	return OK;
}

/* ---- Tree hashes ---- */

int memory_put_subtrees(struct store *store, uint32_t channel, unsigned log,
                        const struct store_subtree *subtrees, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct memory_key key = memory_key_of4(channel, log, subtrees[i].level,
		                                       subtrees[i].index);
		int r;

		if (memory_get(store, TABLE_SUBTREE, key))
			return ERROR_EXISTS;
		if ((r = memory_put(store, TABLE_SUBTREE, key, &subtrees[i].hash, HASH_SIZE)) != OK)
			return r;
	}
	return OK;
}

static int get_leaf(struct store *store, uint32_t channel, unsigned log, uint64_t number,
                    struct hash *ret_hash)
{
	const struct memory_row *row = memory_get(store, TABLE_NUMBER,
	                                          memory_key_of3(channel, log, number));
	uint64_t arrival;

	if (!row)
		return ERROR_NOT_FOUND;
	memcpy(&arrival, memory_row_value(row).data, sizeof arrival);
	*ret_hash = entry_of_row(memory_get(store, TABLE_ENTRY, memory_key_of2(channel, arrival)))
	                .leaf_hash;
	return OK;
}

int memory_get_subtrees(struct store *store, uint32_t channel, unsigned log, unsigned level,
                        uint64_t index, size_t count, struct hash *hashes)
{
	for (size_t i = 0; i < count; i++) {
		int r;

		if (level == 0)
			r = get_leaf(store, channel, log, index + i, &hashes[i]);
		else
			r = memory_get_fixed(store, TABLE_SUBTREE,
			                     memory_key_of4(channel, log, level, index + i),
			                     &hashes[i], HASH_SIZE);
		if (r != OK)
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

int memory_list_heads(struct store *store, uint32_t channel, unsigned log, uint64_t from,
                      size_t count, struct store_heads *page)
{
	struct memory_walk heads = memory_walk(store, TABLE_HEAD, memory_key_of2(channel, log),
	                                       memory_key_of3(channel, log, from));
	const struct memory_row *row;

	while (page->count < count && page->bytes.size < STORE_PAGE_BYTES_MAXIMUM &&
	       (row = memory_walk_next(&heads)) != NULL) {
		uint64_t size = memory_key_last_number(memory_row_key(row));
		struct memory_key head = memory_key_of3(channel, log, size);
		struct memory_walk lines = memory_walk(store, TABLE_LINE, head, head);
		int r = store_heads_add(page, size, memory_row_value(row));

		while (r == OK && (row = memory_walk_next(&lines)) != NULL)
			r = store_heads_add_line(page, memory_row_value(row));
		if (r != OK)
			return r;
	}
	return OK;
}
