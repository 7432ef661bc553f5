/* Acts that wait for their second signature.
 *
 * The charter names kinds that need two signatures. The first person signs the text
 * and hands it in; the node keeps it, with the sealed body, until the second, who may
 * sit at another machine or come another day, signs the same text too. Both
 * signatures then go the way of every act (engine_submit). Until then it is nothing:
 * not logged, not sent, not in any record, and no rule knows of it.
 *
 * What waits is tried against the rules whenever somebody looks. It lapses when it can
 * no longer become valid: when its `not-after`, or PENDING_DAYS, have passed, or what it
 * answers is answered, or the like. What was refused or has lapsed is shown for
 * PENDING_SHOWN_DAYS, without its body, and then dropped; what was logged is dropped at
 * once, because the log has it.
 */
#ifndef PENDING_H
#define PENDING_H

#include "act.h"
#include "channel.h"
#include "pending_value.h"

enum {
	PENDING_MAXIMUM = 64,      /* acts of one channel */
	PENDING_DAYS = 7,          /* that one waits whose text sets no earlier end … */
	PENDING_DAYS_MAXIMUM = 30, /* … or a later one than this */
	PENDING_SHOWN_DAYS = 7     /* after it was refused or has lapsed */
};
#define PENDING_BODIES_MAXIMUM (UINT64_C(1) << 30) /* bytes of sealed bodies of one channel */

/* One of them, read from the database. */
struct pending_act {
	uint64_t number;
	struct buffer bytes; /* that `value` and `act` are views of */
	struct pending_value value;
	struct act act;
	struct ssh_key author_key; /* that has signed */
	struct verdict verdict;    /* what it would be worth with the second signature */
};

void pending_act_release(struct pending_act *pending);

/* Takes what the author has signed. The same text again gives the same number.
 * ERROR_USAGE: it names no cosigner; ERROR_LIMIT; those of engine_submit, with ret_reason. */
int engine_pending_add(struct engine_channel *channel, struct bytes text, struct bytes armor,
                       const char *who, uint64_t *ret_number, enum void_reason *ret_reason,
                       struct error *error);

/* Ends what has lapsed, drops what is logged or was shown long enough. */
int engine_pending_sweep(struct engine_channel *channel, struct error *error);

/* The next one whose number is greater; ERROR_NOT_FOUND. */
int engine_pending_next(struct engine_channel *channel, uint64_t after,
                        struct pending_act *ret_pending, struct error *error);
/* The one of this number; ERROR_NOT_FOUND. */
int engine_pending_find(struct engine_channel *channel, uint64_t number,
                        struct pending_act *ret_pending, struct error *error);

/* Ends one that waits, with who refused it and why. ERROR_STATE: it does not wait. */
int engine_pending_refuse(struct engine_channel *channel, uint64_t number, const char *who,
                          struct bytes note, struct error *error);
/* Drops one, whatever its state, with its body. */
int engine_pending_withdraw(struct engine_channel *channel, uint64_t number, struct error *error);

/* The file key of its body. ERROR_DENIED: it is for the heads alone. */
int engine_pending_unseal(struct engine_channel *channel, uint64_t number,
                          uint8_t ret_file_key[KEEPER_FILE_KEY_SIZE], struct error *error);

#endif
