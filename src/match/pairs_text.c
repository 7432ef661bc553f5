#include "pairs_text.h"

#include "text.h"

static const char format[] = "chirograph.pairs/1";

static int check_contact(struct bytes contact, size_t line, struct error *error)
{
	if (contact.size > PAIRS_CONTACT_MAXIMUM)
		return error_set_line(error, ERROR_LIMIT, line, "a contact is too long");
	if (contact.size == 0 || contact.data[0] == ' ')
		return error_set_line(error, ERROR_SYNTAX, line,
		                      "a contact is empty or begins with a space");
	return OK;
}

/* `contact 2 text`, its number being the next one. */
static int take_contact(struct bytes value, size_t line, struct pairs_text *text,
                        struct error *error)
{
	struct bytes number;
	uint64_t parsed;
	int r;

	if (text->contact_count == PAIRS_CONTACTS_MAXIMUM)
		return error_set_line(error, ERROR_LIMIT, line, "there are too many contacts");
	if (!bytes_cut(&value, ' ', &number) ||
	    text_parse_number(number, PAIRS_CONTACTS_MAXIMUM, &parsed) != OK ||
	    parsed != text->contact_count + 1)
		return error_set_line(error, ERROR_SYNTAX, line,
		                      "contacts are numbered from 1 without gaps");
	if ((r = check_contact(value, line, error)) != OK)
		return r;
	text->contacts[text->contact_count++] = value;
	return OK;
}

int pairs_text_parse(struct bytes text, struct pairs_text *ret_text, struct error *error)
{
	struct pairs_text parsed = { .contact_count = 0 };
	struct text_reader reader;
	struct text_line line;
	struct bytes value;
	int r;

	if (text.size > PAIRS_TEXT_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the table of contacts is too long");
	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, format, error)) != OK)
		return r;
	r = text_reader_optional(&reader, "scheme", &value, error);
	if (r != OK && r != ERROR_NOT_FOUND)
		return r;
	if (r == OK) {
		if (!scheme_named(value, &parsed.scheme) || parsed.scheme == SCHEME_NONE)
			return error_set_line(error, ERROR_SYNTAX, reader.number,
			                      "this is no name of a scheme of sectors");
	}
	while ((r = text_reader_optional(&reader, "contact", &value, error)) == OK)
		if ((r = take_contact(value, reader.number, &parsed, error)) != OK)
			return r;
	if (r != ERROR_NOT_FOUND)
		return r;
	if (text_reader_next(&reader, &line) == OK)
		return error_set_line(error, ERROR_SYNTAX, line.number,
		                      "a contact is expected here, or the end");
	*ret_text = parsed;
	return OK;
}

static int put_contact(struct buffer *buffer, size_t number, struct bytes contact)
{
	char value[PAIRS_CONTACT_MAXIMUM + 16];
	int size, r;

	if ((r = check_contact(contact, 0, NULL)) != OK)
		return r;
	size = snprintf(value, sizeof(value), "%zu ", number);
	memcpy(value + size, contact.data, contact.size);
	return text_put(buffer, "contact", bytes_of(value, (size_t)size + contact.size));
}

int pairs_text_print(const struct pairs_text *text, struct buffer *buffer)
{
	size_t before = buffer->size;
	int r = OK;

	if (text->contact_count > PAIRS_CONTACTS_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = buffer_put_string(buffer, format)) == OK)
		r = buffer_put_u8(buffer, '\n');
	if (r == OK && text->scheme != SCHEME_NONE)
		r = text_put_string(buffer, "scheme", scheme_name(text->scheme));
	for (size_t i = 0; r == OK && i < text->contact_count; i++)
		r = put_contact(buffer, i + 1, text->contacts[i]);
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}

int pairs_text_add_contact(struct pairs_text *text, struct bytes contact, uint8_t *ret_number)
{
	size_t i;

	if (contact.size == 0) {
		*ret_number = 0;
		return OK;
	}
	for (i = 0; i < text->contact_count; i++)
		if (bytes_equal(text->contacts[i], contact))
			break;
	if (i == PAIRS_CONTACTS_MAXIMUM)
		return ERROR_LIMIT;
	if (i == text->contact_count)
		text->contacts[text->contact_count++] = contact;
	*ret_number = (uint8_t)(i + 1);
	return OK;
}
