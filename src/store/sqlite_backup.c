/* A copy of the open database, by SQLite's online backup.
 *
 * Method: copy into `<path>.partial`, sync that file, rename it without
 * replacing anything, sync the directory. So what has the name is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sqlite_rows.h"
#include "sqlite_statement.h"

static int system_failed(struct store *store, const char *path)
{
	int code = errno == EEXIST ? ERROR_EXISTS : errno == ENOSPC ? ERROR_LIMIT : ERROR_IO;

	return error_set(&store->failure, code, "the backup to %s failed: %s", path,
	                 strerror(errno));
}

/* Syncs a file, or a directory and with it the names in it. */
static int sync_path(struct store *store, const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	int r = OK;

	if (file < 0)
		return system_failed(store, path);
	if (fsync(file) != 0)
		r = system_failed(store, path);
	close(file);
	return r;
}

static int create_partial(struct store *store, const char *path)
{
	int file;

	if (unlink(path) != 0 && errno != ENOENT)
		return system_failed(store, path);
	file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0)
		return system_failed(store, path);
	close(file);
	return OK;
}

/* The copy needs no journal: when it fails it is thrown away. */
static int copy_database(struct store *store, const char *path)
{
	struct sqlite_store *sqlite = store->state;
	sqlite3_backup *backup = NULL;
	sqlite3 *copy = NULL;
	int code, finished;

	code = sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_exec(copy, "PRAGMA journal_mode = OFF", NULL, NULL, NULL);
	if (code == SQLITE_OK) {
		backup = sqlite3_backup_init(copy, "main", sqlite->database, "main");
		code = backup ? sqlite3_backup_step(backup, -1) : sqlite3_errcode(copy);
	}
	finished = sqlite3_backup_finish(backup);
	if (code == SQLITE_DONE)
		code = finished;
	sqlite3_close(copy);
	return code == SQLITE_OK ? OK : sqlite_failed(store, code);
}

int sqlite_backup(struct store *store, const char *path)
{
	char partial[PATH_MAX], directory[PATH_MAX];
	struct stat known;
	int r;

	if ((size_t)snprintf(partial, sizeof partial, "%s.partial", path) >= sizeof partial)
		return error_set(&store->failure, ERROR_LIMIT,
		                 "the path of the backup is too long");
	if (lstat(path, &known) == 0)
		return error_set(&store->failure, ERROR_EXISTS, "%s exists already", path);
	memcpy(directory, path, strlen(path) + 1);
	if ((r = create_partial(store, partial)) != OK)
		return r;
	if ((r = copy_database(store, partial)) != OK || (r = sync_path(store, partial)) != OK)
		goto out;
	if (renameat2(AT_FDCWD, partial, AT_FDCWD, path, RENAME_NOREPLACE) != 0) {
		r = system_failed(store, path);
		goto out;
	}
	return sync_path(store, dirname(directory));
out:
	unlink(partial);
	return r;
}
