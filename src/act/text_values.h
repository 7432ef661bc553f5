/* Reading and writing the values that charter, card and act have in common.
 *
 * A take function takes the next line of a text, which must have the key `key`,
 * and reads its value. What is wrong is said with the number of the line.
 */
#ifndef TEXT_VALUES_H
#define TEXT_VALUES_H

#include "charter.h"
#include "text.h"

#define NUMBER_MAXIMUM ((uint64_t)INT64_MAX)

/* Whether the next line's key is `key`. */
bool next_key_is(const struct text_reader *reader, const char *key);

/* Says that the value of the line taken last is not `expected`; returns `code`. */
int refuse_value(const struct text_reader *reader, const char *key, int code, const char *expected,
                 struct error *error);

int take_number(struct text_reader *reader, const char *key, uint64_t minimum, uint64_t maximum,
                uint64_t *ret_number, struct error *error);
int take_time(struct text_reader *reader, const char *key, timestamp *ret_time,
              struct error *error);
/* A duration of at least `minimum` seconds in its one spelling. */
int take_duration(struct text_reader *reader, const char *key, int64_t minimum,
                  int64_t *ret_seconds, struct error *error);
int take_ssh_key(struct text_reader *reader, const char *key, struct ssh_key *ret_key,
                 struct error *error);
int take_raw_key(struct text_reader *reader, const char *key, struct ed25519_public *ret_key,
                 struct error *error);
int take_recipient(struct text_reader *reader, const char *key,
                   char ret_recipient[RECIPIENT_CAPACITY], struct error *error);

/* Reads a duration that was found inside a value; ERROR_CANONICAL for another
 * spelling than duration_format's. */
int duration_parse_canonical(struct bytes text, int64_t *ret_seconds);

/* True for the `age1…` spelling of an X25519 key to which can be sealed. */
bool recipient_is_valid(struct bytes text);

/* True for the name of a person: a dotted identifier of at most 64 bytes that
 * is neither `node` nor `appointing`. */
bool delegate_name_is_valid(struct bytes text);

/* Cuts the first word off `text`: up to the first space, which is dropped. When
 * there is none, the word is all of it and nothing is left. */
struct bytes cut_word(struct bytes *text);

/* Append one line. */
int put_ssh_key(struct buffer *buffer, const char *key, const struct ssh_key *ssh_key);
int put_raw_key(struct buffer *buffer, const char *key, const struct ed25519_public *raw_key);
/* Nothing at all for an empty string. */
int put_string_unless_empty(struct buffer *buffer, const char *key, const char *value);

/* OK when `text` is what has been printed of it, else ERROR_CANONICAL with the
 * first line that differs. */
int compare_with_print(struct bytes text, struct bytes printed, struct error *error);

/* OK at the end of the text, else ERROR_SYNTAX: the next line does not belong. */
int expect_end(const struct text_reader *reader, struct error *error);

#endif
