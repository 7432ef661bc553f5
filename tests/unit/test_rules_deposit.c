/* Certificates of deposit: deemed receipt, and what denies it. Bodies at fault are in
 * test_rules_deposited_body.c. */
#include "stamp_fixture.h"

#include <time.h>

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

static void assert_not_started(struct act_place act)
{
	assert_int_equal(scenario_duty(&s, act, DUTY_ACKNOWLEDGE).started, 0);
	assert_false(scenario_duty(&s, act, DUTY_ACKNOWLEDGE).deemed);
}

/* An answer with the right root, as far as that is known. */
static bool would_deny(unsigned log, uint64_t size, timestamp time)
{
	struct word word = word_answer(log, size, time);
	struct checkpoint head = word_head(s.charter, s.rules, &word);

	return rules_would_deny(s.rules, log, size, &head.root, time);
}

/* --- deemed receipt ----------------------------------------------------------- */

static void test_the_other_side_is_dark(void **state)
{
	struct act_place incident, certificates[4];
	struct obligation duty;
	struct stamped deemed;
	size_t count;

	(void)state;
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	assert_not_started(incident);
	s.now += SCENARIO_HOUR;
	certificates[0] = scenario_prove(&s, NORTH, word_deposit(incident, &incident, s.now - 60));
	scenario_assert_deemed(&s, incident,
	                       scenario_logged(&s, certificates[0]) - 60 + allowance());
	assert_true(rules_deemed_receipt(s.rules, incident, &deemed));
	assert_place(deemed.stamp, certificates[0]);
	/* Also for what its author owes. */
	assert_int_equal(scenario_duty(&s, incident, DUTY_UPDATE).started, deemed.time);
	duty = scenario_duty(&s, incident, DUTY_ACKNOWLEDGE);
	s.now = duty.deadline;
	assert_int_equal(scenario_duty(&s, incident, DUTY_ACKNOWLEDGE).state, OBLIGATION_OPEN);
	s.now++;
	assert_int_equal(scenario_duty(&s, incident, DUTY_ACKNOWLEDGE).state, OBLIGATION_OVERDUE);
	/* Back, it answers late. */
	scenario_by_head(&s, SOUTH, KIND_ACK, &incident);
	assert_int_equal(scenario_duty(&s, incident, DUTY_ACKNOWLEDGE).state, OBLIGATION_MET);
	assert_true(scenario_duty(&s, incident, DUTY_ACKNOWLEDGE).deemed);
	assert_ok(rules_certificates(s.rules, incident, certificates, 4, &count));
	assert_int_equal(count, 1);
	assert_place(certificates[0], deemed.stamp);
}

/* Below the size, and naming the body. */
static void test_what_a_certificate_covers(void **state)
{
	struct act_place first, second, suspension, certificates[8];
	struct stamped deemed;
	size_t count;

	(void)state;
	first = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	second = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	suspension = scenario_by_head(&s, NORTH, KIND_SUSPEND, NULL);
	/* The size does not reach it, though the body is named. */
	scenario_prove(&s, NORTH, word_deposit(first, &second, s.now));
	scenario_assert_not_deemed(&s, first);
	scenario_assert_not_deemed(&s, second);
	/* It is reached, and another body is named. */
	scenario_prove(&s, NORTH, word_deposit(second, &first, s.now));
	scenario_assert_deemed(&s, first, s.now - 1 + allowance());
	scenario_assert_not_deemed(&s, second);
	assert_false(rules_deemed_receipt(s.rules, suspension, &deemed));
	/* Without a body the size is enough. */
	scenario_prove(&s, NORTH, word_deposit(suspension, NULL, s.now));
	assert_true(rules_deemed_receipt(s.rules, suspension, &deemed));
	assert_int_equal(deemed.time, s.now - 1 + allowance());
	scenario_assert_not_deemed(&s, second);
	assert_ok(rules_certificates(s.rules, first, certificates, 8, &count));
	assert_int_equal(count, 1);
	assert_ok(rules_certificates(s.rules, second, certificates, 8, &count));
	assert_int_equal(count, 0);
	assert_ok(rules_certificates(s.rules, suspension, certificates, 8, &count));
	assert_int_equal(count, 1);
	assert_ok(rules_certificates(s.rules, suspension, certificates, 0, &count));
	assert_int_equal(count, 0);
	assert_int_equal(
	    rules_certificates(s.rules, (struct act_place){ NORTH, 999 }, certificates, 8, &count),
	    ERROR_NOT_FOUND);
	/* What is void obliges nobody, and is nothing to be received. */
	first = scenario_say(&s, (struct line){ NORTH, "a.nobody", KIND_SUSPEND });
	scenario_prove(&s, NORTH, word_deposit(first, NULL, s.now));
	assert_false(rules_deemed_receipt(s.rules, first, &deemed));
	assert_false(rules_deemed_receipt(s.rules, (struct act_place){ NORTH, 999 }, &deemed));
}

/* Of several certificates the earliest, in whichever log and order they come. */
static void test_the_earliest_certificate(void **state)
{
	struct act_place incident;
	timestamp time;

	(void)state;
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	time = s.now;
	s.now += SCENARIO_HOUR;
	scenario_prove(&s, NORTH, word_deposit(incident, &incident, time + 50));
	scenario_prove(&s, NORTH, word_deposit(incident, &incident, time + 60));
	scenario_assert_deemed(&s, incident, time + 50 + allowance());
	scenario_prove(&s, NORTH, word_deposit(incident, &incident, time + 40));
	scenario_assert_deemed(&s, incident, time + 40 + allowance());
	/* The receiver may say so too. */
	s.now += 3 * SCENARIO_DAY;
	scenario_receipt(&s, SOUTH);
	scenario_prove(&s, SOUTH, word_deposit(incident, &incident, time + 30));
	scenario_assert_deemed(&s, incident, time + 30 + allowance());
}

/* Of equal ones the first party's, in whatever order they came. */
static void test_equal_certificates(void **state)
{
	struct act_place incident, suspension;
	struct stamped stamped;

	(void)state;
	for (unsigned first = 0; first < 2; first++) {
		timestamp time;

		scenario_clear(&s);
		scenario_open(&s);
		incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
		suspension = scenario_by_head(&s, NORTH, KIND_SUSPEND, NULL);
		scenario_receipt(&s, SOUTH);
		time = s.now;
		for (unsigned i = 0; i < 2; i++)
			scenario_prove(&s, (first + i) % 2,
			               word_deposit(suspension, &incident, time));
		assert_true(rules_deemed_receipt(s.rules, incident, &stamped));
		assert_int_equal(stamped.stamp.party, NORTH);
		assert_true(rules_deemed_receipt(s.rules, suspension, &stamped));
		assert_int_equal(stamped.stamp.party, NORTH);
	}
}

/* It is not deemed received before it was written, by a clock that is behind. */
static void test_not_before_it_was_logged(void **state)
{
	struct act_place incident;

	(void)state;
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	scenario_prove(&s, NORTH,
	               word_deposit(incident, &incident, scenario_logged(&s, incident) - 300));
	scenario_assert_deemed(&s, incident, scenario_logged(&s, incident) + allowance());
}

static void test_an_earlier_receipt(void **state)
{
	struct act_place early, late, receipt;

	(void)state;
	early = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	scenario_prove(&s, NORTH, word_deposit(early, &early, s.now));
	s.now = scenario_logged(&s, early) + allowance();
	late = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	scenario_prove(&s, NORTH, word_deposit(late, &late, s.now));
	receipt = scenario_receipt(&s, SOUTH);
	/* The one was deemed received a few seconds before; the other is receipted. */
	scenario_assert_deemed(&s, early, scenario_logged(&s, early) + 1 + allowance());
	assert_false(scenario_duty(&s, late, DUTY_ACKNOWLEDGE).deemed);
	assert_int_equal(scenario_duty(&s, late, DUTY_ACKNOWLEDGE).started,
	                 scenario_logged(&s, receipt));
}

/* Proposals have no precedence; what they oblige to is a position. */
static void test_answers(void **state)
{
	struct act_place proposal;

	(void)state;
	proposal = scenario_by_head(&s, NORTH, KIND_PROPOSE, NULL);
	scenario_prove(&s, NORTH, word_deposit(proposal, &proposal, s.now));
	assert_int_equal(scenario_duty(&s, proposal, DUTY_ANSWER).deadline,
	                 s.now - 1 + allowance() + s.charter->clocks[CLOCK_POSITION]);
}

/* --- released --------------------------------------------------------------- */

static void withdraw(unsigned party, const char *from)
{
	scenario_log(&s, (struct line){ party, party == NORTH ? "a.head" : "b.head", KIND_WITHDRAW,
	                                .fields = { { "from", from } } });
	assert_verdict(&s, VOID_NONE);
}

static struct act_place close_log(unsigned party)
{
	struct act_place place = scenario_log(
	    &s, (struct line){ party, party == NORTH ? "a.head" : "b.head", KIND_CLOSE });

	assert_verdict(&s, VOID_NONE);
	return place;
}

/* Notices outlive a withdrawal, which takes effect at once. */
static void begin_without_notice(void)
{
	struct charter model = fixture_charter();

	scenario_release(&s);
	model.notice = 0;
	model.survives = SURVIVES_NOTICES;
	scenario_init_with_neutrals(&s, &model);
	scenario_open(&s);
}

/* What is deemed received when its receiver has closed, by its own log, starts no clock. */
static void test_no_clock_against_who_has_closed(void **state)
{
	struct act_place incident, close;
	timestamp deemed;

	(void)state;
	for (int early = 0; early < 2; early++) {
		begin_without_notice();
		incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
		deemed = s.now + allowance();
		scenario_prove(&s, NORTH, word_deposit(incident, &incident, s.now));
		s.now = deemed - early;
		withdraw(SOUTH, "channel");
		close = close_log(SOUTH);
		assert_int_equal(scenario_logged(&s, close), deemed + 1 - early);
		if (early)
			assert_not_started(incident);
		else
			scenario_assert_deemed(&s, incident, deemed);
		assert_int_equal(scenario_duty(&s, incident, DUTY_UPDATE).started, deemed);
	}
}

/* Nor one that is stamped when its receiver was known to have closed, and could stamp
 * nothing against it any more; but its time is proved. */
static void test_stamped_after_a_close(void **state)
{
	struct act_place incident, late;
	struct stamp_summary said;
	struct stamped stamped;
	timestamp time;

	(void)state;
	begin_without_notice();
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	time = s.now;
	s.now += allowance() + SCENARIO_HOUR;
	withdraw(SOUTH, "channel");
	close_log(SOUTH);
	scenario_receipt(&s, NORTH);
	late = scenario_prove(&s, NORTH, word_deposit(incident, &incident, time));
	scenario_assert_not_deemed(&s, incident);
	assert_not_started(incident);
	assert_ok(rules_stamp(s.rules, late, &said));
	assert_true(said.late);
	assert_true(rules_stamped(s.rules, incident, &stamped));
	assert_int_equal(stamped.time, time);
	assert_false(would_deny(NORTH, 0, s.now));
	/* A checkpoint is not late. */
	late = scenario_prove(&s, NORTH, (struct word){ STAMP_CHECKPOINT, NORTH, 2, s.now });
	assert_ok(rules_stamp(s.rules, late, &said));
	assert_false(said.late);
}

static void test_stamped_after_the_authors_close(void **state)
{
	struct act_place incident;

	(void)state;
	begin_without_notice();
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	withdraw(NORTH, "channel");
	close_log(NORTH);
	s.now += 2 * SCENARIO_DAY;
	scenario_receipt(&s, SOUTH);
	scenario_prove(&s, SOUTH, word_deposit(incident, &incident, scenario_logged(&s, incident)));
	scenario_assert_not_deemed(&s, incident);
	assert_int_equal(scenario_duty(&s, incident, DUTY_UPDATE).started, 0);
}

/* Who has closed reports on nothing that is deemed received afterwards. */
static void test_no_reports_of_who_has_closed(void **state)
{
	struct act_place incident;
	timestamp deemed;

	(void)state;
	for (int late = 0; late < 2; late++) {
		begin_without_notice();
		incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
		deemed = s.now + allowance();
		scenario_prove(&s, NORTH, word_deposit(incident, &incident, s.now));
		s.now = deemed - 1 + late;
		withdraw(NORTH, "channel");
		close_log(NORTH);
		assert_int_equal(scenario_duty(&s, incident, DUTY_UPDATE).started,
		                 late ? deemed : 0);
		scenario_assert_deemed(&s, incident, deemed);
	}
}

/* The receiver's own withdrawal in effect, by its own log, at the very second. */
static void test_no_clock_after_a_withdrawal(void **state)
{
	struct act_place incident, proposal;
	timestamp deemed;

	(void)state;
	for (int early = 0; early < 2; early++) {
		tear_down(NULL);
		set_up(NULL);
		incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
		proposal = scenario_by_head(&s, NORTH, KIND_PROPOSE, NULL);
		s.now += s.charter->notice;
		deemed = s.now + allowance();
		scenario_prove(&s, NORTH,
		               (struct word){ STAMP_CERTIFICATE, NORTH, proposal.number + 1, s.now,
		                              .bodies = { &incident, &proposal } });
		s.now = deemed - s.charter->notice - early;
		/* South's last entry is of long before. */
		s.now += 1;
		withdraw(SOUTH, early ? "talks" : "channel");
		assert_int_equal(scenario_duty(&s, proposal, DUTY_ANSWER).started,
		                 early ? 0 : deemed);
		/* From the talks: notices go on. */
		scenario_assert_deemed(&s, incident, deemed);
	}
	tear_down(NULL);
	set_up(NULL);
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	s.now += s.charter->notice;
	deemed = s.now + allowance();
	scenario_prove(&s, NORTH, word_deposit(incident, &incident, s.now));
	s.now = deemed - s.charter->notice;
	withdraw(SOUTH, "channel");
	assert_not_started(incident);
	/* Its author, who has not withdrawn, reports all the same. */
	assert_int_equal(scenario_duty(&s, incident, DUTY_UPDATE).started, deemed);
}

/* --- denied ------------------------------------------------------------------- */

/* An answer that names less, given later; of the same log; in either log, before or
 * after the certificate. */
static void test_denial(void **state)
{
	struct act_place incident, certificate, denial;
	struct stamp_summary said;
	struct stamped stamped;
	uint64_t size;
	timestamp time;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		bool before = i & 1;
		unsigned by = i / 2;

		scenario_clear(&s);
		scenario_open(&s);
		incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
		size = incident.number + 1;
		time = s.now;
		s.now += SCENARIO_HOUR;
		if (!before)
			certificate = scenario_prove(&s, NORTH,
			                             word_deposit(incident, &incident, time));
		else
			assert_false(would_deny(NORTH, 0, time + 1));
		if (!before) {
			assert_true(would_deny(NORTH, size - 1, time + 1));
			assert_false(would_deny(NORTH, size, time + 1));
			assert_false(would_deny(NORTH, size - 1, time));
			assert_false(would_deny(SOUTH, 0, time + 1));
		}
		/* What does not deny: as much, later; less, by the same second or before; of the
		 * other log. */
		scenario_prove(&s, by, word_answer(NORTH, size, time + 1));
		scenario_prove(&s, by, word_answer(NORTH, size - 1, time));
		scenario_prove(&s, by, word_answer(NORTH, 0, time - 60));
		scenario_prove(&s, by, word_answer(SOUTH, 0, time + 1));
		if (before)
			certificate = scenario_prove(&s, NORTH,
			                             word_deposit(incident, &incident, time));
		scenario_assert_deemed(&s, incident, time + allowance());
		assert_ok(rules_stamp(s.rules, certificate, &said));
		assert_false(said.denied);

		denial = scenario_prove(&s, by, word_answer(NORTH, size - 1, time + 1));
		scenario_assert_not_deemed(&s, incident);
		assert_not_started(incident);
		assert_ok(rules_stamp(s.rules, certificate, &said));
		assert_true(said.denied);
		assert_place(said.denied_by, denial);
		assert_false(rules_stamped(s.rules, incident, &stamped));
		assert_false(would_deny(NORTH, 0, time + 2));
		/* The same certificate again is denied, a newer one is not. */
		certificate = scenario_prove(&s, NORTH, word_deposit(incident, &incident, time));
		scenario_assert_not_deemed(&s, incident);
		assert_ok(rules_stamp(s.rules, certificate, &said));
		assert_true(said.denied);
		scenario_prove(&s, NORTH, word_deposit(incident, &incident, time + 1));
		scenario_assert_deemed(&s, incident, time + 1 + allowance());
	}
}

/* Only what it contradicts falls: what was certified of less stands. */
static void test_denial_of_some(void **state)
{
	struct act_place first, second, third, suspension;
	struct stamped stamped;
	timestamp time;

	(void)state;
	first = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	second = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	suspension = scenario_by_head(&s, NORTH, KIND_SUSPEND, NULL);
	third = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	time = s.now;
	s.now += SCENARIO_HOUR;
	scenario_prove(&s, NORTH,
	               (struct word){ STAMP_CERTIFICATE, NORTH, third.number + 1, time,
	                              .bodies = { &first, &second, &third } });
	scenario_prove(&s, NORTH,
	               (struct word){ STAMP_CERTIFICATE, NORTH, second.number + 1, time + 10,
	                              .bodies = { &first, &second } });
	scenario_prove(&s, NORTH,
	               (struct word){ STAMP_CERTIFICATE, NORTH, third.number + 1, time + 30,
	                              .bodies = { &third } });
	assert_true(rules_deemed_receipt(s.rules, suspension, &stamped));
	assert_int_equal(stamped.time, time + allowance());
	scenario_receipt(&s, SOUTH);
	scenario_prove(&s, SOUTH, word_answer(NORTH, second.number + 1, time + 20));
	assert_true(rules_deemed_receipt(s.rules, first, &stamped));
	assert_int_equal(stamped.time, time + 10 + allowance());
	assert_true(rules_deemed_receipt(s.rules, second, &stamped));
	assert_int_equal(stamped.time, time + 10 + allowance());
	assert_true(rules_deemed_receipt(s.rules, third, &stamped));
	assert_int_equal(stamped.time, time + 30 + allowance());
	assert_true(rules_deemed_receipt(s.rules, suspension, &stamped));
	assert_int_equal(stamped.time, time + 30 + allowance());
}

/* A depositary that lies for the author cannot keep its denial from being shown: by a size
 * that nobody holds, nor by another root. */
static void test_denials_that_say_anything(void **state)
{
	struct hash root = { { 1 } };
	struct word denial;
	struct act_place incident;
	timestamp time;

	(void)state;
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	time = s.now;
	s.now += SCENARIO_HOUR;
	scenario_prove(&s, NORTH, word_deposit(incident, &incident, time));
	/* South holds nothing of it, and cannot tell what the root should be. */
	denial = word_answer(NORTH, incident.number, time + 1);
	denial.root = &root;
	assert_true(rules_receipted(s.rules, SOUTH) < incident.number);
	scenario_prove(&s, SOUTH, denial);
	scenario_assert_not_deemed(&s, incident);

	scenario_prove(&s, NORTH, word_deposit(incident, &incident, time + 10));
	scenario_assert_deemed_receipt(&s, incident, time + 10 + allowance());
	/* A root that is known to be another's: then it holds nothing of this log. */
	scenario_receipt(&s, SOUTH);
	denial = word_answer(NORTH, incident.number + 1, time + 11);
	scenario_prove(&s, SOUTH, denial);
	scenario_assert_deemed_receipt(&s, incident, time + 10 + allowance());
	assert_false(would_deny(NORTH, incident.number + 1, time + 11));
	assert_true(rules_would_deny(s.rules, NORTH, incident.number + 1, &root, time + 11));
	assert_false(rules_would_deny(s.rules, NORTH, 1000, &root, time + 11));
	denial.root = &root;
	scenario_prove(&s, SOUTH, denial);
	scenario_assert_not_deemed(&s, incident);
}

/* All names of a log are of one log, to the depositary too; whichever it uses. */
static void test_denials_and_generations(void **state)
{
	struct act_place incident;
	struct word denial;
	timestamp time;

	(void)state;
	scenario_log(&s, (struct line){ NORTH, "appointing", KIND_APPOINT,
	                                .fields = { { "office", "log" }, { "key", "raw:log2" } } });
	assert_verdict(&s, VOID_NONE);
	incident = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	time = s.now;
	s.now += SCENARIO_HOUR;
	for (unsigned generation = 1; generation <= 3; generation++) {
		scenario_prove(&s, NORTH, word_deposit(incident, &incident, time + generation * 2));
		scenario_assert_deemed(&s, incident, time + generation * 2 + allowance());
		denial = word_answer(NORTH, 3, time + generation * 2 + 1);
		denial.generation = generation;
		scenario_prove(&s, SOUTH, denial);
		scenario_assert_not_deemed(&s, incident);
	}
}

/* --- cost --------------------------------------------------------------------- */

/* Each of many certificates is stamped for one act; what is owed is asked for each act:
 * by the processor's time and not the wall's. */
static void test_speed(void **state)
{
	enum { ACTS = 20000, STAMPS = 2000 };
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	struct act_place suspension, place;
	size_t count, deemed = 0;
	clock_t start, used;

	(void)state;
	for (unsigned i = 0; i < STAMPS; i++) {
		suspension = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_NOTIFY });
		scenario_prove(&s, NORTH, word_deposit(suspension, &suspension, s.now));
	}
	start = clock();
	for (unsigned round = 0; round < ACTS / STAMPS; round++)
		for (place = (struct act_place){ NORTH, 0 }; rules_act(s.rules, place) != NULL;
		     place.number++) {
			assert_ok(rules_obligations(s.rules, place, s.now, obligations, &count));
			deemed += count > 0 && obligations[0].deemed;
		}
	used = clock() - start;
	assert_int_equal(deemed, ACTS);
	print_message("# %d acts in %ld ms\n", ACTS, (long)(used * 1000 / CLOCKS_PER_SEC));
	assert_true(used < CLOCKS_PER_SEC); /* also under a sanitizer */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_other_side_is_dark, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_a_certificate_covers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_earliest_certificate, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_equal_certificates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_not_before_it_was_logged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_earlier_receipt, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_answers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_clock_against_who_has_closed, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_stamped_after_a_close, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stamped_after_the_authors_close, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_no_reports_of_who_has_closed, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_no_clock_after_a_withdrawal, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_denial, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_denial_of_some, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_denials_that_say_anything, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_denials_and_generations, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_speed, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
