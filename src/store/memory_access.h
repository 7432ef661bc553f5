/* The tables of the memory backend, their keys, and walks over their rows. Every
 * kind of row has an ordered table (memory_rows.h), with keys that sort as the
 * lists of store.h are ordered.
 *
 *     table      key                                      value
 *     CHANNEL    number                                   struct store_channel
 *     VALUE      channel, key                             the bytes
 *     ENTRY      channel, arrival                         struct store_entry, bytes
 *     NUMBER     channel, log, number                     arrival
 *     HEAD       channel, log, size                       note
 *     LINE       channel, log, size, cosigner             line
 *     BLOB       channel, hash                            struct store_blob
 *     PIECE      channel, hash, offset                    bytes
 *     OPENING    channel, position                        struct store_opening
 */
#ifndef MEMORY_ACCESS_H
#define MEMORY_ACCESS_H

#include "memory_rows.h"
#include "store_backend.h"

enum memory_table_name {
	TABLE_CHANNEL,
	TABLE_VALUE,
	TABLE_ENTRY,
	TABLE_NUMBER,
	TABLE_HEAD,
	TABLE_LINE,
	TABLE_BLOB,
	TABLE_PIECE,
	TABLE_OPENING,
	TABLE_COUNT
};

struct memory_store {
	struct memory_table tables[TABLE_COUNT];
	struct memory_journal journal;
	struct buffer scratch; /* one value while it is put together */
};

/* ---- Keys ---- */

enum { KEY_CAPACITY = 64 + STORE_NAME_CAPACITY };

struct memory_key {
	uint8_t bytes[KEY_CAPACITY];
	size_t size;
};

void memory_key_add(struct memory_key *key, const void *data, size_t size);
void memory_key_add_number(struct memory_key *key, uint64_t number);
/* Numbers are eight bytes, the most significant first. */
struct memory_key memory_key_of(uint64_t first);
struct memory_key memory_key_of2(uint64_t first, uint64_t second);
struct memory_key memory_key_of3(uint64_t first, uint64_t second, uint64_t third);
struct memory_key memory_key_of_hash(uint32_t channel, const struct hash *hash);
/* Names longer than a name may be are cut; no row has such a name. */
struct memory_key memory_key_of_name(uint32_t channel, const char *name);
struct bytes memory_key_view(const struct memory_key *key);
/* The number that a key ends in. */
uint64_t memory_key_last_number(struct bytes key);

/* ---- Rows ---- */

/* ERROR_MEMORY, described in store->failure. */
int memory_exhausted(struct store *store);

/* Adds or replaces a row. */
int memory_put(struct store *store, enum memory_table_name table, struct memory_key key,
               const void *value, size_t size);

/* NULL when there is none. */
const struct memory_row *memory_get(const struct store *store, enum memory_table_name table,
                                    struct memory_key key);

/* Copies the value of a row whose value is a struct; ERROR_NOT_FOUND. */
int memory_get_fixed(const struct store *store, enum memory_table_name table, struct memory_key key,
                     void *ret_value, size_t size);

/* A walk over the rows of a table whose keys begin with a prefix. */
struct memory_walk {
	const struct memory_table *table;
	size_t place;
	struct memory_key prefix;
};

/* Begins at the first row whose key is not less than `first`. */
struct memory_walk memory_walk(const struct store *store, enum memory_table_name table,
                               struct memory_key prefix, struct memory_key first);
/* NULL at the end. */
const struct memory_row *memory_walk_next(struct memory_walk *walk);

/* The greatest row that begins with `prefix` and is not after `last`, or NULL. */
const struct memory_row *memory_find_last(const struct store *store, enum memory_table_name table,
                                          struct memory_key prefix, struct memory_key last);

#endif
