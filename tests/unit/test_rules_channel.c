/* The channel: entries that refuse a log, coming into force, receipts,
 * suspension, withdrawal, close. */
#include "scenario.h"

static struct scenario s;

static int set_up(void **state)
{
	(void)state;
	scenario_init(&s, NULL);
	return 0;
}

static int set_up_open(void **state)
{
	set_up(state);
	scenario_open(&s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scenario_release(&s);
	return 0;
}

static struct act_place say(unsigned party, enum kind_number kind)
{
	const char *author = party == NORTH ? "a.head" : "b.head";

	return scenario_say(&s, (struct line){ party, author, kind });
}

static struct act_place blurt(unsigned party, enum kind_number kind)
{
	const char *author = party == NORTH ? "a.head" : "b.head";

	return scenario_log(&s, (struct line){ party, author, kind });
}

static struct act_place withdraw(unsigned party, const char *from)
{
	const char *author = party == NORTH ? "a.head" : "b.head";

	return scenario_say(
	    &s, (struct line){ party, author, KIND_WITHDRAW, .fields = { { "from", from } } });
}

/* --- what refuses a log --------------------------------------------------- */

static void test_first_entry(void **state)
{
	(void)state;
	blurt(NORTH, KIND_NOTIFY);
	assert_int_equal(s.result, ERROR_STATE);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_ACCEDE,
	                                .fields = { { "signature", "U1NIU0lH" } } });
	assert_int_not_equal(s.result, OK);
	assert_int_equal(rules_size(s.rules, NORTH), 0);
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_DRAFT);
	blurt(NORTH, KIND_ACCEDE);
	assert_verdict(&s, VOID_NONE);
	blurt(NORTH, KIND_ACCEDE);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_ACCEDED);
}

static void test_accession_by_the_other_head(void **state)
{
	struct buffer swap = s.accessions[NORTH];

	(void)state;
	s.accessions[NORTH] = s.accessions[SOUTH];
	s.accessions[SOUTH] = swap;
	blurt(NORTH, KIND_ACCEDE);
	assert_int_not_equal(s.result, OK);
	assert_int_equal(rules_size(s.rules, NORTH), 0);
}

static void test_other_channels_and_parties(void **state)
{
	(void)state;
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_NOTIFY, .channel = fixture_channel });
	assert_int_equal(s.result, ERROR_MISMATCH);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_NOTIFY, .as_party = "south" });
	assert_int_equal(s.result, ERROR_MISMATCH);
}

static void test_logged_never_decreases(void **state)
{
	(void)state;
	s.now = rules_last_logged(s.rules, NORTH) - 1;
	blurt(NORTH, KIND_NOTIFY);
	assert_int_equal(s.result, ERROR_CLOCK);
	s.now = rules_last_logged(s.rules, NORTH);
	blurt(NORTH, KIND_NOTIFY);
	assert_verdict(&s, VOID_NONE);
}

static void test_logged_against_the_past(void **state)
{
	(void)state;
	s.now += 300;
	blurt(NORTH, KIND_NOTIFY);
	s.now = rules_last_logged(s.rules, NORTH) - 301;
	/* What south has not received does not bind its clock. */
	blurt(SOUTH, KIND_NOTIFY);
	assert_verdict(&s, VOID_NONE);
	s.now = rules_last_logged(s.rules, NORTH) - 301;
	scenario_receipt(&s, SOUTH);
	assert_int_equal(s.result, ERROR_CLOCK);
	s.now = rules_last_logged(s.rules, NORTH) - 300;
	scenario_receipt(&s, SOUTH);
	assert_verdict(&s, VOID_NONE);
}

static void test_receipts(void **state)
{
	static const char *const sizes[] = { "1", "2" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		scenario_log(&s, (struct line){ SOUTH, "node", KIND_RECEIPT,
		                                .fields = { { "size", sizes[i] } } });
		assert_int_equal(s.result, ERROR_STATE);
	}
	scenario_log(&s,
	             (struct line){ SOUTH, "node", KIND_RECEIPT, .fields = { { "size", "3" } } });
	assert_int_equal(s.result, ERROR_WAIT);
	blurt(NORTH, KIND_NOTIFY);
	scenario_log(&s, (struct line){ SOUTH, "node", KIND_RECEIPT,
	                                .fields = { { "root", FIXTURE_HASH } } });
	assert_int_equal(s.result, ERROR_MISMATCH);
	/* A receipt by another key is void, and receipts nothing. */
	scenario_log(&s, (struct line){ SOUTH, "node", KIND_RECEIPT, .key = "x" });
	assert_verdict(&s, VOID_WRONG_KEY);
	assert_int_equal(rules_receipted(s.rules, SOUTH), 2);
	scenario_receipt(&s, SOUTH);
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(rules_receipted(s.rules, SOUTH), 3);
	assert_int_equal(rules_act(s.rules, (struct act_place){ NORTH, 2 })->receipted_by,
	                 rules_size(s.rules, SOUTH) - 1);
}

static void test_receipts_that_are_due(void **state)
{
	bool only_receipts = false;

	(void)state;
	assert_false(rules_receipt_due(s.rules, NORTH, &only_receipts));
	blurt(SOUTH, KIND_ACCEDE);
	/* A log begins with its accede. */
	assert_false(rules_receipt_due(s.rules, NORTH, &only_receipts));
	blurt(NORTH, KIND_ACCEDE);
	assert_true(rules_receipt_due(s.rules, NORTH, &only_receipts));
	assert_false(only_receipts);
	scenario_receipt(&s, NORTH);
	assert_false(rules_receipt_due(s.rules, NORTH, &only_receipts));
	assert_true(rules_cosignature_covered(s.rules, NORTH, 1));
	scenario_receipt(&s, SOUTH);
	assert_true(rules_receipt_due(s.rules, NORTH, &only_receipts));
	assert_true(only_receipts);
	/* Receipts alone need none for a cosignature. */
	assert_true(rules_cosignature_covered(s.rules, NORTH, 2));
	assert_false(rules_cosignature_covered(s.rules, NORTH, 3));
	say(SOUTH, KIND_NOTIFY);
	assert_true(rules_cosignature_covered(s.rules, NORTH, 2));
	assert_false(rules_cosignature_covered(s.rules, NORTH, 3));
	assert_false(rules_cosignature_covered(s.rules, NORTH, 0));
	assert_true(rules_receipt_due(s.rules, NORTH, &only_receipts));
	assert_false(only_receipts);
}

/* --- coming into force ---------------------------------------------------- */

static void test_before_force(void **state)
{
	static const struct {
		enum kind_number kind;
		enum void_reason reason;
	} cases[] = {
		{ KIND_NOTIFY, VOID_CHANNEL_STATE },
		{ KIND_PROPOSE, VOID_CHANNEL_STATE },
		{ KIND_SUSPEND, VOID_CHANNEL_STATE },
		{ KIND_DECLARE, VOID_CHANNEL_STATE },
	};

	(void)state;
	blurt(NORTH, KIND_ACCEDE);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		blurt(NORTH, cases[i].kind);
		assert_verdict(&s, cases[i].reason);
	}
	scenario_log(&s, (struct line){ NORTH, "node", KIND_TEST });
	assert_verdict(&s, VOID_NONE);
	scenario_accredit(&s, NORTH, "a.deputy", "deputy");
	assert_verdict(&s, VOID_NONE);
	scenario_log(
	    &s, (struct line){ NORTH, "a.head", KIND_REKEY,
	                       .fields = { { "item", "node-key" }, { "value", "raw:node2" } } });
	assert_verdict(&s, VOID_NONE);
	withdraw(NORTH, "channel");
	assert_verdict(&s, VOID_NONE);
	blurt(NORTH, KIND_CLOSE);
	assert_verdict(&s, VOID_NONE);
}

static void test_in_force_when_both_have_receipted(void **state)
{
	(void)state;
	blurt(NORTH, KIND_ACCEDE);
	blurt(SOUTH, KIND_ACCEDE);
	scenario_receipt(&s, SOUTH);
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_ACCEDED);
	/* South has not seen north's receipt, as there is none. */
	blurt(SOUTH, KIND_NOTIFY);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	say(NORTH, KIND_NOTIFY);
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_IN_FORCE);
	/* Now it is in force, but not yet in what south's log has received. */
	blurt(SOUTH, KIND_NOTIFY);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	say(SOUTH, KIND_NOTIFY);
	assert_verdict(&s, VOID_NONE);
}

/* Of an accession that is void nothing comes, however much is receipted. */
static void test_a_void_accession(void **state)
{
	(void)state;
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_ACCEDE, .key = "a.other" });
	assert_verdict(&s, VOID_WRONG_KEY);
	blurt(SOUTH, KIND_ACCEDE);
	assert_verdict(&s, VOID_NONE);
	for (unsigned i = 0; i < 2; i++) {
		scenario_receipt(&s, NORTH);
		scenario_receipt(&s, SOUTH);
	}
	say(SOUTH, KIND_NOTIFY);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	say(NORTH, KIND_ACCEDE);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_ACCEDED);
}

/* --- suspension ------------------------------------------------------------ */

static void test_suspension(void **state)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	struct act_place proposal, taken_back;
	size_t count;

	(void)state;
	proposal = say(SOUTH, KIND_PROPOSE);
	taken_back = say(NORTH, KIND_PROPOSE);
	blurt(SOUTH, KIND_RESUME);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	say(NORTH, KIND_SUSPEND);
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_SUSPENDED);
	blurt(NORTH, KIND_SUSPEND);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	blurt(NORTH, KIND_PROPOSE);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	blurt(NORTH, KIND_DECLARE);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	blurt(NORTH, KIND_NOTIFY);
	assert_verdict(&s, VOID_NONE);
	/* Answers, corrections and retractions stay legal, and clocks run on. */
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_CORRECT, .target = &taken_back });
	assert_verdict(&s, VOID_NONE);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_RETRACT, .target = &taken_back });
	assert_verdict(&s, VOID_NONE);
	assert_ok(
	    rules_obligations(s.rules, proposal, s.now + 11 * SCENARIO_DAY, obligations, &count));
	assert_int_equal(count, 1);
	assert_int_equal(obligations[0].state, OBLIGATION_OVERDUE);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_COUNTER, .answers = &proposal });
	assert_verdict(&s, VOID_NONE);
	/* It binds the other side from when it has received it. */
	blurt(SOUTH, KIND_PROPOSE);
	assert_verdict(&s, VOID_NONE);
	say(SOUTH, KIND_PROPOSE);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	/* Each side resumes its own; in force when none stands. */
	say(SOUTH, KIND_RESUME);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	say(SOUTH, KIND_SUSPEND);
	assert_verdict(&s, VOID_NONE);
	say(NORTH, KIND_RESUME);
	assert_verdict(&s, VOID_NONE);
	assert_false(rules_has_suspended(s.rules, NORTH));
	assert_true(rules_has_suspended(s.rules, SOUTH));
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_SUSPENDED);
	say(NORTH, KIND_PROPOSE);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	say(SOUTH, KIND_RESUME);
	say(NORTH, KIND_PROPOSE);
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_IN_FORCE);
}

/* --- withdrawal ------------------------------------------------------------ */

static void test_withdrawal_from_the_talks(void **state)
{
	struct act_place withdrawal, proposal, countered, concurrent, accepted, meeting;
	timestamp effect;

	(void)state;
	proposal = say(SOUTH, KIND_PROPOSE);
	countered = say(SOUTH, KIND_PROPOSE);
	meeting = say(SOUTH, KIND_CONVENE);
	withdrawal = withdraw(NORTH, "talks");
	assert_verdict(&s, VOID_NONE);
	withdraw(NORTH, "talks");
	assert_verdict(&s, VOID_CHANNEL_STATE);
	effect = rules_act(s.rules, withdrawal)->logged + s.charter->notice;
	assert_int_equal(rules_withdrawal(s.rules, false), effect);
	assert_int_equal(rules_withdrawal(s.rules, true), 0);

	s.now = effect - 10;
	concurrent = scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_PROPOSE });
	assert_verdict(&s, VOID_NONE);
	accepted = say(NORTH, KIND_PROPOSE);
	assert_verdict(&s, VOID_NONE);
	/* South knows nothing of the withdrawal: its offer stands, and lapses. */
	s.now = effect;
	blurt(SOUTH, KIND_PROPOSE);
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(scenario_state(&s, concurrent, effect - 1), STATE_TABLED);
	assert_int_equal(scenario_state(&s, concurrent, effect), STATE_LAPSED);
	assert_int_equal(scenario_state(&s, proposal, effect), STATE_LAPSED);

	blurt(NORTH, KIND_PROPOSE);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_COUNTER, .answers = &countered });
	assert_verdict(&s, VOID_CHANNEL_STATE);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_ACCEPT, .answers = &concurrent });
	assert_verdict(&s, VOID_CHANNEL_STATE);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_REJECT, .answers = &concurrent });
	assert_verdict(&s, VOID_NONE);
	blurt(NORTH, KIND_NOTIFY);
	assert_verdict(&s, VOID_NONE);
	say(SOUTH, KIND_PROPOSE);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_ACCEPT, .answers = &accepted });
	assert_verdict(&s, VOID_CHANNEL_STATE);
	/* The channel itself goes on, and people may meet. */
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_ACCEPT, .answers = &meeting });
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_IN_FORCE);
}

static void test_acceptance_that_had_not_seen_the_withdrawal(void **state)
{
	struct act_place proposal, withdrawal;
	char expires[TIMESTAMP_CAPACITY];

	(void)state;
	timestamp_format(s.now + 2 * s.charter->notice, expires);
	proposal = scenario_say(&s, (struct line){ NORTH, "a.head", KIND_PROPOSE,
	                                           .fields = { { "expires", expires } } });
	scenario_receipt(&s, SOUTH);
	withdrawal = withdraw(NORTH, "talks");
	s.now = rules_act(s.rules, withdrawal)->logged + s.charter->notice + 1;
	assert_int_equal(scenario_state(&s, proposal, s.now), STATE_LAPSED);
	scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_ACCEPT, .answers = &proposal });
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(scenario_state(&s, proposal, s.now), STATE_ACCEPTED);
}

static void test_withdrawal_from_the_channel(void **state)
{
	struct act_place incident, withdrawal;

	(void)state;
	incident = say(SOUTH, KIND_NOTIFY);
	blurt(NORTH, KIND_CLOSE);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	withdrawal = withdraw(NORTH, "channel");
	withdraw(NORTH, "talks");
	assert_verdict(&s, VOID_CHANNEL_STATE);
	blurt(NORTH, KIND_CLOSE);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	s.now = rules_act(s.rules, withdrawal)->logged + s.charter->notice;
	assert_int_equal(rules_channel_state(s.rules, s.now - 1), CHANNEL_IN_FORCE);
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_WITHDRAWN);
	blurt(NORTH, KIND_NOTIFY);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	blurt(NORTH, KIND_SUSPEND);
	assert_verdict(&s, VOID_CHANNEL_STATE);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_ACK, .answers = &incident });
	assert_verdict(&s, VOID_NONE);
	scenario_say(&s, (struct line){ NORTH, "appointing", KIND_RECALL,
	                                .fields = { { "delegate", "a.head" } } });
	assert_verdict(&s, VOID_NONE);
	/* Withdrawal needs nobody's consent: either side can close now. */
	say(SOUTH, KIND_CLOSE);
	assert_verdict(&s, VOID_NONE);
}

static void test_notices_that_outlive_it(void **state)
{
	struct charter model = fixture_charter();

	(void)state;
	model.survives = SURVIVES_NOTICES;
	model.notice = 0;
	scenario_release(&s);
	scenario_init(&s, &model);
	scenario_open(&s);
	withdraw(NORTH, "channel");
	blurt(NORTH, KIND_NOTIFY);
	assert_verdict(&s, VOID_NONE);
	blurt(NORTH, KIND_DECLARE);
	assert_verdict(&s, VOID_CHANNEL_STATE);
}

/* --- close ----------------------------------------------------------------- */

static void test_close(void **state)
{
	struct act_place incident;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY);
	withdraw(NORTH, "channel");
	s.now += s.charter->notice;
	say(NORTH, KIND_CLOSE);
	assert_verdict(&s, VOID_NONE);
	assert_true(rules_has_closed(s.rules, NORTH));
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_CLOSED_BY_ONE);
	blurt(NORTH, KIND_NOTIFY);
	assert_int_equal(s.result, ERROR_STATE);
	scenario_receipt(&s, NORTH);
	assert_int_equal(s.result, ERROR_STATE);
	assert_true(rules_cosignature_covered(s.rules, NORTH, rules_size(s.rules, SOUTH)));

	scenario_receipt(&s, SOUTH);
	scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_UPDATE, .matter = &incident });
	assert_verdict(&s, VOID_CHANNEL_STATE);
	scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_COMMENT, .answers = &incident });
	assert_verdict(&s, VOID_CHANNEL_STATE);
	scenario_accredit(&s, SOUTH, "b.deputy", "deputy");
	assert_verdict(&s, VOID_CHANNEL_STATE);
	scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_ACK, .answers = &incident });
	assert_verdict(&s, VOID_NONE);
	/* Who has closed cosigns without an entry. */
	assert_true(rules_cosignature_covered(s.rules, NORTH, rules_size(s.rules, SOUTH)));
	scenario_log(&s, (struct line){ SOUTH, "node", KIND_TEST });
	assert_verdict(&s, VOID_NONE);
	scenario_log(
	    &s, (struct line){ SOUTH, "b.head", KIND_REKEY,
	                       .fields = { { "item", "node-key" }, { "value", "raw:node2" } } });
	assert_verdict(&s, VOID_NONE);
	blurt(SOUTH, KIND_CLOSE);
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(rules_channel_state(s.rules, s.now), CHANNEL_CLOSED);
}

static void test_what_evidence_leaves(void **state)
{
	static const enum kind_number allowed[] = { KIND_RECEIPT, KIND_TEST,  KIND_RECALL,
		                                    KIND_APPOINT, KIND_REKEY, KIND_WITHDRAW,
		                                    KIND_CLOSE };
	static const enum kind_number forbidden[] = { KIND_NOTIFY, KIND_ACCREDIT, KIND_ACK,
		                                      KIND_PROPOSE };

	(void)state;
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		assert_true(rules_allowed_when_faulted(kind_by_number(allowed[i])));
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		assert_false(rules_allowed_when_faulted(kind_by_number(forbidden[i])));
}

static void test_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < VOID_REASON_COUNT; i++) {
		assert_non_null(void_reason_name(i));
		assert_non_null(void_reason_text(i));
	}
	for (unsigned i = 0; i < MATTER_STATE_COUNT; i++)
		assert_non_null(matter_state_name(i));
	for (unsigned i = 0; i <= CHANNEL_CLOSED; i++)
		assert_non_null(channel_state_name(i));
	for (unsigned i = 0; i < DUTY_COUNT; i++)
		assert_non_null(obligation_duty_name(i));
	assert_null(void_reason_name(VOID_REASON_COUNT));
	assert_null(matter_state_name(MATTER_STATE_COUNT));
	assert_null(channel_state_name(CHANNEL_CLOSED + 1));
	assert_null(obligation_duty_name(DUTY_COUNT));
}

/* With real signatures, as others will build their logs. */
static void test_signed_entries(void **state)
{
	struct line line = { SOUTH, "b.head", KIND_NOTIFY };
	struct scenario_entry *made;
	struct verdict verdict;

	(void)state;
	s.sign = true;
	scenario_open(&s);
	made = scenario_make(&s, s.rules, &line);
	assert_ok(rules_try(s.rules, SOUTH, &made->entry.act, made->keys, s.now, &verdict, NULL));
	assert_int_equal(verdict.code, VERDICT_VALID);
	assert_int_equal(rules_try(s.rules, SOUTH, &made->entry.act, made->keys, 0, &verdict, NULL),
	                 ERROR_CLOCK);
	scenario_append(&s, SOUTH, made);
	assert_verdict(&s, VOID_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_first_entry, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_accession_by_the_other_head, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_other_channels_and_parties, set_up_open,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_logged_never_decreases, set_up_open,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_logged_against_the_past, set_up_open,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_receipts, set_up_open, tear_down),
		cmocka_unit_test_setup_teardown(test_receipts_that_are_due, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_before_force, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_in_force_when_both_have_receipted, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_a_void_accession, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_suspension, set_up_open, tear_down),
		cmocka_unit_test_setup_teardown(test_withdrawal_from_the_talks, set_up_open,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_acceptance_that_had_not_seen_the_withdrawal,
		                                set_up_open, tear_down),
		cmocka_unit_test_setup_teardown(test_withdrawal_from_the_channel, set_up_open,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_notices_that_outlive_it, set_up_open,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_close, set_up_open, tear_down),
		cmocka_unit_test(test_what_evidence_leaves),
		cmocka_unit_test(test_names),
		cmocka_unit_test_setup_teardown(test_signed_entries, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
