/* A glossary: which words the sides have agreed stand for one another in their
 * languages. A part of this media type is in force once a proposal that carries it
 * is accepted; the rules know nothing of it.
 *
 *     chirograph.glossary/1
 *     languages en ru
 *     term 1
 *     en incident
 *     ru инцидент
 *     ru происшествие
 *     note not «событие»
 *
 * 2 to 8 languages; 1 to 1,024 terms, numbered from 1; of each language, in the
 * order of the line, 1 to 8 renderings of at most 256 bytes, the first the one to
 * use; then at most one note. At most 256 KiB. The text has one spelling.
 */
#ifndef GLOSSARY_H
#define GLOSSARY_H

#include "text.h"

#define GLOSSARY_MEDIA_TYPE "text/vnd.chirograph.glossary"

enum {
	GLOSSARY_SIZE_MAXIMUM = 262144,
	GLOSSARY_TERMS_MAXIMUM = 1024,
	GLOSSARY_LANGUAGES_MAXIMUM = 8,
	GLOSSARY_RENDERINGS_MAXIMUM = 8, /* of a language */
	GLOSSARY_RENDERING_MAXIMUM = 256
};

struct glossary_rendering {
	struct bytes language, text;
};

struct glossary_term {
	uint64_t number;
	size_t count;
	struct glossary_rendering
	    renderings[GLOSSARY_LANGUAGES_MAXIMUM * GLOSSARY_RENDERINGS_MAXIMUM];
	struct bytes note; /* empty: none */
};

/* Checks a whole text. */
int glossary_check(struct bytes text, struct error *error);

/* Reads a text that glossary_check has accepted, term by term. */
struct glossary_reader {
	struct text_reader lines;
};
void glossary_reader_init(struct glossary_reader *reader, struct bytes text);
/* ERROR_NOT_FOUND at the end. */
int glossary_next(struct glossary_reader *reader, struct glossary_term *ret_term);

/* Whether one of the renderings of a term in a language stands in folded text
 * (folded.h). */
bool glossary_term_stands(const struct glossary_term *term, const char *language,
                          struct bytes folded);
/* The first rendering in a language; empty when there is none. */
struct bytes glossary_term_in(const struct glossary_term *term, const char *language);

#endif
