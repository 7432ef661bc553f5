/* What a person has asked of a list, as it is kept. */
#include "allocate.h"
#include "asked_text.h"
#include "check.h"
#include "torture.h"

static const struct asked_head head = { .list = { { 7 } },
	                                .identifier_class = IDENTIFIER_IPV4,
	                                .epoch = 3 };

/* One line of each kind. */
static void write_text(struct buffer *text)
{
	struct asked_line line = { .what = ASKED_OPEN,
		                   .identifier = bytes_of_string("198.51.100.0/24"),
		                   .blind = { { 1 } },
		                   .evaluation = { .element = { { 2 } }, .proof = { { 3 } } } };

	buffer_init(text, ASKED_TEXT_MAXIMUM);
	assert_ok(asked_text_begin(text, &head));
	assert_ok(asked_text_put(text, &line));
	line.what = ASKED_MISS;
	assert_ok(asked_text_put(text, &line));
	line.what = ASKED_HIT;
	assert_ok(asked_text_put(text, &line));
}

static int take(void *context, const struct asked_line *line)
{
	unsigned *count = context;

	assert_int_equal(line->what, *count);
	assert_bytes_string(line->identifier, "198.51.100.0/24");
	assert_int_equal(line->blind.bytes[0], line->what == ASKED_MISS ? 0 : 1);
	assert_int_equal(line->evaluation.element.bytes[0], line->what == ASKED_HIT ? 2 : 0);
	assert_int_equal(line->evaluation.proof.bytes[0], line->what == ASKED_HIT ? 3 : 0);
	(*count)++;
	return OK;
}

static void test_it_is_read_as_written(void **state)
{
	struct asked_head read;
	struct buffer text;
	unsigned count = 0;

	(void)state;
	write_text(&text);
	assert_ok(asked_text_read(buffer_view(&text), &read, take, &count, NULL));
	assert_int_equal(count, 3);
	assert_true(hash_equal(&read.list, &head.list));
	assert_int_equal(read.identifier_class, head.identifier_class);
	assert_int_equal(read.epoch, head.epoch);
	buffer_release(&text);
}

static int end_with(void *context, const struct asked_line *line)
{
	(void)line;
	return *(const int *)context;
}

static void test_the_reader_can_end_it(void **state)
{
	int result = ERROR_MISMATCH;
	struct asked_head read;
	struct buffer text;

	(void)state;
	write_text(&text);
	assert_int_equal(asked_text_read(buffer_view(&text), &read, end_with, &result, NULL),
	                 ERROR_MISMATCH);
	buffer_release(&text);
}

/* Nothing is given of a text of which a line is malformed. */
static void test_malformed_lines(void **state)
{
	static const char *const lines[] = {
		"miss\n",
		"miss 198.51.100.1/24\n", /* not masked */
		"miss pump.example\n",    /* of another class */
		"miss 198.51.100.0/24 x\n",
		"hit 198.51.100.0/24\n",
		"open 198.51.100.0/24 AAAA\n",
		"closed 198.51.100.0/24\n",
		"miss 198.51.100.0/24",
	};
	int result = ERROR_INTERNAL; /* of a line that should not have been given */

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct asked_head read;
		struct buffer text;
		int r;

		write_text(&text);
		assert_ok(buffer_put_string(&text, lines[i]));
		r = asked_text_read(buffer_view(&text), &read, end_with, &result, NULL);
		if (r == OK || r == ERROR_INTERNAL)
			fail_msg("'%s' is taken", lines[i]);
		buffer_release(&text);
	}
}

static void test_how_many_lines(void **state)
{
	const struct asked_line line = { .what = ASKED_MISS,
		                         .identifier = bytes_of_string("0.0.0.0/0") };
	struct asked_head read;
	struct buffer text;
	int result = OK;

	(void)state;
	buffer_init(&text, ASKED_TEXT_MAXIMUM);
	assert_ok(asked_text_begin(&text, &head));
	for (size_t i = 0; i < ASKED_LINES_MAXIMUM; i++)
		assert_ok(asked_text_put(&text, &line));
	assert_ok(asked_text_read(buffer_view(&text), &read, end_with, &result, NULL));
	assert_ok(asked_text_put(&text, &line));
	assert_int_equal(asked_text_read(buffer_view(&text), &read, end_with, &result, NULL),
	                 ERROR_LIMIT);
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_is_read_as_written),
		cmocka_unit_test(test_the_reader_can_end_it),
		cmocka_unit_test(test_malformed_lines),
		cmocka_unit_test(test_how_many_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
