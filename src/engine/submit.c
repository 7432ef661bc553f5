#include "age.h"
#include "allocate.h"
#include "channel_internal.h"
#include "sshsig.h"

/* Marks a text for translation where it is shown. */
#define N_(text) text

/* --- acts ----------------------------------------------------------------- */

int submit_check_text(struct engine_channel *channel, struct bytes text, struct act *ret_act,
                      struct error *error)
{
	const struct charter *charter = channel->charter;
	int r;

	if ((r = act_parse(text, ret_act, error)) != OK)
		return r;
	if (strcmp(ret_act->channel, charter->channel) != 0)
		return error_set(error, ERROR_MISMATCH, N_("the act is for another channel"));
	if (strcmp(ret_act->party, charter->parties[channel->own].id) != 0)
		return error_set(error, ERROR_MISMATCH, N_("the act is of another party"));
	if (!kind_is_for_people(ret_act->kind))
		return error_set(error, ERROR_DENIED, "'%s' is an entry of the node, not of people",
		                 ret_act->kind->name);
	return channel_need_charter(channel, ret_act, error);
}

/* Against a side whose log is refused only what ends or protects is said. */
static int check_fault(const struct engine_channel *channel, const struct kind *kind,
                       struct error *error)
{
	if (!channel->faulted || rules_allowed_when_faulted(kind))
		return OK;
	return error_set(error, ERROR_STATE,
	                 "the channel is faulted, and '%s' is not for that state: %s", kind->name,
	                 channel->reason);
}

static int check_signatures(struct submission *submission, struct error *error)
{
	const struct act *act = &submission->act;
	unsigned expected = act->cosigner[0] != '\0' ? 2 : 1;
	int r;

	if (submission->armor_count != expected)
		return error_set(error, ERROR_SIGNATURE, "%u signatures are needed", expected);
	for (unsigned i = 0; i < expected; i++)
		if ((r = sshsig_verify(act->text, ACT_NAMESPACE,
		                       buffer_view(&submission->armors[i]), &submission->keys[i],
		                       error)) != OK)
			return r;
	return OK;
}

void submit_present_key(struct engine_channel *channel, const char *name, struct ssh_key *ret_key)
{
	const struct delegate *delegate = rules_delegate(channel->rules, channel->own, name);

	if (strcmp(name, "appointing") == 0)
		*ret_key = rules_party(channel->rules, channel->own)->appointing_key;
	else if (delegate != NULL)
		*ret_key = delegate->key;
	else
		memset(ret_key, 0, sizeof *ret_key);
}

static int try_act(struct engine_channel *channel, const struct act *act,
                   struct verdict *ret_verdict, struct error *error)
{
	struct ssh_key keys[2];

	submit_present_key(channel, act->author, &keys[0]);
	submit_present_key(channel, act->cosigner, &keys[1]);
	return rules_try(channel->rules, channel->own, act, keys, channel_logging_time(channel),
	                 ret_verdict, error);
}

int engine_try(struct engine_channel *channel, struct bytes text, struct verdict *ret_verdict,
               struct error *error)
{
	struct act act;
	int r;

	if ((r = submit_check_text(channel, text, &act, error)) != OK ||
	    (r = check_fault(channel, act.kind, error)) != OK)
		return r;
	return try_act(channel, &act, ret_verdict, error);
}

/* The act is judged again at its turn; judging it here too lets the answer name
 * the reason. What is a duplicate is found then. */
static int check_worth(struct engine_channel *channel, const struct act *act,
                       enum void_reason *ret_reason, struct error *error)
{
	struct verdict verdict;
	int r;

	if ((r = try_act(channel, act, &verdict, error)) != OK)
		return r;
	if (verdict.code == VERDICT_VALID || verdict.reason == VOID_DUPLICATE)
		return OK;
	*ret_reason = verdict.reason;
	return error_set(error, ERROR_DENIED, "not logged, because it would be void: %s",
	                 void_reason_text(verdict.reason));
}

/* The body that the act names is here, or comes with it. */
static int settle_body(struct engine_channel *channel, const struct act *act, struct bytes body,
                       struct error *error)
{
	struct hash hash;
	uint64_t size, held;
	bool complete;

	if (!act_blob(act, &hash, &size))
		return body.size == 0
		           ? OK
		           : error_set(error, ERROR_MISMATCH, N_("the act names no body"));
	if (body.size == 0)
		return blob_is_held(channel, &hash)
		           ? OK
		           : error_set(error, ERROR_STATE,
		                       N_("the sealed body has not been uploaded"));
	if (body.size != size)
		return error_set(error, ERROR_MISMATCH,
		                 N_("the sealed body is not of the size that the act names"));
	return engine_upload(channel, &hash, size, 0, body, &held, &complete, error);
}

static int copy_parts(struct submission *submission, const struct signed_act *signed_act)
{
	int r = buffer_put_bytes(&submission->text, signed_act->text);

	for (unsigned i = 0; i < signed_act->armor_count && r == OK; i++)
		r = buffer_put_bytes(&submission->armors[i], signed_act->armors[i]);
	submission->armor_count = signed_act->armor_count;
	return r;
}

static int check_submission(struct engine_channel *channel, struct submission *submission,
                            const struct signed_act *signed_act, enum void_reason *ret_reason,
                            struct error *error)
{
	struct act *act = &submission->act;
	int r;

	if ((r = copy_parts(submission, signed_act)) != OK)
		return error_set(error, r, N_("the act or a signature is too long"));
	if ((r = submit_check_text(channel, buffer_view(&submission->text), act, error)) != OK ||
	    (r = check_fault(channel, act->kind, error)) != OK ||
	    (r = check_worth(channel, act, ret_reason, error)) != OK ||
	    (r = check_signatures(submission, error)) != OK)
		return r;
	return settle_body(channel, act, signed_act->body, error);
}

int engine_submit(struct engine_channel *channel, uint32_t request,
                  const struct signed_act *signed_act, enum void_reason *ret_reason,
                  struct error *error)
{
	struct submission *submission;
	int r;

	if (channel->submission_count == SUBMISSIONS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, N_("too many acts are waiting; try again"));
	if (signed_act->armor_count < 1 || signed_act->armor_count > 2)
		return error_set(error, ERROR_SIGNATURE, N_("one or two signatures are needed"));
	if ((submission = allocate(1, sizeof *submission)) == NULL)
		return error_set(error, ERROR_MEMORY, N_("out of memory"));
	submission->request = request;
	buffer_init(&submission->text, ENTRY_SIZE_MAXIMUM);
	for (unsigned i = 0; i < 2; i++)
		buffer_init(&submission->armors[i], SSHSIG_ARMOR_MAXIMUM);
	r = check_submission(channel, submission, signed_act, ret_reason, error);
	if (r != OK) {
		submission_free(submission);
		return r;
	}
	*channel->submissions_end = submission;
	channel->submissions_end = &submission->next;
	channel->submission_count++;
	return OK;
}

int engine_submit_test(struct engine_channel *channel, uint32_t request, struct error *error)
{
	if (!channel_may_log(channel))
		return error_set(error, ERROR_STATE,
		                 N_("nothing can be logged in this channel now"));
	if (add_errand(channel, KIND_TEST, (struct act_place){ 0 }, NULL, request) != OK)
		return error_set(error, ERROR_MEMORY, N_("out of memory"));
	return OK;
}

/* --- bodies ---------------------------------------------------------------- */

static int read_header(struct engine_channel *channel, const struct hash *hash,
                       struct buffer *header, struct error *error)
{
	size_t size;
	int r;

	if (!blob_is_held(channel, hash))
		return error_set(error, ERROR_NOT_FOUND, N_("the sealed body is not here"));
	if ((r = store_read_blob(channel->engine->settings.store, channel->number, hash, 0,
	                         AGE_HEADER_MAXIMUM, header)) != OK)
		return error_set(error, r, N_("the sealed body cannot be read"));
	if ((r = age_header_length(buffer_view(header), &size)) != OK)
		return error_set(error, r == ERROR_WAIT ? ERROR_SYNTAX : r,
		                 N_("the sealed body is not an age file"));
	buffer_truncate(header, size);
	return OK;
}

int unseal_body(struct engine_channel *channel, const struct hash *hash,
                uint8_t ret_file_key[KEEPER_FILE_KEY_SIZE], struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	struct buffer header;
	int r;

	buffer_init(&header, AGE_HEADER_MAXIMUM);
	if ((r = read_header(channel, hash, &header, error)) == OK)
		r = keeper->unseal(keeper->context, &channel->id, buffer_view(&header),
		                   ret_file_key, error);
	buffer_release(&header);
	return r;
}

/* Who opened what is written down before the key is given. */
static int register_opening(struct engine_channel *channel, struct act_place place, const char *who)
{
	struct store_opening opening = {
		.log = (uint8_t)place.party,
		.number = place.number,
		.time = engine_now(channel->engine),
	};
	int r;

	if ((r = bytes_to_string(bytes_of_string(who), opening.who, sizeof opening.who)) != OK ||
	    (r = engine_write(channel->engine)) != OK)
		return r;
	return store_add_openings(channel->engine->settings.store, channel->number, &opening, 1);
}

int engine_unseal(struct engine_channel *channel, struct act_place place, const char *who,
                  uint8_t ret_file_key[KEEPER_FILE_KEY_SIZE], struct error *error)
{
	uint8_t file_key[KEEPER_FILE_KEY_SIZE];
	struct act_place body;
	struct hash hash;
	uint64_t size;
	int r;

	if (!channel_blob_of(channel, place, &hash, &size, &body))
		return error_set(error, ERROR_NOT_FOUND, N_("this act has no body"));
	if (rules_act(channel->rules, body)->eyes_heads)
		return error_set(error, ERROR_DENIED,
		                 N_("this body is for the heads alone: only a head's own "
		                    "reading identity opens it"));
	if ((r = unseal_body(channel, &hash, file_key, error)) != OK)
		return r;
	if ((r = register_opening(channel, place, who)) != OK)
		error_set(error, r, N_("the circulation register cannot be written"));
	else
		memcpy(ret_file_key, file_key, sizeof file_key);
	wipe(file_key, sizeof file_key);
	return r;
}
