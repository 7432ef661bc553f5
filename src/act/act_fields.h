/* The fields of a kind: reading their values by type. */
#ifndef ACT_FIELDS_H
#define ACT_FIELDS_H

#include "act.h"
#include "text.h"

enum { FIELD_TEXT_MAXIMUM = 1024, FIELD_ENCODED_MAXIMUM = 3000 };

/* Takes the lines of the fields of act->kind from the text and fills
 * act->fields. ERROR_SYNTAX and its kin with the line. */
int act_take_fields(struct text_reader *reader, struct act *act, struct error *error);

/* All of act_parse but the identity, which is left as it was. */
int act_parse_text(struct bytes text, struct act *ret_act, struct error *error);

#endif
