/* Reads any bytes as an act that waits for its second signature, as the database keeps
 * it. What is accepted has one spelling. */
#include "pending_value.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pending_value value;
	struct buffer again;

	if (pending_value_get(bytes_of(data, size), &value) != OK)
		return 0;
	if (pending_state_name(value.state) == NULL || value.created < 0 || value.ended < 0)
		abort();
	buffer_init(&again, size);
	if (pending_value_put(&again, &value) != OK ||
	    !bytes_equal(buffer_view(&again), bytes_of(data, size)))
		abort();
	buffer_release(&again);
	return 0;
}
