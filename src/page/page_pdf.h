/* A page on paper: A4, in one column, as a PDF (cairo, with pango for the writing of
 * any language). It is set as large as lets it fit on one sheet, down to a size that
 * can still be read; what does not fit then goes on to further sheets, numbered. */
#ifndef PAGE_PDF_H
#define PAGE_PDF_H

#include "page_text.h"

/* Writes the PDF to a stream by way of `write`, which returns OK or why not. `time` is
 * an ISO 8601 text for the document's date, NULL for none: the same blocks and time
 * give the same document wherever fonts are the same. ERROR_IO: the library could
 * not; or what `write` returned. */
int page_write_pdf(const struct page_blocks *page, const char *time,
                   int (*write)(void *context, struct bytes piece), void *context,
                   struct error *error);

#endif
