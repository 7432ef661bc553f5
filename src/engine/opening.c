#include "allocate.h"
#include "channel_internal.h"
#include "journal.h"
#include "part.h"

/* Each body of the other side is opened once by the reader, in a quiet moment,
 * so that one that cannot be opened or is not what the act says is named in
 * time. What the reader finds is not looked at. */

/* Nanoseconds without work before one is tried; and after which one is tried
 * though there is always work: a busy peer must not keep its bodies from it. */
enum { QUIET = 100 * 1000000 };
#define PATIENCE UINT64_C(1000000000)

/* A blob, and the act whose body it is: of a reseal, an earlier act. */
struct opening {
	uint64_t entry;
	struct hash hash;
	uint64_t size;
	const struct act_summary *act;
};

/* The next body to try, skipping entries that have none. */
static bool next_body(struct engine_channel *channel, struct opening *ret_opening)
{
	uint64_t size = rules_size(channel->rules, channel->other);
	struct opening opening;
	struct act_place body;

	for (; channel->next_to_open < size; channel->next_to_open++) {
		struct act_place place = { channel->other, channel->next_to_open };

		channel->opened_changed = true;
		/* One whose blob is missing is tried when the blob has come. */
		if (rules_act(channel->rules, place)->verdict.code != VERDICT_VALID ||
		    !channel_blob_of(channel, place, &opening.hash, &opening.size, &body) ||
		    !blob_is_held(channel, &opening.hash))
			continue;
		opening.entry = place.number;
		opening.act = rules_act(channel->rules, body);
		if (opening.act->eyes_heads)
			continue;
		*ret_opening = opening;
		return true;
	}
	return false;
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
	struct act_place place = { channel->other, entry }, body;
	char name[ACT_NAME_CAPACITY];
	struct hash hash;
	uint64_t size;

	if (!channel_blob_of(channel, place, &hash, &size, &body))
		return OK;
	rules_act_name(channel->rules, body, name);
	journal(JOURNAL_WARNING, "channel %.20s: the body of %s is faulty: %s",
	        channel->charter->channel, name, sentence);
	return add_errand(channel, KIND_FAULT, body, fault, 0);
}

static void open_body(struct engine_channel *channel, const struct opening *opening)
{
	struct engine *engine = channel->engine;
	struct reader_request request = {
		.parts = opening->act->body_parts,
		.root = opening->act->body_root,
		.sealed_size = opening->size,
		.sealed_hash = opening->hash,
		.content_maximum = body_content_maximum(opening->act->kind),
	};
	struct error why;
	int r = unseal_body(channel, &opening->hash, request.file_key, &why);

	engine->opened_last = engine_monotonic(engine);
	if (r == ERROR_WAIT || r == ERROR_IO || r == ERROR_MEMORY) {
		channel->active = engine->opened_last;
		return;
	}
	if (r != OK) {
		past_this_body(channel, opening->entry);
		log_fault(channel, opening->entry, "unopenable", why.message);
		return;
	}
	engine->opening = channel;
	engine->opening_entry = opening->entry;
	engine->reader_busy = true;
	engine->settings.effects.open_body(engine->settings.effects.context, channel->number,
	                                   &request);
	wipe(request.file_key, sizeof request.file_key);
}

/* When the next body may be tried: after a quiet moment, or after all patience. */
static uint64_t opening_time(const struct engine *engine)
{
	uint64_t active = 0, impatient = engine->opened_last + PATIENCE;

	for (size_t i = 0; i < engine->channel_count; i++)
		if (engine->channels[i]->active > active)
			active = engine->channels[i]->active;
	return active + QUIET < impatient ? active + QUIET : impatient;
}

void engine_open_next(struct engine *engine)
{
	struct opening opening;

	if (engine->reader_busy || engine_monotonic(engine) < opening_time(engine))
		return;
	for (size_t i = 0; i < engine->channel_count; i++) {
		struct engine_channel *channel = engine->channels[i];

		if (channel_may_log(channel) && next_body(channel, &opening)) {
			open_body(channel, &opening);
			return;
		}
	}
}

uint64_t engine_opening_timer(const struct engine *engine)
{
	for (size_t i = 0; i < engine->channel_count && !engine->reader_busy; i++) {
		const struct engine_channel *channel = engine->channels[i];

		if (channel->next_to_open < rules_size(channel->rules, channel->other) &&
		    channel_may_log(channel))
			return opening_time(engine);
	}
	return UINT64_MAX;
}

int engine_handle_opened(struct engine *engine, enum reader_outcome outcome, const char *sentence)
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
