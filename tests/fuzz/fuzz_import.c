/* Files to import a list from: whatever comes of them is a list, and every row is in it, bad or
 * a duplicate. The first byte says how the file is read. */
#include "import.h"

#include "csv.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_csv(struct bytes text)
{
	struct csv_reader reader;
	struct buffer scratch;
	struct csv_row row;
	size_t last = 0;
	int r;

	buffer_init(&scratch, CSV_ROW_MAXIMUM);
	csv_reader_init(&reader, text);
	while ((r = csv_next(&reader, &scratch, &row, NULL)) != ERROR_NOT_FOUND) {
		require(row.line > last);
		last = row.line;
		require(r != OK || (row.count >= 1 && row.count <= CSV_FIELDS_MAXIMUM));
	}
	buffer_release(&scratch);
}

static void check_list(struct import *import)
{
	size_t outcomes[4] = { 0 };
	struct list_writer writer;
	struct buffer text;
	uint64_t entries;

	require(import_finish(import, NULL) == OK);
	for (size_t i = 0; i < import->maker.count; i++)
		outcomes[import->maker.rows[i].outcome]++;
	require(import->rows ==
	        import->maker.count + import->bad_count - outcomes[LIST_ROW_TOO_MUCH]);
	require(outcomes[LIST_ROW_NEW] == import->maker.entries);
	for (size_t i = 0; i < import->bad_count; i++)
		require(import->bad[i].reason[0] != '\0' &&
		        (i == 0 || import->bad[i - 1].line <= import->bad[i].line));
	buffer_init(&text, 1 << 24);
	require(list_writer_init(&writer, import->scheme, &text) == OK);
	require(list_maker_write(&import->maker, &writer, NULL, NULL, NULL) == OK);
	require(list_text_check(buffer_view(&text), &entries, NULL, NULL) == OK);
	require(entries == import->maker.entries);
	buffer_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static import_reader *const readers[] = { import_csv, import_plain, import_stix, NULL };
	struct bytes text = bytes_of(size > 0 ? data + 1 : data, size > 0 ? size - 1 : 0);
	struct import *import = import_new();
	struct error error = { 0 };
	import_reader *reader;

	require(import != NULL);
	check_csv(text);
	import->scheme = size > 0 && (data[0] & 4) != 0 ? SCHEME_US_16 : SCHEME_NONE;
	reader = readers[size > 0 ? data[0] & 3 : 3];
	if (reader == NULL)
		require(import_reader_of(import, text, &reader) == OK);
	if (reader(import, text, &error) == OK)
		check_list(import);
	else
		require(error.message[0] != '\0');
	import_free(import);
	return 0;
}
