/* Content whose size is known only when it has come: the first SPOOL_IN_MEMORY bytes are held
 * in memory; what becomes larger goes to a file without a name, which is mapped when all of
 * it is there, so that lists of any size are read like small texts. */
#ifndef SPOOL_H
#define SPOOL_H

#include "buffer.h"
#include "result.h"

enum { SPOOL_IN_MEMORY = 4 << 20 };

struct spool {
	struct buffer memory; /* all of it while there is no file */
	uint64_t size, maximum;
	int fd; /* 0: none */
	void *map;
};

/* Allocates nothing. */
void spool_init(struct spool *spool, uint64_t maximum);
/* Wipes and frees; may be called on zeroed memory. */
void spool_release(struct spool *spool);

/* ERROR_LIMIT beyond the maximum; ERROR_MEMORY, ERROR_IO. */
int spool_put(struct spool *spool, struct bytes bytes);

/* All that was put, valid until the spool is released; nothing may be put afterwards.
 * ERROR_IO, ERROR_MEMORY. */
int spool_view(struct spool *spool, struct bytes *ret_content);

#endif
