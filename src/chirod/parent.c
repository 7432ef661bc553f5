#include "parent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "journal.h"
#include "parent_setup.h"
#include "role.h"

enum {
	STOP_TIMEOUT = 5000, /* milliseconds a process has to end when it is told to */
	RESTART_FIRST = 100, /* milliseconds before a restart, doubled each time */
	RESTART_MAXIMUM = 30000,
	RESTART_FORGIVEN = 60000, /* a process that lived so long starts afresh */
	BIND_TRIES = 20,
	BIND_TRY_MILLISECONDS = 100
};

/* What the parent knows of each process beside itself. */
struct child {
	pid_t pid; /* 0: does not run */
	struct message_socket socket;
	bool was_ready; /* at least once */
	bool is_ready;
	int64_t started;    /* milliseconds, monotonic */
	int64_t next_start; /* when it is to be restarted; 0: not */
	int64_t delay;      /* before the next restart */
};

struct parent {
	const struct configuration *configuration;
	struct bytes text;
	enum node_kind kind;
	int program;
	int signals;
	int api;
	int listen[CONFIGURATION_ENDPOINTS_MAXIMUM];
	struct child children[PROCESS_COUNT];
	bool announced; /* that the node is ready */
	bool stopping;
	int status; /* exit status when it stops */
};

/* Which descriptor the process in the middle has for the socket to another. */
static const enum role_descriptor peer_descriptors[PROCESS_COUNT] = {
	[PROCESS_KEEPER] = DESCRIPTOR_KEEPER,   [PROCESS_LINK] = DESCRIPTOR_LINK,
	[PROCESS_HTTP] = DESCRIPTOR_HTTP,       [PROCESS_READER] = DESCRIPTOR_READER,
	[PROCESS_COUNTER] = DESCRIPTOR_COUNTER, [PROCESS_MESSENGER] = DESCRIPTOR_MESSENGER,
	[PROCESS_ALARM] = DESCRIPTOR_ALARM,     [PROCESS_EVALUATOR] = DESCRIPTOR_EVALUATOR,
};

/* What is particular to each kind of chirod. */
static const struct kind_row {
	bool runs[PROCESS_COUNT];
	enum process_role middle;               /* to which all the others are joined */
	enum role_descriptor middle_descriptor; /* that they have for the socket to it */
	bool has_keys;                          /* <home>/keeper and a user for it */
	bool has_data;                          /* <home>/data */
	bool has_api;                           /* the Unix socket */
	bool listens;                           /* on the configured endpoints */
} kinds[NODE_KIND_COUNT] = {
	[NODE_WHOLE] = { .runs = { [PROCESS_KEEPER] = true,
	                           [PROCESS_ENGINE] = true,
	                           [PROCESS_LINK] = true,
	                           [PROCESS_MESSENGER] = true,
	                           [PROCESS_HTTP] = true,
	                           [PROCESS_READER] = true,
	                           [PROCESS_ALARM] = true,
	                           [PROCESS_EVALUATOR] = true },
	                 .middle = PROCESS_ENGINE,
	                 .middle_descriptor = DESCRIPTOR_ENGINE,
	                 .has_keys = true,
	                 .has_data = true,
	                 .has_api = true,
	                 .listens = true },
	[NODE_MIRROR] = { .runs = { [PROCESS_ENGINE] = true, [PROCESS_HTTP] = true },
	                  .middle = PROCESS_ENGINE,
	                  .middle_descriptor = DESCRIPTOR_ENGINE,
	                  .has_data = true,
	                  .has_api = true },
	[NODE_WITNESS] = { .runs = { [PROCESS_NOTARY] = true, [PROCESS_COUNTER] = true },
	                   .middle = PROCESS_NOTARY,
	                   .middle_descriptor = DESCRIPTOR_NOTARY,
	                   .has_keys = true,
	                   .listens = true },
	[NODE_DEPOSITARY] = { .runs = { [PROCESS_NOTARY] = true, [PROCESS_COUNTER] = true },
	                      .middle = PROCESS_NOTARY,
	                      .middle_descriptor = DESCRIPTOR_NOTARY,
	                      .has_keys = true,
	                      .listens = true },
};

/* Who asks stops before who answers. */
static const enum process_role stop_order[] = {
	PROCESS_HTTP,  PROCESS_LINK,      PROCESS_MESSENGER, PROCESS_ENGINE,  PROCESS_READER,
	PROCESS_ALARM, PROCESS_EVALUATOR, PROCESS_KEEPER,    PROCESS_COUNTER, PROCESS_NOTARY
};

static int64_t milliseconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int check_user(const char *key, const char *name, struct error *error)
{
	const struct passwd *user;

	if (name[0] == '\0')
		return geteuid() != 0 ? OK
		                      : error_set(error, ERROR_USAGE,
		                                  "'%s' must be configured to start as root", key);
	user = getpwnam(name);
	if (user == NULL)
		return error_set(error, ERROR_USAGE, "'%s': there is no user '%s'", key, name);
	if (user->pw_uid == 0)
		return error_set(error, ERROR_USAGE, "'%s' may not be root", key);
	if (geteuid() != 0 && user->pw_uid != geteuid())
		return error_set(error, ERROR_USAGE, "'%s': only root can start chirod as '%s'",
		                 key, name);
	return OK;
}

int parent_check_users(const struct configuration *configuration, enum node_kind kind,
                       struct error *error)
{
	int r = check_user("user", configuration->user, error);

	if (!kinds[kind].has_keys)
		return r;
	if (r == OK)
		r = check_user("keeper-user", configuration->keeper_user, error);
	if (r == OK && geteuid() == 0 &&
	    strcmp(configuration->user, configuration->keeper_user) == 0)
		r = error_set(error, ERROR_USAGE, "the keeper must have a user of its own");
	if (r == OK && configuration->alarm_user[0] != '\0')
		r = check_user("alarm-user", configuration->alarm_user, error);
	if (r == OK && configuration->alarm_user[0] != '\0' &&
	    strcmp(configuration->alarm_user, configuration->keeper_user) == 0)
		r = error_set(error, ERROR_USAGE, "the keeper must have a user of its own");
	return r;
}

/* Sends a copy of a descriptor that the parent keeps for restarts. */
static int send_copy(struct message_socket *socket, enum role_descriptor descriptor, int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return copy < 0 ? ERROR_IO : role_send_descriptor(socket, descriptor, copy);
}

static int send_own_descriptors(struct parent *parent, enum process_role role)
{
	struct message_socket *socket = &parent->children[role].socket;
	int r = OK;

	if (role == PROCESS_HTTP)
		r = send_copy(socket, DESCRIPTOR_API, parent->api);
	if (role != PROCESS_LINK && role != PROCESS_COUNTER)
		return r;
	for (size_t i = 0; r == OK && i < parent->configuration->listen_count; i++)
		r = send_copy(socket, DESCRIPTOR_LISTEN, parent->listen[i]);
	return r;
}

/* Joins a process to the one in the middle by a fresh socketpair. */
static int join(struct parent *parent, enum process_role role)
{
	const struct kind_row *kind = &kinds[parent->kind];
	int fds[2], r;

	if ((r = message_socket_pair(fds)) != OK)
		return r;
	r = role_send_descriptor(&parent->children[kind->middle].socket, peer_descriptors[role],
	                         fds[0]);
	if (r != OK) {
		close(fds[1]);
		return r;
	}
	return role_send_descriptor(&parent->children[role].socket, kind->middle_descriptor,
	                            fds[1]);
}

/* A socket whose other end is closed says that the process has gone. */
static const char *why(int result)
{
	return result == ERROR_NOT_FOUND ? "it ended at once" : result_text(result);
}

/* Starts a process up to its configuration. */
static int spawn(struct parent *parent, enum process_role role, struct error *error)
{
	struct child *child = &parent->children[role];
	int fd, r;

	if ((r = role_spawn(role, parent->program, &child->pid, &fd, error)) != OK)
		return r;
	message_socket_init(&child->socket, fd);
	child->is_ready = false;
	child->started = milliseconds_now();
	child->next_start = 0;
	if ((r = role_send_configuration(&child->socket, parent->text)) != OK ||
	    (r = send_own_descriptors(parent, role)) != OK)
		error_set(error, r, "starting the %s: %s", process_role_name(role), why(r));
	return r;
}

static int start_all(struct parent *parent, struct error *error)
{
	const bool *runs_here = kinds[parent->kind].runs;
	enum process_role middle = kinds[parent->kind].middle;
	int r = OK;

	for (int role = PROCESS_KEEPER; r == OK && role < PROCESS_COUNT; role++) {
		if (runs_here[role])
			r = spawn(parent, (enum process_role)role, error);
	}
	for (int role = PROCESS_KEEPER; r == OK && role < PROCESS_COUNT; role++) {
		if (runs_here[role] && role != (int)middle &&
		    (r = join(parent, (enum process_role)role)) != OK)
			error_set(error, r, "joining the %s to the %s: %s",
			          process_role_name((enum process_role)role),
			          process_role_name(middle), why(r));
	}
	for (int role = PROCESS_KEEPER; r == OK && role < PROCESS_COUNT; role++) {
		if (!runs_here[role])
			continue;
		r = role_send_start(&parent->children[role].socket, getuid(), parent->kind);
		if (r != OK)
			error_set(error, r, "starting the %s: %s",
			          process_role_name((enum process_role)role), why(r));
	}
	return r;
}

static void stop(struct parent *parent, int status)
{
	if (!parent->stopping)
		parent->status = status;
	parent->stopping = true;
}

static void restart(struct parent *parent, enum process_role role)
{
	struct error error = { 0 };

	if (spawn(parent, role, &error) != OK || join(parent, role) != OK ||
	    role_send_start(&parent->children[role].socket, getuid(), parent->kind) != OK) {
		journal(JOURNAL_ERROR, "cannot restart the %s: %s", process_role_name(role),
		        error.message[0] != '\0' ? error.message
		                                 : "what it is to be joined to has ended");
		stop(parent, 1);
	}
}

/* A process has ended: a reader that has done its work is followed by another
 * at once; link, messenger, http, alarm, evaluator, counter and a reader that failed are
 * restarted with growing delays; without keeper, engine or notary there is nothing left to do. */
static void handle_end(struct parent *parent, enum process_role role, int wait_status)
{
	struct child *child = &parent->children[role];
	const char *name = process_role_name(role);
	int64_t now = milliseconds_now();
	bool done = WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0;

	message_socket_release(&child->socket);
	child->pid = 0;
	if (parent->stopping)
		return;
	if (WIFSIGNALED(wait_status))
		journal(JOURNAL_ERROR, "the %s was ended by signal %d", name,
		        WTERMSIG(wait_status));
	else if (!done || role != PROCESS_READER)
		journal(JOURNAL_ERROR, "the %s ended with status %d", name,
		        WEXITSTATUS(wait_status));
	if (role == PROCESS_KEEPER || role == kinds[parent->kind].middle) {
		stop(parent, 1);
		return;
	}
	if ((done && role == PROCESS_READER) || now - child->started >= RESTART_FORGIVEN)
		child->delay = 0;
	child->next_start = now + child->delay;
	child->delay = child->delay == 0 ? RESTART_FIRST : child->delay * 2;
	if (child->delay > RESTART_MAXIMUM)
		child->delay = RESTART_MAXIMUM;
}

static void reap(struct parent *parent)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (int role = PROCESS_KEEPER; role < PROCESS_COUNT; role++) {
			if (parent->children[role].pid == pid)
				handle_end(parent, (enum process_role)role, status);
		}
	}
}

static void handle_signals(struct parent *parent)
{
	struct signalfd_siginfo signal;

	while (read(parent->signals, &signal, sizeof(signal)) == sizeof(signal)) {
		if (signal.ssi_signo == SIGCHLD)
			reap(parent);
		else
			stop(parent, 0);
	}
}

static void announce(struct parent *parent)
{
	for (int role = PROCESS_KEEPER; role < PROCESS_COUNT; role++) {
		if (kinds[parent->kind].runs[role] && !parent->children[role].was_ready)
			return;
	}
	if (parent->announced)
		return;
	parent->announced = true;
	if (kinds[parent->kind].has_api)
		printf("chirod: ready, socket %s\n", parent->configuration->socket);
	else
		printf("chirod: ready, port %u\n", (unsigned)parent->configuration->listen[0].port);
	fflush(stdout);
	parent_notify("READY=1");
}

/* The one thing that a process says to the parent. */
static int handle_ready(void *context, struct message_socket *from, const struct message *message)
{
	struct child *child = context;

	(void)from;
	(void)message;
	child->is_ready = true;
	child->was_ready = true;
	return OK;
}

static void handle_messages(struct parent *parent, enum process_role role)
{
	static const struct message_rule rules[] = { { PARENT_READY, false, 0, 0, handle_ready } };
	struct child *child = &parent->children[role];
	struct message message;
	int r;

	while ((r = message_receive(&child->socket, &message)) == OK &&
	       (r = message_dispatch(rules, 1, child, &child->socket, &message)) == OK)
		;
	if (r == ERROR_WAIT)
		return;
	/* Gone, or to be gone: the end itself is seen by SIGCHLD. */
	if (r != ERROR_NOT_FOUND) {
		journal(JOURNAL_ERROR, "the %s sent what it may not", process_role_name(role));
		if (child->pid > 0)
			kill(child->pid, SIGKILL);
	}
	message_socket_release(&child->socket);
}

/* Milliseconds until the next restart is due, or -1. */
static int next_timeout(const struct parent *parent)
{
	int64_t now = milliseconds_now(), timeout = -1;

	for (int role = PROCESS_KEEPER; role < PROCESS_COUNT; role++) {
		int64_t at = parent->children[role].next_start;

		if (at == 0)
			continue;
		at = at > now ? at - now : 0;
		if (timeout < 0 || at < timeout)
			timeout = at;
	}
	return (int)timeout;
}

static void restart_due(struct parent *parent)
{
	int64_t now = milliseconds_now();

	for (int role = PROCESS_KEEPER; role < PROCESS_COUNT && !parent->stopping; role++) {
		int64_t at = parent->children[role].next_start;

		if (at != 0 && at <= now)
			restart(parent, (enum process_role)role);
	}
}

static void watch(struct parent *parent)
{
	while (!parent->stopping) {
		struct pollfd fds[PROCESS_COUNT] = { [0] = { .fd = parent->signals,
			                                     .events = POLLIN } };

		for (int role = PROCESS_KEEPER; role < PROCESS_COUNT; role++) {
			const struct message_socket *socket = &parent->children[role].socket;

			fds[role].fd = socket->fd;
			fds[role].events = POLLIN | (socket->first != NULL ? POLLOUT : 0);
		}
		if (poll(fds, PROCESS_COUNT, next_timeout(parent)) < 0 && errno != EINTR) {
			stop(parent, 1);
			return;
		}
		for (int role = PROCESS_KEEPER; role < PROCESS_COUNT; role++) {
			if ((fds[role].revents & POLLOUT) != 0)
				message_flush(&parent->children[role].socket);
			if ((fds[role].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
				handle_messages(parent, (enum process_role)role);
		}
		announce(parent);
		handle_signals(parent);
		restart_due(parent);
	}
}

/* Closes the socket of a process and waits until it has ended, in the end by
 * force. */
static void stop_child(struct parent *parent, enum process_role role)
{
	struct child *child = &parent->children[role];
	int64_t end = milliseconds_now() + STOP_TIMEOUT;

	message_socket_release(&child->socket);
	while (child->pid > 0) {
		struct pollfd fd = { .fd = parent->signals, .events = POLLIN };
		int64_t left = end - milliseconds_now();

		if (left <= 0) {
			journal(JOURNAL_WARNING, "the %s does not end and is killed",
			        process_role_name(role));
			kill(child->pid, SIGKILL);
			left = STOP_TIMEOUT;
			end = milliseconds_now() + STOP_TIMEOUT;
		}
		poll(&fd, 1, (int)left);
		handle_signals(parent);
		reap(parent);
	}
}

static int bind_all(struct parent *parent, struct error *error)
{
	const struct configuration *configuration = parent->configuration;
	int r;

	for (size_t i = 0; kinds[parent->kind].listens && i < configuration->listen_count; i++) {
		if (parent->listen[i] >= 0)
			continue;
		if ((r = parent_bind_listen(&configuration->listen[i], &parent->listen[i],
		                            error)) != OK)
			return r;
	}
	return kinds[parent->kind].has_api ? parent_bind_api(configuration, &parent->api, error)
	                                   : OK;
}

static int prepare(struct parent *parent, struct error *error)
{
	const struct configuration *configuration = parent->configuration;
	sigset_t signals;
	int r;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	parent->signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	parent->program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (parent->signals < 0 || parent->program < 0)
		return error_set(error, ERROR_IO, "cannot prepare to start processes: %s",
		                 strerror(errno));
	if ((r = parent_check_users(configuration, parent->kind, error)) != OK ||
	    (r = parent_make_directories(configuration, kinds[parent->kind].has_keys,
	                                 kinds[parent->kind].has_data, error)) != OK)
		return r;
	/* The processes of a node that was killed a moment ago may not be quite gone. */
	for (unsigned tries = 0; (r = bind_all(parent, error)) != OK && tries < BIND_TRIES; tries++)
		poll(NULL, 0, BIND_TRY_MILLISECONDS);
	return r;
}

int parent_run(const struct configuration *configuration, struct bytes text, enum node_kind kind)
{
	struct parent parent = {
		.configuration = configuration,
		.text = text,
		.kind = kind,
		.program = -1,
		.signals = -1,
		.api = -1,
		.status = 1,
	};
	struct error error = { 0 };

	for (int role = 0; role < PROCESS_COUNT; role++)
		message_socket_init(&parent.children[role].socket, -1);
	for (size_t i = 0; i < CONFIGURATION_ENDPOINTS_MAXIMUM; i++)
		parent.listen[i] = -1;
	if (prepare(&parent, &error) != OK || start_all(&parent, &error) != OK) {
		journal(JOURNAL_ERROR, "%s", error.message);
		parent.stopping = true;
	}
	watch(&parent);
	parent_notify("STOPPING=1");
	for (size_t i = 0; i < sizeof(stop_order) / sizeof(stop_order[0]); i++)
		stop_child(&parent, stop_order[i]);
	if (parent.api >= 0)
		unlink(configuration->socket);
	return parent.status;
}
