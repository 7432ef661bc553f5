#include "tarball.h"

#include "tarball_block.h"

static const uint8_t zeros[TARBALL_END_SIZE];

static int write_header(const struct byte_sink *sink, size_t part, uint64_t size)
{
	uint8_t block[TARBALL_BLOCK_SIZE];

	tarball_header(part, size, block);
	return sink->write(sink->context, bytes_of(block, sizeof(block)));
}

static int write_zeros(const struct byte_sink *sink, size_t size)
{
	return size == 0 ? OK : sink->write(sink->context, bytes_of(zeros, size));
}

static int write_manifest(const struct byte_sink *sink, const struct manifest *manifest)
{
	struct buffer text;
	struct bytes view = { 0 };
	struct byte_source source = byte_source_over(&view);
	int r;

	buffer_init(&text, MANIFEST_MAXIMUM);
	if ((r = manifest_print(manifest, &text)) != OK)
		goto out;
	view = buffer_view(&text);
	if ((r = write_header(sink, 0, view.size)) != OK ||
	    (r = byte_source_copy(&source, view.size, sink)) != OK)
		goto out;
	r = write_zeros(sink, ustar_padding(view.size));
out:
	buffer_release(&text);
	return r;
}

/* Passes content on and hashes it: it must be what the manifest was made of. */
struct content_writer {
	struct sha256_stream *hash;
	const struct byte_sink *sink;
};

static int content_write(void *context, struct bytes bytes)
{
	struct content_writer *writer = context;
	int r;

	if ((r = sha256_stream_update(writer->hash, bytes)) != OK)
		return r;
	return writer->sink->write(writer->sink->context, bytes);
}

static int write_part(const struct byte_sink *sink, const struct part_line *line,
                      const struct byte_source *content, struct sha256_stream *stream,
                      struct error *error)
{
	struct content_writer writer = { stream, sink };
	struct byte_sink content_sink = { &writer, content_write };
	uint64_t size = line->description.size;
	struct hash hash;
	int r;

	if ((r = write_header(sink, line->number, size)) != OK ||
	    (r = sha256_stream_update(stream, bytes_of(line->salt, PART_SALT_SIZE))) != OK ||
	    (r = byte_source_copy(content, size, &content_sink)) != OK ||
	    (r = sha256_stream_finish(stream, &hash)) != OK ||
	    (r = write_zeros(sink, ustar_padding(size))) != OK)
		return error_set(error, r, "part %zu: %s", line->number, result_text(r));
	if (!hash_equal(&hash, &line->hash))
		return error_set(error, ERROR_MISMATCH,
		                 "part %zu has changed since its hash was made", line->number);
	return OK;
}

int tarball_write(const struct manifest *manifest, const struct byte_source *contents,
                  const struct byte_sink *sink, struct error *error)
{
	struct sha256_stream stream;
	int r;

	if ((r = sha256_stream_init(&stream)) != OK)
		return error_set(error, r, "out of memory");
	if ((r = write_manifest(sink, manifest)) != OK) {
		error_set(error, r, "the manifest: %s", result_text(r));
		goto out;
	}
	for (size_t i = 0; i < manifest->count; i++) {
		if ((r = write_part(sink, &manifest->lines[i], &contents[i], &stream, error)) != OK)
			goto out;
	}
	if ((r = write_zeros(sink, TARBALL_END_SIZE)) != OK)
		error_set(error, r, "the end of the archive: %s", result_text(r));
out:
	sha256_stream_release(&stream);
	return r;
}
