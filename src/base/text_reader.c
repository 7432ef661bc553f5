#include "text.h"

void text_reader_init(struct text_reader *reader, struct bytes text)
{
	*reader = (struct text_reader){ text, 0 };
}

int text_reader_peek(const struct text_reader *reader, struct text_line *ret_line)
{
	struct bytes rest = reader->rest;
	struct text_line line = { .number = reader->number + 1 };
	const uint8_t *end;
	const uint8_t *space;

	if (rest.size == 0)
		return ERROR_NOT_FOUND;
	end = memchr(rest.data, '\n', rest.size);
	line.whole = bytes_of(rest.data, end == NULL ? rest.size : (size_t)(end - rest.data));
	line.key = line.whole;
	line.value = bytes_of(line.whole.data + line.whole.size, 0);
	space = line.whole.size == 0 ? NULL : memchr(line.whole.data, ' ', line.whole.size);
	if (space != NULL) {
		line.key.size = (size_t)(space - line.whole.data);
		line.value = bytes_of(space + 1, line.whole.size - line.key.size - 1);
	}
	*ret_line = line;
	return OK;
}

static void take(struct text_reader *reader, const struct text_line *line)
{
	size_t size = line->whole.size;

	if (size < reader->rest.size)
		size++; /* the line feed */
	reader->rest.data += size;
	reader->rest.size -= size;
	reader->number = line->number;
}

int text_reader_next(struct text_reader *reader, struct text_line *ret_line)
{
	int r;

	if ((r = text_reader_peek(reader, ret_line)) != OK)
		return r;
	take(reader, ret_line);
	return OK;
}

int text_reader_expect(struct text_reader *reader, const char *line, struct error *error)
{
	struct text_line next;

	if (text_reader_peek(reader, &next) != OK || !bytes_equal_string(next.whole, line))
		return error_set_line(error, ERROR_SYNTAX, reader->number + 1,
		                      "the line is not '%s'", line);
	take(reader, &next);
	return OK;
}

int text_reader_optional(struct text_reader *reader, const char *key, struct bytes *ret_value,
                         struct error *error)
{
	struct text_line next;

	if (text_reader_peek(reader, &next) != OK || !bytes_equal_string(next.key, key))
		return ERROR_NOT_FOUND;
	if (next.value.size == 0)
		return error_set_line(error, ERROR_SYNTAX, next.number, "the key '%s' has no value",
		                      key);
	take(reader, &next);
	*ret_value = next.value;
	return OK;
}

int text_reader_required(struct text_reader *reader, const char *key, struct bytes *ret_value,
                         struct error *error)
{
	enum { SHOWN = 64 };
	struct text_line next;
	int r;

	r = text_reader_optional(reader, key, ret_value, error);
	if (r != ERROR_NOT_FOUND)
		return r;
	if (text_reader_peek(reader, &next) != OK)
		return error_set_line(error, ERROR_SYNTAX, reader->number + 1,
		                      "the key '%s' is missing at the end of the text", key);
	if (next.whole.size == 0)
		return error_set_line(error, ERROR_SYNTAX, next.number,
		                      "the key '%s' is missing; an empty line stands there", key);
	return error_set_line(
	    error, ERROR_SYNTAX, next.number, "the key '%s' is missing; '%.*s' stands there", key,
	    (int)(next.key.size < SHOWN ? next.key.size : SHOWN), (const char *)next.key.data);
}
