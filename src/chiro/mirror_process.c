#include "mirror_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "translate.h"

#define READY      "chirod: ready"
#define ERROR_MARK ": error: "

enum {
	JOURNAL_MAXIMUM = 1 << 20,
	SAID_CAPACITY = 400,
	STATUS_NOT_FOUND = 127 /* of a child that could not become the program */
};

/* In the child, after fork. */
static void execute(const char *program, const char *configuration, int output, int journal)
{
	char *const words[] = { (char *)program, (char *)"mirror", (char *)"-f",
		                (char *)configuration, NULL };
	int null = open("/dev/null", O_RDONLY);

	if (prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(output, STDOUT_FILENO) < 0 || dup2(journal, STDERR_FILENO) < 0)
		_exit(STATUS_NOT_FOUND);
	close_range(STDERR_FILENO + 1, ~0U, 0);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("JOURNAL_STREAM");
	execvp(program, words);
	if (strcmp(program, "chirod") == 0)
		execv(CHIRO_CHIROD_INSTALLED, words);
	_exit(STATUS_NOT_FOUND);
}

/* The first error of its journal, which is the reason of those after it; else its first
 * line. */
static void said_first(const char *journal, char ret_said[SAID_CAPACITY])
{
	struct buffer text;
	struct bytes rest, line;
	bool is_error = false;

	snprintf(ret_said, SAID_CAPACITY, "%s", _("it said nothing"));
	buffer_init(&text, JOURNAL_MAXIMUM);
	if (file_read(journal, &text, NULL) != OK)
		buffer_clear(&text);
	for (rest = buffer_view(&text); rest.size > 0 && !is_error;) {
		const char *error;
		char said[SAID_CAPACITY];
		bool is_first = rest.size == text.size;

		bytes_cut(&rest, '\n', &line);
		snprintf(said, sizeof(said), "%.*s", (int)line.size, (const char *)line.data);
		is_error = (error = strstr(said, ERROR_MARK)) != NULL;
		if (is_error || is_first)
			snprintf(ret_said, SAID_CAPACITY, "%s",
			         is_error ? error + strlen(ERROR_MARK) : said);
	}
	buffer_release(&text);
}

/* Whether it says that it is ready before it says no more. */
static bool becomes_ready(int output)
{
	char said[256];
	size_t size = 0;

	while (size < sizeof(said) - 1) {
		ssize_t got = read(output, said + size, sizeof(said) - 1 - size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		size += (size_t)got;
		said[size] = '\0';
		if (strchr(said, '\n') != NULL)
			return strncmp(said, READY, strlen(READY)) == 0;
	}
	return false;
}

static int wait_until_ready(pid_t pid, int output, const char *program, const char *journal,
                            struct error *error)
{
	char said[SAID_CAPACITY];
	int status = 0;

	if (becomes_ready(output))
		return OK;
	kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_NOT_FOUND)
		return error_set(error, ERROR_NOT_FOUND,
		                 _("there is no program '%s' here to run a mirror with: name it by "
		                   "--chirod"),
		                 program);
	said_first(journal, said);
	return error_set(error, ERROR_STATE, _("the mirror does not start: %s"), said);
}

int mirror_start(const char *program, const char *configuration, const char *journal,
                 struct mirror_process *ret_mirror, struct error *error)
{
	int output[2], log, r;
	pid_t pid;

	log = open(journal, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (log < 0)
		return error_set(error, ERROR_IO, "%s: %s", journal, strerror(errno));
	if (pipe2(output, O_CLOEXEC) != 0) {
		close(log);
		return error_set(error, ERROR_IO, "pipe: %s", strerror(errno));
	}
	pid = fork();
	if (pid == 0)
		execute(program, configuration, output[1], log);
	close(log);
	close(output[1]);
	if (pid < 0)
		r = error_set(error, ERROR_IO, "fork: %s", strerror(errno));
	else
		r = wait_until_ready(pid, output[0], program, journal, error);
	close(output[0]);
	if (r == OK)
		ret_mirror->pid = pid;
	return r;
}

void mirror_stop(struct mirror_process *mirror)
{
	if (mirror->pid <= 0)
		return;
	kill(mirror->pid, SIGTERM);
	while (waitpid(mirror->pid, NULL, 0) < 0 && errno == EINTR)
		;
	mirror->pid = 0;
}
