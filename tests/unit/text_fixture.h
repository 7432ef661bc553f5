/* Replacing, inserting and dropping lines of a text, to see it refused. */
#ifndef TEXT_FIXTURE_H
#define TEXT_FIXTURE_H

#include "check.h"
#include "text.h"

/* Copies `from`, with line `at` (1-based) replaced by `line`; NULL drops it. A
 * line with LF within becomes several. */
static inline void replace_line(struct buffer *to, const struct buffer *from, size_t at,
                                const char *line)
{
	struct text_reader reader;
	struct text_line next;

	buffer_clear(to);
	text_reader_init(&reader, buffer_view(from));
	while (text_reader_next(&reader, &next) == OK) {
		if (next.number != at)
			assert_ok(buffer_put_bytes(to, next.whole));
		else if (line != NULL)
			assert_ok(buffer_put_string(to, line));
		else
			continue;
		assert_ok(buffer_put_string(to, "\n"));
	}
}

/* The number of the first line that begins with `start`; fails without one. */
static inline size_t find_line(const struct buffer *text, const char *start)
{
	struct text_reader reader;
	struct text_line line;

	text_reader_init(&reader, buffer_view(text));
	while (text_reader_next(&reader, &line) == OK)
		if (line.whole.size >= strlen(start) &&
		    memcmp(line.whole.data, start, strlen(start)) == 0)
			return line.number;
	fail_msg("no line begins with '%s'", start);
	return 0;
}

static inline size_t count_lines(const struct buffer *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->size; i++)
		count += text->data[i] == '\n';
	return count;
}

#endif
