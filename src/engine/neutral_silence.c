/* When the other side owes something that is overdue, and has said nothing since: a
 * neutral's word that its log has come no further, put on record.
 *
 * Against a side that has gone dark its last head is older than every deadline, and shows
 * nothing. So the newest head that is held of its log is cosigned once more, after the
 * deadline, and the cosigned head is stamped: this is what a certificate of silence rests
 * on (silence.h). One stamp serves all that was overdue by then, and there is a pause
 * between two. A neutral that knows of a longer log says so instead. */
#include "neutral.h"

#include "allocate.h"
#include "channel_internal.h"
#include "grow.h"

#define SECOND UINT64_C(1000000000)

/* The shortest clock there is by default: no clock that starts now ends before it is looked
 * again, and two stamps are as far apart. */
static uint64_t pause_of(const struct engine_channel *channel)
{
	return (uint64_t)channel_charter(channel)->acknowledge[PRECEDENCE_FLASH] * SECOND;
}

/* When it is looked again: after the next deadline, or for clocks that have started since.
 * Not more often than four times within the shortest clock: all that is open is looked at. */
static uint64_t next_look(const struct engine_channel *channel)
{
	const struct silence_watch *watch = &channel->silence;
	uint64_t pause = pause_of(channel), earliest = watch->looked + pause / 4;

	if (watch->next < watch->looked + pause)
		return watch->next > earliest ? watch->next : earliest;
	return watch->looked + pause;
}

static bool can_be_asked(const struct engine_channel *channel)
{
	for (size_t i = 0; i < channel->neutral_count; i++)
		if (channel->neutrals[i].url != NULL)
			return true;
	return false;
}

uint64_t silence_due(const struct engine_channel *channel)
{
	const struct silence_watch *watch = &channel->silence;

	if (!can_be_asked(channel) || channel->read_only || channel->faulted ||
	    rules_has_closed(channel->rules, channel->other) ||
	    (watch->count == 0 && watch->looked_at == rules_size(channel->rules, channel->own)))
		return UINT64_MAX;
	return watch->looked == 0 ? 0 : next_look(channel);
}

/* --- what is watched -------------------------------------------------------------- */

static bool may_oblige(const struct act_summary *act)
{
	return act->verdict.code == VERDICT_VALID &&
	       (act->precedence != PRECEDENCE_COUNT || act->reading_clock != CLOCK_NONE ||
	        act->answer_clock != CLOCK_NONE);
}

static int watch_new_acts(struct engine_channel *channel)
{
	struct silence_watch *watch = &channel->silence;
	uint64_t size = rules_size(channel->rules, channel->own);

	for (; watch->looked_at < size; watch->looked_at++) {
		struct act_place place = { channel->own, watch->looked_at };
		void *grown;

		if (!may_oblige(rules_act(channel->rules, place)))
			continue;
		grown = grow(watch->acts, watch->count, &watch->capacity, sizeof *watch->acts);
		if (grown == NULL)
			return ERROR_MEMORY;
		watch->acts = grown;
		watch->acts[watch->count++] = place.number;
	}
	return OK;
}

/* What the acts that are watched make the other side owe: the latest deadline that has
 * passed, and the next to come; 0 for none. */
struct deadlines {
	timestamp overdue, next;
};

static void note_deadline(struct deadlines *deadlines, const struct obligation *obligation)
{
	timestamp deadline = obligation->deadline;

	if (obligation->state == OBLIGATION_OVERDUE) {
		if (deadline > deadlines->overdue)
			deadlines->overdue = deadline;
	} else if (deadline != 0 && (deadlines->next == 0 || deadline < deadlines->next)) {
		deadlines->next = deadline;
	}
}

/* Whether an act makes it owe anything still. */
static bool is_owed(const struct engine_channel *channel, uint64_t number,
                    struct deadlines *deadlines)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	struct act_place place = { channel->own, number };
	const struct act_summary *act = rules_act(channel->rules, place);
	size_t count = 0;
	bool owed = act->obliges_nobody;

	if (rules_obligations(channel->rules, place, engine_now(channel->engine), obligations,
	                      &count) != OK)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct obligation *obligation = &obligations[i];

		if (obligation->owed_by != channel->other || obligation->state == OBLIGATION_MET)
			continue;
		owed = true;
		note_deadline(deadlines, obligation);
	}
	return owed;
}

/* What is owed no more is watched no more. */
static struct deadlines look_through(struct engine_channel *channel)
{
	struct silence_watch *watch = &channel->silence;
	struct deadlines deadlines = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < watch->count; i++)
		if (is_owed(channel, watch->acts[i], &deadlines))
			watch->acts[kept++] = watch->acts[i];
	watch->count = kept;
	return deadlines;
}

/* --- what is wanted ---------------------------------------------------------------- */

static bool is_shown(const struct engine_channel *channel, timestamp deadline)
{
	struct stamp_summary stamp;

	if (rules_last_logged(channel->rules, channel->other) > deadline ||
	    rules_stamped_after(channel->rules, channel->other, deadline, &stamp))
		return true;
	for (const struct waiting_stamp *waiting = channel->stamps; waiting != NULL;
	     waiting = waiting->next)
		if (waiting->party == channel->other)
			return true;
	return false;
}

static void want(struct engine_channel *channel, timestamp deadline)
{
	channel->silence.wanted = deadline;
	for (size_t i = 0; i < channel->neutral_count; i++) {
		struct neutral_log *log = &channel->neutrals[i].logs[channel->other];

		/* Whoever holds more than is held here cannot cosign less. */
		log->anew = deadline != 0 && log->ahead_of != channel->their_head.size;
	}
}

int silence_look(struct engine_channel *channel)
{
	struct silence_watch *watch = &channel->silence;
	uint64_t now = engine_monotonic(channel->engine);
	struct deadlines deadlines;
	int r;

	if ((r = watch_new_acts(channel)) != OK)
		return r;
	deadlines = look_through(channel);
	watch->looked = now;
	watch->next = UINT64_MAX;
	if (deadlines.next != 0)
		watch->next = now +
		              (uint64_t)(deadlines.next + 1 - engine_now(channel->engine)) * SECOND;
	if (deadlines.overdue == 0 || is_shown(channel, deadlines.overdue)) {
		if (watch->wanted != 0)
			want(channel, 0);
		return OK;
	}
	if (watch->stamped == 0 || now >= watch->stamped + pause_of(channel))
		want(channel, deadlines.overdue);
	return OK;
}

int silence_take_line(struct engine_channel *channel, unsigned party, struct bytes note,
                      timestamp time)
{
	int r;

	if (party != channel->other || channel->silence.wanted == 0 ||
	    time <= channel->silence.wanted)
		return OK;
	if ((r = stamp_add(channel, party, note)) != OK)
		return r;
	channel->silence.stamped = engine_monotonic(channel->engine);
	want(channel, 0);
	return OK;
}

void silence_release(struct engine_channel *channel)
{
	release_memory(channel->silence.acts);
	channel->silence = (struct silence_watch){ 0 };
}
