/* Questions of the other side to this node's lists. All of it is hostile.
 *
 * What is counted is durable before anything leaves: the evaluator is asked in the turn that
 * stores the count, and its answer is an event of a later one. */
#include "channel_internal.h"
#include "journal.h"
#include "sha.h"

#define SECOND UINT64_C(1000000000)

enum { IDLE_SECONDS = 60 };

/* --- sending ---------------------------------------------------------------------------- */

static int send_frame(struct engine_channel *channel,
                      int (*put)(struct buffer *buffer, const struct frame_match *match),
                      const struct frame_match *match)
{
	struct buffer frame;
	int r;

	buffer_init(&frame, FRAME_MAXIMUM);
	if ((r = put(&frame, match)) == OK)
		channel_send_frame(channel, &frame);
	buffer_release(&frame);
	return r;
}

static int send_reply(struct engine_channel *channel, const struct match_statement *answer,
                      struct bytes evaluations)
{
	const struct frame_match reply = {
		.statement = buffer_view(&answer->text),
		.signature = buffer_view(&answer->armor),
		.count = (uint16_t)(evaluations.size / EXCHANGE_EVALUATION_SIZE),
		.elements = evaluations,
	};

	return send_frame(channel, frame_put_match_reply, &reply);
}

/* Shows what was counted last, as they have signed it. */
static int send_behind(struct engine_channel *channel, const struct match_account *account,
                       const struct hash *request)
{
	struct frame_match_behind behind = {
		.request = *request,
		.question = buffer_view(&account->question.text),
		.question_signature = buffer_view(&account->question.armor),
		.answer = buffer_view(&account->answer.text),
		.answer_signature = buffer_view(&account->answer.armor),
	};
	struct buffer frame;
	int r;

	buffer_init(&frame, FRAME_MAXIMUM);
	if ((r = frame_put_match_behind(&frame, &behind)) == OK)
		channel_send_frame(channel, &frame);
	buffer_release(&frame);
	return r;
}

/* Refused: nothing is counted, and nothing is kept. */
static int refuse(struct engine_channel *channel, const struct match_statement *question,
                  enum exchange_outcome outcome, struct error *error)
{
	struct match_statement answer;
	int r;

	match_statement_init(&answer);
	exchange_answer(&question->statement, &question->hash, outcome, &answer.statement);
	if ((r = match_sign(channel, &answer, error)) == OK &&
	    (r = send_reply(channel, &answer, bytes_of(NULL, 0))) != OK)
		error_set(error, r, "out of memory");
	match_statement_release(&answer);
	return r;
}

/* Whether one more thing may be done that counts nothing; when not, it waits. */
static bool may_be_idle(struct engine_channel *channel)
{
	struct match_state *state = &channel->match;
	uint64_t now = engine_monotonic(channel->engine);

	if (state->idle_since == 0 || now - state->idle_since >= IDLE_SECONDS * SECOND) {
		state->idle_since = now;
		state->idle_count = 0;
	}
	if (state->idle_count < MATCH_IDLE_MAXIMUM) {
		state->idle_count++;
		return true;
	}
	state->retry = state->idle_since + IDLE_SECONDS * SECOND;
	return false;
}

/* --- evaluating --------------------------------------------------------------------------- */

static struct match_account *find_evaluation(struct engine_channel *channel, uint64_t tag)
{
	for (size_t i = 0; i < channel->match.account_count; i++)
		if (channel->match.accounts[i]->evaluation == tag)
			return channel->match.accounts[i];
	return NULL;
}

/* The key or the version went between count and evaluation: what was counted is taken back. */
static int give_back(struct engine_channel *channel, struct match_account *account,
                     enum exchange_outcome outcome, struct error *error)
{
	int r = OK;

	if (account->awaited)
		r = refuse(channel, &account->question, outcome, error);
	account->awaited = false;
	match_statement_clear(&account->question);
	if (r == OK && (r = match_store(channel, account, bytes_of(NULL, 0))) != OK)
		error_set(error, r, "what was counted cannot be stored");
	return r;
}

static int answer(struct engine_channel *channel, struct match_account *account,
                  struct bytes evaluations, struct error *error)
{
	const struct match_statement *question = &account->question;
	struct match_statement *made = &account->answer;
	int r;

	exchange_answer(&question->statement, &question->hash, EXCHANGE_EVALUATED,
	                &made->statement);
	sha256_of(&made->statement.content, evaluations);
	if ((r = match_sign(channel, made, error)) != OK ||
	    (r = exchange_conclude(&account->state, &question->statement, &question->hash,
	                           &made->statement, &made->hash, &account->state, error)) != OK)
		return r;
	match_raise(channel, account);
	/* The count is durable since an earlier turn. Should the answer be lost before it is
	 * stored, another is made, with other proofs of the same. */
	if (account->awaited && (r = send_reply(channel, made, evaluations)) != OK)
		return error_set(error, r, "out of memory");
	account->awaited = false;
	if ((r = match_store(channel, account, evaluations)) != OK)
		return error_set(error, r, "the answer cannot be stored");
	return OK;
}

static int evaluated(struct engine *engine, const struct evaluation *evaluation,
                     struct error *error)
{
	struct engine_channel *channel = evaluation->channel;
	struct match_account *account = find_evaluation(channel, evaluation->tag);
	int r = OK;

	(void)engine;
	/* Another question has taken its place since. */
	if (account == NULL)
		return OK;
	account->evaluation = 0;
	if (!match_is_open(account))
		return OK;
	if (evaluation->failure == NULL)
		r = answer(channel, account, evaluation->answer, error);
	else if (evaluation->failure->code == ERROR_NOT_FOUND)
		r = give_back(channel, account, EXCHANGE_LOST, error);
	else
		journal(JOURNAL_WARNING, "a question to a list waits: %s",
		        evaluation->failure->message);
	/* What the keeper refuses stays counted, and without an answer. */
	if (r != OK && r != ERROR_MEMORY && r != ERROR_IO) {
		journal(JOURNAL_ERROR, "a question to a list is not answered: %s", error->message);
		return OK;
	}
	return r;
}

/* Asks the evaluator for what is counted. ERROR_WAIT: it has no room now. */
static int evaluate(struct engine_channel *channel, struct match_account *account,
                    struct bytes elements, struct error *error)
{
	const struct exchange_statement *question = &account->question.statement;
	struct list_summary list;
	int r;

	if ((r = rules_list(channel->rules, account->list, &list)) != OK)
		return error_set(error, r, "the list is not here");
	if (list.epoch != question->epoch)
		return give_back(channel, account, EXCHANGE_EPOCH, error);
	account->evaluation = ++channel->match.last_evaluation;
	r = evaluation_ask(channel, EVALUATION_FOR_CHANNEL,
	                   list.classes[account->identifier_class].public_key, true, elements,
	                   evaluated, account->evaluation, error);
	if (r == OK)
		return OK;
	account->evaluation = 0;
	return r == ERROR_NOT_FOUND ? give_back(channel, account, EXCHANGE_LOST, error) : r;
}

/* What was counted and not evaluated: before a start, or because there was no room. */
int match_evaluate_open(struct engine_channel *channel, struct error *error)
{
	struct error why;

	for (size_t i = 0; i < channel->match.account_count; i++) {
		struct match_account *account = channel->match.accounts[i];
		struct buffer elements;
		int r;

		if (!account->own || !account->awaited || account->evaluation != 0 ||
		    !match_is_open(account))
			continue;
		buffer_init(&elements, MATCH_CONTENT_MAXIMUM);
		if ((r = match_read_content(channel, account, &elements)) == OK)
			r = evaluate(channel, account, buffer_view(&elements), &why);
		else
			error_set(&why, r, "a question cannot be read");
		buffer_release(&elements);
		if (r == ERROR_MEMORY || r == ERROR_IO)
			return error_set(error, r, "%s", why.message);
		if (r != OK && channel->match.retry == 0)
			channel->match.retry = engine_monotonic(channel->engine) + SECOND / 10;
	}
	return OK;
}

/* --- questions ------------------------------------------------------------------------------ */

/* The elements are those of the statement, and each is one of the group. */
static int check_elements(const struct exchange_statement *question,
                          const struct frame_match *frame, struct error *error)
{
	struct oprf_element element;
	struct hash content;

	sha256_of(&content, frame->elements);
	if (question->step != EXCHANGE_QUESTION || question->elements != frame->count ||
	    !hash_equal(&question->content, &content))
		return error_set(error, ERROR_MISMATCH,
		                 "the elements are not those of the question's statement");
	for (size_t i = 0; i < frame->count; i++) {
		memcpy(element.bytes, frame->elements.data + i * OPRF_ELEMENT_SIZE,
		       OPRF_ELEMENT_SIZE);
		if (oprf_element_check(&element) != OK)
			return error_set(error, ERROR_MISMATCH,
			                 "an element of the question is none of the group in "
			                 "canonical form");
	}
	return OK;
}

/* The list is one of ours, and was committed to in this class and version. */
static int check_list(const struct engine_channel *channel,
                      const struct exchange_statement *question, struct list_summary *ret_list,
                      struct error *error)
{
	if (match_find_list(channel, &question->list, channel->own, ret_list) != OK ||
	    ret_list->mode != LIST_MATCH_ONLY)
		return error_set(error, ERROR_MISMATCH, "a question to no match-only list of ours");
	if (question->epoch > ret_list->epoch ||
	    (question->epoch == ret_list->epoch &&
	     ret_list->classes[question->identifier_class].pairs == 0))
		return error_set(error, ERROR_MISMATCH,
		                 "a question to a version or class that the list has not");
	return OK;
}

/* What speaks against answering a question that fits what was counted before. */
static enum exchange_outcome judge(struct engine_channel *channel, const struct list_summary *list,
                                   const struct exchange_statement *question)
{
	const struct charter *charter = channel_charter(channel);
	uint64_t total, today;

	if (list->retired || list->rejected)
		return EXCHANGE_RETIRED;
	if (question->epoch != list->epoch)
		return EXCHANGE_EPOCH;
	if (!exchange_day_fits(question->day, engine_now(channel->engine)))
		return EXCHANGE_DAY;
	if (!evaluation_holds_key(channel, list->classes[question->identifier_class].public_key))
		return EXCHANGE_LOST;
	rules_list_queried(channel->rules, list->place, question->identifier_class, question->day,
	                   &total, &today);
	return exchange_fits(question, charter->query_budget_day, charter->query_budget_list, total,
	                     today)
	           ? EXCHANGE_EVALUATED
	           : EXCHANGE_BUDGET;
}

/* The question that was counted last comes again. */
static int answer_again(struct engine_channel *channel, struct match_account *account,
                        struct error *error)
{
	struct buffer content;
	int r;

	if (match_is_open(account)) {
		account->awaited = true;
		return OK;
	}
	buffer_init(&content, MATCH_CONTENT_MAXIMUM);
	if ((r = match_read_content(channel, account, &content)) == OK)
		r = send_reply(channel, &account->answer, buffer_view(&content));
	if (r != OK)
		error_set(error, r, "the answer cannot be sent again");
	buffer_release(&content);
	return r;
}

/* Counts a question, and has it evaluated meanwhile. `question` is taken over. */
static int count(struct engine_channel *channel, struct match_account *account,
                 struct match_statement *question, struct bytes elements, struct error *error)
{
	int r;

	account->state = match_counted(account);
	account->state.open = false;
	match_statement_release(&account->question);
	account->question = *question;
	match_statement_init(question);
	match_statement_clear(&account->answer);
	account->awaited = true;
	account->evaluation = 0;
	if ((r = match_store(channel, account, elements)) != OK)
		return error_set(error, r, "a question cannot be counted");
	r = evaluate(channel, account, elements, error);
	/* Without room it waits, counted. */
	return r == ERROR_MEMORY || r == ERROR_IO ? r : OK;
}

static int take_question(struct engine_channel *channel, struct match_account *account,
                         const struct list_summary *list, struct match_statement *question,
                         struct bytes elements, struct error *error)
{
	struct exchange_state counted = match_counted(account);
	enum exchange_outcome outcome;
	int r;

	if (account->question.text.size > 0 && hash_equal(&account->question.hash, &question->hash))
		return may_be_idle(channel) ? answer_again(channel, account, error) : ERROR_WAIT;
	if ((r = exchange_take(&counted, &question->statement, error)) == ERROR_EXISTS) {
		if (!may_be_idle(channel))
			return ERROR_WAIT;
		return send_behind(channel, account, &question->hash);
	}
	if (r != OK)
		return r;
	outcome = judge(channel, list, &question->statement);
	if (outcome == EXCHANGE_EVALUATED)
		return count(channel, account, question, elements, error);
	account->refused |= outcome == EXCHANGE_BUDGET;
	return may_be_idle(channel) ? refuse(channel, question, outcome, error) : ERROR_WAIT;
}

int match_take_request(struct engine_channel *channel, struct bytes payload, struct error *error)
{
	struct match_statement question;
	struct match_account *account;
	struct list_summary list;
	struct frame_match frame;
	int r = match_is_possible(channel, error);

	/* A node that cannot answer keeps silent, and who asks waits. */
	if (r != OK)
		return r == ERROR_CLOCK ? ERROR_WAIT : OK;
	if (!channel->engine->evaluation.has_report)
		return ERROR_WAIT;
	match_statement_init(&question);
	if ((r = frame_get_match_request(payload, &frame, error)) != OK ||
	    (r = match_verify(channel, channel->other, frame.statement, frame.signature, &question,
	                      error)) != OK ||
	    (r = check_elements(&question.statement, &frame, error)) != OK ||
	    (r = check_list(channel, &question.statement, &list, error)) != OK)
		goto out;
	account = match_account(channel, list.place, question.statement.identifier_class);
	if (account == NULL)
		r = error_set(error, ERROR_MEMORY, "what was asked before cannot be read");
	else
		r = take_question(channel, account, &list, &question, frame.elements, error);
out:
	match_statement_release(&question);
	return r;
}

/* --- questions on record ------------------------------------------------------------------- */

int match_check_reply(const struct engine_channel *channel, const struct act *act,
                      struct error *error)
{
	struct act_place place = { channel->other, act->answers.number };
	const struct act_summary *asked = rules_act(channel->rules, place);
	struct exchange_statement this_one;
	struct exchange_state counted;
	uint64_t today;
	const struct charter *charter;
	struct query_summary query;

	if (act->kind->number != KIND_REPLY || act_field(act, "evaluated") == NULL ||
	    asked == NULL || !hash_equal(&asked->leaf, &act->answers.leaf) ||
	    rules_query(channel->rules, place, &query) != OK)
		return OK;
	counted = match_counted(match_find(channel, query.list, query.identifier_class));
	charter = rules_charter(channel->rules, place);
	/* Of a day that is past the own tally says it, which was made for the question. */
	today = counted.day == query.day
	            ? counted.today
	            : rules_list_tallied_on(channel->rules, query.list, query.identifier_class,
	                                    channel->own, query.day);
	this_one = (struct exchange_statement){ .total = query.total, .today = query.today };
	if (exchange_fits(&this_one, charter->query_budget_day, charter->query_budget_list,
	                  counted.total, today))
		return OK;
	return error_set(
	    error, ERROR_DENIED,
	    "with what was asked beside it, this question is beyond the budget: refuse "
	    "it by 'budget'");
}
