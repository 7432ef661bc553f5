/* Elements of the group ristretto255 (RFC 9496), as far as who keeps a log has to know them:
 * what claims to be one, is one. What is computed with them is in match/oprf.h. */
#ifndef RISTRETTO_H
#define RISTRETTO_H

#include <stdbool.h>
#include <stdint.h>

enum { RISTRETTO_ELEMENT_SIZE = 32 };

/* True for the one encoding of an element (section 4.3.1) that is not the identity. */
bool ristretto_is_element(const uint8_t bytes[RISTRETTO_ELEMENT_SIZE]);

#endif
