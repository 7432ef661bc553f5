#include "tlog_proof.h"

#include "encoding.h"
#include "text.h"

static const char FORMAT_LINE[] = "c2sp.org/tlog-proof@v1";

/* The lines of a proof up to the note. */
struct lines {
	struct bytes rest;
	struct bytes line;
	size_t number;
};

static int next_line(struct lines *lines, struct error *error)
{
	lines->number++;
	if (!bytes_cut(&lines->rest, '\n', &lines->line))
		return error_set_line(error, ERROR_SYNTAX, lines->number, "the proof is cut off");
	return OK;
}

/* True if the line is `key` and a space; then gives what follows. */
static bool line_value(const struct lines *lines, const char *key, struct bytes *ret_value)
{
	size_t size = strlen(key);
	struct bytes line = lines->line;

	if (line.size <= size || memcmp(line.data, key, size) != 0 || line.data[size] != ' ')
		return false;
	*ret_value = bytes_of(line.data + size + 1, line.size - size - 1);
	return true;
}

/* Extra data is not ours: only its form is checked. */
static int check_extra(const struct lines *lines, struct bytes extra, struct error *error)
{
	struct buffer decoded;
	int r;

	if (extra.size == 0 || extra.size > TLOG_PROOF_EXTRA_MAXIMUM)
		return error_set_line(error, ERROR_LIMIT, lines->number,
		                      "the extra data is empty or too long");
	buffer_init(&decoded, TLOG_PROOF_EXTRA_MAXIMUM);
	if ((r = base64_decode(&decoded, extra, BASE64_PADDED)) != OK)
		error_set_line(error, r, lines->number, "the extra data is not base64");
	buffer_release(&decoded);
	return r;
}

/* Reads hashes up to and with the empty line. */
static int read_path(struct lines *lines, struct tree_proof *ret_path, struct error *error)
{
	int r;

	ret_path->count = 0;
	for (;;) {
		if ((r = next_line(lines, error)) != OK)
			return r;
		if (lines->line.size == 0)
			return OK;
		if (ret_path->count == TREE_PROOF_MAXIMUM)
			return error_set_line(error, ERROR_LIMIT, lines->number,
			                      "more hashes than a proof can have");
		r = base64_decode_fixed(lines->line, ret_path->hashes[ret_path->count].bytes,
		                        HASH_SIZE);
		if (r != OK)
			return error_set_line(error, r, lines->number,
			                      "the line is not base64 of a hash");
		ret_path->count++;
	}
}

int tlog_proof_parse(struct bytes text, struct tlog_proof *ret_proof, struct error *error)
{
	struct tlog_proof proof = { .extra = bytes_of(NULL, 0) };
	struct lines lines = { .rest = text };
	struct bytes index;
	int r;

	if (text.size > TLOG_PROOF_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the proof is too long");
	if ((r = next_line(&lines, error)) != OK)
		return r;
	if (!bytes_equal_string(lines.line, FORMAT_LINE))
		return error_set_line(error, ERROR_SYNTAX, 1, "the proof does not begin with '%s'",
		                      FORMAT_LINE);
	if ((r = next_line(&lines, error)) != OK)
		return r;
	if (line_value(&lines, "extra", &proof.extra)) {
		if ((r = check_extra(&lines, proof.extra, error)) != OK ||
		    (r = next_line(&lines, error)) != OK)
			return r;
	}
	if (!line_value(&lines, "index", &index))
		return error_set_line(error, ERROR_SYNTAX, lines.number, "the index is missing");
	if ((r = text_parse_number(index, TREE_SIZE_MAXIMUM - 1, &proof.index)) != OK)
		return error_set_line(error, r, lines.number, "the index is not a number");
	if ((r = read_path(&lines, &proof.path, error)) != OK)
		return r;
	proof.note = lines.rest;
	if (proof.note.size == 0 || proof.note.size > NOTE_MAXIMUM)
		return error_set_line(error, ERROR_LIMIT, lines.number + 1,
		                      "the checkpoint is missing or too long");
	*ret_proof = proof;
	return OK;
}

int tlog_proof_print(const struct tlog_proof *proof, struct buffer *buffer)
{
	size_t start = buffer->size;
	int r;

	if (proof->index >= TREE_SIZE_MAXIMUM || proof->path.count > TREE_PROOF_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = buffer_put_format(buffer, "%s\n", FORMAT_LINE)) != OK)
		return r;
	if (proof->extra.size > 0 && ((r = buffer_put_string(buffer, "extra ")) != OK ||
	                              (r = buffer_put_bytes(buffer, proof->extra)) != OK ||
	                              (r = buffer_put_string(buffer, "\n")) != OK))
		goto out;
	if ((r = buffer_put_format(buffer, "index %llu\n", (unsigned long long)proof->index)) != OK)
		goto out;
	for (size_t i = 0; i < proof->path.count; i++) {
		char hash[HASH_BASE64_CAPACITY];

		hash_to_base64(&proof->path.hashes[i], hash);
		if ((r = buffer_put_format(buffer, "%s\n", hash)) != OK)
			goto out;
	}
	if ((r = buffer_put_string(buffer, "\n")) != OK)
		goto out;
	r = buffer_put_bytes(buffer, proof->note);
out:
	if (r != OK)
		buffer_truncate(buffer, start);
	return r;
}

int tlog_proof_verify(const struct tlog_proof *proof, const struct policy *policy,
                      const struct hash *leaf, struct checkpoint *ret_checkpoint,
                      struct error *error)
{
	struct checkpoint checkpoint;
	int r;

	if ((r = policy_verify(policy, proof->note, &checkpoint, NULL, error)) != OK)
		return r;
	r = inclusion_verify(proof->index, checkpoint.size, leaf, &proof->path, &checkpoint.root);
	if (r != OK)
		return error_set(error, r, "the entry is not number %llu under the checkpoint",
		                 (unsigned long long)proof->index);
	*ret_checkpoint = checkpoint;
	return OK;
}
