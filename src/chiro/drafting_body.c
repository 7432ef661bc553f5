#include "drafting_body.h"

#include "drafting_details.h"
#include "earlier_channel.h"
#include "files.h"
#include "glossaries.h"
#include "minutes.h"
#include "resealing.h"
#include "terminal.h"
#include "translate.h"

/* Everything that a body is made of, while it is being made. */
struct materials {
	struct buffer texts[1 + LANGUAGES_MAXIMUM];
	char languages[1 + LANGUAGES_MAXIMUM][PART_LANGUAGE_CAPACITY];
	struct body_text views[1 + LANGUAGES_MAXIMUM];
	size_t count;
	struct buffer fields;
	struct buffer glossary;
	const char *items[OPTIONS_MAXIMUM];
	size_t item_count;
	const char *files[OPTIONS_MAXIMUM];
	size_t file_count;
	bool needs_no_text; /* it says something without */
};

bool drafting_body_is_given(const struct options *options)
{
	static const char *const names[] = { "text",   "subject", "authentic", "translation",
		                             "detail", "attach",  "refers" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (options_has(options, names[i]))
			return true;
	return false;
}

/* The language of the text: as said, else what the person speaks when it is one of
 * the charter's; NULL when neither. */
static const char *text_language(const struct options *options, const struct charter *charter)
{
	const char *given = options_value(options, "language");

	if (given != NULL)
		return given;
	for (size_t i = 0; i < charter->language_count; i++)
		if (terminal_speaks(charter->languages[i]))
			return charter->languages[i];
	return NULL;
}

/* The text that was read from `path`; NULL when it was written in the editor. */
static int add_text(struct materials *materials, const char *path, const char *language,
                    enum part_standing standing, struct error *error)
{
	struct body_text *text = &materials->views[materials->count];
	char *copy = materials->languages[materials->count];

	*text = (struct body_text){ .text = buffer_view(&materials->texts[materials->count]),
		                    .path = path,
		                    .standing = standing };
	if (language != NULL) {
		if (bytes_to_string(bytes_of_string(language), copy, PART_LANGUAGE_CAPACITY) != OK)
			return error_set(error, ERROR_USAGE, _("'%.20s…' is no language"),
			                 language);
		text->language = copy;
	}
	materials->count++;
	return OK;
}

/* Has the text written in the editor, which begins with what minutes begin with where
 * these are minutes. */
static int write_text(const struct kind *kind, const struct convened *convened, struct buffer *text,
                      struct error *error)
{
	struct buffer beginning;
	int r = OK;

	buffer_init(&beginning, BODY_CONTENT_MAXIMUM);
	if (kind->number == KIND_MINUTES)
		r = minutes_template(convened, &beginning);
	if (r == OK)
		r = buffer_put_string(&beginning,
		                      _("\n# Write what the act says. Empty lines separate "
		                        "paragraphs; lines that begin with # are dropped.\n"));
	if (r == OK && (r = buffer_put_u8(&beginning, 0)) == OK)
		r = editor_write((const char *)beginning.data, text, error);
	buffer_release(&beginning);
	return r;
}

/* The main text: from a file, or from the editor when there is nothing else. */
static int take_text(const struct options *options, const struct kind *kind,
                     const struct charter *charter, const struct convened *convened,
                     struct materials *materials, struct error *error)
{
	const char *path = options_value(options, "text");
	const char *language = text_language(options, charter);
	int r = OK;

	if (path != NULL)
		r = file_read(path, &materials->texts[0], error);
	else if (!drafting_body_is_given(options) && !materials->needs_no_text)
		r = write_text(kind, convened, &materials->texts[0], error);
	if (r != OK)
		return r;
	if ((r = add_text(materials, path, language,
	                  language != NULL ? PART_AUTHENTIC : PART_STANDING_NONE, error)) == OK)
		materials->views[0].subject = options_value(options, "subject");
	return r;
}

/* `--authentic LANG=FILE` and `--translation LANG=FILE`: the text in other languages. */
static int take_other_languages(const struct options *options, const char *option,
                                enum part_standing standing, struct materials *materials,
                                struct error *error)
{
	const char *given;
	int r = OK;

	for (size_t i = 0; r == OK && (given = options_value_at(options, option, i)) != NULL; i++) {
		char language[PART_LANGUAGE_CAPACITY];
		size_t size = strcspn(given, "=");

		if (given[size] != '=' || materials->count == 1 + LANGUAGES_MAXIMUM ||
		    bytes_to_string(bytes_of(given, size), language, sizeof(language)) != OK)
			return error_set(error, ERROR_USAGE,
			                 _("--%s wants a language and a file, such as ru=%s"),
			                 option, given);
		if ((r = file_read(given + size + 1, &materials->texts[materials->count], error)) ==
		    OK)
			r = add_text(materials, given + size + 1, language, standing, error);
	}
	return r;
}

static bool has_text_in(const struct materials *materials, const char *language,
                        enum part_standing standing)
{
	for (size_t i = 0; i < materials->count; i++)
		if (materials->views[i].language != NULL &&
		    strcmp(materials->views[i].language, language) == 0 &&
		    (materials->views[i].text.size > 0 || materials->views[i].subject != NULL) &&
		    materials->views[i].standing == standing)
			return true;
	return false;
}

/* Says where the text is not authentic in the languages in which the charter has it be. */
static void advise_on_languages(const struct charter *charter, const struct materials *materials)
{
	bool any = false;

	for (size_t i = 0; i < materials->count; i++)
		any = any || materials->views[i].language != NULL;
	if (!any || charter->language_count < 2)
		return;
	for (size_t i = 0; i < charter->language_count; i++) {
		const char *language = charter->languages[i];

		if ((charter->authentic[0] != '\0' && strcmp(charter->authentic, language) != 0) ||
		    has_text_in(materials, language, PART_AUTHENTIC))
			continue;
		if (has_text_in(materials, language, PART_TRANSLATION))
			advise(_("The text in %s goes as a translation: by the charter it would be "
			         "authentic (--authentic %s=FILE)."),
			       language, language);
		else
			advise(_("There is no text in %s, which by the charter is an authentic "
			         "language (--authentic %s=FILE)."),
			       language, language);
	}
}

/* Says where an agreed term stands in one language and its rendering not in another. */
static void advise_on_terms(struct node *node, const struct materials *materials)
{
	static struct body_remarks remarks;
	struct glossary_text texts[1 + LANGUAGES_MAXIMUM];

	for (size_t i = 0; i < materials->count; i++)
		texts[i] = (struct glossary_text){ materials->views[i].language,
			                           materials->views[i].text };
	remarks.count = 0;
	glossaries_remark(node, texts, materials->count, &remarks);
	for (size_t i = 0; i < remarks.count; i++)
		advise("%s", remarks.rows[i].text);
}

/* `--item` and `--glossary`. */
static int take_items(const struct options *options, struct materials *materials,
                      struct error *error)
{
	const char *path = options_value(options, "glossary"), *item;
	int r;

	while ((item = options_value_at(options, "item", materials->item_count)) != NULL)
		materials->items[materials->item_count++] = item;
	if (path == NULL)
		return OK;
	if ((r = file_read(path, &materials->glossary, error)) != OK)
		return r;
	if ((r = glossary_check(buffer_view(&materials->glossary), error)) != OK)
		return error_in_file(error, r, path);
	return OK;
}

/* What the body consists of: what is read from files first, so that nobody answers
 * questions in vain. */
static int take_texts(const struct options *options, const struct kind *kind, struct node *node,
                      const json_t *answered, struct materials *materials, struct error *error)
{
	static struct convened convened;
	const struct charter *charter = node->channel.charter;
	bool from_file = options_has(options, "text");
	struct details_suggested suggested;
	int r;

	convened_open(node, kind->number == KIND_MINUTES ? answered : NULL, &convened);
	suggested = (struct details_suggested){ member_text(convened.act, "name"), convened.values,
		                                convened.count };
	if ((from_file &&
	     (r = take_text(options, kind, charter, &convened, materials, error)) != OK) ||
	    (r = take_items(options, materials, error)) != OK ||
	    (r = drafting_details(options, kind, member_string(answered, "name"), &suggested,
	                          &materials->fields, error)) != OK ||
	    (r = earlier_acts_put(node, options, &materials->fields, error)) != OK ||
	    (!from_file &&
	     (r = take_text(options, kind, charter, &convened, materials, error)) != OK) ||
	    (r = take_other_languages(options, "authentic", PART_AUTHENTIC, materials, error)) !=
	        OK ||
	    (r = take_other_languages(options, "translation", PART_TRANSLATION, materials,
	                              error)) != OK)
		goto out;
	advise_on_languages(charter, materials);
	advise_on_terms(node, materials);
out:
	convened_release(&convened);
	return r;
}

/* What people are shown before they sign; what does not fit is cut. */
static void put_preview(const struct materials *materials, struct buffer *preview)
{
	for (size_t i = 0; i < materials->count; i++) {
		const struct body_text *text = &materials->views[i];

		if (text->text.size == 0 && text->subject == NULL)
			continue;
		if (text->language != NULL)
			(void)buffer_put_format(preview, "[%s, %s]\n", text->language,
			                        text->standing == PART_TRANSLATION
			                            ? _("translation")
			                            : _("authentic text"));
		if (text->subject != NULL)
			(void)buffer_put_format(preview, "%s\n\n", text->subject);
		(void)buffer_put_bytes(preview, text->text);
		(void)buffer_put_string(preview, "\n");
	}
	for (size_t i = 0; i < materials->item_count; i++)
		(void)buffer_put_format(preview, "%zu. %s\n", i + 1, materials->items[i]);
	(void)buffer_put_bytes(preview, buffer_view(&materials->glossary));
	(void)buffer_put_bytes(preview, buffer_view(&materials->fields));
	for (size_t i = 0; i < materials->file_count; i++)
		(void)buffer_put_format(preview, "+ %s\n", materials->files[i]);
}

int drafting_body_make(const struct options *options, const struct kind *kind, struct node *node,
                       const json_t *answered, bool eyes_heads, struct bytes charter,
                       struct buffer *preview, struct sealed_body *ret_body, struct error *error)
{
	struct x25519_public recipients[SEAL_RECIPIENTS];
	static struct materials materials;
	struct body_draft draft;
	const char *path;
	int r;

	memset(&materials, 0, sizeof(materials));
	materials.needs_no_text = charter.size > 0;
	for (size_t i = 0; i < 1 + LANGUAGES_MAXIMUM; i++)
		buffer_init(&materials.texts[i], BODY_CONTENT_MAXIMUM);
	buffer_init(&materials.fields, FIELDS_SIZE_MAXIMUM);
	buffer_init(&materials.glossary, GLOSSARY_SIZE_MAXIMUM);
	if ((r = body_recipients(node, eyes_heads, recipients, error)) != OK ||
	    (r = take_texts(options, kind, node, answered, &materials, error)) != OK)
		goto out;
	while ((path = options_value_at(options, "attach", materials.file_count)) != NULL)
		materials.files[materials.file_count++] = path;
	draft = (struct body_draft){ .texts = materials.views,
		                     .text_count = materials.count,
		                     .items = materials.items,
		                     .item_count = materials.item_count,
		                     .glossary = buffer_view(&materials.glossary),
		                     .fields = buffer_view(&materials.fields),
		                     .charter = charter,
		                     .files = materials.files,
		                     .file_count = materials.file_count };
	if ((r = sealed_body_make(&draft, recipients, ret_body, error)) == OK)
		put_preview(&materials, preview);
out:
	for (size_t i = 0; i < 1 + LANGUAGES_MAXIMUM; i++)
		buffer_release(&materials.texts[i]);
	buffer_release(&materials.fields);
	buffer_release(&materials.glossary);
	return r;
}
