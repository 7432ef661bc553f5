/* Whose fault it is.
 *
 * A byte that changed in a bundle can show up anywhere: as a signature that does
 * not verify, a clock that runs backwards in the other log, a file for people
 * that differs. So when anything is wrong the entries are first hashed again
 * without being read, and compared with the heads, which are signed. */
#include "allocate.h"
#include "memory_tree.h"
#include "record_verification.h"

struct diagnosis {
	struct verification *v;
	unsigned party;
	struct memory_tree tree;
	struct buffer content;
	struct buffer hashes; /* of a tile */
};

static struct tile tile_of(const struct diagnosis *diagnosis, enum tile_kind kind, uint64_t index)
{
	uint64_t left = diagnosis->v->state.logs[diagnosis->party].size - index * TILE_WIDTH;

	return (struct tile){
		.kind = kind,
		.index = index,
		.width = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH,
	};
}

static int bundle_is_damaged(struct diagnosis *diagnosis, const struct tile *tile, uint64_t number,
                             size_t offset, const char *reason)
{
	struct act_place place = { diagnosis->party, number };
	char path[RECORD_PATH_CAPACITY];

	record_tile_path(&diagnosis->v->state, diagnosis->party, tile, path);
	return record_damaged(diagnosis->v, ERROR_MISMATCH, path, offset, &place, "%s", reason);
}

static int hash_bundle(struct diagnosis *diagnosis, const struct tile *tile, struct error *error)
{
	uint64_t number = tile_first_leaf(tile);
	struct cursor cursor;
	struct bytes entry;
	struct hash leaf;
	int r;

	buffer_clear(&diagnosis->content);
	r = record_read_bundle(diagnosis->v, diagnosis->party, tile, &diagnosis->content, error);
	if (r != OK)
		return r;
	cursor = cursor_over(buffer_view(&diagnosis->content));
	for (unsigned i = 0; i < tile->width; i++, number++) {
		size_t offset = diagnosis->content.size - cursor.left;

		if (bundle_next(&cursor, &entry) != OK)
			return bundle_is_damaged(diagnosis, tile, number, offset,
			                         "the bundle ends within an entry");
		tree_hash_leaf(entry, &leaf);
		if ((r = memory_tree_append(&diagnosis->tree, &leaf)) != OK)
			return error_set(error, r, "the entries cannot be held");
	}
	if (cursor_end(&cursor) != OK)
		return bundle_is_damaged(diagnosis, tile, number - 1,
		                         diagnosis->content.size - cursor.left,
		                         "more follows the last entry of the bundle");
	return OK;
}

static uint64_t bundle_count(const struct diagnosis *diagnosis)
{
	return (diagnosis->v->state.logs[diagnosis->party].size + TILE_WIDTH - 1) / TILE_WIDTH;
}

/* The first entry whose hash is not the tile's. */
static bool find_changed(struct diagnosis *diagnosis, uint64_t index, uint64_t *ret_number)
{
	struct tile tile = tile_of(diagnosis, TILE_HASHES, index);
	char path[RECORD_PATH_CAPACITY];
	struct error cause;
	struct hash hash;

	record_tile_path(&diagnosis->v->state, diagnosis->party, &tile, path);
	buffer_clear(&diagnosis->hashes);
	if (record_file_read(&diagnosis->v->folder, path, &diagnosis->hashes, &cause) != OK)
		return false;
	for (unsigned i = 0; i < tile.width; i++) {
		uint64_t number = index * TILE_WIDTH + i;

		if (tile_hash_at(buffer_view(&diagnosis->hashes), i, &hash) == OK &&
		    !hash_equal(&hash, &diagnosis->tree.levels[0].hashes[number])) {
			*ret_number = number;
			return true;
		}
	}
	return false;
}

/* Where in its bundle an entry stands; the bundle has been read before. */
static int say_changed(struct diagnosis *diagnosis, uint64_t number, struct error *error)
{
	struct tile tile = tile_of(diagnosis, TILE_ENTRIES, number / TILE_WIDTH);
	struct cursor cursor;
	struct bytes entry;
	int r;

	buffer_clear(&diagnosis->content);
	r = record_read_bundle(diagnosis->v, diagnosis->party, &tile, &diagnosis->content, error);
	if (r != OK)
		return r;
	cursor = cursor_over(buffer_view(&diagnosis->content));
	for (uint64_t i = 0; i < number % TILE_WIDTH; i++)
		if (bundle_next(&cursor, &entry) != OK)
			break;
	return bundle_is_damaged(diagnosis, &tile, number, diagnosis->content.size - cursor.left,
	                         "the entry is not the one that the log's head covers");
}

static int compare_with_head(struct diagnosis *diagnosis, struct error *error)
{
	struct verification *v = diagnosis->v;
	const struct checkpoint *head = &v->heads[diagnosis->party];
	struct tree_reader reader = memory_tree_reader(&diagnosis->tree);
	char path[RECORD_PATH_CAPACITY];
	struct hash root;
	uint64_t number;
	int r;

	if ((r = tree_reader_root(&reader, head->size, &root)) != OK)
		return error_set(error, r, "the root of the log cannot be computed");
	if (hash_equal(&root, &head->root))
		return OK;
	for (uint64_t index = 0; index < bundle_count(diagnosis); index++)
		if (find_changed(diagnosis, index, &number))
			return say_changed(diagnosis, number, error);
	record_party_path(&v->state, diagnosis->party, RECORD_CHECKPOINT, path);
	return record_damaged(v, ERROR_MISMATCH, path, NO_OFFSET, NULL,
	                      "the head's root is not that of the entries and tiles");
}

static int diagnose_log(struct diagnosis *diagnosis, struct error *error)
{
	int r;

	for (uint64_t index = 0; index < bundle_count(diagnosis); index++) {
		struct tile tile = tile_of(diagnosis, TILE_ENTRIES, index);

		if ((r = hash_bundle(diagnosis, &tile, error)) != OK)
			return r;
	}
	return compare_with_head(diagnosis, error);
}

int record_diagnose(struct verification *v, struct error *error)
{
	int r = OK;

	for (unsigned party = 0; party < 2 && r == OK; party++) {
		struct diagnosis diagnosis = { .v = v, .party = party };

		if (v->state.logs[party].size == 0)
			continue;
		memory_tree_init(&diagnosis.tree);
		buffer_init(&diagnosis.content, BUNDLE_SIZE_MAXIMUM);
		buffer_init(&diagnosis.hashes, TILE_SIZE_MAXIMUM);
		r = diagnose_log(&diagnosis, error);
		buffer_release(&diagnosis.hashes);
		buffer_release(&diagnosis.content);
		memory_tree_release(&diagnosis.tree);
	}
	return r;
}
