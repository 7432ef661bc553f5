#include "oprf.h"

#include <sodium.h>

#include "allocate.h"
#include "oprf_hash.h"
#include "sha.h"

_Static_assert((int)OPRF_OUTPUT_SIZE == (int)SHA512_SIZE, "output");

/* The RFC tries one counter after the other until a scalar is not zero, once in 2^252 times
 * the second. All are tried here, so that which one it was shows in nothing. */
int oprf_derive_key(enum oprf_mode mode, const uint8_t seed[OPRF_SEED_SIZE], struct bytes info,
                    struct oprf_scalar *ret_key, struct oprf_element *ret_public)
{
	struct oprf_size info_size = oprf_size_of(info.size);
	struct oprf_scalar candidate, key = { 0 };
	struct oprf_element public_key;
	unsigned found;

	if (info.size > UINT16_MAX)
		return ERROR_LIMIT;
	for (unsigned counter = 0; counter <= UINT8_MAX; counter++) {
		uint8_t counter_byte = (uint8_t)counter;
		struct bytes pieces[] = { bytes_of(seed, OPRF_SEED_SIZE),
			                  bytes_of(info_size.bytes, 2), info,
			                  bytes_of(&counter_byte, 1) };

		oprf_hash_to_scalar(mode, "DeriveKeyPair", pieces, 4, &candidate);
		oprf_copy_if(oprf_is_zero(key.bytes), &key, &candidate, sizeof(key));
	}
	found = oprf_multiply_base(&key, &public_key);
	oprf_copy_if(found, ret_key, &key, sizeof(key));
	oprf_copy_if(found, ret_public, &public_key, sizeof(public_key));
	wipe(&key, sizeof(key));
	wipe(&candidate, sizeof(candidate));
	wipe_stack();
	return oprf_choose(found, OK, ERROR_LIMIT);
}

int oprf_generate_key(const struct random_source *random, struct oprf_scalar *ret_key,
                      struct oprf_element *ret_public)
{
	struct oprf_element public_key;
	struct oprf_scalar key;
	unsigned usable;
	int r = oprf_scalar_random(random, &key);

	if (r != OK)
		return r;
	usable = oprf_multiply_base(&key, &public_key);
	oprf_copy_if(usable, ret_key, &key, sizeof(key));
	oprf_copy_if(usable, ret_public, &public_key, sizeof(public_key));
	wipe(&key, sizeof(key));
	wipe_stack();
	return oprf_choose(usable, OK, ERROR_RANDOM);
}

int oprf_public_key(const struct oprf_scalar *key, struct oprf_element *ret_public)
{
	struct oprf_element public_key;
	unsigned valid = oprf_scalar_valid(key);

	valid &= oprf_multiply_base(key, &public_key);
	oprf_copy_if(valid, ret_public, &public_key, sizeof(public_key));
	wipe(&public_key, sizeof(public_key));
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

int oprf_blind(enum oprf_mode mode, struct bytes input, const struct random_source *random,
               struct oprf_scalar *ret_blind, struct oprf_element *ret_blinded)
{
	struct oprf_element element, blinded;
	struct oprf_scalar blind;
	unsigned done;
	int r;

	if (input.size > OPRF_INPUT_MAXIMUM)
		return ERROR_LIMIT;
	r = oprf_scalar_random(random, &blind);
	if (r != OK)
		return r;
	oprf_hash_to_element(mode, input, &element);
	done = oprf_multiply(&blind, &element, &blinded);
	oprf_copy_if(done, ret_blind, &blind, sizeof(blind));
	oprf_copy_if(done, ret_blinded, &blinded, sizeof(blinded));
	r = oprf_choose(oprf_is_zero(blind.bytes), ERROR_RANDOM, ERROR_DENIED);
	wipe(&blind, sizeof(blind));
	wipe(&element, sizeof(element));
	wipe_stack();
	return oprf_choose(done, OK, r);
}

int oprf_blind_with(enum oprf_mode mode, struct bytes input, const struct oprf_scalar *blind,
                    struct oprf_element *ret_blinded)
{
	struct oprf_element element, blinded;
	unsigned valid = oprf_scalar_valid(blind);
	unsigned done;

	if (input.size > OPRF_INPUT_MAXIMUM)
		return ERROR_LIMIT;
	oprf_hash_to_element(mode, input, &element);
	done = oprf_multiply(blind, &element, &blinded);
	oprf_copy_if(valid & done, ret_blinded, &blinded, sizeof(blinded));
	wipe(&element, sizeof(element));
	wipe(&blinded, sizeof(blinded));
	wipe_stack();
	return oprf_choose(valid, oprf_choose(done, OK, ERROR_DENIED), ERROR_CANONICAL);
}

int oprf_evaluate(const struct oprf_scalar *key, const struct oprf_element *blinded,
                  struct oprf_element *ret_evaluated)
{
	struct oprf_element evaluated;
	unsigned valid = oprf_scalar_valid(key);

	valid &= oprf_multiply(key, blinded, &evaluated);
	oprf_copy_if(valid, ret_evaluated, &evaluated, sizeof(evaluated));
	wipe(&evaluated, sizeof(evaluated));
	wipe_stack();
	return oprf_choose(valid, OK, ERROR_CANONICAL);
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
	unsigned valid = oprf_scalar_valid(blind);
	struct oprf_element element;
	struct oprf_output output;
	struct oprf_scalar inverse;

	if (input.size > OPRF_INPUT_MAXIMUM)
		return ERROR_LIMIT;
	/* Of zero, of which it says that there is none, the inverse is computed as zero. */
	(void)crypto_core_ristretto255_scalar_invert(inverse.bytes, blind->bytes);
	valid &= oprf_multiply(&inverse, evaluated, &element);
	finalize(input, &element, &output);
	oprf_copy_if(valid, ret_output, &output, sizeof(output));
	wipe(&inverse, sizeof(inverse));
	wipe(&element, sizeof(element));
	wipe(&output, sizeof(output));
	wipe_stack();
	return oprf_choose(valid, OK, ERROR_CANONICAL);
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
