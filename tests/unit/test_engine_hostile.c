/* What a peer with valid keys may try, and what a node must survive of it: the
 * evidence is kept, nothing more is cosigned, people can still leave, and no
 * start afterwards forgets it. */
#include "engine_forger.h"

#include "journal.h"

struct fixture {
	struct world world;
	struct forger forger;
};

static void open_fixture(struct fixture *fixture, uint32_t seed)
{
	world_init(&fixture->world, seed);
	world_open(&fixture->world);
	node_comment(&fixture->world.nodes[SOUTH]);
	world_run(&fixture->world);
	forger_init(&fixture->forger, &fixture->world);
}

static void close_fixture(struct fixture *fixture)
{
	forger_release(&fixture->forger);
	world_release(&fixture->world);
}

static struct engine_channel *south(struct fixture *fixture)
{
	return world_channel(&fixture->world, SOUTH);
}

/* South alone takes turns: north is not itself. */
static void run_south(struct fixture *fixture)
{
	bool worked;

	for (unsigned i = 0; i < 4; i++) {
		assert_ok(node_step(&fixture->world.nodes[SOUTH], &worked));
		fixture->world.monotonic += 60000000;
	}
	node_drop_inbox(&fixture->world.nodes[NORTH]);
}

static void cut(struct fixture *fixture)
{
	world_cut(&fixture->world);
	run_south(fixture);
}

/* South is linked to somebody who has said hello. */
static void greet(struct fixture *fixture)
{
	cut(fixture);
	world_link(&fixture->world);
	forger_hello(&fixture->forger, bytes_of(NULL, 0), 0, bytes_of(NULL, 0));
	run_south(fixture);
	assert_true(south(fixture)->link.greeted);
}

static size_t errors_of(struct fixture *fixture, const struct act *act)
{
	struct node *node = &fixture->world.nodes[SOUTH];
	size_t before = node->errors;

	if (node_submit(node, act, &node->head) != OK)
		return 1;
	run_south(fixture);
	return node->errors - before;
}

static void check_own_entries(struct fixture *fixture)
{
	const struct rules *rules = south(fixture)->rules;

	for (uint64_t i = 0; i < rules_size(rules, SOUTH); i++)
		assert_int_equal(rules_act(rules, (struct act_place){ SOUTH, i })->verdict.code,
		                 VERDICT_VALID);
}

/* The channel is faulted for good, nothing is cosigned, and people can leave. */
static void check_faulted(struct fixture *fixture)
{
	static const char *const from_channel[] = { "channel", NULL };
	struct node *node = &fixture->world.nodes[SOUTH];
	struct act act;

	for (unsigned starts = 0; starts < 2; starts++) {
		uint64_t cosigned = south(fixture)->cosigned_size;

		assert_true(south(fixture)->faulted);
		assert_true(south(fixture)->evidence_count > 0);
		assert_false(south(fixture)->read_only);
		run_south(fixture);
		assert_int_equal(south(fixture)->cosigned_size, cosigned);
		act = node_act(node, KIND_COMMENT, NULL);
		node_body(node, &act);
		assert_true(errors_of(fixture, &act) > 0);
		world_cut(&fixture->world);
		node_restart(node);
	}
	act = node_act(node, KIND_WITHDRAW, from_channel);
	assert_int_equal(errors_of(fixture, &act), 0);
	assert_true(rules_withdrawal(south(fixture)->rules, true) != 0);
	assert_int_equal(south(fixture)->head_size, rules_size(south(fixture)->rules, SOUTH));
	check_own_entries(fixture);
}

/* --- entries that are refused ------------------------------------------------------ */

/* After two that stand, one with a blob that never comes. */
static void some_that_stand(struct forger *forger)
{
	forger_test(forger);
	forger_comment(forger, 100000);
}

static void refuse(uint32_t seed, void (*forge)(struct forger *forger))
{
	struct fixture fixture;
	uint64_t held;

	open_fixture(&fixture, seed);
	held = rules_size(south(&fixture)->rules, NORTH);
	some_that_stand(&fixture.forger);
	forge(&fixture.forger);
	/* Behind the refused one, another that names a blob. */
	forger_comment(&fixture.forger, 100000);
	forger_send(&fixture.forger);
	run_south(&fixture);
	world_pass(&fixture.world, 120);
	run_south(&fixture);
	assert_int_equal(rules_size(south(&fixture)->rules, NORTH), held + 2);
	check_faulted(&fixture);
	close_fixture(&fixture);
}

static void forge_bad_signature(struct forger *forger)
{
	forger->act = node_act(&forger->world->nodes[NORTH], KIND_SUSPEND, NULL);
	forger_sign(forger, &forger->world->nodes[NORTH].head, false);
}

static void forge_wrong_channel(struct forger *forger)
{
	forger->act = node_act(&forger->world->nodes[NORTH], KIND_SUSPEND, NULL);
	memset(forger->act.channel, 'a', sizeof(forger->act.channel) - 1);
	forger_sign(forger, &forger->world->nodes[NORTH].head, true);
}

static void forge_wrong_party(struct forger *forger)
{
	forger->act = node_act(&forger->world->nodes[NORTH], KIND_SUSPEND, NULL);
	snprintf(forger->act.party, sizeof(forger->act.party), "south");
	forger_sign(forger, &forger->world->nodes[NORTH].head, true);
}

static void forge_garbage(struct forger *forger)
{
	forger_raw(forger, bytes_of_string("no entry at all\n"));
}

static void forge_wrong_root(struct forger *forger)
{
	struct node *node = &forger->world->nodes[SOUTH];
	struct hash root = { { 1 } };
	bool worked;

	node_comment(node);
	assert_ok(node_step(node, &worked));
	forger_receipt(forger, rules_size(world_channel(forger->world, SOUTH)->rules, SOUTH),
	               &root);
}

/* More of south's log than there is. */
static void forge_receipt_beyond(struct forger *forger)
{
	struct hash root = { { 1 } };

	forger_receipt(forger, 1000000, &root);
}

static void forge_going_back_in_time(struct forger *forger)
{
	forger->logged -= 1000;
	forger_test(forger);
	forger->logged += 1000;
}

static void test_bad_signature(void **state)
{
	(void)state;
	refuse(1, forge_bad_signature);
}

static void test_wrong_channel(void **state)
{
	(void)state;
	refuse(2, forge_wrong_channel);
}

static void test_wrong_party(void **state)
{
	(void)state;
	refuse(3, forge_wrong_party);
}

static void test_garbage(void **state)
{
	(void)state;
	refuse(4, forge_garbage);
}

static void test_receipt_with_a_wrong_root(void **state)
{
	(void)state;
	refuse(5, forge_wrong_root);
}

static void test_receipt_for_more_than_there_is(void **state)
{
	(void)state;
	refuse(6, forge_receipt_beyond);
}

static void test_time_going_back(void **state)
{
	(void)state;
	refuse(7, forge_going_back_in_time);
}

/* --- forks ---------------------------------------------------------------------------- */

/* The last evidence is two notes of `notes_size` bytes or so each. */
static void check_two_heads(struct fixture *fixture)
{
	struct engine_channel *channel = south(fixture);
	struct buffer value;
	struct cursor cursor;
	char key[32], reason[REASON_CAPACITY];
	struct bytes evidence, note;

	buffer_init(&value, STORE_VALUE_MAXIMUM);
	snprintf(key, sizeof(key), "evidence/%04zu", channel->evidence_count - 1);
	assert_ok(store_get_value(fixture->world.nodes[SOUTH].store, channel->number, key, &value));
	cursor = cursor_over(buffer_view(&value));
	assert_ok(cursor_get_sized_string(&cursor, reason, sizeof(reason)));
	assert_ok(cursor_get_sized(&cursor, STORE_VALUE_MAXIMUM, &evidence));
	assert_ok(cursor_end(&cursor));
	cursor = cursor_over(evidence);
	for (unsigned i = 0; i < 2; i++) {
		struct checkpoint checkpoint;

		assert_ok(cursor_get_sized(&cursor, NOTE_MAXIMUM, &note));
		assert_ok(signed_checkpoint_verify(note, &channel->log_keys[NORTH], NULL, 0,
		                                   &checkpoint, NULL, NULL));
	}
	assert_ok(cursor_end(&cursor));
	buffer_release(&value);
}

/* The last entry of what was sent before is another now. */
static void test_a_forked_head(void **state)
{
	struct fixture fixture;
	uint64_t size;

	(void)state;
	open_fixture(&fixture, 11);
	size = rules_size(south(&fixture)->rules, NORTH);
	forger_copy(&fixture.forger, size - 1);
	forger_test(&fixture.forger);
	forger_send(&fixture.forger);
	run_south(&fixture);
	check_two_heads(&fixture);
	check_faulted(&fixture);
	close_fixture(&fixture);
}

/* A head that is older than what is held, and not of it. */
static void test_an_old_forked_head(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 12);
	forger_copy(&fixture.forger, 1);
	forger_test(&fixture.forger);
	forger_send(&fixture.forger);
	run_south(&fixture);
	check_two_heads(&fixture);
	check_faulted(&fixture);
	close_fixture(&fixture);
}

/* Of two heads for the same size the first is shown long before its entries. */
static void test_a_promise_that_is_broken(void **state)
{
	struct fixture fixture;
	struct hash root = { { 7 } };
	struct buffer note;

	(void)state;
	open_fixture(&fixture, 13);
	buffer_init(&note, NOTE_MAXIMUM);
	forger_note(&fixture.forger, NORTH, fixture.forger.start + 2, &root, &note);
	cut(&fixture);
	world_link(&fixture.world);
	forger_hello(&fixture.forger, buffer_view(&note), 0, bytes_of(NULL, 0));
	run_south(&fixture);
	forger_test(&fixture.forger);
	forger_test(&fixture.forger);
	forger_test(&fixture.forger);
	forger_send(&fixture.forger);
	run_south(&fixture);
	check_two_heads(&fixture);
	check_faulted(&fixture);
	buffer_release(&note);
	close_fixture(&fixture);
}

/* A head that nothing leads to proves nothing, and is kept all the same. */
static void test_a_head_without_its_entries(void **state)
{
	struct fixture fixture;
	struct hash root = { { 7 } };

	(void)state;
	open_fixture(&fixture, 14);
	forger_test(&fixture.forger);
	forger_send_under(&fixture.forger, fixture.forger.start + 1, &root);
	run_south(&fixture);
	assert_false(south(&fixture)->faulted);
	assert_int_equal(south(&fixture)->evidence_count, 1);
	assert_int_equal(fixture.world.closes, 1);
	close_fixture(&fixture);
}

/* --- what wants to fill memory, disk or logs --------------------------------------------- */

/* The greatest frame, wrong: it is kept whole. */
static void test_evidence_of_the_greatest_size(void **state)
{
	struct fixture fixture;
	struct hash root = { { 7 } };
	uint8_t *entry = calloc(1, 65400);

	(void)state;
	open_fixture(&fixture, 21);
	for (unsigned i = 0; i < 16; i++)
		forger_raw(&fixture.forger, bytes_of(entry, 65400));
	forger_send_under(&fixture.forger, fixture.forger.start + 16, &root);
	run_south(&fixture);
	assert_false(south(&fixture)->faulted);
	assert_int_equal(south(&fixture)->evidence_count, 2);
	free(entry);
	close_fixture(&fixture);
}

/* However much nonsense comes first, what faults the channel is kept. */
static void test_evidence_is_bounded(void **state)
{
	struct fixture fixture;
	struct hash root = { { 7 } };
	uint64_t size;

	(void)state;
	open_fixture(&fixture, 22);
	size = rules_size(south(&fixture)->rules, NORTH);
	for (unsigned i = 0; i < 2 * EVIDENCE_MAXIMUM; i++) {
		greet(&fixture);
		forger_copy(&fixture.forger, size);
		forger_test(&fixture.forger);
		forger_send_under(&fixture.forger, size + 1, &root);
		run_south(&fixture);
	}
	assert_false(south(&fixture)->faulted);
	assert_true(south(&fixture)->evidence_count <= EVIDENCE_MAXIMUM);
	greet(&fixture);
	forger_copy(&fixture.forger, size - 1);
	forger_test(&fixture.forger);
	forger_send(&fixture.forger);
	run_south(&fixture);
	check_two_heads(&fixture);
	close_fixture(&fixture);
}

/* More echoes are owed than the keeper signs at once. */
static void test_more_tests_than_a_batch_holds(void **state)
{
	enum { TESTS = 4400, IN_A_FRAME = 600 };
	struct fixture fixture;
	uint64_t before;

	(void)state;
	open_fixture(&fixture, 23);
	before = rules_size(south(&fixture)->rules, SOUTH);
	for (unsigned i = 1; i <= TESTS; i++) {
		forger_test(&fixture.forger);
		if (i % IN_A_FRAME == 0 || i == TESTS)
			forger_send(&fixture.forger);
	}
	run_south(&fixture);
	run_south(&fixture);
	assert_true(rules_size(south(&fixture)->rules, SOUTH) >= before + TESTS);
	assert_int_equal(south(&fixture)->head_size, rules_size(south(&fixture)->rules, SOUTH));
	world_cut(&fixture.world);
	node_restart(&fixture.world.nodes[SOUTH]);
	assert_false(south(&fixture)->read_only);
	close_fixture(&fixture);
}

static void test_quota_of_entries(void **state)
{
	struct fixture fixture;
	uint64_t held;

	(void)state;
	open_fixture(&fixture, 24);
	held = rules_size(south(&fixture)->rules, NORTH);
	south(&fixture)->charter->quota_entries = held + 5;
	for (unsigned frame = 0; frame < 3; frame++) {
		for (unsigned i = 0; i < 4; i++)
			forger_test(&fixture.forger);
		forger_send(&fixture.forger);
	}
	run_south(&fixture);
	assert_int_equal(rules_size(south(&fixture)->rules, NORTH), held + 4);
	assert_true(south(&fixture)->alarm[0] != '\0');
	world_pass(&fixture.world, 86400);
	run_south(&fixture);
	assert_int_equal(rules_size(south(&fixture)->rules, NORTH), held + 12);
	/* A frame over the whole quota does not wait for ever. */
	south(&fixture)->charter->quota_entries = 2;
	for (unsigned i = 0; i < 4; i++)
		forger_test(&fixture.forger);
	forger_send(&fixture.forger);
	world_pass(&fixture.world, 86400);
	run_south(&fixture);
	assert_int_equal(rules_size(south(&fixture)->rules, NORTH), held + 16);
	close_fixture(&fixture);
}

/* How many blobs south asks for. */
static size_t requests_under_way(struct fixture *fixture)
{
	size_t count = 0;

	for (size_t i = 0; i < south(fixture)->wanted_count; i++)
		count += south(fixture)->wanted[i].requested;
	return count;
}

static void test_quota_of_blobs(void **state)
{
	struct fixture fixture;

	(void)state;
	open_fixture(&fixture, 25);
	south(&fixture)->charter->quota_bytes = south(&fixture)->quota_bytes + 250000;
	forger_comment(&fixture.forger, 260000); /* too large for any day */
	forger_comment(&fixture.forger, 200000);
	forger_send(&fixture.forger);
	run_south(&fixture);
	assert_int_equal(requests_under_way(&fixture), 1);
	south(&fixture)->quota_bytes += 100000;
	greet(&fixture);
	forger_copy(&fixture.forger, rules_size(south(&fixture)->rules, NORTH));
	forger_comment(&fixture.forger, 200000);
	forger_send(&fixture.forger);
	run_south(&fixture);
	assert_int_equal(requests_under_way(&fixture), 0);
	close_fixture(&fixture);
}

/* --- hellos, cosignatures, times ------------------------------------------------------------- */

static void test_a_claim_alone_stops_nothing(void **state)
{
	struct fixture fixture;
	struct act act;

	(void)state;
	open_fixture(&fixture, 31);
	cut(&fixture);
	world_link(&fixture.world);
	forger_hello(&fixture.forger, bytes_of(NULL, 0), 1000000, bytes_of(NULL, 0));
	run_south(&fixture);
	assert_false(south(&fixture)->read_only);
	assert_int_equal(fixture.world.closes, 1);
	act = node_act(&fixture.world.nodes[SOUTH], KIND_SUSPEND, NULL);
	assert_int_equal(errors_of(&fixture, &act), 0);
	close_fixture(&fixture);
}

/* Our own signature over what is not here: this node was set back. */
static void test_an_own_head_that_was_lost(void **state)
{
	struct fixture fixture;
	struct hash root = { { 7 } };
	struct buffer note;
	struct act act;
	uint64_t size;

	(void)state;
	open_fixture(&fixture, 32);
	size = rules_size(south(&fixture)->rules, SOUTH) + 3;
	buffer_init(&note, NOTE_MAXIMUM);
	forger_note(&fixture.forger, SOUTH, size, &root, &note);
	cut(&fixture);
	world_link(&fixture.world);
	forger_hello(&fixture.forger, bytes_of(NULL, 0), size, buffer_view(&note));
	run_south(&fixture);
	for (unsigned i = 0; i < 2; i++) {
		assert_true(south(&fixture)->read_only);
		act = node_act(&fixture.world.nodes[SOUTH], KIND_SUSPEND, NULL);
		assert_true(errors_of(&fixture, &act) > 0);
		world_cut(&fixture.world);
		node_restart(&fixture.world.nodes[SOUTH]);
	}
	buffer_release(&note);
	close_fixture(&fixture);
}

static void send_cosignature_line(struct fixture *fixture, uint64_t size, struct bytes line)
{
	struct frame_cosignature frame = { size, line };
	struct buffer bytes;

	buffer_init(&bytes, 65536);
	assert_ok(frame_put_cosignature(&bytes, &frame));
	forger_put(&fixture->forger, &bytes);
	buffer_release(&bytes);
}

/* Long lines, many lines, none, and one for a head that there is not. */
static void test_cosignatures_that_are_none(void **state)
{
	static const struct {
		uint64_t size;
		const char *text;
		size_t repeated;
	} lines[] = {
		{ 1, "— x AAAA", 1 }, { 1, "— x AAAA\n", 300 },      { 1, "— x ", 3000 },
		{ 1, "", 0 },         { UINT64_MAX, "— x AAAA", 1 }, { 0, "— x AAAA", 1 },
	};
	struct fixture fixture;
	struct buffer line;

	(void)state;
	open_fixture(&fixture, 33);
	buffer_init(&line, 65536);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		greet(&fixture);
		/* As if it had never cosigned anything. */
		south(&fixture)->their_cosigned_size = 0;
		buffer_clear(&line);
		for (size_t k = 0; k < lines[i].repeated; k++)
			assert_ok(buffer_put_string(&line, lines[i].text));
		send_cosignature_line(&fixture, lines[i].size, buffer_view(&line));
		run_south(&fixture);
		/* No transaction failed for it: the engine did not load anew. */
		assert_int_equal(south(&fixture)->their_cosigned_size, 0);
	}
	buffer_release(&line);
	close_fixture(&fixture);
}

static void test_an_entry_from_the_future_waits(void **state)
{
	struct fixture fixture;
	uint64_t held;

	(void)state;
	open_fixture(&fixture, 34);
	held = rules_size(south(&fixture)->rules, NORTH);
	fixture.forger.logged += 1000;
	forger_test(&fixture.forger);
	forger_send(&fixture.forger);
	run_south(&fixture);
	assert_int_equal(rules_size(south(&fixture)->rules, NORTH), held);
	assert_true(south(&fixture)->alarm[0] != '\0');
	assert_false(south(&fixture)->faulted);
	world_pass(&fixture.world, 800);
	run_south(&fixture);
	assert_int_equal(rules_size(south(&fixture)->rules, NORTH), held + 1);
	close_fixture(&fixture);
}

/* Half of what a head covers, and then nothing: south restarts, and can leave. */
static void test_half_of_a_head(void **state)
{
	static const char *const from_channel[] = { "channel", NULL };
	struct fixture fixture;
	struct hash root;
	struct act act;
	uint64_t held;

	(void)state;
	open_fixture(&fixture, 35);
	held = rules_size(south(&fixture)->rules, NORTH);
	forger_test(&fixture.forger);
	forger_test(&fixture.forger);
	forger_test(&fixture.forger);
	forger_root(&fixture.forger, held + 3, &root);
	/* Two of the three go out under the head of all. */
	fixture.forger.count = 2;
	buffer_truncate(&fixture.forger.entries, fixture.forger.entries.size / 3 * 2);
	forger_send_under(&fixture.forger, held + 3, &root);
	run_south(&fixture);
	assert_int_equal(rules_size(south(&fixture)->rules, NORTH), held + 2);
	world_cut(&fixture.world);
	node_restart(&fixture.world.nodes[SOUTH]);
	act = node_act(&fixture.world.nodes[SOUTH], KIND_WITHDRAW, from_channel);
	assert_int_equal(errors_of(&fixture, &act), 0);
	assert_int_equal(rules_receipted(south(&fixture)->rules, SOUTH), held + 2);
	assert_true(south(&fixture)->cosigned_size <= held);
	close_fixture(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_signature),
		cmocka_unit_test(test_wrong_channel),
		cmocka_unit_test(test_wrong_party),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_receipt_with_a_wrong_root),
		cmocka_unit_test(test_receipt_for_more_than_there_is),
		cmocka_unit_test(test_time_going_back),
		cmocka_unit_test(test_a_forked_head),
		cmocka_unit_test(test_an_old_forked_head),
		cmocka_unit_test(test_a_promise_that_is_broken),
		cmocka_unit_test(test_a_head_without_its_entries),
		cmocka_unit_test(test_evidence_of_the_greatest_size),
		cmocka_unit_test(test_evidence_is_bounded),
		cmocka_unit_test(test_more_tests_than_a_batch_holds),
		cmocka_unit_test(test_quota_of_entries),
		cmocka_unit_test(test_quota_of_blobs),
		cmocka_unit_test(test_a_claim_alone_stops_nothing),
		cmocka_unit_test(test_an_own_head_that_was_lost),
		cmocka_unit_test(test_cosignatures_that_are_none),
		cmocka_unit_test(test_an_entry_from_the_future_waits),
		cmocka_unit_test(test_half_of_a_head),
	};

	journal_open("hostile", getenv("CHIRO_LOUD") != NULL ? 7 : 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
