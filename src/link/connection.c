#include "allocate.h"
#include "journal.h"
#include "service_internal.h"

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <event2/util.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>

struct connection *connection_find(struct link_service *service, uint32_t number)
{
	for (struct connection *c = service->connections; c != NULL; c = c->next)
		if (c->number == number)
			return c;
	return NULL;
}

static void input_changed(struct evbuffer *buffer, const struct evbuffer_cb_info *info,
                          void *context)
{
	struct connection *connection = context;

	(void)buffer;
	connection->moved += info->n_added;
}

static void output_changed(struct evbuffer *buffer, const struct evbuffer_cb_info *info,
                           void *context)
{
	struct connection *connection = context;

	if (evbuffer_get_length(buffer) > 0)
		connection->moved += info->n_deleted;
}

void connection_free(struct connection *connection)
{
	struct bufferevent *stream = connection->stream;

	if (connection->next != NULL)
		connection->next->place = connection->place;
	*connection->place = connection->next;
	if (connection->deadline != NULL)
		event_free(connection->deadline);
	if (stream != NULL) {
		/* The stream may outlive this call by a callback of its own. */
		bufferevent_setcb(stream, NULL, NULL, NULL, NULL);
		evbuffer_remove_cb(bufferevent_get_input(stream), input_changed, connection);
		evbuffer_remove_cb(bufferevent_get_output(stream), output_changed, connection);
		bufferevent_free(stream);
	}
	release_memory(connection);
}

/* The end of a connection, however it came: the machine learns of it once. */
static void connection_ended(struct connection *connection, int code, const char *reason)
{
	struct link_event event = {
		.type = connection->authenticated ? LINK_EVENT_LOST : LINK_EVENT_DIAL_FAILED,
		.connection = connection->number,
		.code = code,
		.reason = reason,
	};
	struct link_channel *channel = connection->channel;
	bool tell = channel != NULL && !connection->closing &&
	            (connection->authenticated || connection->dialled);

	connection_free(connection);
	if (tell)
		service_step(channel, &event);
}

void connection_write(struct connection *connection, const void *data, size_t size)
{
	if (connection->closing)
		return;
	bufferevent_write(connection->stream, data, size);
	if (evbuffer_get_length(bufferevent_get_output(connection->stream)) > OUTPUT_MAXIMUM)
		connection_ended(connection, ERROR_LIMIT, "the other side does not read");
}

/* --- frames ------------------------------------------------------------------------ */

/* Hands whole frames to the machine, which may close the connection meanwhile. */
static void take_frames(struct connection *connection)
{
	struct link_service *service = connection->service;
	struct evbuffer *input = bufferevent_get_input(connection->stream);
	struct link_channel *channel = connection->channel;
	uint32_t number = connection->number;
	struct link_event event = { .connection = number };
	unsigned char *bytes;
	uint8_t header[4];
	size_t size;
	int r;

	while (connection != NULL && !connection->closing && !service->engine_full &&
	       evbuffer_copyout(input, header, sizeof header) == sizeof header) {
		r = frame_next(bytes_of(header, sizeof header), &event.frame_type, &event.payload,
		               &size);
		event.type = LINK_EVENT_MALFORMED;
		if (r == ERROR_WAIT) {
			size = 4 + ((size_t)header[0] << 24 | (size_t)header[1] << 16 |
			            (size_t)header[2] << 8 | header[3]);
			if (evbuffer_get_length(input) < size)
				return;
			if ((bytes = evbuffer_pullup(input, (ev_ssize_t)size)) == NULL)
				return;
			event.type = LINK_EVENT_FRAME;
			r = frame_next(bytes_of(bytes, size), &event.frame_type, &event.payload,
			               &size);
		}
		service_step(channel, &event);
		/* The step may have freed it. */
		connection = connection_find(service, number);
		if (connection != NULL && r == OK)
			evbuffer_drain(input, size);
		else if (r != OK)
			return;
	}
}

static void readable(struct bufferevent *stream, void *context)
{
	(void)stream;
	take_frames(context);
}

/* --- closing ----------------------------------------------------------------------- */

static void written(struct bufferevent *stream, void *context)
{
	struct connection *connection = context;

	if (connection->closing && evbuffer_get_length(bufferevent_get_output(stream)) == 0)
		connection_free(connection);
}

static void expired(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	connection_ended(context, ERROR_WAIT, "the handshake took too long");
}

static void set_deadline(struct connection *connection)
{
	const struct timeval wait = { HANDSHAKE_SECONDS, 0 };

	if (connection->deadline == NULL)
		connection->deadline = event_new(connection->service->base, -1, 0, expired,
		                                 connection);
	if (connection->deadline != NULL)
		event_add(connection->deadline, &wait);
}

void connection_close(struct connection *connection, int code, const char *reason)
{
	struct frame_error frame = { (uint16_t)code, bytes_of_string(reason) };
	struct buffer bytes;

	if (connection->closing)
		return;
	connection->closing = true;
	if (evbuffer_get_length(bufferevent_get_output(connection->stream)) > FAREWELL_MAXIMUM) {
		connection_free(connection);
		return;
	}
	bufferevent_disable(connection->stream, EV_READ);
	buffer_init(&bytes, 1024);
	if (connection->authenticated &&
	    (code != OK ? frame_put_error(&bytes, &frame) : frame_put_bye(&bytes)) == OK)
		bufferevent_write(connection->stream, bytes.data, bytes.size);
	buffer_release(&bytes);
	/* A peer that does not read its farewell loses it. */
	set_deadline(connection);
	if (evbuffer_get_length(bufferevent_get_output(connection->stream)) == 0)
		connection_free(connection);
}

/* --- handshakes ---------------------------------------------------------------------- */

static void remote_address(const struct connection *connection, char *ret_text, size_t capacity)
{
	struct sockaddr_storage address;
	socklen_t size = sizeof address;
	char host[INET6_ADDRSTRLEN] = "?";
	unsigned port = 0;

	if (getpeername(bufferevent_getfd(connection->stream), (struct sockaddr *)&address,
	                &size) == 0) {
		if (address.ss_family == AF_INET6) {
			struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address;

			evutil_inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
			port = ntohs(in6->sin6_port);
		} else if (address.ss_family == AF_INET) {
			struct sockaddr_in *in = (struct sockaddr_in *)&address;

			evutil_inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
			port = ntohs(in->sin_port);
		}
	}
	snprintf(ret_text, capacity, address.ss_family == AF_INET6 ? "[%s]:%u" : "%s:%u", host,
	         port);
}

static void handshake_done(struct connection *connection)
{
	SSL *ssl = bufferevent_openssl_get_ssl(connection->stream);
	struct tls_identity *identity = tls_authenticated(ssl);
	struct link_event event = {
		.type = LINK_EVENT_CONNECTED,
		.connection = connection->number,
		.dialled = connection->dialled,
	};
	int one = 1;

	if (identity == NULL) {
		connection_ended(connection, ERROR_DENIED,
		                 "the other side is not who the charter names");
		return;
	}
	connection->channel = service_channel_of(connection->service, identity);
	connection->authenticated = true;
	event_del(connection->deadline);
	setsockopt(bufferevent_getfd(connection->stream), IPPROTO_TCP, TCP_NODELAY, &one,
	           sizeof one);
	remote_address(connection, connection->address, sizeof connection->address);
	bufferevent_setwatermark(connection->stream, EV_READ, 0, 4 + FRAME_MAXIMUM);
	if (connection->service->engine_full)
		bufferevent_disable(connection->stream, EV_READ);
	service_step(connection->channel, &event);
}

/* One sentence of why TLS or the socket gave up. */
static void describe_failure(struct connection *connection, char *ret_text, size_t capacity)
{
	unsigned long code = bufferevent_get_openssl_error(connection->stream);
	int dns = bufferevent_socket_get_dns_error(connection->stream);
	int socket_error = EVUTIL_SOCKET_ERROR();
	const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;

	if (dns != 0)
		snprintf(ret_text, capacity, "the host name is not known");
	else if (reason != NULL)
		snprintf(ret_text, capacity, "TLS: %s", reason);
	else if (socket_error != 0)
		snprintf(ret_text, capacity, "%s", evutil_socket_error_to_string(socket_error));
	else
		snprintf(ret_text, capacity, "the connection was closed");
}

static void happened(struct bufferevent *stream, short what, void *context)
{
	struct connection *connection = context;
	char reason[160];

	(void)stream;
	if (what & BEV_EVENT_CONNECTED) {
		handshake_done(connection);
		return;
	}
	if (!(what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)))
		return;
	describe_failure(connection, reason, sizeof reason);
	/* What the other side said before it closed still counts: a last frame. */
	if (connection->authenticated && !connection->closing) {
		uint32_t number = connection->number;
		struct link_service *service = connection->service;

		take_frames(connection);
		if ((connection = connection_find(service, number)) == NULL)
			return;
	}
	connection_ended(connection, ERROR_IO, reason);
}

/* --- making connections ---------------------------------------------------------------- */

static struct connection *new_connection(struct link_service *service)
{
	struct connection *connection = allocate(1, sizeof *connection);

	if (connection == NULL)
		return NULL;
	connection->service = service;
	connection->number = ++service->last_connection;
	connection->next = service->connections;
	connection->place = &service->connections;
	if (connection->next != NULL)
		connection->next->place = &connection->next;
	service->connections = connection;
	return connection;
}

static int start_stream(struct connection *connection, evutil_socket_t fd, SSL *ssl,
                        enum bufferevent_ssl_state state)
{
	connection->stream = bufferevent_openssl_socket_new(
	    connection->service->base, fd, ssl, state,
	    BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS);
	if (connection->stream == NULL) {
		SSL_free(ssl);
		return ERROR_MEMORY;
	}
	bufferevent_openssl_set_allow_dirty_shutdown(connection->stream, 1);
	bufferevent_setcb(connection->stream, readable, written, happened, connection);
	if (evbuffer_add_cb(bufferevent_get_input(connection->stream), input_changed, connection) ==
	        NULL ||
	    evbuffer_add_cb(bufferevent_get_output(connection->stream), output_changed,
	                    connection) == NULL)
		return ERROR_MEMORY;
	set_deadline(connection);
	if (connection->deadline == NULL)
		return ERROR_MEMORY;
	return bufferevent_enable(connection->stream, EV_READ | EV_WRITE) == 0 ? OK : ERROR_IO;
}

/* `host:port` or `[host]:port`, checked when the charter was. */
static int split_endpoint(const char *endpoint, char *ret_host, size_t capacity, int *ret_port)
{
	const char *colon = strrchr(endpoint, ':');
	size_t size;

	if (colon == NULL)
		return ERROR_SYNTAX;
	size = (size_t)(colon - endpoint);
	if (endpoint[0] == '[' && size >= 2) {
		endpoint++;
		size -= 2;
	}
	*ret_port = (int)strtol(colon + 1, NULL, 10);
	return bytes_to_string(bytes_of(endpoint, size), ret_host, capacity);
}

void connection_dial(struct link_channel *channel, size_t endpoint)
{
	struct link_event failed = { .type = LINK_EVENT_DIAL_FAILED, .code = ERROR_IO };
	struct connection *connection = NULL;
	char host[ENDPOINT_TEXT_CAPACITY];
	SSL *ssl = NULL;
	int port, r;

	failed.reason = "no connection could be started";
	if (channel->identity.context == NULL) {
		failed.reason = "the keeper has not certified the link's key yet";
		goto out;
	}
	if (split_endpoint(channel->endpoints[endpoint], host, sizeof host, &port) != OK ||
	    (connection = new_connection(channel->service)) == NULL ||
	    (ssl = tls_dial(&channel->identity)) == NULL)
		goto out;
	connection->channel = channel;
	connection->dialled = true;
	if ((r = start_stream(connection, -1, ssl, BUFFEREVENT_SSL_CONNECTING)) != OK)
		goto out;
	if (bufferevent_socket_connect_hostname(connection->stream, channel->service->dns,
	                                        AF_UNSPEC, host, port) == 0)
		return;
out:
	if (connection != NULL)
		connection_free(connection);
	service_step(channel, &failed);
}

void connection_cancel_dials(struct link_channel *channel)
{
	struct connection *next;

	for (struct connection *c = channel->service->connections; c != NULL; c = next) {
		next = c->next;
		if (c->channel == channel && !c->authenticated && c->dialled)
			connection_free(c);
	}
}

void connections_end_handshakes(struct link_service *service, const struct link_channel *channel)
{
	struct connection *next;

	for (struct connection *c = service->connections; c != NULL; c = next) {
		next = c->next;
		if (!c->authenticated && (c->channel == NULL || c->channel == channel))
			connection_free(c);
	}
}

/* Strangers are few at a time, and few from one place. */
static bool admits(const struct link_service *service, const char *address)
{
	size_t callers = 0, from_there = 0;

	for (const struct connection *c = service->connections; c != NULL; c = c->next) {
		if (c->authenticated || c->dialled)
			continue;
		callers++;
		from_there += strcmp(c->address, address) == 0;
	}
	return callers < CALLERS_MAXIMUM && from_there < CALLERS_PER_ADDRESS_MAXIMUM;
}

void connection_accepted(struct evconnlistener *listener, evutil_socket_t fd,
                         struct sockaddr *address, int size, void *context)
{
	struct link_service *service = context;
	struct connection *connection;
	char from[ADDRESS_CAPACITY] = "?";
	SSL *ssl;

	(void)listener;
	(void)size;
	if (address->sa_family == AF_INET6)
		evutil_inet_ntop(AF_INET6, &((struct sockaddr_in6 *)address)->sin6_addr, from,
		                 sizeof from);
	else if (address->sa_family == AF_INET)
		evutil_inet_ntop(AF_INET, &((struct sockaddr_in *)address)->sin_addr, from,
		                 sizeof from);
	if (!admits(service, from) || (connection = new_connection(service)) == NULL) {
		evutil_closesocket(fd);
		return;
	}
	memcpy(connection->address, from, sizeof connection->address);
	if ((ssl = tls_accept(service->listener_context)) == NULL) {
		evutil_closesocket(fd);
		connection_free(connection);
		return;
	}
	if (start_stream(connection, fd, ssl, BUFFEREVENT_SSL_ACCEPTING) != OK) {
		if (connection->stream == NULL)
			evutil_closesocket(fd);
		connection_free(connection);
	}
}

void connections_pause(struct link_service *service, bool pause)
{
	struct connection *next;

	for (struct connection *c = service->connections; c != NULL; c = next) {
		next = c->next;
		if (!c->authenticated || c->closing)
			continue;
		if (pause) {
			bufferevent_disable(c->stream, EV_READ);
		} else {
			bufferevent_enable(c->stream, EV_READ);
			bufferevent_trigger(c->stream, EV_READ, 0);
		}
	}
}
