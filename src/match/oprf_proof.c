/* Proofs (RFC 9497 section 2.2): that the same key makes the public key of the generator,
 * and the evaluated of the blinded element. */
#include "oprf.h"

#include <sodium.h>

#include "allocate.h"
#include "oprf_hash.h"
#include "sha.h"

enum { ENCODED = 2, ELEMENTS_IN_CHALLENGE = 5 };

/* The weight of the one pair: d_0 of ComputeComposites (section 2.2.1). */
static void weigh(const struct oprf_element *public_key, const struct oprf_element *blinded,
                  const struct oprf_element *evaluated, struct oprf_scalar *ret_weight)
{
	static const char seed_label[] = "Seed-";
	struct bytes context = oprf_context(OPRF_MODE_VOPRF);
	struct oprf_size element_size = oprf_size_of(OPRF_ELEMENT_SIZE);
	struct oprf_size label_size = oprf_size_of(strlen(seed_label) + context.size);
	struct oprf_size seed_size = oprf_size_of(SHA512_SIZE);
	struct oprf_size index = oprf_size_of(0);
	uint8_t seed[SHA512_SIZE];
	struct bytes seed_pieces[] = {
		bytes_of(element_size.bytes, ENCODED),
		bytes_of(public_key->bytes, OPRF_ELEMENT_SIZE),
		bytes_of(label_size.bytes, ENCODED),
		bytes_of_string(seed_label),
		context,
	};
	struct bytes pieces[] = {
		bytes_of(seed_size.bytes, ENCODED),
		bytes_of(seed, sizeof(seed)),
		bytes_of(index.bytes, ENCODED),
		bytes_of(element_size.bytes, ENCODED),
		bytes_of(blinded->bytes, OPRF_ELEMENT_SIZE),
		bytes_of(element_size.bytes, ENCODED),
		bytes_of(evaluated->bytes, OPRF_ELEMENT_SIZE),
		bytes_of_string("Composite"),
	};

	sha512_in_place(seed, seed_pieces, sizeof(seed_pieces) / sizeof(*seed_pieces));
	oprf_hash_to_scalar(OPRF_MODE_VOPRF, "HashToScalar-", pieces,
	                    sizeof(pieces) / sizeof(*pieces), ret_weight);
}

/* The challenge over public key, M, Z, t2 and t3. */
static void challenge(const struct oprf_element *const elements[ELEMENTS_IN_CHALLENGE],
                      struct oprf_scalar *ret_challenge)
{
	struct oprf_size element_size = oprf_size_of(OPRF_ELEMENT_SIZE);
	struct bytes pieces[2 * ELEMENTS_IN_CHALLENGE + 1];
	size_t count = 0;

	for (size_t i = 0; i < ELEMENTS_IN_CHALLENGE; i++) {
		pieces[count++] = bytes_of(element_size.bytes, ENCODED);
		pieces[count++] = bytes_of(elements[i]->bytes, OPRF_ELEMENT_SIZE);
	}
	pieces[count++] = bytes_of_string("Challenge");
	oprf_hash_to_scalar(OPRF_MODE_VOPRF, "HashToScalar-", pieces, count, ret_challenge);
}

int oprf_prove_with(const struct oprf_scalar *key, const struct oprf_element *public_key,
                    const struct oprf_element *blinded, const struct oprf_element *evaluated,
                    const struct oprf_scalar *nonce, struct oprf_proof *ret_proof)
{
	struct oprf_element composite, product, t2, t3;
	const struct oprf_element *const elements[] = { public_key, &composite, &product, &t2,
		                                        &t3 };
	unsigned valid = oprf_scalar_valid(key) & oprf_scalar_valid(nonce);
	struct oprf_scalar weight, c, s, share;
	struct oprf_proof proof;

	weigh(public_key, blinded, evaluated, &weight);
	valid &= oprf_multiply(&weight, blinded, &composite);
	valid &= oprf_multiply(key, &composite, &product);
	valid &= oprf_multiply_base(nonce, &t2);
	valid &= oprf_multiply(nonce, &composite, &t3);
	challenge(elements, &c);
	crypto_core_ristretto255_scalar_mul(share.bytes, c.bytes, key->bytes);
	crypto_core_ristretto255_scalar_sub(s.bytes, nonce->bytes, share.bytes);
	memcpy(proof.bytes, c.bytes, OPRF_SCALAR_SIZE);
	memcpy(proof.bytes + OPRF_SCALAR_SIZE, s.bytes, OPRF_SCALAR_SIZE);
	oprf_copy_if(valid, ret_proof, &proof, sizeof(proof));
	wipe(&share, sizeof(share));
	wipe(&s, sizeof(s));
	wipe(&proof, sizeof(proof));
	wipe_stack();
	return oprf_choose(valid, OK, ERROR_CANONICAL);
}

/* Two proofs with the same nonce give the key away. So it is drawn from the randomness and
 * from all that the proof is of, the key included: where the source repeats itself, as in a
 * machine that was copied while it ran, no other proof has the same one. */
int oprf_prove(const struct oprf_scalar *key, const struct oprf_element *public_key,
               const struct oprf_element *blinded, const struct oprf_element *evaluated,
               const struct random_source *random, struct oprf_proof *ret_proof)
{
	uint8_t fresh[OPRF_WIDE_SIZE];
	struct bytes pieces[] = {
		bytes_of(fresh, sizeof(fresh)),
		bytes_of(key->bytes, OPRF_SCALAR_SIZE),
		bytes_of(public_key->bytes, OPRF_ELEMENT_SIZE),
		bytes_of(blinded->bytes, OPRF_ELEMENT_SIZE),
		bytes_of(evaluated->bytes, OPRF_ELEMENT_SIZE),
	};
	struct oprf_scalar nonce;
	int r = random->fill(random->context, fresh, sizeof(fresh));

	if (r == OK) {
		oprf_hash_to_scalar(OPRF_MODE_VOPRF, "Nonce-", pieces,
		                    sizeof(pieces) / sizeof(*pieces), &nonce);
		r = oprf_prove_with(key, public_key, blinded, evaluated, &nonce, ret_proof);
		wipe(&nonce, sizeof(nonce));
	}
	wipe(fresh, sizeof(fresh));
	wipe_stack();
	return r;
}

int oprf_verify(const struct oprf_element *public_key, const struct oprf_element *blinded,
                const struct oprf_element *evaluated, const struct oprf_proof *proof)
{
	struct oprf_element composite, product, t2, t3, part;
	const struct oprf_element *const elements[] = { public_key, &composite, &product, &t2,
		                                        &t3 };
	struct oprf_scalar c, s, expected;

	memcpy(c.bytes, proof->bytes, OPRF_SCALAR_SIZE);
	memcpy(s.bytes, proof->bytes + OPRF_SCALAR_SIZE, OPRF_SCALAR_SIZE);
	if (oprf_scalar_valid(&c) == 0 || oprf_scalar_valid(&s) == 0)
		return ERROR_CANONICAL;
	/* No scalar here is zero, so that what is refused is the element. */
	weigh(public_key, blinded, evaluated, &expected);
	if (!oprf_multiply(&expected, blinded, &composite) ||
	    !oprf_multiply(&expected, evaluated, &product) ||
	    !oprf_multiply(&c, public_key, &part) || !oprf_multiply_base(&s, &t2))
		return ERROR_CANONICAL;
	if (crypto_core_ristretto255_add(t2.bytes, t2.bytes, part.bytes) != 0 ||
	    !oprf_multiply(&s, &composite, &t3) || !oprf_multiply(&c, &product, &part) ||
	    crypto_core_ristretto255_add(t3.bytes, t3.bytes, part.bytes) != 0)
		return ERROR_SIGNATURE;
	challenge(elements, &expected);
	return memcmp(expected.bytes, c.bytes, OPRF_SCALAR_SIZE) == 0 ? OK : ERROR_SIGNATURE;
}
