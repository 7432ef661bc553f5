#include "agenda_tree.h"

/* A tree may weigh so many times what its sibling weighs; and when it weighs more, its
 * inner part goes over as a whole if it weighs less than so many times the outer. Weight
 * is size + 1. These two are proved to keep the balance in every case. */
enum { DELTA = 3, GAMMA = 2 };

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

int agenda_key_compare(const struct agenda_key *a, const struct agenda_key *b)
{
	int order;

	if ((order = COMPARE(a->precedence, b->precedence)) != 0 ||
	    (order = COMPARE(a->rank, b->rank)) != 0 || (order = COMPARE(a->time, b->time)) != 0 ||
	    (order = COMPARE(a->number, b->number)) != 0 ||
	    (order = COMPARE(a->party, b->party)) != 0 ||
	    (order = COMPARE(a->class, b->class)) != 0 || (order = COMPARE(a->duty, b->duty)) != 0)
		return order;
	return COMPARE(a->side, b->side);
}

static uint32_t weight(const struct agenda_node *nodes, uint32_t node)
{
	return 1 + (node == AGENDA_NONE ? 0 : nodes[node].size);
}

static void settle(struct agenda_node *nodes, uint32_t node)
{
	nodes[node].size = weight(nodes, nodes[node].left) + weight(nodes, nodes[node].right) - 1;
}

static uint32_t rotate_left(struct agenda_node *nodes, uint32_t node)
{
	uint32_t root = nodes[node].right;

	nodes[node].right = nodes[root].left;
	nodes[root].left = node;
	settle(nodes, node);
	settle(nodes, root);
	return root;
}

static uint32_t rotate_right(struct agenda_node *nodes, uint32_t node)
{
	uint32_t root = nodes[node].left;

	nodes[node].left = nodes[root].right;
	nodes[root].right = node;
	settle(nodes, node);
	settle(nodes, root);
	return root;
}

/* Makes a node with two balanced trees, of which one has changed by one, balanced. */
static uint32_t balance(struct agenda_node *nodes, uint32_t node)
{
	uint32_t left = nodes[node].left, right = nodes[node].right;

	settle(nodes, node);
	if (weight(nodes, right) > DELTA * weight(nodes, left)) {
		if (weight(nodes, nodes[right].left) >= GAMMA * weight(nodes, nodes[right].right))
			nodes[node].right = rotate_right(nodes, right);
		return rotate_left(nodes, node);
	}
	if (weight(nodes, left) > DELTA * weight(nodes, right)) {
		if (weight(nodes, nodes[left].right) >= GAMMA * weight(nodes, nodes[left].left))
			nodes[node].left = rotate_left(nodes, left);
		return rotate_right(nodes, node);
	}
	return node;
}

static uint32_t insert(struct agenda_node *nodes, uint32_t root, uint32_t node)
{
	if (root == AGENDA_NONE)
		return node;
	if (agenda_key_compare(&nodes[node].key, &nodes[root].key) < 0)
		nodes[root].left = insert(nodes, nodes[root].left, node);
	else
		nodes[root].right = insert(nodes, nodes[root].right, node);
	return balance(nodes, root);
}

void agenda_tree_insert(struct agenda_node *nodes, uint32_t *root, uint32_t node)
{
	nodes[node].left = nodes[node].right = AGENDA_NONE;
	nodes[node].size = 1;
	*root = insert(nodes, *root, node);
}

/* Takes the first node out, which becomes *ret_first. */
static uint32_t remove_first(struct agenda_node *nodes, uint32_t root, uint32_t *ret_first)
{
	if (nodes[root].left == AGENDA_NONE) {
		*ret_first = root;
		return nodes[root].right;
	}
	nodes[root].left = remove_first(nodes, nodes[root].left, ret_first);
	return balance(nodes, root);
}

static uint32_t remove_root(struct agenda_node *nodes, uint32_t root)
{
	uint32_t left = nodes[root].left, right = nodes[root].right, next;

	if (left == AGENDA_NONE)
		return right;
	if (right == AGENDA_NONE)
		return left;
	right = remove_first(nodes, right, &next);
	nodes[next].left = left;
	nodes[next].right = right;
	return balance(nodes, next);
}

static uint32_t remove_node(struct agenda_node *nodes, uint32_t root, uint32_t node)
{
	if (root == node)
		return remove_root(nodes, root);
	if (agenda_key_compare(&nodes[node].key, &nodes[root].key) < 0)
		nodes[root].left = remove_node(nodes, nodes[root].left, node);
	else
		nodes[root].right = remove_node(nodes, nodes[root].right, node);
	return balance(nodes, root);
}

void agenda_tree_remove(struct agenda_node *nodes, uint32_t *root, uint32_t node)
{
	*root = remove_node(nodes, *root, node);
}

uint32_t agenda_tree_from(const struct agenda_node *nodes, uint32_t root,
                          const struct agenda_key *key)
{
	uint32_t found = AGENDA_NONE;

	while (root != AGENDA_NONE) {
		if (agenda_key_compare(&nodes[root].key, key) >= 0) {
			found = root;
			root = nodes[root].left;
		} else {
			root = nodes[root].right;
		}
	}
	return found;
}

uint32_t agenda_tree_rank(const struct agenda_node *nodes, uint32_t root,
                          const struct agenda_key *key)
{
	uint32_t rank = 0;

	while (root != AGENDA_NONE) {
		if (agenda_key_compare(&nodes[root].key, key) >= 0) {
			root = nodes[root].left;
		} else {
			rank += weight(nodes, nodes[root].left);
			root = nodes[root].right;
		}
	}
	return rank;
}
