/* SHA-2 (FIPS 180-4 examples), HMAC (RFC 4231) and HKDF (RFC 5869). */
#include "check.h"

#include "encoding.h"
#include "hkdf.h"
#include "sha.h"

static void assert_hex(const void *data, size_t size, const char *hex)
{
	struct buffer text;

	buffer_init(&text, 4096);
	assert_ok(hex_encode(&text, bytes_of(data, size)));
	assert_bytes_string(buffer_view(&text), hex);
	buffer_release(&text);
}

static const struct {
	const char *message;
	const char *sha256;
	const char *sha512;
} digests[] = {
	{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	  "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e" },
	{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
	  "204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331a703c335"
	  "96fd15c13b1b07f9aa1d3bea57789ca031ad85c7a71dd70354ec631238ca3445" },
};

static void test_digests(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(digests) / sizeof(*digests); i++) {
		struct bytes message = bytes_of_string(digests[i].message);
		uint8_t long_hash[SHA512_SIZE];
		struct hash hash;

		sha256_of(&hash, message);
		assert_hex(hash.bytes, HASH_SIZE, digests[i].sha256);
		sha512(long_hash, &message, 1);
		assert_hex(long_hash, SHA512_SIZE, digests[i].sha512);
	}
}

/* A million times 'a' (FIPS 180-2, appendix B.3), long enough for EVP. */
static void test_million(void **state)
{
	static uint8_t message[1000000];
	struct bytes piece = bytes_of(message, sizeof(message));
	uint8_t long_hash[SHA512_SIZE];
	struct hash hash;

	(void)state;
	memset(message, 'a', sizeof(message));
	sha256_of(&hash, piece);
	assert_hex(hash.bytes, HASH_SIZE,
	           "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	sha512(long_hash, &piece, 1);
	assert_hex(long_hash, SHA512_SIZE,
	           "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
	           "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b");
}

/* However a message is cut, and whichever library hashes it: the same value. */
static void test_pieces(void **state)
{
	struct sha256_stream stream;
	uint8_t message[400];

	(void)state;
	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = (uint8_t)(i * 7);
	assert_ok(sha256_stream_init(&stream));
	for (size_t size = 0; size <= sizeof(message); size++) {
		size_t cut = size / 3;
		struct bytes pieces[] = { bytes_of(message, cut), bytes_of(NULL, 0),
			                  bytes_of(message + cut, size - cut) };
		uint8_t long_whole[SHA512_SIZE];
		uint8_t long_cut[SHA512_SIZE];
		struct bytes whole = bytes_of(message, size);
		struct hash one;
		struct hash two;
		struct hash three;
		struct hash four;

		sha256_of(&one, whole);
		sha256(&two, pieces, 3);
		sha256_with(&stream, &three, pieces, 3);
		for (size_t i = 0; i < 3; i++)
			assert_ok(sha256_stream_update(&stream, pieces[i]));
		assert_ok(sha256_stream_finish(&stream, &four));
		assert_true(hash_equal(&one, &two));
		assert_true(hash_equal(&one, &three));
		assert_true(hash_equal(&one, &four));
		sha512(long_whole, &whole, 1);
		sha512(long_cut, pieces, 3);
		assert_memory_equal(long_whole, long_cut, SHA512_SIZE);
	}
	sha256_stream_release(&stream);
}

/* RFC 4231, test cases 1, 2 and 6 (a key longer than a block). */
static void test_hmac(void **state)
{
	uint8_t key[131];
	uint8_t code[HMAC_SHA256_SIZE];
	struct bytes pieces[2];

	(void)state;
	memset(key, 0x0b, 20);
	pieces[0] = bytes_of_string("Hi There");
	hmac_sha256(code, bytes_of(key, 20), pieces, 1);
	assert_hex(code, sizeof(code),
	           "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");

	pieces[0] = bytes_of_string("what do ya want ");
	pieces[1] = bytes_of_string("for nothing?");
	hmac_sha256(code, bytes_of_string("Jefe"), pieces, 2);
	assert_hex(code, sizeof(code),
	           "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");

	memset(key, 0xaa, sizeof(key));
	pieces[0] = bytes_of_string("Test Using Larger Than Block-Size Key - Hash Key First");
	hmac_sha256(code, bytes_of(key, sizeof(key)), pieces, 1);
	assert_hex(code, sizeof(code),
	           "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* RFC 5869, appendix A.1 to A.3. */
static const struct {
	const char *input, *salt, *info, *key, *output;
} hkdf_cases[] = {
	{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
	  "f0f1f2f3f4f5f6f7f8f9",
	  "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
	  "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865" },
	{ "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627"
	  "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
	  "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f8081828384858687"
	  "88898a8b8c8d8e8f909192939495969798999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
	  "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7"
	  "d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
	  "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
	  "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac78272"
	  "71cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f"
	  "1d87" },
	{ "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
	  "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
	  "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8" },
};

static void unhex(struct buffer *buffer, const char *hex)
{
	buffer_init(buffer, 4096);
	assert_ok(hex_decode(buffer, bytes_of_string(hex)));
}

static void test_hkdf(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hkdf_cases) / sizeof(*hkdf_cases); i++) {
		struct buffer input;
		struct buffer salt;
		struct buffer info;
		uint8_t key[HKDF_KEY_SIZE];
		uint8_t output[128];
		size_t size = strlen(hkdf_cases[i].output) / 2;

		unhex(&input, hkdf_cases[i].input);
		unhex(&salt, hkdf_cases[i].salt);
		unhex(&info, hkdf_cases[i].info);
		hkdf_extract(key, buffer_view(&salt), buffer_view(&input));
		assert_hex(key, sizeof(key), hkdf_cases[i].key);
		assert_ok(hkdf(output, size, buffer_view(&salt), buffer_view(&input),
		               buffer_view(&info)));
		assert_hex(output, size, hkdf_cases[i].output);
		buffer_release(&info);
		buffer_release(&salt);
		buffer_release(&input);
	}
}

static void test_hkdf_limits(void **state)
{
	static uint8_t output[HKDF_OUTPUT_MAXIMUM + 1];
	static const uint8_t key[HKDF_KEY_SIZE];

	(void)state;
	assert_ok(hkdf_expand(output, HKDF_OUTPUT_MAXIMUM, key, bytes_of(NULL, 0)));
	assert_int_equal(hkdf_expand(output, sizeof(output), key, bytes_of(NULL, 0)), ERROR_LIMIT);
	assert_ok(hkdf_expand(output, 0, key, bytes_of(NULL, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digests), cmocka_unit_test(test_million),
		cmocka_unit_test(test_pieces),  cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_hkdf),    cmocka_unit_test(test_hkdf_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
