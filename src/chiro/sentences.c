#include "sentences.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "sentence_list.h"
#include "translate.h"

enum { PARTS_MAXIMUM = 8, PART_CAPACITY = 512, DEPTH_MAXIMUM = 3, SENTENCE_CAPACITY = 2048 };

/* What was put in, in the order of the sentence. */
struct parts {
	size_t count;
	struct {
		const char *text;
		size_t size;
	} items[PARTS_MAXIMUM];
};

/* The end of the directive that begins here, and which argument it names (`%2$s`), 0 for
 * the next; NULL for `%%` and where none begins. */
static const char *directive_end(const char *format, size_t *ret_which)
{
	const char *at = format + 1;
	size_t number = 0;

	if (format[0] != '%' || format[1] == '%')
		return NULL;
	*ret_which = 0;
	while (isdigit((unsigned char)*at))
		number = number * 10 + (size_t)(*at++ - '0');
	if (*at == '$' && at++ != NULL)
		*ret_which = number;
	while (*at != '\0' && strchr("-+ #0123456789.*hlzjt", *at) != NULL)
		at++;
	return *at == '\0' ? NULL : at + 1;
}

/* The plain text up to the next directive, with `%%` as one character; its length. */
static size_t plain_text(const char **format, char ret_text[PART_CAPACITY])
{
	size_t size = 0, which;

	while (**format != '\0' && directive_end(*format, &which) == NULL &&
	       size < PART_CAPACITY - 1) {
		*format += (*format)[0] == '%' && (*format)[1] == '%';
		ret_text[size++] = *(*format)++;
	}
	ret_text[size] = '\0';
	return size;
}

/* Whether the sentence was made of this format; what was put in is what stands between
 * its plain texts. */
static bool fits(const char *format, const char *sentence, struct parts *parts)
{
	char plain[PART_CAPACITY];
	size_t size = plain_text(&format, plain), which;
	const char *end, *next;

	if (strncmp(sentence, plain, size) != 0)
		return false;
	sentence += size;
	for (parts->count = 0; *format != '\0'; parts->count++) {
		if ((end = directive_end(format, &which)) == NULL || parts->count == PARTS_MAXIMUM)
			return false;
		format = end;
		size = plain_text(&format, plain);
		/* The last plain text ends the sentence; any other is the nearest. */
		if (*format != '\0')
			next = size == 0 ? NULL : strstr(sentence, plain);
		else if (strlen(sentence) >= size)
			next = sentence + strlen(sentence) - size;
		else
			next = NULL;
		if (next == NULL || strncmp(next, plain, size) != 0)
			return false;
		parts->items[parts->count].text = sentence;
		parts->items[parts->count].size = (size_t)(next - sentence);
		sentence = next + size;
	}
	return *sentence == '\0';
}

/* How much of a format is plain text: of several that fit, that which says most is meant. */
static size_t weight_of(const char *format)
{
	char plain[PART_CAPACITY];
	size_t weight = 0, which;

	while (*format != '\0') {
		weight += plain_text(&format, plain);
		if (*format != '\0')
			format = directive_end(format, &which);
	}
	return weight;
}

static const char *find_format(const char *sentence, struct parts *ret_parts)
{
	const char *found = NULL;
	size_t weight = 0;

	for (size_t i = 0; i < sizeof(sentences) / sizeof(sentences[0]); i++) {
		struct parts parts;

		if (!fits(sentences[i], sentence, &parts) || weight_of(sentences[i]) <= weight)
			continue;
		weight = weight_of(sentences[i]);
		found = sentences[i];
		*ret_parts = parts;
	}
	return found;
}

static const char *translate(const char *sentence, char *ret_text, size_t capacity, unsigned depth);

static size_t put_part(const struct parts *parts, size_t which, char *text, size_t capacity,
                       unsigned depth)
{
	char part[PART_CAPACITY], translated[PART_CAPACITY];
	int size;

	if (which >= parts->count)
		return 0;
	snprintf(part, sizeof(part), "%.*s", (int)parts->items[which].size,
	         parts->items[which].text);
	size = snprintf(text, capacity, "%s",
	                translate(part, translated, sizeof(translated), depth + 1));
	return (size_t)size < capacity ? (size_t)size : capacity - 1;
}

/* Fills the translated format. */
static void fill(const char *format, const struct parts *parts, char *text, size_t capacity,
                 unsigned depth)
{
	size_t used = 0, next = 0, which;
	char plain[PART_CAPACITY];

	while (*format != '\0' && used < capacity - 1) {
		size_t size = plain_text(&format, plain);

		if (size >= capacity - used)
			size = capacity - used - 1;
		memcpy(text + used, plain, size);
		used += size;
		if (*format == '\0')
			break;
		format = directive_end(format, &which);
		used += put_part(parts, which > 0 ? which - 1 : next, text + used, capacity - used,
		                 depth);
		next++;
	}
	text[used] = '\0';
}

static const char *translate(const char *sentence, char *ret_text, size_t capacity, unsigned depth)
{
	const char *format, *translated;
	struct parts parts;

	/* A word that was put in is somebody's, not a sentence of ours. (gettext also answers an
	 * empty text with the header of the catalogue.) */
	if (sentence[0] == '\0' || (depth > 0 && strchr(sentence, ' ') == NULL))
		return sentence;
	if ((translated = _(sentence)) != sentence)
		return translated;
	if (depth == DEPTH_MAXIMUM || (format = find_format(sentence, &parts)) == NULL ||
	    (translated = _(format)) == format)
		return sentence;
	fill(translated, &parts, ret_text, capacity, depth);
	return ret_text;
}

const char *sentence_for_people(const char *sentence)
{
	static char text[SENTENCE_CAPACITY];

	return translate(sentence, text, sizeof(text), 0);
}
