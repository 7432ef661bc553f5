/* Characters, lines, and the values that stand in lines. */
#include "text.h"

#include "visible.h"

enum {
	DELETE = 0x7f,
	C1_LAST = 0x9f,
	LINE_SEPARATOR = 0x2028,
	PARAGRAPH_SEPARATOR = 0x2029,
	NONCHARACTER_FIRST = 0xfdd0,
	NONCHARACTER_LAST = 0xfdef,
	DOMAIN_MAXIMUM = 253,
	LABEL_MAXIMUM = 63,
};

static bool is_forbidden(uint32_t character)
{
	return character < ' ' || (character >= DELETE && character <= C1_LAST) ||
	       character == LINE_SEPARATOR || character == PARAGRAPH_SEPARATOR ||
	       (character >= NONCHARACTER_FIRST && character <= NONCHARACTER_LAST) ||
	       (character & 0xfffe) == 0xfffe;
}

/* The size in bytes of the character at the front of `text`, 0 when it is
 * malformed or forbidden. */
static size_t clean_character(struct bytes text)
{
	uint32_t character;
	size_t size = utf8_decode(text, &character);

	return size > 0 && !is_forbidden(character) ? size : 0;
}

bool text_is_clean(struct bytes line)
{
	while (line.size > 0) {
		bool plain = line.data[0] >= ' ' && line.data[0] < DELETE;
		size_t size = plain ? 1 : clean_character(line);

		if (size == 0)
			return false;
		line.data += size;
		line.size -= size;
	}
	return true;
}

int text_check(struct bytes text, struct error *error)
{
	if (text.size == 0)
		return error_set(error, ERROR_SYNTAX, "the text is empty");
	for (size_t number = 1; text.size > 0; number++) {
		const uint8_t *end = memchr(text.data, '\n', text.size);
		struct bytes line;

		if (end == NULL)
			return error_set_line(error, ERROR_SYNTAX, number,
			                      "the last line does not end in a line feed");
		line = bytes_of(text.data, (size_t)(end - text.data));
		if (line.size > TEXT_LINE_MAXIMUM)
			return error_set_line(error, ERROR_LIMIT, number,
			                      "the line is longer than %d bytes",
			                      TEXT_LINE_MAXIMUM);
		if (line.size > 0 && line.data[line.size - 1] == ' ')
			return error_set_line(error, ERROR_SYNTAX, number,
			                      "the line ends in a space");
		if (!text_is_clean(line))
			return error_set_line(error, ERROR_SYNTAX, number,
			                      "the line is not UTF-8 or has a forbidden character");
		text.data += line.size + 1;
		text.size -= line.size + 1;
	}
	return OK;
}

int text_words(struct bytes value, struct bytes *ret_words, size_t capacity, size_t *ret_count)
{
	size_t count = 1;
	size_t from = 0;

	/* Checked first: the outputs stay untouched on failure. */
	if (value.size == 0)
		return ERROR_SYNTAX;
	for (size_t i = 0; i < value.size; i++) {
		if (value.data[i] != ' ')
			continue;
		if (i == 0 || i + 1 == value.size || value.data[i + 1] == ' ')
			return ERROR_SYNTAX;
		count++;
	}
	if (count > capacity)
		return ERROR_LIMIT;

	for (size_t word = 0; word < count; word++) {
		size_t to = from;

		while (to < value.size && value.data[to] != ' ')
			to++;
		ret_words[word] = bytes_of(value.data + from, to - from);
		from = to + 1;
	}
	*ret_count = count;
	return OK;
}

int text_parse_number(struct bytes value, uint64_t maximum, uint64_t *ret_number)
{
	uint64_t number = 0;

	if (value.size == 0 || (value.size > 1 && value.data[0] == '0'))
		return ERROR_SYNTAX;
	for (size_t i = 0; i < value.size; i++) {
		if (value.data[i] < '0' || value.data[i] > '9')
			return ERROR_SYNTAX;
	}
	for (size_t i = 0; i < value.size; i++) {
		uint64_t digit = (uint64_t)(value.data[i] - '0');

		if (number > (UINT64_MAX - digit) / 10)
			return ERROR_LIMIT;
		number = number * 10 + digit;
	}
	if (number > maximum)
		return ERROR_LIMIT;
	*ret_number = number;
	return OK;
}

static bool is_lower(uint8_t character)
{
	return character >= 'a' && character <= 'z';
}

static bool is_lower_or_digit(uint8_t character)
{
	return is_lower(character) || (character >= '0' && character <= '9');
}

bool text_is_identifier(struct bytes value, size_t maximum)
{
	if (value.size == 0 || value.size > maximum || !is_lower(value.data[0]) ||
	    value.data[value.size - 1] == '-')
		return false;
	for (size_t i = 1; i < value.size; i++) {
		if (is_lower_or_digit(value.data[i]))
			continue;
		if (value.data[i] != '-' || value.data[i - 1] == '-')
			return false;
	}
	return true;
}

/* Cuts the part before the first dot off `value`; false when there is none. */
static bool next_label(struct bytes *value, struct bytes *ret_label)
{
	const uint8_t *dot;

	if (value->data == NULL)
		return false;
	dot = value->size == 0 ? NULL : memchr(value->data, '.', value->size);
	if (dot == NULL) {
		*ret_label = *value;
		*value = bytes_of(NULL, 0);
		return true;
	}
	*ret_label = bytes_of(value->data, (size_t)(dot - value->data));
	*value = bytes_of(dot + 1, value->size - ret_label->size - 1);
	return true;
}

bool text_is_dotted_identifier(struct bytes value, size_t maximum)
{
	struct bytes label;

	if (value.size == 0 || value.size > maximum)
		return false;
	while (next_label(&value, &label)) {
		if (!text_is_identifier(label, maximum))
			return false;
	}
	return true;
}

static bool is_domain_label(struct bytes label)
{
	if (label.size == 0 || label.size > LABEL_MAXIMUM || label.data[0] == '-' ||
	    label.data[label.size - 1] == '-')
		return false;
	for (size_t i = 0; i < label.size; i++) {
		if (!is_lower_or_digit(label.data[i]) && label.data[i] != '-')
			return false;
	}
	return true;
}

bool text_is_domain(struct bytes value)
{
	struct bytes label;
	size_t labels = 0;

	if (value.size == 0 || value.size > DOMAIN_MAXIMUM)
		return false;
	while (next_label(&value, &label)) {
		if (!is_domain_label(label))
			return false;
		labels++;
	}
	return labels >= 2;
}
