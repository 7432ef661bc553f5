/* A copy of the open database, by SQLite's online backup, in steps.
 *
 * The file has no name as soon as both ends have opened it, so that nothing of it
 * is left when the process ends, however it ends. What the store commits between
 * two steps SQLite writes into the copy too, since both go through one connection.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "allocate.h"
#include "sqlite_rows.h"
#include "sqlite_statement.h"

enum {
	STEP_PAGES = 512,
	/* bytes of the disk that are left to the store itself */
	RESERVE = 64 * 1024 * 1024
};

struct store_copy {
	struct store *store;
	sqlite3 *target;        /* NULL when the copy is whole */
	sqlite3_backup *backup; /* likewise */
	int file;
	uint64_t size; /* once it is whole */
};

static int system_failed(struct store *store, const char *what)
{
	int code = errno == ENOSPC || errno == EDQUOT ? ERROR_LIMIT : ERROR_IO;

	return error_set(&store->failure, code, "the copy of the database cannot be %s: %s", what,
	                 strerror(errno));
}

/* A full disk would stop the node, and not only the copy. */
static int check_room(struct store *store, const char *path)
{
	struct statvfs disk;
	struct stat status;
	uint64_t room, needed;

	if (statvfs(path, &disk) != 0 || stat(path, &status) != 0)
		return system_failed(store, "placed");
	room = (uint64_t)disk.f_bavail * disk.f_frsize;
	needed = (uint64_t)status.st_size + RESERVE;
	if (room < needed)
		return error_set(&store->failure, ERROR_LIMIT,
		                 "the disk of the database has room for %llu MB and a copy needs "
		                 "%llu MB",
		                 (unsigned long long)(room >> 20),
		                 (unsigned long long)(needed >> 20) + 1);
	return OK;
}

/* Opens the copy's file twice, for SQLite to write and for us to read, and takes
 * its name away. */
static int open_file(struct store_copy *copy, const char *path)
{
	int code, r = OK;

	if (unlink(path) != 0 && errno != ENOENT)
		return system_failed(copy->store, "replaced");
	copy->file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (copy->file < 0)
		return system_failed(copy->store, "created");
	code = sqlite3_open_v2(path, &copy->target,
	                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
	                       NULL);
	/* It needs no journal: when it fails it is thrown away. */
	if (code == SQLITE_OK)
		code = sqlite3_exec(copy->target,
		                    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL,
		                    NULL, NULL);
	if (code != SQLITE_OK)
		r = sqlite_failed(copy->store, code);
	if (unlink(path) != 0 && r == OK)
		r = system_failed(copy->store, "unlinked");
	return r;
}

int sqlite_begin_copy(struct store *store, struct store_copy **ret_copy)
{
	struct sqlite_store *sqlite = store->state;
	const char *database = sqlite3_db_filename(sqlite->database, "main");
	struct store_copy *copy;
	char path[PATH_MAX];
	int r;

	if ((size_t)snprintf(path, sizeof path, "%s.copy", database) >= sizeof path)
		return error_set(&store->failure, ERROR_LIMIT, "the database's path is too long");
	if ((r = check_room(store, database)) != OK)
		return r;
	if ((copy = allocate(1, sizeof *copy)) == NULL)
		return error_set(&store->failure, ERROR_MEMORY, "no memory for a copy");
	copy->store = store;
	copy->file = -1;
	if ((r = open_file(copy, path)) == OK) {
		copy->backup = sqlite3_backup_init(copy->target, "main", sqlite->database, "main");
		if (copy->backup == NULL)
			r = sqlite_failed(store, sqlite3_errcode(copy->target));
	}
	if (r != OK)
		sqlite_free_copy(copy);
	else
		*ret_copy = copy;
	return r;
}

/* Closes SQLite's side; what it wrote last may fail here. */
static int finish(struct store_copy *copy)
{
	int code = sqlite3_backup_finish(copy->backup);
	int closed = sqlite3_close(copy->target);

	copy->backup = NULL;
	copy->target = NULL;
	return code != SQLITE_OK ? code : closed;
}

int sqlite_step_copy(struct store_copy *copy)
{
	struct stat status;
	int code;

	if (copy->backup == NULL)
		return OK;
	code = sqlite3_backup_step(copy->backup, STEP_PAGES);
	if (code == SQLITE_OK)
		return ERROR_WAIT;
	if (code == SQLITE_DONE)
		code = finish(copy);
	if (code != SQLITE_OK)
		return sqlite_failed(copy->store, code);
	if (fstat(copy->file, &status) != 0)
		return system_failed(copy->store, "measured");
	copy->size = (uint64_t)status.st_size;
	return OK;
}

uint64_t sqlite_copy_size(const struct store_copy *copy)
{
	return copy->size;
}

int sqlite_read_copy(struct store_copy *copy, uint64_t offset, uint8_t *bytes, size_t size)
{
	while (size > 0) {
		ssize_t got = pread(copy->file, bytes, size, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return system_failed(copy->store, "read");
		bytes += got;
		offset += (uint64_t)got;
		size -= (size_t)got;
	}
	return OK;
}

void sqlite_free_copy(struct store_copy *copy)
{
	finish(copy);
	if (copy->file >= 0)
		close(copy->file);
	release_memory(copy);
}
