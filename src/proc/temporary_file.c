#include "temporary_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { PATH_CAPACITY = 1024 };

int temporary_file_open(int *ret_fd, struct error *error)
{
	const char *folder = getenv("TMPDIR");
	char path[PATH_CAPACITY];
	int fd, size;

	if (folder == NULL || folder[0] != '/')
		folder = "/tmp";
	if ((fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) >= 0) {
		*ret_fd = fd;
		return OK;
	}
	/* Not every file system knows files without a name. */
	size = snprintf(path, sizeof(path), "%s/chiro-XXXXXX", folder);
	if (size < 0 || (size_t)size >= sizeof(path))
		return error_set(error, ERROR_LIMIT, "TMPDIR is too long");
	if ((fd = mkostemp(path, O_CLOEXEC)) < 0)
		return error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
	unlink(path);
	*ret_fd = fd;
	return OK;
}

int file_read_exactly_at(int fd, void *ret_bytes, size_t size, uint64_t offset)
{
	uint8_t *to = ret_bytes;

	while (size > 0) {
		ssize_t got = pread(fd, to, size, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return ERROR_IO;
		to += got;
		offset += (uint64_t)got;
		size -= (size_t)got;
	}
	return OK;
}
