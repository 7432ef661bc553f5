#include "reading.h"

#include "body_view.h"
#include "details_view.h"
#include "glossaries.h"
#include "moment.h"
#include "own_lists.h"
#include "renderings.h"
#include "sources.h"
#include "translate.h"
#include "translations.h"

enum { TEXTS_MAXIMUM = 1024 };

void reading_remark(const struct node *node, const json_t *act, const struct opened_body *body,
                    struct body_remarks *remarks)
{
	const struct kind *kind = kind_by_name(bytes_of_string(member_text(act, "kind")));

	body_remark_languages(node->channel.charter, body, remarks);
	if (kind != NULL)
		details_remark(kind, body, remarks);
}

/* The texts of the body, for comparing with glossaries. */
static void remark_terms(struct node *node, const struct opened_body *body,
                         struct body_remarks *remarks)
{
	static struct glossary_text texts[TEXTS_MAXIMUM];
	size_t count = 0;

	for (size_t i = 0; i < body->count && count < TEXTS_MAXIMUM; i++) {
		const struct part_description *description = &body->parts[i].line.description;
		enum part_role role = part_role_of(description->media_type);

		if (role == PART_SUBJECT || role == PART_PARAGRAPH || role == PART_ITEM)
			texts[count++] = (struct glossary_text){ description->language,
				                                 body->parts[i].content };
	}
	glossaries_remark(node, texts, count, remarks);
}

void reading_remark_all(struct node *node, const json_t *act, const struct opened_body *body,
                        size_t earlier, struct body_remarks *remarks)
{
	reading_remark(node, act, body, remarks);
	sources_remark(node, act, body, earlier, remarks);
	renderings_remark(node, act, remarks);
	remark_terms(node, body, remarks);
	own_lists_remark(&node->settings, act, body, remarks);
}

struct showing {
	const char *language;
	json_t *list; /* for scripts; NULL: print */
	size_t shown;
};

static int show_one(void *context, const struct kept_translation *kept)
{
	struct showing *showing = context;
	const struct working *working = &kept->working;
	char made[MOMENT_CAPACITY], line[1024];

	if (showing->language != NULL && strcasecmp(showing->language, working->language) != 0)
		return OK;
	showing->shown++;
	if (showing->list != NULL) {
		timestamp_format(working->made, made);
		json_array_append_new(
		    showing->list,
		    json_pack("{s:s,s:s,s:s,s:b,s:o}", "language", working->language, "by",
		              working->by, "made", made, "fits", kept->fits, "text",
		              kept->fits ? json_stringn((const char *)working->text.data,
		                                        working->text.size)
		                         : json_null()));
		return OK;
	}
	moment_show(working->made, made);
	snprintf(line, sizeof(line),
	         _("WORKING TRANSLATION into %s by %s, %s: it commits nobody and is known to "
	           "this machine only"),
	         working->language, working->by, made);
	printf("\n%s", style(stdout, STYLE_WARNING));
	print_wrapped(stdout, 0, line);
	fputs(style(stdout, STYLE_PLAIN), stdout);
	putchar('\n');
	if (!kept->fits)
		print_wrapped(stdout, 0,
		              _("It is of another text than the act has, and is not shown."));
	else
		put_visible(stdout, working->text, true);
	fputs("\n", stdout);
	return OK;
}

int reading_show_working(struct node *node, const json_t *act, const char *language,
                         struct error *error)
{
	struct showing showing = { .language = language };
	int r = translations_each(node, act, show_one, &showing, error);

	if (r == OK && showing.shown == 0)
		print_wrapped(
		    stdout, 0,
		    _("No working translation of it is kept: see 'chiro help translate'."));
	return r;
}

json_t *reading_working_document(struct node *node, const json_t *act, const char *language)
{
	struct showing showing = { .language = language, .list = json_array() };

	(void)translations_each(node, act, show_one, &showing, NULL);
	return showing.list;
}

static int count_one(void *context, const struct kept_translation *kept)
{
	size_t *count = context;

	*count += kept->fits;
	return OK;
}

size_t reading_count_working(struct node *node, const json_t *act)
{
	size_t count = 0;

	(void)translations_each(node, act, count_one, &count, NULL);
	return count;
}
