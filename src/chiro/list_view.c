#include "list_view.h"

#include <inttypes.h>

#include "listing.h"
#include "terminal.h"
#include "translate.h"

static const char *const protection_words[PROTECTION_COUNT] = {
	[PROTECTION_OFF_LIMITS] = N_("off limits"),
	[PROTECTION_NOTIFY_FIRST] = N_("to be told first"),
	[PROTECTION_ASSIST_PRIORITY] = N_("to be helped first"),
};

const char *list_protection_words(enum protection protection)
{
	return _(protection_words[protection]);
}

const char *list_identifier_prefix(enum identifier_class identifier_class)
{
	return identifier_class == IDENTIFIER_ASN ? "AS" : "";
}

const char *list_sector_name(enum sector_scheme scheme, unsigned row)
{
	const struct sector *sector = scheme_sector(scheme, row);

	if (sector == NULL)
		return "";
	return terminal_speaks("ru") ? sector->name_ru : sector->name;
}

void list_view_counts(enum sector_scheme scheme, const struct list_counts *counts)
{
	if (scheme != SCHEME_NONE)
		list_item(_("scheme"), "%s: %s", scheme_name(scheme),
		          terminal_speaks("ru") ? scheme_title_ru(scheme) : scheme_title(scheme));
	list_item(_("entries"), "%" PRIu64, counts->entries);
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		if (counts->identifiers[i] > 0)
			list_item(identifier_class_name((enum identifier_class)i), "%" PRIu64,
			          counts->identifiers[i]);
	if (counts->shared > 0)
		list_item("", _("%" PRIu64 " of them in more than one entry"), counts->shared);
	if (counts->contained > 0)
		list_item("", _("%" PRIu64 " of them within another one"), counts->contained);
}

json_t *list_counts_document(enum sector_scheme scheme, const struct list_counts *counts)
{
	json_t *document = json_pack("{s:I,s:I,s:I}", "entries", (json_int_t)counts->entries,
	                             "shared", (json_int_t)counts->shared, "contained",
	                             (json_int_t)counts->contained);
	json_t *classes = json_object();

	if (scheme != SCHEME_NONE)
		json_object_set_new(document, "scheme", json_string(scheme_name(scheme)));
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		if (counts->identifiers[i] > 0)
			json_object_set_new(classes,
			                    identifier_class_name((enum identifier_class)i),
			                    json_integer((json_int_t)counts->identifiers[i]));
	json_object_set_new(document, "identifiers", classes);
	return document;
}

static void show_value(const char *label, struct bytes value)
{
	if (value.size > 0)
		list_item(label, "%.*s", (int)value.size, (const char *)value.data);
}

static void show_time(const char *label, timestamp time, timestamp open)
{
	char text[TIMESTAMP_CAPACITY];

	if (time == open)
		return;
	timestamp_format(time, text);
	list_item(label, "%s", text);
}

void list_view_entry(enum sector_scheme scheme, const struct list_entry *entry)
{
	fputs(style(stdout, STYLE_STRONG), stdout);
	put_visible(stdout, entry->id, false);
	printf("%s\n", style(stdout, STYLE_PLAIN));
	show_value(_("function"), entry->function);
	if (entry->sector != 0)
		list_item(_("sector"), "%s", list_sector_name(scheme, entry->sector));
	show_value(_("subsector"), entry->subsector);
	if (entry->criticality != 0)
		list_item(_("criticality"), "%u", entry->criticality);
	show_value(_("region"), entry->region);
	for (size_t i = 0; i < entry->count; i++)
		list_item(identifier_class_name(entry->identifiers[i].identifier_class), "%.*s",
		          (int)entry->identifiers[i].text.size,
		          (const char *)entry->identifiers[i].text.data);
	show_value(_("contact"), entry->contact);
	list_item(_("protection"), "%s", list_protection_words(entry->protection));
	show_time(_("valid from"), entry->from, 0);
	show_time(_("valid until"), entry->until, TIMESTAMP_MAXIMUM);
}

static json_t *text_document(struct bytes text)
{
	return json_stringn((const char *)text.data, text.size);
}

static void set_value(json_t *document, const char *name, struct bytes value)
{
	if (value.size > 0)
		json_object_set_new(document, name, text_document(value));
}

static void set_time(json_t *document, const char *name, timestamp time, timestamp open)
{
	char text[TIMESTAMP_CAPACITY];

	if (time == open)
		return;
	timestamp_format(time, text);
	json_object_set_new(document, name, json_string(text));
}

json_t *list_entry_document(enum sector_scheme scheme, const struct list_entry *entry)
{
	const struct sector *sector = scheme_sector(scheme, entry->sector);
	json_t *document = json_object(), *identifiers = json_array();

	set_value(document, "id", entry->id);
	if (sector != NULL) {
		json_object_set_new(document, "sector", json_string(sector->code));
		json_object_set_new(document, "sector_name",
		                    json_string(list_sector_name(scheme, entry->sector)));
	}
	set_value(document, "subsector", entry->subsector);
	set_value(document, "function", entry->function);
	if (entry->criticality != 0)
		json_object_set_new(document, "criticality", json_integer(entry->criticality));
	set_value(document, "region", entry->region);
	for (size_t i = 0; i < entry->count; i++) {
		const struct list_identifier *each = &entry->identifiers[i];
		const char *name = identifier_class_name(each->identifier_class);

		json_array_append_new(
		    identifiers,
		    json_pack("{s:s,s:o}", "class", name, "identifier", text_document(each->text)));
	}
	json_object_set_new(document, "identifiers", identifiers);
	set_value(document, "contact", entry->contact);
	json_object_set_new(document, "protection",
	                    json_string(protection_name(entry->protection)));
	set_time(document, "valid_from", entry->from, 0);
	set_time(document, "valid_until", entry->until, TIMESTAMP_MAXIMUM);
	return document;
}
