#include "bytes.h"

#include "result.h"

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool bytes_equal_string(struct bytes a, const char *string)
{
	return bytes_equal(a, bytes_of_string(string));
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, HASH_SIZE) == 0;
}

int bytes_compare(struct bytes a, struct bytes b)
{
	size_t shorter = a.size < b.size ? a.size : b.size;
	int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);

	if (order != 0)
		return order;
	return (a.size > b.size) - (a.size < b.size);
}

bool bytes_begin_with(struct bytes bytes, struct bytes prefix)
{
	return bytes.size >= prefix.size && bytes_equal(bytes_of(bytes.data, prefix.size), prefix);
}

bool bytes_cut(struct bytes *text, char separator, struct bytes *ret_part)
{
	const uint8_t *end = text->size == 0 ? NULL : memchr(text->data, separator, text->size);

	if (end == NULL) {
		*ret_part = *text;
		*text = bytes_of(text->size == 0 ? text->data : text->data + text->size, 0);
		return false;
	}
	*ret_part = bytes_of(text->data, (size_t)(end - text->data));
	*text = bytes_of(end + 1, text->size - ret_part->size - 1);
	return true;
}

int bytes_to_string(struct bytes bytes, char *ret_string, size_t capacity)
{
	if (bytes.size >= capacity)
		return ERROR_LIMIT;
	if (bytes.size == 0) {
		ret_string[0] = '\0';
		return OK;
	}
	if (memchr(bytes.data, '\0', bytes.size) != NULL)
		return ERROR_SYNTAX;
	memcpy(ret_string, bytes.data, bytes.size);
	ret_string[bytes.size] = '\0';
	return OK;
}
