/* The vectors of RFC 9497 (appendix A), of the suite ristretto255-SHA512 in the modes OPRF and
 * VOPRF: all that Chirograph uses. What is skipped of the file is said at the end. */
#include "vectors.h"

#include <jansson.h>

#include "batch_verifier.h"
#include "encoding.h"

enum { INPUT_CAPACITY = 64, SUITE_COUNT = 15, BATCH_MAXIMUM = 2 };

struct pair_of_elements {
	struct oprf_element blinded[BATCH_MAXIMUM], evaluated[BATCH_MAXIMUM];
};

static const char *string_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	if (text == NULL)
		fail_msg("there is no %s", name);
	return text;
}

static void decode(const json_t *object, const char *name, void *ret_data, size_t size)
{
	assert_int_equal(hex_decode_fixed(bytes_of_string(string_of(object, name)), ret_data, size),
	                 OK);
}

/* Number `index` of a value with commas between. */
static struct bytes item(const json_t *vector, const char *name, size_t index)
{
	struct bytes text = bytes_of_string(string_of(vector, name));
	struct bytes part = { 0 };

	for (size_t i = 0; i <= index; i++)
		bytes_cut(&text, ',', &part);
	return part;
}

static void decode_item(const json_t *vector, const char *name, size_t index, void *ret_data,
                        size_t size)
{
	assert_int_equal(hex_decode_fixed(item(vector, name, index), ret_data, size), OK);
}

static enum oprf_mode check_key(const json_t *suite, struct oprf_scalar *ret_key,
                                struct oprf_element *ret_public)
{
	enum oprf_mode mode = (enum oprf_mode)json_integer_value(json_object_get(suite, "mode"));
	struct bytes context = oprf_context(mode);
	struct oprf_element public_key;
	struct oprf_scalar expected;
	uint8_t seed[OPRF_SEED_SIZE];
	uint8_t info[8], tag[40];

	decode(suite, "seed", seed, sizeof(seed));
	decode(suite, "keyInfo", info, sizeof(info));
	decode(suite, "skSm", expected.bytes, sizeof(expected.bytes));
	decode(suite, "groupDST", tag, sizeof(tag));
	assert_memory_equal(tag, "HashToGroup-", 12);
	assert_int_equal(context.size, sizeof(tag) - 12);
	assert_memory_equal(tag + 12, context.data, context.size);
	assert_int_equal(
	    oprf_derive_key(mode, seed, bytes_of(info, sizeof(info)), ret_key, ret_public), OK);
	assert_memory_equal(ret_key->bytes, expected.bytes, sizeof(expected.bytes));
	assert_int_equal(oprf_public_key(&expected, &public_key), OK);
	assert_memory_equal(ret_public->bytes, public_key.bytes, sizeof(public_key.bytes));
	if (mode == OPRF_MODE_VOPRF) {
		decode(suite, "pkSm", public_key.bytes, sizeof(public_key.bytes));
		assert_memory_equal(ret_public->bytes, public_key.bytes, sizeof(public_key.bytes));
	}
	return mode;
}

/* Blind, evaluate, finalize, and the function without a blind, of element `index` of the
 * vector. */
static void check_element(enum oprf_mode mode, const struct oprf_scalar *key, const json_t *vector,
                          size_t index, struct pair_of_elements *ret_pairs)
{
	struct bytes input_text = item(vector, "Input", index);
	struct oprf_element blinded, evaluated, expected;
	struct oprf_output output, expected_output;
	uint8_t input_bytes[INPUT_CAPACITY];
	struct oprf_scalar blind;
	struct bytes input;

	assert_in_range(input_text.size, 2, 2 * INPUT_CAPACITY);
	input = bytes_of(input_bytes, input_text.size / 2);
	assert_int_equal(hex_decode_fixed(input_text, input_bytes, input.size), OK);
	decode_item(vector, "Blind", index, blind.bytes, sizeof(blind.bytes));
	decode_item(vector, "Output", index, expected_output.bytes, sizeof(expected_output.bytes));

	assert_int_equal(oprf_blind_with(mode, input, &blind, &blinded), OK);
	decode_item(vector, "BlindedElement", index, expected.bytes, sizeof(expected.bytes));
	assert_memory_equal(blinded.bytes, expected.bytes, sizeof(expected.bytes));
	assert_int_equal(oprf_evaluate(key, &blinded, &evaluated), OK);
	decode_item(vector, "EvaluationElement", index, expected.bytes, sizeof(expected.bytes));
	assert_memory_equal(evaluated.bytes, expected.bytes, sizeof(expected.bytes));
	assert_int_equal(oprf_finalize(input, &blind, &evaluated, &output), OK);
	assert_memory_equal(output.bytes, expected_output.bytes, sizeof(output.bytes));
	ret_pairs->blinded[index] = blinded;
	ret_pairs->evaluated[index] = evaluated;

	memset(&output, 0, sizeof(output));
	assert_int_equal(oprf_hash_to_group(mode, input, &blinded), OK);
	assert_int_equal(oprf_evaluate(key, &blinded, &evaluated), OK);
	assert_int_equal(oprf_finalize_unblinded(input, &evaluated, &output), OK);
	assert_memory_equal(output.bytes, expected_output.bytes, sizeof(output.bytes));
}

static void check_proof(const struct oprf_scalar *key, const struct oprf_element *public_key,
                        const json_t *vector, const struct pair_of_elements *pairs, size_t count)
{
	const json_t *object = json_object_get(vector, "Proof");
	struct oprf_proof expected, proof;
	struct oprf_scalar nonce;

	decode(object, "r", nonce.bytes, sizeof(nonce.bytes));
	decode(object, "proof", expected.bytes, sizeof(expected.bytes));
	assert_true(batch_verify(public_key, pairs->blinded, pairs->evaluated, count, &expected));
	if (count > 1) {
		/* One proof of two pairs is a proof of neither. */
		for (size_t i = 0; i < count; i++)
			assert_int_equal(oprf_verify(public_key, &pairs->blinded[i],
			                             &pairs->evaluated[i], &expected),
			                 ERROR_SIGNATURE);
		return;
	}
	assert_int_equal(
	    oprf_prove_with(key, public_key, pairs->blinded, pairs->evaluated, &nonce, &proof), OK);
	assert_memory_equal(proof.bytes, expected.bytes, sizeof(proof.bytes));
	assert_int_equal(oprf_verify(public_key, pairs->blinded, pairs->evaluated, &expected), OK);
}

/* How many vectors of the suite were checked. */
static size_t check_suite(const json_t *suite)
{
	const json_t *vectors = json_object_get(suite, "vectors");
	struct oprf_element public_key;
	struct oprf_scalar key;
	enum oprf_mode mode = check_key(suite, &key, &public_key);

	for (size_t i = 0; i < json_array_size(vectors); i++) {
		const json_t *vector = json_array_get(vectors, i);
		size_t count = (size_t)json_integer_value(json_object_get(vector, "Batch"));
		struct pair_of_elements pairs;

		assert_in_range(count, 1, BATCH_MAXIMUM);
		for (size_t j = 0; j < count; j++)
			check_element(mode, &key, vector, j, &pairs);
		if (mode == OPRF_MODE_VOPRF)
			check_proof(&key, &public_key, vector, &pairs, count);
	}
	return json_array_size(vectors);
}

static void test_all(void **state)
{
	size_t checked[2] = { 0 }, partial = 0, other = 0;
	struct buffer file;
	json_t *suites;

	(void)state;
	vectors_needed("voprf");
	vector_read("voprf", "allVectors.json", &file);
	suites = json_loadb((const char *)file.data, file.size, 0, NULL);
	assert_int_equal(json_array_size(suites), SUITE_COUNT);
	for (size_t i = 0; i < SUITE_COUNT; i++) {
		const json_t *suite = json_array_get(suites, i);
		size_t mode = (size_t)json_integer_value(json_object_get(suite, "mode"));

		if (strcmp(string_of(suite, "identifier"), "ristretto255-SHA512") != 0)
			other += json_array_size(json_object_get(suite, "vectors"));
		else if (mode > OPRF_MODE_VOPRF)
			partial += json_array_size(json_object_get(suite, "vectors"));
		else
			checked[mode] += check_suite(suite);
	}
	assert_int_equal(checked[OPRF_MODE_OPRF], 2);
	assert_int_equal(checked[OPRF_MODE_VOPRF], 3);
	print_message("# ristretto255: %zu vectors of OPRF, %zu of VOPRF; not used and skipped: "
	              "%zu of POPRF, %zu of other groups\n",
	              checked[OPRF_MODE_OPRF], checked[OPRF_MODE_VOPRF], partial, other);
	json_decref(suites);
	buffer_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
