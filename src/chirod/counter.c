/* The counter's process: HTTP on one side, the notary on the other. */
#include "counter.h"
#include "journal.h"
#include "role.h"

struct counter_process {
	struct role_context *context;
	struct event_base *base;
	struct message_socket notary;
	struct event *notary_readable, *notary_writable, *parent_readable;
	struct counter *counter;
	int status; /* of the exit */
};

static void end(struct counter_process *process, int status)
{
	process->status = status;
	event_base_loopbreak(process->base);
}

/* What the socket did not take at once goes when it can. */
static int send_to_notary(void *context, uint16_t type, uint32_t request, struct bytes body)
{
	struct counter_process *process = context;
	int r = message_send(&process->notary, type, request, body, -1);

	if (process->notary.queued > 0)
		event_add(process->notary_writable, NULL);
	return r;
}

static void flush_to_notary(evutil_socket_t fd, short events, void *context)
{
	struct counter_process *process = context;

	(void)fd;
	(void)events;
	if (message_flush(&process->notary) == ERROR_WAIT)
		event_add(process->notary_writable, NULL);
}

static void from_notary(evutil_socket_t fd, short events, void *context)
{
	struct counter_process *process = context;
	struct message message;
	int r;

	(void)fd;
	(void)events;
	while ((r = message_receive(&process->notary, &message)) == OK) {
		if (message.fd >= 0)
			evutil_closesocket(message.fd);
		if ((r = counter_answer(process->counter, &message)) != OK)
			break;
	}
	if (r == ERROR_WAIT)
		return;
	if (r != ERROR_NOT_FOUND)
		journal(JOURNAL_ERROR, "the notary sent what is no answer: %s", result_text(r));
	end(process, r == ERROR_NOT_FOUND ? 0 : 1);
}

/* The parent says nothing after the start but that it has gone. */
static void from_parent(evutil_socket_t fd, short events, void *context)
{
	(void)fd;
	(void)events;
	end(context, 0);
}

static int make_events(struct counter_process *process)
{
	process->notary_readable = event_new(process->base, process->notary.fd,
	                                     EV_READ | EV_PERSIST, from_notary, process);
	process->notary_writable = event_new(process->base, process->notary.fd, EV_WRITE,
	                                     flush_to_notary, process);
	process->parent_readable = event_new(process->base, process->context->parent.fd, EV_READ,
	                                     from_parent, process);
	return process->notary_readable != NULL && process->notary_writable != NULL &&
	               process->parent_readable != NULL
	           ? OK
	           : ERROR_MEMORY;
}

static void free_events(struct counter_process *process)
{
	struct event *events[] = { process->notary_readable, process->notary_writable,
		                   process->parent_readable };

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (events[i] != NULL)
			event_free(events[i]);
}

static int run(struct counter_process *process, struct error *error)
{
	struct role_context *context = process->context;
	struct counter_settings settings = {
		.base = process->base,
		.listeners = context->listen,
		.listener_count = context->listen_count,
		.requests = context->neutral->requests,
		.send = send_to_notary,
		.context = process,
	};
	int r;

	if ((r = make_events(process)) != OK)
		return error_set(error, r, "out of memory");
	r = counter_new(&settings, &process->counter, error);
	context->listen_count = 0;
	if (r != OK)
		return r;
	event_add(process->notary_readable, NULL);
	event_add(process->parent_readable, NULL);
	if ((r = role_ready(context)) == OK)
		event_base_dispatch(process->base);
	return r;
}

int counter_main(struct role_context *context)
{
	struct counter_process process = { .context = context, .base = event_base_new() };
	struct error error = { 0 };
	int r;

	if (process.base == NULL) {
		journal(JOURNAL_ERROR, "out of memory");
		return 1;
	}
	message_socket_init(&process.notary, context->descriptors[DESCRIPTOR_NOTARY]);
	context->descriptors[DESCRIPTOR_NOTARY] = -1;
	if ((r = run(&process, &error)) != OK)
		journal(JOURNAL_ERROR, "%s",
		        error.message[0] != '\0' ? error.message : result_text(r));
	counter_free(process.counter);
	free_events(&process);
	message_socket_release(&process.notary);
	event_base_free(process.base);
	return r == OK ? process.status : 1;
}
