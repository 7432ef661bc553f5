#include "allocate.h"
#include "check.h"
#include "torture.h"

static void test_zeroed(void **state)
{
	uint8_t *memory = allocate(100, 3);

	(void)state;
	assert_non_null(memory);
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(memory[i], 0);
	release_memory(memory);
}

static void test_overflow_of_the_product(void **state)
{
	void *memory = allocate(1, 1);

	(void)state;
	assert_null(allocate(SIZE_MAX / 2, 3));
	assert_null(allocate(3, SIZE_MAX / 2));
	assert_null(reallocate(memory, SIZE_MAX, 2));
	release_memory(memory);
}

static void test_nothing_is_something(void **state)
{
	void *memory = allocate(0, 8);
	void *more;

	(void)state;
	assert_non_null(memory);
	more = reallocate(memory, 0, 8);
	assert_non_null(more);
	release_memory(more);
	release_memory(NULL);
}

static void test_live_count(void **state)
{
	size_t live = allocation_live_count();
	char *memory = allocate(1, 1);
	char *longer;

	(void)state;
	assert_non_null(memory);
	*memory = 'c';
	assert_int_equal(allocation_live_count(), live + 1);
	longer = reallocate(memory, 100, 1);
	assert_non_null(longer);
	assert_int_equal(*longer, 'c');
	assert_int_equal(allocation_live_count(), live + 1);
	release_memory(longer);
	assert_int_equal(allocation_live_count(), live);
}

static void test_chosen_failure(void **state)
{
	void *first;
	void *third;

	(void)state;
	allocation_fail_at(2);
	first = allocate(1, 1);
	assert_non_null(first);
	assert_null(allocate(1, 1));
	third = allocate(1, 1);
	assert_non_null(third);
	release_memory(first);
	release_memory(third);
}

static void test_failed_reallocation_keeps_the_old(void **state)
{
	char *old = allocate(5, 1);

	(void)state;
	assert_non_null(old);
	memcpy(old, "kept", 5);
	allocation_fail_at(1);
	assert_null(reallocate(old, 4096, 1));
	allocation_fail_at(0);
	assert_string_equal(old, "kept");
	release_memory(old);
}

static void test_wipe(void **state)
{
	uint8_t secret[32];

	(void)state;
	memset(secret, 0xa5, sizeof(secret));
	wipe(secret, sizeof(secret) - 1);
	for (size_t i = 0; i < sizeof(secret) - 1; i++)
		assert_int_equal(secret[i], 0);
	assert_int_equal(secret[sizeof(secret) - 1], 0xa5);
	wipe(NULL, 0);
}

static void test_secret_equal(void **state)
{
	uint8_t a[32] = { 0 };
	uint8_t b[32] = { 0 };

	(void)state;
	assert_true(secret_equal(a, b, sizeof(a)));
	for (size_t i = 0; i < sizeof(a); i++) {
		b[i] = 0x80;
		assert_false(secret_equal(a, b, sizeof(a)));
		b[i] = 0;
	}
	b[31] = 1;
	assert_true(secret_equal(a, b, 31));
	assert_true(secret_equal(a, b, 0));
}

static int three_allocations(void *context)
{
	char *parts[3] = { NULL };
	int r = ERROR_MEMORY;

	for (size_t i = 0; i < 3; i++) {
		parts[i] = allocate(1, *(size_t *)context);
		if (parts[i] == NULL)
			goto out;
	}
	r = OK;
out:
	for (size_t i = 0; i < 3; i++)
		release_memory(parts[i]);
	return r;
}

static void test_torture(void **state)
{
	size_t size = 5;

	(void)state;
	torture(three_allocations, &size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeroed),
		cmocka_unit_test(test_overflow_of_the_product),
		cmocka_unit_test(test_nothing_is_something),
		cmocka_unit_test(test_live_count),
		cmocka_unit_test(test_chosen_failure),
		cmocka_unit_test(test_failed_reallocation_keeps_the_old),
		cmocka_unit_test(test_wipe),
		cmocka_unit_test(test_secret_equal),
		cmocka_unit_test(test_torture),
	};

	return cmocka_run_group_tests_name("allocate", tests, NULL, NULL);
}
