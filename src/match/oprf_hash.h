/* Hashing of the suite ristretto255-SHA512 (RFC 9497 section 4.1): to elements and to
 * scalars, by expand_message_xmd (RFC 9380 section 5.3.1) with SHA-512, 64 bytes of output
 * and the domain separation tag
 *
 *     <label> || "OPRFV1-" || mode || "-ristretto255-SHA512"
 *
 * Inside src/match. Nothing allocates; what is computed on the way is wiped.
 */
#ifndef OPRF_HASH_H
#define OPRF_HASH_H

#include "oprf_group.h"

/* expand_message_xmd of the pieces, one after the other. */
void oprf_expand(enum oprf_mode mode, const char *label, const struct bytes *pieces, size_t count,
                 uint8_t ret_uniform[OPRF_WIDE_SIZE]);

/* HashToScalar with the label "HashToScalar-", or with another. */
void oprf_hash_to_scalar(enum oprf_mode mode, const char *label, const struct bytes *pieces,
                         size_t count, struct oprf_scalar *ret_scalar);

/* HashToGroup; this may be the identity. */
void oprf_hash_to_element(enum oprf_mode mode, struct bytes input,
                          struct oprf_element *ret_element);

/* What the RFC calls contextString, of `mode`. */
struct bytes oprf_context(enum oprf_mode mode);

/* I2OSP(number, 2). */
struct oprf_size {
	uint8_t bytes[2];
};
static inline struct oprf_size oprf_size_of(size_t number)
{
	return (struct oprf_size){ { (uint8_t)(number >> 8), (uint8_t)number } };
}

#endif
