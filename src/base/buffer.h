/* A growable byte buffer that is given its limit at birth, and a cursor that
 * reads fixed layouts. Integers are big-endian.
 *
 *     struct buffer buffer;
 *     buffer_init(&buffer, 65535);            allocates nothing
 *     if ((r = buffer_put_u32(&buffer, 7)) != OK) goto out;
 *     ... buffer_view(&buffer) ...
 *     buffer_release(&buffer);                wipes and frees
 *
 * Put functions leave the buffer unchanged when they fail: ERROR_LIMIT when the
 * content would exceed the maximum, ERROR_MEMORY when it cannot grow.
 */
#ifndef BUFFER_H
#define BUFFER_H

#include "bytes.h"

struct buffer {
	uint8_t *data;
	size_t size;
	size_t capacity;
	size_t maximum;
};

void buffer_init(struct buffer *buffer, size_t maximum);

/* Wipes and frees the content; the buffer can be used again, same maximum. */
void buffer_release(struct buffer *buffer);

/* Sets the size to 0 and keeps the memory (wiped). */
void buffer_clear(struct buffer *buffer);

struct bytes buffer_view(const struct buffer *buffer);

/* Makes room for `size` more bytes at once, without adding any: saves copies where
 * it is known how much is to come. ERROR_LIMIT, ERROR_MEMORY. */
int buffer_reserve(struct buffer *buffer, size_t size);

/* Makes room for `size` more bytes, adds them to the size, and returns in
 * *ret_place where they are to be written (valid until the next call). */
int buffer_extend(struct buffer *buffer, size_t size, uint8_t **ret_place);

/* Cuts the buffer to `size` bytes, which is at most the present size. */
void buffer_truncate(struct buffer *buffer, size_t size);

int buffer_put(struct buffer *buffer, const void *data, size_t size);
int buffer_put_bytes(struct buffer *buffer, struct bytes bytes);
int buffer_put_string(struct buffer *buffer, const char *string);
int buffer_put_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int buffer_put_u8(struct buffer *buffer, uint8_t value);
int buffer_put_u16(struct buffer *buffer, uint16_t value);
int buffer_put_u32(struct buffer *buffer, uint32_t value);
int buffer_put_u64(struct buffer *buffer, uint64_t value);

/* A u32 length and the bytes. */
int buffer_put_sized(struct buffer *buffer, struct bytes bytes);
/* The same for a NUL-terminated string (without its NUL). */
int buffer_put_sized_string(struct buffer *buffer, const char *string);

/* A cursor over bytes that it does not own. Every get moves past what it read;
 * on failure (ERROR_SYNTAX: too short) neither cursor nor output changes. */
struct cursor {
	const uint8_t *at;
	size_t left;
};

struct cursor cursor_over(struct bytes bytes);
int cursor_get_u8(struct cursor *cursor, uint8_t *ret_value);
int cursor_get_u16(struct cursor *cursor, uint16_t *ret_value);
int cursor_get_u32(struct cursor *cursor, uint32_t *ret_value);
int cursor_get_u64(struct cursor *cursor, uint64_t *ret_value);
int cursor_get(struct cursor *cursor, void *ret_data, size_t size);
int cursor_get_bytes(struct cursor *cursor, size_t size, struct bytes *ret_bytes);

/* A u32 length and that many bytes; ERROR_LIMIT when longer than `maximum`. */
int cursor_get_sized(struct cursor *cursor, size_t maximum, struct bytes *ret_bytes);
/* The same into an array of `capacity` bytes, NUL-terminated; a NUL within is
 * ERROR_SYNTAX. */
int cursor_get_sized_string(struct cursor *cursor, char *ret_string, size_t capacity);

/* OK when nothing is left, else ERROR_SYNTAX: trailing bytes are never ignored. */
int cursor_end(const struct cursor *cursor);

#endif
