/* Arrays that double: room for one more element at a constant cost on average. */
#ifndef GROW_H
#define GROW_H

#include "allocate.h"

#include <stdint.h>

enum { GROW_FIRST = 16 };

/* The array `items` with room for more than `count` elements of `size` bytes:
 * itself, or grown (then *capacity is changed). NULL when memory fails; `items`
 * is then still valid. */
static inline void *grow(void *items, size_t count, size_t *capacity, size_t size)
{
	size_t wanted = count < GROW_FIRST ? GROW_FIRST : count * 2;
	void *grown;

	if (count < *capacity)
		return items;
	if (wanted < count || wanted > SIZE_MAX / size)
		return NULL;
	grown = reallocate(items, wanted, size);
	if (grown != NULL)
		*capacity = wanted;
	return grown;
}

#endif
