#include "alarms.h"

#include "allocate.h"
#include "channel_internal.h"

#include <stdio.h>

#define SECOND UINT64_C(1000000000)

enum {
	VALUE_MAXIMUM = ALARM_EVENT_MAXIMUM + 512,
	STANDING_MAXIMUM = 8192,
	PAGE = 256,
	/* Seconds after which a database that could not be written is tried for the
	 * sake of alarms alone. */
	STORE_PATIENCE = 60
};

static const char prefix[] = "alarm/";
static const char standing_key[] = "alarm-standing";

static const char *const state_names[ALARM_STATE_COUNT] = {
	[ALARM_WAITING] = "waiting",   [ALARM_RUNNING] = "running", [ALARM_DELIVERED] = "delivered",
	[ALARM_GIVEN_UP] = "given-up", [ALARM_NOTED] = "noted",
};

const char *alarm_state_name(enum alarm_state state)
{
	return state_names[state];
}

static bool has_ended(const struct alarm_entry *entry)
{
	return entry->state >= ALARM_DELIVERED;
}

static bool has_program(const struct engine *engine)
{
	return engine->settings.configuration->alarm_program[0] != '\0' &&
	       engine->settings.effects.send_alarm != NULL;
}

/* --- the store ---------------------------------------------------------------------- */

static void key_of(uint64_t number, char ret_key[32])
{
	snprintf(ret_key, 32, "%s%016llx", prefix, (unsigned long long)number);
}

static int put_entry(struct buffer *buffer, const struct alarm_entry *entry)
{
	/* What runs is, for who finds it, to be run again. */
	enum alarm_state state = entry->state == ALARM_RUNNING ? ALARM_WAITING : entry->state;
	int r;

	if ((r = buffer_put_u64(buffer, entry->number)) != OK ||
	    (r = buffer_put_u8(buffer, (uint8_t)state)) != OK ||
	    (r = buffer_put_u32(buffer, entry->attempts)) != OK ||
	    (r = buffer_put_u64(buffer, (uint64_t)entry->ended)) != OK ||
	    (r = alarm_put_event(buffer, &entry->event)) != OK)
		return r;
	return alarm_put_result(buffer, &entry->result);
}

static int get_entry(struct bytes value, struct alarm_entry *entry)
{
	struct cursor cursor = cursor_over(value);
	uint64_t ended;
	uint8_t state;
	int r;

	if ((r = cursor_get_u64(&cursor, &entry->number)) != OK ||
	    (r = cursor_get_u8(&cursor, &state)) != OK ||
	    (r = cursor_get_u32(&cursor, &entry->attempts)) != OK ||
	    (r = cursor_get_u64(&cursor, &ended)) != OK ||
	    (r = alarm_get_event(&cursor, &entry->event)) != OK ||
	    (r = alarm_get_result(bytes_of(cursor.at, cursor.left), &entry->result)) != OK)
		return r;
	if (state >= ALARM_STATE_COUNT || state == ALARM_RUNNING || ended > TIMESTAMP_MAXIMUM)
		return ERROR_SYNTAX;
	entry->state = (enum alarm_state)state;
	entry->ended = (timestamp)ended;
	return OK;
}

static int add(struct alarm_queue *queue, const struct alarm_entry *entry)
{
	struct alarm_entry *copy;

	if (queue->count == queue->capacity) {
		size_t capacity = queue->capacity == 0 ? 64 : 2 * queue->capacity;
		struct alarm_entry **entries = reallocate(queue->entries, capacity,
		                                          sizeof(struct alarm_entry *));

		if (entries == NULL)
			return ERROR_MEMORY;
		queue->entries = entries;
		queue->capacity = capacity;
	}
	if ((copy = allocate(1, sizeof *copy)) == NULL)
		return ERROR_MEMORY;
	*copy = *entry;
	queue->entries[queue->count++] = copy;
	if (entry->number > queue->last_number)
		queue->last_number = entry->number;
	return OK;
}

static int load_standing(struct engine *engine)
{
	struct alarm_queue *queue = &engine->alarms;
	struct alarm_standing *standing;
	struct cursor cursor;
	struct buffer value;
	uint8_t kind;
	int r;

	buffer_init(&value, STANDING_MAXIMUM * (HASH_SIZE + 1));
	r = store_get_value(engine->settings.store, STORE_NODE, standing_key, &value);
	cursor = cursor_over(buffer_view(&value));
	queue->standing_capacity = value.size / (HASH_SIZE + 1);
	if (r == OK && queue->standing_capacity > 0 &&
	    (queue->standing = allocate(queue->standing_capacity, sizeof *queue->standing)) == NULL)
		r = ERROR_MEMORY;
	while (r == OK && cursor.left > 0) {
		standing = &queue->standing[queue->standing_count];
		if ((r = cursor_get_u8(&cursor, &kind)) != OK ||
		    (r = cursor_get(&cursor, standing->what.bytes, HASH_SIZE)) != OK)
			break;
		standing->kind = (enum alarm_kind)kind;
		queue->standing_count += kind < ALARM_KIND_COUNT;
	}
	buffer_release(&value);
	return r == ERROR_NOT_FOUND ? OK : r;
}

int alarms_load(struct engine *engine)
{
	struct store_values page;
	char after[32] = "";
	int r;

	store_values_init(&page);
	do {
		if ((r = store_list_values(engine->settings.store, STORE_NODE, prefix, after, PAGE,
		                           &page)) != OK)
			break;
		for (size_t i = 0; i < page.count && r == OK; i++) {
			struct alarm_entry entry = { 0 };

			if (get_entry(page.items[i].value, &entry) != OK)
				journal(JOURNAL_WARNING, "an alarm that was kept cannot be read");
			else
				r = add(&engine->alarms, &entry);
			if (r == OK)
				r = bytes_to_string(page.items[i].key, after, sizeof after);
		}
	} while (r == OK && page.count > 0);
	store_values_release(&page);
	return r == OK ? load_standing(engine) : r;
}

void alarms_release(struct engine *engine)
{
	struct alarm_queue *queue = &engine->alarms;

	for (size_t i = 0; i < queue->count; i++)
		release_memory(queue->entries[i]);
	release_memory(queue->entries);
	release_memory(queue->standing);
	*queue = (struct alarm_queue){ 0 };
}

/* The oldest that have ended, beyond what is kept. */
static int prune(struct engine *engine)
{
	struct alarm_queue *queue = &engine->alarms;
	size_t ended = 0, kept = 0;
	char key[32];
	int r = OK;

	for (size_t i = 0; i < queue->count; i++)
		ended += has_ended(queue->entries[i]);
	for (size_t i = 0; i < queue->count; i++) {
		struct alarm_entry *entry = queue->entries[i];

		if (ended > ALARMS_KEPT && has_ended(entry) && r == OK) {
			key_of(entry->number, key);
			r = store_delete_value(engine->settings.store, STORE_NODE, key);
			release_memory(entry);
			ended--;
		} else {
			queue->entries[kept++] = entry;
		}
	}
	queue->count = kept;
	return r;
}

static int save_standing(struct engine *engine)
{
	struct alarm_queue *queue = &engine->alarms;
	struct buffer value;
	int r = OK;

	buffer_init(&value, STANDING_MAXIMUM * (HASH_SIZE + 1));
	for (size_t i = 0; i < queue->standing_count && i < STANDING_MAXIMUM && r == OK; i++)
		if ((r = buffer_put_u8(&value, (uint8_t)queue->standing[i].kind)) == OK)
			r = buffer_put(&value, queue->standing[i].what.bytes, HASH_SIZE);
	if (r == OK)
		r = store_set_value(engine->settings.store, STORE_NODE, standing_key,
		                    buffer_view(&value));
	buffer_release(&value);
	queue->standing_changed = false;
	return r;
}

static int save_entry(struct engine *engine, struct alarm_entry *entry)
{
	struct buffer value;
	char key[32];
	int r;

	buffer_init(&value, VALUE_MAXIMUM);
	key_of(entry->number, key);
	if ((r = put_entry(&value, entry)) == OK)
		r = store_set_value(engine->settings.store, STORE_NODE, key, buffer_view(&value));
	buffer_release(&value);
	entry->unsaved = false;
	return r;
}

static bool is_unsaved(const struct engine *engine)
{
	bool unsaved = engine->alarms.standing_changed;

	for (size_t i = 0; i < engine->alarms.count && !unsaved; i++)
		unsaved = engine->alarms.entries[i]->unsaved;
	return unsaved;
}

/* A turn that fails closes the link: after one that did, alarms wait for another's write. */
bool alarms_may_write(const struct engine *engine)
{
	return engine->writing || engine->store_failed == 0 ||
	       engine_now(engine) - engine->store_failed >= STORE_PATIENCE;
}

/* --- raising -------------------------------------------------------------------------- */

static enum journal_level level_by_precedence(const char *precedence, enum journal_level otherwise)
{
	if (strcmp(precedence, "flash") == 0)
		return JOURNAL_ALERT;
	return strcmp(precedence, "immediate") == 0 ? JOURNAL_CRITICAL : otherwise;
}

enum journal_level alarm_level(const struct alarm_event *event, const char *own)
{
	if (event->exercise)
		return JOURNAL_NOTICE;
	switch (event->kind) {
	case ALARM_ARRIVAL:
		return level_by_precedence(event->precedence, JOURNAL_NOTICE);
	case ALARM_OVERDUE:
		return level_by_precedence(event->precedence, strcmp(event->owed_by, own) == 0
		                                                  ? JOURNAL_ERROR
		                                                  : JOURNAL_WARNING);
	case ALARM_DUE_SOON:
		return level_by_precedence(event->precedence, JOURNAL_WARNING);
	case ALARM_FAULTED:
	case ALARM_STORE:
		return JOURNAL_ALERT;
	case ALARM_READ_ONLY:
	case ALARM_CLOCK:
		return JOURNAL_CRITICAL;
	case ALARM_RECEIPT_WITHHELD:
		return JOURNAL_WARNING;
	case ALARM_TEST:
		return JOURNAL_NOTICE;
	default:
		return JOURNAL_ERROR;
	}
}

/* The newest of the same kind that waits, when there are as many as may wait apart. */
static struct alarm_entry *to_join(const struct alarm_queue *queue, const struct alarm_event *event)
{
	struct alarm_entry *newest = NULL;
	size_t count = 0;

	for (size_t i = 0; i < queue->count; i++) {
		const struct alarm_event *other = &queue->entries[i]->event;

		if (has_ended(queue->entries[i]) || other->kind != event->kind ||
		    strcmp(other->channel, event->channel) != 0 ||
		    strcmp(other->precedence, event->precedence) != 0)
			continue;
		count++;
		/* What runs has been told how many there are. */
		if (queue->entries[i]->state == ALARM_WAITING && !queue->entries[i]->chosen)
			newest = queue->entries[i];
	}
	return count >= ALARMS_APART ? newest : NULL;
}

int alarms_raise(struct engine *engine, const struct alarm_event *event)
{
	struct alarm_queue *queue = &engine->alarms;
	struct alarm_entry entry = { .event = *event, .unsaved = true }, *joined;

	for (size_t i = 0; i < queue->count; i++)
		if (memcmp(queue->entries[i]->event.id, event->id, ALARM_ID_SIZE) == 0)
			return OK;
	entry.event.time = engine_now(engine);
	journal(alarm_level(event, engine->settings.configuration->party), "alarm: %s%s",
	        event->exercise ? "EXERCISE: " : "", event->sentence);
	if ((joined = to_join(queue, event)) != NULL) {
		joined->event.more += joined->event.more < UINT32_MAX;
		joined->unsaved = true;
		return OK;
	}
	entry.number = queue->last_number + 1;
	entry.next = engine_monotonic(engine);
	if (!has_program(engine))
		entry.state = ALARM_NOTED;
	return add(queue, &entry);
}

/* --- running -------------------------------------------------------------------------- */

static size_t count_running(const struct alarm_queue *queue)
{
	size_t running = 0;

	for (size_t i = 0; i < queue->count; i++)
		running += queue->entries[i]->state == ALARM_RUNNING || queue->entries[i]->chosen;
	return running;
}

static bool is_due(const struct engine *engine, const struct alarm_entry *entry)
{
	return entry->state == ALARM_WAITING && !entry->chosen &&
	       entry->next <= engine_monotonic(engine);
}

/* Those that have not been tried go first, then the oldest. */
static struct alarm_entry *next_due(const struct engine *engine)
{
	struct alarm_entry *next = NULL;

	for (size_t i = 0; i < engine->alarms.count; i++) {
		struct alarm_entry *entry = engine->alarms.entries[i];

		if (is_due(engine, entry) && (next == NULL || entry->attempts < next->attempts))
			next = entry;
	}
	return next;
}

/* 10s, 20s, 40s and so on, as the configuration begins. */
static uint64_t pause_after(const struct engine *engine, uint32_t attempts)
{
	uint64_t pause = (uint64_t)engine->settings.configuration->alarm_retry_after;

	for (uint32_t i = 1; i < attempts && pause < ALARM_RETRY_MAXIMUM; i++)
		pause *= 2;
	if (pause > ALARM_RETRY_MAXIMUM &&
	    (uint64_t)engine->settings.configuration->alarm_retry_after < ALARM_RETRY_MAXIMUM)
		pause = ALARM_RETRY_MAXIMUM;
	return pause * SECOND;
}

/* A run has ended, or was lost with its process. */
static void note_result(struct engine *engine, struct alarm_entry *entry,
                        const struct alarm_result *result)
{
	const struct configuration *configuration = engine->settings.configuration;
	char id[ALARM_ID_CAPACITY];

	entry->result = *result;
	entry->ended = engine_now(engine);
	entry->request = 0;
	entry->unsaved = true;
	if (result->outcome == ALARM_SUCCEEDED) {
		entry->state = ALARM_DELIVERED;
		return;
	}
	alarm_id_print(entry->event.id, id);
	if (entry->attempts <= configuration->alarm_retries) {
		entry->state = ALARM_WAITING;
		entry->next = engine_monotonic(engine) + pause_after(engine, entry->attempts);
		journal(JOURNAL_WARNING, "alarm %.8s: the program %s (%lu); attempt %lu: %s", id,
		        alarm_outcome_name(result->outcome), (unsigned long)result->status,
		        (unsigned long)entry->attempts, result->line);
		return;
	}
	entry->state = ALARM_GIVEN_UP;
	journal(JOURNAL_ALERT, "alarm %.8s is given up after %lu attempts: %s", id,
	        (unsigned long)entry->attempts, entry->event.sentence);
}

/* Of which the last attempts ran while the node was killed. */
static void give_up_tired(struct engine *engine, struct alarm_entry *entry)
{
	static const struct alarm_result lost = { .outcome = ALARM_KILLED };

	note_result(engine, entry, &lost);
}

int alarms_save(struct engine *engine)
{
	struct alarm_queue *queue = &engine->alarms;
	struct alarm_entry *entry;
	int r = OK;

	while (queue->ready && has_program(engine) && count_running(queue) < ALARM_RUNS_MAXIMUM &&
	       (entry = next_due(engine)) != NULL) {
		if (entry->attempts > engine->settings.configuration->alarm_retries) {
			give_up_tired(engine, entry);
			continue;
		}
		entry->attempts++;
		entry->chosen = entry->unsaved = true;
	}
	if (!is_unsaved(engine) || !alarms_may_write(engine))
		return OK;
	if ((r = engine_write(engine)) != OK)
		return r;
	for (size_t i = 0; i < queue->count && r == OK; i++)
		if (queue->entries[i]->unsaved)
			r = save_entry(engine, queue->entries[i]);
	if (r == OK && queue->standing_changed)
		r = save_standing(engine);
	return r == OK ? prune(engine) : r;
}

void alarms_send(struct engine *engine)
{
	struct alarm_queue *queue = &engine->alarms;
	const struct engine_effects *effects = &engine->settings.effects;
	struct buffer body;

	buffer_init(&body, ALARM_EVENT_MAXIMUM);
	for (size_t i = 0; i < queue->count; i++) {
		struct alarm_entry *entry = queue->entries[i];

		if (!entry->chosen)
			continue;
		entry->chosen = false;
		buffer_clear(&body);
		if (alarm_put_event(&body, &entry->event) != OK)
			continue;
		entry->state = ALARM_RUNNING;
		entry->request = ++queue->last_request;
		effects->send_alarm(effects->context, entry->request, buffer_view(&body));
	}
	buffer_release(&body);
}

int engine_handle_alarm(struct engine *engine, uint16_t type, uint32_t request, struct bytes body,
                        struct error *error)
{
	struct alarm_queue *queue = &engine->alarms;
	struct alarm_result result;

	if (type != (ALARM_RUN | MESSAGE_REPLY) || alarm_get_result(body, &result) != OK)
		return error_set(error, ERROR_SYNTAX, "alarm: malformed message");
	for (size_t i = 0; i < queue->count; i++)
		if (queue->entries[i]->state == ALARM_RUNNING &&
		    queue->entries[i]->request == request)
			note_result(engine, queue->entries[i], &result);
	return OK;
}

/* What ran under the process before has ended with it, nobody knows how. */
void engine_alarm_started(struct engine *engine)
{
	struct alarm_queue *queue = &engine->alarms;
	static const struct alarm_result lost = { .outcome = ALARM_KILLED };

	for (size_t i = 0; i < queue->count; i++)
		if (queue->entries[i]->state == ALARM_RUNNING)
			note_result(engine, queue->entries[i], &lost);
	queue->ready = true;
}

uint64_t alarms_timer(const struct engine *engine)
{
	const struct alarm_queue *queue = &engine->alarms;
	uint64_t next = UINT64_MAX;

	if (queue->ready && has_program(engine) && count_running(queue) < ALARM_RUNS_MAXIMUM)
		for (size_t i = 0; i < queue->count; i++)
			if (queue->entries[i]->state == ALARM_WAITING &&
			    queue->entries[i]->next < next)
				next = queue->entries[i]->next;
	for (size_t i = 0; i < engine->channel_count && !engine->settings.mirror; i++)
		if (alarm_deadline_timer(engine->channels[i]) < next)
			next = alarm_deadline_timer(engine->channels[i]);
	if (is_unsaved(engine)) {
		/* A turn that is over has saved what it could. */
		uint64_t again = engine_monotonic(engine) + STORE_PATIENCE * SECOND;

		if (alarms_may_write(engine))
			again = engine_monotonic(engine);
		if (again < next)
			next = again;
	}
	return next;
}

size_t alarms_given_up(const struct engine *engine)
{
	enum { DAY = 86400 };
	timestamp now = engine_now(engine);
	size_t count = 0;

	for (size_t i = 0; i < engine->alarms.count; i++)
		count += engine->alarms.entries[i]->state == ALARM_GIVEN_UP &&
		         now - engine->alarms.entries[i]->ended < DAY;
	return count;
}
