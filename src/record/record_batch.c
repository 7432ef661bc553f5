#include "record_batch.h"

#include "allocate.h"

int batch_init(struct batch *batch)
{
	*batch = (struct batch){ .items = allocate(TILE_WIDTH, sizeof(*batch->items)) };
	buffer_init(&batch->content, BUNDLE_SIZE_MAXIMUM);
	return batch->items == NULL ? ERROR_MEMORY : OK;
}

void batch_release(struct batch *batch)
{
	buffer_release(&batch->content);
	release_memory(batch->items);
	batch->items = NULL;
}

/* --- what a thread does with a batch ------------------------------------- */

static int take_item(struct sha256_stream *stream, struct cursor *cursor, struct batch_item *item,
                     struct error *error)
{
	struct bytes bytes;
	int r;

	if ((r = bundle_next(cursor, &bytes)) != OK)
		return error_set(error, r, "the bundle ends within an entry");
	if ((r = entry_parse_with(stream, bytes, &item->entry, error)) != OK)
		return r;
	return entry_verify(&item->entry, item->keys, error);
}

static void batch_verify(struct sha256_stream *stream, struct batch *batch)
{
	struct cursor cursor = cursor_over(buffer_view(&batch->content));

	batch->result = OK;
	for (batch->count = 0; batch->count < batch->width; batch->count++) {
		struct batch_item *item = &batch->items[batch->count];

		batch->offset = batch->content.size - cursor.left;
		item->offset = batch->offset;
		batch->result = take_item(stream, &cursor, item, &batch->error);
		if (batch->result != OK)
			return;
	}
	batch->offset = batch->content.size - cursor.left;
	if ((batch->result = cursor_end(&cursor)) != OK)
		error_set(&batch->error, batch->result,
		          "more follows the last entry of the bundle");
}

static struct batch *take_batch(struct batch_pool *pool)
{
	struct batch *batch;

	while (pool->first == NULL && !pool->stopping)
		pthread_cond_wait(&pool->work, &pool->mutex);
	if (pool->stopping)
		return NULL;
	batch = pool->first;
	pool->first = batch->next;
	if (pool->first == NULL)
		pool->last = &pool->first;
	return batch;
}

static void *thread_main(void *context)
{
	struct batch_thread *self = context;
	struct batch_pool *pool = self->pool;
	struct batch *batch;

	pthread_mutex_lock(&pool->mutex);
	while ((batch = take_batch(pool)) != NULL) {
		pthread_mutex_unlock(&pool->mutex);
		batch_verify(&self->stream, batch);
		pthread_mutex_lock(&pool->mutex);
		batch->done = true;
		pthread_cond_broadcast(&pool->finished);
	}
	pthread_mutex_unlock(&pool->mutex);
	return NULL;
}

/* --- the pool -------------------------------------------------------------- */

static int start_thread(struct batch_pool *pool)
{
	struct batch_thread *started = &pool->threads[pool->thread_count];
	int r;

	started->pool = pool;
	if ((r = sha256_stream_init(&started->stream)) != OK)
		return r;
	if (pthread_create(&started->thread, NULL, thread_main, started) == 0)
		return OK;
	sha256_stream_release(&started->stream);
	return ERROR_IO;
}

int batch_pool_init(struct batch_pool *pool, unsigned threads)
{
	*pool = (struct batch_pool){ .threads = allocate(threads, sizeof(*pool->threads)) };
	pool->last = &pool->first;
	if (pool->threads == NULL)
		return ERROR_MEMORY;
	pthread_mutex_init(&pool->mutex, NULL);
	pthread_cond_init(&pool->work, NULL);
	pthread_cond_init(&pool->finished, NULL);
	while (pool->thread_count < threads && start_thread(pool) == OK)
		pool->thread_count++;
	if (pool->thread_count > 0)
		return OK;
	batch_pool_release(pool);
	return ERROR_IO;
}

void batch_pool_release(struct batch_pool *pool)
{
	pthread_mutex_lock(&pool->mutex);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->work);
	pthread_mutex_unlock(&pool->mutex);
	for (unsigned i = 0; i < pool->thread_count; i++) {
		pthread_join(pool->threads[i].thread, NULL);
		sha256_stream_release(&pool->threads[i].stream);
	}
	pthread_cond_destroy(&pool->finished);
	pthread_cond_destroy(&pool->work);
	pthread_mutex_destroy(&pool->mutex);
	release_memory(pool->threads);
}

void batch_pool_put(struct batch_pool *pool, struct batch *batch)
{
	batch->done = false;
	batch->next = NULL;
	pthread_mutex_lock(&pool->mutex);
	*pool->last = batch;
	pool->last = &batch->next;
	pthread_cond_signal(&pool->work);
	pthread_mutex_unlock(&pool->mutex);
}

void batch_pool_wait(struct batch_pool *pool, struct batch *batch)
{
	pthread_mutex_lock(&pool->mutex);
	while (!batch->done)
		pthread_cond_wait(&pool->finished, &pool->mutex);
	pthread_mutex_unlock(&pool->mutex);
}
