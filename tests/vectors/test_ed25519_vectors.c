/* The edge cases of Ed25519 (C2SP CCTV): which of them we accept is a rule over
 * their flags, asserted of every one. */
#include "vectors.h"

#include <jansson.h>

#include "ed25519.h"
#include "encoding.h"

/* Any of these means refused. What is left and accepted: keys and R with a
 * component of low order that the equation without cofactor balances. */
static const char *const refused_flags[] = {
	"low_order_A", "low_order_R", "low_order_residue", "non_canonical_A", "non_canonical_R",
};

enum { VECTOR_COUNT = 914, ACCEPTED_COUNT = 43 };

static bool refuses(const char *flag)
{
	for (size_t i = 0; i < sizeof(refused_flags) / sizeof(*refused_flags); i++) {
		if (strcmp(flag, refused_flags[i]) == 0)
			return true;
	}
	return false;
}

static bool is_accepted(const json_t *flags)
{
	for (size_t i = 0; i < json_array_size(flags); i++) {
		if (refuses(json_string_value(json_array_get(flags, i))))
			return false;
	}
	return true;
}

static void decode(const json_t *vector, const char *name, void *ret_data, size_t size)
{
	const char *text = json_string_value(json_object_get(vector, name));

	assert_non_null(text);
	assert_int_equal(hex_decode_fixed(bytes_of_string(text), ret_data, size), OK);
}

static void test_all(void **state)
{
	struct buffer file;
	json_t *vectors;
	size_t accepted = 0;

	(void)state;
	vectors_needed("ed25519");
	vector_read("ed25519", "ed25519vectors.json", &file);
	vectors = json_loadb((const char *)file.data, file.size, 0, NULL);
	assert_int_equal(json_array_size(vectors), VECTOR_COUNT);
	for (size_t i = 0; i < VECTOR_COUNT; i++) {
		const json_t *vector = json_array_get(vectors, i);
		const char *message = json_string_value(json_object_get(vector, "msg"));
		uint8_t signature[ED25519_SIGNATURE_SIZE];
		struct ed25519_public public_key;
		bool expected = is_accepted(json_object_get(vector, "flags"));
		int r;

		decode(vector, "key", public_key.bytes, ED25519_PUBLIC_SIZE);
		decode(vector, "sig", signature, sizeof(signature));
		r = ed25519_verify(&public_key, bytes_of_string(message),
		                   bytes_of(signature, sizeof(signature)));
		if (r != (expected ? OK : ERROR_SIGNATURE))
			fail_msg("vector %zu is %s", i, r == OK ? "accepted" : "refused");
		accepted += r == OK;
	}
	assert_int_equal(accepted, ACCEPTED_COUNT);
	print_message("# %d vectors, %zu accepted, none skipped\n", VECTOR_COUNT, accepted);
	json_decref(vectors);
	buffer_release(&file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
