/* Reading headers: syntax only, no keys. */
#include "age.h"

#include "encoding.h"

enum {
	BODY_LINE_CHARACTERS = 64,
	BODY_LINE_BYTES = 48,
	MAC_CHARACTERS = 43, /* unpadded base64 of 32 bytes */
};

static const char version_name[] = "age-encryption.org/";
static const char version_line[] = "age-encryption.org/v1\n";
static const char stanza_start[] = "-> ";
static const char final_start[] = "---";

/* OK when `prefix` starts with the version line or could still become one. */
static int version_check(struct bytes prefix)
{
	size_t known = sizeof(version_line) - 1;
	size_t common = prefix.size < known ? prefix.size : known;

	if (common > 0 && memcmp(prefix.data, version_line, common) != 0)
		return bytes_begin_with(prefix, bytes_of_string(version_name)) ? ERROR_UNSUPPORTED
		                                                               : ERROR_SYNTAX;
	return common == known ? OK : ERROR_WAIT;
}

int age_header_length(struct bytes prefix, size_t *ret_size)
{
	struct bytes rest = prefix;
	int r;

	if ((r = version_check(prefix)) != OK)
		return r;
	if (rest.size > AGE_HEADER_MAXIMUM)
		rest.size = AGE_HEADER_MAXIMUM;
	for (;;) {
		const uint8_t *end = memchr(rest.data, '\n', rest.size);
		size_t line_size;

		if (end == NULL)
			return prefix.size < AGE_HEADER_MAXIMUM ? ERROR_WAIT : ERROR_LIMIT;
		line_size = (size_t)(end - rest.data) + 1;
		if (bytes_begin_with(rest, bytes_of_string(final_start))) {
			*ret_size = (size_t)(end - prefix.data) + 1;
			return OK;
		}
		rest.data += line_size;
		rest.size -= line_size;
		if (rest.size == 0)
			return prefix.size < AGE_HEADER_MAXIMUM ? ERROR_WAIT : ERROR_LIMIT;
	}
}

/* Takes a line off `text`; gives it without its LF. */
static int take_line(struct bytes *text, struct bytes *ret_line)
{
	return bytes_cut(text, '\n', ret_line) ? OK : ERROR_SYNTAX;
}

/* Words of visible ASCII characters with one space between. */
static int arguments_check(struct bytes arguments)
{
	bool in_word = false;

	for (size_t i = 0; i < arguments.size; i++) {
		uint8_t character = arguments.data[i];

		if (character == ' ' ? !in_word : character < 0x21 || character > 0x7e)
			return ERROR_SYNTAX;
		in_word = character != ' ';
	}
	return in_word ? OK : ERROR_SYNTAX;
}

/* Takes the lines of a stanza's body: full ones, then a short one. */
static int take_body(struct bytes *text, struct buffer *scratch, struct bytes *ret_body)
{
	const uint8_t *start = text->data;
	struct bytes line;
	int r;

	do {
		if ((r = take_line(text, &line)) != OK)
			return r;
		if (line.size > BODY_LINE_CHARACTERS)
			return ERROR_SYNTAX;
		buffer_clear(scratch);
		if ((r = base64_decode(scratch, line, BASE64_UNPADDED)) != OK)
			return r;
	} while (line.size == BODY_LINE_CHARACTERS);
	*ret_body = bytes_of(start, (size_t)(text->data - start));
	return OK;
}

static int take_stanza(struct bytes *text, struct buffer *scratch, struct age_stanza *ret_stanza)
{
	const uint8_t *start = text->data;
	const uint8_t *space;
	struct bytes line;
	struct bytes words;
	int r;

	if (!bytes_begin_with(*text, bytes_of_string(stanza_start)))
		return ERROR_SYNTAX;
	if ((r = take_line(text, &line)) != OK)
		return r;
	words = bytes_of(line.data + strlen(stanza_start), line.size - strlen(stanza_start));
	if ((r = arguments_check(words)) != OK ||
	    (r = take_body(text, scratch, &ret_stanza->body)) != OK)
		return r;
	ret_stanza->whole = bytes_of(start, (size_t)(text->data - start));
	space = memchr(words.data, ' ', words.size);
	if (space == NULL) {
		ret_stanza->type = words;
		ret_stanza->arguments = bytes_of(words.data + words.size, 0);
		return OK;
	}
	ret_stanza->type = bytes_of(words.data, (size_t)(space - words.data));
	ret_stanza->arguments = bytes_of(space + 1, words.size - ret_stanza->type.size - 1);
	return OK;
}

/* The line `--- <MAC>`, of which `---` is authenticated by the MAC. */
static int take_mac(struct bytes *text, struct buffer *scratch, uint8_t ret_mac[HASH_SIZE])
{
	size_t start_size = strlen(final_start) + 1;
	struct bytes line;
	int r;

	if ((r = take_line(text, &line)) != OK)
		return r;
	if (line.size != start_size + MAC_CHARACTERS || line.data[start_size - 1] != ' ')
		return ERROR_SYNTAX;
	buffer_clear(scratch);
	if ((r = base64_decode(scratch, bytes_of(line.data + start_size, MAC_CHARACTERS),
	                       BASE64_UNPADDED)) != OK)
		return r;
	memcpy(ret_mac, scratch->data, HASH_SIZE);
	return OK;
}

int age_header_parse(struct bytes text, struct age_header *ret_header, struct error *error)
{
	struct age_header header = { 0 };
	struct buffer scratch;
	struct bytes rest = text;
	int r;

	if (text.size > AGE_HEADER_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the header is longer than %d bytes",
		                 AGE_HEADER_MAXIMUM);
	buffer_init(&scratch, BODY_LINE_BYTES);
	if ((r = version_check(text)) != OK) {
		r = error_set(error, r == ERROR_WAIT ? ERROR_SYNTAX : r,
		              "the first line is not that of an age file, version 1");
		goto out;
	}
	rest.data += sizeof(version_line) - 1;
	rest.size -= sizeof(version_line) - 1;
	while (!bytes_begin_with(rest, bytes_of_string(final_start))) {
		if (header.stanza_count == AGE_STANZAS_MAXIMUM) {
			r = error_set(error, ERROR_LIMIT, "the header has more than %d stanzas",
			              AGE_STANZAS_MAXIMUM);
			goto out;
		}
		if ((r = take_stanza(&rest, &scratch, &header.stanzas[header.stanza_count])) !=
		    OK) {
			error_set(error, r, "stanza %zu of the header is malformed",
			          header.stanza_count + 1);
			goto out;
		}
		header.stanza_count++;
	}
	header.authenticated = bytes_of(text.data,
	                                (size_t)(rest.data - text.data) + strlen(final_start));
	if ((r = take_mac(&rest, &scratch, header.mac)) != OK) {
		error_set(error, r, "the last line of the header is malformed");
		goto out;
	}
	if (header.stanza_count == 0 || rest.size > 0) {
		r = error_set(error, ERROR_SYNTAX, "the header %s",
		              rest.size > 0 ? "is followed by more" : "has no stanza");
		goto out;
	}
	*ret_header = header;
out:
	buffer_release(&scratch);
	return r;
}
