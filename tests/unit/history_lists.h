/* What a party of a random history says about lists. See history.h. */
#ifndef HISTORY_LISTS_H
#define HISTORY_LISTS_H

#include "scenario.h"

#include <stdio.h>

/* Numbers decide, which the caller draws at random. */
struct list_choice {
	char texts[2][160];
};

static inline void list_put(struct line *line, struct list_choice *choice, size_t index,
                            const char *name, const char *value)
{
	assert_true(snprintf(choice->texts[index], sizeof(choice->texts[index]), "%s", value) > 0);
	line->fields[index].name = name;
	line->fields[index].value = choice->texts[index];
}

/* Mostly in order; seldom with more pairs than the charter allows, a key that is none, a
 * commitment that was there before, a version that is not the first, a body too many. */
static inline void list_choose_opening(struct line *line, struct list_choice *choice,
                                       uint64_t drawn)
{
	static const char *const modes[] = { "opened", "match-only", "match-only", "swap", "swap" };
	const char *mode = modes[drawn % 5];
	uint64_t wrong = drawn / 5 % 20;

	list_put(line, choice, 0, "mode", mode);
	if (strcmp(mode, "match-only") == 0 && wrong < 2)
		list_put(line, choice, 1, "asn",
		         wrong == 0 ? FIXTURE_ELEMENT " 1048577 " FIXTURE_HASH " -"
		                    : FIXTURE_HASH " 4096 " FIXTURE_HASH " -");
	if (strcmp(mode, "swap") == 0 && wrong < 7)
		list_put(line, choice, 1, "commitment", FIXTURE_HASH);
	if (wrong == 2)
		list_put(line, choice, 1, "epoch", "2");
	line->body = wrong >= 7 && wrong < 11;
}

static inline void list_choose_fields(struct line *line, struct list_choice *choice, timestamp now,
                                      uint64_t drawn)
{
	static const char *const refusals[] = { "budget", "epoch", "retired", "lost" };
	char day[TIMESTAMP_CAPACITY];

	switch (line->kind) {
	case KIND_LIST:
		list_choose_opening(line, choice, drawn);
		break;
	case KIND_REVEAL:
		if (drawn % 8 == 0)
			list_put(line, choice, 0, "epoch", "2");
		break;
	case KIND_QUERY:
		list_put(line, choice, 0, "class", drawn % 10 == 0 ? "asn" : "domain");
		if (drawn / 10 % 10 == 0)
			list_put(line, choice, 1, "epoch", "2");
		break;
	case KIND_REPLY:
		if (drawn % 2 == 0)
			list_put(line, choice, 0, "refused", refusals[drawn / 2 % 4]);
		break;
	case KIND_TALLY:
		timestamp_format(
		    now - now % SCENARIO_DAY + (drawn % 10 == 0 ? 2 * SCENARIO_DAY : 0), day);
		list_put(line, choice, 0, "day", day);
		line->fields[1].name = "today";
		line->fields[1].value = drawn / 10 % 3 == 0 ? "17" : "1000";
		line->fields[2].name = "count";
		line->fields[2].value = drawn / 10 % 3 == 0 ? "17" : "1000";
		line->fields[3].name = "class";
		line->fields[3].value = "domain";
		break;
	default:
		break;
	}
}

/* Whether an act about a list can name this one, as far as a glance tells. */
static inline bool list_suits(const struct line *line, const struct act_summary *act)
{
	bool own = act->place.party == line->party;

	switch (line->kind) {
	case KIND_TALLY:
		return act->kind->number == KIND_LIST && act->word == LIST_MATCH_ONLY;
	case KIND_QUERY:
		return !own && act->kind->number == KIND_LIST && act->word == LIST_MATCH_ONLY;
	case KIND_REVEAL:
		return own && act->kind->number == KIND_LIST && act->word == LIST_SWAP &&
		       (act->has_answers || act->answered_by != UINT64_MAX);
	case KIND_LIST:
		return !own && act->kind->number == KIND_LIST && act->word == LIST_SWAP &&
		       act->answered_by == UINT64_MAX;
	default:
		return own && act->kind->number == KIND_LIST;
	}
}

/* Whether the party has committed to a list in a swap, and not opened it. */
static inline bool list_waits(const struct rules *rules, unsigned party)
{
	struct list_summary list;

	for (size_t i = 0; rules_list_at(rules, i, &list) == OK; i++)
		if (list.owner == party && list.has_pair && !list.revealed)
			return true;
	return false;
}

static inline bool list_concerns(enum kind_number kind)
{
	return kind == KIND_LIST || kind == KIND_REVEAL || kind == KIND_UPDATE_LIST ||
	       kind == KIND_RETIRE_LIST || kind == KIND_QUERY || kind == KIND_TALLY;
}

#endif
