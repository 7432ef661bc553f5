/* Acts that wait for their second signature can be listed, read and ended whatever has
 * happened since: after a start, with a clock that was put back, behind the own close. */
#include "channel_internal.h"
#include "engine_post.h"
#include "engine_restore.h"
#include "journal.h"
#include "pending.h"
#include "sha.h"

static int hand_in(struct node *node, const struct act *act)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	enum void_reason reason = VOID_NONE;
	struct buffer text, armor;
	struct error error = { 0 };
	uint64_t number;
	int r;

	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&armor, SSHSIG_ARMOR_MAXIMUM);
	assert_ok(act_print(act, &text, &error));
	assert_ok(sshsig_sign(&node->head, ACT_NAMESPACE, buffer_view(&text), &armor));
	r = engine_pending_add(channel, buffer_view(&text), buffer_view(&armor), act->author,
	                       &number, &reason, &error);
	if (r != OK)
		fail_msg("%s", error.message);
	node_turn(node);
	buffer_release(&text);
	buffer_release(&armor);
	return r;
}

/* What becomes of the one act that waits. */
static enum void_reason look(struct node *node)
{
	struct engine_channel *channel = world_channel(node->world, node->side);
	struct pending_act pending;
	struct error error = { 0 };
	enum void_reason reason;

	if (engine_pending_next(channel, 0, &pending, &error) != OK)
		fail_msg("%s", error.message);
	reason = pending.verdict.reason;
	pending_act_release(&pending);
	if (engine_pending_sweep(channel, &error) != OK)
		fail_msg("%s", error.message);
	node_turn(node);
	return reason;
}

static enum pending_state state_of(struct node *node)
{
	struct pending_act pending;
	enum pending_state state;

	assert_ok(engine_pending_next(world_channel(node->world, node->side), 0, &pending, NULL));
	state = pending.value.state;
	pending_act_release(&pending);
	return state;
}

static void accredit_deputy(struct node *node)
{
	const char *values[] = { "d.deputy", "deputy", NULL, NULL };
	struct ed25519_secret secret;
	uint8_t seed[ED25519_SEED_SIZE] = { 77 };
	struct buffer text;
	struct ssh_key key;
	struct act act;

	ed25519_from_seed(&secret, seed);
	ssh_key_from_ed25519(&secret.public_key, &key);
	buffer_init(&text, 1024);
	assert_ok(ssh_key_print(&key, &text));
	assert_ok(buffer_put_u8(&text, 0));
	values[2] = (const char *)text.data;
	act = node_act(node, KIND_ACCREDIT, values);
	assert_ok(node_submit(node, &act, &node->head));
	world_run(node->world);
	buffer_release(&text);
}

static struct act with_deputy(struct node *node, struct act act)
{
	(void)node;
	memcpy(act.cosigner, "d.deputy", sizeof("d.deputy"));
	return act;
}

/* South completes north's amendment; the text of the charter is in the database. */
static void test_an_amendment_after_a_start(void **state)
{
	char previous[HASH_BASE64_CAPACITY], name[HASH_BASE64_CAPACITY];
	const char *values[] = { "2", previous, name, NULL };
	struct node *north, *south;
	struct act_place place;
	struct charter charter;
	struct error error;
	struct buffer text;
	struct world world;
	struct hash hash;
	struct act act;

	(void)state;
	open_on_disk(&world, 801);
	north = &world.nodes[NORTH];
	south = &world.nodes[SOUTH];
	accredit_deputy(south);
	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	charter = *channel_charter(world_channel(&world, NORTH));
	charter.clocks[CLOCK_REQUEST] = 3600;
	assert_ok(charter_print(&charter, &text, NULL));
	for (unsigned side = 0; side < 2; side++) {
		assert_ok(engine_give_charter(world_channel(&world, side), buffer_view(&text),
		                              &hash, &error));
		node_turn(&world.nodes[side]);
	}
	hash_to_base64(&channel_charter(world_channel(&world, NORTH))->hash, previous);
	hash_to_base64(&hash, name);
	act = node_act(north, KIND_AMEND, values);
	node_body(north, &act);
	assert_ok(node_submit(north, &act, &north->head));
	world_run(&world);

	act = with_deputy(south, node_act(south, KIND_AMEND, values));
	assert_true(rules_open_amendment(world_channel(&world, SOUTH)->rules, NORTH, &place));
	act.has_answers = true;
	act.answers = (struct act_reference){
		.party = "north",
		.generation = 1,
		.number = place.number,
		.leaf = rules_act(world_channel(&world, SOUTH)->rules, place)->leaf,
	};
	memcpy(act.answers.party, world_channel(&world, SOUTH)->charter->parties[NORTH].id,
	       sizeof act.answers.party);
	node_body(south, &act);
	hand_in(south, &act);
	assert_int_equal(look(south), VOID_NONE);
	world_cut(&world);
	node_end(south);
	node_begin(south);
	assert_int_equal(look(south), VOID_NONE);
	assert_int_equal(state_of(south), PENDING_WAITING);
	buffer_release(&text);
	world_release(&world);
}

static struct act proposal_of(struct node *node)
{
	static char expires[TIMESTAMP_CAPACITY];
	static const char *const values[] = { expires, NULL };
	struct act act;

	timestamp_format(node->world->now + 20 * 86400, expires);
	act = with_deputy(node, node_act(node, KIND_PROPOSE, values));
	node_body(node, &act);
	return act;
}

/* The clock was put back by some seconds: less than what the node asks about. */
static void test_a_clock_that_was_put_back(void **state)
{
	struct world world;
	struct node *south;
	struct act act;

	(void)state;
	world_init(&world, 802);
	world_open(&world);
	south = &world.nodes[SOUTH];
	accredit_deputy(south);
	act = proposal_of(south);
	hand_in(south, &act);
	node_comment(south);
	world_run(&world);
	world.now -= 30;
	assert_int_equal(look(south), VOID_NONE);
	assert_int_equal(state_of(south), PENDING_WAITING);
	world_release(&world);
}

static void test_behind_the_own_close(void **state)
{
	static const char *const from_channel[] = { "channel", NULL };
	struct world world;
	struct node *south;
	struct act act;

	(void)state;
	world_init(&world, 803);
	world_open(&world);
	south = &world.nodes[SOUTH];
	accredit_deputy(south);
	act = node_act(south, KIND_WITHDRAW, from_channel);
	assert_ok(node_submit(south, &act, &south->head));
	world_run(&world);
	world_pass(&world, world_channel(&world, SOUTH)->charter->notice + 1);
	act = with_deputy(south, node_act(south, KIND_COMMENT, NULL));
	node_body(south, &act);
	hand_in(south, &act);
	assert_int_equal(look(south), VOID_NONE);
	act = node_act(south, KIND_CLOSE, NULL);
	assert_ok(node_submit(south, &act, &south->head));
	world_run(&world);
	assert_true(rules_has_closed(world_channel(&world, SOUTH)->rules, SOUTH));
	assert_int_equal(look(south), VOID_CHANNEL_STATE);
	assert_int_equal(state_of(south), PENDING_LAPSED);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_amendment_after_a_start),
		cmocka_unit_test(test_a_clock_that_was_put_back),
		cmocka_unit_test(test_behind_the_own_close),
	};

	journal_open("pending", getenv("CHIRO_LOUD") != NULL ? 7 : 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
