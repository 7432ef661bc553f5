/* The counter of a witness or depositary: speaks HTTP/1.1 with whoever comes, and
 * hands each call over to the notary. It holds no key and no state that outlives
 * it, and believes nobody.
 *
 * What a client can take up: COUNTER_CONNECTIONS_MAXIMUM connections in all and
 * ADDRESS_CONNECTIONS_MAXIMUM from one address; the configured number of requests a
 * minute and address (429); a head of PLAIN_HEAD_MAXIMUM bytes (431), a body of
 * NEUTRAL_BODY_MAXIMUM (413), COUNTER_BODIES_MAXIMUM bytes of all bodies together
 * (503). A request must be whole within COUNTER_REQUEST_SECONDS of its first byte,
 * however busily its bytes drip. */
#ifndef COUNTER_H
#define COUNTER_H

#include "message.h"
#include "result.h"

#include <event2/event.h>

enum {
	COUNTER_CONNECTIONS_MAXIMUM = 256,
	COUNTER_BODIES_MAXIMUM = 64 * 1024 * 1024,
	COUNTER_IDLE_SECONDS = 30,
	COUNTER_REQUEST_SECONDS = 60,
	COUNTER_NOTARY_SECONDS = 120,
	COUNTER_WRITE_SECONDS = 60,
	COUNTER_LINGER_SECONDS = 5
};

struct counter;

struct counter_settings {
	struct event_base *base; /* outlives the counter */
	const int *listeners;    /* taken, also on failure; bound and listening */
	size_t listener_count;
	uint64_t requests; /* a minute and address */
	/* Sends a message to the notary. Any failure is told to the client as one
	 * of being busy. */
	int (*send)(void *context, uint16_t type, uint32_t request, struct bytes body);
	void *context;
};

int counter_new(const struct counter_settings *settings, struct counter **ret_counter,
                struct error *error);
void counter_free(struct counter *counter);

/* An answer of the notary. ERROR_SYNTAX or ERROR_LIMIT: it breaks the layouts of
 * neutral_messages.h, and the role must end. One that nobody waits for is dropped. */
int counter_answer(struct counter *counter, const struct message *message);

#endif
