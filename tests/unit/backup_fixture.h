/* Archives of backups in memory, for tests. */
#ifndef BACKUP_FIXTURE_H
#define BACKUP_FIXTURE_H

#include "backup_archive.h"

enum { FIXTURE_TIME = 1795356000 };

static inline int fixture_put(void *context, struct bytes bytes)
{
	return buffer_put_bytes(context, bytes);
}

/* An archive with two files, of which the second is `size` bytes long. */
static inline int fixture_archive(struct buffer *archive, size_t size)
{
	static const uint8_t content[100000];
	const struct byte_sink sink = { archive, fixture_put };
	const struct backup_channel channel = {
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		{ "north", "south" },
		{ 3, 2 }
	};
	struct backup_writer writer;
	int r;

	if ((r = backup_writer_init(&writer, &sink, FIXTURE_TIME)) != OK)
		return r;
	memcpy(writer.manifest.party, "north", sizeof("north"));
	memcpy(writer.manifest.version, "0.1.0", sizeof("0.1.0"));
	if ((r = backup_writer_file(&writer, "chirod.conf", bytes_of_string("conf\n"))) == OK &&
	    (r = backup_manifest_add_channel(&writer.manifest, &channel)) == OK &&
	    (r = backup_writer_begin(&writer, "store.sqlite", size)) == OK &&
	    (r = backup_writer_put(&writer, bytes_of(content, size / 2))) == OK &&
	    (r = backup_writer_put(&writer, bytes_of(content, size - size / 2))) == OK &&
	    (r = backup_writer_end(&writer)) == OK)
		r = backup_writer_finish(&writer);
	backup_writer_release(&writer);
	return r;
}

/* What a reader gave out: names, sizes and contents one after the other. */
static inline int fixture_begin(void *context, const char *name, uint64_t size, struct error *error)
{
	(void)error;
	return buffer_put_format(context, "%s %llu\n", name, (unsigned long long)size);
}

static inline int fixture_data(void *context, struct bytes data, struct error *error)
{
	(void)error;
	return buffer_put_bytes(context, data);
}

static inline int fixture_end(void *context, struct error *error)
{
	(void)error;
	return buffer_put_string(context, "\n");
}

/* Reads an archive in pieces of `step` bytes; what came goes to `given`. */
static inline int fixture_read(struct bytes archive, size_t step, struct buffer *given,
                               struct buffer *manifest, struct error *error)
{
	const struct backup_receiver receiver = { given, fixture_begin, fixture_data, fixture_end };
	struct backup_reader reader;
	int r;

	if ((r = backup_reader_init(&reader, &receiver)) != OK)
		return r;
	while (r == OK && archive.size > 0) {
		size_t size = archive.size < step ? archive.size : step;

		r = backup_reader_update(&reader, bytes_of(archive.data, size), error);
		archive = bytes_of(archive.data + size, archive.size - size);
	}
	if (r == OK)
		r = backup_reader_finish(&reader, error);
	if (r == OK && manifest != NULL)
		r = backup_manifest_print(&reader.manifest, manifest);
	backup_reader_release(&reader);
	return r;
}

#endif
