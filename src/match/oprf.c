#include "oprf.h"

#include <sodium.h>

#include "allocate.h"
#include "oprf_hash.h"
#include "sha.h"

_Static_assert((int)OPRF_OUTPUT_SIZE == (int)SHA512_SIZE, "output");

int oprf_element_check(const struct oprf_element *element)
{
	/* libsodium takes the identity for a point like others. */
	if (crypto_core_ristretto255_is_valid_point(element->bytes) != 1 ||
	    oprf_is_zero(element->bytes) == 1)
		return ERROR_CANONICAL;
	return OK;
}

int oprf_derive_key(enum oprf_mode mode, const uint8_t seed[OPRF_SEED_SIZE], struct bytes info,
                    struct oprf_scalar *ret_key, struct oprf_element *ret_public)
{
	struct oprf_size info_size = oprf_size_of(info.size);
	struct oprf_element public_key = { 0 };
	struct oprf_scalar key = { 0 };
	int r = ERROR_LIMIT;

	if (info.size > UINT16_MAX)
		return ERROR_LIMIT;
	/* Zero, for which libsodium refuses the identity, comes once in 2^252 times. */
	for (unsigned counter = 0; counter <= UINT8_MAX && r != OK; counter++) {
		uint8_t counter_byte = (uint8_t)counter;
		struct bytes pieces[] = { bytes_of(seed, OPRF_SEED_SIZE),
			                  bytes_of(info_size.bytes, 2), info,
			                  bytes_of(&counter_byte, 1) };

		oprf_hash_to_scalar(mode, "DeriveKeyPair", pieces, 4, &key);
		if (crypto_scalarmult_ristretto255_base(public_key.bytes, key.bytes) == 0)
			r = OK;
	}
	if (r == OK) {
		*ret_key = key;
		*ret_public = public_key;
	}
	wipe(&key, sizeof(key));
	wipe_stack();
	return r;
}

int oprf_generate_key(const struct random_source *random, struct oprf_scalar *ret_key,
                      struct oprf_element *ret_public)
{
	struct oprf_element public_key = { 0 };
	struct oprf_scalar key = { 0 };
	int r = oprf_scalar_random(random, &key);

	/* Fails for zero, of which a source that works gives 64 bytes once in 2^252 times. */
	if (r == OK && crypto_scalarmult_ristretto255_base(public_key.bytes, key.bytes) == 0) {
		*ret_key = key;
		*ret_public = public_key;
	} else {
		r = ERROR_RANDOM;
	}
	wipe(&key, sizeof(key));
	wipe_stack();
	return r;
}

int oprf_public_key(const struct oprf_scalar *key, struct oprf_element *ret_public)
{
	struct oprf_element public_key = { 0 };
	unsigned valid = oprf_scalar_valid(key);

	if (crypto_scalarmult_ristretto255_base(public_key.bytes, key->bytes) != 0)
		valid = 0;
	oprf_copy_if(valid, ret_public, &public_key, sizeof(public_key));
	wipe_stack();
	return oprf_choose(valid, OK, ERROR_CANONICAL);
}

int oprf_hash_to_group(enum oprf_mode mode, struct bytes input, struct oprf_element *ret_element)
{
	struct oprf_element element;
	unsigned usable;

	if (input.size > OPRF_INPUT_MAXIMUM)
		return ERROR_LIMIT;
	oprf_hash_to_element(mode, input, &element);
	usable = oprf_is_zero(element.bytes) ^ 1;
	oprf_copy_if(usable, ret_element, &element, sizeof(element));
	wipe(&element, sizeof(element));
	wipe_stack();
	return oprf_choose(usable, OK, ERROR_DENIED);
}

/* The element times the scalar. ERROR_CANONICAL when that is the identity or the element's
 * encoding is refused: libsodium branches on these two, and on nothing else of a scalar. */
static int multiply(const struct oprf_scalar *scalar, const struct oprf_element *element,
                    struct oprf_element *ret_product)
{
	return crypto_scalarmult_ristretto255(ret_product->bytes, scalar->bytes, element->bytes) ==
	               0
	           ? OK
	           : ERROR_CANONICAL;
}

int oprf_blind(enum oprf_mode mode, struct bytes input, const struct random_source *random,
               struct oprf_scalar *ret_blind, struct oprf_element *ret_blinded)
{
	struct oprf_element element, blinded = { 0 };
	struct oprf_scalar blind = { 0 };
	int r;

	if (input.size > OPRF_INPUT_MAXIMUM)
		return ERROR_LIMIT;
	r = oprf_scalar_random(random, &blind);
	if (r != OK)
		return r;
	oprf_hash_to_element(mode, input, &element);
	if (multiply(&blind, &element, &blinded) == OK) {
		*ret_blind = blind;
		*ret_blinded = blinded;
	} else {
		r = oprf_choose(oprf_is_zero(blind.bytes), ERROR_RANDOM, ERROR_DENIED);
	}
	wipe(&blind, sizeof(blind));
	wipe(&element, sizeof(element));
	wipe_stack();
	return r;
}

int oprf_blind_with(enum oprf_mode mode, struct bytes input, const struct oprf_scalar *blind,
                    struct oprf_element *ret_blinded)
{
	struct oprf_element element, blinded = { 0 };
	unsigned valid = oprf_scalar_valid(blind);
	int r = OK;

	if (input.size > OPRF_INPUT_MAXIMUM)
		return ERROR_LIMIT;
	oprf_hash_to_element(mode, input, &element);
	if (multiply(blind, &element, &blinded) == OK)
		oprf_copy_if(valid, ret_blinded, &blinded, sizeof(blinded));
	else
		r = ERROR_DENIED;
	wipe(&element, sizeof(element));
	wipe(&blinded, sizeof(blinded));
	wipe_stack();
	return oprf_choose(valid, r, ERROR_CANONICAL);
}

int oprf_evaluate(const struct oprf_scalar *key, const struct oprf_element *blinded,
                  struct oprf_element *ret_evaluated)
{
	struct oprf_element evaluated = { 0 };
	unsigned valid = oprf_scalar_valid(key);
	int r = multiply(key, blinded, &evaluated);

	if (r == OK)
		oprf_copy_if(valid, ret_evaluated, &evaluated, sizeof(evaluated));
	wipe(&evaluated, sizeof(evaluated));
	wipe_stack();
	return oprf_choose(valid, r, ERROR_CANONICAL);
}

/* Hash(I2OSP(len(input), 2) || input || I2OSP(32, 2) || element || "Finalize") */
static void finalize(struct bytes input, const struct oprf_element *element,
                     struct oprf_output *ret_output)
{
	struct oprf_size input_size = oprf_size_of(input.size);
	struct oprf_size element_size = oprf_size_of(OPRF_ELEMENT_SIZE);
	struct bytes pieces[] = { bytes_of(input_size.bytes, 2), input,
		                  bytes_of(element_size.bytes, 2),
		                  bytes_of(element->bytes, OPRF_ELEMENT_SIZE),
		                  bytes_of_string("Finalize") };

	sha512_in_place(ret_output->bytes, pieces, sizeof(pieces) / sizeof(*pieces));
}

int oprf_finalize(struct bytes input, const struct oprf_scalar *blind,
                  const struct oprf_element *evaluated, struct oprf_output *ret_output)
{
	struct oprf_element element = { 0 };
	unsigned valid = oprf_scalar_valid(blind);
	struct oprf_output output;
	struct oprf_scalar inverse;
	int r;

	if (input.size > OPRF_INPUT_MAXIMUM)
		return ERROR_LIMIT;
	/* Of zero, of which it says that there is none, the inverse is computed as zero. */
	(void)crypto_core_ristretto255_scalar_invert(inverse.bytes, blind->bytes);
	r = multiply(&inverse, evaluated, &element);
	if (r == OK) {
		finalize(input, &element, &output);
		oprf_copy_if(valid, ret_output, &output, sizeof(output));
		wipe(&output, sizeof(output));
	}
	wipe(&inverse, sizeof(inverse));
	wipe(&element, sizeof(element));
	wipe_stack();
	return oprf_choose(valid, r, ERROR_CANONICAL);
}

int oprf_finalize_unblinded(struct bytes input, const struct oprf_element *evaluated,
                            struct oprf_output *ret_output)
{
	struct oprf_output output;
	unsigned usable = oprf_is_zero(evaluated->bytes) ^ 1;

	if (input.size > OPRF_INPUT_MAXIMUM)
		return ERROR_LIMIT;
	finalize(input, evaluated, &output);
	oprf_copy_if(usable, ret_output, &output, sizeof(output));
	wipe(&output, sizeof(output));
	wipe_stack();
	return oprf_choose(usable, OK, ERROR_CANONICAL);
}
