#include "backup_block.h"
#include "ustar.h"

#define MANIFEST "manifest"

static const uint8_t zeros[2 * BACKUP_BLOCK_SIZE];

static int pass_on(struct backup_writer *writer, const void *data, size_t size)
{
	return size == 0 ? OK : writer->sink->write(writer->sink->context, bytes_of(data, size));
}

int backup_writer_init(struct backup_writer *writer, const struct byte_sink *sink, timestamp time)
{
	*writer = (struct backup_writer){ .sink = sink, .manifest.time = time };
	return sha256_stream_init(&writer->hash);
}

static int put_header(struct backup_writer *writer, const char *name, uint64_t size)
{
	uint8_t block[BACKUP_BLOCK_SIZE];

	if (!backup_name_is_valid(bytes_of_string(name)))
		return ERROR_SYNTAX;
	if (size > BACKUP_FILE_SIZE_MAXIMUM)
		return ERROR_LIMIT;
	writer->file = (struct backup_file){ .size = size };
	memcpy(writer->file.name, name, strlen(name));
	writer->left = size;
	backup_header(name, size, writer->manifest.time, block);
	return pass_on(writer, block, sizeof(block));
}

int backup_writer_begin(struct backup_writer *writer, const char *name, uint64_t size)
{
	return strcmp(name, MANIFEST) == 0 ? ERROR_EXISTS : put_header(writer, name, size);
}

int backup_writer_put(struct backup_writer *writer, struct bytes content)
{
	int r;

	if (content.size > writer->left)
		return ERROR_STATE;
	writer->left -= content.size;
	if ((r = sha256_stream_update(&writer->hash, content)) != OK)
		return r;
	return pass_on(writer, content.data, content.size);
}

static int end_member(struct backup_writer *writer)
{
	int r;

	if (writer->left > 0)
		return ERROR_STATE;
	if ((r = sha256_stream_finish(&writer->hash, &writer->file.hash)) != OK)
		return r;
	return pass_on(writer, zeros, ustar_padding(writer->file.size));
}

int backup_writer_end(struct backup_writer *writer)
{
	int r = end_member(writer);

	return r == OK ? backup_manifest_add_file(&writer->manifest, &writer->file) : r;
}

int backup_writer_file(struct backup_writer *writer, const char *name, struct bytes content)
{
	int r;

	if ((r = backup_writer_begin(writer, name, content.size)) != OK ||
	    (r = backup_writer_put(writer, content)) != OK)
		return r;
	return backup_writer_end(writer);
}

int backup_writer_finish(struct backup_writer *writer)
{
	struct buffer text;
	int r;

	buffer_init(&text, BACKUP_MANIFEST_MAXIMUM);
	if ((r = backup_manifest_print(&writer->manifest, &text)) == OK &&
	    (r = put_header(writer, MANIFEST, text.size)) == OK &&
	    (r = backup_writer_put(writer, buffer_view(&text))) == OK &&
	    (r = end_member(writer)) == OK)
		r = pass_on(writer, zeros, sizeof(zeros));
	buffer_release(&text);
	return r;
}

void backup_writer_release(struct backup_writer *writer)
{
	backup_manifest_release(&writer->manifest);
	sha256_stream_release(&writer->hash);
}
