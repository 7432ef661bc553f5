#include "record_fold.h"

#include <unistd.h>

#include "allocate.h"
#include "record_batch.h"

enum { THREADS_MAXIMUM = 64, AHEAD = 2 };

/* One log on its way through. */
struct lane {
	unsigned party;
	uint64_t put;          /* bundles given to the pool */
	uint64_t taken;        /* entries given to the rules */
	struct batch *batches; /* a ring: bundle number b is in batches[b % depth] */
	bool ready;            /* the bundle of entry `taken` has come back */
	bool waiting;          /* its next entry needs more of the other log */
};

struct fold {
	struct record_state *state;
	const struct record_input *input;
	struct batch_pool pool;
	unsigned depth; /* bundles of a log that are under way at most */
	struct lane lanes[2];
	struct record_stop stop;
};

static unsigned thread_count(const struct record_input *input)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = input->threads;

	if (threads == 0)
		threads = processors < 1 ? 1 : (unsigned)processors;
	return threads > THREADS_MAXIMUM ? THREADS_MAXIMUM : threads;
}

/* --- life ------------------------------------------------------------------ */

static void lane_release(struct lane *lane, unsigned depth)
{
	if (lane->batches != NULL)
		for (unsigned i = 0; i < depth; i++)
			batch_release(&lane->batches[i]);
	release_memory(lane->batches);
}

static int lane_init(struct lane *lane, unsigned party, unsigned depth)
{
	*lane = (struct lane){ .party = party, .batches = allocate(depth, sizeof(*lane->batches)) };
	if (lane->batches == NULL)
		return ERROR_MEMORY;
	for (unsigned i = 0; i < depth; i++)
		if (batch_init(&lane->batches[i]) != OK)
			return ERROR_MEMORY;
	return OK;
}

static void fold_release(struct fold *fold)
{
	batch_pool_release(&fold->pool);
	lane_release(&fold->lanes[0], fold->depth);
	lane_release(&fold->lanes[1], fold->depth);
}

static int fold_init(struct fold *fold, struct record_state *state,
                     const struct record_input *input, struct error *error)
{
	unsigned threads = thread_count(input);
	int r;

	*fold = (struct fold){ .state = state, .input = input, .depth = threads + AHEAD };
	if ((r = batch_pool_init(&fold->pool, threads)) != OK)
		return error_set(error, r, "no thread can be started");
	if ((r = lane_init(&fold->lanes[0], 0, fold->depth)) != OK ||
	    (r = lane_init(&fold->lanes[1], 1, fold->depth)) != OK) {
		fold_release(fold);
		return error_set(error, r, "the entries cannot be held");
	}
	return OK;
}

/* --- the work -------------------------------------------------------------- */

static uint64_t lane_size(const struct fold *fold, const struct lane *lane)
{
	return fold->state->logs[lane->party].size;
}

static bool lane_is_done(const struct fold *fold, const struct lane *lane)
{
	return lane->taken == lane_size(fold, lane);
}

static int stop_at(struct fold *fold, const struct lane *lane, uint64_t number, int result)
{
	fold->stop = (struct record_stop){ .place = { lane->party, number } };
	return result;
}

/* At an entry, or what should be one, of which it is known where it stands. */
static int stop_within(struct fold *fold, const struct lane *lane, uint64_t number, size_t offset,
                       int result)
{
	fold->stop = (struct record_stop){ { lane->party, number }, true, offset };
	return result;
}

/* At what the threads have found to be wrong with a batch. */
static int stop_at_fault(struct fold *fold, const struct lane *lane, uint64_t number,
                         const struct batch *batch, struct error *error)
{
	if (error != NULL)
		*error = batch->error;
	return stop_within(fold, lane, number, batch->offset, batch->result);
}

/* Reads bundles ahead, as many as there is room for. */
static int read_ahead(struct fold *fold, struct lane *lane, struct error *error)
{
	uint64_t size = lane_size(fold, lane);
	int r;

	while (lane->put * TILE_WIDTH < size &&
	       lane->put < lane->taken / TILE_WIDTH + fold->depth) {
		uint64_t left = size - lane->put * TILE_WIDTH;
		struct batch *batch = &lane->batches[lane->put % fold->depth];
		struct tile tile = {
			.kind = TILE_ENTRIES,
			.index = lane->put,
			.width = left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH,
		};

		buffer_clear(&batch->content);
		batch->width = tile.width;
		r = fold->input->bundle(fold->input->context, lane->party, &tile, &batch->content,
		                        error);
		if (r != OK)
			return stop_at(fold, lane, lane->put * TILE_WIDTH, r);
		batch_pool_put(&fold->pool, batch);
		lane->put++;
	}
	return OK;
}

static int report_progress(const struct fold *fold)
{
	const struct record_input *input = fold->input;

	if (input->progress == NULL)
		return OK;
	return input->progress(input->progress_context, fold->lanes[0].taken + fold->lanes[1].taken,
	                       fold->state->logs[0].size + fold->state->logs[1].size);
}

static int take_entry(struct fold *fold, struct lane *lane, const struct batch_item *item,
                      struct error *error)
{
	const struct record_input *input = fold->input;
	struct act_place place = { lane->party, lane->taken };
	struct verdict verdict;
	int r;

	if ((r = rules_append(fold->state->rules, lane->party, &item->entry, item->keys, &verdict,
	                      error)) != OK ||
	    (r = record_state_note(fold->state, place, &item->entry, verdict, error)) != OK)
		return r;
	if (input->entry != NULL)
		return input->entry(input->context, place, &item->entry, error);
	return OK;
}

/* The next entry of the lane: OK, ERROR_WAIT, or what ends the work. */
static int step(struct fold *fold, struct lane *lane, struct error *error)
{
	struct batch *batch = &lane->batches[(lane->taken / TILE_WIDTH) % fold->depth];
	unsigned position = (unsigned)(lane->taken % TILE_WIDTH);
	int r;

	if (!lane->ready) {
		if ((r = read_ahead(fold, lane, error)) != OK)
			return r;
		batch_pool_wait(&fold->pool, batch);
		lane->ready = true;
	}
	if (position == batch->count)
		return stop_at_fault(fold, lane, lane->taken, batch, error);
	if ((r = take_entry(fold, lane, &batch->items[position], error)) != OK)
		return stop_within(fold, lane, lane->taken, batch->items[position].offset, r);
	lane->taken++;
	if (position + 1 < batch->width)
		return OK;
	/* All entries are good, but the bundle may go on. */
	if (batch->result != OK)
		return stop_at_fault(fold, lane, lane->taken - 1, batch, error);
	lane->ready = false;
	return report_progress(fold);
}

/* As far as this log can be read with what is held of the other. */
static int run(struct fold *fold, struct lane *lane, struct error *error)
{
	int r = OK;

	while (!lane_is_done(fold, lane) && (r = step(fold, lane, error)) == OK)
		;
	lane->waiting = r == ERROR_WAIT;
	return lane->waiting ? OK : r;
}

int record_fold(struct record_state *state, const struct record_input *input,
                struct record_stop *ret_stop, struct error *error)
{
	struct fold fold;
	uint64_t before;
	int r;

	if ((r = fold_init(&fold, state, input, error)) != OK) {
		if (ret_stop != NULL)
			*ret_stop = (struct record_stop){ 0 };
		return r;
	}
	do {
		before = fold.lanes[0].taken + fold.lanes[1].taken;
		if ((r = run(&fold, &fold.lanes[0], error)) != OK ||
		    (r = run(&fold, &fold.lanes[1], error)) != OK)
			break;
	} while (fold.lanes[0].taken + fold.lanes[1].taken > before);
	if (r == OK && (fold.lanes[0].waiting || fold.lanes[1].waiting))
		r = ERROR_WAIT; /* the error was set by the last to wait */
	if (r != OK && ret_stop != NULL)
		*ret_stop = fold.stop;
	fold_release(&fold);
	return r;
}
