/* What a claimed fault of a body turns out to be: the blob is opened again by
 * whoever checks, with the key that one side has disclosed. */
#include "disclosure.h"

#include "allocate.h"

/* What an opening shows of the fault. */
static const enum fault_verdict shown_by[] = {
	[BODY_INTACT] = FAULT_REFUTED,
	[BODY_UNOPENABLE] = FAULT_PROVED,
	[BODY_MISMATCH] = FAULT_PROVED,
	[BODY_WRONG_BLOB] = FAULT_NOT_SHOWN,
};

static int opener_write(void *context, struct bytes bytes)
{
	return body_opener_update(context, bytes);
}

/* Opens the blob with a file key and forgets what it says. */
static int open_blob(const struct body_reference *reference, uint64_t content_maximum,
                     const struct byte_source *blob, const struct age_file_key *file_key,
                     enum body_verdict *ret_verdict, struct error *error)
{
	struct body_receiver nobody = { 0 };
	struct body_opener *opener = body_opener_new(reference, file_key, content_maximum, &nobody);
	struct byte_sink sink = { opener, opener_write };
	int r;

	if (opener == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	if ((r = byte_source_copy(blob, reference->sealed_size, &sink)) != OK ||
	    (r = body_opener_finish(opener, ret_verdict, error)) != OK)
		error_set(error, r, "the blob: %s", result_text(r));
	body_opener_free(opener);
	return r;
}

/* Reads and parses the header, whose views are into `text`. ERROR_SYNTAX when
 * the blob has none; other errors are of this machine. */
static int read_header(const struct body_reference *reference, const struct byte_source *blob,
                       struct buffer *text, struct age_header *ret_header)
{
	size_t size = reference->sealed_size < AGE_HEADER_MAXIMUM ? (size_t)reference->sealed_size
	                                                          : AGE_HEADER_MAXIMUM;
	size_t header_size;
	uint8_t *place;
	int r;

	if ((r = buffer_extend(text, size, &place)) != OK ||
	    (r = blob->read(blob->context, 0, place, size)) != OK)
		return r;
	if (age_header_length(buffer_view(text), &header_size) != OK)
		return ERROR_SYNTAX;
	buffer_truncate(text, header_size);
	r = age_header_parse(buffer_view(text), ret_header, NULL);
	return r == OK || r == ERROR_MEMORY ? r : ERROR_SYNTAX;
}

/* `has_key` is false where the stanza gave no file key: then the blob is read
 * only to see that it is the right one. */
static int conclude(const struct body_reference *reference, uint64_t content_maximum,
                    const struct byte_source *blob, bool has_key,
                    const struct age_file_key *file_key, enum fault_verdict *ret_verdict,
                    enum body_verdict *ret_opening, struct error *error)
{
	enum body_verdict opening;
	int r;

	if ((r = open_blob(reference, content_maximum, blob, file_key, &opening, error)) != OK)
		return r;
	if (!has_key && opening != BODY_WRONG_BLOB) {
		opening = BODY_UNOPENABLE;
		error_set(error, ERROR_SIGNATURE, "the stanza does not open for the receiver");
	}
	*ret_verdict = shown_by[opening];
	if (ret_opening != NULL && opening != BODY_WRONG_BLOB)
		*ret_opening = opening;
	return OK;
}

static int not_shown(enum fault_verdict *ret_verdict, struct error *error, const char *why)
{
	*ret_verdict = FAULT_NOT_SHOWN;
	error_set(error, ERROR_MISMATCH, "%s", why);
	return OK;
}

int fault_check_file_key(const struct body_reference *reference, uint64_t content_maximum,
                         const struct byte_source *blob, const struct age_file_key *file_key,
                         enum fault_verdict *ret_verdict, enum body_verdict *ret_opening,
                         struct error *error)
{
	struct age_header header;
	struct buffer text;
	int r;

	buffer_init(&text, AGE_HEADER_MAXIMUM);
	r = read_header(reference, blob, &text, &header);
	if (r == OK && age_header_authenticate(&header, file_key) != OK)
		r = not_shown(ret_verdict, error, "the file key is not that of this header");
	else if (r == OK || r == ERROR_SYNTAX)
		r = conclude(reference, content_maximum, blob, true, file_key, ret_verdict,
		             ret_opening, error);
	else
		error_set(error, r, "the blob: %s", result_text(r));
	buffer_release(&text);
	return r;
}

/* The file key that the receiver gets from its stanza, if any. ERROR_MISMATCH:
 * the ephemeral secret is of another stanza. */
static int key_of_receiver(const struct age_header *header, const struct x25519_secret *ephemeral,
                           const struct x25519_public *receiver, bool *ret_has_key,
                           struct age_file_key *ret_key)
{
	int r;

	if (header->stanza_count != SEAL_RECIPIENTS)
		return OK;
	r = age_stanza_open_as_author(&header->stanzas[SEAL_RECEIVER], ephemeral, receiver,
	                              ret_key);
	if (r == ERROR_MISMATCH || r == ERROR_MEMORY)
		return r;
	*ret_has_key = r == OK;
	return OK;
}

int fault_check_ephemeral(const struct body_reference *reference, uint64_t content_maximum,
                          const struct byte_source *blob, const struct x25519_secret *ephemeral,
                          const struct x25519_public *receiver, enum fault_verdict *ret_verdict,
                          enum body_verdict *ret_opening, struct error *error)
{
	struct age_file_key file_key = { 0 };
	bool has_key = false;
	struct age_header header;
	struct buffer text;
	int r;

	buffer_init(&text, AGE_HEADER_MAXIMUM);
	r = read_header(reference, blob, &text, &header);
	if (r == OK)
		r = key_of_receiver(&header, ephemeral, receiver, &has_key, &file_key);
	if (r == ERROR_MISMATCH)
		r = not_shown(ret_verdict, error, "the ephemeral secret is not that of the stanza");
	else if (r == OK || r == ERROR_SYNTAX)
		r = conclude(reference, content_maximum, blob, has_key, &file_key, ret_verdict,
		             ret_opening, error);
	else
		error_set(error, r, "the blob: %s", result_text(r));
	wipe(&file_key, sizeof(file_key));
	buffer_release(&text);
	return r;
}
