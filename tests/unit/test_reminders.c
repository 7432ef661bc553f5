/* What people are reminded of, and when. */
#include "reminders.h"

#include "scenario.h"

static struct scenario s;
static struct reminder found[REMINDERS_MAXIMUM];
static size_t count;

static int set_up(void **state)
{
	(void)state;
	scenario_init(&s, NULL);
	scenario_open(&s);
	return 0;
}

static int set_up_with_two_signatures(void **state)
{
	struct charter charter = fixture_charter();

	(void)state;
	kind_set_add(&charter.two_signatures, KIND_NOTIFY);
	kind_set_add(&charter.two_signatures, KIND_WITHDRAW);
	scenario_init(&s, &charter);
	scenario_open(&s);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scenario_release(&s);
	return 0;
}

static void accredit(const char *name, const char *role, timestamp until)
{
	char text[TIMESTAMP_CAPACITY] = "", key[DELEGATE_NAME_CAPACITY + 4];
	struct line line = { NORTH, "a.head", KIND_ACCREDIT,
		             .fields = { { "delegate", name }, { "role", role }, { "key", key } } };

	snprintf(key, sizeof(key), "key:%s", name);
	if (until != 0) {
		timestamp_format(until, text);
		line.fields[3].name = "until";
		line.fields[3].value = text;
	}
	scenario_say(&s, line);
	assert_verdict(&s, VOID_NONE);
}

static void recall(const char *author, const char *name)
{
	scenario_say(
	    &s, (struct line){ NORTH, author, KIND_RECALL, .fields = { { "delegate", name } } });
	assert_verdict(&s, VOID_NONE);
}

static void look(timestamp now)
{
	count = reminders_list(s.rules, s.charter, NORTH, now, found);
}

static void assert_reminder(size_t index, enum reminder_what what, timestamp time, bool urgent)
{
	assert_true(index < count);
	assert_string_equal(reminder_name(found[index].what), reminder_name(what));
	assert_int_equal(found[index].time, time);
	assert_int_equal(found[index].urgent, urgent);
	assert_int_equal(found[index].delegate != NULL,
	                 what == REMINDER_ENDS || what == REMINDER_ENDED);
	assert_int_equal(found[index].kind != NULL, what == REMINDER_NO_COSIGNER);
}

static void test_window(void **state)
{
	timestamp end = s.now + 100 * SCENARIO_DAY;
	static const struct {
		timestamp offset;
		size_t count;
		enum reminder_what what;
		bool urgent;
	} rows[] = {
		{ -REMINDER_WINDOW - 1, 0, 0, false },
		{ -REMINDER_WINDOW, 1, REMINDER_ENDS, false },
		{ -REMINDER_URGENT - 1, 1, REMINDER_ENDS, false },
		{ -REMINDER_URGENT, 1, REMINDER_ENDS, true },
		{ 0, 1, REMINDER_ENDS, true },
		{ 1, 1, REMINDER_ENDED, false },
		{ REMINDER_WINDOW, 1, REMINDER_ENDED, false },
		{ REMINDER_WINDOW + 1, 0, 0, false },
	};

	(void)state;
	accredit("a.deputy", "deputy", 0);
	accredit("a.duty", "duty", end);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		look(end + rows[i].offset);
		assert_int_equal(count, rows[i].count);
		if (count == 0)
			continue;
		assert_reminder(0, rows[i].what, end, rows[i].urgent);
		assert_string_equal(found[0].delegate->name, "a.duty");
	}
	/* Of the other side nothing. */
	assert_int_equal(reminders_list(s.rules, s.charter, SOUTH, end, found), 0);
	look(end);
	recall("a.head", "a.duty");
	look(end);
	assert_int_equal(count, 0);
}

static void test_head_alone(void **state)
{
	timestamp first = s.now + 20 * SCENARIO_DAY, last = s.now + 21 * SCENARIO_DAY;

	(void)state;
	/* Who was always alone is not reminded of it. */
	look(s.now);
	assert_int_equal(count, 0);
	accredit("a.duty", "duty", first);
	accredit("a.officer", "officer", last);
	look(last - REMINDER_WINDOW - 1);
	assert_int_equal(count, 1);
	look(last - REMINDER_WINDOW);
	assert_int_equal(count, 3);
	assert_reminder(0, REMINDER_HEAD_ALONE, last, false);
	assert_reminder(1, REMINDER_ENDS, first, false);
	assert_reminder(2, REMINDER_ENDS, last, false);
	look(last + 1);
	assert_int_equal(count, 3);
	assert_reminder(0, REMINDER_HEAD_ALONE, last, true);
	assert_reminder(1, REMINDER_ENDED, last, false);
	assert_reminder(2, REMINDER_ENDED, first, false);
	look(last + REMINDER_WINDOW + 1);
	assert_int_equal(count, 0);
}

static void test_no_head(void **state)
{
	timestamp recalled;

	(void)state;
	accredit("a.duty", "duty", s.now + SCENARIO_DAY);
	scenario_receipt(&s, NORTH);
	recalled = s.now;
	recall("appointing", "a.head");
	look(s.now);
	assert_int_equal(count, 2);
	assert_reminder(0, REMINDER_NO_HEAD, recalled, true);
	assert_reminder(1, REMINDER_ENDS, found[1].delegate->until, true);
}

static void test_second_signature(void **state)
{
	timestamp officer = s.now + 30 * SCENARIO_DAY, deputy = s.now + 40 * SCENARIO_DAY;

	(void)state;
	look(s.now);
	assert_int_equal(count, 1);
	assert_reminder(0, REMINDER_NO_COSIGNER, 0, false);
	/* An officer may cosign a notification, but not what only heads sign. */
	accredit("a.officer", "officer", officer);
	look(s.now);
	assert_reminder(0, REMINDER_NO_COSIGNER, 0, false);
	assert_int_equal(found[0].kind->number, KIND_WITHDRAW);
	accredit("a.deputy", "deputy", deputy);
	look(s.now);
	assert_int_equal(count, 0);
	look(deputy - REMINDER_WINDOW);
	assert_reminder(0, REMINDER_NO_COSIGNER, deputy, false);
	look(deputy - REMINDER_URGENT);
	assert_reminder(0, REMINDER_NO_COSIGNER, deputy, true);
	/* However long ago: it is still so. */
	look(deputy + 1000 * SCENARIO_DAY);
	assert_int_equal(count, 1);
	assert_reminder(0, REMINDER_NO_COSIGNER, deputy, true);
}

static void test_no_more_than_fit(void **state)
{
	timestamp end = s.now + 10 * SCENARIO_DAY;
	char name[DELEGATE_NAME_CAPACITY];

	(void)state;
	accredit("a.deputy", "deputy", 0);
	/* The soonest to end comes last, and is not the one that is left out. */
	for (int i = 0; i < REMINDERS_MAXIMUM + 4; i++) {
		snprintf(name, sizeof(name), "a.duty%d", i);
		accredit(name, "duty", end - i * SCENARIO_HOUR);
	}
	look(s.now);
	assert_int_equal(count, REMINDERS_MAXIMUM);
	assert_string_equal(found[0].delegate->name, name);
	for (size_t i = 1; i < count; i++)
		assert_true(found[i - 1].time < found[i].time);
}

static void test_open_channels_only(void **state)
{
	(void)state;
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_WITHDRAW,
	                                .fields = { { "from", "channel" } } });
	s.now += 100 * SCENARIO_DAY;
	accredit("a.duty", "duty", s.now + SCENARIO_DAY);
	look(s.now);
	assert_int_equal(count, 2);
	scenario_say(&s, (struct line){ NORTH, "a.head", KIND_CLOSE });
	assert_verdict(&s, VOID_NONE);
	look(s.now);
	assert_int_equal(count, 0);
	scenario_clear(&s);
	look(s.now);
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_window, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_head_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_head, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_second_signature, set_up_with_two_signatures,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_no_more_than_fit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_open_channels_only, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
