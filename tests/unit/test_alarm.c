/* Events of alarms: what is read prints as it was, and what the program is given. */
#include "check.h"

#include "alarm.h"

static struct alarm_event event_of(const char *sentence)
{
	struct alarm_event event = {
		.id = { 0x01, 0xab, 0xff },
		.kind = ALARM_OVERDUE,
		.time = 1795356000,
		.deadline = 1795355999,
		.more = 3,
		.exercise = true,
		.channel = "ovbpreg4glsdrsj3rfhn",
		.own = "north",
		.other = "south",
		.act = "south-7",
		.act_kind = "notify",
		.precedence = "flash",
		.owed_by = "north",
		.duty = "acknowledge",
	};

	alarm_clean(sentence, event.sentence, sizeof event.sentence);
	return event;
}

static void check_words(const struct alarm_event *event, int expected)
{
	struct alarm_event again;
	struct buffer body;
	struct cursor cursor;

	buffer_init(&body, ALARM_EVENT_MAXIMUM);
	assert_ok(alarm_put_event(&body, event));
	cursor = cursor_over(buffer_view(&body));
	assert_int_equal(alarm_get_event(&cursor, &again), expected);
	if (expected == OK) {
		assert_ok(cursor_end(&cursor));
		assert_memory_equal(event, &again, sizeof again);
	}
	buffer_release(&body);
}

static void test_words_are_plain(void **state)
{
	static const char *const wrong[] = { "a b",  "$HOME", "`id`", "a;b", "a|b",
		                             "a\nb", "a'b",   "\"",   "a/b", "\xd1\x8f",
		                             "a=b",  "*",     "~",    "#" };
	struct alarm_event event = event_of("a sentence");

	(void)state;
	check_words(&event, OK);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		event = event_of("a sentence");
		memcpy(event.act, wrong[i], strlen(wrong[i]) + 1);
		check_words(&event, ERROR_SYNTAX);
	}
	event = event_of("a sentence");
	memcpy(event.sentence, "two\nlines", sizeof "two\nlines");
	check_words(&event, ERROR_SYNTAX);
	event = event_of("a sentence");
	event.kind = ALARM_KIND_COUNT;
	check_words(&event, ERROR_SYNTAX);
}

/* Every length is one that fits. */
static void test_the_longest(void **state)
{
	struct alarm_event event = event_of("");
	char *words[] = { event.channel,  event.own,        event.other,   event.act,
		          event.act_kind, event.precedence, event.owed_by, event.duty };

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		memset(words[i], 'w', ALARM_WORD_CAPACITY - 1);
		words[i][ALARM_WORD_CAPACITY - 1] = '\0';
	}
	memset(event.sentence, 's', ALARM_SENTENCE_CAPACITY - 1);
	event.sentence[ALARM_SENTENCE_CAPACITY - 1] = '\0';
	check_words(&event, OK);
}

static void test_sentences_are_clean(void **state)
{
	char clean[16];

	(void)state;
	alarm_clean("\x1b[31mred\r\n", clean, sizeof clean);
	assert_string_equal(clean, "?[31mred??");
	alarm_clean("ёлка", clean, sizeof clean);
	assert_string_equal(clean, "ёлка");
	/* Cut within a letter, it is none any more. */
	alarm_clean("aaaaaaaaaaaaaaё", clean, sizeof clean);
	assert_string_equal(clean, "aaaaaaaaaaaaaa?");
}

static void test_what_the_program_gets(void **state)
{
	static const char json[] =
	    "{\"id\":\"01abff00000000000000000000000000\",\"event\":\"overdue\","
	    "\"time\":\"2026-11-22T14:00:00Z\",\"channel\":\"ovbpreg4glsdrsj3rfhn\","
	    "\"own\":\"north\",\"other\":\"south\",\"act\":\"south-7\","
	    "\"act_kind\":\"notify\",\"precedence\":\"flash\",\"owed_by\":\"north\","
	    "\"duty\":\"acknowledge\",\"deadline\":\"2026-11-22T13:59:59Z\","
	    "\"text\":\"a \\\"b\\\" $(c) \\\\ 'd' ё; e, f\",\"more\":3,\"exercise\":true}\n";
	struct alarm_event event = event_of("a \"b\" $(c) \\ 'd' ё; e, f");
	struct buffer text;

	(void)state;
	buffer_init(&text, 8192);
	assert_ok(alarm_put_json(&text, &event));
	assert_int_equal(text.size, strlen(json));
	assert_memory_equal(text.data, json, text.size);
	buffer_clear(&text);
	assert_ok(alarm_put_environment(&text, &event));
	assert_string_equal((const char *)text.data, "CHIRO_ID=01abff00000000000000000000000000");
	/* The letter of two bytes is two signs. */
	assert_memory_equal(text.data + text.size - sizeof "CHIRO_TEXT=a _b_ __c_ _ _d_ ___ e, f",
	                    "CHIRO_TEXT=a _b_ __c_ _ _d_ ___ e, f",
	                    sizeof "CHIRO_TEXT=a _b_ __c_ _ _d_ ___ e, f");
	buffer_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_plain),
		cmocka_unit_test(test_the_longest),
		cmocka_unit_test(test_sentences_are_clean),
		cmocka_unit_test(test_what_the_program_gets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
