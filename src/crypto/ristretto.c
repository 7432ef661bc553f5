#include "ristretto.h"

#include <sodium.h>

_Static_assert(crypto_core_ristretto255_BYTES == RISTRETTO_ELEMENT_SIZE, "RFC 9496");

bool ristretto_is_element(const uint8_t bytes[RISTRETTO_ELEMENT_SIZE])
{
	/* libsodium takes the identity, which is 32 zero bytes, for valid, and in 1.0.18 looks at
	 * 255 of the 256 bits. */
	return (bytes[RISTRETTO_ELEMENT_SIZE - 1] & 0x80) == 0 &&
	       sodium_is_zero(bytes, RISTRETTO_ELEMENT_SIZE) == 0 &&
	       crypto_core_ristretto255_is_valid_point(bytes) == 1;
}
