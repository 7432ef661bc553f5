/* doc/PROTOCOL.match has each scheme exactly as the table has it: rows and codes
 * are on record in labels and lists. A block that differs is printed as it should be. */
#include "document_fixture.h"
#include "schemes.h"

static void put_block(struct buffer *block, enum sector_scheme scheme)
{
	assert_ok(buffer_put_format(block, "    %s: %s\n    %s\n", scheme_name(scheme),
	                            scheme_title(scheme), scheme_title_ru(scheme)));
	for (unsigned row = 1; row <= scheme_sectors(scheme); row++) {
		const struct sector *sector = scheme_sector(scheme, row);

		assert_ok(buffer_put_format(block, "        %2u %s: %s\n           %s\n", row,
		                            sector->code, sector->name, sector->name_ru));
	}
	assert_ok(buffer_put_string(block, "\n"));
}

static void the_document_has_each_scheme(void **state)
{
	struct buffer document, block;
	size_t missing = 0;

	(void)state;
	buffer_init(&document, DOCUMENT_MAXIMUM);
	buffer_init(&block, BLOCK_MAXIMUM);
	document_read_named(&document, "PROTOCOL.match");
	for (int i = SCHEME_US_16; i < SCHEME_COUNT; i++) {
		buffer_clear(&block);
		put_block(&block, (enum sector_scheme)i);
		if (document_contains(&document, &block))
			continue;
		missing++;
		fprintf(stderr, "%.*s", (int)block.size, (const char *)block.data);
	}
	buffer_release(&block);
	buffer_release(&document);
	assert_int_equal(missing, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_document_has_each_scheme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
