/* VerifyProof of RFC 9497 (section 2.2.2) over many pairs under one proof, mode VOPRF. Chirograph
 * has no such thing, for the reason that test_forged_batch.c shows; this one is for the tests. */
#ifndef BATCH_VERIFIER_H
#define BATCH_VERIFIER_H

#include <sodium.h>
#include <stdlib.h>

#include "oprf_hash.h"
#include "sha.h"

struct transcript {
	struct bytes pieces[16];
	struct oprf_size sizes[16];
	size_t count;
};

/* I2OSP(len(piece), 2) || piece */
static inline void transcript_put(struct transcript *transcript, const void *data, size_t size)
{
	struct oprf_size *encoded = &transcript->sizes[transcript->count];

	*encoded = oprf_size_of(size);
	transcript->pieces[transcript->count++] = bytes_of(encoded->bytes, 2);
	transcript->pieces[transcript->count++] = bytes_of(data, size);
}

static inline void transcript_hash(struct transcript *transcript, const char *end,
                                   struct oprf_scalar *ret_scalar)
{
	transcript->pieces[transcript->count++] = bytes_of_string(end);
	oprf_hash_to_scalar(OPRF_MODE_VOPRF, "HashToScalar-", transcript->pieces, transcript->count,
	                    ret_scalar);
}

/* sum += scalar * element; false for an element that is none. */
static inline bool add_multiple(struct oprf_element *sum, const struct oprf_scalar *scalar,
                                const struct oprf_element *element)
{
	struct oprf_element part;

	return crypto_scalarmult_ristretto255(part.bytes, scalar->bytes, element->bytes) == 0 &&
	       crypto_core_ristretto255_add(sum->bytes, sum->bytes, part.bytes) == 0;
}

/* The weight of pair number `index`: the hash of the public key, its index and itself, but of
 * no other pair. */
static inline void batch_weight(const struct oprf_element *public_key, size_t index,
                                const struct oprf_element *blinded,
                                const struct oprf_element *evaluated,
                                struct oprf_scalar *ret_weight)
{
	static const char tag[] = "Seed-OPRFV1-\x01-ristretto255-SHA512";
	struct transcript seed_transcript = { .count = 0 };
	struct transcript transcript = { .count = 0 };
	struct oprf_size number = oprf_size_of(index);
	uint8_t seed[SHA512_SIZE];

	transcript_put(&seed_transcript, public_key->bytes, OPRF_ELEMENT_SIZE);
	transcript_put(&seed_transcript, tag, sizeof(tag) - 1);
	sha512(seed, seed_transcript.pieces, seed_transcript.count);
	transcript_put(&transcript, seed, sizeof(seed));
	transcript.pieces[transcript.count++] = bytes_of(number.bytes, 2);
	transcript_put(&transcript, blinded->bytes, OPRF_ELEMENT_SIZE);
	transcript_put(&transcript, evaluated->bytes, OPRF_ELEMENT_SIZE);
	transcript_hash(&transcript, "Composite", ret_weight);
}

/* Whether the RFC's verifier accepts `count` pairs under one proof. */
static inline bool batch_verify(const struct oprf_element *public_key,
                                const struct oprf_element *blinded,
                                const struct oprf_element *evaluated, size_t count,
                                const struct oprf_proof *proof)
{
	struct oprf_element m = { 0 }, z = { 0 }, t2, t3 = { 0 };
	struct transcript transcript = { .count = 0 };
	struct oprf_scalar c, s, weight;

	memcpy(c.bytes, proof->bytes, OPRF_SCALAR_SIZE);
	memcpy(s.bytes, proof->bytes + OPRF_SCALAR_SIZE, OPRF_SCALAR_SIZE);
	for (size_t i = 0; i < count; i++) {
		batch_weight(public_key, i, &blinded[i], &evaluated[i], &weight);
		if (!add_multiple(&m, &weight, &blinded[i]) ||
		    !add_multiple(&z, &weight, &evaluated[i]))
			return false;
	}
	if (crypto_scalarmult_ristretto255_base(t2.bytes, s.bytes) != 0 ||
	    !add_multiple(&t2, &c, public_key) || !add_multiple(&t3, &s, &m) ||
	    !add_multiple(&t3, &c, &z))
		return false;
	transcript_put(&transcript, public_key->bytes, OPRF_ELEMENT_SIZE);
	transcript_put(&transcript, m.bytes, OPRF_ELEMENT_SIZE);
	transcript_put(&transcript, z.bytes, OPRF_ELEMENT_SIZE);
	transcript_put(&transcript, t2.bytes, OPRF_ELEMENT_SIZE);
	transcript_put(&transcript, t3.bytes, OPRF_ELEMENT_SIZE);
	transcript_hash(&transcript, "Challenge", &weight);
	return memcmp(weight.bytes, c.bytes, OPRF_SCALAR_SIZE) == 0;
}

#endif
