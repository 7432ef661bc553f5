#include "age_stream.h"

#include "allocate.h"
#include "hkdf.h"

#include <sodium.h>

enum {
	SEALED_CHUNK_SIZE = AGE_CHUNK_SIZE + AGE_TAG_SIZE,
	CHUNK_NONCE_SIZE = crypto_aead_chacha20poly1305_ietf_NPUBBYTES,
};

_Static_assert(AGE_TAG_SIZE == crypto_aead_chacha20poly1305_ietf_ABYTES, "tag size");
_Static_assert(AGE_PAYLOAD_KEY_SIZE == crypto_aead_chacha20poly1305_ietf_KEYBYTES, "key size");

static void payload_key(const struct age_file_key *file_key, const uint8_t nonce[AGE_NONCE_SIZE],
                        uint8_t ret_key[AGE_PAYLOAD_KEY_SIZE])
{
	/* Its one error is an output that is too long. */
	(void)hkdf(ret_key, AGE_PAYLOAD_KEY_SIZE, bytes_of(nonce, AGE_NONCE_SIZE),
	           bytes_of(file_key->bytes, sizeof(file_key->bytes)), bytes_of_string("payload"));
}

/* Eleven bytes of big-endian counter, of which 64 bits can never run out, and a flag. */
static void chunk_nonce(uint64_t counter, bool last, uint8_t ret_nonce[CHUNK_NONCE_SIZE])
{
	memset(ret_nonce, 0, CHUNK_NONCE_SIZE);
	for (unsigned i = 0; i < 8; i++)
		ret_nonce[CHUNK_NONCE_SIZE - 2 - i] = (uint8_t)(counter >> 8 * i);
	ret_nonce[CHUNK_NONCE_SIZE - 1] = last ? 1 : 0;
}

/* Moves as much of `piece` as fits to `pending`, up to `size` bytes there. */
static int fill(struct buffer *pending, size_t size, struct bytes *piece)
{
	size_t take = size - pending->size < piece->size ? size - pending->size : piece->size;
	int r;

	if ((r = buffer_put(pending, piece->data, take)) != OK)
		return r;
	piece->data += take;
	piece->size -= take;
	return OK;
}

int age_encryptor_init(struct age_encryptor *encryptor, const struct age_file_key *file_key,
                       const uint8_t nonce[AGE_NONCE_SIZE], struct buffer *output)
{
	*encryptor = (struct age_encryptor){ 0 };
	buffer_init(&encryptor->pending, AGE_CHUNK_SIZE);
	payload_key(file_key, nonce, encryptor->key);
	return buffer_put(output, nonce, AGE_NONCE_SIZE);
}

static int encrypt_pending(struct age_encryptor *encryptor, bool last, struct buffer *output)
{
	uint8_t nonce[CHUNK_NONCE_SIZE];
	uint8_t *place;
	int r;

	if ((r = buffer_extend(output, encryptor->pending.size + AGE_TAG_SIZE, &place)) != OK)
		return r;
	chunk_nonce(encryptor->counter++, last, nonce);
	(void)crypto_aead_chacha20poly1305_ietf_encrypt(place, NULL, encryptor->pending.data,
	                                                encryptor->pending.size, NULL, 0, NULL,
	                                                nonce, encryptor->key);
	buffer_clear(&encryptor->pending);
	return OK;
}

int age_encryptor_update(struct age_encryptor *encryptor, struct bytes piece, struct buffer *output)
{
	int r;

	while (piece.size > 0) {
		/* A full chunk waits until more comes, for it may be the last. */
		if (encryptor->pending.size == AGE_CHUNK_SIZE &&
		    (r = encrypt_pending(encryptor, false, output)) != OK)
			return r;
		if ((r = fill(&encryptor->pending, AGE_CHUNK_SIZE, &piece)) != OK)
			return r;
	}
	return OK;
}

int age_encryptor_finish(struct age_encryptor *encryptor, struct buffer *output)
{
	return encrypt_pending(encryptor, true, output);
}

void age_encryptor_release(struct age_encryptor *encryptor)
{
	buffer_release(&encryptor->pending);
	wipe(encryptor->key, sizeof(encryptor->key));
}

void age_decryptor_init(struct age_decryptor *decryptor, const struct age_file_key *file_key)
{
	*decryptor = (struct age_decryptor){ .file_key = *file_key };
	buffer_init(&decryptor->pending, SEALED_CHUNK_SIZE);
}

static int decrypt_pending(struct age_decryptor *decryptor, bool last, struct buffer *output)
{
	struct bytes sealed = buffer_view(&decryptor->pending);
	uint8_t nonce[CHUNK_NONCE_SIZE];
	size_t before = output->size;
	uint8_t *place;
	int r;

	/* The last chunk is empty only where there is nothing before it. */
	if (sealed.size < AGE_TAG_SIZE || (sealed.size == AGE_TAG_SIZE && decryptor->counter > 0))
		return ERROR_SYNTAX;
	if ((r = buffer_extend(output, sealed.size - AGE_TAG_SIZE, &place)) != OK)
		return r;
	chunk_nonce(decryptor->counter++, last, nonce);
	if (crypto_aead_chacha20poly1305_ietf_decrypt(place, NULL, NULL, sealed.data, sealed.size,
	                                              NULL, 0, nonce, decryptor->key) != 0) {
		buffer_truncate(output, before);
		return ERROR_SIGNATURE;
	}
	buffer_clear(&decryptor->pending);
	return OK;
}

/* The nonce is complete: the key follows from it. */
static void take_nonce(struct age_decryptor *decryptor)
{
	payload_key(&decryptor->file_key, decryptor->pending.data, decryptor->key);
	wipe(&decryptor->file_key, sizeof(decryptor->file_key));
	decryptor->has_key = true;
	buffer_clear(&decryptor->pending);
}

int age_decryptor_update(struct age_decryptor *decryptor, struct bytes piece, struct buffer *output)
{
	int r;

	while (piece.size > 0) {
		if (decryptor->pending.size == SEALED_CHUNK_SIZE &&
		    (r = decrypt_pending(decryptor, false, output)) != OK)
			return r;
		if ((r = fill(&decryptor->pending,
		              decryptor->has_key ? SEALED_CHUNK_SIZE : AGE_NONCE_SIZE, &piece)) !=
		    OK)
			return r;
		if (!decryptor->has_key && decryptor->pending.size == AGE_NONCE_SIZE)
			take_nonce(decryptor);
	}
	return OK;
}

int age_decryptor_finish(struct age_decryptor *decryptor, struct buffer *output)
{
	if (!decryptor->has_key)
		return ERROR_SYNTAX;
	return decrypt_pending(decryptor, true, output);
}

void age_decryptor_release(struct age_decryptor *decryptor)
{
	buffer_release(&decryptor->pending);
	wipe(&decryptor->file_key, sizeof(decryptor->file_key));
	wipe(decryptor->key, sizeof(decryptor->key));
}
