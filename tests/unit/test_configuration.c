#include "check.h"
#include "configuration.h"

static const char minimal[] = "chirograph.conf/1\n"
			      "home /var/lib/chirograph\n"
			      "party north\n"
			      "domain north.example\n"
			      "name en Northern Security Council\n"
			      "socket /run/chirograph/api.sock\n";

static int parse(const char *start, const char *rest, struct configuration *configuration,
                 struct error *error)
{
	struct buffer text;
	int r;

	buffer_init(&text, 2 * CONFIGURATION_SIZE_MAXIMUM);
	assert_ok(buffer_put_string(&text, start));
	assert_ok(buffer_put_string(&text, rest));
	r = configuration_parse(buffer_view(&text), configuration, error);
	buffer_release(&text);
	return r;
}

static void test_defaults(void **state)
{
	struct configuration configuration;

	(void)state;
	assert_ok(parse(minimal, "", &configuration, NULL));
	assert_string_equal(configuration.home, "/var/lib/chirograph");
	assert_string_equal(configuration.party, "north");
	assert_string_equal(configuration.domain, "north.example");
	assert_int_equal(configuration.name_count, 1);
	assert_string_equal(configuration.names[0].language, "en");
	assert_string_equal(configuration.names[0].name, "Northern Security Council");
	assert_string_equal(configuration.socket, "/run/chirograph/api.sock");
	assert_int_equal(configuration.socket_mode, 0600);
	assert_true(configuration.link_dial);
	assert_int_equal(configuration.listen_count, 0);
	assert_int_equal(configuration.grant_count, 0);
	assert_string_equal(configuration.user, "");
	assert_int_equal(configuration.neutral_count, 0);
	assert_int_equal(configuration.deposit_after, 30);
	assert_int_equal(configuration.collect_every, 60);
	assert_int_equal(configuration.tally_after, 3600);
}

static void test_everything(void **state)
{
	struct configuration configuration;

	(void)state;
	assert_ok(parse(minimal,
	                "\n# comments and empty lines are skipped\n"
	                "name ru Совет безопасности Севера\n"
	                "socket-mode 0660\n"
	                "listen [::]:7654\n"
	                "listen 192.0.2.1:7655\n"
	                "advertise chirograph.north.example:7654\n"
	                "user chirograph\n"
	                "keeper-user chirograph-keeper\n"
	                "may alice admin\n"
	                "may *self act\n"
	                "may bob.b read\n"
	                "link-dial no\n"
	                "neutral witness.example https://witness.example/chirograph\n"
	                "neutral d.example/2 http://[2001:db8::1]:8080\n"
	                "neutral-authorities /etc/neutrals.pem\n"
	                "deposit-after 2m\n"
	                "collect-every 24h\n"
	                "tally-after 10s\n",
	                &configuration, NULL));
	assert_int_equal(configuration.name_count, 2);
	assert_string_equal(configuration.names[1].language, "ru");
	assert_int_equal(configuration.socket_mode, 0660);
	assert_int_equal(configuration.listen_count, 2);
	assert_string_equal(configuration.listen[0].host, "::");
	assert_int_equal(configuration.listen[0].port, 7654);
	assert_string_equal(configuration.listen[1].host, "192.0.2.1");
	assert_int_equal(configuration.advertise_count, 1);
	assert_string_equal(configuration.keeper_user, "chirograph-keeper");
	assert_int_equal(configuration.grant_count, 3);
	assert_string_equal(configuration.grants[0].user, "alice");
	assert_int_equal(configuration.grants[0].permission, PERMISSION_ADMIN);
	assert_string_equal(configuration.grants[1].user, "*self");
	assert_int_equal(configuration.grants[1].permission, PERMISSION_ACT);
	assert_int_equal(configuration.grants[2].permission, PERMISSION_READ);
	assert_false(configuration.link_dial);
	assert_int_equal(configuration.neutral_count, 2);
	assert_string_equal(configuration.neutrals[0].name, "witness.example");
	assert_string_equal(configuration.neutrals[0].url, "https://witness.example/chirograph");
	assert_string_equal(configuration.neutrals[1].name, "d.example/2");
	assert_string_equal(configuration.neutral_authorities, "/etc/neutrals.pem");
	assert_int_equal(configuration.deposit_after, 120);
	assert_int_equal(configuration.collect_every, 86400);
	assert_int_equal(configuration.tally_after, 10);
}

static void test_bad_lines_are_named(void **state)
{
	static const char *const lines[] = {
		"home /again",
		"home relative",
		"colour blue",
		"socket-mode 660",
		"socket-mode 0888",
		"listen 7654",
		"listen host:",
		"listen host:0",
		"listen host:65536",
		"listen host:07",
		"listen ::1:7654",
		"listen [host]:7654",
		"listen a b:7654",
		"advertise :7654",
		"user root;",
		"user -x",
		"may alice",
		"may alice everything",
		"may *other read",
		"link-dial perhaps",
		"name en A second name",
		"name english",
		"name e_n A name",
		"user",
		"neutral w.example",
		"neutral w.example ftp://w.example",
		"neutral w+x https://w.example",
		"neutral w.example https://w.example/",
		"neutral w.example https://",
		"neutral w.example https://a@w.example",
		"neutral w.example https://w.example/?a",
		"neutral w.example https://w.example#a",
		"neutral w.example HTTPS://w.example",
		"neutral w.example https://w.example x",
		"neutral-authorities relative.pem",
		"deposit-after 0s",
		"deposit-after soon",
		"collect-every 25h",
		"tally-after 0s",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct configuration configuration = { .socket_mode = 42 };
		struct error error = { 0 };
		struct buffer text;

		buffer_init(&text, 65536);
		assert_ok(buffer_put_format(&text, "# a comment\n%s\n", lines[i]));
		assert_ok(buffer_put_u8(&text, '\0'));
		if (parse(minimal, (const char *)text.data, &configuration, &error) != ERROR_USAGE)
			fail_msg("accepted: %s", lines[i]);
		assert_int_equal(error.line, 8);
		assert_int_equal(configuration.socket_mode, 42);
		buffer_release(&text);
	}
}

static void test_missing_keys_are_named(void **state)
{
	struct configuration configuration;
	struct error error = { 0 };

	(void)state;
	assert_int_equal(
	    parse("chirograph.conf/1\n", "home /h\nparty north\n", &configuration, &error),
	    ERROR_USAGE);
	assert_string_equal(error.message, "the key 'domain' is missing");
	assert_int_not_equal(parse("chirograph.conf/2\n", "", &configuration, &error), OK);
	assert_int_not_equal(parse("", "", &configuration, &error), OK);
	assert_int_equal(parse(minimal, "user two \n", &configuration, &error), ERROR_SYNTAX);
	assert_int_equal(error.line, 7);
}

static void test_there_is_a_most(void **state)
{
	struct configuration configuration;
	struct error error = { 0 };

	(void)state;
	assert_ok(parse(minimal, "listen a:1\nlisten a:2\nlisten a:3\nlisten a:4\n", &configuration,
	                NULL));
	assert_int_equal(parse(minimal,
	                       "listen a:1\nlisten a:2\nlisten a:3\nlisten a:4\nlisten a:5\n",
	                       &configuration, &error),
	                 ERROR_USAGE);
	assert_int_equal(error.line, 11);
}

static void test_endpoints_print_as_they_parse(void **state)
{
	static const char *const endpoints[] = { "[::]:1", "[2001:db8::1]:65535", "a.example:443",
		                                 "192.0.2.1:7654" };

	(void)state;
	for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
		struct configuration_endpoint endpoint;
		struct buffer buffer;

		buffer_init(&buffer, 512);
		assert_ok(configuration_endpoint_parse(bytes_of_string(endpoints[i]), &endpoint));
		assert_ok(configuration_endpoint_print(&endpoint, &buffer));
		assert_bytes_string(buffer_view(&buffer), endpoints[i]);
		buffer_release(&buffer);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_bad_lines_are_named),
		cmocka_unit_test(test_missing_keys_are_named),
		cmocka_unit_test(test_there_is_a_most),
		cmocka_unit_test(test_endpoints_print_as_they_parse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
