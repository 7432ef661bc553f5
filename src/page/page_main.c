/* chiro-page: standard input, a page as page_text.h says, to standard output as a PDF.
 * A program of its own, so that chiro is not linked with what sets type. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "page_pdf.h"

static int write_out(void *context, struct bytes piece)
{
	return fwrite(piece.data, 1, piece.size, context) == piece.size ? OK : ERROR_IO;
}

static int read_in(struct buffer *text, struct error *error)
{
	uint8_t piece[8192];
	size_t size;

	while ((size = fread(piece, 1, sizeof(piece), stdin)) > 0)
		if (buffer_put(text, piece, size) != OK)
			return error_set(error, ERROR_LIMIT, "the page is too large");
	return ferror(stdin) ? error_set(error, ERROR_IO, "the page cannot be read") : OK;
}

int main(int argc, char **argv)
{
	static struct page_blocks page;
	struct error error = { 0 };
	struct buffer text;
	int r;

	if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
		fputs("usage: chiro-page [TIME] <page >file.pdf\n", stderr);
		return 2;
	}
	buffer_init(&text, PAGE_SIZE_MAXIMUM);
	if ((r = read_in(&text, &error)) == OK &&
	    (r = page_parse(buffer_view(&text), &page, &error)) == OK)
		r = page_write_pdf(&page, argc == 2 ? argv[1] : NULL, write_out, stdout, &error);
	if (r == OK && fflush(stdout) != 0)
		r = error_set(&error, ERROR_IO, "the PDF cannot be written");
	if (r != OK)
		fprintf(stderr, "chiro-page: %s\n", error.message);
	buffer_release(&text);
	/* The libraries keep fonts to the end of a program and undo none of it well. */
	_Exit(r == OK ? 0 : 1);
}
