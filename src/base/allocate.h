/* Memory. The only door to malloc for the whole of Chirograph's own code, so
 * that tests can make the n-th allocation fail, and secrets can be wiped. */
#ifndef ALLOCATE_H
#define ALLOCATE_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed memory for `count` elements of `size` bytes, or NULL. Overflow of the
 * product gives NULL. Freed by release_memory. */
void *allocate(size_t count, size_t size);

/* Grows or shrinks; on failure returns NULL and `old` is still valid. New
 * bytes are not zeroed. Never used for secrets (it may leave a copy behind). */
void *reallocate(void *old, size_t count, size_t size);

/* NULL is allowed. */
void release_memory(void *memory);

/* Overwrites `size` bytes in a way the compiler may not remove. */
void wipe(void *memory, size_t size);

/* Overwrites the stack below the caller as far as what it has called may have left secrets
 * there: for libraries that do not wipe what they computed with. */
void wipe_stack(void);

/* Constant-time comparison of two secrets of the same size. */
bool secret_equal(const void *a, const void *b, size_t size);

/* For tests: the n-th following allocation (1-based) and no other fails;
 * 0 switches failure off. allocation_count counts all calls so far,
 * allocation_live_count what has not been released. */
void allocation_fail_at(size_t n);
size_t allocation_count(void);
size_t allocation_live_count(void);

#endif
