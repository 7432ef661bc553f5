/* Comma-separated values: quotes, line ends, and rows that are wrong. */
#include "csv.h"

#include "check.h"
#include "torture.h"

/* All rows of a text, as `line:[field|field]`, and `line!` for those that are wrong. */
static int read_all(const char *text, struct buffer *shown)
{
	struct csv_reader reader;
	struct buffer scratch;
	struct csv_row row;
	int r;

	buffer_init(&scratch, CSV_ROW_MAXIMUM);
	csv_reader_init(&reader, bytes_of_string(text));
	while ((r = csv_next(&reader, &scratch, &row, NULL)) != ERROR_NOT_FOUND) {
		if (r == ERROR_MEMORY)
			break;
		r = buffer_put_format(shown, r == OK ? "%zu:[" : "%zu!", row.line);
		for (size_t i = 0; r == OK && shown->data[shown->size - 1] != '!' && i < row.count;
		     i++)
			r = buffer_put_format(shown, "%s%.*s", i > 0 ? "|" : "",
			                      (int)row.fields[i].size,
			                      (const char *)row.fields[i].data);
		if (r == OK && shown->data[shown->size - 1] != '!')
			r = buffer_put_string(shown, "]");
		if (r != OK)
			break;
	}
	buffer_release(&scratch);
	return r == ERROR_NOT_FOUND ? OK : r;
}

static void rows_are_taken_apart(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{ "", "" },
		{ "\n\r\n\n", "" },
		{ "a", "1:[a]" },
		{ "a,b\nc,d\n", "1:[a|b]2:[c|d]" },
		{ "\xef\xbb\xbf"
		  "a,b\r\nc,d",
		  "1:[a|b]2:[c|d]" },
		{ "a,,\n,b", "1:[a||]2:[|b]" },
		{ "a\n\n\nb", "1:[a]4:[b]" },
		{ "a;b,c;d\n1;2,0;3", "1:[a|b,c|d]2:[1|2,0|3]" },
		{ "a\tb\n", "1:[a|b]" },
		{ "\"a,b\",\"c\"\"d\"\n", "1:[a,b|c\"d]" },
		{ "\"a\r\nb\",c\nd,e", "1:[a\r\nb|c]3:[d|e]" },
		{ "\"\",\"\"", "1:[|]" },
		{ "a,\"b\nc,d\ne", "1!2:[c|d]3:[e]" },
		{ "x,y\na,\"b\nc,d\n", "1:[x|y]2!3:[c|d]" },
		{ "x,y\n\"a\"b,c\nd,e\n", "1:[x|y]2!3:[d|e]" },
		{ "x,y\na\"b,c\nd,e\n", "1:[x|y]2!3:[d|e]" },
		{ "a\rb\n", "1:[a\rb]" },
		{ "\"a,b;c\";d", "1:[a,b;c|d]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer shown;

		print_message("# %zu\n", i);
		buffer_init(&shown, 4096);
		assert_ok(read_all(rows[i].text, &shown));
		assert_bytes_string(buffer_view(&shown), rows[i].shown);
		buffer_release(&shown);
	}
}

static void rows_are_bounded(void **state)
{
	static char text[3 * CSV_ROW_MAXIMUM];
	struct csv_reader reader;
	struct buffer scratch;
	struct error error = { 0 };
	struct csv_row row;

	(void)state;
	buffer_init(&scratch, CSV_ROW_MAXIMUM);
	memset(text, 'a', sizeof(text));
	memcpy(text + sizeof(text) - 4, "\nb,c", 4);
	csv_reader_init(&reader, bytes_of(text, sizeof(text)));
	assert_int_equal(csv_next(&reader, &scratch, &row, &error), ERROR_LIMIT);
	assert_int_equal(error.line, 1);
	assert_ok(csv_next(&reader, &scratch, &row, &error));
	assert_int_equal(row.line, 2);
	memset(text, ',', sizeof(text));
	csv_reader_init(&reader, bytes_of(text, CSV_FIELDS_MAXIMUM));
	assert_int_equal(csv_next(&reader, &scratch, &row, &error), ERROR_LIMIT);
	csv_reader_init(&reader, bytes_of(text, CSV_FIELDS_MAXIMUM - 1));
	assert_ok(csv_next(&reader, &scratch, &row, &error));
	assert_int_equal(row.count, CSV_FIELDS_MAXIMUM);
	buffer_release(&scratch);
}

static int read_once(void *context)
{
	(void)context;
	struct buffer shown;
	int r;

	buffer_init(&shown, 4096);
	r = read_all("a,\"b\"\n\"c\nd", &shown);
	buffer_release(&shown);
	return r;
}

static void memory_may_fail(void **state)
{
	(void)state;
	torture(read_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_taken_apart),
		cmocka_unit_test(rows_are_bounded),
		cmocka_unit_test(memory_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
