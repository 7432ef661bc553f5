/* Messages between the roles of chirod: typed, length-checked, over
 * SOCK_SEQPACKET socketpairs.
 *
 * A packet is { u16 type, u16 flags, u32 request } and up to 65,528 bytes; flag
 * MORE says that the next packet, of the same type and request, goes on with
 * the same message. A message has at most MESSAGE_BODY_MAXIMUM bytes and at
 * most one file descriptor, which travels with its first packet.
 *
 * Conventions: a request is answered by its type with MESSAGE_REPLY set and the
 * same request number, or by MESSAGE_ERROR with that number. Types below
 * MESSAGE_ERROR mean what the header of the two processes says: role.h,
 * keeper_messages.h, link_messages.h, reader.h and so on.
 *
 * Two ways of use. Waiting: message_call, message_send_wait, message_receive_wait.
 * In an event loop: message_send queues what the socket does not take at once,
 * message_flush is called when it is writable, message_receive until ERROR_WAIT
 * when it is readable.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "buffer.h"
#include "result.h"

enum {
	MESSAGE_HEADER_SIZE = 8,
	MESSAGE_PACKET_MAXIMUM = 65536,
	MESSAGE_BODY_MAXIMUM = 1024 * 1024 + 65536,
	MESSAGE_QUEUE_MAXIMUM = 16 * 1024 * 1024 /* bytes waiting in one socket */
};

enum { MESSAGE_ERROR = 0x7fff, MESSAGE_REPLY = 0x8000 };

/* A message received. `body` is valid until the next receive on its socket. */
struct message {
	uint16_t type;
	uint32_t request;
	struct bytes body;
	int fd; /* -1 when none came; owned by the receiver of the message */
};

struct message_packet;

/* One end of a socketpair. */
struct message_socket {
	int fd;                              /* -1 after release */
	uint32_t last_request;               /* given out by message_call */
	struct buffer incoming;              /* what has come of a message */
	struct message pending;              /* its header and descriptor */
	bool has_pending;                    /* more packets of it are to come */
	struct message_packet *first, *last; /* waiting to be sent */
	size_t queued;                       /* bytes of them, headers included */
};

/* Two connected ends, close-on-exec. ERROR_IO. */
int message_socket_pair(int ret_fds[2]);

/* Takes `fd` and makes it non-blocking. Cannot fail on an open socket. */
void message_socket_init(struct message_socket *socket, int fd);

/* Closes the socket, drops what is queued, wipes. */
void message_socket_release(struct message_socket *socket);

/* Queues a message and sends as much as the socket takes. `fd` (or -1) is
 * taken: it is closed when sent and also on failure. ERROR_LIMIT: body or
 * queue too long; ERROR_MEMORY; ERROR_NOT_FOUND: the peer is gone; ERROR_IO.
 * On ERROR_LIMIT and ERROR_MEMORY nothing was queued. */
int message_send(struct message_socket *socket, uint16_t type, uint32_t request, struct bytes body,
                 int fd);

/* OK when nothing is queued any more, ERROR_WAIT when the socket takes no more
 * now, ERROR_NOT_FOUND when the peer is gone, ERROR_IO. */
int message_flush(struct message_socket *socket);

/* The next whole message. ERROR_WAIT: none yet; ERROR_NOT_FOUND: the peer has
 * closed; ERROR_SYNTAX or ERROR_LIMIT: it broke the rules above, and the
 * receiver must give the socket up; ERROR_MEMORY; ERROR_IO. */
int message_receive(struct message_socket *socket, struct message *ret_message);

/* The same, waiting. A negative timeout waits for ever; ERROR_WAIT when it has
 * passed. */
int message_send_wait(struct message_socket *socket, uint16_t type, uint32_t request,
                      struct bytes body, int fd);
int message_receive_wait(struct message_socket *socket, int timeout_milliseconds,
                         struct message *ret_message);

/* Sends a request and waits for its answer: OK and the reply, or the code and
 * sentence of the error that the peer answered. When there was no such answer
 * (the peer is gone or too slow, or sent anything else: for peers that only
 * answer) it is ERROR_IO, and the socket must be given up. */
int message_call(struct message_socket *socket, uint16_t type, struct bytes body,
                 int timeout_milliseconds, struct message *ret_message, struct error *error);

/* The answer that a request failed: { u16 code, sized string }. */
int message_send_error(struct message_socket *socket, uint32_t request, const struct error *error);

/* Reads such an answer: its code, which is never OK, with the sentence. */
int message_get_error(const struct message *message, struct error *ret_error);

/* A row of a role's table of what it takes from one peer. */
struct message_rule {
	uint16_t type;
	bool with_fd;   /* a descriptor must come; otherwise none may */
	size_t minimum; /* bytes of the body */
	size_t maximum;
	/* OK to go on; anything else ends the role. A request that merely fails
	 * is answered with message_send_error and OK is returned. */
	int (*handle)(void *context, struct message_socket *from, const struct message *message);
};

/* Finds the row for a message and calls it. ERROR_DENIED for a type that is not
 * in the table, ERROR_LIMIT for a size out of bounds, ERROR_SYNTAX for a
 * descriptor too many or too few (closed): all fatal for the role, as is what
 * the handler returns. */
int message_dispatch(const struct message_rule *rules, size_t count, void *context,
                     struct message_socket *from, const struct message *message);

#endif
