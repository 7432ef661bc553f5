#include "channel_internal.h"
#include "journal.h"

#include <stdio.h>

/* At each start, and whenever something was copied, three memories are compared:
 *
 *     the database    what is there, and the newest own head that is durable
 *     the keeper      what it has signed and cosigned
 *     others          a head of the own log that they were given, and have shown
 *
 * Equal, or the keeper ahead by a batch whose entries are durable: the next turn
 * repeats the batch, and nobody notices. In any other case nothing may be logged:
 *
 *     entries are missing         they are copied, from whoever has them, until they
 *                                 are what the keeper signed and what was shown
 *     the keeper knows too little it recovers, on evidence (evidence.h)
 *
 * and then the channel can be written to again, without a start. */

static const struct {
	const char *name, *sentence;
} troubles[TROUBLE_COUNT] = {
	[TROUBLE_NONE] = { "none", "" },
	[TROUBLE_NO_KEYS] = { "no-keys", "the keeper has no keys for this channel" },
	[TROUBLE_KEEPER_LOST] = { "keeper-lost",
	                          "the keeper has lost its state and cannot know what it signed" },
	[TROUBLE_KEEPER_BEHIND] = { "keeper-behind", "the keeper's state is older than the last "
	                                             "head that it signed" },
	[TROUBLE_DATABASE_BEHIND] = { "database-behind", "the database is older than the keeper: "
	                                                 "it was restored from a copy" },
	[TROUBLE_ROLLED_BACK] = { "rolled-back",
	                          "a head of our log was shown that this node has lost: it was "
	                          "restored from an older copy, or runs twice" },
	[TROUBLE_TWO_HISTORIES] = { "two-histories",
	                            "a head of our log was shown that has other entries than are "
	                            "here: this node was restored from an older copy and wrote "
	                            "on, or runs twice" },
	[TROUBLE_OTHER_ENTRIES] = { "other-entries",
	                            "the database holds other entries than the keeper signed" },
	[TROUBLE_OTHER_COSIGNED] = { "other-cosigned",
	                             "the database holds other entries of the other side than the "
	                             "keeper cosigned" },
	[TROUBLE_KEYS] = { "keys", "the keeper does not have the keys that the log names" },
};

const char *channel_trouble_name(enum channel_trouble trouble)
{
	return troubles[trouble].name;
}

/* --- comparing ------------------------------------------------------------------ */

static const struct keeper_channel_status *find_status(const struct keeper_status *status,
                                                       const struct hash *id)
{
	for (size_t i = 0; i < status->channel_count; i++)
		if (hash_equal(&status->channels[i].channel, id))
			return &status->channels[i];
	return NULL;
}

bool recovery_goes_by_shown(const struct engine_channel *channel)
{
	const struct channel_recovery *recovery = &channel->recovery;

	return recovery->shown.size > 0 &&
	       recovery->shown.generation >= rules_generations(channel->rules, channel->own);
}

/* The database against what others have shown. */
static enum channel_trouble compare_shown(const struct engine_channel *channel)
{
	const struct channel_recovery *recovery = &channel->recovery;

	if (!recovery_goes_by_shown(channel) ||
	    channel_has_root(channel, channel->own, recovery->shown.size, &recovery->shown.root))
		return TROUBLE_NONE;
	return recovery->shown.size > rules_size(channel->rules, channel->own)
	           ? TROUBLE_ROLLED_BACK
	           : TROUBLE_TWO_HISTORIES;
}

/* The database against what the keeper remembers. */
static enum channel_trouble compare_keeper(const struct engine_channel *channel)
{
	const struct keeper_channel_status *keeper = &channel->recovery.keeper;

	if (keeper->cosigned_size > rules_size(channel->rules, channel->other))
		return TROUBLE_DATABASE_BEHIND;
	if (!channel_has_root(channel, channel->own, keeper->own_size, &keeper->own_root))
		return TROUBLE_OTHER_ENTRIES;
	if (keeper->cosigned_size > 0 &&
	    !channel_has_root(channel, channel->other, keeper->cosigned_size,
	                      &keeper->cosigned_root))
		return TROUBLE_OTHER_COSIGNED;
	return keeper->own_size < channel->head_size ? TROUBLE_KEEPER_BEHIND : TROUBLE_NONE;
}

/* What is missing comes first: only when it is here does it show whether the keeper
 * knows enough. */
static enum channel_trouble diagnose(const struct engine_channel *channel)
{
	const struct channel_recovery *recovery = &channel->recovery;
	enum channel_trouble trouble;

	if (!recovery->keeper_known)
		return TROUBLE_NO_KEYS;
	if (recovery->keeper.own_size > rules_size(channel->rules, channel->own))
		return TROUBLE_DATABASE_BEHIND;
	if ((trouble = compare_shown(channel)) != TROUBLE_NONE)
		return trouble;
	return recovery->keeper.state_lost ? TROUBLE_KEEPER_LOST : compare_keeper(channel);
}

static void compare(struct engine_channel *channel, const struct keeper_status *status)
{
	const struct keeper_channel_status *keeper = find_status(status, &channel->id);
	struct channel_recovery *recovery = &channel->recovery;

	recovery->keeper_known = keeper != NULL;
	recovery->keeper = keeper != NULL ? *keeper : (struct keeper_channel_status){ 0 };
	for (unsigned party = 0; party < 2; party++)
		recovery->compared[party] = rules_size(channel->rules, party);
	recovery->compared_head = channel->head_size;
	recovery->trouble = diagnose(channel);
}

/* It had not been written to; the reason that stays is a fault of the other side. */
static int allow_writing(struct engine_channel *channel)
{
	struct buffer fault;
	int r = OK;

	if (!channel->read_only)
		return OK;
	channel->read_only = channel->copying = channel->recovery.asked = false;
	channel->recovery.refusal[0] = channel->reason[0] = '\0';
	buffer_init(&fault, REASON_CAPACITY - 1);
	if (channel->faulted) {
		r = store_get_value(channel->engine->settings.store, channel->number, "fault",
		                    &fault);
		if (r == OK || r == ERROR_NOT_FOUND)
			r = bytes_to_string(buffer_view(&fault), channel->reason,
			                    sizeof channel->reason);
	}
	buffer_release(&fault);
	journal(JOURNAL_NOTICE, "channel %.20s is recovered: it is written to again",
	        channel->charter->channel);
	channel->more = true;
	return r;
}

int channel_reconcile(struct engine_channel *channel, const struct keeper_status *status,
                      struct error *error)
{
	struct channel_recovery *recovery = &channel->recovery;
	struct error why = { 0 };
	bool adopted;
	int r;

	compare(channel, status);
	/* An appointment that was durable before an abrupt end. */
	if (recovery->trouble == TROUBLE_NO_KEYS || recovery->trouble == TROUBLE_KEEPER_LOST) {
		if ((r = channel_adopt_successor(channel, &adopted, error)) != OK || adopted)
			return r == OK ? recovery_look_again(channel, error) : r;
	}
	if (recovery->trouble != TROUBLE_NONE) {
		channel_refuse_writing(channel, troubles[recovery->trouble].sentence);
		return OK;
	}
	channel->keeper_cosigned = recovery->keeper.cosigned_size;
	channel->keeper_size = recovery->keeper.own_size;
	channel->keeper_previous = recovery->keeper.previous_size;
	if (recovery->keeper.faulted && !channel->faulted) {
		channel->faulted = true;
		snprintf(channel->reason, sizeof channel->reason,
		         "the other side signed two heads of one size");
	}
	if ((r = channel_activate_keys(channel, &why)) == ERROR_IO || r == ERROR_MEMORY)
		return error_set(error, r, "%s", why.message);
	if (r != OK) {
		recovery->trouble = TROUBLE_KEYS;
		channel_refuse_writing(channel, troubles[TROUBLE_KEYS].sentence);
		return OK;
	}
	if ((r = allow_writing(channel)) != OK)
		return error_set(error, r, "the database cannot be read");
	return OK;
}

/* --- heads that others have shown -------------------------------------------------- */

static void remember_shown(struct channel_recovery *recovery, const struct head_origin *origin)
{
	recovery->shown.size = origin->checkpoint.size;
	recovery->shown.root = origin->checkpoint.root;
	recovery->shown.generation = origin->generation;
}

int recovery_load(struct engine_channel *channel)
{
	struct channel_recovery *recovery = &channel->recovery;
	struct head_origin head;
	struct buffer value;
	int r;

	buffer_init(&value, NOTE_MAXIMUM);
	r = store_get_value(channel->engine->settings.store, channel->number, "rolled-back",
	                    &value);
	if (r == OK && channel_read_head(channel, buffer_view(&value), &head, NULL) == OK)
		remember_shown(recovery, &head);
	buffer_release(&value);
	recovery->trouble = compare_shown(channel);
	if (recovery->trouble != TROUBLE_NONE)
		channel_refuse_writing(channel, troubles[recovery->trouble].sentence);
	return r == ERROR_NOT_FOUND ? OK : r;
}

int channel_rolled_back(struct engine_channel *channel, struct bytes note)
{
	struct channel_recovery *recovery = &channel->recovery;
	struct head_origin head;
	int r;

	if ((r = channel_read_head(channel, note, &head, NULL)) != OK)
		return r;
	/* The appointing key has had the log go on from elsewhere. */
	if (head.generation < rules_generations(channel->rules, channel->own))
		return OK;
	/* The greatest that is not here tells what is missing. */
	if (compare_shown(channel) == TROUBLE_NONE || head.checkpoint.size > recovery->shown.size) {
		if ((r = engine_write(channel->engine)) != OK ||
		    (r = store_set_value(channel->engine->settings.store, channel->number,
		                         "rolled-back", note)) != OK)
			return r;
		remember_shown(recovery, &head);
	}
	recovery->trouble = diagnose(channel);
	channel_refuse_writing(channel, troubles[recovery->trouble].sentence);
	return OK;
}

/* --- coming back --------------------------------------------------------------------- */

enum { ASK_ANEW = 30 /* seconds between attempts to get fresh evidence */ };

int recovery_look_again(struct engine_channel *channel, struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	struct keeper_status status = { 0 };
	int r;

	if ((r = keeper->status(keeper->context, &status, error)) != OK)
		return r;
	r = channel_reconcile(channel, &status, error);
	keeper_status_release(&status);
	return r;
}

static bool has_moved(const struct engine_channel *channel)
{
	const struct channel_recovery *recovery = &channel->recovery;

	return recovery->compared[0] != rules_size(channel->rules, 0) ||
	       recovery->compared[1] != rules_size(channel->rules, 1) ||
	       recovery->compared_head != channel->head_size;
}

bool recovery_is_keepers(const struct engine_channel *channel)
{
	return channel->recovery.trouble == TROUBLE_KEEPER_LOST ||
	       channel->recovery.trouble == TROUBLE_KEEPER_BEHIND;
}

/* The counterpart cosigns anew after each hello, witnesses whenever they are asked. */
static void ask_anew(struct engine_channel *channel)
{
	static const char reason[] = "a fresh cosignature is needed: please connect again";
	struct channel_recovery *recovery = &channel->recovery;
	uint64_t now = engine_monotonic(channel->engine);

	if (recovery->asked_anew != 0 &&
	    now - recovery->asked_anew < (uint64_t)ASK_ANEW * 1000000000)
		return;
	recovery->asked_anew = now;
	if (channel->link.greeted && channel->charter->quorum == 0)
		channel_close_link(channel, ERROR_STATE, reason);
	neutrals_ask_anew(channel);
}

static int try_keeper(struct engine_channel *channel, struct error *error)
{
	struct channel_recovery *recovery = &channel->recovery;
	struct evidence evidence;
	struct error why = { 0 };
	struct buffer note;
	int r;

	buffer_init(&note, NOTE_MAXIMUM);
	if ((r = recovery_evidence(channel, &note, &evidence, &why)) == OK &&
	    !evidence_is_enough(&evidence)) {
		ask_anew(channel);
		goto out;
	}
	if (r == OK) {
		FAULT_POINT("engine-before-recovery");
		r = recovery_ask_keeper(channel, buffer_view(&note), &why);
		FAULT_POINT("engine-after-recovery");
	}
	if (r == ERROR_IO || r == ERROR_MEMORY) {
		*error = why;
		goto out;
	}
	if (r != OK) {
		/* Nothing is different at once: it is tried again when a person asks. */
		recovery->asked = false;
		snprintf(recovery->refusal, sizeof recovery->refusal, "%s", why.message);
		journal(JOURNAL_ERROR, "channel %.20s: the keeper does not recover: %s",
		        channel->charter->channel, why.message);
	}
	r = recovery_look_again(channel, error);
out:
	buffer_release(&note);
	return r;
}

/* A mirror has no keeper; what its node lost may come with the next copy. */
static void look_again_in_mirror(struct engine_channel *channel)
{
	channel->recovery.trouble = compare_shown(channel);
	if (channel->recovery.trouble != TROUBLE_NONE)
		return;
	channel->reason[0] = '\0';
	channel_make_mirror(channel);
}

int recovery_step(struct engine_channel *channel, struct error *error)
{
	int r;

	if (channel->recovery.trouble == TROUBLE_NONE)
		return OK;
	if (channel->engine->settings.mirror) {
		look_again_in_mirror(channel);
		return OK;
	}
	if (has_moved(channel) && (r = recovery_look_again(channel, error)) != OK)
		return r;
	return channel->recovery.asked && recovery_is_keepers(channel) ? try_keeper(channel, error)
	                                                               : OK;
}

uint64_t recovery_timer(const struct engine_channel *channel)
{
	if (!channel->recovery.asked || !recovery_is_keepers(channel))
		return UINT64_MAX;
	return channel->recovery.asked_anew + (uint64_t)ASK_ANEW * 1000000000;
}

/* --- for people ----------------------------------------------------------------------- */

void engine_recover(struct engine_channel *channel)
{
	if (channel->recovery.trouble == TROUBLE_NONE)
		return;
	channel->recovery.asked = true;
	channel->recovery.refusal[0] = '\0';
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

int engine_report_recovery(struct engine_channel *channel, struct recovery_report *ret_report,
                           struct error *error)
{
	const struct channel_recovery *recovery = &channel->recovery;
	struct recovery_report report = {
		.head_size = channel->head_size,
		.keeper_lost = recovery->keeper.state_lost,
		.keeper_size = recovery->trouble == TROUBLE_NONE ? channel->keeper_size
		                                                 : recovery->keeper.own_size,
		.bodies = channel->wanted_count,
	};
	struct buffer note;
	int r;

	for (unsigned party = 0; party < 2; party++)
		report.held[party] = rules_size(channel->rules, party);
	report.known[channel->own] = greater(report.held[channel->own], recovery->keeper.own_size);
	if (recovery_goes_by_shown(channel))
		report.known[channel->own] = greater(report.known[channel->own],
		                                     recovery->shown.size);
	report.known[channel->other] = greater(report.held[channel->other],
	                                       recovery->keeper.cosigned_size);
	buffer_init(&note, NOTE_MAXIMUM);
	r = recovery_evidence(channel, &note, &report.evidence, error);
	buffer_release(&note);
	if (r == ERROR_MEMORY || r == ERROR_IO)
		return r;
	*ret_report = report;
	return OK;
}
