/* A node whose database or keeper is older comes back: by copies, and by the word of
 * the other side or of witnesses. Copies by liars are refused. */
#include "channel_internal.h"
#include "depositary_world.h"
#include "engine_post.h"
#include "engine_restore.h"
#include "engine_succeed.h"
#include "journal.h"

/* --- copies ------------------------------------------------------------------------------- */

/* North's database, and its keeper, are what they were before both wrote more. */
static void restore_north(struct world *world, bool database, bool keeper)
{
	struct node *north = &world->nodes[NORTH];

	node_copy(north, "old");
	for (unsigned i = 0; i < 3; i++) {
		node_comment(&world->nodes[i % 2]);
		world_run(world);
	}
	world_cut(world);
	world_run(world);
	node_end(north);
	if (database)
		node_restore_database(north, "old");
	if (keeper)
		node_restore_keeper(north, "old");
	node_begin(north);
}

/* North takes what `from` packs as a copy. */
static void copy_from(struct world *world, unsigned from)
{
	struct pile *pile = calloc(1, sizeof(*pile));

	pile_pack(pile, &world->nodes[from], true);
	pile_take(pile, &world->nodes[NORTH]);
	pile_release(pile);
	free(pile);
}

static bool bodies_are_here(struct world *world, unsigned side)
{
	return world_channel(world, side)->wanted_count == 0;
}

static void test_an_older_database_and_a_copy(void **state)
{
	struct world world;

	(void)state;
	open_on_disk(&world, 130);
	restore_north(&world, true, false);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_DATABASE_BEHIND);
	copy_from(&world, SOUTH);
	/* Without a start, without the line, without evidence. */
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	assert_false(world_channel(&world, NORTH)->copying);
	assert_true(bodies_are_here(&world, NORTH));
	world_check_agreement(&world);
	check_goes_on(&world);
	world_release(&world);
}

/* What the keeper signed last was never sent: only the own mirror has it. */
static void test_an_older_database_and_its_mirror(void **state)
{
	struct world world;
	struct node *north;
	struct pile *mirror = calloc(1, sizeof(*mirror));
	struct recovery_report report;
	uint64_t sent, now;

	(void)state;
	open_on_disk(&world, 131);
	north = &world.nodes[NORTH];
	node_copy(north, "old");
	node_comment(north);
	world_run(&world);
	sent = world_channel(&world, NORTH)->head_size;
	world_cut(&world);
	world_run(&world);
	node_comment(north);
	node_turn(north);
	node_comment(north);
	node_turn(north);
	now = world_channel(&world, NORTH)->head_size;
	pile_pack(mirror, north, true);
	node_end(north);
	node_restore_database(north, "old");
	node_begin(north);
	copy_from(&world, SOUTH);
	/* The other side has part of it; the rest is named exactly. */
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_DATABASE_BEHIND);
	report = report_of(&world, NORTH);
	assert_int_equal(report.held[NORTH], sent);
	assert_int_equal(report.known[NORTH], now);
	pile_take(mirror, north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	check_goes_on(&world);
	pile_release(mirror);
	free(mirror);
	world_release(&world);
}

/* The processes end after each frame of a copy. */
static void test_copying_is_interrupted(void **state)
{
	struct world world;
	struct pile *pile = calloc(1, sizeof(*pile));
	struct post_outcome outcome;

	(void)state;
	open_on_disk(&world, 132);
	restore_north(&world, true, false);
	pile_pack(pile, &world.nodes[SOUTH], true);
	for (size_t i = 0; i < pile->count; i++) {
		/* Taken and lost, for the turn was not reached. */
		assert_ok(node_take(&world.nodes[NORTH], &pile->frames[i], &outcome));
		node_end(&world.nodes[NORTH]);
		node_begin(&world.nodes[NORTH]);
		assert_ok(node_take(&world.nodes[NORTH], &pile->frames[i], &outcome));
		node_turn(&world.nodes[NORTH]);
		node_end(&world.nodes[NORTH]);
		node_begin(&world.nodes[NORTH]);
	}
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	check_goes_on(&world);
	pile_release(pile);
	free(pile);
	world_release(&world);
}

/* Both are older, and the other side has said so: a copy, and then its word. */
static void recover_both(uint32_t seed, bool lost, bool stale)
{
	struct world world;

	open_on_disk(&world, seed);
	restore_north(&world, true, true);
	if (lost) {
		node_end(&world.nodes[NORTH]);
		node_lose_keeper(&world.nodes[NORTH]);
		node_begin(&world.nodes[NORTH]);
	}
	world_pass(&world, 1000);
	world_link(&world);
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_ROLLED_BACK);
	copy_from(&world, SOUTH);
	assert_int_equal(trouble_of(&world, NORTH),
	                 lost ? TROUBLE_KEEPER_LOST : TROUBLE_KEEPER_BEHIND);
	/* The copy brought the other side's word too, which was fresh when it was made. */
	world_pass(&world, stale ? EVIDENCE_AGE_MAXIMUM + 1 : 100);
	engine_recover(world_channel(&world, NORTH));
	world_run(&world);
	if (stale) {
		assert_int_not_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
		world_link(&world);
		world_run(&world);
	}
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	world_check_agreement(&world);
	check_goes_on(&world);
	world_release(&world);
}

static void test_both_restored_and_a_copy(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++)
		recover_both(140 + i, i % 2, i / 2);
}

/* --- copies by liars --------------------------------------------------------------------- */

/* One frame of a pile is refused, with this in the sentence, and nothing has changed. */
static void check_refused(struct world *world, const struct buffer *frame, const char *part)
{
	struct engine_channel *channel = world_channel(world, NORTH);
	uint64_t held = rules_size(channel->rules, NORTH);
	struct post_outcome outcome;
	struct error error = { 0 };

	assert_int_not_equal(channel_take_frame(channel, frame->data[4],
	                                        bytes_of(frame->data + FRAME_HEADER_SIZE,
	                                                 frame->size - FRAME_HEADER_SIZE),
	                                        &outcome, &error),
	                     OK);
	if (strstr(error.message, part) == NULL)
		fail_msg("'%s' is not in: %s", part, error.message);
	node_turn(&world->nodes[NORTH]);
	channel = world_channel(world, NORTH);
	assert_int_equal(rules_size(channel->rules, NORTH), held);
	assert_false(channel->faulted);
}

/* The frame of a pile that brings own entries which are not here; with `here`, the
 * one that reaches furthest. */
static struct buffer *own_entries_of(struct world *world, struct pile *pile, bool here)
{
	struct engine_channel *channel = world_channel(world, NORTH);
	struct frame_entries frame;
	struct buffer *found = NULL;
	unsigned party;

	for (size_t i = 0; i < pile->count && (here || found == NULL); i++) {
		struct buffer *bytes = &pile->frames[i];

		if (bytes->data[4] == FRAME_ENTRIES &&
		    frame_get_entries(
			bytes_of(bytes->data + FRAME_HEADER_SIZE, bytes->size - FRAME_HEADER_SIZE),
			&frame, NULL) == OK &&
		    post_party_of(channel, frame.checkpoint, &party, NULL) == OK &&
		    party == NORTH &&
		    (here || frame.start + frame.count > rules_size(channel->rules, NORTH)))
			found = bytes;
	}
	assert_non_null(found);
	return found;
}

static void test_a_copy_that_was_changed(void **state)
{
	struct world world;
	struct pile *pile = calloc(1, sizeof(*pile));
	struct buffer *own;
	struct frame_entries frame;
	struct cursor cursor;
	struct bytes entry;
	uint8_t *places[3];

	(void)state;
	open_on_disk(&world, 135);
	restore_north(&world, true, false);
	pile_pack(pile, &world.nodes[SOUTH], true);
	own = own_entries_of(&world, pile, false);
	assert_ok(frame_get_entries(
	    bytes_of(own->data + FRAME_HEADER_SIZE, own->size - FRAME_HEADER_SIZE), &frame, NULL));
	cursor = cursor_over(frame.entries);
	while (frame_entries_next(&cursor, &entry) == OK)
		places[0] = (uint8_t *)(uintptr_t)entry.data + entry.size / 2;
	/* The root is the third line, the signature the end. */
	places[1] = memchr(frame.checkpoint.data, '\n', frame.checkpoint.size);
	places[1] = (uint8_t *)memchr(places[1] + 1, '\n', 32) + 5;
	places[2] = (uint8_t *)(uintptr_t)frame.checkpoint.data + frame.checkpoint.size - 8;
	for (unsigned i = 0; i < 3; i++) {
		*places[i] ^= 1;
		check_refused(&world, own, "");
		*places[i] ^= 1;
	}
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_DATABASE_BEHIND);
	pile_take(pile, &world.nodes[NORTH]);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	check_goes_on(&world);
	pile_release(pile);
	free(pile);
	world_release(&world);
}

/* A twin with the same keys wrote on from an older copy: what it signed is properly
 * signed, and of another history than the keeper's. */
static void test_a_copy_of_a_fork(void **state)
{
	struct world world;
	struct node *north;
	struct pile *forked = calloc(1, sizeof(*forked));

	(void)state;
	open_on_disk(&world, 136);
	north = &world.nodes[NORTH];
	node_copy(north, "old");
	node_comment(north);
	node_comment(north);
	world_run(&world);
	world_cut(&world);
	world_run(&world);
	node_copy(north, "now");
	/* The twin. */
	node_end(north);
	node_restore_database(north, "old");
	node_restore_keeper(north, "old");
	node_begin(north);
	memset(north->heads, 0, sizeof(north->heads));
	for (unsigned i = 0; i < 5; i++) {
		node_comment(north);
		node_turn(north);
	}
	pile_pack(forked, north, true);
	/* The node: its keeper as it was, its database older. */
	node_end(north);
	node_restore_database(north, "old");
	node_restore_keeper(north, "now");
	node_begin(north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_DATABASE_BEHIND);
	check_refused(&world, own_entries_of(&world, forked, false), "written twice");
	copy_from(&world, SOUTH);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	memset(north->heads, 0, sizeof(north->heads));
	check_goes_on(&world);
	/* And of one that has the entries already, the first that is another is named. */
	world_cut(&world);
	node_end(north);
	node_lose_keeper(north);
	node_begin(north);
	check_refused(&world, own_entries_of(&world, forked, true), "another");
	pile_release(forked);
	free(forked);
	world_release(&world);
}

/* --- by the word of witnesses --------------------------------------------------------------- */

/* A world with two witnesses, both needed, in which north's keeper is harmed. */
static void open_with_witnesses(struct world *world, struct neutrals *neutrals, uint32_t seed,
                                bool database, bool lost)
{
	neutrals_init_stored(neutrals, world, seed, true);
	neutrals->quorum = 2;
	world_open(world);
	neutrals_learn_logs(neutrals);
	world_settle(world);
	restore_north(world, database, !lost);
	if (lost) {
		node_end(&world->nodes[NORTH]);
		node_lose_keeper(&world->nodes[NORTH]);
		node_begin(&world->nodes[NORTH]);
	}
}

/* Without any line to the other side. */
static void test_witnesses_name_the_last_head(void **state)
{
	struct neutrals neutrals;
	struct world world;

	(void)state;
	for (unsigned lost = 0; lost < 2; lost++) {
		open_with_witnesses(&world, &neutrals, 150 + lost, false, lost);
		assert_int_equal(trouble_of(&world, NORTH),
		                 lost ? TROUBLE_KEEPER_LOST : TROUBLE_KEEPER_BEHIND);
		world_pass(&world, 5000);
		neutrals.items[1].mood = FAKE_GONE;
		engine_recover(world_channel(&world, NORTH));
		world_settle(&world);
		/* One is not enough. */
		assert_int_not_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
		assert_int_equal(report_of(&world, NORTH).evidence.needed, 2);
		assert_int_equal(report_of(&world, NORTH).evidence.fresh, 1);
		neutrals.items[1].mood = FAKE_HONEST;
		for (unsigned i = 0; i < 6 && trouble_of(&world, NORTH) != TROUBLE_NONE; i++) {
			world_pass(&world, 95);
			world_settle(&world);
		}
		assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
		check_goes_on(&world);
		neutrals_release(&neutrals);
	}
}

/* The other side alone does not do where the charter has a quorum. */
static void test_the_other_side_is_no_quorum(void **state)
{
	struct neutrals neutrals;
	struct world world;

	(void)state;
	open_with_witnesses(&world, &neutrals, 152, false, true);
	neutrals.items[0].mood = neutrals.items[1].mood = FAKE_GONE;
	world_pass(&world, 5000);
	engine_recover(world_channel(&world, NORTH));
	world_link(&world);
	world_settle(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_KEEPER_LOST);
	assert_int_equal(report_of(&world, NORTH).evidence.fresh, 0);
	neutrals_release(&neutrals);
}

/* Both are older, and a witness finds out before anybody else. */
static void test_a_witness_finds_out(void **state)
{
	struct neutrals neutrals;
	struct world world;

	(void)state;
	open_with_witnesses(&world, &neutrals, 153, true, false);
	world_pass(&world, 100);
	neutrals_ask_anew(world_channel(&world, NORTH));
	world_settle(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_ROLLED_BACK);
	copy_from(&world, SOUTH);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_KEEPER_BEHIND);
	engine_recover(world_channel(&world, NORTH));
	for (unsigned i = 0; i < 8 && trouble_of(&world, NORTH) != TROUBLE_NONE; i++) {
		world_pass(&world, 95);
		world_settle(&world);
	}
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	check_goes_on(&world);
	neutrals_release(&neutrals);
}

/* The keeper's state is from before the log went on under another key, whether it knows
 * how far the log had come under the former one or not. */
static void recover_before_succession(uint32_t seed, bool knows)
{
	struct world world;
	struct node *north;

	open_on_disk(&world, seed);
	north = &world.nodes[NORTH];
	node_copy(north, "old");
	if (!knows) {
		node_comment(north);
		world_run(&world);
	}
	node_succeed(north);
	world_run(&world);
	node_comment(north);
	world_run(&world);
	world_cut(&world);
	world_run(&world);
	node_end(north);
	node_restore_keeper(north, "old");
	node_begin(north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_KEEPER_BEHIND);
	world_pass(&world, 100);
	world_link(&world);
	world_run(&world);
	engine_recover(world_channel(&world, NORTH));
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	check_goes_on(&world);
	world_release(&world);
}

static void test_a_keeper_from_before_a_succession(void **state)
{
	(void)state;
	recover_before_succession(155, true);
	recover_before_succession(156, false);
}

/* --- from the depositary ---------------------------------------------------------------- */

/* The line is cut, both sides leave their logs at the depositary; then north's database
 * is an older one. What was left is fetched by itself, and what was not is named. */
static void test_the_depositary_has_it(void **state)
{
	struct depositary *depositary = calloc(1, sizeof(*depositary));
	struct pile *mirror = calloc(1, sizeof(*mirror));
	struct recovery_report report;
	struct world world;
	uint64_t left;

	(void)state;
	depositary_open_stored(depositary, &world, 160, true);
	node_copy(&world.nodes[NORTH], "old");
	world_cut(&world);
	world_run(&world);
	for (unsigned i = 0; i < 4; i++) {
		node_comment(&world.nodes[i % 2]);
		world_minutes(&world, 3);
	}
	left = depositary->logs[NORTH].tree.size;
	pile_pack(mirror, &world.nodes[NORTH], true);
	node_end(&world.nodes[NORTH]);
	node_restore_database(&world.nodes[NORTH], "old");
	node_begin(&world.nodes[NORTH]);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_DATABASE_BEHIND);
	assert_true(report_of(&world, NORTH).held[NORTH] < left);
	world_minutes(&world, 3);
	report = report_of(&world, NORTH);
	assert_int_equal(report.held[NORTH], left);
	assert_true(bodies_are_here(&world, NORTH));
	/* Of a last stamp nobody else has heard. */
	if (report.known[NORTH] > left) {
		assert_int_equal(trouble_of(&world, NORTH), TROUBLE_DATABASE_BEHIND);
		pile_take(mirror, &world.nodes[NORTH]);
	}
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	check_goes_on(&world);
	pile_release(mirror);
	free(mirror);
	depositary_release(depositary);
	free(depositary);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_older_database_and_a_copy),
		cmocka_unit_test(test_an_older_database_and_its_mirror),
		cmocka_unit_test(test_copying_is_interrupted),
		cmocka_unit_test(test_both_restored_and_a_copy),
		cmocka_unit_test(test_a_copy_that_was_changed),
		cmocka_unit_test(test_a_copy_of_a_fork),
		cmocka_unit_test(test_witnesses_name_the_last_head),
		cmocka_unit_test(test_the_other_side_is_no_quorum),
		cmocka_unit_test(test_a_witness_finds_out),
		cmocka_unit_test(test_a_keeper_from_before_a_succession),
		cmocka_unit_test(test_the_depositary_has_it),
	};

	journal_open("copy", getenv("CHIRO_LOUD") != NULL ? 7 : 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
