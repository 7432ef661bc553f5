/* The right edge of a tree: its size and the hashes of the full subtrees, one
 * for each bit of the size, that together cover all leaves. With it a log can
 * be appended to, its root computed, and another's extension of it checked,
 * without any of the leaves.
 *
 *     size 13 = 0b1101:  hashes[3] over leaves 0..7, hashes[2] over 8..11,
 *                        hashes[0] over 12
 */
#ifndef EDGE_H
#define EDGE_H

#include "buffer.h"
#include "tree.h"

struct edge {
	uint64_t size;
	/* hashes[level] means something only where bit `level` of size is set. */
	struct hash hashes[TREE_LEVELS];
};

/* The edge of the empty tree. An edge owns nothing and is copied by assignment. */
void edge_init(struct edge *edge);

/* Appends leaf hashes. ERROR_LIMIT beyond TREE_SIZE_MAXIMUM; the edge is then
 * unchanged. */
int edge_append(struct edge *edge, const struct hash *leaf);
int edge_append_many(struct edge *edge, const struct hash *leaves, size_t count);
/* As edge_append, for many in turn: see sha256_with. */
int edge_append_with(struct edge *edge, struct sha256_stream *stream, const struct hash *leaf);

void edge_root(const struct edge *edge, struct hash *ret_root);

/* Same size and the same hashes. */
bool edge_equal(const struct edge *a, const struct edge *b);

/* OK when the tree of `size` leaves under `root` extends the one of `edge`, by
 * the consistency proof from edge->size to size. When the sizes are equal the
 * proof must be empty and the roots equal. Errors as consistency_verify; in
 * particular ERROR_STATE when the edge is empty and size is not 0. */
int edge_verify_extension(const struct edge *edge, uint64_t size, const struct hash *root,
                          const struct tree_proof *proof);

/* Checks one piece of a log on its way to a signed head: `count` leaves that
 * follow `edge`, and the consistency proof from there to the head of `size`
 * leaves under `root`. Gives the edge after those leaves, which may be short
 * of the head. `ret_edge` may be `edge`. ERROR_MISMATCH when the leaves are not
 * those of the head, ERROR_LIMIT when they go past it, ERROR_STATE when nothing
 * was proved because there is still no leaf. */
int edge_advance(const struct edge *edge, const struct hash *leaves, size_t count, uint64_t size,
                 const struct hash *root, const struct tree_proof *proof, struct edge *ret_edge);

/* u64 size, then the meaningful hashes from the greatest subtree to the
 * least; their number follows from the size. */
enum { EDGE_ENCODED_MAXIMUM = 8 + TREE_LEVELS * HASH_SIZE };
int edge_encode(const struct edge *edge, struct buffer *buffer);

/* Reads exactly what edge_encode writes; ERROR_SYNTAX when it is too short,
 * ERROR_LIMIT when the size is too great. The cursor then has not moved. */
int edge_decode(struct cursor *cursor, struct edge *ret_edge);

#endif
