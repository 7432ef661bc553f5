/* Ed25519: RFC 8032, section 7.1, tests 1 to 3, and what must not verify. */
#include "check.h"

#include "ed25519.h"
#include "encoding.h"

static const struct {
	const char *seed, *public_key, *message, *signature;
} cases[] = {
	{ "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
	  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	  "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
	{ "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
	  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	  "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
	{ "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
	  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
	  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
	  "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
};

static void test_rfc8032(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint8_t seed[ED25519_SEED_SIZE];
		uint8_t expected[ED25519_SIGNATURE_SIZE];
		uint8_t signature[ED25519_SIGNATURE_SIZE];
		struct ed25519_public public_key;
		struct ed25519_secret secret;
		struct buffer message;

		assert_ok(hex_decode_fixed(bytes_of_string(cases[i].seed), seed, sizeof(seed)));
		assert_ok(hex_decode_fixed(bytes_of_string(cases[i].public_key), public_key.bytes,
		                           ED25519_PUBLIC_SIZE));
		assert_ok(hex_decode_fixed(bytes_of_string(cases[i].signature), expected,
		                           sizeof(expected)));
		buffer_init(&message, 16);
		assert_ok(hex_decode(&message, bytes_of_string(cases[i].message)));

		ed25519_from_seed(&secret, seed);
		assert_true(ed25519_public_equal(&secret.public_key, &public_key));
		ed25519_sign(signature, &secret, buffer_view(&message));
		assert_memory_equal(signature, expected, sizeof(expected));
		assert_ok(ed25519_verify(&public_key, buffer_view(&message),
		                         bytes_of(expected, sizeof(expected))));
		buffer_release(&message);
		ed25519_secret_wipe(&secret);
		for (size_t k = 0; k < sizeof(secret); k++)
			assert_int_equal(((const uint8_t *)&secret)[k], 0);
	}
}

/* Each bit of the signature, the key and the message matters. */
static void test_flipped_bits(void **state)
{
	static const uint8_t seed[ED25519_SEED_SIZE] = { 1, 2, 3 };
	uint8_t message[] = "act";
	uint8_t signature[ED25519_SIGNATURE_SIZE];
	struct ed25519_secret secret;

	(void)state;
	ed25519_from_seed(&secret, seed);
	ed25519_sign(signature, &secret, bytes_of(message, 3));
	for (size_t bit = 0; bit < 8 * sizeof(signature); bit++) {
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(ed25519_verify(&secret.public_key, bytes_of(message, 3),
		                                bytes_of(signature, sizeof(signature))),
		                 ERROR_SIGNATURE);
		signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * ED25519_PUBLIC_SIZE; bit++) {
		struct ed25519_public other = secret.public_key;

		other.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(ed25519_verify(&other, bytes_of(message, 3),
		                                bytes_of(signature, sizeof(signature))),
		                 ERROR_SIGNATURE);
	}
	assert_int_equal(ed25519_verify(&secret.public_key, bytes_of(message, 2),
	                                bytes_of(signature, sizeof(signature))),
	                 ERROR_SIGNATURE);
	for (size_t size = 0; size < sizeof(signature); size++)
		assert_int_equal(ed25519_verify(&secret.public_key, bytes_of(message, 3),
		                                bytes_of(signature, size)),
		                 ERROR_SIGNATURE);
	assert_ok(ed25519_verify(&secret.public_key, bytes_of(message, 3),
	                         bytes_of(signature, sizeof(signature))));
}

static int fill_counting(void *context, void *ret_bytes, size_t size)
{
	uint8_t *at = ret_bytes;

	if (context != NULL)
		return ERROR_RANDOM;
	for (size_t i = 0; i < size; i++)
		at[i] = (uint8_t)i;
	return OK;
}

static void test_generate(void **state)
{
	struct random_source good = { NULL, fill_counting };
	struct random_source bad = { &good, fill_counting };
	struct ed25519_secret secret;
	struct ed25519_secret untouched;

	(void)state;
	assert_ok(ed25519_generate(&secret, &good));
	assert_int_equal(secret.seed[31], 31);
	untouched = secret;
	assert_int_equal(ed25519_generate(&secret, &bad), ERROR_RANDOM);
	assert_memory_equal(&secret, &untouched, sizeof(secret));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc8032),
		cmocka_unit_test(test_flipped_bits),
		cmocka_unit_test(test_generate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
