#include "counter.h"

#include "address_limits.h"
#include "allocate.h"
#include "configuration.h"
#include "journal.h"
#include "neutral_messages.h"
#include "plain_request.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <time.h>

enum { LINGER_MAXIMUM = 4 * 1024 * 1024 /* bytes that are read and thrown away */ };

enum phase {
	PHASE_FREE,    /* no connection */
	PHASE_READING, /* a request comes, or none yet */
	PHASE_WAITING, /* for the notary */
	PHASE_WRITING, /* the answer goes */
	PHASE_CLOSING  /* it has gone; what still comes is thrown away until the client closes */
};

struct connection {
	struct counter *counter;
	enum phase phase;
	struct bufferevent *stream;
	struct event *deadline;
	struct address address;
	bool begun;       /* reading: something of a request has come */
	bool has_head;    /* reading: the rest is its body */
	bool is_post;     /* with has_head, and from here on */
	size_t body_size; /* counted in the counter's sum until it is answered */
	size_t path_size;
	uint8_t path[PLAIN_TARGET_MAXIMUM];
	bool keep;       /* the connection, after the answer */
	uint32_t number; /* waiting: of the message to the notary */
	size_t thrown_away;
};

struct counter {
	struct counter_settings settings;
	size_t listener_count;
	struct evconnlistener *listeners[CONFIGURATION_ENDPOINTS_MAXIMUM];
	struct event *listen_again;
	bool paused; /* nothing is accepted */
	struct address_limits limits;
	size_t bodies; /* bytes announced and not answered yet */
	uint32_t last_number;
	struct connection connections[COUNTER_CONNECTIONS_MAXIMUM];
};

static uint64_t milliseconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* --- life of a connection ------------------------------------------------------- */

static void listen_all(struct counter *counter, bool listening)
{
	for (size_t i = 0; i < counter->listener_count; i++) {
		if (listening)
			evconnlistener_enable(counter->listeners[i]);
		else
			evconnlistener_disable(counter->listeners[i]);
	}
	counter->paused = !listening;
}

static void set_deadline(struct connection *connection, int seconds)
{
	struct timeval time = { seconds, 0 };

	event_add(connection->deadline, &time);
}

static void forget_body(struct connection *connection)
{
	connection->counter->bodies -= connection->body_size;
	connection->body_size = 0;
}

static void drop(struct connection *connection)
{
	struct counter *counter = connection->counter;

	forget_body(connection);
	address_disconnect(&counter->limits, &connection->address);
	event_free(connection->deadline);
	bufferevent_free(connection->stream);
	memset(connection, 0, sizeof(*connection));
	/* While descriptors are short only the timer resumes. */
	if (counter->paused && !event_pending(counter->listen_again, EV_TIMEOUT, NULL))
		listen_all(counter, true);
}

static void begin_reading(struct connection *connection)
{
	connection->phase = PHASE_READING;
	connection->begun = connection->has_head = false;
	set_deadline(connection, COUNTER_IDLE_SECONDS);
	bufferevent_setwatermark(connection->stream, EV_READ, 0, PLAIN_HEAD_MAXIMUM);
	bufferevent_enable(connection->stream, EV_READ | EV_WRITE);
}

/* Sends an answer. Without `keep` the connection ends after it. */
static void respond(struct connection *connection, unsigned status, const char *content,
                    struct bytes body)
{
	struct evbuffer *output = bufferevent_get_output(connection->stream);
	int failed;

	forget_body(connection);
	bufferevent_disable(connection->stream, EV_READ);
	connection->phase = PHASE_WRITING;
	set_deadline(connection, COUNTER_WRITE_SECONDS);
	failed = evbuffer_add_printf(output,
	                             "HTTP/1.1 %u %s\r\nContent-Type: %s\r\n"
	                             "Content-Length: %zu\r\nCache-Control: no-store\r\n"
	                             "%s%s%s\r\n",
	                             status, plain_status_text(status), content, body.size,
	                             status == 429 || status == 503 ? "Retry-After: 10\r\n" : "",
	                             status == 405 ? "Allow: GET, POST\r\n" : "",
	                             connection->keep ? "" : "Connection: close\r\n") < 0 ||
	         evbuffer_add(output, body.data, body.size) != 0;
	if (failed)
		drop(connection);
}

/* A refusal of the counter itself: nothing more is read on this connection. */
static void refuse(struct connection *connection, unsigned status)
{
	const char *text = plain_status_text(status);
	char sentence[64];
	struct bytes body = bytes_of(sentence, 0);
	size_t size = strlen(text);

	memcpy(sentence, text, size);
	sentence[size] = '\n';
	body.size = size + 1;
	connection->keep = false;
	respond(connection, status, neutral_content_name(NEUTRAL_TEXT), body);
}

/* --- requests ---------------------------------------------------------------------- */

static void forward(struct connection *connection, struct bytes body)
{
	struct counter *counter = connection->counter;
	struct neutral_call call = {
		.method = connection->is_post ? NEUTRAL_POST : NEUTRAL_GET,
		.path = bytes_of(connection->path, connection->path_size),
		.body = body,
	};
	struct buffer message;
	bool sent;

	if (++counter->last_number == 0)
		counter->last_number = 1;
	buffer_init(&message, NEUTRAL_CALL_MAXIMUM);
	sent = neutral_put_call(&message, &call) == OK &&
	       counter->settings.send(counter->settings.context, NEUTRAL_CALL, counter->last_number,
	                              buffer_view(&message)) == OK;
	buffer_release(&message);
	if (!sent) {
		refuse(connection, 503);
		return;
	}
	connection->phase = PHASE_WAITING;
	connection->number = counter->last_number;
	bufferevent_disable(connection->stream, EV_READ);
	set_deadline(connection, COUNTER_NOTARY_SECONDS);
}

/* 0 when the request may go on, else the status that refuses it. */
static unsigned judge(struct connection *connection, const struct plain_request *request)
{
	struct counter *counter = connection->counter;

	if (!address_request(&counter->limits, &connection->address, milliseconds_now()))
		return 429;
	if (request->body_size > NEUTRAL_BODY_MAXIMUM)
		return 413;
	if (bytes_equal_string(request->method, "GET"))
		return request->body_size > 0 ? 400 : 0;
	if (!bytes_equal_string(request->method, "POST"))
		return 405;
	if (request->body_size > COUNTER_BODIES_MAXIMUM - counter->bodies)
		return 503;
	return 0;
}

/* Takes the head of a request; false when it is not whole or was refused. */
static bool take_head(struct connection *connection, struct evbuffer *input)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	size_t size = evbuffer_get_length(input);
	struct plain_request request;
	unsigned status;
	int r;

	if (size == 0)
		return false;
	if (!connection->begun)
		set_deadline(connection, COUNTER_REQUEST_SECONDS);
	connection->begun = true;
	if (size > PLAIN_HEAD_MAXIMUM)
		size = PLAIN_HEAD_MAXIMUM;
	r = plain_request_read(bytes_of(evbuffer_pullup(input, (ev_ssize_t)size), size), &request,
	                       &status);
	if (r == ERROR_WAIT)
		return false;
	if (r != OK || (status = judge(connection, &request)) != 0) {
		refuse(connection, status);
		return false;
	}
	connection->has_head = true;
	connection->keep = request.keep_alive;
	connection->is_post = bytes_equal_string(request.method, "POST");
	connection->path_size = request.path.size;
	memcpy(connection->path, request.path.data, request.path.size);
	connection->body_size = (size_t)request.body_size;
	connection->counter->bodies += connection->body_size;
	evbuffer_drain(input, request.head_size);
	bufferevent_setwatermark(connection->stream, EV_READ, connection->body_size,
	                         connection->body_size + PLAIN_HEAD_MAXIMUM);
	if (request.expects_continue && evbuffer_get_length(input) == 0)
		bufferevent_write(connection->stream, go_on, sizeof(go_on) - 1);
	return true;
}

static void throw_away(struct connection *connection, struct evbuffer *input)
{
	connection->thrown_away += evbuffer_get_length(input);
	evbuffer_drain(input, evbuffer_get_length(input));
	if (connection->thrown_away > LINGER_MAXIMUM)
		drop(connection);
}

static void advance(struct bufferevent *stream, void *context)
{
	struct connection *connection = context;
	struct evbuffer *input = bufferevent_get_input(stream);
	size_t size;
	uint8_t *body;

	if (connection->phase == PHASE_CLOSING) {
		throw_away(connection, input);
		return;
	}
	if (connection->phase != PHASE_READING ||
	    (!connection->has_head && !take_head(connection, input)))
		return;
	size = connection->body_size;
	if (evbuffer_get_length(input) < size)
		return;
	body = size == 0 ? NULL : evbuffer_pullup(input, (ev_ssize_t)size);
	if (size > 0 && body == NULL) {
		refuse(connection, 503);
		return;
	}
	forward(connection, bytes_of(body, size));
	if (connection->phase != PHASE_FREE)
		evbuffer_drain(input, size);
}

/* Everything that was to be written has gone. Closing at once could make the
 * system throw away the answer with what the client still sends. */
static void written(struct bufferevent *stream, void *context)
{
	struct connection *connection = context;

	if (connection->phase != PHASE_WRITING)
		return;
	if (!connection->keep) {
		shutdown(bufferevent_getfd(stream), SHUT_WR);
		connection->phase = PHASE_CLOSING;
		set_deadline(connection, COUNTER_LINGER_SECONDS);
		bufferevent_setwatermark(stream, EV_READ, 0, 0);
		bufferevent_enable(stream, EV_READ);
		throw_away(connection, bufferevent_get_input(stream));
		return;
	}
	begin_reading(connection);
	advance(stream, connection);
}

static void ended(struct bufferevent *stream, short events, void *context)
{
	struct connection *connection = context;

	(void)stream;
	(void)events;
	/* A client that has sent its request may close its half of the connection. */
	if ((events & BEV_EVENT_ERROR) == 0 &&
	    (connection->phase == PHASE_WAITING || connection->phase == PHASE_WRITING)) {
		connection->keep = false;
		return;
	}
	drop(connection);
}

static void too_late(evutil_socket_t fd, short events, void *context)
{
	struct connection *connection = context;

	(void)fd;
	(void)events;
	if (connection->phase == PHASE_READING && connection->begun)
		refuse(connection, 408);
	else if (connection->phase == PHASE_WAITING)
		refuse(connection, 503);
	else
		drop(connection);
}

/* --- answers of the notary ----------------------------------------------------------- */

int counter_answer(struct counter *counter, const struct message *message)
{
	struct neutral_answer answer;
	int r;

	if (message->type != (NEUTRAL_CALL | MESSAGE_REPLY))
		return ERROR_SYNTAX;
	if ((r = neutral_get_answer(message->body, &answer)) != OK)
		return r;
	for (size_t i = 0; i < COUNTER_CONNECTIONS_MAXIMUM; i++) {
		struct connection *connection = &counter->connections[i];

		if (connection->phase != PHASE_WAITING || connection->number != message->request)
			continue;
		respond(connection, answer.status, neutral_content_name(answer.content),
		        answer.body);
		break;
	}
	return OK;
}

/* --- start and end --------------------------------------------------------------------- */

static struct connection *free_place(struct counter *counter)
{
	for (size_t i = 0; i < COUNTER_CONNECTIONS_MAXIMUM; i++)
		if (counter->connections[i].phase == PHASE_FREE)
			return &counter->connections[i];
	return NULL;
}

static void accepted(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *peer,
                     int peer_size, void *context)
{
	struct counter *counter = context;
	struct connection *place = free_place(counter);
	struct address address;
	int yes = 1;

	(void)listener;
	(void)peer_size;
	address_read(peer, &address);
	if (place == NULL || !address_connect(&counter->limits, &address, milliseconds_now())) {
		evutil_closesocket(fd);
		return;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	*place = (struct connection){ .counter = counter, .address = address };
	place->deadline = event_new(counter->settings.base, -1, 0, too_late, place);
	place->stream = bufferevent_socket_new(counter->settings.base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (place->deadline == NULL || place->stream == NULL) {
		if (place->deadline != NULL)
			event_free(place->deadline);
		if (place->stream != NULL)
			bufferevent_free(place->stream);
		else
			evutil_closesocket(fd);
		address_disconnect(&counter->limits, &address);
		memset(place, 0, sizeof(*place));
		return;
	}
	bufferevent_setcb(place->stream, advance, written, ended, place);
	begin_reading(place);
	/* The others wait in the system's queue until a place is free. */
	if (free_place(counter) == NULL)
		listen_all(counter, false);
}

/* Out of descriptors: connections wait in the sockets' queues for a second. */
static void accept_failed(struct evconnlistener *listener, void *context)
{
	static const struct timeval second = { 1, 0 };
	struct counter *counter = context;

	(void)listener;
	journal(JOURNAL_WARNING, "connections cannot be accepted just now");
	listen_all(counter, false);
	event_add(counter->listen_again, &second);
}

static void accept_again(evutil_socket_t fd, short events, void *context)
{
	struct counter *counter = context;

	(void)fd;
	(void)events;
	if (free_place(counter) != NULL)
		listen_all(counter, true);
}

static int start(struct counter *counter, struct error *error)
{
	struct event_base *base = counter->settings.base;

	counter->listen_again = event_new(base, -1, 0, accept_again, counter);
	if (counter->listen_again == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	for (size_t i = 0; i < counter->listener_count; i++) {
		evutil_make_socket_nonblocking(counter->settings.listeners[i]);
		counter->listeners[i] = evconnlistener_new(
		    base, accepted, counter, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0,
		    counter->settings.listeners[i]);
		if (counter->listeners[i] == NULL)
			return error_set(error, ERROR_IO, "a socket cannot be listened on");
		evconnlistener_set_error_cb(counter->listeners[i], accept_failed);
	}
	return OK;
}

int counter_new(const struct counter_settings *settings, struct counter **ret_counter,
                struct error *error)
{
	struct counter *counter = allocate(1, sizeof(*counter));
	size_t opened = 0;
	int r;

	if (counter == NULL || settings->listener_count > CONFIGURATION_ENDPOINTS_MAXIMUM) {
		r = error_set(error, ERROR_MEMORY, "out of memory");
		goto fail;
	}
	counter->settings = *settings;
	counter->listener_count = settings->listener_count;
	address_limits_init(&counter->limits, settings->requests);
	if ((r = start(counter, error)) == OK) {
		*ret_counter = counter;
		return OK;
	}
	while (opened < counter->listener_count && counter->listeners[opened] != NULL)
		opened++;
	counter_free(counter);
	counter = NULL;
fail:
	for (size_t i = opened; i < settings->listener_count; i++)
		evutil_closesocket(settings->listeners[i]);
	release_memory(counter);
	return r;
}

void counter_free(struct counter *counter)
{
	if (counter == NULL)
		return;
	for (size_t i = 0; i < COUNTER_CONNECTIONS_MAXIMUM; i++)
		if (counter->connections[i].phase != PHASE_FREE)
			drop(&counter->connections[i]);
	for (size_t i = 0; i < counter->listener_count; i++)
		if (counter->listeners[i] != NULL)
			evconnlistener_free(counter->listeners[i]);
	if (counter->listen_again != NULL)
		event_free(counter->listen_again);
	release_memory(counter);
}
