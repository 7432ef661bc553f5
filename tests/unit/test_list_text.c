/* The text of a list: strict, in one order, in memory and in pieces. */
#include "list_text.h"

#include "check.h"
#include "torture.h"

#define GRID                                                                                       \
	"entry grid-17\n"                                                                          \
	"sector energy\n"                                                                          \
	"subsector electricity\n"                                                                  \
	"function Eastern Interconnection, control room\n"                                         \
	"criticality 1\n"                                                                          \
	"region US-NY\n"                                                                           \
	"ipv4 198.51.100.0/24\n"                                                                   \
	"ipv4 203.0.113.7/32\n"                                                                    \
	"domain grid.example\n"                                                                    \
	"contact soc@grid.example\n"                                                               \
	"protection off-limits\n"                                                                  \
	"valid-from 2026-11-29T00:00:00Z\n"                                                        \
	"valid-until 2027-11-29T00:00:00Z\n"
#define WATER "entry water\nasn 64496\nprotection notify-first\n"
#define HEAD  "chirograph.list/1\nscheme US-16\n"

static const char whole[] = HEAD GRID WATER;

static int check(const char *text, struct error *error)
{
	return list_text_check(bytes_of_string(text), NULL, NULL, error);
}

static void a_list_is_read_and_written_as_it_was(void **state)
{
	struct list_reader reader;
	struct list_writer writer;
	struct list_entry entry;
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 65536);
	assert_ok(list_reader_init(&reader, bytes_of_string(whole), NULL));
	assert_int_equal(reader.scheme, SCHEME_US_16);
	assert_ok(list_writer_init(&writer, reader.scheme, &buffer));
	assert_ok(list_reader_next(&reader, &entry, NULL));
	assert_bytes_string(entry.id, "grid-17");
	assert_int_equal(entry.sector, 8);
	assert_int_equal(entry.criticality, 1);
	assert_int_equal(entry.count, 3);
	assert_int_equal(entry.identifiers[2].identifier_class, IDENTIFIER_DOMAIN);
	assert_bytes_string(entry.identifiers[2].text, "grid.example");
	assert_int_equal(entry.protection, PROTECTION_OFF_LIMITS);
	assert_int_equal(entry.until - entry.from, 365 * 24 * 3600);
	assert_ok(list_writer_put(&writer, &entry, NULL));
	assert_ok(list_reader_next(&reader, &entry, NULL));
	assert_bytes_string(entry.id, "water");
	assert_int_equal(entry.from, 0);
	assert_true(entry.until == TIMESTAMP_MAXIMUM);
	assert_ok(list_writer_put(&writer, &entry, NULL));
	assert_int_equal(list_reader_next(&reader, &entry, NULL), ERROR_NOT_FOUND);
	assert_bytes_string(buffer_view(&buffer), whole);
	buffer_release(&buffer);
}

static void a_list_may_be_empty_and_without_a_scheme(void **state)
{
	enum sector_scheme scheme;
	uint64_t count;

	(void)state;
	assert_ok(list_text_check(bytes_of_string("chirograph.list/1\n"), &count, &scheme, NULL));
	assert_int_equal(count, 0);
	assert_int_equal(scheme, SCHEME_NONE);
	assert_ok(list_text_check(bytes_of_string(whole), &count, &scheme, NULL));
	assert_int_equal(count, 2);
	assert_int_equal(scheme, SCHEME_US_16);
}

static void what_is_not_strict_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text;
		int code;
		size_t line;
	} rows[] = {
		{ "", ERROR_SYNTAX, 0 },
		{ "chirograph.list/2\n", ERROR_SYNTAX, 1 },
		{ "chirograph.list/1", ERROR_SYNTAX, 1 },
		{ "chirograph.list/1\nscheme -\n", ERROR_UNSUPPORTED, 2 },
		{ "chirograph.list/1\nscheme us-16\n", ERROR_UNSUPPORTED, 2 },
		{ "chirograph.list/1\nother x\n", ERROR_SYNTAX, 2 },
		{ "chirograph.list/1\n\n", ERROR_SYNTAX, 2 },
		{ HEAD WATER GRID, ERROR_CANONICAL, 6 },
		{ HEAD WATER WATER, ERROR_CANONICAL, 6 },
		{ HEAD WATER "x\n", ERROR_SYNTAX, 6 },
		{ HEAD "entry a b\nasn 1\nprotection off-limits\n", ERROR_SYNTAX, 3 },
		{ HEAD "entry a\nprotection off-limits\n", ERROR_SYNTAX, 3 },
		{ HEAD "entry a\nasn 1\n", ERROR_SYNTAX, 5 },
		{ HEAD "entry a\nasn 1\nprotection maybe\n", ERROR_SYNTAX, 5 },
		{ HEAD "entry a\nasn 01\nprotection off-limits\n", ERROR_SYNTAX, 3 },
		{ HEAD "entry a\nasn AS1\nprotection off-limits\n", ERROR_CANONICAL, 3 },
		{ HEAD "entry a\nasn 2\nasn 10\nprotection off-limits\n", ERROR_CANONICAL, 3 },
		{ HEAD "entry a\nasn 1\nasn 1\nprotection off-limits\n", ERROR_CANONICAL, 3 },
		{ HEAD "entry a\ndomain a.b\nasn 1\nprotection off-limits\n", ERROR_SYNTAX, 5 },
		{ HEAD "entry a\nipv4 198.51.100.1/24\nprotection off-limits\n", ERROR_CANONICAL,
		  3 },
		{ HEAD "entry a\nsector coal\nasn 1\nprotection off-limits\n", ERROR_SYNTAX, 4 },
		{ HEAD "entry a\ncriticality 0\nasn 1\nprotection off-limits\n", ERROR_SYNTAX, 4 },
		{ HEAD "entry a\ncriticality 4\nasn 1\nprotection off-limits\n", ERROR_SYNTAX, 4 },
		{ HEAD "entry a\nregion  x\nasn 1\nprotection off-limits\n", ERROR_CANONICAL, 3 },
		{ HEAD "entry a\nregion\nasn 1\nprotection off-limits\n", ERROR_SYNTAX, 4 },
		{ HEAD "entry a\nasn 1\nprotection off-limits\nvalid-from 2026-11-29\n",
		  ERROR_SYNTAX, 6 },
		{ HEAD "entry a\nasn 1\nprotection off-limits\nvalid-from 1970-01-01T00:00:00Z\n",
		  ERROR_CANONICAL, 6 },
		{ HEAD "entry a\nasn 1\nprotection off-limits\n"
		       "valid-from 2026-11-29T00:00:00Z\nvalid-until 2026-11-29T00:00:00Z\n",
		  ERROR_SYNTAX, 3 },
		{ "chirograph.list/1\nentry a\nsector energy\nasn 1\nprotection off-limits\n",
		  ERROR_SYNTAX, 3 },
		{ HEAD "entry a\nasn 1\nprotection off-limits", ERROR_SYNTAX, 5 },
		{ HEAD "entry a\nfunction \033[31m\nasn 1\nprotection off-limits\n", ERROR_SYNTAX,
		  4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error error = { 0 };

		print_message("# %zu\n", i);
		assert_int_equal(check(rows[i].text, &error), rows[i].code);
		assert_int_equal(error.line, rows[i].line);
		assert_string_not_equal(error.message, "");
	}
}

static void the_writer_takes_only_what_can_be_read(void **state)
{
	static const struct list_identifier good[] = {
		{ IDENTIFIER_ASN, { (const uint8_t *)"1", 1 } },
		{ IDENTIFIER_ASN, { (const uint8_t *)"2", 1 } },
	};
	struct list_entry entry = { .id = bytes_of_string("b"),
		                    .until = TIMESTAMP_MAXIMUM,
		                    .count = 2,
		                    .identifiers = good };
	struct list_writer writer;
	struct buffer buffer;
	struct error error;
	size_t size;

	(void)state;
	buffer_init(&buffer, 4096);
	assert_ok(list_writer_init(&writer, SCHEME_NONE, &buffer));
	assert_ok(list_writer_put(&writer, &entry, &error));
	size = buffer.size;
	assert_int_equal(list_writer_put(&writer, &entry, &error), ERROR_CANONICAL);
	entry.id = bytes_of_string("a");
	assert_int_equal(list_writer_put(&writer, &entry, &error), ERROR_CANONICAL);
	entry.id = bytes_of_string("c");
	entry.sector = 1;
	assert_int_equal(list_writer_put(&writer, &entry, &error), ERROR_SYNTAX);
	entry.sector = 0;
	entry.function = bytes_of_string("a\nentry d");
	assert_int_equal(list_writer_put(&writer, &entry, &error), ERROR_SYNTAX);
	entry.function = bytes_of_string(" a");
	assert_int_equal(list_writer_put(&writer, &entry, &error), ERROR_CANONICAL);
	entry.function = bytes_of_string("");
	entry.criticality = 4;
	assert_int_equal(list_writer_put(&writer, &entry, &error), ERROR_LIMIT);
	entry.criticality = 0;
	entry.count = LIST_IDENTIFIERS_MAXIMUM + 1;
	assert_int_equal(list_writer_put(&writer, &entry, &error), ERROR_LIMIT);
	entry.count = 0;
	assert_int_equal(list_writer_put(&writer, &entry, &error), ERROR_SYNTAX);
	assert_int_equal(buffer.size, size);
	buffer_release(&buffer);
}

/* --- in pieces ------------------------------------------------------------------- */

static int collect(void *context, enum sector_scheme scheme, const struct list_entry *entry)
{
	return list_writer_put(context, entry, NULL) == OK && scheme == SCHEME_US_16
	           ? OK
	           : ERROR_INTERNAL;
}

/* Reads a text in pieces of one size and writes what comes. */
static int read_pieces(const char *text, size_t size, struct buffer *buffer, struct error *error)
{
	struct bytes rest = bytes_of_string(text);
	struct list_stream *stream = allocate(1, sizeof(*stream));
	struct list_writer writer;
	int r;

	if (stream == NULL)
		return ERROR_MEMORY;
	r = list_writer_init(&writer, SCHEME_US_16, buffer);
	list_stream_init(stream, collect, &writer);
	while (r == OK && rest.size > 0) {
		size_t part = rest.size < size ? rest.size : size;

		r = list_stream_update(stream, bytes_of(rest.data, part), error);
		rest = bytes_of(rest.data + part, rest.size - part);
	}
	if (r == OK)
		r = list_stream_finish(stream, error);
	list_stream_release(stream);
	release_memory(stream);
	return r;
}

static void pieces_give_the_same(void **state)
{
	struct buffer buffer;
	struct error error = { 0 };

	(void)state;
	buffer_init(&buffer, 65536);
	for (size_t size = 1; size <= sizeof(whole); size++) {
		buffer_clear(&buffer);
		assert_ok(read_pieces(whole, size, &buffer, &error));
		assert_bytes_string(buffer_view(&buffer), whole);
		assert_int_equal(read_pieces(HEAD WATER GRID, size, &buffer, &error),
		                 ERROR_CANONICAL);
		assert_int_equal(error.line, 6);
		assert_int_equal(read_pieces(HEAD GRID "x\n", size, &buffer, &error), ERROR_SYNTAX);
		assert_int_equal(error.line, 16);
		assert_int_equal(read_pieces(HEAD GRID "entry", size, &buffer, &error),
		                 ERROR_SYNTAX);
		buffer_clear(&buffer);
		assert_ok(read_pieces(HEAD, size, &buffer, &error));
		assert_bytes_string(buffer_view(&buffer), HEAD);
		assert_int_equal(read_pieces("chirograph.list/1", size, &buffer, &error),
		                 ERROR_SYNTAX);
	}
	assert_int_equal(read_pieces("", 1, &buffer, &error), ERROR_SYNTAX);
	buffer_release(&buffer);
}

static void an_endless_entry_takes_bounded_memory(void **state)
{
	struct list_stream *stream = allocate(1, sizeof(*stream));
	struct error error = { 0 };
	int r = OK;
	size_t fed = 0;

	(void)state;
	assert_non_null(stream);
	list_stream_init(stream, collect, NULL);
	assert_ok(list_stream_update(stream, bytes_of_string(HEAD "entry a\n"), &error));
	while (r == OK && fed < 16 * 1024 * 1024) {
		r = list_stream_update(stream, bytes_of_string("asn 1\nasn 1\nasn 1\n"), &error);
		fed += 18;
	}
	assert_int_equal(r, ERROR_LIMIT);
	assert_true(fed <= LIST_ENTRY_MAXIMUM + 1024);
	list_stream_release(stream);
	list_stream_init(stream, collect, NULL);
	for (r = OK, fed = 0; r == OK && fed < 16 * 1024 * 1024; fed += 5)
		r = list_stream_update(stream, bytes_of_string("never"), &error);
	assert_int_equal(r, ERROR_LIMIT);
	list_stream_release(stream);
	release_memory(stream);
}

static int read_once(void *context)
{
	struct buffer buffer;
	struct error error;
	int r;

	(void)context;
	buffer_init(&buffer, 65536);
	r = read_pieces(whole, 7, &buffer, &error);
	buffer_release(&buffer);
	return r == ERROR_INTERNAL ? ERROR_MEMORY : r;
}

static void memory_may_fail(void **state)
{
	(void)state;
	torture(read_once, NULL);
}

/* --- what speaks ------------------------------------------------------------------ */

static void the_higher_entry_speaks(void **state)
{
	struct list_entry a = { .id = bytes_of_string("a"), .criticality = 3 };
	struct list_entry b = { .id = bytes_of_string("b"), .criticality = 1 };

	(void)state;
	assert_true(list_entry_outranks(&b, &a));
	assert_false(list_entry_outranks(&a, &b));
	b.criticality = 0;
	assert_true(list_entry_outranks(&a, &b));
	b.criticality = 3;
	assert_true(list_entry_outranks(&a, &b));
	a.protection = PROTECTION_NOTIFY_FIRST;
	assert_true(list_entry_outranks(&b, &a));
	assert_false(list_entry_outranks(&a, &a));
}

static void codes_and_rows_agree(void **state)
{
	static const unsigned counts[SCHEME_COUNT] = { 0, 16, 14, 18 };

	(void)state;
	for (int i = 0; i < SCHEME_COUNT; i++) {
		enum sector_scheme scheme = (enum sector_scheme)i, named;

		assert_true(scheme_named(bytes_of_string(scheme_name(scheme)), &named));
		assert_int_equal(named, scheme);
		assert_int_equal(scheme_sectors(scheme), counts[i]);
		for (unsigned row = 1; row <= counts[i]; row++)
			assert_int_equal(
			    scheme_row(scheme, bytes_of_string(scheme_sector(scheme, row)->code)),
			    row);
		assert_null(scheme_sector(scheme, 0));
		assert_null(scheme_sector(scheme, counts[i] + 1));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_is_read_and_written_as_it_was),
		cmocka_unit_test(a_list_may_be_empty_and_without_a_scheme),
		cmocka_unit_test(what_is_not_strict_is_refused_with_its_line),
		cmocka_unit_test(the_writer_takes_only_what_can_be_read),
		cmocka_unit_test(pieces_give_the_same),
		cmocka_unit_test(an_endless_entry_takes_bounded_memory),
		cmocka_unit_test(memory_may_fail),
		cmocka_unit_test(the_higher_entry_speaks),
		cmocka_unit_test(codes_and_rows_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
