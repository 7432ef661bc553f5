/* The evaluator of a simulated node (engine_world.h): it computes at once, and what it answers
 * is given to the engine in the node's next step. Its keys outlive the node's restarts. */
#ifndef EVALUATOR_WORLD_H
#define EVALUATOR_WORLD_H

#include "check.h"
#include "engine.h"
#include "evaluator_messages.h"
#include "oprf.h"

/* A key of a match-only list. */
struct list_key {
	struct evaluator_key_status status;
	struct oprf_scalar secret;
};

enum { LIST_KEYS_MAXIMUM = 64, LIST_ANSWERS_MAXIMUM = EVALUATOR_QUESTIONS_MAXIMUM + 8 };

/* What was answered, and the engine has not been given. */
struct evaluator_answer {
	uint16_t type;
	uint32_t request;
	struct buffer body;
};

struct evaluator_world {
	struct clock clock;
	struct random_source random;
	struct list_key keys[LIST_KEYS_MAXIMUM];
	size_t key_count;
	struct evaluator_answer answers[LIST_ANSWERS_MAXIMUM];
	size_t answer_count;
	bool is_slow; /* answers are held up */
};

static inline struct list_key *evaluator_world_key(struct evaluator_world *world,
                                                   const struct evaluator_key *key)
{
	for (size_t i = 0; i < world->key_count; i++)
		if (evaluator_key_equal(&world->keys[i].status.key, key))
			return &world->keys[i];
	return NULL;
}

static inline int evaluator_world_report(struct evaluator_world *world, struct buffer *answer)
{
	struct evaluator_key_status keys[LIST_KEYS_MAXIMUM];
	struct evaluator_report report = { .count = world->key_count, .keys = keys };

	for (size_t i = 0; i < world->key_count; i++)
		keys[i] = world->keys[i].status;
	return evaluator_put_report(answer, &report);
}

static inline int evaluator_world_make(struct evaluator_world *world, struct bytes body,
                                       struct buffer *answer)
{
	struct list_key *key = &world->keys[world->key_count++];
	struct oprf_element public_key;

	assert_true(world->key_count <= LIST_KEYS_MAXIMUM);
	assert_ok(oprf_generate_key(&world->random, &key->secret, &public_key));
	memcpy(key->status.key.channel.bytes, body.data, HASH_SIZE);
	memcpy(key->status.key.public_key, public_key.bytes, EVALUATOR_KEY_SIZE);
	key->status.created = world->clock.now(world->clock.context);
	return evaluator_put_new_key(answer, &key->status);
}

static inline int evaluator_world_evaluate(struct evaluator_world *world, struct bytes body,
                                           struct buffer *answer)
{
	struct oprf_element public_key, blinded, evaluated;
	struct evaluator_question question;
	const struct list_key *key;
	struct oprf_proof proof;
	int r = OK;

	assert_ok(evaluator_get_question(body, &question));
	if ((key = evaluator_world_key(world, &question.key)) == NULL)
		return ERROR_NOT_FOUND;
	memcpy(public_key.bytes, question.key.public_key, OPRF_ELEMENT_SIZE);
	for (size_t i = 0; r == OK && i < question.count; i++) {
		memcpy(blinded.bytes, question.elements.data + i * OPRF_ELEMENT_SIZE,
		       OPRF_ELEMENT_SIZE);
		if ((r = oprf_evaluate(&key->secret, &blinded, &evaluated)) != OK)
			break;
		assert_ok(buffer_put(answer, evaluated.bytes, OPRF_ELEMENT_SIZE));
		if (!question.proofs)
			continue;
		assert_ok(oprf_prove(&key->secret, &public_key, &blinded, &evaluated,
		                     &world->random, &proof));
		assert_ok(buffer_put(answer, proof.bytes, OPRF_PROOF_SIZE));
	}
	return r;
}

static inline int evaluator_world_destroy(struct evaluator_world *world, struct bytes body)
{
	struct evaluator_key key;
	struct list_key *place;

	assert_ok(evaluator_get_key(body, &key));
	if ((place = evaluator_world_key(world, &key)) == NULL)
		return ERROR_NOT_FOUND;
	*place = world->keys[--world->key_count];
	return OK;
}

/* Takes a message of the engine. */
static inline void evaluator_world_take(struct evaluator_world *world, uint16_t type,
                                        uint32_t request, struct bytes body)
{
	struct evaluator_answer *answer = &world->answers[world->answer_count++];
	int r;

	assert_true(world->answer_count <= LIST_ANSWERS_MAXIMUM);
	answer->type = type | MESSAGE_REPLY;
	answer->request = request;
	buffer_init(&answer->body, MESSAGE_BODY_MAXIMUM);
	if (type == EVALUATOR_REPORT)
		r = evaluator_world_report(world, &answer->body);
	else if (type == EVALUATOR_NEW_KEY)
		r = evaluator_world_make(world, body, &answer->body);
	else if (type == EVALUATOR_EVALUATE)
		r = evaluator_world_evaluate(world, body, &answer->body);
	else
		r = evaluator_world_destroy(world, body);
	if (r == OK)
		return;
	answer->type = MESSAGE_ERROR;
	buffer_clear(&answer->body);
	assert_ok(buffer_put_u16(&answer->body, (uint16_t)r));
	assert_ok(buffer_put_sized_string(&answer->body, "as the test's evaluator says"));
}

/* What was answered is lost. */
static inline void evaluator_world_drop(struct evaluator_world *world)
{
	for (size_t i = 0; i < world->answer_count; i++)
		buffer_release(&world->answers[i].body);
	world->answer_count = 0;
}

/* Its process ends, and another takes its place. */
static inline void evaluator_world_restart(struct evaluator_world *world, struct engine *engine)
{
	evaluator_world_drop(world);
	engine_evaluator_started(engine);
}

/* Gives the engine what was answered; whether there was anything. */
static inline bool evaluator_world_bring(struct evaluator_world *world, struct engine *engine)
{
	struct evaluator_answer answers[LIST_ANSWERS_MAXIMUM];
	size_t count = world->is_slow ? 0 : world->answer_count;
	struct error error = { 0 };

	memcpy(answers, world->answers, count * sizeof(answers[0]));
	if (count > 0)
		world->answer_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (engine_handle_evaluator(engine, answers[i].type, answers[i].request,
		                            buffer_view(&answers[i].body), &error) != OK)
			fail_msg("engine_handle_evaluator: %s", error.message);
		buffer_release(&answers[i].body);
	}
	return count > 0;
}

#endif
