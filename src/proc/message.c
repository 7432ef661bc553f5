#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "allocate.h"

enum { FLAG_MORE = 1, PAYLOAD_MAXIMUM = MESSAGE_PACKET_MAXIMUM - MESSAGE_HEADER_SIZE };

/* A packet that waits to be sent. */
struct message_packet {
	struct message_packet *next;
	int fd; /* travels with it, or -1 */
	size_t size;
	uint8_t bytes[];
};

int message_socket_pair(int ret_fds[2])
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return ERROR_IO;
	ret_fds[0] = fds[0];
	ret_fds[1] = fds[1];
	return OK;
}

static void close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

void message_socket_init(struct message_socket *socket, int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0)
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	*socket = (struct message_socket){ .fd = fd, .pending = { .fd = -1 } };
	buffer_init(&socket->incoming, MESSAGE_BODY_MAXIMUM);
}

static void packet_free(struct message_packet *packet)
{
	close_if_open(packet->fd);
	wipe(packet->bytes, packet->size);
	release_memory(packet);
}

static void packets_free(struct message_packet *packet)
{
	while (packet != NULL) {
		struct message_packet *next = packet->next;

		packet_free(packet);
		packet = next;
	}
}

void message_socket_release(struct message_socket *socket)
{
	close_if_open(socket->fd);
	if (socket->has_pending)
		close_if_open(socket->pending.fd);
	packets_free(socket->first);
	buffer_release(&socket->incoming);
	*socket = (struct message_socket){ .fd = -1, .pending = { .fd = -1 } };
}

static void put_u16(uint8_t *place, uint16_t value)
{
	place[0] = (uint8_t)(value >> 8);
	place[1] = (uint8_t)value;
}

/* Cuts a message into packets; NULL when memory is short. */
static struct message_packet *packets_of(uint16_t type, uint32_t request, struct bytes body,
                                         struct message_packet **ret_last, size_t *ret_size)
{
	struct message_packet *first = NULL, *last = NULL;
	size_t total = 0;

	do {
		size_t size = body.size < PAYLOAD_MAXIMUM ? body.size : PAYLOAD_MAXIMUM;
		struct message_packet *packet = allocate(1, sizeof(*packet) + MESSAGE_HEADER_SIZE +
		                                                size);

		if (packet == NULL) {
			packets_free(first);
			return NULL;
		}
		packet->fd = -1;
		packet->size = MESSAGE_HEADER_SIZE + size;
		put_u16(packet->bytes, type);
		put_u16(packet->bytes + 2, size < body.size ? FLAG_MORE : 0);
		put_u16(packet->bytes + 4, (uint16_t)(request >> 16));
		put_u16(packet->bytes + 6, (uint16_t)request);
		if (size > 0) {
			memcpy(packet->bytes + MESSAGE_HEADER_SIZE, body.data, size);
			body.data += size;
			body.size -= size;
		}
		if (last == NULL)
			first = packet;
		else
			last->next = packet;
		last = packet;
		total += packet->size;
	} while (body.size > 0);
	*ret_last = last;
	*ret_size = total;
	return first;
}

int message_send(struct message_socket *socket, uint16_t type, uint32_t request, struct bytes body,
                 int fd)
{
	struct message_packet *first, *last;
	size_t size;
	int r;

	if (body.size > MESSAGE_BODY_MAXIMUM ||
	    socket->queued + body.size > MESSAGE_QUEUE_MAXIMUM) {
		close_if_open(fd);
		return ERROR_LIMIT;
	}
	first = packets_of(type, request, body, &last, &size);
	if (first == NULL) {
		close_if_open(fd);
		return ERROR_MEMORY;
	}
	first->fd = fd;
	if (socket->first == NULL)
		socket->first = first;
	else
		socket->last->next = first;
	socket->last = last;
	socket->queued += size;
	r = message_flush(socket);
	return r == ERROR_WAIT ? OK : r;
}

/* Room for exactly one descriptor beside a packet, aligned as sendmsg wants. */
union ancillary {
	struct cmsghdr header;
	uint8_t bytes[CMSG_SPACE(sizeof(int))];
};

static int send_packet(int fd, struct message_packet *packet)
{
	union ancillary ancillary = { .bytes = { 0 } };
	struct iovec piece = { .iov_base = packet->bytes, .iov_len = packet->size };
	struct msghdr header = { .msg_iov = &piece, .msg_iovlen = 1 };
	ssize_t sent;

	if (packet->fd >= 0) {
		struct cmsghdr *control;

		header.msg_control = ancillary.bytes;
		header.msg_controllen = sizeof(ancillary.bytes);
		control = CMSG_FIRSTHDR(&header);
		control->cmsg_level = SOL_SOCKET;
		control->cmsg_type = SCM_RIGHTS;
		control->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(control), &packet->fd, sizeof(int));
	}
	do {
		sent = sendmsg(fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
	} while (sent < 0 && errno == EINTR);
	if (sent >= 0)
		return OK;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS)
		return ERROR_WAIT;
	return errno == EPIPE || errno == ECONNRESET ? ERROR_NOT_FOUND : ERROR_IO;
}

int message_flush(struct message_socket *socket)
{
	while (socket->first != NULL) {
		struct message_packet *packet = socket->first;
		int r = send_packet(socket->fd, packet);

		if (r != OK)
			return r;
		socket->first = packet->next;
		if (socket->first == NULL)
			socket->last = NULL;
		socket->queued -= packet->size;
		packet_free(packet);
	}
	return OK;
}

/* The descriptor that came with a packet, -1 for none. More than one does not
 * fit beside a packet: the system then drops the rest and says so. */
static int received_descriptor(struct msghdr *header)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(header);
	int fd;

	if (control == NULL || control->cmsg_level != SOL_SOCKET ||
	    control->cmsg_type != SCM_RIGHTS || control->cmsg_len != CMSG_LEN(sizeof(int)))
		return -1;
	memcpy(&fd, CMSG_DATA(control), sizeof(fd));
	return fd;
}

/* Takes one packet: its header, its descriptor, and its payload, which goes to
 * the end of `incoming`. */
static int receive_packet(struct message_socket *socket, struct message *ret_header,
                          uint16_t *ret_flags)
{
	uint8_t packet[MESSAGE_PACKET_MAXIMUM];
	union ancillary ancillary;
	struct iovec piece = { .iov_base = packet, .iov_len = sizeof(packet) };
	struct msghdr header = {
		.msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = ancillary.bytes,
		.msg_controllen = sizeof(ancillary.bytes),
	};
	struct cursor cursor;
	struct message message = { 0 };
	uint16_t flags;
	ssize_t size;
	int r;

	do {
		size = recvmsg(socket->fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (size < 0 && errno == EINTR);
	if (size < 0) {
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return ERROR_WAIT;
		return errno == ECONNRESET ? ERROR_NOT_FOUND : ERROR_IO;
	}
	if (size == 0)
		return ERROR_NOT_FOUND;
	message.fd = received_descriptor(&header);
	cursor = cursor_over(bytes_of(packet, (size_t)size));
	if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
		r = ERROR_LIMIT;
	else if ((r = cursor_get_u16(&cursor, &message.type)) == OK &&
	         (r = cursor_get_u16(&cursor, &flags)) == OK &&
	         (r = cursor_get_u32(&cursor, &message.request)) == OK)
		r = buffer_put(&socket->incoming, cursor.at, cursor.left);
	wipe(packet, (size_t)size);
	if (r != OK) {
		close_if_open(message.fd);
		return r;
	}
	*ret_header = message;
	*ret_flags = flags;
	return OK;
}

/* True when a packet may stand where it does: first or within a message. */
static bool packet_fits(const struct message_socket *socket, const struct message *header,
                        uint16_t flags, size_t size)
{
	if ((flags & ~FLAG_MORE) != 0)
		return false;
	if ((flags & FLAG_MORE) != 0 && size == 0)
		return false;
	if (!socket->has_pending)
		return true;
	return header->type == socket->pending.type && header->request == socket->pending.request &&
	       header->fd < 0 && size > 0;
}

int message_receive(struct message_socket *socket, struct message *ret_message)
{
	if (!socket->has_pending)
		buffer_clear(&socket->incoming);
	for (;;) {
		struct message header;
		uint16_t flags;
		size_t before = socket->incoming.size;
		int r = receive_packet(socket, &header, &flags);

		if (r != OK)
			return r;
		if (!packet_fits(socket, &header, flags, socket->incoming.size - before)) {
			close_if_open(header.fd);
			return ERROR_SYNTAX;
		}
		if (!socket->has_pending)
			socket->pending = header;
		socket->has_pending = (flags & FLAG_MORE) != 0;
		if (!socket->has_pending)
			break;
	}
	*ret_message = socket->pending;
	ret_message->body = buffer_view(&socket->incoming);
	socket->pending.fd = -1;
	return OK;
}

static int64_t milliseconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for `events`; `end` is a milliseconds_now, or negative for ever. */
static int wait_for(int fd, short events, int64_t end)
{
	for (;;) {
		struct pollfd poll_fd = { .fd = fd, .events = events };
		int timeout = -1;
		int n;

		if (end >= 0) {
			int64_t left = end - milliseconds_now();

			timeout = left > 0 ? (int)left : 0;
		}
		n = poll(&poll_fd, 1, timeout);
		if (n > 0)
			return OK;
		if (n == 0)
			return ERROR_WAIT;
		if (errno != EINTR)
			return ERROR_IO;
	}
}

int message_send_wait(struct message_socket *socket, uint16_t type, uint32_t request,
                      struct bytes body, int fd)
{
	int r = message_send(socket, type, request, body, fd);

	while (r == OK && (r = message_flush(socket)) == ERROR_WAIT)
		r = wait_for(socket->fd, POLLOUT, -1);
	return r;
}

int message_receive_wait(struct message_socket *socket, int timeout_milliseconds,
                         struct message *ret_message)
{
	int64_t end = timeout_milliseconds < 0 ? -1 : milliseconds_now() + timeout_milliseconds;

	for (;;) {
		int r = message_receive(socket, ret_message);

		if (r != ERROR_WAIT)
			return r;
		if ((r = wait_for(socket->fd, POLLIN, end)) != OK)
			return r;
	}
}

int message_call(struct message_socket *socket, uint16_t type, struct bytes body,
                 int timeout_milliseconds, struct message *ret_message, struct error *error)
{
	uint32_t request = ++socket->last_request;
	struct message message;
	int r;

	if ((r = message_send_wait(socket, type, request, body, -1)) != OK ||
	    (r = message_receive_wait(socket, timeout_milliseconds, &message)) != OK)
		return error_set(error, ERROR_IO, "another process did not answer: %s",
		                 result_text(r));
	if (message.request == request && message.fd < 0) {
		if (message.type == (type | MESSAGE_REPLY)) {
			*ret_message = message;
			return OK;
		}
		if (message.type == MESSAGE_ERROR) {
			struct error answered;

			r = message_get_error(&message, &answered);
			return error_set(error, r, "%s", answered.message);
		}
	}
	close_if_open(message.fd);
	return error_set(error, ERROR_IO, "another process answered what was not asked");
}

int message_send_error(struct message_socket *socket, uint32_t request, const struct error *error)
{
	struct buffer body;
	int r;

	buffer_init(&body, 1024);
	if ((r = buffer_put_u16(&body, (uint16_t)error->code)) == OK &&
	    (r = buffer_put_sized_string(&body, error->message)) == OK)
		r = message_send(socket, MESSAGE_ERROR, request, buffer_view(&body), -1);
	buffer_release(&body);
	return r;
}

int message_get_error(const struct message *message, struct error *ret_error)
{
	struct cursor cursor = cursor_over(message->body);
	struct error answered = { 0 };
	uint16_t code;

	if (cursor_get_u16(&cursor, &code) != OK || code == OK || code >= RESULT_COUNT ||
	    cursor_get_sized_string(&cursor, answered.message, sizeof(answered.message)) != OK ||
	    cursor_end(&cursor) != OK)
		return error_set(ret_error, ERROR_SYNTAX, "a malformed answer");
	answered.code = code;
	*ret_error = answered;
	return code;
}

int message_dispatch(const struct message_rule *rules, size_t count, void *context,
                     struct message_socket *from, const struct message *message)
{
	int r = ERROR_DENIED;

	for (size_t i = 0; i < count; i++) {
		const struct message_rule *rule = &rules[i];

		if (rule->type != message->type)
			continue;
		if (message->body.size < rule->minimum || message->body.size > rule->maximum)
			r = ERROR_LIMIT;
		else if (rule->with_fd != (message->fd >= 0))
			r = ERROR_SYNTAX;
		else
			return rule->handle(context, from, message);
		break;
	}
	close_if_open(message->fd);
	return r;
}
