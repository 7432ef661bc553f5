/* The SQL of the SQLite backend, all in one table, and how it is run.
 *
 *     sqlite3_stmt *statement;
 *     int r = sqlite_start(store, SQL_GET_VALUE,
 *                          SQLITE_ARGUMENTS(sqlite_number(channel), sqlite_string(key)),
 *                          &statement);
 *     if (r == OK && (r = sqlite_next(store, statement)) == OK) {
 *             ... columns of the row ...
 *             sqlite3_reset(statement);
 *     }
 *
 * Every statement is prepared once, when the store is opened.
 */
#ifndef SQLITE_STATEMENT_H
#define SQLITE_STATEMENT_H

#include <sqlite3.h>

#include "store_backend.h"

enum sqlite_statement {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_ADD_CHANNEL,
	SQL_COUNT_CHANNELS,
	SQL_LIST_CHANNELS,
	SQL_SET_VALUE,
	SQL_GET_VALUE,
	SQL_DELETE_VALUE,
	SQL_LIST_VALUES,
	SQL_ADD_ENTRY,
	SQL_LAST_ENTRY,
	SQL_LAST_ARRIVAL,
	SQL_LIST_ENTRIES_BY_NUMBER,
	SQL_LIST_ENTRIES_BY_ARRIVAL,
	SQL_ADD_HEAD,
	SQL_PUT_COSIGNATURE,
	SQL_FIND_HEAD,
	SQL_FIND_COSIGNED_HEAD,
	SQL_GET_HEAD,
	SQL_LIST_COSIGNATURES,
	SQL_PUT_BLOB,
	SQL_GET_BLOB,
	SQL_FIND_BLOB,
	SQL_DELETE_BLOB,
	SQL_ADD_CHUNK,
	SQL_EXTEND_CHUNK,
	SQL_READ_CHUNK,
	SQL_DELETE_CHUNKS,
	SQL_ADD_OPENING,
	SQL_LAST_OPENING,
	SQL_LIST_OPENINGS,
	SQL_COUNT
};

struct sqlite_store {
	sqlite3 *database;
	sqlite3_stmt *statements[SQL_COUNT];
};

/* The place of row `count` of a channel: both keys in one integer. */
static inline uint64_t sqlite_place(uint32_t channel, uint64_t count)
{
	return (uint64_t)channel * (STORE_NUMBER_MAXIMUM + 1) + count;
}

int sqlite_prepare_statements(struct store *store);
void sqlite_finalize_statements(struct sqlite_store *sqlite);

/* A code of result.h for one of SQLite's, described in store->failure. Breaks a
 * transaction that SQLite has rolled back by itself. */
int sqlite_failed(struct store *store, int code);

enum sqlite_argument_kind {
	SQLITE_ARGUMENT_NUMBER,
	SQLITE_ARGUMENT_BYTES,
	SQLITE_ARGUMENT_STRING,
};

struct sqlite_argument {
	enum sqlite_argument_kind kind;
	uint64_t number;
	struct bytes bytes; /* must live until the statement is reset */
};

struct sqlite_argument sqlite_number(uint64_t number);
struct sqlite_argument sqlite_bytes(struct bytes bytes);
struct sqlite_argument sqlite_hash(const struct hash *hash);
struct sqlite_argument sqlite_string(const char *string);

/* Two arguments of the functions below: the array and its count. */
#define SQLITE_ARGUMENTS(...)                                                                      \
	(const struct sqlite_argument[]){ __VA_ARGS__ },                                           \
	    sizeof((const struct sqlite_argument[]){ __VA_ARGS__ }) /                              \
		sizeof(struct sqlite_argument)

/* Binds ?1, ?2, … */
int sqlite_start(struct store *store, enum sqlite_statement which,
                 const struct sqlite_argument *arguments, size_t count,
                 sqlite3_stmt **ret_statement);

/* OK: there is a row, and who stops here resets the statement. ERROR_NOT_FOUND:
 * there is no (further) row, and the statement was reset, as with any failure. */
int sqlite_next(struct store *store, sqlite3_stmt *statement);

/* What a list ends with: that there is no further row is no failure. */
static inline int sqlite_list_result(int r)
{
	return r == ERROR_NOT_FOUND ? OK : r;
}

/* Starts a statement that gives no rows, and runs it to its end. */
int sqlite_run(struct store *store, enum sqlite_statement which,
               const struct sqlite_argument *arguments, size_t count);

/* How many rows there are whose numbers go from `first` on without a gap, by a
 * statement that gives the greatest. */
int sqlite_count_from(struct store *store, enum sqlite_statement which,
                      const struct sqlite_argument *arguments, size_t argument_count,
                      uint64_t first, uint64_t *ret_count);

/* Columns of the present row, counted from 0. Views are good until the next
 * step. A hash of another length is ERROR_IO: the file is damaged. */
uint64_t sqlite_column_number(sqlite3_stmt *statement, int column);
struct bytes sqlite_column_view(sqlite3_stmt *statement, int column);
int sqlite_column_hash(struct store *store, sqlite3_stmt *statement, int column,
                       struct hash *ret_hash);

#endif
