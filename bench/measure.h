/* What every measurement needs: time, medians, and all processors at work. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stddef.h>

/* Seconds on the monotonic clock. */
double seconds_now(void);

/* Processor time of this process, all its threads, in seconds. Unlike the time on
 * the clock it says the same when the machine has other work. */
double processor_seconds(void);

/* The median of `count` values, which are sorted in place. */
double median(double *values, size_t count);

unsigned processor_count(void);

/* Runs `work` over the items 0..count-1 in `threads` threads, each with an even
 * share [first, end), and gives the seconds that it took. Ends the process when
 * no thread can be started. */
double on_threads(unsigned threads, size_t count,
                  void (*work)(void *context, size_t first, size_t end), void *context);

/* Says what went wrong and ends the process with 1. */
_Noreturn void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
