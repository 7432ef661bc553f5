/* A row of what is imported: values become an entry. */
#include "import.h"

#include <ctype.h>
#include <strings.h>

#include "grow.h"
#include "text.h"
#include "typed_identifier.h"
#include "visible.h"

enum { SHOWN = 96, DAY_SIZE = sizeof("2026-11-29") - 1 };

static const char separators[] = " \t\r\n,;|";

static const char *const field_names[IMPORT_FIELD_COUNT] = {
	[IMPORT_ID] = "id",
	[IMPORT_SCHEME] = "scheme",
	[IMPORT_SECTOR] = "sector",
	[IMPORT_SUBSECTOR] = "subsector",
	[IMPORT_FUNCTION] = "function",
	[IMPORT_CRITICALITY] = "criticality",
	[IMPORT_REGION] = "region",
	[IMPORT_CONTACT] = "contact",
	[IMPORT_PROTECTION] = "protection",
	[IMPORT_FROM] = "valid-from",
	[IMPORT_UNTIL] = "valid-until",
	[IMPORT_IDENTIFIER] = "identifier",
	[IMPORT_IPV4] = "ipv4",
	[IMPORT_IPV6] = "ipv6",
	[IMPORT_ASN] = "asn",
	[IMPORT_DOMAIN] = "domain",
	[IMPORT_CERTIFICATE] = "certificate",
	[IMPORT_SPKI] = "spki",
};

struct import_row {
	size_t line;
	bool bad;
	struct error fault, ignored;
	bool said[IMPORT_FIELD_COUNT];
	struct bytes values[IMPORT_IDENTIFIER]; /* in `text` */
	struct buffer text;
	size_t count;
	struct identifier identifiers[LIST_IDENTIFIERS_MAXIMUM];
};

const char *import_field_name(enum import_field field)
{
	return field_names[field];
}

bool import_field_named(struct bytes name, enum import_field *ret_field)
{
	for (size_t i = 0; i < IMPORT_FIELD_COUNT; i++)
		if (bytes_equal_string(name, field_names[i])) {
			*ret_field = (enum import_field)i;
			return true;
		}
	*ret_field = IMPORT_NOTHING;
	return bytes_equal_string(name, "-");
}

struct import *import_new(void)
{
	struct import *import = allocate(1, sizeof(*import));

	if (import == NULL)
		return NULL;
	list_maker_init(&import->maker);
	if ((import->row = allocate(1, sizeof(*import->row))) == NULL) {
		release_memory(import);
		return NULL;
	}
	/* Values are never moved: the buffers are as large as they can be from the beginning. */
	buffer_init(&import->row->text, IMPORT_VALUES_MAXIMUM);
	buffer_init(&import->folded, IMPORT_NAME_MAXIMUM);
	if (buffer_reserve(&import->row->text, IMPORT_VALUES_MAXIMUM) != OK ||
	    buffer_reserve(&import->folded, IMPORT_NAME_MAXIMUM) != OK) {
		import_free(import);
		return NULL;
	}
	return import;
}

void import_free(struct import *import)
{
	if (import == NULL)
		return;
	buffer_release(&import->folded);
	buffer_release(&import->row->text);
	release_memory(import->row);
	list_maker_release(&import->maker);
	for (size_t i = 0; i < import->bad_count; i++)
		release_memory(import->bad[i].reason);
	release_memory(import->bad);
	release_memory(import);
}

void import_row_begin(struct import *import, size_t line)
{
	struct import_row *row = import->row;

	row->line = line;
	row->bad = false;
	row->count = 0;
	memset(row->said, 0, sizeof(row->said));
	memset(row->values, 0, sizeof(row->values));
	buffer_truncate(&row->text, 0);
	import->rows++;
}

struct error *import_row_fault(struct import *import)
{
	struct error *fault = import->row->bad ? &import->row->ignored : &import->row->fault;

	import->row->bad = true;
	return fault;
}

/* --- values ------------------------------------------------------------------------ */

static void add_identifier(struct import *import, enum import_field field, struct bytes text)
{
	struct import_row *row = import->row;
	struct identifier identifier;
	struct error error = { 0 };
	int r;

	if (row->count == LIST_IDENTIFIERS_MAXIMUM) {
		error_set(import_row_fault(import), ERROR_LIMIT,
		          "it has more identifiers than an entry can have");
		return;
	}
	r = field == IMPORT_IDENTIFIER
	        ? typed_identifier_recognize(text, &identifier, &error)
	        : typed_identifier_read((enum identifier_class)(field - IMPORT_IPV4), text,
	                                &identifier, &error);
	if (r == OK)
		r = identifier_is_somebodys(&identifier, &error);
	if (r == OK)
		row->identifiers[row->count++] = identifier;
	else
		*import_row_fault(import) = error;
}

static void add_identifiers(struct import *import, enum import_field field, struct bytes value)
{
	size_t at = 0;

	while (at < value.size && !import->row->bad) {
		size_t from = at;

		while (at < value.size &&
		       (value.data[at] == '\0' || strchr(separators, value.data[at]) == NULL))
			at++;
		if (at > from)
			add_identifier(import, field, bytes_of(value.data + from, at - from));
		at++;
	}
}

static bool is_space(uint8_t character)
{
	return character == ' ' || (character >= '\t' && character <= '\r');
}

/* Copies a value with one space for each run of white space, none at its ends. */
static int copy_value(struct buffer *text, struct bytes value, struct bytes *ret_copy)
{
	size_t from = text->size;
	bool space = false;
	int r = OK;

	for (size_t i = 0; r == OK && i < value.size; i++) {
		if (is_space(value.data[i])) {
			space = text->size > from;
			continue;
		}
		if (space)
			r = buffer_put_u8(text, ' ');
		space = false;
		if (r == OK)
			r = buffer_put_u8(text, value.data[i]);
	}
	*ret_copy = bytes_of(text->data + from, text->size - from);
	return r;
}

int import_row_value(struct import *import, enum import_field field, struct bytes value)
{
	struct import_row *row = import->row;
	struct bytes copy;
	size_t before = row->count;

	if (field == IMPORT_NOTHING || row->bad)
		return OK;
	if (field >= IMPORT_IDENTIFIER) {
		add_identifiers(import, field, value);
		row->said[field] = row->said[field] || row->count > before;
		return OK;
	}
	if (copy_value(&row->text, value, &copy) != OK) {
		error_set(import_row_fault(import), ERROR_LIMIT, "its values are too long");
		return OK;
	}
	if (copy.size > 0 && !row->said[field]) {
		row->values[field] = copy;
		row->said[field] = true;
	}
	return OK;
}

/* --- from values to an entry ------------------------------------------------------- */

/* What a sentence quotes. */
static const char *show(struct bytes text, char ret_shown[SHOWN])
{
	visible_copy(text, ret_shown, SHOWN);
	return ret_shown;
}

static bool same_word(struct bytes value, const char *word)
{
	return value.size == strlen(word) &&
	       strncasecmp((const char *)value.data, word, value.size) == 0;
}

static void set_scheme(struct import *import)
{
	char shown[SHOWN];
	struct bytes value = import->row->values[IMPORT_SCHEME];
	enum sector_scheme scheme = SCHEME_NONE;

	if (value.size == 0)
		return;
	for (int i = SCHEME_US_16; i < SCHEME_COUNT; i++)
		if (same_word(value, scheme_name((enum sector_scheme)i)))
			scheme = (enum sector_scheme)i;
	if (scheme == SCHEME_NONE)
		error_set(import_row_fault(import), ERROR_SYNTAX, "there is no scheme '%s'",
		          show(value, shown));
	else if (import->scheme != SCHEME_NONE && import->scheme != scheme)
		error_set(import_row_fault(import), ERROR_SYNTAX,
		          "'%s' is not the scheme of the list", show(value, shown));
	else
		import->scheme = scheme;
}

static void set_sector(struct import *import, struct list_entry *entry)
{
	char shown[SHOWN];
	struct bytes value = import->row->values[IMPORT_SECTOR];

	if (value.size == 0)
		return;
	for (unsigned i = 1; i <= scheme_sectors(import->scheme); i++) {
		const struct sector *sector = scheme_sector(import->scheme, i);

		if (same_word(value, sector->code) || same_word(value, sector->name) ||
		    same_word(value, sector->name_ru))
			entry->sector = i;
	}
	if (entry->sector == 0 && import->scheme == SCHEME_NONE)
		error_set(import_row_fault(import), ERROR_SYNTAX,
		          "'%s' is a sector of no scheme: say --scheme", show(value, shown));
	else if (entry->sector == 0)
		error_set(import_row_fault(import), ERROR_SYNTAX,
		          "'%s' is no sector of the list's scheme", show(value, shown));
}

static void set_words(struct import *import, struct list_entry *entry)
{
	char shown[SHOWN];
	struct bytes criticality = import->row->values[IMPORT_CRITICALITY];
	struct bytes protection = import->row->values[IMPORT_PROTECTION];
	uint64_t number = 0;

	if (criticality.size > 0 &&
	    (text_parse_number(criticality, LIST_CRITICALITY_MAXIMUM, &number) != OK ||
	     number == 0))
		error_set(import_row_fault(import), ERROR_SYNTAX,
		          "'%s' is no criticality: 1 (the highest), 2 or 3",
		          show(criticality, shown));
	entry->criticality = (unsigned)number;
	entry->protection = PROTECTION_OFF_LIMITS;
	for (int i = 0; i < PROTECTION_COUNT; i++)
		if (same_word(protection, protection_name((enum protection)i))) {
			entry->protection = (enum protection)i;
			return;
		}
	if (protection.size > 0)
		error_set(import_row_fault(import), ERROR_SYNTAX,
		          "'%s' is no protection: off-limits, notify-first or "
		          "assist-priority",
		          show(protection, shown));
}

/* A day begins at midnight, UTC. */
static void set_time(struct import *import, enum import_field field, timestamp *time)
{
	char shown[SHOWN];
	struct bytes value = import->row->values[field];
	char text[TIMESTAMP_CAPACITY];

	if (value.size == 0)
		return;
	if (value.size == DAY_SIZE) {
		snprintf(text, sizeof(text), "%.*sT00:00:00Z", DAY_SIZE, (const char *)value.data);
		if (timestamp_parse(bytes_of_string(text), time) == OK)
			return;
	}
	if (timestamp_parse(value, time) != OK)
		error_set(import_row_fault(import), ERROR_SYNTAX,
		          "'%s' is no time such as 2026-11-29 or 2026-11-29T00:00:00Z",
		          show(value, shown));
}

/* An id that was not said: of the identifiers the first domain, else the first. Made in
 * `text`; numbers of autonomous systems with AS. */
static struct bytes make_id(const struct import_row *row, char text[IDENTIFIER_CAPACITY + 2])
{
	const struct identifier *chosen = &row->identifiers[0];

	for (size_t i = row->count; i > 0; i--)
		if (row->identifiers[i - 1].identifier_class == IDENTIFIER_DOMAIN)
			chosen = &row->identifiers[i - 1];
	snprintf(text, IDENTIFIER_CAPACITY + 2, "%s%s",
	         chosen->identifier_class == IDENTIFIER_ASN ? "AS" : "", chosen->text);
	return bytes_of_string(text);
}

static int add_bad(struct import *import, size_t line, const char *reason)
{
	struct import_bad *bad = grow(import->bad, import->bad_count, &import->bad_capacity,
	                              sizeof(*bad));
	size_t size = strlen(reason) + 1;
	char *copy;

	if (bad == NULL)
		return ERROR_MEMORY;
	import->bad = bad;
	if ((copy = allocate(1, size)) == NULL)
		return ERROR_MEMORY;
	memcpy(copy, reason, size);
	bad[import->bad_count++] = (struct import_bad){ line, copy };
	return OK;
}

static int add_constants(struct import *import)
{
	for (size_t i = 0; i < IMPORT_FIELD_COUNT; i++) {
		enum import_field field = (enum import_field)i;
		int r;

		if (import->constants[i] != NULL && !import->row->said[i] &&
		    (r = import_row_value(import, field, bytes_of_string(import->constants[i]))) !=
		        OK)
			return r;
	}
	return OK;
}

static void fill_in(struct import *import, struct list_entry *entry,
                    char id[IDENTIFIER_CAPACITY + 2], struct list_identifier *identifiers)
{
	const struct import_row *row = import->row;

	*entry = (struct list_entry){
		.id = row->values[IMPORT_ID],
		.subsector = row->values[IMPORT_SUBSECTOR],
		.function = row->values[IMPORT_FUNCTION],
		.region = row->values[IMPORT_REGION],
		.contact = row->values[IMPORT_CONTACT],
		.until = TIMESTAMP_MAXIMUM,
		.count = row->count,
		.identifiers = identifiers,
	};
	set_scheme(import);
	set_sector(import, entry);
	set_words(import, entry);
	set_time(import, IMPORT_FROM, &entry->from);
	set_time(import, IMPORT_UNTIL, &entry->until);
	if (row->count == 0)
		error_set(import_row_fault(import), ERROR_SYNTAX, "there is no identifier in it");
	else if (entry->id.size == 0)
		entry->id = make_id(row, id);
	for (size_t i = 0; i < row->count; i++)
		identifiers[i] = (struct list_identifier){ row->identifiers[i].identifier_class,
			                                   identifier_view(&row->identifiers[i]) };
}

int import_row_end(struct import *import)
{
	struct list_identifier identifiers[LIST_IDENTIFIERS_MAXIMUM];
	struct import_row *row = import->row;
	char id[IDENTIFIER_CAPACITY + 2];
	struct error error = { 0 };
	struct list_entry entry;
	int r;

	if ((r = add_constants(import)) != OK)
		return r;
	if (!row->bad)
		fill_in(import, &entry, id, identifiers);
	if (!row->bad) {
		r = list_maker_put(&import->maker, &entry, import->scheme, row->line, &error);
		if (r == OK || r == ERROR_MEMORY)
			return r;
		*import_row_fault(import) = error;
	}
	return add_bad(import, row->line, row->fault.message);
}

/* --- all rows ---------------------------------------------------------------------- */

static int compare_bad(const void *a, const void *b)
{
	const struct import_bad *one = a, *other = b;

	return one->line < other->line ? -1 : one->line > other->line;
}

int import_finish(struct import *import, struct error *error)
{
	int r = list_maker_join(&import->maker);
	struct error fault;

	error_set(&fault, ERROR_LIMIT, "with it the entry has more identifiers than one can have");
	for (size_t i = 0; r == OK && i < import->maker.count; i++)
		if (import->maker.rows[i].outcome == LIST_ROW_TOO_MUCH)
			r = add_bad(import, import->maker.rows[i].line, fault.message);
	if (r != OK)
		return error_set(error, r, "%s", result_text(r));
	if (import->bad_count > 0)
		qsort(import->bad, import->bad_count, sizeof(*import->bad), compare_bad);
	return OK;
}
