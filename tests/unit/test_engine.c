/* Two engines over a simulated link: what a channel does from its opening on. */
#include "engine_acts.h"

static void test_a_channel_opens(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, 1);
	world_open(&world);
	world_check_agreement(&world);
	/* accede, receipt of the other's; nothing answers receipts. */
	for (unsigned side = 0; side < 2; side++)
		assert_in_range(rules_size(world_channel(&world, side)->rules, side), 2, 3);
	world_release(&world);
}

static void test_acts_arrive_and_are_receipted(void **state)
{
	struct world world;
	uint64_t size;

	(void)state;
	world_init(&world, 2);
	world_open(&world);
	for (unsigned i = 0; i < 20; i++)
		node_comment(&world.nodes[i % 2]);
	world_run(&world);
	world_check_agreement(&world);
	size = rules_size(world_channel(&world, NORTH)->rules, NORTH);
	world_run(&world);
	assert_int_equal(rules_size(world_channel(&world, NORTH)->rules, NORTH), size);
	world_release(&world);
}

static void test_a_cut_line_resumes(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, 3);
	world_open(&world);
	world_cut(&world);
	world_run(&world);
	for (unsigned i = 0; i < 10; i++)
		node_comment(&world.nodes[i % 2]);
	world_run(&world);
	assert_true(rules_size(world_channel(&world, NORTH)->rules, SOUTH) <
	            rules_size(world_channel(&world, SOUTH)->rules, SOUTH));
	world_link(&world);
	world_run(&world);
	world_check_agreement(&world);
	world_release(&world);
}

/* The newest comment in north's log, as that node sees it. */
static const struct act_summary *last_comment(struct world *world)
{
	const struct rules *rules = world_channel(world, NORTH)->rules;

	for (uint64_t i = rules_size(rules, NORTH); i > 0; i--) {
		const struct act_summary *act = rules_act(rules,
		                                          (struct act_place){ NORTH, i - 1 });

		if (act->kind->number == KIND_COMMENT)
			return act;
	}
	return NULL;
}

static void crash_at(uint32_t seed, enum keeper_mood mood)
{
	struct world world;
	bool worked;

	world_init(&world, seed);
	world_open(&world);
	assert_null(last_comment(&world));
	node_comment(&world.nodes[NORTH]);
	world.nodes[NORTH].mood = mood;
	assert_int_equal(node_step(&world.nodes[NORTH], &worked), ERROR_NOT_FOUND);
	world_cut(&world);
	node_restart(&world.nodes[NORTH]);
	/* The entry was durable before the keeper was asked. */
	assert_non_null(last_comment(&world));
	world_link(&world);
	world_run(&world);
	world_check_agreement(&world);
	world_release(&world);
}

static void test_killed_before_signing(void **state)
{
	(void)state;
	crash_at(4, KEEPER_DIES_BEFORE);
}

static void test_killed_after_signing(void **state)
{
	(void)state;
	crash_at(5, KEEPER_DIES_AFTER);
}

static void test_a_bad_body_is_faulted(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, 6);
	world_open(&world);
	world.nodes[SOUTH].outcome = READER_MISMATCH;
	node_comment(&world.nodes[NORTH]);
	world_run(&world);
	world_check_agreement(&world);
	assert_true(last_comment(&world)->obliges_nobody);
	world_release(&world);
}

static void test_restarts_change_nothing(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, 7);
	world_open(&world);
	for (unsigned i = 0; i < 6; i++) {
		node_comment(&world.nodes[i % 2]);
		world_run(&world);
		world_cut(&world);
		node_restart(&world.nodes[i % 2]);
		world_link(&world);
		world_run(&world);
	}
	world_check_agreement(&world);
	world_release(&world);
}

static void test_a_test_is_echoed(void **state)
{
	struct world world;
	const struct rules *rules;
	uint64_t size;
	bool echoed = false;
	struct error error;

	(void)state;
	world_init(&world, 8);
	world_open(&world);
	assert_ok(engine_submit_test(world_channel(&world, NORTH), 1, &error));
	world_run(&world);
	world_check_agreement(&world);
	rules = world_channel(&world, NORTH)->rules;
	size = rules_size(rules, SOUTH);
	for (uint64_t i = 0; i < size; i++)
		echoed |= rules_act(rules, (struct act_place){ SOUTH, i })->kind->number ==
		          KIND_ECHO;
	assert_true(echoed);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_channel_opens),
		cmocka_unit_test(test_acts_arrive_and_are_receipted),
		cmocka_unit_test(test_a_cut_line_resumes),
		cmocka_unit_test(test_killed_before_signing),
		cmocka_unit_test(test_killed_after_signing),
		cmocka_unit_test(test_a_bad_body_is_faulted),
		cmocka_unit_test(test_restarts_change_nothing),
		cmocka_unit_test(test_a_test_is_echoed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
