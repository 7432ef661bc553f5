/* What the log knows of a class of a list: one spelling each. */
#include "check.h"

#include "class_commitment.h"
#include "encoding.h"
#include "ristretto.h"

#define KEY  "4vKuCmq8TnGohKlhxQBRX1jjC2qlgt2NtqZZReCNLXY="
#define ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static int parse(const char *text, enum identifier_class identifier_class,
                 struct class_commitment *ret_commitment)
{
	struct error error;
	int r = class_commitment_parse(bytes_of_string(text), identifier_class, ret_commitment,
	                               &error);

	if (r != OK)
		assert_true(error.message[0] != '\0');
	return r;
}

static void test_what_is_read_is_written(void **state)
{
	static const struct {
		const char *text;
		enum identifier_class identifier_class;
		size_t lengths;
	} cases[] = {
		{ KEY " 4096 " ROOT " 16,19-24", IDENTIFIER_IPV4, 7 },
		{ KEY " 1 " ROOT " 0-32", IDENTIFIER_IPV4, 33 },
		{ KEY " 1 " ROOT " 0", IDENTIFIER_IPV4, 1 },
		{ KEY " 1 " ROOT " 31-32", IDENTIFIER_IPV4, 2 },
		{ KEY " 7340032 " ROOT " 29,32,48,127-128", IDENTIFIER_IPV6, 5 },
		{ KEY " 64 " ROOT " -", IDENTIFIER_DOMAIN, 0 },
		{ KEY " 64 " ROOT " -", IDENTIFIER_ASN, 0 },
		{ KEY " 64 " ROOT " -", IDENTIFIER_CERTIFICATE, 0 },
		{ KEY " 64 " ROOT " -", IDENTIFIER_SPKI, 0 },
	};
	struct buffer printed;

	(void)state;
	buffer_init(&printed, CLASS_COMMITMENT_TEXT_MAXIMUM);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct class_commitment commitment;

		assert_ok(parse(cases[i].text, cases[i].identifier_class, &commitment));
		assert_int_equal(class_commitment_lengths(&commitment), cases[i].lengths);
		buffer_clear(&printed);
		assert_ok(class_commitment_print(&printed, cases[i].identifier_class, &commitment));
		assert_true(bytes_equal_string(buffer_view(&printed), cases[i].text));
	}
	buffer_release(&printed);
}

static void test_what_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum identifier_class identifier_class;
		int result;
	} cases[] = {
		{ "", IDENTIFIER_ASN, ERROR_SYNTAX },
		{ KEY, IDENTIFIER_ASN, ERROR_SYNTAX },
		{ KEY " 64 " ROOT, IDENTIFIER_ASN, ERROR_SYNTAX },
		{ KEY " 64 " ROOT " ", IDENTIFIER_ASN, ERROR_SYNTAX },
		{ KEY " 64 " ROOT " - ", IDENTIFIER_ASN, ERROR_SYNTAX },
		{ KEY " 64 " ROOT " 16", IDENTIFIER_ASN, ERROR_SYNTAX },
		{ KEY " 0 " ROOT " -", IDENTIFIER_ASN, ERROR_LIMIT },
		{ KEY " 7340033 " ROOT " -", IDENTIFIER_ASN, ERROR_LIMIT },
		{ KEY " 064 " ROOT " -", IDENTIFIER_ASN, ERROR_SYNTAX },
		{ "AAAA 64 " ROOT " -", IDENTIFIER_ASN, ERROR_SYNTAX },
		{ KEY " 64 AAAA -", IDENTIFIER_ASN, ERROR_SYNTAX },
		{ KEY " 64 " ROOT " -", IDENTIFIER_IPV4, ERROR_SYNTAX },
		{ KEY " 64 " ROOT " 33", IDENTIFIER_IPV4, ERROR_LIMIT },
		{ KEY " 64 " ROOT " 129", IDENTIFIER_IPV6, ERROR_LIMIT },
		{ KEY " 64 " ROOT " 24,16", IDENTIFIER_IPV4, ERROR_SYNTAX },
		{ KEY " 64 " ROOT " 16,16", IDENTIFIER_IPV4, ERROR_SYNTAX },
		{ KEY " 64 " ROOT " 24-16", IDENTIFIER_IPV4, ERROR_SYNTAX },
		{ KEY " 64 " ROOT " 16-", IDENTIFIER_IPV4, ERROR_SYNTAX },
		{ KEY " 64 " ROOT " -16", IDENTIFIER_IPV4, ERROR_SYNTAX },
		{ KEY " 64 " ROOT " 16,", IDENTIFIER_IPV4, ERROR_SYNTAX },
		{ KEY " 64 " ROOT " ,16", IDENTIFIER_IPV4, ERROR_SYNTAX },
		{ KEY " 64 " ROOT " 16,17", IDENTIFIER_IPV4, ERROR_CANONICAL },
		{ KEY " 64 " ROOT " 16-16", IDENTIFIER_IPV4, ERROR_CANONICAL },
		{ KEY " 64 " ROOT " 16-18,19-20", IDENTIFIER_IPV4, ERROR_CANONICAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct class_commitment commitment = { .pairs = 77 };
		int r = parse(cases[i].text, cases[i].identifier_class, &commitment);

		if (r != cases[i].result)
			fail_msg("%s: %s", cases[i].text, result_text(r));
		assert_int_equal(commitment.pairs, 77);
	}
}

static void test_nothing_is_printed_that_does_not_parse(void **state)
{
	struct class_commitment commitment = { .pairs = 1 };
	struct buffer printed;

	(void)state;
	buffer_init(&printed, CLASS_COMMITMENT_TEXT_MAXIMUM);
	assert_int_equal(class_commitment_print(&printed, IDENTIFIER_IPV4, &commitment),
	                 ERROR_SYNTAX);
	buffer_clear(&printed);
	for (unsigned i = 0; i < CLASS_LENGTHS_MAXIMUM; i += 2)
		commitment.lengths[i] = true;
	commitment.pairs = CLASS_PAIRS_MAXIMUM;
	assert_ok(class_commitment_print(&printed, IDENTIFIER_IPV6, &commitment));
	assert_ok(
	    class_commitment_parse(buffer_view(&printed), IDENTIFIER_IPV6, &commitment, NULL));
	buffer_release(&printed);
}

/* Whether a public key is an element, is for who uses it. */
static void test_elements(void **state)
{
	static const uint8_t order[RISTRETTO_ELEMENT_SIZE] = {
		0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
	};
	uint8_t element[RISTRETTO_ELEMENT_SIZE], identity[RISTRETTO_ELEMENT_SIZE] = { 0 };

	(void)state;
	assert_ok(base64_decode_fixed(bytes_of_string(KEY), element, sizeof(element)));
	assert_true(ristretto_is_element(element));
	element[RISTRETTO_ELEMENT_SIZE - 1] |= 0x80;
	assert_false(ristretto_is_element(element));
	assert_false(ristretto_is_element(identity));
	identity[RISTRETTO_ELEMENT_SIZE - 1] = 0x80;
	assert_false(ristretto_is_element(identity));
	assert_false(ristretto_is_element(order));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_read_is_written),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_nothing_is_printed_that_does_not_parse),
		cmocka_unit_test(test_elements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
