/* A backup as a file: an archive (backup_archive.h) that is sealed by age, or is not.
 * Never wholly in memory. Sentences name the file. */
#ifndef BACKUP_STREAM_H
#define BACKUP_STREAM_H

#include "age_stream.h"
#include "backup_archive.h"

/* Where a backup is written. What stands under its name is whole: until it is, it has
 * none, and nothing is left of one that was given up. */
struct backup_output {
	const char *path;                          /* NULL: standard output */
	char partial[BACKUP_NAME_CAPACITY + 4096]; /* "" where the file has no name yet */
	int fd;
	bool sealed;
	struct age_encryptor encryptor;
	struct buffer pending; /* sealed, to be written */
	uint64_t written;
	struct error why; /* that writing failed */
};

/* `count` 0: not sealed. ERROR_EXISTS when there is such a file, ERROR_IO. */
int backup_output_open(const char *path, const struct x25519_public *recipients, size_t count,
                       struct backup_output *ret_output, struct error *error);

/* Where the archive goes; the output must outlive it. What it fails with, `why` says. */
struct byte_sink backup_output_sink(struct backup_output *output);

/* The archive is complete: syncs, and gives the file its name. */
int backup_output_finish(struct backup_output *output, struct error *error);
void backup_output_release(struct backup_output *output);

/* Reads a backup (`-`: standard input) through the reader to its end. Sealed or not, it
 * says itself; `identity` may be NULL where it is not. ERROR_SYNTAX: it is no backup;
 * ERROR_NOT_FOUND: sealed to others; ERROR_SIGNATURE and ERROR_MISMATCH: damaged or cut
 * off; ERROR_USAGE: it is sealed and no identity is given; ERROR_IO. */
int backup_input_read(const char *path, const char *identity, struct backup_reader *reader,
                      struct error *error);

#endif
