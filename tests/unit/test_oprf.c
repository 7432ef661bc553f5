/* Oblivious evaluation: what both sides compute fits together, and what is refused. The RFC's
 * own values are in tests/vectors/test_voprf_vectors.c. */
#include "oprf_fixture.h"

static const enum oprf_mode modes[] = { OPRF_MODE_OPRF, OPRF_MODE_VOPRF };

static void evaluate_through(enum oprf_mode mode, const struct oprf_scalar *key, struct bytes input,
                             struct oprf_output *ret_output)
{
	struct counting_source source = { .next = 100 };
	struct random_source random = counting_source(&source);
	struct oprf_element blinded, again, evaluated;
	struct oprf_scalar blind;

	assert_ok(oprf_blind(mode, input, &random, &blind, &blinded));
	assert_ok(oprf_scalar_check(&blind));
	assert_ok(oprf_element_check(&blinded));
	assert_ok(oprf_blind_with(mode, input, &blind, &again));
	assert_memory_equal(blinded.bytes, again.bytes, sizeof(blinded.bytes));
	assert_ok(oprf_evaluate(key, &blinded, &evaluated));
	assert_ok(oprf_finalize(input, &blind, &evaluated, ret_output));
}

static void test_blinds_fall_out(void **state)
{
	static uint8_t longest[OPRF_INPUT_MAXIMUM + 1];
	struct bytes inputs[] = { bytes_of(NULL, 0), bytes_of_string("example.org"),
		                  bytes_of(longest, 266), bytes_of(longest, OPRF_INPUT_MAXIMUM) };

	(void)state;
	for (size_t m = 0; m < 2; m++) {
		struct key_pair keys = key_pair_number(1);

		for (size_t i = 0; i < sizeof(inputs) / sizeof(*inputs); i++) {
			struct oprf_output blindly, openly;
			struct oprf_element element, evaluated;

			evaluate_through(modes[m], &keys.key, inputs[i], &blindly);
			assert_ok(oprf_hash_to_group(modes[m], inputs[i], &element));
			assert_ok(oprf_evaluate(&keys.key, &element, &evaluated));
			assert_ok(oprf_finalize_unblinded(inputs[i], &evaluated, &openly));
			assert_memory_equal(blindly.bytes, openly.bytes, sizeof(openly.bytes));
		}
	}
}

static void test_other_values_differ(void **state)
{
	struct key_pair keys = key_pair_number(1), others = key_pair_number(2);
	struct oprf_output first, second;

	(void)state;
	evaluate_through(OPRF_MODE_VOPRF, &keys.key, bytes_of_string("a"), &first);
	evaluate_through(OPRF_MODE_VOPRF, &keys.key, bytes_of_string("b"), &second);
	assert_memory_not_equal(first.bytes, second.bytes, sizeof(first.bytes));
	evaluate_through(OPRF_MODE_VOPRF, &others.key, bytes_of_string("a"), &second);
	assert_memory_not_equal(first.bytes, second.bytes, sizeof(first.bytes));
	evaluate_through(OPRF_MODE_OPRF, &keys.key, bytes_of_string("a"), &second);
	assert_memory_not_equal(first.bytes, second.bytes, sizeof(first.bytes));
}

static void test_blinded_tells_nothing(void **state)
{
	struct counting_source source = { .next = 1 };
	struct random_source random = counting_source(&source);
	struct oprf_element first, second;
	struct oprf_scalar blind, other;

	(void)state;
	assert_ok(oprf_blind(OPRF_MODE_VOPRF, bytes_of_string("a"), &random, &blind, &first));
	assert_ok(oprf_blind(OPRF_MODE_VOPRF, bytes_of_string("a"), &random, &other, &second));
	assert_memory_not_equal(first.bytes, second.bytes, sizeof(first.bytes));
	assert_memory_not_equal(blind.bytes, other.bytes, sizeof(blind.bytes));
}

/* Each place that takes an element from outside refuses it, and leaves its output alone. */
static void refuse_element(const struct oprf_element *element)
{
	struct evaluation good = evaluation_number(1);
	struct oprf_element evaluated = good.evaluated;
	struct oprf_proof proof = good.proof;
	struct oprf_output output;

	memset(output.bytes, 0x77, sizeof(output.bytes));
	assert_int_equal(oprf_element_check(element), ERROR_CANONICAL);
	assert_int_equal(oprf_evaluate(&good.keys.key, element, &evaluated), ERROR_CANONICAL);
	assert_memory_equal(evaluated.bytes, good.evaluated.bytes, sizeof(evaluated.bytes));
	assert_int_equal(oprf_finalize(bytes_of_string("x"), &good.blind, element, &output),
	                 ERROR_CANONICAL);
	assert_int_equal(output.bytes[0], 0x77);
	assert_int_equal(oprf_prove_with(&good.keys.key, &good.keys.public_key, element,
	                                 &good.evaluated, &good.blind, &proof),
	                 ERROR_CANONICAL);
	assert_memory_equal(proof.bytes, good.proof.bytes, sizeof(proof.bytes));
	assert_int_equal(oprf_verify(element, &good.blinded, &good.evaluated, &good.proof),
	                 ERROR_CANONICAL);
	assert_int_equal(oprf_verify(&good.keys.public_key, element, &good.evaluated, &good.proof),
	                 ERROR_CANONICAL);
	assert_int_equal(oprf_verify(&good.keys.public_key, &good.blinded, element, &good.proof),
	                 ERROR_CANONICAL);
}

static void test_bad_encodings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_elements) / sizeof(*bad_elements); i++) {
		struct oprf_element element;

		assert_ok(hex_decode_fixed(bytes_of_string(bad_elements[i]), element.bytes,
		                           sizeof(element.bytes)));
		refuse_element(&element);
	}
}

/* Every number from the prime up that 255 bits hold, and below it what is negative. */
static void test_numbers_around_the_prime(void **state)
{
	struct oprf_element element;

	(void)state;
	memset(element.bytes, 0xff, sizeof(element.bytes));
	element.bytes[OPRF_ELEMENT_SIZE - 1] = 0x7f;
	for (unsigned low = 0xec; low <= 0xff; low++) {
		element.bytes[0] = (uint8_t)low;
		refuse_element(&element);
	}
}

static void test_identity(void **state)
{
	struct oprf_element identity = { { 0 } };
	struct oprf_output output;

	(void)state;
	refuse_element(&identity);
	assert_int_equal(oprf_finalize_unblinded(bytes_of_string("x"), &identity, &output),
	                 ERROR_CANONICAL);
}

/* Good elements with the bit that no encoding has, and their negatives. */
static void test_second_spellings(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		struct evaluation good = evaluation_number(i);
		struct oprf_element element = good.blinded;

		assert_ok(oprf_element_check(&element));
		element.bytes[OPRF_ELEMENT_SIZE - 1] |= 0x80;
		refuse_element(&element);

		/* p - s, which is odd where s is even */
		element = good.blinded;
		negate_encoding(&element);
		refuse_element(&element);
	}
}

/* Each place that takes a scalar refuses it, and leaves its output alone. */
static void refuse_scalar(const struct oprf_scalar *scalar)
{
	struct evaluation good = evaluation_number(1);
	struct oprf_element element = good.blinded;
	struct oprf_proof proof = good.proof;
	struct oprf_output output;

	memset(output.bytes, 0x77, sizeof(output.bytes));
	assert_int_equal(oprf_scalar_check(scalar), ERROR_CANONICAL);
	assert_int_equal(oprf_public_key(scalar, &element), ERROR_CANONICAL);
	assert_int_equal(oprf_evaluate(scalar, &good.blinded, &element), ERROR_CANONICAL);
	assert_int_equal(oprf_blind_with(OPRF_MODE_VOPRF, bytes_of_string("x"), scalar, &element),
	                 ERROR_CANONICAL);
	assert_memory_equal(element.bytes, good.blinded.bytes, sizeof(element.bytes));
	assert_int_equal(oprf_finalize(bytes_of_string("x"), scalar, &good.evaluated, &output),
	                 ERROR_CANONICAL);
	assert_int_equal(output.bytes[0], 0x77);
	assert_int_equal(oprf_prove_with(scalar, &good.keys.public_key, &good.blinded,
	                                 &good.evaluated, &good.blind, &proof),
	                 ERROR_CANONICAL);
	assert_int_equal(oprf_prove_with(&good.keys.key, &good.keys.public_key, &good.blinded,
	                                 &good.evaluated, scalar, &proof),
	                 ERROR_CANONICAL);
	assert_memory_equal(proof.bytes, good.proof.bytes, sizeof(proof.bytes));
	for (size_t half = 0; half < 2; half++) {
		proof = good.proof;
		memcpy(proof.bytes + half * OPRF_SCALAR_SIZE, scalar->bytes, OPRF_SCALAR_SIZE);
		assert_int_equal(
		    oprf_verify(&good.keys.public_key, &good.blinded, &good.evaluated, &proof),
		    ERROR_CANONICAL);
	}
}

static void test_bad_scalars(void **state)
{
	struct oprf_scalar scalar = { { 0 } };

	(void)state;
	refuse_scalar(&scalar);
	for (size_t i = 0; i < sizeof(bad_scalars) / sizeof(*bad_scalars); i++) {
		assert_ok(hex_decode_fixed(bytes_of_string(bad_scalars[i]), scalar.bytes,
		                           sizeof(scalar.bytes)));
		refuse_scalar(&scalar);
	}
}

/* A good proof whose scalars are written as the number plus the order. */
static void test_second_spellings_of_scalars(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		struct evaluation good = evaluation_number(i);

		for (size_t half = 0; half < 2; half++) {
			struct oprf_proof proof = good.proof;

			add_order(proof.bytes + half * OPRF_SCALAR_SIZE);
			assert_int_equal(oprf_verify(&good.keys.public_key, &good.blinded,
			                             &good.evaluated, &proof),
			                 ERROR_CANONICAL);
		}
	}
}

static void test_greatest_scalars(void **state)
{
	struct oprf_scalar one = { { 1 } }, greatest;
	struct oprf_element generator, negative, sum;

	(void)state;
	assert_ok(
	    hex_decode_fixed(bytes_of_string(order_hex), greatest.bytes, sizeof(greatest.bytes)));
	greatest.bytes[0]--;
	assert_ok(oprf_scalar_check(&one));
	assert_ok(oprf_scalar_check(&greatest));
	assert_ok(oprf_public_key(&one, &generator));
	assert_ok(oprf_public_key(&greatest, &negative));
	assert_int_equal(crypto_core_ristretto255_add(sum.bytes, generator.bytes, negative.bytes),
	                 0);
	assert_true(sodium_is_zero(sum.bytes, sizeof(sum.bytes)));
}

static void test_lengths(void **state)
{
	static uint8_t text[UINT16_MAX + 1];
	struct evaluation good = evaluation_number(1);
	struct random_source random = failing_source();
	struct bytes much = bytes_of(text, sizeof(text));
	struct oprf_element element = good.blinded;
	struct oprf_scalar scalar = good.blind;
	struct oprf_output output;

	(void)state;
	assert_int_equal(oprf_hash_to_group(OPRF_MODE_VOPRF, much, &element), ERROR_LIMIT);
	assert_int_equal(oprf_blind(OPRF_MODE_VOPRF, much, &random, &scalar, &element),
	                 ERROR_LIMIT);
	assert_int_equal(oprf_blind_with(OPRF_MODE_VOPRF, much, &good.blind, &element),
	                 ERROR_LIMIT);
	assert_int_equal(oprf_finalize(much, &good.blind, &good.evaluated, &output), ERROR_LIMIT);
	assert_int_equal(oprf_finalize_unblinded(much, &good.evaluated, &output), ERROR_LIMIT);
	assert_int_equal(oprf_derive_key(OPRF_MODE_VOPRF, text, much, &scalar, &element),
	                 ERROR_LIMIT);
	assert_ok(
	    oprf_derive_key(OPRF_MODE_VOPRF, text, bytes_of(text, UINT16_MAX), &scalar, &element));
}

static void test_randomness(void **state)
{
	struct random_source failing = failing_source(), zero = zero_source();
	struct evaluation good = evaluation_number(1);
	struct oprf_element element = good.blinded;
	struct oprf_scalar scalar = good.blind;
	struct oprf_proof proof = good.proof;

	(void)state;
	assert_int_equal(oprf_generate_key(&failing, &scalar, &element), ERROR_RANDOM);
	assert_int_equal(oprf_generate_key(&zero, &scalar, &element), ERROR_RANDOM);
	assert_int_equal(
	    oprf_blind(OPRF_MODE_VOPRF, bytes_of_string("x"), &failing, &scalar, &element),
	    ERROR_RANDOM);
	assert_int_equal(
	    oprf_blind(OPRF_MODE_VOPRF, bytes_of_string("x"), &zero, &scalar, &element),
	    ERROR_RANDOM);
	assert_memory_equal(scalar.bytes, good.blind.bytes, sizeof(scalar.bytes));
	assert_memory_equal(element.bytes, good.blinded.bytes, sizeof(element.bytes));
	assert_int_equal(oprf_prove(&good.keys.key, &good.keys.public_key, &good.blinded,
	                            &good.evaluated, &failing, &proof),
	                 ERROR_RANDOM);
	assert_memory_equal(proof.bytes, good.proof.bytes, sizeof(proof.bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blinds_fall_out),
		cmocka_unit_test(test_other_values_differ),
		cmocka_unit_test(test_blinded_tells_nothing),
		cmocka_unit_test(test_bad_encodings),
		cmocka_unit_test(test_numbers_around_the_prime),
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_second_spellings),
		cmocka_unit_test(test_bad_scalars),
		cmocka_unit_test(test_second_spellings_of_scalars),
		cmocka_unit_test(test_greatest_scalars),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_randomness),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
