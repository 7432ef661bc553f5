/* Reads any bytes as a party card; one that is accepted must print as it was. */
#include "card.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes text = bytes_of(data, size);
	struct buffer printed;
	struct party party;
	struct error error;

	if (card_parse(text, &party, &error) != OK)
		return 0;
	buffer_init(&printed, CARD_SIZE_MAXIMUM);
	require(card_print(&party, &printed, &error) == OK);
	require(bytes_equal(text, buffer_view(&printed)));
	buffer_release(&printed);
	return 0;
}
