/* Pairs: tags, sealed labels, padding. */
#include "check.h"

#include <sodium.h>

#include "class_commitment.h"
#include "encoding.h"
#include "hkdf.h"
#include "pair.h"

static struct oprf_output output_number(unsigned number)
{
	struct oprf_output output;

	memset(output.bytes, (int)number, sizeof(output.bytes));
	return output;
}

static const struct pair_label label = { PROTECTION_NOTIFY_FIRST, 2, 16, 255 };

static void test_inputs(void **state)
{
	static uint8_t name[254];
	uint8_t input[PAIR_INPUT_MAXIMUM];
	size_t size = 0;

	(void)state;
	assert_ok(pair_input(IDENTIFIER_DOMAIN, bytes_of_string("example.org"), input, &size));
	assert_int_equal(size, 18);
	assert_memory_equal(input, "domain\0example.org", 18);
	assert_ok(pair_input(IDENTIFIER_IPV6, bytes_of_string("2001:db8::/32"), input, &size));
	assert_int_equal(size, 18);
	assert_memory_equal(input,
	                    "ipv6\0"
	                    "2001:db8::/32",
	                    18);
	assert_ok(pair_input(IDENTIFIER_CERTIFICATE, bytes_of(name, 253), input, &size));
	assert_int_equal(pair_input(IDENTIFIER_DOMAIN, bytes_of(name, 0), input, &size),
	                 ERROR_LIMIT);
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		enum identifier_class identifier_class = (enum identifier_class)i;

		assert_ok(pair_input(identifier_class, bytes_of(name, 253), input, &size));
		assert_int_equal(pair_input(identifier_class, bytes_of(name, 254), input, &size),
		                 ERROR_LIMIT);
	}
}

/* By the words of pair.h, with nothing of pair.c. */
static void test_format(void **state)
{
	static const uint8_t plain[] = { 1 * 4 + 2, 16, 255 };
	static const uint8_t nonce[12];
	struct oprf_output output = output_number(7);
	uint8_t tag[PAIR_TAG_SIZE], asked[PAIR_TAG_SIZE], key[32], sealed[PAIR_SEALED_SIZE];
	struct bytes value = bytes_of(output.bytes, sizeof(output.bytes));
	struct pair pair;

	(void)state;
	assert_ok(hkdf(tag, sizeof(tag), bytes_of(NULL, 0), value,
	               bytes_of_string("chirograph.match/1 tag")));
	assert_ok(hkdf(key, sizeof(key), bytes_of(NULL, 0), value,
	               bytes_of_string("chirograph.match/1 label")));
	crypto_aead_chacha20poly1305_ietf_encrypt(sealed, NULL, plain, sizeof(plain), NULL, 0, NULL,
	                                          nonce, key);
	assert_ok(pair_seal(&output, &label, &pair));
	assert_memory_equal(pair.bytes, tag, sizeof(tag));
	assert_memory_equal(pair.bytes + sizeof(tag), sealed, sizeof(sealed));
	pair_tag(&output, asked);
	assert_memory_equal(asked, tag, sizeof(tag));
	assert_int_equal(PAIR_SIZE, 35);
}

static void test_labels(void **state)
{
	struct oprf_output output = output_number(1);
	struct pair pair;

	(void)state;
	for (unsigned i = 0; i < PROTECTION_COUNT * 4; i++) {
		struct pair_label first = { (enum protection)(i / 4), (uint8_t)(i % 4),
			                    (uint8_t)(i * 23), (uint8_t)(255 - i) };
		struct pair_label second;

		assert_ok(pair_seal(&output, &first, &pair));
		assert_ok(pair_open(&output, &pair, &second));
		assert_int_equal(first.protection, second.protection);
		assert_int_equal(first.criticality, second.criticality);
		assert_int_equal(first.sector, second.sector);
		assert_int_equal(first.contact, second.contact);
	}
}

static void test_labels_out_of_range(void **state)
{
	struct oprf_output output = output_number(1);
	struct pair_label wrong = label;
	struct pair pair = { { 9 } };

	(void)state;
	wrong.protection = PROTECTION_COUNT;
	assert_int_equal(pair_seal(&output, &wrong, &pair), ERROR_LIMIT);
	wrong = label;
	wrong.criticality = 4;
	assert_int_equal(pair_seal(&output, &wrong, &pair), ERROR_LIMIT);
	assert_int_equal(pair.bytes[0], 9);
}

/* What is sealed under the right key and is no label: the list's maker lies or errs. */
static void test_sealed_nonsense(void **state)
{
	static const uint8_t nonce[12];
	struct oprf_output output = output_number(3);
	struct pair_label opened = label;
	uint8_t key[32];
	struct pair pair;

	(void)state;
	assert_ok(hkdf(key, sizeof(key), bytes_of(NULL, 0),
	               bytes_of(output.bytes, sizeof(output.bytes)),
	               bytes_of_string("chirograph.match/1 label")));
	pair_tag(&output, pair.bytes);
	for (unsigned first = 0; first < 256; first++) {
		uint8_t plain[PAIR_LABEL_SIZE] = { (uint8_t)first, 1, 2 };

		crypto_aead_chacha20poly1305_ietf_encrypt(pair.bytes + PAIR_TAG_SIZE, NULL, plain,
		                                          sizeof(plain), NULL, 0, NULL, nonce, key);
		assert_int_equal(pair_open(&output, &pair, &opened),
		                 first < PROTECTION_COUNT * 4 ? OK : ERROR_SYNTAX);
	}
	assert_int_equal(opened.criticality, 3);
}

static void test_other_pairs(void **state)
{
	struct oprf_output output = output_number(1), other = output_number(2);
	struct pair_label opened = label;
	struct pair pair, swapped, mixed;

	(void)state;
	assert_ok(pair_seal(&output, &label, &pair));
	assert_ok(pair_seal(&other, &label, &swapped));
	assert_int_equal(pair_open(&other, &pair, &opened), ERROR_MISMATCH);
	/* The label of another identifier beside this one's tag. */
	memcpy(mixed.bytes, pair.bytes, PAIR_TAG_SIZE);
	memcpy(mixed.bytes + PAIR_TAG_SIZE, swapped.bytes + PAIR_TAG_SIZE, PAIR_SEALED_SIZE);
	assert_int_equal(pair_open(&output, &mixed, &opened), ERROR_SIGNATURE);
	for (size_t bit = 0; bit < 8 * PAIR_SIZE; bit++) {
		mixed = pair;
		mixed.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(pair_open(&output, &mixed, &opened),
		                 bit < 8 * PAIR_TAG_SIZE ? ERROR_MISMATCH : ERROR_SIGNATURE);
	}
}

static void assert_in_document(const char *document, const void *data, size_t size)
{
	struct buffer text;

	buffer_init(&text, 256);
	assert_ok(hex_encode(&text, bytes_of(data, size)));
	assert_ok(buffer_put(&text, "", 1));
	if (strstr(document, (const char *)text.data) == NULL)
		fail_msg("doc/PROTOCOL.match has no %s", (const char *)text.data);
	buffer_release(&text);
}

/* The example of doc/PROTOCOL.match, section 3, in lines of 32 bytes. */
static void test_document(void **state)
{
	static char document[256 * 1024];
	uint8_t seed[OPRF_SEED_SIZE], input[PAIR_INPUT_MAXIMUM];
	struct oprf_element public_key, element;
	struct oprf_output output;
	struct oprf_scalar key;
	struct pair pair;
	char path[4096];
	size_t size;
	FILE *file;

	(void)state;
	snprintf(path, sizeof(path), "%s/doc/PROTOCOL.match", getenv("CHIRO_ROOT"));
	file = fopen(path, "rb");
	assert_non_null(file);
	size = fread(document, 1, sizeof(document) - 1, file);
	assert_in_range(size, 1, sizeof(document) - 2);
	fclose(file);

	memset(seed, 0xa3, sizeof(seed));
	assert_ok(
	    oprf_derive_key(OPRF_MODE_VOPRF, seed, bytes_of_string("test key"), &key, &public_key));
	assert_in_document(document, public_key.bytes, sizeof(public_key.bytes));
	assert_ok(pair_input(IDENTIFIER_DOMAIN, bytes_of_string("example.org"), input, &size));
	assert_ok(oprf_hash_to_group(OPRF_MODE_VOPRF, bytes_of(input, size), &element));
	assert_ok(oprf_evaluate(&key, &element, &element));
	assert_in_document(document, element.bytes, sizeof(element.bytes));
	assert_ok(oprf_finalize_unblinded(bytes_of(input, size), &element, &output));
	assert_in_document(document, output.bytes, 32);
	assert_in_document(document, output.bytes + 32, 32);
	assert_ok(
	    pair_seal(&output, &(struct pair_label){ PROTECTION_NOTIFY_FIRST, 2, 16, 1 }, &pair));
	assert_in_document(document, pair.bytes, 32);
	assert_in_document(document, pair.bytes + 32, PAIR_SIZE - 32);
}

static void test_padding(void **state)
{
	static const struct {
		uint64_t count, padded;
	} known[] = {
		{ 0, 64 },
		{ 1, 64 },
		{ 63, 64 },
		{ 64, 64 },
		{ 65, 80 },
		{ 80, 80 },
		{ 81, 96 },
		{ 127, 128 },
		{ 128, 128 },
		{ 129, 160 },
		{ 7528, 8192 },
		{ 11405, 12288 },
		{ 16539, 20480 },
		{ 65536, 65536 },
		{ 65537, 81920 },
		{ 1000000, 1048576 },
		{ 1048576, 1048576 },
		{ CLASS_PAIRS_MAXIMUM, CLASS_PAIRS_MAXIMUM },
		{ CLASS_PAIRS_MAXIMUM - 1, CLASS_PAIRS_MAXIMUM },
		{ CLASS_PAIRS_MAXIMUM + 1, 0 },
		{ UINT64_MAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		assert_int_equal(pair_padded_count(known[i].count), known[i].padded);
	for (uint64_t count = 65; count < 100000; count++) {
		uint64_t padded = pair_padded_count(count);

		assert_true(padded >= count && 4 * (padded - count) < count);
		/* What is padded once is padded enough, and to few sizes. */
		assert_int_equal(pair_padded_count(padded), padded);
		assert_true(padded >= pair_padded_count(count - 1));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inputs),          cmocka_unit_test(test_format),
		cmocka_unit_test(test_labels),          cmocka_unit_test(test_labels_out_of_range),
		cmocka_unit_test(test_sealed_nonsense), cmocka_unit_test(test_other_pairs),
		cmocka_unit_test(test_document),        cmocka_unit_test(test_padding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
