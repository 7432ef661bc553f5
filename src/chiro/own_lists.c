#include "own_lists.h"

#include "kinds.h"
#include "list_files.h"
#include "list_view.h"
#include "mentions.h"
#include "part.h"
#include "translate.h"
#include "typed_identifier.h"
#include "which_channel.h"

enum { REMARKS_MOST = 20, FUNCTION_SHOWN = 160 };

struct looking {
	struct mentions mentions;
	struct body_remarks *remarks;
	const char *name; /* of the list */
	size_t found;
};

static bool is_a_list(const json_t *act)
{
	const struct kind *kind = kind_by_name(bytes_of_string(member_text(act, "kind")));

	return kind != NULL && (kind->number == KIND_LIST || kind->number == KIND_REVEAL ||
	                        kind->number == KIND_UPDATE_LIST);
}

/* Texts, and attachments that are text or JSON (STIX). */
static bool is_text(const struct part_description *description)
{
	const char *type = description->media_type;

	return part_role_of(type) != PART_ATTACHMENT || strncmp(type, "text/", 5) == 0 ||
	       strstr(type, "json") != NULL;
}

static int remark_one(void *context, const struct mention *mention, const struct list_entry *entry,
                      const struct list_identifier *identifier)
{
	struct looking *looking = context;
	bool is_asn = identifier->identifier_class == IDENTIFIER_ASN;
	bool same = bytes_equal(identifier_view(&mention->identifier), identifier->text);
	int function = entry->function.size < FUNCTION_SHOWN ? (int)entry->function.size
	                                                     : FUNCTION_SHOWN;

	if (looking->found++ >= REMARKS_MOST)
		return OK;
	body_remark(looking->remarks, BODY_REMARK_WHOLE, "own-list", STYLE_WARNING,
	            _("ON YOUR OWN LIST '%s': %s%s%s%.*s%s, entry %.*s%s%.*s (%s)"), looking->name,
	            is_asn ? "AS" : "", mention->identifier.text, same ? "" : " (",
	            same ? 0 : (int)identifier->text.size, (const char *)identifier->text.data,
	            same ? "" : ")", (int)entry->id.size, (const char *)entry->id.data,
	            function > 0 ? ", " : "", function, (const char *)entry->function.data,
	            list_protection_words(entry->protection));
	return OK;
}

static int look_in(void *context, const char *name, const char *path)
{
	struct looking *looking = context;
	struct list_mapping mapping;
	int r;

	looking->name = name;
	if ((r = list_path_map(path, &mapping, NULL)) == OK) {
		r = mentions_match(&looking->mentions, mapping.text, remark_one, looking, NULL);
		list_file_unmap(&mapping);
	}
	if (r != OK)
		body_remark(looking->remarks, BODY_REMARK_WHOLE, "own-list", STYLE_BAD,
		            _("your own list '%s' cannot be read: what it has was not looked up"),
		            name);
	return OK;
}

static void conclude_looking(const struct looking *looking)
{
	if (looking->found > REMARKS_MOST)
		body_remark(looking->remarks, BODY_REMARK_WHOLE, "own-list", STYLE_WARNING,
		            _("and %zu more of what it mentions is on your own lists"),
		            looking->found - REMARKS_MOST);
	if (looking->mentions.more)
		body_remark(looking->remarks, BODY_REMARK_WHOLE, "own-list", STYLE_WARNING,
		            _("it mentions more than %d things: the others were not looked up in "
		              "your own lists"),
		            MENTIONS_MAXIMUM);
	if (looking->found > 0)
		body_remark(looking->remarks, BODY_REMARK_WHOLE, "own-list", STYLE_PLAIN,
		            _("Looked up on this machine only: the other side's lists are asked by "
		              "hand, 'chiro list check'."));
}

void own_lists_remark(const struct settings *settings, const json_t *act,
                      const struct opened_body *body, struct body_remarks *remarks)
{
	struct looking looking = { .remarks = remarks };
	int r = OK;

	if (is_a_list(act))
		return;
	mentions_init(&looking.mentions, typed_identifier_recognize);
	for (size_t i = 0; r == OK && i < body->count; i++)
		if (is_text(&body->parts[i].line.description))
			r = mentions_find(&looking.mentions, body->parts[i].content);
	if (r == OK && looking.mentions.count > 0) {
		mentions_sort(&looking.mentions);
		if (list_files_each(settings, look_in, &looking, NULL) == OK)
			conclude_looking(&looking);
	}
	mentions_release(&looking.mentions);
}
