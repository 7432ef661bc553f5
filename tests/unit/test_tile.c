/* Paths, contents and the complete list of tiles and bundles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "memory_tree.h"
#include "tile.h"

static const struct {
	const char *path;
	struct tile tile;
} paths[] = {
	{ "tile/0/000", { TILE_HASHES, 0, 0, 256 } },
	{ "tile/0/000.p/1", { TILE_HASHES, 0, 0, 1 } },
	{ "tile/0/x001/x234/067", { TILE_HASHES, 0, 1234067, 256 } },
	{ "tile/1/999.p/255", { TILE_HASHES, 1, 999, 255 } },
	{ "tile/3/x001/000", { TILE_HASHES, 3, 1000, 256 } },
	{ "tile/7/000.p/127", { TILE_HASHES, 7, 0, 127 } },
	{ "tile/entries/000.p/5", { TILE_ENTRIES, 0, 0, 5 } },
	{ "tile/entries/x123/456", { TILE_ENTRIES, 0, 123456, 256 } },
	{ "tile/0/x036/x028/x797/x018/x963/967.p/255",
	  { TILE_HASHES, 0, UINT64_C(36028797018963967), 255 } },
};

static const char *const bad_paths[] = {
	"",
	"tile",
	"tile/",
	"tile/0",
	"tile/0/",
	"tile/0/0",
	"tile/0/00",
	"tile/0/0000",
	"tile/0/000/",
	"/tile/0/000",
	"tile//000",
	"tile/00/000",
	"tile/8/000",
	"tile/64/000",
	"tile/-1/000",
	"tile/entry/000",
	"tile/0/x000/000",
	"tile/0/x000/001",
	"tile/0/001/x001",
	"tile/0/x001",
	"tile/0/x001/",
	"tile/0/X001/000",
	"tile/0/000.p",
	"tile/0/000.p/",
	"tile/0/000.p/0",
	"tile/0/000.p/256",
	"tile/0/000.p/01",
	"tile/0/000.p/1/",
	"tile/0/000.p/1 ",
	"tile/0/000.q/1",
	"tile/0/x000.p/1",
	"tile/0/00a",
	"tile/0/../000",
	"tile/1/x001/000/000",
	"tile/7/001",
	"tile/entries/000.p/-1",
	"tile/0/000.p/+1",
	"tile/0/x999/x999/x999/x999/x999/999",
	"tile/0/x999/x999/x999/x999/x999/x999/999",
	"tile/0/x001/x999/x999/x999/x999/x999/x999/999",
};

static bool tiles_equal(const struct tile *a, const struct tile *b)
{
	return a->kind == b->kind && a->level == b->level && a->index == b->index &&
	       a->width == b->width;
}

static void test_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char path[TILE_PATH_CAPACITY];
		struct tile tile;

		tile_path(&paths[i].tile, path);
		assert_string_equal(path, paths[i].path);
		assert_int_equal(tile_path_parse(bytes_of_string(path), &tile), OK);
		assert_true(tiles_equal(&tile, &paths[i].tile));
	}
}

static void test_bad_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_paths) / sizeof(bad_paths[0]); i++) {
		struct tile tile = { .index = 77 };

		if (tile_path_parse(bytes_of_string(bad_paths[i]), &tile) == OK)
			fail_msg("accepted: %s", bad_paths[i]);
		assert_int_equal(tile.index, 77);
	}
	for (size_t size = 60; size < 70; size++) {
		struct tile tile;
		char path[80];

		memset(path, '0', sizeof(path));
		assert_int_not_equal(tile_path_parse(bytes_of(path, size), &tile), OK);
	}
}

static void test_iterator(void **state)
{
	static const uint64_t sizes[] = {
		0, 1, 2, 255, 256, 257, 511, 512, 65535, 65536, 65537, 70000, 256 * 65536 - 1
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct tile_iterator iterator;
		struct tile tile;
		uint64_t count = 0, entries = 0, leaves = 0;

		tile_iterator_init(&iterator, sizes[i]);
		while (tile_iterator_next(&iterator, &tile)) {
			char path[TILE_PATH_CAPACITY];
			struct tile read;

			count++;
			if (tile.kind == TILE_ENTRIES) {
				assert_int_equal(tile_first_leaf(&tile), entries);
				entries += tile.width;
			} else if (tile.level == 0) {
				leaves += tile.width;
			}
			if (sizes[i] > 1000000 && count % 97 != 0)
				continue;
			assert_true(tile_belongs(&tile, sizes[i]));
			tile_path(&tile, path);
			assert_int_equal(tile_path_parse(bytes_of_string(path), &read), OK);
			assert_true(tiles_equal(&tile, &read));
			tile.width = tile.width == 1 ? 2 : tile.width - 1;
			assert_false(tile_belongs(&tile, sizes[i]));
		}
		assert_false(tile_iterator_next(&iterator, &tile));
		assert_int_equal(entries, sizes[i]);
		assert_int_equal(leaves, sizes[i]);
	}
}

/* The example of the specification: 70,000 leaves. */
static void test_specified_example(void **state)
{
	static const struct tile partial[] = {
		{ TILE_HASHES, 0, 273, 112 },
		{ TILE_HASHES, 1, 1, 17 },
		{ TILE_HASHES, 2, 0, 1 },
		{ TILE_ENTRIES, 0, 273, 112 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(partial) / sizeof(partial[0]); i++)
		assert_true(tile_belongs(&partial[i], 70000));
	assert_true(tile_belongs(&(struct tile){ TILE_HASHES, 0, 272, 256 }, 70000));
	assert_true(tile_belongs(&(struct tile){ TILE_HASHES, 1, 0, 256 }, 70000));
	assert_false(tile_belongs(&(struct tile){ TILE_HASHES, 3, 0, 1 }, 70000));
	assert_false(tile_belongs(&(struct tile){ TILE_ENTRIES, 1, 0, 256 }, 70000));
	assert_false(tile_belongs(&(struct tile){ TILE_HASHES, 63, 0, 1 }, 70000));
	assert_true(tile_belongs(&(struct tile){ TILE_HASHES, 1, 0, 1 }, 256));
	assert_true(tile_belongs(&(struct tile){ TILE_HASHES, 7, 0, 127 }, TREE_SIZE_MAXIMUM));
}

static void test_contents(void **state)
{
	enum { SIZE = 600 };
	struct memory_tree tree;
	struct tree_reader reader;
	struct tile_iterator iterator;
	struct buffer buffer;
	struct tile tile;

	(void)state;
	memory_tree_init(&tree);
	reader = memory_tree_reader(&tree);
	buffer_init(&buffer, TILE_SIZE_MAXIMUM);
	for (unsigned i = 0; i < SIZE; i++) {
		struct hash leaf;

		tree_hash_leaf(bytes_of(&i, sizeof(i)), &leaf);
		assert_int_equal(memory_tree_append(&tree, &leaf), OK);
	}
	tile_iterator_init(&iterator, SIZE);
	while (tile_iterator_next(&iterator, &tile) && tile.kind == TILE_HASHES) {
		buffer_clear(&buffer);
		assert_int_equal(tile_encode(&tile, &reader, &buffer), OK);
		assert_int_equal(buffer.size, tile.width * HASH_SIZE);
		for (unsigned i = 0; i < tile.width; i++) {
			struct hash expected, found;

			assert_int_equal(reader.subtree(reader.context, tile.level * 8,
			                                tile.index * 256 + i, &expected),
			                 OK);
			assert_int_equal(tile_hash_at(buffer_view(&buffer), i, &found), OK);
			assert_true(hash_equal(&expected, &found));
		}
		assert_int_equal(
		    tile_hash_at(buffer_view(&buffer), tile.width, &(struct hash){ { 0 } }),
		    ERROR_NOT_FOUND);
	}
	buffer_clear(&buffer);
	tile = (struct tile){ TILE_HASHES, 0, 2, 256 };
	assert_int_equal(tile_encode(&tile, &reader, &buffer), ERROR_NOT_FOUND);
	assert_int_equal(buffer.size, 0);
	buffer_release(&buffer);
	memory_tree_release(&tree);
}

static void test_bundles(void **state)
{
	static uint8_t large[ENTRY_SIZE_MAXIMUM + 1];
	static const size_t sizes[] = { 0, 1, 300, ENTRY_SIZE_MAXIMUM };
	struct buffer bundle;
	struct cursor cursor;
	struct bytes entry;

	(void)state;
	buffer_init(&bundle, BUNDLE_SIZE_MAXIMUM);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(bundle_put(&bundle, bytes_of(large, sizes[i])), OK);
	assert_int_equal(bundle_put(&bundle, bytes_of(large, sizeof(large))), ERROR_LIMIT);
	cursor = cursor_over(buffer_view(&bundle));
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(bundle_next(&cursor, &entry), OK);
		assert_int_equal(entry.size, sizes[i]);
	}
	assert_int_equal(cursor_end(&cursor), OK);
	assert_int_equal(bundle_next(&cursor, &entry), ERROR_SYNTAX);

	cursor = cursor_over(bytes_of("\0\5four", 6));
	assert_int_equal(bundle_next(&cursor, &entry), ERROR_SYNTAX);
	assert_int_equal(cursor.left, 6);
	buffer_release(&bundle);

	buffer_init(&bundle, 10);
	assert_int_equal(bundle_put(&bundle, bytes_of(large, 9)), ERROR_LIMIT);
	assert_int_equal(bundle.size, 0);
	buffer_release(&bundle);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),    cmocka_unit_test(test_bad_paths),
		cmocka_unit_test(test_iterator), cmocka_unit_test(test_specified_example),
		cmocka_unit_test(test_contents), cmocka_unit_test(test_bundles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
