#include "tree_reader.h"

/* A run of leaves [begin, end) that begins where a full subtree of its size, or
 * of the next power of two, begins: the D[begin:end] of RFC 6962. */
struct range {
	uint64_t begin;
	uint64_t end;
};

/* The level of the left child: its size is the greatest power of two that is
 * less than the number of leaves, which is at least 2. */
static unsigned range_left_level(struct range range)
{
	uint64_t most = range.end - range.begin - 1;
	unsigned level = 0;

	while ((most >> level) > 1)
		level++;
	return level;
}

/* The hash over the first 2^level leaves of the range. */
static int read_left(const struct tree_reader *reader, struct range range, unsigned level,
                     struct hash *ret_hash)
{
	return reader->subtree(reader->context, level, range.begin >> level, ret_hash);
}

/* Method: cut full subtrees off the left, each smaller than the one before,
 * until the rest is one itself; then join them from right to left. */
static int read_range(const struct tree_reader *reader, struct range range, struct hash *ret_hash)
{
	struct hash subtrees[TREE_LEVELS];
	size_t count = 0;
	int r;

	while (range.begin < range.end) {
		uint64_t leaves = range.end - range.begin;
		unsigned level = 0;

		while ((leaves >> level) > 1)
			level++;
		if ((r = read_left(reader, range, level, &subtrees[count])) != OK)
			return r;
		count++;
		range.begin += UINT64_C(1) << level;
	}

	struct hash hash = subtrees[--count];

	while (count-- > 0)
		tree_hash_node(&subtrees[count], &hash, &hash);
	*ret_hash = hash;
	return OK;
}

int tree_reader_root(const struct tree_reader *reader, uint64_t size, struct hash *ret_root)
{
	if (size > TREE_SIZE_MAXIMUM)
		return ERROR_LIMIT;
	if (size == 0) {
		tree_empty_root(ret_root);
		return OK;
	}
	return read_range(reader, (struct range){ 0, size }, ret_root);
}

/* Takes one step from `range` down into its child that has leaf `leaf`, and
 * appends the hash of the other child to the proof. */
static int descend(const struct tree_reader *reader, struct range *range, uint64_t leaf,
                   struct tree_proof *proof)
{
	unsigned level = range_left_level(*range);
	uint64_t middle = range->begin + (UINT64_C(1) << level);
	struct hash *sibling = &proof->hashes[proof->count];
	int r;

	if (leaf < middle) {
		if ((r = read_range(reader, (struct range){ middle, range->end }, sibling)) != OK)
			return r;
		range->end = middle;
	} else {
		if ((r = read_left(reader, *range, level, sibling)) != OK)
			return r;
		range->begin = middle;
	}
	proof->count++;
	return OK;
}

/* Proofs are collected from the root down and read from the leaf up. */
static void give_reversed(const struct tree_proof *proof, struct tree_proof *ret_proof)
{
	ret_proof->count = proof->count;
	for (size_t i = 0; i < proof->count; i++)
		ret_proof->hashes[i] = proof->hashes[proof->count - 1 - i];
}

int tree_reader_inclusion(const struct tree_reader *reader, uint64_t index, uint64_t size,
                          struct tree_proof *ret_proof)
{
	struct tree_proof proof = { .count = 0 };
	struct range range = { 0, size };
	int r;

	if (size > TREE_SIZE_MAXIMUM || index >= size)
		return ERROR_LIMIT;
	while (range.end - range.begin > 1)
		if ((r = descend(reader, &range, index, &proof)) != OK)
			return r;
	give_reversed(&proof, ret_proof);
	return OK;
}

int tree_reader_consistency(const struct tree_reader *reader, uint64_t old_size, uint64_t new_size,
                            struct tree_proof *ret_proof)
{
	struct tree_proof proof = { .count = 0 };
	struct range range = { 0, new_size };
	int r;

	if (new_size > TREE_SIZE_MAXIMUM || old_size > new_size)
		return ERROR_LIMIT;
	if (old_size == 0) {
		ret_proof->count = 0;
		return OK;
	}
	/* Down to the subtree of the new tree that ends where the old tree ends. */
	while (range.end != old_size)
		if ((r = descend(reader, &range, old_size - 1, &proof)) != OK)
			return r;
	/* The verifier knows its hash only if it is the old tree itself. */
	if (range.begin != 0) {
		if ((r = read_range(reader, range, &proof.hashes[proof.count])) != OK)
			return r;
		proof.count++;
	}
	give_reversed(&proof, ret_proof);
	return OK;
}
