/* Obligations, as lists of acts and of matters show them; matters. */
#include "allocate.h"
#include "api_call.h"

bool api_author_has_left(const struct engine_channel *channel, const struct act_summary *act)
{
	const struct delegate *delegate = rules_delegate(channel->rules, act->place.party,
	                                                 act->author);

	return delegate == NULL ||
	       (delegate->until != 0 && engine_now(channel->engine) > delegate->until);
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
	api_write_bool(writer, "deferred", obligation->deferred);
	api_write_string(writer, "state", states[obligation->state]);
	if (obligation->state == OBLIGATION_MET)
		api_write_act_name(writer, "met_by", channel, obligation->met_by);
	else
		api_write_nothing(writer, "met_by");
	api_write_string(writer, "precedence", precedence_name(act->precedence));
	api_write_bool(writer, "disputed", rules_disputed(channel->rules, obligation->act));
	api_write_bool(writer, "author_left", api_author_has_left(channel, act));
	api_write_end(writer);
}

/* --- matters ------------------------------------------------------------------- */

static void write_matter_fields(struct api_writer *writer, const struct engine_channel *channel,
                                const struct matter_summary *matter)
{
	api_write_act_name(writer, "matter", channel, matter->opened_by);
	api_write_string(writer, "kind", matter_kind_name(matter->kind));
	api_write_string(writer, "state", matter_state_name(matter->state));
	api_write_bool(writer, "unsupported", matter->unsupported);
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
