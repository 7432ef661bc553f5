/* A node whose counterpart owes an answer and has gone: a neutral's word of the other log,
 * later than the deadline, is asked for once and put on record. */
#include "depositary_world.h"
#include "silence.h"

static struct world world;
static struct depositary depositary;

static int release(void **state)
{
	(void)state;
	depositary_release(&depositary);
	return 0;
}

static struct act_place request(void)
{
	static const char *const values[] = { "evidence", NULL };
	struct node *north = &world.nodes[NORTH];
	struct act act = node_act(north, KIND_REQUEST, values);

	act.matter_use = ACT_MATTER_NEW;
	act.has_precedence = true;
	act.precedence = PRECEDENCE_FLASH;
	node_body(north, &act);
	assert_ok(node_submit(north, &act, &north->head));
	world_run(&world);
	return (struct act_place){ NORTH, last_of_kind(&world, NORTH, NORTH, KIND_REQUEST) };
}

static enum silence_verdict judge(struct act_place act, struct silence *ret_silence)
{
	const struct engine_channel *channel = world_channel(&world, NORTH);

	silence_judge(channel->rules, channel->charter, act, DUTY_ANSWER, world.now, ret_silence);
	return ret_silence->verdict;
}

/* South is gone, for the line and for the neutrals. */
static void lose_south(void)
{
	world_cut(&world);
	depositary.neutrals.deaf[SOUTH] = true;
}

/* In steps, so that what waits for a time gets its turn. */
static void pass_hours(unsigned hours)
{
	for (unsigned i = 0; i < hours * 12; i++) {
		world_pass(&world, 300);
		world_run(&world);
	}
}

/* How often north has put a neutral's word of the other log on record. */
static size_t words_on_record(void)
{
	const struct rules *rules = world_channel(&world, NORTH)->rules;
	struct stamp_summary stamp;
	size_t count = 0;

	for (uint64_t i = 0; i < rules_size(rules, NORTH); i++)
		count += rules_stamp(rules, (struct act_place){ NORTH, i }, &stamp) == OK &&
		         stamp.party == SOUTH;
	return count;
}

static void test_it_receipts_and_goes(void **state)
{
	struct silence silence;
	struct act_place asked;
	size_t cosigned;

	(void)state;
	depositary_open(&depositary, &world, 40);
	asked = request();
	world_minutes(&world, 2);
	lose_south();
	assert_int_equal(judge(asked, &silence), SILENCE_NOT_DUE);
	pass_hours(5);
	assert_int_equal(words_on_record(), 1); /* it has not acknowledged either */
	pass_hours(2);
	if (judge(asked, &silence) != SILENCE_CERTIFIED)
		fail_msg("%s", silence_verdict_name(silence.verdict));
	assert_int_equal(silence.late, SILENCE_BY_STAMP);
	assert_true(silence.late_time > silence.deadline);
	assert_true(silence.late_time < silence.deadline + 1200);
	assert_int_equal(words_on_record(), 2);
	/* Once is enough. */
	cosigned = depositary.neutrals.items[0].cosigned + depositary.neutrals.items[1].cosigned;
	pass_hours(48);
	assert_int_equal(words_on_record(), 2);
	assert_true(depositary.neutrals.items[0].cosigned + depositary.neutrals.items[1].cosigned <=
	            cosigned + 4);
}

/* It receipts nothing at all: by deemed receipt. */
static void test_it_was_gone_before(void **state)
{
	struct silence silence;
	struct act_place asked;

	(void)state;
	depositary_open(&depositary, &world, 41);
	lose_south();
	world_run(&world);
	asked = request();
	pass_hours(3);
	assert_int_equal(judge(asked, &silence), SILENCE_NOT_DUE);
	assert_true(silence.deemed);
	pass_hours(6);
	if (judge(asked, &silence) != SILENCE_CERTIFIED)
		fail_msg("%s", silence_verdict_name(silence.verdict));
	assert_true(silence.deemed);
}

/* Neutrals that cannot be asked are asked again; what they then say counts. */
static void test_neutrals_that_are_away(void **state)
{
	struct silence silence;
	struct act_place asked;

	(void)state;
	depositary_open(&depositary, &world, 42);
	asked = request();
	world_minutes(&world, 2);
	lose_south();
	depositary.neutrals.deaf[NORTH] = true;
	pass_hours(7);
	assert_int_equal(judge(asked, &silence), SILENCE_NO_LATE_HEAD);
	assert_int_equal(words_on_record(), 0);
	depositary.neutrals.deaf[NORTH] = false;
	pass_hours(1);
	assert_int_equal(judge(asked, &silence), SILENCE_CERTIFIED);
}

/* Whoever answers is left in peace. */
static void test_nothing_is_owed(void **state)
{
	struct node *south = &world.nodes[SOUTH];
	struct act_place asked;
	struct act act;

	(void)state;
	depositary_open(&depositary, &world, 43);
	asked = request();
	world_minutes(&world, 2);
	act = node_act(south, KIND_NOT_HELD, NULL);
	act.has_answers = true;
	act.answers = (struct act_reference){ .generation = 1, .number = asked.number };
	snprintf(act.answers.party, sizeof(act.answers.party), "north");
	act.answers.leaf = rules_act(world_channel(&world, SOUTH)->rules, asked)->leaf;
	act.matter_use = ACT_MATTER_JOINS;
	act.matter = act.answers;
	assert_ok(node_submit(south, &act, &south->head));
	world_minutes(&world, 2);
	world_cut(&world);
	pass_hours(24);
	assert_int_equal(words_on_record(), 0);
}

/* The node's start loses nothing of it. */
static void test_a_start_in_between(void **state)
{
	struct silence silence;
	struct act_place asked;

	(void)state;
	depositary_open(&depositary, &world, 44);
	asked = request();
	world_minutes(&world, 2);
	lose_south();
	pass_hours(1);
	node_restart(&world.nodes[NORTH]);
	pass_hours(7);
	assert_int_equal(judge(asked, &silence), SILENCE_CERTIFIED);
	node_restart(&world.nodes[NORTH]);
	pass_hours(2);
	assert_int_equal(words_on_record(), 2);
}

/* A neutral that holds more of their log does not vouch for less. */
static void test_a_neutral_that_knows_more(void **state)
{
	struct silence silence;
	struct act_place asked;

	(void)state;
	depositary_open(&depositary, &world, 45);
	asked = request();
	world_minutes(&world, 2);
	world_cut(&world);
	/* South goes on with the neutrals, and north does not hear of it: it can ask for
	 * nothing that is left with the depositary. */
	depositary.mood = CUSTODY_FULL;
	node_comment(&world.nodes[SOUTH]);
	world_minutes(&world, 3);
	pass_hours(8);
	assert_int_equal(words_on_record(), 0);
	assert_int_not_equal(judge(asked, &silence), SILENCE_CERTIFIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_it_receipts_and_goes, release),
		cmocka_unit_test_teardown(test_it_was_gone_before, release),
		cmocka_unit_test_teardown(test_neutrals_that_are_away, release),
		cmocka_unit_test_teardown(test_nothing_is_owed, release),
		cmocka_unit_test_teardown(test_a_start_in_between, release),
		cmocka_unit_test_teardown(test_a_neutral_that_knows_more, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
