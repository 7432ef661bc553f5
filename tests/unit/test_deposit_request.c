/* What a depositary is asked: one spelling of each text, and the envelope. */
#include "check.h"
#include "deposit_request.h"
#include "torture.h"

#define ORIGIN "north.example/chirograph/x"
#define NONCE  "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk="
#define BLOB   "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="
#define OTHER  "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg="
#define LOG    "log " ORIGIN "\n"
#define END    "nonce " NONCE "\ntime 2026-11-22T14:03:11Z\n"

enum { ASKED_AT = 1795356191 };

static struct deposit_request deposit;
static struct collect_request collect;

static int set_up(void **state)
{
	(void)state;
	deposit = (struct deposit_request){ .origin = ORIGIN, .blob_count = 2 };
	memset(deposit.blobs[0].bytes, 7, HASH_SIZE);
	memset(deposit.blobs[1].bytes, 8, HASH_SIZE);
	collect = (struct collect_request){ .origin = ORIGIN, .from = 412, .time = ASKED_AT };
	memset(collect.hash.bytes, 7, HASH_SIZE);
	memset(collect.nonce, 9, sizeof(collect.nonce));
	return 0;
}

static void test_texts(void **state)
{
	struct collect_request read, other = collect;
	struct deposit_request deposit_read;
	struct buffer text;

	(void)state;
	buffer_init(&text, DEPOSIT_REQUEST_MAXIMUM);
	assert_ok(deposit_request_print(&deposit, &text));
	assert_bytes_string(buffer_view(&text), LOG "blob " BLOB "\nblob " OTHER "\n");
	assert_ok(deposit_request_parse(buffer_view(&text), &deposit_read, NULL));
	assert_string_equal(deposit_read.origin, ORIGIN);
	assert_int_equal(deposit_read.blob_count, 2);
	assert_true(hash_equal(&deposit_read.blobs[1], &deposit.blobs[1]));
	assert_ok(deposit_request_parse(bytes_of_string(LOG), &deposit_read, NULL));
	assert_int_equal(deposit_read.blob_count, 0);

	buffer_clear(&text);
	assert_ok(collect_request_print(&collect, &text));
	assert_bytes_string(buffer_view(&text), "chirograph.collect/1\n" LOG "from 412\n" END);
	assert_ok(collect_request_parse(buffer_view(&text), &read, NULL));
	assert_int_equal(read.kind, COLLECT_ENTRIES);
	assert_string_equal(read.origin, ORIGIN);
	assert_int_equal(read.from, 412);
	assert_int_equal(read.time, ASKED_AT);
	assert_memory_equal(read.nonce, collect.nonce, sizeof(read.nonce));

	other.kind = COLLECT_BLOB;
	buffer_clear(&text);
	assert_ok(collect_request_print(&other, &text));
	assert_bytes_string(buffer_view(&text),
	                    "chirograph.collect-blob/1\n" LOG "blob " BLOB "\noffset 412\n" END);
	assert_ok(collect_request_parse(buffer_view(&text), &read, NULL));
	assert_int_equal(read.kind, COLLECT_BLOB);
	assert_true(hash_equal(&read.hash, &other.hash));
	assert_int_equal(read.from, 412);

	other.kind = COLLECT_DEPOSIT;
	buffer_clear(&text);
	assert_ok(collect_request_print(&other, &text));
	assert_bytes_string(buffer_view(&text),
	                    "chirograph.deposit-blob/1\n" LOG "chunk " BLOB "\n" END);
	assert_ok(collect_request_parse(buffer_view(&text), &read, NULL));
	assert_int_equal(read.kind, COLLECT_DEPOSIT);
	assert_true(hash_equal(&read.hash, &other.hash));
	assert_int_equal(read.from, 0);
	assert_int_equal(read.time, ASKED_AT);
	buffer_release(&text);
}

struct bad_text {
	const char *text;
	int result;
	size_t line;
};

static const struct bad_text bad_deposits[] = {
	{ "", ERROR_SYNTAX, 0 },
	{ "log a+b\n", ERROR_SYNTAX, 1 },
	{ "blob " BLOB "\n", ERROR_SYNTAX, 1 },
	{ LOG "\n", ERROR_SYNTAX, 2 },
	{ LOG LOG, ERROR_SYNTAX, 2 },
	{ LOG "blob AAAA\n", ERROR_SYNTAX, 2 },
	{ LOG "blob " BLOB "\nblob " BLOB "\n", ERROR_EXISTS, 3 },
	{ LOG "blob " BLOB, ERROR_SYNTAX, 2 },
};

static const struct bad_text bad_collects[] = {
	{ "", ERROR_SYNTAX, 0 },
	{ "chirograph.collect/2\n" LOG "from 1\n" END, ERROR_SYNTAX, 1 },
	{ "chirograph.collect/1\nlog a b\nfrom 1\n" END, ERROR_SYNTAX, 2 },
	{ "chirograph.collect/1\n" LOG "from 01\n" END, ERROR_SYNTAX, 3 },
	{ "chirograph.collect/1\n" LOG "from 9223372036854775808\n" END, ERROR_LIMIT, 3 },
	{ "chirograph.collect/1\n" LOG "offset 1\n" END, ERROR_SYNTAX, 3 },
	{ "chirograph.collect/1\n" LOG "blob " BLOB "\nfrom 1\n" END, ERROR_SYNTAX, 3 },
	{ "chirograph.collect/1\n" LOG "from 1\n", ERROR_SYNTAX, 4 },
	{ "chirograph.collect/1\n" LOG "from 1\n" END "\n", ERROR_SYNTAX, 6 },
	{ "chirograph.collect-blob/1\n" LOG "from 1\n" END, ERROR_SYNTAX, 3 },
	{ "chirograph.collect-blob/1\n" LOG "blob " BLOB "\nfrom 1\n" END, ERROR_SYNTAX, 4 },
	{ "chirograph.collect-blob/1\n" LOG "blob " BLOB "\noffset 1\ntime x\n", ERROR_SYNTAX, 5 },
	{ "chirograph.deposit-blob/2\n" LOG "chunk " BLOB "\n" END, ERROR_SYNTAX, 1 },
	{ "chirograph.deposit-blob/1\n" LOG END, ERROR_SYNTAX, 3 },
	{ "chirograph.deposit-blob/1\n" LOG "blob " BLOB "\n" END, ERROR_SYNTAX, 3 },
	{ "chirograph.deposit-blob/1\n" LOG "chunk " BLOB "\noffset 1\n" END, ERROR_SYNTAX, 4 },
};

static void test_bad_texts(void **state)
{
	struct deposit_request deposit_read;
	struct collect_request read;
	struct error error;

	(void)state;
	for (size_t i = 0; i < sizeof(bad_deposits) / sizeof(bad_deposits[0]); i++) {
		const struct bad_text *bad = &bad_deposits[i];
		int r = deposit_request_parse(bytes_of_string(bad->text), &deposit_read, &error);

		if (r != bad->result || error.line != bad->line)
			fail_msg("%d in line %zu for: %s", r, error.line, bad->text);
	}
	for (size_t i = 0; i < sizeof(bad_collects) / sizeof(bad_collects[0]); i++) {
		const struct bad_text *bad = &bad_collects[i];
		int r = collect_request_parse(bytes_of_string(bad->text), &read, &error);

		if (r != bad->result || error.line != bad->line)
			fail_msg("%d in line %zu for: %s", r, error.line, bad->text);
	}
}

static void test_not_printed(void **state)
{
	struct deposit_request bad = deposit;
	struct collect_request bad_collect = collect;
	struct buffer text;

	(void)state;
	buffer_init(&text, DEPOSIT_REQUEST_MAXIMUM);
	bad.blobs[1] = bad.blobs[0];
	assert_int_equal(deposit_request_print(&bad, &text), ERROR_EXISTS);
	bad.blob_count = DEPOSIT_BLOBS_MAXIMUM + 1;
	assert_int_equal(deposit_request_print(&bad, &text), ERROR_LIMIT);
	bad_collect.origin[0] = ' ';
	assert_int_equal(collect_request_print(&bad_collect, &text), ERROR_SYNTAX);
	bad_collect = collect;
	bad_collect.time = -1;
	assert_int_equal(collect_request_print(&bad_collect, &text), ERROR_LIMIT);
	bad_collect = collect;
	bad_collect.from = UINT64_MAX;
	assert_int_equal(collect_request_print(&bad_collect, &text), ERROR_LIMIT);
	assert_int_equal(text.size, 0);
	buffer_release(&text);
}

/* The longest origin and all blobs fit, one more blob does not. */
static void test_the_greatest_fits(void **state)
{
	struct deposit_request great = { .blob_count = DEPOSIT_BLOBS_MAXIMUM };
	struct deposit_request read;
	struct buffer text;

	(void)state;
	memset(great.origin, 'n', sizeof(great.origin) - 1);
	for (unsigned i = 0; i < DEPOSIT_BLOBS_MAXIMUM; i++)
		memset(great.blobs[i].bytes, (int)i, HASH_SIZE);
	buffer_init(&text, DEPOSIT_REQUEST_MAXIMUM);
	assert_ok(deposit_request_print(&great, &text));
	assert_ok(deposit_request_parse(buffer_view(&text), &read, NULL));
	assert_int_equal(read.blob_count, DEPOSIT_BLOBS_MAXIMUM);
	assert_ok(buffer_put_string(&text, "blob " NONCE "\n"));
	assert_int_equal(deposit_request_parse(buffer_view(&text), &read, NULL), ERROR_LIMIT);
	buffer_release(&text);
}

static void test_envelope(void **state)
{
	static const uint8_t signature[ED25519_SIGNATURE_SIZE] = { 1, 2 };
	struct collect_envelope envelope = { bytes_of_string("text\n"), bytes_of_string("der"),
		                             bytes_of(signature, sizeof(signature)) };
	struct collect_envelope read;
	struct buffer bytes;
	struct bytes rest;

	(void)state;
	buffer_init(&bytes, COLLECT_ENVELOPE_MAXIMUM + 1);
	assert_ok(collect_envelope_put(&envelope, &bytes));
	assert_ok(collect_envelope_get(buffer_view(&bytes), &read, &rest));
	assert_bytes_string(read.text, "text\n");
	assert_bytes_string(read.certificate, "der");
	assert_true(bytes_equal(read.signature, envelope.signature));
	assert_int_equal(rest.size, 0);
	for (size_t size = 0; size < bytes.size; size++)
		assert_int_not_equal(collect_envelope_get(bytes_of(bytes.data, size), &read, &rest),
		                     OK);
	assert_ok(buffer_put_string(&bytes, "!"));
	assert_ok(collect_envelope_get(buffer_view(&bytes), &read, &rest));
	assert_bytes_string(read.text, "text\n");
	assert_bytes_string(rest, "!");
	envelope.signature.size--;
	assert_int_equal(collect_envelope_put(&envelope, &bytes), ERROR_LIMIT);
	buffer_clear(&bytes);
	assert_ok(collect_message(bytes_of_string("text\n"), &bytes));
	assert_bytes_string(buffer_view(&bytes), "chirograph-collect\ntext\n");
	buffer_release(&bytes);
}

static int print_and_read(void *context)
{
	struct deposit_request deposit_read;
	struct collect_request read;
	struct buffer text;
	int r;

	(void)context;
	buffer_init(&text, DEPOSIT_REQUEST_MAXIMUM);
	if ((r = deposit_request_print(&deposit, &text)) != OK ||
	    (r = deposit_request_parse(buffer_view(&text), &deposit_read, NULL)) != OK)
		goto out;
	buffer_clear(&text);
	if ((r = collect_request_print(&collect, &text)) == OK)
		r = collect_request_parse(buffer_view(&text), &read, NULL);
out:
	buffer_release(&text);
	return r;
}

static void test_without_memory(void **state)
{
	(void)state;
	torture(print_and_read, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),       cmocka_unit_test(test_bad_texts),
		cmocka_unit_test(test_not_printed), cmocka_unit_test(test_the_greatest_fits),
		cmocka_unit_test(test_envelope),    cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
