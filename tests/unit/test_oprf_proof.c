/* Proofs: what is not the key times the element is not proved, and no proof gives a key away. */
#include "oprf_fixture.h"

static int verify(const struct evaluation *made)
{
	return oprf_verify(&made->keys.public_key, &made->blinded, &made->evaluated, &made->proof);
}

/* Who holds the key proves what it has not evaluated. */
static void prove_anyhow(struct evaluation *made)
{
	struct counting_source source = { .next = 5 };
	struct random_source random = counting_source(&source);

	assert_ok(oprf_prove(&made->keys.key, &made->keys.public_key, &made->blinded,
	                     &made->evaluated, &random, &made->proof));
}

static void add(struct oprf_element *sum, const struct oprf_element *other)
{
	assert_int_equal(crypto_core_ristretto255_add(sum->bytes, sum->bytes, other->bytes), 0);
}

static void test_wrong_evaluations(void **state)
{
	struct evaluation made = evaluation_number(1);
	struct evaluation other = evaluation_number(2);
	struct oprf_element right = made.evaluated;

	(void)state;
	assert_ok(verify(&made));
	made.evaluated = other.evaluated; /* with another key */
	prove_anyhow(&made);
	assert_int_equal(verify(&made), ERROR_SIGNATURE);
	made.evaluated = made.blinded; /* not at all */
	prove_anyhow(&made);
	assert_int_equal(verify(&made), ERROR_SIGNATURE);
	made.evaluated = right; /* off by the public key, by the blinded element, by the result */
	add(&made.evaluated, &made.keys.public_key);
	prove_anyhow(&made);
	assert_int_equal(verify(&made), ERROR_SIGNATURE);
	made.evaluated = right;
	add(&made.evaluated, &made.blinded);
	prove_anyhow(&made);
	assert_int_equal(verify(&made), ERROR_SIGNATURE);
	made.evaluated = right;
	add(&made.evaluated, &right);
	prove_anyhow(&made);
	assert_int_equal(verify(&made), ERROR_SIGNATURE);
	made.evaluated = right;
	prove_anyhow(&made);
	assert_ok(verify(&made));
}

/* The right evaluation by a key that is not the one of which the log tells. */
static void test_wrong_key(void **state)
{
	struct evaluation made = evaluation_number(1);
	struct key_pair committed = key_pair_number(2);

	(void)state;
	made.keys.public_key = committed.public_key;
	assert_int_equal(verify(&made), ERROR_SIGNATURE);
	prove_anyhow(&made); /* by the one key in the name of the other */
	assert_int_equal(verify(&made), ERROR_SIGNATURE);
}

static void test_proof_is_of_this_pair(void **state)
{
	struct evaluation made = evaluation_number(1), mixed;
	struct counting_source source = { .next = 77 };
	struct random_source random = counting_source(&source);
	struct oprf_element blinded, evaluated;
	struct oprf_scalar blind;

	(void)state;
	assert_ok(oprf_blind(OPRF_MODE_VOPRF, bytes_of_string("other"), &random, &blind, &blinded));
	assert_ok(oprf_evaluate(&made.keys.key, &blinded, &evaluated));
	mixed = made;
	mixed.blinded = blinded;
	assert_int_equal(verify(&mixed), ERROR_SIGNATURE);
	mixed.evaluated = evaluated;
	assert_int_equal(verify(&mixed), ERROR_SIGNATURE);
	mixed.blinded = made.blinded;
	assert_int_equal(verify(&mixed), ERROR_SIGNATURE);
	/* The two sides of a pair in each other's place. */
	mixed.blinded = made.evaluated;
	mixed.evaluated = made.blinded;
	assert_int_equal(verify(&mixed), ERROR_SIGNATURE);
}

static void test_every_bit_counts(void **state)
{
	struct evaluation good = evaluation_number(3);

	(void)state;
	for (size_t bit = 0; bit < 8 * OPRF_PROOF_SIZE; bit++) {
		struct evaluation made = good;

		made.proof.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(verify(&made), OK);
	}
}

/* c * key + s: the nonce that a proof was made with. */
static struct oprf_scalar nonce_of(const struct evaluation *made)
{
	struct oprf_scalar share, nonce;

	crypto_core_ristretto255_scalar_mul(share.bytes, made->proof.bytes, made->keys.key.bytes);
	crypto_core_ristretto255_scalar_add(nonce.bytes, share.bytes,
	                                    made->proof.bytes + OPRF_SCALAR_SIZE);
	return nonce;
}

/* A machine that is copied while it runs draws the same numbers twice. With one nonce for two
 * challenges, two proofs would be two equations for two unknowns, one of them the key. */
static void test_repeated_randomness(void **state)
{
	struct evaluation first = evaluation_number(1), second = first, third = first;
	struct random_source same = zero_source();
	struct oprf_scalar first_nonce, second_nonce;

	(void)state;
	assert_ok(oprf_blind_with(OPRF_MODE_VOPRF, bytes_of_string("other"), &first.blind,
	                          &second.blinded));
	assert_ok(oprf_evaluate(&first.keys.key, &second.blinded, &second.evaluated));
	third.keys.public_key = key_pair_number(9).public_key;
	assert_ok(oprf_prove(&first.keys.key, &first.keys.public_key, &first.blinded,
	                     &first.evaluated, &same, &first.proof));
	assert_ok(oprf_prove(&first.keys.key, &first.keys.public_key, &second.blinded,
	                     &second.evaluated, &same, &second.proof));
	assert_ok(oprf_prove(&first.keys.key, &third.keys.public_key, &third.blinded,
	                     &third.evaluated, &same, &third.proof));
	assert_ok(verify(&first));
	assert_ok(verify(&second));
	first_nonce = nonce_of(&first);
	second_nonce = nonce_of(&second);
	assert_memory_not_equal(first_nonce.bytes, second_nonce.bytes, OPRF_SCALAR_SIZE);
	/* Not even where a wrong public key makes another challenge. */
	second_nonce = nonce_of(&third);
	assert_memory_not_equal(first_nonce.bytes, second_nonce.bytes, OPRF_SCALAR_SIZE);
}

/* Where the source is known, the nonce still is not: the key goes into it. */
static void test_known_randomness(void **state)
{
	struct evaluation first = evaluation_number(1), second = first;
	struct random_source known = zero_source();
	struct oprf_scalar first_nonce, second_nonce;

	(void)state;
	second.keys.key = key_pair_number(2).key;
	assert_ok(oprf_prove(&first.keys.key, &first.keys.public_key, &first.blinded,
	                     &first.evaluated, &known, &first.proof));
	assert_ok(oprf_prove(&second.keys.key, &first.keys.public_key, &first.blinded,
	                     &first.evaluated, &known, &second.proof));
	first_nonce = nonce_of(&first);
	second_nonce = nonce_of(&second);
	assert_memory_not_equal(first_nonce.bytes, second_nonce.bytes, OPRF_SCALAR_SIZE);
}

static void test_fresh_proofs_differ(void **state)
{
	struct evaluation made = evaluation_number(1);
	struct counting_source source = { .next = 900 };
	struct random_source random = counting_source(&source);
	struct oprf_proof first, second;

	(void)state;
	assert_ok(oprf_prove(&made.keys.key, &made.keys.public_key, &made.blinded, &made.evaluated,
	                     &random, &first));
	assert_ok(oprf_prove(&made.keys.key, &made.keys.public_key, &made.blinded, &made.evaluated,
	                     &random, &second));
	assert_memory_not_equal(first.bytes, second.bytes, sizeof(first.bytes));
	made.proof = first;
	assert_ok(verify(&made));
	made.proof = second;
	assert_ok(verify(&made));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_evaluations),
		cmocka_unit_test(test_wrong_key),
		cmocka_unit_test(test_proof_is_of_this_pair),
		cmocka_unit_test(test_every_bit_counts),
		cmocka_unit_test(test_repeated_randomness),
		cmocka_unit_test(test_known_randomness),
		cmocka_unit_test(test_fresh_proofs_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
