/* The gate in front of the routes: refuses requests that the HTTP library lets
 * through although two readers could understand them differently.
 */
#ifndef GATE_H
#define GATE_H

#include "bytes.h"
#include "result.h"

#include <event2/http.h>

/* Parts of a request that passed; views into it. */
struct gate_request {
	const char *method;
	struct bytes path;  /* begins with a slash; only [A-Za-z0-9._~/-] */
	struct bytes query; /* after the `?`, still encoded; empty when there is none */
	struct bytes body;
};

/* ERROR_SYNTAX with a sentence: not HTTP/1.1, no Host or two, Content-Length
 * twice or beside Transfer-Encoding, another encoding than `chunked`, an absolute
 * URL, other characters in the path, a body where the method has none.
 * ERROR_UNSUPPORTED: a method that the API does not know. */
int gate_check(struct evhttp_request *request, struct gate_request *ret_request,
               struct error *error);

#endif
