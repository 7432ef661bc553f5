#include "api_call.h"
#include "journal.h"
#include "message.h"

enum answer {
	ANSWER_NOW,
	ANSWER_WHEN_DURABLE, /* it says that something was stored */
	ANSWER_LATER /* the engine calls api_answer_submitted, api_reply_wait or api_reply_later */
};

/* Where it can be answered: a mirror has no keys and is not written to. */
enum where { ANYWHERE, AT_THE_NODE };

static const struct {
	api_handler *handle;
	enum answer answer;
	enum where where;
} handlers[] = {
	[API_STATUS - API_STATUS] = { api_status, ANSWER_NOW, ANYWHERE },
	[API_CONFIRM_CLOCK - API_STATUS] = { api_confirm_clock, ANSWER_NOW, ANYWHERE },
	[API_CONFIGURATION - API_STATUS] = { api_configuration, ANSWER_NOW, ANYWHERE },
	[API_BACKUP - API_STATUS] = { api_backup, ANSWER_NOW, ANYWHERE },
	[API_BACKUP_STATE - API_STATUS] = { api_backup_state, ANSWER_NOW, ANYWHERE },
	[API_BACKUP_DATA - API_STATUS] = { api_backup_data, ANSWER_NOW, ANYWHERE },
	[API_END_BACKUP - API_STATUS] = { api_end_backup, ANSWER_NOW, ANYWHERE },
	[API_ALARMS - API_STATUS] = { api_alarms, ANSWER_NOW, ANYWHERE },
	[API_TEST_ALARM - API_STATUS] = { api_test_alarm, ANSWER_NOW, AT_THE_NODE },
	[API_NEW_SETUP - API_STATUS] = { api_new_setup, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_GET_SETUP - API_STATUS] = { api_get_setup, ANSWER_NOW, AT_THE_NODE },
	[API_DISCARD_SETUP - API_STATUS] = { api_discard_setup, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_ADOPT - API_STATUS] = { api_adopt, ANSWER_WHEN_DURABLE, ANYWHERE },
	[API_CHANNEL - API_STATUS] = { api_channel, ANSWER_NOW, ANYWHERE },
	[API_CHARTERS - API_STATUS] = { api_charters, ANSWER_NOW, ANYWHERE },
	[API_CHARTER - API_STATUS] = { api_charter, ANSWER_NOW, ANYWHERE },
	[API_GIVE_CHARTER - API_STATUS] = { api_give_charter, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_LOG - API_STATUS] = { api_log, ANSWER_NOW, ANYWHERE },
	[API_ACT - API_STATUS] = { api_act, ANSWER_NOW, ANYWHERE },
	[API_INBOX - API_STATUS] = { api_inbox, ANSWER_NOW, ANYWHERE },
	[API_AGENDA - API_STATUS] = { api_agenda, ANSWER_NOW, ANYWHERE },
	[API_HANDOVERS - API_STATUS] = { api_handovers, ANSWER_NOW, ANYWHERE },
	[API_HANDOVER - API_STATUS] = { api_handover, ANSWER_NOW, ANYWHERE },
	[API_ADD_HANDOVER - API_STATUS] = { api_add_handover, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_ACCEPT_HANDOVER -
	    API_STATUS] = { api_accept_handover, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_LINK_LOG - API_STATUS] = { api_link_log, ANSWER_NOW, ANYWHERE },
	[API_MATTERS - API_STATUS] = { api_matters, ANSWER_NOW, ANYWHERE },
	[API_MATTER - API_STATUS] = { api_matter, ANSWER_NOW, ANYWHERE },
	[API_HEADS - API_STATUS] = { api_heads, ANSWER_NOW, ANYWHERE },
	[API_CHECK - API_STATUS] = { api_check, ANSWER_NOW, ANYWHERE },
	[API_SUBMIT - API_STATUS] = { api_submit, ANSWER_LATER, AT_THE_NODE },
	[API_PENDING - API_STATUS] = { api_pending, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_PENDING_ACT - API_STATUS] = { api_pending_act, ANSWER_NOW, AT_THE_NODE },
	[API_ADD_PENDING - API_STATUS] = { api_add_pending, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_REFUSE_PENDING -
	    API_STATUS] = { api_refuse_pending, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_WITHDRAW_PENDING -
	    API_STATUS] = { api_withdraw_pending, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_PENDING_FILE_KEY - API_STATUS] = { api_pending_file_key, ANSWER_NOW, AT_THE_NODE },
	[API_READING_KEYS - API_STATUS] = { api_reading_keys, ANSWER_NOW, ANYWHERE },
	[API_HOLDS - API_STATUS] = { api_holds, ANSWER_NOW, AT_THE_NODE },
	[API_ADD_HOLD - API_STATUS] = { api_add_hold, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_LIFT_HOLD - API_STATUS] = { api_lift_hold, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_LIST_KEYS - API_STATUS] = { api_list_keys, ANSWER_NOW, AT_THE_NODE },
	[API_NEW_LIST_KEY - API_STATUS] = { api_new_list_key, ANSWER_LATER, AT_THE_NODE },
	[API_DESTROY_LIST_KEY - API_STATUS] = { api_destroy_list_key, ANSWER_NOW, AT_THE_NODE },
	[API_EVALUATE - API_STATUS] = { api_evaluate, ANSWER_LATER, AT_THE_NODE },
	[API_LISTS - API_STATUS] = { api_lists, ANSWER_NOW, ANYWHERE },
	[API_ASK - API_STATUS] = { api_ask, ANSWER_LATER, AT_THE_NODE },
	[API_WAIT - API_STATUS] = { api_wait, ANSWER_LATER, ANYWHERE },
	[API_UPLOAD - API_STATUS] = { api_upload, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_BLOB - API_STATUS] = { api_blob, ANSWER_NOW, ANYWHERE },
	[API_BLOB_DATA - API_STATUS] = { api_blob_data, ANSWER_NOW, ANYWHERE },
	[API_FILE_KEY - API_STATUS] = { api_file_key, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_REGISTER - API_STATUS] = { api_register, ANSWER_NOW, ANYWHERE },
	[API_NEW_KEY - API_STATUS] = { api_new_key, ANSWER_NOW, AT_THE_NODE },
	[API_TEST - API_STATUS] = { api_test, ANSWER_LATER, AT_THE_NODE },
	[API_RECOVERY - API_STATUS] = { api_recovery, ANSWER_NOW, ANYWHERE },
	[API_RECOVER - API_STATUS] = { api_recover, ANSWER_NOW, AT_THE_NODE },
	[API_NEW_SUCCESSOR - API_STATUS] = { api_new_successor, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_PACK - API_STATUS] = { api_pack, ANSWER_NOW, ANYWHERE },
	[API_CALL_WORDS - API_STATUS] = { api_call_words, ANSWER_NOW, AT_THE_NODE },
	[API_ANSWER_CALL - API_STATUS] = { api_answer_call, ANSWER_WHEN_DURABLE, AT_THE_NODE },
	[API_FIND_WORDS - API_STATUS] = { api_find_words, ANSWER_NOW, ANYWHERE },
	[API_TAKE - API_STATUS] = { api_take, ANSWER_WHEN_DURABLE, ANYWHERE },
};

static void reply_failure(const struct api_call *call, const struct error *error)
{
	struct buffer body;

	buffer_init(&body, 4096);
	if (api_put_failure(&body, error, call->reason) == OK)
		engine_reply(call->engine, MESSAGE_ERROR, call->number, buffer_view(&body));
	buffer_release(&body);
}

/* Sends what was written. An answer that is not what its table says is a defect,
 * of which the person learns as much. */
static void reply(const struct api_call *call, uint16_t type, bool when_durable)
{
	struct error error;
	struct bytes body;
	int r = api_writer_finish(call->answer, &body);

	if (r != OK) {
		error_set(&error, r, "the answer cannot be written: %s", result_text(r));
		if (r == ERROR_INTERNAL)
			journal(JOURNAL_ERROR, "the answer to request %#x is malformed", type);
		reply_failure(call, &error);
	} else if (when_durable) {
		engine_reply_when_durable(call->engine, type | MESSAGE_REPLY, call->number, body);
	} else {
		engine_reply(call->engine, type | MESSAGE_REPLY, call->number, body);
	}
}

/* Finds the channel that a request names. */
static int find_channel(struct api_call *call, struct error *error)
{
	struct hash id;

	if (!api_request_has(call->request, "channel"))
		return OK;
	id = api_request_hash(call->request, "channel");
	call->channel = engine_find_channel(call->engine, &id);
	if (call->channel == NULL)
		return error_set(error, ERROR_NOT_FOUND, "there is no such channel here");
	return OK;
}

int api_handle(struct engine *engine, uint16_t type, uint32_t number, struct bytes body,
               struct error *error)
{
	const struct api_record *record = api_request_record(type);
	struct api_request request;
	struct api_writer writer;
	struct api_call call = { engine, NULL, number, &request, &writer, "" };
	struct error why = { 0 };
	enum answer answer;
	int r;

	if (record == NULL || (r = api_request_parse(record, body, &request)) != OK)
		return error_set(error, ERROR_SYNTAX, "http sent a malformed request");
	answer = handlers[type - API_STATUS].answer;
	api_writer_init(&writer, api_reply_record(type), MESSAGE_BODY_MAXIMUM);
	if (engine->settings.mirror && handlers[type - API_STATUS].where == AT_THE_NODE)
		r = error_set(&why, ERROR_DENIED,
		              "this is a mirror, which holds no keys and is not written to: do "
		              "this at the node");
	else
		r = find_channel(&call, &why);
	if (r == OK)
		r = handlers[type - API_STATUS].handle(&call, &why);
	if (r != OK)
		reply_failure(&call, &why);
	else if (answer != ANSWER_LATER)
		reply(&call, type, answer == ANSWER_WHEN_DURABLE && engine->writing);
	api_writer_release(&writer);
	return OK;
}

void api_reply_later(struct engine *engine, uint16_t type, uint32_t number,
                     struct api_writer *writer)
{
	struct api_call call = { engine, NULL, number, NULL, writer, "" };

	reply(&call, type, false);
}

void api_answer_submitted(struct engine_channel *channel, uint32_t number, uint64_t entry,
                          bool duplicate)
{
	struct act_place place = { channel->own, entry };
	const struct act_summary *act = rules_act(channel->rules, place);
	uint16_t type = act->kind->number == KIND_TEST ? API_TEST : API_SUBMIT;
	struct api_writer writer;
	struct api_call call = { channel->engine, channel, number, NULL, &writer, "" };

	api_writer_init(&writer, api_reply_record(type), MESSAGE_BODY_MAXIMUM);
	api_write_act_name(&writer, "name", channel, place);
	api_write_number(&writer, "number", entry);
	api_write_hash(&writer, "leaf", &act->leaf);
	api_write_time(&writer, "logged", act->logged);
	api_write_bool(&writer, "duplicate", duplicate);
	reply(&call, type, false);
	api_writer_release(&writer);
}

void api_reply_wait(struct engine_channel *channel, uint32_t number)
{
	struct api_writer writer;
	struct api_call call = { channel->engine, channel, number, NULL, &writer, "" };

	api_writer_init(&writer, api_reply_record(API_WAIT), MESSAGE_BODY_MAXIMUM);
	api_write_number(&writer, "own_size", rules_size(channel->rules, channel->own));
	api_write_number(&writer, "their_size", rules_size(channel->rules, channel->other));
	api_write_number(&writer, "own_receipted", channel_receipted(channel));
	reply(&call, API_WAIT, false);
	api_writer_release(&writer);
}
