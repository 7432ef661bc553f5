/* Importing when memory fails, and what of it is left. The rest is tested by its command. */
#include "import.h"
#include "typed_identifier.h"

#include "check.h"
#include "torture.h"

struct trial {
	import_reader *reader;
	const char *text;
	size_t rows, bad, entries;
};

static int import_once(void *context)
{
	const struct trial *trial = context;
	struct import *import = import_new();
	struct error error;
	int r;

	if (import == NULL)
		return ERROR_MEMORY;
	import->scheme = SCHEME_US_16;
	if ((r = trial->reader(import, bytes_of_string(trial->text), &error)) == OK &&
	    (r = import_finish(import, &error)) == OK &&
	    (import->rows != trial->rows || import->bad_count != trial->bad ||
	     import->maker.entries != trial->entries))
		r = ERROR_INTERNAL;
	import_free(import);
	return r;
}

static void memory_may_fail_while_rows_are_read(void **state)
{
	struct trial csv = { import_csv,
		             "domain,sector,criticality\na.example,energy,1\nb.example,none,\n"
		             "a.example,,\n\"c.example,,\n",
		             4, 2, 1 };
	struct trial plain = { import_plain, "198.51.100.0/24 x\n10.0.0.1\n# c\nAS64496\n", 3, 1,
		               2 };

	(void)state;
	assert_ok(import_once(&csv));
	torture(import_once, &csv);
	torture(import_once, &plain);
}

static void assert_reader(struct import *import, struct bytes text, import_reader *expected)
{
	import_reader *reader = NULL;

	assert_ok(import_reader_of(import, text, &reader));
	assert_true(reader == expected);
}

static void a_file_is_taken_for_what_it_is(void **state)
{
	struct import *import = import_new();

	(void)state;
	assert_non_null(import);
	assert_reader(import, bytes_of_string(" \n{"), import_stix);
	assert_reader(import, bytes_of_string("Domain Name,x\n"), import_csv);
	assert_reader(import, bytes_of_string("host;owner\n"), import_plain);
	import->columns[import->column_count++] = (struct import_column){ bytes_of_string("host"),
		                                                          IMPORT_DOMAIN };
	assert_reader(import, bytes_of_string("host;owner\n"), import_csv);
	assert_reader(import, bytes_of_string("a.example\n"), import_plain);
	assert_reader(import, bytes_of_string(""), import_plain);
	import_free(import);
}

static void domains_of_other_scripts_are_a_labels(void **state)
{
	static const struct {
		const char *typed, *one; /* NULL: refused */
	} rows[] = {
		{ "Президент.РФ", "xn--d1abbgf6aiiy.xn--p1ai" },
		{ "domain:президент.рф", "xn--d1abbgf6aiiy.xn--p1ai" },
		{ "XN--D1ABBGF6AIIY.XN--P1AI.", "xn--d1abbgf6aiiy.xn--p1ai" },
		{ "faß.example", "xn--fa-hia.example" }, /* non-transitional */
		{ "grid.example", "grid.example" },
		{ "рф", NULL },
		{ "президент..рф", NULL },
		{ "през идент.рф", NULL },
		{ "xn--a.example", NULL },
		{ "\xff\xfe.example", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct identifier identifier;
		struct error error = { 0 };
		int r = typed_identifier_recognize(bytes_of_string(rows[i].typed), &identifier,
		                                   &error);

		print_message("# %zu\n", i);
		if (rows[i].one == NULL) {
			assert_int_equal(r, ERROR_SYNTAX);
			assert_string_not_equal(error.message, "");
			continue;
		}
		assert_ok(r);
		assert_int_equal(identifier.identifier_class, IDENTIFIER_DOMAIN);
		assert_string_equal(identifier.text, rows[i].one);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_may_fail_while_rows_are_read),
		cmocka_unit_test(a_file_is_taken_for_what_it_is),
		cmocka_unit_test(domains_of_other_scripts_are_a_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
