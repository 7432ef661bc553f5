/* Two nodes amend their charter: the texts come from their people, and are there again
 * after a start, a loss and a copy. */
#include "channel_internal.h"
#include "engine_post.h"
#include "engine_restore.h"
#include "journal.h"
#include "sha.h"

/* A charter that gives requests so many seconds, in place of the one in force. */
static struct hash text_of(struct world *world, int64_t seconds, struct buffer *text)
{
	struct charter charter = *channel_charter(world_channel(world, NORTH));
	struct hash hash;

	charter.clocks[CLOCK_REQUEST] = seconds;
	charter.blob_wait = seconds;
	assert_ok(charter_print(&charter, text, NULL));
	sha256_of(&hash, buffer_view(text));
	return hash;
}

static int give(struct node *node, const struct buffer *text)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	struct error error = { 0 };
	struct hash hash;
	int r = engine_give_charter(channel, buffer_view(text), &hash, &error);

	assert_true(r == OK || error.message[0] != '\0');
	node_turn(node);
	return r;
}

/* Opens an amendment, or completes that of the other side. */
static int amend(struct node *node, const struct hash *next, bool completes)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	char version[12], previous[HASH_BASE64_CAPACITY], name[HASH_BASE64_CAPACITY];
	const char *values[] = { version, previous, name, NULL };
	struct act_place place;
	struct act act;

	snprintf(version, sizeof version, "%u", rules_charter_count(channel->rules) + 1);
	hash_to_base64(&channel_charter(channel)->hash, previous);
	hash_to_base64(next, name);
	act = node_act(node, KIND_AMEND, values);
	if (completes) {
		assert_true(rules_open_amendment(channel->rules, channel->other, &place));
		act.has_answers = true;
		act.answers.generation = 1;
		act.answers.number = place.number;
		act.answers.leaf = rules_act(channel->rules, place)->leaf;
		memcpy(act.answers.party, channel->charter->parties[place.party].id,
		       sizeof act.answers.party);
	}
	node_body(node, &act);
	return node_submit(node, &act, &node->head);
}

static unsigned version_at(struct world *world, unsigned side)
{
	return rules_charter_count(world_channel(world, side)->rules);
}

static void check_clock(struct world *world, unsigned side, int64_t seconds)
{
	assert_int_equal(channel_charter(world_channel(world, side))->clocks[CLOCK_REQUEST],
	                 seconds);
}

/* Both have charter 2 in force, by which requests have an hour. */
static void amend_both(struct world *world)
{
	struct buffer text;
	struct hash hash;

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	hash = text_of(world, 3600, &text);
	assert_ok(give(&world->nodes[NORTH], &text));
	assert_ok(amend(&world->nodes[NORTH], &hash, false));
	world_run(world);
	assert_ok(give(&world->nodes[SOUTH], &text));
	assert_ok(amend(&world->nodes[SOUTH], &hash, true));
	world_run(world);
	buffer_release(&text);
}

static void restart(struct node *node)
{
	node_end(node);
	node_begin(node);
}

static void test_two_nodes(void **state)
{
	struct world world;

	(void)state;
	open_on_disk(&world, 700);
	amend_both(&world);
	for (unsigned side = 0; side < 2; side++) {
		assert_int_equal(version_at(&world, side), 2);
		check_clock(&world, side, 3600);
	}
	world_check_agreement(&world);
	world_cut(&world);
	restart(&world.nodes[NORTH]);
	restart(&world.nodes[SOUTH]);
	for (unsigned side = 0; side < 2; side++)
		check_clock(&world, side, 3600);
	check_goes_on(&world);
	world_release(&world);
}

static void test_the_text_comes_first(void **state)
{
	struct buffer text, other;
	struct world world;
	struct hash hash;

	(void)state;
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	buffer_init(&other, CHARTER_SIZE_MAXIMUM);
	open_on_disk(&world, 701);
	hash = text_of(&world, 3600, &text);
	assert_int_equal(amend(&world.nodes[NORTH], &hash, false), ERROR_CHARTER);
	assert_ok(give(&world.nodes[NORTH], &text));
	assert_ok(amend(&world.nodes[NORTH], &hash, false));
	world_run(&world);
	assert_int_equal(amend(&world.nodes[SOUTH], &hash, true), ERROR_CHARTER);
	/* What a charter cannot be, or cannot change, is not kept. */
	assert_ok(buffer_put_string(&other, "chirograph.charter/1\nrules 1\n"));
	assert_int_equal(give(&world.nodes[SOUTH], &other), ERROR_SYNTAX);
	buffer_clear(&other);
	{
		struct charter charter = *world_channel(&world, SOUTH)->charter;

		snprintf(charter.parties[0].domain, DOMAIN_CAPACITY, "other.example");
		assert_ok(charter_print(&charter, &other, NULL));
	}
	assert_int_equal(give(&world.nodes[SOUTH], &other), ERROR_MISMATCH);
	assert_ok(give(&world.nodes[SOUTH], &text));
	/* Twice is once. */
	assert_ok(give(&world.nodes[SOUTH], &text));
	/* Also over a start before the act. */
	world_cut(&world);
	restart(&world.nodes[SOUTH]);
	world_link(&world);
	world_run(&world);
	assert_ok(amend(&world.nodes[SOUTH], &hash, true));
	world_run(&world);
	assert_int_equal(version_at(&world, NORTH), 2);
	assert_int_equal(version_at(&world, SOUTH), 2);
	buffer_release(&text);
	buffer_release(&other);
	world_release(&world);
}

/* A database from before the amendment comes back by a copy, whose taking is interrupted
 * after each frame: the processes end, before and after the turn. */
static void test_an_older_database(void **state)
{
	struct pile *pile = calloc(1, sizeof(*pile));
	struct post_outcome outcome;
	struct world world;
	struct node *north;

	(void)state;
	open_on_disk(&world, 702);
	north = &world.nodes[NORTH];
	node_copy(north, "old");
	amend_both(&world);
	node_comment(north);
	world_run(&world);
	world_cut(&world);
	node_end(north);
	node_restore_database(north, "old");
	node_begin(north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_DATABASE_BEHIND);
	assert_int_equal(version_at(&world, NORTH), 1);
	pile_pack(pile, &world.nodes[SOUTH], true);
	for (size_t i = 0; i < pile->count; i++) {
		assert_ok(node_take(north, &pile->frames[i], &outcome));
		restart(north);
		assert_ok(node_take(north, &pile->frames[i], &outcome));
		node_turn(north);
		restart(north);
	}
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	assert_int_equal(version_at(&world, NORTH), 2);
	check_clock(&world, NORTH, 3600);
	check_goes_on(&world);
	pile_release(pile);
	free(pile);
	world_release(&world);
}

/* What was opened here is lost with its text, and comes back in the other side's copy
 * without: when it is completed, the log waits until people give it. */
static void test_the_text_is_lost(void **state)
{
	struct pile *pile = calloc(1, sizeof(*pile));
	struct world world;
	struct buffer text;
	struct node *north;
	struct hash hash;
	uint64_t held;

	(void)state;
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	open_on_disk(&world, 703);
	north = &world.nodes[NORTH];
	node_copy(north, "old");
	hash = text_of(&world, 1800, &text);
	assert_ok(give(north, &text));
	assert_ok(amend(north, &hash, false));
	world_run(&world);
	world_cut(&world);
	node_end(north);
	node_restore_database(north, "old");
	node_begin(north);
	pile_pack(pile, &world.nodes[SOUTH], true);
	pile_take(pile, north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	world_link(&world);
	world_run(&world);
	held = rules_size(world_channel(&world, NORTH)->rules, SOUTH);

	assert_ok(give(&world.nodes[SOUTH], &text));
	assert_ok(amend(&world.nodes[SOUTH], &hash, true));
	world_run(&world);
	assert_int_equal(version_at(&world, SOUTH), 2);
	assert_int_equal(version_at(&world, NORTH), 1);
	assert_int_equal(rules_size(world_channel(&world, NORTH)->rules, SOUTH), held);
	assert_non_null(strstr(world_channel(&world, NORTH)->alarm, "charter"));
	assert_false(world_channel(&world, NORTH)->faulted);
	assert_ok(give(north, &text));
	world_run(&world);
	assert_int_equal(version_at(&world, NORTH), 2);
	assert_string_equal(world_channel(&world, NORTH)->alarm, "");
	world_check_agreement(&world);
	check_goes_on(&world);
	pile_release(pile);
	free(pile);
	buffer_release(&text);
	world_release(&world);
}

/* The same by files: the frame waits for the text, and is used when it is given. */
static void test_by_files(void **state)
{
	struct world world;
	struct buffer text;
	struct hash hash;

	(void)state;
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	open_on_disk(&world, 704);
	world_cut(&world);
	world_run(&world);
	hash = text_of(&world, 60, &text);
	assert_ok(give(&world.nodes[NORTH], &text));
	assert_ok(amend(&world.nodes[NORTH], &hash, false));
	node_post(&world.nodes[NORTH], &world.nodes[SOUTH]);
	assert_ok(give(&world.nodes[SOUTH], &text));
	assert_ok(amend(&world.nodes[SOUTH], &hash, true));
	node_post(&world.nodes[SOUTH], &world.nodes[NORTH]);
	assert_int_equal(version_at(&world, SOUTH), 2);
	assert_int_equal(version_at(&world, NORTH), 2);
	check_goes_on(&world);
	buffer_release(&text);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_nodes),
		cmocka_unit_test(test_the_text_comes_first),
		cmocka_unit_test(test_an_older_database),
		cmocka_unit_test(test_the_text_is_lost),
		cmocka_unit_test(test_by_files),
	};

	journal_open("amend", getenv("CHIRO_LOUD") != NULL ? 7 : 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
