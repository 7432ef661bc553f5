/* Oblivious pseudorandom functions: RFC 9497 with the suite ristretto255-SHA512
 * (section 4.1), in the modes OPRF (0x00) and VOPRF (0x01).
 *
 *     who asks                                   who holds the key
 *     oprf_blind(input) -> blind, blinded  --->  oprf_evaluate(key, blinded) -> evaluated
 *     oprf_verify, oprf_finalize           <---  oprf_prove -> proof
 *
 * Who holds the key learns nothing of the input; who asks learns the function's value at
 * that input and nothing of the key. A proof is of one element: section 2.2.1 with m = 1.
 * The RFC's batches are not offered, because their weights depend on each pair alone:
 * who knows the key can find wrong evaluations whose errors cancel
 * (doc/PROTOCOL.match, "Why one proof an element").
 *
 * Elements and scalars that come from outside are refused unless they are in canonical form
 * (RFC 9496 section 4.3.1; scalars below the order) and, as the RFC demands, not the identity,
 * not zero. No branch and no memory access depends on a key, a blind or an input's hash.
 * Nothing here allocates, and all of it may be called in many threads at once.
 */
#ifndef OPRF_H
#define OPRF_H

#include "bytes.h"
#include "random_source.h"
#include "result.h"

enum {
	OPRF_ELEMENT_SIZE = 32, /* Ne */
	OPRF_SCALAR_SIZE = 32,  /* Ns */
	OPRF_OUTPUT_SIZE = 64,  /* Nh */
	OPRF_PROOF_SIZE = 64,   /* scalars c, s */
	OPRF_SEED_SIZE = 32,
	OPRF_INPUT_MAXIMUM = 65535
};

enum oprf_mode { OPRF_MODE_OPRF = 0x00, OPRF_MODE_VOPRF = 0x01 };

struct oprf_element {
	uint8_t bytes[OPRF_ELEMENT_SIZE];
};
struct oprf_scalar {
	uint8_t bytes[OPRF_SCALAR_SIZE]; /* little-endian; a key or a blind: wipe it */
};
struct oprf_proof {
	uint8_t bytes[OPRF_PROOF_SIZE];
};
struct oprf_output {
	uint8_t bytes[OPRF_OUTPUT_SIZE];
};

/* OK for an encoding that is canonical and not the identity, else ERROR_CANONICAL. */
int oprf_element_check(const struct oprf_element *element);
/* The same of a scalar: below the order and not zero. */
int oprf_scalar_check(const struct oprf_scalar *scalar);

/* DeriveKeyPair (section 3.2.1); `info` at most 65,535 bytes. ERROR_LIMIT. */
int oprf_derive_key(enum oprf_mode mode, const uint8_t seed[OPRF_SEED_SIZE], struct bytes info,
                    struct oprf_scalar *ret_key, struct oprf_element *ret_public);
/* A uniformly random key. ERROR_RANDOM. */
int oprf_generate_key(const struct random_source *random, struct oprf_scalar *ret_key,
                      struct oprf_element *ret_public);
/* The public key of a key; ERROR_CANONICAL as oprf_scalar_check. */
int oprf_public_key(const struct oprf_scalar *key, struct oprf_element *ret_public);

/* HashToGroup of the input (section 4.1): what is evaluated without a blind, by who builds a
 * list. ERROR_LIMIT; ERROR_DENIED where it is the identity (InvalidInputError). */
int oprf_hash_to_group(enum oprf_mode mode, struct bytes input, struct oprf_element *ret_element);

/* Blind (sections 3.3.1, 3.3.2) with a random blind, or with one that is given. */
int oprf_blind(enum oprf_mode mode, struct bytes input, const struct random_source *random,
               struct oprf_scalar *ret_blind, struct oprf_element *ret_blinded);
int oprf_blind_with(enum oprf_mode mode, struct bytes input, const struct oprf_scalar *blind,
                    struct oprf_element *ret_blinded);

/* BlindEvaluate without its proof. ERROR_CANONICAL: the element or the key. */
int oprf_evaluate(const struct oprf_scalar *key, const struct oprf_element *blinded,
                  struct oprf_element *ret_evaluated);

/* GenerateProof (section 2.2.1) for one pair, mode VOPRF. `evaluated` is the key times
 * `blinded`. ERROR_RANDOM, ERROR_CANONICAL. */
int oprf_prove(const struct oprf_scalar *key, const struct oprf_element *public_key,
               const struct oprf_element *blinded, const struct oprf_element *evaluated,
               const struct random_source *random, struct oprf_proof *ret_proof);
/* The same with the proof's random scalar given, as the RFC's vectors have it. */
int oprf_prove_with(const struct oprf_scalar *key, const struct oprf_element *public_key,
                    const struct oprf_element *blinded, const struct oprf_element *evaluated,
                    const struct oprf_scalar *nonce, struct oprf_proof *ret_proof);

/* VerifyProof (section 2.2.2) for one pair, mode VOPRF. Everything is hostile.
 * ERROR_CANONICAL: an encoding; ERROR_SIGNATURE: the proof does not hold. */
int oprf_verify(const struct oprf_element *public_key, const struct oprf_element *blinded,
                const struct oprf_element *evaluated, const struct oprf_proof *proof);

/* Finalize (section 3.3.1): the function's value. ERROR_CANONICAL, ERROR_LIMIT. */
int oprf_finalize(struct bytes input, const struct oprf_scalar *blind,
                  const struct oprf_element *evaluated, struct oprf_output *ret_output);
/* The same from an element that was evaluated without a blind, by who holds the key: its
 * encoding is believed, as decoding each would be a twelfth of a list's building.
 * ERROR_CANONICAL: the identity. */
int oprf_finalize_unblinded(struct bytes input, const struct oprf_element *evaluated,
                            struct oprf_output *ret_output);

#endif
