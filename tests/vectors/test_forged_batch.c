/* Why Chirograph has one proof an element.
 *
 * RFC 9497 proves a batch of pairs (C, D) by one proof about M = sum of d·C and Z = sum of d·D.
 * The weight d of a pair is a hash of the public key, the pair's index and the pair itself, but
 * not of the other pairs. Who holds the key can thus prepare for each place of a batch several
 * wrong evaluations, weigh each by itself, and look for a choice of one a place whose errors
 * d·(D - k·C) cancel in the sum: a birthday problem of many lists, which 4,096 places make easy.
 * The proof that is then made is sound of M and Z, and says nothing of any pair.
 *
 * The vectors are such a batch: 4,096 pairs, by the word of who made it every one wrong (without
 * the key nobody can tell a right one by looking, which is what proofs are for), and one proof
 * that the RFC's verifier accepts. The tests show that it does, and that none of the pairs gets
 * past the verifier of Chirograph. */
#include "vectors.h"

#include "batch_verifier.h"

enum { PAIR_COUNT = 4096 };

static struct oprf_element blinded[PAIR_COUNT], evaluated[PAIR_COUNT], public_key;
static struct oprf_proof proof;

static void read_into(const char *name, void *ret_data, size_t size)
{
	struct buffer file;

	vector_read("voprf/forged-batch", name, &file);
	assert_int_equal(file.size, size);
	memcpy(ret_data, file.data, size);
	buffer_release(&file);
}

static int load(void **state)
{
	char path[VECTOR_PATH_CAPACITY];

	(void)state;
	if (access(vector_path("voprf/forged-batch", "", path), R_OK) != 0)
		return 0;
	read_into("C.bin", blinded, sizeof(blinded));
	read_into("D.bin", evaluated, sizeof(evaluated));
	read_into("pk.bin", &public_key, sizeof(public_key));
	read_into("proof.bin", &proof, sizeof(proof));
	return 0;
}

static void test_accepted_by_the_rfc(void **state)
{
	struct oprf_element kept;

	(void)state;
	vectors_needed("voprf/forged-batch");
	assert_true(batch_verify(&public_key, blinded, evaluated, PAIR_COUNT, &proof));

	/* The verifier is one: it refuses what it is not made for. */
	kept = evaluated[17];
	evaluated[17] = blinded[17];
	assert_false(batch_verify(&public_key, blinded, evaluated, PAIR_COUNT, &proof));
	evaluated[17] = kept;
	assert_false(batch_verify(&public_key, blinded, evaluated, PAIR_COUNT - 1, &proof));
}

/* Each element is well-formed, so that nothing but the proofs tells. */
static void test_looks_like_any_other(void **state)
{
	(void)state;
	vectors_needed("voprf/forged-batch");
	for (size_t i = 0; i < PAIR_COUNT; i++) {
		assert_int_equal(oprf_element_check(&blinded[i]), OK);
		assert_int_equal(oprf_element_check(&evaluated[i]), OK);
	}
}

static void test_refused_one_by_one(void **state)
{
	(void)state;
	vectors_needed("voprf/forged-batch");
	for (size_t i = 0; i < PAIR_COUNT; i++)
		assert_int_equal(oprf_verify(&public_key, &blinded[i], &evaluated[i], &proof),
		                 ERROR_SIGNATURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accepted_by_the_rfc),
		cmocka_unit_test(test_looks_like_any_other),
		cmocka_unit_test(test_refused_one_by_one),
	};

	return cmocka_run_group_tests(tests, load, NULL);
}
