/* Deadlines of an agenda in the order of time, whatever their precedence: what has come
 * due, without looking at what is due later or was before. For who wants to be woken. */
#ifndef AGENDA_DEADLINE_H
#define AGENDA_DEADLINE_H

#include "agenda.h"

/* An obligation that is not met, and by when. */
struct agenda_deadline {
	struct act_place act;
	unsigned side; /* who owes it */
	enum obligation_duty duty;
	timestamp time;
};

/* OK to go on; anything else ends the walk and is its result. */
typedef int agenda_deadline_handler(void *context, const struct agenda_deadline *deadline);

/* Those of a set of sides with `after` < time <= `until`, at most `maximum` of each side,
 * class and precedence; in no particular order. */
int agenda_walk_deadlines(const struct agenda *agenda, unsigned sides, timestamp after,
                          timestamp until, size_t maximum, agenda_deadline_handler *handle,
                          void *context);

/* The first after `after`; 0: none. */
timestamp agenda_next_deadline(const struct agenda *agenda, unsigned sides, timestamp after);

/* Those that are new, or have moved, since the agenda had this revision; which is then the
 * present one. */
int agenda_walk_changes(const struct agenda *agenda, uint64_t *revision,
                        agenda_deadline_handler *handle, void *context);

/* The present revision. */
uint64_t agenda_revision(const struct agenda *agenda);

#endif
