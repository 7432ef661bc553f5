/* The local API over HTTP/1.1 on a Unix socket: takes requests, turns each into
 * one message for the engine, and answers when the engine does.
 *
 * At most HTTP_OUTSTANDING_MAXIMUM requests are with the engine; one more is
 * answered with 503. A client that goes away is not noticed by the engine: its
 * answer is dropped here, and its place is free only then, so that nobody can
 * have more work in the engine than that.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "configuration.h"
#include "message.h"

#include <event2/event.h>
#include <sys/types.h>

enum {
	HTTP_OUTSTANDING_MAXIMUM = 64,
	HTTP_HEADERS_MAXIMUM = 16 * 1024,
	HTTP_BODY_MAXIMUM = 1024 * 1024,
	HTTP_TIMEOUT = 30 /* seconds in which a client must say or take something */
};

struct http_server;

struct http_server_settings {
	struct event_base *base;                   /* outlives the server */
	const struct configuration *configuration; /* read at once */
	uid_t self;
	int listener; /* taken; bound and listening */
	/* Sends a message to the engine. Any failure is told to the client as one
	 * of being busy. */
	int (*send)(void *context, uint16_t type, uint32_t request, struct bytes body);
	void *context;
};

int http_server_new(const struct http_server_settings *settings, struct http_server **ret_server,
                    struct error *error);
void http_server_free(struct http_server *server);

/* An answer of the engine. ERROR_SYNTAX or ERROR_LIMIT: it breaks the layouts of
 * api_schema.h, and the role must end. One that nobody waits for is dropped. */
int http_server_answer(struct http_server *server, const struct message *message);

#endif
