/* What one address may take up, when it gets it back, and who is not limited. */
#include "address_limits.h"
#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>

enum { REQUESTS = 60 };

static struct address_limits limits;

static struct address address_of(const char *text)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct address address = { 0 };

	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		address_read((const struct sockaddr *)(const void *)&four, &address);
	else if (inet_pton(AF_INET6, text, &six.sin6_addr) == 1)
		address_read((const struct sockaddr *)(const void *)&six, &address);
	else
		fail_msg("no address: %s", text);
	return address;
}

static void test_connections(void **state)
{
	struct address one = address_of("192.0.2.1"), other = address_of("192.0.2.2");

	(void)state;
	address_limits_init(&limits, REQUESTS);
	for (int i = 0; i < ADDRESS_CONNECTIONS_MAXIMUM; i++)
		assert_true(address_connect(&limits, &one, 0));
	assert_false(address_connect(&limits, &one, 0));
	assert_true(address_connect(&limits, &other, 0));
	address_disconnect(&limits, &one);
	assert_true(address_connect(&limits, &one, 0));
	assert_false(address_connect(&limits, &one, 0));
}

static void test_requests(void **state)
{
	struct address one = address_of("192.0.2.1");

	(void)state;
	address_limits_init(&limits, REQUESTS);
	assert_false(address_request(&limits, &one, 0)); /* without a connection */
	assert_true(address_connect(&limits, &one, 1000));
	for (int i = 0; i < REQUESTS; i++)
		assert_true(address_request(&limits, &one, 1000));
	assert_false(address_request(&limits, &one, 1000));
	/* One a second comes back, also when it is asked for more often. */
	assert_false(address_request(&limits, &one, 1500));
	assert_true(address_request(&limits, &one, 2000));
	assert_false(address_request(&limits, &one, 2000));
	/* A new connection brings nothing; a clock that steps back takes nothing. */
	address_disconnect(&limits, &one);
	assert_true(address_connect(&limits, &one, 2000));
	assert_false(address_request(&limits, &one, 0));
	for (int i = 0; i < REQUESTS; i++)
		assert_true(address_request(&limits, &one, UINT64_MAX));
	assert_false(address_request(&limits, &one, UINT64_MAX));
}

static void test_who_is_who(void **state)
{
	static const char *const same[][2] = {
		{ "2001:db8::1", "2001:db8::ffff:0:0:2" },
		{ "192.0.2.1", "::ffff:192.0.2.1" },
	};
	static const char *const unlimited[] = { "127.0.0.1", "127.9.9.9", "::1",
		                                 "::ffff:127.0.0.1" };
	struct sockaddr local = { .sa_family = AF_UNIX };
	struct address address;

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		struct address a = address_of(same[i][0]), b = address_of(same[i][1]);

		assert_true(a.limited && b.limited);
		assert_memory_equal(a.bytes, b.bytes, ADDRESS_SIZE);
	}
	assert_memory_not_equal(address_of("2001:db8::1").bytes,
	                        address_of("2001:db8:0:1::1").bytes, ADDRESS_SIZE);
	address_limits_init(&limits, 1);
	for (size_t i = 0; i < sizeof(unlimited) / sizeof(unlimited[0]); i++) {
		address = address_of(unlimited[i]);
		for (int n = 0; n < 100; n++)
			assert_true(address_connect(&limits, &address, 0) &&
			            address_request(&limits, &address, 0));
		address_disconnect(&limits, &address);
	}
	address_read(&local, &address);
	assert_false(address.limited);
}

/* The table forgets who has no connection, the oldest first, and nobody else. */
static void test_full(void **state)
{
	char text[32];

	(void)state;
	address_limits_init(&limits, REQUESTS);
	for (int i = 0; i < ADDRESSES_MAXIMUM; i++) {
		struct address address;

		snprintf(text, sizeof(text), "10.0.%d.%d", i / 256, i % 256);
		address = address_of(text);
		assert_true(address_connect(&limits, &address, (uint64_t)i));
	}
	for (int i = 0; i < 2; i++) {
		struct address late = address_of("192.0.2.1"), first = address_of("10.0.0.7");
		struct address second = address_of("10.0.0.5");

		assert_false(address_connect(&limits, &late, 5000));
		address_disconnect(&limits, &first);
		address_disconnect(&limits, &second);
		assert_true(address_connect(&limits, &late, 5000));
		assert_true(address_connect(&limits, &first, 5000));
		assert_false(address_connect(&limits, &second, 5000));
		address_disconnect(&limits, &late);
		assert_true(address_connect(&limits, &second, 5000));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_connections),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_who_is_who),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
