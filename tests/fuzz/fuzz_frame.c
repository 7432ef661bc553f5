/* Frames: the first byte is the type, the rest a payload. What is read must print
 * as it was, and its inner lists must end where they should. */
#include <stdlib.h>

#include "frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int hello_again(struct bytes payload, struct buffer *again)
{
	struct frame_hello frame;
	int r = frame_get_hello(payload, &frame, NULL);

	return r == OK ? frame_put_hello(again, &frame) : r;
}

static void walk(const struct frame_entries *frame)
{
	struct cursor cursor = cursor_over(frame->entries);
	struct bytes item;
	struct hash hash;
	uint32_t count = 0;

	while (frame_entries_next(&cursor, &item) == OK)
		count++;
	if (count != frame->count)
		abort();
	cursor = cursor_over(frame->blobs);
	for (count = 0; frame_blobs_next(&cursor, &hash, &item) == OK; count++)
		;
	if (count != frame->blob_count ||
	    frame->proof.size != (size_t)frame->proof_count * HASH_SIZE)
		abort();
}

static int entries_again(struct bytes payload, struct buffer *again)
{
	struct frame_entries frame;
	int r = frame_get_entries(payload, &frame, NULL);

	if (r != OK)
		return r;
	walk(&frame);
	return frame_put_entries(again, &frame);
}

static int cosignature_again(struct bytes payload, struct buffer *again)
{
	struct frame_cosignature frame;
	int r = frame_get_cosignature(payload, &frame, NULL);

	return r == OK ? frame_put_cosignature(again, &frame) : r;
}

static int request_again(struct bytes payload, struct buffer *again)
{
	struct frame_blob_request frame;
	int r = frame_get_blob_request(payload, &frame, NULL);

	return r == OK ? frame_put_blob_request(again, &frame) : r;
}

static int chunk_again(struct bytes payload, struct buffer *again)
{
	struct frame_blob_chunk frame;
	int r = frame_get_blob_chunk(payload, &frame, NULL);

	return r == OK ? frame_put_blob_chunk(again, &frame) : r;
}

static int match_request_again(struct bytes payload, struct buffer *again)
{
	struct frame_match frame;
	int r = frame_get_match_request(payload, &frame, NULL);

	if (r == OK && frame.elements.size != (size_t)frame.count * FRAME_ELEMENT_SIZE)
		abort();
	return r == OK ? frame_put_match_request(again, &frame) : r;
}

static int match_reply_again(struct bytes payload, struct buffer *again)
{
	struct frame_match frame;
	int r = frame_get_match_reply(payload, &frame, NULL);

	if (r == OK && frame.elements.size != (size_t)frame.count * FRAME_EVALUATION_SIZE)
		abort();
	return r == OK ? frame_put_match_reply(again, &frame) : r;
}

static int match_behind_again(struct bytes payload, struct buffer *again)
{
	struct frame_match_behind frame;
	int r = frame_get_match_behind(payload, &frame, NULL);

	return r == OK ? frame_put_match_behind(again, &frame) : r;
}

static int test_again(struct bytes payload, struct buffer *again)
{
	struct frame_test frame;
	int r = frame_get_test(payload, &frame, NULL);

	return r == OK ? frame_put_test(again, &frame) : r;
}

static int echo_again(struct bytes payload, struct buffer *again)
{
	struct frame_echo frame;
	int r = frame_get_echo(payload, &frame, NULL);

	return r == OK ? frame_put_echo(again, &frame) : r;
}

static int credit_again(struct bytes payload, struct buffer *again)
{
	struct frame_credit frame;
	int r = frame_get_credit(payload, &frame, NULL);

	return r == OK ? frame_put_credit(again, &frame) : r;
}

static int error_again(struct bytes payload, struct buffer *again)
{
	struct frame_error frame;
	int r = frame_get_error(payload, &frame, NULL);

	return r == OK ? frame_put_error(again, &frame) : r;
}

static int charter_again(struct bytes payload, struct buffer *again)
{
	struct frame_charter frame;
	int r = frame_get_charter(payload, &frame, NULL);

	return r == OK ? frame_put_charter(again, &frame) : r;
}

static int amended_again(struct bytes payload, struct buffer *again)
{
	struct bytes text;
	int r = frame_get_amended(payload, &text, NULL);

	return r == OK ? frame_put_amended(again, text) : r;
}

static int heads_again(struct bytes payload, struct buffer *again)
{
	struct frame_heads frame;
	int r = frame_get_heads(payload, &frame, NULL);

	return r == OK ? frame_put_heads(again, &frame) : r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int (*const readers[])(struct bytes payload, struct buffer * again) = {
		[FRAME_HELLO] = hello_again,
		[FRAME_ENTRIES] = entries_again,
		[FRAME_COSIGNATURE] = cosignature_again,
		[FRAME_BLOB_REQUEST] = request_again,
		[FRAME_BLOB_CHUNK] = chunk_again,
		[FRAME_MATCH_REQUEST] = match_request_again,
		[FRAME_MATCH_REPLY] = match_reply_again,
		[FRAME_MATCH_BEHIND] = match_behind_again,
		[FRAME_TEST] = test_again,
		[FRAME_ECHO] = echo_again,
		[FRAME_CREDIT] = credit_again,
		[FRAME_ERROR] = error_again,
		[FRAME_CHARTER] = charter_again,
		[FRAME_HEADS] = heads_again,
		[FRAME_AMENDED] = amended_again,
	};
	struct buffer again;
	struct bytes payload;

	if (size == 0 || data[0] >= sizeof(readers) / sizeof(readers[0]) ||
	    readers[data[0]] == NULL)
		return 0;
	payload = bytes_of(data + 1, size - 1);
	buffer_init(&again, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	if (readers[data[0]](payload, &again) == OK &&
	    !bytes_equal(bytes_of(data, size), bytes_of(again.data + 4, again.size - 4)))
		abort();
	buffer_release(&again);
	return 0;
}
