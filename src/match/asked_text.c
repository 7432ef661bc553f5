#include "asked_text.h"

#include "allocate.h"
#include "encoding.h"
#include "text_values.h"

static const char format_line[] = "chirograph.asked/1";

static const char *const keys[] = {
	[ASKED_OPEN] = "open",
	[ASKED_MISS] = "miss",
	[ASKED_HIT] = "hit",
};

enum {
	KEY_COUNT = sizeof(keys) / sizeof(keys[0]),
	WORDS_MAXIMUM = 3,
	EVALUATION_SIZE = OPRF_ELEMENT_SIZE + OPRF_PROOF_SIZE
};

/* How many words stand behind each key. */
static const size_t word_counts[KEY_COUNT] = {
	[ASKED_OPEN] = 2,
	[ASKED_MISS] = 1,
	[ASKED_HIT] = 3,
};

/* --- writing -------------------------------------------------------------------------- */

int asked_text_begin(struct buffer *buffer, const struct asked_head *head)
{
	int r;

	if ((r = buffer_put_format(buffer, "%s\n", format_line)) != OK ||
	    (r = text_put_hash(buffer, "list", &head->list)) != OK ||
	    (r = text_put_string(buffer, "class", identifier_class_name(head->identifier_class))) !=
	        OK)
		return r;
	return text_put_number(buffer, "epoch", head->epoch);
}

static int put_word(struct buffer *buffer, const void *data, size_t size)
{
	int r = buffer_put_u8(buffer, ' ');

	return r == OK ? base64_encode(buffer, bytes_of(data, size), BASE64_PADDED) : r;
}

int asked_text_put(struct buffer *buffer, const struct asked_line *line)
{
	uint8_t both[EVALUATION_SIZE];
	int r;

	if ((r = buffer_put_format(buffer, "%s ", keys[line->what])) != OK ||
	    (r = buffer_put_bytes(buffer, line->identifier)) != OK)
		return r;
	if (line->what != ASKED_MISS &&
	    (r = put_word(buffer, line->blind.bytes, OPRF_SCALAR_SIZE)) != OK)
		return r;
	if (line->what == ASKED_HIT) {
		memcpy(both, line->evaluation.element.bytes, OPRF_ELEMENT_SIZE);
		memcpy(both + OPRF_ELEMENT_SIZE, line->evaluation.proof.bytes, OPRF_PROOF_SIZE);
		if ((r = put_word(buffer, both, sizeof(both))) != OK)
			return r;
	}
	return buffer_put_u8(buffer, '\n');
}

/* --- reading -------------------------------------------------------------------------- */

struct reading {
	struct text_reader reader;
	struct asked_head head;
	struct error *error;
};

static int take_head(struct reading *reading)
{
	struct asked_head *head = &reading->head;
	struct bytes value;
	int r;

	if ((r = text_reader_expect(&reading->reader, format_line, reading->error)) != OK ||
	    (r = text_reader_required(&reading->reader, "list", &value, reading->error)) != OK)
		return r;
	if ((r = base64_decode_fixed(value, head->list.bytes, HASH_SIZE)) != OK)
		return refuse_value(&reading->reader, "list", r, "a hash", reading->error);
	if ((r = text_reader_required(&reading->reader, "class", &value, reading->error)) != OK)
		return r;
	if (!identifier_class_named(value, &head->identifier_class))
		return refuse_value(&reading->reader, "class", ERROR_SYNTAX, "a class",
		                    reading->error);
	return take_number(&reading->reader, "epoch", 1, NUMBER_MAXIMUM, &head->epoch,
	                   reading->error);
}

static int read_words(const struct reading *reading, const struct text_line *text,
                      struct asked_line *line)
{
	struct bytes words[WORDS_MAXIMUM];
	uint8_t both[EVALUATION_SIZE];
	size_t count;
	int r;

	for (unsigned what = 0; what < KEY_COUNT; what++) {
		if (!bytes_equal_string(text->key, keys[what]))
			continue;
		line->what = (enum asked_what)what;
		if (text_words(text->value, words, WORDS_MAXIMUM, &count) != OK ||
		    count != word_counts[what])
			return ERROR_SYNTAX;
		line->identifier = words[0];
		if ((r = identifier_check(reading->head.identifier_class, words[0])) != OK ||
		    (count > 1 && (r = base64_decode_fixed(words[1], line->blind.bytes,
		                                           OPRF_SCALAR_SIZE)) != OK) ||
		    (count > 2 && (r = base64_decode_fixed(words[2], both, sizeof(both))) != OK))
			return r;
		if (count > 2) {
			memcpy(line->evaluation.element.bytes, both, OPRF_ELEMENT_SIZE);
			memcpy(line->evaluation.proof.bytes, both + OPRF_ELEMENT_SIZE,
			       OPRF_PROOF_SIZE);
		}
		return OK;
	}
	return ERROR_SYNTAX;
}

/* All lines; `visit` NULL: only checks them. */
static int take_lines(struct reading reading,
                      int (*visit)(void *context, const struct asked_line *line), void *context)
{
	struct text_line text;
	size_t count = 0;
	int r = OK;

	while (r == OK && text_reader_next(&reading.reader, &text) == OK) {
		struct asked_line line = { .what = ASKED_MISS };

		if (++count > ASKED_LINES_MAXIMUM)
			r = error_set_line(reading.error, ERROR_LIMIT, text.number,
			                   "there are too many lines");
		else if ((r = read_words(&reading, &text, &line)) != OK)
			error_set_line(reading.error, r, text.number, "the line is malformed");
		else if (visit != NULL)
			r = visit(context, &line);
		wipe(&line, sizeof(line));
	}
	return r;
}

int asked_text_read(struct bytes text, struct asked_head *ret_head,
                    int (*visit)(void *context, const struct asked_line *line), void *context,
                    struct error *error)
{
	struct reading reading = { .error = error };
	int r;

	if (text.size > ASKED_TEXT_MAXIMUM)
		return error_set(error, ERROR_LIMIT, "the text is too long");
	if ((r = text_check(text, error)) != OK)
		return r;
	text_reader_init(&reading.reader, text);
	if ((r = take_head(&reading)) != OK || (r = take_lines(reading, NULL, NULL)) != OK)
		return r;
	*ret_head = reading.head;
	return take_lines(reading, visit, context);
}
