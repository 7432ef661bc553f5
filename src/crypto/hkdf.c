#include "hkdf.h"

#include "allocate.h"
#include "sha.h"

void hkdf_extract(uint8_t ret_key[HKDF_KEY_SIZE], struct bytes salt, struct bytes input)
{
	/* HMAC pads its key with zeros, so an empty salt is the zero salt of the RFC. */
	hmac_sha256(ret_key, salt, &input, 1);
}

int hkdf_expand(void *ret_output, size_t size, const uint8_t key[HKDF_KEY_SIZE], struct bytes info)
{
	uint8_t block[HMAC_SHA256_SIZE];
	uint8_t *at = ret_output;
	size_t before = 0; /* bytes of the block before: none the first time */

	if (size > HKDF_OUTPUT_MAXIMUM)
		return ERROR_LIMIT;
	for (uint8_t number = 1; size > 0; number++) {
		struct bytes pieces[] = { bytes_of(block, before), info, bytes_of(&number, 1) };
		size_t part = size < sizeof(block) ? size : sizeof(block);

		hmac_sha256(block, bytes_of(key, HKDF_KEY_SIZE), pieces, 3);
		memcpy(at, block, part);
		before = sizeof(block);
		at += part;
		size -= part;
	}
	wipe(block, sizeof(block));
	return OK;
}

int hkdf(void *ret_output, size_t size, struct bytes salt, struct bytes input, struct bytes info)
{
	uint8_t key[HKDF_KEY_SIZE];
	int r;

	hkdf_extract(key, salt, input);
	r = hkdf_expand(ret_output, size, key, info);
	wipe(key, sizeof(key));
	return r;
}
