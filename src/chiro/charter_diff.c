/* In which lines two charters differ.
 *
 * Method. What both begin with and what both end with is left out. Of the rest the longest
 * common subsequence of lines is what stays (a table of lengths from the end); where that
 * table would be too large, all of the rest counts as changed. */
#include "allocate.h"
#include "amending.h"
#include "terminal.h"
#include "text.h"
#include "translate.h"

enum { TABLE_MAXIMUM = 4 * 1024 * 1024 };

struct lines {
	struct bytes *items;
	size_t count;
};

static int split(struct bytes text, struct lines *ret_lines)
{
	struct lines lines = { .count = 0 };
	size_t most = 1;

	for (size_t i = 0; i < text.size; i++)
		most += text.data[i] == '\n';
	if ((lines.items = allocate(most, sizeof(*lines.items))) == NULL)
		return ERROR_MEMORY;
	while (text.size > 0) {
		size_t size = 0;

		while (size < text.size && text.data[size] != '\n')
			size++;
		lines.items[lines.count++] = bytes_of(text.data, size);
		size += size < text.size;
		text = bytes_of(text.data + size, text.size - size);
	}
	*ret_lines = lines;
	return OK;
}

static void print_line(FILE *file, char sign, struct bytes line)
{
	enum style look = sign == '-' ? STYLE_BAD : sign == '+' ? STYLE_GOOD : STYLE_PLAIN;

	fprintf(file, "  %s%c ", style(file, look), sign);
	put_visible(file, line, false);
	fprintf(file, "%s\n", style(file, STYLE_PLAIN));
}

/* Lengths of the longest common subsequences of what begins at each pair of lines; NULL
 * when there are too many, or no memory. */
static uint32_t *make_table(const struct lines *a, const struct lines *b)
{
	size_t width = b->count + 1;
	uint32_t *table;

	if ((a->count + 1) > TABLE_MAXIMUM / width ||
	    (table = allocate((a->count + 1) * width, sizeof(*table))) == NULL)
		return NULL;
	for (size_t i = a->count; i-- > 0;)
		for (size_t j = b->count; j-- > 0;) {
			uint32_t skip = table[(i + 1) * width + j];
			uint32_t other = table[i * width + j + 1];

			if (bytes_equal(a->items[i], b->items[j]))
				table[i * width + j] = table[(i + 1) * width + j + 1] + 1;
			else
				table[i * width + j] = skip > other ? skip : other;
		}
	return table;
}

/* Prints what goes and what comes of two runs of lines that differ at both ends. */
static void print_changes(FILE *file, const struct lines *a, const struct lines *b)
{
	size_t width = b->count + 1, i = 0, j = 0;
	uint32_t *table = make_table(a, b);
	bool kept = false;

	while (i < a->count || j < b->count) {
		if (table != NULL && i < a->count && j < b->count &&
		    bytes_equal(a->items[i], b->items[j])) {
			kept = true;
			i++;
			j++;
			continue;
		}
		/* The line before tells where, in a text. */
		if (kept && i > 0 && a->items[i - 1].size > 0)
			print_line(file, ' ', a->items[i - 1]);
		kept = false;
		if (i < a->count && (table == NULL || j == b->count ||
		                     table[(i + 1) * width + j] >= table[i * width + j + 1]))
			print_line(file, '-', a->items[i++]);
		else
			print_line(file, '+', b->items[j++]);
	}
	release_memory(table);
}

void charter_diff_print(FILE *file, struct bytes before, struct bytes after)
{
	struct lines a = { .count = 0 }, b = { .count = 0 };
	size_t start = 0;

	if (split(before, &a) != OK || split(after, &b) != OK) {
		fprintf(file, "  %s\n", result_text(ERROR_MEMORY));
		goto out;
	}
	while (start < a.count && start < b.count && bytes_equal(a.items[start], b.items[start]))
		start++;
	while (a.count > start && b.count > start &&
	       bytes_equal(a.items[a.count - 1], b.items[b.count - 1])) {
		a.count--;
		b.count--;
	}
	if (a.count > start || b.count > start)
		print_changes(file, &(struct lines){ a.items + start, a.count - start },
		              &(struct lines){ b.items + start, b.count - start });
out:
	release_memory(a.items);
	release_memory(b.items);
}
