#include "alarm_program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	VARIABLES_MAXIMUM = 24,
	ENVIRONMENT_MAXIMUM = 8192,
	GRACE = 5, /* seconds between SIGTERM and SIGKILL */
	PIECES_AT_A_TIME = 16,
	NOT_EXECUTED = 127
};
#define SECOND UINT64_C(1000000000)

static const char *const always[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"LANG=C.UTF-8",
};

enum { ALWAYS_COUNT = sizeof always / sizeof always[0] };

/* The variables as execve wants them; they point into `environment`. */
static int list_variables(const struct buffer *environment, char *ret_list[VARIABLES_MAXIMUM + 1])
{
	size_t count = 0;

	for (; count < ALWAYS_COUNT; count++)
		ret_list[count] = (char *)always[count];
	for (size_t at = 0; at < environment->size; count++) {
		if (count == VARIABLES_MAXIMUM)
			return ERROR_LIMIT;
		ret_list[count] = (char *)environment->data + at;
		at += strlen(ret_list[count]) + 1;
	}
	ret_list[count] = NULL;
	return OK;
}

/* In the child, after fork: nothing but system calls. */
static void execute(const char *path, char *const *variables, int input, int output, pid_t parent)
{
	char *arguments[] = { (char *)path, NULL };
	sigset_t none;

	sigemptyset(&none);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(output, STDERR_FILENO) < 0 || close_range(STDERR_FILENO + 1, ~0U, 0) != 0 ||
	    setsid() < 0 || chdir("/") != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || getppid() != parent)
		_exit(NOT_EXECUTED);
	execve(path, arguments, variables);
	_exit(NOT_EXECUTED);
}

static void close_both(int ends[2])
{
	for (int i = 0; i < 2; i++)
		if (ends[i] >= 0)
			close(ends[i]);
}

/* An event is smaller than what a pipe takes at once. */
static bool give(int input, const struct buffer *text)
{
	return write(input, text->data, text->size) == (ssize_t)text->size;
}

int alarm_run_start(struct alarm_run *run, const char *path, const struct alarm_event *event,
                    int64_t timeout, uint64_t now, struct error *error)
{
	char *variables[VARIABLES_MAXIMUM + 1];
	int input[2] = { -1, -1 }, output[2] = { -1, -1 }, r;
	struct buffer text, environment;
	pid_t self = getpid(), pid;

	*run = (struct alarm_run){ .process = -1, .output = -1 };
	buffer_init(&text, 2 * ALARM_EVENT_MAXIMUM);
	buffer_init(&environment, ENVIRONMENT_MAXIMUM);
	if ((r = alarm_put_json(&text, event)) != OK ||
	    (r = alarm_put_environment(&environment, event)) != OK ||
	    (r = list_variables(&environment, variables)) != OK) {
		error_set(error, r, "%s", result_text(r));
		goto out;
	}
	r = ERROR_IO;
	if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0 ||
	    fcntl(output[0], F_SETFL, O_NONBLOCK) != 0 || !give(input[1], &text) ||
	    (pid = fork()) < 0) {
		error_set(error, r, "the program cannot be started: %s", strerror(errno));
		goto out;
	}
	if (pid == 0)
		execute(path, variables, input[0], output[1], self);
	run->pid = pid;
	run->process = pidfd_open(pid, 0);
	run->output = output[0];
	run->deadline = now + (uint64_t)timeout * SECOND;
	output[0] = -1;
	r = OK;
	if (run->process < 0) {
		r = error_set(error, ERROR_IO, "the program cannot be watched: %s",
		              strerror(errno));
		alarm_run_release(run);
	}
out:
	close_both(input);
	close_both(output);
	buffer_release(&text);
	buffer_release(&environment);
	return r;
}

/* The line that was being written is the last, unless it is empty. */
static void end_line(struct alarm_run *run)
{
	if (run->begun_size == 0)
		return;
	run->begun[run->begun_size] = '\0';
	alarm_clean(run->begun, run->result.line, sizeof run->result.line);
	run->begun_size = 0;
}

/* One that never stops writing does not keep us here, nor one that writes no more. */
static void take_output(struct alarm_run *run)
{
	char piece[4096];
	ssize_t size = 0;

	for (unsigned i = 0; i < PIECES_AT_A_TIME && run->output >= 0; i++) {
		if ((size = read(run->output, piece, sizeof piece)) < 0)
			return;
		for (ssize_t k = 0; k < size; k++) {
			if (piece[k] == '\n')
				end_line(run);
			else if (run->begun_size + 1 < sizeof run->begun)
				run->begun[run->begun_size++] = piece[k] != '\0' ? piece[k] : '?';
		}
		if (size > 0)
			continue;
		close(run->output);
		run->output = -1;
	}
}

static void note_end(struct alarm_run *run, int status)
{
	take_output(run);
	end_line(run);
	/* Whatever it left behind. */
	kill(-run->pid, SIGKILL);
	run->pid = 0;
	if (run->asked_to_end) {
		run->result.outcome = ALARM_TIMED_OUT;
	} else if (WIFSIGNALED(status)) {
		run->result.outcome = ALARM_KILLED;
		run->result.status = (uint32_t)WTERMSIG(status);
	} else {
		run->result.status = (uint32_t)WEXITSTATUS(status);
		run->result.outcome = run->result.status == 0 ? ALARM_SUCCEEDED : ALARM_FAILED;
	}
}

bool alarm_run_step(struct alarm_run *run, uint64_t now)
{
	int status;

	take_output(run);
	if (waitpid(run->pid, &status, WNOHANG) == run->pid) {
		note_end(run, status);
		return true;
	}
	if (now >= run->deadline) {
		kill(-run->pid, run->asked_to_end ? SIGKILL : SIGTERM);
		run->asked_to_end = true;
		run->deadline = now + GRACE * SECOND;
	}
	return false;
}

void alarm_run_release(struct alarm_run *run)
{
	if (run->pid > 0) {
		/* The group is there as soon as it has made its session. */
		kill(-run->pid, SIGKILL);
		kill(run->pid, SIGKILL);
		waitpid(run->pid, NULL, 0);
	}
	if (run->process >= 0)
		close(run->process);
	if (run->output >= 0)
		close(run->output);
	*run = (struct alarm_run){ .process = -1, .output = -1 };
}
