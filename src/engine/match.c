#include "allocate.h"
#include "channel_internal.h"
#include "encoding.h"
#include "grow.h"
#include "sha.h"

#include <stdio.h>

enum { KEY_CAPACITY = 96, RETRY = 100000000 /* ns */ };

/* --- accounts ------------------------------------------------------------------------ */

static void value_key(const struct match_account *account, char ret_key[KEY_CAPACITY])
{
	char leaf[HASH_HEX_CAPACITY];

	hash_to_hex(&account->leaf, leaf);
	snprintf(ret_key, KEY_CAPACITY, "match/%s/%s", leaf,
	         identifier_class_name(account->identifier_class));
}

bool match_is_open(const struct match_account *account)
{
	return account->question.text.size > 0 && account->answer.text.size == 0;
}

struct exchange_state match_counted(const struct match_account *account)
{
	if (account == NULL)
		return (struct exchange_state){ .number = 0 };
	if (match_is_open(account))
		return exchange_count(&account->question.statement, &account->question.hash);
	return account->state;
}

static struct match_account *find(const struct engine_channel *channel, struct act_place list,
                                  enum identifier_class identifier_class)
{
	for (size_t i = 0; i < channel->match.account_count; i++) {
		struct match_account *account = channel->match.accounts[i];

		if (account->list.party == list.party && account->list.number == list.number &&
		    account->identifier_class == identifier_class)
			return account;
	}
	return NULL;
}

const struct match_account *match_find(const struct engine_channel *channel, struct act_place list,
                                       enum identifier_class identifier_class)
{
	return find(channel, list, identifier_class);
}

static void account_free(struct match_account *account)
{
	struct match_ask *ask;

	while ((ask = account->asks) != NULL) {
		account->asks = ask->next;
		buffer_release(&ask->elements);
		release_memory(ask);
	}
	match_statement_release(&account->question);
	match_statement_release(&account->answer);
	release_memory(account);
}

/* What stood in the database, verified when it was stored. */
static int restore_statement(struct match_statement *statement, struct bytes text,
                             struct bytes armor)
{
	int r;

	if (text.size == 0)
		return OK;
	if ((r = exchange_parse(text, &statement->statement, NULL)) != OK ||
	    (r = buffer_put_bytes(&statement->text, text)) != OK ||
	    (r = buffer_put_bytes(&statement->armor, armor)) != OK)
		return r;
	sha256_of(&statement->hash, text);
	return OK;
}

static int restore_account(struct engine_channel *channel, struct match_account *account)
{
	struct match_value value;
	struct buffer bytes;
	char key[KEY_CAPACITY];
	int r;

	value_key(account, key);
	buffer_init(&bytes, MATCH_VALUE_MAXIMUM);
	r = store_get_value(channel->engine->settings.store, channel->number, key, &bytes);
	if (r == OK && (r = match_value_get(buffer_view(&bytes), &value)) == OK &&
	    (r = restore_statement(&account->question, value.question, value.question_armor)) ==
	        OK &&
	    (r = restore_statement(&account->answer, value.answer, value.answer_armor)) == OK)
		account->state = value.state;
	buffer_release(&bytes);
	return r == ERROR_NOT_FOUND ? OK : r;
}

void match_raise(struct engine_channel *channel, struct match_account *account)
{
	struct list_tally tally;

	if (rules_list_tally(channel->rules, account->list, account->identifier_class, channel->own,
	                     &tally) &&
	    exchange_raise(&account->state, tally.count, tally.day, tally.today))
		account->forgot = true;
}

static int add_account(struct engine_channel *channel, struct match_account *account)
{
	struct match_state *state = &channel->match;
	struct match_account **accounts = grow(state->accounts, state->account_count,
	                                       &state->account_capacity, sizeof *accounts);
	int r;

	if (accounts == NULL)
		return ERROR_MEMORY;
	state->accounts = accounts;
	if ((r = restore_account(channel, account)) != OK)
		return r;
	/* The own log may have come back from a copy that is newer than the database was. */
	if (!match_is_open(account))
		match_raise(channel, account);
	state->accounts[state->account_count++] = account;
	match_note_count(channel, account);
	return OK;
}

struct match_account *match_account(struct engine_channel *channel, struct act_place list,
                                    enum identifier_class identifier_class)
{
	struct match_account *account = find(channel, list, identifier_class);

	if (account != NULL)
		return account;
	if ((account = allocate(1, sizeof *account)) == NULL)
		return NULL;
	account->list = list;
	account->leaf = rules_act(channel->rules, list)->leaf;
	account->identifier_class = identifier_class;
	account->own = list.party == channel->own;
	account->asks_end = &account->asks;
	match_statement_init(&account->question);
	match_statement_init(&account->answer);
	if (add_account(channel, account) != OK) {
		account_free(account);
		return NULL;
	}
	return account;
}

int match_store(struct engine_channel *channel, struct match_account *account, struct bytes content)
{
	const struct match_value value = {
		.list = account->leaf,
		.identifier_class = account->identifier_class,
		.state = account->state,
		.question = buffer_view(&account->question.text),
		.question_armor = buffer_view(&account->question.armor),
		.answer = buffer_view(&account->answer.text),
		.answer_armor = buffer_view(&account->answer.armor),
		.content = content,
	};
	struct buffer bytes;
	char key[KEY_CAPACITY];
	int r;

	value_key(account, key);
	buffer_init(&bytes, MATCH_VALUE_MAXIMUM);
	if ((r = engine_write(channel->engine)) == OK &&
	    (r = match_value_put(&bytes, &value)) == OK)
		r = store_set_value(channel->engine->settings.store, channel->number, key,
		                    buffer_view(&bytes));
	buffer_release(&bytes);
	match_note_count(channel, account);
	return r;
}

int match_read_content(struct engine_channel *channel, const struct match_account *account,
                       struct buffer *content)
{
	struct match_value value;
	struct buffer bytes;
	char key[KEY_CAPACITY];
	int r;

	value_key(account, key);
	buffer_init(&bytes, MATCH_VALUE_MAXIMUM);
	if ((r = store_get_value(channel->engine->settings.store, channel->number, key, &bytes)) ==
	        OK &&
	    (r = match_value_get(buffer_view(&bytes), &value)) == OK)
		r = buffer_put_bytes(content, value.content);
	buffer_release(&bytes);
	return r;
}

/* --- lists --------------------------------------------------------------------------- */

int match_find_list(const struct engine_channel *channel, const struct hash *leaf, unsigned owner,
                    struct list_summary *ret_list)
{
	size_t count = rules_list_count(channel->rules);
	struct list_summary list;

	for (size_t i = 0; i < count; i++)
		if (rules_list_at(channel->rules, i, &list) == OK && list.owner == owner &&
		    hash_equal(&rules_act(channel->rules, list.place)->leaf, leaf)) {
			*ret_list = list;
			return OK;
		}
	return ERROR_NOT_FOUND;
}

int match_is_possible(const struct engine_channel *channel, struct error *error)
{
	const struct engine *engine = channel->engine;
	enum channel_state state = rules_channel_state(channel->rules, engine_now(engine));

	if (channel->faulted || channel->read_only || channel->copying || channel->keys_incomplete)
		return error_set(error, ERROR_STATE, "nothing is asked in this channel: %s",
		                 channel->reason);
	if (state != CHANNEL_IN_FORCE && state != CHANNEL_SUSPENDED)
		return error_set(error, ERROR_STATE,
		                 "nothing is asked in this channel: its state is '%s'",
		                 channel_state_name(state));
	if (!engine->clock_trusted)
		return error_set(error, ERROR_CLOCK, "nothing is asked: %s", engine->clock_reason);
	return OK;
}

uint64_t match_left(const struct engine_channel *channel, struct act_place list,
                    enum identifier_class identifier_class)
{
	const struct match_account *account = find(channel, list, identifier_class);
	struct exchange_state counted = match_counted(account);
	const struct charter *charter = channel_charter(channel);
	timestamp now = engine_now(channel->engine), day = exchange_day(now);
	uint64_t beside_total, beside_today;

	/* A day that has begun by the other side's clock is the one that is counted on. */
	rules_list_queried(channel->rules, list, identifier_class,
	                   day > counted.day ? day : counted.day, &beside_total, &beside_today);
	return exchange_left(&counted, now, charter->query_budget_day, charter->query_budget_list,
	                     beside_total, beside_today);
}

/* --- what the logs say ------------------------------------------------------------------ */

/* The latest first; the oldest is forgotten. */
static void note_former_key(struct match_state *state, unsigned party,
                            const struct ed25519_public *key)
{
	struct ed25519_public *keys = state->former_keys[party];
	size_t *count = &state->former_key_count[party];

	memmove(keys + 1, keys, (MATCH_FORMER_KEYS - 1) * sizeof *keys);
	keys[0] = *key;
	*count += *count < MATCH_FORMER_KEYS;
}

/* What is refused in the answer is shown by the own tally. */
static void note_query(struct engine_channel *channel, const struct act_summary *act)
{
	struct query_summary query;
	struct match_account *account;

	if (act->place.party != channel->other ||
	    rules_query(channel->rules, act->place, &query) != OK)
		return;
	account = find(channel, query.list, query.identifier_class);
	if (account != NULL)
		account->asked_on_record = true;
}

int match_note_entry(struct engine_channel *channel, struct act_place place,
                     const struct ed25519_public *former)
{
	const struct act_summary *act = rules_act(channel->rules, place);
	struct match_account *account;

	if (!ed25519_public_equal(former, &rules_party(channel->rules, place.party)->node_key))
		note_former_key(&channel->match, place.party, former);
	if (act->kind->number == KIND_QUERY)
		note_query(channel, act);
	if (act->kind->matter == MATTER_LIST && act->verdict.code == VERDICT_VALID)
		return match_note_list(channel, place);
	if (act->kind->number != KIND_TALLY || place.party != channel->own)
		return OK;
	/* Of a copy, it may say more than is known here. */
	for (size_t i = 0; i < channel->match.account_count; i++) {
		account = channel->match.accounts[i];
		if (account->list.party == act->target.party &&
		    account->list.number == act->target.number && !match_is_open(account))
			match_raise(channel, account);
	}
	return OK;
}

/* --- loading, and the end ----------------------------------------------------------------- */

static int load_value(struct engine_channel *channel, struct bytes bytes)
{
	struct match_value value;
	struct list_summary list;
	int r;

	if ((r = match_value_get(bytes, &value)) != OK)
		return r;
	/* Its log may be lost: then it waits in the database until that is here again. */
	if (match_find_list(channel, &value.list, channel->own, &list) != OK &&
	    match_find_list(channel, &value.list, channel->other, &list) != OK)
		return OK;
	return match_account(channel, list.place, value.identifier_class) != NULL ? OK
	                                                                          : ERROR_MEMORY;
}

/* What the own log tells of, and the database has forgotten. */
static int load_tallied(struct engine_channel *channel)
{
	struct list_summary list;
	struct list_tally tally;

	for (size_t i = 0; rules_list_at(channel->rules, i, &list) == OK; i++)
		for (size_t j = 0; j < IDENTIFIER_CLASS_COUNT; j++)
			if (rules_list_tally(channel->rules, list.place, (enum identifier_class)j,
			                     channel->own, &tally) &&
			    match_account(channel, list.place, (enum identifier_class)j) == NULL)
				return ERROR_MEMORY;
	return OK;
}

int match_load(struct engine_channel *channel)
{
	char after[STORE_NAME_CAPACITY] = "";
	struct store_values page;
	int r;

	store_values_init(&page);
	do {
		r = store_list_values(channel->engine->settings.store, channel->number, "match/",
		                      after, 16, &page);
		for (size_t i = 0; r == OK && i < page.count; i++)
			r = load_value(channel, page.items[i].value);
		if (r == OK && page.count > 0)
			r = bytes_to_string(page.items[page.count - 1].key, after, sizeof after);
	} while (r == OK && page.count > 0);
	store_values_release(&page);
	return r == OK ? load_tallied(channel) : r;
}

static void drop_frames(struct match_state *state)
{
	struct match_frame *frame;

	while ((frame = state->frames) != NULL) {
		state->frames = frame->next;
		buffer_release(&frame->payload);
		release_memory(frame);
	}
	state->frames_end = &state->frames;
	state->frame_count = 0;
}

void match_release(struct engine_channel *channel)
{
	struct match_state *state = &channel->match;

	drop_frames(state);
	for (size_t i = 0; i < state->account_count; i++)
		account_free(state->accounts[i]);
	release_memory(state->accounts);
	release_memory(state->versions);
	release_memory(state->old_keys);
}

/* --- frames of the link ------------------------------------------------------------------ */

int match_take_frame(struct engine_channel *channel, uint8_t type, struct bytes payload,
                     struct error *error)
{
	struct match_state *state = &channel->match;
	struct match_frame *frame;
	int r;

	if (state->frame_count == MATCH_FRAMES_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "more questions than may be open");
	if ((frame = allocate(1, sizeof *frame)) == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	frame->type = type;
	buffer_init(&frame->payload, FRAME_MAXIMUM);
	if ((r = buffer_put_bytes(&frame->payload, payload)) != OK) {
		release_memory(frame);
		return error_set(error, r, "out of memory");
	}
	*state->frames_end = frame;
	state->frames_end = &frame->next;
	state->frame_count++;
	return OK;
}

static int use_frame(struct engine_channel *channel, const struct match_frame *frame,
                     struct error *error)
{
	struct bytes payload = buffer_view(&frame->payload);

	if (frame->type == FRAME_MATCH_REPLY)
		return match_take_reply(channel, payload, error);
	if (frame->type == FRAME_MATCH_BEHIND)
		return match_take_behind(channel, payload, error);
	return match_take_request(channel, payload, error);
}

/* Takes the frame at `place` off the queue. */
static void drop_frame(struct match_state *state, struct match_frame **place)
{
	struct match_frame *frame = *place;

	*place = frame->next;
	if (state->frames_end == &frame->next)
		state->frames_end = place;
	state->frame_count--;
	buffer_release(&frame->payload);
	release_memory(frame);
}

/* A question may have to wait, and those after it do then; answers do not. */
static int use_frames(struct engine_channel *channel, struct error *error)
{
	struct match_state *state = &channel->match;
	struct match_frame **place = &state->frames;
	bool waits = state->retry != 0;

	while (*place != NULL) {
		struct error why = { 0 };
		int r = ERROR_WAIT;

		if (!waits || (*place)->type != FRAME_MATCH_REQUEST)
			r = use_frame(channel, *place, &why);
		if (r == ERROR_WAIT) {
			waits = true;
			place = &(*place)->next;
			continue;
		}
		channel->active = engine_monotonic(channel->engine);
		if (r != OK) {
			r = channel_refuse_frame(channel, r, &why, buffer_view(&(*place)->payload),
			                         error);
			drop_frames(state);
			return r;
		}
		drop_frame(state, place);
	}
	if (waits && state->retry == 0)
		state->retry = engine_monotonic(channel->engine) + RETRY;
	return OK;
}

/* --- turns ------------------------------------------------------------------------------ */

int match_collect(struct engine_channel *channel, struct error *error)
{
	struct match_state *state = &channel->match;
	int r;

	/* What waits is not looked at again in every turn: whoever sent it can cause many. */
	if (state->retry <= engine_monotonic(channel->engine))
		state->retry = 0;
	if ((r = use_frames(channel, error)) != OK ||
	    (state->retry == 0 && (r = match_evaluate_open(channel, error)) != OK))
		return r;
	match_expire(channel);
	if ((r = match_begin(channel, error)) != OK || (r = match_tally(channel, error)) != OK)
		return r;
	match_destroy_keys(channel);
	return OK;
}

void match_send(struct engine_channel *channel)
{
	if (channel->link.greeted)
		match_send_questions(channel);
}

void match_link_down(struct engine_channel *channel)
{
	struct error gone;

	drop_frames(&channel->match);
	for (size_t i = 0; i < channel->match.account_count; i++)
		channel->match.accounts[i]->sent = channel->match.accounts[i]->awaited = false;
	error_set(&gone, ERROR_WAIT,
	          "the line to the other side went: a question that was sent counts, and is sent "
	          "again by itself; ask the same again to get its answer");
	match_fail_people(channel, MATCH_REASON_LINK, &gone);
}

uint64_t match_timer(const struct engine_channel *channel)
{
	const struct match_state *state = &channel->match;
	uint64_t next = match_tally_timer(channel);

	if (state->retry != 0 && state->retry < next)
		next = state->retry;
	for (size_t i = 0; i < state->account_count; i++)
		for (const struct match_ask *ask = state->accounts[i]->asks; ask != NULL;
		     ask = ask->next)
			if (ask->until < next)
				next = ask->until;
	return next;
}
