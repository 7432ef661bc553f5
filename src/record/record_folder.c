#include "record_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MAXIMUM = 255, FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC };

static int refuse(struct error *error, const char *path, int system_error)
{
	switch (system_error) {
	case ENOENT:
		return error_set(error, ERROR_NOT_FOUND, "it is not there");
	case ENOTDIR:
	case ELOOP:
		return error_set(error, ERROR_DENIED,
		                 "it, or what it is in, is not a plain file or folder");
	case EEXIST:
		return error_set(error, ERROR_EXISTS, "%s exists already", path);
	default:
		return error_set(error, ERROR_IO, "%s: %s", path, strerror(system_error));
	}
}

/* --- the folder ------------------------------------------------------------ */

int record_folder_open(struct record_folder *folder, const char *path, struct error *error)
{
	int fd = open(path, FOLDER_FLAGS);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(error, ERROR_NOT_FOUND, "there is no folder %s", path);
	if (fd < 0)
		return refuse(error, path, errno);
	folder->fd = fd;
	return OK;
}

int record_folder_make(struct record_folder *folder, const char *path, struct error *error)
{
	if (mkdir(path, 0777) != 0)
		return errno == EEXIST
		           ? refuse(error, path, EEXIST)
		           : error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
	return record_folder_open(folder, path, error);
}

void record_folder_close(struct record_folder *folder)
{
	if (folder->fd >= 0)
		close(folder->fd);
	folder->fd = -1;
}

/* Cuts the first name off a path; the last one has no slash behind it. */
static bool cut_name(const char **path, char ret_name[NAME_MAXIMUM + 1])
{
	size_t size = strcspn(*path, "/");

	if (size == 0 || size > NAME_MAXIMUM)
		return false;
	memcpy(ret_name, *path, size);
	ret_name[size] = '\0';
	*path += size + ((*path)[size] == '/');
	return true;
}

/* Opens the folder that the last name of `path` is in, made on the way if `make`,
 * and gives that name. Returns an errno, 0 for success. */
static int open_parent(const struct record_folder *folder, const char *path, bool make, int *ret_fd,
                       char ret_name[NAME_MAXIMUM + 1])
{
	char name[NAME_MAXIMUM + 1];
	int fd = fcntl(folder->fd, F_DUPFD_CLOEXEC, 0);
	int child, failure;

	while (fd >= 0) {
		if (!cut_name(&path, name)) {
			close(fd);
			return ENAMETOOLONG;
		}
		if (*path == '\0') {
			memcpy(ret_name, name, sizeof(name));
			*ret_fd = fd;
			return 0;
		}
		if (make && mkdirat(fd, name, 0777) != 0 && errno != EEXIST)
			child = -1;
		else
			child = openat(fd, name, FOLDER_FLAGS | O_NOFOLLOW);
		failure = errno;
		close(fd);
		errno = failure;
		fd = child;
	}
	return errno;
}

bool record_folder_has(const struct record_folder *folder, const char *path)
{
	char name[NAME_MAXIMUM + 1];
	struct stat status;
	bool found;
	int parent;

	if (open_parent(folder, path, false, &parent, name) != 0)
		return false;
	found = fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
	close(parent);
	return found;
}

/* --- reading --------------------------------------------------------------- */

int record_file_open(const struct record_folder *folder, const char *path, int *ret_fd,
                     uint64_t *ret_size, struct error *error)
{
	char name[NAME_MAXIMUM + 1];
	struct stat status;
	int parent, fd, failure;

	if ((failure = open_parent(folder, path, false, &parent, name)) != 0)
		return refuse(error, path, failure);
	/* Without O_NONBLOCK a pipe would keep us waiting. */
	fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	failure = errno;
	close(parent);
	if (fd < 0)
		return refuse(error, path, failure == ENXIO ? ELOOP : failure);
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return refuse(error, path, ELOOP);
	}
	*ret_fd = fd;
	*ret_size = (uint64_t)status.st_size;
	return OK;
}

int record_file_take(int fd, size_t size, struct buffer *buffer, struct error *error)
{
	size_t start = buffer->size, taken = 0;
	uint8_t *place;
	int r;

	if ((r = buffer_extend(buffer, size, &place)) != OK)
		return error_set(error, r, "a file cannot be held");
	while (taken < size) {
		ssize_t got = read(fd, place + taken, size - taken);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			r = error_set(error, ERROR_IO, "reading: %s", strerror(errno));
			break;
		}
		if (got == 0)
			break;
		taken += (size_t)got;
	}
	buffer_truncate(buffer, start + (r == OK ? taken : 0));
	return r;
}

int record_file_read(const struct record_folder *folder, const char *path, struct buffer *buffer,
                     struct error *error)
{
	uint64_t size;
	int fd, r;

	if ((r = record_file_open(folder, path, &fd, &size, error)) != OK)
		return r;
	if (size > buffer->maximum - buffer->size)
		r = error_set(error, ERROR_LIMIT, "it is longer than it can be");
	else
		r = record_file_take(fd, (size_t)size, buffer, error);
	close(fd);
	return r;
}

/* --- writing --------------------------------------------------------------- */

int record_file_make(const struct record_folder *folder, const char *path, mode_t mode, int *ret_fd,
                     struct error *error)
{
	char name[NAME_MAXIMUM + 1];
	int parent, fd, failure;

	if ((failure = open_parent(folder, path, true, &parent, name)) != 0)
		return error_set(error, ERROR_IO, "%s: %s", path, strerror(failure));
	fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	failure = errno;
	close(parent);
	if (fd < 0 && failure == EEXIST)
		return refuse(error, path, EEXIST);
	if (fd < 0)
		return error_set(error, ERROR_IO, "%s: %s", path, strerror(failure));
	*ret_fd = fd;
	return OK;
}

int record_file_put(int fd, struct bytes content, struct error *error)
{
	while (content.size > 0) {
		ssize_t put = write(fd, content.data, content.size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return error_set(error, ERROR_IO, "writing: %s", strerror(errno));
		content.data += put;
		content.size -= (size_t)put;
	}
	return OK;
}

int record_file_write(const struct record_folder *folder, const char *path, mode_t mode,
                      struct bytes content, struct error *error)
{
	int fd, r;

	if ((r = record_file_make(folder, path, mode, &fd, error)) != OK)
		return r;
	r = record_file_put(fd, content, error);
	if (close(fd) != 0 && r == OK)
		r = error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
	return r;
}
