/* North has asked, and certifies that south is silent by a span: what is shown is chosen by
 * hand from the logs, honestly or not. */
#ifndef SPAN_FIXTURE_H
#define SPAN_FIXTURE_H

#include "silence_span.h"
#include "stamp_fixture.h"

enum { SHOWN_MAXIMUM = 64 };

static struct scenario s;
static struct silence silence;
static struct silence_statement statement;
static struct silence_evidence evidence;
static struct silence_shown shown[SHOWN_MAXIMUM];
static struct checkpoint heads[2];
static struct act_place asked;

static inline int set_up(void **state)
{
	(void)state;
	scenario_init_with_neutrals(&s, NULL);
	scenario_open(&s);
	asked = scenario_say(&s,
	                     (struct line){ NORTH, "a.head", KIND_REQUEST, .precedence = "flash" });
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	scenario_release(&s);
	return 0;
}

static inline void pass(timestamp seconds)
{
	s.now += seconds;
}

static inline struct act_place stamp_south(timestamp time)
{
	scenario_receipt(&s, NORTH);
	return scenario_prove(
	    &s, NORTH, (struct word){ STAMP_CHECKPOINT, SOUTH, rules_size(s.rules, SOUTH), time });
}

/* --- what is shown ------------------------------------------------------------------- */

static inline void show(struct act_place place)
{
	assert_true(evidence.count < SHOWN_MAXIMUM);
	shown[evidence.count++] = (struct silence_shown){
		.place = place,
		.generation = 1,
		.entry = &s.entries[place.party][place.number]->entry,
		.valid = rules_act(s.rules, place)->verdict.code == VERDICT_VALID,
	};
}

static inline struct checkpoint head_of(unsigned party, uint64_t size)
{
	struct word word = { STAMP_CHECKPOINT, party, size, s.now };

	return word_head(s.charter, s.rules, &word);
}

static inline void set_edge(uint64_t first)
{
	edge_init(&statement.before);
	for (uint64_t i = 0; i < first; i++)
		assert_ok(edge_append(&statement.before, &s.entries[SOUTH][i]->entry.leaf));
}

static inline void set_path(uint64_t size)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(s.rules, NORTH));

	assert_ok(tree_reader_inclusion(&reader, asked.number, size, &statement.path));
}

static inline void begin(enum obligation_duty duty)
{
	statement = (struct silence_statement){
		.act = { .party = "north",
		         .generation = 1,
		         .number = asked.number,
		         .leaf = s.entries[NORTH][asked.number]->entry.leaf },
		.duty = duty,
		.form = SILENCE_SPAN,
	};
	for (unsigned party = 0; party < 2; party++)
		heads[party] = head_of(party, rules_size(s.rules, party));
	evidence = (struct silence_evidence){
		.charter = s.charter,
		.statement = &statement,
		.act = asked,
		.shown = shown,
		.heads = { &heads[NORTH], &heads[SOUTH] },
	};
}

static inline enum silence_verdict judge(void)
{
	assert_ok(silence_span_judge(&evidence, &silence));
	return silence.verdict;
}

static inline void assert_judged(enum silence_verdict expected)
{
	enum silence_verdict verdict = judge();

	if (verdict != expected)
		fail_msg("%s instead of %s", silence_verdict_name(verdict),
		         silence_verdict_name(expected));
}

/* What an honest certifier shows. */
static inline void show_honestly(enum obligation_duty duty)
{
	struct silence_plan plan;

	begin(duty);
	silence_judge(s.rules, s.charter, asked, duty, s.now, &silence);
	assert_int_equal(silence.verdict, SILENCE_CERTIFIED);
	assert_ok(silence_span_plan(s.rules, &silence, &statement, &plan));
	show(asked);
	for (size_t i = 0; i < plan.stamp_count; i++)
		show(plan.stamps[i]);
	for (uint64_t i = plan.first; i < plan.size; i++)
		show((struct act_place){ SOUTH, i });
}

/* South receipts, and nothing comes until a neutral has seen its head after the deadline. */
static inline void be_silent(void)
{
	scenario_receipt(&s, SOUTH);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
}

/* --- what else may be shown -------------------------------------------------- */

static inline struct act_place answer(void)
{
	struct act_place place = scenario_say(
	    &s, (struct line){ SOUTH, "b.head", KIND_NOT_HELD, .answers = &asked });

	assert_verdict(&s, VOID_NONE);
	return place;
}

static inline void show_span(uint64_t first, uint64_t end)
{
	set_edge(first);
	for (uint64_t i = first; i < end; i++)
		show((struct act_place){ SOUTH, i });
}

#endif
