/* Keys of match-only lists, and what is evaluated with them. */
#include "api_call.h"
#include "message.h"

#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

/* Begins, and ends, the answer to a request whose evaluation has come. */
static int answer_later(struct engine *engine, uint16_t type, const struct evaluation *evaluation,
                        void (*write)(struct api_writer *writer,
                                      const struct evaluation *evaluation))
{
	uint32_t number = (uint32_t)evaluation->tag;
	struct api_writer writer;

	if (evaluation->failure != NULL) {
		engine_reply_error(engine, number, evaluation->failure);
		return OK;
	}
	api_writer_init(&writer, api_reply_record(type), MESSAGE_BODY_MAXIMUM);
	write(&writer, evaluation);
	api_reply_later(engine, type, number, &writer);
	api_writer_release(&writer);
	return OK;
}

/* The list of ours that is asked by this key now. */
static bool find_list(const struct engine_channel *channel,
                      const uint8_t public_key[EVALUATOR_KEY_SIZE], struct act_place *ret_list)
{
	struct list_summary list;

	for (size_t i = 0; rules_list_at(channel->rules, i, &list) == OK; i++) {
		if (list.owner != channel->own || list.mode != LIST_MATCH_ONLY || list.retired ||
		    list.rejected)
			continue;
		for (size_t j = 0; j < IDENTIFIER_CLASS_COUNT; j++) {
			if (list.classes[j].pairs == 0 ||
			    memcmp(list.classes[j].public_key, public_key, EVALUATOR_KEY_SIZE) != 0)
				continue;
			*ret_list = list.place;
			return true;
		}
	}
	return false;
}

/* Whether it is of a former version: the node destroys it when nobody can ask by it any more. */
static bool is_former(const struct engine_channel *channel,
                      const uint8_t public_key[EVALUATOR_KEY_SIZE])
{
	for (size_t i = 0; i < channel->match.old_key_count; i++)
		if (memcmp(channel->match.old_keys[i].public_key, public_key, EVALUATOR_KEY_SIZE) ==
		    0)
			return true;
	return false;
}

static void write_key(struct api_writer *writer, const struct evaluator_key_status *status)
{
	struct hash public_key;

	memcpy(public_key.bytes, status->key.public_key, HASH_SIZE);
	api_write_hash(writer, "public_key", &public_key);
	api_write_time(writer, "created", status->created);
}

static void write_key_and_list(struct api_call *call, const struct evaluator_key_status *status)
{
	struct act_place list;

	api_write_begin(call->answer, NULL);
	write_key(call->answer, status);
	if (find_list(call->channel, status->key.public_key, &list))
		api_write_act_name(call->answer, "list", call->channel, list);
	else
		api_write_nothing(call->answer, "list");
	api_write_end(call->answer);
}

int api_list_keys(struct api_call *call, struct error *error)
{
	const struct evaluator_report *report = &call->engine->evaluation.report;

	if (!call->engine->evaluation.has_report)
		return error_set(error, ERROR_WAIT,
		                 "the evaluator, which holds the keys of lists, is being started: "
		                 "ask again");
	api_write_begin(call->answer, "keys");
	for (size_t i = 0; i < report->count; i++) {
		if (!hash_equal(&report->keys[i].key.channel, &call->channel->id))
			continue;
		write_key_and_list(call, &report->keys[i]);
	}
	api_write_end(call->answer);
	return OK;
}

static void write_new_key(struct api_writer *writer, const struct evaluation *evaluation)
{
	struct evaluator_key_status status = { 0 };

	/* It was read before, by who gives it. */
	evaluator_get_new_key(evaluation->answer, &evaluation->key.channel, &status);
	write_key(writer, &status);
}

static int new_key_made(struct engine *engine, const struct evaluation *evaluation,
                        struct error *error)
{
	(void)error;
	return answer_later(engine, API_NEW_LIST_KEY, evaluation, write_new_key);
}

int api_new_list_key(struct api_call *call, struct error *error)
{
	return evaluation_new_key(call->channel, new_key_made, call->number, error);
}

static void write_evaluations(struct api_writer *writer, const struct evaluation *evaluation)
{
	api_write_octets(writer, "evaluations", evaluation->answer);
}

static int evaluated(struct engine *engine, const struct evaluation *evaluation,
                     struct error *error)
{
	(void)error;
	return answer_later(engine, API_EVALUATE, evaluation, write_evaluations);
}

int api_evaluate(struct api_call *call, struct error *error)
{
	const struct api_request *request = call->request;
	struct hash public_key = api_request_hash(request, "public_key");

	return evaluation_ask(call->channel, EVALUATION_FOR_PERSON, public_key.bytes,
	                      api_request_number(request, "proofs", 0) != 0,
	                      api_request_text(request, "elements"), evaluated, call->number,
	                      error);
}

int api_destroy_list_key(struct api_call *call, struct error *error)
{
	struct hash public_key = api_request_hash(call->request, "public_key");
	struct act_place list;

	if (!evaluation_holds_key(call->channel, public_key.bytes))
		return error_set(error, ERROR_NOT_FOUND, "there is no such key here");
	if (find_list(call->channel, public_key.bytes, &list) ||
	    is_former(call->channel, public_key.bytes))
		return error_set(
		    error, ERROR_STATE,
		    "a list is, or was, asked by this key: it is destroyed when the list "
		    "has another version, or is retired, and the other side has "
		    "receipted that");
	evaluation_destroy_key(call->channel, public_key.bytes);
	return OK;
}

/* --- the node's status -------------------------------------------------------------- */

static void write_user(struct api_writer *writer, uint32_t number)
{
	const struct passwd *user = getpwuid(number);
	char text[16];

	snprintf(text, sizeof text, "%u", (unsigned)number);
	api_write_string(writer, "user", user != NULL ? user->pw_name : text);
}

void api_write_evaluator(struct api_writer *writer, const struct engine *engine)
{
	const struct evaluation_state *state = &engine->evaluation;

	if (engine->settings.mirror) {
		api_write_nothing(writer, "evaluator");
		return;
	}
	api_write_begin(writer, "evaluator");
	api_write_bool(writer, "working", state->has_report);
	if (state->has_report)
		write_user(writer, state->report.user);
	else
		api_write_nothing(writer, "user");
	api_write_bool(writer, "apart", state->has_report && state->report.user != geteuid());
	api_write_number(writer, "threads", state->has_report ? state->report.threads : 0);
	api_write_number(writer, "keys", state->has_report ? state->report.count : 0);
	api_write_number(writer, "damaged", state->has_report ? state->report.damaged : 0);
	api_write_end(writer);
}
