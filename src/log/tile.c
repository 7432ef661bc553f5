#include "tile.h"

#include <stdio.h>

#include "text.h"

/* A tree of TREE_SIZE_MAXIMUM leaves has tiles up to this level. */
enum { LEVEL_MAXIMUM = (TREE_LEVELS - 1) / TILE_HEIGHT, GROUPS_MAXIMUM = 7, GROUP_SIZE = 1000 };

/* How many hashes of its level a tree of `size` leaves has. */
static uint64_t level_hashes(uint64_t size, unsigned level)
{
	return level <= LEVEL_MAXIMUM ? size >> (TILE_HEIGHT * level) : 0;
}

static uint64_t level_tiles(uint64_t size, unsigned level)
{
	uint64_t hashes = level_hashes(size, level);

	return hashes / TILE_WIDTH + (hashes % TILE_WIDTH != 0 ? 1 : 0);
}

static unsigned tile_width_at(uint64_t size, unsigned level, uint64_t index)
{
	uint64_t left = level_hashes(size, level) - index * TILE_WIDTH;

	return left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;
}

void tile_path(const struct tile *tile, char ret_path[TILE_PATH_CAPACITY])
{
	char index[GROUPS_MAXIMUM * sizeof("/x000")] = "";
	unsigned groups[GROUPS_MAXIMUM];
	char *path = ret_path;
	size_t room = TILE_PATH_CAPACITY;
	size_t count = 0;
	uint64_t rest = tile->index;
	int size;

	do {
		groups[count++] = (unsigned)(rest % GROUP_SIZE);
		rest /= GROUP_SIZE;
	} while (rest > 0 && count < GROUPS_MAXIMUM);

	for (size_t used = 0; count-- > 0; used += (size_t)size)
		size = snprintf(index + used, sizeof(index) - used, "/%s%03u", count > 0 ? "x" : "",
		                groups[count]);

	if (tile->kind == TILE_ENTRIES)
		size = snprintf(path, room, "tile/entries%s", index);
	else
		size = snprintf(path, room, "tile/%u%s", tile->level, index);
	if (tile->width < TILE_WIDTH)
		snprintf(path + size, room - (size_t)size, ".p/%u", tile->width);
}

/* Takes the part of `path` up to the next slash, and the slash. */
static struct bytes take_component(struct bytes *path)
{
	struct bytes component;

	bytes_cut(path, '/', &component);
	return component;
}

/* Reads `067` or, where `more` follow, `x001`. */
static int parse_group(struct bytes component, bool more, uint64_t *ret_group)
{
	uint64_t group = 0;

	if (more) {
		if (component.size == 0 || component.data[0] != 'x')
			return ERROR_SYNTAX;
		component = bytes_of(component.data + 1, component.size - 1);
	}
	if (component.size != 3)
		return ERROR_SYNTAX;
	for (size_t i = 0; i < component.size; i++) {
		if (component.data[i] < '0' || component.data[i] > '9')
			return ERROR_SYNTAX;
		group = group * 10 + (component.data[i] - '0');
	}
	*ret_group = group;
	return OK;
}

/* Reads the index from `path`; leaves the width, or nothing, in it. */
static int parse_index(struct bytes *path, bool *ret_partial, uint64_t *ret_index)
{
	uint64_t index = 0;
	bool more = true;
	int r;

	*ret_partial = false;
	for (size_t count = 0; more; count++) {
		struct bytes component = take_component(path);
		uint64_t group;

		if (count == GROUPS_MAXIMUM)
			return ERROR_LIMIT;
		more = component.size > 0 && component.data[0] == 'x';
		if (!more && component.size == 5 && memcmp(component.data + 3, ".p", 2) == 0) {
			*ret_partial = true;
			component.size = 3;
		}
		if ((r = parse_group(component, more, &group)) != OK)
			return r;
		if (index > (TREE_SIZE_MAXIMUM - group) / GROUP_SIZE)
			return ERROR_LIMIT;
		index = index * GROUP_SIZE + group;
	}
	*ret_index = index;
	return OK;
}

int tile_path_parse(struct bytes path, struct tile *ret_tile)
{
	struct tile tile = { .kind = TILE_HASHES, .width = TILE_WIDTH };
	char canonical[TILE_PATH_CAPACITY];
	struct bytes rest = path;
	struct bytes level;
	uint64_t number;
	bool partial;
	int r;

	if (path.size >= TILE_PATH_CAPACITY)
		return ERROR_LIMIT;
	if (!bytes_equal_string(take_component(&rest), "tile"))
		return ERROR_SYNTAX;
	level = take_component(&rest);
	if (bytes_equal_string(level, "entries")) {
		tile.kind = TILE_ENTRIES;
	} else {
		if ((r = text_parse_number(level, LEVEL_MAXIMUM, &number)) != OK)
			return r;
		tile.level = (unsigned)number;
	}
	if ((r = parse_index(&rest, &partial, &tile.index)) != OK)
		return r;
	if (partial) {
		if ((r = text_parse_number(rest, TILE_WIDTH - 1, &number)) != OK)
			return r;
		if (number == 0)
			return ERROR_SYNTAX;
		tile.width = (unsigned)number;
	}
	if (tile.index >= level_tiles(TREE_SIZE_MAXIMUM, tile.level))
		return ERROR_LIMIT;
	tile_path(&tile, canonical);
	if (!bytes_equal_string(path, canonical))
		return ERROR_SYNTAX;
	*ret_tile = tile;
	return OK;
}

void tile_iterator_init(struct tile_iterator *iterator, uint64_t size)
{
	*iterator = (struct tile_iterator){ .size = size, .finished = size == 0 };
}

bool tile_iterator_next(struct tile_iterator *iterator, struct tile *ret_tile)
{
	struct tile *next = &iterator->next;

	if (iterator->finished)
		return false;
	next->width = tile_width_at(iterator->size, next->level, next->index);
	*ret_tile = *next;

	if (++next->index < level_tiles(iterator->size, next->level))
		return true;
	next->index = 0;
	if (next->kind == TILE_ENTRIES)
		iterator->finished = true;
	else if (level_hashes(iterator->size, next->level + 1) > 0)
		next->level++;
	else
		*next = (struct tile){ .kind = TILE_ENTRIES };
	return true;
}

bool tile_belongs(const struct tile *tile, uint64_t size)
{
	if (tile->level > LEVEL_MAXIMUM || (tile->kind == TILE_ENTRIES && tile->level != 0))
		return false;
	return tile->index < level_tiles(size, tile->level) &&
	       tile->width == tile_width_at(size, tile->level, tile->index);
}

uint64_t tile_first_leaf(const struct tile *tile)
{
	/* The highest level has one tile, and no room for the shift. */
	return tile->index > 0 ? tile->index << (TILE_HEIGHT * (tile->level + 1)) : 0;
}

int tile_encode(const struct tile *tile, const struct tree_reader *reader, struct buffer *buffer)
{
	size_t start = buffer->size;
	int r;

	for (unsigned i = 0; i < tile->width; i++) {
		struct hash hash;

		if ((r = reader->subtree(reader->context, TILE_HEIGHT * tile->level,
		                         tile->index * TILE_WIDTH + i, &hash)) != OK ||
		    (r = buffer_put(buffer, hash.bytes, HASH_SIZE)) != OK) {
			buffer_truncate(buffer, start);
			return r;
		}
	}
	return OK;
}

int tile_hash_at(struct bytes content, unsigned position, struct hash *ret_hash)
{
	if (position >= content.size / HASH_SIZE)
		return ERROR_NOT_FOUND;
	memcpy(ret_hash->bytes, content.data + (size_t)position * HASH_SIZE, HASH_SIZE);
	return OK;
}

int bundle_put(struct buffer *bundle, struct bytes entry)
{
	size_t start = bundle->size;
	int r;

	if (entry.size > ENTRY_SIZE_MAXIMUM)
		return ERROR_LIMIT;
	if ((r = buffer_put_u16(bundle, (uint16_t)entry.size)) != OK ||
	    (r = buffer_put_bytes(bundle, entry)) != OK)
		buffer_truncate(bundle, start);
	return r;
}

int bundle_next(struct cursor *bundle, struct bytes *ret_entry)
{
	struct cursor ahead = *bundle;
	uint16_t size;
	int r;

	if ((r = cursor_get_u16(&ahead, &size)) != OK ||
	    (r = cursor_get_bytes(&ahead, size, ret_entry)) != OK)
		return r;
	*bundle = ahead;
	return OK;
}
