/* An index from hashes to numbers: a crit-bit tree over arrays.
 *
 * The other side chooses what is hashed and can search for hashes that collide
 * in some bits. A hash table would degrade; here the depth is bounded by the
 * work that was spent on the search (40 equal bits cost 2^40 hashes).
 *
 *     hash_index_init(&index);
 *     if ((r = hash_index_reserve(&index)) != OK) ...   one more will fit
 *     hash_index_put(&index, &hash, 7);                 cannot fail
 *     hash_index_release(&index);
 */
#ifndef HASH_INDEX_H
#define HASH_INDEX_H

#include "bytes.h"
#include "result.h"

struct hash_index {
	struct hash_index_leaf *leaves;
	struct hash_index_node *nodes; /* always one fewer than leaves */
	size_t leaf_capacity, node_capacity;
	uint32_t count; /* of leaves */
	uint32_t root;
};

void hash_index_init(struct hash_index *index);
void hash_index_release(struct hash_index *index);

/* Makes room for one more hash: ERROR_MEMORY, or ERROR_LIMIT beyond 2^31. */
int hash_index_reserve(struct hash_index *index);

/* Where the number of a hash stands, or NULL; valid until the next put. */
uint64_t *hash_index_find(const struct hash_index *index, const struct hash *hash);

/* Sets the number of a hash, for which there must be room. */
void hash_index_put(struct hash_index *index, const struct hash *hash, uint64_t number);

#endif
