#include "measure.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { THREADS_MAXIMUM = 256 };

double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double processor_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *values, size_t count)
{
	qsort(values, count, sizeof *values, compare);
	return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

unsigned processor_count(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > THREADS_MAXIMUM ? THREADS_MAXIMUM : (unsigned)count;
}

struct share {
	pthread_t thread;
	void (*work)(void *context, size_t first, size_t end);
	void *context;
	size_t first, end;
};

static void *run_share(void *context)
{
	struct share *share = context;

	share->work(share->context, share->first, share->end);
	return NULL;
}

double on_threads(unsigned threads, size_t count,
                  void (*work)(void *context, size_t first, size_t end), void *context)
{
	struct share shares[THREADS_MAXIMUM];
	double start = seconds_now();

	if (threads > THREADS_MAXIMUM)
		bench_fail("%u threads are too many", threads);
	for (unsigned i = 0; i < threads; i++) {
		shares[i] = (struct share){ .work = work,
			                    .context = context,
			                    .first = count * i / threads,
			                    .end = count * (i + 1) / threads };
		if (pthread_create(&shares[i].thread, NULL, run_share, &shares[i]) != 0)
			bench_fail("no thread can be started");
	}
	for (unsigned i = 0; i < threads; i++)
		pthread_join(shares[i].thread, NULL);
	return seconds_now() - start;
}

void bench_fail(const char *format, ...)
{
	va_list arguments;

	fputs("bench: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	exit(1);
}
