#include "pending.h"

#include <inttypes.h>
#include <stdio.h>

#include "channel_internal.h"
#include "sshsig.h"

#define PREFIX "pending/"

enum { DAY = 86400, KEY_CAPACITY = sizeof PREFIX + 16, VALUE_MAXIMUM = 128 * 1024 };

static void key_of(uint64_t number, char ret_key[KEY_CAPACITY])
{
	snprintf(ret_key, KEY_CAPACITY, PREFIX "%016" PRIx64, number);
}

void pending_act_release(struct pending_act *pending)
{
	buffer_release(&pending->bytes);
}

/* --- reading ------------------------------------------------------------------ */

/* What it would be worth if the cosigner signed it now. Against a side whose log is
 * refused the rules alone do not say all: see rules_allowed_when_faulted. */
static int judge(struct engine_channel *channel, struct pending_act *pending, struct error *error)
{
	struct act_place place;
	struct ssh_key keys[2] = { pending->author_key };
	int r;

	if (rules_find(channel->rules, channel->own, &pending->act.identity, &place)) {
		pending->verdict = (struct verdict){ VERDICT_VOID, VOID_DUPLICATE };
		return OK;
	}
	if (engine_now(channel->engine) > pending->value.expires) {
		pending->verdict = (struct verdict){ VERDICT_VOID, VOID_NOT_AFTER };
		return OK;
	}
	if (rules_has_closed(channel->rules, channel->own) ||
	    (channel->faulted && !rules_allowed_when_faulted(pending->act.kind))) {
		pending->verdict = (struct verdict){ VERDICT_VOID, VOID_CHANNEL_STATE };
		return OK;
	}
	/* After a start the rules do not know its text yet; without it the act waits. */
	if (pending->act.kind->number == KIND_AMEND &&
	    (r = channel_know_charter(channel, &act_field(&pending->act, "charter")->as.hash)) !=
	        OK) {
		pending->verdict = (struct verdict){ VERDICT_VOID, VOID_CHARTER };
		return r == ERROR_CHARTER ? OK : error_set(error, r, "the charter cannot be read");
	}
	submit_present_key(channel, pending->act.cosigner, &keys[1]);
	return rules_try(channel->rules, channel->own, &pending->act, keys,
	                 channel_logging_time(channel), &pending->verdict, error);
}

/* Makes of a stored value what it says; the bytes are taken. */
static int read_value(struct engine_channel *channel, struct pending_act *pending,
                      struct error *error)
{
	int r;

	if ((r = pending_value_get(buffer_view(&pending->bytes), &pending->value)) == OK &&
	    (r = act_parse(pending->value.text, &pending->act, error)) == OK)
		r = sshsig_verify(pending->value.text, ACT_NAMESPACE, pending->value.armor,
		                  &pending->author_key, error);
	if (r != OK)
		return error_set(error, ERROR_IO,
		                 "the database is damaged: an act that waits for "
		                 "its second signature cannot be read");
	return judge(channel, pending, error);
}

int engine_pending_find(struct engine_channel *channel, uint64_t number,
                        struct pending_act *ret_pending, struct error *error)
{
	struct pending_act pending = { .number = number };
	char key[KEY_CAPACITY];
	int r;

	key_of(number, key);
	buffer_init(&pending.bytes, VALUE_MAXIMUM);
	r = store_get_value(channel->engine->settings.store, channel->number, key, &pending.bytes);
	if (r == ERROR_NOT_FOUND)
		error_set(error, r, "no act of this number waits for a second signature");
	else if (r != OK)
		error_set(error, r, "the database cannot be read");
	else if ((r = read_value(channel, &pending, error)) == OK)
		*ret_pending = pending;
	if (r != OK)
		pending_act_release(&pending);
	return r;
}

int engine_pending_next(struct engine_channel *channel, uint64_t after,
                        struct pending_act *ret_pending, struct error *error)
{
	struct store_values page;
	uint64_t number = 0;
	char key[KEY_CAPACITY], found[STORE_NAME_CAPACITY];
	int r;

	key_of(after, key);
	store_values_init(&page);
	r = store_list_values(channel->engine->settings.store, channel->number, PREFIX, key, 1,
	                      &page);
	if (r == OK && page.count == 0)
		r = ERROR_NOT_FOUND;
	else if (r == OK)
		r = bytes_to_string(page.items[0].key, found, sizeof found);
	store_values_release(&page);
	if (r == OK && sscanf(found, PREFIX "%16" SCNx64, &number) != 1)
		r = ERROR_IO;
	if (r != OK)
		return error_set(error, r, "no more acts wait for a second signature");
	return engine_pending_find(channel, number, ret_pending, error);
}

/* --- writing ------------------------------------------------------------------ */

static int store_pending(struct engine_channel *channel, uint64_t number,
                         const struct pending_value *value, struct error *error)
{
	struct buffer bytes;
	char key[KEY_CAPACITY];
	int r;

	key_of(number, key);
	buffer_init(&bytes, VALUE_MAXIMUM);
	if ((r = pending_value_put(&bytes, value)) == OK &&
	    (r = engine_write(channel->engine)) == OK)
		r = store_set_value(channel->engine->settings.store, channel->number, key,
		                    buffer_view(&bytes));
	buffer_release(&bytes);
	return r == OK ? OK : error_set(error, r, "the database does not take the act");
}

/* Whether another one that waits brings the same blob. */
static bool is_shared(struct engine_channel *channel, uint64_t number, const struct hash *hash)
{
	struct pending_act other;
	struct hash named;
	uint64_t size, after = 0;
	bool shared = false;

	while (!shared && engine_pending_next(channel, after, &other, NULL) == OK) {
		after = other.number;
		shared = after != number && other.value.state == PENDING_WAITING &&
		         act_blob(&other.act, &named, &size) && hash_equal(&named, hash);
		pending_act_release(&other);
	}
	return shared;
}

/* The sealed body of an act that is not to be logged goes, unless something names it. */
static int drop_body(struct engine_channel *channel, const struct pending_act *pending)
{
	struct hash hash;
	uint64_t size;
	int r;

	if (!act_blob(&pending->act, &hash, &size) || channel_names_blob(channel, &hash) ||
	    is_shared(channel, pending->number, &hash))
		return OK;
	if ((r = engine_write(channel->engine)) != OK)
		return r;
	return store_delete_blob(channel->engine->settings.store, channel->number, &hash);
}

static int drop(struct engine_channel *channel, const struct pending_act *pending,
                struct error *error)
{
	char key[KEY_CAPACITY];
	int r;

	key_of(pending->number, key);
	if ((r = drop_body(channel, pending)) == OK && (r = engine_write(channel->engine)) == OK)
		r = store_delete_value(channel->engine->settings.store, channel->number, key);
	return r == OK ? OK : error_set(error, r, "the database does not drop the act");
}

static int end(struct engine_channel *channel, const struct pending_act *pending,
               enum pending_state state, unsigned reason, struct bytes by, struct bytes note,
               struct error *error)
{
	struct pending_value value = pending->value;
	int r;

	value.state = state;
	value.reason = reason;
	value.ended = engine_now(channel->engine);
	value.by = by;
	value.note = note;
	if ((r = drop_body(channel, pending)) != OK)
		return error_set(error, r, "the database does not drop the body");
	return store_pending(channel, pending->number, &value, error);
}

/* Whether no time and no later act can make it valid again. Authority can come back,
 * and a suspension ends. */
static bool is_lasting(const struct engine_channel *channel, enum void_reason reason)
{
	switch (reason) {
	case VOID_NOT_AFTER:
	case VOID_WRONG_REFERENCE:
	case VOID_ALREADY_ANSWERED:
	case VOID_LAPSED:
	case VOID_MATTER_STATE:
	case VOID_KEY_IN_USE:
		return true;
	case VOID_CHANNEL_STATE:
		return rules_has_closed(channel->rules, channel->own) ||
		       rules_has_closed(channel->rules, channel->other);
	default:
		return false;
	}
}

static int sweep_one(struct engine_channel *channel, const struct pending_act *pending,
                     struct error *error)
{
	const struct pending_value *value = &pending->value;
	timestamp now = engine_now(channel->engine);

	if (pending->verdict.code == VERDICT_VOID && pending->verdict.reason == VOID_DUPLICATE)
		return drop(channel, pending, error);
	if (value->state != PENDING_WAITING)
		return now > value->ended + PENDING_SHOWN_DAYS * DAY ? drop(channel, pending, error)
		                                                     : OK;
	if (pending->verdict.code == VERDICT_VALID || !is_lasting(channel, pending->verdict.reason))
		return OK;
	return end(channel, pending, PENDING_LAPSED, pending->verdict.reason, value->by,
	           value->note, error);
}

int engine_pending_sweep(struct engine_channel *channel, struct error *error)
{
	struct pending_act pending;
	uint64_t after = 0;
	int r;

	if (channel->engine->settings.mirror)
		return OK;
	while ((r = engine_pending_next(channel, after, &pending, error)) == OK) {
		after = pending.number;
		r = sweep_one(channel, &pending, error);
		pending_act_release(&pending);
		if (r != OK)
			return r;
	}
	return r == ERROR_NOT_FOUND ? OK : r;
}

/* --- taking one --------------------------------------------------------------- */

/* What is kept already, against the bounds; `ret_same` is the number of the same text. */
static int count_kept(struct engine_channel *channel, const struct act *act, uint64_t *ret_last,
                      uint64_t *ret_same, struct error *error)
{
	struct pending_act pending;
	uint64_t after = 0, size, bodies = 0;
	size_t count = 0;
	struct hash hash;
	int r;

	*ret_same = 0;
	while ((r = engine_pending_next(channel, after, &pending, error)) == OK) {
		after = pending.number;
		count++;
		if (pending.value.state == PENDING_WAITING) {
			if (act_blob(&pending.act, &hash, &size))
				bodies += size;
			if (hash_equal(&pending.act.identity, &act->identity))
				*ret_same = after;
		}
		pending_act_release(&pending);
	}
	if (r != ERROR_NOT_FOUND)
		return r;
	if (act_blob(act, &hash, &size))
		bodies += size;
	if (*ret_same == 0 && (count >= PENDING_MAXIMUM || bodies > PENDING_BODIES_MAXIMUM))
		return error_set(error, ERROR_LIMIT,
		                 "too many acts wait for their second signature: sign, refuse or "
		                 "withdraw one first");
	*ret_last = after;
	return OK;
}

/* Numbers are not used again, so that nobody signs another act than was read. */
static int next_number(struct engine_channel *channel, uint64_t last, uint64_t *ret_number,
                       struct error *error)
{
	static const char key[] = "pending-last";
	struct store *store = channel->engine->settings.store;
	struct buffer value;
	struct cursor cursor;
	uint64_t used = 0;
	int r;

	buffer_init(&value, 8);
	if ((r = store_get_value(store, channel->number, key, &value)) == OK) {
		cursor = cursor_over(buffer_view(&value));
		r = cursor_get_u64(&cursor, &used);
	} else if (r == ERROR_NOT_FOUND) {
		r = OK;
	}
	used = (used > last ? used : last) + 1;
	buffer_clear(&value);
	if (r == OK && (r = buffer_put_u64(&value, used)) == OK &&
	    (r = engine_write(channel->engine)) == OK)
		r = store_set_value(store, channel->number, key, buffer_view(&value));
	buffer_release(&value);
	if (r != OK)
		return error_set(error, r, "the database does not take the act");
	*ret_number = used;
	return OK;
}

static timestamp expiry(const struct act *act, timestamp now)
{
	timestamp standard = now + PENDING_DAYS * DAY, latest = now + PENDING_DAYS_MAXIMUM * DAY;

	if (act->not_after == 0)
		return standard;
	return act->not_after < latest ? act->not_after : latest;
}

/* What the author has signed, and whether it would be valid with the second signature. */
static int check(struct engine_channel *channel, struct pending_act *pending,
                 enum void_reason *ret_reason, struct error *error)
{
	struct hash hash;
	uint64_t size;
	int r;

	if ((r = submit_check_text(channel, pending->value.text, &pending->act, error)) != OK)
		return r;
	if (pending->act.cosigner[0] == '\0')
		return error_set(error, ERROR_USAGE,
		                 "the act names no cosigner whose signature it could wait for");
	if ((r = sshsig_verify(pending->value.text, ACT_NAMESPACE, pending->value.armor,
	                       &pending->author_key, error)) != OK)
		return r;
	pending->value.expires = expiry(&pending->act, pending->value.created);
	if ((r = judge(channel, pending, error)) != OK)
		return r;
	if (pending->verdict.code != VERDICT_VALID) {
		*ret_reason = pending->verdict.reason;
		return error_set(error, ERROR_DENIED, "it would be void: %s",
		                 void_reason_text(pending->verdict.reason));
	}
	if (act_blob(&pending->act, &hash, &size) && !blob_is_held(channel, &hash))
		return error_set(error, ERROR_STATE, "the sealed body has not been uploaded");
	return OK;
}

int engine_pending_add(struct engine_channel *channel, struct bytes text, struct bytes armor,
                       const char *who, uint64_t *ret_number, enum void_reason *ret_reason,
                       struct error *error)
{
	struct pending_act pending = { .value = {
					   .state = PENDING_WAITING,
					   .created = engine_now(channel->engine),
					   .text = text,
					   .armor = armor,
					   .by = bytes_of_string(who),
				       } };
	uint64_t last, number;
	int r;

	if ((r = check(channel, &pending, ret_reason, error)) != OK ||
	    (r = engine_pending_sweep(channel, error)) != OK ||
	    (r = count_kept(channel, &pending.act, &last, &number, error)) != OK)
		return r;
	if (number == 0 && ((r = next_number(channel, last, &number, error)) != OK ||
	                    (r = store_pending(channel, number, &pending.value, error)) != OK))
		return r;
	*ret_number = number;
	return OK;
}

/* --- ending one --------------------------------------------------------------- */

int engine_pending_refuse(struct engine_channel *channel, uint64_t number, const char *who,
                          struct bytes note, struct error *error)
{
	struct pending_act pending;
	int r;

	if (note.size > PENDING_NOTE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the reason is too long");
	if ((r = engine_pending_find(channel, number, &pending, error)) != OK)
		return r;
	if (pending.value.state != PENDING_WAITING)
		r = error_set(error, ERROR_STATE, "this act does not wait any more");
	else
		r = end(channel, &pending, PENDING_REFUSED, VOID_NONE, bytes_of_string(who), note,
		        error);
	pending_act_release(&pending);
	return r;
}

int engine_pending_withdraw(struct engine_channel *channel, uint64_t number, struct error *error)
{
	struct pending_act pending;
	int r;

	if ((r = engine_pending_find(channel, number, &pending, error)) != OK)
		return r;
	r = drop(channel, &pending, error);
	pending_act_release(&pending);
	return r;
}

int engine_pending_unseal(struct engine_channel *channel, uint64_t number,
                          uint8_t ret_file_key[KEEPER_FILE_KEY_SIZE], struct error *error)
{
	struct pending_act pending;
	struct hash hash;
	uint64_t size;
	int r;

	if ((r = engine_pending_find(channel, number, &pending, error)) != OK)
		return r;
	if (!act_blob(&pending.act, &hash, &size))
		r = error_set(error, ERROR_NOT_FOUND, "this act has no body");
	else if (pending.act.eyes_heads)
		r = error_set(error, ERROR_DENIED,
		              "this body is for the heads alone: only a head's own reading "
		              "identity opens it");
	else
		r = unseal_body(channel, &hash, ret_file_key, error);
	pending_act_release(&pending);
	return r;
}
