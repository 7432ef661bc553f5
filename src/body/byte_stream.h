/* Where content comes from and goes to, so that bodies of any size pass through
 * the core without being held in memory. */
#ifndef BYTE_STREAM_H
#define BYTE_STREAM_H

#include "bytes.h"
#include "result.h"

/* Content that can be read again from any place and does not change. */
struct byte_source {
	void *context;
	/* Fills exactly `size` bytes from `offset`, both within the content's
	 * size, which the source's user knows. Any result other than OK is passed on. */
	int (*read)(void *context, uint64_t offset, void *ret_bytes, size_t size);
};

/* Takes bytes in order. Any result other than OK ends the work and is passed on. */
struct byte_sink {
	void *context;
	int (*write)(void *context, struct bytes bytes);
};

enum { BYTE_PIECE_SIZE = 65536 };

/* Passes the `size` bytes of a source to a sink in pieces of BYTE_PIECE_SIZE.
 * ERROR_MEMORY, or what source or sink returned. */
int byte_source_copy(const struct byte_source *source, uint64_t size, const struct byte_sink *sink);

/* A source over a view; `view` itself must outlive the source. */
struct byte_source byte_source_over(const struct bytes *view);

#endif
