/* Heads at the charter's witnesses: asked for, kept when they verify, and what a
 * witness that fails or lies can do. */
#include "neutral_world.h"

/* A channel in force whose heads have not been cosigned by anybody yet. */
static void open_unwitnessed(struct neutrals *neutrals, struct world *world, uint32_t seed)
{
	neutrals_init(neutrals, world, seed);
	for (size_t i = 0; i < FAKE_COUNT; i++)
		neutrals->items[i].mood = FAKE_GONE;
	world_open(world);
	neutrals_learn_logs(neutrals);
	for (size_t i = 0; i < FAKE_COUNT; i++)
		neutrals->items[i].mood = FAKE_HONEST;
	world_pass(world, 700);
}

static void open_witnessed(struct neutrals *neutrals, struct world *world, uint32_t seed)
{
	open_unwitnessed(neutrals, world, seed);
	world_settle(world);
}

/* Every head that is held whole has the line of every witness, in the store. */
static void check_all_cosigned(struct world *world, size_t neutral)
{
	for (unsigned side = 0; side < 2; side++)
		for (unsigned party = 0; party < 2; party++) {
			struct engine_channel *channel = world_channel(world, side);
			const struct neutral_log *log = node_neutral(world, side, neutral, party);
			struct store_head head;
			struct buffer bytes;
			struct note note;
			timestamp time;

			store_head_init(&head);
			buffer_init(&bytes, 2 * NOTE_MAXIMUM);
			assert_ok(store_get_head(world->nodes[side].store, channel->number, party,
			                         STORE_NUMBER_MAXIMUM, NULL, &head));
			assert_int_equal(head.size, rules_size(channel->rules, party));
			assert_int_equal(log->cosigned, head.size);
			assert_ok(buffer_put_bytes(&bytes, head.note));
			assert_ok(buffer_put_bytes(&bytes, head.cosignatures));
			assert_ok(note_parse(buffer_view(&bytes), &note, NULL));
			assert_ok(cosignature_verify(&note, &channel->neutrals[neutral].key, &time,
			                             NULL));
			buffer_release(&bytes);
			store_head_release(&head);
		}
}

static void test_all_heads_are_cosigned(void **state)
{
	struct neutrals neutrals;
	struct world world;

	(void)state;
	open_witnessed(&neutrals, &world, 1);
	for (unsigned i = 0; i < 5; i++) {
		node_comment(&world.nodes[i % 2]);
		world_settle(&world);
		check_all_cosigned(&world, 0);
		check_all_cosigned(&world, 1);
	}
	world_check_agreement(&world);
	assert_int_equal(neutral_failing_since(&world_channel(&world, NORTH)->neutrals[0],
	                                       &(const char *){ NULL }),
	                 0);
	neutrals_release(&neutrals);
}

static void test_nothing_is_asked_twice(void **state)
{
	struct neutrals neutrals;
	struct world world;
	size_t asked;

	(void)state;
	open_witnessed(&neutrals, &world, 2);
	asked = neutrals.items[0].asked;
	/* Less than the clock of the link's tests. */
	world_pass(&world, 600);
	world_settle(&world);
	assert_int_equal(neutrals.items[0].asked, asked);
	assert_true(engine_next_timer(world.nodes[NORTH].engine) > world.monotonic);
	neutrals_release(&neutrals);
}

/* What was kept is known after a start; a node asks once, in case it was restored. */
static void test_a_start_remembers(void **state)
{
	struct neutrals neutrals;
	struct world world;
	uint64_t cosigned;
	size_t asked;

	(void)state;
	open_witnessed(&neutrals, &world, 3);
	cosigned = node_neutral(&world, NORTH, 0, NORTH)->cosigned;
	asked = neutrals.items[0].asked;
	world_cut(&world);
	node_restart(&world.nodes[NORTH]);
	assert_int_equal(node_neutral(&world, NORTH, 0, NORTH)->cosigned, cosigned);
	assert_int_equal(node_neutral(&world, NORTH, 0, SOUTH)->cosigned,
	                 node_neutral(&world, SOUTH, 0, SOUTH)->cosigned);
	world_settle(&world);
	assert_int_equal(neutrals.items[0].asked, asked + 1);
	neutrals_release(&neutrals);
}

/* Under a head of the other log stand the lines of witnesses as well: what is sent after a
 * start is the node's own. */
static void test_a_start_sends_its_own_line(void **state)
{
	struct neutrals neutrals;
	struct world world;
	struct bytes line;

	(void)state;
	open_witnessed(&neutrals, &world, 14);
	for (unsigned side = 0; side < 2; side++) {
		world_cut(&world);
		node_restart(&world.nodes[side]);
		line = buffer_view(&world_channel(&world, side)->cosignature);
		assert_true(line.size > 0);
		assert_ptr_equal(memchr(line.data, '\n', line.size), line.data + line.size - 1);
		world_link(&world);
		world_run(&world);
		assert_true(world_channel(&world, 1 - side)->link.up);
		node_comment(&world.nodes[side]);
		world_settle(&world);
		world_check_agreement(&world);
	}
	neutrals_release(&neutrals);
}

/* A witness that has seen this log before, from whomever, names where it stands. */
static void test_an_unknown_size_is_learned(void **state)
{
	struct neutrals neutrals;
	struct world world;

	(void)state;
	open_unwitnessed(&neutrals, &world, 4);
	neutrals.items[1].mood = FAKE_GONE;
	world_settle(&world);
	node_comment(&world.nodes[NORTH]);
	/* The other one has the newest heads of the first already. */
	for (size_t i = 0; i < neutrals.items[0].log_count; i++)
		neutrals.items[1].logs[i].checkpoint = neutrals.items[0].logs[i].checkpoint;
	neutrals.items[1].mood = FAKE_HONEST;
	world_pass(&world, 700);
	world_settle(&world);
	check_all_cosigned(&world, 1);
	neutrals_release(&neutrals);
}

/* Whatever it answers, nothing is kept, the channel goes on, the status says since
 * when and why, attempts become rare, and an honest answer ends it. */
static void check_mood(enum fake_mood mood, uint32_t seed)
{
	struct neutrals neutrals;
	struct world world;
	struct engine_channel *channel;
	const char *reason;
	size_t asked;

	open_unwitnessed(&neutrals, &world, seed);
	neutrals.items[0].mood = mood;
	world_settle(&world);
	/* Beyond what the messenger may take for an answer. */
	world_pass(&world, 200);
	world_settle(&world);
	channel = world_channel(&world, NORTH);
	assert_int_equal(node_neutral(&world, NORTH, 0, NORTH)->cosigned, 0);
	assert_int_equal(node_neutral(&world, NORTH, 0, SOUTH)->cosigned, 0);
	assert_true(neutral_failing_since(&channel->neutrals[0], &reason) >= WORLD_START);
	assert_non_null(reason);
	assert_true(strlen(reason) > 10);
	check_all_cosigned(&world, 1);
	assert_false(channel->faulted);
	assert_false(channel->read_only);

	/* An hour of failures is some ten attempts for each of two nodes and two logs. */
	asked = neutrals.items[0].asked;
	for (unsigned minute = 0; minute < 60; minute++) {
		world_pass(&world, 60);
		world_run(&world);
	}
	assert_in_range(neutrals.items[0].asked - asked, 4, 120);
	node_comment(&world.nodes[SOUTH]);
	world_run(&world);
	world_check_agreement(&world);

	neutrals.items[0].mood = FAKE_HONEST;
	/* What is under way fails first, and is tried again. */
	for (unsigned i = 0; i < 2; i++) {
		world_pass(&world, 700);
		world_settle(&world);
	}
	check_all_cosigned(&world, 0);
	assert_int_equal(neutral_failing_since(&channel->neutrals[0], &reason), 0);
	neutrals_release(&neutrals);
}

static void test_garbage(void **state)
{
	(void)state;
	check_mood(FAKE_GARBAGE, 11);
}

static void test_silence(void **state)
{
	(void)state;
	check_mood(FAKE_SILENT, 12);
}

static void test_nobody(void **state)
{
	(void)state;
	check_mood(FAKE_GONE, 13);
}

static void test_too_often(void **state)
{
	(void)state;
	check_mood(FAKE_BUSY, 14);
}

static void test_a_conflict_without_a_size(void **state)
{
	(void)state;
	check_mood(FAKE_BARE_CONFLICT, 15);
}

static void test_lines_of_strangers(void **state)
{
	(void)state;
	check_mood(FAKE_STRANGER, 16);
}

static void test_bad_lines(void **state)
{
	(void)state;
	check_mood(FAKE_BAD_LINE, 17);
}

static void test_conflicts_in_a_circle(void **state)
{
	(void)state;
	check_mood(FAKE_CIRCLE, 18);
}

/* Without a head that our key signed, a greater size is only words. */
static void test_a_size_without_proof_stops_nobody(void **state)
{
	struct neutrals neutrals;
	struct world world;

	(void)state;
	open_unwitnessed(&neutrals, &world, 19);
	neutrals.items[0].mood = FAKE_BOASTER;
	world_settle(&world);
	assert_true(neutrals.items[0].looked_at > 0);
	for (unsigned side = 0; side < 2; side++)
		assert_false(world_channel(&world, side)->read_only);
	node_comment(&world.nodes[NORTH]);
	world_run(&world);
	world_check_agreement(&world);
	neutrals_release(&neutrals);
}

static void test_a_fresh_cosignature_confirms_the_clock(void **state)
{
	struct neutrals neutrals;
	struct world world;
	struct engine *engine;

	(void)state;
	open_witnessed(&neutrals, &world, 21);
	engine = world.nodes[NORTH].engine;
	/* The clock of the machine jumps; the witnesses' do not. */
	world.now += 1000;
	neutrals.items[0].clock = neutrals.items[1].clock = -1000;
	world_settle(&world);
	assert_false(engine->clock_trusted);
	world_pass(&world, 100);
	world_settle(&world);
	assert_false(engine->clock_trusted);
	/* It is set right, and within a minute a witness agrees. */
	world.now -= 1000;
	neutrals.items[0].clock = neutrals.items[1].clock = 0;
	world_pass(&world, 100);
	world_settle(&world);
	assert_true(engine->clock_trusted);
	neutrals_release(&neutrals);
}

/* A line that was made before says nothing of now. */
static void test_an_old_line_confirms_no_clock(void **state)
{
	struct neutrals neutrals;
	struct world world;
	int64_t away = 10000;

	(void)state;
	open_witnessed(&neutrals, &world, 22);
	world_pass(&world, away);
	world_settle(&world);
	/* Back to when the witnesses signed last. */
	world.now -= away;
	neutrals.items[0].clock = neutrals.items[1].clock =
	    node_neutral(&world, NORTH, 0, NORTH)->cosigned_time - world.now - 90;
	world_pass(&world, 90);
	world_run(&world);
	assert_false(world.nodes[NORTH].engine->clock_trusted);
	neutrals_release(&neutrals);
}

/* The witness shows a head that this node's key signed and that it does not know. */
static void test_a_witness_reveals_a_roll_back(void **state)
{
	struct neutrals neutrals;
	struct world world;
	struct engine_channel *channel;
	struct fake_log *log;
	struct buffer text, note;
	struct ed25519_secret secret;
	struct checkpoint checkpoint;

	(void)state;
	open_witnessed(&neutrals, &world, 20);
	world_cut(&world);
	world_run(&world);
	channel = world_channel(&world, NORTH);
	log = fake_find_log(&neutrals.items[0], bytes_of_string(channel->log_keys[NORTH].name));

	/* A later head, signed by the log's key, which the keeper of the test holds. */
	keeper_keys_pair(world.nodes[NORTH].keeper.channels[0]->keys, KEEPER_KEY_LOG, &secret);
	checkpoint = log->checkpoint;
	checkpoint.size += 5;
	checkpoint.root.bytes[0] ^= 1;
	buffer_init(&text, 4096);
	buffer_init(&note, 8192);
	assert_ok(checkpoint_print(&checkpoint, &text));
	assert_ok(buffer_put_bytes(&note, buffer_view(&text)));
	assert_ok(buffer_put_u8(&note, '\n'));
	assert_ok(note_sign(&channel->log_keys[NORTH], &secret, buffer_view(&text), &note));
	log->checkpoint = checkpoint;
	buffer_clear(&log->note);
	assert_ok(buffer_put_bytes(&log->note, buffer_view(&note)));
	buffer_release(&text);
	buffer_release(&note);

	node_restart(&world.nodes[NORTH]);
	world_settle(&world);
	assert_true(world_channel(&world, NORTH)->read_only);
	/* And it stays so. */
	node_restart(&world.nodes[NORTH]);
	assert_true(world_channel(&world, NORTH)->read_only);
	neutrals_release(&neutrals);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_heads_are_cosigned),
		cmocka_unit_test(test_nothing_is_asked_twice),
		cmocka_unit_test(test_a_start_remembers),
		cmocka_unit_test(test_a_start_sends_its_own_line),
		cmocka_unit_test(test_an_unknown_size_is_learned),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_too_often),
		cmocka_unit_test(test_a_conflict_without_a_size),
		cmocka_unit_test(test_lines_of_strangers),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_conflicts_in_a_circle),
		cmocka_unit_test(test_a_size_without_proof_stops_nobody),
		cmocka_unit_test(test_a_fresh_cosignature_confirms_the_clock),
		cmocka_unit_test(test_an_old_line_confirms_no_clock),
		cmocka_unit_test(test_a_witness_reveals_a_roll_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
