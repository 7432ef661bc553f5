/* One line of a manifest. */
#include "manifest.h"

#include "encoding.h"
#include "sha.h"
#include "text.h"

#include <inttypes.h>

int part_line_print(const struct part_line *line, struct buffer *buffer)
{
	const struct part_description *description = &line->description;
	char hash[HASH_BASE64_CAPACITY];
	size_t before = buffer->size;
	int r;

	hash_to_base64(&line->hash, hash);
	if ((r = buffer_put_format(buffer, "part %zu %" PRIu64 " %s %s %s ", line->number,
	                           description->size, description->media_type,
	                           description->language[0] == '\0' ? "-" : description->language,
	                           part_standing_text(description->standing))) != OK ||
	    (r = base64_encode(buffer, bytes_of(line->salt, PART_SALT_SIZE), BASE64_PADDED)) !=
	        OK ||
	    (r = buffer_put_format(buffer, " %s %s\n", hash, description->name)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

/* Takes what stands before the next space. */
static int take_word(struct bytes *text, struct bytes *ret_word)
{
	return bytes_cut(text, ' ', ret_word) && ret_word->size > 0 ? OK : ERROR_SYNTAX;
}

/* The words of a line in their order; the name is the rest. */
enum {
	WORD_PART,
	WORD_NUMBER,
	WORD_SIZE,
	WORD_MEDIA_TYPE,
	WORD_LANGUAGE,
	WORD_STANDING,
	WORD_SALT,
	WORD_HASH,
	WORDS
};

static int description_parse(const struct bytes words[WORDS], struct bytes name,
                             struct part_description *description, struct error *error)
{
	struct bytes language = words[WORD_LANGUAGE];
	int r;

	if (bytes_equal_string(language, "-"))
		language.size = 0;
	if ((r = text_parse_number(words[WORD_SIZE], BODY_LIST_CONTENT_MAXIMUM,
	                           &description->size)) != OK ||
	    (r = part_standing_parse(words[WORD_STANDING], &description->standing)) != OK ||
	    (r = bytes_to_string(language, description->language, sizeof(description->language))) !=
	        OK ||
	    (r = bytes_to_string(words[WORD_MEDIA_TYPE], description->media_type,
	                         sizeof(description->media_type))) != OK ||
	    (r = bytes_to_string(name, description->name, sizeof(description->name))) != OK)
		return error_set(error, r, "the description of a part is malformed");
	return part_description_check(description, error);
}

/* What was parsed, printed, must be what was there. */
static int canonical_check(const struct part_line *line, struct bytes text, struct error *error)
{
	struct buffer printed;
	int r;

	buffer_init(&printed, PART_LINE_MAXIMUM);
	if ((r = part_line_print(line, &printed)) == OK &&
	    !bytes_equal(buffer_view(&printed), text))
		r = error_set(error, ERROR_CANONICAL, "the line is not in its one spelling");
	buffer_release(&printed);
	return r;
}

int part_line_parse(struct bytes text, struct part_line *ret_line, struct error *error)
{
	struct bytes rest = text;
	struct bytes words[WORDS];
	struct part_line line = { 0 };
	uint64_t number;
	int r;

	if (text.size == 0 || text.data[text.size - 1] != '\n' || text.size > PART_LINE_MAXIMUM)
		return error_set(error, ERROR_SYNTAX, "not one line of a manifest");
	rest.size--;
	for (size_t i = 0; i < WORDS; i++) {
		if ((r = take_word(&rest, &words[i])) != OK)
			return error_set(error, r, "a word of the line is missing");
	}
	if (!bytes_equal_string(words[WORD_PART], "part"))
		return error_set(error, ERROR_SYNTAX, "the line is not of a part");
	if ((r = text_parse_number(words[WORD_NUMBER], PARTS_MAXIMUM, &number)) != OK)
		return error_set(error, r, "the number of the part is malformed");
	if (number == 0)
		return error_set(error, ERROR_SYNTAX, "parts are numbered from 1");
	line.number = (size_t)number;
	if ((r = base64_decode_fixed(words[WORD_SALT], line.salt, sizeof(line.salt))) != OK ||
	    (r = base64_decode_fixed(words[WORD_HASH], line.hash.bytes, HASH_SIZE)) != OK)
		return error_set(error, r, "salt or hash of the part is malformed");
	if ((r = description_parse(words, rest, &line.description, error)) != OK ||
	    (r = canonical_check(&line, text, error)) != OK)
		return r;
	*ret_line = line;
	return OK;
}

int part_line_leaf(const struct part_line *line, struct hash *ret_leaf)
{
	struct buffer text;
	int r;

	buffer_init(&text, PART_LINE_MAXIMUM);
	if ((r = part_line_print(line, &text)) == OK)
		tree_hash_leaf(buffer_view(&text), ret_leaf);
	buffer_release(&text);
	return r;
}

static int hash_write(void *context, struct bytes bytes)
{
	return sha256_stream_update(context, bytes);
}

int part_content_hash(const uint8_t salt[PART_SALT_SIZE], const struct byte_source *content,
                      uint64_t size, struct hash *ret_hash)
{
	struct sha256_stream stream;
	struct byte_sink sink = { &stream, hash_write };
	int r;

	if ((r = sha256_stream_init(&stream)) != OK)
		return r;
	if ((r = sha256_stream_update(&stream, bytes_of(salt, PART_SALT_SIZE))) == OK &&
	    (r = byte_source_copy(content, size, &sink)) == OK)
		r = sha256_stream_finish(&stream, ret_hash);
	sha256_stream_release(&stream);
	return r;
}
