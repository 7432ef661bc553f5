/* Content that is held in memory or, when it is large, in a file. */
#include "check.h"

#include "spool.h"
#include "torture.h"

enum { PIECE = 60000 };

static void put_numbered(struct spool *spool, uint64_t size)
{
	static uint8_t piece[PIECE];

	while (size > 0) {
		size_t some = size < PIECE ? (size_t)size : PIECE;

		for (size_t i = 0; i < some; i++)
			piece[i] = (uint8_t)((spool->size + i) * 31 >> 3);
		assert_ok(spool_put(spool, bytes_of(piece, some)));
		size -= some;
	}
}

static void what_was_put(void **state)
{
	static const uint64_t sizes[] = { 0,
		                          1,
		                          SPOOL_IN_MEMORY - 1,
		                          SPOOL_IN_MEMORY,
		                          SPOOL_IN_MEMORY + 1,
		                          3 * (uint64_t)SPOOL_IN_MEMORY + 7 };

	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		struct spool spool;
		struct bytes content;

		spool_init(&spool, sizes[s]);
		put_numbered(&spool, sizes[s]);
		assert_int_equal(spool_put(&spool, bytes_of("x", 1)), ERROR_LIMIT);
		assert_ok(spool_view(&spool, &content));
		assert_int_equal(content.size, sizes[s]);
		assert_int_equal(spool.fd > 0, sizes[s] > SPOOL_IN_MEMORY);
		for (size_t i = 0; i < content.size; i++)
			if (content.data[i] != (uint8_t)(i * 31 >> 3))
				fail_msg("byte %zu differs", i);
		spool_release(&spool);
	}
}

/* What is large takes no memory of its own. */
static void flat_memory(void **state)
{
	struct spool spool;

	(void)state;
	spool_init(&spool, UINT64_C(1) << 30);
	put_numbered(&spool, 2 * (uint64_t)SPOOL_IN_MEMORY);
	assert_int_equal(spool.memory.capacity, 0);
	spool_release(&spool);
}

static int put_and_look(void *context)
{
	struct spool spool;
	struct bytes content;
	int r;

	(void)context;
	spool_init(&spool, 100);
	if ((r = spool_put(&spool, bytes_of("abc", 3))) == OK)
		r = spool_view(&spool, &content);
	spool_release(&spool);
	return r;
}

static void without_memory(void **state)
{
	(void)state;
	torture(put_and_look, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put),
		cmocka_unit_test(flat_memory),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
