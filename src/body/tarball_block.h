/* The blocks that frame the members of a body's tar. */
#ifndef TARBALL_BLOCK_H
#define TARBALL_BLOCK_H

#include "ustar.h"

enum { TARBALL_BLOCK_SIZE = USTAR_BLOCK_SIZE, TARBALL_END_SIZE = 2 * TARBALL_BLOCK_SIZE };

/* The header of the member `manifest` (part 0) or of a part (1 to 9999), with
 * a content of `size` bytes, below 8^11. */
void tarball_header(size_t part, uint64_t size, uint8_t ret_block[TARBALL_BLOCK_SIZE]);

#endif
