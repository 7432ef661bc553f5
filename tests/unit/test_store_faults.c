/* Nothing acknowledged is ever lost: the SQLite backend over a disk that loses
 * power, fails, fills up, and in a process that is killed.
 *
 * The workload is a count of equal transactions. Transaction t (1 and up) writes
 * something of every kind, so that what is found afterwards says exactly which
 * transactions have happened, and whether any of them happened in part.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sqlite3.h>

#include "faulty_vfs.h"
#include "store.h"

enum {
	ENTRIES_A_STEP = 3,
	PIECE_SIZE = 3000,
	STEPS = 8,
	REOPEN_AFTER = 4, /* closing moves the write-ahead log into the database */
	SEEDS = 6,
};

static char directory[] = "/tmp/chiro-faults-XXXXXX";
static char path[64];
static const struct hash channel_id = { { 1 } }, blob_hash = { { 2 } };

static int set_up(void **state)
{
	(void)state;
	snprintf(directory, sizeof directory, "/tmp/chiro-faults-XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof path, "%s/store.db", directory);
	return 0;
}

static int tear_down(void **state)
{
	char log[80];

	(void)state;
	snprintf(log, sizeof log, "%s-wal", path);
	unlink(log);
	unlink(path);
	return rmdir(directory);
}

static int set_up_faulty(void **state)
{
	faulty_vfs_install();
	return set_up(state);
}

static int tear_down_faulty(void **state)
{
	faulty_vfs_remove();
	return tear_down(state);
}

/* ---- The workload ---- */

enum { FIRST_CHANNEL = 1 };

static uint8_t content_at(uint64_t position)
{
	return (uint8_t)(position * 2654435761U >> 11);
}

static int put_entries(struct store *store, uint32_t channel, uint64_t step)
{
	struct store_entry entries[ENTRIES_A_STEP] = { 0 };
	uint8_t bytes[ENTRIES_A_STEP][200];

	for (size_t i = 0; i < ENTRIES_A_STEP; i++) {
		uint64_t number = (step - 1) * ENTRIES_A_STEP + i;

		memset(bytes[i], content_at(number), sizeof bytes[i]);
		entries[i].number = number;
		entries[i].bytes = bytes_of(bytes[i], sizeof bytes[i]);
	}
	return store_append_entries(store, channel, 0, entries, ENTRIES_A_STEP);
}

static int put_piece(struct store *store, uint32_t channel, uint64_t step)
{
	uint64_t offset = (step - 1) * PIECE_SIZE;
	uint8_t piece[PIECE_SIZE];

	for (size_t i = 0; i < PIECE_SIZE; i++)
		piece[i] = content_at(offset + i);
	return store_append_blob(store, channel, &blob_hash, offset, bytes_of(piece, PIECE_SIZE));
}

/* Writes transaction `step` up to, but without, its commit. */
static int write_step(struct store *store, uint64_t step)
{
	uint32_t channel = FIRST_CHANNEL;
	uint8_t value[8];
	int r;

	memcpy(value, &step, sizeof value);
	if ((r = store_begin(store)) != OK)
		return r;
	if (step == 1 && ((r = store_add_channel(store, &channel_id, 0, &channel)) != OK ||
	                  (r = store_begin_blob(store, channel, &blob_hash, 1 << 30, 1)) != OK))
		return r;
	if ((r = put_entries(store, channel, step)) != OK ||
	    (r = put_piece(store, channel, step)) != OK ||
	    (r = store_put_head(store, channel, 0, step * ENTRIES_A_STEP,
	                        bytes_of(value, sizeof value))) != OK)
		return r;
	return store_set_value(store, channel, "step", bytes_of(value, sizeof value));
}

static int run_step(struct store *store, uint64_t step)
{
	int r = write_step(store, step);

	if (r != OK) {
		store_rollback(store);
		return r;
	}
	return store_commit(store);
}

/* ---- What is found ---- */

static void assert_entries(struct store *store, uint32_t channel, uint64_t steps)
{
	struct store_entries page;
	uint64_t number = 0;

	store_entries_init(&page);
	do {
		assert_int_equal(store_get_entries(store, channel, 0, number, 100, 1 << 20, &page),
		                 OK);
		for (size_t i = 0; i < page.count; i++, number++) {
			assert_int_equal(page.items[i].number, number);
			assert_int_equal(page.items[i].arrival, number);
			assert_int_equal(page.items[i].bytes.size, 200);
			assert_int_equal(page.items[i].bytes.data[199], content_at(number));
		}
	} while (page.count > 0);
	store_entries_release(&page);
	assert_int_equal(number, steps * ENTRIES_A_STEP);
}

static void assert_blob(struct store *store, uint32_t channel, uint64_t steps)
{
	struct store_blob blob;
	struct buffer buffer;

	buffer_init(&buffer, STORE_PIECE_MAXIMUM);
	assert_int_equal(store_get_blob(store, channel, &blob_hash, &blob), OK);
	assert_int_equal(blob.size, steps * PIECE_SIZE);
	for (uint64_t offset = 0; offset < blob.size; offset += buffer.size) {
		buffer_clear(&buffer);
		assert_int_equal(store_read_blob(store, channel, &blob_hash, offset,
		                                 STORE_PIECE_MAXIMUM, &buffer),
		                 OK);
		for (size_t i = 0; i < buffer.size; i++)
			assert_int_equal(buffer.data[i], content_at(offset + i));
	}
	buffer_release(&buffer);
}

/* How many transactions have happened; fails when one happened in part. */
static uint64_t count_steps(struct store *store)
{
	struct store_channel channel;
	struct store_entries beyond;
	struct store_head head;
	struct buffer value;
	uint64_t steps;
	size_t count;

	assert_int_equal(store_list_channels(store, 0, 1, &channel, &count), OK);
	if (count == 0)
		return 0;
	assert_true(hash_equal(&channel.id, &channel_id));
	assert_int_equal(channel.number, FIRST_CHANNEL);
	buffer_init(&value, 8);
	store_head_init(&head);
	store_entries_init(&beyond);
	assert_int_equal(store_get_value(store, FIRST_CHANNEL, "step", &value), OK);
	memcpy(&steps, value.data, sizeof steps);
	assert_int_equal(store_get_head(store, FIRST_CHANNEL, 0, UINT64_MAX, NULL, &head), OK);
	assert_int_equal(head.size, steps * ENTRIES_A_STEP);
	assert_true(bytes_equal(head.note, buffer_view(&value)));
	assert_entries(store, FIRST_CHANNEL, steps);
	assert_int_equal(
	    store_get_entries(store, FIRST_CHANNEL, 0, steps * ENTRIES_A_STEP, 1, 1000, &beyond),
	    OK);
	assert_int_equal(beyond.count, 0);
	assert_blob(store, FIRST_CHANNEL, steps);
	store_entries_release(&beyond);
	store_head_release(&head);
	buffer_release(&value);
	return steps;
}

/* SQLite's own opinion of the file. */
static void assert_intact(void)
{
	sqlite3_stmt *statement;
	sqlite3 *database;

	assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(database, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(
	    sqlite3_prepare_v2(database, "PRAGMA integrity_check", -1, &statement, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(statement, 0), "ok");
	sqlite3_finalize(statement);
	assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

static struct store *open_store(void)
{
	struct store *store = NULL;
	struct error error;
	int r = store_open_sqlite(path, &store, &error);

	if (r != OK)
		print_message("# %s\n", error.message);
	assert_int_equal(r, OK);
	return store;
}

/* ---- Loss of power ---- */

/* Runs the workload until it ends or the power goes; gives how many commits were
 * acknowledged. */
static uint64_t run_until_power_is_lost(void)
{
	uint64_t acknowledged = 0;
	struct store *store;

	if (store_open_sqlite(path, &store, NULL) != OK)
		return 0;
	while (acknowledged < STEPS && run_step(store, acknowledged + 1) == OK) {
		acknowledged++;
		if (acknowledged != REOPEN_AFTER)
			continue;
		store_close(store);
		if (store_open_sqlite(path, &store, NULL) != OK)
			return acknowledged;
	}
	store_close(store);
	return acknowledged;
}

static void check_after_power_loss(uint64_t acknowledged, enum faulty_fate fate)
{
	struct store *store;
	uint64_t found;

	faulty_vfs_restart(fate);
	store = open_store();
	found = count_steps(store);
	/* The transaction whose commit was under way may have happened. */
	assert_true(found == acknowledged || found == acknowledged + 1);
	assert_int_equal(run_step(store, found + 1), OK);
	store_close(store);
	faulty_vfs_restart(FAULTY_DROP);
	store = open_store();
	assert_int_equal(count_steps(store), found + 1);
	store_close(store);
	assert_intact();
}

/* Loses the power at the first sync (or write), the second, and so on until the
 * workload gets to its end with the power on. */
static void lose_power_everywhere(void (*lose_power_at)(size_t n), size_t stride)
{
	size_t points = 0;

	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		enum faulty_fate fate = seed == 1   ? FAULTY_KEEP
		                        : seed == 2 ? FAULTY_DROP
		                                    : FAULTY_RANDOM;
		bool lost = true;

		for (size_t n = 1 + seed % stride; lost; n += stride, points++) {
			uint64_t acknowledged;

			faulty_vfs_reset(seed * 1000 + (uint32_t)n);
			lose_power_at(n);
			acknowledged = run_until_power_is_lost();
			lost = faulty_vfs_power_is_lost();
			if (!lost)
				assert_int_equal(acknowledged, STEPS);
			check_after_power_loss(acknowledged, fate);
		}
	}
	print_message("# %zu losses of power\n", points);
	assert_true(points > SEEDS * STEPS);
}

static void test_power_is_lost_at_each_sync(void **state)
{
	(void)state;
	lose_power_everywhere(faulty_vfs_lose_power_at_sync, 1);
}

static void test_power_is_lost_at_writes(void **state)
{
	(void)state;
	lose_power_everywhere(faulty_vfs_lose_power_at_write, 5);
}

/* ---- Failures that pass ---- */

/* One write or sync fails. A transaction that fails is done again, and all must
 * then be there, also after the power is lost. */
static void fail_everywhere(void (*fail_at)(size_t n))
{
	bool failed = true;
	size_t failures = 0;

	for (size_t n = 1; failed; n++) {
		struct store *store;

		faulty_vfs_reset((uint32_t)n);
		store = open_store();
		fail_at(n);
		for (uint64_t step = 1; step <= STEPS; step++) {
			int r = run_step(store, step);

			if (r != OK) {
				failures++;
				assert_int_equal(r, ERROR_IO);
				assert_int_equal(store_last_error(store)->code, ERROR_IO);
				assert_int_equal(count_steps(store), step - 1);
				assert_int_equal(run_step(store, step), OK);
			}
		}
		failed = faulty_vfs_failed();
		assert_int_equal(count_steps(store), STEPS);
		faulty_vfs_lose_power_at_sync(1);
		store_close(store);
		faulty_vfs_restart(FAULTY_DROP);
		store = open_store();
		assert_int_equal(count_steps(store), STEPS);
		store_close(store);
		assert_intact();
	}
	assert_true(failures >= STEPS);
}

static void test_a_write_fails(void **state)
{
	(void)state;
	fail_everywhere(faulty_vfs_fail_write);
}

static void test_a_sync_fails(void **state)
{
	(void)state;
	fail_everywhere(faulty_vfs_fail_sync);
}

static void test_the_disk_is_full(void **state)
{
	struct store *store;
	uint64_t steps = 0;
	int r;

	(void)state;
	faulty_vfs_reset(1);
	store = open_store();
	faulty_vfs_limit(1 << 20);
	while ((r = run_step(store, steps + 1)) == OK)
		steps++;
	assert_int_equal(r, ERROR_LIMIT);
	assert_non_null(strstr(store_last_error(store)->message, "disk is full"));
	assert_true(steps > 5);
	assert_int_equal(count_steps(store), steps);
	assert_int_equal(run_step(store, steps + 1), ERROR_LIMIT);
	faulty_vfs_limit(SIZE_MAX);
	assert_int_equal(run_step(store, steps + 1), OK);
	faulty_vfs_lose_power_at_sync(1);
	store_close(store);
	faulty_vfs_restart(FAULTY_DROP);
	store = open_store();
	assert_int_equal(count_steps(store), steps + 1);
	store_close(store);
	assert_intact();
}

/* ---- A process that is killed ---- */

/* Commits and says so, for ever. */
static void commit_for_ever(int report)
{
	struct store *store;
	uint64_t step;

	if (store_open_sqlite(path, &store, NULL) != OK)
		_exit(1);
	for (step = count_steps(store) + 1;; step++) {
		if (run_step(store, step) != OK ||
		    write(report, &step, sizeof step) != (ssize_t)sizeof step)
			_exit(1);
	}
}

/* Starts a child and kills it after so many acknowledged commits and
 * microseconds; gives the last acknowledged step. */
static uint64_t run_and_kill(unsigned commits, useconds_t pause)
{
	uint64_t step = 0, last = 0;
	int report[2], status;
	pid_t child;

	assert_int_equal(pipe(report), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		commit_for_ever(report[1]);
	close(report[1]);
	for (unsigned i = 0; i < commits; i++) {
		assert_int_equal(read(report[0], &step, sizeof step), sizeof step);
		last = step;
	}
	usleep(pause);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	while (read(report[0], &step, sizeof step) == (ssize_t)sizeof step)
		last = step;
	close(report[0]);
	return last;
}

static void test_the_process_is_killed(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		uint64_t last = run_and_kill(1 + i % 7, i * 97 % 1000);
		struct store *store = open_store();
		uint64_t found = count_steps(store);

		assert_true(found == last || found == last + 1);
		store_close(store);
	}
	assert_intact();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_power_is_lost_at_each_sync, set_up_faulty,
		                                tear_down_faulty),
		cmocka_unit_test_setup_teardown(test_power_is_lost_at_writes, set_up_faulty,
		                                tear_down_faulty),
		cmocka_unit_test_setup_teardown(test_a_write_fails, set_up_faulty,
		                                tear_down_faulty),
		cmocka_unit_test_setup_teardown(test_a_sync_fails, set_up_faulty, tear_down_faulty),
		cmocka_unit_test_setup_teardown(test_the_disk_is_full, set_up_faulty,
		                                tear_down_faulty),
		cmocka_unit_test_setup_teardown(test_the_process_is_killed, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("store faults", tests, NULL, NULL);
}
