#include "tarball_block.h"

#include <stdio.h>

void tarball_header(size_t part, uint64_t size, uint8_t ret_block[TARBALL_BLOCK_SIZE])
{
	char name[16];
	struct ustar_member member = {
		.prefix = "", .name = name, .mode = "0000644", .size = size
	};

	if (part == 0)
		snprintf(name, sizeof(name), "manifest");
	else
		snprintf(name, sizeof(name), "%04u", (unsigned)(part % 10000));
	ustar_header(&member, ret_block);
}
