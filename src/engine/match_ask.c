/* Questions of this node's people to lists of the other side.
 *
 * Of an account one question is open at a time; the others wait. It is counted, signed and
 * stored before it leaves, and sent on every connection until there is an answer. Whoever
 * asked may be gone by then: the same elements, asked again, get that answer. */
#include "allocate.h"
#include "api_call.h"
#include "channel_internal.h"
#include "journal.h"
#include "sha.h"

/* --- people who wait ------------------------------------------------------------------- */

static void remove_ask(struct match_account *account, struct match_ask **place)
{
	struct match_ask *ask = *place;

	*place = ask->next;
	if (account->asks_end == &ask->next)
		account->asks_end = place;
	account->ask_count--;
	buffer_release(&ask->elements);
	release_memory(ask);
}

static void fail_request(struct engine_channel *channel, uint32_t request, const char *reason,
                         const struct error *failure)
{
	struct buffer body;

	buffer_init(&body, 4096);
	if (api_put_failure(&body, failure, reason) == OK)
		engine_reply(channel->engine, MESSAGE_ERROR, request, buffer_view(&body));
	buffer_release(&body);
}

static void fail_ask(struct engine_channel *channel, struct match_account *account,
                     struct match_ask **place, const char *reason, const struct error *failure)
{
	fail_request(channel, (*place)->request, reason, failure);
	remove_ask(account, place);
}

void match_fail_people(struct engine_channel *channel, const char *reason,
                       const struct error *failure)
{
	for (size_t i = 0; i < channel->match.account_count; i++) {
		struct match_account *account = channel->match.accounts[i];

		while (account->asks != NULL)
			fail_ask(channel, account, &account->asks, reason, failure);
	}
}

void match_drop_people(struct engine_channel *channel)
{
	for (size_t i = 0; i < channel->match.account_count; i++) {
		struct match_account *account = channel->match.accounts[i];

		while (account->asks != NULL)
			remove_ask(account, &account->asks);
	}
}

void match_expire(struct engine_channel *channel)
{
	uint64_t now = engine_monotonic(channel->engine);
	struct error late;

	error_set(&late, ERROR_WAIT,
	          "the other side has not answered in time: a question that was sent counts, and "
	          "is sent again by itself; ask the same again to get its answer");
	for (size_t i = 0; i < channel->match.account_count; i++) {
		struct match_account *account = channel->match.accounts[i];
		struct match_ask **place = &account->asks;

		while (*place != NULL)
			if ((*place)->until <= now)
				fail_ask(channel, account, place, MATCH_REASON_LINK, &late);
			else
				place = &(*place)->next;
	}
}

/* --- whether something can be asked ------------------------------------------------------ */

static bool has_line(const struct engine_channel *channel)
{
	return rules_party(channel->rules, channel->own)->endpoint_count > 0 ||
	       rules_party(channel->rules, channel->other)->endpoint_count > 0;
}

static int check_line(const struct engine_channel *channel, const char **ret_reason,
                      struct error *error)
{
	int r = match_is_possible(channel, error);

	if (r != OK)
		return r;
	if (channel->link.greeted && !channel->link.deaf)
		return OK;
	*ret_reason = MATCH_REASON_LINK;
	if (!has_line(channel))
		return error_set(
		    error, ERROR_STATE,
		    "this channel has no line, and questions to a list go over one: put "
		    "the question on record ('chiro list check --on-record')");
	return error_set(
	    error, ERROR_STATE,
	    "there is no line to the other side just now, and nothing was counted: ask "
	    "again, or put the question on record ('chiro list check --on-record')");
}

/* The list as it is in force, if it may be asked of that class and epoch. */
static int check_list(const struct engine_channel *channel, struct act_place place,
                      enum identifier_class identifier_class, uint64_t epoch,
                      struct list_summary *ret_list, const char **ret_reason, struct error *error)
{
	int r = rules_list(channel->rules, place, ret_list);

	if (r != OK)
		return error_set(error, ERROR_NOT_FOUND, "this act opens no list");
	if (ret_list->owner != channel->other || ret_list->mode != LIST_MATCH_ONLY)
		return error_set(error, ERROR_STATE,
		                 "only the other side's match-only lists are asked");
	if (ret_list->retired || ret_list->rejected) {
		*ret_reason = MATCH_REASON_RETIRED;
		return error_set(error, ERROR_STATE, "the list is retired or was rejected");
	}
	if (epoch != 0 && epoch != ret_list->epoch) {
		*ret_reason = MATCH_REASON_EPOCH;
		return error_set(error, ERROR_STATE,
		                 "the list is in its version %llu by now: ask that one",
		                 (unsigned long long)ret_list->epoch);
	}
	if (ret_list->classes[identifier_class].pairs == 0)
		return error_set(error, ERROR_NOT_FOUND,
		                 "the list has no identifiers of class '%s'",
		                 identifier_class_name(identifier_class));
	return OK;
}

static int check_budget(struct engine_channel *channel, struct match_account *account,
                        uint64_t elements, const char **ret_reason, struct error *error)
{
	uint64_t left = match_left(channel, account->list, account->identifier_class);

	if (elements <= left)
		return OK;
	account->refused = true;
	*ret_reason = MATCH_REASON_BUDGET;
	return error_set(error, ERROR_LIMIT,
	                 "%llu evaluations are asked for, and %llu are left of this list and class",
	                 (unsigned long long)elements, (unsigned long long)left);
}

static int check_elements(struct bytes elements, struct error *error)
{
	struct oprf_element element;

	if (elements.size == 0 || elements.size % OPRF_ELEMENT_SIZE != 0 ||
	    elements.size / OPRF_ELEMENT_SIZE > EXCHANGE_ELEMENTS_MAXIMUM)
		return error_set(error, ERROR_LIMIT,
		                 "a question has 1 to %d elements of %d bytes each",
		                 EXCHANGE_ELEMENTS_MAXIMUM, OPRF_ELEMENT_SIZE);
	for (size_t i = 0; i < elements.size; i += OPRF_ELEMENT_SIZE) {
		memcpy(element.bytes, elements.data + i, OPRF_ELEMENT_SIZE);
		if (oprf_element_check(&element) != OK)
			return error_set(error, ERROR_CANONICAL,
			                 "element %zu is not one of the group in canonical form",
			                 i / OPRF_ELEMENT_SIZE + 1);
	}
	return OK;
}

/* --- asking ------------------------------------------------------------------------------- */

static bool is_question(const struct match_account *account, const struct hash *content,
                        uint64_t epoch)
{
	return account->question.text.size > 0 && account->question.statement.epoch == epoch &&
	       hash_equal(&account->question.statement.content, content);
}

/* The question that was answered last, once more: from the database. */
static int answer_again(struct engine_channel *channel, uint32_t request,
                        const struct match_account *account, struct error *error)
{
	struct buffer content;
	int r;

	buffer_init(&content, MATCH_CONTENT_MAXIMUM);
	if ((r = match_read_content(channel, account, &content)) == OK)
		api_answer_question(channel, request, account, buffer_view(&content));
	else
		error_set(error, r, "the answer cannot be read: %s", result_text(r));
	buffer_release(&content);
	return r;
}

static int add_ask(struct engine_channel *channel, struct match_account *account,
                   const struct match_ask *from, struct bytes elements, struct error *error)
{
	struct match_ask *ask;

	if (account->ask_count == MATCH_ASKS_MAXIMUM)
		return error_set(error, ERROR_WAIT,
		                 "too many questions to this list wait already: ask again");
	if ((ask = allocate(1, sizeof *ask)) == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	*ask = *from;
	ask->until = engine_monotonic(channel->engine) + MATCH_ASK_SECONDS * UINT64_C(1000000000);
	buffer_init(&ask->elements, EXCHANGE_ELEMENTS_MAXIMUM * OPRF_ELEMENT_SIZE);
	if (buffer_put_bytes(&ask->elements, elements) != OK) {
		release_memory(ask);
		return error_set(error, ERROR_MEMORY, "out of memory");
	}
	*account->asks_end = ask;
	account->asks_end = &ask->next;
	account->ask_count++;
	return OK;
}

int match_ask(struct engine_channel *channel, uint32_t request, struct act_place place,
              enum identifier_class identifier_class, uint64_t epoch, struct bytes elements,
              const char **ret_reason, struct error *error)
{
	struct match_ask ask = { .request = request, .epoch = epoch };
	struct match_account *account;
	struct list_summary list;
	int r;

	sha256_of(&ask.content, elements);
	if ((r = check_elements(elements, error)) != OK ||
	    (r = check_list(channel, place, identifier_class, epoch, &list, ret_reason, error)) !=
	        OK)
		return r;
	if ((account = match_account(channel, place, identifier_class)) == NULL)
		return error_set(error, ERROR_MEMORY, "what was asked before cannot be read");
	if (is_question(account, &ask.content, list.epoch)) {
		if (!match_is_open(account) &&
		    account->answer.statement.outcome == EXCHANGE_EVALUATED)
			return answer_again(channel, request, account, error);
		ask.begun = match_is_open(account);
	}
	if ((r = check_line(channel, ret_reason, error)) != OK ||
	    (!ask.begun && (r = check_budget(channel, account, elements.size / OPRF_ELEMENT_SIZE,
	                                     ret_reason, error)) != OK))
		return r;
	return add_ask(channel, account, &ask, elements, error);
}

/* Counts and signs the first question that waits; it is durable with the turn. */
static int begin(struct engine_channel *channel, struct match_account *account,
                 struct match_ask *ask, uint64_t epoch, struct error *error)
{
	struct exchange_statement question = {
		.channel = channel->id,
		.list = account->leaf,
		.identifier_class = account->identifier_class,
		.epoch = epoch,
		.elements = ask->elements.size / OPRF_ELEMENT_SIZE,
		.content = ask->content,
	};
	int r;

	exchange_ask(&account->state, engine_now(channel->engine), &question);
	account->question.statement = question;
	if ((r = match_sign(channel, &account->question, error)) != OK)
		return r;
	match_statement_clear(&account->answer);
	account->sent = false;
	ask->begun = true;
	if ((r = match_store(channel, account, buffer_view(&ask->elements))) != OK)
		return error_set(error, r, "the question cannot be stored");
	return OK;
}

static int begin_account(struct engine_channel *channel, struct match_account *account,
                         struct error *error)
{
	struct list_summary list;
	struct match_ask *ask;
	struct error why;
	int r;

	while ((ask = account->asks) != NULL && !match_is_open(account)) {
		const char *reason = "";

		/* What was true when it was asked may not be any more. */
		if ((r = check_list(channel, account->list, account->identifier_class, ask->epoch,
		                    &list, &reason, &why)) == OK &&
		    (r = check_line(channel, &reason, &why)) == OK &&
		    (r = check_budget(channel, account, ask->elements.size / OPRF_ELEMENT_SIZE,
		                      &reason, &why)) == OK)
			r = begin(channel, account, ask, list.epoch, &why);
		if (r == OK)
			return OK;
		if (r == ERROR_MEMORY || r == ERROR_IO) {
			*error = why;
			return r;
		}
		fail_ask(channel, account, &account->asks, reason, &why);
	}
	return OK;
}

int match_begin(struct engine_channel *channel, struct error *error)
{
	int r = OK;

	for (size_t i = 0; r == OK && i < channel->match.account_count; i++)
		r = begin_account(channel, channel->match.accounts[i], error);
	return r;
}

/* --- sending -------------------------------------------------------------------------------- */

static int send_question(struct engine_channel *channel, struct match_account *account)
{
	struct frame_match request = {
		.statement = buffer_view(&account->question.text),
		.signature = buffer_view(&account->question.armor),
		.count = (uint16_t)account->question.statement.elements,
	};
	struct buffer content, frame;
	int r;

	buffer_init(&content, MATCH_CONTENT_MAXIMUM);
	buffer_init(&frame, FRAME_MAXIMUM);
	if ((r = match_read_content(channel, account, &content)) == OK) {
		request.elements = buffer_view(&content);
		r = frame_put_match_request(&frame, &request);
	}
	if (r == OK) {
		channel_send_frame(channel, &frame);
		account->sent = true;
	}
	buffer_release(&content);
	buffer_release(&frame);
	return r;
}

void match_send_questions(struct engine_channel *channel)
{
	const struct engine_effects *effects = &channel->engine->settings.effects;
	size_t open = 0;
	int r;

	if (channel->link.deaf ||
	    (effects->link_is_full != NULL && effects->link_is_full(effects->context)))
		return;
	for (size_t i = 0; i < channel->match.account_count; i++)
		open += channel->match.accounts[i]->sent;
	for (size_t i = 0; i < channel->match.account_count && open < FRAME_QUESTIONS_MAXIMUM;
	     i++) {
		struct match_account *account = channel->match.accounts[i];

		if (account->own || account->sent || !match_is_open(account))
			continue;
		if ((r = send_question(channel, account)) != OK) {
			journal(JOURNAL_ERROR, "a question cannot be sent: %s", result_text(r));
			return;
		}
		open++;
	}
}

/* --- what comes back ------------------------------------------------------------------------- */

static struct match_account *find_question(const struct engine_channel *channel,
                                           const struct hash *hash)
{
	for (size_t i = 0; i < channel->match.account_count; i++) {
		struct match_account *account = channel->match.accounts[i];

		if (!account->own && account->sent && match_is_open(account) &&
		    hash_equal(&account->question.hash, hash))
			return account;
	}
	return NULL;
}

/* The question is over: those who wait for it are told. */
static void tell_askers(struct engine_channel *channel, struct match_account *account,
                        struct bytes evaluations)
{
	struct match_ask **place = &account->asks;

	while (*place != NULL) {
		if (!(*place)->begun) {
			place = &(*place)->next;
			continue;
		}
		api_answer_question(channel, (*place)->request, account, evaluations);
		remove_ask(account, place);
	}
}

static void fail_askers(struct engine_channel *channel, struct match_account *account,
                        const char *reason, const struct error *failure)
{
	struct match_ask **place = &account->asks;

	while (*place != NULL)
		if ((*place)->begun)
			fail_ask(channel, account, place, reason, failure);
		else
			place = &(*place)->next;
}

/* What came is signed, or at least said, and wrong: the question stays counted, and is not asked
 * again, so that it cannot end every connection from now on. */
static int give_up_question(struct engine_channel *channel, struct match_account *account, int code,
                            struct error *error)
{
	struct error failure = *error;
	int r;

	if (code == ERROR_MEMORY || code == ERROR_IO)
		return code;
	account->state = match_counted(account);
	account->state.open = false;
	account->sent = false;
	match_statement_clear(&account->question);
	fail_askers(channel, account, MATCH_REASON_ANSWER, &failure);
	if ((r = match_store(channel, account, bytes_of(NULL, 0))) != OK)
		return error_set(error, r, "what was asked cannot be stored");
	return code;
}

static int check_evaluations(const struct match_statement *answer, const struct frame_match *frame,
                             struct error *error)
{
	struct hash content = { { 0 } };

	if (frame->count > 0)
		sha256_of(&content, frame->elements);
	if (frame->count != answer->statement.elements ||
	    !hash_equal(&content, &answer->statement.content))
		return error_set(error, ERROR_MISMATCH,
		                 "the evaluations are not those of the answer's statement");
	return OK;
}

/* What its node has signed, and contradicts the question, goes to who asked: they can show it to
 * others (doc/PROTOCOL.match, "Proofs"). */
static void tell_of_lie(struct engine_channel *channel, struct match_account *account,
                        const struct match_statement *answer, struct bytes evaluations)
{
	struct match_statement kept = account->answer;

	account->answer = *answer;
	tell_askers(channel, account, evaluations);
	account->answer = kept;
}

/* Verifies the answer and takes over the state after it. */
static int conclude(struct engine_channel *channel, struct match_account *account,
                    const struct frame_match *frame, struct error *error)
{
	const struct match_statement *question = &account->question;
	struct match_statement *answer = &account->answer;
	struct match_statement taken;
	int r;

	match_statement_init(&taken);
	if ((r = match_verify(channel, channel->other, frame->statement, frame->signature, &taken,
	                      error)) == OK &&
	    (r = check_evaluations(&taken, frame, error)) == OK &&
	    (r = exchange_conclude(&account->state, &question->statement, &question->hash,
	                           &taken.statement, &taken.hash, &account->state, error)) ==
	        ERROR_MISMATCH &&
	    taken.statement.step == EXCHANGE_ANSWER)
		tell_of_lie(channel, account, &taken, frame->elements);
	if (r != OK) {
		match_statement_release(&taken);
		return r;
	}
	match_statement_release(answer);
	*answer = taken;
	account->forgot = false;
	match_raise(channel, account);
	return OK;
}

int match_take_reply(struct engine_channel *channel, struct bytes payload, struct error *error)
{
	struct exchange_statement statement;
	struct match_account *account;
	struct frame_match frame;
	int r;

	if ((r = frame_get_match_reply(payload, &frame, error)) != OK ||
	    (r = exchange_parse(frame.statement, &statement, error)) != OK)
		return r;
	if ((account = find_question(channel, &statement.previous)) == NULL)
		return error_set(error, ERROR_MISMATCH, "an answer to no question that is open");
	if ((r = conclude(channel, account, &frame, error)) != OK)
		return give_up_question(channel, account, r, error);
	account->sent = false;
	account->refused |= account->answer.statement.outcome == EXCHANGE_BUDGET;
	tell_askers(channel, account, frame.elements);
	if ((r = match_store(channel, account, frame.elements)) != OK)
		return error_set(error, r, "the answer cannot be stored");
	return OK;
}

/* --- behind ------------------------------------------------------------------------------------ */

/* What is shown is of this list and class, and signed by those who they say. */
static int verify_shown(struct engine_channel *channel, const struct match_account *account,
                        const struct frame_match_behind *behind, struct match_statement *question,
                        struct match_statement *answer, struct error *error)
{
	int r = match_verify(channel, channel->own, behind->question, behind->question_signature,
	                     question, error);

	if (r != OK)
		return r;
	if (question->statement.step != EXCHANGE_QUESTION ||
	    !hash_equal(&question->statement.list, &account->leaf) ||
	    question->statement.identifier_class != account->identifier_class)
		return error_set(error, ERROR_MISMATCH,
		                 "what is shown is no question to this list and class");
	return behind->answer.size == 0 ? OK
	                                : match_verify(channel, channel->other, behind->answer,
	                                               behind->answer_signature, answer, error);
}

/* Whether the other side's tally may be believed, of which it shows no question. It is believed
 * as far as this node's own open question goes; and where this node has forgotten, by as much as
 * it can have. Else an owner could spend the budget by its word alone, and have this node repeat
 * it in a tally of its own. */
static bool is_believable(const struct match_account *account, const struct list_tally *tally)
{
	const struct exchange_statement *question = &account->question.statement;
	const struct exchange_state *state = &account->state;

	if (tally->count <= question->total && tally->day <= question->day &&
	    (tally->day < question->day || tally->today <= question->today))
		return true;
	return account->forgot && tally->count <= state->total + MATCH_FORGOTTEN_MAXIMUM &&
	       tally->day <= question->day;
}

/* Takes over what the other side has counted. ERROR_EXISTS: that is nothing more. */
static int catch_up(struct engine_channel *channel, struct match_account *account,
                    const struct frame_match_behind *behind, struct error *error)
{
	struct exchange_state before = account->state;
	struct match_statement question, answer;
	struct list_tally tally;
	int r = ERROR_EXISTS;

	match_statement_init(&question);
	match_statement_init(&answer);
	if (behind->question.size > 0 &&
	    (r = verify_shown(channel, account, behind, &question, &answer, error)) == OK)
		r = exchange_catch_up(&before, &question.statement, &question.hash,
		                      behind->answer.size == 0 ? NULL : &answer.statement,
		                      &answer.hash, &account->state, error);
	/* Its tally is its word on record, where what was shown is less. */
	if ((r == OK || r == ERROR_EXISTS) &&
	    rules_list_tally(channel->rules, account->list, account->identifier_class,
	                     channel->other, &tally) &&
	    is_believable(account, &tally) &&
	    exchange_raise(&account->state, tally.count, tally.day, tally.today))
		r = OK;
	match_statement_release(&question);
	match_statement_release(&answer);
	return r;
}

int match_take_behind(struct engine_channel *channel, struct bytes payload, struct error *error)
{
	struct frame_match_behind behind;
	struct match_account *account;
	struct error why;
	bool again = false;
	int r, caught;

	if ((r = frame_get_match_behind(payload, &behind, error)) != OK)
		return r;
	if ((account = find_question(channel, &behind.request)) == NULL)
		return error_set(error, ERROR_MISMATCH, "an answer to no question that is open");
	caught = catch_up(channel, account, &behind, error);
	if (caught != OK && caught != ERROR_EXISTS)
		return give_up_question(channel, account, caught, error);
	/* The question was not counted over there: it is asked anew, by another statement. */
	account->sent = false;
	match_statement_clear(&account->question);
	for (struct match_ask *ask = account->asks; ask != NULL; ask = ask->next)
		again |= ask->begun && ask->again;
	error_set(&why, ERROR_STATE,
	          "the other side says that more was asked than this node knows of, and does not "
	          "show it");
	if (caught == ERROR_EXISTS || again)
		fail_askers(channel, account, MATCH_REASON_BEHIND, &why);
	for (struct match_ask *ask = account->asks; ask != NULL; ask = ask->next) {
		ask->again |= ask->begun;
		ask->begun = false;
	}
	if ((r = match_store(channel, account, bytes_of(NULL, 0))) != OK)
		return error_set(error, r, "what was asked cannot be stored");
	return OK;
}
