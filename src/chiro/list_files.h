/* One's own lists: `lists/<name>.list` in the person's directory (settings.h), each a text
 * chirograph.list/1 (list_text.h), readable by the person only. No node knows of them until
 * they are committed. A name is [a-z][a-z0-9-]*, at most LIST_NAME_MAXIMUM bytes. */
#ifndef LIST_FILES_H
#define LIST_FILES_H

#include "bytes.h"
#include "result.h"
#include "settings.h"

enum {
	LIST_NAME_MAXIMUM = 64,
	LIST_PATH_CAPACITY = SETTINGS_PATH_CAPACITY + 128,
	LIST_FILE_MAXIMUM = 256 * 1024 * 1024
};

/* The path of a list; with `make`, makes the directories. ERROR_USAGE: no such name can be,
 * or the person has no directory; ERROR_LIMIT, ERROR_IO. */
int list_file_path(const struct settings *settings, const char *name, bool make,
                   char ret_path[LIST_PATH_CAPACITY], struct error *error);

/* Calls `visit` with name and path of each list, in the order of their names; ends with what it
 * returns other than OK. None where there is no directory. ERROR_IO. */
int list_files_each(const struct settings *settings,
                    int (*visit)(void *context, const char *name, const char *path), void *context,
                    struct error *error);

/* The text of a list, mapped from its file: reading it takes no memory. */
struct list_mapping {
	struct bytes text;
	void *start; /* NULL: nothing is mapped */
};

/* ERROR_NOT_FOUND: one keeps no such list; the results of list_file_path; ERROR_LIMIT beyond
 * LIST_FILE_MAXIMUM bytes, ERROR_IO. Nothing of the content is checked. */
int list_file_map(const struct settings *settings, const char *name,
                  struct list_mapping *ret_mapping, struct error *error);
/* The same of a path. */
int list_path_map(const char *path, struct list_mapping *ret_mapping, struct error *error);
void list_file_unmap(struct list_mapping *mapping);
/* Gives back what of it the system holds in memory for this process before `rest`, which is the
 * end of the text: what is read once from its start to its end is then in memory only in part,
 * however long it is. May be called as often as one likes; does nothing until much was read. */
void list_mapping_pass(const struct list_mapping *mapping, struct bytes rest, size_t *passed);

#endif
