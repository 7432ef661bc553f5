/* Fails every allocation of a piece of code in turn: the first, the second, and
 * so on until it gets through untouched. The code must then give ERROR_MEMORY
 * each time and leave nothing allocated.
 *
 *     static int seal_once(void *context)
 *     {
 *             ... call what is tested, release all that it gave ...
 *             return r;
 *     }
 *     torture(seal_once, &fixture);
 */
#ifndef TORTURE_H
#define TORTURE_H

#include "allocate.h"
#include "result.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants these before it. */
#include <cmocka.h>
#include <setjmp.h>

enum { TORTURE_ALLOCATIONS_MAXIMUM = 100000 };

static inline void torture(int (*run)(void *context), void *context)
{
	for (size_t n = 1; n <= TORTURE_ALLOCATIONS_MAXIMUM; n++) {
		size_t live = allocation_live_count();
		size_t before = allocation_count();
		int r;

		allocation_fail_at(n);
		r = run(context);
		allocation_fail_at(0);
		assert_int_equal(allocation_live_count(), live);
		if (allocation_count() - before < n) {
			assert_int_equal(r, OK);
			return;
		}
		if (r != ERROR_MEMORY)
			print_message("# allocation %zu failed\n", n);
		assert_int_equal(r, ERROR_MEMORY);
	}
	fail_msg("more allocations than torture tries");
}

#endif
