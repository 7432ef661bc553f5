/* Lists: what is known of each, what was asked of it and may still be, and questions to those
 * of the other side. */
#include "api_call.h"

static const char *const mode_names[] = {
	[LIST_OPENED] = "opened",
	[LIST_MATCH_ONLY] = "match-only",
	[LIST_SWAP] = "swap",
};

static void write_tally(struct api_writer *writer, const char *name,
                        const struct engine_channel *channel, struct act_place list,
                        enum identifier_class identifier_class, unsigned party)
{
	struct list_tally tally;

	if (!rules_list_tally(channel->rules, list, identifier_class, party, &tally)) {
		api_write_nothing(writer, name);
		return;
	}
	api_write_begin(writer, name);
	api_write_act_name(writer, "act", channel, tally.place);
	api_write_number(writer, "total", tally.count);
	api_write_time(writer, "day", tally.day);
	api_write_number(writer, "today", tally.today);
	api_write_end(writer);
}

static void write_lengths(struct api_writer *writer, const struct class_commitment *commitment)
{
	api_write_begin(writer, "prefix_lengths");
	for (size_t i = 0; i < CLASS_LENGTHS_MAXIMUM; i++)
		if (commitment->lengths[i])
			api_write_number(writer, NULL, i);
	api_write_end(writer);
}

static void write_counts(struct api_writer *writer, const struct engine_channel *channel,
                         struct act_place list, enum identifier_class identifier_class)
{
	const struct match_account *account = match_find(channel, list, identifier_class);
	struct exchange_state counted = match_counted(account);
	timestamp day = exchange_day(engine_now(channel->engine));
	uint64_t beside, beside_today;

	rules_list_queried(channel->rules, list, identifier_class, day, &beside, &beside_today);
	api_write_number(writer, "total", counted.total);
	api_write_number(writer, "today", counted.day >= day ? counted.today : 0);
	api_write_number(writer, "on_record", beside);
	api_write_number(writer, "on_record_today", beside_today);
	api_write_number(writer, "left", match_left(channel, list, identifier_class));
	api_write_bool(writer, "open", account != NULL && match_is_open(account));
}

static void write_class(struct api_writer *writer, const struct engine_channel *channel,
                        const struct list_summary *list, enum identifier_class identifier_class)
{
	const struct class_commitment *commitment = &list->classes[identifier_class];
	struct hash public_key;

	memcpy(public_key.bytes, commitment->public_key, HASH_SIZE);
	api_write_begin(writer, NULL);
	api_write_string(writer, "class", identifier_class_name(identifier_class));
	api_write_hash(writer, "public_key", &public_key);
	api_write_number(writer, "pairs", commitment->pairs);
	api_write_hash(writer, "root", &commitment->root);
	write_lengths(writer, commitment);
	write_counts(writer, channel, list->place, identifier_class);
	write_tally(writer, "own_tally", channel, list->place, identifier_class, channel->own);
	write_tally(writer, "their_tally", channel, list->place, identifier_class, channel->other);
	api_write_end(writer);
}

static void write_list(struct api_writer *writer, const struct engine_channel *channel,
                       const struct list_summary *list)
{
	api_write_begin(writer, NULL);
	api_write_act_name(writer, "list", channel, list->place);
	api_write_string(writer, "owner", api_party_id(channel, list->owner));
	api_write_string(writer, "mode", mode_names[list->mode]);
	api_write_number(writer, "epoch", list->epoch);
	api_write_act_name(writer, "version", channel, list->version);
	api_write_bool(writer, "revealed", list->revealed);
	api_write_bool(writer, "retired", list->retired);
	api_write_bool(writer, "rejected", list->rejected);
	if (list->has_pair)
		api_write_act_name(writer, "pair", channel, list->pair);
	else
		api_write_nothing(writer, "pair");
	if (list->mode == LIST_MATCH_ONLY)
		api_write_nothing(writer, "commitment");
	else
		api_write_hash(writer, "commitment", &list->commitment);
	api_write_begin(writer, "classes");
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		if (list->classes[i].pairs > 0)
			write_class(writer, channel, list, (enum identifier_class)i);
	api_write_end(writer);
	api_write_end(writer);
}

int api_lists(struct api_call *call, struct error *error)
{
	const struct engine_channel *channel = call->channel;
	const struct charter *charter = channel_charter(channel);
	uint64_t from = api_request_number(call->request, "from", 0);
	size_t total = rules_list_count(channel->rules), count;
	struct list_summary list;
	int r;

	if ((r = api_get_count(call, &count, error)) != OK)
		return r;
	if (from > total)
		from = total;
	api_write_number(call->answer, "budget_day", charter->query_budget_day);
	api_write_number(call->answer, "budget_list", charter->query_budget_list);
	api_write_begin(call->answer, "lists");
	for (; from < total && count > 0 && api_writer_size(call->answer) <= API_PAGE_BYTES;
	     from++, count--) {
		if ((r = rules_list_at(channel->rules, (size_t)from, &list)) != OK)
			return error_set(error, r, "the lists cannot be shown");
		write_list(call->answer, channel, &list);
	}
	api_write_end(call->answer);
	api_write_bool(call->answer, "more", from < total);
	return OK;
}

/* --- questions ------------------------------------------------------------------------- */

int api_ask(struct api_call *call, struct error *error)
{
	struct bytes name = api_request_text(call->request, "class");
	enum identifier_class identifier_class;
	struct act_place list;
	int r;

	if ((r = api_find_act(call, &list, error)) != OK)
		return r;
	if (!identifier_class_named(name, &identifier_class))
		return error_set(error, ERROR_SYNTAX, "'class' is one of %s", IDENTIFIER_CLASSES);
	return match_ask(call->channel, call->number, list, identifier_class,
	                 api_request_number(call->request, "epoch", 0),
	                 api_request_text(call->request, "elements"), &call->reason, error);
}

void api_answer_question(struct engine_channel *channel, uint32_t number,
                         const struct match_account *account, struct bytes evaluations)
{
	const struct match_statement *question = &account->question, *answer = &account->answer;
	struct api_writer writer;

	api_writer_init(&writer, api_reply_record(API_ASK), MESSAGE_BODY_MAXIMUM);
	api_write_string(&writer, "outcome", exchange_outcome_name(answer->statement.outcome));
	api_write_text(&writer, "question", buffer_view(&question->text));
	api_write_text(&writer, "question_signature", buffer_view(&question->armor));
	api_write_text(&writer, "answer", buffer_view(&answer->text));
	api_write_text(&writer, "answer_signature", buffer_view(&answer->armor));
	api_write_octets(&writer, "evaluations", evaluations);
	api_reply_later(channel->engine, API_ASK, number, &writer);
	api_writer_release(&writer);
}
