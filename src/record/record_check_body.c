/* Bodies in a record, compared with what their acts say. */
#include <stdio.h>
#include <unistd.h>

#include "record_verification.h"
#include "record_write_body.h"
#include "sha.h"

enum { PIECE_SIZE = 65536 };

/* Feeds a file of exactly `size` bytes to `hash`. */
static int hash_file(struct verification *v, const char *path, struct act_place place,
                     uint64_t size, struct sha256_stream *hash, struct error *error)
{
	struct error cause;
	uint64_t found;
	int fd, r;

	if ((r = record_file_open(&v->folder, path, &fd, &found, &cause)) != OK)
		return record_unreadable(v, path, r, &cause, error);
	if (found != size)
		r = record_damaged(v, ERROR_MISMATCH, path, found < size ? found : size, &place,
		                   "it has %llu bytes and should have %llu",
		                   (unsigned long long)found, (unsigned long long)size);
	while (r == OK && size > 0) {
		size_t piece = size < PIECE_SIZE ? (size_t)size : PIECE_SIZE;

		buffer_clear(&v->scratch);
		if ((r = record_file_take(fd, piece, &v->scratch, error)) != OK)
			break;
		if (v->scratch.size < piece)
			r = record_damaged(v, ERROR_MISMATCH, path, NO_OFFSET, &place,
			                   "it became shorter while it was read");
		else if ((r = sha256_stream_update(hash, buffer_view(&v->scratch))) != OK)
			error_set(error, r, "a body cannot be hashed");
		size -= piece;
	}
	close(fd);
	return r;
}

/* Compares SHA-256(salt || file) with `expected`. */
static int check_file(struct verification *v, const char *path, struct act_place place,
                      struct bytes salt, uint64_t size, const struct hash *expected,
                      struct error *error)
{
	struct sha256_stream stream;
	struct hash hash;
	int r;

	if ((r = sha256_stream_init(&stream)) != OK)
		return error_set(error, r, "a body cannot be hashed");
	if ((r = sha256_stream_update(&stream, salt)) == OK &&
	    (r = hash_file(v, path, place, size, &stream, error)) == OK &&
	    (r = sha256_stream_finish(&stream, &hash)) == OK && !hash_equal(&hash, expected))
		r = record_damaged(v, ERROR_MISMATCH, path, NO_OFFSET, &place,
		                   "its SHA-256 is not the one that the act commits to");
	sha256_stream_release(&stream);
	return r;
}

int record_check_sealed(struct verification *v, const char *path, struct act_place place,
                        struct error *error)
{
	const struct act_summary *act = rules_act(v->state.rules, place);

	if (!record_act_has_blob(act))
		return record_damaged(v, ERROR_MISMATCH, path, NO_OFFSET, &place,
		                      "the act has no body");
	return check_file(v, path, place, bytes_of("", 0), act->sealed_size, &act->sealed_hash,
	                  error);
}

static int check_parts(struct verification *v, struct act_place place,
                       const struct manifest *manifest, struct error *error)
{
	char ending[24], path[RECORD_PATH_CAPACITY];
	int r = OK;

	for (size_t i = 0; i < manifest->count && r == OK; i++) {
		const struct part_line *line = &manifest->lines[i];

		snprintf(ending, sizeof(ending), "/%04zu", line->number);
		record_body_path(&v->state, place, ending, path);
		r = check_file(v, path, place, bytes_of(line->salt, sizeof(line->salt)),
		               line->description.size, &line->hash, error);
	}
	return r;
}

int record_check_opened(struct verification *v, struct act_place place, struct error *error)
{
	const struct act_summary *act = rules_act(v->state.rules, place);
	char path[RECORD_PATH_CAPACITY];
	struct manifest manifest;
	struct buffer text;
	struct error cause;
	int r;

	record_body_path(&v->state, place, "/manifest", path);
	if (!act->has_body)
		return record_damaged(v, ERROR_MISMATCH, path, NO_OFFSET, &place,
		                      "the act has no body");
	manifest_init(&manifest);
	buffer_init(&text, MANIFEST_MAXIMUM);
	if ((r = record_file_read(&v->folder, path, &text, &cause)) != OK) {
		record_unreadable(v, path, r, &cause, error);
		goto out;
	}
	r = manifest_parse(&manifest, buffer_view(&text), body_content_maximum(act->kind), &cause);
	if (r != OK)
		record_unreadable(v, path, r, &cause, error);
	else if (manifest.count != act->body_parts || !hash_equal(&manifest.root, &act->body_root))
		r = record_damaged(v, ERROR_MISMATCH, path, NO_OFFSET, &place,
		                   "it is not the manifest that the act commits to");
	else
		r = check_parts(v, place, &manifest, error);
out:
	buffer_release(&text);
	manifest_release(&manifest);
	return r;
}
