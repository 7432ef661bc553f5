/* The index from hashes to numbers: also with hashes made to lie close. */
#include "check.h"
#include "hash_index.h"
#include "torture.h"

enum { HASHES = 2000 };

/* Different for different numbers; with `close` all but the last bits agree. */
static struct hash hash_of(uint32_t number, bool close)
{
	struct hash hash = { { 0 } };
	uint32_t mixed = number * UINT32_C(2654435761); /* odd: no two become one */

	memcpy(&hash.bytes[close ? HASH_SIZE - sizeof(mixed) : 0], &mixed, sizeof(mixed));
	return hash;
}

static int fill(struct hash_index *index, bool close)
{
	int r;

	for (uint32_t i = 0; i < HASHES; i++) {
		struct hash hash = hash_of(i, close);

		if ((r = hash_index_reserve(index)) != OK)
			return r;
		hash_index_put(index, &hash, i);
	}
	return OK;
}

static void test_finds_what_was_put(void **state)
{
	(void)state;
	for (unsigned close = 0; close < 2; close++) {
		struct hash_index index;
		struct hash hash;

		hash_index_init(&index);
		hash = hash_of(0, close);
		assert_null(hash_index_find(&index, &hash));
		assert_ok(fill(&index, close));
		for (uint32_t i = 0; i < 2 * HASHES; i++) {
			const uint64_t *number;

			hash = hash_of(i, close);
			number = hash_index_find(&index, &hash);
			if (i >= HASHES) {
				assert_null(number);
				continue;
			}
			assert_non_null(number);
			assert_int_equal(*number, i);
		}
		hash_index_release(&index);
	}
}

static void test_replaces(void **state)
{
	struct hash hash = hash_of(7, false);
	struct hash_index index;

	(void)state;
	hash_index_init(&index);
	assert_ok(fill(&index, false));
	hash_index_put(&index, &hash, 99);
	assert_int_equal(*hash_index_find(&index, &hash), 99);
	assert_int_equal(index.count, HASHES);
	hash_index_release(&index);
}

static int fill_once(void *context)
{
	struct hash_index index;
	int r;

	(void)context;
	hash_index_init(&index);
	r = fill(&index, true);
	hash_index_release(&index);
	return r;
}

static void test_allocation_failures(void **state)
{
	(void)state;
	torture(fill_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_what_was_put),
		cmocka_unit_test(test_replaces),
		cmocka_unit_test(test_allocation_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
