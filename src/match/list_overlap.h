/* What of a list says the same twice: identifiers that stand in several entries, and those
 * that another identifier of the list contains. Neither is wrong, and whoever makes a list
 * wants to know. */
#ifndef LIST_OVERLAP_H
#define LIST_OVERLAP_H

#include "list_text.h"

struct list_counts {
	uint64_t entries;
	uint64_t identifiers[IDENTIFIER_CLASS_COUNT]; /* different ones */
	uint64_t shared;                              /* of them stand in more than one entry */
	uint64_t contained;                           /* of them lie within another */
};

enum list_overlap_kind { LIST_SHARED, LIST_CONTAINED };

/* One of them, as views into the text of the list. */
struct list_overlap {
	enum list_overlap_kind kind;
	enum identifier_class identifier_class;
	struct bytes identifier;
	struct bytes container; /* LIST_CONTAINED: the narrowest that contains it */
	uint64_t entries;       /* LIST_SHARED: in how many it stands */
};

/* Counts, and visits each (visit may be NULL), in the order of their keys. Needs memory in
 * proportion to the list. ERROR_MEMORY; the errors of the reader. */
int list_count(struct bytes text, void (*visit)(void *context, const struct list_overlap *overlap),
               void *context, struct list_counts *ret_counts, struct error *error);

#endif
