/* A real keeper process, spoken to over its own sockets as the engine would. */
#ifndef KEEPER_PROCESS_H
#define KEEPER_PROCESS_H

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "keeper_client.h"
#include "role.h"

struct keeper_process {
	pid_t pid;
	struct message_socket parent;
	struct keeper_client client;
};

/* As root the keeper must have an unprivileged user. */
static inline const char *keeper_process_user(void)
{
	return geteuid() == 0 ? "nobody" : "";
}

/* A home of its own under /tmp, with the keeper's directory in it. */
static inline void keeper_process_make_home(char ret_home[64])
{
	char keeper[96];

	snprintf(ret_home, 64, "/tmp/chirograph-XXXXXX");
	assert_non_null(mkdtemp(ret_home));
	assert_int_equal(chmod(ret_home, 0711), 0);
	snprintf(keeper, sizeof(keeper), "%.63s/keeper", ret_home);
	assert_int_equal(mkdir(keeper, 0700), 0);
	if (geteuid() == 0)
		assert_int_equal(chown(keeper, getpwnam("nobody")->pw_uid, 0), 0);
}

/* Runs a command of the test itself; its words come from no input. */
static inline void keeper_process_run(const char *format, const char *a, const char *b)
{
	char command[256];

	snprintf(command, sizeof(command), format, a, b);
	assert_int_equal(system(command), 0);
}

static inline void keeper_process_remove_home(const char *home)
{
	keeper_process_run("rm -rf '%s'%s", home, "");
}

/* Starts the keeper on a home and gives it what the parent would. Does not wait
 * until it is ready. */
static inline void keeper_process_spawn(struct keeper_process *keeper, const char *home)
{
	struct error error = { 0 };
	struct buffer text;
	int program, parent, fds[2];

	buffer_init(&text, 4096);
	assert_ok(buffer_put_format(&text,
	                            "chirograph.conf/1\nhome %s\nparty north\n"
	                            "domain north.example\nname en North\nsocket %s/api.sock\n",
	                            home, home));
	if (geteuid() == 0)
		assert_ok(buffer_put_string(&text, "user daemon\nkeeper-user nobody\n"));
	program = open(getenv("CHIRO_CHIROD"), O_RDONLY | O_CLOEXEC);
	assert_true(program >= 0);
	/* A keeper cannot be traced, which the leak checker would want. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	assert_ok(role_spawn(PROCESS_KEEPER, program, &keeper->pid, &parent, &error));
	close(program);
	message_socket_init(&keeper->parent, parent);
	assert_ok(message_socket_pair(fds));
	keeper_client_init(&keeper->client, fds[0]);
	assert_ok(role_send_configuration(&keeper->parent, buffer_view(&text)));
	assert_ok(role_send_descriptor(&keeper->parent, DESCRIPTOR_ENGINE, fds[1]));
	assert_ok(role_send_start(&keeper->parent, getuid()));
	buffer_release(&text);
}

/* The same, and waits until it is ready. */
static inline void keeper_process_start(struct keeper_process *keeper, const char *home)
{
	struct message message;

	keeper_process_spawn(keeper, home);
	assert_ok(message_receive_wait(&keeper->parent, 10000, &message));
	assert_int_equal(message.type, PARENT_READY);
}

/* Waits for its end and gives the status of waitpid(2). */
static inline int keeper_process_end(struct keeper_process *keeper)
{
	int status;

	message_socket_release(&keeper->parent);
	keeper_client_release(&keeper->client);
	assert_int_equal(waitpid(keeper->pid, &status, 0), keeper->pid);
	return status;
}

/* Stops it as the parent does. */
static inline void keeper_process_stop(struct keeper_process *keeper)
{
	assert_int_equal(keeper_process_end(keeper), 0);
}

#endif
