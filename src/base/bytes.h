/* Views of bytes. A view owns nothing: what it shows must outlive it. */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
	const uint8_t *data; /* may be NULL only when size is 0 */
	size_t size;
};

enum { HASH_SIZE = 32 };

/* A SHA-256 value: of a text, a blob, a leaf or a tree. */
struct hash {
	uint8_t bytes[HASH_SIZE];
};

static inline struct bytes bytes_of(const void *data, size_t size)
{
	return (struct bytes){ data, size };
}

static inline struct bytes bytes_of_string(const char *string)
{
	return (struct bytes){ (const uint8_t *)string, strlen(string) };
}

/* Not constant time: for public data. Secrets are compared by secret_equal. */
bool bytes_equal(struct bytes a, struct bytes b);
bool bytes_equal_string(struct bytes a, const char *string);
bool hash_equal(const struct hash *a, const struct hash *b);

/* Memory order, a prefix before its extension: <0, 0, >0 as memcmp. */
int bytes_compare(struct bytes a, struct bytes b);

bool bytes_begin_with(struct bytes bytes, struct bytes prefix);

/* Takes what stands before the first `separator`, and the separator, off the front
 * of `text`. False when there is none: then all is taken. */
bool bytes_cut(struct bytes *text, char separator, struct bytes *ret_part);

/* Copies a view into a NUL-terminated array of `capacity` bytes. ERROR_LIMIT
 * when it does not fit with its NUL, ERROR_SYNTAX when it contains a NUL. */
int bytes_to_string(struct bytes bytes, char *ret_string, size_t capacity);

#endif
