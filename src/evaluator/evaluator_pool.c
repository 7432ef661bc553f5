#include "evaluator_pool.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "allocate.h"

enum {
	PIECE = 8,          /* elements that a thread takes at a time, half a millisecond's work */
	PIECE_PROVED = 1,   /* likewise */
	STACK = 256 * 1024, /* of a thread */
};

struct evaluator_pool {
	pthread_mutex_t lock;
	pthread_cond_t work;
	int fd;
	struct random_source random;
	bool stopping;
	size_t last; /* place of the job that was last taken from */
	struct evaluator_job *jobs[EVALUATOR_QUESTIONS_MAXIMUM];
	unsigned thread_count;
	pthread_t threads[EVALUATOR_THREADS_MAXIMUM];
};

unsigned evaluator_pool_threads(void)
{
	cpu_set_t processors;
	int count = 1;

	if (sched_getaffinity(0, sizeof processors, &processors) == 0)
		count = CPU_COUNT(&processors);
	if (count < 1)
		count = 1;
	return count < EVALUATOR_THREADS_MAXIMUM ? (unsigned)count : EVALUATOR_THREADS_MAXIMUM;
}

int evaluator_work(const struct oprf_scalar *secret, const struct oprf_element *public_key,
                   const struct random_source *random, bool proofs, const uint8_t *elements,
                   size_t from, size_t to, uint8_t *answer, size_t *ret_bad)
{
	size_t size = proofs ? EVALUATOR_PROVED_SIZE : EVALUATOR_ELEMENT_SIZE;
	int r = OK;

	for (size_t i = from; r == OK && i < to; i++) {
		struct oprf_element blinded, evaluated;
		struct oprf_proof proof;

		memcpy(blinded.bytes, elements + i * OPRF_ELEMENT_SIZE, OPRF_ELEMENT_SIZE);
		r = oprf_evaluate(secret, &blinded, &evaluated);
		if (r == OK && proofs)
			r = oprf_prove(secret, public_key, &blinded, &evaluated, random, &proof);
		if (r != OK) {
			*ret_bad = i;
			break;
		}
		memcpy(answer + i * size, evaluated.bytes, OPRF_ELEMENT_SIZE);
		if (proofs)
			memcpy(answer + i * size + OPRF_ELEMENT_SIZE, proof.bytes, OPRF_PROOF_SIZE);
	}
	return r;
}

/* A job of which something is still to be given out, after the one that was last taken from. */
static struct evaluator_job *next_job(struct evaluator_pool *pool)
{
	for (size_t i = 1; i <= EVALUATOR_QUESTIONS_MAXIMUM; i++) {
		size_t place = (pool->last + i) % EVALUATOR_QUESTIONS_MAXIMUM;
		struct evaluator_job *job = pool->jobs[place];

		if (job != NULL && job->next < job->count) {
			pool->last = place;
			return job;
		}
	}
	return NULL;
}

static bool has_ended(const struct evaluator_job *job)
{
	return job->next == job->count && job->running == 0;
}

/* With the lock held, but while it works. */
static void work_on(struct evaluator_pool *pool, struct evaluator_job *job)
{
	uint64_t one = 1;
	size_t from = job->next, size = job->proofs ? PIECE_PROVED : PIECE;
	size_t to = size < job->count - from ? from + size : job->count, bad = 0;
	int r;

	job->next = to;
	job->running += to - from;
	pthread_mutex_unlock(&pool->lock);
	r = evaluator_work(&job->secret, &job->public_key, &pool->random, job->proofs,
	                   job->elements, from, to, job->answer, &bad);
	pthread_mutex_lock(&pool->lock);
	job->running -= to - from;
	/* The first that is wrong is the one that is named, whoever came to it. */
	if (r != OK && (job->code == OK || bad < job->bad)) {
		job->code = r;
		job->bad = bad;
	}
	if (r != OK)
		job->next = job->count;
	if (has_ended(job) && write(pool->fd, &one, sizeof one) < 0)
		return; /* the counter is full: it is readable */
}

static void *run(void *context)
{
	struct evaluator_pool *pool = context;

	pthread_mutex_lock(&pool->lock);
	while (!pool->stopping) {
		struct evaluator_job *job = next_job(pool);

		if (job != NULL)
			work_on(pool, job);
		else
			pthread_cond_wait(&pool->work, &pool->lock);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

static int start_threads(struct evaluator_pool *pool, unsigned threads, struct error *error)
{
	pthread_attr_t attributes;
	int failed = 0;

	if (threads > EVALUATOR_THREADS_MAXIMUM)
		threads = EVALUATOR_THREADS_MAXIMUM;
	if (pthread_attr_init(&attributes) != 0)
		return error_set(error, ERROR_MEMORY, "out of memory");
	pthread_attr_setstacksize(&attributes, STACK);
	while (failed == 0 && pool->thread_count < threads) {
		failed = pthread_create(&pool->threads[pool->thread_count], &attributes, run, pool);
		pool->thread_count += failed == 0;
	}
	pthread_attr_destroy(&attributes);
	/* Fewer than wanted are slower, no more. */
	return pool->thread_count > 0
	           ? OK
	           : error_set(error, ERROR_IO, "no thread can be started: %s", strerror(failed));
}

int evaluator_pool_new(unsigned threads, struct random_source random,
                       struct evaluator_pool **ret_pool, struct error *error)
{
	struct evaluator_pool *pool = allocate(1, sizeof *pool);
	int r;

	if (pool == NULL)
		return error_set(error, ERROR_MEMORY, "out of memory");
	pool->random = random;
	pool->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->work, NULL);
	if (pool->fd < 0)
		r = error_set(error, ERROR_IO, "cannot make an eventfd: %s", strerror(errno));
	else
		r = start_threads(pool, threads, error);
	if (r != OK)
		evaluator_pool_free(pool);
	else
		*ret_pool = pool;
	return r;
}

void evaluator_pool_free(struct evaluator_pool *pool)
{
	if (pool == NULL)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->work);
	pthread_mutex_unlock(&pool->lock);
	for (unsigned i = 0; i < pool->thread_count; i++)
		pthread_join(pool->threads[i], NULL);
	for (size_t i = 0; i < EVALUATOR_QUESTIONS_MAXIMUM; i++)
		evaluator_job_free(pool->jobs[i]);
	pthread_cond_destroy(&pool->work);
	pthread_mutex_destroy(&pool->lock);
	if (pool->fd >= 0)
		close(pool->fd);
	release_memory(pool);
}

int evaluator_pool_fd(const struct evaluator_pool *pool)
{
	return pool->fd;
}

static struct evaluator_job *job_new(uint32_t request, const struct oprf_scalar *secret,
                                     const struct evaluator_question *question)
{
	struct evaluator_job *job = allocate(1, sizeof *job);

	if (job == NULL)
		return NULL;
	job->request = request;
	job->proofs = question->proofs;
	job->count = question->count;
	job->elements = allocate(question->count, EVALUATOR_ELEMENT_SIZE);
	job->answer = allocate(question->count,
	                       question->proofs ? EVALUATOR_PROVED_SIZE : EVALUATOR_ELEMENT_SIZE);
	if (job->elements == NULL || job->answer == NULL) {
		evaluator_job_free(job);
		return NULL;
	}
	memcpy(job->elements, question->elements.data, question->elements.size);
	memcpy(job->public_key.bytes, question->key.public_key, EVALUATOR_KEY_SIZE);
	job->secret = *secret;
	return job;
}

void evaluator_job_free(struct evaluator_job *job)
{
	if (job == NULL)
		return;
	release_memory(job->elements);
	release_memory(job->answer);
	wipe(job, sizeof *job);
	release_memory(job);
}

int evaluator_pool_add(struct evaluator_pool *pool, uint32_t request,
                       const struct oprf_scalar *secret, const struct evaluator_question *question)
{
	struct evaluator_job *job = job_new(request, secret, question);
	int r = ERROR_LIMIT;

	if (job == NULL)
		return ERROR_MEMORY;
	pthread_mutex_lock(&pool->lock);
	for (size_t i = 0; r != OK && i < EVALUATOR_QUESTIONS_MAXIMUM; i++) {
		if (pool->jobs[i] != NULL)
			continue;
		pool->jobs[i] = job;
		r = OK;
		pthread_cond_broadcast(&pool->work);
	}
	pthread_mutex_unlock(&pool->lock);
	if (r != OK)
		evaluator_job_free(job);
	return r;
}

struct evaluator_job *evaluator_pool_take(struct evaluator_pool *pool)
{
	struct evaluator_job *ended = NULL;
	uint64_t count;

	pthread_mutex_lock(&pool->lock);
	for (size_t i = 0; ended == NULL && i < EVALUATOR_QUESTIONS_MAXIMUM; i++) {
		if (pool->jobs[i] == NULL || !has_ended(pool->jobs[i]))
			continue;
		ended = pool->jobs[i];
		pool->jobs[i] = NULL;
	}
	/* Under the lock: what ends from here on makes it readable again. */
	while (ended == NULL && read(pool->fd, &count, sizeof count) > 0)
		;
	pthread_mutex_unlock(&pool->lock);
	return ended;
}
