/* What the verification of a bundle found, for scripts and for people. */
#ifndef BUNDLE_LISTING_H
#define BUNDLE_LISTING_H

#include <jansson.h>

#include "bundle_verifier.h"

/* The document of `chiro verify --json` of a bundle; the caller's. NULL: no memory. */
json_t *bundle_document(const struct bundle *bundle, const struct bundle_report *report);

/* As of which entries an intact bundle speaks; what it shows, parts that are text with
 * their text, which lies in `directory`; and what it does not show. ERROR_MEMORY, ERROR_IO. */
int bundle_show(const struct bundle *bundle, const struct bundle_report *report,
                const char *directory, struct error *error);

/* What a bundle would say of itself before it is written; see command_disclose.c. */
const char *relation_for_people(int relation);

#endif
