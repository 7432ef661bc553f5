#include "tree.h"

#include "sha.h"

static const uint8_t LEAF_PREFIX = 0x00;
static const uint8_t NODE_PREFIX = 0x01;

void tree_hash_leaf(struct bytes entry, struct hash *ret_hash)
{
	const struct bytes pieces[] = { bytes_of(&LEAF_PREFIX, 1), entry };

	sha256(ret_hash, pieces, 2);
}

void tree_hash_leaf_with(struct sha256_stream *stream, struct bytes entry, struct hash *ret_hash)
{
	const struct bytes pieces[] = { bytes_of(&LEAF_PREFIX, 1), entry };

	sha256_with(stream, ret_hash, pieces, 2);
}

void tree_hash_node(const struct hash *left, const struct hash *right, struct hash *ret_hash)
{
	const struct bytes pieces[] = {
		bytes_of(&NODE_PREFIX, 1),
		bytes_of(left->bytes, HASH_SIZE),
		bytes_of(right->bytes, HASH_SIZE),
	};

	sha256(ret_hash, pieces, 3);
}

void tree_hash_node_with(struct sha256_stream *stream, const struct hash *left,
                         const struct hash *right, struct hash *ret_hash)
{
	uint8_t node[1 + 2 * HASH_SIZE] = { NODE_PREFIX };
	struct bytes piece = bytes_of(node, sizeof(node));

	memcpy(node + 1, left->bytes, HASH_SIZE);
	memcpy(node + 1 + HASH_SIZE, right->bytes, HASH_SIZE);
	sha256_with(stream, ret_hash, &piece, 1);
}

void tree_empty_root(struct hash *ret_root)
{
	sha256(ret_root, NULL, 0);
}

/* Where a proof is on its way up: `node` is the position, on the present
 * level, of the subtree that is proved, `last` that of the rightmost one. */
struct climb {
	uint64_t node;
	uint64_t last;
};

static void climb_up(struct climb *climb)
{
	climb->node >>= 1;
	climb->last >>= 1;
}

/* On the right edge of a tree a subtree without a right sibling is carried up
 * unchanged: passes those levels. True if the next hash is a left sibling. */
static bool climb_has_left_sibling(struct climb *climb)
{
	if ((climb->node & 1) == 0 && climb->node != climb->last)
		return false;
	while ((climb->node & 1) == 0 && climb->node != 0)
		climb_up(climb);
	return true;
}

int inclusion_root(uint64_t index, uint64_t size, const struct hash *leaf,
                   const struct tree_proof *proof, struct hash *ret_root)
{
	if (size > TREE_SIZE_MAXIMUM || index >= size || proof->count > TREE_PROOF_MAXIMUM)
		return ERROR_LIMIT;

	struct climb climb = { index, size - 1 };
	struct hash root = *leaf;

	for (size_t i = 0; i < proof->count; i++) {
		const struct hash *sibling = &proof->hashes[i];

		if (climb.last == 0)
			return ERROR_MISMATCH;
		if (climb_has_left_sibling(&climb))
			tree_hash_node(sibling, &root, &root);
		else
			tree_hash_node(&root, sibling, &root);
		climb_up(&climb);
	}
	if (climb.last != 0)
		return ERROR_MISMATCH;
	*ret_root = root;
	return OK;
}

int inclusion_verify(uint64_t index, uint64_t size, const struct hash *leaf,
                     const struct tree_proof *proof, const struct hash *root)
{
	struct hash found;
	int r;

	if ((r = inclusion_root(index, size, leaf, proof, &found)) != OK)
		return r;
	return hash_equal(&found, root) ? OK : ERROR_MISMATCH;
}

static int equal_trees_verify(uint64_t size, const struct hash *old_root,
                              const struct hash *new_root, const struct tree_proof *proof)
{
	struct hash empty;

	tree_empty_root(&empty);
	if (proof->count != 0 || !hash_equal(old_root, new_root))
		return ERROR_MISMATCH;
	if (size == 0 && !hash_equal(old_root, &empty))
		return ERROR_MISMATCH;
	return OK;
}

int consistency_verify(uint64_t old_size, const struct hash *old_root, uint64_t new_size,
                       const struct hash *new_root, const struct tree_proof *proof)
{
	if (old_size > new_size || new_size > TREE_SIZE_MAXIMUM ||
	    proof->count > TREE_PROOF_MAXIMUM)
		return ERROR_LIMIT;
	if (old_size == new_size)
		return equal_trees_verify(old_size, old_root, new_root, proof);
	if (old_size == 0)
		return ERROR_STATE;
	if (proof->count == 0)
		return ERROR_MISMATCH;

	struct climb climb = { old_size - 1, new_size - 1 };

	while ((climb.node & 1) != 0)
		climb_up(&climb);

	/* The climb starts from the last full subtree of the old tree. When
	 * that is the whole old tree, the proof does not repeat its root. */
	bool whole = climb.node == 0;
	struct hash old_found = whole ? *old_root : proof->hashes[0];
	struct hash new_found = old_found;

	for (size_t i = whole ? 0 : 1; i < proof->count; i++) {
		const struct hash *sibling = &proof->hashes[i];

		if (climb.last == 0)
			return ERROR_MISMATCH;
		if (climb_has_left_sibling(&climb)) {
			tree_hash_node(sibling, &old_found, &old_found);
			tree_hash_node(sibling, &new_found, &new_found);
		} else {
			tree_hash_node(&new_found, sibling, &new_found);
		}
		climb_up(&climb);
	}
	if (climb.last != 0 || !hash_equal(&old_found, old_root) ||
	    !hash_equal(&new_found, new_root))
		return ERROR_MISMATCH;
	return OK;
}
