#include "parallel.h"

#include <pthread.h>
#include <stdatomic.h>

#include "result.h"

enum { THREADS_MAXIMUM = 16 };

struct parallel {
	size_t count;
	int (*work)(void *context, size_t index);
	void *context;
	atomic_size_t next;
	atomic_int result;
};

static void *run(void *context)
{
	struct parallel *parallel = context;
	size_t index;

	while (atomic_load(&parallel->result) == OK &&
	       (index = atomic_fetch_add(&parallel->next, 1)) < parallel->count) {
		int expected = OK, r = parallel->work(parallel->context, index);

		if (r != OK)
			atomic_compare_exchange_strong(&parallel->result, &expected, r);
	}
	return NULL;
}

int parallel_each(size_t count, unsigned threads, int (*work)(void *context, size_t index),
                  void *context)
{
	struct parallel parallel = { .count = count, .work = work, .context = context };
	pthread_t started[THREADS_MAXIMUM];
	unsigned running = 0;

	if (threads > THREADS_MAXIMUM)
		threads = THREADS_MAXIMUM;
	while (running + 1 < threads && running + 1 < count &&
	       pthread_create(&started[running], NULL, run, &parallel) == 0)
		running++;
	run(&parallel);
	while (running > 0)
		pthread_join(started[--running], NULL);
	return atomic_load(&parallel.result);
}
