/* ECDSA (FIPS 186-5, section 6) over P-256 with SHA-256 and P-384 with SHA-384,
 * as SSH uses them (RFC 5656). Verification only: the node signs by Ed25519. */
#ifndef ECDSA_H
#define ECDSA_H

#include "bytes.h"
#include "result.h"

enum ecdsa_curve { ECDSA_P256, ECDSA_P384, ECDSA_CURVE_COUNT };

enum { ECDSA_NUMBER_MAXIMUM = 49 }; /* 48 bytes and a zero in front */

/* OK when `point` is an uncompressed point of the curve (SEC 1, section 2.3.3:
 * 65 or 97 bytes), ERROR_SYNTAX when it is not; ERROR_MEMORY. */
int ecdsa_point_check(enum ecdsa_curve curve, struct bytes point);

/* OK when `number` has the one spelling of a positive integer of at most the
 * curve's size: two's complement, big-endian, no superfluous zero. */
int ecdsa_number_check(enum ecdsa_curve curve, struct bytes number);

/* Verifies the signature (r, s) over `message`. Both numbers have passed
 * ecdsa_number_check; one that is not below the group order is
 * ERROR_SIGNATURE, as is a point off the curve. A failed allocation is
 * ERROR_MEMORY and never taken for a bad signature. */
int ecdsa_verify(enum ecdsa_curve curve, struct bytes point, struct bytes message, struct bytes r,
                 struct bytes s);

#endif
