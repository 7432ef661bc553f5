/* Signed notes: a published example, our own both ways, everything malformed. */
#include "check.h"

#include "encoding.h"
#include "note.h"
#include "torture.h"

/* The example of Go's sumdb/note package, which signed-note was written from. */
#define VKEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define TEXT                                                                                       \
	"If you think cryptography is the answer to your problem,\n"                               \
	"then you don't know what your problem is.\n"
#define BASE64                                                                                     \
	"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2p"                              \
	"ZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
#define DASH  "\xe2\x80\x94 "
#define LINE  DASH "PeterNeumann " BASE64 "\n"
#define OTHER DASH "other.example AAAAAAAA\n"

static int parse(const char *text, struct note *ret_note)
{
	return note_parse(bytes_of_string(text), ret_note, NULL);
}

static void peter(struct note_key *ret_key)
{
	assert_ok(note_key_parse(bytes_of_string(VKEY), ret_key, NULL));
}

static void test_published(void **state)
{
	struct note_key key;
	struct note note;
	struct buffer vkey;

	(void)state;
	peter(&key);
	assert_string_equal(key.name, "PeterNeumann");
	assert_int_equal(key.type, NOTE_KEY_ED25519);
	buffer_init(&vkey, 1024);
	assert_ok(note_key_print(&key, &vkey));
	assert_bytes_string(buffer_view(&vkey), VKEY);
	buffer_release(&vkey);

	assert_ok(parse(TEXT "\n" OTHER LINE, &note));
	assert_int_equal(note.line_count, 2);
	assert_bytes_string(note.text, TEXT);
	assert_bytes_string(note.lines[0].whole, OTHER);
	assert_bytes_string(note.lines[1].name, "PeterNeumann");
	assert_bytes_string(note.lines[1].encoded, BASE64);
	assert_ok(note_verify(&note, &key, NULL));
}

static void test_verdicts(void **state)
{
	struct note_key key;
	struct note note;

	(void)state;
	peter(&key);
	assert_ok(parse(TEXT "\n" OTHER, &note));
	assert_int_equal(note_verify(&note, &key, NULL), ERROR_NOT_FOUND);
	assert_ok(parse("x" TEXT "\n" LINE, &note));
	assert_int_equal(note_verify(&note, &key, NULL), ERROR_SIGNATURE);
	/* one good line does not save a note from a bad one by the same key */
	assert_ok(parse(TEXT "\n" LINE DASH "PeterNeumann x08gowAA\n", &note));
	assert_int_equal(note_verify(&note, &key, NULL), ERROR_SIGNATURE);
	/* the same name with another id is another key */
	assert_ok(parse(TEXT "\n" LINE DASH "PeterNeumann x08gpAAA\n", &note));
	assert_ok(note_verify(&note, &key, NULL));
	/* repeated lines are all verified */
	assert_ok(parse(TEXT "\n" LINE LINE, &note));
	assert_ok(note_verify(&note, &key, NULL));
	key.type = NOTE_KEY_COSIGNATURE;
	assert_int_equal(note_verify(&note, &key, NULL), ERROR_UNSUPPORTED);
}

static const struct {
	const char *note;
	int result;
} malformed[] = {
	{ "", ERROR_SYNTAX },
	{ "\n", ERROR_SYNTAX },
	{ TEXT, ERROR_SYNTAX },
	{ TEXT "\n", ERROR_SYNTAX },
	{ TEXT LINE, ERROR_SYNTAX },
	{ "\n" LINE, ERROR_SYNTAX },
	{ TEXT "\n" DASH "PeterNeumann " BASE64, ERROR_SYNTAX },
	{ TEXT "\n" LINE "\n", ERROR_SYNTAX },
	{ TEXT "\n" LINE "x\n", ERROR_SYNTAX },
	{ TEXT "\n- PeterNeumann " BASE64 "\n", ERROR_SYNTAX },
	{ TEXT "\n\xe2\x80\x94PeterNeumann " BASE64 "\n", ERROR_SYNTAX },
	{ TEXT "\n" DASH " " BASE64 "\n", ERROR_SYNTAX },
	{ TEXT "\n" DASH "PeterNeumann\n", ERROR_SYNTAX },
	{ TEXT "\n" DASH "PeterNeumann \n", ERROR_SYNTAX },
	{ TEXT "\n" DASH "Peter Neumann " BASE64 "\n", ERROR_SYNTAX },
	{ TEXT "\n" DASH "Peter+Neumann " BASE64 "\n", ERROR_SYNTAX },
	{ TEXT "\n" DASH "Peter\xc2\xa0Neumann " BASE64 "\n", ERROR_SYNTAX },
	{ TEXT "\n" DASH "Peter\xe2\x80\x83Neumann " BASE64 "\n", ERROR_SYNTAX },
	{ TEXT "\n" DASH "PeterNeumann " BASE64 " \n", ERROR_SYNTAX },
	{ TEXT "\n" DASH "PeterNeumann " BASE64 "\r\n", ERROR_SYNTAX },
	{ TEXT "\n" DASH "PeterNeumann AAAAAA==\n", ERROR_SYNTAX }, /* an id and nothing more */
	{ TEXT "\n" DASH "PeterNeumann AAAA\n", ERROR_SYNTAX },
	{ TEXT "\n" DASH "PeterNeumann AAAAAAB=\n", ERROR_CANONICAL },
	{ "tab\there\n\n" LINE, ERROR_SYNTAX },
	{ "cr\r\n\n" LINE, ERROR_SYNTAX },
	{ "\xff\n\n" LINE, ERROR_SYNTAX },
};

static void test_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(*malformed); i++) {
		struct note note = { .line_count = 99 };
		struct error error = { 0 };
		int r = note_parse(bytes_of_string(malformed[i].note), &note, &error);

		if (r != malformed[i].result)
			print_message("# note %zu: %s\n", i, result_text(r));
		assert_int_equal(r, malformed[i].result);
		assert_int_equal(error.code, r);
		assert_int_equal(note.line_count, 99);
	}
}

/* The separator is the last empty line: the text may have some of its own. */
static void test_empty_lines(void **state)
{
	struct note note;

	(void)state;
	assert_ok(parse("a\n\nb\n\n" LINE, &note));
	assert_bytes_string(note.text, "a\n\nb\n");
	assert_ok(parse("a\n\n\n" LINE, &note));
	assert_bytes_string(note.text, "a\n\n");
}

static void test_limits(void **state)
{
	struct buffer text;
	struct note note;
	uint8_t *place;

	(void)state;
	buffer_init(&text, 2 * NOTE_MAXIMUM);
	assert_ok(buffer_put_string(&text, "text\n\n"));
	for (int i = 0; i < NOTE_LINES_MAXIMUM; i++)
		assert_ok(buffer_put_string(&text, OTHER));
	assert_ok(note_parse(buffer_view(&text), &note, NULL));
	assert_int_equal(note.line_count, NOTE_LINES_MAXIMUM);
	assert_ok(buffer_put_string(&text, OTHER));
	assert_int_equal(note_parse(buffer_view(&text), &note, NULL), ERROR_LIMIT);

	/* a signature of ML-DSA's size is skipped like any unknown one */
	buffer_clear(&text);
	assert_ok(buffer_put_string(&text, TEXT "\n" LINE DASH "pq.example "));
	assert_ok(buffer_extend(&text, 3232, &place));
	memset(place, 'A', 3232);
	assert_ok(buffer_put_string(&text, "\n"));
	assert_ok(note_parse(buffer_view(&text), &note, NULL));

	buffer_clear(&text);
	assert_ok(buffer_extend(&text, NOTE_MAXIMUM, &place));
	memset(place, 'a', NOTE_MAXIMUM);
	assert_ok(buffer_put_string(&text, "\n\n" LINE));
	assert_int_equal(note_parse(buffer_view(&text), &note, NULL), ERROR_LIMIT);
	buffer_release(&text);
}

static const struct {
	const char *vkey;
	int result;
} bad_keys[] = {
	{ "", ERROR_SYNTAX },
	{ "PeterNeumann", ERROR_SYNTAX },
	{ "PeterNeumann+c74f20a3", ERROR_SYNTAX },
	{ "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERROR_SYNTAX },
	{ "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERROR_SYNTAX },
	{ "PeterNeumann+c74f20a+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERROR_SYNTAX },
	{ "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERROR_MISMATCH },
	{ "PeterNeumanm+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERROR_MISMATCH },
	{ "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", ERROR_SYNTAX },
	{ "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWAA==", ERROR_SYNTAX },
	{ "PeterNeumann+c74f20a3+AQ==", ERROR_SYNTAX },
	{ "PeterNeumann+c74f20a3+Bhpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", ERROR_UNSUPPORTED },
	{ VKEY "\n", ERROR_SYNTAX },
	{ " " VKEY, ERROR_SYNTAX },
};

static void test_bad_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_keys) / sizeof(*bad_keys); i++) {
		struct note_key key = { .id = { 1 } };
		struct error error = { 0 };
		int r = note_key_parse(bytes_of_string(bad_keys[i].vkey), &key, &error);

		if (r != bad_keys[i].result)
			print_message("# key %zu: %s\n", i, result_text(r));
		assert_int_equal(r, bad_keys[i].result);
		assert_int_equal(error.code, r);
		assert_int_equal(key.id[0], 1);
	}
}

static void test_names(void **state)
{
	static const struct ed25519_public public_key = { { 1 } };
	char name[NOTE_NAME_CAPACITY + 1];
	struct note_key key;

	(void)state;
	assert_true(note_name_is_valid(bytes_of_string("n.example/chirograph/abc/receipt")));
	assert_true(
	    note_name_is_valid(bytes_of_string("\xd1\x81\xd0\xb5\xd0\xb2\xd0\xb5\xd1\x80")));
	assert_false(note_name_is_valid(bytes_of_string("")));
	assert_false(note_name_is_valid(bytes_of_string("a b")));
	assert_false(note_name_is_valid(bytes_of_string("a+b")));
	assert_false(note_name_is_valid(bytes_of_string("a\tb")));
	assert_false(note_name_is_valid(bytes_of_string("a\xe3\x80\x80")));
	memset(name, 'n', sizeof(name));
	assert_ok(note_key_init(&key, bytes_of(name, NOTE_NAME_CAPACITY - 1), NOTE_KEY_COSIGNATURE,
	                        &public_key));
	assert_int_equal(strlen(key.name), NOTE_NAME_CAPACITY - 1);
	assert_int_equal(note_key_init(&key, bytes_of(name, NOTE_NAME_CAPACITY),
	                               NOTE_KEY_COSIGNATURE, &public_key),
	                 ERROR_LIMIT);
}

static void make_key(struct note_key *ret_key, struct ed25519_secret *ret_secret)
{
	static const uint8_t seed[ED25519_SEED_SIZE] = { 5 };

	ed25519_from_seed(ret_secret, seed);
	assert_ok(note_key_init(ret_key, bytes_of_string("north.example/log"), NOTE_KEY_ED25519,
	                        &ret_secret->public_key));
}

static int sign_and_verify(void *context)
{
	struct ed25519_secret secret;
	struct note_key key;
	struct note note;
	struct buffer text;
	int r;

	(void)context;
	make_key(&key, &secret);
	buffer_init(&text, NOTE_MAXIMUM);
	if ((r = buffer_put_string(&text, TEXT "\n")) != OK ||
	    (r = note_sign(&key, &secret, bytes_of_string(TEXT), &text)) != OK ||
	    (r = buffer_put_string(&text, LINE)) != OK ||
	    (r = note_parse(buffer_view(&text), &note, NULL)) != OK)
		goto out;
	r = note_verify(&note, &key, NULL);
out:
	buffer_release(&text);
	return r;
}

static void test_sign(void **state)
{
	struct ed25519_secret secret;
	struct note_key key;
	struct note_key other;
	struct buffer line;

	(void)state;
	assert_ok(sign_and_verify(NULL));
	make_key(&key, &secret);
	peter(&other);
	buffer_init(&line, 1024);
	assert_int_equal(note_sign(&other, &secret, bytes_of_string(TEXT), &line), ERROR_MISMATCH);
	assert_int_equal(note_sign(&key, &secret, bytes_of_string("no end"), &line), ERROR_SYNTAX);
	assert_int_equal(note_sign(&key, &secret, bytes_of_string(""), &line), ERROR_SYNTAX);
	assert_int_equal(note_sign(&key, &secret, bytes_of_string("\x01\n"), &line), ERROR_SYNTAX);
	key.type = NOTE_KEY_COSIGNATURE;
	assert_int_equal(note_sign(&key, &secret, bytes_of_string(TEXT), &line), ERROR_MISMATCH);
	assert_int_equal(line.size, 0);
	buffer_release(&line);
}

/* A line of a cosignature's size, as the log's code writes and reads it. */
static void test_lines(void **state)
{
	uint8_t signature[72];
	uint8_t again[72];
	struct note_key key;
	struct note note;
	struct buffer text;

	(void)state;
	peter(&key);
	memset(signature, 0xa5, sizeof(signature));
	buffer_init(&text, 1024);
	assert_ok(buffer_put_string(&text, TEXT "\n"));
	assert_ok(note_put_line(&key, bytes_of(signature, sizeof(signature)), &text));
	assert_ok(note_parse(buffer_view(&text), &note, NULL));
	assert_true(note_line_is_by(&note.lines[0], &key));
	assert_ok(note_line_signature(&note.lines[0], again, sizeof(again)));
	assert_memory_equal(again, signature, sizeof(again));
	assert_int_equal(note_line_signature(&note.lines[0], again, 64), ERROR_SIGNATURE);
	assert_int_equal(note_line_signature(&note.lines[0], again, 73), ERROR_SIGNATURE);
	assert_int_equal(note_line_signature(&note.lines[0], again, SIZE_MAX), ERROR_SIGNATURE);
	buffer_release(&text);
}

static void test_no_memory(void **state)
{
	(void)state;
	torture(sign_and_verify, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_published), cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_malformed), cmocka_unit_test(test_empty_lines),
		cmocka_unit_test(test_limits),    cmocka_unit_test(test_bad_keys),
		cmocka_unit_test(test_names),     cmocka_unit_test(test_sign),
		cmocka_unit_test(test_lines),     cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
