#include "http_server.h"

#include "allocate.h"
#include "gate.h"
#include "journal.h"
#include "json_reply.h"
#include "json_request.h"
#include "peer.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <stdio.h>

/* A request that is with the engine. */
struct outstanding {
	bool used;
	uint32_t number;
	const struct route *route;
	struct evhttp_request *request; /* NULL: the client has gone */
};

struct http_server {
	struct http_server_settings settings;
	struct peers peers;
	struct evhttp *evhttp;
	struct evconnlistener *listener;
	struct event *listen_again;
	uint32_t last_number;
	struct outstanding outstanding[HTTP_OUTSTANDING_MAXIMUM];
};

/* --- answers ---------------------------------------------------------------- */

static void send_answer(struct evhttp_request *request, const struct http_answer *answer)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	struct evbuffer *output = evhttp_request_get_output_buffer(request);

	evhttp_add_header(headers, "Content-Type", answer->content_type);
	evhttp_add_header(headers, "Cache-Control", "no-store");
	if (answer->status == 503)
		evhttp_add_header(headers, "Retry-After", "1");
	if (evbuffer_add(output, answer->body.data, answer->body.size) != 0)
		evhttp_send_error(request, 503, NULL);
	else
		evhttp_send_reply(request, (int)answer->status, NULL, NULL);
}

/* `status` instead of the one that the code stands for, unless it is 0. */
static void send_failure(struct evhttp_request *request, const struct api_failure *failure,
                         unsigned status)
{
	struct http_answer answer;

	http_answer_init(&answer);
	if (json_failure_write(failure, &answer) != OK) {
		evhttp_send_error(request, 503, NULL);
	} else {
		if (status != 0)
			answer.status = status;
		send_answer(request, &answer);
	}
	http_answer_release(&answer);
}

static void send_error(struct evhttp_request *request, const struct error *error, unsigned status)
{
	struct api_failure failure = { .error = *error };

	send_failure(request, &failure, status);
}

/* --- requests ---------------------------------------------------------------- */

static struct outstanding *free_place(struct http_server *server)
{
	for (size_t i = 0; i < HTTP_OUTSTANDING_MAXIMUM; i++)
		if (!server->outstanding[i].used)
			return &server->outstanding[i];
	return NULL;
}

static void client_gone(struct evhttp_connection *connection, void *context)
{
	struct outstanding *place = context;

	(void)connection;
	place->request = NULL;
}

/* Whether the route exists and this user may take it; otherwise the status that
 * says why not. */
static unsigned find_route(struct http_server *server, struct evhttp_request *request,
                           const struct gate_request *passed, const struct peer *peer,
                           struct route_match *ret_match, struct error *error)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);
	struct buffer allowed;
	unsigned status = 0;
	int r;

	(void)server;
	buffer_init(&allowed, 64);
	r = route_find(passed->method, passed->path, ret_match, &allowed);
	if (r == ERROR_NOT_FOUND) {
		error_set(error, r, "the API has no such path");
		status = 404;
	} else if (r != OK) {
		error_set(error, r, "this path does not take %s", passed->method);
		if (buffer_put_u8(&allowed, '\0') == OK)
			evhttp_add_header(headers, "Allow", (const char *)allowed.data);
		status = 405;
	} else if (peer->permission < ret_match->route->permission) {
		error_set(error, ERROR_DENIED, "the user '%s' may not do this", peer->name);
		status = 403;
	}
	buffer_release(&allowed);
	return status;
}

/* 0 is nobody's number in the engine. */
static uint32_t next_number(struct http_server *server)
{
	if (++server->last_number == 0)
		server->last_number = 1;
	return server->last_number;
}

/* Turns the request into a message and sends it. */
static int forward(struct http_server *server, const struct route_match *match,
                   const struct gate_request *passed, const struct peer *peer, uint32_t number,
                   struct error *error)
{
	struct http_input input = { .match = match, .body = passed->body, .who = peer->name };
	uint16_t type = match->route->message;
	struct query *query = allocate(1, sizeof *query);
	struct api_writer writer;
	struct bytes body;
	int r;

	if (query == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	input.query = query;
	api_writer_init(&writer, api_request_record(type), MESSAGE_BODY_MAXIMUM);
	if ((r = query_parse(query, passed->query, error)) != OK ||
	    (r = json_request_write(&input, &writer, error)) != OK)
		goto out;
	if ((r = api_writer_finish(&writer, &body)) != OK)
		error_set(error, r, "the request cannot be passed on: %s", result_text(r));
	else if (server->settings.send(server->settings.context, type, number, body) != OK)
		r = error_set(error, ERROR_WAIT, "the node is busy; try again");
out:
	api_writer_release(&writer);
	release_memory(query);
	return r;
}

static const struct peer *find_peer(const struct http_server *server,
                                    struct evhttp_request *request)
{
	struct evhttp_connection *connection = evhttp_request_get_connection(request);
	int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(connection));

	return peers_find(&server->peers, fd);
}

static void take_request(struct evhttp_request *request, void *context)
{
	struct http_server *server = context;
	const struct peer *peer = find_peer(server, request);
	struct outstanding *place = free_place(server);
	struct gate_request passed;
	struct route_match match;
	struct error error = { 0 };
	unsigned status;
	uint32_t number;
	int r;

	if (peer == NULL) {
		error_set(&error, ERROR_DENIED, "this user may not use the API");
		send_error(request, &error, 403);
		return;
	}
	if ((r = gate_check(request, &passed, &error)) != OK) {
		send_error(request, &error, r == ERROR_UNSUPPORTED ? 405 : 0);
		return;
	}
	if ((status = find_route(server, request, &passed, peer, &match, &error)) != 0) {
		send_error(request, &error, status);
		return;
	}
	if (place == NULL) {
		error_set(&error, ERROR_WAIT, "%d requests are waiting already; try again",
		          HTTP_OUTSTANDING_MAXIMUM);
		send_error(request, &error, 0);
		return;
	}
	number = next_number(server);
	if (forward(server, &match, &passed, peer, number, &error) != OK) {
		send_error(request, &error, 0);
		return;
	}
	*place = (struct outstanding){ true, number, match.route, request };
	evhttp_connection_set_closecb(evhttp_request_get_connection(request), client_gone, place);
}

/* --- answers of the engine ------------------------------------------------------ */

static int answer_reply(const struct outstanding *place, const struct message *message)
{
	struct http_answer answer;
	int r;

	if (message->type != (place->route->message | MESSAGE_REPLY))
		return ERROR_SYNTAX;
	http_answer_init(&answer);
	r = json_reply_write(place->route->message, message->body, place->route->status, &answer);
	if (r == OK)
		send_answer(place->request, &answer);
	http_answer_release(&answer);
	return r;
}

static int answer_failure(const struct outstanding *place, const struct message *message)
{
	struct api_failure failure;
	int r;

	if ((r = api_get_failure(message->body, &failure)) != OK)
		return r;
	send_failure(place->request, &failure, 0);
	return OK;
}

int http_server_answer(struct http_server *server, const struct message *message)
{
	struct outstanding *place = NULL;
	struct outstanding answered;
	int r;

	for (size_t i = 0; i < HTTP_OUTSTANDING_MAXIMUM && place == NULL; i++)
		if (server->outstanding[i].used &&
		    server->outstanding[i].number == message->request)
			place = &server->outstanding[i];
	if (place == NULL)
		return OK;
	answered = *place;
	memset(place, 0, sizeof *place);
	if (answered.request == NULL)
		return OK;
	evhttp_connection_set_closecb(evhttp_request_get_connection(answered.request), NULL, NULL);
	if (message->type == MESSAGE_ERROR)
		r = answer_failure(&answered, message);
	else
		r = answer_reply(&answered, message);
	if (r == ERROR_MEMORY) {
		evhttp_send_error(answered.request, 503, NULL);
		return OK;
	}
	return r;
}

/* --- start and end --------------------------------------------------------------- */

/* Out of descriptors: connections wait in the socket's queue for a second. */
static void accept_failed(struct evconnlistener *listener, void *context)
{
	static const struct timeval second = { 1, 0 };
	struct http_server *server = context;

	journal(JOURNAL_WARNING, "connections to the API cannot be accepted just now");
	evconnlistener_disable(listener);
	event_add(server->listen_again, &second);
}

static void accept_again(evutil_socket_t fd, short events, void *context)
{
	struct http_server *server = context;

	(void)fd;
	(void)events;
	evconnlistener_enable(server->listener);
}

static int start(struct http_server *server, struct error *error)
{
	struct event_base *base = server->settings.base;
	struct evhttp_bound_socket *bound;

	evutil_make_socket_nonblocking(server->settings.listener);
	server->evhttp = evhttp_new(base);
	server->listen_again = event_new(base, -1, 0, accept_again, server);
	if (server->evhttp == NULL || server->listen_again == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	evhttp_set_max_headers_size(server->evhttp, HTTP_HEADERS_MAXIMUM);
	evhttp_set_max_body_size(server->evhttp, HTTP_BODY_MAXIMUM);
	evhttp_set_timeout(server->evhttp, HTTP_TIMEOUT);
	evhttp_set_default_content_type(server->evhttp, NULL);
	evhttp_set_allowed_methods(
	    server->evhttp, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
				EVHTTP_REQ_HEAD | EVHTTP_REQ_PATCH | EVHTTP_REQ_OPTIONS);
	evhttp_set_gencb(server->evhttp, take_request, server);
	bound = evhttp_accept_socket_with_handle(server->evhttp, server->settings.listener);
	if (bound == NULL)
		return error_set(error, ERROR_IO, "the API's socket cannot be listened on");
	server->settings.listener = -1;
	server->listener = evhttp_bound_socket_get_listener(bound);
	evconnlistener_set_error_cb(server->listener, accept_failed);
	return OK;
}

int http_server_new(const struct http_server_settings *settings, struct http_server **ret_server,
                    struct error *error)
{
	struct http_server *server = allocate(1, sizeof *server);
	int r;

	if (server == NULL) {
		evutil_closesocket(settings->listener);
		return error_set(error, ERROR_MEMORY, "out of memory");
	}
	server->settings = *settings;
	/* The engine may still answer what an http process before this one asked:
	 * those answers must find nobody. */
	evutil_secure_rng_get_bytes(&server->last_number, sizeof server->last_number);
	peers_init(&server->peers, settings->configuration, settings->self);
	if ((r = start(server, error)) != OK) {
		http_server_free(server);
		return r;
	}
	*ret_server = server;
	return OK;
}

void http_server_free(struct http_server *server)
{
	if (server == NULL)
		return;
	if (server->evhttp != NULL)
		evhttp_free(server->evhttp);
	if (server->listen_again != NULL)
		event_free(server->listen_again);
	if (server->settings.listener >= 0)
		evutil_closesocket(server->settings.listener);
	release_memory(server);
}
