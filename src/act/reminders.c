#include "reminders.h"

#include "charter.h"

/* Later than any end. */
#define NEVER TIMESTAMP_MAXIMUM

struct reminder_list {
	struct reminder *items;
	size_t count;
	timestamp now;
};

const char *reminder_name(enum reminder_what what)
{
	static const char *const names[REMINDER_COUNT] = {
		[REMINDER_NO_HEAD] = "no-head",       [REMINDER_NO_COSIGNER] = "no-cosigner",
		[REMINDER_HEAD_ALONE] = "head-alone", [REMINDER_ENDS] = "ends",
		[REMINDER_ENDED] = "ended",
	};

	return names[what];
}

/* Whether `a` comes first: what has ended lately before what ended long ago. */
static bool weighs_more(const struct reminder *a, const struct reminder *b)
{
	if (a->what != b->what)
		return a->what < b->what;
	return a->what == REMINDER_ENDED ? a->time > b->time : a->time < b->time;
}

/* Puts it into its place; of too many the least is dropped. */
static void add(struct reminder_list *list, const struct reminder *reminder)
{
	size_t place = list->count;

	while (place > 0 && weighs_more(reminder, &list->items[place - 1]))
		place--;
	if (place == REMINDERS_MAXIMUM)
		return;
	if (list->count < REMINDERS_MAXIMUM)
		list->count++;
	for (size_t i = list->count - 1; i > place; i--)
		list->items[i] = list->items[i - 1];
	list->items[place] = *reminder;
}

static bool is_person(const struct delegate *delegate)
{
	return (delegate->role & (ROLE_NODE | ROLE_APPOINTING)) == 0;
}

/* The last `logged` for which a delegate may sign. */
static timestamp end_of(const struct delegate *delegate)
{
	return delegate->until == 0 ? NEVER : delegate->until;
}

static void add_ends(struct reminder_list *list, const struct delegate *delegate)
{
	timestamp end = end_of(delegate);
	struct reminder reminder = { .delegate = delegate, .time = end };

	if (end == NEVER || end > list->now + REMINDER_WINDOW || end < list->now - REMINDER_WINDOW)
		return;
	reminder.what = end < list->now ? REMINDER_ENDED : REMINDER_ENDS;
	reminder.urgent = end >= list->now && end <= list->now + REMINDER_URGENT;
	add(list, &reminder);
}

/* Until when somebody other than the head, in one of these roles, can sign; 0 when
 * nobody was ever accredited to, or all were recalled. */
static timestamp last_end(const struct delegate *delegates, size_t count, unsigned roles)
{
	timestamp last = 0;

	for (size_t i = 0; i < count; i++)
		if (!delegates[i].recalled && is_person(&delegates[i]) &&
		    delegates[i].role != ROLE_HEAD && (delegates[i].role & roles) != 0 &&
		    end_of(&delegates[i]) > last)
			last = end_of(&delegates[i]);
	return last;
}

/* The kind for which the second signature is missing first: the head can sign
 * every act of people, so one other person is enough. NULL: none within the window. */
static const struct kind *first_without_cosigner(const struct charter *charter,
                                                 const struct delegate *delegates, size_t count,
                                                 timestamp before, timestamp *ret_time)
{
	const struct kind *first = NULL;

	for (unsigned number = 0; number < KIND_COUNT; number++) {
		const struct kind *kind = kind_by_number((enum kind_number)number);
		timestamp end;

		if (!kind_set_has(&charter->two_signatures, kind->number) ||
		    kind->cosigner == ABSENT)
			continue;
		end = last_end(delegates, count, kind->signers | ROLE_DEPUTY);
		if (end > before || (first != NULL && end >= *ret_time))
			continue;
		first = kind;
		*ret_time = end;
	}
	return first;
}

/* What one side cannot sign, or soon cannot. */
static void add_about_party(struct reminder_list *list, const struct rules *rules,
                            const struct charter *charter, unsigned party,
                            const struct delegate *delegates, size_t count)
{
	struct reminder reminder = { .what = REMINDER_NO_HEAD, .urgent = true };
	unsigned anybody = ROLE_DEPUTY | ROLE_OFFICER | ROLE_DUTY;
	timestamp soon = list->now + REMINDER_WINDOW;

	if (rules_head(rules, party) == NULL) {
		for (size_t i = 0; i < count; i++)
			if (delegates[i].role == ROLE_HEAD && delegates[i].ended > reminder.time)
				reminder.time = delegates[i].ended;
		add(list, &reminder);
		return;
	}
	reminder.what = REMINDER_NO_COSIGNER;
	reminder.kind = first_without_cosigner(charter, delegates, count, soon, &reminder.time);
	if (reminder.kind == NULL) {
		reminder.what = REMINDER_HEAD_ALONE;
		reminder.time = last_end(delegates, count, anybody);
		/* A head who was always alone is not reminded of it. */
		if (reminder.time > soon || reminder.time < list->now - REMINDER_WINDOW)
			return;
	}
	reminder.urgent = reminder.time != 0 && reminder.time <= list->now + REMINDER_URGENT;
	add(list, &reminder);
}

size_t reminders_list(const struct rules *rules, const struct charter *charter, unsigned party,
                      timestamp now, struct reminder ret_reminders[REMINDERS_MAXIMUM])
{
	struct reminder_list list = { .items = ret_reminders, .now = now };
	const struct delegate *delegates;
	size_t count;

	if (rules_size(rules, party) == 0 || rules_has_closed(rules, party))
		return 0;
	delegates = rules_delegates(rules, party, &count);
	add_about_party(&list, rules, charter, party, delegates, count);
	for (size_t i = 0; i < count; i++)
		if (!delegates[i].recalled && is_person(&delegates[i]))
			add_ends(&list, &delegates[i]);
	return list.count;
}
