/* Descriptions of parts, texts split into paragraphs, fields. */
#include "body_fixture.h"

#include "fields.h"
#include "kinds.h"

static int describe(const char *name, const char *media_type, const char *language,
                    enum part_standing standing)
{
	struct bytes content = bytes_of_string("x");
	struct part part;

	return part_init(&part, name, media_type, language, standing, &content, NULL);
}

static void test_descriptions(void **state)
{
	static const struct {
		const char *name;
		const char *media_type;
		const char *language;
		enum part_standing standing;
		bool valid;
	} rows[] = {
		{ "a", "text/plain", "en", PART_AUTHENTIC, true },
		{ "a b.txt", "application/stix+json;version=2.1", "", PART_STANDING_NONE, true },
		{ "\xd0\xb0", "text/plain;charset=UTF-8", "sr-Latn-RS", PART_TRANSLATION, true },
		{ "a", "text/plain", "en", PART_STANDING_NONE, true },
		{ "a", "text/plain", NULL, PART_AUTHENTIC, false },
		{ "", "text/plain", "en", PART_AUTHENTIC, false },
		{ " a", "text/plain", "en", PART_AUTHENTIC, false },
		{ "a ", "text/plain", "en", PART_AUTHENTIC, false },
		{ "../a", "text/plain", "en", PART_AUTHENTIC, false },
		{ "a\\b", "text/plain", "en", PART_AUTHENTIC, false },
		{ "a\nb", "text/plain", "en", PART_AUTHENTIC, false },
		{ "\xff", "text/plain", "en", PART_AUTHENTIC, false },
		{ "gpj.\xe2\x80\xae"
		  "exe",
		  "text/plain", "en", PART_AUTHENTIC, false },
		{ "a", "", "en", PART_AUTHENTIC, false },
		{ "a", "text", "en", PART_AUTHENTIC, false },
		{ "a", "text/", "en", PART_AUTHENTIC, false },
		{ "a", "/plain", "en", PART_AUTHENTIC, false },
		{ "a", "Text/plain", "en", PART_AUTHENTIC, false },
		{ "a", "text/plain ", "en", PART_AUTHENTIC, false },
		{ "a", "text/plain; a=b", "en", PART_AUTHENTIC, false },
		{ "a", "text/plain;a", "en", PART_AUTHENTIC, false },
		{ "a", "text/plain;a=", "en", PART_AUTHENTIC, false },
		{ "a", "text/plain;", "en", PART_AUTHENTIC, false },
		{ "a", "text/plain/x", "en", PART_AUTHENTIC, false },
		{ "a", "text/plain", "e", PART_AUTHENTIC, false },
		{ "a", "text/plain", "-", PART_AUTHENTIC, false },
		{ "a", "text/plain", "en-", PART_AUTHENTIC, false },
		{ "a", "text/plain", "en--a", PART_AUTHENTIC, false },
		{ "a", "text/plain", "1n", PART_AUTHENTIC, false },
		{ "a", "text/plain", "english-language", PART_AUTHENTIC, true },
		{ "a", "text/plain", "englishlanguage", PART_AUTHENTIC, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = describe(rows[i].name, rows[i].media_type, rows[i].language,
		                 rows[i].standing);

		if ((r == OK) != rows[i].valid)
			fail_msg("row %zu: %s", i, result_text(r));
	}
}

static void test_long_descriptions(void **state)
{
	char name[PART_NAME_CAPACITY + 1];

	(void)state;
	memset(name, 'a', sizeof(name));
	name[PART_NAME_CAPACITY] = '\0';
	assert_int_equal(describe(name, "text/plain", NULL, PART_STANDING_NONE), ERROR_LIMIT);
	name[PART_NAME_CAPACITY - 1] = '\0';
	assert_ok(describe(name, "text/plain", NULL, PART_STANDING_NONE));
	memcpy(name, "text/", 5);
	assert_int_equal(describe("a", name, NULL, PART_STANDING_NONE), ERROR_LIMIT);
}

static void test_roles(void **state)
{
	(void)state;
	for (unsigned role = 0; role < PART_ATTACHMENT; role++)
		assert_int_equal(part_role_of(part_role_media_type((enum part_role)role)), role);
	assert_int_equal(part_role_of("text/plain"), PART_ATTACHMENT);
	assert_null(part_role_media_type(PART_ATTACHMENT));
}

static void test_split(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		const char *paragraphs[3];
	} rows[] = {
		{ "one", 1, { "one" } },
		{ "one\n", 1, { "one" } },
		{ "one\ntwo\n", 1, { "one\ntwo" } },
		{ "one\n\ntwo", 2, { "one", "two" } },
		{ "\n\none\n\n\n\ntwo\nthree\n\n", 2, { "one", "two\nthree" } },
		{ "\ta\n \n\nb", 2, { "\ta\n ", "b" } },
		{ "a\n\nb\n\nc", 3, { "a", "b", "c" } },
	};
	struct bytes paragraphs[3];
	size_t count;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_ok(
		    part_split_text(bytes_of_string(rows[i].text), paragraphs, 3, &count, NULL));
		assert_int_equal(count, rows[i].count);
		for (size_t k = 0; k < count; k++) {
			assert_bytes_string(paragraphs[k], rows[i].paragraphs[k]);
			assert_ok(part_content_check(PART_PARAGRAPH, paragraphs[k], NULL));
		}
	}
}

static void test_split_refuses(void **state)
{
	struct bytes paragraphs[2] = { { NULL, 77 }, { NULL, 78 } };
	struct error error;
	size_t count = 79;

	(void)state;
	assert_int_equal(part_split_text(bytes_of_string(""), paragraphs, 2, &count, NULL),
	                 ERROR_SYNTAX);
	assert_int_equal(part_split_text(bytes_of_string("\n\n"), paragraphs, 2, &count, NULL),
	                 ERROR_SYNTAX);
	assert_int_equal(
	    part_split_text(bytes_of_string("a\n\nb\n\nc"), paragraphs, 2, &count, &error),
	    ERROR_LIMIT);
	assert_int_equal(
	    part_split_text(bytes_of_string("a\n\nb\r\n"), paragraphs, 2, &count, &error),
	    ERROR_SYNTAX);
	assert_int_equal(error.line, 3);
	assert_int_equal(paragraphs[0].size, 77);
	assert_int_equal(count, 79);
}

static void test_content(void **state)
{
	static const struct {
		enum part_role role;
		const char *content;
		bool valid;
	} rows[] = {
		{ PART_SUBJECT, "A subject", true },
		{ PART_SUBJECT, "", false },
		{ PART_SUBJECT, "two\nlines", false },
		{ PART_SUBJECT, "space ", false },
		{ PART_PARAGRAPH, "two\nlines", true },
		{ PART_PARAGRAPH, "final\n", false },
		{ PART_PARAGRAPH, "\nfirst", false },
		{ PART_PARAGRAPH, "a\n\nb", false },
		{ PART_FIELDS, "chirograph.fields/1\na b\n", true },
		{ PART_FIELDS, "chirograph.fields/2\na b\n", false },
		{ PART_ITEM, "first\nitem", true },
		{ PART_ITEM, "first\n\nitem", false },
		{ PART_GLOSSARY, "chirograph.glossary/1\nlanguages en ru\nterm 1\nen a\nru b\n",
		  true },
		{ PART_GLOSSARY, "chirograph.glossary/1\nlanguages en ru\n", false },
		{ PART_CHARTER, "a\n\nb\n", true },
		{ PART_CHARTER, "a", false },
		{ PART_ATTACHMENT, "\xff", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r = part_content_check(rows[i].role, bytes_of_string(rows[i].content), NULL);

		if ((r == OK) != rows[i].valid)
			fail_msg("row %zu: %s", i, result_text(r));
	}
}

static void test_fields(void **state)
{
	struct text_reader reader;
	struct bytes key, value;
	struct buffer text;

	(void)state;
	buffer_init(&text, FIELDS_SIZE_MAXIMUM);
	assert_ok(fields_begin(&text));
	assert_ok(fields_put(&text, "asset", "the north dam"));
	assert_ok(fields_put(&text, "conduct", "intrusion"));
	assert_ok(fields_put(&text, "asset", "ticket office"));
	assert_int_equal(fields_put(&text, "Asset", "x"), ERROR_SYNTAX);
	assert_int_equal(fields_put(&text, "asset", "x\nforged y"), ERROR_SYNTAX);
	assert_int_equal(fields_put(&text, "asset", ""), ERROR_SYNTAX);
	assert_ok(fields_check(buffer_view(&text), NULL));
	assert_bytes_string(buffer_view(&text), "chirograph.fields/1\nasset the north dam\n"
	                                        "conduct intrusion\nasset ticket office\n");

	fields_reader_init(&reader, buffer_view(&text));
	assert_ok(fields_next(&reader, &key, &value));
	assert_bytes_string(key, "asset");
	assert_ok(fields_next(&reader, &key, &value));
	assert_ok(fields_next(&reader, &key, &value));
	assert_int_equal(fields_next(&reader, &key, &value), ERROR_NOT_FOUND);

	assert_int_equal(fields_check(bytes_of_string("chirograph.fields/1\nkey\n"), NULL),
	                 ERROR_SYNTAX);
	assert_int_equal(fields_check(bytes_of_string("chirograph.fields/1\n\n"), NULL),
	                 ERROR_SYNTAX);
	assert_ok(fields_check(bytes_of_string("chirograph.fields/1\n"), NULL));
	for (size_t i = 0; i < FIELDS_COUNT_MAXIMUM - 3; i++)
		assert_ok(fields_put(&text, "a", "b"));
	assert_ok(fields_check(buffer_view(&text), NULL));
	assert_ok(fields_put(&text, "a", "b"));
	assert_int_equal(fields_check(buffer_view(&text), NULL), ERROR_LIMIT);
	buffer_release(&text);
}

/* Lists are large; nothing else is, not even what else is said of a list. */
static void test_content_maximum(void **state)
{
	(void)state;
	for (int i = 0; i < KIND_COUNT; i++) {
		bool carries_list = i == KIND_LIST || i == KIND_REVEAL || i == KIND_UPDATE_LIST;

		assert_int_equal(body_content_maximum(kind_by_number((enum kind_number)i)),
		                 carries_list ? BODY_LIST_CONTENT_MAXIMUM : BODY_CONTENT_MAXIMUM);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_descriptions),  cmocka_unit_test(test_long_descriptions),
		cmocka_unit_test(test_roles),         cmocka_unit_test(test_split),
		cmocka_unit_test(test_split_refuses), cmocka_unit_test(test_content),
		cmocka_unit_test(test_fields),        cmocka_unit_test(test_content_maximum),
	};

	return cmocka_run_group_tests_name("part", tests, NULL, NULL);
}
