#include "check.h"
#include "timestamp.h"

static void test_known_times(void **state)
{
	static const struct {
		timestamp time;
		const char *text;
		const char *compact;
	} known[] = {
		{ 0, "1970-01-01T00:00:00Z", "19700101000000Z" },
		{ 951782399, "2000-02-28T23:59:59Z", "20000228235959Z" },
		{ 951782400, "2000-02-29T00:00:00Z", "20000229000000Z" },
		{ 951868800, "2000-03-01T00:00:00Z", "20000301000000Z" },
		{ 1795356191, "2026-11-22T14:03:11Z", "20261122140311Z" },
		{ INT64_C(4107542400), "2100-03-01T00:00:00Z", "21000301000000Z" },
		{ TIMESTAMP_MAXIMUM, "9999-12-31T23:59:59Z", "99991231235959Z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		char text[TIMESTAMP_CAPACITY];
		timestamp time = -1;

		timestamp_format(known[i].time, text);
		assert_string_equal(text, known[i].text);
		timestamp_format_compact(known[i].time, text);
		assert_string_equal(text, known[i].compact);
		assert_ok(timestamp_parse(bytes_of_string(known[i].text), &time));
		assert_true(time == known[i].time);
	}
}

static void test_every_day_comes_back(void **state)
{
	char before[TIMESTAMP_CAPACITY] = "";

	(void)state;
	for (timestamp time = 0; time < INT64_C(12) * 86400 * 36525; time += 86399) {
		char text[TIMESTAMP_CAPACITY];
		timestamp back;

		timestamp_format(time, text);
		assert_ok(timestamp_parse(bytes_of_string(text), &back));
		assert_true(back == time);
		assert_true(strcmp(before, text) < 0);
		memcpy(before, text, sizeof(text));
	}
}

static void test_out_of_range_is_clamped(void **state)
{
	char text[TIMESTAMP_CAPACITY];

	(void)state;
	timestamp_format(-1, text);
	assert_string_equal(text, "1970-01-01T00:00:00Z");
	timestamp_format(INT64_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void test_bad_times(void **state)
{
	static const char *const bad[] = {
		"",
		"2026-11-22",
		"2026-11-22T14:03:11",
		"2026-11-22 14:03:11Z",
		"2026-11-22t14:03:11z",
		"2026-11-22T14:03:60Z",
		"2026-11-22T24:00:00Z",
		"2026-11-22T14:60:00Z",
		"2026-11-31T14:03:11Z",
		"2026-00-22T14:03:11Z",
		"2026-13-22T14:03:11Z",
		"2026-11-00T14:03:11Z",
		"2026-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z",
		"1969-12-31T23:59:59Z",
		"+026-11-22T14:03:11Z",
		"2026-11-22T14:03:1 Z",
		"2026-11-22T14:03:11+",
		"2026-11-22T14:03:11ZZ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		timestamp time = 42;

		assert_int_equal(timestamp_parse(bytes_of_string(bad[i]), &time), ERROR_SYNTAX);
		assert_true(time == 42);
	}
}

static void test_duration_spelling(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} known[] = {
		{ 0, "0s" },       { 1, "1s" },          { 59, "59s" },
		{ 60, "1m" },      { 61, "61s" },        { 900, "15m" },
		{ 3600, "1h" },    { 86400, "24h" },     { 172800, "48h" },
		{ 259200, "72h" }, { 262800, "73h" },    { 345600, "4d" },
		{ 864000, "10d" }, { 864060, "14401m" }, { DURATION_MAXIMUM, "3650000d" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		char text[DURATION_CAPACITY];
		int64_t seconds = -1;

		duration_format(known[i].seconds, text);
		assert_string_equal(text, known[i].text);
		assert_ok(duration_parse(bytes_of_string(text), &seconds));
		assert_true(seconds == known[i].seconds);
	}
}

static void test_duration_any_unit(void **state)
{
	int64_t seconds;

	(void)state;
	assert_ok(duration_parse(bytes_of_string("3d"), &seconds));
	assert_true(seconds == 259200);
	assert_ok(duration_parse(bytes_of_string("3600s"), &seconds));
	assert_true(seconds == 3600);
	assert_ok(duration_parse(bytes_of_string("0d"), &seconds));
	assert_true(seconds == 0);
}

static void test_bad_durations(void **state)
{
	static const struct {
		const char *text;
		int result;
	} bad[] = {
		{ "", ERROR_SYNTAX },
		{ "s", ERROR_SYNTAX },
		{ "5", ERROR_SYNTAX },
		{ "05s", ERROR_SYNTAX },
		{ "00s", ERROR_SYNTAX },
		{ "-5s", ERROR_SYNTAX },
		{ "5 s", ERROR_SYNTAX },
		{ "5w", ERROR_SYNTAX },
		{ "5S", ERROR_SYNTAX },
		{ "1h30m", ERROR_SYNTAX },
		{ "3650001d", ERROR_LIMIT },
		{ "999999999999999999999999s", ERROR_LIMIT },
		{ "315360000000d", ERROR_LIMIT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t seconds = 42;

		assert_int_equal(duration_parse(bytes_of_string(bad[i].text), &seconds),
		                 bad[i].result);
		assert_true(seconds == 42);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_times),
		cmocka_unit_test(test_every_day_comes_back),
		cmocka_unit_test(test_out_of_range_is_clamped),
		cmocka_unit_test(test_bad_times),
		cmocka_unit_test(test_duration_spelling),
		cmocka_unit_test(test_duration_any_unit),
		cmocka_unit_test(test_bad_durations),
	};

	return cmocka_run_group_tests_name("timestamp", tests, NULL, NULL);
}
