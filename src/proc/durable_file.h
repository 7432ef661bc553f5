/* Files that are either the old or the new one, whole, after any crash. Names
 * are relative to a directory descriptor and contain no slash. */
#ifndef DURABLE_FILE_H
#define DURABLE_FILE_H

#include <sys/types.h>

#include "buffer.h"
#include "result.h"

/* Appends the content of a regular file to `buffer`. ERROR_NOT_FOUND,
 * ERROR_LIMIT (longer than the buffer takes), ERROR_MEMORY, ERROR_IO, and
 * ERROR_DENIED for a symbolic link or another kind of file. */
int durable_file_read(int directory, const char *name, struct buffer *buffer, struct error *error);

/* Writes a temporary file beside it, syncs, renames over `name`, syncs the
 * directory. ERROR_IO or ERROR_LIMIT (name longer than 200 bytes). */
int durable_file_write(int directory, const char *name, struct bytes content, mode_t mode,
                       struct error *error);

/* The same, and what stood under the name is overwritten with zeros before it goes: for
 * files from which a secret is taken. After an abrupt end the former content may still be
 * there under `name.new`, to be destroyed: who looks after that directory does so when it
 * starts. Where the file system cannot exchange two names it is overwritten after it has
 * lost its name, and an abrupt end may leave it. */
int durable_file_replace(int directory, const char *name, struct bytes content, mode_t mode,
                         struct error *error);

/* Overwrites the content with zeros, syncs, unlinks, syncs the directory: for
 * secrets, as well as a file system lets one. Not atomic: who looks for the file
 * by its name renames it first. ERROR_NOT_FOUND, ERROR_IO. */
int durable_file_destroy(int directory, const char *name, struct error *error);

/* Renames within a directory and syncs it. ERROR_NOT_FOUND, ERROR_IO. */
int durable_file_rename(int directory, const char *old_name, const char *new_name,
                        struct error *error);

/* write(2) or pwrite(2) of everything, whatever interrupts. ERROR_IO. */
int file_write_all(int fd, struct bytes content);
int file_write_all_at(int fd, struct bytes content, off_t offset);

#endif
