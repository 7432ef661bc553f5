/* Importing a plain file of identifiers: one a line; what follows it says what it is.
 *
 *     # a comment
 *     2.56.24.0/23 RU-K-TELEKOM-20190313 (K-telekom LLC)
 *     grid.example   # control room
 */
#include "import.h"

enum { LINE_MAXIMUM = 4096 };

static bool is_space(uint8_t character)
{
	return character == ' ' || character == '\t' || character == '\r';
}

static struct bytes skip(struct bytes text, bool (*what)(uint8_t character))
{
	while (text.size > 0 && what(text.data[0]))
		text = bytes_of(text.data + 1, text.size - 1);
	return text;
}

static bool is_comment(uint8_t character)
{
	return is_space(character) || character == '#';
}

static int take_line(struct import *import, struct bytes line, size_t number)
{
	struct bytes rest = skip(line, is_space), word = rest;
	int r;

	if (rest.size == 0 || rest.data[0] == '#')
		return OK;
	import_row_begin(import, number);
	if (line.size > LINE_MAXIMUM) {
		error_set(import_row_fault(import), ERROR_LIMIT, "the line is too long");
		return import_row_end(import);
	}
	while (rest.size > 0 && !is_space(rest.data[0]))
		rest = bytes_of(rest.data + 1, rest.size - 1);
	word.size -= rest.size;
	rest = skip(rest, is_comment);
	if ((r = import_row_value(import, IMPORT_IDENTIFIER, word)) != OK ||
	    (r = import_row_value(import, IMPORT_FUNCTION, rest)) != OK)
		return r;
	return import_row_end(import);
}

int import_plain(struct import *import, struct bytes text, struct error *error)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	struct bytes line;
	int r;

	if (bytes_begin_with(text, bytes_of_string(byte_order_mark)))
		text = bytes_of(text.data + 3, text.size - 3);
	for (size_t number = 1; text.size > 0; number++) {
		bytes_cut(&text, '\n', &line);
		if ((r = take_line(import, line, number)) != OK)
			return error_set(error, r, "%s", result_text(r));
	}
	if (import->rows == 0)
		return error_set(error, ERROR_SYNTAX, "there is no identifier in the file");
	return OK;
}
