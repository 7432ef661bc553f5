/* Entries and heads in SQLite. */
#include "sqlite_rows.h"

#include "sqlite_statement.h"
#include "store_page.h"

/* ---- Entries ---- */

static int add_entry(struct store *store, uint32_t channel, unsigned log, uint64_t arrival,
                     const struct store_entry *entry)
{
	return sqlite_run(store, SQL_ADD_ENTRY,
	                  SQLITE_ARGUMENTS(sqlite_number(sqlite_place(channel, arrival)),
	                                   sqlite_number(log), sqlite_number(entry->number),
	                                   sqlite_number(entry->verdict),
	                                   sqlite_number(entry->reason), sqlite_bytes(entry->bytes),
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

int sqlite_count_entries(struct store *store, uint32_t channel, unsigned log, uint64_t *ret_count)
{
	return sqlite_count_from(store, SQL_LAST_ENTRY,
	                         SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log)), 0,
	                         ret_count);
}

int sqlite_count_arrivals(struct store *store, uint32_t channel, uint64_t *ret_count)
{
	uint64_t first = sqlite_place(channel, 0);

	return sqlite_count_from(
	    store, SQL_LAST_ARRIVAL,
	    SQLITE_ARGUMENTS(sqlite_number(first),
	                     sqlite_number(sqlite_place(channel, STORE_NUMBER_MAXIMUM))),
	    first, ret_count);
}

/* The columns are those of ENTRY_COLUMNS; the bytes are good until the next step. */
static struct store_entry entry_of_row(sqlite3_stmt *statement, uint32_t channel)
{
	return (struct store_entry){
		.arrival = sqlite_column_number(statement, 0) - sqlite_place(channel, 0),
		.log = (uint8_t)sqlite_column_number(statement, 1),
		.number = sqlite_column_number(statement, 2),
		.verdict = (uint8_t)sqlite_column_number(statement, 3),
		.reason = (uint16_t)sqlite_column_number(statement, 4),
		.bytes = sqlite_column_view(statement, 5),
	};
}

static int start_query(struct store *store, const struct store_query *query,
                       sqlite3_stmt **ret_statement)
{
	uint32_t channel = query->channel;

	if (query->order == STORE_ORDER_NUMBER)
		return sqlite_start(store, SQL_LIST_ENTRIES_BY_NUMBER,
		                    SQLITE_ARGUMENTS(sqlite_number(channel),
		                                     sqlite_number(query->log),
		                                     sqlite_number(query->from)),
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
		struct store_entry entry = entry_of_row(statement, query->channel);

		if (page->count > 0 && page->bytes.size + entry.bytes.size > query->maximum)
			break;
		r = store_entries_add(page, &entry);
	}
	sqlite3_reset(statement);
	return sqlite_list_result(r);
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
                     struct store_head *head)
{
	sqlite3_stmt *statement = NULL;
	int r = sqlite_start(
	    store, SQL_LIST_COSIGNATURES,
	    SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log), sqlite_number(size)),
	    &statement);

	while (r == OK && (r = sqlite_next(store, statement)) == OK)
		r = store_head_add_line(head, sqlite_column_view(statement, 0));
	sqlite3_reset(statement);
	return sqlite_list_result(r);
}

int sqlite_read_head(struct store *store, uint32_t channel, unsigned log, uint64_t size,
                     struct store_head *head)
{
	sqlite3_stmt *statement = NULL;
	int r = sqlite_start(
	    store, SQL_GET_HEAD,
	    SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_number(log), sqlite_number(size)),
	    &statement);

	if (r != OK || (r = sqlite_next(store, statement)) != OK)
		return r;
	r = store_head_begin(head, size, sqlite_column_view(statement, 0));
	sqlite3_reset(statement);
	return r == OK ? add_lines(store, channel, log, size, head) : r;
}
