#include "encoding.h"

#include "allocate.h"
#include "result.h"

/*
 * Method: the three encodings are one: groups of bits taken from the most
 * significant end, each printed as a character of the alphabet. Only the number
 * of bits, the alphabet and the padding differ.
 *
 *     bits   alphabet        characters that a final group may have
 *      6     base64          2 (1 byte), 3 (2 bytes), 4 (3 bytes)
 *      5     base32          2, 4, 5, 7, 8 (1 to 5 bytes)
 *      4     hexadecimal     2
 */
struct range {
	uint8_t first;
	uint8_t last;
	uint8_t value; /* of the first character */
};

enum { RANGES = 5 };

struct alphabet {
	unsigned bits;
	size_t group; /* characters that stand for a whole number of bytes */
	const char *characters;
	struct range ranges[RANGES]; /* the same, to decode by */
};

static const struct alphabet base64 = {
	6,
	4,
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	{ { 'A', 'Z', 0 }, { 'a', 'z', 26 }, { '0', '9', 52 }, { '+', '+', 62 }, { '/', '/', 63 } },
};

/* A range that is not needed repeats the one before. */
static const struct alphabet base32 = {
	5,
	8,
	"abcdefghijklmnopqrstuvwxyz234567",
	{ { 'a', 'z', 0 }, { '2', '7', 26 }, { '2', '7', 26 }, { '2', '7', 26 }, { '2', '7', 26 } },
};

static const struct alphabet hexadecimal = {
	4,
	2,
	"0123456789abcdef",
	{ { '0', '9', 0 }, { 'a', 'f', 10 }, { 'a', 'f', 10 }, { 'a', 'f', 10 }, { 'a', 'f', 10 } },
};

static size_t encoded_size(const struct alphabet *alphabet, size_t size)
{
	return (size * 8 + alphabet->bits - 1) / alphabet->bits;
}

static size_t encode(const struct alphabet *alphabet, struct bytes bytes, char *ret_text)
{
	uint32_t mask = (1U << alphabet->bits) - 1;
	uint32_t pending = 0;
	unsigned pending_bits = 0;
	size_t count = 0;

	for (size_t i = 0; i < bytes.size; i++) {
		pending = (pending << 8 | bytes.data[i]) & 0xffff;
		pending_bits += 8;
		while (pending_bits >= alphabet->bits) {
			pending_bits -= alphabet->bits;
			ret_text[count++] = alphabet->characters[pending >> pending_bits & mask];
		}
	}
	if (pending_bits > 0)
		ret_text[count++] =
		    alphabet->characters[pending << (alphabet->bits - pending_bits) & mask];
	return count;
}

static int encode_to_buffer(const struct alphabet *alphabet, struct bytes bytes, size_t padding,
                            struct buffer *buffer)
{
	uint8_t *place;
	size_t count;
	int r;

	if (bytes.size > SIZE_MAX / 16)
		return ERROR_LIMIT;
	count = encoded_size(alphabet, bytes.size);
	if ((r = buffer_extend(buffer, count + padding, &place)) != OK)
		return r;
	encode(alphabet, bytes, (char *)place);
	memset(place + count, '=', padding);
	return OK;
}

/* Characters are translated so many at a time, which lets the compiler compare
 * them all at once. */
enum { CHUNK = 16 };

/* Most of what has a fixed size is not longer: hashes, keys, signatures. */
enum { FIXED_USUAL = 128 };

/* Gives the values of CHUNK characters; whether all are in the alphabet. Compares
 * with every range rather than look up a table, because what is decoded may be a
 * key. */
static bool translate(const struct alphabet *alphabet, const uint8_t *text,
                      uint8_t ret_values[CHUNK])
{
	uint8_t characters[CHUNK], values[CHUNK] = { 0 }, known[CHUNK] = { 0 };
	uint8_t all = 0xff;

	memcpy(characters, text, CHUNK);
	for (size_t r = 0; r < RANGES; r++) {
		const struct range range = alphabet->ranges[r];

		for (size_t i = 0; i < CHUNK; i++) {
			uint8_t offset = (uint8_t)(characters[i] - range.first);
			uint8_t within = offset <= (uint8_t)(range.last - range.first) ? 0xff : 0;

			known[i] |= within;
			values[i] |= within & (uint8_t)(offset + range.value);
		}
	}
	for (size_t i = 0; i < CHUNK; i++)
		all &= known[i];
	memcpy(ret_values, values, CHUNK);
	return all == 0xff;
}

/* The same at the end of the text, where there are fewer. */
static bool translate_rest(const struct alphabet *alphabet, struct bytes rest,
                           uint8_t ret_values[CHUNK])
{
	uint8_t text[CHUNK];
	bool known;

	memset(text, alphabet->characters[0], sizeof(text));
	memcpy(text, rest.data, rest.size);
	known = translate(alphabet, text, ret_values);
	wipe(text, sizeof(text));
	return known;
}

/* Checks `text` (without padding) without writing when `ret_data` is NULL. */
static int decode(const struct alphabet *alphabet, struct bytes text, uint8_t *ret_data)
{
	uint8_t values[CHUNK];
	uint32_t pending = 0;
	unsigned pending_bits = 0;
	bool known = true;

	while (text.size > 0) {
		size_t count = text.size < CHUNK ? text.size : CHUNK;

		known &= count < CHUNK ? translate_rest(alphabet, text, values)
		                       : translate(alphabet, text.data, values);
		for (size_t i = 0; i < count; i++) {
			pending = (pending << alphabet->bits | values[i]) & 0xffff;
			pending_bits += alphabet->bits;
			if (pending_bits >= 8) {
				pending_bits -= 8;
				if (ret_data != NULL)
					*ret_data++ = (uint8_t)(pending >> pending_bits);
			}
		}
		text = bytes_of(text.data + count, text.size - count);
	}
	wipe(values, sizeof(values));
	if (!known)
		return ERROR_SYNTAX;
	/* A whole character more than the last byte needed. */
	if (pending_bits >= alphabet->bits)
		return ERROR_SYNTAX;
	if ((pending & ((1U << pending_bits) - 1)) != 0)
		return ERROR_CANONICAL;
	return OK;
}

static size_t decoded_size(const struct alphabet *alphabet, size_t characters)
{
	size_t groups = characters / alphabet->group;
	size_t rest = characters % alphabet->group;

	return groups * (alphabet->group * alphabet->bits / 8) + rest * alphabet->bits / 8;
}

static int decode_to_buffer(const struct alphabet *alphabet, struct bytes text,
                            struct buffer *buffer)
{
	size_t before = buffer->size;
	uint8_t *place;
	int r, room;

	/* What is wrong with the text is said before a lack of room. */
	room = buffer_extend(buffer, decoded_size(alphabet, text.size), &place);
	r = decode(alphabet, text, room == OK ? place : NULL);
	if (r != OK && room == OK)
		buffer_truncate(buffer, before);
	return r != OK ? r : room;
}

static int decode_fixed(const struct alphabet *alphabet, struct bytes text, void *ret_data,
                        size_t size)
{
	int r;

	uint8_t data[FIXED_USUAL];

	if (decoded_size(alphabet, text.size) != size)
		return ERROR_SYNTAX;
	/* Nothing may be written before all is known to be right. */
	if (size > sizeof(data)) {
		r = decode(alphabet, text, NULL);
		return r == OK ? decode(alphabet, text, ret_data) : r;
	}
	if ((r = decode(alphabet, text, data)) == OK)
		memcpy(ret_data, data, size);
	wipe(data, sizeof(data));
	return r;
}

/* How many `=` follow `characters` characters of padded base64. */
static size_t base64_padding_of(size_t characters)
{
	return (4 - characters % 4) % 4;
}

/* Cuts the padding off, which must be what the rest requires. */
static int base64_strip(struct bytes *text)
{
	struct bytes rest = *text;

	if (rest.size % 4 != 0)
		return ERROR_SYNTAX;
	while (rest.size > 0 && text->size - rest.size < 2 && rest.data[rest.size - 1] == '=')
		rest.size--;
	*text = rest;
	return OK;
}

int base64_encode(struct buffer *buffer, struct bytes bytes, enum base64_padding padding)
{
	size_t rest = encoded_size(&base64, bytes.size % 3);

	return encode_to_buffer(&base64, bytes,
	                        padding == BASE64_PADDED ? base64_padding_of(rest) : 0, buffer);
}

int base64_decode(struct buffer *buffer, struct bytes text, enum base64_padding padding)
{
	int r;

	if (padding == BASE64_PADDED && (r = base64_strip(&text)) != OK)
		return r;
	return decode_to_buffer(&base64, text, buffer);
}

int base64_decode_fixed(struct bytes text, void *ret_data, size_t size)
{
	int r;

	if ((r = base64_strip(&text)) != OK)
		return r;
	return decode_fixed(&base64, text, ret_data, size);
}

int base32_encode(struct buffer *buffer, struct bytes bytes)
{
	return encode_to_buffer(&base32, bytes, 0, buffer);
}

int base32_decode(struct buffer *buffer, struct bytes text)
{
	return decode_to_buffer(&base32, text, buffer);
}

int hex_encode(struct buffer *buffer, struct bytes bytes)
{
	return encode_to_buffer(&hexadecimal, bytes, 0, buffer);
}

int hex_decode(struct buffer *buffer, struct bytes text)
{
	return decode_to_buffer(&hexadecimal, text, buffer);
}

int hex_decode_fixed(struct bytes text, void *ret_data, size_t size)
{
	return decode_fixed(&hexadecimal, text, ret_data, size);
}

static void hash_to_text(const struct alphabet *alphabet, const struct hash *hash, char *ret_text)
{
	size_t count = encode(alphabet, bytes_of(hash->bytes, HASH_SIZE), ret_text);

	ret_text[count] = '\0';
}

void hash_to_base64(const struct hash *hash, char ret_text[HASH_BASE64_CAPACITY])
{
	hash_to_text(&base64, hash, ret_text);
	ret_text[HASH_BASE64_CAPACITY - 2] = '=';
	ret_text[HASH_BASE64_CAPACITY - 1] = '\0';
}

void hash_to_base32(const struct hash *hash, char ret_text[HASH_BASE32_CAPACITY])
{
	hash_to_text(&base32, hash, ret_text);
}

void hash_to_hex(const struct hash *hash, char ret_text[HASH_HEX_CAPACITY])
{
	hash_to_text(&hexadecimal, hash, ret_text);
}
