/* Reading the tar of a body: every byte is known before it comes, but for the
 * manifest (which the root confirms) and the contents (which their hashes do). */
#include "tarball.h"

#include "tarball_block.h"

enum state {
	READING_MANIFEST_HEADER,
	READING_MANIFEST,
	READING_PART_HEADER,
	READING_CONTENT,
	READING_PADDING,
	READING_END,
	READING_DONE,
};

/* What a step returns when it has taken the whole piece and needs another. No
 * result of a receiver is below 0. */
enum { NEEDS_MORE = -1 };

static int wrong(struct tarball_reader *reader, struct error *error, const char *what)
{
	reader->is_wrong = true;
	if (reader->part == 0 && reader->state <= READING_MANIFEST)
		return error_set(error, ERROR_MISMATCH, "manifest: %s", what);
	return error_set(error, ERROR_MISMATCH, "part %zu: %s", reader->part + 1, what);
}

int tarball_reader_init(struct tarball_reader *reader, const struct body_commitment *commitment,
                        uint64_t content_maximum, const struct body_receiver *receiver)
{
	*reader = (struct tarball_reader){
		.commitment = *commitment,
		.content_maximum = content_maximum,
		.receiver = *receiver,
		.state = READING_MANIFEST_HEADER,
	};
	manifest_init(&reader->manifest);
	buffer_init(&reader->pending, MANIFEST_MAXIMUM + TARBALL_BLOCK_SIZE);
	return sha256_stream_init(&reader->hash);
}

void tarball_reader_release(struct tarball_reader *reader)
{
	manifest_release(&reader->manifest);
	buffer_release(&reader->pending);
	sha256_stream_release(&reader->hash);
}

/* Gathers `size` bytes in `pending`; NEEDS_MORE until all are there. */
static int gather(struct tarball_reader *reader, size_t size, struct bytes *piece)
{
	size_t missing = size - reader->pending.size;
	size_t take = missing < piece->size ? missing : piece->size;
	int r;

	if ((r = buffer_put(&reader->pending, piece->data, take)) != OK)
		return r;
	piece->data += take;
	piece->size -= take;
	return reader->pending.size == size ? OK : NEEDS_MORE;
}

static int read_manifest_header(struct tarball_reader *reader, struct bytes *piece,
                                struct error *error)
{
	uint8_t expected[TARBALL_BLOCK_SIZE];
	uint64_t size;
	int r;

	if ((r = gather(reader, TARBALL_BLOCK_SIZE, piece)) != OK)
		return r;
	if (ustar_size(reader->pending.data, MANIFEST_MAXIMUM, &size) != OK || size == 0)
		return wrong(reader, error, "its size is not valid");
	tarball_header(0, size, expected);
	if (memcmp(expected, reader->pending.data, sizeof(expected)) != 0)
		return wrong(reader, error, "its header is not the one it must have");
	buffer_clear(&reader->pending);
	reader->manifest_size = (size_t)size;
	reader->state = READING_MANIFEST;
	return OK;
}

static bool all_zero(const uint8_t *data, size_t size)
{
	uint8_t any = 0;

	for (size_t i = 0; i < size; i++)
		any |= data[i];
	return any == 0;
}

static int read_manifest(struct tarball_reader *reader, struct bytes *piece, struct error *error)
{
	size_t padding = ustar_padding(reader->manifest_size);
	struct error inner = { 0 };
	int r;

	if ((r = gather(reader, reader->manifest_size + padding, piece)) != OK)
		return r;
	if (!all_zero(reader->pending.data + reader->manifest_size, padding))
		return wrong(reader, error, "its padding is not zero");
	r = manifest_parse(&reader->manifest, bytes_of(reader->pending.data, reader->manifest_size),
	                   reader->content_maximum, &inner);
	if (r == ERROR_MEMORY)
		return error_set(error, r, "out of memory");
	if (r != OK)
		return wrong(reader, error, inner.message);
	if (reader->manifest.count != reader->commitment.part_count)
		return wrong(reader, error, "the act says another number of parts");
	if (!hash_equal(&reader->manifest.root, &reader->commitment.root))
		return wrong(reader, error, "the act says another root");
	buffer_clear(&reader->pending);
	reader->state = READING_PART_HEADER;
	if (reader->receiver.manifest == NULL)
		return OK;
	return reader->receiver.manifest(reader->receiver.context, &reader->manifest);
}

static const struct part_line *current_line(const struct tarball_reader *reader)
{
	return &reader->manifest.lines[reader->part];
}

static int read_part_header(struct tarball_reader *reader, struct bytes *piece, struct error *error)
{
	const struct part_line *line = current_line(reader);
	uint8_t expected[TARBALL_BLOCK_SIZE];
	int r;

	if ((r = gather(reader, TARBALL_BLOCK_SIZE, piece)) != OK)
		return r;
	tarball_header(line->number, line->description.size, expected);
	if (memcmp(expected, reader->pending.data, sizeof(expected)) != 0)
		return wrong(reader, error, "its header is not the one it must have");
	buffer_clear(&reader->pending);
	if ((r = sha256_stream_update(&reader->hash, bytes_of(line->salt, PART_SALT_SIZE))) != OK)
		return r;
	reader->left = line->description.size;
	reader->state = READING_CONTENT;
	if (reader->receiver.part_begin == NULL)
		return OK;
	return reader->receiver.part_begin(reader->receiver.context, line);
}

static int end_part(struct tarball_reader *reader, struct error *error)
{
	const struct part_line *line = current_line(reader);
	struct hash hash;
	int r;

	if ((r = sha256_stream_finish(&reader->hash, &hash)) != OK)
		return r;
	if (!hash_equal(&hash, &line->hash))
		return wrong(reader, error, "its content has another hash than the manifest says");
	reader->left = ustar_padding(line->description.size);
	reader->state = READING_PADDING;
	if (reader->receiver.part_end == NULL)
		return OK;
	return reader->receiver.part_end(reader->receiver.context, line);
}

/* Takes up to `left` bytes off the piece. */
static struct bytes take(struct tarball_reader *reader, struct bytes *piece)
{
	size_t size = reader->left < piece->size ? (size_t)reader->left : piece->size;
	struct bytes taken = bytes_of(piece->data, size);

	piece->data += size;
	piece->size -= size;
	reader->left -= size;
	return taken;
}

static int read_content(struct tarball_reader *reader, struct bytes *piece, struct error *error)
{
	struct bytes data = take(reader, piece);
	int r;

	if (data.size > 0) {
		if ((r = sha256_stream_update(&reader->hash, data)) != OK)
			return r;
		if (reader->receiver.part_data != NULL &&
		    (r = reader->receiver.part_data(reader->receiver.context, current_line(reader),
		                                    data)) != OK)
			return r;
	}
	return reader->left > 0 ? NEEDS_MORE : end_part(reader, error);
}

static int read_padding(struct tarball_reader *reader, struct bytes *piece, struct error *error)
{
	struct bytes data = take(reader, piece);

	if (!all_zero(data.data, data.size))
		return wrong(reader, error, "its padding is not zero");
	if (reader->left > 0)
		return NEEDS_MORE;
	if (reader->part + 1 < reader->manifest.count) {
		reader->part++;
		reader->state = READING_PART_HEADER;
	} else {
		reader->left = TARBALL_END_SIZE;
		reader->state = READING_END;
	}
	return OK;
}

static int read_end(struct tarball_reader *reader, struct bytes *piece, struct error *error)
{
	struct bytes data = take(reader, piece);

	if (!all_zero(data.data, data.size))
		return wrong(reader, error, "it is followed by something other than the end");
	if (reader->left > 0)
		return NEEDS_MORE;
	reader->state = READING_DONE;
	return OK;
}

static int read_nothing(struct tarball_reader *reader, struct bytes *piece, struct error *error)
{
	if (piece->size > 0)
		return wrong(reader, error, "the archive goes on after its end");
	return NEEDS_MORE;
}

/* Each takes what it can off the piece. OK: go on with the state that was set. */
static int (*const steps[])(struct tarball_reader *reader, struct bytes *piece,
                            struct error *error) = {
	[READING_MANIFEST_HEADER] = read_manifest_header,
	[READING_MANIFEST] = read_manifest,
	[READING_PART_HEADER] = read_part_header,
	[READING_CONTENT] = read_content,
	[READING_PADDING] = read_padding,
	[READING_END] = read_end,
	[READING_DONE] = read_nothing,
};

int tarball_reader_update(struct tarball_reader *reader, struct bytes piece, struct error *error)
{
	int r;

	if (piece.size == 0)
		return OK;
	do {
		r = steps[reader->state](reader, &piece, error);
	} while (r == OK);
	return r == NEEDS_MORE ? OK : r;
}

int tarball_reader_finish(struct tarball_reader *reader, struct error *error)
{
	if (reader->state != READING_DONE)
		return wrong(reader, error, "the archive ends within or before it");
	return OK;
}
