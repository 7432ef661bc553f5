#include "ustar.h"

#include <inttypes.h>
#include <stdio.h>

/* The fields of a header: where each begins, and what it holds where that is always
 * the same. */
enum {
	NAME_AT = 0,
	MODE_AT = 100,
	USER_AT = 108,
	GROUP_AT = 116,
	SIZE_AT = 124,
	TIME_AT = 136,
	CHECKSUM_AT = 148,
	TYPE_AT = 156,
	MAGIC_AT = 257,
	MAJOR_AT = 329,
	MINOR_AT = 337,
	PREFIX_AT = 345,
	MODE_SIZE = 8,
	NUMBER_DIGITS = 11, /* of sizes and times, in octal */
	NUMBER_SIZE = 12,
	CHECKSUM_SIZE = 8
};

#define OCTAL_MAXIMUM ((UINT64_C(1) << (3 * NUMBER_DIGITS)) - 1)
#define BASE_256_MARK 0x80

static const struct {
	size_t at;
	const char *text;
	size_t size;
} fields[] = {
	{ USER_AT, "0000000", 8 },
	{ GROUP_AT, "0000000", 8 },
	{ CHECKSUM_AT, "        ", CHECKSUM_SIZE }, /* as it counts in its own sum */
	{ TYPE_AT, "0", 1 },                        /* a regular file */
	{ MAGIC_AT, "ustar\00000", 8 },             /* magic with NUL, version */
	{ MAJOR_AT, "0000000", 8 },
	{ MINOR_AT, "0000000", 8 },
};

static void put_number(uint64_t number, uint8_t *place)
{
	char text[NUMBER_SIZE + 12];

	if (number <= OCTAL_MAXIMUM) {
		snprintf(text, sizeof(text), "%011" PRIo64, number);
		memcpy(place, text, NUMBER_DIGITS);
		return;
	}
	place[0] = BASE_256_MARK;
	for (size_t i = NUMBER_SIZE - 1; i > 0; i--, number >>= 8)
		place[i] = (uint8_t)number;
}

static int get_number(const uint8_t *place, uint64_t maximum, uint64_t *ret_number)
{
	bool octal = place[0] != BASE_256_MARK;
	uint64_t number = 0;

	for (size_t i = octal ? 0 : 1; i < (octal ? NUMBER_DIGITS : NUMBER_SIZE); i++) {
		if (octal && (place[i] < '0' || place[i] > '7'))
			return ERROR_SYNTAX;
		if (number > UINT64_MAX >> 8)
			return ERROR_LIMIT;
		number = octal ? number << 3 | (uint64_t)(place[i] - '0') : number << 8 | place[i];
	}
	if (number > maximum)
		return ERROR_LIMIT;
	*ret_number = number;
	return OK;
}

void ustar_header(const struct ustar_member *member, uint8_t ret_block[USTAR_BLOCK_SIZE])
{
	char text[16];
	unsigned sum = 0;

	memset(ret_block, 0, USTAR_BLOCK_SIZE);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		memcpy(ret_block + fields[i].at, fields[i].text, fields[i].size);
	memcpy(ret_block + NAME_AT, member->name, strlen(member->name));
	memcpy(ret_block + PREFIX_AT, member->prefix, strlen(member->prefix));
	memcpy(ret_block + MODE_AT, member->mode, MODE_SIZE);
	put_number(member->size, ret_block + SIZE_AT);
	put_number(member->time, ret_block + TIME_AT);
	for (size_t i = 0; i < USTAR_BLOCK_SIZE; i++)
		sum += ret_block[i];
	/* Six digits, a NUL, a space. */
	snprintf(text, sizeof(text), "%06o", sum & 0777777);
	memcpy(ret_block + CHECKSUM_AT, text, CHECKSUM_SIZE - 1);
}

int ustar_name(const uint8_t block[USTAR_BLOCK_SIZE], struct bytes *ret_name)
{
	const uint8_t *end = memchr(block + NAME_AT, '\0', USTAR_NAME_CAPACITY);

	if (end == NULL)
		return ERROR_SYNTAX;
	*ret_name = bytes_of(block + NAME_AT, (size_t)(end - block) - NAME_AT);
	return OK;
}

int ustar_size(const uint8_t block[USTAR_BLOCK_SIZE], uint64_t maximum, uint64_t *ret_size)
{
	return get_number(block + SIZE_AT, maximum, ret_size);
}

int ustar_time(const uint8_t block[USTAR_BLOCK_SIZE], uint64_t maximum, uint64_t *ret_time)
{
	return get_number(block + TIME_AT, maximum, ret_time);
}

size_t ustar_padding(uint64_t size)
{
	return (USTAR_BLOCK_SIZE - (size_t)(size % USTAR_BLOCK_SIZE)) % USTAR_BLOCK_SIZE;
}
