#include "frame.h"

enum { ENTRIES_FIXED = 4 + 8 + 4 + 2 + 1 }; /* of entries: lengths, numbers and counts */

/* Starts a frame: the length is filled in by finish_frame. */
static int start_frame(struct buffer *buffer, enum frame_type type, size_t *ret_start)
{
	size_t start = buffer->size;
	int r;

	if ((r = buffer_put_u32(buffer, 0)) != OK)
		return r;
	if ((r = buffer_put_u8(buffer, (uint8_t)type)) != OK) {
		buffer_truncate(buffer, start);
		return r;
	}
	*ret_start = start;
	return OK;
}

/* Takes the frame back when writing it failed or it became too long. */
static int finish_frame(struct buffer *buffer, size_t start, int r)
{
	size_t length = buffer->size - start - 4;

	if (r == OK && length > FRAME_MAXIMUM)
		r = ERROR_LIMIT;
	if (r != OK) {
		buffer_truncate(buffer, start);
		return r;
	}
	for (size_t i = 0; i < 4; i++)
		buffer->data[start + i] = (uint8_t)(length >> (24 - 8 * i));
	return OK;
}

int frame_put_hello(struct buffer *buffer, const struct frame_hello *hello)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, FRAME_HELLO, &start)) != OK)
		return r;
	if ((r = buffer_put_u16(buffer, hello->version_minimum)) != OK ||
	    (r = buffer_put_u16(buffer, hello->version_maximum)) != OK ||
	    (r = buffer_put(buffer, hello->channel.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put_u8(buffer, hello->party)) != OK ||
	    (r = buffer_put_sized(buffer, hello->head)) != OK ||
	    (r = buffer_put_u64(buffer, hello->held)) != OK)
		goto out;
	r = buffer_put_sized(buffer, hello->known);
out:
	return finish_frame(buffer, start, r);
}

int frame_put_entries(struct buffer *buffer, const struct frame_entries *entries)
{
	size_t start;
	int r;

	if ((r = buffer_reserve(buffer, FRAME_HEADER_SIZE + ENTRIES_FIXED +
	                                    entries->checkpoint.size + entries->entries.size +
	                                    entries->blobs.size + entries->proof.size)) != OK ||
	    (r = start_frame(buffer, FRAME_ENTRIES, &start)) != OK)
		return r;
	if ((r = buffer_put_sized(buffer, entries->checkpoint)) != OK ||
	    (r = buffer_put_u64(buffer, entries->start)) != OK ||
	    (r = buffer_put_u32(buffer, entries->count)) != OK ||
	    (r = buffer_put_bytes(buffer, entries->entries)) != OK ||
	    (r = buffer_put_u16(buffer, entries->blob_count)) != OK ||
	    (r = buffer_put_bytes(buffer, entries->blobs)) != OK ||
	    (r = buffer_put_u8(buffer, entries->proof_count)) != OK)
		goto out;
	r = buffer_put_bytes(buffer, entries->proof);
out:
	return finish_frame(buffer, start, r);
}

int frame_put_cosignature(struct buffer *buffer, const struct frame_cosignature *cosignature)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, FRAME_COSIGNATURE, &start)) != OK)
		return r;
	if ((r = buffer_put_u64(buffer, cosignature->size)) != OK)
		goto out;
	r = buffer_put_sized(buffer, cosignature->line);
out:
	return finish_frame(buffer, start, r);
}

int frame_put_blob_request(struct buffer *buffer, const struct frame_blob_request *request)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, FRAME_BLOB_REQUEST, &start)) != OK)
		return r;
	if ((r = buffer_put(buffer, request->blob.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put_u64(buffer, request->offset)) != OK)
		goto out;
	r = buffer_put_u32(buffer, request->length);
out:
	return finish_frame(buffer, start, r);
}

int frame_put_blob_chunk(struct buffer *buffer, const struct frame_blob_chunk *chunk)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, FRAME_BLOB_CHUNK, &start)) != OK)
		return r;
	if ((r = buffer_put(buffer, chunk->blob.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put_u64(buffer, chunk->total)) != OK ||
	    (r = buffer_put_u64(buffer, chunk->offset)) != OK)
		goto out;
	r = buffer_put_sized(buffer, chunk->data);
out:
	return finish_frame(buffer, start, r);
}

static int put_match(struct buffer *buffer, enum frame_type type, const struct frame_match *match)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, type, &start)) != OK)
		return r;
	if ((r = buffer_put_sized(buffer, match->statement)) != OK ||
	    (r = buffer_put_sized(buffer, match->signature)) != OK ||
	    (r = buffer_put_u16(buffer, match->count)) != OK)
		goto out;
	r = buffer_put_bytes(buffer, match->elements);
out:
	return finish_frame(buffer, start, r);
}

int frame_put_match_request(struct buffer *buffer, const struct frame_match *request)
{
	return put_match(buffer, FRAME_MATCH_REQUEST, request);
}

int frame_put_match_reply(struct buffer *buffer, const struct frame_match *reply)
{
	return put_match(buffer, FRAME_MATCH_REPLY, reply);
}

int frame_put_match_behind(struct buffer *buffer, const struct frame_match_behind *behind)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, FRAME_MATCH_BEHIND, &start)) != OK)
		return r;
	if ((r = buffer_put(buffer, behind->request.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put_sized(buffer, behind->question)) != OK ||
	    (r = buffer_put_sized(buffer, behind->question_signature)) != OK ||
	    (r = buffer_put_sized(buffer, behind->answer)) != OK)
		goto out;
	r = buffer_put_sized(buffer, behind->answer_signature);
out:
	return finish_frame(buffer, start, r);
}

int frame_put_test(struct buffer *buffer, const struct frame_test *test)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, FRAME_TEST, &start)) != OK)
		return r;
	if ((r = buffer_put_u64(buffer, test->nonce)) == OK)
		r = buffer_put_u64(buffer, test->sent);
	return finish_frame(buffer, start, r);
}

int frame_put_echo(struct buffer *buffer, const struct frame_echo *echo)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, FRAME_ECHO, &start)) != OK)
		return r;
	if ((r = buffer_put_u64(buffer, echo->nonce)) != OK ||
	    (r = buffer_put_u64(buffer, echo->sent)) != OK)
		goto out;
	r = buffer_put_u64(buffer, echo->echoed);
out:
	return finish_frame(buffer, start, r);
}

int frame_put_credit(struct buffer *buffer, const struct frame_credit *credit)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, FRAME_CREDIT, &start)) != OK)
		return r;
	return finish_frame(buffer, start, buffer_put_u32(buffer, credit->frames));
}

int frame_put_error(struct buffer *buffer, const struct frame_error *error)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, FRAME_ERROR, &start)) != OK)
		return r;
	if ((r = buffer_put_u16(buffer, error->code)) == OK)
		r = buffer_put_sized(buffer, error->message);
	return finish_frame(buffer, start, r);
}

int frame_put_bye(struct buffer *buffer)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, FRAME_BYE, &start)) != OK)
		return r;
	return finish_frame(buffer, start, OK);
}

int frame_put_charter(struct buffer *buffer, const struct frame_charter *charter)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, FRAME_CHARTER, &start)) != OK)
		return r;
	if ((r = buffer_put_sized(buffer, charter->text)) == OK &&
	    (r = buffer_put_sized(buffer, charter->armors[0])) == OK)
		r = buffer_put_sized(buffer, charter->armors[1]);
	return finish_frame(buffer, start, r);
}

int frame_put_amended(struct buffer *buffer, struct bytes text)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, FRAME_AMENDED, &start)) != OK)
		return r;
	return finish_frame(buffer, start, buffer_put_bytes(buffer, text));
}

int frame_put_heads(struct buffer *buffer, const struct frame_heads *heads)
{
	size_t start;
	int r;

	if ((r = start_frame(buffer, FRAME_HEADS, &start)) != OK)
		return r;
	if ((r = buffer_put_u16(buffer, heads->count)) == OK)
		r = buffer_put_bytes(buffer, heads->notes);
	return finish_frame(buffer, start, r);
}

int frame_next(struct bytes stream, uint8_t *ret_type, struct bytes *ret_payload, size_t *ret_size)
{
	struct cursor cursor = cursor_over(stream);
	uint32_t length;

	if (cursor_get_u32(&cursor, &length) != OK)
		return ERROR_WAIT;
	if (length == 0 || length > FRAME_MAXIMUM)
		return ERROR_LIMIT;
	if (cursor.left < length)
		return ERROR_WAIT;
	*ret_type = cursor.at[0];
	*ret_payload = bytes_of(cursor.at + 1, length - 1);
	*ret_size = 4 + (size_t)length;
	return OK;
}
