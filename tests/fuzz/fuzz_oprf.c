/* An element and a scalar from outside: what is accepted has one spelling, everywhere the same. */
#include <sodium.h>
#include <stdlib.h>

#include "oprf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int condition)
{
	if (!condition)
		abort();
}

static void try_element(const struct oprf_element *element, const struct oprf_scalar *key)
{
	static const uint8_t identity[OPRF_ELEMENT_SIZE];
	struct oprf_element evaluated, again;
	struct oprf_output output;
	int r = oprf_element_check(element);

	demand(oprf_evaluate(key, element, &evaluated) == r);
	demand(oprf_finalize(bytes_of(NULL, 0), key, element, &output) == r);
	if (r != OK)
		return;
	/* Decoded and encoded it is the same. */
	demand(crypto_core_ristretto255_add(again.bytes, element->bytes, identity) == 0);
	demand(memcmp(again.bytes, element->bytes, sizeof(again.bytes)) == 0);
	demand(oprf_element_check(&evaluated) == OK);
}

static void try_scalar(const struct oprf_scalar *scalar, const struct oprf_element *element)
{
	uint8_t wide[64] = { 0 };
	struct oprf_element evaluated, public_key;
	struct oprf_scalar reduced;
	int r = oprf_scalar_check(scalar);

	memcpy(wide, scalar->bytes, sizeof(scalar->bytes));
	crypto_core_ristretto255_scalar_reduce(reduced.bytes, wide);
	demand((r == OK) == (memcmp(reduced.bytes, scalar->bytes, sizeof(reduced.bytes)) == 0 &&
	                     !sodium_is_zero(scalar->bytes, sizeof(scalar->bytes))));
	demand(oprf_evaluate(scalar, element, &evaluated) == r);
	demand(oprf_public_key(scalar, &public_key) == r);
}

/* element || scalar || input */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct oprf_scalar one = { { 1 } };
	struct oprf_element element, generator, hashed;
	struct oprf_scalar scalar;

	if (size < OPRF_ELEMENT_SIZE + OPRF_SCALAR_SIZE || size > 4096)
		return 0;
	memcpy(element.bytes, data, sizeof(element.bytes));
	memcpy(scalar.bytes, data + sizeof(element.bytes), sizeof(scalar.bytes));
	try_element(&element, &one);
	demand(oprf_public_key(&one, &generator) == OK);
	try_scalar(&scalar, &generator);
	demand(oprf_hash_to_group(OPRF_MODE_VOPRF,
	                          bytes_of(data + OPRF_ELEMENT_SIZE + OPRF_SCALAR_SIZE,
	                                   size - OPRF_ELEMENT_SIZE - OPRF_SCALAR_SIZE),
	                          &hashed) == OK);
	demand(oprf_element_check(&hashed) == OK);
	return 0;
}
