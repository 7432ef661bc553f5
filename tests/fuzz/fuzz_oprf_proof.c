/* A pair and its proof from outside. The key is known here, so that what the proof says can be
 * computed. */
#include <stdlib.h>

#include "oprf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* blinded || evaluated || proof */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct oprf_scalar key = { { 7, 0, 0, 9, 2 } };
	struct oprf_element public_key, blinded, evaluated, expected;
	struct oprf_proof proof;
	int r;

	if (size < 2 * OPRF_ELEMENT_SIZE + OPRF_PROOF_SIZE ||
	    oprf_public_key(&key, &public_key) != OK)
		return 0;
	memcpy(blinded.bytes, data, OPRF_ELEMENT_SIZE);
	memcpy(evaluated.bytes, data + OPRF_ELEMENT_SIZE, OPRF_ELEMENT_SIZE);
	memcpy(proof.bytes, data + (size_t)2 * OPRF_ELEMENT_SIZE, OPRF_PROOF_SIZE);
	r = oprf_verify(&public_key, &blinded, &evaluated, &proof);
	if (r == OK && (oprf_evaluate(&key, &blinded, &expected) != OK ||
	                memcmp(expected.bytes, evaluated.bytes, OPRF_ELEMENT_SIZE) != 0))
		abort();
	if (r != OK && r != ERROR_CANONICAL && r != ERROR_SIGNATURE)
		abort();
	if ((oprf_element_check(&blinded) != OK || oprf_element_check(&evaluated) != OK) &&
	    r != ERROR_CANONICAL)
		abort();
	return 0;
}
