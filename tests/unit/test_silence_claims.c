/* Silence shown by a span: forgeries of the clock and of the act; answers of every sort. */
#include "charters.h"
#include "span_fixture.h"
#include "torture.h"

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

/* South closed, as the charter lets it, before it can be taken to have received what north
 * had kept back and deposited: no clock starts against it any more. */
static void test_a_deposit_that_comes_after_the_close(void **state)
{
	struct act_place certificate;
	struct silence whole;

	(void)state;
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_WITHDRAW,
	                                .fields = { { "from", "channel" } } });
	assert_verdict(&s, VOID_NONE);
	scenario_receipt(&s, SOUTH);
	pass(s.charter->notice - SCENARIO_HOUR);
	asked = scenario_say(&s,
	                     (struct line){ NORTH, "a.head", KIND_REQUEST, .precedence = "flash" });
	assert_verdict(&s, VOID_NONE);
	certificate = scenario_prove(&s, NORTH, word_deposit(asked, &asked, s.now));
	pass(SCENARIO_HOUR);
	scenario_log(&s, (struct line){ SOUTH, "b.head", KIND_CLOSE });
	assert_verdict(&s, VOID_NONE);
	pass(30 * SCENARIO_DAY);
	scenario_receipt(&s, NORTH);
	silence_judge(s.rules, s.charter, asked, DUTY_ANSWER, s.now, &whole);
	assert_int_equal(whole.verdict, SILENCE_RELEASED);
	begin(DUTY_ANSWER);
	set_path(asked.number + 1);
	show(asked);
	show(certificate);
	show_span(0, rules_size(s.rules, SOUTH));
	assert_judged(SILENCE_RELEASED);
	/* Nor does it help to say that the close is void. */
	shown[evidence.count - 1].valid = false;
	assert_judged(SILENCE_RELEASED);
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

/* South opened an amendment and north completed it: that asks for nothing. */
static void test_a_completed_amendment(void **state)
{
	struct charter charter = *s.charter;
	char first[HASH_BASE64_CAPACITY];
	struct amended amended;
	struct act_place opened, before;

	(void)state;
	charter.clocks[CLOCK_REQUEST] = SCENARIO_HOUR;
	amended_print(&amended, &charter);
	hash_to_base64(&s.charter->hash, first);
	assert_ok(rules_add_charter(s.rules, buffer_view(&amended.text), NULL));
	opened = scenario_say(&s, amend_line(SOUTH, "2", first, amended.name, NULL));
	assert_verdict(&s, VOID_NONE);
	scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	before = scenario_receipt(&s, SOUTH);
	asked = scenario_say(&s, amend_line(NORTH, "2", first, amended.name, &opened));
	assert_verdict(&s, VOID_NONE);
	scenario_receipt(&s, SOUTH);
	pass(30 * SCENARIO_DAY);
	scenario_by_head(&s, SOUTH, KIND_NOTIFY, NULL);
	begin(DUTY_ANSWER);
	set_path(asked.number + 1);
	show(asked);
	/* From a receipt on that stands behind the amendment. */
	show_span(before.number, rules_size(s.rules, SOUTH));
	assert_judged(SILENCE_NOT_OWED);
	amended_release(&amended);
}

/* The act is logged once more, answered as it is: that is void, which a span cannot see and
 * its page says. */
static void test_the_act_is_repeated(void **state)
{
	const struct scenario_entry *first = s.entries[NORTH][asked.number];
	struct scenario_entry *again = allocate(1, sizeof(*again));
	struct silence whole;
	struct buffer page;

	(void)state;
	answer();
	scenario_receipt(&s, NORTH);
	assert_non_null(again);
	buffer_init(&again->bytes, ENTRY_SIZE_MAXIMUM);
	scenario_pretend(&s, &(struct line){ NORTH, "a.head", KIND_REQUEST },
	                 &(struct buffer){ .data = (uint8_t *)first->entry.act.text.data,
	                                   .size = first->entry.act.text.size },
	                 again);
	asked = scenario_append(&s, NORTH, again);
	assert_verdict(&s, VOID_DUPLICATE);
	be_silent();
	silence_judge(s.rules, s.charter, asked, DUTY_ANSWER, s.now, &whole);
	assert_int_equal(whole.verdict, SILENCE_VOID_ACT);
	begin(DUTY_ANSWER);
	set_path(
	    rules_act(s.rules, (struct act_place){ SOUTH, rules_size(s.rules, SOUTH) - 1 })->seen);
	show(asked);
	shown[0].valid = true;
	show((struct act_place){ NORTH, rules_size(s.rules, NORTH) - 1 });
	show_span(rules_size(s.rules, SOUTH) - 3, rules_size(s.rules, SOUTH));
	assert_judged(SILENCE_CERTIFIED);
	buffer_init(&page, SILENCE_PAGE_MAXIMUM);
	assert_ok(silence_page_print(&silence, s.charter, SILENCE_ENGLISH, &page));
	assert_ok(buffer_put_u8(&page, 0));
	assert_non_null(strstr((const char *)page.data, "valid by the rules"));
	buffer_release(&page);
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
		TEST(test_the_receipt_is_for_something_else),
		TEST(test_the_receipt_is_older),
		TEST(test_a_deposit_that_starts_no_clock),
		TEST(test_a_deposit_that_comes_after_the_close),
		TEST(test_the_deadline_is_not_chosen),
		TEST(test_the_act_is_another),
		TEST(test_nothing_is_owed),
		TEST(test_a_completed_amendment),
		TEST(test_the_act_is_repeated),
		TEST(test_what_only_the_rules_settle),
		TEST(test_a_void_answer),
		TEST(test_an_answer_to_another_generation),
		TEST(test_a_report),
		TEST(test_a_deferral),
		TEST(test_every_allocation_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
