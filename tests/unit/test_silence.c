/* Certificates of silence by the rules: when there is one, why not, and its page. */
#include "charters.h"
#include "silence_span.h"
#include "stamp_fixture.h"

static struct scenario s;
static struct silence silence;

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

static struct act_place request(void)
{
	struct act_place place = scenario_say(
	    &s, (struct line){ NORTH, "a.head", KIND_REQUEST, .precedence = "flash" });

	assert_verdict(&s, VOID_NONE);
	return place;
}

static enum silence_verdict judge(struct act_place act, enum obligation_duty duty)
{
	silence_judge(s.rules, s.charter, act, duty, s.now, &silence);
	return silence.verdict;
}

static void assert_judged(struct act_place act, enum silence_verdict expected)
{
	enum silence_verdict verdict = judge(act, DUTY_ANSWER);

	if (verdict != expected)
		fail_msg("%s instead of %s", silence_verdict_name(verdict),
		         silence_verdict_name(expected));
}

/* A neutral's word about the other log, in north's. */
static struct act_place stamp_south(timestamp time)
{
	scenario_receipt(&s, NORTH);
	return scenario_prove(
	    &s, NORTH, (struct word){ STAMP_CHECKPOINT, SOUTH, rules_size(s.rules, SOUTH), time });
}

static void pass(timestamp seconds)
{
	s.now += seconds;
}

/* --- when there is one ------------------------------------------------------------- */

static void test_by_a_stamp(void **state)
{
	struct act_place asked = request(), receipt, stamp;
	timestamp deadline;
	char name[ACT_NAME_CAPACITY];

	(void)state;
	assert_judged(asked, SILENCE_NO_CLOCK);
	receipt = scenario_receipt(&s, SOUTH);
	assert_judged(asked, SILENCE_NOT_DUE);
	deadline = scenario_logged(&s, receipt) + s.charter->request_flash;
	assert_int_equal(silence.deadline, deadline);
	s.now = deadline;
	assert_judged(asked, SILENCE_NOT_DUE);
	s.now = deadline + 10;
	assert_judged(asked, SILENCE_NO_LATE_HEAD);
	/* A neutral's word at the deadline itself is none of a later head. */
	stamp_south(deadline);
	assert_judged(asked, SILENCE_NO_LATE_HEAD);
	stamp = stamp_south(deadline + 1);
	assert_judged(asked, SILENCE_CERTIFIED);
	assert_int_equal(silence.late, SILENCE_BY_STAMP);
	assert_int_equal(silence.late_time, deadline + 1);
	assert_int_equal(silence.head_size, rules_size(s.rules, SOUTH));
	rules_act_name(s.rules, stamp, name);
	assert_string_equal(silence.late_by, name);
	rules_act_name(s.rules, receipt, name);
	assert_string_equal(silence.started_by, name);
	assert_int_equal(silence.silent, SOUTH);
	assert_int_equal(silence.clock, s.charter->request_flash);
	/* The latest word counts. */
	stamp_south(deadline + 5);
	assert_judged(asked, SILENCE_CERTIFIED);
	assert_int_equal(silence.late_time, deadline + 5);
}

static void test_by_an_entry_of_its_own(void **state)
{
	struct act_place asked = request();

	(void)state;
	scenario_receipt(&s, SOUTH);
	pass(SCENARIO_DAY);
	/* What south says of something else shows that it was there, and silent. */
	scenario_by_head(&s, SOUTH, KIND_NOTIFY, NULL);
	assert_judged(asked, SILENCE_OWN_LOG_TOO_EARLY);
	scenario_receipt(&s, NORTH);
	assert_judged(asked, SILENCE_CERTIFIED);
	assert_int_equal(silence.late, SILENCE_BY_ENTRY);
	assert_int_equal(silence.head_size, rules_size(s.rules, SOUTH));
	/* It answers after all, late. */
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_NOT_HELD, .answers = &asked });
	assert_verdict(&s, VOID_NONE);
	assert_judged(asked, SILENCE_ANSWERED);
	assert_true(silence.answered > silence.deadline);
}

static void test_by_its_close(void **state)
{
	struct act_place asked, word;

	(void)state;
	asked = request();
	scenario_receipt(&s, SOUTH);
	word = scenario_say(&s, (struct line){ NORTH, "a.head", KIND_WITHDRAW,
	                                       .fields = { { "from", "channel" } } });
	assert_verdict(&s, VOID_NONE);
	(void)word;
	scenario_receipt(&s, SOUTH);
	pass(s.charter->notice);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_CLOSE });
	assert_verdict(&s, VOID_NONE);
	assert_judged(asked, SILENCE_OWN_LOG_TOO_EARLY);
	scenario_receipt(&s, NORTH);
	assert_judged(asked, SILENCE_CERTIFIED);
	assert_int_equal(silence.late, SILENCE_BY_CLOSE);
}

static void test_by_deemed_receipt(void **state)
{
	struct act_place asked = request(), stamp;
	timestamp time = s.now;
	char name[ACT_NAME_CAPACITY];

	(void)state;
	pass(SCENARIO_HOUR);
	/* Another body is named: nothing is deemed. */
	scenario_prove(&s, NORTH, word_deposit(asked, NULL, time));
	pass(30 * SCENARIO_DAY);
	assert_judged(asked, SILENCE_NO_CLOCK);
	stamp = scenario_prove(&s, NORTH, word_deposit(asked, &asked, time));
	assert_judged(asked, SILENCE_NO_LATE_HEAD);
	assert_true(silence.deemed);
	assert_int_equal(silence.started, time + s.charter->deemed_allowance);
	assert_int_equal(silence.deposited, time);
	rules_act_name(s.rules, stamp, name);
	assert_string_equal(silence.started_by, name);
	/* South has gone dark, its head is old: only a neutral can say that it is the last. */
	stamp_south(silence.deadline + 1);
	assert_judged(asked, SILENCE_CERTIFIED);
	assert_int_equal(silence.late, SILENCE_BY_STAMP);
	/* The depositary denies it. */
	scenario_prove(&s, SOUTH, word_answer(NORTH, 2, time + 10));
	assert_judged(asked, SILENCE_NO_CLOCK);
}

/* --- when there is none ------------------------------------------------------------ */

static void test_what_is_no_silence(void **state)
{
	struct act_place asked = request(), other;

	(void)state;
	assert_judged((struct act_place){ NORTH, 999 }, SILENCE_NO_ACT);
	other = scenario_by_head(&s, NORTH, KIND_NOTIFY, NULL);
	assert_judged(other, SILENCE_NOT_OWED);
	assert_int_equal(judge(other, DUTY_UPDATE), SILENCE_NOT_OWED);
	assert_int_equal(judge(other, DUTY_ACKNOWLEDGE), SILENCE_NO_CLOCK);
	other = scenario_say(&s, (struct line){ NORTH, "a.nobody", KIND_REQUEST });
	assert_judged(other, SILENCE_VOID_ACT);
	assert_int_equal(silence.void_reason, VOID_NOT_ACCREDITED);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_RETRACT, .target = &asked });
	assert_verdict(&s, VOID_NONE);
	assert_judged(asked, SILENCE_RETRACTED);
}

static void test_an_acknowledgement_is_no_answer(void **state)
{
	struct act_place asked = request();

	(void)state;
	scenario_by_head(&s, SOUTH, KIND_ACK, &asked);
	pass(SCENARIO_DAY);
	scenario_by_head(&s, SOUTH, KIND_COMMENT, &asked);
	scenario_receipt(&s, NORTH);
	assert_judged(asked, SILENCE_CERTIFIED);
	assert_int_equal(judge(asked, DUTY_ACKNOWLEDGE), SILENCE_ANSWERED);
}

static void test_an_answer_in_time(void **state)
{
	struct act_place asked = request(), answer;
	char name[ACT_NAME_CAPACITY];

	(void)state;
	answer = scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_PROVIDE, .answers = &asked,
	                                         .fields = { { "extent", "all" } } });
	assert_verdict(&s, VOID_NONE);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	assert_judged(asked, SILENCE_ANSWERED);
	rules_act_name(s.rules, answer, name);
	assert_string_equal(silence.answered_by, name);
	assert_true(silence.answered <= silence.deadline);
	assert_int_equal(judge(asked, DUTY_ACKNOWLEDGE), SILENCE_ANSWERED);
}

/* A void answer is none. */
static void test_an_answer_that_is_void(void **state)
{
	struct act_place asked = request();

	(void)state;
	scenario_receipt(&s, SOUTH);
	pass(SCENARIO_DAY);
	scenario_say(&s, (struct line){ SOUTH, "b.nobody", KIND_NOT_HELD, .answers = &asked });
	assert_verdict(&s, VOID_NOT_ACCREDITED);
	scenario_receipt(&s, NORTH);
	assert_judged(asked, SILENCE_CERTIFIED);
}

static void test_a_fault(void **state)
{
	struct act_place asked = request();

	(void)state;
	scenario_receipt(&s, SOUTH);
	scenario_log(&s, (struct line){ SOUTH, "node", KIND_FAULT, .target = &asked,
	                                .fields = { { "fault", "missing" } } });
	assert_verdict(&s, VOID_NONE);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	assert_judged(asked, SILENCE_FAULT);
	/* Sealed anew, the clock runs from its receipt. */
	scenario_say(&s, (struct line){ NORTH, "node", KIND_RESEAL, .target = &asked });
	assert_verdict(&s, VOID_NONE);
	assert_judged(asked, SILENCE_FAULT);
	scenario_receipt(&s, SOUTH);
	assert_judged(asked, SILENCE_NOT_DUE);
	assert_int_equal(silence.deadline, s.now - 1 + s.charter->request_flash);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	assert_judged(asked, SILENCE_CERTIFIED);
}

/* Who had to break off before the deadline owes nothing. */
static void test_who_was_released(void **state)
{
	struct act_place asked;

	(void)state;
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_WITHDRAW,
	                                .fields = { { "from", "channel" } } });
	pass(s.charter->notice + 1);
	asked = scenario_log(&s, (struct line){ NORTH, "a.head", KIND_REQUEST });
	assert_verdict(&s, VOID_NONE);
	scenario_receipt(&s, SOUTH);
	pass(30 * SCENARIO_DAY);
	stamp_south(s.now);
	assert_judged(asked, SILENCE_RELEASED);
}

static void test_due_is_later_than_the_clock(void **state)
{
	timestamp due = s.now + 10 * SCENARIO_DAY;
	struct act_place asked = scenario_say(
	    &s, (struct line){ NORTH, "a.head", KIND_REQUEST, .precedence = "flash", .due = due });

	(void)state;
	scenario_receipt(&s, SOUTH);
	pass(5 * SCENARIO_DAY);
	stamp_south(s.now);
	assert_judged(asked, SILENCE_NOT_DUE);
	s.now = due + 1;
	stamp_south(s.now);
	assert_judged(asked, SILENCE_CERTIFIED);
	assert_int_equal(silence.deadline, due);
}

/* What the depositary has of the silent side's log is a word about it too, unless it
 * has denied it. */
static void test_a_denied_certificate_shows_no_head(void **state)
{
	struct act_place asked = request();

	(void)state;
	scenario_receipt(&s, SOUTH);
	pass(SCENARIO_DAY);
	scenario_receipt(&s, NORTH);
	scenario_prove(
	    &s, NORTH,
	    (struct word){ STAMP_CERTIFICATE, SOUTH, rules_size(s.rules, SOUTH), s.now });
	assert_judged(asked, SILENCE_CERTIFIED);
	scenario_prove(&s, NORTH, word_answer(SOUTH, 1, s.now + 10));
	assert_judged(asked, SILENCE_NO_LATE_HEAD);
}

/* South answered in time, and a neutral saw it, but north did not have it, or says so: the
 * head that the neutral saw by the deadline rebuts what north has certified. */
static void test_a_witnessed_answer_rebuts(void **state)
{
	struct act_place asked = request(), answered;
	timestamp in_time = s.now + 60, late;
	struct stamped stamped;

	(void)state;
	scenario_receipt(&s, SOUTH);
	late = s.now + SCENARIO_DAY;
	s.now = late;
	stamp_south(s.now);
	assert_judged(asked, SILENCE_CERTIFIED);
	s.now = in_time;
	answered = scenario_log(&s,
	                        (struct line){ SOUTH, "b.head", KIND_NOT_HELD, .answers = &asked });
	assert_verdict(&s, VOID_NONE);
	scenario_prove(
	    &s, SOUTH,
	    (struct word){ STAMP_CHECKPOINT, SOUTH, rules_size(s.rules, SOUTH), in_time + 10 });
	s.now = late + 10;
	assert_judged(asked, SILENCE_ANSWERED);
	assert_true(silence.answered <= silence.deadline);
	assert_true(rules_stamped(s.rules, answered, &stamped));
	assert_true(stamped.time <= silence.deadline);
}

/* Put off in time, the answer is owed later. */
static void test_a_deferral(void **state)
{
	timestamp until = s.now + 10 * SCENARIO_DAY;
	struct act_place asked = request();
	char text[TIMESTAMP_CAPACITY];

	(void)state;
	timestamp_format(until, text);
	scenario_say(&s, (struct line){ SOUTH, "b.head", KIND_DEFER, .answers = &asked,
	                                .fields = { { "until", text } } });
	assert_verdict(&s, VOID_NONE);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	assert_judged(asked, SILENCE_NOT_DUE);
	s.now = until + 1;
	stamp_south(s.now);
	assert_judged(asked, SILENCE_CERTIFIED);
	assert_true(silence.deferred);
	assert_int_equal(silence.deadline, until);
}

/* A withdrawal may release the silent side, which a span does not show. */
static void test_no_span_over_a_withdrawal(void **state)
{
	struct silence_statement statement = { .form = SILENCE_SPAN };
	struct silence_plan plan;
	struct act_place asked = request();

	(void)state;
	scenario_receipt(&s, SOUTH);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	assert_judged(asked, SILENCE_CERTIFIED);
	assert_ok(silence_span_plan(s.rules, &silence, &statement, &plan));
	scenario_say(
	    &s, (struct line){ SOUTH, "b.head", KIND_WITHDRAW, .fields = { { "from", "talks" } } });
	assert_judged(asked, SILENCE_CERTIFIED);
	assert_int_equal(silence_span_plan(s.rules, &silence, &statement, &plan), ERROR_STATE);
}

/* The clock is that of the charter by which the act was judged; a span, which could hide an
 * amendment, is refused where there is one. */
static void test_an_amended_charter(void **state)
{
	struct silence_statement statement = { .form = SILENCE_SPAN };
	struct charter longer = *s.charter;
	char first[HASH_BASE64_CAPACITY];
	struct silence_plan plan;
	struct act_place asked, proposed;
	struct amended amended;

	(void)state;
	asked = request();
	longer.request_flash = 3 * SCENARIO_DAY;
	amended_print(&amended, &longer);
	hash_to_base64(&s.charter->hash, first);
	assert_ok(rules_add_charter(s.rules, buffer_view(&amended.text), NULL));
	proposed = scenario_say(&s, amend_line(NORTH, "2", first, amended.name, NULL));
	assert_verdict(&s, VOID_NONE);
	scenario_say(&s, amend_line(SOUTH, "2", first, amended.name, &proposed));
	assert_verdict(&s, VOID_NONE);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	/* Asked under the first charter. */
	assert_judged(asked, SILENCE_CERTIFIED);
	assert_int_equal(silence.charter, 1);
	assert_int_equal(silence.clock, s.charter->request_flash);
	assert_int_equal(silence_span_plan(s.rules, &silence, &statement, &plan), ERROR_STATE);
	/* And under the second. */
	asked = request();
	scenario_receipt(&s, SOUTH);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	assert_judged(asked, SILENCE_NOT_DUE);
	pass(3 * SCENARIO_DAY);
	stamp_south(s.now);
	assert_judged(asked, SILENCE_CERTIFIED);
	assert_int_equal(silence.charter, 2);
	assert_int_equal(silence.clock, 3 * SCENARIO_DAY);
	amended_release(&amended);
}

/* --- the page ---------------------------------------------------------------------- */

static size_t page_of(enum silence_language language, char *text, size_t capacity)
{
	struct buffer page;
	size_t lines = 0, column = 0;

	buffer_init(&page, SILENCE_PAGE_MAXIMUM);
	assert_ok(silence_page_print(&silence, s.charter, language, &page));
	assert_ok(bytes_to_string(buffer_view(&page), text, capacity));
	assert_true(text_check(buffer_view(&page), NULL) == OK);
	for (size_t i = 0; i < page.size; i++) {
		column += (page.data[i] & 0xc0) != 0x80;
		if (page.data[i] != '\n')
			continue;
		if (column - 1 > SILENCE_PAGE_COLUMNS)
			fail_msg("a line of %zu columns:\n%s", column - 1, text);
		column = 0;
		lines++;
	}
	assert_null(strchr(text, '{'));
	assert_null(strchr(text, '\t'));
	buffer_release(&page);
	return lines;
}

static void test_the_page(void **state)
{
	struct act_place asked = request();
	static char text[SILENCE_PAGE_MAXIMUM];
	struct buffer page;

	(void)state;
	scenario_receipt(&s, SOUTH);
	buffer_init(&page, SILENCE_PAGE_MAXIMUM);
	assert_judged(asked, SILENCE_NOT_DUE);
	assert_int_equal(silence_page_print(&silence, s.charter, SILENCE_ENGLISH, &page),
	                 ERROR_STATE);
	buffer_release(&page);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	assert_judged(asked, SILENCE_CERTIFIED);
	assert_true(page_of(SILENCE_ENGLISH, text, sizeof(text)) <= SILENCE_PAGE_LINES);
	assert_non_null(strstr(text, "south has not answered north-"));
	assert_non_null(strstr(text, "witness.example/one"));
	assert_null(strstr(text, "EXERCISE"));
	assert_true(page_of(SILENCE_RUSSIAN, text, sizeof(text)) <= SILENCE_PAGE_LINES);
	assert_non_null(strstr(text, "Сторона south не ответила"));
}

static void test_an_exercise(void **state)
{
	static char text[SILENCE_PAGE_MAXIMUM];
	struct act_place asked = scenario_say(&s, (struct line){ NORTH, "a.head", KIND_REQUEST,
	                                                         .precedence = "flash",
	                                                         .exercise = true });

	(void)state;
	assert_verdict(&s, VOID_NONE);
	scenario_receipt(&s, SOUTH);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	assert_judged(asked, SILENCE_CERTIFIED);
	page_of(SILENCE_ENGLISH, text, sizeof(text));
	assert_non_null(strstr(text, "EXERCISE"));
}

/* Every name as long as it may be, and all that can stand on a page. */
static void test_the_longest_page(void **state)
{
	struct act_place asked = request();
	static char text[SILENCE_PAGE_MAXIMUM];

	(void)state;
	scenario_receipt(&s, SOUTH);
	pass(SCENARIO_DAY);
	stamp_south(s.now);
	assert_judged(asked, SILENCE_CERTIFIED);
	for (unsigned party = 0; party < 2; party++) {
		memset(s.charter->parties[party].id, 'x', PARTY_ID_CAPACITY - 1);
		memset(s.charter->parties[party].domain, 'y', DOMAIN_CAPACITY - 1);
	}
	memset(silence.name, 'n', ACT_NAME_CAPACITY - 1);
	memset(silence.author, 'a', DELEGATE_NAME_CAPACITY - 1);
	memset(silence.started_by, 's', ACT_NAME_CAPACITY - 1);
	memset(silence.late_by, 'l', ACT_NAME_CAPACITY - 1);
	silence.exercise = silence.deferred = silence.deemed = true;
	silence.due = silence.deposited = silence.deadline;
	silence.head_size = silence.first = silence.sizes[0] = silence.sizes[1] = INT64_MAX;
	for (unsigned form = 0; form < SILENCE_FORM_COUNT; form++)
		for (unsigned duty = 0; duty < 2; duty++)
			for (unsigned language = 0; language < SILENCE_LANGUAGE_COUNT; language++) {
				silence.form = (enum silence_form)form;
				silence.duty = duty == 0 ? DUTY_ANSWER : DUTY_ACKNOWLEDGE;
				assert_true(page_of((enum silence_language)language, text,
				                    sizeof(text)) <= SILENCE_PAGE_LINES);
			}
	assert_non_null(strstr(text, "УЧЕНИЕ"));
}

/* --- the statement ----------------------------------------------------------------- */

static int parse(const char *text, struct silence_statement *ret_statement)
{
	return silence_statement_parse(bytes_of_string(text), ret_statement, NULL);
}

#define HEADER    "chirograph.silence/1\nact north-7 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
#define HASH_LINE " 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

static void test_the_statement(void **state)
{
	static const char whole[] = HEADER "duty answer\nform whole\nlanguage en\n";
	static const char span[] = HEADER "duty acknowledge\nform span\nlanguage ru\n"
					  "path" HASH_LINE "first 5\nedge" HASH_LINE
					  "edge" HASH_LINE;
	struct silence_statement statement;
	struct buffer printed;

	(void)state;
	assert_ok(parse(whole, &statement));
	assert_int_equal(statement.act.number, 7);
	assert_int_equal(statement.duty, DUTY_ANSWER);
	assert_int_equal(statement.form, SILENCE_WHOLE);
	assert_ok(parse(span, &statement));
	assert_int_equal(statement.language, SILENCE_RUSSIAN);
	assert_int_equal(statement.path.count, 1);
	assert_int_equal(statement.before.size, 5);
	buffer_init(&printed, SILENCE_STATEMENT_MAXIMUM);
	assert_ok(silence_statement_print(&statement, &printed));
	assert_bytes_string(buffer_view(&printed), span);
	buffer_release(&printed);
}

static void test_no_statement(void **state)
{
	static const char *const texts[] = {
		"",
		"chirograph.silence/2\n",
		HEADER,
		HEADER "duty update\nform whole\nlanguage en\n",
		HEADER "duty answer\nform half\nlanguage en\n",
		HEADER "duty answer\nform whole\nlanguage de\n",
		HEADER "duty answer\nform whole\nlanguage en\nfirst 0\n",
		HEADER "duty answer\nform whole\nlanguage en\npath" HASH_LINE,
		HEADER "duty answer\nform span\nlanguage en\n",
		HEADER "duty answer\nform span\nlanguage en\nfirst 05\nedge" HASH_LINE
		       "edge" HASH_LINE,
		HEADER "duty answer\nform span\nlanguage en\nfirst 5\nedge" HASH_LINE,
		HEADER "duty answer\nform span\nlanguage en\nfirst 1\nedge" HASH_LINE
		       "edge" HASH_LINE,
		HEADER "duty answer\nform span\nlanguage en\nfirst 1\nedge nothing\n",
		HEADER "duty answer\nform whole\nlanguage en\n\nmore\n",
	};
	struct silence_statement statement;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (parse(texts[i], &statement) == OK)
			fail_msg("accepted: %s", texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_by_a_stamp, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_by_an_entry_of_its_own, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_by_its_close, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_by_deemed_receipt, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_no_silence, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_acknowledgement_is_no_answer, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_an_answer_in_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_answer_that_is_void, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_fault, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_who_was_released, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_due_is_later_than_the_clock, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_a_denied_certificate_shows_no_head, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_a_witnessed_answer_rebuts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_deferral, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_span_over_a_withdrawal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_amended_charter, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_exercise, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_page, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_longest_page, set_up, tear_down),
		cmocka_unit_test(test_the_statement),
		cmocka_unit_test(test_no_statement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
