#include "memory_tree.h"

#include "allocate.h"

enum { FIRST_CAPACITY = 16 };

void memory_tree_init(struct memory_tree *tree)
{
	*tree = (struct memory_tree){ .size = 0 };
}

void memory_tree_release(struct memory_tree *tree)
{
	for (unsigned level = 0; level < TREE_LEVELS; level++)
		release_memory(tree->levels[level].hashes);
	memory_tree_init(tree);
}

static int level_reserve(struct memory_tree_level *level, uint64_t count)
{
	size_t capacity = level->capacity > 0 ? level->capacity : FIRST_CAPACITY;
	struct hash *hashes;

	if (count <= level->capacity)
		return OK;
	if (count > SIZE_MAX / 2 / sizeof(*hashes))
		return ERROR_LIMIT;
	while (capacity < count)
		capacity *= 2;
	if ((hashes = reallocate(level->hashes, capacity, sizeof(*hashes))) == NULL)
		return ERROR_MEMORY;
	level->hashes = hashes;
	level->capacity = capacity;
	return OK;
}

static void append(struct memory_tree *tree, const struct hash *leaf)
{
	struct memory_tree_level *level = &tree->levels[0];

	level->hashes[level->count++] = *leaf;
	for (; level->count % 2 == 0; level++) {
		const struct hash *pair = &level->hashes[level->count - 2];
		struct memory_tree_level *above = level + 1;

		tree_hash_node(&pair[0], &pair[1], &above->hashes[above->count++]);
	}
	tree->size++;
}

int memory_tree_append(struct memory_tree *tree, const struct hash *leaf)
{
	return memory_tree_append_many(tree, leaf, 1);
}

int memory_tree_append_many(struct memory_tree *tree, const struct hash *leaves, size_t count)
{
	int r;

	if (count > TREE_SIZE_MAXIMUM - tree->size)
		return ERROR_LIMIT;
	/* All memory first, so that nothing can fail half-way. */
	for (unsigned level = 0; level < TREE_LEVELS; level++)
		if ((r = level_reserve(&tree->levels[level], (tree->size + count) >> level)) != OK)
			return r;
	for (size_t i = 0; i < count; i++)
		append(tree, &leaves[i]);
	return OK;
}

static int read_subtree(void *context, unsigned level, uint64_t index, struct hash *ret_hash)
{
	const struct memory_tree *tree = context;

	if (level >= TREE_LEVELS || index >= tree->levels[level].count)
		return ERROR_NOT_FOUND;
	*ret_hash = tree->levels[level].hashes[index];
	return OK;
}

struct tree_reader memory_tree_reader(const struct memory_tree *tree)
{
	return (struct tree_reader){ .context = (void *)tree, .subtree = read_subtree };
}
