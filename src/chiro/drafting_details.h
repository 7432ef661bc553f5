/* The part `fields` of a draft: what `--detail` gives, and, on a terminal, what the
 * kind must say and was not given; checked by the table of the kind (details.h). */
#ifndef DRAFTING_DETAILS_H
#define DRAFTING_DETAILS_H

#include "details.h"
#include "options.h"

/* What another act says and this one may say as well: a person is asked. */
struct details_suggested {
	const char *act; /* its name */
	const struct detail_value *values;
	size_t count;
};

/* Appends the text of the fields, or nothing where there are none. `answered` is
 * the name of the act that is answered, or NULL; `suggested` may be NULL.
 * ERROR_USAGE with a sentence that says what is missing or wrong and what it is for. */
int drafting_details(const struct options *options, const struct kind *kind, const char *answered,
                     const struct details_suggested *suggested, struct buffer *fields,
                     struct error *error);

/* Prints the fields of a kind, for its usage; nothing where it has none. */
void details_print_usage(const struct kind *kind, FILE *file);

/* The words that a field may be, joined by `, `. */
enum { DETAIL_WORDS_CAPACITY = 512 };
void details_join_words(const struct detail *detail, char ret_text[DETAIL_WORDS_CAPACITY]);

#endif
