/* What the files of the service share.
 *
 *     service.c     start, messages of the engine, effects of the machines
 *     connection.c  sockets: dialling, accepting, handshakes, frames
 */
#ifndef SERVICE_INTERNAL_H
#define SERVICE_INTERNAL_H

#include "machine.h"
#include "service.h"
#include "tls.h"

#include <event2/bufferevent.h>
#include <event2/dns.h>
#include <event2/listener.h>

enum {
	LISTENERS_MAXIMUM = 4,
	CHANNELS_MAXIMUM = 256,
	CALLERS_MAXIMUM = 64, /* that have not proved who they are */
	CALLERS_PER_ADDRESS_MAXIMUM = 16,
	HANDSHAKE_SECONDS = 10,
	ENDPOINTS_PER_CHANNEL = 4,
	ENDPOINT_TEXT_CAPACITY = 262,
	ADDRESS_CAPACITY = 64,
	LOG_NAME_MAXIMUM = 400,
	OUTPUT_MAXIMUM = 20 << 20,    /* bytes that a peer leaves unread: more than all credit */
	FAREWELL_MAXIMUM = 256 << 10, /* bytes that may wait when a connection is closed */
	ENGINE_QUEUE_HIGH = 4 << 20,  /* bytes waiting for the engine: peers are not read */
	ENGINE_QUEUE_LOW = 1 << 20
};

struct link_channel {
	struct link_service *service;
	struct hash id;
	struct link_machine machine;
	struct tls_identity identity;
	bool has_identity;
	bool wants_to_dial;            /* once the keeper has certified the key */
	struct ed25519_public own_key; /* the link key that certifies ours: a change asks anew */
	size_t endpoint_count;
	char endpoints[ENDPOINTS_PER_CHANNEL][ENDPOINT_TEXT_CAPACITY];
	struct event *timer;   /* the machine's */
	struct event *renewal; /* of the certificate */
};

struct connection {
	struct connection *next, **place;
	struct link_service *service;
	uint32_t number;              /* as the machine knows it */
	struct link_channel *channel; /* NULL: a caller before its handshake ends */
	bool dialled, authenticated, closing;
	char address[ADDRESS_CAPACITY]; /* of callers: without port, for counting */
	struct bufferevent *stream;
	uint64_t moved;         /* see struct link_event */
	struct event *deadline; /* of the handshake */
};

struct link_service {
	struct event_base *base;
	struct evdns_base *dns;
	struct clock clock;
	struct random_source random;
	struct message_socket engine;
	struct event *engine_read, *engine_write;
	bool engine_full;
	SSL_CTX *listener_context;
	struct evconnlistener *listeners[LISTENERS_MAXIMUM];
	size_t listener_count;
	struct link_channel *channels[CHANNELS_MAXIMUM];
	size_t channel_count;
	struct connection *connections;
	uint32_t last_connection;
};

/* service.c */
void service_step(struct link_channel *channel, struct link_event *event);
void service_tell(struct link_service *service, uint16_t type, const struct hash *channel,
                  struct bytes rest);
struct tls_identity *service_find_identity(void *context, const char *name);
struct link_channel *service_channel_of(struct link_service *service,
                                        const struct tls_identity *identity);

/* connection.c */
void connection_dial(struct link_channel *channel, size_t endpoint);
void connection_accepted(struct evconnlistener *listener, evutil_socket_t fd,
                         struct sockaddr *address, int size, void *context);
/* Queues bytes. A peer that reads none of them loses the connection. */
void connection_write(struct connection *connection, const void *data, size_t size);
struct connection *connection_find(struct link_service *service, uint32_t number);
/* Writes what is queued, then closes; with an error frame first unless code is OK. */
void connection_close(struct connection *connection, int code, const char *reason);
void connection_free(struct connection *connection);
/* Frees a dial that is under way for a channel, if there is one. */
void connection_cancel_dials(struct link_channel *channel);
/* Frees what has not been authenticated and may be for a channel: its dials, and
 * all callers, whose channel is not known yet. */
void connections_end_handshakes(struct link_service *service, const struct link_channel *channel);
void connections_pause(struct link_service *service, bool pause);

#endif
