/* Silence shown by a span: what holds, and every forgery of it. North certifies that south
 * is silent; what is shown is chosen by hand from the logs, honestly or not. */
#include "silence_span.h"
#include "stamp_fixture.h"
#include "torture.h"

enum { SHOWN_MAXIMUM = 64 };

static struct scenario s;
static struct silence silence;
static struct silence_statement statement;
static struct silence_evidence evidence;
static struct silence_shown shown[SHOWN_MAXIMUM];
static struct checkpoint heads[2];
static struct act_place asked;

static int set_up(void **state)
{
	(void)state;
	scenario_init_with_neutrals(&s, NULL);
	scenario_open(&s);
	asked = scenario_say(&s,
	                     (struct line){ NORTH, "a.head", KIND_REQUEST, .precedence = "flash" });
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scenario_release(&s);
	return 0;
}

static void pass(timestamp seconds)
{
	s.now += seconds;
}

static struct act_place stamp_south(timestamp time)
{
	scenario_receipt(&s, NORTH);
	return scenario_prove(
	    &s, NORTH, (struct word){ STAMP_CHECKPOINT, SOUTH, rules_size(s.rules, SOUTH), time });
}

/* --- what is shown ------------------------------------------------------------------- */

static void show(struct act_place place)
{
	assert_true(evidence.count < SHOWN_MAXIMUM);
	shown[evidence.count++] = (struct silence_shown){
		.place = place,
		.generation = 1,
		.entry = &s.entries[place.party][place.number]->entry,
		.valid = rules_act(s.rules, place)->verdict.code == VERDICT_VALID,
	};
}

static struct checkpoint head_of(unsigned party, uint64_t size)
{
	struct word word = { STAMP_CHECKPOINT, party, size, s.now };

	return word_head(s.charter, s.rules, &word);
}

static void set_edge(uint64_t first)
{
	edge_init(&statement.before);
	for (uint64_t i = 0; i < first; i++)
		assert_ok(edge_append(&statement.before, &s.entries[SOUTH][i]->entry.leaf));
}

static void set_path(uint64_t size)
{
	struct tree_reader reader = memory_tree_reader(rules_tree(s.rules, NORTH));

	assert_ok(tree_reader_inclusion(&reader, asked.number, size, &statement.path));
}

static void begin(enum obligation_duty duty)
{
	statement = (struct silence_statement){
		.act = { .party = "north",
		         .generation = 1,
		         .number = asked.number,
		         .leaf = s.entries[NORTH][asked.number]->entry.leaf },
		.duty = duty,
		.form = SILENCE_SPAN,
	};
	for (unsigned party = 0; party < 2; party++)
		heads[party] = head_of(party, rules_size(s.rules, party));
	evidence = (struct silence_evidence){
		.charter = s.charter,
		.statement = &statement,
		.act = asked,
		.shown = shown,
		.heads = { &heads[NORTH], &heads[SOUTH] },
	};
}

static enum silence_verdict judge(void)
{
	assert_ok(silence_span_judge(&evidence, &silence));
	return silence.verdict;
}

static void assert_judged(enum silence_verdict expected)
{
	enum silence_verdict verdict = judge();

	if (verdict != expected)
		fail_msg("%s instead of %s", silence_verdict_name(verdict),
		         silence_verdict_name(expected));
}

/* What an honest certifier shows. */
static void show_honestly(enum obligation_duty duty)
{
	struct silence_plan plan;

	begin(duty);
	silence_judge(s.rules, s.charter, asked, duty, s.now, &silence);
	assert_int_equal(silence.verdict, SILENCE_CERTIFIED);
	assert_ok(silence_span_plan(s.rules, &silence, &statement, &plan));
	show(asked);
	for (size_t i = 0; i < plan.stamp_count; i++)
		show(plan.stamps[i]);
	for (uint64_t i = plan.first; i < plan.size; i++)
		show((struct act_place){ SOUTH, i });
}

/* South receipts, and nothing comes until a neutral has seen its head after the deadline. */
static void be_silent(void)
{
	scenario_receipt(&s, SOUTH);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
}

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

static struct act_place answer(void)
{
	struct act_place place = scenario_say(
	    &s, (struct line){ SOUTH, "b.head", KIND_NOT_HELD, .answers = &asked });

	assert_verdict(&s, VOID_NONE);
	return place;
}

static void show_span(uint64_t first, uint64_t end)
{
	set_edge(first);
	for (uint64_t i = first; i < end; i++)
		show((struct act_place){ SOUTH, i });
}

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

/* --- forgeries: the clock ------------------------------------------------------------------ */

/* What south receipted is another log of north's: the act is not in it. */
static void test_the_receipt_is_for_something_else(void **state)
{
	(void)state;
	be_silent();
	show_honestly(DUTY_ANSWER);
	statement.path.hashes[0].bytes[0] ^= 1;
	assert_judged(SILENCE_NO_CLOCK);
	show_honestly(DUTY_ANSWER);
	statement.path.count--;
	assert_judged(SILENCE_NO_CLOCK);
}

/* A receipt for what stood before the act. */
static void test_the_receipt_is_older(void **state)
{
	(void)state;
	pass(SCENARIO_DAY);
	scenario_by_head(&s, SOUTH, KIND_NOTIFY, NULL);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	begin(DUTY_ANSWER);
	show(asked);
	show((struct act_place){ NORTH, rules_size(s.rules, NORTH) - 1 });
	show_span(0, rules_size(s.rules, SOUTH));
	/* South's notification came with a receipt for the act; cut off before, none covers it. */
	assert_judged(SILENCE_NO_CLOCK);
	begin(DUTY_ANSWER);
	show(asked);
	show((struct act_place){ NORTH, rules_size(s.rules, NORTH) - 1 });
	show_span(0, 3);
	heads[SOUTH] = head_of(SOUTH, 3);
	assert_judged(SILENCE_NO_CLOCK);
}

static void deposit(struct word word)
{
	struct act_place certificate = scenario_stamp(&s, NORTH, word), late;

	pass(30 * SCENARIO_DAY);
	late = stamp_south(s.now);
	begin(DUTY_ANSWER);
	set_path(word.size > asked.number ? word.size : asked.number + 1);
	show(asked);
	show(certificate);
	show(late);
	show_span(0, rules_size(s.rules, SOUTH));
}

static void test_a_deposit_that_starts_no_clock(void **state)
{
	struct act_place other = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	struct hash root = { { 1 } };
	struct word word;

	(void)state;
	/* The body is not named, or another is. */
	deposit(word_deposit(asked, NULL, s.now));
	assert_judged(SILENCE_NO_CLOCK);
	deposit(word_deposit(other, &other, s.now));
	assert_judged(SILENCE_NO_CLOCK);
	/* It ends before the act. */
	word = word_deposit(asked, &asked, s.now);
	word.size--;
	deposit(word);
	assert_judged(SILENCE_NO_CLOCK);
	/* By another neutral, or over another log. */
	word = word_deposit(asked, &asked, s.now);
	word.by_witness = true;
	deposit(word);
	assert_judged(SILENCE_NO_CLOCK);
	word = word_deposit(asked, &asked, s.now);
	word.root = &root;
	deposit(word);
	assert_judged(SILENCE_NO_CLOCK);
	/* And what does. */
	deposit(word_deposit(asked, &asked, s.now));
	assert_judged(SILENCE_CERTIFIED);
	assert_int_equal(silence.started - silence.deposited, s.charter->deemed_allowance);
}

/* The clocks are the charter's: the one for another precedence, a shorter allowance, a
 * due date that is passed over would all be other acts or another charter. */
static void test_the_deadline_is_not_chosen(void **state)
{
	timestamp due = s.now + 20 * SCENARIO_DAY;

	(void)state;
	asked = scenario_say(
	    &s, (struct line){ NORTH, "a.head", KIND_REQUEST, .precedence = "flash", .due = due });
	be_silent();
	begin(DUTY_ANSWER);
	set_path(asked.number + 1);
	show(asked);
	show((struct act_place){ NORTH, rules_size(s.rules, NORTH) - 1 });
	show_span(0, rules_size(s.rules, SOUTH));
	assert_judged(SILENCE_NO_LATE_HEAD);
	assert_int_equal(silence.deadline, due);
}

/* --- forgeries: the act ---------------------------------------------------------------------- */

static void test_the_act_is_another(void **state)
{
	(void)state;
	be_silent();
	show_honestly(DUTY_ANSWER);
	statement.act.leaf.bytes[0] ^= 1;
	assert_judged(SILENCE_NO_ACT);
	show_honestly(DUTY_ANSWER);
	evidence.act.number++;
	assert_judged(SILENCE_NO_ACT);
	show_honestly(DUTY_ANSWER);
	statement.duty = DUTY_CONCLUDE;
	assert_judged(SILENCE_NOT_OWED);
	show_honestly(DUTY_ANSWER);
	shown[0].valid = false;
	assert_judged(SILENCE_VOID_ACT);
}

static void test_nothing_is_owed(void **state)
{
	(void)state;
	asked = scenario_by_head(&s, NORTH, KIND_COMMENT, NULL);
	scenario_receipt(&s, SOUTH);
	begin(DUTY_ANSWER);
	show(asked);
	assert_judged(SILENCE_NOT_OWED);
	statement.duty = DUTY_ACKNOWLEDGE;
	assert_judged(SILENCE_NOT_OWED);
}

/* A fault said of the body; an amendment, a withdrawal: the rules must be asked. */
static void test_what_only_the_rules_settle(void **state)
{
	(void)state;
	scenario_receipt(&s, SOUTH);
	scenario_log(&s, (struct line){ SOUTH, "node", KIND_FAULT, .target = &asked,
	                                .fields = { { "fault", "missing" } } });
	assert_verdict(&s, VOID_NONE);
	pass(SCENARIO_DAY);
	scenario_say(
	    &s, (struct line){ SOUTH, "b.head", KIND_WITHDRAW, .fields = { { "from", "talks" } } });
	begin(DUTY_ANSWER);
	set_path(asked.number + 1);
	show(asked);
	show_span(0, rules_size(s.rules, SOUTH));
	assert_judged(SILENCE_FAULT);
	begin(DUTY_ANSWER);
	set_path(asked.number + 1);
	show(asked);
	show_span(0, rules_size(s.rules, SOUTH));
	/* As if the fault had been about something else. */
	for (size_t i = 0; i < evidence.count; i++)
		if (shown[i].entry->act.kind->number == KIND_FAULT)
			s.entries[SOUTH][shown[i].place.number]->entry.act.fields[0].as.act.number =
			    999;
	assert_judged(SILENCE_NOT_SHOWN);
}

/* An answer that would be void is one here: the short form does not judge it. */
static void test_a_void_answer(void **state)
{
	(void)state;
	scenario_receipt(&s, SOUTH);
	scenario_say(&s, (struct line){ SOUTH, "b.nobody", KIND_NOT_HELD, .answers = &asked });
	assert_verdict(&s, VOID_NOT_ACCREDITED);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	show_honestly(DUTY_ANSWER);
	assert_judged(SILENCE_ANSWERED);
}

/* Also one that names the act as if it were of another generation of north's log. */
static void test_an_answer_to_another_generation(void **state)
{
	(void)state;
	scenario_receipt(&s, SOUTH);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_NOT_HELD, .answers = &asked,
	                                .generation = 2 });
	assert_verdict(&s, VOID_UNKNOWN_REFERENCE);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	show_honestly(DUTY_ANSWER);
	assert_judged(SILENCE_ANSWERED);
}

/* A report in the incident is an answer to its notification. */
static void test_a_report(void **state)
{
	(void)state;
	asked = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_OFFER, .matter = &asked });
	assert_verdict(&s, VOID_NONE);
	pass(5 * SCENARIO_DAY);
	stamp_south(s.now);
	begin(DUTY_ACKNOWLEDGE);
	set_path(asked.number + 1);
	show(asked);
	show((struct act_place){ NORTH, rules_size(s.rules, NORTH) - 1 });
	show_span(0, rules_size(s.rules, SOUTH));
	assert_judged(SILENCE_ANSWERED);
}

/* Put off, it is due later. */
static void test_a_deferral(void **state)
{
	timestamp until = s.now + 10 * SCENARIO_DAY;
	char text[TIMESTAMP_CAPACITY];
	struct act_place late;

	(void)state;
	timestamp_format(until, text);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_DEFER, .answers = &asked,
	                                .fields = { { "until", text } } });
	assert_verdict(&s, VOID_NONE);
	pass(SCENARIO_DAY);
	late = stamp_south(s.now);
	begin(DUTY_ANSWER);
	set_path(asked.number + 1);
	show(asked);
	show(late);
	show_span(0, rules_size(s.rules, SOUTH));
	assert_judged(SILENCE_NO_LATE_HEAD);
	assert_true(silence.deferred);
	s.now = until + 1;
	late = stamp_south(s.now);
	begin(DUTY_ANSWER);
	set_path(asked.number + 1);
	show(asked);
	show(late);
	show_span(0, rules_size(s.rules, SOUTH));
	assert_judged(SILENCE_CERTIFIED);
	assert_int_equal(silence.deadline, until);
}

/* --- memory ------------------------------------------------------------------------------ */

static int judge_and_print(void *context)
{
	struct silence_statement parsed;
	struct silence judged;
	struct buffer text, page;
	int r;

	(void)context;
	buffer_init(&text, SILENCE_STATEMENT_MAXIMUM);
	buffer_init(&page, SILENCE_PAGE_MAXIMUM);
	if ((r = silence_statement_print(&statement, &text)) == OK &&
	    (r = silence_statement_parse(buffer_view(&text), &parsed, NULL)) == OK &&
	    (r = silence_span_judge(&evidence, &judged)) == OK)
		r = silence_page_print(&judged, s.charter, SILENCE_RUSSIAN, &page);
	buffer_release(&page);
	buffer_release(&text);
	return r;
}

static void test_every_allocation_fails(void **state)
{
	(void)state;
	be_silent();
	show_honestly(DUTY_ANSWER);
	torture(judge_and_print, NULL);
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
		TEST(test_the_receipt_is_for_something_else),
		TEST(test_the_receipt_is_older),
		TEST(test_a_deposit_that_starts_no_clock),
		TEST(test_the_deadline_is_not_chosen),
		TEST(test_the_act_is_another),
		TEST(test_nothing_is_owed),
		TEST(test_what_only_the_rules_settle),
		TEST(test_a_void_answer),
		TEST(test_an_answer_to_another_generation),
		TEST(test_a_report),
		TEST(test_a_deferral),
		TEST(test_every_allocation_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
