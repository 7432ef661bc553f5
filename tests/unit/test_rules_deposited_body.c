/* Bodies that a side says are missing, or do not open, while they lie at the depositary. */
#include "stamp_fixture.h"

static struct scenario s;

static int set_up(void **state)
{
	(void)state;
	scenario_init_with_neutrals(&s, NULL);
	scenario_open(&s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scenario_release(&s);
	return 0;
}

static timestamp allowance(void)
{
	return s.charter->deemed_allowance;
}

static void fault(const struct act_place *target, const char *what, enum void_reason expected)
{
	scenario_log(&s, (struct line){ SOUTH, "node", KIND_FAULT, .target = target,
	                                .fields = { { "fault", what } } });
	assert_verdict(&s, expected);
}

/* --- bodies ------------------------------------------------------------------- */

/* South says that it has not got the body, and goes dark. */
static void test_missing_and_deposited(void **state)
{
	struct act_place incident;
	timestamp time;

	(void)state;
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	scenario_receipt(&s, SOUTH);
	fault(&incident, "missing", VOID_NONE);
	assert_true(rules_act(s.rules, incident)->fault_stands);
	assert_true(rules_act(s.rules, incident)->obliges_nobody);
	assert_int_equal(scenario_duties(&s, incident), 0);
	s.now += SCENARIO_DAY;
	time = s.now;
	scenario_prove(&s, NORTH, word_deposit(incident, NULL, time));
	assert_true(rules_act(s.rules, incident)->obliges_nobody);
	scenario_prove(&s, NORTH, word_deposit(incident, &incident, time));
	assert_true(rules_act(s.rules, incident)->fault_stands);
	assert_false(rules_act(s.rules, incident)->obliges_nobody);
	/* The receipt before the fault starts no clock. */
	scenario_assert_deemed(&s, incident, time + allowance());
	/* South denies that it could be collected. */
	s.now += 60;
	scenario_prove(&s, SOUTH, word_answer(NORTH, incident.number, time + 1));
	assert_true(rules_act(s.rules, incident)->obliges_nobody);
	assert_int_equal(scenario_duties(&s, incident), 0);
}

/* It was there before south said so. */
static void test_deposited_and_missing(void **state)
{
	struct act_place incident, other;
	timestamp time;

	(void)state;
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	other = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	time = s.now;
	scenario_prove(&s, NORTH, word_deposit(other, &incident, time));
	scenario_receipt(&s, SOUTH);
	fault(&incident, "missing", VOID_NONE);
	fault(&other, "missing", VOID_NONE);
	assert_false(rules_act(s.rules, incident)->obliges_nobody);
	scenario_assert_deemed(&s, incident, time + allowance());
	assert_true(rules_act(s.rules, other)->obliges_nobody);
	/* When it comes, south says so; the clock does not start anew. */
	fault(&incident, "cured", VOID_NONE);
	assert_int_equal(scenario_duty(&s, incident, DUTY_ACKNOWLEDGE).started, s.now - 1);
	s.now = time + allowance() + SCENARIO_DAY;
	assert_false(rules_act(s.rules, incident)->fault_stands);
}

/* Who has receipted the certificate has the body delivered anew: it may say that it
 * does not open, and then the certificate is worth nothing. */
static void test_what_lay_there_does_not_open(void **state)
{
	struct act_place incident, receipt;
	timestamp time;

	(void)state;
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	scenario_receipt(&s, SOUTH);
	fault(&incident, "missing", VOID_NONE);
	s.now += 10 * SCENARIO_DAY;
	fault(&incident, "unopenable", VOID_FAULT);
	time = s.now;
	scenario_prove(&s, NORTH, word_deposit(incident, &incident, time));
	s.now += 60;
	receipt = scenario_receipt(&s, SOUTH);
	assert_false(rules_act(s.rules, incident)->fault_stands);
	assert_int_equal(scenario_duty(&s, incident, DUTY_ACKNOWLEDGE).started,
	                 scenario_logged(&s, receipt));
	fault(&incident, "cured", VOID_FAULT);
	fault(&incident, "unopenable", VOID_NONE);
	assert_true(rules_act(s.rules, incident)->obliges_nobody);
	/* Found to be good after all: from then on, not from the deposit. */
	s.now = time + allowance() + SCENARIO_DAY;
	fault(&incident, "cured", VOID_NONE);
	scenario_assert_not_deemed(&s, incident);
	assert_int_equal(scenario_duty(&s, incident, DUTY_ACKNOWLEDGE).started, s.now - 1);
}

/* A receiver's own stamp delivers nothing to it, nor does one of another body. */
static void test_what_delivers_nothing(void **state)
{
	struct act_place incident, other, reading;

	(void)state;
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	other = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	reading = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	scenario_receipt(&s, SOUTH);
	fault(&incident, "missing", VOID_NONE);
	fault(&other, "missing", VOID_NONE);
	fault(&reading, "unopenable", VOID_NONE);
	scenario_prove(&s, SOUTH, word_deposit(other, &incident, s.now));
	assert_true(rules_act(s.rules, incident)->fault_stands);
	assert_false(rules_act(s.rules, incident)->obliges_nobody);
	scenario_prove(&s, NORTH, word_deposit(incident, &other, s.now));
	scenario_prove(&s, NORTH, word_deposit(reading, &reading, s.now));
	scenario_receipt(&s, SOUTH);
	assert_true(rules_act(s.rules, other)->fault_stands);
	assert_true(rules_act(s.rules, other)->obliges_nobody);
	assert_true(rules_act(s.rules, reading)->fault_stands);
	assert_true(rules_act(s.rules, reading)->obliges_nobody);
}

/* Sealed anew and deposited, while the other side is dark. */
static void test_a_new_seal_is_deposited(void **state)
{
	struct act_place incident, reseal, newer, certificates[4];
	timestamp time;
	size_t count;

	(void)state;
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	scenario_prove(&s, NORTH, word_deposit(incident, &incident, s.now));
	scenario_receipt(&s, SOUTH);
	fault(&incident, "unopenable", VOID_NONE);
	/* That a body which does not open lies there cures nothing. */
	scenario_prove(&s, NORTH, word_deposit(incident, &incident, s.now));
	assert_true(rules_act(s.rules, incident)->obliges_nobody);
	s.now += SCENARIO_HOUR;
	reseal = scenario_say(&s, (struct line){ NORTH, "node", KIND_RESEAL, .target = &incident });
	assert_verdict(&s, VOID_NONE);
	/* A certificate that does not reach the reseal. */
	scenario_prove(&s, NORTH, word_deposit(incident, &reseal, s.now));
	assert_true(rules_act(s.rules, incident)->obliges_nobody);
	time = s.now;
	scenario_prove(&s, NORTH, word_deposit(reseal, &reseal, time));
	assert_true(rules_act(s.rules, incident)->fault_stands);
	assert_false(rules_act(s.rules, incident)->obliges_nobody);
	scenario_assert_deemed(&s, incident, time + allowance());
	assert_ok(rules_certificates(s.rules, incident, certificates, 4, &count));
	assert_int_equal(count, 3);
	/* A newer seal replaces it, and is deposited later. */
	newer = scenario_log(&s, (struct line){ NORTH, "node", KIND_RESEAL, .target = &incident });
	assert_verdict(&s, VOID_NONE);
	assert_true(rules_act(s.rules, incident)->obliges_nobody);
	s.now += 100;
	time = s.now;
	scenario_prove(&s, NORTH, word_deposit(newer, &newer, time));
	scenario_assert_deemed(&s, incident, time + allowance());
	/* South is back, late, and receipts it: what it was deemed to have, it had. */
	s.now += 5 * SCENARIO_DAY;
	scenario_receipt(&s, SOUTH);
	assert_int_equal(rules_act(s.rules, incident)->resealed_by, newer.number);
	assert_false(rules_act(s.rules, incident)->fault_stands);
	scenario_assert_deemed(&s, incident, time + allowance());
	/* It does not open either: then nobody is obliged, whatever was certified. */
	fault(&incident, "mismatch", VOID_NONE);
	assert_true(rules_act(s.rules, incident)->obliges_nobody);
}

/* A new seal that south had when it said another fault is no answer to that. */
static void test_a_new_seal_before_the_fault(void **state)
{
	struct act_place incident, reseal;

	(void)state;
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	scenario_receipt(&s, SOUTH);
	fault(&incident, "missing", VOID_NONE);
	scenario_receipt(&s, NORTH);
	fault(&incident, "cured", VOID_NONE);
	/* North has not seen the cure. */
	reseal = scenario_log(&s, (struct line){ NORTH, "node", KIND_RESEAL, .target = &incident });
	assert_verdict(&s, VOID_NONE);
	scenario_prove(&s, NORTH, word_deposit(reseal, &reseal, s.now));
	scenario_assert_deemed_receipt(&s, incident, s.now - 1 + allowance());
	scenario_receipt(&s, SOUTH);
	assert_int_equal(rules_act(s.rules, incident)->resealed_by, UINT64_MAX);
	fault(&incident, "unopenable", VOID_NONE);
	assert_true(rules_act(s.rules, incident)->obliges_nobody);
}

/* One sealed body in two acts. */
static void test_one_body_in_two_acts(void **state)
{
	static const struct scenario_body body = { 1, 4096, { { 1 } }, { { 2 } } };
	struct act_place first, second;
	struct line line = { NORTH, "a.head", KIND_NOTIFY, .sealed = &body };

	(void)state;
	first = scenario_say(&s, line);
	second = scenario_say(&s, line);
	scenario_prove(&s, NORTH, word_deposit(first, &second, s.now));
	scenario_assert_deemed(&s, first, s.now - 1 + allowance());
	scenario_assert_not_deemed(&s, second);
	scenario_prove(&s, NORTH, word_deposit(second, &second, s.now));
	scenario_assert_deemed(&s, first, s.now - 2 + allowance());
	scenario_assert_deemed(&s, second, s.now - 1 + allowance());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_missing_and_deposited, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_deposited_and_missing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_lay_there_does_not_open, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_what_delivers_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_new_seal_is_deposited, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_new_seal_before_the_fault, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_one_body_in_two_acts, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
