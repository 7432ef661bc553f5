#include "deposit_text.h"

#include "encoding.h"

int deposit_text_check(struct bytes text, size_t maximum, struct error *error)
{
	if (text.size > maximum)
		return error_set(error, ERROR_LIMIT, "the text is too long");
	return text_check(text, error);
}

int deposit_text_put_log(struct buffer *text, const char *origin)
{
	if (!note_name_is_valid(bytes_of_string(origin)))
		return ERROR_SYNTAX;
	return text_put_string(text, "log", origin);
}

int deposit_text_get_log(struct text_reader *reader, char ret_origin[CHECKPOINT_ORIGIN_CAPACITY],
                         struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, "log", &value, error)) != OK)
		return r;
	if (!note_name_is_valid(value))
		return error_set_line(error, ERROR_SYNTAX, reader->number,
		                      "the origin is not a valid name");
	if ((r = bytes_to_string(value, ret_origin, CHECKPOINT_ORIGIN_CAPACITY)) != OK)
		return error_set_line(error, r, reader->number, "the origin is too long");
	return OK;
}

int deposit_text_get_number(struct text_reader *reader, const char *key, uint64_t maximum,
                            uint64_t *ret_number, struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if ((r = text_parse_number(value, maximum, ret_number)) != OK)
		return error_set_line(error, r, reader->number,
		                      "'%s' is not a number as it must be", key);
	return OK;
}

int deposit_text_put_hash(struct buffer *text, const char *key, const uint8_t bytes[HASH_SIZE])
{
	struct hash hash;

	memcpy(hash.bytes, bytes, sizeof(hash.bytes));
	return text_put_hash(text, key, &hash);
}

int deposit_text_get_hash(struct text_reader *reader, const char *key, uint8_t ret_bytes[HASH_SIZE],
                          struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if ((r = base64_decode_fixed(value, ret_bytes, HASH_SIZE)) != OK)
		return error_set_line(error, r, reader->number, "'%s' is not base64 of %d bytes",
		                      key, HASH_SIZE);
	return OK;
}

int deposit_text_put_time(struct buffer *text, timestamp time)
{
	if (time < 0 || time > TIMESTAMP_MAXIMUM)
		return ERROR_LIMIT;
	return text_put_time(text, "time", time);
}

int deposit_text_get_time(struct text_reader *reader, timestamp *ret_time, struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, "time", &value, error)) != OK)
		return r;
	if ((r = timestamp_parse(value, ret_time)) != OK)
		return error_set_line(error, r, reader->number, "the time is not UTC with a Z");
	return OK;
}

int deposit_text_end(const struct text_reader *reader, struct error *error)
{
	if (reader->rest.size > 0)
		return error_set_line(error, ERROR_SYNTAX, reader->number + 1,
		                      "nothing may follow here");
	return OK;
}
