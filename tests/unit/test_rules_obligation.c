/* Machine entries, faults of bodies, and what is owed by when. */
#include "scenario.h"

#include <time.h>

static struct scenario s;

static int set_up(void **state)
{
	(void)state;
	scenario_init(&s, NULL);
	scenario_open(&s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scenario_release(&s);
	return 0;
}

static struct act_place say(unsigned party, enum kind_number kind, const struct act_place *answers)
{
	const char *author = party == NORTH ? "a.head" : "b.head";

	return scenario_say(&s, (struct line){ party, author, kind, .answers = answers });
}

static void fault(unsigned party, const struct act_place *target, const char *what,
                  enum void_reason expected)
{
	scenario_log(&s, (struct line){ party, "node", KIND_FAULT, .target = target,
	                                .fields = { { "fault", what } } });
	assert_verdict(&s, expected);
}

static timestamp logged(struct act_place place)
{
	return rules_act(s.rules, place)->logged;
}

/* The obligation of this duty, which the act must give rise to. */
static struct obligation duty_of(struct act_place place, enum obligation_duty duty)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	size_t count;

	assert_ok(rules_obligations(s.rules, place, s.now, obligations, &count));
	for (size_t i = 0; i < count; i++)
		if (obligations[i].duty == duty)
			return obligations[i];
	fail_msg("no duty to %s", obligation_duty_name(duty));
	return obligations[0];
}

static size_t duty_count(struct act_place place)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	size_t count;

	assert_ok(rules_obligations(s.rules, place, s.now, obligations, &count));
	return count;
}

/* --- faults ---------------------------------------------------------------- */

static void test_fault_directly_after_the_receipt(void **state)
{
	struct act_place incident, second;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	fault(SOUTH, &incident, "missing", VOID_UNKNOWN_REFERENCE);
	scenario_receipt(&s, SOUTH);
	scenario_log(&s, (struct line){ SOUTH, "node", KIND_TEST });
	fault(SOUTH, &incident, "missing", VOID_NONE);
	assert_true(rules_act(s.rules, incident)->obliges_nobody);
	assert_int_equal(duty_count(incident), 0);
	fault(SOUTH, &incident, "mismatch", VOID_FAULT);
	fault(NORTH, &incident, "missing", VOID_OWN_ACT);

	second = say(NORTH, KIND_NOTIFY, NULL);
	/* Also a void act stands between. */
	scenario_say(&s, (struct line){ SOUTH, "b.nobody", KIND_PROPOSE });
	fault(SOUTH, &second, "missing", VOID_FAULT);
	fault(SOUTH, &second, "unopenable", VOID_NONE);
}

static void test_fault_within_the_acknowledgement_clock(void **state)
{
	struct act_place incident, second, receipt;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	second = say(NORTH, KIND_NOTIFY, NULL);
	receipt = scenario_receipt(&s, SOUTH);
	say(SOUTH, KIND_PROPOSE, NULL);
	s.now = logged(receipt) + s.charter->acknowledge[PRECEDENCE_ROUTINE];
	fault(SOUTH, &incident, "mismatch", VOID_NONE);
	fault(SOUTH, &second, "mismatch", VOID_FAULT);
}

static void test_fault_of_what_was_read(void **state)
{
	struct act_place incident, proposal;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	say(SOUTH, KIND_ACK, &incident);
	fault(SOUTH, &incident, "unopenable", VOID_FAULT);
	say(SOUTH, KIND_REJECT, &proposal);
	fault(SOUTH, &proposal, "unopenable", VOID_FAULT);
}

static void test_fault_of_what_has_no_body(void **state)
{
	struct act_place suspension;

	(void)state;
	suspension = say(NORTH, KIND_SUSPEND, NULL);
	scenario_receipt(&s, SOUTH);
	fault(SOUTH, &suspension, "missing", VOID_WRONG_REFERENCE);
}

static void test_fault_of_a_void_act(void **state)
{
	struct act_place nothing;

	(void)state;
	nothing = scenario_say(&s, (struct line){ NORTH, "a.nobody", KIND_NOTIFY });
	scenario_receipt(&s, SOUTH);
	fault(SOUTH, &nothing, "missing", VOID_NONE);
	assert_int_equal(duty_count(nothing), 0);
}

/* The node says it before it logs the receipt that goes with it. */
static void test_fault_tried_before_the_receipt(void **state)
{
	struct act_place incident;
	struct scenario_entry *made;
	struct verdict verdict;
	struct line line = { SOUTH, "node", KIND_FAULT, .target = &incident };

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	made = scenario_make(&s, s.rules, &line);
	assert_ok(rules_try(s.rules, SOUTH, &made->entry.act, made->keys, s.now, &verdict, NULL));
	assert_int_equal(verdict.reason, VOID_NONE);
	scenario_entry_free(made);
}

static void test_fault_cured(void **state)
{
	struct act_place incident;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	scenario_receipt(&s, SOUTH);
	fault(SOUTH, &incident, "cured", VOID_FAULT);
	fault(SOUTH, &incident, "missing", VOID_NONE);
	s.now += SCENARIO_HOUR;
	fault(SOUTH, &incident, "cured", VOID_NONE);
	assert_false(rules_act(s.rules, incident)->obliges_nobody);
	assert_int_equal(duty_of(incident, DUTY_ACKNOWLEDGE).started, s.now - 1);
}

static void test_fault_cured_by_the_receivers_own_answer(void **state)
{
	struct act_place proposal, incident;

	(void)state;
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	incident = say(NORTH, KIND_NOTIFY, NULL);
	scenario_receipt(&s, SOUTH);
	fault(SOUTH, &proposal, "missing", VOID_NONE);
	fault(SOUTH, &incident, "missing", VOID_NONE);
	say(SOUTH, KIND_ACCEPT, &proposal);
	assert_verdict(&s, VOID_NONE);
	assert_false(rules_act(s.rules, proposal)->obliges_nobody);
	say(SOUTH, KIND_ACK, &incident);
	assert_false(rules_act(s.rules, incident)->obliges_nobody);
}

static void test_reseal(void **state)
{
	struct act_place incident, reseal, receipt;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	scenario_log(&s, (struct line){ NORTH, "node", KIND_RESEAL, .target = &incident });
	assert_verdict(&s, VOID_FAULT);
	scenario_receipt(&s, SOUTH);
	fault(SOUTH, &incident, "unopenable", VOID_NONE);
	scenario_log(&s, (struct line){ NORTH, "node", KIND_RESEAL, .target = &incident });
	assert_verdict(&s, VOID_FAULT);
	reseal = scenario_say(&s, (struct line){ NORTH, "node", KIND_RESEAL, .target = &incident });
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(rules_act(s.rules, incident)->resealed_by, UINT64_MAX);
	assert_int_equal(rules_act(s.rules, reseal)->sealed_size, 4096);
	assert_true(rules_act(s.rules, incident)->obliges_nobody);
	s.now += SCENARIO_HOUR;
	receipt = scenario_receipt(&s, SOUTH);
	assert_int_equal(rules_act(s.rules, incident)->resealed_by, reseal.number);
	assert_false(rules_act(s.rules, incident)->obliges_nobody);
	assert_int_equal(duty_of(incident, DUTY_ACKNOWLEDGE).started, logged(receipt));
	/* The new seal can be at fault as well. */
	fault(SOUTH, &incident, "missing", VOID_NONE);
	scenario_say(&s, (struct line){ SOUTH, "node", KIND_RESEAL, .target = &incident });
	assert_verdict(&s, VOID_NOT_OWN_ACT);
}

/* A reseal cannot replace what was read, nor let a fault be said again. */
static void test_reseal_without_a_standing_fault(void **state)
{
	struct act_place incident, read, first, second;
	timestamp started;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	read = say(NORTH, KIND_NOTIFY, NULL);
	scenario_receipt(&s, SOUTH);
	fault(SOUTH, &incident, "missing", VOID_NONE);
	fault(SOUTH, &read, "missing", VOID_NONE);
	scenario_receipt(&s, NORTH);
	say(SOUTH, KIND_ACK, &read);
	started = duty_of(read, DUTY_ACKNOWLEDGE).started;
	/* North has not seen the acknowledgement. */
	scenario_log(&s, (struct line){ NORTH, "node", KIND_RESEAL, .target = &read });
	assert_verdict(&s, VOID_NONE);
	first = scenario_log(&s, (struct line){ NORTH, "node", KIND_RESEAL, .target = &incident });
	second = scenario_log(&s, (struct line){ NORTH, "node", KIND_RESEAL, .target = &incident });
	assert_int_equal(second.number, first.number + 1);
	s.now += SCENARIO_DAY;
	scenario_receipt(&s, SOUTH);
	assert_int_equal(rules_act(s.rules, read)->resealed_by, UINT64_MAX);
	assert_int_equal(duty_of(read, DUTY_ACKNOWLEDGE).started, started);
	/* Of two under one receipt the later counts. */
	assert_int_equal(rules_act(s.rules, incident)->resealed_by, second.number);
	say(SOUTH, KIND_ACK, &incident);
	scenario_say(&s, (struct line){ NORTH, "node", KIND_RESEAL, .target = &incident });
	scenario_receipt(&s, SOUTH);
	assert_int_equal(rules_act(s.rules, incident)->resealed_by, second.number);
	fault(SOUTH, &incident, "missing", VOID_FAULT);
}

/* What is overdue cannot be disowned by a late fault, however quiet the log. */
static void test_fault_long_after_the_receipt(void **state)
{
	struct act_place incident, second, receipt;

	(void)state;
	incident = scenario_say(
	    &s, (struct line){ NORTH, "a.head", KIND_NOTIFY, .precedence = "flash" });
	second = say(NORTH, KIND_NOTIFY, NULL);
	receipt = scenario_receipt(&s, SOUTH);
	s.now = logged(receipt) + 300;
	fault(SOUTH, &second, "missing", VOID_NONE);
	fault(SOUTH, &incident, "missing", VOID_FAULT);
	s.now = duty_of(incident, DUTY_ACKNOWLEDGE).deadline + 1;
	fault(SOUTH, &incident, "unopenable", VOID_FAULT);
	assert_int_equal(duty_of(incident, DUTY_ACKNOWLEDGE).state, OBLIGATION_OVERDUE);
}

static void test_echo(void **state)
{
	struct act_place test, incident;

	(void)state;
	test = scenario_log(&s, (struct line){ NORTH, "node", KIND_TEST });
	incident = say(NORTH, KIND_NOTIFY, NULL);
	scenario_say(&s, (struct line){ SOUTH, "node", KIND_ECHO, .target = &test });
	assert_verdict(&s, VOID_NONE);
	scenario_say(&s, (struct line){ SOUTH, "node", KIND_ECHO, .target = &incident });
	assert_verdict(&s, VOID_WRONG_REFERENCE);
	scenario_say(&s, (struct line){ NORTH, "node", KIND_ECHO, .target = &test });
	assert_verdict(&s, VOID_OWN_ACT);
}

/* --- clocks ---------------------------------------------------------------- */

static void test_acknowledgement_by_precedence(void **state)
{
	static const char *const names[PRECEDENCE_COUNT] = { "flash", "immediate", "priority",
		                                             "routine" };

	(void)state;
	for (unsigned i = 0; i < PRECEDENCE_COUNT; i++) {
		struct act_place incident, receipt, acknowledgement;
		struct obligation duty;

		incident = scenario_say(
		    &s, (struct line){ NORTH, "a.head", KIND_NOTIFY, .precedence = names[i] });
		duty = duty_of(incident, DUTY_ACKNOWLEDGE);
		assert_int_equal(duty.owed_by, SOUTH);
		assert_int_equal(duty.started, 0);
		assert_int_equal(duty.deadline, 0);
		assert_int_equal(duty.state, OBLIGATION_OPEN);
		receipt = scenario_receipt(&s, SOUTH);
		duty = duty_of(incident, DUTY_ACKNOWLEDGE);
		assert_int_equal(duty.started, logged(receipt));
		assert_int_equal(duty.deadline, logged(receipt) + s.charter->acknowledge[i]);
		s.now = duty.deadline;
		assert_int_equal(duty_of(incident, DUTY_ACKNOWLEDGE).state, OBLIGATION_OPEN);
		s.now++;
		assert_int_equal(duty_of(incident, DUTY_ACKNOWLEDGE).state, OBLIGATION_OVERDUE);
		acknowledgement = say(SOUTH, KIND_ACK, &incident);
		duty = duty_of(incident, DUTY_ACKNOWLEDGE);
		assert_int_equal(duty.state, OBLIGATION_MET);
		assert_place(duty.met_by, acknowledgement);
	}
}

static void test_answers(void **state)
{
	struct act_place proposal, rejection;
	struct obligation duty;

	(void)state;
	proposal = scenario_say(&s, (struct line){ NORTH, "a.head", KIND_PROPOSE });
	scenario_receipt(&s, SOUTH);
	assert_int_equal(duty_count(proposal), 1); /* without precedence, no acknowledgement */
	duty = duty_of(proposal, DUTY_ANSWER);
	assert_int_equal(duty.deadline, duty.started + s.charter->clocks[CLOCK_POSITION]);
	say(SOUTH, KIND_ACK, &proposal);
	assert_int_equal(duty_of(proposal, DUTY_ANSWER).state, OBLIGATION_OPEN);
	s.now = duty.deadline + 1;
	assert_int_equal(duty_of(proposal, DUTY_ANSWER).state, OBLIGATION_OVERDUE);
	rejection = say(SOUTH, KIND_REJECT, &proposal);
	assert_int_equal(duty_of(proposal, DUTY_ANSWER).state, OBLIGATION_MET);
	assert_place(duty_of(proposal, DUTY_ANSWER).met_by, rejection);
}

static void test_the_later_of_due_and_clock(void **state)
{
	timestamp due = s.now + s.charter->clocks[CLOCK_POSITION] + SCENARIO_DAY;
	struct act_place late, early;

	(void)state;
	late = scenario_say(&s, (struct line){ NORTH, "a.head", KIND_PROPOSE, .due = due });
	early = scenario_say(&s, (struct line){ NORTH, "a.head", KIND_PROPOSE, .due = s.now + 60 });
	scenario_receipt(&s, SOUTH);
	assert_int_equal(duty_of(late, DUTY_ANSWER).deadline, due);
	assert_int_equal(duty_of(early, DUTY_ANSWER).deadline,
	                 duty_of(early, DUTY_ANSWER).started + s.charter->clocks[CLOCK_POSITION]);
}

static void test_flash_requests(void **state)
{
	struct act_place flash, request;

	(void)state;
	flash = scenario_say(&s,
	                     (struct line){ NORTH, "a.head", KIND_REQUEST, .precedence = "flash" });
	request = scenario_say(&s, (struct line){ NORTH, "a.head", KIND_REQUEST });
	scenario_receipt(&s, SOUTH);
	assert_int_equal(duty_of(flash, DUTY_ANSWER).deadline,
	                 duty_of(flash, DUTY_ANSWER).started + s.charter->request_flash);
	assert_int_equal(duty_of(request, DUTY_ANSWER).deadline,
	                 duty_of(request, DUTY_ANSWER).started + s.charter->clocks[CLOCK_REQUEST]);
	say(SOUTH, KIND_REFUSE, &request);
	assert_int_equal(duty_of(request, DUTY_ANSWER).state, OBLIGATION_MET);
}

/* The author's own receipt of the receipt may bear an earlier time. */
static void test_the_earliest_start(void **state)
{
	struct act_place incident, receipt, covering;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	s.now += 200;
	receipt = scenario_receipt(&s, SOUTH);
	assert_int_equal(duty_of(incident, DUTY_ACKNOWLEDGE).started, logged(receipt));
	s.now -= 200;
	covering = scenario_receipt(&s, NORTH);
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(duty_of(incident, DUTY_ACKNOWLEDGE).started, logged(covering));
}

static void test_nothing_is_owed(void **state)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	struct act_place retracted, void_act, comment;
	size_t count;

	(void)state;
	retracted = say(NORTH, KIND_PROPOSE, NULL);
	void_act = scenario_say(&s, (struct line){ NORTH, "a.nobody", KIND_PROPOSE });
	comment = say(NORTH, KIND_COMMENT, NULL);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_RETRACT, .target = &retracted });
	assert_verdict(&s, VOID_NONE);
	scenario_receipt(&s, SOUTH);
	assert_int_equal(duty_count(retracted), 0);
	assert_int_equal(duty_count(void_act), 0);
	assert_int_equal(duty_count(comment), 0);
	assert_int_equal(rules_obligations(s.rules, (struct act_place){ NORTH, 999 }, s.now,
	                                   obligations, &count),
	                 ERROR_NOT_FOUND);
}

static void test_who_notifies_reports(void **state)
{
	struct act_place incident, update, conclusion;
	struct obligation duty;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	scenario_receipt(&s, SOUTH);
	duty = duty_of(incident, DUTY_UPDATE);
	assert_int_equal(duty.owed_by, NORTH);
	assert_int_equal(duty.deadline, duty.started + s.charter->clocks[CLOCK_INCIDENT_UPDATE]);
	duty = duty_of(incident, DUTY_CONCLUDE);
	assert_int_equal(duty.deadline, duty.started + s.charter->clocks[CLOCK_CONCLUSION]);
	update = scenario_say(&s,
	                      (struct line){ NORTH, "a.head", KIND_UPDATE, .matter = &incident });
	assert_place(duty_of(incident, DUTY_UPDATE).met_by, update);
	assert_int_equal(duty_of(incident, DUTY_CONCLUDE).state, OBLIGATION_OPEN);
	conclusion = scenario_say(
	    &s, (struct line){ NORTH, "a.head", KIND_CONCLUDE, .matter = &incident });
	assert_place(duty_of(incident, DUTY_CONCLUDE).met_by, conclusion);
}

/* No clock starts against a side once its own withdrawal is in effect. */
static void test_no_clock_after_ones_own_withdrawal(void **state)
{
	struct act_place withdrawal, before, proposal, incident, acknowledged;

	(void)state;
	acknowledged = say(NORTH, KIND_NOTIFY, NULL);
	scenario_receipt(&s, SOUTH);
	withdrawal = scenario_log(
	    &s, (struct line){ SOUTH, "b.head", KIND_WITHDRAW, .fields = { { "from", "talks" } } });
	s.now = logged(withdrawal) + s.charter->notice - 3;
	before = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_PROPOSE });
	scenario_receipt(&s, SOUTH);
	assert_int_not_equal(duty_of(before, DUTY_ANSWER).started, 0);
	/* The receipt is logged at the very second at which it takes effect. */
	proposal = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_PROPOSE });
	scenario_receipt(&s, SOUTH);
	incident = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_NOTIFY });
	scenario_receipt(&s, SOUTH);
	assert_int_equal(duty_of(proposal, DUTY_ANSWER).started, 0);
	/* From the talks: notices go on, and what had started runs on. */
	assert_int_not_equal(duty_of(incident, DUTY_ACKNOWLEDGE).started, 0);
	assert_int_not_equal(duty_of(acknowledged, DUTY_ACKNOWLEDGE).started, 0);

	withdrawal = scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_WITHDRAW,
	                                             .fields = { { "from", "channel" } } });
	assert_verdict(&s, VOID_NONE);
	s.now = logged(withdrawal) + s.charter->notice;
	incident = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_NOTIFY });
	assert_verdict(&s, VOID_NONE);
	scenario_receipt(&s, SOUTH);
	assert_int_equal(duty_of(incident, DUTY_ACKNOWLEDGE).started, 0);

	/* After its close it receipts nothing. */
	scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_CLOSE });
	assert_verdict(&s, VOID_NONE);
	incident = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_NOTIFY });
	assert_verdict(&s, VOID_NONE);
	s.now += 365 * SCENARIO_DAY;
	assert_int_equal(duty_of(incident, DUTY_ACKNOWLEDGE).state, OBLIGATION_OPEN);
}

/* Notices that outlive the withdrawal oblige until the close. */
static void test_clocks_of_notices_that_outlive_it(void **state)
{
	struct charter model = fixture_charter();
	struct act_place before, after;

	(void)state;
	model.survives = SURVIVES_NOTICES;
	model.notice = 0;
	scenario_release(&s);
	scenario_init(&s, &model);
	scenario_open(&s);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_WITHDRAW,
	                                .fields = { { "from", "channel" } } });
	before = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_NOTIFY });
	scenario_receipt(&s, SOUTH);
	assert_int_not_equal(duty_of(before, DUTY_UPDATE).started, 0);
	after = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_NOTIFY });
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_CLOSE });
	assert_verdict(&s, VOID_NONE);
	scenario_receipt(&s, SOUTH);
	assert_int_equal(duty_of(after, DUTY_UPDATE).started, 0);
	assert_int_not_equal(duty_of(after, DUTY_ACKNOWLEDGE).started, 0);
	/* What had started runs on. */
	assert_int_not_equal(duty_of(before, DUTY_UPDATE).started, 0);
}

/* Whoever has receipted the other side's close can only acknowledge: it owes no
 * answer that it cannot give. What was overdue then stays so. */
static void test_no_answer_to_who_has_closed(void **state)
{
	struct act_place withdrawal, overdue, answered, proposal, incident;
	char expires[TIMESTAMP_CAPACITY];
	struct line line = { NORTH, "a.head", KIND_PROPOSE, .precedence = "flash",
		             .fields = { { "expires", expires } } };

	(void)state;
	timestamp_format(s.now + 365 * SCENARIO_DAY, expires);
	withdrawal = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_WITHDRAW,
	                                             .fields = { { "from", "channel" } } });
	overdue = scenario_log(&s, line);
	answered = scenario_log(&s, line);
	say(SOUTH, KIND_REJECT, &answered);
	s.now = logged(withdrawal) + s.charter->notice - 10;
	assert_int_equal(duty_of(overdue, DUTY_ANSWER).state, OBLIGATION_OVERDUE);
	proposal = scenario_log(&s, line);
	incident = scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_NOTIFY });
	scenario_receipt(&s, NORTH);
	s.now += 10;
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_CLOSE });
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(duty_count(proposal), 2);
	assert_int_equal(duty_count(incident), 3);
	scenario_receipt(&s, SOUTH);
	scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_REJECT, .answers = &proposal });
	assert_verdict(&s, VOID_CHANNEL_STATE);
	/* North's own close leaves nothing that south could report on. */
	assert_int_equal(duty_count(incident), 1);
	assert_int_equal(duty_count(proposal), 1);
	s.now += 30 * SCENARIO_DAY;
	assert_int_equal(duty_of(proposal, DUTY_ACKNOWLEDGE).state, OBLIGATION_OVERDUE);
	assert_int_equal(duty_of(overdue, DUTY_ANSWER).state, OBLIGATION_OVERDUE);
	assert_int_equal(duty_of(answered, DUTY_ANSWER).state, OBLIGATION_MET);
}

/* Nor against who has closed: what it notified last it need not report on. */
static void test_no_clock_after_ones_own_close(void **state)
{
	struct act_place incident, withdrawal;

	(void)state;
	withdrawal = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_WITHDRAW,
	                                             .fields = { { "from", "channel" } } });
	s.now = logged(withdrawal) + s.charter->notice - 1;
	incident = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_NOTIFY });
	assert_verdict(&s, VOID_NONE);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_CLOSE });
	assert_verdict(&s, VOID_NONE);
	scenario_receipt(&s, SOUTH);
	assert_int_equal(duty_of(incident, DUTY_CONCLUDE).started, 0);
	assert_int_not_equal(duty_of(incident, DUTY_ACKNOWLEDGE).started, 0);
}

/* A hundred thousand entries, by the processor's time and not the wall's. */
static void test_speed(void **state)
{
	enum { ENTRIES = 100000 };
	struct scenario_entry *notice;
	struct verdict verdict;
	clock_t start, used;

	(void)state;
	scenario_receipt(&s, NORTH);
	notice = scenario_make(&s, s.rules, &(struct line){ NORTH, "a.head", KIND_NOTIFY });
	start = clock();
	for (uint32_t i = 0; i < ENTRIES; i++) {
		memcpy(notice->entry.act.identity.bytes, &i, sizeof(i));
		assert_ok(
		    rules_append(s.rules, NORTH, &notice->entry, notice->keys, &verdict, NULL));
		assert_int_equal(verdict.code, VERDICT_VALID);
	}
	used = clock() - start;
	scenario_entry_free(notice);
	print_message("# %d entries in %ld ms\n", ENTRIES, (long)(used * 1000 / CLOCKS_PER_SEC));
	assert_true(used < 5 * CLOCKS_PER_SEC); /* also under a sanitizer */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_fault_directly_after_the_receipt, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_fault_within_the_acknowledgement_clock, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_fault_of_what_was_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fault_of_what_has_no_body, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fault_of_a_void_act, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fault_tried_before_the_receipt, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_fault_cured, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fault_cured_by_the_receivers_own_answer,
		                                set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reseal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reseal_without_a_standing_fault, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_fault_long_after_the_receipt, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_echo, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_acknowledgement_by_precedence, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_answers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_later_of_due_and_clock, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_flash_requests, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_earliest_start, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_is_owed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_who_notifies_reports, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_clock_after_ones_own_withdrawal, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_clocks_of_notices_that_outlive_it, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_no_answer_to_who_has_closed, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_no_clock_after_ones_own_close, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_speed, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
