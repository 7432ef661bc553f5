/* The table of contacts of a match-only list: what is read is written as it was. */
#include <stdlib.h>

#include "pairs_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pairs_text text;
	struct buffer printed;
	uint8_t number;

	if (pairs_text_parse(bytes_of(data, size), &text, NULL) != OK)
		return 0;
	buffer_init(&printed, PAIRS_TEXT_MAXIMUM);
	require(pairs_text_print(&text, &printed) == OK);
	require(bytes_equal(buffer_view(&printed), bytes_of(data, size)));
	/* Each contact is found again, at its own place or at an equal one before. */
	for (size_t i = 0; i < text.contact_count; i++) {
		require(pairs_text_add_contact(&text, text.contacts[i], &number) == OK);
		require(number >= 1 && number <= i + 1 &&
		        bytes_equal(text.contacts[number - 1], text.contacts[i]));
	}
	buffer_release(&printed);
	return 0;
}
