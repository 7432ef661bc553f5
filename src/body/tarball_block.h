/* The blocks that frame the members of a body's tar. */
#ifndef TARBALL_BLOCK_H
#define TARBALL_BLOCK_H

#include "bytes.h"
#include "result.h"

enum { TARBALL_BLOCK_SIZE = 512, TARBALL_END_SIZE = 2 * TARBALL_BLOCK_SIZE };

/* The header of the member `manifest` (part 0) or of a part (1 to 9999), with
 * a content of `size` bytes, below 8^11. */
void tarball_header(size_t part, uint64_t size, uint8_t ret_block[TARBALL_BLOCK_SIZE]);

/* The size that a header states, as far as it can be read. ERROR_SYNTAX. The
 * caller makes the header of that size and compares. */
int tarball_header_size(const uint8_t block[TARBALL_BLOCK_SIZE], uint64_t *ret_size);

/* How many zeros follow a content of this size. */
size_t tarball_padding(uint64_t size);

#endif
