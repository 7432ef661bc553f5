/* Files without a name, for what is too large for memory: in TMPDIR, or /tmp. Nobody else
 * can open them, and they are gone when they are closed, however the process ends. */
#ifndef TEMPORARY_FILE_H
#define TEMPORARY_FILE_H

#include "bytes.h"
#include "result.h"

/* The caller closes it. ERROR_IO, ERROR_LIMIT (TMPDIR is too long). */
int temporary_file_open(int *ret_fd, struct error *error);

/* Reads exactly `size` bytes from `offset`: ERROR_IO, also where there are fewer. */
int file_read_exactly_at(int fd, void *ret_bytes, size_t size, uint64_t offset);

#endif
