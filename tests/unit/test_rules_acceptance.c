/* Acceptances that their proposer does not receipt: whether a neutral knew of them in time. */
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

static int set_up_without_notice(void **state)
{
	struct charter model = fixture_charter();

	(void)state;
	model.notice = 0;
	scenario_init_with_neutrals(&s, &model);
	scenario_open(&s);
	return 0;
}

static void assert_state(struct act_place opening, enum matter_state expected)
{
	enum matter_state found = scenario_state(&s, opening, s.now);

	if (found != expected)
		fail_msg("%s instead of %s", matter_state_name(found), matter_state_name(expected));
}

/* North proposes and south accepts an hour later, an hour before the expiry, which
 * is given; north receipts nothing. */
static timestamp accept_unreceipted(struct act_place *ret_proposal,
                                    struct act_place *ret_acceptance)
{
	char expires[TIMESTAMP_CAPACITY];
	timestamp end = s.now + 2 * SCENARIO_HOUR;

	timestamp_format(end, expires);
	*ret_proposal = scenario_say(&s, (struct line){ NORTH, "a.head", KIND_PROPOSE,
	                                                .fields = { { "expires", expires } } });
	s.now += SCENARIO_HOUR;
	*ret_acceptance = scenario_by_head(&s, SOUTH, KIND_ACCEPT, ret_proposal);
	assert_verdict(&s, VOID_NONE);
	return end;
}

/* By the expiry itself, in either log, by a checkpoint or a certificate. */
static void test_acceptance_stamped_in_time(void **state)
{
	static const enum stamp_form forms[] = { STAMP_CHECKPOINT, STAMP_CERTIFICATE };
	struct act_place proposal, acceptance;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		timestamp expires = accept_unreceipted(&proposal, &acceptance);

		assert_state(proposal, STATE_ACCEPTED);
		s.now = expires + 1;
		assert_state(proposal, STATE_UNCONFIRMED);
		scenario_prove(&s, SOUTH, word_about(forms[i % 2], acceptance, expires + 1));
		assert_state(proposal, STATE_UNCONFIRMED);
		/* A head before the acceptance, at any time. */
		acceptance.number--;
		scenario_prove(&s, SOUTH, word_about(forms[i % 2], acceptance, expires));
		assert_state(proposal, STATE_UNCONFIRMED);
		acceptance.number++;
		if (i < 2) {
			scenario_prove(&s, SOUTH, word_about(forms[i % 2], acceptance, expires));
		} else {
			scenario_receipt(&s, NORTH);
			assert_state(proposal, STATE_UNCONFIRMED);
			scenario_prove(&s, NORTH, word_about(forms[i % 2], acceptance, expires));
		}
		assert_state(proposal, STATE_IN_EFFECT);
	}
}

/* Long after the expiry, and of a proposer that receipts nothing. */
static void test_acceptance_stamped_much_later(void **state)
{
	struct act_place proposal, acceptance;
	timestamp expires;

	(void)state;
	expires = accept_unreceipted(&proposal, &acceptance);
	s.now += 300 * SCENARIO_DAY;
	assert_state(proposal, STATE_UNCONFIRMED);
	scenario_prove(&s, SOUTH, word_about(STAMP_CHECKPOINT, acceptance, expires - 60));
	assert_state(proposal, STATE_IN_EFFECT);
}

/* North closes without having receipted the acceptance: its time decides. */
static void test_acceptance_against_a_close(void **state)
{
	struct act_place proposal, acceptance, close;
	timestamp expires;

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		scenario_clear(&s);
		scenario_open(&s);
		expires = accept_unreceipted(&proposal, &acceptance);
		s.now += 600;
		scenario_log(&s, (struct line){ NORTH, "a.head", KIND_WITHDRAW,
		                                .fields = { { "from", "channel" } } });
		close = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_CLOSE });
		assert_verdict(&s, VOID_NONE);
		assert_state(proposal, STATE_UNCONFIRMED);
		s.now = expires + 1;
		/* At the second in which north closed, or later. */
		scenario_prove(
		    &s, SOUTH,
		    word_about(STAMP_CHECKPOINT, acceptance, scenario_logged(&s, close)));
		assert_state(proposal, STATE_UNCONFIRMED);
		scenario_prove(
		    &s, SOUTH,
		    word_about(STAMP_CHECKPOINT, acceptance, scenario_logged(&s, close) - 1));
		assert_state(proposal, STATE_IN_EFFECT);
		if (i == 0)
			continue;
		/* A neutral knew of the closing head: later, at once, earlier; or of one before. */
		scenario_receipt(&s, SOUTH);
		if (i == 4)
			close.number--;
		scenario_prove(
		    &s, SOUTH,
		    word_about(STAMP_CHECKPOINT, close, scenario_logged(&s, close) + 1 - (int)i));
		assert_state(proposal, i == 2 || i == 3 ? STATE_UNCONFIRMED : STATE_IN_EFFECT);
	}
}

/* What north had receipted before it closed, though after the expiry, is not cut off. */
static void test_acceptance_receipted_late_and_closed(void **state)
{
	struct act_place proposal, acceptance;
	timestamp expires;

	(void)state;
	expires = accept_unreceipted(&proposal, &acceptance);
	s.now = expires + 1;
	scenario_receipt(&s, NORTH);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_WITHDRAW,
	                                .fields = { { "from", "channel" } } });
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_CLOSE });
	assert_verdict(&s, VOID_NONE);
	assert_state(proposal, STATE_UNCONFIRMED);
	scenario_prove(&s, SOUTH, word_about(STAMP_CHECKPOINT, acceptance, expires));
	assert_state(proposal, STATE_IN_EFFECT);
}

/* South says that it accepted in time; the depositary that swore to it swore to me that
 * it had nothing. */
static void test_acceptance_by_a_denied_certificate(void **state)
{
	struct act_place proposal, acceptance;
	timestamp expires;

	(void)state;
	expires = accept_unreceipted(&proposal, &acceptance);
	s.now = expires + 1;
	scenario_prove(&s, SOUTH, word_about(STAMP_CERTIFICATE, acceptance, expires - 1));
	assert_state(proposal, STATE_IN_EFFECT);
	scenario_prove(&s, NORTH, (struct word){ STAMP_ANSWER, SOUTH, acceptance.number, expires });
	assert_state(proposal, STATE_UNCONFIRMED);
	/* Its word as a witness is another: as such it holds nothing. */
	scenario_prove(&s, SOUTH,
	               (struct word){ STAMP_CHECKPOINT, SOUTH, acceptance.number + 1, expires - 1,
	                              .neutral = NEUTRAL_DEPOSITARY });
	assert_state(proposal, STATE_IN_EFFECT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_acceptance_stamped_in_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_acceptance_stamped_much_later, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_acceptance_against_a_close,
		                                set_up_without_notice, tear_down),
		cmocka_unit_test_setup_teardown(test_acceptance_receipted_late_and_closed,
		                                set_up_without_notice, tear_down),
		cmocka_unit_test_setup_teardown(test_acceptance_by_a_denied_certificate, set_up,
		                                tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
