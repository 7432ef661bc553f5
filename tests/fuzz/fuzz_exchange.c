/* The statement of an exchange: what is read is printed as it was. Whatever a question says, an
 * owner who takes it counts no less than before, and answers within the budget. */
#include <stdlib.h>

#include "exchange.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_again(const struct exchange_statement *statement, struct bytes text)
{
	struct buffer again;

	buffer_init(&again, EXCHANGE_STATEMENT_MAXIMUM);
	if (exchange_print(&again, statement) != OK || !bytes_equal(buffer_view(&again), text))
		abort();
	buffer_release(&again);
}

/* As the owner of a list on which so much was counted. */
static void own(const struct exchange_state *state, const struct exchange_statement *question)
{
	const struct hash hash = { { 1 } }, answered = { { 2 } };
	const uint64_t budget = 1000;
	struct exchange_state after = *state;
	struct exchange_statement answer;

	if (question->step != EXCHANGE_QUESTION || exchange_take(state, question, NULL) != OK)
		return;
	if (question->elements > exchange_left(state, question->day, budget, budget, 0, 0) &&
	    exchange_fits(question, budget, budget, 0, 0))
		abort();
	for (int i = 0; i < EXCHANGE_OUTCOME_COUNT; i++) {
		exchange_answer(question, &hash, (enum exchange_outcome)i, &answer);
		if (exchange_conclude(state, question, &hash, &answer, &answered, &after, NULL) !=
		        OK ||
		    after.total < state->total || after.day < state->day ||
		    (after.number > state->number) != (i == EXCHANGE_EVALUATED) ||
		    (i != EXCHANGE_EVALUATED && after.total != state->total))
			abort();
	}
	after = exchange_count(question, &hash);
	if (after.total < state->total + question->elements || after.number <= state->number)
		abort();
	/* What is counted is not counted again. */
	if (exchange_take(&after, question, NULL) == OK)
		abort();
}

/* As who asks, and is shown this question. */
static void catch_up(const struct exchange_state *state, const struct exchange_statement *question)
{
	const struct hash hash = { { 1 } };
	struct exchange_state caught;

	if (exchange_catch_up(state, question, &hash, NULL, NULL, &caught, NULL) != OK)
		return;
	if (caught.total < state->total || caught.number < state->number ||
	    caught.day < state->day || caught.total < question->total)
		abort();
	if (exchange_catch_up(&caught, question, &hash, NULL, NULL, &caught, NULL) == OK)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct exchange_state states[] = {
		{ .number = 0 },
		{ .number = 6, .total = 1100, .today = 100, .day = 1795910400 },
		{ .number = 6, .total = 1100, .today = 100, .day = 1795910400, .open = true },
	};
	struct bytes text = bytes_of(data, size);
	struct exchange_statement statement;

	if (exchange_parse(text, &statement, NULL) != OK)
		return 0;
	print_again(&statement, text);
	for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
		own(&states[i], &statement);
		catch_up(&states[i], &statement);
	}
	return 0;
}
