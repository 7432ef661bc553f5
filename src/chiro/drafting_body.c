#include "drafting_body.h"

#include <locale.h>

#include "fields.h"
#include "files.h"
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
	const char *files[OPTIONS_MAXIMUM];
	size_t file_count;
};

bool drafting_body_is_given(const struct options *options)
{
	static const char *const names[] = { "text", "subject", "translation", "detail", "attach" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (options_has(options, names[i]))
			return true;
	return false;
}

/* The language of the text: as said, else that of the locale when it is one of
 * the charter's; NULL when neither. */
static const char *text_language(const struct options *options, const struct charter *charter)
{
	const char *given = options_value(options, "language");
	const char *locale = setlocale(LC_MESSAGES, NULL);

	if (given != NULL)
		return given;
	for (size_t i = 0; locale != NULL && i < charter->language_count; i++) {
		size_t size = strlen(charter->languages[i]);

		if (strncmp(locale, charter->languages[i], size) == 0 &&
		    (locale[size] == '_' || locale[size] == '.' || locale[size] == '\0'))
			return charter->languages[i];
	}
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

/* The main text: from a file, or from the editor when there is nothing else. */
static int take_text(const struct options *options, const struct charter *charter,
                     struct materials *materials, struct error *error)
{
	const char *path = options_value(options, "text");
	const char *language = text_language(options, charter);
	int r = OK;

	if (path != NULL)
		r = file_read(path, &materials->texts[0], error);
	else if (!drafting_body_is_given(options))
		r = editor_write(_("\n# Write what the act says. Empty lines separate paragraphs; "
		                   "lines that begin with # are dropped.\n"),
		                 &materials->texts[0], error);
	if (r != OK)
		return r;
	if ((r = add_text(materials, path, language,
	                  language != NULL ? PART_AUTHENTIC : PART_STANDING_NONE, error)) == OK)
		materials->views[0].subject = options_value(options, "subject");
	return r;
}

/* `--translation LANG=FILE`. */
static int take_translations(const struct options *options, struct materials *materials,
                             struct error *error)
{
	const char *given;
	int r = OK;

	for (size_t i = 0; r == OK && (given = options_value_at(options, "translation", i)) != NULL;
	     i++) {
		char language[PART_LANGUAGE_CAPACITY];
		size_t size = strcspn(given, "=");

		if (given[size] != '=' || i == LANGUAGES_MAXIMUM ||
		    bytes_to_string(bytes_of(given, size), language, sizeof(language)) != OK)
			return error_set(
			    error, ERROR_USAGE,
			    _("--translation wants a language and a file, such as ru=%s"), given);
		if ((r = file_read(given + size + 1, &materials->texts[materials->count], error)) ==
		    OK)
			r = add_text(materials, given + size + 1, language, PART_TRANSLATION,
			             error);
	}
	return r;
}

/* `--detail KEY=VALUE`: the part `fields`. */
static int take_details(const struct options *options, struct materials *materials,
                        struct error *error)
{
	const char *given;
	int r = OK;

	for (size_t i = 0; r == OK && (given = options_value_at(options, "detail", i)) != NULL;
	     i++) {
		char key[FIELDS_KEY_MAXIMUM + 1];
		size_t size = strcspn(given, "=");

		if (i == 0 && (r = fields_begin(&materials->fields)) != OK)
			return r;
		if (given[size] != '=' ||
		    bytes_to_string(bytes_of(given, size), key, sizeof(key)) != OK ||
		    (r = fields_put(&materials->fields, key, given + size + 1)) != OK)
			return error_set(error, ERROR_USAGE,
			                 _("--detail wants a word and a value, such as "
			                   "asset='control system', not '%s'"),
			                 given);
	}
	return r;
}

int drafting_body_make(const struct options *options, const struct node *node, bool eyes_heads,
                       struct sealed_body *ret_body, struct error *error)
{
	struct x25519_public recipients[SEAL_RECIPIENTS];
	struct materials materials = { 0 };
	struct body_draft draft;
	const char *path;
	int r;

	for (size_t i = 0; i < 1 + LANGUAGES_MAXIMUM; i++)
		buffer_init(&materials.texts[i], BODY_CONTENT_MAXIMUM);
	buffer_init(&materials.fields, FIELDS_SIZE_MAXIMUM);
	if ((r = body_recipients(node, eyes_heads, recipients, error)) != OK ||
	    (r = take_text(options, node->channel.charter, &materials, error)) != OK ||
	    (r = take_translations(options, &materials, error)) != OK ||
	    (r = take_details(options, &materials, error)) != OK)
		goto out;
	while ((path = options_value_at(options, "attach", materials.file_count)) != NULL)
		materials.files[materials.file_count++] = path;
	draft = (struct body_draft){ .texts = materials.views,
		                     .text_count = materials.count,
		                     .fields = buffer_view(&materials.fields),
		                     .files = materials.files,
		                     .file_count = materials.file_count };
	r = sealed_body_make(&draft, recipients, ret_body, error);
out:
	for (size_t i = 0; i < 1 + LANGUAGES_MAXIMUM; i++)
		buffer_release(&materials.texts[i]);
	buffer_release(&materials.fields);
	return r;
}
