#include "handover.h"

#include "text.h"

#define FORMAT "chirograph.handover/1"

enum { ENTRIES_MAXIMUM_BITS = 40 };

static int take_string(struct text_reader *reader, const char *key, char *ret_string,
                       size_t capacity, struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if ((r = bytes_to_string(value, ret_string, capacity)) != OK)
		return error_set(error, r, "'%s' is too long", key);
	return OK;
}

static int take_time(struct text_reader *reader, const char *key, timestamp *ret_time,
                     struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if ((r = timestamp_parse(value, ret_time)) != OK)
		return error_set(error, r, "'%s' is no time", key);
	return OK;
}

static int take_number(struct text_reader *reader, const char *key, uint64_t *ret_number,
                       struct error *error)
{
	struct bytes value;
	int r;

	if ((r = text_reader_required(reader, key, &value, error)) != OK)
		return r;
	if ((r = text_parse_number(value, UINT64_C(1) << ENTRIES_MAXIMUM_BITS, ret_number)) != OK)
		return error_set(error, r, "'%s' is no number of entries", key);
	return OK;
}

static int take_page(struct text_reader *reader, struct bytes *ret_page, struct error *error)
{
	struct text_line line;

	if (text_reader_next(reader, &line) != OK || line.whole.size != 0 || reader->rest.size == 0)
		return error_set(error, ERROR_SYNTAX, "an empty line and the page follow here");
	*ret_page = reader->rest;
	return OK;
}

static int check_values(const struct handover *handover, struct error *error)
{
	if (!channel_id_is_valid(bytes_of_string(handover->channel)))
		return error_set(error, ERROR_SYNTAX, "the channel is none");
	if (!text_is_identifier(bytes_of_string(handover->party), PARTY_ID_CAPACITY - 1))
		return error_set(error, ERROR_SYNTAX, "the party is none");
	if (!text_is_dotted_identifier(bytes_of_string(handover->author),
	                               DELEGATE_NAME_CAPACITY - 1))
		return error_set(error, ERROR_SYNTAX, "the author is none");
	if (handover->to < handover->from)
		return error_set(error, ERROR_SYNTAX, "the shift ends before it begins");
	return OK;
}

int handover_parse(struct bytes text, struct handover *ret_handover, struct error *error)
{
	struct handover handover;
	struct text_reader reader;
	int r;

	if (text.size > HANDOVER_TEXT_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the page is too long");
	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, FORMAT, error)) != OK ||
	    (r = take_string(&reader, "channel", handover.channel, sizeof(handover.channel),
	                     error)) != OK ||
	    (r = take_string(&reader, "party", handover.party, sizeof(handover.party), error)) !=
	        OK ||
	    (r = take_string(&reader, "author", handover.author, sizeof(handover.author), error)) !=
	        OK ||
	    (r = take_time(&reader, "from", &handover.from, error)) != OK ||
	    (r = take_time(&reader, "to", &handover.to, error)) != OK ||
	    (r = take_number(&reader, "own", &handover.own, error)) != OK ||
	    (r = take_number(&reader, "theirs", &handover.theirs, error)) != OK ||
	    (r = take_page(&reader, &handover.page, error)) != OK ||
	    (r = check_values(&handover, error)) != OK)
		return r;
	*ret_handover = handover;
	return OK;
}

static int put_lines(const struct handover *handover, struct buffer *buffer)
{
	int r;

	if ((r = buffer_put_string(buffer, FORMAT "\n")) != OK ||
	    (r = text_put_string(buffer, "channel", handover->channel)) != OK ||
	    (r = text_put_string(buffer, "party", handover->party)) != OK ||
	    (r = text_put_string(buffer, "author", handover->author)) != OK ||
	    (r = text_put_time(buffer, "from", handover->from)) != OK ||
	    (r = text_put_time(buffer, "to", handover->to)) != OK ||
	    (r = text_put_number(buffer, "own", handover->own)) != OK ||
	    (r = text_put_number(buffer, "theirs", handover->theirs)) != OK ||
	    (r = buffer_put_u8(buffer, '\n')) != OK)
		return r;
	return buffer_put_bytes(buffer, handover->page);
}

int handover_print(const struct handover *handover, struct buffer *buffer, struct error *error)
{
	size_t before = buffer->size;
	struct handover parsed;
	int r = put_lines(handover, buffer);

	if (r != OK)
		error_set(error, r, "the page cannot be written");
	else
		r = handover_parse(bytes_of(buffer->data + before, buffer->size - before), &parsed,
		                   error);
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}
