#include "gate.h"

#include <event2/buffer.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <strings.h>
#include <sys/queue.h>

static const struct {
	enum evhttp_cmd_type type;
	const char *name;
	bool may_have_body;
} methods[] = {
	{ EVHTTP_REQ_GET, "GET", false },
	{ EVHTTP_REQ_POST, "POST", true },
	{ EVHTTP_REQ_PUT, "PUT", true },
	{ EVHTTP_REQ_DELETE, "DELETE", false },
};

static size_t count_headers(const struct evkeyvalq *headers, const char *name)
{
	const struct evkeyval *header;
	size_t count = 0;

	TAILQ_FOREACH(header, headers, next)
	count += strcasecmp(header->key, name) == 0;
	return count;
}

static int check_headers(const struct evhttp_request *request, struct error *error)
{
	const struct evkeyvalq *headers = request->input_headers;
	const char *encoding = evhttp_find_header(headers, "Transfer-Encoding");
	size_t lengths = count_headers(headers, "Content-Length");

	if (request->major != 1 || request->minor != 1)
		return error_set(error, ERROR_SYNTAX, "only HTTP/1.1 is spoken here");
	if (count_headers(headers, "Host") != 1)
		return error_set(error, ERROR_SYNTAX, "there must be one Host header");
	if (lengths > 1)
		return error_set(error, ERROR_SYNTAX, "the Content-Length header stands twice");
	if (encoding != NULL && (lengths > 0 || strcasecmp(encoding, "chunked") != 0 ||
	                         count_headers(headers, "Transfer-Encoding") != 1))
		return error_set(error, ERROR_SYNTAX, "the length of the body is ambiguous");
	return OK;
}

static bool is_path_character(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '~' || c == '-' || c == '/';
}

static int split_target(const char *target, struct gate_request *request, struct error *error)
{
	size_t size = target == NULL ? 0 : strcspn(target, "?");

	if (size == 0 || target[0] != '/')
		return error_set(error, ERROR_SYNTAX, "the path must begin with a slash");
	request->path = bytes_of(target, size);
	for (size_t i = 0; i < size; i++)
		if (!is_path_character(request->path.data[i]))
			return error_set(error, ERROR_SYNTAX,
			                 "the path has a character that no path of this API has");
	if (target[size] == '?')
		request->query = bytes_of_string(target + size + 1);
	return OK;
}

static int take_body(struct evhttp_request *request, struct bytes *ret_body, struct error *error)
{
	struct evbuffer *input = evhttp_request_get_input_buffer(request);
	size_t size = evbuffer_get_length(input);
	const uint8_t *data = size == 0 ? NULL : evbuffer_pullup(input, -1);

	if (size > 0 && data == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	*ret_body = bytes_of(data, size);
	return OK;
}

int gate_check(struct evhttp_request *request, struct gate_request *ret_request,
               struct error *error)
{
	struct gate_request passed = { 0 };
	size_t i = 0;
	int r;

	while (i < sizeof methods / sizeof methods[0] && methods[i].type != request->type)
		i++;
	if (i == sizeof methods / sizeof methods[0])
		return error_set(error, ERROR_UNSUPPORTED, "the API has no such method");
	passed.method = methods[i].name;
	if ((r = check_headers(request, error)) != OK ||
	    (r = split_target(evhttp_request_get_uri(request), &passed, error)) != OK ||
	    (r = take_body(request, &passed.body, error)) != OK)
		return r;
	if (passed.body.size > 0 && !methods[i].may_have_body)
		return error_set(error, ERROR_SYNTAX, "a %s request has no body", passed.method);
	*ret_request = passed;
	return OK;
}
