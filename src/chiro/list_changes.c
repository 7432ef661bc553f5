#include "list_changes.h"

#include <inttypes.h>

#include "list_view.h"
#include "terminal.h"
#include "translate.h"

enum { VALUE_CAPACITY = 1024 };

/* The schemes are filled in before the first change is visited. */
struct changing {
	enum sector_scheme schemes[2];
	json_t *added, *removed, *changed; /* for scripts */
};

/* --- for people ---------------------------------------------------------------------- */

static void put_value(const char *sign, enum style wanted, const char *label, struct bytes value)
{
	printf("  %s%s ", style(stdout, wanted), sign);
	print_padded(stdout, label, 12);
	put_visible(stdout, value, false);
	printf("%s\n", style(stdout, STYLE_PLAIN));
}

static void put_change(const char *label, struct bytes before, struct bytes after)
{
	if (bytes_equal(before, after))
		return;
	if (before.size > 0)
		put_value("-", STYLE_BAD, label, before);
	if (after.size > 0)
		put_value("+", STYLE_GOOD, label, after);
}

static struct bytes number_text(unsigned number, char text[16])
{
	snprintf(text, 16, "%u", number);
	return bytes_of(text, number == 0 ? 0 : strlen(text));
}

static struct bytes time_text(timestamp time, timestamp open, char text[TIMESTAMP_CAPACITY])
{
	if (time == open)
		return bytes_of(NULL, 0);
	timestamp_format(time, text);
	return bytes_of_string(text);
}

static void put_times(const struct list_entry *before, const struct list_entry *after)
{
	char texts[2][TIMESTAMP_CAPACITY];

	put_change(_("valid from"), time_text(before->from, 0, texts[0]),
	           time_text(after->from, 0, texts[1]));
	put_change(_("valid until"), time_text(before->until, TIMESTAMP_MAXIMUM, texts[0]),
	           time_text(after->until, TIMESTAMP_MAXIMUM, texts[1]));
}

/* Both are in order. */
static void put_identifiers(const struct list_entry *before, const struct list_entry *after)
{
	size_t i = 0, j = 0;

	while (i < before->count || j < after->count) {
		const struct list_identifier *old = i < before->count ? &before->identifiers[i]
		                                                      : NULL;
		const struct list_identifier *new = j < after->count ? &after->identifiers[j]
		                                                     : NULL;
		int order = old == NULL ? 1 : new == NULL ? -1 : list_identifier_compare(old, new);

		if (order < 0)
			put_value("-", STYLE_BAD, identifier_class_name(old->identifier_class),
			          old->text);
		if (order > 0)
			put_value("+", STYLE_GOOD, identifier_class_name(new->identifier_class),
			          new->text);
		i += order <= 0;
		j += order >= 0;
	}
}

static void put_differences(const struct changing *changing, const struct list_entry *before,
                            const struct list_entry *after)
{
	char numbers[2][16];

	put_change(_("function"), before->function, after->function);
	put_change(_("sector"),
	           bytes_of_string(list_sector_name(changing->schemes[0], before->sector)),
	           bytes_of_string(list_sector_name(changing->schemes[1], after->sector)));
	put_change(_("subsector"), before->subsector, after->subsector);
	put_change(_("criticality"), number_text(before->criticality, numbers[0]),
	           number_text(after->criticality, numbers[1]));
	put_change(_("region"), before->region, after->region);
	put_identifiers(before, after);
	put_change(_("contact"), before->contact, after->contact);
	put_change(_("protection"), bytes_of_string(list_protection_words(before->protection)),
	           bytes_of_string(list_protection_words(after->protection)));
	put_times(before, after);
}

static void put_entry(const char *sign, enum style wanted, const struct list_entry *entry)
{
	printf("%s%s ", style(stdout, wanted), sign);
	put_visible(stdout, entry->id, false);
	printf("%s", style(stdout, STYLE_PLAIN));
	if (entry->function.size > 0) {
		fputs("  ", stdout);
		put_visible(stdout, entry->function, false);
	}
	fputc('\n', stdout);
}

static int show_change(void *context, const struct list_entry *before,
                       const struct list_entry *after)
{
	if (before == NULL) {
		put_entry("+", STYLE_GOOD, after);
	} else if (after == NULL) {
		put_entry("-", STYLE_BAD, before);
	} else {
		put_entry("~", STYLE_WARNING, after);
		put_differences(context, before, after);
	}
	return OK;
}

int list_changes_show(struct bytes before, struct bytes after, unsigned *ret_which,
                      struct error *error)
{
	struct list_changes changes;
	struct changing changing = { 0 };
	int r;

	if ((r = list_diff(before, after, show_change, &changing, &changes, changing.schemes,
	                   ret_which, error)) != OK)
		return r;
	if (changes.added + changes.removed + changes.changed == 0)
		puts(_("Both have the same entries."));
	else
		printf(_("%" PRIu64 " added, %" PRIu64 " removed, %" PRIu64 " changed, %" PRIu64
		         " as they were\n"),
		       changes.added, changes.removed, changes.changed, changes.same);
	if (changing.schemes[0] != changing.schemes[1])
		printf(_("The scheme changed from %s to %s.\n"), scheme_name(changing.schemes[0]),
		       scheme_name(changing.schemes[1]));
	return OK;
}

/* --- for scripts --------------------------------------------------------------------- */

static int note_change(void *context, const struct list_entry *before,
                       const struct list_entry *after)
{
	struct changing *changing = context;
	json_t *old = before == NULL ? NULL : list_entry_document(changing->schemes[0], before);
	json_t *new = after == NULL ? NULL : list_entry_document(changing->schemes[1], after);

	if (old == NULL)
		json_array_append_new(changing->added, new);
	else if (new == NULL)
		json_array_append_new(changing->removed, old);
	else
		json_array_append_new(changing->changed,
		                      json_pack("{s:o,s:o}", "before", old, "after", new));
	return OK;
}

json_t *list_changes_document(struct bytes before, struct bytes after, unsigned *ret_which,
                              struct error *error)
{
	struct list_changes changes;
	struct changing changing = { .added = json_array(),
		                     .removed = json_array(),
		                     .changed = json_array() };
	json_t *document = NULL;

	if (list_diff(before, after, note_change, &changing, &changes, changing.schemes, ret_which,
	              error) == OK)
		document = json_pack("{s:O,s:O,s:O,s:I,s:s,s:s}", "added", changing.added,
		                     "removed", changing.removed, "changed", changing.changed,
		                     "same", (json_int_t)changes.same, "scheme_before",
		                     scheme_name(changing.schemes[0]), "scheme_after",
		                     scheme_name(changing.schemes[1]));
	json_decref(changing.added);
	json_decref(changing.removed);
	json_decref(changing.changed);
	return document;
}
