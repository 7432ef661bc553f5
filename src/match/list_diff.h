/* What changed from one version of a list to another, entry by entry. Both texts are read
 * once, side by side. */
#ifndef LIST_DIFF_H
#define LIST_DIFF_H

#include "list_text.h"

struct list_changes {
	uint64_t added, removed, changed, same;
};

/* A change of one entry: `before` or `after` is NULL where there is none. Valid within the
 * call. */
typedef int list_change_visit(void *context, const struct list_entry *before,
                              const struct list_entry *after);

/* Visits each change in the order of the ids; what `visit` returns other than OK ends it.
 * A sector counts as changed when its code does. ERROR_MEMORY; the errors of the
 * reader, for whose text `*ret_which` (may be NULL) says 0 (before) or 1. */
int list_diff(struct bytes before, struct bytes after, list_change_visit *visit, void *context,
              struct list_changes *ret_changes, enum sector_scheme ret_schemes[2],
              unsigned *ret_which, struct error *error);

#endif
