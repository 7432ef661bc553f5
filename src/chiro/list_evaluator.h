/* The node's evaluator, asked over the API: it holds the keys of our match-only lists, and
 * evaluates with them what a list is built from. */
#ifndef LIST_EVALUATOR_H
#define LIST_EVALUATOR_H

#include "encoding.h"
#include "pairs_builder.h"
#include "which_channel.h"

struct list_evaluator {
	struct node *node;
	struct oprf_element public_key;
	char key_name[HASH_HEX_CAPACITY]; /* as paths have it */
	unsigned threads;
	struct api *apis[PAIRS_THREADS_MAXIMUM]; /* one a thread */
	volatile bool stopping;
};

/* Has a new key made, and one element evaluated with its proof, so that a key that is
 * not what it is said to be is found before a list is built with it. ERROR_SIGNATURE: it
 * is not; the results of the API. */
int list_evaluator_new_key(struct node *node, unsigned threads,
                           struct list_evaluator *ret_evaluator, struct error *error);
/* Closes what is open; the key stays. */
void list_evaluator_release(struct list_evaluator *evaluator);

/* For struct pairs_building; waits where the node has too much to do. */
int list_evaluator_evaluate(void *evaluator, unsigned thread, const struct oprf_element *elements,
                            size_t count, struct oprf_element *ret_evaluated, struct error *error);

/* Has a key destroyed that came to no list. Says nothing where that fails: the node shows keys
 * that are left. */
void list_evaluator_drop_key(struct node *node, const struct oprf_element *public_key);

#endif
