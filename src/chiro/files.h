/* Files of the person who runs chiro: read within bounds, never overwritten. */
#ifndef FILES_H
#define FILES_H

#include <sys/types.h>

#include "buffer.h"
#include "result.h"

/* Appends the content of a file, `-` for standard input. ERROR_NOT_FOUND,
 * ERROR_LIMIT (more than the buffer takes), ERROR_IO, ERROR_MEMORY; the sentence
 * names the path. */
int file_read(const char *path, struct buffer *buffer, struct error *error);

/* Says in `error` (may be NULL) that what it is about stands in a file: path, line
 * if there is one, reason. Returns `code`, which becomes its code. */
int error_in_file(struct error *error, int code, const char *path);

/* Writes a file that must not exist yet, whole and synced: on failure none is
 * left. ERROR_EXISTS, ERROR_IO. */
int file_write_new(const char *path, struct bytes content, mode_t mode, struct error *error);

/* Writes or replaces a file in one step (temporary file, rename). */
int file_replace(const char *path, struct bytes content, mode_t mode, struct error *error);

bool file_exists(const char *path);

/* `directory/name` in an array; ERROR_LIMIT. */
int path_join(const char *directory, const char *name, char *ret_path, size_t capacity);

/* Makes a directory that only its owner may look into; OK where there is one. ERROR_IO. */
int directory_make(const char *path, struct error *error);

/* A private directory under TMPDIR or /tmp for the files of one step; and its
 * removal with all files in it (no subdirectories). */
int scratch_directory_make(char *ret_path, size_t capacity, struct error *error);
void scratch_directory_remove(const char *path);

/* Removes a directory with all that is in it, following no link. Goes on where
 * something cannot be removed: ERROR_IO then, and a sentence that names the first. */
int directory_remove_all(const char *path, struct error *error);

#endif
