/* Randomness is given to who needs it: the core never asks the system. */
#ifndef RANDOM_SOURCE_H
#define RANDOM_SOURCE_H

#include <stddef.h>

struct random_source {
	void *context;
	/* Fills `size` bytes; OK or ERROR_RANDOM. */
	int (*fill)(void *context, void *ret_bytes, size_t size);
};

#endif
