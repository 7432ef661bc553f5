#include "edge.h"

static bool edge_has(const struct edge *edge, unsigned level)
{
	return ((edge->size >> level) & 1) != 0;
}

void edge_init(struct edge *edge)
{
	*edge = (struct edge){ .size = 0 };
}

/* Method: as adding one to a binary number. The leaf is a subtree of level 0;
 * as long as the edge has one of that level already, the two are joined into
 * one of the next. `stream` may be NULL. */
static void append(struct edge *edge, struct sha256_stream *stream, const struct hash *leaf)
{
	struct hash carried = *leaf;
	unsigned level = 0;

	for (; edge_has(edge, level); level++)
		if (stream != NULL)
			tree_hash_node_with(stream, &edge->hashes[level], &carried, &carried);
		else
			tree_hash_node(&edge->hashes[level], &carried, &carried);
	edge->hashes[level] = carried;
	edge->size++;
}

int edge_append(struct edge *edge, const struct hash *leaf)
{
	return edge_append_many(edge, leaf, 1);
}

int edge_append_many(struct edge *edge, const struct hash *leaves, size_t count)
{
	if (count > TREE_SIZE_MAXIMUM - edge->size)
		return ERROR_LIMIT;
	for (size_t i = 0; i < count; i++)
		append(edge, NULL, &leaves[i]);
	return OK;
}

int edge_append_with(struct edge *edge, struct sha256_stream *stream, const struct hash *leaf)
{
	if (edge->size == TREE_SIZE_MAXIMUM)
		return ERROR_LIMIT;
	append(edge, stream, leaf);
	return OK;
}

void edge_root(const struct edge *edge, struct hash *ret_root)
{
	struct hash root;
	bool started = false;

	tree_empty_root(&root);
	for (unsigned level = 0; level < TREE_LEVELS; level++) {
		if (!edge_has(edge, level))
			continue;
		if (started)
			tree_hash_node(&edge->hashes[level], &root, &root);
		else
			root = edge->hashes[level];
		started = true;
	}
	*ret_root = root;
}

bool edge_equal(const struct edge *a, const struct edge *b)
{
	if (a->size != b->size)
		return false;
	for (unsigned level = 0; level < TREE_LEVELS; level++)
		if (edge_has(a, level) && !hash_equal(&a->hashes[level], &b->hashes[level]))
			return false;
	return true;
}

int edge_verify_extension(const struct edge *edge, uint64_t size, const struct hash *root,
                          const struct tree_proof *proof)
{
	struct hash own;

	edge_root(edge, &own);
	return consistency_verify(edge->size, &own, size, root, proof);
}

int edge_advance(const struct edge *edge, const struct hash *leaves, size_t count, uint64_t size,
                 const struct hash *root, const struct tree_proof *proof, struct edge *ret_edge)
{
	struct edge advanced = *edge;
	int r;

	if ((r = edge_append_many(&advanced, leaves, count)) != OK ||
	    (r = edge_verify_extension(&advanced, size, root, proof)) != OK)
		return r;
	*ret_edge = advanced;
	return OK;
}

int edge_encode(const struct edge *edge, struct buffer *buffer)
{
	size_t start = buffer->size;
	int r;

	if ((r = buffer_put_u64(buffer, edge->size)) != OK)
		return r;
	for (unsigned level = TREE_LEVELS; level-- > 0;) {
		if (!edge_has(edge, level))
			continue;
		if ((r = buffer_put(buffer, edge->hashes[level].bytes, HASH_SIZE)) != OK) {
			buffer_truncate(buffer, start);
			return r;
		}
	}
	return OK;
}

int edge_decode(struct cursor *cursor, struct edge *ret_edge)
{
	struct cursor ahead = *cursor;
	struct edge edge;
	int r;

	edge_init(&edge);
	if ((r = cursor_get_u64(&ahead, &edge.size)) != OK)
		return r;
	if (edge.size > TREE_SIZE_MAXIMUM)
		return ERROR_LIMIT;
	for (unsigned level = TREE_LEVELS; level-- > 0;)
		if (edge_has(&edge, level) &&
		    (r = cursor_get(&ahead, edge.hashes[level].bytes, HASH_SIZE)) != OK)
			return r;
	*cursor = ahead;
	*ret_edge = edge;
	return OK;
}
