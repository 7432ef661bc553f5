/* The evaluator's process: it waits for the engine's questions, has its threads work on them
 * and answers them. */
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "evaluator_requests.h"
#include "journal.h"
#include "role.h"
#include "system.h"

enum { LOCK_TRIES = 20, LOCK_TRY_MILLISECONDS = 100 };

/* Everything that has come. */
static int take_all(struct evaluator_server *server)
{
	struct message message;
	int r;

	while ((r = message_receive(&server->engine, &message)) == OK &&
	       (r = evaluator_server_take(server, &message)) == OK)
		;
	return r == ERROR_WAIT ? OK : r;
}

/* Until engine or parent has gone. */
static int run(struct evaluator_server *server, int parent)
{
	enum { PARENT, ENGINE, POOL, COUNT };
	int r;

	for (;;) {
		struct pollfd polled[COUNT] = {
			[PARENT] = { parent, POLLIN, 0 },
			[ENGINE] = { server->engine.fd, POLLIN, 0 },
			[POOL] = { evaluator_pool_fd(server->pool), POLLIN, 0 },
		};

		if (server->engine.queued > 0)
			polled[ENGINE].events |= POLLOUT;
		while (poll(polled, COUNT, -1) < 0)
			;
		/* The parent says nothing more; its end of the socket closes when all is to stop. */
		if (polled[PARENT].revents != 0)
			return OK;
		if ((polled[ENGINE].revents & POLLOUT) != 0 &&
		    (r = message_flush(&server->engine)) != OK && r != ERROR_WAIT)
			return r;
		if (polled[POOL].revents != 0 && (r = evaluator_server_send_done(server)) != OK)
			return r;
		if ((polled[ENGINE].revents & ~POLLOUT) != 0 && (r = take_all(server)) != OK)
			return r;
	}
}

static int open_evaluator(struct evaluator *evaluator, struct error *error)
{
	int directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	unsigned tries = 0;
	int r;

	if (directory < 0)
		return error_set(error, ERROR_IO, "cannot open the keeper's directory");
	/* The evaluator of a node that was killed a moment ago may not be quite gone. */
	while ((r = evaluator_open(evaluator, directory, system_clock(), system_random(), error)) ==
	           ERROR_EXISTS &&
	       tries++ < LOCK_TRIES)
		poll(NULL, 0, LOCK_TRY_MILLISECONDS);
	close(directory);
	return r;
}

int evaluator_main(struct role_context *context)
{
	struct evaluator_server server = { .threads = evaluator_pool_threads() };
	struct error error = { 0 };
	int r;

	if (context->descriptors[DESCRIPTOR_ENGINE] < 0) {
		journal(JOURNAL_ERROR, "the evaluator was not given what it needs");
		return 1;
	}
	if (open_evaluator(&server.evaluator, &error) != OK) {
		journal(JOURNAL_ERROR, "%s", error.message);
		return 1;
	}
	message_socket_init(&server.engine, context->descriptors[DESCRIPTOR_ENGINE]);
	context->descriptors[DESCRIPTOR_ENGINE] = -1;
	if ((r = evaluator_pool_new(server.threads, system_random(), &server.pool, &error)) != OK)
		journal(JOURNAL_ERROR, "%s", error.message);
	else if ((r = role_ready(context)) == OK)
		r = run(&server, context->parent.fd);
	if (r == ERROR_NOT_FOUND)
		r = OK;
	if (r != OK)
		journal(JOURNAL_ERROR, "the evaluator ends: %s", result_text(r));
	evaluator_pool_free(server.pool);
	message_socket_release(&server.engine);
	evaluator_close(&server.evaluator);
	return r == OK ? 0 : 1;
}
