/* Lists as people and scripts read them. What stands in a list may be somebody else's. */
#ifndef LIST_VIEW_H
#define LIST_VIEW_H

#include <jansson.h>

#include "list_overlap.h"

/* The scheme, how many entries and identifiers, and how many of these say the same twice. */
void list_view_counts(enum sector_scheme scheme, const struct list_counts *counts);
/* {"scheme", "entries", "identifiers": {"ipv4": 3, …}, "shared", "contained"}. */
json_t *list_counts_document(enum sector_scheme scheme, const struct list_counts *counts);

/* One entry with all that it says. */
void list_view_entry(enum sector_scheme scheme, const struct list_entry *entry);
/* {"id", "sector", "sector_name", …, "identifiers": [{"class", "identifier"}],
 * "protection"}; what is not said is absent. */
json_t *list_entry_document(enum sector_scheme scheme, const struct list_entry *entry);

/* The name of a sector in the person's language; "" for row 0. */
const char *list_sector_name(enum sector_scheme scheme, unsigned row);
/* What stands before an identifier where its class is not named beside it, and as `check` takes
 * it: "AS", or "". */
const char *list_identifier_prefix(enum identifier_class identifier_class);
/* What a protection asks for, in words. */
const char *list_protection_words(enum protection protection);

#endif
