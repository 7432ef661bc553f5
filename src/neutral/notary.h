/* The notary of a witness or a depositary: it has the key and the state of each
 * log, and answers one call after the other. What it signs is durable before it is
 * answered, so that it never contradicts itself, whatever happens to it.
 *
 * A call is a method and a path of which the end says what is asked; whatever
 * stands before it is not looked at:
 *
 *     POST …/add-checkpoint            C2SP tlog-witness v1.0.0
 *     GET  …/checkpoint/<hex>          the newest head that was cosigned; <hex> is
 *                                      SHA-256 of the log's origin
 *     POST …/deposit/entries           a depositary only: see doc/PROTOCOL.log
 *     POST …/deposit/blob
 *     POST …/deposit/certificate
 *     POST …/collect
 *     POST …/collect/blob
 *
 * Time never goes backwards in what it signs for one log: when the clock does, the
 * former time is signed again. So a clock that leaps ahead by more than a day is not
 * believed: until it is back, or the process is started anew, calls are answered with 503
 * and nothing expires. */
#ifndef NOTARY_H
#define NOTARY_H

#include "charter.h"
#include "neutral_configuration.h"
#include "neutral_key.h"
#include "neutral_messages.h"
#include "store.h"

struct notary;

/* All of it outlives the notary. */
struct notary_settings {
	struct store *store; /* its own, and nobody else's */
	const struct neutral_key *key;
	const struct neutral_configuration *configuration;
	const struct charter *const *charters; /* those that the configuration names */
	size_t charter_count;
	struct clock clock;
	bool takes_deposits;
};

/* ERROR_USAGE (a charter or log twice), ERROR_IO (the store is damaged),
 * ERROR_MEMORY; with a sentence. */
int notary_new(const struct notary_settings *settings, struct notary **ret_notary,
               struct error *error);
void notary_free(struct notary *notary);

/* Answers a call, from whomever. The answer is good until the next call. OK; otherwise
 * the answer is still to be given, and then the process must end: what is in memory may
 * not be what is in the store. */
int notary_call(struct notary *notary, const struct neutral_call *call,
                struct neutral_answer *ret_answer);

/* Frees what has expired; to be called often: it looks at the clock itself. */
enum { NOTARY_TICK_SECONDS = 2 };
int notary_tick(struct notary *notary);

#endif
