/* The messenger: HTTP and HTTPS to the neutrals, for the engine, in an event loop.
 *
 *     engine --ASK--> messenger --libcurl--> witness or depositary
 *     engine <--answer or failure-- messenger <--'
 *
 * Whatever answers may be hostile. Certificates are verified against the system's
 * authorities, or those in one file; no redirect, proxy, cookie, password or
 * compression; no scheme but http and https, no protocol above HTTP/1.1; content
 * of at most MESSENGER_CONTENT_MAXIMUM bytes, headers of 64 KiB; each exchange
 * ends within its time. It holds no key and writes no file.
 */
#ifndef MESSENGER_H
#define MESSENGER_H

#include "messenger_messages.h"

#include <event2/event.h>

struct messenger;

struct messenger_settings {
	/* A file with certificates of authorities, PEM; "" or NULL: the system's. It is
	 * read anew for each connection. */
	const char *authorities;
	long connect_milliseconds; /* to be connected, TLS included */
	long total_milliseconds;   /* for the whole exchange */
};

/* 10 and 60 seconds, the system's authorities. */
struct messenger_settings messenger_default_settings(void);

/* `engine` is a socket to the engine, and is taken. Ends the event loop when the
 * engine is gone. `settings` is copied, the path in it is not. ERROR_MEMORY,
 * ERROR_IO. */
int messenger_new(struct event_base *base, int engine, const struct messenger_settings *settings,
                  struct messenger **ret_messenger, struct error *error);

/* Breaks off what is under way. */
void messenger_free(struct messenger *messenger);

#endif
