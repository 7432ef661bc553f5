/* What a node finds at its start when its keeper or its database is not what it
 * was, what it then refuses, and how it comes back. */
#include "channel_internal.h"
#include "engine_restore.h"

#include "journal.h"

/* The time of `cosigner`'s line under the greatest own head that it has cosigned. */
static timestamp cosigned_time(struct world *world, unsigned side, uint64_t *ret_size)
{
	struct engine_channel *channel = world_channel(world, side);
	const struct note_key *key = &channel->receipt_keys[channel->other];
	struct store_head head;
	struct buffer bytes;
	struct note note;
	timestamp time;

	store_head_init(&head);
	buffer_init(&bytes, 2 * NOTE_MAXIMUM);
	assert_ok(store_get_head(world->nodes[side].store, channel->number, channel->own,
	                         STORE_NUMBER_MAXIMUM, key->name, &head));
	assert_ok(buffer_put_bytes(&bytes, head.note));
	assert_ok(buffer_put_bytes(&bytes, head.cosignatures));
	assert_ok(note_parse(buffer_view(&bytes), &note, NULL));
	assert_ok(cosignature_verify(&note, key, &time, NULL));
	*ret_size = head.size;
	store_head_release(&head);
	buffer_release(&bytes);
	return time;
}

/* --- cosigned anew ------------------------------------------------------------ */

/* After a hello each side says again how far the other's log had come. */
static void test_a_hello_renews_cosignatures(void **state)
{
	struct world world;
	timestamp before, after;
	uint64_t size, again;
	size_t commits;

	(void)state;
	world_init(&world, 101);
	world_open(&world);
	for (unsigned side = 0; side < 2; side++) {
		before = cosigned_time(&world, side, &size);
		assert_int_equal(size, world_channel(&world, side)->head_size);
		world_cut(&world);
		world_run(&world);
		world_pass(&world, 1500); /* twice less than the clock of link tests */
		world_link(&world);
		world_run(&world);
		after = cosigned_time(&world, side, &again);
		assert_int_equal(size, again);
		assert_int_equal(after, world.now);
		assert_true(after > before);
		world_check_agreement(&world);
	}
	/* Within seconds nothing is signed, however often the line comes up. */
	commits = world.nodes[NORTH].commits;
	for (unsigned i = 0; i < 5; i++) {
		world_cut(&world);
		world_run(&world);
		world_pass(&world, 1);
		world_link(&world);
		world_run(&world);
	}
	assert_int_equal(world.nodes[NORTH].commits, commits);
	/* Also of a node that was started anew. */
	world_cut(&world);
	world_pass(&world, 70);
	node_restart(&world.nodes[SOUTH]);
	world_link(&world);
	world_run(&world);
	assert_int_equal(cosigned_time(&world, NORTH, &again), world.now);
	world_check_agreement(&world);
	world_release(&world);
}

/* By a clock that is not believed nothing is cosigned: a keeper's times never go back, so
 * that no word of it would be fresh any more. */
static void test_a_clock_that_jumped(void **state)
{
	enum { YEAR = 365 * 86400 };
	struct world world;
	uint64_t size;

	(void)state;
	world_init(&world, 123);
	world_open(&world);
	world_cut(&world);
	world_run(&world);
	world_pass(&world, 100);
	world.now += YEAR;
	world_link(&world);
	world_run(&world);
	world_cut(&world);
	world_run(&world);
	world.now -= YEAR;
	for (unsigned side = 0; side < 2; side++) {
		assert_false(world.nodes[side].engine->clock_trusted);
		engine_confirm_clock(world.nodes[side].engine);
	}
	world_pass(&world, 100);
	world_link(&world);
	world_run(&world);
	for (unsigned side = 0; side < 2; side++)
		assert_int_equal(cosigned_time(&world, side, &size), world.now);
	world_check_agreement(&world);
	world_release(&world);
}

/* --- fits ------------------------------------------------------------------------ */

static void test_equal(void **state)
{
	struct world world;

	(void)state;
	open_on_disk(&world, 102);
	world_cut(&world);
	for (unsigned side = 0; side < 2; side++) {
		node_end(&world.nodes[side]);
		node_begin(&world.nodes[side]);
		assert_int_equal(trouble_of(&world, side), TROUBLE_NONE);
	}
	check_goes_on(&world);
	world_release(&world);
}

/* The keeper has signed a batch whose head is not in the database: it is repeated,
 * without the other side. */
static void test_the_keeper_is_ahead_by_its_last_batch(void **state)
{
	struct world world;
	struct node *north;
	uint64_t size;
	bool worked;

	(void)state;
	open_on_disk(&world, 103);
	world_cut(&world);
	world_run(&world);
	north = &world.nodes[NORTH];
	for (unsigned i = 0; i < 3; i++) {
		node_comment(north);
		node_comment(north);
		north->mood = KEEPER_DIES_AFTER;
		assert_int_equal(node_step(north, &worked), ERROR_NOT_FOUND);
		node_end(north);
		node_begin(north);
		assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
		size = rules_size(world_channel(&world, NORTH)->rules, NORTH);
		assert_true(world_channel(&world, NORTH)->head_size < size);
		assert_ok(node_step(north, &worked));
		assert_int_equal(world_channel(&world, NORTH)->head_size, size);
	}
	check_goes_on(&world);
	world_release(&world);
}

/* --- the database is older ---------------------------------------------------------- */

static void test_an_older_database(void **state)
{
	struct world world;
	struct recovery_report report;
	uint64_t then[2], now[2];
	size_t errors;

	(void)state;
	open_on_disk(&world, 104);
	node_copy(&world.nodes[NORTH], "old");
	for (unsigned party = 0; party < 2; party++)
		then[party] = rules_size(world_channel(&world, NORTH)->rules, party);
	node_comment(&world.nodes[NORTH]);
	node_comment(&world.nodes[SOUTH]);
	world_run(&world);
	for (unsigned party = 0; party < 2; party++)
		now[party] = rules_size(world_channel(&world, NORTH)->rules, party);
	world_cut(&world);
	node_end(&world.nodes[NORTH]);
	node_restore_database(&world.nodes[NORTH], "old");
	node_begin(&world.nodes[NORTH]);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_DATABASE_BEHIND);
	/* It says exactly what is missing … */
	report = report_of(&world, NORTH);
	for (unsigned party = 0; party < 2; party++) {
		assert_int_equal(report.held[party], then[party]);
		assert_int_equal(report.known[party], now[party]);
	}
	/* … and writes nothing, also when the other side comes. */
	errors = world.nodes[NORTH].errors;
	node_comment(&world.nodes[NORTH]);
	world_link(&world);
	world_run(&world);
	assert_int_equal(world.nodes[NORTH].errors, errors + 1);
	assert_int_equal(rules_size(world_channel(&world, NORTH)->rules, NORTH), then[NORTH]);
	/* No evidence makes up for what is missing. */
	engine_recover(world_channel(&world, NORTH));
	world_run(&world);
	assert_int_not_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	world_release(&world);
}

/* --- the keeper knows too little ------------------------------------------------------ */

/* North's keeper has an older state, or none. */
static void harm_keeper(struct world *world, bool lost)
{
	struct node *north = &world->nodes[NORTH];

	if (!lost) {
		node_copy(north, "old");
		node_comment(north);
		world_run(world);
		node_comment(north);
		world_run(world);
	}
	world_cut(world);
	world_run(world);
	node_end(north);
	if (lost)
		node_lose_keeper(north);
	else
		node_restore_keeper(north, "old");
	node_begin(north);
	assert_int_equal(trouble_of(world, NORTH),
	                 lost ? TROUBLE_KEEPER_LOST : TROUBLE_KEEPER_BEHIND);
}

static void check_recovers(bool lost, uint32_t seed)
{
	struct world world;
	struct recovery_report report;
	size_t errors;

	open_on_disk(&world, seed);
	harm_keeper(&world, lost);
	world_pass(&world, 4000);
	errors = world.nodes[NORTH].errors;
	node_comment(&world.nodes[NORTH]);
	node_comment(&world.nodes[SOUTH]);
	/* A person has asked, but nobody has said how far it had come. */
	engine_recover(world_channel(&world, NORTH));
	world_run(&world);
	assert_int_equal(world.nodes[NORTH].errors, errors + 1);
	assert_int_not_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	report = report_of(&world, NORTH);
	assert_int_equal(report.keeper_lost, lost);
	assert_true(lost || report.keeper_size < report.head_size);
	assert_int_equal(report.evidence.needed, 1);
	assert_int_equal(report.evidence.fresh, 0);
	/* The counterpart's word comes with the line, and what it has written since. */
	world_link(&world);
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	check_goes_on(&world);
	node_end(&world.nodes[NORTH]);
	node_begin(&world.nodes[NORTH]);
	world_cut(&world);
	check_goes_on(&world);
	world_release(&world);
}

static void test_a_keeper_without_state(void **state)
{
	(void)state;
	check_recovers(true, 105);
}

static void test_an_older_keeper(void **state)
{
	(void)state;
	check_recovers(false, 106);
}

/* Nobody has asked for it: a copy of the keys that is started elsewhere must not
 * begin to sign by itself. The evidence grows old, and is asked for anew. */
static void test_the_keeper_recovers_when_asked(void **state)
{
	struct world world;
	unsigned closes;

	(void)state;
	open_on_disk(&world, 107);
	harm_keeper(&world, true);
	world_pass(&world, 100);
	world_link(&world);
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_KEEPER_LOST);
	assert_int_equal(report_of(&world, NORTH).evidence.fresh, 1);
	/* The line stays up for an hour; what was said before is not enough then. */
	for (unsigned i = 0; i < 60; i++) {
		world_pass(&world, 60);
		world_run(&world);
	}
	assert_int_equal(report_of(&world, NORTH).evidence.fresh, 0);
	assert_int_equal(report_of(&world, NORTH).evidence.stale, 1);
	closes = world.closes;
	engine_recover(world_channel(&world, NORTH));
	world_run(&world);
	assert_int_equal(world.closes, closes + 1);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_KEEPER_LOST);
	world_link(&world);
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	check_goes_on(&world);
	world_release(&world);
}

/* Entries that were signed and never sent: pushed while the keeper waits, they are
 * receipted, and then the evidence is for them. */
static void test_what_was_never_sent(void **state)
{
	struct world world;
	struct node *north;
	bool worked;

	(void)state;
	open_on_disk(&world, 108);
	north = &world.nodes[NORTH];
	world_cut(&world);
	world_run(&world);
	node_comment(north);
	assert_ok(node_step(north, &worked));
	/* … and others that are durable and not even signed. */
	node_comment(north);
	north->mood = KEEPER_DIES_BEFORE;
	assert_int_equal(node_step(north, &worked), ERROR_NOT_FOUND);
	node_end(north);
	node_lose_keeper(north);
	node_begin(north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_KEEPER_LOST);
	assert_true(world_channel(&world, NORTH)->head_size <
	            rules_size(world_channel(&world, NORTH)->rules, NORTH));
	engine_recover(world_channel(&world, NORTH));
	world_link(&world);
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	world_check_agreement(&world);
	check_goes_on(&world);
	world_release(&world);
}

/* South signs receipts by another key than the charter's. */
static void test_a_counterpart_with_another_receipt_key(void **state)
{
	const char *values[] = { "receipt-key", NULL, NULL };
	char key[KEEPER_KEY_TEXT_CAPACITY];
	struct world world;
	struct error error;
	struct act act;

	(void)state;
	open_on_disk(&world, 109);
	for (unsigned i = 0; i < 2; i++) {
		assert_ok(
		    engine_new_key(world_channel(&world, SOUTH), KEEPER_KEY_RECEIPT, key, &error));
		values[1] = key;
		act = node_act(&world.nodes[SOUTH], KIND_REKEY, values);
		assert_ok(node_submit(&world.nodes[SOUTH], &act, &world.nodes[SOUTH].head));
		world_run(&world);
	}
	harm_keeper(&world, true);
	world_pass(&world, 100);
	engine_recover(world_channel(&world, NORTH));
	world_link(&world);
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	check_goes_on(&world);
	world_release(&world);
}

/* Everything is lost, and a copy of the database from some minutes before is put back.
 * It has the other side's word over its last head, which was fresh then. */
static void test_a_word_from_before_the_loss(void **state)
{
	struct world world;
	struct node *north;

	(void)state;
	open_on_disk(&world, 118);
	north = &world.nodes[NORTH];
	world_pass(&world, 60);
	node_copy(north, "old");
	node_comment(north);
	world_run(&world);
	world_cut(&world);
	world_run(&world);
	world_pass(&world, 60);
	node_end(north);
	node_restore_database(north, "old");
	node_lose_keeper(north);
	node_begin(north);
	engine_recover(world_channel(&world, NORTH));
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_KEEPER_LOST);
	assert_int_equal(report_of(&world, NORTH).evidence.stale, 1);
	world_link(&world);
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_ROLLED_BACK);
	world_release(&world);
}

/* The keeper's process ends before or after it has recovered. */
static void test_a_recovery_is_interrupted(void **state)
{
	static const enum keeper_mood moods[] = { KEEPER_DIES_BEFORE, KEEPER_DIES_AFTER };
	struct world world;
	bool worked;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		open_on_disk(&world, 110 + i);
		harm_keeper(&world, i % 2 == 0);
		world_pass(&world, 100);
		world_link(&world);
		world_run(&world);
		engine_recover(world_channel(&world, NORTH));
		world.nodes[NORTH].mood = moods[i / 2];
		assert_int_equal(node_step(&world.nodes[NORTH], &worked), ERROR_IO);
		world_cut(&world);
		node_end(&world.nodes[NORTH]);
		node_begin(&world.nodes[NORTH]);
		assert_int_equal(trouble_of(&world, NORTH) != TROUBLE_NONE,
		                 moods[i / 2] == KEEPER_DIES_BEFORE);
		world_pass(&world, 20);
		engine_recover(world_channel(&world, NORTH));
		world_link(&world);
		world_run(&world);
		check_goes_on(&world);
		world_release(&world);
	}
}

/* --- both are older -------------------------------------------------------------------- */

/* Found out by the other side's hello: nothing is written, before or after a start. */
static void test_both_restored(void **state)
{
	struct world world;
	struct recovery_report report;
	uint64_t now;

	(void)state;
	open_on_disk(&world, 120);
	node_copy(&world.nodes[NORTH], "old");
	node_comment(&world.nodes[NORTH]);
	world_run(&world);
	now = world_channel(&world, NORTH)->head_size;
	world_cut(&world);
	node_end(&world.nodes[NORTH]);
	node_restore_database(&world.nodes[NORTH], "old");
	node_restore_keeper(&world.nodes[NORTH], "old");
	node_begin(&world.nodes[NORTH]);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	world_link(&world);
	world_run(&world);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(trouble_of(&world, NORTH), TROUBLE_ROLLED_BACK);
		report = report_of(&world, NORTH);
		assert_true(report.held[NORTH] < now);
		assert_int_equal(report.known[NORTH], now);
		engine_recover(world_channel(&world, NORTH));
		world_run(&world);
		node_restart(&world.nodes[NORTH]);
	}
	world_release(&world);
}

/* It has written on before it met anybody: that is another history, and said so. */
static void test_both_restored_and_written_to(void **state)
{
	struct world world;
	bool worked;

	(void)state;
	open_on_disk(&world, 121);
	node_copy(&world.nodes[NORTH], "old");
	node_comment(&world.nodes[NORTH]);
	world_run(&world);
	world_cut(&world);
	node_end(&world.nodes[NORTH]);
	node_restore_database(&world.nodes[NORTH], "old");
	node_restore_keeper(&world.nodes[NORTH], "old");
	node_begin(&world.nodes[NORTH]);
	for (unsigned i = 0; i < 4; i++) {
		node_comment(&world.nodes[NORTH]);
		assert_ok(node_step(&world.nodes[NORTH], &worked));
	}
	/* What it then shows is the proof: south faults the channel. */
	memset(world.nodes[NORTH].heads, 0, sizeof(world.nodes[NORTH].heads));
	world_link(&world);
	world_run(&world);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_TWO_HISTORIES);
	world_release(&world);
}

/* South was shown a head and nothing of what it covers, when north lost everything since:
 * south does not say again that it has seen no greater one, but shows it. */
static void test_a_head_that_was_only_seen(void **state)
{
	struct world world;
	struct node *north;
	struct buffer hello;
	struct post_outcome outcome;
	struct error error = { 0 };
	uint64_t seen;
	bool worked;

	(void)state;
	open_on_disk(&world, 122);
	north = &world.nodes[NORTH];
	node_copy(north, "old");
	world_cut(&world);
	world_run(&world);
	node_comment(north);
	assert_ok(node_step(north, &worked));
	seen = world_channel(&world, NORTH)->head_size;
	buffer_init(&hello, FRAME_MAXIMUM);
	assert_ok(channel_make_hello(world_channel(&world, NORTH), &hello));
	assert_ok(channel_take_frame(
	    world_channel(&world, SOUTH), FRAME_HELLO,
	    bytes_of(hello.data + FRAME_HEADER_SIZE, hello.size - FRAME_HEADER_SIZE), &outcome,
	    &error));
	buffer_release(&hello);
	assert_ok(node_step(&world.nodes[SOUTH], &worked));
	node_restart(&world.nodes[SOUTH]);
	node_end(north);
	node_restore_database(north, "old");
	node_lose_keeper(north);
	node_begin(north);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_KEEPER_LOST);
	engine_recover(world_channel(&world, NORTH));
	world_pass(&world, 100);
	world_link(&world);
	world_run(&world);
	assert_int_equal(report_of(&world, NORTH).evidence.fresh, 0);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_ROLLED_BACK);
	assert_int_equal(report_of(&world, NORTH).known[NORTH], seen);
	assert_false(world_channel(&world, SOUTH)->faulted);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_hello_renews_cosignatures),
		cmocka_unit_test(test_a_clock_that_jumped),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_the_keeper_is_ahead_by_its_last_batch),
		cmocka_unit_test(test_an_older_database),
		cmocka_unit_test(test_a_keeper_without_state),
		cmocka_unit_test(test_an_older_keeper),
		cmocka_unit_test(test_the_keeper_recovers_when_asked),
		cmocka_unit_test(test_what_was_never_sent),
		cmocka_unit_test(test_a_counterpart_with_another_receipt_key),
		cmocka_unit_test(test_a_word_from_before_the_loss),
		cmocka_unit_test(test_a_recovery_is_interrupted),
		cmocka_unit_test(test_both_restored),
		cmocka_unit_test(test_both_restored_and_written_to),
		cmocka_unit_test(test_a_head_that_was_only_seen),
	};

	journal_open("restore", getenv("CHIRO_LOUD") != NULL ? 7 : 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
