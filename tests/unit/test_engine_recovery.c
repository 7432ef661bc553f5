/* What a node does after failures of its own: abrupt ends, a disk that fails, a
 * clock that jumps, blobs that are lost, keys that change; and how a channel ends. */
#include "engine_acts.h"

#include "journal.h"

static struct act comment_with(struct node *node, struct bytes blob)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	struct act act = node_act(node, KIND_COMMENT, NULL);
	struct error error;
	uint64_t held;
	bool complete;

	act.has_body = true;
	act.body.parts = 1;
	act.body.sealed_size = blob.size;
	sha256_of(&act.body.sealed_hash, blob);
	for (size_t at = 0; at < blob.size; at += 500000) {
		size_t piece = blob.size - at < 500000 ? blob.size - at : 500000;

		assert_ok(engine_upload(channel, &act.body.sealed_hash, blob.size, at,
		                        bytes_of(blob.data + at, piece), &held, &complete, &error));
	}
	assert_true(complete);
	return act;
}

/* A comment with a sealed body of this size, which is no age file. */
static void comment_of(struct node *node, size_t size, uint32_t serial)
{
	uint8_t *bytes = calloc(1, size);
	struct act act;

	memcpy(bytes, &serial, sizeof(serial));
	act = comment_with(node, bytes_of(bytes, size));
	assert_ok(node_submit(node, &act, &node->head));
	free(bytes);
}

static size_t count_faults(struct world *world, const char *fault)
{
	const struct rules *rules = world_channel(world, SOUTH)->rules;
	struct store_entries page;
	size_t count = 0;

	store_entries_init(&page);
	for (uint64_t i = 0; i < rules_size(rules, SOUTH); i++) {
		struct entry entry;

		assert_ok(store_get_entries(world->nodes[SOUTH].store,
		                            world_channel(world, SOUTH)->number, SOUTH, i, 1, 1,
		                            &page));
		assert_ok(entry_parse(page.items[0].bytes, &entry, NULL));
		if (entry.act.kind->number == KIND_FAULT &&
		    bytes_equal_string(act_field(&entry.act, "fault")->text, fault))
			count++;
	}
	store_entries_release(&page);
	return count;
}

/* --- abrupt ends ------------------------------------------------------------------ */

/* The keeper signed a batch that the database does not know of; before it is
 * asked for it again, somebody submits something. */
static void test_a_batch_is_repeated_before_anything_is_added(void **state)
{
	struct world world;
	bool worked;

	(void)state;
	world_init(&world, 1);
	world_open(&world);
	node_comment(&world.nodes[NORTH]);
	world.nodes[NORTH].mood = KEEPER_DIES_AFTER;
	assert_int_equal(node_step(&world.nodes[NORTH], &worked), ERROR_NOT_FOUND);
	world_cut(&world);
	node_restart(&world.nodes[NORTH]);
	node_comment(&world.nodes[NORTH]);
	assert_ok(node_step(&world.nodes[NORTH], &worked));
	node_restart(&world.nodes[NORTH]);
	world_link(&world);
	world_run(&world);
	world_check_agreement(&world);
	world_release(&world);
}

/* The same, and the disk fails when that head is to be stored. */
static void test_a_head_that_cannot_be_stored(void **state)
{
	struct world world;
	bool worked;
	size_t errors;

	(void)state;
	world_init(&world, 2);
	world_open(&world);
	node_comment(&world.nodes[NORTH]);
	/* The first commit of the turn is of the entries, the second of the head. */
	assert_ok(node_step(&world.nodes[NORTH], &worked));
	errors = world.nodes[NORTH].errors;
	for (unsigned commits = 1; commits <= 3; commits++) {
		node_comment(&world.nodes[NORTH]);
		world.nodes[NORTH].failing_commits = commits;
		assert_ok(node_step(&world.nodes[NORTH], &worked));
		/* Who asked is told. */
		assert_true(world.nodes[NORTH].errors > errors);
		errors = world.nodes[NORTH].errors;
		node_comment(&world.nodes[SOUTH]);
		assert_ok(node_step(&world.nodes[SOUTH], &worked));
		assert_ok(node_step(&world.nodes[NORTH], &worked));
		assert_ok(node_step(&world.nodes[NORTH], &worked));
	}
	world.nodes[NORTH].failing_commits = 0;
	world_cut(&world);
	world_link(&world);
	world_run(&world);
	world_check_agreement(&world);
	world_release(&world);
}

static void test_a_clock_that_jumps(void **state)
{
	struct world world;
	struct buffer health;
	size_t errors;

	(void)state;
	world_init(&world, 3);
	world_open(&world);
	world.now += 4000;
	errors = world.nodes[NORTH].errors;
	node_comment(&world.nodes[NORTH]);
	world_run(&world);
	assert_int_equal(world.nodes[NORTH].errors, errors + 1);
	/* A peer whose clock agrees vouches for it. */
	buffer_init(&health, 24);
	assert_ok(buffer_put_u64(&health, 1000));
	assert_ok(buffer_put_u64(&health, 20));
	assert_ok(buffer_put_u64(&health, (uint64_t)world.now));
	for (unsigned side = 0; side < 2; side++)
		node_put(&world.nodes[side], LINK_HEALTH, bytes_of(world.channel.bytes, HASH_SIZE),
		         buffer_view(&health));
	world_run(&world);
	node_comment(&world.nodes[NORTH]);
	world_run(&world);
	assert_int_equal(world.nodes[NORTH].errors, errors + 1);
	world_check_agreement(&world);
	buffer_release(&health);
	world_release(&world);
}

/* The link asks for a certificate that the keeper cannot give. */
static void test_a_keeper_without_keys(void **state)
{
	static const uint8_t key[ED25519_PUBLIC_SIZE] = { 5 };
	struct world world;
	size_t channels;

	(void)state;
	world_init(&world, 12);
	world_open(&world);
	channels = world.nodes[NORTH].keeper.channel_count;
	world.nodes[NORTH].keeper.channel_count = 0;
	node_put(&world.nodes[NORTH], LINK_NEED_CERTIFICATE,
	         bytes_of(world.channel.bytes, HASH_SIZE), bytes_of(key, sizeof(key)));
	world_run(&world);
	world.nodes[NORTH].keeper.channel_count = channels;
	world_release(&world);
}

/* --- bodies ---------------------------------------------------------------------------- */

/* More frames than there is credit, each with a body that does not ride along:
 * the bodies must come while the entries wait for them. */
static void test_a_backlog_with_large_bodies(void **state)
{
	struct world world;

	(void)state;
	world_init(&world, 4);
	world_open(&world);
	world_cut(&world);
	for (uint32_t i = 0; i < 20 * 15; i++)
		comment_of(&world.nodes[NORTH], i % 15 == 0 ? 70000 : 62000, i);
	world_run(&world);
	world_link(&world);
	for (unsigned i = 0; i < 20; i++)
		world_run(&world);
	assert_int_equal(count_faults(&world, "missing"), 0);
	world_check_agreement(&world);
	world_release(&world);
}

/* A body of several chunks; the line is cut in its middle. */
static void test_a_body_is_resumed(void **state)
{
	struct world world;
	const struct engine_channel *channel;
	bool worked, halfway = false;

	(void)state;
	world_init(&world, 5);
	world_open(&world);
	comment_of(&world.nodes[NORTH], 3 * FRAME_CHUNK_MAXIMUM, 1);
	while (!halfway) {
		for (unsigned side = 0; side < 2; side++)
			assert_ok(node_step(&world.nodes[side], &worked));
		channel = world_channel(&world, SOUTH);
		halfway = channel->wanted_count > 0 && channel->wanted[0].held > 0;
	}
	world_cut(&world);
	world_run(&world);
	node_restart(&world.nodes[SOUTH]);
	world_link(&world);
	world_run(&world);
	assert_int_equal(count_faults(&world, "missing"), 0);
	world_check_agreement(&world);
	world_release(&world);
}

/* North has lost the body: south says so, and takes that back when it comes. */
static void test_a_lost_body_is_faulted_and_cured(void **state)
{
	struct world world;
	struct engine_channel *north;
	uint8_t *bytes = calloc(1, 100000);
	struct act act;

	(void)state;
	world_init(&world, 6);
	world_open(&world);
	world_cut(&world);
	world_run(&world);
	act = comment_with(&world.nodes[NORTH], bytes_of(bytes, 100000));
	assert_ok(node_submit(&world.nodes[NORTH], &act, &world.nodes[NORTH].head));
	world_run(&world);
	north = world_channel(&world, NORTH);
	assert_ok(store_begin(world.nodes[NORTH].store));
	assert_ok(
	    store_delete_blob(world.nodes[NORTH].store, north->number, &act.body.sealed_hash));
	assert_ok(store_commit(world.nodes[NORTH].store));
	world_link(&world);
	world_run(&world);
	assert_int_equal(count_faults(&world, "missing"), 1);
	assert_int_equal(count_faults(&world, "cured"), 0);
	comment_with(&world.nodes[NORTH], bytes_of(bytes, 100000));
	world_cut(&world);
	node_restart(&world.nodes[SOUTH]);
	world_link(&world);
	world_run(&world);
	assert_int_equal(count_faults(&world, "missing"), 1);
	assert_int_equal(count_faults(&world, "cured"), 1);
	world_check_agreement(&world);
	free(bytes);
	world_release(&world);
}

/* What cannot be opened is said, and the body sealed anew is fetched and tried. */
static void test_a_body_is_sealed_anew(void **state)
{
	struct world world;
	struct engine_channel *north;
	const struct act_summary *bad;
	struct buffer target, blob;
	const char *values[3] = { 0 };
	struct act act, fresh;
	struct store_blob stored;
	struct act_reference reference = { .generation = 1 };

	(void)state;
	world_init(&world, 7);
	world_open(&world);
	comment_of(&world.nodes[NORTH], 300, 1);
	world_run(&world);
	assert_int_equal(count_faults(&world, "unopenable"), 1);
	north = world_channel(&world, NORTH);
	reference.number = rules_size(north->rules, NORTH);
	do
		bad = rules_act(north->rules, (struct act_place){ NORTH, --reference.number });
	while (bad->kind->number != KIND_COMMENT);
	assert_true(bad->obliges_nobody);
	memcpy(reference.party, "north", sizeof("north"));
	reference.leaf = bad->leaf;
	/* Any true age file: the reader is the test. */
	fresh = node_act(&world.nodes[NORTH], KIND_COMMENT, NULL);
	node_body(&world.nodes[NORTH], &fresh);
	buffer_init(&target, 512);
	buffer_init(&blob, 512);
	assert_ok(act_reference_print(&reference, &target));
	assert_ok(buffer_put_u8(&target, 0));
	assert_ok(buffer_put_format(&blob, "%llu ", (unsigned long long)fresh.body.sealed_size));
	assert_ok(
	    base64_encode(&blob, bytes_of(fresh.body.sealed_hash.bytes, HASH_SIZE), BASE64_PADDED));
	assert_ok(buffer_put_u8(&blob, 0));
	values[0] = (const char *)target.data;
	values[1] = (const char *)blob.data;
	act = node_act(&world.nodes[NORTH], KIND_RESEAL, values);
	assert_ok(node_submit(&world.nodes[NORTH], &act, &world.nodes[NORTH].head));
	world_run(&world);
	world_check_agreement(&world);
	assert_ok(store_get_blob(world.nodes[SOUTH].store, world_channel(&world, SOUTH)->number,
	                         &fresh.body.sealed_hash, &stored));
	assert_true(stored.complete);
	assert_int_equal(count_faults(&world, "unopenable"), 1);
	bad = rules_act(world_channel(&world, SOUTH)->rules,
	                (struct act_place){ NORTH, reference.number });
	assert_false(bad->obliges_nobody);
	buffer_release(&target);
	buffer_release(&blob);
	world_release(&world);
}

/* --- keys --------------------------------------------------------------------------------- */

static int rekey(struct node *node, const char *item, const char *key)
{
	const char *values[] = { item, key, NULL };
	struct act act = node_act(node, KIND_REKEY, values);

	return node_submit(node, &act, &node->head);
}

/* A key that the keeper does not have would end the node: it is not logged. */
static void test_a_foreign_key_is_not_named(void **state)
{
	static const char foreign[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
	struct world world;
	size_t errors;

	(void)state;
	world_init(&world, 8);
	world_open(&world);
	errors = world.nodes[NORTH].errors;
	if (rekey(&world.nodes[NORTH], "node-key", foreign) == OK) {
		world_run(&world);
		assert_true(world.nodes[NORTH].errors > errors);
	}
	node_restart(&world.nodes[NORTH]);
	assert_false(world_channel(&world, NORTH)->read_only);
	world_release(&world);
}

static void test_node_and_receipt_keys_change(void **state)
{
	static const struct {
		const char *item;
		enum keeper_purpose purpose;
	} items[] = { { "node-key", KEEPER_KEY_NODE }, { "receipt-key", KEEPER_KEY_RECEIPT } };
	struct world world;
	char key[KEEPER_KEY_TEXT_CAPACITY];
	struct error error;
	bool worked;

	(void)state;
	world_init(&world, 9);
	world_open(&world);
	for (unsigned i = 0; i < 4; i++) {
		struct node *node = &world.nodes[NORTH];

		assert_ok(engine_new_key(world_channel(&world, NORTH), items[i % 2].purpose, key,
		                         &error));
		node_comment(&world.nodes[SOUTH]);
		assert_ok(node_step(&world.nodes[SOUTH], &worked));
		assert_ok(rekey(node, items[i % 2].item, key));
		/* Also when the process ends before the keeper was told. */
		node->mood = i < 2 ? KEEPER_WORKS : KEEPER_DIES_BEFORE;
		if (node_step(node, &worked) != OK) {
			world_cut(&world);
			node_restart(node);
			world_link(&world);
		}
		node_comment(node);
		world_run(&world);
		world_check_agreement(&world);
	}
	world_release(&world);
}

static bool same_key(const struct ed25519_public *a, const struct ed25519_public *b)
{
	return ed25519_public_equal(a, b);
}

/* Neither side is locked out, whenever the line is cut. */
static void test_a_link_key_changes(void **state)
{
	static const struct ed25519_public none;
	struct ed25519_public old, fresh;
	struct world world;
	struct node *north, *south;
	char key[KEEPER_KEY_TEXT_CAPACITY];
	struct error error;

	(void)state;
	world_init(&world, 10);
	world_open(&world);
	north = &world.nodes[NORTH];
	south = &world.nodes[SOUTH];
	old = rules_party(world_channel(&world, NORTH)->rules, NORTH)->link_key;
	world_cut(&world);
	assert_ok(engine_new_key(world_channel(&world, NORTH), KEEPER_KEY_LINK, key, &error));
	assert_ok(rekey(north, "link-key", key));
	world_run(&world);
	fresh = rules_party(world_channel(&world, NORTH)->rules, NORTH)->link_key;
	assert_false(same_key(&old, &fresh));
	/* South does not know: north still shows the old one, also after a start. */
	node_restart(north);
	assert_true(same_key(&north->link_keys[0], &old));
	assert_true(same_key(&south->link_keys[1], &old));
	world_link(&world);
	world_run(&world);
	/* Both know: north shows the new one, south takes either. */
	assert_true(same_key(&north->link_keys[0], &fresh));
	assert_true(same_key(&south->link_keys[1], &fresh));
	assert_true(same_key(&south->link_keys[2], &old));
	world_cut(&world);
	node_restart(south);
	assert_true(same_key(&south->link_keys[2], &old));
	world_link(&world);
	/* North's next entry shows that it has seen south's receipt. */
	node_comment(north);
	world_run(&world);
	assert_true(same_key(&south->link_keys[1], &fresh));
	assert_true(same_key(&south->link_keys[2], &none));
	world_check_agreement(&world);
	world_release(&world);
}

/* --- the end of a channel ----------------------------------------------------------------------- */

static void test_a_channel_is_closed(void **state)
{
	static const char *const from_channel[] = { "channel", NULL };
	struct world world;
	struct act act;
	uint64_t closed;

	(void)state;
	world_init(&world, 11);
	world_open(&world);
	act = node_act(&world.nodes[NORTH], KIND_WITHDRAW, from_channel);
	assert_ok(node_submit(&world.nodes[NORTH], &act, &world.nodes[NORTH].head));
	world_run(&world);
	world_pass(&world, world_channel(&world, NORTH)->charter->notice + 1);
	act = node_act(&world.nodes[NORTH], KIND_CLOSE, NULL);
	assert_ok(node_submit(&world.nodes[NORTH], &act, &world.nodes[NORTH].head));
	world_run(&world);
	closed = rules_size(world_channel(&world, NORTH)->rules, NORTH);
	assert_true(rules_has_closed(world_channel(&world, SOUTH)->rules, NORTH));
	/* South's last words are cosigned without an entry. */
	act = node_act(&world.nodes[SOUTH], KIND_CLOSE, NULL);
	assert_ok(node_submit(&world.nodes[SOUTH], &act, &world.nodes[SOUTH].head));
	world_run(&world);
	assert_int_equal(rules_size(world_channel(&world, NORTH)->rules, NORTH), closed);
	assert_int_equal(rules_channel_state(world_channel(&world, SOUTH)->rules, world.now),
	                 CHANNEL_CLOSED);
	world_check_agreement(&world);
	world_cut(&world);
	node_restart(&world.nodes[NORTH]);
	node_restart(&world.nodes[SOUTH]);
	world_link(&world);
	world_run(&world);
	world_check_agreement(&world);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_batch_is_repeated_before_anything_is_added),
		cmocka_unit_test(test_a_head_that_cannot_be_stored),
		cmocka_unit_test(test_a_clock_that_jumps),
		cmocka_unit_test(test_a_keeper_without_keys),
		cmocka_unit_test(test_a_backlog_with_large_bodies),
		cmocka_unit_test(test_a_body_is_resumed),
		cmocka_unit_test(test_a_lost_body_is_faulted_and_cured),
		cmocka_unit_test(test_a_body_is_sealed_anew),
		cmocka_unit_test(test_a_foreign_key_is_not_named),
		cmocka_unit_test(test_node_and_receipt_keys_change),
		cmocka_unit_test(test_a_link_key_changes),
		cmocka_unit_test(test_a_channel_is_closed),
	};

	journal_open("recovery", getenv("CHIRO_LOUD") != NULL ? 7 : 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
