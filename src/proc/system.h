/* The system's clock and randomness behind the interfaces of base. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include "random_source.h"
#include "timestamp.h"

/* CLOCK_REALTIME and CLOCK_MONOTONIC. */
struct clock system_clock(void);

/* getrandom(2). */
struct random_source system_random(void);

#endif
