/* What is printed of a policy reads as the same policy. The first line is also
 * read as the path of a tile. */
#include "policy.h"
#include "tile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_path(struct bytes path)
{
	char printed[TILE_PATH_CAPACITY];
	struct tile tile;

	if (tile_path_parse(path, &tile) != OK)
		return;
	tile_path(&tile, printed);
	require(bytes_equal_string(path, printed));
	(void)tile_belongs(&tile, TREE_SIZE_MAXIMUM);
	(void)tile_first_leaf(&tile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct policy policy, again;
	struct bytes input = bytes_of(data, size);
	const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
	struct buffer first, second;
	struct error error;

	check_path(bytes_of(data, end != NULL ? (size_t)(end - data) : size));
	if (policy_parse(input, &policy, &error) != OK) {
		require(!policy_is_satisfied(&policy, UINT64_MAX));
		return 0;
	}
	buffer_init(&first, 2 * POLICY_TEXT_MAXIMUM);
	buffer_init(&second, 2 * POLICY_TEXT_MAXIMUM);
	require(policy_print(&policy, &first) == OK);
	require(policy_parse(buffer_view(&first), &again, &error) == OK);
	require(policy_print(&again, &second) == OK);
	require(bytes_equal(buffer_view(&first), buffer_view(&second)));
	/* All witnesses together are always enough. */
	require(policy_is_satisfied(&policy, UINT64_MAX));
	buffer_release(&second);
	buffer_release(&first);
	return 0;
}
