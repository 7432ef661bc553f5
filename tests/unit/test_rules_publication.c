/* Publications, press checks, meetings and declarations. */
#include "matter_fixture.h"

static struct act_place publish(unsigned party, const struct act_place *matter,
                                const struct act_place *under)
{
	return scenario_say(&s, (struct line){ party, party == NORTH ? "a.head" : "b.head",
	                                       KIND_PUBLISH, .matter = matter, .answers = under });
}

static const enum kind_number asks[] = { KIND_ASK_RELEASE, KIND_COMMUNIQUE };

static void test_with_consent(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (unsigned party = 0; party < 2; party++) {
			struct act_place asked = say(NORTH, asks[i], NULL);

			assert_verdict(&s, VOID_NONE);
			assert_state(asked, STATE_ASKED);
			scenario_say(&s,
			             (struct line){ SOUTH, "b.head", KIND_ACCEPT, .answers = &asked,
			                            .fields = { { "scope", "1 to 3" } } });
			assert_verdict(&s, VOID_NONE);
			assert_state(asked, STATE_AGREED);
			publish(party, &asked, NULL);
			assert_verdict(&s, VOID_NONE);
			assert_state(asked, STATE_PUBLISHED);
			publish(1 - party, &asked, &asked);
			assert_verdict(&s, VOID_NONE);
			assert_state(asked, STATE_PUBLISHED);
		}
}

/* Valid, and shown as what it is. Silence is no consent. */
static void test_without_consent(void **state)
{
	struct act_place asked;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		asked = say(NORTH, KIND_ASK_RELEASE, NULL);
		scenario_receipt(&s, SOUTH);
		if (i == 1)
			say(SOUTH, KIND_REJECT, &asked);
		if (i == 2)
			s.now += 2 * s.charter->clocks[CLOCK_POSITION];
		assert_state(asked, i == 1 ? STATE_REJECTED : STATE_ASKED);
		publish(NORTH, &asked, &asked);
		assert_verdict(&s, VOID_NONE);
		assert_state(asked, STATE_PUBLISHED_UNILATERALLY);
	}
	/* Consent that comes later ratifies it, and a refusal does not. */
	say(SOUTH, KIND_ACCEPT, &asked);
	assert_verdict(&s, VOID_NONE);
	assert_state(asked, STATE_PUBLISHED);
	asked = say(NORTH, KIND_ASK_RELEASE, NULL);
	publish(SOUTH, &asked, &asked);
	assert_verdict(&s, VOID_NONE);
	assert_state(asked, STATE_PUBLISHED_UNILATERALLY);
	say(SOUTH, KIND_REJECT, &asked);
	assert_verdict(&s, VOID_NONE);
	assert_state(asked, STATE_PUBLISHED_UNILATERALLY);
}

static void test_retracted(void **state)
{
	struct act_place asked;

	(void)state;
	asked = say(NORTH, KIND_ASK_RELEASE, NULL);
	retract(NORTH, &asked, true);
	assert_verdict(&s, VOID_NONE);
	assert_state(asked, STATE_RETRACTED);
	say(SOUTH, KIND_ACCEPT, &asked);
	assert_verdict(&s, VOID_MATTER_STATE);
	publish(NORTH, &asked, NULL);
	assert_verdict(&s, VOID_NONE);
	assert_state(asked, STATE_PUBLISHED_UNILATERALLY);
	asked = say(NORTH, KIND_COMMUNIQUE, NULL);
	retract(NORTH, &asked, true);
	assert_verdict(&s, VOID_WRONG_REFERENCE);
}

static void test_crossed(void **state)
{
	(void)state;
	for (unsigned asking = 0; asking < 2; asking++) {
		const char *author = asking == NORTH ? "a.head" : "b.head";
		struct act_place asked = say(asking, KIND_ASK_RELEASE, NULL);

		/* A consent and a publication. */
		scenario_receipt(&s, 1 - asking);
		scenario_log(&s, (struct line){ asking, author, KIND_PUBLISH, .matter = &asked });
		assert_state(asked, STATE_PUBLISHED_UNILATERALLY);
		blurt(1 - asking, KIND_ACCEPT, &asked);
		assert_verdict(&s, VOID_NONE);
		assert_state(asked, STATE_PUBLISHED);
		/* A consent against a retract, after which it was published all the same. */
		asked = say(asking, KIND_ASK_RELEASE, NULL);
		scenario_receipt(&s, 1 - asking);
		retract(asking, &asked, false);
		scenario_log(&s, (struct line){ asking, author, KIND_PUBLISH, .matter = &asked });
		blurt(1 - asking, KIND_ACCEPT, &asked);
		assert_verdict(&s, VOID_NONE);
		assert_state(asked, STATE_PUBLISHED);
		assert_false(rules_act(s.rules, asked)->retracted);
	}
}

/* A communique that is proposed elsewhere is consented to and published there. */
static void test_communique_in_a_meeting(void **state)
{
	struct act_place meeting, communique;

	(void)state;
	meeting = say(NORTH, KIND_CONVENE, NULL);
	publish(NORTH, &meeting, NULL);
	assert_verdict(&s, VOID_WRONG_REFERENCE);
	communique = report(SOUTH, KIND_COMMUNIQUE, &meeting);
	assert_verdict(&s, VOID_NONE);
	assert_inner_state(communique, STATE_ASKED);
	assert_state(meeting, STATE_CONVENED);
	say(NORTH, KIND_ACCEPT, &communique);
	assert_verdict(&s, VOID_NONE);
	assert_inner_state(communique, STATE_AGREED);
	assert_state(meeting, STATE_CONVENED);
	publish(NORTH, &meeting, &communique);
	assert_verdict(&s, VOID_NONE);
	assert_inner_state(communique, STATE_PUBLISHED);
	assert_state(meeting, STATE_CONVENED);
}

static void test_press_check(void **state)
{
	static const struct {
		enum kind_number answer;
		enum matter_state state;
	} cases[] = {
		{ KIND_CONFIRM, STATE_CONFIRMED },
		{ KIND_REBUT, STATE_REBUTTED },
		{ KIND_NO_POSITION, STATE_NO_POSITION },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct act_place check = say(NORTH, KIND_PRESS_CHECK, NULL);

		assert_verdict(&s, VOID_NONE);
		assert_state(check, STATE_CHECKED);
		say(NORTH, cases[i].answer, &check);
		assert_verdict(&s, VOID_OWN_ACT);
		publish(SOUTH, &check, NULL);
		assert_verdict(&s, VOID_NONE);
		assert_state(check, STATE_CHECKED);
		s.now += s.charter->clocks[CLOCK_REQUEST] + 1;
		assert_state(check, STATE_SILENT);
		say(SOUTH, cases[i].answer, &check);
		assert_verdict(&s, VOID_NONE);
		assert_state(check, cases[i].state);
		/* By the right of reply it needs no consent. */
		publish(SOUTH, &check, NULL);
		assert_verdict(&s, VOID_NONE);
		assert_state(check, cases[i].state);
		say(SOUTH, KIND_REBUT, &check);
		assert_verdict(&s, VOID_ALREADY_ANSWERED);
	}
}

static void test_meeting(void **state)
{
	struct act_place meeting, minutes;
	struct obligation duty;

	(void)state;
	meeting = say(NORTH, KIND_CONVENE, NULL);
	assert_verdict(&s, VOID_NONE);
	assert_state(meeting, STATE_CONVENED);
	say(SOUTH, KIND_ACCEPT, &meeting);
	assert_verdict(&s, VOID_NONE);
	assert_state(meeting, STATE_AGREED);
	retract(NORTH, &meeting, true);
	assert_verdict(&s, VOID_ALREADY_ANSWERED);
	minutes = report(SOUTH, KIND_MINUTES, &meeting);
	assert_verdict(&s, VOID_NONE);
	assert_state(meeting, STATE_HELD);
	scenario_receipt(&s, NORTH);
	assert_true(find_duty(minutes, DUTY_ANSWER, &duty));
	assert_int_equal(duty.owed_by, NORTH);
	say(SOUTH, KIND_ACCEPT, &minutes);
	assert_verdict(&s, VOID_OWN_ACT);
	say(NORTH, KIND_REJECT, &minutes);
	assert_verdict(&s, VOID_NONE);
	assert_state(meeting, STATE_MINUTES_REJECTED);
	minutes = report(NORTH, KIND_MINUTES, &meeting);
	assert_verdict(&s, VOID_NONE);
	assert_state(meeting, STATE_HELD);
	say(SOUTH, KIND_ACCEPT, &minutes);
	assert_verdict(&s, VOID_NONE);
	assert_state(meeting, STATE_MINUTES_AGREED);
	/* What was agreed is not undone by a later text that is rejected. */
	minutes = report(NORTH, KIND_MINUTES, &meeting);
	assert_state(meeting, STATE_HELD);
	say(SOUTH, KIND_REJECT, &minutes);
	assert_state(meeting, STATE_MINUTES_AGREED);
	report(SOUTH, KIND_CALL, &meeting);
	assert_verdict(&s, VOID_NONE);
	assert_state(meeting, STATE_MINUTES_AGREED);
}

static void test_meeting_without_consent(void **state)
{
	struct act_place meeting, minutes;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		meeting = say(NORTH, KIND_CONVENE, NULL);
		scenario_receipt(&s, SOUTH);
		if (i == 0)
			say(SOUTH, KIND_REJECT, &meeting);
		if (i == 1)
			retract(NORTH, &meeting, true);
		assert_verdict(&s, VOID_NONE);
		assert_state(meeting, i == 0   ? STATE_REJECTED
		                      : i == 1 ? STATE_RETRACTED
		                               : STATE_CONVENED);
		minutes = report(SOUTH, KIND_MINUTES, &meeting);
		assert_verdict(&s, VOID_NONE);
		assert_state(meeting, STATE_HELD);
		if (i == 2) { /* the invitation has its answer late, and that changes nothing */
			say(SOUTH, KIND_ACCEPT, &meeting);
			assert_verdict(&s, VOID_NONE);
			assert_state(meeting, STATE_HELD);
		}
		say(NORTH, KIND_ACCEPT, &minutes);
		assert_verdict(&s, VOID_NONE);
		assert_state(meeting, STATE_MINUTES_AGREED);
	}
}

static void test_minutes_that_crossed(void **state)
{
	struct act_place meeting, minutes[2];

	(void)state;
	meeting = say(NORTH, KIND_CONVENE, NULL);
	scenario_receipt(&s, SOUTH);
	for (unsigned i = 0; i < 2; i++)
		minutes[i] = scenario_log(&s, (struct line){ i, i == NORTH ? "a.head" : "b.head",
		                                             KIND_MINUTES, .matter = &meeting });
	say(NORTH, KIND_REJECT, &minutes[SOUTH]);
	assert_verdict(&s, VOID_NONE);
	assert_state(meeting, STATE_HELD);
	say(SOUTH, KIND_REJECT, &minutes[NORTH]);
	assert_verdict(&s, VOID_NONE);
	assert_state(meeting, STATE_MINUTES_REJECTED);
}

static void test_calls_and_minutes_alone(void **state)
{
	struct act_place call, minutes, incident;

	(void)state;
	call = say(NORTH, KIND_CALL, NULL);
	assert_verdict(&s, VOID_NONE);
	assert_state(call, STATE_RECORDED);
	minutes = report(SOUTH, KIND_MINUTES, &call);
	assert_verdict(&s, VOID_NONE);
	assert_state(call, STATE_HELD);
	say(NORTH, KIND_ACCEPT, &minutes);
	assert_state(call, STATE_MINUTES_AGREED);
	minutes = say(SOUTH, KIND_MINUTES, NULL);
	assert_verdict(&s, VOID_NONE);
	assert_state(minutes, STATE_HELD);
	say(NORTH, KIND_REJECT, &minutes);
	assert_state(minutes, STATE_MINUTES_REJECTED);
	/* Inside another matter they are apart from it, and a call is nothing of its own. */
	incident = say(NORTH, KIND_NOTIFY, NULL);
	minutes = report(SOUTH, KIND_MINUTES, &incident);
	assert_verdict(&s, VOID_NONE);
	assert_inner_state(minutes, STATE_HELD);
	say(NORTH, KIND_ACCEPT, &minutes);
	assert_verdict(&s, VOID_NONE);
	assert_inner_state(minutes, STATE_MINUTES_AGREED);
	report(SOUTH, KIND_CALL, &incident);
	assert_verdict(&s, VOID_NONE);
	assert_state(incident, STATE_NOTIFIED);
}

static struct act_place supersede(unsigned party, const struct act_place *earlier)
{
	return scenario_say(&s, (struct line){ party, party == NORTH ? "a.head" : "b.head",
	                                       KIND_DECLARE, .target = earlier });
}

static void test_declarations(void **state)
{
	struct act_place first, second, request, incident;

	(void)state;
	first = say(NORTH, KIND_DECLARE, NULL);
	assert_verdict(&s, VOID_NONE);
	assert_state(first, STATE_DECLARED);
	say_with(SOUTH, KIND_DECLARE, NULL, "content", "nil");
	assert_verdict(&s, VOID_NONE);
	supersede(SOUTH, &first);
	assert_verdict(&s, VOID_NOT_OWN_ACT);
	incident = say(NORTH, KIND_NOTIFY, NULL);
	supersede(NORTH, &incident);
	assert_verdict(&s, VOID_WRONG_REFERENCE);
	assert_state(first, STATE_DECLARED);
	second = supersede(NORTH, &first);
	assert_verdict(&s, VOID_NONE);
	assert_state(first, STATE_SUPERSEDED);
	assert_state(second, STATE_DECLARED);
	supersede(NORTH, &first);
	assert_verdict(&s, VOID_MATTER_STATE);
	retract(NORTH, &second, true);
	assert_verdict(&s, VOID_WRONG_REFERENCE);
	request = report(SOUTH, KIND_REQUEST, &second);
	assert_verdict(&s, VOID_NONE);
	assert_inner_state(request, STATE_REQUESTED);
	assert_state(second, STATE_DECLARED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_with_consent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_without_consent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_retracted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_crossed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_communique_in_a_meeting, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_press_check, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_meeting, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_meeting_without_consent, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_minutes_that_crossed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_calls_and_minutes_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_declarations, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
