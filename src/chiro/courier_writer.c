#include "courier_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "allocate.h"
#include "durable_file.h"
#include "grow.h"
#include "sha.h"
#include "terminal.h"
#include "translate.h"

/* How many volumes there are stands in each of them, and is known when the last
 * frame has come: until then the frames of several volumes wait in one temporary
 * file beside them. */

enum { PATH_MAXIMUM = 4096, PIECE_SIZE = 128 * 1024, FILE_MODE = 0600 };

struct courier_writer {
	struct courier_header header;
	const char *path;
	uint64_t volume_size; /* 0: one file */
	bool finished;
	/* the one file, or the frames of several */
	int fd;
	uint64_t size;
	struct sha256_stream sha;
	bool hashing;
	/* ends of the volumes in the temporary file; the last is still growing */
	uint64_t *ends;
	size_t count, capacity;
	uint64_t made; /* files under their names, to be removed again */
};

static int failed(const char *path, struct error *error)
{
	if (errno == EEXIST)
		return error_set(error, ERROR_EXISTS,
		                 _("%s exists and is not overwritten: choose another place"), path);
	return error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
}

/* `path`, or `path.k` of several. */
static int volume_path(const struct courier_writer *writer, uint64_t volume, bool several,
                       char ret_path[PATH_MAXIMUM], struct error *error)
{
	int size = several ? snprintf(ret_path, PATH_MAXIMUM, "%s.%" PRIu64, writer->path, volume)
	                   : snprintf(ret_path, PATH_MAXIMUM, "%s", writer->path);

	return size < 0 || size >= PATH_MAXIMUM
	           ? error_set(error, ERROR_LIMIT, _("the path %.64s… is too long"), writer->path)
	           : OK;
}

/* --- one file -------------------------------------------------------------------- */

static const char *shown_path(const struct courier_writer *writer)
{
	return writer->path != NULL ? writer->path : _("standard output");
}

static int write_hashed(struct courier_writer *writer, struct bytes bytes, struct error *error)
{
	int r;

	if (writer->hashing && (r = sha256_stream_update(&writer->sha, bytes)) != OK)
		return error_set(error, r, "%s", result_text(r));
	return file_write_all(writer->fd, bytes) == OK ? OK : failed(shown_path(writer), error);
}

/* The SHA-256 of what was written, and all of it to the disk. */
static int end_file(struct courier_writer *writer, struct error *error)
{
	struct hash hash;
	int r = sha256_stream_finish(&writer->sha, &hash);

	sha256_stream_release(&writer->sha);
	writer->hashing = false;
	if (r != OK)
		return error_set(error, r, "%s", result_text(r));
	if (file_write_all(writer->fd, bytes_of(hash.bytes, HASH_SIZE)) != OK ||
	    (writer->path != NULL && fsync(writer->fd) != 0))
		return failed(shown_path(writer), error);
	return OK;
}

static int begin_file(struct courier_writer *writer, uint64_t volume, struct error *error)
{
	struct courier_header header = writer->header;
	struct buffer text;
	int r;

	header.volume = volume;
	if (header.volumes > 0) {
		if ((r = sha256_stream_init(&writer->sha)) != OK)
			return error_set(error, r, "%s", result_text(r));
		writer->hashing = true;
	}
	buffer_init(&text, COURIER_HEADER_MAXIMUM);
	if ((r = courier_header_print(&header, &text)) != OK)
		error_set(error, r, "%s", result_text(r));
	else
		r = write_hashed(writer, buffer_view(&text), error);
	buffer_release(&text);
	return r;
}

static int open_new(const char *path, int *ret_fd, struct error *error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);

	if (fd < 0)
		return failed(path, error);
	*ret_fd = fd;
	return OK;
}

/* --- several ------------------------------------------------------------------------ */

/* A file without a name, beside those that are to be made. */
static int open_temporary(struct courier_writer *writer, struct error *error)
{
	char path[PATH_MAXIMUM];
	int size = snprintf(path, sizeof(path), "%s.XXXXXX", writer->path);

	if (size < 0 || (size_t)size >= sizeof(path))
		return error_set(error, ERROR_LIMIT, _("the path %.64s… is too long"),
		                 writer->path);
	writer->fd = mkostemp(path, O_CLOEXEC);
	if (writer->fd < 0)
		return failed(writer->path, error);
	unlink(path);
	return OK;
}

static int begin_volume(struct courier_writer *writer, struct error *error)
{
	uint64_t *ends = grow(writer->ends, writer->count, &writer->capacity, sizeof(*ends));

	if (ends == NULL || writer->count == COURIER_VOLUMES_MAXIMUM)
		return error_set(error, ERROR_LIMIT, _("too many volumes: make them larger"));
	writer->ends = ends;
	ends[writer->count++] = writer->size;
	return OK;
}

static int copy_frames(struct courier_writer *writer, int from, uint64_t start, uint64_t end,
                       struct error *error)
{
	uint8_t piece[PIECE_SIZE];
	int r;

	while (start < end) {
		uint64_t left = end - start;
		ssize_t got = pread(from, piece, left < sizeof(piece) ? left : sizeof(piece),
		                    (off_t)start);

		if (got <= 0)
			return failed(writer->path, error);
		if ((r = write_hashed(writer, bytes_of(piece, (size_t)got), error)) != OK)
			return r;
		start += (uint64_t)got;
	}
	return OK;
}

static int write_volume(struct courier_writer *writer, int temporary, uint64_t volume,
                        struct error *error)
{
	uint64_t start = volume == 1 ? 0 : writer->ends[volume - 2];
	char path[PATH_MAXIMUM];
	int r;

	if ((r = volume_path(writer, volume, writer->count > 1, path, error)) != OK ||
	    (r = open_new(path, &writer->fd, error)) != OK)
		return r;
	writer->made = volume;
	if ((r = begin_file(writer, volume, error)) == OK &&
	    (r = copy_frames(writer, temporary, start, writer->ends[volume - 1], error)) == OK)
		r = end_file(writer, error);
	if (close(writer->fd) != 0 && r == OK)
		r = failed(path, error);
	writer->fd = -1;
	return r;
}

static int write_volumes(struct courier_writer *writer, struct error *error)
{
	int temporary = writer->fd, r = OK;

	writer->fd = -1;
	writer->header.volumes = writer->count;
	for (uint64_t volume = 1; volume <= writer->count && r == OK; volume++)
		r = write_volume(writer, temporary, volume, error);
	close(temporary);
	return r;
}

/* --- all of it ----------------------------------------------------------------------- */

int courier_writer_new(const struct courier_header *header, const char *path, uint64_t volume_size,
                       struct courier_writer **ret_writer, struct error *error)
{
	struct courier_writer *writer = allocate(1, sizeof(*writer));
	int r;

	if (writer == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	writer->header = *header;
	writer->path = path;
	writer->volume_size = volume_size;
	writer->fd = -1;
	if (volume_size > 0) {
		if ((r = open_temporary(writer, error)) == OK)
			r = begin_volume(writer, error);
	} else if (path == NULL) {
		writer->fd = STDOUT_FILENO;
		r = begin_file(writer, 1, error);
	} else if ((r = open_new(path, &writer->fd, error)) == OK) {
		writer->made = writer->count = 1;
		r = begin_file(writer, 1, error);
	}
	if (r != OK) {
		courier_writer_free(writer);
		return r;
	}
	*ret_writer = writer;
	return OK;
}

size_t courier_writer_room(const struct courier_writer *writer)
{
	uint64_t most = FRAME_MAXIMUM + 4;

	if (writer->volume_size > 0 &&
	    writer->volume_size - COURIER_HEADER_MAXIMUM - COURIER_TRAILER_SIZE < most)
		most = writer->volume_size - COURIER_HEADER_MAXIMUM - COURIER_TRAILER_SIZE;
	return (size_t)most;
}

int courier_writer_add(struct courier_writer *writer, struct bytes frame, struct error *error)
{
	uint64_t start, room;
	int r;

	if (writer->volume_size > 0) {
		start = writer->count == 1 ? 0 : writer->ends[writer->count - 2];
		room = writer->volume_size - COURIER_HEADER_MAXIMUM - COURIER_TRAILER_SIZE;
		if (writer->size > start && writer->size + frame.size > start + room &&
		    (r = begin_volume(writer, error)) != OK)
			return r;
	}
	if ((r = write_hashed(writer, frame, error)) != OK)
		return r;
	writer->size += frame.size;
	if (writer->volume_size > 0)
		writer->ends[writer->count - 1] = writer->size;
	return OK;
}

int courier_writer_finish(struct courier_writer *writer, uint64_t *ret_volumes, struct error *error)
{
	int r = writer->volume_size > 0 ? write_volumes(writer, error) : end_file(writer, error);

	if (r != OK)
		return r;
	writer->finished = true;
	*ret_volumes = writer->volume_size > 0 ? writer->count : 1;
	return OK;
}

void courier_writer_free(struct courier_writer *writer)
{
	char path[PATH_MAXIMUM];

	if (writer == NULL)
		return;
	if (writer->hashing)
		sha256_stream_release(&writer->sha);
	if (writer->fd >= 0 && writer->fd != STDOUT_FILENO)
		close(writer->fd);
	for (uint64_t volume = 1; volume <= writer->made && !writer->finished; volume++)
		if (volume_path(writer, volume, writer->count > 1, path, NULL) == OK)
			unlink(path);
	release_memory(writer->ends);
	release_memory(writer);
}
