#include "allocate.h"
#include "channel_internal.h"
#include "cosignature.h"

/* What a keeper is shown that has lost its state, or has an older one: where the
 * own log ended and who says so, what it had cosigned, and, where the other side's
 * receipt key is not the charter's any more, the entry that names it. The keeper
 * believes none of it unverified (keeper_recover). */

/* --- evidence --------------------------------------------------------------------- */

/* The line of one cosigner, if it is there and good. */
static int put_line(struct bytes text, struct bytes lines, const struct note_key *key,
                    struct buffer *note)
{
	size_t kept;
	int r = lines.size == 0 ? OK : cosignature_keep_verified(text, lines, &key, 1, note, &kept);

	/* Lines that are none at all are no evidence, and no failure. */
	return r == ERROR_MEMORY ? r : OK;
}

static int put_lines(const struct engine_channel *channel, struct bytes text, struct bytes lines,
                     struct buffer *note)
{
	const struct charter *charter = channel->charter;
	struct note_key key;
	int r = OK;

	if (charter->quorum == 0)
		return put_line(text, lines, &channel->receipt_keys[channel->other], note);
	for (size_t i = 0; i < charter->witness_count && r == OK; i++)
		if ((r = note_key_parse(charter->witnesses[i], &key, NULL)) == OK)
			r = put_line(text, lines, &key, note);
	return r;
}

int recovery_evidence(struct engine_channel *channel, struct buffer *note,
                      struct evidence *ret_evidence, struct error *error)
{
	struct checkpoint checkpoint;
	struct note_key log_key;
	struct store_head head;
	struct note parsed;
	int r;

	store_head_init(&head);
	r = channel->head_size == 0
	        ? ERROR_NOT_FOUND
	        : store_get_head(channel->engine->settings.store, channel->number, channel->own,
	                         channel->head_size, NULL, &head);
	if (r == OK && head.size != channel->head_size)
		r = ERROR_NOT_FOUND;
	if (r != OK) {
		error_set(error, r, "there is no head of our own log here");
		goto out;
	}
	if ((r = note_parse(head.note, &parsed, error)) != OK ||
	    (r = buffer_put_bytes(note, head.note)) != OK ||
	    (r = put_lines(channel, parsed.text, head.cosignatures, note)) != OK)
		goto out;
	if ((r = channel_log_key(
		 channel, channel->own,
		 rules_head_generation(channel->rules, channel->own, channel->head_size),
		 &log_key)) != OK)
		goto out;
	r = evidence_read(channel->charter, buffer_view(note), &log_key,
	                  &channel->receipt_keys[channel->other], channel->engine->started,
	                  engine_now(channel->engine), &checkpoint, ret_evidence, error);
out:
	store_head_release(&head);
	return r;
}

/* --- the question -------------------------------------------------------------------- */

/* A question and what it points to. */
struct question {
	struct keeper_recover recover;
	struct tree_proof proof, their_proof, path;
	struct buffer edge, theirs, entry;
	struct store_head entry_head;
	struct note_key their_key; /* that signed it */
};

/* From what the keeper has signed to the head. */
static int put_own(struct engine_channel *channel, struct bytes note, struct question *question)
{
	const struct keeper_channel_status *keeper = &channel->recovery.keeper;
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, channel->own));
	struct keeper_recover *recover = &question->recover;
	struct edge edge = { 0 };
	struct hash hash;
	int r;

	if (!keeper->state_lost && keeper->own_size > 0 &&
	    (r = tree_reader_consistency(&reader, keeper->own_size, channel->head_size,
	                                 &question->proof)) != OK)
		return r;
	/* Entries that are here may not have been signed yet. */
	for (unsigned level = 0; level < TREE_LEVELS; level++) {
		if (((channel->head_size >> level) & 1) == 0)
			continue;
		if ((r = reader.subtree(reader.context, level, (channel->head_size >> level) - 1,
		                        &hash)) != OK)
			return r;
		edge.hashes[level] = hash;
	}
	edge.size = channel->head_size;
	if ((r = edge_encode(&edge, &question->edge)) != OK)
		return r;
	recover->own = (struct keeper_head){ note, question->proof.count, question->proof.hashes };
	recover->edge = buffer_view(&question->edge);
	return OK;
}

/* What was cosigned of the other log, unless the keeper knows of more itself. */
static int put_theirs(struct engine_channel *channel, struct question *question)
{
	const struct keeper_channel_status *keeper = &channel->recovery.keeper;
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, channel->other));
	struct store_head head;
	int r;

	if (channel->cosigned_size == 0 || channel->cosignature.size == 0 ||
	    channel->cosigned_size < keeper->cosigned_size)
		return OK;
	store_head_init(&head);
	if ((r = store_get_head(channel->engine->settings.store, channel->number, channel->other,
	                        channel->cosigned_size, NULL, &head)) != OK ||
	    head.size != channel->cosigned_size)
		goto out;
	if (keeper->cosigned_size > 0 &&
	    (r = tree_reader_consistency(&reader, keeper->cosigned_size, head.size,
	                                 &question->their_proof)) != OK)
		goto out;
	if ((r = buffer_put_bytes(&question->theirs, head.note)) == OK)
		r = buffer_put_bytes(&question->theirs, buffer_view(&channel->cosignature));
	question->recover.theirs = (struct keeper_head){ buffer_view(&question->theirs),
		                                         question->their_proof.count,
		                                         question->their_proof.hashes };
out:
	store_head_release(&head);
	return r == ERROR_NOT_FOUND ? OK : r;
}

/* Whether this entry names the receipt key that the other side has now. */
static int names_their_key(struct engine_channel *channel, struct question *question,
                           uint64_t number, bool *ret_names)
{
	const struct ed25519_public *wanted = &channel->receipt_keys[channel->other].public_key;
	struct receipt_naming naming = {
		.number = number,
		.head = question->entry_head.note,
		.path = question->path,
	};
	struct ed25519_public key;
	struct store_entries page;
	int r;

	store_entries_init(&page);
	r = store_get_entries(channel->engine->settings.store, channel->number, channel->other,
	                      number, 1, STORE_ENTRY_MAXIMUM, &page);
	if (r == OK && page.count == 1) {
		naming.entry = page.items[0].bytes;
		r = receipt_naming_verify(channel->charter, channel->other, &question->their_key,
		                          &naming, &key, NULL);
		*ret_names = r == OK && ed25519_public_equal(&key, wanted);
		if (r != ERROR_MEMORY)
			r = *ret_names ? buffer_put_bytes(&question->entry, naming.entry) : OK;
	}
	store_entries_release(&page);
	return r;
}

static int put_naming(struct engine_channel *channel, struct question *question)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, channel->other));
	const struct ed25519_public *first = &channel->charter->parties[channel->other].receipt_key;
	struct keeper_recover *recover = &question->recover;
	struct store_head *head = &question->entry_head;
	struct act_place place = { .party = channel->other };
	int r;

	if (channel->charter->quorum > 0 ||
	    ed25519_public_equal(&channel->receipt_keys[channel->other].public_key, first))
		return OK;
	if ((r = store_get_head(channel->engine->settings.store, channel->number, channel->other,
	                        rules_size(channel->rules, channel->other), NULL, head)) != OK)
		return r == ERROR_NOT_FOUND ? OK : r;
	if ((r = channel_log_key(channel, channel->other,
	                         rules_head_generation(channel->rules, channel->other, head->size),
	                         &question->their_key)) != OK)
		return r;
	for (place.number = head->size; place.number > 0 && !recover->named;) {
		const struct act_summary *act;

		place.number--;
		act = rules_act(channel->rules, place);
		if (act->kind->number != KIND_REKEY && act->kind->number != KIND_APPOINT)
			continue;
		if ((r = tree_reader_inclusion(&reader, place.number, head->size,
		                               &question->path)) != OK ||
		    (r = names_their_key(channel, question, place.number, &recover->named)) != OK)
			return r;
		recover->entry_number = place.number;
	}
	recover->entry = buffer_view(&question->entry);
	recover->entry_head = (struct keeper_head){ head->note, question->path.count,
		                                    question->path.hashes };
	return OK;
}

int recovery_ask_keeper(struct engine_channel *channel, struct bytes note, struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	struct question *question;
	int r;

	/* Its own cosignature is by the key that the log names; and an appointment that it
	 * had not heard of is an entry that it knows from then on. */
	if ((r = channel_activate_keys(channel, error)) != OK ||
	    (r = recovery_look_again(channel, error)) != OK || !recovery_is_keepers(channel))
		return r;
	if ((question = allocate(1, sizeof *question)) == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	question->recover.channel = channel->id;
	buffer_init(&question->edge, EDGE_ENCODED_MAXIMUM);
	buffer_init(&question->theirs, 2 * NOTE_MAXIMUM);
	buffer_init(&question->entry, STORE_ENTRY_MAXIMUM);
	store_head_init(&question->entry_head);
	if ((r = put_own(channel, note, question)) != OK ||
	    (r = put_theirs(channel, question)) != OK || (r = put_naming(channel, question)) != OK)
		error_set(error, r, "what the keeper is to be shown cannot be put together: %s",
		          result_text(r));
	else
		r = keeper->recover(keeper->context, &question->recover, error);
	buffer_release(&question->edge);
	buffer_release(&question->theirs);
	buffer_release(&question->entry);
	store_head_release(&question->entry_head);
	release_memory(question);
	return r;
}
