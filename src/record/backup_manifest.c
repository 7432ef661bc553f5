#include "backup_manifest.h"

#include <inttypes.h>

#include "encoding.h"
#include "grow.h"
#include "text.h"

#define FORMAT "chirograph.backup/1"

bool backup_name_is_valid(struct bytes name)
{
	if (name.size == 0 || name.size >= BACKUP_NAME_CAPACITY)
		return false;
	for (size_t i = 0; i < name.size; i++) {
		uint8_t c = name.data[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');

		if (!plain && (i == 0 || (c != '.' && c != '-')))
			return false;
	}
	return true;
}

static bool channel_is_valid(const struct backup_channel *channel)
{
	return channel_id_is_valid(bytes_of_string(channel->id)) &&
	       text_is_identifier(bytes_of_string(channel->parties[0]), PARTY_ID_CAPACITY - 1) &&
	       text_is_identifier(bytes_of_string(channel->parties[1]), PARTY_ID_CAPACITY - 1) &&
	       strcmp(channel->parties[0], channel->parties[1]) != 0;
}

int backup_manifest_add_channel(struct backup_manifest *manifest,
                                const struct backup_channel *channel)
{
	struct backup_channel *channels;

	if (!channel_is_valid(channel))
		return ERROR_SYNTAX;
	for (size_t i = 0; i < manifest->channel_count; i++) {
		if (strcmp(manifest->channels[i].id, channel->id) == 0)
			return ERROR_EXISTS;
	}
	if (manifest->channel_count == BACKUP_CHANNELS_MAXIMUM)
		return ERROR_LIMIT;
	channels = grow(manifest->channels, manifest->channel_count, &manifest->channel_capacity,
	                sizeof(*channels));
	if (channels == NULL)
		return ERROR_MEMORY;
	manifest->channels = channels;
	channels[manifest->channel_count++] = *channel;
	return OK;
}

int backup_manifest_add_file(struct backup_manifest *manifest, const struct backup_file *file)
{
	struct backup_file *files;

	if (!backup_name_is_valid(bytes_of_string(file->name)))
		return ERROR_SYNTAX;
	for (size_t i = 0; i < manifest->file_count; i++) {
		if (strcmp(manifest->files[i].name, file->name) == 0)
			return ERROR_EXISTS;
	}
	if (manifest->file_count == BACKUP_FILES_MAXIMUM || file->size > BACKUP_FILE_SIZE_MAXIMUM)
		return ERROR_LIMIT;
	files = grow(manifest->files, manifest->file_count, &manifest->file_capacity,
	             sizeof(*files));
	if (files == NULL)
		return ERROR_MEMORY;
	manifest->files = files;
	files[manifest->file_count++] = *file;
	return OK;
}

/* --- printing -------------------------------------------------------------- */

static int put_channel(struct buffer *buffer, const struct backup_channel *channel)
{
	return buffer_put_format(buffer, "channel %s %s %" PRIu64 " %s %" PRIu64 "\n", channel->id,
	                         channel->parties[0], channel->sizes[0], channel->parties[1],
	                         channel->sizes[1]);
}

static int put_file(struct buffer *buffer, const struct backup_file *file)
{
	char hash[HASH_HEX_CAPACITY];

	hash_to_hex(&file->hash, hash);
	return buffer_put_format(buffer, "file %s %" PRIu64 " %s\n", hash, file->size, file->name);
}

int backup_manifest_print(const struct backup_manifest *manifest, struct buffer *buffer)
{
	size_t before = buffer->size;
	int r;

	if ((r = buffer_put_string(buffer, FORMAT "\n")) != OK ||
	    (r = text_put_time(buffer, "time", manifest->time)) != OK ||
	    (r = text_put_string(buffer, "party", manifest->party)) != OK ||
	    (r = text_put_string(buffer, "version", manifest->version)) != OK)
		goto out;
	for (size_t i = 0; r == OK && i < manifest->channel_count; i++)
		r = put_channel(buffer, &manifest->channels[i]);
	for (size_t i = 0; r == OK && i < manifest->file_count; i++)
		r = put_file(buffer, &manifest->files[i]);
out:
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}

/* --- parsing --------------------------------------------------------------- */

static int parse_channel(struct bytes value, struct backup_channel *ret_channel)
{
	struct bytes words[5];
	size_t count;

	if (text_words(value, words, 5, &count) != OK || count != 5 ||
	    bytes_to_string(words[0], ret_channel->id, sizeof(ret_channel->id)) != OK)
		return ERROR_SYNTAX;
	for (size_t i = 0; i < 2; i++) {
		if (bytes_to_string(words[2 * i + 1], ret_channel->parties[i],
		                    sizeof(ret_channel->parties[i])) != OK ||
		    text_parse_number(words[2 * i + 2], INT64_MAX, &ret_channel->sizes[i]) != OK)
			return ERROR_SYNTAX;
	}
	return OK;
}

static int parse_file(struct bytes value, struct backup_file *ret_file)
{
	struct bytes words[3];
	size_t count;

	if (text_words(value, words, 3, &count) != OK || count != 3 ||
	    hex_decode_fixed(words[0], ret_file->hash.bytes, HASH_SIZE) != OK ||
	    text_parse_number(words[1], BACKUP_FILE_SIZE_MAXIMUM, &ret_file->size) != OK ||
	    bytes_to_string(words[2], ret_file->name, sizeof(ret_file->name)) != OK)
		return ERROR_SYNTAX;
	return OK;
}

static int parse_beginning(struct text_reader *reader, struct backup_manifest *manifest,
                           struct error *error)
{
	struct bytes time, party, version;
	int r;

	if ((r = text_reader_expect(reader, FORMAT, error)) != OK ||
	    (r = text_reader_required(reader, "time", &time, error)) != OK ||
	    (r = text_reader_required(reader, "party", &party, error)) != OK ||
	    (r = text_reader_required(reader, "version", &version, error)) != OK)
		return r;
	if (timestamp_parse(time, &manifest->time) != OK)
		return error_set(error, ERROR_SYNTAX, "'time' is no time");
	if (!text_is_identifier(party, PARTY_ID_CAPACITY - 1) ||
	    bytes_to_string(party, manifest->party, sizeof(manifest->party)) != OK)
		return error_set(error, ERROR_SYNTAX, "'party' is no party");
	if (bytes_to_string(version, manifest->version, sizeof(manifest->version)) != OK)
		return error_set(error, ERROR_SYNTAX, "'version' is too long");
	return OK;
}

static int parse_line(const struct text_line *line, struct backup_manifest *manifest)
{
	struct backup_channel channel;
	struct backup_file file;
	int r;

	if (bytes_equal_string(line->key, "channel") && manifest->file_count == 0)
		return (r = parse_channel(line->value, &channel)) == OK
		           ? backup_manifest_add_channel(manifest, &channel)
		           : r;
	if (bytes_equal_string(line->key, "file"))
		return (r = parse_file(line->value, &file)) == OK
		           ? backup_manifest_add_file(manifest, &file)
		           : r;
	return ERROR_SYNTAX;
}

int backup_manifest_parse(struct bytes text, struct backup_manifest *ret_manifest,
                          struct error *error)
{
	struct backup_manifest manifest = { 0 };
	struct text_reader reader;
	struct text_line line;
	int r;

	if (text.size > BACKUP_MANIFEST_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "it is longer than %d bytes",
		                 BACKUP_MANIFEST_MAXIMUM);
	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reader, text);
	if ((r = parse_beginning(&reader, &manifest, error)) != OK)
		goto out;
	while (text_reader_next(&reader, &line) == OK) {
		if ((r = parse_line(&line, &manifest)) != OK) {
			error_set_line(error, r, line.number, "this line is not understood: %s",
			               result_text(r));
			goto out;
		}
	}
	if (manifest.file_count == 0) {
		r = error_set(error, ERROR_SYNTAX, "it names no file");
		goto out;
	}
	*ret_manifest = manifest;
	manifest = (struct backup_manifest){ 0 };
out:
	backup_manifest_release(&manifest);
	return r;
}

void backup_manifest_release(struct backup_manifest *manifest)
{
	release_memory(manifest->channels);
	release_memory(manifest->files);
	*manifest = (struct backup_manifest){ 0 };
}
