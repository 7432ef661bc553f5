/* Cosignatures: the message of the specification, own signatures, and what
 * a hostile log, cosigner or courier can make of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cosignature.h"
#include "encoding.h"
#include "signed_head.h"
#include "torture.h"

static struct test_signer log_signer, witness, other, stranger;
static struct checkpoint head;

static int set_up(void **state)
{
	(void)state;
	log_signer = test_signer_of("example.org/chirograph/log", NOTE_KEY_ED25519, 1);
	witness = test_signer_of("witness.example/w1", NOTE_KEY_COSIGNATURE, 2);
	other = test_signer_of("example.net/chirograph/log/receipt", NOTE_KEY_COSIGNATURE, 3);
	stranger = test_signer_of("stranger.example", NOTE_KEY_COSIGNATURE, 4);
	head = (struct checkpoint){ .origin = "example.org/chirograph/log",
		                    .size = 412,
		                    .root = { { 1, 2, 3 } } };
	return 0;
}

static void test_message(void **state)
{
	struct bytes text = bytes_of_string("example.com/behind-the-sofa\n20852163\n"
	                                    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
	struct buffer message;

	(void)state;
	buffer_init(&message, COSIGNATURE_MESSAGE_MAXIMUM);
	assert_int_equal(cosignature_message(text, 1679315147, &message), OK);
	assert_true(bytes_equal_string(buffer_view(&message),
	                               "cosignature/v1\ntime 1679315147\n"
	                               "example.com/behind-the-sofa\n20852163\n"
	                               "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"));
	buffer_clear(&message);
	assert_int_equal(cosignature_message(text, -1, &message), ERROR_CLOCK);
	assert_int_equal(cosignature_message(text, TIMESTAMP_MAXIMUM + 1, &message), ERROR_CLOCK);
	assert_int_equal(message.size, 0);
	buffer_release(&message);
}

static void test_sign_and_verify(void **state)
{
	struct cosigned cosigned[3];
	const struct note_key *cosigners[] = { &witness.key, &stranger.key, &other.key };
	struct checkpoint read;
	struct buffer note;
	struct error error;

	(void)state;
	buffer_init(&note, NOTE_MAXIMUM);
	test_sign_head(&head, &log_signer, &note);
	test_cosign_head(&note, &witness, 1000);
	test_cosign_head(&note, &other, 0);
	test_cosign_head(&note, &witness, 900);
	assert_int_equal(signed_checkpoint_verify(buffer_view(&note), &log_signer.key, cosigners, 3,
	                                          &read, cosigned, &error),
	                 OK);
	assert_int_equal(read.size, head.size);
	assert_true(hash_equal(&read.root, &head.root));
	assert_true(cosigned[0].verified);
	assert_int_equal(cosigned[0].time, 900);
	assert_false(cosigned[1].verified);
	assert_int_equal(cosigned[1].time, 0);
	assert_true(cosigned[2].verified);
	assert_int_equal(cosigned[2].time, 0);
	/* Without cosigners. */
	assert_int_equal(signed_checkpoint_verify(buffer_view(&note), &log_signer.key, NULL, 0,
	                                          &read, NULL, NULL),
	                 OK);
	buffer_release(&note);
}

static void test_refusals(void **state)
{
	const struct note_key *witness_alone[] = { &witness.key };
	struct test_signer namesake = test_signer_of("witness.example/w2", NOTE_KEY_COSIGNATURE, 2);
	struct test_signer wrong_type = test_signer_of("witness.example/w1", NOTE_KEY_ED25519, 2);
	struct test_signer renamed = test_signer_of("example.org/other", NOTE_KEY_ED25519, 1);
	const struct note_key *same_key[] = { &witness.key, &namesake.key };
	const struct note_key *not_a_cosigner[] = { &wrong_type.key };
	struct cosigned cosigned[2] = { { .verified = false } };
	struct checkpoint read = { .size = 77 };
	struct error error;
	struct buffer note, line;

	(void)state;
	buffer_init(&note, NOTE_MAXIMUM);
	buffer_init(&line, NOTE_MAXIMUM);
	test_sign_head(&head, &log_signer, &note);
	test_cosign_head(&note, &witness, 1000);

	assert_int_equal(signed_checkpoint_verify(buffer_view(&note), &log_signer.key, same_key, 2,
	                                          &read, cosigned, &error),
	                 ERROR_EXISTS);
	assert_int_equal(signed_checkpoint_verify(buffer_view(&note), &log_signer.key,
	                                          not_a_cosigner, 1, &read, cosigned, &error),
	                 ERROR_UNSUPPORTED);
	assert_int_equal(signed_checkpoint_verify(buffer_view(&note), &renamed.key, witness_alone,
	                                          1, &read, cosigned, &error),
	                 ERROR_MISMATCH);
	assert_int_equal(
	    cosignature_sign(&witness.key, &stranger.secret, 5, bytes_of_string("x\n"), &line),
	    ERROR_MISMATCH);
	assert_int_equal(
	    cosignature_sign(&wrong_type.key, &wrong_type.secret, 5, bytes_of_string("x\n"), &line),
	    ERROR_MISMATCH);
	assert_int_equal(
	    cosignature_sign(&witness.key, &witness.secret, -5, bytes_of_string("x\n"), &line),
	    ERROR_CLOCK);
	assert_int_equal(line.size, 0);
	assert_int_equal(read.size, 77);

	/* A log that has not signed; its key id differs, so its line is skipped. */
	buffer_clear(&note);
	test_sign_head(&head, &renamed, &note);
	assert_int_equal(signed_checkpoint_verify(buffer_view(&note), &log_signer.key,
	                                          witness_alone, 1, &read, cosigned, &error),
	                 ERROR_NOT_FOUND);
	buffer_release(&line);
	buffer_release(&note);
}

/* Every single changed byte of the signed part or of a known line is noticed. */
static void test_changed_bytes(void **state)
{
	const struct note_key *cosigners[] = { &witness.key };
	struct cosigned cosigned[1];
	struct checkpoint read;
	struct buffer note;

	(void)state;
	buffer_init(&note, NOTE_MAXIMUM);
	test_sign_head(&head, &log_signer, &note);
	test_cosign_head(&note, &witness, 1000);
	for (size_t i = 0; i < note.size; i++) {
		int r;

		note.data[i] ^= 1;
		r = signed_checkpoint_verify(buffer_view(&note), &log_signer.key, cosigners, 1,
		                             &read, cosigned, NULL);
		/* At most the cosigner has become somebody unknown. */
		assert_true(r != OK || !cosigned[0].verified);
		note.data[i] ^= 1;
	}
	buffer_release(&note);
}

/* A line with the name and id of `signer` and any content. */
static void put_line(struct buffer *lines, const struct test_signer *signer, uint64_t time,
                     size_t size)
{
	struct buffer blob;
	uint8_t *place;

	buffer_init(&blob, 256);
	assert_int_equal(buffer_put(&blob, signer->key.id, NOTE_KEY_ID_SIZE), OK);
	assert_int_equal(buffer_put_u64(&blob, time), OK);
	assert_int_equal(buffer_extend(&blob, size - 8, &place), OK);
	memset(place, 7, size - 8);
	assert_int_equal(buffer_put_format(lines, "\xe2\x80\x94 %s ", signer->key.name), OK);
	assert_int_equal(base64_encode(lines, buffer_view(&blob), BASE64_PADDED), OK);
	assert_int_equal(buffer_put_string(lines, "\n"), OK);
	buffer_release(&blob);
}

static void test_hostile_lines(void **state)
{
	static const struct {
		uint64_t time;
		size_t size;
		int result;
	} lines[] = {
		{ 1000, COSIGNATURE_SIZE, ERROR_SIGNATURE },
		{ 1000, COSIGNATURE_SIZE - 1, ERROR_SIGNATURE },
		{ 1000, COSIGNATURE_SIZE + 1, ERROR_SIGNATURE },
		{ 1000, 9, ERROR_SIGNATURE },
		{ UINT64_MAX, COSIGNATURE_SIZE, ERROR_CLOCK },
		{ (uint64_t)TIMESTAMP_MAXIMUM + 1, COSIGNATURE_SIZE, ERROR_CLOCK },
	};
	const struct note_key *cosigners[] = { &witness.key };

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct cosigned cosigned[1] = { { .verified = false } };
		struct checkpoint read;
		struct error error;
		struct buffer note;

		buffer_init(&note, NOTE_MAXIMUM);
		test_sign_head(&head, &log_signer, &note);
		test_cosign_head(&note, &witness, 1000);
		put_line(&note, &stranger, lines[i].time, lines[i].size);
		assert_int_equal(signed_checkpoint_verify(buffer_view(&note), &log_signer.key,
		                                          cosigners, 1, &read, cosigned, &error),
		                 OK);
		put_line(&note, &witness, lines[i].time, lines[i].size);
		assert_int_equal(signed_checkpoint_verify(buffer_view(&note), &log_signer.key,
		                                          cosigners, 1, &read, cosigned, &error),
		                 lines[i].result);
		assert_int_equal(error.code, lines[i].result);
		buffer_release(&note);
	}
}

static void test_keep_verified(void **state)
{
	const struct note_key *cosigners[] = { &witness.key, &other.key, &log_signer.key };
	struct bytes text;
	struct note parsed;
	struct buffer note, lines, kept, expected;
	size_t count = 99;

	(void)state;
	buffer_init(&note, NOTE_MAXIMUM);
	buffer_init(&lines, NOTE_MAXIMUM);
	buffer_init(&kept, NOTE_MAXIMUM);
	buffer_init(&expected, NOTE_MAXIMUM);
	test_sign_head(&head, &log_signer, &note);
	assert_int_equal(note_parse(buffer_view(&note), &parsed, NULL), OK);
	text = parsed.text;

	put_line(&lines, &witness, 5, COSIGNATURE_SIZE);
	put_line(&lines, &stranger, 5, COSIGNATURE_SIZE);
	assert_int_equal(cosignature_sign(&stranger.key, &stranger.secret, 7, text, &lines), OK);
	assert_int_equal(cosignature_sign(&witness.key, &witness.secret, 7, text, &lines), OK);
	assert_int_equal(cosignature_sign(&witness.key, &witness.secret, 8, text, &lines), OK);
	assert_int_equal(cosignature_sign(&other.key, &other.secret, 9, text, &lines), OK);
	assert_int_equal(cosignature_sign(&witness.key, &witness.secret, 7, text, &expected), OK);
	assert_int_equal(cosignature_sign(&other.key, &other.secret, 9, text, &expected), OK);

	assert_int_equal(buffer_put_string(&kept, "before\n"), OK);
	assert_int_equal(
	    cosignature_keep_verified(text, buffer_view(&lines), cosigners, 3, &kept, &count), OK);
	assert_int_equal(count, 2);
	assert_true(kept.size > strlen("before\n"));
	assert_true(
	    bytes_equal(bytes_of(kept.data + strlen("before\n"), kept.size - strlen("before\n")),
	                buffer_view(&expected)));

	/* Another text: nothing is left; not lines: refused. */
	buffer_clear(&kept);
	assert_int_equal(cosignature_keep_verified(bytes_of_string("x\n"), buffer_view(&lines),
	                                           cosigners, 3, &kept, &count),
	                 OK);
	assert_int_equal(count, 0);
	assert_int_equal(kept.size, 0);
	assert_int_equal(
	    cosignature_keep_verified(text, bytes_of_string("no\n"), cosigners, 3, &kept, &count),
	    ERROR_SYNTAX);
	assert_int_equal(
	    cosignature_keep_verified(text, bytes_of_string(""), cosigners, 3, &kept, &count),
	    ERROR_SYNTAX);
	/* An attempt to move the end of the text into the lines. */
	assert_int_equal(buffer_put_string(&lines, "\n"), OK);
	put_line(&lines, &witness, 5, COSIGNATURE_SIZE);
	assert_int_equal(
	    cosignature_keep_verified(text, buffer_view(&lines), cosigners, 3, &kept, &count),
	    ERROR_SYNTAX);
	buffer_release(&expected);
	buffer_release(&kept);
	buffer_release(&lines);
	buffer_release(&note);
}

/* Signs, keeps and verifies one cosignature. */
static int cosign_once(void *context)
{
	const struct note_key *cosigners[] = { &witness.key };
	const struct note *note = context;
	struct buffer lines, kept;
	timestamp time;
	size_t count;
	int r;

	buffer_init(&lines, NOTE_MAXIMUM);
	buffer_init(&kept, NOTE_MAXIMUM);
	if ((r = cosignature_sign(&witness.key, &witness.secret, 7, note->text, &lines)) != OK ||
	    (r = cosignature_keep_verified(note->text, buffer_view(&lines), cosigners, 1, &kept,
	                                   &count)) != OK)
		goto out;
	assert_int_equal(count, 1);
	r = cosignature_verify(note, &witness.key, &time, NULL);
out:
	buffer_release(&kept);
	buffer_release(&lines);
	return r;
}

static void test_without_memory(void **state)
{
	struct buffer note;
	struct note parsed;

	(void)state;
	buffer_init(&note, NOTE_MAXIMUM);
	test_sign_head(&head, &log_signer, &note);
	test_cosign_head(&note, &witness, 1000);
	assert_int_equal(note_parse(buffer_view(&note), &parsed, NULL), OK);
	torture(cosign_once, &parsed);
	buffer_release(&note);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),        cmocka_unit_test(test_sign_and_verify),
		cmocka_unit_test(test_refusals),       cmocka_unit_test(test_changed_bytes),
		cmocka_unit_test(test_hostile_lines),  cmocka_unit_test(test_keep_verified),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
