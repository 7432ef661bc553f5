#include "body_view.h"

#include <inttypes.h>

#include "details_view.h"
#include "list_text.h"
#include "listing.h"
#include "pairs_text.h"
#include "translate.h"

static const struct kind *kind_of(const json_t *act)
{
	return kind_by_name(bytes_of_string(member_text(act, "kind")));
}

static bool is_in_language(const struct part_description *description, const char *language)
{
	size_t size = language != NULL ? strlen(language) : 0;

	return language == NULL || description->language[0] == '\0' ||
	       (strncasecmp(description->language, language, size) == 0 &&
	        (description->language[size] == '\0' || description->language[size] == '-'));
}

static bool has_language(const struct part_description *description)
{
	return description->language[0] != '\0' &&
	       part_role_of(description->media_type) != PART_ATTACHMENT;
}

bool body_has_language(const struct opened_body *body, const char *language)
{
	for (size_t i = 0; i < body->count; i++)
		if (has_language(&body->parts[i].line.description) &&
		    is_in_language(&body->parts[i].line.description, language))
			return true;
	return false;
}

void body_languages(const struct opened_body *body, char ret_text[BODY_LANGUAGES_CAPACITY])
{
	size_t used = 0;

	ret_text[0] = '\0';
	for (size_t i = 0; i < body->count; i++) {
		const struct part_description *description = &body->parts[i].line.description;
		bool known = false;

		for (size_t j = 0; j < i && !known; j++)
			known = strcmp(body->parts[j].line.description.language,
			               description->language) == 0;
		if (known || !has_language(description) ||
		    used + PART_LANGUAGE_CAPACITY + 2 > BODY_LANGUAGES_CAPACITY)
			continue;
		used += (size_t)snprintf(ret_text + used, BODY_LANGUAGES_CAPACITY - used, "%s%s",
		                         used > 0 ? ", " : "", description->language);
	}
}

/* `ru, translation`, where it differs from the part before. */
static void show_language(const struct part_description *description,
                          const struct part_description *before)
{
	if (description->language[0] == '\0' ||
	    (before != NULL && before->standing == description->standing &&
	     strcmp(before->language, description->language) == 0))
		return;
	printf("%s[%s, %s]%s\n", style(stdout, STYLE_FAINT), description->language,
	       description->standing == PART_TRANSLATION ? _("translation") : _("authentic text"),
	       style(stdout, STYLE_PLAIN));
}

static void show_text(const json_t *act, const struct opened_part *part,
                      const struct part_description *before, bool numbered)
{
	enum part_role role = part_role_of(part->line.description.media_type);

	/* A text that breaks the rules of its role is shown as what it is. */
	if (role == PART_FIELDS && fields_check(part->content, NULL) == OK) {
		details_show(kind_of(act), part->content);
		return;
	}
	show_language(&part->line.description, before);
	if (numbered && role != PART_SUBJECT)
		printf("%s%" PRIu64 "%s  ", style(stdout, STYLE_FAINT), part->line.number,
		       style(stdout, STYLE_PLAIN));
	if (role == PART_SUBJECT)
		fputs(style(stdout, STYLE_STRONG), stdout);
	put_visible(stdout, part->content, role != PART_SUBJECT);
	if (role == PART_SUBJECT)
		fputs(style(stdout, STYLE_PLAIN), stdout);
	putchar('\n');
}

void body_show_part(const json_t *act, const struct opened_part *part)
{
	show_text(act, part, NULL, false);
	putchar('\n');
}

/* What of a list can be seen at a glance: a second person is to sign it, too. */
static void show_list_part(const struct opened_part *part)
{
	const char *media_type = part->line.description.media_type;
	uint64_t count;

	if (strcmp(media_type, PAIRS_TEXT_MEDIA_TYPE) == 0 &&
	    part->content.size <= PAIRS_TEXT_MAXIMUM)
		put_visible(stdout, part->content, true);
	if (strcmp(media_type, LIST_MEDIA_TYPE) != 0)
		return;
	if (list_text_check(part->content, &count, NULL, NULL) == OK)
		printf(ngettext("        a list of %" PRIu64 " entry\n",
		                "        a list of %" PRIu64 " entries\n", (unsigned long)count),
		       count);
	else
		printf("        %s\n", _("it is no list"));
}

static void show_attachments(const struct opened_body *body, const char *name)
{
	size_t listed = 0;
	bool has_list = false;

	for (size_t i = 0; i < body->count; i++) {
		const struct part_description *description = &body->parts[i].line.description;

		if (part_role_of(description->media_type) != PART_ATTACHMENT)
			continue;
		has_list = has_list || strcmp(description->media_type, LIST_MEDIA_TYPE) == 0 ||
		           strcmp(description->media_type, PAIRS_MEDIA_TYPE) == 0;
		if (listed++ == 0)
			puts(_("Attachments:"));
		printf("  %4zu  ", i + 1);
		put_visible(stdout, bytes_of_string(description->name), false);
		printf(_(" (%s, %" PRIu64 " bytes)\n"), description->media_type, description->size);
		show_list_part(&body->parts[i]);
	}
	if (listed > 0 && name[0] != '\0')
		advise(_("'chiro read %s --to DIR' writes them to files."), name);
	if (has_list && name[0] != '\0')
		advise(_("'chiro list show %s' shows the list."), name);
}

void body_show(const json_t *act, const struct opened_body *body, const char *language,
               const struct body_remarks *remarks)
{
	const struct part_description *before = NULL;
	const char *name = member_text(act, "name");

	printf("%s%s%s%s%s  ", style(stdout, STYLE_FAINT), name, name[0] != '\0' ? "  " : "",
	       member_text(act, "kind"), style(stdout, STYLE_PLAIN));
	put_visible(stdout, bytes_of_string(member_text(act, "author")), false);
	printf("  %s%s%s%s\n\n", style(stdout, STYLE_WARNING), member_text(act, "marking"),
	       member_true(act, "exercise") ? _("  EXERCISE") : "", style(stdout, STYLE_PLAIN));
	for (size_t i = 0; i < body->count; i++) {
		const struct opened_part *part = &body->parts[i];
		const struct part_description *description = &part->line.description;

		if (part_role_of(description->media_type) == PART_ATTACHMENT ||
		    !is_in_language(description, language))
			continue;
		show_text(act, part, before, true);
		body_remarks_print(remarks, part->line.number);
		putchar('\n');
		before = description;
	}
	show_attachments(body, name);
	body_remarks_print(remarks, BODY_REMARK_WHOLE);
}

static json_t *fields_document(struct bytes content)
{
	json_t *list = json_array();
	struct text_reader reader;
	struct bytes key, value;

	fields_reader_init(&reader, content);
	while (fields_next(&reader, &key, &value) == OK)
		json_array_append_new(
		    list,
		    json_pack("{s:o,s:o}", "key", json_stringn((const char *)key.data, key.size),
		              "value", json_stringn((const char *)value.data, value.size)));
	return list;
}

static json_t *part_document(const struct opened_part *part)
{
	const struct part_description *description = &part->line.description;
	enum part_role role = part_role_of(description->media_type);
	json_t *document = json_pack("{s:I,s:s,s:s,s:I,s:s}", "part", (json_int_t)part->line.number,
	                             "name", description->name, "media_type",
	                             description->media_type, "size", (json_int_t)description->size,
	                             "standing", part_standing_text(description->standing));

	if (description->language[0] != '\0')
		json_object_set_new(document, "language", json_string(description->language));
	if (role != PART_ATTACHMENT)
		json_object_set_new(
		    document, "text",
		    json_stringn((const char *)part->content.data, part->content.size));
	if (role == PART_FIELDS && fields_check(part->content, NULL) == OK)
		json_object_set_new(document, "fields", fields_document(part->content));
	return document;
}

json_t *body_document(const json_t *act, const struct opened_body *body, const char *language,
                      const struct body_remarks *remarks)
{
	json_t *parts = json_array();
	json_t *document = json_pack("{s:O,s:b,s:o,s:o}", "act", member(act, "name"), "disputed",
	                             member_true(act, "disputed"), "parts", parts, "remarks",
	                             body_remarks_document(remarks));

	for (size_t i = 0; i < body->count; i++)
		if (is_in_language(&body->parts[i].line.description, language))
			json_array_append_new(parts, part_document(&body->parts[i]));
	return document;
}

/* Whether some text in the language stands there as authentic. */
static bool has_authentic(const struct opened_body *body, const char *language)
{
	for (size_t i = 0; i < body->count; i++) {
		const struct part_description *description = &body->parts[i].line.description;

		if (has_language(description) && is_in_language(description, language) &&
		    description->standing == PART_AUTHENTIC)
			return true;
	}
	return false;
}

void body_remark_languages(const struct charter *charter, const struct opened_body *body,
                           struct body_remarks *remarks)
{
	char languages[BODY_LANGUAGES_CAPACITY];

	body_languages(body, languages);
	if (languages[0] == '\0' || charter->language_count < 2)
		return;
	for (size_t i = 0; i < charter->language_count; i++) {
		const char *language = charter->languages[i];
		bool equal = charter->authentic[0] == '\0';

		if ((!equal && strcmp(language, charter->authentic) != 0) ||
		    has_authentic(body, language))
			continue;
		if (body_has_language(body, language))
			body_remark(remarks, BODY_REMARK_WHOLE, "language", STYLE_WARNING,
			            _("what stands here in %s is a translation, though by the "
			              "charter texts in %s are authentic"),
			            language, language);
		else if (equal)
			body_remark(remarks, BODY_REMARK_WHOLE, "language", STYLE_WARNING,
			            _("there is no text in %s (only %s), though by the charter all "
			              "its languages are equally authentic"),
			            language, languages);
		else
			body_remark(remarks, BODY_REMARK_WHOLE, "language", STYLE_WARNING,
			            _("there is no text in %s (only %s), which by the charter is "
			              "the authentic language"),
			            language, languages);
	}
}
