/* Writing a text in the person's editor. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drafting_body.h"
#include "files.h"
#include "translate.h"

static const char *editor(void)
{
	const char *visual = getenv("VISUAL");
	const char *plain = getenv("EDITOR");

	if (visual != NULL && visual[0] != '\0')
		return visual;
	return plain != NULL && plain[0] != '\0' ? plain : "vi";
}

/* Runs the editor, which may be a command with options, on a file. While it
 * runs, Ctrl-C is its own. */
static int run_editor(const char *path, struct error *error)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	int status = 0;
	pid_t pid;

	sigaction(SIGINT, &ignore, &before);
	pid = fork();
	if (pid == 0) {
		char command[1024];

		sigaction(SIGINT, &before, NULL);
		signal(SIGPIPE, SIG_DFL);
		snprintf(command, sizeof(command), "%s \"$1\"", editor());
		execl("/bin/sh", "sh", "-c", command, "sh", path, (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	sigaction(SIGINT, &before, NULL);
	if (pid < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return error_set(error, ERROR_IO, _("the editor '%s' failed"), editor());
	return OK;
}

/* Drops comment lines and empty lines at the end. */
static int strip(struct bytes written, struct buffer *text)
{
	size_t start = text->size;

	while (written.size > 0) {
		size_t size = 0;
		int r;

		while (size < written.size && written.data[size] != '\n')
			size++;
		size += size < written.size;
		if (written.data[0] != '#' && (r = buffer_put(text, written.data, size)) != OK)
			return r;
		written = bytes_of(written.data + size, written.size - size);
	}
	while (text->size > start && text->data[text->size - 1] == '\n')
		buffer_truncate(text, text->size - 1);
	return OK;
}

int editor_write(const char *hint, struct buffer *text, struct error *error)
{
	char directory[1024], path[1100];
	struct buffer written;
	int r;

	if ((r = scratch_directory_make(directory, sizeof(directory), error)) != OK)
		return r;
	snprintf(path, sizeof(path), "%s/text.txt", directory);
	buffer_init(&written, text->maximum);
	if ((r = file_write_new(path, bytes_of_string(hint), 0600, error)) == OK &&
	    (r = run_editor(path, error)) == OK && (r = file_read(path, &written, error)) == OK &&
	    (r = strip(buffer_view(&written), text)) == OK && text->size == 0)
		r = error_set(error, ERROR_NOT_FOUND, _("nothing was written"));
	buffer_release(&written);
	scratch_directory_remove(directory);
	return r;
}
