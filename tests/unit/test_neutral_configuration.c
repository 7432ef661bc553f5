/* Configurations of neutrals: defaults, all keys, what is wrong and in which line. */
#include "check.h"
#include "neutral_configuration.h"
#include "signed_head.h"
#include "torture.h"

#define LEAST "chirograph.neutral/1\nhome /h\nname w.example\nlisten [::1]:80\n"

static char vkey[256], cosigner[256];

static int set_up(void **state)
{
	struct test_signer log = test_signer_of("log.example/x", NOTE_KEY_ED25519, 1);
	struct test_signer witness = test_signer_of("w.example", NOTE_KEY_COSIGNATURE, 2);
	struct buffer text;

	(void)state;
	buffer_init(&text, 512);
	assert_ok(note_key_print(&log.key, &text));
	assert_ok(bytes_to_string(buffer_view(&text), vkey, sizeof(vkey)));
	buffer_clear(&text);
	assert_ok(note_key_print(&witness.key, &text));
	assert_ok(bytes_to_string(buffer_view(&text), cosigner, sizeof(cosigner)));
	buffer_release(&text);
	return 0;
}

static void test_good(void **state)
{
	struct neutral_configuration *configuration;
	char text[2048];

	(void)state;
	assert_ok(neutral_configuration_parse(bytes_of_string(LEAST), &configuration, NULL));
	assert_string_equal(configuration->process.home, "/h");
	assert_string_equal(configuration->name, "w.example");
	assert_int_equal(configuration->process.listen_count, 1);
	assert_string_equal(configuration->process.listen[0].host, "::1");
	assert_int_equal(configuration->log_count, 0);
	assert_int_equal(configuration->charter_count, 0);
	assert_int_equal(configuration->quota_entries, 100000);
	assert_int_equal(configuration->quota_bytes, 1 << 30);
	assert_int_equal(configuration->expiry, 90 * 86400);
	assert_int_equal(configuration->requests, 600);
	neutral_configuration_free(configuration);
	snprintf(text, sizeof(text),
	         LEAST "# a comment\n\nuser a\nkeeper-user b\nlog %s\ncharter /c\ncharter /d\n"
	               "quota-entries 7\nquota-bytes 8\nexpiry 2d\nrequests 9\nlisten x:1\n",
	         vkey);
	assert_ok(neutral_configuration_parse(bytes_of_string(text), &configuration, NULL));
	assert_string_equal(configuration->process.user, "a");
	assert_string_equal(configuration->process.keeper_user, "b");
	assert_int_equal(configuration->log_count, 1);
	assert_string_equal(configuration->logs[0].name, "log.example/x");
	assert_int_equal(configuration->charter_count, 2);
	assert_string_equal(configuration->charters[1], "/d");
	assert_int_equal(configuration->quota_entries, 7);
	assert_int_equal(configuration->quota_bytes, 8);
	assert_int_equal(configuration->expiry, 2 * 86400);
	assert_int_equal(configuration->requests, 9);
	assert_int_equal(configuration->process.listen_count, 2);
	neutral_configuration_free(configuration);
}

static void check_bad(const char *text, int result, size_t line)
{
	struct neutral_configuration *configuration = NULL;
	struct error error;
	int r = neutral_configuration_parse(bytes_of_string(text), &configuration, &error);

	if (r != result || error.line != line || configuration != NULL)
		fail_msg("%d in line %zu (%s) for: %s", r, error.line, error.message, text);
}

static void test_bad(void **state)
{
	static const struct {
		const char *text;
		int result;
		size_t line;
	} bad[] = {
		{ "", ERROR_SYNTAX, 0 },
		{ "chirograph.conf/1\n", ERROR_SYNTAX, 1 },
		{ "chirograph.neutral/1\n", ERROR_USAGE, 0 },
		{ "chirograph.neutral/1\nhome /h\nname x\n", ERROR_USAGE, 0 },
		{ LEAST "home /x\n", ERROR_USAGE, 5 },
		{ LEAST "name y\n", ERROR_USAGE, 5 },
		{ LEAST "user\n", ERROR_USAGE, 5 },
		{ LEAST "party north\n", ERROR_USAGE, 5 },
		{ LEAST "user -x\n", ERROR_USAGE, 5 },
		{ LEAST "keeper-user a b\n", ERROR_USAGE, 5 },
		{ LEAST "log nothing\n", ERROR_USAGE, 5 },
		{ LEAST "charter relative\n", ERROR_USAGE, 5 },
		{ LEAST "quota-entries 0\n", ERROR_USAGE, 5 },
		{ LEAST "quota-bytes 1g\n", ERROR_USAGE, 5 },
		{ LEAST "expiry 0s\n", ERROR_USAGE, 5 },
		{ LEAST "expiry 1\n", ERROR_USAGE, 5 },
		{ LEAST "requests 1000001\n", ERROR_USAGE, 5 },
		{ LEAST "listen nowhere\n", ERROR_USAGE, 5 },
		{ LEAST "user x \n", ERROR_SYNTAX, 5 },
		{ "chirograph.neutral/1\nname a b\n", ERROR_USAGE, 2 },
		{ "chirograph.neutral/1\nname a+b\n", ERROR_USAGE, 2 },
		{ "chirograph.neutral/1\nhome h\n", ERROR_USAGE, 2 },
	};
	char text[2048];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_bad(bad[i].text, bad[i].result, bad[i].line);
	snprintf(text, sizeof(text), LEAST "log %s\nlog %s\n", vkey, vkey);
	check_bad(text, ERROR_USAGE, 6);
	snprintf(text, sizeof(text), LEAST "log %s\n", cosigner);
	check_bad(text, ERROR_USAGE, 5);
}

static void test_limits(void **state)
{
	struct buffer text;
	struct neutral_configuration *configuration;

	(void)state;
	buffer_init(&text, NEUTRAL_CONFIGURATION_MAXIMUM + 1);
	assert_ok(buffer_put_string(&text, LEAST));
	for (int i = 0; i < NEUTRAL_CHARTERS_MAXIMUM; i++)
		assert_ok(buffer_put_string(&text, "charter /c\n"));
	assert_ok(neutral_configuration_parse(buffer_view(&text), &configuration, NULL));
	neutral_configuration_free(configuration);
	assert_ok(buffer_put_string(&text, "charter /c\n"));
	assert_int_equal(neutral_configuration_parse(buffer_view(&text), &configuration, NULL),
	                 ERROR_USAGE);
	while (text.size <= NEUTRAL_CONFIGURATION_MAXIMUM)
		assert_ok(buffer_put_string(&text, "\n"));
	assert_int_equal(neutral_configuration_parse(buffer_view(&text), &configuration, NULL),
	                 ERROR_LIMIT);
	buffer_release(&text);
}

static int parse_once(void *context)
{
	struct neutral_configuration *configuration;
	int r = neutral_configuration_parse(bytes_of_string(LEAST), &configuration, NULL);

	(void)context;
	if (r == OK)
		neutral_configuration_free(configuration);
	return r;
}

static void test_without_memory(void **state)
{
	(void)state;
	torture(parse_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_without_memory),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
