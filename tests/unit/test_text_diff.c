/* What changed between two texts. */
#include "body_fixture.h"

#include "allocate.h"
#include "text_diff.h"

enum { MAXIMUM = 64 };

/* Letters as elements. */
static size_t split(const char *text, struct bytes *ret)
{
	size_t count = strlen(text);

	for (size_t i = 0; i < count; i++)
		ret[i] = bytes_of(text + i, 1);
	return count;
}

/* `=a-b+c` */
static void check(const char *from, const char *to, const char *expected)
{
	struct bytes a[MAXIMUM], b[MAXIMUM];
	struct diff_row rows[2 * MAXIMUM];
	size_t a_count = split(from, a), b_count = split(to, b), count, i, j;
	char said[4 * MAXIMUM] = "";

	assert_int_equal(diff_sequences(a, a_count, b, b_count, rows, &count), OK);
	i = j = 0;
	for (size_t k = 0; k < count; k++) {
		const struct diff_row *row = &rows[k];
		size_t used = strlen(said);

		if (row->step != DIFF_ADDED)
			assert_int_equal(row->a, i++);
		if (row->step != DIFF_REMOVED)
			assert_int_equal(row->b, j++);
		said[used] = "=-+"[row->step];
		said[used + 1] = row->step == DIFF_ADDED ? to[row->b] : from[row->a];
		said[used + 2] = '\0';
	}
	assert_int_equal(i, a_count);
	assert_int_equal(j, b_count);
	assert_string_equal(said, expected);
}

static void test_sequences(void **state)
{
	(void)state;
	check("", "", "");
	check("abc", "abc", "=a=b=c");
	check("", "ab", "+a+b");
	check("ab", "", "-a-b");
	check("abc", "axc", "=a-b+x=c");
	check("abcd", "acd", "=a-b=c=d");
	check("acd", "abcd", "=a+b=c=d");
	check("aaaa", "aa", "=a=a-a-a");
	check("abcabba", "cbabac", "-a-b=c-a=b+a=b=a+c");
}

static void test_long(void **state)
{
	enum { LONG = 4096 };
	static struct bytes a[LONG], b[LONG];
	static struct diff_row rows[2 * LONG];
	static const char letters[] = "abcdefgh";
	size_t count;

	(void)state;
	for (size_t i = 0; i < LONG; i++) {
		a[i] = bytes_of(&letters[i % 4], 1);
		b[i] = bytes_of(&letters[4 + i % 4], 1);
	}
	assert_int_equal(diff_sequences(a, LONG, b, LONG, rows, &count), OK);
	assert_int_equal(count, 2 * LONG);
	assert_int_equal(rows[LONG - 1].step, DIFF_REMOVED);
	assert_int_equal(rows[LONG].step, DIFF_ADDED);
	/* Long and nearly the same is compared. */
	memcpy(b, a, sizeof(b));
	b[LONG / 2] = bytes_of_string("new");
	assert_int_equal(diff_sequences(a, LONG, b, LONG, rows, &count), OK);
	assert_int_equal(count, LONG + 1);
}

static void test_words(void **state)
{
	struct bytes words[4];

	(void)state;
	assert_int_equal(diff_words(bytes_of_string("a  big\nb"), words, 4), 4);
	assert_true(bytes_equal_string(words[1], "  "));
	assert_true(bytes_equal_string(words[3], "\nb"));
	assert_int_equal(diff_words(bytes_of_string(""), words, 4), 0);
}

static void try_sequences(void *context)
{
	struct bytes a[MAXIMUM], b[MAXIMUM];
	struct diff_row rows[2 * MAXIMUM];
	size_t count = 99, *failed = context;
	int r = diff_sequences(a, split("abc", a), b, split("cab", b), rows, &count);

	assert_true(r == OK || (r == ERROR_MEMORY && count == 99));
	*failed += r != OK;
}

static void test_memory(void **state)
{
	size_t failed = 0;

	(void)state;
	for (size_t n = 1; n <= 2; n++) {
		size_t live = allocation_live_count();

		allocation_fail_at(n);
		try_sequences(&failed);
		allocation_fail_at(0);
		assert_int_equal(allocation_live_count(), live);
	}
	assert_int_equal(failed, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequences),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
