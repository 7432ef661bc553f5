#include "byte_stream.h"

#include "allocate.h"

static int view_read(void *context, uint64_t offset, void *ret_bytes, size_t size)
{
	const struct bytes *view = context;

	if (offset > view->size || size > view->size - offset)
		return ERROR_LIMIT;
	if (size > 0)
		memcpy(ret_bytes, view->data + offset, size);
	return OK;
}

struct byte_source byte_source_over(const struct bytes *view)
{
	return (struct byte_source){ (void *)view, view_read };
}

int byte_source_copy(const struct byte_source *source, uint64_t size, const struct byte_sink *sink)
{
	size_t capacity = size < BYTE_PIECE_SIZE ? (size_t)size : BYTE_PIECE_SIZE;
	uint8_t *piece;
	int r = OK;

	if (size == 0)
		return OK;
	piece = allocate(capacity, 1);
	if (piece == NULL)
		return ERROR_MEMORY;
	for (uint64_t at = 0; r == OK && at < size;) {
		size_t take = size - at < capacity ? (size_t)(size - at) : capacity;

		if ((r = source->read(source->context, at, piece, take)) == OK)
			r = sink->write(sink->context, bytes_of(piece, take));
		at += take;
	}
	wipe(piece, capacity);
	release_memory(piece);
	return r;
}
