/* The published log of tessera's test data: checkpoints of sizes 0 to 15, their
 * tiles and entry bundles, all recomputed from the entries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>

#include "cosignature.h"
#include "memory_tree.h"
#include "tile.h"

enum { PATH_CAPACITY = 4096, LOG_SIZE = 15 };

static const char log_vkey[] =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

static bool vectors_are_here;

static void vectors_path(const char *name, char path[PATH_CAPACITY])
{
	const char *shared = getenv("CHIRO_SHARED");
	const char *root = getenv("CHIRO_ROOT");

	if (shared != NULL)
		snprintf(path, PATH_CAPACITY, "%s/vectors/tiles/%s", shared, name);
	else
		snprintf(path, PATH_CAPACITY, "%s/../shared/vectors/tiles/%s",
		         root != NULL ? root : ".", name);
}

static void read_vector(const char *name, struct buffer *content)
{
	char path[PATH_CAPACITY];
	uint8_t bytes[4096];
	size_t size;
	FILE *file;

	buffer_clear(content);
	vectors_path(name, path);
	if ((file = fopen(path, "rb")) == NULL)
		fail_msg("cannot read %s", path);
	while ((size = fread(bytes, 1, sizeof(bytes), file)) > 0)
		assert_int_equal(buffer_put(content, bytes, size), OK);
	fclose(file);
}

static int set_up(void **state)
{
	char path[PATH_CAPACITY];
	struct stat status;

	(void)state;
	vectors_path("checkpoint", path);
	vectors_are_here = stat(path, &status) == 0;
	if (!vectors_are_here)
		print_message("# SKIP: no vectors at %s\n", path);
	return 0;
}

/* Reads the entries of the whole log from its widest bundle. */
static void read_log(struct memory_tree *tree)
{
	struct buffer bundle;
	struct cursor cursor;

	buffer_init(&bundle, BUNDLE_SIZE_MAXIMUM);
	read_vector("tile/entries/000.p/15", &bundle);
	cursor = cursor_over(buffer_view(&bundle));
	for (size_t i = 0; i < LOG_SIZE; i++) {
		struct bytes entry;
		struct hash leaf;

		assert_int_equal(bundle_next(&cursor, &entry), OK);
		tree_hash_leaf(entry, &leaf);
		assert_int_equal(memory_tree_append(tree, &leaf), OK);
	}
	assert_int_equal(cursor_end(&cursor), OK);
	buffer_release(&bundle);
}

static void test_checkpoints(void **state)
{
	struct tree_reader reader;
	struct memory_tree tree;
	struct note_key log;
	struct buffer note;

	(void)state;
	if (!vectors_are_here)
		skip();
	memory_tree_init(&tree);
	reader = memory_tree_reader(&tree);
	buffer_init(&note, NOTE_MAXIMUM);
	read_log(&tree);
	assert_int_equal(note_key_parse(bytes_of_string(log_vkey), &log, NULL), OK);
	for (unsigned size = 0; size <= LOG_SIZE + 1; size++) {
		struct checkpoint checkpoint;
		char name[32] = "checkpoint";
		struct hash root;
		unsigned expected = size <= LOG_SIZE ? size : LOG_SIZE;

		if (size <= LOG_SIZE)
			snprintf(name, sizeof(name), "checkpoint.%u", size);
		read_vector(name, &note);
		assert_int_equal(signed_checkpoint_verify(buffer_view(&note), &log, NULL, 0,
		                                          &checkpoint, NULL, NULL),
		                 OK);
		assert_int_equal(checkpoint.size, expected);
		assert_int_equal(tree_reader_root(&reader, expected, &root), OK);
		assert_true(hash_equal(&root, &checkpoint.root));

		note.data[note.size / 4] ^= 1;
		assert_int_not_equal(signed_checkpoint_verify(buffer_view(&note), &log, NULL, 0,
		                                              &checkpoint, NULL, NULL),
		                     OK);
	}
	buffer_release(&note);
	memory_tree_release(&tree);
}

static void test_tiles_and_bundles(void **state)
{
	struct buffer found, expected;
	struct tree_reader reader;
	struct memory_tree tree;

	(void)state;
	if (!vectors_are_here)
		skip();
	memory_tree_init(&tree);
	reader = memory_tree_reader(&tree);
	buffer_init(&found, BUNDLE_SIZE_MAXIMUM);
	buffer_init(&expected, BUNDLE_SIZE_MAXIMUM);
	read_log(&tree);
	for (uint64_t size = 1; size <= LOG_SIZE; size++) {
		struct tile_iterator iterator;
		struct tile tile;

		tile_iterator_init(&iterator, size);
		while (tile_iterator_next(&iterator, &tile)) {
			char path[TILE_PATH_CAPACITY];
			struct cursor cursor;

			tile_path(&tile, path);
			read_vector(path, &found);
			if (tile.kind == TILE_HASHES) {
				buffer_clear(&expected);
				assert_int_equal(tile_encode(&tile, &reader, &expected), OK);
				assert_true(
				    bytes_equal(buffer_view(&found), buffer_view(&expected)));
				continue;
			}
			cursor = cursor_over(buffer_view(&found));
			for (unsigned i = 0; i < tile.width; i++) {
				struct hash leaf, known;
				struct bytes entry;

				assert_int_equal(bundle_next(&cursor, &entry), OK);
				tree_hash_leaf(entry, &leaf);
				assert_int_equal(reader.subtree(reader.context, 0, i, &known), OK);
				assert_true(hash_equal(&leaf, &known));
			}
			assert_int_equal(cursor_end(&cursor), OK);
		}
	}
	buffer_release(&expected);
	buffer_release(&found);
	memory_tree_release(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checkpoints),
		cmocka_unit_test(test_tiles_and_bundles),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
