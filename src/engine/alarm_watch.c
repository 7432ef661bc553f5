#include "alarms.h"

#include "allocate.h"
#include "channel_internal.h"
#include "sha.h"

#include <stdarg.h>
#include <stdio.h>

/* Seconds for which what has ended is not new again, so that what comes and goes raises no
 * alarm each time. A test of the link that succeeds ends its alarm at once. */
enum { STANDING_LINGERS = 300 };

/* Seconds for which a receipt may be on its way. */
enum { WITHHELD_PATIENCE = 300 };

/* --- events ----------------------------------------------------------------------------- */

/* Copies a word of ours or of a signed text; what is not plain is left out altogether. */
static void set_word(char place[ALARM_WORD_CAPACITY], const char *word)
{
	if (alarm_word_is_plain(word) && strlen(word) < ALARM_WORD_CAPACITY)
		memcpy(place, word, strlen(word) + 1);
}

void alarm_begin(struct alarm_event *event, enum alarm_kind kind,
                 const struct engine_channel *channel)
{
	*event = (struct alarm_event){ .kind = kind };
	if (channel == NULL)
		return;
	set_word(event->channel, channel->charter->channel);
	set_word(event->own, channel->charter->parties[channel->own].id);
	set_word(event->other, channel->charter->parties[channel->other].id);
}

void alarm_about(struct alarm_event *event, const struct engine_channel *channel,
                 struct act_place place)
{
	const struct act_summary *act = rules_act(channel->rules, place);
	char name[ACT_NAME_CAPACITY];

	rules_act_name(channel->rules, place, name);
	set_word(event->act, name);
	set_word(event->act_kind, act->kind->name);
	if (act->precedence < PRECEDENCE_COUNT)
		set_word(event->precedence, precedence_name(act->precedence));
	event->exercise = act->exercise;
}

void alarm_owed(struct alarm_event *event, const char *party, const char *duty, timestamp deadline)
{
	set_word(event->owed_by, party);
	set_word(event->duty, duty);
	event->deadline = deadline;
}

void alarm_say(struct alarm_event *event, const char *format, ...)
{
	char sentence[ALARM_SENTENCE_CAPACITY];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof sentence, format, arguments);
	va_end(arguments);
	alarm_clean(sentence, event->sentence, sizeof event->sentence);
}

void alarm_identify(struct alarm_event *event, const struct hash *what, uint64_t number)
{
	uint8_t bytes[1 + HASH_SIZE + 8] = { (uint8_t)event->kind };
	struct hash id;

	memcpy(bytes + 1, what->bytes, HASH_SIZE);
	for (size_t i = 0; i < 8; i++)
		bytes[1 + HASH_SIZE + i] = (uint8_t)(number >> (56 - 8 * i));
	sha256_of(&id, bytes_of(bytes, sizeof bytes));
	memcpy(event->id, id.bytes, ALARM_ID_SIZE);
}

int alarm_arrival(struct engine_channel *channel, struct act_place place)
{
	const struct act_summary *act = rules_act(channel->rules, place);
	struct alarm_event event;

	if (act->precedence != PRECEDENCE_FLASH && act->precedence != PRECEDENCE_IMMEDIATE)
		return OK;
	alarm_begin(&event, ALARM_ARRIVAL, channel);
	alarm_about(&event, channel, place);
	alarm_say(&event, "%s: %s (%s) has arrived", event.precedence, event.act, event.act_kind);
	alarm_identify(&event, &act->leaf, 0);
	return alarms_raise(channel->engine, &event);
}

int alarm_test(struct engine *engine, uint8_t ret_id[ALARM_ID_SIZE])
{
	struct random_source *random = &engine->settings.random;
	struct alarm_event event;
	int r;

	alarm_begin(&event, ALARM_TEST, NULL);
	set_word(event.own, engine->settings.configuration->party);
	alarm_say(&event, "this is a test: somebody wants to see that alarms arrive");
	if ((r = random->fill(random->context, event.id, ALARM_ID_SIZE)) != OK)
		return r;
	memcpy(ret_id, event.id, ALARM_ID_SIZE);
	return alarms_raise(engine, &event);
}

uint64_t alarm_clock(const struct engine *engine, timestamp time)
{
	enum { DAY = 86400 };
	uint64_t monotonic = engine_monotonic(engine);
	timestamp now = engine_now(engine);
	int64_t left = time - now < DAY ? time - now : DAY;

	return left <= 0 ? monotonic : monotonic + (uint64_t)left * UINT64_C(1000000000);
}

/* --- what stands --------------------------------------------------------------------------- */

static struct alarm_standing *find_standing(struct alarm_queue *queue, enum alarm_kind kind,
                                            const struct hash *what)
{
	for (size_t i = 0; i < queue->standing_count; i++)
		if (queue->standing[i].kind == kind && hash_equal(&queue->standing[i].what, what))
			return &queue->standing[i];
	return NULL;
}

static int add_standing(struct alarm_queue *queue, enum alarm_kind kind, const struct hash *what,
                        uint64_t now)
{
	if (queue->standing_count == queue->standing_capacity) {
		size_t capacity = queue->standing_capacity + 16;
		struct alarm_standing *standing = reallocate(queue->standing, capacity,
		                                             sizeof *standing);

		if (standing == NULL)
			return ERROR_MEMORY;
		queue->standing = standing;
		queue->standing_capacity = capacity;
	}
	queue->standing[queue->standing_count++] = (struct alarm_standing){ kind, *what, now };
	queue->standing_changed = true;
	return OK;
}

/* Something is so; an alarm unless it was so before. */
static int stands(struct engine *engine, const struct engine_channel *channel, enum alarm_kind kind,
                  const char *sentence)
{
	static const struct hash node = { { 0 } };
	const struct hash *what = channel != NULL ? &channel->id : &node;
	struct alarm_standing *standing = find_standing(&engine->alarms, kind, what);
	uint64_t now = engine_monotonic(engine);
	struct alarm_event event;
	int r;

	if (standing != NULL) {
		standing->seen = now;
		return OK;
	}
	alarm_begin(&event, kind, channel);
	if (channel == NULL)
		set_word(event.own, engine->settings.configuration->party);
	alarm_say(&event, "%s", sentence);
	alarm_identify(&event, what, (uint64_t)engine_now(engine));
	if ((r = alarms_raise(engine, &event)) != OK)
		return r;
	return add_standing(&engine->alarms, kind, what, now);
}

static void forget_what_ended(struct engine *engine)
{
	struct alarm_queue *queue = &engine->alarms;
	uint64_t now = engine_monotonic(engine), lingers = STANDING_LINGERS * UINT64_C(1000000000);
	size_t kept = 0;

	for (size_t i = 0; i < queue->standing_count; i++) {
		struct alarm_standing *standing = &queue->standing[i];

		/* Of before this start. */
		if (standing->seen == 0)
			standing->seen = now;
		if (standing->kind == ALARM_LINK_TEST ? standing->seen == now
		                                      : now - standing->seen < lingers)
			queue->standing[kept++] = *standing;
	}
	queue->standing_changed |= kept < queue->standing_count;
	queue->standing_count = kept;
}

static int watch_channel(struct engine_channel *channel)
{
	struct engine *engine = channel->engine;
	timestamp withheld = neutrals_withheld_since(channel);
	struct link_test_plan plan;
	int r = OK;

	if (channel->faulted)
		r = stands(engine, channel, ALARM_FAULTED, channel->reason);
	else if (channel_reason_alarms(channel))
		r = stands(engine, channel, ALARM_READ_ONLY, channel->reason);
	if (r == OK && channel->alarm[0] != '\0')
		r = stands(engine, channel, ALARM_CHANNEL, channel->alarm);
	if (r == OK && withheld != 0 && engine_now(engine) - withheld >= WITHHELD_PATIENCE)
		r = stands(engine, channel, ALARM_RECEIPT_WITHHELD,
		           "the other side holds what it does not receipt");
	if (r == OK && channel_link_tests(channel, &plan) && plan.has_failed) {
		char since[TIMESTAMP_CAPACITY], sentence[ALARM_SENTENCE_CAPACITY];

		timestamp_format(plan.failing, since);
		snprintf(sentence, sizeof sentence,
		         "%llu tests of the link have failed, the first of them due %s",
		         (unsigned long long)plan.failed, since);
		r = stands(engine, channel, ALARM_LINK_TEST, sentence);
	}
	return r;
}

int alarms_watch(struct engine *engine)
{
	timestamp failed = engine->store_failed;
	int r = OK;

	/* A mirror only shows, and whoever reads it has the node's own alarms. */
	if (engine->settings.mirror)
		return OK;
	if (!engine->clock_trusted)
		r = stands(engine, NULL, ALARM_CLOCK, engine->clock_reason);
	if (r == OK && failed != 0 && engine_now(engine) - failed < STANDING_LINGERS)
		r = stands(engine, NULL, ALARM_STORE, engine->store_reason);
	for (size_t i = 0; i < engine->channel_count && r == OK; i++)
		if ((r = watch_channel(engine->channels[i])) == OK)
			r = alarm_deadlines(engine->channels[i]);
	if (r == OK)
		forget_what_ended(engine);
	return r;
}
