/* The link's connections: one state machine a channel (machine.h), TLS (tls.h),
 * sockets (libevent), and the engine at the other end of a socketpair.
 *
 *     listeners --accept--> handshake --SNI--> channel --.
 *     machine --DIAL--> connect, handshake --------------+--> CONNECTED
 *     bytes --> frames --> machine --FRAME--> engine
 *     engine --SEND--> machine --WRITE--> bytes
 *
 * Memory is bounded: a connection's input by one frame, its output by the
 * credit that the other side gave, callers that have not proved who they are by
 * number, also from one address, and by time. When the engine does not take
 * more, no peer is read.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include "message.h"
#include "random_source.h"
#include "timestamp.h"

#include <event2/event.h>

struct link_service;

/* `engine` is a socket to the engine, `listeners` are listening sockets; both are
 * taken. Ends the event loop when the engine is gone. */
int link_service_new(struct event_base *base, int engine, const int *listeners,
                     size_t listener_count, struct clock clock, struct random_source random,
                     struct link_service **ret_service, struct error *error);
void link_service_free(struct link_service *service);

#endif
