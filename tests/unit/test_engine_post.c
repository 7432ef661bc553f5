/* Channels that live on files: frames packed by one engine and taken by the other,
 * in any order, twice, damaged, and from the wrong place. */
#include "channel_internal.h"
#include "engine_post.h"
#include "journal.h"

/* --- fixtures ------------------------------------------------------------------ */

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
		cmocka_unit_test(test_a_file_overtakes_the_line),
		cmocka_unit_test(test_a_copy_brings_both_logs_back),
		cmocka_unit_test(test_a_mirror_follows),
		cmocka_unit_test(test_own_entries_prove_a_loss),
	};

	journal_open("test", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
