/* Tallies: what was asked of a list, on record in both logs, and no more often than that. */
#include "engine_match.h"

static size_t tallies(struct asked *asked, unsigned side)
{
	const struct rules *rules = world_channel(&asked->world, side)->rules;
	size_t count = 0;

	for (uint64_t i = 0; i < rules_size(rules, side); i++) {
		const struct act_summary *act = rules_act(rules, (struct act_place){ side, i });

		if (act->kind->number != KIND_TALLY)
			continue;
		assert_int_equal(act->verdict.code, VERDICT_VALID);
		count++;
	}
	return count;
}

static void assert_tallied(struct asked *asked, size_t north, size_t south, uint64_t total)
{
	struct list_tally tallies_of[2];

	assert_int_equal(tallies(asked, NORTH), north);
	assert_int_equal(tallies(asked, SOUTH), south);
	for (unsigned side = 0; side < 2; side++) {
		assert_true(rules_list_tally(world_channel(&asked->world, side)->rules, asked->list,
		                             IDENTIFIER_DOMAIN, side, &tallies_of[side]));
		assert_int_equal(tallies_of[side].count, total);
	}
	assert_true(hash_equal(&tallies_of[0].chain, &tallies_of[1].chain));
	world_check_agreement(&asked->world);
}

static void both_sides_put_their_counts_on_record(void **state)
{
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 750, false);
	ask_well(&asked, 5);
	world_pass(&asked.world, 3599);
	world_run(&asked.world);
	assert_int_equal(tallies(&asked, NORTH) + tallies(&asked, SOUTH), 0);
	world_pass(&asked.world, 1);
	world_run(&asked.world);
	assert_tallied(&asked, 1, 1, 5);
	/* Nothing new, no tally. */
	world_pass(&asked.world, 5 * 3600);
	world_run(&asked.world);
	assert_tallied(&asked, 1, 1, 5);
	/* A new day. */
	ask_well(&asked, 1);
	world_pass(&asked.world, 86400 - asked.world.now % 86400);
	world_run(&asked.world);
	assert_tallied(&asked, 2, 2, 6);
	/* After a start what is not on record is still known. */
	ask_well(&asked, 1);
	for (unsigned side = 0; side < 2; side++)
		node_restart(&asked.world.nodes[side]);
	world_cut(&asked.world);
	world_link(&asked.world);
	world_pass(&asked.world, 3600);
	world_run(&asked.world);
	assert_tallied(&asked, 3, 3, 7);
	/* Refused for the budget. */
	make_curious(&asked);
	ask_well(&asked, 2);
	said = ask(&asked, BUDGET_DAY);
	assert_bytes_string(said.outcome, "budget");
	world_pass(&asked.world, MATCH_TALLY_INTERVAL);
	world_run(&asked.world);
	assert_tallied(&asked, 4, 4, 9);
	world_release(&asked.world);
}

/* Whoever asks in vain all the time fills neither log. */
static void refusals_fill_no_log(void **state)
{
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 751, false);
	make_curious(&asked);
	for (unsigned i = 0; i < 30; i++) {
		ask_well(&asked, 1);
		said = ask(&asked, BUDGET_DAY + 1);
		assert_bytes_string(said.outcome, "budget");
	}
	assert_true(tallies(&asked, NORTH) <= 1 && tallies(&asked, SOUTH) <= 1);
	assert_int_equal(world_channel(&asked.world, NORTH)->match.idle_count, 30);
	/* … and after so many in a minute they wait for the next. */
	for (unsigned i = 30; i < MATCH_IDLE_MAXIMUM; i++) {
		said = ask(&asked, BUDGET_DAY + 1);
		assert_bytes_string(said.outcome, "budget");
	}
	{
		size_t answers = asked.world.nodes[SOUTH].answers;

		assert_ok(south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN,
		                       fresh(&asked, BUDGET_DAY + 1), &said));
		world_run(&asked.world);
		assert_int_equal(asked.world.nodes[SOUTH].answers, answers);
		world_pass(&asked.world, 55);
		world_run(&asked.world);
		assert_int_equal(asked.world.nodes[SOUTH].answers, answers + 1);
		said = node_said(&asked.world.nodes[SOUTH], false);
		assert_bytes_string(said.outcome, "budget");
	}
	world_release(&asked.world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_put_their_counts_on_record),
		cmocka_unit_test(refusals_fill_no_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
