#include "deposit_request.h"

#include "deposit_text.h"

/* The first line, and the keys of the lines that not every text has; NULL: without. */
static const struct collect_form {
	const char *line, *hash, *from;
} forms[COLLECT_KIND_COUNT] = {
	[COLLECT_ENTRIES] = { "chirograph.collect/1", NULL, "from" },
	[COLLECT_BLOB] = { "chirograph.collect-blob/1", "blob", "offset" },
	[COLLECT_DEPOSIT] = { "chirograph.deposit-blob/1", "chunk", NULL },
};

static bool is_named(const struct deposit_request *request, size_t count, const struct hash *hash)
{
	for (size_t i = 0; i < count; i++)
		if (hash_equal(&request->blobs[i], hash))
			return true;
	return false;
}

int deposit_request_print(const struct deposit_request *request, struct buffer *text)
{
	size_t before = text->size;
	int r;

	if (request->blob_count > DEPOSIT_BLOBS_MAXIMUM)
		return ERROR_LIMIT;
	r = deposit_text_put_log(text, request->origin);
	for (size_t i = 0; r == OK && i < request->blob_count; i++) {
		if (is_named(request, i, &request->blobs[i]))
			r = ERROR_EXISTS;
		else
			r = text_put_hash(text, "blob", &request->blobs[i]);
	}
	if (r != OK)
		buffer_truncate(text, before);
	return r;
}

int deposit_request_parse(struct bytes text, struct deposit_request *ret_request,
                          struct error *error)
{
	struct deposit_request request = { .blob_count = 0 };
	struct text_reader reader;
	int r;

	text_reader_init(&reader, text);
	if ((r = deposit_text_check(text, DEPOSIT_REQUEST_MAXIMUM, error)) != OK ||
	    (r = deposit_text_get_log(&reader, request.origin, error)) != OK)
		return r;
	while (reader.rest.size > 0) {
		struct hash *blob = &request.blobs[request.blob_count];

		if (request.blob_count == DEPOSIT_BLOBS_MAXIMUM)
			return error_set_line(error, ERROR_LIMIT, reader.number + 1,
			                      "more than %d blobs", DEPOSIT_BLOBS_MAXIMUM);
		if ((r = deposit_text_get_hash(&reader, "blob", blob->bytes, error)) != OK)
			return r;
		if (is_named(&request, request.blob_count, blob))
			return error_set_line(error, ERROR_EXISTS, reader.number,
			                      "the blob is named twice");
		request.blob_count++;
	}
	*ret_request = request;
	return OK;
}

static int put_collect(const struct collect_request *request, struct buffer *text)
{
	const struct collect_form *form = &forms[request->kind];
	int r;

	if (request->from > INT64_MAX)
		return ERROR_LIMIT;
	if ((r = buffer_put_string(text, form->line)) != OK ||
	    (r = buffer_put_u8(text, '\n')) != OK ||
	    (r = deposit_text_put_log(text, request->origin)) != OK)
		return r;
	if (form->hash != NULL && (r = text_put_hash(text, form->hash, &request->hash)) != OK)
		return r;
	if (form->from != NULL && (r = text_put_number(text, form->from, request->from)) != OK)
		return r;
	if ((r = deposit_text_put_hash(text, "nonce", request->nonce)) != OK)
		return r;
	return deposit_text_put_time(text, request->time);
}

int collect_request_print(const struct collect_request *request, struct buffer *text)
{
	size_t before = text->size;
	int r = put_collect(request, text);

	if (r != OK)
		buffer_truncate(text, before);
	return r;
}

static int get_format(struct text_reader *reader, enum collect_kind *ret_kind, struct error *error)
{
	enum collect_kind kind = COLLECT_ENTRIES;
	struct text_line line;
	int r;

	if (text_reader_peek(reader, &line) == OK)
		for (int i = 0; i < COLLECT_KIND_COUNT; i++)
			if (bytes_equal_string(line.whole, forms[i].line))
				kind = (enum collect_kind)i;
	if ((r = text_reader_expect(reader, forms[kind].line, error)) == OK)
		*ret_kind = kind;
	return r;
}

int collect_request_parse(struct bytes text, struct collect_request *ret_request,
                          struct error *error)
{
	struct collect_request request = { .kind = COLLECT_ENTRIES };
	const struct collect_form *form;
	struct text_reader reader;
	int r;

	text_reader_init(&reader, text);
	if ((r = deposit_text_check(text, DEPOSIT_REQUEST_MAXIMUM, error)) != OK ||
	    (r = get_format(&reader, &request.kind, error)) != OK ||
	    (r = deposit_text_get_log(&reader, request.origin, error)) != OK)
		return r;
	form = &forms[request.kind];
	if (form->hash != NULL &&
	    (r = deposit_text_get_hash(&reader, form->hash, request.hash.bytes, error)) != OK)
		return r;
	if (form->from != NULL && (r = deposit_text_get_number(&reader, form->from, INT64_MAX,
	                                                       &request.from, error)) != OK)
		return r;
	if ((r = deposit_text_get_hash(&reader, "nonce", request.nonce, error)) != OK ||
	    (r = deposit_text_get_time(&reader, &request.time, error)) != OK ||
	    (r = deposit_text_end(&reader, error)) != OK)
		return r;
	*ret_request = request;
	return OK;
}

int collect_message(struct bytes text, struct buffer *message)
{
	size_t before = message->size;
	int r;

	if ((r = buffer_put_string(message, "chirograph-collect\n")) != OK ||
	    (r = buffer_put_bytes(message, text)) != OK)
		buffer_truncate(message, before);
	return r;
}

int collect_envelope_put(const struct collect_envelope *envelope, struct buffer *buffer)
{
	size_t before = buffer->size;
	int r;

	if (envelope->text.size > DEPOSIT_REQUEST_MAXIMUM ||
	    envelope->certificate.size > COLLECT_CERTIFICATE_MAXIMUM ||
	    envelope->signature.size != ED25519_SIGNATURE_SIZE)
		return ERROR_LIMIT;
	if ((r = buffer_put_sized(buffer, envelope->text)) != OK ||
	    (r = buffer_put_sized(buffer, envelope->certificate)) != OK ||
	    (r = buffer_put_sized(buffer, envelope->signature)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

int collect_envelope_get(struct bytes bytes, struct collect_envelope *ret_envelope,
                         struct bytes *ret_rest)
{
	struct cursor cursor = cursor_over(bytes);
	struct collect_envelope envelope;
	int r;

	if ((r = cursor_get_sized(&cursor, DEPOSIT_REQUEST_MAXIMUM, &envelope.text)) != OK ||
	    (r = cursor_get_sized(&cursor, COLLECT_CERTIFICATE_MAXIMUM, &envelope.certificate)) !=
	        OK ||
	    (r = cursor_get_sized(&cursor, ED25519_SIGNATURE_SIZE, &envelope.signature)) != OK)
		return r;
	if (envelope.signature.size != ED25519_SIGNATURE_SIZE)
		return ERROR_SYNTAX;
	*ret_envelope = envelope;
	*ret_rest = bytes_of(cursor.at, cursor.left);
	return OK;
}
