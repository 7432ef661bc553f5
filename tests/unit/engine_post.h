/* Frames that two nodes of engine_world.h exchange in files: packed by one, taken by
 * the other in any order.
 *
 *     struct pile pile;
 *
 *     pile_pack(&pile, &world.nodes[NORTH], false);
 *     pile_take(&pile, &world.nodes[SOUTH]);
 *     pile_release(&pile);
 */
#ifndef ENGINE_POST_H
#define ENGINE_POST_H

#include "engine_acts.h"

enum { PILE_MAXIMUM = 2048 };

struct pile {
	struct buffer frames[PILE_MAXIMUM]; /* with their headers */
	size_t count;
	char place[PACK_PLACE_CAPACITY]; /* where the next pass goes on */
};

static inline void pile_release(struct pile *pile)
{
	for (size_t i = 0; i < pile->count; i++)
		buffer_release(&pile->frames[i]);
	pile->count = 0;
}

/* Appends what there is from pile->place on. */
static inline void pile_go_on(struct pile *pile, struct node *node, bool copy, uint64_t since)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	struct error error = { 0 };
	bool more = true;

	while (more) {
		struct pack_request request = { copy, since, bytes_of_string(pile->place) };
		struct buffer *frame = &pile->frames[pile->count];

		assert_true(pile->count < PILE_MAXIMUM);
		buffer_init(frame, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
		if (engine_pack(channel, &request, frame, pile->place, &more, &error) != OK)
			fail_msg("engine_pack: %s", error.message);
		pile->count += frame->size > 0;
	}
}

static inline void pile_pack(struct pile *pile, struct node *node, bool copy)
{
	memset(pile, 0, sizeof(*pile));
	pile_go_on(pile, node, copy, UINT64_MAX);
}

static inline uint8_t pile_type(const struct pile *pile, size_t index)
{
	return pile->frames[index].data[4];
}

static inline int node_take(struct node *node, const struct buffer *frame,
                            struct post_outcome *ret_outcome)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	struct error error = { 0 };
	int r = channel_take_frame(
	    channel, frame->data[4],
	    bytes_of(frame->data + FRAME_HEADER_SIZE, frame->size - FRAME_HEADER_SIZE), ret_outcome,
	    &error);

	assert_true(r == OK || error.message[0] != '\0');
	return r;
}

static inline void node_turn(struct node *node)
{
	struct error error = { 0 };

	if (engine_turn(node->engine, &error) != OK)
		fail_msg("engine_turn: %s", error.message);
}

/* All of it in its order, a turn after each frame. */
static inline void pile_take(const struct pile *pile, struct node *node)
{
	struct post_outcome outcome;

	for (size_t i = 0; i < pile->count; i++) {
		assert_ok(node_take(node, &pile->frames[i], &outcome));
		node_turn(node);
	}
}

static inline void node_post(struct node *from, struct node *to)
{
	struct pile *pile = calloc(1, sizeof(*pile));

	node_turn(from);
	pile_pack(pile, from, false);
	pile_take(pile, to);
	pile_release(pile);
	free(pile);
}

/* There and back until both have receipts of each other. */
static inline void world_post(struct world *world)
{
	for (unsigned i = 0; i < 4; i++)
		node_post(&world->nodes[i % 2], &world->nodes[1 - i % 2]);
}

/* A channel in force that has never had a line. */
static inline void world_open_by_post(struct world *world)
{
	struct buffer charter;

	buffer_init(&charter, CHARTER_SIZE_MAXIMUM);
	world_charter(world, &charter);
	world_adopt(world, buffer_view(&charter));
	buffer_release(&charter);
	for (unsigned side = 0; side < 2; side++)
		node_accede(&world->nodes[side]);
	world_post(world);
	for (unsigned side = 0; side < 2; side++)
		assert_int_equal(rules_channel_state(world_channel(world, side)->rules, world->now),
		                 CHANNEL_IN_FORCE);
}

static inline void open_by_post(struct world *world, uint32_t seed)
{
	world_init(world, seed);
	world_open_by_post(world);
}

/* A body of this size, which is no age file, uploaded; in an act of the head. */
static inline void comment_of(struct node *node, size_t size, uint32_t serial,
                              struct hash *ret_hash)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	struct act act = node_act(node, KIND_COMMENT, NULL);
	uint8_t *bytes = calloc(1, size);
	struct error error;
	uint64_t held;
	bool complete = false;

	assert_true(size >= sizeof(serial));
	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 12) + serial);
	for (size_t i = 0; i < sizeof(serial); i++)
		bytes[i] = (uint8_t)(serial >> (8 * i));
	act.has_body = true;
	act.body.parts = 1;
	act.body.sealed_size = size;
	sha256_of(&act.body.sealed_hash, bytes_of(bytes, size));
	for (size_t at = 0; at < size; at += 500000) {
		size_t piece = size - at < 500000 ? size - at : 500000;

		assert_ok(engine_upload(channel, &act.body.sealed_hash, size, at,
		                        bytes_of(bytes + at, piece), &held, &complete, &error));
	}
	assert_true(complete);
	assert_ok(node_submit(node, &act, &node->head));
	if (ret_hash != NULL)
		*ret_hash = act.body.sealed_hash;
	free(bytes);
}

static inline uint64_t held(struct world *world, unsigned side, unsigned party)
{
	return rules_size(world_channel(world, side)->rules, party);
}

#endif
