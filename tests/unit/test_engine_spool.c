/* What comes too early, too much or under a wrong name without the link, and what waits
 * for how long; places in a pack. */
#include "channel_internal.h"
#include "engine_post.h"
#include "journal.h"

/* --- what waits, and for how long ---------------------------------------------------- */

/* A pile of all that north has to say, in `passes` passes with a body of its own each. */
static struct pile *passes_of(struct world *world, unsigned passes)
{
	struct pile *pile = calloc(1, sizeof(*pile));

	for (unsigned i = 0; i < passes; i++) {
		comment_of(&world->nodes[NORTH], 70000 + i, 1000 + i, NULL);
		node_turn(&world->nodes[NORTH]);
		pile_go_on(pile, &world->nodes[NORTH], false, UINT64_MAX);
	}
	return pile;
}

static void free_pile(struct pile *pile)
{
	pile_release(pile);
	free(pile);
}

/* The index-th frame of a type. */
static const struct buffer *frame_of(const struct pile *pile, uint8_t type, size_t index)
{
	for (size_t i = 0; i < pile->count; i++)
		if (pile_type(pile, i) == type && index-- == 0)
			return &pile->frames[i];
	fail_msg("no frame of type %u", type);
	return NULL;
}

static void test_what_waits_is_dropped_in_time(void **state)
{
	struct world world;
	struct pile *pile;
	struct post_outcome outcome;
	struct frame_blob_chunk chunk;
	const struct buffer *frame;

	(void)state;
	open_by_post(&world, 60);
	pile = passes_of(&world, 3);
	/* Entries behind a gap, and a whole body that no act here names. */
	assert_ok(node_take(&world.nodes[SOUTH], frame_of(pile, FRAME_ENTRIES, 2), &outcome));
	assert_int_equal(outcome.result, POST_WAITING);
	assert_true(outcome.reason[0] != '\0');
	frame = frame_of(pile, FRAME_BLOB_CHUNK, 1);
	assert_ok(node_take(&world.nodes[SOUTH], frame, &outcome));
	assert_int_equal(outcome.result, POST_STORED);
	assert_ok(frame_get_blob_chunk(bytes_of(frame->data + 5, frame->size - 5), &chunk, NULL));
	node_turn(&world.nodes[SOUTH]);
	node_restart(&world.nodes[SOUTH]);
	assert_int_equal(world_channel(&world, SOUTH)->post.count, 1);
	assert_int_equal(world_channel(&world, SOUTH)->post.blob_count, 1);
	assert_true(blob_is_held(world_channel(&world, SOUTH), &chunk.blob));
	/* Something else that waits makes room, a month later. */
	world_pass(&world, (POST_DAYS + 1) * 86400);
	assert_ok(node_take(&world.nodes[SOUTH], frame_of(pile, FRAME_ENTRIES, 1), &outcome));
	node_turn(&world.nodes[SOUTH]);
	assert_int_equal(world_channel(&world, SOUTH)->post.count, 1);
	assert_int_equal(world_channel(&world, SOUTH)->post.items[0].start,
	                 held(&world, SOUTH, NORTH) + 1);
	assert_int_equal(world_channel(&world, SOUTH)->post.blob_count, 0);
	assert_false(blob_is_held(world_channel(&world, SOUTH), &chunk.blob));
	pile_take(pile, &world.nodes[SOUTH]);
	assert_int_equal(held(&world, SOUTH, NORTH), held(&world, NORTH, NORTH));
	free_pile(pile);
	world_release(&world);
}

/* A body that was named in the meantime is not dropped. */
static void test_a_named_body_stays(void **state)
{
	struct world world;
	struct pile *pile;
	struct post_outcome outcome;
	struct frame_blob_chunk chunk;
	const struct buffer *frame;

	(void)state;
	open_by_post(&world, 61);
	pile = passes_of(&world, 2);
	pile_take(pile, &world.nodes[SOUTH]);
	assert_int_equal(world_channel(&world, SOUTH)->post.blob_count, 0);
	world_pass(&world, (POST_DAYS + 1) * 86400);
	engine_confirm_clock(world.nodes[SOUTH].engine);
	engine_confirm_clock(world.nodes[NORTH].engine);
	frame = frame_of(pile, FRAME_BLOB_CHUNK, 0);
	assert_ok(frame_get_blob_chunk(bytes_of(frame->data + 5, frame->size - 5), &chunk, NULL));
	free_pile(pile);
	pile = passes_of(&world, 2);
	assert_ok(node_take(&world.nodes[SOUTH], frame_of(pile, FRAME_ENTRIES, 1), &outcome));
	assert_int_equal(outcome.result, POST_WAITING);
	node_turn(&world.nodes[SOUTH]);
	assert_int_equal(world_channel(&world, SOUTH)->post.blob_count, 0);
	assert_true(blob_is_held(world_channel(&world, SOUTH), &chunk.blob));
	free_pile(pile);
	world_release(&world);
}

static void test_the_spool_is_bounded(void **state)
{
	struct world world;
	struct pile *pile;
	struct post_outcome outcome;
	const struct buffer *first, *second;
	uint64_t quota;

	(void)state;
	open_by_post(&world, 62);
	pile = passes_of(&world, 3);
	first = frame_of(pile, FRAME_ENTRIES, 2);
	second = frame_of(pile, FRAME_ENTRIES, 1);
	quota = world_channel(&world, SOUTH)->charter->quota_bytes;
	world_channel(&world, SOUTH)->charter->quota_bytes = first->size + 10;
	assert_ok(node_take(&world.nodes[SOUTH], first, &outcome));
	assert_int_equal(outcome.result, POST_WAITING);
	/* The same again takes no room, another would. */
	assert_ok(node_take(&world.nodes[SOUTH], first, &outcome));
	assert_int_equal(node_take(&world.nodes[SOUTH], second, &outcome), ERROR_LIMIT);
	node_turn(&world.nodes[SOUTH]);
	assert_int_equal(world_channel(&world, SOUTH)->post.count, 1);
	world_channel(&world, SOUTH)->charter->quota_bytes = quota;
	pile_take(pile, &world.nodes[SOUTH]);
	assert_int_equal(world_channel(&world, SOUTH)->post.count, 0);
	assert_int_equal(world_channel(&world, SOUTH)->post.bytes, 0);
	assert_int_equal(held(&world, SOUTH, NORTH), held(&world, NORTH, NORTH));
	free_pile(pile);
	world_release(&world);
}

/* Entries over the day's quota wait, and are taken by themselves the next day. */
static void test_entries_over_the_quota_wait(void **state)
{
	struct world world;
	struct pile *pile;
	struct post_outcome outcome;

	(void)state;
	open_by_post(&world, 63);
	pile = passes_of(&world, 2);
	assert_ok(node_take(&world.nodes[SOUTH], frame_of(pile, FRAME_ENTRIES, 0), &outcome));
	world_channel(&world, SOUTH)->charter->quota_entries = 1;
	assert_ok(node_take(&world.nodes[SOUTH], frame_of(pile, FRAME_ENTRIES, 1), &outcome));
	assert_int_equal(outcome.result, POST_WAITING);
	node_turn(&world.nodes[SOUTH]);
	assert_true(held(&world, SOUTH, NORTH) < held(&world, NORTH, NORTH));
	assert_true(engine_next_timer(world.nodes[SOUTH].engine) != UINT64_MAX);
	world_pass(&world, 86400);
	node_turn(&world.nodes[SOUTH]);
	assert_int_equal(held(&world, SOUTH, NORTH), held(&world, NORTH, NORTH));
	assert_int_equal(world_channel(&world, SOUTH)->post.count, 0);
	free_pile(pile);
	world_release(&world);
}

static void test_bodies_that_are_not_what_they_are_called(void **state)
{
	struct world world;
	struct pile *pile;
	struct post_outcome outcome;
	struct buffer frame;

	(void)state;
	open_by_post(&world, 64);
	pile = passes_of(&world, 1);
	buffer_init(&frame, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	assert_ok(buffer_put_bytes(&frame, buffer_view(frame_of(pile, FRAME_BLOB_CHUNK, 0))));
	frame.data[frame.size - 1] ^= 1;
	assert_int_equal(node_take(&world.nodes[SOUTH], &frame, &outcome), ERROR_MISMATCH);
	node_turn(&world.nodes[SOUTH]);
	assert_int_equal(world_channel(&world, SOUTH)->post.failure, OK);
	frame.data[frame.size - 1] ^= 1;
	/* Beyond what this channel takes, and over the day's quota. */
	frame.data[FRAME_HEADER_SIZE + HASH_SIZE] = 0x40;
	assert_int_equal(node_take(&world.nodes[SOUTH], &frame, &outcome), ERROR_LIMIT);
	frame.data[FRAME_HEADER_SIZE + HASH_SIZE] = 0;
	world_channel(&world, SOUTH)->quota_bytes =
	    world_channel(&world, SOUTH)->charter->quota_bytes;
	assert_int_equal(node_take(&world.nodes[SOUTH], &frame, &outcome), ERROR_LIMIT);
	world_pass(&world, 86400);
	assert_ok(node_take(&world.nodes[SOUTH], &frame, &outcome));
	assert_int_equal(outcome.result, POST_STORED);
	buffer_release(&frame);
	pile_take(pile, &world.nodes[SOUTH]);
	assert_int_equal(world_channel(&world, SOUTH)->wanted_count, 0);
	free_pile(pile);
	world_release(&world);
}

/* Of what cannot be checked yet only so much waits, and what is not of use yet is not
 * tried: anybody can make such frames. */
static void test_lines_that_cover_nothing(void **state)
{
	struct frame_cosignature content = { .line = bytes_of_string("no line") };
	struct post_outcome outcome;
	struct world world;
	struct buffer frame;

	(void)state;
	open_by_post(&world, 67);
	buffer_init(&frame, 1024);
	for (unsigned i = 0; i <= POST_LINES_MAXIMUM; i++) {
		content.size = UINT64_C(1) << 40 | i;
		buffer_clear(&frame);
		assert_ok(frame_put_cosignature(&frame, &content));
		if (i == POST_LINES_MAXIMUM) {
			assert_int_equal(node_take(&world.nodes[SOUTH], &frame, &outcome),
			                 ERROR_LIMIT);
			break;
		}
		assert_ok(node_take(&world.nodes[SOUTH], &frame, &outcome));
		assert_int_equal(outcome.result, POST_WAITING);
	}
	buffer_release(&frame);
	world_post(&world);
	world_check_agreement(&world);
	assert_int_equal(world_channel(&world, SOUTH)->post.count, POST_LINES_MAXIMUM);
	world_release(&world);
}

/* Entries over the quota that begin at any place of what is here: one frame waits. */
static void test_entries_that_overlap_wait_once(void **state)
{
	struct world world;
	struct pile *piles[3];
	struct post_outcome outcome;
	uint64_t from;

	(void)state;
	open_by_post(&world, 68);
	world_post(&world);
	from = held(&world, SOUTH, NORTH);
	world_channel(&world, SOUTH)->quota_entries =
	    world_channel(&world, SOUTH)->charter->quota_entries;
	for (unsigned i = 0; i < 3; i++) {
		comment_of(&world.nodes[NORTH], 70000 + i, 1000 + i, NULL);
		node_turn(&world.nodes[NORTH]);
		piles[i] = calloc(1, sizeof(*piles[i]));
		pile_go_on(piles[i], &world.nodes[NORTH], false, from - i);
	}
	for (unsigned i = 3; i-- > 0;) {
		assert_ok(node_take(&world.nodes[SOUTH], frame_of(piles[i % 2], FRAME_ENTRIES, 0),
		                    &outcome));
		assert_int_equal(outcome.result, POST_WAITING);
		assert_int_equal(world_channel(&world, SOUTH)->post.count, 1);
	}
	assert_ok(node_take(&world.nodes[SOUTH], frame_of(piles[2], FRAME_ENTRIES, 0), &outcome));
	assert_int_equal(world_channel(&world, SOUTH)->post.count, 1);
	world_pass(&world, 86400);
	node_turn(&world.nodes[SOUTH]);
	assert_int_equal(world_channel(&world, SOUTH)->post.count, 0);
	assert_int_equal(held(&world, SOUTH, NORTH), held(&world, NORTH, NORTH));
	for (unsigned i = 0; i < 3; i++)
		free_pile(piles[i]);
	world_release(&world);
}

/* --- packing ------------------------------------------------------------------------------ */

static void test_places_that_are_none(void **state)
{
	static const char *const places[] = { "x",
		                              "1",
		                              "1.2.3",
		                              "0.0.0.0.0.0.0.0.0.0",
		                              "0.1.0.0.0.0.0.0.0",
		                              "0.0.99999.0.0.0.0.0.0",
		                              "0.0.0.5.4.0.0.0.0",
		                              "0.00.0.0.0.0.0.0.0" };
	struct world world;
	struct buffer frame;
	struct error error;
	bool more;

	(void)state;
	open_by_post(&world, 65);
	buffer_init(&frame, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (unsigned copy = 0; copy < 2; copy++) {
			struct pack_request request = { copy == 1, UINT64_MAX,
				                        bytes_of_string(places[i]) };
			char next[PACK_PLACE_CAPACITY];

			assert_int_equal(engine_pack(world_channel(&world, NORTH), &request, &frame,
			                             next, &more, &error),
			                 ERROR_USAGE);
		}
	buffer_release(&frame);
	world_release(&world);
}

/* Nothing new, and yet a fresh cosignature: the other side keeps the latest. */
static void test_the_cosignature_is_made_anew(void **state)
{
	struct world world;
	struct pile *pile = calloc(1, sizeof(*pile));
	struct buffer former;

	(void)state;
	open_by_post(&world, 66);
	world_post(&world);
	buffer_init(&former, NOTE_MAXIMUM);
	assert_ok(
	    buffer_put_bytes(&former, buffer_view(&world_channel(&world, NORTH)->cosignature)));
	world_pass(&world, 2 * RENEWAL_INTERVAL);
	for (unsigned i = 0; i < 2; i++) {
		pile_release(pile);
		pile_pack(pile, &world.nodes[NORTH], false);
		node_turn(&world.nodes[NORTH]);
	}
	assert_false(bytes_equal(buffer_view(&former),
	                         buffer_view(&world_channel(&world, NORTH)->cosignature)));
	pile_take(pile, &world.nodes[SOUTH]);
	world_check_agreement(&world);
	buffer_release(&former);
	free_pile(pile);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_waits_is_dropped_in_time),
		cmocka_unit_test(test_a_named_body_stays),
		cmocka_unit_test(test_the_spool_is_bounded),
		cmocka_unit_test(test_entries_over_the_quota_wait),
		cmocka_unit_test(test_bodies_that_are_not_what_they_are_called),
		cmocka_unit_test(test_lines_that_cover_nothing),
		cmocka_unit_test(test_entries_that_overlap_wait_once),
		cmocka_unit_test(test_places_that_are_none),
		cmocka_unit_test(test_the_cosignature_is_made_anew),
	};

	journal_open("test", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
