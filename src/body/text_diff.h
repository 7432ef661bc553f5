/* What changed between two sequences of texts: the paragraphs of two bodies, the
 * words of two paragraphs. */
#ifndef TEXT_DIFF_H
#define TEXT_DIFF_H

#include "bytes.h"

enum diff_step {
	DIFF_SAME,    /* stands in both */
	DIFF_REMOVED, /* only in the first */
	DIFF_ADDED    /* only in the second */
};

struct diff_row {
	enum diff_step step;
	size_t a, b; /* where, in the first (SAME, REMOVED) and the second (SAME, ADDED) */
};

/* The steps from `a` to `b`, as few as can be, removals before additions;
 * `ret_rows` holds `a_count` + `b_count`. Where what differs is too long to be
 * compared (the product of both lengths above 2^22), all of it is removed and
 * added. ERROR_MEMORY. */
int diff_sequences(const struct bytes *a, size_t a_count, const struct bytes *b, size_t b_count,
                   struct diff_row *ret_rows, size_t *ret_count);

/* The words of a text and what separates them, in turn, so that all of them make up
 * the text; as many as `capacity`, the last being the whole rest. */
size_t diff_words(struct bytes text, struct bytes *ret_words, size_t capacity);

#endif
