/* Reading the agenda: the trees merged, what has changed since at the end, counts. */
#include "agenda_internal.h"

static const char *const state_names[AGENDA_STATE_COUNT] = {
	[AGENDA_WAITING] = "waiting",         [AGENDA_DUE] = "due",
	[AGENDA_PUT_OFF] = "deferred",        [AGENDA_OVERDUE] = "overdue",
	[AGENDA_SILENT] = "silent",           [AGENDA_IS_REFUSED] = "refused",
	[AGENDA_UNRECEIPTED] = "unreceipted", [AGENDA_WITHHELD] = "withheld",
	[AGENDA_IS_UNREAD] = "unread",
};

const char *agenda_state_name(enum agenda_state state)
{
	return (size_t)state < AGENDA_STATE_COUNT ? state_names[state] : NULL;
}

enum agenda_state agenda_state_by_name(struct bytes name)
{
	unsigned state = 0;

	while (state < AGENDA_STATE_COUNT && !bytes_equal_string(name, state_names[state]))
		state++;
	return (enum agenda_state)state;
}

/* --- states ---------------------------------------------------------------- */

static enum agenda_state state_at(unsigned class, timestamp time, timestamp now)
{
	const struct agenda_class_row *row = &agenda_classes[class];

	if (time == AGENDA_NEVER)
		return row->never;
	return time < now ? row->passed : row->coming;
}

/* Where of one class and precedence the next state begins after that of a key, or the
 * next precedence. False when there is none. */
static bool next_state(const struct agenda_key *key, timestamp now, struct agenda_key *ret_key)
{
	*ret_key = (struct agenda_key){ .precedence = key->precedence, .rank = key->rank };
	if (key->time < now) {
		ret_key->time = now;
	} else if (key->time < AGENDA_NEVER) {
		ret_key->time = AGENDA_NEVER;
	} else {
		ret_key->precedence++;
		ret_key->rank = 0;
	}
	return ret_key->precedence <= PRECEDENCE_COUNT;
}

static bool is_asked_for(const struct agenda_query *query, unsigned class, timestamp time,
                         timestamp now)
{
	return (query->states >> state_at(class, time, now) & 1) != 0;
}

/* --- what was there when the reading began ------------------------------------- */

/* The key directly after another. */
static struct agenda_key key_after(const struct agenda_key *key)
{
	struct agenda_key after = *key;

	after.side++;
	return after;
}

/* The first node of a tree from the cursor's key on that is asked for. */
static uint32_t first_in_tree(const struct agenda *agenda, unsigned side, unsigned class,
                              const struct agenda_query *query, const struct agenda_cursor *cursor)
{
	uint32_t root = agenda->trees[side][class];
	struct agenda_key from = cursor->next;

	for (;;) {
		uint32_t node = agenda_tree_from(agenda->nodes, root, &from);
		const struct agenda_key *key;

		if (node == AGENDA_NONE)
			return node;
		key = &agenda->nodes[node].key;
		if (!is_asked_for(query, class, key->time, cursor->now)) {
			if (!next_state(key, cursor->now, &from))
				return AGENDA_NONE;
		} else if (agenda->items[node].revision > cursor->revision) {
			from = key_after(key);
		} else {
			return node;
		}
	}
}

/* Whether items of a class can be of a state that is asked for. */
static bool is_of_interest(const struct agenda_query *query, unsigned class)
{
	const struct agenda_class_row *row = &agenda_classes[class];

	return (query->states & (1U << row->passed | 1U << row->coming | 1U << row->never)) != 0;
}

static uint32_t first_of_all(const struct agenda *agenda, const struct agenda_query *query,
                             const struct agenda_cursor *cursor)
{
	uint32_t first = AGENDA_NONE;

	for (unsigned side = 0; side < 2; side++) {
		if ((query->sides >> side & 1) == 0)
			continue;
		for (unsigned class = 0; class < AGENDA_CLASS_COUNT; class ++) {
			uint32_t node;

			if (!is_of_interest(query, class) ||
			    (node = first_in_tree(agenda, side, class, query, cursor)) ==
			        AGENDA_NONE)
				continue;
			if (first == AGENDA_NONE ||
			    agenda_key_compare(&agenda->nodes[node].key,
			                       &agenda->nodes[first].key) < 0)
				first = node;
		}
	}
	return first;
}

/* --- what came or moved since ------------------------------------------------- */

/* The first that is asked for of those after `given`; they are at the young end. */
static uint32_t first_changed(const struct agenda *agenda, const struct agenda_query *query,
                              const struct agenda_cursor *cursor)
{
	uint32_t node = cursor->hint;

	if (node == AGENDA_NONE) {
		uint32_t older = agenda->newest;

		while (older != AGENDA_NONE && agenda->items[older].revision > cursor->given) {
			node = older;
			older = agenda->items[older].older;
		}
	} else {
		node = agenda->items[node].newer;
	}
	for (; node != AGENDA_NONE; node = agenda->items[node].newer) {
		const struct agenda_key *key = &agenda->nodes[node].key;

		if ((query->sides >> key->side & 1) != 0 &&
		    is_asked_for(query, key->class, key->time, cursor->now))
			break;
	}
	return node;
}

/* --- what a reader is given ---------------------------------------------------- */

/* The obligation of a node, as it is now. False when it is none any more. */
static bool find_obligation(const struct agenda *agenda, const struct agenda_key *key,
                            timestamp now, struct obligation *ret_obligation)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	struct act_place place = { key->party, key->number };
	size_t count;

	if (rules_obligations(agenda->rules, place, now, obligations, &count) != OK)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (obligations[i].owed_by != key->side || obligations[i].duty != key->duty ||
		    obligations[i].state == OBLIGATION_MET)
			continue;
		*ret_obligation = obligations[i];
		return true;
	}
	return false;
}

static bool describe(const struct agenda *agenda, uint32_t node, timestamp now,
                     struct agenda_item *ret_item)
{
	const struct agenda_key *key = &agenda->nodes[node].key;
	struct agenda_item item = {
		.act = { key->party, key->number },
		.side = key->side,
		.class = (enum agenda_class)key->class,
		.state = state_at(key->class, key->time, now),
		.time = key->time == AGENDA_NEVER ? 0 : key->time,
	};

	if (key->class == AGENDA_REFUSED)
		item.by = (struct act_place){ key->side,
			                      rules_act(agenda->rules, item.act)->answered_by };
	if ((key->class == AGENDA_ANSWER || key->class == AGENDA_DUTY ||
	     key->class == AGENDA_DEFERRED) &&
	    !find_obligation(agenda, key, now, &item.obligation))
		return false;
	*ret_item = item;
	return true;
}

void agenda_begin(const struct agenda *agenda, timestamp now, struct agenda_cursor *ret_cursor)
{
	*ret_cursor = (struct agenda_cursor){
		.epoch = agenda->epoch,
		.now = now,
		.revision = agenda->revision,
		.hint = AGENDA_NONE,
	};
}

bool agenda_knows(const struct agenda *agenda, const struct agenda_cursor *cursor)
{
	return cursor->epoch == agenda->epoch && cursor->revision <= agenda->revision;
}

/* The node that comes next, and the cursor after it. */
static uint32_t step(const struct agenda *agenda, const struct agenda_query *query,
                     struct agenda_cursor *cursor)
{
	uint32_t node;

	if (!cursor->changed) {
		if ((node = first_of_all(agenda, query, cursor)) != AGENDA_NONE) {
			cursor->next = key_after(&agenda->nodes[node].key);
			return node;
		}
		cursor->changed = true;
		cursor->given = cursor->revision;
	}
	if ((node = first_changed(agenda, query, cursor)) != AGENDA_NONE) {
		cursor->given = agenda->items[node].revision;
		cursor->hint = node;
	}
	return node;
}

bool agenda_next(const struct agenda *agenda, const struct agenda_query *query,
                 struct agenda_cursor *cursor, struct agenda_item *ret_item)
{
	uint32_t node;

	if (!agenda_knows(agenda, cursor))
		return false;
	while ((node = step(agenda, query, cursor)) != AGENDA_NONE)
		if (describe(agenda, node, cursor->now, ret_item))
			return true;
	return false;
}

/* --- counts -------------------------------------------------------------------- */

static uint64_t count_between(const struct agenda *agenda, uint32_t root,
                              const struct agenda_key *from, const struct agenda_key *to)
{
	return agenda_tree_rank(agenda->nodes, root, to) -
	       agenda_tree_rank(agenda->nodes, root, from);
}

void agenda_count(const struct agenda *agenda, unsigned side, timestamp now,
                  uint64_t ret_counts[AGENDA_STATE_COUNT])
{
	memset(ret_counts, 0, AGENDA_STATE_COUNT * sizeof(*ret_counts));
	for (unsigned class = 0; class < AGENDA_CLASS_COUNT; class ++) {
		uint32_t root = agenda->trees[side][class];
		struct agenda_key from = { .precedence = 0 }, to;
		bool more = root != AGENDA_NONE;

		for (; more; from = to) {
			more = next_state(&from, now, &to);
			ret_counts[state_at(class, from.time, now)] += count_between(agenda, root,
			                                                             &from, &to);
		}
	}
}
