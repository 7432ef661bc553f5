/* The copy of the database that a backup is made of: in steps between turns, as of its
 * end, one at a time, and gone when nobody asks for it. */
#include "engine_restore.h"

enum { LARGE_VALUES = 6 };

/* So much that a copy takes several steps. */
static void make_large(struct node *node)
{
	static uint8_t large[STORE_VALUE_MAXIMUM];

	assert_ok(store_begin(node->store));
	for (unsigned i = 0; i < LARGE_VALUES; i++) {
		char key[16];

		snprintf(key, sizeof(key), "test/%u", i);
		assert_ok(
		    store_set_value(node->store, STORE_NODE, key, bytes_of(large, sizeof(large))));
	}
	assert_ok(store_commit(node->store));
}

static void open_world(struct world *world, uint32_t seed)
{
	world_init_stored(world, seed, true);
	world_open(world);
	make_large(&world->nodes[NORTH]);
}

static void step(struct node *node)
{
	bool worked;

	assert_ok(node_step(node, &worked));
}

static void finish(struct node *node)
{
	for (unsigned i = 0; !node->engine->backup.whole; i++) {
		assert_true(i < 1000);
		/* It wants to go on at once. */
		assert_true(engine_next_timer(node->engine) <= node->world->monotonic);
		step(node);
	}
}

static void test_it_is_as_of_its_end(void **state)
{
	struct engine_backup *backup;
	struct error error = { 0 };
	struct world world;
	struct node *north;

	(void)state;
	open_world(&world, 301);
	north = &world.nodes[NORTH];
	backup = &north->engine->backup;
	assert_ok(engine_begin_backup(north->engine, &error));
	step(north);
	assert_false(backup->whole);
	assert_int_equal(backup->channel_count, 0);
	/* What is logged meanwhile is in it. */
	node_comment(north);
	finish(north);
	assert_int_equal(backup->channel_count, 1);
	assert_true(hash_equal(&backup->channels[0].id, &world.channel));
	assert_int_equal(backup->channels[0].own_size,
	                 rules_size(world_channel(&world, NORTH)->rules, NORTH));
	assert_int_equal(backup->channels[0].their_size,
	                 rules_size(world_channel(&world, NORTH)->rules, SOUTH));
	assert_int_equal(backup->time, world.now);
	assert_true(store_copy_size(north->store, backup->copy) >
	            (uint64_t)LARGE_VALUES * STORE_VALUE_MAXIMUM);
	world_release(&world);
}

static void test_one_at_a_time(void **state)
{
	uint8_t first[API_SETUP_SIZE];
	struct error error = { 0 };
	struct world world;
	struct node *north;

	(void)state;
	open_world(&world, 302);
	north = &world.nodes[NORTH];
	assert_int_equal(engine_find_backup(north->engine, first, &error), ERROR_NOT_FOUND);
	assert_ok(engine_begin_backup(north->engine, &error));
	memcpy(first, north->engine->backup.id, sizeof(first));
	assert_int_equal(engine_begin_backup(north->engine, &error), ERROR_WAIT);
	finish(north);
	world_pass(&world, 29);
	assert_int_equal(engine_begin_backup(north->engine, &error), ERROR_WAIT);
	/* Whoever asks keeps it. */
	assert_ok(engine_find_backup(north->engine, first, &error));
	world_pass(&world, 29);
	assert_int_equal(engine_begin_backup(north->engine, &error), ERROR_WAIT);
	world_pass(&world, 1);
	assert_ok(engine_begin_backup(north->engine, &error));
	assert_int_equal(engine_find_backup(north->engine, first, &error), ERROR_NOT_FOUND);
	engine_end_backup(north->engine);
	assert_null(north->engine->backup.copy);
	engine_end_backup(north->engine);
	world_release(&world);
}

static void test_it_goes_when_nobody_asks(void **state)
{
	struct error error = { 0 };
	struct world world;
	struct node *north;

	(void)state;
	open_world(&world, 303);
	north = &world.nodes[NORTH];
	assert_ok(engine_begin_backup(north->engine, &error));
	finish(north);
	world_pass(&world, 599);
	step(north);
	assert_non_null(north->engine->backup.copy);
	assert_true(engine_next_timer(north->engine) <= world.monotonic + UINT64_C(1000000000));
	world_pass(&world, 1);
	step(north);
	assert_null(north->engine->backup.copy);
	/* Also one that is still being made. */
	assert_ok(engine_begin_backup(north->engine, &error));
	world_pass(&world, 600);
	step(north);
	assert_null(north->engine->backup.copy);
	world_release(&world);
}

/* A turn that fails loads everything anew; the copy goes on. */
static void test_a_failed_turn_does_it_no_harm(void **state)
{
	struct error error = { 0 };
	struct world world;
	struct node *north;

	(void)state;
	open_world(&world, 304);
	north = &world.nodes[NORTH];
	assert_ok(engine_begin_backup(north->engine, &error));
	step(north);
	north->failing_commits = 1;
	node_comment(north);
	step(north);
	finish(north);
	assert_int_equal(north->engine->backup.channels[0].own_size,
	                 rules_size(world_channel(&world, NORTH)->rules, NORTH));
	world_release(&world);
}

static void test_a_store_that_has_none(void **state)
{
	struct error error = { 0 };
	struct world world;

	(void)state;
	world_init(&world, 305);
	assert_int_equal(engine_begin_backup(world.nodes[NORTH].engine, &error), ERROR_UNSUPPORTED);
	assert_int_equal(engine_next_timer(world.nodes[NORTH].engine), UINT64_MAX);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_is_as_of_its_end),
		cmocka_unit_test(test_one_at_a_time),
		cmocka_unit_test(test_it_goes_when_nobody_asks),
		cmocka_unit_test(test_a_failed_turn_does_it_no_harm),
		cmocka_unit_test(test_a_store_that_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
