/* The same work on many things, by a few threads. */
#include "check.h"
#include "parallel.h"

#include <stdatomic.h>

enum { THINGS = 1000, BAD = 700 };

struct work {
	atomic_uint done[THINGS];
	size_t bad; /* this one fails */
};

static int work_on(void *context, size_t index)
{
	struct work *work = context;

	atomic_fetch_add(&work->done[index], 1);
	return index == work->bad ? ERROR_SIGNATURE : OK;
}

static void test_each_is_worked_on_once(void **state)
{
	static struct work work;

	(void)state;
	work.bad = THINGS;
	for (unsigned threads = 0; threads <= 40; threads += 8) {
		for (size_t i = 0; i < THINGS; i++)
			atomic_store(&work.done[i], 0);
		assert_ok(parallel_each(THINGS, threads, work_on, &work));
		for (size_t i = 0; i < THINGS; i++)
			assert_int_equal(atomic_load(&work.done[i]), 1);
	}
	assert_ok(parallel_each(0, 2, work_on, &work));
}

static void test_a_failure_ends_it(void **state)
{
	static struct work work;

	(void)state;
	work.bad = BAD;
	assert_int_equal(parallel_each(THINGS, 1, work_on, &work), ERROR_SIGNATURE);
	for (size_t i = 0; i < THINGS; i++)
		assert_int_equal(atomic_load(&work.done[i]), i <= BAD);
	assert_int_equal(parallel_each(THINGS, 4, work_on, &work), ERROR_SIGNATURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_is_worked_on_once),
		cmocka_unit_test(test_a_failure_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
