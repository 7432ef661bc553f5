/* What may be published of a text: the line `scope` of an accept.
 *
 *     all             all of it
 *     parts 1,3-5     these parts of its body, ascending, none twice
 *
 * No rule reads it: an accept with other words is an accept, and what it allows is for
 * people to read.
 */
#ifndef SCOPE_H
#define SCOPE_H

#include "part.h"

enum { SCOPE_RANGES_MAXIMUM = 128 };

struct scope {
	bool all;
	size_t count;
	struct {
		uint64_t first, last; /* both included, from 1 */
	} ranges[SCOPE_RANGES_MAXIMUM];
};

/* ERROR_SYNTAX for other words; ERROR_LIMIT for too many ranges. */
int scope_parse(struct bytes text, struct scope *ret_scope);

bool scope_has(const struct scope *scope, uint64_t part);

#endif
