#include "folder_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record_verifier.h"

/* `north/tile/entries/x001/x002/003.p/5` for logs greater than anybody's. */
enum { DEPTH_MAXIMUM = 12 };

static int walk_below(const struct folder_walker *walker, int parent, const char *name,
                      const char *path, unsigned depth, struct error *error);

static int walk_item(const struct folder_walker *walker, int folder, const char *name,
                     const char *path, unsigned depth, struct error *error)
{
	struct stat status;

	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return error_set(error, ERROR_IO, "%.200s: %s", path, strerror(errno));
	if (S_ISREG(status.st_mode))
		return walker->file(walker->context, path, error);
	if (S_ISDIR(status.st_mode))
		return walk_below(walker, folder, name, path, depth + 1, error);
	return walker->odd(walker->context, path,
	                   S_ISLNK(status.st_mode) ? FOLDER_LINK : FOLDER_DEVICE);
}

/* Takes `folder`. */
static int walk_open(const struct folder_walker *walker, int folder, const char *path,
                     unsigned depth, struct error *error)
{
	DIR *directory = fdopendir(folder);
	char below[RECORD_PATH_CAPACITY];
	struct dirent *item;
	bool empty = true;
	int r = OK;

	if (directory == NULL) {
		close(folder);
		return error_set(error, ERROR_IO, "a folder cannot be read");
	}
	while (r == OK && (errno = 0, item = readdir(directory)) != NULL) {
		if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
			continue;
		empty = false;
		if (snprintf(below, sizeof(below), "%s%s%s", path, *path == '\0' ? "" : "/",
		             item->d_name) >= (int)sizeof(below))
			r = walker->odd(walker->context, below, FOLDER_TOO_DEEP);
		else
			r = walk_item(walker, folder, item->d_name, below, depth, error);
	}
	if (r == OK && item == NULL && errno != 0)
		r = error_set(error, ERROR_IO, "a folder cannot be read: %s", strerror(errno));
	if (r == OK && empty)
		r = walker->odd(walker->context, path, FOLDER_EMPTY);
	closedir(directory);
	return r;
}

static int walk_below(const struct folder_walker *walker, int parent, const char *name,
                      const char *path, unsigned depth, struct error *error)
{
	int folder;

	if (depth > DEPTH_MAXIMUM)
		return walker->odd(walker->context, path, FOLDER_TOO_DEEP);
	folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return error_set(error, ERROR_IO, "%.200s: %s", path, strerror(errno));
	return walk_open(walker, folder, path, depth, error);
}

int folder_walk(const struct record_folder *folder, const struct folder_walker *walker,
                struct error *error)
{
	return walk_below(walker, folder->fd, ".", "", 0, error);
}
