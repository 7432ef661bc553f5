/* A whole tree in memory: the hashes of all its full subtrees, 64 bytes a leaf. */
#ifndef MEMORY_TREE_H
#define MEMORY_TREE_H

#include "tree_reader.h"

struct memory_tree {
	uint64_t size;
	struct memory_tree_level {
		struct hash *hashes;
		size_t count;
		size_t capacity;
	} levels[TREE_LEVELS];
};

void memory_tree_init(struct memory_tree *tree);
void memory_tree_release(struct memory_tree *tree);

/* Appends leaf hashes; ERROR_MEMORY or ERROR_LIMIT leave the tree unchanged. */
int memory_tree_append(struct memory_tree *tree, const struct hash *leaf);
int memory_tree_append_many(struct memory_tree *tree, const struct hash *leaves, size_t count);

/* A reader over the tree, valid as long as the tree is and also after further
 * appends. Subtrees that are not complete are ERROR_NOT_FOUND. */
struct tree_reader memory_tree_reader(const struct memory_tree *tree);

#endif
