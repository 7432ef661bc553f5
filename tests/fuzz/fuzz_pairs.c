/* Pairs in pieces: the first byte says how long these are. They are taken whatever the
 * pieces, or not at all; what is taken is in order, each pair is found at its place, and its
 * path leads to the root. */
#include <stdlib.h>

#include "pairs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* The result, and what was found of the pairs. */
static int read_in_pieces(struct bytes pairs, size_t piece, uint64_t *ret_count,
                          struct hash *ret_root)
{
	struct pairs_reader reader;
	int r;

	require(pairs_reader_init(&reader) == OK);
	r = OK;
	while (r == OK && pairs.size > 0) {
		size_t some = pairs.size < piece ? pairs.size : piece;

		r = pairs_reader_update(&reader, bytes_of(pairs.data, some));
		pairs = bytes_of(pairs.data + some, pairs.size - some);
	}
	if (r == OK)
		r = pairs_reader_finish(&reader, ret_count, ret_root);
	pairs_reader_release(&reader);
	return r;
}

static void check_one(const struct byte_source *source, struct bytes pairs, uint64_t count,
                      const struct hash *root, uint64_t index)
{
	struct bytes one = bytes_of(pairs.data + index * PAIR_SIZE, PAIR_SIZE);
	struct tree_proof path;
	struct pair found;
	struct hash leaf;
	uint64_t at;

	require(pairs_find(source, count, one.data, &at, &found) == OK && at == index);
	require(bytes_equal(bytes_of(found.bytes, PAIR_SIZE), one));
	require(pairs_path(source, count, index, &path) == OK);
	tree_hash_leaf(one, &leaf);
	require(inclusion_verify(index, count, &leaf, &path, root) == OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes pairs = bytes_of(data, 0);
	const struct byte_source source = byte_source_over(&pairs);
	struct hash root, again;
	uint64_t count, counted;
	int r;

	if (size < 2)
		return 0;
	pairs = bytes_of(data + 1, size - 1);
	r = read_in_pieces(pairs, pairs.size, &count, &root);
	require(r == OK || r == ERROR_CANONICAL || r == ERROR_SYNTAX);
	require((read_in_pieces(pairs, (size_t)data[0] + 1, &counted, &again) == OK) == (r == OK));
	if (r != OK)
		return 0;
	require(counted == count && hash_equal(&root, &again));
	require(count * PAIR_SIZE == pairs.size);
	require(pairs_root(&source, count, &again) == OK && hash_equal(&root, &again));
	check_one(&source, pairs, count, &root, 0);
	check_one(&source, pairs, count, &root, count - 1);
	check_one(&source, pairs, count, &root, data[0] % count);
	return 0;
}
