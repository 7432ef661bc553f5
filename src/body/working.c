#include "working.h"

#include "encoding.h"
#include "text.h"

/* Marks a text for translation where it is shown. */
#define N_(text) text

static const char format_line[] = "chirograph.working/1";

/* A value that becomes a string. */
static int take(struct text_reader *reader, const char *key, char *ret_value, size_t capacity,
                struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if (bytes_to_string(value, ret_value, capacity) != OK)
		return error_set_line(error, ERROR_LIMIT, reader->number, "'%s' is too long", key);
	return OK;
}

static int refuse(const struct text_reader *reader, const char *key, struct error *error)
{
	return error_set_line(error, ERROR_SYNTAX, reader->number, "'%s' is not valid", key);
}

static int take_lines(struct text_reader *reader, struct working *working, struct error *error)
{
	char party[PARTY_ID_CAPACITY];
	struct bytes value;
	unsigned generation;
	uint64_t number;
	int r;

	if ((r = text_reader_expect(reader, format_line, error)) != OK ||
	    (r = take(reader, "channel", working->channel, sizeof(working->channel), error)) !=
	        OK ||
	    (r = take(reader, "act", working->act, sizeof(working->act), error)) != OK)
		return r;
	if (act_name_parse(bytes_of_string(working->act), party, &generation, &number) != OK)
		return refuse(reader, "act", error);
	if ((r = text_reader_required(reader, "body", &value, error)) != OK)
		return r;
	if (base64_decode_fixed(value, working->body.bytes, HASH_SIZE) != OK)
		return refuse(reader, "body", error);
	if ((r = take(reader, "language", working->language, sizeof(working->language), error)) !=
	    OK)
		return r;
	if (!part_language_is_valid(working->language))
		return refuse(reader, "language", error);
	if ((r = take(reader, "by", working->by, sizeof(working->by), error)) != OK ||
	    (r = text_reader_required(reader, "made", &value, error)) != OK)
		return r;
	if (timestamp_parse(value, &working->made) != OK)
		return refuse(reader, "made", error);
	return OK;
}

int working_parse(struct bytes text, struct working *ret_working, struct error *error)
{
	struct working working = { 0 };
	struct text_reader reader;
	struct text_line line;
	struct bytes head;
	size_t paragraphs, end = 0;
	int r;

	if (text.size > WORKING_SIZE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "a working translation has at most %d bytes",
		                 WORKING_SIZE_MAXIMUM);
	while (end + 1 < text.size && (text.data[end] != '\n' || text.data[end + 1] != '\n'))
		end++;
	if (end + 1 >= text.size)
		return error_set(error, ERROR_SYNTAX, N_("the text is missing"));
	head = bytes_of(text.data, end + 1);
	working.text = bytes_of(text.data + end + 2, text.size - end - 2);
	if ((r = text_check(head, error)) != OK)
		return r;
	text_reader_init(&reader, head);
	if ((r = take_lines(&reader, &working, error)) != OK)
		return r;
	if (text_reader_next(&reader, &line) == OK)
		return error_set_line(error, ERROR_SYNTAX, reader.number,
		                      N_("an empty line is due"));
	if ((r = part_split_text(working.text, NULL, SIZE_MAX, &paragraphs, error)) != OK)
		return r;
	*ret_working = working;
	return OK;
}

int working_print(const struct working *working, struct buffer *buffer, struct error *error)
{
	size_t start = buffer->size;
	struct working parsed;
	int r;

	if ((r = buffer_put_format(buffer, "%s\n", format_line)) != OK ||
	    (r = text_put_string(buffer, "channel", working->channel)) != OK ||
	    (r = text_put_string(buffer, "act", working->act)) != OK ||
	    (r = text_put_hash(buffer, "body", &working->body)) != OK ||
	    (r = text_put_string(buffer, "language", working->language)) != OK ||
	    (r = text_put_string(buffer, "by", working->by)) != OK ||
	    (r = text_put_time(buffer, "made", working->made)) != OK ||
	    (r = buffer_put_u8(buffer, '\n')) != OK ||
	    (r = buffer_put_bytes(buffer, working->text)) != OK) {
		error_set(error, r,
		          N_("a line of the working translation is not valid or too long"));
		goto out;
	}
	r = working_parse(bytes_of(buffer->data + start, buffer->size - start), &parsed, error);
out:
	if (r != OK)
		buffer_truncate(buffer, start);
	return r;
}
