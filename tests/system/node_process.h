/* A whole node: the parent and all that it starts. */
#ifndef NODE_PROCESS_H
#define NODE_PROCESS_H

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "check.h"

enum { NODE_TIMEOUT = 20000 /* milliseconds for whatever is waited for */ };

struct node_process {
	char folder[64];
	char socket[96];
	pid_t pid;
	int output; /* what the parent prints */
};

static inline void node_sleep(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 10 * 1000 * 1000 }, NULL);
}

/* A folder with a configuration; `lines` are added to it. */
static inline void node_process_init(struct node_process *node, const char *lines)
{
	char path[96];
	FILE *file;

	*node = (struct node_process){ .folder = "/tmp/chirograph-XXXXXX", .output = -1 };
	assert_non_null(mkdtemp(node->folder));
	assert_int_equal(chmod(node->folder, 0711), 0);
	snprintf(node->socket, sizeof(node->socket), "%.63s/api.sock", node->folder);
	snprintf(path, sizeof(path), "%.63s/chirod.conf", node->folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file,
	        "chirograph.conf/1\nhome %s/home\nparty north\ndomain north.example\n"
	        "name en North\nsocket %s\nmay *self admin\n%s%s",
	        node->folder, node->socket, lines,
	        geteuid() == 0 ? "user daemon\nkeeper-user nobody\n" : "");
	assert_int_equal(fclose(file), 0);
}

static inline void node_process_release(struct node_process *node)
{
	char command[128];

	if (node->output >= 0)
		close(node->output);
	snprintf(command, sizeof(command), "rm -rf '%.63s'", node->folder);
	assert_int_equal(system(command), 0);
}

/* Starts chirod with the node's configuration. */
static inline void node_process_spawn(struct node_process *node)
{
	char path[96];
	int fds[2];

	snprintf(path, sizeof(path), "%.63s/chirod.conf", node->folder);
	/* Roles cannot be traced, which the leak checker would want. */
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	node->pid = fork();
	assert_true(node->pid >= 0);
	if (node->pid == 0) {
		const char *program = getenv("CHIRO_CHIROD");

		/* A test that fails leaves no node behind. */
		prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
		dup2(fds[1], STDOUT_FILENO);
		execl(program, program, "-f", path, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	if (node->output >= 0)
		close(node->output);
	node->output = fds[0];
}

/* The same, and waits for the line that says it is ready. */
static inline void node_process_start(struct node_process *node)
{
	struct pollfd fd;
	char line[256] = "";
	ssize_t size;

	node_process_spawn(node);
	fd = (struct pollfd){ .fd = node->output, .events = POLLIN };
	assert_int_equal(poll(&fd, 1, NODE_TIMEOUT), 1);
	size = read(node->output, line, sizeof(line) - 1);
	assert_true(size > 0);
	assert_memory_equal(line, "chirod: ready", strlen("chirod: ready"));
}

/* Waits for the parent's end; its exit status, or -1 when a signal ended it. */
static inline int node_process_wait(struct node_process *node)
{
	int status, waited = 0;

	while (waitpid(node->pid, &status, WNOHANG) == 0) {
		assert_true(waited < NODE_TIMEOUT);
		node_sleep();
		waited += 10;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The process of a role among the children of `parent`, or 0. */
static inline pid_t node_child(pid_t parent, const char *role)
{
	char wanted[32], path[300], line[512];
	DIR *processes = opendir("/proc");
	const struct dirent *entry;
	pid_t found = 0;

	assert_non_null(processes);
	/* The kernel keeps 15 bytes of a name. */
	snprintf(wanted, sizeof(wanted), "(chirod %.8s)", role);
	while (found == 0 && (entry = readdir(processes)) != NULL) {
		const char *name, *end;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%s/stat", entry->d_name);
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9' ||
		    (file = fopen(path, "r")) == NULL)
			continue;
		if (fgets(line, sizeof(line), file) == NULL)
			line[0] = '\0';
		fclose(file);
		name = strstr(line, wanted);
		end = strrchr(line, ')');
		/* `pid (name) state parent …` */
		if (name != NULL && end != NULL && strtol(end + 4, NULL, 10) == parent &&
		    end[2] != 'Z')
			found = (pid_t)strtol(line, NULL, 10);
	}
	closedir(processes);
	return found;
}

/* The same, waiting until there is one, other than `former`. */
static inline pid_t node_await_child(pid_t parent, const char *role, pid_t former)
{
	pid_t pid;

	for (int waited = 0; (pid = node_child(parent, role)) == 0 || pid == former; waited += 10) {
		assert_true(waited < NODE_TIMEOUT);
		node_sleep();
	}
	return pid;
}

/* Waits until there is no such process. */
static inline void node_await_end(pid_t pid)
{
	for (int waited = 0; kill(pid, 0) == 0; waited += 10) {
		assert_true(waited < NODE_TIMEOUT);
		node_sleep();
	}
}

#endif
