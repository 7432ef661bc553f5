/* Holds: what this side wants kept whatever was attested. A hold is local, in no log, and
 * the other side does not learn of it. While one stands over a body, the reading key to
 * which the body may be sealed is not destroyed.
 *
 *     u8 version (1)
 *     u8 scope                  enum hold_scope
 *     u8 party, u64 number      of the act, or of the act that opened the matter; else 0
 *     u64 created               seconds since 1970
 *     sized by, sized reason    the user of this machine, and why
 *
 * That is how the database keeps it, under `hold/` and its number. Integers are big-endian,
 * "sized" is a u32 length and the bytes.
 */
#ifndef HOLD_H
#define HOLD_H

#include "channel.h"

enum {
	HOLDS_MAXIMUM = 256, /* in a channel */
	HOLD_BY_CAPACITY = 65,
	HOLD_REASON_CAPACITY = 1025
};

/* Numbers are stored and never reused. */
enum hold_scope { HOLD_ACT, HOLD_MATTER, HOLD_CHANNEL, HOLD_SCOPE_COUNT };

/* "act", "matter", "channel"; NULL beyond. */
const char *hold_scope_name(enum hold_scope scope);

struct hold {
	uint64_t number; /* its name; not part of the value */
	enum hold_scope scope;
	struct act_place place;
	timestamp created;
	char by[HOLD_BY_CAPACITY];
	char reason[HOLD_REASON_CAPACITY];
};

/* hold_value.c: the layout. Get reads the whole of `bytes`: ERROR_SYNTAX, ERROR_LIMIT,
 * ERROR_UNSUPPORTED. */
int hold_put(struct buffer *buffer, const struct hold *hold);
int hold_get(struct bytes bytes, struct hold *ret_hold);

/* All of them, by number; freed with release_memory, NULL when there are none. */
int holds_load(struct engine_channel *channel, struct hold **ret_holds, size_t *ret_count,
               struct error *error);

/* Whether it stands over the body that an entry brings. */
bool hold_covers(const struct engine_channel *channel, const struct hold *hold,
                 struct act_place place);

/* Number, time and so on are filled in. ERROR_LIMIT: there are too many. */
int engine_add_hold(struct engine_channel *channel, struct hold *hold, struct error *error);
/* ERROR_NOT_FOUND. */
int engine_lift_hold(struct engine_channel *channel, uint64_t number, struct error *error);

#endif
