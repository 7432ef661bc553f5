/* A file of doc/, to be compared with the tables in the program. */
#ifndef DOCUMENT_FIXTURE_H
#define DOCUMENT_FIXTURE_H

#include <stdlib.h>

#include "buffer.h"
#include "check.h"

enum { DOCUMENT_MAXIMUM = 1 << 20, BLOCK_MAXIMUM = 1 << 16 };

/* Whether the block stands in the document, at the start of a line. */
static inline bool document_contains(const struct buffer *document, const struct buffer *block)
{
	for (size_t at = 0; at + block->size <= document->size; at++)
		if ((at == 0 || document->data[at - 1] == '\n') &&
		    memcmp(document->data + at, block->data, block->size) == 0)
			return true;
	return false;
}

static inline void document_read_named(struct buffer *document, const char *name)
{
	const char *root = getenv("CHIRO_ROOT");
	char path[4096];
	uint8_t piece[4096];
	size_t size;
	FILE *file;

	snprintf(path, sizeof(path), "%s/doc/%s", root == NULL ? "." : root, name);
	file = fopen(path, "rb");
	assert_non_null(file);
	while ((size = fread(piece, 1, sizeof(piece), file)) > 0)
		assert_ok(buffer_put(document, piece, size));
	fclose(file);
}

static inline void document_read(struct buffer *document)
{
	document_read_named(document, "PROTOCOL.act");
}

#endif
