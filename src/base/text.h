/* The text format: a first line that names format and version, then
 * `key value` lines, then, where the format has it, an empty line and free
 * text. See doc/PROTOCOL.act, "The text format".
 *
 * Line rules: UTF-8 without surrogates and noncharacters; no control
 * characters (C0, DEL, C1, U+2028, U+2029); no trailing space; lines end in
 * one LF, also the last; at most 4,096 bytes a line without its LF.
 */
#ifndef TEXT_H
#define TEXT_H

#include "buffer.h"
#include "result.h"
#include "timestamp.h"

enum { TEXT_LINE_MAXIMUM = 4096 };

/* True for well-formed UTF-8 that contains none of the forbidden characters
 * (LF is a control character here). */
bool text_is_clean(struct bytes line);

/* Checks every line of `text` against the line rules. `error->line` is the
 * first bad line. An empty text is ERROR_SYNTAX. */
int text_check(struct bytes text, struct error *error);

struct text_line {
	size_t number;      /* 1-based */
	struct bytes whole; /* without LF */
	struct bytes key;   /* up to the first space; empty for an empty line */
	struct bytes value; /* after it; empty when there is no space */
};

/* Reads line after line of a text that text_check has accepted. */
struct text_reader {
	struct bytes rest;
	size_t number; /* of the line read last */
};

void text_reader_init(struct text_reader *reader, struct bytes text);

/* The next line; ERROR_NOT_FOUND at the end of the text. */
int text_reader_next(struct text_reader *reader, struct text_line *ret_line);

/* The next line without moving past it. */
int text_reader_peek(const struct text_reader *reader, struct text_line *ret_line);

/* Takes the next line, which must be exactly `line` (the format line). */
int text_reader_expect(struct text_reader *reader, const char *line, struct error *error);

/* If the next line's key is `key`, takes it and gives its value (which must
 * not be empty: ERROR_SYNTAX); otherwise ERROR_NOT_FOUND and nothing is taken. */
int text_reader_optional(struct text_reader *reader, const char *key, struct bytes *ret_value,
                         struct error *error);

/* The same, but a different next line is ERROR_SYNTAX with a message that
 * names the key that is missing and the key that stands there. */
int text_reader_required(struct text_reader *reader, const char *key, struct bytes *ret_value,
                         struct error *error);

/* Splits `value` at single spaces into at most `capacity` words; ERROR_SYNTAX
 * for an empty word, ERROR_LIMIT for too many. */
int text_words(struct bytes value, struct bytes *ret_words, size_t capacity, size_t *ret_count);

/* A decimal number without sign or leading zeros, at most `maximum`. */
int text_parse_number(struct bytes value, uint64_t maximum, uint64_t *ret_number);

/* [a-z][a-z0-9-]*, at most `maximum` bytes, no double or final hyphen: party
 * ids. With dots between such words: delegates' names (`a.head`). */
bool text_is_identifier(struct bytes value, size_t maximum);
bool text_is_dotted_identifier(struct bytes value, size_t maximum);

/* A lower-case DNS name in A-labels, at least two labels, no final dot. */
bool text_is_domain(struct bytes value);

/* Appends `key value\n`. ERROR_SYNTAX if the line breaks the line rules. */
int text_put(struct buffer *buffer, const char *key, struct bytes value);
int text_put_string(struct buffer *buffer, const char *key, const char *value);
int text_put_number(struct buffer *buffer, const char *key, uint64_t number);
int text_put_time(struct buffer *buffer, const char *key, timestamp time);
int text_put_duration(struct buffer *buffer, const char *key, int64_t seconds);
int text_put_hash(struct buffer *buffer, const char *key, const struct hash *hash);

#endif
