#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "keeper_messages.h"
#include "message.h"
#include "reader.h"
#include "torture.h"

struct pair {
	struct message_socket a, b;
};

static int set_up(void **state)
{
	static struct pair pair;
	int fds[2];

	assert_ok(message_socket_pair(fds));
	message_socket_init(&pair.a, fds[0]);
	message_socket_init(&pair.b, fds[1]);
	*state = &pair;
	return 0;
}

static int tear_down(void **state)
{
	struct pair *pair = *state;

	message_socket_release(&pair->a);
	message_socket_release(&pair->b);
	return 0;
}

static void test_small_messages_arrive_in_order(void **state)
{
	struct pair *pair = *state;
	struct message message;

	assert_ok(message_send(&pair->a, 7, 1, bytes_of_string("first"), -1));
	assert_ok(message_send(&pair->a, 8, 2, bytes_of(NULL, 0), -1));
	assert_ok(message_receive(&pair->b, &message));
	assert_int_equal(message.type, 7);
	assert_int_equal(message.request, 1);
	assert_int_equal(message.fd, -1);
	assert_bytes_string(message.body, "first");
	assert_ok(message_receive(&pair->b, &message));
	assert_int_equal(message.type, 8);
	assert_int_equal(message.body.size, 0);
	assert_int_equal(message_receive(&pair->b, &message), ERROR_WAIT);
}

/* More than the socket takes at once: the rest waits in the queue. */
static void test_the_longest_message_is_put_together(void **state)
{
	struct pair *pair = *state;
	uint8_t *body = malloc(MESSAGE_BODY_MAXIMUM);
	struct message message;
	int r;

	for (size_t i = 0; i < MESSAGE_BODY_MAXIMUM; i++)
		body[i] = (uint8_t)(i * 31 + i / 251);
	assert_ok(message_send(&pair->a, 9, 77, bytes_of(body, MESSAGE_BODY_MAXIMUM), -1));
	assert_ok(message_send(&pair->a, 10, 78, bytes_of_string("after it"), -1));
	assert_true(pair->a.queued > 0);
	while ((r = message_receive(&pair->b, &message)) == ERROR_WAIT)
		message_flush(&pair->a);
	assert_ok(r);
	assert_int_equal(message.type, 9);
	assert_int_equal(message.request, 77);
	assert_int_equal(message.body.size, MESSAGE_BODY_MAXIMUM);
	assert_memory_equal(message.body.data, body, MESSAGE_BODY_MAXIMUM);
	while ((r = message_receive(&pair->b, &message)) == ERROR_WAIT)
		message_flush(&pair->a);
	assert_ok(r);
	assert_bytes_string(message.body, "after it");
	assert_int_equal(pair->a.queued, 0);
	assert_int_equal(message_send(&pair->a, 9, 1, bytes_of(body, MESSAGE_BODY_MAXIMUM + 1), -1),
	                 ERROR_LIMIT);
	free(body);
}

static void test_the_queue_is_bounded(void **state)
{
	struct pair *pair = *state;
	uint8_t *body = calloc(1, MESSAGE_BODY_MAXIMUM);
	int r = OK, sent = 0;

	while (r == OK && sent < 100) {
		r = message_send(&pair->a, 9, 1, bytes_of(body, MESSAGE_BODY_MAXIMUM), -1);
		sent += r == OK;
	}
	assert_int_equal(r, ERROR_LIMIT);
	assert_true(pair->a.queued <= MESSAGE_QUEUE_MAXIMUM + MESSAGE_BODY_MAXIMUM);
	free(body);
}

static void test_a_descriptor_travels(void **state)
{
	struct pair *pair = *state;
	struct message message;
	struct stat before, after;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fstat(fds[0], &before), 0);
	assert_ok(message_send(&pair->a, 5, 1, bytes_of_string("x"), fds[0]));
	/* It was taken: closed on this side. */
	assert_int_equal(fcntl(fds[0], F_GETFD), -1);
	assert_ok(message_receive(&pair->b, &message));
	assert_true(message.fd >= 0);
	assert_int_equal(fstat(message.fd, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(fcntl(message.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	close(message.fd);
	close(fds[1]);
}

static void test_a_closed_peer_is_seen(void **state)
{
	struct pair *pair = *state;
	struct message message;

	assert_ok(message_send(&pair->a, 5, 1, bytes_of_string("last words"), -1));
	message_socket_release(&pair->a);
	assert_ok(message_receive(&pair->b, &message));
	assert_bytes_string(message.body, "last words");
	assert_int_equal(message_receive(&pair->b, &message), ERROR_NOT_FOUND);
	assert_int_equal(message_send(&pair->b, 5, 1, bytes_of_string("?"), -1), ERROR_NOT_FOUND);
}

/* Packets as no honest peer sends them. */
static void test_malformed_packets_are_refused(void **state)
{
	static const struct {
		const char *name;
		size_t count;
		struct {
			const char *bytes;
			size_t size;
		} packets[2];
	} cases[] = {
		{ "no header", 1, { { "\0\7\0", 3 } } },
		{ "an unknown flag", 1, { { "\0\7\0\2\0\0\0\1", 8 } } },
		{ "more to come of nothing", 1, { { "\0\7\0\1\0\0\0\1", 8 } } },
		{ "another type within",
		  2,
		  { { "\0\7\0\1\0\0\0\1a", 9 }, { "\0\10\0\0\0\0\0\1b", 9 } } },
		{ "another request within",
		  2,
		  { { "\0\7\0\1\0\0\0\1a", 9 }, { "\0\7\0\0\0\0\0\2b", 9 } } },
		{ "an empty end", 2, { { "\0\7\0\1\0\0\0\1a", 9 }, { "\0\7\0\0\0\0\0\1", 8 } } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct message_socket socket;
		struct message message;
		int fds[2];

		assert_ok(message_socket_pair(fds));
		message_socket_init(&socket, fds[1]);
		for (size_t j = 0; j < cases[i].count; j++)
			assert_int_equal(
			    send(fds[0], cases[i].packets[j].bytes, cases[i].packets[j].size, 0),
			    cases[i].packets[j].size);
		if (message_receive(&socket, &message) != ERROR_SYNTAX)
			fail_msg("%s", cases[i].name);
		message_socket_release(&socket);
		close(fds[0]);
	}
}

/* The sum of the pieces is bounded, however many there are. */
static void test_an_endless_message_is_refused(void **state)
{
	struct pair *pair = *state;
	static uint8_t packet[MESSAGE_PACKET_MAXIMUM] = { 0, 7, 0, 1 };
	struct message message;
	int r = ERROR_WAIT;

	for (int i = 0; i < 100 && r == ERROR_WAIT; i++) {
		assert_int_equal(send(pair->a.fd, packet, sizeof(packet), 0), sizeof(packet));
		r = message_receive(&pair->b, &message);
	}
	assert_int_equal(r, ERROR_LIMIT);
}

static int count_calls(void *context, struct message_socket *from, const struct message *message)
{
	(void)from;
	*(size_t *)context += message->body.size + 1;
	if (message->fd >= 0)
		close(message->fd);
	return OK;
}

static void test_the_table_decides(void **state)
{
	static const struct message_rule rules[] = {
		{ 1, false, 2, 3, count_calls },
		{ 2, true, 0, 0, count_calls },
	};
	struct pair *pair = *state;
	struct message message = { .type = 1, .body = bytes_of_string("ab"), .fd = -1 };
	size_t calls = 0;

	assert_ok(message_dispatch(rules, 2, &calls, &pair->a, &message));
	assert_int_equal(calls, 3);
	message.body = bytes_of_string("a");
	assert_int_equal(message_dispatch(rules, 2, &calls, &pair->a, &message), ERROR_LIMIT);
	message.body = bytes_of_string("abcd");
	assert_int_equal(message_dispatch(rules, 2, &calls, &pair->a, &message), ERROR_LIMIT);
	message.type = 3;
	assert_int_equal(message_dispatch(rules, 2, &calls, &pair->a, &message), ERROR_DENIED);
	message.type = 2;
	message.body.size = 0;
	assert_int_equal(message_dispatch(rules, 2, &calls, &pair->a, &message), ERROR_SYNTAX);
	message.fd = open("/dev/null", O_RDONLY);
	assert_ok(message_dispatch(rules, 2, &calls, &pair->a, &message));
	/* A descriptor where none belongs is closed. */
	message = (struct message){ .type = 1, .body = bytes_of_string("ab") };
	message.fd = open("/dev/null", O_RDONLY);
	assert_int_equal(message_dispatch(rules, 2, &calls, &pair->a, &message), ERROR_SYNTAX);
	assert_int_equal(fcntl(message.fd, F_GETFD), -1);
	assert_int_equal(calls, 4);
}

static void test_a_call_is_answered(void **state)
{
	struct pair *pair = *state;
	struct error error = { 0 };
	struct message answer;

	/* The answers are there before the questions: requests count from 1. */
	assert_ok(message_send(&pair->b, 4 | MESSAGE_REPLY, 1, bytes_of_string("yes"), -1));
	assert_ok(message_call(&pair->a, 4, bytes_of_string("?"), 1000, &answer, &error));
	assert_bytes_string(answer.body, "yes");
	error_set(&error, ERROR_STATE, "not %s", "now");
	assert_ok(message_send_error(&pair->b, 2, &error));
	error = (struct error){ 0 };
	assert_int_equal(message_call(&pair->a, 4, bytes_of_string("?"), 1000, &answer, &error),
	                 ERROR_STATE);
	assert_string_equal(error.message, "not now");
	assert_ok(message_send(&pair->b, 4 | MESSAGE_REPLY, 99, bytes_of_string("no"), -1));
	assert_int_equal(message_call(&pair->a, 4, bytes_of_string("?"), 1000, &answer, &error),
	                 ERROR_IO);
	assert_int_equal(message_call(&pair->a, 4, bytes_of_string("?"), 10, &answer, &error),
	                 ERROR_IO);
}

static void test_a_false_error_is_not_success(void **state)
{
	struct message message = { .type = MESSAGE_ERROR, .fd = -1 };
	struct error error = { 0 };

	(void)state;
	message.body = bytes_of("\0\0\0\0\0\0", 6);
	assert_int_equal(message_get_error(&message, &error), ERROR_SYNTAX);
	message.body = bytes_of("\0\3\0\0\0\0x", 7);
	assert_int_equal(message_get_error(&message, &error), ERROR_SYNTAX);
	message.body = bytes_of("\0\3\0\0\0\1x", 7);
	assert_int_equal(message_get_error(&message, &error), 3);
	assert_string_equal(error.message, "x");
}

static int send_and_receive(void *context)
{
	static uint8_t body[200000];
	struct message_socket a, b;
	struct message message;
	int fds[2], r;

	(void)context;
	assert_ok(message_socket_pair(fds));
	message_socket_init(&a, fds[0]);
	message_socket_init(&b, fds[1]);
	r = message_send(&a, 1, 1, bytes_of(body, sizeof(body)), -1);
	while (r == OK && (r = message_receive(&b, &message)) == ERROR_WAIT)
		r = message_flush(&a) == ERROR_IO ? ERROR_IO : OK;
	message_socket_release(&a);
	message_socket_release(&b);
	return r;
}

static void test_allocation_failures(void **state)
{
	(void)state;
	torture(send_and_receive, NULL);
}

static void test_reader_messages(void **state)
{
	struct reader_request request = { .parts = 3, .sealed_size = 5000, .content_maximum = 99 };
	struct reader_request request_back;
	struct reader_part part = {
		.number = 2,
		.size = 12,
		.standing = 1,
		.media_type = bytes_of_string("text/plain"),
		.language = bytes_of_string("en"),
		.name = bytes_of_string("a name"),
		.line = bytes_of_string("part 2\n"),
	};
	struct reader_part part_back;
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, 4096);
	memset(request.file_key, 7, sizeof(request.file_key));
	assert_ok(reader_put_request(&buffer, &request));
	assert_int_equal(buffer.size, READER_REQUEST_SIZE);
	assert_ok(reader_get_request(buffer_view(&buffer), &request_back));
	assert_memory_equal(&request, &request_back, sizeof(request));
	buffer_truncate(&buffer, buffer.size - 1);
	assert_int_equal(reader_get_request(buffer_view(&buffer), &request_back), ERROR_SYNTAX);
	buffer_clear(&buffer);
	assert_ok(reader_put_part(&buffer, &part));
	assert_ok(reader_get_part(buffer_view(&buffer), &part_back));
	assert_int_equal(part_back.number, 2);
	assert_int_equal(part_back.size, 12);
	assert_bytes_string(part_back.name, "a name");
	assert_bytes_string(part_back.line, "part 2\n");
	assert_ok(buffer_put_u8(&buffer, 0));
	assert_int_equal(reader_get_part(buffer_view(&buffer), &part_back), ERROR_SYNTAX);
	buffer_release(&buffer);
}

static void test_keeper_messages(void **state)
{
	struct hash leaves[3] = { { { 1 } }, { { 2 } }, { { 3 } } };
	struct keeper_commit commit = {
		.channel = { { 9 } },
		.previous_size = 4,
		.time = 1700000000,
		.head = { .note = bytes_of_string("a note"), .proof_count = 2, .proof = leaves },
		.leaf_count = 3,
		.leaves = leaves,
	};
	struct keeper_commit back;
	struct buffer buffer;

	(void)state;
	buffer_init(&buffer, MESSAGE_BODY_MAXIMUM);
	assert_ok(keeper_put_commit(&buffer, &commit));
	assert_ok(keeper_get_commit(buffer_view(&buffer), &back));
	assert_int_equal(back.previous_size, 4);
	assert_int_equal(back.time, 1700000000);
	assert_bytes_string(back.head.note, "a note");
	assert_int_equal(back.head.proof_count, 2);
	assert_int_equal(back.leaf_count, 3);
	assert_memory_equal(back.leaves, leaves, sizeof(leaves));
	/* Every prefix is refused, and every extension. */
	for (size_t size = 0; size < buffer.size; size++)
		assert_int_not_equal(keeper_get_commit(bytes_of(buffer.data, size), &back), OK);
	assert_ok(buffer_put_u8(&buffer, 0));
	assert_int_equal(keeper_get_commit(buffer_view(&buffer), &back), ERROR_SYNTAX);
	commit.leaf_count = KEEPER_LEAVES_MAXIMUM + 1;
	assert_int_equal(keeper_put_commit(&buffer, &commit), ERROR_LIMIT);
	buffer_release(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_small_messages_arrive_in_order, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_the_longest_message_is_put_together, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_the_queue_is_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_descriptor_travels, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_closed_peer_is_seen, set_up, tear_down),
		cmocka_unit_test(test_malformed_packets_are_refused),
		cmocka_unit_test_setup_teardown(test_an_endless_message_is_refused, set_up,
		                                tear_down),
		cmocka_unit_test_setup_teardown(test_the_table_decides, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_call_is_answered, set_up, tear_down),
		cmocka_unit_test(test_a_false_error_is_not_success),
		cmocka_unit_test(test_allocation_failures),
		cmocka_unit_test(test_reader_messages),
		cmocka_unit_test(test_keeper_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
