#include "bundle_text.h"
#include "encoding.h"
#include "text.h"

static const char format_line[] = "chirograph.receipt-proof/1";

int receipt_proof_parse(struct bytes text, struct tree_proof *ret_path, struct error *error)
{
	struct tree_proof path = { .count = 0 };
	struct text_reader reader;
	struct bytes value;
	int r;

	if (text.size > RECEIPT_PROOF_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the proof is too long");
	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, format_line, error)) != OK)
		return r;
	while ((r = text_reader_optional(&reader, "path", &value, error)) == OK) {
		if (path.count == TREE_PROOF_MAXIMUM)
			return error_set_line(error, ERROR_LIMIT, reader.number,
			                      "the path is too long");
		if ((r = base64_decode_fixed(value, path.hashes[path.count].bytes, HASH_SIZE)) !=
		    OK)
			return error_set_line(error, r, reader.number,
			                      "the hash of the path is malformed");
		path.count++;
	}
	if (r != ERROR_NOT_FOUND)
		return r;
	if (reader.rest.size > 0)
		return error_set_line(error, ERROR_SYNTAX, reader.number + 1,
		                      "the line does not belong to the proof");
	*ret_path = path;
	return OK;
}

int receipt_proof_print(const struct tree_proof *path, struct buffer *buffer)
{
	size_t before = buffer->size;
	int r = buffer_put_format(buffer, "%s\n", format_line);

	for (size_t i = 0; i < path->count && r == OK; i++)
		r = text_put_hash(buffer, "path", &path->hashes[i]);
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}
