/* Who may connect to a link, and what a peer that may can do to it. */
#include "link_caller.h"

#include <errno.h>

static const struct hash channel = { { 4, 5, 6 } };

struct listener {
	struct link_end end;
	struct ed25519_secret peer; /* the link key that is pinned */
};

static void start(struct listener *listener)
{
	uint8_t seed[ED25519_SEED_SIZE] = { 77 };
	struct message message;

	link_end_start(&listener->end, 1);
	ed25519_from_seed(&listener->peer, seed);
	link_configure(&listener->end, &channel, 0, &listener->peer.public_key, 0);
	assert_ok(message_receive_wait(&listener->end.socket, PATIENCE, &message));
	assert_int_equal(message.type, LINK_NEED_CERTIFICATE);
	link_certify(&listener->end, &channel, &message, 0);
}

/* --- who may connect ---------------------------------------------------------------- */

/* The engine hears nothing of it, and the caller is told to go. */
static void refuse(struct listener *listener, struct caller_options options)
{
	struct message message;
	struct caller caller;

	if (caller_connect(&caller, listener->end.port, &channel, &options)) {
		uint8_t byte;

		assert_true(SSL_read(caller.ssl, &byte, 1) <= 0);
	}
	caller_close(&caller);
	ERR_clear_error();
	assert_int_equal(message_receive_wait(&listener->end.socket, 50, &message), ERROR_WAIT);
}

static void test_who_is_refused(void **state)
{
	struct listener listener;
	struct ed25519_secret stranger;
	uint8_t seed[ED25519_SEED_SIZE] = { 9 };

	(void)state;
	start(&listener);
	ed25519_from_seed(&stranger, seed);
	/* expired; not valid yet; by the listener's own party; by a stranger; none */
	refuse(&listener, (struct caller_options){ .issuer = &listener.peer, .age = 2 * 86400 });
	refuse(&listener, (struct caller_options){ .issuer = &listener.peer, .age = -86400 });
	refuse(&listener, (struct caller_options){ .issuer = &listener.end.identity });
	refuse(&listener, (struct caller_options){ .issuer = &stranger });
	refuse(&listener, (struct caller_options){ .issuer = NULL });
	refuse(&listener, (struct caller_options){ .issuer = &listener.peer, .no_name = true });
	refuse(&listener, (struct caller_options){ .issuer = &listener.peer, .other_name = true });
	refuse(&listener, (struct caller_options){ .issuer = &listener.peer, .no_protocol = true });
	refuse(&listener,
	       (struct caller_options){ .issuer = &listener.peer, .other_protocol = true });
	refuse(&listener, (struct caller_options){ .issuer = &listener.peer, .old_version = true });
	link_end_stop(&listener.end);
}

/* An honest peer, hellos exchanged. */
static void join(struct listener *listener, struct caller *caller)
{
	struct caller_options honest = { .issuer = &listener->peer };

	assert_true(caller_connect(caller, listener->end.port, &channel, &honest));
	link_expect(&listener->end, &channel, LINK_UP);
	link_say_hello(&listener->end, &channel, 0);
	caller_hello(caller, &channel);
	link_expect_frame(&listener->end, &channel, FRAME_HELLO);
}

static void test_garbage_and_silence(void **state)
{
	uint8_t garbage[1000], byte;
	struct listener listener;
	struct caller caller;
	int silent, noisy, r = 1;

	(void)state;
	start(&listener);
	memset(garbage, 0x16, sizeof(garbage));
	noisy = caller_socket(listener.end.port);
	assert_int_equal(write(noisy, garbage, sizeof(garbage)), sizeof(garbage));
	while (r > 0)
		r = (int)read(noisy, &byte, 1);
	assert_true(r == 0 || errno == ECONNRESET);
	close(noisy);
	/* One that says a byte now and then is let go after ten seconds; others are
	 * served meanwhile. */
	silent = caller_socket(listener.end.port);
	assert_int_equal(write(silent, "\x16", 1), 1);
	join(&listener, &caller);
	assert_int_equal(read(silent, &byte, 1), 0);
	close(silent);
	caller_close(&caller);
	link_expect(&listener.end, &channel, LINK_DOWN);
	link_end_stop(&listener.end);
}

/* From one address only so many strangers are let in at once. */
static void test_many_strangers(void **state)
{
	struct listener listener;
	unsigned refused = 0;
	uint8_t byte;
	int fds[24];

	(void)state;
	start(&listener);
	for (unsigned i = 0; i < 24; i++)
		fds[i] = caller_socket(listener.end.port);
	usleep(300000);
	for (unsigned i = 0; i < 24; i++)
		refused += recv(fds[i], &byte, 1, MSG_DONTWAIT) == 0;
	assert_int_equal(refused, 8);
	for (unsigned i = 0; i < 24; i++)
		close(fds[i]);
	link_end_stop(&listener.end);
}

/* --- what a peer may send --------------------------------------------------------------- */

static void expect_refusal(const void *data, size_t size, unsigned times, int code)
{
	struct listener listener;
	struct caller caller;

	start(&listener);
	join(&listener, &caller);
	for (unsigned i = 0; i < times; i++)
		caller_write(&caller, data, size);
	assert_int_equal(caller_last_words(&caller), code);
	link_expect(&listener.end, &channel, LINK_DOWN);
	caller_close(&caller);
	/* The next one is as welcome as the first. */
	join(&listener, &caller);
	caller_close(&caller);
	link_end_stop(&listener.end);
}

static void test_frames_that_are_refused(void **state)
{
	static const uint8_t oversize[] = { 0, 0x10, 0, 1, FRAME_BLOB_CHUNK };
	static const uint8_t empty[] = { 0, 0, 0, 0 };
	static const uint8_t unknown[] = { 0, 0, 0, 3, 0x55, 1, 2 };
	static const uint8_t short_one[] = { 0, 0, 0, 3, FRAME_CREDIT, 1, 2 };
	static const uint8_t much_credit[] = { 0, 0, 0, 5, FRAME_CREDIT, 0xff, 0xff, 0xff, 0xff };

	(void)state;
	expect_refusal(oversize, sizeof(oversize), 1, ERROR_LIMIT);
	expect_refusal(empty, sizeof(empty), 1, ERROR_LIMIT);
	expect_refusal(unknown, sizeof(unknown), 1, ERROR_UNSUPPORTED);
	expect_refusal(short_one, sizeof(short_one), 1, ERROR_SYNTAX);
	expect_refusal(much_credit, sizeof(much_credit), 1, ERROR_LIMIT);
}

static void test_more_than_the_credit(void **state)
{
	struct frame_blob_request request = { .length = 1 };
	struct buffer frame;

	(void)state;
	buffer_init(&frame, 128);
	assert_ok(frame_put_blob_request(&frame, &request));
	expect_refusal(frame.data, frame.size, FRAME_INITIAL_CREDIT + 1, ERROR_LIMIT);
	buffer_release(&frame);
}

/* An optional type is passed over; a frame may come byte by byte. */
static void test_odd_but_allowed(void **state)
{
	static const uint8_t optional[] = { 0, 0, 0, 3, 0x80, 1, 2 };
	struct frame_cosignature cosignature = { 3, bytes_of_string("— a line") };
	struct listener listener;
	struct caller caller;
	struct buffer frame;

	(void)state;
	start(&listener);
	join(&listener, &caller);
	caller_write(&caller, optional, sizeof(optional));
	buffer_init(&frame, 256);
	assert_ok(frame_put_cosignature(&frame, &cosignature));
	for (size_t i = 0; i < frame.size; i++)
		caller_write(&caller, frame.data + i, 1);
	link_expect_frame(&listener.end, &channel, FRAME_COSIGNATURE);
	/* Half a frame and gone. */
	caller_write(&caller, frame.data, frame.size / 2);
	caller_close(&caller);
	link_expect(&listener.end, &channel, LINK_DOWN);
	buffer_release(&frame);
	link_end_stop(&listener.end);
}

/* Tests by the million and no reading: the echoes must not pile up for ever. */
static void test_a_peer_that_does_not_read(void **state)
{
	enum { AT_ONCE = 700 };
	struct frame_test test = { 1, 2 };
	struct listener listener;
	struct caller caller;
	struct message message;
	struct buffer frames;
	bool down = false;

	(void)state;
	start(&listener);
	join(&listener, &caller);
	buffer_init(&frames, 64 * 1024);
	for (unsigned i = 0; i < AT_ONCE; i++)
		assert_ok(frame_put_test(&frames, &test));
	for (unsigned i = 0; i < 4000 && !down; i++) {
		if (SSL_write(caller.ssl, frames.data, (int)frames.size) <= 0)
			break;
		while (message_receive(&listener.end.socket, &message) == OK)
			down |= message.type == LINK_DOWN;
	}
	if (!down)
		link_expect(&listener.end, &channel, LINK_DOWN);
	caller_close(&caller);
	buffer_release(&frames);
	ERR_clear_error();
	link_end_stop(&listener.end);
}

/* The same party calls again: the new connection counts, the old one is told. */
static void test_a_connection_is_replaced(void **state)
{
	struct listener listener;
	struct caller first, second;

	(void)state;
	start(&listener);
	join(&listener, &first);
	join(&listener, &second);
	assert_int_equal(caller_last_words(&first), OK);
	caller_close(&first);
	/* What the first one's end says does not reach the second. */
	link_say_hello(&listener.end, &channel, 0);
	caller_close(&second);
	link_expect(&listener.end, &channel, LINK_DOWN);
	link_end_stop(&listener.end);
}

/* --- much at once ------------------------------------------------------------------------- */

static void put_chunk(struct link_end *end, uint64_t serial, const uint8_t *bytes)
{
	struct frame_blob_chunk chunk = { .total = UINT64_MAX,
		                          .offset = serial,
		                          .data = bytes_of(bytes, FRAME_CHUNK_MAXIMUM) };
	struct buffer frame;

	buffer_init(&frame, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	assert_ok(frame_put_blob_chunk(&frame, &chunk));
	link_tell(end, LINK_SEND, &channel, bytes_of(frame.data + 4, frame.size - 4));
	buffer_release(&frame);
}

static void consume(struct link_end *end)
{
	struct buffer count;

	buffer_init(&count, 4);
	assert_ok(buffer_put_u32(&count, 1));
	link_tell(end, LINK_CONSUMED, &channel, buffer_view(&count));
	buffer_release(&count);
}

/* Everything arrives once and in order, also when the engine over there does not
 * take it for a while. */
static void test_much_under_back_pressure(void **state)
{
	enum { CHUNKS = 80 };
	uint8_t *bytes = calloc(1, FRAME_CHUNK_MAXIMUM);
	struct link_end ends[2];
	uint64_t sent = 0;

	(void)state;
	for (unsigned i = 0; i < 2; i++)
		link_end_start(&ends[i], (uint8_t)(i + 1));
	for (unsigned i = 0; i < 2; i++) {
		struct message message;

		link_configure(&ends[i], &channel, i, &ends[1 - i].identity.public_key,
		               i == 0 ? ends[1].port : 0);
		assert_ok(message_receive_wait(&ends[i].socket, PATIENCE, &message));
		link_certify(&ends[i], &channel, &message, 0);
	}
	for (unsigned i = 0; i < 2; i++) {
		link_expect(&ends[i], &channel, LINK_UP);
		link_say_hello(&ends[i], &channel, i);
	}
	for (unsigned i = 0; i < 2; i++)
		link_expect_frame(&ends[i], &channel, FRAME_HELLO);
	for (; sent < FRAME_INITIAL_CREDIT; sent++)
		put_chunk(&ends[0], sent, bytes);
	usleep(500000);
	for (uint64_t received = 0; received < CHUNKS; received++) {
		struct frame_blob_chunk chunk;
		struct bytes payload = link_expect_frame(&ends[1], &channel, FRAME_BLOB_CHUNK);

		assert_ok(frame_get_blob_chunk(payload, &chunk, NULL));
		assert_int_equal(chunk.offset, received);
		assert_int_equal(chunk.data.size, FRAME_CHUNK_MAXIMUM);
		consume(&ends[1]);
		if (sent == CHUNKS)
			continue;
		link_expect(&ends[0], &channel, LINK_CREDIT);
		put_chunk(&ends[0], sent++, bytes);
	}
	free(bytes);
	link_end_stop(&ends[0]);
	link_end_stop(&ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_is_refused),
		cmocka_unit_test(test_garbage_and_silence),
		cmocka_unit_test(test_many_strangers),
		cmocka_unit_test(test_frames_that_are_refused),
		cmocka_unit_test(test_more_than_the_credit),
		cmocka_unit_test(test_odd_but_allowed),
		cmocka_unit_test(test_a_peer_that_does_not_read),
		cmocka_unit_test(test_a_connection_is_replaced),
		cmocka_unit_test(test_much_under_back_pressure),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
