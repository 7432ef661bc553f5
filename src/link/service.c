#include "allocate.h"
#include "journal.h"
#include "link_messages.h"
#include "service_internal.h"

#include <event2/buffer.h>
#include <stdio.h>

enum { RENEWAL_SECONDS = 12 * 60 * 60, CERTIFICATE_RETRY_SECONDS = 5 };

static uint64_t monotonic(const struct link_service *service)
{
	return service->clock.monotonic(service->clock.context);
}

/* --- to the engine ------------------------------------------------------------------ */

void service_tell(struct link_service *service, uint16_t type, const struct hash *channel,
                  struct bytes rest)
{
	struct buffer body;
	int r;

	buffer_init(&body, MESSAGE_BODY_MAXIMUM);
	if ((r = buffer_put(&body, channel->bytes, HASH_SIZE)) == OK &&
	    (r = buffer_put_bytes(&body, rest)) == OK)
		r = message_send(&service->engine, type, 0, buffer_view(&body), -1);
	buffer_release(&body);
	if (r != OK) {
		journal(JOURNAL_ERROR, "the engine cannot be told: %s", result_text(r));
		event_base_loopbreak(service->base);
		return;
	}
	if (service->engine.queued > 0)
		event_add(service->engine_write, NULL);
	if (service->engine.queued > ENGINE_QUEUE_HIGH && !service->engine_full) {
		service->engine_full = true;
		connections_pause(service, true);
	}
}

static void tell_up(struct link_channel *channel, const struct connection *connection)
{
	struct buffer rest;

	buffer_init(&rest, 256);
	if (buffer_put_u8(&rest, connection->dialled) == OK &&
	    buffer_put_sized_string(&rest, connection->address) == OK)
		service_tell(channel->service, LINK_UP, &channel->id, buffer_view(&rest));
	buffer_release(&rest);
}

static void tell_down(struct link_channel *channel, const struct link_effect *effect)
{
	struct buffer rest;

	buffer_init(&rest, 256);
	if (buffer_put_u16(&rest, (uint16_t)effect->code) == OK &&
	    buffer_put_sized_string(&rest, effect->reason) == OK)
		service_tell(channel->service, LINK_DOWN, &channel->id, buffer_view(&rest));
	buffer_release(&rest);
}

static void tell_frame(struct link_channel *channel, const struct link_effect *effect)
{
	struct buffer rest;

	buffer_init(&rest, FRAME_MAXIMUM);
	if (buffer_put_u8(&rest, effect->frame_type) == OK &&
	    buffer_put_bytes(&rest, effect->payload) == OK)
		service_tell(channel->service, LINK_FRAME, &channel->id, buffer_view(&rest));
	buffer_release(&rest);
}

static void tell_credit(struct link_channel *channel, uint64_t total)
{
	struct buffer rest;

	buffer_init(&rest, 8);
	if (buffer_put_u64(&rest, total) == OK)
		service_tell(channel->service, LINK_CREDIT, &channel->id, buffer_view(&rest));
	buffer_release(&rest);
}

static void tell_health(struct link_channel *channel, const struct link_effect *effect)
{
	struct buffer rest;

	buffer_init(&rest, 24);
	if (buffer_put_u64(&rest, effect->number) == OK &&
	    buffer_put_u64(&rest, (uint64_t)effect->difference) == OK &&
	    buffer_put_u64(&rest, effect->time / 1000) == OK)
		service_tell(channel->service, LINK_HEALTH, &channel->id, buffer_view(&rest));
	buffer_release(&rest);
}

/* --- effects ------------------------------------------------------------------------ */

static void write_bytes(struct link_service *service, uint32_t number, const struct buffer *bytes)
{
	struct connection *connection = connection_find(service, number);

	if (connection != NULL)
		connection_write(connection, bytes->data, bytes->size);
}

/* A frame whose payload is at hand: the header and the payload as they are. */
static void write_frame(struct link_service *service, const struct link_effect *effect)
{
	struct connection *connection = connection_find(service, effect->connection);
	size_t length = effect->payload.size + 1;
	uint8_t header[FRAME_HEADER_SIZE] = { (uint8_t)(length >> 24), (uint8_t)(length >> 16),
		                              (uint8_t)(length >> 8), (uint8_t)length,
		                              effect->frame_type };

	if (connection == NULL || connection->closing || length > FRAME_MAXIMUM)
		return;
	bufferevent_write(connection->stream, header, sizeof header);
	connection_write(connection, effect->payload.data, effect->payload.size);
}

static void write_small(struct link_service *service, const struct link_effect *effect)
{
	struct frame_credit credit = { (uint32_t)effect->number };
	struct frame_test test = { effect->number, effect->time };
	struct frame_echo echo = { effect->number, effect->time, effect->echo_time };
	struct buffer bytes;
	int r;

	buffer_init(&bytes, 64);
	if (effect->type == LINK_EFFECT_WRITE_CREDIT)
		r = frame_put_credit(&bytes, &credit);
	else if (effect->type == LINK_EFFECT_WRITE_TEST)
		r = frame_put_test(&bytes, &test);
	else
		r = frame_put_echo(&bytes, &echo);
	if (r == OK)
		write_bytes(service, effect->connection, &bytes);
	buffer_release(&bytes);
}

static void carry_out(struct link_channel *channel, const struct link_effect *effect)
{
	struct link_service *service = channel->service;
	struct connection *connection = connection_find(service, effect->connection);

	switch (effect->type) {
	case LINK_EFFECT_DIAL:
		connection_cancel_dials(channel);
		connection_dial(channel, effect->endpoint);
		break;
	case LINK_EFFECT_DROP:
		if (connection != NULL)
			connection_close(connection, effect->code, effect->reason);
		break;
	case LINK_EFFECT_WRITE:
		write_frame(service, effect);
		break;
	case LINK_EFFECT_WRITE_CREDIT:
	case LINK_EFFECT_WRITE_TEST:
	case LINK_EFFECT_WRITE_ECHO:
		write_small(service, effect);
		break;
	case LINK_EFFECT_UP:
		if (connection != NULL)
			tell_up(channel, connection);
		break;
	case LINK_EFFECT_DOWN:
		tell_down(channel, effect);
		break;
	case LINK_EFFECT_FRAME:
		tell_frame(channel, effect);
		break;
	case LINK_EFFECT_CREDIT:
		tell_credit(channel, effect->number);
		break;
	case LINK_EFFECT_HEALTH:
		tell_health(channel, effect);
		break;
	}
}

static void set_timer(struct link_channel *channel)
{
	uint64_t now = monotonic(channel->service), due = channel->machine.timer, wait;
	struct timeval time;

	if (due == UINT64_MAX) {
		event_del(channel->timer);
		return;
	}
	wait = due > now ? (due - now) / 1000 + 1 : 0;
	time = (struct timeval){ (time_t)(wait / 1000000), (suseconds_t)(wait % 1000000) };
	event_add(channel->timer, &time);
}

void service_step(struct link_channel *channel, struct link_event *event)
{
	struct link_service *service = channel->service;
	struct link_effects effects;

	event->now = monotonic(service);
	event->utc = (uint64_t)service->clock.now(service->clock.context) * 1000;
	if (service->random.fill(service->random.context, &event->random, sizeof event->random) !=
	    OK)
		event->random = event->now;
	link_machine_step(&channel->machine, event, &effects);
	set_timer(channel);
	for (size_t i = 0; i < effects.count; i++)
		carry_out(channel, &effects.items[i]);
}

static void timer_passed(evutil_socket_t fd, short what, void *context)
{
	struct link_channel *channel = context;
	const struct connection *connection = connection_find(channel->service,
	                                                      channel->machine.connection);
	struct link_event event = {
		.type = LINK_EVENT_TIMER,
		.moved = connection != NULL ? connection->moved : 0,
	};

	(void)fd;
	(void)what;
	service_step(channel, &event);
}

/* --- channels ------------------------------------------------------------------------- */

static struct link_channel *find_channel(struct link_service *service, const struct hash *id)
{
	for (size_t i = 0; i < service->channel_count; i++)
		if (hash_equal(&service->channels[i]->id, id))
			return service->channels[i];
	return NULL;
}

struct tls_identity *service_find_identity(void *context, const char *name)
{
	struct link_service *service = context;

	for (size_t i = 0; i < service->channel_count; i++)
		if (service->channels[i]->has_identity &&
		    strcmp(service->channels[i]->identity.name, name) == 0)
			return &service->channels[i]->identity;
	return NULL;
}

struct link_channel *service_channel_of(struct link_service *service,
                                        const struct tls_identity *identity)
{
	for (size_t i = 0; i < service->channel_count; i++)
		if (&service->channels[i]->identity == identity)
			return service->channels[i];
	return NULL;
}

/* Asks for a certificate; asks again later, whatever the answer. */
static void ask_for_certificate(struct link_channel *channel)
{
	const struct timeval retry = { CERTIFICATE_RETRY_SECONDS, 0 };
	struct ed25519_public public_key;
	struct tls_identity fresh;
	struct error error;

	if (tls_identity_init(&fresh, &channel->id, &channel->service->clock, &public_key,
	                      &error) != OK) {
		journal(JOURNAL_ERROR, "%s", error.message);
		return;
	}
	/* Connections under way hold the old context by reference. */
	if (channel->has_identity) {
		EVP_PKEY_free(channel->identity.key);
		fresh.context = channel->identity.context;
	}
	memcpy(fresh.pinned, channel->identity.pinned, sizeof fresh.pinned);
	channel->identity = fresh;
	channel->has_identity = true;
	event_add(channel->renewal, &retry);
	service_tell(channel->service, LINK_NEED_CERTIFICATE, &channel->id,
	             bytes_of(public_key.bytes, sizeof public_key.bytes));
}

static void renewal_due(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	ask_for_certificate(context);
}

static void free_channel(struct link_channel *channel)
{
	struct connection *next;

	for (struct connection *c = channel->service->connections; c != NULL; c = next) {
		next = c->next;
		if (c->channel == channel)
			connection_free(c);
	}
	if (channel->has_identity)
		tls_identity_release(&channel->identity);
	if (channel->timer != NULL)
		event_free(channel->timer);
	if (channel->renewal != NULL)
		event_free(channel->renewal);
	release_memory(channel);
}

static struct link_channel *add_channel(struct link_service *service, const struct hash *id)
{
	struct link_channel *channel;

	if (service->channel_count == CHANNELS_MAXIMUM ||
	    (channel = allocate(1, sizeof *channel)) == NULL)
		return NULL;
	channel->service = service;
	channel->id = *id;
	link_machine_init(&channel->machine);
	channel->timer = event_new(service->base, -1, 0, timer_passed, channel);
	channel->renewal = event_new(service->base, -1, 0, renewal_due, channel);
	if (channel->timer == NULL || channel->renewal == NULL) {
		free_channel(channel);
		return NULL;
	}
	service->channels[service->channel_count++] = channel;
	return channel;
}

static int get_endpoints(struct cursor *cursor, struct link_channel *channel)
{
	uint8_t count;
	int r;

	if ((r = cursor_get_u8(cursor, &count)) != OK)
		return r;
	if (count > ENDPOINTS_PER_CHANNEL)
		return ERROR_LIMIT;
	for (size_t i = 0; i < count; i++)
		if ((r = cursor_get_sized_string(cursor, channel->endpoints[i],
		                                 ENDPOINT_TEXT_CAPACITY)) != OK)
			return r;
	channel->endpoint_count = count;
	return OK;
}

/* --- from the engine -------------------------------------------------------------------- */

/* Without a certificate there is nothing to dial with. */
static void configure_machine(struct link_channel *channel, bool changed_pin)
{
	struct link_event event = {
		.type = LINK_EVENT_CONFIGURED,
		.own_party = channel->machine.own_party,
		.may_dial = channel->wants_to_dial && channel->identity.context != NULL,
		.endpoint_count = channel->endpoint_count,
		.changed_pin = changed_pin,
	};

	service_step(channel, &event);
}

static bool pin_is_gone(const struct ed25519_public before[2], const struct ed25519_public now[2])
{
	for (size_t i = 0; i < 2; i++)
		if (!ed25519_public_equal(&before[i], &now[0]) &&
		    !ed25519_public_equal(&before[i], &now[1]) && !tls_is_no_key(&before[i]))
			return true;
	return false;
}

static int take_channel(struct link_service *service, struct link_channel *channel,
                        const struct hash *id, struct cursor *cursor)
{
	struct ed25519_public own_key, pinned[2];
	char name[LOG_NAME_MAXIMUM];
	uint8_t own_party, may_dial;
	bool is_new = channel == NULL, changed_pin;
	int r;

	if ((r = cursor_get_u8(cursor, &own_party)) != OK ||
	    (r = cursor_get(cursor, own_key.bytes, sizeof own_key.bytes)) != OK ||
	    (r = cursor_get(cursor, pinned, sizeof pinned)) != OK ||
	    (r = cursor_get_u8(cursor, &may_dial)) != OK)
		return r;
	if (is_new && (channel = add_channel(service, id)) == NULL)
		return ERROR_MEMORY;
	if ((r = get_endpoints(cursor, channel)) != OK ||
	    (r = cursor_get_sized_string(cursor, name, sizeof name)) != OK ||
	    (r = cursor_get_sized_string(cursor, name, sizeof name)) != OK ||
	    (r = cursor_end(cursor)) != OK)
		return r;
	channel->machine.own_party = own_party;
	channel->wants_to_dial = may_dial != 0;
	changed_pin = !is_new && pin_is_gone(channel->identity.pinned, pinned);
	memcpy(channel->identity.pinned, pinned, sizeof pinned);
	/* A handshake under way may have been checked against it. */
	if (changed_pin)
		connections_end_handshakes(service, channel);
	if (is_new || !ed25519_public_equal(&own_key, &channel->own_key)) {
		channel->own_key = own_key;
		ask_for_certificate(channel);
	}
	configure_machine(channel, changed_pin);
	return OK;
}

static int take_certificate(struct link_service *service, struct link_channel *channel,
                            const struct hash *id, struct cursor *cursor)
{
	const struct timeval renewal = { RENEWAL_SECONDS, 0 };
	bool first;
	struct bytes der;
	struct error error;
	int r;

	(void)service;
	(void)id;
	if ((r = cursor_get_sized(cursor, 8192, &der)) != OK || (r = cursor_end(cursor)) != OK)
		return r;
	if (channel == NULL)
		return OK;
	first = channel->identity.context == NULL;
	/* One for a key that was given up meanwhile: the answer for the next follows. */
	if (tls_identity_certify(&channel->identity, der, &error) != OK) {
		journal(JOURNAL_WARNING, "%s", error.message);
		return OK;
	}
	event_add(channel->renewal, &renewal);
	if (first)
		configure_machine(channel, false);
	return OK;
}

static int take_send(struct link_service *service, struct link_channel *channel,
                     const struct hash *id, struct cursor *cursor)
{
	struct link_event event = { .type = LINK_EVENT_SEND };
	int r;

	(void)service;
	(void)id;
	if ((r = cursor_get_u8(cursor, &event.frame_type)) != OK)
		return r;
	event.payload = bytes_of(cursor->at, cursor->left);
	if (channel != NULL)
		service_step(channel, &event);
	return OK;
}

static int take_consumed(struct link_service *service, struct link_channel *channel,
                         const struct hash *id, struct cursor *cursor)
{
	struct link_event event = { .type = LINK_EVENT_CONSUMED };
	int r;

	(void)service;
	(void)id;
	if ((r = cursor_get_u32(cursor, &event.count)) != OK || (r = cursor_end(cursor)) != OK)
		return r;
	if (channel != NULL)
		service_step(channel, &event);
	return OK;
}

static int take_close(struct link_service *service, struct link_channel *channel,
                      const struct hash *id, struct cursor *cursor)
{
	struct link_event event = { .type = LINK_EVENT_CLOSE };
	char reason[512];
	uint16_t code;
	int r;

	(void)service;
	(void)id;
	if ((r = cursor_get_u16(cursor, &code)) != OK ||
	    (r = cursor_get_sized_string(cursor, reason, sizeof reason)) != OK ||
	    (r = cursor_end(cursor)) != OK)
		return r;
	event.code = code;
	event.reason = reason;
	if (channel != NULL)
		service_step(channel, &event);
	return OK;
}

static const struct {
	uint16_t type;
	int (*take)(struct link_service *service, struct link_channel *channel,
	            const struct hash *id, struct cursor *cursor);
} requests[] = {
	{ LINK_CHANNEL, take_channel }, { LINK_CERTIFICATE, take_certificate },
	{ LINK_SEND, take_send },       { LINK_CONSUMED, take_consumed },
	{ LINK_CLOSE, take_close },
};

static int take_request(struct link_service *service, const struct message *message)
{
	struct cursor cursor = cursor_over(message->body);
	struct hash id;
	int r;

	if ((r = cursor_get(&cursor, id.bytes, HASH_SIZE)) != OK)
		return r;
	for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
		if (requests[i].type == message->type)
			return requests[i].take(service, find_channel(service, &id), &id, &cursor);
	return ERROR_DENIED;
}

static void engine_readable(evutil_socket_t fd, short what, void *context)
{
	struct link_service *service = context;
	struct message message;
	int r;

	(void)fd;
	(void)what;
	while ((r = message_receive(&service->engine, &message)) == OK)
		if ((r = take_request(service, &message)) != OK)
			break;
	if (r == ERROR_WAIT)
		return;
	if (r != ERROR_NOT_FOUND)
		journal(JOURNAL_ERROR, "the engine's message is refused: %s", result_text(r));
	event_base_loopbreak(service->base);
}

static void engine_writable(evutil_socket_t fd, short what, void *context)
{
	struct link_service *service = context;
	int r = message_flush(&service->engine);

	(void)fd;
	(void)what;
	if (r != OK && r != ERROR_WAIT) {
		event_base_loopbreak(service->base);
		return;
	}
	if (r == ERROR_WAIT)
		event_add(service->engine_write, NULL);
	if (service->engine_full && service->engine.queued < ENGINE_QUEUE_LOW) {
		service->engine_full = false;
		connections_pause(service, false);
	}
}

/* --- start and end ------------------------------------------------------------------------ */

int link_service_new(struct event_base *base, int engine, const int *listeners,
                     size_t listener_count, struct clock clock, struct random_source random,
                     struct link_service **ret_service, struct error *error)
{
	struct link_service *service = allocate(1, sizeof *service);
	int r;

	if (service == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	service->base = base;
	service->clock = clock;
	service->random = random;
	message_socket_init(&service->engine, engine);
	service->dns = evdns_base_new(base, EVDNS_BASE_INITIALIZE_NAMESERVERS |
	                                        EVDNS_BASE_DISABLE_WHEN_INACTIVE);
	service->engine_read = event_new(base, engine, EV_READ | EV_PERSIST, engine_readable,
	                                 service);
	service->engine_write = event_new(base, engine, EV_WRITE, engine_writable, service);
	r = tls_listener_new(service_find_identity, service, &service->listener_context);
	for (size_t i = 0; i < listener_count && i < LISTENERS_MAXIMUM; i++) {
		service->listeners[i] = evconnlistener_new(
		    base, connection_accepted, service,
		    LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, listeners[i]);
		if (service->listeners[i] == NULL)
			r = ERROR_IO;
		service->listener_count++;
	}
	if (service->engine_read == NULL || service->engine_write == NULL || r != OK ||
	    event_add(service->engine_read, NULL) != 0) {
		link_service_free(service);
		return error_set(error, ERROR_IO, "the link cannot start");
	}
	*ret_service = service;
	return OK;
}

void link_service_free(struct link_service *service)
{
	while (service->channel_count > 0)
		free_channel(service->channels[--service->channel_count]);
	while (service->connections != NULL)
		connection_free(service->connections);
	for (size_t i = 0; i < service->listener_count; i++)
		if (service->listeners[i] != NULL)
			evconnlistener_free(service->listeners[i]);
	SSL_CTX_free(service->listener_context);
	if (service->dns != NULL)
		evdns_base_free(service->dns, 0);
	if (service->engine_read != NULL)
		event_free(service->engine_read);
	if (service->engine_write != NULL)
		event_free(service->engine_write);
	message_socket_release(&service->engine);
	release_memory(service);
}
