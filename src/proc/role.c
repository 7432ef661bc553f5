#include "role.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"

enum { START_TIMEOUT = 10000 /* milliseconds */ };

/* What is particular to a role at its start. */
static const struct role_row {
	const char *name;
	const char *directory; /* below home; NULL: the root directory */
	bool keeper_user;
	bool neutral; /* its configuration is that of a neutral */
} rows[PROCESS_COUNT] = {
	[PROCESS_PARENT] = { "parent", NULL, false },
	[PROCESS_KEEPER] = { "keeper", "keeper", true },
	[PROCESS_ENGINE] = { "engine", "data", false },
	[PROCESS_LINK] = { "link", NULL, false },
	[PROCESS_MESSENGER] = { "messenger", NULL, false },
	[PROCESS_HTTP] = { "http", NULL, false },
	[PROCESS_READER] = { "reader", NULL, false },
	[PROCESS_ALARM] = { "alarm", NULL, false },
	[PROCESS_EVALUATOR] = { "evaluator", "keeper", true },
	[PROCESS_NOTARY] = { "notary", "keeper", true, true },
	[PROCESS_COUNTER] = { "counter", NULL, false, true },
};

const char *process_role_name(enum process_role role)
{
	return rows[role].name;
}

enum process_role process_role_by_name(const char *name)
{
	int role = 0;

	while (role < PROCESS_COUNT && strcmp(rows[role].name, name) != 0)
		role++;
	return (enum process_role)role;
}

/* The parent alone decides when to stop; a peer that has gone is seen as an
 * error of write(2), not as a signal. */
static void ignore_signals(void)
{
	static const int ignored[] = { SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 };
	sigset_t none;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	/* The parent takes its signals from a descriptor and has blocked them. */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int role_get_descriptor(const struct message *message, enum role_descriptor *ret_descriptor,
                        int *ret_fd)
{
	struct cursor cursor = cursor_over(message->body);
	uint8_t descriptor;

	if (message->type != PARENT_DESCRIPTOR || message->fd < 0 ||
	    cursor_get_u8(&cursor, &descriptor) != OK || cursor_end(&cursor) != OK ||
	    descriptor >= DESCRIPTOR_COUNT)
		return ERROR_SYNTAX;
	*ret_descriptor = (enum role_descriptor)descriptor;
	*ret_fd = message->fd;
	return OK;
}

static int take_descriptor(struct role_context *context, const struct message *message)
{
	enum role_descriptor descriptor;
	int *place;
	int fd, r;

	if ((r = role_get_descriptor(message, &descriptor, &fd)) != OK)
		return r;
	place = &context->descriptors[descriptor];
	if (descriptor == DESCRIPTOR_LISTEN) {
		if (context->listen_count == CONFIGURATION_ENDPOINTS_MAXIMUM)
			return ERROR_LIMIT;
		place = &context->listen[context->listen_count++];
	} else if (*place >= 0) {
		return ERROR_EXISTS;
	}
	*place = fd;
	return OK;
}

/* Takes one message of the start; *ret_started after the last. */
static int take_message(struct role_context *context, const struct message *message,
                        bool *configured, bool *ret_started, struct error *error)
{
	struct cursor cursor = cursor_over(message->body);
	uint32_t self;
	uint8_t kind;
	int r = ERROR_SYNTAX;

	switch (message->type) {
	case PARENT_CONFIGURATION:
		if (*configured)
			return error_set(error, r, "the parent sent two configurations");
		if (rows[context->role].neutral) {
			r = neutral_configuration_parse(message->body, &context->neutral, error);
			if (r == OK)
				context->configuration = context->neutral->process;
		} else {
			r = configuration_parse(message->body, &context->configuration, error);
		}
		buffer_clear(&context->configuration_text);
		if (r == OK)
			r = buffer_put_bytes(&context->configuration_text, message->body);
		*configured = r == OK;
		return r;
	case PARENT_DESCRIPTOR:
		r = take_descriptor(context, message);
		break;
	case PARENT_START:
		if (*configured && (r = cursor_get_u32(&cursor, &self)) == OK &&
		    (r = cursor_get_u8(&cursor, &kind)) == OK && (r = cursor_end(&cursor)) == OK) {
			if (kind >= NODE_KIND_COUNT) {
				r = ERROR_SYNTAX;
				break;
			}
			context->self = self;
			context->kind = (enum node_kind)kind;
			*ret_started = true;
		}
		break;
	}
	if (r != OK) {
		if (message->fd >= 0)
			close(message->fd);
		return error_set(error, r, "the parent sent what does not belong to a start");
	}
	return OK;
}

static int receive_start(struct role_context *context, struct error *error)
{
	bool configured = false, started = false;

	while (!started) {
		struct message message;
		int r = message_receive_wait(&context->parent, START_TIMEOUT, &message);

		if (r != OK)
			return error_set(error, r, "nothing came from the parent: %s",
			                 result_text(r));
		if ((r = take_message(context, &message, &configured, &started, error)) != OK)
			return r;
	}
	return OK;
}

/* Becomes the role's user for good. Only root has anything to give up. */
int role_become_user(const char *name, struct error *error)
{
	const struct passwd *user;

	if (geteuid() != 0)
		return OK;
	if (name[0] == '\0')
		return error_set(error, ERROR_USAGE,
		                 "'user' and 'keeper-user' must be configured to start as root");
	user = getpwnam(name);
	if (user == NULL || user->pw_uid == 0)
		return error_set(error, ERROR_USAGE, "'%s' is not an unprivileged user", name);
	if (setgroups(1, &user->pw_gid) != 0 ||
	    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) != 0 ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) != 0)
		return error_set(error, ERROR_IO, "cannot become the user '%s': %s", name,
		                 strerror(errno));
	if (setuid(0) == 0)
		return error_set(error, ERROR_INTERNAL, "privileges could be regained");
	return OK;
}

static const char *user_of(enum process_role role, const struct configuration *configuration)
{
	if (role == PROCESS_ALARM && configuration->alarm_user[0] != '\0')
		return configuration->alarm_user;
	return rows[role].keeper_user ? configuration->keeper_user : configuration->user;
}

static int enter_directory(const struct role_row *row, const struct configuration *configuration,
                           struct error *error)
{
	char path[CONFIGURATION_PATH_CAPACITY + 16] = "/";

	if (row->directory != NULL)
		snprintf(path, sizeof(path), "%s/%s", configuration->home, row->directory);
	if (chdir(path) != 0)
		return error_set(error, ERROR_IO, "cannot enter '%s': %s", path, strerror(errno));
	return OK;
}

/* No dump of memory, no debugger, no set-user-id program, and no life without
 * the parent: nothing of a node that was killed may hold its locks and ports. */
static int forbid(struct error *error)
{
	static const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return error_set(error, ERROR_IO, "cannot confine the process: %s",
		                 strerror(errno));
	return OK;
}

int role_start(enum process_role role, struct role_context *ret_context, struct error *error)
{
	struct role_context context = { .role = role };
	char name[32];
	int r;

	buffer_init(&context.configuration_text, CONFIGURATION_SIZE_MAXIMUM);
	ignore_signals();
	umask(077);
	snprintf(name, sizeof(name), "chirod %s", rows[role].name);
	journal_open(name, JOURNAL_NOTICE);
	prctl(PR_SET_NAME, name, 0, 0, 0);
	close_range(ROLE_PARENT_FD + 1, ~0U, 0);
	for (size_t i = 0; i < DESCRIPTOR_COUNT; i++)
		context.descriptors[i] = -1;
	for (size_t i = 0; i < CONFIGURATION_ENDPOINTS_MAXIMUM; i++)
		context.listen[i] = -1;
	if (fcntl(ROLE_PARENT_FD, F_SETFD, FD_CLOEXEC) != 0)
		return error_set(error, ERROR_USAGE, "a role is started by the parent only");
	message_socket_init(&context.parent, ROLE_PARENT_FD);
	if ((r = forbid(error)) != OK || (r = receive_start(&context, error)) != OK ||
	    (r = role_become_user(user_of(role, &context.configuration), error)) != OK ||
	    /* Becoming another user makes the process dumpable again. */
	    (r = forbid(error)) != OK ||
	    (r = enter_directory(&rows[role], &context.configuration, error)) != OK) {
		role_context_release(&context);
		return r;
	}
	*ret_context = context;
	return OK;
}

int role_ready(struct role_context *context)
{
	return message_send(&context->parent, PARENT_READY, 0, bytes_of(NULL, 0), -1);
}

static void close_and_forget(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void role_context_release(struct role_context *context)
{
	for (size_t i = 0; i < DESCRIPTOR_COUNT; i++)
		close_and_forget(&context->descriptors[i]);
	for (size_t i = 0; i < context->listen_count; i++)
		close_and_forget(&context->listen[i]);
	context->listen_count = 0;
	neutral_configuration_free(context->neutral);
	context->neutral = NULL;
	buffer_release(&context->configuration_text);
	message_socket_release(&context->parent);
}

/* In the child, after fork: nothing but system calls. */
static void execute(enum process_role role, int program, int socket)
{
	extern char **environ;
	char *arguments[] = { (char *)"chirod", (char *)"-r", (char *)rows[role].name, NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		_exit(127);
	if (socket == ROLE_PARENT_FD) {
		if (fcntl(socket, F_SETFD, 0) != 0)
			_exit(127);
	} else if (dup2(socket, ROLE_PARENT_FD) < 0) {
		_exit(127);
	}
	fexecve(program, arguments, environ);
	_exit(127);
}

int role_spawn(enum process_role role, int program, pid_t *ret_pid, int *ret_socket,
               struct error *error)
{
	int safe_program, fds[2];
	pid_t pid;

	/* The program's descriptor must survive until fexecve, whatever its number. */
	safe_program = fcntl(program, F_DUPFD_CLOEXEC, ROLE_PARENT_FD + 1);
	if (safe_program < 0 || message_socket_pair(fds) != OK) {
		if (safe_program >= 0)
			close(safe_program);
		return error_set(error, ERROR_IO, "cannot make a socketpair: %s", strerror(errno));
	}
	pid = fork();
	if (pid == 0)
		execute(role, safe_program, fds[1]);
	close(safe_program);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		return error_set(error, ERROR_IO, "cannot start another process: %s",
		                 strerror(errno));
	}
	*ret_pid = pid;
	*ret_socket = fds[0];
	return OK;
}

int role_send_configuration(struct message_socket *socket, struct bytes text)
{
	return message_send(socket, PARENT_CONFIGURATION, 0, text, -1);
}

int role_send_descriptor(struct message_socket *socket, enum role_descriptor descriptor, int fd)
{
	uint8_t number = (uint8_t)descriptor;

	return message_send(socket, PARENT_DESCRIPTOR, 0, bytes_of(&number, 1), fd);
}

int role_send_start(struct message_socket *socket, uid_t self, enum node_kind kind)
{
	uint8_t start[5] = { (uint8_t)(self >> 24), (uint8_t)(self >> 16), (uint8_t)(self >> 8),
		             (uint8_t)self, (uint8_t)kind };

	return message_send(socket, PARENT_START, 0, bytes_of(start, sizeof(start)), -1);
}
