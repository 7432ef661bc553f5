/* The charters of a channel: which is in force, what is open, the texts. */
#include "api_call.h"

static void write_place(struct api_writer *writer, const char *name,
                        const struct engine_channel *channel, bool there, struct act_place place)
{
	if (there)
		api_write_act_name(writer, name, channel, place);
	else
		api_write_nothing(writer, name);
}

static void write_in_force(struct api_writer *writer, const struct engine_channel *channel,
                           unsigned version)
{
	const struct charter *charter = rules_charter_version(channel->rules, version);
	struct act_place opened = { 0 }, completed = { 0 };
	bool amended = rules_charter_acts(channel->rules, version, &opened, &completed);

	api_write_begin(writer, NULL);
	api_write_number(writer, "version", version);
	api_write_hash(writer, "sha256", &charter->hash);
	write_place(writer, "opened", channel, amended, opened);
	write_place(writer, "completed", channel, amended, completed);
	api_write_time(writer, "logged",
	               amended ? rules_act(channel->rules, completed)->logged : 0);
	api_write_end(writer);
}

static bool is_held(struct engine_channel *channel, const struct hash *hash)
{
	struct buffer text;
	bool held;

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	held = channel_charter_text(channel, hash, &text) == OK;
	buffer_release(&text);
	return held;
}

static void write_open(struct api_writer *writer, struct engine_channel *channel, unsigned party)
{
	struct amendment_summary amendment;
	struct act_place place;

	if (!rules_open_amendment(channel->rules, party, &place) ||
	    rules_amendment(channel->rules, place, &amendment) != OK)
		return;
	api_write_begin(writer, NULL);
	api_write_act_name(writer, "opened", channel, place);
	api_write_number(writer, "version", amendment.version);
	api_write_hash(writer, "sha256", &amendment.charter);
	api_write_string(writer, "state", amendment_state_name(amendment.state));
	api_write_bool(writer, "held", is_held(channel, &amendment.charter));
	api_write_end(writer);
}

int api_charters(struct api_call *call, struct error *error)
{
	struct engine_channel *channel = call->channel;
	struct api_writer *writer = call->answer;

	(void)error;
	api_write_begin(writer, "charters");
	for (unsigned i = 1; i <= rules_charter_count(channel->rules); i++)
		write_in_force(writer, channel, i);
	api_write_end(writer);
	api_write_begin(writer, "open");
	for (unsigned party = 0; party < 2; party++)
		write_open(writer, channel, party);
	api_write_end(writer);
	return OK;
}

int api_charter(struct api_call *call, struct error *error)
{
	struct hash hash = api_request_hash(call->request, "sha256");
	struct buffer text;
	int r;

	buffer_init(&text, CHARTER_SIZE_MAXIMUM);
	r = channel_charter_text(call->channel, &hash, &text);
	if (r == ERROR_NOT_FOUND)
		error_set(error, r, "no charter with this SHA-256 is here");
	else if (r != OK)
		error_set(error, r, "the charter cannot be read");
	else
		api_write_text(call->answer, "text", buffer_view(&text));
	buffer_release(&text);
	return r;
}

int api_give_charter(struct api_call *call, struct error *error)
{
	struct hash hash;
	int r = engine_give_charter(call->channel, api_request_text(call->request, "text"), &hash,
	                            error);

	if (r == OK)
		api_write_hash(call->answer, "sha256", &hash);
	return r;
}
