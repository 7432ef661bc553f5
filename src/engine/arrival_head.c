#include "channel_internal.h"
#include "cosignature.h"

/* Heads of the other log: by its key, and not in contradiction to what is held or was
 * signed before. */

#define PROMISE "promised" /* a value of the store */

/* Two signed heads that no honest log has: both are kept, for good. */
static int fork_found(struct engine_channel *channel, struct bytes ours, struct bytes theirs)
{
	struct buffer both;
	int r;

	buffer_init(&both, 2 * NOTE_MAXIMUM + 8);
	if ((r = buffer_put_sized(&both, ours)) == OK &&
	    (r = buffer_put_sized(&both, theirs)) == OK)
		r = channel_fault(channel,
		                  "the other side signed two heads that contradict each other",
		                  buffer_view(&both));
	buffer_release(&both);
	return r;
}

/* What their log had to be by what they signed before: held entries, the head
 * that these came under, and one that is still ahead. The first that reaches
 * beyond what is held is kept as a promise until that is held. */
static int compare_head(struct engine_channel *channel, struct bytes note_bytes,
                        const struct checkpoint *checkpoint, struct error *error)
{
	const struct their_head *held = &channel->their_head;
	struct promised_head *promised = &channel->promised;
	struct bytes former = buffer_view(&held->note);
	bool forked = false;
	int r;

	if (checkpoint->size <= rules_size(channel->rules, channel->other)) {
		forked = !channel_has_root(channel, channel->other, checkpoint->size,
		                           &checkpoint->root);
	} else if (held->note.size > 0 && held->size == checkpoint->size) {
		forked = !hash_equal(&held->root, &checkpoint->root);
	} else if (promised->note.size > 0 && promised->size == checkpoint->size) {
		forked = !hash_equal(&promised->root, &checkpoint->root);
		former = buffer_view(&promised->note);
	} else if (promised->note.size == 0) {
		promised->size = checkpoint->size;
		promised->root = checkpoint->root;
		if ((r = buffer_put_bytes(&promised->note, note_bytes)) != OK)
			return r;
	}
	if (!forked)
		return OK;
	if ((r = fork_found(channel, former, note_bytes)) != OK)
		return r;
	return error_set(error, ERROR_FORK, "this head contradicts an earlier one");
}

/* Under a key that the rules know, or that is appointed by what waits in the queue. */
static int verify_head(struct engine_channel *channel, struct bytes note_bytes,
                       const struct head_origin *origin, struct error *error)
{
	struct checkpoint checkpoint;
	int r;

	if (bytes_equal(note_bytes, buffer_view(&channel->verified_note)))
		return OK;
	if (channel->arrived_generation != 0 && origin->generation == channel->arrived_generation)
		r = signed_checkpoint_verify(note_bytes, &channel->arrived_log_key, NULL, 0,
		                             &checkpoint, NULL, error);
	else
		r = channel_verify_head(channel, note_bytes, origin, error);
	if (r != OK)
		return r;
	buffer_clear(&channel->verified_note);
	return buffer_put_bytes(&channel->verified_note, note_bytes);
}

int arrival_check_head(struct engine_channel *channel, struct bytes note_bytes,
                       struct checkpoint *ret_checkpoint, struct error *error)
{
	struct head_origin origin;
	int r;

	if ((r = channel_read_head(channel, note_bytes, &origin, error)) != OK)
		return r;
	if (origin.party != channel->other)
		return error_set(error, ERROR_MISMATCH, "a head of this side's own log");
	if (channel_is_outlived(channel, &origin))
		return error_set(error, ERROR_DENIED,
		                 "a head by a log key that was replaced before this size");
	if ((r = verify_head(channel, note_bytes, &origin, error)) != OK ||
	    (r = compare_head(channel, note_bytes, &origin.checkpoint, error)) != OK)
		return r;
	*ret_checkpoint = origin.checkpoint;
	return OK;
}

/* The appointing key has their log go on from a place before the end of what is held:
 * then another log than this one is continued. Both heads are kept. */
static int refuse_cut(struct engine_channel *channel, const struct frame_entries *frame,
                      struct error *error)
{
	struct buffer both;
	int r;

	buffer_init(&both, 2 * NOTE_MAXIMUM + FRAME_MAXIMUM);
	if ((r = buffer_put_sized(&both, buffer_view(&channel->their_head.note))) == OK &&
	    (r = buffer_put_sized(&both, frame->checkpoint)) == OK &&
	    (r = buffer_put_bytes(&both, frame->entries)) == OK)
		r = channel_fault(channel,
		                  "the other side's successor log leaves out entries that it had "
		                  "signed before and that are held here",
		                  buffer_view(&both));
	buffer_release(&both);
	if (r != OK)
		return r;
	return error_set(error, ERROR_FORK,
	                 "the successor log leaves out entries that were signed and received");
}

/* Whether what is here and the frame's entries up to the appointment are the log that
 * it names; `from` is within the frame. */
static int check_appointed_root(const struct frame_entries *frame, const struct edge *from,
                                const struct appointment *appointment, struct error *error)
{
	struct cursor cursor = cursor_over(frame->entries);
	struct edge edge = *from;
	uint64_t number = frame->start;
	struct hash leaf, root;
	struct bytes entry;
	int r = OK;

	for (; number < appointment->number && r == OK; number++) {
		if ((r = frame_entries_next(&cursor, &entry)) != OK || number < from->size)
			continue;
		tree_hash_leaf(entry, &leaf);
		r = edge_append(&edge, &leaf);
	}
	edge_root(&edge, &root);
	if (r != OK || !hash_equal(&root, &appointment->root))
		return error_set(error, ERROR_MISMATCH,
		                 "a successor log was appointed for other entries than these");
	return OK;
}

int arrival_check_successor(struct engine_channel *channel, const struct frame_entries *frame,
                            const struct head_origin *origin, const struct edge *from,
                            struct note_key *ret_key, struct error *error)
{
	const char *party = channel->charter->parties[origin->party].id;
	struct appointment appointment;
	struct note_key key;
	int r;

	if ((r = channel_verify_successor(channel, frame, origin, &appointment, &key, error)) != OK)
		return r;
	if (origin->party == channel->other &&
	    appointment.number < rules_size(channel->rules, channel->other))
		return refuse_cut(channel, frame, error);
	if (appointment.number < from->size)
		return error_set(error, ERROR_MISMATCH,
		                 "a successor of %s's log that leaves out what is here", party);
	if (frame->start > from->size)
		return error_set(error, ERROR_STATE, "entries of %s are missing before %llu", party,
		                 (unsigned long long)frame->start);
	if ((r = check_appointed_root(frame, from, &appointment, error)) != OK)
		return r;
	*ret_key = key;
	return OK;
}

int arrival_check_frame(struct engine_channel *channel, const struct frame_entries *frame,
                        struct checkpoint *ret_checkpoint, struct error *error)
{
	struct head_origin origin;
	struct note_key key;
	unsigned known;
	int r;

	if ((r = channel_read_head(channel, frame->checkpoint, &origin, error)) != OK)
		return r;
	known = rules_generations(channel->rules, channel->other);
	if (channel->arrived_generation > known)
		known = channel->arrived_generation;
	if (origin.party != channel->other || origin.generation <= known)
		return arrival_check_head(channel, frame->checkpoint, ret_checkpoint, error);
	if (origin.generation != known + 1)
		return error_set(error, ERROR_STATE, "a log key was appointed that is not here");
	if ((r = arrival_check_successor(channel, frame, &origin, &channel->arrived, &key,
	                                 error)) != OK)
		return r;
	channel->arrived_generation = origin.generation;
	channel->arrived_log_key = key;
	*ret_checkpoint = origin.checkpoint;
	return OK;
}

/* --- a promise ---------------------------------------------------------------- */

static int end_promise(struct engine_channel *channel)
{
	struct promised_head *promised = &channel->promised;
	int r = OK;

	buffer_clear(&promised->note);
	if (promised->stored && (r = engine_write(channel->engine)) == OK)
		r = store_delete_value(channel->engine->settings.store, channel->number, PROMISE);
	promised->stored = false;
	return r;
}

int arrival_keep_promise(struct engine_channel *channel)
{
	struct promised_head *promised = &channel->promised;
	int r;

	if (promised->note.size == 0 || promised->stored)
		return OK;
	if ((r = engine_write(channel->engine)) == OK)
		r = store_set_value(channel->engine->settings.store, channel->number, PROMISE,
		                    buffer_view(&promised->note));
	promised->stored = r == OK;
	return r;
}

int arrival_load_promise(struct engine_channel *channel)
{
	struct promised_head *promised = &channel->promised;
	struct head_origin origin;
	int r = store_get_value(channel->engine->settings.store, channel->number, PROMISE,
	                        &promised->note);

	if (r != OK)
		return r == ERROR_NOT_FOUND ? OK : r;
	promised->stored = true;
	if (channel_read_head(channel, buffer_view(&promised->note), &origin, NULL) != OK ||
	    channel_is_outlived(channel, &origin) ||
	    origin.checkpoint.size <= rules_size(channel->rules, channel->other)) {
		buffer_clear(&promised->note);
		return OK;
	}
	promised->size = origin.checkpoint.size;
	promised->root = origin.checkpoint.root;
	return OK;
}

int arrival_check_promise(struct engine_channel *channel)
{
	struct promised_head *promised = &channel->promised;
	int r;

	if (promised->note.size == 0 || promised->size > rules_size(channel->rules, channel->other))
		return OK;
	if (!channel_has_root(channel, channel->other, promised->size, &promised->root) &&
	    (r = fork_found(channel, buffer_view(&promised->note),
	                    buffer_view(&channel->their_head.note))) != OK)
		return r;
	return end_promise(channel);
}

int arrival_forget_promise(struct engine_channel *channel)
{
	const struct buffer *note = &channel->promised.note;
	struct head_origin origin;

	if (note->size == 0 ||
	    (channel_read_head(channel, buffer_view(note), &origin, NULL) == OK &&
	     !channel_is_outlived(channel, &origin)))
		return OK;
	/* They may have been greeted with it, and take nothing of ours since (check_hello). */
	if (channel->link.greeted)
		channel_close_link(channel, ERROR_STATE,
		                   "a head by a former key does not count any more: please connect "
		                   "again");
	return end_promise(channel);
}
