#include "pairs_sorter.h"

#include <errno.h>
#include <unistd.h>

#include "allocate.h"
#include "class_commitment.h"
#include "durable_file.h"
#include "temporary_file.h"

enum {
	RUN_RECORDS = 128 * 1024, /* sorted in memory at a time: 5 MiB */
	PIECE_RECORDS = 512,      /* of each run in memory while they are merged */
	/* All pairs of a list with its duplicates, and a last run for the decoys. */
	RUNS_MAXIMUM = 4 * CLASS_PAIRS_MAXIMUM / RUN_RECORDS + 2
};

struct sort_record {
	struct pair pair;
	uint8_t unused;
	uint32_t number;
};

/* A sorted run in the file, and the piece of it that is in memory. */
struct sort_run {
	uint64_t begin, count; /* records */
	uint64_t next;         /* the first that is not in memory yet */
	struct sort_record *piece;
	size_t piece_count, piece_at;
};

struct pairs_sorter {
	int fd;
	uint64_t written; /* records in the file */
	struct sort_record *records;
	size_t record_count;
	struct sort_run runs[RUNS_MAXIMUM];
	size_t run_count;
	/* A heap of the runs that are not at their end, the lowest record on top. */
	struct sort_run *heap[RUNS_MAXIMUM];
	size_t heap_count;
};

int pairs_sorter_new(struct pairs_sorter **ret_sorter, struct error *error)
{
	struct pairs_sorter *sorter = allocate(1, sizeof(*sorter));
	int r;

	if (sorter == NULL)
		return error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	sorter->fd = -1;
	if ((sorter->records = allocate(RUN_RECORDS, sizeof(*sorter->records))) == NULL)
		r = error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	else
		r = temporary_file_open(&sorter->fd, error);
	if (r != OK) {
		pairs_sorter_free(sorter);
		return r;
	}
	*ret_sorter = sorter;
	return OK;
}

void pairs_sorter_free(struct pairs_sorter *sorter)
{
	if (sorter == NULL)
		return;
	if (sorter->fd >= 0)
		close(sorter->fd);
	release_memory(sorter->records);
	release_memory(sorter);
}

static int compare(const struct sort_record *a, const struct sort_record *b)
{
	int order = memcmp(a->pair.bytes, b->pair.bytes, PAIR_TAG_SIZE);

	if (order != 0)
		return order;
	return (a->number > b->number) - (a->number < b->number);
}

static int compare_records(const void *a, const void *b)
{
	return compare(a, b);
}

/* Sorts what is in memory and writes it as a run. */
static int write_run(struct pairs_sorter *sorter)
{
	struct bytes content = bytes_of(sorter->records,
	                                sorter->record_count * sizeof(*sorter->records));
	int r;

	if (sorter->record_count == 0)
		return OK;
	if (sorter->run_count == RUNS_MAXIMUM)
		return ERROR_LIMIT;
	qsort(sorter->records, sorter->record_count, sizeof(*sorter->records), compare_records);
	if ((r = file_write_all_at(sorter->fd, content,
	                           (off_t)(sorter->written * sizeof(*sorter->records)))) != OK)
		return r;
	sorter->runs[sorter->run_count++] = (struct sort_run){ .begin = sorter->written,
		                                               .count = sorter->record_count };
	sorter->written += sorter->record_count;
	sorter->record_count = 0;
	return OK;
}

int pairs_sorter_add(struct pairs_sorter *sorter, const struct pair *pair, uint32_t number)
{
	int r;

	if (sorter->record_count == RUN_RECORDS && (r = write_run(sorter)) != OK)
		return r;
	sorter->records[sorter->record_count++] = (struct sort_record){ .pair = *pair,
		                                                        .number = number };
	return OK;
}

/* --- merging ---------------------------------------------------------------------------- */

static const struct sort_record *front(const struct sort_run *run)
{
	return &run->piece[run->piece_at];
}

/* Has the run's next record in memory; false at its end. */
static int refill(struct pairs_sorter *sorter, struct sort_run *run, bool *ret_more)
{
	uint64_t left = run->begin + run->count - run->next;
	size_t count = left < PIECE_RECORDS ? (size_t)left : PIECE_RECORDS;
	int r;

	if (run->piece_at < run->piece_count) {
		*ret_more = true;
		return OK;
	}
	*ret_more = count > 0;
	if (count == 0)
		return OK;
	r = file_read_exactly_at(sorter->fd, run->piece, count * sizeof(*run->piece),
	                         run->next * sizeof(*run->piece));
	run->next += count;
	run->piece_count = count;
	run->piece_at = 0;
	return r;
}

/* Lets the run at `at` sink to where it belongs. */
static void sink(struct pairs_sorter *sorter, size_t at)
{
	struct sort_run **heap = sorter->heap;

	for (;;) {
		size_t lowest = at;

		for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
			if (child < sorter->heap_count &&
			    compare(front(heap[child]), front(heap[lowest])) < 0)
				lowest = child;
		if (lowest == at)
			return;
		struct sort_run *held = heap[at];
		heap[at] = heap[lowest];
		heap[lowest] = held;
		at = lowest;
	}
}

static int build_heap(struct pairs_sorter *sorter, struct sort_record *pieces)
{
	bool more;
	int r;

	sorter->heap_count = 0;
	for (size_t i = 0; i < sorter->run_count; i++) {
		struct sort_run *run = &sorter->runs[i];

		run->piece = pieces + i * PIECE_RECORDS;
		run->piece_count = run->piece_at = 0;
		run->next = run->begin;
		if ((r = refill(sorter, run, &more)) != OK)
			return r;
		if (more)
			sorter->heap[sorter->heap_count++] = run;
	}
	for (size_t i = sorter->heap_count; i-- > 0;)
		sink(sorter, i);
	return OK;
}

/* Goes past the lowest record. */
static int advance(struct pairs_sorter *sorter)
{
	struct sort_run *run = sorter->heap[0];
	bool more;
	int r;

	run->piece_at++;
	if ((r = refill(sorter, run, &more)) != OK)
		return r;
	if (!more)
		sorter->heap[0] = sorter->heap[--sorter->heap_count];
	if (sorter->heap_count > 0)
		sink(sorter, 0);
	return OK;
}

int pairs_sorter_each(struct pairs_sorter *sorter,
                      int (*take)(void *context, const struct pair *pair), void *context)
{
	struct sort_record *pieces;
	struct pair last;
	bool any = false;
	int r;

	if ((r = write_run(sorter)) != OK)
		return r;
	if ((pieces = allocate(sorter->run_count * PIECE_RECORDS, sizeof(*pieces))) == NULL)
		return ERROR_MEMORY;
	r = build_heap(sorter, pieces);
	while (r == OK && sorter->heap_count > 0) {
		const struct pair *pair = &front(sorter->heap[0])->pair;

		if (!any || memcmp(last.bytes, pair->bytes, PAIR_TAG_SIZE) != 0) {
			last = *pair;
			any = true;
			r = take(context, &last);
		}
		if (r == OK)
			r = advance(sorter);
	}
	release_memory(pieces);
	return r;
}
