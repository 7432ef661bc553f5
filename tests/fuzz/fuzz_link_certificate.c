/* What a peer shows as its certificate. None is by the issuer of the fuzzer, but
 * for the seed, which is as long as it is unchanged. */
#include "link_certificate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[ED25519_SEED_SIZE] = { 1 };
	struct ed25519_public found;
	struct ed25519_secret issuer;
	struct error error;

	ed25519_from_seed(&issuer, seed);
	link_certificate_verify(bytes_of(data, size), &issuer.public_key, 1795348800, &found,
	                        &error);
	return 0;
}
