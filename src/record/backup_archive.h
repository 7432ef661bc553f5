/* The archive of a backup: a ustar archive (POSIX pax, "ustar Interchange Format")
 * whose members are regular files in the folder `chirograph-backup`, of mode 0600, user
 * and group 0 without names, modified when the backup was made; the last of them,
 * `manifest`, tells the others (backup_manifest.h); then two blocks of zeros and nothing
 * more. A size that eleven octal digits cannot tell is in base 256, as GNU tar and
 * libarchive write and read it.
 *
 * The writer knows the size of each file before its content, and passes everything on
 * at once. The reader is given what somebody calls a backup: it makes each header anew
 * from the name and the size that stand in it and compares all bytes, so that `tar x`
 * and this reader see the same; and in the end it compares names, sizes and hashes with
 * the manifest.
 */
#ifndef BACKUP_ARCHIVE_H
#define BACKUP_ARCHIVE_H

#include "backup_manifest.h"
#include "byte_stream.h"
#include "sha.h"

enum { BACKUP_BLOCK_SIZE = 512 };
#define BACKUP_FOLDER "chirograph-backup"

/* `manifest` is the caller's to fill but for its files, before the end; time first. */
struct backup_writer {
	const struct byte_sink *sink;
	struct backup_manifest manifest;
	struct sha256_stream hash;
	struct backup_file file; /* that is being written */
	uint64_t left;           /* of it */
};

/* `sink` must outlive the writer; results of it are passed on. `time` is that of the
 * members and of the manifest. */
int backup_writer_init(struct backup_writer *writer, const struct byte_sink *sink, timestamp time);

/* A file: begin, its content in any pieces, end. ERROR_STATE when the content is not as
 * long as was said; those of backup_manifest_add_file. */
int backup_writer_begin(struct backup_writer *writer, const char *name, uint64_t size);
int backup_writer_put(struct backup_writer *writer, struct bytes content);
int backup_writer_end(struct backup_writer *writer);
/* The three in one. */
int backup_writer_file(struct backup_writer *writer, const char *name, struct bytes content);

/* The manifest and the end. */
int backup_writer_finish(struct backup_writer *writer);
void backup_writer_release(struct backup_writer *writer);

/* What a reader gives out: for each file but the manifest its begin, any number of
 * data, its end. Nothing of it may be trusted before backup_reader_finish. Results other
 * than OK end the reading and are passed on. */
struct backup_receiver {
	void *context;
	int (*begin)(void *context, const char *name, uint64_t size, struct error *error);
	int (*data)(void *context, struct bytes data, struct error *error);
	int (*end)(void *context, struct error *error);
};

struct backup_reader {
	struct backup_receiver receiver;
	unsigned state;        /* what is read next */
	struct buffer pending; /* of a header, or of the manifest */
	struct backup_file file;
	uint64_t left; /* bytes still to come of a content or its padding */
	timestamp time;
	struct sha256_stream hash;
	struct backup_manifest seen;     /* the files that were read */
	struct backup_manifest manifest; /* filled when it has been read */
	bool is_manifest;                /* the member that is being read */
};

/* `receiver` is copied; its context must outlive the reader. */
int backup_reader_init(struct backup_reader *reader, const struct backup_receiver *receiver);

/* ERROR_SYNTAX, ERROR_MISMATCH, ERROR_LIMIT: this is not an archive of a backup, or was
 * changed; `error` says where. After a failure the reader can only be released. */
int backup_reader_update(struct backup_reader *reader, struct bytes piece, struct error *error);

/* The archive ends here: ERROR_SYNTAX when that is too early. Then `manifest` tells of
 * all that came. */
int backup_reader_finish(struct backup_reader *reader, struct error *error);
void backup_reader_release(struct backup_reader *reader);

#endif
