/* Deposit certificates and collection answers: one spelling, who signed them and
 * when. */
#include "check.h"
#include "deposit.h"
#include "encoding.h"
#include "signed_head.h"
#include "torture.h"

#define ORIGIN "north.example/chirograph/x"
#define ROOT   "sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08="
#define EMPTY  "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define NONCE  "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk="
#define BLOB   "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
#define OTHER  "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg="

#define LEFT   "chirograph.deposit/1\nlog " ORIGIN "\nsize 412\nroot " ROOT "\n"
#define HELD   "chirograph.collection/1\nlog " ORIGIN "\nsize 412\nroot " ROOT "\n"
#define TIME   "time 2026-11-22T14:03:11Z\n"

enum { LEFT_AT = 1795356191 };

static struct deposit_certificate certificate;
static struct collection_answer answer;
static struct test_signer depositary;

static int set_up(void **state)
{
	(void)state;
	depositary = test_signer_of("depositary.example", NOTE_KEY_COSIGNATURE, 5);
	certificate = (struct deposit_certificate){ .head = { .origin = ORIGIN, .size = 412 },
		                                    .time = LEFT_AT,
		                                    .blob_count = 2 };
	assert_ok(
	    base64_decode_fixed(bytes_of_string(ROOT), certificate.head.root.bytes, HASH_SIZE));
	for (unsigned i = 0; i < 2; i++) {
		memset(certificate.blobs[i].hash.bytes, (int)(7 + i), HASH_SIZE);
		certificate.blobs[i].size = 4000 + i;
	}
	answer = (struct collection_answer){ .head = certificate.head, .time = LEFT_AT };
	memset(answer.nonce, 9, sizeof(answer.nonce));
	return 0;
}

static void test_texts(void **state)
{
	struct deposit_certificate certificate_read;
	struct collection_answer answer_read;
	struct buffer text;

	(void)state;
	buffer_init(&text, DEPOSIT_TEXT_MAXIMUM);
	assert_ok(deposit_certificate_print(&certificate, &text));
	assert_bytes_string(buffer_view(&text),
	                    LEFT TIME "blob " BLOB " 4000\nblob " OTHER " 4001\n");
	assert_ok(deposit_certificate_parse(buffer_view(&text), &certificate_read, NULL));
	assert_string_equal(certificate_read.head.origin, ORIGIN);
	assert_int_equal(certificate_read.head.size, 412);
	assert_true(hash_equal(&certificate_read.head.root, &certificate.head.root));
	assert_int_equal(certificate_read.time, LEFT_AT);
	assert_int_equal(certificate_read.blob_count, 2);
	assert_int_equal(certificate_read.blobs[1].size, 4001);
	assert_true(hash_equal(&certificate_read.blobs[1].hash, &certificate.blobs[1].hash));
	buffer_clear(&text);
	assert_ok(collection_answer_print(&answer, &text));
	assert_bytes_string(buffer_view(&text), HELD "nonce " NONCE "\n" TIME);
	assert_ok(collection_answer_parse(buffer_view(&text), &answer_read, NULL));
	assert_int_equal(answer_read.head.size, 412);
	assert_int_equal(answer_read.time, LEFT_AT);
	assert_memory_equal(answer_read.nonce, answer.nonce, sizeof(answer.nonce));
	buffer_release(&text);
}

static const struct {
	const char *text;
	int result;
	size_t line;
} bad_certificates[] = {
	{ "", ERROR_SYNTAX, 0 },
	{ HELD TIME, ERROR_SYNTAX, 1 },
	{ "chirograph.deposit/2\nlog " ORIGIN "\nsize 1\nroot " ROOT "\n" TIME, ERROR_SYNTAX, 1 },
	{ "chirograph.deposit/1\nlog a b\nsize 1\nroot " ROOT "\n" TIME, ERROR_SYNTAX, 2 },
	{ "chirograph.deposit/1\nlog " ORIGIN "\nsize 01\nroot " ROOT "\n" TIME, ERROR_SYNTAX, 3 },
	{ "chirograph.deposit/1\nlog " ORIGIN "\nsize 9223372036854775808\nroot " ROOT "\n" TIME,
	  ERROR_LIMIT, 3 },
	{ "chirograph.deposit/1\nlog " ORIGIN "\nsize 0\nroot " ROOT "\n" TIME, ERROR_MISMATCH, 4 },
	{ "chirograph.deposit/1\nlog " ORIGIN "\nsize 1\nroot AAAA\n" TIME, ERROR_SYNTAX, 4 },
	{ LEFT, ERROR_SYNTAX, 5 },
	{ LEFT "time 2026-11-22 14:03:11\n", ERROR_SYNTAX, 5 },
	{ LEFT TIME "blob " BLOB "\n", ERROR_SYNTAX, 6 },
	{ LEFT TIME "blob " BLOB " 0\n", ERROR_LIMIT, 6 },
	{ LEFT TIME "blob " BLOB " 1 1\n", ERROR_SYNTAX, 6 },
	{ LEFT TIME "blob " BLOB " 1\nblob " BLOB " 2\n", ERROR_EXISTS, 7 },
	{ LEFT TIME "blob\n", ERROR_SYNTAX, 6 },
	{ LEFT TIME "size 1\n", ERROR_SYNTAX, 6 },
	{ LEFT TIME "\n", ERROR_SYNTAX, 6 },
	{ LEFT "time 2026-11-22T14:03:11Z", ERROR_SYNTAX, 5 },
};

static const struct {
	const char *text;
	int result;
	size_t line;
} bad_answers[] = {
	{ "", ERROR_SYNTAX, 0 },
	{ LEFT "nonce " NONCE "\n" TIME, ERROR_SYNTAX, 1 },
	{ HELD TIME, ERROR_SYNTAX, 5 },
	{ HELD "nonce AAAA\n" TIME, ERROR_SYNTAX, 5 },
	{ HELD "nonce " NONCE "\n", ERROR_SYNTAX, 6 },
	{ HELD TIME "nonce " NONCE "\n", ERROR_SYNTAX, 5 },
	{ HELD "nonce " NONCE "\n" TIME "blob " BLOB " 1\n", ERROR_SYNTAX, 7 },
};

static void test_bad_texts(void **state)
{
	struct deposit_certificate certificate_read = { .time = 77 };
	struct collection_answer answer_read = { .time = 77 };
	struct error error;

	(void)state;
	for (size_t i = 0; i < sizeof(bad_certificates) / sizeof(bad_certificates[0]); i++) {
		int r = deposit_certificate_parse(bytes_of_string(bad_certificates[i].text),
		                                  &certificate_read, &error);

		if (r != bad_certificates[i].result || error.line != bad_certificates[i].line)
			fail_msg("%d in line %zu for: %s", r, error.line, bad_certificates[i].text);
	}
	for (size_t i = 0; i < sizeof(bad_answers) / sizeof(bad_answers[0]); i++) {
		int r = collection_answer_parse(bytes_of_string(bad_answers[i].text), &answer_read,
		                                &error);

		if (r != bad_answers[i].result || error.line != bad_answers[i].line)
			fail_msg("%d in line %zu for: %s", r, error.line, bad_answers[i].text);
	}
	assert_int_equal(certificate_read.time, 77);
	assert_int_equal(answer_read.time, 77);
}

/* What could not be read again is not printed. */
static void test_not_printed(void **state)
{
	struct deposit_certificate bad = certificate;
	struct collection_answer bad_answer = answer;
	struct buffer text;

	(void)state;
	buffer_init(&text, DEPOSIT_TEXT_MAXIMUM);
	bad.blob_count = DEPOSIT_BLOBS_MAXIMUM + 1;
	assert_int_equal(deposit_certificate_print(&bad, &text), ERROR_LIMIT);
	bad = certificate;
	bad.blobs[1].size = 0;
	assert_int_equal(deposit_certificate_print(&bad, &text), ERROR_LIMIT);
	bad = certificate;
	bad.blobs[1].hash = bad.blobs[0].hash;
	assert_int_equal(deposit_certificate_print(&bad, &text), ERROR_EXISTS);
	bad = certificate;
	bad.time = -1;
	assert_int_equal(deposit_certificate_print(&bad, &text), ERROR_LIMIT);
	bad = certificate;
	memcpy(bad.head.origin, "a b", sizeof("a b"));
	assert_int_equal(deposit_certificate_print(&bad, &text), ERROR_SYNTAX);
	bad_answer.head.size = 0;
	assert_int_equal(collection_answer_print(&bad_answer, &text), ERROR_MISMATCH);
	assert_int_equal(text.size, 0);
	buffer_release(&text);
}

/* The longest name, the greatest numbers and all blobs fit, also as base64 in one
 * line of an act. */
static void test_the_greatest_fits(void **state)
{
	struct deposit_certificate great = certificate;
	struct deposit_certificate read;
	char name[NOTE_NAME_CAPACITY];
	struct test_signer signer;
	struct buffer note, encoded;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	signer = test_signer_of(name, NOTE_KEY_COSIGNATURE, 6);
	memcpy(great.head.origin, name, sizeof(name));
	great.head.size = TREE_SIZE_MAXIMUM;
	great.time = TIMESTAMP_MAXIMUM;
	great.blob_count = DEPOSIT_BLOBS_MAXIMUM;
	for (unsigned i = 0; i < DEPOSIT_BLOBS_MAXIMUM; i++) {
		memset(great.blobs[i].hash.bytes, (int)i, HASH_SIZE);
		great.blobs[i].size = INT64_MAX;
	}
	buffer_init(&note, DEPOSIT_NOTE_MAXIMUM);
	buffer_init(&encoded, 4096 - 5);
	assert_ok(deposit_certificate_sign(&great, &signer.key, &signer.secret, &note));
	assert_ok(deposit_certificate_verify(buffer_view(&note), &signer.key, &read, NULL));
	assert_int_equal(read.blob_count, DEPOSIT_BLOBS_MAXIMUM);
	assert_ok(base64_encode(&encoded, buffer_view(&note), BASE64_PADDED));
	buffer_release(&encoded);
	buffer_release(&note);
}

/* Appends the empty line and the signature of `signer` at `time` to a text. */
static void sign_text(struct buffer *note, const char *text, const struct test_signer *signer,
                      timestamp time)
{
	buffer_clear(note);
	assert_ok(buffer_put_string(note, text));
	assert_ok(buffer_put_string(note, "\n"));
	assert_ok(
	    cosignature_sign(&signer->key, &signer->secret, time, bytes_of_string(text), note));
}

static void test_signatures(void **state)
{
	struct test_signer other = test_signer_of("depositary.example", NOTE_KEY_COSIGNATURE, 6);
	struct test_signer log = test_signer_of("depositary.example", NOTE_KEY_ED25519, 5);
	struct deposit_certificate read = { .time = 77 };
	struct collection_answer answer_read = { .time = 77 };
	struct buffer note;

	(void)state;
	buffer_init(&note, 2 * DEPOSIT_NOTE_MAXIMUM);
	assert_int_equal(
	    deposit_certificate_sign(&certificate, &other.key, &depositary.secret, &note),
	    ERROR_MISMATCH);
	assert_int_equal(collection_answer_sign(&answer, &log.key, &depositary.secret, &note),
	                 ERROR_MISMATCH);
	assert_int_equal(note.size, 0);

	sign_text(&note, LEFT TIME, &depositary, LEFT_AT + 1);
	assert_int_equal(
	    deposit_certificate_verify(buffer_view(&note), &depositary.key, &read, NULL),
	    ERROR_MISMATCH);
	sign_text(&note, LEFT TIME, &other, LEFT_AT);
	assert_int_equal(
	    deposit_certificate_verify(buffer_view(&note), &depositary.key, &read, NULL),
	    ERROR_NOT_FOUND);
	sign_text(&note, HELD "nonce " NONCE "\n" TIME, &depositary, LEFT_AT + 1);
	assert_int_equal(
	    collection_answer_verify(buffer_view(&note), &depositary.key, &answer_read, NULL),
	    ERROR_MISMATCH);

	/* A line by somebody else beside it is passed over. */
	sign_text(&note, HELD "nonce " NONCE "\n" TIME, &depositary, LEFT_AT);
	test_cosign_head(&note, &other, 12);
	assert_ok(
	    collection_answer_verify(buffer_view(&note), &depositary.key, &answer_read, NULL));
	assert_int_equal(
	    deposit_certificate_verify(buffer_view(&note), &depositary.key, &read, NULL),
	    ERROR_SYNTAX);

	buffer_clear(&note);
	assert_ok(
	    deposit_certificate_sign(&certificate, &depositary.key, &depositary.secret, &note));
	for (size_t i = 0; i < note.size; i++) {
		note.data[i] ^= 1;
		assert_int_not_equal(
		    deposit_certificate_verify(buffer_view(&note), &depositary.key, &read, NULL),
		    OK);
		note.data[i] ^= 1;
	}
	assert_int_equal(read.time, 77);
	while (note.size <= DEPOSIT_NOTE_MAXIMUM)
		test_cosign_head(&note, &other, 12);
	assert_int_equal(
	    deposit_certificate_verify(buffer_view(&note), &depositary.key, &read, NULL),
	    ERROR_LIMIT);
	buffer_release(&note);
}

static void test_formats(void **state)
{
	(void)state;
	assert_int_equal(deposit_format_of(bytes_of_string(LEFT TIME)), DEPOSIT_CERTIFICATE);
	assert_int_equal(deposit_format_of(bytes_of_string(HELD TIME)), DEPOSIT_ANSWER);
	assert_int_equal(deposit_format_of(bytes_of_string(ORIGIN "\n412\n" ROOT "\n")),
	                 DEPOSIT_NONE);
	assert_int_equal(deposit_format_of(bytes_of_string("chirograph.deposit/1")), DEPOSIT_NONE);
	assert_int_equal(deposit_format_of(bytes_of_string("")), DEPOSIT_NONE);
}

static int sign_and_verify(void *context)
{
	struct deposit_certificate read;
	struct collection_answer answer_read;
	struct buffer note;
	int r;

	(void)context;
	buffer_init(&note, DEPOSIT_NOTE_MAXIMUM);
	if ((r = deposit_certificate_sign(&certificate, &depositary.key, &depositary.secret,
	                                  &note)) != OK ||
	    (r = deposit_certificate_verify(buffer_view(&note), &depositary.key, &read, NULL)) !=
	        OK)
		goto out;
	buffer_clear(&note);
	if ((r = collection_answer_sign(&answer, &depositary.key, &depositary.secret, &note)) == OK)
		r = collection_answer_verify(buffer_view(&note), &depositary.key, &answer_read,
		                             NULL);
out:
	buffer_release(&note);
	return r;
}

static void test_without_memory(void **state)
{
	(void)state;
	torture(sign_and_verify, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),          cmocka_unit_test(test_bad_texts),
		cmocka_unit_test(test_not_printed),    cmocka_unit_test(test_the_greatest_fits),
		cmocka_unit_test(test_signatures),     cmocka_unit_test(test_formats),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
