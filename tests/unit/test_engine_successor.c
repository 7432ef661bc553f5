/* Logs whose key was lost or stolen go on under another, between real engines and
 * keepers: by the line and by post, with thieves, and through every sudden end. */
#include "channel_internal.h"
#include "engine_forger.h"
#include "engine_post.h"
#include "engine_restore.h"
#include "engine_succeed.h"

static void open_world(struct world *world, uint32_t seed)
{
	world_init(world, seed);
	world_open(world);
	say_both(world);
}

static void test_by_the_line(void **state)
{
	struct world world;
	struct act_place cut;
	char name[ACT_NAME_CAPACITY], expected[ACT_NAME_CAPACITY];

	(void)state;
	open_world(&world, 201);
	cut = (struct act_place){ NORTH, rules_size(world_channel(&world, NORTH)->rules, NORTH) };
	node_succeed(&world.nodes[NORTH]);
	world_run(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 2);
	check_generation(&world, SOUTH, 1);
	rules_act_name(world_channel(&world, SOUTH)->rules, cut, name);
	snprintf(expected, sizeof(expected), "north.2-%llu", (unsigned long long)cut.number);
	assert_string_equal(name, expected);
	say_both(&world);
	world_check_agreement(&world);
	restart_both(&world);
	say_both(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 2);
	/* And once more, and the other side too. */
	node_succeed(&world.nodes[NORTH]);
	world_run(&world);
	node_succeed(&world.nodes[SOUTH]);
	world_run(&world);
	say_both(&world);
	restart_both(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 3);
	check_generation(&world, SOUTH, 2);
	world_release(&world);
}

/* Whoever is behind follows from key to key. */
static void test_after_a_long_silence(void **state)
{
	struct world world;
	bool worked;

	(void)state;
	open_world(&world, 202);
	world_cut(&world);
	world_run(&world);
	for (unsigned i = 0; i < 3; i++) {
		node_comment(&world.nodes[NORTH]);
		node_step(&world.nodes[NORTH], &worked);
		node_succeed(&world.nodes[NORTH]);
		node_step(&world.nodes[NORTH], &worked);
		node_comment(&world.nodes[NORTH]);
		node_step(&world.nodes[NORTH], &worked);
	}
	/* Both at once: south does not know of north's, nor north of south's. */
	node_succeed(&world.nodes[SOUTH]);
	node_step(&world.nodes[SOUTH], &worked);
	node_comment(&world.nodes[SOUTH]);
	node_step(&world.nodes[SOUTH], &worked);
	node_restart(&world.nodes[NORTH]);
	world_link(&world);
	world_run(&world);
	/* A frame under a key that is not appointed yet can close the line once. */
	for (unsigned i = 0; i < 4 && !world.linked; i++) {
		world_link(&world);
		world_run(&world);
	}
	world_check_agreement(&world);
	check_generation(&world, NORTH, 4);
	check_generation(&world, SOUTH, 2);
	say_both(&world);
	world_check_agreement(&world);
	world_release(&world);
}

static void test_by_post(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, 203);
	world_open_by_post(&world);
	node_comment(&world.nodes[NORTH]);
	node_turn(&world.nodes[NORTH]);
	node_succeed(&world.nodes[NORTH]);
	node_turn(&world.nodes[NORTH]);
	node_comment(&world.nodes[NORTH]);
	world_post(&world);
	node_succeed(&world.nodes[SOUTH]);
	world_post(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 2);
	check_generation(&world, SOUTH, 2);
	world_release(&world);
}

/* In any order, and twice: what is too early waits. */
static void test_by_post_backwards(void **state)
{
	struct pile *pile = calloc(1, sizeof(*pile));
	struct post_outcome outcome;
	struct world world;

	(void)state;
	world_init(&world, 204);
	world_open_by_post(&world);
	for (unsigned i = 0; i < 2; i++) {
		node_comment(&world.nodes[NORTH]);
		node_turn(&world.nodes[NORTH]);
		node_succeed(&world.nodes[NORTH]);
		node_turn(&world.nodes[NORTH]);
	}
	pile_pack(pile, &world.nodes[NORTH], false);
	for (unsigned round = 0; round < 2; round++)
		for (size_t i = pile->count; i > 0; i--) {
			assert_ok(node_take(&world.nodes[SOUTH], &pile->frames[i - 1], &outcome));
			node_turn(&world.nodes[SOUTH]);
		}
	world_post(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 3);
	pile_release(pile);
	free(pile);
	world_release(&world);
}

/* A depositary has no head from before the appointment: all comes in one frame, which
 * may begin with what is here already. */
static void test_in_one_frame(void **state)
{
	struct buffer entries, bytes;
	struct frame_entries frame = { .count = 0 };
	struct engine_channel *north;
	struct store_entries page;
	struct post_outcome outcome;
	struct world world;

	(void)state;
	open_world(&world, 216);
	frame.start = rules_size(world_channel(&world, SOUTH)->rules, NORTH) - 1;
	world_cut(&world);
	world_run(&world);
	node_comment(&world.nodes[NORTH]);
	node_turn(&world.nodes[NORTH]);
	node_succeed(&world.nodes[NORTH]);
	node_turn(&world.nodes[NORTH]);
	node_comment(&world.nodes[NORTH]);
	node_turn(&world.nodes[NORTH]);
	north = world_channel(&world, NORTH);
	store_entries_init(&page);
	buffer_init(&entries, FRAME_MAXIMUM);
	buffer_init(&bytes, FRAME_MAXIMUM + FRAME_HEADER_SIZE);
	assert_ok(store_get_entries(world.nodes[NORTH].store, north->number, NORTH, frame.start,
	                            100, FRAME_MAXIMUM, &page));
	for (; frame.count < page.count; frame.count++)
		assert_ok(buffer_put_sized(&entries, page.items[frame.count].bytes));
	frame.checkpoint = buffer_view(&north->head_note);
	frame.entries = buffer_view(&entries);
	assert_ok(frame_put_entries(&bytes, &frame));
	assert_ok(node_take(&world.nodes[SOUTH], &bytes, &outcome));
	node_turn(&world.nodes[SOUTH]);
	assert_int_equal(rules_generations(world_channel(&world, SOUTH)->rules, NORTH), 2);
	world_link(&world);
	say_both(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 2);
	store_entries_release(&page);
	buffer_release(&entries);
	buffer_release(&bytes);
	world_release(&world);
}

/* --- what the appointing key signs is for one place ------------------------------- */

static size_t errors_of(struct node *node)
{
	bool worked;
	size_t before = node->errors;

	node_step(node, &worked);
	return node->errors - before;
}

static void test_only_what_fits(void **state)
{
	struct world world;
	struct node *north;
	char key[KEEPER_KEY_TEXT_CAPACITY];
	struct error error = { 0 };
	uint64_t size;

	(void)state;
	open_world(&world, 205);
	north = &world.nodes[NORTH];
	size = rules_size(world_channel(&world, NORTH)->rules, NORTH);
	/* A key that was not made here. */
	assert_ok(node_appoint_log_by(
	    north, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", &north->appointing));
	assert_int_equal(errors_of(north), 1);
	assert_ok(engine_new_key(world_channel(&world, NORTH), KEEPER_KEY_LOG, key, &error));
	assert_ok(node_appoint_log_by(north, key, &north->head));
	assert_int_equal(errors_of(north), 1);
	/* Nothing else is logged meanwhile, neither by people nor by the node. */
	node_comment(north);
	node_comment(&world.nodes[SOUTH]);
	world_run(&world);
	assert_int_equal(north->errors, 3);
	assert_int_equal(rules_size(world_channel(&world, NORTH)->rules, NORTH), size);
	assert_true(rules_receipted(world_channel(&world, NORTH)->rules, NORTH) <
	            rules_size(world_channel(&world, NORTH)->rules, SOUTH));
	assert_ok(node_appoint_log_by(north, key, &north->appointing));
	world_run(&world);
	assert_int_equal(north->errors, 3);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 2);
	/* One that is never appointed holds for an hour. */
	assert_ok(engine_new_key(world_channel(&world, NORTH), KEEPER_KEY_LOG, key, &error));
	node_comment(&world.nodes[SOUTH]);
	world_run(&world);
	size = rules_size(world_channel(&world, NORTH)->rules, NORTH);
	world_pass(&world, 3601);
	say_both(&world);
	assert_true(rules_size(world_channel(&world, NORTH)->rules, NORTH) > size);
	world_check_agreement(&world);
	world_release(&world);
}

/* --- thieves --------------------------------------------------------------------------- */

/* South shows everything by its hello, and north what it has. */
static void meet_again(struct world *world)
{
	world_cut(world);
	world_run(world);
	world_link(world);
	world_run(world);
}

/* After the succession the former key is worth nothing, and using it is no fork. */
static void test_the_former_key(void **state)
{
	struct world world;
	struct forger thief;
	struct engine_channel *south;

	(void)state;
	open_world(&world, 206);
	forger_init(&thief, &world); /* with the keys of before */
	node_succeed(&world.nodes[NORTH]);
	world_run(&world);
	south = world_channel(&world, SOUTH);
	/* More than there is, by the former key under the former name. */
	forger_copy(&thief, rules_size(south->rules, NORTH));
	forger_test(&thief);
	{
		struct note_key present = south->log_keys[NORTH], former;

		assert_ok(note_key_init(&former, bytes_of(present.name, strlen(present.name) - 2),
		                        NOTE_KEY_ED25519, &thief.log.public_key));
		south->log_keys[NORTH] = former;
		forger_send(&thief);
		south->log_keys[NORTH] = present;
	}
	world_run(&world);
	assert_false(south->faulted);
	assert_int_equal(south->evidence_count, 0);
	meet_again(&world);
	say_both(&world);
	world_check_agreement(&world);
	forger_release(&thief);
	world_release(&world);
}

/* Under a successor's name that the appointing key never gave. */
static void test_a_successor_that_nobody_appointed(void **state)
{
	static const char *const authors[] = { "appointing", "a.head" };
	struct world world;
	struct engine_channel *south;

	(void)state;
	open_world(&world, 207);
	for (unsigned i = 0; i < 2; i++) {
		struct ed25519_secret key;
		struct note_key present, forged;
		char number[24], root[HASH_BASE64_CAPACITY], raw[HASH_BASE64_CAPACITY];
		char name[LOG_NAME_CAPACITY];
		struct forger thief;
		struct hash hash;
		uint64_t size;

		south = world_channel(&world, SOUTH);
		forger_init(&thief, &world);
		assert_ok(ed25519_generate(&key, &(struct random_source){ &world, world_random }));
		size = thief.tree.size;
		forger_root(&thief, size, &hash);
		hash_to_base64(&hash, root);
		memcpy(hash.bytes, key.public_key.bytes, sizeof(hash.bytes));
		hash_to_base64(&hash, raw);
		snprintf(number, sizeof(number), "%llu", (unsigned long long)size);
		thief.act = node_appointment(&world.nodes[NORTH], "log", raw, number, root);
		snprintf(thief.act.author, sizeof(thief.act.author), "%s", authors[i]);
		forger_sign(&thief, &world.nodes[NORTH].head, true);
		present = south->log_keys[NORTH];
		charter_log_name(south->charter, NORTH, 2, "", name);
		assert_ok(note_key_init(&forged, bytes_of_string(name), NOTE_KEY_ED25519,
		                        &key.public_key));
		thief.log = key;
		south->log_keys[NORTH] = forged;
		forger_send(&thief);
		south->log_keys[NORTH] = present;
		world_run(&world);
		assert_false(south->faulted);
		assert_int_equal(rules_size(south->rules, NORTH), size);
		meet_again(&world);
		forger_release(&thief);
	}
	say_both(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 1);
	world_release(&world);
}

/* North is dark, and a thief speaks for it: south holds what north never wrote. */
static void steal(struct world *world)
{
	struct engine_channel *south = world_channel(world, SOUTH);
	struct forger thief;

	world_cut(world);
	world_run(world);
	world_link(world);
	node_drop_inbox(&world->nodes[NORTH]);
	forger_init(&thief, world);
	forger_hello(&thief, bytes_of(NULL, 0), 0, bytes_of(NULL, 0));
	forger_test(&thief);
	forger_send(&thief);
	for (unsigned i = 0; i < 4; i++) {
		bool worked;

		node_step(&world->nodes[SOUTH], &worked);
	}
	assert_int_equal(rules_size(south->rules, NORTH),
	                 rules_size(world_channel(world, NORTH)->rules, NORTH) + 1);
	world_cut(world);
	world_run(world);
	forger_release(&thief);
}

/* North says that its log goes on without it, and south refuses that, with the
 * greater head in its hand. */
static void test_cut_below_what_is_held(void **state)
{
	struct world world;
	struct engine_channel *south, *north;

	(void)state;
	open_world(&world, 208);
	steal(&world);
	node_succeed(&world.nodes[NORTH]);
	world_run(&world);
	world_link(&world);
	world_run(&world);
	north = world_channel(&world, NORTH);
	south = world_channel(&world, SOUTH);
	assert_true(south->faulted);
	assert_true(south->evidence_count > 0);
	assert_false(north->faulted);
	assert_false(north->read_only);
	assert_true(north->alarm[0] != '\0');
	assert_true(north->evidence_count > 0);
	world_release(&world);
}

/* North first takes what south holds, and has its successor begin there. */
static void test_cut_where_the_other_side_is(void **state)
{
	struct pile *pile = calloc(1, sizeof(*pile));
	struct world world;
	struct node *north;

	(void)state;
	open_world(&world, 215);
	north = &world.nodes[NORTH];
	steal(&world);
	world_pass(&world, 100);
	world_link(&world);
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_ROLLED_BACK);
	pile_pack(pile, &world.nodes[SOUTH], true);
	pile_take(pile, north);
	node_turn(north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_KEEPER_BEHIND);
	meet_again(&world);
	engine_recover(world_channel(&world, NORTH));
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	node_succeed(north);
	world_run(&world);
	meet_again(&world);
	say_both(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 2);
	pile_release(pile);
	free(pile);
	world_release(&world);
}

/* A snapshot was put back, and what was logged since went to nobody but a witness, which
 * shows the head of it: by the word of the appointing key the log goes on without. */
static void test_what_nobody_has(void **state)
{
	struct world world;
	struct engine_channel *north;
	struct checkpoint seen;
	struct buffer shown;
	size_t errors;
	bool worked;

	(void)state;
	world_init_stored(&world, 218, true);
	world_open(&world);
	say_both(&world);
	world_cut(&world);
	world_run(&world);
	node_copy(&world.nodes[NORTH], "old");
	node_comment(&world.nodes[NORTH]);
	assert_ok(node_step(&world.nodes[NORTH], &worked));
	buffer_init(&shown, NOTE_MAXIMUM);
	assert_ok(buffer_put_bytes(&shown, buffer_view(&world_channel(&world, NORTH)->head_note)));
	/* South has seen it there too. */
	assert_ok(
	    arrival_check_head(world_channel(&world, SOUTH), buffer_view(&shown), &seen, NULL));
	node_end(&world.nodes[NORTH]);
	node_restore_database(&world.nodes[NORTH], "old");
	node_restore_keeper(&world.nodes[NORTH], "old");
	node_begin(&world.nodes[NORTH]);
	north = world_channel(&world, NORTH);
	assert_ok(channel_rolled_back(north, buffer_view(&shown)));
	buffer_release(&shown);
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_ROLLED_BACK);
	errors = world.nodes[NORTH].errors;
	node_comment(&world.nodes[NORTH]);
	world_run(&world);
	assert_int_equal(world.nodes[NORTH].errors, errors + 1);
	node_succeed(&world.nodes[NORTH]);
	world_run(&world);
	assert_int_equal(world.nodes[NORTH].errors, errors + 1);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	/* Greeted with a head that does not count, north takes nothing; so it is greeted anew. */
	world_link(&world);
	world_run(&world);
	assert_false(world.linked);
	world_link(&world);
	say_both(&world);
	world_check_agreement(&world);
	restart_both(&world);
	say_both(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 2);
	world_release(&world);
}

/* --- sudden ends ---------------------------------------------------------------------------- */

static void test_an_end_in_every_step(void **state)
{
	static const enum keeper_mood moods[] = { KEEPER_DIES_BEFORE, KEEPER_DIES_AFTER };
	struct world world;
	unsigned generation = 1;

	(void)state;
	open_world(&world, 209);
	for (size_t i = 0; i < 2; i++) {
		struct node *north = &world.nodes[NORTH], *south = &world.nodes[SOUTH];
		bool worked;

		/* North's keeper, when it is told of the own successor. */
		node_succeed(north);
		north->mood = moods[i];
		assert_int_not_equal(node_step(north, &worked), OK);
		world_cut(&world);
		node_restart(north);
		world_link(&world);
		world_run(&world);
		world_check_agreement(&world);
		check_generation(&world, NORTH, ++generation);
		/* The database, before the appointment is durable: it never was. */
		node_succeed(north);
		north->failing_commits = 1;
		node_step(north, &worked);
		world_cut(&world);
		node_restart(north);
		world_link(&world);
		say_both(&world);
		world_check_agreement(&world);
		check_generation(&world, NORTH, generation);
		/* South's keeper knows, and its database does not. */
		node_succeed(north);
		node_step(north, &worked);
		south->failing_commits = 1;
		node_step(south, &worked);
		world_cut(&world);
		node_restart(south);
		node_restart(north);
		world_link(&world);
		world_run(&world);
		meet_again(&world);
		say_both(&world);
		world_check_agreement(&world);
		check_generation(&world, NORTH, ++generation);
	}
	world_release(&world);
}

/* The database is gone too: both logs come from the other side, then the same. */
static void test_a_copy_leads_across(void **state)
{
	struct pile *pile = calloc(1, sizeof(*pile));
	struct world world;
	struct node *north;

	(void)state;
	world_init_stored(&world, 212, true);
	world_open(&world);
	say_both(&world);
	north = &world.nodes[NORTH];
	node_copy(north, "before");
	node_succeed(north);
	world_run(&world);
	node_succeed(&world.nodes[SOUTH]);
	world_run(&world);
	say_both(&world);
	world_cut(&world);
	world_run(&world);
	node_end(north);
	node_restore_database(north, "before");
	node_begin(north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_DATABASE_BEHIND);
	pile_pack(pile, &world.nodes[SOUTH], true);
	pile_take(pile, north);
	node_turn(north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	world_link(&world);
	say_both(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 2);
	check_generation(&world, SOUTH, 2);
	pile_release(pile);
	free(pile);
	world_release(&world);
}

/* The state alone is lost, of a keeper that signs by an appointed key. */
static void test_a_lost_state_after_a_succession(void **state)
{
	struct world world;
	struct node *north;

	(void)state;
	world_init_stored(&world, 213, true);
	world_open(&world);
	node_succeed(&world.nodes[NORTH]);
	world_run(&world);
	node_succeed(&world.nodes[SOUTH]);
	world_run(&world);
	say_both(&world);
	world_cut(&world);
	world_run(&world);
	north = &world.nodes[NORTH];
	node_end(north);
	node_lose_keeper(north);
	node_begin(north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_KEEPER_LOST);
	world_pass(&world, 100);
	world_link(&world);
	world_run(&world);
	engine_recover(world_channel(&world, NORTH));
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	say_both(&world);
	world_check_agreement(&world);
	check_generation(&world, NORTH, 2);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_the_line),
		cmocka_unit_test(test_after_a_long_silence),
		cmocka_unit_test(test_by_post),
		cmocka_unit_test(test_by_post_backwards),
		cmocka_unit_test(test_in_one_frame),
		cmocka_unit_test(test_only_what_fits),
		cmocka_unit_test(test_the_former_key),
		cmocka_unit_test(test_a_successor_that_nobody_appointed),
		cmocka_unit_test(test_cut_below_what_is_held),
		cmocka_unit_test(test_cut_where_the_other_side_is),
		cmocka_unit_test(test_what_nobody_has),
		cmocka_unit_test(test_an_end_in_every_step),
		cmocka_unit_test(test_a_copy_leads_across),
		cmocka_unit_test(test_a_lost_state_after_a_succession),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
