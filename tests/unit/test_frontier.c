/* The frontier against a plain search through all that was put. */
#include "check.h"

#include "frontier.h"

enum { PAIRS = 24, ROUNDS = 2000, RANGE = 12 };

static uint64_t random_state = 1;

static uint64_t below(uint64_t limit)
{
	random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (random_state >> 33) % limit;
}

/* Whether `a` is what should be found rather than `b`. */
static bool is_better(const struct frontier_pair *a, const struct frontier_pair *b)
{
	if (a->value != b->value)
		return a->value < b->value;
	if (a->key != b->key)
		return a->key > b->key;
	if (a->stamp.party != b->stamp.party)
		return a->stamp.party < b->stamp.party;
	return a->stamp.number < b->stamp.number;
}

static const struct frontier_pair *search(const struct frontier_pair *pairs, size_t count,
                                          uint64_t key)
{
	const struct frontier_pair *best = NULL;

	for (size_t i = 0; i < count; i++)
		if (pairs[i].key > key && (best == NULL || is_better(&pairs[i], best)))
			best = &pairs[i];
	return best;
}

static void assert_finds(const struct frontier *frontier, const struct frontier_pair *pairs,
                         size_t count)
{
	for (uint64_t key = 0; key <= RANGE; key++) {
		const struct frontier_pair *found = frontier_above(frontier, key);
		const struct frontier_pair *expected = search(pairs, count, key);

		assert_int_equal(found == NULL, expected == NULL);
		if (found == NULL)
			continue;
		assert_int_equal(found->key, expected->key);
		assert_int_equal(found->value, expected->value);
		assert_int_equal(found->stamp.party, expected->stamp.party);
		assert_int_equal(found->stamp.number, expected->stamp.number);
	}
	assert_null(frontier_above(frontier, UINT64_MAX));
}

static void test_search(void **state)
{
	struct frontier_pair pairs[PAIRS];
	struct frontier frontier = { .pairs = NULL };

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		size_t count = below(PAIRS + 1);

		frontier.count = 0;
		assert_ok(frontier_reserve(&frontier, count));
		for (size_t i = 0; i < count; i++) {
			pairs[i] = (struct frontier_pair){
				below(RANGE),
				below(RANGE),
				{ (unsigned)below(2), below(4) },
			};
			frontier_put(&frontier, pairs[i].key, pairs[i].value, pairs[i].stamp);
			assert_finds(&frontier, pairs, i + 1);
		}
	}
	frontier_release(&frontier);
}

static void test_the_greatest_key(void **state)
{
	struct frontier frontier = { .pairs = NULL };

	(void)state;
	assert_null(frontier_above(&frontier, 0));
	assert_ok(frontier_reserve(&frontier, 1));
	frontier_put(&frontier, UINT64_MAX, 5, (struct act_place){ 0, 0 });
	assert_int_equal(frontier_above(&frontier, UINT64_MAX - 1)->value, 5);
	assert_null(frontier_above(&frontier, UINT64_MAX));
	frontier_release(&frontier);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_the_greatest_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
