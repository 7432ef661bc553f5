/* Acts that go by way of the depositary while the line is cut: left, certified, stamped,
 * collected, receipted the same way; and a depositary that refuses, fails or lies. */
#include "channel_internal.h"
#include "depositary_world.h"
#include "engine_restore.h"

static struct world world;
static struct depositary depositary;

static void open_and_cut(uint32_t seed)
{
	depositary_open(&depositary, &world, seed);
	world_cut(&world);
	world_run(&world);
}

static int release(void **state)
{
	(void)state;
	depositary_release(&depositary);
	return 0;
}

static const struct act_summary *last_comment(unsigned side, unsigned party)
{
	uint64_t number = last_of_kind(&world, side, party, KIND_COMMENT);

	return number == UINT64_MAX ? NULL
	                            : rules_act(world_channel(&world, side)->rules,
	                                        (struct act_place){ party, number });
}

static const struct neutral *custodian(unsigned side)
{
	return &world_channel(&world, side)->neutrals[FAKE_COUNT - 1];
}

/* A comment with a sealed body of this size, which is no age file. */
static void comment_of(struct node *node, size_t size, uint8_t filling)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	struct act act = node_act(node, KIND_COMMENT, NULL);
	uint8_t *bytes = calloc(1, size);
	struct error error;
	uint64_t held;
	bool complete = false;

	memset(bytes, filling, size);
	act.has_body = true;
	act.body.parts = 1;
	act.body.sealed_size = size;
	sha256_of(&act.body.sealed_hash, bytes_of(bytes, size));
	for (size_t at = 0; at < size; at += 500000)
		assert_ok(
		    engine_upload(channel, &act.body.sealed_hash, size, at,
		                  bytes_of(bytes + at, size - at < 500000 ? size - at : 500000),
		                  &held, &complete, &error));
	assert_true(complete);
	assert_ok(node_submit(node, &act, &node->head));
	free(bytes);
}

/* Faults that a side has named, by their word. */
static size_t count_faults(unsigned side, const char *fault)
{
	const struct engine_channel *channel = world_channel(&world, side);
	struct store_entries page;
	size_t count = 0;

	store_entries_init(&page);
	for (uint64_t i = 0; i < rules_size(channel->rules, side); i++) {
		struct entry entry;

		assert_ok(store_get_entries(world.nodes[side].store, channel->number, side, i, 1, 1,
		                            &page));
		assert_ok(entry_parse(page.items[0].bytes, &entry, NULL));
		count += entry.act.kind->number == KIND_FAULT &&
		         bytes_equal_string(act_field(&entry.act, "fault")->text, fault);
	}
	store_entries_release(&page);
	return count;
}

static void test_an_act_goes_and_its_receipt_comes_back(void **state)
{
	const struct act_summary *comment;
	struct stamped stamped;
	uint64_t stamp;

	(void)state;
	open_and_cut(1);
	node_comment(&world.nodes[NORTH]);
	world_minutes(&world, 1);
	/* Left, certified, and the certificate on record. */
	stamp = last_of_kind(&world, NORTH, NORTH, KIND_STAMP);
	assert_int_not_equal(stamp, UINT64_MAX);
	comment = last_comment(NORTH, NORTH);
	assert_true(
	    rules_deemed_receipt(world_channel(&world, NORTH)->rules, comment->place, &stamped));
	assert_int_equal(stamped.stamp.number, stamp);
	world_minutes(&world, 4);
	/* Collected with its body, which was never missed; receipted, and that collected. */
	assert_int_equal(rules_size(world_channel(&world, SOUTH)->rules, NORTH),
	                 rules_size(world_channel(&world, NORTH)->rules, NORTH));
	comment = last_comment(SOUTH, NORTH);
	assert_false(comment->obliges_nobody);
	assert_int_equal(count_faults(SOUTH, "missing"), 0);
	assert_true(blob_is_held(world_channel(&world, SOUTH), &comment->sealed_hash));
	assert_int_not_equal(last_comment(NORTH, NORTH)->receipted_by, UINT64_MAX);
	assert_int_equal(world_channel(&world, NORTH)->unreceipted_since, 0);
	/* The line comes back to two sides that have everything. */
	world_link(&world);
	world_minutes(&world, 1);
	world_check_agreement(&world);
}

static void test_a_channel_goes_on_without_a_line(void **state)
{
	(void)state;
	open_and_cut(2);
	for (unsigned i = 0; i < 6; i++) {
		node_comment(&world.nodes[i % 2]);
		world_minutes(&world, 3);
	}
	world_minutes(&world, 5);
	for (unsigned side = 0; side < 2; side++)
		for (unsigned party = 0; party < 2; party++)
			assert_int_equal(count_of_kind(&world, side, party, KIND_COMMENT), 3);
	assert_int_equal(world_channel(&world, NORTH)->unreceipted_since, 0);
	assert_int_equal(world_channel(&world, SOUTH)->unreceipted_since, 0);
}

/* It comes to rest: stamps and receipts do not call forth one another for ever. */
static void test_it_comes_to_rest(void **state)
{
	uint64_t sizes[2];

	(void)state;
	open_and_cut(3);
	node_comment(&world.nodes[NORTH]);
	world_minutes(&world, 10);
	for (unsigned party = 0; party < 2; party++)
		sizes[party] = rules_size(world_channel(&world, party)->rules, party);
	world_minutes(&world, 60);
	for (unsigned party = 0; party < 2; party++)
		assert_int_equal(rules_size(world_channel(&world, party)->rules, party),
		                 sizes[party]);
}

static void test_bodies_that_do_not_ride_along(void **state)
{
	const struct act_summary *comment;

	(void)state;
	open_and_cut(4);
	depositary.keeps_what_rides_along = false;
	comment_of(&world.nodes[NORTH], 1200000, 1);
	comment_of(&world.nodes[NORTH], 3000, 2);
	world_minutes(&world, 6);
	comment = last_comment(SOUTH, NORTH);
	assert_non_null(comment);
	assert_int_equal(count_faults(SOUTH, "missing"), 0);
	assert_true(blob_is_held(world_channel(&world, SOUTH), &comment->sealed_hash));
	assert_int_equal(count_of_kind(&world, SOUTH, NORTH, KIND_COMMENT), 2);
	assert_int_equal(world_channel(&world, SOUTH)->wanted_count, 0);
}

/* More bodies than one certificate may name. */
static void test_many_acts(void **state)
{
	struct stamped stamped;

	(void)state;
	open_and_cut(5);
	depositary.neutrals.deaf[SOUTH] = true;
	for (uint8_t i = 0; i < 40; i++)
		comment_of(&world.nodes[NORTH], 100, i);
	world_minutes(&world, 5);
	for (uint64_t i = 0; i <= last_comment(NORTH, NORTH)->place.number; i++) {
		const struct rules *rules = world_channel(&world, NORTH)->rules;
		const struct act_summary *act = rules_act(rules, (struct act_place){ NORTH, i });

		if (act->kind->number == KIND_COMMENT)
			assert_true(rules_deemed_receipt(rules, act->place, &stamped));
	}
	assert_in_range(count_of_kind(&world, NORTH, NORTH, KIND_STAMP), 3, 5);
	depositary.neutrals.deaf[SOUTH] = false;
	world_minutes(&world, 15);
	assert_int_equal(count_of_kind(&world, SOUTH, NORTH, KIND_COMMENT), 40);
}

static void test_withheld_is_told_from_awaited(void **state)
{
	const struct engine_channel *channel;

	(void)state;
	open_and_cut(6);
	channel = world_channel(&world, NORTH);
	depositary.mood = CUSTODY_FULL;
	node_comment(&world.nodes[NORTH]);
	world_minutes(&world, 5);
	assert_int_not_equal(channel->unreceipted_since, 0);
	assert_int_equal(neutrals_withheld_since(channel), 0);
	/* The other side is dark: now it could have it, and does not say so. */
	depositary.neutrals.deaf[SOUTH] = true;
	depositary.mood = CUSTODY_HONEST;
	world_minutes(&world, 12);
	assert_true(neutrals_withheld_since(channel) > channel->unreceipted_since);
	depositary.neutrals.deaf[SOUTH] = false;
	world_minutes(&world, 15);
	assert_int_equal(neutrals_withheld_since(channel), 0);
	assert_int_equal(channel->unreceipted_since, 0);
}

static void test_starts_in_between(void **state)
{
	(void)state;
	open_and_cut(7);
	for (unsigned i = 0; i < 12; i++) {
		if (i % 4 == 0)
			node_comment(&world.nodes[NORTH]);
		world_pass(&world, 7);
		world_run(&world);
		node_restart(&world.nodes[i % 2]);
	}
	world_minutes(&world, 15);
	assert_int_equal(count_of_kind(&world, SOUTH, NORTH, KIND_COMMENT), 3);
	assert_int_equal(world_channel(&world, NORTH)->unreceipted_since, 0);
}

/* Whatever it does instead, nothing of it is believed, the channel lives, the reason is
 * shown, and it is asked ever less often. */
static void check_mood(enum custody_mood mood, uint32_t seed, bool deposits)
{
	const char *reason;
	uint64_t size;

	open_and_cut(seed);
	if (!deposits) {
		node_comment(&world.nodes[NORTH]);
		depositary.neutrals.deaf[SOUTH] = true;
		world_minutes(&world, 2);
		depositary.neutrals.deaf[SOUTH] = false;
	}
	depositary.mood = mood;
	depositary.neutrals.deaf[SOUTH] = deposits;
	if (deposits)
		node_comment(&world.nodes[NORTH]);
	world_minutes(&world, 30);
	assert_true(neutral_failing_since(custodian(deposits ? NORTH : SOUTH), &reason) > 0);
	assert_true(strlen(reason) > 10);
	assert_int_equal(count_of_kind(&world, NORTH, NORTH, KIND_STAMP), deposits ? 0 : 1);
	assert_int_equal(count_of_kind(&world, SOUTH, NORTH, KIND_COMMENT), 0);
	size = rules_size(world_channel(&world, NORTH)->rules, NORTH);
	world_minutes(&world, 30);
	assert_int_equal(rules_size(world_channel(&world, NORTH)->rules, NORTH), size);
	for (unsigned side = 0; side < 2; side++) {
		assert_false(world_channel(&world, side)->faulted);
		assert_false(world_channel(&world, side)->read_only);
	}
	depositary.mood = CUSTODY_HONEST;
	depositary.neutrals.deaf[SOUTH] = false;
	world_minutes(&world, 30);
	assert_int_equal(count_of_kind(&world, SOUTH, NORTH, KIND_COMMENT), 1);
	assert_int_equal(neutral_failing_since(custodian(NORTH), &reason), 0);
	assert_int_equal(neutral_failing_since(custodian(SOUTH), &reason), 0);
}

static void test_full(void **state)
{
	(void)state;
	check_mood(CUSTODY_FULL, 11, true);
}

static void test_nonsense_to_who_leaves(void **state)
{
	(void)state;
	check_mood(CUSTODY_NONSENSE, 12, true);
}

static void test_nonsense_to_who_collects(void **state)
{
	(void)state;
	check_mood(CUSTODY_NONSENSE, 13, false);
}

static void test_certificates_by_another_key(void **state)
{
	(void)state;
	check_mood(CUSTODY_OTHER_KEY, 14, true);
}

static void test_answers_by_another_key(void **state)
{
	(void)state;
	check_mood(CUSTODY_OTHER_KEY, 15, false);
}

static void test_certificates_of_another_history(void **state)
{
	(void)state;
	check_mood(CUSTODY_OTHER_ROOT, 16, true);
}

/* What would be void is not put on record; what is certified when the clock is right is. */
static void test_certificates_by_another_clock(void **state)
{
	const char *reason;

	(void)state;
	open_and_cut(30);
	depositary.mood = CUSTODY_OTHER_CLOCK;
	depositary.neutrals.deaf[SOUTH] = true;
	node_comment(&world.nodes[NORTH]);
	world_minutes(&world, 30);
	assert_true(neutral_failing_since(custodian(NORTH), &reason) > 0);
	assert_non_null(strstr(reason, "clock"));
	assert_int_equal(count_of_kind(&world, NORTH, NORTH, KIND_STAMP), 0);
	depositary.mood = CUSTODY_HONEST;
	world_minutes(&world, 30);
	assert_int_equal(neutral_failing_since(custodian(NORTH), &reason), 0);
	assert_int_equal(count_of_kind(&world, NORTH, NORTH, KIND_STAMP), 1);
}

static void test_answers_to_other_questions(void **state)
{
	(void)state;
	check_mood(CUSTODY_OLD_ANSWER, 17, false);
}

static void test_entries_withheld(void **state)
{
	(void)state;
	check_mood(CUSTODY_WITHHOLDS, 18, false);
}

/* The act is taken without its body, and named; the body is asked for again. */
static void test_bodies_withheld(void **state)
{
	(void)state;
	open_and_cut(19);
	depositary.mood = CUSTODY_WITHHOLDS_BODIES;
	comment_of(&world.nodes[NORTH], 100000, 3);
	world_minutes(&world, 4);
	assert_int_equal(count_of_kind(&world, SOUTH, NORTH, KIND_COMMENT), 1);
	assert_int_equal(count_faults(SOUTH, "missing"), 1);
	assert_int_equal(count_faults(SOUTH, "cured"), 0);
	depositary.mood = CUSTODY_HONEST;
	world_minutes(&world, 6);
	assert_int_equal(count_faults(SOUTH, "missing"), 1);
	assert_int_equal(count_faults(SOUTH, "cured"), 1);
}

/* It certifies to the one that it holds an act, and tells the other that it does not:
 * both are signed, and the pair is on record. */
static void test_a_liar_is_caught(void **state)
{
	struct act_place place = { NORTH, 0 };
	struct stamp_summary stamp;

	(void)state;
	open_and_cut(20);
	depositary.mood = CUSTODY_DENIES;
	node_comment(&world.nodes[NORTH]);
	world_minutes(&world, 3);
	place.number = last_of_kind(&world, NORTH, NORTH, KIND_STAMP);
	assert_int_not_equal(place.number, UINT64_MAX);
	assert_int_equal(last_of_kind(&world, SOUTH, SOUTH, KIND_STAMP), UINT64_MAX);
	/* By the line the other side learns of the certificate, and asks once more. */
	world_link(&world);
	world_run(&world);
	world_cut(&world);
	world_minutes(&world, 3);
	assert_int_not_equal(last_of_kind(&world, SOUTH, SOUTH, KIND_STAMP), UINT64_MAX);
	assert_ok(rules_stamp(world_channel(&world, SOUTH)->rules, place, &stamp));
	assert_true(stamp.denied);
	assert_int_equal(count_of_kind(&world, SOUTH, SOUTH, KIND_STAMP), 1);
	world_link(&world);
	world_minutes(&world, 3);
	world_check_agreement(&world);
	assert_ok(rules_stamp(world_channel(&world, NORTH)->rules, place, &stamp));
	assert_true(stamp.denied);
	assert_int_equal(stamp.denied_by.party, SOUTH);
}

/* Also when the act has long been receipted: what was certified stays certified. */
static void test_a_later_denial_is_caught(void **state)
{
	struct act_place place = { NORTH, 0 };
	struct stamp_summary stamp;

	(void)state;
	open_and_cut(21);
	node_comment(&world.nodes[NORTH]);
	world_minutes(&world, 6);
	assert_int_equal(count_of_kind(&world, SOUTH, NORTH, KIND_COMMENT), 1);
	place.number = last_of_kind(&world, NORTH, NORTH, KIND_STAMP);
	depositary.mood = CUSTODY_DENIES;
	world_minutes(&world, 3);
	assert_ok(rules_stamp(world_channel(&world, SOUTH)->rules, place, &stamp));
	assert_true(stamp.denied);
}

/* --- the own log, after a loss ----------------------------------------------------------- */

/* A database from before: what it lacks of both logs is collected, and the keeper's word
 * says that it is all. */
static void test_a_lost_log_is_collected(void **state)
{
	uint64_t own;

	(void)state;
	depositary_open_stored(&depositary, &world, 40, true);
	node_copy(&world.nodes[NORTH], "early");
	world_cut(&world);
	world_run(&world);
	node_comment(&world.nodes[NORTH]);
	node_comment(&world.nodes[SOUTH]);
	world_minutes(&world, 10);
	own = rules_size(world_channel(&world, NORTH)->rules, NORTH);
	node_end(&world.nodes[NORTH]);
	node_restore_database(&world.nodes[NORTH], "early");
	node_begin(&world.nodes[NORTH]);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_DATABASE_BEHIND);
	assert_true(rules_size(world_channel(&world, NORTH)->rules, NORTH) < own);
	world_minutes(&world, 5);
	assert_int_equal(trouble_of(&world, NORTH), TROUBLE_NONE);
	assert_true(rules_size(world_channel(&world, NORTH)->rules, NORTH) >= own);
	assert_int_equal(count_of_kind(&world, NORTH, SOUTH, KIND_COMMENT), 1);
	world_link(&world);
	world_minutes(&world, 2);
	world_check_agreement(&world);
}

/* --- acceptances ---------------------------------------------------------------------- */

static struct act_place propose(struct node *node, timestamp expires)
{
	char text[TIMESTAMP_CAPACITY];
	const char *values[] = { text, NULL };
	struct act act;

	timestamp_format(expires, text);
	act = node_act(node, KIND_PROPOSE, values);
	node_body(node, &act);
	assert_ok(node_submit(node, &act, &node->head));
	world_run(&world);
	return (struct act_place){ node->side,
		                   last_of_kind(&world, node->side, node->side, KIND_PROPOSE) };
}

static void accept(struct node *node, struct act_place offer)
{
	const struct act_summary *proposed = rules_act(world_channel(&world, node->side)->rules,
	                                               offer);
	char root[HASH_BASE64_CAPACITY];
	const char *values[] = { root, NULL };
	struct act act;

	hash_to_base64(&proposed->body_root, root);
	act = node_act(node, KIND_ACCEPT, values);
	act.has_answers = true;
	act.answers = (struct act_reference){ .generation = 1, .number = offer.number };
	snprintf(act.answers.party, sizeof(act.answers.party), "%s",
	         world_channel(&world, node->side)->charter->parties[offer.party].id);
	act.answers.leaf = proposed->leaf;
	act.matter_use = ACT_MATTER_JOINS;
	act.matter = act.answers;
	assert_ok(node_submit(node, &act, &node->head));
	world_run(&world);
	assert_int_not_equal(last_of_kind(&world, node->side, node->side, KIND_ACCEPT), UINT64_MAX);
}

/* A proposer that receipts nothing until its offer has expired cannot feign that the
 * acceptance came late. */
static void test_an_acceptance_in_time_is_proved(void **state)
{
	struct act_place offer, accepted;
	struct stamped stamped;
	timestamp expires;

	(void)state;
	depositary_open(&depositary, &world, 30);
	/* Nothing can be left with the depositary: the witnesses alone are at hand. */
	depositary.mood = CUSTODY_FULL;
	expires = world.now + 1200;
	offer = propose(&world.nodes[SOUTH], expires);
	world_cut(&world);
	world_run(&world);
	accept(&world.nodes[NORTH], offer);
	world_minutes(&world, 3);
	accepted = (struct act_place){ NORTH, last_of_kind(&world, NORTH, NORTH, KIND_ACCEPT) };
	assert_true(rules_stamped(world_channel(&world, NORTH)->rules, accepted, &stamped));
	assert_true(stamped.time <= expires);
	assert_int_equal(count_of_kind(&world, NORTH, NORTH, KIND_STAMP), 1);
	/* Once is enough. */
	world_minutes(&world, 60);
	assert_int_equal(count_of_kind(&world, NORTH, NORTH, KIND_STAMP), 1);
	world_link(&world);
	world_minutes(&world, 2);
	assert_true(rules_stamped(world_channel(&world, SOUTH)->rules, accepted, &stamped));
}

/* Without a line of the time before the expiry nothing is proved, and nothing stamped. */
static void test_an_acceptance_too_late_is_not(void **state)
{
	struct act_place offer;

	(void)state;
	depositary_open(&depositary, &world, 31);
	depositary.mood = CUSTODY_FULL;
	offer = propose(&world.nodes[SOUTH], world.now + 300);
	world_cut(&world);
	world_run(&world);
	depositary.neutrals.deaf[NORTH] = true;
	accept(&world.nodes[NORTH], offer);
	world_minutes(&world, 10);
	depositary.neutrals.deaf[NORTH] = false;
	world_minutes(&world, 30);
	assert_int_equal(count_of_kind(&world, NORTH, NORTH, KIND_STAMP), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_an_act_goes_and_its_receipt_comes_back, release),
		cmocka_unit_test_teardown(test_a_channel_goes_on_without_a_line, release),
		cmocka_unit_test_teardown(test_it_comes_to_rest, release),
		cmocka_unit_test_teardown(test_bodies_that_do_not_ride_along, release),
		cmocka_unit_test_teardown(test_many_acts, release),
		cmocka_unit_test_teardown(test_withheld_is_told_from_awaited, release),
		cmocka_unit_test_teardown(test_starts_in_between, release),
		cmocka_unit_test_teardown(test_full, release),
		cmocka_unit_test_teardown(test_nonsense_to_who_leaves, release),
		cmocka_unit_test_teardown(test_nonsense_to_who_collects, release),
		cmocka_unit_test_teardown(test_certificates_by_another_key, release),
		cmocka_unit_test_teardown(test_answers_by_another_key, release),
		cmocka_unit_test_teardown(test_certificates_of_another_history, release),
		cmocka_unit_test_teardown(test_certificates_by_another_clock, release),
		cmocka_unit_test_teardown(test_answers_to_other_questions, release),
		cmocka_unit_test_teardown(test_entries_withheld, release),
		cmocka_unit_test_teardown(test_bodies_withheld, release),
		cmocka_unit_test_teardown(test_a_liar_is_caught, release),
		cmocka_unit_test_teardown(test_a_later_denial_is_caught, release),
		cmocka_unit_test_teardown(test_a_lost_log_is_collected, release),
		cmocka_unit_test_teardown(test_an_acceptance_in_time_is_proved, release),
		cmocka_unit_test_teardown(test_an_acceptance_too_late_is_not, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
