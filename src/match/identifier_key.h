/* Identifiers as keys: in the order of these bytes what contains others stands right before
 * them, so that one pass over sorted keys finds all that is contained in something else. */
#ifndef IDENTIFIER_KEY_H
#define IDENTIFIER_KEY_H

#include "identifier.h"

enum { IDENTIFIER_KEY_MAXIMUM = 1 + IDENTIFIER_MAXIMUM };

/* The key of an identifier in its one spelling: the class; then the address and the length of
 * a prefix, a domain from its end with a 1 for each dot, anything else as it is.
 * Returns its size. */
size_t identifier_key(enum identifier_class identifier_class, struct bytes text,
                      uint8_t ret_key[IDENTIFIER_KEY_MAXIMUM]);

/* identifier_covers of two keys. */
bool identifier_key_covers(struct bytes one, struct bytes other);

#endif
