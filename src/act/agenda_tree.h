/* Items in order: a balanced tree over an array of nodes, for the agenda.
 *
 * The other side chooses deadlines, and so the order in which items come and where they
 * go. The tree is balanced by weight (Adams, "Efficient sets: a balancing act", 1993, with
 * the parameters of Hirai and Yamamoto, 2011), so that no order makes it deep, and its
 * sizes tell at once how many items lie between two places.
 *
 * A node is its index in an array that the owner holds and grows; several trees may share
 * one array. Nothing here allocates or fails. Every step takes time by the logarithm of
 * the number of nodes in the tree.
 */
#ifndef AGENDA_TREE_H
#define AGENDA_TREE_H

#include "timestamp.h"

/* No node; also an empty tree. */
#define AGENDA_NONE UINT32_MAX

struct agenda_key {
	uint8_t precedence; /* enum precedence, PRECEDENCE_COUNT for none */
	uint8_t rank;       /* what has a deadline before what has none: see agenda.h */
	uint8_t class;      /* enum agenda_class */
	uint8_t duty;       /* enum obligation_duty, 0 where there is none */
	uint8_t side;       /* who owes it */
	uint8_t party;      /* with the number: the act */
	timestamp time;
	uint64_t number;
};

struct agenda_node {
	struct agenda_key key;
	uint32_t left, right; /* AGENDA_NONE: none */
	uint32_t size;        /* of the tree of which this is the root */
};

/* By precedence, rank, time, number, party, class, duty, side: <0, 0, >0. */
int agenda_key_compare(const struct agenda_key *a, const struct agenda_key *b);

/* Puts a node, whose key is set and is not in the tree, into the tree. */
void agenda_tree_insert(struct agenda_node *nodes, uint32_t *root, uint32_t node);
/* Takes a node out of the tree in which it is. */
void agenda_tree_remove(struct agenda_node *nodes, uint32_t *root, uint32_t node);

/* The first node at or after a key, AGENDA_NONE when all come before it. */
uint32_t agenda_tree_from(const struct agenda_node *nodes, uint32_t root,
                          const struct agenda_key *key);
/* How many nodes come before a key. */
uint32_t agenda_tree_rank(const struct agenda_node *nodes, uint32_t root,
                          const struct agenda_key *key);

#endif
