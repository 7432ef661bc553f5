/* Sorts the pairs of a list in a temporary file, so that memory does not grow with the
 * list: runs that fit into memory are sorted and written, then merged.
 *
 * Of pairs with the same tag, which are of the same identifier, only the one with the lowest
 * number is given out. */
#ifndef PAIRS_SORTER_H
#define PAIRS_SORTER_H

#include "pair.h"

struct pairs_sorter;

/* ERROR_MEMORY; ERROR_IO with a sentence: there is no place for a temporary file. */
int pairs_sorter_new(struct pairs_sorter **ret_sorter, struct error *error);
void pairs_sorter_free(struct pairs_sorter *sorter);

/* ERROR_IO, ERROR_LIMIT (more runs than are merged at once). */
int pairs_sorter_add(struct pairs_sorter *sorter, const struct pair *pair, uint32_t number);

/* Gives out the pairs in ascending order of their tags; may be called again, also after more
 * have been added. Ends with what `take` returns other than OK. */
int pairs_sorter_each(struct pairs_sorter *sorter,
                      int (*take)(void *context, const struct pair *pair), void *context);

#endif
