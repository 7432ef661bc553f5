#include "deposit_box.h"

#include "allocate.h"
#include "note.h"
#include "sha.h"

static const char HEAD[] = "head";
static const char KEYS[] = "keys";

enum {
	LOG = 0, /* of the store: one a channel */
	PAGE = 512,
	PAGE_BYTES = 4 * 1024 * 1024,
	KEYS_MAXIMUM = STORE_VALUE_MAXIMUM
};

/* What was stored was good: if it is not any more, the store is damaged. */
static int damaged(int result)
{
	return result == OK || result == ERROR_MEMORY ? result : ERROR_IO;
}

/* --- reading ------------------------------------------------------------------------ */

static int read_entries(struct deposit_box *box)
{
	struct store_entries page;
	int r;

	store_entries_init(&page);
	for (;;) {
		r = store_get_entries(box->store, box->channel, LOG, box->tree.size, PAGE,
		                      PAGE_BYTES, &page);
		if (r != OK || page.count == 0)
			break;
		for (size_t i = 0; r == OK && i < page.count; i++) {
			struct hash leaf;

			tree_hash_leaf(page.items[i].bytes, &leaf);
			box->entry_bytes += page.items[i].bytes.size;
			r = memory_tree_append(&box->tree, &leaf);
		}
		if (r != OK)
			break;
	}
	store_entries_release(&page);
	return r;
}

static int read_head(struct deposit_box *box)
{
	struct hash root;
	struct note note;
	int r = store_get_value(box->store, box->channel, HEAD, &box->note);

	if (r != OK)
		return r == ERROR_NOT_FOUND ? OK : r;
	if ((r = note_parse(buffer_view(&box->note), &note, NULL)) != OK ||
	    (r = checkpoint_parse(note.text, &box->head, NULL)) != OK)
		return damaged(r);
	if (box->head.size > box->tree.size)
		return ERROR_IO;
	if ((r = deposit_box_root(box, box->head.size, &root)) != OK)
		return r;
	return hash_equal(&root, &box->head.root) ? OK : ERROR_IO;
}

/* Follows one entry that changed a key when it came. */
static int follow_again(struct deposit_box *box, uint64_t number, struct entry *entry)
{
	struct store_entries page;
	struct ssh_key signers[2];
	struct edge before;
	int r;

	store_entries_init(&page);
	if ((r = store_get_entries(box->store, box->channel, LOG, number, 1, PAGE_BYTES, &page)) !=
	    OK)
		goto out;
	if (page.count != 1) {
		r = ERROR_IO;
		goto out;
	}
	if ((r = entry_parse(page.items[0].bytes, entry, NULL)) != OK ||
	    (r = entry_verify(entry, signers, NULL)) != OK) {
		r = damaged(r);
		goto out;
	}
	if ((r = deposit_box_edge(box, number, &before)) == OK)
		(void)deposit_keys_follow(&box->keys, number, &before, entry, signers);
out:
	store_entries_release(&page);
	return r;
}

static int read_keys(struct deposit_box *box)
{
	struct entry *entry = allocate(1, sizeof(*entry));
	struct buffer numbers;
	struct cursor cursor;
	uint64_t number;
	int r = ERROR_MEMORY;

	deposit_keys_init(&box->keys, &box->charter->parties[box->party]);
	if (entry == NULL)
		return r;
	buffer_init(&numbers, KEYS_MAXIMUM);
	r = store_get_value(box->store, box->channel, KEYS, &numbers);
	if (r == ERROR_NOT_FOUND)
		r = OK;
	cursor = cursor_over(buffer_view(&numbers));
	while (r == OK && cursor_get_u64(&cursor, &number) == OK)
		r = number < box->tree.size ? follow_again(box, number, entry) : ERROR_IO;
	buffer_release(&numbers);
	release_memory(entry);
	return r;
}

int deposit_box_open(struct deposit_box *box, struct error *error)
{
	int r;

	memory_tree_init(&box->tree);
	buffer_init(&box->note, NOTE_MAXIMUM);
	box->head = (struct checkpoint){ .size = 0 };
	box->scanned_blobs[0] = box->scanned_nonces[0] = '\0';
	box->entry_bytes = 0;
	if ((r = read_entries(box)) != OK || (r = read_head(box)) != OK ||
	    (r = read_keys(box)) != OK || (r = deposit_box_count_blobs(box)) != OK ||
	    (r = deposit_box_count_nonces(box)) != OK)
		return error_set(
		    error, r, "what was left of %s in channel %.20s cannot be read: %s",
		    box->charter->parties[box->party].id, box->charter->channel, result_text(r));
	return OK;
}

void deposit_box_release(struct deposit_box *box)
{
	memory_tree_release(&box->tree);
	buffer_release(&box->note);
}

/* A full subtree for each bit of the size. */
int deposit_box_edge(const struct deposit_box *box, uint64_t size, struct edge *ret_edge)
{
	struct tree_reader reader = memory_tree_reader(&box->tree);
	struct edge edge;
	int r;

	edge_init(&edge);
	edge.size = size;
	for (unsigned level = 0; level < TREE_LEVELS; level++) {
		if (((size >> level) & 1) == 0)
			continue;
		/* What stands before it is all of greater subtrees. */
		r = reader.subtree(reader.context, level, (size >> level) - 1, &edge.hashes[level]);
		if (r != OK)
			return r;
	}
	*ret_edge = edge;
	return OK;
}

int deposit_box_root(const struct deposit_box *box, uint64_t size, struct hash *ret_root)
{
	struct tree_reader reader = memory_tree_reader(&box->tree);

	return tree_reader_root(&reader, size, ret_root);
}

/* --- adding ---------------------------------------------------------------------------- */

static int check_entry(const struct deposit_box *box, uint64_t number, struct entry *entry,
                       struct ssh_key signers[2], struct bytes bytes, struct error *error)
{
	struct error detail = { 0 };
	int r;

	if ((r = entry_parse(bytes, entry, &detail)) != OK ||
	    (r = entry_verify(entry, signers, &detail)) != OK)
		return error_set(error, r, "entry %llu: %s", (unsigned long long)number,
		                 detail.message);
	if (strcmp(entry->act.channel, box->charter->channel) != 0 ||
	    strcmp(entry->act.party, box->charter->parties[box->party].id) != 0)
		return error_set(error, ERROR_MISMATCH, "entry %llu is of another log",
		                 (unsigned long long)number);
	return OK;
}

static int read_additions(const struct deposit_box *box, const struct frame_entries *frame,
                          struct deposit_addition *addition, struct entry *entry,
                          struct error *error)
{
	struct cursor cursor = cursor_over(frame->entries);
	uint64_t number = frame->start;
	struct ssh_key signers[2];
	struct bytes bytes;
	int r;

	for (; frame_entries_next(&cursor, &bytes) == OK; number++) {
		if (number < box->tree.size)
			continue;
		if ((r = check_entry(box, number, entry, signers, bytes, error)) != OK)
			return r;
		addition->key_changes |= deposit_keys_follow(&addition->keys, number,
		                                             &addition->edge, entry, signers);
		addition->entries[addition->count] = bytes;
		addition->leaves[addition->count] = entry->leaf;
		addition->bytes += bytes.size;
		if ((r = edge_append(&addition->edge, &addition->leaves[addition->count++])) != OK)
			return error_set(error, r, "the log is too long");
	}
	return OK;
}

int deposit_addition_read(const struct deposit_box *box, const struct frame_entries *frame,
                          struct deposit_addition *addition, struct error *error)
{
	struct entry *entry = allocate(1, sizeof(*entry));
	struct tree_proof proof = { .count = frame->proof_count };
	struct edge before, after;
	int r = ERROR_MEMORY;

	addition->start = box->tree.size;
	addition->count = 0;
	addition->bytes = 0;
	addition->keys = box->keys;
	addition->key_changes = false;
	addition->entries = allocate(frame->count, sizeof(*addition->entries));
	addition->leaves = allocate(frame->count, sizeof(*addition->leaves));
	if (entry == NULL || addition->entries == NULL || addition->leaves == NULL) {
		error_set(error, r, "out of memory");
		goto out;
	}
	if ((r = deposit_box_edge(box, box->tree.size, &before)) != OK) {
		error_set(error, r, "%s", result_text(r));
		goto out;
	}
	addition->edge = before;
	if ((r = read_additions(box, frame, addition, entry, error)) != OK)
		goto out;
	memcpy(proof.hashes, frame->proof.data, frame->proof.size);
	if ((r = edge_advance(&before, addition->leaves, addition->count, addition->head.size,
	                      &addition->head.root, &proof, &after)) != OK)
		r = error_set(error, ERROR_MISMATCH,
		              "the entries are not shown to be those of the head");
out:
	release_memory(entry);
	return r;
}

void deposit_addition_release(struct deposit_addition *addition)
{
	release_memory(addition->entries);
	release_memory(addition->leaves);
}

/* Each entry that names a blob names it in the register, and each that changes a key is
 * remembered. It is parsed once more: what it was before is not kept. */
static int store_names(struct deposit_box *box, const struct deposit_addition *addition)
{
	struct entry *entry = allocate(1, sizeof(*entry));
	struct buffer numbers;
	struct hash hash;
	uint64_t total;
	int r = OK;

	if (entry == NULL)
		return ERROR_MEMORY;
	buffer_init(&numbers, KEYS_MAXIMUM);
	if (addition->key_changes &&
	    (r = store_get_value(box->store, box->channel, KEYS, &numbers)) == ERROR_NOT_FOUND)
		r = OK;
	for (size_t i = 0; r == OK && i < addition->count; i++) {
		enum kind_number kind;

		if ((r = entry_parse(addition->entries[i], entry, NULL)) != OK)
			break;
		kind = entry->act.kind->number;
		if (act_blob(&entry->act, &hash, &total))
			r = deposit_box_name_blob(box, &hash, total);
		if (r == OK && addition->key_changes &&
		    (kind == KIND_REKEY || kind == KIND_APPOINT))
			r = buffer_put_u64(&numbers, addition->start + i);
	}
	if (r == OK && addition->key_changes)
		r = store_set_value(box->store, box->channel, KEYS, buffer_view(&numbers));
	buffer_release(&numbers);
	release_memory(entry);
	return r;
}

static int store_entries(struct deposit_box *box, const struct deposit_addition *addition)
{
	struct store_entry *rows;
	int r;

	if (addition->count == 0)
		return OK;
	rows = allocate(addition->count, sizeof(*rows));
	if (rows == NULL)
		return ERROR_MEMORY;
	for (size_t i = 0; i < addition->count; i++)
		rows[i] = (struct store_entry){ .number = addition->start + i,
			                        .bytes = addition->entries[i] };
	r = store_append_entries(box->store, box->channel, LOG, rows, addition->count);
	release_memory(rows);
	return r;
}

static bool ends_with_head(const struct deposit_addition *addition)
{
	return addition->start + addition->count == addition->head.size;
}

int deposit_box_store(struct deposit_box *box, const struct deposit_addition *addition)
{
	int r;

	if ((r = store_entries(box, addition)) != OK || (r = store_names(box, addition)) != OK)
		return r;
	return ends_with_head(addition)
	           ? store_set_value(box->store, box->channel, HEAD, addition->note)
	           : OK;
}

int deposit_box_added(struct deposit_box *box, const struct deposit_addition *addition)
{
	int r;

	if ((r = memory_tree_append_many(&box->tree, addition->leaves, addition->count)) != OK)
		return r;
	box->keys = addition->keys;
	box->entry_bytes += addition->bytes;
	if (!ends_with_head(addition))
		return OK;
	buffer_clear(&box->note);
	if ((r = buffer_put_bytes(&box->note, addition->note)) != OK)
		return r;
	box->head = addition->head;
	return OK;
}
