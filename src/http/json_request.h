/* From an HTTP request to a message for the engine: each field of the message's
 * record is taken from where its table says (path, query, JSON body, the body
 * itself, the user who asks).
 *
 * JSON is strict: one object, no member twice, none unknown, at most
 * API_DEPTH_MAXIMUM deep. What is wrong is said with the member's name.
 */
#ifndef JSON_REQUEST_H
#define JSON_REQUEST_H

#include "api_writer.h"
#include "query.h"
#include "route.h"

struct http_input {
	const struct route_match *match;
	struct query *query;
	struct bytes body;
	const char *who; /* name of the user */
};

/* Writes the record of the route's message. ERROR_SYNTAX, ERROR_LIMIT,
 * ERROR_USAGE (unknown, missing, of a wrong type), ERROR_MEMORY. */
int json_request_write(const struct http_input *input, struct api_writer *writer,
                       struct error *error);

#endif
