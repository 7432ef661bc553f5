/* The keeper's memory: what a batch may be, what survives torn slots, and the
 * life of keys. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "durable_file.h"
#include "keeper_file.h"
#include "keeper_keys.h"
#include "memory_tree.h"
#include "torture.h"

static const struct hash channel = { { 1, 2, 3 } };

static struct hash leaf(unsigned number)
{
	struct hash hash = { { 0 } };

	hash.bytes[0] = (uint8_t)(number >> 8);
	hash.bytes[1] = (uint8_t)number;
	return hash;
}

/* A directory of its own for each test, removed with its files. */
static int directory = -1;
static char path[] = "/tmp/chirograph-keeper-XXXXXX";

static int set_up(void **state)
{
	(void)state;
	memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
	assert_non_null(mkdtemp(path));
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(directory >= 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlinkat(directory, "a.state", 0);
	close(directory);
	return rmdir(path);
}

/* What is replaced is nowhere any more, under whatever name it is still open. */
static void test_replaced_files_are_overwritten(void **state)
{
	static const char secret[] = "a secret of some length";
	uint8_t zeros[sizeof(secret)] = { 0 }, found[sizeof(secret)];
	struct buffer content;
	struct error error = { 0 };
	int former;

	(void)state;
	assert_ok(durable_file_replace(directory, "a.state", bytes_of(secret, sizeof(secret)), 0600,
	                               &error));
	former = openat(directory, "a.state", O_RDONLY | O_CLOEXEC);
	assert_true(former >= 0);
	assert_ok(
	    durable_file_replace(directory, "a.state", bytes_of_string("public"), 0600, &error));
	assert_int_equal(pread(former, found, sizeof(found), 0), sizeof(found));
	assert_memory_equal(found, zeros, sizeof(found));
	close(former);
	buffer_init(&content, 100);
	assert_ok(durable_file_read(directory, "a.state", &content, &error));
	assert_true(bytes_equal_string(buffer_view(&content), "public"));
	buffer_release(&content);
	assert_int_equal(faccessat(directory, "a.state.new", F_OK, 0), -1);
}

static void test_batches(void **state)
{
	struct hash first[] = { leaf(1), leaf(2), leaf(3) }, second[] = { leaf(4) };
	struct keeper_state keeper, before;
	struct error error;

	(void)state;
	keeper_state_init(&keeper, &channel);
	assert_ok(keeper_state_append(&keeper, 0, first, 3, &error));
	assert_int_equal(keeper.own.size, 3);
	before = keeper;
	/* The last batch again, and none at all, change nothing. */
	assert_ok(keeper_state_append(&keeper, 0, first, 3, &error));
	assert_ok(keeper_state_append(&keeper, 3, NULL, 0, &error));
	assert_memory_equal(&keeper, &before, sizeof(keeper));
	/* Another batch from there, or one that is longer or shorter. */
	first[1] = leaf(9);
	assert_int_equal(keeper_state_append(&keeper, 0, first, 3, &error), ERROR_FORK);
	first[1] = leaf(2);
	assert_int_equal(keeper_state_append(&keeper, 0, first, 2, &error), ERROR_FORK);
	assert_int_equal(keeper_state_append(&keeper, 1, first, 2, &error), ERROR_STATE);
	assert_int_equal(keeper_state_append(&keeper, 4, first, 2, &error), ERROR_STATE);
	assert_memory_equal(&keeper, &before, sizeof(keeper));
	assert_ok(keeper_state_append(&keeper, 3, second, 1, &error));
	/* The batch before the last one is no longer known. */
	assert_int_equal(keeper_state_append(&keeper, 0, first, 3, &error), ERROR_STATE);
}

static void test_other_log(void **state)
{
	struct checkpoint head = { .size = 5 };
	struct memory_tree tree;
	struct tree_reader reader;
	struct tree_proof proof;
	struct keeper_state keeper;
	struct hash root;
	struct error error;

	(void)state;
	keeper_state_init(&keeper, &channel);
	memory_tree_init(&tree);
	for (unsigned i = 0; i < 12; i++) {
		struct hash hash = leaf(i);

		assert_ok(memory_tree_append(&tree, &hash));
	}
	reader = memory_tree_reader(&tree);
	assert_ok(tree_reader_root(&reader, 5, &head.root));
	assert_int_equal(keeper_state_verify(&keeper, 0, &head.root, NULL, 0, &error), ERROR_STATE);
	assert_ok(keeper_state_verify(&keeper, 5, &head.root, NULL, 0, &error));
	keeper_state_cosign(&keeper, &head, 100);
	keeper_state_cosign(&keeper, &head, 90);
	assert_int_equal(keeper.cosigned_time, 100);
	assert_ok(keeper_state_verify(&keeper, 5, &head.root, NULL, 0, &error));
	assert_ok(tree_reader_root(&reader, 12, &root));
	assert_int_equal(keeper_state_verify(&keeper, 5, &root, NULL, 0, &error), ERROR_FORK);
	assert_int_equal(keeper_state_verify(&keeper, 4, &root, NULL, 0, &error), ERROR_STATE);
	assert_int_equal(keeper_state_verify(&keeper, 12, &root, NULL, 0, &error), ERROR_MISMATCH);
	assert_ok(tree_reader_consistency(&reader, 5, 12, &proof));
	assert_ok(keeper_state_verify(&keeper, 12, &root, proof.hashes, proof.count, &error));
	proof.hashes[0].bytes[5] ^= 1;
	assert_int_equal(keeper_state_verify(&keeper, 12, &root, proof.hashes, proof.count, &error),
	                 ERROR_MISMATCH);
	assert_int_equal(keeper_state_verify(&keeper, 12, &root, proof.hashes, 65, &error),
	                 ERROR_LIMIT);
	memory_tree_release(&tree);
}

static void test_the_greatest_edge_fits_a_slot(void **state)
{
	uint8_t slot[KEEPER_SLOT_SIZE];
	struct keeper_state keeper, back;
	struct hash other = channel;

	(void)state;
	keeper_state_init(&keeper, &channel);
	keeper.own.size = TREE_SIZE_MAXIMUM;
	for (unsigned i = 0; i < TREE_LEVELS; i++)
		keeper.own.hashes[i] = leaf(i);
	keeper.faulted = true;
	keeper.sequence = 77;
	keeper.previous_size = 5;
	keeper.cosigned_size = 9;
	keeper.cosigned_time = 1700000000;
	assert_ok(keeper_state_encode(&keeper, slot));
	assert_ok(keeper_state_decode(slot, &channel, &back));
	assert_true(keeper_state_equal(&keeper, &back));
	assert_int_equal(back.sequence, 77);
	other.bytes[31] ^= 1;
	assert_int_equal(keeper_state_decode(slot, &other, &back), ERROR_MISMATCH);
}

/* A state file whose last write got `written` bytes far before the power went. */
static void tear(const struct keeper_state *old, const struct keeper_state *new, size_t written)
{
	uint8_t slots[2][KEEPER_SLOT_SIZE] = { 0 }, slot[KEEPER_SLOT_SIZE];
	int fd = openat(directory, "a.state", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_ok(keeper_state_encode(old, slots[old->sequence % 2]));
	assert_ok(keeper_state_encode(new, slot));
	memcpy(slots[new->sequence % 2], slot, written);
	assert_int_equal(write(fd, slots, sizeof(slots)), sizeof(slots));
	close(fd);
}

static void test_a_slot_torn_at_every_byte(void **state)
{
	struct hash leaves[] = { leaf(1), leaf(2) };
	uint8_t slot[KEEPER_SLOT_SIZE];
	struct keeper_state old, new, found;
	size_t whole = KEEPER_SLOT_SIZE;
	struct error error;
	int fd;

	(void)state;
	keeper_state_init(&old, &channel);
	old.sequence = 7;
	assert_ok(keeper_state_append(&old, 0, leaves, 2, &error));
	new = old;
	new.sequence = 8;
	assert_ok(keeper_state_append(&new, 2, leaves, 1, &error));
	/* Were the last bytes zeros, the slot would be whole without them. */
	assert_ok(keeper_state_encode(&new, slot));
	while (slot[whole - 1] == 0)
		whole--;
	for (size_t written = 0; written <= KEEPER_SLOT_SIZE; written++) {
		const struct keeper_state *expected = written < whole ? &old : &new;

		tear(&old, &new, written);
		assert_ok(keeper_file_open(directory, "a.state", &channel, &fd, &found, &error));
		assert_true(keeper_state_equal(&found, expected));
		assert_int_equal(found.sequence, expected->sequence);
		close(fd);
	}
}

static void test_slots_are_written_in_turn(void **state)
{
	struct keeper_state keeper, found;
	struct error error;
	int fd;

	(void)state;
	keeper_state_init(&keeper, &channel);
	assert_int_equal(keeper_file_open(directory, "a.state", &channel, &fd, &found, &error),
	                 ERROR_NOT_FOUND);
	assert_ok(keeper_file_create(directory, "a.state", &keeper, &error));
	for (unsigned i = 0; i < 10; i++) {
		struct hash hash = leaf(i);

		assert_ok(keeper_file_open(directory, "a.state", &channel, &fd, &found, &error));
		assert_int_equal(found.own.size, i);
		assert_int_equal(found.sequence, i);
		assert_ok(keeper_state_append(&found, i, &hash, 1, &error));
		assert_ok(keeper_file_store(fd, &found, &error));
		close(fd);
	}
	/* Neither slot whole, and a file cut short. */
	fd = openat(directory, "a.state", O_WRONLY);
	assert_int_equal(pwrite(fd, "x", 1, 100), 1);
	assert_int_equal(pwrite(fd, "x", 1, KEEPER_SLOT_SIZE + 100), 1);
	close(fd);
	assert_int_equal(keeper_file_open(directory, "a.state", &channel, &fd, &found, &error),
	                 ERROR_NOT_FOUND);
}

/* Distinct bytes each time. */
static int count_up(void *context, void *ret_bytes, size_t size)
{
	memset(ret_bytes, ++*(uint8_t *)context, size);
	return OK;
}

static void test_the_life_of_keys(void **state)
{
	uint8_t counter = 0;
	struct random_source random = { &counter, count_up };
	struct keeper_keys *keys = keeper_keys_new(), *back = keeper_keys_new();
	char node[KEEPER_KEY_TEXT_CAPACITY], reading[KEEPER_KEY_TEXT_CAPACITY];
	char former[KEEPER_KEY_TEXT_CAPACITY], text[KEEPER_KEY_TEXT_CAPACITY];
	struct x25519_secret secrets[KEEPER_KEYS_MAXIMUM];
	struct buffer content;
	size_t count;

	(void)state;
	assert_ok(keeper_keys_generate(keys, &random));
	assert_ok(keeper_key_print(keeper_keys_current(keys, KEEPER_KEY_READING), former));
	assert_ok(keeper_keys_add(keys, KEEPER_KEY_NODE, &random, node));
	assert_ok(keeper_keys_add(keys, KEEPER_KEY_READING, &random, reading));
	assert_memory_equal(reading, "age1", 4);
	/* A key that was made for something else, or not here. */
	assert_int_equal(keeper_keys_activate(keys, KEEPER_KEY_LINK, bytes_of_string(node)),
	                 ERROR_NOT_FOUND);
	assert_ok(keeper_keys_activate(keys, KEEPER_KEY_NODE, bytes_of_string(node)));
	assert_ok(keeper_keys_activate(keys, KEEPER_KEY_NODE, bytes_of_string(node)));
	assert_int_equal(keys->count, KEEPER_KEY_PURPOSE_COUNT + 1);
	assert_int_equal(keeper_keys_destroy_reading(keys, bytes_of_string(former)), ERROR_STATE);
	assert_ok(keeper_keys_activate(keys, KEEPER_KEY_READING, bytes_of_string(reading)));
	assert_ok(keeper_key_print(keeper_keys_current(keys, KEEPER_KEY_READING), text));
	assert_string_equal(text, reading);
	keeper_keys_reading(keys, secrets, &count);
	assert_int_equal(count, 2);
	/* What an old key reads goes with it. */
	assert_int_equal(keeper_keys_activate(keys, KEEPER_KEY_READING, bytes_of_string(former)),
	                 ERROR_STATE);
	assert_ok(keeper_keys_destroy_reading(keys, bytes_of_string(former)));
	assert_int_equal(keeper_keys_destroy_reading(keys, bytes_of_string(former)),
	                 ERROR_NOT_FOUND);
	/* Pending keys do not pile up. */
	for (int i = 0; i < 20; i++)
		assert_ok(keeper_keys_add(keys, KEEPER_KEY_LINK, &random, text));
	assert_int_equal(keys->count, KEEPER_KEY_PURPOSE_COUNT + KEEPER_PENDING_MAXIMUM);

	buffer_init(&content, KEEPER_KEYS_FILE_MAXIMUM);
	assert_ok(keeper_keys_encode(keys, &content));
	assert_ok(keeper_keys_decode(back, buffer_view(&content)));
	assert_memory_equal(keys, back, sizeof(*keys));
	for (size_t i = 0; i < content.size; i++) {
		content.data[i] ^= 1;
		assert_int_not_equal(keeper_keys_decode(back, buffer_view(&content)), OK);
		content.data[i] ^= 1;
	}
	buffer_release(&content);
	keeper_keys_free(keys);
	keeper_keys_free(back);
}

static int keep_keys(void *context)
{
	uint8_t counter = 0;
	struct random_source random = { &counter, count_up };
	struct keeper_keys *keys = keeper_keys_new();
	char text[KEEPER_KEY_TEXT_CAPACITY];
	struct buffer content;
	int r = ERROR_MEMORY;

	(void)context;
	buffer_init(&content, KEEPER_KEYS_FILE_MAXIMUM);
	if (keys != NULL && (r = keeper_keys_generate(keys, &random)) == OK &&
	    (r = keeper_keys_add(keys, KEEPER_KEY_READING, &random, text)) == OK &&
	    (r = keeper_keys_activate(keys, KEEPER_KEY_READING, bytes_of_string(text))) == OK)
		r = keeper_keys_encode(keys, &content);
	buffer_release(&content);
	keeper_keys_free(keys);
	return r;
}

static void test_allocation_failures(void **state)
{
	(void)state;
	torture(keep_keys, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_replaced_files_are_overwritten, set_up,
		                                tear_down),
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_other_log),
		cmocka_unit_test(test_the_greatest_edge_fits_a_slot),
		cmocka_unit_test_setup_teardown(test_a_slot_torn_at_every_byte, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_slots_are_written_in_turn, set_up, tear_down),
		cmocka_unit_test(test_the_life_of_keys),
		cmocka_unit_test(test_allocation_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
