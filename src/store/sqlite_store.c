/* The SQLite backend: opening, schema, transactions, and the backend's table.
 *
 * One connection, exclusive: the lock is taken when the file is opened and kept
 * until it is closed, and the index of the write-ahead log is in memory, so that
 * there is no third file. A commit is one write and one sync of the log; every
 * few thousand pages the log is copied into the database.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "allocate.h"
#include "sqlite_rows.h"
#include "sqlite_statement.h"
#include "store_schema.h"

enum { APPLICATION_ID = 0x43484952 }; /* "CHIR" */
enum { OPEN_PATIENCE = 2000 };        /* milliseconds for another process to let go */

/* Element n brings a database from version n to version n + 1. */
static const char *const schemas[] = { schema_1 };
enum { SCHEMA_VERSION = sizeof schemas / sizeof *schemas };

/* Before anything is read: nothing is changed by these. */
static const char *const settings_before[] = {
	"PRAGMA locking_mode = EXCLUSIVE", "PRAGMA trusted_schema = OFF",
	"PRAGMA cell_size_check = ON",     "PRAGMA temp_store = MEMORY",
	"PRAGMA cache_size = -16384", /* KiB */
};

/* Once the file is known to be ours. */
static const char *const settings_after[] = {
	"PRAGMA journal_mode = WAL",
	"PRAGMA synchronous = FULL",
	"PRAGMA foreign_keys = ON",
	"PRAGMA secure_delete = ON",
	"PRAGMA wal_autocheckpoint = 4000",     /* pages */
	"PRAGMA journal_size_limit = 67108864", /* bytes */
};

static int execute(struct store *store, const char *sql)
{
	struct sqlite_store *sqlite = store->state;
	int code = sqlite3_exec(sqlite->database, sql, NULL, NULL, NULL);

	return code == SQLITE_OK ? OK : sqlite_failed(store, code);
}

static int execute_all(struct store *store, const char *const *sql, size_t count)
{
	int r = OK;

	for (size_t i = 0; i < count && r == OK; i++)
		r = execute(store, sql[i]);
	return r;
}

/* One number that a statement gives, for the few that run before the schema is
 * known and the others are prepared. */
static int query_number(struct store *store, const char *sql, int64_t *ret_number)
{
	struct sqlite_store *sqlite = store->state;
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(sqlite->database, sql, -1, &statement, NULL);

	if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
		*ret_number = sqlite3_column_int64(statement, 0);
		code = SQLITE_OK;
	}
	sqlite3_finalize(statement);
	return code == SQLITE_OK ? OK : sqlite_failed(store, code);
}

/* ---- Schema ---- */

static int find_version(struct store *store, int64_t *ret_version)
{
	int64_t application, version, tables;
	int r;

	if ((r = query_number(store, "PRAGMA application_id", &application)) != OK ||
	    (r = query_number(store, "PRAGMA user_version", &version)) != OK ||
	    (r = query_number(store, "SELECT count(*) FROM sqlite_schema", &tables)) != OK)
		return r;
	if (application != APPLICATION_ID && (application != 0 || version != 0 || tables != 0))
		return error_set(&store->failure, ERROR_UNSUPPORTED,
		                 "the file is a database, but not a store of Chirograph");
	if (version < 0 || version > SCHEMA_VERSION)
		return error_set(&store->failure, ERROR_UNSUPPORTED,
		                 "the store has schema version %lld and this program knows those "
		                 "up to %d: it was written by a later version of Chirograph",
		                 (long long)version, SCHEMA_VERSION);
	*ret_version = version;
	return OK;
}

/* Each step is one transaction: a database has one version or the next. */
static int upgrade(struct store *store, int64_t version)
{
	struct sqlite_store *sqlite = store->state;
	char stamp[96];
	int r = OK;

	for (; version < SCHEMA_VERSION && r == OK; version++) {
		snprintf(stamp, sizeof stamp,
		         "PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
		         APPLICATION_ID, (int)version + 1);
		if ((r = execute(store, "BEGIN IMMEDIATE")) == OK &&
		    (r = execute(store, schemas[version])) == OK)
			r = execute(store, stamp);
		if (r != OK && !sqlite3_get_autocommit(sqlite->database))
			sqlite3_exec(sqlite->database, "ROLLBACK", NULL, NULL, NULL);
	}
	return r;
}

/* ---- Transactions ---- */

static int sqlite_begin(struct store *store)
{
	return sqlite_run(store, SQL_BEGIN, NULL, 0);
}

static void sqlite_rollback(struct store *store)
{
	struct sqlite_store *sqlite = store->state;

	/* After some failures SQLite has rolled back by itself. */
	if (!sqlite3_get_autocommit(sqlite->database))
		sqlite_run(store, SQL_ROLLBACK, NULL, 0);
}

static int sqlite_commit(struct store *store)
{
	int r = sqlite_run(store, SQL_COMMIT, NULL, 0);

	if (r != OK)
		sqlite_rollback(store);
	return r;
}

/* ---- Opening and closing ---- */

static void sqlite_close(struct store *store)
{
	struct sqlite_store *sqlite = store->state;

	sqlite_finalize_statements(sqlite);
	sqlite3_close(sqlite->database);
	release_memory(sqlite);
}

static const struct store_backend sqlite_backend = {
	.close = sqlite_close,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.begin_copy = sqlite_begin_copy,
	.step_copy = sqlite_step_copy,
	.copy_size = sqlite_copy_size,
	.read_copy = sqlite_read_copy,
	.free_copy = sqlite_free_copy,
	.add_channel = sqlite_add_channel,
	.count_channels = sqlite_count_channels,
	.list_channels = sqlite_list_channels,
	.set_value = sqlite_set_value,
	.get_value = sqlite_get_value,
	.delete_value = sqlite_delete_value,
	.list_values = sqlite_list_values,
	.add_entries = sqlite_add_entries,
	.count_entries = sqlite_count_entries,
	.count_arrivals = sqlite_count_arrivals,
	.list_entries = sqlite_list_entries,
	.add_head = sqlite_add_head,
	.put_cosignature = sqlite_put_cosignature,
	.find_head = sqlite_find_head,
	.read_head = sqlite_read_head,
	.put_blob = sqlite_put_blob,
	.get_blob = sqlite_get_blob,
	.delete_blob = sqlite_delete_blob,
	.write_blob = sqlite_write_blob,
	.read_blob = sqlite_read_blob,
	.add_openings = sqlite_add_openings,
	.list_openings = sqlite_list_openings,
};

/* SQLite would create the file readable by others. A file that exists is not
 * touched: closing it here would drop the locks of a store open on it. */
static int create_file(const char *path, struct error *error)
{
	int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (file >= 0)
		close(file);
	else if (errno != EEXIST)
		return error_set(error, ERROR_IO, "%s cannot be created: %s", path,
		                 strerror(errno));
	return OK;
}

static int open_database(struct store *store, const char *path)
{
	struct sqlite_store *sqlite = store->state;
	int64_t version;
	int code = sqlite3_open_v2(path, &sqlite->database,
	                           SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
	                               SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
	                           NULL);
	int r;

	if (code != SQLITE_OK)
		return sqlite_failed(store, code);
	/* A process that was killed a moment ago may not be quite gone. */
	sqlite3_busy_timeout(sqlite->database, OPEN_PATIENCE);
	if ((r = execute_all(store, settings_before,
	                     sizeof settings_before / sizeof *settings_before)) != OK ||
	    (r = find_version(store, &version)) != OK ||
	    (r = execute_all(store, settings_after,
	                     sizeof settings_after / sizeof *settings_after)) != OK ||
	    (r = upgrade(store, version)) != OK)
		return r;
	return sqlite_prepare_statements(store);
}

int store_open_sqlite(const char *path, struct store **ret_store, struct error *error)
{
	struct store draft = { .backend = &sqlite_backend };
	int r;

	if ((r = create_file(path, error)) != OK)
		return r;
	draft.state = allocate(1, sizeof(struct sqlite_store));
	if (!draft.state)
		return error_set(error, ERROR_MEMORY, "no memory for the store");
	r = open_database(&draft, path);
	if (r != OK)
		error_set(error, r, "%s: %s", path, draft.failure.message);
	else
		r = store_new(&sqlite_backend, draft.state, ret_store, error);
	if (r != OK)
		sqlite_close(&draft);
	return r;
}
