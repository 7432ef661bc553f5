/* Entries, tree hashes, heads and usage in SQLite. */
#include "sqlite_rows.h"

#include "sqlite_statement.h"
#include "store_page.h"

/* ---- Usage ---- */

int sqlite_set_usage(struct store *store, uint32_t channel, unsigned log,
                     const struct store_usage *usage)
{
	return sqlite_run(
	    store, SQL_SET_USAGE,
	    SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log),
	                     sqlite_number(usage->entries), sqlite_number(usage->entry_bytes),
	                     sqlite_number(usage->blobs), sqlite_number(usage->blob_bytes)));
}

int sqlite_get_usage(struct store *store, uint32_t channel, unsigned log,
                     struct store_usage *ret_usage)
{
	struct store_usage usage = { 0 };
	sqlite3_stmt *statement = NULL;
	int r = sqlite_start(store, SQL_GET_USAGE,
	                     SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log)),
	                     &statement);

	if (r == OK && (r = sqlite_next(store, statement)) == OK) {
		usage.entries = sqlite_column_number(statement, 0);
		usage.entry_bytes = sqlite_column_number(statement, 1);
		usage.blobs = sqlite_column_number(statement, 2);
		usage.blob_bytes = sqlite_column_number(statement, 3);
		sqlite3_reset(statement);
	}
	r = sqlite_list_result(r);
	if (r == OK)
		*ret_usage = usage;
	return r;
}

/* ---- Entries ---- */

static int add_entry(struct store *store, uint32_t channel, unsigned log, uint64_t arrival,
                     const struct store_entry *entry)
{
	struct sqlite_argument matter_log = sqlite_null(), matter_number = sqlite_null();

	if (entry->has_matter) {
		matter_log = sqlite_number(entry->matter.log);
		matter_number = sqlite_number(entry->matter.number);
	}
	return sqlite_run(
	    store, SQL_ADD_ENTRY,
	    SQLITE_ARGUMENTS(sqlite_number(sqlite_place(channel, arrival)), sqlite_number(log),
	                     sqlite_number(entry->number), sqlite_number(entry->kind),
	                     sqlite_number(entry->verdict), sqlite_number(entry->reason),
	                     sqlite_number(entry->flags), matter_log, matter_number,
	                     sqlite_number((uint64_t)entry->time),
	                     sqlite_number((uint64_t)entry->logged), sqlite_hash(&entry->leaf_hash),
	                     sqlite_hash(&entry->text_hash), sqlite_bytes(entry->bytes),
	                     sqlite_number(channel)));
}

int sqlite_add_entries(struct store *store, uint32_t channel, unsigned log, uint64_t first_arrival,
                       const struct store_entry *entries, size_t count)
{
	int r = OK;

	for (size_t i = 0; i < count && r == OK; i++)
		r = add_entry(store, channel, log, first_arrival + i, &entries[i]);
	return r;
}

int sqlite_count_arrivals(struct store *store, uint32_t channel, uint64_t *ret_count)
{
	sqlite3_stmt *statement = NULL;
	uint64_t count = 0;
	int r = sqlite_start(
	    store, SQL_LAST_ARRIVAL,
	    SQLITE_ARGUMENTS(sqlite_number(sqlite_place(channel, 0)),
	                     sqlite_number(sqlite_place(channel, STORE_NUMBER_MAXIMUM))),
	    &statement);

	if (r == OK && (r = sqlite_next(store, statement)) == OK) {
		count = sqlite_column_number(statement, 0) - sqlite_place(channel, 0) + 1;
		sqlite3_reset(statement);
	}
	r = sqlite_list_result(r);
	if (r == OK)
		*ret_count = count;
	return r;
}

/* The columns are those of ENTRY_COLUMNS; the bytes are good until the next step. */
static int entry_of_row(struct store *store, sqlite3_stmt *statement, uint32_t channel,
                        struct store_entry *ret_entry)
{
	struct store_entry entry = {
		.arrival = sqlite_column_number(statement, 0) - sqlite_place(channel, 0),
		.log = (uint8_t)sqlite_column_number(statement, 1),
		.number = sqlite_column_number(statement, 2),
		.kind = (uint16_t)sqlite_column_number(statement, 3),
		.verdict = (uint8_t)sqlite_column_number(statement, 4),
		.reason = (uint16_t)sqlite_column_number(statement, 5),
		.flags = (uint32_t)sqlite_column_number(statement, 6),
		.has_matter = sqlite3_column_type(statement, 7) != SQLITE_NULL,
		.matter = { .log = (uint8_t)sqlite_column_number(statement, 7),
		            .number = sqlite_column_number(statement, 8) },
		.time = (timestamp)sqlite_column_number(statement, 9),
		.logged = (timestamp)sqlite_column_number(statement, 10),
		.bytes = sqlite_column_view(statement, 13),
	};
	int r;

	if ((r = sqlite_column_hash(store, statement, 11, &entry.leaf_hash)) == OK &&
	    (r = sqlite_column_hash(store, statement, 12, &entry.text_hash)) == OK)
		*ret_entry = entry;
	return r;
}

static int start_query(struct store *store, const struct store_query *query,
                       sqlite3_stmt **ret_statement)
{
	uint32_t channel = query->channel;
	struct store_reference reference = query->reference;

	if (query->order == STORE_ORDER_NUMBER)
		return sqlite_start(store, SQL_LIST_ENTRIES_BY_NUMBER,
		                    SQLITE_ARGUMENTS(sqlite_number(channel),
		                                     sqlite_number(reference.log),
		                                     sqlite_number(query->from)),
		                    ret_statement);
	if (query->order == STORE_ORDER_MATTER)
		return sqlite_start(
		    store, SQL_LIST_ENTRIES_BY_MATTER,
		    SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(reference.log),
		                     sqlite_number(reference.number),
		                     sqlite_number(sqlite_place(channel, query->from))),
		    ret_statement);
	return sqlite_start(
	    store, SQL_LIST_ENTRIES_BY_ARRIVAL,
	    SQLITE_ARGUMENTS(sqlite_number(sqlite_place(channel, query->from)),
	                     sqlite_number(sqlite_place(channel, STORE_NUMBER_MAXIMUM))),
	    ret_statement);
}

int sqlite_list_entries(struct store *store, const struct store_query *query,
                        struct store_entries *page)
{
	sqlite3_stmt *statement = NULL;
	int r = start_query(store, query, &statement);

	while (r == OK && page->count < query->count && (r = sqlite_next(store, statement)) == OK) {
		struct store_entry entry;

		if ((r = entry_of_row(store, statement, query->channel, &entry)) != OK)
			break;
		if (page->count > 0 && page->bytes.size + entry.bytes.size > query->maximum)
			break;
		r = store_entries_add(page, &entry);
	}
	sqlite3_reset(statement);
	return sqlite_list_result(r);
}

int sqlite_find_entry(struct store *store, uint32_t channel, unsigned log, timestamp time,
                      const struct hash *text_hash, uint64_t from, uint64_t *ret_number)
{
	sqlite3_stmt *statement = NULL;
	int r = sqlite_start(store, SQL_FIND_ENTRY,
	                     SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log),
	                                      sqlite_number((uint64_t)time), sqlite_hash(text_hash),
	                                      sqlite_number(from)),
	                     &statement);

	if (r != OK || (r = sqlite_next(store, statement)) != OK)
		return r;
	*ret_number = sqlite_column_number(statement, 0);
	sqlite3_reset(statement);
	return OK;
}

/* ---- Tree hashes ---- */

int sqlite_put_subtrees(struct store *store, uint32_t channel, unsigned log,
                        const struct store_subtree *subtrees, size_t count)
{
	int r = OK;

	for (size_t i = 0; i < count && r == OK; i++)
		r = sqlite_run(store, SQL_PUT_SUBTREE,
		               SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log),
		                                sqlite_number(subtrees[i].level),
		                                sqlite_number(subtrees[i].index),
		                                sqlite_hash(&subtrees[i].hash)));
	return r;
}

static int start_hashes(struct store *store, uint32_t channel, unsigned log, unsigned level,
                        uint64_t index, sqlite3_stmt **ret_statement)
{
	if (level == 0)
		return sqlite_start(store, SQL_GET_LEAVES,
		                    SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log),
		                                     sqlite_number(index)),
		                    ret_statement);
	return sqlite_start(store, SQL_GET_SUBTREES,
	                    SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log),
	                                     sqlite_number(level), sqlite_number(index)),
	                    ret_statement);
}

int sqlite_get_subtrees(struct store *store, uint32_t channel, unsigned log, unsigned level,
                        uint64_t index, size_t count, struct hash *hashes)
{
	sqlite3_stmt *statement = NULL;
	int r = start_hashes(store, channel, log, level, index, &statement);

	for (size_t i = 0; i < count && r == OK; i++) {
		if ((r = sqlite_next(store, statement)) != OK)
			break;
		if (sqlite_column_number(statement, 0) != index + i)
			r = ERROR_NOT_FOUND;
		else
			r = sqlite_column_hash(store, statement, 1, &hashes[i]);
	}
	sqlite3_reset(statement);
	return r;
}

/* ---- Heads ---- */

int sqlite_add_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                    struct bytes note)
{
	return sqlite_run(store, SQL_ADD_HEAD,
	                  SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log),
	                                   sqlite_number(size), sqlite_bytes(note)));
}

int sqlite_put_cosignature(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                           const char *cosigner, struct bytes line)
{
	return sqlite_run(store, SQL_PUT_COSIGNATURE,
	                  SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log),
	                                   sqlite_number(size), sqlite_string(cosigner),
	                                   sqlite_bytes(line)));
}

int sqlite_find_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                     const char *cosigner, uint64_t *ret_size)
{
	sqlite3_stmt *statement = NULL;
	int r;

	if (cosigner)
		r = sqlite_start(store, SQL_FIND_COSIGNED_HEAD,
		                 SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log),
		                                  sqlite_number(size), sqlite_string(cosigner)),
		                 &statement);
	else
		r = sqlite_start(store, SQL_FIND_HEAD,
		                 SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log),
		                                  sqlite_number(size)),
		                 &statement);
	if (r != OK || (r = sqlite_next(store, statement)) != OK)
		return r;
	*ret_size = sqlite_column_number(statement, 0);
	sqlite3_reset(statement);
	return OK;
}

static int add_lines(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                     struct store_heads *page)
{
	sqlite3_stmt *statement = NULL;
	int r = sqlite_start(
	    store, SQL_LIST_COSIGNATURES,
	    SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log), sqlite_number(size)),
	    &statement);

	while (r == OK && (r = sqlite_next(store, statement)) == OK)
		r = store_heads_add_line(page, sqlite_column_view(statement, 0));
	sqlite3_reset(statement);
	return sqlite_list_result(r);
}

int sqlite_list_heads(struct store *store, uint32_t channel, unsigned log, uint64_t from,
                      size_t count, struct store_heads *page)
{
	sqlite3_stmt *statement = NULL;
	int r = sqlite_start(
	    store, SQL_LIST_HEADS,
	    SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log), sqlite_number(from)),
	    &statement);

	while (r == OK && page->count < count && page->bytes.size < STORE_PAGE_BYTES_MAXIMUM &&
	       (r = sqlite_next(store, statement)) == OK) {
		uint64_t size = sqlite_column_number(statement, 0);

		r = store_heads_add(page, size, sqlite_column_view(statement, 1));
		if (r == OK)
			r = add_lines(store, channel, log, size, page);
	}
	sqlite3_reset(statement);
	return sqlite_list_result(r);
}
