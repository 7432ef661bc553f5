/* Pages by which officers left their shifts (handover.h), kept by the node beside its
 * channel: signed, numbered from 1, in no log and told to nobody. The last
 * HANDOVERS_MAXIMUM are kept.
 */
#ifndef HANDOVER_STORE_H
#define HANDOVER_STORE_H

#include "channel.h"
#include "handover.h"

enum { HANDOVERS_MAXIMUM = 1000 };

/* One of them, read from the database. */
struct stored_handover {
	uint64_t number;
	struct buffer bytes; /* what the others are views of */
	struct handover handover;
	struct bytes text, armor;
	timestamp stored;
	char accepted_by[DELEGATE_NAME_CAPACITY]; /* "": nobody yet */
	timestamp accepted;
	struct bytes acceptance; /* the armor; empty without */
};

void stored_handover_release(struct stored_handover *stored);

/* Keeps a page. It must be of this channel and party and signed by its author's present
 * key (ERROR_DENIED, ERROR_SIGNATURE; ERROR_SYNTAX and others of handover_parse;
 * ERROR_MISMATCH). The same as the last one again: its number. */
int engine_add_handover(struct engine_channel *channel, struct bytes text, struct bytes armor,
                        uint64_t *ret_number, struct error *error);

/* Whoever takes over signs the same text: another person who is accredited now.
 * ERROR_NOT_FOUND; ERROR_STATE: somebody has already; ERROR_DENIED, ERROR_SIGNATURE. */
int engine_accept_handover(struct engine_channel *channel, uint64_t number, struct bytes armor,
                           struct error *error);

/* The number of the last; 0: there is none. */
int engine_last_handover(const struct engine_channel *channel, uint64_t *ret_number);
/* ERROR_NOT_FOUND: there is none of this number, or not any more. */
int engine_find_handover(const struct engine_channel *channel, uint64_t number,
                         struct stored_handover *ret_stored, struct error *error);

#endif
