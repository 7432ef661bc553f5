#include "deposit.h"

#include "deposit_text.h"
#include "encoding.h"

static const char CERTIFICATE_LINE[] = "chirograph.deposit/1";
static const char ANSWER_LINE[] = "chirograph.collection/1";

enum deposit_format deposit_format_of(struct bytes note)
{
	struct bytes line;

	if (!bytes_cut(&note, '\n', &line))
		return DEPOSIT_NONE;
	if (bytes_equal_string(line, CERTIFICATE_LINE))
		return DEPOSIT_CERTIFICATE;
	return bytes_equal_string(line, ANSWER_LINE) ? DEPOSIT_ANSWER : DEPOSIT_NONE;
}

/* A head that checkpoint_parse would give. */
static int check_head(const struct checkpoint *head)
{
	struct hash empty;

	if (head->size > TREE_SIZE_MAXIMUM)
		return ERROR_LIMIT;
	tree_empty_root(&empty);
	return head->size == 0 && !hash_equal(&head->root, &empty) ? ERROR_MISMATCH : OK;
}

static int put_head(struct buffer *text, const char *format, const struct checkpoint *head)
{
	int r;

	if ((r = check_head(head)) != OK || (r = buffer_put_string(text, format)) != OK ||
	    (r = buffer_put_u8(text, '\n')) != OK ||
	    (r = deposit_text_put_log(text, head->origin)) != OK ||
	    (r = text_put_number(text, "size", head->size)) != OK)
		return r;
	return text_put_hash(text, "root", &head->root);
}

static bool names_blob(const struct deposit_certificate *certificate, size_t count,
                       const struct hash *hash)
{
	for (size_t i = 0; i < count; i++)
		if (hash_equal(&certificate->blobs[i].hash, hash))
			return true;
	return false;
}

static int put_blob(struct buffer *text, const struct deposit_certificate *certificate,
                    size_t index)
{
	const struct deposit_blob *blob = &certificate->blobs[index];
	char hash[HASH_BASE64_CAPACITY];

	if (blob->size == 0 || blob->size > INT64_MAX)
		return ERROR_LIMIT;
	if (names_blob(certificate, index, &blob->hash))
		return ERROR_EXISTS;
	hash_to_base64(&blob->hash, hash);
	return buffer_put_format(text, "blob %s %llu\n", hash, (unsigned long long)blob->size);
}

int deposit_certificate_print(const struct deposit_certificate *certificate, struct buffer *text)
{
	size_t before = text->size;
	int r;

	if (certificate->blob_count > DEPOSIT_BLOBS_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = put_head(text, CERTIFICATE_LINE, &certificate->head)) == OK)
		r = deposit_text_put_time(text, certificate->time);
	for (size_t i = 0; r == OK && i < certificate->blob_count; i++)
		r = put_blob(text, certificate, i);
	if (r != OK)
		buffer_truncate(text, before);
	return r;
}

int collection_answer_print(const struct collection_answer *answer, struct buffer *text)
{
	size_t before = text->size;
	int r;

	if ((r = put_head(text, ANSWER_LINE, &answer->head)) != OK ||
	    (r = deposit_text_put_hash(text, "nonce", answer->nonce)) != OK ||
	    (r = deposit_text_put_time(text, answer->time)) != OK)
		buffer_truncate(text, before);
	return r;
}

static int get_head(struct text_reader *reader, const char *format, struct checkpoint *ret_head,
                    struct error *error)
{
	int r;

	if ((r = text_reader_expect(reader, format, error)) != OK ||
	    (r = deposit_text_get_log(reader, ret_head->origin, error)) != OK ||
	    (r = deposit_text_get_number(reader, "size", TREE_SIZE_MAXIMUM, &ret_head->size,
	                                 error)) != OK ||
	    (r = deposit_text_get_hash(reader, "root", ret_head->root.bytes, error)) != OK)
		return r;
	if ((r = check_head(ret_head)) != OK)
		return error_set_line(error, r, reader->number,
		                      "the root of an empty log is not the empty root");
	return OK;
}

static int get_blob(struct text_reader *reader, struct bytes value,
                    struct deposit_certificate *certificate, struct error *error)
{
	struct deposit_blob *blob = &certificate->blobs[certificate->blob_count];
	struct bytes words[2];
	size_t count;
	int r;

	if (certificate->blob_count == DEPOSIT_BLOBS_MAXIMUM)
		return error_set_line(error, ERROR_LIMIT, reader->number, "more than %d blobs",
		                      DEPOSIT_BLOBS_MAXIMUM);
	if (text_words(value, words, 2, &count) != OK || count != 2)
		return error_set_line(error, ERROR_SYNTAX, reader->number,
		                      "a blob is named by its hash and its size");
	if ((r = base64_decode_fixed(words[0], blob->hash.bytes, HASH_SIZE)) != OK)
		return error_set_line(error, r, reader->number,
		                      "the blob's hash is not base64 of %d bytes", HASH_SIZE);
	if ((r = text_parse_number(words[1], INT64_MAX, &blob->size)) == OK && blob->size == 0)
		r = ERROR_LIMIT;
	if (r != OK)
		return error_set_line(error, r, reader->number,
		                      "the blob's size is not a number as it must be");
	if (names_blob(certificate, certificate->blob_count, &blob->hash))
		return error_set_line(error, ERROR_EXISTS, reader->number,
		                      "the blob is named twice");
	certificate->blob_count++;
	return OK;
}

int deposit_certificate_parse(struct bytes text, struct deposit_certificate *ret_certificate,
                              struct error *error)
{
	struct deposit_certificate certificate = { .blob_count = 0 };
	struct text_reader reader;
	struct bytes value;
	int r;

	text_reader_init(&reader, text);
	if ((r = deposit_text_check(text, DEPOSIT_TEXT_MAXIMUM, error)) != OK ||
	    (r = get_head(&reader, CERTIFICATE_LINE, &certificate.head, error)) != OK ||
	    (r = deposit_text_get_time(&reader, &certificate.time, error)) != OK)
		return r;
	while ((r = text_reader_optional(&reader, "blob", &value, error)) == OK)
		if ((r = get_blob(&reader, value, &certificate, error)) != OK)
			return r;
	if (r != ERROR_NOT_FOUND || (r = deposit_text_end(&reader, error)) != OK)
		return r;
	*ret_certificate = certificate;
	return OK;
}

int collection_answer_parse(struct bytes text, struct collection_answer *ret_answer,
                            struct error *error)
{
	struct collection_answer answer;
	struct text_reader reader;
	int r;

	text_reader_init(&reader, text);
	if ((r = deposit_text_check(text, DEPOSIT_TEXT_MAXIMUM, error)) != OK ||
	    (r = get_head(&reader, ANSWER_LINE, &answer.head, error)) != OK ||
	    (r = deposit_text_get_hash(&reader, "nonce", answer.nonce, error)) != OK ||
	    (r = deposit_text_get_time(&reader, &answer.time, error)) != OK ||
	    (r = deposit_text_end(&reader, error)) != OK)
		return r;
	*ret_answer = answer;
	return OK;
}

/* Appends the note that `text` becomes when it is signed at `time`. */
static int put_note(struct bytes text, timestamp time, const struct note_key *key,
                    const struct ed25519_secret *secret, struct buffer *note)
{
	size_t before = note->size;
	int r;

	if ((r = buffer_put_bytes(note, text)) != OK || (r = buffer_put_u8(note, '\n')) != OK ||
	    (r = cosignature_sign(key, secret, time, text, note)) != OK)
		buffer_truncate(note, before);
	return r;
}

int deposit_certificate_sign(const struct deposit_certificate *certificate,
                             const struct note_key *key, const struct ed25519_secret *secret,
                             struct buffer *note)
{
	struct buffer text;
	int r;

	buffer_init(&text, DEPOSIT_TEXT_MAXIMUM);
	if ((r = deposit_certificate_print(certificate, &text)) == OK)
		r = put_note(buffer_view(&text), certificate->time, key, secret, note);
	buffer_release(&text);
	return r;
}

int collection_answer_sign(const struct collection_answer *answer, const struct note_key *key,
                           const struct ed25519_secret *secret, struct buffer *note)
{
	struct buffer text;
	int r;

	buffer_init(&text, DEPOSIT_TEXT_MAXIMUM);
	if ((r = collection_answer_print(answer, &text)) == OK)
		r = put_note(buffer_view(&text), answer->time, key, secret, note);
	buffer_release(&text);
	return r;
}

static int parse_note(struct bytes bytes, struct note *ret_note, struct error *error)
{
	if (bytes.size > DEPOSIT_NOTE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the note is longer than %d bytes",
		                 DEPOSIT_NOTE_MAXIMUM);
	return note_parse(bytes, ret_note, error);
}

static int verify_at(const struct note *note, const struct note_key *depositary, timestamp time,
                     struct error *error)
{
	timestamp signed_at;
	int r;

	if ((r = cosignature_verify(note, depositary, &signed_at, error)) != OK)
		return r;
	if (signed_at != time)
		return error_set(error, ERROR_MISMATCH,
		                 "the text names another time than its signature");
	return OK;
}

int deposit_certificate_verify(struct bytes note, const struct note_key *depositary,
                               struct deposit_certificate *ret_certificate, struct error *error)
{
	struct deposit_certificate certificate;
	struct note parsed;
	int r;

	if ((r = parse_note(note, &parsed, error)) != OK ||
	    (r = deposit_certificate_parse(parsed.text, &certificate, error)) != OK ||
	    (r = verify_at(&parsed, depositary, certificate.time, error)) != OK)
		return r;
	*ret_certificate = certificate;
	return OK;
}

int collection_answer_verify(struct bytes note, const struct note_key *depositary,
                             struct collection_answer *ret_answer, struct error *error)
{
	struct collection_answer answer;
	struct note parsed;
	int r;

	if ((r = parse_note(note, &parsed, error)) != OK ||
	    (r = collection_answer_parse(parsed.text, &answer, error)) != OK ||
	    (r = verify_at(&parsed, depositary, answer.time, error)) != OK)
		return r;
	*ret_answer = answer;
	return OK;
}
