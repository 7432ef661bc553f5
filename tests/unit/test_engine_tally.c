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

/* One that puts its question on record, and what both logs say by then. */
static void a_question_on_record_brings_tallies(void **state)
{
	struct buffer blinded;
	struct asked asked;
	struct node *south;
	struct act act;

	(void)state;
	begin(&asked, 752, false);
	south = &asked.world.nodes[SOUTH];
	ask_well(&asked, 5);
	buffer_init(&blinded, 4096);
	assert_ok(base64_encode(&blinded, fresh(&asked, 3), BASE64_PADDED));
	assert_ok(buffer_put_u8(&blinded, 0));
	act = node_act(south, KIND_QUERY, NULL);
	refer_to_matter(&asked.world, SOUTH, &act, asked.list);
	add_field(&act, "epoch", "1");
	add_field(&act, "class", "domain");
	add_field(&act, "blinded", (const char *)blinded.data);
	assert_ok(node_submit(south, &act, &south->head));
	world_run(&asked.world);
	assert_tallied(&asked, 1, 1, 5);
	/* South's stands before its question. */
	{
		const struct rules *rules = world_channel(&asked.world, SOUTH)->rules;
		struct list_tally tally;
		struct query_summary query;

		assert_true(rules_list_tally(rules, asked.list, IDENTIFIER_DOMAIN, SOUTH, &tally));
		for (uint64_t i = 0; i <= tally.place.number; i++)
			assert_int_not_equal(
			    rules_query(rules, (struct act_place){ SOUTH, i }, &query), OK);
	}
	/* Its elements count beside. */
	for (unsigned side = 0; side < 2; side++)
		assert_int_equal(
		    match_left(world_channel(&asked.world, side), asked.list, IDENTIFIER_DOMAIN),
		    BUDGET_DAY - 5 - 3);
	ask_well(&asked, BUDGET_DAY - 5 - 3);
	{
		struct said said = ask(&asked, 1);

		assert_refused(&said, "budget");
	}
	make_curious(&asked);
	{
		struct said said = ask(&asked, 1);

		assert_bytes_string(said.outcome, "budget");
	}
	buffer_release(&blinded);
	world_release(&asked.world);
}

/* South's question of three elements on record; gives its place. */
static struct act_place put_on_record(struct asked *asked, struct buffer *blinded)
{
	struct node *south = &asked->world.nodes[SOUTH];
	struct act act = node_act(south, KIND_QUERY, NULL);
	struct query_summary query;
	uint64_t number;

	assert_ok(base64_encode(blinded, fresh(asked, 3), BASE64_PADDED));
	assert_ok(buffer_put_u8(blinded, 0));
	refer_to_matter(&asked->world, SOUTH, &act, asked->list);
	add_field(&act, "epoch", "1");
	add_field(&act, "class", "domain");
	add_field(&act, "blinded", (const char *)blinded->data);
	assert_ok(node_submit(south, &act, &south->head));
	world_run(&asked->world);
	number = rules_size(world_channel(&asked->world, NORTH)->rules, SOUTH) - 1;
	while (rules_query(world_channel(&asked->world, NORTH)->rules,
	                   (struct act_place){ SOUTH, number }, &query) != OK)
		number--;
	return (struct act_place){ SOUTH, number };
}

static bool reply(struct asked *asked, struct act_place place, const char *field, const char *value)
{
	struct engine_channel *channel = world_channel(&asked->world, NORTH);
	struct node *north = &asked->world.nodes[NORTH];
	struct act act = node_act(north, KIND_REPLY, NULL);
	struct query_summary query;

	refer_to_matter(&asked->world, NORTH, &act, asked->list);
	act.has_answers = true;
	act.answers = (struct act_reference){ .generation = 1,
		                              .number = place.number,
		                              .leaf = rules_act(channel->rules, place)->leaf };
	snprintf(act.answers.party, sizeof(act.answers.party), "%s",
	         channel->charter->parties[SOUTH].id);
	add_field(&act, field, value);
	(void)node_submit(north, &act, &north->head);
	world_run(&asked->world);
	assert_ok(rules_query(channel->rules, place, &query));
	return query.answered;
}

/* South asks as much by frames as the budget has, tallies none of it, and asks the same again on
 * record: the owner's node does not let a reply with evaluations out. */
static void the_budget_is_not_given_out_twice(void **state)
{
	(void)state;
	for (unsigned turn = 0; turn < 3; turn++) {
		struct buffer blinded, evaluated;
		struct match_account *south;
		struct act_place place;
		struct asked asked;

		begin(&asked, 754 + turn, false);
		ask_well(&asked, turn == 0 ? BUDGET_DAY - 3 : BUDGET_DAY - 2);
		south = account_of(&asked, SOUTH);
		south->state.total = south->state.today = 0;
		buffer_init(&blinded, 4096);
		buffer_init(&evaluated, 4096);
		place = put_on_record(&asked, &blinded);
		for (unsigned i = 0; i < 3; i++) {
			static const uint8_t proof[OPRF_PROOF_SIZE];

			assert_ok(buffer_put(&evaluated, asked.elements + i * OPRF_ELEMENT_SIZE,
			                     OPRF_ELEMENT_SIZE));
			assert_ok(buffer_put(&evaluated, proof, sizeof(proof)));
		}
		/* Also when another day has come. */
		if (turn == 2) {
			account_of(&asked, NORTH)->state.day += EXCHANGE_DAY_SECONDS;
			account_of(&asked, NORTH)->state.today = 0;
		}
		buffer_clear(&blinded);
		assert_ok(base64_encode(&blinded, buffer_view(&evaluated), BASE64_PADDED));
		assert_ok(buffer_put_u8(&blinded, 0));
		assert_int_equal(reply(&asked, place, "evaluated", (const char *)blinded.data),
		                 turn == 0);
		assert_true(asked.world.linked);
		/* What is beyond it is refused, as the own tally shows. */
		if (turn > 0)
			assert_true(reply(&asked, place, "refused", "budget"));
		buffer_release(&blinded);
		buffer_release(&evaluated);
		world_release(&asked.world);
	}
}

/* After so many evaluations at once, whatever the time. */
static void many_evaluations_bring_a_tally(void **state)
{
	struct asked asked;

	(void)state;
	world_init(&asked.world, 753);
	world_open(&asked.world);
	asked.list = world_publish(&asked.world, NULL, 1, asked.commitments);
	for (unsigned i = 0; i < 9; i++)
		ask_well(&asked, 100);
	ask_well(&asked, 99);
	assert_int_equal(tallies(&asked, NORTH) + tallies(&asked, SOUTH), 0);
	ask_well(&asked, 1);
	assert_tallied(&asked, 1, 1, 1000);
	world_release(&asked.world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_put_their_counts_on_record),
		cmocka_unit_test(refusals_fill_no_log),
		cmocka_unit_test(a_question_on_record_brings_tallies),
		cmocka_unit_test(the_budget_is_not_given_out_twice),
		cmocka_unit_test(many_evaluations_bring_a_tally),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
