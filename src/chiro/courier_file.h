/* Courier files on disk (courier.h): written in volumes, read only when whole. */
#ifndef COURIER_FILE_H
#define COURIER_FILE_H

#include "courier.h"
#include "result.h"

#include <stdio.h>
#include <sys/types.h>

/* The least size of a volume: a frame that holds one entry and its small body. */
enum { COURIER_VOLUME_MINIMUM = 256 * 1024 };

/* --- writing --------------------------------------------------------------------
 *
 * To standard output (`path` NULL) or to files that must not exist: `path` itself,
 * or `path.1`, `path.2` … when there are several volumes. What was made of files is
 * removed again when it fails. */
struct courier_writer;

/* `header`'s volume is ignored; its volumes 0 makes a stream (standard output only).
 * `volume_size`: bytes that no file exceeds, at least COURIER_VOLUME_MINIMUM; 0: one
 * file of any size. */
int courier_writer_new(const struct courier_header *header, const char *path, uint64_t volume_size,
                       struct courier_writer **ret_writer, struct error *error);
/* The greatest frame, with its header, that fits into a volume. */
size_t courier_writer_room(const struct courier_writer *writer);
/* Adds a frame with its header. */
int courier_writer_add(struct courier_writer *writer, struct bytes frame, struct error *error);
/* Ends the last file; all are durable then. Gives how many there are. */
int courier_writer_finish(struct courier_writer *writer, uint64_t *ret_volumes,
                          struct error *error);
/* Without a finish before: nothing is left. NULL is allowed. */
void courier_writer_free(struct courier_writer *writer);

/* --- reading -------------------------------------------------------------------- */

struct courier_file {
	struct courier_header header;
	int fd; /* -1: not open */
	bool is_stream;
	uint64_t next, end; /* of the frames; a stream has no end */
	uint64_t frames;    /* read so far */
};

/* Opens a file (`-`: standard input) and checks it whole: header, SHA-256, and the
 * layout of each frame. What is no regular file is copied to a temporary one first,
 * but for a stream, of which only the header is read. The sentence does not name the
 * file. ERROR_MISMATCH: it was damaged or cut short on its way. */
int courier_file_open(const char *path, struct courier_file *ret_file, struct error *error);
void courier_file_close(struct courier_file *file);

/* The next frame into `frame` (cleared first; it takes FRAME_MAXIMUM): type and
 * payload. ERROR_NOT_FOUND at the end. */
int courier_file_next(struct courier_file *file, struct buffer *frame, struct error *error);

#endif
