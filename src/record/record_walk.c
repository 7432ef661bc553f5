/* Accounting for every file of a record. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record_verification.h"

/* `north/tile/entries/x001/x002/003.p/5` for logs greater than anybody's. */
enum { DEPTH_MAXIMUM = 12 };

static int does_not_belong(struct verification *v, const char *path)
{
	return record_damaged(v, ERROR_EXISTS, path, NO_OFFSET, NULL,
	                      "it does not belong to the record");
}

static int check_act_file(struct verification *v, const char *path, struct act_place place)
{
	const struct buffer *signers = &v->state.logs[place.party].signers;
	char second[RECORD_PATH_CAPACITY];

	record_act_path(&v->state, place, RECORD_ACT_SECOND, second);
	if (!v->acts || (signers->data[place.number] < 2 && strcmp(path, second) == 0))
		return does_not_belong(v, path);
	return OK;
}

/* Takes note of a body that was found and checked. */
static int found(struct verification *v, struct act_place place, enum record_found what, int result)
{
	if (result == OK)
		v->found[place.party].data[place.number] |= (uint8_t)what;
	return result;
}

static int check_part(struct verification *v, const char *path, const struct record_name *name,
                      struct error *error)
{
	const struct act_summary *act = rules_act(v->state.rules, name->place);
	char manifest[RECORD_PATH_CAPACITY];

	if (name->part == 0)
		return found(v, name->place, RECORD_FOUND_OPENED,
		             record_check_opened(v, name->place, error));
	record_body_path(&v->state, name->place, "/manifest", manifest);
	if (!record_folder_has(&v->folder, manifest))
		return record_damaged(v, ERROR_NOT_FOUND, manifest, NO_OFFSET, &name->place,
		                      "it is not there");
	if (!act->has_body || name->part > act->body_parts)
		return does_not_belong(v, path);
	return OK;
}

static int check_file(struct verification *v, const char *path, struct error *error)
{
	struct record_name name = record_name_of(&v->state, path);

	v->report.files++;
	switch (name.item) {
	case RECORD_ITEM_README:
	case RECORD_ITEM_DERIVED:
	case RECORD_ITEM_COUNTERSIGNED:
		return OK;
	case RECORD_ITEM_ACT:
		return check_act_file(v, path, name.place);
	case RECORD_ITEM_BODY:
		return found(v, name.place, RECORD_FOUND_SEALED,
		             record_check_sealed(v, path, name.place, error));
	case RECORD_ITEM_PART:
		return check_part(v, path, &name, error);
	default:
		return does_not_belong(v, path);
	}
}

static int walk_folder(struct verification *v, int parent, const char *name, const char *path,
                       unsigned depth, struct error *error);

static int check_item(struct verification *v, int folder, const char *name, const char *path,
                      unsigned depth, struct error *error)
{
	struct stat status;

	if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return error_set(error, ERROR_IO, "%.200s: %s", path, strerror(errno));
	if (S_ISREG(status.st_mode))
		return check_file(v, path, error);
	if (S_ISDIR(status.st_mode))
		return walk_folder(v, folder, name, path, depth + 1, error);
	return record_damaged(v, ERROR_DENIED, path, NO_OFFSET, NULL,
	                      S_ISLNK(status.st_mode) ? "it is a symbolic link"
	                                              : "it is not a plain file");
}

/* Takes `folder`. A folder without any file is one that no record has. */
static int walk_open_folder(struct verification *v, int folder, const char *path, unsigned depth,
                            struct error *error)
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
			r = does_not_belong(v, below);
		else
			r = check_item(v, folder, item->d_name, below, depth, error);
	}
	if (r == OK && item == NULL && errno != 0)
		r = error_set(error, ERROR_IO, "a folder cannot be read: %s", strerror(errno));
	if (r == OK && empty)
		r = does_not_belong(v, path);
	closedir(directory);
	return r;
}

static int walk_folder(struct verification *v, int parent, const char *name, const char *path,
                       unsigned depth, struct error *error)
{
	int folder;

	if (depth > DEPTH_MAXIMUM)
		return does_not_belong(v, path);
	folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return error_set(error, ERROR_IO, "%.200s: %s", path, strerror(errno));
	return walk_open_folder(v, folder, path, depth, error);
}

int record_walk(struct verification *v, struct error *error)
{
	uint8_t *marks;
	int r;

	for (unsigned party = 0; party < 2; party++) {
		size_t size = (size_t)v->state.logs[party].size;

		if ((r = buffer_extend(&v->found[party], size, &marks)) != OK)
			return error_set(error, r, "the acts cannot be counted");
		if (size > 0)
			memset(marks, 0, size);
	}
	return walk_folder(v, v->folder.fd, ".", "", 0, error);
}
