/* The body of a draft: texts, details and attachments from options, or from an
 * editor, sealed for both sides. */
#ifndef DRAFTING_BODY_H
#define DRAFTING_BODY_H

#include "drafting.h"

/* Whether any option gives the body something. */
bool drafting_body_is_given(const struct options *options);

/* Makes and seals the body of an act of this kind; `answered` is the act that it
 * answers or whose matter it joins, or NULL. Asks for what the kind must say and was
 * not given; with nothing given, opens an editor. `charter` is the text of an
 * amended charter, or empty; `preview` gets what the body says. */
int drafting_body_make(const struct options *options, const struct kind *kind, struct node *node,
                       const json_t *answered, bool eyes_heads, struct bytes charter,
                       struct buffer *preview, struct sealed_body *ret_body, struct error *error);

/* Lets a person write a text in $VISUAL, $EDITOR or vi; lines that begin with `#`
 * are dropped. ERROR_NOT_FOUND when nothing was written. */
int editor_write(const char *hint, struct buffer *text, struct error *error);

#endif
