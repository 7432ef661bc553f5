/* The statement of a certificate of silence: what is said to be silent, in the text format.
 *
 *     chirograph.silence/1
 *     act north-7 <base64 leaf hash>
 *     duty acknowledge|answer
 *     form whole|span
 *     language en|ru
 *     path <base64 hash>            of a span, from the leaf's sibling up
 *     first <number>                of a span
 *     edge <base64 hash>            of a span, from the greatest subtree down
 */
#include "silence.h"

#include "encoding.h"
#include "text.h"

static const char format_line[] = "chirograph.silence/1";

static const char *const form_names[SILENCE_FORM_COUNT] = {
	[SILENCE_WHOLE] = "whole",
	[SILENCE_SPAN] = "span",
};

static const char *const language_names[SILENCE_LANGUAGE_COUNT] = {
	[SILENCE_ENGLISH] = "en",
	[SILENCE_RUSSIAN] = "ru",
};

const char *silence_form_name(enum silence_form form)
{
	return (size_t)form < SILENCE_FORM_COUNT ? form_names[form] : NULL;
}

const char *silence_language_name(enum silence_language language)
{
	return (size_t)language < SILENCE_LANGUAGE_COUNT ? language_names[language] : NULL;
}

/* --- reading ------------------------------------------------------------------- */

/* One of some words, by its index. */
static int read_word(struct text_reader *reader, const char *key, const char *const *words,
                     size_t count, unsigned *ret_index, struct error *error)
{
	struct bytes value;
	int r = text_reader_required(reader, key, &value, error);

	if (r != OK)
		return r;
	for (size_t i = 0; i < count; i++)
		if (bytes_equal(value, bytes_of_string(words[i]))) {
			*ret_index = (unsigned)i;
			return OK;
		}
	return error_set_line(error, ERROR_SYNTAX, reader->number,
	                      "'%s' is none of the words for it", key);
}

static int read_hash(struct text_reader *reader, const char *key, struct hash *ret_hash,
                     struct error *error)
{
	struct bytes value;
	int r = text_reader_required(reader, key, &value, error);

	if (r == OK && base64_decode_fixed(value, ret_hash->bytes, HASH_SIZE) != OK)
		r = error_set_line(error, ERROR_SYNTAX, reader->number, "'%s' is no hash", key);
	return r;
}

static bool has_next(const struct text_reader *reader, const char *key)
{
	struct text_line line;

	return text_reader_peek(reader, &line) == OK && bytes_equal(line.key, bytes_of_string(key));
}

static int read_span(struct text_reader *reader, struct silence_statement *statement,
                     struct error *error)
{
	struct tree_proof *path = &statement->path;
	struct edge *before = &statement->before;
	struct bytes value;
	int r;

	for (; has_next(reader, "path"); path->count++) {
		if (path->count == TREE_PROOF_MAXIMUM)
			return error_set_line(error, ERROR_LIMIT, reader->number + 1,
			                      "there are too many lines 'path'");
		if ((r = read_hash(reader, "path", &path->hashes[path->count], error)) != OK)
			return r;
	}
	if ((r = text_reader_required(reader, "first", &value, error)) != OK)
		return r;
	if ((r = text_parse_number(value, TREE_SIZE_MAXIMUM, &before->size)) != OK)
		return error_set_line(error, r, reader->number, "'first' is no number");
	for (unsigned level = TREE_LEVELS; level > 0; level--)
		if ((before->size >> (level - 1)) & 1) {
			r = read_hash(reader, "edge", &before->hashes[level - 1], error);
			if (r != OK)
				return r;
		}
	return OK;
}

static int read_lines(struct bytes text, struct silence_statement *statement, struct error *error)
{
	const char *const duties[] = {
		obligation_duty_name(DUTY_ACKNOWLEDGE),
		obligation_duty_name(DUTY_ANSWER),
	};
	struct text_reader reader;
	struct text_line line;
	struct bytes value;
	unsigned duty, form, language;
	int r;

	text_reader_init(&reader, text);
	if ((r = text_reader_expect(&reader, format_line, error)) != OK ||
	    (r = text_reader_required(&reader, "act", &value, error)) != OK)
		return r;
	if ((r = act_reference_parse(value, &statement->act)) != OK)
		return error_set_line(error, r, reader.number, "'act' names no act");
	if ((r = read_word(&reader, "duty", duties, 2, &duty, error)) != OK ||
	    (r = read_word(&reader, "form", form_names, SILENCE_FORM_COUNT, &form, error)) != OK ||
	    (r = read_word(&reader, "language", language_names, SILENCE_LANGUAGE_COUNT, &language,
	                   error)) != OK)
		return r;
	statement->duty = duty == 0 ? DUTY_ACKNOWLEDGE : DUTY_ANSWER;
	statement->form = (enum silence_form)form;
	statement->language = (enum silence_language)language;
	if (form == SILENCE_SPAN && (r = read_span(&reader, statement, error)) != OK)
		return r;
	if (text_reader_next(&reader, &line) != ERROR_NOT_FOUND)
		return error_set_line(error, ERROR_SYNTAX, line.number, "nothing may follow here");
	return OK;
}

static int check_spelling(struct bytes text, const struct silence_statement *statement,
                          struct error *error)
{
	struct buffer printed;
	int r;

	buffer_init(&printed, SILENCE_STATEMENT_MAXIMUM);
	if ((r = silence_statement_print(statement, &printed)) != OK)
		error_set(error, r, "the statement cannot be printed");
	else if (!bytes_equal(buffer_view(&printed), text))
		r = error_set(error, ERROR_CANONICAL, "the statement is spelled otherwise");
	buffer_release(&printed);
	return r;
}

int silence_statement_parse(struct bytes text, struct silence_statement *ret_statement,
                            struct error *error)
{
	struct silence_statement statement = { .path = { .count = 0 } };
	int r;

	if (text.size > SILENCE_STATEMENT_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the statement is too long");
	if ((r = text_check(text, error)) != OK ||
	    (r = read_lines(text, &statement, error)) != OK ||
	    (r = check_spelling(text, &statement, error)) != OK)
		return r;
	*ret_statement = statement;
	return OK;
}

/* --- writing ------------------------------------------------------------------- */

static int print_span(const struct silence_statement *statement, struct buffer *buffer)
{
	const struct edge *before = &statement->before;
	int r = OK;

	for (size_t i = 0; i < statement->path.count && r == OK; i++)
		r = text_put_hash(buffer, "path", &statement->path.hashes[i]);
	if (r == OK)
		r = text_put_number(buffer, "first", before->size);
	for (unsigned level = TREE_LEVELS; level > 0 && r == OK; level--)
		if ((before->size >> (level - 1)) & 1)
			r = text_put_hash(buffer, "edge", &before->hashes[level - 1]);
	return r;
}

int silence_statement_print(const struct silence_statement *statement, struct buffer *buffer)
{
	int r;

	if ((r = buffer_put_format(buffer, "%s\nact ", format_line)) != OK ||
	    (r = act_reference_print(&statement->act, buffer)) != OK ||
	    (r = buffer_put_string(buffer, "\n")) != OK ||
	    (r = text_put_string(buffer, "duty", obligation_duty_name(statement->duty))) != OK ||
	    (r = text_put_string(buffer, "form", form_names[statement->form])) != OK ||
	    (r = text_put_string(buffer, "language", language_names[statement->language])) != OK)
		return r;
	return statement->form == SILENCE_SPAN ? print_span(statement, buffer) : OK;
}
