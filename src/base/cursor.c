#include "buffer.h"
#include "result.h"

struct cursor cursor_over(struct bytes bytes)
{
	return (struct cursor){ bytes.data, bytes.size };
}

int cursor_get_bytes(struct cursor *cursor, size_t size, struct bytes *ret_bytes)
{
	if (size > cursor->left)
		return ERROR_SYNTAX;
	*ret_bytes = bytes_of(cursor->at, size);
	if (size > 0)
		cursor->at += size;
	cursor->left -= size;
	return OK;
}

/* Reads `size` bytes, the most significant first. */
static int get_integer(struct cursor *cursor, size_t size, uint64_t *ret_value)
{
	struct bytes bytes;
	uint64_t value = 0;
	int r;

	if ((r = cursor_get_bytes(cursor, size, &bytes)) != OK)
		return r;
	for (size_t i = 0; i < size; i++)
		value = value << 8 | bytes.data[i];
	*ret_value = value;
	return OK;
}

int cursor_get_u8(struct cursor *cursor, uint8_t *ret_value)
{
	uint64_t value;
	int r;

	if ((r = get_integer(cursor, 1, &value)) == OK)
		*ret_value = (uint8_t)value;
	return r;
}

int cursor_get_u16(struct cursor *cursor, uint16_t *ret_value)
{
	uint64_t value;
	int r;

	if ((r = get_integer(cursor, 2, &value)) == OK)
		*ret_value = (uint16_t)value;
	return r;
}

int cursor_get_u32(struct cursor *cursor, uint32_t *ret_value)
{
	uint64_t value;
	int r;

	if ((r = get_integer(cursor, 4, &value)) == OK)
		*ret_value = (uint32_t)value;
	return r;
}

int cursor_get_u64(struct cursor *cursor, uint64_t *ret_value)
{
	return get_integer(cursor, 8, ret_value);
}

int cursor_get(struct cursor *cursor, void *ret_data, size_t size)
{
	struct bytes bytes;
	int r;

	if ((r = cursor_get_bytes(cursor, size, &bytes)) != OK)
		return r;
	if (size > 0)
		memcpy(ret_data, bytes.data, size);
	return OK;
}

int cursor_get_sized(struct cursor *cursor, size_t maximum, struct bytes *ret_bytes)
{
	struct cursor ahead = *cursor;
	uint32_t size;
	int r;

	if ((r = cursor_get_u32(&ahead, &size)) != OK)
		return r;
	if (size > maximum)
		return ERROR_LIMIT;
	if ((r = cursor_get_bytes(&ahead, size, ret_bytes)) != OK)
		return r;
	*cursor = ahead;
	return OK;
}

int cursor_get_sized_string(struct cursor *cursor, char *ret_string, size_t capacity)
{
	struct cursor ahead = *cursor;
	struct bytes bytes;
	int r;

	if (capacity == 0)
		return ERROR_LIMIT;
	if ((r = cursor_get_sized(&ahead, capacity - 1, &bytes)) != OK ||
	    (r = bytes_to_string(bytes, ret_string, capacity)) != OK)
		return r;
	*cursor = ahead;
	return OK;
}

int cursor_end(const struct cursor *cursor)
{
	return cursor->left == 0 ? OK : ERROR_SYNTAX;
}
