#include "page_text.h"

#include "text.h"

static const char *const names[PAGE_BLOCK_KIND_COUNT] = {
	[PAGE_TITLE] = "title",     [PAGE_UNDER] = "under", [PAGE_FOOT] = "foot",
	[PAGE_HEADING] = "heading", [PAGE_ROW] = "row",     [PAGE_TEXT] = "text",
	[PAGE_NOTE] = "note",
};

const char *page_block_name(enum page_block_kind kind)
{
	return names[kind];
}

static int read_block(struct text_reader *reader, struct page_block *ret_block, struct error *error)
{
	struct text_line line;
	int kind = PAGE_HEADING;
	int r;

	if ((r = text_reader_next(reader, &line)) != OK)
		return r;
	while (kind < PAGE_BLOCK_KIND_COUNT && !bytes_equal_string(line.key, names[kind]))
		kind++;
	if (kind == PAGE_BLOCK_KIND_COUNT || line.value.size == 0)
		return error_set_line(error, ERROR_SYNTAX, line.number,
		                      "the line is no part of a page");
	*ret_block = (struct page_block){ .kind = (enum page_block_kind)kind, .text = line.value };
	return kind == PAGE_ROW ? text_reader_required(reader, PAGE_SAYS, &ret_block->says, error)
	                        : OK;
}

static int optional(struct text_reader *reader, enum page_block_kind kind, struct bytes *ret_value,
                    struct error *error)
{
	int r = text_reader_optional(reader, names[kind], ret_value, error);

	return r == ERROR_NOT_FOUND ? OK : r;
}

int page_parse(struct bytes text, struct page_blocks *ret_blocks, struct error *error)
{
	struct text_reader reader;
	int r;

	ret_blocks->count = 0;
	ret_blocks->under = ret_blocks->foot = (struct bytes){ 0 };
	if (text.size > PAGE_SIZE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the page is larger than 256 KiB");
	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, PAGE_FORMAT, error)) != OK ||
	    (r = text_reader_required(&reader, names[PAGE_TITLE], &ret_blocks->title, error)) !=
	        OK ||
	    (r = optional(&reader, PAGE_UNDER, &ret_blocks->under, error)) != OK ||
	    (r = optional(&reader, PAGE_FOOT, &ret_blocks->foot, error)) != OK)
		return r;
	while (reader.rest.size > 0) {
		if (ret_blocks->count == PAGE_BLOCKS_MAXIMUM)
			return error_set_line(error, ERROR_LIMIT, reader.number + 1,
			                      "the page has too many lines");
		if ((r = read_block(&reader, &ret_blocks->blocks[ret_blocks->count], error)) != OK)
			return r;
		ret_blocks->count++;
	}
	return OK;
}
