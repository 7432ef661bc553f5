/* cmocka with what it needs before it, and assertions on our own types. */
#ifndef CHECK_H
#define CHECK_H

#include "bytes.h"
#include "result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define assert_ok(expression) assert_int_equal(expression, OK)

/* The view shows exactly these characters. */
#define assert_bytes_string(view, string)                                                          \
	do {                                                                                       \
		struct bytes check_view = (view);                                                  \
		struct bytes check_string = bytes_of_string(string);                               \
		assert_int_equal(check_view.size, check_string.size);                              \
		if (check_string.size > 0)                                                         \
			assert_memory_equal(check_view.data, check_string.data,                    \
			                    check_string.size);                                    \
	} while (0)

#endif
