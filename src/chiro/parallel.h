/* The same work on many things, by a few threads. */
#ifndef PARALLEL_H
#define PARALLEL_H

#include <stddef.h>

/* Calls `work` once with each index below `count`, in any order, by `threads` threads, this
 * one among them. OK, or one of the results other than OK; then some indices may have been left
 * out. With fewer threads than asked for where no more can be started. */
int parallel_each(size_t count, unsigned threads, int (*work)(void *context, size_t index),
                  void *context);

#endif
