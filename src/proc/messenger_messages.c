#include "messenger_messages.h"

static bool is_visible_ascii(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] <= ' ' || text.data[i] >= 0x7f)
			return false;
	return true;
}

/* A content type as RFC 9110 writes it has spaces at most. */
static bool is_printable_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text >= 0x7f)
			return false;
	return true;
}

bool messenger_url_is_valid(struct bytes url)
{
	static const char *const schemes[] = { "https://", "http://" };
	struct bytes rest = { NULL, 0 };

	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
		if (bytes_begin_with(url, bytes_of_string(schemes[i])))
			rest = bytes_of(url.data + strlen(schemes[i]),
			                url.size - strlen(schemes[i]));
	return rest.size > 0 && rest.data[0] != '/' && rest.data[rest.size - 1] != '/' &&
	       is_visible_ascii(rest) && memchr(rest.data, '@', rest.size) == NULL &&
	       memchr(rest.data, '?', rest.size) == NULL &&
	       memchr(rest.data, '#', rest.size) == NULL;
}

int messenger_put_question(struct buffer *buffer, const struct messenger_question *question)
{
	size_t before = buffer->size;
	int r;

	if ((r = buffer_put_u8(buffer, (uint8_t)question->method)) != OK ||
	    (r = buffer_put_sized_string(buffer, question->url)) != OK ||
	    (r = buffer_put_sized_string(buffer, question->content_type)) != OK ||
	    (r = buffer_put_sized(buffer, question->content)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

int messenger_get_question(struct bytes body, struct messenger_question *ret_question)
{
	struct cursor cursor = cursor_over(body);
	struct messenger_question question = { 0 };
	uint8_t method;
	int r;

	if ((r = cursor_get_u8(&cursor, &method)) != OK ||
	    (r = cursor_get_sized_string(&cursor, question.url, sizeof question.url)) != OK ||
	    (r = cursor_get_sized_string(&cursor, question.content_type,
	                                 sizeof question.content_type)) != OK ||
	    (r = cursor_get_sized(&cursor, MESSENGER_CONTENT_MAXIMUM, &question.content)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	if (method >= MESSENGER_METHOD_COUNT ||
	    !messenger_url_is_valid(bytes_of_string(question.url)) ||
	    !is_printable_ascii(question.content_type))
		return ERROR_SYNTAX;
	question.method = (enum messenger_method)method;
	if (question.method == MESSENGER_GET &&
	    (question.content.size > 0 || question.content_type[0] != '\0'))
		return ERROR_SYNTAX;
	*ret_question = question;
	return OK;
}

int messenger_put_answer(struct buffer *buffer, const struct messenger_answer *answer)
{
	size_t before = buffer->size;
	int r;

	if ((r = buffer_put_u16(buffer, answer->status)) != OK ||
	    (r = buffer_put_sized_string(buffer, answer->content_type)) != OK ||
	    (r = buffer_put_sized(buffer, answer->content)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

int messenger_get_answer(struct bytes body, struct messenger_answer *ret_answer)
{
	struct cursor cursor = cursor_over(body);
	struct messenger_answer answer = { 0 };
	int r;

	if ((r = cursor_get_u16(&cursor, &answer.status)) != OK ||
	    (r = cursor_get_sized_string(&cursor, answer.content_type,
	                                 sizeof answer.content_type)) != OK ||
	    (r = cursor_get_sized(&cursor, MESSENGER_CONTENT_MAXIMUM, &answer.content)) != OK ||
	    (r = cursor_end(&cursor)) != OK)
		return r;
	if (answer.status < 200 || answer.status > 599 ||
	    (answer.status >= 300 && answer.status < 400) ||
	    !is_printable_ascii(answer.content_type))
		return ERROR_SYNTAX;
	*ret_answer = answer;
	return OK;
}
