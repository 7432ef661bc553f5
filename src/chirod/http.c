/* The http role: the API's socket on one side, the engine on the other. */
#include "http_server.h"
#include "journal.h"
#include "role.h"

#include <event2/event.h>

struct http_process {
	struct role_context *context;
	struct event_base *base;
	struct message_socket engine;
	struct event *engine_writable;
	struct http_server *server;
	int status; /* of the exit */
};

static void end(struct http_process *process, int status)
{
	process->status = status;
	event_base_loopbreak(process->base);
}

/* What the socket did not take at once goes when it can. */
static int send_to_engine(void *context, uint16_t type, uint32_t request, struct bytes body)
{
	struct http_process *process = context;
	int r = message_send(&process->engine, type, request, body, -1);

	if (process->engine.queued > 0)
		event_add(process->engine_writable, NULL);
	return r;
}

static void flush_to_engine(evutil_socket_t fd, short events, void *context)
{
	struct http_process *process = context;

	(void)fd;
	(void)events;
	if (message_flush(&process->engine) == ERROR_WAIT)
		event_add(process->engine_writable, NULL);
}

static void from_engine(evutil_socket_t fd, short events, void *context)
{
	struct http_process *process = context;
	struct message message;
	int r;

	(void)fd;
	(void)events;
	while ((r = message_receive(&process->engine, &message)) == OK) {
		if (message.fd >= 0)
			evutil_closesocket(message.fd);
		if ((r = http_server_answer(process->server, &message)) != OK)
			break;
	}
	if (r == ERROR_WAIT)
		return;
	if (r != ERROR_NOT_FOUND)
		journal(JOURNAL_ERROR, "the engine sent what is no answer: %s", result_text(r));
	end(process, r == ERROR_NOT_FOUND ? 0 : 1);
}

/* The parent says nothing after the start but that it has gone. */
static void from_parent(evutil_socket_t fd, short events, void *context)
{
	(void)fd;
	(void)events;
	end(context, 0);
}

static int take_descriptor(struct role_context *context, enum role_descriptor descriptor)
{
	int fd = context->descriptors[descriptor];

	context->descriptors[descriptor] = -1;
	return fd;
}

static int run(struct http_process *process, struct error *error)
{
	struct role_context *context = process->context;
	struct http_server_settings settings = {
		.base = process->base,
		.configuration = &context->configuration,
		.self = context->self,
		.listener = take_descriptor(context, DESCRIPTOR_API),
		.send = send_to_engine,
		.context = process,
	};
	struct event *engine_readable = event_new(process->base, process->engine.fd,
	                                          EV_READ | EV_PERSIST, from_engine, process);
	struct event *parent_readable = event_new(process->base, context->parent.fd, EV_READ,
	                                          from_parent, process);
	int r = ERROR_MEMORY;

	process->engine_writable = event_new(process->base, process->engine.fd, EV_WRITE,
	                                     flush_to_engine, process);
	if (engine_readable == NULL || parent_readable == NULL ||
	    process->engine_writable == NULL) {
		error_set(error, r, "out of memory");
		goto out;
	}
	if ((r = http_server_new(&settings, &process->server, error)) != OK)
		goto out;
	event_add(engine_readable, NULL);
	event_add(parent_readable, NULL);
	if ((r = role_ready(context)) == OK)
		event_base_dispatch(process->base);
	http_server_free(process->server);
out:
	if (engine_readable != NULL)
		event_free(engine_readable);
	if (parent_readable != NULL)
		event_free(parent_readable);
	if (process->engine_writable != NULL)
		event_free(process->engine_writable);
	return r;
}

int http_main(struct role_context *context)
{
	struct http_process process = { .context = context, .base = event_base_new() };
	struct error error = { 0 };
	int r;

	if (process.base == NULL) {
		journal(JOURNAL_ERROR, "out of memory");
		return 1;
	}
	message_socket_init(&process.engine, take_descriptor(context, DESCRIPTOR_ENGINE));
	if ((r = run(&process, &error)) != OK)
		journal(JOURNAL_ERROR, "%s",
		        error.message[0] != '\0' ? error.message : result_text(r));
	message_socket_release(&process.engine);
	event_base_free(process.base);
	return r == OK ? process.status : 1;
}
