/* Acts that wait for their second signature. */
#include "allocate.h"
#include "api_call.h"
#include "pending.h"

static int get_who(const struct api_call *call, char ret_who[API_NAME_MAXIMUM + 1],
                   struct error *error)
{
	if (bytes_to_string(api_request_text(call->request, "who"), ret_who,
	                    API_NAME_MAXIMUM + 1) != OK)
		return error_set(error, ERROR_LIMIT, "the name of the user is too long");
	return OK;
}

/* What a list shows; one by itself shows text, signature and body too. */
static void write_fields(struct api_writer *writer, const struct pending_act *pending)
{
	const struct pending_value *value = &pending->value;
	const struct act *act = &pending->act;
	bool is_void = pending->verdict.code != VERDICT_VALID;
	enum void_reason reason = pending->verdict.reason;

	if (value->state == PENDING_LAPSED && value->reason < VOID_REASON_COUNT) {
		is_void = true;
		reason = (enum void_reason)value->reason;
	}
	api_write_number(writer, "number", pending->number);
	api_write_string(writer, "state", pending_state_name(value->state));
	api_write_string(writer, "reason", is_void ? void_reason_name(reason) : NULL);
	api_write_string(writer, "reason_text", is_void ? void_reason_text(reason) : NULL);
	api_write_string(writer, "kind", act->kind->name);
	api_write_string(writer, "author", act->author);
	api_write_string(writer, "cosigner", act->cosigner);
	api_write_time(writer, "time", act->time);
	api_write_time(writer, "created", value->created);
	api_write_time(writer, "expires", value->expires);
	api_write_time(writer, "ended", value->ended);
	api_write_text(writer, "by", value->by);
	if (value->note.size > 0)
		api_write_text(writer, "note", value->note);
	else
		api_write_nothing(writer, "note");
	api_write_string(writer, "marking", act->marking);
	api_write_bool(writer, "exercise", act->exercise);
	api_write_bool(writer, "has_body", act->has_body);
	api_write_bool(writer, "eyes_heads", act->eyes_heads);
}

int api_pending(struct api_call *call, struct error *error)
{
	struct pending_act pending;
	uint64_t after = 0;
	int r;

	if ((r = engine_pending_sweep(call->channel, error)) != OK)
		return r;
	api_write_begin(call->answer, "pending");
	while ((r = engine_pending_next(call->channel, after, &pending, error)) == OK) {
		after = pending.number;
		api_write_begin(call->answer, NULL);
		write_fields(call->answer, &pending);
		api_write_end(call->answer);
		pending_act_release(&pending);
	}
	api_write_end(call->answer);
	return r == ERROR_NOT_FOUND ? OK : r;
}

int api_pending_act(struct api_call *call, struct error *error)
{
	struct api_writer *writer = call->answer;
	const struct act *act;
	struct pending_act pending;
	int r;

	if ((r = engine_pending_find(call->channel, api_request_number(call->request, "pending", 0),
	                             &pending, error)) != OK)
		return r;
	act = &pending.act;
	write_fields(writer, &pending);
	api_write_text(writer, "text", act->text);
	api_write_text(writer, "armor", pending.value.armor);
	if (act->has_body) {
		api_write_begin(writer, "body");
		api_write_number(writer, "parts", act->body.parts);
		api_write_hash(writer, "root", &act->body.root);
		api_write_number(writer, "size", act->body.sealed_size);
		api_write_hash(writer, "sha256", &act->body.sealed_hash);
		api_write_end(writer);
	} else {
		api_write_nothing(writer, "body");
	}
	pending_act_release(&pending);
	return OK;
}

int api_add_pending(struct api_call *call, struct error *error)
{
	char who[API_NAME_MAXIMUM + 1];
	enum void_reason reason = VOID_NONE;
	struct pending_act pending;
	uint64_t number;
	int r;

	if ((r = get_who(call, who, error)) != OK)
		return r;
	r = engine_pending_add(call->channel, api_request_text(call->request, "text"),
	                       api_request_text(call->request, "armor"), who, &number, &reason,
	                       error);
	if (reason != VOID_NONE)
		call->reason = void_reason_name(reason);
	if (r != OK || (r = engine_pending_find(call->channel, number, &pending, error)) != OK)
		return r;
	api_write_number(call->answer, "number", number);
	api_write_time(call->answer, "expires", pending.value.expires);
	pending_act_release(&pending);
	return OK;
}

int api_refuse_pending(struct api_call *call, struct error *error)
{
	char who[API_NAME_MAXIMUM + 1];
	int r;

	if ((r = get_who(call, who, error)) != OK)
		return r;
	return engine_pending_refuse(call->channel, api_request_number(call->request, "pending", 0),
	                             who, api_request_text(call->request, "reason"), error);
}

int api_withdraw_pending(struct api_call *call, struct error *error)
{
	return engine_pending_withdraw(call->channel,
	                               api_request_number(call->request, "pending", 0), error);
}

int api_pending_file_key(struct api_call *call, struct error *error)
{
	uint8_t file_key[KEEPER_FILE_KEY_SIZE];
	int r;

	if ((r = engine_pending_unseal(call->channel,
	                               api_request_number(call->request, "pending", 0), file_key,
	                               error)) != OK)
		return r;
	api_write_octets(call->answer, "file_key", bytes_of(file_key, sizeof file_key));
	wipe(file_key, sizeof file_key);
	return OK;
}
