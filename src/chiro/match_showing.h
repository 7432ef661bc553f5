/* What a match-only list says of an identifier, and what others are shown of it, for people and
 * for scripts. */
#ifndef MATCH_SHOWING_H
#define MATCH_SHOWING_H

#include <jansson.h>

#include "bundle_match.h"
#include "pairs_text.h"

/* "OFF LIMITS: …" */
const char *protection_for_people(enum protection protection);

/* The labelled lines of a label. `text` has the contacts and the scheme; NULL: they are not
 * here, and only their numbers are said. */
void label_show(const struct pair_label *label, const struct pairs_text *text);
/* The same as members of an object. */
void label_describe(const struct pair_label *label, const struct pairs_text *text, json_t *object);

/* For the table of purposes (bundle_purposes.h). */
void match_bundle_show(const struct bundle *bundle);
void match_bundle_describe(const struct bundle *bundle, json_t *document);

#endif
