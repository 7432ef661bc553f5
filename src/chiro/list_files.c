#include "list_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "text.h"
#include "translate.h"

enum { PASSED_AT_ONCE = 4 << 20 };

static const char folder[] = "lists";
static const char ending[] = ".list";

int list_file_path(const struct settings *settings, const char *name, bool make,
                   char ret_path[LIST_PATH_CAPACITY], struct error *error)
{
	char lists[LIST_PATH_CAPACITY];
	char file[LIST_NAME_MAXIMUM + sizeof(ending)];
	int r;

	if (!text_is_identifier(bytes_of_string(name), LIST_NAME_MAXIMUM))
		return error_set(error, ERROR_USAGE,
		                 _("'%.64s' cannot be the name of a list: small letters, digits "
		                   "and hyphens, at most 64"),
		                 name);
	snprintf(file, sizeof(file), "%s%s", name, ending);
	if ((r = settings_folder(settings, folder, make, lists, sizeof(lists), error)) != OK)
		return r;
	if ((r = path_join(lists, file, ret_path, LIST_PATH_CAPACITY)) != OK)
		return error_set(error, r, _("a path is too long"));
	return OK;
}

/* Whether a file is a list; then its name. */
static bool is_list(const char *file, char ret_name[LIST_NAME_MAXIMUM + 1])
{
	const char *dot = strrchr(file, '.');

	if (dot == NULL || strcmp(dot, ending) != 0 ||
	    bytes_to_string(bytes_of(file, (size_t)(dot - file)), ret_name,
	                    LIST_NAME_MAXIMUM + 1) != OK)
		return false;
	return text_is_identifier(bytes_of_string(ret_name), LIST_NAME_MAXIMUM);
}

int list_files_each(const struct settings *settings,
                    int (*visit)(void *context, const char *name, const char *path), void *context,
                    struct error *error)
{
	char lists[LIST_PATH_CAPACITY];
	char path[LIST_PATH_CAPACITY], name[LIST_NAME_MAXIMUM + 1];
	struct dirent **entries;
	int count, r;

	if ((r = settings_folder(settings, folder, false, lists, sizeof(lists), error)) != OK)
		return r;
	count = scandir(lists, &entries, NULL, alphasort);
	if (count < 0)
		return errno == ENOENT
		           ? OK
		           : error_set(error, ERROR_IO, "%s: %s", lists, strerror(errno));
	for (int i = 0; i < count; i++) {
		if (r == OK && is_list(entries[i]->d_name, name)) {
			r = path_join(lists, entries[i]->d_name, path, sizeof(path));
			if (r == OK)
				r = visit(context, name, path);
			else
				error_set(error, r, _("a path is too long"));
		}
		free(entries[i]);
	}
	free(entries);
	return r;
}

int list_path_map(const char *path, struct list_mapping *ret_mapping, struct error *error)
{
	struct list_mapping mapping = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	int r = OK;

	if (fd < 0)
		return error_set(error, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, "%s: %s",
		                 path, strerror(errno));
	if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		r = error_set(error, ERROR_IO, _("%s is no file"), path);
	else if (status.st_size > LIST_FILE_MAXIMUM)
		r = error_set(error, ERROR_LIMIT, _("%s is longer than %d bytes"), path,
		              LIST_FILE_MAXIMUM);
	if (r == OK && status.st_size > 0) {
		size_t size = (size_t)status.st_size;
		void *start = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

		if (start == MAP_FAILED) {
			r = error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
		} else {
			mapping.start = start;
			mapping.text = bytes_of(start, size);
		}
	}
	close(fd);
	if (r == OK)
		*ret_mapping = mapping;
	return r;
}

int list_file_map(const struct settings *settings, const char *name,
                  struct list_mapping *ret_mapping, struct error *error)
{
	char path[LIST_PATH_CAPACITY];
	int r;

	if ((r = list_file_path(settings, name, false, path, error)) != OK)
		return r;
	if (!file_exists(path))
		return error_set(error, ERROR_NOT_FOUND,
		                 _("you keep no list '%s': 'chiro list show' names those that you "
		                   "keep"),
		                 name);
	return list_path_map(path, ret_mapping, error);
}

void list_file_unmap(struct list_mapping *mapping)
{
	if (mapping->start != NULL)
		munmap(mapping->start, mapping->text.size);
	*mapping = (struct list_mapping){ 0 };
}

void list_mapping_pass(const struct list_mapping *mapping, struct bytes rest, size_t *passed)
{
	size_t read = mapping->text.size - rest.size;

	if (mapping->start == NULL || read - *passed < PASSED_AT_ONCE)
		return;
	/* The mapping is of a file and only read: what is looked at again comes back from it. */
	madvise((uint8_t *)mapping->start + *passed, PASSED_AT_ONCE, MADV_DONTNEED);
	*passed += PASSED_AT_ONCE;
}
