/* Questions of an engine to its evaluator, which answers in later turns, ends and is started
 * anew. */
#include "channel_internal.h"
#include "engine_restore.h"

/* What came of questions, by their tags. */
static struct {
	unsigned done[8];
	int codes[8];
	struct evaluator_key key;
	struct buffer answer;
} seen;

static int note(struct engine *engine, const struct evaluation *evaluation, struct error *error)
{
	(void)error;
	assert_ptr_equal(evaluation->channel->engine, engine);
	seen.done[evaluation->tag]++;
	seen.codes[evaluation->tag] = evaluation->failure != NULL ? evaluation->failure->code : OK;
	seen.key = evaluation->key;
	buffer_clear(&seen.answer);
	assert_ok(buffer_put_bytes(&seen.answer, evaluation->answer));
	return OK;
}

static void start(struct world *world, uint32_t seed)
{
	memset(&seen, 0, sizeof(seen));
	buffer_init(&seen.answer, MESSAGE_BODY_MAXIMUM);
	world_init(world, seed);
	world_open(world);
}

static void end(struct world *world)
{
	buffer_release(&seen.answer);
	world_release(world);
}

static void step(struct world *world)
{
	bool worked;

	assert_ok(node_step(&world->nodes[NORTH], &worked));
}

static void restart_evaluator(struct world *world)
{
	evaluator_world_restart(&world->nodes[NORTH].evaluator, world->nodes[NORTH].engine);
}

static struct evaluator_key make_key(struct world *world)
{
	struct engine_channel *channel = world_channel(world, NORTH);
	unsigned before = seen.done[7];

	assert_ok(evaluation_new_key(channel, note, 7, NULL));
	step(world);
	assert_int_equal(seen.done[7], before + 1);
	assert_int_equal(seen.codes[7], OK);
	assert_true(evaluation_holds_key(channel, seen.key.public_key));
	return seen.key;
}

/* Elements as somebody blinds them; the inputs differ. */
static void blind(struct world *world, size_t count, uint8_t *ret_elements)
{
	struct random_source random = { world, world_random };

	for (size_t i = 0; i < count; i++) {
		struct oprf_element blinded;
		struct oprf_scalar secret;

		assert_ok(oprf_blind(OPRF_MODE_VOPRF, bytes_of(&i, sizeof(i)), &random, &secret,
		                     &blinded));
		memcpy(ret_elements + i * OPRF_ELEMENT_SIZE, blinded.bytes, OPRF_ELEMENT_SIZE);
	}
}

static int ask(struct world *world, const struct evaluator_key *key, bool proofs,
               struct bytes elements, uint64_t tag)
{
	return evaluation_ask(world_channel(world, NORTH), EVALUATION_FOR_CHANNEL, key->public_key,
	                      proofs, elements, note, tag, NULL);
}

static void test_a_key_and_what_it_evaluates(void **state)
{
	uint8_t elements[3 * OPRF_ELEMENT_SIZE];
	struct evaluator_key key;
	struct world world;

	(void)state;
	start(&world, 1701);
	key = make_key(&world);
	assert_true(hash_equal(&key.channel, &world.channel));
	blind(&world, 3, elements);
	assert_ok(ask(&world, &key, true, bytes_of(elements, sizeof(elements)), 0));
	assert_int_equal(seen.done[0], 0);
	step(&world);
	assert_int_equal(seen.done[0], 1);
	assert_int_equal(seen.answer.size, 3 * EVALUATOR_PROVED_SIZE);
	for (size_t i = 0; i < 3; i++) {
		const uint8_t *at = seen.answer.data + i * EVALUATOR_PROVED_SIZE;
		struct oprf_element public_key, blinded, evaluated;
		struct oprf_proof proof;

		memcpy(public_key.bytes, key.public_key, OPRF_ELEMENT_SIZE);
		memcpy(blinded.bytes, elements + i * OPRF_ELEMENT_SIZE, OPRF_ELEMENT_SIZE);
		memcpy(evaluated.bytes, at, OPRF_ELEMENT_SIZE);
		memcpy(proof.bytes, at + OPRF_ELEMENT_SIZE, OPRF_PROOF_SIZE);
		assert_ok(oprf_verify(&public_key, &blinded, &evaluated, &proof));
	}
	end(&world);
}

static void test_what_cannot_be_asked(void **state)
{
	static const uint8_t elements[(EVALUATOR_ELEMENTS_MAXIMUM + 1) * OPRF_ELEMENT_SIZE];
	struct evaluator_key key, other;
	struct world world;

	(void)state;
	start(&world, 1702);
	other = key = make_key(&world);
	other.public_key[0] ^= 1;
	assert_int_equal(ask(&world, &other, false, bytes_of(elements, 32), 0), ERROR_NOT_FOUND);
	assert_int_equal(ask(&world, &key, false, bytes_of(elements, 0), 0), ERROR_LIMIT);
	assert_int_equal(ask(&world, &key, false, bytes_of(elements, 33), 0), ERROR_LIMIT);
	assert_int_equal(ask(&world, &key, false, bytes_of(elements, sizeof(elements)), 0),
	                 ERROR_LIMIT);
	/* That these zeros are the identity is for the evaluator to see. */
	assert_ok(ask(&world, &key, false, bytes_of(elements, 32), 0));
	step(&world);
	assert_int_equal(seen.done[0], 1);
	assert_int_equal(seen.codes[0], ERROR_CANONICAL);
	end(&world);
}

static void test_people_leave_room(void **state)
{
	uint8_t elements[OPRF_ELEMENT_SIZE];
	struct engine_channel *channel;
	struct evaluator_key key;
	struct world world;

	(void)state;
	start(&world, 1703);
	key = make_key(&world);
	channel = world_channel(&world, NORTH);
	blind(&world, 1, elements);
	world.nodes[NORTH].evaluator.is_slow = true;
	for (unsigned i = 0; i < EVALUATIONS_FOR_PEOPLE; i++)
		assert_ok(evaluation_ask(channel, EVALUATION_FOR_PERSON, key.public_key, false,
		                         bytes_of(elements, 32), note, 0, NULL));
	assert_int_equal(evaluation_ask(channel, EVALUATION_FOR_PERSON, key.public_key, false,
	                                bytes_of(elements, 32), note, 0, NULL),
	                 ERROR_WAIT);
	assert_int_equal(evaluation_new_key(channel, note, 0, NULL), ERROR_WAIT);
	for (unsigned i = EVALUATIONS_FOR_PEOPLE; i < EVALUATOR_QUESTIONS_MAXIMUM; i++)
		assert_ok(ask(&world, &key, false, bytes_of(elements, 32), 1));
	assert_int_equal(ask(&world, &key, false, bytes_of(elements, 32), 1), ERROR_WAIT);
	world.nodes[NORTH].evaluator.is_slow = false;
	step(&world);
	assert_int_equal(seen.done[0], EVALUATIONS_FOR_PEOPLE);
	assert_int_equal(seen.done[1], EVALUATOR_QUESTIONS_MAXIMUM - EVALUATIONS_FOR_PEOPLE);
	assert_ok(ask(&world, &key, false, bytes_of(elements, 32), 2));
	step(&world);
	assert_int_equal(seen.codes[2], OK);
	end(&world);
}

static void test_an_evaluator_that_ends(void **state)
{
	uint8_t elements[OPRF_ELEMENT_SIZE];
	struct evaluator_key key;
	struct world world;

	(void)state;
	start(&world, 1704);
	key = make_key(&world);
	blind(&world, 1, elements);
	assert_ok(ask(&world, &key, false, bytes_of(elements, 32), 0));
	assert_ok(ask(&world, &key, true, bytes_of(elements, 32), 1));
	restart_evaluator(&world);
	/* The one that takes its place has not said yet what keys it has. */
	assert_false(evaluation_holds_key(world_channel(&world, NORTH), key.public_key));
	assert_int_equal(ask(&world, &key, false, bytes_of(elements, 32), 2), ERROR_WAIT);
	step(&world);
	assert_int_equal(seen.done[0], 1);
	assert_int_equal(seen.done[1], 1);
	assert_int_equal(seen.codes[0], ERROR_WAIT);
	assert_int_equal(seen.codes[1], ERROR_WAIT);
	assert_ok(ask(&world, &key, false, bytes_of(elements, 32), 0));
	step(&world);
	assert_int_equal(seen.done[0], 2);
	assert_int_equal(seen.codes[0], OK);
	end(&world);
}

static void test_a_key_that_is_destroyed(void **state)
{
	uint8_t elements[OPRF_ELEMENT_SIZE];
	struct engine_channel *channel;
	struct evaluator_key key;
	struct world world;

	(void)state;
	start(&world, 1705);
	key = make_key(&world);
	channel = world_channel(&world, NORTH);
	blind(&world, 1, elements);
	evaluation_destroy_key(channel, key.public_key);
	assert_false(evaluation_holds_key(channel, key.public_key));
	assert_int_equal(ask(&world, &key, false, bytes_of(elements, 32), 0), ERROR_NOT_FOUND);
	assert_int_equal(world.nodes[NORTH].evaluator.key_count, 0);
	step(&world);
	/* Asked for again it does no harm. */
	evaluation_destroy_key(channel, key.public_key);
	step(&world);
	restart_evaluator(&world);
	step(&world);
	assert_false(evaluation_holds_key(channel, key.public_key));
	end(&world);
}

static void test_a_node_that_ends(void **state)
{
	uint8_t elements[OPRF_ELEMENT_SIZE];
	struct evaluator_key key;
	struct world world;

	(void)state;
	start(&world, 1706);
	key = make_key(&world);
	blind(&world, 1, elements);
	assert_ok(ask(&world, &key, false, bytes_of(elements, 32), 0));
	node_restart(&world.nodes[NORTH]);
	step(&world);
	step(&world);
	assert_int_equal(seen.done[0], 0);
	assert_ok(ask(&world, &key, false, bytes_of(elements, 32), 1));
	step(&world);
	assert_int_equal(seen.codes[1], OK);
	assert_int_equal(seen.done[1], 1);
	end(&world);
}

/* A turn that cannot be stored has the channels loaded anew: what they had asked is theirs
 * to ask again, and people still get their answers. */
static void test_a_disk_that_fails(void **state)
{
	uint8_t elements[OPRF_ELEMENT_SIZE];
	struct evaluator_key key;
	struct world world;

	(void)state;
	start(&world, 1707);
	key = make_key(&world);
	blind(&world, 1, elements);
	world.nodes[NORTH].evaluator.is_slow = true;
	assert_ok(ask(&world, &key, false, bytes_of(elements, 32), 0));
	assert_ok(evaluation_ask(world_channel(&world, NORTH), EVALUATION_FOR_PERSON,
	                         key.public_key, false, bytes_of(elements, 32), note, 1, NULL));
	world.nodes[NORTH].failing_commits = 1;
	node_comment(&world.nodes[NORTH]);
	step(&world);
	assert_int_equal(world.nodes[NORTH].failing_commits, 0);
	world.nodes[NORTH].evaluator.is_slow = false;
	step(&world);
	assert_int_equal(seen.done[0], 0);
	assert_int_equal(seen.done[1], 1);
	assert_int_equal(seen.codes[1], OK);
	end(&world);
}

/* What only an evaluator gone wrong would say ends the engine. */
static void test_an_evaluator_gone_wrong(void **state)
{
	uint8_t elements[OPRF_ELEMENT_SIZE];
	struct evaluator_key key;
	struct engine *engine;
	struct world world;

	(void)state;
	start(&world, 1708);
	key = make_key(&world);
	blind(&world, 1, elements);
	engine = world.nodes[NORTH].engine;
	assert_int_equal(engine_handle_evaluator(engine, EVALUATOR_EVALUATE | MESSAGE_REPLY, 999,
	                                         bytes_of(elements, 32), NULL),
	                 ERROR_SYNTAX);
	assert_int_equal(engine_handle_evaluator(engine, EVALUATOR_REPORT | MESSAGE_REPLY, 0,
	                                         bytes_of(elements, 10), NULL),
	                 ERROR_SYNTAX);
	assert_int_equal(engine_handle_evaluator(engine, EVALUATOR_DESTROY_KEY | MESSAGE_REPLY, 5,
	                                         bytes_of(elements, 1), NULL),
	                 ERROR_SYNTAX);
	assert_ok(ask(&world, &key, false, bytes_of(elements, 32), 0));
	/* Of another length, and of another kind, than what was asked for. */
	assert_int_equal(engine_handle_evaluator(engine, EVALUATOR_EVALUATE | MESSAGE_REPLY,
	                                         engine->evaluation.last_request,
	                                         bytes_of(elements, 31), NULL),
	                 ERROR_SYNTAX);
	assert_int_equal(engine_handle_evaluator(engine, EVALUATOR_NEW_KEY | MESSAGE_REPLY,
	                                         engine->evaluation.last_request,
	                                         bytes_of(elements, 32), NULL),
	                 ERROR_SYNTAX);
	assert_int_equal(seen.done[0], 0);
	end(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_key_and_what_it_evaluates),
		cmocka_unit_test(test_what_cannot_be_asked),
		cmocka_unit_test(test_people_leave_room),
		cmocka_unit_test(test_an_evaluator_that_ends),
		cmocka_unit_test(test_a_key_that_is_destroyed),
		cmocka_unit_test(test_a_node_that_ends),
		cmocka_unit_test(test_a_disk_that_fails),
		cmocka_unit_test(test_an_evaluator_gone_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
