/* Two parties that keep logs: a compact way to write down what happens between
 * them, for tests of the rules and of whatever reads logs.
 *
 *     struct scenario s;
 *     struct act_place proposal;
 *
 *     scenario_init(&s, NULL);
 *     scenario_open(&s);                                  both have acceded
 *     proposal = scenario_say(&s, (struct line){ NORTH, "a.head", KIND_PROPOSE });
 *     scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_ACCEPT, .answers = &proposal });
 *     assert_verdict(&s, VOID_NONE);
 *     scenario_release(&s);
 *
 * What a line leaves out is filled in so that the act is as it should be: the
 * matter of what it answers, the text that it accepts, an expiry, a body. Each
 * act is logged one second after the one before. With `sign` the entries are
 * real ones, signed and verified, in s.entries[party][number].bytes.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "scenario_entry.h"

/* --- saying --------------------------------------------------------------- */

/* Appends an entry to its log; it is freed when the log refuses it. */
static inline struct act_place scenario_append(struct scenario *s, unsigned party,
                                               struct scenario_entry *made)
{
	struct act_place place = { party, s->counts[party] };
	struct error error;

	s->result = rules_append(s->rules, party, &made->entry, made->keys, &s->verdict, &error);
	if (s->result == OK)
		scenario_keep(s, party, made);
	else
		scenario_entry_free(made);
	s->now++;
	return place;
}

/* Logs the act and nothing else. */
static inline struct act_place scenario_log(struct scenario *s, struct line line)
{
	return scenario_append(s, line.party, scenario_make(s, s->rules, &line));
}

static inline struct act_place scenario_receipt(struct scenario *s, unsigned party)
{
	return scenario_log(s, (struct line){ party, "node", KIND_RECEIPT });
}

/* Logs the act as a node would: directly before it a receipt for all there is. */
static inline struct act_place scenario_say(struct scenario *s, struct line line)
{
	bool only_receipts;

	if (rules_receipt_due(s->rules, line.party, &only_receipts))
		scenario_receipt(s, line.party);
	return scenario_log(s, line);
}

/* Both accede, and each sees that the channel is in force. */
static inline void scenario_open(struct scenario *s)
{
	scenario_log(s, (struct line){ NORTH, "a.head", KIND_ACCEDE });
	scenario_log(s, (struct line){ SOUTH, "b.head", KIND_ACCEDE });
	scenario_receipt(s, SOUTH);
	scenario_receipt(s, NORTH);
	scenario_receipt(s, SOUTH);
	assert_int_equal(rules_channel_state(s->rules, s->now), CHANNEL_IN_FORCE);
}

/* The head accredits `name` under the key of that label. */
static inline struct act_place scenario_accredit(struct scenario *s, unsigned party,
                                                 const char *name, const char *role)
{
	char key[DELEGATE_NAME_CAPACITY + 4];

	assert_true(snprintf(key, sizeof(key), "key:%s", name) < (int)sizeof(key));
	return scenario_say(
	    s,
	    (struct line){ party, party == NORTH ? "a.head" : "b.head", KIND_ACCREDIT,
	                   .fields = { { "delegate", name }, { "role", role }, { "key", key } } });
}

/* --- asserting ------------------------------------------------------------- */

/* The line said last was logged, and is void for this reason (VOID_NONE: valid). */
#define assert_verdict(s, expected)                                                                \
	do {                                                                                       \
		assert_ok((s)->result);                                                            \
		if ((s)->verdict.reason != (expected))                                             \
			fail_msg("%s instead of %s", void_reason_name((s)->verdict.reason),        \
			         void_reason_name(expected));                                      \
		assert_int_equal((s)->verdict.code,                                                \
		                 (expected) == VOID_NONE ? VERDICT_VALID : VERDICT_VOID);          \
	} while (0)

#define assert_place(place, expected)                                                              \
	do {                                                                                       \
		assert_int_equal((place).party, (expected).party);                                 \
		assert_int_equal((place).number, (expected).number);                               \
	} while (0)

static inline enum matter_state scenario_state(const struct scenario *s, struct act_place opening,
                                               timestamp now)
{
	struct matter_summary matter;

	assert_ok(rules_matter_of(s->rules, opening, now, &matter));
	return matter.state;
}

#endif
