/* Identifiers as people write them: identifier.h, and domains in any script, which become
 * A-labels (IDNA2008 by way of UTS 46, non-transitional). A-labels that are given are checked: those that
 * stand for nothing, or for what has another spelling, are refused. */
#ifndef TYPED_IDENTIFIER_H
#define TYPED_IDENTIFIER_H

#include "identifier.h"

/* Of one class. ERROR_SYNTAX with a sentence. */
int typed_identifier_read(enum identifier_class identifier_class, struct bytes text,
                          struct identifier *ret_identifier, struct error *error);

/* Of the class that the spelling shows. ERROR_SYNTAX with a sentence. */
int typed_identifier_recognize(struct bytes text, struct identifier *ret_identifier,
                               struct error *error);

#endif
