/* Reads any bytes as a hold, as the database keeps it. What is accepted has one spelling. */
#include "hold.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct hold hold;
	struct buffer again;

	if (hold_get(bytes_of(data, size), &hold) != OK)
		return 0;
	if (hold_scope_name(hold.scope) == NULL || hold.place.party > 1 || hold.created < 0)
		abort();
	buffer_init(&again, size);
	if (hold_put(&again, &hold) != OK ||
	    !bytes_equal(buffer_view(&again), bytes_of(data, size)))
		abort();
	buffer_release(&again);
	return 0;
}
