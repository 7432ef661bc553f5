/* Reads any bytes as what a person keeps of a list that was asked. What is read can be written
 * again, and gives the same. */
#include "allocate.h"
#include "asked_text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static int write_again(void *context, const struct asked_line *line)
{
	require(line->what == ASKED_OPEN || line->what == ASKED_MISS || line->what == ASKED_HIT);
	return asked_text_put(context, line);
}

/* Its lines only: the head comes with them. */
static int count(void *context, const struct asked_line *line)
{
	(void)line;
	++*(size_t *)context;
	return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct bytes text = bytes_of(data, size);
	struct asked_head head;
	struct buffer again;
	size_t lines = 0;

	if (asked_text_read(text, &head, count, &lines, NULL) != OK)
		return 0;
	require(lines <= ASKED_LINES_MAXIMUM);
	buffer_init(&again, ASKED_TEXT_MAXIMUM);
	require(asked_text_begin(&again, &head) == OK);
	require(asked_text_read(text, &head, write_again, &again, NULL) == OK);
	require(bytes_equal(buffer_view(&again), text));
	buffer_release(&again);
	return 0;
}
