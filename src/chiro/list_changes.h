/* What changed between two versions of a list, as people and scripts read it. */
#ifndef LIST_CHANGES_H
#define LIST_CHANGES_H

#include <jansson.h>

#include "list_diff.h"

/* Prints each change and how many there are. The results of list_diff; `*ret_which` as there. */
int list_changes_show(struct bytes before, struct bytes after, unsigned *ret_which,
                      struct error *error);

/* {"added": [ENTRY…], "removed": [ENTRY…], "changed": [{"before", "after"}], "same"}, with
 * ENTRY as list_entry_document (list_view.h) makes it. NULL with the error. */
json_t *list_changes_document(struct bytes before, struct bytes after, unsigned *ret_which,
                              struct error *error);

#endif
