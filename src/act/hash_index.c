#include "hash_index.h"

#include "grow.h"

/* A reference is the place of a node, or, with this bit, of a leaf. */
#define LEAF UINT32_C(0x80000000)

struct hash_index_leaf {
	struct hash hash;
	uint64_t number;
};

/* All hashes below a node agree in the bits before `bit`; child k holds those
 * whose `bit` is k. Bits grow from the root down. */
struct hash_index_node {
	uint32_t bit;
	uint32_t children[2];
};

void hash_index_init(struct hash_index *index)
{
	*index = (struct hash_index){ .count = 0 };
}

void hash_index_release(struct hash_index *index)
{
	release_memory(index->leaves);
	release_memory(index->nodes);
	hash_index_init(index);
}

int hash_index_reserve(struct hash_index *index)
{
	void *grown;

	if (index->count >= LEAF - 1)
		return ERROR_LIMIT;
	grown = grow(index->leaves, index->count, &index->leaf_capacity, sizeof(*index->leaves));
	if (grown == NULL)
		return ERROR_MEMORY;
	index->leaves = grown;
	grown = grow(index->nodes, index->count, &index->node_capacity, sizeof(*index->nodes));
	if (grown == NULL)
		return ERROR_MEMORY;
	index->nodes = grown;
	return OK;
}

static unsigned bit_of(const struct hash *hash, uint32_t bit)
{
	return (hash->bytes[bit / 8] >> (7 - bit % 8)) & 1;
}

/* The leaf that a hash leads to: its own, if it is in the index. */
static struct hash_index_leaf *descend(const struct hash_index *index, const struct hash *hash)
{
	uint32_t at = index->root;

	while ((at & LEAF) == 0)
		at = index->nodes[at].children[bit_of(hash, index->nodes[at].bit)];
	return &index->leaves[at & ~LEAF];
}

uint64_t *hash_index_find(const struct hash_index *index, const struct hash *hash)
{
	struct hash_index_leaf *leaf;

	if (index->count == 0)
		return NULL;
	leaf = descend(index, hash);
	return hash_equal(&leaf->hash, hash) ? &leaf->number : NULL;
}

/* The first bit in which two different hashes differ. */
static uint32_t first_difference(const struct hash *a, const struct hash *b)
{
	uint32_t bit = 0;

	while (a->bytes[bit / 8] == b->bytes[bit / 8])
		bit += 8;
	while (bit_of(a, bit) == bit_of(b, bit))
		bit++;
	return bit;
}

void hash_index_put(struct hash_index *index, const struct hash *hash, uint64_t number)
{
	struct hash_index_leaf *nearest;
	uint32_t leaf = index->count | LEAF;
	uint32_t *at = &index->root;
	uint32_t bit;
	unsigned side;

	if (index->count > 0) {
		nearest = descend(index, hash);
		if (hash_equal(&nearest->hash, hash)) {
			nearest->number = number;
			return;
		}
		bit = first_difference(&nearest->hash, hash);
		while ((*at & LEAF) == 0 && index->nodes[*at].bit < bit)
			at = &index->nodes[*at].children[bit_of(hash, index->nodes[*at].bit)];
		side = bit_of(hash, bit);
		index->nodes[index->count - 1].bit = bit;
		index->nodes[index->count - 1].children[side] = leaf;
		index->nodes[index->count - 1].children[1 - side] = *at;
		*at = index->count - 1;
	} else {
		*at = leaf;
	}
	index->leaves[index->count++] = (struct hash_index_leaf){ *hash, number };
}
