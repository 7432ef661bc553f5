/* The head of an HTTP/1.1 request (RFC 9112), as little of it as a witness needs:
 * a method, a path, a body of known length. What two readers could understand
 * differently is refused rather than interpreted: bare LF, folded lines, spaces
 * before a colon, a second Host or Content-Length, any Transfer-Encoding.
 *
 * HTTP/1.0 is taken too, without keeping the connection, for the proxies that
 * speak it. */
#ifndef PLAIN_REQUEST_H
#define PLAIN_REQUEST_H

#include "bytes.h"
#include "result.h"

enum {
	PLAIN_HEAD_MAXIMUM = 8192, /* bytes, with the empty line */
	PLAIN_TARGET_MAXIMUM = 1024
};

/* Views into the head. */
struct plain_request {
	size_t head_size; /* the body follows here */
	struct bytes method;
	struct bytes path; /* begins with a slash; [A-Za-z0-9._~/-] only */
	uint64_t body_size;
	bool keep_alive;
	bool expects_continue; /* the client waits for `100 Continue` */
};

/* Reads the head at the front of what has come. ERROR_WAIT: not all of it is here
 * yet. ERROR_SYNTAX: refused, with the status that says why: 400, 404 (a path that
 * no call has), 411, 414, 417, 431, 501 or 505; the connection is to be closed. */
int plain_request_read(struct bytes input, struct plain_request *ret_request, unsigned *ret_status);

/* "Not Found" and so on; "Unknown" for those that are not used here. */
const char *plain_status_text(unsigned status);

#endif
