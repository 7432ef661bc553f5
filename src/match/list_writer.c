/* Writing a list. */
#include "list_text.h"

#include "list_format.h"
#include "text.h"
#include "visible.h"

enum { SHOWN = 96 };

const char list_format[] = "chirograph.list/1";

int list_order_check(char previous[LIST_ID_MAXIMUM], size_t *previous_size, struct bytes id,
                     struct error *error)
{
	char shown[SHOWN];

	if (*previous_size > 0 && bytes_compare(bytes_of(previous, *previous_size), id) >= 0) {
		visible_copy(id, shown, sizeof(shown));
		return error_set(error, ERROR_CANONICAL,
		                 "the entry '%s' stands out of order or twice", shown);
	}
	memcpy(previous, id.data, id.size);
	*previous_size = id.size;
	return OK;
}

int list_writer_init(struct list_writer *writer, enum sector_scheme scheme, struct buffer *buffer)
{
	int r;

	writer->buffer = buffer;
	writer->scheme = scheme;
	writer->previous_size = 0;
	if ((r = buffer_put_string(buffer, list_format)) != OK ||
	    (r = buffer_put_u8(buffer, '\n')) != OK)
		return r;
	return scheme == SCHEME_NONE ? OK : text_put_string(buffer, "scheme", scheme_name(scheme));
}

static int put_value(struct buffer *buffer, const char *key, struct bytes value)
{
	return value.size > 0 ? text_put(buffer, key, value) : OK;
}

static int put_identifiers(struct buffer *buffer, const struct list_entry *entry)
{
	int r = OK;

	for (size_t i = 0; r == OK && i < entry->count; i++)
		r = text_put(buffer, identifier_class_name(entry->identifiers[i].identifier_class),
		             entry->identifiers[i].text);
	return r;
}

static int put_lines(struct buffer *buffer, enum sector_scheme scheme,
                     const struct list_entry *entry)
{
	int r;

	if ((r = text_put(buffer, "entry", entry->id)) != OK)
		return r;
	if (entry->sector != 0 &&
	    (r = text_put_string(buffer, "sector", scheme_sector(scheme, entry->sector)->code)) !=
	        OK)
		return r;
	if ((r = put_value(buffer, "subsector", entry->subsector)) != OK ||
	    (r = put_value(buffer, "function", entry->function)) != OK)
		return r;
	if (entry->criticality != 0 &&
	    (r = text_put_number(buffer, "criticality", entry->criticality)) != OK)
		return r;
	if ((r = put_value(buffer, "region", entry->region)) != OK ||
	    (r = put_identifiers(buffer, entry)) != OK ||
	    (r = put_value(buffer, "contact", entry->contact)) != OK ||
	    (r = text_put_string(buffer, "protection", protection_name(entry->protection))) != OK)
		return r;
	if (entry->from != 0 && (r = text_put_time(buffer, "valid-from", entry->from)) != OK)
		return r;
	return entry->until != TIMESTAMP_MAXIMUM
	           ? text_put_time(buffer, "valid-until", entry->until)
	           : OK;
}

int list_writer_put(struct list_writer *writer, const struct list_entry *entry, struct error *error)
{
	size_t before = writer->buffer->size;
	int r;

	if ((r = list_entry_check(entry, writer->scheme, error)) != OK ||
	    (r = list_order_check(writer->previous, &writer->previous_size, entry->id, error)) !=
	        OK)
		return r;
	if ((r = put_lines(writer->buffer, writer->scheme, entry)) != OK) {
		buffer_truncate(writer->buffer, before);
		return error_set(error, r, "%s", result_text(r));
	}
	return OK;
}
