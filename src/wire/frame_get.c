#include "frame.h"

#include "text.h"

#include <string.h>

static int malformed(struct error *error, const char *frame, const char *what)
{
	return error_set(error, ERROR_SYNTAX, "%s frame: %s", frame, what);
}

int frame_get_hello(struct bytes payload, struct frame_hello *ret_hello, struct error *error)
{
	struct cursor cursor = cursor_over(payload);
	struct frame_hello hello;

	if (cursor_get_u16(&cursor, &hello.version_minimum) != OK ||
	    cursor_get_u16(&cursor, &hello.version_maximum) != OK ||
	    cursor_get(&cursor, hello.channel.bytes, HASH_SIZE) != OK ||
	    cursor_get_u8(&cursor, &hello.party) != OK ||
	    cursor_get_sized(&cursor, FRAME_NOTE_MAXIMUM, &hello.head) != OK ||
	    cursor_get_u64(&cursor, &hello.held) != OK ||
	    cursor_get_sized(&cursor, FRAME_NOTE_MAXIMUM, &hello.known) != OK ||
	    cursor_end(&cursor) != OK)
		return malformed(error, "hello", "wrong length");
	if (hello.version_minimum > hello.version_maximum)
		return malformed(error, "hello", "versions out of order");
	if (hello.party > 1)
		return malformed(error, "hello", "no such party");
	*ret_hello = hello;
	return OK;
}

/* The stretch of `cursor` that `count` sized items take, each at most `maximum`
 * bytes and preceded by `prefix` bytes of its own. */
static int sized_items(struct cursor *cursor, uint32_t count, size_t prefix, size_t maximum,
                       struct bytes *ret_items)
{
	const uint8_t *start = cursor->at;
	struct bytes ignored;

	for (uint32_t i = 0; i < count; i++)
		if (cursor_get_bytes(cursor, prefix, &ignored) != OK ||
		    cursor_get_sized(cursor, maximum, &ignored) != OK)
			return ERROR_SYNTAX;
	*ret_items = bytes_of(start, (size_t)(cursor->at - start));
	return OK;
}

int frame_get_entries(struct bytes payload, struct frame_entries *ret, struct error *error)
{
	struct cursor cursor = cursor_over(payload);
	struct frame_entries entries;

	if (cursor_get_sized(&cursor, FRAME_NOTE_MAXIMUM, &entries.checkpoint) != OK ||
	    cursor_get_u64(&cursor, &entries.start) != OK ||
	    cursor_get_u32(&cursor, &entries.count) != OK)
		return malformed(error, "entries", "too short");
	if (entries.count == 0 || entries.count > FRAME_ENTRIES_MAXIMUM)
		return malformed(error, "entries", "number of entries out of range");
	if (entries.start > UINT64_MAX - entries.count)
		return malformed(error, "entries", "numbers overflow");
	if (sized_items(&cursor, entries.count, 0, FRAME_INLINE_BLOB_MAXIMUM, &entries.entries) !=
	    OK)
		return malformed(error, "entries", "an entry is cut short or too long");
	if (cursor_get_u16(&cursor, &entries.blob_count) != OK ||
	    entries.blob_count > FRAME_ENTRIES_MAXIMUM)
		return malformed(error, "entries", "number of blobs out of range");
	if (sized_items(&cursor, entries.blob_count, HASH_SIZE, FRAME_INLINE_BLOB_MAXIMUM,
	                &entries.blobs) != OK)
		return malformed(error, "entries", "a blob is cut short or too long");
	if (cursor_get_u8(&cursor, &entries.proof_count) != OK ||
	    entries.proof_count > FRAME_PROOF_MAXIMUM ||
	    cursor_get_bytes(&cursor, (size_t)entries.proof_count * HASH_SIZE, &entries.proof) !=
	        OK ||
	    cursor_end(&cursor) != OK)
		return malformed(error, "entries", "wrong length of the proof");
	*ret = entries;
	return OK;
}

int frame_get_cosignature(struct bytes payload, struct frame_cosignature *ret, struct error *error)
{
	struct cursor cursor = cursor_over(payload);
	struct frame_cosignature cosignature;

	if (cursor_get_u64(&cursor, &cosignature.size) != OK ||
	    cursor_get_sized(&cursor, FRAME_LINE_MAXIMUM, &cosignature.line) != OK ||
	    cursor_end(&cursor) != OK)
		return malformed(error, "cosignature", "wrong length");
	if (cosignature.line.size == 0 ||
	    memchr(cosignature.line.data, '\n', cosignature.line.size) != NULL)
		return malformed(error, "cosignature", "not one line");
	*ret = cosignature;
	return OK;
}

int frame_get_blob_request(struct bytes payload, struct frame_blob_request *ret,
                           struct error *error)
{
	struct cursor cursor = cursor_over(payload);
	struct frame_blob_request request;

	if (cursor_get(&cursor, request.blob.bytes, HASH_SIZE) != OK ||
	    cursor_get_u64(&cursor, &request.offset) != OK ||
	    cursor_get_u32(&cursor, &request.length) != OK || cursor_end(&cursor) != OK)
		return malformed(error, "blob request", "wrong length");
	if (request.length == 0 || request.length > FRAME_CHUNK_MAXIMUM)
		return malformed(error, "blob request", "length out of range");
	*ret = request;
	return OK;
}

int frame_get_blob_chunk(struct bytes payload, struct frame_blob_chunk *ret, struct error *error)
{
	struct cursor cursor = cursor_over(payload);
	struct frame_blob_chunk chunk;

	if (cursor_get(&cursor, chunk.blob.bytes, HASH_SIZE) != OK ||
	    cursor_get_u64(&cursor, &chunk.total) != OK ||
	    cursor_get_u64(&cursor, &chunk.offset) != OK ||
	    cursor_get_sized(&cursor, FRAME_CHUNK_MAXIMUM, &chunk.data) != OK ||
	    cursor_end(&cursor) != OK)
		return malformed(error, "blob chunk", "wrong length");
	if (chunk.offset > chunk.total || chunk.data.size > chunk.total - chunk.offset)
		return malformed(error, "blob chunk", "beyond the blob's end");
	*ret = chunk;
	return OK;
}

/* A statement and the signature over it. */
static int get_signed(struct cursor *cursor, struct bytes *ret_statement,
                      struct bytes *ret_signature)
{
	if (cursor_get_sized(cursor, FRAME_STATEMENT_MAXIMUM, ret_statement) != OK ||
	    cursor_get_sized(cursor, FRAME_SIGNATURE_MAXIMUM, ret_signature) != OK)
		return ERROR_SYNTAX;
	return OK;
}

static int get_match(struct bytes payload, const char *name, size_t size, struct frame_match *ret,
                     struct error *error)
{
	struct cursor cursor = cursor_over(payload);
	struct frame_match match;

	if (get_signed(&cursor, &match.statement, &match.signature) != OK ||
	    match.statement.size == 0 || match.signature.size == 0)
		return malformed(error, name, "wrong length of the statement");
	if (cursor_get_u16(&cursor, &match.count) != OK || match.count > FRAME_ELEMENTS_MAXIMUM)
		return malformed(error, name, "number of elements out of range");
	if (cursor_get_bytes(&cursor, match.count * size, &match.elements) != OK ||
	    cursor_end(&cursor) != OK)
		return malformed(error, name, "wrong length of the elements");
	*ret = match;
	return OK;
}

int frame_get_match_request(struct bytes payload, struct frame_match *ret, struct error *error)
{
	struct frame_match request;
	int r = get_match(payload, "match request", FRAME_ELEMENT_SIZE, &request, error);

	if (r == OK && request.count == 0)
		r = malformed(error, "match request", "number of elements out of range");
	if (r == OK)
		*ret = request;
	return r;
}

int frame_get_match_reply(struct bytes payload, struct frame_match *ret, struct error *error)
{
	return get_match(payload, "match reply", FRAME_EVALUATION_SIZE, ret, error);
}

int frame_get_match_behind(struct bytes payload, struct frame_match_behind *ret,
                           struct error *error)
{
	struct cursor cursor = cursor_over(payload);
	struct frame_match_behind behind;

	if (cursor_get(&cursor, behind.request.bytes, HASH_SIZE) != OK ||
	    get_signed(&cursor, &behind.question, &behind.question_signature) != OK ||
	    get_signed(&cursor, &behind.answer, &behind.answer_signature) != OK ||
	    cursor_end(&cursor) != OK)
		return malformed(error, "match behind", "wrong length");
	if ((behind.question.size == 0) != (behind.question_signature.size == 0) ||
	    (behind.answer.size == 0) != (behind.answer_signature.size == 0))
		return malformed(error, "match behind", "a statement without its signature");
	if (behind.question.size == 0 && behind.answer.size > 0)
		return malformed(error, "match behind", "an answer without its question");
	*ret = behind;
	return OK;
}

int frame_get_test(struct bytes payload, struct frame_test *ret, struct error *error)
{
	struct cursor cursor = cursor_over(payload);
	struct frame_test test;

	if (cursor_get_u64(&cursor, &test.nonce) != OK ||
	    cursor_get_u64(&cursor, &test.sent) != OK || cursor_end(&cursor) != OK)
		return malformed(error, "test", "wrong length");
	*ret = test;
	return OK;
}

int frame_get_echo(struct bytes payload, struct frame_echo *ret, struct error *error)
{
	struct cursor cursor = cursor_over(payload);
	struct frame_echo echo;

	if (cursor_get_u64(&cursor, &echo.nonce) != OK ||
	    cursor_get_u64(&cursor, &echo.sent) != OK ||
	    cursor_get_u64(&cursor, &echo.echoed) != OK || cursor_end(&cursor) != OK)
		return malformed(error, "echo", "wrong length");
	*ret = echo;
	return OK;
}

int frame_get_credit(struct bytes payload, struct frame_credit *ret, struct error *error)
{
	struct cursor cursor = cursor_over(payload);
	struct frame_credit credit;

	if (cursor_get_u32(&cursor, &credit.frames) != OK || cursor_end(&cursor) != OK)
		return malformed(error, "credit", "wrong length");
	*ret = credit;
	return OK;
}

int frame_get_error(struct bytes payload, struct frame_error *ret, struct error *error)
{
	struct cursor cursor = cursor_over(payload);
	struct frame_error frame;

	if (cursor_get_u16(&cursor, &frame.code) != OK ||
	    cursor_get_sized(&cursor, FRAME_ERROR_MAXIMUM, &frame.message) != OK ||
	    cursor_end(&cursor) != OK)
		return malformed(error, "error", "wrong length");
	if (!text_is_clean(frame.message))
		return malformed(error, "error", "the message is not clean text");
	*ret = frame;
	return OK;
}

int frame_get_charter(struct bytes payload, struct frame_charter *ret, struct error *error)
{
	struct cursor cursor = cursor_over(payload);
	struct frame_charter charter;

	if (cursor_get_sized(&cursor, FRAME_CHARTER_MAXIMUM, &charter.text) != OK ||
	    cursor_get_sized(&cursor, FRAME_ARMOR_MAXIMUM, &charter.armors[0]) != OK ||
	    cursor_get_sized(&cursor, FRAME_ARMOR_MAXIMUM, &charter.armors[1]) != OK ||
	    cursor_end(&cursor) != OK)
		return malformed(error, "charter", "wrong length");
	*ret = charter;
	return OK;
}

int frame_get_amended(struct bytes payload, struct bytes *ret_text, struct error *error)
{
	if (payload.size == 0 || payload.size > FRAME_CHARTER_MAXIMUM)
		return malformed(error, "amended", "wrong length");
	*ret_text = payload;
	return OK;
}

int frame_get_heads(struct bytes payload, struct frame_heads *ret, struct error *error)
{
	struct cursor cursor = cursor_over(payload);
	struct frame_heads heads;

	if (cursor_get_u16(&cursor, &heads.count) != OK || heads.count == 0 ||
	    heads.count > FRAME_HEADS_MAXIMUM)
		return malformed(error, "heads", "number of heads out of range");
	if (sized_items(&cursor, heads.count, 0, FRAME_NOTE_MAXIMUM, &heads.notes) != OK ||
	    cursor_end(&cursor) != OK)
		return malformed(error, "heads", "wrong length");
	*ret = heads;
	return OK;
}

int frame_notes_next(struct cursor *cursor, struct bytes *ret_note)
{
	if (cursor->left == 0)
		return ERROR_NOT_FOUND;
	return cursor_get_sized(cursor, FRAME_NOTE_MAXIMUM, ret_note);
}

int frame_entries_next(struct cursor *cursor, struct bytes *ret_entry)
{
	if (cursor->left == 0)
		return ERROR_NOT_FOUND;
	return cursor_get_sized(cursor, FRAME_INLINE_BLOB_MAXIMUM, ret_entry);
}

int frame_blobs_next(struct cursor *cursor, struct hash *ret_hash, struct bytes *ret_blob)
{
	struct cursor ahead = *cursor;
	struct hash hash;
	int r;

	if (cursor->left == 0)
		return ERROR_NOT_FOUND;
	if ((r = cursor_get(&ahead, hash.bytes, HASH_SIZE)) != OK ||
	    (r = cursor_get_sized(&ahead, FRAME_INLINE_BLOB_MAXIMUM, ret_blob)) != OK)
		return r;
	*ret_hash = hash;
	*cursor = ahead;
	return OK;
}
