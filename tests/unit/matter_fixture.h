/* Two sides that say things in matters, each in the name of its head: for tests of what may
 * follow and of the states that follow from it. */
#ifndef MATTER_FIXTURE_H
#define MATTER_FIXTURE_H

#include "scenario.h"

static struct scenario s;

static inline int set_up(void **state)
{
	(void)state;
	scenario_init(&s, NULL);
	scenario_open(&s);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	scenario_release(&s);
	return 0;
}

static inline struct act_place say(unsigned party, enum kind_number kind,
                                   const struct act_place *answers)
{
	const char *author = party == NORTH ? "a.head" : "b.head";

	return scenario_say(&s, (struct line){ party, author, kind, .answers = answers });
}

/* The same without a receipt before: concurrent with what has not been seen. */
static inline struct act_place blurt(unsigned party, enum kind_number kind,
                                     const struct act_place *answers)
{
	const char *author = party == NORTH ? "a.head" : "b.head";

	return scenario_log(&s, (struct line){ party, author, kind, .answers = answers });
}

static inline struct act_place retract(unsigned party, const struct act_place *target, bool seeing)
{
	struct line line = { party, party == NORTH ? "a.head" : "b.head", KIND_RETRACT,
		             .target = target };

	return seeing ? scenario_say(&s, line) : scenario_log(&s, line);
}

static inline struct act_place report(unsigned party, enum kind_number kind,
                                      const struct act_place *matter)
{
	const char *author = party == NORTH ? "a.head" : "b.head";

	return scenario_say(&s, (struct line){ party, author, kind, .matter = matter });
}

/* Says something with one field. */
static inline struct act_place say_with(unsigned party, enum kind_number kind,
                                        const struct act_place *answers, const char *name,
                                        const char *value)
{
	return scenario_say(&s, (struct line){ party, party == NORTH ? "a.head" : "b.head", kind,
	                                       .answers = answers, .fields = { { name, value } } });
}

/* What an act that asks inside a matter has come to. */
static inline enum matter_state inner_state(struct act_place place)
{
	enum matter_state state;

	assert_ok(rules_state_of(s.rules, place, s.now, &state));
	return state;
}

/* The duty of this kind that an act gives rise to; false when it gives none. */
static inline bool find_duty(struct act_place place, enum obligation_duty duty,
                             struct obligation *ret_obligation)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	size_t count;

	assert_ok(rules_obligations(s.rules, place, s.now, obligations, &count));
	for (size_t i = 0; i < count; i++)
		if (obligations[i].duty == duty) {
			*ret_obligation = obligations[i];
			return true;
		}
	return false;
}

#define assert_state(opening, expected)                                                            \
	assert_string_equal(matter_state_name(scenario_state(&s, opening, s.now)),                 \
	                    matter_state_name(expected))

#define assert_inner_state(place, expected)                                                        \
	assert_string_equal(matter_state_name(inner_state(place)), matter_state_name(expected))

#endif
