/* Making lists of rows, what overlaps in them, and what changes between them. */
#include "list_diff.h"
#include "list_maker.h"
#include "list_overlap.h"

#include "check.h"
#include "torture.h"

/* A row with these identifiers, separated by spaces, each after its class and a colon. */
static int put(struct list_maker *maker, const char *id, const char *function,
               const char *identifiers, size_t line)
{
	struct list_entry row = { .id = bytes_of_string(id),
		                  .function = bytes_of_string(function),
		                  .until = TIMESTAMP_MAXIMUM };
	struct bytes rest = bytes_of_string(identifiers), word, name;
	struct list_identifier items[8];

	while (rest.size > 0) {
		bytes_cut(&rest, ' ', &word);
		bytes_cut(&word, ':', &name);
		if (!identifier_class_named(name, &items[row.count].identifier_class))
			return ERROR_INTERNAL;
		items[row.count++].text = word;
	}
	row.identifiers = items;
	return list_maker_put(maker, &row, SCHEME_NONE, line, NULL);
}

static int write(const struct list_maker *maker, struct buffer *text)
{
	struct list_writer writer;
	int r = list_writer_init(&writer, SCHEME_NONE, text);

	return r != OK ? r : list_maker_write(maker, &writer, NULL, NULL, NULL);
}

static int make_once(void *context)
{
	struct buffer *text = context;
	struct list_maker maker;
	int r;

	buffer_clear(text);
	list_maker_init(&maker);
	if ((r = put(&maker, "b", "B", "domain:b.example ipv4:198.51.100.7/32", 2)) != OK ||
	    (r = put(&maker, "a", "A", "asn:2 asn:1 asn:2", 3)) != OK ||
	    (r = put(&maker, "b", "B", "domain:b.example", 4)) != OK ||
	    (r = put(&maker, "b", "other", "ipv4:198.51.100.7/32 asn:3", 5)) != OK ||
	    (r = list_maker_join(&maker)) != OK || (r = write(&maker, text)) != OK)
		goto out;
	if (maker.rows[2].outcome != LIST_ROW_DUPLICATE || maker.rows[2].first != 2 ||
	    maker.rows[2].otherwise || maker.rows[3].outcome != LIST_ROW_JOINED ||
	    maker.rows[3].first != 2 || !maker.rows[3].otherwise || maker.entries != 2)
		r = ERROR_INTERNAL;
out:
	list_maker_release(&maker);
	return r;
}

static void rows_of_one_id_become_an_entry(void **state)
{
	struct buffer text;

	(void)state;
	buffer_init(&text, 4096);
	assert_ok(make_once(&text));
	assert_bytes_string(buffer_view(&text),
	                    "chirograph.list/1\n"
	                    "entry a\nfunction A\nasn 1\nasn 2\nprotection off-limits\n"
	                    "entry b\nfunction B\nipv4 198.51.100.7/32\nasn 3\ndomain b.example\n"
	                    "protection off-limits\n");
	/* The buffer keeps its memory: only what the maker takes is made to fail. */
	torture(make_once, &text);
	buffer_release(&text);
}

static void an_entry_does_not_grow_without_end(void **state)
{
	struct list_maker maker;
	struct buffer text;
	char row[64];

	(void)state;
	list_maker_init(&maker);
	buffer_init(&text, 1 << 20);
	for (size_t i = 0; i <= LIST_IDENTIFIERS_MAXIMUM; i++) {
		snprintf(row, sizeof(row), "asn:%zu", i + 1);
		assert_ok(put(&maker, "a", "", row, i + 1));
	}
	assert_ok(list_maker_join(&maker));
	assert_int_equal(maker.rows[LIST_IDENTIFIERS_MAXIMUM].outcome, LIST_ROW_TOO_MUCH);
	assert_int_equal(maker.rows[LIST_IDENTIFIERS_MAXIMUM - 1].outcome, LIST_ROW_JOINED);
	assert_ok(write(&maker, &text));
	assert_ok(list_text_check(buffer_view(&text), NULL, NULL, NULL));
	buffer_release(&text);
	list_maker_release(&maker);
}

static void an_empty_list_can_be_made(void **state)
{
	struct list_maker maker;
	struct buffer text;

	(void)state;
	list_maker_init(&maker);
	buffer_init(&text, 4096);
	assert_ok(list_maker_join(&maker));
	assert_ok(write(&maker, &text));
	assert_bytes_string(buffer_view(&text), "chirograph.list/1\n");
	buffer_release(&text);
	list_maker_release(&maker);
}

/* --- overlaps ------------------------------------------------------------------------ */

static const char overlapping[] =
    "chirograph.list/1\n"
    "entry a\nipv4 198.51.100.0/24\nipv4 198.51.100.128/25\nasn 1\nprotection off-limits\n"
    "entry b\nipv4 198.51.100.200/32\nipv4 198.51.101.0/24\nasn 1\nprotection off-limits\n"
    "entry c\nasn 1\nasn 11\ndomain a.grid.example\nprotection off-limits\n"
    "entry d\ndomain b.a.grid.example\ndomain grid.example\ndomain grid.example.org\n"
    "protection off-limits\n"
    "entry e\ndomain a-grid.example\ndomain mygrid.example\nprotection off-limits\n";

static void write_down(void *context, const struct list_overlap *overlap)
{
	assert_ok(buffer_put_format(context, "%.*s ", (int)overlap->identifier.size,
	                            (const char *)overlap->identifier.data));
	if (overlap->kind == LIST_SHARED)
		assert_ok(
		    buffer_put_format(context, "%llu\n", (unsigned long long)overlap->entries));
	else
		assert_ok(buffer_put_format(context, "%.*s\n", (int)overlap->container.size,
		                            (const char *)overlap->container.data));
}

static int count_once(void *context)
{
	return list_count(bytes_of_string(overlapping), NULL, NULL, context, NULL);
}

static void what_is_said_twice_is_counted(void **state)
{
	struct list_counts counts;
	struct buffer text;

	(void)state;
	buffer_init(&text, 4096);
	assert_ok(list_count(bytes_of_string(overlapping), write_down, &text, &counts, NULL));
	assert_bytes_string(buffer_view(&text), "198.51.100.128/25 198.51.100.0/24\n"
	                                        "198.51.100.200/32 198.51.100.128/25\n"
	                                        "1 3\n"
	                                        "a.grid.example grid.example\n"
	                                        "b.a.grid.example a.grid.example\n");
	assert_int_equal(counts.entries, 5);
	assert_int_equal(counts.identifiers[IDENTIFIER_IPV4], 4);
	assert_int_equal(counts.identifiers[IDENTIFIER_ASN], 2);
	assert_int_equal(counts.identifiers[IDENTIFIER_DOMAIN], 6);
	assert_int_equal(counts.shared, 1);
	assert_int_equal(counts.contained, 4);
	buffer_release(&text);
	torture(count_once, &counts);
}

/* --- differences --------------------------------------------------------------------- */

static int note(void *context, const struct list_entry *before, const struct list_entry *after)
{
	const struct list_entry *entry = after != NULL ? after : before;

	return buffer_put_format(context, "%c%.*s",
	                         before == NULL  ? '+'
	                         : after == NULL ? '-'
	                                         : '~',
	                         (int)entry->id.size, (const char *)entry->id.data);
}

static const char before[] = "chirograph.list/1\nscheme US-16\n"
			     "entry a\nsector energy\nasn 1\nprotection off-limits\n"
			     "entry b\nasn 1\nprotection off-limits\n"
			     "entry d\nasn 1\nprotection off-limits\n"
			     "entry e\nasn 1\nprotection off-limits\n";
static const char after[] = "chirograph.list/1\nscheme EU-NIS2\n"
			    "entry a\nsector energy\nasn 1\nprotection off-limits\n"
			    "entry b\nasn 1\nprotection off-limits\n"
			    "entry c\nasn 1\nprotection off-limits\n"
			    "entry e\nasn 1\nasn 2\nprotection off-limits\n"
			    "entry f\nasn 1\nprotection off-limits\n";

static void changes_are_found_in_one_pass(void **state)
{
	enum sector_scheme schemes[2];
	struct list_changes changes;
	struct error error = { 0 };
	struct buffer text;
	unsigned which = 2;

	(void)state;
	buffer_init(&text, 4096);
	assert_ok(list_diff(bytes_of_string(before), bytes_of_string(after), note, &text, &changes,
	                    schemes, &which, NULL));
	/* The same code in another scheme is another sector. */
	assert_bytes_string(buffer_view(&text), "~a+c-d~e+f");
	assert_int_equal(changes.added, 2);
	assert_int_equal(changes.removed, 1);
	assert_int_equal(changes.changed, 2);
	assert_int_equal(changes.same, 1);
	assert_int_equal(schemes[1], SCHEME_EU_NIS2);
	buffer_clear(&text);
	assert_ok(list_diff(bytes_of_string(after), bytes_of_string(after), note, &text, &changes,
	                    schemes, &which, NULL));
	assert_int_equal(text.size, 0);
	assert_int_equal(changes.same, 5);
	assert_int_equal(list_diff(bytes_of_string(after), bytes_of_string(overlapping), note,
	                           &text, &changes, schemes, NULL, NULL),
	                 OK);
	assert_int_equal(list_diff(bytes_of_string(after),
	                           bytes_of_string("chirograph.list/1\nentry a\nasn 1\nx\n"), note,
	                           &text, &changes, schemes, &which, &error),
	                 ERROR_SYNTAX);
	assert_int_equal(which, 1);
	assert_int_equal(error.line, 4);
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_of_one_id_become_an_entry),
		cmocka_unit_test(an_entry_does_not_grow_without_end),
		cmocka_unit_test(an_empty_list_can_be_made),
		cmocka_unit_test(what_is_said_twice_is_counted),
		cmocka_unit_test(changes_are_found_in_one_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
