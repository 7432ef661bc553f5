/* What the record says of a claim, for people and for scripts. */
#ifndef PRESS_SHOWING_H
#define PRESS_SHOWING_H

#include <jansson.h>

#include "bundle_press.h"

/* Prints a claim line by line with its answers, which are of logs of these sizes. `rules`
 * names the acts. `unopened`: bodies that could not be searched, for what is not found. */
void press_show(const struct claim *claim, const struct press_answer *answers,
                const struct rules *rules, const uint64_t sizes[2], uint64_t unopened);

/* The same as an array; the caller's. */
json_t *press_document(const struct claim *claim, const struct press_answer *answers,
                       const struct rules *rules);

/* For the table of purposes (bundle_purposes.h). */
void press_bundle_show(const struct bundle *bundle);
void press_bundle_describe(const struct bundle *bundle, json_t *document);

#endif
