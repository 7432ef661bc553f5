/* Showing one part. */
#include "disclosure.h"

#include "encoding.h"
#include "text.h"

static const char format_line[] = "chirograph.part-proof/1";

int part_proof_make(const struct manifest *manifest, size_t number, struct part_proof *ret_proof)
{
	struct part_proof proof = { .part_count = manifest->count };
	int r;

	if ((r = manifest_path(manifest, number, &proof.path)) != OK)
		return r;
	proof.line = manifest->lines[number - 1];
	*ret_proof = proof;
	return OK;
}

int part_proof_print(const struct part_proof *proof, struct buffer *buffer)
{
	size_t before = buffer->size;
	int r;

	if ((r = buffer_put_format(buffer, "%s\n", format_line)) != OK ||
	    (r = text_put_number(buffer, "parts", proof->part_count)) != OK ||
	    (r = part_line_print(&proof->line, buffer)) != OK)
		goto out;
	for (size_t i = 0; r == OK && i < proof->path.count; i++)
		r = text_put_hash(buffer, "path", &proof->path.hashes[i]);
out:
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}

static int parse_path(struct text_reader *reader, struct tree_proof *path, struct error *error)
{
	struct bytes value;
	int r;

	while ((r = text_reader_optional(reader, "path", &value, error)) == OK) {
		if (path->count == TREE_PROOF_MAXIMUM)
			return error_set_line(error, ERROR_LIMIT, reader->number,
			                      "the path is too long");
		if ((r = base64_decode_fixed(value, path->hashes[path->count].bytes, HASH_SIZE)) !=
		    OK)
			return error_set_line(error, r, reader->number,
			                      "the hash of the path is malformed");
		path->count++;
	}
	if (r != ERROR_NOT_FOUND)
		return r;
	if (reader->rest.size > 0)
		return error_set_line(error, ERROR_SYNTAX, reader->number + 1,
		                      "the line does not belong to a part proof");
	return OK;
}

int part_proof_parse(struct bytes text, struct part_proof *ret_proof, struct error *error)
{
	struct part_proof proof = { 0 };
	struct text_reader reader;
	struct text_line line;
	struct bytes value;
	int r;

	if (text.size > PART_PROOF_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the proof is longer than %d bytes",
		                 PART_PROOF_MAXIMUM);
	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, format_line, error)) != OK ||
	    (r = text_reader_required(&reader, "parts", &value, error)) != OK)
		return r;
	if ((r = text_parse_number(value, PARTS_MAXIMUM, &proof.part_count)) != OK)
		return error_set_line(error, r, reader.number, "the number of parts is malformed");
	if (text_reader_next(&reader, &line) != OK)
		return error_set(error, ERROR_SYNTAX, "the line of the part is missing");
	if ((r = part_line_parse(bytes_of(line.whole.data, line.whole.size + 1), &proof.line,
	                         error)) != OK ||
	    (r = parse_path(&reader, &proof.path, error)) != OK)
		return r;
	if (proof.line.number > proof.part_count)
		return error_set(error, ERROR_SYNTAX, "the body has no part of that number");
	*ret_proof = proof;
	return OK;
}

int part_proof_check(const struct part_proof *proof, const struct body_commitment *commitment,
                     const struct byte_source *content, uint64_t content_size, struct error *error)
{
	struct hash hash;
	struct hash leaf;
	int r;

	if (proof->part_count != commitment->part_count)
		return error_set(error, ERROR_MISMATCH, "the act says another number of parts");
	if (content_size != proof->line.description.size)
		return error_set(error, ERROR_MISMATCH,
		                 "the content has another size than the line says");
	if ((r = part_line_leaf(&proof->line, &leaf)) != OK)
		return error_set(error, r, "%s", result_text(r));
	if (inclusion_verify(proof->line.number - 1, proof->part_count, &leaf, &proof->path,
	                     &commitment->root) != OK)
		return error_set(error, ERROR_MISMATCH, "the part is not in the body of this root");
	if ((r = part_content_hash(proof->line.salt, content, content_size, &hash)) != OK)
		return error_set(error, r, "the content: %s", result_text(r));
	if (!hash_equal(&hash, &proof->line.hash))
		return error_set(error, ERROR_MISMATCH,
		                 "the content has another hash than the line says");
	return OK;
}
