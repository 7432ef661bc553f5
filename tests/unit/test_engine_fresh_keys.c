/* A keeper that is gone altogether: the channel goes on with fresh keys, which the
 * appointing key appoints, between real engines and keepers. */
#include "channel_internal.h"
#include "engine_post.h"
#include "engine_restore.h"
#include "engine_succeed.h"

static void lose_everything(struct node *node)
{
	char path[128];

	node_end(node);
	node_path(node, "", path);
	run_command("rm %s/*%s", path, "");
	node_begin(node);
}

static void print_raw(const struct ed25519_public *key, char ret_text[HASH_BASE64_CAPACITY])
{
	struct hash as_hash;

	memcpy(as_hash.bytes, key->bytes, sizeof(as_hash.bytes));
	hash_to_base64(&as_hash, ret_text);
}

static void make_successor(struct node *node, struct keeper_setup_keys *ret_keys)
{
	struct error error = { 0 };

	if (engine_new_successor(world_channel(node->world, node->side), ret_keys, &error) != OK)
		fail_msg("engine_new_successor: %s", error.message);
	node_turn(node);
}

static void appoint_offices(struct node *node, const struct keeper_setup_keys *keys)
{
	char text[HASH_BASE64_CAPACITY];

	print_raw(&keys->receipt_key, text);
	assert_ok(node_appoint(node, "receipt", text));
	print_raw(&keys->node_key, text);
	assert_ok(node_appoint(node, "node", text));
	print_raw(&keys->link_key, text);
	assert_ok(node_appoint(node, "link", text));
	assert_ok(node_appoint(node, "reading", keys->reading_key));
}

static void check_total_loss(bool end_between)
{
	struct world world;
	struct node *north;
	struct keeper_setup_keys keys, unused;
	char text[HASH_BASE64_CAPACITY];
	struct error error = { 0 };
	size_t errors;

	world_init_stored(&world, 210 + end_between, true);
	world_open(&world);
	say_both(&world);
	north = &world.nodes[NORTH];
	assert_int_equal(engine_new_successor(world_channel(&world, NORTH), &unused, &error),
	                 ERROR_STATE);
	world_cut(&world);
	world_run(&world);
	lose_everything(north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NO_KEYS);
	node_comment(&world.nodes[SOUTH]);
	node_turn(&world.nodes[SOUTH]);
	make_successor(north, &unused);
	make_successor(north, &keys);
	errors = north->errors;
	/* Not by keys that were given up, nor anything but the appointment. */
	print_raw(&unused.log_key, text);
	assert_ok(node_appoint_log_by(north, text, &north->appointing));
	print_raw(&keys.node_key, text);
	assert_ok(node_appoint(north, "node", text));
	node_turn(north);
	assert_int_equal(north->errors, errors + 2);
	print_raw(&keys.log_key, text);
	if (end_between) {
		node_restart(north);
		assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NO_KEYS);
	}
	assert_ok(node_appoint_log_by(north, text, &north->appointing));
	if (end_between) {
		/* The appointment is durable, and the keeper dies over it. */
		bool worked;

		north->mood = KEEPER_DIES_AFTER;
		assert_int_not_equal(node_step(north, &worked), OK);
		node_restart(north);
	} else {
		node_turn(north);
	}
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	node_turn(north);
	assert_int_equal(north->errors, errors + 2);
	/* Until all offices are appointed the fresh keys sign nothing in the node's name. */
	node_post(&world.nodes[SOUTH], north);
	node_turn(north);
	assert_true(rules_receipted(world_channel(&world, NORTH)->rules, NORTH) <
	            rules_size(world_channel(&world, NORTH)->rules, SOUTH));
	appoint_offices(north, &keys);
	for (unsigned i = 0; i < 6; i++)
		node_turn(north);
	assert_int_equal(north->errors, errors + 2);
	world_post(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 2);
	assert_memory_equal(world.nodes[SOUTH].link_keys[1].bytes, keys.link_key.bytes, 32);
	world_link(&world);
	say_both(&world);
	world_check_agreement(&world);
	restart_both(&world);
	say_both(&world);
	world_check_agreement(&world);
	world_release(&world);
}

static void test_total_loss(void **state)
{
	(void)state;
	check_total_loss(false);
}

static void test_total_loss_with_ends(void **state)
{
	(void)state;
	check_total_loss(true);
}

/* Everything is lost: a fresh home takes the channel from the other side's copy. */
static void test_a_fresh_home(void **state)
{
	struct pile *pile = calloc(1, sizeof(*pile));
	struct keeper_setup_keys keys;
	struct engine_channel *south, *channel;
	struct bytes signatures[2];
	struct error error = { 0 };
	struct world world;
	struct node *north;
	char path[128], text[HASH_BASE64_CAPACITY];

	(void)state;
	world_init_stored(&world, 214, true);
	world_open(&world);
	say_both(&world);
	world_cut(&world);
	world_run(&world);
	north = &world.nodes[NORTH];
	node_end(north);
	node_path(north, "", path);
	run_command("rm -rf %s %s.sqlite*", path, path);
	node_begin(north);
	south = world_channel(&world, SOUTH);
	for (unsigned i = 0; i < 2; i++)
		signatures[i] = buffer_view(&south->signatures[i]);
	pile_pack(pile, &world.nodes[SOUTH], true);
	/* Not for somebody else. */
	north->configuration.party[0] = 'w';
	assert_int_equal(
	    engine_adopt_copy(north->engine, south->charter->text, signatures, &channel, &error),
	    ERROR_NOT_FOUND);
	north->configuration.party[0] = 'n';
	if (engine_adopt_copy(north->engine, south->charter->text, signatures, &channel, &error) !=
	    OK)
		fail_msg("engine_adopt_copy: %s", error.message);
	node_turn(north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NO_KEYS);
	pile_take(pile, north);
	node_turn(north);
	make_successor(north, &keys);
	print_raw(&keys.log_key, text);
	assert_ok(node_appoint_log_by(north, text, &north->appointing));
	node_turn(north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	appoint_offices(north, &keys);
	for (unsigned i = 0; i < 6; i++)
		node_turn(north);
	world_post(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 2);
	restart_both(&world);
	say_both(&world);
	world_check_agreement(&world);
	pile_release(pile);
	free(pile);
	world_release(&world);
}

/* The last that was logged went to nobody but a witness, which shows the head of it:
 * what is lost is lost, and the channel goes on without. */
static void check_what_nobody_has(bool keys_left)
{
	struct keeper_setup_keys keys;
	struct buffer shown;
	struct world world;
	struct node *north;
	char text[HASH_BASE64_CAPACITY];
	bool worked;

	world_init_stored(&world, 216 + keys_left, true);
	world_open(&world);
	say_both(&world);
	world_cut(&world);
	world_run(&world);
	north = &world.nodes[NORTH];
	node_copy(north, "old");
	node_comment(north);
	assert_ok(node_step(north, &worked));
	buffer_init(&shown, NOTE_MAXIMUM);
	assert_ok(buffer_put_bytes(&shown, buffer_view(&world_channel(&world, NORTH)->head_note)));
	node_end(north);
	node_restore_database(north, "old");
	if (keys_left)
		node_lose_keeper(north);
	node_begin(north);
	if (!keys_left)
		lose_everything(north);
	assert_ok(channel_rolled_back(world_channel(&world, NORTH), buffer_view(&shown)));
	node_turn(north);
	node_restart(north);
	assert_int_equal(trouble_of(&world, NORTH),
	                 keys_left ? TROUBLE_ROLLED_BACK : TROUBLE_NO_KEYS);
	make_successor(north, &keys);
	print_raw(&keys.log_key, text);
	assert_ok(node_appoint_log_by(north, text, &north->appointing));
	node_turn(north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	appoint_offices(north, &keys);
	for (unsigned i = 0; i < 6; i++)
		node_turn(north);
	/* Shown again, it is by a key that does not count any more. */
	assert_ok(channel_rolled_back(world_channel(&world, NORTH), buffer_view(&shown)));
	node_turn(north);
	assert_false(world_channel(&world, NORTH)->read_only);
	world_post(&world);
	restart_both(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	say_both(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 2);
	buffer_release(&shown);
	world_release(&world);
}

static void test_what_nobody_has(void **state)
{
	(void)state;
	check_what_nobody_has(false);
	check_what_nobody_has(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_total_loss),
		cmocka_unit_test(test_total_loss_with_ends),
		cmocka_unit_test(test_a_fresh_home),
		cmocka_unit_test(test_what_nobody_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
