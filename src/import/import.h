/* Importing a list of critical infrastructure from a file: comma-separated values, a plain
 * file of identifiers, or STIX.
 *
 *     struct import *import = import_new();
 *     import->scheme = SCHEME_US_16;
 *     import_csv(import, text, &error);            or import_plain, import_stix
 *     import_finish(import, &error);
 *     ... import->bad, import->maker.rows ...
 *     import_free(import);
 *
 * A bad row is remembered with its line and the reason, a sentence, and is left out; whether anything is
 * then imported is for the caller. A row is one line, but for STIX, where it is one
 * object of the bundle and its line is the object's number.
 *
 * Identifiers that name what everybody has (identifier_is_somebodys) make a row bad. */
#ifndef IMPORT_H
#define IMPORT_H

#include "list_maker.h"

enum {
	IMPORT_SIZE_MAXIMUM = 256 * 1024 * 1024, /* bytes of a file */
	IMPORT_STIX_MAXIMUM = 64 * 1024 * 1024,
	IMPORT_STIX_DEPTH = 64,
	IMPORT_COLUMNS_MAXIMUM = 64,
	IMPORT_NAME_MAXIMUM = 512,    /* bytes of a folded name of a column */
	IMPORT_VALUES_MAXIMUM = 65536 /* bytes of the values of a row */
};

/* What a column can hold. */
enum import_field {
	IMPORT_ID,
	IMPORT_SCHEME,
	IMPORT_SECTOR, /* its code, or its name in English or Russian */
	IMPORT_SUBSECTOR,
	IMPORT_FUNCTION,
	IMPORT_CRITICALITY,
	IMPORT_REGION,
	IMPORT_CONTACT,
	IMPORT_PROTECTION,
	IMPORT_FROM, /* a time, or a day */
	IMPORT_UNTIL,
	IMPORT_IDENTIFIER, /* one or more of any class */
	IMPORT_IPV4,       /* one or more, and so on in the order of identifier_class.h */
	IMPORT_IPV6,
	IMPORT_ASN,
	IMPORT_DOMAIN,
	IMPORT_CERTIFICATE,
	IMPORT_SPKI,
	IMPORT_FIELD_COUNT,
	IMPORT_NOTHING = IMPORT_FIELD_COUNT /* the column is left out */
};

/* "id", "scheme", … "spki"; false for other words. "-" is IMPORT_NOTHING. */
const char *import_field_name(enum import_field field);
bool import_field_named(struct bytes name, enum import_field *ret_field);

struct import_bad {
	size_t line;
	char *reason;
};

/* A column as the caller says what it is. */
struct import_column {
	struct bytes name; /* of the header, as it stands there */
	enum import_field field;
};

struct import {
	/* Set by the caller. */
	enum sector_scheme scheme; /* SCHEME_NONE: that of a column, if there is one */
	const char *constants[IMPORT_FIELD_COUNT]; /* what a row says that says nothing; NULL */
	size_t column_count;
	struct import_column columns[IMPORT_COLUMNS_MAXIMUM];

	/* What came of it. */
	struct list_maker maker;
	size_t rows; /* that were there, the bad ones among them */
	size_t bad_count;
	struct import_bad *bad;
	size_t bad_capacity;
	size_t left_out_count;
	char left_out[IMPORT_COLUMNS_MAXIMUM][64]; /* columns of which nothing was taken */

	struct import_row *row;
	struct buffer folded; /* a name of a column; never grows */
};

/* NULL without memory. */
struct import *import_new(void);
void import_free(struct import *import);

/* Each reads a whole file. Bad rows are no failure. ERROR_SYNTAX: the file is not of that
 * sort at all; ERROR_USAGE: the columns that were said are not there, or there is nothing to
 * take; ERROR_LIMIT, ERROR_MEMORY. */
int import_csv(struct import *import, struct bytes text, struct error *error);
int import_plain(struct import *import, struct bytes text, struct error *error);
int import_stix(struct import *import, struct bytes text, struct error *error);

/* What of them a file is, by its content: STIX begins with a brace, CSV with a line in which a
 * column has a name that is known, or is one of `import->columns`. ERROR_MEMORY. */
typedef int import_reader(struct import *import, struct bytes text, struct error *error);
int import_reader_of(struct import *import, struct bytes text, import_reader **ret_reader);

/* Joins the rows; those that cannot be joined become bad ones. Bad rows are then in the
 * order of their lines. ERROR_MEMORY. */
int import_finish(struct import *import, struct error *error);

/* --- for the readers ------------------------------------------------------------- */

/* Begins a row. */
void import_row_begin(struct import *import, size_t line);
/* Adds a value, which is copied; empty ones are nothing. Identifiers are separated by commas,
 * semicolons, bars or white space. After a value that is wrong the row is bad, and what
 * follows is let go. ERROR_MEMORY only. */
int import_row_value(struct import *import, enum import_field field, struct bytes value);
/* The row is bad: where to say why. The first word on it counts. */
struct error *import_row_fault(struct import *import);
/* Ends the row: it is taken, or is bad. ERROR_MEMORY only. */
int import_row_end(struct import *import);

#endif
