/* The link's state machine by itself; two of them are in test_link_machines.c. */
#include "check.h"
#include "machine.h"

#include <string.h>

#define SECOND UINT64_C(1000000000)

/* --- one machine ------------------------------------------------------------- */

struct alone {
	struct link_machine machine;
	struct link_effects effects;
	uint64_t now;
};

static struct link_effects *step(struct alone *alone, struct link_event event)
{
	event.now = alone->now;
	event.utc = 1795356000000 + alone->now / 1000000;
	event.random = alone->now * 2654435761u;
	link_machine_step(&alone->machine, &event, &alone->effects);
	return &alone->effects;
}

static const struct link_effect *find(const struct link_effects *effects,
                                      enum link_effect_type type)
{
	for (size_t i = 0; i < effects->count; i++)
		if (effects->items[i].type == type)
			return &effects->items[i];
	return NULL;
}

static void start(struct alone *alone, bool may_dial)
{
	*alone = (struct alone){ .now = SECOND };
	link_machine_init(&alone->machine);
	step(alone, (struct link_event){
			.type = LINK_EVENT_CONFIGURED, .may_dial = may_dial, .endpoint_count = 2 });
}

static struct link_effects *connect_as(struct alone *alone, uint32_t connection, bool dialled)
{
	return step(alone, (struct link_event){ .type = LINK_EVENT_CONNECTED,
	                                        .connection = connection,
	                                        .dialled = dialled });
}

/* A frame that was printed whole, as it arrives. */
static struct link_effects *arrive(struct alone *alone, const struct buffer *frame)
{
	return step(alone,
	            (struct link_event){ .type = LINK_EVENT_FRAME,
	                                 .connection = alone->machine.connection,
	                                 .frame_type = frame->data[4],
	                                 .payload = bytes_of(frame->data + 5, frame->size - 5) });
}

static struct link_effects *arrive_raw(struct alone *alone, uint8_t type, size_t size)
{
	static const uint8_t zeros[64];

	return step(alone, (struct link_event){ .type = LINK_EVENT_FRAME,
	                                        .connection = alone->machine.connection,
	                                        .frame_type = type,
	                                        .payload = bytes_of(zeros, size) });
}

static struct link_effects *arrive_hello(struct alone *alone)
{
	struct frame_hello hello = { .version_minimum = 1, .version_maximum = 1, .party = 1 };
	struct link_effects *effects;
	struct buffer frame;

	buffer_init(&frame, 1024);
	assert_ok(frame_put_hello(&frame, &hello));
	effects = arrive(alone, &frame);
	buffer_release(&frame);
	return effects;
}

static struct link_effects *arrive_credit(struct alone *alone, uint32_t frames)
{
	struct frame_credit credit = { frames };
	struct link_effects *effects;
	struct buffer frame;

	buffer_init(&frame, 64);
	assert_ok(frame_put_credit(&frame, &credit));
	effects = arrive(alone, &frame);
	buffer_release(&frame);
	return effects;
}

static struct link_effects *say(struct alone *alone, uint8_t type)
{
	return step(alone, (struct link_event){ .type = LINK_EVENT_SEND, .frame_type = type });
}

static void bring_up(struct alone *alone)
{
	start(alone, false);
	connect_as(alone, 1, false);
	say(alone, FRAME_HELLO);
	arrive_hello(alone);
	assert_int_equal(alone->machine.phase, LINK_PHASE_UP);
}

static struct link_effects *timer(struct alone *alone, uint64_t moved)
{
	assert_true(alone->machine.timer != UINT64_MAX);
	if (alone->now < alone->machine.timer)
		alone->now = alone->machine.timer;
	return step(alone, (struct link_event){ .type = LINK_EVENT_TIMER, .moved = moved });
}

static void test_dials_and_backs_off(void **state)
{
	const uint64_t seconds[] = { 2, 4, 8, 16, 32, 60, 60 };
	struct alone alone;
	const struct link_effect *dial;
	uint64_t wait;

	(void)state;
	start(&alone, true);
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		dial = find(timer(&alone, 0), LINK_EFFECT_DIAL);
		assert_non_null(dial);
		assert_int_equal(dial->endpoint, i % 2);
		step(&alone, (struct link_event){ .type = LINK_EVENT_DIAL_FAILED, .reason = "no" });
		assert_non_null(find(&alone.effects, LINK_EFFECT_DOWN));
		wait = alone.machine.timer - alone.now;
		assert_in_range(wait, seconds[i] * SECOND / 2, seconds[i] * SECOND);
	}
	/* A dial that neither comes up nor fails is given up. */
	timer(&alone, 0);
	assert_int_equal(alone.machine.phase, LINK_PHASE_DIALLING);
	timer(&alone, 0);
	assert_int_equal(alone.machine.phase, LINK_PHASE_DOWN);
}

static void test_does_not_dial_when_it_may_not(void **state)
{
	struct alone alone;

	(void)state;
	start(&alone, false);
	assert_true(alone.machine.timer == UINT64_MAX);
}

static void test_a_loss_is_redialled_soon(void **state)
{
	struct alone alone;

	(void)state;
	start(&alone, true);
	timer(&alone, 0);
	connect_as(&alone, 1, true);
	say(&alone, FRAME_HELLO);
	arrive_hello(&alone);
	step(&alone,
	     (struct link_event){ .type = LINK_EVENT_LOST, .connection = 1, .reason = "cut" });
	assert_true(alone.machine.timer - alone.now <= SECOND);
}

/* The engine refuses what comes, each time: the calls become rare. */
static void test_refusals_back_off(void **state)
{
	struct alone alone;
	uint64_t wait = 0;

	(void)state;
	start(&alone, true);
	for (uint32_t i = 1; i <= 8; i++) {
		timer(&alone, 0);
		connect_as(&alone, i, true);
		say(&alone, FRAME_HELLO);
		arrive_hello(&alone);
		step(&alone, (struct link_event){ .type = LINK_EVENT_CLOSE,
		                                  .code = ERROR_MISMATCH,
		                                  .reason = "refused" });
		assert_non_null(find(&alone.effects, LINK_EFFECT_DROP));
		wait = alone.machine.timer - alone.now;
	}
	assert_true(wait >= 30 * SECOND);
	/* One that lasted begins anew. */
	timer(&alone, 0);
	connect_as(&alone, 9, true);
	say(&alone, FRAME_HELLO);
	arrive_hello(&alone);
	alone.now += 100 * SECOND;
	step(&alone,
	     (struct link_event){ .type = LINK_EVENT_LOST, .connection = 9, .reason = "cut" });
	assert_true(alone.machine.timer - alone.now <= SECOND);
}

static void test_hello_comes_first_and_once(void **state)
{
	static const uint8_t types[] = { FRAME_ENTRIES, FRAME_COSIGNATURE, FRAME_TEST, FRAME_ECHO,
		                         FRAME_CREDIT };
	struct alone alone;

	(void)state;
	for (size_t i = 0; i < sizeof(types); i++) {
		start(&alone, false);
		connect_as(&alone, 1, false);
		arrive_raw(&alone, types[i], types[i] == FRAME_CREDIT ? 4 : 16);
		assert_non_null(find(&alone.effects, LINK_EFFECT_DROP));
		assert_int_equal(alone.machine.phase, LINK_PHASE_DOWN);
	}
	bring_up(&alone);
	assert_null(find(&alone.effects, LINK_EFFECT_DROP));
	arrive_hello(&alone);
	assert_int_equal(find(&alone.effects, LINK_EFFECT_DROP)->code, ERROR_STATE);
}

static void test_no_hello_in_time(void **state)
{
	struct alone alone;

	(void)state;
	start(&alone, false);
	connect_as(&alone, 1, false);
	say(&alone, FRAME_HELLO);
	timer(&alone, 0);
	assert_non_null(find(&alone.effects, LINK_EFFECT_DOWN));
	assert_int_equal(alone.machine.phase, LINK_PHASE_DOWN);
}

/* What the engine says before its hello is of a connection that is gone. */
static void test_what_is_of_an_earlier_connection(void **state)
{
	struct alone alone;

	(void)state;
	start(&alone, false);
	connect_as(&alone, 1, false);
	say(&alone, FRAME_COSIGNATURE);
	assert_int_equal(alone.effects.count, 0);
	step(&alone, (struct link_event){ .type = LINK_EVENT_CONSUMED, .count = 3 });
	assert_int_equal(alone.effects.count, 0);
	assert_int_equal(alone.machine.credit_given, FRAME_INITIAL_CREDIT);
	step(&alone, (struct link_event){ .type = LINK_EVENT_CLOSE, .reason = "late" });
	assert_int_equal(alone.effects.count, 0);
	assert_int_equal(alone.machine.phase, LINK_PHASE_GREETING);
}

static void test_unknown_types(void **state)
{
	struct alone alone;

	(void)state;
	bring_up(&alone);
	arrive_raw(&alone, 0x80, 40);
	arrive_raw(&alone, 0xff, 0);
	assert_int_equal(alone.effects.count, 0);
	assert_int_equal(alone.machine.phase, LINK_PHASE_UP);
	arrive_raw(&alone, 0x7f, 0);
	assert_int_equal(find(&alone.effects, LINK_EFFECT_DROP)->code, ERROR_UNSUPPORTED);
	bring_up(&alone);
	arrive_raw(&alone, 0, 0);
	assert_int_equal(find(&alone.effects, LINK_EFFECT_DROP)->code, ERROR_UNSUPPORTED);
}

static void test_malformed_frames(void **state)
{
	static const uint8_t types[] = { FRAME_ENTRIES,    FRAME_COSIGNATURE, FRAME_BLOB_REQUEST,
		                         FRAME_BLOB_CHUNK, FRAME_TEST,        FRAME_ECHO,
		                         FRAME_CREDIT };
	struct alone alone;

	(void)state;
	for (size_t i = 0; i < sizeof(types); i++) {
		bring_up(&alone);
		arrive_raw(&alone, types[i], 3);
		assert_int_equal(find(&alone.effects, LINK_EFFECT_DROP)->code, ERROR_SYNTAX);
	}
	bring_up(&alone);
	step(&alone, (struct link_event){ .type = LINK_EVENT_MALFORMED, .connection = 1 });
	assert_int_equal(find(&alone.effects, LINK_EFFECT_DROP)->code, ERROR_LIMIT);
}

static struct link_effects *arrive_request(struct alone *alone)
{
	struct frame_blob_request request = { .length = 1 };
	struct link_effects *effects;
	struct buffer frame;

	buffer_init(&frame, 128);
	assert_ok(frame_put_blob_request(&frame, &request));
	effects = arrive(alone, &frame);
	buffer_release(&frame);
	return effects;
}

static void test_credit_is_not_exceeded(void **state)
{
	struct alone alone;

	(void)state;
	bring_up(&alone);
	for (unsigned i = 0; i < FRAME_INITIAL_CREDIT; i++)
		assert_non_null(find(arrive_request(&alone), LINK_EFFECT_FRAME));
	step(&alone, (struct link_event){ .type = LINK_EVENT_CONSUMED, .count = 2 });
	assert_int_equal(find(&alone.effects, LINK_EFFECT_WRITE_CREDIT)->number, 2);
	arrive_request(&alone);
	assert_non_null(find(arrive_request(&alone), LINK_EFFECT_FRAME));
	arrive_request(&alone);
	assert_int_equal(find(&alone.effects, LINK_EFFECT_DROP)->code, ERROR_LIMIT);
}

/* A peer that gives credit ahead wants our memory. */
static void test_credit_is_not_given_ahead(void **state)
{
	struct alone alone;

	(void)state;
	bring_up(&alone);
	assert_int_equal(alone.machine.credit_granted, FRAME_INITIAL_CREDIT);
	say(&alone, FRAME_ENTRIES);
	say(&alone, FRAME_COSIGNATURE);
	assert_int_equal(find(arrive_credit(&alone, 1), LINK_EFFECT_CREDIT)->number,
	                 FRAME_INITIAL_CREDIT + 1);
	arrive_credit(&alone, 1);
	assert_int_equal(find(&alone.effects, LINK_EFFECT_DROP)->code, ERROR_LIMIT);
	bring_up(&alone);
	arrive_credit(&alone, UINT32_MAX);
	assert_int_equal(find(&alone.effects, LINK_EFFECT_DROP)->code, ERROR_LIMIT);
}

/* What arrives of an exchange; a question has one element. */
static struct link_effects *arrive_match(struct alone *alone, uint8_t type)
{
	static const uint8_t element[FRAME_ELEMENT_SIZE];
	struct frame_match match = { .statement = bytes_of_string("statement"),
		                     .signature = bytes_of_string("signature") };
	struct frame_match_behind behind = { .question = { NULL, 0 } };
	struct link_effects *effects;
	struct buffer frame;

	buffer_init(&frame, 1024);
	if (type == FRAME_MATCH_REQUEST) {
		match.count = 1;
		match.elements = bytes_of(element, sizeof element);
		assert_ok(frame_put_match_request(&frame, &match));
	} else if (type == FRAME_MATCH_REPLY) {
		assert_ok(frame_put_match_reply(&frame, &match));
	} else {
		assert_ok(frame_put_match_behind(&frame, &behind));
	}
	effects = arrive(alone, &frame);
	buffer_release(&frame);
	return effects;
}

static void test_so_many_questions_may_be_open(void **state)
{
	const uint8_t answers[] = { FRAME_MATCH_REPLY, FRAME_MATCH_BEHIND };
	struct alone alone;

	(void)state;
	bring_up(&alone);
	for (size_t i = 0; i < FRAME_QUESTIONS_MAXIMUM; i++)
		assert_non_null(find(arrive_match(&alone, FRAME_MATCH_REQUEST), LINK_EFFECT_FRAME));
	/* Each answer, of either kind, lets one more in. */
	for (size_t i = 0; i < 20; i++) {
		say(&alone, answers[i % 2]);
		assert_non_null(find(arrive_match(&alone, FRAME_MATCH_REQUEST), LINK_EFFECT_FRAME));
	}
	assert_int_equal(find(arrive_match(&alone, FRAME_MATCH_REQUEST), LINK_EFFECT_DROP)->code,
	                 ERROR_LIMIT);
	assert_null(find(&alone.effects, LINK_EFFECT_FRAME));
	/* A new connection begins with none. */
	bring_up(&alone);
	say(&alone, FRAME_MATCH_REPLY);
	for (size_t i = 0; i < FRAME_QUESTIONS_MAXIMUM; i++)
		assert_non_null(find(arrive_match(&alone, FRAME_MATCH_REQUEST), LINK_EFFECT_FRAME));
	assert_non_null(find(arrive_match(&alone, FRAME_MATCH_REQUEST), LINK_EFFECT_DROP));
}

static void test_an_answer_that_nobody_asked_for(void **state)
{
	const uint8_t answers[] = { FRAME_MATCH_REPLY, FRAME_MATCH_BEHIND };
	struct alone alone;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		bring_up(&alone);
		assert_int_equal(find(arrive_match(&alone, answers[i]), LINK_EFFECT_DROP)->code,
		                 ERROR_STATE);
		bring_up(&alone);
		say(&alone, FRAME_MATCH_REQUEST);
		assert_non_null(find(arrive_match(&alone, answers[i]), LINK_EFFECT_FRAME));
		assert_non_null(find(arrive_match(&alone, answers[i]), LINK_EFFECT_DROP));
		/* What was asked on an earlier connection is asked again, or not answered. */
		bring_up(&alone);
		assert_non_null(find(arrive_match(&alone, answers[i]), LINK_EFFECT_DROP));
	}
}

static void test_silence_ends_a_connection(void **state)
{
	struct alone alone;

	(void)state;
	bring_up(&alone);
	assert_non_null(find(timer(&alone, 5), LINK_EFFECT_WRITE_TEST));
	assert_non_null(find(timer(&alone, 5), LINK_EFFECT_WRITE_TEST));
	timer(&alone, 5);
	assert_non_null(find(&alone.effects, LINK_EFFECT_DROP));
	assert_int_equal(alone.machine.phase, LINK_PHASE_DOWN);
}

/* A line on which something moves is slow, not dead. */
static void test_a_slow_line_stays(void **state)
{
	struct alone alone;

	(void)state;
	bring_up(&alone);
	for (uint64_t moved = 1; moved < 50; moved++)
		assert_non_null(find(timer(&alone, moved), LINK_EFFECT_WRITE_TEST));
	timer(&alone, 49);
	timer(&alone, 49);
	assert_int_equal(alone.machine.phase, LINK_PHASE_DOWN);
}

static void test_an_echo_measures(void **state)
{
	struct alone alone;
	struct frame_echo echo = { 0 };
	const struct link_effect *effect;
	struct buffer frame;

	(void)state;
	bring_up(&alone);
	effect = find(timer(&alone, 0), LINK_EFFECT_WRITE_TEST);
	echo.nonce = effect->number;
	echo.sent = effect->time;
	echo.echoed = effect->time + 5010;
	alone.now += SECOND / 50;
	buffer_init(&frame, 64);
	assert_ok(frame_put_echo(&frame, &echo));
	effect = find(arrive(&alone, &frame), LINK_EFFECT_HEALTH);
	assert_non_null(effect);
	assert_int_equal(effect->number, 20000);
	assert_in_range(effect->difference, 4990, 5010);
	/* The same echo again says nothing. */
	assert_int_equal(arrive(&alone, &frame)->count, 0);
	buffer_release(&frame);
}

static void test_errors_are_told(void **state)
{
	struct frame_error error = { ERROR_MISMATCH, { 0 } };
	char message[500];
	struct alone alone;
	struct buffer frame;

	(void)state;
	/* Cut where a character ends. */
	for (size_t i = 0; i < sizeof(message); i++)
		message[i] = i % 2 == 0 ? '\xd0' : '\xb1';
	error.message = bytes_of(message, sizeof(message));
	buffer_init(&frame, 1024);
	assert_ok(frame_put_error(&frame, &error));
	bring_up(&alone);
	arrive(&alone, &frame);
	assert_int_equal(strlen(find(&alone.effects, LINK_EFFECT_DOWN)->reason) % 2,
	                 strlen("the other side closed: ") % 2);
	/* What is not clean text is not repeated. */
	message[7] = '\x1b';
	buffer_clear(&frame);
	assert_ok(frame_put_error(&frame, &error));
	bring_up(&alone);
	arrive(&alone, &frame);
	assert_non_null(strstr(find(&alone.effects, LINK_EFFECT_DOWN)->reason, "malformed"));
	buffer_release(&frame);
}

static void test_a_pin_that_changes(void **state)
{
	struct alone alone;

	(void)state;
	bring_up(&alone);
	step(&alone, (struct link_event){
			 .type = LINK_EVENT_CONFIGURED, .may_dial = true, .endpoint_count = 1 });
	assert_int_equal(alone.machine.phase, LINK_PHASE_UP);
	step(&alone, (struct link_event){ .type = LINK_EVENT_CONFIGURED,
	                                  .may_dial = true,
	                                  .endpoint_count = 1,
	                                  .changed_pin = true });
	assert_non_null(find(&alone.effects, LINK_EFFECT_DROP));
	assert_int_equal(alone.machine.timer, alone.now);
}

static void test_which_of_two_connections_stays(void **state)
{
	static const struct {
		unsigned own;
		bool first, second; /* dialled by us */
		uint64_t later;
		bool second_stays;
	} cases[] = {
		{ 0, true, false, 1, false }, { 0, false, true, 1, true },
		{ 1, true, false, 1, true },  { 1, false, true, 1, false },
		{ 0, true, false, 9, true },  { 1, false, true, 9, true },
		{ 0, false, false, 1, true }, { 1, true, true, 1, true },
	};
	struct alone alone;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start(&alone, false);
		alone.machine.own_party = cases[i].own;
		connect_as(&alone, 1, cases[i].first);
		alone.now += cases[i].later * SECOND;
		connect_as(&alone, 2, cases[i].second);
		assert_int_equal(alone.machine.connection, cases[i].second_stays ? 2 : 1);
		assert_int_equal(find(&alone.effects, LINK_EFFECT_DROP)->connection,
		                 cases[i].second_stays ? 1 : 2);
		assert_int_equal(find(&alone.effects, LINK_EFFECT_UP) != NULL,
		                 cases[i].second_stays);
		/* What the other one says does not matter any more. */
		step(&alone, (struct link_event){ .type = LINK_EVENT_LOST,
		                                  .connection = cases[i].second_stays ? 1 : 2,
		                                  .reason = "gone" });
		assert_int_equal(alone.effects.count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dials_and_backs_off),
		cmocka_unit_test(test_does_not_dial_when_it_may_not),
		cmocka_unit_test(test_a_loss_is_redialled_soon),
		cmocka_unit_test(test_refusals_back_off),
		cmocka_unit_test(test_hello_comes_first_and_once),
		cmocka_unit_test(test_no_hello_in_time),
		cmocka_unit_test(test_what_is_of_an_earlier_connection),
		cmocka_unit_test(test_unknown_types),
		cmocka_unit_test(test_malformed_frames),
		cmocka_unit_test(test_credit_is_not_exceeded),
		cmocka_unit_test(test_credit_is_not_given_ahead),
		cmocka_unit_test(test_so_many_questions_may_be_open),
		cmocka_unit_test(test_an_answer_that_nobody_asked_for),
		cmocka_unit_test(test_silence_ends_a_connection),
		cmocka_unit_test(test_a_slow_line_stays),
		cmocka_unit_test(test_an_echo_measures),
		cmocka_unit_test(test_errors_are_told),
		cmocka_unit_test(test_a_pin_that_changes),
		cmocka_unit_test(test_which_of_two_connections_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
