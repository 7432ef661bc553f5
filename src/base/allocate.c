#include "allocate.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static atomic_size_t calls;
static atomic_size_t live;
static atomic_size_t failing_call; /* number of the call that fails, 0 for none */

static bool may_proceed(size_t count, size_t size)
{
	size_t call = atomic_fetch_add(&calls, 1) + 1;

	if (call == atomic_load(&failing_call))
		return false;
	return count == 0 || size <= SIZE_MAX / count;
}

void *allocate(size_t count, size_t size)
{
	void *memory;

	if (!may_proceed(count, size))
		return NULL;
	/* One byte at least: NULL then always means failure. */
	memory = count == 0 || size == 0 ? calloc(1, 1) : calloc(count, size);
	if (memory != NULL)
		atomic_fetch_add(&live, 1);
	return memory;
}

void *reallocate(void *old, size_t count, size_t size)
{
	void *memory;

	if (!may_proceed(count, size))
		return NULL;
	memory = realloc(old, count == 0 || size == 0 ? 1 : count * size);
	if (memory != NULL && old == NULL)
		atomic_fetch_add(&live, 1);
	return memory;
}

void release_memory(void *memory)
{
	if (memory == NULL)
		return;
	atomic_fetch_sub(&live, 1);
	free(memory);
}

void wipe(void *memory, size_t size)
{
	if (size == 0)
		return;
	memset(memory, 0, size);
	/* The compiler must assume that the zeros are read here. */
	__asm__ __volatile__("" : : "r"(memory) : "memory");
}

/* Deeper than libsodium goes for a multiplication in its group, which tests observe. */
enum { STACK_WIPED = 12 * 1024 };

__attribute__((noinline)) void wipe_stack(void)
{
	uint8_t stack[STACK_WIPED];

	wipe(stack, sizeof(stack));
}

bool secret_equal(const void *a, const void *b, size_t size)
{
	const volatile uint8_t *left = a;
	const volatile uint8_t *right = b;
	uint8_t difference = 0;

	for (size_t i = 0; i < size; i++)
		difference |= left[i] ^ right[i];
	return difference == 0;
}

void allocation_fail_at(size_t n)
{
	atomic_store(&failing_call, n == 0 ? 0 : atomic_load(&calls) + n);
}

size_t allocation_count(void)
{
	return atomic_load(&calls);
}

size_t allocation_live_count(void)
{
	return atomic_load(&live);
}
