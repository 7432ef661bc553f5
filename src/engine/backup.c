#include "allocate.h"
#include "channel_internal.h"
#include "journal.h"

/* A copy for a backup is made in steps between the turns, so that nobody waits for
 * it, then read by whoever asked for it, and forgotten when it is not used. */

#define SECOND UINT64_C(1000000000)

enum {
	GIVEN_UP = 30,  /* seconds without use after which another may take its place */
	FORGOTTEN = 600 /* and after which it goes by itself */
};

void engine_end_backup(struct engine *engine)
{
	store_copy_free(engine->settings.store, engine->backup.copy);
	release_memory(engine->backup.channels);
	engine->backup = (struct engine_backup){ 0 };
}

static bool is_unused_for(const struct engine *engine, unsigned seconds)
{
	return engine_monotonic(engine) - engine->backup.used >= seconds * SECOND;
}

int engine_begin_backup(struct engine *engine, struct error *error)
{
	const struct random_source *random = &engine->settings.random;
	struct store *store = engine->settings.store;
	struct engine_backup backup = { .used = engine_monotonic(engine) };
	int r;

	if (engine->backup.copy != NULL && !is_unused_for(engine, GIVEN_UP))
		return error_set(error, ERROR_WAIT,
		                 "another backup is under way; try again when it is done");
	if (engine->writing)
		return error_set(error, ERROR_WAIT, "the database is being written to; try again");
	engine_end_backup(engine);
	if ((r = random->fill(random->context, backup.id, sizeof backup.id)) != OK)
		return error_set(error, r, "there are no random bytes");
	if ((r = store_copy_begin(store, &backup.copy)) != OK)
		return error_set(error, r, "no backup can be made: %s",
		                 store_last_error(store)->message);
	engine->backup = backup;
	return OK;
}

int engine_find_backup(struct engine *engine, const uint8_t id[API_SETUP_SIZE], struct error *error)
{
	if (engine->backup.copy == NULL ||
	    memcmp(engine->backup.id, id, sizeof engine->backup.id) != 0)
		return error_set(error, ERROR_NOT_FOUND,
		                 "there is no such backup any more: it failed, or was not asked "
		                 "for in time");
	engine->backup.used = engine_monotonic(engine);
	return OK;
}

/* How long the logs are in the copy. */
static int note_sizes(struct engine *engine)
{
	struct engine_backup *backup = &engine->backup;

	backup->channels = allocate(engine->channel_count + 1, sizeof *backup->channels);
	if (backup->channels == NULL)
		return ERROR_MEMORY;
	for (size_t i = 0; i < engine->channel_count; i++) {
		const struct engine_channel *channel = engine->channels[i];

		backup->channels[i] = (struct copied_channel){
			channel->id,
			rules_size(channel->rules, channel->own),
			rules_size(channel->rules, channel->other),
		};
	}
	backup->channel_count = engine->channel_count;
	backup->time = engine_now(engine);
	return OK;
}

void engine_work_on_backup(struct engine *engine)
{
	struct engine_backup *backup = &engine->backup;
	int r;

	if (backup->copy == NULL || engine->writing)
		return;
	if (is_unused_for(engine, FORGOTTEN)) {
		engine_end_backup(engine);
		return;
	}
	if (backup->whole)
		return;
	r = store_copy_step(engine->settings.store, backup->copy);
	if (r == OK && (r = note_sizes(engine)) == OK)
		backup->whole = true;
	if (r == OK || r == ERROR_WAIT)
		return;
	journal(JOURNAL_ERROR, "the backup failed: %s",
	        store_last_error(engine->settings.store)->message);
	engine_end_backup(engine);
}

uint64_t engine_backup_timer(const struct engine *engine)
{
	if (engine->backup.copy == NULL)
		return UINT64_MAX;
	return engine->backup.whole ? engine->backup.used + FORGOTTEN * SECOND
	                            : engine_monotonic(engine);
}
