/* From URLs and JSON to messages, and back: routes, queries, members. */
#include "check.h"
#include "json_reply.h"
#include "json_request.h"

enum { ROOM = 2 * 1024 * 1024 };

#define CHANNEL "aeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaqcaibaeaq"

/* --- routes ----------------------------------------------------------------- */

static void test_routes(void **state)
{
	struct route_match match;
	struct buffer allowed;

	(void)state;
	assert_ok(
	    route_find("GET", bytes_of_string("/v1/channels/abc/acts/north-7"), &match, NULL));
	assert_int_equal(match.route->message, API_ACT);
	assert_int_equal(match.parameter_count, 2);
	assert_bytes_string(match.parameters[0].name, "channel");
	assert_bytes_string(match.parameters[0].value, "abc");
	assert_bytes_string(match.parameters[1].value, "north-7");
	assert_int_equal(route_find("GET", bytes_of_string("/v1/channels/"), &match, NULL),
	                 ERROR_NOT_FOUND);
	assert_int_equal(route_find("GET", bytes_of_string("/v1/status/"), &match, NULL),
	                 ERROR_NOT_FOUND);
	assert_int_equal(route_find("GET", bytes_of_string(""), &match, NULL), ERROR_NOT_FOUND);
	assert_int_equal(route_find("GET", bytes_of_string("/"), &match, NULL), ERROR_NOT_FOUND);
	buffer_init(&allowed, 64);
	assert_int_equal(route_find("POST", bytes_of_string("/v1/setups/00"), &match, &allowed),
	                 ERROR_UNSUPPORTED);
	assert_bytes_string(buffer_view(&allowed), "GET, DELETE");
	buffer_release(&allowed);
}

static void test_every_message_has_one_route(void **state)
{
	unsigned seen[API_MESSAGE_END - API_STATUS] = { 0 };
	size_t count;
	const struct route *table = routes(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		seen[table[i].message - API_STATUS]++;
	for (size_t i = 0; i < API_MESSAGE_END - API_STATUS; i++)
		assert_int_equal(seen[i], 1);
}

/* --- queries ----------------------------------------------------------------- */

static void test_query(void **state)
{
	static const struct {
		const char *text;
		int result;
	} cases[] = {
		{ "", OK },
		{ "a=1", OK },
		{ "a=", OK },
		{ "a=1&b=%41%7a", OK },
		{ "a", ERROR_SYNTAX },
		{ "=1", ERROR_SYNTAX },
		{ "a=1&", ERROR_SYNTAX },
		{ "&a=1", ERROR_SYNTAX },
		{ "a=%4", ERROR_SYNTAX },
		{ "a=%", ERROR_SYNTAX },
		{ "a=%4g", ERROR_SYNTAX },
		{ "a=%00", ERROR_SYNTAX },
		{ "a=1&a=2", ERROR_USAGE },
		{ "a=1&%61=2", ERROR_USAGE },
		{ "a=&b=&c=&d=&e=&f=&g=&h=&i=&j=&k=&l=&m=", ERROR_LIMIT },
	};
	struct query query;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(query_parse(&query, bytes_of_string(cases[i].text), NULL),
		                 cases[i].result);
	assert_ok(query_parse(&query, bytes_of_string("x%3dy=a%26b"), NULL));
	assert_bytes_string(query.parameters[0].name, "x=y");
	assert_bytes_string(query.parameters[0].value, "a&b");
	assert_null(query_find(&query, "x"));
}

/* --- requests ----------------------------------------------------------------- */

static int write_request(const char *method, const char *path, const char *query_text,
                         const char *json, struct api_writer *writer, struct error *error)
{
	struct route_match match;
	struct query query;
	struct http_input input = { &match, &query, bytes_of_string(json), "alice" };
	struct bytes body;
	int r;

	assert_ok(route_find(method, bytes_of_string(path), &match, NULL));
	api_writer_init(writer, api_request_record(match.route->message), ROOM);
	if ((r = query_parse(&query, bytes_of_string(query_text), error)) != OK ||
	    (r = json_request_write(&input, writer, error)) != OK)
		return r;
	return api_writer_finish(writer, &body);
}

static void test_members(void **state)
{
	static const struct {
		const char *json;
		int result;
		const char *message; /* part of it */
	} cases[] = {
		{ "{\"text\":\"a\",\"armors\":[\"x\"]}", OK, "" },
		{ "{\"text\":\"a\",\"armors\":[]}", OK, "" },
		{ "{\"armors\":[\"x\"]}", ERROR_USAGE, "the member 'text' is missing" },
		{ "", ERROR_USAGE, "the member 'text' is missing" },
		{ "{\"text\":1,\"armors\":[]}", ERROR_USAGE, "'text' must be a string" },
		{ "{\"text\":null,\"armors\":[]}", ERROR_USAGE, "'text' must be a string" },
		{ "{\"text\":\"a\",\"armors\":\"x\"}", ERROR_USAGE, "'armors' must be an array" },
		{ "{\"text\":\"a\",\"armors\":[1]}", ERROR_USAGE, "'armors' must be of strings" },
		{ "{\"text\":\"a\",\"armors\":[],\"b\":1}", ERROR_USAGE,
		  "the member 'b' is unknown" },
		{ "{\"text\":\"a\",\"channel\":\"b\",\"armors\":[]}", ERROR_USAGE,
		  "the member 'channel' is unknown" },
		{ "{\"text\":\"a\",\"text\":\"b\",\"armors\":[]}", ERROR_SYNTAX, "duplicate" },
		{ "[]", ERROR_SYNTAX, "object" },
		{ "{\"text\":\"a\"", ERROR_SYNTAX, "not JSON" },
		{ "{\"text\":\"\\u0000\",\"armors\":[]}", ERROR_SYNTAX, "not JSON" },
		{ "{\"a\":[[[[[[[[1]]]]]]]]}", ERROR_LIMIT, "nested" },
		{ "{\"text\":\"[[[[[[[[[[\",\"armors\":[]}", OK, "" },
		{ "{\"text\":\"\\\"[[[[[[[[[\",\"armors\":[]}", OK, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct api_writer writer;
		struct error error = { 0 };

		assert_int_equal(write_request("POST", "/v1/channels/" CHANNEL "/acts", "",
		                               cases[i].json, &writer, &error),
		                 cases[i].result);
		assert_non_null(strstr(error.message, cases[i].message));
		api_writer_release(&writer);
	}
}

static void test_parameters(void **state)
{
	static const struct {
		const char *path, *query;
		int result;
	} cases[] = {
		{ "/v1/channels/" CHANNEL "/log", "", OK },
		{ "/v1/channels/" CHANNEL "/log", "north=5&south=6&count=7&full=1", OK },
		{ "/v1/channels/" CHANNEL "/log", "count=07", ERROR_USAGE },
		{ "/v1/channels/" CHANNEL "/log", "count=9223372036854775808", ERROR_USAGE },
		{ "/v1/channels/" CHANNEL "/log", "full=yes", ERROR_USAGE },
		{ "/v1/channels/" CHANNEL "/log", "north=x", ERROR_USAGE },
		{ "/v1/channels/" CHANNEL "/matters", "north=1", ERROR_USAGE },
		{ "/v1/channels/" CHANNEL "x/log", "", ERROR_USAGE },
		{ "/v1/channels/AEAQ/log", "", ERROR_USAGE },
		{ "/v1/channels/" CHANNEL "/blobs/00", "", ERROR_USAGE },
		{ "/v1/setups/0123456789abcdef0123456789abcdef", "", OK },
		{ "/v1/setups/0123456789ABCDEF0123456789abcdef", "", ERROR_USAGE },
		{ "/v1/status", "a=1", ERROR_USAGE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct api_writer writer;
		struct error error = { 0 };

		assert_int_equal(
		    write_request("GET", cases[i].path, cases[i].query, "", &writer, &error),
		    cases[i].result);
		api_writer_release(&writer);
	}
}

static void test_the_user_is_told(void **state)
{
	struct api_request request;
	struct api_writer writer;
	struct bytes body;

	(void)state;
	assert_ok(write_request("POST", "/v1/channels/" CHANNEL "/acts/north-7/file-key", "", "{}",
	                        &writer, NULL));
	assert_ok(api_writer_finish(&writer, &body));
	assert_ok(api_request_parse(api_request_record(API_FILE_KEY), body, &request));
	assert_bytes_string(api_request_text(&request, "who"), "alice");
	assert_bytes_string(api_request_text(&request, "act"), "north-7");
	api_writer_release(&writer);
}

/* --- answers ------------------------------------------------------------------ */

static void check_reply(struct api_writer *writer, uint16_t type, unsigned status,
                        unsigned expected_status, const char *expected)
{
	struct http_answer answer;
	struct bytes body;

	assert_ok(api_writer_finish(writer, &body));
	http_answer_init(&answer);
	assert_ok(json_reply_write(type, body, status, &answer));
	assert_bytes_string(buffer_view(&answer.body), expected);
	assert_int_equal(answer.status, expected_status);
	http_answer_release(&answer);
	for (size_t size = 0; size < body.size; size++) {
		http_answer_init(&answer);
		assert_int_not_equal(
		    json_reply_write(type, bytes_of(body.data, size), status, &answer), OK);
		http_answer_release(&answer);
	}
	api_writer_release(writer);
}

static void test_replies(void **state)
{
	static const struct hash hash = { { 0 } };
	struct api_writer writer;

	(void)state;
	api_writer_init(&writer, api_reply_record(API_SUBMIT), ROOM);
	api_write_string(&writer, "name", "north-7");
	api_write_number(&writer, "number", 7);
	api_write_hash(&writer, "leaf", &hash);
	api_write_time(&writer, "logged", 1795356000);
	api_write_bool(&writer, "duplicate", true);
	check_reply(&writer, API_SUBMIT, 201, 200,
	            "{\"name\":\"north-7\",\"number\":7,"
	            "\"leaf\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\","
	            "\"logged\":\"2026-11-22T14:00:00Z\",\"duplicate\":true}\n");

	api_writer_init(&writer, api_reply_record(API_CHECK), ROOM);
	api_write_string(&writer, "verdict", "valid");
	api_write_string(&writer, "reason", NULL);
	api_write_string(&writer, "reason_text", "");
	check_reply(&writer, API_CHECK, 200, 200,
	            "{\"verdict\":\"valid\",\"reason\":null,\"reason_text\":null}\n");

	api_writer_init(&writer, api_reply_record(API_HEADS), ROOM);
	api_write_begin(&writer, "");
	api_write_begin(&writer, "north");
	api_write_number(&writer, "size", 1);
	api_write_text(&writer, "note", bytes_of("\xe2\x80\x94\n", 4));
	api_write_end(&writer);
	api_write_nothing(&writer, "south");
	api_write_end(&writer);
	api_write_begin(&writer, "cosigned");
	api_write_end(&writer);
	check_reply(&writer, API_HEADS, 200, 200,
	            "{\"north\":{\"size\":1,\"note\":\"\xe2\x80\x94\\n\"},\"south\":null,"
	            "\"cosigned\":{}}\n");

	api_writer_init(&writer, api_reply_record(API_BLOB_DATA), ROOM);
	api_write_octets(&writer, "data", bytes_of("a\0b", 3));
	{
		struct http_answer answer;
		struct bytes body;

		assert_ok(api_writer_finish(&writer, &body));
		http_answer_init(&answer);
		assert_ok(json_reply_write(API_BLOB_DATA, body, 200, &answer));
		assert_int_equal(answer.body.size, 3);
		assert_string_equal(answer.content_type, "application/octet-stream");
		http_answer_release(&answer);
	}
	api_writer_release(&writer);
}

static void test_text_that_is_not_utf8(void **state)
{
	struct api_writer writer;

	(void)state;
	api_writer_init(&writer, api_reply_record(API_NEW_KEY), ROOM);
	api_write_string(&writer, "purpose", "a\xff\x1b");
	api_write_string(&writer, "key", "k");
	check_reply(&writer, API_NEW_KEY, 201, 201, "{\"purpose\":\"a?\\u001B\",\"key\":\"k\"}\n");
}

static void test_failures(void **state)
{
	struct api_failure failure = { 0 };
	struct http_answer answer;

	(void)state;
	error_set_line(&failure.error, ERROR_DENIED, 3, "not \"so\"");
	memcpy(failure.reason, "lapsed", 7);
	http_answer_init(&answer);
	assert_ok(json_failure_write(&failure, &answer));
	assert_int_equal(answer.status, 409);
	assert_bytes_string(buffer_view(&answer.body),
	                    "{\"error\":{\"code\":\"denied\",\"message\":\"not \\\"so\\\"\","
	                    "\"line\":3,\"reason\":\"lapsed\"}}\n");
	http_answer_release(&answer);
	for (int code = OK + 1; code < RESULT_COUNT; code++) {
		assert_non_null(http_error_name(code));
		assert_in_range(http_error_status(code), 400, 503);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_every_message_has_one_route),
		cmocka_unit_test(test_query),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_the_user_is_told),
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_text_that_is_not_utf8),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
