/* Heads of requests: what is taken, how much of it, and what is refused and why. */
#include "check.h"
#include "plain_request.h"

#define LINE "POST /x/add-checkpoint HTTP/1.1\r\n"

static const struct {
	const char *head;
	unsigned status;
} refused[] = {
	{ "\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: x\n\r\n", 400 },
	{ "GET / HTTP/1.1\nHost: x\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: x\n\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: x\r\nA b: y\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\nHost: x\r\nA: b\x01\r\n\r\n", 400 },
	{ "GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400 },
	{ "G@T / HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
	{ "GET x HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
	{ "GET / HTTP/1.1 x\r\nHost: x\r\n\r\n", 400 },
	{ "GET /  HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
	{ "GET / http/1.1\r\nHost: x\r\n\r\n", 400 },
	{ "GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505 },
	{ "GET /?x HTTP/1.1\r\nHost: x\r\n\r\n", 404 },
	{ "GET /%2e HTTP/1.1\r\nHost: x\r\n\r\n", 404 },
	{ LINE "Host: x\r\nContent-Length: 01\r\n\r\n", 400 },
	{ LINE "Host: x\r\nContent-Length: -1\r\n\r\n", 400 },
	{ LINE "Host: x\r\nContent-Length:\r\n\r\n", 400 },
	{ LINE "Host: x\r\nContent-Length: 1000000000000\r\n\r\n", 400 },
	{ LINE "Host: x\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\n", 400 },
	{ LINE "Host: x\r\nTransfer-Encoding: identity\r\n\r\n", 411 },
	{ LINE "Host: x\r\nExpect: 200-ok\r\n\r\n", 417 },
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct plain_request request = { .head_size = 77 };
		unsigned status = 0;
		int r = plain_request_read(bytes_of_string(refused[i].head), &request, &status);

		if (r != ERROR_SYNTAX || status != refused[i].status || request.head_size != 77)
			fail_msg("%d, status %u for: %s", r, status, refused[i].head);
	}
}

static void read_good(const char *head, struct plain_request *request)
{
	unsigned status = 0;

	assert_ok(plain_request_read(bytes_of_string(head), request, &status));
	assert_int_equal(status, 0);
}

static void test_taken(void **state)
{
	static const char head[] = LINE "host:\tx \r\nUser-Agent: a, b; c=\"d\"\r\n"
					"CONTENT-LENGTH: 12\r\nexpect: 100-Continue\r\n\r\n";
	struct plain_request request;

	(void)state;
	read_good(LINE "host:\tx \r\nUser-Agent: a, b; c=\"d\"\r\n"
	               "CONTENT-LENGTH: 12\r\nexpect: 100-Continue\r\n\r\nGET / HTTP/1.1\r\n",
	          &request);
	assert_int_equal(request.head_size, sizeof(head) - 1);
	assert_bytes_string(request.method, "POST");
	assert_bytes_string(request.path, "/x/add-checkpoint");
	assert_int_equal(request.body_size, 12);
	assert_true(request.keep_alive);
	assert_true(request.expects_continue);
	read_good("GET / HTTP/1.1\r\nHost: x\r\nConnection: te, Close\r\n\r\n", &request);
	assert_int_equal(request.body_size, 0);
	assert_false(request.keep_alive);
	assert_false(request.expects_continue);
	/* Of the older version too, without a Host; it is not kept. */
	read_good("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", &request);
	assert_false(request.keep_alive);
	/* Nothing to wait with. */
	read_good("GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n", &request);
	assert_false(request.expects_continue);
}

static void test_waiting(void **state)
{
	static const char head[] = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
	struct plain_request request;
	unsigned status;

	(void)state;
	for (size_t size = 0; size < sizeof(head) - 1; size++)
		assert_int_equal(plain_request_read(bytes_of(head, size), &request, &status),
		                 ERROR_WAIT);
	assert_ok(plain_request_read(bytes_of(head, sizeof(head) - 1), &request, &status));
}

static void test_too_long(void **state)
{
	static char head[PLAIN_HEAD_MAXIMUM + 8];
	struct plain_request request;
	unsigned status = 0;
	int written;

	(void)state;
	memset(head, 'a', sizeof(head));
	assert_int_equal(
	    plain_request_read(bytes_of(head, PLAIN_HEAD_MAXIMUM - 1), &request, &status),
	    ERROR_WAIT);
	assert_int_equal(plain_request_read(bytes_of(head, PLAIN_HEAD_MAXIMUM), &request, &status),
	                 ERROR_SYNTAX);
	assert_int_equal(status, 431);
	written = snprintf(head, sizeof(head), "GET /%0*d HTTP/1.1\r\nHost: x\r\n\r\n",
	                   PLAIN_TARGET_MAXIMUM - 1, 0);
	read_good(head, &request);
	assert_int_equal(request.path.size, PLAIN_TARGET_MAXIMUM);
	assert_int_equal(request.head_size, written);
	snprintf(head, sizeof(head), "GET /%0*d HTTP/1.1\r\nHost: x\r\n\r\n", PLAIN_TARGET_MAXIMUM,
	         0);
	assert_int_equal(plain_request_read(bytes_of_string(head), &request, &status),
	                 ERROR_SYNTAX);
	assert_int_equal(status, 414);
}

static void test_texts(void **state)
{
	(void)state;
	assert_string_equal(plain_status_text(409), "Conflict");
	assert_string_equal(plain_status_text(299), "Unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused), cmocka_unit_test(test_taken),
		cmocka_unit_test(test_waiting), cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
