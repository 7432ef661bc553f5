/* Records of the API as bytes: the order of the tables is kept, and what is not
 * such a record is refused. */
#include "api_reader.h"
#include "api_writer.h"
#include "check.h"
#include "torture.h"

enum { ROOM = 65536 };

static const struct hash hash = { { 1, 2, 3 } };

static void write_sizes(struct api_writer *writer, uint64_t own)
{
	api_writer_init(writer, api_reply_record(API_WAIT), ROOM);
	api_write_number(writer, "own_size", own);
	api_write_number(writer, "their_size", 2);
	api_write_number(writer, "own_receipted", 3);
}

static void test_every_type_has_records(void **state)
{
	(void)state;
	for (unsigned type = API_STATUS; type < API_MESSAGE_END; type++) {
		assert_non_null(api_request_record((uint16_t)type));
		assert_non_null(api_reply_record((uint16_t)type));
		assert_true(api_request_record((uint16_t)type)->field_count <= API_FIELDS_MAXIMUM);
	}
	assert_null(api_request_record(API_STATUS - 1));
	assert_null(api_request_record(API_MESSAGE_END));
	assert_null(api_reply_record(API_MESSAGE_END));
}

static void test_fields_in_order(void **state)
{
	struct api_writer writer;
	struct api_value value;
	struct cursor cursor;
	struct bytes body;

	(void)state;
	write_sizes(&writer, 1);
	assert_ok(api_writer_finish(&writer, &body));
	cursor = cursor_over(body);
	for (uint64_t i = 1; i <= 3; i++) {
		assert_ok(api_read_value(&cursor, API_TYPE_NUMBER, 0, &value));
		assert_int_equal(value.number, i);
	}
	assert_ok(cursor_end(&cursor));
	api_writer_release(&writer);
}

/* Each is what an answer must not be. */
static void wrong_name(struct api_writer *writer)
{
	api_write_number(writer, "their_size", 1);
}

static void wrong_type(struct api_writer *writer)
{
	api_write_string(writer, "own_size", "1");
}

static void too_few(struct api_writer *writer)
{
	api_write_number(writer, "own_size", 1);
}

static void null_where_none_may_be(struct api_writer *writer)
{
	api_write_nothing(writer, "own_size");
}

static void end_too_many(struct api_writer *writer)
{
	api_write_end(writer);
}

static void begin_of_a_number(struct api_writer *writer)
{
	api_write_begin(writer, "own_size");
}

static void test_what_the_table_does_not_say(void **state)
{
	static void (*const writings[])(struct api_writer *) = {
		wrong_name,   wrong_type,        too_few, null_where_none_may_be,
		end_too_many, begin_of_a_number,
	};
	struct bytes body = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof writings / sizeof writings[0]; i++) {
		struct api_writer writer;

		api_writer_init(&writer, api_reply_record(API_WAIT), ROOM);
		writings[i](&writer);
		assert_int_equal(api_writer_finish(&writer, &body), ERROR_INTERNAL);
		assert_null(body.data);
		api_writer_release(&writer);
	}
	{
		struct api_writer writer;

		write_sizes(&writer, API_NUMBER_MAXIMUM + 1);
		assert_int_equal(api_writer_finish(&writer, &body), ERROR_LIMIT);
		api_writer_release(&writer);
	}
}

static void write_submission(struct api_writer *writer, const char *text, unsigned armors)
{
	api_writer_init(writer, api_request_record(API_SUBMIT), ROOM * 16);
	api_write_hash(writer, "channel", &hash);
	api_write_string(writer, "text", text);
	api_write_begin(writer, "armors");
	for (unsigned i = 0; i < armors; i++)
		api_write_string(writer, NULL, i == 0 ? "first" : "second");
	api_write_end(writer);
	api_write_octets(writer, "body", bytes_of_string("sealed"));
}

static void test_request(void **state)
{
	struct api_request request;
	const struct api_value *items;
	struct api_writer writer;
	struct hash channel;
	struct bytes body;

	(void)state;
	write_submission(&writer, "words", 2);
	assert_ok(api_writer_finish(&writer, &body));
	assert_ok(api_request_parse(api_request_record(API_SUBMIT), body, &request));
	channel = api_request_hash(&request, "channel");
	assert_true(hash_equal(&channel, &hash));
	assert_bytes_string(api_request_text(&request, "text"), "words");
	assert_int_equal(api_request_items(&request, "armors", NULL, &items), 2);
	assert_bytes_string(items[1].text, "second");
	assert_bytes_string(api_request_text(&request, "body"), "sealed");
	assert_false(api_request_has(&request, "nothing"));
	assert_int_equal(api_request_number(&request, "nothing", 7), 7);
	assert_int_equal(api_request_items(&request, "nothing", NULL, &items), 0);
	for (size_t size = 0; size < body.size; size++)
		assert_int_not_equal(api_request_parse(api_request_record(API_SUBMIT),
		                                       bytes_of(body.data, size), &request),
		                     OK);
	api_writer_release(&writer);

	write_submission(&writer, "words", API_ITEMS_MAXIMUM + 1);
	assert_ok(api_writer_finish(&writer, &body));
	assert_int_equal(api_request_parse(api_request_record(API_SUBMIT), body, &request),
	                 ERROR_LIMIT);
	api_writer_release(&writer);
}

static void test_optional_fields(void **state)
{
	struct api_request request;
	const struct api_value *numbers;
	const struct bytes *names;
	struct api_writer writer;
	struct bytes body;

	(void)state;
	api_writer_init(&writer, api_request_record(API_LOG), ROOM);
	api_write_hash(&writer, "channel", &hash);
	api_write_nothing(&writer, "count");
	api_write_string(&writer, "party", "north");
	api_write_bool(&writer, "full", true);
	api_write_begin(&writer, "cursor");
	api_write_number(&writer, "south", 5);
	api_write_end(&writer);
	assert_ok(api_writer_finish(&writer, &body));
	assert_ok(api_request_parse(api_request_record(API_LOG), body, &request));
	assert_false(api_request_has(&request, "count"));
	assert_int_equal(api_request_number(&request, "count", 100), 100);
	assert_int_equal(api_request_number(&request, "full", 0), 1);
	assert_int_equal(api_request_items(&request, "cursor", &names, &numbers), 1);
	assert_bytes_string(names[0], "south");
	assert_int_equal(numbers[0].number, 5);
	api_writer_release(&writer);
}

static void test_failure(void **state)
{
	struct api_failure failure;
	struct buffer body;
	struct error error;

	(void)state;
	error_set_line(&error, ERROR_SYNTAX, 7, "the key 'time' is missing");
	buffer_init(&body, 1024);
	assert_ok(api_put_failure(&body, &error, "lapsed"));
	assert_ok(api_get_failure(buffer_view(&body), &failure));
	assert_int_equal(failure.error.code, ERROR_SYNTAX);
	assert_int_equal(failure.error.line, 7);
	assert_string_equal(failure.error.message, "the key 'time' is missing");
	assert_string_equal(failure.reason, "lapsed");
	for (size_t size = 0; size < body.size; size++)
		assert_int_equal(api_get_failure(bytes_of(body.data, size), &failure),
		                 ERROR_SYNTAX);
	body.data[0] = body.data[1] = 0;
	assert_int_equal(api_get_failure(buffer_view(&body), &failure), ERROR_SYNTAX);
	buffer_release(&body);
}

static int write_once(void *context)
{
	struct api_writer writer;
	struct bytes body;
	int r;

	(void)context;
	write_submission(&writer, "words", 2);
	r = api_writer_finish(&writer, &body);
	api_writer_release(&writer);
	return r;
}

static void test_out_of_memory(void **state)
{
	(void)state;
	torture(write_once, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_type_has_records),
		cmocka_unit_test(test_fields_in_order),
		cmocka_unit_test(test_what_the_table_does_not_say),
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_optional_fields),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
