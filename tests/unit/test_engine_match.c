/* Questions to match-only lists: two engines, one line. North owns, south asks. */
#include "engine_match.h"

/* --- asked and answered ------------------------------------------------------------- */

static void asks_and_is_answered(void **state)
{
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 701, false);
	ask_well(&asked, 1);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 1);
	ask_well(&asked, 20);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 21);
	/* Each class has its own key and counts. */
	said = south_asks(&asked.world, asked.list, IDENTIFIER_IPV4, fresh(&asked, 30));
	assert_evaluated(&said, bytes_of(asked.elements, 30 * 32), &asked.commitments[0]);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 21);
	assert_counts(&asked.world, asked.list, IDENTIFIER_IPV4, 30);
	/* What the owner says is its word, under its node's key. */
	assert_true(said.answer_armor.size > 0);
	world_release(&asked.world);
}

static void the_same_question_is_counted_once(void **state)
{
	uint8_t evaluations[3 * EXCHANGE_EVALUATION_SIZE];
	struct bytes elements;
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 702, false);
	elements = fresh(&asked, 3);
	said = south_asks(&asked.world, asked.list, IDENTIFIER_DOMAIN, elements);
	assert_evaluated(&said, elements, &asked.commitments[1]);
	memcpy(evaluations, said.evaluations.data, sizeof(evaluations));
	for (unsigned i = 0; i < 3; i++) {
		size_t answers = asked.world.nodes[SOUTH].answers;

		assert_ok(
		    south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN, elements, &said));
		/* From its own database, also after a start and without a line. */
		assert_int_equal(asked.world.nodes[SOUTH].answers, answers + 1);
		said = node_said(&asked.world.nodes[SOUTH], false);
		assert_memory_equal(said.evaluations.data, evaluations, sizeof(evaluations));
		node_restart(&asked.world.nodes[SOUTH]);
		world_run(&asked.world);
		assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 3);
	}
	world_release(&asked.world);
}

static void what_cannot_be_asked(void **state)
{
	uint8_t elements[64] = { 0 };
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 703, false);
	assert_int_equal(
	    south_begins(&asked.world, asked.list, IDENTIFIER_ASN, fresh(&asked, 1), &said),
	    ERROR_NOT_FOUND);
	assert_int_equal(south_begins(&asked.world, (struct act_place){ NORTH, 0 },
	                              IDENTIFIER_DOMAIN, fresh(&asked, 1), &said),
	                 ERROR_NOT_FOUND);
	assert_int_equal(south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN,
	                              bytes_of(elements, 32), &said),
	                 ERROR_CANONICAL);
	assert_int_equal(south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN,
	                              bytes_of(asked.elements, 33), &said),
	                 ERROR_LIMIT);
	assert_int_equal(south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN,
	                              bytes_of(asked.elements, 0), &said),
	                 ERROR_LIMIT);
	/* Not of one's own list. */
	{
		const char *reason = "";
		struct error error;

		assert_int_equal(match_ask(world_channel(&asked.world, NORTH), 1, asked.list,
		                           IDENTIFIER_DOMAIN, 0, fresh(&asked, 1), &reason, &error),
		                 ERROR_STATE);
	}
	world_cut(&asked.world);
	world_run(&asked.world);
	said = ask(&asked, 1);
	assert_refused(&said, "link");
	assert_int_equal(world_counted(&asked.world, SOUTH, asked.list, IDENTIFIER_DOMAIN).total,
	                 0);
	world_release(&asked.world);
}

/* Of one list and class one after the other, whoever asks; all are answered. */
static void many_ask_at_once(void **state)
{
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 704, false);
	for (unsigned i = 0; i < 20; i++)
		assert_ok(south_begins(&asked.world, asked.list,
		                       i % 2 == 0 ? IDENTIFIER_DOMAIN : IDENTIFIER_IPV4,
		                       fresh(&asked, 2), &said));
	assert_int_equal(asked.world.nodes[SOUTH].errors, 0);
	{
		size_t answers = asked.world.nodes[SOUTH].answers;

		world_run(&asked.world);
		assert_int_equal(asked.world.nodes[SOUTH].answers, answers + 20);
	}
	assert_int_equal(asked.world.nodes[SOUTH].errors, 0);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 20);
	assert_counts(&asked.world, asked.list, IDENTIFIER_IPV4, 20);
	world_release(&asked.world);
}

/* --- budgets --------------------------------------------------------------------------- */

static void the_budget_is_kept_by_who_asks(void **state)
{
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 705, false);
	ask_well(&asked, BUDGET_DAY - 1);
	said = ask(&asked, 2);
	assert_refused(&said, "budget");
	ask_well(&asked, 1);
	said = ask(&asked, 1);
	assert_refused(&said, "budget");
	/* The other class has its own. */
	said = south_asks(&asked.world, asked.list, IDENTIFIER_IPV4, fresh(&asked, 1));
	assert_int_equal(said.code, OK);
	/* A new day, until the list's life is over. */
	world_pass(&asked.world, 86400);
	world_run(&asked.world);
	ask_well(&asked, BUDGET_DAY);
	world_pass(&asked.world, 86400);
	world_run(&asked.world);
	ask_well(&asked, BUDGET_LIST - 2 * BUDGET_DAY);
	world_pass(&asked.world, 86400);
	world_run(&asked.world);
	said = ask(&asked, 1);
	assert_refused(&said, "budget");
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, BUDGET_LIST);
	world_release(&asked.world);
}

static void the_budget_is_kept_by_who_owns(void **state)
{
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 706, false);
	make_curious(&asked);
	ask_well(&asked, BUDGET_DAY - 3);
	said = ask(&asked, 4);
	assert_int_equal(said.code, OK);
	assert_bytes_string(said.outcome, "budget");
	assert_int_equal(said.evaluations.size, 0);
	/* A refusal is signed, and counts nothing. */
	assert_true(said.answer_armor.size > 0);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, BUDGET_DAY - 3);
	ask_well(&asked, 3);
	said = ask(&asked, 1);
	assert_bytes_string(said.outcome, "budget");
	for (unsigned side = 0; side < 2; side++)
		node_restart(&asked.world.nodes[side]);
	make_curious(&asked);
	world_cut(&asked.world);
	world_link(&asked.world);
	world_run(&asked.world);
	said = ask(&asked, 1);
	assert_bytes_string(said.outcome, "budget");
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, BUDGET_DAY);
	world_release(&asked.world);
}

/* An asker that forgets on purpose what it has asked. */
static void the_owner_does_not_forget(void **state)
{
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 707, false);
	make_curious(&asked);
	ask_well(&asked, 30);
	account_of(&asked, SOUTH)->state = (struct exchange_state){ .number = 0 };
	ask_well(&asked, 5);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 35);
	account_of(&asked, SOUTH)->state = (struct exchange_state){ .number = 0 };
	said = ask(&asked, 6);
	assert_bytes_string(said.outcome, "budget");
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 35);
	world_release(&asked.world);
}

static void a_new_version_brings_no_new_budget(void **state)
{
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 708, false);
	ask_well(&asked, 30);
	world_publish(&asked.world, &asked.list, 2, asked.commitments);
	ask_well(&asked, 5);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 35);
	said = ask(&asked, 6);
	assert_refused(&said, "budget");
	world_release(&asked.world);
}

/* --- versions, and the end -------------------------------------------------------------- */

static bool holds_key(struct asked *asked, const struct class_commitment *commitment)
{
	struct evaluator_key key = { .channel = asked->world.channel };

	memcpy(key.public_key, commitment->public_key, CLASS_KEY_SIZE);
	return evaluator_world_key(&asked->world.nodes[NORTH].evaluator, &key) != NULL;
}

static void keys_of_former_versions_are_destroyed(void **state)
{
	struct class_commitment first[2];
	struct asked asked;

	(void)state;
	begin(&asked, 709, false);
	memcpy(first, asked.commitments, sizeof(first));
	/* Not before the other side has receipted the change. */
	world_cut(&asked.world);
	world_run(&asked.world);
	world_publish(&asked.world, &asked.list, 2, asked.commitments);
	assert_true(holds_key(&asked, &first[0]) && holds_key(&asked, &first[1]));
	node_restart(&asked.world.nodes[NORTH]);
	world_link(&asked.world);
	world_run(&asked.world);
	assert_false(holds_key(&asked, &first[0]) || holds_key(&asked, &first[1]));
	assert_true(holds_key(&asked, &asked.commitments[0]));
	ask_well(&asked, 1);
	world_retire(&asked.world, asked.list);
	assert_false(holds_key(&asked, &asked.commitments[0]) ||
	             holds_key(&asked, &asked.commitments[1]));
	world_release(&asked.world);
}

/* Asked while the change was on its way. */
static void a_version_that_crosses(void **state)
{
	struct asked asked;
	struct bytes elements;
	struct said said;
	bool worked;

	(void)state;
	begin(&asked, 710, false);
	elements = fresh(&asked, 2);
	assert_ok(south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN, elements, &said));
	assert_ok(node_step(&asked.world.nodes[SOUTH], &worked));
	world_publish(&asked.world, &asked.list, 2, asked.commitments);
	said = node_said(&asked.world.nodes[SOUTH], false);
	assert_true(bytes_equal_string(said.outcome, "epoch") ||
	            bytes_equal_string(said.outcome, "evaluated"));
	world_retire(&asked.world, asked.list);
	said = ask(&asked, 1);
	assert_refused(&said, "retired");
	world_release(&asked.world);
}

static void a_key_that_was_lost(void **state)
{
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 711, false);
	ask_well(&asked, 1);
	asked.world.nodes[NORTH].evaluator.key_count = 0;
	node_restart(&asked.world.nodes[NORTH]);
	world_cut(&asked.world);
	world_link(&asked.world);
	world_run(&asked.world);
	said = ask(&asked, 2);
	assert_bytes_string(said.outcome, "lost");
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 1);
	world_release(&asked.world);
}

/* --- lost frames and crashes -------------------------------------------------------------- */

/* The line is cut after so many steps of the two engines; then everything goes on. */
static void the_line_is_cut_anywhere(void **state)
{
	(void)state;
	for (unsigned steps = 0; steps < 8; steps++) {
		size_t answers, errors;
		struct bytes elements;
		struct asked asked;
		struct said said;
		bool worked;

		begin(&asked, 720 + steps, false);
		elements = fresh(&asked, 4);
		answers = asked.world.nodes[SOUTH].answers;
		errors = asked.world.nodes[SOUTH].errors;
		assert_ok(
		    south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN, elements, &said));
		for (unsigned i = 0; i < steps; i++)
			assert_ok(node_step(&asked.world.nodes[(i + 1) % 2], &worked));
		world_cut(&asked.world);
		world_run(&asked.world);
		assert_int_equal(asked.world.nodes[SOUTH].answers, answers + 1);
		if (asked.world.nodes[SOUTH].errors > errors) {
			said = node_said(&asked.world.nodes[SOUTH], true);
			assert_string_equal(said.reason, "link");
		}
		for (unsigned side = 0; side < 2; side++)
			node_restart(&asked.world.nodes[side]);
		world_link(&asked.world);
		world_run(&asked.world);
		said = south_asks(&asked.world, asked.list, IDENTIFIER_DOMAIN, elements);
		assert_evaluated(&said, elements, &asked.commitments[1]);
		assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 4);
		world_check_agreement(&asked.world);
		world_release(&asked.world);
	}
}

static void the_owner_is_killed_before_it_evaluates(void **state)
{
	struct bytes elements;
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 730, false);
	asked.world.nodes[NORTH].evaluator.is_slow = true;
	elements = fresh(&asked, 4);
	assert_ok(south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN, elements, &said));
	world_run(&asked.world);
	/* Counted before it is evaluated. */
	assert_int_equal(world_counted(&asked.world, NORTH, asked.list, IDENTIFIER_DOMAIN).total,
	                 4);
	node_restart(&asked.world.nodes[NORTH]);
	asked.world.nodes[NORTH].evaluator.is_slow = false;
	world_cut(&asked.world);
	world_run(&asked.world);
	world_link(&asked.world);
	world_run(&asked.world);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 4);
	said = south_asks(&asked.world, asked.list, IDENTIFIER_DOMAIN, elements);
	assert_evaluated(&said, elements, &asked.commitments[1]);
	world_release(&asked.world);
}

static void the_evaluator_is_started_anew(void **state)
{
	struct node *south;
	struct bytes elements;
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 731, false);
	south = &asked.world.nodes[SOUTH];
	asked.world.nodes[NORTH].evaluator.is_slow = true;
	elements = fresh(&asked, 4);
	assert_ok(south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN, elements, &said));
	world_run(&asked.world);
	evaluator_world_restart(&asked.world.nodes[NORTH].evaluator,
	                        asked.world.nodes[NORTH].engine);
	asked.world.nodes[NORTH].evaluator.is_slow = false;
	world_run(&asked.world);
	said = node_said(south, false);
	assert_evaluated(&said, elements, &asked.commitments[1]);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 4);
	world_release(&asked.world);
}

/* What cannot be stored was not counted, and nothing of it leaves. */
static void the_owners_disk_fails(void **state)
{
	struct bytes elements;
	struct asked asked;
	struct said said;
	bool worked;

	(void)state;
	begin(&asked, 732, false);
	elements = fresh(&asked, 4);
	assert_ok(south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN, elements, &said));
	assert_ok(node_step(&asked.world.nodes[SOUTH], &worked));
	asked.world.nodes[NORTH].failing_commits = 1;
	assert_ok(node_step(&asked.world.nodes[NORTH], &worked));
	assert_int_equal(asked.world.nodes[NORTH].failing_commits, 0);
	for (size_t i = 0; i < asked.world.nodes[SOUTH].inbox_count; i++)
		assert_false(asked.world.nodes[SOUTH].inbox[i].type == LINK_FRAME &&
		             asked.world.nodes[SOUTH].inbox[i].body.data[HASH_SIZE] ==
		                 FRAME_MATCH_REPLY);
	world_run(&asked.world);
	world_link(&asked.world);
	world_run(&asked.world);
	said = south_asks(&asked.world, asked.list, IDENTIFIER_DOMAIN, elements);
	assert_evaluated(&said, elements, &asked.commitments[1]);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 4);
	world_release(&asked.world);
}

static void the_askers_disk_fails(void **state)
{
	struct asked asked;
	struct said said;
	bool worked;

	(void)state;
	begin(&asked, 733, false);
	assert_ok(
	    south_begins(&asked.world, asked.list, IDENTIFIER_DOMAIN, fresh(&asked, 4), &said));
	asked.world.nodes[SOUTH].failing_commits = 1;
	assert_ok(node_step(&asked.world.nodes[SOUTH], &worked));
	assert_int_equal(asked.world.nodes[NORTH].inbox_count, 0);
	said = node_said(&asked.world.nodes[SOUTH], true);
	world_run(&asked.world);
	world_link(&asked.world);
	world_run(&asked.world);
	assert_int_equal(world_counted(&asked.world, SOUTH, asked.list, IDENTIFIER_DOMAIN).total,
	                 0);
	ask_well(&asked, 4);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 4);
	world_release(&asked.world);
}

/* --- restored copies ------------------------------------------------------------------------ */

static void restore(struct asked *asked, unsigned side)
{
	node_end(&asked->world.nodes[side]);
	node_restore_database(&asked->world.nodes[side], "copy");
	node_begin(&asked->world.nodes[side]);
	world_cut(&asked->world);
	world_link(&asked->world);
	world_run(&asked->world);
}

static void a_side_is_restored(void **state)
{
	(void)state;
	for (unsigned side = 0; side < 2; side++) {
		struct asked asked;

		begin(&asked, 740 + side, true);
		ask_well(&asked, 5);
		node_copy(&asked.world.nodes[side], "copy");
		ask_well(&asked, 6);
		ask_well(&asked, 7);
		restore(&asked, side);
		ask_well(&asked, 2);
		assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 20);
		world_check_agreement(&asked.world);
		world_release(&asked.world);
	}
}

/* Both are, to copies from before: what tallies say is not asked again. */
static void both_are_restored(void **state)
{
	struct asked asked;
	struct said said;

	(void)state;
	begin(&asked, 745, true);
	ask_well(&asked, 5);
	for (unsigned side = 0; side < 2; side++)
		node_copy(&asked.world.nodes[side], "copy");
	ask_well(&asked, 6);
	for (unsigned side = 0; side < 2; side++) {
		node_end(&asked.world.nodes[side]);
		node_restore_database(&asked.world.nodes[side], "copy");
		node_begin(&asked.world.nodes[side]);
	}
	world_cut(&asked.world);
	world_link(&asked.world);
	world_run(&asked.world);
	ask_well(&asked, 2);
	assert_counts(&asked.world, asked.list, IDENTIFIER_DOMAIN, 7);
	said = ask(&asked, 34);
	assert_refused(&said, "budget");
	world_release(&asked.world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_and_is_answered),
		cmocka_unit_test(the_same_question_is_counted_once),
		cmocka_unit_test(what_cannot_be_asked),
		cmocka_unit_test(many_ask_at_once),
		cmocka_unit_test(the_budget_is_kept_by_who_asks),
		cmocka_unit_test(the_budget_is_kept_by_who_owns),
		cmocka_unit_test(the_owner_does_not_forget),
		cmocka_unit_test(a_new_version_brings_no_new_budget),
		cmocka_unit_test(keys_of_former_versions_are_destroyed),
		cmocka_unit_test(a_version_that_crosses),
		cmocka_unit_test(a_key_that_was_lost),
		cmocka_unit_test(the_line_is_cut_anywhere),
		cmocka_unit_test(the_owner_is_killed_before_it_evaluates),
		cmocka_unit_test(the_evaluator_is_started_anew),
		cmocka_unit_test(the_owners_disk_fails),
		cmocka_unit_test(the_askers_disk_fails),
		cmocka_unit_test(a_side_is_restored),
		cmocka_unit_test(both_are_restored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
