/* Any HTTP request that has passed the gate: a line with method, path and query,
 * an empty line, and a body. What is accepted must be a message that the engine
 * accepts as well. */
#include "json_request.h"

#include "api_reader.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 2 * 1024 * 1024, METHOD_CAPACITY = 16 };

/* Takes what stands before a byte, and the byte. */
static struct bytes take_until(struct bytes *text, uint8_t end)
{
	const uint8_t *found = text->size == 0 ? NULL : memchr(text->data, end, text->size);
	size_t size = found == NULL ? text->size : (size_t)(found - text->data);
	struct bytes taken = bytes_of(text->data, size);
	size_t skipped = found == NULL ? size : size + 1;

	*text = bytes_of(text->data + skipped, text->size - skipped);
	return taken;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_of(data, size), line, path, body;
	struct api_request request;
	char method[METHOD_CAPACITY];
	struct route_match match;
	struct api_writer writer;
	struct error error;
	struct query query;
	struct http_input input = { &match, &query, { 0 }, "alice" };

	line = take_until(&rest, '\n');
	input.body = rest;
	if (bytes_to_string(take_until(&line, ' '), method, sizeof method) != OK)
		return 0;
	path = take_until(&line, '?');
	if (query_parse(&query, line, &error) != OK || route_find(method, path, &match, NULL) != OK)
		return 0;
	api_writer_init(&writer, api_request_record(match.route->message), ROOM);
	if (json_request_write(&input, &writer, &error) == OK &&
	    api_writer_finish(&writer, &body) == OK &&
	    api_request_parse(api_request_record(match.route->message), body, &request) != OK)
		abort();
	api_writer_release(&writer);
	return 0;
}
