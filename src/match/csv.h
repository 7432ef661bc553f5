/* Comma-separated values (RFC 4180), as spreadsheets write them: a field may be quoted, then
 * may hold separators and line ends, and a quote in it is doubled. Lines end in CRLF or LF.
 * A byte order mark at the beginning is passed over, empty lines too. */
#ifndef CSV_H
#define CSV_H

#include "buffer.h"
#include "result.h"

enum {
	CSV_FIELDS_MAXIMUM = 256,
	CSV_ROW_MAXIMUM = 65536 /* bytes of a row */
};

struct csv_reader {
	struct bytes rest;
	char separator;
	size_t line; /* lines that are behind */
};

struct csv_row {
	size_t line; /* on which it begins, from 1 */
	size_t count;
	struct bytes fields[CSV_FIELDS_MAXIMUM]; /* without quotes */
};

/* The separator is what stands most often in the first line, outside quotes, of comma,
 * semicolon and tab. */
void csv_reader_init(struct csv_reader *reader, struct bytes text);

/* The next row. `scratch`, which is emptied, holds fields that were unquoted; the row is valid
 * until the next call. ERROR_NOT_FOUND at the end; ERROR_SYNTAX (quotes), ERROR_LIMIT, with a
 * sentence and line, and the row's line: then the next call goes on after the line on
 * which the row begins. ERROR_MEMORY. */
int csv_next(struct csv_reader *reader, struct buffer *scratch, struct csv_row *ret_row,
             struct error *error);

#endif
