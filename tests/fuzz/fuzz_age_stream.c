/* Payloads of age files: what is decrypted in any pieces is decrypted alike,
 * and encrypts to the same bytes again. The first byte tells the pieces. */
#include "age_stream.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUTPUT_MAXIMUM = 1 << 22 };

static const struct age_file_key file_key = { { 7 } };

static void require(bool holds)
{
	if (!holds)
		abort();
}

static int decrypt(struct bytes payload, size_t step, struct buffer *output)
{
	struct age_decryptor decryptor;
	int r = OK;

	age_decryptor_init(&decryptor, &file_key);
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

static void encrypt(struct bytes plain, const uint8_t nonce[AGE_NONCE_SIZE], size_t step,
                    struct buffer *output)
{
	struct age_encryptor encryptor;

	require(age_encryptor_init(&encryptor, &file_key, nonce, output) == OK);
	while (plain.size > 0) {
		size_t size = plain.size < step ? plain.size : step;

		require(age_encryptor_update(&encryptor, bytes_of(plain.data, size), output) == OK);
		plain.data += size;
		plain.size -= size;
	}
	require(age_encryptor_finish(&encryptor, output) == OK);
	age_encryptor_release(&encryptor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t nonce[AGE_NONCE_SIZE] = { 5 };
	struct buffer plain, sealed;
	struct bytes input;
	size_t step;

	if (size == 0)
		return 0;
	step = ((size_t)data[0] + 1) * 300;
	input = bytes_of(data + 1, size - 1);
	buffer_init(&plain, OUTPUT_MAXIMUM);
	buffer_init(&sealed, OUTPUT_MAXIMUM);
	if (decrypt(input, step, &plain) == OK) {
		encrypt(buffer_view(&plain), input.data, step, &sealed);
		require(bytes_equal(buffer_view(&sealed), input));
	}
	buffer_clear(&plain);
	buffer_clear(&sealed);

	encrypt(input, nonce, step, &sealed);
	require(decrypt(buffer_view(&sealed), 65552, &plain) == OK);
	require(bytes_equal(buffer_view(&plain), input));
	buffer_release(&plain);
	buffer_release(&sealed);
	return 0;
}
