/* Tests of the link: by turns, after a cut, and after a start; and what the two engines make
 * of it when there are none. */
#include "channel_internal.h"
#include "engine_restore.h"

#include "journal.h"

enum { EVERY = 3600 };

/* Entries of a kind in a log, as its own side has it. */
static size_t count_of(struct world *world, unsigned side, enum kind_number kind)
{
	const struct rules *rules = world_channel(world, side)->rules;
	size_t count = 0;

	for (uint64_t i = 0; i < rules_size(rules, side); i++)
		count += rules_act(rules, (struct act_place){ side, i })->kind->number == kind;
	return count;
}

static struct link_test_plan plan_of(struct world *world, unsigned side)
{
	struct link_test_plan plan = { 0 };

	assert_true(channel_link_tests(world_channel(world, side), &plan));
	return plan;
}

static size_t count_alarms(struct world *world, unsigned side, enum alarm_kind kind)
{
	const struct alarm_queue *queue = &world->nodes[side].engine->alarms;
	size_t count = 0;

	for (size_t i = 0; i < queue->count; i++)
		count += queue->entries[i]->event.kind == kind;
	return count;
}

static void test_sides_alternate(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, 501);
	world_open(&world);
	for (size_t hour = 0; hour < 8; hour++) {
		unsigned turn = hour % 2 == 0 ? NORTH : SOUTH;

		for (unsigned side = 0; side < 2; side++) {
			assert_int_equal(plan_of(&world, side).next_by, turn);
			assert_int_equal(plan_of(&world, side).failed, 0);
			assert_int_equal(count_of(&world, side, KIND_TEST),
			                 (hour + (side == NORTH)) / 2);
		}
		/* Nothing before its time. */
		world_pass(&world, plan_of(&world, NORTH).next - world.now - 1);
		world_run(&world);
		assert_int_equal(count_of(&world, turn, KIND_TEST), hour / 2);
		world_pass(&world, 1);
		world_run(&world);
		assert_int_equal(count_of(&world, turn, KIND_TEST), hour / 2 + 1);
		assert_int_equal(count_of(&world, 1 - turn, KIND_ECHO), hour / 2 + 1);
		assert_int_equal(plan_of(&world, NORTH).last, world.now);
		assert_int_equal(plan_of(&world, SOUTH).last, world.now);
	}
	world_check_agreement(&world);
	world_release(&world);
}

/* A day without a line leaves nothing in the logs, one alarm on each side, and one test when
 * it is over. */
static void test_a_line_that_is_down(void **state)
{
	size_t tests[2], sizes[2];
	struct world world;

	(void)state;
	world_init(&world, 502);
	world_open(&world);
	world_pass(&world, EVERY);
	world_run(&world);
	world_cut(&world);
	world_run(&world);
	for (unsigned side = 0; side < 2; side++) {
		tests[side] = count_of(&world, side, KIND_TEST);
		sizes[side] = rules_size(world_channel(&world, side)->rules, side);
	}
	for (unsigned hour = 1; hour <= 24; hour++) {
		world_pass(&world, EVERY);
		world_run(&world);
		/* Half a clock after it was due, each time. */
		assert_int_equal(plan_of(&world, NORTH).failed, hour - 1);
		assert_int_equal(plan_of(&world, NORTH).has_failed, hour > 2);
		assert_int_equal(count_alarms(&world, NORTH, ALARM_LINK_TEST), hour > 2);
		assert_int_equal(count_alarms(&world, SOUTH, ALARM_LINK_TEST), hour > 2);
	}
	for (unsigned side = 0; side < 2; side++)
		assert_int_equal(rules_size(world_channel(&world, side)->rules, side), sizes[side]);
	world_link(&world);
	world_run(&world);
	assert_int_equal(count_of(&world, NORTH, KIND_TEST) + count_of(&world, SOUTH, KIND_TEST),
	                 tests[NORTH] + tests[SOUTH] + 1);
	for (unsigned side = 0; side < 2; side++) {
		assert_int_equal(plan_of(&world, side).failed, 0);
		assert_int_equal(world.nodes[side].engine->alarms.standing_count, 0);
	}
	/* And again when it fails again. */
	world_cut(&world);
	world_pass(&world, 4 * EVERY);
	world_run(&world);
	assert_int_equal(count_alarms(&world, NORTH, ALARM_LINK_TEST), 2);
	world_release(&world);
}

/* What stood before a start is no news after it; and what went wrong while a node did not
 * run is not the line's failure. */
static void test_a_start_is_no_alarm(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, 503);
	world_open(&world);
	world_cut(&world);
	world_pass(&world, 5 * EVERY);
	world_run(&world);
	assert_int_equal(count_alarms(&world, NORTH, ALARM_LINK_TEST), 1);
	node_restart(&world.nodes[NORTH]);
	world_run(&world);
	assert_int_equal(plan_of(&world, NORTH).failed, 0);
	assert_int_equal(count_alarms(&world, NORTH, ALARM_LINK_TEST), 1);
	world_pass(&world, 5 * EVERY);
	world_run(&world);
	assert_true(plan_of(&world, NORTH).has_failed);
	world_release(&world);
}

/* The other side was killed with the echo that it owed. */
static void test_an_echo_that_was_lost(void **state)
{
	struct world world;
	bool worked;

	(void)state;
	world_init(&world, 504);
	world_open(&world);
	world_pass(&world, EVERY);
	assert_ok(node_step(&world.nodes[NORTH], &worked));
	assert_int_equal(count_of(&world, NORTH, KIND_TEST), 1);
	world.nodes[SOUTH].engine->clock_trusted = false;
	assert_ok(node_step(&world.nodes[SOUTH], &worked));
	assert_int_equal(count_of(&world, SOUTH, KIND_ECHO), 0);
	assert_non_null(world_channel(&world, SOUTH)->errands);
	node_restart(&world.nodes[SOUTH]);
	world_cut(&world);
	world_run(&world);
	world_link(&world);
	world_run(&world);
	assert_int_equal(count_of(&world, SOUTH, KIND_ECHO), 1);
	assert_int_equal(plan_of(&world, NORTH).next_by, SOUTH);
	world_check_agreement(&world);
	world_release(&world);
}

/* After a close, or a withdrawal in effect, nobody tests. */
static void test_who_has_left_is_not_tested(void **state)
{
	struct link_test_plan plan;
	struct world world;
	struct act act;

	(void)state;
	world_init(&world, 505);
	world_open(&world);
	act = node_act(&world.nodes[SOUTH], KIND_WITHDRAW,
	               (const char *const[]){ "channel", NULL });
	assert_ok(node_submit(&world.nodes[SOUTH], &act, &world.nodes[SOUTH].head));
	world_run(&world);
	assert_int_equal(plan_of(&world, NORTH).failed, 0);
	world_cut(&world);
	world_pass(&world, world_channel(&world, NORTH)->charter->notice + 10 * EVERY);
	world_run(&world);
	assert_false(channel_link_tests(world_channel(&world, NORTH), &plan));
	assert_false(channel_link_tests(world_channel(&world, SOUTH), &plan));
	world_link(&world);
	world_run(&world);
	assert_int_equal(count_of(&world, NORTH, KIND_TEST) + count_of(&world, SOUTH, KIND_TEST),
	                 0);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sides_alternate),
		cmocka_unit_test(test_a_line_that_is_down),
		cmocka_unit_test(test_a_start_is_no_alarm),
		cmocka_unit_test(test_an_echo_that_was_lost),
		cmocka_unit_test(test_who_has_left_is_not_tested),
	};

	journal_open("link-test", getenv("CHIRO_LOUD") != NULL ? 7 : 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
