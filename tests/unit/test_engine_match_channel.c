/* Questions to match-only lists, and what else happens in their channel: keys that change, a
 * suspension, a fault, a clock that is not believed, no line, no answer. */
#include "engine_match.h"

static void rekey(struct asked *asked, unsigned side)
{
	struct node *node = &asked->world.nodes[side];
	char key[KEEPER_KEY_TEXT_CAPACITY];
	const char *values[] = { "node-key", key, NULL };
	struct error error;
	struct act act;

	assert_ok(engine_new_key(world_channel(&asked->world, side), KEEPER_KEY_NODE, key, &error));
	act = node_act(node, KIND_REKEY, values);
	assert_ok(node_submit(node, &act, &node->head));
}

/* From south's own database, at once. */
static struct said south_asks_again(struct asked *asked, struct bytes elements)
{
	struct said said;

	assert_ok(south_begins(&asked->world, asked->list, IDENTIFIER_DOMAIN, elements, &said));
	return node_said(&asked->world.nodes[SOUTH], false);
}

/* A node key is replaced while a question is on its way, on either side. */
static void node_keys_that_change(void **state)
{
	(void)state;
	for (unsigned side = 0; side < 2; side++)
		for (unsigned steps = 0; steps < 6; steps++) {
			struct bytes elements;
			struct asked asked;
			struct said said;
			bool worked;

			begin(&asked, 760 + 10 * side + steps, false);
			ask_well(&asked, 1);
			elements = fresh(&asked, 4);
			assert_ok(south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN,
			                       elements, &said));
			for (unsigned i = 0; i < steps; i++) {
				if (i == 2)
					rekey(&asked, side);
				assert_ok(node_step(&asked.world.nodes[(i + 1) % 2], &worked));
			}
			if (steps <= 2)
				rekey(&asked, side);
			world_run(&asked.world);
			assert_int_equal(asked.world.closes, 0);
			said = south_asks_again(&asked, elements);
			assert_evaluated(&said, elements, &asked.commitments[1]);
			/* By the new key. */
			ask_well(&asked, 2);
			assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 7);
			/* What the former key signed is still shown and known. */
			account_of(&asked, SOUTH)->state = (struct exchange_state){ .number = 0 };
			ask_well(&asked, 1);
			assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 8);
			world_check_agreement(&asked.world);
			world_release(&asked.world);
		}
}

static void what_the_channels_state_allows(void **state)
{
	struct asked asked;
	struct said said;
	struct act act;

	(void)state;
	begin(&asked, 780, false);
	act = node_act(&asked.world.nodes[NORTH], KIND_SUSPEND, NULL);
	assert_ok(node_submit(&asked.world.nodes[NORTH], &act, &asked.world.nodes[NORTH].head));
	world_run(&asked.world);
	assert_int_equal(
	    rules_channel_state(world_channel(&asked.world, SOUTH)->rules, asked.world.now),
	    CHANNEL_SUSPENDED);
	/* What is open goes on. */
	ask_well(&asked, 2);
	assert_ok(channel_fault(world_channel(&asked.world, SOUTH), "as the test says",
	                        bytes_of_string("x")));
	said = ask(&asked, 1);
	assert_int_equal(said.code, ERROR_STATE);
	world_release(&asked.world);
}

/* A clock that is not believed counts no days. */
static void a_clock_that_is_not_believed(void **state)
{
	size_t answers;
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 781, false);
	asked.world.nodes[NORTH].engine->clock_trusted = false;
	answers = asked.world.nodes[SOUTH].answers;
	assert_ok(
	    south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN, fresh(&asked, 2), &said));
	world_run(&asked.world);
	assert_int_equal(asked.world.nodes[SOUTH].answers, answers);
	engine_confirm_clock(asked.world.nodes[NORTH].engine);
	world_pass(&asked.world, 1);
	world_run(&asked.world);
	assert_int_equal(asked.world.nodes[SOUTH].answers, answers + 1);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 2);
	asked.world.nodes[SOUTH].engine->clock_trusted = false;
	said = ask(&asked, 1);
	assert_int_equal(said.code, ERROR_CLOCK);
	world_release(&asked.world);
}

static void no_endpoints(struct world *world, struct charter *charter)
{
	small_budgets(world, charter);
	charter->parties[0].endpoint_count = charter->parties[1].endpoint_count = 0;
}

static void a_channel_that_lives_on_files(void **state)
{
	struct asked asked;
	const char *reason = "";
	struct error error;

	(void)state;
	world_init(&asked.world, 782);
	asked.world.change_charter = no_endpoints;
	world_open(&asked.world);
	asked.list = world_publish(&asked.world, NULL, 1, asked.commitments);
	world_cut(&asked.world);
	world_run(&asked.world);
	assert_int_equal(match_ask(world_channel(&asked.world, SOUTH), 1, asked.list,
	                           IDENTIFIER_DOMAIN, 0, fresh(&asked, 1), &reason, &error),
	                 ERROR_STATE);
	assert_string_equal(reason, MATCH_REASON_LINK);
	assert_non_null(strstr(error.message, "no line"));
	assert_non_null(strstr(error.message, "--on-record"));
	world_release(&asked.world);
}

/* An owner that does not answer: who asks waits so long, and what was sent counts. */
static void nobody_answers(void **state)
{
	struct bytes elements;
	struct asked asked;
	struct said said;
	size_t answers;
	bool worked;

	(void)state;
	begin(&asked, 783, false);
	elements = fresh(&asked, 2);
	answers = asked.world.nodes[SOUTH].answers;
	assert_ok(south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN, elements, &said));
	assert_ok(node_step(&asked.world.nodes[SOUTH], &worked));
	node_drop_inbox(&asked.world.nodes[NORTH]);
	world_pass(&asked.world, MATCH_ASK_SECONDS - 1);
	world_run(&asked.world);
	assert_int_equal(asked.world.nodes[SOUTH].answers, answers);
	world_pass(&asked.world, 1);
	world_run(&asked.world);
	assert_int_equal(asked.world.nodes[SOUTH].answers, answers + 1);
	said = node_said(&asked.world.nodes[SOUTH], true);
	assert_string_equal(said.reason, MATCH_REASON_LINK);
	assert_int_equal(world_counted(&asked.world, SOUTH, asked.list, IDENTIFIER_DOMAIN).total,
	                 2);
	world_cut(&asked.world);
	world_link(&asked.world);
	world_run(&asked.world);
	said = south_asks(&asked.world, asked.list, IDENTIFIER_DOMAIN, elements);
	assert_evaluated(&said, elements, &asked.commitments[1]);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 2);
	world_release(&asked.world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(node_keys_that_change),
		cmocka_unit_test(what_the_channels_state_allows),
		cmocka_unit_test(a_clock_that_is_not_believed),
		cmocka_unit_test(a_channel_that_lives_on_files),
		cmocka_unit_test(nobody_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
