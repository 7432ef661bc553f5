/* Question after question: one is under way while the answer before it is checked. */
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "allocate.h"
#include "asking_answer.h"
#include "asking_internal.h"
#include "parallel.h"
#include "sha.h"
#include "system.h"
#include "translate.h"

enum { THREADS = 2, QUESTIONS_LEFT_MAXIMUM = 256, BATCHES = 3 };

/* What became of one identifier of a question. */
struct outcome {
	bool is_hit;
	int result; /* ERROR_SIGNATURE: its proof does not hold */
	struct asking_hit hit;
};

struct batch {
	struct asking *asking;
	size_t count;
	struct identifier identifiers[EXCHANGE_ELEMENTS_MAXIMUM];
	struct oprf_scalar blinds[EXCHANGE_ELEMENTS_MAXIMUM];
	struct oprf_element blinded[EXCHANGE_ELEMENTS_MAXIMUM];
	struct hash content; /* of the blinded elements */
	bool taken_up;       /* it was asked before, and cut off */
	/* While it is under way: */
	struct api *api;
	pthread_t thread;
	bool has_thread;
	int result;
	struct error error;
	struct asking_answer answer;
	/* Then: */
	struct outcome outcomes[EXCHANGE_ELEMENTS_MAXIMUM];
};

struct run {
	struct asking *asking;
	struct batch *batches[BATCHES];
	size_t next_batch;    /* of them */
	size_t next_question; /* of asking->questions */
	uint64_t most, asked;
	size_t left_count, left_next; /* questions that were cut off */
	char left[QUESTIONS_LEFT_MAXIMUM][ASKED_NAME_CAPACITY];
	struct api *api; /* of the question under way */
};

/* --- making a question ------------------------------------------------------------------- */

static int note_left(void *context, const char *name)
{
	struct run *run = context;

	if (run->left_count == QUESTIONS_LEFT_MAXIMUM || strlen(name) >= ASKED_NAME_CAPACITY)
		return OK;
	memcpy(run->left[run->left_count++], name, strlen(name) + 1);
	return OK;
}

static int take_left_line(void *context, const struct asked_line *line)
{
	struct batch *batch = context;
	struct identifier *identifier = &batch->identifiers[batch->count];

	if (line->what != ASKED_OPEN || batch->count == EXCHANGE_ELEMENTS_MAXIMUM)
		return ERROR_SYNTAX;
	*identifier = (struct identifier){ .identifier_class = batch->asking->identifier_class,
		                           .size = line->identifier.size };
	if (bytes_to_string(line->identifier, identifier->text, sizeof(identifier->text)) != OK)
		return ERROR_SYNTAX;
	batch->blinds[batch->count++] = line->blind;
	return OK;
}

/* One that was cut off, as it was. */
static void take_left(struct run *run, struct batch *batch)
{
	while (batch->count == 0 && run->left_next < run->left_count) {
		const char *name = run->left[run->left_next++];
		struct error error = { 0 };

		if (asked_store_read_question(&run->asking->store, name, take_left_line, batch,
		                              &error) != OK) {
			complain(_("%s: %s: an earlier question cannot be taken up again"), name,
			         error.message);
			batch->count = 0;
		}
	}
	batch->taken_up = batch->count > 0;
}

/* The next that are open; those that were cut off are being asked. */
static void take_new(struct run *run, struct batch *batch)
{
	struct asking *asking = run->asking;

	while (batch->count < EXCHANGE_ELEMENTS_MAXIMUM && run->asked < run->most &&
	       run->next_question < asking->count) {
		const struct asking_question *question = &asking->questions[run->next_question++];
		struct identifier *identifier = &batch->identifiers[batch->count];

		if (question->state != ASKING_OPEN || question->under_way)
			continue;
		*identifier = (struct identifier){ .identifier_class = asking->identifier_class,
			                           .size = strlen(question->identifier) };
		memcpy(identifier->text, question->identifier, identifier->size);
		batch->count++;
		run->asked++;
	}
}

static int blind_one(void *context, size_t index)
{
	const struct random_source random = system_random();
	struct batch *batch = context;
	uint8_t text[PAIR_INPUT_MAXIMUM];
	size_t size;
	int r;

	if (batch->taken_up)
		return asking_blind(&batch->identifiers[index], &batch->blinds[index],
		                    &batch->blinded[index]);
	if ((r = pair_input(batch->asking->identifier_class,
	                    identifier_view(&batch->identifiers[index]), text, &size)) != OK)
		return r;
	return oprf_blind(OPRF_MODE_VOPRF, bytes_of(text, size), &random, &batch->blinds[index],
	                  &batch->blinded[index]);
}

/* `*ret_batch` NULL: nothing is left to ask. */
static int make_question(struct run *run, struct batch **ret_batch, struct error *error)
{
	struct batch *batch = run->batches[run->next_batch];
	int r;

	batch->count = 0;
	batch->asking = run->asking;
	take_left(run, batch);
	if (batch->count == 0)
		take_new(run, batch);
	*ret_batch = NULL;
	if (batch->count == 0)
		return OK;
	if ((r = parallel_each(batch->count, THREADS, blind_one, batch)) != OK)
		return error_set(error, r, _("the question cannot be blinded: %s"), result_text(r));
	sha256_of(&batch->content, bytes_of(batch->blinded, batch->count * OPRF_ELEMENT_SIZE));
	run->next_batch = (run->next_batch + 1) % BATCHES;
	*ret_batch = batch;
	return OK;
}

/* --- putting it -------------------------------------------------------------------------- */

static int keep_question(const struct batch *batch, struct error *error)
{
	struct asked_line *lines = allocate(batch->count, sizeof(*lines));
	int r;

	if (lines == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	for (size_t i = 0; i < batch->count; i++)
		lines[i] = (struct asked_line){ .what = ASKED_OPEN,
			                        .identifier = identifier_view(
						    &batch->identifiers[i]),
			                        .blind = batch->blinds[i] };
	r = asked_store_question(&batch->asking->store, &batch->content, lines, batch->count,
	                         error);
	wipe(lines, batch->count * sizeof(*lines));
	release_memory(lines);
	return r;
}

static void *put_question(void *context)
{
	struct batch *batch = context;
	const struct asking *asking = batch->asking;

	batch->result = asking_put(batch->api, asking->node->channel.id, asking->target->list,
	                           asking->target->epoch, asking->identifier_class, batch->blinded,
	                           batch->count, &batch->answer, &batch->error);
	return NULL;
}

static int start(struct run *run, struct batch *batch, struct error *error)
{
	int r;

	if (!batch->taken_up && (r = keep_question(batch, error)) != OK)
		return r;
	batch->api = run->api;
	batch->has_thread = pthread_create(&batch->thread, NULL, put_question, batch) == 0;
	if (!batch->has_thread)
		put_question(batch);
	return OK;
}

static void finish(struct batch *batch)
{
	if (batch->has_thread)
		pthread_join(batch->thread, NULL);
	batch->has_thread = false;
}

/* --- its answer -------------------------------------------------------------------------- */

static int look_at_one(void *context, size_t index)
{
	struct batch *batch = context;
	struct outcome *outcome = &batch->outcomes[index];

	outcome->result = asking_look_blinded(batch->asking->class_of, &batch->identifiers[index],
	                                      &batch->blinds[index], &batch->blinded[index],
	                                      &batch->answer.evaluated[index], &outcome->is_hit,
	                                      &outcome->hit);
	return outcome->result == ERROR_SIGNATURE ? OK : outcome->result;
}

static int take_outcome(struct batch *batch, size_t index, struct error *error)
{
	const struct outcome *outcome = &batch->outcomes[index];

	return asking_note(batch->asking, &batch->identifiers[index],
	                   outcome->is_hit ? &outcome->hit : NULL, error);
}

/* What others can be shown of a lie. */
static struct match_proof *begin_evidence(struct batch *batch, enum match_shown shown)
{
	struct asking *asking = batch->asking;
	struct match_proof *proof = asking->evidence;

	if (proof == NULL)
		proof = asking->evidence = allocate(1, sizeof(*proof));
	if (proof == NULL)
		return NULL;
	proof->shown = shown;
	proof->identifier_class = asking->identifier_class;
	proof->epoch = asking->target->epoch;
	proof->question = batch->answer.question;
	proof->answer = batch->answer.answer;
	return proof;
}

static int note_wrong(struct batch *batch, size_t index, struct error *error)
{
	struct match_proof *proof = begin_evidence(batch, MATCH_SHOWS_WRONG_EVALUATION);

	if (proof != NULL) {
		proof->element = index + 1;
		proof->element_count = batch->count;
		memcpy(proof->blinded, batch->blinded, batch->count * sizeof(*batch->blinded));
		memcpy(proof->evaluated, batch->answer.evaluated,
		       batch->count * sizeof(*batch->answer.evaluated));
	}
	return error_set(error, ERROR_SIGNATURE,
	                 _("the answer is WRONG: it was not made with the key that %s committed "
	                   "to, and nothing of it counts"),
	                 batch->asking->node->channel.other);
}

static int note_contradiction(struct batch *batch, struct error *error)
{
	begin_evidence(batch, MATCH_SHOWS_WRONG_ANSWER);
	return error_set(error, ERROR_MISMATCH,
	                 _("the answer is WRONG: what the node of %s has signed does not fit the "
	                   "question, and nothing of it counts"),
	                 batch->asking->node->channel.other);
}

/* Where a refusal is against the other side's own count, it can be shown. */
static int note_refusal(struct batch *batch, struct error *error)
{
	const struct list_target *target = batch->asking->target;

	if (batch->answer.outcome == EXCHANGE_BUDGET &&
	    exchange_fits(&batch->answer.asked, target->budget_day, target->budget_list, 0, 0))
		begin_evidence(batch, MATCH_SHOWS_REFUSED);
	return asking_refusal(&batch->answer, error);
}

static int take_answer(struct batch *batch, struct error *error)
{
	struct asking *asking = batch->asking;
	int r;

	if (batch->answer.contradicts) {
		asked_store_answered(&asking->store, &batch->content, NULL);
		return note_contradiction(batch, error);
	}
	if (batch->answer.outcome != EXCHANGE_EVALUATED) {
		asked_store_answered(&asking->store, &batch->content, NULL);
		return note_refusal(batch, error);
	}
	if ((r = parallel_each(batch->count, THREADS, look_at_one, batch)) != OK)
		return error_set(error, r, _("the answer cannot be looked at: %s"), result_text(r));
	for (size_t i = 0; i < batch->count; i++)
		if (batch->outcomes[i].result == ERROR_SIGNATURE) {
			asked_store_answered(&asking->store, &batch->content, NULL);
			return note_wrong(batch, i, error);
		}
	for (size_t i = 0; i < batch->count && r == OK; i++)
		r = take_outcome(batch, i, error);
	if (r != OK || (r = asked_store_keep(&asking->store, error)) != OK)
		return r;
	asking->evaluated += batch->count;
	if (batch->taken_up)
		asking->left_open -= asking->left_open < batch->count ? asking->left_open
		                                                      : batch->count;
	if (asking->progress != NULL)
		progress_update(asking->progress, asking->evaluated);
	return asked_store_answered(&asking->store, &batch->content, error);
}

/* One that did not leave was not counted, and is not kept; of one that may have left nobody
 * knows, and it is. */
static int take_failure(struct batch *batch, struct error *error)
{
	if (batch->answer.nothing_counted)
		asked_store_answered(&batch->asking->store, &batch->content, NULL);
	return error_set(error, batch->result, "%s", batch->error.message);
}

/* --- the whole --------------------------------------------------------------------------- */

/* Keeps the first failure: what follows from it is of no interest. */
static void note_result(int result, const struct error *from, int *r, struct error *error)
{
	if (*r != OK || result == OK)
		return;
	*r = result;
	if (error != NULL)
		*error = *from;
}

/* The node keeps its last answer only: whoever interrupts has what is under way end, so that what was
 * counted is not counted again. Who cannot wait interrupts once more. */
static volatile sig_atomic_t interrupted;
static const int ending[] = { SIGINT, SIGTERM, SIGHUP };

enum { SIGNAL_COUNT = sizeof(ending) / sizeof(ending[0]) };

static void note_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static int ask_all(struct run *run, struct error *error)
{
	struct batch *previous = NULL, *current = NULL, *next = NULL;
	struct error found = { 0 };
	int r = OK;

	note_result(make_question(run, &current, &found), &found, &r, error);
	while (current != NULL || previous != NULL) {
		if (current != NULL) {
			note_result(start(run, current, &found), &found, &r, error);
			if (r != OK)
				current = NULL;
		}
		if (previous != NULL)
			note_result(take_answer(previous, &found), &found, &r, error);
		next = NULL;
		if (current != NULL && r == OK && !interrupted)
			note_result(make_question(run, &next, &found), &found, &r, error);
		previous = NULL;
		if (current != NULL) {
			finish(current);
			if (current->result == OK)
				previous = current;
			else
				note_result(take_failure(current, &found), &found, &r, error);
		}
		current = r == OK ? next : NULL;
	}
	return r;
}

static int ask_interruptibly(struct run *run, struct error *error)
{
	struct sigaction note = { .sa_handler = note_interrupt,
		                  .sa_flags = SA_RESTART | (int)SA_RESETHAND };
	struct sigaction before[SIGNAL_COUNT];
	int r;

	interrupted = 0;
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		if (sigaction(ending[i], NULL, &before[i]) == 0 && before[i].sa_handler != SIG_IGN)
			sigaction(ending[i], &note, NULL);
	r = ask_all(run, error);
	for (size_t i = 0; i < SIGNAL_COUNT; i++)
		sigaction(ending[i], &before[i], NULL);
	return r != OK || !interrupted
	           ? r
	           : error_set(error, ERROR_DENIED,
	                       _("it was interrupted: what was answered is kept, and the same "
	                         "command asks the rest"));
}

int asking_run(struct asking *asking, uint64_t most, struct error *error)
{
	struct run *run = allocate(1, sizeof(*run));
	bool has_batches = run != NULL;
	int r = ERROR_MEMORY;

	if (run != NULL)
		run->asking = asking;
	for (size_t i = 0; i < BATCHES && has_batches; i++)
		has_batches = (run->batches[i] = allocate(1, sizeof(struct batch))) != NULL;
	if (!has_batches) {
		error_set(error, r, "%s", result_text(r));
	} else if ((r = api_new(asking->node->settings.socket, &run->api, error)) == OK) {
		run->most = most;
		if ((r = asked_store_each_question(&asking->store, note_left, run, error)) == OK)
			r = ask_interruptibly(run, error);
		api_free(run->api);
	}
	for (size_t i = 0; run != NULL && i < BATCHES; i++) {
		if (run->batches[i] != NULL)
			wipe(run->batches[i], sizeof(struct batch));
		release_memory(run->batches[i]);
	}
	release_memory(run);
	return r;
}
