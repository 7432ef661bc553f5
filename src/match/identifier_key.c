#include "identifier_key.h"

#include "prefix.h"

enum { DOT = 1 };

static size_t key_of_domain(struct bytes text, uint8_t *key)
{
	for (size_t i = 0; i < text.size; i++) {
		uint8_t character = text.data[text.size - 1 - i];

		key[i] = character == '.' ? DOT : character;
	}
	return text.size;
}

static size_t key_of_prefix(enum identifier_class identifier_class, struct bytes text, uint8_t *key)
{
	size_t size = prefix_width(identifier_class) / 8;
	struct prefix prefix;

	if (prefix_read(identifier_class, text, &prefix, NULL) != OK)
		return 0;
	memcpy(key, prefix.address, size);
	key[size] = (uint8_t)prefix.length;
	return size + 1;
}

size_t identifier_key(enum identifier_class identifier_class, struct bytes text,
                      uint8_t ret_key[IDENTIFIER_KEY_MAXIMUM])
{
	ret_key[0] = (uint8_t)identifier_class;
	if (text.size > IDENTIFIER_MAXIMUM)
		text.size = IDENTIFIER_MAXIMUM;
	switch (identifier_class) {
	case IDENTIFIER_IPV4:
	case IDENTIFIER_IPV6:
		return 1 + key_of_prefix(identifier_class, text, ret_key + 1);
	case IDENTIFIER_DOMAIN:
		return 1 + key_of_domain(text, ret_key + 1);
	default:
		memcpy(ret_key + 1, text.data, text.size);
		return 1 + text.size;
	}
}

/* Both keys end with the length. */
static bool prefix_key_covers(struct bytes one, struct bytes other)
{
	unsigned length = one.data[one.size - 1];
	unsigned whole = length / 8, rest = length % 8;
	uint8_t mask = (uint8_t)(0xff << (8 - rest));

	if (one.size != other.size || length > other.data[other.size - 1] ||
	    memcmp(one.data, other.data, 1 + whole) != 0)
		return false;
	return rest == 0 || ((one.data[1 + whole] ^ other.data[1 + whole]) & mask) == 0;
}

bool identifier_key_covers(struct bytes one, struct bytes other)
{
	if (one.size < 2 || other.size < 2 || one.data[0] != other.data[0])
		return false;
	if (one.data[0] == IDENTIFIER_IPV4 || one.data[0] == IDENTIFIER_IPV6)
		return prefix_key_covers(one, other);
	if (bytes_equal(one, other))
		return true;
	return one.data[0] == IDENTIFIER_DOMAIN && bytes_begin_with(other, one) &&
	       other.data[one.size] == DOT;
}
