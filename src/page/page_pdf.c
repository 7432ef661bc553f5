#include "page_pdf.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdio.h>

/* Of A4, in points of 1/72 inch. */
#define PAPER_WIDTH   595.28
#define PAPER_HEIGHT  841.89
#define MARGIN        51.0
#define COLUMN        (PAPER_WIDTH - 2 * MARGIN)
#define LEFT_SHARE    0.24 /* of the column, for the left part of a row */
#define FOOT_HEIGHT   24.0
#define SIZE_LARGEST  10.5
#define SIZE_SMALLEST 7.0
#define SIZE_STEP     0.5

/* How a block is set, in parts of the size of the text. */
struct setting {
	double size;
	double space_before;
	PangoWeight weight;
	double grey;
};

static const struct setting settings[PAGE_BLOCK_KIND_COUNT] = {
	[PAGE_TITLE] = { 1.7, 0, PANGO_WEIGHT_BOLD, 0 },
	[PAGE_UNDER] = { 1.0, 0.3, PANGO_WEIGHT_NORMAL, 0.35 },
	[PAGE_FOOT] = { 0.75, 0, PANGO_WEIGHT_NORMAL, 0.35 },
	[PAGE_HEADING] = { 1.15, 1.1, PANGO_WEIGHT_BOLD, 0 },
	[PAGE_ROW] = { 1.0, 0.25, PANGO_WEIGHT_NORMAL, 0 },
	[PAGE_TEXT] = { 1.0, 0.5, PANGO_WEIGHT_NORMAL, 0 },
	[PAGE_NOTE] = { 0.85, 0.4, PANGO_WEIGHT_NORMAL, 0.3 },
};

/* Where the next block goes. Without `draws` nothing is drawn: it is only measured. */
struct sheet {
	cairo_t *cairo;
	bool draws;
	double size; /* of the text */
	double y;
	unsigned number, total;
};

struct sink {
	int (*write)(void *context, struct bytes piece);
	void *context;
	int failure;
};

static cairo_status_t write_piece(void *closure, const unsigned char *data, unsigned size)
{
	struct sink *sink = closure;

	if (sink->failure == OK)
		sink->failure = sink->write(sink->context, bytes_of(data, size));
	return sink->failure == OK ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

/* The text, laid out in `width`. Freed by g_object_unref. */
static PangoLayout *lay_out(const struct sheet *sheet, struct bytes text,
                            const struct setting *setting, double width)
{
	PangoFontDescription *font = pango_font_description_new();
	PangoLayout *layout = pango_cairo_create_layout(sheet->cairo);

	pango_font_description_set_family(font, "DejaVu Sans, sans");
	pango_font_description_set_weight(font, setting->weight);
	pango_font_description_set_absolute_size(font, setting->size * sheet->size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_text(layout, (const char *)text.data, (int)text.size);
	return layout;
}

static double height_of(PangoLayout *layout)
{
	int height;

	pango_layout_get_size(layout, NULL, &height);
	return (double)height / PANGO_SCALE;
}

static void draw(const struct sheet *sheet, PangoLayout *layout, double x, double y, double grey)
{
	if (!sheet->draws)
		return;
	cairo_set_source_rgb(sheet->cairo, grey, grey, grey);
	cairo_move_to(sheet->cairo, x, y);
	pango_cairo_show_layout(sheet->cairo, layout);
}

/* What stands at the bottom, and the number of the sheet where there are several. */
static void draw_foot(const struct sheet *sheet, struct bytes foot)
{
	const struct setting *setting = &settings[PAGE_FOOT];
	double y = PAPER_HEIGHT - MARGIN - FOOT_HEIGHT / 2;
	PangoLayout *layout;
	char number[64];

	if (!sheet->draws)
		return;
	if (foot.size > 0) {
		layout = lay_out(sheet, foot, setting, COLUMN * (1 - LEFT_SHARE / 2));
		draw(sheet, layout, MARGIN, y, setting->grey);
		g_object_unref(layout);
	}
	if (sheet->total > 1) {
		snprintf(number, sizeof(number), "%u / %u", sheet->number, sheet->total);
		layout = lay_out(sheet, bytes_of_string(number), setting, COLUMN);
		pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT);
		draw(sheet, layout, MARGIN, y, setting->grey);
		g_object_unref(layout);
	}
}

/* Makes room for `height`: on the next sheet where this one has not so much left. */
static void make_room(struct sheet *sheet, struct bytes foot, double height)
{
	if (sheet->y + height <= PAPER_HEIGHT - MARGIN - FOOT_HEIGHT || sheet->y == MARGIN)
		return;
	draw_foot(sheet, foot);
	if (sheet->draws)
		cairo_show_page(sheet->cairo);
	sheet->number++;
	sheet->y = MARGIN;
}

static void set_block(struct sheet *sheet, const struct page_blocks *page,
                      const struct page_block *block)
{
	const struct setting *setting = &settings[block->kind];
	const struct setting *beside = &settings[PAGE_NOTE];
	bool is_row = block->kind == PAGE_ROW;
	double left = is_row ? COLUMN * LEFT_SHARE : 0;
	PangoLayout *text = lay_out(sheet, is_row ? block->says : block->text, setting,
	                            COLUMN - left);
	double height = height_of(text);
	/* A heading does not stand alone at the end of a sheet. */
	double needed = block->kind == PAGE_HEADING ? height + 3 * sheet->size : height;
	PangoLayout *label = NULL;

	if (is_row) {
		label = lay_out(sheet, block->text, beside, left - sheet->size);
		if (height_of(label) > height)
			needed = height = height_of(label);
	}
	sheet->y += setting->space_before * sheet->size;
	make_room(sheet, page->foot, needed);
	if (label != NULL) {
		double drop = (pango_layout_get_baseline(text) - pango_layout_get_baseline(label)) /
		              (double)PANGO_SCALE;

		draw(sheet, label, MARGIN, sheet->y + drop, beside->grey);
		g_object_unref(label);
	}
	draw(sheet, text, MARGIN + left, sheet->y, setting->grey);
	g_object_unref(text);
	sheet->y += height;
}

static void draw_rule(struct sheet *sheet)
{
	sheet->y += 0.5 * sheet->size;
	if (sheet->draws) {
		cairo_set_source_rgb(sheet->cairo, 0.6, 0.6, 0.6);
		cairo_set_line_width(sheet->cairo, 0.6);
		cairo_move_to(sheet->cairo, MARGIN, sheet->y);
		cairo_line_to(sheet->cairo, PAPER_WIDTH - MARGIN, sheet->y);
		cairo_stroke(sheet->cairo);
	}
	sheet->y += 0.2 * sheet->size;
}

/* Sets everything, or measures it, and leaves how many sheets it takes. */
static void set_page(struct sheet *sheet, const struct page_blocks *page)
{
	const struct page_block title = { .kind = PAGE_TITLE, .text = page->title };
	const struct page_block under = { .kind = PAGE_UNDER, .text = page->under };

	sheet->y = MARGIN;
	sheet->number = 1;
	set_block(sheet, page, &title);
	if (page->under.size > 0)
		set_block(sheet, page, &under);
	draw_rule(sheet);
	for (size_t i = 0; i < page->count; i++)
		set_block(sheet, page, &page->blocks[i]);
	draw_foot(sheet, page->foot);
}

static void find_size(struct sheet *sheet, const struct page_blocks *page)
{
	sheet->draws = false;
	for (sheet->size = SIZE_LARGEST;; sheet->size -= SIZE_STEP) {
		set_page(sheet, page);
		if (sheet->number == 1 || sheet->size <= SIZE_SMALLEST)
			break;
	}
	/* Once it takes several sheets, nothing is won by small print. */
	if (sheet->number > 1) {
		sheet->size = SIZE_LARGEST;
		set_page(sheet, page);
	}
	sheet->total = sheet->number;
	sheet->draws = true;
}

int page_write_pdf(const struct page_blocks *page, const char *time,
                   int (*write)(void *context, struct bytes piece), void *context,
                   struct error *error)
{
	struct sink sink = { write, context, OK };
	cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(write_piece, &sink,
	                                                               PAPER_WIDTH, PAPER_HEIGHT);
	struct sheet sheet = { .cairo = cairo_create(surface) };
	cairo_status_t status;
	char title[256];

	/* The title is clean text; a longer one is cut in the document's data alone. */
	snprintf(title, sizeof(title), "%.*s", (int)page->title.size,
	         (const char *)page->title.data);
	if (page->title.size < sizeof(title))
		cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
	if (time != NULL)
		cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, time);
	find_size(&sheet, page);
	set_page(&sheet, page);
	cairo_show_page(sheet.cairo);
	cairo_surface_finish(surface);
	status = cairo_status(sheet.cairo);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(surface);
	cairo_destroy(sheet.cairo);
	cairo_surface_destroy(surface);
	if (sink.failure != OK)
		return error_set(error, sink.failure, "the PDF cannot be written");
	if (status != CAIRO_STATUS_SUCCESS)
		return error_set(error, ERROR_IO, "the PDF cannot be made: %s",
		                 cairo_status_to_string(status));
	return OK;
}
