#include "encoding.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>

int text_put(struct buffer *buffer, const char *key, struct bytes value)
{
	struct bytes name = bytes_of_string(key);
	uint8_t *place;
	int r;

	if (name.size == 0 || !text_is_clean(name) || memchr(key, ' ', name.size) != NULL ||
	    value.size == 0 || value.data[value.size - 1] == ' ' || !text_is_clean(value))
		return ERROR_SYNTAX;
	if (value.size > TEXT_LINE_MAXIMUM || name.size + 1 + value.size > TEXT_LINE_MAXIMUM)
		return ERROR_SYNTAX;
	if ((r = buffer_extend(buffer, name.size + value.size + 2, &place)) != OK)
		return r;
	memcpy(place, name.data, name.size);
	place[name.size] = ' ';
	memcpy(place + name.size + 1, value.data, value.size);
	place[name.size + 1 + value.size] = '\n';
	return OK;
}

int text_put_string(struct buffer *buffer, const char *key, const char *value)
{
	return text_put(buffer, key, bytes_of_string(value));
}

int text_put_number(struct buffer *buffer, const char *key, uint64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, number);
	return text_put_string(buffer, key, text);
}

int text_put_time(struct buffer *buffer, const char *key, timestamp time)
{
	char text[TIMESTAMP_CAPACITY];

	timestamp_format(time, text);
	return text_put_string(buffer, key, text);
}

int text_put_duration(struct buffer *buffer, const char *key, int64_t seconds)
{
	char text[DURATION_CAPACITY];

	duration_format(seconds, text);
	return text_put_string(buffer, key, text);
}

int text_put_hash(struct buffer *buffer, const char *key, const struct hash *hash)
{
	char text[HASH_BASE64_CAPACITY];

	hash_to_base64(hash, text);
	return text_put_string(buffer, key, text);
}
