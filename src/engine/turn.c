#include "allocate.h"
#include "channel_internal.h"
#include "journal.h"

/* --- collect: judge, and write into the turn's transaction -------------- */

/* Also while the keeper has yet to recover: the own log is whole then, and what the
 * other side receipts of it is part of the evidence. */
static bool may_settle(const struct engine_channel *channel)
{
	return !channel->read_only || channel->recovery.trouble == TROUBLE_KEEPER_LOST ||
	       channel->recovery.trouble == TROUBLE_KEEPER_BEHIND;
}

/* Nobody appointed the key of the head that they came under: that is not the other
 * side's log, and nothing is held against it. */
static void refuse_arrivals(struct engine_channel *channel, const struct error *why)
{
	journal(JOURNAL_WARNING, "channel %.20s: entries are refused: %s",
	        channel->charter->channel, why->message);
	channel_close_link(channel, why->code, why->message);
	channel_link_down(channel, why->message);
	forget_unstored(channel);
}

static int collect_arrivals(struct engine_channel *channel, struct error *error)
{
	unsigned generations = rules_generations(channel->rules, channel->other);
	int r;

	channel->arrivals_left = false;
	while (channel->arrivals != NULL && may_settle(channel)) {
		if (channel->faulted) {
			arrivals_free(channel);
			break;
		}
		if (!arrival_is_ready(channel, channel->arrivals))
			break;
		r = arrival_settle(channel, error);
		if (r == ERROR_WAIT)
			break;
		if (r == ERROR_DENIED) {
			refuse_arrivals(channel, error);
			break;
		}
		if (r != OK)
			return r;
		channel->active = engine_monotonic(channel->engine);
		/* What the keeper was told becomes durable before it is told more. */
		if (rules_generations(channel->rules, channel->other) != generations) {
			channel->arrivals_left = true;
			break;
		}
	}
	return OK;
}

/* Failures that say something of the act, not of this machine. */
static bool is_verdict(int code)
{
	return code == ERROR_STATE || code == ERROR_DENIED || code == ERROR_UNSUPPORTED ||
	       code == ERROR_WAIT || code == ERROR_SYNTAX || code == ERROR_NOT_FOUND ||
	       code == ERROR_MISMATCH;
}

static int collect_errands(struct engine_channel *channel, struct error *error)
{
	struct errand *errand;
	struct error why;
	int r;

	while ((errand = channel->errands) != NULL && channel_may_log(channel) &&
	       channel->logged_count < SUBMISSIONS_MAXIMUM && channel_has_room(channel)) {
		r = log_errand(channel, errand, &why);
		if (r == ERROR_WAIT)
			return OK;
		if (r != OK && !is_verdict(r)) {
			*error = why;
			return r;
		}
		if (r != OK && errand->request != 0)
			engine_reply_error(channel->engine, errand->request, &why);
		else if (errand->request != 0)
			channel->logged[channel->logged_count++] = (struct logged_request){
				errand->request, rules_size(channel->rules, channel->own) - 1, false
			};
		channel->errands = errand->next;
		if (channel->errands == NULL)
			channel->errands_end = &channel->errands;
		release_memory(errand);
		channel->active = engine_monotonic(channel->engine);
	}
	return OK;
}

/* What neutrals said and is to be on record. */
static int collect_stamps(struct engine_channel *channel, struct error *error)
{
	struct error why;
	int r;

	while (channel->stamps != NULL && channel_may_log(channel) && channel_has_room(channel)) {
		r = log_stamp(channel, channel->stamps, &why);
		if (r == ERROR_WAIT)
			return OK;
		if (r != OK && !is_verdict(r)) {
			*error = why;
			return r;
		}
		if (r != OK)
			journal(JOURNAL_WARNING,
			        "channel %.20s: a neutral's word is not stamped: %s",
			        channel->charter->channel, why.message);
		stamp_remove_first(channel);
		channel->active = engine_monotonic(channel->engine);
	}
	return OK;
}

/* Why nothing can be logged just now; false when something can. */
static bool logging_is_stopped(const struct engine_channel *channel, const struct act *act,
                               struct error *error)
{
	const struct engine *engine = channel->engine;

	if (channel->read_only && !channel_is_successor(channel, act))
		error_set(error, ERROR_STATE, "nothing is logged in this channel: %s",
		          channel->reason);
	else if (!engine->clock_trusted)
		error_set(error, ERROR_CLOCK, "nothing is logged: %s", engine->clock_reason);
	else if (channel_is_held(channel) && !channel_appoints_log(act))
		error_set(error, ERROR_WAIT,
		          "nothing is logged while a successor of this log is being appointed; "
		          "try again when that is done");
	else
		return false;
	return true;
}

static int collect_submissions(struct engine_channel *channel, struct error *error)
{
	struct submission *submission;
	struct error why;
	int r;

	while ((submission = channel->submissions) != NULL &&
	       channel->logged_count < SUBMISSIONS_MAXIMUM && channel_has_room(channel)) {
		/* What the former key signs is signed before the new one begins. */
		if (channel_appoints_log(&submission->act) &&
		    channel->head_size != rules_size(channel->rules, channel->own) &&
		    !channel->read_only) {
			channel->more = true;
			break;
		}
		if (logging_is_stopped(channel, &submission->act, &why))
			r = why.code;
		else
			r = log_submission(channel, submission, &why);
		if (r != OK && r != ERROR_CLOCK && !is_verdict(r)) {
			*error = why;
			return r;
		}
		if (r != OK)
			engine_reply_error(channel->engine, submission->request, &why);
		channel->submissions = submission->next;
		if (channel->submissions == NULL)
			channel->submissions_end = &channel->submissions;
		channel->submission_count--;
		submission_free(submission);
		channel->active = engine_monotonic(channel->engine);
	}
	return OK;
}

static int store_opened(struct engine_channel *channel)
{
	struct buffer value;
	int r;

	if (!channel->opened_changed || !channel->engine->writing)
		return OK;
	buffer_init(&value, 8);
	if ((r = buffer_put_u64(&value, channel->next_to_open)) == OK)
		r = store_set_value(channel->engine->settings.store, channel->number,
		                    "next-to-open", buffer_view(&value));
	buffer_release(&value);
	channel->opened_changed = false;
	return r;
}

/* A receipt that is due by itself; one that cannot be given yet is no failure. */
static int receipt_what_came(struct engine_channel *channel, struct error *error)
{
	int r;

	if (!channel_may_log(channel) || !channel_has_room(channel))
		return OK;
	r = log_receipt_if_due(channel, false, error);
	if (r == ERROR_STATE) {
		journal(JOURNAL_NOTICE, "no receipt: %s", error->message);
		return OK;
	}
	return r;
}

int channel_collect(struct engine_channel *channel, struct error *error)
{
	int r;

	channel->more = false;
	if (channel->post.failure != OK)
		return error_set(error, channel->post.failure, "%s",
		                 store_last_error(channel->engine->settings.store)->message);
	if ((r = collect_arrivals(channel, error)) != OK || (r = post_drain(channel)) != OK ||
	    (r = settle_early_cosignature(channel)) != OK ||
	    (r = receipt_what_came(channel, error)) != OK ||
	    (r = channel_test_link(channel)) != OK || (r = collect_errands(channel, error)) != OK ||
	    (r = collect_stamps(channel, error)) != OK ||
	    (r = match_collect(channel, error)) != OK ||
	    (r = collect_submissions(channel, error)) != OK ||
	    (r = receipt_what_came(channel, error)) != OK)
		return r;
	if ((r = store_opened(channel)) != OK)
		return r;
	return link_log_store(channel);
}

/* --- sign: the keeper, and what it signed into the second transaction ---- */

/* A cosignature has a time, and none that the keeper makes later has an earlier one: it is
 * made by a clock that is believed. */
static bool cosignature_is_due(const struct engine_channel *channel)
{
	const struct their_head *head = &channel->their_head;

	return channel->engine->clock_trusted && !channel->faulted && !channel->keys_incomplete &&
	       head->note.size > 0 && head->size > channel->cosigned_size &&
	       head->size == rules_size(channel->rules, channel->other) &&
	       rules_cosignature_covered(channel->rules, channel->own, head->size);
}

/* A head of theirs that is greater than what is cosigned: all of it, some or none may
 * be here. */
static bool has_seen_more(const struct engine_channel *channel)
{
	return channel->promised.note.size > 0 || channel->their_head.size > channel->cosigned_size;
}

/* After a hello the newest one is made again, with the present time: it is what
 * the other side has, should it have lost its keeper, to show how far its log had
 * come (evidence.h). So it is not made when more was seen. */
static bool renewal_is_awaited(const struct engine_channel *channel)
{
	return channel->link.renewal_due && channel->engine->clock_trusted && !channel->faulted &&
	       !channel->read_only && !has_seen_more(channel) && channel->cosigned_size > 0 &&
	       channel->cosigned_size == channel->keeper_cosigned;
}

/* Monotonic. Not before some seconds have passed, however often the line comes up. */
static uint64_t renewal_time(const struct engine_channel *channel)
{
	return channel->cosigned_at == 0
	           ? 0
	           : channel->cosigned_at + (uint64_t)RENEWAL_INTERVAL * 1000000000;
}

static bool renewal_is_due(const struct engine_channel *channel)
{
	return renewal_is_awaited(channel) &&
	       engine_monotonic(channel->engine) >= renewal_time(channel);
}

/* What of the other log is to be cosigned, with its proof; a size of 0: nothing. */
struct to_cosign {
	uint64_t size;
	struct store_head head; /* when it is made anew */
	struct tree_proof proof;
};

static int prepare_renewal(struct engine_channel *channel, struct keeper_commit *commit,
                           struct to_cosign *cosign)
{
	int r = store_get_head(channel->engine->settings.store, channel->number, channel->other,
	                       channel->cosigned_size, NULL, &cosign->head);

	if (r != OK || cosign->head.size != channel->cosigned_size)
		return r == ERROR_NOT_FOUND ? OK : r;
	cosign->size = cosign->head.size;
	commit->head.note = cosign->head.note;
	return OK;
}

static int prepare_cosignature(struct engine_channel *channel, struct keeper_commit *commit,
                               struct to_cosign *cosign)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, channel->other));
	int r;

	if (!cosignature_is_due(channel))
		return renewal_is_due(channel) ? prepare_renewal(channel, commit, cosign) : OK;
	if ((r = tree_reader_consistency(&reader, channel->keeper_cosigned,
	                                 channel->their_head.size, &cosign->proof)) != OK)
		return r;
	cosign->size = channel->their_head.size;
	commit->head.note = buffer_view(&channel->their_head.note);
	commit->head.proof = cosign->proof.hashes;
	commit->head.proof_count = cosign->proof.count;
	return OK;
}

/* What a write here fails with is the commit's result. */
static int store_signed(struct engine_channel *channel, uint64_t size, const struct buffer *head,
                        uint64_t cosigned, const struct buffer *cosignature)
{
	struct store *store = channel->engine->settings.store;
	int r;

	if ((r = engine_write(channel->engine)) != OK)
		return r;
	if (size > channel->head_size) {
		store_put_head(store, channel->number, channel->own, size, buffer_view(head));
		buffer_clear(&channel->head_note);
		if ((r = buffer_put_bytes(&channel->head_note, buffer_view(head))) != OK)
			return r;
		channel->keeper_previous = channel->head_size;
		channel->head_size = channel->keeper_size = size;
	}
	if (cosignature->size > 0) {
		store_put_cosignature(store, channel->number, channel->other, cosigned,
		                      channel->receipt_keys[channel->own].name,
		                      buffer_view(cosignature));
		buffer_clear(&channel->cosignature);
		if ((r = buffer_put_bytes(&channel->cosignature, buffer_view(cosignature))) != OK)
			return r;
		channel->cosigned_size = channel->keeper_cosigned = cosigned;
		channel->cosigned_at = engine_monotonic(channel->engine);
		channel->link.cosignature_sent = 0;
	}
	return OK;
}

/* The keeper refuses a head that contradicts what it has cosigned before: then
 * the other side's log is forked, and the own head is signed alone. */
static int ask_keeper(struct engine_channel *channel, struct keeper_commit *commit,
                      struct buffer *head, struct buffer *cosignature, struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	struct error why = { 0 };
	int r = keeper->commit(keeper->context, commit, head, cosignature, &why);

	if (r == ERROR_FORK && commit->head.note.size > 0) {
		if ((r = channel_fault(channel, why.message, commit->head.note)) != OK)
			return error_set(error, r, "a fork of the other log cannot be stored");
		commit->head = (struct keeper_head){ 0 };
		r = keeper->commit(keeper->context, commit, head, cosignature, &why);
	}
	return r == OK ? OK : error_set(error, r, "%s", why.message);
}

/* Has the own log signed up to `size`, from `previous` on. */
static int sign_up_to(struct engine_channel *channel, uint64_t previous, uint64_t size, bool cosign,
                      struct error *error)
{
	const struct memory_tree *tree = rules_tree(channel->rules, channel->own);
	struct keeper_commit commit = {
		.channel = channel->id,
		.previous_size = previous,
		.time = engine_now(channel->engine),
		.leaf_count = (size_t)(size - previous),
	};
	struct to_cosign to_cosign = { .size = 0 };
	struct buffer head, cosignature;
	int r = OK;

	if (commit.leaf_count > 0)
		commit.leaves = tree->levels[0].hashes + previous;
	store_head_init(&to_cosign.head);
	buffer_init(&head, NOTE_MAXIMUM);
	buffer_init(&cosignature, NOTE_MAXIMUM);
	if (cosign) {
		bool waits = renewal_is_awaited(channel) && !renewal_is_due(channel);

		r = prepare_cosignature(channel, &commit, &to_cosign);
		channel->link.renewal_due = waits && to_cosign.size == 0;
	}
	if (r != OK || (commit.leaf_count == 0 && commit.head.note.size == 0))
		goto out;
	FAULT_POINT("engine-before-signing");
	if ((r = ask_keeper(channel, &commit, &head, &cosignature, error)) == OK)
		r = store_signed(channel, size, &head, to_cosign.size, &cosignature);
out:
	store_head_release(&to_cosign.head);
	buffer_release(&head);
	buffer_release(&cosignature);
	return r;
}

int channel_repeat_batch(struct engine_channel *channel, struct error *error)
{
	if (channel->read_only || channel->keeper_size <= channel->head_size)
		return OK;
	return sign_up_to(channel, channel->keeper_previous, channel->keeper_size, false, error);
}

/* Fresh keys were appointed: the keeper takes up the channel with them. */
static int take_up(struct engine_channel *channel, struct error *error)
{
	bool adopted;
	int r = channel_adopt_successor(channel, &adopted, error);

	return r == OK && adopted ? recovery_look_again(channel, error) : r;
}

int channel_sign(struct engine_channel *channel, struct error *error)
{
	int r;

	if (channel->read_only && channel->keys_changed && (r = take_up(channel, error)) != OK)
		return r;
	if (channel->read_only)
		return OK;
	if (channel->keys_changed) {
		if ((r = channel_activate_keys(channel, error)) != OK)
			return r;
		channel->keys_changed = false;
		/* The receipt key may be another: what was cosigned is cosigned by it. */
		channel->cosigned_size = 0;
	}
	return sign_up_to(channel, channel->head_size, rules_size(channel->rules, channel->own),
	                  true, error);
}

/* --- send: what is durable and signed goes out --------------------------- */

static void answer_logged(struct engine_channel *channel)
{
	for (size_t i = 0; i < channel->logged_count; i++)
		api_answer_submitted(channel, channel->logged[i].request, channel->logged[i].number,
		                     channel->logged[i].duplicate);
	channel->logged_count = 0;
}

/* An own entry counts once its head is durable. */
static bool waiter_is_done(const struct engine_channel *channel, const struct waiter *waiter)
{
	return channel->head_size > waiter->own ||
	       rules_size(channel->rules, channel->other) > waiter->theirs ||
	       channel_receipted(channel) > waiter->receipted ||
	       engine_monotonic(channel->engine) >= waiter->until;
}

/* Also before signing: what came from the other side is durable by then. */
void channel_answer_waiters(struct engine_channel *channel)
{
	struct waiter **place = &channel->waiters, *waiter;

	while ((waiter = *place) != NULL) {
		if (!waiter_is_done(channel, waiter)) {
			place = &waiter->next;
			continue;
		}
		*place = waiter->next;
		api_reply_wait(channel, waiter->request);
		release_memory(waiter);
	}
}

/* Since when the other side owes a receipt for something other than receipts; and since
 * when it is not known to hold all that is here, receipts too. */
static void note_unreceipted(struct engine_channel *channel)
{
	uint64_t receipted = channel_receipted(channel), held = receipted;
	bool only_receipts, owes;

	if (held < channel->their_cosigned_size)
		held = channel->their_cosigned_size;
	owes = rules_receipt_due(channel->rules, channel->other, &only_receipts) && !only_receipts;
	/* What was waited for has come: what is owed now is owed for less long. */
	if (!owes || receipted != channel->unreceipted_from)
		channel->unreceipted_since = channel->sent_since = 0;
	channel->unreceipted_from = receipted;
	if (owes && channel->unreceipted_since == 0)
		channel->unreceipted_since = engine_now(channel->engine);
	if (owes && channel->sent_since == 0 && channel->link.greeted &&
	    channel->link.sent > receipted)
		channel->sent_since = engine_now(channel->engine);

	if (held >= channel->head_size || held != channel->lacks_from)
		channel->lacks_at = 0;
	channel->lacks_from = held;
	if (held < channel->head_size && channel->lacks_at == 0)
		channel->lacks_at = engine_monotonic(channel->engine);
}

/* Once both sides know of a changed link key, it alone is used. What has been
 * pushed goes before the link may drop the connection for it. */
static void settle_link_keys(struct engine_channel *channel)
{
	struct error why = { 0 };

	if (channel_settle_link_keys(channel)) {
		channel->announce = true;
		if (!channel->read_only && channel_activate_keys(channel, &why) != OK)
			journal(JOURNAL_ERROR, "the new link key cannot be used: %s", why.message);
	}
	if (channel->announce)
		channel_announce(channel);
	channel->announce = false;
}

void channel_send(struct engine_channel *channel)
{
	channel_push(channel);
	note_unreceipted(channel);
	settle_link_keys(channel);
	answer_logged(channel);
	channel_answer_waiters(channel);
	request_blobs(channel);
	serve_blobs(channel);
	match_send(channel);
	neutrals_ask(channel);
}

int engine_wait(struct engine_channel *channel, uint32_t request, uint64_t own, uint64_t theirs,
                uint64_t receipted, uint64_t until, struct error *error)
{
	struct waiter *waiter = allocate(1, sizeof *waiter);

	if (waiter == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	*waiter = (struct waiter){ channel->waiters, request, own, theirs, receipted, until };
	channel->waiters = waiter;
	return OK;
}

void channel_drop_waiters(struct engine_channel *channel)
{
	struct waiter *waiter;

	while ((waiter = channel->waiters) != NULL) {
		channel->waiters = waiter->next;
		release_memory(waiter);
	}
	match_drop_people(channel);
}

void channel_fail_people(struct engine_channel *channel, const struct error *failure)
{
	for (size_t i = 0; i < channel->logged_count; i++)
		engine_reply_error(channel->engine, channel->logged[i].request, failure);
	channel->logged_count = 0;
	for (struct submission *s = channel->submissions; s != NULL; s = s->next)
		engine_reply_error(channel->engine, s->request, failure);
	for (struct waiter *w = channel->waiters; w != NULL; w = w->next)
		engine_reply_error(channel->engine, w->request, failure);
	for (struct errand *e = channel->errands; e != NULL; e = e->next)
		if (e->request != 0)
			engine_reply_error(channel->engine, e->request, failure);
	match_fail_people(channel, "", failure);
}

/* What waits for a time: blobs that may not come, entries from the future,
 * a new day's quota, people who asked to be woken. */
uint64_t channel_next_timer(const struct engine_channel *channel)
{
	enum { RETRY = 1000000000 };
	uint64_t now = engine_monotonic(channel->engine), next = recovery_timer(channel);
	uint64_t neutrals = neutrals_next_timer(channel);

	if (channel_test_timer(channel) < next)
		next = channel_test_timer(channel);
	if (post_timer(channel) < next)
		next = post_timer(channel);
	if (match_timer(channel) < next)
		next = match_timer(channel);
	if (renewal_is_awaited(channel) && renewal_time(channel) < next)
		next = renewal_time(channel);
	if (channel->submissions != NULL || channel->more ||
	    (channel->arrivals_left && channel->arrivals != NULL))
		return now;
	if (neutrals < next)
		next = neutrals;
	if (channel->arrivals != NULL && may_settle(channel)) {
		uint64_t settle = channel->arrivals->deadline > now ? channel->arrivals->deadline
		                                                    : now + RETRY;

		if (settle < next)
			next = settle;
	}
	if ((channel->errands != NULL || channel->stamps != NULL) && channel_may_log(channel) &&
	    next > now + RETRY)
		next = now + RETRY;
	for (const struct waiter *waiter = channel->waiters; waiter != NULL; waiter = waiter->next)
		if (waiter->until < next)
			next = waiter->until;
	return next;
}
