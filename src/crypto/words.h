/* Fingerprints in words, to be read over a telephone and compared by ear.
 *
 * A fingerprint is the first 96 bits of a SHA-256: twelve words, one a byte,
 * from a list of 256 words in either language. The words within a list differ
 * in their first four letters and in sound. The lists are not translations of
 * one another: both people read from the same list.
 */
#ifndef WORDS_H
#define WORDS_H

#include "bytes.h"
#include "result.h"

enum words_language { WORDS_ENGLISH, WORDS_RUSSIAN, WORDS_LANGUAGE_COUNT };

enum {
	WORDS_LIST_SIZE = 256,
	WORDS_FINGERPRINT_COUNT = 12,
	WORDS_FINGERPRINT_CAPACITY = 208 /* twelve words of UTF-8, spaces, NUL */
};

/* The word for a byte; lower case, UTF-8, static. */
const char *words_at(enum words_language language, uint8_t place);

/* A few words, one a byte, with one space between them: `count` at most WORDS_SAID_MAXIMUM.
 * They name something between people who know what it is about; who wants to can find
 * something else with the same few words. */
enum { WORDS_SAID_MAXIMUM = 8, WORDS_SAID_CAPACITY = WORDS_SAID_MAXIMUM * 20 };
void words_print(enum words_language language, const uint8_t *bytes, size_t count,
                 char ret_text[WORDS_SAID_CAPACITY]);

/* How many words stand for an act, of the first bytes of its leaf hash. */
enum { WORDS_OF_ACT = 4 };

/* Reads exactly `count` words as people write them down: of either list, all of one, in any
 * case, with or without the dots of ё, shortened to four letters or more, with spaces, hyphens
 * or commas between.
 * ERROR_SYNTAX: another number of words, or one that is in neither list. */
int words_read(struct bytes text, uint8_t *ret_bytes, size_t count);

/* Twelve words with one space between them. Cannot fail. */
void words_fingerprint(enum words_language language, const struct hash *hash,
                       char ret_text[WORDS_FINGERPRINT_CAPACITY]);

#endif
