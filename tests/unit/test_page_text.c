/* Pages as data: what is read, and what is refused. */
#include <stdlib.h>

#include "buffer.h"
#include "check.h"
#include "page_text.h"

static struct page_blocks *page;

static int set_up(void **state)
{
	(void)state;
	page = calloc(1, sizeof(*page));
	return page == NULL;
}

static int tear_down(void **state)
{
	(void)state;
	free(page);
	return 0;
}

static void test_all_blocks(void **state)
{
	(void)state;
	assert_ok(page_parse(bytes_of_string("chirograph.page/1\n"
	                                     "title A brief\n"
	                                     "under as of now\n"
	                                     "foot the end\n"
	                                     "heading Owed\n"
	                                     "row south-1\n"
	                                     "says evidence, soon\n"
	                                     "text A paragraph.\n"
	                                     "note small\n"),
	                     page, NULL));
	assert_bytes_string(page->title, "A brief");
	assert_bytes_string(page->under, "as of now");
	assert_bytes_string(page->foot, "the end");
	assert_int_equal(page->count, 4);
	assert_int_equal(page->blocks[0].kind, PAGE_HEADING);
	assert_int_equal(page->blocks[1].kind, PAGE_ROW);
	assert_bytes_string(page->blocks[1].text, "south-1");
	assert_bytes_string(page->blocks[1].says, "evidence, soon");
	assert_int_equal(page->blocks[2].kind, PAGE_TEXT);
	assert_int_equal(page->blocks[3].kind, PAGE_NOTE);
	assert_bytes_string(page->blocks[3].text, "small");
}

static void test_a_title_alone(void **state)
{
	(void)state;
	assert_ok(page_parse(bytes_of_string("chirograph.page/1\ntitle A\n"), page, NULL));
	assert_int_equal(page->count, 0);
	assert_int_equal(page->under.size, 0);
	assert_int_equal(page->foot.size, 0);
}

static void test_refused(void **state)
{
	static const struct {
		const char *text;
		size_t line;
	} refused[] = {
		{ "chirograph.page/2\ntitle A\n", 1 },
		{ "chirograph.page/1\n", 2 },
		{ "chirograph.page/1\nheading A\n", 2 },
		{ "chirograph.page/1\ntitle A\nfoot B\nunder C\n", 4 },
		{ "chirograph.page/1\ntitle A\ntitle B\n", 3 },
		{ "chirograph.page/1\ntitle A\nrow B\n", 4 },
		{ "chirograph.page/1\ntitle A\nrow B\ntext C\n", 4 },
		{ "chirograph.page/1\ntitle A\nsays B\n", 3 },
		{ "chirograph.page/1\ntitle A\nheading\n", 3 },
		{ "chirograph.page/1\ntitle A\n\ntext B\n", 3 },
		{ "chirograph.page/1\ntitle A\x1b[2J\n", 2 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct error error = { 0 };

		assert_int_not_equal(page_parse(bytes_of_string(refused[i].text), page, &error),
		                     OK);
		assert_int_equal(error.line, refused[i].line);
	}
}

static void test_too_many_blocks(void **state)
{
	struct buffer text;

	(void)state;
	buffer_init(&text, PAGE_SIZE_MAXIMUM);
	assert_ok(buffer_put_string(&text, "chirograph.page/1\ntitle A\n"));
	for (size_t i = 0; i < PAGE_BLOCKS_MAXIMUM; i++)
		assert_ok(buffer_put_string(&text, "text B\n"));
	assert_ok(page_parse(buffer_view(&text), page, NULL));
	assert_ok(buffer_put_string(&text, "text B\n"));
	assert_int_equal(page_parse(buffer_view(&text), page, NULL), ERROR_LIMIT);
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_blocks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_title_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_too_many_blocks, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
