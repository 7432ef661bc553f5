#include "exchange.h"

timestamp exchange_day(timestamp now)
{
	return now - now % EXCHANGE_DAY_SECONDS;
}

bool exchange_day_fits(timestamp day, timestamp now)
{
	return now >= day - EXCHANGE_DAY_TOLERANCE &&
	       now < day + EXCHANGE_DAY_SECONDS + EXCHANGE_DAY_TOLERANCE;
}

/* --- what is asked, and whether it may be ---------------------------------------- */

/* The day that a question at `now` belongs to, and what was counted on it. */
static timestamp counted_day(const struct exchange_state *state, timestamp now, uint64_t *ret_today)
{
	timestamp day = exchange_day(now);

	if (day > state->day) {
		*ret_today = 0;
		return day;
	}
	*ret_today = state->today;
	return state->day;
}

void exchange_ask(const struct exchange_state *state, timestamp now,
                  struct exchange_statement *statement)
{
	uint64_t today;

	statement->step = EXCHANGE_QUESTION;
	statement->outcome = EXCHANGE_EVALUATED;
	statement->number = state->number + 1;
	statement->day = counted_day(state, now, &today);
	statement->today = today + statement->elements;
	statement->total = state->total + statement->elements;
	statement->previous = state->last;
}

static uint64_t left_of(uint64_t budget, uint64_t used, uint64_t beside)
{
	if (used >= budget || beside >= budget - used)
		return 0;
	return budget - used - beside;
}

uint64_t exchange_left(const struct exchange_state *state, timestamp now, uint64_t budget_day,
                       uint64_t budget_list, uint64_t beside_total, uint64_t beside_today)
{
	uint64_t today, left_today, left;

	counted_day(state, now, &today);
	left_today = left_of(budget_day, today, beside_today);
	left = left_of(budget_list, state->total, beside_total);
	return left < left_today ? left : left_today;
}

bool exchange_fits(const struct exchange_statement *question, uint64_t budget_day,
                   uint64_t budget_list, uint64_t beside_total, uint64_t beside_today)
{
	return question->total <= budget_list && beside_total <= budget_list - question->total &&
	       question->today <= budget_day && beside_today <= budget_day - question->today;
}

/* --- who owns -------------------------------------------------------------------- */

int exchange_take(const struct exchange_state *state, const struct exchange_statement *question,
                  struct error *error)
{
	uint64_t before = question->number - 1, total = question->total - question->elements;
	uint64_t today = question->today - question->elements;

	if (question->total < question->elements || question->today < question->elements ||
	    question->today > question->total)
		return error_set(error, ERROR_MISMATCH,
		                 "the counts of the question contradict one another");
	if (before < state->number || total < state->total || question->day < state->day ||
	    (question->day == state->day && today < state->today))
		return error_set(error, ERROR_EXISTS,
		                 "the question counts less than was counted here");
	/* An answer that was forgotten here is one that the asker may have. */
	if (before == state->number && !state->open &&
	    !hash_equal(&question->previous, &state->last))
		return error_set(error, ERROR_EXISTS,
		                 "the question does not continue what was answered last");
	return OK;
}

struct exchange_state exchange_count(const struct exchange_statement *question,
                                     const struct hash *question_hash)
{
	return (struct exchange_state){
		.number = question->number,
		.total = question->total,
		.today = question->today,
		.day = question->day,
		.last = *question_hash,
		.open = true,
	};
}

void exchange_answer(const struct exchange_statement *question, const struct hash *question_hash,
                     enum exchange_outcome outcome, struct exchange_statement *ret_answer)
{
	struct exchange_statement answer = *question;

	answer.step = EXCHANGE_ANSWER;
	answer.outcome = outcome;
	answer.previous = *question_hash;
	answer.content = (struct hash){ { 0 } };
	if (outcome != EXCHANGE_EVALUATED) {
		answer.total -= question->elements;
		answer.today -= question->elements;
		answer.elements = 0;
	}
	*ret_answer = answer;
}

/* --- after it -------------------------------------------------------------------- */

/* What is wrong with an answer; NULL: nothing. */
static const char *find_fault(const struct exchange_statement *question,
                              const struct hash *question_hash,
                              const struct exchange_statement *answer)
{
	struct exchange_statement right;

	exchange_answer(question, question_hash, answer->outcome, &right);
	if (question->step != EXCHANGE_QUESTION || answer->step != EXCHANGE_ANSWER ||
	    !hash_equal(&answer->channel, &right.channel) ||
	    !hash_equal(&answer->list, &right.list) ||
	    answer->identifier_class != right.identifier_class || answer->number != right.number ||
	    !hash_equal(&answer->previous, &right.previous))
		return "it answers another question";
	if (answer->epoch != right.epoch)
		return "it is of another version of the list";
	if (answer->elements != right.elements)
		return "it has another number of elements";
	if (answer->total != right.total || answer->today != right.today ||
	    answer->day != right.day)
		return "it counts otherwise than the question";
	return NULL;
}

int exchange_conclude(const struct exchange_state *before,
                      const struct exchange_statement *question, const struct hash *question_hash,
                      const struct exchange_statement *answer, const struct hash *answer_hash,
                      struct exchange_state *ret_state, struct error *error)
{
	const char *fault = find_fault(question, question_hash, answer);

	if (fault != NULL)
		return error_set(error, ERROR_MISMATCH, "the answer does not fit its question: %s",
		                 fault);
	*ret_state = *before;
	if (answer->outcome != EXCHANGE_EVALUATED)
		return OK;
	*ret_state = exchange_count(question, question_hash);
	ret_state->last = *answer_hash;
	ret_state->open = false;
	return OK;
}

bool exchange_raise(struct exchange_state *state, uint64_t total, timestamp day, uint64_t today)
{
	bool raised = total > state->total || day > state->day ||
	              (day == state->day && today > state->today);

	if (total > state->total)
		state->total = total;
	if (day == state->day && today > state->today)
		state->today = today;
	if (day > state->day) {
		state->day = day;
		state->today = today;
	}
	return raised;
}

int exchange_catch_up(const struct exchange_state *state, const struct exchange_statement *question,
                      const struct hash *question_hash, const struct exchange_statement *answer,
                      const struct hash *answer_hash, struct exchange_state *ret_state,
                      struct error *error)
{
	struct exchange_state shown = exchange_count(question, question_hash), caught = *state;
	bool further = question->number > state->number;
	int r;

	if (answer != NULL && answer->outcome != EXCHANGE_EVALUATED)
		return error_set(error, ERROR_EXISTS, "nothing was counted with what is shown");
	if (answer != NULL && (r = exchange_conclude(state, question, question_hash, answer,
	                                             answer_hash, &shown, error)) != OK)
		return r;
	/* Of two histories with as many exchanges that of who owns counts. An answer that
	 * was forgotten there is no other history. */
	further |= question->number == state->number && answer != NULL &&
	           !hash_equal(&shown.last, &state->last);
	if (further) {
		caught.number = shown.number;
		caught.last = shown.last;
	}
	if (!exchange_raise(&caught, shown.total, shown.day, shown.today) && !further)
		return error_set(error, ERROR_EXISTS, "nothing of what is shown is new");
	*ret_state = caught;
	return OK;
}
