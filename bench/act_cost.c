#include "act_cost.h"

#include <sodium.h>
#include <string.h>

#include "measure.h"

enum { NODES = 2, RECIPIENTS = 2, SIGNED_SIZE = 106 };

struct cost {
	unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
	unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
	unsigned char recipient[crypto_scalarmult_BYTES];
};

static void sign_and_verify(const struct cost *cost, size_t serial)
{
	unsigned char message[SIGNED_SIZE] = { 0 }, signature[crypto_sign_BYTES];

	memcpy(message, &serial, sizeof serial);
	crypto_sign_detached(signature, NULL, message, sizeof message, cost->secret_key);
	for (unsigned i = 0; i < NODES; i++)
		if (crypto_sign_verify_detached(signature, message, sizeof message,
		                                cost->public_key) != 0)
			bench_fail("a signature does not verify");
}

/* X25519, as age seals: an ephemeral key a stanza. */
static void agree(const struct cost *cost, size_t serial, unsigned recipient)
{
	unsigned char ephemeral[crypto_scalarmult_SCALARBYTES] = { (unsigned char)(recipient + 1) };
	unsigned char share[crypto_scalarmult_BYTES], secret[crypto_scalarmult_BYTES];

	memcpy(ephemeral + 1, &serial, sizeof serial);
	if (crypto_scalarmult_base(share, ephemeral) != 0 ||
	    crypto_scalarmult(secret, ephemeral, cost->recipient) != 0)
		bench_fail("no shared secret");
}

static void work(void *context, size_t first, size_t end)
{
	const struct cost *cost = context;

	for (size_t i = first; i < end; i++) {
		sign_and_verify(cost, i);
		for (unsigned recipient = 0; recipient < RECIPIENTS; recipient++)
			agree(cost, i, recipient);
	}
}

double act_cost(unsigned threads, size_t count)
{
	static const unsigned char scalar[crypto_scalarmult_SCALARBYTES] = { 7 };
	struct cost cost;

	if (sodium_init() < 0 || crypto_sign_keypair(cost.public_key, cost.secret_key) != 0 ||
	    crypto_scalarmult_base(cost.recipient, scalar) != 0)
		bench_fail("libsodium does not start");
	return on_threads(threads, count, work, &cost);
}
