/* Allegations and public statements. */
#include "matter_fixture.h"

static bool is_unsupported(struct act_place allegation)
{
	struct matter_summary matter;

	assert_ok(rules_matter_of(s.rules, allegation, s.now, &matter));
	return matter.unsupported;
}

static void test_answers(void **state)
{
	static const struct {
		enum kind_number answer;
		enum matter_state state;
	} cases[] = {
		{ KIND_DENY, STATE_DENIED },
		{ KIND_ADMIT, STATE_ADMITTED },
		{ KIND_NO_POSITION, STATE_NO_POSITION },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct act_place allegation = say(NORTH, KIND_ALLEGE, NULL);
		struct obligation duty;

		assert_verdict(&s, VOID_NONE);
		assert_state(allegation, STATE_UNSUPPORTED);
		say(NORTH, cases[i].answer, &allegation);
		assert_verdict(&s, VOID_OWN_ACT);
		say(SOUTH, cases[i].answer, &allegation);
		assert_verdict(&s, VOID_NONE);
		assert_state(allegation, cases[i].state);
		assert_true(find_duty(allegation, DUTY_ANSWER, &duty));
		assert_int_equal(duty.state, OBLIGATION_MET);
		say(SOUTH, KIND_ADMIT, &allegation);
		assert_verdict(&s, VOID_ALREADY_ANSWERED);
		retract(NORTH, &allegation, true);
		assert_verdict(&s, VOID_ALREADY_ANSWERED);
	}
}

/* It stays on show until the side that alleges lodges evidence, whatever it offered. */
static void test_unsupported(void **state)
{
	struct act_place allegation;

	(void)state;
	allegation = say_with(NORTH, KIND_ALLEGE, NULL, "evidence", "offered");
	assert_state(allegation, STATE_UNSUPPORTED);
	assert_true(is_unsupported(allegation));
	report(SOUTH, KIND_SUBMIT, &allegation);
	assert_verdict(&s, VOID_NONE);
	assert_state(allegation, STATE_UNSUPPORTED);
	say(SOUTH, KIND_DENY, &allegation);
	assert_state(allegation, STATE_DENIED);
	assert_true(is_unsupported(allegation));
	report(NORTH, KIND_SUBMIT, &allegation);
	assert_verdict(&s, VOID_NONE);
	assert_state(allegation, STATE_DENIED);
	assert_false(is_unsupported(allegation));

	allegation = say(SOUTH, KIND_ALLEGE, NULL);
	report(SOUTH, KIND_SUBMIT, &allegation);
	assert_state(allegation, STATE_SUPPORTED);
	assert_false(is_unsupported(allegation));
}

static void test_silent(void **state)
{
	struct act_place allegation;

	(void)state;
	allegation = say(NORTH, KIND_ALLEGE, NULL);
	scenario_receipt(&s, SOUTH);
	s.now += s.charter->clocks[CLOCK_POSITION];
	assert_state(allegation, STATE_SILENT);
	assert_true(is_unsupported(allegation));
	report(NORTH, KIND_MAINTAIN, &allegation);
	assert_verdict(&s, VOID_NONE);
	assert_state(allegation, STATE_MAINTAINED);
	say(SOUTH, KIND_DENY, &allegation);
	assert_verdict(&s, VOID_NONE);
	assert_state(allegation, STATE_DENIED);
}

static void test_maintained_and_dropped(void **state)
{
	struct act_place allegation;
	struct obligation duty;

	(void)state;
	allegation = say(NORTH, KIND_ALLEGE, NULL);
	say(SOUTH, KIND_DENY, &allegation);
	report(SOUTH, KIND_MAINTAIN, &allegation);
	assert_verdict(&s, VOID_MATTER_STATE);
	report(SOUTH, KIND_DROP, &allegation);
	assert_verdict(&s, VOID_MATTER_STATE);
	report(NORTH, KIND_MAINTAIN, &allegation);
	assert_verdict(&s, VOID_NONE);
	assert_state(allegation, STATE_MAINTAINED);
	report(NORTH, KIND_MAINTAIN, &allegation);
	assert_verdict(&s, VOID_MATTER_STATE);
	report(NORTH, KIND_DROP, &allegation);
	assert_verdict(&s, VOID_NONE);
	assert_state(allegation, STATE_DROPPED);
	for (unsigned party = 0; party < 2; party++) {
		report(party, KIND_FIND, &allegation);
		assert_verdict(&s, VOID_MATTER_STATE);
		report(party, KIND_SUBMIT, &allegation);
		assert_verdict(&s, VOID_MATTER_STATE);
	}
	/* Whoever admits is not to be told that the allegation is maintained. */
	allegation = say(NORTH, KIND_ALLEGE, NULL);
	say(SOUTH, KIND_ADMIT, &allegation);
	report(NORTH, KIND_MAINTAIN, &allegation);
	assert_verdict(&s, VOID_MATTER_STATE);
	/* What was dropped asks nothing any more. */
	allegation = say(NORTH, KIND_ALLEGE, NULL);
	scenario_receipt(&s, SOUTH);
	assert_true(find_duty(allegation, DUTY_ANSWER, &duty));
	report(NORTH, KIND_DROP, &allegation);
	assert_false(find_duty(allegation, DUTY_ANSWER, &duty));
	say(SOUTH, KIND_DENY, &allegation);
	assert_verdict(&s, VOID_MATTER_STATE);
	s.now += 2 * s.charter->clocks[CLOCK_POSITION];
	assert_state(allegation, STATE_DROPPED);
}

static void test_findings(void **state)
{
	static const struct {
		enum kind_number answer;
		enum matter_state state;
	} cases[] = {
		{ KIND_ACCEPT, STATE_FOUND_JOINTLY },
		{ KIND_REJECT, STATE_FOUND_DIVERGENT },
	};

	(void)state;
	for (unsigned finder = 0; finder < 2; finder++)
		for (size_t i = 0; i < 2; i++) {
			struct act_place allegation = say(NORTH, KIND_ALLEGE, NULL), finding;
			struct obligation duty;

			say(SOUTH, KIND_DENY, &allegation);
			finding = report(finder, KIND_FIND, &allegation);
			assert_verdict(&s, VOID_NONE);
			assert_state(allegation, STATE_FINDING);
			scenario_receipt(&s, 1 - finder);
			assert_true(find_duty(finding, DUTY_ANSWER, &duty));
			assert_int_equal(duty.owed_by, 1 - finder);
			say(finder, cases[i].answer, &finding);
			assert_verdict(&s, VOID_OWN_ACT);
			report(NORTH, KIND_MAINTAIN, &allegation);
			assert_verdict(&s, VOID_MATTER_STATE);
			say(1 - finder, cases[i].answer, &finding);
			assert_verdict(&s, VOID_NONE);
			assert_state(allegation, cases[i].state);
			report(NORTH, KIND_MAINTAIN, &allegation);
			assert_verdict(&s, i == 0 ? VOID_MATTER_STATE : VOID_NONE);
		}
}

/* Two findings at a time: the state waits for both answers, and joint stays joint. */
static void test_findings_that_crossed(void **state)
{
	(void)state;
	for (unsigned accepts = 0; accepts < 2; accepts++) {
		struct act_place allegation = say(NORTH, KIND_ALLEGE, NULL), findings[2];

		scenario_receipt(&s, SOUTH);
		for (unsigned i = 0; i < 2; i++)
			findings[i] = scenario_log(
			    &s, (struct line){ i, i == NORTH ? "a.head" : "b.head", KIND_FIND,
			                       .matter = &allegation });
		say(accepts, KIND_ACCEPT, &findings[1 - accepts]);
		assert_verdict(&s, VOID_NONE);
		assert_state(allegation, STATE_FINDING);
		say(1 - accepts, KIND_REJECT, &findings[accepts]);
		assert_verdict(&s, VOID_NONE);
		assert_state(allegation, STATE_FOUND_JOINTLY);
		/* The answer to the allegation itself is still owed, and changes nothing. */
		say(SOUTH, KIND_DENY, &allegation);
		assert_verdict(&s, VOID_NONE);
		assert_state(allegation, STATE_FOUND_JOINTLY);
	}
}

/* A finding that is dropped with its allegation can still be answered. */
static void test_finding_of_a_dropped_allegation(void **state)
{
	struct act_place allegation, finding;

	(void)state;
	allegation = say(NORTH, KIND_ALLEGE, NULL);
	finding = report(SOUTH, KIND_FIND, &allegation);
	report(NORTH, KIND_DROP, &allegation);
	assert_verdict(&s, VOID_NONE);
	say(NORTH, KIND_REJECT, &finding);
	assert_verdict(&s, VOID_NONE);
	assert_state(allegation, STATE_DROPPED);
}

/* North alleges something, and says `first` before it has heard the answer. */
static void cross(unsigned accuser, enum kind_number first, enum kind_number answer,
                  enum matter_state expected)
{
	struct act_place allegation = say(accuser, KIND_ALLEGE, NULL);

	scenario_receipt(&s, 1 - accuser);
	if (first == KIND_RETRACT)
		retract(accuser, &allegation, false);
	else
		scenario_log(&s, (struct line){ accuser, accuser == NORTH ? "a.head" : "b.head",
		                                first, .matter = &allegation });
	assert_verdict(&s, VOID_NONE);
	blurt(1 - accuser, answer, &allegation);
	assert_verdict(&s, VOID_NONE);
	assert_state(allegation, expected);
	scenario_receipt(&s, NORTH);
	scenario_receipt(&s, SOUTH);
	assert_state(allegation, expected);
}

static void test_answers_that_crossed(void **state)
{
	(void)state;
	for (unsigned accuser = 0; accuser < 2; accuser++) {
		cross(accuser, KIND_RETRACT, KIND_DENY, STATE_RETRACTED);
		cross(accuser, KIND_RETRACT, KIND_NO_POSITION, STATE_RETRACTED);
		cross(accuser, KIND_RETRACT, KIND_ADMIT, STATE_ADMITTED);
		cross(accuser, KIND_DROP, KIND_DENY, STATE_DROPPED);
		cross(accuser, KIND_DROP, KIND_NO_POSITION, STATE_DROPPED);
		cross(accuser, KIND_DROP, KIND_ADMIT, STATE_ADMITTED);
		cross(accuser, KIND_MAINTAIN, KIND_DENY, STATE_DENIED);
		cross(accuser, KIND_MAINTAIN, KIND_ADMIT, STATE_ADMITTED);
		cross(accuser, KIND_MAINTAIN, KIND_NO_POSITION, STATE_NO_POSITION);
		cross(accuser, KIND_SUBMIT, KIND_DENY, STATE_DENIED);
		cross(accuser, KIND_FIND, KIND_DENY, STATE_FINDING);
	}
}

/* Who dropped without having heard of the admission may drop once more. */
static void test_dropped_after_an_admission_was_heard_of(void **state)
{
	struct act_place allegation;

	(void)state;
	allegation = say(NORTH, KIND_ALLEGE, NULL);
	scenario_receipt(&s, SOUTH);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_DROP, .matter = &allegation });
	blurt(SOUTH, KIND_ADMIT, &allegation);
	assert_state(allegation, STATE_ADMITTED);
	report(NORTH, KIND_DROP, &allegation);
	assert_verdict(&s, VOID_NONE);
	assert_state(allegation, STATE_DROPPED);
}

static void test_fault(void **state)
{
	struct act_place allegation;
	struct obligation duty;

	(void)state;
	allegation = say(NORTH, KIND_ALLEGE, NULL);
	scenario_say(&s, (struct line){ SOUTH, "node", KIND_FAULT, .target = &allegation,
	                                .fields = { { "fault", "missing" } } });
	assert_verdict(&s, VOID_NONE);
	assert_false(find_duty(allegation, DUTY_ANSWER, &duty));
	s.now += 2 * s.charter->clocks[CLOCK_POSITION];
	assert_state(allegation, STATE_UNSUPPORTED);
	say(SOUTH, KIND_DENY, &allegation);
	assert_verdict(&s, VOID_NONE);
	assert_state(allegation, STATE_DENIED);
}

static void test_statements(void **state)
{
	static const struct {
		enum kind_number answer;
		enum matter_state state;
	} cases[] = {
		{ KIND_ADOPT, STATE_ADOPTED },
		{ KIND_DISOWN, STATE_DISOWNED },
		{ KIND_NO_POSITION, STATE_NO_POSITION },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct act_place statement = say(NORTH, KIND_NOTE_PUBLIC, NULL);

		assert_verdict(&s, VOID_NONE);
		assert_state(statement, STATE_NOTED);
		retract(NORTH, &statement, true);
		assert_verdict(&s, VOID_WRONG_REFERENCE);
		say(NORTH, cases[i].answer, &statement);
		assert_verdict(&s, VOID_OWN_ACT);
		scenario_receipt(&s, SOUTH);
		s.now += s.charter->clocks[CLOCK_POSITION];
		assert_state(statement, STATE_SILENT);
		say(SOUTH, cases[i].answer, &statement);
		assert_verdict(&s, VOID_NONE);
		assert_state(statement, cases[i].state);
		say(SOUTH, KIND_ADOPT, &statement);
		assert_verdict(&s, VOID_ALREADY_ANSWERED);
	}
}

/* A side maintains what the other has denied, has not seen the denial, never looks, and goes
 * on. Each act costs the same: were the matter folded anew for each, this would not end. */
static void test_a_side_that_never_looks(void **state)
{
	enum { SUBMISSIONS = 40000 };
	struct act_place allegation;

	(void)state;
	allegation = say(SOUTH, KIND_ALLEGE, NULL);
	say(NORTH, KIND_DENY, &allegation);
	scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_MAINTAIN, .matter = &allegation });
	assert_verdict(&s, VOID_NONE);
	for (unsigned i = 0; i < SUBMISSIONS; i++) {
		scenario_log(&s,
		             (struct line){ SOUTH, "b.head", KIND_SUBMIT, .matter = &allegation });
		assert_verdict(&s, VOID_NONE);
	}
	assert_state(allegation, STATE_DENIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_answers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unsupported, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_silent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_maintained_and_dropped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_findings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_findings_that_crossed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_finding_of_a_dropped_allegation, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_answers_that_crossed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dropped_after_an_admission_was_heard_of,
		                                set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fault, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_statements, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_side_that_never_looks, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
