/* The fields of acts (kinds.h) as people read them: labels and words in their
 * language. */
#ifndef ACT_WORDS_H
#define ACT_WORDS_H

#include "kinds.h"

/* A label of two words at most; the field's name where it has none. */
const char *act_field_label(const struct field *field);

/* What a choice means, in a few words; NULL for other fields and words. */
const char *act_field_word(const struct field *field, struct bytes word);

#endif
