#include "check.h"

static void test_every_code_has_a_text(void **state)
{
	(void)state;
	for (int code = 0; code < RESULT_COUNT; code++) {
		assert_non_null(result_text(code));
		assert_string_not_equal(result_text(code), "unknown result");
		for (int other = 0; other < code; other++)
			assert_string_not_equal(result_text(code), result_text(other));
	}
	assert_string_equal(result_text(-1), "unknown result");
	assert_string_equal(result_text(RESULT_COUNT), "unknown result");
}

static void test_error_set(void **state)
{
	struct error error;

	(void)state;
	assert_int_equal(error_set(&error, ERROR_DENIED, "the role '%s'", "duty"), ERROR_DENIED);
	assert_int_equal(error.code, ERROR_DENIED);
	assert_int_equal(error.line, 0);
	assert_string_equal(error.message, "the role 'duty'");
	assert_int_equal(error_set_line(&error, ERROR_SYNTAX, 7, "no"), ERROR_SYNTAX);
	assert_int_equal(error.line, 7);
	assert_string_equal(error.message, "no");
}

static void test_no_detail_wanted(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, ERROR_IO, "%d", 1), ERROR_IO);
	assert_int_equal(error_set_line(NULL, ERROR_IO, 1, "%d", 1), ERROR_IO);
}

static void test_long_message_is_cut(void **state)
{
	char long_text[2048];
	struct error error;

	(void)state;
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	error_set(&error, ERROR_LIMIT, "%s", long_text);
	assert_int_equal(strlen(error.message), sizeof(error.message) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_has_a_text),
		cmocka_unit_test(test_error_set),
		cmocka_unit_test(test_no_detail_wanted),
		cmocka_unit_test(test_long_message_is_cut),
	};

	return cmocka_run_group_tests_name("result", tests, NULL, NULL);
}
