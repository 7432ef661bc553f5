#include "courier_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "durable_file.h"
#include "sha.h"
#include "temporary_file.h"
#include "terminal.h"
#include "translate.h"

enum { PIECE_SIZE = 128 * 1024 };

static int failed(struct error *error)
{
	return error_set(error, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO, "%s",
	                 strerror(errno));
}

static int cut_short(struct error *error)
{
	return error_set(error, ERROR_MISMATCH, _("it is cut short"));
}

/* Reads as much as there is, up to `size`. */
static int read_some(int fd, void *data, size_t size, size_t *ret_size, struct error *error)
{
	size_t done = 0;

	while (done < size) {
		ssize_t got = read(fd, (uint8_t *)data + done, size - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return failed(error);
		if (got == 0)
			break;
		done += (size_t)got;
	}
	*ret_size = done;
	return OK;
}

/* --- what is no regular file ------------------------------------------------------ */

/* The header, byte by byte: what follows is left for others to read. */
static int read_header(int fd, uint8_t start[COURIER_HEADER_MAXIMUM], size_t *ret_size,
                       struct courier_header *ret_header, struct error *error)
{
	size_t size = 0, got, header_size;
	int r = ERROR_WAIT;

	while (r == ERROR_WAIT && size < COURIER_HEADER_MAXIMUM) {
		if ((r = read_some(fd, start + size, 1, &got, error)) != OK)
			return r;
		size += got;
		r = courier_header_parse(bytes_of(start, size), ret_header, &header_size, error);
		if (got == 0)
			return r == OK ? OK : error_set(error, ERROR_SYNTAX, "%s", error->message);
	}
	*ret_size = size;
	return r;
}

static int copy_rest(int from, int to, struct error *error)
{
	uint8_t piece[PIECE_SIZE];
	size_t size = 0;
	int r;

	do {
		if ((r = read_some(from, piece, sizeof(piece), &size, error)) != OK)
			return r;
		if (file_write_all(to, bytes_of(piece, size)) != OK)
			return error_set(error, ERROR_IO, _("it cannot be kept in TMPDIR: %s"),
			                 strerror(errno));
	} while (size == sizeof(piece));
	return OK;
}

/* A stream is read as it comes; anything else becomes a file that can be checked. */
static int take_over_stream(struct courier_file *file, struct error *error)
{
	uint8_t start[COURIER_HEADER_MAXIMUM];
	int from = file->fd, to = -1;
	size_t size;
	int r;

	if ((r = read_header(from, start, &size, &file->header, error)) != OK)
		return r;
	if (file->header.volumes == 0) {
		file->is_stream = true;
		return OK;
	}
	if ((r = temporary_file_open(&to, error)) != OK)
		return r;
	if (file_write_all(to, bytes_of(start, size)) != OK)
		r = failed(error);
	else
		r = copy_rest(from, to, error);
	if (r != OK) {
		close(to);
		return r;
	}
	if (from != STDIN_FILENO)
		close(from);
	file->fd = to;
	return OK;
}

/* --- checking ------------------------------------------------------------------------ */

static int check_hash(const struct courier_file *file, uint64_t size, struct error *error)
{
	struct hash computed, stated;
	struct sha256_stream sha;
	uint8_t piece[PIECE_SIZE];
	size_t got;
	int r;

	if (lseek(file->fd, 0, SEEK_SET) < 0)
		return failed(error);
	if ((r = sha256_stream_init(&sha)) != OK)
		return error_set(error, r, "%s", result_text(r));
	for (uint64_t left = size - HASH_SIZE; left > 0 && r == OK; left -= got) {
		size_t wanted = left < sizeof(piece) ? (size_t)left : sizeof(piece);

		if ((r = read_some(file->fd, piece, wanted, &got, error)) == OK && got < wanted)
			r = cut_short(error);
		if (r == OK && (r = sha256_stream_update(&sha, bytes_of(piece, got))) != OK)
			error_set(error, r, "%s", result_text(r));
	}
	if (r == OK && (r = sha256_stream_finish(&sha, &computed)) != OK)
		error_set(error, r, "%s", result_text(r));
	sha256_stream_release(&sha);
	if (r != OK || (r = read_some(file->fd, stated.bytes, HASH_SIZE, &got, error)) != OK)
		return r;
	if (got != HASH_SIZE || !hash_equal(&computed, &stated))
		return error_set(error, ERROR_MISMATCH,
		                 _("it was damaged or cut short on its way: the SHA-256 at its "
		                   "end is not that of the rest; have it sent again"));
	return OK;
}

static int check_header(struct courier_file *file, uint64_t *ret_size, struct error *error)
{
	uint8_t start[COURIER_HEADER_MAXIMUM];
	struct stat status;
	size_t got, size;
	int r;

	if (fstat(file->fd, &status) != 0 || lseek(file->fd, 0, SEEK_SET) < 0)
		return failed(error);
	if ((r = read_some(file->fd, start, sizeof(start), &got, error)) != OK)
		return r;
	r = courier_header_parse(bytes_of(start, got), &file->header, &size, error);
	if (r == ERROR_WAIT)
		return cut_short(error);
	if (r != OK)
		return r;
	if (file->header.volumes == 0)
		return error_set(error, ERROR_SYNTAX,
		                 _("it is a stream, which cannot be checked whole: give it on "
		                   "standard input, with '-'"));
	if ((uint64_t)status.st_size < size + HASH_SIZE)
		return cut_short(error);
	*ret_size = (uint64_t)status.st_size;
	file->next = size;
	file->end = *ret_size - HASH_SIZE;
	return OK;
}

/* The layout of each frame: a sender that writes others does not mean well, and
 * nothing of the file is taken. */
static int check_frames(struct courier_file *file, struct error *error)
{
	uint64_t start = file->next;
	struct error why = { 0 };
	struct buffer frame;
	int r;

	buffer_init(&frame, FRAME_MAXIMUM);
	while ((r = courier_file_next(file, &frame, &why)) == OK)
		if ((r = courier_check_frame(frame.data[0],
		                             bytes_of(frame.data + 1, frame.size - 1), &why)) != OK)
			break;
	buffer_release(&frame);
	if (r != ERROR_NOT_FOUND)
		return error_set(error, r, _("its frame %" PRIu64 " is malformed: %s"),
		                 file->frames, why.message);
	file->next = start;
	file->frames = 0;
	return lseek(file->fd, (off_t)start, SEEK_SET) < 0 ? failed(error) : OK;
}

int courier_file_open(const char *path, struct courier_file *ret_file, struct error *error)
{
	struct courier_file file = { .fd = STDIN_FILENO };
	struct stat status;
	uint64_t size;
	int r = OK;

	if (strcmp(path, "-") != 0 && (file.fd = open(path, O_RDONLY | O_CLOEXEC)) < 0)
		return failed(error);
	if (fstat(file.fd, &status) != 0)
		r = failed(error);
	else if (S_ISDIR(status.st_mode))
		r = error_set(error, ERROR_IO, _("it is a directory"));
	else if (!S_ISREG(status.st_mode))
		r = take_over_stream(&file, error);
	if (r == OK && !file.is_stream &&
	    ((r = check_header(&file, &size, error)) != OK ||
	     (r = check_hash(&file, size, error)) != OK ||
	     lseek(file.fd, (off_t)file.next, SEEK_SET) < 0 ||
	     (r = check_frames(&file, error)) != OK))
		r = r == OK ? failed(error) : r;
	if (r != OK) {
		courier_file_close(&file);
		return r;
	}
	*ret_file = file;
	return OK;
}

void courier_file_close(struct courier_file *file)
{
	if (file->fd >= 0 && file->fd != STDIN_FILENO)
		close(file->fd);
	file->fd = -1;
}

int courier_file_next(struct courier_file *file, struct buffer *frame, struct error *error)
{
	uint8_t header[4], *place;
	struct cursor cursor = cursor_over(bytes_of(header, sizeof(header)));
	uint32_t length;
	size_t got;
	int r;

	buffer_clear(frame);
	if (!file->is_stream && file->next == file->end)
		return ERROR_NOT_FOUND;
	if ((r = read_some(file->fd, header, sizeof(header), &got, error)) != OK)
		return r;
	if (got == 0)
		return ERROR_NOT_FOUND;
	file->frames++;
	if (got < sizeof(header))
		return cut_short(error);
	cursor_get_u32(&cursor, &length);
	if (length == 0 || length > FRAME_MAXIMUM)
		return error_set(error, ERROR_LIMIT, _("a frame of %" PRIu32 " bytes"), length);
	if (!file->is_stream && length > file->end - file->next - sizeof(header))
		return error_set(error, ERROR_SYNTAX, _("it does not end where the file does"));
	if ((r = buffer_extend(frame, length, &place)) != OK)
		return error_set(error, r, "%s", result_text(r));
	if ((r = read_some(file->fd, place, length, &got, error)) != OK)
		return r;
	if (got < length)
		return cut_short(error);
	file->next += sizeof(header) + length;
	return OK;
}
