/* What becomes of acts that crossed does not depend on whose come first in display order.
 *
 * Each history is played twice: once the side that opens the matter is the charter's first
 * party, once its second. A prefix of acts, each seen by both, is followed by two that
 * cross, or by two of one side and one of the other. The matter must come to the same state
 * both times, and the same must be legal in it then. All histories of that form are tried, in
 * every kind of matter. */
#include "scenario.h"

enum { STEPS_MAXIMUM = 8, CHOICES_MAXIMUM = 256, OPENER = 0, OTHER = 1 };

/* What one of the sides says about an act that was said before. */
struct step {
	unsigned side; /* OPENER, OTHER */
	enum kind_number kind;
	size_t about; /* index of that act */
	const char *word;
};

struct story {
	struct step steps[STEPS_MAXIMUM];
	size_t count;
	size_t crossing; /* from here on nothing is received */
};

static struct scenario s;
static const char *mode; /* of a list; else NULL */
static struct act_place said[STEPS_MAXIMUM + 1];
static uint64_t played;

static unsigned party_of(unsigned side, unsigned opener)
{
	return side == OPENER ? opener : 1 - opener;
}

static bool names(enum kind_number kind, const struct act_summary *act)
{
	return kind == KIND_RETRACT ||
	       kind_set_has(&kind_by_number(kind)->answerable, act->kind->number);
}

/* The version of the list that a side knows when it says a step. */
static const char *version_at(const struct story *story, size_t index)
{
	static char text[8];
	size_t known = index < story->crossing ? index : story->crossing, epoch = 1;

	for (size_t i = 0; i < known; i++)
		epoch += story->steps[i].kind == KIND_UPDATE_LIST;
	assert_true(snprintf(text, sizeof(text), "%zu", epoch) > 0);
	return text;
}

static void tell(const struct story *story, size_t at, unsigned opener)
{
	const struct step *step = &story->steps[at];
	size_t index = at + 1;
	bool seeing = at < story->crossing;
	unsigned party = party_of(step->side, opener);
	struct line line = { .party = party,
		             .author = party == NORTH ? "a.head" : "b.head",
		             .kind = step->kind };
	const struct act_place *about = &said[step->about];

	if (step->kind == KIND_RETRACT)
		line.target = about;
	else if (names(step->kind, rules_act(s.rules, *about)))
		line.answers = about;
	else
		line.matter = &said[0];
	if (step->word != NULL) {
		line.fields[0].name = "extent";
		line.fields[0].value = step->word;
	}
	if (step->kind == KIND_LIST) {
		line.fields[0].name = "mode";
		line.fields[0].value = "swap";
	}
	if (step->kind == KIND_QUERY) {
		line.fields[0].name = "epoch";
		line.fields[0].value = version_at(story, at);
	}
	said[index] = seeing ? scenario_say(&s, line) : scenario_log(&s, line);
	assert_verdict(&s, VOID_NONE);
}

static void receipt_all(void)
{
	for (unsigned i = 0; i < 4; i++)
		if (rules_receipted(s.rules, i % 2) < rules_size(s.rules, 1 - i % 2))
			scenario_receipt(&s, i % 2);
}

/* Plays it, and leaves what both have received all of. */
static void play(const struct story *story, enum kind_number opening, unsigned opener)
{
	scenario_clear(&s);
	scenario_open(&s);
	said[0] = scenario_say(&s, (struct line){ opener, opener == NORTH ? "a.head" : "b.head",
	                                          opening, .fields = { { "mode", mode } } });
	assert_verdict(&s, VOID_NONE);
	for (size_t i = 0; i < story->count; i++) {
		if (i == story->crossing)
			receipt_all();
		tell(story, i, opener);
	}
	receipt_all();
	played++;
}

static size_t add_choice(struct step *choices, size_t count, struct step step)
{
	static const char *const words[] = { "all", "part" };

	if (step.kind != KIND_PROVIDE && step.kind != KIND_REPORT) {
		assert_true(count < CHOICES_MAXIMUM);
		choices[count++] = step;
		return count;
	}
	for (size_t i = 0; i < 2; i++) {
		assert_true(count < CHOICES_MAXIMUM);
		step.word = words[i];
		choices[count++] = step;
	}
	return count;
}

/* What a side can say now, that has a part in the matter. */
static size_t choices_of(const struct story *story, unsigned side, unsigned opener,
                         struct step *choices)
{
	size_t count = 0;

	for (size_t about = 0; about <= story->count; about++) {
		const struct act_summary *act = rules_act(s.rules, said[about]);
		struct kind_set legal;

		assert_ok(rules_legal_answers(s.rules, party_of(side, opener), said[about], s.now,
		                              &legal));
		for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
			bool named = names((enum kind_number)kind, act);

			if (!kind_set_has(&legal, (enum kind_number)kind) || kind == KIND_COMMENT ||
			    kind == KIND_CORRECT || kind == KIND_CALL || kind == KIND_REQUEST ||
			    kind == KIND_COMMUNIQUE)
				continue;
			/* What only follows in the matter is said once of the opening. */
			if (about > 0 && (!named || kind == KIND_ACK))
				continue;
			count = add_choice(
			    choices, count,
			    (struct step){ side, (enum kind_number)kind, about, NULL });
		}
	}
	return count;
}

/* What there is to see of the matter. */
struct outcome {
	enum matter_state state;
	bool unsupported;
	bool retracted[STEPS_MAXIMUM + 1];
	struct kind_set legal[2][STEPS_MAXIMUM + 1];
};

static struct outcome outcome_of(const struct story *story, unsigned opener)
{
	struct outcome outcome = { .state = STATE_OPEN };
	struct matter_summary matter;

	assert_ok(rules_matter_of(s.rules, said[0], s.now, &matter));
	outcome.state = matter.state;
	outcome.unsupported = matter.unsupported;
	for (size_t i = 0; i <= story->count; i++) {
		outcome.retracted[i] = rules_act(s.rules, said[i])->retracted;
		for (unsigned side = 0; side < 2; side++)
			assert_ok(rules_legal_answers(s.rules, party_of(side, opener), said[i],
			                              s.now, &outcome.legal[side][i]));
	}
	return outcome;
}

static void explain(const struct story *story, enum kind_number opening)
{
	print_message("# %s", kind_by_number(opening)->name);
	for (size_t i = 0; i < story->count; i++)
		print_message(
		    "%s %s%s%s of %zu by the %s", i == story->crossing ? "; crossing" : ",",
		    kind_by_number(story->steps[i].kind)->name,
		    story->steps[i].word != NULL ? " " : "",
		    story->steps[i].word != NULL ? story->steps[i].word : "", story->steps[i].about,
		    story->steps[i].side == OPENER ? "opener" : "other");
	print_message("\n");
}

static void compare(const struct story *story, enum kind_number opening)
{
	struct outcome first, second;

	play(story, opening, NORTH);
	first = outcome_of(story, NORTH);
	play(story, opening, SOUTH);
	second = outcome_of(story, SOUTH);
	if (memcmp(&first, &second, sizeof(first)) == 0)
		return;
	explain(story, opening);
	fail_msg("%s, but %s", matter_state_name(first.state), matter_state_name(second.state));
}

/* The last act of the crossing side once more: whatever it can then say. */
static void cross_twice(struct story *story, enum kind_number opening, struct step reply)
{
	struct step more[CHOICES_MAXIMUM];
	unsigned side = story->steps[story->crossing].side;
	size_t count;

	play(story, opening, NORTH);
	count = choices_of(story, side, NORTH, more);
	story->count++;
	for (size_t i = 0; i < count; i++) {
		story->steps[story->count - 1] = more[i];
		story->steps[story->count++] = reply;
		compare(story, opening);
		story->count--;
	}
	story->count--;
}

/* Everything that can cross after a prefix. */
static void cross(struct story *story, enum kind_number opening, bool twice)
{
	struct step by_opener[CHOICES_MAXIMUM], by_other[CHOICES_MAXIMUM];
	size_t opener_count, other_count;

	story->crossing = story->count;
	play(story, opening, NORTH);
	opener_count = choices_of(story, OPENER, NORTH, by_opener);
	other_count = choices_of(story, OTHER, NORTH, by_other);
	for (size_t i = 0; i < opener_count; i++)
		for (size_t k = 0; k < other_count; k++) {
			story->steps[story->count++] = by_opener[i];
			if (twice)
				cross_twice(story, opening, by_other[k]);
			story->steps[story->count++] = by_other[k];
			compare(story, opening);
			story->count -= 2;
			if (!twice)
				continue;
			story->steps[story->count++] = by_other[k];
			cross_twice(story, opening, by_opener[i]);
			story->count--;
		}
}

static void explore(struct story *story, enum kind_number opening, size_t depth)
{
	struct step choices[CHOICES_MAXIMUM];

	cross(story, opening, story->count == 0);
	if (story->count == depth)
		return;
	for (unsigned side = 0; side < 2; side++) {
		size_t count;

		story->crossing = story->count;
		play(story, opening, NORTH);
		count = choices_of(story, side, NORTH, choices);
		for (size_t i = 0; i < count; i++) {
			story->steps[story->count++] = choices[i];
			explore(story, opening, depth);
			story->count--;
		}
	}
}

static void test_crossing(void **state)
{
	static const struct {
		enum kind_number opening;
		size_t depth;
		const char *mode;
	} openings[] = {
		{ KIND_CONVENE, 2 },        { KIND_MINUTES, 2 },
		{ KIND_NOTIFY, 2 },         { KIND_REQUEST, 2 },
		{ KIND_ALLEGE, 2 },         { KIND_NOTE_PUBLIC, 2 },
		{ KIND_PROPOSE, 2 },        { KIND_ASK_RELEASE, 2 },
		{ KIND_COMMUNIQUE, 2 },     { KIND_PRESS_CHECK, 2 },
		{ KIND_LIST, 2, "opened" }, { KIND_LIST, 1, "match-only" },
		{ KIND_LIST, 2, "swap" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++) {
		struct story story = { .count = 0 };

		mode = openings[i].mode;
		explore(&story, openings[i].opening, openings[i].depth);
	}
	print_message("# %llu histories\n", (unsigned long long)played);
}

static int set_up(void **state)
{
	(void)state;
	scenario_init(&s, NULL);
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
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_crossing) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
