/* Two real nodes, one of which is killed at every step of committing: nothing
 * acknowledged is lost, nothing is forked, and both go on as if nothing had been. */
#include "check.h"
#include "node_pair.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const steps[] = {
	"engine-before-entries", "engine-entries-stored", "engine-before-signing",
	"engine-signed",         "engine-head-stored",    "engine-sent",
};

enum { STEP_COUNT = sizeof steps / sizeof steps[0], BODY_SIZE = 1024 };

static struct node_pair pair;
static uint64_t serial;

static void assert_same_logs(void)
{
	char path[256], *texts[2];

	assert_true(node_pair_settle(&pair));
	node_pair_path(&pair, "/log?north=0&south=0&count=500", path, sizeof(path));
	for (unsigned side = 0; side < 2; side++) {
		json_t *reply = NULL, *acts, *act;
		size_t i;

		assert_int_equal(
		    node_pair_request(&pair.nodes[side], "GET", path, bytes_of(NULL, 0), &reply),
		    200);
		acts = json_object_get(reply, "acts");
		assert_true(json_array_size(acts) > 0);
		/* What a side knows of receipts differs; what stands in the logs does not. */
		json_array_foreach(acts, i, act) json_object_del(act, "receipted");
		texts[side] = json_dumps(acts, JSON_SORT_KEYS);
		json_decref(reply);
	}
	assert_string_equal(texts[0], texts[1]);
	free(texts[0]);
	free(texts[1]);
}

/* Submits comments at `author` until `victim` dies; gives the number of the last
 * one that was acknowledged. */
static bool submit_until_death(struct paired_node *author, struct paired_node *victim,
                               struct paired_act *last, uint64_t *ret_number)
{
	bool acknowledged = false;

	for (unsigned i = 0; i < 200; i++) {
		struct paired_act act;
		uint64_t number;
		long status;

		node_pair_make_comment(author, BODY_SIZE, serial++, &act);
		status = node_pair_submit(author, &act, &number);
		if (status == 201) {
			if (acknowledged)
				paired_act_release(last);
			*last = act;
			*ret_number = number;
			acknowledged = true;
		} else {
			paired_act_release(&act);
		}
		if (node_pair_has_ended(victim))
			return acknowledged;
		usleep(10000);
	}
	fail_msg("the node was not killed at its step");
	return false;
}

/* An acknowledged act stands where the answer said, and submitting it again
 * gives that number. */
static void assert_still_there(struct paired_node *node, struct paired_act *act, uint64_t number)
{
	uint64_t again = UINT64_MAX;

	assert_int_equal(node_pair_submit(node, act, &again), 200);
	assert_int_equal(again, number);
}

static void kill_at(struct paired_node *author, struct paired_node *victim, const char *step,
                    unsigned passage)
{
	struct paired_act last;
	uint64_t number = 0;
	bool acknowledged;
	char fault[64];

	snprintf(fault, sizeof(fault), "%s:%u", step, passage);
	node_pair_stop(victim, SIGTERM);
	/* Starting may already pass the step. */
	if (node_pair_start(victim, fault)) {
		acknowledged = submit_until_death(author, victim, &last, &number);
	} else {
		acknowledged = false;
	}
	assert_true(node_pair_start(victim, NULL));
	if (acknowledged) {
		assert_still_there(author, &last, number);
		paired_act_release(&last);
	}
	assert_same_logs();
}

static void test_author_killed(void **state)
{
	(void)state;
	for (size_t i = 0; i < STEP_COUNT; i++)
		kill_at(&pair.nodes[NODE_PAIR_NORTH], &pair.nodes[NODE_PAIR_NORTH], steps[i], 30);
}

static void test_receiver_killed(void **state)
{
	(void)state;
	for (size_t i = 0; i < STEP_COUNT; i++)
		kill_at(&pair.nodes[NODE_PAIR_NORTH], &pair.nodes[NODE_PAIR_SOUTH], steps[i], 30);
}

static void test_keeper_killed(void **state)
{
	static const char *const points[] = { "keeper-before-slot", "keeper-after-slot",
		                              "keeper-after-sync", "keeper-after-signing" };

	(void)state;
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++)
		kill_at(&pair.nodes[NODE_PAIR_NORTH], &pair.nodes[NODE_PAIR_NORTH], points[i], 3);
}

/* All processes of a node at once, again and again, at moments of chance. */
static void test_killed_at_any_moment(void **state)
{
	unsigned seed = (unsigned)time(NULL), chance;
	const char *given = getenv("CHIRO_SEED");

	(void)state;
	if (given != NULL)
		seed = (unsigned)strtoul(given, NULL, 10);
	printf("# seed %u\n", seed);
	chance = seed;
	for (unsigned round = 0; round < 8; round++) {
		struct paired_node *victim = &pair.nodes[round % 2];

		for (unsigned i = 0; i < 10; i++) {
			struct paired_act act;
			uint64_t number;

			node_pair_make_comment(&pair.nodes[i % 2], BODY_SIZE, serial++, &act);
			node_pair_submit(&pair.nodes[i % 2], &act, &number);
			paired_act_release(&act);
			chance = chance * 1103515245 + 12345;
			if ((chance >> 16) % 5 == 0)
				break;
		}
		node_pair_stop(victim, SIGKILL);
		assert_true(node_pair_start(victim, NULL));
		assert_same_logs();
	}
}

static int open_pair(void **state)
{
	(void)state;
	node_pair_init(&pair, getenv("CHIRO_CHIROD"));
	printf("# nodes in %s\n", pair.folder);
	if (!node_pair_start(&pair.nodes[0], NULL) || !node_pair_start(&pair.nodes[1], NULL))
		return 1;
	node_pair_open(&pair);
	return 0;
}

static int close_pair(void **state)
{
	(void)state;
	node_pair_release(&pair);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_author_killed),
		cmocka_unit_test(test_receiver_killed),
		cmocka_unit_test(test_keeper_killed),
		cmocka_unit_test(test_killed_at_any_moment),
	};

	return cmocka_run_group_tests(tests, open_pair, close_pair);
}
