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
	assert_int_equal(store_list_channels(f->store, 0, 2, channels, &count), OK);
	assert_int_equal(count, 2);
	assert_int_equal(store_list_channels(f->store, 2, 4, channels, &count), OK);
	assert_int_equal(count, 1);
	assert_true(hash_equal(&channels[0].id, &ids[2]));
	assert_int_equal(channels[0].number, 3);
	assert_int_equal(channels[0].own_party, 1);
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
	assert_true(bytes_equal(entry->bytes, expected.bytes));
}

static uint64_t count_entries(struct fixture *f, unsigned log)
{
	struct store_entries page;
	size_t count;

	store_entries_init(&page);
	assert_int_equal(store_get_entries(f->store, f->channel, log, 0, 100, 100000, &page), OK);
	count = page.count;
	store_entries_release(&page);
	return count;
}

static void test_entries(void **state)
{
	struct fixture *f = *state;
	struct store_entries page;

	store_entries_init(&page);
	assert_int_equal(count_entries(f, 0), 0);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append(f, 0, 0, 3), OK);
	assert_int_equal(append(f, 1, 0, 3), OK);
	assert_int_equal(append(f, 0, 3, 2), OK);
	assert_int_equal(append(f, 3, 0, 1), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(count_entries(f, 0), 5);
	assert_int_equal(count_entries(f, 1), 3);

	assert_int_equal(store_get_entries(f->store, f->channel, 0, 1, 3, 1000, &page), OK);
	assert_int_equal(page.count, 3);
	assert_entry(&page.items[0], 0, 1, 1);
	assert_entry(&page.items[2], 0, 3, 6);
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

	store_entries_release(&page);
}

static void test_entries_are_contiguous(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append(f, 0, 1, 1), ERROR_STATE);
	assert_int_equal(store_commit(f->store), ERROR_STATE);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append(f, 0, 0, 2), OK);
	assert_int_equal(append(f, 0, 1, 1), ERROR_STATE);
	store_rollback(f->store);
	assert_int_equal(count_entries(f, 0), 0);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append(f, STORE_LOGS, 0, 1), ERROR_LIMIT);
	store_rollback(f->store);
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(append(f, 0, 0, 2), OK);
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
	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_append_entries(f->store, f->channel, 0, &entry, 1), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_get_entries(f->store, f->channel, 0, 0, 1, 0, &page), OK);
	assert_int_equal(page.items[0].bytes.size, STORE_ENTRY_MAXIMUM);
	store_entries_release(&page);
	release_memory(large);
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
	assert_int_equal(append(f, 0, 0, 2), OK);
	f->channel = second;
	assert_int_equal(append(f, 0, 0, 3), OK);
	f->channel = first;
	assert_int_equal(append(f, 1, 0, 1), OK);
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

/* ---- Heads ---- */

static void test_heads(void **state)
{
	struct fixture *f = *state;
	struct store_head head;

	store_head_init(&head);
	assert_int_equal(store_get_head(f->store, f->channel, 0, 9, NULL, &head), ERROR_NOT_FOUND);
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

	assert_int_equal(store_get_head(f->store, f->channel, 0, UINT64_MAX, NULL, &head), OK);
	assert_int_equal(head.size, 9);
	assert_int_equal(head.cosignatures.size, 0);
	assert_int_equal(store_get_head(f->store, f->channel, 0, 8, NULL, &head), OK);
	assert_int_equal(head.size, 5);
	assert_true(bytes_equal_string(head.note, "five"));
	assert_true(bytes_equal_string(head.cosignatures, "s5\nw5\n"));
	assert_int_equal(store_get_head(f->store, f->channel, 0, 4, "south", &head), OK);
	assert_int_equal(head.size, 1);
	assert_int_equal(store_get_head(f->store, f->channel, 0, 99, "witness", &head), OK);
	assert_int_equal(head.size, 5);
	assert_int_equal(store_get_head(f->store, f->channel, 0, 4, "witness", &head),
	                 ERROR_NOT_FOUND);
	assert_int_equal(store_get_head(f->store, f->channel, 0, 0, NULL, &head), ERROR_NOT_FOUND);
	store_head_release(&head);

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
		{ .log = 0, .number = 7, .time = 100, .who = "a.head" },
		{ .log = 1, .number = 7, .time = 101, .who = "b.duty" },
		{ .log = 0, .number = 7, .time = 102, .who = "c.officer" },
	};
	struct store_opening nobody = { .number = 1 };
	struct store_opening listed[4];
	size_t count;

	assert_int_equal(store_begin(f->store), OK);
	assert_int_equal(store_add_openings(f->store, f->channel, openings, 2), OK);
	assert_int_equal(store_add_openings(f->store, f->channel, openings + 2, 1), OK);
	assert_int_equal(store_commit(f->store), OK);
	assert_int_equal(store_list_openings(f->store, f->channel, 0, 4, listed, &count), OK);
	assert_int_equal(count, 3);
	assert_int_equal(listed[1].position, 2);
	assert_string_equal(listed[1].who, "b.duty");
	assert_int_equal(listed[1].log, 1);
	assert_int_equal(listed[1].number, 7);
	assert_int_equal(store_list_openings(f->store, f->channel, 2, 4, listed, &count), OK);
	assert_int_equal(count, 1);
	assert_string_equal(listed[0].who, "c.officer");
	assert_int_equal(listed[0].time, 102);
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
		ON_BOTH(test_channels_are_separate),
		ON_BOTH(test_heads),
		ON_BOTH(test_openings),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
