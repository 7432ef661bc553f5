/* Reading keys and what becomes of them; holds. */
#include "allocate.h"
#include "api_call.h"
#include "destruction.h"
#include "hold.h"

static void write_attestation(struct api_writer *writer, const char *name,
                              const struct engine_channel *channel, struct act_place place)
{
	if (place.number == UINT64_MAX)
		api_write_nothing(writer, name);
	else
		api_write_act_name(writer, name, channel, place);
}

static int write_key(struct api_call *call, unsigned party, size_t index, struct error *error)
{
	struct engine_channel *channel = call->channel;
	struct api_writer *writer = call->answer;
	const struct reading_key *key;
	struct key_outlook outlook;
	size_t count;
	int r;

	if ((r = destruction_outlook(channel, party, index, &outlook, error)) != OK)
		return r;
	key = &rules_reading_keys(channel->rules, party, &count)[index];
	api_write_begin(writer, NULL);
	api_write_string(writer, "party", api_party_id(channel, party));
	api_write_string(writer, "recipient", key->recipient);
	api_write_string(writer, "standing", key_standing_name(outlook.standing));
	write_attestation(writer, "named_by", channel, (struct act_place){ party, key->entry });
	api_write_time(writer, "since", key->since);
	api_write_number(writer, "bodies", outlook.bodies);
	api_write_number(writer, "held_bodies", outlook.held_bodies);
	api_write_time(writer, "first", outlook.first);
	api_write_time(writer, "last", outlook.last);
	write_attestation(writer, "attested_by", channel, outlook.attested[party]);
	write_attestation(writer, "also_attested_by", channel, outlook.attested[1 - party]);
	api_write_time(writer, "due", outlook.due);
	api_write_end(writer);
	return OK;
}

int api_reading_keys(struct api_call *call, struct error *error)
{
	struct engine_channel *channel = call->channel;
	size_t count;
	int r = OK;

	api_write_number(call->answer, "retention",
	                 (uint64_t)destruction_retention(channel, channel->own));
	api_write_begin(call->answer, "keys");
	for (unsigned i = 0; i < 2; i++) {
		unsigned party = i == 0 ? channel->own : channel->other;

		rules_reading_keys(channel->rules, party, &count);
		for (size_t index = 0; index < count && r == OK; index++)
			r = write_key(call, party, index, error);
	}
	api_write_end(call->answer);
	return r;
}

void api_write_destruction(struct api_writer *writer, const struct engine_channel *channel,
                           struct act_place place)
{
	struct destruction destruction;

	api_write_begin(writer, "attested_by");
	if (rules_destruction(channel->rules, place, &destruction))
		for (unsigned party = 0; party < 2; party++)
			api_write_act_name(writer, NULL, channel, destruction.by[party]);
	api_write_end(writer);
	api_write_bool(writer, "destroyed", destruction_covers(channel, place));
}

/* --- holds --------------------------------------------------------------------- */

int api_holds(struct api_call *call, struct error *error)
{
	struct api_writer *writer = call->answer;
	struct hold *holds;
	size_t count;
	int r;

	if ((r = holds_load(call->channel, &holds, &count, error)) != OK)
		return r;
	api_write_begin(writer, "holds");
	for (size_t i = 0; i < count; i++) {
		api_write_begin(writer, NULL);
		api_write_number(writer, "number", holds[i].number);
		api_write_string(writer, "scope", hold_scope_name(holds[i].scope));
		if (holds[i].scope == HOLD_CHANNEL)
			api_write_nothing(writer, "act");
		else
			api_write_act_name(writer, "act", call->channel, holds[i].place);
		api_write_time(writer, "created", holds[i].created);
		api_write_string(writer, "by", holds[i].by);
		api_write_string(writer, "reason", holds[i].reason);
		api_write_end(writer);
	}
	api_write_end(writer);
	release_memory(holds);
	return OK;
}

/* What the hold is to stand over. */
static int read_scope(struct api_call *call, struct hold *hold, struct error *error)
{
	struct bytes scope = api_request_text(call->request, "scope");
	struct bytes name = api_request_text(call->request, "act");
	const struct act_summary *act;
	unsigned i = 0;

	while (i < HOLD_SCOPE_COUNT &&
	       !bytes_equal_string(scope, hold_scope_name((enum hold_scope)i)))
		i++;
	if (i == HOLD_SCOPE_COUNT || (name.size == 0) != (i == HOLD_CHANNEL))
		return error_set(error, ERROR_USAGE,
		                 "'scope' is act or matter, with 'act', or channel without");
	hold->scope = (enum hold_scope)i;
	if (hold->scope == HOLD_CHANNEL)
		return OK;
	if (rules_act_named(call->channel->rules, name, &hold->place) != OK ||
	    (act = rules_act(call->channel->rules, hold->place)) == NULL)
		return error_set(error, ERROR_NOT_FOUND, "there is no such act here");
	if (hold->scope == HOLD_ACT)
		return OK;
	if (!act->has_matter)
		return error_set(error, ERROR_USAGE, "this act stands in no matter");
	hold->place = act->matter;
	return OK;
}

int api_add_hold(struct api_call *call, struct error *error)
{
	struct hold hold = { .number = 0 };
	int r;

	if ((r = read_scope(call, &hold, error)) != OK)
		return r;
	if (bytes_to_string(api_request_text(call->request, "who"), hold.by, sizeof hold.by) !=
	        OK ||
	    bytes_to_string(api_request_text(call->request, "reason"), hold.reason,
	                    sizeof hold.reason) != OK)
		return error_set(error, ERROR_LIMIT, "the reason is too long");
	if ((r = engine_add_hold(call->channel, &hold, error)) != OK)
		return r;
	api_write_number(call->answer, "number", hold.number);
	return OK;
}

int api_lift_hold(struct api_call *call, struct error *error)
{
	return engine_lift_hold(call->channel, api_request_number(call->request, "hold", 0), error);
}
