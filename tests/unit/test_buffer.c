#include "buffer.h"
#include "check.h"
#include "torture.h"

static void test_integers_are_big_endian(void **state)
{
	static const uint8_t expected[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 100);
	assert_ok(buffer_put_u8(&buffer, 0x01));
	assert_ok(buffer_put_u16(&buffer, 0x0203));
	assert_ok(buffer_put_u32(&buffer, 0x04050607));
	assert_ok(buffer_put_u64(&buffer, UINT64_C(0x08090a0b0c0d0e0f)));
	assert_int_equal(buffer.size, sizeof(expected));
	assert_memory_equal(buffer.data, expected, sizeof(expected));
	buffer_release(&buffer);
}

static void test_maximum_is_kept(void **state)
{
	struct buffer buffer;
	uint8_t *place = NULL;

	(void)state;
	buffer_init(&buffer, 5);
	assert_ok(buffer_put_string(&buffer, "abc"));
	assert_int_equal(buffer_put_string(&buffer, "def"), ERROR_LIMIT);
	assert_int_equal(buffer_put_u32(&buffer, 1), ERROR_LIMIT);
	assert_int_equal(buffer_put_format(&buffer, "%s", "xyz"), ERROR_LIMIT);
	assert_int_equal(buffer_put_sized_string(&buffer, ""), ERROR_LIMIT);
	assert_int_equal(buffer_extend(&buffer, SIZE_MAX, &place), ERROR_LIMIT);
	assert_null(place);
	assert_bytes_string(buffer_view(&buffer), "abc");
	assert_ok(buffer_put_string(&buffer, "de"));
	assert_int_equal(buffer_put_u8(&buffer, 0), ERROR_LIMIT);
	assert_bytes_string(buffer_view(&buffer), "abcde");
	buffer_release(&buffer);
	assert_int_equal(buffer.maximum, 5);
	assert_int_equal(buffer_view(&buffer).size, 0);
}

static void test_format_fills_to_the_maximum(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 4);
	assert_ok(buffer_put_format(&buffer, "%d%s", 12, "ab"));
	assert_bytes_string(buffer_view(&buffer), "12ab");
	assert_ok(buffer_put_format(&buffer, "%s", ""));
	assert_int_equal(buffer_put_format(&buffer, "%d", 1), ERROR_LIMIT);
	assert_int_equal(buffer.maximum, 4);
	buffer_release(&buffer);
}

static void test_growth_keeps_content(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 100000);
	for (uint32_t i = 0; i < 25000; i++)
		assert_ok(buffer_put_u32(&buffer, i));
	assert_int_equal(buffer_put_u8(&buffer, 0), ERROR_LIMIT);
	struct cursor cursor = cursor_over(buffer_view(&buffer));
	for (uint32_t i = 0; i < 25000; i++) {
		uint32_t value;

		assert_ok(cursor_get_u32(&cursor, &value));
		assert_int_equal(value, i);
	}
	assert_ok(cursor_end(&cursor));
	buffer_release(&buffer);
}

static void test_truncate_and_clear(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 100);
	assert_ok(buffer_put_string(&buffer, "abcdef"));
	buffer_truncate(&buffer, 3);
	assert_bytes_string(buffer_view(&buffer), "abc");
	assert_int_equal(buffer.data[3], 0);
	buffer_truncate(&buffer, 0);
	assert_int_equal(buffer.size, 0);
	assert_ok(buffer_put_string(&buffer, "again"));
	buffer_clear(&buffer);
	assert_int_equal(buffer.size, 0);
	assert_int_equal(buffer.data[0], 0);
	buffer_release(&buffer);
}

static void test_sized(void **state)
{
	struct buffer buffer;
	struct cursor cursor;
	struct bytes bytes = bytes_of(NULL, 0);
	char text[6] = "none";

	(void)state;
	buffer_init(&buffer, 100);
	assert_ok(buffer_put_sized_string(&buffer, "hello"));
	assert_ok(buffer_put_sized(&buffer, bytes_of("a\0b", 3)));
	assert_ok(buffer_put_sized(&buffer, bytes_of(NULL, 0)));
	cursor = cursor_over(buffer_view(&buffer));

	assert_int_equal(cursor_get_sized(&cursor, 4, &bytes), ERROR_LIMIT);
	assert_int_equal(cursor_get_sized_string(&cursor, text, 5), ERROR_LIMIT);
	assert_int_equal(cursor_get_sized_string(&cursor, text, 0), ERROR_LIMIT);
	assert_int_equal(cursor.left, buffer.size);
	assert_string_equal(text, "none");
	assert_ok(cursor_get_sized_string(&cursor, text, 6));
	assert_string_equal(text, "hello");
	assert_int_equal(cursor_get_sized_string(&cursor, text, 6), ERROR_SYNTAX);
	assert_ok(cursor_get_sized(&cursor, 3, &bytes));
	assert_memory_equal(bytes.data, "a\0b", 3);
	assert_int_equal(cursor_end(&cursor), ERROR_SYNTAX);
	assert_ok(cursor_get_sized_string(&cursor, text, 1));
	assert_string_equal(text, "");
	assert_ok(cursor_end(&cursor));
	buffer_release(&buffer);
}

static void test_short_input_changes_nothing(void **state)
{
	static const uint8_t data[] = { 0, 0, 0, 9, 1, 2, 3 };
	struct cursor cursor = cursor_over(bytes_of(data, sizeof(data)));
	struct bytes bytes = bytes_of(NULL, 0);
	uint64_t wide = 77;
	uint8_t raw[8] = { 5 };
	char text[32] = "none";

	(void)state;
	assert_int_equal(cursor_get_u64(&cursor, &wide), ERROR_SYNTAX);
	assert_int_equal(cursor_get(&cursor, raw, 8), ERROR_SYNTAX);
	assert_int_equal(cursor_get_bytes(&cursor, SIZE_MAX, &bytes), ERROR_SYNTAX);
	assert_int_equal(cursor_get_sized(&cursor, 100, &bytes), ERROR_SYNTAX);
	assert_int_equal(cursor_get_sized_string(&cursor, text, sizeof(text)), ERROR_SYNTAX);
	assert_int_equal(cursor.left, sizeof(data));
	assert_ptr_equal(cursor.at, data);
	assert_int_equal(wide, 77);
	assert_int_equal(raw[0], 5);
	assert_null(bytes.data);
	assert_string_equal(text, "none");
}

static void test_reading_back(void **state)
{
	static const uint8_t data[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
	struct cursor cursor = cursor_over(bytes_of(data, sizeof(data)));
	struct cursor none = cursor_over(bytes_of(NULL, 0));
	uint8_t byte;
	uint16_t half;
	uint32_t word;
	uint64_t wide;
	uint8_t last;

	(void)state;
	assert_ok(cursor_get_u8(&cursor, &byte));
	assert_ok(cursor_get_u16(&cursor, &half));
	assert_ok(cursor_get_u32(&cursor, &word));
	assert_ok(cursor_get_u64(&cursor, &wide));
	assert_ok(cursor_get(&cursor, &last, 1));
	assert_int_equal(byte, 0x01);
	assert_int_equal(half, 0x0203);
	assert_int_equal(word, 0x04050607);
	assert_true(wide == UINT64_C(0x08090a0b0c0d0e0f));
	assert_int_equal(last, 16);
	assert_ok(cursor_end(&cursor));
	assert_int_equal(cursor_get_u8(&cursor, &byte), ERROR_SYNTAX);
	assert_ok(cursor_get(&none, &byte, 0));
	assert_ok(cursor_end(&none));
}

static int fill_a_buffer(void *context)
{
	struct buffer buffer;
	int r;

	(void)context;
	buffer_init(&buffer, 100000);
	for (int i = 0; i < 200; i++) {
		size_t before = buffer.size;

		r = buffer_put_format(&buffer, "line %d of some length\n", i);
		if (r != OK) {
			assert_int_equal(buffer.size, before);
			break;
		}
	}
	buffer_release(&buffer);
	return r;
}

static void test_torture(void **state)
{
	(void)state;
	torture(fill_a_buffer, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_integers_are_big_endian),
		cmocka_unit_test(test_maximum_is_kept),
		cmocka_unit_test(test_format_fills_to_the_maximum),
		cmocka_unit_test(test_growth_keeps_content),
		cmocka_unit_test(test_truncate_and_clear),
		cmocka_unit_test(test_sized),
		cmocka_unit_test(test_short_input_changes_nothing),
		cmocka_unit_test(test_reading_back),
		cmocka_unit_test(test_torture),
	};

	return cmocka_run_group_tests_name("buffer", tests, NULL, NULL);
}
