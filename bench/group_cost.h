/* The bare group operations of matching, by libsodium's functions of ristretto255, which
 * decode what they take and encode what they give: what bounds how fast a list can be made
 * and questions can be answered. */
#ifndef GROUP_COST_H
#define GROUP_COST_H

#include <stddef.h>

/* Operations of a kind. */
struct group_operations {
	unsigned from_hash, scalarmult, scalarmult_base, add;
};

/* Of an entry of a list: its hash to the group, times the key. */
extern const struct group_operations group_operations_entry;

/* Of a question and its answer, with the proof, RFC 9497 in batches of one. */
extern const struct group_operations group_operations_question;

/* Seconds for `count` times these operations, evenly in `threads` threads. */
double group_cost(const struct group_operations *operations, unsigned threads, size_t count);

#endif
