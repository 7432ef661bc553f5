/* What may follow in a matter, and the states that follow from it. */
#include "matter_fixture.h"

static void test_proposal_accepted(void **state)
{
	struct act_place proposal, counter, acceptance;

	(void)state;
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	assert_verdict(&s, VOID_NONE);
	assert_state(proposal, STATE_TABLED);
	counter = say(SOUTH, KIND_COUNTER, &proposal);
	assert_verdict(&s, VOID_NONE);
	assert_state(proposal, STATE_COUNTERED);
	acceptance = say(NORTH, KIND_ACCEPT, &counter);
	assert_verdict(&s, VOID_NONE);
	assert_state(proposal, STATE_ACCEPTED);
	assert_int_equal(rules_act(s.rules, counter)->answered_by, acceptance.number);
	say(NORTH, KIND_REJECT, &counter);
	assert_verdict(&s, VOID_ALREADY_ANSWERED);
	say(SOUTH, KIND_ACCEPT, &proposal);
	assert_verdict(&s, VOID_ALREADY_ANSWERED);
	retract(SOUTH, &counter, true);
	assert_verdict(&s, VOID_ALREADY_ANSWERED);
	assert_state(proposal, STATE_IN_EFFECT);
}

static void test_proposal_rejected(void **state)
{
	struct act_place proposal;

	(void)state;
	proposal = say(SOUTH, KIND_PROPOSE, NULL);
	say(NORTH, KIND_REJECT, &proposal);
	assert_verdict(&s, VOID_NONE);
	assert_state(proposal, STATE_REJECTED);
}

static void test_own_and_unknown_acts(void **state)
{
	struct act_place proposal, unseen = { NORTH, 99 };
	struct hash other_leaf = { { 1 } };

	(void)state;
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	blurt(SOUTH, KIND_ACCEPT, &proposal);
	assert_verdict(&s, VOID_UNKNOWN_REFERENCE);
	say(NORTH, KIND_ACCEPT, &proposal);
	assert_verdict(&s, VOID_OWN_ACT);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_ACK, .answers = &unseen });
	assert_verdict(&s, VOID_UNKNOWN_REFERENCE);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_ACK, .answers = &proposal,
	                                .leaf = &other_leaf });
	assert_verdict(&s, VOID_WRONG_REFERENCE);
	scenario_say(
	    &s, (struct line){ SOUTH, "b.head", KIND_ACK, .answers = &proposal, .generation = 2 });
	assert_verdict(&s, VOID_UNKNOWN_REFERENCE);
	retract(SOUTH, &proposal, true);
	assert_verdict(&s, VOID_NOT_OWN_ACT);
}

static void test_acceptance_names_the_text(void **state)
{
	struct act_place proposal;

	(void)state;
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_ACCEPT, .answers = &proposal,
	                                .fields = { { "text", FIXTURE_HASH } } });
	assert_verdict(&s, VOID_FIELD);
	assert_state(proposal, STATE_TABLED);
}

static void test_acts_name_their_matter(void **state)
{
	struct act_place first, second, incident;

	(void)state;
	first = say(NORTH, KIND_PROPOSE, NULL);
	second = say(NORTH, KIND_PROPOSE, NULL);
	incident = say(NORTH, KIND_NOTIFY, NULL);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_ACCEPT, .answers = &first,
	                                .matter = &second });
	assert_verdict(&s, VOID_WRONG_REFERENCE);
	report(SOUTH, KIND_UPDATE, &first);
	assert_verdict(&s, VOID_WRONG_REFERENCE);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_ACCEPT, .answers = &incident });
	assert_verdict(&s, VOID_WRONG_REFERENCE);
	/* Nobody can build on a void act. */
	scenario_say(&s, (struct line){ NORTH, "a.nobody", KIND_NOTIFY });
	assert_verdict(&s, VOID_NOT_ACCREDITED);
	first = (struct act_place){ NORTH, rules_size(s.rules, NORTH) - 1 };
	report(SOUTH, KIND_UPDATE, &first);
	assert_verdict(&s, VOID_WRONG_REFERENCE);
}

static void test_expiry(void **state)
{
	struct act_place proposal, late;
	char expires[TIMESTAMP_CAPACITY];

	(void)state;
	/* To the very second. */
	timestamp_format(s.now, expires);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_PROPOSE,
	                                .fields = { { "expires", expires } } });
	assert_verdict(&s, VOID_NONE);
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	s.now = rules_act(s.rules, proposal)->expires - 1;
	scenario_receipt(&s, SOUTH);
	blurt(SOUTH, KIND_ACCEPT, &proposal);
	assert_verdict(&s, VOID_NONE);
	assert_int_equal(rules_last_logged(s.rules, SOUTH), rules_act(s.rules, proposal)->expires);

	proposal = say(NORTH, KIND_PROPOSE, NULL);
	late = say(NORTH, KIND_PROPOSE, NULL);
	s.now += SCENARIO_DAY + 1;
	assert_state(proposal, STATE_LAPSED);
	say(SOUTH, KIND_ACCEPT, &proposal);
	assert_verdict(&s, VOID_LAPSED);
	say(SOUTH, KIND_COUNTER, &proposal);
	assert_verdict(&s, VOID_LAPSED);
	say(SOUTH, KIND_REJECT, &proposal);
	assert_verdict(&s, VOID_NONE);
	assert_state(proposal, STATE_REJECTED);
	/* A retraction that comes after the lapse changes nothing. */
	retract(NORTH, &late, true);
	assert_verdict(&s, VOID_NONE);
	assert_state(late, STATE_LAPSED);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_PROPOSE,
	                                .fields = { { "expires", "2026-11-22T14:00:00Z" } } });
	assert_verdict(&s, VOID_FIELD);
}

static void test_unconfirmed(void **state)
{
	struct act_place proposal;

	(void)state;
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	say(SOUTH, KIND_ACCEPT, &proposal);
	assert_verdict(&s, VOID_NONE);
	assert_state(proposal, STATE_ACCEPTED);
	s.now += SCENARIO_DAY + 1;
	assert_state(proposal, STATE_UNCONFIRMED);
	/* A receipt after the expiry is too late to prove anything. */
	scenario_receipt(&s, NORTH);
	assert_state(proposal, STATE_UNCONFIRMED);
}

static void test_confirmed_by_receipt(void **state)
{
	struct act_place proposal;

	(void)state;
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	say(SOUTH, KIND_ACCEPT, &proposal);
	scenario_receipt(&s, NORTH);
	s.now += 2 * SCENARIO_DAY;
	assert_state(proposal, STATE_IN_EFFECT);
}

static void test_unreceipted_at_close(void **state)
{
	struct act_place proposal, withdrawal;

	(void)state;
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_WITHDRAW,
	                                .fields = { { "from", "channel" } } });
	withdrawal = (struct act_place){ NORTH, rules_size(s.rules, NORTH) - 1 };
	assert_verdict(&s, VOID_NONE);
	s.now += s.charter->notice - 10;
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	assert_verdict(&s, VOID_NONE);
	s.now = rules_act(s.rules, withdrawal)->logged + s.charter->notice - 2;
	scenario_receipt(&s, SOUTH);
	blurt(SOUTH, KIND_ACCEPT, &proposal);
	assert_verdict(&s, VOID_NONE);
	assert_state(proposal, STATE_ACCEPTED);
	s.now += 2;
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_CLOSE });
	assert_verdict(&s, VOID_NONE);
	assert_state(proposal, STATE_UNCONFIRMED);
}

/* An acceptance counts when dispatched, a revocation when received. */
static void test_answers_beat_a_concurrent_retract(void **state)
{
	static const struct {
		enum kind_number answer;
		enum matter_state state;
	} cases[] = {
		{ KIND_ACCEPT, STATE_ACCEPTED },
		{ KIND_REJECT, STATE_REJECTED },
		{ KIND_COUNTER, STATE_COUNTERED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct act_place proposal = say(NORTH, KIND_PROPOSE, NULL);

		scenario_receipt(&s, SOUTH);
		retract(NORTH, &proposal, false);
		assert_verdict(&s, VOID_NONE);
		assert_state(proposal, STATE_RETRACTED);
		assert_true(rules_act(s.rules, proposal)->retracted);
		blurt(SOUTH, cases[i].answer, &proposal);
		assert_verdict(&s, VOID_NONE);
		assert_state(proposal, cases[i].state);
		assert_false(rules_act(s.rules, proposal)->retracted);
	}
}

static void test_a_retract_that_was_seen_binds(void **state)
{
	struct act_place proposal;

	(void)state;
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	retract(NORTH, &proposal, true);
	say(SOUTH, KIND_ACCEPT, &proposal);
	assert_verdict(&s, VOID_MATTER_STATE);
	retract(NORTH, &proposal, true);
	assert_verdict(&s, VOID_MATTER_STATE);
	assert_state(proposal, STATE_RETRACTED);
}

static void test_retracting_a_counter_revives_nothing(void **state)
{
	struct act_place proposal, counter;

	(void)state;
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	counter = say(SOUTH, KIND_COUNTER, &proposal);
	retract(SOUTH, &counter, true);
	assert_verdict(&s, VOID_NONE);
	assert_state(proposal, STATE_RETRACTED);
	say(SOUTH, KIND_ACCEPT, &proposal);
	assert_verdict(&s, VOID_ALREADY_ANSWERED);
}

static void test_what_can_be_retracted(void **state)
{
	struct act_place comment, acknowledgement, incident;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	comment = say(NORTH, KIND_COMMENT, &incident);
	assert_verdict(&s, VOID_NONE); /* a comment may be on an own act */
	retract(NORTH, &comment, true);
	assert_verdict(&s, VOID_WRONG_REFERENCE);
	acknowledgement = say(SOUTH, KIND_ACK, &incident);
	retract(SOUTH, &acknowledgement, true);
	assert_verdict(&s, VOID_WRONG_REFERENCE);
	/* An acknowledgement is no answer. */
	retract(NORTH, &incident, true);
	assert_verdict(&s, VOID_NONE);
	assert_state(incident, STATE_RETRACTED);
	report(SOUTH, KIND_UPDATE, &incident);
	assert_verdict(&s, VOID_MATTER_STATE);
}

static void test_incident(void **state)
{
	struct act_place incident;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	assert_state(incident, STATE_NOTIFIED);
	say(SOUTH, KIND_ACK, &incident);
	assert_verdict(&s, VOID_NONE);
	assert_state(incident, STATE_ACKNOWLEDGED);
	report(NORTH, KIND_UPDATE, &incident);
	assert_verdict(&s, VOID_NONE);
	assert_state(incident, STATE_UPDATED);
	report(SOUTH, KIND_UPDATE, &incident);
	assert_verdict(&s, VOID_NONE);
	retract(NORTH, &incident, true);
	assert_verdict(&s, VOID_ALREADY_ANSWERED);
	/* Whom it is notified to cannot end the reports by concluding it. */
	report(SOUTH, KIND_CONCLUDE, &incident);
	assert_verdict(&s, VOID_NOT_OWN_ACT);
	assert_state(incident, STATE_UPDATED);
	report(NORTH, KIND_CONCLUDE, &incident);
	assert_verdict(&s, VOID_NONE);
	assert_state(incident, STATE_CONCLUDED);
	report(SOUTH, KIND_UPDATE, &incident);
	assert_verdict(&s, VOID_MATTER_STATE);
	report(NORTH, KIND_UPDATE, &incident);
	assert_verdict(&s, VOID_MATTER_STATE);
	report(NORTH, KIND_CONCLUDE, &incident);
	assert_verdict(&s, VOID_MATTER_STATE);
	say(SOUTH, KIND_COMMENT, &incident);
	assert_verdict(&s, VOID_NONE);
}

static void test_offers_of_help(void **state)
{
	struct act_place incident;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	report(NORTH, KIND_OFFER, &incident);
	assert_verdict(&s, VOID_NONE);
	assert_state(incident, STATE_NOTIFIED);
	report(SOUTH, KIND_OFFER, &incident);
	assert_verdict(&s, VOID_NONE);
	assert_state(incident, STATE_NOTIFIED);
	retract(NORTH, &incident, true);
	assert_verdict(&s, VOID_ALREADY_ANSWERED);
	report(NORTH, KIND_CONCLUDE, &incident);
	report(SOUTH, KIND_OFFER, &incident);
	assert_verdict(&s, VOID_MATTER_STATE);
}

/* Performed is what both sides say is; each may end the agreement. */
static void test_agreement(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 2; first++) {
		struct act_place proposal = say(NORTH, KIND_PROPOSE, NULL);

		for (unsigned party = 0; party < 2; party++) {
			report(party, KIND_REPORT, &proposal);
			assert_verdict(&s, VOID_MATTER_STATE);
			report(party, KIND_DENOUNCE, &proposal);
			assert_verdict(&s, VOID_MATTER_STATE);
		}
		say(SOUTH, KIND_ACCEPT, &proposal);
		assert_state(proposal, STATE_ACCEPTED);
		scenario_receipt(&s, NORTH);
		assert_state(proposal, STATE_IN_EFFECT);
		scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_REPORT, .matter = &proposal,
		                                .fields = { { "extent", "part" } } });
		assert_verdict(&s, VOID_NONE);
		assert_state(proposal, STATE_IN_EFFECT);
		report(first, KIND_REPORT, &proposal);
		assert_verdict(&s, VOID_NONE);
		assert_state(proposal, STATE_PERFORMED_BY_ONE);
		report(first, KIND_REPORT, &proposal);
		assert_verdict(&s, VOID_NONE);
		assert_state(proposal, STATE_PERFORMED_BY_ONE);
		report(1 - first, KIND_REPORT, &proposal);
		assert_verdict(&s, VOID_NONE);
		assert_state(proposal, STATE_PERFORMED);
		report(first, KIND_DENOUNCE, &proposal);
		assert_verdict(&s, VOID_NONE);
		assert_state(proposal, STATE_DENOUNCED);
		report(1 - first, KIND_REPORT, &proposal);
		assert_verdict(&s, VOID_MATTER_STATE);
		report(1 - first, KIND_DENOUNCE, &proposal);
		assert_verdict(&s, VOID_MATTER_STATE);
	}
}

/* Who accepts without proof cannot make an agreement of it by performing; who offered
 * can. */
static void test_performing_what_is_unconfirmed(void **state)
{
	struct act_place proposal;

	(void)state;
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	say(SOUTH, KIND_ACCEPT, &proposal);
	s.now += SCENARIO_DAY + 1;
	report(SOUTH, KIND_REPORT, &proposal);
	assert_verdict(&s, VOID_NONE);
	assert_state(proposal, STATE_UNCONFIRMED);
	report(NORTH, KIND_REPORT, &proposal);
	assert_verdict(&s, VOID_NONE);
	assert_state(proposal, STATE_PERFORMED);

	proposal = say(NORTH, KIND_PROPOSE, NULL);
	say(SOUTH, KIND_ACCEPT, &proposal);
	s.now += SCENARIO_DAY + 1;
	report(NORTH, KIND_REPORT, &proposal);
	assert_state(proposal, STATE_PERFORMED_BY_ONE);
}

static void test_correct(void **state)
{
	struct act_place incident, correction;

	(void)state;
	incident = say(NORTH, KIND_NOTIFY, NULL);
	correction = scenario_say(
	    &s, (struct line){ NORTH, "a.head", KIND_CORRECT, .target = &incident });
	assert_verdict(&s, VOID_NONE);
	assert_state(incident, STATE_NOTIFIED);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_CORRECT, .target = &correction });
	assert_verdict(&s, VOID_WRONG_REFERENCE);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_CORRECT, .target = &incident });
	assert_verdict(&s, VOID_NOT_OWN_ACT);
}

/* Who corrects or takes back what was said could have said it. */
static void test_who_may_correct_and_retract(void **state)
{
	struct act_place proposal, incident, accreditation;

	(void)state;
	accreditation = scenario_accredit(&s, NORTH, "a.officer", "officer");
	scenario_accredit(&s, NORTH, "a.deputy", "deputy");
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	incident = say(NORTH, KIND_NOTIFY, NULL);
	scenario_say(&s, (struct line){ NORTH, "a.officer", KIND_RETRACT, .target = &proposal });
	assert_verdict(&s, VOID_NOT_EMPOWERED);
	scenario_say(&s, (struct line){ NORTH, "a.officer", KIND_CORRECT, .target = &proposal });
	assert_verdict(&s, VOID_NOT_EMPOWERED);
	assert_state(proposal, STATE_TABLED);
	scenario_say(&s, (struct line){ NORTH, "a.officer", KIND_RETRACT, .target = &incident });
	assert_verdict(&s, VOID_NONE);
	scenario_say(&s, (struct line){ NORTH, "a.deputy", KIND_RETRACT, .target = &proposal });
	assert_verdict(&s, VOID_NONE);
	scenario_say(&s,
	             (struct line){ NORTH, "a.deputy", KIND_CORRECT, .target = &accreditation });
	assert_verdict(&s, VOID_NOT_EMPOWERED);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_CORRECT, .target = &accreditation });
	assert_verdict(&s, VOID_NONE);
}

static void test_exercise(void **state)
{
	struct act_place real, exercise;

	(void)state;
	real = say(NORTH, KIND_NOTIFY, NULL);
	exercise = scenario_say(&s,
	                        (struct line){ NORTH, "a.head", KIND_NOTIFY, .exercise = true });
	assert_verdict(&s, VOID_NONE);
	scenario_say(
	    &s, (struct line){ SOUTH, "b.head", KIND_UPDATE, .matter = &real, .exercise = true });
	assert_verdict(&s, VOID_EXERCISE);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_ACK, .answers = &exercise });
	assert_verdict(&s, VOID_EXERCISE);
	scenario_say(
	    &s, (struct line){ SOUTH, "b.head", KIND_ACK, .answers = &exercise, .exercise = true });
	assert_verdict(&s, VOID_NONE);
	assert_state(exercise, STATE_ACKNOWLEDGED);
	assert_state(real, STATE_NOTIFIED);
}

/* Kinds that this version does not have are kept and shown. */
static void test_other_kinds(void **state)
{
	struct act_place protest;
	struct verdict verdict;
	struct scenario_entry *made;
	struct line line = { SOUTH, "b.head", KIND_PROTEST };

	(void)state;
	protest = scenario_say(&s, line);
	assert_verdict(&s, VOID_NONE);
	assert_state(protest, STATE_OPEN);
	say(NORTH, KIND_EXPLAIN, &protest);
	assert_verdict(&s, VOID_NONE);
	assert_state(protest, STATE_OPEN);
	scenario_say(&s, (struct line){ SOUTH, "b.nobody", KIND_PROTEST });
	assert_verdict(&s, VOID_NOT_ACCREDITED);
	made = scenario_make(&s, s.rules, &line);
	assert_int_equal(
	    rules_try(s.rules, SOUTH, &made->entry.act, made->keys, s.now, &verdict, NULL),
	    ERROR_UNSUPPORTED);
	scenario_entry_free(made);
}

static void test_lists(void **state)
{
	struct act_place expected[4], places[8], opened[3], place;
	struct display_cursor cursor = { { 0, 0 } };
	struct matter_summary matter;
	uint64_t counts[2] = { 0, 0 };
	size_t count;

	(void)state;
	/* South's is concurrent with north's first: the charter's order decides. */
	scenario_receipt(&s, NORTH);
	opened[1] = blurt(SOUTH, KIND_NOTIFY, NULL);
	opened[0] = blurt(NORTH, KIND_NOTIFY, NULL);
	opened[2] = say(NORTH, KIND_PROPOSE, NULL);
	assert_int_equal(rules_matter_count(s.rules), 3);
	for (size_t i = 0; i < 3; i++) {
		assert_ok(rules_matter(s.rules, i, s.now, &matter));
		assert_place(matter.opened_by, opened[i]);
	}
	assert_int_equal(rules_matter(s.rules, 3, s.now, &matter), ERROR_NOT_FOUND);

	expected[0] = opened[1];
	scenario_receipt(&s, NORTH);
	expected[2] = report(SOUTH, KIND_UPDATE, &opened[1]);
	expected[1] = scenario_log(
	    &s, (struct line){ NORTH, "a.head", KIND_ACK, .answers = &opened[1] });
	expected[3] = report(NORTH, KIND_UPDATE, &opened[1]);
	assert_ok(rules_matter_acts(s.rules, opened[1], places, 8, &count));
	assert_int_equal(count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_place(places[i], expected[i]);
	assert_ok(rules_matter_of(s.rules, opened[1], s.now, &matter));
	assert_int_equal(matter.act_count, 4);
	assert_place(matter.last, expected[3]);
	assert_int_equal(rules_matter_acts(s.rules, opened[1], places, 3, &count), ERROR_LIMIT);
	assert_int_equal(rules_matter_acts(s.rules, expected[0], places, 8, &count), OK);
	assert_int_equal(rules_matter_of(s.rules, expected[1], s.now, &matter), ERROR_NOT_FOUND);

	while (rules_display_next(s.rules, &cursor, &place)) {
		assert_int_equal(place.number, counts[place.party]++);
		assert_true(rules_act(s.rules, place)->seen <= counts[1 - place.party]);
	}
	assert_int_equal(counts[0], rules_size(s.rules, NORTH));
	assert_int_equal(counts[1], rules_size(s.rules, SOUTH));
}

static void assert_answers(unsigned party, struct act_place place, const enum kind_number *kinds,
                           size_t count)
{
	/* What may be said in any matter, by either side. */
	static const enum kind_number always[] = { KIND_REQUEST, KIND_MINUTES, KIND_CALL,
		                                   KIND_COMMUNIQUE };
	struct kind_set expected = { { 0, 0 } }, answers;

	for (size_t i = 0; i < count; i++)
		kind_set_add(&expected, kinds[i]);
	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]) && count > 0; i++)
		kind_set_add(&expected, always[i]);
	assert_ok(rules_legal_answers(s.rules, party, place, s.now, &answers));
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		if (kind_set_has(&answers, kind) != kind_set_has(&expected, kind))
			fail_msg("%s", kind_by_number(kind)->name);
}

static void test_legal_answers(void **state)
{
	static const enum kind_number of_a_proposal[] = {
		KIND_ACK,     KIND_COMMENT, KIND_ACCEPT,   KIND_REJECT,
		KIND_COUNTER, KIND_REPORT,  KIND_DENOUNCE,
	};
	static const enum kind_number of_ones_own[] = { KIND_COMMENT, KIND_CORRECT, KIND_RETRACT };
	static const enum kind_number when_expired[] = { KIND_ACK, KIND_COMMENT, KIND_REJECT };
	static const enum kind_number of_an_incident[] = { KIND_ACK, KIND_COMMENT, KIND_UPDATE,
		                                           KIND_OFFER };
	static const enum kind_number of_ones_own_incident[] = {
		KIND_COMMENT, KIND_CORRECT, KIND_RETRACT, KIND_UPDATE, KIND_OFFER, KIND_CONCLUDE,
	};
	static const enum kind_number when_answered[] = { KIND_ACK, KIND_COMMENT };
	struct act_place proposal, incident, receipt;
	struct kind_set answers;

	(void)state;
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	incident = say(NORTH, KIND_NOTIFY, NULL);
	receipt = scenario_receipt(&s, SOUTH);
	assert_answers(SOUTH, proposal, of_a_proposal, 5);
	assert_answers(NORTH, proposal, of_ones_own, 3);
	assert_answers(SOUTH, incident, of_an_incident, 4);
	assert_answers(NORTH, incident, of_ones_own_incident, 6);
	assert_answers(NORTH, receipt, NULL, 0);
	say(SOUTH, KIND_REJECT, &proposal);
	assert_answers(SOUTH, proposal, when_answered, 2);
	proposal = say(NORTH, KIND_PROPOSE, NULL);
	s.now += 2 * SCENARIO_DAY;
	assert_answers(SOUTH, proposal, when_expired, 3);
	incident = scenario_say(&s, (struct line){ NORTH, "a.nobody", KIND_NOTIFY });
	scenario_receipt(&s, SOUTH);
	assert_answers(NORTH, incident, NULL, 0);
	assert_answers(SOUTH, incident, NULL, 0);
	assert_int_equal(
	    rules_legal_answers(s.rules, SOUTH, (struct act_place){ NORTH, 999 }, s.now, &answers),
	    ERROR_NOT_FOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_proposal_accepted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_proposal_rejected, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_own_and_unknown_acts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_acceptance_names_the_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_acts_name_their_matter, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_expiry, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unconfirmed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_confirmed_by_receipt, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_unreceipted_at_close, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_answers_beat_a_concurrent_retract, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_a_retract_that_was_seen_binds, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_retracting_a_counter_revives_nothing, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_what_can_be_retracted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_incident, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_offers_of_help, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_agreement, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_performing_what_is_unconfirmed, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_correct, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_who_may_correct_and_retract, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_exercise, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_other_kinds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lists, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_legal_answers, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
