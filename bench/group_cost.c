#include "group_cost.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "measure.h"

const struct group_operations group_operations_entry = { .from_hash = 1, .scalarmult = 1 };

enum {
	/* Who asks: blinding; the weight times each of the two elements, c and s of the proof
	 * times these, c times the public key; unblinding. */
	ASKER = 1 + 2 + 2 + 1 + 1,
	/* Who answers: the evaluation; the weight times the blinded element, and the key and
	 * the nonce times that. */
	OWNER = 1 + 3
};
const struct group_operations group_operations_question = {
	.from_hash = 1,
	.scalarmult = ASKER + OWNER,
	.scalarmult_base = 1 + 1, /* s of the proof; its nonce */
	.add = 2,                 /* in checking the proof */
};

static void work(void *context, size_t first, size_t end)
{
	const struct group_operations *operations = context;
	unsigned char hash[crypto_core_ristretto255_HASHBYTES] = { 1 };
	unsigned char scalar[crypto_core_ristretto255_SCALARBYTES];
	unsigned char element[crypto_core_ristretto255_BYTES],
	    other[crypto_core_ristretto255_BYTES];
	bool ok = true;

	crypto_core_ristretto255_scalar_random(scalar);
	crypto_core_ristretto255_random(element);
	crypto_core_ristretto255_random(other);
	for (size_t i = first; i < end; i++) {
		memcpy(hash + 1, &i, sizeof i);
		for (unsigned n = 0; n < operations->from_hash; n++)
			ok &= crypto_core_ristretto255_from_hash(element, hash) == 0;
		for (unsigned n = 0; n < operations->scalarmult; n++)
			ok &= crypto_scalarmult_ristretto255(element, scalar, element) == 0;
		for (unsigned n = 0; n < operations->scalarmult_base; n++)
			ok &= crypto_scalarmult_ristretto255_base(other, scalar) == 0;
		for (unsigned n = 0; n < operations->add; n++)
			ok &= crypto_core_ristretto255_add(other, other, element) == 0;
	}
	if (!ok)
		bench_fail("an operation of the group fails");
}

double group_cost(const struct group_operations *operations, unsigned threads, size_t count)
{
	struct group_operations copy = *operations;

	if (sodium_init() < 0)
		bench_fail("libsodium does not start");
	return on_threads(threads, count, work, &copy);
}
