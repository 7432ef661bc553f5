/* The files of a log: C2SP tlog-tiles v0.1.0. A tile of level L holds up to 256
 * consecutive hashes of subtrees of 256^L leaves; an entry bundle holds the
 * entries under a tile of level 0. Paths are relative to the log's folder:
 *
 *     tile/0/x001/x234/067          a full tile of 8,192 bytes
 *     tile/1/000.p/17               a partial tile of 17 hashes
 *     tile/entries/000.p/5          an entry bundle of 5 entries
 */
#ifndef TILE_H
#define TILE_H

#include "buffer.h"
#include "tree_reader.h"

enum {
	TILE_HEIGHT = 8,
	TILE_WIDTH = 256,
	TILE_SIZE_MAXIMUM = TILE_WIDTH * HASH_SIZE,
	TILE_PATH_CAPACITY = 64,
	ENTRY_SIZE_MAXIMUM = 65535,
	BUNDLE_SIZE_MAXIMUM = TILE_WIDTH * (2 + ENTRY_SIZE_MAXIMUM)
};

enum tile_kind { TILE_HASHES, TILE_ENTRIES };

struct tile {
	enum tile_kind kind;
	unsigned level; /* 0..7; 0 for an entry bundle */
	uint64_t index; /* among the tiles of that kind and level */
	unsigned width; /* 1..256 hashes or entries; less than 256 is partial */
};

/* The path of a tile that tile_path_parse or tile_iterator_next could give. */
void tile_path(const struct tile *tile, char ret_path[TILE_PATH_CAPACITY]);

/* Accepts exactly one spelling of each path; ERROR_SYNTAX, or ERROR_LIMIT for
 * a tile that no tree can have. */
int tile_path_parse(struct bytes path, struct tile *ret_tile);

/* All tiles and bundles of the tree of `size` leaves, hashes first, each level
 * from left to right, with the widths they have at that size:
 *
 *     tile_iterator_init(&iterator, size);
 *     while (tile_iterator_next(&iterator, &tile))
 */
struct tile_iterator {
	uint64_t size;
	struct tile next;
	bool finished;
};

void tile_iterator_init(struct tile_iterator *iterator, uint64_t size);
bool tile_iterator_next(struct tile_iterator *iterator, struct tile *ret_tile);

/* True if the iterator over `size` gives exactly this tile. */
bool tile_belongs(const struct tile *tile, uint64_t size);

/* The first leaf that the tile covers, and for a bundle its first entry. */
uint64_t tile_first_leaf(const struct tile *tile);

/* Appends the content of a tile of hashes: width * 32 bytes. Errors are those
 * of the buffer and the reader; the buffer is then unchanged. */
int tile_encode(const struct tile *tile, const struct tree_reader *reader, struct buffer *buffer);

/* Hash number `position` of the content of a tile; ERROR_NOT_FOUND past its end. */
int tile_hash_at(struct bytes content, unsigned position, struct hash *ret_hash);

/* Appends one entry to the content of a bundle: u16 length, entry. ERROR_LIMIT
 * when the entry is longer than ENTRY_SIZE_MAXIMUM. */
int bundle_put(struct buffer *bundle, struct bytes entry);

/* The next entry of a bundle, ERROR_SYNTAX when it is cut short. The number of
 * entries is the width in the path: read so many, then cursor_end. */
int bundle_next(struct cursor *bundle, struct bytes *ret_entry);

#endif
