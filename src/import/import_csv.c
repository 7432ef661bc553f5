/* Importing comma-separated values: columns by their names, any subset, in any order. */
#include "csv.h"
#include "folded.h"
#include "import.h"
#include "visible.h"

enum { NAME_SHOWN = 64 };

/* Names of columns as they are met, folded (folded.h). */
static const struct known_name {
	const char *name;
	enum import_field field;
} known_names[] = {
	{ "id", IMPORT_ID },
	{ "entry", IMPORT_ID },
	{ "scheme", IMPORT_SCHEME },
	{ "sector scheme", IMPORT_SCHEME },
	{ "sector", IMPORT_SECTOR },
	{ "subsector", IMPORT_SUBSECTOR },
	{ "type", IMPORT_SUBSECTOR },
	{ "function", IMPORT_FUNCTION },
	{ "organisation", IMPORT_FUNCTION },
	{ "organization", IMPORT_FUNCTION },
	{ "organisation name", IMPORT_FUNCTION },
	{ "organization name", IMPORT_FUNCTION },
	{ "name", IMPORT_FUNCTION },
	{ "организация", IMPORT_FUNCTION },
	{ "criticality", IMPORT_CRITICALITY },
	{ "region", IMPORT_REGION },
	{ "state", IMPORT_REGION },
	{ "регион", IMPORT_REGION },
	{ "contact", IMPORT_CONTACT },
	{ "security contact email", IMPORT_CONTACT },
	{ "контакт", IMPORT_CONTACT },
	{ "protection", IMPORT_PROTECTION },
	{ "valid from", IMPORT_FROM },
	{ "valid until", IMPORT_UNTIL },
	{ "identifier", IMPORT_IDENTIFIER },
	{ "identifiers", IMPORT_IDENTIFIER },
	{ "address", IMPORT_IDENTIFIER },
	{ "addresses", IMPORT_IDENTIFIER },
	{ "ip", IMPORT_IDENTIFIER },
	{ "prefix", IMPORT_IDENTIFIER },
	{ "prefixes", IMPORT_IDENTIFIER },
	{ "network", IMPORT_IDENTIFIER },
	{ "cidr", IMPORT_IDENTIFIER },
	{ "ipv4", IMPORT_IPV4 },
	{ "ipv6", IMPORT_IPV6 },
	{ "asn", IMPORT_ASN },
	{ "domain", IMPORT_DOMAIN },
	{ "domain name", IMPORT_DOMAIN },
	{ "hostname", IMPORT_DOMAIN },
	{ "fqdn", IMPORT_DOMAIN },
	{ "домен", IMPORT_DOMAIN },
	{ "certificate", IMPORT_CERTIFICATE },
	{ "spki", IMPORT_SPKI },
};

static enum import_field field_of_name(struct import *import, struct bytes name)
{
	struct buffer *folded = &import->folded;
	struct bytes words;

	buffer_truncate(folded, 0);
	if (fold_words(name, folded) != OK || folded->size <= 2)
		return IMPORT_NOTHING;
	words = bytes_of(folded->data + 1, folded->size - 2);
	for (size_t i = 0; i < sizeof(known_names) / sizeof(known_names[0]); i++)
		if (bytes_equal_string(words, known_names[i].name))
			return known_names[i].field;
	return IMPORT_NOTHING;
}

static const struct import_column *column_said(const struct import *import, struct bytes name)
{
	for (size_t i = 0; i < import->column_count; i++)
		if (bytes_equal(name, import->columns[i].name))
			return &import->columns[i];
	return NULL;
}

/* The columns of a file. */
struct columns {
	size_t count;
	enum import_field fields[CSV_FIELDS_MAXIMUM];
	bool said[CSV_FIELDS_MAXIMUM]; /* by the caller */
};

/* A field other than an identifier has one column: one that was said, else the first. */
static void keep_one_of_each(struct columns *columns)
{
	for (size_t field = 0; field < IMPORT_IDENTIFIER; field++) {
		size_t kept = columns->count;

		for (size_t i = columns->count; i > 0; i--)
			if (columns->fields[i - 1] == field &&
			    (kept == columns->count || columns->said[i - 1] ||
			     !columns->said[kept]))
				kept = i - 1;
		for (size_t i = 0; i < columns->count; i++)
			if (columns->fields[i] == field && i != kept)
				columns->fields[i] = IMPORT_NOTHING;
	}
}

/* Beside other identifiers, the number of an autonomous system says in whose network they lie,
 * and not that all of that network is on the list: it is taken only when that is said. */
static void leave_networks_out(struct columns *columns)
{
	bool others = false;

	for (size_t i = 0; i < columns->count; i++)
		others = others ||
		         (columns->fields[i] >= IMPORT_IDENTIFIER &&
		          columns->fields[i] != IMPORT_NOTHING && columns->fields[i] != IMPORT_ASN);
	for (size_t i = 0; i < columns->count; i++)
		if (others && columns->fields[i] == IMPORT_ASN && !columns->said[i])
			columns->fields[i] = IMPORT_NOTHING;
}

static bool has_identifiers(const struct columns *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->fields[i] >= IMPORT_IDENTIFIER && columns->fields[i] != IMPORT_NOTHING)
			return true;
	return false;
}

static void note_left_out(struct import *import, const struct columns *columns,
                          const struct csv_row *header)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->fields[i] == IMPORT_NOTHING &&
		    import->left_out_count < IMPORT_COLUMNS_MAXIMUM)
			visible_copy(header->fields[i], import->left_out[import->left_out_count++],
			             NAME_SHOWN);
}

static int check_said(const struct import *import, const struct csv_row *header,
                      struct error *error)
{
	for (size_t i = 0; i < import->column_count; i++) {
		bool found = false;

		for (size_t j = 0; j < header->count; j++)
			found = found || bytes_equal(header->fields[j], import->columns[i].name);
		if (!found)
			return error_set(error, ERROR_USAGE, "the file has no column '%.*s'",
			                 (int)import->columns[i].name.size,
			                 (const char *)import->columns[i].name.data);
	}
	return OK;
}

static int take_header(struct import *import, const struct csv_row *header, struct columns *columns,
                       struct error *error)
{
	int r;

	if ((r = check_said(import, header, error)) != OK)
		return r;
	columns->count = header->count;
	for (size_t i = 0; i < header->count; i++) {
		const struct import_column *said = column_said(import, header->fields[i]);

		columns->said[i] = said != NULL;
		columns->fields[i] = said != NULL ? said->field
		                                  : field_of_name(import, header->fields[i]);
	}
	keep_one_of_each(columns);
	leave_networks_out(columns);
	if (!has_identifiers(columns))
		return error_set(error, ERROR_USAGE,
		                 "no column of the file holds identifiers: say which does, as in "
		                 "--column host=domain");
	note_left_out(import, columns, header);
	return OK;
}

static int take_row(struct import *import, const struct columns *columns, const struct csv_row *row)
{
	int r = OK;

	import_row_begin(import, row->line);
	if (row->count != columns->count)
		error_set(import_row_fault(import), ERROR_SYNTAX, "it has %zu fields and not %zu",
		          row->count, columns->count);
	for (size_t i = 0; r == OK && i < row->count && i < columns->count; i++)
		r = import_row_value(import, columns->fields[i], row->fields[i]);
	return r == OK ? import_row_end(import) : r;
}

static int take_rows(struct import *import, struct csv_reader *reader,
                     const struct columns *columns, struct buffer *scratch)
{
	struct error error = { 0 };
	struct csv_row row;
	int r;

	while ((r = csv_next(reader, scratch, &row, &error)) != ERROR_NOT_FOUND) {
		if (r == ERROR_MEMORY)
			return r;
		if (r != OK) {
			import_row_begin(import, row.line);
			*import_row_fault(import) = error;
			r = import_row_end(import);
		} else {
			r = take_row(import, columns, &row);
		}
		if (r != OK)
			return r;
	}
	return OK;
}

int import_csv(struct import *import, struct bytes text, struct error *error)
{
	struct csv_reader reader;
	struct columns columns;
	struct buffer scratch;
	struct csv_row header;
	int r;

	buffer_init(&scratch, CSV_ROW_MAXIMUM);
	csv_reader_init(&reader, text);
	if ((r = csv_next(&reader, &scratch, &header, error)) == ERROR_NOT_FOUND)
		r = error_set(error, ERROR_SYNTAX, "the file is empty");
	if (r == OK && (r = take_header(import, &header, &columns, error)) == OK &&
	    (r = take_rows(import, &reader, &columns, &scratch)) != OK)
		error_set(error, r, "%s", result_text(r));
	buffer_release(&scratch);
	return r;
}

static bool begins_with_brace(struct bytes text)
{
	for (size_t i = 0; i < text.size; i++)
		if (strchr(" \t\r\n", text.data[i]) == NULL || text.data[i] == '\0')
			return text.data[i] == '{';
	return false;
}

int import_reader_of(struct import *import, struct bytes text, import_reader **ret_reader)
{
	struct csv_reader reader;
	struct buffer scratch;
	struct csv_row header;
	bool known = false;
	int r;

	if (begins_with_brace(text)) {
		*ret_reader = import_stix;
		return OK;
	}
	buffer_init(&scratch, CSV_ROW_MAXIMUM);
	csv_reader_init(&reader, text);
	r = csv_next(&reader, &scratch, &header, NULL);
	for (size_t i = 0; r == OK && i < header.count; i++)
		known = known || column_said(import, header.fields[i]) != NULL ||
		        field_of_name(import, header.fields[i]) != IMPORT_NOTHING;
	buffer_release(&scratch);
	if (r == ERROR_MEMORY)
		return r;
	*ret_reader = known ? import_csv : import_plain;
	return OK;
}
