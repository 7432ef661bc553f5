/* A page for people: made once, then printed as text or written as a PDF.
 *
 *     page_init(&page, _("Brief"));
 *     page_heading(&page, _("Owed by us"));
 *     page_row(&page, "south-12", _("evidence, by %s"), until);
 *     r = page_finish(&page, &error);
 *
 * Failures are remembered until page_finish. What others wrote is made visible
 * (visible.h) on the way in, so that nothing in it can play tricks; line feeds become
 * spaces. The data that is made is that of src/page/page_text.h.
 */
#ifndef PAGE_H
#define PAGE_H

#include <stdio.h>

#include "buffer.h"
#include "result.h"
#include "timestamp.h"

struct page {
	struct buffer text; /* PAGE_FORMAT */
	int failure;
};

/* `title` is copied. Release with page_release. */
void page_init(struct page *page, const char *title);
void page_release(struct page *page);

/* Directly after page_init, in this order; each may be left out. */
void page_under(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
void page_foot(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

void page_heading(struct page *page, const char *heading);
void page_row(struct page *page, const char *left, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void page_paragraph(struct page *page, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void page_note(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* OK, or what went wrong while the page was made: ERROR_LIMIT, ERROR_MEMORY. */
int page_finish(const struct page *page, struct error *error);

/* Prints a finished page in lines of at most `width` columns, 40 and more. */
void page_print(const struct page *page, FILE *file, unsigned width);

/* Writes a finished page as a new PDF file, by the program chiro-page. `time` is its
 * date; 0: none. ERROR_EXISTS, ERROR_NOT_FOUND (no chiro-page), ERROR_IO. */
int page_write_pdf_file(const struct page *page, const char *path, timestamp time,
                        struct error *error);

#endif
