#include "backup_block.h"

#include <inttypes.h>
#include <stdio.h>

/* The fields of a ustar header: where each begins, and what it holds where that is
 * always the same. */
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
	{ MODE_AT, "0000600", 8 },
	{ USER_AT, "0000000", 8 },
	{ GROUP_AT, "0000000", 8 },
	{ CHECKSUM_AT, "        ", CHECKSUM_SIZE }, /* as it counts in its own sum */
	{ TYPE_AT, "0", 1 },                        /* a regular file */
	{ MAGIC_AT, "ustar\00000", 8 },             /* magic with NUL, version */
	{ MAJOR_AT, "0000000", 8 },
	{ MINOR_AT, "0000000", 8 },
	{ PREFIX_AT, BACKUP_FOLDER, sizeof(BACKUP_FOLDER) },
};

/* Octal digits where they suffice; else a mark and big-endian bytes. */
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
	uint64_t number = 0;

	for (size_t i = 0; i < NUMBER_SIZE; i++) {
		if (place[0] == BASE_256_MARK && i > 0)
			number = number << 8 | place[i];
		else if (place[0] != BASE_256_MARK && i < NUMBER_DIGITS && place[i] >= '0' &&
		         place[i] <= '7')
			number = number << 3 | (uint64_t)(place[i] - '0');
		else if (place[0] != BASE_256_MARK && i < NUMBER_DIGITS)
			return ERROR_SYNTAX;
		if (number > maximum)
			return ERROR_SYNTAX;
	}
	*ret_number = number;
	return OK;
}

void backup_header(const char *name, uint64_t size, timestamp time,
                   uint8_t ret_block[BACKUP_BLOCK_SIZE])
{
	char text[16];
	unsigned sum = 0;

	memset(ret_block, 0, BACKUP_BLOCK_SIZE);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		memcpy(ret_block + fields[i].at, fields[i].text, fields[i].size);
	memcpy(ret_block + NAME_AT, name, strlen(name));
	put_number(size, ret_block + SIZE_AT);
	put_number((uint64_t)time, ret_block + TIME_AT);
	for (size_t i = 0; i < BACKUP_BLOCK_SIZE; i++)
		sum += ret_block[i];
	/* Six digits, a NUL, a space. */
	snprintf(text, sizeof(text), "%06o", sum & 0777777);
	memcpy(ret_block + CHECKSUM_AT, text, CHECKSUM_SIZE - 1);
}

int backup_header_parse(const uint8_t block[BACKUP_BLOCK_SIZE], struct backup_file *ret_file,
                        timestamp *ret_time)
{
	const uint8_t *end = memchr(block + NAME_AT, '\0', BACKUP_NAME_CAPACITY);
	uint8_t expected[BACKUP_BLOCK_SIZE];
	struct backup_file file = { 0 };
	struct bytes name;
	uint64_t time;

	if (end == NULL)
		return ERROR_SYNTAX;
	name = bytes_of(block + NAME_AT, (size_t)(end - block) - NAME_AT);
	if (!backup_name_is_valid(name) ||
	    bytes_to_string(name, file.name, sizeof(file.name)) != OK ||
	    get_number(block + SIZE_AT, BACKUP_FILE_SIZE_MAXIMUM, &file.size) != OK ||
	    get_number(block + TIME_AT, TIMESTAMP_MAXIMUM, &time) != OK)
		return ERROR_SYNTAX;
	backup_header(file.name, file.size, (timestamp)time, expected);
	if (memcmp(block, expected, BACKUP_BLOCK_SIZE) != 0)
		return ERROR_SYNTAX;
	*ret_file = file;
	*ret_time = (timestamp)time;
	return OK;
}
