#include "check.h"
#include "text.h"
#include "torture.h"

static void test_clean(void **state)
{
	static const char *const clean[] = {
		"",
		"plain",
		"\xd0\xa5\xd0\xb8\xd1\x80\xd0\xbe\xd0\xb3\xd1\x80\xd0\xb0\xd1\x84",
		"\xc2\xa0",         /* U+00A0 */
		"\xed\x9f\xbf",     /* U+D7FF */
		"\xee\x80\x80",     /* U+E000 */
		"\xef\xb7\x8f",     /* U+FDCF */
		"\xef\xb7\xb0",     /* U+FDF0 */
		"\xef\xbf\xbd",     /* U+FFFD */
		"\xf0\x90\x80\x80", /* U+10000 */
		"\xf4\x8f\xbf\xbd", /* U+10FFFD */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(clean) / sizeof(clean[0]); i++)
		assert_true(text_is_clean(bytes_of_string(clean[i])));
}

static void test_not_clean(void **state)
{
	static const struct {
		const char *text;
		size_t size;
	} dirty[] = {
		{ "\0", 1 },
		{ "a\tb", 3 },
		{ "a\n", 2 },
		{ "a\r", 2 },
		{ "\x1f", 1 },
		{ "\x7f", 1 },
		{ "\x80", 1 },
		{ "\xc2\x80", 2 },     /* U+0080 */
		{ "\xc2\x9f", 2 },     /* U+009F */
		{ "\xe2\x80\xa8", 3 }, /* U+2028 */
		{ "\xe2\x80\xa9", 3 }, /* U+2029 */
		{ "\xc0\x80", 2 },     /* overlong */
		{ "\xc1\xbf", 2 },
		{ "\xe0\x9f\xbf", 3 },
		{ "\xf0\x8f\xbf\xbf", 4 },
		{ "\xed\xa0\x80", 3 }, /* surrogates */
		{ "\xed\xbf\xbf", 3 },
		{ "\xef\xb7\x90", 3 }, /* U+FDD0 */
		{ "\xef\xb7\xaf", 3 }, /* U+FDEF */
		{ "\xef\xbf\xbe", 3 }, /* U+FFFE */
		{ "\xf0\x9f\xbf\xbf", 4 },
		{ "\xf4\x8f\xbf\xbf", 4 },
		{ "\xf4\x90\x80\x80", 4 }, /* U+110000 */
		{ "\xf8\x88\x80\x80\x80", 5 },
		{ "\xff", 1 },
		{ "\xd0", 1 }, /* cut off */
		{ "\xe2\x82", 2 },
		{ "\xf0\x90\x80", 3 },
		{ "\xd0z", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(dirty) / sizeof(dirty[0]); i++)
		assert_false(text_is_clean(bytes_of(dirty[i].text, dirty[i].size)));
}

static void test_check(void **state)
{
	static const struct {
		const char *text;
		int result;
		size_t line;
	} texts[] = {
		{ "one\n", OK, 0 },
		{ "one 1\n\nfree text\n", OK, 0 },
		{ "\n", OK, 0 },
		{ "", ERROR_SYNTAX, 0 },
		{ "one", ERROR_SYNTAX, 1 },
		{ "one\ntwo", ERROR_SYNTAX, 2 },
		{ "one\ntwo \n", ERROR_SYNTAX, 2 },
		{ " \n", ERROR_SYNTAX, 1 },
		{ "one\r\n", ERROR_SYNTAX, 1 },
		{ "one\n\xff\n", ERROR_SYNTAX, 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct error error = { 0 };

		assert_int_equal(text_check(bytes_of_string(texts[i].text), &error),
		                 texts[i].result);
		assert_int_equal(error.code, texts[i].result);
		assert_int_equal(error.line, texts[i].line);
		assert_int_equal(text_check(bytes_of_string(texts[i].text), NULL), texts[i].result);
	}
}

static void test_line_length(void **state)
{
	char text[TEXT_LINE_MAXIMUM + 2];
	struct error error;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[TEXT_LINE_MAXIMUM] = '\n';
	assert_ok(text_check(bytes_of(text, TEXT_LINE_MAXIMUM + 1), NULL));
	text[TEXT_LINE_MAXIMUM] = 'x';
	text[TEXT_LINE_MAXIMUM + 1] = '\n';
	assert_int_equal(text_check(bytes_of(text, TEXT_LINE_MAXIMUM + 2), &error), ERROR_LIMIT);
	assert_int_equal(error.line, 1);
}

static void test_reading(void **state)
{
	struct text_reader reader;
	struct text_line line;
	struct bytes value = bytes_of(NULL, 0);
	struct error error;

	(void)state;
	text_reader_init(&reader,
	                 bytes_of_string("format 1\nname North Council\nbare\n\nfree it\n"));
	assert_int_equal(text_reader_expect(&reader, "format 2", &error), ERROR_SYNTAX);
	assert_int_equal(error.line, 1);
	assert_ok(text_reader_expect(&reader, "format 1", NULL));
	assert_int_equal(text_reader_optional(&reader, "nam", &value, &error), ERROR_NOT_FOUND);
	assert_int_equal(text_reader_required(&reader, "title", &value, &error), ERROR_SYNTAX);
	assert_string_equal(error.message, "the key 'title' is missing; 'name' stands there");
	assert_int_equal(error.line, 2);
	assert_null(value.data);
	assert_ok(text_reader_required(&reader, "name", &value, &error));
	assert_bytes_string(value, "North Council");
	assert_int_equal(text_reader_optional(&reader, "bare", &value, &error), ERROR_SYNTAX);
	assert_int_equal(error.line, 3);
	assert_ok(text_reader_peek(&reader, &line));
	assert_bytes_string(line.key, "bare");
	assert_int_equal(line.value.size, 0);
	assert_ok(text_reader_next(&reader, &line));
	assert_int_equal(line.number, 3);
	assert_int_equal(text_reader_required(&reader, "more", &value, &error), ERROR_SYNTAX);
	assert_int_equal(error.line, 4);
	assert_ok(text_reader_next(&reader, &line));
	assert_int_equal(line.whole.size, 0);
	assert_int_equal(line.key.size, 0);
	assert_bytes_string(reader.rest, "free it\n");
	assert_ok(text_reader_next(&reader, &line));
	assert_bytes_string(line.whole, "free it");
	assert_bytes_string(line.key, "free");
	assert_bytes_string(line.value, "it");
	assert_int_equal(line.number, 5);
	assert_int_equal(text_reader_next(&reader, &line), ERROR_NOT_FOUND);
	assert_int_equal(text_reader_required(&reader, "more", &value, &error), ERROR_SYNTAX);
	assert_string_equal(error.message, "the key 'more' is missing at the end of the text");
	assert_int_equal(text_reader_expect(&reader, "end", NULL), ERROR_SYNTAX);
}

static void test_empty_value_needs_a_value(void **state)
{
	struct text_reader reader;
	struct bytes value = bytes_of(NULL, 0);
	struct text_line line;

	(void)state;
	text_reader_init(&reader, bytes_of_string("a  b\n"));
	assert_ok(text_reader_peek(&reader, &line));
	assert_bytes_string(line.key, "a");
	assert_bytes_string(line.value, " b");
	text_reader_init(&reader, bytes_of_string(" a\n"));
	assert_ok(text_reader_peek(&reader, &line));
	assert_int_equal(line.key.size, 0);
	assert_int_equal(text_reader_optional(&reader, "a", &value, NULL), ERROR_NOT_FOUND);
}

static void test_words(void **state)
{
	struct bytes words[3] = { { NULL, 0 } };
	size_t count = 9;

	(void)state;
	assert_int_equal(text_words(bytes_of_string(""), words, 3, &count), ERROR_SYNTAX);
	assert_int_equal(text_words(bytes_of_string(" a"), words, 3, &count), ERROR_SYNTAX);
	assert_int_equal(text_words(bytes_of_string("a "), words, 3, &count), ERROR_SYNTAX);
	assert_int_equal(text_words(bytes_of_string("a  b"), words, 3, &count), ERROR_SYNTAX);
	assert_int_equal(text_words(bytes_of_string("a b c d"), words, 3, &count), ERROR_LIMIT);
	assert_int_equal(count, 9);
	assert_null(words[0].data);
	assert_ok(text_words(bytes_of_string("a bb ccc"), words, 3, &count));
	assert_int_equal(count, 3);
	assert_bytes_string(words[0], "a");
	assert_bytes_string(words[1], "bb");
	assert_bytes_string(words[2], "ccc");
	assert_ok(text_words(bytes_of_string("one"), words, 1, &count));
	assert_int_equal(count, 1);
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t maximum;
		int result;
	} bad[] = {
		{ "", 9, ERROR_SYNTAX },
		{ "01", 9, ERROR_SYNTAX },
		{ "00", 9, ERROR_SYNTAX },
		{ "-1", 9, ERROR_SYNTAX },
		{ "+1", 9, ERROR_SYNTAX },
		{ "1 ", 9, ERROR_SYNTAX },
		{ "0x1", 9, ERROR_SYNTAX },
		{ "10", 9, ERROR_LIMIT },
		{ "18446744073709551616", UINT64_MAX, ERROR_LIMIT },
		{ "99999999999999999999", UINT64_MAX, ERROR_LIMIT },
		{ "9999999999999999999999a", UINT64_MAX, ERROR_SYNTAX },
	};
	uint64_t number = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    text_parse_number(bytes_of_string(bad[i].text), bad[i].maximum, &number),
		    bad[i].result);
	assert_true(number == 42);
	assert_ok(text_parse_number(bytes_of_string("0"), 0, &number));
	assert_true(number == 0);
	assert_ok(text_parse_number(bytes_of_string("18446744073709551615"), UINT64_MAX, &number));
	assert_true(number == UINT64_MAX);
}

static void test_identifiers(void **state)
{
	static const char *const good[] = { "a", "north", "north-east-2", "a1" };
	static const char *const bad[] = { "",   "1a",  "-a",  "a-",       "a--b", "A",
		                           "a.", "a b", "a_b", "\xd1\x8f", "a.b" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(text_is_identifier(bytes_of_string(good[i]), 32));
		assert_true(text_is_dotted_identifier(bytes_of_string(good[i]), 32));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_is_identifier(bytes_of_string(bad[i]), 32));
	assert_false(text_is_identifier(bytes_of_string("abc"), 2));
	assert_true(text_is_dotted_identifier(bytes_of_string("a.head"), 6));
	assert_false(text_is_dotted_identifier(bytes_of_string("a.head"), 5));
	assert_false(text_is_dotted_identifier(bytes_of_string("a..head"), 32));
	assert_false(text_is_dotted_identifier(bytes_of_string(".head"), 32));
	assert_false(text_is_dotted_identifier(bytes_of_string("head."), 32));
	assert_false(text_is_dotted_identifier(bytes_of_string("a.1"), 32));
}

static void test_domains(void **state)
{
	static const char *const good[] = { "a.b", "cert.example.org", "xn--80ak6aa92e.com",
		                            "1.2" };
	static const char *const bad[] = { "",     "org", ".org", "a.",    "a..b", "-a.b",
		                           "a-.b", "A.b", "a_.b", "a b.c", "a.b.", "\xd1\x8f.org" };
	char label[64 + 5];
	char name[300];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(text_is_domain(bytes_of_string(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_is_domain(bytes_of_string(bad[i])));

	memset(label, 'a', 64);
	memcpy(label + 64, ".org", 5);
	assert_false(text_is_domain(bytes_of_string(label)));
	assert_true(text_is_domain(bytes_of_string(label + 1)));

	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = i % 2 == 0 ? 'a' : '.';
	assert_true(text_is_domain(bytes_of(name, 253)));
	assert_false(text_is_domain(bytes_of(name, 255)));
}

static void test_put(void **state)
{
	struct hash hash = { { 0 } };
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 200);
	assert_ok(text_put_string(&buffer, "name", "North Council"));
	assert_ok(text_put_number(&buffer, "number", UINT64_MAX));
	assert_ok(text_put_time(&buffer, "time", 0));
	assert_ok(text_put_duration(&buffer, "answer", 172800));
	assert_ok(text_put_hash(&buffer, "body", &hash));
	assert_bytes_string(buffer_view(&buffer),
	                    "name North Council\n"
	                    "number 18446744073709551615\n"
	                    "time 1970-01-01T00:00:00Z\n"
	                    "answer 48h\n"
	                    "body AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	assert_ok(text_check(buffer_view(&buffer), NULL));
	buffer_release(&buffer);
}

static void test_put_refuses(void **state)
{
	char long_value[TEXT_LINE_MAXIMUM];
	struct buffer buffer;

	(void)state;
	memset(long_value, 'x', sizeof(long_value));
	buffer_init(&buffer, 8000);
	assert_int_equal(text_put_string(&buffer, "a", ""), ERROR_SYNTAX);
	assert_int_equal(text_put_string(&buffer, "a", "b "), ERROR_SYNTAX);
	assert_int_equal(text_put_string(&buffer, "a", "b\nc"), ERROR_SYNTAX);
	assert_int_equal(text_put_string(&buffer, "a b", "c"), ERROR_SYNTAX);
	assert_int_equal(text_put_string(&buffer, "", "c"), ERROR_SYNTAX);
	assert_int_equal(text_put(&buffer, "a", bytes_of(long_value, TEXT_LINE_MAXIMUM - 1)),
	                 ERROR_SYNTAX);
	assert_int_equal(buffer.size, 0);
	assert_ok(text_put(&buffer, "a", bytes_of(long_value, TEXT_LINE_MAXIMUM - 2)));
	assert_ok(text_check(buffer_view(&buffer), NULL));
	buffer_release(&buffer);
	buffer_init(&buffer, 4);
	assert_int_equal(text_put_string(&buffer, "a", "bc"), ERROR_LIMIT);
	assert_ok(text_put_string(&buffer, "a", "b"));
	buffer_release(&buffer);
}

static int put_once(void *context)
{
	struct buffer buffer;
	int r;

	(void)context;
	buffer_init(&buffer, 1000);
	r = text_put_string(&buffer, "key", "value");
	buffer_release(&buffer);
	return r;
}

static void test_torture(void **state)
{
	(void)state;
	torture(put_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_not_clean),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_line_length),
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_empty_value_needs_a_value),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_identifiers),
		cmocka_unit_test(test_domains),
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_put_refuses),
		cmocka_unit_test(test_torture),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
