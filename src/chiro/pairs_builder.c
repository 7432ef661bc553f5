#include "pairs_builder.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "allocate.h"
#include "class_commitment.h"
#include "durable_file.h"
#include "pairs.h"
#include "pairs_sorter.h"
#include "temporary_file.h"
#include "translate.h"

enum {
	PAIRS_WRITTEN_AT_ONCE = 1872, /* just under 64 KiB */
	PROGRESS_MILLISECONDS = 200,
	LARGE_BLOCK = 256 * 1024, /* bytes: one that is given back to the system */
	/* More than these are too many different ones, or absurdly many duplicates. */
	IDENTIFIERS_MAXIMUM = 4 * CLASS_PAIRS_MAXIMUM
};

/* Decoys come after all that is on the list. */
#define DECOY_NUMBER UINT32_MAX

/* Of pairs with the same tag the sorter keeps the one with the lowest number: in it stands
 * first what the label says, then the place in the list. */
#define PLACE_BITS 28
_Static_assert(IDENTIFIERS_MAXIMUM < 1 << PLACE_BITS, "places need more bits");

static uint32_t number_of(const struct pair_label *label, uint32_t place)
{
	uint32_t lowness = label->criticality == 0 ? 3 : label->criticality - 1U;

	return (lowness << 2 | (uint32_t)label->protection) << PLACE_BITS | place;
}

/* What a thread works on. */
struct batch {
	size_t count;
	uint32_t first; /* number of its first identifier */
	struct {
		uint8_t bytes[PAIR_INPUT_MAXIMUM];
		uint16_t size;
	} inputs[PAIRS_BATCH];
	struct pair_label labels[PAIRS_BATCH];
	struct oprf_element elements[PAIRS_BATCH];
	struct oprf_element evaluated[PAIRS_BATCH];
	struct pair pairs[PAIRS_BATCH];
};

/* What the threads share, under the mutex. */
struct builder {
	const struct pairs_building *building;
	pthread_mutex_t mutex;
	pthread_cond_t changed; /* a thread has ended */
	struct pairs_sorter *sorter;
	uint64_t taken, done; /* identifiers */
	bool exhausted;
	unsigned running;
	int result; /* the first that was not OK */
	struct error error;
};

struct worker {
	pthread_t thread;
	struct builder *builder;
	unsigned number;
	struct batch *batch;
};

/* --- one batch --------------------------------------------------------------------------- */

/* Takes the next identifiers, none at their end. With the mutex. */
static int take_batch(struct builder *builder, struct batch *batch, struct error *error)
{
	const struct pairs_building *building = builder->building;
	int r = OK;

	batch->count = 0;
	batch->first = (uint32_t)builder->taken;
	while (!builder->exhausted && batch->count < PAIRS_BATCH) {
		size_t at = batch->count, size;
		struct bytes identifier;

		r = building->next(building->identifiers, &identifier, &batch->labels[at], error);
		if (r == ERROR_NOT_FOUND) {
			builder->exhausted = true;
			return OK;
		}
		if (r != OK)
			return r;
		if ((r = pair_input(building->identifier_class, identifier, batch->inputs[at].bytes,
		                    &size)) != OK)
			return error_set(error, r, _("an identifier is too long"));
		batch->inputs[at].size = (uint16_t)size;
		batch->count++;
		if (++builder->taken > IDENTIFIERS_MAXIMUM)
			return error_set(error, ERROR_LIMIT,
			                 _("there are too many identifiers of a class"));
	}
	return OK;
}

static struct bytes input_at(const struct batch *batch, size_t i)
{
	return bytes_of(batch->inputs[i].bytes, batch->inputs[i].size);
}

static int work_on(const struct worker *worker, struct error *error)
{
	const struct pairs_building *building = worker->builder->building;
	struct batch *batch = worker->batch;
	struct oprf_output output;
	int r;

	for (size_t i = 0; i < batch->count; i++)
		if ((r = oprf_hash_to_group(OPRF_MODE_VOPRF, input_at(batch, i),
		                            &batch->elements[i])) != OK)
			return error_set(error, r, "%s", result_text(r));
	if ((r = building->evaluate(building->evaluator, worker->number, batch->elements,
	                            batch->count, batch->evaluated, error)) != OK)
		return r;
	for (size_t i = 0; i < batch->count; i++)
		if ((r = oprf_finalize_unblinded(input_at(batch, i), &batch->evaluated[i],
		                                 &output)) != OK ||
		    (r = pair_seal(&output, &batch->labels[i], &batch->pairs[i])) != OK) {
			error_set(error, r, "%s", result_text(r));
			break;
		}
	wipe(&output, sizeof(output));
	return r;
}

/* What keeps the pairs from being sorted or written is mostly a disk that is full. */
static int not_kept(struct error *error, int result)
{
	return error_set(error, result, _("the pairs cannot be kept in TMPDIR: %s"),
	                 result == ERROR_IO ? strerror(errno) : result_text(result));
}

/* With the mutex. */
static int give_batch(struct builder *builder, const struct batch *batch, struct error *error)
{
	int r = OK;

	for (size_t i = 0; i < batch->count && r == OK; i++)
		r = pairs_sorter_add(builder->sorter, &batch->pairs[i],
		                     number_of(&batch->labels[i], batch->first + (uint32_t)i));
	if (r != OK)
		return not_kept(error, r);
	builder->done += batch->count;
	return OK;
}

/* --- threads ----------------------------------------------------------------------------- */

/* The first that goes wrong is what is said. With the mutex. */
static void end_with(struct builder *builder, int result, const struct error *error)
{
	if (result == OK || builder->result != OK)
		return;
	builder->result = result;
	builder->error = *error;
}

static void *run_worker(void *context)
{
	struct worker *worker = context;
	struct builder *builder = worker->builder;
	struct error error = { 0 };
	int r = OK;

	pthread_mutex_lock(&builder->mutex);
	while (r == OK && builder->result == OK) {
		if ((r = take_batch(builder, worker->batch, &error)) != OK ||
		    worker->batch->count == 0)
			break;
		pthread_mutex_unlock(&builder->mutex);
		r = work_on(worker, &error);
		pthread_mutex_lock(&builder->mutex);
		if (r == OK)
			r = give_batch(builder, worker->batch, &error);
	}
	end_with(builder, r, &error);
	builder->running--;
	pthread_cond_signal(&builder->changed);
	pthread_mutex_unlock(&builder->mutex);
	return NULL;
}

/* Waits for the threads, and tells of progress on the way. */
static void watch_workers(struct builder *builder)
{
	const struct pairs_building *building = builder->building;

	pthread_mutex_lock(&builder->mutex);
	while (builder->running > 0) {
		struct timespec until;
		uint64_t done = builder->done;

		if (building->progress != NULL && builder->result == OK) {
			struct error error = { 0 };
			int r;

			pthread_mutex_unlock(&builder->mutex);
			r = building->progress(building->watcher, done, &error);
			pthread_mutex_lock(&builder->mutex);
			end_with(builder, r, &error);
			if (builder->running == 0)
				break;
		}
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += PROGRESS_MILLISECONDS * 1000000L;
		if (until.tv_nsec >= 1000000000L) {
			until.tv_nsec -= 1000000000L;
			until.tv_sec++;
		}
		pthread_cond_timedwait(&builder->changed, &builder->mutex, &until);
	}
	pthread_mutex_unlock(&builder->mutex);
}

static void start_workers(struct builder *builder, struct worker *workers, unsigned *ret_started)
{
	unsigned started = 0;

	for (; started < builder->building->threads; started++) {
		struct worker *worker = &workers[started];

		worker->builder = builder;
		worker->number = started;
		if ((worker->batch = allocate(1, sizeof(*worker->batch))) == NULL)
			break;
		pthread_mutex_lock(&builder->mutex);
		builder->running++;
		pthread_mutex_unlock(&builder->mutex);
		if (pthread_create(&worker->thread, NULL, run_worker, worker) != 0) {
			pthread_mutex_lock(&builder->mutex);
			builder->running--;
			pthread_mutex_unlock(&builder->mutex);
			release_memory(worker->batch);
			break;
		}
	}
	*ret_started = started;
}

static int run_workers(struct builder *builder, struct error *error)
{
	struct worker workers[PAIRS_THREADS_MAXIMUM];
	unsigned started;

	start_workers(builder, workers, &started);
	watch_workers(builder);
	for (unsigned i = 0; i < started; i++) {
		pthread_join(workers[i].thread, NULL);
		wipe(workers[i].batch, sizeof(*workers[i].batch));
		release_memory(workers[i].batch);
	}
	if (started == 0)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	if (builder->result != OK && error != NULL)
		*error = builder->error;
	return builder->result;
}

/* --- decoys, and the file ---------------------------------------------------------------- */

static int count_pair(void *context, const struct pair *pair)
{
	uint64_t *count = context;

	(void)pair;
	(*count)++;
	return OK;
}

static int add_decoys(struct builder *builder, uint64_t identifiers, struct error *error)
{
	const struct random_source *random = builder->building->random;
	uint64_t padded = pair_padded_count(identifiers);
	int r = OK;

	if (padded > builder->building->pairs_maximum)
		padded = builder->building->pairs_maximum;
	for (uint64_t i = identifiers; i < padded && r == OK; i++) {
		struct pair decoy;

		if ((r = random->fill(random->context, decoy.bytes, sizeof(decoy.bytes))) == OK)
			r = pairs_sorter_add(builder->sorter, &decoy, DECOY_NUMBER);
	}
	return r == OK ? OK : not_kept(error, r);
}

/* The file under construction, and what is read back of it. */
struct written_pairs {
	int fd;
	struct pairs_reader reader;
	struct pair pairs[PAIRS_WRITTEN_AT_ONCE];
	size_t count;
};

static int flush_pairs(struct written_pairs *written)
{
	struct bytes content = bytes_of(written->pairs, written->count * PAIR_SIZE);

	written->count = 0;
	return file_write_all(written->fd, content);
}

static int write_pair(void *context, const struct pair *pair)
{
	struct written_pairs *written = context;
	int r;

	if ((r = pairs_reader_update(&written->reader, bytes_of(pair->bytes, PAIR_SIZE))) != OK)
		return r;
	written->pairs[written->count++] = *pair;
	return written->count == PAIRS_WRITTEN_AT_ONCE ? flush_pairs(written) : OK;
}

static int write_pairs(struct builder *builder, struct pairs_built *built, struct error *error)
{
	struct written_pairs *written = allocate(1, sizeof(*written));
	int r;

	if (written == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	if ((r = pairs_reader_init(&written->reader)) != OK)
		goto out;
	if ((r = temporary_file_open(&written->fd, error)) == OK) {
		if ((r = pairs_sorter_each(builder->sorter, write_pair, written)) == OK &&
		    (r = flush_pairs(written)) == OK)
			r = pairs_reader_finish(&written->reader, &built->pairs, &built->root);
		if (r == OK)
			built->fd = written->fd;
		else
			close(written->fd);
	}
	pairs_reader_release(&written->reader);
out:
	release_memory(written);
	return r == OK ? OK : not_kept(error, r);
}

static int finish(struct builder *builder, struct pairs_built *ret_built, struct error *error)
{
	struct pairs_built built = { .fd = -1 };
	int r;

	r = pairs_sorter_each(builder->sorter, count_pair, &built.identifiers);
	if (r != OK)
		return not_kept(error, r);
	built.duplicates = builder->taken - built.identifiers;
	if (built.identifiers > builder->building->pairs_maximum)
		return error_set(error, ERROR_LIMIT,
		                 _("there are %llu different identifiers of class %s, and the "
		                   "charter has a list hold %llu: split the list"),
		                 (unsigned long long)built.identifiers,
		                 identifier_class_name(builder->building->identifier_class),
		                 (unsigned long long)builder->building->pairs_maximum);
	if (built.identifiers > 0 && ((r = add_decoys(builder, built.identifiers, error)) != OK ||
	                              (r = write_pairs(builder, &built, error)) != OK))
		return r;
	*ret_built = built;
	return OK;
}

int pairs_build(const struct pairs_building *building, struct pairs_built *ret_built,
                struct error *error)
{
	struct builder builder = { .building = building };
	int r;

	/* What qsort takes beside a run, in whichever thread, goes back with the run. */
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
	if ((r = pairs_sorter_new(&builder.sorter, error)) != OK)
		return r;
	pthread_mutex_init(&builder.mutex, NULL);
	pthread_cond_init(&builder.changed, NULL);
	if ((r = run_workers(&builder, error)) == OK)
		r = finish(&builder, ret_built, error);
	pthread_cond_destroy(&builder.changed);
	pthread_mutex_destroy(&builder.mutex);
	pairs_sorter_free(builder.sorter);
	return r;
}
