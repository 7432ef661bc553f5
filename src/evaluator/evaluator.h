/* The evaluator: the keys of match-only lists. Its directory, `lists` in the keeper's, holds
 * files of mode 0600:
 *
 *     lock             locked while an evaluator runs
 *     <64 hex>.key     one key, named by its public key (evaluator_file.h)
 *     <64 hex>.old     one that is being destroyed
 *
 * A key is on the disk before its public key is given out, and is overwritten there and in
 * memory when it is destroyed. The directory is in no backup: who loses a key has lost what
 * can be asked of a list in that epoch, and publishes the next one. A file that cannot be read
 * is left alone and named in the journal; the others serve.
 *
 * What is done with the keys, in several threads, is evaluator_pool.h's.
 */
#ifndef EVALUATOR_H
#define EVALUATOR_H

#include "evaluator_file.h"
#include "random_source.h"
#include "timestamp.h"

struct evaluator {
	int directory;
	int lock;
	struct clock clock;
	struct random_source random;
	size_t damaged; /* files that could not be read */
	size_t count;
	struct evaluator_entry *entries; /* EVALUATOR_KEYS_MAXIMUM */
};

/* Opens `lists` in a directory, making it where it is not there, and loads everything.
 * ERROR_DENIED: it is another's, or open to others; ERROR_EXISTS: another evaluator runs on
 * it; ERROR_IO; ERROR_MEMORY. */
int evaluator_open(struct evaluator *evaluator, int directory, struct clock clock,
                   struct random_source random, struct error *error);
/* Wipes and closes everything. */
void evaluator_close(struct evaluator *evaluator);

/* A fresh key; durable when this returns. ERROR_LIMIT: the channel has
 * EVALUATOR_CHANNEL_KEYS_MAXIMUM, or there are EVALUATOR_KEYS_MAXIMUM; ERROR_RANDOM; ERROR_IO. */
int evaluator_new_key(struct evaluator *evaluator, const struct hash *channel,
                      struct evaluator_key_status *ret_status, struct error *error);

/* The secret of a key, until the next call that makes or destroys one. ERROR_NOT_FOUND. */
int evaluator_find_key(const struct evaluator *evaluator, const struct evaluator_key *key,
                       const struct oprf_scalar **ret_secret, struct error *error);

/* Wipes a key and overwrites its file. ERROR_NOT_FOUND: no such key is here, so that doing it
 * again is harmless; ERROR_IO: it is gone from memory, but may come back at the next start. */
int evaluator_destroy_key(struct evaluator *evaluator, const struct evaluator_key *key,
                          struct error *error);

#endif
