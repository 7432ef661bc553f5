#include "blob_fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "allocate.h"
#include "durable_file.h"
#include "encoding.h"
#include "files.h"
#include "sha.h"
#include "temporary_file.h"
#include "terminal.h"
#include "translate.h"

/* What the node gives in one answer at most. */
enum { PIECE_MAXIMUM = 256 * 1024, CACHE_PATH_CAPACITY = 1024 };

int blob_fetch(struct api *api, const char *channel, const struct hash *sha256, uint64_t size,
               uint64_t offset, const struct byte_sink *sink, struct error *error)
{
	char name[HASH_HEX_CAPACITY];
	struct progress progress;
	struct buffer piece;
	json_t *state = NULL;
	uint64_t held;
	int r;

	hash_to_hex(sha256, name);
	if ((r = api_get(api, &state, error, "/v1/channels/%s/blobs/%s", channel, name)) != OK)
		return r;
	held = member_number(state, "held");
	json_decref(state);
	if (held < size)
		return error_set(
		    error, ERROR_WAIT,
		    _("the node has only %" PRIu64 " of %" PRIu64 " bytes of this body yet"), held,
		    size);
	buffer_init(&piece, PIECE_MAXIMUM);
	progress_begin(&progress, _("fetching the body"), size);
	while (r == OK && offset < size) {
		uint64_t left = size - offset;

		buffer_clear(&piece);
		r = api_fetch(api, &piece, error,
		              "/v1/channels/%s/blobs/%s/data?offset=%" PRIu64 "&length=%" PRIu64,
		              channel, name, offset,
		              left < PIECE_MAXIMUM ? left : (uint64_t)PIECE_MAXIMUM);
		if (r == OK && (piece.size == 0 || piece.size > left))
			r = error_set(error, ERROR_SYNTAX,
			              _("the node's answer is not understood"));
		if (r == OK)
			r = sink->write(sink->context, buffer_view(&piece));
		offset += piece.size;
		progress_update(&progress, offset);
	}
	progress_end(&progress);
	buffer_release(&piece);
	return r;
}

/* The cache file of a blob; its folder is made. ERROR_NOT_FOUND: there is no place. */
static int cache_path(const struct hash *sha256, char ret_path[CACHE_PATH_CAPACITY])
{
	const char *cache = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");
	char folder[CACHE_PATH_CAPACITY];
	char name[HASH_HEX_CAPACITY];
	int size;

	hash_to_hex(sha256, name);
	if (cache != NULL && cache[0] == '/')
		size = snprintf(folder, sizeof(folder), "%s", cache);
	else if (home != NULL && home[0] == '/')
		size = snprintf(folder, sizeof(folder), "%s/.cache", home);
	else
		return ERROR_NOT_FOUND;
	if (size < 0 || (size_t)size >= sizeof(folder) - sizeof("/chirograph"))
		return ERROR_NOT_FOUND;
	mkdir(folder, 0700);
	memcpy(folder + size, "/chirograph", sizeof("/chirograph"));
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return ERROR_NOT_FOUND;
	return path_join(folder, name, ret_path, CACHE_PATH_CAPACITY) == OK ? OK : ERROR_NOT_FOUND;
}

static int write_to_file(void *context, struct bytes bytes)
{
	return file_write_all(*(const int *)context, bytes);
}

/* The SHA-256 of a file from its start, to which it is set back. */
static int hash_file(int fd, struct hash *ret_hash)
{
	struct sha256_stream stream;
	uint8_t *piece = allocate(PIECE_MAXIMUM, 1);
	ssize_t got;
	int r;

	if (piece == NULL || sha256_stream_init(&stream) != OK) {
		release_memory(piece);
		return ERROR_MEMORY;
	}
	r = lseek(fd, 0, SEEK_SET) == 0 ? OK : ERROR_IO;
	while (r == OK && (got = read(fd, piece, PIECE_MAXIMUM)) != 0)
		r = got > 0          ? sha256_stream_update(&stream, bytes_of(piece, (size_t)got))
		    : errno == EINTR ? OK
		                     : ERROR_IO;
	if (r == OK && (r = sha256_stream_finish(&stream, ret_hash)) == OK &&
	    lseek(fd, 0, SEEK_SET) != 0)
		r = ERROR_IO;
	sha256_stream_release(&stream);
	release_memory(piece);
	return r;
}

int blob_fetch_file(struct api *api, const char *channel, const struct hash *sha256, uint64_t size,
                    int *ret_fd, struct error *error)
{
	char path[CACHE_PATH_CAPACITY];
	int fd = -1, r;
	const struct byte_sink sink = { &fd, write_to_file };
	struct hash hash;
	off_t held;

	if (cache_path(sha256, path) != OK) {
		if ((r = temporary_file_open(&fd, error)) != OK)
			return r;
	} else if ((fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)) < 0) {
		return error_set(error, ERROR_IO, "%s: %s", path, strerror(errno));
	}
	held = lseek(fd, 0, SEEK_END);
	if (held < 0 || (uint64_t)held > size)
		held = ftruncate(fd, 0) == 0 ? lseek(fd, 0, SEEK_SET) : -1;
	if (held < 0) {
		r = error_set(error, ERROR_IO, _("the temporary file cannot be read"));
		goto out;
	}
	if ((uint64_t)held < size &&
	    (r = blob_fetch(api, channel, sha256, size, (uint64_t)held, &sink, error)) != OK)
		goto out;
	if ((r = hash_file(fd, &hash)) != OK) {
		error_set(error, r, "%s", result_text(r));
	} else if (!hash_equal(&hash, sha256)) {
		blob_fetch_done(sha256);
		r = error_set(error, ERROR_MISMATCH,
		              _("what the node gave is not the body that the act "
		                "names; try again"));
	}
out:
	if (r == OK)
		*ret_fd = fd;
	else
		close(fd);
	return r;
}

void blob_fetch_done(const struct hash *sha256)
{
	char path[CACHE_PATH_CAPACITY];

	if (cache_path(sha256, path) == OK)
		unlink(path);
}
