/* The least of an HTTP/1.1 client: one kept connection over a Unix socket, one
 * request at a time. A request is made beforehand, as its bytes. */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "buffer.h"

struct http_client {
	int fd; /* -1: not connected */
	char reply[256 * 1024];
	size_t reply_size;
};

/* Appends a request with this body. Ends the process when there is no memory. */
void http_request(struct buffer *request, const char *method, const char *path,
                  const char *content_type, struct bytes body);

/* Connects. Ends the process when nobody listens. */
void http_client_open(struct http_client *client, const char *socket_path);
void http_client_close(struct http_client *client);

/* Sends the request and reads the answer. Gives the status; the answer's body is
 * in `ret_body` (may be NULL) until the next call. Ends the process when there is
 * no answer. */
unsigned http_client_ask(struct http_client *client, struct bytes request, struct bytes *ret_body);

#endif
