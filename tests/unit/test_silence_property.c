/* Silence in random histories: what the short form certifies, chosen by whoever likes, is never
 * answered by the rules; what the rules certify and the short form can show comes to the same
 * deadline or to a later one. */
#include "history.h"
#include "silence_span.h"

enum { HISTORIES = 500, STEPS = 160, TRIES = 60 };

static struct scenario s;
static uint64_t running = 1; /* the seed */
static uint64_t certified[SILENCE_FORM_COUNT], forged, deemed;

struct showing {
	struct silence_statement statement;
	struct silence_evidence evidence;
	struct checkpoint heads[2];
	struct silence_shown shown[2 * HISTORY_ENTRIES_MAXIMUM + 8];
};

static void show(const struct history *h, const struct rules *rules, struct showing *showing,
                 struct act_place place)
{
	showing->shown[showing->evidence.count++] = (struct silence_shown){
		.place = place,
		.generation = rules_generation(rules, place.party, place.number),
		.entry = &h->s->entries[place.party][place.number]->entry,
		.valid = rules_act(rules, place)->verdict.code == VERDICT_VALID,
	};
}

static void begin(const struct history *h, const struct rules *rules, struct showing *showing,
                  struct act_place act, enum obligation_duty duty)
{
	showing->statement = (struct silence_statement){
		.act = { .generation = rules_generation(rules, act.party, act.number),
		         .number = act.number,
		         .leaf = rules_act(rules, act)->leaf },
		.duty = duty,
		.form = SILENCE_SPAN,
	};
	memcpy(showing->statement.act.party, h->s->charter->parties[act.party].id,
	       PARTY_ID_CAPACITY);
	showing->evidence = (struct silence_evidence){
		.charter = h->s->charter,
		.statement = &showing->statement,
		.act = act,
		.shown = showing->shown,
	};
	for (unsigned party = 0; party < 2; party++) {
		struct tree_reader reader = memory_tree_reader(rules_tree(rules, party));
		struct checkpoint *head = &showing->heads[party];

		*head = (struct checkpoint){ .size = rules_size(rules, party) };
		assert_ok(tree_reader_root(&reader, head->size, &head->root));
		showing->evidence.heads[party] = head;
	}
	show(h, rules, showing, act);
}

static void show_span(const struct history *h, const struct rules *rules, struct showing *showing,
                      unsigned party, uint64_t first)
{
	edge_init(&showing->statement.before);
	for (uint64_t i = 0; i < rules_size(rules, party); i++) {
		struct act_place place = { party, i };

		if (i < first)
			assert_ok(edge_append(&showing->statement.before,
			                      &rules_act(rules, place)->leaf));
		else
			show(h, rules, showing, place);
	}
}

/* --- honestly ---------------------------------------------------------------------- */

static void assert_unanswered(const struct rules *rules, const struct silence *silence)
{
	for (uint64_t i = 0; i < rules_size(rules, silence->silent); i++) {
		const struct act_summary *act = rules_act(rules,
		                                          (struct act_place){ silence->silent, i });

		if (act->verdict.code != VERDICT_VALID || !act->has_answers ||
		    act->answers.party != silence->act.party ||
		    act->answers.number != silence->act.number)
			continue;
		/* To publish something is no answer to it. */
		assert_true(act->kind->number == KIND_COMMENT ||
		            act->kind->number == KIND_PUBLISH ||
		            (silence->duty == DUTY_ANSWER &&
		             (act->kind->number == KIND_ACK || act->kind->number == KIND_DEFER)));
	}
}

static void be_honest(const struct history *h, const struct rules *rules, struct showing *showing,
                      struct act_place act, enum obligation_duty duty)
{
	struct silence whole, span;
	struct silence_plan plan;

	silence_judge(rules, h->s->charter, act, duty, TIMESTAMP_MAXIMUM, &whole);
	if (whole.verdict != SILENCE_CERTIFIED)
		return;
	certified[SILENCE_WHOLE]++;
	deemed += whole.deemed;
	assert_true(whole.late == SILENCE_BY_CLOSE || whole.late_time > whole.deadline);
	assert_unanswered(rules, &whole);
	begin(h, rules, showing, act, duty);
	if (silence_span_plan(rules, &whole, &showing->statement, &plan) != OK)
		return;
	for (size_t i = 0; i < plan.stamp_count; i++)
		show(h, rules, showing, plan.stamps[i]);
	for (uint64_t i = plan.first; i < plan.size; i++)
		show(h, rules, showing, (struct act_place){ whole.silent, i });
	assert_ok(silence_span_judge(&showing->evidence, &span));
	if (span.verdict != SILENCE_CERTIFIED)
		return;
	certified[SILENCE_SPAN]++;
	/* A span cannot show that the depositary has denied a certificate, and says so. */
	if (!span.deemed)
		assert_true(span.deadline >= whole.deadline);
	assert_int_equal(span.silent, whole.silent);
}

/* --- otherwise ---------------------------------------------------------------------- */

/* Mostly what some receipt names, or a size by chance. */
static uint64_t choose_size(struct history *h, const struct rules *rules, struct act_place act)
{
	uint64_t size = rules_size(rules, act.party);

	for (unsigned i = 0; i < 8; i++) {
		struct act_place place = { 1 - act.party, 0 };
		uint64_t seen;

		place.number = history_below(h, rules_size(rules, place.party));
		seen = rules_act(rules, place)->seen;
		if (seen > act.number && history_chance(h, 60))
			return seen;
	}
	return act.number + 1 + history_below(h, size - act.number);
}

/* Mostly at a receipt. */
static uint64_t choose_first(struct history *h, const struct rules *rules, unsigned party)
{
	struct act_place place = { party, 0 };

	for (unsigned i = 0; i < 12; i++) {
		place.number = history_below(h, rules_size(rules, party));
		if (rules_act(rules, place)->kind->number == KIND_RECEIPT)
			break;
	}
	return history_chance(h, 20) ? 0 : place.number;
}

static void choose_path(struct history *h, const struct rules *rules, struct showing *showing,
                        struct act_place act)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(rules, act.party));
	uint64_t chosen = choose_size(h, rules, act);

	assert_ok(tree_reader_inclusion(&reader, act.number, chosen, &showing->statement.path));
}

/* Any beginning, any root, all stamps; now and then a gap. */
static void be_dishonest(struct history *h, const struct rules *rules, struct showing *showing,
                         struct act_place act, enum obligation_duty duty)
{
	unsigned silent = 1 - act.party;
	struct silence whole, span;

	if (rules_size(rules, silent) == 0)
		return;
	begin(h, rules, showing, act, duty);
	for (uint64_t i = 0; i < rules_size(rules, act.party); i++) {
		struct act_place place = { act.party, i };

		if (rules_act(rules, place)->kind->number == KIND_STAMP)
			show(h, rules, showing, place);
	}
	show_span(h, rules, showing, silent, choose_first(h, rules, silent));
	choose_path(h, rules, showing, act);
	if (history_chance(h, 20)) {
		size_t gap = (size_t)history_below(h, showing->evidence.count);

		showing->shown[gap] = showing->shown[--showing->evidence.count];
	}
	assert_ok(silence_span_judge(&showing->evidence, &span));
	if (span.verdict != SILENCE_CERTIFIED)
		return;
	forged++;
	silence_judge(rules, h->s->charter, act, duty, TIMESTAMP_MAXIMUM, &whole);
	/* What a span leaves open, and nothing else. */
	switch (whole.verdict) {
	case SILENCE_CERTIFIED:
	case SILENCE_RETRACTED:
	case SILENCE_RELEASED:
	case SILENCE_OWN_LOG_TOO_EARLY:
	case SILENCE_NO_CLOCK:
		return;
	case SILENCE_NO_LATE_HEAD:
	case SILENCE_NOT_DUE:
		/* By an amended charter, or a deposit that is denied. */
		assert_true(rules_act(rules, act)->charter > 1 || span.deemed);
		return;
	default:
		fail_msg("a span certifies what is %s", silence_verdict_name(whole.verdict));
	}
}

/* --- histories ----------------------------------------------------------------------- */

static void run(uint64_t seed)
{
	static struct showing showing;
	struct history h;

	history_init(&h, &s, seed);
	for (unsigned step = 0; step < STEPS; step++)
		history_step(&h);
	h.clock += SCENARIO_DAY;
	for (unsigned step = 0; step < STEPS / 8; step++)
		history_step(&h);
	for (unsigned side = 0; side < 2; side++) {
		const struct rules *rules;

		history_deliver(&h, side, UINT64_MAX);
		rules = h.nodes[side];
		for (unsigned i = 0; i < TRIES; i++) {
			struct act_place act = { (unsigned)history_below(&h, 2), 0 };
			enum obligation_duty duty = history_chance(&h, 50) ? DUTY_ANSWER
			                                                   : DUTY_ACKNOWLEDGE;

			if (rules_size(rules, act.party) == 0)
				continue;
			act.number = history_below(&h, rules_size(rules, act.party));
			be_honest(&h, rules, &showing, act, duty);
			be_dishonest(&h, rules, &showing, act, duty);
		}
	}
	history_release(&h);
}

static void test_histories(void **state)
{
	const char *seeds = getenv("CHIRO_SEEDS");

	(void)state;
	for (; running <= (seeds == NULL ? HISTORIES : strtoull(seeds, NULL, 10)); running++)
		run(running);
	print_message("certified: whole %llu, spans %llu, deemed %llu; of any spans %llu\n",
	              (unsigned long long)certified[SILENCE_WHOLE],
	              (unsigned long long)certified[SILENCE_SPAN], (unsigned long long)deemed,
	              (unsigned long long)forged);
	assert_true(certified[SILENCE_WHOLE] > 100);
	assert_true(certified[SILENCE_SPAN] > 100);
	assert_true(deemed > 10);
	assert_true(forged > 25); /* few of any spans show anything at all */
}

/* Short clocks, so that much is overdue. */
static int set_up(void **state)
{
	struct charter model = fixture_charter();
	struct buffer vkeys[2];

	(void)state;
	charter_name_neutrals(&model, vkeys);
	model.deemed_allowance = 600;
	for (unsigned i = 0; i < PRECEDENCE_COUNT; i++)
		model.acknowledge[i] = (i + 1) * 60;
	model.clocks[CLOCK_REQUEST] = model.request_flash = model.clocks[CLOCK_POSITION] = 120;
	scenario_init(&s, &model);
	buffer_release(&vkeys[0]);
	buffer_release(&vkeys[1]);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scenario_release(&s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_histories) };

	int failed = cmocka_run_group_tests(tests, set_up, tear_down);

	if (failed != 0)
		print_message("the seed is %llu\n", (unsigned long long)running);
	return failed;
}
