/* The parts of a body: what an act says.
 *
 * A part is content with a media type, a language, a standing (authentic text
 * or translation) and a name. What a part is *for* is told by its media type
 * alone; the name is for display only and never a file's name.
 */
#ifndef PART_H
#define PART_H

#include "byte_stream.h"

enum {
	PARTS_MAXIMUM = 4096,
	PART_NAME_CAPACITY = 256, /* with its NUL, as the next two */
	PART_MEDIA_TYPE_CAPACITY = 128,
	PART_LANGUAGE_CAPACITY = 36,
};

/* The sum of the contents of all parts of a body, in bytes; in acts list, reveal and
 * update-list, whose body is a list, the second. */
#define BODY_CONTENT_MAXIMUM      (UINT64_C(64) << 20)
#define BODY_LIST_CONTENT_MAXIMUM (UINT64_C(256) << 20)

struct kind;
/* Which of the two holds for acts of this kind. */
uint64_t body_content_maximum(const struct kind *kind);

enum part_standing { PART_STANDING_NONE, PART_AUTHENTIC, PART_TRANSLATION, PART_STANDING_COUNT };

/* `-`, `authentic`, `translation`. */
const char *part_standing_text(enum part_standing standing);
int part_standing_parse(struct bytes text, enum part_standing *ret_standing);

enum part_role {
	PART_SUBJECT,    /* text/vnd.chirograph.subject: one line */
	PART_PARAGRAPH,  /* text/vnd.chirograph.paragraph: lines, none empty */
	PART_FIELDS,     /* text/vnd.chirograph.fields: see fields.h */
	PART_CHARTER,    /* text/vnd.chirograph.charter: the text of an amended charter */
	PART_ITEM,       /* text/vnd.chirograph.item: of an agenda, in its order; as a paragraph */
	PART_GLOSSARY,   /* text/vnd.chirograph.glossary: see glossary.h */
	PART_ATTACHMENT, /* any other media type */
};

/* The media type of a role; NULL for PART_ATTACHMENT. */
const char *part_role_media_type(enum part_role role);
enum part_role part_role_of(const char *media_type);

/* What is said of a part apart from its content. */
struct part_description {
	char name[PART_NAME_CAPACITY];             /* never empty */
	char media_type[PART_MEDIA_TYPE_CAPACITY]; /* `type/subtype`, lower case */
	char language[PART_LANGUAGE_CAPACITY];     /* BCP 47 tag; "" for none */
	enum part_standing standing;
	uint64_t size; /* of the content, in bytes */
};

/* Checks all four:
 *  - name: 1 to 255 bytes under the line rules of the text format, no space at
 *    either end, no slash or backslash, no character that changes the writing
 *    direction (a name must not look like another);
 *  - media type: RFC 6838 names in lower case, then any number of
 *    `;name=value` without spaces;
 *  - language: letters, digits and hyphens in the shape of RFC 5646;
 *  - standing: only with a language. */
int part_description_check(const struct part_description *description, struct error *error);

/* Whether a language tag has that shape; "" stands for none and has it. */
bool part_language_is_valid(const char *language);

/* A part in its author's hands. */
struct part {
	struct part_description description;
	struct byte_source content;
};

/* Describes a part over a view that must outlive it. ERROR_LIMIT when a string
 * is too long, and the errors of part_description_check. `language` may be NULL. */
int part_init(struct part *ret_part, const char *name, const char *media_type, const char *language,
              enum part_standing standing, const struct bytes *content, struct error *error);

/* Splits a message into its paragraphs at empty lines (one or more). The text
 * is UTF-8 under the line rules of the text format, save that a tab is
 * allowed and that lines may have any length; the last LF may be missing.
 * Each view is a paragraph's lines, the last LF not included; nothing but the
 * separating LFs lies between them. ERROR_LIMIT beyond `capacity`,
 * ERROR_SYNTAX for other characters or a text without any paragraph. */
int part_split_text(struct bytes text, struct bytes *ret_paragraphs, size_t capacity,
                    size_t *ret_count, struct error *error);

/* Checks received content of the roles that are text: a subject is one clean
 * line, a paragraph what part_split_text makes, fields and charters clean text.
 * `content` is the whole content. OK for attachments. */
int part_content_check(enum part_role role, struct bytes content, struct error *error);

#endif
