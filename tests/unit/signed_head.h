/* Keys and signed checkpoints for tests. */
#ifndef SIGNED_HEAD_H
#define SIGNED_HEAD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cosignature.h"

struct test_signer {
	struct ed25519_secret secret;
	struct note_key key;
};

/* The signer of that name whose seed is `seed` repeated. */
static inline struct test_signer test_signer_of(const char *name, enum note_key_type type,
                                                uint8_t seed)
{
	uint8_t bytes[ED25519_SEED_SIZE];
	struct test_signer signer;

	memset(bytes, seed, sizeof(bytes));
	ed25519_from_seed(&signer.secret, bytes);
	assert_int_equal(
	    note_key_init(&signer.key, bytes_of_string(name), type, &signer.secret.public_key), OK);
	return signer;
}

/* Appends the checkpoint's text, the empty line and the log's signature line. */
static inline void test_sign_head(const struct checkpoint *checkpoint,
                                  const struct test_signer *log, struct buffer *note)
{
	struct buffer text;

	buffer_init(&text, CHECKPOINT_TEXT_MAXIMUM);
	assert_int_equal(checkpoint_print(checkpoint, &text), OK);
	assert_int_equal(buffer_put_bytes(note, buffer_view(&text)), OK);
	assert_int_equal(buffer_put_string(note, "\n"), OK);
	assert_int_equal(note_sign(&log->key, &log->secret, buffer_view(&text), note), OK);
	buffer_release(&text);
}

/* Appends a cosigner's line to a note. */
static inline void test_cosign_head(struct buffer *note, const struct test_signer *cosigner,
                                    timestamp time)
{
	struct buffer line;
	struct note parsed;

	buffer_init(&line, NOTE_MAXIMUM);
	assert_int_equal(note_parse(buffer_view(note), &parsed, NULL), OK);
	assert_int_equal(
	    cosignature_sign(&cosigner->key, &cosigner->secret, time, parsed.text, &line), OK);
	assert_int_equal(buffer_put_bytes(note, buffer_view(&line)), OK);
	buffer_release(&line);
}

#endif
