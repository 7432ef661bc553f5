#include "allocate.h"
#include "channel_internal.h"
#include "encoding.h"
#include "journal.h"

#include <stdio.h>

bool channel_may_log(const struct engine_channel *channel)
{
	return !channel->read_only && channel->engine->clock_trusted && !channel_is_held(channel) &&
	       !channel->keys_incomplete && !rules_has_closed(channel->rules, channel->own);
}

bool channel_has_room(struct engine_channel *channel)
{
	/* What is signed next may need the new keys. */
	channel->more = channel->keys_changed ||
	                rules_size(channel->rules, channel->own) - channel->head_size >=
	                    BATCH_MAXIMUM;
	return !channel->more;
}

timestamp channel_logging_time(const struct engine_channel *channel)
{
	timestamp now = engine_now(channel->engine);
	timestamp own = rules_last_logged(channel->rules, channel->own);
	timestamp theirs = rules_last_logged(channel->rules, channel->other) - CLOCK_TOLERANCE;

	if (now < own)
		now = own;
	return now < theirs ? theirs : now;
}

/* Makes the entry, has it judged, and stores it. */
static int append_own(struct engine_channel *channel, struct bytes text, const struct bytes *armors,
                      unsigned armor_count, const struct ssh_key keys[2], timestamp logged,
                      struct error *error)
{
	struct verdict verdict;
	struct buffer bytes;
	struct entry entry;
	int r;

	buffer_init(&bytes, ENTRY_SIZE_MAXIMUM);
	if ((r = entry_make(text, armors, armor_count, logged, &bytes, &entry, error)) != OK ||
	    (r = channel_append(channel, channel->own, &entry, keys, &verdict, error)) != OK)
		goto out;
	if (verdict.code != VERDICT_VALID)
		journal(JOURNAL_ERROR, "an own entry that was tried first is void: %s",
		        void_reason_text(verdict.reason));
	if ((r = channel_store_entry(channel, channel->own, &entry)) != OK) {
		error_set(error, r, "the database does not take the entry");
	} else if (entry.act.kind->number == KIND_REKEY || entry.act.kind->number == KIND_APPOINT) {
		channel->keys_changed = true;
		r = channel_update_keys(channel);
	}
out:
	buffer_release(&bytes);
	return r;
}

/* --- entries of the node itself ----------------------------------------- */

static int print_node_act(struct engine_channel *channel, enum kind_number number,
                          const char *const *values, timestamp logged, struct buffer *text,
                          struct error *error)
{
	const struct kind *kind = kind_by_number(number);
	struct act act = { .time = logged, .kind = kind };

	memcpy(act.channel, channel->charter->channel, sizeof act.channel);
	memcpy(act.party, channel->charter->parties[channel->own].id, sizeof act.party);
	memcpy(act.author, "node", sizeof "node");
	act.field_count = kind_field_count(kind);
	for (size_t i = 0; i < act.field_count; i++) {
		act.fields[i].field = &kind->fields[i];
		act.fields[i].text = bytes_of_string(values[i]);
	}
	return act_print(&act, text, error);
}

static void node_key(const struct engine_channel *channel, struct ssh_key ret_keys[2])
{
	ssh_key_from_ed25519(&rules_party(channel->rules, channel->own)->node_key, &ret_keys[0]);
}

/* Signed by the keeper and appended, unless it would be void: ERROR_STATE. */
static int log_node_act(struct engine_channel *channel, enum kind_number number,
                        const char *const *values, struct keeper_sign *sign, struct error *error)
{
	const struct engine_keeper *keeper = &channel->engine->settings.keeper;
	timestamp logged = channel_logging_time(channel);
	struct ssh_key keys[2] = { 0 };
	struct buffer text, armors;
	struct verdict verdict;
	struct bytes armor;
	struct act act;
	int r;

	buffer_init(&text, ENTRY_SIZE_MAXIMUM);
	buffer_init(&armors, KEEPER_ARMOR_MAXIMUM);
	node_key(channel, keys);
	if ((r = print_node_act(channel, number, values, logged, &text, error)) != OK ||
	    (r = act_parse(buffer_view(&text), &act, error)) != OK ||
	    (r = rules_try_as_is(channel->rules, channel->own, &act, keys, logged, &verdict,
	                         error)) != OK)
		goto out;
	if (verdict.code != VERDICT_VALID) {
		r = error_set(error, ERROR_STATE, "%s", void_reason_text(verdict.reason));
		goto out;
	}
	sign->channel = channel->id;
	sign->text_count = 1;
	sign->texts[0] = buffer_view(&text);
	if ((r = keeper->sign(keeper->context, sign, &armors, &armor, error)) != OK)
		goto out;
	r = append_own(channel, buffer_view(&text), &armor, 1, keys, logged, error);
out:
	buffer_release(&armors);
	buffer_release(&text);
	return r;
}

static int log_receipt(struct engine_channel *channel, struct error *error)
{
	uint64_t held = rules_size(channel->rules, channel->other);
	struct tree_reader reader = memory_tree_reader(rules_tree(channel->rules, channel->other));
	struct their_head *head = &channel->their_head;
	struct keeper_sign *sign = allocate(1, sizeof *sign);
	char root_text[HASH_BASE64_CAPACITY], size_text[24];
	const char *values[] = { size_text, root_text };
	struct tree_proof to = { 0 };
	struct buffer size;
	int r;

	if (sign == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	buffer_init(&size, sizeof size_text);
	if ((r = tree_reader_root(&reader, held, &sign->root)) != OK)
		goto out;
	hash_to_base64(&sign->root, root_text);
	if ((r = buffer_put_format(&size, "%llu", (unsigned long long)held)) != OK ||
	    (r = bytes_to_string(buffer_view(&size), size_text, sizeof size_text)) != OK)
		goto out;
	sign->size = held;
	if (held != channel->keeper_cosigned) {
		if ((r = tree_reader_consistency(&reader, channel->keeper_cosigned, held, &to)) !=
		    OK)
			goto out;
		sign->note = buffer_view(&head->note);
		sign->to_count = to.count;
		sign->to = to.hashes;
		sign->from_count = head->proof.count;
		sign->from = head->proof.hashes;
	}
	r = log_node_act(channel, KIND_RECEIPT, values, sign, error);
out:
	buffer_release(&size);
	release_memory(sign);
	return r;
}

int log_receipt_if_due(struct engine_channel *channel, bool before_other, struct error *error)
{
	struct error why = { 0 };
	bool only_receipts;
	int r;

	/* Entry 0 is the own accession: what came before it is receipted after it. */
	if (rules_size(channel->rules, channel->own) == 0 ||
	    !rules_receipt_due(channel->rules, channel->own, &only_receipts) ||
	    (only_receipts && !before_other))
		return OK;
	/* Without their head and the proof to it the keeper verifies nothing. */
	if (channel->their_head.note.size == 0 &&
	    rules_size(channel->rules, channel->other) != channel->keeper_cosigned)
		return before_other && !channel->faulted
		           ? error_set(error, ERROR_WAIT,
		                       "the other log's head has not arrived yet; try again")
		           : OK;
	r = log_receipt(channel, &why);
	if (r == ERROR_FORK && !channel->faulted)
		return channel_fault(channel, why.message, buffer_view(&channel->their_head.note));
	/* Of a log that is refused, the last entries have no proof to a head that
	 * counts: what ends the channel must not fail for it. */
	if (channel->faulted && r != ERROR_MEMORY && r != ERROR_IO)
		return OK;
	if (r != OK)
		error_set(error, r, "%s", why.message);
	return r;
}

int log_stamp(struct engine_channel *channel, const struct waiting_stamp *stamp,
              struct error *error)
{
	struct keeper_sign *sign = allocate(1, sizeof *sign);
	const char *values[2] = { channel->charter->parties[stamp->party].id };
	struct buffer note;
	int r;

	if (sign == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	buffer_init(&note, 2 * DEPOSIT_NOTE_MAXIMUM);
	if ((r = base64_encode(&note, buffer_view(&stamp->note), BASE64_PADDED)) != OK ||
	    (r = buffer_put_u8(&note, 0)) != OK) {
		error_set(error, r, "%s", result_text(r));
		goto out;
	}
	values[1] = (const char *)note.data;
	if ((r = log_receipt_if_due(channel, true, error)) == OK)
		r = log_node_act(channel, KIND_STAMP, values, sign, error);
out:
	buffer_release(&note);
	release_memory(sign);
	return r;
}

/* The value of a FIELD_ACT for an act that is held. */
static int reference_text(const struct engine_channel *channel, struct act_place place,
                          struct buffer *text)
{
	const struct act_summary *act = rules_act(channel->rules, place);
	struct act_reference reference = { .number = place.number };

	if (act == NULL)
		return ERROR_NOT_FOUND;
	reference.generation = rules_generation(channel->rules, place.party, place.number);
	memcpy(reference.party, channel->charter->parties[place.party].id, sizeof reference.party);
	reference.leaf = act->leaf;
	return act_reference_print(&reference, text);
}

int log_tally(struct engine_channel *channel, struct act_place list,
              enum identifier_class identifier_class, const struct exchange_state *state,
              struct error *error)
{
	struct keeper_sign *sign = allocate(1, sizeof *sign);
	char count[24], today[24], day[TIMESTAMP_CAPACITY], chain[HASH_BASE64_CAPACITY];
	const char *values[6] = { NULL, identifier_class_name(identifier_class), count, day, today,
		                  chain };
	struct buffer reference;
	int r;

	if (sign == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	buffer_init(&reference, 512);
	snprintf(count, sizeof count, "%llu", (unsigned long long)state->total);
	snprintf(today, sizeof today, "%llu", (unsigned long long)state->today);
	timestamp_format(state->day, day);
	hash_to_base64(&state->last, chain);
	if ((r = reference_text(channel, list, &reference)) != OK ||
	    (r = buffer_put_u8(&reference, 0)) != OK) {
		error_set(error, r, "%s", result_text(r));
		goto out;
	}
	values[0] = (const char *)reference.data;
	if ((r = log_receipt_if_due(channel, true, error)) == OK)
		r = log_node_act(channel, KIND_TALLY, values, sign, error);
out:
	buffer_release(&reference);
	release_memory(sign);
	return r;
}

/* --- errands ------------------------------------------------------------ */

int add_errand(struct engine_channel *channel, enum kind_number kind, struct act_place target,
               const char *fault, uint32_t request)
{
	struct errand *errand = allocate(1, sizeof *errand);

	if (errand == NULL)
		return ERROR_MEMORY;
	errand->kind = kind;
	errand->target = target;
	errand->fault = fault;
	errand->request = request;
	*channel->errands_end = errand;
	channel->errands_end = &errand->next;
	return OK;
}

static int errand_first_value(struct engine_channel *channel, const struct errand *errand,
                              struct buffer *value)
{
	struct random_source *random = &channel->engine->settings.random;
	struct hash nonce;
	int r;

	if (errand->kind != KIND_TEST)
		return reference_text(channel, errand->target, value);
	if ((r = random->fill(random->context, nonce.bytes, HASH_SIZE)) != OK)
		return r;
	return base64_encode(value, bytes_of(nonce.bytes, HASH_SIZE), BASE64_PADDED);
}

int log_errand(struct engine_channel *channel, const struct errand *errand, struct error *error)
{
	struct keeper_sign *sign = allocate(1, sizeof *sign);
	struct buffer first;
	const char *values[2];
	int r;

	if (sign == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	buffer_init(&first, 512);
	if ((r = errand_first_value(channel, errand, &first)) != OK ||
	    (r = buffer_put_u8(&first, 0)) != OK)
		goto out;
	values[0] = (const char *)first.data;
	values[1] = errand->fault;
	if ((r = log_receipt_if_due(channel, true, error)) != OK)
		goto out;
	if (errand->kind != KIND_TEST &&
	    rules_act(channel->rules, errand->target)->receipted_by == UINT64_MAX)
		r = error_set(error, ERROR_STATE, "what it names cannot be receipted");
	else
		r = log_node_act(channel, errand->kind, values, sign, error);
out:
	buffer_release(&first);
	release_memory(sign);
	return r;
}

/* --- people's acts ------------------------------------------------------ */

void submission_free(struct submission *submission)
{
	buffer_release(&submission->text);
	for (unsigned i = 0; i < 2; i++)
		buffer_release(&submission->armors[i]);
	release_memory(submission);
}

static void note_logged(struct engine_channel *channel, uint32_t request, uint64_t number,
                        bool duplicate)
{
	if (request != 0)
		channel->logged[channel->logged_count++] = (struct logged_request){ request, number,
			                                                            duplicate };
}

/* Whether the act would be worth something, logged at this time, with everything
 * receipted before it or as things are. */
static int check_worth(struct engine_channel *channel, const struct submission *submission,
                       timestamp logged, bool receipted_first, struct error *error)
{
	const struct rules *rules = channel->rules;
	const struct act *act = &submission->act;
	struct verdict verdict;
	int r;

	if (receipted_first)
		r = rules_try(rules, channel->own, act, submission->keys, logged, &verdict, error);
	else
		r = rules_try_as_is(rules, channel->own, act, submission->keys, logged, &verdict,
		                    error);
	if (r != OK)
		return r;
	if (verdict.code != VERDICT_VALID)
		return error_set(error, ERROR_DENIED, "not logged, because it would be void: %s",
		                 void_reason_text(verdict.reason));
	return OK;
}

int log_submission(struct engine_channel *channel, struct submission *submission,
                   struct error *error)
{
	const struct act *act = &submission->act;
	struct bytes armors[2];
	struct act_place place;
	timestamp logged;
	int r;

	if (rules_find(channel->rules, channel->own, &act->identity, &place) &&
	    rules_act(channel->rules, place)->verdict.code == VERDICT_VALID) {
		note_logged(channel, submission->request, place.number, true);
		return OK;
	}
	if (channel->faulted && !rules_allowed_when_faulted(act->kind))
		return error_set(error, ERROR_STATE, "the channel is faulted: %s", channel->reason);
	if ((r = channel_check_keys(channel, act, error)) != OK)
		return r;
	if ((r = match_check_reply(channel, act, error)) != OK ||
	    (act->kind->number == KIND_QUERY &&
	     (r = match_tally_before_query(channel, error)) != OK))
		return r;
	if (channel_appoints_log(act) && (r = channel_check_cut(channel, act, error)) != OK)
		return r;
	/* A successor log is appointed for the very end of the log; and no fresh node key
	 * signs a receipt before it is appointed itself. */
	if (!channel_appoints_log(act) && !channel->keys_incomplete &&
	    ((r = check_worth(channel, submission, channel_logging_time(channel), true, error)) !=
	         OK ||
	     (r = log_receipt_if_due(channel, true, error)) != OK))
		return r;
	/* The receipt may have been logged a second later; or, of a log that is refused,
	 * not at all. */
	logged = channel_logging_time(channel);
	if ((r = check_worth(channel, submission, logged, false, error)) != OK)
		return r;
	for (unsigned i = 0; i < submission->armor_count; i++)
		armors[i] = buffer_view(&submission->armors[i]);
	if ((r = append_own(channel, act->text, armors, submission->armor_count, submission->keys,
	                    logged, error)) != OK)
		return r;
	if (channel_appoints_log(act))
		channel->held_until = 0;
	note_logged(channel, submission->request, rules_size(channel->rules, channel->own) - 1,
	            false);
	return OK;
}
