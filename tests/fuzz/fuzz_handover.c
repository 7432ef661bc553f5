/* The page of a handover: what parses prints as it was. */
#include <stdlib.h>

#include "handover.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct handover handover;
	struct buffer printed;

	if (handover_parse(bytes_of(data, size), &handover, NULL) != OK)
		return 0;
	buffer_init(&printed, HANDOVER_TEXT_MAXIMUM);
	if (handover_print(&handover, &printed, NULL) != OK ||
	    !bytes_equal(buffer_view(&printed), bytes_of(data, size)))
		abort();
	buffer_release(&printed);
	return 0;
}
