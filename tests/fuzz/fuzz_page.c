/* Reads any bytes as a page; every block of one that is accepted has something to say
 * and lies within it. */
#include "page_text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void require_within(struct bytes part, struct bytes whole)
{
	require(part.data >= whole.data && part.data + part.size <= whole.data + whole.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct page_blocks page;
	struct bytes text = bytes_of(data, size);

	if (page_parse(text, &page, NULL) != OK)
		return 0;
	require(page.count <= PAGE_BLOCKS_MAXIMUM && page.title.size > 0);
	require_within(page.title, text);
	for (size_t i = 0; i < page.count; i++) {
		require(page.blocks[i].text.size > 0);
		require_within(page.blocks[i].text, text);
		require((page.blocks[i].kind == PAGE_ROW) == (page.blocks[i].says.size > 0));
		if (page.blocks[i].kind == PAGE_ROW)
			require_within(page.blocks[i].says, text);
	}
	return 0;
}
