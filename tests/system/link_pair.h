/* Two real link services, each in a process of its own as in chirod, and the test
 * as the engine and keeper of both. */
#ifndef LINK_PAIR_H
#define LINK_PAIR_H

#include "certificate.h"
#include "check.h"
#include "frame.h"
#include "link_messages.h"
#include "message.h"
#include "service.h"
#include "system.h"

#include <arpa/inet.h>
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE = 10000 /* milliseconds */ };

struct link_end {
	pid_t process;
	struct message_socket socket;
	struct ed25519_secret identity; /* the link key */
	uint16_t port;
};

static inline int listen_somewhere(uint16_t *ret_port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		                       .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

static inline void link_child(int engine, int listener)
{
	struct event_base *base;
	struct link_service *service;
	struct error error;

	signal(SIGPIPE, SIG_IGN);
	/* The test's ends of other services' sockets would keep those alive. */
	for (int fd = 3; fd < 64; fd++)
		if (fd != engine && fd != listener)
			close(fd);
	base = event_base_new();
	if (base == NULL || link_service_new(base, engine, &listener, 1, system_clock(),
	                                     system_random(), &service, &error) != OK)
		_exit(1);
	event_base_dispatch(base);
	link_service_free(service);
	event_base_free(base);
	_exit(0);
}

static inline void link_end_start(struct link_end *end, uint8_t seed)
{
	uint8_t bytes[ED25519_SEED_SIZE];
	int fds[2], listener = listen_somewhere(&end->port);

	memset(bytes, seed, sizeof(bytes));
	ed25519_from_seed(&end->identity, bytes);
	assert_ok(message_socket_pair(fds));
	end->process = fork();
	assert_true(end->process >= 0);
	if (end->process == 0) {
		close(fds[0]);
		link_child(fds[1], listener);
	}
	close(fds[1]);
	close(listener);
	message_socket_init(&end->socket, fds[0]);
}

/* The service ends by itself when its engine is gone. */
static inline void link_end_stop(struct link_end *end)
{
	int status;

	message_socket_release(&end->socket);
	assert_int_equal(waitpid(end->process, &status, 0), end->process);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static inline void link_tell(struct link_end *end, uint16_t type, const struct hash *channel,
                             struct bytes rest)
{
	struct buffer body;

	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	assert_ok(buffer_put(&body, channel->bytes, HASH_SIZE));
	assert_ok(buffer_put_bytes(&body, rest));
	assert_ok(message_send_wait(&end->socket, type, 0, buffer_view(&body), -1));
	buffer_release(&body);
}

/* LINK_CHANNEL: `port` 0 when the other side cannot be dialled. */
static inline void link_configure(struct link_end *end, const struct hash *channel, unsigned party,
                                  const struct ed25519_public *pinned, uint16_t port)
{
	static const uint8_t no_key[ED25519_PUBLIC_SIZE];
	struct buffer rest;
	char endpoint[32];

	buffer_init(&rest, 4096);
	snprintf(endpoint, sizeof(endpoint), "127.0.0.1:%u", port);
	assert_ok(buffer_put_u8(&rest, (uint8_t)party));
	assert_ok(buffer_put(&rest, end->identity.public_key.bytes, ED25519_PUBLIC_SIZE));
	assert_ok(buffer_put(&rest, pinned->bytes, ED25519_PUBLIC_SIZE));
	assert_ok(buffer_put(&rest, no_key, ED25519_PUBLIC_SIZE));
	assert_ok(buffer_put_u8(&rest, port != 0));
	assert_ok(buffer_put_u8(&rest, port != 0));
	if (port != 0)
		assert_ok(buffer_put_sized_string(&rest, endpoint));
	assert_ok(buffer_put_sized_string(&rest, "own.example/chirograph/x"));
	assert_ok(buffer_put_sized_string(&rest, "other.example/chirograph/x"));
	link_tell(end, LINK_CHANNEL, channel, buffer_view(&rest));
	buffer_release(&rest);
}

/* Plays the keeper: a certificate under the end's identity, `age` seconds old. */
static inline void link_certify(struct link_end *end, const struct hash *channel,
                                const struct message *message, int64_t age)
{
	struct certificate_request request = {
		.issuer = &end->identity, .party = "north", .channel = "test", .serial = 7
	};
	struct clock clock = system_clock();
	struct buffer der, rest;
	struct error error;

	assert_int_equal(message->body.size, HASH_SIZE + ED25519_PUBLIC_SIZE);
	memcpy(request.public_key.bytes, message->body.data + HASH_SIZE, ED25519_PUBLIC_SIZE);
	request.now = clock.now(clock.context) - age;
	buffer_init(&der, 8192);
	buffer_init(&rest, 8192);
	assert_ok(certificate_issue(&request, &der, &error));
	assert_ok(buffer_put_sized(&rest, buffer_view(&der)));
	link_tell(end, LINK_CERTIFICATE, channel, buffer_view(&rest));
	buffer_release(&der);
	buffer_release(&rest);
}

/* The next message of this type; requests for certificates are answered on the
 * way, everything else is passed over. The view lasts until the next receive. */
static inline struct bytes link_expect(struct link_end *end, const struct hash *channel,
                                       uint16_t type)
{
	struct message message;
	int r;

	for (;;) {
		r = message_receive_wait(&end->socket, PATIENCE, &message);
		if (r != OK)
			fail_msg("waiting for message %#x: %s", type, result_text(r));
		if (message.type == type)
			return bytes_of(message.body.data + HASH_SIZE,
			                message.body.size - HASH_SIZE);
		if (message.type == LINK_NEED_CERTIFICATE)
			link_certify(end, channel, &message, 0);
	}
}

static inline void link_say_hello(struct link_end *end, const struct hash *channel, unsigned party)
{
	struct frame_hello hello = { .version_minimum = 1,
		                     .version_maximum = 1,
		                     .channel = *channel,
		                     .party = (uint8_t)party };
	struct buffer frame;

	buffer_init(&frame, 1024);
	assert_ok(frame_put_hello(&frame, &hello));
	link_tell(end, LINK_SEND, channel, bytes_of(frame.data + 4, frame.size - 4));
	buffer_release(&frame);
}

/* The frame that comes next must be of this type; gives its payload. */
static inline struct bytes link_expect_frame(struct link_end *end, const struct hash *channel,
                                             uint8_t type)
{
	struct bytes body = link_expect(end, channel, LINK_FRAME);

	assert_true(body.size > 0);
	assert_int_equal(body.data[0], type);
	return bytes_of(body.data + 1, body.size - 1);
}

#endif
