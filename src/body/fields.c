#include "fields.h"

/* Marks a text for translation where it is shown. */
#define N_(text) text

static const char format_line[] = "chirograph.fields/1";

int fields_begin(struct buffer *buffer)
{
	return buffer_put_format(buffer, "%s\n", format_line);
}

int fields_put(struct buffer *buffer, const char *key, const char *value)
{
	if (!text_is_identifier(bytes_of_string(key), FIELDS_KEY_MAXIMUM))
		return ERROR_SYNTAX;
	return text_put_string(buffer, key, value);
}

int fields_check(struct bytes text, struct error *error)
{
	struct text_reader reader;
	struct text_line line;
	size_t count = 0;
	int r;

	if (text.size > FIELDS_SIZE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the fields are longer than %d bytes",
		                 FIELDS_SIZE_MAXIMUM);
	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, format_line, error)) != OK)
		return r;
	while (text_reader_next(&reader, &line) == OK) {
		if (++count > FIELDS_COUNT_MAXIMUM)
			return error_set_line(error, ERROR_LIMIT, line.number,
			                      "there are more than %d fields",
			                      FIELDS_COUNT_MAXIMUM);
		if (!text_is_identifier(line.key, FIELDS_KEY_MAXIMUM))
			return error_set_line(error, ERROR_SYNTAX, line.number,
			                      N_("the name of a field is not an identifier"));
		if (line.value.size == 0)
			return error_set_line(error, ERROR_SYNTAX, line.number,
			                      N_("the field has no value"));
	}
	return OK;
}

void fields_reader_init(struct text_reader *reader, struct bytes text)
{
	struct text_line format;

	text_reader_init(reader, text);
	(void)text_reader_next(reader, &format);
}

int fields_next(struct text_reader *reader, struct bytes *ret_key, struct bytes *ret_value)
{
	struct text_line line;
	int r;

	if ((r = text_reader_next(reader, &line)) != OK)
		return r;
	*ret_key = line.key;
	*ret_value = line.value;
	return OK;
}
