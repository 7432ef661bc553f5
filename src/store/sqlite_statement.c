#include "sqlite_statement.h"

#define ENTRY_COLUMNS "place, log, number, verdict, reason, bytes"

static const char *const texts[SQL_COUNT] = {
	[SQL_BEGIN] = "BEGIN IMMEDIATE",
	[SQL_COMMIT] = "COMMIT",
	[SQL_ROLLBACK] = "ROLLBACK",

	[SQL_ADD_CHANNEL] = "INSERT INTO channel (number, id, own_party) VALUES (?1, ?2, ?3)",
	[SQL_COUNT_CHANNELS] = "SELECT count(*) FROM channel",
	[SQL_LIST_CHANNELS] = "SELECT number, id, own_party FROM channel WHERE number > ?1"
			      " ORDER BY number",

	[SQL_SET_VALUE] = "INSERT INTO value (channel, key, value) VALUES (?1, ?2, ?3)"
			  " ON CONFLICT DO UPDATE SET value = excluded.value",
	[SQL_GET_VALUE] = "SELECT value FROM value WHERE channel = ?1 AND key = ?2",
	[SQL_DELETE_VALUE] = "DELETE FROM value WHERE channel = ?1 AND key = ?2",
	[SQL_LIST_VALUES] = "SELECT key, value FROM value WHERE channel = ?1 AND key >= ?2"
			    " ORDER BY key",

	[SQL_ADD_ENTRY] = "INSERT INTO entry (" ENTRY_COLUMNS ", channel) VALUES"
			  " (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[SQL_LAST_ENTRY] = "SELECT number FROM entry WHERE channel = ?1 AND log = ?2"
			   " ORDER BY number DESC LIMIT 1",
	[SQL_LAST_ARRIVAL] = "SELECT place FROM entry WHERE place BETWEEN ?1 AND ?2"
			     " ORDER BY place DESC LIMIT 1",
	[SQL_LIST_ENTRIES_BY_NUMBER] = "SELECT " ENTRY_COLUMNS " FROM entry WHERE channel = ?1"
				       " AND log = ?2 AND number >= ?3 ORDER BY number",
	[SQL_LIST_ENTRIES_BY_ARRIVAL] = "SELECT " ENTRY_COLUMNS " FROM entry"
					" WHERE place BETWEEN ?1 AND ?2 ORDER BY place",

	[SQL_ADD_HEAD] = "INSERT INTO head (channel, log, size, note) VALUES (?1, ?2, ?3, ?4)",
	[SQL_PUT_COSIGNATURE] = "INSERT INTO cosignature (channel, log, size, cosigner, line)"
				" VALUES (?1, ?2, ?3, ?4, ?5)"
				" ON CONFLICT DO UPDATE SET line = excluded.line",
	[SQL_FIND_HEAD] = "SELECT size FROM head WHERE channel = ?1 AND log = ?2 AND size <= ?3"
			  " ORDER BY size DESC LIMIT 1",
	[SQL_FIND_COSIGNED_HEAD] = "SELECT size FROM cosignature WHERE channel = ?1 AND log = ?2"
				   " AND size <= ?3 AND cosigner = ?4 ORDER BY size DESC LIMIT 1",
	[SQL_GET_HEAD] = "SELECT note FROM head WHERE channel = ?1 AND log = ?2 AND size = ?3",
	[SQL_LIST_COSIGNATURES] = "SELECT line FROM cosignature WHERE channel = ?1 AND log = ?2"
				  " AND size = ?3 ORDER BY cosigner",

	[SQL_PUT_BLOB] = "INSERT INTO blob (channel, hash, total, size, owner, complete)"
			 " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (channel, hash)"
			 " DO UPDATE SET size = excluded.size, complete = excluded.complete",
	[SQL_GET_BLOB] = "SELECT hash, total, size, owner, complete FROM blob"
			 " WHERE channel = ?1 AND hash = ?2",
	[SQL_FIND_BLOB] = "SELECT number FROM blob WHERE channel = ?1 AND hash = ?2",
	[SQL_DELETE_BLOB] = "DELETE FROM blob WHERE number = ?1",
	[SQL_ADD_CHUNK] = "INSERT INTO chunk (place, bytes) VALUES (?1, ?2)",
	/* The cast: SQLite calls what || gives a text, also of two blobs. */
	[SQL_EXTEND_CHUNK] = "UPDATE chunk SET bytes = CAST(bytes || ?2 AS BLOB) WHERE place = ?1",
	[SQL_READ_CHUNK] = "SELECT substr(bytes, ?2, ?3) FROM chunk WHERE place = ?1",
	[SQL_DELETE_CHUNKS] = "DELETE FROM chunk WHERE place BETWEEN ?1 AND ?2",

	[SQL_ADD_OPENING] = "INSERT INTO opening (place, channel, log, number, time, who)"
			    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[SQL_LAST_OPENING] = "SELECT place FROM opening WHERE place BETWEEN ?1 AND ?2"
			     " ORDER BY place DESC LIMIT 1",
	[SQL_LIST_OPENINGS] = "SELECT place, log, number, time, who FROM opening"
			      " WHERE place BETWEEN ?1 AND ?2 ORDER BY place",
};

int sqlite_prepare_statements(struct store *store)
{
	struct sqlite_store *sqlite = store->state;

	for (size_t i = 0; i < SQL_COUNT; i++) {
		int code = sqlite3_prepare_v3(sqlite->database, texts[i], -1,
		                              SQLITE_PREPARE_PERSISTENT, &sqlite->statements[i],
		                              NULL);

		if (code != SQLITE_OK)
			return sqlite_failed(store, code);
	}
	return OK;
}

void sqlite_finalize_statements(struct sqlite_store *sqlite)
{
	for (size_t i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(sqlite->statements[i]);
		sqlite->statements[i] = NULL;
	}
}

static const struct {
	int code; /* a primary result code of SQLite */
	int result;
	const char *phrase;
} failures[] = {
	{ SQLITE_FULL, ERROR_LIMIT, "the disk is full" },
	{ SQLITE_TOOBIG, ERROR_LIMIT, "a row is too large" },
	{ SQLITE_NOMEM, ERROR_MEMORY, "no memory for the database" },
	{ SQLITE_CONSTRAINT, ERROR_EXISTS, "a row of the database is there already" },
	{ SQLITE_BUSY, ERROR_IO, "another process has the database open" },
	{ SQLITE_CORRUPT, ERROR_IO, "the database is damaged" },
	{ SQLITE_NOTADB, ERROR_UNSUPPORTED, "the file is not a database" },
	{ SQLITE_CANTOPEN, ERROR_IO, "the database cannot be opened" },
};

int sqlite_failed(struct store *store, int code)
{
	struct sqlite_store *sqlite = store->state;
	const char *phrase = "the database failed";
	int result = ERROR_IO;

	for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
		if (failures[i].code == (code & 0xff)) {
			phrase = failures[i].phrase;
			result = failures[i].result;
		}
	}
	error_set(&store->failure, result, "%s (%s, code %d)", phrase, sqlite3_errstr(code), code);
	if (store->in_transaction && sqlite3_get_autocommit(sqlite->database))
		store_wrote(store, result);
	return result;
}

struct sqlite_argument sqlite_number(uint64_t number)
{
	return (struct sqlite_argument){ .kind = SQLITE_ARGUMENT_NUMBER, .number = number };
}

struct sqlite_argument sqlite_bytes(struct bytes bytes)
{
	return (struct sqlite_argument){ .kind = SQLITE_ARGUMENT_BYTES, .bytes = bytes };
}

struct sqlite_argument sqlite_hash(const struct hash *hash)
{
	return sqlite_bytes(bytes_of(hash->bytes, HASH_SIZE));
}

struct sqlite_argument sqlite_string(const char *string)
{
	return (struct sqlite_argument){ .kind = SQLITE_ARGUMENT_STRING,
		                         .bytes = bytes_of_string(string) };
}

static int bind(sqlite3_stmt *statement, int index, const struct sqlite_argument *argument)
{
	/* SQLite takes a null pointer for a NULL, which no empty value is. */
	const void *data = argument->bytes.size ? (const void *)argument->bytes.data : "";

	switch (argument->kind) {
	case SQLITE_ARGUMENT_NUMBER:
		return sqlite3_bind_int64(statement, index, (sqlite3_int64)argument->number);
	case SQLITE_ARGUMENT_BYTES:
		return sqlite3_bind_blob64(statement, index, data, argument->bytes.size,
		                           SQLITE_STATIC);
	default:
		return sqlite3_bind_text64(statement, index, data, argument->bytes.size,
		                           SQLITE_STATIC, SQLITE_UTF8);
	}
}

int sqlite_start(struct store *store, enum sqlite_statement which,
                 const struct sqlite_argument *arguments, size_t count,
                 sqlite3_stmt **ret_statement)
{
	struct sqlite_store *sqlite = store->state;
	sqlite3_stmt *statement = sqlite->statements[which];

	for (size_t i = 0; i < count; i++) {
		int code = bind(statement, (int)i + 1, &arguments[i]);

		if (code != SQLITE_OK)
			return sqlite_failed(store, code);
	}
	*ret_statement = statement;
	return OK;
}

int sqlite_next(struct store *store, sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW)
		return OK;
	sqlite3_reset(statement);
	return code == SQLITE_DONE ? ERROR_NOT_FOUND : sqlite_failed(store, code);
}

int sqlite_run(struct store *store, enum sqlite_statement which,
               const struct sqlite_argument *arguments, size_t count)
{
	sqlite3_stmt *statement = NULL;
	int r = sqlite_start(store, which, arguments, count, &statement);

	if (r != OK)
		return r;
	r = sqlite_next(store, statement);
	return sqlite_list_result(r);
}

int sqlite_count_from(struct store *store, enum sqlite_statement which,
                      const struct sqlite_argument *arguments, size_t argument_count,
                      uint64_t first, uint64_t *ret_count)
{
	sqlite3_stmt *statement = NULL;
	uint64_t count = 0;
	int r = sqlite_start(store, which, arguments, argument_count, &statement);

	if (r == OK && (r = sqlite_next(store, statement)) == OK) {
		count = sqlite_column_number(statement, 0) - first + 1;
		sqlite3_reset(statement);
	}
	r = sqlite_list_result(r);
	if (r == OK)
		*ret_count = count;
	return r;
}

uint64_t sqlite_column_number(sqlite3_stmt *statement, int column)
{
	return (uint64_t)sqlite3_column_int64(statement, column);
}

struct bytes sqlite_column_view(sqlite3_stmt *statement, int column)
{
	const void *data = sqlite3_column_blob(statement, column);
	int size = sqlite3_column_bytes(statement, column);

	return bytes_of(data, data && size > 0 ? (size_t)size : 0);
}

int sqlite_column_hash(struct store *store, sqlite3_stmt *statement, int column,
                       struct hash *ret_hash)
{
	struct bytes view = sqlite_column_view(statement, column);

	if (view.size != HASH_SIZE)
		return error_set(&store->failure, ERROR_IO,
		                 "the database is damaged: a hash has %zu bytes", view.size);
	memcpy(ret_hash->bytes, view.data, HASH_SIZE);
	return OK;
}
