/* What a backup says of itself, in the text format:
 *
 *     chirograph.backup/1
 *     time 2026-11-22T14:03:11Z               when the copy of the database was complete
 *     party north
 *     version 0.1.0                           of the program that made it
 *     channel <id> north 413 south 389        entries that it has of each log; 0..1024
 *     file <hexadecimal SHA-256> <bytes> <name>    1..4096, in the order of the archive
 *
 * The hashes are in hexadecimal so that `sha256sum -c` can be given them.
 */
#ifndef BACKUP_MANIFEST_H
#define BACKUP_MANIFEST_H

#include "charter.h"

enum {
	BACKUP_NAME_CAPACITY = 100, /* of a file, with its NUL: what a tar header takes */
	BACKUP_VERSION_CAPACITY = 33,
	BACKUP_CHANNELS_MAXIMUM = 1024,
	BACKUP_FILES_MAXIMUM = 4096,
	BACKUP_MANIFEST_MAXIMUM = 1 << 20 /* bytes */
};
#define BACKUP_FILE_SIZE_MAXIMUM (UINT64_C(1) << 48)

struct backup_channel {
	char id[CHANNEL_ID_CAPACITY];
	char parties[2][PARTY_ID_CAPACITY];
	uint64_t sizes[2];
};

struct backup_file {
	char name[BACKUP_NAME_CAPACITY];
	uint64_t size;
	struct hash hash;
};

struct backup_manifest {
	timestamp time;
	char party[PARTY_ID_CAPACITY];
	char version[BACKUP_VERSION_CAPACITY];
	struct backup_channel *channels; /* owned */
	size_t channel_count, channel_capacity;
	struct backup_file *files; /* owned */
	size_t file_count, file_capacity;
};

/* Lower-case letters, digits, dots and hyphens, beginning with a letter or digit: such
 * a name leads out of no folder. */
bool backup_name_is_valid(struct bytes name);

/* An empty manifest is all zero. Adding: ERROR_SYNTAX for a name that is not valid,
 * ERROR_EXISTS for one that is there, ERROR_LIMIT, ERROR_MEMORY. */
int backup_manifest_add_channel(struct backup_manifest *manifest,
                                const struct backup_channel *channel);
int backup_manifest_add_file(struct backup_manifest *manifest, const struct backup_file *file);

/* Appends the text. */
int backup_manifest_print(const struct backup_manifest *manifest, struct buffer *buffer);

/* ERROR_SYNTAX, ERROR_CANONICAL (another spelling), ERROR_LIMIT, ERROR_EXISTS, with the
 * line. */
int backup_manifest_parse(struct bytes text, struct backup_manifest *ret_manifest,
                          struct error *error);

void backup_manifest_release(struct backup_manifest *manifest);

#endif
