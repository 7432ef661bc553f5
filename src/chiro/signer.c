#include "signer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "durable_file.h"
#include "files.h"
#include "translate.h"

enum { KEY_FILE_MAXIMUM = 16384, COMMENT_MAXIMUM = 4096 };

/* Starts ssh-keygen with the ends of two pipes; its complaints and questions go
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

/* Gives `message` to a program and appends what it prints. An act is larger than
 * a pipe takes at once, so both ends are served in turn; a program that does not
 * read to the end has its reason, which its exit status tells. */
static int run(char *const arguments[], struct bytes message, struct buffer *output,
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

int signer_sign(const char *key, const char *name_space, struct bytes message, struct buffer *armor,
                struct ssh_key *ret_key, struct error *error)
{
	char program[] = "ssh-keygen", y[] = "-Y", sign[] = "sign", n[] = "-n", f[] = "-f";
	char quiet[] = "-q";
	char *arguments[] = {
		program, quiet, y, sign, n, (char *)name_space, f, (char *)key, NULL
	};
	struct buffer made;
	int r;

	buffer_init(&made, SSHSIG_ARMOR_MAXIMUM);
	if ((r = run(arguments, message, &made, error)) != OK) {
		if (r == ERROR_DENIED)
			error_set(error, r,
			          _("ssh-keygen has not signed with %s: is that the key, and is "
			            "its agent or token there?"),
			          key);
		goto out;
	}
	if ((r = sshsig_verify(message, name_space, buffer_view(&made), ret_key, error)) != OK)
		goto out;
	r = buffer_put_bytes(armor, buffer_view(&made));
out:
	buffer_release(&made);
	return r;
}

/* Reads the first line of a text as a public key, without its comment. */
static int parse_key_line(struct bytes text, struct ssh_key *ret_key, struct error *error)
{
	size_t size = 0, words = 0;

	while (size < text.size && text.data[size] != '\n' &&
	       !(text.data[size] == ' ' && ++words == 2))
		size++;
	return ssh_key_parse(bytes_of(text.data, size), ret_key, error);
}

int signer_public_key(const char *key, struct ssh_key *ret_key, struct error *error)
{
	size_t size = strlen(key);
	bool is_public = size > 4 && strcmp(key + size - 4, ".pub") == 0;
	char path[4096];
	struct buffer text;
	int r;

	buffer_init(&text, KEY_FILE_MAXIMUM);
	if (file_read(key, &text, NULL) == OK &&
	    parse_key_line(buffer_view(&text), ret_key, NULL) == OK) {
		buffer_release(&text);
		return OK;
	}
	buffer_clear(&text);
	if (snprintf(path, sizeof(path), "%s%s", key, is_public ? "" : ".pub") >= (int)sizeof(path))
		r = error_set(error, ERROR_LIMIT, _("the path of the key is too long"));
	else if ((r = file_read(path, &text, error)) == OK &&
	         (r = parse_key_line(buffer_view(&text), ret_key, error)) != OK)
		error_in_file(error, r, path);
	buffer_release(&text);
	return r;
}

int signer_make_key(const char *path, const char *comment, struct error *error)
{
	char program[] = "ssh-keygen", quiet[] = "-q", t[] = "-t", kind[] = "ed25519", f[] = "-f";
	char n[] = "-N", none[] = "", c[] = "-C";
	char *arguments[] = { program, quiet,           t,   kind, f, (char *)path, n, none,
		              c,       (char *)comment, NULL };
	struct buffer output;
	int r;

	if (file_exists(path))
		return error_set(error, ERROR_EXISTS,
		                 _("%s exists and is not overwritten: choose another place"), path);
	buffer_init(&output, COMMENT_MAXIMUM);
	r = run(arguments, bytes_of("", 0), &output, error);
	buffer_release(&output);
	return r;
}
