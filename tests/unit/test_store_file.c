/* The store and its surroundings: memory that runs out, files that are not ours,
 * copies. */
#include "store_fixture.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "torture.h"

/* ---- Allocation failures ---- */

/* One transaction of everything; afterwards the store is rolled back, so that
 * each run starts from the same state. */
static int run_everything(void *context)
{
	struct fixture *f = context;
	struct hash hash = hash_of(4, 4);
	struct store_opening opening = { .who = "a.head" };
	struct store_entries entries;
	struct store_values values;
	struct store_head head;
	int r;

	store_entries_init(&entries);
	store_values_init(&values);
	store_head_init(&head);
	if ((r = store_begin(f->store)) != OK || (r = set(f, "key", "value")) != OK ||
	    (r = append(f, 0, 0, 20)) != OK || (r = put_head(f, 20, "note")) != OK ||
	    (r = cosign(f, 20, "south", "line\n")) != OK ||
	    (r = store_begin_blob(f->store, f->channel, &hash, 4, 0)) != OK ||
	    (r = append_piece(f, &hash, 0, "abcd")) != OK ||
	    (r = store_complete_blob(f->store, f->channel, &hash)) != OK ||
	    (r = store_add_openings(f->store, f->channel, &opening, 1)) != OK ||
	    (r = store_list_arrivals(f->store, f->channel, 0, 20, 1000, &entries)) != OK ||
	    (r = store_list_values(f->store, f->channel, "", "", 9, &values)) != OK ||
	    (r = store_get_head(f->store, f->channel, 0, 20, NULL, &head)) != OK ||
	    (r = store_delete_blob(f->store, f->channel, &hash)) != OK ||
	    (r = store_delete_value(f->store, f->channel, "key")) != OK)
		goto out;
	assert_int_equal(entries.count, 20);
out:
	store_rollback(f->store);
	store_entries_release(&entries);
	store_values_release(&values);
	store_head_release(&head);
	assert_value(f->store, f->channel, "key", NULL);
	return r;
}

static void test_allocation_failures(void **state)
{
	struct fixture *f = *state;

	/* The tables and the undo list keep the room that they once had. */
	assert_int_equal(run_everything(f), OK);
	torture(run_everything, f);
}

static int open_and_close(void *context)
{
	struct store *store;
	int r = context ? store_open_sqlite(context, &store, NULL) : store_open_memory(&store);

	if (r == OK)
		store_close(store);
	return r;
}

static void test_allocation_failures_of_opening(void **state)
{
	struct fixture *f = *state;
	char path[128];

	path_in(f, "other.db", path);
	torture(open_and_close, NULL);
	torture(open_and_close, path);
}

/* ---- What only the SQLite backend has ---- */

static void test_reopening(void **state)
{
	struct fixture *f = *state;
	struct store *second;
	struct error error;
	struct stat status;

	assert_int_equal(stat(f->path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(store_open_sqlite(f->path, &second, &error), ERROR_IO);
	assert_non_null(strstr(error.message, "another process"));
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(set(f, "a", "1"), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(set(f, "a", "2"), OK);
	store_close(f->store);
	assert_int_equal(store_open_sqlite(f->path, &f->store, NULL), OK);
	assert_value(f->store, f->channel, "a", "1");
}

static void execute(const char *path, const char *sql)
{
	sqlite3 *database;

	assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
	assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

static void assert_refused(const char *path, int code, const char *phrase)
{
	struct store *store = NULL;
	struct error error;

	assert_int_equal(store_open_sqlite(path, &store, &error), code);
	assert_null(store);
	assert_int_equal(error.code, code);
	assert_non_null(strstr(error.message, phrase));
}

static void test_foreign_files_are_refused(void **state)
{
	struct fixture *f = *state;
	char path[128];
	FILE *file;

	store_close(f->store);
	f->store = NULL;
	execute(f->path, "PRAGMA user_version = 999");
	assert_refused(f->path, ERROR_UNSUPPORTED, "schema version 999");
	path_in(f, "other.db", path);
	execute(path, "CREATE TABLE t (a)");
	assert_refused(path, ERROR_UNSUPPORTED, "not a store of Chirograph");
	file = fopen(path, "w");
	assert_non_null(file);
	for (size_t i = 0; i < 1000; i++)
		fputs("not a database ", file);
	assert_int_equal(fclose(file), 0);
	assert_refused(path, ERROR_UNSUPPORTED, "not a database");
	path_in(f, "missing/other.db", path);
	assert_refused(path, ERROR_IO, "cannot be created");
}

/* Writes a whole copy to a file, in pieces. */
static void write_copy(struct store *store, struct store_copy *copy, const char *path)
{
	FILE *file = fopen(path, "w");
	struct buffer piece;

	assert_non_null(file);
	buffer_init(&piece, 5000);
	for (uint64_t offset = 0;; offset += piece.size) {
		buffer_clear(&piece);
		assert_int_equal(store_copy_read(store, copy, offset, 5000, &piece), OK);
		if (piece.size == 0)
			break;
		assert_int_equal(fwrite(piece.data, 1, piece.size, file), piece.size);
	}
	assert_int_equal(ftell(file), store_copy_size(store, copy));
	assert_int_equal(fclose(file), 0);
	buffer_release(&piece);
}

static void commit_value(struct fixture *f, const char *value)
{
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(set(f, "a", value), OK);
	assert_int_equal(store_commit(f->store), OK);
}

/* What is committed while the copy is being made is in it; what comes later is not. */
static void test_copy(void **state)
{
	struct fixture *f = *state;
	static uint8_t large[STORE_VALUE_MAXIMUM];
	struct store_copy *making, *unused;
	struct store *copy;
	char path[128];
	int r;

	/* More than one step takes. */
	assert_int_equal(store_begin(f->store), OK);
	for (unsigned i = 0; i < 5; i++) {
		char key[2] = { (char)('b' + i), '\0' };

		assert_int_equal(
		    store_set_value(f->store, f->channel, key, bytes_of(large, sizeof large)), OK);
	}
	assert_int_equal(store_copy_begin(f->store, &unused), ERROR_STATE);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_copy_begin(f->store, &making), OK);
	/* It has no name, also while it is being made. */
	path_in(f, "store.db.copy", path);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_copy_step(f->store, making), ERROR_STATE);
	store_rollback(f->store);
	commit_value(f, "1");
	r = store_copy_step(f->store, making);
	assert_int_equal(r, ERROR_WAIT);
	while (r == ERROR_WAIT) {
		commit_value(f, "2");
		r = store_copy_step(f->store, making);
	}
	assert_int_equal(r, OK);
	assert_int_equal(store_copy_step(f->store, making), OK);
	commit_value(f, "3");
	path_in(f, "copy.db", path);
	write_copy(f->store, making, path);
	store_copy_free(f->store, making);
	store_copy_free(f->store, NULL);
	assert_int_equal(store_open_sqlite(path, &copy, NULL), OK);
	assert_value(copy, f->channel, "a", "2");
	store_close(copy);
}

/* A copy that is given up leaves the store as it was. */
static void test_copy_is_given_up(void **state)
{
	struct fixture *f = *state;
	struct store_copy *copy;

	assert_int_equal(store_copy_begin(f->store, &copy), OK);
	store_copy_free(f->store, copy);
	assert_int_equal(store_copy_begin(f->store, &copy), OK);
	while (store_copy_step(f->store, copy) == ERROR_WAIT)
		;
	store_copy_free(f->store, copy);
	commit_value(f, "4");
	assert_value(f->store, f->channel, "a", "4");
}

static void test_memory_is_not_copied(void **state)
{
	struct fixture *f = *state;
	struct store_copy *copy;

	assert_int_equal(store_copy_begin(f->store, &copy), ERROR_UNSUPPORTED);
	store_copy_free(f->store, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(test_allocation_failures),
		cmocka_unit_test_setup_teardown(test_allocation_failures_of_opening, set_up_memory,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_reopening, set_up_sqlite, tear_down),
		cmocka_unit_test_setup_teardown(test_foreign_files_are_refused, set_up_sqlite,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_copy, set_up_sqlite, tear_down),
		cmocka_unit_test_setup_teardown(test_copy_is_given_up, set_up_sqlite, tear_down),
		cmocka_unit_test_setup_teardown(test_memory_is_not_copied, set_up_memory,
		                                tear_down),
	};

	return cmocka_run_group_tests_name("store files", tests, NULL, NULL);
}
