/* What a file can do to a node. The frames of an honest pack are recorded; the input
 * gives them to the receiver with frames left out, repeated, moved, damaged, or put in
 * of its own:
 *
 *     first byte odd: a copy, to a node that has lost its database; else post
 *
 *     u8 what   0 the next recorded frame as it is    1 skip one
 *               2 any recorded frame: u8 which        3 a turn
 *               4 the next, damaged: u16 where, u8 by what
 *               5 the next, cut: u16 by how much
 *               6 a frame of its own: u8 type, u8 length, bytes
 *               7 a start
 *               8 the disk fails at the next turn
 *
 * The engine must survive, lose nothing, start again, and at last take the honest
 * frames as if nothing had been. */
#include "channel_internal.h"
#include "engine_post.h"
#include "journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct recording {
	struct pile pile;
	uint64_t sizes[2];
};

/* What north says, packed as it says it. */
static void talk(struct world *world, struct recording *recording, bool copy)
{
	struct node *north = &world->nodes[NORTH];

	for (uint8_t i = 0; i < 3; i++) {
		comment_of(north, 600000, i, NULL);
		node_comment(north);
		node_turn(north);
		if (copy)
			world_post(world);
		pile_go_on(&recording->pile, north, copy, UINT64_MAX);
	}
	for (unsigned party = 0; party < 2; party++)
		recording->sizes[party] = rules_size(world_channel(world, NORTH)->rules, party);
}

/* Nothing is here but what the keeper knows; the charter comes with the copy. */
static void lose_database(struct world *world, const struct recording *recording)
{
	struct node *south = &world->nodes[SOUTH];
	const struct buffer *frame = &recording->pile.frames[0];
	struct engine_channel *channel;
	struct frame_charter charter;
	struct error error;

	engine_free(south->engine);
	store_close(south->store);
	node_open_store(south);
	node_start(south);
	assert_ok(frame_get_charter(
	    bytes_of(frame->data + FRAME_HEADER_SIZE, frame->size - FRAME_HEADER_SIZE), &charter,
	    NULL));
	assert_ok(engine_adopt_copy(south->engine, charter.text, charter.armors, &channel, &error));
	node_turn(south);
}

static void give(struct world *world, struct bytes frame)
{
	struct node *south = &world->nodes[SOUTH];
	struct engine_channel *channel = world_channel(world, SOUTH);
	struct post_outcome outcome;
	struct error error;

	if (frame.size == 0 || frame.size > FRAME_MAXIMUM)
		return;
	channel_take_frame(channel, frame.data[0], bytes_of(frame.data + 1, frame.size - 1),
	                   &outcome, &error);
	if (channel->post.failure != OK && south->failing_commits == 0)
		abort();
}

static struct bytes frame_at(const struct recording *recording, size_t index)
{
	const struct buffer *frame = &recording->pile.frames[index % recording->pile.count];

	return bytes_of(frame->data + 4, frame->size - 4);
}

static void give_damaged(struct world *world, struct bytes frame, uint16_t where, uint8_t by)
{
	struct buffer copy;

	buffer_init(&copy, FRAME_MAXIMUM);
	assert_ok(buffer_put_bytes(&copy, frame));
	copy.data[where % copy.size] ^= by;
	give(world, buffer_view(&copy));
	buffer_release(&copy);
}

/* Plays one step; false at the end of the input. */
static bool play(struct world *world, const struct recording *recording, size_t *next,
                 struct cursor *cursor)
{
	struct node *south = &world->nodes[SOUTH];
	struct bytes frame, own;
	uint16_t number = 0;
	uint8_t what, byte = 0;

	if (cursor_get_u8(cursor, &what) != OK)
		return false;
	switch (what % 9) {
	case 0:
		give(world, frame_at(recording, (*next)++));
		break;
	case 1:
		(*next)++;
		break;
	case 2:
		cursor_get_u8(cursor, &byte);
		give(world, frame_at(recording, byte));
		break;
	case 3:
		node_turn(south);
		break;
	case 4:
		cursor_get_u16(cursor, &number);
		cursor_get_u8(cursor, &byte);
		give_damaged(world, frame_at(recording, (*next)++), number, byte);
		break;
	case 5:
		cursor_get_u16(cursor, &number);
		frame = frame_at(recording, (*next)++);
		if (number < frame.size)
			give(world, bytes_of(frame.data, frame.size - number));
		break;
	case 6:
		if (cursor_get_u8(cursor, &byte) == OK &&
		    cursor_get_bytes(cursor, byte, &own) == OK)
			give(world, own);
		break;
	case 7:
		node_turn(south);
		node_restart(south);
		break;
	default:
		south->failing_commits = 1;
		node_turn(south);
		south->failing_commits = 0;
	}
	return true;
}

/* A day later, when no quota stands in the way, all of it in its order. */
static void finish(struct world *world, const struct recording *recording, bool copy)
{
	struct node *south = &world->nodes[SOUTH];

	node_turn(south);
	world_pass(world, 86400);
	for (size_t i = 0; i < recording->pile.count; i++) {
		give(world, frame_at(recording, i));
		node_turn(south);
	}
	node_restart(south);
	for (unsigned party = 0; party < 2; party++)
		if ((copy || party == NORTH) &&
		    rules_size(world_channel(world, SOUTH)->rules, party) < recording->sizes[party])
			abort();
	if (world_channel(world, SOUTH)->faulted)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor cursor = cursor_over(bytes_of(data, size));
	struct recording *recording = calloc(1, sizeof(*recording));
	struct world *world = calloc(1, sizeof(*world));
	size_t next = 0;
	uint8_t first = 0;
	bool copy;

	journal_open("fuzz", 0);
	cursor_get_u8(&cursor, &first);
	copy = first % 2 == 1;
	world_init(world, 1);
	world_open_by_post(world);
	talk(world, recording, copy);
	if (copy)
		lose_database(world, recording);
	for (unsigned steps = 0; steps < 64 && play(world, recording, &next, &cursor); steps++)
		;
	finish(world, recording, copy);
	pile_release(&recording->pile);
	free(recording);
	world_release(world);
	free(world);
	return 0;
}
