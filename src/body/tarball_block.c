#include "tarball_block.h"

#include <stdio.h>

/* The fields of a ustar header: where each begins, and what it holds where that
 * is always the same. Numbers are octal digits with a NUL. */
enum {
	NAME_AT = 0,
	MODE_AT = 100,
	USER_AT = 108,
	GROUP_AT = 116,
	SIZE_AT = 124,
	SIZE_DIGITS = 11,
	TIME_AT = 136,
	CHECKSUM_AT = 148,
	CHECKSUM_SIZE = 8,
	TYPE_AT = 156,
	MAGIC_AT = 257,
	MAJOR_AT = 329,
	MINOR_AT = 337,
};

static const struct field {
	size_t at;
	const char *text;
	size_t size;
} fields[] = {
	{ MODE_AT, "0000644", 8 },
	{ USER_AT, "0000000", 8 },
	{ GROUP_AT, "0000000", 8 },
	{ TIME_AT, "00000000000", 12 },
	{ CHECKSUM_AT, "        ", CHECKSUM_SIZE }, /* as it counts in its own sum */
	{ TYPE_AT, "0", 1 },                        /* a regular file */
	{ MAGIC_AT, "ustar\00000", 8 },             /* magic with NUL, version */
	{ MAJOR_AT, "0000000", 8 },
	{ MINOR_AT, "0000000", 8 },
};

void tarball_header(size_t part, uint64_t size, uint8_t ret_block[TARBALL_BLOCK_SIZE])
{
	char text[16];
	unsigned sum = 0;

	memset(ret_block, 0, TARBALL_BLOCK_SIZE);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		memcpy(ret_block + fields[i].at, fields[i].text, fields[i].size);

	if (part == 0)
		snprintf(text, sizeof(text), "manifest");
	else
		snprintf(text, sizeof(text), "%04u", (unsigned)(part % 10000));
	memcpy(ret_block + NAME_AT, text, strlen(text));
	snprintf(text, sizeof(text), "%011llo", (unsigned long long)size & 077777777777ULL);
	memcpy(ret_block + SIZE_AT, text, SIZE_DIGITS);

	for (size_t i = 0; i < TARBALL_BLOCK_SIZE; i++)
		sum += ret_block[i];
	/* Six digits, a NUL, a space. */
	snprintf(text, sizeof(text), "%06o", sum & 0777777);
	memcpy(ret_block + CHECKSUM_AT, text, CHECKSUM_SIZE - 1);
}

int tarball_header_size(const uint8_t block[TARBALL_BLOCK_SIZE], uint64_t *ret_size)
{
	uint64_t size = 0;

	for (size_t i = 0; i < SIZE_DIGITS; i++) {
		uint8_t digit = block[SIZE_AT + i];

		if (digit < '0' || digit > '7')
			return ERROR_SYNTAX;
		size = size << 3 | (uint64_t)(digit - '0');
	}
	*ret_size = size;
	return OK;
}

size_t tarball_padding(uint64_t size)
{
	return (TARBALL_BLOCK_SIZE - (size_t)(size % TARBALL_BLOCK_SIZE)) % TARBALL_BLOCK_SIZE;
}
