#include "bech32.h"

#include "allocate.h"

/*
 * Method: BIP 173. Data are cut into groups of five bits, each written as one
 * of 32 characters; six more characters are the remainder of the whole, the
 * prefix included, under a BCH code.
 */
enum {
	GROUP_BITS = 5,
	CHECKSUM_SIZE = 6, /* characters */
	PREFIX_MAXIMUM = 83,
	GROUPS_MAXIMUM = BECH32_MAXIMUM,
	DATA_MAXIMUM = 64, /* bytes bech32_decode_fixed may be asked for */
};

static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

static uint32_t checksum_step(uint32_t state, uint8_t group)
{
	static const uint32_t generators[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
		                               0x2a1462b3 };
	uint32_t top = state >> 25;

	state = (state & 0x1ffffff) << GROUP_BITS ^ group;
	for (unsigned i = 0; i < 5; i++)
		state ^= (0 - (top >> i & 1)) & generators[i];
	return state;
}

static uint32_t checksum_of(const char *prefix, const uint8_t *groups, size_t count)
{
	size_t length = strlen(prefix);
	uint32_t state = 1;

	for (size_t i = 0; i < length; i++)
		state = checksum_step(state, (uint8_t)prefix[i] >> GROUP_BITS);
	state = checksum_step(state, 0);
	for (size_t i = 0; i < length; i++)
		state = checksum_step(state, (uint8_t)prefix[i] & 31);
	for (size_t i = 0; i < count; i++)
		state = checksum_step(state, groups[i]);
	return state;
}

static char in_case(char letter, enum bech32_case letter_case)
{
	if (letter_case == BECH32_UPPER && letter >= 'a' && letter <= 'z')
		return (char)(letter - 'a' + 'A');
	return letter;
}

/* Without leaving early, as what is looked up may be a secret. */
static int group_of(uint8_t character, enum bech32_case letter_case)
{
	int found = -1;

	for (int i = 0; i < 32; i++)
		found = (uint8_t)in_case(alphabet[i], letter_case) == character ? i : found;
	return found;
}

int bech32_encode(struct buffer *buffer, const char *prefix, struct bytes data,
                  enum bech32_case letter_case)
{
	uint8_t groups[GROUPS_MAXIMUM];
	size_t prefix_size = strlen(prefix);
	size_t count = 0;
	uint32_t pending = 0;
	unsigned pending_bits = 0;
	uint32_t checksum;
	uint8_t *place;
	int r;

	if (prefix_size == 0 || prefix_size > PREFIX_MAXIMUM || data.size > BECH32_MAXIMUM ||
	    prefix_size + 1 + (data.size * 8 + 4) / GROUP_BITS + CHECKSUM_SIZE > BECH32_MAXIMUM)
		return ERROR_LIMIT;
	for (size_t i = 0; i < data.size; i++) {
		pending = (pending << 8 | data.data[i]) & 0xffff;
		for (pending_bits += 8; pending_bits >= GROUP_BITS;) {
			pending_bits -= GROUP_BITS;
			groups[count++] = pending >> pending_bits & 31;
		}
	}
	if (pending_bits > 0)
		groups[count++] = pending << (GROUP_BITS - pending_bits) & 31;
	memset(groups + count, 0, CHECKSUM_SIZE);
	checksum = checksum_of(prefix, groups, count + CHECKSUM_SIZE) ^ 1;
	for (unsigned i = 0; i < CHECKSUM_SIZE; i++)
		groups[count++] = checksum >> GROUP_BITS * (CHECKSUM_SIZE - 1 - i) & 31;

	if ((r = buffer_extend(buffer, prefix_size + 1 + count, &place)) != OK)
		goto out;
	for (size_t i = 0; i < prefix_size; i++)
		*place++ = (uint8_t)in_case(prefix[i], letter_case);
	*place++ = '1';
	for (size_t i = 0; i < count; i++)
		*place++ = (uint8_t)in_case(alphabet[groups[i]], letter_case);
	r = OK;
out:
	wipe(groups, sizeof(groups));
	wipe(&pending, sizeof(pending));
	return r;
}

/* Joins groups to exactly `size` bytes; less than a group of zero bits may be left. */
static int join_groups(const uint8_t *groups, size_t count, uint8_t *ret_data, size_t size)
{
	uint32_t pending = 0;
	unsigned pending_bits = 0;
	size_t written = 0;

	if (count != (size * 8 + GROUP_BITS - 1) / GROUP_BITS)
		return ERROR_SYNTAX;
	for (size_t i = 0; i < count; i++) {
		pending = (pending << GROUP_BITS | groups[i]) & 0xffff;
		pending_bits += GROUP_BITS;
		if (pending_bits >= 8) {
			pending_bits -= 8;
			ret_data[written++] = (uint8_t)(pending >> pending_bits);
		}
	}
	if ((pending & ((1U << pending_bits) - 1)) != 0)
		return ERROR_CANONICAL;
	return OK;
}

int bech32_decode_fixed(struct bytes text, const char *prefix, enum bech32_case letter_case,
                        void *ret_data, size_t size)
{
	uint8_t groups[GROUPS_MAXIMUM];
	uint8_t data[DATA_MAXIMUM];
	size_t prefix_size = strlen(prefix);
	size_t count;
	int r = ERROR_SYNTAX;

	if (size > DATA_MAXIMUM)
		return ERROR_LIMIT;
	if (text.size > BECH32_MAXIMUM || text.size < prefix_size + 1 + CHECKSUM_SIZE ||
	    text.data[prefix_size] != '1')
		return ERROR_SYNTAX;
	for (size_t i = 0; i < prefix_size; i++) {
		if (text.data[i] != (uint8_t)in_case(prefix[i], letter_case))
			return ERROR_SYNTAX;
	}
	count = text.size - prefix_size - 1;
	for (size_t i = 0; i < count; i++) {
		int group = group_of(text.data[prefix_size + 1 + i], letter_case);

		if (group < 0)
			goto out;
		groups[i] = (uint8_t)group;
	}
	if (checksum_of(prefix, groups, count) != 1)
		goto out;
	if ((r = join_groups(groups, count - CHECKSUM_SIZE, data, size)) != OK)
		goto out;
	memcpy(ret_data, data, size);
out:
	wipe(groups, sizeof(groups));
	wipe(data, sizeof(data));
	return r;
}
