/* Alarms over two engines: what raises them, and how they are kept until they are told. */
#include "channel_internal.h"
#include "engine_restore.h"

#include "journal.h"

enum { RETRIES = 3, RETRY_AFTER = 10, SOON = 600 };

static void open_alarmed(struct world *world, uint32_t seed)
{
	struct configuration *configuration;

	world_init(world, seed);
	world_open(world);
	configuration = &world->nodes[NORTH].configuration;
	snprintf(configuration->alarm_program, sizeof configuration->alarm_program, "/bin/alarm");
	configuration->alarm_timeout = 30;
	configuration->alarm_retries = RETRIES;
	configuration->alarm_retry_after = RETRY_AFTER;
	configuration->alarm_soon = SOON;
	world->nodes[NORTH].alarm_outcome = ALARM_SUCCEEDED;
}

static struct alarm_entry *entry_at(struct world *world, size_t index)
{
	const struct alarm_queue *queue = &world->nodes[NORTH].engine->alarms;

	assert_true(index < queue->count);
	return queue->entries[index];
}

static size_t count_kind(struct world *world, enum alarm_kind kind)
{
	const struct alarm_queue *queue = &world->nodes[NORTH].engine->alarms;
	size_t count = 0;

	for (size_t i = 0; i < queue->count; i++)
		count += queue->entries[i]->event.kind == kind;
	return count;
}

static void notify(struct world *world, unsigned side, enum precedence precedence)
{
	struct node *node = &world->nodes[side];
	struct act act = node_act(node, KIND_NOTIFY, NULL);

	act.precedence = precedence;
	node_body(node, &act);
	assert_ok(node_submit(node, &act, &node->head));
	world_run(world);
}

static void acknowledge(struct world *world, unsigned side, struct act_place place)
{
	struct node *node = &world->nodes[side];
	const struct rules *rules = world_channel(world, side)->rules;
	const struct act_summary *of = rules_act(rules, place);
	struct act act = node_act(node, KIND_ACK, NULL);

	act.has_answers = true;
	act.answers.number = place.number;
	act.answers.generation = 1;
	memcpy(act.answers.party, world_channel(world, side)->charter->parties[place.party].id,
	       sizeof act.answers.party);
	act.answers.leaf = of->leaf;
	assert_ok(node_submit(node, &act, &node->head));
	world_run(world);
}

/* The last act of a side that is no receipt. */
static struct act_place last_of(struct world *world, unsigned side)
{
	const struct rules *rules = world_channel(world, NORTH)->rules;
	struct act_place place = { side, rules_size(rules, side) - 1 };

	while (rules_act(rules, place)->kind->matter == MATTER_SERVICE)
		place.number--;
	return place;
}

/* --- the queue ---------------------------------------------------------------------------- */

static uint32_t raise_test(struct world *world)
{
	uint8_t id[ALARM_ID_SIZE];

	assert_ok(alarm_test(world->nodes[NORTH].engine, id));
	world_run(world);
	return world->nodes[NORTH].alarm_request;
}

static void test_pauses_grow_and_end(void **state)
{
	struct world world;
	struct node *node = &world.nodes[NORTH];

	(void)state;
	open_alarmed(&world, 701);
	node->alarm_outcome = ALARM_FAILED;
	raise_test(&world);
	for (size_t i = 1; i <= RETRIES; i++) {
		assert_int_equal(node->alarm_runs, i);
		assert_int_equal(entry_at(&world, 0)->state, ALARM_WAITING);
		world_pass(&world, (RETRY_AFTER << (i - 1)) - 2);
		world_run(&world);
		assert_int_equal(node->alarm_runs, i);
		world_pass(&world, 2);
		world_run(&world);
	}
	assert_int_equal(node->alarm_runs, RETRIES + 1);
	assert_int_equal(entry_at(&world, 0)->state, ALARM_GIVEN_UP);
	assert_int_equal(alarms_given_up(node->engine), 1);
	world_pass(&world, 100000);
	world_run(&world);
	assert_int_equal(node->alarm_runs, RETRIES + 1 + count_kind(&world, ALARM_LINK_TEST));
	assert_int_equal(alarms_given_up(node->engine), 0);
	world_release(&world);
}

/* A node that is killed each time that the program runs does not run it for ever. */
static void test_a_node_that_dies_each_time(void **state)
{
	struct world world;
	struct node *node = &world.nodes[NORTH];

	(void)state;
	open_alarmed(&world, 702);
	node->alarm_outcome = ALARM_NOT_RUN;
	raise_test(&world);
	for (size_t i = 0; i < 10; i++) {
		node_restart(node);
		world_run(&world);
	}
	assert_int_equal(node->alarm_runs, RETRIES + 1);
	assert_int_equal(entry_at(&world, 0)->state, ALARM_GIVEN_UP);
	world_release(&world);
}

static void test_four_at_a_time(void **state)
{
	struct world world;
	struct node *node = &world.nodes[NORTH];
	uint32_t first;

	(void)state;
	open_alarmed(&world, 703);
	node->alarm_outcome = ALARM_NOT_RUN;
	first = raise_test(&world);
	for (size_t i = 0; i < 6; i++)
		raise_test(&world);
	assert_int_equal(node->alarm_runs, ALARM_RUNS_MAXIMUM);
	node_end_alarm(node, first, ALARM_SUCCEEDED);
	/* Twice is once. */
	node_end_alarm(node, first, ALARM_FAILED);
	world_run(&world);
	assert_int_equal(node->alarm_runs, ALARM_RUNS_MAXIMUM + 1);
	assert_int_equal(entry_at(&world, 0)->state, ALARM_DELIVERED);
	/* The role that ran them is gone. */
	engine_alarm_started(node->engine);
	node->alarm_outcome = ALARM_SUCCEEDED;
	world_pass(&world, RETRY_AFTER);
	world_run(&world);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(entry_at(&world, i)->state, ALARM_DELIVERED);
	world_release(&world);
}

static void test_what_has_ended_is_kept_for_a_while(void **state)
{
	struct world world;
	struct store_values page;

	(void)state;
	open_alarmed(&world, 704);
	for (size_t i = 0; i < ALARMS_KEPT + 20; i++)
		raise_test(&world);
	assert_true(world.nodes[NORTH].engine->alarms.count <= ALARMS_KEPT + 1);
	store_values_init(&page);
	assert_ok(
	    store_list_values(world.nodes[NORTH].store, STORE_NODE, "alarm/", "", 4096, &page));
	assert_true(page.count <= ALARMS_KEPT + 1);
	store_values_release(&page);
	node_restart(&world.nodes[NORTH]);
	assert_true(entry_at(&world, 0)->number > 10);
	world_release(&world);
}

static void test_many_become_few(void **state)
{
	struct world world;
	uint32_t told = 0;

	(void)state;
	open_alarmed(&world, 705);
	world.nodes[NORTH].alarm_outcome = ALARM_NOT_RUN;
	for (size_t i = 0; i < ALARMS_APART + 30; i++)
		notify(&world, SOUTH, PRECEDENCE_FLASH);
	assert_int_equal(count_kind(&world, ALARM_ARRIVAL), ALARMS_APART);
	notify(&world, SOUTH, PRECEDENCE_IMMEDIATE);
	assert_int_equal(count_kind(&world, ALARM_ARRIVAL), ALARMS_APART + 1);
	for (size_t i = 0; i < world.nodes[NORTH].engine->alarms.count; i++)
		told += 1 + entry_at(&world, i)->event.more;
	assert_int_equal(told, ALARMS_APART + 31);
	world_release(&world);
}

/* A disk that is full is told of though nothing can be written, and once. */
static void test_a_full_disk(void **state)
{
	struct world world;
	struct node *node = &world.nodes[NORTH];

	(void)state;
	open_alarmed(&world, 706);
	node->failing_commits = 3;
	notify(&world, NORTH, PRECEDENCE_ROUTINE);
	assert_int_equal(count_kind(&world, ALARM_STORE), 1);
	assert_int_equal(node->alarm.kind, ALARM_STORE);
	assert_int_equal(node->alarm_runs, 1);
	node->failing_commits = 0;
	world_link(&world);
	world_run(&world);
	world_pass(&world, 100);
	world_run(&world);
	node_restart(node);
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_STORE), 1);
	assert_int_equal(entry_at(&world, 0)->state, ALARM_DELIVERED);
	assert_int_equal(node->alarm_runs, 1);
	world_release(&world);
}

/* --- what raises them ------------------------------------------------------------------------ */

static void test_arrivals(void **state)
{
	struct world world;
	struct node *node = &world.nodes[NORTH];

	(void)state;
	open_alarmed(&world, 707);
	notify(&world, SOUTH, PRECEDENCE_ROUTINE);
	notify(&world, SOUTH, PRECEDENCE_PRIORITY);
	notify(&world, NORTH, PRECEDENCE_FLASH);
	assert_int_equal(node->alarm_runs, 0);
	notify(&world, SOUTH, PRECEDENCE_FLASH);
	assert_int_equal(node->alarm_runs, 1);
	assert_int_equal(node->alarm.kind, ALARM_ARRIVAL);
	assert_string_equal(node->alarm.precedence, "flash");
	assert_int_equal(alarm_level(&node->alarm, "north"), JOURNAL_ALERT);
	node_restart(node);
	world_run(&world);
	assert_int_equal(node->alarm_runs, 1);
	world_release(&world);
}

/* What we owe is told of a quarter of its time before the end, and at the end. */
static void test_our_clocks(void **state)
{
	struct world world;
	struct node *node = &world.nodes[NORTH];
	struct act_place first;

	(void)state;
	open_alarmed(&world, 708);
	notify(&world, SOUTH, PRECEDENCE_FLASH);
	first = last_of(&world, SOUTH);
	world_pass(&world, 900 * 3 / 4 - 1);
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_DUE_SOON), 0);
	world_pass(&world, 1);
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_DUE_SOON), 1);
	assert_string_equal(node->alarm.duty, "acknowledge");
	assert_string_equal(node->alarm.owed_by, "north");
	world_pass(&world, 225);
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_OVERDUE), 0);
	assert_true(engine_next_timer(node->engine) <= world.monotonic + 1000000000);
	world_pass(&world, 1);
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_OVERDUE), 1);
	assert_int_equal(node->alarm.deadline, world.now - 1);
	assert_int_equal(alarm_level(&node->alarm, "north"), JOURNAL_ALERT);
	node_restart(node);
	world_run(&world);
	acknowledge(&world, NORTH, first);
	world_pass(&world, 100);
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_OVERDUE), 1);
	assert_int_equal(count_kind(&world, ALARM_DUE_SOON), 1);
	world_release(&world);
}

static void test_what_is_done_in_time_is_not_told(void **state)
{
	struct world world;

	(void)state;
	open_alarmed(&world, 709);
	notify(&world, SOUTH, PRECEDENCE_FLASH);
	world_pass(&world, 300);
	acknowledge(&world, NORTH, last_of(&world, SOUTH));
	world_pass(&world, 1000);
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_OVERDUE), 0);
	assert_int_equal(count_kind(&world, ALARM_DUE_SOON), 0);
	world_release(&world);
}

/* What came due while the node did not run is told at its start; theirs too, but not soon. */
static void test_their_clocks_and_a_start(void **state)
{
	struct world world;
	struct node *node = &world.nodes[NORTH];

	(void)state;
	open_alarmed(&world, 710);
	notify(&world, NORTH, PRECEDENCE_IMMEDIATE);
	world_pass(&world, 3599);
	assert_int_equal(count_kind(&world, ALARM_DUE_SOON), 0);
	world_pass(&world, 10);
	node_restart(node);
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_OVERDUE), 1);
	assert_string_equal(node->alarm.owed_by, "south");
	assert_int_equal(alarm_level(&node->alarm, "north"), JOURNAL_CRITICAL);
	assert_int_equal(node->alarm_runs, 1);
	node_restart(node);
	world_run(&world);
	assert_int_equal(node->alarm_runs, 1);
	world_release(&world);
}

/* A receipt that comes late, over a line that was cut, starts a clock that has run out: what
 * was owed is overdue when it is first known. */
static void test_overdue_when_it_is_known(void **state)
{
	struct world world;
	bool worked;

	(void)state;
	open_alarmed(&world, 711);
	notify(&world, NORTH, PRECEDENCE_ROUTINE);
	acknowledge(&world, SOUTH, last_of(&world, NORTH));
	/* South receipts, and the line is cut before its receipt is here. */
	{
		struct node *node = &world.nodes[NORTH];
		struct act act = node_act(node, KIND_NOTIFY, NULL);

		act.precedence = PRECEDENCE_FLASH;
		node_body(node, &act);
		assert_ok(node_submit(node, &act, &node->head));
		assert_ok(node_step(node, &worked));
		assert_ok(node_step(&world.nodes[SOUTH], &worked));
		world_cut(&world);
	}
	world_pass(&world, 2000);
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_OVERDUE), 0);
	world_link(&world);
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_OVERDUE), 1);
	world_release(&world);
}

/* What stands is told once, and again only when it has been gone for a while. */
static void test_what_stands(void **state)
{
	struct engine_channel *channel;
	struct world world;

	(void)state;
	open_alarmed(&world, 713);
	channel = world_channel(&world, NORTH);
	for (size_t i = 0; i < 3; i++) {
		snprintf(channel->alarm, sizeof channel->alarm, "%zu entries wait", i);
		world_run(&world);
		channel->alarm[0] = '\0';
		world_pass(&world, 100);
		world_run(&world);
	}
	assert_int_equal(count_kind(&world, ALARM_CHANNEL), 1);
	world_pass(&world, 300);
	world_run(&world);
	snprintf(channel->alarm, sizeof channel->alarm, "entries wait");
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_CHANNEL), 2);
	channel_refuse_writing(channel, "as the test says");
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_READ_ONLY), 1);
	assert_string_equal(world.nodes[NORTH].alarm.sentence, "as the test says");
	world_release(&world);
}

static void test_a_faulted_channel(void **state)
{
	struct world world;

	(void)state;
	open_alarmed(&world, 714);
	assert_ok(engine_write(world.nodes[NORTH].engine));
	assert_ok(channel_fault(world_channel(&world, NORTH), "a `fork` of their $(log)",
	                        bytes_of_string("evidence")));
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_FAULTED), 1);
	node_restart(&world.nodes[NORTH]);
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_FAULTED), 1);
	assert_int_equal(alarm_level(&world.nodes[NORTH].alarm, "north"), JOURNAL_ALERT);
	world_release(&world);
}

/* A clock that is not believed makes nothing overdue, and is told of. */
static void test_a_clock_that_jumps(void **state)
{
	struct world world;

	(void)state;
	open_alarmed(&world, 712);
	notify(&world, SOUTH, PRECEDENCE_FLASH);
	world.now += 86400;
	world_run(&world);
	assert_int_equal(count_kind(&world, ALARM_OVERDUE), 0);
	assert_int_equal(count_kind(&world, ALARM_CLOCK), 1);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pauses_grow_and_end),
		cmocka_unit_test(test_a_node_that_dies_each_time),
		cmocka_unit_test(test_four_at_a_time),
		cmocka_unit_test(test_what_has_ended_is_kept_for_a_while),
		cmocka_unit_test(test_many_become_few),
		cmocka_unit_test(test_a_full_disk),
		cmocka_unit_test(test_arrivals),
		cmocka_unit_test(test_our_clocks),
		cmocka_unit_test(test_what_is_done_in_time_is_not_told),
		cmocka_unit_test(test_their_clocks_and_a_start),
		cmocka_unit_test(test_overdue_when_it_is_known),
		cmocka_unit_test(test_what_stands),
		cmocka_unit_test(test_a_faulted_channel),
		cmocka_unit_test(test_a_clock_that_jumps),
	};

	journal_open("alarms", getenv("CHIRO_LOUD") != NULL ? 7 : 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
