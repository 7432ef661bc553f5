/* The process in the background: two nodes, and the counterpart's loop. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "practice.h"
#include "programs.h"
#include "translate.h"

#define READY "chirod: ready"

enum {
	PATH_CAPACITY = PRACTICE_PATH_CAPACITY + 32,
	STEP_MILLISECONDS = 1000,
	READY_SECONDS = 30,
	STOP_SECONDS = 20
};

/* The longest name in a node's directory, for the limit of a socket's path. */
#define LONGEST_SOCKET "/counterpart/api.sock"

enum { SOCKET_PATH_MAXIMUM = 107 };

int practice_init(struct practice *ret_practice, const char *directory, struct error *error)
{
	struct practice practice;

	if (strlen(directory) + strlen(LONGEST_SOCKET) > SOCKET_PATH_MAXIMUM)
		return error_set(error, ERROR_LIMIT,
		                 _("the path %s is too long for the sockets of the nodes: name a "
		                   "shorter one"),
		                 directory);
	snprintf(practice.directory, sizeof(practice.directory), "%s", directory);
	snprintf(practice.own_home, sizeof(practice.own_home), "%s/" PRACTICE_OWN_HOME, directory);
	snprintf(practice.other_home, sizeof(practice.other_home), "%s/" PRACTICE_OTHER_HOME,
	         directory);
	*ret_practice = practice;
	return OK;
}

static void path_of(const struct practice *practice, const char *name, char ret_path[PATH_CAPACITY])
{
	snprintf(ret_path, PATH_CAPACITY, "%s/%s", practice->directory, name);
}

bool practice_is_open(const struct practice *practice)
{
	char path[PATH_CAPACITY];

	path_of(practice, "open", path);
	return file_exists(path);
}

/* The lock, taken; -1 when another has it. */
static int take_lock(const struct practice *practice)
{
	char path[PATH_CAPACITY];
	int fd;

	path_of(practice, "lock", path);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

bool practice_is_running(const struct practice *practice, pid_t *ret_pid)
{
	char path[PATH_CAPACITY], text[32];
	ssize_t size;
	int fd;

	path_of(practice, "lock", path);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return false;
	if (flock(fd, LOCK_SH | LOCK_NB) == 0) {
		close(fd);
		return false;
	}
	size = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[size > 0 ? size : 0] = '\0';
	*ret_pid = (pid_t)strtol(text, NULL, 10);
	return *ret_pid > 1;
}

/* --- in the background ----------------------------------------------------- */

static volatile sig_atomic_t is_ending;

static void end(int signal_number)
{
	(void)signal_number;
	is_ending = 1;
}

/* In a child: becomes a node, which ends with its parent. */
static void become_node(const char *program, const char *home, int output)
{
	char configuration[PATH_CAPACITY + 16];
	char name[] = "chirod", f[] = "-f";
	char *words[] = { name, f, configuration, NULL };

	snprintf(configuration, sizeof(configuration), "%s/chirod.conf", home);
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_IGN);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(output, STDERR_FILENO) < 0)
		_exit(1);
	execv(program, words);
	_exit(127);
}

/* Whether the node says in its log, from `start` on, that it is ready. */
static bool becomes_ready(int log, off_t start, pid_t pid)
{
	char said[8192];

	for (int i = 0; i < READY_SECONDS * 20; i++) {
		ssize_t size = pread(log, said, sizeof(said) - 1, start);

		said[size > 0 ? size : 0] = '\0';
		if (strstr(said, READY) != NULL)
			return true;
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return false;
		poll(NULL, 0, 50);
	}
	return false;
}

static bool start_node(const struct practice *practice, const char *program, const char *name,
                       const char *home)
{
	char path[PATH_CAPACITY + 16];
	off_t start;
	pid_t pid;
	int log;

	snprintf(path, sizeof(path), "%s/%s.log", practice->directory, name);
	if ((log = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) < 0)
		return false;
	start = lseek(log, 0, SEEK_END);
	if ((pid = fork()) == 0)
		become_node(program, home, log);
	if (pid > 0 && becomes_ready(log, start, pid)) {
		close(log);
		return true;
	}
	close(log);
	return false;
}

static void run_counterpart(const struct practice *practice)
{
	while (!is_ending) {
		if (practice_is_open(practice))
			practice_counterpart_step(practice);
		poll(NULL, 0, STEP_MILLISECONDS);
	}
}

/* Everything that runs, until it is told to end; `ready` hears of the nodes. */
static void run_in_background(const struct practice *practice, const char *program, int lock,
                              int ready)
{
	struct sigaction on_end = { .sa_handler = end };
	char path[PATH_CAPACITY], number[32];
	int log, null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setsid();
	sigaction(SIGTERM, &on_end, NULL);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	path_of(practice, "counterpart.log", path);
	log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (null < 0 || log < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(log, STDOUT_FILENO) < 0 ||
	    dup2(log, STDERR_FILENO) < 0)
		_exit(1);
	snprintf(number, sizeof(number), "%d\n", (int)getpid());
	if (ftruncate(lock, 0) != 0 ||
	    pwrite(lock, number, strlen(number), 0) != (ssize_t)strlen(number))
		_exit(1);
	if (!start_node(practice, program, "you", practice->own_home) ||
	    !start_node(practice, program, "south", practice->other_home) ||
	    write(ready, "y", 1) != 1)
		_exit(1);
	close(ready);
	run_counterpart(practice);
	/* The nodes end with this process; they are asked first, and waited for. */
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	while (wait(NULL) > 0 || errno == EINTR)
		continue;
	_exit(0);
}

int practice_start(const struct practice *practice, struct error *error)
{
	char program[PATH_CAPACITY * 2], said;
	int lock, ready[2], r;
	ssize_t size;
	pid_t pid;

	if ((r = program_find("chirod/chirod", CHIRO_CHIROD_INSTALLED, program, sizeof(program),
	                      error)) != OK)
		return r;
	if ((lock = take_lock(practice)) < 0)
		return error_set(error, ERROR_STATE, _("it runs already in %s"),
		                 practice->directory);
	if (pipe2(ready, O_CLOEXEC) != 0) {
		close(lock);
		return error_set(error, ERROR_IO, "%s", strerror(errno));
	}
	if ((pid = fork()) == 0) {
		close(ready[0]);
		run_in_background(practice, program, lock, ready[1]);
	}
	close(lock);
	close(ready[1]);
	size = pid > 0 ? read(ready[0], &said, 1) : 0;
	close(ready[0]);
	if (size != 1)
		return error_set(error, ERROR_STATE,
		                 _("the nodes do not start: see %s/you.log and south.log"),
		                 practice->directory);
	return OK;
}

void practice_stop(const struct practice *practice)
{
	pid_t pid;

	if (!practice_is_running(practice, &pid))
		return;
	kill(pid, SIGTERM);
	for (int i = 0; i < STOP_SECONDS * 20 && practice_is_running(practice, &pid); i++)
		poll(NULL, 0, 50);
}
