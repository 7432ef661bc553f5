/* A page as data: what it says, in the text format, without how it looks.
 *
 *     chirograph.page/1
 *     title Brief of the channel with south
 *     under As of 2026-11-29 02:00 UTC
 *     heading Owed by us
 *     row south-12                    a row has a left part, set small …
 *     says evidence, by 2 December    … and what stands beside it
 *     text A paragraph.
 *     note Set small, such as what is not shown
 *     foot at the bottom of every page
 *
 * `title` comes first, then at most one `under` and one `foot`, then the rest in
 * any order; a `row` is followed by its `says`. At most 256 KiB and 2,000 lines.
 */
#ifndef PAGE_TEXT_H
#define PAGE_TEXT_H

#include "bytes.h"
#include "result.h"

#define PAGE_FORMAT "chirograph.page/1"
#define PAGE_SAYS   "says"

enum { PAGE_SIZE_MAXIMUM = 256 * 1024, PAGE_BLOCKS_MAXIMUM = 2000 };

enum page_block_kind {
	PAGE_TITLE,
	PAGE_UNDER,
	PAGE_FOOT,
	PAGE_HEADING,
	PAGE_ROW,
	PAGE_TEXT,
	PAGE_NOTE,
	PAGE_BLOCK_KIND_COUNT
};

struct page_block {
	enum page_block_kind kind;
	struct bytes text; /* of a row: its left part */
	struct bytes says; /* of a row; else empty */
};

/* Views into the text that was parsed. */
struct page_blocks {
	struct bytes title, under, foot; /* the last two may be empty */
	size_t count;
	struct page_block blocks[PAGE_BLOCKS_MAXIMUM]; /* from PAGE_HEADING on */
};

/* ERROR_SYNTAX, ERROR_LIMIT, ERROR_UNSUPPORTED (another format), with the line. */
int page_parse(struct bytes text, struct page_blocks *ret_blocks, struct error *error);

/* The key of a kind of block. */
const char *page_block_name(enum page_block_kind kind);

#endif
