#include "api_schema.h"

#include "api_records.h"

/* What a type of message asks with, and what it is answered with. */
static const struct {
	const struct api_record *request, *reply;
} messages[] = {
	[API_STATUS - API_STATUS] = { &api_request_nothing, &api_reply_status },
	[API_CONFIRM_CLOCK - API_STATUS] = { &api_request_nothing, &api_reply_clock },
	[API_CONFIGURATION - API_STATUS] = { &api_request_nothing, &api_reply_configuration },
	[API_BACKUP - API_STATUS] = { &api_request_nothing, &api_reply_backup },
	[API_BACKUP_STATE - API_STATUS] = { &api_request_backup, &api_reply_backup },
	[API_BACKUP_DATA - API_STATUS] = { &api_request_backup_data, &api_reply_blob_data },
	[API_END_BACKUP - API_STATUS] = { &api_request_backup, &api_reply_nothing },
	[API_ALARMS - API_STATUS] = { &api_request_alarms, &api_reply_alarms },
	[API_TEST_ALARM - API_STATUS] = { &api_request_nothing, &api_reply_raised },
	[API_CALL_WORDS - API_STATUS] = { &api_request_channel, &api_reply_call_words },
	[API_ANSWER_CALL - API_STATUS] = { &api_request_answer_call, &api_reply_call_words },
	[API_FIND_WORDS - API_STATUS] = { &api_request_words, &api_reply_found },
	[API_NEW_SETUP - API_STATUS] = { &api_request_new_setup, &api_reply_setup },
	[API_GET_SETUP - API_STATUS] = { &api_request_setup, &api_reply_setup },
	[API_DISCARD_SETUP - API_STATUS] = { &api_request_setup, &api_reply_nothing },
	[API_ADOPT - API_STATUS] = { &api_request_adopt, &api_reply_adopted },
	[API_CHANNEL - API_STATUS] = { &api_request_channel, &api_reply_channel },
	[API_CHARTERS - API_STATUS] = { &api_request_channel, &api_reply_charters },
	[API_CHARTER - API_STATUS] = { &api_request_blob, &api_reply_charter },
	[API_GIVE_CHARTER - API_STATUS] = { &api_request_give_charter, &api_reply_given_charter },
	[API_LOG - API_STATUS] = { &api_request_log, &api_reply_log },
	[API_ACT - API_STATUS] = { &api_request_act, &api_reply_act },
	[API_INBOX - API_STATUS] = { &api_request_channel, &api_reply_inbox },
	[API_AGENDA - API_STATUS] = { &api_request_agenda, &api_reply_agenda },
	[API_HANDOVERS - API_STATUS] = { &api_request_handovers, &api_reply_handovers },
	[API_HANDOVER - API_STATUS] = { &api_request_handover, &api_reply_handover },
	[API_ADD_HANDOVER - API_STATUS] = { &api_request_add_handover, &api_reply_added_handover },
	[API_ACCEPT_HANDOVER - API_STATUS] = { &api_request_accept_handover, &api_reply_nothing },
	[API_LINK_LOG - API_STATUS] = { &api_request_channel, &api_reply_link_log },
	[API_MATTERS - API_STATUS] = { &api_request_matters, &api_reply_matters },
	[API_MATTER - API_STATUS] = { &api_request_act, &api_reply_matter },
	[API_HEADS - API_STATUS] = { &api_request_channel, &api_reply_heads },
	[API_CHECK - API_STATUS] = { &api_request_check, &api_reply_check },
	[API_SUBMIT - API_STATUS] = { &api_request_submit, &api_reply_submitted },
	[API_PENDING - API_STATUS] = { &api_request_channel, &api_reply_pending },
	[API_PENDING_ACT - API_STATUS] = { &api_request_pending, &api_reply_pending_act },
	[API_ADD_PENDING - API_STATUS] = { &api_request_add_pending, &api_reply_added_pending },
	[API_REFUSE_PENDING - API_STATUS] = { &api_request_refuse_pending, &api_reply_nothing },
	[API_WITHDRAW_PENDING - API_STATUS] = { &api_request_pending, &api_reply_nothing },
	[API_PENDING_FILE_KEY - API_STATUS] = { &api_request_pending, &api_reply_file_key },
	[API_READING_KEYS - API_STATUS] = { &api_request_channel, &api_reply_reading_keys },
	[API_HOLDS - API_STATUS] = { &api_request_channel, &api_reply_holds },
	[API_ADD_HOLD - API_STATUS] = { &api_request_add_hold, &api_reply_added_hold },
	[API_LIFT_HOLD - API_STATUS] = { &api_request_hold, &api_reply_nothing },
	[API_LIST_KEYS - API_STATUS] = { &api_request_channel, &api_reply_list_keys },
	[API_NEW_LIST_KEY - API_STATUS] = { &api_request_channel, &api_reply_new_list_key },
	[API_DESTROY_LIST_KEY - API_STATUS] = { &api_request_list_key, &api_reply_nothing },
	[API_EVALUATE - API_STATUS] = { &api_request_evaluate, &api_reply_evaluated },
	[API_LISTS - API_STATUS] = { &api_request_matters, &api_reply_lists },
	[API_ASK - API_STATUS] = { &api_request_ask, &api_reply_exchange },
	[API_WAIT - API_STATUS] = { &api_request_wait, &api_reply_sizes },
	[API_UPLOAD - API_STATUS] = { &api_request_upload, &api_reply_uploaded },
	[API_BLOB - API_STATUS] = { &api_request_blob, &api_reply_blob },
	[API_BLOB_DATA - API_STATUS] = { &api_request_blob_data, &api_reply_blob_data },
	[API_FILE_KEY - API_STATUS] = { &api_request_file_key, &api_reply_file_key },
	[API_REGISTER - API_STATUS] = { &api_request_register, &api_reply_register },
	[API_NEW_KEY - API_STATUS] = { &api_request_new_key, &api_reply_new_key },
	[API_TEST - API_STATUS] = { &api_request_channel, &api_reply_submitted },
	[API_RECOVERY - API_STATUS] = { &api_request_channel, &api_reply_recovery },
	[API_RECOVER - API_STATUS] = { &api_request_channel, &api_reply_recovery },
	[API_NEW_SUCCESSOR - API_STATUS] = { &api_request_channel, &api_reply_successor },
	[API_PACK - API_STATUS] = { &api_request_pack, &api_reply_packed },
	[API_TAKE - API_STATUS] = { &api_request_take, &api_reply_taken },
};

static bool is_known(uint16_t type)
{
	return type >= API_STATUS && type < API_MESSAGE_END;
}

const struct api_record *api_request_record(uint16_t type)
{
	return is_known(type) ? messages[type - API_STATUS].request : NULL;
}

const struct api_record *api_reply_record(uint16_t type)
{
	return is_known(type) ? messages[type - API_STATUS].reply : NULL;
}

size_t api_field_maximum(const struct api_field *field)
{
	return field->maximum > 0 ? field->maximum : API_SENTENCE_MAXIMUM;
}

int api_put_failure(struct buffer *buffer, const struct error *error, const char *reason)
{
	size_t before = buffer->size;
	int r;

	if ((r = buffer_put_u16(buffer, (uint16_t)error->code)) != OK ||
	    (r = buffer_put_sized_string(buffer, error->message)) != OK ||
	    (r = buffer_put_u32(buffer, (uint32_t)error->line)) != OK ||
	    (r = buffer_put_sized_string(buffer, reason)) != OK)
		buffer_truncate(buffer, before);
	return r;
}

int api_get_failure(struct bytes body, struct api_failure *ret_failure)
{
	struct cursor cursor = cursor_over(body);
	struct api_failure failure = { 0 };
	uint16_t code;
	uint32_t line;

	if (cursor_get_u16(&cursor, &code) != OK || code == OK || code >= RESULT_COUNT ||
	    cursor_get_sized_string(&cursor, failure.error.message, sizeof failure.error.message) !=
	        OK ||
	    cursor_get_u32(&cursor, &line) != OK ||
	    cursor_get_sized_string(&cursor, failure.reason, sizeof failure.reason) != OK ||
	    cursor_end(&cursor) != OK)
		return ERROR_SYNTAX;
	failure.error.code = code;
	failure.error.line = line;
	*ret_failure = failure;
	return OK;
}
