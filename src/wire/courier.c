#include "courier.h"

#include "text.h"

#include <stdio.h>

static const char FORMAT[] = "chirograph.courier/1";
static const char FAMILY[] = "chirograph.courier/";

/* --- header ------------------------------------------------------------------- */

int courier_header_print(const struct courier_header *header, struct buffer *buffer)
{
	char channel[HASH_BASE32_CAPACITY], volume[64];
	struct buffer pack;
	size_t before = buffer->size;
	int r;

	hash_to_base32(&header->channel, channel);
	if (header->volumes == 0)
		snprintf(volume, sizeof volume, "%llu of -", (unsigned long long)header->volume);
	else
		snprintf(volume, sizeof volume, "%llu of %llu", (unsigned long long)header->volume,
		         (unsigned long long)header->volumes);
	buffer_init(&pack, 2 * COURIER_PACK_SIZE);
	if ((r = hex_encode(&pack, bytes_of(header->pack, COURIER_PACK_SIZE))) == OK &&
	    (r = buffer_put_format(buffer, "%s\n", FORMAT)) == OK &&
	    (r = text_put_string(buffer, "channel", channel)) == OK &&
	    (r = text_put_string(buffer, "from", header->from)) == OK &&
	    (r = text_put_string(buffer, "to", header->to[0] != '\0' ? header->to : "copy")) ==
	        OK &&
	    (r = text_put(buffer, "pack", buffer_view(&pack))) == OK &&
	    (r = text_put_string(buffer, "volume", volume)) == OK)
		r = buffer_put_u8(buffer, '\n');
	buffer_release(&pack);
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}

static int malformed(struct error *error, const char *what)
{
	return error_set(error, ERROR_SYNTAX, "not the header of a courier file: %s", what);
}

/* The text with its empty line. */
static int find_header(struct bytes file, struct bytes *ret_header, struct error *error)
{
	struct bytes family = bytes_of_string(FAMILY);
	size_t most = file.size < COURIER_HEADER_MAXIMUM ? file.size : COURIER_HEADER_MAXIMUM;
	size_t common = most < family.size ? most : family.size;

	if (common > 0 && memcmp(file.data, family.data, common) != 0)
		return error_set(error, ERROR_SYNTAX, "this is no courier file");
	for (size_t i = 1; i < most; i++) {
		if (file.data[i] != '\n' || file.data[i - 1] != '\n')
			continue;
		*ret_header = bytes_of(file.data, i + 1);
		return OK;
	}
	if (most == COURIER_HEADER_MAXIMUM)
		return malformed(error, "it is too long");
	return error_set(error, ERROR_WAIT, "it ends within its header");
}

static int read_channel(struct bytes text, struct hash *ret_channel)
{
	struct buffer decoded;
	int r;

	if (text.size != HASH_BASE32_CAPACITY - 1)
		return ERROR_SYNTAX;
	buffer_init(&decoded, HASH_SIZE);
	if ((r = base32_decode(&decoded, text)) == OK)
		memcpy(ret_channel->bytes, decoded.data, HASH_SIZE);
	buffer_release(&decoded);
	return r;
}

static int read_volume(struct bytes text, struct courier_header *header)
{
	struct bytes words[3];
	size_t count;
	int r;

	if ((r = text_words(text, words, 3, &count)) != OK)
		return r;
	if (count != 3 || !bytes_equal_string(words[1], "of"))
		return ERROR_SYNTAX;
	if ((r = text_parse_number(words[0], COURIER_VOLUMES_MAXIMUM, &header->volume)) != OK)
		return r;
	header->volumes = 0;
	if (!bytes_equal_string(words[2], "-") &&
	    ((r = text_parse_number(words[2], COURIER_VOLUMES_MAXIMUM, &header->volumes)) != OK ||
	     header->volume > header->volumes))
		return r != OK ? r : ERROR_SYNTAX;
	return header->volume == 0 ? ERROR_SYNTAX : OK;
}

static int read_party(struct bytes text, char ret_party[COURIER_NAME_CAPACITY])
{
	return text_is_identifier(text, COURIER_NAME_CAPACITY - 1)
	           ? bytes_to_string(text, ret_party, COURIER_NAME_CAPACITY)
	           : ERROR_SYNTAX;
}

static int read_lines(struct bytes text, struct courier_header *header, struct error *error)
{
	struct bytes channel, from, to, pack, volume;
	struct text_reader reader;
	int r;

	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, FORMAT, error)) != OK)
		return error_set(error, ERROR_UNSUPPORTED,
		                 "a courier file of another version than this program knows");
	if ((r = text_reader_required(&reader, "channel", &channel, error)) != OK ||
	    (r = text_reader_required(&reader, "from", &from, error)) != OK ||
	    (r = text_reader_required(&reader, "to", &to, error)) != OK ||
	    (r = text_reader_required(&reader, "pack", &pack, error)) != OK ||
	    (r = text_reader_required(&reader, "volume", &volume, error)) != OK)
		return r;
	if (reader.rest.size > 0)
		return malformed(error, "more lines than it has");
	if ((r = read_channel(channel, &header->channel)) == ERROR_MEMORY)
		return error_set(error, r, "out of memory");
	if (r != OK)
		return malformed(error, "'channel' is no channel's id");
	if ((r = read_party(from, header->from)) != OK || (r = read_party(to, header->to)) != OK)
		return malformed(error, "'from' or 'to' is no party's id");
	if (bytes_equal_string(to, "copy"))
		header->to[0] = '\0';
	if (pack.size != (size_t)2 * COURIER_PACK_SIZE ||
	    hex_decode_fixed(pack, header->pack, COURIER_PACK_SIZE) != OK)
		return malformed(error, "'pack' is not 16 hexadecimal digits");
	if (read_volume(volume, header) != OK)
		return malformed(error, "'volume' is not as in `1 of 3`");
	return OK;
}

int courier_header_parse(struct bytes file, struct courier_header *ret_header, size_t *ret_size,
                         struct error *error)
{
	struct courier_header header = { .volume = 0 };
	struct bytes text;
	int r;

	if ((r = find_header(file, &text, error)) != OK)
		return r;
	/* Its empty line ends the header and is none of its lines. */
	if ((r = text_check(bytes_of(text.data, text.size - 1), error)) != OK ||
	    (r = read_lines(bytes_of(text.data, text.size - 1), &header, error)) != OK)
		return r;
	*ret_header = header;
	*ret_size = text.size;
	return OK;
}

/* --- frames --------------------------------------------------------------------- */

static int check_hello(struct bytes payload, struct error *error)
{
	struct frame_hello ignored;

	return frame_get_hello(payload, &ignored, error);
}

static int check_entries(struct bytes payload, struct error *error)
{
	struct frame_entries ignored;

	return frame_get_entries(payload, &ignored, error);
}

static int check_cosignature(struct bytes payload, struct error *error)
{
	struct frame_cosignature ignored;

	return frame_get_cosignature(payload, &ignored, error);
}

static int check_blob_chunk(struct bytes payload, struct error *error)
{
	struct frame_blob_chunk ignored;

	return frame_get_blob_chunk(payload, &ignored, error);
}

static int check_charter(struct bytes payload, struct error *error)
{
	struct frame_charter ignored;

	return frame_get_charter(payload, &ignored, error);
}

static int check_amended(struct bytes payload, struct error *error)
{
	struct bytes ignored;

	return frame_get_amended(payload, &ignored, error);
}

static int check_heads(struct bytes payload, struct error *error)
{
	struct frame_heads ignored;

	return frame_get_heads(payload, &ignored, error);
}

static const struct {
	uint8_t type;
	int (*check)(struct bytes payload, struct error *error);
} layouts[] = {
	{ FRAME_HELLO, check_hello },
	{ FRAME_ENTRIES, check_entries },
	{ FRAME_COSIGNATURE, check_cosignature },
	{ FRAME_BLOB_CHUNK, check_blob_chunk },
	{ FRAME_CHARTER, check_charter },
	{ FRAME_HEADS, check_heads },
	{ FRAME_AMENDED, check_amended },
};

int courier_check_frame(uint8_t type, struct bytes payload, struct error *error)
{
	if (type >= 0x80)
		return OK;
	for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
		if (layouts[i].type == type)
			return layouts[i].check(payload, error);
	return error_set(error, ERROR_UNSUPPORTED, "a frame of type %u does not stand in a file",
	                 type);
}
