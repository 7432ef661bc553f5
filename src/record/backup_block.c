#include "backup_block.h"

#include "ustar.h"

void backup_header(const char *name, uint64_t size, timestamp time,
                   uint8_t ret_block[BACKUP_BLOCK_SIZE])
{
	struct ustar_member member = {
		.prefix = BACKUP_FOLDER,
		.name = name,
		.mode = "0000600",
		.size = size,
		.time = (uint64_t)time,
	};

	ustar_header(&member, ret_block);
}

int backup_header_parse(const uint8_t block[BACKUP_BLOCK_SIZE], struct backup_file *ret_file,
                        timestamp *ret_time)
{
	uint8_t expected[BACKUP_BLOCK_SIZE];
	struct backup_file file = { 0 };
	struct bytes name;
	uint64_t time;

	if (ustar_name(block, &name) != OK || !backup_name_is_valid(name) ||
	    bytes_to_string(name, file.name, sizeof(file.name)) != OK ||
	    ustar_size(block, BACKUP_FILE_SIZE_MAXIMUM, &file.size) != OK ||
	    ustar_time(block, TIMESTAMP_MAXIMUM, &time) != OK)
		return ERROR_SYNTAX;
	backup_header(file.name, file.size, (timestamp)time, expected);
	if (memcmp(block, expected, BACKUP_BLOCK_SIZE) != 0)
		return ERROR_SYNTAX;
	*ret_file = file;
	*ret_time = (timestamp)time;
	return OK;
}
