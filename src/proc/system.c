#include "system.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "result.h"

static timestamp now(void *context)
{
	struct timespec time;

	(void)context;
	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec;
}

static uint64_t monotonic(void *context)
{
	struct timespec time;

	(void)context;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

struct clock system_clock(void)
{
	return (struct clock){ .now = now, .monotonic = monotonic };
}

static int fill(void *context, void *ret_bytes, size_t size)
{
	uint8_t *at = ret_bytes;

	(void)context;
	while (size > 0) {
		ssize_t got = getrandom(at, size, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return ERROR_RANDOM;
		at += got;
		size -= (size_t)got;
	}
	return OK;
}

struct random_source system_random(void)
{
	return (struct random_source){ .fill = fill };
}
