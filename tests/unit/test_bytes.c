#include "check.h"

static void test_equal(void **state)
{
	(void)state;
	assert_true(bytes_equal_string(bytes_of("ab", 2), "ab"));
	assert_false(bytes_equal_string(bytes_of("ab", 2), "a"));
	assert_false(bytes_equal_string(bytes_of("ab", 2), "ac"));
	assert_true(bytes_equal(bytes_of(NULL, 0), bytes_of("", 0)));
}

static void test_compare(void **state)
{
	struct bytes none = bytes_of(NULL, 0);

	(void)state;
	assert_int_equal(bytes_compare(none, none), 0);
	assert_true(bytes_compare(none, bytes_of("a", 1)) < 0);
	assert_true(bytes_compare(bytes_of("a", 1), none) > 0);
	assert_true(bytes_compare(bytes_of("ab", 2), bytes_of("a", 1)) > 0);
	assert_true(bytes_compare(bytes_of("\xff", 1), bytes_of("a", 1)) > 0);
	assert_true(bytes_compare(bytes_of("ab", 2), bytes_of("b", 1)) < 0);
}

static void test_hash_equal(void **state)
{
	struct hash a = { { 0 } };
	struct hash b = { { 0 } };

	(void)state;
	assert_true(hash_equal(&a, &b));
	b.bytes[31] = 1;
	assert_false(hash_equal(&a, &b));
}

static void test_to_string(void **state)
{
	char text[4] = "old";

	(void)state;
	assert_int_equal(bytes_to_string(bytes_of("abcd", 4), text, 4), ERROR_LIMIT);
	assert_int_equal(bytes_to_string(bytes_of("a\0b", 3), text, 4), ERROR_SYNTAX);
	assert_int_equal(bytes_to_string(bytes_of("", 0), text, 0), ERROR_LIMIT);
	assert_string_equal(text, "old");
	assert_ok(bytes_to_string(bytes_of("abc", 3), text, 4));
	assert_string_equal(text, "abc");
	assert_ok(bytes_to_string(bytes_of(NULL, 0), text, 1));
	assert_string_equal(text, "");
}

static void test_cut(void **state)
{
	struct bytes text = bytes_of_string("a  bc"), part;

	(void)state;
	assert_true(bytes_cut(&text, ' ', &part));
	assert_bytes_string(part, "a");
	assert_true(bytes_cut(&text, ' ', &part));
	assert_int_equal(part.size, 0);
	assert_false(bytes_cut(&text, ' ', &part));
	assert_bytes_string(part, "bc");
	assert_int_equal(text.size, 0);
	assert_false(bytes_cut(&text, ' ', &part));
	assert_int_equal(part.size, 0);
	text = bytes_of(NULL, 0);
	assert_false(bytes_cut(&text, ' ', &part));
	text = bytes_of_string("a\n");
	assert_true(bytes_cut(&text, '\n', &part));
	assert_false(bytes_cut(&text, '\n', &part));
}

static void test_begin_with(void **state)
{
	struct bytes text = bytes_of_string("abc");

	(void)state;
	assert_true(bytes_begin_with(text, bytes_of_string("ab")));
	assert_true(bytes_begin_with(text, bytes_of(NULL, 0)));
	assert_true(bytes_begin_with(bytes_of(NULL, 0), bytes_of(NULL, 0)));
	assert_false(bytes_begin_with(text, bytes_of_string("abcd")));
	assert_false(bytes_begin_with(text, bytes_of_string("b")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cut),        cmocka_unit_test(test_begin_with),
		cmocka_unit_test(test_equal),      cmocka_unit_test(test_compare),
		cmocka_unit_test(test_hash_equal), cmocka_unit_test(test_to_string),
	};

	return cmocka_run_group_tests_name("bytes", tests, NULL, NULL);
}
