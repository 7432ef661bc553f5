/* HKDF with SHA-256 (RFC 5869). */
#ifndef HKDF_H
#define HKDF_H

#include "bytes.h"
#include "result.h"

enum { HKDF_KEY_SIZE = 32, HKDF_OUTPUT_MAXIMUM = 255 * 32 };

/* Section 2.2: the pseudorandom key of `input`. An empty `salt` stands for 32
 * zero bytes. Cannot fail. The caller wipes the key. */
void hkdf_extract(uint8_t ret_key[HKDF_KEY_SIZE], struct bytes salt, struct bytes input);

/* Section 2.3: `size` bytes of output, at most HKDF_OUTPUT_MAXIMUM (ERROR_LIMIT).
 * The caller wipes them. */
int hkdf_expand(void *ret_output, size_t size, const uint8_t key[HKDF_KEY_SIZE], struct bytes info);

/* Both steps. */
int hkdf(void *ret_output, size_t size, struct bytes salt, struct bytes input, struct bytes info);

#endif
