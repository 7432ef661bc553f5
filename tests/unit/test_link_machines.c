/* Two of the link's state machines over a line that can be cut: they find each
 * other, on one connection, and neither gives credit that was not used.
 *
 *     CHIRO_SEED=n      this seed alone
 */
#include "check.h"
#include "machine.h"

#include <stdlib.h>
#include <string.h>

#define SECOND UINT64_C(1000000000)

enum { PIPES = 8, QUEUE = 64, SEEDS = 400, ROUNDS = 300 };

/* What is under way in one direction of a connection. */
struct packet {
	uint8_t type;
	size_t size;
	uint8_t payload[128];
};

struct pipe {
	bool open;
	bool connected[2];
	unsigned dialler;
	uint64_t ready;                /* when it is connected */
	struct packet queue[2][QUEUE]; /* towards end i */
	size_t count[2];
};

struct pair {
	struct link_machine machines[2];
	struct pipe pipes[PIPES];
	uint64_t now, state;
	bool line_works;
	bool up[2];
	uint64_t granted[2], sent[2], to_consume[2];
};

static uint64_t choose(struct pair *pair, uint64_t count)
{
	pair->state ^= pair->state >> 12;
	pair->state ^= pair->state << 25;
	pair->state ^= pair->state >> 27;
	return (pair->state * UINT64_C(2685821657736338717) >> 33) % count;
}

static void happen(struct pair *pair, unsigned end, struct link_event event);

static void put(struct pair *pair, unsigned from, uint32_t connection, const struct buffer *frame)
{
	struct pipe *pipe = &pair->pipes[connection - 1];
	struct packet *packet;

	if (!pipe->open)
		return;
	assert_true(pipe->count[1 - from] < QUEUE);
	packet = &pipe->queue[1 - from][pipe->count[1 - from]++];
	packet->type = frame->data[4];
	packet->size = frame->size - 5;
	assert_true(packet->size <= sizeof(packet->payload));
	memcpy(packet->payload, frame->data + 5, packet->size);
}

static void put_effect(struct pair *pair, unsigned end, const struct link_effect *effect)
{
	struct frame_credit credit = { (uint32_t)effect->number };
	struct frame_test test = { effect->number, effect->time };
	struct frame_echo echo = { effect->number, effect->time, effect->echo_time };
	struct frame_hello hello = { 1, 1, .party = (uint8_t)end };
	struct frame_blob_request request = { .length = 1 };
	struct buffer frame;

	buffer_init(&frame, 256);
	if (effect->type == LINK_EFFECT_WRITE_CREDIT)
		assert_ok(frame_put_credit(&frame, &credit));
	else if (effect->type == LINK_EFFECT_WRITE_TEST)
		assert_ok(frame_put_test(&frame, &test));
	else if (effect->type == LINK_EFFECT_WRITE_ECHO)
		assert_ok(frame_put_echo(&frame, &echo));
	else if (effect->frame_type == FRAME_HELLO)
		assert_ok(frame_put_hello(&frame, &hello));
	else
		assert_ok(frame_put_blob_request(&frame, &request));
	put(pair, end, effect->connection, &frame);
	buffer_release(&frame);
}

/* Each end learns of it. */
static void hang_up(struct pair *pair, uint32_t connection, int without)
{
	struct pipe *pipe = &pair->pipes[connection - 1];

	if (!pipe->open)
		return;
	pipe->open = false;
	for (unsigned end = 0; end < 2; end++)
		if (pipe->connected[end] && (int)end != without)
			happen(pair, end,
			       (struct link_event){ .type = LINK_EVENT_LOST,
			                            .connection = connection,
			                            .reason = "hung up" });
}

static void dial(struct pair *pair, unsigned end)
{
	for (uint32_t i = 0; i < PIPES && pair->line_works; i++)
		if (!pair->pipes[i].open) {
			pair->pipes[i] = (struct pipe){ .open = true,
				                        .dialler = end,
				                        .ready = pair->now + choose(pair, SECOND) };
			return;
		}
	happen(pair, end,
	       (struct link_event){ .type = LINK_EVENT_DIAL_FAILED, .reason = "no answer" });
}

static void carry_out(struct pair *pair, unsigned end, const struct link_effect *effect)
{
	switch (effect->type) {
	case LINK_EFFECT_DIAL:
		dial(pair, end);
		break;
	case LINK_EFFECT_DROP:
		hang_up(pair, effect->connection, (int)end);
		break;
	case LINK_EFFECT_UP:
		pair->up[end] = true;
		pair->granted[end] = pair->sent[end] = pair->to_consume[end] = 0;
		happen(pair, end,
		       (struct link_event){ .type = LINK_EVENT_SEND, .frame_type = FRAME_HELLO });
		break;
	case LINK_EFFECT_DOWN:
		pair->up[end] = false;
		break;
	case LINK_EFFECT_FRAME:
		pair->to_consume[end] += effect->frame_type != FRAME_HELLO;
		break;
	case LINK_EFFECT_CREDIT:
		pair->granted[end] = effect->number;
		assert_true(pair->granted[end] <= pair->sent[end] + FRAME_INITIAL_CREDIT);
		break;
	case LINK_EFFECT_HEALTH:
		break;
	default:
		put_effect(pair, end, effect);
	}
}

static void happen(struct pair *pair, unsigned end, struct link_event event)
{
	struct link_effects effects;

	event.now = pair->now;
	event.utc = pair->now / 1000000;
	event.random = choose(pair, UINT64_C(1) << 32);
	event.own_party = end;
	link_machine_step(&pair->machines[end], &event, &effects);
	assert_true(effects.count <= LINK_EFFECTS_MAXIMUM);
	for (size_t i = 0; i < effects.count; i++)
		carry_out(pair, end, &effects.items[i]);
}

static void deliver(struct pair *pair, uint32_t connection, unsigned end)
{
	struct pipe *pipe = &pair->pipes[connection - 1];
	struct packet packet = pipe->queue[end][0];

	pipe->count[end]--;
	memmove(&pipe->queue[end][0], &pipe->queue[end][1], pipe->count[end] * sizeof(packet));
	happen(pair, end,
	       (struct link_event){ .type = LINK_EVENT_FRAME,
	                            .connection = connection,
	                            .frame_type = packet.type,
	                            .payload = bytes_of(packet.payload, packet.size) });
}

static void move_pipes(struct pair *pair)
{
	for (uint32_t i = 1; i <= PIPES; i++) {
		struct pipe *pipe = &pair->pipes[i - 1];

		for (unsigned end = 0; end < 2 && pipe->open; end++) {
			if (pipe->ready > pair->now)
				continue;
			if (!pipe->connected[end]) {
				pipe->connected[end] = true;
				happen(pair, end,
				       (struct link_event){ .type = LINK_EVENT_CONNECTED,
				                            .connection = i,
				                            .dialled = pipe->dialler == end });
			}
			while (pipe->open && pipe->count[end] > 0)
				deliver(pair, i, end);
		}
	}
}

static void work(struct pair *pair)
{
	for (unsigned end = 0; end < 2; end++) {
		if (pair->machines[end].timer <= pair->now)
			happen(pair, end, (struct link_event){ .type = LINK_EVENT_TIMER });
		if (pair->up[end] && pair->sent[end] < pair->granted[end] && choose(pair, 2) == 0) {
			pair->sent[end]++;
			happen(pair, end,
			       (struct link_event){ .type = LINK_EVENT_SEND,
			                            .frame_type = FRAME_BLOB_REQUEST });
		}
		if (pair->up[end] && pair->to_consume[end] > 0 && choose(pair, 2) == 0) {
			pair->to_consume[end]--;
			happen(pair, end,
			       (struct link_event){ .type = LINK_EVENT_CONSUMED, .count = 1 });
		}
	}
}

static void cut(struct pair *pair)
{
	for (uint32_t i = 1; i <= PIPES; i++)
		hang_up(pair, i, -1);
}

static bool is_joined(const struct pair *pair)
{
	return pair->machines[0].phase == LINK_PHASE_UP &&
	       pair->machines[1].phase == LINK_PHASE_UP &&
	       pair->machines[0].connection == pair->machines[1].connection;
}

static void run_pair(uint64_t seed, bool north_dials, bool south_dials)
{
	struct pair *pair = calloc(1, sizeof(*pair));
	unsigned waited = 0;

	pair->state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	pair->now = SECOND;
	pair->line_works = true;
	for (unsigned end = 0; end < 2; end++) {
		link_machine_init(&pair->machines[end]);
		happen(pair, end,
		       (struct link_event){ .type = LINK_EVENT_CONFIGURED,
		                            .may_dial = end == 0 ? north_dials : south_dials,
		                            .endpoint_count = 1 });
	}
	for (unsigned round = 0; round < ROUNDS; round++) {
		pair->now += choose(pair, SECOND);
		if (choose(pair, 40) == 0)
			cut(pair);
		if (choose(pair, 60) == 0)
			pair->line_works = !pair->line_works;
		move_pipes(pair);
		work(pair);
	}
	/* On a line that works they find each other, and stay so. */
	pair->line_works = true;
	for (unsigned joined = 0; joined < 100;) {
		pair->now += SECOND / 4;
		move_pipes(pair);
		work(pair);
		joined = is_joined(pair) ? joined + 1 : 0;
		if (++waited > 2000)
			fail_msg("seed %llu: the two do not find each other",
			         (unsigned long long)seed);
	}
	free(pair);
}

static void test_two_find_each_other(void **state)
{
	const char *one = getenv("CHIRO_SEED");
	uint64_t first = one != NULL ? strtoull(one, NULL, 10) : 1;

	(void)state;
	for (uint64_t seed = first; seed < first + (one != NULL ? 1 : SEEDS); seed++)
		run_pair(seed, seed % 3 != 0, seed % 3 != 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_find_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
