/* What needs attention: obligations of both sides, what is unread; matters. */
#include "api_call.h"
#include "grow.h"

#include <stdlib.h>

/* Whether its author, by whatever key, can sign for the party today. */
static bool holds_authority(const struct engine_channel *channel, const struct act_summary *act)
{
	const struct delegate *delegate = rules_delegate(channel->rules, act->place.party,
	                                                 act->author);

	return delegate != NULL &&
	       (delegate->until == 0 || engine_now(channel->engine) <= delegate->until);
}

void api_write_obligation(struct api_writer *writer, const struct engine_channel *channel,
                          const struct obligation *obligation)
{
	static const char *const states[] = {
		[OBLIGATION_OPEN] = "open",
		[OBLIGATION_MET] = "met",
		[OBLIGATION_OVERDUE] = "overdue",
	};
	const struct act_summary *act = rules_act(channel->rules, obligation->act);

	api_write_begin(writer, NULL);
	api_write_act_name(writer, "act", channel, obligation->act);
	api_write_string(writer, "kind", act->kind->name);
	api_write_string(writer, "author", act->author);
	api_write_string(writer, "owed_by", api_party_id(channel, obligation->owed_by));
	api_write_string(writer, "what", obligation_duty_name(obligation->duty));
	api_write_time(writer, "started", obligation->started);
	api_write_bool(writer, "deemed", obligation->deemed);
	api_write_time(writer, "deadline", obligation->deadline);
	api_write_string(writer, "state", states[obligation->state]);
	if (obligation->state == OBLIGATION_MET)
		api_write_act_name(writer, "met_by", channel, obligation->met_by);
	else
		api_write_nothing(writer, "met_by");
	api_write_string(writer, "precedence", precedence_name(act->precedence));
	api_write_bool(writer, "disputed", rules_disputed(channel->rules, obligation->act));
	api_write_bool(writer, "author_left", !holds_authority(channel, act));
	api_write_end(writer);
}

/* --- the inbox ---------------------------------------------------------------- */

struct pending {
	struct obligation obligation;
	enum precedence precedence;
};

struct pending_list {
	struct pending *items;
	size_t count, capacity;
};

/* The most pressing first: precedence, then deadline (those whose clock has not
 * started last), then the order of the acts. */
static int compare_pending(const void *left, const void *right)
{
	const struct pending *a = left, *b = right;
	timestamp a_time = a->obligation.deadline == 0 ? TIMESTAMP_MAXIMUM : a->obligation.deadline;
	timestamp b_time = b->obligation.deadline == 0 ? TIMESTAMP_MAXIMUM : b->obligation.deadline;

	if (a->precedence != b->precedence)
		return a->precedence < b->precedence ? -1 : 1;
	if (a_time != b_time)
		return a_time < b_time ? -1 : 1;
	if (a->obligation.act.number != b->obligation.act.number)
		return a->obligation.act.number < b->obligation.act.number ? -1 : 1;
	if (a->obligation.act.party != b->obligation.act.party)
		return a->obligation.act.party < b->obligation.act.party ? -1 : 1;
	return (int)a->obligation.duty - (int)b->obligation.duty;
}

static int add_pending(const struct rules *rules, const struct act_summary *act, timestamp now,
                       struct pending_list *list)
{
	struct obligation obligations[OBLIGATIONS_MAXIMUM];
	size_t count;
	int r;

	if ((r = rules_obligations(rules, act->place, now, obligations, &count)) != OK)
		return r;
	for (size_t i = 0; i < count; i++) {
		struct pending *items;

		if (obligations[i].state == OBLIGATION_MET)
			continue;
		items = grow(list->items, list->count, &list->capacity, sizeof *items);
		if (items == NULL)
			return ERROR_MEMORY;
		list->items = items;
		items[list->count++] = (struct pending){ obligations[i], act->precedence };
	}
	return OK;
}

static int collect_pending(const struct engine_channel *channel, struct pending_list *list)
{
	timestamp now = engine_now(channel->engine);
	int r;

	for (unsigned party = 0; party < 2; party++) {
		uint64_t size = rules_size(channel->rules, party);

		for (uint64_t number = 0; number < size; number++) {
			const struct act_summary *act = rules_act(
			    channel->rules, (struct act_place){ party, number });

			if (act->kind->matter == MATTER_SERVICE)
				continue;
			if ((r = add_pending(channel->rules, act, now, list)) != OK)
				return r;
		}
	}
	if (list->count > 0)
		qsort(list->items, list->count, sizeof list->items[0], compare_pending);
	return OK;
}

/* A valid act of the other side that people have neither acknowledged nor
 * answered. An acknowledgement itself asks for nothing. */
static bool is_unread(const struct act_summary *act)
{
	return act->kind->matter != MATTER_SERVICE && act->kind->number != KIND_ACK &&
	       act->verdict.code == VERDICT_VALID && act->acknowledged_by == UINT64_MAX &&
	       act->answered_by == UINT64_MAX;
}

static int write_unread(const struct api_call *call, bool *more, struct error *error)
{
	struct engine_channel *channel = call->channel;
	uint64_t size = rules_size(channel->rules, channel->other);
	size_t count = 0;
	int r = OK;

	api_write_begin(call->answer, "unread");
	for (uint64_t number = 0; number < size && r == OK; number++) {
		struct act_place place = { channel->other, number };

		if (!is_unread(rules_act(channel->rules, place)))
			continue;
		if (count++ == API_ACTS_MAXIMUM || api_writer_size(call->answer) > API_PAGE_BYTES) {
			*more = true;
			break;
		}
		r = api_write_act_summary(call->answer, channel, place, false, error);
	}
	api_write_end(call->answer);
	return r;
}

int api_inbox(struct api_call *call, struct error *error)
{
	struct pending_list list = { 0 };
	bool more;
	int r;

	if ((r = collect_pending(call->channel, &list)) != OK) {
		error_set(error, r, "the obligations cannot be computed");
		goto out;
	}
	more = list.count > API_ACTS_MAXIMUM;
	api_write_begin(call->answer, "obligations");
	for (size_t i = 0; i < list.count && i < API_ACTS_MAXIMUM; i++)
		api_write_obligation(call->answer, call->channel, &list.items[i].obligation);
	api_write_end(call->answer);
	if ((r = write_unread(call, &more, error)) != OK)
		goto out;
	api_write_reminders(call->answer, call->channel);
	api_write_bool(call->answer, "more", more);
out:
	release_memory(list.items);
	return r;
}

/* --- matters ------------------------------------------------------------------- */

static void write_matter_fields(struct api_writer *writer, const struct engine_channel *channel,
                                const struct matter_summary *matter)
{
	api_write_act_name(writer, "matter", channel, matter->opened_by);
	api_write_string(writer, "kind", matter_kind_name(matter->kind));
	api_write_string(writer, "state", matter_state_name(matter->state));
	api_write_number(writer, "acts", matter->act_count);
	api_write_act_name(writer, "last", channel, matter->last);
	api_write_bool(writer, "exercise", matter->exercise);
	api_write_bool(writer, "disputed", rules_disputed(channel->rules, matter->opened_by));
}

int api_matters(struct api_call *call, struct error *error)
{
	const struct rules *rules = call->channel->rules;
	uint64_t from = api_request_number(call->request, "from", 0);
	size_t total = rules_matter_count(rules), count;
	struct matter_summary matter;
	int r;

	if ((r = api_get_count(call, &count, error)) != OK)
		return r;
	if (from > total)
		from = total;
	api_write_begin(call->answer, "matters");
	for (; from < total && count > 0; from++, count--) {
		if ((r = rules_matter(rules, (size_t)from, engine_now(call->engine), &matter)) !=
		    OK)
			return error_set(error, r, "the matters cannot be listed");
		api_write_begin(call->answer, NULL);
		write_matter_fields(call->answer, call->channel, &matter);
		api_write_end(call->answer);
	}
	api_write_end(call->answer);
	api_write_bool(call->answer, "more", from < total);
	return OK;
}

int api_matter(struct api_call *call, struct error *error)
{
	struct engine_channel *channel = call->channel;
	struct act_place opening, *places = NULL;
	struct matter_summary matter;
	size_t count, i;
	int r;

	if ((r = api_find_act(call, &opening, error)) != OK)
		return r;
	if (rules_matter_of(channel->rules, opening, engine_now(call->engine), &matter) != OK)
		return error_set(error, ERROR_NOT_FOUND, "this act opens no matter");
	if ((places = allocate(matter.act_count + 1, sizeof *places)) == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	if ((r = rules_matter_acts(channel->rules, opening, places, matter.act_count, &count)) !=
	    OK) {
		error_set(error, r, "the acts of the matter cannot be listed");
		goto out;
	}
	write_matter_fields(call->answer, channel, &matter);
	api_write_begin(call->answer, "list");
	for (i = 0; i < count && api_writer_size(call->answer) <= API_PAGE_BYTES; i++)
		if ((r = api_write_act_summary(call->answer, channel, places[i], false, error)) !=
		    OK)
			goto out;
	api_write_end(call->answer);
	api_write_bool(call->answer, "more", i < count);
out:
	release_memory(places);
	return r;
}
