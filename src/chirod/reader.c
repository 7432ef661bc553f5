/* The reader's process: opens one body and ends; see reader.h. */
#include "reader.h"
#include "role.h"

int reader_main(struct role_context *context)
{
	int engine = context->descriptors[DESCRIPTOR_ENGINE];

	if (engine < 0 || role_ready(context) != OK)
		return 1;
	context->descriptors[DESCRIPTOR_ENGINE] = -1;
	return reader_serve(engine);
}
