#include "backup_block.h"
#include "ustar.h"

#define MANIFEST "manifest"

/* What is read next. The states follow one another in this order, from END_MEMBER back to
 * HEADER unless it was the manifest. */
enum state { HEADER, CONTENT, PADDING, END_BLOCKS, NOTHING };

int backup_reader_init(struct backup_reader *reader, const struct backup_receiver *receiver)
{
	*reader = (struct backup_reader){ .receiver = *receiver, .state = HEADER };
	buffer_init(&reader->pending, BACKUP_MANIFEST_MAXIMUM);
	return sha256_stream_init(&reader->hash);
}

void backup_reader_release(struct backup_reader *reader)
{
	buffer_release(&reader->pending);
	backup_manifest_release(&reader->seen);
	backup_manifest_release(&reader->manifest);
	sha256_stream_release(&reader->hash);
}

/* Takes bytes off the front of `piece` into `pending` until it has `size`; whether it
 * has now. */
static int fill(struct backup_reader *reader, struct bytes *piece, size_t size, bool *ret_full)
{
	size_t wanted = size - reader->pending.size;
	size_t taken = piece->size < wanted ? piece->size : wanted;
	int r = buffer_put(&reader->pending, piece->data, taken);

	if (r != OK)
		return r;
	*piece = bytes_of(piece->data + taken, piece->size - taken);
	*ret_full = taken == wanted;
	return OK;
}

static int read_header(struct backup_reader *reader, struct bytes *piece, struct error *error)
{
	timestamp time;
	bool full;
	int r;

	if ((r = fill(reader, piece, BACKUP_BLOCK_SIZE, &full)) != OK || !full)
		return r;
	if (backup_header_parse(reader->pending.data, &reader->file, &time) != OK ||
	    (reader->seen.file_count > 0 && time != reader->time))
		return error_set(error, ERROR_SYNTAX,
		                 reader->seen.file_count == 0
		                     ? "it does not begin as a backup of chirograph does"
		                     : "what follows the file '%s' is not a file of a backup",
		                 reader->seen.file_count == 0
		                     ? ""
		                     : reader->seen.files[reader->seen.file_count - 1].name);
	buffer_clear(&reader->pending);
	reader->time = time;
	reader->is_manifest = strcmp(reader->file.name, MANIFEST) == 0;
	if (reader->is_manifest && reader->file.size > BACKUP_MANIFEST_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "its manifest is too long");
	reader->left = reader->file.size;
	reader->state = CONTENT;
	if (!reader->is_manifest && reader->receiver.begin != NULL)
		return reader->receiver.begin(reader->receiver.context, reader->file.name,
		                              reader->file.size, error);
	return OK;
}

static int compare_file(const struct backup_file *seen, const struct backup_file *told,
                        struct error *error)
{
	if (strcmp(seen->name, told->name) != 0)
		return error_set(error, ERROR_MISMATCH, "its manifest does not tell the file '%s'",
		                 seen->name);
	if (seen->size != told->size || !hash_equal(&seen->hash, &told->hash))
		return error_set(error, ERROR_MISMATCH,
		                 "the file '%s' in it is not what its manifest says", seen->name);
	return OK;
}

static int take_manifest(struct backup_reader *reader, struct error *error)
{
	struct backup_manifest *seen = &reader->seen, *manifest = &reader->manifest;
	struct error why = { 0 };
	int r = backup_manifest_parse(buffer_view(&reader->pending), manifest, &why);

	if (r != OK)
		return error_set(error, r, "its manifest, line %zu: %s", why.line, why.message);
	buffer_clear(&reader->pending);
	for (size_t i = 0; i < seen->file_count && i < manifest->file_count; i++) {
		if ((r = compare_file(&seen->files[i], &manifest->files[i], error)) != OK)
			return r;
	}
	if (seen->file_count < manifest->file_count)
		return error_set(error, ERROR_MISMATCH, "the file '%s' is missing in it",
		                 manifest->files[seen->file_count].name);
	if (seen->file_count > manifest->file_count)
		return error_set(error, ERROR_MISMATCH, "its manifest does not tell the file '%s'",
		                 seen->files[manifest->file_count].name);
	if (manifest->time != reader->time)
		return error_set(error, ERROR_MISMATCH, "its manifest tells another time");
	return OK;
}

static int end_member(struct backup_reader *reader, struct error *error)
{
	int r;

	if ((r = sha256_stream_finish(&reader->hash, &reader->file.hash)) != OK)
		return error_set(error, r, "%s", result_text(r));
	reader->left = ustar_padding(reader->file.size);
	reader->state = PADDING;
	if (reader->is_manifest)
		return take_manifest(reader, error);
	if ((r = backup_manifest_add_file(&reader->seen, &reader->file)) != OK)
		return error_set(error, r, "the file '%s' in it: %s", reader->file.name,
		                 result_text(r));
	return reader->receiver.end != NULL ? reader->receiver.end(reader->receiver.context, error)
	                                    : OK;
}

static int read_content(struct backup_reader *reader, struct bytes *piece, struct error *error)
{
	size_t size = piece->size < reader->left ? piece->size : (size_t)reader->left;
	struct bytes data = bytes_of(piece->data, size);
	int r;

	if (size > 0) {
		if ((r = sha256_stream_update(&reader->hash, data)) != OK)
			return error_set(error, r, "%s", result_text(r));
		if (reader->is_manifest)
			r = buffer_put_bytes(&reader->pending, data);
		else if (reader->receiver.data != NULL)
			r = reader->receiver.data(reader->receiver.context, data, error);
		if (r != OK)
			return r;
		*piece = bytes_of(piece->data + size, piece->size - size);
		reader->left -= size;
	}
	return reader->left == 0 ? end_member(reader, error) : OK;
}

/* Zeros, `left` of them. */
static int read_zeros(struct backup_reader *reader, struct bytes *piece, enum state next,
                      struct error *error)
{
	size_t size = piece->size < reader->left ? piece->size : (size_t)reader->left;

	for (size_t i = 0; i < size; i++) {
		if (piece->data[i] != 0)
			return error_set(error, ERROR_SYNTAX,
			                 "what follows the file '%s' is not a file of a backup",
			                 reader->file.name);
	}
	*piece = bytes_of(piece->data + size, piece->size - size);
	reader->left -= size;
	if (reader->left > 0)
		return OK;
	if (next == HEADER && reader->is_manifest) {
		next = END_BLOCKS;
		reader->left = 2 * BACKUP_BLOCK_SIZE;
	}
	reader->state = next;
	return OK;
}

static int step(struct backup_reader *reader, struct bytes *piece, struct error *error)
{
	switch ((enum state)reader->state) {
	case HEADER:
		return read_header(reader, piece, error);
	case CONTENT:
		return read_content(reader, piece, error);
	case PADDING:
		return read_zeros(reader, piece, HEADER, error);
	case END_BLOCKS:
		return read_zeros(reader, piece, NOTHING, error);
	case NOTHING:
		break;
	}
	return error_set(error, ERROR_SYNTAX, "there is something behind its end");
}

/* A state that needs no byte is left at once: an empty file, a content without padding. */
static bool needs_nothing(const struct backup_reader *reader)
{
	return (reader->state == CONTENT || reader->state == PADDING) && reader->left == 0;
}

int backup_reader_update(struct backup_reader *reader, struct bytes piece, struct error *error)
{
	int r = OK;

	while (r == OK && (piece.size > 0 || needs_nothing(reader)))
		r = step(reader, &piece, error);
	if (r != OK && error != NULL && error->code != r)
		error_set(error, r, "%s", result_text(r));
	return r;
}

int backup_reader_finish(struct backup_reader *reader, struct error *error)
{
	if (reader->state == NOTHING)
		return OK;
	if (reader->state == HEADER && reader->seen.file_count == 0)
		return error_set(error, ERROR_SYNTAX,
		                 "it does not begin as a backup of chirograph does");
	return error_set(error, ERROR_SYNTAX, "it is cut off within or after the file '%s'",
	                 reader->file.name);
}
