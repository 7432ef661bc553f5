/* The text of a list: what is read is written as it was, in pieces as in one, differs from
 * itself in nothing, and is counted. */
#include "allocate.h"
#include "list_diff.h"
#include "list_overlap.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

struct writing {
	struct list_writer writer;
	struct buffer text;
	uint64_t count;
};

static int write_entry(void *context, enum sector_scheme scheme, const struct list_entry *entry)
{
	struct writing *writing = context;

	if (writing->count++ == 0)
		require(list_writer_init(&writing->writer, scheme, &writing->text) == OK);
	require(list_writer_put(&writing->writer, entry, NULL) == OK);
	return OK;
}

static int no_change(void *context, const struct list_entry *before, const struct list_entry *after)
{
	(void)context;
	(void)before;
	(void)after;
	abort();
}

/* In pieces, whose size the first byte tells; gives what the stream gives. */
static int read_pieces(struct bytes input, struct writing *writing)
{
	size_t piece = input.size == 0 ? 1 : (size_t)input.data[input.size - 1] + 1;
	struct list_stream *stream = allocate(1, sizeof(*stream));
	int r = OK;

	require(stream != NULL);
	list_stream_init(stream, write_entry, writing);
	while (r == OK && input.size > 0) {
		size_t size = input.size < piece ? input.size : piece;

		r = list_stream_update(stream, bytes_of(input.data, size), NULL);
		input = bytes_of(input.data + size, input.size - size);
	}
	if (r == OK)
		r = list_stream_finish(stream, NULL);
	list_stream_release(stream);
	release_memory(stream);
	return r;
}

static void count(void *context, const struct list_overlap *overlap)
{
	++*(uint64_t *)context;
	require(overlap->identifier.size > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);
	struct writing writing = { .count = 0 };
	enum sector_scheme scheme, schemes[2];
	uint64_t entries, overlaps = 0;
	struct list_changes changes;
	struct list_counts counts;
	struct error error;
	int r = list_text_check(input, &entries, &scheme, &error);

	buffer_init(&writing.text, 1 << 24);
	require((read_pieces(input, &writing) == OK) == (r == OK));
	if (r == OK) {
		require(writing.count == entries);
		require(entries == 0 || bytes_equal(buffer_view(&writing.text), input));
		require(list_diff(input, input, no_change, NULL, &changes, schemes, NULL, NULL) ==
		        OK);
		require(changes.same == entries);
		require(list_count(input, count, &overlaps, &counts, NULL) == OK);
		require(counts.entries == entries && overlaps == counts.shared + counts.contained);
	}
	buffer_release(&writing.text);
	return 0;
}
