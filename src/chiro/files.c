#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "durable_file.h"
#include "sentences.h"
#include "translate.h"

enum {
	PIECE_SIZE = 65536,
	TEMPORARY_CAPACITY = 4096,
	SCRATCH_LEFT_CAPACITY = 512,
	FILES_OPEN = 16
};

static int io_error(const char *path, struct error *error)
{
	int code = errno == ENOENT ? ERROR_NOT_FOUND : errno == EEXIST ? ERROR_EXISTS : ERROR_IO;

	return error_set(error, code, "%s: %s", path, strerror(errno));
}

int file_read(const char *path, struct buffer *buffer, struct error *error)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	int r = OK;

	if (fd < 0)
		return io_error(path, error);
	if (standard && isatty(fd) && isatty(STDERR_FILENO))
		fprintf(stderr, "%s\n", _("Type the text; Ctrl-D on a line of its own ends it."));
	if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
		r = error_set(error, ERROR_IO, _("%s is a directory"), path);
		goto out;
	}
	for (;;) {
		size_t room = buffer->maximum - buffer->size;
		size_t size = room < PIECE_SIZE ? room + 1 : PIECE_SIZE;
		uint8_t piece[PIECE_SIZE];
		ssize_t got = read(fd, piece, size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			r = io_error(path, error);
			break;
		}
		if (got == 0)
			break;
		if ((r = buffer_put(buffer, piece, (size_t)got)) != OK) {
			error_set(error, r,
			          r == ERROR_LIMIT ? _("%s is longer than %zu bytes") : "%s: %zu",
			          path, buffer->maximum);
			break;
		}
	}
out:
	if (!standard)
		close(fd);
	return r;
}

int error_in_file(struct error *error, int code, const char *path)
{
	if (error == NULL)
		return code;
	if (error->message[0] == '\0')
		return error_set(error, code, "%s: %s", path, _(result_text(code)));
	if (error->line > 0)
		return error_set(error, code, _("%s, line %zu: %s"), path, error->line,
		                 sentence_for_people(error->message));
	return error_set(error, code, "%s: %s", path, sentence_for_people(error->message));
}

int file_write_new(const char *path, struct bytes content, mode_t mode, struct error *error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	int r = OK;

	if (fd < 0) {
		if (errno == EEXIST)
			return error_set(
			    error, ERROR_EXISTS,
			    _("%s exists and is not overwritten: choose another place"), path);
		return io_error(path, error);
	}
	if (file_write_all(fd, content) != OK || fsync(fd) != 0)
		r = io_error(path, error);
	if (close(fd) != 0 && r == OK)
		r = io_error(path, error);
	if (r != OK)
		unlink(path);
	return r;
}

int file_replace(const char *path, struct bytes content, mode_t mode, struct error *error)
{
	char temporary[TEMPORARY_CAPACITY];
	int size = snprintf(temporary, sizeof(temporary), "%s.new", path);
	int r;

	if (size < 0 || (size_t)size >= sizeof(temporary))
		return error_set(error, ERROR_LIMIT, _("the path %.64s… is too long"), path);
	unlink(temporary);
	if ((r = file_write_new(temporary, content, mode, error)) != OK)
		return r;
	if (rename(temporary, path) != 0) {
		r = io_error(path, error);
		unlink(temporary);
	}
	return r;
}

bool file_exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

int path_join(const char *directory, const char *name, char *ret_path, size_t capacity)
{
	int size = snprintf(ret_path, capacity, "%s/%s", directory, name);

	return size < 0 || (size_t)size >= capacity ? ERROR_LIMIT : OK;
}

int directory_make(const char *path, struct error *error)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
	return OK;
}

int scratch_directory_make(char *ret_path, size_t capacity, struct error *error)
{
	const char *directory = getenv("TMPDIR");

	if (directory == NULL || directory[0] != '/')
		directory = "/tmp";
	if (path_join(directory, "chiro.XXXXXX", ret_path, capacity) != OK)
		return error_set(error, ERROR_LIMIT, _("TMPDIR is too long"));
	if (mkdtemp(ret_path) == NULL)
		return io_error(ret_path, error);
	return OK;
}

void scratch_directory_remove(const char *path)
{
	DIR *directory = opendir(path);
	struct dirent *entry;

	if (directory != NULL) {
		while ((entry = readdir(directory)) != NULL)
			unlinkat(dirfd(directory), entry->d_name, 0);
		closedir(directory);
	}
	rmdir(path);
}

/* What nftw tells of: a function without a context. */
static char first_left[SCRATCH_LEFT_CAPACITY];

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	if (remove(path) != 0 && errno != ENOENT && first_left[0] == '\0')
		snprintf(first_left, sizeof(first_left), "%s: %s", path, strerror(errno));
	return 0;
}

int directory_remove_all(const char *path, struct error *error)
{
	first_left[0] = '\0';
	if (nftw(path, remove_one, FILES_OPEN, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
		return io_error(path, error);
	if (first_left[0] != '\0')
		return error_set(error, ERROR_IO, "%s", first_left);
	return OK;
}
