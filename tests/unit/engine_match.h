/* Match-only lists in the world of engine_world.h: north publishes them, south asks. */
#ifndef ENGINE_MATCH_H
#define ENGINE_MATCH_H

#include "channel_internal.h"
#include "engine_restore.h"

/* --- lists ------------------------------------------------------------------------------- */

/* A key of north's evaluator, as it is committed to. */
static inline void world_new_key(struct world *world, struct class_commitment *ret_commitment)
{
	struct node *north = &world->nodes[NORTH];
	struct buffer answer;

	buffer_init(&answer, 1024);
	assert_ok(evaluator_world_make(&north->evaluator, bytes_of(world->channel.bytes, HASH_SIZE),
	                               &answer));
	*ret_commitment = (struct class_commitment){ .pairs = 64, .root = { { 1 } } };
	memcpy(ret_commitment->public_key,
	       north->evaluator.keys[north->evaluator.key_count - 1].status.key.public_key,
	       CLASS_KEY_SIZE);
	buffer_release(&answer);
	engine_evaluator_started(north->engine);
	world_run(world);
}

static inline void add_field(struct act *act, const char *name, const char *text)
{
	for (size_t i = 0; i < kind_field_count(act->kind); i++)
		if (strcmp(act->kind->fields[i].name, name) == 0) {
			act->fields[act->field_count].field = &act->kind->fields[i];
			act->fields[act->field_count++].text = bytes_of_string(text);
			return;
		}
	fail_msg("no field '%s'", name);
}

static inline void refer_to_matter(struct world *world, unsigned side, struct act *act,
                                   struct act_place opening)
{
	struct engine_channel *channel = world_channel(world, side);

	act->matter_use = ACT_MATTER_JOINS;
	act->matter.generation = 1;
	act->matter.number = opening.number;
	act->matter.leaf = rules_act(channel->rules, opening)->leaf;
	memcpy(act->matter.party, channel->charter->parties[opening.party].id,
	       sizeof(act->matter.party));
}

/* A list or another version of it, of the classes ipv4 and domain with keys of their own. Runs
 * the world. */
static inline struct act_place world_publish(struct world *world, const struct act_place *list,
                                             uint64_t epoch,
                                             struct class_commitment ret_commitments[2])
{
	struct node *north = &world->nodes[NORTH];
	struct act act = node_act(north, list == NULL ? KIND_LIST : KIND_UPDATE_LIST, NULL);
	struct engine_channel *channel = world_channel(world, NORTH);
	uint64_t number;
	char epoch_text[24];
	struct buffer texts[2];

	snprintf(epoch_text, sizeof(epoch_text), "%llu", (unsigned long long)epoch);
	add_field(&act, "mode", "match-only");
	add_field(&act, "epoch", epoch_text);
	for (size_t i = 0; i < 2; i++) {
		enum identifier_class identifier_class = i == 0 ? IDENTIFIER_IPV4
		                                                : IDENTIFIER_DOMAIN;

		world_new_key(world, &ret_commitments[i]);
		ret_commitments[i].lengths[24] = i == 0;
		buffer_init(&texts[i], CLASS_COMMITMENT_TEXT_MAXIMUM);
		assert_ok(class_commitment_print(&texts[i], identifier_class, &ret_commitments[i]));
		assert_ok(buffer_put_u8(&texts[i], 0));
		add_field(&act, identifier_class_name(identifier_class),
		          (const char *)texts[i].data);
	}
	if (list != NULL)
		refer_to_matter(world, NORTH, &act, *list);
	node_body(north, &act);
	assert_ok(node_submit(north, &act, &north->head));
	world_run(world);
	buffer_release(&texts[0]);
	buffer_release(&texts[1]);
	number = rules_size(channel->rules, NORTH) - 1;
	while (rules_act(channel->rules, (struct act_place){ NORTH, number })->kind != act.kind)
		number--;
	return (struct act_place){ NORTH, number };
}

static inline void world_retire(struct world *world, struct act_place list)
{
	struct node *north = &world->nodes[NORTH];
	struct act act = node_act(north, KIND_RETIRE_LIST, NULL);

	refer_to_matter(world, NORTH, &act, list);
	assert_ok(node_submit(north, &act, &north->head));
	world_run(world);
}

/* --- questions ------------------------------------------------------------------------------ */

enum { ELEMENTS_MAXIMUM = EXCHANGE_ELEMENTS_MAXIMUM * OPRF_ELEMENT_SIZE };

/* Blinded elements that nobody asked for before. */
static inline struct bytes world_elements(struct world *world, size_t count,
                                          uint8_t ret_elements[ELEMENTS_MAXIMUM])
{
	struct random_source random = { world, world_random };
	struct oprf_element element;
	struct oprf_scalar blind;

	for (size_t i = 0; i < count; i++) {
		assert_ok(oprf_blind(OPRF_MODE_VOPRF, bytes_of_string("domain"), &random, &blind,
		                     &element));
		memcpy(ret_elements + i * OPRF_ELEMENT_SIZE, element.bytes, OPRF_ELEMENT_SIZE);
	}
	return bytes_of(ret_elements, count * OPRF_ELEMENT_SIZE);
}

/* What south's API said last of a question. */
struct said {
	int code; /* OK: it was answered */
	char reason[API_NAME_MAXIMUM];
	struct bytes outcome, question, question_armor, answer, answer_armor, evaluations;
};

static inline struct said node_said(const struct node *node, bool failed)
{
	struct bytes body = buffer_view(&node->last_answer);
	struct cursor cursor = cursor_over(body);
	struct api_failure failure;
	struct said said = { .code = OK };

	if (failed) {
		assert_ok(api_get_failure(body, &failure));
		said.code = failure.error.code;
		memcpy(said.reason, failure.reason, sizeof(said.reason));
		return said;
	}
	assert_ok(cursor_get_sized(&cursor, 64, &said.outcome));
	assert_ok(cursor_get_sized(&cursor, 1024, &said.question));
	assert_ok(cursor_get_sized(&cursor, 1024, &said.question_armor));
	assert_ok(cursor_get_sized(&cursor, 1024, &said.answer));
	assert_ok(cursor_get_sized(&cursor, 1024, &said.answer_armor));
	assert_ok(cursor_get_sized(&cursor, MATCH_CONTENT_MAXIMUM, &said.evaluations));
	assert_ok(cursor_end(&cursor));
	return said;
}

/* Asks as the API does; the answer comes when the world runs, or at once. */
static inline int south_begins(struct world *world, struct act_place list,
                               enum identifier_class identifier_class, struct bytes elements,
                               struct said *ret_said)
{
	struct engine_channel *channel = world_channel(world, SOUTH);
	const char *reason = "";
	struct error error = { 0 };

	*ret_said = (struct said){ .code = match_ask(channel, 9, list, identifier_class, 0,
		                                     elements, &reason, &error) };
	snprintf(ret_said->reason, sizeof(ret_said->reason), "%s", reason);
	return ret_said->code;
}

static inline struct said south_asks(struct world *world, struct act_place list,
                                     enum identifier_class identifier_class, struct bytes elements)
{
	struct node *south = &world->nodes[SOUTH];
	size_t answers = south->answers, errors = south->errors;
	struct said said;

	if (south_begins(world, list, identifier_class, elements, &said) != OK)
		return said;
	world_run(world);
	if (south->answers == answers)
		fail_msg("nothing was answered");
	assert_int_equal(south->answers, answers + 1);
	return node_said(south, south->errors > errors);
}

static inline void assert_evaluated(const struct said *said, struct bytes elements,
                                    const struct class_commitment *commitment)
{
	struct oprf_element public_key, blinded, evaluated;
	struct oprf_proof proof;
	size_t count = elements.size / OPRF_ELEMENT_SIZE;

	assert_int_equal(said->code, OK);
	assert_bytes_string(said->outcome, "evaluated");
	assert_int_equal(said->evaluations.size, count * EXCHANGE_EVALUATION_SIZE);
	memcpy(public_key.bytes, commitment->public_key, OPRF_ELEMENT_SIZE);
	for (size_t i = 0; i < count; i++) {
		const uint8_t *evaluation = said->evaluations.data + i * EXCHANGE_EVALUATION_SIZE;

		memcpy(blinded.bytes, elements.data + i * OPRF_ELEMENT_SIZE, OPRF_ELEMENT_SIZE);
		memcpy(evaluated.bytes, evaluation, OPRF_ELEMENT_SIZE);
		memcpy(proof.bytes, evaluation + OPRF_ELEMENT_SIZE, OPRF_PROOF_SIZE);
		assert_ok(oprf_verify(&public_key, &blinded, &evaluated, &proof));
	}
}

static inline struct exchange_state world_counted(struct world *world, unsigned side,
                                                  struct act_place list,
                                                  enum identifier_class identifier_class)
{
	return match_counted(match_find(world_channel(world, side), list, identifier_class));
}

/* Both sides count the same, and name the same last answer. */
static inline void assert_counts(struct world *world, struct act_place list,
                                 enum identifier_class identifier_class, uint64_t total)
{
	struct exchange_state north = world_counted(world, NORTH, list, identifier_class);
	struct exchange_state south = world_counted(world, SOUTH, list, identifier_class);

	assert_int_equal(north.total, total);
	assert_int_equal(south.total, total);
	assert_int_equal(north.number, south.number);
	assert_int_equal(north.today, south.today);
	assert_true(north.day == south.day && !north.open && !south.open);
	assert_true(hash_equal(&north.last, &south.last));
}

/* --- a list and what is asked of it ------------------------------------------------------- */

enum { BUDGET_DAY = 40, BUDGET_LIST = 100 };

static inline void small_budgets(struct world *world, struct charter *charter)
{
	(void)world;
	charter->query_budget_day = BUDGET_DAY;
	charter->query_budget_list = BUDGET_LIST;
}

/* Two nodes, the list, and what it commits to. */
struct asked {
	struct world world;
	struct act_place list;
	struct class_commitment commitments[2]; /* ipv4, domain */
	uint8_t elements[ELEMENTS_MAXIMUM];
};

static inline void begin(struct asked *asked, uint32_t seed, bool on_disk)
{
	world_init_stored(&asked->world, seed, on_disk);
	asked->world.change_charter = small_budgets;
	world_open(&asked->world);
	asked->list = world_publish(&asked->world, NULL, 1, asked->commitments);
	world_check_agreement(&asked->world);
}

static inline struct bytes fresh(struct asked *asked, size_t count)
{
	return world_elements(&asked->world, count, asked->elements);
}

static inline struct said ask(struct asked *asked, size_t count)
{
	return south_asks(&asked->world, asked->list, IDENTIFIER_DOMAIN, fresh(asked, count));
}

static inline void ask_well(struct asked *asked, size_t count)
{
	struct said said = ask(asked, count);

	assert_evaluated(&said, bytes_of(asked->elements, count * OPRF_ELEMENT_SIZE),
	                 &asked->commitments[1]);
}

static inline void assert_refused(const struct said *said, const char *reason)
{
	assert_int_not_equal(said->code, OK);
	assert_string_equal(said->reason, reason);
}

static inline struct match_account *account_of(struct asked *asked, unsigned side)
{
	return match_account(world_channel(&asked->world, side), asked->list, IDENTIFIER_DOMAIN);
}

/* South's node does not keep to the charter. */
static inline void make_curious(struct asked *asked)
{
	struct charter *charter = (struct charter *)(uintptr_t)channel_charter(
	    world_channel(&asked->world, SOUTH));

	charter->query_budget_day = charter->query_budget_list = 1000000;
}

#endif
