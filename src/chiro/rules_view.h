/* The tables of the rules as people and scripts see them: kinds of acts, and matters. */
#ifndef RULES_VIEW_H
#define RULES_VIEW_H

#include <jansson.h>

#include "kinds.h"

/* A matter's kinds, what each needs, and what becomes of the matter. */
void rules_show_matter(enum matter_kind matter);
/* A kind, and what it does in each matter. */
void rules_show_kind(const struct kind *kind);

/* All of it. The caller releases it; NULL when there is no memory. */
json_t *rules_json(void);

/* One drawing, for graphviz: of a matter, or with MATTER_KIND_COUNT of all of them. It is the
 * same in every language. */
void rules_draw(enum matter_kind matter);
/* Whether a kind of matter has states to draw. */
bool rules_has_drawing(enum matter_kind matter);

#endif
