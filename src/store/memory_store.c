/* The memory backend: every kind of row has an ordered table (memory_rows.h),
 * with keys that sort as the lists of store.h are ordered.
 *
 *     table      key                                      value
 *     CHANNEL    number                                   struct store_channel
 *     VALUE      channel, key                             the bytes
 *     USAGE      channel, log                             struct store_usage
 *     ENTRY      channel, arrival                         struct store_entry, bytes
 *     NUMBER     channel, log, number                     arrival
 *     TEXT       channel, log, time, text hash, number    none
 *     MATTER     channel, log, number, arrival            none
 *     SUBTREE    channel, log, level, index               hash
 *     HEAD       channel, log, size                       note
 *     LINE       channel, log, size, cosigner             line
 *     BLOB       channel, hash                            struct store_blob
 *     PIECE      channel, hash, offset                    bytes
 *     OPENING    channel, position                        struct store_opening
 */
#include "store_backend.h"

#include "allocate.h"
#include "memory_rows.h"
#include "store_page.h"

enum table {
	CHANNEL,
	VALUE,
	USAGE,
	ENTRY,
	NUMBER,
	TEXT,
	MATTER,
	SUBTREE,
	HEAD,
	LINE,
	BLOB,
	PIECE,
	OPENING,
	TABLE_COUNT
};

struct memory_store {
	struct memory_table tables[TABLE_COUNT];
	struct memory_journal journal;
	struct buffer scratch; /* one value while it is put together */
};

/* ---- Keys ---- */

enum { KEY_CAPACITY = 64 + STORE_NAME_CAPACITY };

struct key {
	uint8_t bytes[KEY_CAPACITY];
	size_t size;
};

static void key_add(struct key *key, const void *data, size_t size)
{
	memcpy(key->bytes + key->size, data, size);
	key->size += size;
}

static void key_add_number(struct key *key, uint64_t number)
{
	for (int shift = 56; shift >= 0; shift -= 8)
		key->bytes[key->size++] = (uint8_t)(number >> shift);
}

static struct key key_of(uint64_t first)
{
	struct key key = { .size = 0 };

	key_add_number(&key, first);
	return key;
}

static struct key key_of2(uint64_t first, uint64_t second)
{
	struct key key = key_of(first);

	key_add_number(&key, second);
	return key;
}

static struct key key_of3(uint64_t first, uint64_t second, uint64_t third)
{
	struct key key = key_of2(first, second);

	key_add_number(&key, third);
	return key;
}

static struct key key_of4(uint64_t first, uint64_t second, uint64_t third, uint64_t fourth)
{
	struct key key = key_of3(first, second, third);

	key_add_number(&key, fourth);
	return key;
}

static struct key key_of_hash(uint32_t channel, const struct hash *hash)
{
	struct key key = key_of(channel);

	key_add(&key, hash->bytes, sizeof hash->bytes);
	return key;
}

/* Names longer than a name may be are cut; no row has such a name. */
static struct key key_of_name(uint32_t channel, const char *name)
{
	struct key key = key_of(channel);

	key_add(&key, name, strnlen(name, STORE_NAME_CAPACITY));
	return key;
}

static struct bytes key_view(const struct key *key)
{
	return bytes_of(key->bytes, key->size);
}

static uint64_t key_last_number(struct bytes key)
{
	uint64_t number = 0;

	for (size_t i = key.size - 8; i < key.size; i++)
		number = number << 8 | key.data[i];
	return number;
}

static bool begins_with(struct bytes bytes, struct bytes prefix)
{
	return bytes.size >= prefix.size &&
	       (prefix.size == 0 || memcmp(bytes.data, prefix.data, prefix.size) == 0);
}

/* ---- Rows ---- */

static int no_memory(struct store *store)
{
	return error_set(&store->failure, ERROR_MEMORY, "no memory for a row");
}

static int put(struct store *store, enum table table, struct key key, const void *value,
               size_t size)
{
	struct memory_store *memory = store->state;

	if (memory_table_put(&memory->tables[table], &memory->journal, key_view(&key),
	                     bytes_of(value, size)) != OK)
		return no_memory(store);
	return OK;
}

static const struct memory_row *get(const struct store *store, enum table table, struct key key)
{
	const struct memory_store *memory = store->state;

	return memory_table_get(&memory->tables[table], key_view(&key));
}

/* Copies the value of a row whose value is a struct. */
static int get_fixed(const struct store *store, enum table table, struct key key, void *ret_value,
                     size_t size)
{
	const struct memory_row *row = get(store, table, key);

	if (!row)
		return ERROR_NOT_FOUND;
	memcpy(ret_value, memory_row_value(row).data, size);
	return OK;
}

/* A walk over the rows of a table whose keys begin with a prefix. */
struct walk {
	const struct memory_table *table;
	size_t place;
	struct key prefix;
};

static struct walk walk_from(const struct store *store, enum table table, struct key prefix,
                             struct key first)
{
	const struct memory_store *memory = store->state;
	struct walk walk = { .table = &memory->tables[table], .prefix = prefix };

	walk.place = memory_table_seek(walk.table, key_view(&first));
	return walk;
}

static const struct memory_row *walk_next(struct walk *walk)
{
	const struct memory_row *row;

	if (walk->place >= walk->table->count)
		return NULL;
	row = walk->table->rows[walk->place];
	if (!begins_with(memory_row_key(row), key_view(&walk->prefix)))
		return NULL;
	walk->place++;
	return row;
}

/* The greatest row that begins with `prefix` and is not after `last`. */
static const struct memory_row *find_last(const struct store *store, enum table table,
                                          struct key prefix, struct key last)
{
	const struct memory_store *memory = store->state;
	const struct memory_table *rows = &memory->tables[table];
	size_t place = memory_table_seek(rows, key_view(&last));

	if (place < rows->count && bytes_equal(memory_row_key(rows->rows[place]), key_view(&last)))
		return rows->rows[place];
	if (place == 0 || !begins_with(memory_row_key(rows->rows[place - 1]), key_view(&prefix)))
		return NULL;
	return rows->rows[place - 1];
}

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

static int memory_backup(struct store *store, const char *path)
{
	(void)path;
	return error_set(&store->failure, ERROR_UNSUPPORTED, "a store in memory has no backup");
}

/* ---- Channels ---- */

static int memory_count_channels(struct store *store, uint32_t *ret_count)
{
	const struct memory_store *memory = store->state;

	*ret_count = (uint32_t)memory->tables[CHANNEL].count;
	return OK;
}

static int memory_list_channels(struct store *store, uint32_t after, size_t capacity,
                                struct store_channel *ret_channels, size_t *ret_count)
{
	struct walk walk = walk_from(store, CHANNEL, (struct key){ .size = 0 },
	                             key_of((uint64_t)after + 1));
	const struct memory_row *row;
	size_t count = 0;

	while (count < capacity && (row = walk_next(&walk)) != NULL)
		memcpy(&ret_channels[count++], memory_row_value(row).data, sizeof *ret_channels);
	*ret_count = count;
	return OK;
}

static int memory_find_channel(struct store *store, const struct hash *id,
                               struct store_channel *ret_channel)
{
	struct store_channel channel;
	size_t count;

	for (uint32_t after = 0;; after = channel.number) {
		memory_list_channels(store, after, 1, &channel, &count);
		if (count == 0)
			return ERROR_NOT_FOUND;
		if (hash_equal(&channel.id, id)) {
			*ret_channel = channel;
			return OK;
		}
	}
}

static int memory_add_channel(struct store *store, const struct store_channel *channel)
{
	struct store_channel known;

	if (memory_find_channel(store, &channel->id, &known) == OK)
		return ERROR_EXISTS;
	return put(store, CHANNEL, key_of(channel->number), channel, sizeof *channel);
}

/* ---- Values ---- */

static int memory_set_value(struct store *store, uint32_t channel, const char *key,
                            struct bytes value)
{
	return put(store, VALUE, key_of_name(channel, key), value.data, value.size);
}

static int memory_get_value(struct store *store, uint32_t channel, const char *key,
                            struct buffer *buffer)
{
	const struct memory_row *row = get(store, VALUE, key_of_name(channel, key));

	return row ? buffer_put_bytes(buffer, memory_row_value(row)) : ERROR_NOT_FOUND;
}

static int memory_delete_value(struct store *store, uint32_t channel, const char *key)
{
	struct memory_store *memory = store->state;
	struct key name = key_of_name(channel, key);

	if (memory_table_delete(&memory->tables[VALUE], &memory->journal, key_view(&name)) != OK)
		return no_memory(store);
	return OK;
}

static int memory_list_values(struct store *store, uint32_t channel, const char *prefix,
                              const char *after, size_t count, struct store_values *page)
{
	struct key first = key_of_name(channel, prefix), last = key_of_name(channel, after);
	size_t channel_size = key_of(channel).size;
	const struct memory_row *row;
	struct walk walk;
	int r;

	if (bytes_compare(key_view(&last), key_view(&first)) > 0)
		walk = walk_from(store, VALUE, first, last);
	else
		walk = walk_from(store, VALUE, first, first);
	while (page->count < count && page->bytes.size < STORE_PAGE_BYTES_MAXIMUM &&
	       (row = walk_next(&walk)) != NULL) {
		struct bytes key = memory_row_key(row);

		if (bytes_equal(key, key_view(&last)))
			continue;
		key = bytes_of(key.data + channel_size, key.size - channel_size);
		if ((r = store_values_add(page, key, memory_row_value(row))) != OK)
			return r;
	}
	return OK;
}

/* ---- Entries ---- */

static int memory_set_usage(struct store *store, uint32_t channel, unsigned log,
                            const struct store_usage *usage)
{
	return put(store, USAGE, key_of2(channel, log), usage, sizeof *usage);
}

static int memory_get_usage(struct store *store, uint32_t channel, unsigned log,
                            struct store_usage *ret_usage)
{
	if (get_fixed(store, USAGE, key_of2(channel, log), ret_usage, sizeof *ret_usage) != OK)
		*ret_usage = (struct store_usage){ 0 };
	return OK;
}

static int add_entry(struct store *store, uint32_t channel, const struct store_entry *entry)
{
	struct memory_store *memory = store->state;
	struct key text = key_of3(channel, entry->log, (uint64_t)entry->time ^ UINT64_C(1) << 63);
	uint8_t arrival[8];
	int r;

	key_add(&text, entry->text_hash.bytes, HASH_SIZE);
	key_add_number(&text, entry->number);
	memcpy(arrival, &entry->arrival, sizeof arrival);
	buffer_clear(&memory->scratch);
	if (buffer_put(&memory->scratch, entry, sizeof *entry) != OK ||
	    buffer_put_bytes(&memory->scratch, entry->bytes) != OK)
		return no_memory(store);
	if ((r = put(store, ENTRY, key_of2(channel, entry->arrival), memory->scratch.data,
	             memory->scratch.size)) != OK ||
	    (r = put(store, NUMBER, key_of3(channel, entry->log, entry->number), arrival,
	             sizeof arrival)) != OK ||
	    (r = put(store, TEXT, text, NULL, 0)) != OK)
		return r;
	if (!entry->has_matter)
		return OK;
	return put(store, MATTER,
	           key_of4(channel, entry->matter.log, entry->matter.number, entry->arrival), NULL,
	           0);
}

static int memory_add_entries(struct store *store, uint32_t channel, unsigned log,
                              uint64_t first_arrival, const struct store_entry *entries,
                              size_t count)
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

static int memory_count_arrivals(struct store *store, uint32_t channel, uint64_t *ret_count)
{
	const struct memory_row *row = find_last(store, ENTRY, key_of(channel),
	                                         key_of2(channel, UINT64_MAX));

	*ret_count = row ? key_last_number(memory_row_key(row)) + 1 : 0;
	return OK;
}

/* The entry of an ENTRY row; its bytes are in the row. */
static struct store_entry entry_of_row(const struct memory_row *row)
{
	struct bytes value = memory_row_value(row);
	struct store_entry entry;

	memcpy(&entry, value.data, sizeof entry);
	entry.bytes = bytes_of(value.data + sizeof entry, value.size - sizeof entry);
	return entry;
}

static struct walk walk_query(const struct store *store, const struct store_query *query)
{
	uint32_t channel = query->channel;
	struct store_reference reference = query->reference;

	if (query->order == STORE_ORDER_NUMBER)
		return walk_from(store, NUMBER, key_of2(channel, reference.log),
		                 key_of3(channel, reference.log, query->from));
	if (query->order == STORE_ORDER_MATTER)
		return walk_from(store, MATTER, key_of3(channel, reference.log, reference.number),
		                 key_of4(channel, reference.log, reference.number, query->from));
	return walk_from(store, ENTRY, key_of(channel), key_of2(channel, query->from));
}

static int memory_list_entries(struct store *store, const struct store_query *query,
                               struct store_entries *page)
{
	struct walk walk = walk_query(store, query);
	const struct memory_row *row;

	while (page->count < query->count && (row = walk_next(&walk)) != NULL) {
		uint64_t arrival = key_last_number(memory_row_key(row));
		struct store_entry entry;
		int r;

		if (query->order == STORE_ORDER_NUMBER)
			memcpy(&arrival, memory_row_value(row).data, sizeof arrival);
		entry = entry_of_row(get(store, ENTRY, key_of2(query->channel, arrival)));
		if (page->count > 0 && page->bytes.size + entry.bytes.size > query->maximum)
			break;
		if ((r = store_entries_add(page, &entry)) != OK)
			return r;
	}
	return OK;
}

static int memory_find_entry(struct store *store, uint32_t channel, unsigned log, timestamp time,
                             const struct hash *text_hash, uint64_t from, uint64_t *ret_number)
{
	struct key prefix = key_of3(channel, log, (uint64_t)time ^ UINT64_C(1) << 63), first;
	const struct memory_row *row;
	struct walk walk;

	key_add(&prefix, text_hash->bytes, HASH_SIZE);
	first = prefix;
	key_add_number(&first, from);
	walk = walk_from(store, TEXT, prefix, first);
	row = walk_next(&walk);
	if (!row)
		return ERROR_NOT_FOUND;
	*ret_number = key_last_number(memory_row_key(row));
	return OK;
}

/* ---- Tree hashes ---- */

static int memory_put_subtrees(struct store *store, uint32_t channel, unsigned log,
                               const struct store_subtree *subtrees, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct key key = key_of4(channel, log, subtrees[i].level, subtrees[i].index);
		int r;

		if (get(store, SUBTREE, key))
			return ERROR_EXISTS;
		if ((r = put(store, SUBTREE, key, &subtrees[i].hash, HASH_SIZE)) != OK)
			return r;
	}
	return OK;
}

static int get_leaf(struct store *store, uint32_t channel, unsigned log, uint64_t number,
                    struct hash *ret_hash)
{
	const struct memory_row *row = get(store, NUMBER, key_of3(channel, log, number));
	uint64_t arrival;

	if (!row)
		return ERROR_NOT_FOUND;
	memcpy(&arrival, memory_row_value(row).data, sizeof arrival);
	*ret_hash = entry_of_row(get(store, ENTRY, key_of2(channel, arrival))).leaf_hash;
	return OK;
}

static int memory_get_subtrees(struct store *store, uint32_t channel, unsigned log, unsigned level,
                               uint64_t index, size_t count, struct hash *hashes)
{
	for (size_t i = 0; i < count; i++) {
		int r;

		if (level == 0)
			r = get_leaf(store, channel, log, index + i, &hashes[i]);
		else
			r = get_fixed(store, SUBTREE, key_of4(channel, log, level, index + i),
			              &hashes[i], HASH_SIZE);
		if (r != OK)
			return r;
	}
	return OK;
}

/* ---- Heads ---- */

static int memory_add_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                           struct bytes note)
{
	return put(store, HEAD, key_of3(channel, log, size), note.data, note.size);
}

static int memory_put_cosignature(struct store *store, uint32_t channel, unsigned log,
                                  uint64_t size, const char *cosigner, struct bytes line)
{
	struct key key = key_of3(channel, log, size);

	key_add(&key, cosigner, strnlen(cosigner, STORE_NAME_CAPACITY));
	return put(store, LINE, key, line.data, line.size);
}

static bool has_line(const struct store *store, struct key head, const char *cosigner)
{
	key_add(&head, cosigner, strnlen(cosigner, STORE_NAME_CAPACITY));
	return get(store, LINE, head) != NULL;
}

static int memory_find_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                            const char *cosigner, uint64_t *ret_size)
{
	struct key prefix = key_of2(channel, log);

	for (;;) {
		const struct memory_row *row = find_last(store, HEAD, prefix,
		                                         key_of3(channel, log, size));

		if (!row)
			return ERROR_NOT_FOUND;
		size = key_last_number(memory_row_key(row));
		if (!cosigner || has_line(store, key_of3(channel, log, size), cosigner)) {
			*ret_size = size;
			return OK;
		}
		if (size == 0)
			return ERROR_NOT_FOUND;
		size--;
	}
}

static int memory_list_heads(struct store *store, uint32_t channel, unsigned log, uint64_t from,
                             size_t count, struct store_heads *page)
{
	struct walk heads = walk_from(store, HEAD, key_of2(channel, log),
	                              key_of3(channel, log, from));
	const struct memory_row *row;

	while (page->count < count && page->bytes.size < STORE_PAGE_BYTES_MAXIMUM &&
	       (row = walk_next(&heads)) != NULL) {
		uint64_t size = key_last_number(memory_row_key(row));
		struct key head = key_of3(channel, log, size);
		struct walk lines = walk_from(store, LINE, head, head);
		int r = store_heads_add(page, size, memory_row_value(row));

		while (r == OK && (row = walk_next(&lines)) != NULL)
			r = store_heads_add_line(page, memory_row_value(row));
		if (r != OK)
			return r;
	}
	return OK;
}

/* ---- Blobs ---- */

static int memory_put_blob(struct store *store, uint32_t channel, const struct store_blob *blob)
{
	return put(store, BLOB, key_of_hash(channel, &blob->hash), blob, sizeof *blob);
}

static int memory_get_blob(struct store *store, uint32_t channel, const struct hash *hash,
                           struct store_blob *ret_blob)
{
	return get_fixed(store, BLOB, key_of_hash(channel, hash), ret_blob, sizeof *ret_blob);
}

static int memory_delete_blob(struct store *store, uint32_t channel, const struct hash *hash)
{
	struct memory_store *memory = store->state;
	struct key key = key_of_hash(channel, hash);
	const struct memory_row *row;

	if (memory_table_delete(&memory->tables[BLOB], &memory->journal, key_view(&key)) != OK)
		return no_memory(store);
	for (;;) {
		struct walk walk = walk_from(store, PIECE, key, key);

		row = walk_next(&walk);
		if (!row)
			return OK;
		if (memory_table_delete(&memory->tables[PIECE], &memory->journal,
		                        memory_row_key(row)) != OK)
			return no_memory(store);
	}
}

static int memory_write_blob(struct store *store, uint32_t channel, const struct hash *hash,
                             uint64_t offset, struct bytes piece)
{
	struct key key = key_of_hash(channel, hash);

	key_add_number(&key, offset);
	return put(store, PIECE, key, piece.data, piece.size);
}

static int memory_read_blob(struct store *store, uint32_t channel, const struct hash *hash,
                            uint64_t offset, uint8_t *bytes, size_t size)
{
	struct key prefix = key_of_hash(channel, hash), last = prefix;
	const struct memory_row *row;
	struct walk walk;

	key_add_number(&last, offset);
	row = find_last(store, PIECE, prefix, last);
	if (!row)
		return error_set(&store->failure, ERROR_INTERNAL, "bytes of a blob are missing");
	last.size = 0;
	key_add(&last, memory_row_key(row).data, memory_row_key(row).size);
	walk = walk_from(store, PIECE, prefix, last);
	while (size > 0 && (row = walk_next(&walk)) != NULL) {
		struct bytes piece = memory_row_value(row);
		uint64_t skipped = offset - key_last_number(memory_row_key(row));
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

static int memory_list_incomplete_blobs(struct store *store, uint32_t channel,
                                        const struct hash *after, size_t capacity,
                                        struct store_blob *ret_blobs, size_t *ret_count)
{
	struct key prefix = key_of(channel);
	struct walk walk = walk_from(store, BLOB, prefix,
	                             after ? key_of_hash(channel, after) : prefix);
	const struct memory_row *row;
	size_t count = 0;

	while (count < capacity && (row = walk_next(&walk)) != NULL) {
		struct store_blob blob;

		memcpy(&blob, memory_row_value(row).data, sizeof blob);
		if (!blob.complete && !(after && hash_equal(&blob.hash, after)))
			ret_blobs[count++] = blob;
	}
	*ret_count = count;
	return OK;
}

/* ---- Circulation ---- */

static int memory_add_openings(struct store *store, uint32_t channel,
                               const struct store_opening *openings, size_t count)
{
	const struct memory_row *row = find_last(store, OPENING, key_of(channel),
	                                         key_of2(channel, UINT64_MAX));
	uint64_t position = row ? key_last_number(memory_row_key(row)) : 0;

	for (size_t i = 0; i < count; i++) {
		struct store_opening opening = openings[i];
		int r;

		opening.position = ++position;
		r = put(store, OPENING, key_of2(channel, position), &opening, sizeof opening);
		if (r != OK)
			return r;
	}
	return OK;
}

static int memory_list_openings(struct store *store, uint32_t channel,
                                const struct store_reference *entry, uint64_t after,
                                size_t capacity, struct store_opening *ret_openings,
                                size_t *ret_count)
{
	struct walk walk = walk_from(store, OPENING, key_of(channel), key_of2(channel, after + 1));
	const struct memory_row *row;
	size_t count = 0;

	while (count < capacity && (row = walk_next(&walk)) != NULL) {
		struct store_opening opening;

		memcpy(&opening, memory_row_value(row).data, sizeof opening);
		if (!entry ||
		    (opening.entry.log == entry->log && opening.entry.number == entry->number))
			ret_openings[count++] = opening;
	}
	*ret_count = count;
	return OK;
}

static const struct store_backend memory_backend = {
	.close = memory_close,
	.begin = memory_begin,
	.commit = memory_commit,
	.rollback = memory_rollback,
	.backup = memory_backup,
	.add_channel = memory_add_channel,
	.count_channels = memory_count_channels,
	.find_channel = memory_find_channel,
	.list_channels = memory_list_channels,
	.set_value = memory_set_value,
	.get_value = memory_get_value,
	.delete_value = memory_delete_value,
	.list_values = memory_list_values,
	.set_usage = memory_set_usage,
	.get_usage = memory_get_usage,
	.add_entries = memory_add_entries,
	.count_arrivals = memory_count_arrivals,
	.list_entries = memory_list_entries,
	.find_entry = memory_find_entry,
	.put_subtrees = memory_put_subtrees,
	.get_subtrees = memory_get_subtrees,
	.add_head = memory_add_head,
	.put_cosignature = memory_put_cosignature,
	.find_head = memory_find_head,
	.list_heads = memory_list_heads,
	.put_blob = memory_put_blob,
	.get_blob = memory_get_blob,
	.delete_blob = memory_delete_blob,
	.write_blob = memory_write_blob,
	.read_blob = memory_read_blob,
	.list_incomplete_blobs = memory_list_incomplete_blobs,
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
