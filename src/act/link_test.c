#include "link_test.h"

/* Parts of the clock: after one a side tests though it is the other's turn; after the other a
 * test that was due has failed. */
enum { TAKE_OVER_PART = 4, PATIENCE_PART = 2 };

void link_tests_note(struct link_tests *tests, const struct rules *rules, struct act_place place)
{
	const struct act_summary *act = rules_act(rules, place);
	uint64_t *echoed;

	if (act->verdict.code != VERDICT_VALID)
		return;
	if (act->kind->number == KIND_TEST) {
		tests->test[place.party] = place.number + 1;
	} else if (act->kind->number == KIND_ECHO) {
		echoed = &tests->echoed[act->target.party];
		tests->echo[place.party] = place.number + 1;
		if (*echoed < act->target.number + 1)
			*echoed = act->target.number + 1;
	}
}

static const struct act_summary *act_at(const struct rules *rules, unsigned party, uint64_t after)
{
	return after == 0 ? NULL : rules_act(rules, (struct act_place){ party, after - 1 });
}

/* Who made the last echo, and when; of two at one time the charter's first party's. */
static bool last_echo(const struct link_tests *tests, const struct rules *rules,
                      unsigned *ret_party, timestamp *ret_logged)
{
	bool found = false;

	for (unsigned party = 0; party < 2; party++) {
		const struct act_summary *echo = act_at(rules, party, tests->echo[party]);

		if (echo == NULL || (found && echo->logged <= *ret_logged))
			continue;
		*ret_party = party;
		*ret_logged = echo->logged;
		found = true;
	}
	return found;
}

/* When a test succeeded last, as this side knows it. An echo of its own that is not receipted
 * proves one direction only. */
static timestamp last_success(const struct link_tests *tests, const struct rules *rules,
                              unsigned own)
{
	const struct act_summary *ours = act_at(rules, own, tests->echo[own]);
	const struct act_summary *theirs = act_at(rules, 1 - own, tests->echo[1 - own]);
	timestamp last = theirs != NULL ? theirs->logged : 0;

	if (ours != NULL && ours->receipted_by != UINT64_MAX && ours->logged > last)
		last = ours->logged;
	return last;
}

/* Whether links are tested at all: not before both are in, nor after a side has left. */
static bool is_tested(const struct rules *rules, timestamp now)
{
	enum channel_state state = rules_channel_state(rules, now);

	return state == CHANNEL_IN_FORCE || state == CHANNEL_SUSPENDED;
}

/* When the channel came into force, or a little before: the later accession. */
static timestamp beginning(const struct rules *rules)
{
	timestamp latest = 0;

	for (unsigned party = 0; party < 2; party++) {
		const struct act_summary *accession = act_at(rules, party, 1);

		if (accession != NULL && accession->logged > latest)
			latest = accession->logged;
	}
	return latest;
}

void link_tests_plan(const struct link_tests *tests, const struct rules *rules,
                     const struct charter *charter, unsigned own, timestamp since, timestamp now,
                     struct link_test_plan *ret_plan)
{
	int64_t every = charter->link_test_every, take_over = every / TAKE_OVER_PART;
	struct link_test_plan plan = { .waiting = tests->test[own] > tests->echoed[own] };
	timestamp begin, due, fails;

	plan.last = last_success(tests, rules, own);
	if (!last_echo(tests, rules, &plan.next_by, &begin))
		begin = beginning(rules);
	if (is_tested(rules, now)) {
		plan.next = begin + every;
		plan.own_next = plan.next_by == own ? plan.next
		                                    : plan.next + (take_over > 0 ? take_over : 1);
		due = (plan.last != 0 ? plan.last : begin) + every;
		if (due < since)
			due = since;
		fails = due + (every + PATIENCE_PART - 1) / PATIENCE_PART;
		plan.failed = now >= fails ? (uint64_t)((now - fails) / every) + 1 : 0;
		plan.failing = plan.failed > 0 ? due : 0;
		plan.has_failed = plan.failed >= charter->link_test_failures;
		plan.next_fail = fails + (int64_t)plan.failed * every;
	}
	*ret_plan = plan;
}
