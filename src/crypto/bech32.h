/* Bech32 as age uses it: the checksum of BIP 173 without its limit of 90
 * characters. One case throughout; mixed case is refused. */
#ifndef BECH32_H
#define BECH32_H

#include "buffer.h"
#include "result.h"

enum { BECH32_MAXIMUM = 256 }; /* characters in all */

enum bech32_case { BECH32_LOWER, BECH32_UPPER };

/* Appends `prefix`1`data``checksum` to `buffer`. `prefix` is lower case, 1 to 83
 * characters; it too is written in `letter_case`. ERROR_LIMIT when the whole
 * would exceed BECH32_MAXIMUM. */
int bech32_encode(struct buffer *buffer, const char *prefix, struct bytes data,
                  enum bech32_case letter_case);

/* Decodes text that must have this `prefix` (given in lower case), this case
 * and exactly `size` bytes of data, at most 64. ERROR_SYNTAX for anything else, a wrong
 * checksum included; ERROR_CANONICAL when the unused bits are not zero. Works
 * on secrets: its scratch memory is wiped. */
int bech32_decode_fixed(struct bytes text, const char *prefix, enum bech32_case letter_case,
                        void *ret_data, size_t size);

#endif
