#include "check.h"
#include "exchange.h"
#include "sha.h"
#include "torture.h"

#define DAY  INT64_C(1795910400) /* 2026-11-29 */
#define NOON (DAY + 43200)

static const char question_text[] = "chirograph.exchange/1\n"
				    "channel AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"
				    "list AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n"
				    "class domain\n"
				    "epoch 2\n"
				    "exchange 7\n"
				    "step question\n"
				    "total 1200\n"
				    "day 2026-11-29\n"
				    "today 200\n"
				    "elements 100 AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n"
				    "previous BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=\n";

static const char refusal_text[] = "chirograph.exchange/1\n"
				   "channel AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"
				   "list AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n"
				   "class domain\n"
				   "epoch 2\n"
				   "exchange 7\n"
				   "step answer\n"
				   "outcome budget\n"
				   "total 1100\n"
				   "day 2026-11-29\n"
				   "today 100\n"
				   "elements 0 -\n"
				   "previous BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ=\n";

static struct hash filled(uint8_t byte)
{
	struct hash hash;

	memset(hash.bytes, byte, HASH_SIZE);
	return hash;
}

static struct exchange_state at_six(void)
{
	return (struct exchange_state){
		.number = 6, .total = 1100, .today = 100, .day = DAY, .last = filled(4)
	};
}

/* The seventh question of a hundred, as in the text. */
static struct exchange_statement question_seven(void)
{
	struct exchange_statement question = { .channel = filled(1),
		                               .list = filled(2),
		                               .identifier_class = IDENTIFIER_DOMAIN,
		                               .epoch = 2,
		                               .elements = 100,
		                               .content = filled(3) };
	struct exchange_state state = at_six();

	exchange_ask(&state, NOON, &question);
	return question;
}

/* --- the text ---------------------------------------------------------------- */

static void prints_and_reads_a_question(void **state)
{
	struct exchange_statement question = question_seven(), read;
	struct buffer text;

	(void)state;
	buffer_init(&text, EXCHANGE_STATEMENT_MAXIMUM);
	assert_ok(exchange_print(&text, &question));
	assert_bytes_string(buffer_view(&text), question_text);
	assert_ok(exchange_parse(buffer_view(&text), &read, NULL));
	buffer_clear(&text);
	assert_ok(exchange_print(&text, &read));
	assert_bytes_string(buffer_view(&text), question_text);
	buffer_release(&text);
}

static void prints_and_reads_a_refusal(void **state)
{
	struct exchange_statement question = question_seven(), answer, read;
	struct hash hash = filled(4);
	struct buffer text;

	(void)state;
	exchange_answer(&question, &hash, EXCHANGE_BUDGET, &answer);
	buffer_init(&text, EXCHANGE_STATEMENT_MAXIMUM);
	assert_ok(exchange_print(&text, &answer));
	assert_bytes_string(buffer_view(&text), refusal_text);
	assert_ok(exchange_parse(buffer_view(&text), &read, NULL));
	buffer_clear(&text);
	assert_ok(exchange_print(&text, &read));
	assert_bytes_string(buffer_view(&text), refusal_text);
	buffer_release(&text);
}

static void every_outcome_has_a_word(void **state)
{
	struct exchange_statement question = question_seven(), answer, read;
	struct hash hash = filled(4);
	struct buffer text;

	(void)state;
	buffer_init(&text, EXCHANGE_STATEMENT_MAXIMUM);
	for (int i = 0; i < EXCHANGE_OUTCOME_COUNT; i++) {
		exchange_answer(&question, &hash, (enum exchange_outcome)i, &answer);
		buffer_clear(&text);
		assert_ok(exchange_print(&text, &answer));
		assert_ok(exchange_parse(buffer_view(&text), &read, NULL));
		assert_int_equal(read.outcome, i);
	}
	buffer_release(&text);
}

static void one_spelling_only(void **state)
{
	static const struct {
		const char *from, *to;
		int result;
	} changes[] = {
		{ "exchange/1", "exchange/2", ERROR_SYNTAX },
		{ "class domain", "class domains", ERROR_SYNTAX },
		{ "epoch 2", "epoch 0", ERROR_LIMIT },
		{ "epoch 2", "epoch 02", ERROR_SYNTAX },
		{ "exchange 7", "exchange 0", ERROR_LIMIT },
		{ "exchange 7", "exchange 9223372036854775808", ERROR_LIMIT },
		{ "step question", "step asking", ERROR_SYNTAX },
		{ "step question\n", "step answer\n", ERROR_SYNTAX },
		{ "step question\n", "step answer\noutcome budget\n", ERROR_LIMIT },
		{ "step question\n", "step question\noutcome evaluated\n", ERROR_SYNTAX },
		{ "day 2026-11-29", "day 2026-11-31", ERROR_SYNTAX },
		{ "day 2026-11-29", "day 2026-1-029", ERROR_SYNTAX },
		{ "elements 100", "elements 513", ERROR_SYNTAX },
		{ "elements 100 AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=", "elements 0 -",
		  ERROR_LIMIT },
		{ "elements 100 AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=", "elements 100 -",
		  ERROR_SYNTAX },
		{ "previous", "previously", ERROR_SYNTAX },
		{ "BAQ=\n", "BAQ=\n\n", ERROR_SYNTAX },
		{ "BAQ=\n", "BAQ=", ERROR_SYNTAX },
	};
	struct exchange_statement read;
	char text[2048];

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		const char *at = strstr(question_text, changes[i].from);

		assert_non_null(at);
		snprintf(text, sizeof text, "%.*s%s%s", (int)(at - question_text), question_text,
		         changes[i].to, at + strlen(changes[i].from));
		assert_int_equal(exchange_parse(bytes_of_string(text), &read, NULL),
		                 changes[i].result);
	}
	memset(text, 'a', sizeof text);
	assert_int_equal(exchange_parse(bytes_of(text, sizeof text), &read, NULL), ERROR_LIMIT);
}

static void prints_nothing_out_of_range(void **state)
{
	struct exchange_statement question = question_seven(), other;
	struct buffer text;

	(void)state;
	buffer_init(&text, EXCHANGE_STATEMENT_MAXIMUM);
#define refuse(member, value)                                                                      \
	do {                                                                                       \
		other = question;                                                                  \
		other.member = value;                                                              \
		assert_int_equal(exchange_print(&text, &other), ERROR_LIMIT);                      \
	} while (0)
	refuse(epoch, 0);
	refuse(number, 0);
	refuse(elements, 0);
	refuse(elements, EXCHANGE_ELEMENTS_MAXIMUM + 1);
	refuse(total, EXCHANGE_NUMBER_MAXIMUM + 1);
	refuse(day, DAY + 1);
	refuse(identifier_class, IDENTIFIER_CLASS_COUNT);
#undef refuse
	assert_int_equal(text.size, 0);
	buffer_release(&text);
}

static int parse_for_torture(void *context)
{
	struct exchange_statement read;

	(void)context;
	return exchange_parse(bytes_of_string(question_text), &read, NULL);
}

static void survives_every_failed_allocation(void **state)
{
	(void)state;
	torture(parse_for_torture, NULL);
}

/* --- counts ------------------------------------------------------------------ */

static void a_new_day_begins_at_nothing(void **state)
{
	struct exchange_state six = at_six();
	struct exchange_statement question = { .elements = 5 };

	(void)state;
	exchange_ask(&six, DAY + EXCHANGE_DAY_SECONDS, &question);
	assert_int_equal(question.today, 5);
	assert_int_equal(question.total, 1105);
	assert_int_equal(question.day, DAY + EXCHANGE_DAY_SECONDS);
	/* A clock that went back brings no new budget. */
	exchange_ask(&six, DAY - 1, &question);
	assert_int_equal(question.day, DAY);
	assert_int_equal(question.today, 105);
}

static void what_is_left(void **state)
{
	struct exchange_state six = at_six();

	(void)state;
	assert_int_equal(exchange_left(&six, NOON, 1000, 100000, 0, 0), 900);
	assert_int_equal(exchange_left(&six, NOON, 1000, 100000, 300, 300), 600);
	assert_int_equal(exchange_left(&six, NOON, 1000, 1150, 0, 0), 50);
	assert_int_equal(exchange_left(&six, NOON, 1000, 1150, 50, 0), 0);
	assert_int_equal(exchange_left(&six, NOON, 100, 100000, 0, 0), 0);
	assert_int_equal(exchange_left(&six, NOON, 50, 100000, 0, 0), 0);
	assert_int_equal(exchange_left(&six, NOON, 1000, 100000, UINT64_MAX, 0), 0);
	assert_int_equal(exchange_left(&six, NOON + EXCHANGE_DAY_SECONDS, 1000, 100000, 0, 0),
	                 1000);
	assert_int_equal(exchange_left(&six, NOON - EXCHANGE_DAY_SECONDS, 1000, 100000, 0, 0), 900);
}

/* A question fits exactly when as many were left as it has. */
static void fits_as_long_as_some_are_left(void **state)
{
	struct exchange_state six = at_six();

	(void)state;
	for (uint64_t elements = 1; elements < 20; elements++)
		for (uint64_t budget = 1090; budget < 1130; budget++)
			for (uint64_t beside = 0; beside < 12; beside += 3) {
				struct exchange_statement question = { .elements = elements };

				exchange_ask(&six, NOON, &question);
				assert_int_equal(
				    exchange_fits(&question, budget - 1000, budget, beside, beside),
				    exchange_left(&six, NOON, budget - 1000, budget, beside,
				                  beside) >= elements);
			}
}

static void days_fit_within_an_hour(void **state)
{
	(void)state;
	assert_true(exchange_day_fits(DAY, NOON));
	assert_true(exchange_day_fits(DAY, DAY - 3600));
	assert_false(exchange_day_fits(DAY, DAY - 3601));
	assert_true(exchange_day_fits(DAY, DAY + 86400 + 3599));
	assert_false(exchange_day_fits(DAY, DAY + 86400 + 3600));
}

/* --- who owns ---------------------------------------------------------------- */

static void takes_what_continues(void **state)
{
	struct exchange_state six = at_six(), seven;
	struct exchange_statement question = question_seven(), answer;
	struct hash hash = filled(9), answered = filled(10);

	(void)state;
	assert_ok(exchange_take(&six, &question, NULL));
	seven = exchange_count(&question, &hash);
	assert_int_equal(seven.total, 1200);
	assert_true(seven.open);
	exchange_answer(&question, &hash, EXCHANGE_EVALUATED, &answer);
	answer.elements = 100;
	assert_ok(exchange_conclude(&six, &question, &hash, &answer, &answered, &seven, NULL));
	assert_int_equal(seven.number, 7);
	assert_int_equal(seven.total, 1200);
	assert_int_equal(seven.today, 200);
	assert_true(hash_equal(&seven.last, &answered));
	assert_false(seven.open);
}

static void takes_over_what_it_forgot(void **state)
{
	struct exchange_state four = { .number = 4, .total = 900, .day = DAY - 86400 };
	struct exchange_statement question = question_seven();

	(void)state;
	assert_ok(exchange_take(&four, &question, NULL));
	/* Counted, and the answer forgotten: who asked may have it. */
	four = (struct exchange_state){ .number = 6,
		                        .total = 1100,
		                        .today = 100,
		                        .day = DAY,
		                        .last = filled(77),
		                        .open = true };
	assert_ok(exchange_take(&four, &question, NULL));
	four.open = false;
	assert_int_equal(exchange_take(&four, &question, NULL), ERROR_EXISTS);
}

static void nothing_runs_backwards(void **state)
{
	struct exchange_statement question = question_seven(), other;
	struct exchange_state six = at_six();

	(void)state;
#define refuse(member, value, result)                                                              \
	do {                                                                                       \
		other = question;                                                                  \
		other.member = value;                                                              \
		assert_int_equal(exchange_take(&six, &other, NULL), result);                       \
	} while (0)
	refuse(number, 6, ERROR_EXISTS);
	refuse(total, 1199, ERROR_EXISTS);
	refuse(today, 199, ERROR_EXISTS);
	refuse(day, DAY - 86400, ERROR_EXISTS);
	refuse(previous, filled(8), ERROR_EXISTS);
	refuse(total, 99, ERROR_MISMATCH);
	refuse(today, 99, ERROR_MISMATCH);
	refuse(today, 1201, ERROR_MISMATCH);
#undef refuse
}

/* --- answers ------------------------------------------------------------------ */

static void a_refusal_changes_nothing(void **state)
{
	struct exchange_state six = at_six(), after;
	struct exchange_statement question = question_seven(), answer;
	struct hash hash = filled(9), answered = filled(10);

	(void)state;
	for (int i = EXCHANGE_EVALUATED + 1; i < EXCHANGE_OUTCOME_COUNT; i++) {
		exchange_answer(&question, &hash, (enum exchange_outcome)i, &answer);
		assert_int_equal(answer.total, 1100);
		assert_ok(
		    exchange_conclude(&six, &question, &hash, &answer, &answered, &after, NULL));
		assert_int_equal(after.number, 6);
		assert_int_equal(after.total, 1100);
		assert_int_equal(after.today, 100);
		assert_true(hash_equal(&after.last, &six.last));
	}
}

static void an_answer_says_what_it_must(void **state)
{
	struct exchange_state six = at_six(), after;
	struct exchange_statement question = question_seven(), answer, other;
	struct hash hash = filled(9), answered = filled(10);

	(void)state;
	exchange_answer(&question, &hash, EXCHANGE_EVALUATED, &answer);
#define refuse(member, value)                                                                      \
	do {                                                                                       \
		other = answer;                                                                    \
		other.member = value;                                                              \
		assert_int_equal(                                                                  \
		    exchange_conclude(&six, &question, &hash, &other, &answered, &after, NULL),    \
		    ERROR_MISMATCH);                                                               \
	} while (0)
	refuse(channel, filled(7));
	refuse(list, filled(7));
	refuse(identifier_class, IDENTIFIER_ASN);
	refuse(epoch, 3);
	refuse(number, 8);
	refuse(step, EXCHANGE_QUESTION);
	refuse(outcome, EXCHANGE_BUDGET);
	refuse(total, 1201);
	refuse(today, 201);
	refuse(day, DAY + 86400);
	refuse(elements, 99);
	refuse(previous, filled(7));
#undef refuse
}

/* --- after a loss --------------------------------------------------------------- */

static void catches_up_with_what_it_signed(void **state)
{
	struct exchange_state two = {
		.number = 2, .total = 300, .today = 300, .day = DAY - 86400, .last = filled(5)
	};
	struct exchange_state caught, again;
	struct exchange_statement question = question_seven(), answer;
	struct hash hash = filled(9), answered = filled(10);

	(void)state;
	exchange_answer(&question, &hash, EXCHANGE_EVALUATED, &answer);
	assert_ok(exchange_catch_up(&two, &question, &hash, &answer, &answered, &caught, NULL));
	assert_int_equal(caught.number, 7);
	assert_int_equal(caught.total, 1200);
	assert_int_equal(caught.today, 200);
	assert_true(hash_equal(&caught.last, &answered));
	assert_int_equal(
	    exchange_catch_up(&caught, &question, &hash, &answer, &answered, &again, NULL),
	    ERROR_EXISTS);
	/* Counted over there and never answered. */
	assert_ok(exchange_catch_up(&two, &question, &hash, NULL, NULL, &caught, NULL));
	assert_int_equal(caught.total, 1200);
	assert_true(hash_equal(&caught.last, &hash));
	/* What was refused was not counted. */
	exchange_answer(&question, &hash, EXCHANGE_BUDGET, &answer);
	assert_int_equal(
	    exchange_catch_up(&two, &question, &hash, &answer, &answered, &again, NULL),
	    ERROR_EXISTS);
	exchange_answer(&question, &hash, EXCHANGE_EVALUATED, &answer);
	/* An older one takes nothing back. */
	caught.number = 9;
	caught.total = 5000;
	assert_int_equal(
	    exchange_catch_up(&caught, &question, &hash, &answer, &answered, &again, NULL),
	    ERROR_EXISTS);
	answer.total++;
	assert_int_equal(
	    exchange_catch_up(&two, &question, &hash, &answer, &answered, &again, NULL),
	    ERROR_MISMATCH);
}

static void a_tally_only_raises(void **state)
{
	struct exchange_state six = at_six();

	(void)state;
	assert_false(exchange_raise(&six, 1100, DAY, 100));
	assert_false(exchange_raise(&six, 1000, DAY - 86400, 1000));
	assert_true(exchange_raise(&six, 1150, DAY, 150));
	assert_int_equal(six.total, 1150);
	assert_int_equal(six.today, 150);
	assert_true(exchange_raise(&six, 1150, DAY + 86400, 0));
	assert_int_equal(six.today, 0);
	assert_int_equal(six.number, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_and_reads_a_question),
		cmocka_unit_test(prints_and_reads_a_refusal),
		cmocka_unit_test(every_outcome_has_a_word),
		cmocka_unit_test(one_spelling_only),
		cmocka_unit_test(prints_nothing_out_of_range),
		cmocka_unit_test(survives_every_failed_allocation),
		cmocka_unit_test(a_new_day_begins_at_nothing),
		cmocka_unit_test(what_is_left),
		cmocka_unit_test(fits_as_long_as_some_are_left),
		cmocka_unit_test(days_fit_within_an_hour),
		cmocka_unit_test(takes_what_continues),
		cmocka_unit_test(takes_over_what_it_forgot),
		cmocka_unit_test(nothing_runs_backwards),
		cmocka_unit_test(a_refusal_changes_nothing),
		cmocka_unit_test(an_answer_says_what_it_must),
		cmocka_unit_test(catches_up_with_what_it_signed),
		cmocka_unit_test(a_tally_only_raises),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
