/* Pairs of concurrent acts that conflict: neither had received the other. By
 * the law of correspondence, an acceptance counts when it is dispatched, a
 * revocation when it is received. */
#ifndef RULES_CONFLICT_H
#define RULES_CONFLICT_H

#include "kinds.h"

enum conflict_outcome {
	CONFLICT_NONE,   /* the pair is not in the table: each has its effect */
	CONFLICT_STANDS, /* the act counts as if the other had not been */
	CONFLICT_LAPSES  /* the act falls when the other takes effect */
};

/* What becomes of an act of kind `act` against a concurrent one of `against`. */
enum conflict_outcome conflict_outcome(enum kind_number act, enum kind_number against);

#endif
