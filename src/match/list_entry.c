/* What an entry can say. */
#include "list_text.h"

#include "text.h"
#include "visible.h"

enum { SHOWN = 96 };

static const char *const protections[PROTECTION_COUNT] = {
	[PROTECTION_OFF_LIMITS] = "off-limits",
	[PROTECTION_NOTIFY_FIRST] = "notify-first",
	[PROTECTION_ASSIST_PRIORITY] = "assist-priority",
};

const char *protection_name(enum protection protection)
{
	return protections[protection];
}

bool protection_named(struct bytes name, enum protection *ret_protection)
{
	for (size_t i = 0; i < PROTECTION_COUNT; i++)
		if (bytes_equal_string(name, protections[i])) {
			*ret_protection = (enum protection)i;
			return true;
		}
	return false;
}

int list_identifier_compare(const struct list_identifier *a, const struct list_identifier *b)
{
	if (a->identifier_class != b->identifier_class)
		return a->identifier_class < b->identifier_class ? -1 : 1;
	return bytes_compare(a->text, b->text);
}

/* 1 is the highest; what is not said is the lowest. */
static unsigned lowness(const struct list_entry *entry)
{
	return entry->criticality == 0 ? LIST_CRITICALITY_MAXIMUM + 1 : entry->criticality;
}

bool list_entry_outranks(const struct list_entry *a, const struct list_entry *b)
{
	if (lowness(a) != lowness(b))
		return lowness(a) < lowness(b);
	if (a->protection != b->protection)
		return a->protection < b->protection;
	return bytes_compare(a->id, b->id) < 0;
}

static int check_id(struct bytes id, struct error *error)
{
	if (id.size == 0)
		return error_set(error, ERROR_SYNTAX, "an entry has no id");
	if (id.size > LIST_ID_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "an id is longer than %d bytes",
		                 LIST_ID_MAXIMUM);
	if (!text_is_clean(id) || memchr(id.data, ' ', id.size) != NULL)
		return error_set(error, ERROR_SYNTAX,
		                 "an id has a space or a character that no text may have");
	return OK;
}

static int check_value(struct bytes value, const char *key, size_t maximum, struct error *error)
{
	if (value.size == 0)
		return OK;
	if (value.size > maximum)
		return error_set(error, ERROR_LIMIT, "the value of '%s' is longer than %zu bytes",
		                 key, maximum);
	if (!text_is_clean(value))
		return error_set(error, ERROR_SYNTAX,
		                 "the value of '%s' has a character that no text may have", key);
	if (value.data[0] == ' ' || value.data[value.size - 1] == ' ')
		return error_set(error, ERROR_CANONICAL,
		                 "the value of '%s' begins or ends with a space", key);
	return OK;
}

/* What a sentence quotes. */
static const char *show(struct bytes text, char ret_shown[SHOWN])
{
	visible_copy(text, ret_shown, SHOWN);
	return ret_shown;
}

static int check_identifiers(const struct list_entry *entry, struct error *error)
{
	char shown[SHOWN];

	if (entry->count == 0)
		return error_set(error, ERROR_SYNTAX, "the entry has no identifier");
	if (entry->count > LIST_IDENTIFIERS_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the entry has more than %d identifiers",
		                 LIST_IDENTIFIERS_MAXIMUM);
	for (size_t i = 0; i < entry->count; i++) {
		const struct list_identifier *each = &entry->identifiers[i];
		int r;

		if (i > 0 && list_identifier_compare(&entry->identifiers[i - 1], each) >= 0)
			return error_set(error, ERROR_CANONICAL,
			                 "the identifier '%s' stands out of order or twice",
			                 show(each->text, shown));
		if ((r = identifier_check(each->identifier_class, each->text)) != OK)
			return error_set(error, r, "'%s' is not the one spelling of an identifier",
			                 show(each->text, shown));
	}
	return OK;
}

int list_entry_check(const struct list_entry *entry, enum sector_scheme scheme, struct error *error)
{
	int r;

	if ((r = check_id(entry->id, error)) != OK)
		return r;
	if (entry->sector > scheme_sectors(scheme))
		return error_set(error, ERROR_SYNTAX, "the scheme %s has no such sector",
		                 scheme_name(scheme));
	if ((r = check_value(entry->subsector, "subsector", LIST_SUBSECTOR_MAXIMUM, error)) != OK ||
	    (r = check_value(entry->function, "function", LIST_FUNCTION_MAXIMUM, error)) != OK ||
	    (r = check_value(entry->region, "region", LIST_REGION_MAXIMUM, error)) != OK ||
	    (r = check_value(entry->contact, "contact", LIST_CONTACT_MAXIMUM, error)) != OK)
		return r;
	if (entry->criticality > LIST_CRITICALITY_MAXIMUM || entry->protection >= PROTECTION_COUNT)
		return error_set(error, ERROR_LIMIT, "a number of the entry is out of range");
	if (entry->from < 0 || entry->until > TIMESTAMP_MAXIMUM || entry->from >= entry->until)
		return error_set(error, ERROR_SYNTAX, "the entry ends before it begins");
	return check_identifiers(entry, error);
}
