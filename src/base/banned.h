/* Functions that have no place here: included before everything by the build.
 * They overflow, truncate silently, hide errors, keep hidden state or take the
 * stack's size from input. The headers that declare them come first, so that
 * only uses are caught. */
#ifndef BANNED_H
#define BANNED_H

#include <alloca.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef alloca
#pragma GCC poison strcpy strcat strncpy strncat stpcpy strtok
#pragma GCC poison sprintf vsprintf gets
#pragma GCC poison atoi atol atoll atof
#pragma GCC poison rand srand rand_r
#pragma GCC poison alloca

#endif
