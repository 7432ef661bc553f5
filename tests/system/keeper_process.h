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

/* Starts a real process of chirod in a role and gives it what the parent would:
 * a configuration and a socket to the engine, whose other end comes back. */
static inline void spawn_process(enum process_role role, const char *home, pid_t *ret_pid,
                                 struct message_socket *ret_parent, int *ret_engine)
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
	/* A role cannot be traced, which the leak checker would want. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	assert_ok(role_spawn(role, program, ret_pid, &parent, &error));
	close(program);
	message_socket_init(ret_parent, parent);
	assert_ok(message_socket_pair(fds));
	assert_ok(role_send_configuration(ret_parent, buffer_view(&text)));
	assert_ok(role_send_descriptor(ret_parent, DESCRIPTOR_ENGINE, fds[1]));
	assert_ok(role_send_start(ret_parent, getuid(), NODE_WHOLE));
	buffer_release(&text);
	*ret_engine = fds[0];
}

/* Waits until it says that it is ready. */
static inline void await_ready(struct message_socket *parent)
{
	struct message message;

	assert_ok(message_receive_wait(parent, 10000, &message));
	assert_int_equal(message.type, PARENT_READY);
}

/* Starts the keeper on a home; does not wait until it is ready. */
static inline void keeper_process_spawn(struct keeper_process *keeper, const char *home)
{
	int engine;

	spawn_process(PROCESS_KEEPER, home, &keeper->pid, &keeper->parent, &engine);
	keeper_client_init(&keeper->client, engine);
}

/* The same, and waits until it is ready. */
static inline void keeper_process_start(struct keeper_process *keeper, const char *home)
{
	keeper_process_spawn(keeper, home);
	await_ready(&keeper->parent);
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
