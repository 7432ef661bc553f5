#include "frontier.h"

#include "allocate.h"

enum { FRONTIER_FIRST = 8 };

void frontier_release(struct frontier *frontier)
{
	release_memory(frontier->pairs);
	*frontier = (struct frontier){ .pairs = NULL };
}

int frontier_reserve(struct frontier *frontier, size_t count)
{
	size_t wanted = count < FRONTIER_FIRST ? FRONTIER_FIRST : count * 2;
	void *grown;

	if (count <= frontier->capacity)
		return OK;
	grown = reallocate(frontier->pairs, wanted, sizeof(*frontier->pairs));
	if (grown == NULL)
		return ERROR_MEMORY;
	frontier->pairs = grown;
	frontier->capacity = wanted;
	return OK;
}

/* How many pairs have a key less than `key`. */
static size_t count_below(const struct frontier *frontier, uint64_t key)
{
	size_t low = 0, high = frontier->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (frontier->pairs[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool place_is_less(struct act_place a, struct act_place b)
{
	return a.party != b.party ? a.party < b.party : a.number < b.number;
}

void frontier_put(struct frontier *frontier, uint64_t key, uint64_t value, struct act_place stamp)
{
	size_t end = count_below(frontier, key), begin;
	struct frontier_pair *next = &frontier->pairs[end];

	if (end < frontier->count && next->value <= value) {
		if (next->key == key && next->value == value && place_is_less(stamp, next->stamp))
			next->stamp = stamp;
		return;
	}
	/* It surpasses those from `begin` on that come before `end`. */
	if (end < frontier->count && next->key == key)
		end++;
	for (begin = end; begin > 0 && frontier->pairs[begin - 1].value >= value;)
		begin--;
	memmove(&frontier->pairs[begin + 1], &frontier->pairs[end],
	        (frontier->count - end) * sizeof(*frontier->pairs));
	frontier->count = begin + 1 + (frontier->count - end);
	frontier->pairs[begin] = (struct frontier_pair){ key, value, stamp };
}

const struct frontier_pair *frontier_above(const struct frontier *frontier, uint64_t key)
{
	size_t index = key == UINT64_MAX ? frontier->count : count_below(frontier, key + 1);

	return index < frontier->count ? &frontier->pairs[index] : NULL;
}

uint64_t frontier_reach(const struct frontier *frontier, uint64_t value)
{
	size_t low = 0, high = frontier->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (frontier->pairs[middle].value <= value)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? 0 : frontier->pairs[low - 1].key;
}
