/* The public-key operations that an act with a sealed body cannot do without,
 * alone and on all processors: what bounds the number of acts a second. */
#ifndef ACT_COST_H
#define ACT_COST_H

#include <stddef.h>

/* Seconds for the operations of `count` acts, evenly in `threads` threads: the
 * author's signature, its verification at either node, and for each of the two
 * recipients an ephemeral key and a shared secret. */
double act_cost(unsigned threads, size_t count);

#endif
