/* Two engines, and everything that can happen to them at random: acts legal and
 * not, bodies of all sizes, cuts, restarts, a keeper that dies, a disk that fails,
 * blobs that are lost, frames damaged on the way. After each step what has been
 * said stands; at the end, on a line that works, both hold the same.
 *
 *     CHIRO_SEED=n      this seed alone
 *     CHIRO_SEEDS=n     so many
 */
#include "engine_succeed.h"
#include "journal.h"

enum { SEEDS = 300, STEPS = 40, BIG_BLOB = 200 * 1024 };

struct simulation {
	struct world world;
	uint64_t state;    /* of the choices */
	uint64_t sizes[2]; /* of the logs, as far as anybody durably held them */
	struct hash leaves[2][HEADS_MAXIMUM];
	struct {
		struct hash hash;
		bool lost;
	} big[64];
	size_t big_count;
};

/* xorshift64*, Vigna 2014. */
static uint64_t choose(struct simulation *simulation, uint64_t count)
{
	simulation->state ^= simulation->state >> 12;
	simulation->state ^= simulation->state << 25;
	simulation->state ^= simulation->state >> 27;
	return (simulation->state * UINT64_C(2685821657736338717) >> 33) % count;
}

static struct node *some_node(struct simulation *simulation)
{
	return &simulation->world.nodes[choose(simulation, 2)];
}

/* --- what must hold after each step ------------------------------------------- */

/* No log changes or gets shorter, neither at home nor as the other side holds it. */
static void check_append_only(struct simulation *simulation)
{
	for (unsigned side = 0; side < 2; side++) {
		const struct rules *rules = world_channel(&simulation->world, side)->rules;

		assert_true(rules_size(rules, side) >= simulation->sizes[side]);
		for (unsigned party = 0; party < 2; party++) {
			uint64_t size = rules_size(rules, party);

			assert_true(size < HEADS_MAXIMUM);
			for (uint64_t i = 0; i < size; i++) {
				struct hash *leaf = &simulation->leaves[party][i];
				const struct act_summary *act = rules_act(
				    rules, (struct act_place){ party, i });

				if (i >= simulation->sizes[party])
					*leaf = act->leaf;
				assert_true(hash_equal(leaf, &act->leaf));
			}
			if (size > simulation->sizes[party])
				simulation->sizes[party] = size;
		}
	}
}

static void check_verdicts(struct simulation *simulation)
{
	const struct rules *rules[2];

	for (unsigned side = 0; side < 2; side++)
		rules[side] = world_channel(&simulation->world, side)->rules;
	for (unsigned party = 0; party < 2; party++) {
		uint64_t a = rules_size(rules[0], party), b = rules_size(rules[1], party);

		for (uint64_t i = 0; i < a && i < b; i++) {
			struct act_place place = { party, i };

			assert_int_equal(rules_act(rules[0], place)->verdict.code,
			                 rules_act(rules[1], place)->verdict.code);
			assert_int_equal(rules_act(rules[0], place)->verdict.reason,
			                 rules_act(rules[1], place)->verdict.reason);
		}
	}
}

static void check(struct simulation *simulation)
{
	check_append_only(simulation);
	check_verdicts(simulation);
	for (unsigned side = 0; side < 2; side++) {
		const struct engine_channel *channel = world_channel(&simulation->world, side);

		assert_false(channel->faulted);
		assert_false(channel->read_only);
		assert_true(channel->evidence_count <= EVIDENCE_MAXIMUM);
	}
}

/* --- moving on ------------------------------------------------------------------- */

static void step_nodes(struct simulation *simulation)
{
	struct world *world = &simulation->world;
	bool worked;

	for (unsigned side = 0; side < 2; side++) {
		struct node *node = &world->nodes[side];

		if (node_step(node, &worked) == OK)
			continue;
		/* The keeper died in the middle: the parent starts both again. */
		world_cut(world);
		node_restart(node);
	}
	if (world->closing)
		world_cut(world);
	world->monotonic += 60000000;
}

static void run_a_while(struct simulation *simulation)
{
	uint64_t steps = choose(simulation, 6);

	for (uint64_t i = 0; i < steps; i++)
		step_nodes(simulation);
}

/* --- what can happen ---------------------------------------------------------------- */

static void say_something(struct simulation *simulation)
{
	struct node *node = some_node(simulation);

	for (uint64_t i = choose(simulation, 4) + 1; i > 0; i--)
		node_comment(node);
}

/* A blob too large to ride along, and no age file: it will be named unopenable. */
static void say_something_big(struct simulation *simulation)
{
	struct node *node = some_node(simulation);
	struct engine_channel *channel = world_channel(&simulation->world, node->side);
	struct act act = node_act(node, KIND_COMMENT, NULL);
	size_t size = 66000 + choose(simulation, BIG_BLOB), at = 0;
	uint8_t *bytes = malloc(size);
	struct error error;
	uint64_t held;
	bool complete = false;

	if (simulation->big_count == 64) {
		free(bytes);
		return;
	}
	memset(bytes, 'x', size);
	assert_ok(world_random(&simulation->world, bytes, HASH_SIZE));
	act.has_body = true;
	act.body.parts = 1;
	act.body.sealed_size = size;
	sha256_of(&act.body.sealed_hash, bytes_of(bytes, size));
	act.body.root = act.body.sealed_hash;
	while (!complete) {
		size_t piece = size - at < 70000 ? size - at : 70000;

		assert_ok(engine_upload(channel, &act.body.sealed_hash, size, at,
		                        bytes_of(bytes + at, piece), &held, &complete, &error));
		at += piece;
	}
	assert_ok(node_submit(node, &act, &node->head));
	free(bytes);
	simulation->big[simulation->big_count++].hash = act.body.sealed_hash;
}

/* Signed by a stranger, dated tomorrow, or the same twice: refused, or once. */
static void say_something_wrong(struct simulation *simulation)
{
	struct node *node = some_node(simulation);
	struct act act = node_act(node, KIND_COMMENT, NULL);

	switch (choose(simulation, 4)) {
	case 0:
		node_body(node, &act);
		node_submit(node, &act, &node->appointing);
		break;
	case 1:
		act.time += 86400;
		node_body(node, &act);
		node_submit(node, &act, &node->head);
		break;
	case 2:
		node_body(node, &act);
		node_submit(node, &act, &node->head);
		node_submit(node, &act, &node->head);
		break;
	default:
		act = node_act(node, KIND_CLOSE, NULL);
		node_submit(node, &act, &node->head);
	}
}

static void suspend_or_resume(struct simulation *simulation)
{
	struct node *node = some_node(simulation);
	struct act act = node_act(node, choose(simulation, 2) ? KIND_SUSPEND : KIND_RESUME, NULL);

	node_submit(node, &act, &node->head);
}

static void change_a_key(struct simulation *simulation)
{
	static const struct {
		const char *item;
		enum keeper_purpose purpose;
	} items[] = {
		{ "link-key", KEEPER_KEY_LINK },
		{ "node-key", KEEPER_KEY_NODE },
		{ "receipt-key", KEEPER_KEY_RECEIPT },
		{ "reading-key", KEEPER_KEY_READING },
	};
	size_t item = choose(simulation, 4);
	struct node *node = some_node(simulation);
	char key[KEEPER_KEY_TEXT_CAPACITY];
	const char *values[] = { items[item].item, key, NULL };
	struct error error;
	struct act act;

	/* A keeper holds few keys that are not used yet; then it says so. */
	if (engine_new_key(world_channel(&simulation->world, node->side), items[item].purpose, key,
	                   &error) != OK)
		return;
	act = node_act(node, KIND_REKEY, values);
	node_submit(node, &act, &node->head);
}

/* A log goes on under another key, in whatever moment: it does, or nothing is changed. */
static void continue_a_log(struct simulation *simulation)
{
	struct node *node = some_node(simulation);
	struct engine_channel *channel = world_channel(&simulation->world, node->side);
	char key[KEEPER_KEY_TEXT_CAPACITY];
	struct error error;

	if (engine_new_key(channel, KEEPER_KEY_LOG, key, &error) == OK)
		node_appoint_log_by(node, key, &node->appointing);
}

static void test_channel(struct simulation *simulation)
{
	struct node *node = some_node(simulation);
	struct error error;

	engine_submit_test(world_channel(&simulation->world, node->side), 9, &error);
}

static void cut_or_link(struct simulation *simulation)
{
	if (simulation->world.linked)
		world_cut(&simulation->world);
	else
		world_link(&simulation->world);
}

static void restart(struct simulation *simulation)
{
	world_cut(&simulation->world);
	node_restart(some_node(simulation));
}

static void kill_keeper(struct simulation *simulation)
{
	some_node(simulation)->mood = choose(simulation, 2) ? KEEPER_DIES_BEFORE
	                                                    : KEEPER_DIES_AFTER;
}

static void fail_disk(struct simulation *simulation)
{
	some_node(simulation)->failing_commits = (unsigned)choose(simulation, 3) + 1;
}

static void pass_time(struct simulation *simulation)
{
	world_pass(&simulation->world, (int64_t)choose(simulation, 200));
}

/* A bit of something under way flips: TLS would have seen it, a bad peer does it. */
static void damage(struct simulation *simulation)
{
	struct node *node = some_node(simulation);
	struct wire_message *message;
	size_t at;

	if (node->inbox_count == 0)
		return;
	message = &node->inbox[choose(simulation, node->inbox_count)];
	if (message->type != LINK_FRAME)
		return;
	at = HASH_SIZE + choose(simulation, message->body.size - HASH_SIZE);
	message->body.data[at] ^= (uint8_t)(1u << choose(simulation, 8));
}

/* Something that came comes again. */
static void replay(struct simulation *simulation)
{
	struct node *node = some_node(simulation);
	struct buffer *body;

	if (node->inbox_count == 0)
		return;
	body = &node->inbox[choose(simulation, node->inbox_count)].body;
	if (body->size > HASH_SIZE && body->data[HASH_SIZE] != FRAME_HELLO &&
	    node->inbox[0].type == LINK_FRAME) {
		simulation->world.nodes[1 - node->side].replayed++;
		node_put(node, LINK_FRAME, bytes_of(body->data, HASH_SIZE),
		         bytes_of(body->data + HASH_SIZE, body->size - HASH_SIZE));
	}
}

static void claim_to_hold_everything(struct simulation *simulation)
{
	struct world *world = &simulation->world;
	struct frame_hello hello = { .version_minimum = 1,
		                     .version_maximum = 1,
		                     .channel = world->channel,
		                     .held = 1000000 };
	struct node *node = some_node(simulation);
	struct buffer frame;

	if (!world->linked)
		return;
	buffer_init(&frame, 1024);
	hello.party = (uint8_t)(1 - node->side);
	assert_ok(frame_put_hello(&frame, &hello));
	node_put(node, LINK_FRAME, bytes_of(world->channel.bytes, HASH_SIZE),
	         bytes_of(frame.data + 4, frame.size - 4));
	buffer_release(&frame);
}

static const struct {
	unsigned weight;
	void (*happen)(struct simulation *simulation);
} events[] = {
	{ 10, say_something },
	{ 3, say_something_big },
	{ 2, say_something_wrong },
	{ 1, suspend_or_resume },
	{ 1, change_a_key },
	{ 1, continue_a_log },
	{ 2, test_channel },
	{ 5, cut_or_link },
	{ 2, restart },
	{ 2, kill_keeper },
	{ 2, fail_disk },
	{ 3, pass_time },
	{ 2, damage },
	{ 1, replay },
	{ 1, claim_to_hold_everything },
};

static void something_happens(struct simulation *simulation)
{
	uint64_t chosen = 0;
	size_t i = 0;

	for (size_t k = 0; k < sizeof(events) / sizeof(events[0]); k++)
		chosen += events[k].weight;
	chosen = choose(simulation, chosen);
	for (; chosen >= events[i].weight; i++)
		chosen -= events[i].weight;
	events[i].happen(simulation);
}

/* --- a run ----------------------------------------------------------------------------- */

/* Everything works again: what was said by either is held, and receipted, by both. */
static void converge(struct simulation *simulation)
{
	struct world *world = &simulation->world;

	for (unsigned side = 0; side < 2; side++) {
		world->nodes[side].failing_commits = 0;
		world->nodes[side].mood = KEEPER_WORKS;
	}
	/* One whose appointment did not come to be holds its log no longer. */
	world_pass(world, 3601);
	for (unsigned attempt = 0; attempt < 3; attempt++) {
		world_cut(world);
		world_run(world);
		world_link(world);
		world_run(world);
		world_pass(world, 120);
		world_run(world);
	}
	check(simulation);
	world_check_agreement(world);
	for (unsigned side = 0; side < 2; side++)
		assert_int_equal(world_channel(world, side)->wanted_count, 0);
}

static void run_seed(uint64_t seed)
{
	struct simulation *simulation = calloc(1, sizeof(*simulation));

	simulation->state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	world_init(&simulation->world, (uint32_t)(seed * 131));
	world_open(&simulation->world);
	for (unsigned i = 0; i < STEPS; i++) {
		something_happens(simulation);
		run_a_while(simulation);
		check(simulation);
	}
	converge(simulation);
	world_release(&simulation->world);
	free(simulation);
}

static uint64_t present_seed;

static void test_simulation(void **state)
{
	const char *one = getenv("CHIRO_SEED"), *many = getenv("CHIRO_SEEDS");
	uint64_t first = one != NULL ? strtoull(one, NULL, 10) : 1;
	uint64_t count = one != NULL ? 1 : many != NULL ? strtoull(many, NULL, 10) : SEEDS;

	(void)state;
	for (present_seed = first; present_seed < first + count; present_seed++)
		run_seed(present_seed);
	present_seed = 0;
}

static int say_seed(void **state)
{
	(void)state;
	if (present_seed != 0)
		print_message("# CHIRO_SEED=%llu repeats the failure\n",
		              (unsigned long long)present_seed);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_simulation, say_seed),
	};

	/* Failures that are made here are not worth their lines. */
	journal_open("simulation", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
