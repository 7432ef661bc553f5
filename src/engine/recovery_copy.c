#include "channel_internal.h"

/* Own entries that come in a copy. That the own log's key has signed their head says
 * that they are of this log, and not that they are of the history that the keeper
 * has signed and others were given: a node that was restored and wrote on, or a thief
 * of the key, has signed another. What would lead there is refused before it is
 * stored. */

/* The first entry of a frame that is here and is another one; `end` when none is. */
static uint64_t first_other(const struct engine_channel *channel, const struct frame_entries *frame)
{
	const struct memory_tree *tree = rules_tree(channel->rules, channel->own);
	struct cursor cursor = cursor_over(frame->entries);
	uint64_t number = frame->start;
	struct bytes entry;
	struct hash leaf;

	for (; number < tree->size && frame_entries_next(&cursor, &entry) == OK; number++) {
		tree_hash_leaf(entry, &leaf);
		if (!hash_equal(&leaf, &tree->levels[0].hashes[number]))
			return number;
	}
	return frame->start + frame->count;
}

int recovery_explain_copy(const struct engine_channel *channel, struct bytes payload,
                          struct error *error)
{
	const char *own = channel->charter->parties[channel->own].id;
	struct frame_entries frame;
	uint64_t other;

	if (frame_get_entries(payload, &frame, NULL) == OK &&
	    (other = first_other(channel, &frame)) < frame.start + frame.count)
		return error_set(error, ERROR_MISMATCH,
		                 "the copy has another %s-%llu than this node", own,
		                 (unsigned long long)other);
	return error_set(error, ERROR_MISMATCH, "the entries are not those of the signed head");
}

/* The root at `size`, within or at the end of what the arrival brings. */
static int root_within(const struct engine_channel *channel, const struct arrival *arrival,
                       uint64_t size, struct hash *ret_root)
{
	struct edge edge = channel_edge(channel, channel->own);
	struct hash leaf;
	int r;

	for (size_t i = 0; edge.size < size; i++) {
		tree_hash_leaf(arrival->entries[i], &leaf);
		if ((r = edge_append(&edge, &leaf)) != OK)
			return r;
	}
	edge_root(&edge, ret_root);
	return OK;
}

/* Whether the copy agrees with a head of which size and root are known; `whose` says
 * how. Of a greater size than it reaches nothing can be said. */
static int compare(const struct engine_channel *channel, const struct arrival *arrival,
                   uint64_t size, const struct hash *root, const char *whose, struct error *error)
{
	struct hash found = arrival->head.root;
	int r;

	if (size <= arrival->start)
		return OK;
	if (size <= arrival->start + arrival->count) {
		if ((r = root_within(channel, arrival, size, &found)) != OK)
			return error_set(error, r, "a root cannot be computed");
	} else if (size != arrival->head.size) {
		return OK;
	}
	if (hash_equal(&found, root))
		return OK;
	return error_set(error, ERROR_MISMATCH,
	                 "the copy is of another history of %s than %s: keep it, it is evidence "
	                 "that this log was written twice",
	                 channel->charter->parties[channel->own].id, whose);
}

int recovery_check_copy(const struct engine_channel *channel, const struct arrival *arrival,
                        struct error *error)
{
	const struct channel_recovery *recovery = &channel->recovery;
	int r;

	if (recovery->keeper_known && !recovery->keeper.state_lost &&
	    (r = compare(channel, arrival, recovery->keeper.own_size, &recovery->keeper.own_root,
	                 "the keeper has signed", error)) != OK)
		return r;
	if (!recovery_goes_by_shown(channel))
		return OK;
	return compare(channel, arrival, recovery->shown.size, &recovery->shown.root,
	               "others were given", error);
}
