/* The contract of store.h, held against both backends by the same tests. */
#include "store_fixture.h"

#include "allocate.h"

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
		ON_BOTH(test_openings),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
