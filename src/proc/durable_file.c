#include "durable_file.h"

#include "fault_point.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MAXIMUM = 200 };

int file_write_all(int fd, struct bytes content)
{
	while (content.size > 0) {
		ssize_t written = write(fd, content.data, content.size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return ERROR_IO;
		content.data += written;
		content.size -= (size_t)written;
	}
	return OK;
}

int file_write_all_at(int fd, struct bytes content, off_t offset)
{
	while (content.size > 0) {
		ssize_t written = pwrite(fd, content.data, content.size, offset);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return ERROR_IO;
		content.data += written;
		content.size -= (size_t)written;
		offset += written;
	}
	return OK;
}

/* The result and sentence for the present errno. */
static int system_error(struct error *error, const char *what, const char *name)
{
	int code = errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO;

	return error_set(error, code, "%s '%s': %s", what, name, strerror(errno));
}

int durable_file_read(int directory, const char *name, struct buffer *buffer, struct error *error)
{
	int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	size_t before = buffer->size;
	struct stat status;
	int r = OK;

	if (fd < 0) {
		if (errno == ELOOP)
			return error_set(error, ERROR_DENIED, "'%s' is a symbolic link", name);
		return system_error(error, "cannot open", name);
	}
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return error_set(error, ERROR_DENIED, "'%s' is not a regular file", name);
	}
	for (;;) {
		uint8_t piece[4096];
		ssize_t got = read(fd, piece, sizeof(piece));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			r = system_error(error, "cannot read", name);
		else if (got > 0 && (r = buffer_put(buffer, piece, (size_t)got)) != OK)
			error_set(error, r, "'%s': %s", name, result_text(r));
		if (got > 0)
			explicit_bzero(piece, (size_t)got);
		if (got <= 0 || r != OK)
			break;
	}
	if (r != OK)
		buffer_truncate(buffer, before);
	close(fd);
	return r;
}

/* Writes and syncs `name.new`. */
static int write_temporary(int directory, const char *name, struct bytes content, mode_t mode,
                           char temporary[NAME_MAXIMUM + 8], struct error *error)
{
	int fd, r = OK;

	if (strlen(name) > NAME_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the file name '%s' is too long", name);
	snprintf(temporary, NAME_MAXIMUM + 8, "%s.new", name);
	if (unlinkat(directory, temporary, 0) != 0 && errno != ENOENT)
		return system_error(error, "cannot remove", temporary);
	fd = openat(directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	            mode);
	if (fd < 0)
		return system_error(error, "cannot create", temporary);
	if (file_write_all(fd, content) != OK || fsync(fd) != 0)
		r = system_error(error, "cannot write", temporary);
	if (close(fd) != 0 && r == OK)
		r = system_error(error, "cannot write", temporary);
	if (r != OK)
		unlinkat(directory, temporary, 0);
	return r;
}

int durable_file_write(int directory, const char *name, struct bytes content, mode_t mode,
                       struct error *error)
{
	char temporary[NAME_MAXIMUM + 8];
	int r;

	if ((r = write_temporary(directory, name, content, mode, temporary, error)) != OK)
		return r;
	if ((r = durable_file_rename(directory, temporary, name, error)) != OK)
		unlinkat(directory, temporary, 0);
	return r;
}

/* Zeros over all of an open file, synced. */
static int overwrite(int fd, const char *name, struct error *error)
{
	static const uint8_t zeros[4096];
	struct stat status;
	off_t offset = 0;
	int r = OK;

	if (fstat(fd, &status) != 0)
		r = system_error(error, "cannot read", name);
	while (r == OK && offset < status.st_size) {
		off_t left = status.st_size - offset;
		size_t size = left < (off_t)sizeof(zeros) ? (size_t)left : sizeof(zeros);

		if (file_write_all_at(fd, bytes_of(zeros, size), offset) != OK)
			r = system_error(error, "cannot overwrite", name);
		offset += (off_t)size;
	}
	if (r == OK && fsync(fd) != 0)
		r = system_error(error, "cannot overwrite", name);
	return r;
}

/* The new content under the name, the former one overwritten with no name left. */
static int replace_and_overwrite(int directory, const char *temporary, const char *name,
                                 struct error *error)
{
	int former = openat(directory, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	int r = durable_file_rename(directory, temporary, name, error);

	if (former < 0)
		return r;
	if (r == OK)
		r = overwrite(former, name, error);
	close(former);
	return r;
}

int durable_file_replace(int directory, const char *name, struct bytes content, mode_t mode,
                         struct error *error)
{
	char temporary[NAME_MAXIMUM + 8];
	int r;

	if ((r = write_temporary(directory, name, content, mode, temporary, error)) != OK)
		return r;
	/* In one step, so that either content is under the name whenever this ends. */
	if (renameat2(directory, temporary, directory, name, RENAME_EXCHANGE) == 0) {
		if (fsync(directory) != 0)
			return system_error(error, "cannot sync the directory of", name);
		FAULT_POINT("durable-file-exchanged");
		return durable_file_destroy(directory, temporary, error);
	}
	if ((r = replace_and_overwrite(directory, temporary, name, error)) != OK)
		unlinkat(directory, temporary, 0);
	return r;
}

int durable_file_destroy(int directory, const char *name, struct error *error)
{
	int fd = openat(directory, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	int r;

	if (fd < 0)
		return system_error(error, "cannot open", name);
	r = overwrite(fd, name, error);
	close(fd);
	if (r == OK && (unlinkat(directory, name, 0) != 0 || fsync(directory) != 0))
		r = system_error(error, "cannot remove", name);
	return r;
}

int durable_file_rename(int directory, const char *old_name, const char *new_name,
                        struct error *error)
{
	if (renameat(directory, old_name, directory, new_name) != 0)
		return system_error(error, "cannot rename", old_name);
	if (fsync(directory) != 0)
		return system_error(error, "cannot sync the directory of", new_name);
	return OK;
}
