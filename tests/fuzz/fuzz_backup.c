/* Archives of backups: in whatever pieces they come they are read alike; and one that is
 * read as a whole can be written again from what was given out, byte for byte. */
#include "backup_archive.h"

#include <stdlib.h>

#include "grow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARCHIVE_MAXIMUM = 1 << 24 };

/* Writes again what it is given. */
struct copier {
	struct backup_writer writer;
	struct buffer archive;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static int put(void *context, struct bytes bytes)
{
	return buffer_put_bytes(&((struct copier *)context)->archive, bytes);
}

static int begin(void *context, const char *name, uint64_t size, struct error *error)
{
	(void)error;
	return backup_writer_begin(&((struct copier *)context)->writer, name, size);
}

static int give(void *context, struct bytes data, struct error *error)
{
	(void)error;
	return backup_writer_put(&((struct copier *)context)->writer, data);
}

static int end(void *context, struct error *error)
{
	(void)error;
	return backup_writer_end(&((struct copier *)context)->writer);
}

static int read_in_pieces(struct bytes input, size_t step, struct copier *copier,
                          struct backup_reader *reader)
{
	const struct backup_receiver receiver = { copier, begin, give, end };
	struct error error = { 0 };
	int r = backup_reader_init(reader,
	                           copier != NULL ? &receiver : &(struct backup_receiver){ 0 });

	while (r == OK && input.size > 0) {
		size_t size = input.size < step ? input.size : step;

		r = backup_reader_update(reader, bytes_of(input.data, size), &error);
		input = bytes_of(input.data + size, input.size - size);
	}
	if (r == OK)
		r = backup_reader_finish(reader, &error);
	require(r == OK || error.message[0] != '\0');
	return r;
}

/* With the time that its headers have, which the writer must know before. */
static void write_again(struct bytes input, const struct backup_manifest *manifest)
{
	struct copier copier = { 0 };
	const struct byte_sink sink = { &copier, put };
	struct backup_reader reader;

	buffer_init(&copier.archive, ARCHIVE_MAXIMUM);
	require(backup_writer_init(&copier.writer, &sink, manifest->time) == OK);
	memcpy(copier.writer.manifest.party, manifest->party, sizeof(manifest->party));
	memcpy(copier.writer.manifest.version, manifest->version, sizeof(manifest->version));
	for (size_t i = 0; i < manifest->channel_count; i++)
		require(backup_manifest_add_channel(&copier.writer.manifest,
		                                    &manifest->channels[i]) == OK);
	require(read_in_pieces(input, 1000, &copier, &reader) == OK);
	require(backup_writer_finish(&copier.writer) == OK);
	require(bytes_equal(buffer_view(&copier.archive), input));
	backup_reader_release(&reader);
	backup_writer_release(&copier.writer);
	buffer_release(&copier.archive);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);
	struct backup_reader whole, pieces;
	struct backup_manifest manifest = { 0 };
	int r = read_in_pieces(input, size + 1, NULL, &whole);

	require(read_in_pieces(input, 13, NULL, &pieces) == r);
	if (r == OK)
		write_again(input, &whole.manifest);
	backup_reader_release(&whole);
	backup_reader_release(&pieces);
	if (backup_manifest_parse(input, &manifest, NULL) == OK) {
		struct buffer text;

		buffer_init(&text, BACKUP_MANIFEST_MAXIMUM);
		require(backup_manifest_print(&manifest, &text) == OK);
		require(bytes_equal(buffer_view(&text), input));
		buffer_release(&text);
	}
	backup_manifest_release(&manifest);
	return 0;
}
