#include "record_write_body.h"

#include <stdio.h>
#include <unistd.h>

#include "record_layout.h"

/* The first line of a manifest; manifest_parse holds us to it. */
#define MANIFEST_FORMAT "chirograph.body/1"

bool record_act_has_blob(const struct act_summary *act)
{
	return act->has_body || act->kind->number == KIND_RESEAL;
}

/* --- sealed ------------------------------------------------------------------- */

/* The file is made with the first bytes, so that none is left where there is no blob. */
struct sealed_writing {
	const struct record_folder *folder;
	char path[RECORD_PATH_CAPACITY];
	int fd; /* -1: not yet made */
	struct sha256_stream hash;
	uint64_t size;
	struct error *error;
};

static int write_sealed(void *context, struct bytes bytes)
{
	struct sealed_writing *writing = context;
	int r;

	if (writing->fd < 0 && (r = record_file_make(writing->folder, writing->path, 0666,
	                                             &writing->fd, writing->error)) != OK)
		return r;
	if ((r = sha256_stream_update(&writing->hash, bytes)) != OK)
		return r;
	writing->size += bytes.size;
	return record_file_put(writing->fd, bytes, writing->error);
}

static int check_sealed(struct sealed_writing *writing, const struct act_summary *act)
{
	struct hash hash;
	int r;

	if ((r = sha256_stream_finish(&writing->hash, &hash)) != OK)
		return r;
	if (writing->size == act->sealed_size && hash_equal(&hash, &act->sealed_hash))
		return OK;
	return error_set(writing->error, ERROR_MISMATCH, "%s: the blob is not what the act names",
	                 writing->path);
}

int record_write_sealed(const struct record_folder *folder, const struct record_state *state,
                        const struct act_summary *act, const struct record_source *source,
                        bool *ret_written, struct error *error)
{
	struct sealed_writing writing = { .folder = folder, .fd = -1, .error = error };
	const struct byte_sink sink = { &writing, write_sealed };
	int r;

	*ret_written = false;
	if (source->blob == NULL)
		return OK;
	if ((r = sha256_stream_init(&writing.hash)) != OK)
		return error_set(error, r, "a blob cannot be hashed");
	record_body_path(state, act->place, ".age", writing.path);
	r = source->blob(source->context, &act->sealed_hash, act->sealed_size, &sink, error);
	if (r == ERROR_NOT_FOUND && writing.fd < 0)
		r = OK;
	else if (r == OK && (r = check_sealed(&writing, act)) == OK)
		*ret_written = true;
	if (writing.fd >= 0)
		close(writing.fd);
	sha256_stream_release(&writing.hash);
	return r;
}

/* --- opened ------------------------------------------------------------------- */

struct opened_writing {
	const struct record_folder *folder;
	const struct record_state *state;
	const struct act_summary *act;
	int fd; /* of the part that is being written; -1: none */
	struct buffer manifest;
	struct error *error;
};

static int begin_part(void *context, const struct part_line *line)
{
	struct opened_writing *writing = context;
	char ending[24], path[RECORD_PATH_CAPACITY];
	int r;

	if (writing->manifest.size == 0 &&
	    (r = buffer_put_string(&writing->manifest, MANIFEST_FORMAT "\n")) != OK)
		return r;
	snprintf(ending, sizeof(ending), "/%04zu", line->number);
	record_body_path(writing->state, writing->act->place, ending, path);
	return record_file_make(writing->folder, path, 0666, &writing->fd, writing->error);
}

static int put_part(void *context, const struct part_line *line, struct bytes data)
{
	struct opened_writing *writing = context;

	(void)line;
	return record_file_put(writing->fd, data, writing->error);
}

static int end_part(void *context, const struct part_line *line)
{
	struct opened_writing *writing = context;

	close(writing->fd);
	writing->fd = -1;
	return part_line_print(line, &writing->manifest);
}

static int write_manifest(struct opened_writing *writing)
{
	char path[RECORD_PATH_CAPACITY];
	struct manifest manifest;
	int r;

	manifest_init(&manifest);
	r = manifest_parse(&manifest, buffer_view(&writing->manifest),
	                   body_content_maximum(writing->act->kind), writing->error);
	record_body_path(writing->state, writing->act->place, "/manifest", path);
	if (r == OK && (manifest.count != writing->act->body_parts ||
	                !hash_equal(&manifest.root, &writing->act->body_root)))
		r = error_set(writing->error, ERROR_MISMATCH,
		              "%s: the parts are not those that the act names", path);
	if (r == OK)
		r = record_file_write(writing->folder, path, 0666, buffer_view(&writing->manifest),
		                      writing->error);
	manifest_release(&manifest);
	return r;
}

int record_write_opened(const struct record_folder *folder, const struct record_state *state,
                        const struct act_summary *act, const struct record_source *source,
                        bool *ret_written, struct error *error)
{
	struct opened_writing writing = { folder, state, act, -1, .error = error };
	const struct body_receiver receiver = {
		.context = &writing,
		.part_begin = begin_part,
		.part_data = put_part,
		.part_end = end_part,
	};
	int r;

	*ret_written = false;
	if (source->opened == NULL || !act->has_body)
		return OK;
	buffer_init(&writing.manifest, MANIFEST_MAXIMUM);
	r = source->opened(source->context, act->place, &receiver, error);
	if (r == ERROR_NOT_FOUND && writing.manifest.size == 0)
		r = OK;
	else if (r == OK && (r = write_manifest(&writing)) == OK)
		*ret_written = true;
	if (writing.fd >= 0)
		close(writing.fd);
	buffer_release(&writing.manifest);
	return r;
}
