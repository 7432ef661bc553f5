#include "evaluator_messages.h"

#include "allocate.h"

bool evaluator_key_equal(const struct evaluator_key *a, const struct evaluator_key *b)
{
	return hash_equal(&a->channel, &b->channel) &&
	       memcmp(a->public_key, b->public_key, EVALUATOR_KEY_SIZE) == 0;
}

static int get_key(struct cursor *cursor, struct evaluator_key *ret_key)
{
	struct evaluator_key key;
	int r;

	if ((r = cursor_get(cursor, key.channel.bytes, HASH_SIZE)) != OK ||
	    (r = cursor_get(cursor, key.public_key, EVALUATOR_KEY_SIZE)) != OK)
		return r;
	*ret_key = key;
	return OK;
}

int evaluator_put_key(struct buffer *buffer, const struct evaluator_key *key)
{
	size_t before = buffer->size;
	int r;

	if ((r = buffer_put(buffer, key->channel.bytes, HASH_SIZE)) != OK ||
	    (r = buffer_put(buffer, key->public_key, EVALUATOR_KEY_SIZE)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

int evaluator_get_key(struct bytes body, struct evaluator_key *ret_key)
{
	struct cursor cursor = cursor_over(body);
	struct evaluator_key key;
	int r;

	if ((r = get_key(&cursor, &key)) != OK || (r = cursor_end(&cursor)) != OK)
		return r;
	*ret_key = key;
	return OK;
}

int evaluator_put_question(struct buffer *buffer, const struct evaluator_question *question)
{
	size_t before = buffer->size;
	int r;

	if (question->count == 0 || question->count > EVALUATOR_ELEMENTS_MAXIMUM ||
	    question->elements.size != question->count * EVALUATOR_ELEMENT_SIZE)
		return ERROR_LIMIT;
	if ((r = evaluator_put_key(buffer, &question->key)) != OK ||
	    (r = buffer_put_u8(buffer, question->proofs)) != OK ||
	    (r = buffer_put_u16(buffer, (uint16_t)question->count)) != OK ||
	    (r = buffer_put_bytes(buffer, question->elements)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

int evaluator_get_question(struct bytes body, struct evaluator_question *ret_question)
{
	struct cursor cursor = cursor_over(body);
	struct evaluator_question question;
	uint8_t proofs;
	uint16_t count;
	int r;

	if ((r = get_key(&cursor, &question.key)) != OK ||
	    (r = cursor_get_u8(&cursor, &proofs)) != OK ||
	    (r = cursor_get_u16(&cursor, &count)) != OK)
		return r;
	if (proofs > 1 || count == 0)
		return ERROR_SYNTAX;
	if (count > EVALUATOR_ELEMENTS_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = cursor_get_bytes(&cursor, (size_t)count * EVALUATOR_ELEMENT_SIZE,
	                          &question.elements)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	question.proofs = proofs == 1;
	question.count = count;
	*ret_question = question;
	return OK;
}

int evaluator_check_answer(struct bytes body, bool proofs, size_t count)
{
	size_t size = proofs ? EVALUATOR_PROVED_SIZE : EVALUATOR_ELEMENT_SIZE;

	return body.size == count * size ? OK : ERROR_SYNTAX;
}

int evaluator_put_new_key(struct buffer *buffer, const struct evaluator_key_status *status)
{
	size_t before = buffer->size;
	int r;

	if ((r = buffer_put(buffer, status->key.public_key, EVALUATOR_KEY_SIZE)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)status->created)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

static int get_created(struct cursor *cursor, timestamp *ret_created)
{
	uint64_t created;
	int r = cursor_get_u64(cursor, &created);

	if (r == OK && created > INT64_MAX)
		r = ERROR_SYNTAX;
	if (r == OK)
		*ret_created = (timestamp)created;
	return r;
}

int evaluator_get_new_key(struct bytes body, const struct hash *channel,
                          struct evaluator_key_status *ret_status)
{
	struct evaluator_key_status status = { .key.channel = *channel };
	struct cursor cursor = cursor_over(body);
	int r;

	if ((r = cursor_get(&cursor, status.key.public_key, EVALUATOR_KEY_SIZE)) != OK ||
	    (r = get_created(&cursor, &status.created)) != OK || (r = cursor_end(&cursor)) != OK)
		return r;
	*ret_status = status;
	return OK;
}

static uint16_t limited(size_t number)
{
	return number < UINT16_MAX ? (uint16_t)number : UINT16_MAX;
}

int evaluator_put_report(struct buffer *buffer, const struct evaluator_report *report)
{
	size_t before = buffer->size;
	int r;

	if (report->count > EVALUATOR_KEYS_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = buffer_put_u32(buffer, report->user)) == OK &&
	    (r = buffer_put_u16(buffer, limited(report->threads))) == OK &&
	    (r = buffer_put_u16(buffer, limited(report->damaged))) == OK)
		r = buffer_put_u16(buffer, (uint16_t)report->count);
	for (size_t i = 0; r == OK && i < report->count; i++)
		if ((r = evaluator_put_key(buffer, &report->keys[i].key)) == OK)
			r = buffer_put_u64(buffer, (uint64_t)report->keys[i].created);
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}

static int get_keys(struct cursor *cursor, struct evaluator_key_status *keys, size_t count)
{
	int r = OK;

	for (size_t i = 0; r == OK && i < count; i++)
		if ((r = get_key(cursor, &keys[i].key)) == OK)
			r = get_created(cursor, &keys[i].created);
	return r == OK ? cursor_end(cursor) : r;
}

int evaluator_get_report(struct bytes body, struct evaluator_report *ret_report)
{
	struct cursor cursor = cursor_over(body);
	struct evaluator_report report;
	uint16_t threads, damaged, count;
	int r;

	if ((r = cursor_get_u32(&cursor, &report.user)) != OK ||
	    (r = cursor_get_u16(&cursor, &threads)) != OK ||
	    (r = cursor_get_u16(&cursor, &damaged)) != OK ||
	    (r = cursor_get_u16(&cursor, &count)) != OK)
		return r;
	if (count > EVALUATOR_KEYS_MAXIMUM)
		return ERROR_LIMIT;
	report.threads = threads;
	report.damaged = damaged;
	report.count = count;
	if ((report.keys = allocate((size_t)count + 1, sizeof *report.keys)) == NULL)
		return ERROR_MEMORY;
	if ((r = get_keys(&cursor, report.keys, count)) != OK)
		release_memory(report.keys);
	else
		*ret_report = report;
	return r;
}
