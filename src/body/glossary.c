#include "glossary.h"

#include "folded.h"
#include "part.h"

/* Marks a text for translation where it is shown. */
#define N_(text) text

static const char format_line[] = "chirograph.glossary/1";

/* The languages of a glossary, and the reading of it. */
struct parse {
	struct text_reader reader;
	struct bytes languages[GLOSSARY_LANGUAGES_MAXIMUM];
	size_t language_count;
	struct error *error;
};

static int refuse(const struct parse *parse, int code, const char *sentence)
{
	return error_set_line(parse->error, code, parse->reader.number, "%s", sentence);
}

static int take_languages(struct parse *parse)
{
	char text[PART_LANGUAGE_CAPACITY];
	struct bytes value;
	int r;

	if ((r = text_reader_required(&parse->reader, "languages", &value, parse->error)) != OK)
		return r;
	if (text_words(value, parse->languages, GLOSSARY_LANGUAGES_MAXIMUM,
	               &parse->language_count) != OK ||
	    parse->language_count < 2)
		return refuse(parse, ERROR_SYNTAX, N_("a glossary has 2 to 8 languages"));
	for (size_t i = 0; i < parse->language_count; i++) {
		if (bytes_to_string(parse->languages[i], text, sizeof(text)) != OK ||
		    !part_language_is_valid(text) || strcmp(text, "note") == 0 ||
		    strcmp(text, "term") == 0)
			return refuse(parse, ERROR_SYNTAX,
			              N_("a language of the glossary is not valid"));
		for (size_t j = 0; j < i; j++)
			if (bytes_equal(parse->languages[i], parse->languages[j]))
				return refuse(parse, ERROR_SYNTAX,
				              N_("a language of the glossary stands twice"));
	}
	return OK;
}

/* The renderings of a term in one language. */
static int take_renderings(struct parse *parse, struct bytes language)
{
	char key[PART_LANGUAGE_CAPACITY];
	size_t count = 0;
	struct bytes value;
	int r;

	if ((r = bytes_to_string(language, key, sizeof(key))) != OK)
		return r;
	while ((r = text_reader_optional(&parse->reader, key, &value, parse->error)) == OK) {
		if (value.size > GLOSSARY_RENDERING_MAXIMUM)
			return refuse(parse, ERROR_LIMIT,
			              N_("a rendering is longer than 256 bytes"));
		if (++count > GLOSSARY_RENDERINGS_MAXIMUM)
			return refuse(parse, ERROR_LIMIT,
			              N_("a term has more than 8 renderings in a language"));
	}
	if (r != ERROR_NOT_FOUND)
		return r;
	return count > 0 ? OK : text_reader_required(&parse->reader, key, &value, parse->error);
}

static int take_term(struct parse *parse, uint64_t number)
{
	struct bytes value;
	uint64_t said;
	int r;

	if ((r = text_reader_required(&parse->reader, "term", &value, parse->error)) != OK)
		return r;
	if (text_parse_number(value, GLOSSARY_TERMS_MAXIMUM, &said) != OK || said != number)
		return refuse(parse, ERROR_SYNTAX,
		              N_("terms are numbered from 1, and there are at most 1024"));
	for (size_t i = 0; i < parse->language_count; i++)
		if ((r = take_renderings(parse, parse->languages[i])) != OK)
			return r;
	r = text_reader_optional(&parse->reader, "note", &value, parse->error);
	return r == ERROR_NOT_FOUND ? OK : r;
}

int glossary_check(struct bytes text, struct error *error)
{
	struct parse parse = { .error = error };
	struct text_line line;
	int r;

	if (text.size > GLOSSARY_SIZE_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the glossary is longer than %d bytes",
		                 GLOSSARY_SIZE_MAXIMUM);
	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&parse.reader, text);
	if ((r = text_reader_expect(&parse.reader, format_line, error)) != OK ||
	    (r = take_languages(&parse)) != OK || (r = take_term(&parse, 1)) != OK)
		return r;
	for (uint64_t number = 2; text_reader_peek(&parse.reader, &line) == OK; number++)
		if ((r = take_term(&parse, number)) != OK)
			return r;
	return OK;
}

void glossary_reader_init(struct glossary_reader *reader, struct bytes text)
{
	struct text_line line;

	text_reader_init(&reader->lines, text);
	(void)text_reader_next(&reader->lines, &line);
	(void)text_reader_next(&reader->lines, &line);
}

int glossary_next(struct glossary_reader *reader, struct glossary_term *ret_term)
{
	struct glossary_term term = { 0 };
	struct text_line line;
	int r;

	if ((r = text_reader_next(&reader->lines, &line)) != OK ||
	    (r = text_parse_number(line.value, GLOSSARY_TERMS_MAXIMUM, &term.number)) != OK)
		return r;
	while (text_reader_peek(&reader->lines, &line) == OK &&
	       !bytes_equal_string(line.key, "term") &&
	       term.count < sizeof(term.renderings) / sizeof(term.renderings[0])) {
		(void)text_reader_next(&reader->lines, &line);
		if (bytes_equal_string(line.key, "note"))
			term.note = line.value;
		else
			term.renderings[term.count++] = (struct glossary_rendering){ line.key,
				                                                     line.value };
	}
	*ret_term = term;
	return OK;
}

bool glossary_term_stands(const struct glossary_term *term, const char *language,
                          struct bytes folded)
{
	for (size_t i = 0; i < term->count; i++)
		if (bytes_equal_string(term->renderings[i].language, language) &&
		    folded_has_phrase(folded, term->renderings[i].text))
			return true;
	return false;
}

struct bytes glossary_term_in(const struct glossary_term *term, const char *language)
{
	for (size_t i = 0; i < term->count; i++)
		if (bytes_equal_string(term->renderings[i].language, language))
			return term->renderings[i].text;
	return bytes_of(NULL, 0);
}
