#include "neutral_messages.h"

enum { STATUS_FIRST = 100, STATUS_LAST = 599 };

static const char *const content_names[NEUTRAL_CONTENT_COUNT] = {
	[NEUTRAL_TEXT] = "text/plain; charset=utf-8",
	[NEUTRAL_TREE_SIZE] = "text/x.tlog.size",
	[NEUTRAL_OCTETS] = "application/octet-stream",
};

const char *neutral_content_name(enum neutral_content content)
{
	return content_names[content];
}

int neutral_put_call(struct buffer *buffer, const struct neutral_call *call)
{
	size_t before = buffer->size;
	int r;

	if (call->path.size > NEUTRAL_PATH_MAXIMUM || call->body.size > NEUTRAL_BODY_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = buffer_put_u8(buffer, (uint8_t)call->method)) != OK ||
	    (r = buffer_put_sized(buffer, call->path)) != OK ||
	    (r = buffer_put_sized(buffer, call->body)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

int neutral_get_call(struct bytes body, struct neutral_call *ret_call)
{
	struct cursor cursor = cursor_over(body);
	struct neutral_call call;
	uint8_t method;
	int r;

	if ((r = cursor_get_u8(&cursor, &method)) != OK ||
	    (r = cursor_get_sized(&cursor, NEUTRAL_PATH_MAXIMUM, &call.path)) != OK ||
	    (r = cursor_get_sized(&cursor, NEUTRAL_BODY_MAXIMUM, &call.body)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	if (method >= NEUTRAL_METHOD_COUNT)
		return ERROR_SYNTAX;
	call.method = (enum neutral_method)method;
	*ret_call = call;
	return OK;
}

int neutral_put_answer(struct buffer *buffer, const struct neutral_answer *answer)
{
	size_t before = buffer->size;
	int r;

	if (answer->body.size > NEUTRAL_BODY_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = buffer_put_u16(buffer, (uint16_t)answer->status)) != OK ||
	    (r = buffer_put_u8(buffer, (uint8_t)answer->content)) != OK ||
	    (r = buffer_put_sized(buffer, answer->body)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

int neutral_get_answer(struct bytes body, struct neutral_answer *ret_answer)
{
	struct cursor cursor = cursor_over(body);
	struct neutral_answer answer;
	uint16_t status;
	uint8_t content;
	int r;

	if ((r = cursor_get_u16(&cursor, &status)) != OK ||
	    (r = cursor_get_u8(&cursor, &content)) != OK ||
	    (r = cursor_get_sized(&cursor, NEUTRAL_BODY_MAXIMUM, &answer.body)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	if (status < STATUS_FIRST || status > STATUS_LAST || content >= NEUTRAL_CONTENT_COUNT)
		return ERROR_SYNTAX;
	answer.status = status;
	answer.content = (enum neutral_content)content;
	*ret_answer = answer;
	return OK;
}
