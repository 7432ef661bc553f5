#include "agenda.h"
#include "allocate.h"
#include "api_schema.h"
#include "channel_internal.h"
#include "destruction.h"
#include "journal.h"

#include <stdio.h>

timestamp engine_now(const struct engine *engine)
{
	return engine->settings.clock.now(engine->settings.clock.context);
}

uint64_t engine_monotonic(const struct engine *engine)
{
	return engine->settings.clock.monotonic(engine->settings.clock.context);
}

struct engine_channel *engine_find_channel(const struct engine *engine, const struct hash *id)
{
	for (size_t i = 0; i < engine->channel_count; i++)
		if (hash_equal(&engine->channels[i]->id, id))
			return engine->channels[i];
	return NULL;
}

int engine_write(struct engine *engine)
{
	int r;

	if (engine->writing)
		return OK;
	if ((r = store_begin(engine->settings.store)) != OK)
		return r;
	engine->writing = true;
	return OK;
}

/* --- answers ------------------------------------------------------------ */

void engine_reply(struct engine *engine, uint16_t type, uint32_t request, struct bytes body)
{
	engine->settings.effects.send_http(engine->settings.effects.context, type, request, body);
}

void engine_reply_error(struct engine *engine, uint32_t request, const struct error *error)
{
	struct buffer body;

	buffer_init(&body, 4096);
	if (api_put_failure(&body, error, "") == OK)
		engine_reply(engine, MESSAGE_ERROR, request, buffer_view(&body));
	buffer_release(&body);
}

static void reply_no_memory(struct engine *engine, uint32_t request)
{
	struct error error;

	error_set(&error, ERROR_MEMORY, "out of memory");
	engine_reply_error(engine, request, &error);
}

void engine_reply_when_durable(struct engine *engine, uint16_t type, uint32_t request,
                               struct bytes body)
{
	struct held_reply *reply = allocate(1, sizeof *reply);

	if (reply == NULL) {
		reply_no_memory(engine, request);
		return;
	}
	reply->type = type;
	reply->request = request;
	buffer_init(&reply->body, MESSAGE_BODY_MAXIMUM);
	if (buffer_put_bytes(&reply->body, body) != OK) {
		release_memory(reply);
		reply_no_memory(engine, request);
		return;
	}
	*engine->replies_end = reply;
	engine->replies_end = &reply->next;
}

/* Sends what waited for the transaction, or says to each why there is none. */
static void settle_replies(struct engine *engine, const struct error *failure)
{
	struct held_reply *reply;

	while ((reply = engine->replies) != NULL) {
		engine->replies = reply->next;
		if (failure != NULL)
			engine_reply_error(engine, reply->request, failure);
		else
			engine_reply(engine, reply->type, reply->request,
			             buffer_view(&reply->body));
		buffer_release(&reply->body);
		release_memory(reply);
	}
	engine->replies_end = &engine->replies;
}

/* --- the clock ---------------------------------------------------------- */

void engine_confirm_clock(struct engine *engine)
{
	engine->clock_base = engine_now(engine);
	engine->clock_base_monotonic = engine_monotonic(engine);
	engine->clock_trusted = true;
	engine->clock_reason[0] = '\0';
}

static void distrust_clock(struct engine *engine, const char *reason)
{
	if (!engine->clock_trusted)
		return;
	engine->clock_trusted = false;
	snprintf(engine->clock_reason, sizeof engine->clock_reason, "%s", reason);
	journal(JOURNAL_ERROR, "%s; nothing is logged until the time is confirmed", reason);
}

static void check_clock(struct engine *engine)
{
	uint64_t elapsed = (engine_monotonic(engine) - engine->clock_base_monotonic) / 1000000000;
	int64_t drift = engine_now(engine) - engine->clock_base - (int64_t)elapsed;

	if (drift > CLOCK_TOLERANCE || drift < -CLOCK_TOLERANCE)
		distrust_clock(engine, "the clock jumped by more than five minutes");
}

/* A clock that starts behind what the logs already say is not believed. */
static void check_clock_at_start(struct engine *engine)
{
	timestamp now = engine_now(engine);

	for (size_t i = 0; i < engine->channel_count; i++)
		for (unsigned party = 0; party < 2; party++)
			if (rules_last_logged(engine->channels[i]->rules, party) >
			    now + CLOCK_TOLERANCE)
				distrust_clock(engine, "the clock is behind the times in the logs");
}

/* --- start and end ------------------------------------------------------ */

static void free_channels(struct engine *engine)
{
	for (size_t i = 0; i < engine->channel_count; i++)
		channel_free(engine->channels[i]);
	release_memory(engine->channels);
	engine->channels = NULL;
	engine->channel_count = 0;
	engine->opening = NULL;
}

int engine_add_channel(struct engine *engine, struct engine_channel *channel)
{
	struct engine_channel **channels = reallocate(engine->channels, engine->channel_count + 1,
	                                              sizeof *channels);

	if (channels == NULL)
		return ERROR_MEMORY;
	channels[engine->channel_count++] = channel;
	engine->channels = channels;
	return OK;
}

static int load_channels(struct engine *engine, struct error *error)
{
	struct keeper_status status = { 0 };
	struct store_channel page[16];
	struct engine_channel *channel;
	uint32_t after = 0;
	size_t count;
	int r;

	if (!engine->settings.mirror &&
	    (r = engine->settings.keeper.status(engine->settings.keeper.context, &status, error)) !=
	        OK)
		return r;
	do {
		if ((r = store_list_channels(engine->settings.store, after, 16, page, &count)) !=
		    OK) {
			error_set(error, r, "the database cannot be read");
			goto out;
		}
		for (size_t i = 0; i < count; i++) {
			if ((r = channel_load(engine, &page[i], &channel, error)) != OK)
				goto out;
			if ((r = engine_add_channel(engine, channel)) != OK) {
				channel_free(channel);
				goto out;
			}
			if (engine->settings.mirror)
				channel_make_mirror(channel);
			else if ((r = channel_reconcile(channel, &status, error)) != OK)
				goto out;
			after = page[i].number;
		}
	} while (count > 0);
out:
	keeper_status_release(&status);
	return r;
}

int engine_new(const struct engine_settings *settings, struct engine **ret_engine,
               struct error *error)
{
	struct engine *engine = allocate(1, sizeof *engine);
	int r;

	if (engine == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	engine->settings = *settings;
	engine->replies_end = &engine->replies;
	engine_confirm_clock(engine);
	if ((r = alarms_load(engine)) != OK)
		error_set(error, r, "the alarms cannot be read");
	if (r != OK || (r = load_channels(engine, error)) != OK) {
		engine_free(engine);
		return r;
	}
	/* Not before the keeper, which has answered by now: what is fresh here is fresh
	 * there. */
	engine->started = engine_now(engine);
	check_clock_at_start(engine);
	*ret_engine = engine;
	return OK;
}

void engine_free(struct engine *engine)
{
	struct error ending;

	if (engine == NULL)
		return;
	error_set(&ending, ERROR_IO, "the node is stopping");
	settle_replies(engine, &ending);
	if (engine->writing)
		store_rollback(engine->settings.store);
	engine_end_backup(engine);
	free_channels(engine);
	alarms_release(engine);
	evaluation_release(engine);
	ed25519_secret_wipe(&engine->collector.secret);
	release_memory(engine);
}

/* After a failed write, memory is ahead of the database: everything is loaded
 * anew from what is durable. Nothing of the failed turn was acknowledged. */
static int start_over(struct engine *engine, int code, const char *reason, struct error *error)
{
	struct error failure;
	int r;

	error_set(&failure, code, "nothing was stored: %s",
	          reason[0] != '\0' ? reason : result_text(code));
	journal(JOURNAL_ERROR, "%s", failure.message);
	snprintf(engine->store_reason, sizeof engine->store_reason, "%s", failure.message);
	engine->store_failed = engine_now(engine);
	store_rollback(engine->settings.store);
	engine->writing = false;
	for (size_t i = 0; i < engine->channel_count; i++) {
		channel_fail_people(engine->channels[i], &failure);
		channel_close_link(engine->channels[i], ERROR_IO, "the other node cannot store");
	}
	settle_replies(engine, &failure);
	evaluation_forget(engine, EVALUATION_FOR_CHANNEL);
	free_channels(engine);
	if ((r = load_channels(engine, error)) != OK)
		return r;
	engine_link_started(engine);
	/* Not stored, but told: it may be long until something can be. */
	if ((r = alarms_watch(engine)) != OK || (r = alarms_save(engine)) != OK)
		return error_set(error, r, "the alarms cannot be kept");
	alarms_send(engine);
	return OK;
}

/* --- events ------------------------------------------------------------- */

int engine_handle_http(struct engine *engine, uint16_t type, uint32_t request, struct bytes body,
                       struct error *error)
{
	return api_handle(engine, type, request, body, error);
}

void engine_link_started(struct engine *engine)
{
	engine->link_ready = true;
	for (size_t i = 0; i < engine->channel_count; i++) {
		channel_link_down(engine->channels[i], "the link was started");
		channel_announce(engine->channels[i]);
	}
}

/* Requests of the process that is gone are answered to nobody. */
void engine_http_started(struct engine *engine)
{
	for (size_t i = 0; i < engine->channel_count; i++)
		channel_drop_waiters(engine->channels[i]);
	evaluation_forget(engine, EVALUATION_FOR_PERSON);
}

/* --- the turn ----------------------------------------------------------- */

static int commit(struct engine *engine, struct error *error, bool *ret_committed)
{
	int r;

	*ret_committed = false;
	if (engine->writing) {
		if ((r = store_commit(engine->settings.store)) != OK)
			return start_over(engine, r,
			                  store_last_error(engine->settings.store)->message, error);
		engine->writing = false;
	}
	*ret_committed = true;
	return OK;
}

/* What the keeper signed before an abrupt end is asked for again, and stored,
 * before anything is added to the log: it repeats only the very same batch. */
static int repeat_batches(struct engine *engine, struct error *error, bool *ret_committed)
{
	bool repeated = false;
	int r;

	*ret_committed = true;
	for (size_t i = 0; i < engine->channel_count; i++) {
		struct engine_channel *channel = engine->channels[i];

		repeated |= !channel->read_only && channel->keeper_size > channel->head_size;
		if ((r = channel_repeat_batch(channel, error)) != OK)
			return r;
	}
	return repeated ? commit(engine, error, ret_committed) : OK;
}

int engine_turn(struct engine *engine, struct error *error)
{
	struct error why = { 0 };
	bool committed;
	int r;

	check_clock(engine);
	if ((r = repeat_batches(engine, error, &committed)) != OK || !committed)
		return r;
	if ((r = evaluation_settle(engine, &why)) != OK)
		return start_over(engine, r, why.message, error);
	for (size_t i = 0; i < engine->channel_count; i++)
		if ((r = channel_collect(engine->channels[i], &why)) != OK)
			return start_over(engine, r, why.message, error);
	if ((r = alarms_watch(engine)) != OK || (r = alarms_save(engine)) != OK)
		return start_over(engine, r, "", error);
	FAULT_POINT("engine-before-entries");
	if ((r = commit(engine, error, &committed)) != OK || !committed)
		return r;
	FAULT_POINT("engine-entries-stored");
	settle_replies(engine, NULL);
	alarms_send(engine);
	for (size_t i = 0; i < engine->channel_count; i++)
		channel_answer_waiters(engine->channels[i]);

	for (size_t i = 0; i < engine->channel_count; i++)
		if ((r = channel_sign(engine->channels[i], error)) != OK ||
		    (r = destruction_step(engine->channels[i], error)) != OK)
			return r;
	FAULT_POINT("engine-signed");
	if ((r = commit(engine, error, &committed)) != OK || !committed)
		return r;
	FAULT_POINT("engine-head-stored");

	for (size_t i = 0; i < engine->channel_count; i++)
		channel_send(engine->channels[i]);
	FAULT_POINT("engine-sent");
	/* What cannot be looked at now is when somebody asks. */
	for (size_t i = 0; i < engine->channel_count; i++)
		(void)agenda_catch_up(engine->channels[i]->agenda);
	for (size_t i = 0; i < engine->channel_count; i++)
		if ((r = recovery_step(engine->channels[i], error)) != OK)
			return r;
	engine_open_next(engine);
	engine_work_on_backup(engine);
	return OK;
}

uint64_t engine_next_timer(const struct engine *engine)
{
	uint64_t next = engine_opening_timer(engine), backup = engine_backup_timer(engine);

	if (backup < next)
		next = backup;
	if (alarms_timer(engine) < next)
		next = alarms_timer(engine);
	for (size_t i = 0; i < engine->channel_count; i++) {
		uint64_t timer = channel_next_timer(engine->channels[i]);
		uint64_t destruction = destruction_timer(engine->channels[i]);

		if (destruction < timer)
			timer = destruction;
		if (timer < next)
			next = timer;
	}
	return next;
}
