/* The threads of the evaluator. One thread, the one that has made the pool, talks to the
 * engine: it adds jobs and takes what has been done. The others evaluate, a few elements of
 * one job after a few of the next, so that somebody's single question does not wait behind
 * the making of a whole list. They neither allocate nor touch a file.
 *
 *     evaluator_pool_new(2, random, &pool, &error);
 *     evaluator_pool_add(pool, request, secret, &question);     up to EVALUATOR_QUESTIONS_MAXIMUM
 *     ... evaluator_pool_fd(pool) is readable ...
 *     while ((job = evaluator_pool_take(pool)) != NULL) { ...; evaluator_job_free(job); }
 */
#ifndef EVALUATOR_POOL_H
#define EVALUATOR_POOL_H

#include "evaluator_messages.h"
#include "oprf.h"

enum { EVALUATOR_THREADS_MAXIMUM = 4 };

struct evaluator_pool;

/* A job that has ended. */
struct evaluator_job {
	uint32_t request;
	int code;   /* OK; ERROR_CANONICAL or ERROR_RANDOM at an element */
	size_t bad; /* its index, from 0 */
	bool proofs;
	size_t count;    /* of elements */
	uint8_t *answer; /* count × EVALUATOR_ELEMENT_SIZE, or EVALUATOR_PROVED_SIZE */
	uint8_t *elements;
	struct oprf_scalar secret;
	struct oprf_element public_key;
	size_t next, running; /* given out; elements that are being worked on */
};

/* ERROR_MEMORY; ERROR_IO: no thread could be started. */
int evaluator_pool_new(unsigned threads, struct random_source random,
                       struct evaluator_pool **ret_pool, struct error *error);
/* Waits for the threads, which give up what they have not begun, and wipes. NULL is allowed. */
void evaluator_pool_free(struct evaluator_pool *pool);

/* As many threads as there are processors for this process, at most
 * EVALUATOR_THREADS_MAXIMUM. */
unsigned evaluator_pool_threads(void);

/* Readable while there may be something to take. */
int evaluator_pool_fd(const struct evaluator_pool *pool);

/* Copies everything. ERROR_LIMIT: there are EVALUATOR_QUESTIONS_MAXIMUM; ERROR_MEMORY. */
int evaluator_pool_add(struct evaluator_pool *pool, uint32_t request,
                       const struct oprf_scalar *secret, const struct evaluator_question *question);
/* One that has ended, or NULL. */
struct evaluator_job *evaluator_pool_take(struct evaluator_pool *pool);
/* Wipes. */
void evaluator_job_free(struct evaluator_job *job);

/* What the threads do, at once: for who has no pool. Evaluates elements `from` up to `to`;
 * the answer has room for all of them. */
int evaluator_work(const struct oprf_scalar *secret, const struct oprf_element *public_key,
                   const struct random_source *random, bool proofs, const uint8_t *elements,
                   size_t from, size_t to, uint8_t *answer, size_t *ret_bad);

#endif
