#include "ed25519.h"

#include <sodium.h>

#include "allocate.h"

_Static_assert(ED25519_SEED_SIZE == crypto_sign_SEEDBYTES, "seed");
_Static_assert(ED25519_PUBLIC_SIZE == crypto_sign_PUBLICKEYBYTES, "public key");
_Static_assert(ED25519_SIGNATURE_SIZE == crypto_sign_BYTES, "signature");
_Static_assert(sizeof(struct ed25519_secret) == crypto_sign_SECRETKEYBYTES,
               "libsodium's secret key is the seed and the public key");

void ed25519_from_seed(struct ed25519_secret *ret_secret, const uint8_t seed[ED25519_SEED_SIZE])
{
	uint8_t secret[crypto_sign_SECRETKEYBYTES];

	crypto_sign_seed_keypair(ret_secret->public_key.bytes, secret, seed);
	memcpy(ret_secret->seed, secret, ED25519_SEED_SIZE);
	wipe(secret, sizeof(secret));
}

int ed25519_generate(struct ed25519_secret *ret_secret, const struct random_source *random)
{
	uint8_t seed[ED25519_SEED_SIZE];
	int r = random->fill(random->context, seed, sizeof(seed));

	if (r == OK)
		ed25519_from_seed(ret_secret, seed);
	wipe(seed, sizeof(seed));
	return r;
}

void ed25519_secret_wipe(struct ed25519_secret *secret)
{
	wipe(secret, sizeof(*secret));
}

void ed25519_sign(uint8_t ret_signature[ED25519_SIGNATURE_SIZE],
                  const struct ed25519_secret *secret, struct bytes message)
{
	uint8_t key[crypto_sign_SECRETKEYBYTES];

	memcpy(key, secret->seed, ED25519_SEED_SIZE);
	memcpy(key + ED25519_SEED_SIZE, secret->public_key.bytes, ED25519_PUBLIC_SIZE);
	crypto_sign_detached(ret_signature, NULL, message.data, message.size, key);
	wipe(key, sizeof(key));
}

int ed25519_verify(const struct ed25519_public *public_key, struct bytes message,
                   struct bytes signature)
{
	if (signature.size != ED25519_SIGNATURE_SIZE)
		return ERROR_SIGNATURE;
	return crypto_sign_verify_detached(signature.data, message.data, message.size,
	                                   public_key->bytes) == 0
	           ? OK
	           : ERROR_SIGNATURE;
}

bool ed25519_public_equal(const struct ed25519_public *a, const struct ed25519_public *b)
{
	return memcmp(a->bytes, b->bytes, ED25519_PUBLIC_SIZE) == 0;
}
