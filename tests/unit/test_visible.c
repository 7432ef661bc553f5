/* What hostile text looks like when it is shown. */
#include "check.h"
#include "result.h"
#include "visible.h"

static const struct {
	const char *text, *shown;
} rows[] = {
	{ "", "" },
	{ "plain, Хирограф, 字", "plain, Хирограф, 字" },
	{ "\x1b[2J", "<U+001B>[2J" },
	{ "a\r\nb\tc\x7f", "a<U+000D><U+000A>b<U+0009>c<U+007F>" },
	{ "txt\u202eexe", "txt<U+202E>exe" },
	{ "\u200b\u2028\ufeff\u00ad", "<U+200B><U+2028><U+FEFF><U+00AD>" },
	/* Not UTF-8: alone, overlong, a surrogate, too great, cut. */
	{ "\xff", "<FF>" },
	{ "\xc0\xaf", "<C0><AF>" },
	{ "\xed\xa0\x80", "<ED><A0><80>" },
	{ "\xf4\x90\x80\x80", "<F4><90><80><80>" },
	{ "\xd0", "<D0>" },
	{ "\xef\xbf\xbf", "<U+FFFF>" },
};

static void test_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer shown;
		char copy[128];

		buffer_init(&shown, 1024);
		assert_ok(visible_text(&shown, bytes_of_string(rows[i].text), false));
		assert_bytes_string(buffer_view(&shown), rows[i].shown);
		visible_copy(bytes_of_string(rows[i].text), copy, sizeof(copy));
		assert_string_equal(copy, rows[i].shown);
		buffer_release(&shown);
	}
}

static void test_lines_and_nul(void **state)
{
	struct buffer shown;

	(void)state;
	buffer_init(&shown, 1024);
	assert_ok(visible_text(&shown, bytes_of("a\n\tb\0c\r", 7), true));
	assert_bytes_string(buffer_view(&shown), "a\n\tb<U+0000>c<U+000D>");
	buffer_release(&shown);
}

/* Whole characters only. */
static void test_cut(void **state)
{
	char copy[6];

	(void)state;
	visible_copy(bytes_of_string("abc\x1b"), copy, sizeof(copy));
	assert_string_equal(copy, "abc");
	visible_copy(bytes_of_string("abфф"), copy, sizeof(copy));
	assert_string_equal(copy, "abф");
}

static void test_errors_are_shown(void **state)
{
	struct error error;

	(void)state;
	error_set_line(&error, ERROR_SYNTAX, 3, "the key '%s' is unknown", "\x1b[31m");
	assert_string_equal(error.message, "the key '<U+001B>[31m' is unknown");
	/* The former message among the arguments. */
	error_set(&error, ERROR_USAGE, "file, line %zu: %s", error.line, error.message);
	assert_string_equal(error.message, "file, line 3: the key '<U+001B>[31m' is unknown");
	assert_int_equal(error.line, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_lines_and_nul),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_errors_are_shown),
	};

	return cmocka_run_group_tests_name("visible", tests, NULL, NULL);
}
