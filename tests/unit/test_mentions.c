/* Identifiers that a text mentions, and what of them a list has. */
#include "mentions.h"

#include "check.h"
#include "torture.h"

static void find(struct mentions *mentions, const char *text)
{
	mentions_init(mentions, identifier_recognize);
	assert_ok(mentions_find(mentions, bytes_of_string(text)));
	mentions_sort(mentions);
}

static bool mentions_it(const struct mentions *mentions, const char *text)
{
	for (size_t i = 0; i < mentions->count; i++)
		if (strcmp(mentions->items[i].identifier.text, text) == 0)
			return true;
	return false;
}

static void one_is_found_in_every_dress(void **state)
{
	static const struct {
		const char *text, *identifier; /* NULL: nothing */
	} rows[] = {
		{ "from 198.51.100.7.", "198.51.100.7/32" },
		{ "(198.51.100.7)", "198.51.100.7/32" },
		{ "198.51.100.7:443", "198.51.100.7/32" },
		{ "198.51.100[.]7", "198.51.100.7/32" },
		{ "198.51.100(.)7", "198.51.100.7/32" },
		{ "\"value\":\"198.51.100.7\"", "198.51.100.7/32" },
		{ "198.51.100.0/24,", "198.51.100.0/24" },
		{ "x198.51.100.7", NULL },
		{ "1.2.3", NULL },
		{ "2001:db8::", "2001:db8::/128" },
		{ "::1 is", "::1/128" },
		{ "[2001:db8::1]:443", "2001:db8::1/128" },
		{ "http://[2001:db8::1]/", "2001:db8::1/128" },
		{ "2001:db8::/32;", "2001:db8::/32" },
		{ "hxxp://www[.]grid[.]example/a.b", "www.grid.example" },
		{ "https://grid.example:8443/a", "grid.example" },
		{ "soc@grid.example", "grid.example" },
		{ "grid.example/path", "grid.example" },
		{ "GRID.EXAMPLE.", "grid.example" },
		{ "url=grid.example", "grid.example" },
		{ "AS64496,", "64496" },
		{ "a", NULL },
		{ "...", NULL },
		{ "://", NULL },
		{ "[.][.]", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mentions mentions;

		print_message("# %s\n", rows[i].text);
		find(&mentions, rows[i].text);
		if (rows[i].identifier == NULL)
			assert_int_equal(mentions.count, 0);
		else
			assert_true(mentions_it(&mentions, rows[i].identifier));
		mentions_release(&mentions);
	}
}

static int collect(void *context, const struct mention *mention, const struct list_entry *entry,
                   const struct list_identifier *identifier)
{
	return buffer_put_format(context, "%s %.*s %.*s\n", mention->identifier.text,
	                         (int)entry->id.size, (const char *)entry->id.data,
	                         (int)identifier->text.size, (const char *)identifier->text.data);
}

static const char list[] = "chirograph.list/1\n"
			   "entry a\nipv4 198.51.100.0/24\ndomain grid.example\n"
			   "protection off-limits\n"
			   "entry b\nipv4 198.51.100.8/32\nasn 64496\nprotection off-limits\n"
			   "entry c\ndomain www.dam.example\nprotection off-limits\n";

static void what_a_list_has_of_it(void **state)
{
	struct mentions mentions;
	struct buffer found;

	(void)state;
	buffer_init(&found, 4096);
	find(&mentions, "198.51.100.8 198.51.100.8 198.51.0.0/16 198.51.101.1 www.grid.example "
	                "dam.example mygrid.example AS64496 AS6449");
	assert_ok(mentions_match(&mentions, bytes_of_string(list), collect, &found, NULL));
	assert_bytes_string(buffer_view(&found), "198.51.100.8/32 a 198.51.100.0/24\n"
	                                         "198.51.0.0/16 a 198.51.100.0/24\n"
	                                         "www.grid.example a grid.example\n"
	                                         "198.51.100.8/32 b 198.51.100.8/32\n"
	                                         "198.51.0.0/16 b 198.51.100.8/32\n"
	                                         "64496 b 64496\n");
	mentions_release(&mentions);
	buffer_release(&found);
}

static void there_is_a_bound(void **state)
{
	struct mentions mentions;
	char text[32];

	(void)state;
	mentions_init(&mentions, identifier_recognize);
	for (int i = 0; i <= MENTIONS_MAXIMUM; i++) {
		snprintf(text, sizeof(text), "a%d.example", i);
		assert_false(mentions.more);
		assert_ok(mentions_find(&mentions, bytes_of_string(text)));
	}
	assert_true(mentions.more);
	assert_int_equal(mentions.count, MENTIONS_MAXIMUM);
	mentions_release(&mentions);
}

static int count(void *context, const struct mention *mention, const struct list_entry *entry,
                 const struct list_identifier *identifier)
{
	(void)mention;
	(void)entry;
	(void)identifier;
	++*(size_t *)context;
	return OK;
}

static int match_once(void *context)
{
	struct mentions mentions;
	size_t found = 0;
	int r;

	(void)context;
	mentions_init(&mentions, identifier_recognize);
	r = mentions_find(&mentions, bytes_of_string("grid.example 198.51.100.8"));
	if (r == OK) {
		mentions_sort(&mentions);
		r = mentions_match(&mentions, bytes_of_string(list), count, &found, NULL);
	}
	mentions_release(&mentions);
	return r;
}

static void memory_may_fail(void **state)
{
	(void)state;
	torture(match_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_is_found_in_every_dress),
		cmocka_unit_test(what_a_list_has_of_it),
		cmocka_unit_test(there_is_a_bound),
		cmocka_unit_test(memory_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
