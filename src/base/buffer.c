#include "buffer.h"

#include "allocate.h"
#include "result.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

enum { CAPACITY_FIRST = 64 };

void buffer_init(struct buffer *buffer, size_t maximum)
{
	*buffer = (struct buffer){ .maximum = maximum };
}

void buffer_release(struct buffer *buffer)
{
	if (buffer->data != NULL)
		wipe(buffer->data, buffer->capacity);
	release_memory(buffer->data);
	buffer_init(buffer, buffer->maximum);
}

void buffer_clear(struct buffer *buffer)
{
	buffer_truncate(buffer, 0);
}

struct bytes buffer_view(const struct buffer *buffer)
{
	return bytes_of(buffer->data, buffer->size);
}

/* Copies into new memory and wipes the old: reallocation would leave what may
 * be a secret behind. Doubling keeps the total copied linear. */
static int grow(struct buffer *buffer, size_t needed)
{
	size_t capacity = buffer->capacity < CAPACITY_FIRST ? CAPACITY_FIRST : buffer->capacity;
	uint8_t *data;

	while (capacity < needed)
		capacity = capacity > buffer->maximum / 2 ? buffer->maximum : capacity * 2;
	data = allocate(capacity, 1);
	if (data == NULL)
		return ERROR_MEMORY;
	if (buffer->data != NULL) {
		memcpy(data, buffer->data, buffer->size);
		wipe(buffer->data, buffer->capacity);
		release_memory(buffer->data);
	}
	buffer->data = data;
	buffer->capacity = capacity;
	return OK;
}

int buffer_reserve(struct buffer *buffer, size_t size)
{
	if (size > buffer->maximum - buffer->size)
		return ERROR_LIMIT;
	if (buffer->data == NULL || size > buffer->capacity - buffer->size)
		return grow(buffer, buffer->size + size);
	return OK;
}

int buffer_extend(struct buffer *buffer, size_t size, uint8_t **ret_place)
{
	int r;

	if ((r = buffer_reserve(buffer, size)) != OK)
		return r;
	*ret_place = buffer->data + buffer->size;
	buffer->size += size;
	return OK;
}

void buffer_truncate(struct buffer *buffer, size_t size)
{
	assert(size <= buffer->size);
	if (size < buffer->size)
		wipe(buffer->data + size, buffer->size - size);
	buffer->size = size;
}

int buffer_put(struct buffer *buffer, const void *data, size_t size)
{
	uint8_t *place;
	int r;

	if (size == 0)
		return OK;
	if ((r = buffer_extend(buffer, size, &place)) != OK)
		return r;
	memcpy(place, data, size);
	return OK;
}

int buffer_put_bytes(struct buffer *buffer, struct bytes bytes)
{
	return buffer_put(buffer, bytes.data, bytes.size);
}

int buffer_put_string(struct buffer *buffer, const char *string)
{
	return buffer_put(buffer, string, strlen(string));
}

int buffer_put_format(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	uint8_t *place;
	int length;
	int r;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		return ERROR_INTERNAL;

	/* vsnprintf writes a NUL: room for it is needed, but it is no content. */
	if ((size_t)length > buffer->maximum - buffer->size)
		return ERROR_LIMIT;
	if (buffer->maximum == SIZE_MAX)
		return ERROR_LIMIT;
	buffer->maximum++;
	r = buffer_extend(buffer, (size_t)length + 1, &place);
	buffer->maximum--;
	if (r != OK)
		return r;
	va_start(arguments, format);
	vsnprintf((char *)place, (size_t)length + 1, format, arguments);
	va_end(arguments);
	buffer->size--;
	return OK;
}

/* Writes the low `size` bytes of `value`, the most significant first. */
static int put_integer(struct buffer *buffer, uint64_t value, size_t size)
{
	uint8_t *place;
	int r;

	if ((r = buffer_extend(buffer, size, &place)) != OK)
		return r;
	for (size_t i = size; i > 0; i--) {
		place[i - 1] = (uint8_t)value;
		value >>= 8;
	}
	return OK;
}

int buffer_put_u8(struct buffer *buffer, uint8_t value)
{
	return put_integer(buffer, value, 1);
}

int buffer_put_u16(struct buffer *buffer, uint16_t value)
{
	return put_integer(buffer, value, 2);
}

int buffer_put_u32(struct buffer *buffer, uint32_t value)
{
	return put_integer(buffer, value, 4);
}

int buffer_put_u64(struct buffer *buffer, uint64_t value)
{
	return put_integer(buffer, value, 8);
}

int buffer_put_sized(struct buffer *buffer, struct bytes bytes)
{
	uint8_t *place;
	size_t before = buffer->size;
	int r;

	if (bytes.size > UINT32_MAX || bytes.size > SIZE_MAX - 4)
		return ERROR_LIMIT;
	if ((r = buffer_extend(buffer, 4 + bytes.size, &place)) != OK)
		return r;
	buffer->size = before;
	buffer_put_u32(buffer, (uint32_t)bytes.size);
	return buffer_put_bytes(buffer, bytes);
}

int buffer_put_sized_string(struct buffer *buffer, const char *string)
{
	return buffer_put_sized(buffer, bytes_of_string(string));
}
