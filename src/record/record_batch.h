/* Batches of entries on their way through the threads that verify them. */
#ifndef RECORD_BATCH_H
#define RECORD_BATCH_H

#include <pthread.h>

#include "act.h"
#include "sha.h"
#include "tile.h"

struct batch_item {
	struct entry entry;
	struct ssh_key keys[2];
	size_t offset; /* of the entry's length in the bundle */
};

/* One bundle. Between put and wait it belongs to the pool. */
struct batch {
	struct buffer content;
	struct batch_item *items; /* TILE_WIDTH of them */
	unsigned width;           /* how many there should be */
	unsigned count;           /* how many are good: all before the first that is not */
	int result;               /* of the item at `count`; OK when all are good */
	struct error error;
	size_t offset; /* of that item */

	struct batch *next; /* in the queue */
	bool done;
};

/* A thread, with the context in which it hashes. */
struct batch_thread {
	pthread_t thread;
	struct batch_pool *pool;
	struct sha256_stream stream;
};

/* Threads and the queue they take batches from. */
struct batch_pool {
	pthread_mutex_t mutex;
	pthread_cond_t work, finished;
	struct batch *first, **last;
	bool stopping;
	unsigned thread_count;
	struct batch_thread *threads;
};

int batch_init(struct batch *batch);
void batch_release(struct batch *batch);

/* Starts `threads` threads, at least 1. ERROR_MEMORY or ERROR_IO (no thread can be
 * started). */
int batch_pool_init(struct batch_pool *pool, unsigned threads);
/* Waits for the threads to end; batches that nobody took stay undone. */
void batch_pool_release(struct batch_pool *pool);

/* Queues a batch whose content and width are set. It must not be touched until
 * batch_pool_wait has returned it. */
void batch_pool_put(struct batch_pool *pool, struct batch *batch);
void batch_pool_wait(struct batch_pool *pool, struct batch *batch);

#endif
