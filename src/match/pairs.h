/* The pairs of one class of a match-only list, as they stand in its body: each of
 * PAIR_SIZE bytes (pair.h), one after the other without anything between, in ascending
 * order of their tags, no tag twice. They are the leaves of a tree (tree.h); the act
 * commits to its root and size.
 *
 * All of it works in the same memory however many pairs there are. What is read is
 * hostile until a root has been compared.
 */
#ifndef PAIRS_H
#define PAIRS_H

#include "byte_stream.h"
#include "edge.h"
#include "pair.h"
#include "sha.h"

/* Checks pairs while they go by, and computes their root. */
struct pairs_reader {
	struct edge edge;
	struct sha256_stream stream;
	struct pair last;    /* the pair before */
	struct pair partial; /* of which the first bytes are here */
	size_t partial_size;
};

/* ERROR_MEMORY: then nothing need be released. */
int pairs_reader_init(struct pairs_reader *reader);
void pairs_reader_release(struct pairs_reader *reader);

/* The next bytes, any number. ERROR_CANONICAL: a pair is out of order or a tag stands there
 * twice; ERROR_LIMIT: more than CLASS_PAIRS_MAXIMUM of them. */
int pairs_reader_update(struct pairs_reader *reader, struct bytes piece);

/* The pairs end here. ERROR_SYNTAX: within one. Without any, the root is that of the empty
 * tree. */
int pairs_reader_finish(struct pairs_reader *reader, uint64_t *ret_count, struct hash *ret_root);

/* Reads all `count` pairs of a source and gives their root. The results of
 * pairs_reader_update and of the source. */
int pairs_root(const struct byte_source *pairs, uint64_t count, struct hash *ret_root);

/* The place of the pair with this tag among `count` pairs in order. ERROR_NOT_FOUND: no such
 * tag; the results of the source. */
int pairs_find(const struct byte_source *pairs, uint64_t count, const uint8_t tag[PAIR_TAG_SIZE],
               uint64_t *ret_index, struct pair *ret_pair);

/* The inclusion path of the pair at `index`; reads every pair once. ERROR_LIMIT: no such
 * index; the results of pairs_root. */
int pairs_path(const struct byte_source *pairs, uint64_t count, uint64_t index,
               struct tree_proof *ret_path);

#endif
