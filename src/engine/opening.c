#include "allocate.h"
#include "channel_internal.h"
#include "journal.h"

/* Each body of the other side is opened once by the reader, in a quiet moment,
 * so that one that cannot be opened or is not what the act says is named in
 * time. What the reader finds is not looked at. */

enum { QUIET = 100 * 1000000 }; /* nanoseconds without work before one is tried */

static bool is_to_be_opened(const struct act_summary *act)
{
	return act->has_body && !act->eyes_heads && act->verdict.code == VERDICT_VALID;
}

/* The next body to try, skipping entries that have none. */
static const struct act_summary *next_body(struct engine_channel *channel)
{
	uint64_t size = rules_size(channel->rules, channel->other);

	for (; channel->next_to_open < size; channel->next_to_open++) {
		const struct act_summary *act =
		    rules_act(channel->rules, (struct act_place){ channel->other,
		                                                  channel->next_to_open });

		/* One whose blob is missing is tried when the blob has come. */
		if (is_to_be_opened(act) && blob_is_held(channel, &act->sealed_hash))
			return act;
		channel->opened_changed = true;
	}
	return NULL;
}

static void past_this_body(struct engine_channel *channel, uint64_t entry)
{
	if (channel->next_to_open == entry)
		channel->next_to_open = entry + 1;
	channel->opened_changed = true;
}

static int log_fault(struct engine_channel *channel, uint64_t entry, const char *fault,
                     const char *sentence)
{
	struct act_place place = { channel->other, entry };

	journal(JOURNAL_WARNING, "channel %.20s: the body of %s-%llu is faulty: %s",
	        channel->charter->channel, channel->charter->parties[channel->other].id,
	        (unsigned long long)entry, sentence);
	return add_errand(channel, KIND_FAULT, place, fault, 0);
}

static void open_body(struct engine_channel *channel, const struct act_summary *act)
{
	const struct engine_effects *effects = &channel->engine->settings.effects;
	struct reader_request request = {
		.parts = act->body_parts,
		.root = act->body_root,
		.sealed_size = act->sealed_size,
		.sealed_hash = act->sealed_hash,
		.content_maximum = act->sealed_size,
	};
	struct error why;
	int r = unseal_body(channel, &act->sealed_hash, request.file_key, &why);

	if (r == ERROR_WAIT || r == ERROR_IO || r == ERROR_MEMORY)
		return;
	if (r != OK) {
		past_this_body(channel, act->place.number);
		log_fault(channel, act->place.number, "unopenable", why.message);
		return;
	}
	channel->engine->opening = channel;
	channel->engine->opening_entry = act->place.number;
	channel->engine->reader_busy = true;
	effects->open_body(effects->context, channel->number, &request);
	wipe(request.file_key, sizeof request.file_key);
}

static bool is_quiet(const struct engine *engine)
{
	uint64_t now = engine_monotonic(engine);

	for (size_t i = 0; i < engine->channel_count; i++)
		if (engine->channels[i]->active + QUIET > now || channel_is_busy(engine->channels[i]))
			return false;
	return !engine->writing;
}

void engine_open_next(struct engine *engine)
{
	if (engine->reader_busy || !is_quiet(engine))
		return;
	for (size_t i = 0; i < engine->channel_count; i++) {
		struct engine_channel *channel = engine->channels[i];
		const struct act_summary *act = channel_may_log(channel) ? next_body(channel) : NULL;

		if (act != NULL) {
			open_body(channel, act);
			return;
		}
	}
}

uint64_t engine_opening_timer(const struct engine *engine)
{
	uint64_t now = engine_monotonic(engine);

	if (engine->reader_busy)
		return UINT64_MAX;
	for (size_t i = 0; i < engine->channel_count; i++) {
		const struct engine_channel *channel = engine->channels[i];

		if (channel->next_to_open < rules_size(channel->rules, channel->other) &&
		    channel_may_log(channel) && !channel_is_busy(channel))
			return (channel->active > now ? channel->active : now) + QUIET;
	}
	return UINT64_MAX;
}

int engine_handle_opened(struct engine *engine, enum reader_outcome outcome,
                         const char *sentence)
{
	struct engine_channel *channel = engine->opening;

	engine->reader_busy = false;
	engine->opening = NULL;
	if (channel == NULL)
		return OK;
	if (outcome == READER_FAILED)
		journal(JOURNAL_WARNING, "a body could not be tried: %s", sentence);
	past_this_body(channel, engine->opening_entry);
	if (outcome == READER_UNOPENABLE)
		return log_fault(channel, engine->opening_entry, "unopenable", sentence);
	if (outcome == READER_MISMATCH)
		return log_fault(channel, engine->opening_entry, "mismatch", sentence);
	return OK;
}
