/* The node itself: status, clock, configuration, and keys for channels to come. */
#include "api_call.h"

#include <unistd.h>

/* --- status ---------------------------------------------------------------- */

static void write_clock_fields(struct api_writer *writer, const struct engine *engine)
{
	api_write_bool(writer, "trusted", engine->clock_trusted);
	api_write_string(writer, "reason", engine->clock_reason);
	api_write_time(writer, "now", engine_now(engine));
}

static int write_setups(struct api_writer *writer, struct engine *engine, struct error *error)
{
	struct setup_summary setups[KEEPER_SETUPS_MAXIMUM];
	size_t count;
	int r;

	if ((r = engine_list_setups(engine, setups, KEEPER_SETUPS_MAXIMUM, &count)) != OK)
		return error_set(error, r, "the invitations cannot be read");
	api_write_begin(writer, "setups");
	for (size_t i = 0; i < count; i++) {
		api_write_begin(writer, NULL);
		api_write_setup(writer, "setup", setups[i].setup);
		api_write_time(writer, "created", setups[i].created);
		api_write_end(writer);
	}
	api_write_end(writer);
	return OK;
}

int api_status(struct api_call *call, struct error *error)
{
	const struct configuration *configuration = call->engine->settings.configuration;
	struct api_writer *writer = call->answer;

	api_write_string(writer, "party", configuration->party);
	api_write_string(writer, "domain", configuration->domain);
	api_write_string(writer, "version", CHIRO_VERSION);
	api_write_number(writer, "pid", (uint64_t)getppid());
	api_write_bool(writer, "mirror", call->engine->settings.mirror);
	api_write_begin(writer, "clock");
	write_clock_fields(writer, call->engine);
	api_write_end(writer);
	api_write_evaluator(writer, call->engine);
	api_write_begin(writer, "channels");
	for (size_t i = 0; i < call->engine->channel_count; i++) {
		api_write_begin(writer, NULL);
		api_write_channel_fields(writer, call->engine->channels[i]);
		api_write_end(writer);
	}
	api_write_end(writer);
	return write_setups(writer, call->engine, error);
}

int api_confirm_clock(struct api_call *call, struct error *error)
{
	(void)error;
	engine_confirm_clock(call->engine);
	write_clock_fields(call->answer, call->engine);
	return OK;
}

int api_configuration(struct api_call *call, struct error *error)
{
	(void)error;
	api_write_text(call->answer, "text", call->engine->settings.configuration_text);
	return OK;
}

/* --- setups ---------------------------------------------------------------- */

static int get_string(const struct api_request *request, const char *name, char *ret_string,
                      size_t capacity, struct error *error)
{
	if (bytes_to_string(api_request_text(request, name), ret_string, capacity) != OK)
		return error_set(error, ERROR_LIMIT, "'%s' is too long", name);
	return OK;
}

static int get_key(const struct api_request *request, const char *name, struct ssh_key *ret_key,
                   struct error *error)
{
	struct error why;
	int r = ssh_key_parse(api_request_text(request, name), ret_key, &why);

	return r == OK ? OK : error_set(error, r, "'%s': %s", name, why.message);
}

static int get_endpoints(const struct api_request *request, struct party *party,
                         struct error *error)
{
	const struct api_value *items;
	size_t count = api_request_items(request, "endpoints", NULL, &items);

	if (count > ENDPOINTS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "at most %d 'endpoints'", ENDPOINTS_MAXIMUM);
	for (size_t i = 0; i < count; i++)
		if (!endpoint_is_valid(items[i].text) ||
		    bytes_to_string(items[i].text, party->endpoints[i], ENDPOINT_CAPACITY) != OK)
			return error_set(error, ERROR_USAGE, "'endpoints': each is `host:port`");
	party->endpoint_count = count;
	return OK;
}

static void write_setup(struct api_writer *writer, const uint8_t setup[KEEPER_SETUP_SIZE],
                        const struct buffer *card)
{
	api_write_setup(writer, "setup", setup);
	api_write_text(writer, "card", buffer_view(card));
}

int api_new_setup(struct api_call *call, struct error *error)
{
	const struct api_request *request = call->request;
	struct party party = { .auspices = api_request_text(request, "auspices") };
	uint8_t setup[KEEPER_SETUP_SIZE];
	struct buffer card;
	int r;

	if ((r = get_string(request, "head", party.head, sizeof party.head, error)) != OK ||
	    (r = get_key(request, "head_key", &party.head_key, error)) != OK ||
	    (r = get_string(request, "head_reading_key", party.head_reading_key,
	                    sizeof party.head_reading_key, error)) != OK ||
	    (r = get_key(request, "appointing_key", &party.appointing_key, error)) != OK ||
	    (r = get_endpoints(request, &party, error)) != OK)
		return r;
	buffer_init(&card, API_TEXT_MAXIMUM);
	if ((r = engine_new_setup(call->engine, &party, setup, &card, error)) == OK)
		write_setup(call->answer, setup, &card);
	buffer_release(&card);
	return r;
}

static const uint8_t *setup_of(const struct api_call *call)
{
	return api_request_text(call->request, "setup").data;
}

int api_get_setup(struct api_call *call, struct error *error)
{
	struct buffer card;
	int r;

	buffer_init(&card, API_TEXT_MAXIMUM);
	if ((r = engine_get_setup(call->engine, setup_of(call), &card, error)) == OK)
		write_setup(call->answer, setup_of(call), &card);
	buffer_release(&card);
	return r;
}

int api_discard_setup(struct api_call *call, struct error *error)
{
	return engine_discard_setup(call->engine, setup_of(call), error);
}

/* --- adopting a charter ----------------------------------------------------- */

/* The two signatures in the order of the charter's parties. */
static int order_signatures(const struct api_request *request, const struct charter *charter,
                            struct bytes ret_signatures[2], struct error *error)
{
	const struct bytes *keys;
	const struct api_value *items;
	size_t count = api_request_items(request, "signatures", &keys, &items);

	for (size_t i = 0; i < count; i++) {
		int party = charter_party_index(charter, keys[i]);

		if (party < 0)
			return error_set(
			    error, ERROR_USAGE,
			    "'signatures' names '%.*s', which is no party of the charter",
			    (int)keys[i].size, (const char *)keys[i].data);
		ret_signatures[party] = items[i].text;
	}
	for (unsigned party = 0; party < 2; party++)
		if (ret_signatures[party].size == 0)
			return error_set(error, ERROR_USAGE, "the signature of '%s' is missing",
			                 charter->parties[party].id);
	return OK;
}

int api_adopt(struct api_call *call, struct error *error)
{
	struct bytes text = api_request_text(call->request, "charter"), signatures[2] = { 0 };
	struct engine_channel *channel;
	struct charter *charter;
	int r;

	if ((r = charter_parse(text, &charter, error)) != OK)
		return r;
	r = order_signatures(call->request, charter, signatures, error);
	if (r == OK && api_request_number(call->request, "copy", 0) != 0)
		r = engine_adopt_copy(call->engine, text, signatures, &channel, error);
	else if (r == OK)
		r = engine_adopt(call->engine, text, signatures, &channel, error);
	if (r == OK)
		api_write_hash(call->answer, "channel", &channel->id);
	charter_free(charter);
	return r;
}
