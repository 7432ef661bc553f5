#include "check.h"
#include "encoding.h"
#include "torture.h"

/* RFC 4648, section 10; base32 in lower case and without padding. */
static const struct {
	const char *plain;
	const char *base64;
	const char *unpadded;
	const char *base32;
	const char *hexadecimal;
} published[] = {
	{ "", "", "", "", "" },
	{ "f", "Zg==", "Zg", "my", "66" },
	{ "fo", "Zm8=", "Zm8", "mzxq", "666f" },
	{ "foo", "Zm9v", "Zm9v", "mzxw6", "666f6f" },
	{ "foob", "Zm9vYg==", "Zm9vYg", "mzxw6yq", "666f6f62" },
	{ "fooba", "Zm9vYmE=", "Zm9vYmE", "mzxw6ytb", "666f6f6261" },
	{ "foobar", "Zm9vYmFy", "Zm9vYmFy", "mzxw6ytboi", "666f6f626172" },
};

static void test_published_vectors(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 100);
	for (size_t i = 0; i < sizeof(published) / sizeof(published[0]); i++) {
		struct bytes plain = bytes_of_string(published[i].plain);

		assert_ok(base64_encode(&buffer, plain, BASE64_PADDED));
		assert_bytes_string(buffer_view(&buffer), published[i].base64);
		buffer_clear(&buffer);
		assert_ok(base64_encode(&buffer, plain, BASE64_UNPADDED));
		assert_bytes_string(buffer_view(&buffer), published[i].unpadded);
		buffer_clear(&buffer);
		assert_ok(base32_encode(&buffer, plain));
		assert_bytes_string(buffer_view(&buffer), published[i].base32);
		buffer_clear(&buffer);
		assert_ok(hex_encode(&buffer, plain));
		assert_bytes_string(buffer_view(&buffer), published[i].hexadecimal);
		buffer_clear(&buffer);

		assert_ok(
		    base64_decode(&buffer, bytes_of_string(published[i].base64), BASE64_PADDED));
		assert_bytes_string(buffer_view(&buffer), published[i].plain);
		buffer_clear(&buffer);
		assert_ok(base64_decode(&buffer, bytes_of_string(published[i].unpadded),
		                        BASE64_UNPADDED));
		assert_bytes_string(buffer_view(&buffer), published[i].plain);
		buffer_clear(&buffer);
		assert_ok(base32_decode(&buffer, bytes_of_string(published[i].base32)));
		assert_bytes_string(buffer_view(&buffer), published[i].plain);
		buffer_clear(&buffer);
		assert_ok(hex_decode(&buffer, bytes_of_string(published[i].hexadecimal)));
		assert_bytes_string(buffer_view(&buffer), published[i].plain);
		buffer_clear(&buffer);
	}
	buffer_release(&buffer);
}

static void test_every_byte_comes_back(void **state)
{
	uint8_t data[256];
	struct buffer text;
	struct buffer back;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 167 + 13);
	buffer_init(&text, 1000);
	buffer_init(&back, 1000);
	for (size_t size = 0; size <= sizeof(data); size++) {
		struct bytes plain = bytes_of(data, size);

		assert_ok(base64_encode(&text, plain, BASE64_PADDED));
		assert_ok(base64_decode(&back, buffer_view(&text), BASE64_PADDED));
		assert_true(bytes_equal(buffer_view(&back), plain));
		buffer_clear(&text);
		buffer_clear(&back);
		assert_ok(base32_encode(&text, plain));
		assert_ok(base32_decode(&back, buffer_view(&text)));
		assert_true(bytes_equal(buffer_view(&back), plain));
		buffer_clear(&text);
		buffer_clear(&back);
		assert_ok(hex_encode(&text, plain));
		assert_ok(hex_decode(&back, buffer_view(&text)));
		assert_true(bytes_equal(buffer_view(&back), plain));
		buffer_clear(&text);
		buffer_clear(&back);
	}
	buffer_release(&text);
	buffer_release(&back);
}

static void test_bad_base64(void **state)
{
	static const struct {
		const char *text;
		enum base64_padding padding;
		int result;
	} bad[] = {
		{ "Zg", BASE64_PADDED, ERROR_SYNTAX },
		{ "Zg=", BASE64_PADDED, ERROR_SYNTAX },
		{ "Z===", BASE64_PADDED, ERROR_SYNTAX },
		{ "====", BASE64_PADDED, ERROR_SYNTAX },
		{ "Zm9v====", BASE64_PADDED, ERROR_SYNTAX },
		{ "Zg==Zg==", BASE64_PADDED, ERROR_SYNTAX },
		{ "Zm=v", BASE64_PADDED, ERROR_SYNTAX },
		{ "Zm9v\n", BASE64_PADDED, ERROR_SYNTAX },
		{ "Zm 9v", BASE64_PADDED, ERROR_SYNTAX },
		{ "Zm-_", BASE64_PADDED, ERROR_SYNTAX },
		{ "Zm9\xc3", BASE64_PADDED, ERROR_SYNTAX },
		{ "Zh==", BASE64_PADDED, ERROR_CANONICAL },
		{ "Zm9=", BASE64_PADDED, ERROR_CANONICAL },
		{ "Zg==", BASE64_UNPADDED, ERROR_SYNTAX },
		{ "Z", BASE64_UNPADDED, ERROR_SYNTAX },
		{ "Zm9vY", BASE64_UNPADDED, ERROR_SYNTAX },
		{ "Zh", BASE64_UNPADDED, ERROR_CANONICAL },
	};
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 100);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(
		    base64_decode(&buffer, bytes_of_string(bad[i].text), bad[i].padding),
		    bad[i].result);
		assert_int_equal(buffer.size, 0);
	}
	buffer_release(&buffer);
}

static void test_bad_base32(void **state)
{
	static const struct {
		const char *text;
		int result;
	} bad[] = {
		{ "m", ERROR_SYNTAX },        { "mzx", ERROR_SYNTAX },
		{ "mzxw6y", ERROR_SYNTAX },   { "MY", ERROR_SYNTAX },
		{ "m1", ERROR_SYNTAX },       { "m8", ERROR_SYNTAX },
		{ "my======", ERROR_SYNTAX }, { "mz", ERROR_CANONICAL },
		{ "mzxr", ERROR_CANONICAL },
	};
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 100);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(base32_decode(&buffer, bytes_of_string(bad[i].text)),
		                 bad[i].result);
	assert_int_equal(buffer.size, 0);
	buffer_release(&buffer);
}

static void test_bad_hexadecimal(void **state)
{
	static const char *const bad[] = {
		"6", "666", "6F", "6g", "0x66", " 66", "6/", "6:", "6`"
	};
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 100);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(hex_decode(&buffer, bytes_of_string(bad[i])), ERROR_SYNTAX);
	assert_int_equal(buffer.size, 0);
	buffer_release(&buffer);
}

static void test_fixed_sizes(void **state)
{
	uint8_t data[3] = { 9, 9, 9 };

	(void)state;
	assert_int_equal(base64_decode_fixed(bytes_of_string("Zm8="), data, 3), ERROR_SYNTAX);
	assert_int_equal(base64_decode_fixed(bytes_of_string("Zm9vYg=="), data, 3), ERROR_SYNTAX);
	assert_int_equal(base64_decode_fixed(bytes_of_string("Zm!v"), data, 3), ERROR_SYNTAX);
	assert_int_equal(hex_decode_fixed(bytes_of_string("666f6"), data, 3), ERROR_SYNTAX);
	assert_int_equal(hex_decode_fixed(bytes_of_string("666f6f6"), data, 3), ERROR_SYNTAX);
	assert_int_equal(data[0], 9);
	assert_ok(base64_decode_fixed(bytes_of_string("Zm9v"), data, 3));
	assert_memory_equal(data, "foo", 3);
	assert_ok(hex_decode_fixed(bytes_of_string("626172"), data, 3));
	assert_memory_equal(data, "bar", 3);
}

static void test_limits(void **state)
{
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 3);
	assert_int_equal(base64_encode(&buffer, bytes_of("f", 1), BASE64_PADDED), ERROR_LIMIT);
	assert_ok(base64_encode(&buffer, bytes_of("f", 1), BASE64_UNPADDED));
	assert_int_equal(hex_encode(&buffer, bytes_of("f", 1)), ERROR_LIMIT);
	assert_int_equal(hex_decode(&buffer, bytes_of_string("6666")), ERROR_LIMIT);
	assert_bytes_string(buffer_view(&buffer), "Zg");
	buffer_release(&buffer);
}

static void test_hash_texts(void **state)
{
	char base64[HASH_BASE64_CAPACITY];
	char base32[HASH_BASE32_CAPACITY];
	char hexadecimal[HASH_HEX_CAPACITY];
	struct hash hash;
	struct hash back;

	(void)state;
	for (size_t i = 0; i < HASH_SIZE; i++)
		hash.bytes[i] = (uint8_t)(0xff - i);
	hash_to_base64(&hash, base64);
	hash_to_base32(&hash, base32);
	hash_to_hex(&hash, hexadecimal);
	assert_string_equal(base64, "//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA=");
	assert_string_equal(base32, "777p37h37l47r57w6x2ph4xr6dx653pm5pvot2hh43s6jy7c4hqa");
	assert_string_equal(hexadecimal,
	                    "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0");
	assert_ok(base64_decode_fixed(bytes_of_string(base64), back.bytes, HASH_SIZE));
	assert_true(hash_equal(&hash, &back));
}

static int encode_once(void *context)
{
	struct buffer buffer;
	int r;

	(void)context;
	buffer_init(&buffer, 1000);
	if ((r = base64_encode(&buffer, bytes_of_string("chirograph"), BASE64_PADDED)) != OK ||
	    (r = hex_decode(&buffer, bytes_of_string("00ff"))) != OK)
		goto out;
out:
	buffer_release(&buffer);
	return r;
}

static void test_torture(void **state)
{
	(void)state;
	torture(encode_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published_vectors),
		cmocka_unit_test(test_every_byte_comes_back),
		cmocka_unit_test(test_bad_base64),
		cmocka_unit_test(test_bad_base32),
		cmocka_unit_test(test_bad_hexadecimal),
		cmocka_unit_test(test_fixed_sizes),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_hash_texts),
		cmocka_unit_test(test_torture),
	};

	return cmocka_run_group_tests_name("encoding", tests, NULL, NULL);
}
