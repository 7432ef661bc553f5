/* Of many pairs (key, value): which pair with a key above a given one has the
 * least value? Kept are only pairs that no other surpasses with a key at least as
 * great and a value at most as great, so that values grow with the keys:
 *
 *     value |            x     what was put, in whatever order, leaves the same
 *           |       x          pairs; of equal ones that with the lesser place
 *           |   x
 *           '------------- key
 *
 * With sizes of a log as keys and times as values it tells when an entry was
 * first known to a neutral; with times as keys and sizes as values, the least
 * size that a depositary named after a time.
 */
#ifndef FRONTIER_H
#define FRONTIER_H

#include "rules.h"

struct frontier_pair {
	uint64_t key, value;
	struct act_place stamp; /* that says so */
};

struct frontier {
	struct frontier_pair *pairs;
	size_t count, capacity;
};

void frontier_release(struct frontier *frontier);

/* Makes room for `count` pairs in all. ERROR_MEMORY. */
int frontier_reserve(struct frontier *frontier, size_t count);

/* Adds a pair, for which there must be room. */
void frontier_put(struct frontier *frontier, uint64_t key, uint64_t value, struct act_place stamp);

/* Of the pairs with a key greater than `key` that with the least value, or NULL. */
const struct frontier_pair *frontier_above(const struct frontier *frontier, uint64_t key);

/* The greatest key with a value of at most `value`, 0 when there is none: another pair of
 * this value changes what frontier_above gives only for keys from there on. */
uint64_t frontier_reach(const struct frontier *frontier, uint64_t value);

#endif
