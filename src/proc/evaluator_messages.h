/* What may be asked of the evaluator, which holds the keys of match-only lists and evaluates
 * blinded elements with them (src/evaluator, oprf.h). Integers are big-endian. A key is named
 * by its channel and its public key; elements are 32 bytes, proofs 64.
 *
 *   request       question                              answer
 *   REPORT        -                                     see evaluator_put_report
 *   NEW_KEY       channel(32)                           public key(32), u64 time
 *   EVALUATE      channel(32) public key(32)            each evaluated element, followed by its
 *                 u8 1: with proofs, u16 n, n elements  proof where proofs were asked for
 *   DESTROY_KEY   channel(32) public key(32)            -
 *
 * A failed request is answered by MESSAGE_ERROR: ERROR_NOT_FOUND (no such key is here),
 * ERROR_CANONICAL (an element is not in canonical form, or the identity), ERROR_LIMIT (too many
 * keys), ERROR_IO (the disk). Answers come in any order: several questions are worked on at
 * once, at most EVALUATOR_QUESTIONS_MAXIMUM, and whoever sends more ends the process.
 */
#ifndef EVALUATOR_MESSAGES_H
#define EVALUATOR_MESSAGES_H

#include "buffer.h"
#include "message.h"
#include "timestamp.h"

enum evaluator_request {
	EVALUATOR_REPORT = 0x0800,
	EVALUATOR_NEW_KEY,
	EVALUATOR_EVALUATE,
	EVALUATOR_DESTROY_KEY
};

enum {
	EVALUATOR_KEY_SIZE = 32, /* public */
	EVALUATOR_ELEMENT_SIZE = 32,
	EVALUATOR_PROVED_SIZE = 32 + 64,   /* an evaluated element and its proof */
	EVALUATOR_ELEMENTS_MAXIMUM = 2000, /* in one question: it fits into one packet */
	EVALUATOR_QUESTIONS_MAXIMUM = 64,  /* of EVALUATE, at once */
	EVALUATOR_CHANNEL_KEYS_MAXIMUM = 512,
	EVALUATOR_KEYS_MAXIMUM = 4096,
	EVALUATOR_EVALUATE_MINIMUM = HASH_SIZE + EVALUATOR_KEY_SIZE + 1 + 2 +
	                             EVALUATOR_ELEMENT_SIZE,
	EVALUATOR_EVALUATE_MAXIMUM = HASH_SIZE + EVALUATOR_KEY_SIZE + 1 + 2 +
	                             EVALUATOR_ELEMENTS_MAXIMUM * EVALUATOR_ELEMENT_SIZE
};

/* By what a key is named. */
struct evaluator_key {
	struct hash channel;
	uint8_t public_key[EVALUATOR_KEY_SIZE];
};

/* What the evaluator says of a key. */
struct evaluator_key_status {
	struct evaluator_key key;
	timestamp created;
};

struct evaluator_question {
	struct evaluator_key key;
	bool proofs;
	size_t count;          /* of elements, 1 to EVALUATOR_ELEMENTS_MAXIMUM */
	struct bytes elements; /* a view */
};

bool evaluator_key_equal(const struct evaluator_key *a, const struct evaluator_key *b);

/* The layouts, for both ends. Put appends; get reads the whole of `body`: ERROR_SYNTAX (too
 * short, trailing bytes, a number out of range), ERROR_LIMIT. */
int evaluator_put_key(struct buffer *buffer, const struct evaluator_key *key);
int evaluator_get_key(struct bytes body, struct evaluator_key *ret_key);
int evaluator_put_question(struct buffer *buffer, const struct evaluator_question *question);
int evaluator_get_question(struct bytes body, struct evaluator_question *ret_question);
/* The answer to EVALUATE: OK when its length is what was asked for. */
int evaluator_check_answer(struct bytes body, bool proofs, size_t count);
/* The answer to NEW_KEY; `channel` is the question's. */
int evaluator_put_new_key(struct buffer *buffer, const struct evaluator_key_status *status);
int evaluator_get_new_key(struct bytes body, const struct hash *channel,
                          struct evaluator_key_status *ret_status);
/* What the evaluator says of itself: u32 the user it runs as, u16 threads, u16 files that cannot
 * be read, u16 count, of each key channel(32) public key(32) u64 time at which it was made. */
struct evaluator_report {
	uint32_t user;
	unsigned threads;
	size_t damaged;
	size_t count; /* at most EVALUATOR_KEYS_MAXIMUM */
	struct evaluator_key_status *keys;
};
int evaluator_put_report(struct buffer *buffer, const struct evaluator_report *report);
/* Gives `keys` on the heap, to be released with release_memory. */
int evaluator_get_report(struct bytes body, struct evaluator_report *ret_report);

#endif
