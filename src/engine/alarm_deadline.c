/* Obligations that are overdue, and our own that are due soon.
 *
 * Method. All deadlines up to `told`, and all beginnings of "soon" up to the second after
 * it, have been looked at; that is stored whenever something was raised. What has come due since
 * is found in the agenda by time, what is new there with a time that has passed already, by
 * its revision. So nothing is looked at twice, and a timer runs to the next of either.
 */
#include "agenda_deadline.h"
#include "alarms.h"
#include "channel_internal.h"

enum {
	SOON_MAXIMUM = 256, /* of one class and precedence, the nearest, are looked at */
	SOON_PART = 4       /* of the time that there was: no sooner than in its last part */
};

static const char told_key[] = "alarm-deadlines";

/* One look. */
struct look {
	struct engine_channel *channel;
	timestamp now, told;
	timestamp next_soon; /* the first that begins after now; 0: none */
	bool with_new;       /* what has begun before the last look, and was not there then */
	bool raised;
};

static const char *duty_words(enum obligation_duty duty)
{
	static const char *const words[DUTY_COUNT] = {
		[DUTY_ACKNOWLEDGE] = "to acknowledge",
		[DUTY_ANSWER] = "an answer to",
		[DUTY_UPDATE] = "an update of",
		[DUTY_CONCLUDE] = "the conclusion of",
		[DUTY_REVEAL] = "to open what it committed to in the swap of",
	};

	return words[duty];
}

static int raise(struct look *look, enum alarm_kind kind, const struct agenda_deadline *deadline)
{
	struct engine_channel *channel = look->channel;
	const struct act_summary *act = rules_act(channel->rules, deadline->act);
	const char *party = channel->charter->parties[deadline->side].id;
	char time[TIMESTAMP_CAPACITY];
	struct alarm_event event;

	alarm_begin(&event, kind, channel);
	alarm_about(&event, channel, deadline->act);
	alarm_owed(&event, party, obligation_duty_name(deadline->duty), deadline->time);
	timestamp_format(deadline->time, time);
	alarm_say(&event, "%s owes %s %s (%s) by %s%s", party, duty_words(deadline->duty),
	          event.act, event.act_kind, time, kind == ALARM_OVERDUE ? ", which is over" : "");
	alarm_identify(&event, &act->leaf,
	               (uint64_t)deadline->time * DUTY_COUNT + (unsigned)deadline->duty);
	look->raised = true;
	return alarms_raise(channel->engine, &event);
}

static int take_overdue(void *context, const struct agenda_deadline *deadline)
{
	return raise(context, ALARM_OVERDUE, deadline);
}

/* When it is due soon: as the configuration says, but in the last part of its time. */
static timestamp soon_from(const struct engine_channel *channel,
                           const struct agenda_deadline *deadline)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	int64_t soon = channel->engine->settings.configuration->alarm_soon;
	size_t count = 0;

	if (rules_obligations(channel->rules, deadline->act, 0, obligations, &count) != OK)
		count = 0;
	for (size_t i = 0; i < count; i++) {
		int64_t span = deadline->time - obligations[i].started;

		if (obligations[i].duty == deadline->duty &&
		    obligations[i].owed_by == deadline->side && obligations[i].started != 0 &&
		    span / SOON_PART < soon)
			soon = span / SOON_PART;
	}
	return deadline->time - soon;
}

static int take_soon(void *context, const struct agenda_deadline *deadline)
{
	struct look *look = context;
	timestamp from = soon_from(look->channel, deadline);

	if (from > look->now) {
		if (look->next_soon == 0 || from < look->next_soon)
			look->next_soon = from;
		return OK;
	}
	return look->with_new == (from <= look->told + 1) ? raise(look, ALARM_DUE_SOON, deadline)
	                                                  : OK;
}

/* New in the agenda, and late or nearly so already. */
static int take_change(void *context, const struct agenda_deadline *deadline)
{
	struct look *look = context;

	if (deadline->time <= look->told)
		return raise(look, ALARM_OVERDUE, deadline);
	if (deadline->time < look->now || deadline->side != look->channel->own)
		return OK;
	return take_soon(look, deadline);
}

/* What the node knew at its last start has been told; what is new is not. */
static int load_told(struct engine_channel *channel)
{
	struct alarm_deadlines *deadlines = &channel->deadlines;
	struct buffer value;
	struct cursor cursor;
	uint64_t told = 0;
	int r;

	buffer_init(&value, 8);
	r = store_get_value(channel->engine->settings.store, channel->number, told_key, &value);
	cursor = cursor_over(buffer_view(&value));
	if (r == OK && (r = cursor_get_u64(&cursor, &told)) == OK && told > TIMESTAMP_MAXIMUM)
		r = ERROR_SYNTAX;
	buffer_release(&value);
	if (r != OK && r != ERROR_NOT_FOUND)
		return r;
	deadlines->told = (timestamp)told;
	deadlines->revision = agenda_revision(channel->agenda);
	deadlines->loaded = true;
	return OK;
}

static int store_told(struct engine_channel *channel)
{
	struct engine *engine = channel->engine;
	struct buffer value;
	int r;

	if (!alarms_may_write(engine))
		return OK;
	buffer_init(&value, 8);
	if ((r = buffer_put_u64(&value, (uint64_t)channel->deadlines.told)) == OK &&
	    (r = engine_write(engine)) == OK)
		r = store_set_value(engine->settings.store, channel->number, told_key,
		                    buffer_view(&value));
	buffer_release(&value);
	return r;
}

static timestamp earlier(timestamp a, timestamp b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

static int look_at(struct engine_channel *channel, timestamp now)
{
	struct alarm_deadlines *deadlines = &channel->deadlines;
	const struct agenda *agenda = channel->agenda;
	unsigned own = 1U << channel->own;
	int64_t soon = channel->engine->settings.configuration->alarm_soon;
	struct look look = { .channel = channel, .now = now, .told = deadlines->told };
	int r;

	/* At its very end it is not overdue yet. */
	if ((r = agenda_walk_deadlines(agenda, AGENDA_BOTH_SIDES, look.told, now - 1, SIZE_MAX,
	                               take_overdue, &look)) != OK ||
	    (r = agenda_walk_deadlines(agenda, own, now - 1, now + soon, SOON_MAXIMUM, take_soon,
	                               &look)) != OK)
		return r;
	look.with_new = true;
	if ((r = agenda_walk_changes(agenda, &deadlines->revision, take_change, &look)) != OK)
		return r;
	deadlines->told = now - 1;
	deadlines->next = agenda_next_deadline(agenda, AGENDA_BOTH_SIDES, now - 1);
	if (deadlines->next != 0)
		deadlines->next++;
	deadlines->next = earlier(deadlines->next, look.next_soon);
	look.next_soon = agenda_next_deadline(agenda, own, now + soon);
	if (look.next_soon != 0)
		deadlines->next = earlier(deadlines->next, look.next_soon - soon);
	return look.raised ? store_told(channel) : OK;
}

int alarm_deadlines(struct engine_channel *channel)
{
	struct alarm_deadlines *deadlines = &channel->deadlines;
	timestamp now = engine_now(channel->engine);
	int r;

	/* A clock that is wrong would make everything overdue. */
	if (!channel->engine->clock_trusted)
		return OK;
	if ((r = agenda_update(channel->agenda)) != OK ||
	    (!deadlines->loaded && (r = load_told(channel)) != OK))
		return r;
	if (deadlines->revision == agenda_revision(channel->agenda) && deadlines->looked &&
	    (deadlines->next == 0 || now < deadlines->next))
		return OK;
	deadlines->looked = true;
	return look_at(channel, now);
}

uint64_t alarm_deadline_timer(const struct engine_channel *channel)
{
	timestamp next = channel->deadlines.next;

	return next == 0 || !channel->engine->clock_trusted ? UINT64_MAX
	                                                    : alarm_clock(channel->engine, next);
}
