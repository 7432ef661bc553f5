/* Silence shown by a span: what holds, and forgeries of the span and the head. Those of the
 * clock and the act are in test_silence_claims.c. */
#include "span_fixture.h"

/* --- what holds ---------------------------------------------------------------------- */

/* Whatever the short form shows, the rules say as well. */
static void assert_as_the_rules(enum obligation_duty duty)
{
	struct silence whole;

	show_honestly(duty);
	assert_judged(SILENCE_CERTIFIED);
	silence_judge(s.rules, s.charter, asked, duty, s.now, &whole);
	assert_int_equal(silence.deadline, whole.deadline);
	assert_int_equal(silence.started, whole.started);
	assert_int_equal(silence.deemed, whole.deemed);
	assert_int_equal(silence.late, whole.late);
	assert_int_equal(silence.late_time, whole.late_time);
	assert_int_equal(silence.head_size, whole.head_size);
	assert_true(hash_equal(&silence.root, &whole.root));
	assert_string_equal(silence.late_by, whole.late_by);
	assert_string_equal(silence.started_by, whole.started_by);
}

static void test_by_a_receipt_and_a_stamp(void **state)
{
	(void)state;
	be_silent();
	assert_as_the_rules(DUTY_ANSWER);
	assert_as_the_rules(DUTY_ACKNOWLEDGE);
	assert_true(silence.author_is_head);
}

static void test_by_an_entry(void **state)
{
	(void)state;
	scenario_receipt(&s, SOUTH);
	pass(SCENARIO_DAY);
	scenario_by_head(&s, SOUTH, KIND_NOTIFY, NULL);
	scenario_receipt(&s, NORTH);
	assert_as_the_rules(DUTY_ANSWER);
}

static void test_by_deemed_receipt(void **state)
{
	(void)state;
	pass(SCENARIO_HOUR);
	scenario_prove(&s, NORTH, word_deposit(asked, &asked, s.now));
	pass(30 * SCENARIO_DAY);
	stamp_south(s.now);
	assert_as_the_rules(DUTY_ANSWER);
	assert_true(silence.deemed);
}

static void test_by_a_close(void **state)
{
	(void)state;
	scenario_receipt(&s, SOUTH);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_WITHDRAW,
	                                .fields = { { "from", "channel" } } });
	scenario_receipt(&s, SOUTH);
	pass(s.charter->notice);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_CLOSE });
	assert_verdict(&s, VOID_NONE);
	scenario_receipt(&s, NORTH);
	assert_as_the_rules(DUTY_ANSWER);
}

/* An acknowledgement and a comment are no answer. */
static void test_an_acknowledgement(void **state)
{
	(void)state;
	scenario_by_head(&s, SOUTH, KIND_ACK, &asked);
	scenario_by_head(&s, SOUTH, KIND_COMMENT, &asked);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	assert_as_the_rules(DUTY_ANSWER);
	statement.duty = DUTY_ACKNOWLEDGE;
	assert_judged(SILENCE_ANSWERED);
}

/* --- forgeries: the span ---------------------------------------------------------------- */

/* The answer stands between, and is left out. */
static void test_an_answer_is_hidden(void **state)
{
	struct act_place answered, stamp;
	uint64_t size;

	(void)state;
	answered = answer();
	pass(SCENARIO_DAY);
	scenario_by_head(&s, SOUTH, KIND_NOTIFY, NULL);
	stamp = stamp_south(s.now);
	size = rules_size(s.rules, SOUTH);
	/* All of it: there is an answer. */
	begin(DUTY_ANSWER);
	set_path(asked.number + 1);
	show(asked);
	show(stamp);
	show_span(0, size);
	assert_judged(SILENCE_ANSWERED);
	/* Without it there is a gap. */
	begin(DUTY_ANSWER);
	set_path(asked.number + 1);
	show(asked);
	show(stamp);
	show_span(0, answered.number);
	for (uint64_t i = answered.number + 1; i < size; i++)
		show((struct act_place){ SOUTH, i });
	assert_judged(SILENCE_NOT_SHOWN);
	/* Begun behind it, the span begins at what has known of the act. */
	begin(DUTY_ANSWER);
	set_path(asked.number + 1);
	show(asked);
	show(stamp);
	show_span(answered.number + 1, size);
	assert_judged(SILENCE_NOT_SHOWN);
	/* Cut before it, it does not reach the head. */
	begin(DUTY_ANSWER);
	set_path(asked.number + 1);
	show(asked);
	show(stamp);
	show_span(0, answered.number);
	assert_judged(SILENCE_NOT_SHOWN);
	/* Nor is the head that it reaches later than the deadline. */
	heads[SOUTH] = head_of(SOUTH, answered.number);
	assert_judged(SILENCE_NO_LATE_HEAD);
}

/* Another entry stands in its place. */
static void test_an_entry_is_another(void **state)
{
	(void)state;
	be_silent();
	show_honestly(DUTY_ANSWER);
	for (size_t i = 0; i < evidence.count; i++)
		if (shown[i].place.party == SOUTH && i + 1 == evidence.count)
			shown[i].entry = &s.entries[SOUTH][0]->entry;
	assert_judged(SILENCE_NOT_SHOWN);
}

/* The log before the span is another. */
static void test_the_edge_is_another(void **state)
{
	(void)state;
	be_silent();
	show_honestly(DUTY_ANSWER);
	for (unsigned level = 0; level < TREE_LEVELS; level++)
		statement.before.hashes[level].bytes[0] ^= 1;
	assert_judged(SILENCE_NOT_SHOWN);
}

/* The receipt that covers the act is passed over for a later one: what was said in
 * between would not be seen. */
static void test_the_first_receipt_is_passed_over(void **state)
{
	struct act_place later;

	(void)state;
	answer();
	scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	later = scenario_receipt(&s, SOUTH);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	begin(DUTY_ANSWER);
	set_path(rules_act(s.rules, later)->seen);
	show(asked);
	show((struct act_place){ NORTH, rules_size(s.rules, NORTH) - 1 });
	show_span(later.number, rules_size(s.rules, SOUTH));
	assert_judged(SILENCE_NOT_SHOWN);
}

/* An entry that is no receipt does not say what had been seen. */
static void test_it_begins_at_no_receipt(void **state)
{
	struct act_place other;

	(void)state;
	answer();
	other = scenario_by_head(&s, SOUTH, KIND_NOTIFY, NULL);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	begin(DUTY_ANSWER);
	show(asked);
	show((struct act_place){ NORTH, rules_size(s.rules, NORTH) - 1 });
	show_span(other.number, rules_size(s.rules, SOUTH));
	assert_judged(SILENCE_NOT_SHOWN);
}

/* --- forgeries: the head ----------------------------------------------------------------- */

static void replace_stamp(struct act_place stamp)
{
	for (size_t i = 0; i < evidence.count; i++)
		if (shown[i].entry->act.kind->number == KIND_STAMP) {
			shown[i].place = stamp;
			shown[i].entry = &s.entries[stamp.party][stamp.number]->entry;
			shown[i].valid = rules_act(s.rules, stamp)->verdict.code == VERDICT_VALID;
		}
}

static void test_stamps_that_show_nothing(void **state)
{
	struct act_place early, stranger, other_head, other_log, answer_of_keeper, future;
	struct hash root = { { 1 } };
	timestamp deadline;
	uint64_t size;

	(void)state;
	be_silent();
	size = rules_size(s.rules, SOUTH);
	silence_judge(s.rules, s.charter, asked, DUTY_ANSWER, s.now, &silence);
	deadline = silence.deadline;
	early = scenario_stamp(&s, NORTH, (struct word){ STAMP_CHECKPOINT, SOUTH, size, deadline });
	stranger = scenario_stamp_note(&s, NORTH, SOUTH, "bm90aGluZw==");
	other_head = scenario_stamp(
	    &s, NORTH, (struct word){ STAMP_CHECKPOINT, SOUTH, size, s.now, .root = &root });
	other_log = scenario_stamp(&s, NORTH, (struct word){ STAMP_CHECKPOINT, NORTH, 2, s.now });
	answer_of_keeper = scenario_stamp(&s, NORTH, word_answer(SOUTH, size, s.now));
	future = scenario_stamp(&s, NORTH,
	                        (struct word){ STAMP_CHECKPOINT, SOUTH, size, s.now + 10000 });
	show_honestly(DUTY_ANSWER);
	assert_judged(SILENCE_CERTIFIED);
	replace_stamp(early);
	assert_judged(SILENCE_NO_LATE_HEAD);
	/* Also where somebody says that they are valid. */
	for (unsigned valid = 0; valid < 2; valid++) {
		const struct act_place stamps[] = { stranger, other_head, other_log,
			                            answer_of_keeper, future };

		for (size_t i = 0; i < sizeof(stamps) / sizeof(stamps[0]); i++) {
			replace_stamp(stamps[i]);
			for (size_t k = 0; k < evidence.count; k++)
				shown[k].valid = shown[k].valid || valid == 1;
			assert_judged(SILENCE_NO_LATE_HEAD);
		}
	}
}

/* By a key that the charter does not name: what one charter's witness says is nothing under
 * another. */
static void test_a_stamp_by_a_stranger(void **state)
{
	struct charter other = *s.charter;

	(void)state;
	be_silent();
	show_honestly(DUTY_ANSWER);
	other.witness_count = 0;
	evidence.charter = &other;
	assert_judged(SILENCE_NO_LATE_HEAD);
}

/* The head is not the log's. */
static void test_the_head_is_another(void **state)
{
	(void)state;
	be_silent();
	show_honestly(DUTY_ANSWER);
	heads[SOUTH].root.bytes[5] ^= 1;
	assert_judged(SILENCE_NOT_SHOWN);
	show_honestly(DUTY_ANSWER);
	heads[SOUTH].size++;
	assert_judged(SILENCE_NOT_SHOWN);
	show_honestly(DUTY_ANSWER);
	evidence.heads[SOUTH] = NULL;
	assert_judged(SILENCE_NOT_SHOWN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_by_a_receipt_and_a_stamp),
		TEST(test_by_an_entry),
		TEST(test_by_deemed_receipt),
		TEST(test_by_a_close),
		TEST(test_an_acknowledgement),
		TEST(test_an_answer_is_hidden),
		TEST(test_an_entry_is_another),
		TEST(test_the_edge_is_another),
		TEST(test_the_first_receipt_is_passed_over),
		TEST(test_it_begins_at_no_receipt),
		TEST(test_stamps_that_show_nothing),
		TEST(test_a_stamp_by_a_stranger),
		TEST(test_the_head_is_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
