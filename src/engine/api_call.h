/* What the API's handlers in the engine share. A handler reads a request, asks
 * the engine, and writes the answer's fields; api_handle.c sends it.
 *
 *     api_handle.c    the table of handlers; answers that come later
 *     api_node.c      status, clock, configuration, setups
 *     api_alarms.c    alarms and what became of them
 *     api_backup.c    a copy of the database, read in pieces
 *     api_channel.c   one channel: summary, parties, heads, register, keys
 *     api_charters.c  the charter in force, those before it, and what is to amend it
 *     api_act.c       how an act is shown; the log, one act
 *     api_submit.c    acts and tests that people send
 *     api_evaluation.c keys of match-only lists, and what is evaluated with them
 *     api_lists.c     lists, and questions to those of the other side
 *     api_reading.c reading keys and what becomes of them; holds
 *     api_pending.c acts that wait for their second signature
 *     api_agenda.c    what is open; the inbox
 *     api_matter.c    obligations of an act, matters
 *     api_handover.c  handovers of shifts; when the link was up
 *     api_reminders.c authority that ends soon
 *     api_blob.c      sealed bodies
 *     api_recovery.c  a channel that is to be recovered
 *     api_words.c     words for the telephone
 *     api_post.c      frames that come and go in files
 */
#ifndef API_CALL_H
#define API_CALL_H

#include "api_reader.h"
#include "api_writer.h"
#include "channel.h"

enum { API_ACTS_DEFAULT = 100 }; /* in a page whose query names no count */

struct api_call {
	struct engine *engine;
	struct engine_channel *channel; /* NULL in requests that name none */
	uint32_t number;                /* of the request */
	const struct api_request *request;
	struct api_writer *answer;
	const char *reason; /* with a failure: the name of a void_reason, or "" */
};

/* OK: the answer is written (or will come later, as the table says). Otherwise
 * `error` is filled in and becomes the answer. */
typedef int api_handler(struct api_call *call, struct error *error);

api_handler api_status, api_confirm_clock, api_configuration, api_new_setup, api_get_setup,
    api_discard_setup, api_adopt;
api_handler api_backup, api_backup_state, api_backup_data, api_end_backup;
api_handler api_alarms, api_test_alarm;
api_handler api_call_words, api_answer_call, api_find_words;
api_handler api_channel, api_heads, api_register, api_new_key;
api_handler api_charters, api_charter, api_give_charter;
api_handler api_log, api_act;
api_handler api_check, api_submit, api_test, api_wait;
api_handler api_handovers, api_handover, api_add_handover, api_accept_handover, api_link_log;
api_handler api_agenda, api_inbox, api_matters, api_matter;
api_handler api_upload, api_blob, api_blob_data, api_file_key;
api_handler api_recovery, api_recover, api_new_successor;
api_handler api_pack, api_take;
api_handler api_list_keys, api_new_list_key, api_destroy_list_key, api_evaluate;
api_handler api_lists, api_ask;
api_handler api_reading_keys, api_holds, api_add_hold, api_lift_hold;
api_handler api_pending, api_pending_act, api_add_pending, api_refuse_pending, api_withdraw_pending,
    api_pending_file_key;

/* Answers a request of that number and type (without MESSAGE_REPLY), whose row of the table
 * says that its answer comes later; a failure goes by engine_reply_error. The writer is the
 * caller's, begun with the type's reply record. */
void api_reply_later(struct engine *engine, uint16_t type, uint32_t number,
                     struct api_writer *writer);

/* api_lists.c: a question of a person is over; the evaluations are empty in a refusal. */
void api_answer_question(struct engine_channel *channel, uint32_t number,
                         const struct match_account *account, struct bytes evaluations);

/* api_evaluation.c: the evaluator in the node's status. */
void api_write_evaluator(struct api_writer *writer, const struct engine *engine);

/* api_channel.c: the fields of a channel's summary. */
void api_write_channel_fields(struct api_writer *writer, struct engine_channel *channel);
const char *api_party_id(const struct engine_channel *channel, unsigned party);

/* api_act.c */
/* `north-7`; nothing for number UINT64_MAX. */
void api_write_act_name(struct api_writer *writer, const char *name,
                        const struct engine_channel *channel, struct act_place place);
/* An element of a list of acts. A database that cannot be read is an error. */
int api_write_act_summary(struct api_writer *writer, struct engine_channel *channel,
                          struct act_place place, bool full, struct error *error);
/* The act that the path names. ERROR_SYNTAX, ERROR_NOT_FOUND. */
int api_find_act(const struct api_call *call, struct act_place *ret_place, struct error *error);
/* `count` of the query. ERROR_LIMIT. */
int api_get_count(const struct api_call *call, size_t *ret_count, struct error *error);

/* api_reading.c: by which acts both sides have given up the keys of a body, and whether
 * it is gone with ours. */
void api_write_destruction(struct api_writer *writer, const struct engine_channel *channel,
                           struct act_place place);

/* api_reminders.c: the list of that name, of both sides, ours first. */
void api_write_reminders(struct api_writer *writer, const struct engine_channel *channel);

/* The text of a field of an act, as the database has it; nothing when it has none. */
int api_write_act_field(struct api_writer *writer, const char *name,
                        const struct engine_channel *channel, struct act_place place,
                        const char *field, struct error *error);

/* api_matter.c */
/* Whether an act's author cannot, by any key, sign for the party today. */
bool api_author_has_left(const struct engine_channel *channel, const struct act_summary *act);
/* An element of a list of obligations. */
void api_write_obligation(struct api_writer *writer, const struct engine_channel *channel,
                          const struct obligation *obligation);

#endif
