/* Two real links over loopback. */
#include "link_pair.h"

static const struct hash channel = { { 1, 2, 3 } };

static void greet(struct link_end ends[2])
{
	for (unsigned i = 0; i < 2; i++) {
		link_expect(&ends[i], &channel, LINK_UP);
		link_say_hello(&ends[i], &channel, i);
	}
	for (unsigned i = 0; i < 2; i++)
		link_expect_frame(&ends[i], &channel, FRAME_HELLO);
}

/* Serves certificate requests of both until each has had one. */
static void configure(struct link_end ends[2], uint16_t north_dials, uint16_t south_dials)
{
	link_configure(&ends[0], &channel, 0, &ends[1].identity.public_key, north_dials);
	link_configure(&ends[1], &channel, 1, &ends[0].identity.public_key, south_dials);
	for (unsigned i = 0; i < 2; i++) {
		struct message message;

		do
			assert_ok(message_receive_wait(&ends[i].socket, PATIENCE, &message));
		while (message.type != LINK_NEED_CERTIFICATE);
		link_certify(&ends[i], &channel, &message, 0);
	}
}

static void start(struct link_end ends[2])
{
	link_end_start(&ends[0], 1);
	link_end_start(&ends[1], 2);
}

static void stop(struct link_end ends[2])
{
	link_end_stop(&ends[0]);
	link_end_stop(&ends[1]);
}

static void send_and_receive(struct link_end ends[2])
{
	struct frame_cosignature frame = { 3, bytes_of_string("— a line") }, got;
	struct buffer bytes;
	struct bytes payload;

	buffer_init(&bytes, 1024);
	assert_ok(frame_put_cosignature(&bytes, &frame));
	link_tell(&ends[0], LINK_SEND, &channel, bytes_of(bytes.data + 4, bytes.size - 4));
	payload = link_expect_frame(&ends[1], &channel, FRAME_COSIGNATURE);
	assert_ok(frame_get_cosignature(payload, &got, NULL));
	assert_int_equal(got.size, 3);
	buffer_release(&bytes);
}

static void test_one_side_cannot_be_reached(void **state)
{
	struct link_end ends[2];

	(void)state;
	start(ends);
	configure(ends, ends[1].port, 0);
	greet(ends);
	send_and_receive(ends);
	link_expect(&ends[0], &channel, LINK_HEALTH);
	stop(ends);
}

static void test_both_dial(void **state)
{
	struct link_end ends[2];
	bool up[2] = { false, false };

	(void)state;
	start(ends);
	configure(ends, ends[1].port, ends[0].port);
	/* One of the two connections stays; hellos may have gone over the other. */
	for (unsigned turn = 0; !(up[0] && up[1]); turn++) {
		struct link_end *end = &ends[turn % 2];
		struct message message;
		int r = message_receive_wait(&end->socket, 50, &message);

		assert_true(r == OK || r == ERROR_WAIT);
		assert_in_range(turn, 0, PATIENCE / 50);
		if (r == OK && message.type == LINK_UP)
			link_say_hello(end, &channel, turn % 2);
		if (r == OK && message.type == LINK_HEALTH)
			up[turn % 2] = true;
	}
	stop(ends);
}

static void test_another_identity_is_refused(void **state)
{
	struct link_end ends[2];
	struct ed25519_secret stranger;
	uint8_t seed[ED25519_SEED_SIZE] = { 9 };
	struct message message;

	(void)state;
	start(ends);
	ed25519_from_seed(&stranger, seed);
	link_configure(&ends[0], &channel, 0, &stranger.public_key, ends[1].port);
	link_configure(&ends[1], &channel, 1, &ends[0].identity.public_key, 0);
	link_expect(&ends[0], &channel, LINK_DOWN);
	/* South never sees north as up. */
	while (message_receive_wait(&ends[1].socket, 500, &message) == OK) {
		assert_int_not_equal(message.type, LINK_UP);
		if (message.type == LINK_NEED_CERTIFICATE)
			link_certify(&ends[1], &channel, &message, 0);
	}
	stop(ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_side_cannot_be_reached),
		cmocka_unit_test(test_both_dial),
		cmocka_unit_test(test_another_identity_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
