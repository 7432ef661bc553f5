/* The contract of store.h, held against both backends by the same tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "allocate.h"
#include "store.h"
#include "torture.h"

struct fixture {
	char directory[64];
	char path[96];
	struct store *store;
	uint32_t channel;
};

static struct hash hash_of(uint8_t first, uint8_t second)
{
	struct hash hash;

	memset(hash.bytes, first, sizeof hash.bytes);
	hash.bytes[31] = second;
	return hash;
}

static void path_in(const struct fixture *fixture, const char *name, char ret_path[128])
{
	snprintf(ret_path, 128, "%s/%s", fixture->directory, name);
}

static void add_channel(struct fixture *fixture)
{
	struct hash id = hash_of(1, 1);

	assert_int_equal(store_begin(fixture->store), OK);
	assert_int_equal(store_add_channel(fixture->store, &id, 1, &fixture->channel), OK);
	assert_int_equal(store_commit(fixture->store), OK);
}

static struct fixture *new_fixture(void)
{
	struct fixture *fixture = allocate(1, sizeof *fixture);

	assert_non_null(fixture);
	snprintf(fixture->directory, sizeof fixture->directory, "/tmp/chiro-store-XXXXXX");
	assert_non_null(mkdtemp(fixture->directory));
	snprintf(fixture->path, sizeof fixture->path, "%s/store.db", fixture->directory);
	return fixture;
}

static int set_up_memory(void **state)
{
	struct fixture *fixture = new_fixture();

	assert_int_equal(store_open_memory(&fixture->store), OK);
	add_channel(fixture);
	*state = fixture;
	return 0;
}

static int set_up_sqlite(void **state)
{
	struct fixture *fixture = new_fixture();

	assert_int_equal(store_open_sqlite(fixture->path, &fixture->store, NULL), OK);
	add_channel(fixture);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "store.db", "store.db-wal", "copy.db",
		                             "other.db", "copy.db-wal",  "other.db-wal" };
	struct fixture *fixture = *state;
	char path[128];

	store_close(fixture->store);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		path_in(fixture, names[i], path);
		unlink(path);
	}
	assert_int_equal(rmdir(fixture->directory), 0);
	release_memory(fixture);
	return 0;
}

/* ---- Transactions ---- */

static void test_writing_needs_a_transaction(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_set_value(f->store, f->channel, "k", bytes_of_string("v")),
	                 ERROR_STATE);
	assert_int_equal(store_commit(f->store), ERROR_STATE);
	store_rollback(f->store);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_begin(f->store), ERROR_STATE);
	assert_int_equal(store_commit(f->store), OK);
}

static void assert_value(struct store *store, uint32_t channel, const char *key,
                         const char *expected)
{
	struct buffer buffer;

	buffer_init(&buffer, STORE_VALUE_MAXIMUM);
	if (expected) {
		assert_int_equal(store_get_value(store, channel, key, &buffer), OK);
		assert_true(bytes_equal_string(buffer_view(&buffer), expected));
	} else {
		assert_int_equal(store_get_value(store, channel, key, &buffer), ERROR_NOT_FOUND);
	}
	buffer_release(&buffer);
}

static int set(struct fixture *f, const char *key, const char *value)
{
	return store_set_value(f->store, f->channel, key, bytes_of_string(value));
}

static void test_an_error_breaks_the_transaction(void **state)
{
	struct fixture *f = *state;
	struct hash id = hash_of(1, 1), second = hash_of(2, 2);
	uint32_t number = 77;

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(set(f, "a", "1"), OK);
	assert_int_equal(store_add_channel(f->store, &second, 0, &number), OK);
	assert_int_equal(number, f->channel + 1);
	assert_int_equal(store_add_channel(f->store, &id, 0, &number), ERROR_EXISTS);
	assert_int_equal(set(f, "b", "2"), ERROR_EXISTS);
	assert_int_equal(store_commit(f->store), ERROR_EXISTS);
	assert_value(f->store, f->channel, "a", NULL);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_set_value(f->store, number, "a", bytes_of_string("1")),
	                 ERROR_NOT_FOUND);
	assert_int_equal(store_commit(f->store), ERROR_NOT_FOUND);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(set(f, "a", "3"), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_value(f->store, f->channel, "a", "3");
}

static void test_rollback_restores(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(set(f, "a", "1"), OK);
	assert_int_equal(set(f, "b", "1"), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(set(f, "a", "2"), OK);
	assert_int_equal(set(f, "a", "3"), OK);
	assert_int_equal(store_delete_value(f->store, f->channel, "b"), OK);
	assert_int_equal(set(f, "c", "1"), OK);
	assert_int_equal(store_delete_value(f->store, f->channel, "c"), OK);
	assert_int_equal(set(f, "d", "1"), OK);
	assert_value(f->store, f->channel, "a", "3");
	assert_value(f->store, f->channel, "b", NULL);
	store_rollback(f->store);
	assert_value(f->store, f->channel, "a", "1");
	assert_value(f->store, f->channel, "b", "1");
	assert_value(f->store, f->channel, "c", NULL);
	assert_value(f->store, f->channel, "d", NULL);
}

/* ---- Channels and values ---- */

static void test_channels(void **state)
{
	struct fixture *f = *state;
	struct store_channel channels[4];
	struct hash ids[3] = { hash_of(1, 1), hash_of(9, 9), hash_of(5, 5) };
	struct hash unknown = hash_of(6, 6);
	uint32_t number;
	size_t count;

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_add_channel(f->store, &ids[1], 0, &number), OK);
	assert_int_equal(number, 2);
	assert_int_equal(store_add_channel(f->store, &ids[2], 1, &number), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_find_channel(f->store, &ids[2], &channels[0]), OK);
	assert_int_equal(channels[0].number, 3);
	assert_int_equal(channels[0].own_party, 1);
	assert_int_equal(store_find_channel(f->store, &unknown, &channels[0]), ERROR_NOT_FOUND);
	assert_int_equal(store_list_channels(f->store, 0, 2, channels, &count), OK);
	assert_int_equal(count, 2);
	assert_int_equal(store_list_channels(f->store, 2, 4, channels, &count), OK);
	assert_int_equal(count, 1);
	assert_true(hash_equal(&channels[0].id, &ids[2]));
	assert_int_equal(store_list_channels(f->store, 3, 4, channels, &count), OK);
	assert_int_equal(count, 0);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_add_channel(f->store, &unknown, 2, &number), ERROR_LIMIT);
	store_rollback(f->store);
}

static void test_values(void **state)
{
	struct fixture *f = *state;
	struct store_values page;
	char long_key[STORE_NAME_CAPACITY + 1];

	memset(long_key, 'k', STORE_NAME_CAPACITY);
	long_key[STORE_NAME_CAPACITY] = 0;
	store_values_init(&page);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(set(f, "setup/b", "two"), OK);
	assert_int_equal(set(f, "setup/a", "one"), OK);
	assert_int_equal(set(f, "setup/c", ""), OK);
	assert_int_equal(set(f, "setup", "before"), OK);
	assert_int_equal(set(f, "setuq", "after"), OK);
	assert_int_equal(store_set_value(f->store, STORE_NODE, "setup/z", bytes_of("\0x", 2)), OK);
	assert_int_equal(store_delete_value(f->store, f->channel, "nothing"), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_value(f->store, f->channel, "setup/c", "");
	assert_value(f->store, STORE_NODE, "setup/a", NULL);

	assert_int_equal(store_list_values(f->store, f->channel, "setup/", "", 2, &page), OK);
	assert_int_equal(page.count, 2);
	assert_true(bytes_equal_string(page.items[0].key, "setup/a"));
	assert_true(bytes_equal_string(page.items[1].value, "two"));
	assert_int_equal(store_list_values(f->store, f->channel, "setup/", "setup/b", 9, &page),
	                 OK);
	assert_int_equal(page.count, 1);
	assert_true(bytes_equal_string(page.items[0].key, "setup/c"));
	assert_int_equal(page.items[0].value.size, 0);
	assert_int_equal(store_list_values(f->store, f->channel, "setup/", "setup/c", 9, &page),
	                 OK);
	assert_int_equal(page.count, 0);
	assert_int_equal(store_list_values(f->store, f->channel, "", "", 9, &page), OK);
	assert_int_equal(page.count, 5);
	assert_int_equal(store_list_values(f->store, STORE_NODE, "", "", 9, &page), OK);
	assert_int_equal(page.count, 1);
	assert_int_equal(page.items[0].value.size, 2);
	assert_int_equal(store_list_values(f->store, 9, "", "", 9, &page), ERROR_NOT_FOUND);
	store_values_release(&page);

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(set(f, long_key, "v"), ERROR_LIMIT);
	assert_int_equal(store_commit(f->store), ERROR_LIMIT);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(set(f, "", "v"), ERROR_LIMIT);
	store_rollback(f->store);
}

/* ---- Entries ---- */

enum { TEXT_CAPACITY = 32 };

static struct store_entry make_entry(uint64_t number, char text[TEXT_CAPACITY])
{
	struct store_entry entry = {
		.number = number,
		.verdict = 3,
		.reason = 60000,
		.kind = 12,
		.flags = 0x80000001,
		.time = 1000 + (timestamp)number,
		.logged = 2000 + (timestamp)number,
		.leaf_hash = hash_of(7, (uint8_t)number),
		.text_hash = hash_of(8, (uint8_t)number),
	};

	snprintf(text, TEXT_CAPACITY, "entry %llu", (unsigned long long)number);
	entry.bytes = bytes_of_string(text);
	return entry;
}

static int append(struct fixture *f, unsigned log, uint64_t from, size_t count,
                  const struct store_reference *matter)
{
	struct store_entry entries[64];
	char texts[64][TEXT_CAPACITY];

	for (size_t i = 0; i < count; i++) {
		entries[i] = make_entry(from + i, texts[i]);
		if (matter) {
			entries[i].has_matter = true;
			entries[i].matter = *matter;
		}
	}
	return store_append_entries(f->store, f->channel, log, entries, count);
}

static void assert_entry(const struct store_entry *entry, unsigned log, uint64_t number,
                         uint64_t arrival)
{
	char text[TEXT_CAPACITY];
	struct store_entry expected = make_entry(number, text);

	assert_int_equal(entry->log, log);
	assert_int_equal(entry->number, number);
	assert_int_equal(entry->arrival, arrival);
	assert_int_equal(entry->verdict, expected.verdict);
	assert_int_equal(entry->reason, expected.reason);
	assert_int_equal(entry->kind, expected.kind);
	assert_int_equal(entry->flags, expected.flags);
	assert_int_equal(entry->time, expected.time);
	assert_int_equal(entry->logged, expected.logged);
	assert_true(hash_equal(&entry->leaf_hash, &expected.leaf_hash));
	assert_true(hash_equal(&entry->text_hash, &expected.text_hash));
	assert_true(bytes_equal(entry->bytes, expected.bytes));
}

static void test_entries(void **state)
{
	struct fixture *f = *state;
	struct store_reference matter = { .log = 1, .number = 2 };
	struct store_usage usage;
	struct store_entries page;
	uint64_t count = 99;

	store_entries_init(&page);
	assert_int_equal(store_count_entries(f->store, f->channel, 0, &count), OK);
	assert_int_equal(count, 0);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append(f, 0, 0, 3, NULL), OK);
	assert_int_equal(append(f, 1, 0, 2, NULL), OK);
	assert_int_equal(append(f, 1, 2, 1, &matter), OK);
	assert_int_equal(append(f, 0, 3, 2, &matter), OK);
	assert_int_equal(append(f, 3, 0, 1, &matter), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_count_entries(f->store, f->channel, 0, &count), OK);
	assert_int_equal(count, 5);

	assert_int_equal(store_get_entries(f->store, f->channel, 0, 1, 3, 1000, &page), OK);
	assert_int_equal(page.count, 3);
	assert_entry(&page.items[0], 0, 1, 1);
	assert_entry(&page.items[2], 0, 3, 6);
	assert_true(page.items[2].has_matter);
	assert_int_equal(page.items[2].matter.log, 1);
	assert_int_equal(page.items[2].matter.number, 2);
	assert_false(page.items[0].has_matter);
	/* Each entry here has 7 bytes. */
	assert_int_equal(store_get_entries(f->store, f->channel, 0, 0, 9, 14, &page), OK);
	assert_int_equal(page.count, 2);
	assert_int_equal(store_get_entries(f->store, f->channel, 0, 4, 9, 0, &page), OK);
	assert_int_equal(page.count, 1);
	assert_int_equal(store_get_entries(f->store, f->channel, 0, 5, 9, 1000, &page), OK);
	assert_int_equal(page.count, 0);
	assert_int_equal(store_get_entries(f->store, f->channel, 0, UINT64_MAX, 9, 9, &page), OK);
	assert_int_equal(page.count, 0);
	assert_int_equal(store_get_entries(f->store, f->channel, 99, 0, 9, 9, &page), OK);
	assert_int_equal(page.count, 0);

	assert_int_equal(store_list_arrivals(f->store, f->channel, 4, 3, 1000, &page), OK);
	assert_int_equal(page.count, 3);
	assert_entry(&page.items[0], 1, 1, 4);
	assert_entry(&page.items[1], 1, 2, 5);
	assert_entry(&page.items[2], 0, 3, 6);

	assert_int_equal(store_list_matter(f->store, f->channel, matter, 0, 9, 1000, &page), OK);
	assert_int_equal(page.count, 4);
	assert_entry(&page.items[0], 1, 2, 5);
	assert_entry(&page.items[3], 3, 0, 8);
	assert_int_equal(store_list_matter(f->store, f->channel, matter, 6, 1, 1000, &page), OK);
	assert_int_equal(page.count, 1);
	assert_entry(&page.items[0], 0, 3, 6);

	assert_int_equal(store_get_usage(f->store, f->channel, 0, &usage), OK);
	assert_int_equal(usage.entries, 5);
	assert_int_equal(usage.entry_bytes, 35);
	assert_int_equal(store_get_usage(f->store, f->channel, 1, &usage), OK);
	assert_int_equal(usage.entries, 4);
	store_entries_release(&page);
}

static void test_entries_are_contiguous(void **state)
{
	struct fixture *f = *state;
	uint64_t count;

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append(f, 0, 1, 1, NULL), ERROR_STATE);
	assert_int_equal(store_commit(f->store), ERROR_STATE);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append(f, 0, 0, 2, NULL), OK);
	assert_int_equal(append(f, 0, 1, 1, NULL), ERROR_STATE);
	store_rollback(f->store);
	assert_int_equal(store_count_entries(f->store, f->channel, 0, &count), OK);
	assert_int_equal(count, 0);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append(f, STORE_LOGS, 0, 1, NULL), ERROR_LIMIT);
	store_rollback(f->store);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append(f, 0, 0, 2, NULL), OK);
	assert_int_equal(store_commit(f->store), OK);
}

static void test_entries_have_limits(void **state)
{
	struct fixture *f = *state;
	char text[TEXT_CAPACITY];
	struct store_entry entry = make_entry(0, text);
	uint8_t *large = allocate(1, STORE_ENTRY_MAXIMUM + 1);
	struct store_entries page;

	assert_non_null(large);
	store_entries_init(&page);
	entry.bytes = bytes_of(large, STORE_ENTRY_MAXIMUM + 1);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_append_entries(f->store, f->channel, 0, &entry, 1), ERROR_LIMIT);
	store_rollback(f->store);
	entry.bytes.size = 0;
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_append_entries(f->store, f->channel, 0, &entry, 1), ERROR_LIMIT);
	store_rollback(f->store);
	entry.bytes.size = STORE_ENTRY_MAXIMUM;
	entry.time = INT64_MIN;
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_append_entries(f->store, f->channel, 0, &entry, 1), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_get_entries(f->store, f->channel, 0, 0, 1, 0, &page), OK);
	assert_int_equal(page.items[0].bytes.size, STORE_ENTRY_MAXIMUM);
	assert_true(page.items[0].time == INT64_MIN);
	store_entries_release(&page);
	release_memory(large);
}

static void test_entries_are_found_by_text(void **state)
{
	struct fixture *f = *state;
	char text[TEXT_CAPACITY];
	struct store_entry twice = make_entry(4, text);
	uint64_t number = 99;

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append(f, 0, 0, 6, NULL), OK);
	twice.number = 6;
	assert_int_equal(store_append_entries(f->store, f->channel, 0, &twice, 1), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(
	    store_find_entry(f->store, f->channel, 0, twice.time, &twice.text_hash, 0, &number),
	    OK);
	assert_int_equal(number, 4);
	assert_int_equal(
	    store_find_entry(f->store, f->channel, 0, twice.time, &twice.text_hash, 5, &number),
	    OK);
	assert_int_equal(number, 6);
	assert_int_equal(
	    store_find_entry(f->store, f->channel, 0, twice.time, &twice.text_hash, 7, &number),
	    ERROR_NOT_FOUND);
	assert_int_equal(
	    store_find_entry(f->store, f->channel, 0, twice.time + 1, &twice.text_hash, 0, &number),
	    ERROR_NOT_FOUND);
	assert_int_equal(
	    store_find_entry(f->store, f->channel, 1, twice.time, &twice.text_hash, 0, &number),
	    ERROR_NOT_FOUND);
	assert_int_equal(number, 6);
}

static void test_channels_are_separate(void **state)
{
	struct fixture *f = *state;
	uint32_t first = f->channel, second;
	struct hash id = hash_of(3, 3);
	struct store_entries page;

	store_entries_init(&page);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_add_channel(f->store, &id, 0, &second), OK);
	assert_int_equal(append(f, 0, 0, 2, NULL), OK);
	f->channel = second;
	assert_int_equal(append(f, 0, 0, 3, NULL), OK);
	f->channel = first;
	assert_int_equal(append(f, 1, 0, 1, NULL), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_list_arrivals(f->store, first, 0, 9, 1000, &page), OK);
	assert_int_equal(page.count, 3);
	assert_entry(&page.items[2], 1, 0, 2);
	assert_int_equal(store_list_arrivals(f->store, second, 0, 9, 1000, &page), OK);
	assert_int_equal(page.count, 3);
	assert_int_equal(store_list_arrivals(f->store, STORE_NODE, 0, 9, 1000, &page),
	                 ERROR_NOT_FOUND);
	store_entries_release(&page);
}

/* ---- Tree hashes and heads ---- */

static void test_subtrees(void **state)
{
	struct fixture *f = *state;
	struct store_subtree subtrees[] = { { 1, 0, hash_of(1, 0) },
		                            { 1, 1, hash_of(1, 1) },
		                            { 2, 0, hash_of(2, 0) } };
	struct store_subtree impossible = { STORE_LEVELS, 0, hash_of(0, 0) };
	struct hash hashes[4], expected;

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append(f, 1, 0, 4, NULL), OK);
	assert_int_equal(store_put_subtrees(f->store, f->channel, 1, subtrees, 3), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_get_subtrees(f->store, f->channel, 1, 0, 1, 3, hashes), OK);
	expected = hash_of(7, 3);
	assert_true(hash_equal(&hashes[2], &expected));
	assert_int_equal(store_get_subtrees(f->store, f->channel, 1, 0, 1, 4, hashes),
	                 ERROR_NOT_FOUND);
	assert_int_equal(store_get_subtrees(f->store, f->channel, 1, 1, 0, 2, hashes), OK);
	assert_true(hash_equal(&hashes[1], &subtrees[1].hash));
	assert_int_equal(store_get_subtrees(f->store, f->channel, 1, 2, 0, 1, hashes), OK);
	assert_true(hash_equal(&hashes[0], &subtrees[2].hash));
	assert_int_equal(store_get_subtrees(f->store, f->channel, 1, 2, 1, 1, hashes),
	                 ERROR_NOT_FOUND);
	assert_int_equal(store_get_subtrees(f->store, f->channel, 0, 1, 0, 1, hashes),
	                 ERROR_NOT_FOUND);
	assert_int_equal(store_get_subtrees(f->store, f->channel, 1, 99, 0, 1, hashes),
	                 ERROR_NOT_FOUND);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_put_subtrees(f->store, f->channel, 1, subtrees, 1), ERROR_EXISTS);
	store_rollback(f->store);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_put_subtrees(f->store, f->channel, 1, &impossible, 1), ERROR_LIMIT);
	store_rollback(f->store);
}

static int put_head(struct fixture *f, uint64_t size, const char *note)
{
	return store_put_head(f->store, f->channel, 0, size, bytes_of_string(note));
}

static int cosign(struct fixture *f, uint64_t size, const char *cosigner, const char *line)
{
	return store_put_cosignature(f->store, f->channel, 0, size, cosigner,
	                             bytes_of_string(line));
}

static void test_heads(void **state)
{
	struct fixture *f = *state;
	struct store_heads page;

	store_heads_init(&page);
	assert_int_equal(store_get_head(f->store, f->channel, 0, 9, NULL, &page), ERROR_NOT_FOUND);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(put_head(f, 1, "one"), OK);
	assert_int_equal(put_head(f, 5, "five"), OK);
	assert_int_equal(put_head(f, 9, "nine"), OK);
	assert_int_equal(put_head(f, 5, "five"), OK);
	assert_int_equal(cosign(f, 5, "witness", "w5\n"), OK);
	assert_int_equal(cosign(f, 5, "south", "old\n"), OK);
	assert_int_equal(cosign(f, 5, "south", "s5\n"), OK);
	assert_int_equal(cosign(f, 1, "south", "s1\n"), OK);
	assert_int_equal(store_commit(f->store), OK);

	assert_int_equal(store_get_head(f->store, f->channel, 0, UINT64_MAX, NULL, &page), OK);
	assert_int_equal(page.items[0].size, 9);
	assert_int_equal(page.items[0].cosignatures.size, 0);
	assert_int_equal(store_get_head(f->store, f->channel, 0, 8, NULL, &page), OK);
	assert_int_equal(page.count, 1);
	assert_int_equal(page.items[0].size, 5);
	assert_true(bytes_equal_string(page.items[0].note, "five"));
	assert_true(bytes_equal_string(page.items[0].cosignatures, "s5\nw5\n"));
	assert_int_equal(store_get_head(f->store, f->channel, 0, 4, "south", &page), OK);
	assert_int_equal(page.items[0].size, 1);
	assert_int_equal(store_get_head(f->store, f->channel, 0, 99, "witness", &page), OK);
	assert_int_equal(page.items[0].size, 5);
	assert_int_equal(store_get_head(f->store, f->channel, 0, 4, "witness", &page),
	                 ERROR_NOT_FOUND);
	assert_int_equal(store_get_head(f->store, f->channel, 0, 0, NULL, &page), ERROR_NOT_FOUND);
	assert_int_equal(store_list_heads(f->store, f->channel, 0, 2, 9, &page), OK);
	assert_int_equal(page.count, 2);
	assert_true(bytes_equal_string(page.items[0].cosignatures, "s5\nw5\n"));
	assert_true(bytes_equal_string(page.items[1].note, "nine"));
	assert_int_equal(store_list_heads(f->store, f->channel, 0, 10, 9, &page), OK);
	assert_int_equal(page.count, 0);
	store_heads_release(&page);

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(put_head(f, 5, "another"), ERROR_MISMATCH);
	assert_int_equal(store_commit(f->store), ERROR_MISMATCH);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(cosign(f, 4, "south", "s4\n"), ERROR_NOT_FOUND);
	store_rollback(f->store);
}

/* ---- Blobs ---- */

/* Longer than two chunks of the SQLite backend, and not a multiple of one. */
enum { BLOB_SIZE = 600001 };

static uint8_t *make_blob(void)
{
	uint8_t *blob = allocate(BLOB_SIZE, 1);

	assert_non_null(blob);
	for (size_t i = 0; i < BLOB_SIZE; i++)
		blob[i] = (uint8_t)(i * 2654435761U >> 13);
	return blob;
}

static void test_blobs(void **state)
{
	/* Pieces that begin and end inside, at and across chunks; some come again. */
	static const struct {
		size_t from, to;
	} pieces[] = { { 0, 1 },           { 1, 60000 },
		       { 0, 1000 },        { 59000, 262144 },
		       { 262144, 262145 }, { 262145, 262145 },
		       { 262145, 524300 }, { 524288, 600000 },
		       { 1, 600000 },      { 600000, BLOB_SIZE } };
	struct fixture *f = *state;
	struct hash hash = hash_of(4, 4);
	uint8_t *content = make_blob();
	struct store_blob blob;
	struct buffer buffer;

	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct bytes piece = bytes_of(content + pieces[i].from,
		                              pieces[i].to - pieces[i].from);

		assert_int_equal(store_begin(f->store), OK);
		assert_int_equal(store_begin_blob(f->store, f->channel, &hash, BLOB_SIZE, 1), OK);
		assert_int_equal(
		    store_append_blob(f->store, f->channel, &hash, pieces[i].from, piece), OK);
		assert_int_equal(store_commit(f->store), OK);
	}
	assert_int_equal(store_get_blob(f->store, f->channel, &hash, &blob), OK);
	assert_int_equal(blob.size, BLOB_SIZE);
	assert_int_equal(blob.owner, 1);
	assert_false(blob.complete);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_complete_blob(f->store, f->channel, &hash), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_get_blob(f->store, f->channel, &hash, &blob), OK);
	assert_true(blob.complete);

	buffer_init(&buffer, BLOB_SIZE);
	assert_int_equal(store_read_blob(f->store, f->channel, &hash, 0, BLOB_SIZE, &buffer), OK);
	assert_true(bytes_equal(buffer_view(&buffer), bytes_of(content, BLOB_SIZE)));
	buffer_clear(&buffer);
	assert_int_equal(store_read_blob(f->store, f->channel, &hash, 262140, 8, &buffer), OK);
	assert_true(bytes_equal(buffer_view(&buffer), bytes_of(content + 262140, 8)));
	buffer_clear(&buffer);
	assert_int_equal(store_read_blob(f->store, f->channel, &hash, BLOB_SIZE - 3, 100, &buffer),
	                 OK);
	assert_true(bytes_equal(buffer_view(&buffer), bytes_of(content + BLOB_SIZE - 3, 3)));
	assert_int_equal(store_read_blob(f->store, f->channel, &hash, BLOB_SIZE, 9, &buffer), OK);
	assert_int_equal(buffer.size, 3);
	buffer_release(&buffer);
	release_memory(content);
}

static int append_piece(struct fixture *f, const struct hash *hash, uint64_t offset,
                        const char *piece)
{
	return store_append_blob(f->store, f->channel, hash, offset, bytes_of_string(piece));
}

static void test_blobs_refuse(void **state)
{
	static const struct {
		uint64_t offset;
		const char *piece;
		int result;
	} cases[] = { { 5, "x", ERROR_STATE },
		      { 0, "abxd", ERROR_MISMATCH },
		      { 3, "defghijk", ERROR_LIMIT },
		      { 11, "", ERROR_LIMIT },
		      { UINT64_MAX, "x", ERROR_LIMIT },
		      { 0, "abcd", OK },
		      { 2, "cdef", OK } };
	struct fixture *f = *state;
	struct hash hash = hash_of(4, 4), unknown = hash_of(4, 5);
	struct store_blob blob;

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_begin_blob(f->store, f->channel, &hash, 10, 0), OK);
	assert_int_equal(append_piece(f, &hash, 0, "abcd"), OK);
	assert_int_equal(store_commit(f->store), OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(store_begin(f->store), OK);
		assert_int_equal(append_piece(f, &hash, cases[i].offset, cases[i].piece),
		                 cases[i].result);
		assert_int_equal(store_commit(f->store), cases[i].result);
	}
	assert_int_equal(store_get_blob(f->store, f->channel, &hash, &blob), OK);
	assert_int_equal(blob.size, 6);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_complete_blob(f->store, f->channel, &hash), ERROR_STATE);
	store_rollback(f->store);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_begin_blob(f->store, f->channel, &hash, 11, 0), ERROR_MISMATCH);
	store_rollback(f->store);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append_piece(f, &unknown, 0, "a"), ERROR_NOT_FOUND);
	store_rollback(f->store);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_begin_blob(f->store, f->channel, &unknown, 0, 0), ERROR_LIMIT);
	store_rollback(f->store);
}

static void test_blobs_are_counted_and_listed(void **state)
{
	struct fixture *f = *state;
	struct hash hashes[3] = { hash_of(4, 1), hash_of(4, 2), hash_of(4, 3) };
	struct store_blob blobs[4];
	struct store_usage usage;
	size_t count;

	assert_int_equal(store_begin(f->store), OK);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(store_begin_blob(f->store, f->channel, &hashes[2 - i], 4, 0), OK);
	assert_int_equal(append_piece(f, &hashes[1], 0, "abcd"), OK);
	assert_int_equal(store_complete_blob(f->store, f->channel, &hashes[1]), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_get_usage(f->store, f->channel, 0, &usage), OK);
	assert_int_equal(usage.blobs, 3);
	assert_int_equal(usage.blob_bytes, 12);
	assert_int_equal(store_list_incomplete_blobs(f->store, f->channel, NULL, 4, blobs, &count),
	                 OK);
	assert_int_equal(count, 2);
	assert_true(hash_equal(&blobs[0].hash, &hashes[0]));
	assert_true(hash_equal(&blobs[1].hash, &hashes[2]));
	assert_int_equal(
	    store_list_incomplete_blobs(f->store, f->channel, &hashes[0], 4, blobs, &count), OK);
	assert_int_equal(count, 1);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_delete_blob(f->store, f->channel, &hashes[1]), OK);
	assert_int_equal(store_delete_blob(f->store, f->channel, &hashes[1]), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_get_blob(f->store, f->channel, &hashes[1], &blobs[0]),
	                 ERROR_NOT_FOUND);
	assert_int_equal(store_get_usage(f->store, f->channel, 0, &usage), OK);
	assert_int_equal(usage.blobs, 2);
	assert_int_equal(usage.blob_bytes, 8);
	/* What is announced again after it was deleted begins anew. */
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_begin_blob(f->store, f->channel, &hashes[1], 4, 1), OK);
	assert_int_equal(append_piece(f, &hashes[1], 0, "efgh"), OK);
	assert_int_equal(store_commit(f->store), OK);
}

/* ---- Circulation ---- */

static void test_openings(void **state)
{
	struct fixture *f = *state;
	struct store_opening openings[] = {
		{ .entry = { 0, 7 }, .time = 100, .who = "a.head" },
		{ .entry = { 1, 7 }, .time = 101, .who = "b.duty" },
		{ .entry = { 0, 7 }, .time = 102, .who = "c.officer" },
	};
	struct store_opening nobody = { .entry = { 0, 1 } };
	struct store_opening listed[4];
	struct store_reference entry = { 0, 7 };
	size_t count;

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_add_openings(f->store, f->channel, openings, 2), OK);
	assert_int_equal(store_add_openings(f->store, f->channel, openings + 2, 1), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_list_openings(f->store, f->channel, NULL, 0, 4, listed, &count), OK);
	assert_int_equal(count, 3);
	assert_int_equal(listed[1].position, 2);
	assert_string_equal(listed[1].who, "b.duty");
	assert_int_equal(store_list_openings(f->store, f->channel, &entry, 0, 4, listed, &count),
	                 OK);
	assert_int_equal(count, 2);
	assert_string_equal(listed[1].who, "c.officer");
	assert_int_equal(listed[1].time, 102);
	assert_int_equal(listed[1].entry.number, 7);
	assert_int_equal(store_list_openings(f->store, f->channel, &entry, 1, 4, listed, &count),
	                 OK);
	assert_int_equal(count, 1);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_add_openings(f->store, f->channel, &nobody, 1), ERROR_LIMIT);
	store_rollback(f->store);
}

/* ---- Allocation failures ---- */

/* One transaction of everything; afterwards the store is rolled back, so that
 * each run starts from the same state. */
static int run_everything(void *context)
{
	struct fixture *f = context;
	struct hash hash = hash_of(4, 4);
	struct store_subtree subtree = { 1, 0, hash_of(1, 0) };
	struct store_opening opening = { .entry = { 0, 0 }, .who = "a.head" };
	struct store_reference matter = { 0, 0 };
	struct store_entries entries;
	struct store_values values;
	struct store_heads heads;
	int r;

	store_entries_init(&entries);
	store_values_init(&values);
	store_heads_init(&heads);
	if ((r = store_begin(f->store)) != OK || (r = set(f, "key", "value")) != OK ||
	    (r = append(f, 0, 0, 20, &matter)) != OK ||
	    (r = store_put_subtrees(f->store, f->channel, 0, &subtree, 1)) != OK ||
	    (r = put_head(f, 20, "note")) != OK || (r = cosign(f, 20, "south", "line\n")) != OK ||
	    (r = store_begin_blob(f->store, f->channel, &hash, 4, 0)) != OK ||
	    (r = append_piece(f, &hash, 0, "abcd")) != OK ||
	    (r = store_complete_blob(f->store, f->channel, &hash)) != OK ||
	    (r = store_add_openings(f->store, f->channel, &opening, 1)) != OK ||
	    (r = store_list_arrivals(f->store, f->channel, 0, 20, 1000, &entries)) != OK ||
	    (r = store_list_values(f->store, f->channel, "", "", 9, &values)) != OK ||
	    (r = store_get_head(f->store, f->channel, 0, 20, NULL, &heads)) != OK ||
	    (r = store_delete_blob(f->store, f->channel, &hash)) != OK ||
	    (r = store_delete_value(f->store, f->channel, "key")) != OK)
		goto out;
	assert_int_equal(entries.count, 20);
out:
	store_rollback(f->store);
	store_entries_release(&entries);
	store_values_release(&values);
	store_heads_release(&heads);
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

static void test_backup(void **state)
{
	struct fixture *f = *state;
	struct store *copy;
	char path[128];

	path_in(f, "copy.db", path);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append(f, 0, 0, 60, NULL), OK);
	assert_int_equal(set(f, "a", "1"), OK);
	assert_int_equal(store_backup(f->store, path), ERROR_STATE);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_backup(f->store, path), OK);
	assert_int_equal(store_backup(f->store, path), ERROR_EXISTS);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(set(f, "a", "2"), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_open_sqlite(path, &copy, NULL), OK);
	assert_value(copy, f->channel, "a", "1");
	store_close(copy);
	path_in(f, "missing/copy.db", path);
	assert_int_equal(store_backup(f->store, path), ERROR_IO);
}

static void test_memory_has_no_backup(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_backup(f->store, "/nowhere"), ERROR_UNSUPPORTED);
}

#define ON_BOTH(test)                                                                              \
	{ "memory: " #test, test, set_up_memory, tear_down, NULL },                                \
	{                                                                                          \
		"sqlite: " #test, test, set_up_sqlite, tear_down, NULL                             \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(test_writing_needs_a_transaction),
		ON_BOTH(test_an_error_breaks_the_transaction),
		ON_BOTH(test_rollback_restores),
		ON_BOTH(test_channels),
		ON_BOTH(test_values),
		ON_BOTH(test_entries),
		ON_BOTH(test_entries_are_contiguous),
		ON_BOTH(test_entries_have_limits),
		ON_BOTH(test_entries_are_found_by_text),
		ON_BOTH(test_channels_are_separate),
		ON_BOTH(test_subtrees),
		ON_BOTH(test_heads),
		ON_BOTH(test_blobs),
		ON_BOTH(test_blobs_refuse),
		ON_BOTH(test_blobs_are_counted_and_listed),
		ON_BOTH(test_openings),
		ON_BOTH(test_allocation_failures),
		cmocka_unit_test_setup_teardown(test_allocation_failures_of_opening, set_up_memory,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_reopening, set_up_sqlite, tear_down),
		cmocka_unit_test_setup_teardown(test_foreign_files_are_refused, set_up_sqlite,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_backup, set_up_sqlite, tear_down),
		cmocka_unit_test_setup_teardown(test_memory_has_no_backup, set_up_memory,
		                                tear_down),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
