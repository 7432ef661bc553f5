#include "plain_request.h"

#include <strings.h>

#include "text.h"

/* A length of more digits is no length of ours. */
#define BODY_SIZE_MAXIMUM UINT64_C(999999999999)

static const struct {
	unsigned status;
	const char *text;
} status_texts[] = {
	{ 200, "OK" },
	{ 400, "Bad Request" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 411, "Length Required" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 417, "Expectation Failed" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
	{ 505, "HTTP Version Not Supported" },
};

const char *plain_status_text(unsigned status)
{
	for (size_t i = 0; i < sizeof(status_texts) / sizeof(status_texts[0]); i++)
		if (status_texts[i].status == status)
			return status_texts[i].text;
	return "Unknown";
}

/* What the header fields have said so far. */
struct fields {
	unsigned hosts, lengths;
	uint64_t length;
	bool closes, expects_continue;
};

static bool is_token_character(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_token(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (!is_token_character(text.data[i]))
			return false;
	return text.size > 0;
}

/* Field values: no control characters but tabs. */
static bool is_value(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if ((text.data[i] < ' ' && text.data[i] != '\t') || text.data[i] == 0x7f)
			return false;
	return true;
}

static bool same(struct bytes text, const char *name)
{
	return text.size == strlen(name) &&
	       strncasecmp((const char *)text.data, name, text.size) == 0;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct bytes trim(struct bytes text)
{
	while (text.size > 0 && is_space(text.data[0])) {
		text.data++;
		text.size--;
	}
	while (text.size > 0 && is_space(text.data[text.size - 1]))
		text.size--;
	return text;
}

/* The names in a list that is separated by commas. */
static void read_connection(struct bytes value, struct fields *fields)
{
	struct bytes name;
	bool more = true;

	while (more) {
		more = bytes_cut(&value, ',', &name);
		fields->closes |= same(trim(name), "close");
	}
}

/* 0, or the status that refuses the request. */
static unsigned read_field(struct bytes line, struct fields *fields)
{
	struct bytes name, value = line;

	if (!bytes_cut(&value, ':', &name) || !is_token(name) || !is_value(value))
		return 400;
	value = trim(value);
	if (same(name, "Host")) {
		fields->hosts++;
	} else if (same(name, "Content-Length")) {
		fields->lengths++;
		if (text_parse_number(value, BODY_SIZE_MAXIMUM, &fields->length) != OK)
			return 400;
	} else if (same(name, "Transfer-Encoding")) {
		return 411;
	} else if (same(name, "Expect")) {
		fields->expects_continue = same(value, "100-continue");
		if (!fields->expects_continue)
			return 417;
	} else if (same(name, "Connection")) {
		read_connection(value, fields);
	}
	return 0;
}

static bool is_path_character(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '~' || c == '-' || c == '/';
}

static unsigned check_path(struct bytes path)
{
	if (path.size > PLAIN_TARGET_MAXIMUM)
		return 414;
	if (path.size == 0 || path.data[0] != '/')
		return 400;
	for (size_t i = 0; i < path.size; i++)
		if (!is_path_character(path.data[i]))
			return 404;
	return 0;
}

static unsigned read_request_line(struct bytes line, struct plain_request *request,
                                  bool *ret_keep_alive)
{
	struct bytes words[3];
	size_t count;

	if (text_words(line, words, 3, &count) != OK || count != 3 || !is_token(words[0]))
		return 400;
	if (bytes_equal_string(words[2], "HTTP/1.1"))
		*ret_keep_alive = true;
	else if (bytes_equal_string(words[2], "HTTP/1.0"))
		*ret_keep_alive = false;
	else
		return bytes_begin_with(words[2], bytes_of_string("HTTP/")) ? 505 : 400;
	request->method = words[0];
	request->path = words[1];
	return check_path(words[1]);
}

/* Takes a line that ends in CR LF; false when the ending is not whole. */
static bool take_line(struct bytes *rest, struct bytes *ret_line)
{
	struct bytes line;

	if (!bytes_cut(rest, '\n', &line) || line.size == 0 || line.data[line.size - 1] != '\r')
		return false;
	line.size--;
	*ret_line = line;
	return true;
}

static unsigned read_head(struct bytes head, struct plain_request *request)
{
	struct fields fields = { 0 };
	struct bytes line;
	bool persistent = false;
	unsigned status;

	if (!take_line(&head, &line))
		return 400;
	if ((status = read_request_line(line, request, &persistent)) != 0)
		return status;
	while (take_line(&head, &line) && line.size > 0)
		if ((status = read_field(line, &fields)) != 0)
			return status;
	/* The last line is the empty one, or an ending was not whole. */
	if (line.size > 0 || head.size > 0 || fields.lengths > 1 || fields.hosts > 1 ||
	    (persistent && fields.hosts == 0))
		return 400;
	request->body_size = fields.length;
	request->keep_alive = persistent && !fields.closes;
	request->expects_continue = fields.expects_continue && fields.length > 0;
	return 0;
}

/* The bytes up to and with the first empty line, of either ending; 0 when it has
 * not come. A bare LF ends the head too, so that it is refused at once. */
static size_t head_size(struct bytes input)
{
	for (size_t i = 0; i + 1 < input.size; i++) {
		if (input.data[i] != '\n')
			continue;
		if (input.data[i + 1] == '\n')
			return i + 2;
		if (i + 2 < input.size && input.data[i + 1] == '\r' && input.data[i + 2] == '\n')
			return i + 3;
	}
	return 0;
}

int plain_request_read(struct bytes input, struct plain_request *ret_request, unsigned *ret_status)
{
	struct plain_request request = { 0 };
	struct bytes seen = input;
	unsigned status;

	if (seen.size > PLAIN_HEAD_MAXIMUM)
		seen.size = PLAIN_HEAD_MAXIMUM;
	request.head_size = head_size(seen);
	if (request.head_size == 0 && input.size < PLAIN_HEAD_MAXIMUM)
		return ERROR_WAIT;
	status = request.head_size == 0
	             ? 431
	             : read_head(bytes_of(input.data, request.head_size), &request);
	if (status != 0) {
		*ret_status = status;
		return ERROR_SYNTAX;
	}
	*ret_request = request;
	return OK;
}
