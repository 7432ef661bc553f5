#include "reader.h"

enum { PART_STRING_MAXIMUM = 1024 };

int reader_put_request(struct buffer *buffer, const struct reader_request *request)
{
	int r;

	if ((r = buffer_put(buffer, request->file_key, READER_FILE_KEY_SIZE)) != OK ||
	    (r = buffer_put_u64(buffer, request->parts)) != OK ||
	    (r = buffer_put(buffer, request->root.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put_u64(buffer, request->sealed_size)) != OK ||
	    (r = buffer_put(buffer, request->sealed_hash.bytes, HASH_SIZE)) != OK)
		return r;
	return buffer_put_u64(buffer, request->content_maximum);
}

int reader_get_request(struct bytes body, struct reader_request *ret_request)
{
	struct cursor cursor = cursor_over(body);
	struct reader_request request = { 0 };
	int r;

	if ((r = cursor_get(&cursor, request.file_key, READER_FILE_KEY_SIZE)) != OK ||
	    (r = cursor_get_u64(&cursor, &request.parts)) != OK ||
	    (r = cursor_get(&cursor, request.root.bytes, HASH_SIZE)) != OK ||
	    (r = cursor_get_u64(&cursor, &request.sealed_size)) != OK ||
	    (r = cursor_get(&cursor, request.sealed_hash.bytes, HASH_SIZE)) != OK ||
	    (r = cursor_get_u64(&cursor, &request.content_maximum)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	*ret_request = request;
	return OK;
}

int reader_put_part(struct buffer *buffer, const struct reader_part *part)
{
	int r;

	if ((r = buffer_put_u32(buffer, part->number)) != OK ||
	    (r = buffer_put_u64(buffer, part->size)) != OK ||
	    (r = buffer_put_u8(buffer, part->standing)) != OK ||
	    (r = buffer_put_sized(buffer, part->media_type)) != OK ||
	    (r = buffer_put_sized(buffer, part->language)) != OK ||
	    (r = buffer_put_sized(buffer, part->name)) != OK)
		return r;
	return buffer_put_sized(buffer, part->line);
}

int reader_get_part(struct bytes body, struct reader_part *ret_part)
{
	struct cursor cursor = cursor_over(body);
	struct reader_part part = { 0 };
	int r;

	if ((r = cursor_get_u32(&cursor, &part.number)) != OK ||
	    (r = cursor_get_u64(&cursor, &part.size)) != OK ||
	    (r = cursor_get_u8(&cursor, &part.standing)) != OK ||
	    (r = cursor_get_sized(&cursor, PART_STRING_MAXIMUM, &part.media_type)) != OK ||
	    (r = cursor_get_sized(&cursor, PART_STRING_MAXIMUM, &part.language)) != OK ||
	    (r = cursor_get_sized(&cursor, PART_STRING_MAXIMUM, &part.name)) != OK ||
	    (r = cursor_get_sized(&cursor, PART_STRING_MAXIMUM, &part.line)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	*ret_part = part;
	return OK;
}

int reader_get_reply(struct bytes body, enum reader_outcome *ret_outcome, struct error *ret_error)
{
	struct cursor cursor = cursor_over(body);
	struct error error = { 0 };
	uint8_t outcome;
	int r;

	if ((r = cursor_get_u8(&cursor, &outcome)) != OK ||
	    (r = cursor_get_sized_string(&cursor, error.message, sizeof(error.message))) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	if (outcome > READER_FAILED)
		return ERROR_SYNTAX;
	*ret_outcome = (enum reader_outcome)outcome;
	if (ret_error != NULL)
		*ret_error = error;
	return OK;
}
