#include "note.h"

#include "encoding.h"
#include "text.h"

/* What a signature line begins with: an em dash and a space. */
static const uint8_t line_start[] = { 0xe2, 0x80, 0x94, ' ' };

enum {
	/* The longest signature of the types that we know: a time and 64 bytes. */
	SIGNATURE_MAXIMUM = 8 + ED25519_SIGNATURE_SIZE
};

/* The white space of Unicode beyond ASCII that is not a control character. */
static const char *const unicode_spaces[] = {
	"\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
	"\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u202f", "\u205f", "\u3000",
};

static bool contains(struct bytes text, struct bytes part)
{
	for (size_t at = 0; at + part.size <= text.size; at++) {
		if (memcmp(text.data + at, part.data, part.size) == 0)
			return true;
	}
	return false;
}

bool note_name_is_valid(struct bytes name)
{
	if (name.size == 0 || !text_is_clean(name) || memchr(name.data, ' ', name.size) != NULL ||
	    memchr(name.data, '+', name.size) != NULL)
		return false;
	for (size_t i = 0; i < sizeof(unicode_spaces) / sizeof(*unicode_spaces); i++) {
		if (contains(name, bytes_of_string(unicode_spaces[i])))
			return false;
	}
	return true;
}

/* Takes the next line, its LF included, off the front of `rest`, whose last
 * byte is an LF. */
static struct bytes take_line(struct bytes *rest)
{
	const uint8_t *end = memchr(rest->data, '\n', rest->size);
	struct bytes line = bytes_of(rest->data, (size_t)(end - rest->data) + 1);

	*rest = bytes_of(end + 1, rest->size - line.size);
	return line;
}

static int check_text(struct bytes text, struct error *error)
{
	size_t number = 0;

	while (text.size > 0) {
		struct bytes line = take_line(&text);

		number++;
		if (!text_is_clean(bytes_of(line.data, line.size - 1)))
			return error_set_line(error, ERROR_SYNTAX, number,
			                      "the note is not clean UTF-8 text");
	}
	return OK;
}

/* `scratch` is for the decoded signature, of which only the key id is kept. */
static int parse_line(struct bytes whole, struct buffer *scratch, struct note_line *ret_line,
                      struct error *error)
{
	struct bytes rest = bytes_of(whole.data, whole.size - 1);
	struct note_line line = { .whole = whole };
	int r;

	if (rest.size < sizeof(line_start) ||
	    memcmp(rest.data, line_start, sizeof(line_start)) != 0)
		return error_set(error, ERROR_SYNTAX, "a signature line of the note has no dash");
	rest = bytes_of(rest.data + sizeof(line_start), rest.size - sizeof(line_start));
	if (!bytes_cut(&rest, ' ', &line.name))
		return error_set(error, ERROR_SYNTAX,
		                 "a signature line of the note has no signature");
	line.encoded = rest;
	if (!note_name_is_valid(line.name))
		return error_set(error, ERROR_SYNTAX,
		                 "a signature line of the note has no valid name");

	buffer_clear(scratch);
	if ((r = base64_decode(scratch, line.encoded, BASE64_PADDED)) != OK)
		return error_set(error, r, "a signature of the note is not strict base64");
	if (scratch->size <= NOTE_KEY_ID_SIZE)
		return error_set(error, ERROR_SYNTAX, "a signature of the note is too short");
	memcpy(line.key_id, scratch->data, NOTE_KEY_ID_SIZE);
	*ret_line = line;
	return OK;
}

/* The size of the text, up to and with the LF before the last empty line. */
static int find_text(struct bytes note, size_t *ret_size)
{
	for (size_t at = note.size; at >= 2; at--) {
		if (note.data[at - 1] == '\n' && note.data[at - 2] == '\n') {
			*ret_size = at - 1;
			return OK;
		}
	}
	return ERROR_SYNTAX;
}

int note_parse(struct bytes note, struct note *ret_note, struct error *error)
{
	struct buffer scratch;
	struct note parsed;
	struct bytes lines;
	size_t text_size;
	int r;

	if (note.size > NOTE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the note is longer than %d bytes",
		                 NOTE_MAXIMUM);
	if (note.size == 0 || note.data[note.size - 1] != '\n')
		return error_set(error, ERROR_SYNTAX, "the note does not end with a line end");
	if (find_text(note, &text_size) != OK)
		return error_set(error, ERROR_SYNTAX,
		                 "the note has no empty line before its signatures");
	parsed.text = bytes_of(note.data, text_size);
	parsed.line_count = 0;
	lines = bytes_of(note.data + text_size + 1, note.size - text_size - 1);
	if (lines.size == 0)
		return error_set(error, ERROR_SYNTAX, "the note has no signature");
	if ((r = check_text(parsed.text, error)) != OK)
		return r;

	buffer_init(&scratch, NOTE_MAXIMUM);
	while (lines.size > 0) {
		if (parsed.line_count == NOTE_LINES_MAXIMUM) {
			r = error_set(error, ERROR_LIMIT, "the note has more than %d signatures",
			              NOTE_LINES_MAXIMUM);
			goto out;
		}
		r = parse_line(take_line(&lines), &scratch, &parsed.lines[parsed.line_count],
		               error);
		if (r != OK)
			goto out;
		parsed.line_count++;
	}
	ret_note->text = parsed.text;
	ret_note->line_count = parsed.line_count;
	memcpy(ret_note->lines, parsed.lines, parsed.line_count * sizeof(*parsed.lines));
out:
	buffer_release(&scratch);
	return r;
}

bool note_line_is_by(const struct note_line *line, const struct note_key *key)
{
	return bytes_equal_string(line->name, key->name) &&
	       memcmp(line->key_id, key->id, NOTE_KEY_ID_SIZE) == 0;
}

int note_line_signature(const struct note_line *line, void *ret_signature, size_t size)
{
	uint8_t decoded[NOTE_KEY_ID_SIZE + SIGNATURE_MAXIMUM];

	if (size > SIGNATURE_MAXIMUM ||
	    base64_decode_fixed(line->encoded, decoded, NOTE_KEY_ID_SIZE + size) != OK)
		return ERROR_SIGNATURE;
	memcpy(ret_signature, decoded + NOTE_KEY_ID_SIZE, size);
	return OK;
}

int note_verify(const struct note *note, const struct note_key *key, struct error *error)
{
	uint8_t signature[ED25519_SIGNATURE_SIZE];
	bool found = false;

	if (key->type != NOTE_KEY_ED25519)
		return error_set(error, ERROR_UNSUPPORTED,
		                 "the key '%s' does not sign notes, but cosigns", key->name);
	for (size_t i = 0; i < note->line_count; i++) {
		if (!note_line_is_by(&note->lines[i], key))
			continue;
		if (note_line_signature(&note->lines[i], signature, sizeof(signature)) != OK ||
		    ed25519_verify(&key->public_key, note->text,
		                   bytes_of(signature, sizeof(signature))) != OK)
			return error_set(error, ERROR_SIGNATURE,
			                 "the note's signature by '%s' does not verify", key->name);
		found = true;
	}
	if (!found)
		return error_set(error, ERROR_NOT_FOUND, "the note is not signed by '%s'",
		                 key->name);
	return OK;
}

int note_put_line(const struct note_key *key, struct bytes signature, struct buffer *buffer)
{
	uint8_t raw[NOTE_KEY_ID_SIZE + SIGNATURE_MAXIMUM];
	size_t before = buffer->size;
	int r;

	if (signature.size > SIGNATURE_MAXIMUM)
		return ERROR_LIMIT;
	memcpy(raw, key->id, NOTE_KEY_ID_SIZE);
	memcpy(raw + NOTE_KEY_ID_SIZE, signature.data, signature.size);
	if ((r = buffer_put(buffer, line_start, sizeof(line_start))) != OK ||
	    (r = buffer_put_string(buffer, key->name)) != OK ||
	    (r = buffer_put_u8(buffer, ' ')) != OK ||
	    (r = base64_encode(buffer, bytes_of(raw, NOTE_KEY_ID_SIZE + signature.size),
	                       BASE64_PADDED)) != OK ||
	    (r = buffer_put_u8(buffer, '\n')) != OK)
		buffer_truncate(buffer, before);
	return r;
}

int note_sign(const struct note_key *key, const struct ed25519_secret *secret, struct bytes text,
              struct buffer *buffer)
{
	uint8_t signature[ED25519_SIGNATURE_SIZE];

	if (key->type != NOTE_KEY_ED25519 ||
	    !ed25519_public_equal(&key->public_key, &secret->public_key))
		return ERROR_MISMATCH;
	if (text.size == 0 || text.data[text.size - 1] != '\n' || check_text(text, NULL) != OK)
		return ERROR_SYNTAX;
	ed25519_sign(signature, secret, text);
	return note_put_line(key, bytes_of(signature, sizeof(signature)), buffer);
}
