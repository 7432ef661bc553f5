/* Roots and proofs from stored hashes. Whoever stores a tree (a database, an
 * array) gives a function that fetches the hash of one full subtree; here is
 * everything that can be computed from it: RFC 6962 sections 2.1, 2.1.1, 2.1.2. */
#ifndef TREE_READER_H
#define TREE_READER_H

#include "tree.h"

struct tree_reader {
	void *context;
	/* The hash over leaves [index << level, (index + 1) << level), all of
	 * which are within the tree. OK or any error, which is passed on. */
	int (*subtree)(void *context, unsigned level, uint64_t index, struct hash *ret_hash);
};

/* The root of the tree's first `size` leaves. */
int tree_reader_root(const struct tree_reader *reader, uint64_t size, struct hash *ret_root);

/* The proof that leaf `index` is in the tree of the first `size` leaves;
 * ERROR_LIMIT unless index < size. */
int tree_reader_inclusion(const struct tree_reader *reader, uint64_t index, uint64_t size,
                          struct tree_proof *ret_proof);

/* The proof that the first `old_size` leaves are a prefix of the first
 * `new_size`; empty when the sizes are equal or old_size is 0. ERROR_LIMIT
 * unless old_size <= new_size. */
int tree_reader_consistency(const struct tree_reader *reader, uint64_t old_size, uint64_t new_size,
                            struct tree_proof *ret_proof);

#endif
