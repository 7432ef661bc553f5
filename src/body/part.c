#include "part.h"

#include "fields.h"
#include "glossary.h"
#include "kinds.h"
#include "text.h"

/* Marks a text for translation where it is shown. */
#define N_(text) text

enum { LANGUAGE_WORD_MAXIMUM = 8, LANGUAGE_FIRST_MINIMUM = 2 };

static const char *const standing_texts[PART_STANDING_COUNT] = {
	[PART_STANDING_NONE] = "-",
	[PART_AUTHENTIC] = "authentic",
	[PART_TRANSLATION] = "translation",
};

static const char *const role_media_types[] = {
	[PART_SUBJECT] = "text/vnd.chirograph.subject",
	[PART_PARAGRAPH] = "text/vnd.chirograph.paragraph",
	[PART_FIELDS] = "text/vnd.chirograph.fields",
	[PART_CHARTER] = "text/vnd.chirograph.charter",
	[PART_ITEM] = "text/vnd.chirograph.item",
	[PART_GLOSSARY] = GLOSSARY_MEDIA_TYPE,
	[PART_ATTACHMENT] = NULL,
};

/* What changes the direction of writing, or hides that it does, in UTF-8: the
 * characters that a name could use to look like another. */
static const char *const direction_characters[] = {
	"\xd8\x9c",                                                     /* U+061C */
	"\xe2\x80\x8e", "\xe2\x80\x8f",                                 /* U+200E, U+200F */
	"\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad", /* U+202A to */
	"\xe2\x80\xae",                                                 /* U+202E */
	"\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9", /* U+2066 to U+2069 */
};

const char *part_standing_text(enum part_standing standing)
{
	return standing_texts[standing];
}

int part_standing_parse(struct bytes text, enum part_standing *ret_standing)
{
	for (unsigned i = 0; i < PART_STANDING_COUNT; i++) {
		if (bytes_equal_string(text, standing_texts[i])) {
			*ret_standing = (enum part_standing)i;
			return OK;
		}
	}
	return ERROR_SYNTAX;
}

const char *part_role_media_type(enum part_role role)
{
	return role_media_types[role];
}

uint64_t body_content_maximum(const struct kind *kind)
{
	return kind->number == KIND_LIST || kind->number == KIND_REVEAL ||
	               kind->number == KIND_UPDATE_LIST
	           ? BODY_LIST_CONTENT_MAXIMUM
	           : BODY_CONTENT_MAXIMUM;
}

enum part_role part_role_of(const char *media_type)
{
	for (unsigned role = 0; role < PART_ATTACHMENT; role++) {
		if (strcmp(media_type, role_media_types[role]) == 0)
			return (enum part_role)role;
	}
	return PART_ATTACHMENT;
}

static bool is_digit(char character)
{
	return character >= '0' && character <= '9';
}

static bool is_lower(char character)
{
	return character >= 'a' && character <= 'z';
}

static bool is_upper(char character)
{
	return character >= 'A' && character <= 'Z';
}

static bool name_is_valid(const char *name)
{
	size_t size = strlen(name);

	if (size == 0 || size >= PART_NAME_CAPACITY || name[0] == ' ' || name[size - 1] == ' ' ||
	    strpbrk(name, "/\\") != NULL || !text_is_clean(bytes_of(name, size)))
		return false;
	for (size_t i = 0; i < sizeof(direction_characters) / sizeof(direction_characters[0]);
	     i++) {
		if (strstr(name, direction_characters[i]) != NULL)
			return false;
	}
	return true;
}

/* Takes a restricted name of RFC 6838, section 4.2, or, as a parameter's value,
 * one that may have capitals; NULL when there is none. */
static const char *skip_name(const char *at, bool capitals)
{
	const char *start = at;

	while (is_lower(*at) || is_digit(*at) || (capitals && is_upper(*at)) ||
	       (at > start && *at != '\0' && strchr("!#$&-^_.+", *at) != NULL))
		at++;
	return at > start ? at : NULL;
}

static bool media_type_is_valid(const char *media_type)
{
	const char *at = skip_name(media_type, false);

	if (strlen(media_type) >= PART_MEDIA_TYPE_CAPACITY || at == NULL || *at != '/')
		return false;
	at = skip_name(at + 1, false);
	while (at != NULL && *at == ';') {
		at = skip_name(at + 1, false);
		if (at == NULL || *at != '=')
			return false;
		at = skip_name(at + 1, true);
	}
	return at != NULL && *at == '\0';
}

bool part_language_is_valid(const char *language)
{
	const char *at = language;

	if (*language == '\0')
		return true;
	if (strlen(language) >= PART_LANGUAGE_CAPACITY)
		return false;
	for (bool first = true;; first = false) {
		const char *start = at;
		size_t size;

		while (is_lower(*at) || is_upper(*at) || (!first && is_digit(*at)))
			at++;
		size = (size_t)(at - start);
		if (size < (first ? LANGUAGE_FIRST_MINIMUM : 1) || size > LANGUAGE_WORD_MAXIMUM)
			return false;
		if (*at == '\0')
			return true;
		if (*at++ != '-')
			return false;
	}
}

int part_description_check(const struct part_description *description, struct error *error)
{
	if (!name_is_valid(description->name))
		return error_set(error, ERROR_SYNTAX, N_("the name of a part is not valid"));
	if (!media_type_is_valid(description->media_type))
		return error_set(error, ERROR_SYNTAX, N_("the media type of a part is not valid"));
	if (!part_language_is_valid(description->language))
		return error_set(error, ERROR_SYNTAX, N_("the language of a part is not valid"));
	if (description->standing != PART_STANDING_NONE && description->language[0] == '\0')
		return error_set(
		    error, ERROR_SYNTAX,
		    N_("a part without language is neither authentic text nor translation"));
	return OK;
}

int part_init(struct part *ret_part, const char *name, const char *media_type, const char *language,
              enum part_standing standing, const struct bytes *content, struct error *error)
{
	struct part_description description = { .standing = standing, .size = content->size };
	struct bytes language_bytes = bytes_of_string(language == NULL ? "" : language);
	int r;

	if ((r = bytes_to_string(bytes_of_string(name), description.name,
	                         sizeof(description.name))) != OK ||
	    (r = bytes_to_string(bytes_of_string(media_type), description.media_type,
	                         sizeof(description.media_type))) != OK ||
	    (r = bytes_to_string(language_bytes, description.language,
	                         sizeof(description.language))) != OK)
		return error_set(error, r,
		                 N_("name, media type or language of a part is too long"));
	if ((r = part_description_check(&description, error)) != OK)
		return r;
	*ret_part = (struct part){ description, byte_source_over(content) };
	return OK;
}

/* A line of free text: as text_is_clean, and tabs. */
static bool line_is_clean(struct bytes line)
{
	while (line.size > 0) {
		const uint8_t *tab = memchr(line.data, '\t', line.size);
		size_t size = tab == NULL ? line.size : (size_t)(tab - line.data);

		if (!text_is_clean(bytes_of(line.data, size)))
			return false;
		if (tab != NULL)
			size++;
		line.data += size;
		line.size -= size;
	}
	return true;
}

/* Gives the paragraphs as far as `capacity` allows, and counts all. */
static int split(struct bytes text, struct bytes *ret_paragraphs, size_t capacity,
                 size_t *ret_count, struct error *error)
{
	size_t number = 0;
	size_t count = 0;
	bool inside = false;

	while (text.size > 0) {
		struct bytes line;

		bytes_cut(&text, '\n', &line);
		number++;
		if (!line_is_clean(line))
			return error_set_line(
			    error, ERROR_SYNTAX, number,
			    N_("the line is not UTF-8 or has a forbidden character"));
		if (line.size == 0) {
			inside = false;
			continue;
		}
		if (!inside)
			count++;
		if (count <= capacity && ret_paragraphs != NULL) {
			struct bytes *paragraph = &ret_paragraphs[count - 1];

			if (!inside)
				*paragraph = line;
			paragraph->size = (size_t)(line.data + line.size - paragraph->data);
		}
		inside = true;
	}
	*ret_count = count;
	return OK;
}

int part_split_text(struct bytes text, struct bytes *ret_paragraphs, size_t capacity,
                    size_t *ret_count, struct error *error)
{
	size_t count;
	int r;

	/* Counted first: the outputs stay untouched on failure. */
	if ((r = split(text, NULL, 0, &count, error)) != OK)
		return r;
	if (count == 0)
		return error_set(error, ERROR_SYNTAX, N_("the text is empty"));
	if (count > capacity)
		return error_set(error, ERROR_LIMIT, "the text has more than %zu paragraphs",
		                 capacity);
	return split(text, ret_paragraphs, capacity, ret_count, error);
}

static int subject_check(struct bytes content, struct error *error)
{
	if (content.size == 0 || content.size > TEXT_LINE_MAXIMUM || !text_is_clean(content) ||
	    content.data[content.size - 1] == ' ')
		return error_set(error, ERROR_SYNTAX,
		                 N_("the subject is not one line of clean text"));
	return OK;
}

static int paragraph_check(struct bytes content, struct error *error)
{
	struct bytes paragraph;
	size_t count;
	int r;

	if ((r = part_split_text(content, &paragraph, 1, &count, error)) != OK)
		return r;
	if (!bytes_equal(paragraph, content))
		return error_set(error, ERROR_SYNTAX,
		                 N_("the paragraph has an empty line before or after it"));
	return OK;
}

int part_content_check(enum part_role role, struct bytes content, struct error *error)
{
	static int (*const checks[])(struct bytes content, struct error * error) = {
		[PART_SUBJECT] = subject_check, [PART_PARAGRAPH] = paragraph_check,
		[PART_FIELDS] = fields_check,   [PART_CHARTER] = text_check,
		[PART_ITEM] = paragraph_check,  [PART_GLOSSARY] = glossary_check,
		[PART_ATTACHMENT] = NULL,
	};

	return checks[role] == NULL ? OK : checks[role](content, error);
}
