/* Keys, headers and payloads of age files. */
#include "body_fixture.h"

#include "age_stream.h"
#include "bech32.h"
#include "encoding.h"
#include "hkdf.h"
#include "torture.h"

enum { HEADER_RECIPIENTS = 2 };

struct fixture {
	struct x25519_secret secrets[HEADER_RECIPIENTS + 1]; /* the last is a stranger's */
	struct x25519_public recipients[HEADER_RECIPIENTS + 1];
	struct age_file_key file_key;
	struct x25519_secret ephemerals[HEADER_RECIPIENTS];
	struct buffer header;
};

static void fixture_init(struct fixture *fixture)
{
	uint32_t counter = 7;
	struct random_source random = counted_random(&counter);

	for (size_t i = 0; i < HEADER_RECIPIENTS + 1; i++) {
		assert_ok(x25519_secret_generate(&random, &fixture->secrets[i]));
		x25519_public_of(&fixture->secrets[i], &fixture->recipients[i]);
	}
	memcpy(fixture->file_key.bytes, "sixteen bytes ok", AGE_FILE_KEY_SIZE);
	buffer_init(&fixture->header, AGE_HEADER_MAXIMUM);
	assert_ok(age_header_build(&fixture->header, &fixture->file_key, fixture->recipients,
	                           HEADER_RECIPIENTS, &random, fixture->ephemerals));
}

static void test_bech32(void **state)
{
	/* Of BIP 173. */
	static const char *const valid[] = { "a12uel5l", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7l"
		                                         "mqqqxw" };
	static const char *const invalid[] = { "a12uel5m", "a12uEl5l", "A12UEL5L", "a2uel5l",
		                               "12uel5l",  "a1",       "",         "a12ue l5l" };
	uint8_t data[20];
	uint8_t expected[20];

	(void)state;
	assert_ok(bech32_decode_fixed(bytes_of_string(valid[0]), "a", BECH32_LOWER, data, 0));
	assert_ok(bech32_decode_fixed(bytes_of_string(valid[1]), "abcdef", BECH32_LOWER, data, 20));
	assert_ok(hex_decode_fixed(bytes_of_string("00443214c74254b635cf84653a56d7c675be77df"),
	                           expected, 20));
	assert_memory_equal(data, expected, 20);
	for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++)
		assert_int_not_equal(
		    bech32_decode_fixed(bytes_of_string(invalid[i]), "a", BECH32_LOWER, data, 0),
		    OK);
}

static void test_bech32_round_trip(void **state)
{
	uint8_t data[64], decoded[64];

	(void)state;
	for (size_t size = 0; size <= sizeof(data); size++) {
		enum bech32_case letter_case = size % 2 == 0 ? BECH32_LOWER : BECH32_UPPER;
		struct buffer text;

		memset(data, (int)(size * 37), sizeof(data));
		buffer_init(&text, BECH32_MAXIMUM);
		assert_ok(
		    bech32_encode(&text, "age-secret-key-", bytes_of(data, size), letter_case));
		assert_ok(bech32_decode_fixed(buffer_view(&text), "age-secret-key-", letter_case,
		                              decoded, size));
		assert_memory_equal(data, decoded, size);
		/* One changed character is always seen. */
		for (size_t i = 0; i < text.size; i++) {
			text.data[i] ^= 1;
			assert_int_not_equal(bech32_decode_fixed(buffer_view(&text),
			                                         "age-secret-key-", letter_case,
			                                         decoded, size),
			                     OK);
			text.data[i] ^= 1;
		}
		buffer_release(&text);
	}
}

static void test_recipients(void **state)
{
	char text[AGE_RECIPIENT_CAPACITY];
	char identity[AGE_IDENTITY_CAPACITY];
	struct x25519_public small = { { 0 } }, parsed;
	struct x25519_secret secret;
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	assert_ok(age_recipient_print(&fixture.recipients[0], text));
	assert_int_equal(strlen(text), AGE_RECIPIENT_CAPACITY - 1);
	assert_ok(age_recipient_parse(bytes_of_string(text), &parsed));
	assert_memory_equal(parsed.bytes, fixture.recipients[0].bytes, X25519_SIZE);
	text[3] = 'E';
	assert_int_equal(age_recipient_parse(bytes_of_string(text), &parsed), ERROR_SYNTAX);

	assert_ok(age_identity_print(&fixture.secrets[0], identity));
	assert_int_equal(strlen(identity), AGE_IDENTITY_CAPACITY - 1);
	assert_ok(age_identity_parse(bytes_of_string(identity), &secret));
	assert_memory_equal(secret.bytes, fixture.secrets[0].bytes, X25519_SIZE);

	assert_ok(age_recipient_print(&small, text));
	assert_int_equal(age_recipient_parse(bytes_of_string(text), &parsed), ERROR_DENIED);
	buffer_release(&fixture.header);
}

static void test_header_opens(void **state)
{
	struct age_file_key file_key;
	struct fixture fixture;
	struct bytes text;

	(void)state;
	fixture_init(&fixture);
	text = buffer_view(&fixture.header);
	for (size_t i = 0; i < HEADER_RECIPIENTS; i++) {
		assert_ok(age_header_unwrap(text, &fixture.secrets[i], 1, &file_key, NULL));
		assert_memory_equal(file_key.bytes, fixture.file_key.bytes, AGE_FILE_KEY_SIZE);
	}
	assert_ok(age_header_unwrap(text, fixture.secrets, 3, &file_key, NULL));
	memset(&file_key, 0x55, sizeof(file_key));
	assert_int_equal(age_header_unwrap(text, &fixture.secrets[2], 1, &file_key, NULL),
	                 ERROR_NOT_FOUND);
	assert_int_equal(age_header_unwrap(text, NULL, 0, &file_key, NULL), ERROR_NOT_FOUND);
	assert_int_equal(file_key.bytes[0], 0x55);
	buffer_release(&fixture.header);
}

static void test_header_is_searched_to_its_end(void **state)
{
	struct fixture fixture;
	size_t size;

	(void)state;
	fixture_init(&fixture);
	for (size_t prefix = 0; prefix < fixture.header.size; prefix++)
		assert_int_equal(age_header_length(bytes_of(fixture.header.data, prefix), &size),
		                 ERROR_WAIT);
	assert_ok(buffer_put_string(&fixture.header, "\n--- payload"));
	assert_ok(age_header_length(buffer_view(&fixture.header), &size));
	assert_int_equal(size, fixture.header.size - strlen("\n--- payload"));
	assert_int_equal(age_header_length(bytes_of_string("age-encryption.org/v2\n"), &size),
	                 ERROR_UNSUPPORTED);
	assert_int_equal(age_header_length(bytes_of_string("gpg"), &size), ERROR_SYNTAX);

	buffer_clear(&fixture.header);
	assert_ok(buffer_put_string(&fixture.header, "age-encryption.org/v1\n"));
	while (fixture.header.size < AGE_HEADER_MAXIMUM)
		assert_ok(buffer_put_u8(&fixture.header, '\n'));
	assert_int_equal(age_header_length(buffer_view(&fixture.header), &size), ERROR_LIMIT);
	buffer_release(&fixture.header);
}

static void test_every_changed_byte_is_seen(void **state)
{
	struct age_file_key file_key;
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	for (size_t i = 0; i < fixture.header.size; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			fixture.header.data[i] ^= 1 << bit;
			assert_int_not_equal(age_header_unwrap(buffer_view(&fixture.header),
			                                       fixture.secrets, 2, &file_key, NULL),
			                     OK);
			fixture.header.data[i] ^= 1 << bit;
		}
	}
	for (size_t size = 0; size < fixture.header.size; size++)
		assert_int_not_equal(age_header_unwrap(bytes_of(fixture.header.data, size),
		                                       fixture.secrets, 2, &file_key, NULL),
		                     OK);
	buffer_release(&fixture.header);
}

static void test_author_opens_by_ephemeral(void **state)
{
	struct age_file_key file_key;
	struct age_header header;
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	assert_ok(age_header_parse(buffer_view(&fixture.header), &header, NULL));
	assert_int_equal(header.stanza_count, HEADER_RECIPIENTS);
	for (size_t i = 0; i < HEADER_RECIPIENTS; i++) {
		assert_true(age_stanza_is_x25519(&header.stanzas[i]));
		assert_ok(age_stanza_check(&header.stanzas[i]));
		assert_ok(age_stanza_open_as_author(&header.stanzas[i], &fixture.ephemerals[i],
		                                    &fixture.recipients[i], &file_key));
		assert_memory_equal(file_key.bytes, fixture.file_key.bytes, AGE_FILE_KEY_SIZE);
		assert_ok(age_header_authenticate(&header, &file_key));
		assert_int_equal(age_stanza_open_as_author(&header.stanzas[i],
		                                           &fixture.ephemerals[1 - i],
		                                           &fixture.recipients[i], &file_key),
		                 ERROR_MISMATCH);
		assert_int_equal(age_stanza_open_as_author(&header.stanzas[i],
		                                           &fixture.ephemerals[i],
		                                           &fixture.recipients[2], &file_key),
		                 ERROR_SIGNATURE);
	}
	file_key.bytes[0] ^= 1;
	assert_int_equal(age_header_authenticate(&header, &file_key), ERROR_SIGNATURE);
	buffer_release(&fixture.header);
}

/* A first stanza that opens to another file key must not hide the second. */
static void test_decoy_stanza(void **state)
{
	struct age_file_key other = { { 1 } }, file_key;
	struct buffer decoy, text;
	struct age_header header, decoy_header;
	struct fixture fixture;
	uint32_t counter = 99;
	struct random_source random = counted_random(&counter);
	uint8_t key[HKDF_KEY_SIZE], mac[HMAC_SHA256_SIZE];
	struct bytes authenticated;

	(void)state;
	fixture_init(&fixture);
	buffer_init(&decoy, AGE_HEADER_MAXIMUM);
	buffer_init(&text, AGE_HEADER_MAXIMUM);
	assert_ok(age_header_build(&decoy, &other, &fixture.recipients[1], 1, &random, NULL));
	assert_ok(age_header_parse(buffer_view(&decoy), &decoy_header, NULL));
	assert_ok(age_header_parse(buffer_view(&fixture.header), &header, NULL));

	assert_ok(buffer_put_string(&text, "age-encryption.org/v1\n"));
	assert_ok(buffer_put_bytes(&text, decoy_header.stanzas[0].whole));
	assert_ok(buffer_put_bytes(&text, header.stanzas[1].whole));
	assert_ok(buffer_put_string(&text, "---"));
	assert_ok(hkdf(key, sizeof(key), bytes_of(NULL, 0),
	               bytes_of(fixture.file_key.bytes, AGE_FILE_KEY_SIZE),
	               bytes_of_string("header")));
	authenticated = buffer_view(&text);
	hmac_sha256(mac, bytes_of(key, sizeof(key)), &authenticated, 1);
	assert_ok(buffer_put_string(&text, " "));
	assert_ok(base64_encode(&text, bytes_of(mac, sizeof(mac)), BASE64_UNPADDED));
	assert_ok(buffer_put_string(&text, "\n"));

	assert_ok(age_header_unwrap(buffer_view(&text), &fixture.secrets[1], 1, &file_key, NULL));
	assert_memory_equal(file_key.bytes, fixture.file_key.bytes, AGE_FILE_KEY_SIZE);
	text.data[text.size - 2] ^= 4;
	assert_int_equal(
	    age_header_unwrap(buffer_view(&text), &fixture.secrets[1], 1, &file_key, NULL),
	    ERROR_SIGNATURE);
	buffer_release(&decoy);
	buffer_release(&text);
	buffer_release(&fixture.header);
}

static void test_header_limits(void **state)
{
	struct x25519_public recipients[AGE_STANZAS_MAXIMUM + 1];
	struct x25519_public small = { { 1 } };
	struct age_file_key file_key;
	struct fixture fixture;
	struct buffer text;
	uint32_t counter = 5;
	struct random_source random = counted_random(&counter);

	(void)state;
	fixture_init(&fixture);
	for (size_t i = 0; i < AGE_STANZAS_MAXIMUM + 1; i++)
		recipients[i] = fixture.recipients[0];
	buffer_init(&text, AGE_HEADER_MAXIMUM);
	assert_ok(age_header_build(&text, &fixture.file_key, recipients, AGE_STANZAS_MAXIMUM,
	                           &random, NULL));
	assert_ok(age_header_unwrap(buffer_view(&text), &fixture.secrets[0], 1, &file_key, NULL));
	buffer_clear(&text);
	assert_int_equal(
	    age_header_build(&text, &file_key, recipients, AGE_STANZAS_MAXIMUM + 1, &random, NULL),
	    ERROR_LIMIT);
	assert_int_equal(age_header_build(&text, &file_key, recipients, 0, &random, NULL),
	                 ERROR_LIMIT);
	assert_int_equal(age_header_build(&text, &file_key, &small, 1, &random, NULL),
	                 ERROR_DENIED);
	assert_int_equal(text.size, 0);
	buffer_release(&text);
	buffer_release(&fixture.header);
}

static void encrypt(const struct age_file_key *key, struct bytes plain, size_t step,
                    struct buffer *output)
{
	static const uint8_t nonce[AGE_NONCE_SIZE] = { 3, 1, 4 };
	struct age_encryptor encryptor;

	assert_ok(age_encryptor_init(&encryptor, key, nonce, output));
	while (plain.size > 0) {
		size_t size = plain.size < step ? plain.size : step;

		assert_ok(age_encryptor_update(&encryptor, bytes_of(plain.data, size), output));
		plain.data += size;
		plain.size -= size;
	}
	assert_ok(age_encryptor_finish(&encryptor, output));
	age_encryptor_release(&encryptor);
}

static int decrypt(const struct age_file_key *key, struct bytes payload, size_t step,
                   struct buffer *output)
{
	struct age_decryptor decryptor;
	int r = OK;

	age_decryptor_init(&decryptor, key);
	while (r == OK && payload.size > 0) {
		size_t size = payload.size < step ? payload.size : step;

		r = age_decryptor_update(&decryptor, bytes_of(payload.data, size), output);
		payload.data += size;
		payload.size -= size;
	}
	if (r == OK)
		r = age_decryptor_finish(&decryptor, output);
	age_decryptor_release(&decryptor);
	return r;
}

static void test_stream_round_trip(void **state)
{
	static const size_t sizes[] = { 0, 1, 15, 65535, 65536, 65537, 131071, 131072, 131073 };
	static const size_t steps[] = { 977, 65536, 65552, 200000 };
	static uint8_t plain[131073];
	struct age_file_key key = { { 42 } };

	(void)state;
	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)(i * 31 >> 3);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (size_t k = 0; k < sizeof(steps) / sizeof(steps[0]); k++) {
			struct buffer sealed, opened;

			buffer_init(&sealed, 1 << 20);
			buffer_init(&opened, 1 << 20);
			encrypt(&key, bytes_of(plain, sizes[i]), steps[k], &sealed);
			assert_int_equal(
			    sealed.size,
			    AGE_NONCE_SIZE + sizes[i] +
				(sizes[i] == 0 ? 1 : (sizes[i] - 1) / AGE_CHUNK_SIZE + 1) *
				    AGE_TAG_SIZE);
			assert_ok(decrypt(&key, buffer_view(&sealed), steps[3 - k], &opened));
			assert_int_equal(opened.size, sizes[i]);
			if (sizes[i] > 0)
				assert_memory_equal(opened.data, plain, sizes[i]);
			buffer_release(&sealed);
			buffer_release(&opened);
		}
	}
}

static void test_stream_cuts_are_seen(void **state)
{
	static const uint8_t plain[70000];
	static const size_t cuts[] = { 0, 1, 15, 16, 17, 31, 32, 65567, 65568, 65569, 65584 };
	struct age_file_key key = { { 43 } };
	struct buffer sealed, opened;

	(void)state;
	buffer_init(&sealed, 1 << 20);
	buffer_init(&opened, 1 << 20);
	encrypt(&key, bytes_of(plain, sizeof(plain)), 65536, &sealed);
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		buffer_clear(&opened);
		assert_int_not_equal(decrypt(&key, bytes_of(sealed.data, cuts[i]), 65536, &opened),
		                     OK);
		assert_int_equal(opened.size % AGE_CHUNK_SIZE, 0);
	}
	/* Swapped chunks, another key, one more byte. */
	buffer_clear(&opened);
	assert_ok(buffer_put_u8(&sealed, 0));
	assert_int_equal(decrypt(&key, buffer_view(&sealed), 65536, &opened), ERROR_SIGNATURE);
	buffer_truncate(&sealed, sealed.size - 1);
	key.bytes[0]++;
	buffer_clear(&opened);
	assert_int_equal(decrypt(&key, buffer_view(&sealed), 65536, &opened), ERROR_SIGNATURE);
	assert_int_equal(opened.size, 0);
	buffer_release(&sealed);
	buffer_release(&opened);
}

static int everything_once(void *context)
{
	static const uint8_t nonce[AGE_NONCE_SIZE];
	static const uint8_t plain[70000];
	struct fixture *fixture = context;
	struct age_file_key file_key;
	struct age_encryptor encryptor = { 0 };
	struct age_decryptor decryptor;
	struct buffer header, sealed, opened;
	uint32_t counter = 3;
	struct random_source random = counted_random(&counter);
	int r;

	buffer_init(&header, AGE_HEADER_MAXIMUM);
	buffer_init(&sealed, 1 << 20);
	buffer_init(&opened, 1 << 20);
	age_decryptor_init(&decryptor, &fixture->file_key);
	if ((r = age_header_build(&header, &fixture->file_key, fixture->recipients, 2, &random,
	                          NULL)) != OK ||
	    (r = age_header_unwrap(buffer_view(&header), &fixture->secrets[1], 1, &file_key,
	                           NULL)) != OK ||
	    (r = age_encryptor_init(&encryptor, &file_key, nonce, &sealed)) != OK ||
	    (r = age_encryptor_update(&encryptor, bytes_of(plain, sizeof(plain)), &sealed)) != OK ||
	    (r = age_encryptor_finish(&encryptor, &sealed)) != OK ||
	    (r = age_decryptor_update(&decryptor, buffer_view(&sealed), &opened)) != OK)
		goto out;
	r = age_decryptor_finish(&decryptor, &opened);
out:
	age_encryptor_release(&encryptor);
	age_decryptor_release(&decryptor);
	buffer_release(&header);
	buffer_release(&sealed);
	buffer_release(&opened);
	return r;
}

static void test_torture(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_init(&fixture);
	torture(everything_once, &fixture);
	buffer_release(&fixture.header);
}

/* Keys and files that the real age makes and reads. */
static void test_real_age(void **state)
{
	struct x25519_secret secret;
	struct x25519_public recipient, derived;
	struct age_file_key file_key;
	struct buffer text, file, opened;
	struct bytes line;
	uint32_t counter = 11;
	struct random_source random = counted_random(&counter);
	size_t header_size;
	char folder[64];

	(void)state;
	if (!command_exists("age") || !command_exists("age-keygen")) {
		print_message("# skipped: age is not installed\n");
		skip();
	}
	make_folder(folder);
	buffer_init(&text, 4096);
	buffer_init(&file, 1 << 20);
	buffer_init(&opened, 1 << 20);

	run_in(folder, "age-keygen 2>/dev/null >key && grep -v '^#' key >identity && "
	               "age-keygen -y key >recipient");
	read_file(folder, "identity", &text);
	line = buffer_view(&text);
	line.size--;
	assert_ok(age_identity_parse(line, &secret));
	buffer_clear(&text);
	read_file(folder, "recipient", &text);
	line = buffer_view(&text);
	line.size--;
	assert_ok(age_recipient_parse(line, &recipient));
	x25519_public_of(&secret, &derived);
	assert_memory_equal(derived.bytes, recipient.bytes, X25519_SIZE);

	/* Theirs by us. */
	run_in(folder, "head -c 100000 /dev/zero >plain && age -R recipient plain >theirs");
	read_file(folder, "theirs", &file);
	assert_ok(age_header_length(buffer_view(&file), &header_size));
	assert_ok(age_header_unwrap(bytes_of(file.data, header_size), &secret, 1, &file_key, NULL));
	assert_ok(decrypt(&file_key, bytes_of(file.data + header_size, file.size - header_size),
	                  1000, &opened));
	assert_int_equal(opened.size, 100000);

	/* Ours by them. */
	buffer_clear(&file);
	assert_ok(age_header_build(&file, &file_key, &recipient, 1, &random, NULL));
	encrypt(&file_key, buffer_view(&opened), 5000, &file);
	write_file(folder, "ours", buffer_view(&file));
	run_in(folder, "age -d -i key ours >again && cmp plain again");
	buffer_release(&text);
	buffer_release(&file);
	buffer_release(&opened);
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bech32),
		cmocka_unit_test(test_bech32_round_trip),
		cmocka_unit_test(test_recipients),
		cmocka_unit_test(test_header_opens),
		cmocka_unit_test(test_header_is_searched_to_its_end),
		cmocka_unit_test(test_every_changed_byte_is_seen),
		cmocka_unit_test(test_author_opens_by_ephemeral),
		cmocka_unit_test(test_decoy_stanza),
		cmocka_unit_test(test_header_limits),
		cmocka_unit_test(test_stream_round_trip),
		cmocka_unit_test(test_stream_cuts_are_seen),
		cmocka_unit_test(test_torture),
		cmocka_unit_test(test_real_age),
	};

	return cmocka_run_group_tests_name("age", tests, NULL, NULL);
}
