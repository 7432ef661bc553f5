#include "evaluation.h"

#include "allocate.h"
#include "channel_internal.h"

struct evaluation_question {
	uint32_t request;
	uint16_t type;
	enum evaluation_asker asker;
	struct evaluator_key key;
	bool proofs;
	size_t count;          /* of elements */
	evaluation_done *done; /* NULL: nobody waits any more */
	uint64_t tag;
	bool lost; /* with the evaluator that was asked */
};

static struct evaluation_state *state_of(const struct engine_channel *channel)
{
	return &channel->engine->evaluation;
}

static uint32_t next_request(struct evaluation_state *state)
{
	if (++state->last_request == 0)
		state->last_request = 1;
	return state->last_request;
}

static void send(struct engine *engine, uint16_t type, uint32_t request, struct bytes body)
{
	engine->settings.effects.send_evaluator(engine->settings.effects.context, type, request,
	                                        body);
}

/* --- which keys there are --------------------------------------------------------- */

static size_t find_key(const struct evaluation_state *state, const struct evaluator_key *key)
{
	size_t i = 0;

	while (i < state->report.count && !evaluator_key_equal(&state->report.keys[i].key, key))
		i++;
	return i;
}

static struct evaluator_key key_of(const struct engine_channel *channel,
                                   const uint8_t public_key[EVALUATOR_KEY_SIZE])
{
	struct evaluator_key key = { .channel = channel->id };

	memcpy(key.public_key, public_key, EVALUATOR_KEY_SIZE);
	return key;
}

bool evaluation_holds_key(const struct engine_channel *channel,
                          const uint8_t public_key[EVALUATOR_KEY_SIZE])
{
	const struct evaluation_state *state = state_of(channel);
	struct evaluator_key key = key_of(channel, public_key);

	return state->has_report && find_key(state, &key) < state->report.count;
}

static int add_key(struct evaluation_state *state, const struct evaluator_key_status *status)
{
	if (find_key(state, &status->key) < state->report.count)
		return OK;
	if (state->report.count == state->key_capacity) {
		size_t capacity = state->key_capacity < 16 ? 16 : 2 * state->key_capacity;
		struct evaluator_key_status *keys = reallocate(state->report.keys, capacity,
		                                               sizeof *keys);

		if (keys == NULL)
			return ERROR_MEMORY;
		state->report.keys = keys;
		state->key_capacity = capacity;
	}
	state->report.keys[state->report.count++] = *status;
	return OK;
}

static void remove_key(struct evaluation_state *state, const struct evaluator_key *key)
{
	size_t place = find_key(state, key);

	if (place < state->report.count)
		state->report.keys[place] = state->report.keys[--state->report.count];
}

static int take_report(struct evaluation_state *state, struct bytes body, struct error *error)
{
	struct evaluator_report report;
	int r;

	if ((r = evaluator_get_report(body, &report)) != OK)
		return error_set(error, r, "evaluator: malformed report");
	release_memory(state->report.keys);
	state->report = report;
	state->key_capacity = report.count;
	state->has_report = true;
	state->report_request = 0;
	return OK;
}

/* --- questions -------------------------------------------------------------------- */

static struct evaluation_question *find_question(struct evaluation_state *state, uint32_t request)
{
	for (size_t i = 0; i < state->question_count; i++)
		if (state->questions[i].request == request)
			return &state->questions[i];
	return NULL;
}

static size_t count_of(const struct evaluation_state *state, enum evaluation_asker asker)
{
	size_t count = 0;

	for (size_t i = 0; i < state->question_count; i++)
		count += state->questions[i].asker == asker;
	return count;
}

/* Makes sure that one more can be asked, by this asker. */
static int make_room(struct evaluation_state *state, enum evaluation_asker asker,
                     struct error *error)
{
	if (!state->has_report)
		return error_set(error, ERROR_WAIT,
		                 "the evaluator, which holds the keys of lists, is being started: "
		                 "ask again");
	if (state->question_count == EVALUATOR_QUESTIONS_MAXIMUM ||
	    (asker == EVALUATION_FOR_PERSON && count_of(state, asker) == EVALUATIONS_FOR_PEOPLE))
		return error_set(error, ERROR_WAIT,
		                 "the evaluator has as many questions as it takes: ask again");
	if (state->questions == NULL) {
		state->questions = allocate(EVALUATOR_QUESTIONS_MAXIMUM, sizeof *state->questions);
		if (state->questions == NULL)
			return error_set(error, ERROR_MEMORY, "out of memory");
	}
	return OK;
}

static void ask(struct engine_channel *channel, const struct evaluation_question *question,
                struct bytes body)
{
	struct evaluation_state *state = state_of(channel);
	struct evaluation_question *place = &state->questions[state->question_count++];

	*place = *question;
	place->request = next_request(state);
	send(channel->engine, place->type, place->request, body);
}

int evaluation_ask(struct engine_channel *channel, enum evaluation_asker asker,
                   const uint8_t public_key[EVALUATOR_KEY_SIZE], bool proofs, struct bytes elements,
                   evaluation_done *done, uint64_t tag, struct error *error)
{
	struct evaluation_question question = {
		.type = EVALUATOR_EVALUATE,
		.asker = asker,
		.key = key_of(channel, public_key),
		.proofs = proofs,
		.count = elements.size / EVALUATOR_ELEMENT_SIZE,
		.done = done,
		.tag = tag,
	};
	struct evaluator_question asked = { question.key, proofs, question.count, elements };
	struct buffer body;
	int r;

	if ((r = make_room(state_of(channel), asker, error)) != OK)
		return r;
	if (!evaluation_holds_key(channel, public_key))
		return error_set(error, ERROR_NOT_FOUND,
		                 "the key of this list is not here: it was destroyed, or is lost");
	buffer_init(&body, EVALUATOR_EVALUATE_MAXIMUM);
	if ((r = evaluator_put_question(&body, &asked)) == OK)
		ask(channel, &question, buffer_view(&body));
	else
		error_set(error, r,
		          "between 1 and %d elements of %d bytes can be evaluated at once",
		          EVALUATOR_ELEMENTS_MAXIMUM, EVALUATOR_ELEMENT_SIZE);
	buffer_release(&body);
	return r;
}

int evaluation_new_key(struct engine_channel *channel, evaluation_done *done, uint64_t tag,
                       struct error *error)
{
	struct evaluation_question question = {
		.type = EVALUATOR_NEW_KEY,
		.asker = EVALUATION_FOR_PERSON,
		.key = { .channel = channel->id },
		.done = done,
		.tag = tag,
	};
	int r;

	if ((r = make_room(state_of(channel), EVALUATION_FOR_PERSON, error)) != OK)
		return r;
	ask(channel, &question, bytes_of(channel->id.bytes, HASH_SIZE));
	return OK;
}

void evaluation_destroy_key(struct engine_channel *channel,
                            const uint8_t public_key[EVALUATOR_KEY_SIZE])
{
	struct evaluation_state *state = state_of(channel);
	struct evaluator_key key = key_of(channel, public_key);
	struct buffer body;

	if (!evaluation_holds_key(channel, public_key))
		return;
	/* From here on it counts as gone; what the evaluator still has it names again when it
	 * is started. */
	remove_key(state, &key);
	buffer_init(&body, HASH_SIZE + EVALUATOR_KEY_SIZE);
	if (evaluator_put_key(&body, &key) == OK)
		send(channel->engine, EVALUATOR_DESTROY_KEY, next_request(state),
		     buffer_view(&body));
	buffer_release(&body);
}

/* --- answers ---------------------------------------------------------------------- */

/* Takes the question off the table and tells who asked. */
static int conclude(struct engine *engine, struct evaluation_question *place,
                    const struct error *failure, struct bytes answer, struct error *error)
{
	struct evaluation_state *state = &engine->evaluation;
	struct evaluation_question question = *place;
	struct evaluation evaluation = {
		.channel = engine_find_channel(engine, &question.key.channel),
		.key = question.key,
		.tag = question.tag,
		.failure = failure,
		.answer = answer,
	};

	*place = state->questions[--state->question_count];
	if (question.done == NULL || evaluation.channel == NULL)
		return OK;
	return question.done(engine, &evaluation, error);
}

static int take_new_key(struct engine *engine, struct evaluation_question *question,
                        struct bytes body, struct error *error)
{
	struct evaluator_key_status status;
	int r;

	if (evaluator_get_new_key(body, &question->key.channel, &status) != OK)
		return error_set(error, ERROR_SYNTAX, "evaluator: malformed key");
	if ((r = add_key(&engine->evaluation, &status)) != OK)
		return error_set(error, r, "out of memory");
	question->key = status.key;
	return conclude(engine, question, NULL, body, error);
}

static int take_answer(struct engine *engine, struct evaluation_question *question, uint16_t type,
                       struct bytes body, struct error *error)
{
	if (type != (question->type | MESSAGE_REPLY))
		return error_set(error, ERROR_SYNTAX, "evaluator: an answer to another question");
	if (question->type == EVALUATOR_NEW_KEY)
		return take_new_key(engine, question, body, error);
	if (evaluator_check_answer(body, question->proofs, question->count) != OK)
		return error_set(error, ERROR_SYNTAX, "evaluator: malformed answer");
	return conclude(engine, question, NULL, body, error);
}

int engine_handle_evaluator(struct engine *engine, uint16_t type, uint32_t request,
                            struct bytes body, struct error *error)
{
	struct message message = { .type = type, .request = request, .body = body, .fd = -1 };
	struct evaluation_state *state = &engine->evaluation;
	struct evaluation_question *question = find_question(state, request);
	struct error failure;

	if (type == MESSAGE_ERROR) {
		message_get_error(&message, &failure);
		/* A key that could not be destroyed is named when the evaluator is asked what it
		 * has. */
		return question == NULL
		           ? OK
		           : conclude(engine, question, &failure, bytes_of(NULL, 0), error);
	}
	if (request != 0 && request == state->report_request &&
	    type == (EVALUATOR_REPORT | MESSAGE_REPLY))
		return take_report(state, body, error);
	if (question != NULL)
		return take_answer(engine, question, type, body, error);
	if (type == (EVALUATOR_DESTROY_KEY | MESSAGE_REPLY) && body.size == 0)
		return OK;
	return error_set(error, ERROR_SYNTAX, "evaluator: malformed message");
}

/* --- the role --------------------------------------------------------------------- */

void engine_evaluator_started(struct engine *engine)
{
	struct evaluation_state *state = &engine->evaluation;

	for (size_t i = 0; i < state->question_count; i++)
		state->questions[i].lost = true;
	state->has_report = false;
	state->report_request = next_request(state);
	send(engine, EVALUATOR_REPORT, state->report_request, bytes_of(NULL, 0));
}

int evaluation_settle(struct engine *engine, struct error *error)
{
	struct evaluation_state *state = &engine->evaluation;
	struct error failure;
	size_t i = 0;
	int r;

	error_set(&failure, ERROR_WAIT,
	          "the evaluator, which holds the keys of lists, has ended and was started anew: "
	          "ask again");
	/* One that is concluded makes room for the last; whoever asks again is behind it. */
	while (i < state->question_count) {
		if (!state->questions[i].lost)
			i++;
		else if ((r = conclude(engine, &state->questions[i], &failure, bytes_of(NULL, 0),
		                       error)) != OK)
			return r;
	}
	return OK;
}

void evaluation_forget(struct engine *engine, enum evaluation_asker asker)
{
	struct evaluation_state *state = &engine->evaluation;

	for (size_t i = 0; i < state->question_count; i++)
		if (state->questions[i].asker == asker)
			state->questions[i].done = NULL;
}

void evaluation_release(struct engine *engine)
{
	release_memory(engine->evaluation.report.keys);
	release_memory(engine->evaluation.questions);
	engine->evaluation = (struct evaluation_state){ 0 };
}
