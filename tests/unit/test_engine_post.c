/* Channels that live on files: frames packed by one engine and taken by the other,
 * in any order, twice, damaged, and from the wrong place. */
#include "channel_internal.h"
#include "engine_post.h"
#include "journal.h"

/* --- fixtures ------------------------------------------------------------------ */

static void open_by_post(struct world *world, uint32_t seed)
{
	world_init(world, seed);
	world_open_by_post(world);
}

/* A body of this size, which is no age file, uploaded; in an act of the head. */
static void comment_of(struct node *node, size_t size, uint32_t serial, struct hash *ret_hash)
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

static size_t count_faults(struct world *world, unsigned side, const char *fault)
{
	const struct rules *rules = world_channel(world, side)->rules;
	struct store_entries page;
	size_t count = 0;

	store_entries_init(&page);
	for (uint64_t i = 0; i < rules_size(rules, side); i++) {
		struct entry entry;

		assert_ok(store_get_entries(world->nodes[side].store,
		                            world_channel(world, side)->number, side, i, 1, 1,
		                            &page));
		assert_ok(entry_parse(page.items[0].bytes, &entry, NULL));
		count += entry.act.kind->number == KIND_FAULT &&
		         bytes_equal_string(act_field(&entry.act, "fault")->text, fault);
	}
	store_entries_release(&page);
	return count;
}

static uint64_t held(struct world *world, unsigned side, unsigned party)
{
	return rules_size(world_channel(world, side)->rules, party);
}

/* --- the whole way ---------------------------------------------------------------- */

static void test_a_channel_without_a_line(void **state)
{
	static const char *const from_channel[] = { "channel", NULL };
	struct world world;
	struct act act;

	(void)state;
	open_by_post(&world, 1);
	world_check_agreement(&world);
	for (unsigned i = 0; i < 6; i++) {
		node_comment(&world.nodes[i % 2]);
		if (i % 3 == 2)
			world_post(&world);
	}
	world_post(&world);
	world_check_agreement(&world);
	act = node_act(&world.nodes[NORTH], KIND_WITHDRAW, from_channel);
	assert_ok(node_submit(&world.nodes[NORTH], &act, &world.nodes[NORTH].head));
	world_post(&world);
	world_pass(&world, world_channel(&world, NORTH)->charter->notice + 1);
	for (unsigned side = 0; side < 2; side++) {
		act = node_act(&world.nodes[side], KIND_CLOSE, NULL);
		assert_ok(node_submit(&world.nodes[side], &act, &world.nodes[side].head));
		world_post(&world);
	}
	for (unsigned side = 0; side < 2; side++)
		assert_int_equal(rules_channel_state(world_channel(&world, side)->rules, world.now),
		                 CHANNEL_CLOSED);
	world_check_agreement(&world);
	world_release(&world);
}

/* Every frame, in an order of its own, some of them twice, with restarts between. */
static void take_shuffled(uint32_t seed, bool restarts)
{
	struct world world;
	struct pile *pile = calloc(1, sizeof(*pile));
	struct post_outcome outcome;
	size_t order[PILE_MAXIMUM], waited = 0;

	open_by_post(&world, seed);
	for (unsigned i = 0; i < 5; i++) {
		comment_of(&world.nodes[NORTH], 700000 + i, seed + i, NULL);
		node_turn(&world.nodes[NORTH]);
		/* Volumes of the same pack would hold one frame of entries; three passes
		 * make three. */
		pile_go_on(pile, &world.nodes[NORTH], false, UINT64_MAX);
	}
	for (size_t i = 0; i < pile->count; i++)
		order[i] = i;
	for (size_t i = pile->count; i > 1; i--) {
		size_t other = (seed = seed * 1664525 + 1013904223) / 7 % i, swap = order[i - 1];

		order[i - 1] = order[other];
		order[other] = swap;
	}
	for (size_t i = 0; i < pile->count; i++) {
		for (unsigned times = 0; times < 1 + order[i] % 2; times++) {
			assert_ok(
			    node_take(&world.nodes[SOUTH], &pile->frames[order[i]], &outcome));
			waited += outcome.result == POST_WAITING;
			node_turn(&world.nodes[SOUTH]);
		}
		if (restarts && i % 3 == 0)
			node_restart(&world.nodes[SOUTH]);
	}
	assert_true(waited > 0);
	assert_int_equal(held(&world, SOUTH, NORTH), held(&world, NORTH, NORTH));
	assert_int_equal(world_channel(&world, SOUTH)->post.count, 0);
	assert_int_equal(world_channel(&world, SOUTH)->wanted_count, 0);
	world_post(&world);
	world_check_agreement(&world);
	/* And all of it once more brings nothing. */
	for (size_t i = 0; i < pile->count; i++) {
		assert_ok(node_take(&world.nodes[SOUTH], &pile->frames[i], &outcome));
		assert_int_equal(outcome.result, POST_HELD);
	}
	pile_release(pile);
	free(pile);
	world_release(&world);
}

static void test_any_order_and_twice(void **state)
{
	(void)state;
	for (uint32_t seed = 10; seed < 16; seed++)
		take_shuffled(seed, seed % 2 == 0);
}

/* Nothing is faulted when bodies come first, as they are packed. */
static void test_bodies_come_first(void **state)
{
	struct world world;

	(void)state;
	open_by_post(&world, 20);
	comment_of(&world.nodes[NORTH], 1500000, 1, NULL);
	comment_of(&world.nodes[NORTH], 100, 2, NULL);
	world_post(&world);
	assert_int_equal(count_faults(&world, SOUTH, "missing"), 0);
	assert_int_equal(world_channel(&world, SOUTH)->wanted_count, 0);
	world_check_agreement(&world);
	world_release(&world);
}

static void test_a_missing_body_is_faulted_and_cured(void **state)
{
	struct world world;
	struct pile *pile = calloc(1, sizeof(*pile));
	struct post_outcome outcome;
	struct hash hash;

	(void)state;
	open_by_post(&world, 21);
	comment_of(&world.nodes[NORTH], 1500000, 1, &hash);
	node_turn(&world.nodes[NORTH]);
	pile_pack(pile, &world.nodes[NORTH], false);
	for (size_t i = 0; i < pile->count; i++)
		if (pile_type(pile, i) != FRAME_BLOB_CHUNK)
			assert_ok(node_take(&world.nodes[SOUTH], &pile->frames[i], &outcome));
	node_turn(&world.nodes[SOUTH]);
	assert_int_equal(count_faults(&world, SOUTH, "missing"), 1);
	/* The other side packs it again because its fault stands, also when the act has
	 * been receipted. */
	pile_release(pile);
	node_post(&world.nodes[SOUTH], &world.nodes[NORTH]);
	node_turn(&world.nodes[NORTH]);
	node_post(&world.nodes[NORTH], &world.nodes[SOUTH]);
	assert_true(blob_is_held(world_channel(&world, SOUTH), &hash));
	assert_int_equal(count_faults(&world, SOUTH, "cured"), 1);
	world_post(&world);
	world_check_agreement(&world);
	/* And then not any more. */
	node_turn(&world.nodes[NORTH]);
	pile_pack(pile, &world.nodes[NORTH], false);
	for (size_t i = 0; i < pile->count; i++)
		assert_int_not_equal(pile_type(pile, i), FRAME_BLOB_CHUNK);
	pile_release(pile);
	free(pile);
	world_release(&world);
}

/* --- what is wrong -------------------------------------------------------------------- */

/* Every byte of every frame damaged, one at a time: nothing is stored of it that is
 * not signed, and the whole still goes through afterwards. */
static void test_damage_changes_nothing(void **state)
{
	struct world world;
	struct pile *pile = calloc(1, sizeof(*pile));
	struct post_outcome outcome;
	uint64_t before;

	(void)state;
	open_by_post(&world, 30);
	/* An entry without a body: that would ride along unsigned. */
	assert_ok(engine_submit_test(world_channel(&world, NORTH), 1, NULL));
	node_turn(&world.nodes[NORTH]);
	pile_pack(pile, &world.nodes[NORTH], false);
	before = held(&world, SOUTH, NORTH);
	for (size_t i = 0; i < pile->count; i++) {
		struct buffer *frame = &pile->frames[i];

		for (size_t at = FRAME_HEADER_SIZE; at < frame->size; at += 3) {
			frame->data[at] ^= 0x10;
			if (pile_type(pile, i) == FRAME_ENTRIES)
				assert_true(node_take(&world.nodes[SOUTH], frame, &outcome) != OK ||
				            outcome.result != POST_STORED);
			else
				node_take(&world.nodes[SOUTH], frame, &outcome);
			frame->data[at] ^= 0x10;
			assert_int_equal(held(&world, SOUTH, NORTH), before);
		}
		node_turn(&world.nodes[SOUTH]);
	}
	assert_false(world_channel(&world, SOUTH)->faulted);
	pile_take(pile, &world.nodes[SOUTH]);
	world_post(&world);
	world_check_agreement(&world);
	pile_release(pile);
	free(pile);
	world_release(&world);
}

static void test_another_channel_and_oneself(void **state)
{
	struct world world, foreign;
	struct pile *pile = calloc(1, sizeof(*pile));
	struct post_outcome outcome;

	(void)state;
	open_by_post(&world, 31);
	open_by_post(&foreign, 32);
	node_comment(&foreign.nodes[NORTH]);
	node_turn(&foreign.nodes[NORTH]);
	pile_pack(pile, &foreign.nodes[NORTH], false);
	for (size_t i = 0; i < pile->count; i++)
		if (pile_type(pile, i) != FRAME_COSIGNATURE)
			assert_int_equal(node_take(&world.nodes[SOUTH], &pile->frames[i], &outcome),
			                 ERROR_MISMATCH);
	pile_release(pile);
	/* What one has packed oneself brings nothing. */
	node_comment(&world.nodes[NORTH]);
	node_turn(&world.nodes[NORTH]);
	pile_pack(pile, &world.nodes[NORTH], false);
	for (size_t i = 0; i < pile->count; i++)
		if (pile_type(pile, i) == FRAME_ENTRIES) {
			assert_ok(node_take(&world.nodes[NORTH], &pile->frames[i], &outcome));
			assert_int_equal(outcome.result, POST_HELD);
		}
	assert_false(world_channel(&world, NORTH)->read_only);
	world_post(&world);
	world_check_agreement(&world);
	pile_release(pile);
	free(pile);
	world_release(&world);
	world_release(&foreign);
}

/* A disk that fails in the turn: nothing was taken, and it can be taken again. */
static void test_a_failing_disk(void **state)
{
	struct world world;
	struct pile *pile = calloc(1, sizeof(*pile));
	struct post_outcome outcome;
	uint64_t before;

	(void)state;
	open_by_post(&world, 33);
	comment_of(&world.nodes[NORTH], 700000, 1, NULL);
	node_turn(&world.nodes[NORTH]);
	pile_pack(pile, &world.nodes[NORTH], false);
	before = held(&world, SOUTH, NORTH);
	for (size_t i = 0; i < pile->count; i++) {
		world.nodes[SOUTH].failing_commits = 1;
		assert_ok(node_take(&world.nodes[SOUTH], &pile->frames[i], &outcome));
		node_turn(&world.nodes[SOUTH]);
		assert_int_equal(held(&world, SOUTH, NORTH), before);
		world.nodes[SOUTH].failing_commits = 0;
		if (pile_type(pile, i) == FRAME_BLOB_CHUNK) {
			assert_ok(node_take(&world.nodes[SOUTH], &pile->frames[i], &outcome));
			assert_int_equal(outcome.result, POST_STORED);
			node_turn(&world.nodes[SOUTH]);
		}
	}
	pile_take(pile, &world.nodes[SOUTH]);
	world_post(&world);
	world_check_agreement(&world);
	pile_release(pile);
	free(pile);
	world_release(&world);
}

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
	assert_int_equal(world_channel(&world, SOUTH)->post.blob_count, 2);
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

/* --- beside a line ---------------------------------------------------------------------- */

static void test_a_file_overtakes_the_line(void **state)
{
	struct world world;
	struct pile *pile = calloc(1, sizeof(*pile));
	bool worked;

	(void)state;
	world_init(&world, 40);
	world_open(&world);
	/* Entries that wait at south for a body: it has come to no request yet. */
	comment_of(&world.nodes[NORTH], 900000, 1, NULL);
	assert_ok(node_step(&world.nodes[NORTH], &worked));
	assert_ok(node_step(&world.nodes[SOUTH], &worked));
	assert_non_null(world_channel(&world, SOUTH)->arrivals);
	pile_pack(pile, &world.nodes[NORTH], false);
	pile_take(pile, &world.nodes[SOUTH]);
	assert_int_equal(held(&world, SOUTH, NORTH), held(&world, NORTH, NORTH));
	world_run(&world);
	world_link(&world);
	world_run(&world);
	world_check_agreement(&world);
	assert_int_equal(count_faults(&world, SOUTH, "missing"), 0);
	pile_release(pile);
	free(pile);
	world_release(&world);
}

/* --- copies -------------------------------------------------------------------------------- */

/* South's database is gone, its keeper is not: north's copy brings both logs back. */
static void lose_database(struct node *node)
{
	engine_free(node->engine);
	node_drop_inbox(node);
	store_close(node->store);
	node_open_store(node);
	node_start(node);
}

static void adopt_copy(struct node *node, const struct buffer *frame)
{
	struct frame_charter charter;
	struct engine_channel *channel;
	struct error error = { 0 };

	assert_ok(frame_get_charter(
	    bytes_of(frame->data + FRAME_HEADER_SIZE, frame->size - FRAME_HEADER_SIZE), &charter,
	    NULL));
	if (engine_adopt_copy(node->engine, charter.text, charter.armors, &channel, &error) != OK)
		fail_msg("engine_adopt_copy: %s", error.message);
	assert_true(channel->copying);
	node_turn(node);
}

static void talk(struct world *world)
{
	for (unsigned i = 0; i < 7; i++) {
		comment_of(&world->nodes[i % 2], i % 3 == 0 ? 800000 : 500, 100 + i, NULL);
		world_run(world);
		world_pass(world, 60);
	}
	world_check_agreement(world);
}

static void test_a_copy_brings_both_logs_back(void **state)
{
	struct world world;
	struct pile *pile = calloc(1, sizeof(*pile));
	struct post_outcome outcome;
	uint64_t sizes[2];

	(void)state;
	world_init(&world, 50);
	world_open(&world);
	talk(&world);
	world_cut(&world);
	world_run(&world);
	for (unsigned party = 0; party < 2; party++)
		sizes[party] = held(&world, SOUTH, party);
	pile_pack(pile, &world.nodes[NORTH], true);
	assert_int_equal(pile_type(pile, 0), FRAME_CHARTER);
	lose_database(&world.nodes[SOUTH]);
	adopt_copy(&world.nodes[SOUTH], &pile->frames[0]);
	/* From the last frame to the first: the worst order. */
	for (size_t i = pile->count; i > 0; i--) {
		assert_ok(node_take(&world.nodes[SOUTH], &pile->frames[i - 1], &outcome));
		if (i % 4 == 0)
			node_turn(&world.nodes[SOUTH]);
	}
	node_turn(&world.nodes[SOUTH]);
	for (unsigned party = 0; party < 2; party++)
		assert_int_equal(held(&world, SOUTH, party), sizes[party]);
	assert_int_equal(world_channel(&world, SOUTH)->post.count, 0);
	assert_int_equal(world_channel(&world, SOUTH)->wanted_count, 0);
	/* The keeper finds what it has signed, and the channel goes on. */
	node_restart(&world.nodes[SOUTH]);
	assert_false(world_channel(&world, SOUTH)->read_only);
	world_link(&world);
	node_comment(&world.nodes[SOUTH]);
	world_run(&world);
	world_check_agreement(&world);
	pile_release(pile);
	free(pile);
	world_release(&world);
}

/* A third engine without a keeper follows. */
static void test_a_mirror_follows(void **state)
{
	struct world world;
	struct pile *pile = calloc(1, sizeof(*pile));
	struct engine *mirror;
	struct store *store;
	struct configuration configuration = { .party = "north" };
	struct engine_settings settings;
	struct engine_channel *channel;
	struct frame_charter charter;
	struct post_outcome outcome;
	struct error error = { 0 };
	size_t taken = 0;

	(void)state;
	world_init(&world, 51);
	world_open(&world);
	assert_ok(store_open_memory(&store));
	settings = world.nodes[NORTH].engine->settings;
	settings.configuration = &configuration;
	settings.store = store;
	settings.keeper = (struct engine_keeper){ 0 };
	settings.mirror = true;
	settings.effects.context = calloc(1, sizeof(struct node));
	((struct node *)settings.effects.context)->world = &world;
	assert_ok(engine_new(&settings, &mirror, &error));
	for (unsigned round = 0; round < 3; round++) {
		talk(&world);
		pile_go_on(pile, &world.nodes[SOUTH], true, UINT64_MAX);
		for (; taken < pile->count; taken++) {
			const struct buffer *frame = &pile->frames[taken];
			struct bytes payload = bytes_of(frame->data + FRAME_HEADER_SIZE,
			                                frame->size - FRAME_HEADER_SIZE);

			if (pile_type(pile, taken) == FRAME_CHARTER) {
				assert_ok(frame_get_charter(payload, &charter, NULL));
				assert_ok(engine_adopt_copy(mirror, charter.text, charter.armors,
				                            &channel, &error));
			}
			assert_ok(
			    channel_take_frame(channel, frame->data[4], payload, &outcome, &error));
			assert_int_not_equal(outcome.result, POST_WAITING);
			assert_ok(engine_turn(mirror, &error));
		}
		for (unsigned party = 0; party < 2; party++)
			assert_int_equal(rules_size(channel->rules, party),
			                 held(&world, NORTH, party));
	}
	assert_int_equal(channel->own, NORTH);
	assert_int_equal(channel->head_size, held(&world, NORTH, NORTH));
	assert_int_equal(channel->their_cosigned_size, channel->head_size);
	assert_int_equal(channel->cosigned_size, held(&world, NORTH, SOUTH));
	assert_int_equal(channel->wanted_count, 0);
	engine_free(mirror);
	/* It starts again on what it has. */
	assert_ok(engine_new(&settings, &mirror, &error));
	channel = engine_find_channel(mirror, &world.channel);
	assert_true(channel->read_only && channel->copying);
	assert_int_equal(channel->cosigned_size, held(&world, NORTH, SOUTH));
	engine_free(mirror);
	store_close(store);
	buffer_release(&((struct node *)settings.effects.context)->last_answer);
	free(settings.effects.context);
	pile_release(pile);
	free(pile);
	world_release(&world);
}

/* The same keys twice, as after a restored snapshot: what the one has logged shows
 * the other that it has lost it. */
static void test_own_entries_prove_a_loss(void **state)
{
	struct world world, later;
	struct pile *pile = calloc(1, sizeof(*pile));
	struct post_outcome outcome;
	int r = OK;

	(void)state;
	open_by_post(&world, 52);
	open_by_post(&later, 52);
	assert_true(hash_equal(&world.channel, &later.channel));
	node_comment(&later.nodes[NORTH]);
	node_turn(&later.nodes[NORTH]);
	pile_pack(pile, &later.nodes[NORTH], true);
	for (size_t i = 0; i < pile->count && r == OK; i++)
		r = node_take(&world.nodes[NORTH], &pile->frames[i], &outcome);
	assert_int_equal(r, ERROR_STATE);
	node_turn(&world.nodes[NORTH]);
	assert_true(world_channel(&world, NORTH)->read_only);
	node_restart(&world.nodes[NORTH]);
	assert_true(world_channel(&world, NORTH)->read_only);
	/* From here on it is copied. */
	pile_take(pile, &world.nodes[NORTH]);
	assert_int_equal(held(&world, NORTH, NORTH), held(&later, NORTH, NORTH));
	pile_release(pile);
	free(pile);
	world_release(&world);
	world_release(&later);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_channel_without_a_line),
		cmocka_unit_test(test_any_order_and_twice),
		cmocka_unit_test(test_bodies_come_first),
		cmocka_unit_test(test_a_missing_body_is_faulted_and_cured),
		cmocka_unit_test(test_damage_changes_nothing),
		cmocka_unit_test(test_another_channel_and_oneself),
		cmocka_unit_test(test_a_failing_disk),
		cmocka_unit_test(test_what_waits_is_dropped_in_time),
		cmocka_unit_test(test_a_named_body_stays),
		cmocka_unit_test(test_the_spool_is_bounded),
		cmocka_unit_test(test_entries_over_the_quota_wait),
		cmocka_unit_test(test_bodies_that_are_not_what_they_are_called),
		cmocka_unit_test(test_places_that_are_none),
		cmocka_unit_test(test_the_cosignature_is_made_anew),
		cmocka_unit_test(test_a_file_overtakes_the_line),
		cmocka_unit_test(test_a_copy_brings_both_logs_back),
		cmocka_unit_test(test_a_mirror_follows),
		cmocka_unit_test(test_own_entries_prove_a_loss),
	};

	journal_open("test", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
