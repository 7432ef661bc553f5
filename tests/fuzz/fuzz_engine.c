/* What a peer with a connection can send to the engine. An honest exchange of two
 * nodes is recorded; the input plays it to the receiver with frames left out,
 * repeated, moved, damaged, or put in of its own:
 *
 *     u8 what   0 the next recorded frame as it is    1 skip one
 *               2 any recorded frame: u8 which        3 a turn
 *               4 the next, damaged: u16 where, u8 by what
 *               5 the next, cut: u16 by how much
 *               6 a frame of its own: u8 type, u8 length, bytes
 *               7 the line is cut and comes up again
 *
 * The engine must survive, change nothing that it holds, and start again. */
#include "engine_acts.h"

#include "journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORDED_MAXIMUM = 64 };

struct recording {
	struct buffer frames[RECORDED_MAXIMUM]; /* type and payload */
	size_t count, next;
};

/* Everything that north says to south from a fresh connection on. */
static void record(struct world *world, struct recording *recording)
{
	struct node *south = &world->nodes[SOUTH];
	bool worked;

	world_cut(world);
	world_run(world);
	for (unsigned i = 0; i < 3; i++)
		node_comment(&world->nodes[NORTH]);
	world_run(world);
	world_link(world);
	for (unsigned round = 0; round < 8; round++) {
		assert_ok(node_step(&world->nodes[NORTH], &worked));
		for (size_t i = 0; i < south->inbox_count; i++) {
			const struct buffer *body = &south->inbox[i].body;
			struct buffer *frame = &recording->frames[recording->count];

			if (south->inbox[i].type != LINK_FRAME ||
			    recording->count == RECORDED_MAXIMUM)
				continue;
			buffer_init(frame, FRAME_MAXIMUM);
			assert_ok(
			    buffer_put(frame, body->data + HASH_SIZE, body->size - HASH_SIZE));
			recording->count++;
		}
		assert_ok(node_step(south, &worked));
	}
}

static void give(struct world *world, struct bytes frame)
{
	struct node *south = &world->nodes[SOUTH];

	if (frame.size == 0 || south->inbox_count == 64)
		return;
	world->nodes[NORTH].replayed++;
	node_put(south, LINK_FRAME, bytes_of(world->channel.bytes, HASH_SIZE), frame);
}

static void turn(struct world *world)
{
	struct error error;

	for (size_t i = 0; i < world->nodes[SOUTH].inbox_count; i++)
		if (engine_handle_link(
			world->nodes[SOUTH].engine, world->nodes[SOUTH].inbox[i].type,
			buffer_view(&world->nodes[SOUTH].inbox[i].body), &error) != OK)
			abort();
	node_drop_inbox(&world->nodes[SOUTH]);
	node_drop_inbox(&world->nodes[NORTH]);
	if (engine_turn(world->nodes[SOUTH].engine, &error) != OK)
		abort();
	world_pass(world, 1);
}

static void again(struct world *world, struct recording *recording)
{
	world_cut(world);
	turn(world);
	world_link(world);
	recording->next = 0;
}

static struct bytes next_frame(struct recording *recording)
{
	if (recording->next == recording->count)
		return bytes_of(NULL, 0);
	return buffer_view(&recording->frames[recording->next++]);
}

static void give_damaged(struct world *world, struct bytes frame, uint16_t where, uint8_t by)
{
	struct buffer copy;

	buffer_init(&copy, FRAME_MAXIMUM);
	assert_ok(buffer_put_bytes(&copy, frame));
	if (copy.size > 0)
		copy.data[where % copy.size] ^= by;
	give(world, buffer_view(&copy));
	buffer_release(&copy);
}

/* Plays one step; false at the end of the input. */
static bool play(struct world *world, struct recording *recording, struct cursor *cursor)
{
	struct bytes frame, own;
	uint16_t number = 0;
	uint8_t what, byte = 0;

	if (cursor_get_u8(cursor, &what) != OK)
		return false;
	switch (what % 8) {
	case 0:
		give(world, next_frame(recording));
		break;
	case 1:
		next_frame(recording);
		break;
	case 2:
		cursor_get_u8(cursor, &byte);
		give(world, buffer_view(&recording->frames[byte % recording->count]));
		break;
	case 3:
		turn(world);
		break;
	case 4:
		cursor_get_u16(cursor, &number);
		cursor_get_u8(cursor, &byte);
		give_damaged(world, next_frame(recording), number, byte);
		break;
	case 5:
		cursor_get_u16(cursor, &number);
		frame = next_frame(recording);
		if (number < frame.size)
			give(world, bytes_of(frame.data, frame.size - number));
		break;
	case 6:
		if (cursor_get_u8(cursor, &byte) == OK &&
		    cursor_get_bytes(cursor, byte, &own) == OK)
			give(world, own);
		break;
	default:
		again(world, recording);
	}
	return true;
}

/* South at the moment at which the recorded connection came up. */
static void set_back(struct world *world)
{
	node_restart(&world->nodes[SOUTH]);
	world_link(world);
}

/* The same keys and acts twice: once to be recorded, then to be attacked. */
static struct recording *the_recording(void)
{
	static struct recording recording;
	struct world *world;

	if (recording.count == 0) {
		world = calloc(1, sizeof(*world));
		world_init(world, 1);
		world_open(world);
		record(world, &recording);
		world_release(world);
		free(world);
	}
	recording.next = 0;
	return &recording;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor cursor = cursor_over(bytes_of(data, size));
	struct recording *recording;
	struct world *world = calloc(1, sizeof(*world));
	uint64_t held;

	journal_open("fuzz", 0);
	recording = the_recording();
	world_init(world, 1);
	world_open(world);
	world_cut(world);
	world_run(world);
	set_back(world);
	held = rules_size(world_channel(world, SOUTH)->rules, NORTH);
	for (unsigned steps = 0; steps < 64 && play(world, recording, &cursor); steps++)
		;
	turn(world);
	world_pass(world, 120);
	turn(world);
	if (rules_size(world_channel(world, SOUTH)->rules, NORTH) < held)
		abort();
	held = rules_size(world_channel(world, SOUTH)->rules, NORTH);
	node_restart(&world->nodes[SOUTH]);
	if (rules_size(world_channel(world, SOUTH)->rules, NORTH) != held)
		abort();
	world_release(world);
	free(world);
	return 0;
}
