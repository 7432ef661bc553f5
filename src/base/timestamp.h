/* Times, durations and the clock interface.
 *
 * A time is a count of seconds since 1970-01-01T00:00:00Z without leap
 * seconds, 0 up to 253402300799 (9999-12-31T23:59:59Z). */
#ifndef TIMESTAMP_H
#define TIMESTAMP_H

#include "bytes.h"

typedef int64_t timestamp;

enum { TIMESTAMP_CAPACITY = 21, DURATION_CAPACITY = 24 };
#define TIMESTAMP_MAXIMUM INT64_C(253402300799)
#define DURATION_MAXIMUM  INT64_C(315360000000) /* ten thousand years of 365 days */

/* `2026-11-22T14:03:11Z`, the one spelling of the text formats. */
void timestamp_format(timestamp time, char ret_text[TIMESTAMP_CAPACITY]);
int timestamp_parse(struct bytes text, timestamp *ret_time);

/* `20261122140311Z`, as ssh-keygen takes it (-O verify-time, allowed_signers). */
void timestamp_format_compact(timestamp time, char ret_text[TIMESTAMP_CAPACITY]);

/* `5s`, `15m`, `48h`, `10d`: a decimal number without leading zeros and a unit.
 * The one spelling is the largest unit that divides the duration, save that
 * hours are kept up to 72h (`48h`, `72h`, but `10d`) and `0s` is zero. */
void duration_format(int64_t seconds, char ret_text[DURATION_CAPACITY]);

/* Accepts any number and unit (not only the canonical unit): a signed text is
 * compared with its own bytes, not re-printed from the number. */
int duration_parse(struct bytes text, int64_t *ret_seconds);

/* The clock is given to who needs one: the core never reads it. */
struct clock {
	void *context;
	timestamp (*now)(void *context);      /* UTC seconds */
	uint64_t (*monotonic)(void *context); /* nanoseconds, never steps */
};

#endif
