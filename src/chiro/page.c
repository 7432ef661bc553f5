#include "page.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "filter.h"
#include "page_text.h"
#include "programs.h"
#include "terminal.h"
#include "text.h"
#include "visible.h"

enum { BLOCK_MAXIMUM = 4000, LEFT_WIDTH = 20, LEFT_SHARE = 3, PDF_MAXIMUM = 16 << 20 };

void page_init(struct page *page, const char *title)
{
	buffer_init(&page->text, PAGE_SIZE_MAXIMUM);
	page->failure = buffer_put_string(&page->text, PAGE_FORMAT "\n");
	if (page->failure == OK)
		page->failure = text_put_string(&page->text, page_block_name(PAGE_TITLE), title);
}

void page_release(struct page *page)
{
	buffer_release(&page->text);
}

/* One line of what is shown: visible, without a line feed, cut where a line ends. */
static void put_line(struct page *page, const char *key, const char *value)
{
	struct buffer shown;
	struct bytes view;
	int r;

	if (page->failure != OK)
		return;
	buffer_init(&shown, BLOCK_MAXIMUM);
	r = visible_text(&shown, bytes_of_string(value), true);
	for (size_t i = 0; i < shown.size; i++)
		if (shown.data[i] == '\n' || shown.data[i] == '\t')
			shown.data[i] = ' ';
	view = buffer_view(&shown);
	while (view.size > 0 && view.data[view.size - 1] == ' ')
		view.size--;
	if (r == OK)
		r = text_put(&page->text, key, view.size > 0 ? view : bytes_of_string("-"));
	buffer_release(&shown);
	page->failure = r;
}

static void put_format(struct page *page, const char *key, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static void put_format(struct page *page, const char *key, const char *format, va_list arguments)
{
	char *value;

	if (page->failure != OK)
		return;
	if (vasprintf(&value, format, arguments) < 0) {
		page->failure = ERROR_MEMORY;
		return;
	}
	put_line(page, key, value);
	free(value);
}

#define PUT(kind)                                                                                  \
	do {                                                                                       \
		va_list arguments;                                                                 \
                                                                                                   \
		va_start(arguments, format);                                                       \
		put_format(page, kind, format, arguments);                                         \
		va_end(arguments);                                                                 \
	} while (0)

void page_under(struct page *page, const char *format, ...)
{
	PUT(page_block_name(PAGE_UNDER));
}

void page_foot(struct page *page, const char *format, ...)
{
	PUT(page_block_name(PAGE_FOOT));
}

void page_heading(struct page *page, const char *heading)
{
	put_line(page, page_block_name(PAGE_HEADING), heading);
}

void page_row(struct page *page, const char *left, const char *format, ...)
{
	put_line(page, page_block_name(PAGE_ROW), left);
	PUT(PAGE_SAYS);
}

void page_paragraph(struct page *page, const char *format, ...)
{
	PUT(page_block_name(PAGE_TEXT));
}

void page_note(struct page *page, const char *format, ...)
{
	PUT(page_block_name(PAGE_NOTE));
}

int page_finish(const struct page *page, struct error *error)
{
	if (page->failure == OK)
		return OK;
	return error_set(error, page->failure, "the page cannot be made: %s",
	                 result_text(page->failure));
}

/* --- as text ------------------------------------------------------------ */

static void put_spaces(FILE *file, size_t count)
{
	fprintf(file, "%*s", (int)count, "");
}

/* Words in lines of `width` columns from column `indent` on, where the first begins. */
static void put_words(FILE *file, struct bytes text, unsigned indent, unsigned width)
{
	size_t column = indent;
	bool is_first = true;

	while (text.size > 0) {
		struct bytes word;
		size_t columns;

		bytes_cut(&text, ' ', &word);
		columns = display_width(word);
		if (!is_first && column + 1 + columns > width) {
			fputc('\n', file);
			put_spaces(file, indent);
			column = indent;
		} else if (!is_first) {
			fputc(' ', file);
			column++;
		}
		fwrite(word.data, 1, word.size, file);
		column += columns;
		is_first = false;
	}
	fputc('\n', file);
}

static void put_rule(FILE *file, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		fputc('-', file);
	fputc('\n', file);
}

static void print_row(FILE *file, const struct page_block *row, unsigned width)
{
	unsigned left = width / LEFT_SHARE < LEFT_WIDTH ? width / LEFT_SHARE : LEFT_WIDTH;
	size_t columns = display_width(row->text);

	fwrite(row->text.data, 1, row->text.size, file);
	if (columns >= left) {
		fputc('\n', file);
		columns = 0;
	}
	put_spaces(file, left - columns);
	put_words(file, row->says, left, width);
}

void page_print(const struct page *page, FILE *file, unsigned width)
{
	struct page_blocks *blocks = calloc(1, sizeof(*blocks));

	if (blocks == NULL || page_parse(buffer_view(&page->text), blocks, NULL) != OK)
		goto out;
	put_words(file, blocks->title, 0, width);
	if (blocks->under.size > 0)
		put_words(file, blocks->under, 0, width);
	put_rule(file, width);
	for (size_t i = 0; i < blocks->count; i++) {
		const struct page_block *block = &blocks->blocks[i];

		if (block->kind == PAGE_HEADING && i > 0)
			fputc('\n', file);
		if (block->kind == PAGE_ROW)
			print_row(file, block, width);
		else
			put_words(file, block->text, 0, width);
	}
	if (blocks->foot.size > 0) {
		put_rule(file, width);
		put_words(file, blocks->foot, 0, width);
	}
out:
	free(blocks);
}

/* --- as a PDF ------------------------------------------------------------ */

int page_write_pdf_file(const struct page *page, const char *path, timestamp time,
                        struct error *error)
{
	char program[PATH_MAX], date[TIMESTAMP_CAPACITY];
	char *arguments[] = { program, NULL, NULL };
	struct buffer document;
	int r;

	if ((r = program_find("page/chiro-page", CHIRO_PAGE_INSTALLED, program, sizeof(program),
	                      error)) != OK)
		return r;
	if (time != 0) {
		timestamp_format(time, date);
		arguments[1] = date;
	}
	buffer_init(&document, PDF_MAXIMUM);
	if ((r = filter_run(arguments, buffer_view(&page->text), &document, error)) == OK)
		r = file_write_new(path, buffer_view(&document), 0644, error);
	buffer_release(&document);
	return r;
}
