#include "list_asked.h"

#include <inttypes.h>

#include "act.h"
#include "allocate.h"
#include "body_of_act.h"
#include "class_commitment.h"
#include "listing.h"
#include "pairs.h"
#include "pairs_text.h"
#include "terminal.h"
#include "translate.h"

/* What the act says. */
struct asked_list {
	struct class_commitment classes[IDENTIFIER_CLASS_COUNT];
	size_t class_count;
	struct pairs_text table;
};

int list_is_asked(struct node *node, const char *name, bool *ret_is_asked, struct error *error)
{
	const struct field_value *mode;
	json_t *act = NULL;
	struct act parsed;
	int r;

	if ((r = api_get(node->api, &act, error, "/v1/channels/%s/acts/%s", node->channel.id,
	                 name)) != OK)
		return r;
	if ((r = act_parse(bytes_of_string(member_text(act, "text")), &parsed, error)) == OK) {
		mode = act_field(&parsed, "mode");
		*ret_is_asked = mode != NULL && bytes_equal_string(mode->text, "match-only");
	}
	json_decref(act);
	return r;
}

static int read_commitments(const json_t *act, struct asked_list *list, struct error *error)
{
	struct act parsed;
	int r;

	if ((r = act_parse(bytes_of_string(member_text(act, "text")), &parsed, error)) != OK)
		return r;
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		enum identifier_class identifier_class = (enum identifier_class)i;
		const struct field_value *field = act_field(
		    &parsed, identifier_class_name(identifier_class));

		if (field == NULL)
			continue;
		if ((r = class_commitment_parse(field->text, identifier_class, &list->classes[i],
		                                error)) != OK)
			return r;
		list->class_count++;
	}
	return OK;
}

static bool is_part(const struct opened_part *part, const char *media_type)
{
	return strcmp(part->line.description.media_type, media_type) == 0;
}

/* The pairs of a class against what the act says of them. */
static int check_class(const struct opened_part *part, enum identifier_class identifier_class,
                       const struct class_commitment *commitment)
{
	const struct byte_source source = byte_source_over(&part->content);
	struct hash root;
	int r;

	if (!is_part(part, PAIRS_MEDIA_TYPE) ||
	    strcmp(part->line.description.name, identifier_class_name(identifier_class)) != 0 ||
	    part->content.size != commitment->pairs * PAIR_SIZE)
		return ERROR_MISMATCH;
	r = pairs_root(&source, commitment->pairs, &root);
	if (r == ERROR_CANONICAL)
		return ERROR_MISMATCH;
	return r == OK && !hash_equal(&root, &commitment->root) ? ERROR_MISMATCH : r;
}

static int check_body(const char *name, const struct opened_body *body, struct asked_list *list,
                      struct error *error)
{
	size_t at = 1;
	int r;

	if (body->count != 1 + list->class_count ||
	    !is_part(&body->parts[0], PAIRS_TEXT_MEDIA_TYPE) ||
	    pairs_text_parse(body->parts[0].content, &list->table, NULL) != OK)
		return error_set(error, ERROR_MISMATCH,
		                 _("the body of %s is WRONG: it is not that of a match-only list"),
		                 name);
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++) {
		if (list->classes[i].pairs == 0)
			continue;
		r = check_class(&body->parts[at++], (enum identifier_class)i, &list->classes[i]);
		if (r == ERROR_MISMATCH)
			return error_set(
			    error, r,
			    _("the body of %s is WRONG: its pairs of class %s are not those "
			      "that the act commits to"),
			    name, identifier_class_name((enum identifier_class)i));
		if (r != OK)
			return error_set(error, r, "%s", result_text(r));
	}
	return OK;
}

/* --- showing ------------------------------------------------------------------------------ */

/* `16,19-24`, as the act has it; "" for none. */
static void put_lengths(const struct class_commitment *commitment, struct buffer *text)
{
	for (unsigned from = 0; from < CLASS_LENGTHS_MAXIMUM; from++) {
		unsigned to = from;

		if (!commitment->lengths[from])
			continue;
		while (to + 1 < CLASS_LENGTHS_MAXIMUM && commitment->lengths[to + 1])
			to++;
		(void)buffer_put_format(text, text->size > 0 ? ", %u" : "%u", from);
		if (to > from)
			(void)buffer_put_format(text, "-%u", to);
		from = to;
	}
	(void)buffer_put_u8(text, 0);
}

static void show_class(enum identifier_class identifier_class,
                       const struct class_commitment *commitment)
{
	const char *name = identifier_class_name(identifier_class);
	struct buffer lengths;

	buffer_init(&lengths, 1024);
	put_lengths(commitment, &lengths);
	if (lengths.size > 1)
		list_item(name,
		          ngettext("%" PRIu64 " pair, with decoys; prefixes of length %s",
		                   "%" PRIu64 " pairs, with decoys; prefixes of length %s",
		                   (unsigned long)commitment->pairs),
		          commitment->pairs, (const char *)lengths.data);
	else
		list_item(name,
		          ngettext("%" PRIu64 " pair, with decoys",
		                   "%" PRIu64 " pairs, with decoys",
		                   (unsigned long)commitment->pairs),
		          commitment->pairs);
	buffer_release(&lengths);
}

static void show_table(const struct pairs_text *table)
{
	if (table->scheme != SCHEME_NONE)
		list_item(_("scheme"), "%s", scheme_name(table->scheme));
	for (size_t i = 0; i < table->contact_count; i++) {
		char label[24];

		snprintf(label, sizeof(label), _("contact %zu"), i + 1);
		list_item(label, "%.*s", (int)table->contacts[i].size,
		          (const char *)table->contacts[i].data);
	}
}

static json_t *document_of(const char *name, const struct asked_list *list, bool checked)
{
	json_t *document = json_pack("{s:s,s:s,s:b}", "act", name, "mode", "match-only", "intact",
	                             checked);
	json_t *classes = json_object(), *contacts = json_array();

	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		if (list->classes[i].pairs > 0)
			json_object_set_new(classes,
			                    identifier_class_name((enum identifier_class)i),
			                    json_integer((json_int_t)list->classes[i].pairs));
	for (size_t i = 0; i < list->table.contact_count; i++)
		json_array_append_new(contacts,
		                      json_stringn((const char *)list->table.contacts[i].data,
		                                   list->table.contacts[i].size));
	json_object_set_new(document, "pairs", classes);
	json_object_set_new(document, "contacts", contacts);
	if (list->table.scheme != SCHEME_NONE)
		json_object_set_new(document, "scheme",
		                    json_string(scheme_name(list->table.scheme)));
	return document;
}

static void show(const char *name, const struct asked_list *list, bool checked, bool json)
{
	json_t *document;

	if (json) {
		document = document_of(name, list, checked);
		print_json(document);
		json_decref(document);
		return;
	}
	for (size_t i = 0; i < IDENTIFIER_CLASS_COUNT; i++)
		if (list->classes[i].pairs > 0)
			show_class((enum identifier_class)i, &list->classes[i]);
	show_table(&list->table);
	if (checked)
		list_item_styled(STYLE_GOOD, _("body"), "%s",
		                 _("its pairs are those that the act commits to"));
}

int list_asked_show(struct node *node, const char *name, const char *identity, bool json,
                    struct error *error)
{
	struct asked_list *list;
	struct opened_body body = { 0 };
	json_t *act = NULL;
	int r;

	if ((r = body_by_name(node, name, identity, &act, &body, error)) != OK)
		return r;
	if ((list = allocate(1, sizeof(*list))) == NULL) {
		r = error_set(error, ERROR_MEMORY, "%s", result_text(ERROR_MEMORY));
	} else if ((r = read_commitments(act, list, error)) == OK) {
		r = check_body(name, &body, list, error);
		if (r == OK || r == ERROR_MISMATCH)
			show(name, list, r == OK, json);
	}
	release_memory(list);
	opened_body_release(&body);
	json_decref(act);
	return r;
}
