/* Edges and bundles: what is read is written as it was, and an edge that was read
 * can be appended to. */
#include <stdlib.h>

#include "edge.h"
#include "tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void read_edge(struct bytes input)
{
	struct cursor cursor = cursor_over(input);
	struct hash leaf = { { 0 } }, root;
	struct edge edge, again;
	struct buffer written;

	if (edge_decode(&cursor, &edge) != OK) {
		require(cursor.left == input.size);
		return;
	}
	buffer_init(&written, EDGE_ENCODED_MAXIMUM);
	require(edge_encode(&edge, &written) == OK);
	require(written.size + cursor.left == input.size);
	require(bytes_equal(buffer_view(&written), bytes_of(input.data, written.size)));
	buffer_release(&written);
	again = edge;
	edge_root(&edge, &root);
	if (edge_append(&again, &leaf) == OK)
		require(again.size == edge.size + 1 && !edge_equal(&again, &edge));
	else
		require(edge_equal(&again, &edge));
}

static void read_bundle(struct bytes input)
{
	struct cursor cursor = cursor_over(input);
	struct buffer written;
	struct bytes entry;

	buffer_init(&written, BUNDLE_SIZE_MAXIMUM);
	while (bundle_next(&cursor, &entry) == OK && written.size < input.size)
		require(bundle_put(&written, entry) == OK);
	require(bytes_equal(buffer_view(&written), bytes_of(input.data, written.size)));
	buffer_release(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > BUNDLE_SIZE_MAXIMUM)
		return 0;
	read_edge(bytes_of(data, size));
	read_bundle(bytes_of(data, size));
	return 0;
}
