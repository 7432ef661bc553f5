/* Ed25519 signatures (RFC 8032, section 5.1, without context or prehash).
 *
 * What is accepted: S below the group order, A canonical, neither A nor R a
 * point of small order, and the equation without cofactor, R compared as bytes
 * (libsodium's rule). A verdict therefore never depends on the implementation's
 * treatment of a byte string that is not the encoding of a point.
 */
#ifndef ED25519_H
#define ED25519_H

#include "bytes.h"
#include "random_source.h"
#include "result.h"

enum { ED25519_PUBLIC_SIZE = 32, ED25519_SEED_SIZE = 32, ED25519_SIGNATURE_SIZE = 64 };

struct ed25519_public {
	uint8_t bytes[ED25519_PUBLIC_SIZE];
};

/* Secret: the owner wipes it. */
struct ed25519_secret {
	uint8_t seed[ED25519_SEED_SIZE];
	struct ed25519_public public_key;
};

/* Section 5.1.5: the key pair of a seed. Cannot fail. */
void ed25519_from_seed(struct ed25519_secret *ret_secret, const uint8_t seed[ED25519_SEED_SIZE]);

/* A new key pair; ERROR_RANDOM when the source fails. */
int ed25519_generate(struct ed25519_secret *ret_secret, const struct random_source *random);

void ed25519_secret_wipe(struct ed25519_secret *secret);

/* Section 5.1.6: deterministic. Cannot fail. */
void ed25519_sign(uint8_t ret_signature[ED25519_SIGNATURE_SIZE],
                  const struct ed25519_secret *secret, struct bytes message);

/* Section 5.1.7 with the rules above: OK or ERROR_SIGNATURE. `signature` is
 * exactly 64 bytes, or it is ERROR_SIGNATURE. */
int ed25519_verify(const struct ed25519_public *public_key, struct bytes message,
                   struct bytes signature);

bool ed25519_public_equal(const struct ed25519_public *a, const struct ed25519_public *b);

#endif
