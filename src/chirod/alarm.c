/* The process that runs the program of `alarm-program`: see alarm.h and alarm_program.h. It
 * holds neither keys nor database, and may have a user of its own (`alarm-user`). */
#include "alarm_program.h"

#include "allocate.h"
#include "journal.h"
#include "role.h"
#include "system.h"

#include <errno.h>
#include <poll.h>

struct place {
	bool taken;
	uint32_t request;
	struct alarm_run run;
};

struct alarm_process {
	const struct configuration *configuration;
	struct clock clock;
	struct message_socket engine;
	struct place places[ALARM_RUNS_MAXIMUM];
};

static int answer(struct alarm_process *process, uint32_t request,
                  const struct alarm_result *result)
{
	struct buffer body;
	int r;

	buffer_init(&body, ALARM_EVENT_MAXIMUM);
	if ((r = alarm_put_result(&body, result)) == OK)
		r = message_send(&process->engine, ALARM_RUN | MESSAGE_REPLY, request,
		                 buffer_view(&body), -1);
	buffer_release(&body);
	return r;
}

static int handle_run(void *context, struct message_socket *engine, const struct message *message)
{
	struct alarm_process *process = context;
	struct cursor cursor = cursor_over(message->body);
	struct place *place = process->places;
	struct alarm_event event;
	struct error error;
	int r;

	(void)engine;
	if ((r = alarm_get_event(&cursor, &event)) != OK || (r = cursor_end(&cursor)) != OK)
		return r;
	while (place < process->places + ALARM_RUNS_MAXIMUM && place->taken)
		place++;
	if (place == process->places + ALARM_RUNS_MAXIMUM)
		return ERROR_LIMIT;
	r = alarm_run_start(&place->run, process->configuration->alarm_program, &event,
	                    process->configuration->alarm_timeout,
	                    process->clock.monotonic(process->clock.context), &error);
	if (r != OK) {
		struct alarm_result result = { .outcome = ALARM_NOT_STARTED };

		alarm_clean(error.message, result.line, sizeof result.line);
		return answer(process, message->request, &result);
	}
	place->taken = true;
	place->request = message->request;
	return OK;
}

static int take_messages(struct alarm_process *process)
{
	static const struct message_rule rules[] = { { ALARM_RUN, false, ALARM_ID_SIZE,
		                                       ALARM_EVENT_MAXIMUM, handle_run } };
	struct message message;
	int r;

	while ((r = message_receive(&process->engine, &message)) == OK &&
	       (r = message_dispatch(rules, 1, process, &process->engine, &message)) == OK)
		;
	return r == ERROR_WAIT ? OK : r;
}

/* OK, or why the process must end. */
static int step_runs(struct alarm_process *process)
{
	uint64_t now = process->clock.monotonic(process->clock.context);
	int r = OK;

	for (size_t i = 0; i < ALARM_RUNS_MAXIMUM; i++) {
		struct place *place = &process->places[i];

		if (!place->taken || !alarm_run_step(&place->run, now))
			continue;
		place->taken = false;
		if (r == OK)
			r = answer(process, place->request, &place->run.result);
		alarm_run_release(&place->run);
	}
	return r;
}

/* Milliseconds until a program's time is over, -1 when none runs. */
static int next_timeout(const struct alarm_process *process)
{
	uint64_t now = process->clock.monotonic(process->clock.context), next = UINT64_MAX;

	for (size_t i = 0; i < ALARM_RUNS_MAXIMUM; i++)
		if (process->places[i].taken && process->places[i].run.deadline < next)
			next = process->places[i].run.deadline;
	if (next == UINT64_MAX)
		return -1;
	return next <= now ? 0 : (int)((next - now) / 1000000 + 1);
}

/* Until engine or parent has gone. */
static int run(struct alarm_process *process, int parent)
{
	enum { PARENT, ENGINE, RUNS };
	int r;

	for (;;) {
		struct pollfd polled[RUNS + 2 * ALARM_RUNS_MAXIMUM] = {
			[PARENT] = { parent, POLLIN, 0 },
			[ENGINE] = { process->engine.fd, POLLIN, 0 },
		};

		if (process->engine.queued > 0)
			polled[ENGINE].events |= POLLOUT;
		for (size_t i = 0; i < ALARM_RUNS_MAXIMUM; i++) {
			const struct place *place = &process->places[i];

			polled[RUNS + 2 * i] = (struct pollfd){ place->taken ? place->run.process
				                                             : -1,
				                                POLLIN, 0 };
			polled[RUNS + 2 * i + 1] = (struct pollfd){ place->taken ? place->run.output
				                                                 : -1,
				                                    POLLIN, 0 };
		}
		if (poll(polled, sizeof polled / sizeof polled[0], next_timeout(process)) < 0 &&
		    errno != EINTR)
			return ERROR_IO;
		if (polled[PARENT].revents != 0)
			return OK;
		if ((polled[ENGINE].revents & POLLOUT) != 0)
			message_flush(&process->engine);
		if ((polled[ENGINE].revents & ~POLLOUT) != 0 && (r = take_messages(process)) != OK)
			return r == ERROR_NOT_FOUND ? OK : r;
		if ((r = step_runs(process)) != OK)
			return r == ERROR_NOT_FOUND ? OK : r;
	}
}

int alarm_main(struct role_context *context)
{
	struct alarm_process *process = allocate(1, sizeof *process);
	int r;

	if (process == NULL)
		return 1;
	process->configuration = &context->configuration;
	process->clock = system_clock();
	message_socket_init(&process->engine, context->descriptors[DESCRIPTOR_ENGINE]);
	context->descriptors[DESCRIPTOR_ENGINE] = -1;
	if ((r = role_ready(context)) == OK)
		r = run(process, context->parent.fd);
	if (r != OK)
		journal(JOURNAL_ERROR, "the alarm ends: %s", result_text(r));
	for (size_t i = 0; i < ALARM_RUNS_MAXIMUM; i++)
		if (process->places[i].taken)
			alarm_run_release(&process->places[i].run);
	message_socket_release(&process->engine);
	release_memory(process);
	return r == OK ? 0 : 1;
}
