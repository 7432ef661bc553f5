/* Which request goes to which message of the engine: the table of routes. */
#ifndef ROUTE_H
#define ROUTE_H

#include "api_schema.h"
#include "configuration.h"

enum { ROUTE_PARAMETERS_MAXIMUM = 2, ROUTE_PATH_MAXIMUM = 512 };

struct route {
	const char *method;  /* "GET" */
	const char *pattern; /* "/v1/channels/{channel}": a brace is one segment */
	enum configuration_permission permission;
	uint16_t message; /* enum api_message */
	unsigned status;  /* of the answer, 200 or 201 */
};

/* The segments that stood for the braces, in order; views into the path. */
struct route_match {
	const struct route *route;
	struct {
		struct bytes name, value;
	} parameters[ROUTE_PARAMETERS_MAXIMUM];
	size_t parameter_count;
};

/* The whole table. */
const struct route *routes(size_t *ret_count);

/* Finds the route of a path (without query). ERROR_NOT_FOUND: no such path;
 * ERROR_UNSUPPORTED: not with this method, and `allowed` (may be NULL) gets the
 * methods, as the Allow header lists them. */
int route_find(const char *method, struct bytes path, struct route_match *ret_match,
               struct buffer *allowed);

#endif
