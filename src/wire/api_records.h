/* The records of the API by name. Private to src/wire: others come to them by
 * message type through api_schema.h.
 */
#ifndef API_RECORDS_H
#define API_RECORDS_H

#include "api_schema.h"

/* api_requests.c */
extern const struct api_record api_request_nothing, api_request_backup, api_request_backup_data,
    api_request_new_setup, api_request_setup, api_request_adopt, api_request_channel,
    api_request_log, api_request_act, api_request_agenda, api_request_handovers,
    api_request_handover, api_request_add_handover, api_request_accept_handover,
    api_request_matters, api_request_check, api_request_submit, api_request_wait,
    api_request_upload, api_request_blob, api_request_blob_data, api_request_file_key,
    api_request_register, api_request_new_key, api_request_pack, api_request_take,
    api_request_pending, api_request_add_pending, api_request_refuse_pending, api_request_add_hold,
    api_request_hold;

/* api_replies.c */
extern const struct api_record api_reply_nothing, api_reply_status, api_reply_clock,
    api_reply_configuration, api_reply_backup, api_reply_setup, api_reply_adopted,
    api_reply_channel, api_reply_log, api_reply_act, api_reply_inbox, api_reply_agenda,
    api_reply_handovers, api_reply_handover, api_reply_added_handover, api_reply_link_log,
    api_reply_matters, api_reply_matter, api_reply_heads, api_reply_check, api_reply_submitted,
    api_reply_sizes, api_reply_uploaded, api_reply_blob, api_reply_blob_data, api_reply_file_key,
    api_reply_register, api_reply_new_key, api_reply_successor, api_reply_recovery,
    api_reply_packed, api_reply_taken, api_reply_pending, api_reply_pending_act,
    api_reply_added_pending, api_reply_reading_keys, api_reply_holds, api_reply_added_hold;

extern const struct api_record api_request_give_charter, api_reply_charters, api_reply_charter,
    api_reply_given_charter;

extern const struct api_record api_request_alarms, api_reply_alarms, api_reply_raised,
    api_request_answer_call, api_request_words, api_reply_call_words, api_reply_found;

/* Replies in api_replies_lists.c. */
extern const struct api_record api_request_list_key, api_request_evaluate, api_reply_list_keys,
    api_reply_new_list_key, api_reply_evaluated;

extern const struct api_record api_request_ask, api_reply_lists, api_reply_exchange;

#define API_RECORD(record_name, table)                                                             \
	{                                                                                          \
		.name = record_name, .field_count = sizeof table / sizeof table[0],                \
		.fields = table                                                                    \
	}

#endif
