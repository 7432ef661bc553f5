/* Requests: what answers them, when, and inside other matters. */
#include "matter_fixture.h"

static struct act_place provide(const struct act_place *request, const char *extent)
{
	return say_with(SOUTH, KIND_PROVIDE, request, "extent", extent);
}

static struct act_place defer(const struct act_place *request, timestamp until)
{
	char text[TIMESTAMP_CAPACITY];

	timestamp_format(until, text);
	return say_with(SOUTH, KIND_DEFER, request, "until", text);
}

static void test_final_answers(void **state)
{
	static const struct {
		enum kind_number answer;
		enum matter_state state;
	} cases[] = {
		{ KIND_PROVIDE, STATE_PROVIDED },
		{ KIND_REFUSE, STATE_REFUSED },
		{ KIND_NOT_HELD, STATE_NOT_HELD },
	};
	static const enum kind_number all[] = { KIND_PROVIDE, KIND_DEFER, KIND_REFUSE,
		                                KIND_NOT_HELD };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct act_place request = say(NORTH, KIND_REQUEST, NULL);
		struct obligation duty;

		assert_verdict(&s, VOID_NONE);
		assert_state(request, STATE_REQUESTED);
		say(NORTH, cases[i].answer, &request);
		assert_verdict(&s, VOID_OWN_ACT);
		say(SOUTH, cases[i].answer, &request);
		assert_verdict(&s, VOID_NONE);
		assert_state(request, cases[i].state);
		assert_true(find_duty(request, DUTY_ANSWER, &duty));
		assert_int_equal(duty.state, OBLIGATION_MET);
		for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++) {
			say(SOUTH, all[k], &request);
			assert_verdict(&s, VOID_ALREADY_ANSWERED);
		}
		retract(NORTH, &request, true);
		assert_verdict(&s, VOID_ALREADY_ANSWERED);
		assert_state(request, cases[i].state);
	}
}

static void test_in_parts(void **state)
{
	struct act_place request, part;
	struct obligation duty;

	(void)state;
	request = say(NORTH, KIND_REQUEST, NULL);
	part = provide(&request, "part");
	assert_verdict(&s, VOID_NONE);
	assert_state(request, STATE_PARTLY_PROVIDED);
	assert_true(find_duty(request, DUTY_ANSWER, &duty));
	assert_int_equal(duty.state, OBLIGATION_MET);
	assert_place(duty.met_by, part);
	provide(&request, "part");
	assert_verdict(&s, VOID_NONE);
	assert_state(request, STATE_PARTLY_PROVIDED);
	say(SOUTH, KIND_REFUSE, &request);
	assert_verdict(&s, VOID_ALREADY_ANSWERED);
	defer(&request, s.now + SCENARIO_DAY);
	assert_verdict(&s, VOID_ALREADY_ANSWERED);
	provide(&request, "all");
	assert_verdict(&s, VOID_NONE);
	assert_state(request, STATE_PROVIDED);
	provide(&request, "all");
	assert_verdict(&s, VOID_ALREADY_ANSWERED);
}

static void test_silent_and_answered_late(void **state)
{
	struct act_place request;

	(void)state;
	request = say(NORTH, KIND_REQUEST, NULL);
	scenario_receipt(&s, SOUTH);
	s.now += s.charter->clocks[CLOCK_REQUEST] - 1;
	assert_state(request, STATE_REQUESTED);
	s.now++;
	assert_state(request, STATE_SILENT);
	provide(&request, "all");
	assert_verdict(&s, VOID_NONE);
	assert_state(request, STATE_PROVIDED);
}

static void test_never_received_is_not_silent(void **state)
{
	struct act_place request;

	(void)state;
	request = say(NORTH, KIND_REQUEST, NULL);
	s.now += 2 * s.charter->clocks[CLOCK_REQUEST];
	assert_state(request, STATE_REQUESTED);
}

static void test_deferred_once(void **state)
{
	struct act_place request;
	struct obligation before, after;
	timestamp until;

	(void)state;
	request = say(NORTH, KIND_REQUEST, NULL);
	scenario_receipt(&s, SOUTH);
	assert_true(find_duty(request, DUTY_ANSWER, &before));
	assert_false(before.deferred);
	defer(&request, s.now);
	assert_verdict(&s, VOID_FIELD);
	until = before.deadline + 3 * SCENARIO_DAY;
	defer(&request, until);
	assert_verdict(&s, VOID_NONE);
	assert_state(request, STATE_DEFERRED);
	assert_true(find_duty(request, DUTY_ANSWER, &after));
	assert_true(after.deferred);
	assert_int_equal(after.started, before.started);
	assert_int_equal(after.deadline, until);
	assert_int_equal(after.state, OBLIGATION_OPEN);
	defer(&request, until + SCENARIO_DAY);
	assert_verdict(&s, VOID_MATTER_STATE);
	s.now = until + 1;
	assert_state(request, STATE_SILENT);
	assert_true(find_duty(request, DUTY_ANSWER, &after));
	assert_int_equal(after.state, OBLIGATION_OVERDUE);
	say(SOUTH, KIND_REFUSE, &request);
	assert_verdict(&s, VOID_NONE);
	assert_state(request, STATE_REFUSED);
}

static void test_deferred_to_before_the_deadline(void **state)
{
	struct act_place request;
	struct obligation before, after;

	(void)state;
	request = say(NORTH, KIND_REQUEST, NULL);
	scenario_receipt(&s, SOUTH);
	assert_true(find_duty(request, DUTY_ANSWER, &before));
	defer(&request, s.now + 60);
	assert_verdict(&s, VOID_NONE);
	assert_true(find_duty(request, DUTY_ANSWER, &after));
	assert_true(after.deferred);
	assert_int_equal(after.deadline, before.deadline);
}

/* It says when, and moves nothing any more. */
static void test_deferred_too_late(void **state)
{
	struct act_place request;
	struct obligation before, after;

	(void)state;
	request = say(NORTH, KIND_REQUEST, NULL);
	scenario_receipt(&s, SOUTH);
	assert_true(find_duty(request, DUTY_ANSWER, &before));
	s.now = before.deadline + 1;
	defer(&request, s.now + 3 * SCENARIO_DAY);
	assert_verdict(&s, VOID_NONE);
	assert_true(find_duty(request, DUTY_ANSWER, &after));
	assert_false(after.deferred);
	assert_int_equal(after.deadline, before.deadline);
	assert_int_equal(after.state, OBLIGATION_OVERDUE);
	assert_state(request, STATE_SILENT);
	provide(&request, "all");
	assert_verdict(&s, VOID_NONE);
	assert_state(request, STATE_PROVIDED);
}

/* A deferral has been read, and is no answer. */
static void test_deferred_is_acknowledged(void **state)
{
	struct act_place request, deferral;
	struct obligation duty;

	(void)state;
	request = scenario_say(
	    &s, (struct line){ NORTH, "a.head", KIND_REQUEST, .precedence = "immediate" });
	deferral = defer(&request, s.now + 3 * SCENARIO_DAY);
	assert_true(find_duty(request, DUTY_ACKNOWLEDGE, &duty));
	assert_int_equal(duty.state, OBLIGATION_MET);
	assert_place(duty.met_by, deferral);
	retract(NORTH, &request, true);
	assert_verdict(&s, VOID_NONE);
	assert_state(request, STATE_RETRACTED);
	assert_false(find_duty(request, DUTY_ANSWER, &duty));
	provide(&request, "all");
	assert_verdict(&s, VOID_MATTER_STATE);
}

static void test_flash(void **state)
{
	struct act_place request;
	struct obligation duty;

	(void)state;
	request = scenario_say(
	    &s, (struct line){ NORTH, "a.head", KIND_REQUEST, .precedence = "flash" });
	scenario_receipt(&s, SOUTH);
	assert_true(find_duty(request, DUTY_ANSWER, &duty));
	assert_int_equal(duty.deadline, duty.started + s.charter->request_flash);
}

/* What was provided before the retraction was heard of counts; the rest is moot. */
static void test_answers_that_crossed_with_a_retract(void **state)
{
	static const struct {
		enum kind_number answer;
		enum matter_state state;
	} cases[] = {
		{ KIND_PROVIDE, STATE_PROVIDED },
		{ KIND_REFUSE, STATE_RETRACTED },
		{ KIND_NOT_HELD, STATE_RETRACTED },
		{ KIND_DEFER, STATE_RETRACTED },
	};

	(void)state;
	for (unsigned asking = 0; asking < 2; asking++)
		for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			struct act_place request = say(asking, KIND_REQUEST, NULL);

			scenario_receipt(&s, 1 - asking);
			retract(asking, &request, false);
			assert_verdict(&s, VOID_NONE);
			assert_state(request, STATE_RETRACTED);
			blurt(1 - asking, cases[i].answer, &request);
			assert_verdict(&s, VOID_NONE);
			assert_state(request, cases[i].state);
			assert_int_equal(rules_act(s.rules, request)->retracted,
			                 cases[i].state == STATE_RETRACTED);
		}
}

/* The matter does not change with what is asked inside it. */
static void test_inside_another_matter(void **state)
{
	struct act_place incident, request, second;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	request = report(SOUTH, KIND_REQUEST, &incident);
	assert_verdict(&s, VOID_NONE);
	second = report(NORTH, KIND_REQUEST, &incident);
	assert_verdict(&s, VOID_NONE);
	assert_state(incident, STATE_NOTIFIED);
	assert_inner_state(request, STATE_REQUESTED);
	say(NORTH, KIND_NOT_HELD, &request);
	assert_verdict(&s, VOID_NONE);
	assert_inner_state(request, STATE_NOT_HELD);
	assert_inner_state(second, STATE_REQUESTED);
	assert_state(incident, STATE_NOTIFIED);
	/* A request is no answer to the notification, which can still be taken back. */
	retract(NORTH, &incident, true);
	assert_verdict(&s, VOID_NONE);
	assert_state(incident, STATE_RETRACTED);
	say(SOUTH, KIND_REFUSE, &second);
	assert_verdict(&s, VOID_NONE);
	assert_inner_state(second, STATE_REFUSED);
}

static void test_inside_a_request(void **state)
{
	struct act_place request, question;
	enum matter_state found;

	(void)state;
	request = say(NORTH, KIND_REQUEST, NULL);
	question = report(SOUTH, KIND_REQUEST, &request);
	assert_verdict(&s, VOID_NONE);
	provide(&request, "all");
	assert_verdict(&s, VOID_NONE);
	assert_state(request, STATE_PROVIDED);
	assert_inner_state(request, STATE_PROVIDED);
	assert_inner_state(question, STATE_REQUESTED);
	question = say(NORTH, KIND_COMMENT, &request);
	assert_int_equal(rules_state_of(s.rules, question, s.now, &found), ERROR_NOT_FOUND);
	question.number += 100;
	assert_int_equal(rules_state_of(s.rules, question, s.now, &found), ERROR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_final_answers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_in_parts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_silent_and_answered_late, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_never_received_is_not_silent, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_deferred_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_deferred_to_before_the_deadline, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_deferred_too_late, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_deferred_is_acknowledged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_flash, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_answers_that_crossed_with_a_retract, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_inside_another_matter, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_inside_a_request, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
