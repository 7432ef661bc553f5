/* Checkpoint texts: one spelling each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "checkpoint.h"

#define ROOT       "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define EMPTY_ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

static const struct {
	const char *text;
	const char *origin;
	uint64_t size;
} good[] = {
	{ "example.com/behind-the-sofa\n20852163\n" ROOT, "example.com/behind-the-sofa", 20852163 },
	{ "example.com/log\n0\n" EMPTY_ROOT, "example.com/log", 0 },
	{ "example.com/log\n1\n" EMPTY_ROOT, "example.com/log", 1 },
	{ "x\n9223372036854775807\n" ROOT, "x", TREE_SIZE_MAXIMUM },
	{ "пример.example/журнал\n5\n" ROOT, "пример.example/журнал", 5 },
};

static const struct {
	const char *text;
	int result;
} bad[] = {
	{ "", ERROR_SYNTAX },
	{ "\n", ERROR_SYNTAX },
	{ "example.com/log\n", ERROR_SYNTAX },
	{ "example.com/log\n5\n", ERROR_SYNTAX },
	{ "example.com/log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", ERROR_SYNTAX },
	{ "\n5\n" ROOT, ERROR_SYNTAX },
	{ "example.com/a log\n5\n" ROOT, ERROR_SYNTAX },
	{ "example.com/a+log\n5\n" ROOT, ERROR_SYNTAX },
	{ "example.com/\xff\n5\n" ROOT, ERROR_SYNTAX },
	{ "example.com/log\n\n" ROOT, ERROR_SYNTAX },
	{ "example.com/log\n05\n" ROOT, ERROR_SYNTAX },
	{ "example.com/log\n+5\n" ROOT, ERROR_SYNTAX },
	{ "example.com/log\n-5\n" ROOT, ERROR_SYNTAX },
	{ "example.com/log\n5 \n" ROOT, ERROR_SYNTAX },
	{ "example.com/log\n0x5\n" ROOT, ERROR_SYNTAX },
	{ "example.com/log\r\n5\r\n" ROOT, ERROR_SYNTAX },
	{ "example.com/log\n9223372036854775808\n" ROOT, ERROR_LIMIT },
	{ "example.com/log\n99999999999999999999999\n" ROOT, ERROR_LIMIT },
	{ "example.com/log\n5\n\n", ERROR_SYNTAX },
	{ "example.com/log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", ERROR_SYNTAX },
	{ "example.com/log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", ERROR_CANONICAL },
	{ "example.com/log\n5\nCsUYapGGPo4dkMgIAUqom_Xajj7h2fB2MPA3j2jxq2I=\n", ERROR_SYNTAX },
	{ "example.com/log\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jx\n", ERROR_SYNTAX },
	{ "example.com/log\n5\n" ROOT "extension\n", ERROR_UNSUPPORTED },
	{ "example.com/log\n5\n" ROOT "\n", ERROR_UNSUPPORTED },
	{ "example.com/log\n0\n" ROOT, ERROR_MISMATCH },
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct bytes text = bytes_of_string(good[i].text);
		struct checkpoint checkpoint;
		struct buffer buffer;

		assert_int_equal(checkpoint_parse(text, &checkpoint, NULL), OK);
		assert_string_equal(checkpoint.origin, good[i].origin);
		assert_true(checkpoint.size == good[i].size);
		buffer_init(&buffer, CHECKPOINT_TEXT_MAXIMUM);
		assert_int_equal(checkpoint_print(&checkpoint, &buffer), OK);
		assert_true(bytes_equal(buffer_view(&buffer), text));
		buffer_release(&buffer);
	}
}

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct checkpoint checkpoint = { .size = 77 };
		struct error error;
		int r = checkpoint_parse(bytes_of_string(bad[i].text), &checkpoint, &error);

		if (r != bad[i].result)
			fail_msg("%d instead of %d for: %s", r, bad[i].result, bad[i].text);
		assert_int_equal(error.code, r);
		assert_int_equal(checkpoint.size, 77);
	}
}

static void test_longest_origin(void **state)
{
	struct buffer text, printed;
	struct checkpoint checkpoint;

	(void)state;
	buffer_init(&text, 2 * CHECKPOINT_TEXT_MAXIMUM);
	buffer_init(&printed, CHECKPOINT_TEXT_MAXIMUM);
	for (size_t i = 1; i < CHECKPOINT_ORIGIN_CAPACITY; i++)
		assert_int_equal(buffer_put_u8(&text, 'o'), OK);
	assert_int_equal(buffer_put_string(&text, "\n9223372036854775807\n" ROOT), OK);
	assert_int_equal(text.size, CHECKPOINT_TEXT_MAXIMUM);
	assert_int_equal(checkpoint_parse(buffer_view(&text), &checkpoint, NULL), OK);
	assert_int_equal(checkpoint_print(&checkpoint, &printed), OK);

	buffer_clear(&text);
	for (size_t i = 1; i <= CHECKPOINT_ORIGIN_CAPACITY; i++)
		assert_int_equal(buffer_put_u8(&text, 'o'), OK);
	assert_int_equal(buffer_put_string(&text, "\n5\n" ROOT), OK);
	assert_int_equal(checkpoint_parse(buffer_view(&text), &checkpoint, NULL), ERROR_LIMIT);
	buffer_release(&printed);
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_longest_origin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
