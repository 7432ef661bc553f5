/* The keeper's process: it waits for the engine's questions and answers them. */
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "journal.h"
#include "keeper.h"
#include "role.h"
#include "system.h"

/* Waits until either socket has something; true while there is work to do. */
static bool wait_for_work(struct message_socket *engine, struct message_socket *parent)
{
	struct pollfd fds[] = {
		{ .fd = engine->fd, .events = POLLIN | (engine->first != NULL ? POLLOUT : 0) },
		{ .fd = parent->fd, .events = POLLIN },
	};

	while (poll(fds, 2, -1) < 0)
		;
	/* The parent says nothing more; its end of the socket closes when all is to stop. */
	return fds[1].revents == 0;
}

static int answer_all(struct keeper *keeper, struct message_socket *engine)
{
	struct message message;
	int r = message_flush(engine);

	while (r == OK && (r = message_receive(engine, &message)) == OK)
		r = keeper_answer(keeper, engine, &message);
	return r == ERROR_WAIT ? OK : r;
}

static int serve(struct keeper *keeper, struct role_context *context)
{
	struct message_socket engine;
	int r = OK;

	message_socket_init(&engine, context->descriptors[DESCRIPTOR_ENGINE]);
	context->descriptors[DESCRIPTOR_ENGINE] = -1;
	while (r == OK && wait_for_work(&engine, &context->parent))
		r = answer_all(keeper, &engine);
	message_socket_release(&engine);
	if (r == OK || r == ERROR_NOT_FOUND)
		return 0;
	journal(JOURNAL_ERROR, "a request ended the keeper: %s", result_text(r));
	return 1;
}

enum { LOCK_TRIES = 20, LOCK_TRY_MILLISECONDS = 100 };

static void report_lost_states(const struct keeper *keeper)
{
	for (size_t i = 0; i < keeper->channel_count; i++) {
		if (keeper->channels[i]->state_lost)
			journal(JOURNAL_ERROR,
			        "the state of channel %.20s is lost: nothing is signed in it until "
			        "`chiro recover` has brought evidence of where its log ended",
			        keeper->channels[i]->charter->channel);
	}
}

int keeper_main(struct role_context *context)
{
	int directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct keeper keeper;
	struct error error;
	unsigned tries = 0;
	int r, status;

	if (directory < 0 || context->descriptors[DESCRIPTOR_ENGINE] < 0) {
		journal(JOURNAL_ERROR, "the keeper was not given what it needs");
		return 1;
	}
	/* The keeper of a node that was killed a moment ago may not be quite gone. */
	while ((r = keeper_open(&keeper, dup(directory), system_clock(), system_random(),
	                        &error)) == ERROR_EXISTS &&
	       tries++ < LOCK_TRIES)
		poll(NULL, 0, LOCK_TRY_MILLISECONDS);
	close(directory);
	if (r != OK) {
		journal(JOURNAL_ERROR, "%s", error.message);
		return 1;
	}
	report_lost_states(&keeper);
	status = role_ready(context) == OK ? serve(&keeper, context) : 1;
	keeper_close(&keeper);
	return status;
}
