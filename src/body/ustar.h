/* Headers of members of a tar archive: POSIX ustar (IEEE Std 1003.1, pax, "ustar
 * Interchange Format"), regular files only, with everything fixed that need not
 * differ. Numbers are octal; a size from 8^11 on is written as GNU tar writes it, a
 * mark and big-endian bytes. A reader makes the header anew from what it found and
 * compares: there is one spelling.
 */
#ifndef USTAR_H
#define USTAR_H

#include "bytes.h"
#include "result.h"

enum { USTAR_BLOCK_SIZE = 512, USTAR_NAME_CAPACITY = 100, USTAR_PREFIX_CAPACITY = 155 };

struct ustar_member {
	const char *prefix; /* the folder, without a slash at its end; "" for none */
	const char *name;   /* shorter than USTAR_NAME_CAPACITY */
	const char *mode;   /* seven octal digits, such as "0000644" */
	uint64_t size;      /* bytes of the content */
	uint64_t time;      /* of modification, seconds since 1970 */
};

void ustar_header(const struct ustar_member *member, uint8_t ret_block[USTAR_BLOCK_SIZE]);

/* What is free in a header. The name ends within the block, which the view is into.
 * ERROR_SYNTAX; ERROR_LIMIT for a number above `maximum`. */
int ustar_name(const uint8_t block[USTAR_BLOCK_SIZE], struct bytes *ret_name);
int ustar_size(const uint8_t block[USTAR_BLOCK_SIZE], uint64_t maximum, uint64_t *ret_size);
int ustar_time(const uint8_t block[USTAR_BLOCK_SIZE], uint64_t maximum, uint64_t *ret_time);

/* How many zeros follow a content of this size. */
size_t ustar_padding(uint64_t size);

#endif
