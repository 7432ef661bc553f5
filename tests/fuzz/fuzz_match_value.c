/* Reads any bytes as where a side stands with a list, as the database keeps it. What is accepted
 * has one spelling. */
#include "match_value.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct match_value value;
	struct buffer again;

	if (match_value_get(bytes_of(data, size), &value) != OK)
		return 0;
	if (value.state.day < 0 || (value.answer.size > 0 && value.question.size == 0))
		abort();
	buffer_init(&again, MATCH_VALUE_MAXIMUM);
	if (match_value_put(&again, &value) != OK ||
	    !bytes_equal(buffer_view(&again), bytes_of(data, size)))
		abort();
	buffer_release(&again);
	return 0;
}
