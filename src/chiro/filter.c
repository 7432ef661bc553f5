#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "translate.h"

/* Starts the program with the ends of two pipes; its complaints and questions go
 * to the terminal. */
static int start(char *const arguments[], pid_t *ret_pid, int *ret_input, int *ret_output,
                 struct error *error)
{
	int input[2], output[2];
	pid_t pid;

	if (pipe2(input, O_CLOEXEC) != 0)
		return error_set(error, ERROR_IO, "%s", strerror(errno));
	if (pipe2(output, O_CLOEXEC) != 0) {
		close(input[0]);
		close(input[1]);
		return error_set(error, ERROR_IO, "%s", strerror(errno));
	}
	if ((pid = fork()) < 0) {
		for (int i = 0; i < 2; i++) {
			close(input[i]);
			close(output[i]);
		}
		return error_set(error, ERROR_IO, "%s", strerror(errno));
	}
	if (pid == 0) {
		signal(SIGPIPE, SIG_DFL);
		signal(SIGINT, SIG_DFL);
		dup2(input[0], STDIN_FILENO);
		dup2(output[1], STDOUT_FILENO);
		execvp(arguments[0], arguments);
		fprintf(stderr, "chiro: %s: %s\n", arguments[0], strerror(errno));
		_exit(127);
	}
	close(input[0]);
	close(output[1]);
	*ret_pid = pid;
	*ret_input = input[1];
	*ret_output = output[0];
	return OK;
}

/* What is given may be larger than a pipe takes at once, so both ends are served in
 * turn; a program that does not read to the end has its reason, which its exit status
 * tells. */
int filter_run(char *const arguments[], struct bytes message, struct buffer *output,
               struct error *error)
{
	int input = -1, result = -1, status = 0, r;
	pid_t pid;

	if ((r = start(arguments, &pid, &input, &result, error)) != OK)
		return r;
	for (;;) {
		struct pollfd ends[2] = { { .fd = result, .events = POLLIN },
			                  { .fd = input, .events = POLLOUT } };
		uint8_t piece[4096];

		if (input >= 0 && message.size == 0) {
			close(input);
			input = -1;
		}
		ends[1].fd = input;
		if (poll(ends, 2, -1) < 0 && errno != EINTR)
			break;
		if (input >= 0 && (ends[1].revents & (POLLOUT | POLLERR)) != 0) {
			size_t size = message.size < 4096 ? message.size : 4096;
			ssize_t written = write(input, message.data, size);

			message.data += written > 0 ? written : 0;
			message.size = written > 0 ? message.size - (size_t)written : 0;
		}
		if (ends[0].revents != 0) {
			ssize_t got = read(result, piece, sizeof(piece));

			if (got <= 0 || (r = buffer_put(output, piece, (size_t)got)) != OK)
				break;
		}
	}
	if (input >= 0)
		close(input);
	close(result);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (r == OK && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		r = error_set(error, ERROR_DENIED, _("%s has not done it"), arguments[0]);
	return r;
}
