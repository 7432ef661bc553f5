/* Lists: what may be said of them, by whom, and what then is owed. Each test says what an
 * adversary who signs correctly would try. */
#include "matter_fixture.h"

#include "ristretto.h"
#include "torture.h"

static struct act_place list_in(unsigned party, const char *mode)
{
	return say_with(party, KIND_LIST, NULL, "mode", mode);
}

/* A list that answers one in a sealed swap. */
static struct line pairing(unsigned party, const struct act_place *first)
{
	return (struct line){ party, party == NORTH ? "a.head" : "b.head", KIND_LIST,
		              .answers = first, .fields = { { "mode", "swap" } } };
}

static struct list_summary summary_of(struct act_place place)
{
	struct list_summary list;

	assert_ok(rules_list(s.rules, place, &list));
	return list;
}

static struct obligation owed(struct act_place place, enum obligation_duty duty, unsigned by)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	size_t count;

	assert_ok(rules_obligations(s.rules, place, s.now, obligations, &count));
	for (size_t i = 0; i < count; i++)
		if (obligations[i].duty == duty && obligations[i].owed_by == by)
			return obligations[i];
	return (struct obligation){ .duty = DUTY_COUNT };
}

#define assert_owed(place, its_duty, by, its_state)                                                \
	do {                                                                                       \
		struct obligation found = owed(place, its_duty, by);                               \
		assert_int_equal(found.duty, its_duty);                                            \
		assert_int_equal(found.state, its_state);                                          \
	} while (0)
#define assert_not_owed(place, its_duty, by)                                                       \
	assert_int_equal(owed(place, its_duty, by).duty, DUTY_COUNT)

/* --- opened --------------------------------------------------------------------- */

static void test_versions_are_one_sequence(void **state)
{
	struct act_place list, second, retired;
	struct list_summary summary;

	(void)state;
	list = list_in(NORTH, "opened");
	assert_verdict(&s, VOID_NONE);
	assert_state(list, STATE_OPENED);
	scenario_receipt(&s, SOUTH);
	assert_owed(list, DUTY_ACKNOWLEDGE, SOUTH, OBLIGATION_OPEN);
	assert_owed(list, DUTY_UPDATE, NORTH, OBLIGATION_OPEN);
	assert_not_owed(list, DUTY_ANSWER, SOUTH);
	assert_int_equal(owed(list, DUTY_ACKNOWLEDGE, SOUTH).clock,
	                 s.charter->clocks[CLOCK_LIST_CHANGES]);
	assert_int_equal(owed(list, DUTY_UPDATE, NORTH).clock, s.charter->clocks[CLOCK_FULL_LIST]);
	report(SOUTH, KIND_UPDATE_LIST, &list);
	assert_verdict(&s, VOID_MATTER_STATE);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_UPDATE_LIST, .matter = &list,
	                                .fields = { { "mode", "opened" }, { "epoch", "3" } } });
	assert_verdict(&s, VOID_EPOCH);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_UPDATE_LIST, .matter = &list,
	                                .fields = { { "mode", "match-only" } } });
	assert_verdict(&s, VOID_FIELD);
	second = report(NORTH, KIND_UPDATE_LIST, &list);
	assert_verdict(&s, VOID_NONE);
	assert_state(list, STATE_UPDATED);
	assert_owed(list, DUTY_UPDATE, NORTH, OBLIGATION_MET);
	assert_owed(second, DUTY_UPDATE, NORTH, OBLIGATION_OPEN);
	scenario_receipt(&s, SOUTH);
	s.now += s.charter->clocks[CLOCK_FULL_LIST] + 1;
	assert_owed(second, DUTY_UPDATE, NORTH, OBLIGATION_OVERDUE);
	assert_owed(second, DUTY_ACKNOWLEDGE, SOUTH, OBLIGATION_OVERDUE);
	summary = summary_of(list);
	assert_int_equal(summary.epoch, 2);
	assert_place(summary.version, second);
	assert_false(summary.retired);
	retired = report(NORTH, KIND_RETIRE_LIST, &list);
	assert_verdict(&s, VOID_NONE);
	assert_state(list, STATE_RETIRED);
	assert_owed(second, DUTY_UPDATE, NORTH, OBLIGATION_MET);
	assert_place(owed(second, DUTY_UPDATE, NORTH).met_by, retired);
	assert_true(summary_of(list).retired);
	report(NORTH, KIND_UPDATE_LIST, &list);
	assert_verdict(&s, VOID_MATTER_STATE);
	report(NORTH, KIND_RETIRE_LIST, &list);
	assert_verdict(&s, VOID_MATTER_STATE);
}

static void test_an_acknowledgement_is_owed_once(void **state)
{
	struct act_place list = scenario_say(
	    &s, (struct line){ NORTH, "a.head", KIND_LIST, .precedence = "priority" });

	(void)state;
	scenario_receipt(&s, SOUTH);
	assert_int_equal(owed(list, DUTY_ACKNOWLEDGE, SOUTH).clock,
	                 s.charter->acknowledge[PRECEDENCE_PRIORITY]);
	say(SOUTH, KIND_ACK, &list);
	assert_owed(list, DUTY_ACKNOWLEDGE, SOUTH, OBLIGATION_MET);
}

/* Whichever side's acts come first, what is rejected stays so and need not be renewed. */
static void test_a_rejection_crosses_a_change(void **state)
{
	(void)state;
	for (unsigned owner = NORTH; owner <= SOUTH; owner++) {
		struct act_place list = list_in(owner, "opened"), second;

		scenario_receipt(&s, 1 - owner);
		second = scenario_log(&s,
		                      (struct line){ owner, owner == NORTH ? "a.head" : "b.head",
		                                     KIND_UPDATE_LIST, .matter = &list });
		assert_verdict(&s, VOID_NONE);
		blurt(1 - owner, KIND_REJECT, &list);
		assert_verdict(&s, VOID_NONE);
		assert_state(list, STATE_REJECTED);
		assert_true(summary_of(list).rejected);
		assert_not_owed(list, DUTY_UPDATE, owner);
		assert_not_owed(second, DUTY_UPDATE, owner);
		report(owner, KIND_UPDATE_LIST, &list);
		assert_verdict(&s, VOID_MATTER_STATE);
	}
}

/* --- sealed swap ------------------------------------------------------------------- */

static void test_both_commit_and_both_open(void **state)
{
	struct act_place first, second, opened;
	struct list_summary summary;

	(void)state;
	first = list_in(NORTH, "swap");
	assert_verdict(&s, VOID_NONE);
	assert_state(first, STATE_COMMITTED);
	scenario_receipt(&s, SOUTH);
	assert_owed(first, DUTY_ANSWER, SOUTH, OBLIGATION_OPEN);
	assert_not_owed(first, DUTY_ACKNOWLEDGE, SOUTH);
	assert_not_owed(first, DUTY_UPDATE, NORTH);
	/* Who opens first would show its list to one who has committed to nothing. */
	report(NORTH, KIND_REVEAL, &first);
	assert_verdict(&s, VOID_MATTER_STATE);
	second = scenario_say(&s, pairing(SOUTH, &first));
	assert_verdict(&s, VOID_NONE);
	assert_owed(first, DUTY_ANSWER, SOUTH, OBLIGATION_MET);
	assert_not_owed(second, DUTY_ANSWER, NORTH);
	assert_not_owed(second, DUTY_ACKNOWLEDGE, NORTH);
	assert_state(first, STATE_PAIRED);
	assert_state(second, STATE_PAIRED);
	/* Before it has the second one, the first is not bound to open. */
	blurt(NORTH, KIND_COMMENT, &first);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_REVEAL, .matter = &first });
	assert_verdict(&s, VOID_MATTER_STATE);
	assert_int_equal(owed(second, DUTY_REVEAL, NORTH).started, 0);
	scenario_receipt(&s, NORTH);
	for (unsigned party = NORTH; party <= SOUTH; party++) {
		assert_owed(second, DUTY_REVEAL, party, OBLIGATION_OPEN);
		assert_int_equal(owed(second, DUTY_REVEAL, party).clock,
		                 s.charter->clocks[CLOCK_LIST_CHANGES]);
	}
	opened = report(SOUTH, KIND_REVEAL, &second);
	assert_verdict(&s, VOID_NONE);
	assert_state(second, STATE_REVEALED);
	assert_state(first, STATE_PAIRED);
	s.now += s.charter->clocks[CLOCK_LIST_CHANGES] + 1;
	assert_owed(second, DUTY_REVEAL, NORTH, OBLIGATION_OVERDUE);
	assert_owed(second, DUTY_REVEAL, SOUTH, OBLIGATION_MET);
	assert_place(owed(second, DUTY_REVEAL, SOUTH).met_by, opened);
	summary = summary_of(second);
	assert_true(summary.revealed && summary.has_pair);
	assert_place(summary.pair, first);
	assert_place(summary.version, opened);
	assert_owed(opened, DUTY_UPDATE, SOUTH, OBLIGATION_OPEN);
	report(SOUTH, KIND_REVEAL, &second);
	assert_verdict(&s, VOID_MATTER_STATE);
	report(SOUTH, KIND_UPDATE_LIST, &second);
	assert_verdict(&s, VOID_NONE);
	assert_owed(opened, DUTY_UPDATE, SOUTH, OBLIGATION_MET);
	assert_int_equal(summary_of(second).epoch, 2);
	report(NORTH, KIND_REVEAL, &first);
	assert_verdict(&s, VOID_NONE);
	assert_owed(second, DUTY_REVEAL, NORTH, OBLIGATION_MET);
}

/* A list made up once the other one is known; one that copies the other's commitment, to open
 * it with the other's own body; one commitment used twice. */
static void test_nothing_else_is_opened(void **state)
{
	struct act_place first = list_in(NORTH, "swap"), second;
	char commitment[HASH_BASE64_CAPACITY];
	struct scenario_body other = { .parts = 1, .size = 4096 };
	struct list_summary summary;
	struct line line = pairing(SOUTH, &first);

	(void)state;
	summary = summary_of(first);
	hash_to_base64(&summary.commitment, commitment);
	line.fields[1].name = "commitment";
	line.fields[1].value = commitment;
	scenario_say(&s, line);
	assert_verdict(&s, VOID_COMMITMENT);
	line.answers = NULL;
	scenario_say(&s, line);
	assert_verdict(&s, VOID_COMMITMENT);
	line.party = NORTH;
	line.author = "a.head";
	scenario_say(&s, line);
	assert_verdict(&s, VOID_COMMITMENT);
	second = scenario_say(&s, pairing(SOUTH, &first));
	assert_verdict(&s, VOID_NONE);
	other.root = scenario_hash(&s, "another");
	scenario_say(
	    &s, (struct line){ SOUTH, "b.head", KIND_REVEAL, .matter = &second, .sealed = &other });
	assert_verdict(&s, VOID_COMMITMENT);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_REVEAL, .matter = &second,
	                                .fields = { { "epoch", "2" } } });
	assert_verdict(&s, VOID_EPOCH);
	report(SOUTH, KIND_REVEAL, &first);
	assert_verdict(&s, VOID_MATTER_STATE);
}

/* Nobody commits twice to one, or to its own, or takes back or rejects what was answered. */
static void test_pairs_are_of_two(void **state)
{
	struct act_place first = list_in(NORTH, "swap"), second, opened, other;

	(void)state;
	scenario_say(&s, pairing(NORTH, &first));
	assert_verdict(&s, VOID_OWN_ACT);
	opened = list_in(NORTH, "opened");
	scenario_say(&s, pairing(SOUTH, &opened));
	assert_verdict(&s, VOID_WRONG_REFERENCE);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_LIST, .answers = &first,
	                                .fields = { { "mode", "opened" } } });
	assert_verdict(&s, VOID_FIELD);
	second = scenario_say(&s, pairing(SOUTH, &first));
	assert_verdict(&s, VOID_NONE);
	scenario_say(&s, pairing(SOUTH, &first));
	assert_verdict(&s, VOID_ALREADY_ANSWERED);
	say(SOUTH, KIND_REJECT, &first);
	assert_verdict(&s, VOID_ALREADY_ANSWERED);
	say(NORTH, KIND_REJECT, &second);
	assert_verdict(&s, VOID_MATTER_STATE);
	scenario_say(&s, pairing(NORTH, &second));
	assert_verdict(&s, VOID_WRONG_REFERENCE);
	report(NORTH, KIND_RETIRE_LIST, &first);
	assert_verdict(&s, VOID_MATTER_STATE);
	report(SOUTH, KIND_RETIRE_LIST, &second);
	assert_verdict(&s, VOID_MATTER_STATE);
	other = list_in(NORTH, "swap");
	report(NORTH, KIND_RETIRE_LIST, &other);
	assert_verdict(&s, VOID_NONE);
	assert_state(other, STATE_RETIRED);
	scenario_receipt(&s, SOUTH);
	assert_not_owed(other, DUTY_ANSWER, SOUTH);
	scenario_say(&s, pairing(SOUTH, &other));
	assert_verdict(&s, VOID_MATTER_STATE);
}

/* Whoever retires what it committed to, without having heard of the answer, or feigning not
 * to have, still opens it: the answer counts when it is sent. */
static void test_an_answer_crosses_a_retirement(void **state)
{
	(void)state;
	for (unsigned owner = NORTH; owner <= SOUTH; owner++)
		for (unsigned first_to_speak = 0; first_to_speak < 2; first_to_speak++) {
			struct act_place first = list_in(owner, "swap"), second = { 0, 0 };
			struct line retire = { owner, owner == NORTH ? "a.head" : "b.head",
				               KIND_RETIRE_LIST, .matter = &first };

			scenario_receipt(&s, 1 - owner);
			if (first_to_speak == 0)
				second = scenario_log(&s, pairing(1 - owner, &first));
			scenario_log(&s, retire);
			assert_verdict(&s, VOID_NONE);
			if (first_to_speak == 1)
				second = scenario_log(&s, pairing(1 - owner, &first));
			assert_verdict(&s, VOID_NONE);
			scenario_receipt(&s, owner);
			assert_state(first, STATE_PAIRED);
			assert_false(summary_of(first).retired);
			assert_owed(second, DUTY_REVEAL, owner, OBLIGATION_OPEN);
			report(owner, KIND_REVEAL, &first);
			assert_verdict(&s, VOID_NONE);
			assert_state(first, STATE_REVEALED);
			assert_owed(second, DUTY_REVEAL, owner, OBLIGATION_MET);
			report(owner, KIND_UPDATE_LIST, &first);
			assert_verdict(&s, VOID_NONE);
			report(owner, KIND_RETIRE_LIST, &first);
			assert_verdict(&s, VOID_NONE);
			assert_true(summary_of(first).retired);
		}
}

/* Who signs that it opens its list and sends no body has not opened it. */
static void test_a_body_that_does_not_come_opens_nothing(void **state)
{
	struct act_place first = list_in(NORTH, "swap");
	struct act_place second = scenario_say(&s, pairing(SOUTH, &first)), opened;

	(void)state;
	opened = report(NORTH, KIND_REVEAL, &first);
	assert_owed(second, DUTY_REVEAL, NORTH, OBLIGATION_MET);
	scenario_receipt(&s, SOUTH);
	scenario_log(&s, (struct line){ SOUTH, "node", KIND_FAULT, .target = &opened,
	                                .fields = { { "fault", "missing" } } });
	assert_verdict(&s, VOID_NONE);
	assert_owed(second, DUTY_REVEAL, NORTH, OBLIGATION_OPEN);
	s.now += s.charter->clocks[CLOCK_LIST_CHANGES] + 1;
	assert_owed(second, DUTY_REVEAL, NORTH, OBLIGATION_OVERDUE);
	scenario_say(&s, (struct line){ SOUTH, "node", KIND_FAULT, .target = &opened,
	                                .fields = { { "fault", "cured" } } });
	assert_verdict(&s, VOID_NONE);
	assert_owed(second, DUTY_REVEAL, NORTH, OBLIGATION_MET);
}

/* --- match-only ---------------------------------------------------------------------- */

static void test_what_is_no_commitment(void **state)
{
	static const struct {
		const char *value;
		enum void_reason reason;
	} cases[] = {
		{ FIXTURE_ELEMENT " 1048576 " FIXTURE_HASH " -", VOID_NONE },
		{ FIXTURE_ELEMENT " 1048577 " FIXTURE_HASH " -", VOID_LIST_PAIRS },
		{ FIXTURE_HASH " 64 " FIXTURE_HASH " -", VOID_FIELD },
		{ "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= 64 " FIXTURE_HASH " -",
		  VOID_FIELD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		scenario_say(&s, (struct line){ NORTH, "a.head", KIND_LIST,
		                                .fields = { { "mode", "match-only" },
		                                            { "asn", cases[i].value } } });
		assert_verdict(&s, cases[i].reason);
	}
}

/* A question in class domain with so many elements. */
static struct act_place ask(const struct act_place *list, size_t count)
{
	uint8_t element[RISTRETTO_ELEMENT_SIZE];
	struct buffer elements, text;
	struct act_place place;

	buffer_init(&elements, ENTRY_SIZE_MAXIMUM);
	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	assert_ok(base64_decode_fixed(bytes_of_string(FIXTURE_ELEMENT), element, sizeof(element)));
	for (size_t i = 0; i < count; i++)
		assert_ok(buffer_put(&elements, element, sizeof(element)));
	assert_ok(base64_encode(&text, buffer_view(&elements), BASE64_PADDED));
	assert_ok(buffer_put_u8(&text, 0));
	place = scenario_say(&s,
	                     (struct line){ SOUTH, "b.head", KIND_QUERY, .matter = list,
	                                    .fields = { { "class", "domain" },
	                                                { "blinded", (const char *)text.data } } });
	buffer_release(&elements);
	buffer_release(&text);
	return place;
}

static void tally(unsigned party, const struct act_place *list, const char *count,
                  const char *today, timestamp day)
{
	char text[TIMESTAMP_CAPACITY];

	timestamp_format(day, text);
	scenario_say(&s, (struct line){ party, "node", KIND_TALLY, .target = list,
	                                .fields = { { "class", "domain" },
	                                            { "count", count },
	                                            { "today", today },
	                                            { "day", text } } });
}

static timestamp today(void)
{
	return s.now - s.now % SCENARIO_DAY;
}

static void test_who_asks_and_what(void **state)
{
	struct act_place list = list_in(NORTH, "match-only"), opened, asked;
	struct query_summary query;

	(void)state;
	report(NORTH, KIND_QUERY, &list);
	assert_verdict(&s, VOID_MATTER_STATE);
	opened = list_in(NORTH, "opened");
	report(SOUTH, KIND_QUERY, &opened);
	assert_verdict(&s, VOID_MATTER_STATE);
	ask(&list, QUERY_ELEMENTS_MAXIMUM + 1);
	assert_verdict(&s, VOID_FIELD);
	asked = ask(&list, QUERY_ELEMENTS_MAXIMUM);
	assert_verdict(&s, VOID_NONE);
	assert_ok(rules_query(s.rules, asked, &query));
	assert_int_equal(query.elements, QUERY_ELEMENTS_MAXIMUM);
	assert_place(query.list, list);
	assert_false(query.answered);
	scenario_receipt(&s, NORTH);
	assert_owed(asked, DUTY_ANSWER, NORTH, OBLIGATION_OPEN);
	assert_int_equal(owed(asked, DUTY_ANSWER, NORTH).clock, s.charter->clocks[CLOCK_REQUEST]);
	say(SOUTH, KIND_REPLY, &asked);
	assert_verdict(&s, VOID_OWN_ACT);
	say_with(NORTH, KIND_REPLY, &asked, "evaluated", FIXTURE_ELEMENT);
	assert_verdict(&s, VOID_FIELD);
	say(NORTH, KIND_REPLY, &asked);
	assert_verdict(&s, VOID_NONE);
	assert_owed(asked, DUTY_ANSWER, NORTH, OBLIGATION_MET);
	say(NORTH, KIND_REPLY, &asked);
	assert_verdict(&s, VOID_ALREADY_ANSWERED);
	assert_state(list, STATE_MATCH_ONLY);
}

/* Who asks counts what the frames took and what it put on record: neither way round the
 * other, by day and in all. */
static void test_budgets_hold_whichever_way(void **state)
{
	struct act_place list = list_in(NORTH, "match-only");
	uint64_t total, on_day;

	(void)state;
	tally(SOUTH, &list, "990", "990", today());
	assert_verdict(&s, VOID_NONE);
	ask(&list, 11);
	assert_verdict(&s, VOID_BUDGET);
	ask(&list, 10);
	assert_verdict(&s, VOID_NONE);
	ask(&list, 1);
	assert_verdict(&s, VOID_BUDGET);
	rules_list_queried(s.rules, list, IDENTIFIER_DOMAIN, today(), &total, &on_day);
	assert_int_equal(total, 10);
	assert_int_equal(on_day, 10);
	s.now += SCENARIO_DAY;
	rules_list_queried(s.rules, list, IDENTIFIER_DOMAIN, today(), &total, &on_day);
	assert_int_equal(total, 10);
	assert_int_equal(on_day, 0);
	ask(&list, 11);
	assert_verdict(&s, VOID_NONE);
	rules_list_queried(s.rules, list, IDENTIFIER_DOMAIN, today() - SCENARIO_DAY, &total,
	                   &on_day);
	assert_int_equal(on_day, 10);
	/* In the list's life, across its versions. */
	tally(SOUTH, &list, "99970", "500", today());
	assert_verdict(&s, VOID_NONE);
	report(NORTH, KIND_UPDATE_LIST, &list);
	assert_verdict(&s, VOID_NONE);
	scenario_receipt(&s, SOUTH);
	ask(&list, 10);
	assert_verdict(&s, VOID_BUDGET);
	ask(&list, 9);
	assert_verdict(&s, VOID_NONE);
	s.now += SCENARIO_DAY;
	ask(&list, 1);
	assert_verdict(&s, VOID_BUDGET);
}

static void test_what_was_counted_is_not_taken_back(void **state)
{
	struct act_place list = list_in(NORTH, "match-only"), opened = list_in(NORTH, "opened");
	struct list_tally found;

	(void)state;
	for (unsigned party = NORTH; party <= SOUTH; party++) {
		assert_false(rules_list_tally(s.rules, list, IDENTIFIER_DOMAIN, party, &found));
		tally(party, &list, "100", "101", today());
		assert_verdict(&s, VOID_FIELD);
		tally(party, &list, "100", "40", today() + 1);
		assert_verdict(&s, VOID_FIELD);
		tally(party, &list, "100", "40", today() + 2 * SCENARIO_DAY);
		assert_verdict(&s, VOID_TIME);
		tally(party, &list, "100", "40", today());
		assert_verdict(&s, VOID_NONE);
		tally(party, &list, "99", "40", today());
		assert_verdict(&s, VOID_FIELD);
		tally(party, &list, "100", "41", today());
		assert_verdict(&s, VOID_FIELD);
		tally(party, &list, "105", "39", today());
		assert_verdict(&s, VOID_FIELD);
		tally(party, &list, "105", "1", today() - SCENARIO_DAY);
		assert_verdict(&s, VOID_FIELD);
		tally(party, &list, "105", "45", today());
		assert_verdict(&s, VOID_NONE);
		assert_true(rules_list_tally(s.rules, list, IDENTIFIER_DOMAIN, party, &found));
		assert_int_equal(found.count, 105);
		assert_int_equal(found.today, 45);
		assert_false(rules_list_tally(s.rules, list, IDENTIFIER_ASN, party, &found));
		tally(party, &opened, "1", "1", today());
		assert_verdict(&s, VOID_WRONG_REFERENCE);
	}
	s.now += SCENARIO_DAY;
	tally(SOUTH, &list, "110", "6", today());
	assert_verdict(&s, VOID_FIELD);
	tally(SOUTH, &list, "110", "5", today());
	assert_verdict(&s, VOID_NONE);
}

/* Each refusal needs its ground. Else who is asked publishes another version, or retires the
 * list, whenever a question comes. */
static void test_refusals_have_a_ground(void **state)
{
	static const char *const words[] = { "budget", "epoch", "retired" };
	static const enum void_reason reasons[] = { VOID_BUDGET, VOID_EPOCH, VOID_MATTER_STATE };
	struct act_place list = list_in(NORTH, "match-only"), asked, crossed;

	(void)state;
	asked = ask(&list, 1);
	assert_false(rules_list_key_owed(s.rules, list, IDENTIFIER_ASN, 1));
	assert_true(rules_list_key_owed(s.rules, list, IDENTIFIER_DOMAIN, 1));
	for (unsigned i = 0; i < 3; i++) {
		say_with(NORTH, KIND_REPLY, &asked, "refused", words[i]);
		assert_verdict(&s, reasons[i]);
	}
	/* Once it has the question, neither helps. */
	report(NORTH, KIND_UPDATE_LIST, &list);
	assert_verdict(&s, VOID_NONE);
	say_with(NORTH, KIND_REPLY, &asked, "refused", "epoch");
	assert_verdict(&s, VOID_EPOCH);
	assert_true(rules_list_key_owed(s.rules, list, IDENTIFIER_DOMAIN, 1));
	say_with(NORTH, KIND_REPLY, &asked, "refused", "lost");
	assert_verdict(&s, VOID_NONE);
	assert_false(rules_list_key_owed(s.rules, list, IDENTIFIER_DOMAIN, 1));
	/* A version that crossed with it does; so does the next one's. */
	scenario_receipt(&s, SOUTH);
	crossed = scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_QUERY, .matter = &list,
	                                          .fields = { { "class", "domain" } } });
	assert_verdict(&s, VOID_NONE);
	for (unsigned i = 0; i < 2; i++) {
		scenario_log(&s,
		             (struct line){ NORTH, "a.head", KIND_UPDATE_LIST, .matter = &list });
		assert_verdict(&s, VOID_NONE);
	}
	say_with(NORTH, KIND_REPLY, &crossed, "refused", "epoch");
	assert_verdict(&s, VOID_NONE);
	/* And a retirement that did. */
	scenario_receipt(&s, SOUTH);
	crossed = scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_QUERY, .matter = &list,
	                                          .fields = { { "class", "domain" } } });
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_RETIRE_LIST, .matter = &list });
	assert_verdict(&s, VOID_NONE);
	scenario_receipt(&s, NORTH);
	assert_owed(crossed, DUTY_ANSWER, NORTH, OBLIGATION_OPEN);
	say_with(NORTH, KIND_REPLY, &crossed, "refused", "retired");
	assert_verdict(&s, VOID_NONE);
	ask(&list, 1);
	assert_verdict(&s, VOID_MATTER_STATE);
}

/* Who has asked more than it says is refused by the count of who was asked: on record first. */
static void test_a_curious_side_is_refused_by_the_others_count(void **state)
{
	struct act_place list = list_in(NORTH, "match-only"), asked = ask(&list, 2);
	timestamp day = today();

	(void)state;
	tally(NORTH, &list, "998", "998", day);
	say_with(NORTH, KIND_REPLY, &asked, "refused", "budget");
	assert_verdict(&s, VOID_BUDGET);
	tally(NORTH, &list, "999", "999", day);
	/* The day of the question counts, also when others have begun since. */
	for (unsigned i = 0; i < 3; i++) {
		char count[8];

		snprintf(count, sizeof(count), "%u", 1009 + 10 * i);
		s.now += SCENARIO_DAY;
		tally(NORTH, &list, count, "10", today());
		assert_verdict(&s, VOID_NONE);
	}
	say_with(NORTH, KIND_REPLY, &asked, "refused", "budget");
	assert_verdict(&s, VOID_NONE);
}

/* A question under the version that its side knows counts, whatever has come since. */
static void test_a_question_crosses_a_version(void **state)
{
	struct act_place list = list_in(NORTH, "match-only"), asked;

	(void)state;
	scenario_receipt(&s, SOUTH);
	scenario_log(&s, (struct line){ NORTH, "a.head", KIND_UPDATE_LIST, .matter = &list });
	asked = scenario_log(
	    &s, (struct line){ SOUTH, "b.head", KIND_QUERY, .matter = &list,
	                       .fields = { { "class", "domain" }, { "epoch", "1" } } });
	assert_verdict(&s, VOID_NONE);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_QUERY, .matter = &list,
	                                .fields = { { "class", "domain" }, { "epoch", "1" } } });
	assert_verdict(&s, VOID_EPOCH);
	say(NORTH, KIND_REPLY, &asked);
	assert_verdict(&s, VOID_NONE);
}

/* Both logs once more, of two entries first the one that waits for nothing. */
static int replay(void *context)
{
	const struct scenario *made = context;
	size_t next[2] = { 0, 0 };
	struct rules *rules;
	int r;

	if ((r = rules_new(made->charter, &rules)) != OK)
		return r;
	for (unsigned party = NORTH; next[party] < made->counts[party];) {
		const struct scenario_entry *entry = made->entries[party][next[party]];
		struct verdict verdict = { VERDICT_VALID, VOID_NONE };

		r = rules_append(rules, party, &entry->entry, entry->keys, &verdict, NULL);
		if (r != OK && r != ERROR_WAIT)
			break;
		if (r == OK && verdict.code != VERDICT_VALID)
			fail_msg("for want of memory an entry is void");
		next[party] += r == OK;
		r = OK;
		if (next[1 - party] < made->counts[1 - party])
			party = 1 - party;
	}
	rules_free(rules);
	return r;
}

static void test_allocation_failures(void **state)
{
	struct act_place list, asked, first;

	(void)state;
	for (unsigned i = 0; i < 20; i++) {
		list = list_in(NORTH, "match-only");
		first = list_in(NORTH, "swap");
		tally(NORTH, &list, "5", "5", today());
		assert_verdict(&s, VOID_NONE);
		scenario_say(&s, pairing(SOUTH, &first));
		asked = ask(&list, 2);
		assert_verdict(&s, VOID_NONE);
		say(NORTH, KIND_REPLY, &asked);
		assert_verdict(&s, VOID_NONE);
		report(NORTH, KIND_REVEAL, &first);
		assert_verdict(&s, VOID_NONE);
		report(NORTH, KIND_UPDATE_LIST, &list);
		assert_verdict(&s, VOID_NONE);
	}
	torture(replay, &s);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_versions_are_one_sequence),
		TEST(test_an_acknowledgement_is_owed_once),
		TEST(test_a_rejection_crosses_a_change),
		TEST(test_both_commit_and_both_open),
		TEST(test_nothing_else_is_opened),
		TEST(test_pairs_are_of_two),
		TEST(test_an_answer_crosses_a_retirement),
		TEST(test_a_body_that_does_not_come_opens_nothing),
		TEST(test_what_is_no_commitment),
		TEST(test_who_asks_and_what),
		TEST(test_budgets_hold_whichever_way),
		TEST(test_what_was_counted_is_not_taken_back),
		TEST(test_refusals_have_a_ground),
		TEST(test_a_curious_side_is_refused_by_the_others_count),
		TEST(test_a_question_crosses_a_version),
		TEST(test_allocation_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
