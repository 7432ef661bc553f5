/* What is shown of hostile text is clean, and showing it again changes nothing. */
#include <stdlib.h>

#include "result.h"
#include "text.h"
#include "visible.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAXIMUM = 1 << 16 };

static void require(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size), copied;
	struct buffer shown, again;
	struct error error;
	char copy[64];

	if (size > MAXIMUM / VISIBLE_CHARACTER_CAPACITY)
		return 0;
	buffer_init(&shown, MAXIMUM);
	buffer_init(&again, MAXIMUM);
	require(visible_text(&shown, input, false) == OK);
	require(text_is_clean(buffer_view(&shown)));
	require(visible_text(&again, buffer_view(&shown), false) == OK);
	require(bytes_equal(buffer_view(&shown), buffer_view(&again)));

	visible_copy(input, copy, sizeof(copy));
	copied = bytes_of_string(copy);
	require(copied.size <= shown.size);
	require(bytes_equal(copied, bytes_of(shown.data, copied.size)));
	error_set(&error, ERROR_SYNTAX, "'%.*s'", (int)size, (const char *)data);
	require(text_is_clean(bytes_of_string(error.message)));
	buffer_release(&shown);
	buffer_release(&again);
	return 0;
}
