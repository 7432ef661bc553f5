/* The log entry: an act's text, its signatures, and when it was logged. */
#include "act.h"
#include "act_fields.h"
#include "sha.h"
#include "sshsig.h"
#include "text_values.h"
#include "tree.h"

/* The text ends before the first empty line; ERROR_SYNTAX without one. */
static int take_text(struct text_reader *reader, struct bytes *ret_text, struct error *error)
{
	const uint8_t *start = reader->rest.data;
	struct text_line line;

	while (text_reader_next(reader, &line) == OK) {
		if (line.whole.size > 0)
			continue;
		*ret_text = bytes_of(start, (size_t)(line.whole.data - start));
		return OK;
	}
	return error_set_line(error, ERROR_SYNTAX, reader->number,
	                      "no empty line follows the act's text");
}

/* One armor in its one spelling. */
static int take_armor(struct text_reader *reader, struct bytes *ret_armor, struct error *error)
{
	struct bytes *rest = &reader->rest;
	struct buffer blob;
	size_t taken;
	int r;

	buffer_init(&blob, SSHSIG_BLOB_MAXIMUM);
	r = sshsig_dearmor(*rest, &blob, &taken, error);
	buffer_release(&blob);
	if (r != OK) {
		if (error != NULL) /* lines are counted from the start of the entry */
			error->line += reader->number + (error->line == 0);
		return r;
	}
	*ret_armor = bytes_of(rest->data, taken);
	rest->data += taken;
	rest->size -= taken;
	for (size_t i = 0; i < taken; i++)
		reader->number += ret_armor->data[i] == '\n';
	return OK;
}

/* The last line, and nothing after it. */
static int take_logged(struct text_reader *reader, timestamp *ret_logged, struct error *error)
{
	struct bytes rest = reader->rest;
	int r;

	if (rest.size == 0 || rest.data[rest.size - 1] != '\n')
		return error_set_line(error, ERROR_SYNTAX, reader->number + 1,
		                      "the entry does not end in its 'logged' line");
	if ((r = take_time(reader, "logged", ret_logged, error)) != OK)
		return r;
	return expect_end(reader, error);
}

/* All but the two hashes. */
static int parse_entry(struct bytes bytes, struct entry *ret_entry, struct error *error)
{
	struct entry entry = { .bytes = bytes };
	struct text_reader reader;
	struct bytes text;
	int r;

	if (bytes.size > ENTRY_SIZE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "an entry is at most %d bytes",
		                 ENTRY_SIZE_MAXIMUM);
	text_reader_init(&reader, bytes);
	if ((r = take_text(&reader, &text, error)) != OK ||
	    (r = act_parse_text(text, &entry.act, error)) != OK)
		return r;
	entry.signature_count = entry.act.cosigner[0] == '\0' ? 1 : 2;
	for (unsigned i = 0; i < entry.signature_count; i++)
		if ((r = take_armor(&reader, &entry.armors[i], error)) != OK)
			return r;
	if ((r = take_logged(&reader, &entry.logged, error)) != OK)
		return r;
	*ret_entry = entry;
	return OK;
}

int entry_parse(struct bytes bytes, struct entry *ret_entry, struct error *error)
{
	int r;

	if ((r = parse_entry(bytes, ret_entry, error)) != OK)
		return r;
	sha256_of(&ret_entry->act.identity, ret_entry->act.text);
	tree_hash_leaf(bytes, &ret_entry->leaf);
	return OK;
}

int entry_parse_with(struct sha256_stream *stream, struct bytes bytes, struct entry *ret_entry,
                     struct error *error)
{
	int r;

	if ((r = parse_entry(bytes, ret_entry, error)) != OK)
		return r;
	sha256_with(stream, &ret_entry->act.identity, &ret_entry->act.text, 1);
	tree_hash_leaf_with(stream, bytes, &ret_entry->leaf);
	return OK;
}

static int write_entry(struct bytes text, const struct bytes *armors, unsigned armor_count,
                       timestamp logged, struct buffer *buffer)
{
	int r;

	if ((r = buffer_put_bytes(buffer, text)) != OK ||
	    (r = buffer_put_string(buffer, "\n")) != OK)
		return r;
	for (unsigned i = 0; i < armor_count; i++)
		if ((r = buffer_put_bytes(buffer, armors[i])) != OK)
			return r;
	return text_put_time(buffer, "logged", logged);
}

int entry_make(struct bytes text, const struct bytes *armors, unsigned armor_count,
               timestamp logged, struct buffer *buffer, struct entry *ret_entry,
               struct error *error)
{
	size_t before = buffer->size;
	int r;

	if ((r = write_entry(text, armors, armor_count, logged, buffer)) != OK) {
		error_set(error, r, "the entry cannot be written: %s", result_text(r));
		goto out;
	}
	r = entry_parse(bytes_of(buffer->data + before, buffer->size - before), ret_entry, error);
out:
	if (r != OK)
		buffer_truncate(buffer, before);
	return r;
}

int entry_verify(const struct entry *entry, struct ssh_key ret_keys[2], struct error *error)
{
	struct ssh_key keys[2];
	int r;

	for (unsigned i = 0; i < entry->signature_count; i++) {
		r = sshsig_verify(entry->act.text, ACT_NAMESPACE, entry->armors[i], &keys[i],
		                  error);
		if (r != OK)
			return r;
	}
	memcpy(ret_keys, keys, entry->signature_count * sizeof(keys[0]));
	return OK;
}
