/* Amendments: which are void, which charter is in force in whose view, what a clock runs
 * by, and what two that cross come to. */
#include "charters.h"
#include "stamp_fixture.h"

static struct scenario s;
static struct amended quick;   /* a request is answered within an hour */
static struct amended slow;    /* within ten days */
static struct amended strict;  /* 'request' takes two signatures, notice is a day */
static struct amended foreign; /* changes a party's domain */
static struct amended keyed;   /* a witness that has the key of a delegate of north */
static struct buffer vkey;
static char first[HASH_BASE64_CAPACITY];

static void make_keyed(const struct charter *model)
{
	struct charter charter = *model;
	struct ed25519_secret secret = scenario_secret(NORTH, "a.two");
	struct note_key key;

	buffer_init(&vkey, 1024);
	assert_ok(note_key_init(&key, bytes_of_string("witness.example/w"), NOTE_KEY_COSIGNATURE,
	                        &secret.public_key));
	assert_ok(note_key_print(&key, &vkey));
	charter.witnesses[0] = buffer_view(&vkey);
	charter.witness_count = 1;
	amended_print(&keyed, &charter);
}

static int set_up(void **state)
{
	struct charter charter;

	(void)state;
	scenario_init(&s, NULL);
	scenario_open(&s);
	charter = *s.charter;
	charter.clocks[CLOCK_REQUEST] = SCENARIO_HOUR;
	amended_print(&quick, &charter);
	charter.clocks[CLOCK_REQUEST] = 10 * SCENARIO_DAY;
	amended_print(&slow, &charter);
	charter = *s.charter;
	kind_set_add(&charter.two_signatures, KIND_REQUEST);
	charter.notice = SCENARIO_DAY;
	amended_print(&strict, &charter);
	charter = *s.charter;
	memcpy(charter.parties[1].domain, "other.example", sizeof("other.example"));
	amended_print(&foreign, &charter);
	make_keyed(s.charter);
	hash_to_base64(&s.charter->hash, first);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	amended_release(&quick);
	amended_release(&slow);
	amended_release(&strict);
	amended_release(&foreign);
	amended_release(&keyed);
	buffer_release(&vkey);
	scenario_release(&s);
	return 0;
}

static void give(const struct amended *amended)
{
	assert_ok(rules_add_charter(s.rules, buffer_view(&amended->text), NULL));
}

/* With a receipt before it, as a node says it. */
static struct act_place amend(unsigned party, const char *version, const char *previous,
                              const struct amended *next, const struct act_place *answers,
                              enum void_reason expected)
{
	struct act_place place = scenario_say(
	    &s, amend_line(party, version, previous, next->name, answers));

	assert_verdict(&s, expected);
	return place;
}

/* Without one: concurrent with what the other side has said since. */
static struct act_place amend_unseeing(unsigned party, const char *version, const char *previous,
                                       const struct amended *next, const struct act_place *answers,
                                       enum void_reason expected)
{
	struct act_place place = scenario_log(
	    &s, amend_line(party, version, previous, next->name, answers));

	assert_verdict(&s, expected);
	return place;
}

static struct act_place request(unsigned party)
{
	return scenario_say(
	    &s, (struct line){ party, party == NORTH ? "a.head" : "b.head", KIND_REQUEST });
}

static void retract(unsigned party, const struct act_place *target, enum void_reason expected)
{
	scenario_log(&s, (struct line){ party, party == NORTH ? "a.head" : "b.head", KIND_RETRACT,
	                                .target = target });
	assert_verdict(&s, expected);
}

static enum amendment_state state_of(struct act_place place)
{
	struct amendment_summary amendment;

	assert_ok(rules_amendment(s.rules, place, &amendment));
	return amendment.state;
}

static struct obligation answer_owed(struct act_place place)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	size_t count;

	assert_ok(rules_obligations(s.rules, place, s.now, obligations, &count));
	for (size_t i = 0; i < count; i++)
		if (obligations[i].duty == DUTY_ANSWER)
			return obligations[i];
	return (struct obligation){ .duty = DUTY_COUNT };
}

/* --- coming into force ------------------------------------------------------ */

static void test_completed_by_the_other(void **state)
{
	struct act_place opened, completed, found_opened, found_completed;

	(void)state;
	opened = amend(NORTH, "2", first, &quick, NULL, VOID_NONE);
	assert_int_equal(state_of(opened), AMENDMENT_OPEN);
	assert_int_equal(rules_charter_count(s.rules), 1);
	assert_int_equal(answer_owed(opened).owed_by, SOUTH);
	give(&quick);
	completed = amend(SOUTH, "2", first, &quick, &opened, VOID_NONE);
	assert_int_equal(rules_charter_count(s.rules), 2);
	assert_memory_equal(rules_charter_now(s.rules)->hash.bytes, quick.hash.bytes, HASH_SIZE);
	assert_string_equal(rules_charter_now(s.rules)->channel, s.charter->channel);
	assert_true(rules_charter_acts(s.rules, 2, &found_opened, &found_completed));
	assert_place(found_opened, opened);
	assert_place(found_completed, completed);
	assert_false(rules_charter_acts(s.rules, 1, &found_opened, &found_completed));
	assert_int_equal(state_of(opened), AMENDMENT_COMPLETED);
	assert_int_equal(state_of(completed), AMENDMENT_COMPLETED);
	/* What completes asks for nothing. */
	assert_int_equal(answer_owed(completed).duty, DUTY_COUNT);
	assert_int_equal(answer_owed(opened).state, OBLIGATION_MET);
	/* It is judged by the charter before. */
	assert_ptr_equal(rules_charter(s.rules, completed), s.charter);
}

static void test_unknown_text_waits(void **state)
{
	struct act_place opened = amend(NORTH, "2", first, &quick, NULL, VOID_NONE);
	uint64_t size;

	(void)state;
	scenario_receipt(&s, SOUTH);
	size = rules_size(s.rules, SOUTH);
	scenario_log(&s, amend_line(SOUTH, "2", first, quick.name, &opened));
	assert_int_equal(s.result, ERROR_CHARTER);
	assert_int_equal(rules_size(s.rules, SOUTH), size);
	give(&quick);
	amend_unseeing(SOUTH, "2", first, &quick, &opened, VOID_NONE);
	assert_int_equal(rules_charter_count(s.rules), 2);
}

static void test_clock_by_the_charter_in_the_past(void **state)
{
	struct act_place opened, before, unseeing, after;

	(void)state;
	give(&quick);
	before = request(NORTH);
	opened = amend(SOUTH, "2", first, &quick, NULL, VOID_NONE);
	amend(NORTH, "2", first, &quick, &opened, VOID_NONE);
	/* South has not receipted the completion. */
	unseeing = scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_REQUEST });
	scenario_receipt(&s, SOUTH);
	after = request(SOUTH);
	scenario_receipt(&s, NORTH);
	assert_int_equal(answer_owed(before).deadline - answer_owed(before).started,
	                 2 * SCENARIO_DAY);
	assert_int_equal(answer_owed(unseeing).deadline - answer_owed(unseeing).started,
	                 2 * SCENARIO_DAY);
	assert_int_equal(answer_owed(after).deadline - answer_owed(after).started, SCENARIO_HOUR);
	assert_int_equal(rules_act(s.rules, unseeing)->charter, 1);
	assert_int_equal(rules_act(s.rules, after)->charter, 2);
}

static void test_two_signatures_and_notice(void **state)
{
	struct act_place opened, withdrawal;

	(void)state;
	give(&strict);
	opened = amend(NORTH, "2", first, &strict, NULL, VOID_NONE);
	amend(SOUTH, "2", first, &strict, &opened, VOID_NONE);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_REQUEST });
	assert_verdict(&s, VOID_NONE);
	request(NORTH);
	assert_verdict(&s, VOID_COSIGNER_REQUIRED);
	withdrawal = scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_WITHDRAW,
	                                             .fields = { { "from", "channel" } } });
	assert_int_equal(rules_withdrawal(s.rules, true),
	                 rules_act(s.rules, withdrawal)->logged + SCENARIO_DAY);
}

/* A withdrawal keeps the notice by which it was said. */
static void test_notice_of_an_earlier_withdrawal(void **state)
{
	struct act_place opened, withdrawal;

	(void)state;
	give(&strict);
	withdrawal = scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_WITHDRAW,
	                                             .fields = { { "from", "channel" } } });
	opened = amend(NORTH, "2", first, &strict, NULL, VOID_NONE);
	amend(SOUTH, "2", first, &strict, &opened, VOID_NONE);
	assert_int_equal(rules_withdrawal(s.rules, true),
	                 rules_act(s.rules, withdrawal)->logged + s.charter->notice);
	s.now += s.charter->notice + SCENARIO_DAY;
	amend(NORTH, "3", strict.name, &quick, NULL, VOID_CHANNEL_STATE);
}

static void test_several_in_turn(void **state)
{
	struct act_place opened;

	(void)state;
	give(&quick);
	give(&slow);
	opened = amend(NORTH, "2", first, &quick, NULL, VOID_NONE);
	amend(SOUTH, "2", first, &quick, &opened, VOID_NONE);
	opened = amend(SOUTH, "3", quick.name, &slow, NULL, VOID_NONE);
	amend(NORTH, "3", quick.name, &slow, &opened, VOID_NONE);
	/* Back to one that was in force before. */
	opened = amend(SOUTH, "4", slow.name, &quick, NULL, VOID_NONE);
	amend(NORTH, "4", slow.name, &quick, &opened, VOID_NONE);
	assert_int_equal(rules_charter_count(s.rules), 4);
	assert_memory_equal(rules_charter_version(s.rules, 3)->hash.bytes, slow.hash.bytes,
	                    HASH_SIZE);
	assert_null(rules_charter_version(s.rules, 5));
	assert_null(rules_charter_version(s.rules, 0));
}

/* The first charter's text again: nobody need give it. */
static void test_back_to_the_first(void **state)
{
	struct amended original;
	struct act_place opened;

	(void)state;
	amended_print(&original, s.charter);
	give(&quick);
	opened = amend(NORTH, "2", first, &quick, NULL, VOID_NONE);
	amend(SOUTH, "2", first, &quick, &opened, VOID_NONE);
	opened = amend(NORTH, "3", quick.name, &original, NULL, VOID_NONE);
	amend(SOUTH, "3", quick.name, &original, &opened, VOID_NONE);
	assert_ptr_equal(rules_charter_now(s.rules), s.charter);
	amended_release(&original);
}

/* --- void --------------------------------------------------------------------- */

static void test_void_openings(void **state)
{
	(void)state;
	amend(NORTH, "3", first, &quick, NULL, VOID_CHARTER);
	amend(NORTH, "1", first, &quick, NULL, VOID_CHARTER);
	amend(NORTH, "2", slow.name, &quick, NULL, VOID_CHARTER);
	scenario_say(&s, amend_line(NORTH, "2", first, first, NULL));
	assert_verdict(&s, VOID_FIELD);
	amend(NORTH, "2", first, &quick, NULL, VOID_NONE);
	amend(NORTH, "2", first, &slow, NULL, VOID_OPEN_AMENDMENT);
	scenario_accredit(&s, NORTH, "p.deputy", "deputy");
	scenario_say(&s, (struct line){ NORTH, "p.deputy", KIND_AMEND });
	assert_verdict(&s, VOID_NOT_EMPOWERED);
}

static void test_void_completions(void **state)
{
	struct act_place opened, completed;

	(void)state;
	give(&quick);
	give(&slow);
	opened = amend(NORTH, "2", first, &quick, NULL, VOID_NONE);
	amend(NORTH, "2", first, &quick, &opened, VOID_OWN_ACT);
	amend(SOUTH, "2", first, &slow, &opened, VOID_FIELD);
	amend(SOUTH, "3", first, &quick, &opened, VOID_CHARTER);
	amend(SOUTH, "2", slow.name, &quick, &opened, VOID_CHARTER);
	assert_int_equal(rules_charter_count(s.rules), 1);
	completed = amend(SOUTH, "2", first, &quick, &opened, VOID_NONE);
	amend(SOUTH, "2", first, &quick, &opened, VOID_ALREADY_ANSWERED);
	/* What completes can be neither completed nor taken back. */
	amend(NORTH, "2", first, &quick, &completed, VOID_WRONG_REFERENCE);
	retract(SOUTH, &completed, VOID_WRONG_REFERENCE);
	scenario_receipt(&s, NORTH);
	retract(NORTH, &opened, VOID_ALREADY_ANSWERED);
}

static void test_texts_that_cannot_amend(void **state)
{
	struct error error;
	struct act_place opened;

	(void)state;
	assert_ok(rules_add_charter(s.rules, buffer_view(&foreign.text), &error));
	assert_int_equal(error.code, ERROR_MISMATCH);
	assert_true(rules_knows_charter(s.rules, &foreign.hash));
	assert_null(rules_known_charter(s.rules, &foreign.hash));
	opened = amend(NORTH, "2", first, &foreign, NULL, VOID_NONE);
	amend(SOUTH, "2", first, &foreign, &opened, VOID_FIELD);
	assert_int_equal(rules_charter_count(s.rules), 1);
	assert_int_equal(state_of(opened), AMENDMENT_OPEN);
}

static void test_keys_of_neutrals(void **state)
{
	struct act_place opened;

	(void)state;
	give(&keyed);
	opened = amend(NORTH, "2", first, &keyed, NULL, VOID_NONE);
	amend(SOUTH, "2", first, &keyed, &opened, VOID_NONE);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_ACCREDIT,
	                                .fields = { { "delegate", "p.two" },
	                                            { "role", "duty" },
	                                            { "key", "key:a.two" } } });
	assert_verdict(&s, VOID_KEY_IN_USE);
}

static void test_neutral_with_the_key_of_a_delegate(void **state)
{
	struct act_place opened;

	(void)state;
	give(&keyed);
	scenario_accredit(&s, NORTH, "a.two", "duty");
	assert_verdict(&s, VOID_NONE);
	opened = amend(NORTH, "2", first, &keyed, NULL, VOID_NONE);
	amend(SOUTH, "2", first, &keyed, &opened, VOID_KEY_IN_USE);
}

/* --- two that cross -------------------------------------------------------------- */

/* Of two for one version the first party's stands. */
static void test_two_open(void **state)
{
	struct act_place north, south;

	(void)state;
	give(&quick);
	give(&slow);
	north = amend_unseeing(NORTH, "2", first, &quick, NULL, VOID_NONE);
	south = amend_unseeing(SOUTH, "2", first, &slow, NULL, VOID_NONE);
	assert_int_equal(state_of(north), AMENDMENT_OPEN);
	assert_int_equal(state_of(south), AMENDMENT_WAITS);
	amend(NORTH, "2", first, &slow, &south, VOID_OPEN_AMENDMENT);
	amend(SOUTH, "2", first, &quick, &north, VOID_NONE);
	assert_memory_equal(rules_charter_now(s.rules)->hash.bytes, quick.hash.bytes, HASH_SIZE);
	assert_int_equal(state_of(south), AMENDMENT_LAPSED);
	assert_int_equal(answer_owed(south).duty, DUTY_COUNT);
	amend(NORTH, "2", first, &slow, &south, VOID_CHARTER);
	amend(SOUTH, "3", quick.name, &slow, NULL, VOID_NONE);
}

/* The first party lets its own go: it has to wait until the other side knows. */
static void test_two_open_and_the_first_gives_way(void **state)
{
	struct act_place north, south;

	(void)state;
	give(&quick);
	give(&slow);
	north = amend_unseeing(NORTH, "2", first, &quick, NULL, VOID_NONE);
	south = amend_unseeing(SOUTH, "2", first, &slow, NULL, VOID_NONE);
	scenario_receipt(&s, NORTH);
	retract(NORTH, &north, VOID_NONE);
	assert_int_equal(state_of(south), AMENDMENT_WAITS);
	amend_unseeing(NORTH, "2", first, &slow, &south, VOID_OPEN_AMENDMENT);
	scenario_receipt(&s, SOUTH);
	assert_int_equal(state_of(south), AMENDMENT_OPEN);
	amend(SOUTH, "2", first, &quick, &north, VOID_MATTER_STATE);
	amend(NORTH, "2", first, &slow, &south, VOID_NONE);
	assert_memory_equal(rules_charter_now(s.rules)->hash.bytes, slow.hash.bytes, HASH_SIZE);
}

static void test_completion_beats_a_concurrent_retract(void **state)
{
	struct act_place opened, again;

	(void)state;
	give(&quick);
	opened = amend(NORTH, "2", first, &quick, NULL, VOID_NONE);
	scenario_receipt(&s, SOUTH);
	amend_unseeing(SOUTH, "2", first, &quick, &opened, VOID_NONE);
	retract(NORTH, &opened, VOID_NONE);
	assert_false(rules_act(s.rules, opened)->retracted);
	assert_int_equal(state_of(opened), AMENDMENT_COMPLETED);
	assert_int_equal(rules_charter_count(s.rules), 2);
	/* Opened by who has not seen that: it lapses. */
	again = amend_unseeing(NORTH, "2", first, &slow, NULL, VOID_NONE);
	assert_int_equal(state_of(again), AMENDMENT_LAPSED);
	scenario_receipt(&s, NORTH);
	amend(NORTH, "3", quick.name, &slow, NULL, VOID_NONE);
}

static void test_retracted_first(void **state)
{
	struct act_place opened, place;

	(void)state;
	give(&quick);
	opened = amend(NORTH, "2", first, &quick, NULL, VOID_NONE);
	assert_true(rules_open_amendment(s.rules, NORTH, &place));
	assert_place(place, opened);
	retract(NORTH, &opened, VOID_NONE);
	assert_int_equal(state_of(opened), AMENDMENT_RETRACTED);
	assert_false(rules_open_amendment(s.rules, NORTH, &place));
	amend(SOUTH, "2", first, &quick, &opened, VOID_MATTER_STATE);
	amend(NORTH, "2", first, &slow, NULL, VOID_NONE);
}

static void test_offered_as_an_answer(void **state)
{
	struct act_place opened;
	struct kind_set kinds;

	(void)state;
	give(&quick);
	opened = amend(NORTH, "2", first, &quick, NULL, VOID_NONE);
	scenario_receipt(&s, SOUTH);
	assert_ok(rules_legal_answers(s.rules, SOUTH, opened, s.now, &kinds));
	assert_true(kind_set_has(&kinds, KIND_AMEND));
	assert_true(kind_set_has(&kinds, KIND_COMMENT));
	assert_false(kind_set_has(&kinds, KIND_REJECT));
	assert_ok(rules_legal_answers(s.rules, NORTH, opened, s.now, &kinds));
	assert_false(kind_set_has(&kinds, KIND_AMEND));
	assert_true(kind_set_has(&kinds, KIND_RETRACT));
	amend(SOUTH, "2", first, &quick, &opened, VOID_NONE);
	assert_ok(rules_legal_answers(s.rules, SOUTH, opened, s.now, &kinds));
	assert_false(kind_set_has(&kinds, KIND_AMEND));
}

/* Texts that nothing needs are forgotten, those in force never. */
static void test_texts_are_bounded(void **state)
{
	struct charter charter = *s.charter;
	struct act_place opened;
	struct amended other;

	(void)state;
	give(&quick);
	opened = amend(NORTH, "2", first, &quick, NULL, VOID_NONE);
	amend(SOUTH, "2", first, &quick, &opened, VOID_NONE);
	for (int i = 1; i <= 400; i++) {
		charter.clocks[CLOCK_POSITION] = i;
		amended_print(&other, &charter);
		give(&other);
		if (i == 1)
			assert_true(rules_knows_charter(s.rules, &other.hash));
		amended_release(&other);
	}
	charter.clocks[CLOCK_POSITION] = 1;
	amended_print(&other, &charter);
	assert_false(rules_knows_charter(s.rules, &other.hash));
	amended_release(&other);
	assert_true(rules_knows_charter(s.rules, &quick.hash));
	assert_int_equal(rules_charter_now(s.rules)->clocks[CLOCK_REQUEST], SCENARIO_HOUR);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_completed_by_the_other),
		TEST(test_unknown_text_waits),
		TEST(test_clock_by_the_charter_in_the_past),
		TEST(test_two_signatures_and_notice),
		TEST(test_notice_of_an_earlier_withdrawal),
		TEST(test_several_in_turn),
		TEST(test_back_to_the_first),
		TEST(test_void_openings),
		TEST(test_void_completions),
		TEST(test_texts_that_cannot_amend),
		TEST(test_keys_of_neutrals),
		TEST(test_neutral_with_the_key_of_a_delegate),
		TEST(test_two_open),
		TEST(test_two_open_and_the_first_gives_way),
		TEST(test_completion_beats_a_concurrent_retract),
		TEST(test_retracted_first),
		TEST(test_offered_as_an_answer),
		TEST(test_texts_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
