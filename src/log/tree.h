/* Merkle trees over the entries of a log: RFC 6962 section 2.1, with the
 * verification algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2.
 *
 *     leaf = SHA-256(0x00 || entry)      node = SHA-256(0x01 || left || right)
 *
 *               root            size 5; the hash over the full subtree of
 *              /    \           2^level leaves number `index` is called
 *            2,0     \          (level, index)
 *           /   \     \
 *        1,0     1,1   \
 *        / \     / \    \
 *      0,0 0,1 0,2 0,3  0,4
 *
 * Proofs are fixed arrays: nothing here allocates. All functions are safe on
 * hostile sizes, indices and proofs.
 */
#ifndef TREE_H
#define TREE_H

#include "bytes.h"
#include "result.h"

/* The greatest size of a tree. A proof of such a tree has at most 63 hashes
 * for inclusion, and one more for consistency. */
#define TREE_SIZE_MAXIMUM ((uint64_t)INT64_MAX)
enum { TREE_LEVELS = 63, TREE_PROOF_MAXIMUM = 64 };

/* An inclusion proof (from the leaf's sibling up to the root's child) or a
 * consistency proof, in the order of RFC 6962. */
struct tree_proof {
	size_t count;
	struct hash hashes[TREE_PROOF_MAXIMUM];
};

/* The hash of a leaf and of an inner node. */
void tree_hash_leaf(struct bytes entry, struct hash *ret_hash);
void tree_hash_node(const struct hash *left, const struct hash *right, struct hash *ret_hash);

/* The same for many in turn: see sha256_with. */
struct sha256_stream;
void tree_hash_leaf_with(struct sha256_stream *stream, struct bytes entry, struct hash *ret_hash);
void tree_hash_node_with(struct sha256_stream *stream, const struct hash *left,
                         const struct hash *right, struct hash *ret_hash);

/* The root of the tree without leaves: SHA-256 of nothing. */
void tree_empty_root(struct hash *ret_root);

/* The root that `proof` leads to from `leaf` at `index` in a tree of `size`
 * leaves (RFC 9162 section 2.1.3.2). ERROR_LIMIT when index >= size or the size
 * is too great, ERROR_MISMATCH when the proof has not exactly the right length. */
int inclusion_root(uint64_t index, uint64_t size, const struct hash *leaf,
                   const struct tree_proof *proof, struct hash *ret_root);

/* OK when `leaf` stands at `index` in the tree of `size` leaves under `root`,
 * else as inclusion_root, or ERROR_MISMATCH for another root. */
int inclusion_verify(uint64_t index, uint64_t size, const struct hash *leaf,
                     const struct tree_proof *proof, const struct hash *root);

/* OK when the tree of `old_size` leaves under `old_root` is a prefix of the
 * tree of `new_size` under `new_root` (RFC 9162 section 2.1.4.2). Equal sizes
 * need equal roots and no proof; a tree of size 0 has the empty root.
 *
 * From size 0 to a greater size nothing can be proved, as every tree extends
 * the empty one: ERROR_STATE, so that a caller for whom this is a legitimate
 * start must say so. ERROR_LIMIT when the sizes are out of order or too great,
 * ERROR_MISMATCH when the proof does not hold. */
int consistency_verify(uint64_t old_size, const struct hash *old_root, uint64_t new_size,
                       const struct hash *new_root, const struct tree_proof *proof);

#endif
