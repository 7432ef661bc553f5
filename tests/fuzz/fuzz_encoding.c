/* What a decoder accepts, the encoder must give back byte for byte: one
 * spelling. */
#include "encoding.h"
#include "result.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAXIMUM = 1 << 16 };

static int decode(int encoding, struct buffer *buffer, struct bytes text)
{
	switch (encoding) {
	case 0:
		return base64_decode(buffer, text, BASE64_PADDED);
	case 1:
		return base64_decode(buffer, text, BASE64_UNPADDED);
	case 2:
		return base32_decode(buffer, text);
	default:
		return hex_decode(buffer, text);
	}
}

static int encode(int encoding, struct buffer *buffer, struct bytes plain)
{
	switch (encoding) {
	case 0:
		return base64_encode(buffer, plain, BASE64_PADDED);
	case 1:
		return base64_encode(buffer, plain, BASE64_UNPADDED);
	case 2:
		return base32_encode(buffer, plain);
	default:
		return hex_encode(buffer, plain);
	}
}

static int decode_fixed(int encoding, struct bytes text, uint8_t *data, size_t size)
{
	return encoding == 0 ? base64_decode_fixed(text, data, size)
	                     : hex_decode_fixed(text, data, size);
}

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);

	if (size > MAXIMUM / 4)
		return 0;
	for (int encoding = 0; encoding < 4; encoding++) {
		struct buffer plain;
		struct buffer text;

		buffer_init(&plain, MAXIMUM);
		buffer_init(&text, MAXIMUM);
		if (decode(encoding, &plain, input) == OK) {
			require(encode(encoding, &text, buffer_view(&plain)) == OK);
			require(bytes_equal(buffer_view(&text), input));
		} else {
			require(plain.size == 0);
		}
		if (encoding % 3 == 0) {
			uint8_t fixed[HASH_SIZE] = { 0 };
			bool fits = plain.size == sizeof(fixed);

			require((decode_fixed(encoding, input, fixed, sizeof(fixed)) == OK) ==
			        fits);
			require(!fits || memcmp(fixed, plain.data, sizeof(fixed)) == 0);
		}

		buffer_clear(&plain);
		buffer_clear(&text);
		require(encode(encoding, &text, input) == OK);
		require(decode(encoding, &plain, buffer_view(&text)) == OK);
		require(bytes_equal(buffer_view(&plain), input));
		buffer_release(&plain);
		buffer_release(&text);
	}
	return 0;
}
