/* Files in a folder that an enemy may have made: no symbolic link is followed,
 * nothing but regular files is read, nothing is read beyond its expected size. */
#ifndef RECORD_FOLDER_H
#define RECORD_FOLDER_H

#include <sys/types.h>

#include "buffer.h"
#include "result.h"

struct record_folder {
	int fd; /* owned */
};

/* Opens the folder; only here links are followed, for the path is the user's.
 * ERROR_NOT_FOUND (absent, or no folder), ERROR_IO. */
int record_folder_open(struct record_folder *folder, const char *path, struct error *error);

/* Makes a folder that must not exist and opens it. ERROR_EXISTS, ERROR_IO. */
int record_folder_make(struct record_folder *folder, const char *path, struct error *error);
void record_folder_close(struct record_folder *folder);

/* Whether anything of this name is there, of whatever type. */
bool record_folder_has(const struct record_folder *folder, const char *path);

/* Opens a file to read and gives its size. ERROR_NOT_FOUND; ERROR_DENIED when it, or
 * a folder on the way, is a link or of another type; ERROR_IO. */
int record_file_open(const struct record_folder *folder, const char *path, int *ret_fd,
                     uint64_t *ret_size, struct error *error);

/* Appends what follows in an open file, at most `size` bytes. ERROR_IO, ERROR_MEMORY,
 * ERROR_LIMIT when the buffer has no room for `size`. */
int record_file_take(int fd, size_t size, struct buffer *buffer, struct error *error);

/* Appends the content of a file. As record_file_open, and ERROR_LIMIT when it is longer
 * than the buffer takes. */
int record_file_read(const struct record_folder *folder, const char *path, struct buffer *buffer,
                     struct error *error);

/* Makes a file that must not exist, and the folders on its way that do not, and opens
 * it to write. ERROR_EXISTS, ERROR_IO. */
int record_file_make(const struct record_folder *folder, const char *path, mode_t mode, int *ret_fd,
                     struct error *error);

/* Writes all of it. ERROR_IO. */
int record_file_put(int fd, struct bytes content, struct error *error);

/* Makes a file with this content. */
int record_file_write(const struct record_folder *folder, const char *path, mode_t mode,
                      struct bytes content, struct error *error);

#endif
