/* Times as people write and read them. */
#ifndef MOMENT_H
#define MOMENT_H

#include "result.h"
#include "timestamp.h"

enum { MOMENT_CAPACITY = 96 };

/* Reads `2026-12-02T00:00:00Z`, `2026-12-02` (its first second, UTC),
 * `2026-12-02T15:00Z`, or `+10d`, `+48h`, `+15m`, `+30s` from `now`, `-15m` before
 * it, or `now`.
 * ERROR_USAGE with a sentence. */
int moment_parse(const char *text, timestamp now, timestamp *ret_time, struct error *error);

/* Reads a span of time, such as `30s` or `15m`; NULL stands for `standard` seconds.
 * ERROR_USAGE with a sentence. */
int moment_parse_span(const char *text, int64_t standard, int64_t *ret_seconds,
                      struct error *error);

/* `2026-11-22T14:03:11Z (17:03:11 MSK)`: UTC, and local time where it differs. */
void moment_show(timestamp time, char ret_text[MOMENT_CAPACITY]);

/* `in 2 h 10 min`, `overdue by 3 d`, in the largest two units. */
void moment_countdown(timestamp deadline, timestamp now, char ret_text[MOMENT_CAPACITY]);
/* `2 h 10 min`, for a span of seconds. */
void moment_span(int64_t seconds, char ret_text[MOMENT_CAPACITY]);

/* What time it is. */
timestamp moment_now(void);

#endif
