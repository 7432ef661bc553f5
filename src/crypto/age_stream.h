/* The payload of an age file, piece by piece: a 16-byte nonce, then chunks of
 * 64 KiB under ChaCha20-Poly1305 whose nonce is an 11-byte counter and a flag
 * that marks the last (C2SP age.md, "Payload"; the STREAM construction).
 *
 *     age_encryptor_init(&encryptor, &file_key, nonce, &output);
 *     for each piece: age_encryptor_update(&encryptor, piece, &output);
 *                     ... send buffer_view(&output), buffer_clear(&output) ...
 *     age_encryptor_finish(&encryptor, &output);
 *     age_encryptor_release(&encryptor);
 *
 * Each holds at most one chunk. An update appends to `output` at most the size
 * of its piece and one chunk more. After a failure an object can only be
 * released. Plaintext is never given out before its tag has been checked.
 */
#ifndef AGE_STREAM_H
#define AGE_STREAM_H

#include "age.h"

enum {
	AGE_NONCE_SIZE = 16,
	AGE_CHUNK_SIZE = 65536, /* of plaintext */
	AGE_TAG_SIZE = 16,
	AGE_PAYLOAD_KEY_SIZE = 32,
};

struct age_encryptor {
	uint8_t key[AGE_PAYLOAD_KEY_SIZE];
	uint64_t counter;
	struct buffer pending; /* plaintext of the chunk that is being filled */
};

/* Appends the nonce to `output`. A nonce is random and used once. */
int age_encryptor_init(struct age_encryptor *encryptor, const struct age_file_key *file_key,
                       const uint8_t nonce[AGE_NONCE_SIZE], struct buffer *output);
int age_encryptor_update(struct age_encryptor *encryptor, struct bytes piece,
                         struct buffer *output);

/* Appends the last chunk. */
int age_encryptor_finish(struct age_encryptor *encryptor, struct buffer *output);
void age_encryptor_release(struct age_encryptor *encryptor);

struct age_decryptor {
	struct age_file_key file_key;
	uint8_t key[AGE_PAYLOAD_KEY_SIZE];
	bool has_key; /* the nonce has been read */
	uint64_t counter;
	struct buffer pending; /* the nonce, or one chunk with its tag */
};

void age_decryptor_init(struct age_decryptor *decryptor, const struct age_file_key *file_key);

/* ERROR_SIGNATURE when a chunk's tag does not hold. */
int age_decryptor_update(struct age_decryptor *decryptor, struct bytes piece,
                         struct buffer *output);

/* The payload ends here. ERROR_SYNTAX: within the nonce, or the last chunk is
 * missing or empty where it may not be; ERROR_SIGNATURE: the last chunk's tag
 * does not hold (also when the payload was cut off). */
int age_decryptor_finish(struct age_decryptor *decryptor, struct buffer *output);
void age_decryptor_release(struct age_decryptor *decryptor);

#endif
